"""Large uploads in headless Chromium: whether the page stays there for others, and the memory.

One browser session uploads a 200 MB record, 50 files at once, and a day of Holter; a second one
switches the layout of its tracing all the while, and its answers are timed. Memory is the
proportional share of the server and every process that it starts, sampled ten times a second.
"""

import argparse
import io
import shutil
import struct
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median

import numpy as np
import psutil
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.upload_to_page import FINISHED, PATIENCE_MS, running_app
from ecgcore.io.export import export
from ecgcore.leads import LEADS
from ecgcore.simulate import SimulationConfig, simulate

LIMIT_BYTES = 2 << 30
SAMPLED_EVERY_S = 0.1
N_FILES = 50
RECORD_BYTES = 199 * 10**6
HOLTER_FS_HZ, HOLTER_S = 180, 24 * 3600
READ = """(name) =>
  document.querySelector('[data-testid="stApp"]')?.dataset.testScriptState === "notRunning"
  && [...document.querySelectorAll("h2")].some((h) => h.textContent.includes(name))"""


def beats(fs: float, n_samples: int) -> np.ndarray:
    """Return a simulated minute repeated to this length: (T, 12) in units of 1 uV."""
    minute = simulate(SimulationConfig(fs=fs, duration_s=60)).recording().signal
    counts = np.round(minute.T * 1000).astype("<i2")
    return np.resize(counts, (n_samples, len(LEADS)))


def long_record(folder: Path) -> list[Path]:
    """Write a WFDB record of 199 MB: 1 kHz, 12 leads, over two hours."""
    n_samples = RECORD_BYTES // (2 * len(LEADS))
    lines = [f"large {len(LEADS)} 1000 {n_samples}"]
    lines += [f"large.dat 16 1000/mV 16 0 0 0 0 {lead}" for lead in LEADS]
    (folder / "large.hea").write_text("\n".join(lines) + "\n")
    (folder / "large.dat").write_bytes(beats(1000, n_samples).tobytes())
    return [folder / "large.hea", folder / "large.dat"]


def many_files(folder: Path) -> list[Path]:
    """Write fifty recordings of 10 s, in the formats that are written."""
    paths = []
    for number in range(N_FILES):
        recording = simulate(SimulationConfig(fs=500, duration_s=10, seed=number)).recording()
        name = ("dicom", "csv", "npz")[number % 3]
        for file, content in export(recording, name, f"many{number}").files.items():
            paths.append(folder / file)
            paths[-1].write_bytes(content)
    return paths


def holter(folder: Path) -> list[Path]:
    """Write a day of twelve leads as ISHNE: 373 MB."""
    samples = beats(HOLTER_FS_HZ, HOLTER_FS_HZ * HOLTER_S)
    n_leads = len(LEADS)
    header = struct.pack("<4ih40s40s20shh3h3h3h3hh", 0, len(samples), 522, 522, 1, b"", b"", b"",
                         0, 0, *[0] * 12, n_leads)  # fmt: skip
    header += struct.pack("<12h", *range(5, 5 + n_leads)) + struct.pack("<12h", *[1] * 12)
    header += struct.pack("<12h", *[1000] * 12)
    header += struct.pack("<h40sh80s80s88s", 0, b"", HOLTER_FS_HZ, b"", b"", b"")
    content = io.BytesIO()
    content.write(b"ISHNE1.0" + struct.pack("<H", 0) + header)
    content.write(samples.tobytes())
    (folder / "day.ecg").write_bytes(content.getvalue())
    return [folder / "day.ecg"]


def family_bytes(process: psutil.Process) -> int:
    """Memory of a process and all that it started, shared pages counted once."""
    total = 0
    with suppress(psutil.Error):  # the server ended
        for member in (process, *process.children(recursive=True)):
            with suppress(psutil.Error):  # one of its processes ended
                total += member.memory_full_info().pss
    return total


@contextmanager
def peak_memory(process: psutil.Process) -> Iterator[list[int]]:
    """Collect samples of the memory until the block ends."""
    samples: list[int] = [family_bytes(process)]
    done = threading.Event()

    def watch() -> None:
        while not done.wait(SAMPLED_EVERY_S):
            samples.append(family_bytes(process))

    watcher = threading.Thread(target=watch)
    watcher.start()
    yield samples
    done.set()
    watcher.join()


def switch_layout(page: Page, title: str) -> float:
    """Seconds until another session's page has answered a click."""
    start = time.perf_counter()
    page.get_by_text(title, exact=True).click()
    page.wait_for_function(FINISHED, arg="")
    return time.perf_counter() - start


def upload(browser: Browser, address: str, files: list[Path], other: Page) -> tuple[float, ...]:
    """Upload, and meanwhile use another session; seconds of the upload, and of each answer."""
    page = browser.new_page(viewport={"width": 1440, "height": 1000})
    page.set_default_timeout(PATIENCE_MS)
    page.goto(address)
    page.wait_for_function(FINISHED, arg="")
    start = time.perf_counter()
    page.locator('input[type="file"]').first.set_input_files(files)
    answers = []
    while not page.evaluate(READ, files[0].stem):
        answers += [switch_layout(other, title) for title in ("6 × 2", "3 × 4 + rhythm")]
    page.wait_for_function(FINISHED, arg=files[0].stem)
    took_s = time.perf_counter() - start
    page.close()
    return took_s, *answers


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    cases: dict[str, Callable[[Path], list[Path]]] = {
        "200 MB WFDB record": long_record,
        f"{N_FILES} files at once": many_files,
        "24 h ISHNE, 12 leads": holter,
    }
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for title, build in cases.items():
            files = build(Path(name))
            with running_app() as address:
                (server,) = [
                    child for child in psutil.Process().children() if "streamlit" in child.cmdline()
                ]
                other = browser.new_page(viewport={"width": 1440, "height": 1000})
                other.set_default_timeout(PATIENCE_MS)
                other.goto(address)
                other.wait_for_function(FINISHED, arg="")
                with peak_memory(server) as samples:
                    took_s, *answers = upload(browser, address, files, other)
                    time.sleep(2)
                    after = family_bytes(server)
                other.close()
            size = sum(path.stat().st_size for path in files)
            for path in files:
                path.unlink()
            print(
                f"{title} ({size / 1e6:.0f} MB): page finished after {took_s:.1f} s; the other "
                f"session answered {len(answers)} clicks, median {median(answers):.2f} s, slowest "
                f"{max(answers):.2f} s; memory {samples[0] / 1e6:.0f} MB before, peak "
                f"{max(samples) / 1e6:.0f} MB ({max(samples) / LIMIT_BYTES:.0%} of the limit), "
                f"{after / 1e6:.0f} MB after the session closed",
                flush=True,
            )
        browser.close()


if __name__ == "__main__":
    main()
