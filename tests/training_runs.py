"""Small training runs that several tests start, wait for and clean up."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from ecgcore.learn import runs
from ecgcore.learn.config import DataConfig, RunConfig, SourceConfig, TrainingConfig
from ecgcore.learn.datasets.sources import BY_PATIENT
from ecgcore.learn.run_folder import LAUNCH, Run
from ecgcore.model.network import NetworkConfig
from ecgcore.signal.preprocess import PreprocessingConfig

LABELS = ("NSR", "AF", "PVC")
# Nothing here takes this long; two busy cores may.
PATIENCE_S = 300.0
_BETWEEN_LOOKS_S = 0.1


def tiny_config(
    epochs: int = 2, name: str = "tiny", learning_rate: float = 0.005, records: int = 40
) -> RunConfig:
    """A network of a few hundred values on 5 s of simulated recordings."""
    options = {"records": records, "seed": 1, "split": BY_PATIENT}
    return RunConfig(
        name=name,
        title=f"A {name} run",
        labels=LABELS,
        data=DataConfig((SourceConfig("simulated", options=options),)),
        preprocessing=PreprocessingConfig(fs=50.0, n_samples=250),
        network=NetworkConfig(len(LABELS), stem_width=4, widths=(4, 6)),
        training=TrainingConfig(epochs=epochs, batch=8, ema=0.5, learning_rate=learning_rate),
    )


def process_of(root: Path, run_id: str) -> psutil.Process:
    """The process that was started last for a run."""
    return psutil.Process(json.loads((root / run_id / LAUNCH).read_text())["pid"])


def wait_for(root: Path, run_id: str, reached: Callable[[Run], bool]) -> Run:
    """Look at a run until it is as asked; its process ending otherwise fails the test."""
    for _ in range(int(PATIENCE_S / _BETWEEN_LOOKS_S)):
        run = runs.read_run(root, run_id)
        if reached(run):
            return run
        assert run.active, f"{run.state}: {run.reason}\n{run.log}"
        try:
            process_of(root, run_id).wait(_BETWEEN_LOOKS_S)
        except (psutil.TimeoutExpired, psutil.NoSuchProcess):
            continue
    raise AssertionError(f"The run is {run.state} after {PATIENCE_S:g} s.\n{run.log}")


def ended(run: Run) -> bool:
    """Whether no process is at work on it."""
    return not run.active


@contextmanager
def no_process_left(root: Path) -> Iterator[Path]:
    """Kill what the test started, whether it passed or not."""
    try:
        yield root
    finally:
        for folder in root.glob(f"*/{LAUNCH}"):
            try:
                process_of(root, folder.parent.name).kill()
            except psutil.NoSuchProcess:
                continue
