"""The model card: texts, figures, tables and charts."""

from __future__ import annotations

SENTENCES = {
    "A lead-attention network: the same weights read every lead, then the leads are weighed "
    "and added, so it does not know which lead stands where (described in CN110801218A).": (
        "导联注意力网络：以同一组权重读取每个导联，再对各导联加权求和，因此不知道导联的位置（见 "
        "CN110801218A）。"
    ),
    "An ordinary residual network over the twelve leads in fixed order, kept as the control: "
    "it relies on every electrode being where it belongs.": (
        "以固定顺序读取十二导联的普通残差网络，作为对照：它依赖每个电极位置正确。"
    ),
    "It reads each lead both ways up: exchanging the two arms and the left leg, or chest "
    "electrodes, in any order has exactly no effect on what it says.": (
        "它对每个导联正反两向均作读取：双臂与左腿电极之间、胸电极之间以任何次序互换，对其结果均无"
        "任何影响。"
    ),
    "An ordinary residual network over the twelve leads in fixed order that was shown swapped "
    "electrodes in training: the second control, which has learned them instead.": (
        "以固定顺序读取十二导联的普通残差网络，训练中加入电极接错的样本：第二个对照，靠学习来应对"
        "接错。"
    ),
    "It gives one probability per finding; several findings can be reported.": (
        "对每项所见给出一个概率，可同时报告多项。"
    ),
    "It picks exactly one of its classes.": "只从各类别中选取一类。",
    "Its description does not say what it was trained on.": "其说明未注明训练数据。",
    "Trained on {sources}.": "训练数据：{sources}。",
    "Split: {split}.": "划分：{split}。",
    "PTB-XL 1.0.3, band-passed subset (CC BY 4.0)": "PTB-XL 1.0.3 带通滤波子集（CC BY 4.0）",
    "PTB-XL 1.0.3, unfiltered records (CC BY 4.0)": "PTB-XL 1.0.3 未滤波记录（CC BY 4.0）",
    "PhysioNet/CinC Challenge 2011, without labels (ODC-By 1.0)": (
        "PhysioNet/CinC Challenge 2011，无标注（ODC-By 1.0）"
    ),
    "simulated recordings": "模拟记录",
    "PhysioNet/CinC Challenge 2021 without PTB-XL (CC BY 4.0)": (
        "PhysioNet/CinC Challenge 2021，不含 PTB-XL（CC BY 4.0）"
    ),
    "Ours": "本模型",
    "Baseline": "对照模型",
    "Baseline with swaps": "对照模型（含接错训练）",
    "all findings": "全部所见",
    "nine rhythm and conduction labels": "九项心律与传导标签",
    "rhythm, conduction and ectopy": "心律、传导与异位搏动",
    "five superclasses": "五个大类",
    "not enough positives": "阳性例数不足",
    "not measured": "未测定",
    "no interval": "无区间",
    "{value:g} ({low:g} to {high:g})": "{value}（{low} 至 {high}）",
    "{value:g} ({low:g} to {high:g}), n = {n:g}": "{value}（{low} 至 {high}），n = {n}",
    "{low:g} to {high:g}": "{low} 至 {high}",
    "AUC, nine findings": "AUC，九项所见",
    "AUC, superclasses": "AUC，大类",
    "AUC, all findings": "AUC，全部所见",
    "Mean over all findings.": "全部所见的均值。",
    "Mean area under the ROC curve over {group}: {codes}.": (
        "{group}的 ROC 曲线下面积均值：{codes}。"
    ),
    "Aimed at: {aim} or more.": "目标：不低于 {aim}。",
    "Calibration error": "校准误差",
    "{value} by chance alone": "仅由偶然所致为 {value}",
    "Mean gap between probability and what came true, ten bins, all findings. Beside it: what "
    "probabilities that are exactly right would show on as few records. Aimed at: 0.03.": (
        "概率与实际发生率的平均差距（十个区间，全部所见）。旁注：概率完全正确时，在同样少的记录上"
        "会显示的值。目标：0.03。"
    ),
    "Changed by the worst swap": "最坏接错所致改变",
    "Share of test records of which a rhythm, conduction or ectopy finding changes under "
    "{row}, the row of the nine that changes most. Aimed at: 3 % or less.": (
        "在 {row}（九种接错中影响最大者）下，心律、传导或异位所见发生改变的测试记录比例。目标：不"
        "超过 3 %。"
    ),
    "Finding": "所见",
    "Positives": "阳性例数",
    "Annotated": "已标注",
    "AUC (95 % interval)": "AUC（95 % 区间）",
    "Sensitivity": "灵敏度",
    "Specificity": "特异度",
    "Average precision": "平均精确率",
    "Misplacement": "电极接错",
    "Exchange": "互换",
    "Missing lead": "缺失导联",
    "Leads shown": "所用导联",
    "{side}: AUC (change)": "{side}：AUC（变化）",
    "{side}: changed (any)": "{side}：改变（任一）",
    "{set} – {side}": "{set} – {side}",
    "value": "值",
    "{name}: {value}, {n} positives": "{name}：{value}，阳性 {n} 例",
    "area under the ROC curve, test records": "ROC 曲线下面积（测试记录）",
    "records with a changed finding": "所见改变的记录",
    "macro-AUC, test records": "宏平均 AUC（测试记录）",
    "all twelve": "全部十二导联",
    "six limb leads": "六个肢体导联",
    "before calibration": "校准前",
    "after calibration": "校准后",
    "Lead attention, all findings": "导联注意力，全部所见",
    "Lead attention, four rhythm classes": "导联注意力，四类心律",
    "Order-dependent network, all findings": "顺序依赖网络，全部所见",
    "Order-dependent network, four rhythm classes": "顺序依赖网络，四类心律",
    "Order-dependent network trained with swaps, all findings": (
        "含接错训练的顺序依赖网络，全部所见"
    ),
    "Simulated recordings, small network": "模拟记录，小型网络",
    "Order-dependent, all findings": "顺序依赖，全部所见",
    "Order-dependent, four rhythm classes": "顺序依赖，四类心律",
    "{name}: {value:g} ({low:g} to {high:g})": "{name}：{value}（{low} 至 {high}）",
}
