"""The built-in recordings and what to look for in them."""

from __future__ import annotations

SENTENCES = {
    "Real ECG, 10 s at 1 kHz (DICOM)": "真实心电图，10 秒，1 kHz（DICOM）",
    "A real recording that ships with the DICOM library, here to try everything on.": (
        "DICOM 软件库自带的真实记录，可用来试用各项功能。"
    ),
    "Simulated: {name}": "模拟：{name}",
    'There is no example "{title}". Examples: {titles}.': "没有示例“{title}”。示例有：{titles}。",
    "The installed pydicom does not hold its test file {name}.": (
        "所安装的 pydicom 中没有测试文件 {name}。"
    ),
    "The example cannot be read: {error}": "示例无法读取：{error}",
    "Normal sinus rhythm": "正常窦性心律",
    "A P wave before every narrow QRS, with R waves that grow from V1 to V4-V5.": (
        "每个窄 QRS 之前均有 P 波，R 波自 V1 至 V4-V5 逐渐增高。"
    ),
    "Sinus P waves at 128 per minute, close behind the T wave before them.": (
        "窦性 P 波，128 次/分，紧随前一 T 波。"
    ),
    "Sinus P waves at 44 per minute, every one conducted.": "窦性 P 波，44 次/分，均下传。",
    "Irregularly irregular narrow QRS without P waves; fibrillatory waves best seen in V1.": (
        "窄 QRS，节律绝对不齐，无 P 波；颤动波以 V1 最清楚。"
    ),
    "Atrial flutter, 4:1": "心房扑动，4:1",
    "Saw teeth at 300 per minute, negative in II, III and aVF and upright in V1, one in four "
    "conducted.": ("锯齿波，300 次/分，II、III、aVF 负向，V1 正向，4:1 下传。"),
    "Every P wave is conducted, with a constant PR interval of 280 ms.": (
        "P 波均下传，PR 间期恒定为 280 ms。"
    ),
    "QRS of 150 ms, broad notched R in I, aVL, V5 and V6 without q, deep S in V1, T opposite.": (
        "QRS 150 ms，I、aVL、V5、V6 呈宽而有切迹的 R 波、无 q 波，V1 深 S 波，T 波与 QRS 反向。"
    ),
    "Right bundle branch block": "右束支传导阻滞",
    "QRS of 140 ms, rSR' in V1 with an inverted T wave, wide S in I and V6.": (
        "QRS 140 ms，V1 呈 rSR' 伴 T 波倒置，I、V6 宽 S 波。"
    ),
    "Premature ventricular complexes": "室性早搏",
    "Early wide QRS without a P wave before it, T opposite, then a fully compensatory pause.": (
        "提前出现的宽 QRS，其前无 P 波，T 波反向，代偿间歇完全。"
    ),
    "Premature atrial complexes": "房性早搏",
    "Early narrow QRS after a P wave of another shape, then a pause that is not compensatory.": (
        "提前出现的窄 QRS，其前 P 波形态不同，代偿间歇不完全。"
    ),
    "Inferior ST elevation": "下壁 ST 段抬高",
    "ST elevated in III more than in II, and in aVF; depressed in I and aVL.": (
        "III、II、aVF 导联 ST 段抬高，III 高于 II；I、aVL 压低。"
    ),
    "Anterior ST elevation": "前壁 ST 段抬高",
    "ST elevated in V1 to V5, most in V2 and V3.": "V1 至 V5 导联 ST 段抬高，以 V2、V3 为著。",
    "Ventricular pacing": "心室起搏",
    "A spike before every wide QRS, which points up and left: negative in II, III and aVF.": (
        "每个宽 QRS 之前有起搏信号，QRS 向量指向左上：II、III、aVF 负向。"
    ),
}
