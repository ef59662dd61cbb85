"""From the bytes of a 10 s, 500 Hz, 12-lead file to a prediction, and where the time goes."""

import argparse
from collections.abc import Callable, Mapping

import numpy as np
import torch

from benchmarks.timing import interleaved_medians_ms
from ecgcore.io import read_files
from ecgcore.io.export import export
from ecgcore.model.checkpoint import DEFAULT_MODEL, Model, load
from ecgcore.model.predict import forward, predict
from ecgcore.recording import Recording
from ecgcore.signal.preprocess import prepare
from ecgcore.simulate import SimulationConfig, simulate


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def read(files: Mapping[str, bytes]) -> Recording:
    (result,) = read_files(files)
    assert result.recording is not None, result.error
    return result.recording


def stages(model: Model, files: Mapping[str, bytes]) -> dict[str, Callable[[], object]]:
    """Time the whole way, and each stage on the result of the one before."""
    opened = read(files)
    prepared = prepare(opened, model.preprocessing)
    x, present = np.stack([prepared.x]), np.stack([prepared.present])
    return {
        "bytes to prediction": lambda: predict(model, read(files)),
        "  read": lambda: read(files),
        "  preprocess": lambda: prepare(opened, model.preprocessing),
        "  forward": lambda: forward(model, x, present),
    }


def main() -> None:
    args = arguments()
    torch.set_num_threads(args.threads)
    model = load(DEFAULT_MODEL)
    original = simulate(SimulationConfig(fs=500, duration_s=10)).recording()
    print(f"{model.name}, {args.threads} threads, median of {args.rounds} rounds")
    for title in ("WFDB", "DICOM"):
        files = export(original, title.lower(), "example").files
        medians = interleaved_medians_ms(stages(model, files), args.rounds)
        whole_ms = next(iter(medians.values()))
        size_kb = sum(map(len, files.values())) / 1000
        print(f"{title}, {size_kb:.0f} kB")
        for stage, elapsed_ms in medians.items():
            print(f"  {stage:20} {elapsed_ms:7.1f} ms  {elapsed_ms / whole_ms:4.0%}")


if __name__ == "__main__":
    main()
