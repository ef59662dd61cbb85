"""PhysioNet/CinC Challenge 2020-21: folders of WFDB records with SNOMED CT codes in the headers.

The database of a record is known by its name (`snomed.CINC_DATABASES`), and with it what the
record's silence means. Where a header states no SNOMED CT code, a table labels.csv beside the
records is asked, if there is one.

References
----------
Reyna MA et al. Will two do? Varying dimensions in electrocardiography: the PhysioNet/Computing in
Cardiology Challenge 2021. Comput Cardiol 2021;48.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from ecgcore.errors import DatasetError
from ecgcore.learn.datasets.recordings import Entry, Listing
from ecgcore.learn.datasets.snomed import (
    CINC_DATABASES,
    SNOMED_OF_COLUMN,
    cinc_database,
    snomed_labels,
)
from ecgcore.learn.datasets.tables import read_table, stamp, stamp_of_names
from ecgcore.learn.datasets.wfdb_files import read_record

PTBXL = "PTB-XL"
# PTB-XL's records are not external to weights trained on PTB-XL.
ALL_BUT_PTBXL = tuple(d.name for d in CINC_DATABASES if d.name != PTBXL)
# 75 and 549 recordings of 32 and 290 people, and no header says whose: one split for each.
_FEW_PEOPLE = ("INCART", "PTB")


def listing(folder: Path, databases: Sequence[str] = ALL_BUT_PTBXL) -> Listing:
    """List the records of the named databases, in whichever folders below `folder` they lie.

    Raises
    ------
    DatasetError
        There is no header below the folder, or no such database.
    """
    known = {database.name for database in CINC_DATABASES}
    if not known.issuperset(databases):
        wrong = ", ".join(sorted(set(databases) - known))
        raise DatasetError(f"There is no database {wrong}; known are {', '.join(sorted(known))}.")
    headers = sorted(folder.rglob("*.hea"))
    if not headers:
        raise DatasetError("Every header (.hea) is missing from the CinC folder.")
    wanted = [path for path in headers if cinc_database(path.stem).name in databases]
    table_path = folder / "labels.csv"
    tabled = _tabled_diagnoses(table_path) if table_path.is_file() else {}
    seen = [f"{path.relative_to(folder)} {path.stat().st_size}" for path in wanted]
    seen += [stamp([table_path])] if tabled else []
    return Listing("cinc2021", len(wanted), _entries(wanted, tabled), stamp_of_names(seen))


def _tabled_diagnoses(path: Path) -> dict[str, tuple[str, ...]]:
    """Return the SNOMED CT codes of each record, from a column of 0 and 1 per diagnosis."""
    table = read_table(path, ("id",))
    columns = [column for column in SNOMED_OF_COLUMN if column in table.columns]
    return {
        facts["id"]: tuple(SNOMED_OF_COLUMN[column] for column in columns if facts[column] == "1")
        for facts in table.to_dict("records")
    }


def _entries(headers: Sequence[Path], tabled: Mapping[str, tuple[str, ...]]) -> Iterator[Entry]:
    for header in headers:
        name, database = header.stem, cinc_database(header.stem).name
        diagnoses = read_diagnoses(header)
        if not any(statement.isdigit() for statement in diagnoses):
            diagnoses += tabled.get(name, ())
        yield Entry(
            record=record_id(name),
            split="external",
            recording=partial(read_record, header.with_suffix(""), "CinC 2021"),
            labels=snomed_labels(name, diagnoses),
            patient=f"cinc2021/{database}" if database in _FEW_PEOPLE else "",
        )


def record_id(name: str) -> str:
    """Return the identifier of a record: that of PTB-XL where it is PTB-XL's."""
    if cinc_database(name).name == PTBXL:
        return f"ptbxl/{int(name.removeprefix('HR'))}"
    return f"cinc2021/{name}"


def read_diagnoses(header: Path) -> tuple[str, ...]:
    """Return the statements of the line ``# Dx:`` or ``#Dx:``; none where it says nan."""
    for line in header.read_text(encoding="utf-8", errors="replace").splitlines():
        key, _, value = line.lstrip("# ").partition(":")
        if line.startswith("#") and key.strip() == "Dx":
            said = (statement.strip() for statement in value.split(","))
            return tuple(statement for statement in said if statement not in ("", "nan", "Unknown"))
    return ()
