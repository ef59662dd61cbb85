"""The Training page."""

from __future__ import annotations

WORDS = {
    "Training is switched off on this server: its administrator has set LEADPROOF_TRAINING to "
    "off. Runs can be looked at and their checkpoints used.": (
        "此服务器已关闭训练：管理员将 LEADPROOF_TRAINING 设为 off。仍可查看训练并使用其检查点。"
    ),
    "No run can be started here.": "此处不能启动训练。",
    "Runs": "训练列表",
    "New run": "新建训练",
    "Data": "数据",
    "Data sets": "数据集",
    "The simulated set is built in; the others are read from a folder of this server.": (
        "模拟数据集为内置；其他数据集从本服务器的文件夹读取。"
    ),
    "Choose at least one data set.": "请至少选择一个数据集。",
    "{n:,} simulated recordings": "{n:,} 份模拟记录",
    "Simulated recordings": "模拟记录",
    "Made anew when the run starts; the same number gives the same recordings.": (
        "训练启动时重新生成；数量相同则记录相同。"
    ),
    "Folder of: {title}": "文件夹：{title}",
    "a folder on the machine that runs Leadproof": "运行 Leadproof 的机器上的文件夹",
    "Split of: {title}": "划分：{title}",
    "80 / 10 / 10 % by patient": "按患者 80 / 10 / 10 %",
    "{n:,} recordings listed": "列出 {n:,} 份记录",
    "{title}: give its folder.": "{title}：请填写其文件夹。",
    '{title}: there is no folder "{path}" on this machine.': "{title}：本机没有文件夹“{path}”。",
    "{title}: {fault}": "{title}：{fault}",
    "Augmentation": "数据增强",
    "Kinds of swaps": "接错种类",
    "Swapped electrodes": "电极接错",
    "In half of the recordings.": "用于半数记录。",
    "Shift in time": "时间平移",
    "By up to a second; zeros enter.": "至多一秒；空出部分补零。",
    "Noise": "噪声",
    "White and slow, each lead its own.": "白噪声与慢噪声，各导联独立。",
    "Fewer leads": "减少导联",
    "A fifth of the recordings shows only some of the twelve.": (
        "五分之一的记录只显示十二导联中的一部分。"
    ),
    "Smoothing, scale": "平滑与缩放",
    "A recorder's low-pass; chest leads scaled where the source does not keep their scale.": (
        "记录仪的低通滤波；数据来源未保留胸导联比例时，对其缩放。"
    ),
    "Speed and length": "速度与时长",
    "Time runs up to 3 % faster or slower; some recordings are cut to 5 s or more.": (
        "时间加快或放慢至多 3 %；部分记录截短，不少于 5 秒。"
    ),
    "Gain": "增益",
    "Of the recording and of each lead, by about a tenth.": (
        "整份记录及各导联的增益变化约十分之一。"
    ),
    "Wander, mains, muscle": "漂移、工频、肌电",
    "As in a busy ward, each in a fifth of the recordings.": (
        "如同繁忙的病房，各用于五分之一的记录。"
    ),
    "Other recorders": "其他记录仪",
    "Filtered again: low-pass 15-40 Hz, high-pass 0.05-1 Hz.": (
        "再次滤波：低通 15-40 Hz，高通 0.05-1 Hz。"
    ),
    "Electrodes coming off": "电极脱落",
    "For up to three seconds, in a tenth of the recordings.": "至多三秒，用于十分之一的记录。",
    "Nine table rows": "表格九行",
    "Limb with chest": "肢体与胸电极互换",
    "Chest neighbours": "相邻胸电极互换",
    "V1-V6 reversed": "V1-V6 倒序",
    "Right leg": "涉及右腿",
    "Any order": "任意次序",
    "Network": "网络",
    "Lead attention": "导联注意力",
    "Order-dependent": "顺序依赖",
    "Width": "宽度",
    "Small": "小",
    "Wide": "宽",
    "Objective": "目标",
    "All findings": "全部所见",
    "Four rhythm classes": "四类心律",
    "four attention vectors, each lead read both ways up": "四个注意力向量，各导联正反两向读取",
    "{n:,} parameters": "{n:,} 个参数",
    "Epochs": "轮数",
    "Learning rate": "学习率",
    "Peak: it rises over the first tenth of the steps and falls to zero.": (
        "峰值：在前十分之一步数内上升，随后降至零。"
    ),
    "Patience, epochs": "早停等待轮数",
    "Ends after so many epochs without a better validation macro-AUC; 0: never.": (
        "验证集宏平均 AUC 在此轮数内无改善则结束；0 表示不早停。"
    ),
    "Batch, records": "每批记录数",
    "Seed": "随机种子",
    "Device": "设备",
    "PyTorch sees no GPU here.": "PyTorch 在此未检测到 GPU。",
    "At work already: {runs}. Runs on one device slow each other down.": (
        "正在运行：{runs}。同一设备上的训练会相互拖慢。"
    ),
    "Title": "标题",
    "Start training": "开始训练",
    "no data": "无数据",
    "{n} epochs in batches of {batch}": "{n} 轮，每批 {batch} 份",
    "No run yet. Start one under **New run**; it needs nothing downloaded.": (
        "尚无训练。请在**新建训练**中启动；无需下载任何内容。"
    ),
    'There is no run "{run}" here (any more).': "此处没有（或已不存在）训练“{run}”。",
    "Run": "训练",
    "The link of this page names the run: keep it to come back.": (
        "本页链接包含该训练：保存链接即可返回。"
    ),
    "since {moment:%d %B %Y, %H:%M}": "始于 {moment:%Y-%m-%d %H:%M}",
    "Epoch": "轮次",
    "{done} of {whole}": "{done}/{whole}",
    "Best validation macro-AUC": "验证集最佳宏平均 AUC",
    "Records per second": "每秒记录数",
    "Time left": "剩余时间",
    "Epoch {epoch}, step {step} of {steps}": "第 {epoch} 轮，第 {step}/{steps} 步",
    "The process is starting …": "进程正在启动……",
    "Reading and conditioning the recordings …": "正在读取并预处理记录……",
    "Stopping after the step at hand …": "完成当前步后停止……",
    "Stop": "停止",
    "Saves its state; it can be resumed later.": "保存其状态，以后可继续。",
    "Resume": "继续",
    "Open in Review": "在“阅图”中打开",
    "Chooses this checkpoint as the model of every page.": "将此检查点选为各页面的模型。",
    "Download checkpoint": "下载检查点",
    "Weights (.safetensors), their description (.json) and config.toml in one .zip.": (
        "权重（.safetensors）、其说明（.json）与 config.toml，打包为一个 .zip。"
    ),
    "Delete **{run}** with its curves and its checkpoint?": "删除 **{run}** 及其曲线和检查点？",
    "Delete for good": "永久删除",
    "Loss": "损失",
    "Macro-AUC, validation": "宏平均 AUC（验证集）",
    "Loss, validation": "损失（验证集）",
    "{title} per epoch": "各轮{title}",
    "AUC per finding, validation": "各项所见的 AUC（验证集）",
    "AUC per finding and epoch": "各项所见逐轮的 AUC",
    "AUC per finding and run": "各项所见在各次训练的 AUC",
    "Beside each finding its last value; –: too few validation records to tell.": (
        "各项所见旁为其最后值；–：验证记录过少，无法判断。"
    ),
    "Command": "命令",
    "What was started, to be copied: in the project's folder it does the same.": (
        "所启动的命令，可复制：在项目文件夹中运行效果相同。"
    ),
    "Configuration": "配置",
    "Last lines of the log": "日志末尾",
    "Nothing printed yet.": "尚无输出。",
    "{h} h {min} min": "{h} 小时 {min} 分",
    "{min} min": "{min} 分钟",
    "Two runs with at least one epoch each can be compared.": (
        "至少有两次各完成一轮的训练方可比较。"
    ),
    "Runs to compare": "要比较的训练",
    "How far they came": "训练结果",
    "What they were told differently": "配置差异",
    "Nothing: their configurations are the same, apart from their names.": "无：除名称外配置相同。",
    "field": "字段",
    "run": "训练",
    "state": "状态",
    "epochs": "轮数",
    "best macro-AUC": "最佳宏平均 AUC",
    "last validation loss": "最后的验证损失",
    "records/s": "记录/秒",
    "minutes": "分钟",
    "device": "设备",
    "Choose data sets": "选择数据集",
    "Choose runs": "选择训练",
}
