"""What a training run is: one frozen configuration, read from and written to TOML.

A run is its configuration: the same file gives the same run from the command line and the page.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import tomli_w

from ecgcore.errors import CheckpointError, TrainingError
from ecgcore.learn.augment import AugmentConfig
from ecgcore.learn.config_tables import from_table, refuse_unknown, to_table
from ecgcore.model.baseline import BaselineConfig
from ecgcore.model.checkpoint import OBJECTIVES
from ecgcore.model.labels import CODES
from ecgcore.model.network import NetworkConfig
from ecgcore.signal.preprocess import PreprocessingConfig
from ecgcore.whole_file import write_whole

# The method's own examples of classes: sinus rhythm, atrial fibrillation, premature ventricular
# and premature atrial beat.
RHYTHM_CLASSES = ("NSR", "AF", "PVC", "PAC")
PRECISIONS = ("32-true", "bf16-mixed")
DEVICES = ("auto", "cpu", "cuda")
KEPT = ("last", "best")
NETWORKS: dict[str, type[NetworkConfig] | type[BaselineConfig]] = {
    "attention": NetworkConfig,
    "baseline": BaselineConfig,
}


@dataclass(frozen=True)
class SourceConfig:
    """One source of recordings.

    Attributes
    ----------
    kind : str
        A key of `datasets.sources.SOURCES`, for example ``"simulated"`` or ``"ptbxl"``.
    path : str
        Its folder; empty for a source that needs none.
    options : mapping
        What this kind of source lets one choose, for example ``records`` and ``seed``.
    """

    kind: str
    path: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class DataConfig:
    """Which recordings to train and validate on.

    Attributes
    ----------
    sources : tuple of SourceConfig
        Where two hold one recording, the first one's is used.
    cache : str
        Folder for the packed sets, shared by runs; empty keeps the recordings in memory.
    """

    sources: tuple[SourceConfig, ...] = (
        SourceConfig("simulated", options={"split": "by patient"}),
    )
    cache: str = ""


@dataclass(frozen=True)
class TrainingConfig:
    """How to optimise.

    Attributes
    ----------
    epochs, batch : int
        The batch is global: it is divided among the processes.
    learning_rate : float
        Peak of the schedule: linear warm-up, then cosine to zero.
    warm_up : float
        Share of all steps.
    weight_decay : float
        Of AdamW, on convolution kernels and the fully connected layer only.
    clip_norm : float
        Largest norm of the gradient.
    ema : float
        Decay per step of the moving average of the weights, which is validated and kept.
    label_smoothing : float
        Targets 0 and 1 become s/2 and 1 - s/2; of K classes, s/K is added to each.
    patience : int
        Stop after this many epochs without a better validation macro-AUC; 0 never stops.
    keep : {"last", "best"}
        Average of the last epoch, or of the one with the highest validation macro-AUC.
    start_from : str
        Checkpoint, by name in `weights/` or by path, whose weights are taken over, the
        classifier too where it reports the same labels; empty for none.
    teachers : tuple of str
        Checkpoints, likewise, whose mean probability is a second target.
    teacher_weight : float
        Weight of that target, 0 to 1; the labels have the rest. Recordings without any label are
        used too.
    naming_weight : float
        Weight of the side task of naming the leads (`pretext`), which unlabelled recordings teach
        too; 0 switches it off.
    precision : {"32-true", "bf16-mixed"}
    compile : bool
        Compile the network with `torch.compile`.
    device : {"auto", "cpu", "cuda"}
    devices : int
        Processes on this machine, one device each; under torchrun, torchrun decides.
    state_every_steps : int
        Steps between two saved states; also saved at the end of each epoch.
    max_bad_steps : int
        Steps in a row with a loss or gradient that is not finite, after which the run fails.
    tensorboard : bool
        Write the curves for TensorBoard too.
    """

    epochs: int = 40
    batch: int = 32
    learning_rate: float = 2e-3
    warm_up: float = 0.1
    weight_decay: float = 0.05
    clip_norm: float = 1.0
    ema: float = 0.995
    label_smoothing: float = 0.0
    patience: int = 0
    keep: str = "last"
    start_from: str = ""
    teachers: tuple[str, ...] = ()
    teacher_weight: float = 0.5
    naming_weight: float = 0.0
    precision: str = "32-true"
    compile: bool = False
    device: str = "auto"
    devices: int = 1
    state_every_steps: int = 500
    max_bad_steps: int = 20
    tensorboard: bool = False

    def __post_init__(self) -> None:
        for name, value, allowed in (
            ("precision", self.precision, PRECISIONS),
            ("device", self.device, DEVICES),
            ("keep", self.keep, KEPT),
        ):
            if value not in allowed:
                raise TrainingError(f'training.{name} is "{value}", expected one of {allowed}.')
        for name in ("epochs", "batch", "devices", "state_every_steps", "max_bad_steps"):
            if getattr(self, name) < 1:
                raise TrainingError(
                    f"training.{name} is {getattr(self, name)}, expected 1 or more."
                )
        for name, below in (("warm_up", 1), ("ema", 1), ("label_smoothing", 1)):
            if not 0 <= getattr(self, name) < below:
                raise TrainingError(
                    f"training.{name} is {getattr(self, name)}, expected 0 or more and below 1."
                )
        for name in ("learning_rate", "clip_norm"):
            if not 0 < getattr(self, name) < math.inf:
                raise TrainingError(f"training.{name} is {getattr(self, name)}, expected above 0.")
        if not 0 <= self.teacher_weight <= 1:
            raise TrainingError(
                f"training.teacher_weight is {self.teacher_weight}, expected 0 to 1."
            )
        for name in ("patience", "weight_decay", "naming_weight"):
            if not 0 <= getattr(self, name) < math.inf:
                raise TrainingError(
                    f"training.{name} is {getattr(self, name)}, expected 0 or more."
                )


@dataclass(frozen=True)
class RunConfig:
    """A training run, completely.

    Attributes
    ----------
    name, title : str
        Of the run and of the checkpoint that it makes.
    seed : int
        All randomness follows from it.
    objective : {"multilabel", "softmax"}
    labels : tuple of str
        K codes of `labels.CODES`, in the order of the logits.
    network : NetworkConfig or BaselineConfig
        Its ``n_classes`` is K, whatever was stated.
    """

    name: str = "run"
    title: str = "Training run"
    seed: int = 0
    objective: str = "multilabel"
    labels: tuple[str, ...] = CODES
    data: DataConfig = field(default_factory=DataConfig)
    network: NetworkConfig | BaselineConfig = field(
        default_factory=lambda: NetworkConfig(len(CODES))
    )
    preprocessing: PreprocessingConfig = field(default_factory=PreprocessingConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    augment: AugmentConfig = field(default_factory=AugmentConfig)

    def __post_init__(self) -> None:
        if not self.name or self.name != Path(self.name).name or self.name.startswith("."):
            raise TrainingError(f'name is "{self.name}", expected a plain file name.')
        if self.objective not in OBJECTIVES:
            raise TrainingError(f'objective is "{self.objective}", expected one of {OBJECTIVES}.')
        unknown = [label for label in self.labels if label not in CODES]
        if unknown or not self.labels or len(set(self.labels)) < len(self.labels):
            raise TrainingError(
                f"labels are {', '.join(self.labels) or 'none'}, expected some of "
                f"{', '.join(CODES)}, each once."
            )
        if not self.data.sources:
            raise TrainingError("data.sources is empty, expected at least one source.")
        fitting = replace(self.network, n_classes=len(self.labels))
        object.__setattr__(self, "network", fitting)

    @property
    def kind(self) -> str:
        """The network's kind, a key of `NETWORKS`."""
        return next(kind for kind, shape in NETWORKS.items() if type(self.network) is shape)

    @classmethod
    def quick(cls) -> RunConfig:
        """Return a run on simulated recordings: no download, under two minutes on two cores."""
        simulated = {"records": 300, "seed": 20, "split": "by patient"}
        return cls(
            name="quick",
            title="Simulated recordings, small network",
            labels=("NSR", "AF", "AFL", "STach", "SB", "IAVB", "LBBB", "CRBBB", "PAC", "PVC"),
            data=DataConfig((SourceConfig("simulated", options=simulated),)),
            network=NetworkConfig(10, stem_width=8, widths=(16, 24, 32)),
            training=TrainingConfig(epochs=16, learning_rate=5e-3, ema=0.95),
        )


def read_config(path: Path, overrides: Sequence[str] = ()) -> RunConfig:
    """Read a configuration.

    Parameters
    ----------
    path : Path
        TOML. What it does not state has its default.
    overrides : sequence of str
        ``"section.field=value"`` or ``"field=value"``; values as TOML writes them, text also
        without quotes.

    Raises
    ------
    TrainingError
        The file cannot be read, or a field is unknown or has an impossible value.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise TrainingError(f'"{path}" cannot be read: {error.strerror}.') from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TrainingError(f'"{path}" is no TOML file: {error}.') from error
    for override in overrides:
        _override(table, override)
    return config_from_table(table)


def write_config(config: RunConfig, path: Path) -> None:
    """Write the complete configuration; the file is there whole or not at all."""
    write_whole(path, tomli_w.dumps(config_to_table(config)).encode())


def config_from_table(table: Mapping[str, Any]) -> RunConfig:
    """Make a configuration of what TOML says.

    Raises
    ------
    TrainingError
        A field is unknown or has an impossible value.
    """
    sections = dict(table)
    refuse_unknown(sections, [f.name for f in fields(RunConfig)], "The configuration")
    stated = sections.pop("network", {})
    labels = sections.get("labels", CODES)
    if not isinstance(stated, Mapping):
        raise TrainingError(f"network is {stated!r}, expected a table of fields.")
    try:
        network = _network(dict(stated), len(labels))
        rest = from_table(RunConfig, sections, "The configuration")
        return replace(rest, network=network)
    except CheckpointError as error:  # what a network's own configuration refuses
        raise TrainingError(f"network: {error}") from error


def config_to_table(config: RunConfig) -> dict[str, Any]:
    """Return the tables that `config_from_table` reads."""
    table = to_table(config)
    shape = table.pop("network")
    del shape["n_classes"]  # follows from the labels
    return table | {"network": {"kind": config.kind} | shape}


def _network(stated: dict[str, Any], n_classes: int) -> NetworkConfig | BaselineConfig:
    kind = stated.pop("kind", "attention")
    if kind not in NETWORKS:
        raise TrainingError(f'network.kind is "{kind}", expected one of {tuple(NETWORKS)}.')
    allowed = [f.name for f in fields(NETWORKS[kind]) if f.name != "n_classes"]
    refuse_unknown(stated, ["kind", *allowed], f"network (of kind {kind})")
    return from_table(NETWORKS[kind], stated | {"n_classes": n_classes}, "network")


def _override(table: dict[str, Any], override: str) -> None:
    """Set one field of nested tables, in place."""
    name, equals, text = override.partition("=")
    *sections, last = name.strip().split(".")
    if not equals or not last:
        raise TrainingError(f'"{override}" is no override, expected section.field=value.')
    for section in sections:
        table = table.setdefault(section, {})
        if not isinstance(table, dict):
            raise TrainingError(f'"{override}": "{section}" is not a section.')
    try:
        table[last] = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        table[last] = text.strip()
