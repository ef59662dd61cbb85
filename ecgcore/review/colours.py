"""Every colour of the paper and the charts, each legible on what it is drawn on."""

from __future__ import annotations

from plotly.colors import find_intermediate_color, get_colorscale, hex_to_rgb

PAPER = "#fffcf7"
GRID_MINOR = "#f9e3df"
GRID_MAJOR = "#efbdb6"
INK = "#1f2430"
TEXT = "#1f2430"
TEXT_MUTED = "#5a6272"
SURFACE = "#ffffff"
LINE = "#d5dae1"

OURS = "#0b6e78"  # teal: the attention network
BASELINE = (
    "#b04a12"  # burnt orange: the order-dependent network; told from teal by any colour sense
)
BASELINE_SWAPS = "#6b4c9a"  # violet: the order-dependent network that was trained with swaps
BEFORE = "#8a8f99"  # grey: the tracing, or the probability, before a swap
UNREPORTED = "#8794a6"
MARK = "#ffe3a3"  # behind the name of a lead that a swap changed; text on it is TEXT
# Where waves begin and end; their order in time tells them apart without colour.
MARKED_P = "#6b4c9a"
MARKED_QRS = "#1f2430"
MARKED_T = "#0b6e78"
MARKED_ECTOPIC = "#b04a12"

# Plasma runs from ink blue over magenta to yellow with steadily rising lightness, so it can be read
# without colour vision. The part beyond 0.6 falls below 3:1 on paper and is cut off.
_PLASMA_END = 0.6
_STOPS = get_colorscale("Plasma")


def attention_colour(share: float) -> str:
    """Colour of a trace on the attention scale.

    Parameters
    ----------
    share : float
        0 for no weight, 1 for the top of the scale; values outside are clamped.

    Returns
    -------
    str
        ``"#rrggbb"``, from dark blue (no weight) to coral (the top).
    """
    position = min(max(share, 0.0), 1.0) * _PLASMA_END
    above = next(i for i, (stop, _) in enumerate(_STOPS) if i and stop >= position)
    (low, low_colour), (high, high_colour) = _STOPS[above - 1], _STOPS[above]
    mixed = find_intermediate_color(
        hex_to_rgb(low_colour),
        hex_to_rgb(high_colour),
        (position - low) / (high - low),
        colortype="tuple",
    )
    return "#" + "".join(f"{round(channel):02x}" for channel in mixed)


def luminance(colour: str) -> float:
    """Relative luminance of ``"#rrggbb"``, 0 (black) to 1 (white).

    References
    ----------
    W3C, Web Content Accessibility Guidelines 2.2, "relative luminance".
    """
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (channel / 255 for channel in hex_to_rgb(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2: text needs 4.5, graphics 3)."""
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def signed_colour(share: float) -> str:
    """Colour for a signed amount, on a light surface.

    Parameters
    ----------
    share : float
        -1 for the lower end of a symmetrical scale, 0 for nothing, 1 for the upper end; values
        outside are clamped.

    Returns
    -------
    str
        ``"#rrggbb"``: white at 0, teal above and burnt orange below, which any colour sense tells
        apart.
    """
    end = hex_to_rgb(OURS if share >= 0 else BASELINE)
    strength = min(abs(share), 1.0)
    mixed = find_intermediate_color(hex_to_rgb(SURFACE), end, strength, colortype="tuple")
    return "#" + "".join(f"{round(channel):02x}" for channel in mixed)
