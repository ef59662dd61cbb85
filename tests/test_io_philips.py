"""Philips XML read as sierraecg reads it, without the calibration pulse and within bounds."""

import struct
import tracemalloc
from xml.etree import ElementTree

import numpy as np
import pytest
import sierraecg
from built_philips import (
    FS,
    T,
    base64_text,
    compressed_file,
    differences,
    old_file,
    pack_codes,
    philips_file,
    true_leads,
    with_pulse,
    xli,
    xli_chunk,
)
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from ecgcore.io import Answers, philips, read_files
from ecgcore.leads import LEADS, algebra_violations

UV = 5.0
# Values stay below 32 mV, where neighbouring float32 numbers are 2e-6 mV apart.
FLOAT32_MV = 2e-6
# Name, samples before the pulse, age, sex.
REAL = (
    ("129DYPRG.XML", 5264, 50.0, "M"),
    ("ad4d3d80-d165_1-04_orig.xml", 5300, 32.0, "F"),
    ("mrx_129ECORG.XML", 5264, 50.0, "M"),
)
CATCH_ALL = "begins like"


def read(data: bytes, **options):
    (result,) = read_files({"any.name": data}, **options)
    return result


def in_units(recording) -> np.ndarray:
    """Stored integers, shape (12, T); float32 is exact to far below half of one."""
    return np.round(recording.signal * (1000.0 / UV)).astype(int)


@pytest.mark.parametrize(("name", "n_samples", "age", "sex"), REAL)
def test_real_files_equal_sierraecg_up_to_the_pulse(shared, name, n_samples, age, sex):
    path = shared / "samples" / "philips" / name
    reference = np.array([lead.samples for lead in sierraecg.read_file(str(path)).leads])
    recording = read(path.read_bytes()).recording
    assert (recording.fs, recording.age, recording.sex) == (500.0, age, sex)
    assert recording.leads == LEADS
    np.testing.assert_array_equal(in_units(recording), reference[:, :n_samples])
    # What was left out is the same on all leads, and a single stretch of 200 ms at 1 mV.
    left_out = reference[:, n_samples:]
    assert (left_out == left_out[0]).all()
    assert np.unique(left_out[0], return_counts=True)[1].tolist() == [left_out.shape[1] - 100, 100]
    assert not (reference[:, n_samples - 1] == reference[0, n_samples - 1]).all()
    assert recording.warnings[0] == (
        f"The calibration pulse after {n_samples / 500:.1f} s was left out."
    )


@pytest.mark.parametrize("name", ["129DYPRG.XML", "ad4d3d80-d165_1-04_orig.xml"])
def test_limb_leads_of_real_files_obey_the_algebra_before_the_pulse(shared, name):
    recording = read((shared / "samples" / "philips" / name).read_bytes()).recording
    # An identity ties three leads, each of which is rounded to a stored unit.
    assert algebra_violations(recording.signal, tolerance_mv=3 * UV / 1000 + FLOAT32_MV) == ()
    assert len(recording.warnings) == 1


def test_samples_at_the_limit_of_the_recorder_stay_as_stored(shared):
    path = shared / "samples" / "philips" / "mrx_129ECORG.XML"
    stored = in_units(read(path.read_bytes()).recording)
    railed = (np.abs(stored) >= 3276).sum(axis=1)
    assert railed.tolist() == [38, 38, 0, 38, 32, 32, *[27] * 6]


def secrets_of(path) -> set[str]:
    """Every text and date of a real file that could lead to a person or a place."""
    root = ElementTree.fromstring(path.read_bytes())
    told = {"documentname", "filename", "comments", "editor", "value", "machine", "mdsignatureline"}
    told |= {"confirmingclinician", "institutionname", "institutionlocationid", "departmentid"}
    told |= {"patientid", "uniquepatientid", "MRN", "lastname", "firstname", "dateofbirth"}
    told |= {"leftstatement", "rightstatement", "reasonfororder", "operator", "orderingclinician"}
    found = set()
    for element in root.iter():
        found |= {v for k, v in element.attrib.items() if k in ("date", "time", "id", "machineid")}
        if element.tag.rpartition("}")[2] in told:
            found |= {(element.text or "").strip(), element.get("detaildescription", "")}
    return {text for text in found if len(text) >= 4}


@pytest.mark.parametrize("name", [name for name, *_ in REAL])
def test_what_identifies_a_patient_goes_no_further(shared, name):
    path = shared / "samples" / "philips" / name
    secrets = secrets_of(path)
    assert len(secrets) >= 8
    result = read(path.read_bytes())
    said = repr(result) + str(vars(result.recording)) + repr(philips.read(path.read_bytes()))
    assert [secret for secret in secrets if secret in said] == []


# Beyond, the second differences of what is stored would not fit 16 bits.
@given(
    arrays.arrays(
        int, st.tuples(st.just(12), st.integers(3, 40)), elements=st.integers(-2000, 2000)
    )
)
def test_whatever_is_compressed_comes_back(leads: np.ndarray):
    channels = philips.read(compressed_file(leads)).channels
    np.testing.assert_array_equal([channel.samples for channel in channels], leads)


def test_built_files_equal_sierraecg(tmp_path):
    data = compressed_file(with_pulse(true_leads()))
    (tmp_path / "x.xml").write_bytes(data)
    reference = np.array([x.samples for x in sierraecg.read_file(str(tmp_path / "x.xml")).leads])
    np.testing.assert_array_equal(in_units(read(data).recording), reference[:, :T])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_both_encodings_of_the_text_read_alike(encoding: str):
    recording = read(compressed_file(encoding=encoding)).recording
    np.testing.assert_array_equal(in_units(recording), true_leads())
    assert recording.warnings == ()


@pytest.mark.parametrize("coding", ["Base64", "Hex", "Plain"])
def test_uncompressed_leads_are_taken_as_stored(coding: str):
    leads = true_leads()
    content = leads.astype("<i2").tobytes()
    samples = {
        "Base64": base64_text(content),
        "Hex": content.hex(" "),
        "Plain": " ".join(map(str, leads.ravel())),
    }[coding]
    data = philips_file(samples, dataencoding=coding, compression=None)
    assert read(data).recording.warnings == ()
    np.testing.assert_array_equal(in_units(read(data).recording), leads)


def test_a_method_that_is_named_but_not_used_does_not_count():
    samples = base64_text(true_leads().astype("<i2").tobytes())
    data = philips_file(samples, compression=None, compressmethod="XLI", compressflag="False")
    np.testing.assert_array_equal(in_units(read(data).recording), true_leads())


def test_unsigned_samples_and_their_offset_are_understood():
    samples = base64_text((true_leads() + 40_000).astype("<u2").tobytes())
    data = philips_file(samples, compression=None, signalsigned="False", signaloffset=40_000)
    np.testing.assert_array_equal(in_units(read(data).recording), true_leads())


def test_leads_beyond_the_twelve_are_passed_over():
    leads = np.vstack([true_leads(), np.full((4, T), 7)])
    names = [*LEADS, "V3R", "V4R", "V7", "V8"]
    data = compressed_file(leads, numberofleads=16, leadlabels=" ".join(names))
    recording = read(data).recording
    assert recording.warnings == ()
    np.testing.assert_array_equal(in_units(recording), true_leads())


def test_chunks_beyond_the_declared_leads_are_not_read():
    samples = base64_text(xli(differences(true_leads())) + xli(np.zeros((4, T))))
    np.testing.assert_array_equal(in_units(read(philips_file(samples)).recording), true_leads())


@pytest.mark.parametrize("n_channels", [12, 16])
def test_version_1_03_without_lead_names_has_the_usual_order(n_channels: int):
    unused = np.zeros((n_channels - 12, T), dtype=int)
    samples = base64_text(xli(np.vstack([differences(true_leads()), unused])))
    recording = read(old_file(samples, n_channels)).recording
    np.testing.assert_array_equal(in_units(recording), true_leads())
    assert (recording.fs, recording.age, recording.sex, recording.warnings) == (500, 50, None, ())


def test_leads_of_an_unknown_set_are_asked():
    data = old_file(base64_text(xli(differences(true_leads()))), acquisition="EASI")
    (question,) = read(data).questions
    assert (question.field, question.guess) == ("leads", LEADS)
    recording = read(data, answers=Answers(leads=LEADS)).recording
    np.testing.assert_array_equal(in_units(recording), true_leads())


def test_leads_are_found_by_name_in_any_order():
    order = [6, 7, 8, 5, 4, 1, 0, 3, 2, 9, 10, 11]
    samples = base64_text(xli(differences(true_leads())[order]))
    data = philips_file(samples, leadlabels=" ".join(LEADS[row] for row in order))
    np.testing.assert_array_equal(in_units(read(data).recording), true_leads())


def test_the_samples_own_rate_and_resolution_count_before_those_of_the_acquisition():
    recording = read(compressed_file(samplespersecond=500, resolution=5)).recording
    assert recording.fs == 500
    recording = read(
        compressed_file(samplespersecond=None, resolution=None, durationperchannel=4000)
    ).recording
    assert recording.fs == 250
    np.testing.assert_allclose(recording.signal, true_leads() / 1000.0, atol=FLOAT32_MV)


def test_averaged_beats_are_never_taken_for_the_recording():
    beat = base64_text(np.full(600, 9, dtype="<i2").tobytes())
    beats = f"""<repbeats dataencoding="Base64" samplespersec="1000" resolution="2.5">
      <repbeat leadname="I"><waveform duration="600">{beat}</waveform></repbeat></repbeats>"""
    np.testing.assert_array_equal(
        in_units(read(compressed_file(extra=beats)).recording), true_leads()
    )
    lonely = compressed_file(extra=beats).replace(b"parsedwaveforms", b"otherwaveforms")
    assert "holds no recording of its own" in read(lonely).error


@pytest.mark.parametrize("fs", [250, 500, 1000])
def test_the_pulse_is_found_at_any_rate(fs: int):
    leads = with_pulse(true_leads(), fs)
    duration_ms = 1000 * leads.shape[1] // fs
    recording = read(
        compressed_file(leads, samplespersecond=fs, durationperchannel=duration_ms)
    ).recording
    np.testing.assert_array_equal(in_units(recording), true_leads())
    assert recording.warnings == (f"The calibration pulse after {T / fs:.1f} s was left out.",)


def test_without_a_pulse_everything_is_kept():
    recording = read(compressed_file()).recording
    assert (recording.n_samples, recording.warnings) == (T, ())


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda leads: leads[:, : -round(0.1 * FS)], id="that does not end"),
        pytest.param(lambda leads: np.repeat(leads, 2, axis=1), id="twice as long"),
        pytest.param(lambda leads: -leads, id="downwards"),
        pytest.param(
            lambda leads: np.where(np.arange(leads.shape[1]) < T + 0.3 * FS, leads, 3),
            id="onto another level",
        ),
    ],
)
def test_what_only_resembles_the_pulse_is_kept(change):
    leads = change(with_pulse(true_leads()))
    recording = read(compressed_file(leads)).recording
    assert recording.n_samples == leads.shape[1]


def test_a_sample_at_which_all_leads_meet_belongs_to_the_recording():
    leads = with_pulse(true_leads())
    leads[:, T - 1] = 3
    recording = read(compressed_file(leads)).recording
    assert in_units(recording)[:, -1].tolist() == [3] * 12
    assert recording.n_samples == T


def test_a_beat_on_one_lead_less_than_all_is_no_pulse():
    leads = with_pulse(true_leads())
    leads[11, T:] = 0
    assert read(compressed_file(leads)).recording.n_samples == leads.shape[1]


def test_a_pulse_of_another_height_doubts_the_resolution():
    recording = read(compressed_file(with_pulse(true_leads()), resolution=2.5)).recording
    assert recording.n_samples == T
    assert "measures 0.5 mV, expected 1 mV: the resolution" in recording.warnings[1]


def test_a_file_of_nothing_but_the_pulse_is_refused():
    assert (
        "nothing but a calibration pulse"
        in read(compressed_file(with_pulse(np.zeros((12, T), dtype=int)))).error
    )


@pytest.mark.parametrize(
    ("stated", "age"),
    [
        ("<years>50</years>", 50.0),
        ("<months>18</months>", 1.5),
        ("<dateofbirth>1976-12-23</dateofbirth>", 32.0),
        ("<dateofbirth>1976-12-24</dateofbirth>", 31.0),
        ("<dateofbirth>unknown</dateofbirth>", None),
        ("<years>199</years>", None),
        ("", None),
    ],
)
def test_the_age_is_as_stated_or_from_the_dates(stated: str, age: float | None):
    written = b"<dateofbirth>1976-12-24</dateofbirth>"
    data = compressed_file()
    assert written in data
    assert read(data.replace(written, stated.encode())).recording.age == age


@pytest.mark.parametrize(
    ("attributes", "sentence"),
    [
        ({"samplespersecond": 0}, "states 0 Hz and 5 uV per unit"),
        ({"samplespersecond": "nan"}, "no usable sampling rate"),
        ({"samplespersecond": "1e308"}, "declares inf samples per lead"),
        ({"resolution": 0}, "states 500 Hz and 0 uV per unit"),
        ({"resolution": -5}, "states 500 Hz and -5 uV per unit"),
        ({"resolution": "inf"}, "no usable resolution"),
        ({"resolution": "fine"}, "no usable resolution"),
        ({"durationperchannel": None}, "no usable duration"),
        ({"durationperchannel": -11000}, "declares -5500 samples per lead"),
        ({"durationperchannel": 0}, "declares 0 samples per lead"),
        ({"durationperchannel": 1e12}, "declares 5e+11 samples per lead"),
        ({"durationperchannel": 10**8}, "12 x 50000000 values, the limit is"),
        ({"durationperchannel": 10**6}, "12 x 500000 compressed values, the limit is 1408000"),
        ({"durationperchannel": 2002}, "unpacks to 2000 bytes, expected 2002"),
        ({"durationperchannel": 1998}, "unpacks to more bytes, expected 1998"),
        ({"numberofleads": 0}, "declares 0 leads"),
        ({"numberofleads": 11.5}, "declares 11.5 leads"),
        ({"numberofleads": 10**9}, "declares 1e+09 leads, expected 1 to 256"),
        ({"numberofleads": 13}, "declares 13 leads and names 12"),
        ({"numberofleads": 13, "leadlabels": "I " * 13}, "end before lead 13"),
        ({"leadlabels": "V1 " * 12}, "differences from I and II"),
        ({"compression": "gzip"}, "by a method that is not read"),
        ({"dataencoding": "Plain"}, "compressed, but not coded as Base64"),
        ({"dataencoding": "uu", "compression": None}, "none of Base64, Hex and Plain"),
        ({"dataencoding": "Hex", "compression": None}, "not valid hexadecimal"),
        ({"dataencoding": "Plain", "compression": None}, "something that is not a number"),
        ({"compression": None, "bitspersample": 8}, "do not have 16 bits"),
        ({"signaloffset": "some"}, "no usable offset"),
    ],
)
def test_a_lying_description_is_refused_with_its_value(attributes, sentence: str):
    error = read(compressed_file(**attributes)).error
    assert sentence in error
    assert CATCH_ALL not in error


def test_uncompressed_samples_of_another_number_are_refused():
    leads = true_leads().astype("<i2")
    for content in (leads.tobytes()[:-2], leads.tobytes() + b"\0\0", leads[:11].tobytes()):
        error = read(philips_file(base64_text(content), compression=None)).error
        assert f"holds {len(content) // 2} samples, expected 12 x {T}" in error


@pytest.mark.parametrize(
    ("chunk", "sentence"),
    [
        (b"", "end before lead 1"),
        (b"\x01\x02\x03", "end before lead 1"),
        (struct.pack("<iHh", 0, 1, 0) + bytes(9), "declares 0 bytes, of which 9 are there"),
        (struct.pack("<iHh", -8, 1, 0) + bytes(9), "declares -8 bytes"),
        (struct.pack("<iHh", 10**9, 1, 0) + bytes(9), "declares 1000000000 bytes"),
        (struct.pack("<iHh", 5, 1, 0) + pack_codes([600, 1, 2, 3]), "are damaged"),
        (struct.pack("<iHh", 5, 1, 0) + pack_codes([1, 2, 3, 4]), "unpacks to 4 bytes"),
    ],
)
def test_damaged_compression_is_refused_with_its_value(chunk: bytes, sentence: str):
    error = read(philips_file(base64_text(chunk))).error
    assert sentence in error


def test_values_that_16_bits_cannot_hold_are_refused():
    chunk = bytearray(xli_chunk(np.array([0, *[30_000] * (T - 1)])))
    struct.pack_into("<h", chunk, 6, -30_000)
    error = read(philips_file(base64_text(bytes(chunk)))).error
    assert error == "The codes of compressed lead 1 are damaged."


def test_no_chunk_is_unpacked_beyond_what_the_file_declares():
    # Each code stands for the string before and one byte more: 2.4 MB come out of 4.4 kB.
    codes = pack_codes([0, *range(256, 1023), *[1022] * 2760])
    bomb = struct.pack("<iHh", len(codes), 1, 0) + codes
    data = philips_file(base64_text(bomb))
    tracemalloc.start()
    error = read(data).error
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "unpacks to more bytes, expected 2000" in error
    # Unpacked whole, the references to the bytes alone would take 19 MB.
    assert peak_bytes < 1e6


@pytest.mark.parametrize("samples", ["@@@@", "AAA", "AAAA=AAA", "ÄÄÄÄ"])
def test_bad_base64_is_refused(samples: str):
    assert "not valid Base64" in read(philips_file(samples)).error


def test_flipped_and_missing_bytes_of_the_samples_are_told_by_our_own_checks():
    rng = np.random.default_rng(3)
    whole = xli(differences(true_leads(60)))
    for _ in range(200):
        content = bytearray(whole)
        if rng.random() < 0.3:
            del content[rng.integers(len(content)) :]
        for place in rng.integers(len(content), size=rng.integers(1, 4)) if content else ():
            content[place] = rng.integers(256)
        result = read(philips_file(base64_text(bytes(content)), n_samples=60))
        assert (result.recording is None) == (result.error is not None)
        assert CATCH_ALL not in (result.error or "")


def test_every_beginning_of_a_real_file_is_refused(shared):
    data = (shared / "samples" / "philips" / "129DYPRG.XML").read_bytes()
    for share in (0.1, 0.5, 0.9, 0.999):
        assert "damaged or cut short" in read(data[: int(share * len(data))]).error


def test_only_the_root_of_such_files_is_recognised():
    assert philips.recognises(compressed_file())
    assert philips.recognises(compressed_file(encoding="utf-16"))
    assert not philips.recognises(b"<RestingECG/>")
    assert not philips.recognises(b"restingecgdata")
