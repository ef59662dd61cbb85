"""A configuration survives its file, and whatever it cannot mean is refused with a sentence."""

import re
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecgcore.errors import TrainingError
from ecgcore.learn.augment import AugmentConfig
from ecgcore.learn.config import (
    DataConfig,
    RunConfig,
    SourceConfig,
    TrainingConfig,
    config_from_table,
    config_to_table,
    read_config,
    write_config,
)
from ecgcore.learn.training_data import open_data
from ecgcore.model.baseline import BaselineConfig
from ecgcore.model.labels import CODES
from ecgcore.model.network import NetworkConfig

TEXT = st.text(max_size=20)
SOURCES = st.builds(
    SourceConfig,
    kind=TEXT,
    path=TEXT,
    options=st.dictionaries(TEXT, st.one_of(st.integers(-(2**40), 2**40), TEXT, st.booleans())),
)
CONFIGS = st.builds(
    RunConfig,
    name=st.from_regex(r"[a-z][a-z0-9-]{0,10}", fullmatch=True),
    title=TEXT,
    seed=st.integers(0, 2**62),
    objective=st.sampled_from(["multilabel", "softmax"]),
    labels=st.lists(st.sampled_from(CODES), min_size=1, unique=True).map(tuple),
    data=st.builds(DataConfig, st.lists(SOURCES, min_size=1, max_size=3).map(tuple), TEXT),
    network=st.sampled_from([NetworkConfig(3), BaselineConfig(3), NetworkConfig(1, bins=4)]),
    training=st.builds(
        TrainingConfig,
        epochs=st.integers(1, 500),
        learning_rate=st.floats(1e-6, 1.0),
        teachers=st.lists(TEXT, max_size=2).map(tuple),
        keep=st.sampled_from(["last", "best"]),
        compile=st.booleans(),
    ),
    augment=st.builds(AugmentConfig, noise=st.floats(0, 2), zoom_probability=st.floats(0, 1)),
)


@settings(max_examples=40)
@given(config=CONFIGS)
def test_a_configuration_survives_its_file(config: RunConfig, tmp_path_factory):
    path = tmp_path_factory.mktemp("config") / "config.toml"
    write_config(config, path)
    assert read_config(path) == config
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_an_empty_file_is_the_usual_run(tmp_path: Path):
    path = tmp_path / "empty.toml"
    path.touch()
    assert read_config(path) == RunConfig()


def test_the_file_states_every_field_so_that_it_outlives_other_defaults():
    table = config_to_table(RunConfig())
    assert set(table) == {field.name for field in fields(RunConfig)}
    assert set(table["training"]) == {field.name for field in fields(TrainingConfig)}
    assert set(table["augment"]) == {field.name for field in fields(AugmentConfig)}


def test_overrides_reach_every_level(tmp_path: Path):
    path = tmp_path / "config.toml"
    write_config(RunConfig.quick(), path)
    config = read_config(
        path,
        [
            "title=Two words",
            "seed=7",
            "training.epochs=3",
            "training.keep=best",
            "network.widths=[8, 8]",
            "augment.noise=1",
            'data.sources=[{kind="ludb", path="somewhere"}]',
        ],
    )
    quick = RunConfig.quick()
    assert config == replace(
        quick,
        title="Two words",
        seed=7,
        training=replace(quick.training, epochs=3, keep="best"),
        network=replace(quick.network, widths=(8, 8)),
        augment=replace(quick.augment, noise=1.0),
        data=replace(quick.data, sources=(SourceConfig("ludb", "somewhere"),)),
    )


def test_the_network_has_one_output_per_label():
    config = config_from_table({"labels": ["AF", "PVC"], "network": {"kind": "baseline"}})
    assert config.network == BaselineConfig(2)
    assert config.kind == "baseline"


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ({"trainig": {}}, 'no field "trainig", only name, title'),
        ({"training": {"epoch": 3}}, 'training has no field "epoch", only epochs, batch'),
        ({"training": {"epochs": 2.5}}, "training.epochs is 2.5, expected a whole number"),
        ({"training": {"epochs": True}}, "training.epochs is True, expected a whole number"),
        ({"training": {"epochs": 0}}, "training.epochs is 0, expected 1 or more"),
        ({"training": {"learning_rate": "fast"}}, "'fast', expected a number"),
        ({"training": {"learning_rate": -1}}, "learning_rate is -1.0, expected above 0"),
        ({"training": {"precision": "16"}}, 'precision is "16", expected one of'),
        ({"training": {"ema": 1.0}}, "training.ema is 1.0"),
        ({"training": 3}, "training is 3, expected a table"),
        ({"network": {"kind": "transformer"}}, 'network.kind is "transformer"'),
        ({"network": {"kind": "baseline", "heads": 2}}, 'no field "heads"'),
        ({"network": {"n_classes": 3}}, 'no field "n_classes"'),
        ({"network": {"kernel": 8}}, "network: Kernel of 8 samples, expected an odd number"),
        ({"network": {"stem_strides": [2]}}, "stem_strides has 1 values, expected 2"),
        ({"labels": ["AF", "AF"]}, "AF, AF"),
        ({"labels": []}, "labels are none"),
        ({"labels": "AF"}, "expected a list"),
        ({"objective": "regression"}, 'objective is "regression"'),
        ({"name": "../elsewhere"}, "expected a plain file name"),
        ({"data": {"sources": []}}, "expected at least one source"),
        ({"data": {"sources": [{"path": "x"}]}}, "incomplete"),
        ({"augment": {"swap_kinds": ["published"]}}, "swap_kinds"),
    ],
)
def test_what_a_configuration_cannot_mean_is_refused(table: dict, sentence: str):
    with pytest.raises(TrainingError, match=re.escape(sentence)):
        config_from_table(table)


@pytest.mark.parametrize(
    ("text", "overrides", "sentence"),
    [
        ("training = [", (), "is no TOML file"),
        ("", ("training.epochs",), "is no override"),
        ("seed = 3", ("seed.deep=1",), "is not a section"),
    ],
)
def test_a_file_or_an_override_that_is_none_is_refused(
    text: str, overrides: tuple[str, ...], sentence: str, tmp_path: Path
):
    path = tmp_path / "config.toml"
    path.write_text(text)
    with pytest.raises(TrainingError, match=sentence):
        read_config(path, overrides)
    with pytest.raises(TrainingError, match="cannot be read"):
        read_config(tmp_path / "absent.toml")


def test_the_quick_run_finds_recordings_of_every_label():
    quick = RunConfig.quick()
    data = open_data(replace(quick, data=DataConfig((_fewer(quick.data.sources[0]),))))
    assert len(data.train) > 5 * len(data.validation) > 0
    assert np.isfinite(data.train.values).all()
    assert (data.train.values == 1).any(axis=0).mean() > 0.7


def _fewer(source: SourceConfig) -> SourceConfig:
    return replace(source, options={**source.options, "records": 60})
