"""From a configuration to potentials at ten electrodes, with the truth about every beat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ecgcore.electrodes import CORRECT, ELECTRODES, Swap, leads_from_potentials
from ecgcore.recording import Recording
from ecgcore.simulate import atria
from ecgcore.simulate.beat import Beat, draw_beats
from ecgcore.simulate.config import Intervals, SimulationConfig
from ecgcore.simulate.noise import electrode_noise
from ecgcore.simulate.rhythm import plan_beats
from ecgcore.simulate.wave import heart_vector


@dataclass(frozen=True, eq=False)
class Simulation:
    """Potentials at ten electrodes, all truly simulated, the right leg's included.

    Attributes
    ----------
    config : SimulationConfig
    potentials : ndarray, shape (10, T), mV
        In the order of `electrodes.ELECTRODES`. Read-only.
    beats : tuple of Beat
        Those whose R peak lies in the recording.
    """

    config: SimulationConfig
    potentials: npt.NDArray[np.float64]
    beats: tuple[Beat, ...]

    @property
    def fs(self) -> float:
        """Sampling rate in Hz."""
        return self.config.fs

    @property
    def rhythm(self) -> str:
        """Key of `config.RHYTHMS`."""
        return self.config.rhythm

    @property
    def intervals(self) -> Intervals:
        """Nominal PR, QRS and QT of the conducted beats, ms."""
        return self.config.intervals

    @property
    def rate_bpm(self) -> float:
        """Nominal ventricular rate, per minute."""
        return 60.0 / self.config.mean_rr_s

    def leads(self, swap: Swap = CORRECT) -> npt.NDArray[np.float64]:
        """Twelve leads with the cables on the sites of `swap`, shape (12, T), mV, float64."""
        return leads_from_potentials(self.potentials[list(swap.permutation)])

    def recording(self, swap: Swap = CORRECT) -> Recording:
        """Record these potentials with the cables on the sites of `swap`."""
        return Recording(
            signal=self.leads(swap).astype(np.float32),
            fs=self.fs,
            source=f"simulated: {self.config.description}",
        )


def simulate(config: SimulationConfig) -> Simulation:
    """Simulate one recording; the same configuration gives the same samples.

    Timing, beat-to-beat variation, atrial background and noise draw from separate random streams,
    so a change to one of them leaves the others as they were.

    Deviations from physiology: one dipole stands for the whole heart, the conductor is infinite and
    homogeneous, and a sinus P wave hidden by a premature ventricular beat is left out.

    References
    ----------
    Sameni R, et al. Multichannel ECG and noise modeling: application to maternal and fetal ECG
    signals. EURASIP J Adv Signal Process 2007:43407 (a moving dipole vector for all leads).
    """
    timing, variation, background, disturbance = np.random.default_rng(config.seed).spawn(4)
    n_samples = round(config.duration_s * config.fs)
    lead_field = config.torso.lead_field()
    drawn = list(draw_beats(config, plan_beats(config, timing), lead_field, variation))
    heart = heart_vector((wave for _, waves in drawn for wave in waves), n_samples, config.fs)
    if config.rhythm == "AF":
        heart += atria.fibrillation(n_samples, config.fs, background)
    elif config.rhythm == "flutter":
        heart += atria.flutter(n_samples, config.fs, config.atrial_bpm)
    potentials = lead_field @ heart  # (10, 3) @ (3, T) -> (10, T)
    potentials += electrode_noise(config.noise, n_samples, config.fs, disturbance)
    if config.torso.rl_equals_ll:
        potentials[ELECTRODES.index("RL")] = potentials[ELECTRODES.index("LL")]
    potentials.flags.writeable = False
    beats = tuple(beat for beat, _ in drawn if 0.0 <= beat.r_s < config.duration_s)
    return Simulation(config, potentials, beats)
