"""The numbers by which SCP-ECG names the twelve leads; DICOM's MDC codes are the same after "2:".

References
----------
EN 1064, table of lead identification (5.6.3-9); DICOM PS3.16 CID 3001.
"""

from __future__ import annotations

from ecgcore.leads import CHEST_LEADS

NUMBER_OF_LEAD = {
    "I": 1, "II": 2, "III": 61, "aVR": 62, "aVL": 63, "aVF": 64,
    **{lead: 3 + i for i, lead in enumerate(CHEST_LEADS)},
}  # fmt: skip
LEAD_OF_NUMBER = {number: lead for lead, number in NUMBER_OF_LEAD.items()}
