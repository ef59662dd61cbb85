"""Scaling of leads on tensors, on any device, as `preprocess.scale_leads` does it on arrays."""

from __future__ import annotations

import torch

from ecgcore.signal.preprocess import PreprocessingConfig


def scaled(x: torch.Tensor, config: PreprocessingConfig) -> torch.Tensor:
    """Divide each lead of (B, C, N) by its root mean square over what is not padding."""
    recorded = (x != 0).sum(dim=2, keepdim=True).clamp(min=1)
    rms = (x.square().sum(dim=2, keepdim=True) / recorded).sqrt()
    return x / rms.clamp(min=config.rms_floor)
