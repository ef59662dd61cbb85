"""A run is a process of its own and a folder; whoever reads the folder knows how it stands."""

import json
import os
import shlex
import socket
import string
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from training_runs import ended, no_process_left, process_of, tiny_config, wait_for

from ecgcore.errors import TrainingError
from ecgcore.learn import runs
from ecgcore.learn.config import read_config, write_config
from ecgcore.learn.devices import devices
from ecgcore.learn.run_folder import CONFIG, LAUNCH, LOG, METRICS, is_alive, read_folder

GPU = "GPU-7c5e2c0b-6f1d-4a5e-9b0a-0123456789ab"


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    with no_process_left(tmp_path / "runs") as folder:
        yield folder


def finish(root: Path, run_id: str) -> runs.Run:
    return wait_for(root, run_id, ended)


def test_a_run_started_here_makes_the_weights_that_its_command_line_makes(root, tmp_path):
    run = finish(root, runs.start(tiny_config(), root, "cpu"))
    assert run.state == "finished", run.log
    shown = shlex.split(runs.command(run))
    assert shown == [
        *("python", "-m", "ecgcore", "train"),
        *(str(run.folder / CONFIG), "--out", str(run.folder)),
    ]
    # The same line on a file of one's own, as the run's file was touched by the run.
    mine, out = tmp_path / "mine.toml", tmp_path / "out"
    write_config(tiny_config(), mine)
    typed = [sys.executable, *shown[1:4], str(mine), "--out", str(out), "--device", "cpu"]
    subprocess.run(typed, cwd=runs.PROJECT, check=True, capture_output=True)
    ours, theirs = (
        (folder / "model" / f"{run.checkpoint}.safetensors").read_bytes()
        for folder in (run.folder, out)
    )
    assert ours == theirs
    assert (out / CONFIG).read_bytes() == (run.folder / CONFIG).read_bytes()


def test_a_run_is_stopped_resumed_killed_resumed_and_deleted(root):
    run_id = runs.start(tiny_config(epochs=5000), root, "cpu")
    wait_for(root, run_id, lambda run: len(run.epochs) >= 1)
    first = process_of(root, run_id)
    assert os.getsid(first.pid) == first.pid != os.getsid(0)  # detached
    with pytest.raises(TrainingError, match="nothing to resume"):
        runs.resume(root, run_id)
    with pytest.raises(TrainingError, match="stop it before"):
        runs.delete(root, run_id)
    runs.stop(root, run_id)
    stopped = finish(root, run_id)
    assert stopped.state == "stopped"
    assert stopped.checkpoint

    runs.resume(root, run_id)
    assert runs.read_run(root, run_id).state == "starting"
    before = len(stopped.epochs)
    wait_for(root, run_id, lambda run: len(run.epochs) > before)
    process_of(root, run_id).kill()
    process_of(root, run_id).wait()
    killed = runs.read_run(root, run_id)
    assert killed.state == "interrupted"
    assert "can be resumed" in killed.reason
    assert [epoch.epoch for epoch in killed.epochs] == list(range(1, len(killed.epochs) + 1))
    with pytest.raises(TrainingError, match="nothing to stop"):
        runs.stop(root, run_id)

    runs.delete(root, run_id)
    assert runs.list_runs(root) == ()


def test_a_process_that_ends_before_it_writes_a_status_leaves_its_last_words(root):
    folder = root / "spoilt"
    folder.mkdir(parents=True)
    (folder / CONFIG).write_text("colour = 'blue'\n")
    runs.resume(root, "spoilt")
    failed = finish(root, "spoilt")
    assert failed.state == "failed"
    assert "colour" in failed.reason


@pytest.mark.parametrize("run_id", ["", ".", "..", "../runs", "a/b", "/etc", "x\0y", "absent"])
def test_an_id_from_a_link_never_leads_out_of_the_folder_of_runs(tmp_path, run_id):
    write_config(tiny_config(), tmp_path / CONFIG)
    (tmp_path / "runs").mkdir()
    for act in (runs.read_run, runs.stop, runs.resume, runs.delete):
        with pytest.raises(TrainingError, match="There is no run"):
            act(tmp_path / "runs", run_id)
    assert (tmp_path / CONFIG).is_file()


@given(title=st.text(max_size=80))
def test_any_name_gives_a_folder_that_can_be_found_again(tmp_path_factory, title):
    root = tmp_path_factory.mktemp("runs")
    folder = runs._new_folder(title, root)
    (folder / CONFIG).touch()
    assert folder.parent == root
    assert [run.id for run in runs.list_runs(root)] == [folder.name]


def test_two_runs_of_one_name_in_one_second_get_two_folders(tmp_path):
    folders = {runs._new_folder("same", tmp_path) for _ in range(5)}
    assert len(folders) == 5


@pytest.mark.parametrize("device", ["gpu", "cuda:0", "GPU-1; reboot", "0"])
def test_an_unknown_device_is_refused_before_anything_is_written(tmp_path, device):
    with pytest.raises(TrainingError, match="is no device"):
        runs.start(tiny_config(), tmp_path / "runs", device)
    assert not (tmp_path / "runs").exists()


def test_a_run_on_a_gpu_is_shown_with_that_gpu_alone(tmp_path):
    folder = tmp_path / "on-gpu"
    folder.mkdir()
    write_config(tiny_config(), folder / CONFIG)
    launch = {"pid": 1, "host": "elsewhere", "launched": 0.0, "device": GPU}
    (folder / LAUNCH).write_text(json.dumps(launch))
    shown = runs.command(runs.read_run(tmp_path, "on-gpu"))
    assert shown.startswith(f"CUDA_VISIBLE_DEVICES={GPU} python -m ecgcore train ")


def test_the_device_that_is_asked_for_stands_in_the_configuration(root):
    run_id = runs.start(tiny_config(), root, "cpu")
    assert read_config(root / run_id / CONFIG).training.device == "cpu"


def test_a_younger_process_with_the_same_number_is_not_the_run():
    me = psutil.Process()
    assert is_alive(me.pid, socket.gethostname(), time.time())
    assert not is_alive(me.pid, socket.gethostname(), me.create_time() - 60)


def test_a_run_of_another_machine_counts_as_ended_after_silence():
    now = time.time()
    assert is_alive(1, "another machine", now - 10)
    assert not is_alive(1, "another machine", now - 3600)


LINES = "".join(
    json.dumps({"epoch": n, "loss": 1 / n, "validation_auc": {"AF": 0.5}}) + "\n"
    for n in range(1, 6)
)


@given(length=st.integers(0, len(LINES)))
def test_curves_cut_at_any_byte_are_read_up_to_there(tmp_path_factory, length):
    folder = tmp_path_factory.mktemp("run")
    (folder / METRICS).write_text(LINES[:length])
    numbers = [epoch.epoch for epoch in read_folder(folder).epochs]
    whole_lines = LINES[:length].count("\n")
    # A last line may be whole but for its end.
    assert numbers in (list(range(1, whole_lines + 1)), list(range(1, whole_lines + 2)))


@given(drawn=st.lists(st.text(string.ascii_letters + " ", min_size=1), max_size=30))
def test_of_a_line_that_is_drawn_over_the_log_shows_what_stood_there_last(tmp_path_factory, drawn):
    folder = tmp_path_factory.mktemp("run")
    (folder / LOG).write_bytes(("first\n" + "\r".join([*drawn, "last"]) + "\n").encode())
    assert read_folder(folder).log == "first\nlast"


def test_only_what_differs_between_runs_is_listed(tmp_path):
    changed = tiny_config(name="other", learning_rate=0.001)
    for name, config in (("a", tiny_config()), ("b", tiny_config()), ("c", changed)):
        (tmp_path / name).mkdir()
        write_config(config, tmp_path / name / CONFIG)
    a, b, c = (runs.read_run(tmp_path, name) for name in "abc")
    assert runs.differences([a, b]) == {}
    assert runs.differences([a, b, c]) == {"training.learning_rate": (0.005, 0.005, 0.001)}


def test_of_the_sources_only_the_option_that_differs_is_listed(tmp_path):
    few, many = tiny_config(), tiny_config(records=80)
    for name, config in (("few", few), ("many", many)):
        (tmp_path / name).mkdir()
        write_config(config, tmp_path / name / CONFIG)
    read = [runs.read_run(tmp_path, name) for name in ("few", "many")]
    assert runs.differences(read) == {"data.sources 1: options.records": (40, 80)}


@pytest.mark.parametrize(
    ("value", "allowed"), [("off", False), ("OFF", False), ("", True), ("on", True)]
)
def test_the_administrator_can_switch_training_off(monkeypatch, value, allowed):
    monkeypatch.setenv(runs.ALLOWED_VARIABLE, value)
    assert runs.training_allowed() is allowed


def test_the_processor_and_every_gpu_that_torch_sees_are_listed():
    processor, *gpus = devices()
    assert processor.id == "cpu"
    assert processor.name
    assert 1 <= processor.cores <= psutil.cpu_count()
    assert 0 < processor.memory_used_mib < processor.memory_mib
    assert 0 <= processor.load <= 1
    assert "core" in processor.facts
    assert len(gpus) == torch.cuda.device_count()
    assert all(gpu.id.startswith("GPU-") and gpu.memory_mib > 0 for gpu in gpus)
