"""Sources are opened by name, packed once, and what statements mean is one vocabulary."""

import shutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecgcore.errors import DatasetError
from ecgcore.learn.datasets.recordings import SPLITS, split_by_patient
from ecgcore.learn.datasets.snomed import (
    CINC_DATABASES,
    NINGBO,
    SNOMED_OF_COLUMN,
    SNOMED_TO_CODE,
    cinc_database,
    snomed_labels,
)
from ecgcore.learn.datasets.sources import SOURCES, open_source
from ecgcore.learn.datasets.vocabulary import CHAPMAN, CODE15, CPSC2018, LUDB, SCP
from ecgcore.model.labels import CODES
from ecgcore.signal.preprocess import PreprocessingConfig

CONFIG = PreprocessingConfig()
SPLITS_OF_THE_FIRST_TEN = [
    "train",
    "train",
    "train",
    "train",
    "val",
    "val",
    "train",
    "train",
    "train",
    "train",
]
VOCABULARIES = [SCP, CPSC2018, CODE15, CHAPMAN, LUDB, *(d.vocabulary for d in CINC_DATABASES)]


@pytest.fixture
def own(tmp_path):
    """A folder of three recordings as plain tables."""
    folder = tmp_path / "own"
    folder.mkdir()
    rng = np.random.default_rng(0)
    lines = ["file,patient,AF"]
    for number in range(3):
        signal = rng.standard_normal((2000, 12)).cumsum(axis=0) / 20
        header = "I,II,III,aVR,aVL,aVF,V1,V2,V3,V4,V5,V6"
        np.savetxt(
            folder / f"{number}.csv", signal, "%.4f", delimiter=",", header=header, comments=""
        )
        lines.append(f"{number}.csv,{number},{number % 2}")
    (folder / "labels.csv").write_text("\n".join(lines) + "\n")
    return folder


def test_a_packed_source_never_needs_its_files_again(own, tmp_path):
    first = open_source("folder", own, CONFIG, tmp_path / "cache")
    signals = first.signals(np.arange(3))
    shutil.rmtree(own)
    again = open_source("folder", own, CONFIG, tmp_path / "cache")
    np.testing.assert_array_equal(again.signals(np.arange(3)), signals)
    np.testing.assert_array_equal(again.labels, first.labels)
    with pytest.raises(DatasetError, match="own of folder does not exist"):
        open_source("folder", own, PreprocessingConfig(high_hz=30), tmp_path / "cache")


def test_a_changed_table_of_labels_is_noticed(own, tmp_path):
    before = open_source("folder", own, CONFIG, tmp_path / "cache")
    table = own / "labels.csv"
    table.write_text(table.read_text().replace("0.csv,0,0", "0.csv,0,1"))
    after = open_source("folder", own, CONFIG, tmp_path / "cache")
    af = CODES.index("AF")
    assert (before.labels[0, af], after.labels[0, af]) == (0, 1)


def test_memory_and_cache_give_the_same_source(own, tmp_path):
    in_memory = open_source("folder", own, CONFIG)
    packed = open_source("folder", own, CONFIG, tmp_path / "cache")
    # One count of a microvolt.
    np.testing.assert_allclose(
        packed.signals(np.arange(3)), in_memory.signals(np.arange(3)), atol=0.001001
    )
    np.testing.assert_array_equal(packed.split, in_memory.split)


@pytest.mark.parametrize("split", SPLITS)
def test_a_source_can_be_put_into_one_split(split):
    data = open_source("simulated", None, CONFIG, split=split, records=5)
    assert data.split.tolist() == [split] * 5


def test_simulated_recordings_are_divided_only_when_that_is_asked_for(tmp_path):
    assert set(open_source("simulated", None, CONFIG, records=40).split) == {"train"}
    divided = open_source("simulated", None, CONFIG, tmp_path, split="by patient", records=40)
    assert set(divided.split) == {"train", "val", "test"}
    assert divided.split.tolist() == [split_by_patient(p) for p in divided.patient]


@pytest.mark.parametrize(
    ("kind", "path", "options", "sentence"),
    [
        ("ptbxxl", "x", {}, 'no source "ptbxxl"; known are ptbxl_subset, ptbxl'),
        ("ptbxl", None, {}, "needs the path of its folder"),
        ("simulated", None, {"record": 5}, "no option record; it has split, records, seed"),
        ("simulated", None, {"records": 2}, "2 simulated records were asked for, expected 5"),
        ("ptbxl", "x", {"split": "train"}, 'cannot be split "train"; allowed is external'),
        ("ludb", "x", {"split": "dev"}, 'cannot be split "dev"; allowed is train, val'),
    ],
)
def test_a_source_that_cannot_be_opened_as_asked_gives_a_sentence(
    tmp_path, kind, path, options, sentence
):
    with pytest.raises(DatasetError, match=sentence):
        open_source(kind, path and tmp_path / path, CONFIG, **options)


@pytest.mark.parametrize("kind", SOURCES)
def test_every_source_states_its_licence_and_refuses_an_empty_folder(kind, tmp_path):
    source = SOURCES[kind]
    assert source.title
    assert source.licence
    assert source.citation
    if source.needs_folder:
        with pytest.raises(DatasetError, match="is missing from the"):
            open_source(kind, tmp_path, CONFIG, tmp_path / "cache")


@given(st.text(min_size=1))
def test_a_patient_has_one_split_for_ever(patient):
    assert split_by_patient(patient) == split_by_patient(patient)
    assert split_by_patient(patient) in ("train", "val", "test")


def test_the_split_by_patient_is_eighty_ten_ten_and_does_not_change_between_versions():
    splits = [split_by_patient(f"p{n}") for n in range(5000)]
    # Three standard deviations of a binomial share.
    for split, share in [("train", 0.8), ("val", 0.1), ("test", 0.1)]:
        sigma = np.sqrt(share * (1 - share) / 5000)
        assert abs(splits.count(split) / 5000 - share) < 3 * sigma
    assert splits[:10] == SPLITS_OF_THE_FIRST_TEN


@pytest.mark.parametrize("words", VOCABULARIES)
def test_every_statement_means_codes_of_the_one_vocabulary(words):
    meant = {code for codes in words.codes_of.values() for code in codes}
    doubtful = {code for codes in words.doubtful.values() for code in codes}
    assert meant | doubtful | words.annotated <= set(CODES)
    assert words.annotated <= meant  # what nothing can assert is never known to be absent


@given(st.sampled_from(VOCABULARIES), st.data())
def test_saying_more_never_takes_back_what_was_said(words, data):
    statements = sorted(words.codes_of.keys() - words.doubtful.keys())
    said = data.draw(st.sets(st.sampled_from(statements)))
    labels = words.labels(said)
    more = words.labels(said | data.draw(st.sets(st.sampled_from(statements))))
    assert {code for code, value in labels.items() if value} <= {c for c, v in more.items() if v}
    # Nothing that is not annotated is ever called absent.
    assert {code for code, value in labels.items() if not value} <= words.annotated


def test_each_source_leaves_unknown_what_it_does_not_ask():
    for words, unknown in [
        (CODE15, {"NSR", "AFL", "PVC", "PAC", "IRBBB", "LAnFB", "NORM"}),
        (CPSC2018, {"SB", "STach", "AFL", "IRBBB", "LAnFB", "STTC", "MI"}),
        (CHAPMAN, {"IRBBB", "NORM"}),
        (cinc_database("S0001").vocabulary, {"IAVB", "LBBB", "PAC", "MI"}),
    ]:
        assert unknown.isdisjoint(words.labels(()))


def test_a_report_without_rhythm_does_not_deny_sinus_rhythm_and_another_rhythm_does():
    assert "NSR" not in SCP.labels({"IMI"})
    assert SCP.labels({"PACE"})["NSR"] == 0
    assert SCP.labels({"SARRH", "SR"})["NSR"] == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("59118001", "713427006"),
        ("63593006", "284470004"),
        ("17338001", "427172004"),
        ("733534002", "164909002"),
    ],
)
def test_codes_that_the_challenge_scores_as_one_are_one(one, other):
    assert snomed_labels("E00001", [one]) == snomed_labels("E00001", [other])


def test_columns_of_a_table_are_known_codes():
    scored = {column for column in SNOMED_OF_COLUMN if column in CODES}
    assert {SNOMED_TO_CODE[SNOMED_OF_COLUMN[column]] for column in scored} == scored


@pytest.mark.parametrize(
    ("record", "name"),
    [
        ("A0001", "CPSC"),
        ("Q3581", "CPSC-Extra"),
        ("I0075", "INCART"),
        ("S0549", "PTB"),
        ("HR21837", "PTB-XL"),
        ("E10344", "Georgia"),
        ("JS10646", "Chapman-Shaoxing"),
        ("JS10647", "Ningbo"),
        ("SPH_SPH00001", "Shandong"),
    ],
)
def test_the_database_of_a_challenge_record_is_known_by_its_name(record, name):
    assert cinc_database(record).name == name


def test_words_of_a_header_assert_and_deny_nothing():
    assert snomed_labels("HR00001", ["Old MI", "STTC"]) == {"MI": 1.0, "STTC": 1.0}
    assert snomed_labels("HR00001", []) == {}


def test_a_normal_ecg_is_stated_by_cpsc_and_sinus_rhythm_alone_by_others():
    assert snomed_labels("A0001", ["426783006"])["NORM"] == 1
    assert "NORM" not in snomed_labels("E00001", ["426783006"])
    assert NINGBO.vocabulary.labels(["426783006"])["AF"] == 0


def test_simulated_sources_of_two_seeds_are_different_recordings():
    first, second = (
        open_source("simulated", None, PreprocessingConfig(), records=10, seed=seed)
        for seed in (1, 2)
    )
    assert not np.intersect1d(first.record, second.record).size
