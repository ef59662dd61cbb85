"""Medians of interleaved rounds: what disturbs the machine then disturbs every candidate alike."""

import time
from collections.abc import Callable, Mapping
from statistics import median

WARM_UP_ROUNDS = 5


def interleaved_medians_ms(
    candidates: Mapping[str, Callable[[], object]], rounds: int
) -> dict[str, float]:
    """Call every candidate once per round; the median of each, in ms."""
    elapsed: dict[str, list[float]] = {name: [] for name in candidates}
    for done in range(-WARM_UP_ROUNDS, rounds):
        for name, call in candidates.items():
            start = time.perf_counter()
            call()
            if done >= 0:
                elapsed[name].append(1000 * (time.perf_counter() - start))
    return {name: median(times) for name, times in elapsed.items()}
