"""Tables of labels: found, read, and stamped so that a change of them is noticed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from ecgcore.errors import DatasetError


def require(folder: Path, name: str, source: str) -> Path:
    """Return the path of a file that a source cannot do without.

    Raises
    ------
    DatasetError
        It is not there.
    """
    path = folder / name
    if not path.is_file():
        raise DatasetError(f"{name} is missing from the {source} folder.")
    return path


def read_table(path: Path, columns: Iterable[str]) -> pd.DataFrame:
    """Read a table of text (CSV or Excel); empty cells are empty strings.

    Raises
    ------
    DatasetError
        It cannot be read as a table, or lacks one of `columns`.
    """
    try:
        if path.suffix.lower() == ".xlsx":
            table = pd.read_excel(path, dtype=str, keep_default_na=False)
        else:
            table = pd.read_csv(path, dtype=str, keep_default_na=False)
    except Exception as error:  # pandas and openpyxl may raise anything on a damaged file
        raise DatasetError(f"{path.name} cannot be read as a table.") from error
    absent = [column for column in columns if column not in table.columns]
    if absent:
        raise DatasetError(f"{path.name} has no column {', '.join(absent)}.")
    return table


def stamp(paths: Iterable[Path]) -> str:
    """Return a short hash of the content of these files."""
    total = hashlib.sha256()
    for path in paths:
        total.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()[:16]


def stamp_of_names(names: Iterable[str]) -> str:
    """Return a short hash of a list of files, for sources that have no table."""
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]
