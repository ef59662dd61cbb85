"""EDF, EDF+ and BDF against edfio and wfdb, and the ways in which their headers lie."""

import datetime
import re

import edfio
import numpy as np
import pytest
from built_recorders import FS_HZ, T, edf_file, edf_signals, edf_written, stored_leads
from hypothesis import given
from hypothesis import strategies as st
from wfdb.io import convert

from ecgcore.io import edf, read_files, recognise
from ecgcore.io.assemble import assemble
from ecgcore.io.result import Answers
from ecgcore.leads import INDEX, LEADS
from ecgcore.signal.quality import assess

# Values stay below 64 mV, where neighbouring float32 numbers are 4e-6 mV apart.
FLOAT32_MV = 4e-6


def changed(data: bytes, place: int, field: str, width: int = 8) -> bytes:
    return data[:place] + field.ljust(width).encode() + data[place + width :]


def signal_field(data: bytes, before: int, index: int) -> int:
    """Where the eight bytes of a field begin that follows `before` bytes for each signal."""
    return 256 + before * int(data[252:256]) + 8 * index


def read(data: bytes, **options):
    (result,) = read_files({"any.name": data}, **options)
    return result


def test_a_real_file_equals_edfio_and_is_read_as_it_states_though_its_gain_is_too_large(shared):
    data = (shared / "samples" / "edf" / "0000050.ECG.edf").read_bytes()
    reference = edfio.read_edf(data)
    recording = read(data).recording
    assert (recording.fs, recording.n_samples, recording.source) == (800.0, 37_855, "EDF/BDF")
    for lead in LEADS:
        np.testing.assert_allclose(
            recording.lead(lead), reference.get_signal(lead).data, atol=FLOAT32_MV
        )
    # Steps of 30 uV instead of 5 explain what is left of the identities; the gate finds the gain.
    assert assess(recording).verdict != "good"


def test_a_real_file_equals_wfdb(shared):
    path = shared / "samples" / "edf" / "cardio_sample.edf"
    reference = convert.read_edf(str(path)).p_signal[:, 0]
    (result,) = read_files({path.name: path.read_bytes()}, Answers(leads=("II",)))
    assert result.recording.fs == 300.0
    held = ~np.isnan(result.recording.lead("II"))
    np.testing.assert_allclose(result.recording.lead("II")[held], reference[held], atol=FLOAT32_MV)
    # The last 10 s hold the lowest value of 16 bits, which the file does not explain.
    assert np.flatnonzero(~held).tolist() == list(range(9000, 12_000))
    assert set(reference[~held]) == {-32.768}
    assert any("were taken for missing" in w for w in result.recording.warnings)


def test_identifiers_of_real_files_go_no_further(shared):
    for path in sorted((shared / "samples" / "edf").iterdir()):
        data = path.read_bytes()
        stated = (data[8:176] + b" " + data[176:184]).decode("latin-1")
        words = re.findall(r"[\w./-]*\d[\w./-]{3,}", stated)
        (result,) = read_files({"x": data}, Answers(leads=("II",)))
        said = repr(result) + str(vars(result.recording))
        assert len(words) > 2
        assert [word for word in words if word in said] == []


def test_names_numbers_and_dates_go_no_further():
    patient = edfio.Patient(
        code="ID4711", sex="F", birthdate=datetime.date(1950, 12, 24), name="Erika_Mustermann"
    )
    recorder = edfio.Recording(
        startdate=datetime.date(2011, 12, 23), hospital_administration_code="PSG0815",
        investigator_technician_code="Dr_Secret", equipment_code="Serial99",
    )  # fmt: skip
    notes = [edfio.EdfAnnotation(0.5, None, "seen by Dr Hidden")]
    data = edf_file(patient=patient, recording=recorder, annotations=notes)
    result = read(data)
    assert (result.recording.age, result.recording.sex) == (60, "F")
    assert result.recording.warnings == ()
    said = repr(result) + str(vars(result.recording))
    secrets = ["Erika", "4711", "0815", "Secret", "Serial99", "Hidden", "1950", "2011"]
    assert all(secret.encode() in data for secret in secrets)
    assert [secret for secret in secrets if secret in said] == []


def test_a_plain_edf_tells_nothing_of_the_patient():
    data = edf_file()
    assert data[192:236].strip() == b""
    recording = read(changed(data, 8, "Anna M 02-MAY-1951 Smith", 80)).recording
    assert (recording.age, recording.sex) == (None, None)


@pytest.mark.parametrize("bits", [16, 24])
@pytest.mark.parametrize(("unit", "step"), [("uV", 1.0), ("mV", 1e-3), ("V", 1e-6), ("µV", 1.0)])
def test_units_and_widths_give_the_same_millivolts(bits: int, unit: str, step: float):
    data = edf_written(edf_signals(stored_leads(), bits=bits))
    for i in range(12):  # a range that eight characters hold exactly in every unit
        for before, number in ((8, -8000 * step), (16, 8000 * step), (24, -8000), (32, 8000)):
            data = changed(data, signal_field(data, 96 + before, i), f"{number:g}")
    data = data.replace(b"uV      ", unit.ljust(8).encode("latin-1"))
    recording = read(data).recording
    np.testing.assert_allclose(recording.signal, stored_leads() / 1000, atol=FLOAT32_MV)
    assert recording.fs == FS_HZ


@given(st.permutations(LEADS), st.sampled_from([16, 24]), st.sampled_from(["", "ECG ", "EKG "]))
def test_any_order_and_spelling_equals_edfio(order, bits: int, prefix: str):
    stored = stored_leads(FS_HZ)[[INDEX[lead] for lead in order]]
    data = edf_written(edf_signals(stored, [prefix + lead for lead in order], bits=bits))
    reference = (edfio.read_bdf if bits == 24 else edfio.read_edf)(data)
    recording = read(data).recording
    for lead, signal in zip(order, reference.signals, strict=True):
        np.testing.assert_allclose(recording.lead(lead), signal.data / 1000, atol=FLOAT32_MV)
    assert recording.warnings == ()


@pytest.mark.parametrize("bits", [16, 24])
def test_extremes_of_the_type_are_read_with_their_sign(bits: int):
    low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    row = np.resize(np.array([low, low + 1, -1, 0, 1, high - 1, high]), FS_HZ)
    tracing = edf.read(edf_written(edf_signals(row[None], ["I"], bits=bits)))
    np.testing.assert_array_equal(tracing.channels[0].samples, row)


def test_other_signals_and_their_rates_are_left_out():
    breath = edfio.EdfSignal(np.arange(40.0), 10, label="Resp", physical_dimension="mV")
    eeg = edfio.EdfSignal(np.arange(400.0), 100, label="EEG Fpz-Cz", physical_dimension="uV")
    data = edf_written([breath, *edf_signals(stored_leads()), eeg])
    recording = read(data).recording
    assert (recording.fs, recording.warnings) == (FS_HZ, ())
    np.testing.assert_allclose(recording.signal, stored_leads() / 1000, atol=FLOAT32_MV)


def test_a_lead_of_a_polygraph_that_is_called_an_ecg_is_the_one_asked_about():
    eeg = edfio.EdfSignal(np.arange(400.0), 100, label="EEG Fpz-Cz", physical_dimension="uV")
    data = edf_written([eeg, *edf_signals(stored_leads()[:1], ["EKG"])])
    (question,) = read(data).questions
    assert (question.field, question.guess) == ("leads", (None,))
    (result,) = read_files({"x": data}, Answers(leads=("I",)))
    np.testing.assert_allclose(
        result.recording.lead("I"), stored_leads()[0] / 1000, atol=FLOAT32_MV
    )


def test_triggers_of_a_bdf_are_no_lead():
    stored = np.vstack([stored_leads()[:2], np.full(T, 65_536)])
    tracing = edf.read(edf_written(edf_signals(stored, ["A1", "A2", "Status"], bits=24)))
    assert [channel.name for channel in tracing.channels] == ["A1", "A2"]


def test_leads_of_different_rates_are_refused():
    slow = edfio.EdfSignal(np.arange(400.0), 100, label="II", physical_dimension="uV")
    error = read(edf_written([*edf_signals(stored_leads()[:1], ["I"]), slow])).error
    assert error == "The leads have [100, 500] samples in each data record, expected one number."


def test_a_missing_unit_or_range_is_asked():
    data = edf_file()
    blank = data.replace(b"uV      ", b" " * 8)
    assert [question.field for question in read(blank).questions] == ["mv_per_unit"]
    flat = data
    for i in range(12):
        flat = changed(flat, signal_field(data, 16 + 80 + 8, i), "32767")
    assert [question.field for question in read(flat).questions] == ["mv_per_unit"]


def test_a_record_without_a_duration_leaves_the_rate_to_be_asked():
    (question,) = read(changed(edf_file(), 244, "0")).questions
    assert question.field == "fs"


@pytest.mark.parametrize("cut", [1, 12_000, 12_001, 30_000])
def test_a_last_record_that_is_cut_short_is_dropped_and_said(cut: int):
    recording = read(edf_file()[:-cut]).recording
    held = (4 * 12_000 - cut) // 12_000
    assert recording.n_samples == held * FS_HZ
    np.testing.assert_allclose(
        recording.signal, stored_leads()[:, : held * FS_HZ] / 1000, atol=FLOAT32_MV
    )
    assert recording.warnings == (f"The file is cut short: it holds {held} of 4 data records.",)


def test_an_open_number_of_records_means_all_that_are_there():
    recording = read(changed(edf_file(), 236, "-1")).recording
    assert (recording.n_samples, recording.warnings) == (T, ())


def test_records_beyond_the_number_in_the_header_are_not_read():
    recording = read(changed(edf_file(), 236, "3")).recording
    assert recording.n_samples == 3 * FS_HZ
    assert recording.warnings == (
        "The file holds more than the 3 data records that its header counts.",
    )


@pytest.mark.parametrize(
    ("place", "field", "width", "sentence"),
    [
        (252, "0", 4, "declares 0 signals, expected 1 to 256"),
        (252, "9999", 4, "declares 9999 signals, expected 1 to 256"),
        (252, "13", 4, "declares 3328 bytes for 13 signals, expected 3584"),
        (252, "x", 4, "The number of signals in the EDF header is not a whole number."),
        (184, "99999999", 8, "declares 99999999 bytes for 12 signals, expected 3328"),
        (236, "0", 8, "declares 0 data records"),
        (236, "1e9", 8, "The number of data records in the EDF header is not a whole number."),
        (244, "nan", 8, "The duration of a data record in the EDF header is not a number."),
    ],
)
def test_a_header_that_lies_is_refused_with_the_numbers(place, field, width, sentence):
    result = read(changed(edf_file(), place, field, width))
    assert result.recording is None
    assert sentence in result.error


@pytest.mark.parametrize(
    ("before", "field", "sentence"),
    [
        (16 + 80 + 8, "inf", "The physical min in the EDF header is not a number."),
        (16 + 80 + 8 * 2, "1_0", "The physical max in the EDF header is not a number."),
        (16 + 80 + 8 * 3, "-2.5", "The digital min in the EDF header is not a whole number."),
        (16 + 80 + 8 * 5 + 80, "-7", "declares -7 samples in a record"),
        (16 + 80 + 8 * 5 + 80, "99999999", "expected one number"),
        (16 + 80 + 8 * 5 + 80, "", "The number of samples per record in the EDF header"),
    ],
)
def test_a_damaged_field_of_a_signal_is_named(before: int, field: str, sentence: str):
    data = edf_file()
    assert sentence in read(changed(data, signal_field(data, before, 3), field)).error


def test_samples_beyond_the_file_are_refused():
    data = edf_file()
    for i in range(12):
        data = changed(data, signal_field(data, 16 + 80 + 8 * 5 + 80, i), "99999999")
    assert "4 data records of 2399999976 bytes, the file has 48000" in read(data).error


def test_fields_filled_up_with_nul_are_read():
    data = edf_file()
    header = data[:3328].replace(b" ", b"\0")
    padded = b"0       " + header[8:] + data[3328:]
    np.testing.assert_array_equal(read(padded).recording.signal, read(data).recording.signal)


def record_onset(data: bytes, record: int, onset: float) -> bytes:
    """Change when a data record of an EDF+ file began."""
    size = (len(data) - int(data[184:192])) // int(data[236:244])
    first = int(data[184:192]) + record * size
    old = f"+{record}\x14\x14".encode()
    assert data[first : first + size].count(old) == 1
    place = data.index(old, first)
    new = f"+{onset}\x14\x14".encode().ljust(12, b"\0")
    return data[:place] + new + data[place + 12 :]


def discontinuous(*onsets: float, bits: int = 16) -> bytes:
    """A file of records of one second that began at these seconds."""
    note = edfio.EdfAnnotation(0, None, "room for longer numbers of seconds")
    data = edf_written(
        edf_signals(stored_leads(FS_HZ * len(onsets)), bits=bits), annotations=[note]
    )
    for record, onset in enumerate(onsets):
        data = record_onset(data, record, onset)
    return data.replace(b"DF+C", b"DF+D", 1)


@pytest.mark.parametrize("bits", [16, 24])
def test_time_between_records_is_left_empty(bits: int):
    recording = read(discontinuous(0, 1, 3.5, 4.5, bits=bits)).recording
    stored = stored_leads(4 * FS_HZ) / 1000
    assert recording.n_samples == 5.5 * FS_HZ
    np.testing.assert_allclose(recording.signal[:, : 2 * FS_HZ], stored[:, : 2 * FS_HZ], atol=1e-5)
    np.testing.assert_allclose(recording.signal[:, 1750:], stored[:, 2 * FS_HZ :], atol=1e-5)
    assert np.isnan(recording.signal[:, 2 * FS_HZ : 1750]).all()
    assert recording.warnings[0].startswith("Samples without a valid value were left empty: I (750")


def test_records_that_follow_each_other_are_joined_as_they_are():
    tracing = edf.read(discontinuous(0, 1.0004, 2.0011, 3))
    assert tracing.n_samples == T
    assert all(channel.samples.dtype == np.int16 for channel in tracing.channels)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (discontinuous(0, 1, 1.5, 3), "Data record 3 of the discontinuous EDF file begins before"),
        (discontinuous(0, 1, 2, 9000000000), "the limit is 50000000"),
        (discontinuous(0, 1, 2, 3).replace(b"+2\x14", b"x2\x14"), "record 3 of the discontinuous"),
        (changed(edf_file(), 192, "EDF+D", 44), "does not say when its records"),
        (changed(discontinuous(0, 1), 244, "0"), "does not say how long a record lasts"),
    ],
)
def test_times_that_cannot_be_are_refused(data: bytes, sentence: str):
    assert sentence in read(data).error


def marked(places: slice, mark: int, *, spread: int = 400) -> np.ndarray:
    """One lead between -spread and spread, with a mark in these places."""
    row = np.random.default_rng(1).integers(-spread, spread, T)
    row[places] = mark
    return row


@pytest.mark.parametrize(("bits", "mark"), [(16, -32768), (16, 32767), (24, -8388608)])
def test_an_extreme_far_from_all_other_samples_is_a_gap_and_a_note(bits: int, mark: int):
    row = marked(slice(100, 110), mark)
    recording = read(edf_written(edf_signals(row[None], ["I"], bits=bits))).recording
    assert np.flatnonzero(np.isnan(recording.lead("I"))).tolist() == list(range(100, 110))
    assert recording.warnings[:2] == (
        "Samples at the limit of what can be stored, far from all others, were taken for missing: "
        "I.",
        "Samples without a valid value were left empty: I (10).",
    )


def test_an_amplifier_that_rails_stays_visible():
    row = marked(slice(100, 110), -32768)
    row[98:100] = (-9000, -25_000)  # on its way there
    recording = read(edf_written(edf_signals(row[None], ["I"]))).recording
    assert recording.lead("I").min() == np.float32(-32.768)
    assert not any("taken for missing" in warning for warning in recording.warnings)


def test_a_lead_that_holds_one_extreme_and_nothing_else_stays_visible():
    recording = read(edf_written(edf_signals(np.full((1, T), 32767), ["I"]))).recording
    assert not np.isnan(recording.lead("I")).any()


def test_a_table_that_begins_with_a_zero_is_no_edf():
    assert recognise(b"0       1       2\n" * 100) is not edf.FORMAT
    assert recognise(edf_file()) is edf.FORMAT
    assert recognise(edf_written(edf_signals(stored_leads(), bits=24))) is edf.FORMAT


def test_long_recordings_are_copied_once_and_not_converted():
    tracing = edf.read(edf_file())
    assert sum(channel.samples.nbytes for channel in tracing.channels) == 12 * T * 2
    part = assemble(tracing.without_free_text(), "EDF/BDF", Answers())
    np.testing.assert_allclose(part.signal, stored_leads() / 1000, atol=FLOAT32_MV)


def test_leads_that_grow_beyond_the_limit_are_refused(monkeypatch):
    data = edf_written(edf_signals(stored_leads(), bits=24))
    monkeypatch.setattr("ecgcore.io.edf.MAX_LONG_FILE_BYTES", 12 * T * 4 - 1)
    assert "take 96000 bytes as 32-bit numbers, the limit is 95999" in read(data).error


@given(st.integers(0, 3327), st.binary(min_size=1, max_size=8))
def test_a_damaged_header_gives_a_result_and_a_reason_of_ours(place: int, garbage: bytes):
    data = edf_file()
    result = read(data[:place] + garbage + data[place + len(garbage) :])
    assert sum(map(bool, (result.recording, result.questions, result.error))) == 1
    assert result.error is None or "its content is damaged" not in result.error
