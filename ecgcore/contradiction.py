"""Whether the limb leads contradict each other where they were measured: names or gains are wrong.

The identities of `leads` hold for any wiring of the electrodes. They do not hold where a recorder
stood at the end of its range, and they hold no closer than the file's resolution.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ecgcore.leads import ALGEBRA_TOLERANCE_MV, LIMB_LEADS, algebra_violations
from ecgcore.saturation import measured_samples

# aVR + aVL + aVF carries the roundings of three leads, each up to one step where a recorder drops
# digits instead of rounding.
_ROUNDINGS = 3
# Carts store 5 uV or finer; a file that is coarser than this hides what is looked for.
_COARSEST_STEP_MV = 0.05
# Smaller changes are the rounding of numbers, not of the recorder.
_FINEST_STEP_MV = 1e-4
# Recorders that filter each lead by itself, or draw a mark for each pacemaker stimulus, break the
# identities beside needles: in 2.1 % of the samples of a test signal with a needle every 0.9 s. A
# gain that is wrong by a tenth does so in every QRS complex and T wave.
BRIEF_SHARE = 0.025


@dataclass(frozen=True)
class Contradiction:
    """The identity of the limb leads that fails most.

    Attributes
    ----------
    identity : str
        For example ``"II = I + III"``.
    residual_mv, limit_mv : float
        By how much it fails at worst, and how much the file's resolution explains.
    brief : bool
        True where so few samples fail that needles explain it better than a wrong name or gain.
    """

    identity: str
    residual_mv: float
    limit_mv: float
    brief: bool

    @property
    def sentence(self) -> str:
        """What fails, by how much, and what that means."""
        fails = (
            f"{self.identity} fails by up to {self.residual_mv:.2f} mV (limit "
            f"{self.limit_mv:.2f} mV)"
        )
        if self.brief:
            return f"The limb leads contradict each other in a few samples: {fails}."
        return (
            f"The limb leads contradict each other: {fails}. Lead names or gains in the file are "
            f"wrong."
        )


def find_contradiction(signal: npt.NDArray[np.floating], fs: float) -> Contradiction | None:
    """Check the identities of the limb leads on the measured samples of a (12, T) signal, mV."""
    limit_mv = max(ALGEBRA_TOLERANCE_MV, _ROUNDINGS * stored_step_mv(signal))
    broken = algebra_violations(measured_samples(signal, fs), limit_mv)
    if not broken:
        return None
    worst = max(broken, key=lambda violation: violation.residual_mv)
    brief = max(violation.share for violation in broken) < BRIEF_SHARE
    return Contradiction(worst.identity, worst.residual_mv, limit_mv, brief)


def stored_step_mv(signal: npt.NDArray[np.floating]) -> float:
    """Estimate the resolution of the limb leads: the smallest change of the coarsest one, mV."""
    changes = np.abs(np.diff(np.asarray(signal[: len(LIMB_LEADS)], dtype=np.float64), axis=1))
    smallest = np.where(changes > _FINEST_STEP_MV, changes, np.inf).min(axis=1, initial=np.inf)
    return min(float(smallest[np.isfinite(smallest)].max(initial=0.0)), _COARSEST_STEP_MV)
