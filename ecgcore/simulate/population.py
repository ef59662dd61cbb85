"""Plausible patients at random: builds, hearts, rates, axes and noise that vary together."""

from __future__ import annotations

import numpy as np

from ecgcore.electrodes import ELECTRODES
from ecgcore.simulate.config import (
    CONDUCTIONS,
    FIRST_DEGREE,
    RHYTHMS,
    TERRITORIES,
    Noise,
    SimulationConfig,
    has_p_waves,
)
from ecgcore.simulate.patterns import PREMATURE_SITES
from ecgcore.simulate.torso import Torso
from ecgcore.simulate.wave import Vector

# Mean and spread of the ventricular rate, and its limits, per minute.
_RATES = {
    "sinus": (75.0, 20.0, 40.0, 150.0),
    "AF": (95.0, 25.0, 45.0, 165.0),
    "flutter": (75.0, 1.0, 70.0, 80.0),  # decided by the flutter's own rate and ratio
    "PVC": (75.0, 12.0, 50.0, 105.0),
    "PAC": (75.0, 12.0, 50.0, 105.0),
}
_CONDUCTION_SHARES = {
    "normal": 0.70,
    "first-degree AV block": 0.08,
    "LBBB": 0.07,
    "RBBB": 0.10,
    "paced": 0.05,
}
_ST_SHARE = 0.15
_MAX_PR_SHARE_OF_RR = 0.6
_WIDE = ("LBBB", "RBBB", "paced")


def _clipped(
    rng: np.random.Generator, mean: float, spread: float, low: float, high: float
) -> float:
    return float(np.clip(rng.normal(mean, spread), low, high))


def _small_shift(rng: np.random.Generator) -> Vector:
    """Draw a displacement of about 1 cm, at most 2 cm along each axis."""
    x, y, z = np.clip(rng.normal(0.0, 0.8, 3), -2.0, 2.0)
    return (float(x), float(y), float(z))


def random_torso(rng: np.random.Generator) -> Torso:
    """Draw a build, a place and turn of the heart, and electrodes about 1 cm off their sites."""
    return Torso(
        scale=_clipped(rng, 1.0, 0.08, 0.8, 1.25),
        heart_turn_deg=_clipped(rng, 0.0, 12.0, -30.0, 30.0),
        heart_shift_cm=_small_shift(rng),
        electrode_shift_cm=tuple((electrode, _small_shift(rng)) for electrode in ELECTRODES),
    )


def random_noise(rng: np.random.Generator) -> Noise:
    """Draw disturbances from almost none to those of a restless patient."""
    return Noise(
        wander_mv=float(rng.gamma(1.5, 0.03)),
        mains_mv=float(rng.gamma(1.0, 0.01)),
        mains_hz=float(rng.choice([50.0, 60.0])),
        muscle_mv=float(rng.gamma(1.5, 0.008)),
    )


def random_config(
    rng: np.random.Generator,
    rhythm: str | None = None,
    conduction: str | None = None,
    duration_s: float = 10.0,
    fs: float = 500.0,
) -> SimulationConfig:
    """Draw one patient.

    Parameters
    ----------
    rng : Generator
        Its state decides everything, the new configuration's seed included.
    rhythm, conduction : str or None
        Keys of `RHYTHMS` and `CONDUCTIONS`; None draws one.

    Raises
    ------
    SignalError
        An unknown name, or a combination that does not exist.
    """
    rhythm = str(rng.choice(list(RHYTHMS))) if rhythm is None else rhythm
    conduction = _draw_conduction(rng, rhythm) if conduction is None else conduction
    rate_bpm = _clipped(rng, *_RATES.get(rhythm, _RATES["sinus"]))
    st_mv = float(rng.uniform(0.1, 0.4) * rng.choice([1.0, -0.6]))
    return SimulationConfig(
        rhythm=rhythm,
        conduction=conduction,
        rate_bpm=rate_bpm,
        pr_ms=_draw_pr_ms(rng, conduction, rate_bpm),
        qrs_ms=_draw_qrs_ms(rng, conduction),
        qtc_ms=_clipped(rng, 412.0, 18.0, 370.0, 460.0) + (40.0 if conduction in _WIDE else 0.0),
        axis_deg=_clipped(rng, 45.0, 28.0, -30.0, 100.0) if conduction not in _WIDE else None,
        st_mv=st_mv if conduction == "normal" and rng.uniform() < _ST_SHARE else 0.0,
        st_territory=str(rng.choice(list(TERRITORIES))),
        u_mv=float(rng.choice([0.0, 0.05], p=[0.8, 0.2])),
        atrial_bpm=_clipped(rng, 295.0, 18.0, 240.0, 350.0),
        flutter_ratio=(2, 3, 4, None)[int(rng.choice(4, p=[0.35, 0.1, 0.3, 0.25]))],
        ectopic_every=int(rng.integers(2, 7)),
        pvc_site=str(rng.choice(list(PREMATURE_SITES))),
        rr_variation=_clipped(rng, 0.035, 0.02, 0.005, 0.10),
        beat_variation=_clipped(rng, 0.03, 0.015, 0.0, 0.08),
        torso=random_torso(rng),
        noise=random_noise(rng),
        duration_s=duration_s,
        fs=fs,
        seed=int(rng.integers(2**31)),
    )


def _draw_conduction(rng: np.random.Generator, rhythm: str) -> str:
    """Draw by share, among those that this rhythm can have."""
    names = [c for c in CONDUCTIONS if has_p_waves(rhythm) or c != FIRST_DEGREE]
    shares = np.array([_CONDUCTION_SHARES[name] for name in names])
    return str(rng.choice(names, p=shares / shares.sum()))


def _draw_pr_ms(rng: np.random.Generator, conduction: str, rate_bpm: float) -> float:
    """Draw around the usual PR; a fast heart leaves room for a shorter one only."""
    usual_ms = CONDUCTIONS[conduction].pr_ms if conduction in CONDUCTIONS else 160.0
    longest_ms = _MAX_PR_SHARE_OF_RR * 60_000.0 / rate_bpm
    if conduction == FIRST_DEGREE:
        return min(_clipped(rng, usual_ms, 30.0, 215.0, 360.0), max(longest_ms, 215.0))
    return min(_clipped(rng, usual_ms, 15.0, 120.0, 195.0), longest_ms)


def _draw_qrs_ms(rng: np.random.Generator, conduction: str) -> float:
    """Draw around the usual QRS, narrow below 110 ms and blocked from 122 ms on."""
    usual_ms = CONDUCTIONS[conduction].qrs_ms if conduction in CONDUCTIONS else 90.0
    low_ms, high_ms = (122.0, 190.0) if conduction in _WIDE else (70.0, 108.0)
    return _clipped(rng, usual_ms, 9.0, low_ms, high_ms)
