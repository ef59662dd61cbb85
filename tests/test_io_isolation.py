"""Untrusted files are read by another process, and the worst of them costs one sentence."""

import io
import os
import signal
import threading

import numpy as np
import psutil
import pytest
from built_files import KINDS, csv_file, npz_file, wfdb_files, zip_of
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from ecgcore.io import Answers, Question, ReadResult, finish, isolation, read_files, wire
from ecgcore.io.isolation import Bounds, read_isolated
from ecgcore.io.tracing import Channel, Tracing
from ecgcore.leads import LEADS

ONE_SECOND = Bounds(cpu_s=1)


@pytest.fixture(scope="module")
def slow_mat() -> bytes:
    """Millions of empty elements: several seconds of computing, where other files take ms."""
    return b"MATLAB 5.0".ljust(124) + b"\0\1IM" + bytes(48 * 10**6)


@pytest.fixture(scope="module")
def large_csv() -> bytes:
    row = ",".join(["0.123456"] * 12)
    return "\n".join(["fs: 500", "unit: mV", ",".join(LEADS), *[row] * 500_000]).encode()


def assert_same(one: ReadResult, other: ReadResult) -> None:
    assert (one.name, one.format, one.error) == (other.name, other.format, other.error)
    assert (one.questions, one.start_s, one.total_s) == (
        other.questions,
        other.start_s,
        other.total_s,
    )
    assert (one.recording is None) == (other.recording is None)
    if one.recording is not None and other.recording is not None:
        assert one.recording.digest == other.recording.digest
        assert one.recording.warnings == other.recording.warnings
        assert (one.recording.age, one.recording.sex) == (other.recording.age, other.recording.sex)
    assert (one.tracing is None) == (other.tracing is None)


@pytest.mark.parametrize("kind", KINDS)
def test_the_other_process_reads_what_this_one_reads(kind: str):
    files = KINDS[kind]()
    for assume_guesses in (True, False):
        here = read_files(files, assume_guesses=assume_guesses)
        there = read_isolated(files, assume_guesses=assume_guesses)
        for one, other in zip(here, there, strict=True):
            assert_same(one, other)


def test_answers_given_later_complete_what_was_read_and_need_no_file():
    table = "\n".join(",".join(["0.5"] * 12) for _ in range(1000)).encode()
    (asked,) = read_isolated({"x.csv": table})
    assert [question.field for question in asked.questions] == ["fs", "leads", "mv_per_unit"]
    answers = Answers(250.0, 1.0, LEADS)
    (stated,) = read_files({"x.csv": table}, answers)
    assert finish(asked, answers).recording.digest == stated.recording.digest


def test_a_file_that_computes_too_long_is_refused_and_the_others_are_read(slow_mat):
    files = {"a.npz": npz_file(), "slow.mat": slow_mat, "b.csv": csv_file(), **wfdb_files()}
    results = read_isolated(files, bounds=ONE_SECOND)
    assert [result.name for result in results] == ["a.npz", "slow.mat", "b.csv", "rec.hea"]
    assert [result.recording is not None for result in results] == [True, False, True, True]
    assert "more than 1 s of computing" in results[1].error


def test_a_member_of_an_archive_that_computes_too_long_costs_that_member_alone(slow_mat):
    files = {"all.zip": zip_of({"a.csv": csv_file(), "slow.mat": slow_mat, "b.npz": npz_file()})}
    results = read_isolated(files, bounds=ONE_SECOND)
    assert [(x.name, x.error is None) for x in results] == [
        ("all.zip/a.csv", True),
        ("all.zip/slow.mat", False),
        ("all.zip/b.npz", True),
    ]


def test_a_file_that_takes_too_long_by_the_clock_is_refused(slow_mat):
    (result,) = read_isolated({"slow.mat": slow_mat}, bounds=Bounds(wall_s=0.5))
    assert "more than 0.5 s" in result.error


def test_a_file_that_takes_too_much_memory_is_refused_and_the_others_are_read(large_csv):
    files = {"large.csv": large_csv, "b.csv": csv_file()}
    results = read_isolated(files, bounds=Bounds(memory_bytes=150 * 10**6))
    assert "more memory" in results[0].error
    assert results[1].recording is not None


def test_files_that_do_not_fit_into_memory_are_all_refused():
    results = read_isolated({"a": bytes(10**7), "b": b"x"}, bounds=Bounds(memory_bytes=10**6))
    assert [result.name for result in results] == ["a", "b"]
    assert all(result.error.endswith(".") for result in results)


def test_an_upload_that_takes_too_long_altogether_is_given_up_with_a_sentence(slow_mat):
    files = {"slow.mat": slow_mat, "b.csv": csv_file()}
    results = read_isolated(files, bounds=Bounds(cpu_s=1, upload_s=0.1))
    assert [result.name for result in results] == ["slow.mat", "b.csv"]
    assert "the upload took more than 0.1 s" in results[1].error


def test_a_reading_process_that_was_ended_from_outside_is_replaced():
    read_isolated({"x.csv": csv_file()})
    (before,) = worker_processes()
    os.kill(before, signal.SIGKILL)
    psutil.Process(before).wait()
    (result,) = read_isolated({"x.csv": csv_file()})
    assert result.recording is not None
    assert worker_processes() != [before]


def worker_processes() -> list[int]:
    children = psutil.Process().children()
    return [x.pid for x in children if "ecgcore.io.worker" in x.cmdline()]


@pytest.mark.parametrize("ended_early", [False, True])
def test_nothing_stays_on_the_disk(tmp_path, monkeypatch, slow_mat, ended_early):
    isolation._waiting.stop()
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    files = wfdb_files() | ({"slow.mat": slow_mat} if ended_early else {})
    results = read_isolated(files, bounds=ONE_SECOND)
    assert results[0].recording is not None
    assert len(results) == 1 + ended_early
    isolation._waiting.stop()
    assert list(tmp_path.iterdir()) == []


def test_several_sessions_read_at_once_and_each_gets_its_own():
    found: dict[int, str] = {}

    def read(number: int) -> None:
        signal_mv = np.full((12, 500), number / 10, dtype=np.float32)
        stream = io.BytesIO()
        np.savez(stream, signal=signal_mv, fs=500.0, leads=np.array(LEADS))
        (result,) = read_isolated({f"{number}.npz": stream.getvalue()})
        found[number] = f"{result.name} {result.recording.signal[6, 0]:.1f}"

    threads = [threading.Thread(target=read, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: f"{number}.npz {number / 10:.1f}" for number in range(8)}


stored = arrays.arrays(
    st.sampled_from([np.int16, np.int32, np.uint8, np.float32, np.float64]), st.integers(0, 20)
)


@given(
    st.lists(stored, min_size=1, max_size=4),
    st.floats(1, 1000),
    st.tuples(st.integers(-9, 9)),
    st.text(max_size=5),
)
def test_a_tracing_arrives_as_it_was_sent(samples, fs, missing, text):
    channels = tuple(Channel(x, text, "mV", 0.5, 2.0, missing, i) for i, x in enumerate(samples))
    question = Question("leads", text, ("I", None))
    sent = ReadResult("n", "f", None, (question,), None, Tracing(channels, fs, warnings=(text,)))
    stream = io.BytesIO()
    wire.send_result(stream, sent)
    stream.seek(0)
    header, n_bytes = wire.receive_header(stream)
    arrived = wire.read_result(header, stream, n_bytes)
    assert arrived.questions == sent.questions
    assert arrived.tracing.warnings == (text,)
    for one, other in zip(arrived.tracing.channels, channels, strict=True):
        assert np.array_equal(one.samples, other.samples, equal_nan=other.samples.dtype.kind == "f")
        assert one.samples.dtype == other.samples.dtype
        assert (one.name, one.unit, one.scale, one.offset, one.missing, one.first) == (
            (other.name, other.unit, other.scale, other.offset, other.missing, other.first)
        )


@given(st.binary(max_size=200))
def test_bytes_that_are_no_message_are_told_as_such(data: bytes):
    stream = io.BytesIO(data)
    try:
        received = wire.receive_header(stream)
        assert received is None or isinstance(received[0], dict)
    except wire.WireError:
        pass
    if data:
        with pytest.raises(wire.WireError):
            wire.read_result({"arrays": [["<f4", [2**40]]]}, stream, 0)


def test_no_parser_stays_behind_when_the_app_ends():
    read_isolated({"x.csv": csv_file()})
    (worker,) = worker_processes()
    process = psutil.Process(worker)
    isolation._waiting.stop()
    assert not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
