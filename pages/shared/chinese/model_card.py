"""The model card."""

from __future__ import annotations

WORDS = {
    "Model card: {title}": "模型卡：{title}",
    "Not for diagnosis. The figures below hold for the named test records and nothing else. A "
    "finding that is not in the table cannot be reported, and silence is not a normal ECG.": (
        "不可用于诊断。以下数值仅适用于所述测试记录。表中未列的所见无法报告；未报告任何所见并不等"
        "于心电图正常。"
    ),
    " Too rare in the test records to judge: {findings}.": (
        "在测试记录中过少而无法评价：{findings}。"
    ),
    "This model has not been measured on test records.": "该模型尚未在测试记录上评测。",
    "{n:,} patients": "{n:,} 名患者",
    "Test records": "测试记录",
    "Parameters": "参数",
    "How well each finding is told apart": "各项所见的鉴别能力",
    "No model here was measured on test records.": "此处没有模型在测试记录上评测过。",
    "Area under the ROC curve on test records, with 95 % bootstrap intervals. An interval of "
    "one point means that every draw was separated perfectly, not that the next patient will.": (
        "测试记录的 ROC 曲线下面积及 95 % 自助法区间。区间为一点表示每次抽样均完全区分，并不代表"
        "下一位患者也能区分。"
    ),
    "Area under the curve per finding and model": "各模型各项所见的曲线下面积",
    "On recordings from elsewhere": "外部来源的记录",
    "No model here was measured on recordings from elsewhere.": (
        "此处没有模型在外部来源的记录上评测过。"
    ),
    "Area under the ROC curve with 95 % interval, and the number of records that have the "
    "finding. No record of these sets was used in training or to choose anything.": (
        "ROC 曲线下面积及 95 % 区间，以及具有该所见的记录数。这些数据集的记录均未用于训练或任何选"
        "择。"
    ),
    "How far a probability can be believed": "概率的可信程度",
    "The calibration of {title} was not measured.": "{title} 的校准未测定。",
    "Of the records given a certain probability, how many have the finding. On the dotted line "
    "the two agree. Mean calibration error {before:.3f} before and {after} after calibration "
    "on validation records; {chance:.3f} is what chance alone would show here.": (
        "给出某一概率的记录中，实际有该所见者的比例；虚线上两者相等。在验证记录上校准前的平均校准"
        "误差为 {before:.3f}，校准后为 {after}；仅由偶然所致为 {chance:.3f}。"
    ),
    "Reliability of all findings together": "全部所见合并的可靠性",
    "Each finding alone": "逐项所见",
    "Reliability of each finding": "各项所见的可靠性",
    "What swapped electrodes do": "电极接错的影响",
    "Every test record with its electrodes swapped, against the same record as it is. Changed: "
    "the share of records that gain or lose a rhythm, conduction or ectopy finding, and in "
    "brackets any finding, superclasses included.": (
        "将每份测试记录的电极接错后与原记录比较。改变：心律、传导或异位所见有增减的记录比例；括号"
        "内为任一所见（含大类）。"
    ),
    "No model here was measured with swapped electrodes.": "此处没有模型在电极接错情况下评测过。",
    "Records with a changed finding": "所见改变的记录",
    "Chest electrodes exchanged": "胸电极互换",
    "Limb and chest cables of one colour exchanged": "同色肢体与胸导联线互换",
    "One lead missing": "缺失一个导联",
    "What missing leads do": "导联缺失的影响",
    "No model here was measured with fewer leads.": "此处没有模型在导联减少的情况下评测过。",
    "Macro-AUC on test records when only some leads are shown, with 95 % intervals.": (
        "仅提供部分导联时测试记录的宏平均 AUC 及 95 % 区间。"
    ),
    "Macro-AUC with fewer leads": "导联减少时的宏平均 AUC",
    "{title}: not measured.": "{title}：未测定。",
    "Records with a changed finding: {title}": "所见改变的记录：{title}",
    "How it was made": "制作过程",
    "Preprocessing": "预处理",
    "SHA-256 of the weights: {sha256}": "权重的 SHA-256：{sha256}",
}
