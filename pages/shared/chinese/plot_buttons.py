"""The buttons of Plotly in Chinese, by the keys of its own dictionary (plotly.js, lib/locales)."""

from __future__ import annotations

PLOT_BUTTONS = {
    "Zoom": "框选放大",
    "Pan": "平移",
    "Zoom in": "放大",
    "Zoom out": "缩小",
    "Reset axes": "恢复原状",
    "Reset": "恢复原状",
    "Download plot": "下载图像",
    "Download plot as a SVG": "下载 SVG 图像",
    "Double-click to zoom back out": "双击恢复原状",
}
