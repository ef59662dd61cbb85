"""Channels of any order, unit and naming -> the one `Recording` that every stage uses."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ecgcore.contradiction import find_contradiction
from ecgcore.errors import ReadError
from ecgcore.io.guess import guess_fs, guess_leads, guess_mv_per_unit, median_span
from ecgcore.io.limits import MAX_CHANNELS, MAX_PART_S, MAX_PART_SAMPLES
from ecgcore.io.result import Answers, LeadNames, Question
from ecgcore.io.tracing import Channel, Tracing, lead_of, mv_per_unit
from ecgcore.leads import (
    INDEX,
    LEADS,
    canonical_name,
    derive_missing,
    recorded_leads,
)
from ecgcore.recording import MAX_FS_HZ, MIN_FS_HZ, Recording

# Over 400 real records the median lead spans 0.5 to 12.4 mV; outside this range the gain is wrong.
_PLAUSIBLE_SPAN_MV = (0.1, 20.0)


def open_questions(tracing: Tracing, answers: Answers) -> tuple[Question, ...]:
    """List the facts that neither the file nor the answers state.

    Parameters
    ----------
    tracing : Tracing
    answers : Answers

    Returns
    -------
    tuple of Question
        Empty when `assemble` can go ahead.
    """
    questions = []
    if tracing.fs is None and answers.fs is None:
        guess = tracing.fs_guess or guess_fs(tracing.n_samples)
        questions.append(
            Question("fs", "The file states no sampling rate. How many samples per second?", guess)
        )
    if _names_missing(tracing) and answers.leads is None:
        text = (
            f"The file does not name all of its {len(tracing.channels)} channels. "
            f"Which leads are they, in the order of the file?"
        )
        named = tuple(lead_of(channel) for channel in tracing.channels)
        questions.append(Question("leads", text, guess_leads(named)))
    silent = [c for c in _used_channels(tracing) if mv_per_unit(c.unit) is None]
    if silent and answers.mv_per_unit is None:
        text = "The file states no unit. How many mV is one stored unit (1 for mV, 0.001 for uV)?"
        guess = tracing.mv_per_unit_guess or guess_mv_per_unit(
            [c.values(0, min(c.end, MAX_PART_SAMPLES)) for c in silent]
        )
        questions.append(Question("mv_per_unit", text, guess))
    return tuple(questions)


def longest_part(fs: float) -> int:
    """Return how many samples per lead a `Recording` holds at most at this rate (Hz)."""
    return min(round(MAX_PART_S * fs), MAX_PART_SAMPLES)


def assemble(tracing: Tracing, source: str, answers: Answers, start_s: float = 0.0) -> Recording:
    """Map, reorder, scale and complete the channels of one file.

    Parameters
    ----------
    tracing : Tracing
    source : str
        Title of the format.
    answers : Answers
        Used only for what the file does not state.
    start_s : float
        Where to begin in a recording that is longer than one part (`longest_part`).

    Returns
    -------
    Recording
        (12, T) mV; missing limb leads derived, other missing leads NaN, with a warning for each
        repair and for every broken identity of the limb leads.

    Raises
    ------
    ReadError
        A needed fact is unknown, none of the twelve leads is there, or the sizes are impossible.
    SignalError
        The rate is impossible, or nothing was recorded.
    """
    if len(tracing.channels) > MAX_CHANNELS:
        raise ReadError(f"The file holds {len(tracing.channels)} channels, limit {MAX_CHANNELS}.")
    fs = tracing.fs if tracing.fs is not None else answers.fs
    if fs is None:
        raise ReadError("The file states no sampling rate, and none was given.")
    if not MIN_FS_HZ <= fs <= MAX_FS_HZ:
        raise ReadError(
            f"The sampling rate is {fs:g} Hz, expected {MIN_FS_HZ:g} to {MAX_FS_HZ:g} Hz."
        )
    notes = [*tracing.warnings, *_answer_notes(tracing, answers)]
    chosen = _choose(_leads(tracing, answers), tracing.channels, notes)
    stretch = _stretch(max(channel.end for channel in chosen.values()), fs, start_s)
    signal = _in_millivolts(chosen, answers, stretch)
    notes += _note_gaps(signal, chosen)
    signal, derived = derive_missing(signal)
    if derived:
        notes.append(f"Derived from other limb leads: {', '.join(derived)}.")
    notes += _note_doubts(signal, fs)
    return Recording(signal, fs, source, tracing.age, tracing.sex, tuple(notes))


def _stretch(n_samples: int, fs: float, start_s: float) -> tuple[int, int]:
    """First sample, and the one after the last, of the part that begins at `start_s`.

    Raises
    ------
    ReadError
        The part begins outside the recording.
    """
    start = round(start_s * fs)
    if not 0 <= start < n_samples:
        raise ReadError(
            f"The part starts at {start_s:g} s, the recording lasts {n_samples / fs:g} s."
        )
    return start, min(n_samples, start + longest_part(fs))


def _names_missing(tracing: Tracing) -> bool:
    """Tell whether a channel without a name may be one of the leads that are not named."""
    leads = {lead_of(channel) for channel in tracing.channels} - {None}
    unnamed = any(not (c.name or "").strip() for c in tracing.channels)
    return not leads or (unnamed and len(leads) < len(LEADS))


def _used_channels(tracing: Tracing) -> list[Channel]:
    """Channels that are leads by name, or all of them where the names are to be asked."""
    if _names_missing(tracing):
        return list(tracing.channels)
    return [channel for channel in tracing.channels if lead_of(channel)]


def _leads(tracing: Tracing, answers: Answers) -> LeadNames:
    """One lead (or None) per channel, from the file or from the answers."""
    if not _names_missing(tracing):
        return tuple(lead_of(channel) for channel in tracing.channels)
    n_channels = len(tracing.channels)
    if answers.leads is None:
        raise ReadError(
            f"The file does not name its {n_channels} channels; state which leads they are."
        )
    if len(answers.leads) != n_channels:
        raise ReadError(
            f"{len(answers.leads)} lead names were given for a file of {n_channels} channels."
        )
    unknown = [name for name in answers.leads if name and canonical_name(name) is None]
    if unknown:
        raise ReadError(f'"{unknown[0]}" is not one of the leads {", ".join(LEADS)}.')
    return tuple(canonical_name(name) if name else None for name in answers.leads)


def _choose(leads: LeadNames, channels: Sequence[Channel], notes: list[str]) -> dict[str, Channel]:
    """One channel per lead; the first where a lead is stored more than once."""
    chosen: dict[str, Channel] = {}
    for lead, channel in zip(leads, channels, strict=True):
        if lead is None:
            continue
        if lead in chosen:
            notes.append(f"Lead {lead} is stored more than once; the first was used.")
        chosen.setdefault(lead, channel)
    if not chosen:
        raise ReadError(f"None of the {len(channels)} channels is one of the twelve leads.")
    return chosen


def _in_millivolts(
    chosen: dict[str, Channel], answers: Answers, stretch: tuple[int, int]
) -> npt.NDArray[np.float32]:
    """Place the channels on their rows, shape (12, T), in mV; what is not finite becomes NaN."""
    signal = np.full((len(LEADS), stretch[1] - stretch[0]), np.nan, dtype=np.float32)
    for lead, channel in chosen.items():
        scale = mv_per_unit(channel.unit) or answers.mv_per_unit
        if scale is None or not 0.0 < abs(scale) < np.inf:
            raise ReadError(f"The unit of lead {lead} is unknown; state how many mV one unit is.")
        with np.errstate(over="ignore"):  # what float32 cannot hold is no sample
            signal[INDEX[lead]] = channel.values(*stretch) * scale
    signal[~np.isfinite(signal)] = np.nan
    return signal


def _answer_notes(tracing: Tracing, answers: Answers) -> list[str]:
    """One sentence for each fact that came from the answers instead of from the file."""

    def how(field: str) -> str:
        return "assumed" if field in answers.assumed else "given by the user"

    notes = []
    if tracing.fs is None and answers.fs is not None:
        notes.append(f"The file states no sampling rate; {answers.fs:g} Hz was {how('fs')}.")
    if _names_missing(tracing) and answers.leads is not None:
        order = ", ".join(lead or "(none)" for lead in answers.leads)
        notes.append(f"The file does not name its leads; the order {order} was {how('leads')}.")
    silent = [c for c in _used_channels(tracing) if mv_per_unit(c.unit) is None]
    if silent and answers.mv_per_unit is not None:
        notes.append(
            f"The file states no unit; {answers.mv_per_unit:g} mV for each stored unit was "
            f"{how('mv_per_unit')}."
        )
    return notes


def _note_gaps(signal: npt.NDArray[np.float32], chosen: dict[str, Channel]) -> list[str]:
    """Name the recorded leads with samples that are missing."""
    if len({channel.first for channel in chosen.values()}) > 1:
        return ["The leads were recorded one after another, not at the same time."]
    missing = np.isnan(signal).sum(axis=1)
    gaps = [f"{lead} ({missing[INDEX[lead]]})" for lead in recorded_leads(signal)]
    gaps = [gap for gap in gaps if not gap.endswith(" (0)")]
    return [f"Samples without a valid value were left empty: {', '.join(gaps)}."] if gaps else []


def _note_doubts(signal: npt.NDArray[np.float32], fs: float) -> list[str]:
    """Say what is missing, and what proves or suggests that names or gains are wrong."""
    notes = []
    recorded = recorded_leads(signal)
    absent = [lead for lead in LEADS if lead not in recorded]
    if absent and recorded:
        notes.append(f"Not recorded: {', '.join(absent)}.")
    contradiction = find_contradiction(signal, fs)
    if contradiction is not None:
        notes.append(contradiction.sentence)
    span, (low, high) = median_span(list(signal)), _PLAUSIBLE_SPAN_MV
    if recorded and not low <= span <= high:
        notes.append(
            f"The median lead spans {span:.3g} mV, expected {low:g} to {high:g} mV: the unit or "
            f"the gain may be wrong."
        )
    return notes
