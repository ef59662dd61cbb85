"""Why a model reports a finding: bands under the leads, and leads left out."""

from __future__ import annotations

SENTENCES = {
    "Only lead {lead} is read, so no lead can be left out.": (
        "仅判读了 {lead} 导联，无法去掉任何导联。"
    ),
    "This network reads twelve leads in fixed order: a lead that is left out is a flat line to "
    "it.": ("本网络按固定顺序读取十二导联：去掉的导联对它而言是一条平直线。"),
    "Any two limb leads give the other four, so what one limb lead shows is seldom missing "
    "without it.": ("任意两个肢体导联可推出其余四个，因此去掉一个肢体导联后，其信息通常并不缺失。"),
    "band: log-odds in {ms} ms": "色带：每 {ms} ms 的对数优势",
    "teal speaks for {finding}, orange against it": "青色支持“{finding}”，橙色反对",
    "without": "去掉",
    '"{finding}" is not reported by {model}, expected one of {labels}.': (
        "{model} 不报告“{finding}”，应为以下之一：{labels}。"
    ),
}
