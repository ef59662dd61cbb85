"""Mutated files for every reader: no uncaught exception, no hang, no memory without bound.

Each input is a real or built file after some of: flipped bytes, a cut, a splice with another file,
numbers replaced by extreme ones, a stretch repeated, and goes through `read_files`, as an upload
does. What only the catch-all around the readers turned into a sentence is counted apart. One seed
gives one sequence of inputs.
"""

import argparse
import random
import re
import resource
import time
import warnings
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from benchmarks.fuzz_corpus import ZIP, Seed, seeds
from ecgcore.io import FORMATS, read_files

SEED = 20261125
LIMIT_S = 10.0
LIMIT_BYTES = 1 << 30
# Values at which lengths, counts and scales go wrong.
EXTREME_BYTES = (b"\0", b"\xff", b"\x7f", b"\x80", b"\1")
EXTREME_NUMBERS = (
    b"0", b"-1", b"1", b"65535", b"65536", b"2147483647", b"-2147483648", b"4294967295",
    b"9999999999999", b"1e308", b"-1e308", b"1e-308", b"nan", b"inf", b"", b"0x10", b"999999",
)  # fmt: skip
NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
HEADER_BYTES = 4096
BY_NAME = {fmt.name: fmt for fmt in FORMATS}
DAMAGED = re.compile("its content is damaged or cut short")


@dataclass
class Outcome:
    """What happened to the inputs of one reader."""

    inputs: int = 0
    read: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    caught: Counter[str] = field(default_factory=Counter)
    uncaught: Counter[str] = field(default_factory=Counter)
    slowest_s: float = 0.0
    peak_bytes: int = 0


def mutate(data: bytes, others: list[bytes], rng: random.Random) -> bytes:
    """Damage a file in one to three ways; half of the time so that its structure may survive."""
    mutated = bytearray(data)
    ways = MUTATIONS if rng.random() < 0.5 else (extreme_number, extreme_field)
    for _ in range(rng.randint(1, 3)):
        rng.choice(ways)(mutated, others, rng)
    return bytes(mutated)


def flip_bytes(data: bytearray, _others: list[bytes], rng: random.Random) -> None:
    within = rng.choice((64, 512, HEADER_BYTES, len(data)))
    for _ in range(rng.choice((1, 1, 4, 32))):
        if data:
            data[rng.randrange(min(within, len(data)))] = rng.randrange(256)


def cut(data: bytearray, _others: list[bytes], rng: random.Random) -> None:
    if data:
        del data[rng.randrange(len(data)) :]


def remove(data: bytearray, _others: list[bytes], rng: random.Random) -> None:
    if data:
        start = rng.randrange(len(data))
        del data[start : start + rng.choice((1, 2, 16, 1000))]


def splice(data: bytearray, others: list[bytes], rng: random.Random) -> None:
    other = rng.choice(others)
    if data and other:
        start = rng.randrange(len(other))
        piece = other[start : start + rng.choice((4, 64, 4096))]
        at = rng.randrange(len(data))
        data[at : at + rng.choice((0, len(piece)))] = piece


def repeat(data: bytearray, _others: list[bytes], rng: random.Random) -> None:
    if data:
        start = rng.randrange(len(data))
        piece = bytes(data[start : start + rng.choice((8, 200, 5000))])
        data[start:start] = piece * rng.choice((1, 10, 100))


def extreme_field(data: bytearray, _others: list[bytes], rng: random.Random) -> None:
    width = rng.choice((1, 2, 4, 8))
    if len(data) > width:
        at = rng.randrange(min(len(data) - width, rng.choice((512, HEADER_BYTES, len(data)))))
        data[at : at + width] = rng.choice(EXTREME_BYTES) * width


def extreme_number(data: bytearray, _others: list[bytes], rng: random.Random) -> None:
    start = rng.randrange(max(1, len(data) - HEADER_BYTES)) if rng.random() < 0.5 else 0
    found = list(NUMBER.finditer(bytes(data[start : start + HEADER_BYTES])))
    if found:
        match = rng.choice(found)
        number = rng.choice(EXTREME_NUMBERS)
        if rng.random() < 0.5:  # fields of fixed width keep their width
            number = number[: len(match[0])].ljust(len(match[0]))
        data[start + match.start() : start + match.end()] = number


MUTATIONS: tuple[Callable[[bytearray, list[bytes], random.Random], None], ...] = (
    flip_bytes,
    cut,
    remove,
    splice,
    repeat,
    extreme_field,
    extreme_number,
)


def kind_of_error(name: str, files: Mapping[str, bytes], main: str) -> str:
    """Name the exception that the catch-all around the readers turned into a sentence."""
    try:
        BY_NAME[name].read(files[main], {key: data for key, data in files.items() if key != main})
    except Exception as error:
        return type(error).__name__
    return "after reading"


def try_input(name: str, files: Mapping[str, bytes], main: str, outcome: Outcome) -> None:
    """Give one input to the whole chain, as an upload does."""
    outcome.inputs += 1
    start = time.perf_counter()
    try:
        results = read_files(files, assume_guesses=True)
        outcome.read += any(result.recording is not None for result in results)
        for sentence in (result.error for result in results if result.error is not None):
            outcome.refused[re.sub(r"\d+(?:[.,e+-]+\d+)*|\".*?\"", "N", sentence)] += 1
        if any(DAMAGED.search(result.error or "") for result in results):
            outcome.caught[kind_of_error(name, files, main)] += 1
    except BaseException as error:
        outcome.uncaught[f"{type(error).__name__}: {error}"[:200]] += 1
    outcome.slowest_s = max(outcome.slowest_s, time.perf_counter() - start)


def fuzz(name: str, seed_files: list[Seed], count: int, seed: int) -> Outcome:
    """Try `count` mutated inputs on one reader.

    Parameters
    ----------
    name : str
        Of the format.
    seed_files : list of Seed
        Of all formats: those of others are spliced in.
    count, seed : int
    """
    warnings.simplefilter("ignore")
    rng = random.Random(f"{seed} {name}")
    own = [one for one in seed_files if one.format == name]
    others = [data for one in seed_files for data in one.files.values()]
    outcome = Outcome()
    for _ in range(count):
        chosen = rng.choice(own)
        files = dict(chosen.files)
        damaged = chosen.main if rng.random() < 0.7 else rng.choice(list(files))
        files[damaged] = mutate(files[damaged], others, rng)
        try_input(name, files, chosen.main, outcome)
    outcome.peak_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return outcome


def report(name: str, outcome: Outcome) -> None:
    refused = sum(outcome.refused.values())
    print(
        f"{name:15s} {outcome.inputs:6d} inputs: {outcome.read} read, {refused} refused with "
        f"{len(outcome.refused)} different sentences, {sum(outcome.caught.values())} by the "
        f"catch-all, {sum(outcome.uncaught.values())} uncaught; slowest {outcome.slowest_s:.2f} s, "
        f"peak {outcome.peak_bytes / 1e6:.0f} MB"
    )
    for sentence, times in outcome.refused.most_common(8):
        print(f"    {times:6d}  {sentence[:150]}")
    for kind, times in (outcome.caught + outcome.uncaught).most_common():
        print(f"    {times:6d}  [{kind}]")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=Path, help="folder of real files, one per format or more")
    parser.add_argument("--count", type=int, default=3000, help="inputs per reader")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--only", nargs="+", help="names of formats")
    parser.add_argument("--processes", type=int, default=2)
    args = parser.parse_args()
    corpus = seeds(args.samples)
    names = args.only or [*BY_NAME, ZIP]
    without = set(names) - {one.format for one in corpus}
    if without:
        print(f"No file to start from: {', '.join(sorted(without))} (give --samples).")
    names = [name for name in names if name not in without]
    outcomes = {}
    # One process per reader, so that its peak memory is its own.
    with ProcessPoolExecutor(
        args.processes, mp_context=get_context("spawn"), max_tasks_per_child=1
    ) as pool:
        jobs = {x: pool.submit(fuzz, x, corpus, args.count, args.seed) for x in names}
        for name, job in jobs.items():
            outcomes[name] = job.result()
            report(name, outcomes[name])
    total = sum(outcome.inputs for outcome in outcomes.values())
    worst = max(outcomes.values(), key=lambda outcome: outcome.slowest_s).slowest_s
    peak = max(outcome.peak_bytes for outcome in outcomes.values())
    uncaught = sum(sum(outcome.uncaught.values()) for outcome in outcomes.values())
    print(
        f"{total} inputs, {uncaught} uncaught exceptions, slowest {worst:.2f} s (limit "
        f"{LIMIT_S:g} s), peak {peak / 1e6:.0f} MB (limit {LIMIT_BYTES / 1e6:.0f} MB)"
    )


if __name__ == "__main__":
    main()
