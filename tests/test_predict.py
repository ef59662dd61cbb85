"""Predictions on real and simulated recordings with the shipped weights."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecgcore.electrodes import ADJACENT_CHEST_SWAPS, REVERSED_CHEST, apply_swap
from ecgcore.errors import SignalError
from ecgcore.leads import LEADS
from ecgcore.model.checkpoint import available, load
from ecgcore.model.predict import predict, predict_many
from ecgcore.model.prediction import Prediction, compare
from ecgcore.recording import Recording

MODELS = {name: load(name) for name in available()}
OURS = [model for model in MODELS.values() if model.kind == "attention"]


def real_signal(seconds: float = 10.0) -> tuple[np.ndarray, float]:
    """The recording that pydicom carries: Mortara, 12 leads, 1 kHz."""
    from pydicom import dcmread
    from pydicom.data import get_testdata_file

    dataset = dcmread(get_testdata_file("waveform_ecg.dcm", download=False))
    return dataset.waveform_array(0).T[:, : round(1000 * seconds)] / 1000, 1000.0


def real_recording(seconds: float = 10.0) -> Recording:
    return Recording(*real_signal(seconds), "test")


@pytest.mark.parametrize("model", OURS, ids=lambda m: m.name)
@settings(max_examples=20)
@given(order=st.permutations(range(12)))
def test_any_permutation_of_a_real_recording_leaves_probabilities(model, order):
    recording = real_recording()
    before = predict(model, recording)
    after = predict(model, recording.with_signal(recording.signal[order]))
    for label, p in before.probabilities.items():
        assert after.probabilities[label] == pytest.approx(p, abs=1e-5)
    for place, lead in zip(order, LEADS, strict=True):
        assert after.attention[lead] == pytest.approx(before.attention[LEADS[place]], abs=1e-5)


@pytest.mark.parametrize("model", OURS, ids=lambda m: m.name)
@pytest.mark.parametrize(
    "swap", [*ADJACENT_CHEST_SWAPS.values(), REVERSED_CHEST], ids=lambda s: s.name
)
def test_chest_exchanges_of_a_real_recording_leave_probabilities(model, swap):
    recording = real_recording()
    swapped = recording.with_signal(apply_swap(recording.signal, swap))
    change = compare(predict(model, recording), predict(model, swapped))
    assert change.largest_probability_change < 1e-5
    assert not change.any_finding_changed


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda m: m.name)
def test_predictions_carry_everything_that_they_promise(model):
    result = predict(model, real_recording())
    assert result.model == model.name
    assert tuple(result.probabilities) == model.labels
    assert all(0 <= p <= 1 for p in result.probabilities.values())
    if model.kind == "attention":
        assert tuple(result.attention) == LEADS
        assert sum(result.attention.values()) == pytest.approx(1, abs=1e-6)
    else:
        assert result.attention == {}
    if model.objective == "softmax":
        assert sum(result.probabilities.values()) == pytest.approx(1, abs=1e-6)
        assert result.top == max(result.probabilities, key=result.probabilities.__getitem__)
        assert result.findings == (result.top,)
    else:
        assert result.top is None


def test_many_recordings_of_any_form_equal_one_at_a_time():
    signal, fs = real_signal()
    fewer = signal.copy()
    fewer[[3, 4, 5, 8]] = np.nan
    recordings = [
        Recording(signal, fs, "test"),
        Recording(signal[:, ::4], fs / 4, "test"),
        Recording(signal[:, :4000], fs, "test"),
        Recording(fewer, fs, "test"),
    ]
    model = MODELS["attention-findings"]
    together = predict_many(model, recordings)
    for recording, result in zip(recordings, together, strict=True):
        alone = predict(model, recording)
        assert result.warnings == alone.warnings
        for label, p in alone.probabilities.items():
            assert result.probabilities[label] == pytest.approx(p, abs=1e-5)
    assert "V3" not in together[3].attention
    assert predict_many(model, []) == []


@pytest.mark.parametrize("lead", LEADS)
def test_a_single_lead_is_enough_for_the_method(lead):
    signal = np.full_like(real_signal()[0], np.nan)
    signal[LEADS.index(lead)] = real_signal()[0][LEADS.index(lead)]
    result = predict(MODELS["attention-findings"], Recording(signal, 1000.0, "test"))
    assert result.attention == {lead: pytest.approx(1.0)}


def test_a_recording_that_no_model_can_read_is_refused():
    with pytest.raises(SignalError, match="no model can read it"):
        predict(MODELS["attention-findings"], real_recording(seconds=0.5))


def test_findings_are_the_labels_at_or_over_their_threshold():
    result = Prediction("m", {"A": 0.5, "B": 0.49, "C": 0.9}, {"A": 0.5, "B": 0.5, "C": 0.95}, {})
    assert result.findings == ("A",)


def test_compare_names_what_was_gained_and_lost():
    thresholds = {"A": 0.5, "B": 0.5}
    change = compare(
        Prediction("m", {"A": 0.9, "B": 0.2}, thresholds, {}),
        Prediction("m", {"A": 0.3, "B": 0.6}, thresholds, {}),
    )
    assert (change.gained, change.lost) == (("B",), ("A",))
    assert change.largest_probability_change == pytest.approx(0.6)
    assert change.largest_changed_label == "A"
    assert change.any_finding_changed
