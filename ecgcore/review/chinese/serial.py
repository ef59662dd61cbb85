"""The comparison of two recordings."""

from __future__ import annotations

SENTENCES = {
    "within error": "在误差之内",
    "▲ beyond error": "▲ 超出误差",
    "▼ beyond error": "▼ 超出误差",
    "Earlier: {reason}": "较早：{reason}",
    "Later: {reason}": "较晚：{reason}",
    "Earlier: {one} Later: {two}": "较早：{one}较晚：{two}",
    "Both: {reason}": "两份均：{reason}",
    "{leads} left out by the quality gate.": "{leads} 未通过质量检查。",
    "{leads} not recorded.": "{leads} 未记录。",
    "The earlier recording has no representative beat.": "较早的记录没有代表心搏。",
    "The later recording has no representative beat.": "较晚的记录没有代表心搏。",
    "Neither recording has a representative beat.": "两份记录均无代表心搏。",
    "The earlier recording was not read by a model: no findings are compared.": (
        "较早的记录未由模型判读：不比较所见。"
    ),
    "The later recording was not read by a model: no findings are compared.": (
        "较晚的记录未由模型判读：不比较所见。"
    ),
    "Both recordings were not read by a model: no findings are compared.": (
        "两份记录均未由模型判读：不比较所见。"
    ),
    "Read by two models, {one} and {two}: no findings are compared.": (
        "由两个模型（{one} 与 {two}）判读：不比较所见。"
    ),
    "The two recordings state different sexes: they may not be of one person.": (
        "两份记录所载性别不同：可能不属于同一人。"
    ),
    "The later recording states an age of {later} years, the earlier one {earlier}: they may "
    "not be of one person, or stand in the wrong order.": (
        "较晚的记录所载年龄为 {later} 岁，较早的为 {earlier} 岁：可能不属于同一人，或先后颠倒。"
    ),
    "HR": "心率",
    "P axis": "P 电轴",
    "QRS axis": "QRS 电轴",
    "T axis": "T 电轴",
    "/min": "次/分",
    "grey: earlier, median of {n}": "灰色：较早，{n} 次心搏中位数",
    "teal: later, median of {n}": "青色：较晚，{n} 次心搏中位数",
    "lines: P begins, QRS begins and ends, T ends (earlier dotted, later dashed)": (
        "线：P 波起点、QRS 起点与终点、T 波终点（较早为点线，较晚为虚线）"
    ),
    "≠: root mean square of the difference; all in mV": "≠：差值均方根；单位均为 mV",
    "P begins, earlier": "P 波起点，较早",
    "P begins, later": "P 波起点，较晚",
    "QRS begins, earlier": "QRS 起点，较早",
    "QRS begins, later": "QRS 起点，较晚",
    "QRS ends, earlier": "QRS 终点，较早",
    "QRS ends, later": "QRS 终点，较晚",
    "T ends, earlier": "T 波终点，较早",
    "T ends, later": "T 波终点，较晚",
    "T inverted": "T 倒置",
    "T upright": "T 直立",
    "earlier": "较早",
    "later": "较晚",
}
