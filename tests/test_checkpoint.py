"""A checkpoint is what its description says, or it is not loaded."""

import hashlib
import json

import numpy as np
import pytest
import torch

from ecgcore.errors import CheckpointError
from ecgcore.model.baseline import BaselineConfig, FixedOrderNetwork
from ecgcore.model.checkpoint import (
    Model,
    available,
    build_network,
    describe,
    load,
    save,
    update,
)
from ecgcore.model.network import LeadAttentionNetwork, NetworkConfig
from ecgcore.model.predict import forward
from ecgcore.signal.preprocess import PreprocessingConfig


def tiny_model(kind: str = "attention") -> Model:
    torch.manual_seed(0)
    network: torch.nn.Module
    if kind == "attention":
        network = LeadAttentionNetwork(NetworkConfig(2, stem_width=4, widths=(4, 4)))
    else:
        network = FixedOrderNetwork(BaselineConfig(2, stem_width=4, widths=(4, 4)))
    return Model(
        name="tiny",
        title="Tiny",
        kind=kind,
        objective="multilabel",
        network=network.eval(),
        preprocessing=PreprocessingConfig(fs=50.0, n_samples=300),
        labels=("AF", "NSR"),
        thresholds={"AF": 0.25, "NSR": 0.75},
        temperature=1.5,
        label_scale={"AF": 0.8},
        label_bias={"AF": -0.2, "NSR": 0.1},
    )


@pytest.fixture
def folder(tmp_path):
    save(tiny_model(), tmp_path, training={"records": 3})
    return tmp_path


@pytest.mark.parametrize("kind", ["attention", "baseline"])
def test_a_saved_model_loads_with_everything_that_it_needs(kind, tmp_path):
    model = tiny_model(kind)
    save(model, tmp_path)
    loaded = load("tiny", tmp_path)
    x = np.random.default_rng(0).normal(size=(3, 12, 300)).astype(np.float32)
    present = np.ones((3, 12), dtype=bool)
    np.testing.assert_array_equal(forward(loaded, x, present)[0], forward(model, x, present)[0])
    for field in (
        "title", "kind", "labels", "thresholds", "temperature", "label_scale", "label_bias",
        "preprocessing",
    ):  # fmt: skip
        assert getattr(loaded, field) == getattr(model, field)
    assert loaded.network.config == model.network.config


def test_the_description_carries_configuration_order_and_facts(folder):
    stated = describe("tiny", folder)
    assert stated["leads"][:4] == ["I", "II", "III", "aVR"]
    assert stated["training"] == {"records": 3}
    assert stated["preprocessing"]["fs"] == 50.0
    assert stated["parameters"] == tiny_model().parameters


def test_an_older_description_without_a_calibration_per_label_loads(folder):
    path = folder / "tiny.json"
    stated = json.loads(path.read_text())
    del stated["label_scale"], stated["label_bias"]
    path.write_text(json.dumps(stated))
    loaded = load("tiny", folder)
    assert loaded.label_scale == loaded.label_bias == {}
    assert loaded.temperature == 1.5


def test_updated_facts_replace_older_ones_and_leave_the_rest(folder):
    before = describe("tiny", folder)
    update("tiny", {"metrics": {"test": None}}, folder)
    assert describe("tiny", folder) == before | {"metrics": {"test": None}}
    assert load("tiny", folder).thresholds == tiny_model().thresholds
    with pytest.raises(CheckpointError, match='no model "other"'):
        update("other", {}, folder)


def test_changed_weights_are_refused(folder):
    path = folder / "tiny.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match="do not belong together"):
        load("tiny", folder)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("leads", ["II", "I"], "made for the leads"),
        ("kind", "transformer", '"transformer" is unknown'),
        ("objective", "regression", '"regression" is unknown'),
        ("network", {"n_classes": 2, "colour": 1}, "does not fit"),
        ("network", {"n_classes": 3, "stem_width": 4, "widths": [4, 4]}, "does not fit"),
        ("preprocessing", {"speed": 1}, "does not fit"),
        ("labels", None, "does not fit"),
        ("temperature", 0.0, "have to be above 0"),
        ("label_scale", {"AF": -1.0}, "have to be above 0"),
        ("label_scale", 3, "does not fit"),
        ("label_bias", {"MI": 1.0}, "calibration for MI, which the model does not report"),
    ],
)
def test_a_description_that_contradicts_the_weights_is_refused(folder, field, value, sentence):
    path = folder / "tiny.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {field: value}))
    with pytest.raises(CheckpointError, match=sentence):
        load("tiny", folder)


def test_a_description_without_a_field_is_refused_by_its_name(folder):
    path = folder / "tiny.json"
    stated = json.loads(path.read_text())
    del stated["temperature"]
    path.write_text(json.dumps(stated))
    with pytest.raises(CheckpointError, match="lacks the field 'temperature'"):
        load("tiny", folder)


def test_damaged_json_and_missing_files_give_a_sentence(folder):
    with pytest.raises(CheckpointError, match=r'no model "other"\. Available: tiny'):
        load("other", folder)
    (folder / "tiny.safetensors").unlink()
    with pytest.raises(CheckpointError, match=r"tiny\.safetensors is missing"):
        load("tiny", folder)
    (folder / "tiny.json").write_text("{")
    with pytest.raises(CheckpointError, match=r"tiny\.json is damaged"):
        load("tiny", folder)


def test_a_pickle_in_place_of_the_weights_is_never_executed(folder):
    content = b"\x80\x04cos\nsystem\n(S'false'\ntR."
    (folder / "tiny.safetensors").write_bytes(content)
    path = folder / "tiny.json"
    forged = json.loads(path.read_text()) | {"sha256": hashlib.sha256(content).hexdigest()}
    path.write_text(json.dumps(forged))
    with pytest.raises(CheckpointError, match="does not fit its description"):
        load("tiny", folder)


def test_unknown_kinds_cannot_be_built():
    with pytest.raises(CheckpointError, match='"forest" is unknown'):
        build_network("forest", {})


def test_every_shipped_checkpoint_loads_and_is_below_8_mb():
    names = available()
    assert names[0] == "attention-findings"
    for name in names:
        model = load(name)
        assert model.name == name
        assert model.parameters * 4 < 8e6
        assert set(model.thresholds) == set(model.labels)
