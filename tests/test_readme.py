"""The README's examples are run as they stand, on the recording that they name."""

import re
import shlex
import shutil
from pathlib import Path

import numpy as np
import pytest
from pydicom.data import get_testdata_file

from ecgcore import __main__ as command_line
from ecgcore.leads import LEADS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PYTHON_BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
COMMANDS = re.findall(r"^python -m ecgcore (.+)$", README, re.MULTILINE)


@pytest.fixture
def folder_with_the_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copy(str(get_testdata_file("waveform_ecg.dcm", download=False)), tmp_path / "ecg.dcm")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_readme_has_examples():
    assert len(PYTHON_BLOCKS) == 1
    assert {line.split()[0] for line in COMMANDS} == {
        "compare",
        "convert",
        "measure",
        "predict",
        "report",
        "swap",
    }


@pytest.mark.parametrize("block", PYTHON_BLOCKS)
def test_python_examples_run(
    block: str, folder_with_the_example: Path, capsys: pytest.CaptureFixture[str]
):
    exec(compile(block, "README.md", "exec"), {"__name__": "readme"})
    first, *models = capsys.readouterr().out.splitlines()
    assert first == f"1000.0 10.0 {LEADS}"
    assert [line.split()[0] for line in models] == ["attention-findings", "baseline-findings"]


@pytest.mark.parametrize("line", COMMANDS)
def test_commands_run(line: str, folder_with_the_example: Path, capsys: pytest.CaptureFixture[str]):
    words = shlex.split(line)
    made = next(other for other in COMMANDS if other.endswith(" --out swapped.npz"))
    if words[0] == "compare":
        command_line.main(shlex.split(made))
        capsys.readouterr()
    assert command_line.main(words) == 0
    begins = ("ecg.dcm: ", "ecg.dcm → swapped.npz: ", '{"file": "ecg.dcm"')
    assert capsys.readouterr().out.startswith(begins)
    if words[-1].endswith(".pdf"):
        assert (folder_with_the_example / words[-1]).read_bytes().startswith(b"%PDF")
    elif "--out" in words:
        with np.load(folder_with_the_example / words[-1]) as written:
            assert written["signal"].shape == (12, 10_000)


@pytest.mark.parametrize("document", sorted(ROOT.glob("*.md")) + sorted(ROOT.glob("docs/**/*.md")))
def test_links_within_the_repository_lead_somewhere(document: Path):
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text(encoding="utf-8"))
    assert [target for target in targets if not (document.parent / target).exists()] == []
