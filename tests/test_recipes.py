"""Recipes and the walk-through of training: what they name exists and can be read."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from ecgcore.learn.config import RunConfig, read_config
from ecgcore.learn.datasets.sources import SOURCES
from ecgcore.model.checkpoint import available

ROOT = Path(__file__).parents[1]
RECIPES = sorted(
    [*(ROOT / "weights/recipes").glob("*.toml"), *(ROOT / "docs/recipes").glob("*.toml")]
)
GUIDE = (ROOT / "docs/training.md").read_text("utf-8")


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_every_recipe_is_a_complete_configuration_of_its_own_name(path: Path):
    config = read_config(path)
    assert config.name == path.stem
    assert {source.kind for source in config.data.sources} <= SOURCES.keys()


def test_the_recipe_to_try_is_the_quick_run_of_the_training_page():
    quick, recipe = RunConfig.quick(), read_config(ROOT / "docs/recipes/simulated.toml")
    assert replace(recipe, name=quick.name, title=quick.title) == quick


@pytest.mark.parametrize("name", available())
def test_every_shipped_checkpoint_has_its_recipe(name: str):
    config = read_config(ROOT / "weights/recipes" / f"{name}.toml")
    assert config.name == name


def test_a_recipe_builds_only_on_recipes():
    names = {path.stem for path in RECIPES}
    for path in RECIPES:
        training = read_config(path).training
        needed = {Path(used).name for used in (training.start_from, *training.teachers) if used}
        assert needed <= names, path.name


def test_the_walk_through_names_existing_recipes_and_sources():
    assert set(re.findall(r"docs/recipes/[a-z0-9-]+\.toml", GUIDE)) == {
        f"docs/recipes/{path.name}" for path in RECIPES if path.parent.parent.name == "docs"
    }
    rows = set(re.findall(r"^\| `([a-z0-9_]+)` \|", GUIDE, re.MULTILINE))
    assert {"cinc2021", "folder"} <= rows <= {"kind", *SOURCES}
