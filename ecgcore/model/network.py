"""The method: one network shared by all leads, attention over the leads, an order-free decision.

Source: CN110801218A, paragraphs 56-108, figures 10, 11 and 13, claims 1-4. Shapes: B batch,
C leads, N samples, M_r size of the vector of scale r, n = sum of M_r, K classes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional

from ecgcore.errors import CheckpointError

ACTIVATIONS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "tanh": torch.tanh,
    "relu": functional.relu,
    "gelu": functional.gelu,
    "sigmoid": torch.sigmoid,
}
POOLS: dict[str, Callable[[int], nn.Module]] = {
    "max": lambda bins: nn.AdaptiveMaxPool2d((1, bins)),
    "mean": lambda bins: nn.AdaptiveAvgPool2d((1, bins)),
}
NORMALISATIONS = ("softmax", "sigmoid")
WEIGHTED = ("activated", "raw")


@dataclass(frozen=True)
class NetworkConfig:
    """Shape of the network; stored in each checkpoint.

    Attributes
    ----------
    n_classes : int
        K.
    stem_width : int
        Channels of the pre-activation module.
    widths : tuple of int
        Channels of the residual modules; their number is R >= 2 (the source describes four).
    kernel : int
        Samples per convolution kernel, odd.
    stem_strides : tuple of int
        Factors by which conv1 and conv2 of the pre-activation module shorten the lead.
    stride : int
        Factor by which each residual module shortens it.
    bins : int
        Time bins of the pool that makes a scale vector: M_r = widths[r] * bins * number of pools.
        One bin, the default, is a maximum over the whole lead.
    pools : tuple of {"max", "mean"}
        How a scale vector sums up the time. The source has the maximum alone, which finds a wave
        but cannot count beats; a mean beside it can (*deviation from the source*).
    both_ways : bool
        Read each lead twice, as it is and upside down, as if both were leads (*deviation from the
        source*). What a lead's sign would tell is given up; in return a swap that only exchanges
        leads and turns them over, as every exchange of the two arms and the left leg does, has
        exactly no effect. Weights are summed over the two readings.
    activation : str
        Inside the modules, and in equations 1 and 4: see `attention_activation`.
    attention_activation : str
        Equations 1 and 4; the source states tanh.
    normalisation : {"softmax", "sigmoid"}
        Equation 2; the source states softmax. Sigmoid weights are divided by their sum.
    weighted : {"activated", "raw"}
        Whether z sums w_c q_c (paragraph 151 and equation 5) or w_c p_c (text of claim 4).
    dropout : float
        Before the fully connected layer.
    heads : int
        Number H of vectors k, each with its own weights over the leads and its own target vector;
        the target vectors are joined and the weights shown are the mean. The source has one
        (*deviation from the source* where H > 1): one weighting must serve a rhythm, seen in every
        lead, and a block seen in V1 alone; see docs/experiments.md for what each costs.
    """

    n_classes: int
    stem_width: int = 32
    widths: tuple[int, ...] = (32, 48, 64, 96)
    kernel: int = 9
    stem_strides: tuple[int, int] = (2, 2)
    stride: int = 2
    bins: int = 1
    activation: str = "relu"
    attention_activation: str = "tanh"
    normalisation: str = "softmax"
    weighted: str = "activated"
    dropout: float = 0.3
    heads: int = 1
    pools: tuple[str, ...] = ("max",)
    both_ways: bool = False

    def __post_init__(self) -> None:
        if len(self.widths) < 2:
            raise CheckpointError(f"{len(self.widths)} residual modules, expected at least 2.")
        if self.heads < 1:
            raise CheckpointError(f"{self.heads} attention heads, expected at least 1.")
        if self.kernel % 2 == 0:
            raise CheckpointError(f"Kernel of {self.kernel} samples, expected an odd number.")
        if not self.pools:
            raise CheckpointError("No pool, expected at least one.")
        for value, allowed in (
            *((pool, tuple(POOLS)) for pool in self.pools),
            (self.activation, tuple(ACTIVATIONS)),
            (self.attention_activation, tuple(ACTIVATIONS)),
            (self.normalisation, NORMALISATIONS),
            (self.weighted, WEIGHTED),
        ):
            if value not in allowed:
                raise CheckpointError(f'"{value}" is unknown, expected one of {allowed}.')

    @property
    def vector_sizes(self) -> tuple[int, ...]:
        """M_1 ... M_R."""
        return tuple(width * self.bins * len(self.pools) for width in self.widths)


class Activation(nn.Module):
    """A named activation, so that the structure can be read off the modules."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Apply it elementwise."""
        return ACTIVATIONS[self.name](x)

    def extra_repr(self) -> str:
        """Show the name in the printed structure."""
        return self.name


def _conv(n_in: int, n_out: int, kernel: int, stride: int = 1) -> nn.Conv2d:
    """Convolve along time. 1 x k kernels in two dimensions run channels-last in bf16 on CPUs."""
    return nn.Conv2d(
        n_in, n_out, (1, kernel), stride=(1, stride), padding=(0, kernel // 2), bias=False
    )


def _pool(stride: int) -> nn.MaxPool2d:
    """Shorten by `stride`, to the length that a convolution of that stride gives."""
    return nn.MaxPool2d((1, stride), stride=(1, stride), ceil_mode=True)


def add_shortcut(main: torch.Tensor, shortcut: torch.Tensor) -> torch.Tensor:
    """Add two (B, channels, 1, L) tensors; the shortcut's missing channels count as zero."""
    missing = main.shape[1] - shortcut.shape[1]
    return main + functional.pad(shortcut, (0, 0, 0, 0, 0, missing))


class PreActivationModule(nn.Module):
    """conv1 - norm1 - act1 - conv2 - norm2 - act2 - conv3, plus max-pooled act1 (paragraph 73)."""

    def __init__(
        self, n_in: int, width: int, kernel: int, strides: tuple[int, int], activation: str
    ) -> None:
        super().__init__()
        self.conv1 = _conv(n_in, width, kernel, strides[0])
        self.norm1 = nn.BatchNorm2d(width)
        self.act1 = Activation(activation)
        self.conv2 = _conv(width, width, kernel, strides[1])
        self.norm2 = nn.BatchNorm2d(width)
        self.act2 = Activation(activation)
        self.conv3 = _conv(width, width, kernel)
        self.shortcut = _pool(strides[1])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, n_in, 1, N) -> (B, width, 1, N divided by both strides, rounded up)."""
        first = self.act1(self.norm1(self.conv1(x)))
        main = self.conv3(self.act2(self.norm2(self.conv2(first))))
        return add_shortcut(main, self.shortcut(first))


class ResidualModule(nn.Module):
    """norm - act - conv - norm - act - conv, plus the max-pooled input (paragraph 75)."""

    def __init__(self, n_in: int, width: int, kernel: int, stride: int, activation: str) -> None:
        super().__init__()
        self.norm1 = nn.BatchNorm2d(n_in)
        self.act1 = Activation(activation)
        self.conv1 = _conv(n_in, width, kernel, stride)
        self.norm2 = nn.BatchNorm2d(width)
        self.act2 = Activation(activation)
        self.conv2 = _conv(width, width, kernel)
        self.shortcut = _pool(stride)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, n_in, 1, L) -> (B, width, 1, ceil(L / stride))."""
        main = self.conv1(self.act1(self.norm1(x)))
        main = self.conv2(self.act2(self.norm2(main)))
        return add_shortcut(main, self.shortcut(x))


class ScalePool(nn.ModuleList):
    """Sums up the time of one scale by each of the pools."""

    def __init__(self, names: tuple[str, ...], bins: int) -> None:
        super().__init__(POOLS[name](bins) for name in names)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, width, 1, L) -> (B, width * number of pools, 1, bins)."""
        return torch.cat([pool(x) for pool in self], dim=1)


class MultiScaleExtractor(nn.Module):
    """The feature extractor of one lead: p = [scale 1 | ... | scale R] (paragraphs 59-81)."""

    def __init__(self, config: NetworkConfig, n_in: int = 1) -> None:
        super().__init__()
        kernel, act = config.kernel, config.activation
        self.pre_activation = PreActivationModule(
            n_in, config.stem_width, kernel, config.stem_strides, act
        )
        inputs = (config.stem_width, *config.widths[:-1])
        self.residuals = nn.ModuleList(
            ResidualModule(before, width, kernel, config.stride, act)
            for before, width in zip(inputs, config.widths, strict=True)
        )
        # "A further max-pool turns the output of each module into its scale vector" (paragraph 75).
        self.scale_pools = nn.ModuleList(
            ScalePool(config.pools, config.bins) for _ in config.widths
        )
        self.final_norm = nn.BatchNorm2d(config.widths[-1])
        self.final_act = Activation(act)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, n_in, 1, N) -> (B, n)."""
        x = self.pre_activation(x)
        scales = []
        for depth, (residual, pool) in enumerate(
            zip(self.residuals, self.scale_pools, strict=True), start=1
        ):
            x = residual(x)
            last = depth == len(self.residuals)
            scales.append(pool(self.final_act(self.final_norm(x)) if last else x).flatten(1))
        return torch.cat(scales, dim=1)


class LeadAttention(nn.Module):
    """Weights over the leads and the target vector (equations 1-9, paragraphs 84-108)."""

    def __init__(self, size: int, config: NetworkConfig) -> None:
        super().__init__()
        shape = (size,) if config.heads == 1 else (config.heads, size)  # the source's k is 1 x n
        self.k = nn.Parameter(torch.randn(shape) / size**0.5)
        self.activation = Activation(config.attention_activation)
        self.normalisation = config.normalisation
        self.weighted = config.weighted

    def weights(self, q: torch.Tensor, present: torch.Tensor) -> torch.Tensor:
        """Weights (B, H, C) of leads q (B, C, n); they sum to 1 over the leads that are present."""
        scores = torch.einsum("bcn,hn->bhc", q, self.k.reshape(-1, q.shape[2]))
        present = present[:, None, :]  # (B, 1, C)
        if self.normalisation == "softmax":
            return scores.masked_fill(~present, -torch.inf).softmax(dim=2)
        gates = scores.sigmoid() * present
        return gates / gates.sum(dim=2, keepdim=True)

    def forward(self, p: torch.Tensor, present: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Lead vectors p (B, C, n) -> target vectors z (B, H n) and mean weights (B, C)."""
        q = self.activation(p)
        w = self.weights(q, present)
        summed = q if self.weighted == "activated" else p
        z = torch.einsum("bhc,bcn->bhn", w, summed).flatten(1)
        return self.activation(z), w.mean(dim=1)


class LeadAttentionNetwork(nn.Module):
    """Feature extraction shared by the leads, attention, target vector, classification.

    The same parameters read every lead, and nothing tells the network which lead is which:
    permuting the leads permutes the weights and changes no probability.
    """

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        size = sum(config.vector_sizes)
        self.extractor = MultiScaleExtractor(config)
        self.attention = LeadAttention(size, config)
        self.dropout = nn.Dropout(config.dropout)
        self.classifier = nn.Linear(config.heads * size, config.n_classes)

    def forward(
        self, x: torch.Tensor, present: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Classify recordings of any number of leads C >= 1.

        Parameters
        ----------
        x : tensor, shape (B, C, N)
        present : bool tensor, shape (B, C), optional
            Leads to use; at least one per recording. All by default.

        Returns
        -------
        logits : tensor, shape (B, K)
        weights : tensor, shape (B, C)
            Zero for leads that are not present; each row sums to 1.
        """
        if present is None:
            present = torch.ones(x.shape[:2], dtype=torch.bool, device=x.device)
        return self.decide(self.lead_vectors(x, present), present)

    def lead_vectors(self, x: torch.Tensor, present: torch.Tensor) -> torch.Tensor:
        """Extract p, lead by lead: (B, C, n), both ways (B, 2 C, n); zero where not present."""
        if self.config.both_ways:
            x, present = torch.cat([x, -x], dim=1), self._read(present)
        leads = x[present][:, None, None, :]  # (present leads of the batch, 1, 1, N)
        vectors = self.extractor(leads.contiguous(memory_format=torch.channels_last))
        # Attention in float32: its softmax must sum to 1 beyond bf16's three digits.
        p = vectors.new_zeros((*present.shape, vectors.shape[1]), dtype=torch.float32)
        p[present] = vectors.float()
        return p

    def decide(self, p: torch.Tensor, present: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Weigh what `lead_vectors` gave and classify: logits (B, K) and weights (B, C)."""
        with torch.autocast(p.device.type, enabled=False):
            z, w = self.attention(p, self._read(present))
        w = w.reshape(len(w), -1, present.shape[1]).sum(dim=1)  # over the readings of a lead
        return self.classifier(self.dropout(z)), w

    def _read(self, present: torch.Tensor) -> torch.Tensor:
        """Say which readings count: (B, C) or, both ways, (B, 2 C)."""
        return present.repeat(1, 2) if self.config.both_ways else present
