"""The findings that the models report: one code, one full name, one plain sentence each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Label:
    """One finding.

    Attributes
    ----------
    code : str
        As used in checkpoints and on the command line.
    name : str
        As shown to a reader.
    group : str
        ``"rhythm"``, ``"conduction"``, ``"ectopy"`` or ``"superclass"``.
    """

    code: str
    name: str
    group: str


LABELS = (
    Label("NSR", "Sinus rhythm", "rhythm"),
    Label("AF", "Atrial fibrillation", "rhythm"),
    Label("AFL", "Atrial flutter", "rhythm"),
    Label("STach", "Sinus tachycardia", "rhythm"),
    Label("SB", "Sinus bradycardia", "rhythm"),
    Label("IAVB", "First-degree AV block", "conduction"),
    Label("LBBB", "Left bundle branch block", "conduction"),
    Label("CRBBB", "Complete right bundle branch block", "conduction"),
    Label("IRBBB", "Incomplete right bundle branch block", "conduction"),
    Label("LAnFB", "Left anterior fascicular block", "conduction"),
    Label("PAC", "Premature atrial complex", "ectopy"),
    Label("PVC", "Premature ventricular complex", "ectopy"),
    Label("NORM", "Normal ECG", "superclass"),
    Label("MI", "Myocardial infarction", "superclass"),
    Label("STTC", "ST/T change", "superclass"),
    Label("CD", "Conduction disturbance", "superclass"),
    Label("HYP", "Hypertrophy", "superclass"),
)
CODES = tuple(label.code for label in LABELS)
NAMES = {label.code: label.name for label in LABELS}
GROUPS = {label.code: label.group for label in LABELS}
