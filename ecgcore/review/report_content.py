"""Everything that a report says, in no language and on no paper."""

from __future__ import annotations

from dataclasses import dataclass

from ecgcore.errors import SignalError
from ecgcore.recording import Recording
from ecgcore.review.layout import PaperFormat
from ecgcore.signal.quality_issue import Issue, Severity

NO_SWAP, UNDONE, SIMULATED = "none", "undone", "simulated"
SWAP_STATES = (NO_SWAP, UNDONE, SIMULATED)


@dataclass(frozen=True)
class Measured:
    """One line of the table of measurements.

    Attributes
    ----------
    name : str
        ``"HR"``, ``"PR"``, ``"QTc Bazett"``, ``"QRS axis"`` and so on.
    value : float or None
        None where it could not be measured.
    unit : {"bpm", "ms", "deg"}
    reason : str
        Why it is absent; empty where it is not.
    """

    name: str
    value: float | None
    unit: str
    reason: str = ""


@dataclass(frozen=True)
class Finding:
    """What the model says of one label.

    Attributes
    ----------
    code : str
        As in `labels.CODES`.
    probability : float
    threshold : float or None
        None for a model that picks the most probable of its classes.
    reported : bool
    """

    code: str
    probability: float
    threshold: float | None
    reported: bool


@dataclass(frozen=True)
class ModelIdentity:
    """Which weights were used.

    Attributes
    ----------
    name, title : str
    sha256 : str
        Of the file of weights, in full.
    """

    name: str
    title: str
    sha256: str


@dataclass(frozen=True)
class SwapStatement:
    """What was done to the electrodes between the recorder and this page.

    Attributes
    ----------
    state : {"none", "undone", "simulated"}
        ``"undone"``: they were exchanged on the patient, which the tracing shown corrects;
        ``"simulated"``: the tracing shown is not what was recorded.
    swap : str
        Name of the exchange, such as ``"LA/RA"``; empty for ``"none"``.

    Raises
    ------
    SignalError
        Another state, or an exchange without its name.
    """

    state: str = NO_SWAP
    swap: str = ""

    def __post_init__(self) -> None:
        if self.state not in SWAP_STATES:
            raise SignalError(
                f'The state of the electrodes is "{self.state}", expected one of '
                f"{', '.join(SWAP_STATES)}."
            )
        if (self.state == NO_SWAP) != (not self.swap):
            raise SignalError(
                f'The electrodes are "{self.state}" with the exchange "{self.swap}"; an exchange '
                f"has a name, none has none."
            )


@dataclass(frozen=True, eq=False)
class ReportContent:
    """What one report says.

    Attributes
    ----------
    recording : Recording
        At most 10 s. Of the person only age and sex are known to it.
    start_s : float
        Where it begins in the whole recording, s.
    form : PaperFormat
        Order of leads, rhythm lead and filter are taken from it. Layout, speed and gain are those
        of the page.
    measurements : tuple of Measured
    measurement_notes : tuple of str
        What was left out or estimated, as sentences.
    findings : tuple of Finding
        Reported ones first, each group by falling probability; empty where no model read it.
    unread : tuple of str
        Why no model read the recording, as sentences; empty where one did.
    attention : tuple of (str, float)
        Weight of each lead that was used, in the order of `leads.LEADS`.
    verdict : {"good", "warning", "refuse"}
        Of the quality gate.
    score : float or None
        Probability that a reader would accept the recording.
    issues : tuple of Issue
        Of the quality gate, worst first.
    swap : SwapStatement
    notes : tuple of str
        What reading the file and preparing it for the model had to repair, as sentences.
    model : ModelIdentity
    version : str
        Of the product.
    comment : str
        Of the reader, in any language.
    """

    recording: Recording
    start_s: float
    form: PaperFormat
    measurements: tuple[Measured, ...]
    measurement_notes: tuple[str, ...]
    findings: tuple[Finding, ...]
    unread: tuple[str, ...]
    attention: tuple[tuple[str, float], ...]
    verdict: str
    score: float | None
    issues: tuple[Issue, ...]
    swap: SwapStatement
    notes: tuple[str, ...]
    model: ModelIdentity
    version: str
    comment: str

    @property
    def refusing(self) -> tuple[Issue, ...]:
        """The issues for which the quality gate refused the recording; empty if it did not."""
        return tuple(issue for issue in self.issues if issue.severity == Severity.REFUSE)
