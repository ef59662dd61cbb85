"""Bytes -> `Recording`: every format in one file of this folder, recognised by content alone."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal, TypeAlias

from ecgcore.errors import EcgError, ReadError
from ecgcore.io import (
    archive_zip,
    contec,
    dicom,
    edf,
    ge_cardiosoft,
    ge_muse,
    hdf5,
    hl7_aecg,
    ishne,
    matlab,
    mortara,
    numpy_file,
    philips,
    schiller,
    scp,
    text_table,
    wfdb_record,
)
from ecgcore.io.finish import finish
from ecgcore.io.limits import MAX_LONG_FILE_BYTES
from ecgcore.io.result import Answers, Question, ReadResult, guess_answers
from ecgcore.io.tracing import Format, Tracing
from ecgcore.io.unread import foreign_content, unread_ecg

__all__ = [
    "FORMATS",
    "Answers",
    "Format",
    "Question",
    "ReadResult",
    "finish",
    "guess_answers",
    "read_each",
    "read_files",
    "recognise",
]

# In this order: those with a magic first, the plain table of numbers last.
FORMATS: tuple[Format, ...] = (
    dicom.FORMAT,
    hl7_aecg.FORMAT,
    ge_muse.FORMAT,
    ge_cardiosoft.FORMAT,
    philips.FORMAT,
    schiller.FORMAT,
    mortara.FORMAT,
    scp.FORMAT,
    ishne.FORMAT,
    edf.FORMAT,
    hdf5.FORMAT,
    numpy_file.FORMAT,
    matlab.FORMAT,
    wfdb_record.FORMAT,
    contec.FORMAT,
    text_table.FORMAT,
)

TOO_MUCH_MEMORY = "Reading this file takes more memory than one file may take."
Stage: TypeAlias = Literal["unpack", "recognise", "read"]


@dataclass(frozen=True)
class _Upload:
    """One file, or one member of an archive."""

    name: str
    data: bytes
    in_archive: bool = False

    @property
    def folder(self) -> str:
        return str(_path(self.name).parent)

    @property
    def base(self) -> str:
        return _path(self.name).name


def recognise(data: bytes) -> Format | None:
    """Return the format of these bytes, by content; None for what is not read."""
    return next((fmt for fmt in FORMATS if fmt.recognises(data)), None)


def read_files(
    files: Mapping[str, bytes],
    answers: Answers | None = None,
    *,
    assume_guesses: bool = False,
) -> tuple[ReadResult, ...]:
    """Read every recording among these files.

    A file that a WFDB header names belongs to the header's result and has none of its own, like the
    annotation files beside it. A ZIP archive gives one result per recording in it; what else it
    holds (a licence, a table of labels) is passed over.

    Parameters
    ----------
    files : mapping of name to bytes
    answers : Answers, optional
        Facts that the files may not state.
    assume_guesses : bool
        Take the best guess for each fact that is still open; each becomes a warning of the
        recording. Otherwise such a file gives questions instead of a recording.

    Returns
    -------
    tuple of ReadResult
        In the order of `files`. An unreadable file has an `error` and never stops the others.
    """
    answers = answers or Answers()
    with warnings.catch_warnings():
        # Libraries quote the file's own text in their warnings, which may identify a patient.
        warnings.simplefilter("ignore")
        return tuple(read_each(files, answers, assume_guesses=assume_guesses))


def _path(name: str) -> PurePosixPath:
    return PurePosixPath(name.replace("\\", "/"))


def read_each(
    files: Mapping[str, bytes],
    answers: Answers,
    *,
    assume_guesses: bool = False,
    begin: Callable[[Stage, str], bool] = lambda _stage, _name: True,
) -> Iterator[ReadResult]:
    """Do what `read_files` does, one result after the other.

    Parameters
    ----------
    files : mapping of name to bytes
    answers : Answers
    assume_guesses : bool
    begin : callable
        Called with the stage and the name before a file is unpacked, looked at and read; where it
        says no, that is left out.

    Yields
    ------
    ReadResult
    """
    entries = [
        entry
        for name, data in files.items()
        if begin("unpack", name)
        for entry in _unpack(name, data)
    ]
    uploads = [entry for entry in entries if isinstance(entry, _Upload)]
    formats = {
        upload.name: recognise(upload.data) if begin("recognise", upload.name) else None
        for upload in uploads
    }
    folders: dict[str, dict[str, bytes]] = {}
    for upload in uploads:
        folders.setdefault(upload.folder, {})[upload.base] = upload.data
    claims = {
        (upload.folder, upload.base, named)
        for upload in uploads
        if (fmt := formats[upload.name])
        for named in fmt.names_files(upload.data)
    }
    claimed = {(folder, named) for folder, _, named in claims}
    # Headers of segments: claimed by one that nobody claims, else two that name each other would
    # both vanish.
    parts = {(folder, named) for folder, base, named in claims if (folder, base) not in claimed}
    records = {(folder, _path(named).stem) for folder, named in claimed}
    for entry in entries:
        if isinstance(entry, ReadResult):
            yield entry
        elif not begin("read", entry.name):
            continue
        elif (fmt := formats[entry.name]) is not None:
            passed_over = parts if fmt.names_files(entry.data) else claimed
            if (entry.folder, entry.base) not in passed_over:
                beside = folders[entry.folder]
                yield from _read_one(entry, fmt, beside, answers, assume_guesses=assume_guesses)
        elif _to_be_refused(entry, claimed, records):
            yield ReadResult(entry.name, None, error=_refusal(entry))


def _to_be_refused(
    upload: _Upload, claimed: set[tuple[str, str]], records: set[tuple[str, str]]
) -> bool:
    """Tell whether an unrecognised file was meant as a recording, rather than going with one."""
    if (upload.folder, upload.base) in claimed:
        return False
    if unread_ecg(upload.data) or _lacks_header(upload):
        return True
    # WFDB annotations have the stem of their record and no magic.
    is_annotation = (upload.folder, _path(upload.base).stem) in records
    return not upload.in_archive and (not is_annotation or bool(foreign_content(upload.data)))


def _unpack(name: str, data: bytes) -> list[_Upload | ReadResult]:
    """One upload per recording file: the file itself, or the members of an archive."""
    if len(data) > MAX_LONG_FILE_BYTES:
        too_large = f"The file has {len(data)} bytes, the limit is {MAX_LONG_FILE_BYTES}."
        return [ReadResult(name, None, error=too_large)]
    if not archive_zip.recognises(data):
        return [_Upload(name, data)]
    try:
        contents = archive_zip.unpack(data)
    except EcgError as error:
        return [ReadResult(name, archive_zip.TITLE, error=str(error))]
    except Exception:  # hostile bytes make zipfile raise anything; see _read_one
        return [ReadResult(name, archive_zip.TITLE, error="The ZIP archive is damaged.")]
    members = [
        _Upload(f"{name}/{path}", content, in_archive=True) for path, content in contents.items()
    ]
    if any(recognise(m.data) or unread_ecg(m.data) or _lacks_header(m) for m in members):
        return list(members)
    nothing = f"None of the {len(members)} files in the archive is an ECG. Read are {_titles()}."
    return [ReadResult(name, archive_zip.TITLE, error=nothing)]


def _read_one(
    upload: _Upload,
    fmt: Format,
    beside: Mapping[str, bytes],
    answers: Answers,
    *,
    assume_guesses: bool,
) -> tuple[ReadResult, ...]:
    try:
        tracings = _tracings(upload, fmt, beside)
    except EcgError as error:
        return (ReadResult(upload.name, fmt.title, error=str(error)),)
    except MemoryError:
        return (ReadResult(upload.name, fmt.title, error=TOO_MUCH_MEMORY),)
    except Exception:
        # wfdb, pydicom, scipy, pandas and zipfile may raise anything on hostile bytes, and one
        # damaged file must never stop the others.
        damaged = f"The file begins like {fmt.title}, but its content is damaged or cut short."
        return (ReadResult(upload.name, fmt.title, error=damaged),)
    names = [upload.name] if len(tracings) == 1 else _numbered(upload.name, len(tracings))
    return tuple(
        finish(
            ReadResult(name, fmt.title, tracing=tracing.without_free_text()),
            answers,
            assume_guesses=assume_guesses,
        )
        for name, tracing in zip(names, tracings, strict=True)
    )


def _numbered(name: str, count: int) -> list[str]:
    return [f"{name}#{number}" for number in range(1, count + 1)]


def _tracings(upload: _Upload, fmt: Format, beside: Mapping[str, bytes]) -> tuple[Tracing, ...]:
    """Parse one file.

    Raises
    ------
    ReadError
        It is over the limit of its format, damaged, or holds nothing.
    """
    if len(upload.data) > fmt.max_bytes:
        raise ReadError(
            f"The file has {len(upload.data)} bytes, the limit for {fmt.title} is {fmt.max_bytes}."
        )
    tracings = fmt.read(upload.data, beside)
    if not tracings or any(not tracing.n_samples for tracing in tracings):
        raise ReadError("The file holds no channel with a sample.")
    return tracings


def _titles() -> str:
    return ", ".join(fmt.title for fmt in FORMATS) + ", ZIP"


def _lacks_header(upload: _Upload) -> bool:
    """Tell WFDB samples without a header: nothing but their usual name gives them away."""
    return upload.base.lower().endswith(".dat")


def _refusal(upload: _Upload) -> str:
    if title := unread_ecg(upload.data):
        return f"This is {title}, a format that is not read yet. Read are {_titles()}."
    if not upload.data:
        return "The file is empty."
    if _lacks_header(upload):
        return (
            f'"{upload.base}" seems to hold the samples of a WFDB record: upload the header '
            f"(.hea) that names it together with it."
        )
    what = foreign_content(upload.data)
    return f"This is {what or 'not one of the formats read'}. Read are {_titles()}."
