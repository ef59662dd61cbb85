"""Heights of the representative beat: ST levels, low voltage, signs of hypertrophy, axes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ecgcore.leads import CHEST_LEADS, INDEX, LEADS, LIMB_LEADS
from ecgcore.signal.axis import frontal_axis_deg
from ecgcore.signal.marks import Marks
from ecgcore.signal.qrs_edges import pr_level
from ecgcore.signal.waveform import WORK_FS_HZ, samples

Matrix = npt.NDArray[np.float64]

# J + 60 ms (Wagner GS et al. AHA/ACCF/HRS recommendations, part VI. Circulation 2009;119:e262 name
# J + 60 and J + 80); the mean over 8 ms around it.
_AFTER_J, _ST_HALF_WIDTH = samples(0.060), samples(0.004)
# Surawicz B, Knilans TK. Chou's Electrocardiography in Clinical Practice, 6th ed. 2008.
LOW_VOLTAGE_LIMB_MV, LOW_VOLTAGE_CHEST_MV = 0.5, 1.0


class Voltages:
    """Heights above the level before the QRS, which is the zero of a 12-lead ECG."""

    def __init__(self, beat: Matrix, marks: Marks) -> None:
        """Take a representative beat, shape (12, samples), mV, with NaN in leads not recorded."""
        self._marks = marks
        self._beat = beat - pr_level(beat, marks.qrs_on)[:, None]
        self._qrs = self._beat[:, marks.qrs_on : marks.qrs_off + 1]

    def _has(self, *leads: str) -> bool:
        rows = [INDEX[lead] for lead in leads]
        return not np.isnan(self._qrs[rows]).any()

    def st_mv(self) -> dict[str, float]:
        """Level 60 ms after the J point, by lead."""
        at = self._marks.qrs_off + _AFTER_J
        levels = self._beat[:, at - _ST_HALF_WIDTH : at + _ST_HALF_WIDTH + 1].mean(axis=1)
        return {
            lead: float(level)
            for lead, level in zip(LEADS, levels, strict=True)
            if not np.isnan(level)
        }

    def low_voltage_limb(self) -> bool | None:
        """No limb lead reaches 0.5 mV from the top to the bottom of the QRS."""
        return self._all_below(LIMB_LEADS, LOW_VOLTAGE_LIMB_MV)

    def low_voltage_chest(self) -> bool | None:
        """No chest lead reaches 1 mV from the top to the bottom of the QRS."""
        return self._all_below(CHEST_LEADS, LOW_VOLTAGE_CHEST_MV)

    def _all_below(self, leads: tuple[str, ...], limit_mv: float) -> bool | None:
        if not self._has(*leads):
            return None
        rows = [INDEX[lead] for lead in leads]
        return bool((np.ptp(self._qrs[rows], axis=1) < limit_mv).all())

    def _r_mv(self, lead: str) -> float:
        return max(float(self._qrs[INDEX[lead]].max()), 0.0)

    def _s_mv(self, lead: str) -> float:
        return max(-float(self._qrs[INDEX[lead]].min()), 0.0)

    def sokolow_lyon_mv(self) -> float | None:
        """S in V1 plus the taller R of V5 and V6.

        References
        ----------
        Sokolow M, Lyon TP. Am Heart J 1949;37:161-186.
        """
        if not self._has("V1", "V5", "V6"):
            return None
        return self._s_mv("V1") + max(self._r_mv("V5"), self._r_mv("V6"))

    def cornell_mv(self) -> float | None:
        """R in aVL plus S in V3.

        References
        ----------
        Casale PN et al. J Am Coll Cardiol 1985;6:572-580.
        """
        return self._r_mv("aVL") + self._s_mv("V3") if self._has("aVL", "V3") else None

    def axes_deg(self) -> dict[str, float | None]:
        """Frontal axes of P, QRS and T."""
        marks = self._marks
        return {
            "P": self._axis_deg(marks.p_on, marks.p_off, between_ends=True),
            "QRS": self._axis_deg(marks.qrs_on, marks.qrs_off, between_ends=False),
            "T": self._axis_deg(marks.t_on, marks.t_off, between_ends=True),
        }

    def _axis_deg(self, first: int | None, last: int | None, *, between_ends: bool) -> float | None:
        """Axis of one wave above the level before the QRS, or above the line between its ends."""
        if first is None or last is None:
            return None
        wave = self._beat[[INDEX["I"], INDEX["II"]], first : last + 1]
        if np.isnan(wave).any():
            return None
        if between_ends:
            share = np.linspace(0.0, 1.0, wave.shape[1])
            wave = wave - (wave[:, :1] * (1.0 - share) + wave[:, -1:] * share)
        return frontal_axis_deg(wave[0], wave[1], WORK_FS_HZ)
