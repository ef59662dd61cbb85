"""How large an upload may be: bounds that are checked before memory is taken."""

from __future__ import annotations

from ecgcore.errors import ReadError

# Two hours of 12 leads at 1 kHz and 16 bits take 173 MB.
MAX_FILE_BYTES = 200 * 10**6
# Holter recorders: a day of 12 leads at 180 Hz and 16 bits takes 373 MB. Only for formats whose
# samples are used as they lie in the file; .streamlit/config.toml lets as much be uploaded.
MAX_LONG_FILE_BYTES = 400 * 10**6
# Text takes several times its size while it is parsed.
MAX_TEXT_BYTES = 64 * 10**6
# An element of an XML tree takes 100 to 500 bytes; the largest real file here has 60,000.
MAX_XML_ELEMENTS = 500_000
MAX_XML_DEPTH = 100
# A file of CODE-15 holds thousands of recordings; a reader looks at some.
MAX_RECORDINGS = 100
# The longest stretch of a long recording that is held in full: the reader picks which.
MAX_PART_S = 600.0
# Ten minutes at 2 kHz; beyond, the part gets shorter so that it stays below 60 MB.
MAX_PART_SAMPLES = 1_200_000
# One hour of 12 leads at 1 kHz is 43 million values, 350 MB once they are 64-bit numbers.
MAX_VALUES = 50 * 10**6
# Vendors store up to 16 leads, polygraphs a few dozen signals; more is another kind of file.
MAX_CHANNELS = 256
# An archive may hold a whole small database (LUDB: 3,000 files, 60 MB), not more.
MAX_ARCHIVE_MEMBERS = 10_000
MAX_ARCHIVE_BYTES = 500 * 10**6


def check_declared_size(n_channels: int, n_samples: int, max_values: int = MAX_VALUES) -> None:
    """Refuse a declared shape before anything of that size is allocated.

    Parameters
    ----------
    n_channels, n_samples : int
    max_values : int
        More than `MAX_VALUES` only where each value is backed by bytes of the file.

    Raises
    ------
    ReadError
        No channels or samples, or more than the limits above.
    """
    if not 1 <= n_channels <= MAX_CHANNELS:
        raise ReadError(f"The file declares {n_channels} channels, expected 1 to {MAX_CHANNELS}.")
    if n_samples < 1:
        raise ReadError(f"The file declares {n_samples} samples per channel.")
    if n_channels * n_samples > max_values:
        raise ReadError(
            f"The file declares {n_channels} x {n_samples} values, the limit is {max_values}: "
            f"cut out the part to be read."
        )
