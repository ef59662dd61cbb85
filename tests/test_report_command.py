"""The command `report` as a user runs it."""

import json
from pathlib import Path

import numpy as np
import pydicom
import pydicom.data
import pytest
from built_report import DICOM, squeezed
from report_drawing import read_drawing

from ecgcore.__main__ import main
from ecgcore.leads import LEADS
from ecgcore.review.report_page import UNPRINTABLE
from ecgcore.review.report_pdf import PAPERS
from ecgcore.review.report_text import CHINESE, ENGLISH, LANGUAGES


@pytest.fixture
def run(capsys):
    """Run one command; return its status and the lines that it printed."""

    def run_here(*arguments: object) -> tuple[int, list[dict]]:
        status = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        assert captured.err == ""
        return status, [json.loads(line) for line in captured.out.splitlines()]

    return run_here


@pytest.mark.parametrize("ending", [".pdf", ".PNG", ".csv"])
def test_the_command_writes_what_the_ending_tells(run, tmp_path: Path, ending: str):
    out = tmp_path / f"out{ending}"
    status, (line,) = run("report", DICOM, "--out", out, "--paper", "letter", "--lang", "zh")
    assert (status, line["out"], line["verdict"], line["unread"]) == (0, str(out), "good", [])
    written = out.read_bytes()
    if ending == ".pdf":
        drawing = read_drawing(written)
        assert drawing.width_mm == pytest.approx(279.4, abs=0.01)
        assert CHINESE.title in drawing.text
        assert [
            CHINESE.finding(x) for x in line["findings"] if CHINESE.finding(x) not in drawing.text
        ] == []
    else:
        assert written.startswith({".PNG": b"\x89PNG", ".csv": b"\xef\xbb\xbfsection,"}[ending])
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


def test_the_command_offers_the_papers_and_languages_there_are(capsys):
    with pytest.raises(SystemExit) as exit_:
        main(["report", "--help"])
    assert exit_.value.code == 0
    offered = capsys.readouterr().out
    assert f"--paper {{{','.join(PAPERS)}}}" in offered
    assert f"--lang {{{','.join(LANGUAGES)}}}" in offered


def test_the_command_numbers_several_recordings(run, tmp_path: Path):
    missing = tmp_path / "missing.dcm"
    status, lines = run(
        "report", DICOM, missing, DICOM, "--out", tmp_path / "out.csv", "--start", 2
    )
    assert status == 1
    assert lines[1]["error"] == "The file does not exist."
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out-1.csv", "out-3.csv"]
    assert b"recording,start,2.0,s" in (tmp_path / "out-1.csv").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--out", "out.txt"), 'The output ends in ".txt", expected one of .pdf, .png, .csv.'),
        (("--out", "."), '"." is a folder; give the name of a file to write.'),
        (("--out", "out.pdf", "--model", "none"), 'There is no model "none".'),
        (("--out", "out.pdf", "--start", "11"), "The window starts at 11 s"),
        (("--out", "out.pdf", "--start", "nan"), "The start is nan s"),
        (("--out", "nowhere/out.pdf"), '"nowhere/out.pdf" cannot be written: No such file'),
    ],
)
def test_the_command_says_what_it_cannot_do(run, tmp_path: Path, monkeypatch, arguments, sentence):
    monkeypatch.chdir(tmp_path)
    status, (line,) = run("report", DICOM, *arguments)
    assert status == 1
    assert line["error"].startswith(sentence)
    assert list(tmp_path.iterdir()) == []


def test_the_command_writes_a_report_of_a_recording_that_it_refuses_to_read(run, tmp_path: Path):
    rng = np.random.default_rng(0)
    table = tmp_path / "noise.csv"
    rows = [
        ",".join(LEADS),
        *(",".join(f"{x:.3f}" for x in rng.normal(size=12)) for _ in range(5000)),
    ]
    table.write_text("\n".join(rows) + "\n")
    status, (line,) = run(
        "report", table, "--out", tmp_path / "out.pdf", "--fs", 500, "--mv-per-unit", 1
    )
    assert (status, line["verdict"], line["findings"]) == (0, "refuse", [])
    assert line["unread"]
    assert ENGLISH.not_read in read_drawing((tmp_path / "out.pdf").read_bytes()).text


SECRETS = ("Hopper^Grace", "GRACE", "19061209", "MRN-4711", "Bethesda", "Murray^William")


def test_identifiers_of_a_patient_cannot_get_in(run, tmp_path: Path):
    dataset = pydicom.dcmread(DICOM)
    dataset.PatientName, dataset.PatientID = SECRETS[0], SECRETS[3]
    dataset.PatientBirthDate = SECRETS[2]
    dataset.InstitutionName, dataset.ReferringPhysicianName = SECRETS[4:]
    file = tmp_path / "GRACE-MRN-4711.dcm"
    dataset.save_as(file)
    for ending in ("pdf", "csv"):
        out = tmp_path / f"out.{ending}"
        status, _ = run("report", file, "--out", out)
        assert status == 0
        said = out.read_bytes().decode("latin-1")
        if ending == "pdf":
            drawing = read_drawing(out.read_bytes())
            said += squeezed(drawing.text) + str(drawing.metadata)
        found = [x for part in SECRETS for x in part.split("^") if x.lower() in said.lower()]
        assert found == []


def test_real_recordings_of_many_kinds_get_a_report(shared: Path, run, tmp_path: Path):
    samples = shared / "samples"
    names = ("scp/Example.scp", "dicom/cardio_sample.dcm", "philips/mrx_129ECORG.XML")
    files = [samples / name for name in names]
    status, lines = run("report", *files, "--out", tmp_path / "out.pdf", "--lang", "zh")
    assert (status, len(lines)) == (0, len(files))
    for line in lines:
        drawing = read_drawing(Path(line["out"]).read_bytes())
        assert UNPRINTABLE not in drawing.text
