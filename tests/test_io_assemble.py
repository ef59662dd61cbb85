"""Channels of any order, unit and naming become one Recording, and every doubt is said."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecgcore.errors import ReadError
from ecgcore.io.assemble import assemble, open_questions
from ecgcore.io.guess import guess_fs, guess_leads, guess_mv_per_unit
from ecgcore.io.result import Answers, guess_answers
from ecgcore.io.tracing import Channel, Tracing, lead_of, mv_per_unit, parse_age, parse_sex
from ecgcore.leads import CHEST_LEADS, INDEX, LEADS, LIMB_FROM_I_II

T = 300
# float32 keeps 24 bits: a value below 4 mV is off by less than 2.4e-7 mV.
FLOAT32_MV = 5e-7


def true_signal(seed: int = 0) -> np.ndarray:
    """A (12, T) signal in mV that obeys the lead algebra."""
    independent = np.random.default_rng(seed).normal(size=(8, T)).clip(-2, 2) / 2
    return np.vstack([LIMB_FROM_I_II @ independent[:2], independent[2:]])


def channels(leads=LEADS, unit: str | None = "mV", scale: float = 1.0) -> tuple[Channel, ...]:
    return tuple(Channel(true_signal()[INDEX[lead]] * scale, lead, unit) for lead in leads)


@given(
    order=st.permutations(LEADS),
    unit=st.sampled_from([("mV", 1.0), ("µV", 1e3), ("uV", 1e3), ("V", 1e-3), ("nV", 1e6)]),
)
def test_any_order_of_leads_and_any_unit_give_the_same_recording(order, unit):
    spelling, per_mv = unit
    tracing = Tracing(channels(order, spelling, per_mv), fs=500.0)
    recording = assemble(tracing, "test", Answers())
    np.testing.assert_allclose(recording.signal, true_signal(), atol=FLOAT32_MV)
    assert recording.warnings == ()


@given(pair=st.permutations(LEADS[:6]).map(lambda leads: leads[:2]))
def test_any_two_limb_leads_give_the_other_four(pair):
    recording = assemble(Tracing(channels((*pair, *CHEST_LEADS)), fs=500.0), "test", Answers())
    # Two float32 limb leads times coefficients of at most 2 each.
    np.testing.assert_allclose(recording.signal, true_signal(), atol=4 * FLOAT32_MV)
    derived = [lead for lead in LEADS[:6] if lead not in pair]
    assert recording.warnings == (f"Derived from other limb leads: {', '.join(derived)}.",)


def test_a_missing_chest_lead_stays_empty_and_is_named():
    leads = [lead for lead in LEADS if lead != "V3"]
    recording = assemble(Tracing(channels(leads), fs=500.0), "test", Answers())
    assert np.isnan(recording.lead("V3")).all()
    assert recording.warnings == ("Not recorded: V3.",)


def test_a_wrong_gain_of_one_limb_lead_is_a_visible_warning():
    given_channels = list(channels())
    given_channels[1] = Channel(true_signal()[1] * 1.5, "II", "mV")
    recording = assemble(Tracing(tuple(given_channels), fs=500.0), "test", Answers())
    assert any(note.startswith("The limb leads contradict") for note in recording.warnings)


@pytest.mark.parametrize("factor", [1000.0, 0.001])
def test_an_implausible_amplitude_is_a_visible_warning(factor: float):
    recording = assemble(Tracing(channels(scale=factor), fs=500.0), "test", Answers())
    assert any("may be wrong" in note for note in recording.warnings)


def test_values_that_are_not_finite_become_gaps_that_are_counted():
    given_channels = list(channels())
    broken = true_signal()[8].copy()
    broken[:3] = np.nan, np.inf, -np.inf
    given_channels[8] = Channel(broken, "V3", "mV")
    recording = assemble(Tracing(tuple(given_channels), fs=500.0), "test", Answers())
    assert np.isnan(recording.lead("V3")).sum() == 3
    assert recording.warnings == ("Samples without a valid value were left empty: V3 (3).",)


def test_channels_that_are_no_standard_lead_are_left_out():
    extra = (Channel(np.ones(T), "vx", "mV"), Channel(np.ones(T), "pleth", "mmHg"))
    recording = assemble(Tracing((*extra, *channels()), fs=500.0), "test", Answers())
    np.testing.assert_allclose(recording.signal, true_signal(), atol=FLOAT32_MV)


def test_a_lead_stored_twice_is_taken_once_and_said():
    again = Channel(np.zeros(T), "lead II", "mV")
    recording = assemble(Tracing((*channels(), again), fs=500.0), "test", Answers())
    np.testing.assert_allclose(recording.lead("II"), true_signal()[1], atol=FLOAT32_MV)
    assert recording.warnings == ("Lead II is stored more than once; the first was used.",)


@pytest.mark.parametrize("name", ["-aVR", " \N{MINUS SIGN}aVR"])
def test_an_inverted_lead_is_not_taken_for_the_upright_one(name: str):
    assert lead_of(Channel(np.zeros(T), name)) is None


def test_everything_stated_asks_nothing():
    assert open_questions(Tracing(channels(), fs=500.0), Answers()) == ()


def test_each_unstated_fact_is_asked_with_the_best_guess():
    bare = tuple(Channel(row * 1000) for row in true_signal())
    questions = open_questions(Tracing(bare), Answers())
    assert {question.field: question.guess for question in questions} == {
        "fs": 500.0,
        "mv_per_unit": 0.001,
        "leads": LEADS,
    }
    answers = guess_answers(questions)
    recording = assemble(Tracing(bare), "test", answers)
    np.testing.assert_allclose(recording.signal, true_signal(), atol=FLOAT32_MV)
    assert recording.warnings == (
        "The file states no sampling rate; 500 Hz was assumed.",
        f"The file does not name its leads; the order {', '.join(LEADS)} was assumed.",
        "The file states no unit; 0.001 mV for each stored unit was assumed.",
    )


def test_what_the_user_states_goes_before_the_guess_and_is_said_to_be_stated():
    bare = tuple(Channel(row, lead) for lead, row in zip(LEADS, true_signal(), strict=True))
    given_answers = Answers(fs=250.0)
    questions = open_questions(Tracing(bare), given_answers)
    assert [question.field for question in questions] == ["mv_per_unit"]
    recording = assemble(Tracing(bare), "test", guess_answers(questions, given_answers))
    assert recording.fs == 250.0
    assert recording.warnings == (
        "The file states no sampling rate; 250 Hz was given by the user.",
        "The file states no unit; 1 mV for each stored unit was assumed.",
    )


def test_what_the_file_states_goes_before_the_answers():
    answers = Answers(fs=100.0, mv_per_unit=7.0, leads=tuple(reversed(LEADS)))
    recording = assemble(Tracing(channels(), fs=500.0), "test", answers)
    assert recording.fs == 500.0
    np.testing.assert_allclose(recording.signal, true_signal(), atol=FLOAT32_MV)
    assert recording.warnings == ()


@pytest.mark.parametrize(
    ("leads", "sentence"),
    [
        (None, "does not name its 3 channels"),
        (("I", "II"), "2 lead names were given for a file of 3 channels"),
        (("I", "II", "V9"), '"V9" is not one of the leads'),
        ((None, None, None), "None of the 3 channels"),
    ],
)
def test_wrong_answers_about_leads_are_refused_with_the_numbers(leads, sentence):
    bare = tuple(Channel(row, unit="mV") for row in true_signal()[:3])
    with pytest.raises(ReadError, match=sentence):
        assemble(Tracing(bare, fs=500.0), "test", Answers(leads=leads))


@pytest.mark.parametrize(
    ("n_samples", "fs"),
    [(5000, 500), (4998, 500), (2500, 250), (1000, 100), (10000, 1000), (3600, 360), (38400, 500)],
)
def test_the_guessed_rate_makes_a_resting_ecg_ten_seconds_long(n_samples: int, fs: float):
    assert guess_fs(n_samples) == fs


@pytest.mark.parametrize("mv", [1e3, 1.0, 1e-3])
def test_the_guessed_unit_brings_a_lead_to_its_usual_size(mv: float):
    assert guess_mv_per_unit(list(true_signal() / mv)) == mv


def test_leads_are_guessed_only_where_the_count_says_which():
    assert guess_leads((None,) * 12) == LEADS
    assert guess_leads((None,) * 8) == ("I", "II", *CHEST_LEADS)
    assert guess_leads((None,) * 3) == (None, None, None)
    assert guess_leads(("V1", *(None,) * 11)) == ("V1", *(None,) * 11)


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("59", 59),
        ("039Y", 39),
        ("18M", 1.5),
        ("81.0", 81),
        ("300", None),
        ("NaN", None),
        ("", None),
    ],
)
def test_ages_are_read_in_years_or_not_at_all(text: str, years: float | None):
    assert parse_age(text) == years


@pytest.mark.parametrize(
    ("text", "sex"), [("Female", "F"), ("m", "M"), ("O", None), ("Unknown", None), ("Smith", None)]
)
def test_sex_is_read_from_its_usual_spellings_alone(text: str, sex: str | None):
    assert parse_sex(text) == sex


@pytest.mark.parametrize("unit", ["mmHg", "bpm", "", None])
def test_what_is_no_voltage_has_no_scale(unit: str | None):
    assert mv_per_unit(unit) is None
