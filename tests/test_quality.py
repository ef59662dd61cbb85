"""The quality gate: each fault is found where it was made, and sound recordings pass."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from ecgcore.electrodes import apply_swap, parse_swap
from ecgcore.errors import SignalError
from ecgcore.io import read_files
from ecgcore.leads import INDEX, LEADS, algebra_violations
from ecgcore.learn import quality_fit
from ecgcore.learn.datasets import ludb
from ecgcore.model import checkpoint
from ecgcore.model.predict import predict, read
from ecgcore.recording import Recording
from ecgcore.review.examples import REAL_TITLE, open_example
from ecgcore.signal.quality import Kind, Severity, assess
from ecgcore.simulate import CASES, simulate


@pytest.fixture(scope="module")
def sound() -> Recording:
    return open_example(REAL_TITLE).recording


def changed(recording: Recording, lead: str, samples: np.ndarray | float) -> Recording:
    """The same with other samples in one lead."""
    signal = recording.signal.copy()
    signal[INDEX[lead]] = samples
    return recording.with_signal(signal)


def kinds_of(recording: Recording, lead: str | None) -> set[str]:
    return {issue.kind for issue in assess(recording).issues if issue.lead == lead}


def test_a_sound_recording_is_good_and_every_lead_is_used(sound):
    quality = assess(sound)
    assert (quality.verdict, quality.unusable_leads) == ("good", ())
    assert quality.score > 0.9


@pytest.mark.parametrize("name", CASES)
def test_no_simulated_case_is_refused(name: str):
    assert not assess(simulate(CASES[name].config).recording()).refused


def test_a_flat_chest_lead_is_named_and_left_out(sound):
    quality = assess(changed(sound, "V3", 0.0))
    assert quality.unusable_leads == ("V3",)
    assert kinds_of(changed(sound, "V3", 0.0), "V3") == {Kind.FLAT}
    assert "V3 is flat" in " ".join(quality.sentences)


def test_a_missing_lead_is_told_from_a_flat_one(sound):
    assert kinds_of(changed(sound, "V3", np.nan), "V3") == {Kind.MISSING}


def test_a_railed_lead_is_left_out(sound):
    assert Kind.RAILED in kinds_of(changed(sound, "V2", 16.38), "V2")
    assert "V2" in assess(changed(sound, "V2", 16.38)).unusable_leads


def test_a_clipped_lead_is_named():
    recording = simulate(CASES[next(iter(CASES))].config).recording()
    tallest = LEADS[int(np.nanargmax(np.nanmax(recording.signal, axis=1)))]
    lead = recording.lead(tallest)
    clipped = np.minimum(lead, 0.6 * lead.max())
    assert Kind.CLIPPED in kinds_of(changed(recording, tallest, clipped), tallest)
    assert Kind.CLIPPED not in kinds_of(recording, tallest)


@pytest.mark.parametrize(
    ("kind", "disturb"),
    [
        (Kind.HUM, lambda t: 0.4 * np.sin(2 * np.pi * 50 * t)),
        (Kind.WANDER, lambda t: 1.5 * np.sin(2 * np.pi * 0.2 * t)),
        (Kind.MUSCLE, lambda t: np.random.default_rng(0).normal(0, 0.4, t.size)),
    ],
)
def test_each_kind_of_noise_is_called_by_its_name(sound, kind: str, disturb):
    time_s = np.arange(sound.n_samples) / sound.fs
    noisy = changed(sound, "V5", sound.lead("V5") + disturb(time_s))
    assert kind in kinds_of(noisy, "V5")
    assert kind not in kinds_of(sound, "V5")


def test_two_chest_leads_of_the_same_samples_are_a_warning(sound):
    quality = assess(changed(sound, "V4", sound.lead("V3")))
    assert Kind.DUPLICATED in {issue.kind for issue in quality.issues}
    assert quality.verdict == "warning"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda r: r.with_signal(r.signal * 0.0),
        lambda r: changed(r, "III", -r.lead("III")),
        lambda r: r.window(0.0, 0.5),
        lambda r: r.with_signal(np.random.default_rng(0).normal(0, 1, r.signal.shape)),
    ],
    ids=["all flat", "lead inverted by name", "half a second", "noise alone"],
)
def test_what_no_model_should_read_is_refused_with_its_reason(sound, spoil):
    quality = assess(spoil(sound))
    assert quality.refused
    assert quality.refusals
    assert all(sentence.endswith(".") for sentence in quality.refusals)


def test_a_recording_that_clips_in_most_leads_is_refused_and_one_that_clips_in_one_is_not(shared):
    data = (shared / "samples" / "philips" / "mrx_129ECORG.XML").read_bytes()
    (result,) = read_files({"x": data})
    assert "cut off at the end of the recorder's range" in " ".join(
        assess(result.recording).refusals
    )


def test_a_gain_that_is_wrong_for_all_leads_is_told(sound):
    for factor in (20.0, 0.02):
        wrong = sound.with_signal(sound.signal * factor)
        assert Kind.AMPLITUDE in kinds_of(wrong, None)


@pytest.mark.parametrize(("swap", "flat"), [("RA/RL", "II"), ("LA/RL", "III")])
def test_the_flat_lead_of_a_right_leg_swap_is_no_asystole(sound, swap: str, flat: str):
    quality = assess(sound.with_signal(apply_swap(sound.signal, parse_swap(swap))))
    assert not quality.refused
    assert quality.unusable_leads == (flat,)
    assert "not asystole" in " ".join(quality.sentences)


@given(
    arrays.arrays(
        np.float32,
        st.tuples(st.just(12), st.integers(1, 400)),
        elements=st.floats(-40, 40, width=32) | st.just(float("nan")),
    ),
    st.floats(50, 16_000),
)
def test_any_recording_gets_a_verdict(signal: np.ndarray, fs: float):
    try:
        recording = Recording(signal, fs, "test")
    except SignalError:
        return  # not one sample
    quality = assess(recording)
    assert quality.verdict in ("good", "warning", "refuse")
    assert len(quality.usable) == len(LEADS)
    assert all(sentence.endswith(".") for sentence in quality.sentences)


def test_the_model_leaves_unusable_leads_out_and_reads_no_refused_recording(sound):
    model = checkpoint.load(checkpoint.DEFAULT_MODEL)
    spoiled = changed(sound, "V3", 0.0)
    prediction = read(model, spoiled).prediction
    assert "V3" not in prediction.attention
    assert sum(prediction.attention.values()) == pytest.approx(1.0)
    missing = predict(model, changed(sound, "V3", np.nan))
    assert prediction.probabilities == pytest.approx(missing.probabilities, abs=1e-6)
    assert read(model, sound.with_signal(sound.signal * 0.0)).prediction is None


def test_the_lead_algebra_fires_on_the_planted_bad_file_and_on_no_correct_one(shared):
    samples = shared / "samples"
    bad = samples / "hl7_aecg" / "liryc_hl7aecg_example.xml"
    (result,) = read_files({"x": bad.read_bytes()})
    refusals = [x for x in assess(result.recording).issues if x.severity == Severity.REFUSE]
    assert Kind.ALGEBRA in {issue.kind for issue in refusals}
    for number in range(1, 201):
        recording = ludb.read_recording(shared / "data" / "ludb", number)
        assert algebra_violations(recording.signal) == (), number
    for folder in (
        "scp",
        "dicom",
        "ge_muse",
        "ge_cardiosoft",
        "schiller",
        "contec",
        "ishne",
        "wfdb",
    ):
        files = {path.name: path.read_bytes() for path in (samples / folder).iterdir()}
        for good in (x.recording for x in read_files(files) if x.recording is not None):
            assert Kind.ALGEBRA not in {issue.kind for issue in assess(good).issues}


def test_the_real_file_whose_gain_is_six_times_too_large_is_flagged(shared):
    data = (shared / "samples" / "edf" / "0000050.ECG.edf").read_bytes()
    (result,) = read_files({"x": data})
    assert assess(result.recording.window(0.0, 10.0)).refused


def test_the_score_separates_what_readers_judged_by_more_than_is_asked(shared):
    data = quality_fit.read(shared / "data")
    scores = quality_fit.out_of_fold(data, quality_fit.SEED)
    assert quality_fit.area(data.acceptable.astype(float), scores) >= 0.93
    shuffled = replace(data, acceptable=np.random.default_rng(0).permutation(data.acceptable))
    noise = quality_fit.out_of_fold(shuffled, quality_fit.SEED)
    assert quality_fit.area(shuffled.acceptable.astype(float), noise) < 0.6


def test_few_real_recordings_are_refused(shared):
    refused = {}
    for folder in ("cinc2021", "ludb/data"):
        headers = sorted((shared / "data" / folder).glob("*.hea"))
        if folder == "ludb/data":
            recordings = [ludb.read_recording(shared / "data" / "ludb", n) for n in range(1, 201)]
        else:
            recordings = [
                read_files(
                    {h.name: h.read_bytes(), (d := h.with_suffix(".dat")).name: d.read_bytes()}
                )[0].recording
                for h in headers
            ]
        refused[folder] = np.mean([assess(x.window(0.0, 10.0)).refused for x in recordings])
    assert max(refused.values()) <= 0.02, refused
