"""Teaching cases: simulated recordings whose diagnosis is known because it was put in."""

from __future__ import annotations

from dataclasses import dataclass

from ecgcore.simulate.config import Noise, SimulationConfig

# A quiet, well-made recording is still not a drawing.
_QUIET = Noise(wander_mv=0.015, mains_mv=0.003, muscle_mv=0.005)


@dataclass(frozen=True)
class Case:
    """One simulated example, with a sentence that says what to look for."""

    config: SimulationConfig
    description: str

    @property
    def title(self) -> str:
        """Name as shown to a reader."""
        return self.config.title


def _st_elevation(title: str, territory: str, st_mv: float, seed: int) -> SimulationConfig:
    return SimulationConfig(
        title,
        rate_bpm=84.0,
        st_mv=st_mv,
        st_territory=territory,
        noise=_QUIET,
        seed=seed,
    )


_ALL = (
    Case(
        SimulationConfig("Normal sinus rhythm", rate_bpm=68.0, noise=_QUIET, seed=1),
        "A P wave before every narrow QRS, with R waves that grow from V1 to V4-V5.",
    ),
    Case(
        SimulationConfig("Sinus tachycardia", rate_bpm=128.0, pr_ms=130.0, noise=_QUIET, seed=2),
        "Sinus P waves at 128 per minute, close behind the T wave before them.",
    ),
    Case(
        SimulationConfig("Sinus bradycardia", rate_bpm=44.0, pr_ms=175.0, noise=_QUIET, seed=3),
        "Sinus P waves at 44 per minute, every one conducted.",
    ),
    Case(
        SimulationConfig("Atrial fibrillation", rhythm="AF", rate_bpm=92.0, noise=_QUIET, seed=4),
        "Irregularly irregular narrow QRS without P waves; fibrillatory waves best seen in V1.",
    ),
    Case(
        SimulationConfig(
            "Atrial flutter, 4:1", rhythm="flutter", flutter_ratio=4, noise=_QUIET, seed=5
        ),
        "Saw teeth at 300 per minute, negative in II, III and aVF and upright in V1, one in four "
        "conducted.",
    ),
    Case(
        SimulationConfig(
            "First-degree AV block",
            conduction="first-degree AV block",
            rate_bpm=64.0,
            pr_ms=280.0,
            noise=_QUIET,
            seed=6,
        ),
        "Every P wave is conducted, with a constant PR interval of 280 ms.",
    ),
    Case(
        SimulationConfig(
            "Left bundle branch block", conduction="LBBB", qtc_ms=450.0, noise=_QUIET, seed=7
        ),
        "QRS of 150 ms, broad notched R in I, aVL, V5 and V6 without q, deep S in V1, T opposite.",
    ),
    Case(
        SimulationConfig(
            "Right bundle branch block", conduction="RBBB", qtc_ms=435.0, noise=_QUIET, seed=8
        ),
        "QRS of 140 ms, rSR' in V1 with an inverted T wave, wide S in I and V6.",
    ),
    Case(
        SimulationConfig(
            "Premature ventricular complexes", rhythm="PVC", rate_bpm=72.0, noise=_QUIET, seed=9
        ),
        "Early wide QRS without a P wave before it, T opposite, then a fully compensatory pause.",
    ),
    Case(
        SimulationConfig(
            "Premature atrial complexes", rhythm="PAC", rate_bpm=72.0, noise=_QUIET, seed=10
        ),
        "Early narrow QRS after a P wave of another shape, then a pause that is not compensatory.",
    ),
    Case(
        _st_elevation("Inferior ST elevation", "inferior", 0.30, 11),
        "ST elevated in III more than in II, and in aVF; depressed in I and aVL.",
    ),
    Case(
        _st_elevation("Anterior ST elevation", "anterior", 0.40, 12),
        "ST elevated in V1 to V5, most in V2 and V3.",
    ),
    Case(
        SimulationConfig(
            "Ventricular pacing", conduction="paced", qtc_ms=460.0, noise=_QUIET, seed=13
        ),
        "A spike before every wide QRS, which points up and left: negative in II, III and aVF.",
    ),
)
CASES: dict[str, Case] = {case.title: case for case in _ALL}
