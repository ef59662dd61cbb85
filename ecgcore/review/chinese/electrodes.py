"""Exchanged electrodes: rows of the table, what they do to leads and findings, undoing them."""

from __future__ import annotations

SENTENCES = {
    "The sites {sites} are not the ten electrodes, each once.": (
        "部位 {sites} 不是各出现一次的十个电极。"
    ),
    '"{name}" is not a swap. Use one of {rows}, or X/Y with two of {electrodes}.': (
        "“{name}”不是一种电极接错。请用 {rows} 之一，或用 {electrodes} 中的两个写成 X/Y。"
    ),
    'The published table has no row "{name}". Its rows: {rows}.': (
        "已发表的表格中没有“{name}”一行。其各行为：{rows}。"
    ),
    '"{table}" is not a table. Use one of {tables}.': "“{table}”不是表格。请用以下之一：{tables}。",
    "Restored exactly: {leads}.": "精确还原：{leads}。",
    "Restored under the assumption that both legs have the same potential: {leads}.": (
        "在假定双腿电位相等的前提下还原：{leads}。"
    ),
    "Cannot be recovered, because no recorded lead holds the potential that it needs: {leads}.": (
        "无法还原（所需电位未被任何导联记录）：{leads}。"
    ),
    "Every cell is exact; the published row agrees.": "各单元均精确；已发表的一行与之相符。",
    "Exact: {leads}.": "精确：{leads}。",
    "The other leads take the right leg's potential to equal the left leg's.": (
        "其余导联假定右腿电位等于左腿电位。"
    ),
    "Wrong as published: {leads}.": "发表有误：{leads}。",
    "The published row agrees.": "已发表的一行与之相符。",
    "The published table omits that V1-V6 change.": "已发表的表格未提及 V1-V6 亦改变。",
    "clockwise": "顺时针",
    "counterclockwise": "逆时针",
    "V1-V6 reversed": "V1-V6 倒序",
    "left arm and right arm cables exchanged": "左臂与右臂导联线互换",
    "left arm and left leg cables exchanged": "左臂与左腿导联线互换",
    "right arm and left leg cables exchanged": "右臂与左腿导联线互换",
    "right arm cable on the left arm, left arm on the left leg, left leg on the right arm": (
        "右臂线接左臂，左臂线接左腿，左腿线接右臂"
    ),
    "right arm cable on the left leg, left leg on the left arm, left arm on the right arm": (
        "右臂线接左腿，左腿线接左臂，左臂线接右臂"
    ),
    "right arm cable and the neutral right leg cable exchanged": "右臂与右腿（接地）导联线互换",
    "left arm cable and the neutral right leg cable exchanged": "左臂与右腿（接地）导联线互换",
    "both leg cables exchanged": "双腿导联线互换",
    "both arm cables on the legs, both leg cables on the arms": "双臂导联线与双腿导联线互换",
    "not computable": "无法计算",
    "approximate": "近似",
    "exact": "精确",
    "agrees": "相符",
    "wrong": "有误",
    "no finding changed; largest probability change {size} ({code}).": (
        "所见未改变；最大概率变化 {size}（{code}）。"
    ),
    "{n} finding changed: {changes}; largest probability change {size} ({code}).": (
        "{n} 项所见改变：{changes}；最大概率变化 {size}（{code}）。"
    ),
    "{n} findings changed: {changes}; largest probability change {size} ({code}).": (
        "{n} 项所见改变：{changes}；最大概率变化 {size}（{code}）。"
    ),
    "gained {gained}; lost {lost}": "新增 {gained}；消失 {lost}",
    "gained {gained}": "新增 {gained}",
    "lost {lost}": "消失 {lost}",
    "below {limit}": "小于 {limit}",
    "{name} undone": "{name} 已纠正",
    "{name} swapped": "{name} 已调换",
    "Electrodes moved: {steps}.": "电极已调换：{steps}。",
}
