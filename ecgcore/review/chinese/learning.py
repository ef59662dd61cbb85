"""Training: data sets, devices, and what keeps a run from starting or going on."""

from __future__ import annotations

SENTENCES = {
    "{name} is {value}, expected 0 to 1.": "{name} 为 {value}，应在 0 至 1 之间。",
    "{name} is {value}, expected 0 or more.": "{name} 为 {value}，不应小于 0。",
    "{name} is {value}, expected 1 or more.": "{name} 为 {value}，不应小于 1。",
    "{name} is {value}, expected below 1.": "{name} 为 {value}，应小于 1。",
    "{name} is {value}, expected above 0.": "{name} 为 {value}，应大于 0。",
    "{name} is {value}, expected 0 or more and below 1.": (
        "{name} 为 {value}，不应小于 0，且应小于 1。"
    ),
    '{name} is "{value}", expected one of {allowed}.': (
        "{name} 为“{value}”，应为以下之一：{allowed}。"
    ),
    '{name} is "{value}", expected a plain file name.': "{name} 为“{value}”，应为普通文件名。",
    "{name} are {value}, expected some of {allowed}.": "{name} 为 {value}，应取自：{allowed}。",
    "{name} are {value}, expected some of {allowed}, each once.": (
        "{name} 为 {value}，应取自（各至多一次）：{allowed}。"
    ),
    "{name} is empty, expected at least one source.": "{name} 为空，至少应有一个数据来源。",
    "{name} is {value}, expected a table of fields.": "{name} 为 {value}，应为字段表。",
    "{name} is {value}, expected a list.": "{name} 为 {value}，应为列表。",
    "{name} is {value}, expected {what}.": "{name} 为 {value}，应为{what}。",
    "a number": "数字",
    "a whole number": "整数",
    "true or false": "true 或 false",
    "a table": "表",
    "text": "文本",
    "{name} has {n} values, expected {expected}.": "{name} 有 {n} 个值，应为 {expected} 个。",
    "{name} is incomplete: {error}.": "{name} 不完整：{error}。",
    '{name} has no field "{field}", only {allowed}.': "{name} 没有字段“{field}”，只有 {allowed}。",
    '"{name}" has a network of another shape: {n} of {wanted} tensors differ, such as {example}.': (
        "“{name}”的网络结构不同：{wanted} 个张量中有 {n} 个不同，例如 {example}。"
    ),
    'The teacher "{name}" was made for another preprocessing.': (
        "教师模型“{name}”采用了不同的预处理。"
    ),
    'The teacher "{name}" ({objective}: {labels}) cannot teach this run ({other}: {wanted}).': (
        "教师模型“{name}”（{objective}：{labels}）不能用于本次训练（{other}：{wanted}）。"
    ),
    '"{path}" cannot be read: {why}.': "“{path}”无法读取：{why}。",
    '"{path}" is no TOML file: {why}.': "“{path}”不是 TOML 文件：{why}。",
    "The configuration": "配置",
    "network: {error}": "network：{error}",
    '"{text}" is no override, expected section.field=value.': (
        "“{text}”不是有效的改写，应为 section.field=value。"
    ),
    '"{text}": "{section}" is not a section.': "“{text}”：“{section}”不是配置中的一节。",
    "training.tensorboard is true, but the package tensorboard is not installed: pip install "
    "tensorboard, or leave it out; the curves are in metrics.jsonl as well.": (
        "training.tensorboard 为 true，但未安装 tensorboard 包：请 pip install tensorboard，或不"
        "使用该项；曲线同样保存在 metrics.jsonl 中。"
    ),
    "{name} is missing from the {source} folder.": "{source} 文件夹中缺少 {name}。",
    "Every header (.hea) is missing from the CinC folder.": "CinC 文件夹中缺少全部头文件（.hea）。",
    "Every exams_part<i>.hdf5 is missing from the CODE-15 folder.": (
        "CODE-15 文件夹中缺少全部 exams_part<i>.hdf5。"
    ),
    "Its file has {n} columns, expected 12.": "其文件有 {n} 列，应为 12 列。",
    "There is no database {name}; known are {known}.": "没有数据库 {name}；已知的有 {known}。",
    "{name} is damaged or does not hold this exam.": "{name} 已损坏或不含此检查。",
    "Its tracing holds nothing but zeros.": "其曲线全部为零。",
    "Its file holds no structure ECG with a field data.": "其文件中没有含 data 字段的结构 ECG。",
    "Its data have shape {shape}, expected (12, samples).": (
        "其数据形状为 {shape}，应为 (12, 采样点数)。"
    ),
    "None of the {n} training recordings is also among the {held} held out.": (
        "{n} 份训练记录均不在 {held} 份留出记录之中。"
    ),
    "{leaks} of {n} training recordings are of {shared} as a held-out one, for example {one} "
    "and {other} ({split}).": (
        "{n} 份训练记录中有 {leaks} 份与留出记录为{shared}，例如 {one} 与 {other}（{split}）。"
    ),
    "the same patient": "同一患者",
    "the same record": "同一记录",
    "the same tracing": "同一曲线",
    "labels.csv names no finding; its columns may be {codes}, with 1, 0 or nothing in each row.": (
        "labels.csv 未列出任何所见；其列可为 {codes}，每行填 1、0 或留空。"
    ),
    'Its split is "{split}", expected {splits} or nothing.': (
        "其划分为“{split}”，应为 {splits} 或留空。"
    ),
    'Its {code} is "{value}", expected 1, 0 or nothing.': (
        "其 {code} 为“{value}”，应为 1、0 或留空。"
    ),
    "Its path leads out of the folder.": "其路径指向文件夹之外。",
    "Its file holds {n} recordings, expected 1.": "其文件含 {n} 份记录，应为 1 份。",
    "Its file holds no recording.": "其文件中没有记录。",
    "Its file is missing.": "其文件缺失。",
    "Its file cannot be opened: {why}.": "其文件无法打开：{why}。",
    "Its file is damaged ({type}).": "其文件已损坏（{type}）。",
    "The pack {name} is damaged; delete it to build it anew.": (
        "数据包 {name} 已损坏；请删除后重新生成。"
    ),
    "{name} is a pack of something else; delete it or use another.": (
        "{name} 是其他数据的数据包；请删除或另选。"
    ),
    "The signals of {name} take {size} bytes, expected {due}.": (
        "{name} 的信号占 {size} 字节，应为 {due} 字节。"
    ),
    "PTB-XL has no records at {rate} Hz, only at 500 and 100 Hz.": (
        "PTB-XL 没有 {rate} Hz 的记录，只有 500 Hz 和 100 Hz。"
    ),
    "ptbxl_subset.npz and its labels list different recordings.": (
        "ptbxl_subset.npz 与其标注所列的记录不一致。"
    ),
    "{n} of {total} recordings left out, such as {record}: {reason}": (
        "{total} 份记录中有 {n} 份未采用，例如 {record}：{reason}"
    ),
    "The source {source} lists no recording.": "数据来源 {source} 未列出任何记录。",
    "None of the {n} recordings of {source} could be used. The first, {record}: {reason}": (
        "{source} 的 {n} 份记录均不可用。第一份 {record}：{reason}"
    ),
    "There are 0 sets to join, expected at least 1.": "没有可合并的数据集，至少应有 1 个。",
    "{n} simulated records were asked for, expected {least} or more.": (
        "要求 {n} 份模拟记录，至少应为 {least} 份。"
    ),
    "The record {record} is of no known database; names begin with {known}.": (
        "记录 {record} 不属于任何已知数据库；记录名以 {known} 开头。"
    ),
    'There is no source "{kind}"; known are {known}.': "没有数据来源“{kind}”；已知的有 {known}。",
    "The source {kind} needs the path of its folder.": "数据来源 {kind} 需要文件夹路径。",
    "{kind} has no option {unknown}; it has {known}.": (
        "{kind} 没有选项 {unknown}；可用选项为 {known}。"
    ),
    '{kind} cannot be split "{split}"; allowed is {allowed}.': (
        "{kind} 不能按“{split}”划分；允许的有 {allowed}。"
    ),
    "The folder {name} of {kind} does not exist.": "{kind} 的文件夹 {name} 不存在。",
    "{name} cannot be read as a table.": "{name} 无法作为表格读取。",
    "{name} has no column {absent}.": "{name} 缺少列 {absent}。",
    "{n} GPUs were asked for, PyTorch finds {found}.": (
        "要求 {n} 个 GPU，PyTorch 只找到 {found} 个。"
    ),
    "training.batch is {n}, expected at least 2 for each of {processes} processes.": (
        "training.batch 为 {n}，{processes} 个进程每个至少应有 2。"
    ),
    "training.naming_weight: only lead attention can name its leads.": (
        "training.naming_weight：只有导联注意力网络能辨认导联。"
    ),
    "The process ended before it could say anything.": "进程未及输出任何信息即已结束。",
    "The process ended without saying why; the run can be resumed.": (
        "进程结束而未说明原因；训练可以继续。"
    ),
    "The last it said: {last}": "最后的输出：{last}",
    'The run "{run}" is {state}; there is nothing to resume.': "训练“{run}”{state}，无可继续。",
    'The run "{run}" is {state}; there is nothing to stop.': "训练“{run}”{state}，无可停止。",
    'The run "{run}" is {state}; stop it before deleting it.': (
        "训练“{run}”{state}，请先停止再删除。"
    ),
    "starting": "正在启动",
    "preparing": "正在准备",
    "running": "运行中",
    "stopping": "正在停止",
    "stopped": "已停止",
    "finished": "已完成",
    "failed": "失败",
    "interrupted": "已中断",
    'There is no run "{run}" in the folder of runs.': "训练文件夹中没有“{run}”。",
    'The run\'s folder cannot be made in "{root}": {reason}.': (
        "无法在“{root}”中建立训练文件夹：{reason}。"
    ),
    '100 runs named "{stem}" were started within this second.': (
        "这一秒内已启动 100 个名为“{stem}”的训练。"
    ),
    '"{device}" is no device, expected "cpu" or the UUID of a GPU.': (
        '“{device}”不是设备，应为 "cpu" 或 GPU 的 UUID。'
    ),
    "{file} does not fit this run: {error}.": "{file} 与此训练不符：{error}。",
    'Process {pid} is training in "{folder}" already.': "进程 {pid} 已在“{folder}”中训练。",
    "The loss or its gradient was not finite in {n} steps in a row, up to step {step} of epoch "
    "{epoch}; the last saved state is from before. A lower learning rate or other recordings "
    "may help.": (
        "截至第 {epoch} 轮第 {step} 步，损失或其梯度连续 {n} 步不是有限值；最后保存的状态在此之前"
        "。降低学习率或更换记录可能有所帮助。"
    ),
    "None of the {n} recordings can be trained on: none of the training split states {labels}.": (
        "{n} 份记录均不能用于训练：训练集中没有一份标注了 {labels}。"
    ),
    "None of the {n} recordings can be trained on: none of the training split states exactly "
    "one of {labels}.": (
        "{n} 份记录均不能用于训练：训练集中没有一份恰好标注了以下之一：{labels}。"
    ),
    "{n} recordings are in two sources; the first one's are used.": (
        "{n} 份记录同时见于两个数据来源；采用前一来源的记录。"
    ),
    '"{value}" is unknown, expected one of {allowed}.': "“{value}”未知，应为以下之一：{allowed}。",
    "There is a calibration for {unknown}, which the model does not report.": (
        "存在 {unknown} 的校准，而模型并不报告该项。"
    ),
    "The temperature {temperature} and the scales per label have to be above 0, the smallest "
    "is {least}.": ("温度 {temperature} 与各标签的比例须大于 0，而最小者为 {least}。"),
    "The network configuration does not fit: {error}.": "网络配置不符：{error}。",
    '"{kind}" is unknown, expected one of {kinds}.': "“{kind}”未知，应为以下之一：{kinds}。",
    'There is no model "{name}". Available: {names}.': "没有模型“{name}”。可用的有：{names}。",
    "{file} is damaged: {error}.": "{file} 已损坏：{error}。",
    "{file} is damaged ({type}).": "{file} 已损坏（{type}）。",
    "{file} is missing beside its JSON file.": "JSON 文件旁缺少 {file}。",
    "{file} has SHA-256 {digest}..., its JSON states {stated}...: the two do not belong "
    "together.": ("{file} 的 SHA-256 为 {digest}…，而 JSON 注明 {stated}…：两者不匹配。"),
    "{name} was made for the leads {leads}.": "{name} 适用于导联 {leads}。",
    "{file} lacks the field {field}.": "{file} 缺少字段 {field}。",
    "{name} does not fit its description: {error}.": "{name} 与其说明不符：{error}。",
    "{file} was made for other features.": "{file} 适用于其他特征。",
    "{file} is missing or cannot be read.": "{file} 缺失或无法读取。",
    "{file} does not hold {n} numbers of each kind.": "{file} 中每类数值不足 {n} 个。",
    'The run "{run}" has no checkpoint yet.': "训练“{run}”尚无检查点。",
    "{n} residual modules, expected at least 2.": "残差模块数为 {n}，至少应为 2。",
    "{n} attention heads, expected at least 1.": "注意力头数为 {n}，至少应为 1。",
    "Kernel of {n} samples, expected an odd number.": "卷积核为 {n} 个采样点，应为奇数。",
    "No pool, expected at least one.": "没有池化方式，至少应有一种。",
    "PTB-XL subset, 1,819 filtered recordings": "PTB-XL 子集，1,819 份滤波记录",
    "China Physiological Signal Challenge 2018": "中国生理信号挑战赛 2018（CPSC 2018）",
    "PhysioNet/CinC Challenge 2020-21": "PhysioNet/CinC 挑战赛 2020-21",
    "Lobachevsky University Database": "罗巴切夫斯基大学数据库（LUDB）",
    "PhysioNet/CinC Challenge 2011, no diagnoses": "PhysioNet/CinC 挑战赛 2011，无诊断",
    "A folder of yours with labels.csv": "自有文件夹（含 labels.csv）",
    "Simulated recordings": "模拟记录",
    "official folds: train 1-8, val 9, test 10": "官方分组：训练 1-8，验证 9，测试 10",
    "80 % train, 10 % val, 10 % test by patient": "按患者划分：训练 80 %、验证 10 %、测试 10 %",
    "all external": "全部用作外部验证",
    "all train": "全部用于训练",
    "by patient": "按患者",
    "yours": "自有",
    "none": "无",
    "part of this product": "本产品自带",
    "{n:g} core": "{n} 核",
    "{n:g} cores": "{n} 核",
    "{used} of {whole} GiB in use": "已用 {used}/{whole} GiB",
    "load {load:g}": "负载 {load}",
    '"{folder}" holds a run already; give --resume to go on with it, or another --out.': (
        "“{folder}”中已有一次训练；用 --resume 继续，或另选 --out。"
    ),
    'The run in "{folder}" was started with another {names}; a resumed run keeps its '
    "configuration.": ("“{folder}”中的训练启动时 {names} 不同；继续训练须沿用其配置。"),
    '"{folder}" cannot be written: {why}.': "“{folder}”无法写入：{why}。",
}
