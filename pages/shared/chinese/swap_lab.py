"""The Swap lab."""

from __future__ import annotations

WORDS = {
    "Swap lab: {name}": "接错实验：{name}",
    "Open a recording on the Review page first.": "请先在“阅图”页打开一份记录。",
    "12-lead ECG before and after {swap}": "{swap} 调换前后的十二导联心电图",
    "Grey: before. Teal: after. Yellow names: leads that the swap changed.": (
        "灰色：调换前。青色：调换后。黄底导联名：因调换而改变的导联。"
    ),
    "Swap": "调换方式",
    "Row of the table": "表格所列",
    "Any two electrodes": "任意两个电极",
    "Misplacement": "电极接错",
    "Version": "表格版本",
    "Electrode potentials": "按电极电位",
    "As published": "按原发表",
    "{row}: {wiring}": "{row}：{wiring}",
    "This cable": "此导联线",
    "and this one": "与此导联线",
    "Ours": "本模型",
    "Baseline": "对照模型",
    "ours": "本模型",
    "baseline": "对照模型",
    "**{who}:** {change}": "**{who}：** {change}",
    "What {swap} does to each lead": "{swap} 对各导联的影响",
    "becomes": "变为",
    "certainty": "确定性",
    "as published": "原发表",
    "published cell": "原表单元",
    "Attention per lead": "各导联注意力",
    "Ours, before in grey, after in the colours of the paper. The baseline has none.": (
        "本模型：调换前为灰色，调换后为图纸所用颜色。对照模型没有注意力。"
    ),
    "Attention before and after": "调换前后的注意力",
    "Findings before and after": "调换前后的所见",
    "Ring: before. Dot: after. Bar: threshold. Highlighted: the finding changed.": (
        "圆圈：调换前。圆点：调换后。竖线：阈值。底色标出：所见改变。"
    ),
    "There is no baseline of this kind in weights/.": "weights/ 中没有同类的对照模型。",
    "**{who}:** {title}": "**{who}：** {title}",
    "All nine misplacements on this recording": "此记录的全部九种电极接错",
    "**{who}**: findings change after {changed} of {n} misplacements.": (
        "**{who}**：{n} 种接错中有 {changed} 种使所见改变。"
    ),
    "Largest probability change per row": "各种接错的最大概率变化",
    "Height: largest change of any probability. n✱: number of findings that changed.": (
        "高度：任一概率的最大变化。n✱：改变的所见项数。"
    ),
    "misplacement": "电极接错",
    "{who}: largest change": "{who}：最大变化",
    "{who}: changed findings": "{who}：改变的所见",
    "none": "无",
    "Put the electrodes back": "还原电极",
    "If this recording was made with {swap}: {said}": "若此记录以 {swap} 接错方式采集：{said}",
    "Undo: treat this recording as swapped and put the electrodes back": (
        "纠正：视此记录为接错，并还原电极"
    ),
    "Keep the swapped tracing as the active recording": "将调换后的曲线作为当前记录",
    "Every page now shows the swapped tracing.": "各页面现均显示调换后的曲线。",
    "Back to the original": "恢复原始记录",
    "{done}. {statement}": "{done}。{statement}",
}
