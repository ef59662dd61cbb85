"""What identifies a patient in the real files goes no further than the process that reads them.

The texts that are looked for are taken from the files themselves: all text of a document, all
readable characters of a binary header.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from ecgcore.io import ReadResult, read_files
from ecgcore.io.export import EXPORT_FORMATS, export
from ecgcore.io.isolation import read_isolated
from ecgcore.io.xml_document import root_name

APP = Path(__file__).parents[1] / "app.py"
TIMEOUT_S = 180
HEADER_BYTES = 4096
DICOM_OWN = "1.2.840.10008."  # identifiers of the standard, the same in every file
# Words of at least five characters with a letter among them, and dates and numbers of six digits.
WORD = re.compile(r"[^\W\d_][\w.'/-]{4,}")
DIGITS = re.compile(r"\d[\d./:-]{5,}\d")
# Fields that say who, when, where, by which device, or anything at all.
TELLING = re.compile(
    r"name|patient|subject|author|serial|birth|date|time|room|comment|statement|remark|"
    r"institution|hospital|facility|location|physician|operator|technician|address|id$|^id|order|"
    r"encounter|visit|device|acquirer|analys|interpret|diagnos|ssn|mrn|phone",
    re.IGNORECASE,
)


def texts_of_document(data: bytes) -> Iterator[str]:
    """Texts and attributes of fields that tell something of a person, a place or a device."""
    text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "ignore")
    for tag, content in re.findall(r"<(?:\w+:)?([\w.]+)[^>]*>([^<]{4,200})</", text):
        if TELLING.search(tag):
            yield content
    for name, value in re.findall(r"([\w.:]+)=\"([^\"]{4,200})\"", text):
        if TELLING.search(name.rpartition(":")[2]) and not value.startswith("http"):
            yield value


def texts_of_binary(data: bytes) -> Iterator[str]:
    for run in re.findall(rb"[\x20-\x7e]{5,}", data[:HEADER_BYTES]):
        yield run.decode("ascii")


def secrets_of(data: bytes) -> set[str]:
    """Words and numbers of a file that nothing of ours would write."""
    texts = texts_of_document(data) if root_name(data) else texts_of_binary(data)
    found = {word for text in texts for word in (*WORD.findall(text), *DIGITS.findall(text))}
    return {x for x in found if x.lower() not in OWN_WORDS and not x.startswith(DICOM_OWN)}


def own_words() -> set[str]:
    """Words that our sentences and the names of formats use, in lower case."""
    root = Path(__file__).parents[1]
    sources = [*(root / "ecgcore").rglob("*.py"), *(root / "pages").rglob("*.py")]
    return {word.lower() for path in sources for word in WORD.findall(path.read_text())}


OWN_WORDS = own_words()


def said(value: object) -> Iterator[str]:
    """Every text within a value, however deep."""
    if isinstance(value, str | bytes):
        yield value if isinstance(value, str) else value.decode("latin-1")
    elif isinstance(value, np.ndarray):
        assert value.dtype.kind in "iufb", "an array of samples holds nothing but numbers"
    elif isinstance(value, Mapping):
        yield from (text for pair in value.items() for part in pair for text in said(part))
    elif isinstance(value, list | tuple | set | frozenset):
        yield from (text for part in value for text in said(part))
    elif is_dataclass(value):
        yield from (text for field in fields(value) for text in said(getattr(value, field.name)))
    else:
        yield repr(value)


def recordings(folder: Path) -> dict[str, dict[str, bytes]]:
    """The files of each sample folder by name; file names themselves are the reader's own."""
    return {
        path.name: {file.name: file.read_bytes() for file in sorted(path.iterdir())}
        for path in sorted(folder.iterdir())
        if path.is_dir()
    }


def told(secrets: set[str], texts: Iterator[str], names: Mapping[str, bytes]) -> set[str]:
    """Which secrets stand in the texts, once the names of the files are taken out."""
    content = "\n".join(texts)
    for name in sorted(names, key=len, reverse=True):
        content = content.replace(name, "")
    return {secret for secret in secrets if secret in content}


@pytest.fixture(scope="module")
def samples(shared) -> dict[str, dict[str, bytes]]:
    return recordings(shared / "samples")


@pytest.fixture(scope="module")
def results(samples) -> dict[str, tuple[ReadResult, ...]]:
    return {name: read_isolated(files, assume_guesses=True) for name, files in samples.items()}


def test_the_real_files_do_hold_what_is_looked_for(samples):
    counted = {
        name: sum(len(secrets_of(x)) for x in files.values()) for name, files in samples.items()
    }
    assert {name for name, count in counted.items() if count} >= {
        "contec", "dicom", "edf", "ge_cardiosoft", "ge_muse", "hl7_aecg", "ishne", "philips",
        "schiller", "scp", "wfdb",
    }  # fmt: skip


def test_nothing_of_it_is_in_what_reading_gives(samples, results):
    for folder, files in samples.items():
        secrets = {secret for data in files.values() for secret in secrets_of(data)}
        assert told(secrets, said(list(results[folder])), files) == set(), folder
        here = read_files(files, assume_guesses=True)
        assert told(secrets, said(list(here)), files) == set(), folder


@pytest.mark.parametrize("name", [fmt.name for fmt in EXPORT_FORMATS])
def test_nothing_of_it_is_in_an_exported_file(samples, results, name: str):
    for folder, files in samples.items():
        secrets = {secret for data in files.values() for secret in secrets_of(data)}
        for result in results[folder]:
            if result.recording is None or result.recording.fs < 200:
                continue  # DICOM asks for 200 Hz
            written = export(result.recording.window(0.0, 10.0), name, "ecg").files
            assert told(secrets, said(written), {}) == set(), (folder, result.name)


def test_nothing_of_it_is_in_the_session_or_in_a_log(samples, caplog, capfd):
    app = AppTest.from_file(str(APP), default_timeout=TIMEOUT_S).run()
    files = {name: data for folder in samples.values() for name, data in folder.items()}
    app.file_uploader[0].set_value(
        [(name, data, "application/octet-stream") for name, data in files.items()]
    ).run()
    assert not app.exception
    state = {key: app.session_state[key] for key in app.session_state}
    assert len(state["opened"]) > 10
    secrets = {secret for data in files.values() for secret in secrets_of(data)}
    assert told(secrets, said(state), files) == set()
    shown = [element.value for element in (*app.markdown, *app.caption, *app.error, *app.warning)]
    assert told(secrets, iter(shown), files) == set()
    written = capfd.readouterr()
    assert told(secrets, iter([caplog.text, *written]), {}) == set()
    # File names may identify a patient, too: they are shown to whoever chose them, never logged.
    assert [name for name in files if name in caplog.text + written.out + written.err] == []
