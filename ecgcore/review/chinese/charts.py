"""The paper and the charts beside it."""

from __future__ import annotations

SENTENCES = {
    "not read": "未判读",
    "lead change": "导联分界",
    "drag the paper to see the rest": "拖动图纸查看其余部分",
    "leads simultaneous": "各导联同步",
    "columns successive, {s} s each": "各列依次记录，每列 {s} 秒",
    "columns simultaneous, first {s} s": "各列同步，前 {s} 秒",
    "as recorded, no filter": "原始记录，未滤波",
    "1 mV, 200 ms": "1 mV，200 ms",
    "unchanged": "未变",
    "before": "调换前",
    "after": "调换后",
    "P waves": "P 波",
    "QRS complexes": "QRS 波群",
    "T waves": "T 波",
    "{name}, ectopic": "{name}，异位",
    "ectopic": "异位",
    "P begins": "P 波起点",
    "P ends": "P 波终点",
    "QRS begins": "QRS 起点",
    "QRS ends": "QRS 终点",
    "T begins": "T 波起点",
    "T ends": "T 波终点",
    "median of {n} beats, from 0.5 Hz": "{n} 次心搏的中位波形，0.5 Hz 以上",
    "median of {n} beat, from 0.5 Hz": "{n} 次心搏的中位波形，0.5 Hz 以上",
    "lines: P, QRS and T begin and end on all leads together": (
        "竖线：全部导联共同的 P、QRS、T 起止点"
    ),
    "threshold": "阈值",
    "gained": "新增",
    "lost": "消失",
    "largest change": "最大变化",
    "epoch": "轮次",
    "training": "训练",
    "validation": "验证",
    "{low} Hz up, {fs} Hz sampling carries no {high} Hz": (
        "{low} Hz 以上（{fs} Hz 采样不含 {high} Hz）"
    ),
    "{low}-{high} Hz, mains {hz} Hz": "{low}-{high} Hz，{hz} Hz 工频陷波",
    "{low}-{high} Hz, mains {hz} Hz beyond the sampling rate": (
        "{low}-{high} Hz，工频 {hz} Hz 超出采样率"
    ),
    "{low} Hz up, {fs} Hz sampling carries no {high} Hz, mains {hz} Hz": (
        "{low} Hz 以上（{fs} Hz 采样不含 {high} Hz），{hz} Hz 工频陷波"
    ),
    "{low} Hz up, {fs} Hz sampling carries no {high} Hz, mains {hz} Hz beyond the sampling rate": (
        "{low} Hz 以上（{fs} Hz 采样不含 {high} Hz），工频 {hz} Hz 超出采样率"
    ),
    "no band filter, mains {hz} Hz": "无带通滤波，{hz} Hz 工频陷波",
    "no band filter, mains {hz} Hz beyond the sampling rate": "无带通滤波，工频 {hz} Hz 超出采样率",
    "reported from": "报告阈值",
    "records at": "份记录，概率",
    "have it": "确有此项",
    "of records": "的记录",
    "ms from the QRS": "ms（距 QRS 起点）",
}
