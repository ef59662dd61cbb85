"""The findings by their code."""

from __future__ import annotations

FINDINGS = {
    "NSR": "窦性心律",
    "AF": "心房颤动",
    "AFL": "心房扑动",
    "STach": "窦性心动过速",
    "SB": "窦性心动过缓",
    "IAVB": "一度房室传导阻滞",
    "LBBB": "左束支传导阻滞",
    "CRBBB": "完全性右束支传导阻滞",
    "IRBBB": "不完全性右束支传导阻滞",
    "LAnFB": "左前分支传导阻滞",
    "PAC": "房性早搏",
    "PVC": "室性早搏",
    "NORM": "正常心电图",
    "MI": "心肌梗死",
    "STTC": "ST-T 改变",
    "CD": "传导异常",
    "HYP": "房室肥大",
}
