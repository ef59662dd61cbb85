"""Every beat of a recording in order, with the marks of its shape and whether it is ectopic."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ecgcore.signal.beat_classes import Sorted
from ecgcore.signal.delineate import Delineated
from ecgcore.signal.measurements import Beat
from ecgcore.signal.qrs_edges import CENTRE
from ecgcore.signal.rhythm import ectopic
from ecgcore.signal.waveform import WORK_FS_HZ


@dataclass(frozen=True)
class _Placed:
    """One beat before its neighbours are known."""

    beat: Beat
    qrs_ms: float  # NaN where not measured
    other_shape: bool


def list_beats(beats: Sorted, shapes: list[Delineated], n_samples: int) -> tuple[Beat, ...]:
    """Give each beat the marks of its shape, as far as they lie within the recording.

    Parameters
    ----------
    beats : Sorted
    shapes : list of Delineated
        In the order of ``beats.shapes``, the usual one first.
    n_samples : int
        Of the recording.
    """
    placed = [
        _Placed(Beat(middle / WORK_FS_HZ), qrs_ms=np.nan, other_shape=True) for middle in beats.at
    ]
    for number, (shape, drawn) in enumerate(zip(beats.shapes, shapes, strict=True)):
        for member, has_p in zip(shape.members, drawn.has_p, strict=True):
            beat = _marked(drawn, int(beats.at[member]), n_samples)
            if not has_p:
                beat = replace(beat, p_on_s=None, p_off_s=None)
            placed[member] = _Placed(beat, drawn.qrs_ms, other_shape=number > 0)
    flags = ectopic(
        np.array([one.beat.r_s for one in placed]),
        np.array([one.other_shape for one in placed]),
        np.array([one.qrs_ms for one in placed]),
        shapes[0].qrs_ms,
        regular=not shapes[0].no_p,
    )
    return _without_overlap(
        [replace(one.beat, is_ectopic=bool(flag)) for one, flag in zip(placed, flags, strict=True)]
    )


def _marked(drawn: Delineated, middle: int, n_samples: int) -> Beat:
    r_s, marks = middle / WORK_FS_HZ, drawn.marks
    if marks is None:
        return Beat(r_s)

    def time_s(mark: int | None) -> float | None:
        at = None if mark is None else middle - CENTRE + mark
        return None if at is None or not 0 <= at < n_samples else at / WORK_FS_HZ

    return Beat(
        r_s,
        p_on_s=time_s(marks.p_on),
        p_off_s=time_s(marks.p_off),
        qrs_on_s=time_s(marks.qrs_on),
        qrs_off_s=time_s(marks.qrs_off),
        t_on_s=time_s(marks.t_on),
        t_off_s=time_s(marks.t_off),
    )


def _without_overlap(beats: list[Beat]) -> tuple[Beat, ...]:
    """Drop the T wave of a beat that the next QRS cuts off."""
    kept = []
    for beat, following in zip(beats, [*beats[1:], None], strict=True):
        limit_s = None if following is None else following.qrs_on_s
        cut = limit_s is not None and beat.t_off_s is not None and beat.t_off_s > limit_s
        kept.append(replace(beat, t_on_s=None, t_off_s=None) if cut else beat)
    return tuple(kept)
