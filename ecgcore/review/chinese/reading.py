"""Reading files of any format: refusals, warnings, questions, and what was assumed."""

from __future__ import annotations

SENTENCES = {
    "Reading this file takes more memory than one file may take.": (
        "读取该文件所需内存超出单个文件的上限。"
    ),
    "The file has {n} bytes, the limit is {limit}.": "文件有 {n} 字节，上限为 {limit}。",
    "The file has {n} bytes, the limit for {format} is {limit}.": (
        "文件有 {n} 字节，{format} 格式的上限为 {limit}。"
    ),
    "The ZIP archive is damaged.": "ZIP 压缩包已损坏。",
    "The ZIP archive is damaged or cut short.": "ZIP 压缩包已损坏或不完整。",
    "The ZIP archive is empty.": "ZIP 压缩包为空。",
    "None of the {n} files in the archive is an ECG. Read are {formats}.": (
        "压缩包中的 {n} 个文件均不是心电图。可读取的格式：{formats}。"
    ),
    "The archive holds {n} files, the limit is {limit}.": (
        "压缩包含 {n} 个文件，上限为 {limit} 个。"
    ),
    "The archive unpacks to {total} bytes, its largest file to {largest}; the limits are "
    "{limit} and {each}.": (
        "压缩包解压后为 {total} 字节，其中最大的文件为 {largest} 字节；上限分别为 {limit} 和 "
        "{each} 字节。"
    ),
    "The archive is protected by a password.": "压缩包有密码保护。",
    "The archive uses a compression that is not read: use ordinary ZIP.": (
        "压缩包采用了不支持的压缩方式，请用普通 ZIP。"
    ),
    "The file begins like {format}, but its content is damaged or cut short.": (
        "文件开头为 {format} 格式，但内容已损坏或不完整。"
    ),
    "The file holds no channel with a sample.": "文件中没有任何含采样点的通道。",
    "This is {what}, a format that is not read yet. Read are {formats}.": (
        "文件类型：{what}，此格式尚不支持。可读取的格式：{formats}。"
    ),
    "This is {what}. Read are {formats}.": "文件类型：{what}。可读取的格式：{formats}。",
    "This is not one of the formats read. Read are {formats}.": (
        "不支持该文件格式。可读取的格式：{formats}。"
    ),
    "a PDF document": "PDF 文档",
    "a JPEG picture": "JPEG 图片",
    "a PNG picture": "PNG 图片",
    "a gzip archive": "gzip 压缩包",
    "a 7-Zip archive": "7-Zip 压缩包",
    "an XML document": "XML 文档",
    "a Healforce recording (named .SCP, yet not SCP-ECG)": (
        "力康（Healforce）记录（扩展名为 .SCP，但并非 SCP-ECG）"
    ),
    "The file is empty.": "文件为空。",
    '"{name}" seems to hold the samples of a WFDB record: upload the header (.hea) that '
    "names it together with it.": (
        "“{name}”似为 WFDB 记录的采样数据：请连同指向它的头文件（.hea）一起上传。"
    ),
    "The file states no sampling rate. How many samples per second?": (
        "文件未注明采样率。每秒多少个采样点？"
    ),
    "The file does not name all of its {n} channels. Which leads are they, in the order of the "
    "file?": ("文件未注明全部 {n} 个通道的名称。按文件中的顺序，它们各是哪个导联？"),
    "The file states no unit. How many mV is one stored unit (1 for mV, 0.001 for uV)?": (
        "文件未注明单位。一个存储单位等于多少 mV（mV 为 1，uV 为 0.001）？"
    ),
    "The file holds {n} channels, limit {limit}.": "文件有 {n} 个通道，上限为 {limit} 个。",
    "The file states no sampling rate, and none was given.": "文件未注明采样率，用户也未提供。",
    "The sampling rate is {fs} Hz, expected {low} to {high} Hz.": (
        "采样率为 {fs} Hz，应在 {low} 至 {high} Hz 之间。"
    ),
    "Derived from other limb leads: {leads}.": "由其他肢体导联推算：{leads}。",
    "The part starts at {start} s, the recording lasts {s} s.": (
        "该段自第 {start} 秒开始，而记录仅长 {s} 秒。"
    ),
    "The file does not name its {n} channels; state which leads they are.": (
        "文件未注明其 {n} 个通道的名称，请指明各是哪个导联。"
    ),
    "{n} lead names were given for a file of {channels} channels.": (
        "给出了 {n} 个导联名称，而文件有 {channels} 个通道。"
    ),
    '"{name}" is not one of the leads {leads}.': "“{name}”不是以下导联之一：{leads}。",
    "Lead {lead} is stored more than once; the first was used.": (
        "导联 {lead} 存储多次，采用第一份。"
    ),
    "None of the {n} channels is one of the twelve leads.": "{n} 个通道均不属于十二导联。",
    "The unit of lead {lead} is unknown; state how many mV one unit is.": (
        "导联 {lead} 的单位未知，请指明一个单位等于多少 mV。"
    ),
    "given by the user": "由用户提供",
    "assumed": "假定",
    "The file states no sampling rate; {fs} Hz was {how}.": "文件未注明采样率；{fs} Hz 为{how}。",
    "The file does not name its leads; the order {order} was {how}.": (
        "文件未注明导联名称；顺序 {order} 为{how}。"
    ),
    "The file states no unit; {mv} mV for each stored unit was {how}.": (
        "文件未注明单位；每个存储单位 {mv} mV 为{how}。"
    ),
    "The leads were recorded one after another, not at the same time.": (
        "各导联依次记录，并非同步记录。"
    ),
    "Samples without a valid value were left empty: {leads}.": "无效采样点留空：{leads}。",
    "Not recorded: {leads}.": "未记录：{leads}。",
    "The median lead spans {mv} mV, expected {low} to {high} mV: the unit or the gain may be "
    "wrong.": ("各导联幅度的中位数为 {mv} mV，应在 {low} 至 {high} mV 之间：单位或增益可能有误。"),
    "The {what} are not valid Base64: the file is damaged.": (
        "{what}不是有效的 Base64 编码：文件已损坏。"
    ),
    "The file has to be read again: nothing is left to be assembled.": (
        "需要重新读取文件：已没有可用的数据。"
    ),
    "The process ended before it looked at a file.": "读取进程在处理文件之前已结束。",
    "Reading the files failed.": "读取文件失败。",
    "Not read: the upload took more than {s} s.": "未读取：处理此次上传超过 {s} 秒。",
    "Reading this file takes more than {s} s of computing: it is damaged.": (
        "读取该文件所需的计算时间超过 {s} 秒：文件已损坏。"
    ),
    "Reading this file takes more than {s} s.": "读取该文件超过 {s} 秒。",
    "Reading this file broke the process that reads: it is damaged or made to do harm.": (
        "读取该文件导致读取进程崩溃：文件已损坏或为恶意文件。"
    ),
    "The process that reads went away.": "读取进程已消失。",
    "The file declares {n} channels, expected 1 to {limit}.": (
        "文件声明有 {n} 个通道，应为 1 至 {limit} 个。"
    ),
    "The file declares {n} channels, limit {limit}.": "文件声明有 {n} 个通道，上限为 {limit} 个。",
    "The file declares {n} samples per channel.": "文件声明每通道 {n} 个采样点。",
    "The file declares {n} x {samples} values, the limit is {limit}: cut out the part to be "
    "read.": ("文件声明有 {n} × {samples} 个数值，上限为 {limit}：请截取需要读取的部分。"),
    "The file cannot be opened: {why}.": "无法打开文件：{why}。",
    "unknown reason": "原因不明",
    "The file does not exist.": "文件不存在。",
    "This is not a file (a folder, perhaps).": "这不是文件（可能是文件夹）。",
    'The header names "{name}", which is a link and is not followed.': (
        "文件头指向“{name}”，该文件为链接，不予打开。"
    ),
    "The XML document has more than {n} elements or is nested more than {deep} deep.": (
        "XML 文档的元素超过 {n} 个，或嵌套超过 {deep} 层。"
    ),
    "The XML document declares attributes of its elements, which is refused.": (
        "XML 文档中声明了元素的属性，拒绝读取。"
    ),
    "The XML document has more than {n} attributes.": "XML 文档的属性超过 {n} 个。",
    "The XML document defines entities or refers to other files, which is refused.": (
        "XML 文档定义了实体或引用其他文件，拒绝读取。"
    ),
    "The XML document is damaged or cut short.": "XML 文档已损坏或不完整。",
    "The file states no usable {what}.": "文件中没有可用的{what}。",
    "The file states 0 as {what}.": "文件中{what}为 0。",
    "The file states {value} as {what}, expected a whole number.": (
        "文件中{what}为 {value}，应为整数。"
    ),
    "The list of {what} is longer than {n} values.": "{what}的列表超过 {n} 个数值。",
    "The list of {what} lacks a value between two commas.": "{what}的列表中两个逗号之间缺少数值。",
    "The list of {what} holds something that is not a number.": "{what}的列表中含有非数字内容。",
    "number of samples per lead": "每导联采样点数",
    "samples of a lead": "导联采样值",
    "samples of the full disclosure": "全程记录的采样值",
    "samples of a channel": "通道采样值",
    "samples": "采样值",
    "sampling rate": "采样率",
    "number of samples": "采样点数",
    "number of channels": "通道数",
    "number of leads": "导联数",
    "exponent of the sampling rate": "采样率的指数",
    "first sample of a lead": "导联的起始采样点",
    "amplitude per bit": "每位幅度",
    "size of a sample": "采样点字节数",
    "number of bytes": "字节数",
    "number of units per mV": "每 mV 的单位数",
    "offset of the samples": "采样值偏移",
    "number of bits": "位数",
    "increment of time": "时间增量",
    "start of a time sequence": "时间序列的起点",
    "digits of a lead": "导联的数值",
    "scale of a lead": "导联的比例",
    "origin of a lead": "导联的零点",
    "duration": "时长",
    "resolution": "分辨率",
    '"{name}" is not one of the formats {formats}.': "“{name}”不是以下格式之一：{formats}。",
    '"{suffix}" is not the ending of a format that is written: {formats}.': (
        "“{suffix}”不是可写入格式的扩展名：{formats}。"
    ),
    "The file to write has no ending that tells the format: {formats}.": (
        "要写入的文件没有表明格式的扩展名：{formats}。"
    ),
    "Bit-exact: every sample reads back as it is in the recording.": (
        "逐位精确：每个采样点读回后与记录完全一致。"
    ),
    "Bit-exact, in steps of up to {step} µV: every sample reads back as it is in the recording.": (
        "逐位精确，量化步长不超过 {step} µV：每个采样点读回后与记录完全一致。"
    ),
    "Stored in steps of up to {step} µV: {exact} of {n} leads are bit-exact; no sample of "
    "{leads} changes by more than {error} µV.": (
        "量化步长不超过 {step} µV：{n} 个导联中 {exact} 个逐位精确；{leads} 的采样点变化均不超过 "
        "{error} µV。"
    ),
    "DICOM allows ECGs of {low} to {high} samples per second, and this recording has {fs}: use "
    "another format, or resample it first.": (
        "DICOM 允许的心电采样率为每秒 {low} 至 {high} 点，而此记录为 {fs}：请用其他格式，或先重采"
        "样。"
    ),
    '"{name}" cannot be the name of a WFDB record: use the characters A-Z, a-z, 0-9, - and _ '
    "alone.": ("“{name}”不能作为 WFDB 记录名：只能使用字符 A-Z、a-z、0-9、- 和 _。"),
    "The signal has shape {shape}, expected (12, samples).": (
        "信号的形状为 {shape}，应为 (12, 采样点数)。"
    ),
    "The recording has 0 samples.": "记录中没有采样点。",
    "The signal holds infinite values.": "信号中含有无穷大数值。",
    "None of the twelve leads was recorded.": "十二导联均未记录。",
    "The window starts at {start} s, the recording lasts {s} s.": (
        "所选窗口自第 {start} 秒开始，而记录仅长 {s} 秒。"
    ),
    "The limb leads contradict each other in a few samples: {law} fails by up to {mv} mV "
    "(limit {limit} mV).": (
        "肢体导联在少数采样点上相互矛盾：{law} 最大相差 {mv} mV（限值 {limit} mV）。"
    ),
    "The limb leads contradict each other: {law} fails by up to {mv} mV (limit {limit} mV). "
    "Lead names or gains in the file are wrong.": (
        "肢体导联相互矛盾：{law} 最大相差 {mv} mV（限值 {limit} mV）。文件中的导联名称或增益有误。"
    ),
    "carts and archives of many vendors": "多家厂商的心电图机和存档系统",
    "polygraphs, Holter and research recorders": "多导记录仪、动态心电图及科研记录仪",
    "CODE-15 and programs": "CODE-15 及各类程序",
    "Mortara, Mindray and others, FDA trials": "Mortara、迈瑞等，FDA 临床试验",
    "Holter recorders, THEW archive": "动态心电图记录仪、THEW 数据库",
    "MATLAB programs": "MATLAB 程序",
    "Mortara, Welch Allyn": "Mortara、Welch Allyn",
    "Python programs": "Python 程序",
    "Mortara, Schiller, Cardioline, corpuls and others": (
        "Mortara、Schiller、Cardioline、corpuls 等"
    ),
    "any program": "任意程序",
    "ISHNE Holter": "ISHNE 动态心电图",
    "simulated": "模拟",
    "The electrodes were moved here: {what}.": "电极已在此处调换：{what}。",
    "(none)": "（无）",
    "No such file or directory": "没有该文件或文件夹",
    "Permission denied": "没有权限",
    "Is a directory": "是文件夹",
    "No space left on device": "磁盘空间不足",
}
