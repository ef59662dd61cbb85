"""QT corrected for heart rate."""

from __future__ import annotations

import numpy as np

QTC_FORMULAS = ("bazett", "fridericia", "framingham", "hodges")


def corrected_qt(qt_ms: float, rr_s: float) -> dict[str, float]:
    """Correct a QT interval by each of `QTC_FORMULAS`, ms.

    Parameters
    ----------
    qt_ms : float
    rr_s : float
        Mean interval between beats, seconds.

    References
    ----------
    Bazett HC. Heart 1920;7:353-370: QT / RR^(1/2).
    Fridericia LS. Acta Med Scand 1920;53:469-486: QT / RR^(1/3).
    Sagie A et al. (Framingham). Am J Cardiol 1992;70:797-801: QT + 154 (1 - RR).
    Hodges M et al. J Am Coll Cardiol 1983;1:694: QT + 1.75 (rate - 60).
    """
    return {
        "bazett": qt_ms / float(np.sqrt(rr_s)),
        "fridericia": qt_ms / float(np.cbrt(rr_s)),
        "framingham": qt_ms + 154.0 * (1.0 - rr_s),
        "hodges": qt_ms + 1.75 * (60.0 / rr_s - 60.0),
    }
