"""Sources that are not at hand, written by these tests in the layout that is published."""

import h5py
import numpy as np
import pandas as pd
import pytest
from scipy.io import savemat

from ecgcore.errors import DatasetError
from ecgcore.leads import LEADS
from ecgcore.learn.datasets import chapman, cinc2021, code15, cpsc2018, own_folder, ptbxl
from ecgcore.learn.datasets.labelled_set import read_listing
from ecgcore.learn.datasets.recordings import split_by_patient
from ecgcore.model.labels import CODES
from ecgcore.signal.preprocess import PreprocessingConfig, condition, resample
from ecgcore.simulate import SimulationConfig, simulate

CONFIG = PreprocessingConfig()
# One stored step of a microvolt, filtered: a zero-phase filter of this band adds at most its
# overshoot, below one half.
STEP_MV = 0.0015


@pytest.fixture(scope="module")
def recording():
    made = simulate(SimulationConfig(fs=500, duration_s=10, seed=3)).recording()
    # An exact zero where nothing happens would be taken for padding; no converter gives it long.
    noise = np.random.default_rng(0).normal(scale=0.01, size=made.signal.shape)
    return made.with_signal(made.signal + noise)


def labels_of(data, row):
    known = ~np.isnan(data.labels[row])
    return {code: int(v) for code, v, k in zip(CODES, data.labels[row], known, strict=True) if k}


def positives(data, row):
    return {code for code, value in labels_of(data, row).items() if value}


def assert_shows(data, row, recording, atol=STEP_MV):
    np.testing.assert_allclose(data.x[row], condition(recording, CONFIG)[0], atol=atol)


def write_wfdb(path, signal_mv, fs, suffix=".dat", fmt="16", comments=()):
    """Write a header, and samples as PTB-XL does; a .mat file is written beside it by others."""
    path.parent.mkdir(parents=True, exist_ok=True)
    counts = np.rint(signal_mv * 1000).astype("<i2")
    lines = [f"{path.name} 12 {fs:g} {counts.shape[1]}"]
    for lead, row in zip(LEADS, counts, strict=True):
        checksum = int(row.astype(np.int64).sum()) % 65536
        file = f"{path.name}{suffix}"
        lines.append(f"{file} {fmt} 1000.0(0)/mV 16 0 {row[0]} {checksum} 0 {lead.upper()}")
    path.with_suffix(".hea").write_text("\n".join([*lines, *comments, ""]))
    if suffix == ".dat":
        path.with_suffix(".dat").write_bytes(counts.T.tobytes())
    else:
        savemat(path.with_suffix(".mat"), {"val": counts}, format="4")


# PTB-XL ------------------------------------------------------------------------------------------


@pytest.fixture
def ptbxl_folder(tmp_path, recording):
    """Two rates, three records of two patients, one file missing."""
    rows = []
    for number, (patient, fold, scp) in enumerate(
        [
            ("11.0", 8, "{'NORM': 100.0, 'SR': 0.0}"),
            ("11.0", 8, "{'IMI': 15.0, 'LAFB': 100.0, 'AFIB': 0.0}"),
            ("12.0", 10, "{'LVOLT': 0.0}"),
            ("13.0", 9, "{'NORM': 100.0, 'SR': 0.0}"),
        ],
        start=1,
    ):
        paths = {500: f"records500/00000/{number:05d}_hr", 100: f"records100/00000/{number:05d}_lr"}
        for fs, path in paths.items():
            if number == 4:
                continue
            signal = resample(recording.signal, recording.fs, fs)
            write_wfdb(tmp_path / path, signal, fs)
        rows.append(
            {
                "ecg_id": number,
                "patient_id": patient,
                "scp_codes": scp,
                "strat_fold": fold,
                "filename_lr": paths[100],
                "filename_hr": paths[500],
            }
        )
    pd.DataFrame(rows).to_csv(tmp_path / "ptbxl_database.csv", index=False)
    (tmp_path / "scp_statements.csv").write_text(
        ",description,diagnostic,form,rhythm,diagnostic_class\n"
        "NORM,normal ECG,1.0,,,NORM\nIMI,inferior,1.0,,,MI\nLAFB,fascicular,1.0,,,CD\n"
        "LVOLT,low voltage,,1.0,,\nSR,sinus rhythm,,,1.0,\nAFIB,fibrillation,,,1.0,\n"
    )
    return tmp_path


@pytest.mark.parametrize("rate_hz", [500, 100])
def test_ptbxl_is_read_at_both_rates_with_folds_patients_and_superclasses(
    ptbxl_folder, recording, rate_hz
):
    data = read_listing(ptbxl.listing(ptbxl_folder, rate_hz=rate_hz), CONFIG)
    assert data.record.tolist() == ["ptbxl/1", "ptbxl/2", "ptbxl/3"]
    assert data.split.tolist() == ["train", "train", "test"]
    assert data.patient[0] == data.patient[1] != data.patient[2]
    assert positives(data, 0) == {"NSR", "NORM"}
    # Statements count whatever their likelihood.
    assert positives(data, 1) == {"AF", "LAnFB", "MI", "CD"}
    # No rhythm and no diagnosis stated: neither is denied.
    assert not {"NSR", "NORM", "CD"} & labels_of(data, 2).keys()
    assert data.warnings == ("1 of 4 recordings left out, such as ptbxl/4: Its file is missing.",)
    if rate_hz == 500:
        assert_shows(data, 0, recording)


def test_ptbxl_at_a_rate_that_it_has_not_gives_a_sentence(ptbxl_folder):
    with pytest.raises(DatasetError, match="no records at 250 Hz"):
        ptbxl.listing(ptbxl_folder, rate_hz=250)


# CPSC 2018 ---------------------------------------------------------------------------------------


@pytest.fixture
def cpsc_folder(tmp_path, recording):
    for number in (1, 2, 3):
        folder = tmp_path / f"TrainingSet{number}"
        folder.mkdir()
        ecg = {"sex": "Male", "age": 74.0, "data": recording.signal.astype(float)}
        savemat(folder / f"A000{number}.mat", {"ECG": ecg})
    (tmp_path / "TrainingSet1" / "A0004.mat").write_bytes(b"MATLAB 5.0, cut short")
    savemat(tmp_path / "TrainingSet1" / "A0005.mat", {"other": np.zeros(3)})
    (tmp_path / "TrainingSet1" / "REFERENCE.csv").write_text(
        "Recording,First_label,Second_label,Third_label\n"
        "A0001,1,,\nA0002,5,7,\nA0003,8,,\nA0004,2,,\nA0005,2,,\nA0006,2,,\n"
    )
    return tmp_path


def test_cpsc2018_is_read_from_its_reference_and_structures(cpsc_folder, recording):
    data = read_listing(cpsc2018.listing(cpsc_folder), CONFIG)
    assert data.record.tolist() == ["cpsc2018/A0001", "cpsc2018/A0002", "cpsc2018/A0003"]
    assert_shows(data, 0, recording)
    assert positives(data, 0) == {"NSR", "NORM"}
    assert positives(data, 1) == {"CRBBB", "PVC"}
    assert positives(data, 2) == set()  # ST depression has no code here
    asked = {"NORM", "AF", "IAVB", "LBBB", "CRBBB", "PAC", "PVC"}
    # An abnormal recording may well be in sinus rhythm; rates and flutter were never asked for.
    assert set(labels_of(data, 2)) == asked
    assert len(data.skipped) == 3
    assert "Its file is missing." in {left_out.reason for left_out in data.skipped}


# CinC 2020-21 ------------------------------------------------------------------------------------


def write_challenge_record(path, recording, diagnoses, comment="# "):
    """As the Challenge publishes: a MATLAB file that WFDB reads behind its 24 bytes of header."""
    comments = [f"{comment}Age: 74", f"{comment}Sex: Male", f"{comment}Dx: {diagnoses}"]
    write_wfdb(path, recording.signal, recording.fs, ".mat", "16+24", comments)


def test_the_tree_of_the_challenge_is_read_each_database_with_its_own_silence(tmp_path, recording):
    training = tmp_path / "training"
    for path, diagnoses, comment in [
        ("cpsc_2018/g1/A0001", "59118001", "# "),
        ("georgia/g1/E00001", "426177001,17338001", "#"),
        ("chapman_shaoxing/g1/JS00001", "164889003", "# "),
        ("ningbo/g4/JS10647", "164890007", "# "),
        ("ptb-xl/g1/HR00007", "426783006", "# "),
        ("st_petersburg_incart/g1/I0001", "164884008", "# "),
        ("st_petersburg_incart/g1/I0002", "164889003", "# "),
    ]:
        write_challenge_record(training / path, recording, diagnoses, comment)
    data = read_listing(cinc2021.listing(tmp_path), CONFIG)
    names = [record.removeprefix("cinc2021/") for record in data.record]
    assert names == ["JS00001", "A0001", "E00001", "JS10647", "I0001", "I0002"]
    row = {name: number for number, name in enumerate(names)}
    assert_shows(data, row["A0001"], recording)
    assert positives(data, row["A0001"]) == {"CRBBB"}
    assert "SB" not in labels_of(data, row["A0001"])  # CPSC asked for no rate
    assert positives(data, row["E00001"]) == {"SB", "PVC"}
    assert labels_of(data, row["E00001"])["AF"] == 0
    assert labels_of(data, row["JS00001"])["AF"] == 1
    # Ningbo calls fibrillation flutter: neither is known then.
    assert not {"AF", "AFL"} & labels_of(data, row["JS10647"]).keys()
    # Half an hour of INCART says nothing about its first ten seconds; few people, so one split.
    assert labels_of(data, row["I0001"]) == {"CRBBB": 0}
    assert data.patient[row["I0001"]] == data.patient[row["I0002"]]


def test_a_record_of_an_unknown_database_gives_a_sentence(tmp_path, recording):
    write_challenge_record(tmp_path / "X0001", recording, "426783006")
    with pytest.raises(DatasetError, match="X0001 is of no known database"):
        cinc2021.listing(tmp_path)


def test_a_database_that_the_challenge_has_not_gives_a_sentence(tmp_path):
    with pytest.raises(DatasetError, match="There is no database Mars; known are CPSC"):
        cinc2021.listing(tmp_path, databases=("Mars",))


# Chapman-Shaoxing --------------------------------------------------------------------------------


@pytest.fixture(params=["Diagnostics.xlsx", "Diagnostics.csv"])
def chapman_folder(request, tmp_path, recording):
    for name, header in [("ECGData", [*LEADS]), ("ECGDataDenoised", False)]:
        (tmp_path / name).mkdir()
        microvolts = pd.DataFrame(recording.signal.T * 1000, columns=[*LEADS])
        microvolts.to_csv(
            tmp_path / name / "MUSE_1.csv", index=False, header=header, float_format="%.2f"
        )
    (tmp_path / "ECGData" / "MUSE_2.csv").write_text("I,II\n1,2\n")
    table = pd.DataFrame(
        {
            "FileName": ["MUSE_1", "MUSE_2"],
            "Rhythm": ["AFIB", "SR"],
            "Beat": ["RBBB TWC", "NONE"],
            "PatientAge": [85, 59],
        }
    )
    if request.param.endswith("xlsx"):
        table.to_excel(tmp_path / request.param, index=False)
    else:
        table.to_csv(tmp_path / request.param, index=False)
    return tmp_path


@pytest.mark.parametrize("signals", ["ECGData", "ECGDataDenoised"])
def test_chapman_is_read_raw_and_denoised(chapman_folder, recording, signals):
    data = read_listing(chapman.listing(chapman_folder, signals), CONFIG)
    assert data.record.tolist() == ["chapman/MUSE_1"]
    assert_shows(data, 0, recording)
    assert positives(data, 0) == {"AF", "CRBBB"}
    assert labels_of(data, 0)["AFL"] == 0
    assert "IRBBB" not in labels_of(data, 0)
    assert len(data.skipped) == 1


# CODE-15 -----------------------------------------------------------------------------------------


@pytest.fixture
def code15_folder(tmp_path, recording):
    """Two parts, one of them damaged, and exams of a third that was not downloaded."""
    at_400 = resample(recording.signal, recording.fs, 400).T  # (4000, 12)
    tracings = np.zeros((3, 4096, 12), dtype=np.float32)
    tracings[0, 48:4048] = at_400
    tracings[1, 648:3448] = at_400[:2800]  # 7 s
    with h5py.File(tmp_path / "exams_part0.hdf5", "w") as file:
        file["tracings"] = tracings
        file["exam_id"] = np.array([901, 902, 903])
    (tmp_path / "exams_part1.hdf5").write_bytes(b"no HDF5")
    columns = "exam_id,age,is_male,nn_predicted_age,1dAVb,RBBB,LBBB,SB,ST,AF,patient_id,trace_file"
    (tmp_path / "exams.csv").write_text(
        f"{columns}\n"
        "902,38,True,40.1,True,True,False,False,False,False,7,exams_part0.hdf5\n"
        "901,38,True,40.2,False,False,False,False,False,True,7,exams_part0.hdf5\n"
        "903,73,True,67.1,False,False,False,False,False,False,8,exams_part0.hdf5\n"
        "904,73,True,67.1,False,False,False,False,False,False,9,exams_part1.hdf5\n"
        "905,73,True,67.1,False,False,False,False,False,False,9,exams_part9.hdf5\n"
    )
    return tmp_path


def test_code15_is_read_tracing_by_tracing_without_its_padding(code15_folder, recording):
    listing = code15.listing(code15_folder)
    assert listing.total == 4  # part 9 is not here
    data = read_listing(listing, CONFIG)
    assert data.record.tolist() == ["code15/902", "code15/901"]
    full = condition(recording, CONFIG)[0]
    # Resampled once more on the way, far above the 40 Hz that both keep.
    assert np.corrcoef(data.x[1].ravel(), full.ravel())[0, 1] > 0.999
    assert np.corrcoef(data.x[0, :, :650].ravel(), full[:, :650].ravel())[0, 1] > 0.999
    assert not data.x[0, :, 700:].any()
    assert positives(data, 0) == {"IAVB", "CRBBB"}
    assert set(labels_of(data, 1)) == {"IAVB", "CRBBB", "LBBB", "SB", "STach", "AF"}
    assert data.patient.tolist() == ["code15/patient/7"] * 2
    assert {left_out.record for left_out in data.skipped} == {"code15/903", "code15/904"}


def test_code15_never_reads_more_of_a_file_than_one_tracing(code15_folder, monkeypatch):
    taken = []
    original = h5py.Dataset.__getitem__

    def noted(dataset, key, **kwargs):
        value = original(dataset, key, **kwargs)
        if dataset.name == "/tracings":
            taken.append(value.shape)
        return value

    monkeypatch.setattr(h5py.Dataset, "__getitem__", noted)
    read_listing(code15.listing(code15_folder), CONFIG)
    assert taken == [(4096, 12)] * 3


# A folder of yours -------------------------------------------------------------------------------


def test_a_folder_of_yours_is_read_with_unknown_labels_and_its_own_splits(tmp_path, recording):
    write_challenge_record(tmp_path / "one", recording, "426783006")
    table = pd.DataFrame(recording.signal.T, columns=[*LEADS])
    table.insert(0, "time_s", np.arange(len(table)) / recording.fs)
    table.to_csv(tmp_path / "two.csv", index=False, float_format="%.4f")
    (tmp_path / "three.csv").write_text("nonsense")
    (tmp_path / "labels.csv").write_text(
        "file,patient,split,AF,PVC,remark\n"
        "one.hea,p1,test,1,,x\n"
        "two.csv,p2,,0,1,\n"
        "three.csv,p3,train,0,0,\n"
        "gone.dcm,p3,train,0,0,\n"
        "one.hea,p4,holdout,0,0,\n"
        "one.hea,p5,train,maybe,0,\n"
        "../one.hea,p6,train,0,0,\n"
    )
    data = read_listing(own_folder.listing(tmp_path), CONFIG)
    assert data.record.tolist() == ["folder/one.hea", "folder/two.csv"]
    assert [labels_of(data, 0), labels_of(data, 1)] == [{"AF": 1}, {"AF": 0, "PVC": 1}]
    assert data.split.tolist() == ["test", split_by_patient("folder/patient/p2")]
    assert_shows(data, 0, recording)
    reasons = " ".join(left_out.reason for left_out in data.skipped)
    assert len(data.skipped) == 5
    for part in ('split is "holdout"', 'AF is "maybe"', "out of the folder", "does not exist"):
        assert part in reasons


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("path,AF\na,1\n", "no column file"),
        ("file,Vorhofflimmern\na,1\n", "names no finding; its columns may be NSR, AF"),
    ],
)
def test_a_table_of_labels_that_says_nothing_is_refused(tmp_path, content, sentence):
    (tmp_path / "labels.csv").write_text(content)
    with pytest.raises(DatasetError, match=sentence):
        own_folder.listing(tmp_path)


@pytest.mark.parametrize("module", [cpsc2018, chapman, code15, own_folder])
def test_an_empty_folder_names_the_file_that_is_missing(module, tmp_path):
    with pytest.raises(DatasetError, match="is missing from the"):
        module.listing(tmp_path)


def test_a_recording_of_another_length_of_leads_is_refused_by_cpsc(tmp_path):
    savemat(tmp_path / "A.mat", {"ECG": {"data": np.zeros((11, 9))}})
    with pytest.raises(DatasetError, match=r"shape \(11, 9\), expected \(12, samples\)"):
        cpsc2018.read_recording(tmp_path / "A.mat")
