"""Why a model reports a finding."""

from __future__ import annotations

WORDS = {
    "Why this finding?": "为何得出此项所见？",
    "Draws under each lead which moments spoke for and against one finding, and shows how the "
    "findings change without each of the leads.": (
        "在每个导联下方标出支持和反对某一项所见的时刻，并显示逐一去掉各导联后所见如何变化。"
    ),
    "Finding": "所见",
    "Following the finding back to the tracing …": "正在由所见回溯至波形……",
    "No bands are drawn: after {steps} steps they add up to {total} instead of the {change} by "
    "which the tracing moves the log-odds of {finding}. That is off by more than {limit}.": (
        "未绘制色带：经 {steps} 步计算，其总和为 {total}，而本图使“{finding}”的对数优势改变 "
        "{change}，误差超过 {limit}。"
    ),
    "The bands add up to {total} of the {change} by which this tracing moves the log-odds of "
    "{finding}, from {flat} for flat leads to {whole}; {error} is left over.": (
        "色带总和为 {total}；本图使“{finding}”的对数优势改变 {change}（由平直导联时的 {flat} 变为"
        " {whole}），余差 {error}。"
    ),
    "Teal moments made this network more certain of the finding, orange ones less (integrated "
    "gradients). They explain the network, not the heart: a moment without colour may still "
    "matter to a reader.": (
        "青色时刻使本网络更倾向于该项所见，橙色时刻则相反（积分梯度法）。色带解释的是网络，而非心"
        "脏：没有颜色的时刻对阅图者仍可能重要。"
    ),
    "Without one lead": "去掉一个导联",
    "Change of each finding without each lead": "去掉各导联后每项所见的变化",
    "Percentage points by which a probability changes when one lead is left out. ✱ The finding "
    "is gained or lost.": ("去掉一个导联后概率变化的百分点。✱ 表示该项所见新增或消失。"),
}
