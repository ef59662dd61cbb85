"""The issues of the quality gate in few words, as the report has room for."""

from __future__ import annotations

import re

from ecgcore.leads import LEADS
from ecgcore.signal.quality_issue import Issue, Kind, Severity

KINDS = {
    Kind.MISSING: "未记录",
    Kind.TOO_SHORT: "记录过短",
    Kind.FLAT: "信号平直",
    Kind.RAILED: "信号达到量程极限",
    Kind.CLIPPED: "信号削顶",
    Kind.MUSCLE: "肌电噪声",
    Kind.HUM: "工频干扰",
    Kind.WANDER: "基线漂移",
    Kind.NO_BEATS: "心搏与其他导联不一致",
    Kind.ARTEFACT: "伪差",
    Kind.ELECTRODE: "所用肢体电极疑似脱落",
    Kind.DUPLICATED: "导联内容重复",
    Kind.EXCHANGED: "疑似电极接错",
    Kind.AMPLITUDE: "幅度异常，请核对增益与单位",
    Kind.ALGEBRA: "肢体导联相互矛盾",
    Kind.UNREADABLE: "整体质量偏低，可能难以判读",
}
CONSEQUENCES = {Severity.UNUSABLE: "，不参与模型判读", Severity.REFUSE: "，拒绝判读"}
_LEAD = re.compile(r"\b(" + "|".join(sorted(LEADS, key=len, reverse=True)) + r")\b")


def chinese_issues(issues: tuple[Issue, ...]) -> tuple[str, ...]:
    """Say the issues of the quality gate, leads with the same one together.

    The kind of each is said and what follows from it, without the figures of the English sentence.
    """
    sharing: dict[tuple[str, Severity], list[Issue]] = {}
    for issue in issues:
        sharing.setdefault((issue.kind, issue.severity), []).append(issue)
    return tuple(
        _one_issue(kind, severity, together) for (kind, severity), together in sharing.items()
    )


def _one_issue(kind: str, severity: Severity, issues: list[Issue]) -> str:
    leads = {issue.lead for issue in issues if issue.lead}
    if kind == Kind.EXCHANGED:
        leads |= {name for issue in issues for name in _LEAD.findall(issue.text)}
    named = "、".join(lead for lead in LEADS if lead in leads)
    text = KINDS.get(kind, kind) + CONSEQUENCES.get(severity, "")
    return f"{named}：{text}。" if named else f"{text}。"
