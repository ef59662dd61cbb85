"""Quantities that follow from the number of the step: learning rate and decay of the average."""

from __future__ import annotations

import math


def learning_rate_share(step: int, n_steps: int, warm_up: float) -> float:
    """Share of the peak rate in step 0 ... n_steps - 1: linear warm-up, then cosine to zero.

    Parameters
    ----------
    warm_up : float
        Share of all steps.
    """
    progress = (step + 0.5) / n_steps  # the middle of the step, so that none has a rate of zero
    if progress < warm_up:
        return progress / warm_up
    return 0.5 * (1 + math.cos(math.pi * (progress - warm_up) / (1 - warm_up)))


def average_decay(step: int, decay: float) -> float:
    """Decay of the moving average, smaller at first, so that it soon forgets the random start."""
    return min(decay, (1 + step) / (10 + step))
