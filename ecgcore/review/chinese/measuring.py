"""Measuring, preparing a recording for the networks, and what they say of it."""

from __future__ import annotations

SENTENCES = {
    "Not measured.": "未测量。",
    "No lead was recorded for {s} s.": "没有一个导联记录满 {s} 秒。",
    "No QRS complexes: nothing stands out of the leads.": "未检出 QRS 波群。",
    "No QRS complexes: of {n} deflections at most {alike} look alike.": (
        "未检出 QRS 波群：{n} 个波形中至多 {alike} 个相似。"
    ),
    "No QRS complexes: what looks like them lasts {ms} ms, less than {limit} ms.": (
        "未检出 QRS 波群：类似波形仅持续 {ms} ms，短于 {limit} ms。"
    ),
    "Measured are the first {part} s of {s} s.": "仅测量 {s} 秒中的前 {part} 秒。",
    "Sampled at {fs} Hz; intervals and heights take {needed} Hz.": (
        "采样率 {fs} Hz；测量间期与振幅需 {needed} Hz。"
    ),
    "A rate takes two beats without a gap between them.": "须有两次相连的心搏才能计算心率。",
    "Takes {leads}, which were not all recorded.": "需要 {leads}，未全部记录。",
    "all limb leads": "全部肢体导联",
    "all chest leads": "全部胸导联",
    "Another wave, as a rule the next P wave, hides the end of the T wave.": (
        "另一个波（通常为下一 P 波）掩盖了 T 波终点。"
    ),
    "Another wave begins before the T wave ends: QT is estimated from its descent.": (
        "T 波未结束时另一个波已开始：QT 由 T 波降支估算。"
    ),
    "No two neighbouring beats are both free of ectopy.": "没有两个相邻的非异位心搏。",
    "No QRS lies wholly within the recording.": "记录中没有完整的 QRS 波群。",
    "The recording begins within the P wave.": "记录始于 P 波之中。",
    "No T wave to be seen before the next beat or the end of the recording.": (
        "在下一心搏或记录结束之前未见 T 波。"
    ),
    "The {wave} wave points nowhere in leads I and II, or they were not recorded.": (
        "{wave} 波在 I、II 导联中无明确方向，或该两导联未记录。"
    ),
    "P waves are looked for before the usual beats only.": "仅在主导心搏之前寻找 P 波。",
    "Only one beat of the usual shape: a P wave cannot be told from chance.": (
        "主导形态仅一次心搏，无法确认 P 波。"
    ),
    "No P waves: nothing moves between the T wave and the QRS.": "无 P 波：T 波与 QRS 之间无波动。",
    "No P waves: flutter waves follow each other at {rate} per minute.": (
        "无 P 波：可见扑动波，每分钟 {rate} 次。"
    ),
    "No P waves to be seen: each QRS follows the T wave before it at once.": (
        "未见 P 波：QRS 紧随前一 T 波。"
    ),
    "No P waves: what precedes the QRS lasts {ms} ms only.": (
        "无 P 波：QRS 之前的波仅持续 {ms} ms。"
    ),
    "No P waves: what precedes the QRS is at most {mv} mV high.": (
        "无 P 波：QRS 之前的波最高仅 {mv} mV。"
    ),
    "No P waves that belong to a QRS: none ends within {ms} ms before it.": (
        "无与 QRS 相关的 P 波：其前 {ms} ms 内无 P 波结束。"
    ),
    "No consistent P waves: before what could be one the leads move at {share} of its speed, "
    "more than {limit}.": ("无恒定 P 波：可疑 P 波之前的基线活动为其 {share}，超过 {limit}。"),
    "No consistent P waves: what precedes the QRS correlates by {r} from beat to beat, less "
    "than {limit}.": ("无恒定 P 波：QRS 之前的波形逐搏相关仅 {r}，低于 {limit}。"),
    "The model reads the first {part} s of {s} s.": "模型只读取 {s} 秒中的前 {part} 秒。",
    "The recording lasts {s} s; the model's input of {input} s was padded with zeros.": (
        "记录长 {s} 秒；模型输入为 {input} 秒，不足部分补零。"
    ),
    "Left out, because not recorded long enough: {leads}.": "因记录时间不足而未使用：{leads}。",
    "No lead holds {needed} s without a gap (the recording lasts {s} s), so no model can read "
    "it.": ("没有一个导联有 {needed} 秒的连续信号（记录长 {s} 秒），模型无法判读。"),
    "None of the leads that can be used is long enough to be read.": (
        "可用导联的记录均过短，模型无法判读。"
    ),
    "No model was asked to read this recording.": "未要求模型判读此记录。",
    "The {name} is {value}, expected one of {allowed}.": (
        "{name}为 {value}，应为以下之一：{allowed}。"
    ),
    "filter": "滤波",
    "mains frequency": "工频",
    "layout": "导联布局",
    "speed": "走纸速度",
    "gain": "增益",
    "order of leads": "导联顺序",
    "rhythm lead": "节律导联",
    "The layout {layout} has {n} rhythm strips; {named} leads are named for them.": (
        "布局 {layout} 有 {n} 条节律导联，却指定了 {named} 个。"
    ),
}
