"""Text tables: any separator, decimal sign, heading and time column give the same millivolts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecgcore.io import read_files
from ecgcore.leads import LEADS, LIMB_FROM_I_II, algebra_violations

T = 200
# Values are written in steps of 0.001 mV, below 4 mV, where float32 is exact to 2.4e-7 mV.
FLOAT32_MV = 5e-7


def true_signal() -> np.ndarray:
    """A (12, T) signal in mV: whole multiples of 0.004 mV obey the algebra in whole 0.001 mV."""
    steps = np.random.default_rng(0).integers(-250, 250, (8, T)) * 0.004
    return np.vstack([LIMB_FROM_I_II @ steps[:2], steps[2:]])


def table(separator=",", decimal=".", *, header=True, preamble="", time=None, end="\n") -> bytes:
    columns = list(true_signal())
    names = list(LEADS)
    if time is not None:
        names, columns = [time[0], *names], [time[1], *columns]
    rows = [separator.join(f"{v:.6g}".replace(".", decimal) for v in row) for row in zip(*columns)]  # noqa: B905
    lines = [*([preamble] if preamble else []), *([separator.join(names)] if header else []), *rows]
    return (end.join(lines) + end).encode()


def read(data: bytes, **options):
    (result,) = read_files({"any.name": data}, **options)
    return result


RATE = "Sampling rate: 500 Hz, unit: mV"


@given(
    style=st.sampled_from(
        [(",", "."), (";", "."), (";", ","), ("\t", "."), ("\t", ","), (" ", "."), (" ", ",")]
    ),
    header=st.booleans(),
    end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_every_way_of_writing_the_numbers_gives_the_same_signal(style, header, end, encoding):
    text = table(*style, header=header, preamble=RATE, end=end).decode()
    result = read(text.encode(encoding), assume_guesses=True)
    np.testing.assert_allclose(result.recording.signal, true_signal(), atol=FLOAT32_MV)
    assert result.recording.fs == 500.0
    assert len(result.recording.warnings) == (0 if header else 1)


def test_the_real_file_has_physiologic_millivolts_that_obey_the_algebra(shared):
    path = shared / "samples" / "csv" / "denismot_ECG_12L.csv"
    recording = read(path.read_bytes()).recording
    assert (recording.fs, recording.n_samples, recording.warnings) == (500.0, 5000, ())
    stored = np.loadtxt(path, delimiter=",", skiprows=3).T
    np.testing.assert_allclose(recording.signal, stored / 2048, atol=2e-6)
    spans = np.ptp(recording.signal, axis=1)
    assert 0.1 < spans.min() < spans.max() < 5.0
    # Each stored value is rounded to 5 or 10 counts: identities hold to 1.5 x 10 / 2048 mV.
    assert algebra_violations(recording.signal, tolerance_mv=15 / 2048) == ()


@pytest.mark.parametrize(
    ("heading", "scale"),
    [("{} (mV)", 1.0), ("{} [uV]", 1e-3), ("{}_µV", 1e-3), ("Lead {} / V", 1e3)],
)
def test_units_in_the_column_names_are_used(heading: str, scale: float):
    names = ",".join(heading.format(lead) for lead in LEADS)
    body = table(header=False).decode()
    recording = read(f"fs: 250\n{names}\n{body}".encode()).recording
    # Scaled to V the same numbers reach 4000 mV, so the tolerance is relative.
    np.testing.assert_allclose(recording.signal, true_signal() * scale, rtol=2e-7, atol=1e-9)


def test_a_line_of_units_below_the_names_is_used():
    lines = [",".join(LEADS), ",".join(["'uV'"] * 12)]
    data = "\n".join(["fs=500", *lines, table(header=False).decode()]).encode()
    np.testing.assert_allclose(
        read(data).recording.signal, true_signal() / 1000, rtol=2e-7, atol=1e-9
    )


@pytest.mark.parametrize(
    ("preamble", "fs", "mv_per_unit"),
    [
        ("Sampling Rate (Hz): 500\nGain (digit/millivolt): 2048 ", 500, 1 / 2048),
        ("# sampling frequency = 0.5 kHz\n# gain: 200 /mV", 500, 1 / 200),
        ("Abtastrate egal; fs: 1000; LSB: 4.88 uV", 1000, 0.00488),
        ("sample_rate,250\nresolution (uV),5", 250, 0.005),
        ("SamplingFrequency 360\nUnits: microvolts", 360, 0.001),
    ],
)
def test_rate_and_gain_are_read_from_the_preamble(preamble: str, fs: float, mv_per_unit: float):
    recording = read(table(preamble=preamble)).recording
    assert recording.fs == fs
    np.testing.assert_allclose(recording.signal, true_signal() * mv_per_unit, rtol=2e-7, atol=1e-9)


@pytest.mark.parametrize("preamble", ["Heart rate: 72", "Filter: 150 Hz", "Samples: 5000"])
def test_other_numbers_of_the_preamble_are_not_taken_for_the_rate(preamble: str):
    assert "fs" in [question.field for question in read(table(preamble=preamble)).questions]


@pytest.mark.parametrize(
    ("name", "step", "fs"),
    [("time (s)", 0.002, 500), ("Time", 2.0, 500), ("t", 1 / 360, 360), ("time [ms]", 1, 1000)],
)
def test_a_time_column_gives_the_rate_and_is_no_lead(name: str, step: float, fs: float):
    time = (name, np.arange(T) * step)
    result = read(table(time=time, preamble="Units: mV"))
    assert result.recording.fs == fs
    np.testing.assert_allclose(result.recording.signal, true_signal(), atol=FLOAT32_MV)


def test_a_column_of_row_numbers_is_neither_time_nor_lead():
    result = read(table(time=("", np.arange(T)), preamble="Units: mV"))
    assert [question.field for question in result.questions] == ["fs"]
    headless = read(table(time=("", np.arange(T)), header=False, preamble=RATE))
    assert [(q.field, q.guess) for q in headless.questions] == [("leads", LEADS)]


def test_the_column_numbers_that_pandas_writes_are_no_sample():
    numbers = ",".join(str(i) for i in range(12))
    data = f"{numbers}\n{table(header=False).decode()}".encode()
    assert read(data, assume_guesses=True).recording.n_samples == T


def test_one_lead_per_line_reads_too():
    lines = [",".join(f"{v:.6g}" for v in row) for row in true_signal()]
    recording = read("\n".join(lines).encode(), assume_guesses=True).recording
    np.testing.assert_allclose(recording.signal, true_signal(), atol=FLOAT32_MV)


def test_an_empty_field_is_a_gap():
    lines = table(preamble=RATE).decode().splitlines()
    fields = lines[50].split(",")
    lines[50] = ",".join([*fields[:7], "", *fields[8:]])
    recording = read("\n".join(lines).encode()).recording
    assert recording.warnings == ("Samples without a valid value were left empty: V2 (1).",)


@pytest.mark.parametrize("row", [20, -1])
def test_a_word_among_the_numbers_is_refused(row: int):
    lines = table(preamble=RATE).decode().splitlines()
    lines[row] = lines[row].replace(lines[row].split(",")[3], "artefact", 1)
    assert read("\n".join(lines).encode()).error == "The table holds a field that is not a number."


@pytest.mark.parametrize(
    "text",
    [
        "Confirmed by Dr. Mustermann, 24.12.1990\n" * 50,
        "record,diagnosis\n" + "A0001,AF\n" * 50,
        "1\n" * 500,
        "1,2\n3,4\n",
        "<svg>" + "1 2 3\n" * 50 + "</svg>",
    ],
)
def test_other_text_is_not_taken_for_a_table(text: str):
    assert read(text.encode()).format is None
