"""The Review page: opening, quality, measurements, findings, paper tools, saving."""

from __future__ import annotations

WORDS = {
    "Open recordings: files of any cart, or a .zip of them": (
        "打开记录：任何心电图机的文件，或其 .zip 压缩包"
    ),
    "Give the .hea and .dat files of a WFDB record together, or one .zip.": (
        "WFDB 记录的 .hea 与 .dat 文件请一并提供，或打成一个 .zip。"
    ),
    "{n} formats": "{n} 种格式",
    "Built-in examples": "内置示例",
    "Open an example …": "打开示例……",
    "format": "格式",
    " (experimental)": "（试验性）",
    "written by": "来源",
    "usual names": "常用扩展名",
    "largest file": "文件上限",
    "Opened recordings ({n})": "已打开的记录（{n}）",
    "{n} files": "{n} 个文件",
    "Reading {what} …": "正在读取 {what}……",
    "{n} recordings were opened.": "已打开 {n} 份记录。",
    "{n} files could not be read": "{n} 个文件无法读取",
    "Dismiss": "关闭",
    "{name} and {n} more": "{name} 等 {n} 个其他文件",
    "{names}: something is left open": "{names}：有待补充的信息",
    "The recording as these answers make it": "按所填信息得到的记录",
    "Open with these answers": "按所填信息打开",
    "Channel {n}": "通道 {n}",
    "none of the twelve": "非十二导联",
    "as guessed": "按推测",
    "signal good": "信号良好",
    "signal usable with a warning": "信号可用，但有警告",
    "signal refused": "信号拒绝判读",
    "{words} (acceptance {score:.2f})": "{words}（可接受概率 {score:.2f}）",
    "**No model reads this recording.** The tracing is shown as it is.": (
        "**模型不判读此记录。** 曲线按原样显示。"
    ),
    "**Left out of the reading: {leads}.**": "**不参与判读：{leads}。**",
    "**Usable, with a warning.**": "**可用，但有警告。**",
    "Signal quality: {n} more": "信号质量：另有 {n} 项",
    "Measurements": "测量值",
    "Heart rate": "心率",
    "/min": "次/分",
    "PR": "PR 间期",
    "QRS": "QRS 时限",
    "QT": "QT 间期",
    "QTc Fridericia": "QTc（Fridericia）",
    "QTc Bazett": "QTc（Bazett）",
    "QRS axis": "QRS 电轴",
    "{wave} axis": "{wave} 电轴",
    "All measurements and the representative beat": "全部测量值与代表性心搏",
    "R-R, mean": "R-R 均值",
    "R-R, range": "R-R 范围",
    "{low:.0f} to {high:.0f} ms": "{low:.0f} 至 {high:.0f} ms",
    "R-R, SD": "R-R 标准差",
    "Beats": "心搏",
    "{n}, ectopic {m}": "{n} 次，其中异位 {m} 次",
    "measurement": "测量项目",
    "value": "值",
    "Representative beat of each lead": "各导联的代表性心搏",
    "Findings": "模型所见",
    "Probability of each finding": "各项所见的概率",
    "This model picks exactly one of its classes: the most probable.": (
        "该模型只选取概率最高的一类。"
    ),
    "✓ Reported: at or over the black mark, the threshold set on validation data.": (
        "✓ 报告：概率达到或超过黑色标记处的阈值（由验证集确定）。"
    ),
    "Weight of each lead": "各导联的权重",
    "Share of each lead in the decision; the dotted line is an equal share.": (
        "各导联在判断中所占的注意力权重；虚线为平均权重。"
    ),
    "This network sees the leads in fixed order and has no weights per lead.": (
        "该网络按固定顺序读取导联，没有各导联的权重。"
    ),
    "Colour by attention": "按注意力着色",
    "Mark beats": "标记心搏",
    "Print at true scale (SVG)": "按实际尺寸打印（SVG）",
    "Print it at 100 %, without fitting it to the page.": "请按 100 % 打印，不要缩放至纸张大小。",
    "12-lead ECG on paper, {layout}, {speed:g} mm/s, {gain:g} mm/mV, {s:.0f} s of {n} leads": (
        "心电图纸上的十二导联心电图，{layout}，{speed:g} mm/s，{gain:g} mm/mV，{n} 个导联 "
        "{s:.0f} 秒"
    ),
    "Tools for the paper": "图纸工具",
    "Calipers": "分规",
    "Drag on the paper to measure. Arrows move a caliper by 1 mm, with Shift by 5 mm, with Alt "
    "by 0.1 mm; with Ctrl its end alone. M marches out, N adds one, Del deletes, Esc ends.": (
        "在图纸上拖动即可测量。方向键移动分规 1 mm，按住 Shift 为 5 mm，按住 Alt 为 0.1 mm；按住 "
        "Ctrl 只移动其一端。M 等距延展，N 新增，Del 删除，Esc 结束。"
    ),
    "March out": "等距延展",
    "Repeat the interval across the row (M)": "在本行内重复该间距（M）",
    "Delete": "删除",
    "Delete the chosen caliper (Del)": "删除所选分规（Del）",
    "Clear": "清除",
    "Delete all calipers": "删除全部分规",
    "Magnifier": "放大镜",
    "Show three times as large what is under the pointer": "将指针处放大三倍显示",
    "Full screen": "全屏",
    "Paper over the whole screen; Esc ends": "图纸铺满屏幕；Esc 结束",
    "Drag on the paper to measure": "在图纸上拖动以测量",
    "bpm": "次/分",
    "no interval across columns": "不能跨列测量间期",
    "Caliper {id}: {measured}": "分规 {id}：{measured}",
    "Save as a file": "保存为文件",
    "Format": "格式",
    "Stretch": "范围",
    "the 10 s shown": "所示 10 秒",
    "all that is open": "已打开的全部",
    "Save {name}": "保存 {name}",
    " Samples, rate and leads are written, age and sex where the format has a place for them, "
    "and nothing else of the file that was read: no name, number, date or device.": (
        "写入采样值、采样率和导联；格式允许时写入年龄和性别；原文件的其他内容（姓名、编号、日期、"
        "设备）一概不写。"
    ),
    "caliper": "分规",
    "Report": "报告",
    "Make the report": "生成报告",
    "Paper": "纸张",
    "Language": "语言",
    "Comment": "医师意见",
    "Save as {kind}": "保存为 {kind}",
    "The report as it will be printed": "报告打印预览",
}
