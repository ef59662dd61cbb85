"""The command line: ``python -m ecgcore convert | predict | measure | compare | report | ...``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ecgcore import commands
from ecgcore.electrodes import TABLE_ROWS
from ecgcore.io.export import EXPORT_FORMATS
from ecgcore.misplacement import TABLES


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ecgcore",
        description="Read 12-lead ECGs, predict findings, swap electrodes. Not for diagnosis.",
    )
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    reading = _reading_options()

    convert = subparsers.add_parser(
        "convert", parents=[reading], help="write recordings in another format"
    )
    _add_out(convert)
    convert.set_defaults(run=commands.convert)

    predict = subparsers.add_parser("predict", parents=[reading], help="print findings")
    predict.add_argument("--model", metavar="NAME", help="a checkpoint of weights/")
    predict.add_argument("--json", action="store_true", help="one line of JSON per recording")
    predict.add_argument(
        "--start", type=float, default=0.0, metavar="S", help="begin S seconds into the recording"
    )
    predict.set_defaults(run=commands.predict)

    measure = subparsers.add_parser("measure", parents=[reading], help="print intervals and beats")
    measure.add_argument("--json", action="store_true", help="one line of JSON per recording")
    measure.add_argument(
        "--start", type=float, default=0.0, metavar="S", help="begin S seconds into the recording"
    )
    measure.set_defaults(run=commands.measure)

    _add_compare(subparsers)
    _add_report(subparsers, reading)
    swap = subparsers.add_parser("swap", parents=[reading], help="write recordings with a swap")
    swap.add_argument(
        "--swap",
        required=True,
        metavar="NAME",
        help=f"{', '.join(TABLE_ROWS)}, or X/Y with two of RA LA LL RL V1..V6",
    )
    swap.add_argument("--table", choices=TABLES, default=TABLES[0])
    _add_out(swap)
    swap.set_defaults(run=commands.swap)
    _add_train(subparsers)
    _add_evaluate(subparsers)
    return parser


def _add_compare(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    compare = subparsers.add_parser(
        "compare", parents=[_stated_options()], help="print what changed between two recordings"
    )
    compare.add_argument("earlier", type=Path, metavar="EARLIER")
    compare.add_argument("later", type=Path, metavar="LATER")
    compare.add_argument("--model", metavar="NAME", help="a checkpoint of weights/")
    compare.add_argument("--json", action="store_true", help="one line of JSON")
    compare.set_defaults(run=commands.compare)


def _add_report(
    subparsers: argparse._SubParsersAction[argparse.ArgumentParser],
    reading: argparse.ArgumentParser,
) -> None:
    report = subparsers.add_parser(
        "report", parents=[reading], help="write a one-page report of each recording"
    )
    report.add_argument(
        "--out",
        required=True,
        type=Path,
        metavar="OUT",
        help=(
            "file to write: .pdf, .png or .csv. Several recordings go to OUT-1, OUT-2 ... in the "
            "order of the lines"
        ),
    )
    report.add_argument("--paper", choices=("A4", "letter"), default="A4")
    report.add_argument("--lang", choices=("en", "zh"), default="en", help="English or Chinese")
    report.add_argument("--model", metavar="NAME", help="a checkpoint of weights/")
    report.add_argument(
        "--start", type=float, default=0.0, metavar="S", help="begin S seconds into the recording"
    )
    report.set_defaults(run=commands.report)


def _add_train(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    train = subparsers.add_parser("train", help="train a model as a configuration says")
    train.add_argument("config", type=Path, metavar="CONFIG.toml")
    train.add_argument(
        "--set", action="append", metavar="SECTION.FIELD=VALUE", help="override a field"
    )
    train.add_argument(
        "--out", type=Path, metavar="FOLDER", help="of the run; default runs/NAME of the file"
    )
    train.add_argument("--resume", action="store_true", help="go on from the saved state")
    train.add_argument("--device", choices=("auto", "cpu", "cuda"))
    train.add_argument("--devices", type=int, metavar="N", help="processes, one device each")
    train.set_defaults(run=commands.train)


def _add_evaluate(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    evaluate = subparsers.add_parser("evaluate", help="measure models on labelled recordings")
    evaluate.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="of the sets")
    evaluate.add_argument("--model", nargs="+", metavar="NAME", help="all of --weights by default")
    evaluate.add_argument("--weights", type=Path, default=Path("weights"), metavar="DIR")
    evaluate.add_argument("--out", type=Path, required=True, metavar="DIR", help="for the figures")
    evaluate.add_argument("--json", action="store_true", help="print one line of JSON per model")
    evaluate.add_argument(
        "--update", action="store_true", help="write the figures into --weights, too"
    )
    evaluate.set_defaults(run=commands.evaluate)


def _reading_options() -> argparse.ArgumentParser:
    """Return the files, and what a user can state of files that do not state it themselves."""
    reading = argparse.ArgumentParser(add_help=False, parents=[_stated_options()])
    reading.add_argument("files", nargs="+", type=Path, metavar="FILE")
    return reading


def _stated_options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False)
    stated = parser.add_argument_group("facts that a file may not state (otherwise guessed)")
    stated.add_argument("--fs", type=float, metavar="HZ", help="sampling rate")
    stated.add_argument("--mv-per-unit", type=float, metavar="MV", help="1 for mV, 0.001 for uV")
    stated.add_argument("--leads", metavar="I,II,...", help="one per column; empty: not used")
    return parser


def _add_out(parser: argparse.ArgumentParser) -> None:
    endings = [f"{fmt.extension} ({fmt.title})" for fmt in EXPORT_FORMATS]
    parser.add_argument(
        "--out",
        required=True,
        type=Path,
        metavar="OUT",
        help=(
            f"file to write; its ending tells the format: {', '.join(endings)}. Several recordings "
            f"go to OUT-1, OUT-2 ... in the order of the lines"
        ),
    )


def main(arguments: list[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments : list of str, optional
        Default: those of the process.

    Returns
    -------
    int
        0 if every file was read, otherwise 1.
    """
    parsed = _parser().parse_args(arguments)
    status: int = parsed.run(parsed)
    return status


if __name__ == "__main__":
    sys.exit(main())
