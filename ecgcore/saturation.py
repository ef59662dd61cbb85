"""Where a recorder stood at the end of its range, so that its samples are no measurement."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

# No beat is this far from the baseline, while the range of recorders ends at 5 mV or more.
_FAR_MV = 5.0
# Nearer than this, equal samples are baseline or the top of a small wave.
_OFF_BASELINE_MV = 0.5
# The top of a wave is left by one step of the converter, a cut one at the slope of the wave.
_STEEP_STEPS, _STEEP_MV = 3, 0.02
_HELD_SAMPLES, _HELD_S, _LONG_HELD_S = 3, 0.1, 1.0
# Filters of the recorder ring after its input was beyond its range.
_AFTERMATH_S = 0.25


def at_limit(signal: npt.NDArray[np.floating], fs: float) -> npt.NDArray[np.bool_]:
    """Find the samples that stand at the end of the recorder's range.

    There the recorder did not measure: a lead is clipped, or railed because an electrode is off.
    The range is not known; what shows it is one value, the highest or lowest of the lead and far
    from the baseline, held for several samples and left at a jump.

    Parameters
    ----------
    signal : ndarray, shape (12, T), mV
    fs : float
        Hz.

    Returns
    -------
    ndarray, shape (12, T), bool
    """
    found = np.zeros(signal.shape, dtype=bool)
    for row, samples in enumerate(np.asarray(signal, dtype=np.float64)):
        if not np.isnan(samples).all():
            found[row] = _lead_at_limit(samples, fs)
    return found


def _lead_at_limit(samples: npt.NDArray[np.float64], fs: float) -> npt.NDArray[np.bool_]:
    """Mark the samples of one lead, (T,), in runs of one value that only a limit explains."""
    steps = np.abs(np.diff(samples))
    starts, ends = _runs(samples)
    lengths, values = ends - starts, samples[starts]
    offsets = np.abs(values - np.nanmedian(samples))
    moving = steps[steps > 0]
    steep_mv = max(_STEEP_MV, _STEEP_STEPS * float(moving.min())) if moving.size else np.inf
    # Steps into and out of each run; the first and last sample have none.
    jumps = np.fmax(np.r_[0.0, steps][starts], np.r_[steps, 0.0][ends - 1])
    is_end = np.zeros(values.size, dtype=bool)
    for end in (np.nanmax(samples), np.nanmin(samples)):
        here = values == end
        touched = here & (offsets >= _FAR_MV) & (here.sum() > 1)
        held = (lengths >= _HELD_SAMPLES) & (jumps >= steep_mv) | (lengths >= _HELD_S * fs)
        is_end |= touched | (here & held & (offsets >= _OFF_BASELINE_MV))
    # Resampling lets the samples beside a rail swing beyond it.
    is_end |= (lengths >= _HELD_S * fs) & (offsets >= _FAR_MV)
    is_end |= (lengths >= _LONG_HELD_S * fs) & (np.abs(values) >= _FAR_MV)
    return np.repeat(is_end, lengths)


def measured_samples(signal: npt.NDArray[np.floating], fs: float) -> npt.NDArray[np.float64]:
    """Copy a (12, T) signal with NaN where a lead was not measured.

    That is within a quarter of a second of the end of the recorder's range, and where one value
    stands for a second, as recorders write it for an electrode that is off. The identities of the
    limb leads hold for what was measured, so they are checked on this.
    """
    lost = np.zeros(signal.shape, dtype=bool)
    reach = round(_AFTERMATH_S * fs)
    for row, samples in enumerate(np.asarray(signal, dtype=np.float64)):
        if np.isnan(samples).all():
            continue
        # Counts the samples at a limit within reach on either side.
        total = np.cumsum(np.pad(_lead_at_limit(samples, fs), (reach + 1, reach)))
        lost[row] = total[2 * reach + 1 :] > total[: -(2 * reach + 1)]
        starts, ends = _runs(samples)
        lost[row] |= np.repeat(ends - starts >= _LONG_HELD_S * fs, ends - starts)
    return np.where(lost, np.nan, signal)


def _runs(samples: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return the first sample, and the one after the last, of each run; NaN equals nothing."""
    edges = np.flatnonzero(samples[1:] != samples[:-1]) + 1
    return np.r_[0, edges], np.r_[edges, samples.size]
