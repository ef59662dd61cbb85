"""A moving heart vector seen by ten electrodes: recordings whose truth is known.

The potentials of all ten electrodes are simulated, the right leg's included, so that a swap of
cables is carried out and not assumed. Not a model of any patient.
"""

from ecgcore.simulate.beat import Beat
from ecgcore.simulate.cases import CASES, Case
from ecgcore.simulate.config import (
    CONDUCTIONS,
    RHYTHMS,
    TERRITORIES,
    Intervals,
    Noise,
    SimulationConfig,
)
from ecgcore.simulate.patterns import PREMATURE_SITES
from ecgcore.simulate.population import random_config
from ecgcore.simulate.simulation import Simulation, simulate
from ecgcore.simulate.torso import Torso

__all__ = [
    "CASES",
    "CONDUCTIONS",
    "PREMATURE_SITES",
    "RHYTHMS",
    "TERRITORIES",
    "Beat",
    "Case",
    "Intervals",
    "Noise",
    "Simulation",
    "SimulationConfig",
    "Torso",
    "random_config",
    "simulate",
]
