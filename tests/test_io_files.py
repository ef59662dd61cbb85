"""Recognition by content, archives, refusals, and damaged bytes: always a result, never a crash."""

import io
import random
import stat
import tracemalloc
import zipfile
from dataclasses import FrozenInstanceError

import pytest
from built_files import KINDS as CONTAINER_KINDS
from built_files import csv_file, dicom_file, mat_file, npy_file, wfdb_files, zip_of
from built_mortara import mortara_file
from built_philips import compressed_file
from built_recorders import RECORDER_KINDS
from built_schiller import schiller_file
from built_xml import XML_KINDS, aecg_file, cardiosoft_file, muse_file

from ecgcore.io import FORMATS, read_files, recognise
from ecgcore.leads import LEADS

CART_KINDS = {
    "philips": lambda: {"x": compressed_file()},
    "schiller": lambda: {"x": schiller_file()},
    "mortara": lambda: {"x": mortara_file()},
}
KINDS = CONTAINER_KINDS | XML_KINDS | CART_KINDS | RECORDER_KINDS
FUZZED_PER_KIND = 30


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_reads_under_a_meaningless_name(kind: str):
    (result,) = read_files(KINDS[kind](), assume_guesses=True)
    assert result.recording is not None, result.error
    assert result.recording.leads == LEADS
    assert result.recording.source == result.format


@pytest.mark.parametrize("kind", KINDS)
def test_flipped_and_missing_bytes_give_a_result_and_never_a_crash(kind: str):
    rng = random.Random(kind)
    original = KINDS[kind]()
    for _ in range(FUZZED_PER_KIND):
        files = dict(original)
        name = rng.choice(sorted(files))
        data = bytearray(files[name])
        if rng.random() < 0.3:
            del data[rng.randrange(len(data)) :]
        else:
            # Headers are where damage hurts: most flips fall into the first 2,000 bytes.
            reach = len(data) if rng.random() < 0.3 else min(len(data), 2000)
            for _ in range(rng.choice((1, 3, 30))):
                data[rng.randrange(reach)] = rng.randrange(256)
        files[name] = bytes(data)
        for result in read_files(files, assume_guesses=True):
            assert (result.recording is None) == (result.error is not None)
            assert result.error is None or result.error.endswith(".")


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_cut_in_its_first_bytes_is_refused(kind: str):
    for name, data in KINDS[kind]().items():
        (result,) = read_files({name: data[:30]}, assume_guesses=True)
        assert result.recording is None
        assert result.error


def test_formats_are_described_once_and_cannot_be_changed():
    assert len({fmt.name for fmt in FORMATS}) == len(FORMATS)
    with pytest.raises(FrozenInstanceError):
        FORMATS[0].title = "changed"


def test_each_format_recognises_its_own_bytes_and_no_other():
    own = {
        "wfdb": wfdb_files()["rec.hea"],
        "dicom": dicom_file(),
        "hl7_aecg": aecg_file(),
        "ge_muse": muse_file(),
        "ge_cardiosoft": cardiosoft_file(),
        "table": csv_file(),
        "numpy": npy_file(),
        "matlab": mat_file(),
        "scp": b"\0" * 16 + b"SCPECG",
        "philips": compressed_file(),
        "schiller": schiller_file(),
        "mortara": mortara_file(),
        **{name: RECORDER_KINDS[name]()["x"] for name in ("ishne", "edf", "contec", "hdf5")},
    }
    assert {fmt.name for fmt in FORMATS} == set(own)
    for fmt in FORMATS:
        assert [name for name, data in own.items() if fmt.recognises(data)] == [fmt.name]
        assert recognise(own[fmt.name]) is fmt


# Without a signal, not what its name says, and one lead whose name only a reader can know.
REFUSED_SAMPLES = ("fda_empty.xml", "healforce_62.SCP", "cardio_sample.edf")


def test_every_sample_reads_or_is_known_to_hold_nothing(shared):
    for folder in sorted((shared / "samples").glob("*/")):
        files = {path.name: path.read_bytes() for path in folder.iterdir()}
        results = read_files(files, assume_guesses=True)
        assert results
        refused = [result.name for result in results if result.recording is None]
        assert [name for name in refused if name not in REFUSED_SAMPLES] == []


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"%PDF-1.7 ...", "a PDF document"),
        (b"\xff\xd8\xff\xe0 ...", "a JPEG picture"),
        (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
        (b"<?xml version='1.0'?><!-- ECG --><note>hello</note>", "an XML document"),
        (b"<?xml version='1.0'?><!-- <RestingECG/> --><note/>", "an XML document"),
        (b"", "empty"),
        (b"\x00\x01\x02", "not one of the formats read"),
    ],
)
def test_foreign_files_are_called_by_their_name(data: bytes, what: str):
    (result,) = read_files({"ecg.dcm": data})
    assert (result.recording, result.format) == (None, None)
    assert what in result.error


def test_one_unreadable_file_never_stops_the_others():
    files = {
        "bad.dcm": b"\0" * 128 + b"DICM",
        "x.csv": csv_file(),
        "y.pdf": b"%PDF",
        **wfdb_files(),
    }
    results = read_files(files)
    assert [(r.name, r.recording is not None) for r in results] == [
        ("bad.dcm", False),
        ("x.csv", True),
        ("y.pdf", False),
        ("rec.hea", True),
    ]


def test_an_archive_gives_one_result_per_recording_and_passes_over_the_rest():
    files = {f"one/{n}": d for n, d in wfdb_files().items()}
    files |= {f"two/{n}": d for n, d in wfdb_files().items()}
    files |= {
        "two/rec.atr": b"\x01\x02",
        "LICENSE": b"free",
        "labels.csv": b"a,b\n1,AF\n",
        "t.csv": csv_file(),
    }
    results = read_files({"all.zip": zip_of(files)})
    assert [result.name for result in results] == [
        "all.zip/one/rec.hea",
        "all.zip/two/rec.hea",
        "all.zip/t.csv",
    ]
    assert all(result.recording is not None for result in results)


def test_a_header_in_an_archive_finds_only_files_of_its_own_folder():
    files = wfdb_files()
    data = zip_of({"a/rec.hea": files["rec.hea"], "b/rec.dat": files["rec.dat"]})
    errors = [result.error for result in read_files({"x.zip": data})]
    assert "names rec.dat, which is missing" in errors[0]
    assert "upload the header" in errors[1]


def test_a_link_in_an_archive_is_not_followed():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("rec.hea", wfdb_files()["rec.hea"])
        link = zipfile.ZipInfo("rec.dat")
        link.create_system = 3
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    (result,) = read_files({"x.zip": stream.getvalue()})
    assert "names rec.dat, which is missing" in result.error


@pytest.mark.parametrize(
    ("limit", "sentence"),
    [
        ("MAX_ARCHIVE_BYTES", "unpacks to"),
        ("MAX_FILE_BYTES", "unpacks to"),
        ("MAX_ARCHIVE_MEMBERS", "holds 2 files, the limit is 1"),
    ],
)
def test_an_archive_beyond_a_limit_is_refused_unread(monkeypatch, limit: str, sentence: str):
    monkeypatch.setattr(f"ecgcore.io.archive_zip.{limit}", 1)
    (result,) = read_files({"x.zip": zip_of(wfdb_files())})
    assert sentence in result.error


def test_a_member_is_never_inflated_beyond_its_declared_size():
    true_bytes, declared_bytes = 50 * 10**6, 1000
    data = zip_of({"x.csv": b"0" * true_bytes})
    true_size = true_bytes.to_bytes(4, "little")
    assert data.count(true_size) == 2  # in the member's own header and in the directory
    data = data.replace(true_size, declared_bytes.to_bytes(4, "little"))
    tracemalloc.start()
    (result,) = read_files({"x.zip": data})
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert result.error == "The ZIP archive is damaged or cut short."
    assert peak_bytes < true_bytes / 10


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_compression_without_a_bound_is_refused(compression: int):
    (result,) = read_files({"x.zip": zip_of(wfdb_files(), compression)})
    assert "a compression that is not read" in result.error


def test_an_archive_within_an_archive_is_not_opened():
    (result,) = read_files({"x.zip": zip_of({"inner.zip": zip_of(wfdb_files())})})
    assert "None of the 1 files in the archive" in result.error


def test_an_empty_archive_is_refused():
    (result,) = read_files({"x.zip": zip_of({})})
    assert result.error == "The ZIP archive is empty."


def test_a_file_beyond_the_limit_is_refused_unread(monkeypatch):
    monkeypatch.setattr("ecgcore.io.MAX_LONG_FILE_BYTES", 1000)
    (result,) = read_files({"x.csv": csv_file()})
    assert "the limit is 1000" in result.error


def test_warnings_of_libraries_which_quote_the_file_are_not_shown(recwarn, capfd):
    # pydicom: Unknown encoding 'Mustermann' - using default encoding instead
    (result,) = read_files({"x.dcm": dicom_file().replace(b"ISO_IR 100", b"Mustermann")})
    assert result.recording.leads == LEADS
    assert list(recwarn) == []
    assert capfd.readouterr() == ("", "")
