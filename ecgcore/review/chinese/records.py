"""Reading SCP-ECG and WFDB."""

from __future__ import annotations

SENTENCES = {
    "The leads of this SCP-ECG file hold no samples.": "该 SCP-ECG 文件的导联没有采样点。",
    "This SCP-ECG file holds a long-term recording (Section 12), which is not read.": (
        "该 SCP-ECG 文件为长程记录（第 12 节），不支持读取。"
    ),
    "This SCP-ECG file holds only an averaged beat (Section 5), not the rhythm.": (
        "该 SCP-ECG 文件仅含平均心搏（第 5 节），没有节律记录。"
    ),
    "This SCP-ECG file holds no rhythm (Section 6).": "该 SCP-ECG 文件没有节律记录（第 6 节）。",
    "The file says that its leads were recorded at the same time, yet lets them begin at "
    "different samples; the samples were believed.": (
        "文件称各导联同步记录，但其起始采样点不同；以采样点为准。"
    ),
    "The file says that a reference beat was subtracted, but lists no beat that it was "
    "subtracted from; its samples were taken as they are.": (
        "文件称已减去参考心搏，但未列出被减的心搏；按原样采用采样值。"
    ),
    "{lead} ({n:g} of {count:g})": "{lead}（{n}/{count}）",
    "unnamed": "未命名",
    "Leads hold fewer samples than declared: {leads}.": "下列导联的采样点少于声明值：{leads}。",
    "The samples of this SCP-ECG file cannot be restored: Section {n}, which tells what was "
    "left out, is absent.": ("该 SCP-ECG 文件的采样值无法还原：缺少说明省略内容的第 {n} 节。"),
    "The samples of this SCP-ECG file cannot be restored: those of its rhythm are {us} us "
    "apart, expected 1 to {limit} times the {reference} us of its reference beat.": (
        "该 SCP-ECG 文件的采样值无法还原：节律采样间隔为 {us} us，应为参考心搏间隔 {reference} "
        "us 的 1 至 {limit} 倍。"
    ),
    "The reference beat of this SCP-ECG file cannot be added to its rhythm: the file does not "
    "state how many nanovolts one stored unit is.": (
        "该 SCP-ECG 文件的参考心搏无法加回节律：文件未注明一个存储单位等于多少纳伏。"
    ),
    "The reference beat of this SCP-ECG file, which was subtracted from its rhythm, holds {n} "
    "of {count} samples.": ("该 SCP-ECG 文件中被减去的参考心搏只有 {count} 个采样点中的 {n} 个。"),
    "A compressed lead of the SCP-ECG file declares {n} samples, expected at most {limit}.": (
        "SCP-ECG 文件的一个压缩导联声明有 {n} 个采样点，至多应为 {limit} 个。"
    ),
    "The SCP-ECG file subtracts its reference beat from {n} samples of a lead that has "
    "{count}: the list of beats is damaged.": (
        "SCP-ECG 文件从某导联的 {n} 个采样点中减去参考心搏，而该导联只有 {count} 个：心搏列表已损"
        "坏。"
    ),
    "The SCP-ECG file declares {n} Huffman tables, the limit is {limit}.": (
        "SCP-ECG 文件声明有 {n} 个霍夫曼表，上限为 {limit}。"
    ),
    "Huffman table {n} of the SCP-ECG file declares {codes} codes, its section has room for "
    "{room}.": ("SCP-ECG 文件的第 {n} 个霍夫曼表声明有 {codes} 个编码，而该节只能容纳 {room} 个。"),
    "A code of Huffman table {n} has {prefix} of {total} bits, expected 1 to {limit} and at "
    "most {more} more.": (
        "第 {n} 个霍夫曼表的一个编码有 {prefix}/{total} 位，前缀应为 1 至 {limit} 位，其后至多 "
        "{more} 位。"
    ),
    "Huffman table {n} is ambiguous: one of its codes begins with another.": (
        "第 {n} 个霍夫曼表有歧义：其中一个编码以另一编码开头。"
    ),
    "A Huffman table goes on with table {n}, expected 1 to {limit}.": (
        "霍夫曼表指向第 {n} 个表，应为 1 至 {limit}。"
    ),
    "Section {n} of the SCP-ECG file ends at byte {end}, the file has {size}: it is cut short "
    "or damaged.": (
        "SCP-ECG 文件的第 {n} 节止于第 {end} 字节，而文件只有 {size} 字节：文件不完整或已损坏。"
    ),
    "Section {n} of the SCP-ECG file does not begin at byte {at}, as its pointer says.": (
        "SCP-ECG 文件的第 {n} 节并非如其指针所示自第 {at} 字节开始。"
    ),
    "the whole file": "整个文件",
    "Section {n:g}": "第 {n} 节",
    "Checksums do not match: {parts}. The file may be damaged.": (
        "校验和不符：{parts}。文件可能已损坏。"
    ),
    "The SCP-ECG file has {n} bytes, its header alone takes {needed}.": (
        "SCP-ECG 文件有 {n} 字节，而文件头就需 {needed} 字节。"
    ),
    "Section 0 of the SCP-ECG file declares {n} bytes, expected a list of 1 to {limit} "
    "sections of {size} bytes each.": (
        "SCP-ECG 文件的第 0 节声明有 {n} 字节，应为 1 至 {limit} 节的列表，每节 {size} 字节。"
    ),
    "The SCP-ECG file has no Section 3, which says what its leads are.": (
        "SCP-ECG 文件缺少说明导联的第 3 节。"
    ),
    "Section 3 of the SCP-ECG file declares {n} leads, and describes {described}.": (
        "SCP-ECG 文件的第 3 节声明有 {n} 个导联，只描述了 {described} 个。"
    ),
    "A lead of the SCP-ECG file begins at sample {start} and ends at sample {end}.": (
        "SCP-ECG 文件的一个导联始于第 {start} 个采样点、止于第 {end} 个采样点。"
    ),
    "SCP lead {code}": "SCP 导联 {code}",
    "Section 4 of the SCP-ECG file lists {n} beats in {bytes} bytes, which take {needed}: it "
    "is damaged.": (
        "SCP-ECG 文件的第 4 节列出 {n} 个心搏，只有 {bytes} 字节，需要 {needed} 字节：文件已损坏。"
    ),
    "Section {n} of the SCP-ECG file has {bytes} bytes, the description of {leads} leads takes "
    "{needed}: it is damaged.": (
        "SCP-ECG 文件的第 {n} 节有 {bytes} 字节，而 {leads} 个导联的描述需要 {needed} 字节：文件"
        "已损坏。"
    ),
    "The samples of Section {n} of the SCP-ECG file are differences of order {order}, expected "
    "0 to 2.": ("SCP-ECG 文件第 {n} 节的采样值为 {order} 阶差分，应为 0 至 2 阶。"),
    "The leads of Section {n} of the SCP-ECG file take {bytes} bytes, the section holds "
    "{held}: it is cut short or damaged.": (
        "SCP-ECG 文件第 {n} 节的导联需要 {bytes} 字节，而该节只有 {held} 字节：文件不完整或已损坏。"
    ),
    "The samples of the SCP-ECG file are damaged: no Huffman code fits the bits from {n} on.": (
        "SCP-ECG 文件的采样值已损坏：自第 {n} 位起没有匹配的霍夫曼编码。"
    ),
    "A signal line of the WFDB header names no storage format out of {formats}.": (
        "WFDB 头文件的信号行未注明以下存储格式之一：{formats}。"
    ),
    "The WFDB header names a file in another folder, which is never opened.": (
        "WFDB 头文件指向其他文件夹中的文件，不予打开。"
    ),
    "The WFDB header states a gain that is not a number.": "WFDB 头文件中的增益不是数字。",
    "A segment line of the WFDB header is damaged.": "WFDB 头文件的一个分段行已损坏。",
    "The WFDB header names a segment in another folder, which is never opened.": (
        "WFDB 头文件指向其他文件夹中的分段，不予打开。"
    ),
    "The segments of this WFDB record hold different signals (variable layout), which is not "
    "read; give one segment alone.": (
        "该 WFDB 记录各分段的信号不同（可变布局），不支持读取；请单独提供一个分段。"
    ),
    "The WFDB header declares {n} segments, expected 1 to {limit}.": (
        "WFDB 头文件声明有 {n} 个分段，应为 1 至 {limit} 个。"
    ),
    "The WFDB header declares {n} segments but describes {described}.": (
        "WFDB 头文件声明有 {n} 个分段，只描述了 {described} 个。"
    ),
    "The first line of the WFDB header is damaged.": "WFDB 头文件的首行已损坏。",
    "The WFDB header declares {n} signals but describes {described}.": (
        "WFDB 头文件声明有 {n} 个信号，只描述了 {described} 个。"
    ),
    "The checksums of {leads} do not match: samples were changed or lost.": (
        "{leads} 的校验和不符：采样值被改动或丢失。"
    ),
    "The leads have {rates} samples per frame, expected one number.": (
        "各导联每帧的采样点数为 {rates}，应当相同。"
    ),
    "This WFDB record is made of several segments, of which {names} is missing: upload them, "
    "with the samples that they name, together with this header.": (
        "该 WFDB 记录由多个分段组成，缺少 {names}：请连同其采样数据与此头文件一起上传。"
    ),
    "This WFDB record is made of several segments, of which {names} are missing: upload them, "
    "with the samples that they name, together with this header.": (
        "该 WFDB 记录由多个分段组成，缺少 {names}：请连同其采样数据与此头文件一起上传。"
    ),
    "The WFDB header declares {n} samples, its segments {total} together.": (
        "WFDB 头文件声明有 {n} 个采样点，而各分段共有 {total} 个。"
    ),
    "Segment {n} of the WFDB record is made of segments again.": (
        "WFDB 记录的第 {n} 个分段又由分段组成。"
    ),
    "Segment {n} of the WFDB record holds {signals} x {samples} samples, expected {wanted} x "
    "{each}.": (
        "WFDB 记录的第 {n} 个分段有 {signals} × {samples} 个采样点，应为 {wanted} × {each} 个。"
    ),
    "Segment {n} of the WFDB record has {fs} Hz, expected {wanted}.": (
        "WFDB 记录的第 {n} 个分段采样率为 {fs} Hz，应为 {wanted} Hz。"
    ),
    "The segments of the WFDB record need {n} bytes, the limit is {limit}.": (
        "WFDB 记录的分段需要 {n} 字节，上限为 {limit}。"
    ),
    "Segment {n} of the WFDB record stores other signals, or in another way, than the first; "
    "give one segment alone.": (
        "WFDB 记录的第 {n} 个分段与首个分段的信号或存储方式不同；请单独提供一个分段。"
    ),
    "The header names {names}, which is missing: upload it together with the header.": (
        "头文件指向的 {names} 缺失：请与头文件一起上传。"
    ),
    "The sample files of the WFDB record have {n} bytes, limit {limit}.": (
        "WFDB 记录的采样文件有 {n} 字节，上限为 {limit}。"
    ),
    "The WFDB header shifts a signal by more than the length of the record.": (
        "WFDB 头文件使某信号的偏移超过记录长度。"
    ),
    'The header does not state how many samples "{name}" holds.': (
        "头文件未注明“{name}”含多少个采样点。"
    ),
    '"{name}" holds {n} bytes, but {frames} x {samples} samples take {needed}: the file is '
    "cut short or belongs to another header.": (
        "“{name}”有 {n} 字节，而 {frames} × {samples} 个采样点需要 {needed} 字节：文件不完整或属"
        "于另一头文件。"
    ),
}
