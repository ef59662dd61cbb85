"""WFDB records read as PhysioNet's own reader reads them, from bytes alone."""

import numpy as np
import pytest
import wfdb

from ecgcore.io import read_files, wfdb_record
from ecgcore.leads import INDEX, LEADS, canonical_name

# Physical values stay below 32 mV, where neighbouring float32 numbers are 2e-6 mV apart.
FLOAT32_MV = 2e-6
SAMPLES = np.arange(-600, 600, dtype="<i2").reshape(100, 12)


def files_of(folder) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir()) if p.is_file()}


def header(first: str = "rec 12 500 100", file: str = "rec.dat", gain: str = "1000/mV") -> str:
    """Twelve signals of one file; without checksums, which the standard allows."""
    fields = "12 0"  # resolution and zero of the converter
    return "\n".join([first, *(f"{file} 16 {gain} {fields} {lead}" for lead in LEADS)]) + "\n"


def read(text: str, **others: bytes):
    files = {"rec.hea": text.encode(), "rec.dat": SAMPLES.tobytes()} | others
    (result,) = (r for r in read_files(files) if r.name == "rec.hea")
    return result


def assert_equals_wfdb(recording, path) -> None:
    """Compare with the physical values that the reference reader gives for the same files."""
    reference = wfdb.rdrecord(str(path.with_suffix("")))
    assert recording.fs == reference.fs
    for name, column in zip(reference.sig_name, reference.p_signal.T, strict=True):
        lead = canonical_name(name)
        if lead is not None:
            np.testing.assert_allclose(recording.signal[INDEX[lead]], column, atol=FLOAT32_MV)


@pytest.mark.parametrize("record", ["wfdb/s0010_re.hea", "wfdb/00001_lr.hea", "matlab/HR06000.hea"])
def test_real_records_equal_the_reference_reader(shared, record: str):
    path = shared / "samples" / record
    results = read_files(files_of(path.parent))
    (result,) = (r for r in results if r.name == path.name)
    assert result.recording.leads == tuple(INDEX)
    assert result.recording.source == "WFDB"
    assert result.recording.warnings == ()
    assert_equals_wfdb(result.recording, path)


def test_files_that_a_header_names_have_no_result_of_their_own(shared):
    results = read_files(files_of(shared / "samples" / "wfdb"))
    assert [result.name for result in results] == ["00001_lr.hea", "s0010_re.hea"]


def test_a_long_record_is_read_whole(shared):
    folder = shared / "samples" / "wfdb"
    (result,) = read_files({p.name: p.read_bytes() for p in folder.glob("s0010*")})
    assert result.recording.n_samples == 38_400
    assert (result.recording.age, result.recording.sex) == (81, "F")


def test_a_file_that_holds_no_ecg_lead_may_be_absent(shared):
    folder = shared / "samples" / "wfdb"
    files = {n: (folder / n).read_bytes() for n in ("s0010_re.hea", "s0010_re.dat")}
    (result,) = read_files(files)
    assert_equals_wfdb(result.recording, folder / "s0010_re")


def test_every_cinc_record_reads_with_twelve_consistent_leads(shared):
    folder = shared / "data" / "cinc2021"
    headers = sorted(folder.glob("*.hea"))
    assert len(headers) == 196
    for path in headers:
        sample_file = path.with_suffix(".dat")
        (result,) = read_files({p.name: p.read_bytes() for p in (path, sample_file)})
        assert result.recording is not None, (path.name, result.error)
        assert result.recording.leads == tuple(INDEX)
        assert result.recording.warnings == (), path.name
        assert_equals_wfdb(result.recording, path)


def test_every_ludb_record_reads_and_its_wrong_gains_are_noticed(shared):
    folder = shared / "data" / "ludb" / "data"
    headers = sorted(folder.glob("*.hea"))
    assert len(headers) == 200
    for path in headers:
        files = {p.name: p.read_bytes() for p in folder.glob(f"{path.stem}.*")}
        (result,) = read_files(files)
        assert result.recording.leads == tuple(INDEX)
        contradictions = [w for w in result.recording.warnings if "contradict" in w]
        assert len(contradictions) == 1, path.name
        assert result.recording.sex in ("F", "M")


@pytest.mark.parametrize(
    "fmt", ["8", "16", "24", "32", "61", "80", "160", "212", "310", "311", "16x1+24"]
)
def test_every_uncompressed_storage_format_equals_the_reference_reader(tmp_path, fmt: str):
    data = np.random.default_rng(1).bytes(12 * 40 * 4 + 24)
    text = header("rec 12 500 40", gain="1000").replace(" 16 1000 ", f" {fmt} 1000 ")
    (tmp_path / "rec.hea").write_text(text)
    (tmp_path / "rec.dat").write_bytes(data)
    recording = read(text, **{"rec.dat": data}).recording
    reference = wfdb.rdrecord(str(tmp_path / "rec"))
    # Format 32 holds values up to 2e6 mV, where float32 numbers are 0.25 mV apart.
    np.testing.assert_allclose(recording.signal, reference.p_signal.T, rtol=1e-7, atol=FLOAT32_MV)


@pytest.mark.filterwarnings("ignore:The inplace keyword:DeprecationWarning")  # wfdb's writer
@pytest.mark.parametrize("fmt", ["516", "524"])
def test_compressed_samples_equal_the_reference_reader(tmp_path, fmt: str):
    digital = np.cumsum(np.random.default_rng(1).integers(-9, 10, (240, 2)), axis=0)
    wfdb.wrsamp(
        "rec", 500, ["mV"] * 2, ["I", "II"], d_signal=digital, fmt=[fmt] * 2, adc_gain=[200.0] * 2,
        baseline=[0] * 2, write_dir=str(tmp_path),
    )  # fmt: skip
    (result,) = read_files(files_of(tmp_path))
    assert_equals_wfdb(result.recording, tmp_path / "rec")


@pytest.mark.parametrize("stated", ["41", ""])
@pytest.mark.parametrize("fmt", ["16", "24", "32", "61", "80", "160", "212", "310", "311", "16x3"])
def test_blocks_of_any_size_give_what_the_reference_reader_gives(
    tmp_path, monkeypatch, fmt: str, stated: str
):
    n_frames = 41  # with 5 signals, neither pairs nor triplets of samples end with a block
    text = f"rec 5 500 {stated}\n"
    text += "".join(f"rec.dat {fmt} 100/mV 12 3 0 0 0 {lead}\n" for lead in LEADS[:5])
    size = {"16": 2, "24": 3, "32": 4, "80": 1, "212": 1.5, "310": 4 / 3, "311": 4 / 3}.get(fmt, 2)
    n_values = 5 * n_frames * (3 if fmt == "16x3" else 1)
    data = np.random.default_rng(7).bytes(int(n_values * size) + 1)
    (tmp_path / "rec.hea").write_text(text)
    (tmp_path / "rec.dat").write_bytes(data)
    reference = wfdb.rdrecord(str(tmp_path / "rec"), smooth_frames=fmt == "61")
    expected = reference.p_signal.T if fmt == "61" else np.array(reference.e_p_signal)
    monkeypatch.setattr("ecgcore.io.wfdb_samples._BLOCK_SAMPLES", 35)
    recording = read(text, **{"rec.dat": data}).recording
    np.testing.assert_allclose(recording.signal[:5], expected, rtol=1e-7, atol=FLOAT32_MV)


@pytest.mark.parametrize(
    ("fmt", "dtype"), [("80", "int8"), ("16", "int16"), ("212", "int16"), ("24", "int32")]
)
def test_samples_stay_integers_of_the_smallest_type_that_holds_them(fmt: str, dtype: str):
    text = header("rec 12 500 50").replace(" 16 1000", f" {fmt} 1000")
    (tracing,) = wfdb_record.read(text.encode(), {"rec.dat": bytes(12 * 50 * 3)})
    assert {str(channel.samples.dtype) for channel in tracing.channels} == {dtype}
    assert {len(channel.samples) for channel in tracing.channels} == {50}


@pytest.mark.parametrize(("fmt", "invalid"), [("16", b"\0\x80"), ("32", b"\0\0\0\x80")])
def test_the_invalid_value_of_a_format_is_a_gap(fmt: str, invalid: bytes):
    text = header("rec 12 500 50").replace(" 16 1000", f" {fmt} 1000")
    content = bytearray(12 * 50 * len(invalid))
    place = (12 * 7 + INDEX["V2"]) * len(invalid)
    content[place : place + len(invalid)] = invalid
    recording = read(text, **{"rec.dat": bytes(content)}).recording
    assert np.argwhere(np.isnan(recording.signal)).tolist() == [[INDEX["V2"], 7]]


def test_a_shifted_signal_equals_the_reference_reader(tmp_path):
    text = header().replace("16 1000/mV 12 0 II\n", "16:7 1000/mV 12 0 II\n")
    (tmp_path / "rec.hea").write_text(text)
    (tmp_path / "rec.dat").write_bytes(SAMPLES.tobytes())
    recording = read(text).recording
    assert np.isnan(recording.lead("II")[-7:]).all()
    assert_equals_wfdb(recording, tmp_path / "rec")


def test_a_long_record_is_bound_by_its_bytes_and_not_by_the_number_of_values():
    error = read(header("rec 12 500 9000000")).error  # 108 million
    assert "holds 2400 bytes, but 12 x 9000000 samples take 216000000" in error


@pytest.mark.parametrize("fmt", ["8", "516"])
def test_samples_that_their_bytes_do_not_prove_are_bounded(monkeypatch, fmt: str):
    text = header("rec 12 500 5000000").replace(" 16 1000", f" {fmt} 1000")
    monkeypatch.setattr("ecgcore.io.wfdb_samples._check_bytes", lambda *_: None)
    assert "12 x 5000000 values, the limit is 50000000" in read(text).error


def test_sample_files_beyond_the_limit_are_refused_unread(monkeypatch):
    monkeypatch.setattr("ecgcore.io.wfdb_samples.MAX_FILE_BYTES", 2399)
    assert "have 2400 bytes, limit 2399" in read(header()).error


def segments(*lengths: int, **changed: bytes) -> dict[str, bytes]:
    """A record of segments with samples of their own, and its header first."""
    files = {}
    lines = [f"rec/{len(lengths)} 12 500 {sum(lengths)}"]
    for i, length in enumerate(lengths):
        own = header(f"part{i} 12 500 {length}", file=f"part{i}.dat", gain="1000(5)/mV")
        files[f"part{i}.hea"] = own.encode()
        files[f"part{i}.dat"] = (SAMPLES[:length] + 10 * i).astype("<i2").tobytes()
        lines.append(f"part{i} {length}")
    first = "\n".join([*lines, "# Age: 59", "# Sex: F"]).encode()
    return {"rec.hea": first} | files | changed


def test_segments_are_one_record_that_equals_the_reference_reader(tmp_path):
    files = segments(40, 100, 7)
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    results = read_files(files)
    assert [result.name for result in results] == ["rec.hea"]
    recording = results[0].recording
    assert (recording.n_samples, recording.age, recording.sex) == (147, 59, "F")
    assert_equals_wfdb(recording, tmp_path / "rec")


def test_a_segment_alone_is_a_record():
    files = segments(40, 100)
    (result,) = read_files({name: files[name] for name in ("part1.hea", "part1.dat")})
    assert result.recording.n_samples == 100


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"rec.hea": segments(40, 100)["rec.hea"]}, "part0.hea, part1.hea are missing: upload"),
        (segments(40, 100, **{"part1.hea": b""}), "The first line of the WFDB header is damaged"),
        (segments(40, 100, **{"part1.hea": segments(1)["rec.hea"]}), "made of segments again"),
        (
            segments(40, 100, **{"part1.hea": segments(1, 40)["part1.hea"]}),
            "Segment 2 of the WFDB record holds 12 x 40 samples, expected 12 x 100.",
        ),
        (
            segments(40, 40, **{"part1.hea": header("part1 12 250 40", "part1.dat").encode()}),
            "Segment 2 of the WFDB record has 250 Hz, expected 500.",
        ),
        (
            segments(40, 40, **{"part1.hea": header("part1 12 500 40", "part1.dat").encode()}),
            "Segment 2 of the WFDB record stores other signals, or in another way",
        ),
        (
            segments(
                40,
                40,
                **{
                    "rec.hea": b"rec/2 12\npart0 40\npart1 40\n",
                    "part1.hea": header("part1 12 250 40", "part1.dat", "1000(5)/mV").encode(),
                },
            ),
            "Segment 2 of the WFDB record stores other signals, or in another way",
        ),
        ({"rec.hea": b"rec/2 12 500 80\n~ 40\nb 40\n"}, "(variable layout), which is not read"),
        ({"rec.hea": b"rec/2 12 500 80\na 0\nb 80\n"}, "(variable layout), which is not read"),
        ({"rec.hea": b"rec/2 12 500 80\n../a 40\nb 40\n"}, "in another folder, which is never"),
        ({"rec.hea": b"rec/3 12 500 80\na 40\nb 40\n"}, "3 segments but describes 2"),
        ({"rec.hea": b"rec/9999999 12 500 80\na 40\n"}, "9999999 segments, expected 1 to 1000"),
        (
            segments(40, 100, **{"rec.hea": b"rec/2 12 500 99\npart0 40\npart1 100\n"}),
            "declares 99 samples, its segments 140 together",
        ),
    ],
)
def test_segments_that_do_not_belong_together_are_refused(files: dict, sentence: str):
    result = next(result for result in read_files(files) if result.name == "rec.hea")
    assert sentence in result.error


def test_one_file_that_is_named_by_many_segments_counts_each_time(monkeypatch):
    files = segments(100)
    files["rec.hea"] = ("rec/900 12 500\n" + "part0 100\n" * 900).encode()
    monkeypatch.setattr("ecgcore.io.wfdb_record.MAX_FILE_BYTES", 899 * 2400)
    (result,) = read_files(files)
    assert "need 2160000 bytes, the limit is 2157600" in result.error


def test_headers_of_segments_that_name_each_other_do_not_vanish():
    files = {"a.hea": b"a/1 12 500 40\nb 40\n", "b.hea": b"b/1 12 500 40\na 40\n"}
    results = read_files(files)
    assert [result.name for result in results] == ["a.hea", "b.hea"]
    assert all("made of segments again" in result.error for result in results)


def test_several_samples_per_frame_are_kept_at_their_own_rate():
    text = header("rec 12 250 50").replace(" 16 1000/mV", " 16x2 1000/mV")
    recording = read(text).recording
    assert (recording.fs, recording.n_samples) == (500.0, 100)


def test_microvolts_are_understood_however_they_are_spelled():
    millivolts = read(header(gain="1000/mV")).recording.signal
    for unit in ("uV", "µV", "μV"):
        np.testing.assert_allclose(
            read(header(gain=f"1/{unit}")).recording.signal, millivolts, atol=FLOAT32_MV
        )


def test_a_header_without_rate_or_gain_asks_for_them_with_the_standards_defaults():
    text = header("rec 12", gain="0")
    result = read(text)
    assert {q.field: q.guess for q in result.questions} == {"fs": 250.0, "mv_per_unit": 1 / 200}
    files = {"rec.hea": text.encode(), "rec.dat": SAMPLES.tobytes()}
    (assumed,) = read_files(files, assume_guesses=True)
    np.testing.assert_allclose(assumed.recording.signal, SAMPLES.T / 200, atol=FLOAT32_MV)
    assert "250 Hz was assumed" in assumed.recording.warnings[0]


def test_a_missing_file_is_named():
    (result,) = read_files({"rec.hea": header().encode()})
    assert "names rec.dat, which is missing: upload it together with" in result.error


def test_samples_without_a_header_ask_for_it():
    (result,) = read_files({"rec.dat": SAMPLES.tobytes()})
    assert "upload the header (.hea)" in result.error


@pytest.mark.parametrize("file", ["../rec.dat", "/etc/passwd", "a\\rec.dat", "c:rec.dat"])
def test_a_name_with_a_path_is_never_opened(file: str):
    result = read(header(file=file))
    assert result.recording is None
    assert "another folder, which is never opened" in result.error


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (header("rec 12 500 101"), "holds 2400 bytes, but 12 x 101 samples take 2424"),
        (header("rec 12 500 999999999999"), "12 x 999999999999 values, the limit is"),
        (header("rec 13 500 100"), "declares 13 signals but describes 12"),
        (header("rec 999999 500 100"), "declares 999999 signals but"),
        (header("rec/3 12 500 100").replace("rec.dat 16", "seg 16"), "not one of the formats"),
        ("rec/2 12 500 100\nseg1 50\nseg2 50\n", "several segments"),
        (header(gain="x/mV"), "a gain that is not a number"),
        (header().replace(" 16 1000", " 16:99999999999 1000"), "by more than the length"),
        (header().replace(" 16 1000", " 16+99999 1000"), "the file is cut short"),
    ],
)
def test_a_header_that_promises_too_much_is_refused_with_the_numbers(text: str, sentence: str):
    result = read(text)
    assert result.recording is None
    assert sentence in result.error


def test_headers_that_name_themselves_or_each_other_do_not_vanish():
    files = {"a.hea": header(file="b.hea").encode(), "b.hea": header(file="a.hea").encode()}
    files["c.hea"] = header(file="c.hea").encode()
    results = read_files(files)
    assert [result.name for result in results] == ["a.hea", "b.hea", "c.hea"]
    assert all("is cut short" in result.error for result in results)


def test_a_number_too_long_to_convert_is_refused():
    endless = header().replace(" 16 1000/mV 12 0 V6", f" 16:{'9' * 5000} 1000/mV 12 0 V6")
    assert "names no storage format" in read(endless).error


def test_changed_samples_are_noticed_by_the_checksum(shared):
    folder = shared / "samples" / "wfdb"
    files = {p.name: bytearray(p.read_bytes()) for p in folder.glob("00001_lr*")}
    files["00001_lr.dat"][100] ^= 0x10
    (result,) = read_files({name: bytes(data) for name, data in files.items()})
    assert any(w.startswith("The checksums of III do") for w in result.recording.warnings)


def test_identifiers_in_a_header_go_no_further():
    secrets = ["Erika", "Mustermann", "4711", "1990", "Dr. Confirmed"]
    comments = "# Patient: Erika Mustermann\n# ID 4711\n# by Dr. Confirmed\n# Age: 59\n# Sex: F\n"
    text = header("Mustermann4711 12 500 100 10:00:00 24/12/1990") + comments
    result = read(text)
    assert (result.recording.age, result.recording.sex) == (59, "F")
    said = repr(result) + str(vars(result.recording))
    assert [secret for secret in secrets if secret in said] == []


def test_nothing_is_left_on_the_disk(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert read(header()).recording is not None
    assert list(tmp_path.iterdir()) == []
