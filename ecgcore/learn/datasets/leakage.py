"""Is a recording, or a patient, on both sides of a split? Asked across sources.

Identifiers tell within a source, and where two sources are known to share records. Archives also
hold each other's recordings under other names, filtered, resampled and scaled anew; those are found
by their signal. Both copies are conditioned alike, each lead is brought to one scale, and the
correlation over all leads tells whether they are one tracing. To compare millions, each recording
is first reduced to a short random projection, which keeps correlations up to a small error
(Johnson-Lindenstrauss); only pairs that are alike there are compared sample by sample.

What it cannot find: two different tracings of one person under different identifiers, and copies
that begin at another moment.

References
----------
Johnson WB, Lindenstrauss J. Extensions of Lipschitz mappings into a Hilbert space. Contemp Math
1984;26:189-206.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ecgcore.learn.datasets.recordings import Recordings
from ecgcore.signal.preprocess import PreprocessingConfig, scale_leads

# Length of the projection: the error of a correlation r is about (1 - r^2) / sqrt(PROJECTED).
PROJECTED = 128
PROJECTION_SEED = 12
# Correlation of the projections above which a pair is compared sample by sample.
CANDIDATE_ABOVE = 0.6
# Correlation, averaged over the leads of both, above which two recordings are one tracing.
SAME_ABOVE = 0.85
SIMULATED = "simulated"
# Fewer common leads say too little.
MIN_COMMON_LEADS = 2
BLOCK = 1024


@dataclass(frozen=True)
class Leak:
    """A training recording that must not be trained on, and the held-out one that forbids it.

    Attributes
    ----------
    training, held_out : str
        ``"source: record"`` of each.
    held_out_split : str
    reason : str
        ``"record"``, ``"patient"`` or ``"signal"``: what the two share.
    correlation : float or None
        Of the signals, where they gave it away.
    """

    training: str
    held_out: str
    held_out_split: str
    reason: str
    correlation: float | None = None


_SHARED = {"record": "the same record", "patient": "the same patient", "signal": "the same tracing"}


@dataclass(frozen=True)
class LeakReport:
    """All leaks between two sets, at most one for each training recording.

    Attributes
    ----------
    leaks : tuple of Leak
    n_training, n_held_out : int
        Sizes of the two sets.
    """

    leaks: tuple[Leak, ...]
    n_training: int
    n_held_out: int

    @property
    def sentences(self) -> tuple[str, ...]:
        """One sentence per kind of leak, or one that says there is none."""
        if not self.leaks:
            return (
                f"None of the {self.n_training} training recordings is also among the "
                f"{self.n_held_out} held out.",
            )
        by_reason = {r: [leak for leak in self.leaks if leak.reason == r] for r in _SHARED}
        return tuple(
            f"{len(leaks)} of {self.n_training} training recordings are of {_SHARED[reason]} as a "
            f"held-out one, for example {leaks[0].training} and {leaks[0].held_out} "
            f"({leaks[0].held_out_split})."
            for reason, leaks in by_reason.items()
            if leaks
        )


@dataclass(frozen=True)
class Match:
    """Two recordings that show one tracing, by their places in the two sets compared."""

    first: int
    second: int
    correlation: float


def without_leaks(training: Recordings, held_out: Recordings) -> tuple[Recordings, LeakReport]:
    """Leave out of `training` whatever is also held out; return the rest and what was found."""
    found = _leaks_by_row(training, held_out)
    clean = np.ones(len(training), dtype=bool)
    clean[list(found)] = False
    return training.where(clean), LeakReport(
        tuple(found[row] for row in sorted(found)), len(training), len(held_out)
    )


def find_leaks(training: Recordings, held_out: Recordings) -> LeakReport:
    """Look for recordings and patients of `held_out` in `training`."""
    return without_leaks(training, held_out)[1]


def check_splits(recordings: Recordings) -> LeakReport:
    """Look for what stands in the training split and in any other."""
    is_training = recordings.split == "train"
    return find_leaks(recordings.where(is_training), recordings.where(~is_training))


def _leaks_by_row(training: Recordings, held_out: Recordings) -> dict[int, Leak]:
    """Row of a training recording -> its leak; identifiers first, as they are certain."""
    found: dict[int, Leak] = {}

    def note(row: int, other: int, reason: str, correlation: float | None = None) -> None:
        found.setdefault(
            row,
            Leak(
                f"{training.source[row]}: {training.record[row]}",
                f"{held_out.source[other]}: {held_out.record[other]}",
                str(held_out.split[other]),
                reason,
                correlation,
            ),
        )

    for reason in ("record", "patient"):
        first_with = {str(name): n for n, name in reversed(list(enumerate(_ids(held_out, reason))))}
        for row, name in enumerate(_ids(training, reason)):
            if str(name) in first_with:
                note(row, first_with[str(name)], reason)
    for match in same_tracings(training, held_out):
        if training.source[match.first] == SIMULATED == held_out.source[match.second]:
            continue  # two simulated flutters of one rate look alike and are still two
        note(match.first, match.second, "signal", match.correlation)
    return found


def _ids(recordings: Recordings, reason: str) -> npt.NDArray[np.str_]:
    return recordings.record if reason == "record" else recordings.patient


def same_tracings(first: Recordings, second: Recordings) -> Iterator[Match]:
    """Find pairs of recordings, one of each set, that show the same tracing.

    Gain, also of single leads, offset, filters and sampling rate of the two copies may differ, and
    leads may be missing in either.
    """
    if not len(first) or not len(second):
        return
    # The smaller set is held whole, as projections; the other passes by in blocks.
    swapped = len(second) > len(first)
    few, many = (first, second) if swapped else (second, first)
    of_few = np.concatenate([projected(few, rows) for rows in _blocks(len(few))])
    for rows in _blocks(len(many)):
        alike = projected(many, rows) @ of_few.T  # (block, few)
        for row, other in np.argwhere(alike > CANDIDATE_ABOVE):
            correlation = compare(many, int(rows[row]), few, int(other))
            if correlation > SAME_ABOVE:
                pair = (int(other), int(rows[row])) if swapped else (int(rows[row]), int(other))
                yield Match(*pair, correlation)


def _blocks(n: int) -> Iterable[npt.NDArray[np.int64]]:
    return (np.arange(begin, min(begin + BLOCK, n)) for begin in range(0, n, BLOCK))


def _unit_leads(x: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Scale each lead of (B, 12, N) to unit power; flat ones stay small."""
    return scale_leads(x, PreprocessingConfig())


def projected(recordings: Recordings, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    """Return projections, (B, PROJECTED), whose inner products are close to correlations."""
    x = _unit_leads(recordings.signals(rows)).reshape(len(rows), -1)
    short = x @ _projection(x.shape[1])
    lengths = np.linalg.norm(short, axis=1, keepdims=True)
    return np.asarray(short / np.maximum(lengths, np.finfo(np.float32).tiny))


@lru_cache(maxsize=2)
def _projection(n: int) -> npt.NDArray[np.float32]:
    """Gaussian matrix, (n, PROJECTED); always the same."""
    rng = np.random.default_rng(PROJECTION_SEED)
    return rng.standard_normal((n, PROJECTED), dtype=np.float32)


def compare(first: Recordings, row: int, second: Recordings, other: int) -> float:
    """Return the correlation of two recordings, averaged over the leads that both have."""
    common = first.present[row] & second.present[other]
    if common.sum() < MIN_COMMON_LEADS:
        return 0.0
    a = first.signals(np.array([row]))[0][common].astype(np.float64)
    b = second.signals(np.array([other]))[0][common].astype(np.float64)
    power = np.sqrt(np.square(a).sum(axis=1) * np.square(b).sum(axis=1))
    correlation = (a * b).sum(axis=1) / np.maximum(power, np.finfo(np.float64).tiny)
    return float(correlation.mean())
