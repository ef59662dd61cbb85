"""Simulated training recordings for findings of which real labelled examples are few.

Only what the simulator decides is labelled; everything else (superclasses, fascicular block,
incomplete right bundle branch block) stays unknown. Never used for validation or test.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ecgcore.learn.datasets.labelled_set import Entry, LabelledSet, collect
from ecgcore.signal.preprocess import PreprocessingConfig
from ecgcore.simulate import Simulation, random_config, simulate

# Conventional limits of sinus rhythm, beats per minute.
BRADYCARDIA_BELOW, TACHYCARDIA_ABOVE = 60.0, 100.0
# Recordings per rhythm; sinus and AF keep the others from being told by their synthetic look.
COUNTS = {"sinus": 110, "AF": 60, "flutter": 120, "PVC": 90, "PAC": 90}


def generate(config: PreprocessingConfig, seed: int = 0) -> LabelledSet:
    """Simulate and label `COUNTS` recordings; the same seed gives the same set."""
    return collect(_entries(np.random.default_rng(seed)), "simulated", config)


def _entries(rng: np.random.Generator) -> Iterator[Entry]:
    for rhythm, count in COUNTS.items():
        for number in range(count):
            patient = random_config(rng, rhythm)
            while patient.conduction == "paced":  # no label says so
                patient = random_config(rng, rhythm)
            simulation = simulate(patient)
            yield Entry(
                f"simulated/{rhythm}/{number}",
                "train",
                simulation.recording(),
                labels_of(simulation),
            )


def labels_of(simulation: Simulation) -> dict[str, float]:
    """Label what a simulation decides; ectopy only where such a beat lies in the recording."""
    patient = simulation.config
    kinds = {beat.kind for beat in simulation.beats}
    sinus = patient.rhythm not in ("AF", "flutter")
    slow, fast = patient.rate_bpm < BRADYCARDIA_BELOW, patient.rate_bpm > TACHYCARDIA_ABOVE
    true = {
        "NSR": sinus and not slow and not fast,
        "AF": patient.rhythm == "AF",
        "AFL": patient.rhythm == "flutter",
        "STach": sinus and fast,
        "SB": sinus and slow,
        "IAVB": patient.conduction == "first-degree AV block",
        "LBBB": patient.conduction == "LBBB",
        "CRBBB": patient.conduction == "RBBB",
        "PAC": "PAC" in kinds,
        "PVC": "PVC" in kinds,
    }
    return {code: float(value) for code, value in true.items()}
