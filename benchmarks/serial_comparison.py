"""How often the comparison of two recordings reports a change where there is none to report.

Both halves of each recording are compared, which no disease can have told apart; from PTB-XL, too,
the recordings of one patient that follow each other and carry the same superclasses, which were
made on different days with electrodes placed anew.
"""

import argparse
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from benchmarks.quality_gate import recordings
from ecgcore.electrodes import apply_swap
from ecgcore.errors import EcgError
from ecgcore.model import checkpoint
from ecgcore.model.checkpoint import Model
from ecgcore.model.predict import read
from ecgcore.recording import Recording
from ecgcore.review.serial import GAINED, LOST, Examined, SerialComparison, compare_serial
from ecgcore.review.serial_beats import QRS_RMS_LIMIT_MV, ST_T_RMS_LIMIT_MV, align_beats
from ecgcore.review.serial_limits import FINDING_LOG_ODDS, QUANTITIES
from ecgcore.review.serial_swap import SWAPS, likely_exchange
from ecgcore.review.serial_text import FAINT, headline_parts
from ecgcore.signal.measure import measure

LENGTH_S = 10.0
LEAST_HALF_S = 4.5
LIMIT_SHARE = 0.05
SUPERCLASSES = ["NORM", "MI", "STTC", "CD", "HYP"]

# By what is counted: how many exceeded their limit, of how many.
Counts = dict[str, list[int]]


def halves(folder: Path) -> Iterator[tuple[Recording, Recording]]:
    """Yield both halves of the first 10 s of each recording."""
    for _, recording in recordings(folder):
        shown = recording.window(0.0, LENGTH_S)
        half_s = shown.duration_s / 2
        if half_s >= LEAST_HALF_S:
            yield shown.window(0.0, half_s), shown.window(half_s, half_s)


def repeats(folder: Path) -> Iterator[tuple[Recording, Recording]]:
    """Yield pairs of recordings of one patient with the same superclasses, whole."""
    table = pd.read_csv(folder / "ptbxl_database.csv")
    names = {Path(row.filename_hr).name: row for row in table.itertuples()}
    found = {name: recording for name, recording in recordings(folder) if name in names}
    kept = [row for name, row in names.items() if name in found]
    kept.sort(key=lambda row: (row.patient_id, row.ecg_id))
    for one, two in itertools.pairwise(kept):
        alike = all(getattr(one, x) == getattr(two, x) for x in SUPERCLASSES)
        if one.patient_id == two.patient_id and alike:
            yield found[Path(one.filename_hr).name], found[Path(two.filename_hr).name]


def examined(recording: Recording, model: Model) -> Examined:
    """Measure and read a recording."""
    reading = read(model, recording)
    return Examined(recording, measure(recording), reading.quality, reading.prediction)


def count(pairs: Iterator[tuple[Recording, Recording]], model: Model) -> Counts:
    """Count what the comparison of each pair reports."""
    counts: Counts = {}
    for one, two in pairs:
        try:
            compared = compare_serial(examined(one, model), examined(two, model))
        except EcgError as error:
            print(f"  {error}")
            continue
        for name, exceeds in reported(compared):
            counts.setdefault(name, [0, 0])
            counts[name][0] += exceeds
            counts[name][1] += 1
    return counts


def reported(compared: SerialComparison) -> Iterator[tuple[str, bool]]:
    """Yield what was compared, and whether it is reported as changed."""
    for row in compared.quantities:
        if row.change is not None:
            family = row.quantity.family
            name = f"{family}, each lead" if family else row.quantity.name
            yield name, row.beyond_error
    beats = compared.beats
    if beats is not None:
        for rms_mv in beats.qrs_rms_mv.values():
            yield "QRS of the beat, each lead", rms_mv > QRS_RMS_LIMIT_MV
        for rms_mv in beats.st_t_rms_mv.values():
            yield "ST-T of the beat, each lead", rms_mv > ST_T_RMS_LIMIT_MV
    if compared.findings:
        crossed = [finding.state in (GAINED, LOST) for finding in compared.findings]
        beyond = [finding.beyond_error for finding in compared.findings]
        for finding in beyond:
            yield "each finding", finding
        yield "any finding of a recording", any(beyond)
        yield "the same, by the threshold alone", any(crossed)
    yield "an exchange of electrodes", bool(compared.exchange)
    parts = headline_parts(compared)
    for rank, line in enumerate(("first", "second", "third")):
        yield f"headline, {line} line", any(part.rank == rank for part in parts)
    yield "headline, any change", any(part.rank < FAINT for part in parts)


def exchanges(folder: Path) -> Counts:
    """Count which exchanges of electrodes are named, planted in the second half or not there.

    Every fourth recording; that of the next one stands for another heart.
    """
    pairs = itertools.islice(halves(folder), 0, None, 4)
    measured = [tuple(measure(half).representative for half in pair) for pair in pairs]
    beats = [(one, two) for one, two in measured if one is not None and two is not None]
    counts: Counts = {name: [0, 0] for name in ("none, another heart", *SWAPS)}
    for number, (one, two) in enumerate(beats):
        stranger = beats[(number + 1) % len(beats)][1]
        counts["none, another heart"][0] += bool(likely_exchange(align_beats(one, stranger)))
        counts["none, another heart"][1] += 1
        for name, swap in SWAPS.items():
            swapped = replace(two, signal=apply_swap(two.signal, swap).astype(np.float64))
            counts[name][0] += likely_exchange(align_beats(one, swapped)) == name
            counts[name][1] += 1
    return counts


def share(counts: Sequence[int]) -> str:
    """Spell a share; a dash where nothing was counted."""
    return f"{counts[0] / counts[1]:.1%} of {counts[1]}" if counts[1] else "–"


def print_table(
    columns: Mapping[str, Counts], title: str = "changed, of pairs that did not"
) -> None:
    """Print a table of shares, with limits, in Markdown."""
    limits = {q.name: f"{q.limit.value:g} {q.unit}" for q in QUANTITIES if not q.family}
    limits |= {f"{q.family}, each lead": f"{q.limit.value:g} mV" for q in QUANTITIES if q.family}
    limits |= {"QRS of the beat, each lead": f"{QRS_RMS_LIMIT_MV:g} mV rms"}
    limits |= {"each finding": f"odds x {np.exp(FINDING_LOG_ODDS):.1f}"}
    limits |= {"ST-T of the beat, each lead": f"{ST_T_RMS_LIMIT_MV:g} mV rms"}
    print(f"| {title} | limit |", " | ".join(columns), "|")
    print("|---" * (len(columns) + 2) + "|")
    for name in dict.fromkeys(name for counts in columns.values() for name in counts):
        cells = [share(counts.get(name, [0, 0])) for counts in columns.values()]
        print(f"| {name} | {limits.get(name, '')} |", " | ".join(cells), "|")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    folders = parser.parse_args().folders
    torch.set_num_threads(1)  # two that wait for each other are slower on a busy machine
    model = checkpoint.load(checkpoint.DEFAULT_MODEL)
    columns = {f"{folder.name}, halves": count(halves(folder), model) for folder in folders}
    columns["all halves"] = {
        name: list(np.sum([c.get(name, [0, 0]) for c in columns.values()], axis=0))
        for name in dict.fromkeys(name for c in columns.values() for name in c)
    }
    for folder in folders:
        if (folder / "ptbxl_database.csv").is_file():
            columns[f"{folder.name}, other days"] = count(repeats(folder), model)
    print_table(columns)
    print()
    print_table({folder.name: exchanges(folder) for folder in folders}, "exchange named")


if __name__ == "__main__":
    main()
