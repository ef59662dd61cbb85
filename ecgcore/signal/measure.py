"""Measurements of a 12-lead ECG: rate, intervals, axes, ST levels, and every beat with its waves.

All boundaries are found on all leads together, by quantities that neither the order nor the
polarity of the leads changes: an exchange of limb electrodes or of chest electrodes leaves the
beats and every interval as they were. Axes, ST levels and voltages belong to single leads and do
change.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ecgcore.recording import Recording
from ecgcore.signal.beat_classes import Sorted, sort_beats
from ecgcore.signal.beat_list import list_beats
from ecgcore.signal.delineate import Delineated, delineate
from ecgcore.signal.marks import Marks
from ecgcore.signal.measurements import MEASUREMENTS, Beat, Measurements, RepresentativeBeat
from ecgcore.signal.qrs_edges import CENTRE
from ecgcore.signal.qtc import corrected_qt
from ecgcore.signal.r_peaks import find_qrs
from ecgcore.signal.rhythm import rate_bpm, rr_statistics
from ecgcore.signal.voltages import Voltages
from ecgcore.signal.waveform import MIN_LEAD_S, WORK_FS_HZ, Waveform, waveform

# A representative beat of five minutes stands for no day; windows of longer recordings are chosen
# by whoever looks at them.
MAX_MEASURED_S = 300.0
# Half of this rate is the highest frequency that a QRS needs at least; AHA recommends 500 Hz
# (Kligfield P et al. Circulation 2007;115:1306).
MIN_INTERVAL_FS_HZ = 100.0
# Of noise hardly two stretches look alike.
_ALIKE_SHARE = 0.20
# The narrowest QRS of an infant; clicks and calibration pulses are shorter.
_SHORTEST_QRS_MS = 40.0
_ALWAYS = ("heart_rate_bpm", "rr")
_WITHOUT_REASON = "Not measured."


def measure(recording: Recording) -> Measurements:
    """Measure a recording, or its first `MAX_MEASURED_S`.

    Returns
    -------
    Measurements
        What cannot be measured is absent with its reason; no recording raises an error.
    """
    prepared = waveform(recording.window(0.0, MAX_MEASURED_S))
    if prepared is None:
        return _nothing(f"No lead was recorded for {MIN_LEAD_S:g} s.")
    middles = find_qrs(prepared)
    if not middles.size:
        return _nothing("No QRS complexes: nothing stands out of the leads.")
    beats = sort_beats(prepared, middles)
    alike = len(beats.shapes[0].members)
    if middles.size > 3 and alike < max(2.0, _ALIKE_SHARE * middles.size):
        return _nothing(
            f"No QRS complexes: of {middles.size} deflections at most {alike} look alike."
        )
    found = _measured(prepared, beats)
    if recording.fs < MIN_INTERVAL_FS_HZ:
        found = _without_intervals(found, recording.fs)
    if recording.duration_s > MAX_MEASURED_S:
        note = f"Measured are the first {MAX_MEASURED_S:g} s of {recording.duration_s:.0f} s."
        found = replace(found, warnings=(note, *found.warnings))
    return found


def _nothing(reason: str) -> Measurements:
    return Measurements(reasons=dict.fromkeys(MEASUREMENTS, reason))


def _without_intervals(found: Measurements, fs: float) -> Measurements:
    """Drop what takes the edges of waves."""
    reason = f"Sampled at {fs:g} Hz; intervals and heights take {MIN_INTERVAL_FS_HZ:g} Hz."
    return Measurements(
        heart_rate_bpm=found.heart_rate_bpm,
        rr=found.rr,
        beats=tuple(Beat(beat.r_s, is_ectopic=beat.is_ectopic) for beat in found.beats),
        reasons={name: found.reasons.get(name, reason) for name in _absent_besides(found)},
    )


def _absent_besides(found: Measurements) -> list[str]:
    return [name for name in MEASUREMENTS if name not in _ALWAYS or name in found.reasons]


def _measured(prepared: Waveform, beats: Sorted) -> Measurements:
    shapes = [
        delineate(prepared, beats, shape, usual=number == 0)
        for number, shape in enumerate(beats.shapes)
    ]
    listed = list_beats(beats, shapes, prepared.n_samples)
    r_s = np.array([beat.r_s for beat in listed])
    unbroken = prepared.unbroken(beats.at)
    timed = Measurements(
        heart_rate_bpm=rate_bpm(r_s, unbroken),
        rr=rr_statistics(r_s, unbroken, np.array([beat.is_ectopic for beat in listed])),
        beats=listed,
    )
    usual = shapes[0]
    if usual.qrs_ms < _SHORTEST_QRS_MS:
        return _nothing(
            f"No QRS complexes: what looks like them lasts {usual.qrs_ms:.0f} ms, less than "
            f"{_SHORTEST_QRS_MS:.0f} ms."
        )
    found = timed if usual.marks is None else _with_waves(timed, usual, usual.marks)
    return replace(found, reasons=_reasons(found, usual))


def _with_waves(timed: Measurements, usual: Delineated, marks: Marks) -> Measurements:
    """Add what the representative beat tells."""
    signal = usual.beat.copy()
    signal.flags.writeable = False
    heights = Voltages(signal, marks)
    rr_s = _rr_for_qtc_s(timed)
    estimated = "Another wave begins before the T wave ends: QT is estimated from its descent."
    return replace(
        timed,
        pr_ms=marks.pr_ms,
        qrs_ms=marks.qrs_ms,
        qt_ms=marks.qt_ms,
        qtc_ms={} if marks.qt_ms is None or rr_s is None else corrected_qt(marks.qt_ms, rr_s),
        axes_deg=heights.axes_deg(),
        st_mv=heights.st_mv(),
        low_voltage_limb=heights.low_voltage_limb(),
        low_voltage_chest=heights.low_voltage_chest(),
        sokolow_lyon_mv=heights.sokolow_lyon_mv(),
        cornell_mv=heights.cornell_mv(),
        representative=RepresentativeBeat(signal, WORK_FS_HZ, CENTRE, marks, usual.at.size),
        warnings=(estimated,) if marks.t_off_hidden and marks.t_off is not None else (),
    )


def _rr_for_qtc_s(timed: Measurements) -> float | None:
    """Mean interval that QT is corrected for: between usual beats, if there are any."""
    if timed.rr is not None:
        return timed.rr.mean_ms / 1000.0
    return None if timed.heart_rate_bpm is None else 60.0 / timed.heart_rate_bpm


def _reasons(found: Measurements, usual: Delineated) -> dict[str, str]:
    """Say of each absent measurement why it is absent."""
    no_rate = "A rate takes two beats without a gap between them."
    if usual.marks is None:
        absent = dict.fromkeys(MEASUREMENTS, "No QRS lies wholly within the recording.")
        why = absent | {"heart_rate_bpm": no_rate, "rr": no_rate}
        return {name: why[name] for name in _absent(found)}
    no_p = usual.no_p or "The recording begins within the P wave."
    no_t = "No T wave to be seen before the next beat or the end of the recording."
    if usual.marks.t_off_hidden:
        no_t = "Another wave, as a rule the next P wave, hides the end of the T wave."
    why = {
        "heart_rate_bpm": no_rate,
        "rr": "No two neighbouring beats are both free of ectopy.",
        "pr_ms": no_p,
        "qt_ms": no_t,
        "qtc_ms": no_t if found.qt_ms is None else no_rate,
        "P axis": no_p if found.pr_ms is None else _no_axis("P"),
        "QRS axis": _no_axis("QRS"),
        "T axis": no_t if found.qt_ms is None else _no_axis("T"),
        "low_voltage_limb": _not_recorded("all limb leads"),
        "low_voltage_chest": _not_recorded("all chest leads"),
        "sokolow_lyon_mv": _not_recorded("V1, V5 and V6"),
        "cornell_mv": _not_recorded("aVL and V3"),
    }
    return {name: why.get(name, _WITHOUT_REASON) for name in _absent(found)}


def _no_axis(wave: str) -> str:
    return f"The {wave} wave points nowhere in leads I and II, or they were not recorded."


def _not_recorded(leads: str) -> str:
    return f"Takes {leads}, which were not all recorded."


def _absent(found: Measurements) -> list[str]:
    """Names of what has no value."""
    names = []
    for name in MEASUREMENTS:
        wave = name.removesuffix(" axis")
        value = found.axes_deg[wave] if wave != name else getattr(found, name)
        if value is None or value == {}:
            names.append(name)
    return names
