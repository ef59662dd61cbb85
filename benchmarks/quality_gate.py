"""What the quality gate says of folders of recordings: verdicts, refusals, and time per recording.

The score itself is cross-validated by `python -m ecgcore.learn.quality_fit`.
"""

import argparse
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from ecgcore.errors import EcgError
from ecgcore.io import Answers
from ecgcore.io.local_files import read_paths
from ecgcore.learn.datasets import ludb
from ecgcore.recording import Recording
from ecgcore.signal.quality import assess

LIMIT_SHARE = 0.02
WINDOW_S = 10.0


def recordings(folder: Path) -> Iterator[tuple[str, Recording]]:
    """Yield the recordings of a folder of WFDB headers; LUDB's through its own reader."""
    if (folder / "ludb.csv").is_file():
        for number in range(1, 201):
            yield str(number), ludb.read_recording(folder, number)
        return
    for label, result in read_paths(sorted(folder.rglob("*.hea")), Answers()):
        if result.recording is not None:
            yield Path(label).stem, result.recording


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    for folder in parser.parse_args().folders:
        verdicts: Counter[str] = Counter()
        elapsed_s = 0.0
        for name, recording in recordings(folder):
            try:
                shown = recording.window(0.0, WINDOW_S)
            except EcgError as error:
                print(f"  {name}: {error}")
                continue
            start = time.perf_counter()
            quality = assess(shown)
            elapsed_s += time.perf_counter() - start
            verdicts[quality.verdict] += 1
            for sentence in quality.refusals:
                print(f"  {name}: {sentence}")
        total = sum(verdicts.values())
        print(
            f"{folder.name}: {total} recordings, {verdicts['good'] / total:.1%} good, "
            f"{verdicts['warning'] / total:.1%} with a warning, {verdicts['refuse'] / total:.1%} "
            f"refused (limit {LIMIT_SHARE:.0%}); {1000 * elapsed_s / total:.0f} ms each"
        )


if __name__ == "__main__":
    main()
