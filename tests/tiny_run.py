"""What the tests of the trainer share: a tiny run on simulated recordings, packed once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from lightning_fabric import Fabric

from ecgcore.learn.augment import AugmentConfig
from ecgcore.learn.config import DataConfig, RunConfig, SourceConfig, TrainingConfig
from ecgcore.learn.run_writer import RunWriter
from ecgcore.learn.train import Trainer
from ecgcore.learn.training_data import TrainingData
from ecgcore.model.network import NetworkConfig
from ecgcore.signal.preprocess import PreprocessingConfig

LABELS = ("NSR", "AF", "AFL", "STach", "SB", "PVC")
# Half the usual rate and length: a quarter of the samples. The pass band ends below half the rate.
PREPROCESSING = PreprocessingConfig(fs=50.0, n_samples=250, high_hz=20.0)


def tiny(cache: Path, **training: Any) -> RunConfig:
    """A run of a few hundred weights on 160 recordings, without dropout."""
    simulated = SourceConfig(
        "simulated", options={"records": 200, "seed": 3, "split": "by patient"}
    )
    usual = TrainingConfig(epochs=2, batch=16, learning_rate=5e-3, ema=0.9, device="cpu")
    return RunConfig(
        name="tiny",
        labels=LABELS,
        data=DataConfig((simulated,), str(cache)),
        network=NetworkConfig(len(LABELS), stem_width=4, widths=(4, 6), dropout=0.0),
        preprocessing=PREPROCESSING,
        training=replace(usual, **training),
        augment=AugmentConfig(shift_s=0.2, noise=0.05),
    )


def trainer(config: RunConfig, data: TrainingData, folder: Path, **options: Any) -> Trainer:
    """A trainer on the CPU that writes into `folder`."""
    fabric = Fabric(accelerator="cpu", devices=1)
    fabric.launch()
    return Trainer(config, data, fabric, RunWriter(folder, config.training.epochs), **options)
