"""Multiplex groups of a DICOM waveform: which of them together make the recording, and when.

A cart stores a 12-lead ECG as one group of twelve channels, as limb and chest leads side by side,
or as a print shows it: four groups of three leads, one after another, with a rhythm strip below.
Average beats stand beside the rhythm as one more group, and are never taken for it.

References
----------
DICOM PS3.3 C.10.9.1 (multiplex groups, skew), A.34.3 (the arrangements named above); PS3.16 CID
3001 (ECG leads); the lead numbers are those of SCP-ECG (EN 1064), table 5.6.3-9.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from pydicom.dataset import Dataset

from ecgcore.errors import ReadError
from ecgcore.io.lead_numbers import LEAD_OF_NUMBER
from ecgcore.io.limits import MAX_CHANNELS
from ecgcore.io.tracing import NOT_A_LEAD
from ecgcore.leads import canonical_name

_UNSPECIFIED_LEAD = "0"
# "5.6.3-9-61" in coding scheme SCPECG, "2:61" in MDC.
_LEAD_CODE = re.compile(r"(?:5\.6\.3-9-|2:)(\d+)")
_AVERAGE = re.compile(r"median|averag|\bmean\b|representative|template", re.IGNORECASE)
# The columns of a print last 2.5 s, an average beat is cut to less than 1.5 s.
_SHORTEST_STRIP_S = 2.0


@dataclass(frozen=True, eq=False)
class Group:
    """One multiplex group, its samples still closed.

    Attributes
    ----------
    dataset : pydicom.Dataset
        The item of the Waveform Sequence.
    names : tuple of (str or None)
        One per channel.
    fs : float or None
        Hz.
    n_samples : int
        Per channel.
    offset_s : float
        When it begins.
    is_original : bool
        False where the file says that it was computed.
    is_average : bool
        Whether its label says that it holds an average beat.
    """

    dataset: Dataset
    names: tuple[str | None, ...]
    fs: float | None
    n_samples: int
    offset_s: float
    is_original: bool
    is_average: bool

    @property
    def leads(self) -> frozenset[str]:
        """Those of the twelve leads that it holds."""
        return frozenset(lead for name in self.names if (lead := canonical_name(name or "")))

    @property
    def duration_s(self) -> float:
        """Length, counted in samples where no rate is stated."""
        return self.n_samples / (self.fs or 1.0)


@dataclass(frozen=True, eq=False)
class Choice:
    """The groups that make the recording, and what was left out, as sentences."""

    groups: tuple[Group, ...]
    notes: tuple[str, ...]


def describe(dataset: Dataset) -> Group:
    """Read what a multiplex group says of itself.

    Raises
    ------
    ReadError
        A number is none, or there are too many channels.
    """
    definitions = dataset.get("ChannelDefinitionSequence") or ()
    if len(definitions) > MAX_CHANNELS:
        raise ReadError(f"The file declares {len(definitions)} channels, limit {MAX_CHANNELS}.")
    fs = number(dataset, "SamplingFrequency", 0.0)
    return Group(
        dataset,
        names=tuple(_channel_name(definition) for definition in definitions),
        fs=fs if fs > 0.0 else None,
        n_samples=int(number(dataset, "NumberOfWaveformSamples", 0.0)),
        offset_s=number(dataset, "MultiplexGroupTimeOffset", 0.0) / 1e3,
        is_original=str(dataset.get("WaveformOriginality") or "ORIGINAL").strip() != "DERIVED",
        is_average=bool(_AVERAGE.search(str(dataset.get("MultiplexGroupLabel") or ""))),
    )


def number(dataset: Dataset, keyword: str, default: float) -> float:
    """Return a number that an element states, or the default where it is absent or empty.

    Raises
    ------
    ReadError
        It is no finite number.
    """
    try:
        stated = dataset.get(keyword)
        value = default if stated is None or stated == "" else float(stated)
    except (ValueError, TypeError, OverflowError) as error:
        raise ReadError(f"{keyword} in the DICOM file is not a number.") from error
    if not math.isfinite(value):
        raise ReadError(f"{keyword} in the DICOM file is {value}, expected a finite number.")
    return value


def _channel_name(definition: Dataset) -> str | None:
    """Lead by its code; where no code is a lead's, by its meaning or by the label.

    A code of another lead (2:65 is -aVR) decides as well: its meaning may look like one of ours.
    """
    sources = definition.get("ChannelSourceSequence") or ()
    codes = [str(source.get("CodeValue") or "").strip() for source in sources]
    meanings = [str(source.get("CodeMeaning") or "") for source in sources]
    for code in codes:
        match = _LEAD_CODE.fullmatch(code)
        if match and match[1] != _UNSPECIFIED_LEAD:
            return LEAD_OF_NUMBER.get(int(match[1]), NOT_A_LEAD)
    words = [*codes, *meanings, str(definition.get("ChannelLabel") or "")]
    return next((word for word in words if canonical_name(word)), words[-1] or None)


def choose(groups: Sequence[Group]) -> Choice:
    """Pick the groups of one rate that hold the most leads.

    One group that holds all these leads stands alone, the longest if there are several; otherwise
    groups are put together.

    Raises
    ------
    ReadError
        No ECG lead, or average beats alone.
    """
    with_leads = [group for group in groups if group.leads]
    if not with_leads:
        raise ReadError("No channel of this DICOM waveform is one of the twelve ECG leads.")
    rhythm = [group for group in with_leads if not _is_beat(group, with_leads)]
    if not rhythm:
        raise ReadError(
            "This DICOM file holds average beats alone, without the recording that they are of."
        )
    of_rate = [[g for g in rhythm if g.fs == fs] for fs in dict.fromkeys(g.fs for g in rhythm)]
    best = max(of_rate, key=lambda same: (len(_union(same)), sum(g.duration_s for g in same)))
    complete = [group for group in best if group.leads == _union(best)]
    chosen = [max(complete, key=lambda group: group.duration_s)] if complete else best
    return Choice(tuple(chosen), _left_out(rhythm, best, chosen))


def _is_beat(group: Group, others: Sequence[Group]) -> bool:
    """Tell an average beat by its label, or by its length beside a recording."""
    longest = max(other.duration_s for other in others)
    original = max((other.duration_s for other in others if other.is_original), default=0.0)
    shorter = group.duration_s < _SHORTEST_STRIP_S <= longest if group.fs else False
    computed = not group.is_original and group.duration_s < original / 2.0
    return group.is_average or shorter or computed


def _union(groups: Sequence[Group]) -> frozenset[str]:
    return frozenset().union(*(group.leads for group in groups))


def _left_out(
    rhythm: Sequence[Group], of_rate: Sequence[Group], chosen: Sequence[Group]
) -> tuple[str, ...]:
    notes = []
    elsewhere = _union([g for g in rhythm if g not in of_rate]) - _union(chosen)
    if elsewhere:
        leads = ", ".join(sorted(elsewhere))
        notes.append(f"Stored at another sampling rate and left out: {leads}.")
    again = sum(group not in chosen for group in of_rate)
    if again:
        notes.append(
            f"The file holds these leads more than once: the longest stretch was read, {again} "
            f"left out."
        )
    return tuple(notes)
