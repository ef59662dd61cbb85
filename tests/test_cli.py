"""The command line as a user runs it: JSON lines, exit status, and never a traceback."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pydicom.data
import pytest

from ecgcore.__main__ import main
from ecgcore.electrodes import TABLE_ROWS, parse_swap
from ecgcore.io import read_files
from ecgcore.leads import LEADS, LIMB_FROM_I_II
from ecgcore.misplacement import apply_table
from ecgcore.model import checkpoint
from ecgcore.model.predict import predict

ROOT = Path(__file__).parents[1]
DICOM = pydicom.data.get_testdata_file("waveform_ecg.dcm", download=False)
T = 5000


def parse(stdout: str) -> list[dict]:
    """One JSON object per line, strictly: NaN and Infinity are no JSON."""
    return [
        json.loads(line, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))
        for line in stdout.splitlines()
    ]


def run_process(*arguments: object, cwd: Path = ROOT) -> tuple[int, str]:
    """Run one command as a user does; nothing may be printed beside standard output."""
    done = subprocess.run(
        [sys.executable, "-m", "ecgcore", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


@pytest.fixture
def run(capsys):
    """Run one command in this process, which saves seconds of imports."""

    def run_here(*arguments: object) -> tuple[int, list[dict]]:
        status = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        assert captured.err == ""
        return status, parse(captured.out)

    return run_here


def packaged_recording():
    (result,) = read_files({"x": Path(DICOM).read_bytes()})
    return result.recording


def write_wfdb(folder: Path, name: str = "rec", header_names: str | None = None) -> Path:
    independent = np.random.default_rng(0).normal(size=(8, T)).clip(-2, 2) / 2
    signal = np.vstack([LIMB_FROM_I_II @ independent[:2], independent[2:]])
    file = header_names or f"{name}.dat"
    lines = [f"{name} 12 500 {T}", *(f"{file} 16 1000/mV 12 0 {lead}" for lead in LEADS)]
    (folder / f"{name}.hea").write_text("\n".join(lines) + "\n")
    (folder / f"{name}.dat").write_bytes(np.round(signal.T * 1000).astype("<i2").tobytes())
    return folder / f"{name}.hea"


def test_convert_writes_what_reading_gives_bit_for_bit(tmp_path):
    out = tmp_path / "out.npz"
    status, stdout = run_process("convert", DICOM, "--out", out)
    assert status == 0
    assert parse(stdout) == [
        {
            "file": DICOM,
            "format": "DICOM",
            "fs": 1000.0,
            "n_samples": 10_000,
            "exact": True,
            "lsb_mv": None,
            "statement": "Bit-exact: every sample reads back as it is in the recording.",
            "warnings": [],
        }
    ]
    with np.load(out) as written:
        assert set(written) == {"signal", "fs", "leads"}
        assert written["signal"].dtype == np.float32
        assert written["signal"].tobytes() == packaged_recording().signal.tobytes()
        assert (float(written["fs"]), tuple(written["leads"])) == (1000.0, LEADS)
    (again,) = read_files({"out.npz": out.read_bytes()})
    assert again.recording.digest == packaged_recording().digest


@pytest.mark.parametrize("ending", [".npz", ".csv", ".dcm", ".hea", ".HEA"])
def test_the_ending_of_the_output_tells_its_format(run, tmp_path, ending: str):
    out = tmp_path / f"a-1{ending}"
    status, (line,) = run("convert", DICOM, "--out", out)
    assert (status, line["exact"], line["lsb_mv"] is None) == (0, True, ending in (".npz", ".csv"))
    written = {path.name for path in tmp_path.iterdir()}
    assert written == ({"a-1.hea", "a-1.dat"} if ending.lower() == ".hea" else {f"a-1{ending}"})
    status, _ = run("convert", *sorted(tmp_path.iterdir()), "--out", tmp_path / "again.npz")
    assert status == 0
    with np.load(tmp_path / "again.npz") as again:
        assert again["signal"].tobytes() == packaged_recording().signal.tobytes()


def test_a_swap_is_noted_in_the_file_that_it_made(run, tmp_path):
    out = tmp_path / "swapped.hea"
    status, (line,) = run("swap", DICOM, "--swap", "RA/RL", "--out", out)
    assert status == 0
    assert not line["exact"]
    assert 0 < line["lsb_mv"] < 0.01
    assert "changes by more than" in line["statement"]
    assert out.read_text().splitlines()[-1] == (
        "# Note: Electrodes exchanged: RA/RL (table: potentials)."
    )


@pytest.mark.parametrize("ending", [".hea", ".dcm"])
def test_a_file_that_cannot_be_written_leaves_nothing_behind(run, tmp_path, ending: str):
    out = tmp_path / f"out{ending}"
    blocked = tmp_path / ("out.dat" if ending == ".hea" else out.name)
    (tmp_path / f"{blocked.name}.partial").mkdir()
    status, (line,) = run("convert", DICOM, "--out", out)
    assert status == 1
    assert f'"{blocked}" cannot be written' in line["error"]
    assert [path.name for path in tmp_path.iterdir()] == [f"{blocked.name}.partial"]


def test_a_folder_in_the_place_of_a_file_stays_alone(run, tmp_path):
    (tmp_path / "out.dat").mkdir()
    status, (line,) = run("convert", DICOM, "--out", tmp_path / "out.hea")
    assert status == 1
    assert "out.dat" in line["error"]
    assert [path.name for path in tmp_path.iterdir()] == ["out.dat"]


def test_a_header_and_its_samples_are_one_recording_however_they_are_named(run, tmp_path):
    header = write_wfdb(tmp_path)
    samples = header.with_suffix(".dat")
    digests = set()
    for files in ([header], [samples], [header, samples], [samples, header]):
        status, (line,) = run("convert", *files, "--out", tmp_path / "out.npz")
        assert (status, line["format"], line["n_samples"]) == (0, "WFDB", T)
        assert line["file"] == str(header if header in files else samples)
        digests.add((tmp_path / "out.npz").read_bytes())
    assert len(digests) == 1


def test_a_header_that_points_elsewhere_or_at_a_link_is_refused(run, tmp_path):
    (tmp_path / "inner").mkdir()
    write_wfdb(tmp_path, "outer")
    escaping = write_wfdb(tmp_path / "inner", "escaping", header_names="../outer.dat")
    linked = write_wfdb(tmp_path / "inner", "linked", header_names="link.dat")
    (tmp_path / "inner" / "link.dat").symlink_to(tmp_path / "outer.dat")
    status, lines = run("convert", escaping, linked, "--out", tmp_path / "out.npz")
    assert status == 1
    assert "another folder" in lines[0]["error"]
    assert "is a link and is not followed" in lines[1]["error"]


def test_several_recordings_are_numbered_by_their_lines(run, tmp_path):
    header = write_wfdb(tmp_path)
    missing = tmp_path / "missing.hea"
    status, lines = run("convert", header, missing, DICOM, "--out", tmp_path / "out.npz")
    assert status == 1
    assert [line.get("n_samples") for line in lines] == [T, None, 10_000]
    assert lines[1] == {"file": str(missing), "error": "The file does not exist."}
    assert [lines[i]["out"] for i in (0, 2)] == [str(tmp_path / f"out-{n}.npz") for n in (1, 3)]
    assert sorted(path.name for path in tmp_path.glob("*.npz")) == ["out-1.npz", "out-3.npz"]


def test_unstated_facts_are_guessed_with_a_warning_or_taken_from_the_options(run, tmp_path):
    np.save(tmp_path / "bare.npy", np.ones((12, 5000)).cumsum(axis=1) % 7)
    file, out = tmp_path / "bare.npy", tmp_path / "out.npz"
    _, (guessed,) = run("convert", file, "--out", out)
    assert guessed["fs"] == 500
    assert sum("was assumed" in warning for warning in guessed["warnings"]) == 3
    options = ("--fs", 360, "--mv-per-unit", 0.005, "--leads", ",V6,V5,V4,V3,V2,V1,,,,,")
    _, (stated,) = run("convert", file, *options, "--out", out)
    assert stated["fs"] == 360
    assert sum("was given by the user" in warning for warning in stated["warnings"]) == 3
    assert "Not recorded: I, II, III, aVR, aVL, aVF." in stated["warnings"]


def test_every_swap_of_the_table_writes_what_the_table_says(run, tmp_path):
    signal = packaged_recording().signal
    for number, name in enumerate(TABLE_ROWS):
        table = ("potentials", "published")[number % 2]
        out = tmp_path / f"{number}.npz"
        status, (line,) = run("swap", DICOM, "--swap", name, "--table", table, "--out", out)
        assert (status, line["swap"], line["table"]) == (0, name, table)
        with np.load(out) as written:
            expected = apply_table(signal, parse_swap(name), table)
            np.testing.assert_array_equal(written["signal"], expected)


def test_a_chest_swap_exchanges_two_leads(run, tmp_path):
    status, _ = run("swap", DICOM, "--swap", "v2/v1", "--out", tmp_path / "out.npz")
    assert status == 0
    with np.load(tmp_path / "out.npz") as written:
        expected = packaged_recording().signal[[0, 1, 2, 3, 4, 5, 7, 6, 8, 9, 10, 11]]
        np.testing.assert_array_equal(written["signal"], expected)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("swap", DICOM, "--swap", "LA/XX"), '"LA/XX" is not a swap'),
        (("swap", DICOM, "--swap", "V1/V2", "--table", "published"), "published table has no row"),
        (("convert", "."), "not a file"),
        (("convert", __file__), "not one of the formats read"),
        (("convert", DICOM, "--out", "no/such/folder/out.npz"), "cannot be written"),
        (("convert", DICOM, "--out", "."), "is a folder"),
        (("convert", DICOM, "--out", "out.xml"), ".hea (WFDB), .dcm (DICOM), .csv (CSV), .npz"),
        (("convert", DICOM, "--out", "out"), "no ending that tells the format"),
        (("convert", DICOM, "--out", "my ecg.hea"), "cannot be the name of a WFDB record"),
    ],
)
def test_failures_are_a_sentence_and_status_1(run, tmp_path, monkeypatch, arguments, sentence):
    monkeypatch.chdir(tmp_path)
    out = () if "--out" in arguments else ("--out", "out.npz")
    status, (line,) = run(*arguments, *out)
    assert status == 1
    assert set(line) == {"file", "error"}
    assert sentence in line["error"]
    assert list(tmp_path.iterdir()) == []


def test_predict_prints_what_the_model_says(run):
    status, (line,) = run("predict", DICOM, "--json")
    assert status == 0
    expected = predict(checkpoint.load(), packaged_recording())
    assert line["file"] == DICOM
    assert line["model"] == checkpoint.DEFAULT_MODEL
    assert line["findings"] == list(expected.findings)
    # Threads may sum in another order: six of float32's seven digits agree.
    assert line["probabilities"] == pytest.approx(dict(expected.probabilities), abs=1e-5)
    assert line["attention"] == pytest.approx(dict(expected.attention), abs=1e-5)
    assert line["warnings"] == [*packaged_recording().warnings, *expected.warnings]


def test_predict_reads_several_files_with_the_named_model(run, tmp_path):
    header = write_wfdb(tmp_path)
    missing = tmp_path / "missing.dcm"
    name = "baseline-rhythm"
    status, lines = run("predict", header, missing, DICOM, "--model", name, "--json")
    assert status == 1
    assert [line["file"] for line in lines] == [str(header), str(missing), DICOM]
    assert lines[1]["error"] == "The file does not exist."
    assert [lines[0]["model"], lines[2]["model"]] == [name, name]
    assert sum(lines[2]["probabilities"].values()) == pytest.approx(1.0, abs=1e-6)
    assert lines[2]["attention"] == {}
    assert lines[2]["quality"]["verdict"] == "good"


def test_predict_gives_a_refused_recording_no_findings_and_is_no_failure(run, tmp_path):
    status, (line,) = run("predict", write_wfdb(tmp_path), "--json")  # noise alone
    assert status == 0
    assert line["quality"]["verdict"] == "refuse"
    assert "no beats in common" in line["refused"][0]
    assert not {"probabilities", "findings", "error"} & set(line)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--model", "none-such"), 'There is no model "none-such"'),
        (("--model", "../weights/attention-findings"), "There is no model"),
        (("--start", "3600"), "The window starts at 3600 s"),
        (("--start", "nan"), "The start is nan s"),
    ],
)
def test_predict_refuses_what_it_does_not_have_with_a_sentence(run, options, sentence: str):
    status, (line,) = run("predict", DICOM, "--json", *options)
    assert status == 1
    assert sentence in line["error"]


def test_predict_without_json_is_for_human_readers():
    status, stdout = run_process("predict", DICOM)
    assert status == 0
    assert stdout.splitlines()[0].endswith(f"({checkpoint.DEFAULT_MODEL})")


def test_a_swap_of_a_damaged_file_fails_without_a_traceback(tmp_path):
    damaged = tmp_path / "damaged.dcm"
    damaged.write_bytes(Path(DICOM).read_bytes()[:5000])
    status, stdout = run_process("swap", damaged, "--swap", "LA/RA", "--out", tmp_path / "x.npz")
    assert status == 1
    (line,) = parse(stdout)
    assert set(line) == {"file", "error"}


def test_every_applicable_sample_converts_swaps_and_predicts(run, shared, tmp_path):
    folder = shared / "samples"
    files = [
        path for name in ("wfdb", "dicom", "matlab", "csv") for path in (folder / name).iterdir()
    ]
    for command in (
        ("convert", "--out", tmp_path / "c.npz"),
        ("swap", "--swap", "LA/RA", "--out", tmp_path / "s.npz"),
        ("predict", "--json"),
    ):
        status, lines = run(command[0], *files, *command[1:])
        assert status == 0
        assert len(lines) == 7
    # The line of a record is its header's, in the order of the arguments.
    headers = [str(path) for path in files if path.suffix in (".hea", ".dcm", ".csv")]
    headers.append(str(folder / "matlab" / "cpsc2018_A1980.mat"))
    assert {line["file"] for line in lines} == set(headers)
