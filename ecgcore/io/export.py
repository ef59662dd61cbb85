"""`Recording` -> files: the formats that are written, and the one way to write them.

Only a `Recording` goes in, which has no field for a name, a number or a date, so none comes out.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from ecgcore.errors import WriteError
from ecgcore.io import write_csv, write_dicom, write_npz, write_wfdb
from ecgcore.io.exported import Exported, one_line
from ecgcore.recording import Recording

__all__ = [
    "EXPORT_FORMATS",
    "Download",
    "ExportFormat",
    "Exported",
    "export",
    "format_of_suffix",
    "pack",
]


@dataclass(frozen=True)
class ExportFormat:
    """One file format that is written.

    Attributes
    ----------
    name : str
        Short and stable: the argument of `export`.
    title : str
        As shown to a reader.
    extension : str
        Of the file that is opened.
    media_type : str
        Of the single file; several go as one ZIP archive.
    write : callable
        Recording, file name without extension, and note to `Exported`; raises `WriteError`.
    """

    name: str
    title: str
    extension: str
    media_type: str
    write: Callable[[Recording, str, str], Exported]


EXPORT_FORMATS: tuple[ExportFormat, ...] = (
    ExportFormat("wfdb", "WFDB", ".hea", "text/plain", write_wfdb.write),
    ExportFormat("dicom", "DICOM", ".dcm", "application/dicom", write_dicom.write),
    ExportFormat("csv", "CSV", ".csv", "text/csv", write_csv.write),
    ExportFormat("npz", "NumPy", ".npz", "application/octet-stream", write_npz.write),
)


@dataclass(frozen=True)
class Download:
    """One file for a browser: its name, its content, and what it is."""

    name: str
    content: bytes
    media_type: str


def export(recording: Recording, format_name: str, stem: str, note: str = "") -> Exported:
    """Write a recording in one format, in memory.

    Parameters
    ----------
    recording : Recording
        As read, or after a swap or an undo. Samples, rate, leads, age (90 for all above 89) and sex
        are written; warnings are not.
    format_name : str
        The name of one of `EXPORT_FORMATS`.
    stem : str
        File name without extension: for WFDB letters, digits, hyphens and underscores. Not the name
        of an uploaded file, which may identify a patient.
    note : str
        What was done to the recording, in our own words: written where the format has a place.

    Returns
    -------
    Exported

    Raises
    ------
    WriteError
        No such format, or a stem or a recording that the format does not allow.
    """
    formats = {fmt.name: fmt for fmt in EXPORT_FORMATS}
    if format_name not in formats:
        raise WriteError(f'"{format_name}" is not one of the formats {", ".join(formats)}.')
    return formats[format_name].write(recording, stem, one_line(note))


def format_of_suffix(suffix: str) -> ExportFormat:
    """Return the format that files with this ending have.

    Raises
    ------
    WriteError
        None of those written has it.
    """
    for fmt in EXPORT_FORMATS:
        if fmt.extension == suffix.lower():
            return fmt
    known = ", ".join(f"{fmt.extension} ({fmt.title})" for fmt in EXPORT_FORMATS)
    raise WriteError(
        f'"{suffix}" is not the ending of a format that is written: {known}.'
        if suffix
        else f"The file to write has no ending that tells the format: {known}."
    )


def pack(exported: Exported, format_name: str) -> Download:
    """Return one file to download: the only one, or a ZIP archive of several."""
    fmt = next(fmt for fmt in EXPORT_FORMATS if fmt.name == format_name)
    (name, content), *others = exported.files.items()
    if not others:
        return Download(name, content, fmt.media_type)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in exported.files.items():
            # A ZipInfo of its own, as the default states when the archive was made.
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return Download(f"{name.rpartition('.')[0]}.zip", stream.getvalue(), "application/zip")
