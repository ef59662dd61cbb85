"""The quality gate: what is wrong with a recording."""

from __future__ import annotations

SENTENCES = {
    "No lead holds {needed} s without a gap; the recording lasts {s} s.": (
        "没有一个导联有 {needed} 秒的连续信号；记录长 {s} 秒。"
    ),
    "The recording lasts {s} s; below {limit} s the rhythm can hardly be told.": (
        "记录长 {s} 秒；不足 {limit} 秒时难以判断心律。"
    ),
    "Every lead is flat. Whether the cables were off or the heart stood still, the tracing "
    "does not say.": ("全部导联平直。仅凭曲线无法区分导联线脱落与心脏停搏。"),
    "Every lead is flat at once for {s} of {whole} s: a pause, or a cable that came off.": (
        "全部导联同时平直 {s} 秒（共 {whole} 秒）：停搏，或导联线脱落。"
    ),
    "The leads show no beats in common (median agreement {r}, limit {limit}): noise alone, or "
    "a heart that fibrillates.": (
        "各导联没有共同的心搏（一致性中位数 {r}，限值 {limit}）：仅为噪声，或为心室颤动。"
    ),
    "The beats span a median of {measured} ({usual}): {cause}.": (
        "心搏幅度的中位数：{measured}（{usual}）：{cause}。"
    ),
    "the limb leads {limb} mV and the chest leads {chest} mV": (
        "肢体导联 {limb} mV、胸导联 {chest} mV"
    ),
    "the limb leads {limb} mV": "肢体导联 {limb} mV",
    "the chest leads {chest} mV": "胸导联 {chest} mV",
    "usual are 0.5 to 1.5 mV in limb and 0.9 to 2.5 mV in chest leads": (
        "通常肢体导联为 0.5 至 1.5 mV，胸导联为 0.9 至 2.5 mV"
    ),
    "low voltage, or a wrong gain": "低电压，或增益有误",
    "the gain or the unit is wrong": "增益或单位有误",
    "Of {n} recorded leads {kept} can be used; fewer than a quarter is too little.": (
        "已记录的 {n} 个导联中仅 {kept} 个可用，不足四分之一，数量过少。"
    ),
    "{n} of {recorded} recorded leads are cut off at the end of the recorder's range: "
    "artefact, or a gain that is far too high.": (
        "已记录的 {recorded} 个导联中有 {n} 个在量程极限处削顶：伪差，或增益过高。"
    ),
    "A reader {verb} the leads that are left (probability of acceptance {p}, limit {limit}): "
    "{reason}.": ("判读者{verb}其余导联（可接受概率 {p}，限值 {limit}）：{reason}。"),
    "would probably not accept": "很可能不接受",
    "might not accept": "可能不接受",
    "{reason}, most in {lead}": "{reason}，以 {lead} 最明显",
    "stands still": "无波动",
    "low beats": "心搏低电压",
    "a single large deflection": "单个大幅波动",
    "baseline wander": "基线漂移",
    "noise": "噪声",
    "noise, for the height of the beats": "噪声相对心搏幅度过大",
    "mains hum": "工频干扰",
    "moves when other leads do not": "在其他导联静止时波动",
    "cannot be told from the other leads": "无法由其他导联推知",
    "no sharp QRS complexes": "无清晰的 QRS 波群",
    "The chest leads are measured against the mean of the limb electrodes, one of which is "
    "{reason}; those that look sound are kept.": (
        "胸导联以肢体电极的均值为参考，其中之一为{reason}；外观正常者予以保留。"
    ),
    "the {name} electrode ({short}), which {one} and {two} show to be off": (
        "{name}电极（{short}），{one} 与 {two} 提示其已脱落"
    ),
    "right arm": "右臂",
    "left arm": "左臂",
    "left leg": "左腿",
    "{said}; one flat limb lead beside others that beat is what an exchanged right-leg cable "
    "({swap}) gives, not asystole.": (
        "{said}；仅一个肢体导联平直而其余有心搏，是右腿导联线接错（{swap}）的表现，并非心脏停搏。"
    ),
    "RA/RL with LA/LL": "RA/RL 合并 LA/LL",
    "not recorded": "未记录",
    "left out": "未采用",
}

# What is said of a lead, or of several; the verb of the sentence.
PREDICATES = {
    "has no {s} s without a gap and is left out": "没有 {s} 秒的连续信号，不予采用",
    "was not recorded": "未记录",
    "is flat for {s} of {whole} s and is left out": "平直 {s} 秒（共 {whole} 秒），不予采用",
    "is flat for {s} of {whole} s": "平直 {s} 秒（共 {whole} 秒）",
    "is almost flat ({mv} mV) and is left out": "近乎平直（{mv} mV），不予采用",
    "stands at the end of the recorder's range ({level} mV) for {s} of {whole} s and is left out": (
        "停在量程极限（{level} mV）达 {s} 秒（共 {whole} 秒），不予采用"
    ),
    "stands at the end of the recorder's range ({level} mV) for {s} of {whole} s": (
        "停在量程极限（{level} mV）达 {s} 秒（共 {whole} 秒）"
    ),
    "is cut off at {mv} mV in several places": "多处在 {mv} mV 处削顶",
    "carries noise of {uv} uV above 40 Hz, in which its beats drown, and is left out": (
        "40 Hz 以上噪声达 {uv} uV，淹没心搏，不予采用"
    ),
    "carries noise of {uv} uV above 40 Hz (limit {limit} uV, or a tenth of the beats)": (
        "40 Hz 以上噪声达 {uv} uV（限值 {limit} uV，或心搏幅度的十分之一）"
    ),
    "carries mains hum of {uv} uV (limit {limit} uV)": "工频干扰达 {uv} uV（限值 {limit} uV）",
    "has a baseline that wanders by {mv} mV (limit {limit} mV)": (
        "基线漂移 {mv} mV（限值 {limit} mV）"
    ),
    "does not show the beats of the other leads (agreement {r}, limit {limit}) and is left out": (
        "与其他导联的心搏不一致（一致性 {r}，限值 {limit}），不予采用"
    ),
    "jumps by {mv} mV between {begin} and {end} s, far more than the other leads": (
        "在第 {begin} 至 {end} 秒之间突变 {mv} mV，远大于其他导联"
    ),
    "needs {reason}, and is left out": "依赖{reason}，不予采用",
    "holds the same as {lead}; one of them is a copy": "与 {lead} 内容相同，其中之一为复制",
    "is the mirror image of V6 (correlation {r}), as with exchanged arm electrodes or a heart "
    "on the right": ("与 V6 呈镜像（相关系数 {r}），见于左右臂电极接错或右位心"),
    "and {lead} look exchanged: the other way round neighbouring chest leads differ {times} "
    "times less": ("与 {lead} 疑似接反：对调后相邻胸导联的差异缩小为 1/{times}"),
}
