"""Frontal electrical axis of a wave, from its net area in leads I and II."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

# Below this share of the whole area the positive and the negative parts cancel: no direction.
_LEAST_NET_SHARE = 0.10
# 0.01 mV over 10 ms: less than any converter resolves.
_LEAST_AREA_MV_S = 1e-4


def frontal_axis_deg(
    lead_i: npt.NDArray[np.float64], lead_ii: npt.NDArray[np.float64], fs: float
) -> float | None:
    """Direction of the net area: 0 to the left, +90 to the feet, -180 (excluded) to 180.

    Parameters
    ----------
    lead_i, lead_ii : ndarray, shape (samples,), mV
        One wave, its baseline at zero.
    fs : float
        Hz.

    Returns
    -------
    float or None
        None where there is no wave, or where it points nowhere.

    References
    ----------
    Einthoven W. Lancet 1912;1:853 (equilateral triangle: II points to +60 degrees, so the vertical
    part of the heart vector is (2 II - I) / sqrt(3)).
    Surawicz B et al. AHA/ACCF/HRS recommendations, part III. Circulation 2009;119:e235 (mean axis).
    Deviation: where positive and negative parts cancel to less than a tenth, no axis is given.
    """
    vertical = (2.0 * lead_ii - lead_i) / np.sqrt(3.0)
    x, y = float(lead_i.sum() / fs), float(vertical.sum() / fs)
    whole = float(np.hypot(lead_i, vertical).sum() / fs)
    if np.hypot(x, y) < max(_LEAST_NET_SHARE * whole, _LEAST_AREA_MV_S):
        return None
    return float(np.rad2deg(np.arctan2(y, x)))
