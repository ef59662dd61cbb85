"""Recordings with labels, conditioned once and held in memory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ecgcore.learn.datasets.recordings import (
    Listing,
    Progress,
    Recordings,
    Row,
    Skipped,
    conditioned,
    nothing_readable,
)
from ecgcore.signal.preprocess import PreprocessingConfig


@dataclass(frozen=True, eq=False, kw_only=True)
class LabelledSet(Recordings):
    """Conditioned recordings with their labels, all in memory.

    Attributes
    ----------
    x : ndarray, shape (R, 12, N), float32
        Filtered, resampled, cut to length, not scaled (`preprocess.condition`).
    """

    x: npt.NDArray[np.float32]

    def signals(self, indices: npt.NDArray[np.integer]) -> npt.NDArray[np.float32]:
        """Return conditioned signals, (B, 12, N) in mV, of the recordings at `indices`, (B,)."""
        return self.x[indices]

    def _signals_where(self, keep: npt.NDArray) -> dict[str, npt.NDArray]:
        return {"x": self.x[keep]}


def read_listing(
    listing: Listing, config: PreprocessingConfig, progress: Progress | None = None
) -> LabelledSet:
    """Read a whole source into memory.

    Raises
    ------
    DatasetError
        None of its recordings could be used.
    """
    rows: list[Row] = []
    skipped: list[Skipped] = []
    for done, entry in enumerate(listing.entries, start=1):
        outcome = conditioned(entry, config)
        if isinstance(outcome, Row):
            rows.append(outcome)
        else:
            skipped.append(outcome)
        if progress is not None:
            progress(done, listing.total)
    if not rows:
        raise nothing_readable(listing.source, skipped)
    return LabelledSet(
        x=np.stack([row.x for row in rows]),
        present=np.stack([row.present for row in rows]),
        labels=np.stack([row.labels for row in rows]),
        record=np.array([row.entry.record for row in rows]),
        patient=np.array([row.patient for row in rows]),
        split=np.array([row.entry.split for row in rows]),
        source=np.full(len(rows), listing.source),
        chest_scale_known=np.array([row.entry.chest_scale_known for row in rows]),
        skipped=tuple(skipped),
    )
