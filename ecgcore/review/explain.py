"""Which moments of which lead speak for a finding: signed integrated gradients along time.

References
----------
Sundararajan, Taly, Yan. Axiomatic attribution for deep networks. ICML 2017, PMLR 70:3319-3328.

What is explained is the log-odds of the calibrated probability, log(p / (1 - p)). For a finding
with a probability of its own that is the calibrated logit. For one class of several it is its logit
less that of all others together: a softmax logit alone says nothing, since a number added to all
of them changes no probability.

The path leads straight from twelve flat leads, which are zeros after preprocessing, to the tracing;
leads that are not read stay absent all the way.

Deviation from the source, which takes equal steps along the path: the step grows with the distance
from the flat leads (alpha = t^2, trapezoidal rule over equal steps of t), since the logits of our
networks move fastest where the leads are almost flat.

Steps and tolerance were chosen on 30 recordings of CinC 2021 and 30 of LUDB, two findings each,
with each shipped model (`benchmarks/explanation.py`): after 32 steps 93 to 100 % of the
explanations leave less than 2 % of the change unexplained, after 64 at least 98 %, after 128 all;
the median is 0.3 to 0.7 %. Rectifiers and maxima put kinks into the path, so that a finer one gains
slowly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from ecgcore.errors import SignalError
from ecgcore.leads import LEADS
from ecgcore.model.checkpoint import Model
from ecgcore.model.predict import calibration, model_input
from ecgcore.recording import Recording

FIRST_STEPS, MOST_STEPS = 32, 128
TOLERANCE = 0.02
# Where a tracing hardly moves the log-odds, 2 % of nothing cannot be met: at an even chance a
# change of 0.02 moves the probability by half a percentage point.
FLOOR_LOG_ODDS = 0.02
# Two samples of the networks' usual input. It divides the columns of every layout (2.5, 5, 10 s).
BIN_S = 0.02
# Points of the path per pass: more take no less time each, but more memory.
_POINTS = 8


@dataclass(frozen=True, eq=False)
class Explanation:
    """How much each sample of each lead moved the log-odds of one finding.

    Attributes
    ----------
    finding : str
    attribution : ndarray, shape (12, N), float64
        Log-odds per sample of the network's input; positive speaks for the finding. Zero for leads
        that were not read.
    fs : float
        Rate of the network's input, Hz; its first sample is the first of the recording.
    duration_s : float
        Of what was read.
    leads : tuple of str
        Leads that were read.
    log_odds, flat_log_odds : float
        Of the tracing, and of flat leads in its stead.
    steps : int
        Steps of the path.
    """

    finding: str
    attribution: npt.NDArray[np.float64]
    fs: float
    duration_s: float
    leads: tuple[str, ...]
    log_odds: float
    flat_log_odds: float
    steps: int

    @property
    def change(self) -> float:
        """By how much the tracing moves the log-odds; what the attributions have to add up to."""
        return self.log_odds - self.flat_log_odds

    @property
    def total(self) -> float:
        """What the attributions add up to."""
        return float(self.attribution.sum())

    @property
    def error(self) -> float:
        """What they leave unexplained, in log-odds; 0 for an exact integral."""
        return abs(self.total - self.change)

    @property
    def complete(self) -> bool:
        """Whether they add up to the change, within the tolerance."""
        return self.error <= max(TOLERANCE * abs(self.change), FLOOR_LOG_ODDS)

    @property
    def per_lead(self) -> dict[str, float]:
        """Sum over time of each lead that was read."""
        sums = dict(zip(LEADS, self.attribution.sum(axis=1).tolist(), strict=True))
        return {lead: sums[lead] for lead in self.leads}

    def binned(self) -> tuple[npt.NDArray[np.float64], float]:
        """Sum the attributions in bins of about 20 ms, the nearest whole number of samples.

        Returns
        -------
        sums : ndarray, shape (12, bins)
            Bin b holds what lies from b to b + 1 bin lengths after the start of the recording.
        bin_s : float
            Length of a bin.
        """
        per_bin = max(1, round(BIN_S * self.fs))
        missing = -self.attribution.shape[1] % per_bin
        padded = np.pad(self.attribution, [(0, 0), (0, missing)])
        # (12, N) -> (12, bins, samples of a bin) -> (12, bins)
        return padded.reshape(len(LEADS), -1, per_bin).sum(axis=2), per_bin / self.fs


def explain(
    model: Model, recording: Recording, finding: str, usable: Sequence[bool] | None = None
) -> Explanation:
    """Attribute the log-odds of one finding to the samples that the network read.

    The steps are doubled, from 32 to at most 128, until the attributions add up to the change of
    the log-odds within 2 % of it; `Explanation.complete` tells whether they did.

    Parameters
    ----------
    model : Model
        Of either kind; nothing about it is changed.
    recording : Recording
    finding : str
        One of the model's labels.
    usable : sequence of bool, optional
        As for `predict`.

    Raises
    ------
    SignalError
        The model does not report the finding, or no usable lead is long enough to be read.
    """
    if finding not in model.labels:
        raise SignalError(
            f'"{finding}" is not reported by {model.name}, expected one of '
            f"{', '.join(model.labels)}."
        )
    prepared = model_input(model, recording, usable)
    path = _Path(model, finding, torch.from_numpy(prepared.x), torch.from_numpy(prepared.present))
    flat, whole = path.ends()
    steps = FIRST_STEPS
    # At t = 0 the weight 2 t dt is zero, so that the flat end of the path costs nothing.
    summed = path.gradients([(k + 1) / steps for k in range(steps)])
    while True:
        explanation = Explanation(
            finding,
            (prepared.x * summed / steps).astype(np.float64),
            model.preprocessing.fs,
            min(recording.duration_s, model.preprocessing.duration_s),
            tuple(lead for lead, here in zip(LEADS, prepared.present, strict=True) if here),
            whole,
            flat,
            steps,
        )
        if explanation.complete or steps >= MOST_STEPS:
            return explanation
        summed = summed + path.gradients([(k + 0.5) / steps for k in range(steps)])
        steps *= 2


@dataclass(frozen=True, eq=False)
class _Path:
    """The straight line from flat leads to a tracing, and the log-odds along it."""

    model: Model
    finding: str
    x: torch.Tensor  # (12, N)
    present: torch.Tensor  # (12,)

    def ends(self) -> tuple[float, float]:
        """Log-odds of flat leads and of the tracing."""
        with torch.no_grad():
            flat, whole = self._log_odds(torch.stack([torch.zeros_like(self.x), self.x])).tolist()
        return flat, whole

    def gradients(self, places: Sequence[float]) -> npt.NDArray[np.float64]:
        """Sum of 2 t times the gradient at t^2 x over `places`; the end t = 1 counts half.

        Returns
        -------
        ndarray, shape (12, N)
        """
        summed = np.zeros(self.x.shape)
        for start in range(0, len(places), _POINTS):
            t = torch.tensor(places[start : start + _POINTS])
            weights = torch.where(t == 1, t, 2 * t)
            with torch.enable_grad():
                # (P, 12, N), a leaf: gradients flow to it and to no parameter.
                points = (t.square()[:, None, None] * self.x).requires_grad_()
                total = (weights * self._log_odds(points)).sum()
                (gradient,) = torch.autograd.grad(total, points)
            summed += gradient.sum(dim=0).double().numpy()
        return summed

    def _log_odds(self, x: torch.Tensor) -> torch.Tensor:
        """Log-odds, (P,), of the calibrated probability for inputs (P, 12, N)."""
        model = self.model
        logits = model.network(x, self.present.expand(len(x), -1))[0]
        scale, bias = (torch.from_numpy(x).float() for x in calibration(model))
        calibrated = logits / model.temperature * scale + bias  # (P, K), as `calibrated_logits`
        k = model.labels.index(self.finding)
        if model.objective == "multilabel":
            return calibrated[:, k]
        others = [i for i in range(len(model.labels)) if i != k]
        return calibrated[:, k] - calibrated[:, others].logsumexp(dim=1)
