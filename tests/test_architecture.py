"""The order of imports, and what else CONTRIBUTING.md promises of the whole repository."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# Earlier never imports later. learn and review share a rank, yet do not know each other.
RANKS = (
    {"ecgcore.errors", "ecgcore.whole_file"},
    {"ecgcore.leads"},
    {"ecgcore.saturation"},
    {"ecgcore.contradiction"},
    {"ecgcore.recording"},
    {"ecgcore.electrodes"},
    {"ecgcore.misplacement"},
    {"ecgcore.simulate"},
    {"ecgcore.io"},
    {"ecgcore.signal"},
    {"ecgcore.model"},
    {"ecgcore.learn", "ecgcore.review"},
    {"ecgcore.commands"},
    {"ecgcore.__main__"},
    {"pages.shared"},
    {"pages"},
    {"app"},
)
RANK = {unit: rank for rank, units in enumerate(RANKS) for unit in units}
# The package itself holds the version alone, so anyone may read it.
OPEN_TO_ALL = {"ecgcore", "ecgcore.__version__"}

MAX_LINES = 500
CAN_RUN_CODE = {"pickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"}

MACHINE_PATH = re.compile(r"(?<![\w.~-])/(home|root|work|Users|mnt|opt|srv)/[\w.-]+")
REGISTRY = re.compile(
    r"pypi\.org|pythonhosted\.|download\.pytorch\.|anaconda\.|--(extra-)?index-url"
)
PIN = re.compile(r"(?P<name>[\w.-]+)==(?P<version>\d[\w.]*) +# \w.+")


def ignored_folders() -> set[str]:
    lines = (ROOT / ".gitignore").read_text().splitlines()
    return {line.strip("/") for line in lines if line.endswith("/")} | {".git"}


def tracked_files(folder: Path = ROOT) -> Iterator[Path]:
    """Files as a clone has them. Without git, which a user of `make test` need not have."""
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or path.name in IGNORED:
            continue
        if path.is_dir():
            yield from tracked_files(path)
        elif path.suffix != ".pyc":
            yield path


IGNORED = ignored_folders()
FILES = tuple(tracked_files())
MODULES = tuple(path for path in FILES if path.suffix == ".py")
PRODUCT = tuple(
    p for p in MODULES if p.relative_to(ROOT).parts[0] in {"ecgcore", "pages", "app.py"}
)
SCREEN = tuple(p for p in PRODUCT if p.relative_to(ROOT).parts[0] != "ecgcore")


def name_of(path: Path) -> str:
    """`ecgcore/io/wfdb.py` -> `ecgcore.io.wfdb`."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def unit_of(module: str) -> str | None:
    """The entry of RANKS that a module belongs to; None for anything outside the product."""
    if module in OPEN_TO_ALL:
        return None
    matching = [unit for unit in RANK if module == unit or module.startswith(f"{unit}.")]
    if not matching and module.startswith("ecgcore."):
        raise AssertionError(f"{module} has no place in RANKS; decide what it may import.")
    return max(matching, key=len, default=None)


def imports_of(tree: ast.AST) -> Iterator[str]:
    """Full dotted names, `from package import x` counting as `package.x`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: import by the full name"
            for alias in node.names:
                assert alias.name != "*", f"line {node.lineno}: import names, not *"
                yield f"{node.module}.{alias.name}"


def import_faults(module: str, source: str) -> list[str]:
    """What one module of the product imports against the order."""
    own = unit_of(module)
    faults = []
    for imported in imports_of(ast.parse(source)):
        other = unit_of(imported)
        if module.startswith("ecgcore") and imported.split(".")[0] == "streamlit":
            faults.append(f"{module} imports streamlit; ecgcore has no screen")
        if own is None or other is None:
            continue
        if other == own == "pages":
            faults.append(f"{module} imports the page {imported}")
        elif other != own and RANK[other] >= RANK[own]:
            faults.append(f"{module} imports {imported}, which comes later or beside it")
    return faults


def names_and_keywords(path: Path) -> Iterator[tuple[int, str]]:
    """Every attribute, bare name and keyword that a module spells, with its line."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute):
            yield node.lineno, node.attr
        elif isinstance(node, ast.Name):
            yield node.lineno, node.id
        elif isinstance(node, ast.keyword) and node.arg:
            yield node.lineno, node.arg


def users_of(names: set[str], paths: tuple[Path, ...], allowed: str = "") -> list[str]:
    """Where any of `names` is spelled outside the one file that may."""
    return [
        f"{name_of(path)}:{line} uses {name}"
        for path in paths
        if path.relative_to(ROOT).as_posix() != allowed
        for line, name in names_and_keywords(path)
        if name in names
    ]


def requirement_lines() -> list[str]:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_imports_run_one_way():
    faults = [f for path in PRODUCT for f in import_faults(name_of(path), path.read_text())]
    assert faults == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("ecgcore.leads", "from ecgcore.recording import Recording"),
        ("ecgcore.electrodes", "import ecgcore.misplacement"),
        ("ecgcore.model.predict", "from ecgcore import review"),
        ("ecgcore.learn.train", "from ecgcore.review.paper import figure"),
        ("ecgcore.review.paper", "from ecgcore.learn import metrics"),
        ("ecgcore.review.paper", "def draw():\n    import streamlit"),
        ("ecgcore.io", "from pages.shared import state"),
        ("pages.shared.state", "import pages.review"),
        ("pages.review", "from pages import swap_lab"),
        ("pages.review", "import app"),
    ],
)
def test_an_import_against_the_order_is_found(module: str, source: str):
    assert import_faults(module, source)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("ecgcore.misplacement", "from ecgcore.electrodes import Swap"),
        ("ecgcore.io.wfdb", "from ecgcore.io.result import ReadResult"),
        ("ecgcore.learn.train", "from ecgcore.model import network"),
        ("pages.review", "import streamlit\nfrom pages.shared import state\nimport ecgcore.io"),
        ("app", "from pages.shared import widgets"),
    ],
)
def test_an_import_along_the_order_is_allowed(module: str, source: str):
    assert import_faults(module, source) == []


def test_the_reference_files_beside_the_repository_are_never_imported():
    for path in MODULES:
        imported = {name.split(".")[0] for name in imports_of(ast.parse(path.read_text()))}
        assert "shared" not in imported, path
    assert users_of({"__import__", "import_module", "runpy"}, PRODUCT) == []
    on_path = [p for p in PRODUCT if "sys.path" in p.read_text()]
    assert on_path == []


def test_no_module_is_longer_than_500_lines():
    lengths = {name_of(path): len(path.read_text().splitlines()) for path in MODULES}
    assert {name: n for name, n in lengths.items() if n > MAX_LINES} == {}


def test_no_page_writes_raw_html():
    assert users_of({"unsafe_allow_html"}, SCREEN) == []


def spelled_widget_keys(source: str) -> list[str]:
    """Arguments `key="..."`, f-strings included."""
    return [
        ast.unparse(node.value)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.keyword)
        and node.arg == "key"
        and isinstance(node.value, ast.Constant | ast.JoinedStr)
    ]


def test_session_keys_are_spelled_in_one_file():
    state = "pages/shared/state.py"
    assert users_of({"session_state"}, SCREEN, state) == []
    spelled = {name_of(path): spelled_widget_keys(path.read_text()) for path in SCREEN}
    assert {name: keys for name, keys in spelled.items() if keys} == {}
    assert spelled_widget_keys('st.button("x", key="a"); st.button("y", key=f"b{1}")') != []


def test_caches_live_in_one_file():
    caches = {"cache_data", "cache_resource", "lru_cache"}
    assert users_of(caches, SCREEN, "pages/shared/cache.py") == []


def test_nothing_is_loaded_that_could_run_code():
    unsafe = re.compile(r"torch\.load\(|.*\bread_pickle\(|.*allow_pickle=True", re.DOTALL)
    for path in (p for p in MODULES if ROOT / "tests" not in p.parents):
        tree = ast.parse(path.read_text())
        assert not {name.split(".")[0] for name in imports_of(tree)} & CAN_RUN_CODE, path
        calls = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Call)]
        assert [call for call in calls if unsafe.match(call)] == [], path


@pytest.mark.parametrize("pattern", [MACHINE_PATH, REGISTRY], ids=["machine path", "registry"])
def test_no_tracked_file_names_a_machine_or_a_registry(pattern: re.Pattern[str]):
    found = []
    for path in FILES:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # weights, images
        found += [f"{path.relative_to(ROOT)}: {match[0]}" for match in pattern.finditer(text)]
    assert found == []


def test_every_requirement_is_an_exact_pin_with_a_reason():
    assert [line for line in requirement_lines() if not PIN.fullmatch(line)] == []


def test_the_installed_packages_are_the_pinned_ones():
    pins = [match for line in requirement_lines() if (match := PIN.fullmatch(line))]
    # torch calls its CPU build 2.13.0+cpu: what stands behind the plus is no other version.
    installed = {pin["name"]: metadata.version(pin["name"]).split("+")[0] for pin in pins}
    assert installed == {pin["name"]: pin["version"] for pin in pins}


def test_every_imported_package_is_pinned():
    pinned = {line.split("==")[0].lower() for line in requirement_lines()}
    own = {"ecgcore", "pages", "app", "benchmarks"} | {p.stem for p in (ROOT / "tests").iterdir()}
    distributions = metadata.packages_distributions()
    for path in MODULES:
        for imported in {name.split(".")[0] for name in imports_of(ast.parse(path.read_text()))}:
            if imported in own or imported in sys.stdlib_module_names:
                continue
            names = {name.lower() for name in distributions.get(imported, [imported])}
            assert names & pinned, f"{path} imports {imported}, which requirements.txt does not pin"


def test_environment_caches_and_training_runs_are_never_committed():
    assert {".venv", "__pycache__", ".hypothesis", "runs"} <= IGNORED
