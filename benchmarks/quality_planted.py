"""What the quality gate makes of faults planted in real recordings that carry millivolts.

python -m benchmarks.quality_planted --data FOLDER, with ludb/ and ptbxl_raw/ in it.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ecgcore.electrodes import TABLE_ROWS, apply_swap, parse_swap
from ecgcore.learn.datasets import ludb, ptbxl
from ecgcore.recording import Recording
from ecgcore.signal.quality import Kind, Quality, assess

Signal = npt.NDArray[np.float32]
WRONG_GAINS = (6.1, 1 / 6.1, 10.0, 0.1, 1000.0, 0.001)
RIGHT_LEG = {"RA/RL": "II", "LA/RL": "III", "RA/RL+LA/LL": "I"}
EXCHANGES = ("LA/RA", "V1/V2", "V2/V3", "V3/V4", "V4/V5", "V5/V6", "V1/V3")


def recordings(data: Path, every: int) -> list[Recording]:
    listings = (ludb.listing(data / "ludb"), ptbxl.listing(data / "ptbxl_raw"))
    entries = [entry for listing in listings for entry in listing.entries]
    return [entry.read() for entry in entries[::every]]


def has(quality: Quality, kind: str, lead: str | None = None) -> bool:
    return any(issue.kind == kind and lead in (None, issue.lead) for issue in quality.issues)


def share(
    seen: list[Recording], change: Callable[[Signal], Signal], passes: Callable[[Quality], bool]
) -> float:
    """Of the recordings with a fault planted, the share whose quality passes."""
    return float(np.mean([passes(assess(r.with_signal(change(r.signal)))) for r in seen]))


def wrong_gain(quality: Quality) -> bool:
    return has(quality, Kind.AMPLITUDE) or quality.refused


def exchanged(quality: Quality) -> bool:
    return has(quality, Kind.EXCHANGED)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--every", type=int, default=1, help="only each so many-th recording")
    args = parser.parse_args()
    seen = recordings(args.data, args.every)
    print(f"{len(seen)} recordings")
    for gain in (1.0, *WRONG_GAINS):
        caught = share(seen, lambda x, g=gain: x * np.float32(g), wrong_gain)
        print(f"gain {gain:8.3g} times: called a wrong gain, or refused, {caught:6.1%}")
    for name, lead in RIGHT_LEG.items():
        named = share(
            seen,
            lambda x, row=name: apply_swap(x, TABLE_ROWS[row]),
            lambda quality, flat=lead: has(quality, Kind.FLAT, flat) and not quality.refused,
        )
        print(f"{name:12} {lead:3} named flat, the recording not refused {named:6.1%}")
    for name in EXCHANGES:
        noted = share(seen, lambda x, pair=name: apply_swap(x, parse_swap(pair)), exchanged)
        print(f"{name:12} looks exchanged {noted:6.1%}")
    print(f"{'none':12} looks exchanged {share(seen, lambda x: x, exchanged):6.1%}")


if __name__ == "__main__":
    main()
