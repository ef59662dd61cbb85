"""`python -m ecgcore measure`: one line per file, null and a reason for what is absent."""

import json

import numpy as np
import pytest
from simulated_truth import patient

from ecgcore.__main__ import main
from ecgcore.recording import Recording
from ecgcore.signal.measure import measure
from ecgcore.signal.measured_line import measured_line
from ecgcore.simulate import simulate

KEYS = {
    "heart_rate_bpm",
    "pr_ms",
    "qrs_ms",
    "qt_ms",
    "qtc_ms",
    "axes_deg",
    "r_peaks_s",
    "beats",
    "reasons",
}


def saved(folder, name: str, recording: Recording):
    path = folder / name
    np.savez(path, signal=recording.signal, fs=np.float64(recording.fs))
    return path


@pytest.fixture
def run(capsys):
    def run_here(*arguments: object) -> tuple[int, list[str]]:
        status = main(["measure", *map(str, arguments)])
        captured = capsys.readouterr()
        assert captured.err == ""
        return status, captured.out.splitlines()

    return run_here


def test_a_line_holds_what_was_measured(run, tmp_path):
    recording = simulate(patient(seed=5)).recording()
    status, lines = run("--json", saved(tmp_path, "sinus.npz", recording))
    (line,) = map(json.loads, lines)
    found = measure(recording)
    assert status == 0
    assert set(line) >= KEYS | {"file"}
    assert line["pr_ms"] == pytest.approx(found.pr_ms, abs=0.05)
    assert set(line["qtc_ms"]) == {"bazett", "fridericia", "framingham", "hodges"}
    assert line["qtc_ms"]["fridericia"] == pytest.approx(found.qtc_ms["fridericia"], abs=0.05)
    assert line["r_peaks_s"] == pytest.approx(found.r_peaks_s, abs=1e-4)
    assert len(line["beats"]) == len(line["r_peaks_s"])
    for beat, expected in zip(line["beats"], found.beats, strict=True):
        for name in ("p_on_s", "p_off_s", "qrs_on_s", "qrs_off_s", "t_off_s"):
            assert beat[name] == pytest.approx(getattr(expected, name), abs=1e-4)
    assert line["reasons"] == {}


def test_what_is_absent_is_null_with_its_reason(run, tmp_path):
    recording = simulate(patient(rhythm="AF")).recording()
    _, lines = run("--json", saved(tmp_path, "af.npz", recording))
    (line,) = map(json.loads, lines)
    assert line["pr_ms"] is None
    assert line["axes_deg"]["P"] is None
    assert "P wave" in line["reasons"]["pr_ms"]
    assert all(beat["p_on_s"] is None for beat in line["beats"])


def test_a_flat_recording_is_read_and_nothing_of_it_measured(run, tmp_path):
    flat = Recording(np.zeros((12, 5000)), 500.0, "test")
    status, lines = run("--json", saved(tmp_path, "flat.npz", flat))
    (line,) = map(json.loads, lines)
    assert status == 0
    assert line["heart_rate_bpm"] is None
    assert line["qtc_ms"] == dict.fromkeys(line["qtc_ms"])
    assert line["beats"] == line["r_peaks_s"] == []


def test_a_file_that_is_none_is_an_error_among_the_lines(run, tmp_path):
    recording = simulate(patient(seed=5)).recording()
    (tmp_path / "note.txt").write_text("no tracing")
    status, lines = run("--json", tmp_path / "note.txt", saved(tmp_path, "sinus.npz", recording))
    broken, whole = map(json.loads, lines)
    assert status == 1
    assert broken["error"].endswith(".")
    assert set(broken) == {"file", "error"}
    assert whole["qrs_ms"] is not None


def test_the_start_leaves_out_what_precedes_it(run, tmp_path):
    path = saved(tmp_path, "sinus.npz", simulate(patient(seed=5)).recording())
    _, lines = run("--json", "--start", 4, path)
    (line,) = map(json.loads, lines)
    assert line["r_peaks_s"][-1] < 6.0
    status, lines = run("--json", "--start", 40, path)
    assert status == 1
    assert "40 s" in json.loads(lines[0])["error"]


def test_a_reader_gets_a_sentence_and_the_reasons(run, tmp_path):
    _, lines = run(saved(tmp_path, "af.npz", simulate(patient(rhythm="AF")).recording()))
    assert "rate" in lines[0]
    assert "QTc" in lines[0]
    assert "PR" not in lines[0]
    assert sum("P wave" in line for line in lines) == 1  # for PR and P axis once


@pytest.mark.parametrize("rhythm", ["sinus", "AF", "flutter", "PVC"])
def test_every_line_is_strict_json(rhythm):
    line = measured_line(measure(simulate(patient(rhythm=rhythm)).recording()))
    assert json.loads(json.dumps(line, allow_nan=False)) == line
