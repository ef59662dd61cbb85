"""Delineators side by side: the product, and libraries that are imported where installed."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable
from functools import partial

import numpy as np

from benchmarks.ludb_marks import BOUNDARIES, LeadMarks
from ecgcore.recording import Recording
from ecgcore.signal.measure import measure
from ecgcore.signal.measurements import Measurements

# (12, T) mV and Hz in, one LeadMarks per lead out.
Delineator = Callable[[np.ndarray, float], tuple[LeadMarks, ...]]


def marks_of(measurements: Measurements, fs: float, leads: int = 12) -> tuple[LeadMarks, ...]:
    """Return what the product measured: the same boundaries in every lead."""
    found = {
        name: np.array(
            [
                round(at_s * fs)
                for beat in measurements.beats
                if (at_s := getattr(beat, f"{name}_s")) is not None
            ]
        )
        for name in BOUNDARIES
    }
    r = np.array([round(at_s * fs) for at_s in measurements.r_peaks_s])
    return (LeadMarks(r, found),) * leads


def product(signal: np.ndarray, fs: float) -> tuple[LeadMarks, ...]:
    return marks_of(measure(Recording(signal, fs, "benchmark")), fs)


def _each_lead(delineate: Callable[[np.ndarray, float], LeadMarks]) -> Delineator:
    def run(signal: np.ndarray, fs: float) -> tuple[LeadMarks, ...]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return tuple(_or_nothing(delineate, lead, fs) for lead in signal.astype(float))

    return run


def _or_nothing(
    delineate: Callable[[np.ndarray, float], LeadMarks], lead: np.ndarray, fs: float
) -> LeadMarks:
    # Libraries fail on leads in which they see no wave: that counts as nothing found.
    try:
        return delineate(lead, fs)
    except Exception:
        return LeadMarks(np.array([]), {name: np.array([]) for name in BOUNDARIES})


def _known(marks: object) -> np.ndarray:
    values = np.asarray(marks, dtype=float)
    return values[~np.isnan(values)]


def _neurokit(lead: np.ndarray, fs: float, *, method: str) -> LeadMarks:
    neurokit2 = importlib.import_module("neurokit2")
    clean = neurokit2.ecg_clean(lead, sampling_rate=int(fs))
    _, peaks = neurokit2.ecg_peaks(clean, sampling_rate=int(fs))
    _, waves = neurokit2.ecg_delineate(clean, peaks, sampling_rate=int(fs), method=method)
    names = {"p": "P", "qrs": "R", "t": "T"}
    ends = {"on": "Onsets", "off": "Offsets"}
    found = {}
    for name in BOUNDARIES:
        wave, end = name.split("_")
        found[name] = _known(waves[f"ECG_{names[wave]}_{ends[end]}"])
    return LeadMarks(_known(peaks["ECG_R_Peaks"]), found)


def _prominence(signal: np.ndarray, fs: float, *, correct: bool) -> tuple[LeadMarks, ...]:
    library = importlib.import_module("prominence_delineator")
    delineator = library.ProminenceDelineator(sampling_frequency=int(fs))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        clean = delineator.clean_ecg(list(signal.astype(float)))
        peaks = [np.asarray(found, dtype=int) for found in delineator.find_rpeaks(clean)]
        waves = delineator.find_waves_multilead(clean, peaks, multilead_correction=correct)
    names = {"p": "P", "qrs": "R", "t": "T"}
    result = []
    for row in range(len(signal)):
        found = {}
        for name in BOUNDARIES:
            wave, end = name.split("_")
            found[name] = _known(waves[f"{names[wave]}_{end}"][row])
        result.append(LeadMarks(_known(peaks[row]), found))
    return tuple(result)


def _peaks_only(detect: Callable[[np.ndarray, float], object]) -> Delineator:
    nothing = {name: np.array([]) for name in BOUNDARIES}
    return _each_lead(lambda lead, fs: LeadMarks(_known(detect(lead, fs)), nothing))


def _sleepecg(lead: np.ndarray, fs: float) -> object:
    return importlib.import_module("sleepecg").detect_heartbeats(lead, fs)


def _xqrs(lead: np.ndarray, fs: float) -> object:
    return importlib.import_module("wfdb.processing").xqrs_detect(lead, fs, verbose=False)


_CANDIDATES: dict[str, tuple[str, Delineator]] = {
    "ours": ("ecgcore", product),
    "neurokit2 dwt": ("neurokit2", _each_lead(partial(_neurokit, method="dwt"))),
    "neurokit2 cwt": ("neurokit2", _each_lead(partial(_neurokit, method="cwt"))),
    "prominence": ("prominence_delineator", partial(_prominence, correct=False)),
    "prominence, multi-lead": ("prominence_delineator", partial(_prominence, correct=True)),
    "sleepecg": ("sleepecg", _peaks_only(_sleepecg)),
    "wfdb xqrs": ("wfdb", _peaks_only(_xqrs)),
}


def installed() -> dict[str, Delineator]:
    """Return the candidates whose library is installed; name the others."""
    found = {}
    for name, (library, delineator) in _CANDIDATES.items():
        try:
            importlib.import_module(library)
        except ImportError:
            print(f"{name}: {library} is not installed, see benchmarks/requirements.txt.")
        else:
            found[name] = delineator
    return found
