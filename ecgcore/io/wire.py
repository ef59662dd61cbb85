"""Requests and results as bytes, between the app and the process that parses untrusted files.

JSON for the facts and raw samples for the arrays: nothing that could run code when it is opened.

    | header length, 4 bytes | body length, 8 bytes | header, JSON | body |
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from ecgcore.io.result import Answers, Question, ReadResult
from ecgcore.io.tracing import Channel, Tracing
from ecgcore.recording import Recording

_LENGTHS = struct.Struct("<IQ")
# A header holds names and sentences; samples are in the body.
_MAX_HEADER_BYTES = 16 * 10**6

Header = dict[str, Any]
Array = npt.NDArray[np.generic]


class WireError(Exception):
    """What arrived is no message of this module: the other process broke."""


def send(
    stream: BinaryIO, header: Header, body: Iterable[bytes | memoryview] = (), n_bytes: int = 0
) -> None:
    """Write one message; the parts of the body, `n_bytes` in all, follow each other."""
    text = json.dumps(header).encode()
    stream.write(_LENGTHS.pack(len(text), n_bytes))
    stream.write(text)
    for part in body:
        stream.write(part)
    stream.flush()


def receive_header(stream: BinaryIO) -> tuple[Header, int] | None:
    """Read lengths and header; None where the other side has closed.

    Returns
    -------
    header : dict
    n_bytes : int
        Length of the body, which the caller reads next.

    Raises
    ------
    WireError
        The message breaks off or is none.
    """
    lengths = stream.read(_LENGTHS.size)
    if not lengths:
        return None
    if len(lengths) < _LENGTHS.size:
        raise WireError("A message breaks off.")
    n_header, n_body = _LENGTHS.unpack(lengths)
    if n_header > _MAX_HEADER_BYTES:
        raise WireError("A header is too long.")
    try:
        header = json.loads(read_exactly(stream, n_header))
    except ValueError as error:
        raise WireError("A header is no JSON.") from error
    if not isinstance(header, dict):
        raise WireError("A header is no object.")
    return header, n_body


def read_exactly(stream: BinaryIO, n_bytes: int) -> bytes:
    """Read so many bytes.

    Raises
    ------
    WireError
        The other side has closed before.
    """
    content = stream.read(n_bytes)
    if len(content) != n_bytes:
        raise WireError("A message breaks off.")
    return content


def send_result(stream: BinaryIO, result: ReadResult) -> None:
    """Write one result; its arrays are copied one at a time, where they have to be at all."""
    arrays: list[Array] = []
    header: Header = {
        "name": result.name,
        "format": result.format,
        "error": result.error,
        "start_s": result.start_s,
        "total_s": result.total_s,
        "questions": [asdict(question) for question in result.questions],
    }
    if result.recording is not None:
        header["recording"] = _facts(result.recording, ("fs", "source", "age", "sex", "warnings"))
        arrays.append(result.recording.signal)
    if result.tracing is not None:
        facts = ("fs", "age", "sex", "warnings", "fs_guess", "mv_per_unit_guess")
        header["tracing"] = _facts(result.tracing, facts)
        stated = ("name", "unit", "scale", "offset", "missing", "first")
        header["channels"] = [_facts(channel, stated) for channel in result.tracing.channels]
        arrays += [channel.samples for channel in result.tracing.channels]
    header["arrays"] = [[array.dtype.str, list(array.shape)] for array in arrays]
    send(stream, header, map(_bytes_of, arrays), sum(array.nbytes for array in arrays))


def _bytes_of(array: Array) -> memoryview:
    return np.ascontiguousarray(array).reshape(-1).view(np.uint8).data


def read_result(header: Header, stream: BinaryIO, n_bytes: int) -> ReadResult:
    """Rebuild one result; its arrays are read from the stream one by one.

    Raises
    ------
    WireError
        Header and body do not belong together.
    EcgError
        What arrived is no recording.
    """
    try:
        arrays = _arrays(header["arrays"], stream, n_bytes)
        recording = tracing = None
        if "recording" in header:
            facts = header["recording"]
            facts["warnings"] = tuple(facts["warnings"])
            recording = Recording(next(arrays), **facts)  # type: ignore[arg-type]
        if "tracing" in header:
            tracing = _tracing(header["tracing"], header["channels"], arrays)
        return ReadResult(
            name=str(header["name"]),
            format=header["format"],
            recording=recording,
            questions=tuple(_question(facts) for facts in header["questions"]),
            error=header["error"],
            tracing=tracing,
            start_s=float(header["start_s"]),
            total_s=float(header["total_s"]),
        )
    except (KeyError, TypeError, ValueError, StopIteration) as error:
        raise WireError("A result is incomplete.") from error


def encode_answers(answers: Answers) -> Header:
    """Return the JSON of what the user stated."""
    return asdict(answers)


def decode_answers(header: Header) -> Answers:
    """Rebuild what the user stated."""
    leads = header["leads"]
    return Answers(
        header["fs"],
        header["mv_per_unit"],
        None if leads is None else tuple(leads),
        tuple(header["assumed"]),
    )


def _facts(record: object, names: Sequence[str]) -> Header:
    return {name: getattr(record, name) for name in names}


def _question(facts: Header) -> Question:
    guess = facts["guess"]
    return Question(
        facts["field"], facts["text"], tuple(guess) if isinstance(guess, list) else float(guess)
    )


def _tracing(facts: Header, channels: Sequence[Header], arrays: Iterator[Array]) -> Tracing:
    facts["warnings"] = tuple(facts["warnings"])
    rebuilt = []
    for channel in channels:
        channel["missing"] = tuple(channel["missing"])
        rebuilt.append(Channel(next(arrays), **channel))
    return Tracing(tuple(rebuilt), **facts)


def _arrays(described: Sequence[Any], stream: BinaryIO, n_bytes: int) -> Iterator[Array]:
    """Read the arrays that a header describes, each as numbers and nothing else."""
    plan = [(np.dtype(kind), tuple(int(n) for n in shape)) for kind, shape in described]
    sizes = [dtype.itemsize * int(np.prod(shape, dtype=object)) for dtype, shape in plan]
    if sum(sizes) != n_bytes or any(dtype.kind not in "iuf" for dtype, _ in plan):
        raise WireError("The body of a result has another size than its header says.")
    for (dtype, shape), size in zip(plan, sizes, strict=True):
        yield np.frombuffer(read_exactly(stream, size), dtype=dtype).reshape(shape)
