"""The recipe of the shipped weights: ``python -m ecgcore.learn.recipe --data ../shared/data``.

Four checkpoints: the method and an order-dependent network, each for all findings (multi-label) and
for the method's own four classes (softmax). Trained on PTB-XL folds 1-8; thresholds and temperature
from fold 9; fold 10 and the external sets are only reported.
"""

from __future__ import annotations

import argparse
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import nn

from ecgcore.learn import metrics, weights_readme
from ecgcore.learn.augment import AugmentConfig
from ecgcore.learn.datasets import cinc2021, ludb, ptbxl, ptbxl_subset, simulated
from ecgcore.learn.datasets.labelled_set import LabelledSet, concatenate
from ecgcore.learn.evaluate import evaluate, evaluate_swaps, logits_of, truth_for
from ecgcore.learn.train import TrainConfig, multilabel_loss, softmax_loss, train
from ecgcore.model.baseline import BaselineConfig, FixedOrderNetwork
from ecgcore.model.checkpoint import Model, load, save
from ecgcore.model.labels import CODES
from ecgcore.model.network import LeadAttentionNetwork, NetworkConfig
from ecgcore.signal.preprocess import PreprocessingConfig

# The method's own examples of classes: sinus rhythm, atrial fibrillation, premature ventricular
# and premature atrial beat.
RHYTHM_CLASSES = ("NSR", "AF", "PVC", "PAC")
STEM_WIDTH, WIDTHS = 16, (32, 48, 64, 64, 96)
PREPROCESSING = PreprocessingConfig()
SIMULATION_SEED = 20
# An ordinary network is trained as usual: no swaps, all leads present.
ORDINARY = AugmentConfig(swap_probability=0.0, drop_leads_probability=0.0)


@dataclass(frozen=True)
class Plan:
    """One checkpoint to make; `start_from` names the checkpoint whose extractor it begins with."""

    name: str
    title: str
    kind: str
    objective: str
    labels: tuple[str, ...]
    train: TrainConfig
    augment: AugmentConfig
    start_from: str | None = None


PLANS = (
    Plan(
        "attention-findings",
        "Lead attention, all findings",
        "attention",
        "multilabel",
        CODES,
        TrainConfig(epochs=50, bf16=False),
        AugmentConfig(),
    ),
    Plan(
        "baseline-findings",
        "Order-dependent network, all findings",
        "baseline",
        "multilabel",
        CODES,
        TrainConfig(epochs=50, bf16=False),
        ORDINARY,
    ),
    Plan(
        "attention-rhythm",
        "Lead attention, four rhythm classes",
        "attention",
        "softmax",
        RHYTHM_CLASSES,
        TrainConfig(epochs=15, learning_rate=1e-3, bf16=False),
        AugmentConfig(),
        start_from="attention-findings",
    ),
    Plan(
        "baseline-rhythm",
        "Order-dependent network, four rhythm classes",
        "baseline",
        "softmax",
        RHYTHM_CLASSES,
        TrainConfig(epochs=15, learning_rate=1e-3, bf16=False),
        ORDINARY,
        start_from="baseline-findings",
    ),
)


def read_training_sets(data: Path) -> LabelledSet:
    """PTB-XL subset, unfiltered PTB-XL records not among them, and simulated recordings."""
    subset = ptbxl_subset.read(data, PREPROCESSING)
    raw = ptbxl.read(data / "ptbxl_raw", PREPROCESSING)
    return concatenate(
        [subset, raw.without(subset.record), simulated.generate(PREPROCESSING, SIMULATION_SEED)]
    )


def single_class(data: LabelledSet, classes: Sequence[str]) -> LabelledSet:
    """Keep recordings of exactly one class, every class being annotated; label them so.

    The first class is the background rhythm: a premature beat in sinus rhythm belongs to the class
    of the premature beat.
    """
    columns = [CODES.index(code) for code in classes]
    chosen = data.labels[:, columns].copy()
    others = chosen[:, 1:].sum(axis=1)  # NaN where a class is not annotated
    chosen[others == 1, 0] = 0.0
    labels = data.labels.copy()
    labels[:, columns] = chosen
    return replace(data, labels=labels).where(chosen.sum(axis=1) == 1)


def make(plan: Plan, data: LabelledSet, external: dict[str, LabelledSet], out: Path) -> None:
    """Train, calibrate, measure and write one checkpoint."""
    softmax = plan.objective == "softmax"
    if softmax:
        data = single_class(data, plan.labels)
        external = {name: single_class(part, plan.labels) for name, part in external.items()}
    columns = [CODES.index(code) for code in plan.labels]
    training = data.of_split("train")
    network = _fresh_network(plan, out)
    for epoch in train(
        network,
        replace(training, labels=training.labels[:, columns]),
        plan.train,
        plan.augment,
        PREPROCESSING,
        softmax_loss if softmax else multilabel_loss,
    ):
        print(
            f"{plan.name}: epoch {epoch.number}/{plan.train.epochs}, loss {epoch.loss:.4f}, "
            f"{epoch.records_per_s:.0f} records/s",
            flush=True,
        )
    model = _calibrated(plan, network.eval(), data.of_split("val"))
    test = data.of_split("test")
    save(
        model,
        out,
        training=_account(plan, training),
        metrics={
            "validation": asdict(evaluate(model, data.of_split("val"))),
            "test": asdict(evaluate(model, test)),
            "swaps": {row: asdict(r) for row, r in evaluate_swaps(model, test).items()},
            "external": {name: asdict(evaluate(model, part)) for name, part in external.items()},
        },
    )


def _fresh_network(plan: Plan, out: Path) -> nn.Module:
    torch.manual_seed(plan.train.seed)
    n_classes = len(plan.labels)
    network: nn.Module
    if plan.kind == "attention":
        network = LeadAttentionNetwork(
            NetworkConfig(n_classes, stem_width=STEM_WIDTH, widths=WIDTHS)
        )
    else:
        network = FixedOrderNetwork(BaselineConfig(n_classes, stem_width=STEM_WIDTH, widths=WIDTHS))
    if plan.start_from is not None:
        state = load(plan.start_from, out).network.state_dict()
        shared = {k: v for k, v in state.items() if not k.startswith("classifier")}
        network.load_state_dict(shared, strict=False)
    return network


def _calibrated(plan: Plan, network: nn.Module, validation: LabelledSet) -> Model:
    """Temperature, then thresholds, from the validation recordings alone."""
    softmax = plan.objective == "softmax"
    model = Model(
        plan.name, plan.title, plan.kind, plan.objective, network, PREPROCESSING, plan.labels, {}
    )
    truth, logits = truth_for(model, validation), logits_of(model, validation)
    temperature = metrics.fit_temperature(truth, logits, softmax=softmax)
    if softmax:
        return replace(model, temperature=temperature, thresholds=dict.fromkeys(plan.labels, 0.5))
    probability = 1 / (1 + np.exp(-logits / temperature))
    thresholds = metrics.choose_thresholds(truth, probability)
    return replace(
        model,
        temperature=temperature,
        thresholds=dict(zip(plan.labels, thresholds.tolist(), strict=True)),
    )


def _account(plan: Plan, training: LabelledSet) -> dict[str, object]:
    """Account for the making of a checkpoint."""
    return {
        "data": sorted(set(training.source.tolist())),
        "records": len(training),
        "split": "PTB-XL official folds, by patient: train 1-8, validation 9, test 10",
        "start_from": plan.start_from,
        "config": asdict(plan.train),
        "augment": asdict(plan.augment),
        "torch": torch.__version__,
        "python": platform.python_version(),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the checkpoints named on the command line, all by default."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets")
    parser.add_argument("--out", type=Path, default=Path("weights"))
    parser.add_argument("--only", nargs="*", choices=[plan.name for plan in PLANS])
    chosen = parser.parse_args(arguments)
    data = read_training_sets(chosen.data)
    external = {
        "ludb": ludb.read(chosen.data / "ludb", PREPROCESSING),
        "cinc2021": cinc2021.read(chosen.data / "cinc2021", PREPROCESSING),
    }
    for plan in PLANS:
        if not chosen.only or plan.name in chosen.only:
            make(plan, data, external, chosen.out)
    weights_readme.write(chosen.out)


if __name__ == "__main__":
    main()
