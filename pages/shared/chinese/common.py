"""Navigation, sidebar, paper and what stands on every page."""

from __future__ import annotations

WORDS = {
    "Review": "阅图",
    "Compare": "比较",
    "Swap lab": "接错实验",
    "Training": "训练",
    "Model card": "模型卡",
    "Recording": "记录",
    "none open": "未打开",
    "The folder weights/ holds no model.": "文件夹 weights/ 中没有模型。",
    "Model": "模型",
    "Not for diagnosis": "不可用于诊断",
    "{n} leads": "{n} 个导联",
    "{age:g} years": "{age:g} 岁",
    "female": "女",
    "male": "男",
    "Not for diagnosis. Leadproof is a research and teaching tool; a physician reads the ECG.": (
        "不可用于诊断。Leadproof 是研究与教学工具；心电图须由医师判读。"
    ),
    "First second of the {s:g} s that are shown and read": "显示与判读的 {s:g} 秒的起始时间",
    ", from {time} on": "，自 {time} 起",
    "The whole recording of {time} with the open part marked": (
        "全程 {time} 的记录，标出已打开的部分"
    ),
    "Part of the recording ({minutes:.0f} minutes of {time})": (
        "记录的一段（全程 {time} 中的 {minutes:.0f} 分钟）"
    ),
    "This part cannot be opened.": "无法打开该段。",
    "Layout": "导联布局",
    "Speed, mm/s": "走纸速度，mm/s",
    "Gain, mm/mV": "增益，mm/mV",
    "Filter": "滤波",
    "off": "关",
    "More": "更多",
    "Mains filter": "工频滤波",
    "Order of leads": "导联顺序",
    "Filters are for looking: models and measurements read what was recorded.": (
        "滤波仅影响显示：模型与测量均读取原始记录。"
    ),
    "Rhythm strip {n}": "节律导联 {n}",
    "Nothing reaches its threshold.": "各项均未达到阈值。",
    "Reported: **{findings}**": "报告：**{findings}**",
    "Loading the model …": "正在载入模型……",
    "Looking into the folder …": "正在查看文件夹……",
    "Writing …": "正在写入……",
    "Swapping all nine ways …": "正在逐一调换九种接错……",
    "Standard": "标准",
}
