"""Every source by name: what it is, under which licence, and how to open it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from inspect import signature
from pathlib import Path
from typing import Any

import numpy as np

from ecgcore.errors import DatasetError
from ecgcore.learn.datasets import (
    chapman,
    cinc2011_quality,
    cinc2021,
    code15,
    cpsc2018,
    ludb,
    own_folder,
    ptbxl,
    ptbxl_subset,
    simulated,
)
from ecgcore.learn.datasets.labelled_set import read_listing
from ecgcore.learn.datasets.packed import digest, open_pack, pack, packs_in
from ecgcore.learn.datasets.recordings import (
    SPLITS,
    Listing,
    Progress,
    Recordings,
    split_by_patient,
)
from ecgcore.signal.preprocess import PreprocessingConfig

BY_PATIENT = "by patient"


@dataclass(frozen=True)
class SourceKind:
    """One kind of source.

    Attributes
    ----------
    title : str
    listing : callable
        ``(folder, **options) -> Listing``; the simulator takes no folder.
    version : int
        Raised whenever the reader would read the same files differently, so that packs made by an
        earlier one are not used.
    splits : str
        How its recordings are split when nothing else is asked for.
    official : bool
        It has a published split, which may not be overruled except by ``"external"``.
    licence, citation : str
    needs_folder : bool
    """

    title: str
    listing: Callable[..., Listing]
    splits: str
    licence: str
    citation: str
    version: int = 1
    official: bool = False
    needs_folder: bool = True

    @property
    def options(self) -> tuple[str, ...]:
        """Names of the options that its reader understands, ``split`` apart."""
        names = tuple(signature(self.listing).parameters)
        return names[1:] if self.needs_folder else names


_PTBXL = "Wagner P et al. PTB-XL. Sci Data 2020;7:154; PTB-XL 1.0.3, PhysioNet"
_OFFICIAL_FOLDS = "official folds: train 1-8, val 9, test 10"
_HASH = "80 % train, 10 % val, 10 % test by patient"
SOURCES: dict[str, SourceKind] = {
    "ptbxl_subset": SourceKind(
        "PTB-XL subset, 1,819 filtered recordings",
        ptbxl_subset.listing,
        _OFFICIAL_FOLDS,
        "CC BY 4.0",
        _PTBXL,
        official=True,
    ),
    "ptbxl": SourceKind(
        "PTB-XL", ptbxl.listing, _OFFICIAL_FOLDS, "CC BY 4.0", _PTBXL, official=True
    ),
    "cpsc2018": SourceKind(
        "China Physiological Signal Challenge 2018",
        cpsc2018.listing,
        _HASH,
        "CC BY 4.0",
        "Liu F et al. J Med Imaging Health Inform 2018;8:1368-1373",
    ),
    "cinc2021": SourceKind(
        "PhysioNet/CinC Challenge 2020-21",
        cinc2021.listing,
        "all external",
        "CC BY 4.0",
        "Reyna MA et al. Comput Cardiol 2021;48",
    ),
    "chapman": SourceKind(
        "Chapman-Shaoxing",
        chapman.listing,
        _HASH,
        "CC BY 4.0",
        "Zheng J et al. Sci Data 2020;7:48",
    ),
    "ludb": SourceKind(
        "Lobachevsky University Database",
        ludb.listing,
        "all external",
        "ODC-By 1.0",
        "Kalyakulina AI et al. IEEE Access 2020;8:186181-186190",
    ),
    "code15": SourceKind(
        "CODE-15%",
        code15.listing,
        _HASH,
        "CC BY 4.0",
        "Ribeiro AH et al. Zenodo 2021, doi:10.5281/zenodo.4916206",
    ),
    "cinc2011_quality": SourceKind(
        "PhysioNet/CinC Challenge 2011, no diagnoses",
        cinc2011_quality.listing,
        "all train",
        "ODC-By 1.0",
        "Silva I et al. Comput Cardiol 2011;38:273-276",
        version=2,
    ),
    "folder": SourceKind(
        "A folder of yours with labels.csv", own_folder.listing, _HASH, "yours", "none"
    ),
    "simulated": SourceKind(
        "Simulated recordings",
        simulated.listing,
        "all train",
        "part of this product",
        "none",
        version=2,
        needs_folder=False,
    ),
}


def open_source(
    kind: str,
    path: Path | None,
    preprocessing: PreprocessingConfig,
    cache: Path | None = None,
    progress: Progress | None = None,
    *,
    split: str | None = None,
    **options: Any,
) -> Recordings:
    """Read a source, or open what was packed of it before.

    Parameters
    ----------
    kind : str
        A key of `SOURCES`.
    path : Path or None
        Folder of the source; None for the simulator.
    preprocessing : PreprocessingConfig
    cache : Path, optional
        Folder of packs; without one the recordings are held in memory.
    progress : callable, optional
        Told the numbers of recordings done and of all.
    split : str, optional
        ``"train"``, ``"val"``, ``"test"`` or ``"external"`` for all of them, or ``"by patient"``
        (80, 10 and 10 % by the hash of the patient). The source's own split by default.
    **options
        Of the reader: `SourceKind.options` names them.

    Raises
    ------
    DatasetError
        No such kind, option or split; a file that the source cannot do without is missing; or none
        of its recordings could be used.
    """
    source = _checked(kind, path, split, options)
    wanted = {**options, "folder": path} if source.needs_folder else options
    if cache is None:
        opened: Recordings = read_listing(source.listing(**wanted), preprocessing, progress)
    else:
        opened = _open_packed(kind, wanted, preprocessing, cache, progress)
    return opened if split is None else in_split(opened, split)


def in_split(recordings: Recordings, split: str) -> Recordings:
    """Put all recordings into one split, or divide them by patient."""
    if split == BY_PATIENT:
        of_patient = {name: split_by_patient(str(name)) for name in np.unique(recordings.patient)}
        return recordings.with_split(np.array([of_patient[p] for p in recordings.patient]))
    return recordings.with_split(np.full(len(recordings), split))


def _checked(
    kind: str, path: Path | None, split: str | None, options: dict[str, Any]
) -> SourceKind:
    if kind not in SOURCES:
        raise DatasetError(f'There is no source "{kind}"; known are {", ".join(SOURCES)}.')
    source = SOURCES[kind]
    if source.needs_folder and path is None:
        raise DatasetError(f"The source {kind} needs the path of its folder.")
    if unknown := set(options) - set(source.options):
        known = ", ".join(("split", *source.options))
        raise DatasetError(f"{kind} has no option {', '.join(sorted(unknown))}; it has {known}.")
    allowed = ("external",) if source.official else (*SPLITS, BY_PATIENT)
    if split is not None and split not in allowed:
        raise DatasetError(f'{kind} cannot be split "{split}"; allowed is {", ".join(allowed)}.')
    return source


def _open_packed(
    kind: str,
    wanted: dict[str, Any],
    preprocessing: PreprocessingConfig,
    cache: Path,
    progress: Progress | None,
) -> Recordings:
    """Open or make the pack of a source; one whose folder is gone is found by its name."""
    source = SOURCES[kind]
    asked = {name: str(value) for name, value in wanted.items()}
    if "folder" in wanted:
        asked["folder"] = str(Path(wanted["folder"]).resolve())
    prefix = f"{kind}-{digest([asked, source.version, asdict(preprocessing)])}-"
    if "folder" in wanted and not Path(wanted["folder"]).is_dir():
        for folder in packs_in(cache, prefix):
            return open_pack(folder)
        raise DatasetError(f"The folder {Path(wanted['folder']).name} of {kind} does not exist.")
    listing = source.listing(**wanted)
    return pack(listing, cache / f"{prefix}{listing.stamp}", preprocessing, progress)
