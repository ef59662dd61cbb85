"""Everything the Review page makes of a file, in one go, and where the time goes.

Files are read as the app reads them, in a process of its own; the model is warm.
"""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

import plotly.graph_objects as go
import torch

from benchmarks.timing import interleaved_medians_ms
from ecgcore.io.isolation import read_isolated
from ecgcore.model.checkpoint import DEFAULT_MODEL, Model, load
from ecgcore.model.predict import predict
from ecgcore.recording import Recording
from ecgcore.review.charts import attention_bars, finding_bars
from ecgcore.review.layout import PAGE_S
from ecgcore.review.paper import draw_paper
from ecgcore.signal.measure import measure
from ecgcore.signal.quality import assess

TARGET_MS = 500


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, help="each one recording by itself")
    parser.add_argument("--rounds", type=int, default=10)
    return parser.parse_args()


def opened(files: Mapping[str, bytes]) -> Recording:
    (result,) = read_isolated(files)
    if result.recording is None:
        raise SystemExit(f"{result.name}: {result.error or 'it leaves questions to the reader.'}")
    return result.recording.window(0.0, PAGE_S)


def figures(recording: Recording, model: Model) -> None:
    """Draw paper and charts, as far as the text that goes to the browser."""
    prediction = predict(model, recording, assess(recording).usable)
    charts: tuple[go.Figure, ...] = (
        draw_paper(recording, attention=prediction.attention),
        finding_bars(prediction),
        attention_bars(prediction.attention),
    )
    for chart in charts:
        chart.to_json()


def whole(files: Mapping[str, bytes], model: Model) -> None:
    """Read, judge, measure, predict and draw."""
    recording = opened(files)
    measure(recording)
    figures(recording, model)  # quality and prediction within


def stages(files: Mapping[str, bytes], model: Model) -> dict[str, Callable[[], object]]:
    recording = opened(files)
    return {
        "whole": lambda: whole(files, model),
        "  read": lambda: opened(files),
        "  measure": lambda: measure(recording),
        "  quality": lambda: assess(recording),
        "  predict": lambda: predict(model, recording),
        "  quality, predict, figures": lambda: figures(recording, model),
    }


def main() -> None:
    args = arguments()
    torch.set_num_threads(1)  # as the app does
    model = load(DEFAULT_MODEL)
    slowest_ms = 0.0
    for path in args.files:
        timed = stages({path.name: path.read_bytes()}, model)
        medians = interleaved_medians_ms(timed, args.rounds)
        slowest_ms = max(slowest_ms, medians["whole"])
        print(path.name)
        for stage, elapsed_ms in medians.items():
            print(f"  {stage:28} {elapsed_ms:7.1f} ms  {elapsed_ms / TARGET_MS:4.0%} of the target")
    print(f"slowest {slowest_ms:.0f} ms, target {TARGET_MS} ms")


if __name__ == "__main__":
    main()
