"""Every word of the report, in English and in Chinese."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ecgcore.errors import WriteError
from ecgcore.model.labels import NAMES
from ecgcore.review.chinese import FINDINGS, chinese_issues, translate
from ecgcore.review.report_content import NO_SWAP, SIMULATED, UNDONE
from ecgcore.signal.quality import GOOD, REFUSE, WARNING
from ecgcore.signal.quality_issue import Issue, sentences


@dataclass(frozen=True)
class Words:
    """The report in one language; texts in braces are filled in.

    Attributes
    ----------
    findings : mapping of str to str
        Names of the labels; a label without one is called by its English name.
    quantities, units : mapping of str to str
        Names of the measurements, and of their units.
    swaps, verdicts : mapping of str to str
        By `SwapStatement.state` and `Quality.verdict`.
    sentence : callable
        Translates a sentence of another stage.
    issues : callable
        Says the issues of the quality gate, one sentence each.
    filter_text : callable
        Translates `display_filter.filter_text`.
    """

    title: str
    blanks: tuple[str, ...]
    age: str
    sexes: Mapping[str, str]
    age_and_sex: str
    list_comma: str
    bracketed: str
    labelled: str
    measurements: str
    findings_heading: str
    attention: str
    quality: str
    electrodes: str
    notes: str
    comment: str
    speed: str
    gain: str
    reduced: str
    cut_off: str
    successive: str
    simultaneous: str
    begins: str
    inverted: str
    coloured: str
    not_recorded: str
    not_used: str
    no_attention: str
    equal_share: str
    above_threshold: str
    most_probable: str
    not_read: str
    score: str
    more: str
    unprintable: str
    model: str
    disclaimer: str
    findings: Mapping[str, str]
    quantities: Mapping[str, str]
    units: Mapping[str, str]
    swaps: Mapping[str, str]
    verdicts: Mapping[str, str]
    sentence: Callable[[str], str]
    issues: Callable[[tuple[Issue, ...]], tuple[str, ...]]
    filter_text: Callable[[str], str]

    def finding(self, code: str) -> str:
        """Name of a label."""
        return self.findings.get(code) or NAMES.get(code, code)


def _as_it_is(text: str) -> str:
    return text


ENGLISH = Words(
    title="12-lead ECG report",
    blanks=("Recording", "Patient", "Date", "Reader"),
    age="{} years",
    sexes={"F": "female", "M": "male"},
    age_and_sex="Age, sex",
    list_comma=", ",
    bracketed="{} ({})",
    labelled="{}: {}",
    measurements="Measurements",
    findings_heading="Findings",
    attention="Attention per lead",
    quality="Signal quality",
    electrodes="Electrodes",
    notes="Notes",
    comment="Reader's comment",
    speed="{:g} mm/s",
    gain="{:g} mm/mV",
    reduced="gain reduced from 10 mm/mV, too tall for the page",
    cut_off="cut off: {}",
    successive="columns successive, {:g} s each",
    simultaneous="columns simultaneous, first {:g} s",
    begins="from {:g} s",
    inverted="aVR inverted",
    coloured="traces coloured by attention",
    not_recorded="not recorded",
    not_used="not used",
    no_attention="This network sees the leads in fixed order and has no weights per lead.",
    equal_share="Dotted line: an equal share.",
    above_threshold="✓ reported: at or over the mark, the threshold set on validation data.",
    most_probable="✓ This model picks exactly one of its classes: the most probable.",
    not_read="Not read by a model:",
    score="acceptance {:.2f}",
    more="… ({} more)",
    unprintable="� stands for a character that this font does not have.",
    model="Model {name} ({title}), SHA-256 {sha256}",
    disclaimer=(
        "Not for diagnosis. Leadproof is a research and teaching tool; a physician reads the ECG."
    ),
    findings=NAMES,
    quantities={
        "HR": "Heart rate",
        "PR": "PR",
        "QRS": "QRS",
        "QT": "QT",
        "QTc Bazett": "QTc Bazett",
        "QTc Fridericia": "QTc Fridericia",
        "QTc Framingham": "QTc Framingham",
        "QTc Hodges": "QTc Hodges",
        "P axis": "P axis",
        "QRS axis": "QRS axis",
        "T axis": "T axis",
    },
    units={"bpm": "/min", "ms": "ms", "deg": "°"},
    swaps={
        NO_SWAP: "Shown as recorded; no exchange was undone.",
        UNDONE: "Electrodes exchanged as {}, undone in the tracing shown.",
        SIMULATED: "Simulated exchange {}: the tracing shown is not what was recorded.",
    },
    verdicts={
        GOOD: "Good",
        WARNING: "Usable with a warning",
        REFUSE: "Refused",
    },
    sentence=_as_it_is,
    issues=sentences,
    filter_text=_as_it_is,
)

CHINESE = Words(
    title="十二导联心电图报告",
    blanks=("记录编号", "患者", "日期", "判读医师"),
    age="{} 岁",
    sexes={"F": "女", "M": "男"},
    age_and_sex="年龄、性别",
    list_comma="，",
    bracketed="{}（{}）",
    labelled="{}：{}",
    measurements="测量值",
    findings_heading="模型所见",
    attention="各导联注意力",
    quality="信号质量",
    electrodes="电极",
    notes="说明",
    comment="医师意见",
    speed="{:g} mm/s",
    gain="{:g} mm/mV",
    reduced="波幅超出页面，增益由 10 mm/mV 减半",
    cut_off="截断：{}",
    successive="各列依次记录，每列 {:g} 秒",
    simultaneous="各列同步，前 {:g} 秒",
    begins="自第 {:g} 秒起",
    inverted="aVR 反向",
    coloured="曲线按注意力着色",
    not_recorded="未记录",
    not_used="未使用",
    no_attention="该网络按固定顺序读取导联，没有各导联的权重。",
    equal_share="虚线：平均权重。",
    above_threshold="✓ 报告：概率达到或超过标记处的阈值（由验证集确定）。",
    most_probable="✓ 该模型只选取概率最高的一类。",
    not_read="未由模型判读：",
    score="可接受概率 {:.2f}",
    more="……（另有 {} 项）",
    unprintable="� 表示字体中没有的字符。",
    model="模型 {name}（{title}），SHA-256 {sha256}",
    disclaimer="不可用于诊断。Leadproof 是研究与教学工具；心电图须由医师判读。",
    findings=FINDINGS,
    quantities={
        "HR": "心率",
        "PR": "PR 间期",
        "QRS": "QRS 时限",
        "QT": "QT 间期",
        "QTc Bazett": "QTc（Bazett）",
        "QTc Fridericia": "QTc（Fridericia）",
        "QTc Framingham": "QTc（Framingham）",
        "QTc Hodges": "QTc（Hodges）",
        "P axis": "P 电轴",
        "QRS axis": "QRS 电轴",
        "T axis": "T 电轴",
    },
    units={"bpm": "次/分", "ms": "ms", "deg": "°"},
    swaps={
        NO_SWAP: "按原始记录显示，未作电极纠正。",
        UNDONE: "电极接错（{}），所示曲线已纠正。",
        SIMULATED: "模拟电极接错（{}）：所示曲线并非原始记录。",
    },
    verdicts={
        GOOD: "良好",
        WARNING: "可用，但有警告",
        REFUSE: "拒绝",
    },
    sentence=translate,
    issues=chinese_issues,
    filter_text=translate,
)

LANGUAGES = {"en": ENGLISH, "zh": CHINESE}


def words_of(language: str) -> Words:
    """Return the words of a language.

    Raises
    ------
    WriteError
        There is no report in this language.
    """
    if language not in LANGUAGES:
        raise WriteError(
            f'There is no report in the language "{language}", expected one of '
            f"{', '.join(LANGUAGES)}."
        )
    return LANGUAGES[language]
