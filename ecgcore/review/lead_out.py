"""What a model would report without each of the leads: one lead left out at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ecgcore.leads import LEADS
from ecgcore.model.checkpoint import Model
from ecgcore.model.predict import model_input, predict_prepared, restricted
from ecgcore.model.prediction import Change, Prediction, compare
from ecgcore.recording import Recording

ONE_LEAD = "Only lead {lead} is read, so no lead can be left out."
FIXED_ORDER = (
    "This network reads twelve leads in fixed order: a lead that is left out is a flat line to it."
)
LIMB_LEADS_TIED = (
    "Any two limb leads give the other four, so what one limb lead shows is seldom missing "
    "without it."
)


@dataclass(frozen=True)
class WithoutLead:
    """What the model says when one lead is left out.

    Attributes
    ----------
    lead : str
    prediction : Prediction
        Of the other leads.
    change : Change
        Against the prediction of all of them; `gained` and `lost` cross their threshold.
    """

    lead: str
    prediction: Prediction
    change: Change


@dataclass(frozen=True)
class LeadsOut:
    """One model on one recording, whole and without each of the leads.

    Attributes
    ----------
    whole : Prediction
    without : tuple of WithoutLead
        One for each lead that is read, in the order of `leads.LEADS`; none where it is one alone.
    notes : tuple of str
        How to take the figures, as sentences.
    """

    whole: Prediction
    without: tuple[WithoutLead, ...]
    notes: tuple[str, ...]

    def change(self, finding: str, lead: str) -> float:
        """By how much the probability of a finding changes without a lead, -1 to 1."""
        (found,) = (x for x in self.without if x.lead == lead)
        return found.prediction.probabilities[finding] - self.whole.probabilities[finding]


def without_each_lead(
    model: Model, recording: Recording, usable: Sequence[bool] | None = None
) -> LeadsOut:
    """Predict a recording without each of its leads in turn.

    A lead that is left out counts as not recorded: the attention network spreads its weight over
    the others, the network of fixed order sees a flat line.

    Parameters
    ----------
    model : Model
    recording : Recording
    usable : sequence of bool, optional
        As for `predict`.

    Raises
    ------
    SignalError
        No usable lead is long enough to be read.
    """
    prepared = model_input(model, recording, usable)
    rows = np.flatnonzero(prepared.present)
    if len(rows) == 1:
        whole = predict_prepared(model, [prepared])[0]
        return LeadsOut(whole, (), (ONE_LEAD.format(lead=LEADS[rows[0]]),))
    fewer = [restricted(prepared, np.arange(len(LEADS)) != row) for row in rows]
    whole, *others = predict_prepared(model, [prepared, *fewer])
    return LeadsOut(
        whole,
        tuple(
            WithoutLead(LEADS[row], other, compare(whole, other))
            for row, other in zip(rows, others, strict=True)
        ),
        (LIMB_LEADS_TIED,) if model.kind == "attention" else (FIXED_ORDER, LIMB_LEADS_TIED),
    )
