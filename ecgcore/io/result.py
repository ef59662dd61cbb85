"""What reading gives: a recording, open questions, or a sentence that says why not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from ecgcore.io.tracing import Tracing
from ecgcore.recording import Recording

Field: TypeAlias = Literal["fs", "mv_per_unit", "leads"]
LeadNames: TypeAlias = tuple[str | None, ...]


@dataclass(frozen=True)
class Answers:
    """Facts that the user states of files that do not state them; what a file states has priority.

    Attributes
    ----------
    fs : float or None
        Sampling rate in Hz.
    mv_per_unit : float or None
        Millivolts in one stored unit: 1 for mV, 0.001 for uV.
    leads : tuple of (str or None) or None
        One lead per channel in the file's order; None for a channel that is none of the twelve.
    assumed : tuple of str
        Fields that are best guesses rather than the user's word; warnings say so.
    """

    fs: float | None = None
    mv_per_unit: float | None = None
    leads: LeadNames | None = None
    assumed: tuple[Field, ...] = ()


@dataclass(frozen=True)
class Question:
    """A fact that a file does not state.

    Attributes
    ----------
    field : {"fs", "mv_per_unit", "leads"}
        The member of `Answers` that answers it.
    text : str
    guess : float or tuple of (str or None)
        The best guess; for leads one per channel, None where only the user can say.
    """

    field: Field
    text: str
    guess: float | LeadNames


@dataclass(frozen=True)
class ReadResult:
    """The outcome for one file (or one record of several files).

    Exactly one of `recording`, `questions` and `error` says something.

    Attributes
    ----------
    name : str
        As given; a member of an archive is ``archive.zip/member``.
    format : str or None
        Title of the recognised format.
    recording : Recording or None
    questions : tuple of Question
        Facts to be answered before the file can be read.
    error : str or None
        Why the file cannot be read, as a sentence.
    tracing : Tracing or None
        What was read, without names and free text, for `finish`: there while questions are open,
        and where the recording is longer than one part.
    start_s, total_s : float
        Where in the whole recording `recording` begins, and how long the whole is.
    """

    name: str
    format: str | None
    recording: Recording | None = None
    questions: tuple[Question, ...] = ()
    error: str | None = None
    tracing: Tracing | None = None
    start_s: float = 0.0
    total_s: float = 0.0


def guess_answers(questions: Iterable[Question], given: Answers | None = None) -> Answers:
    """Answer each question by its best guess, on top of what was `given`.

    Parameters
    ----------
    questions : iterable of Question
    given : Answers, optional
        Kept as they are, unless a question is open about them.

    Returns
    -------
    Answers
        With the guessed fields listed in `Answers.assumed`.
    """
    answered = [q for q in questions if not isinstance(q.guess, tuple) or any(q.guess)]
    given = given or Answers()
    return replace(
        given,
        assumed=(*given.assumed, *(question.field for question in answered)),
        **{question.field: question.guess for question in answered},  # type: ignore[arg-type]
    )
