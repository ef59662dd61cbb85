"""SNOMED CT codes of the CinC Challenge 2020-21, and what each of its databases annotates.

References
----------
SNOMED CT codes, their equivalence (CRBBB = RBBB, PAC = SVPB, PVC = VPB) and the counts per database
that tell what each annotates: Reyna MA et al. Will two do? Varying dimensions in
electrocardiography: the PhysioNet/Computing in Cardiology Challenge 2021. Comput Cardiol 2021;48,
and its tables dx_mapping_scored.csv and dx_mapping_unscored.csv.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ecgcore.errors import DatasetError
from ecgcore.learn.datasets.vocabulary import (
    CHAPMAN,
    CPSC2018,
    FINDINGS,
    Vocabulary,
    single,
)

SNOMED_TO_CODE = {
    "426783006": "NSR",
    "164889003": "AF",
    "314208002": "AF",  # rapid
    "164890007": "AFL",
    "427084000": "STach",
    "426177001": "SB",
    "270492004": "IAVB",
    "164909002": "LBBB",
    "733534002": "LBBB",  # complete
    "713427006": "CRBBB",
    "59118001": "CRBBB",  # right bundle branch block, scored as complete
    "713426002": "IRBBB",
    "445118002": "LAnFB",
    "284470004": "PAC",
    "63593006": "PAC",  # supraventricular premature beats
    "427172004": "PVC",
    "17338001": "PVC",  # ventricular premature beats
    "164884008": "PVC",  # ventricular ectopics, which CPSC's and PTB-XL's PVC became
    "11157007": "PVC",  # bigeminy
    "251180001": "PVC",  # trigeminy
    "251182009": "PVC",  # paired
}
# Column of a table of the Challenge's scored diagnoses -> SNOMED CT code.
SNOMED_OF_COLUMN = {
    "NSR": "426783006",
    "AF": "164889003",
    "AFL": "164890007",
    "STach": "427084000",
    "SB": "426177001",
    "IAVB": "270492004",
    "CLBBB": "733534002",
    "LBBB": "164909002",
    "CRBBB": "713427006",
    "RBBB": "59118001",
    "IRBBB": "713426002",
    "LAnFB": "445118002",
    "PAC": "284470004",
    "SVPB": "63593006",
    "PVC": "427172004",
    "VPB": "17338001",
    "SA": "427393009",
    "PR": "10370003",
    "BBB": "6374002",
    "Brady": "426627000",
    "LPR": "164947007",
}
# Some copies of the Challenge's headers carry words instead; they speak of superclasses.
WORD_TO_CODE = {
    "NORM": "NORM",
    "Old MI": "MI",
    "STTC": "STTC",
    "CD": "CD",
    "HYP": "HYP",
    "PAC": "PAC",
}
SNOMED_OTHER_RHYTHMS = frozenset(
    {
        "427393009",  # sinus arrhythmia
        "426761007",  # supraventricular tachycardia
        "713422000",  # atrial tachycardia
        "713423005",  # multifocal atrial tachycardia
        "67198005",  # paroxysmal supraventricular tachycardia
        "233896004",  # AV node re-entry tachycardia
        "233897008",  # AV re-entry tachycardia
        "106068003",  # atrial rhythm
        "17366009",  # wandering pacemaker, sinus to atrium
        "195101003",  # wandering atrial pacemaker
        "426664006",  # accelerated junctional rhythm
        "426995002",  # junctional escape
        "233892002",  # accelerated atrial escape rhythm
        "61277005",  # accelerated idioventricular rhythm
        "49260003",  # idioventricular rhythm
        "81898007",  # ventricular escape rhythm
        "164895002",  # ventricular tachycardia
        "425856008",  # paroxysmal ventricular tachycardia
        "164896001",  # ventricular fibrillation
        "10370003",  # pacing rhythm
        "195080001",  # fibrillation and flutter
    }
)
_SNOMED_DOUBTFUL = {
    "195080001": ("AF", "AFL"),  # fibrillation and flutter
    "282825002": ("AF",),  # paroxysmal: not necessarily while this was recorded
    "426627000": ("SB",),  # bradycardia of no stated origin
    "6374002": ("LBBB", "CRBBB", "IRBBB"),  # bundle branch block of no stated side
    "164947007": ("IAVB",),  # prolonged PR interval
}
# Ningbo counts 7,615 records of flutter and none of fibrillation: its flutter stands for both.
# (All four of the records at hand that are labelled so have the irregular beats of fibrillation.)
_NINGBO_DOUBTFUL = _SNOMED_DOUBTFUL | {"164890007": ("AF", "AFL")}


def _snomed(
    annotated: Collection[str],
    *,
    normal: bool = False,
    doubtful: Mapping[str, tuple[str, ...]] = _SNOMED_DOUBTFUL,
) -> Vocabulary:
    """Return the vocabulary of one database; `normal`: its sinus rhythm means a normal ECG."""
    codes_of = single(SNOMED_TO_CODE | WORD_TO_CODE)
    if normal:
        codes_of["426783006"] = ("NSR", "NORM")
    return Vocabulary(codes_of, frozenset(annotated), SNOMED_OTHER_RHYTHMS, doubtful)


@dataclass(frozen=True)
class CincDatabase:
    """One database of the CinC Challenge, known by how its records are named.

    Attributes
    ----------
    name : str
    prefix : str
        Letters before the number of a record.
    vocabulary : Vocabulary
        It annotates what the Challenge's tables count at least once, sporadic use apart.
    """

    name: str
    prefix: str
    vocabulary: Vocabulary


# INCART's records last half an hour, of which a model reads the first seconds; its rhythms and
# premature beats are only known to occur at some time. PTB states clinical diagnoses.
_INCART = Vocabulary(single({"59118001": "CRBBB"}), frozenset({"CRBBB"}))
CHAPMAN_SHAOXING = CincDatabase("Chapman-Shaoxing", "JS", _snomed(CHAPMAN.annotated - {"LAnFB"}))
NINGBO = CincDatabase("Ningbo", "JS", _snomed(FINDINGS, doubtful=_NINGBO_DOUBTFUL))
CINC_DATABASES = (
    CincDatabase("CPSC", "A", _snomed(CPSC2018.annotated, normal=True)),
    CincDatabase("CPSC-Extra", "Q", _snomed(set(FINDINGS) - {"NSR", "LAnFB"})),
    CincDatabase("INCART", "I", _INCART),
    CincDatabase("PTB", "S", _snomed({"NSR", "AF"})),
    CincDatabase("PTB-XL", "HR", _snomed(FINDINGS)),
    CincDatabase("Georgia", "E", _snomed(FINDINGS)),
    CHAPMAN_SHAOXING,
    NINGBO,
    # Shandong Provincial Hospital; not part of the Challenge, but distributed in its form.
    CincDatabase("Shandong", "SPH_SPH", _snomed(FINDINGS)),
)
# JS00001 to JS10646 are Chapman-Shaoxing's, those above Ningbo's.
LAST_CHAPMAN_NUMBER = 10646


def cinc_database(record: str) -> CincDatabase:
    """Return the database that a record of the CinC Challenge comes from.

    Raises
    ------
    DatasetError
        No database names its records so.
    """
    prefix = record.rstrip("0123456789")
    if prefix == CHAPMAN_SHAOXING.prefix and record != prefix:
        number = int(record.removeprefix(prefix))
        return CHAPMAN_SHAOXING if number <= LAST_CHAPMAN_NUMBER else NINGBO
    for database in CINC_DATABASES:
        if database.prefix == prefix:
            return database
    known = ", ".join(sorted({database.prefix for database in CINC_DATABASES}))
    raise DatasetError(f"The record {record} is of no known database; names begin with {known}.")


def snomed_labels(record: str, statements: Collection[str]) -> dict[str, float]:
    """Return the labels that a CinC header states; none if it states no diagnosis at all.

    Words instead of SNOMED codes assert what they say and deny nothing.
    """
    vocabulary = cinc_database(record).vocabulary
    labels = vocabulary.labels(statements)
    if any(statement.isdigit() for statement in statements):
        return labels
    return {code: value for code, value in labels.items() if value}
