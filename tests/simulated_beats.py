"""Looking into a simulated recording by its own truth: beats, QRS complexes, T waves."""

from dataclasses import replace

import numpy as np

from ecgcore.leads import INDEX
from ecgcore.simulate import Beat, Simulation, SimulationConfig


def steady(**changes: object) -> SimulationConfig:
    """A patient whose beats are all alike, without noise."""
    return replace(SimulationConfig(rr_variation=0.0, beat_variation=0.0), **changes)


def between(simulation: Simulation, lead: str, start_s: float, end_s: float) -> np.ndarray:
    fs = simulation.fs
    return simulation.leads()[INDEX[lead], int(np.ceil(start_s * fs)) : int(end_s * fs) + 1]


def whole_beats(simulation: Simulation) -> list[Beat]:
    return [b for b in simulation.beats if b.qrs_on_s is not None and b.t_off_s is not None]


def qrs(simulation: Simulation, lead: str, kind: str = "") -> np.ndarray:
    beat = next(b for b in whole_beats(simulation) if b.kind == kind or not kind)
    return between(simulation, lead, beat.qrs_on_s, beat.qrs_off_s)


def t_wave(simulation: Simulation, lead: str, kind: str = "") -> float:
    """Signed height of the T wave: the extreme of the second half of ST-T."""
    beat = next(b for b in whole_beats(simulation) if b.kind == kind or not kind)
    middle_s = (beat.qrs_off_s + beat.t_off_s) / 2.0
    wave = between(simulation, lead, middle_s, beat.t_off_s)
    return float(wave[np.abs(wave).argmax()])


def r_and_s(simulation: Simulation, lead: str) -> tuple[float, float]:
    wave = qrs(simulation, lead)
    return float(max(wave.max(), 0.0)), float(-min(wave.min(), 0.0))
