"""The Compare page."""

from __future__ import annotations

WORDS = {
    "; ": "；",
    "Compare two recordings": "比较两份心电图",
    "Earlier recording": "较早的记录",
    "Later recording": "较晚的记录",
    "Exchange": "对调",
    "Choose a recording …": "请选择记录……",
    "Choose the earlier recording above, among those you opened and the built-in examples. "
    "Further recordings are opened on the Review page.": (
        "请在上方选择较早的记录，可选已打开的记录与内置示例。其他记录请在“阅图”页打开。"
    ),
    "Show an example: sinus rhythm, then left bundle branch block": (
        "查看示例：先为窦性心律，后为左束支传导阻滞"
    ),
    "Before and after moving electrodes": "电极调整前后",
    "Compare the beats before and after": "比较调换前后的心搏",
    "Earlier": "较早",
    "Later": "较晚",
    "{side}: first second of the {seconds} s that are compared": (
        "{side}：所比较 {seconds} 秒的起始时刻"
    ),
    "Nothing changed beyond measurement error.": "未见超出测量误差的变化。",
    "{name} {earlier} → {later}{unit} ({change})": "{name} {earlier} → {later}{unit}（{change}）",
    "{finding} new ({earlier} → {later})": "新出现{finding}（{earlier} → {later}）",
    "{finding} no longer reported ({earlier} → {later})": (
        "不再报告{finding}（{earlier} → {later}）"
    ),
    "T newly inverted in {leads}": "{leads} 导联 T 波新发倒置",
    "T upright again in {leads}": "{leads} 导联 T 波转为直立",
    "ST shifted in {leads} mV": "ST 段偏移：{leads} mV",
    "{wave} of another height in {leads}": "{leads} 导联 {wave} 波振幅改变",
    "close to the threshold: {findings}": "接近阈值：{findings}",
    "in single leads: {leads}": "仅见于单个导联：{leads}",
    "Most of the difference goes away if {swap} is put back: electrodes may have been "
    "exchanged in one of the two recordings. The Swap lab puts them back.": (
        "若将 {swap} 接回，差异大部分消失：其中一份记录可能电极接错。可在“接错实验”页接回。"
    ),
    "Leadproof keeps no names: that both are of one patient is for the reader to know.": (
        "Leadproof 不保存姓名：两份记录是否属于同一患者，须由阅图者确认。"
    ),
    "Representative beats of both recordings over each other": "两份记录的代表心搏叠加",
    "Grey: earlier. Teal: later. Yellow names: leads that differ by more than repeated "
    "recordings of one heart do.": (
        "灰色：较早。青色：较晚。黄底导联名：差异超过同一心脏重复记录的导联。"
    ),
    "Leads": "导联",
    "Changes in mV. ≠: root mean square of the difference of the beats. Bold with ▲ or ▼: "
    "beyond what repeated measurement gives.": (
        "变化以 mV 计。≠：两心搏之差的均方根。加粗并标 ▲ 或 ▼：超出重复测量的差异。"
    ),
    "earlier": "较早",
    "later": "较晚",
    "change": "变化",
    "error up to": "误差上限",
    "remark": "说明",
    "Ring: earlier. Dot: later. Bar: threshold. Highlighted: the finding came or went.": (
        "圆圈：较早。圆点：较晚。竖线：阈值。底色标出：所见出现或消失。"
    ),
    "Save the comparison as CSV": "将比较结果保存为 CSV",
}
