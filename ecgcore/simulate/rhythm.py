"""When each beat happens: sinus rhythm, fibrillation, flutter, premature complexes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile

import numpy as np

from ecgcore.simulate.config import SimulationConfig

# Normal breathing at rest, 15 per minute.
RESPIRATION_HZ = 0.25
# Coefficient of variation of RR in atrial fibrillation, and the AV node's refractory limit.
_AF_VARIATION = 0.22
_AF_SHORTEST_S = 0.32
# Whatever is asked for, a QRS begins at least so long after the end of the one before it.
_REFRACTORY_S = 0.10
# Premature complexes: coupling as a share of the sinus interval. A ventricular one is followed by a
# full pause (the sinus node keeps its beat), an atrial one resets the sinus node.
_PVC_COUPLING = (0.52, 0.60)
_PAC_COUPLING = (0.66, 0.74)
_PAC_RETURN = 1.08


@dataclass(frozen=True)
class PlannedBeat:
    """One beat to be drawn.

    Attributes
    ----------
    kind : str
        ``"sinus"``, ``"AF"``, ``"flutter"``, ``"PVC"`` or ``"PAC"``.
    qrs_on_s : float
    pr_s : float or None
        None without a P wave.
    """

    kind: str
    qrs_on_s: float
    pr_s: float | None = None


def plan_beats(config: SimulationConfig, rng: np.random.Generator) -> list[PlannedBeat]:
    """Place every beat that touches the recording, and some before and after it, in order."""
    beats = {
        "sinus": _sinus,
        "AF": _fibrillation,
        "flutter": _flutter,
        "PVC": _premature_ventricular,
        "PAC": _premature_atrial,
    }[config.rhythm](config, rng)
    end_s = config.duration_s + 2.0 * config.mean_rr_s
    in_time = list(takewhile(lambda beat: beat.qrs_on_s < end_s, beats))
    return in_time[:1] + [_with_room(config, *pair) for pair in pairwise(in_time)]


def _with_room(config: SimulationConfig, before: PlannedBeat, beat: PlannedBeat) -> PlannedBeat:
    """Shorten the PR interval where its P wave would begin before the last QRS has ended."""
    if beat.pr_s is None:
        return beat
    room_s = beat.qrs_on_s - before.qrs_on_s - _shortest_rr_s(config) + _REFRACTORY_S / 2.0
    return replace(beat, pr_s=min(beat.pr_s, room_s))


def _shortest_rr_s(config: SimulationConfig) -> float:
    return config.intervals.qrs_ms / 1000.0 + _REFRACTORY_S


def _first_s(config: SimulationConfig, rng: np.random.Generator) -> float:
    return -(2.0 + float(rng.uniform())) * config.mean_rr_s


def _sinus_times(config: SimulationConfig, rng: np.random.Generator) -> Iterator[float]:
    """Yield, without end, when the sinus node's impulses would reach the ventricles."""
    time_s = _first_s(config, rng)
    phase = float(rng.uniform(0.0, 2.0 * np.pi))
    while True:
        yield time_s
        breath = np.sqrt(2.0) * np.sin(2.0 * np.pi * RESPIRATION_HZ * time_s + phase)
        # Variances 0.64 + 0.36 = 1, so rr_variation is the standard deviation.
        deviation = 0.8 * breath + 0.6 * float(np.clip(rng.standard_normal(), -2.0, 2.0))
        rr_s = config.mean_rr_s * (1.0 + config.rr_variation * deviation)
        time_s += max(rr_s, _shortest_rr_s(config))


def _pr_s(config: SimulationConfig) -> float | None:
    pr_ms = config.intervals.pr_ms
    return None if pr_ms is None else pr_ms / 1000.0


def _sinus(config: SimulationConfig, rng: np.random.Generator) -> Iterator[PlannedBeat]:
    return (PlannedBeat("sinus", time_s, _pr_s(config)) for time_s in _sinus_times(config, rng))


def _fibrillation(config: SimulationConfig, rng: np.random.Generator) -> Iterator[PlannedBeat]:
    """Irregularly irregular; regular where a pacemaker drives the ventricles."""
    time_s = _first_s(config, rng)
    shape = 1.0 / _AF_VARIATION**2  # gamma: mean 1, coefficient of variation 1 / sqrt(shape)
    while True:
        yield PlannedBeat("AF", time_s)
        rr_s = config.mean_rr_s
        if config.conduction != "paced":
            rr_s = max(_AF_SHORTEST_S, rr_s * float(rng.gamma(shape, 1.0 / shape)))
        time_s += rr_s


def _flutter(config: SimulationConfig, rng: np.random.Generator) -> Iterator[PlannedBeat]:
    """Every QRS falls at the same phase of a flutter wave, on each second to fourth of them."""
    cycle_s = 60.0 / config.atrial_bpm
    flutter_wave = -12  # three to six beats before the recording begins
    while True:
        yield PlannedBeat("flutter", flutter_wave * cycle_s)
        flutter_wave += config.flutter_ratio or int(rng.choice([2, 3, 4], p=[0.35, 0.15, 0.5]))


def _is_premature(config: SimulationConfig, rng: np.random.Generator) -> Iterator[bool]:
    """Say of each sinus impulse in turn whether a premature complex takes its place."""
    while True:
        between = config.ectopic_every - 1
        if between > 1:
            between += int(rng.integers(-1, 2))
        yield from [False] * between
        yield True


def _premature_ventricular(
    config: SimulationConfig, rng: np.random.Generator
) -> Iterator[PlannedBeat]:
    """Replace one sinus beat: the two intervals around the premature one add up to two cycles.

    The sinus P wave that falls into the premature beat's repolarisation is not drawn.
    """
    impulses = pairwise(_sinus_times(config, rng))
    for (before_s, time_s), premature in zip(impulses, _is_premature(config, rng), strict=False):
        if premature:
            coupling_s = float(rng.uniform(*_PVC_COUPLING)) * config.mean_rr_s
            yield PlannedBeat("PVC", before_s + max(coupling_s, _shortest_rr_s(config)))
        else:
            yield PlannedBeat("sinus", time_s, _pr_s(config))


def _premature_atrial(config: SimulationConfig, rng: np.random.Generator) -> Iterator[PlannedBeat]:
    """Reset the sinus node: the pause is shorter than a compensatory one."""
    advance_s = 0.0  # how much earlier the sinus node fires than it would have, undisturbed
    impulses = pairwise(_sinus_times(config, rng))
    for (before_s, time_s), premature in zip(impulses, _is_premature(config, rng), strict=False):
        if premature:
            rr_s = time_s - before_s
            coupling_s = max(float(rng.uniform(*_PAC_COUPLING)) * rr_s, _shortest_rr_s(config))
            early_s = before_s - advance_s + coupling_s
            yield PlannedBeat("PAC", early_s, _pr_s(config))
            advance_s = time_s - early_s - (_PAC_RETURN - 1.0) * rr_s
        else:
            yield PlannedBeat("sinus", time_s - advance_s, _pr_s(config))
