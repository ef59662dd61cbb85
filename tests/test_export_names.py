"""What an exported file is called, and which formats there are."""

import numpy as np
import pytest
from test_export import NAMES, packaged

from ecgcore.errors import WriteError
from ecgcore.io import read_files
from ecgcore.io.export import export, format_of_suffix, pack


@pytest.mark.parametrize("name", NAMES)
def test_a_download_is_one_file_that_reads_back(name: str):
    recording = packaged()
    download = pack(export(recording, name, "swapped_1"), name)
    endings = {"wfdb": "zip", "dicom": "dcm", "csv": "csv", "npz": "npz"}
    assert download.name == f"swapped_1.{endings[name]}"
    (result,) = read_files({download.name: download.content})
    np.testing.assert_array_equal(result.recording.signal, recording.signal)


@pytest.mark.parametrize("stem", ["", "a b", "../up", "a.b", "é"])
def test_a_wfdb_record_has_a_plain_name(stem: str):
    with pytest.raises(WriteError, match="cannot be the name of a WFDB record"):
        export(packaged(), "wfdb", stem)


def test_unknown_formats_are_refused_with_the_known_ones():
    with pytest.raises(WriteError, match=r'"\.xml" is not .* \.hea \(WFDB\), \.dcm \(DICOM\)'):
        format_of_suffix(".xml")
    with pytest.raises(WriteError, match="has no ending"):
        format_of_suffix("")
    with pytest.raises(WriteError, match="wfdb, dicom, csv, npz"):
        export(packaged(), "edf", "ecg")
    assert format_of_suffix(".DCM").name == "dicom"
