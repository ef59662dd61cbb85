"""Filters for looking at a tracing. Nothing is measured or predicted on what they give.

All are run forwards and backwards, so that no wave is shifted and ST segments keep their level.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import signal as dsp

from ecgcore.errors import SignalError
from ecgcore.recording import Recording
from ecgcore.signal.preprocess import MAX_BRIDGED_GAP_S, without_gaps

Samples = npt.NDArray[np.float64]

# Pass bands in Hz: diagnostic, and that of monitors, where the tracing is unquiet.
BANDS_HZ = {"off": None, "0.05-150": (0.05, 150.0), "0.5-40": (0.5, 40.0)}
MAINS_HZ = (0, 50, 60)

_ORDER = 2  # per direction
_NOTCH_WIDTH_HZ = 2.0  # mains keeps its frequency within a fifth of that
# Edges this close to half the sampling rate cannot be drawn into a filter.
_HIGHEST_SHARE = 0.95


@dataclass(frozen=True)
class DisplayFilter:
    """What is filtered before a tracing is drawn.

    Attributes
    ----------
    band : {"off", "0.05-150", "0.5-40"}
        Pass band, Hz.
    mains_hz : {0, 50, 60}
        Frequency that is taken out; 0 for none.

    Raises
    ------
    SignalError
        A value is none of those listed.
    """

    band: str = "off"
    mains_hz: int = 0

    def __post_init__(self) -> None:
        for name, value, allowed in (
            ("filter", self.band, tuple(BANDS_HZ)),
            ("mains frequency", self.mains_hz, MAINS_HZ),
        ):
            if value not in allowed:
                raise SignalError(
                    f"The {name} is {value}, expected one of {', '.join(map(str, allowed))}."
                )


AS_RECORDED = DisplayFilter()


def filter_text(wanted: DisplayFilter, fs: float) -> str:
    """Say what a tracing of this rate shows, as it is printed on the page.

    Parameters
    ----------
    wanted : DisplayFilter
    fs : float
        Sampling rate, Hz. What it cannot carry is said.
    """
    if wanted == AS_RECORDED:
        return "as recorded, no filter"
    band = BANDS_HZ[wanted.band]
    parts = []
    if band is None:
        parts.append("no band filter")
    elif _carries(band[1], fs):
        parts.append(f"{band[0]:g}-{band[1]:g} Hz")
    else:
        parts.append(f"{band[0]:g} Hz up, {fs:g} Hz sampling carries no {band[1]:g} Hz")
    if wanted.mains_hz and _carries(wanted.mains_hz, fs):
        parts.append(f"mains {wanted.mains_hz} Hz")
    elif wanted.mains_hz:
        parts.append(f"mains {wanted.mains_hz} Hz beyond the sampling rate")
    return ", ".join(parts)


def filtered(recording: Recording, wanted: DisplayFilter) -> Recording:
    """Return the recording as the filter shows it; the same one where nothing is filtered.

    Gaps up to `preprocess.MAX_BRIDGED_GAP_S` are bridged by a straight line while the filter
    passes; longer ones part a lead into stretches that are filtered alone. Missing samples stay
    missing.
    """
    sections = _sections(wanted, recording.fs)
    if not len(sections):
        return recording
    raw = recording.signal.astype(np.float64)
    shown = raw.copy()
    for (begin, end), rows in _rows_by_stretch(raw, recording.fs).items():
        whole = np.stack([without_gaps(raw[row, begin:end]) for row in rows])
        shown[rows, begin:end] = _zero_phase(whole, sections, wanted, recording.fs)
    shown[np.isnan(raw)] = np.nan
    return recording.with_signal(shown)


def _zero_phase(samples: Samples, sections: Samples, wanted: DisplayFilter, fs: float) -> Samples:
    # The ends are reflected for one and a half periods of the lowest frequency, or all there is.
    band = BANDS_HZ[wanted.band]
    slowest_hz = _NOTCH_WIDTH_HZ if band is None else band[0]
    pad = min(round(1.5 * fs / slowest_hz), samples.shape[-1] - 1)
    return np.asarray(dsp.sosfiltfilt(sections, samples, axis=-1, padlen=pad))


def _rows_by_stretch(raw: Samples, fs: float) -> dict[tuple[int, int], list[int]]:
    """Group leads by their stretches without a long gap: equal ones are filtered at once."""
    groups: dict[tuple[int, int], list[int]] = {}
    for row, samples in enumerate(raw):
        known = np.flatnonzero(~np.isnan(samples))
        breaks = np.flatnonzero(np.diff(known) > max(1, round(MAX_BRIDGED_GAP_S * fs)))
        for part in np.split(known, breaks + 1):
            if part.size:
                groups.setdefault((int(part[0]), int(part[-1]) + 1), []).append(row)
    return groups


@lru_cache(maxsize=32)
def _sections(wanted: DisplayFilter, fs: float) -> Samples:
    """Second-order sections of one direction, shape (n, 6); none where nothing is filtered.

    Through both directions a Butterworth filter loses 6 dB at its cut-off. Its cut-offs are moved
    apart until the loss at the edges of the band is the 3 dB that a stated band means.

    References
    ----------
    Kligfield P, et al. Recommendations for the standardization and interpretation of the
    electrocardiogram, part I. Circulation 2007;115:1306: 0.05 Hz, or up to 0.67 Hz where the filter
    shifts no phase, to 150 Hz, between the 3 dB points.
    """
    parts = [np.empty((0, 6))]
    band = BANDS_HZ[wanted.band]
    # 1 / (1 + r^(2 order)) = 1 / sqrt(2), r being the ratio of edge and cut-off as tangents.
    ratio = (math.sqrt(2) - 1) ** (1 / (2 * _ORDER))
    if band is not None:
        low_hz = _hz(_tangent(band[0], fs) * ratio, fs)
        parts.append(dsp.butter(_ORDER, low_hz, "highpass", fs=fs, output="sos"))
        if _carries(band[1], fs):
            high_hz = _hz(_tangent(band[1], fs) / ratio, fs)
            parts.append(dsp.butter(_ORDER, high_hz, "lowpass", fs=fs, output="sos"))
    if wanted.mains_hz and _carries(wanted.mains_hz, fs):
        notch = dsp.iirnotch(wanted.mains_hz, wanted.mains_hz / _NOTCH_WIDTH_HZ, fs=fs)
        parts.append(dsp.tf2sos(*notch))
    return np.concatenate(parts)


def _carries(edge_hz: float, fs: float) -> bool:
    return edge_hz < _HIGHEST_SHARE * fs / 2


def _tangent(hz: float, fs: float) -> float:
    """Frequency of the analogue filter that the bilinear transform puts at `hz`."""
    return math.tan(math.pi * hz / fs)


def _hz(tangent: float, fs: float) -> float:
    return math.atan(tangent) * fs / math.pi
