"""Training steps per second: ours as it is trained, against the same network on Conv1d in float32.

One step is forward, loss, backward, clipping and the optimiser on recordings already in memory;
augmentation, which is the same for all, is left out. The candidates take turns.
"""

import argparse
from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional

from benchmarks.timing import interleaved_medians_ms
from ecgcore.leads import LEADS
from ecgcore.model.checkpoint import DEFAULT_MODEL, load
from ecgcore.model.network import LeadAttentionNetwork, add_shortcut

PEER = "baseline-findings"
Step = Callable[[], object]


class Residual1d(nn.Module):
    """The residual module written in the ordinary way, (B, channels, L)."""

    def __init__(self, n_in: int, width: int, kernel: int, stride: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.BatchNorm1d(n_in), nn.BatchNorm1d(width)
        self.conv1 = _conv1d(n_in, width, kernel, stride)
        self.conv2 = _conv1d(width, width, kernel)
        self.shortcut = nn.MaxPool1d(stride, ceil_mode=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, n_in, L) -> (B, width, ceil(L / stride))."""
        main = self.conv1(functional.relu(self.norm1(x)))
        main = self.conv2(functional.relu(self.norm2(main)))
        return _add(main, self.shortcut(x))


class Extractor1d(nn.Module):
    """The extractor of one lead on Conv1d, (B, 1, 1, N) -> (B, n), of the same shape as ours."""

    def __init__(self, ours: LeadAttentionNetwork) -> None:
        super().__init__()
        config = ours.config
        width, kernel, (first, second) = config.stem_width, config.kernel, config.stem_strides
        self.conv1 = _conv1d(1, width, kernel, first)
        self.conv2 = _conv1d(width, width, kernel, second)
        self.conv3 = _conv1d(width, width, kernel)
        self.norm1, self.norm2 = nn.BatchNorm1d(width), nn.BatchNorm1d(width)
        self.shortcut = nn.MaxPool1d(second, ceil_mode=True)
        self.residuals = nn.ModuleList(
            Residual1d(before, after, kernel, config.stride)
            for before, after in zip((width, *config.widths[:-1]), config.widths, strict=True)
        )
        self.final_norm = nn.BatchNorm1d(config.widths[-1])
        self.pools = config.pools

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, 1, 1, N) -> (B, n)."""
        first = functional.relu(self.norm1(self.conv1(x[:, :, 0])))
        x = self.conv3(functional.relu(self.norm2(self.conv2(first))))
        x = _add(x, self.shortcut(first))
        scales = []
        for residual in self.residuals:
            x = residual(x)
            last = residual is self.residuals[-1]
            scale = functional.relu(self.final_norm(x)) if last else x
            scales += [scale.amax(2) if pool == "max" else scale.mean(2) for pool in self.pools]
        return torch.cat(scales, dim=1)


def _conv1d(n_in: int, n_out: int, kernel: int, stride: int = 1) -> nn.Conv1d:
    return nn.Conv1d(n_in, n_out, kernel, stride, padding=kernel // 2, bias=False)


def _add(main: torch.Tensor, shortcut: torch.Tensor) -> torch.Tensor:
    return add_shortcut(main[:, :, None], shortcut[:, :, None])[:, :, 0]


def step(
    network: nn.Module, x: torch.Tensor, present: torch.Tensor, dtype: torch.dtype | None = None
) -> Step:
    """One optimisation step of a network, autocast to `dtype` if given."""
    network.train().to(x.device)
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-4)
    target = (torch.rand(len(x), network.classifier.out_features, device=x.device) < 0.1).float()

    def take() -> None:
        with torch.autocast(x.device.type, dtype or torch.bfloat16, enabled=dtype is not None):
            logits = network(x, present)[0]
        loss = functional.binary_cross_entropy_with_logits(logits.float(), target)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        if x.device.type == "cuda":
            torch.cuda.synchronize()

    return take


def ours_with(extractor: type[Extractor1d] | None) -> LeadAttentionNetwork:
    """Fresh weights in the shape of the shipped network, on another extractor if given."""
    network = LeadAttentionNetwork(load(DEFAULT_MODEL).network.config)
    if extractor is not None:
        network.extractor = extractor(network)  # type: ignore[assignment]
        return network
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--compile", action="store_true", help="also with torch.compile")
    return parser.parse_args()


def main() -> None:
    args = arguments()
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    x = torch.randn(args.batch, len(LEADS), 1000, device=args.device)
    every = torch.ones(x.shape[:2], dtype=torch.bool, device=args.device)
    six = torch.rand(x.shape[:2], device=args.device).argsort(1).argsort(1) < 6
    reference = "Conv1d, float32"
    candidates = {
        reference: step(ours_with(Extractor1d), x, every),
        "ours, float32": step(ours_with(None), x, every),
        "ours, bfloat16": step(ours_with(None), x, every, torch.bfloat16),
        "ours, float32, six leads a step": step(ours_with(None), x, six),
        "order-dependent, float32": step(load(PEER).network, x, every),
    }
    if args.compile:
        compiled = ours_with(None)
        compiled.extractor = torch.compile(compiled.extractor)  # type: ignore[assignment]
        candidates["ours, float32, compiled"] = step(compiled, x, every)
    medians = interleaved_medians_ms(candidates, args.rounds)
    print(f"{args.device}, {args.threads} threads, batch {args.batch}, {args.rounds} rounds")
    for name, milliseconds in medians.items():
        rate, ratio = 1000 * args.batch / milliseconds, medians[reference] / milliseconds
        print(f"{name:32} {rate:8.0f} records/s  {ratio:5.2f} x Conv1d")


if __name__ == "__main__":
    main()
