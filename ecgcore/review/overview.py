"""A long recording at a glance: the envelope of one lead over hours, to pick a part from."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from ecgcore.io.tracing import Channel, lead_of
from ecgcore.review.colours import OURS, PAPER, TEXT_MUTED

_BINS = 1200  # one a pixel on a wide screen
# Electrodes that were moved now and then reach tens of mV; the scale is that of the heart.
_SHOWN_SHARE = (0.5, 99.5)
_HEIGHT_PX = 120


def clock(seconds: float) -> str:
    """Hours, minutes and seconds from the beginning, as ``"1:02:03"``."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"


def overview_channel(channels: Sequence[Channel]) -> Channel:
    """Return the channel to show: lead II where it was recorded, otherwise the first lead."""
    leads = {lead_of(channel): channel for channel in reversed(channels)}
    named = [channel for lead, channel in leads.items() if lead is not None]
    return leads.get("II") or (named[-1] if named else channels[0])


def envelope(
    channel: Channel, n_samples: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Lowest and highest value in each of up to 1200 equal stretches, in the channel's unit.

    Returns
    -------
    low, high : ndarray, shape (bins,)
        NaN where nothing was recorded.
    """
    edges = np.linspace(0, n_samples, min(_BINS, n_samples) + 1).astype(int)
    low = np.full(len(edges) - 1, np.nan)
    high = low.copy()
    for i, (start, stop) in enumerate(pairwise(edges)):
        values = channel.values(int(start), int(stop))
        values = values[np.isfinite(values)]
        if values.size:
            low[i], high[i] = values.min(), values.max()
    return low, high


def draw_overview(
    channel: Channel, n_samples: int, fs: float, part_s: tuple[float, float], width_px: int
) -> go.Figure:
    """Draw the envelope of one channel and mark the part that is open.

    Parameters
    ----------
    channel : Channel
    n_samples : int
        Of the whole recording.
    fs : float
        Hz.
    part_s : tuple of float
        First and last second of the part that is open.
    width_px : int
    """
    low, high = envelope(channel, n_samples)
    hours = (np.arange(len(low)) + 0.5) * n_samples / fs / len(low) / 3600
    figure = go.Figure()
    for values, fill in ((low, None), (high, "tonexty")):
        figure.add_trace(
            go.Scatter(
                x=hours,
                y=values,
                fill=fill,
                mode="lines",
                line={"width": 0.5, "color": TEXT_MUTED},
                fillcolor="rgba(90, 98, 114, 0.35)",
                hoverinfo="skip",
            )
        )
    figure.add_vrect(
        x0=part_s[0] / 3600, x1=part_s[1] / 3600, fillcolor=OURS, opacity=0.35, line_width=0
    )
    known = np.concatenate([low, high])
    known = known[np.isfinite(known)]
    shown = [float(x) for x in np.percentile(known, _SHOWN_SHARE)] if known.size else [-1.0, 1.0]
    figure.update_layout(
        height=_HEIGHT_PX,
        width=width_px,
        margin={"l": 8, "r": 8, "t": 4, "b": 28},
        paper_bgcolor=PAPER,
        plot_bgcolor=PAPER,
        showlegend=False,
        xaxis={"ticksuffix": " h", "fixedrange": True, "range": [0, n_samples / fs / 3600]},
        yaxis={"visible": False, "fixedrange": True, "range": shown},
    )
    return figure
