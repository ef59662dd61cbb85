"""Reading one format each: DICOM, EDF, HDF5, ISHNE, MATLAB, NumPy, tables and XML of carts."""

from __future__ import annotations

SENTENCES = {
    "The Contec file ends after its header: it holds no sample.": (
        "Contec 文件只有文件头，没有采样点。"
    ),
    "An element of this DICOM waveform has a value type that does not exist.": (
        "该 DICOM 波形中有元素采用了不存在的值类型。"
    ),
    "This DICOM file holds no waveform (an image or a report, perhaps).": (
        "该 DICOM 文件不含波形（可能是图像或报告）。"
    ),
    "The waveform of this DICOM file is empty.": "该 DICOM 文件的波形为空。",
    "The channels begin at different times, but no sampling rate is stated.": (
        "各通道起始时间不同，但未注明采样率。"
    ),
    "The channels of this DICOM file spread over {n} samples, the limit is {limit}: a time "
    "offset is wrong.": ("该 DICOM 文件的通道跨越 {n} 个采样点，上限为 {limit}：时间偏移有误。"),
    "The samples of this DICOM file are coded in another way than those that are read: {types}.": (
        "该 DICOM 文件的采样值编码方式不受支持，可读取的为：{types}。"
    ),
    "The DICOM file describes {n} channels and stores {stored}.": (
        "DICOM 文件描述了 {n} 个通道，实际存储 {stored} 个。"
    ),
    "The DICOM waveform holds {n} bytes, but {channels} x {samples} samples take {needed}: the "
    "file is cut short.": (
        "DICOM 波形有 {n} 字节，而 {channels} × {samples} 个采样点需要 {needed} 字节：文件不完整。"
    ),
    "The deflated part of this DICOM file is damaged.": "该 DICOM 文件的压缩部分已损坏。",
    "The deflated part of this DICOM file is cut short.": "该 DICOM 文件的压缩部分不完整。",
    "This DICOM file inflates to over {limit} bytes, the limit.": (
        "该 DICOM 文件解压后超过上限 {limit} 字节。"
    ),
    "This DICOM file holds over {limit} elements, which is no ECG recording.": (
        "该 DICOM 文件的元素超过 {limit} 个，不是心电记录。"
    ),
    "This DICOM file is cut short within an element.": "该 DICOM 文件在某个元素中间中断。",
    "This DICOM file is cut short or damaged: an element of {n} bytes begins at byte {at}, "
    "where {left} are left.": (
        "该 DICOM 文件不完整或已损坏：第 {at} 字节处的元素长 {n} 字节，而其后仅剩 {left} 字节。"
    ),
    "This DICOM file nests sequences more than {deep} deep.": (
        "该 DICOM 文件的序列嵌套超过 {deep} 层。"
    ),
    "A sequence of this DICOM file holds something that is no item.": (
        "该 DICOM 文件的序列中含有非条目内容。"
    ),
    "An item of this DICOM file ends before its stated length.": (
        "该 DICOM 文件的一个条目短于其声明长度。"
    ),
    "Compressed content of this DICOM file is damaged.": "该 DICOM 文件的压缩内容已损坏。",
    "{keyword} in the DICOM file is not a number.": "DICOM 文件中的 {keyword} 不是数字。",
    "{keyword} in the DICOM file is {value}, expected a finite number.": (
        "DICOM 文件中的 {keyword} 为 {value}，应为有限数值。"
    ),
    "No channel of this DICOM waveform is one of the twelve ECG leads.": (
        "该 DICOM 波形没有任何通道属于十二导联。"
    ),
    "This DICOM file holds average beats alone, without the recording that they are of.": (
        "该 DICOM 文件仅含平均心搏，没有原始记录。"
    ),
    "Stored at another sampling rate and left out: {leads}.": "因采样率不同而未采用：{leads}。",
    "The file holds these leads more than once: the longest stretch was read, {leads} left out.": (
        "文件多次存储同一导联：读取其中最长的一段，未采用 {leads}。"
    ),
    "The leads of the BDF file take {n} bytes as 32-bit numbers, the limit is {limit}: cut out "
    "the part to be read.": (
        "BDF 文件的导联以 32 位数存储需 {n} 字节，上限为 {limit}：请截取需要读取的部分。"
    ),
    "None of the {n} signals of the EDF file holds samples.": "EDF 文件的 {n} 个信号均无采样点。",
    "The leads have {rates} samples in each data record, expected one number.": (
        "各导联每条数据记录的采样点数为 {rates}，应当相同。"
    ),
    "The EDF header declares {n} data records of {bytes} bytes, the file has {left} after its "
    "header.": (
        "EDF 文件头声明有 {n} 条数据记录，每条 {bytes} 字节，而文件头之后只有 {left} 字节。"
    ),
    "The file is cut short: it holds {n} of {wanted} data records.": (
        "文件不完整：{wanted} 条数据记录中仅有 {n} 条。"
    ),
    "The file holds more than the {wanted} data records that its header counts.": (
        "文件中的数据记录多于文件头所记的 {wanted} 条。"
    ),
    "a signal": "一个信号",
    "Samples at the limit of what can be stored, far from all others, were taken for missing: "
    "{leads}.": ("处于存储极限且远离其他数值的采样点视为缺失：{leads}。"),
    "The EDF file is discontinuous, but does not say how long a record lasts.": (
        "EDF 文件为不连续记录，但未注明每条记录的时长。"
    ),
    "Data record {n} of the discontinuous EDF file begins before the one before it has ended.": (
        "不连续 EDF 文件的第 {n} 条数据记录在前一条结束之前开始。"
    ),
    "The discontinuous EDF file has {n} data records, limit {limit}.": (
        "不连续 EDF 文件有 {n} 条数据记录，上限为 {limit}。"
    ),
    "The EDF file is discontinuous, but does not say when its records began.": (
        "EDF 文件为不连续记录，但未注明各条记录的起始时间。"
    ),
    "Data record {n} of the discontinuous EDF file does not say when it began.": (
        "不连续 EDF 文件的第 {n} 条数据记录未注明起始时间。"
    ),
    "The EDF file has {n} bytes, a header takes {needed}.": (
        "EDF 文件有 {n} 字节，而文件头就需 {needed} 字节。"
    ),
    "The EDF header declares {n} signals, expected 1 to {limit}.": (
        "EDF 文件头声明有 {n} 个信号，应为 1 至 {limit} 个。"
    ),
    "The EDF header declares {declared} bytes for {n} signals, expected {needed}; the file has "
    "{left}.": (
        "EDF 文件头声明 {n} 个信号占 {declared} 字节，应为 {needed} 字节；文件有 {left} 字节。"
    ),
    "The {what} in the EDF header is not a whole number.": "EDF 文件头中的{what}不是整数。",
    "The {what} in the EDF header is not a number.": "EDF 文件头中的{what}不是数字。",
    "The EDF header declares {n} samples in a record.": "EDF 文件头声明每条记录有 {n} 个采样点。",
    "number of signals": "信号数",
    "length of the header": "文件头长度",
    "number of data records": "数据记录数",
    "duration of a data record": "数据记录时长",
    "number of samples per record": "每条记录的采样点数",
    "physical minimum": "物理最小值",
    "physical maximum": "物理最大值",
    "digital minimum": "数字最小值",
    "digital maximum": "数字最大值",
    "This GE CardioSoft file holds neither a strip nor a full disclosure.": (
        "该 GE CardioSoft 文件既无片段也无全程记录。"
    ),
    "A lead holds {n} samples, but the file declares {declared}: it is damaged or cut short.": (
        "某导联有 {n} 个采样点，而文件声明为 {declared} 个：文件已损坏或不完整。"
    ),
    "The full disclosure holds {n} samples, but the file declares {declared}: it is damaged or "
    "cut short.": ("全程记录有 {n} 个采样点，而文件声明为 {declared} 个：文件已损坏或不完整。"),
    "The full disclosure states no rate by which to tell its leads apart.": (
        "全程记录未注明采样率，无法区分各导联。"
    ),
    "The last {n} values are not enough for every lead and were left out.": (
        "最后 {n} 个数值不足以分配给每个导联，未采用。"
    ),
    "The file names {n} channels, but declares {stated}.": (
        "文件命名了 {n} 个通道，却声明有 {stated} 个。"
    ),
    "This GE MUSE file holds no waveform.": "该 GE MUSE 文件不含波形。",
    "This GE MUSE file holds median beats, but no rhythm waveform.": (
        "该 GE MUSE 文件仅含中位心搏，没有节律波形。"
    ),
    "The exponent of the sampling rate is {n}, expected -{low} to {high}.": (
        "采样率的指数为 {n}，应在 -{low} 至 {high} 之间。"
    ),
    "A lead begins at sample {n}, expected 0 to {limit}.": (
        "某导联自第 {n} 个采样点开始，应在 0 至 {limit} 之间。"
    ),
    "A sample takes {n} bytes, expected 1, 2 or 4.": "每个采样点占 {n} 字节，应为 1、2 或 4 字节。",
    "A lead holds {n} bytes, but the file declares {declared}: it is damaged or cut short.": (
        "某导联有 {n} 字节，而文件声明为 {declared} 字节：文件已损坏或不完整。"
    ),
    "A lead holds {n} bytes, not a multiple of {size}.": (
        "某导联有 {n} 字节，不是 {size} 的整数倍。"
    ),
    "The checksum does not fit the samples of {leads}: the file was damaged or altered.": (
        "{leads} 的采样值与校验和不符：文件已损坏或被改动。"
    ),
    "The file states a time offset for some leads, which was not applied.": (
        "文件为部分导联注明了时间偏移，未予采用。"
    ),
    "The HDF5 file is damaged or cut short.": "HDF5 文件已损坏或不完整。",
    "The MATLAB file is damaged or cut short.": "MATLAB 文件已损坏或不完整。",
    "The file holds {n} recordings; the first {read} were read.": (
        "文件含 {n} 份记录，只读取了前 {read} 份。"
    ),
    "A dataset of the HDF5 file has its samples in another file: not opened.": (
        "HDF5 文件中某数据集的采样值位于另一文件：不予打开。"
    ),
    "A dataset of the HDF5 file takes {n} bytes, the limit is {limit}.": (
        "HDF5 文件中某数据集占 {n} 字节，上限为 {limit}。"
    ),
    "A dataset of the HDF5 file declares {n} bytes and holds {held}.": (
        "HDF5 文件中某数据集声明有 {n} 字节，实际为 {held} 字节。"
    ),
    "A dataset of the HDF5 file is stored with filter {n}, which is not read: store it with "
    "one gzip compression or none.": (
        "HDF5 文件中某数据集采用了不支持的过滤器 {n}：请用一层 gzip 压缩或不压缩。"
    ),
    "A chunk of the HDF5 file takes {n} bytes, the limit is {limit}.": (
        "HDF5 文件的一个数据块占 {n} 字节，上限为 {limit}。"
    ),
    "A dataset of the HDF5 file is cut into {n} chunks, the limit is {limit}.": (
        "HDF5 文件中某数据集分为 {n} 块，上限为 {limit}。"
    ),
    "The chunks of the HDF5 file take {n} bytes together, the file has {size}.": (
        "HDF5 文件的数据块共占 {n} 字节，而文件只有 {size} 字节。"
    ),
    "A compressed chunk of the HDF5 file is damaged.": "HDF5 文件的一个压缩数据块已损坏。",
    "A chunk of the HDF5 file unpacks to more than its {limit} bytes.": (
        "HDF5 文件的一个数据块解压后超过其 {limit} 字节。"
    ),
    "A text in the HDF5 file is damaged.": "HDF5 文件中的一段文本已损坏。",
    "The HDF5 file holds more than {limit} groups, datasets and attributes.": (
        "HDF5 文件的组、数据集和属性超过 {limit} 个。"
    ),
    "The arrays of the HDF5 file take over {limit} bytes.": "HDF5 文件的数组超过 {limit} 字节。",
    "The HL7 aECG document holds no series of waveforms: it is empty.": (
        "HL7 aECG 文档不含波形序列：内容为空。"
    ),
    "The HL7 aECG document holds representative beats, but no rhythm series.": (
        "HL7 aECG 文档仅含代表性心搏，没有节律序列。"
    ),
    "The HL7 aECG document holds {n} series, the limit is {limit}.": (
        "HL7 aECG 文档含 {n} 个序列，上限为 {limit}。"
    ),
    "A series of the HL7 aECG document holds no sequence of values.": (
        "HL7 aECG 文档的一个序列中没有数值。"
    ),
    "The origin of a lead is stated in another unit than its scale.": (
        "某导联零点的单位与其比例的单位不同。"
    ),
    "A lead is stored in pieces of different scales, one without a voltage.": (
        "某导联分段存储且比例不同，其中一段未注明电压。"
    ),
    "intermittent noise": "间歇性噪声",
    "frequent noise": "频繁噪声",
    "intermittent disconnection": "间歇性脱落",
    "frequent disconnection": "频繁脱落",
    "This is an ISHNE annotation file: it holds the beats that a program found, and no signal. "
    "Open the recording (.ecg) that belongs to it.": (
        "这是 ISHNE 标注文件：只含程序检出的心搏，没有信号。请打开与其对应的记录（.ecg）。"
    ),
    "The ISHNE file has {n} bytes, its header alone takes {needed}.": (
        "ISHNE 文件有 {n} 字节，而文件头就需 {needed} 字节。"
    ),
    "The ISHNE header declares {n} leads, expected 1 to {limit}.": (
        "ISHNE 文件头声明有 {n} 个导联，应为 1 至 {limit} 个。"
    ),
    "The samples of the ISHNE file begin at byte {n}, expected {low} to {high}, its length.": (
        "ISHNE 文件的采样值自第 {n} 字节开始，应在 {low} 至 {high}（文件长度）之间。"
    ),
    "The ISHNE header declares {n} samples for each of {leads} leads, the file has room for "
    "{available}.": (
        "ISHNE 文件头声明 {leads} 个导联各有 {n} 个采样点，而文件只能容纳 {available} 个。"
    ),
    "The file is cut short: it holds {n} of {wanted} samples per lead.": (
        "文件不完整：每导联 {wanted} 个采样点中仅有 {n} 个。"
    ),
    "The file holds more than the {wanted} samples per lead that its header counts.": (
        "文件中每导联的采样点多于文件头所记的 {wanted} 个。"
    ),
    "The checksum of the ISHNE header does not match: lead names or gains may be wrong.": (
        "ISHNE 文件头的校验和不符：导联名称或增益可能有误。"
    ),
    "The recorder noted: {notes}.": "记录仪注明：{notes}。",
    "A small element of the MATLAB file declares {n} bytes, the limit is {limit}: the file is "
    "damaged.": ("MATLAB 文件的一个小元素声明有 {n} 字节，上限为 {limit}：文件已损坏。"),
    "The MATLAB file is cut short: a variable goes on beyond its end.": (
        "MATLAB 文件不完整：某变量超出文件末尾。"
    ),
    "A compressed variable of the MATLAB file is damaged.": "MATLAB 文件的一个压缩变量已损坏。",
    "The MATLAB file unpacks to over {limit} bytes.": "MATLAB 文件解压后超过 {limit} 字节。",
    "The MATLAB file is nested too deeply.": "MATLAB 文件嵌套过深。",
    "The MATLAB file declares an array of {size} elements.": (
        "MATLAB 文件声明了一个含 {size} 个元素的数组。"
    ),
    "The channels have {n} different sampling rates, expected one.": (
        "各通道有 {n} 种不同的采样率，应为一种。"
    ),
    "A channel has another {attribute} than {expected}, which is not read.": (
        "某通道的 {attribute} 不是 {expected}，不支持读取。"
    ),
    "A channel holds {n} bytes, but {samples} samples take {needed}: the file is damaged or "
    "cut short.": (
        "某通道有 {n} 字节，而 {samples} 个采样点需要 {needed} 字节：文件已损坏或不完整。"
    ),
    "The file states {n} units per mV, expected above 0.": "文件中每 mV 的单位数为 {n}，应大于 0。",
    "The file holds no array of 1 to {leads} leads by at least {samples} samples.": (
        "文件中没有 1 至 {leads} 个导联、每导联至少 {samples} 个采样点的数组。"
    ),
    "The file holds {n} arrays that could be the ECG, expected one.": (
        "文件中有 {n} 个数组可能是心电图，应只有一个。"
    ),
    "The NumPy file has version {version}, expected (1, 0) or (2, 0).": (
        "NumPy 文件的版本为 {version}，应为 (1, 0) 或 (2, 0)。"
    ),
    "The header of the NumPy file is damaged.": "NumPy 文件头已损坏。",
    "The NumPy file holds pickled objects, which can run code when opened: they are refused. "
    "Save a plain numeric array.": (
        "NumPy 文件含 pickle 对象，打开时可能执行代码，拒绝读取。请保存为普通数值数组。"
    ),
    "The NumPy file declares shape {shape}, {needed} bytes, but holds {n}.": (
        "NumPy 文件声明形状为 {shape}，需 {needed} 字节，实际为 {n} 字节。"
    ),
    "The NumPy file unpacks to over {limit} bytes.": "NumPy 文件解压后超过 {limit} 字节。",
    "The Philips file holds no recording of its own (parsedwaveforms).": (
        "该 Philips 文件不含原始记录（parsedwaveforms）。"
    ),
    "The file states {fs} Hz and {uv} uV per unit, expected above 0.": (
        "文件中采样率为 {fs} Hz，每单位 {uv} uV，均应大于 0。"
    ),
    "The file declares {n} samples per lead, expected 1 to {limit}.": (
        "文件声明每导联 {n} 个采样点，应为 1 至 {limit} 个。"
    ),
    "The file declares {n} leads, expected 1 to {limit}.": (
        "文件声明有 {n} 个导联，应为 1 至 {limit} 个。"
    ),
    "The file declares {n} leads and names {named}.": (
        "文件声明有 {n} 个导联，却命名了 {named} 个。"
    ),
    "The samples are compressed, but not coded as Base64.": "采样值经过压缩，但未以 Base64 编码。",
    "The samples do not have {n} bits, which alone is read.": (
        "采样值不是 {n} 位，只支持读取该位数。"
    ),
    "The samples are compressed by a method that is not read, expected XLI.": (
        "采样值采用了不支持的压缩方式，应为 XLI。"
    ),
    "The samples are coded as none of Base64, Hex and Plain.": (
        "采样值的编码不是 Base64、Hex 或 Plain。"
    ),
    "The samples are not valid hexadecimal numbers.": "采样值不是有效的十六进制数。",
    "The file holds {n} samples, expected {leads} x {each}: it is damaged or cut short.": (
        "文件有 {n} 个采样点，应为 {leads} × {each} 个：文件已损坏或不完整。"
    ),
    "The file holds nothing but a calibration pulse.": "文件中只有定标脉冲。",
    "The calibration pulse after {s} s was left out.": "第 {s} 秒之后的定标脉冲未采用。",
    "The calibration pulse measures {mv} mV, expected {expected} mV: the resolution that the "
    "file states may be wrong.": (
        "定标脉冲为 {mv} mV，应为 {expected} mV：文件注明的分辨率可能有误。"
    ),
    "channel {n:g}": "通道 {n}",
    "The Schiller file holds no rhythm, at most averaged beats.": (
        "该 Schiller 文件不含节律记录，至多含平均心搏。"
    ),
    "The Schiller file holds {n} recordings, the limit is {limit}.": (
        "Schiller 文件含 {n} 份记录，上限为 {limit} 份。"
    ),
    "The file states {scale} as the amplitude per bit, expected above 0.": (
        "文件中每位幅度为 {scale}，应大于 0。"
    ),
    "The samples of a lead are not a list of numbers, which alone is read.": (
        "某导联的采样值不是数字列表，只支持读取数字列表。"
    ),
    "The table holds no block of lines with equally many numbers.": (
        "表格中没有数字个数相同的连续行。"
    ),
    "The table holds a field that is not a number.": "表格中有非数字的单元。",
    "The table holds a time column and nothing else.": "表格中只有时间列。",
    "The file declares {n} x {samples} compressed values, the limit is {limit}.": (
        "文件声明有 {n} × {samples} 个压缩数值，上限为 {limit}。"
    ),
    "The compressed samples end before lead {n}: the file is cut short.": (
        "压缩采样值在第 {n} 个导联之前中断：文件不完整。"
    ),
    "Compressed lead {n} declares {size} bytes, of which {left} are there: the file is damaged "
    "or cut short.": (
        "第 {n} 个压缩导联声明有 {size} 字节，实际仅有 {left} 字节：文件已损坏或不完整。"
    ),
    "The codes of compressed lead {n} are damaged.": "第 {n} 个压缩导联的编码已损坏。",
    "Compressed lead {n} unpacks to {amount} bytes, expected {needed} for the {samples} "
    "samples that the file declares.": (
        "第 {n} 个压缩导联解压后为 {amount} 字节，而文件声明的 {samples} 个采样点应为 {needed} 字"
        "节。"
    ),
    "Compressed limb leads are differences from I and II, which are missing.": (
        "压缩的肢体导联以 I、II 的差值存储，而 I、II 缺失。"
    ),
}
