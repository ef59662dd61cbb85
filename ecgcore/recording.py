"""One 12-lead recording: the signal, its rate, and the few facts about it that we keep."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ecgcore.errors import SignalError
from ecgcore.leads import INDEX, LEADS, recorded_leads

# Rates outside this range are typing errors or other kinds of signal, not a surface ECG.
MIN_FS_HZ = 50.0
MAX_FS_HZ = 16_000.0


@dataclass(frozen=True, eq=False)
class Recording:
    """A 12-lead ECG in the one form that every stage uses.

    Attributes
    ----------
    signal : ndarray, shape (12, T), float32, mV
        Rows in the order of `leads.LEADS`; NaN where nothing was recorded. Read-only.
    fs : float
        Sampling rate in Hz.
    source : str
        Where it came from, without anything that identifies a person: ``"DICOM"``, ``"simulated"``.
    age : float or None
        Years.
    sex : str or None
        ``"F"`` or ``"M"``.
    warnings : tuple of str
        What reading had to repair or could not prove, as sentences.

    Raises
    ------
    SignalError
        Wrong shape, no samples, no recorded lead, or an impossible rate.
    """

    signal: npt.NDArray[np.float32]
    fs: float
    source: str
    age: float | None = None
    sex: str | None = None
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        with np.errstate(over="ignore"):  # what float32 cannot hold is refused below, as infinite
            # Always a copy: a view of the caller's memory could still change under a frozen record.
            signal = np.array(self.signal, dtype=np.float32, order="C")
        if signal.ndim != 2 or signal.shape[0] != len(LEADS):
            raise SignalError(f"The signal has shape {signal.shape}, expected (12, samples).")
        if signal.shape[1] == 0:
            raise SignalError("The recording has 0 samples.")
        if np.isinf(signal).any():
            raise SignalError("The signal holds infinite values.")
        if not recorded_leads(signal):
            raise SignalError("None of the twelve leads was recorded.")
        if not MIN_FS_HZ <= self.fs <= MAX_FS_HZ:
            raise SignalError(
                f"The sampling rate is {self.fs:g} Hz, expected {MIN_FS_HZ:g} to {MAX_FS_HZ:g} Hz."
            )
        signal.flags.writeable = False
        object.__setattr__(self, "signal", signal)
        object.__setattr__(self, "fs", float(self.fs))

    @property
    def n_samples(self) -> int:
        """Number of samples per lead, T."""
        return int(self.signal.shape[1])

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.n_samples / self.fs

    @property
    def leads(self) -> tuple[str, ...]:
        """Names of the leads that were recorded or derived."""
        return recorded_leads(self.signal)

    @property
    def digest(self) -> str:
        """SHA-256 of signal and rate: equal exactly when two recordings show the same tracing."""
        content = self.signal.tobytes() + np.float64(self.fs).tobytes()
        return hashlib.sha256(content).hexdigest()

    def lead(self, name: str) -> npt.NDArray[np.float32]:
        """Return the samples of one lead, shape (T,), mV."""
        return self.signal[INDEX[name]]

    def window(self, start_s: float, duration_s: float) -> Recording:
        """Return the part that begins at `start_s` and lasts at most `duration_s` seconds.

        Raises
        ------
        SignalError
            The window begins outside the recording or holds no sample of any lead.
        """
        start = round(start_s * self.fs)
        if not 0 <= start < self.n_samples:
            raise SignalError(
                f"The window starts at {start_s:g} s, the recording lasts {self.duration_s:g} s."
            )
        stop = start + max(1, round(duration_s * self.fs))
        return replace(self, signal=self.signal[:, start:stop])

    def with_signal(self, signal: npt.NDArray[np.floating], note: str = "") -> Recording:
        """Return the same recording with another (12, T) signal, and `note` among the warnings."""
        warnings = (*self.warnings, note) if note else self.warnings
        return replace(self, signal=np.asarray(signal, dtype=np.float32), warnings=warnings)
