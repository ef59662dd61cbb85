"""How long an explanation takes, and how much of the change it leaves unexplained.

For each shipped model and recording, the most probable finding is explained, and one at random,
which is hardly ever present: what speaks against a finding is explained as well.
"""

import argparse
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch

from benchmarks.quality_gate import WINDOW_S, recordings
from ecgcore.errors import EcgError
from ecgcore.model.checkpoint import Model, available, load
from ecgcore.model.predict import predict
from ecgcore.recording import Recording
from ecgcore.review.explain import FLOOR_LOG_ODDS, TOLERANCE, Explanation, explain
from ecgcore.review.lead_out import without_each_lead

SEED = 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--recordings", type=int, default=60, help="drawn from all folders")
    parser.add_argument("--threads", type=int, default=1, help="the app uses one")
    return parser.parse_args()


def drawn(folders: Sequence[Path], number: int) -> list[Recording]:
    """Return the first 10 s of some recordings, as many of each folder."""
    chosen: list[Recording] = []
    for folder in folders:
        shown = list(windows(folder))
        chosen += random.Random(SEED).sample(shown, min(number // len(folders), len(shown)))
    return chosen


def windows(folder: Path) -> Iterator[Recording]:
    for _, recording in recordings(folder):
        try:
            yield recording.window(0.0, WINDOW_S)
        except EcgError:
            continue


def explained(
    model: Model, chosen: Sequence[Recording]
) -> tuple[list[Explanation], list[float], list[float]]:
    """Return explanations with the seconds of each, and the seconds of leaving leads out."""
    draw = random.Random(SEED)
    found, elapsed_s, lead_out_s = [], [], []
    for recording in chosen:
        probabilities = predict(model, recording).probabilities
        top = max(probabilities, key=lambda label: probabilities[label])
        other = draw.choice([label for label in model.labels if label != top])
        for finding in (top, other):
            start = time.perf_counter()
            found.append(explain(model, recording, finding))
            elapsed_s.append(time.perf_counter() - start)
        start = time.perf_counter()
        without_each_lead(model, recording)
        lead_out_s.append(time.perf_counter() - start)
    return found, elapsed_s, lead_out_s


def main() -> None:
    args = arguments()
    torch.set_num_threads(args.threads)
    chosen = drawn(args.folders, args.recordings)
    print(f"{len(chosen)} recordings, two findings each, {args.threads} thread(s)")
    for name in available():
        model = load(name)
        explained(model, chosen[:1])  # warms up
        found, elapsed_s, lead_out_s = explained(model, chosen)
        # Of a change below 1 the tolerance is no smaller than of a change of 1.
        left = [100 * x.error / max(abs(x.change), FLOOR_LOG_ODDS / TOLERANCE) for x in found]
        steps = Counter(x.steps for x in found)
        print(
            f"{name}: {np.median(elapsed_s):.2f} s, at most {max(elapsed_s):.2f} s; "
            f"left over {np.median(left):.2f} %, 90th {np.quantile(left, 0.9):.2f} %, "
            f"at most {max(left):.2f} % (median change {median_change(found):.2f}); "
            f"steps {', '.join(f'{n}: {steps[n] / len(found):.1%}' for n in sorted(steps))}; "
            f"complete {np.mean([x.complete for x in found]):.1%}; "
            f"leads left out {np.median(lead_out_s):.2f} s"
        )


def median_change(found: Sequence[Explanation]) -> float:
    return float(np.median([abs(x.change) for x in found]))


if __name__ == "__main__":
    main()
