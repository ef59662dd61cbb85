"""The data sets are read in their own layout, with their traps, and split by patient."""

import numpy as np
import pytest

from ecgcore.errors import DatasetError
from ecgcore.leads import INDEX, algebra_violations
from ecgcore.learn.datasets import cinc2021, ludb, ptbxl, ptbxl_subset
from ecgcore.learn.recipe import read_training_sets
from ecgcore.model.labels import CODES
from ecgcore.signal.preprocess import PreprocessingConfig

CONFIG = PreprocessingConfig()


def column(data, code):
    return data.labels[:, CODES.index(code)]


@pytest.fixture(scope="module")
def training(shared):
    return read_training_sets(shared / "data")


def test_the_subset_has_the_counts_that_its_readme_states(training):
    data = training.where(training.source == "ptbxl_subset")
    assert len(data) == 1819
    assert [int((data.split == s).sum()) for s in ("train", "val", "test")] == [1442, 183, 194]
    counted = {code: int(np.nansum(column(data, code))) for code in ("AF", "IAVB", "LBBB", "PVC")}
    assert counted == {"AF": 122, "IAVB": 78, "LBBB": 59, "PVC": 42}
    assert int((~np.isnan(column(data, "PVC"))).sum()) == 743  # the rest are unknown, not absent


def test_no_recording_stands_on_both_sides_of_a_split(training):
    assert len(set(training.record)) == len(training)
    by_split = {s: set(training.record[training.split == s]) for s in ("train", "val", "test")}
    assert not by_split["train"] & by_split["val"]
    assert not by_split["train"] & by_split["test"]
    assert set(training.source[training.split == "test"]) == {"ptbxl_subset"}


def test_simulated_recordings_are_for_training_alone(training):
    assert set(training.split[training.source == "simulated"]) == {"train"}


def test_unfiltered_records_follow_the_official_folds(shared):
    data = ptbxl.read(shared / "data" / "ptbxl_raw", CONFIG)
    assert len(data) == 450
    assert [int((data.split == s).sum()) for s in ("train", "val")] == [367, 83]
    without_statements = np.isnan(column(data, "AF"))
    assert int(without_statements.sum()) == 20
    assert not np.isnan(column(data, "CD")).any()


def test_limb_leads_of_the_subset_obey_the_algebra(training):
    data = training.where(training.source == "ptbxl_subset")
    i, ii, iii = (data.x[:, INDEX[lead]] for lead in ("I", "II", "III"))
    # Filtering is linear; what is left is float32 rounding of values below 10 mV.
    np.testing.assert_allclose(i + iii, ii, atol=1e-5)


@pytest.mark.parametrize("number", [1, 50, 200])
def test_ludb_obeys_the_algebra_when_its_header_gains_are_ignored(shared, number):
    recording = ludb.read_recording(shared / "data" / "ludb", number)
    assert recording.fs == 500
    assert algebra_violations(recording.signal) == ()
    assert 0.2 < np.ptp(recording.lead("V4")) < 10


def test_ludb_statements_become_labels(shared):
    data = ludb.read(shared / "data" / "ludb", CONFIG)
    assert len(data) == 200
    counts = {code: int(np.nansum(column(data, code))) for code in CODES}
    assert counts["AF"] == 15
    assert counts["SB"] == 25
    assert counts["LBBB"] == counts["CRBBB"] == 4
    assert counts["IRBBB"] == 29
    assert np.isnan(column(data, "MI")).all()


def test_the_cinc_set_leaves_out_records_of_ptbxl(shared):
    data = cinc2021.read(shared / "data" / "cinc2021", CONFIG)
    assert len(data) == 147
    assert not any("HR" in record for record in data.record)
    assert int(np.nansum(column(data, "AF"))) == 11
    assert int(np.nansum(column(data, "CRBBB"))) == 11  # CRBBB and RBBB are scored as one


@pytest.mark.parametrize("module", [ptbxl_subset, ptbxl, ludb, cinc2021])
def test_an_empty_folder_gives_a_sentence(module, tmp_path):
    with pytest.raises(DatasetError, match="is missing from the"):
        module.read(tmp_path, CONFIG)
