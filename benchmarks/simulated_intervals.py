"""Errors of the measured intervals on simulated recordings, whose boundaries are exact."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ecgcore.errors import SignalError
from ecgcore.signal.measure import measure
from ecgcore.simulate import Noise, Simulation, SimulationConfig, random_config, simulate

NOISES = {
    "no noise": Noise(),
    "quiet": Noise(wander_mv=0.02, mains_mv=0.005, muscle_mv=0.005),
    "usual": Noise(wander_mv=0.05, mains_mv=0.02, muscle_mv=0.012),
    "restless": Noise(wander_mv=0.10, mains_mv=0.05, muscle_mv=0.030),
}
CONDUCTIONS = ("normal", "first-degree AV block", "LBBB", "RBBB", "paced")
# A PR of 270 ms and a paced QRS of 160 ms do not fit into faster rates.
_FASTEST_BPM = {"first-degree AV block": 100.0, "paced": 100.0}
_PER_CELL = 12


def true_intervals_ms(simulation: Simulation) -> dict[str, float]:
    """Medians over the beats; NaN where there are none."""
    ends = {"pr_ms": ("p_on_s", "qrs_on_s"), "qrs_ms": ("qrs_on_s", "qrs_off_s")}
    ends["qt_ms"] = ("qrs_on_s", "t_off_s")
    result = {}
    for name, (first, last) in ends.items():
        each = [
            1000.0 * (getattr(beat, last) - getattr(beat, first))
            for beat in simulation.beats
            if getattr(beat, first) is not None and getattr(beat, last) is not None
        ]
        result[name] = float(np.median(each)) if each else float("nan")
    return result


def draw(rng: np.random.Generator, conduction: str, noise: Noise) -> SimulationConfig:
    """Draw a patient at 40 to 180 per minute, with a PR that the rate leaves room for."""
    while True:
        rate_bpm = float(rng.uniform(40.0, _FASTEST_BPM.get(conduction, 180.0)))
        # A heart that beats fast also conducts fast: 120 ms at 180 per minute.
        pr_ms = {"first-degree AV block": 270.0}.get(conduction, 180.0 - 0.33 * rate_bpm)
        try:
            patient = random_config(rng, "sinus", conduction)
            axis_deg = float(rng.uniform(-90.0, 120.0))
            return replace(
                patient, rate_bpm=rate_bpm, pr_ms=pr_ms, noise=noise, u_mv=0.0,
                axis_deg=None if conduction == "paced" else axis_deg,
            )  # fmt: skip
        except SignalError:
            continue


def print_simulated_errors() -> None:
    """Print errors by noise, conduction and rate."""
    rng = np.random.default_rng(20)
    rows = []
    for noise_name, noise in NOISES.items():
        for conduction in CONDUCTIONS:
            for _ in range(_PER_CELL * (3 if conduction == "normal" else 1)):
                config = draw(rng, conduction, noise)
                simulation = simulate(config)
                found = measure(simulation.recording())
                for name, truth in true_intervals_ms(simulation).items():
                    value = getattr(found, name)
                    error = float("nan") if value is None else value - truth
                    rows.append((noise_name, conduction, config.rate_bpm, name, error))
    print("\n## Simulated recordings: error in ms, mean ± SD (measured of all)")
    groups = {f"noise: {name}": lambda row, name=name: row[0] == name for name in NOISES}
    groups |= {name: lambda row, name=name: row[1] == name for name in CONDUCTIONS}
    for low, high in ((40, 70), (70, 100), (100, 130), (130, 155), (155, 180)):
        groups[f"{low}-{high}/min"] = lambda row, low=low, high=high: low <= row[2] < high
    groups["all"] = lambda _row: True
    for title, chosen in groups.items():
        cells = []
        for name in ("pr_ms", "qrs_ms", "qt_ms"):
            errors = np.array([row[4] for row in rows if row[3] == name and chosen(row)])
            known = errors[~np.isnan(errors)]
            cells.append(
                f"{name[:-3].upper():3} {known.mean():6.1f} ± {known.std():4.1f} "
                f"({known.size}/{errors.size})"
            )
        print(f"{title:24} {'   '.join(cells)}")
