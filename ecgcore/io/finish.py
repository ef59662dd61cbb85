"""From a tracing to a recording: ask what is open, or assemble the part that is wanted."""

from __future__ import annotations

from dataclasses import replace

from ecgcore.errors import EcgError, ReadError
from ecgcore.io.assemble import assemble, longest_part, open_questions
from ecgcore.io.result import Answers, ReadResult, guess_answers


def finish(
    result: ReadResult,
    answers: Answers,
    *,
    start_s: float = 0.0,
    assume_guesses: bool = False,
) -> ReadResult:
    """Make the recording of a result that holds a tracing; needs the file no more.

    Parameters
    ----------
    result : ReadResult
        With a `tracing`.
    answers : Answers
    start_s : float
        Where to begin in a recording that is longer than one part.
    assume_guesses : bool
        Take the best guess for each fact that is still open; each becomes a warning.

    Returns
    -------
    ReadResult
        With a recording, with the questions that are still open, or with an error.
    """
    tracing = result.tracing
    if tracing is None:
        raise ReadError("The file has to be read again: nothing is left to be assembled.")
    questions = open_questions(tracing, answers)
    if questions and assume_guesses:
        answers = guess_answers(questions, answers)
    blank = replace(result, recording=None, questions=(), error=None)
    if questions and not assume_guesses:
        return replace(blank, questions=questions)
    try:
        recording = assemble(tracing, result.format or "", answers, start_s)
    except EcgError as error:
        return replace(blank, tracing=None, error=str(error))
    is_long = tracing.n_samples > longest_part(recording.fs)
    return replace(
        blank,
        recording=recording,
        tracing=tracing if is_long else None,
        start_s=start_s,
        total_s=tracing.n_samples / recording.fs,
    )
