"""Intervals that a simulated recording truly has, and patients to measure."""

from dataclasses import replace

import numpy as np

from ecgcore.simulate import Noise, Simulation, SimulationConfig

# A well-made recording, and one of a restless patient.
QUIET = Noise(wander_mv=0.02, mains_mv=0.005, muscle_mv=0.005)
RESTLESS = Noise(wander_mv=0.10, mains_mv=0.03, muscle_mv=0.025)

_ENDS = {
    "pr_ms": ("p_on_s", "qrs_on_s"),
    "qrs_ms": ("qrs_on_s", "qrs_off_s"),
    "qt_ms": ("qrs_on_s", "t_off_s"),
}


def patient(**changes: object) -> SimulationConfig:
    return replace(SimulationConfig(noise=QUIET), **changes)


def true_ms(simulation: Simulation, name: str, kinds: tuple[str, ...] = ()) -> float:
    """Median over the beats of these kinds (all by default)."""
    first, last = _ENDS[name]
    times = [
        1000.0 * (getattr(beat, last) - getattr(beat, first))
        for beat in simulation.beats
        if getattr(beat, first) is not None
        and getattr(beat, last) is not None
        and (beat.kind in kinds or not kinds)
    ]
    return float(np.median(times))
