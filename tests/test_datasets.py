"""The data sets at hand are read in their own layout, with their traps, and split by patient."""

import ast

import numpy as np
import pandas as pd
import pytest

from ecgcore.errors import DatasetError
from ecgcore.leads import INDEX, algebra_violations
from ecgcore.learn.datasets import cinc2011_quality, cinc2021, ludb, ptbxl, ptbxl_subset, simulated
from ecgcore.learn.datasets.labelled_set import read_listing
from ecgcore.learn.datasets.leakage import SAME_ABOVE, same_tracings
from ecgcore.learn.datasets.recordings import join
from ecgcore.learn.datasets.snomed import SNOMED_TO_CODE
from ecgcore.learn.datasets.vocabulary import SUPERCLASSES
from ecgcore.model.labels import CODES
from ecgcore.signal.preprocess import PreprocessingConfig

CONFIG = PreprocessingConfig()


# Headers are right: ventricular ectopics are premature ventricular complexes, which the table of
# scored diagnoses leaves out, and the others are plainly stated.
KNOWN_DIFFERENCES = {
    "A0005": {"PVC"},
    "HR08883": {"PVC"},
    "JS00011": {"IAVB"},
    "JS45549": {"IAVB"},
    "S0002": {"NSR"},
}


def column(data, code):
    return data.labels[:, CODES.index(code)]


@pytest.fixture(scope="module")
def subset(shared):
    return read_listing(ptbxl_subset.listing(shared / "data"), CONFIG)


@pytest.fixture(scope="module")
def unfiltered(shared):
    return read_listing(ptbxl.listing(shared / "data" / "ptbxl_raw"), CONFIG)


@pytest.fixture(scope="module")
def cinc(shared):
    return read_listing(cinc2021.listing(shared / "data" / "cinc2021"), CONFIG)


def test_the_subset_has_the_counts_that_its_readme_states(subset):
    assert len(subset) == 1819
    assert [int((subset.split == s).sum()) for s in ("train", "val", "test")] == [1442, 183, 194]
    counted = {code: int(np.nansum(column(subset, code))) for code in ("AF", "IAVB", "LBBB", "PVC")}
    assert counted == {"AF": 122, "IAVB": 78, "LBBB": 59, "PVC": 42}
    assert int((~np.isnan(column(subset, "PVC"))).sum()) == 743  # others are unknown, not absent


def test_limb_leads_of_the_subset_obey_the_algebra(subset):
    i, ii, iii = (subset.x[:, INDEX[lead]] for lead in ("I", "II", "III"))
    # Filtering is linear; what is left is float32 rounding of values below 10 mV.
    np.testing.assert_allclose(i + iii, ii, atol=1e-5)


def test_the_chest_scale_of_the_subset_is_unknown_and_of_unfiltered_records_known(
    subset, unfiltered
):
    assert not subset.chest_scale_known.any()
    assert unfiltered.chest_scale_known.all()


def test_no_recording_of_both_parts_of_ptbxl_stands_on_two_sides(subset, unfiltered):
    training = join([subset, unfiltered.without(subset.record)])
    assert len(set(training.record)) == len(training) == 1819 + 450 - 31
    of_split = {s: set(training.record[training.split == s]) for s in ("train", "val", "test")}
    assert not of_split["train"] & (of_split["val"] | of_split["test"])
    both = np.isin(subset.record, unfiltered.record)
    split_there = dict(zip(unfiltered.record, unfiltered.split, strict=True))
    assert [split_there[r] for r in subset.record[both]] == subset.split[both].tolist()


def test_simulated_recordings_are_for_training_alone():
    entries = list(simulated.listing(records=5).entries)
    assert {entry.split for entry in entries} == {"train"}
    assert all(set(entry.labels).isdisjoint(SUPERCLASSES) for entry in entries)


@pytest.mark.parametrize("records", [5, 7, 64])
def test_simulated_recordings_are_as_many_as_asked_for_of_every_rhythm(records):
    rhythms = [e.record.split("/")[2] for e in simulated.listing(records=records, seed=1).entries]
    assert len(rhythms) == simulated.listing(records=records).total == records
    assert set(rhythms) == set(simulated.COUNTS)


def test_the_seed_of_simulated_recordings_decides_them_all():
    first, again, other = (
        read_listing(simulated.listing(records=5, seed=s), CONFIG) for s in (1, 1, 2)
    )
    np.testing.assert_array_equal(first.x, again.x)
    assert not np.array_equal(first.x, other.x)
    assert simulated.listing(5, 1).stamp != simulated.listing(5, 2).stamp


def test_unfiltered_records_follow_the_official_folds(unfiltered):
    assert len(unfiltered) == 450
    assert [int((unfiltered.split == s).sum()) for s in ("train", "val")] == [367, 83]
    without_statements = np.isnan(column(unfiltered, "AF"))
    assert int(without_statements.sum()) == 20
    assert not np.isnan(column(unfiltered, "CD")).any()


def test_superclasses_follow_from_the_statements_as_ptbxl_derives_them(shared):
    folder = shared / "data" / "ptbxl_raw"
    classes = ptbxl.diagnostic_classes(folder / "scp_statements.csv")
    table = pd.read_csv(folder / "ptbxl_database.csv").dropna(subset="scp_codes")
    for facts in table.to_dict("records"):
        derived = ptbxl.superclasses(ast.literal_eval(facts["scp_codes"]), classes)
        stated = {code: float(facts[code]) for code in SUPERCLASSES}
        assert derived in (stated, {}), facts["ecg_id"]


def test_patients_of_ptbxl_are_told_apart_and_have_one_split(unfiltered):
    assert len(set(unfiltered.patient)) < len(unfiltered)
    for patient in set(unfiltered.patient):
        assert len(set(unfiltered.split[unfiltered.patient == patient])) == 1


@pytest.mark.parametrize("number", [1, 50, 200])
def test_ludb_obeys_the_algebra_when_its_header_gains_are_ignored(shared, number):
    recording = ludb.read_recording(shared / "data" / "ludb", number)
    assert recording.fs == 500
    assert algebra_violations(recording.signal) == ()
    assert 0.2 < np.ptp(recording.lead("V4")) < 10


def test_ludb_statements_become_labels(shared):
    entries = list(ludb.listing(shared / "data" / "ludb").entries)
    assert len(entries) == 200
    counts = {code: sum(entry.labels.get(code, 0) for entry in entries) for code in CODES}
    assert counts["AF"] == 15
    assert counts["SB"] == 25
    assert counts["LBBB"] == counts["CRBBB"] == 4
    assert counts["IRBBB"] == 29
    assert counts["AFL"] == 3  # "Atrial flutter, typical"
    assert all("MI" not in entry.labels for entry in entries)


def test_the_cinc_set_leaves_out_records_of_ptbxl(cinc):
    assert len(cinc) == 147
    assert set(cinc.source) == {"cinc2021"}
    assert set(cinc.split) == {"external"}
    assert not any("HR" in record or "ptbxl" in record for record in cinc.record)
    assert int(np.nansum(column(cinc, "AF"))) == 11
    assert int(np.nansum(column(cinc, "CRBBB"))) == 11  # CRBBB and RBBB are scored as one


def test_records_of_ptbxl_in_the_cinc_set_keep_the_name_they_have_there(shared):
    listing = cinc2021.listing(shared / "data" / "cinc2021", databases=("PTB-XL",))
    records = [entry.record for entry in listing.entries]
    assert listing.total == len(records) == 49
    assert records[0] == "ptbxl/1"


def test_headers_and_table_of_the_cinc_set_agree_but_for_a_few_known_findings(shared):
    folder = shared / "data" / "cinc2021"
    table = pd.read_csv(folder / "labels.csv").set_index("id")
    differing = {}
    for name, row in table.iterrows():
        codes = [d for d in cinc2021.read_diagnoses(folder / f"{name}.hea") if d.isdigit()]
        header = {SNOMED_TO_CODE[code] for code in codes if code in SNOMED_TO_CODE}
        listed = {c for c in row.index if row[c] == 1} - {"in_ptbxl1819"}
        same_as = {"CLBBB": "LBBB", "RBBB": "CRBBB", "SVPB": "PAC", "VPB": "PVC"}
        listed = {same_as.get(c, c) for c in listed} & set(CODES)
        if codes and header != listed:
            differing[name] = header ^ listed
    assert differing == KNOWN_DIFFERENCES


def test_a_header_without_codes_is_completed_from_the_table(cinc):
    assert column(cinc, "PAC")[cinc.record == "cinc2021/A1980"] == 1
    assert column(cinc, "AF")[cinc.record == "cinc2021/A1980"] == 0
    # Neither header nor table names a diagnosis: nothing is known, nothing is absent.
    assert np.isnan(cinc.labels[cinc.record == "cinc2021/SPH_SPH00001"]).all()


def test_records_of_ptbxl_are_recognised_in_three_archives_by_signal_alone(
    shared, subset, unfiltered
):
    folder = shared / "data" / "cinc2021"
    challenge = read_listing(cinc2021.listing(folder, ("PTB-XL",)), CONFIG)
    table = pd.read_csv(folder / "labels.csv")
    stated = table[(table["in_ptbxl1819"] == 1) & table["id"].str.startswith("HR")]["id"]
    for first, second, expected in [
        (subset, challenge, {f"ptbxl/{int(name[2:])}" for name in stated}),
        (subset, unfiltered, set(subset.record) & set(unfiltered.record)),
        (unfiltered, challenge, set(unfiltered.record) & set(challenge.record)),
    ]:
        matches = list(same_tracings(first, second))
        pairs = {(first.record[m.first], second.record[m.second]) for m in matches}
        assert pairs == {(record, record) for record in expected}
        assert min(match.correlation for match in matches) > SAME_ABOVE + 0.1
    assert "ptbxl/1" in challenge.record[[m.second for m in same_tracings(unfiltered, challenge)]]


def test_leads_at_the_rail_of_the_quality_set_count_as_not_recorded(shared):
    listing = cinc2011_quality.listing(shared / "data")
    entries = list(listing.entries)
    assert listing.total == len(entries) == 731
    counts = np.array([[-16000, 0, 5], [1, 2, 3]], dtype=np.int16)
    np.testing.assert_array_equal(
        np.isnan(cinc2011_quality.connected(counts)), [[True, False, False], [False] * 3]
    )
    # 5 uV per count, and no electrode gives 75 mV.
    assert max(np.nanmax(np.abs(entry.read().signal)) for entry in entries[:50]) < 75


@pytest.mark.parametrize("module", [ptbxl_subset, ptbxl, ludb, cinc2021])
def test_an_empty_folder_gives_a_sentence(module, tmp_path):
    with pytest.raises(DatasetError, match="is missing from the"):
        read_listing(module.listing(tmp_path), CONFIG)
