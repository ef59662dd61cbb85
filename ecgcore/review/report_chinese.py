"""What other stages say in English sentences, in Chinese.

A sentence that is not known here is printed as it is, rather than left out.
"""

from __future__ import annotations

import re

from ecgcore.leads import LEADS
from ecgcore.signal.quality_issue import Issue, Kind, Severity

CHINESE_FINDINGS = {
    "NSR": "窦性心律",
    "AF": "心房颤动",
    "AFL": "心房扑动",
    "STach": "窦性心动过速",
    "SB": "窦性心动过缓",
    "IAVB": "一度房室传导阻滞",
    "LBBB": "左束支传导阻滞",
    "CRBBB": "完全性右束支传导阻滞",
    "IRBBB": "不完全性右束支传导阻滞",
    "LAnFB": "左前分支传导阻滞",
    "PAC": "房性早搏",
    "PVC": "室性早搏",
    "NORM": "正常心电图",
    "MI": "心肌梗死",
    "STTC": "ST-T 改变",
    "CD": "传导异常",
    "HYP": "房室肥大",
}

CHINESE_KINDS = {
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
_CONSEQUENCES = {Severity.UNUSABLE: "，不参与模型判读", Severity.REFUSE: "，拒绝判读"}
_LEAD = re.compile(r"\b(" + "|".join(sorted(LEADS, key=len, reverse=True)) + r")\b")

# Sentences of measuring, of preparing for the networks and of reading files; figures stay.
_SENTENCES = (
    (r"Not measured\.", "未测量。"),
    (r"No lead was recorded for (.+) s\.", r"没有一个导联记录满 \1 秒。"),
    (r"No QRS complexes: nothing stands out of the leads\.", "未检出 QRS 波群。"),
    (
        r"No QRS complexes: of (.+) deflections at most (.+) look alike\.",
        r"未检出 QRS 波群：\1 个波形中至多 \2 个相似。",
    ),
    (r"Measured are the first (.+) s of (.+) s\.", r"仅测量 \2 秒中的前 \1 秒。"),
    (
        r"Sampled at (.+) Hz; intervals and heights take (.+) Hz\.",
        r"采样率 \1 Hz；测量间期与振幅需 \2 Hz。",
    ),
    (
        r"No QRS complexes: what looks like them lasts (.+) ms, less than (.+) ms\.",
        r"未检出 QRS 波群：类似波形仅持续 \1 ms，短于 \2 ms。",
    ),
    (r"A rate takes two beats without a gap between them\.", "须有两次相连的心搏才能计算心率。"),
    (r"Takes (.+), which were not all recorded\.", r"需要 \1，未全部记录。"),
    (
        r"Another wave, as a rule the next P wave, hides the end of the T wave\.",
        "另一个波（通常为下一 P 波）掩盖了 T 波终点。",
    ),
    (
        r"No P waves: nothing moves between the T wave and the QRS\.",
        "无 P 波：T 波与 QRS 之间无波动。",
    ),
    (r"No two neighbouring beats are both free of ectopy\.", "没有两个相邻的非异位心搏。"),
    (r"No QRS lies wholly within the recording\.", "记录中没有完整的 QRS 波群。"),
    (r"The recording begins within the P wave\.", "记录始于 P 波之中。"),
    (
        r"No T wave to be seen before the next beat or the end of the recording\.",
        "在下一心搏或记录结束之前未见 T 波。",
    ),
    (
        r"Another wave begins before the T wave ends: QT is estimated from its descent\.",
        "T 波未结束时另一个波已开始：QT 由 T 波降支估算。",
    ),
    (
        r"The (\w+) wave points nowhere in leads I and II, or they were not recorded\.",
        r"\1 波在 I、II 导联中无明确方向，或该两导联未记录。",
    ),
    (r"P waves are looked for before the usual beats only\.", "仅在主导心搏之前寻找 P 波。"),
    (
        r"No P waves: flutter waves follow each other at (.+) per minute\.",
        r"无 P 波：可见扑动波，每分钟 \1 次。",
    ),
    (
        r"No P waves to be seen: each QRS follows the T wave before it at once\.",
        "未见 P 波：QRS 紧随前一 T 波。",
    ),
    (
        r"No consistent P waves: before what could be one the leads move at (.+) of its speed, "
        r"more than (.+)\.",
        r"无恒定 P 波：可疑 P 波之前的基线活动为其 \1，超过 \2。",
    ),
    (
        r"No consistent P waves: what precedes the QRS correlates by (.+) from beat to beat, "
        r"less than (.+)\.",
        r"无恒定 P 波：QRS 之前的波形逐搏相关仅 \1，低于 \2。",
    ),
    (
        r"No P waves: what precedes the QRS lasts (.+) ms only\.",
        r"无 P 波：QRS 之前的波仅持续 \1 ms。",
    ),
    (
        r"No P waves that belong to a QRS: none ends within (.+) ms before it\.",
        r"无与 QRS 相关的 P 波：其前 \1 ms 内无 P 波结束。",
    ),
    (
        r"No P waves: what precedes the QRS is at most (.+) mV high\.",
        r"无 P 波：QRS 之前的波最高仅 \1 mV。",
    ),
    (
        r"Only one beat of the usual shape: a P wave cannot be told from chance\.",
        "主导形态仅一次心搏，无法确认 P 波。",
    ),
    (r"The model reads the first (.+) s of (.+) s\.", r"模型只读取 \2 秒中的前 \1 秒。"),
    (
        r"The recording lasts (.+) s; the model's input of (.+) s was padded with zeros\.",
        r"记录长 \1 秒；模型输入为 \2 秒，不足部分补零。",
    ),
    (
        r"Left out, because not recorded long enough: (.+)\.",
        r"因记录时间不足而未使用：\1。",
    ),
    (
        r"No lead holds (.+) s without a gap \(the recording lasts (.+) s\), so no model can read "
        r"it\.",
        r"没有一个导联有 \1 秒的连续信号（记录长 \2 秒），模型无法判读。",
    ),
    (
        r"None of the leads that can be used is long enough to be read\.",
        "可用导联的记录均过短，模型无法判读。",
    ),
    (r"No model was asked to read this recording\.", "未要求模型判读此记录。"),
    (r"Derived from other limb leads: (.+)\.", r"由其他肢体导联推算：\1。"),
    (r"Not recorded: (.+)\.", r"未记录：\1。"),
    (r"Samples without a valid value were left empty: (.+)\.", r"无效采样点留空：\1。"),
    (
        r"Lead (\w+) is stored more than once; the first was used\.",
        r"导联 \1 存储多次，采用第一份。",
    ),
    (
        r"The limb leads contradict each other(?: in a few samples)?: (.+) fails by up to "
        r"([\d.]+) mV.*",
        r"肢体导联相互矛盾：\1 相差达 \2 mV，请核对导联名称与增益。",
    ),
)
_PATTERNS = tuple((re.compile(english), chinese) for english, chinese in _SENTENCES)

_FILTERS = (
    (re.compile(r"as recorded, no filter"), "原始记录，未滤波"),
    (re.compile(r"no band filter"), "无带通滤波"),
    (re.compile(r"(\S+) Hz up, (\S+) Hz sampling carries no (\S+) Hz"), r"\1 Hz 以上"),
    (re.compile(r"mains (\d+) Hz beyond the sampling rate"), r"\1 Hz 超出采样率"),
    (re.compile(r"mains (\d+) Hz"), r"\1 Hz 工频陷波"),
    (re.compile(r", "), "，"),
)


def chinese_sentence(sentence: str) -> str:
    """Translate a sentence of another stage; one that is not known stays as it is."""
    for pattern, chinese in _PATTERNS:
        match = pattern.fullmatch(sentence)
        if match:
            return match.expand(chinese)
    return sentence


def chinese_filter(text: str) -> str:
    """Translate what `display_filter.filter_text` says."""
    for pattern, chinese in _FILTERS:
        text = pattern.sub(chinese, text)
    return text


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
    text = CHINESE_KINDS.get(kind, kind) + _CONSEQUENCES.get(severity, "")
    return f"{named}：{text}。" if named else f"{text}。"
