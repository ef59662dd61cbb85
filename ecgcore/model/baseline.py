"""The control: an ordinary residual network over the leads in fixed order.

It uses the same modules as the method, but its first convolution mixes the twelve channels, so it
depends on which lead stands where, as nearly all published networks do.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from ecgcore.model.network import Activation, PreActivationModule, ResidualModule


@dataclass(frozen=True)
class BaselineConfig:
    """Shape of the order-dependent network; stored in each checkpoint.

    Attributes
    ----------
    n_classes : int
        K.
    n_leads : int
        C, fixed.
    stem_width, widths, kernel, stem_strides, stride, activation, dropout
        As in `NetworkConfig`.
    """

    n_classes: int
    n_leads: int = 12
    stem_width: int = 32
    widths: tuple[int, ...] = (32, 48, 64, 96)
    kernel: int = 9
    stem_strides: tuple[int, int] = (2, 2)
    stride: int = 2
    activation: str = "relu"
    dropout: float = 0.3


class FixedOrderNetwork(nn.Module):
    """Residual network over 12 channels, pooled over time by mean and maximum."""

    def __init__(self, config: BaselineConfig) -> None:
        super().__init__()
        self.config = config
        kernel, act = config.kernel, config.activation
        self.pre_activation = PreActivationModule(
            config.n_leads, config.stem_width, kernel, config.stem_strides, act
        )
        inputs = (config.stem_width, *config.widths[:-1])
        self.residuals = nn.Sequential(
            *(
                ResidualModule(before, width, kernel, config.stride, act)
                for before, width in zip(inputs, config.widths, strict=True)
            )
        )
        self.final_norm = nn.BatchNorm2d(config.widths[-1])
        self.final_act = Activation(act)
        self.dropout = nn.Dropout(config.dropout)
        self.classifier = nn.Linear(2 * config.widths[-1], config.n_classes)

    def forward(
        self, x: torch.Tensor, present: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Classify recordings.

        Parameters
        ----------
        x : tensor, shape (B, 12, N)
        present : bool tensor, shape (B, 12), optional
            Leads that are absent are set to zero: a fixed-order network has no other way.

        Returns
        -------
        logits : tensor, shape (B, K)
        None
            It has no weights over leads.
        """
        if present is not None:
            x = x * present[:, :, None]
        features = self.pre_activation(
            x[:, :, None, :].contiguous(memory_format=torch.channels_last)
        )
        features = self.final_act(self.final_norm(self.residuals(features)))
        pooled = torch.cat([features.mean(dim=(2, 3)), features.amax(dim=(2, 3))], dim=1)
        return self.classifier(self.dropout(pooled)), None
