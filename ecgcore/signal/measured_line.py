"""Measurements as JSON values: one dictionary, None where something is absent."""

from __future__ import annotations

from typing import Any

from ecgcore.signal.measurements import Beat, Measurements
from ecgcore.signal.qtc import QTC_FORMULAS

Line = dict[str, Any]

# Samples are 2 ms apart: 0.1 ms, 0.001 mV and 0.1 per minute lose nothing.
_TIME_DIGITS, _MV_DIGITS, _DIGITS = 4, 3, 1
_TIMES = ("p_on_s", "p_off_s", "qrs_on_s", "qrs_off_s", "t_off_s")


def measured_line(found: Measurements) -> Line:
    """Return all measurements but the samples of the representative beat."""
    rr = found.rr
    return {
        "heart_rate_bpm": _rounded(found.heart_rate_bpm),
        "pr_ms": _rounded(found.pr_ms),
        "qrs_ms": _rounded(found.qrs_ms),
        "qt_ms": _rounded(found.qt_ms),
        "qtc_ms": {name: _rounded(found.qtc_ms.get(name)) for name in QTC_FORMULAS},
        "axes_deg": {wave: _rounded(axis_deg) for wave, axis_deg in found.axes_deg.items()},
        "rr": None if rr is None else {n: _rounded(v) for n, v in vars(rr).items()},
        "st_mv": {lead: round(mv, _MV_DIGITS) for lead, mv in found.st_mv.items()},
        "low_voltage_limb": found.low_voltage_limb,
        "low_voltage_chest": found.low_voltage_chest,
        "sokolow_lyon_mv": _rounded(found.sokolow_lyon_mv, _MV_DIGITS),
        "cornell_mv": _rounded(found.cornell_mv, _MV_DIGITS),
        "r_peaks_s": [round(at_s, _TIME_DIGITS) for at_s in found.r_peaks_s],
        "beats": [_beat(beat) for beat in found.beats],
        "reasons": dict(found.reasons),
        "warnings": list(found.warnings),
    }


def measured_text(line: Line) -> str:
    """Return one line of `measured_line` for a human reader."""
    names = {"heart_rate_bpm": "rate", "pr_ms": "PR", "qrs_ms": "QRS", "qt_ms": "QT"}
    units = {"heart_rate_bpm": "/min"}
    parts = [
        f"{title} {line[name]:.0f} {units.get(name, 'ms')}"
        for name, title in names.items()
        if line[name] is not None
    ]
    if line["qtc_ms"]["fridericia"] is not None:
        parts.append(f"QTc {line['qtc_ms']['fridericia']:.0f} ms (Fridericia)")
    if line["axes_deg"]["QRS"] is not None:
        parts.append(f"axis {line['axes_deg']['QRS']:.0f} degrees")
    return ", ".join(parts) or "nothing could be measured"


def _beat(beat: Beat) -> Line:
    times = {name: _rounded(getattr(beat, name), _TIME_DIGITS) for name in _TIMES}
    return times | {"is_ectopic": beat.is_ectopic}


def _rounded(value: float | None, digits: int = _DIGITS) -> float | None:
    return None if value is None else round(value, digits)
