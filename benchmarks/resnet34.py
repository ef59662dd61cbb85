"""The residual network of 34 layers that is published for CPSC2018, for comparison of speed alone.

References
----------
He K, Zhang X, Ren S, Sun J. Deep residual learning for image recognition. CVPR 2016.
Zhang D, Yang S, Yuan X, Zhang P. Interpretable deep learning for automatic diagnosis of 12-lead
electrocardiogram. iScience 2021;24:102373: in one dimension, kernel 7, 16.6 million parameters.
"""

import torch
from torch import nn

WIDTHS = (64, 128, 256, 512)
BLOCKS = (3, 4, 6, 3)
KERNEL = 7
STEM_KERNEL = 15


class BasicBlock(nn.Module):
    """conv - norm - relu - conv - norm, plus the input, then relu."""

    def __init__(self, n_in: int, width: int, stride: int) -> None:
        super().__init__()
        self.main = nn.Sequential(
            nn.Conv1d(n_in, width, KERNEL, stride, padding=KERNEL // 2, bias=False),
            nn.BatchNorm1d(width),
            nn.ReLU(inplace=True),
            nn.Dropout(0.2),
            nn.Conv1d(width, width, KERNEL, padding=KERNEL // 2, bias=False),
            nn.BatchNorm1d(width),
        )
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or n_in != width:
            self.shortcut = nn.Sequential(
                nn.Conv1d(n_in, width, 1, stride, bias=False), nn.BatchNorm1d(width)
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, n_in, L) -> (B, width, ceil(L / stride))."""
        return torch.relu(self.main(x) + self.shortcut(x))


class ResNet34(nn.Module):
    """(B, 12, N) -> (B, K); pooled over time by mean and maximum."""

    def __init__(self, n_classes: int, n_leads: int = 12) -> None:
        super().__init__()
        width = WIDTHS[0]
        layers: list[nn.Module] = [
            nn.Conv1d(n_leads, width, STEM_KERNEL, 2, padding=STEM_KERNEL // 2, bias=False),
            nn.BatchNorm1d(width),
            nn.ReLU(inplace=True),
            nn.MaxPool1d(3, 2, padding=1),
        ]
        for group, (n_out, count) in enumerate(zip(WIDTHS, BLOCKS, strict=True)):
            for block in range(count):
                layers.append(BasicBlock(width, n_out, 2 if group and not block else 1))
                width = n_out
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Linear(2 * width, n_classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, 12, N) -> (B, K)."""
        features = self.features(x)
        return self.classifier(torch.cat([features.mean(dim=2), features.amax(dim=2)], dim=1))
