"""Write ``weights/README.md`` from the checkpoints themselves, so that its figures are theirs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ecgcore.electrodes import TABLE_ROWS
from ecgcore.model.checkpoint import available, describe
from ecgcore.model.labels import NAMES

_HEAD = """# Weights

Each checkpoint is `NAME.safetensors` (the weights) and `NAME.json` (what they are: network and
preprocessing configuration, lead order, labels, thresholds, temperature, training data, split,
SHA-256, and every figure below). Not for diagnosis.

This page is written by `python -m ecgcore.learn.recipe --data FOLDER`, which also trains the
checkpoints; do not edit it by hand.

## Data and attribution

The weights were trained on, and measured with, recordings that stay with their publishers:

| data | use | licence and source |
|---|---|---|
| PTB-XL 1.0.3, folds 1-8 | training | CC BY 4.0, PhysioNet; Wagner P et al., Sci Data 2020;7:154 |
| PTB-XL, fold 9 | thresholds, temperature | as above |
| PTB-XL, fold 10 | test, reported only | as above |
| simulated recordings (`ecgcore.simulate`) | training only | made here |
| LUDB | external test | ODC-By 1.0; Kalyakulina A et al., IEEE Access 2020;8:186181 |
| PhysioNet/CinC 2021, PTB-XL left out | external test | CC BY 4.0; Reyna M et al., CinC 2021 |

Every change made to the recordings (filter, resampling, scaling, simulated swaps, noise) is
described in `ecgcore/signal/preprocess.py` and `ecgcore/learn/augment.py`.
"""

_LIMITS = """
## Limits

* About 1,800 real training recordings from one source; a label with few positives has a wide
  interval, and flutter and premature complexes lean on simulated recordings.
* A network that does not know which lead is which cannot use lead identity: fascicular block, the
  site of an infarct and incomplete right bundle branch block suffer most.
* Adults, resting, ten seconds. No paced rhythms to speak of, no children.
"""


def write(folder: Path) -> None:
    """Write README.md beside the checkpoints of `folder`."""
    parts = [_HEAD, *(_section(describe(name, folder)) for name in available(folder)), _LIMITS]
    (folder / "README.md").write_text("\n".join(parts), encoding="utf-8")


def _section(stated: dict[str, Any]) -> str:
    figures = stated["metrics"]
    lines = [
        f"## {stated['name']}",
        "",
        f"{stated['title']}: {stated['parameters']:,} parameters, trained on "
        f"{stated['training']['records']:,} recordings. Area under ROC, 95 % bootstrap interval:",
        "",
        "| label | test (positives of known) | AUC | " + " | ".join(figures["external"]) + " |",
        "|---|---|---|" + "---|" * len(figures["external"]),
    ]
    for label in stated["labels"]:
        test = figures["test"]["labels"][label]
        external = [_figure(part["labels"][label]["auc"]) for part in figures["external"].values()]
        lines.append(
            f"| {NAMES[label]} | {test['positives']} of {test['known']} | "
            f"{_figure(test['auc'])} | {' | '.join(external)} |"
        )
    macro = [
        _figure(part["macro_auc"]) for part in (figures["test"], *figures["external"].values())
    ]
    lines += [
        f"| **mean** | {figures['test']['records']} recordings | {' | '.join(macro)} |",
        "",
        "Electrodes of every test recording swapped (electrode potentials):",
        "",
        "| swap | mean AUC | change | recordings with any finding changed |",
        "|---|---|---|---|",
    ]
    lines += [_swap_line(row, figures["swaps"][row]) for row in TABLE_ROWS]
    return "\n".join(lines) + "\n"


def _figure(interval: dict[str, float | None]) -> str:
    if interval["value"] is None:
        return "too few"
    return f"{interval['value']:.3f} ({interval['low']:.3f}-{interval['high']:.3f})"


def _swap_line(row: str, figures: dict[str, float]) -> str:
    return (
        f"| {row} | {figures['macro_auc']:.3f} | {figures['macro_auc_change']:+.3f} | "
        f"{100 * figures['share_changed']:.1f} % |"
    )
