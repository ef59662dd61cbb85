"""Weights on disk: one safetensors file and one JSON file, verified on loading, never pickled."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import nn

from ecgcore.errors import CheckpointError
from ecgcore.leads import LEADS
from ecgcore.model.baseline import BaselineConfig, FixedOrderNetwork
from ecgcore.model.network import LeadAttentionNetwork, NetworkConfig
from ecgcore.signal.preprocess import PreprocessingConfig
from ecgcore.whole_file import write_whole

WEIGHTS = Path(__file__).parents[2] / "weights"
DEFAULT_MODEL = "attention-findings"
KINDS = ("attention", "baseline")
OBJECTIVES = ("multilabel", "softmax")


@dataclass(frozen=True, eq=False)
class Model:
    """A network with everything that is needed to use it.

    Attributes
    ----------
    name, title : str
    kind : {"attention", "baseline"}
    objective : {"multilabel", "softmax"}
    network : nn.Module
        ``(x, present) -> (logits, weights)``.
    preprocessing : PreprocessingConfig
    labels : tuple of str
        K codes, in the order of the logits.
    thresholds : dict of str to float
        A multi-label finding is reported where probability >= threshold.
    temperature : float
        Logits are divided by it.
    label_scale, label_bias : dict of str to float
        Correction per label (multi-label only): the logit, divided by the temperature, is
        multiplied by the one and added to the other. Absent labels have 1 and 0.
    """

    name: str
    title: str
    kind: str
    objective: str
    network: nn.Module
    preprocessing: PreprocessingConfig
    labels: tuple[str, ...]
    thresholds: dict[str, float]
    temperature: float = 1.0
    label_scale: dict[str, float] = field(default_factory=dict)
    label_bias: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for value, allowed in ((self.kind, KINDS), (self.objective, OBJECTIVES)):
            if value not in allowed:
                raise CheckpointError(f'"{value}" is unknown, expected one of {allowed}.')
        unknown = (set(self.label_scale) | set(self.label_bias)) - set(self.labels)
        if unknown:
            raise CheckpointError(
                f"There is a calibration for {', '.join(sorted(unknown))}, which the model does "
                "not report."
            )
        if any(scale <= 0 for scale in (self.temperature, *self.label_scale.values())):
            raise CheckpointError(
                f"The temperature {self.temperature:g} and the scales per label have to be above "
                f"0, the smallest is {min(self.temperature, *self.label_scale.values()):g}."
            )

    @property
    def uncalibrated(self) -> Model:
        """The same model with the probabilities that the network itself gives."""
        return replace(self, temperature=1.0, label_scale={}, label_bias={})

    @property
    def parameters(self) -> int:
        """Number of learned values."""
        return sum(p.numel() for p in self.network.parameters())


def build_network(kind: str, config: dict[str, Any]) -> nn.Module:
    """Make the network that a stored configuration describes, with fresh weights.

    Raises
    ------
    CheckpointError
        Unknown kind, or fields that the configuration does not have.
    """
    fields: dict[str, Any] = {
        key: tuple(v) if isinstance(v, list) else v for key, v in config.items()
    }
    try:
        if kind == "attention":
            return LeadAttentionNetwork(NetworkConfig(**fields))
        if kind == "baseline":
            return FixedOrderNetwork(BaselineConfig(**fields))
    except TypeError as error:
        raise CheckpointError(f"The network configuration does not fit: {error}.") from error
    raise CheckpointError(f'"{kind}" is unknown, expected one of {KINDS}.')


def available(folder: Path = WEIGHTS) -> tuple[str, ...]:
    """Names of the checkpoints in `folder`, the default model first."""
    names = sorted(path.stem for path in folder.glob("*.json"))
    return tuple(sorted(names, key=lambda name: name != DEFAULT_MODEL))


def describe(name: str, folder: Path = WEIGHTS) -> dict[str, Any]:
    """Return the JSON beside the weights, without loading them.

    Raises
    ------
    CheckpointError
        No checkpoint of this name, or its JSON is damaged.
    """
    if name not in available(folder):
        raise CheckpointError(
            f'There is no model "{name}". Available: {", ".join(available(folder)) or "none"}.'
        )
    try:
        description: dict[str, Any] = json.loads((folder / f"{name}.json").read_text("utf-8"))
    except ValueError as error:
        raise CheckpointError(f"{name}.json is damaged: {error}.") from error
    return description


def load(name: str = DEFAULT_MODEL, folder: Path = WEIGHTS) -> Model:
    """Load and verify a checkpoint, on the CPU, ready to predict.

    Raises
    ------
    CheckpointError
        Missing, damaged, made for another lead order, or not the weights that its JSON describes.
    """
    stated = describe(name, folder)
    path = folder / f"{name}.safetensors"
    if not path.is_file():
        raise CheckpointError(f"{path.name} is missing beside its JSON file.")
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    try:
        if digest != stated["sha256"]:
            raise CheckpointError(
                f"{path.name} has SHA-256 {digest[:12]}..., its JSON states "
                f"{str(stated['sha256'])[:12]}...: the two do not belong together."
            )
        if stated["leads"] != list(LEADS):
            raise CheckpointError(f"{name} was made for the leads {stated['leads']}.")
        network = build_network(stated["kind"], stated["network"])
        network.load_state_dict(load_tensors(content))
        return Model(
            name=stated["name"],
            title=stated["title"],
            kind=stated["kind"],
            objective=stated["objective"],
            network=network.eval(),
            preprocessing=PreprocessingConfig(**stated["preprocessing"]),
            labels=tuple(stated["labels"]),
            thresholds=stated["thresholds"],
            temperature=stated["temperature"],
            label_scale=dict(stated.get("label_scale", {})),
            label_bias=dict(stated.get("label_bias", {})),
        )
    except KeyError as error:
        raise CheckpointError(f"{name}.json lacks the field {error}.") from error
    except (RuntimeError, TypeError, ValueError, SafetensorError) as error:
        raise CheckpointError(f"{name} does not fit its description: {error}.") from error


def save(model: Model, folder: Path, **facts: Any) -> None:
    """Write weights and JSON; `facts` (training, metrics) are added to the JSON.

    Each file replaces an older one only when it is complete.
    """
    tensors = {key: value.contiguous() for key, value in model.network.state_dict().items()}
    content = save_tensors(tensors)
    stated = {
        "name": model.name,
        "title": model.title,
        "kind": model.kind,
        "objective": model.objective,
        "parameters": model.parameters,
        "network": asdict(model.network.config),  # type: ignore[call-overload]
        "preprocessing": asdict(model.preprocessing),
        "leads": list(LEADS),
        "labels": list(model.labels),
        "thresholds": model.thresholds,
        "temperature": model.temperature,
        "label_scale": model.label_scale,
        "label_bias": model.label_bias,
        "sha256": hashlib.sha256(content).hexdigest(),
        **facts,
    }
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / f"{model.name}.safetensors", content)
    _write_description(stated, folder)


def update(name: str, facts: dict[str, Any], folder: Path = WEIGHTS) -> None:
    """Replace or add `facts` (such as metrics) in the JSON of a checkpoint.

    Raises
    ------
    CheckpointError
        No checkpoint of this name, or its JSON is damaged.
    """
    _write_description(describe(name, folder) | facts, folder)


def _write_description(stated: dict[str, Any], folder: Path) -> None:
    text = json.dumps(stated, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    write_whole(folder / f"{stated['name']}.json", text.encode())


def parameters_of(network: nn.Module) -> dict[str, torch.Tensor]:
    """Copy of all weights and buffers, detached."""
    return {key: value.detach().clone() for key, value in network.state_dict().items()}
