"""Reads embeddings and files of servers with the libraries that they are made for.

usage: check_files.py EMBEDDINGS DEPLOYMENT
"""

import csv
import pathlib
import sys

import numpy as np
import pyarrow.feather
import yaml
from google.protobuf import text_format
from tensorboard.plugins.projector import projector_config_pb2
from tensorflow.core.protobuf import saved_model_pb2
from tensorflow_serving.config import model_server_config_pb2


def check_embeddings(folder):
    """Every format holds the same rows."""
    array = np.load(folder / "embeddings.npy")
    good = ~np.isnan(array).any(axis=1)
    assert np.allclose(np.linalg.norm(array[good], axis=1), 1, atol=1e-6), "rows must be of unit length"

    table = pyarrow.feather.read_table(str(folder / "embeddings.arrow"))
    assert table.schema.metadata[b"model"], "the schema must say which model"
    column = table["embedding"].to_pylist()
    assert [row is not None for row in column] == good.tolist()
    assert (np.array([row for row in column if row], np.float32) == array[good]).all()

    rows = list(csv.reader((folder / "embeddings.csv").open(newline="", encoding="utf-8")))
    assert [row[0] for row in rows[1:]] == table["path"].to_pylist()
    values = np.array([row[1:] for row in rows[1:]], np.float32)
    assert np.array_equal(values, array, equal_nan=True)

    projector = folder / "projector"
    config = projector_config_pb2.ProjectorConfig()
    text_format.Parse((projector / "projector_config.pbtxt").read_text(), config)
    (embedding,) = config.embeddings
    tensors = np.loadtxt(projector / embedding.tensor_path, delimiter="\t", dtype=np.float32, ndmin=2)
    assert np.array_equal(tensors, array[good])
    names = (projector / embedding.metadata_path).read_text(encoding="utf-8").splitlines()
    assert len(names) == good.sum()
    print(f"embeddings: {array.shape} in four formats, sprites of {list(embedding.sprite.single_image_dim)} pixels")


def check_deployment(folder):
    """models.config names a model that is there, and the YAML files are YAML."""
    servers = model_server_config_pb2.ModelServerConfig()
    text_format.Parse((folder / "models.config").read_text(), servers)
    (model,) = servers.model_config_list.config
    graph = folder / model.base_path.lstrip("/") / "1" / "saved_model.pb"
    saved_model_pb2.SavedModel.FromString(graph.read_bytes())
    (service,) = yaml.safe_load_all((folder / "kserve.yaml").read_text())
    assert service["metadata"]["name"] == model.name
    card = (folder / "README.md").read_text(encoding="utf-8")
    header = yaml.safe_load(card.split("---\n")[1])
    assert header["pipeline_tag"] == "image-feature-extraction", header
    print(f"deployment of {model.name}: {sorted(p.name for p in folder.iterdir())}")


check_embeddings(pathlib.Path(sys.argv[1]))
check_deployment(pathlib.Path(sys.argv[2]))
