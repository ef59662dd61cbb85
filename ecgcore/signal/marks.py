"""The boundaries of one beat."""

from __future__ import annotations

from dataclasses import dataclass

from ecgcore.signal.waveform import WORK_FS_HZ


@dataclass(frozen=True)
class Marks:
    """Where the waves of a beat begin and end, samples; None for what is not there.

    Attributes
    ----------
    qrs_on, qrs_off : int
    t_on, t_peak, t_off : int or None
    t_off_hidden : bool
        True where another wave begins before the T wave has ended; its end is then estimated, or
        None where not even its descent is seen.
    p_on, p_off : int or None
    """

    qrs_on: int
    qrs_off: int
    t_on: int | None = None
    t_peak: int | None = None
    t_off: int | None = None
    t_off_hidden: bool = False
    p_on: int | None = None
    p_off: int | None = None

    @property
    def qrs_ms(self) -> float:
        """Duration of the QRS."""
        return _ms(self.qrs_on, self.qrs_off)

    @property
    def pr_ms(self) -> float | None:
        """From the begin of the P wave to that of the QRS."""
        return None if self.p_on is None else _ms(self.p_on, self.qrs_on)

    @property
    def qt_ms(self) -> float | None:
        """From the begin of the QRS to the end of the T wave."""
        return None if self.t_off is None else _ms(self.qrs_on, self.t_off)


def _ms(first: int, last: int) -> float:
    return 1000.0 * (last - first) / WORK_FS_HZ
