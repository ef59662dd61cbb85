"""A side task that needs no diagnosis: naming the lead, and whether it is upside down.

Every recording, labelled or not, teaches the extractor what a V1 looks like and what an inverted I.
The classifier still never learns a name: the task has a layer of its own, which is thrown away.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from ecgcore.errors import TrainingError
from ecgcore.leads import LEADS
from ecgcore.learn.swaps import NO_LEAD
from ecgcore.model.network import LeadAttentionNetwork


class NamingNetwork(nn.Module):
    """A lead-attention network that also names each lead while it is trained.

    Parameters
    ----------
    network : LeadAttentionNetwork

    Raises
    ------
    TrainingError
        The network does not read lead by lead.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        if not isinstance(network, LeadAttentionNetwork):
            raise TrainingError("training.naming_weight: only lead attention can name its leads.")
        self.network = network
        # Each lead as it is or upside down, in the order of `swaps.leads_shown`.
        self.namer = nn.Linear(sum(network.config.vector_sizes), 2 * len(LEADS))

    def forward(
        self, x: torch.Tensor, present: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return logits (B, K), weights (B, C) and logits of the names (B, C or 2 C, 24)."""
        vectors = self.network.lead_vectors(x, present)
        logits, weights = self.network.decide(vectors, present)
        return logits, weights, self.namer(self.network.attention.activation(vectors))


def reading(network: nn.Module) -> nn.Module:
    """Return the network that reads recordings, without the layer of the side task."""
    return network.network if isinstance(network, NamingNetwork) else network


def naming_loss(
    names: torch.Tensor, shown: torch.Tensor, present: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Cross-entropy of the names, summed, and over how many leads.

    Parameters
    ----------
    names : tensor, shape (B, C, 24), or (B, 2 C, 24) of leads read both ways
    shown : tensor of int64, shape (B, C)
        From `swaps.leads_shown`; rows that show no single lead are left out.
    present : bool tensor, shape (B, C)
    """
    if names.shape[1] > shown.shape[1]:  # the second reading of each lead is upside down
        turned = (shown + len(LEADS)) % (2 * len(LEADS))
        shown = torch.cat([shown, turned.where(shown != NO_LEAD, shown)], dim=1)
        present = present.repeat(1, 2)
    nameable = present & (shown != NO_LEAD)
    total = functional.cross_entropy(names[nameable], shown[nameable], reduction="sum")
    return total, nameable.sum()
