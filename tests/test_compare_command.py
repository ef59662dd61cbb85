"""`python -m ecgcore compare`: one line of what changed, or a sentence of what is wrong."""

import json

import numpy as np
import pytest
from simulated_truth import patient

from ecgcore.__main__ import main
from ecgcore.recording import Recording
from ecgcore.review.serial_limits import QUANTITIES
from ecgcore.review.serial_text import NOTHING
from ecgcore.simulate import simulate


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pair")

    def saved(name: str, recording: Recording):
        path = folder / f"{name}.npz"
        np.savez(path, signal=recording.signal, fs=np.float64(recording.fs))
        return path

    noise = np.random.default_rng(0).normal(0, 0.5, (12, 5000))
    return {
        "sinus": saved("sinus", simulate(patient(seed=5)).recording()),
        "later": saved("later", simulate(patient(seed=6)).recording()),
        "lbbb": saved("lbbb", simulate(patient(seed=5, conduction="LBBB")).recording()),
        "noise": saved("noise", Recording(noise, 500.0, "test")),
        "missing": folder / "missing.npz",
    }


@pytest.fixture
def run(capsys, files):
    def run_here(*names: str, json_lines: bool = True) -> tuple[int, list[str]]:
        flags = ["--json"] if json_lines else []
        status = main(["compare", *flags, *(str(files[name]) for name in names)])
        captured = capsys.readouterr()
        assert captured.err == ""
        return status, captured.out.splitlines()

    return run_here


def test_a_line_names_what_changed(run, files):
    status, lines = run("sinus", "lbbb")
    (line,) = map(json.loads, lines)
    assert status == 0
    assert line["earlier"] == str(files["sinus"])
    assert line["headline"].startswith("QRS ")
    assert set(line["measurements"]) == {quantity.name for quantity in QUANTITIES}
    qrs = line["measurements"]["QRS"]
    assert qrs["change"] == pytest.approx(qrs["later"] - qrs["earlier"], abs=0.11)
    assert qrs["beyond_error"] is True
    assert line["findings"]["LBBB"]["state"] == "gained"
    assert "V1" in line["beats"]["differing"]


def test_the_other_way_round_every_change_has_the_other_sign(run):
    (there,), (back,) = (run(*pair)[1] for pair in (("sinus", "lbbb"), ("lbbb", "sinus")))
    there, back = json.loads(there), json.loads(back)
    for name, row in there["measurements"].items():
        assert row["change"] == pytest.approx(-back["measurements"][name]["change"], abs=1e-9)
    assert back["findings"]["LBBB"]["state"] == "lost"


def test_two_recordings_of_one_heart_changed_in_nothing(run):
    status, lines = run("sinus", "later", json_lines=False)
    assert status == 0
    assert lines[0].endswith(f"later.npz: {NOTHING}")
    assert any(line.strip().startswith("QRS: ") for line in lines)
    assert not any(line.startswith("*") for line in lines)


def test_a_reader_sees_changes_marked(run):
    _, lines = run("sinus", "lbbb", json_lines=False)
    assert any(line.startswith("* QRS: ") and "error up to 20" in line for line in lines)


def test_a_refused_recording_is_compared_without_findings(run):
    status, lines = run("sinus", "noise")
    (line,) = map(json.loads, lines)
    assert status == 0
    assert line["findings"] == {}
    assert any("not read by a model" in note for note in line["notes"])


@pytest.mark.parametrize(("pair", "n"), [(("sinus", "missing"), 1), (("missing", "missing"), 2)])
def test_files_that_cannot_be_read_are_named_with_a_sentence(run, files, pair, n):
    status, lines = run(*pair)
    assert status == 1
    assert len(lines) == n
    for line in map(json.loads, lines):
        assert line["file"] == str(files["missing"])
        assert line["error"].endswith(".")


def test_an_unknown_model_is_an_error(files, capsys):
    status = main(["compare", "--model", "none", str(files["sinus"]), str(files["later"])])
    assert status == 1
    assert "none" in capsys.readouterr().out


def test_an_archive_of_several_recordings_is_refused(tmp_path, files, run, capsys):
    import zipfile

    archive = tmp_path / "two.zip"
    with zipfile.ZipFile(archive, "w") as written:
        for name in ("sinus", "later"):
            written.write(files[name], files[name].name)
    assert main(["compare", str(archive), str(files["sinus"])]) == 1
    (line,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert "several recordings" in line["error"]
