"""Channels in a file's own order -> the twelve rows that everything else expects."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ecgcore.leads import INDEX, LEADS, canonical_name


def in_lead_order(
    values: npt.NDArray[np.floating], names: Sequence[str]
) -> npt.NDArray[np.float32]:
    """Put channels, (C, T), into the rows of `leads.LEADS`; NaN where a lead has no channel.

    Names that are none of the twelve leads are passed over.
    """
    signal = np.full((len(LEADS), values.shape[1]), np.nan, dtype=np.float32)
    for name, samples in zip(names, values, strict=True):
        lead = canonical_name(name)
        if lead is not None:
            signal[INDEX[lead]] = samples
    return signal
