"""A pack gives what reading gives, is built once, and survives being killed while it is built."""

import os
import pickle
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from ecgcore.errors import DatasetError, SignalError
from ecgcore.learn.datasets.labelled_set import read_listing
from ecgcore.learn.datasets.packed import MV_PER_COUNT, open_pack, pack, to_counts
from ecgcore.learn.datasets.recordings import COLUMNS, Entry, Listing, join
from ecgcore.recording import Recording
from ecgcore.signal.preprocess import PreprocessingConfig, scale_leads

CONFIG = PreprocessingConfig(n_samples=300)
# A sample is rounded to the nearest count; one that would become 0 moves by a whole count at most.
TOLERANCE_MV = MV_PER_COUNT * 1.001


class Source:
    """Random recordings that count how often each is read; `bad` ones cannot be."""

    def __init__(self, n: int, bad: tuple[int, ...] = ()):
        self.n, self.bad, self.reads = n, bad, [0] * n

    def read(self, number: int) -> Recording:
        self.reads[number] += 1
        if number in self.bad:
            raise SignalError("It is bad.")
        rng = np.random.default_rng(number)
        return Recording(rng.standard_normal((12, 400), dtype=np.float32), 100, "test")

    def listing(self) -> Listing:
        return Listing("test", self.n, self._entries())

    def _entries(self):
        for number in range(self.n):
            yield Entry(
                f"test/{number}",
                "train" if number % 3 else "val",
                lambda number=number: self.read(number),
                {"AF": float(number % 2)} if number % 5 else {},
                patient=f"patient/{number // 2}",
                chest_scale_known=bool(number % 7),
            )


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


class StopError(Exception):
    """Raised by a test in the middle of a build."""


def stop_after(records: int):
    def progress(done: int, total: int) -> None:
        if done >= records:
            raise StopError

    return progress


def test_a_pack_gives_what_reading_into_memory_gives(tmp_path):
    in_memory = read_listing(Source(70, bad=(3, 69)).listing(), CONFIG)
    packed = pack(Source(70, bad=(3, 69)).listing(), tmp_path / "pack", CONFIG)
    for name in COLUMNS:
        np.testing.assert_array_equal(getattr(packed, name), getattr(in_memory, name))
    assert packed.skipped == in_memory.skipped
    assert packed.warnings == ("2 of 70 recordings left out, such as test/3: It is bad.",)
    rows = np.array([67, 0, 5, 5])
    np.testing.assert_allclose(packed.signals(rows), in_memory.signals(rows), atol=TOLERANCE_MV)
    assert packed.signals(rows).dtype == np.float32


def test_a_part_of_a_pack_has_the_signals_of_its_own_rows(tmp_path):
    packed = pack(Source(20).listing(), tmp_path / "pack", CONFIG)
    part = packed.of_split("val")
    np.testing.assert_array_equal(
        part.signals(np.arange(len(part))), packed.signals(np.flatnonzero(packed.split == "val"))
    )


def test_a_pack_goes_to_another_process_as_a_path(tmp_path):
    packed = pack(Source(64).listing(), tmp_path / "pack", CONFIG)
    sent = pickle.dumps(packed)
    assert len(sent) < packed.path.stat().st_size / 20
    rows = np.array([1, 2])
    np.testing.assert_array_equal(pickle.loads(sent).signals(rows), packed.signals(rows))


def test_a_pack_is_built_once(tmp_path):
    source = Source(10)
    pack(source.listing(), tmp_path / "pack", CONFIG)
    pack(source.listing(), tmp_path / "pack", CONFIG)
    assert source.reads == [1] * 10


def test_progress_counts_up_to_the_total(tmp_path):
    told = []
    pack(Source(100).listing(), tmp_path / "pack", CONFIG, lambda *now: told.append(now))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (100, 100)


@given(
    npst.arrays(np.float32, (12, 50), elements=st.floats(-32, 32, width=32)),
)
def test_counts_keep_a_signal_to_a_microvolt_and_zeros_for_padding_alone(x):
    counts = to_counts(x)
    assert np.abs(counts * MV_PER_COUNT - x).max() <= TOLERANCE_MV
    np.testing.assert_array_equal(counts == 0, x == 0)
    # So the scale of a lead, whose padding does not count, is kept as well: the mean square moves
    # by at most twice the step times the mean amplitude, and the floor of 0.02 mV divides it.
    np.testing.assert_allclose(
        scale_leads(counts * MV_PER_COUNT, CONFIG), scale_leads(x, CONFIG), rtol=0.1, atol=0.1
    )


def test_an_amplitude_beyond_the_range_is_clipped_and_never_wraps():
    np.testing.assert_array_equal(to_counts(np.array([1e6, -1e6])), [32767, -32767])


@pytest.mark.parametrize("stop", [64, 128])
def test_an_interrupted_build_reads_only_what_is_not_yet_packed(tmp_path, stop):
    source = Source(150, bad=(10,))
    with pytest.raises(StopError):
        pack(source.listing(), tmp_path / "pack", CONFIG, stop_after(stop))
    pack(source.listing(), tmp_path / "pack", CONFIG)
    assert source.reads == [1] * 150
    pack(Source(150, bad=(10,)).listing(), tmp_path / "whole", CONFIG)
    assert content(tmp_path / "pack") == content(tmp_path / "whole")


@settings(max_examples=10)  # each builds a pack
@given(
    lost_signal=st.integers(0, 7200 * 3),
    torn_row=st.binary(max_size=30).filter(lambda b: b"\n" not in b),
)
def test_a_build_torn_between_two_writes_continues_at_the_last_whole_record(
    tmp_path_factory, lost_signal, torn_row
):
    folder = tmp_path_factory.mktemp("torn")
    with pytest.raises(StopError):
        pack(Source(70).listing(), folder / "pack", CONFIG, stop_after(64))
    # Written without being committed: samples of records that have no row, and half a row.
    with (folder / "pack.building" / "signals.i16").open("ab") as signals:
        signals.write(b"\x01" * lost_signal)
    with (folder / "pack.building" / "rows.jsonl").open("ab") as rows:
        rows.write(torn_row)
    packed = pack(Source(70).listing(), folder / "pack", CONFIG)
    expected = read_listing(Source(70).listing(), CONFIG)
    np.testing.assert_allclose(packed.signals(np.arange(70)), expected.x, atol=TOLERANCE_MV)


def test_a_build_killed_again_and_again_ends_as_if_it_never_was(tmp_path):
    script = f"""
import sys
sys.path[:0] = [{str(Path(__file__).parent)!r}, {str(Path(__file__).parents[1])!r}]
from pathlib import Path
from test_packed import CONFIG, Source, pack
pack(Source(450, bad=(100,)).listing(), Path({str(tmp_path)!r}) / "pack", CONFIG,
     lambda done, total: print(done, flush=True))
"""
    first_reported = []
    for kill_at in (64, 256, None):
        process = subprocess.Popen(
            [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env=os.environ
        )
        assert process.stdout is not None
        done = [0]
        for line in process.stdout:
            done.append(int(line))
            if kill_at is not None and done[-1] >= kill_at:
                process.send_signal(signal.SIGKILL)
                break
        process.stdout.close()
        assert process.wait() == (0 if kill_at is None else -signal.SIGKILL)
        assert (tmp_path / "pack").exists() == (kill_at is None)
        first_reported.append(done[1])
    assert first_reported[1] > 64  # each continued behind what the one before had committed
    assert first_reported[2] > 256
    pack(Source(450, bad=(100,)).listing(), tmp_path / "whole", CONFIG)
    assert content(tmp_path / "pack") == content(tmp_path / "whole")


def test_of_two_builders_at_once_one_builds_and_the_other_opens_the_result(tmp_path):
    source = Source(130)
    opened = []
    threads = [
        threading.Thread(
            target=lambda: opened.append(pack(source.listing(), tmp_path / "pack", CONFIG))
        )
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert source.reads == [1] * 130
    assert [len(packed) for packed in opened] == [130, 130]


@pytest.mark.parametrize(
    "other",
    [
        replace(Source(5).listing(), source="other"),
        replace(Source(5).listing(), stamp="changed"),
    ],
    ids=["source", "stamp"],
)
def test_a_pack_of_something_else_is_refused(tmp_path, other):
    pack(Source(5).listing(), tmp_path / "pack", CONFIG)
    with pytest.raises(DatasetError, match="pack of something else"):
        pack(other, tmp_path / "pack", CONFIG)


def test_a_pack_for_another_preprocessing_is_refused(tmp_path):
    pack(Source(5).listing(), tmp_path / "pack", CONFIG)
    with pytest.raises(DatasetError, match="pack of something else"):
        pack(Source(5).listing(), tmp_path / "pack", replace(CONFIG, high_hz=30))


@pytest.mark.parametrize("name", ["pack.json", "labels.npy", "signals.i16"])
def test_a_pack_that_lost_a_file_gives_a_sentence(tmp_path, name):
    pack(Source(5).listing(), tmp_path / "pack", CONFIG)
    (tmp_path / "pack" / name).unlink()
    with pytest.raises(DatasetError, match="is damaged"):
        open_pack(tmp_path / "pack")


def test_a_pack_with_a_truncated_signal_file_states_both_sizes(tmp_path):
    packed = pack(Source(5).listing(), tmp_path / "pack", CONFIG)
    os.truncate(packed.path, 7)
    with pytest.raises(DatasetError, match="take 7 bytes, expected 36000"):
        open_pack(tmp_path / "pack")


def test_a_source_without_any_usable_recording_is_refused_in_memory_and_packed(tmp_path):
    for attempt in (
        lambda s: read_listing(s.listing(), CONFIG),
        lambda s: pack(s.listing(), tmp_path / "pack", CONFIG),
    ):
        with pytest.raises(DatasetError, match=r"None of the 3 recordings .* It is bad\."):
            attempt(Source(3, bad=(0, 1, 2)))
    assert not (tmp_path / "pack").exists()


def test_joined_sets_keep_their_signals_apart_and_their_rows_in_order(tmp_path):
    in_memory = read_listing(Source(8).listing(), CONFIG)
    packed = pack(Source(20).listing(), tmp_path / "pack", CONFIG).of_split("train")
    joined = join([in_memory, packed])
    assert len(joined) == len(in_memory) + len(packed)
    np.testing.assert_array_equal(joined.record, [*in_memory.record, *packed.record])
    rows = np.array([len(joined) - 1, 0, 8, 7])
    expected = [packed.signals(np.array([len(packed) - 1]))[0], in_memory.x[0]]
    expected += [packed.signals(np.array([0]))[0], in_memory.x[7]]
    np.testing.assert_array_equal(joined.signals(rows), expected)
    part = joined.of_split("val")
    np.testing.assert_array_equal(
        part.signals(np.arange(len(part))), joined.signals(np.flatnonzero(joined.split == "val"))
    )
    assert joined.signals(np.array([], dtype=int)).shape == (0, 12, 300)
