"""One vocabulary of labels, and how each source's own statements map to it.

A source states what it saw. What it did not state is absent where it looks for that finding at all,
and unknown where it does not: CODE-15 asks six questions, CPSC 2018 nine, and the databases of the
CinC Challenge each their own (`snomed`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from ecgcore.model.labels import CODES

RHYTHM_CODES = ("NSR", "AF", "AFL", "STach", "SB")
SUPERCLASSES = ("NORM", "MI", "STTC", "CD", "HYP")
# Everything but the superclasses.
FINDINGS = tuple(code for code in CODES if code not in SUPERCLASSES)


@dataclass(frozen=True)
class Vocabulary:
    """How one source speaks.

    Attributes
    ----------
    codes_of : mapping
        Statement -> the codes that it asserts.
    annotated : frozenset of str
        Codes that are absent, not unknown, when nothing asserts them.
    other_rhythms : frozenset of str
        Rhythm statements without a code of their own: they deny sinus rhythm.
    doubtful : mapping
        Statement -> codes that nobody can know once it is made, asserted or not.
    """

    codes_of: Mapping[str, tuple[str, ...]]
    annotated: frozenset[str]
    other_rhythms: frozenset[str] = frozenset()
    doubtful: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def labels(self, statements: Collection[str]) -> dict[str, float]:
        """Return code -> 1 or 0 for what the statements say; unknown codes are left out.

        A report without any rhythm statement does not deny sinus rhythm.
        """
        asserted = {code for said in statements for code in self.codes_of.get(said, ())}
        unknown = {code for said in statements for code in self.doubtful.get(said, ())}
        if not asserted.intersection(RHYTHM_CODES) and not self.other_rhythms.intersection(
            statements
        ):
            unknown.add("NSR")
        return {
            code: float(code in asserted)
            for code in CODES
            if code in (asserted | self.annotated) - unknown
        }


def single(codes: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return the mapping of statements that mean one code each."""
    return {statement: (code,) for statement, code in codes.items()}


# SCP-ECG statements of rhythm, conduction and ectopy, as PTB-XL codes them.
SCP = Vocabulary(
    codes_of=single(
        {
            "SR": "NSR",
            "AFIB": "AF",
            "AFLT": "AFL",
            "STACH": "STach",
            "SBRAD": "SB",
            "1AVB": "IAVB",
            "CLBBB": "LBBB",
            "CRBBB": "CRBBB",
            "IRBBB": "IRBBB",
            "LAFB": "LAnFB",
            "PAC": "PAC",
            "PVC": "PVC",
        }
    ),
    annotated=frozenset(FINDINGS),
    other_rhythms=frozenset({"SARRH", "SVARR", "SVTAC", "PSVT", "PACE", "BIGU", "TRIGU"}),
)

# Numbers of REFERENCE.csv; 8 and 9 are ST depression and elevation, which PTB-XL counts as form
# and not as the superclass STTC. Class 1 is a normal ECG. RBBB does not say whether it is complete,
# and as CinC does we take it so; incomplete blocks, rates and flutter are not asked for.
CPSC2018 = Vocabulary(
    codes_of={
        "1": ("NSR", "NORM"),
        "2": ("AF",),
        "3": ("IAVB",),
        "4": ("LBBB",),
        "5": ("CRBBB",),
        "6": ("PAC",),
        "7": ("PVC",),
    },
    annotated=frozenset({"NSR", "NORM", "AF", "IAVB", "LBBB", "CRBBB", "PAC", "PVC"}),
)

# Columns of exams.csv.
CODE15 = Vocabulary(
    codes_of=single(
        {"1dAVb": "IAVB", "RBBB": "CRBBB", "LBBB": "LBBB", "SB": "SB", "ST": "STach", "AF": "AF"}
    ),
    annotated=frozenset({"IAVB", "CRBBB", "LBBB", "SB", "STach", "AF"}),
)

# Columns Rhythm and Beat of Diagnostics.xlsx; AF is flutter there, AFIB fibrillation, and LFBBB the
# left front bundle branch. RBBB again does not say whether it is complete.
CHAPMAN = Vocabulary(
    codes_of=single(
        {
            "SR": "NSR",
            "AFIB": "AF",
            "AF": "AFL",
            "ST": "STach",
            "SB": "SB",
            "1AVB": "IAVB",
            "LBBB": "LBBB",
            "RBBB": "CRBBB",
            "LFBBB": "LAnFB",
            "APB": "PAC",
            "ABI": "PAC",  # atrial bigeminy
            "VPB": "PVC",
            "VB": "PVC",  # ventricular bigeminy
        }
    ),
    annotated=frozenset(FINDINGS) - {"IRBBB"},
    other_rhythms=frozenset({"SA", "SI", "SVT", "AT", "AVNRT", "AVRT", "SAAWR"}),
)

# Statements of ludb.csv in lower case, without their full stop.
LUDB = Vocabulary(
    codes_of=single(
        {
            "sinus rhythm": "NSR",
            "sinus bradycardia": "SB",
            "sinus tachycardia": "STach",
            "atrial fibrillation": "AF",
            "atrial flutter": "AFL",
            "i degree av block": "IAVB",
            "complete left bundle branch block": "LBBB",
            "complete right bundle branch block": "CRBBB",
            "incomplete right bundle branch block": "IRBBB",
            "left anterior hemiblock": "LAnFB",
            "atrial extrasystole": "PAC",
            "ventricular extrasystole": "PVC",
        }
    ),
    annotated=frozenset(FINDINGS),
    other_rhythms=frozenset(
        {"sinus arrhythmia", "irregular sinus rhythm", "wandering atrial pacemaker"}
    ),
)
