"""Training as a process: killed and resumed, stopped, several at once, failing with a sentence."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file
from tiny_run import tiny

from ecgcore.__main__ import main
from ecgcore.learn.batch_norm import SharedBatchNorm2d
from ecgcore.learn.config import DataConfig, RunConfig, SourceConfig, read_config, write_config
from ecgcore.learn.run_folder import CONFIG, STATUS, STOP, read_folder
from ecgcore.learn.state import STATE
from ecgcore.model.checkpoint import load

ROOT = Path(__file__).parents[1]


Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start the command as a user does, with as many threads as this process has."""
    started = []

    def start_one(config: Path, out: Path, *options: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "ecgcore", "train", str(config), "--out", str(out), *options],
            cwd=ROOT,
            env=os.environ | {"OMP_NUM_THREADS": str(torch.get_num_threads())},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield start_one
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def position(folder: Path) -> dict:
    with safe_open(folder / STATE, framework="pt") as file:
        return json.loads(file.metadata()["position"])


def wait_until(process: subprocess.Popen[str], condition: Callable[[], bool]) -> None:
    """Wait for a condition on files; fail if the process ends before."""
    while not condition():
        try:
            process.wait(timeout=0.005)
        except subprocess.TimeoutExpired:
            continue
        pytest.fail(f"The process ended early: {process.stdout.read()}")


def written(config: RunConfig, folder: Path) -> Path:
    path = folder / "wanted.toml"
    write_config(config, path)
    return path


def train_here(config: Path, out: Path, *options: str) -> int:
    return main(["train", str(config), "--out", str(out), *options])


def assert_same_state(first: Path, second: Path) -> None:
    one, other = load_file(first / STATE), load_file(second / STATE)
    assert one.keys() == other.keys()
    assert [key for key in one if not one[key].equal(other[key])] == []


def test_a_run_killed_in_mid_epoch_resumes_to_the_same_bits(
    start: Start, training_cache: Path, tmp_path: Path
):
    config = tiny(training_cache, epochs=3, batch=8, state_every_steps=1)
    config = replace(config, network=replace(config.network, dropout=0.3))
    path = written(config, tmp_path)
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    process = start(path, killed)
    wait_until(
        process,
        lambda: (
            (killed / STATE).is_file()
            and position(killed)["epoch"] == 1
            and position(killed)["step"] > 4
        ),
    )
    process.send_signal(signal.SIGKILL)
    process.communicate()
    at = position(killed)
    assert (at["epoch"], at["step"] > 4) == (1, True)
    assert read_folder(killed).state == "interrupted"
    assert train_here(path, killed, "--resume") == 0
    assert train_here(path, whole) == 0
    assert_same_state(killed, whole)
    ours, theirs = (load("tiny", run / "model").network.state_dict() for run in (killed, whole))
    assert [key for key in ours if not ours[key].equal(theirs[key])] == []
    assert [epoch.epoch for epoch in read_folder(killed).epochs] == [1, 2, 3]


def test_two_processes_make_the_weights_of_one(start: Start, training_cache: Path, tmp_path: Path):
    config = tiny(training_cache, label_smoothing=0.1)
    path = written(config, tmp_path)
    alone, both = tmp_path / "alone", tmp_path / "both"
    process = start(path, both, "--devices", "2")
    assert train_here(path, alone) == 0
    printed, _ = process.communicate()
    assert process.returncode == 0, printed
    assert "2 x cpu" in printed
    one, two = load_file(alone / STATE), load_file(both / STATE)
    # Sums in another order: float32 rounding, 1e-7, times some 20 steps of Adam, which divides
    # by the size of the gradient. One single step moves a weight by the learning rate.
    tolerance = 0.02 * config.training.learning_rate
    for key, value in one.items():
        if key.startswith(("network", "average")):
            torch.testing.assert_close(two[key], value, atol=tolerance, rtol=1e-4, msg=key)
    losses = [[epoch.loss for epoch in read_folder(run).epochs] for run in (alone, both)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)


def test_shared_batch_normalisation_is_torch_s_own_when_alone(tmp_path: Path):
    torch.manual_seed(0)
    torch.distributed.init_process_group(
        "gloo", init_method=f"file://{tmp_path / 'meeting'}", rank=0, world_size=1
    )
    try:
        own, reference = SharedBatchNorm2d(5), torch.nn.BatchNorm2d(5)
        results = []
        for norm in (own, reference):
            torch.nn.init.constant_(norm.weight, 1.3)
            x = 3 + 2 * torch.randn(7, 5, 1, 11, generator=torch.Generator().manual_seed(1))
            x.requires_grad_()
            out = norm(x)
            (out**3).sum().backward()
            results.append((out, x.grad, norm.weight.grad, *norm.state_dict().values()))
            assert norm.eval()(x).shape == x.shape
        torch.testing.assert_close(results[0], results[1], rtol=1e-4, atol=1e-4)
    finally:
        torch.distributed.destroy_process_group()


def test_a_run_leaves_a_calibrated_model_and_says_it_is_finished(
    training_cache: Path, tmp_path: Path
):
    path = written(tiny(training_cache), tmp_path)
    assert train_here(path, tmp_path / "run", "--set", "training.epochs=1", "--device", "cpu") == 0
    run = read_folder(tmp_path / "run")
    assert run.state == "finished"
    assert run.status.epoch == run.status.epochs == 1
    assert run.checkpoint == "tiny"
    model = load("tiny", run.model_folder)
    assert model.labels == tiny(training_cache).labels
    assert model.temperature != 1.0
    assert read_config(tmp_path / "run" / CONFIG).training.epochs == 1


def test_a_run_that_is_terminated_saves_its_state_and_its_model(
    start: Start, training_cache: Path, tmp_path: Path
):
    out = tmp_path / "run"
    process = start(written(tiny(training_cache, epochs=500), tmp_path), out)
    wait_until(process, lambda: len(read_folder(out).epochs) >= 1)
    process.send_signal(signal.SIGTERM)
    printed, _ = process.communicate()
    assert process.returncode == 0, printed
    run = read_folder(out)
    assert run.state == "stopped"
    assert run.checkpoint == "tiny"
    assert 1 <= run.status.epoch < 500
    assert position(out)["epoch"] == run.status.epoch


def test_a_run_asked_to_stop_before_it_has_begun_stops_and_resumes(
    training_cache: Path, tmp_path: Path
):
    path, out = written(tiny(training_cache, epochs=1), tmp_path), tmp_path / "run"
    out.mkdir()
    (out / STOP).touch()
    assert train_here(path, out) == 0
    stopped = read_folder(out)
    assert (stopped.state, stopped.checkpoint) == ("stopped", None)
    assert stopped.status.step <= 1
    assert not (out / STOP).exists()
    assert train_here(path, out, "--resume") == 0
    assert read_folder(out).state == "finished"


def test_a_failing_run_states_its_reason(
    training_cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    config = replace(
        tiny(training_cache), data=DataConfig((SourceConfig("ptbxl", str(tmp_path / "absent")),))
    )
    assert train_here(written(config, tmp_path), tmp_path / "run") == 1
    run = read_folder(tmp_path / "run")
    assert run.state == "failed"
    assert run.reason.endswith(".")
    assert run.reason in capsys.readouterr().out


def test_a_folder_in_use_or_of_another_run_is_refused(
    training_cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path, out = written(tiny(training_cache, epochs=1), tmp_path), tmp_path / "run"
    assert train_here(path, out) == 0
    capsys.readouterr()
    assert train_here(path, out) == 1
    assert "give --resume" in capsys.readouterr().err
    assert train_here(path, out, "--resume", "--set", "training.batch=4") == 1
    assert "started with another training.batch" in capsys.readouterr().err
    status = json.loads((out / STATUS).read_text())
    (out / STATUS).write_text(json.dumps(status | {"state": "running", "pid": os.getpid()}))
    assert train_here(path, out, "--resume") == 1
    assert f"Process {os.getpid()} is training" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ("training.devices=4", "at least 2 for each of 4 processes"),
        ("training.device=cuda", "PyTorch finds 0"),
        ("training.colour=red", 'no field "colour"'),
        ("training.tensorboard=true", "tensorboard is not installed"),
    ],
)
def test_what_cannot_be_trained_is_said_before_anything_starts(
    option: str,
    sentence: str,
    training_cache: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
):
    path = written(tiny(training_cache, batch=4), tmp_path)
    assert train_here(path, tmp_path / "run", "--set", option) == 1
    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
