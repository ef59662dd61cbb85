"""The built-in recordings: one real ECG that ships with pydicom, and simulated teaching cases."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydicom.data import get_testdata_file

from ecgcore.errors import ReadError
from ecgcore.io import read_files
from ecgcore.recording import Recording
from ecgcore.simulate import CASES, simulate

_REAL_FILE = "waveform_ecg.dcm"
_SIMULATED = "Simulated: "
REAL_TITLE = "Real ECG, 10 s at 1 kHz (DICOM)"


@dataclass(frozen=True)
class Example:
    """One built-in recording.

    Attributes
    ----------
    title : str
        Says "simulated" where it is.
    format : str
        ``"DICOM"`` or ``"simulated"``.
    recording : Recording
    description : str
        What to look for.
    """

    title: str
    format: str
    recording: Recording
    description: str


def example_titles() -> tuple[str, ...]:
    """Titles of the examples, the real recording first."""
    return (REAL_TITLE, *(f"{_SIMULATED}{name}" for name in CASES))


def open_example(title: str) -> Example:
    """Return the example of this title.

    Raises
    ------
    ReadError
        No example has this title, or pydicom came without its test files.
    """
    if title == REAL_TITLE:
        return _open_real()
    for name, case in CASES.items():
        if title == f"{_SIMULATED}{name}":
            return Example(title, "simulated", simulate(case.config).recording(), case.description)
    raise ReadError(f'There is no example "{title}". Examples: {", ".join(example_titles())}.')


def _open_real() -> Example:
    path = get_testdata_file(_REAL_FILE, download=False)
    if path is None:
        raise ReadError(f"The installed pydicom does not hold its test file {_REAL_FILE}.")
    (result,) = read_files({_REAL_FILE: Path(str(path)).read_bytes()})
    if result.recording is None:
        raise ReadError(f"The example cannot be read: {result.error}")
    return Example(
        REAL_TITLE,
        result.format or "",
        result.recording,
        "A real recording that ships with the DICOM library, here to try everything on.",
    )
