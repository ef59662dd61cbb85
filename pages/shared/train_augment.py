"""Switches for what augmentation does to training recordings; each stands for a few fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from ecgcore.learn.augment import AugmentConfig
from ecgcore.learn.swaps import SWAP_KINDS
from pages.shared import state
from pages.shared.language import say

_USUAL = AugmentConfig()


@dataclass(frozen=True)
class Switch:
    """One switch.

    Attributes
    ----------
    title, explanation : str
    fields : mapping of field to float
        Of `AugmentConfig`: what they are set to; switched off, each is 0.
    """

    title: str
    explanation: str
    fields: Mapping[str, float]

    @property
    def usual(self) -> bool:
        """Whether a run that says nothing has it switched on."""
        return any(getattr(_USUAL, name) for name in self.fields)


SWITCHES = (
    Switch("Swapped electrodes", "In half of the recordings.", {"swap_probability": 0.5}),
    Switch("Shift in time", "By up to a second; zeros enter.", {"shift_s": 1.0}),
    Switch("Noise", "White and slow, each lead its own.", {"noise": 0.2}),
    Switch(
        "Fewer leads",
        "A fifth of the recordings shows only some of the twelve.",
        {"drop_leads_probability": 0.2},
    ),
    Switch(
        "Smoothing, scale",
        "A recorder's low-pass; chest leads scaled where the source does not keep their scale.",
        {"low_pass_probability": 0.3, "chest_scale_sd": 0.4},
    ),
    Switch(
        "Speed and length",
        "Time runs up to 3 % faster or slower; some recordings are cut to 5 s or more.",
        {"zoom_probability": 0.3, "crop_probability": 0.2},
    ),
    Switch(
        "Gain",
        "Of the recording and of each lead, by about a tenth.",
        {"gain_sd": 0.1, "lead_gain_sd": 0.1},
    ),
    Switch(
        "Wander, mains, muscle",
        "As in a busy ward, each in a fifth of the recordings.",
        {"wander_probability": 0.2, "mains_probability": 0.2, "muscle_probability": 0.2},
    ),
    Switch(
        "Other recorders",
        "Filtered again: low-pass 15-40 Hz, high-pass 0.05-1 Hz.",
        {"recorder_probability": 0.3},
    ),
    Switch(
        "Electrodes coming off",
        "For up to three seconds, in a tenth of the recordings.",
        {"lead_off_probability": 0.1},
    ),
)
_KIND_TITLES = {
    "table": "Nine table rows",
    "same_colour": "Limb with chest",
    "chest_adjacent": "Chest neighbours",
    "chest_reversed": "V1-V6 reversed",
    "right_leg": "Right leg",
    "any_order": "Any order",
}


def augmentation() -> AugmentConfig:
    """Draw the switches; return what they say."""
    st.subheader(say("Augmentation"), anchor=False)
    on: dict[str, bool] = {}
    columns = st.columns(2)
    for number, switch in enumerate(SWITCHES):
        on[switch.title] = columns[number % 2].toggle(
            say(switch.title),
            value=switch.usual,
            key=state.numbered(state.TRAIN_AUGMENT, number),
            help=say(switch.explanation),
            persist_state="session",
        )
    kinds = st.pills(
        say("Kinds of swaps"),
        list(SWAP_KINDS),
        selection_mode="multi",
        default=_USUAL.swap_kinds,
        format_func=_kind_title,
        key=state.TRAIN_SWAP_KINDS,
        persist_state="session",
        disabled=not on[SWITCHES[0].title],
    )
    return augment_config(on, tuple(kinds))


def _kind_title(kind: str) -> str:
    return say(_KIND_TITLES.get(kind, kind))


def augment_config(on: Mapping[str, bool], swap_kinds: tuple[str, ...]) -> AugmentConfig:
    """Set the fields of each switch, `on` by title; no kind of swap is no swap at all."""
    values: dict[str, Any] = {
        name: value if on[switch.title] else 0.0
        for switch in SWITCHES
        for name, value in switch.fields.items()
    }
    if not swap_kinds:
        return replace(_USUAL, **values | {"swap_probability": 0.0})
    return replace(_USUAL, **values, swap_kinds=swap_kinds)
