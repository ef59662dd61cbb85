"""Write ``weights/README.md`` from the checkpoints themselves, so that its figures are theirs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ecgcore.learn.performance_text import (
    HOW_TO_READ,
    Described,
    all_scenarios,
    aucs,
    comparison,
    described,
    labels,
)
from ecgcore.model.checkpoint import available, describe

_TITLES = {"multilabel": "All findings", "softmax": "One of four rhythms"}
_HEAD = """# Weights

Each checkpoint is `NAME.safetensors` (the weights) and `NAME.json` (what they are: network and
preprocessing configuration, lead order, labels, thresholds, calibration, training data, split,
SHA-256, and every figure below). Not for diagnosis.

The figures are measured, and this page is written, by
`python -m ecgcore evaluate --data FOLDER --out DIR --update`; do not edit it by hand.

## Data and attribution

The weights were trained on, and measured with, recordings that stay with their publishers:

| data | use | licence and source |
|---|---|---|
| PTB-XL 1.0.3, folds 1-8 | training | CC BY 4.0, PhysioNet; Wagner P et al., Sci Data 2020;7:154 |
| PTB-XL, fold 9 | calibration, thresholds | as above |
| PTB-XL, fold 10 | test, reported only | as above |
| PhysioNet/CinC 2011, unlabelled | training, ours only | ODC-By 1.0; Silva I et al., CinC 2011 |
| PhysioNet/CinC 2011, judged acceptable or not | `quality/score.json` | as above |
| simulated recordings (`ecgcore.simulate`) | training only | made here |
| LUDB | external test | ODC-By 1.0; Kalyakulina A et al., IEEE Access 2020;8:186181 |
| PhysioNet/CinC 2021, PTB-XL left out | external test | CC BY 4.0; Reyna M et al., CinC 2021 |

Every change made to the recordings (filter, resampling, scaling, simulated swaps, noise) is
described in `ecgcore/signal/preprocess.py` and `ecgcore/learn/augment.py`. `recipes/NAME.toml`
makes each checkpoint anew; `docs/training.md` says how.
"""

_LIMITS = """
## Limits

* About 1,800 real training recordings from one source; a label with few positives has a wide
  interval, and flutter and premature complexes lean on simulated recordings.
* A network that does not know which lead is which, nor which way up it was recorded, cannot use
  lead identity and polarity: incomplete right bundle branch block, fascicular block and infarction
  suffer most.
* Adults, resting, ten seconds. No paced rhythms to speak of, no children.
"""


def write(folder: Path) -> None:
    """Write README.md beside the checkpoints of `folder`."""
    models = [described(describe(name, folder)) for name in available(folder)]
    training = {name: describe(name, folder).get("training", {}) for name in available(folder)}
    parts = [_HEAD, "## How they compare", "", HOW_TO_READ]
    for objective in dict.fromkeys(model.objective for model in models):
        same = [model for model in models if model.objective == objective]
        parts += [
            f"### {_TITLES.get(objective, objective)}",
            "",
            comparison(same),
            all_scenarios(same, level=4),
        ]
    parts += [_section(model, training[model.name]) for model in models]
    (folder / "README.md").write_text("\n".join([*parts, _LIMITS]), encoding="utf-8")


def _section(model: Described, training: Mapping[str, Any]) -> str:
    measured = model.measured
    made = f"trained on {training['records']:,} recordings" if "records" in training else "trained"
    parts = [f"## {model.name}", "", f"{model.title}: {model.parameters:,} parameters, {made}.", ""]
    if measured.test is None:
        return "\n".join([*parts, "It has not been measured.", ""])
    parts += [f"Test, {measured.test.records} recordings:", "", labels(measured.test)]
    if measured.external:
        parts += ["Area under ROC on sets from elsewhere:", "", aucs(measured.external)]
    return "\n".join(parts)
