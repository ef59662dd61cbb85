"""Simulated recordings: for findings of which real examples are few, and for a first try.

Only what the simulator decides is labelled; everything else (superclasses, fascicular block,
incomplete right bundle branch block) stays unknown. They say nothing about real performance: as
they come, all are for training.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from ecgcore.errors import DatasetError
from ecgcore.learn.datasets.recordings import Entry, Listing
from ecgcore.learn.datasets.tables import stamp_of_names
from ecgcore.simulate import Simulation, random_config, simulate

# Conventional limits of sinus rhythm, beats per minute.
BRADYCARDIA_BELOW, TACHYCARDIA_ABOVE = 60.0, 100.0
# Recordings per rhythm; sinus and AF keep the others from being told by their synthetic look.
COUNTS = {"sinus": 110, "AF": 60, "flutter": 120, "PVC": 90, "PAC": 90}


def listing(records: int | None = None, seed: int = 0) -> Listing:
    """List simulated recordings, `COUNTS` of them or `records` in the same proportions.

    Raises
    ------
    DatasetError
        Fewer records than rhythms.
    """
    counts = COUNTS if records is None else _in_proportion(records)
    name = ", ".join(f"{rhythm} {count}" for rhythm, count in counts.items())
    return Listing(
        "simulated",
        sum(counts.values()),
        _entries(seed, counts),
        stamp_of_names([name, str(seed)]),
    )


def _in_proportion(records: int) -> dict[str, int]:
    """Share out a total, one at least to each; what rounding leaves goes to the first rhythms."""
    if records < len(COUNTS):
        raise DatasetError(
            f"{records} simulated records were asked for, expected {len(COUNTS)} or more."
        )
    spare, whole = records - len(COUNTS), sum(COUNTS.values())
    counts = {rhythm: 1 + spare * count // whole for rhythm, count in COUNTS.items()}
    for rhythm in list(counts)[: records - sum(counts.values())]:
        counts[rhythm] += 1
    return counts


def _entries(seed: int, counts: Mapping[str, int]) -> Iterator[Entry]:
    rng = np.random.default_rng(seed)
    for rhythm, count in counts.items():
        for number in range(count):
            patient = random_config(rng, rhythm)
            while patient.conduction == "paced":  # no label says so
                patient = random_config(rng, rhythm)
            simulation = simulate(patient)
            yield Entry(
                f"simulated/{seed}/{rhythm}/{number}",
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
