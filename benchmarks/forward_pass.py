"""Forward pass of one 10 s recording: the method, its peer, and a published 16.6 M network.

ResNet34 is timed at the rate it was published for and at the rate of our input. Its weights are
fresh: the time does not depend on their values.
"""

import argparse
from collections.abc import Callable
from functools import partial

import torch
from torch import nn

from benchmarks.resnet34 import ResNet34
from benchmarks.timing import interleaved_medians_ms
from ecgcore.leads import LEADS
from ecgcore.model.checkpoint import DEFAULT_MODEL, load

PEER = "baseline-findings"
PUBLISHED_FS_HZ = 500


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch", type=int, default=1, help="recordings per forward pass")
    return parser.parse_args()


def main() -> None:
    args = arguments()
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    ours, peer = load(DEFAULT_MODEL), load(PEER)
    resnet = ResNet34(len(ours.labels)).eval()
    expected = ours.preprocessing
    n_published = round(expected.duration_s * PUBLISHED_FS_HZ)
    candidates: dict[str, tuple[nn.Module, int]] = {
        ours.name: (ours.network, expected.n_samples),
        peer.name: (peer.network, peer.preprocessing.n_samples),
        "resnet34 at our rate": (resnet, expected.n_samples),
        f"resnet34 at {PUBLISHED_FS_HZ} Hz": (resnet, n_published),
    }
    calls: dict[str, Callable[[], object]] = {
        name: partial(network, torch.randn(args.batch, len(LEADS), n_samples))
        for name, (network, n_samples) in candidates.items()
    }
    with torch.inference_mode():
        medians = interleaved_medians_ms(calls, args.rounds)
    print(f"{args.threads} threads, batch {args.batch}, median of {args.rounds} rounds")
    for name, (network, n_samples) in candidates.items():
        millions = sum(p.numel() for p in network.parameters()) / 1e6
        each_ms = medians[name] / args.batch
        ratio = medians[name] / medians[ours.name]
        print(
            f"{name:22} {millions:6.2f} M parameters  N {n_samples:5}"
            f"  {each_ms:7.2f} ms per recording  {ratio:5.2f} x ours"
        )


if __name__ == "__main__":
    main()
