"""Reads an exported model, a run's checkpoints and its event files with Python's own tools.

The warm-up file holds a request for each signature with the response of the program that exported the
model, so that replaying it compares TensorFlow's two languages.

usage: check_model.py MODEL RUN [--onnx FILE] [--classes FOLDER] [--reports] [--embeddings FOLDER]
"""

import argparse
import base64
import csv
import json
import os
import pathlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import numpy as np
import onnxruntime
import tensorflow as tf
from tensorboard.backend.event_processing import event_file_loader
from tensorflow.core.protobuf import saved_model_pb2
from tensorflow_serving.apis import prediction_log_pb2

# Of the largest value of an output.
TOLERANCE = 1e-5
# Another library adds in another order.
CONVERTED_TOLERANCE = 1e-4


def assert_close(name, expected, found, tolerance=TOLERANCE):
    """To a part of the largest value; whole numbers and flags exactly."""
    expected, found = np.asarray(expected), np.asarray(found)
    assert expected.shape == found.shape, (name, expected.shape, found.shape)
    if expected.dtype.kind == "f":
        worst = np.abs(expected - found).max() / np.abs(expected).max()
        assert worst <= tolerance, f"{name} differs by {worst} of its largest value"
    else:
        assert (expected == found).all(), name


def replay_warmup(path, model):
    """Runs what TensorFlow Serving would warm up with and compares the answers with the recorded ones.

    Returns the recorded outputs of each signature.
    """
    seen = {}
    for record in tf.data.TFRecordDataset(str(path / "assets.extra" / "tf_serving_warmup_requests")):
        log = prediction_log_pb2.PredictionLog.FromString(record.numpy()).predict_log
        name = log.request.model_spec.signature_name
        inputs = {k: tf.constant(tf.make_ndarray(v)) for k, v in log.request.inputs.items()}
        found = model.signatures[name](**inputs)
        assert set(found) == set(log.response.outputs), (name, list(found))
        for output, value in log.response.outputs.items():
            assert_close(f"{name}:{output}", tf.make_ndarray(value), found[output].numpy())
        seen[name] = {k: tf.make_ndarray(v) for k, v in log.response.outputs.items()}
    assert set(seen) == set(model.signatures), seen
    return seen


def check_request(path, model, recorded):
    """What the REST interface makes of the request: base64 under an input named ..._bytes.

    It asks for the image of the warm-up, whose answer is recorded.
    """
    (instance,) = json.loads((path / "assets.extra" / "request.json").read_text())["instances"]
    images = tf.constant([base64.b64decode(instance["image_bytes"]["b64"])])
    answer = model.signatures["serving_default"](image_bytes=images)
    assert answer["valid"].numpy().tolist() == [True], answer
    assert_close("request.json", recorded["embedding"], answer["embedding"])


def check_orientations(model, images):
    """What does not fit together fails the batch, as the README says."""
    oriented = model.signatures["from_bytes_oriented"]
    assert oriented(image_bytes=images, orientation=tf.constant([1, 6, 99]))["valid"].numpy().all()
    try:
        oriented(image_bytes=images, orientation=tf.constant([1]))
    except tf.errors.InvalidArgumentError:
        return
    raise AssertionError("one orientation for three images must fail")


def check_keras(path, levels, expected):
    """A layer of Keras around the model, with a gradient for the pixels."""
    layer = tf.keras.layers.TFSMLayer(str(path), call_endpoint="from_pixels")
    pixels = tf.constant(levels / np.float32(255))
    with tf.GradientTape() as tape:
        tape.watch(pixels)
        embedding = layer(pixels)["embedding"]
        total = tf.reduce_sum(embedding * embedding[:, ::-1])
    assert_close("TFSMLayer", expected, embedding.numpy())
    gradient = tape.gradient(total, pixels).numpy()
    assert np.isfinite(gradient).all() and np.abs(gradient).max() > 0, "no gradient reaches the pixels"


def check_lite(path, pixels, expected):
    """LiteRT with its own ops alone, for a model of a fixed size."""
    converter = tf.lite.TFLiteConverter.from_saved_model(str(path), signature_keys=["from_pixels"])
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    interpreter = tf.lite.Interpreter(model_content=converter.convert())
    run = interpreter.get_signature_runner("from_pixels")
    assert_close("LiteRT", expected, run(pixels=pixels)["embedding"], CONVERTED_TOLERANCE)


def check_onnx(file, pixels, expected):
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    assert_close("ONNX", expected, session.run(["embedding"], {"pixels": pixels})[0], CONVERTED_TOLERANCE)


def check_classes(model, pixels, folder):
    """Probabilities, and beside each row the names of the classes, which are those of the folders."""
    names = sorted(path.name.encode() for path in folder.iterdir() if path.is_dir())
    answer = model.signatures["classify"](pixels=tf.constant(pixels))
    probabilities, classes = answer["probabilities"].numpy(), answer["classes"].numpy()
    assert probabilities.shape == classes.shape == (len(pixels), len(names)), (probabilities.shape, classes.shape)
    assert_close("sum", np.ones(len(pixels), np.float32), probabilities.sum(axis=1))
    assert all(sorted(row) == names for row in classes.tolist()), classes


def check_model(folder, onnx, classes):
    """Loads the newest version and runs its signatures; returns the width of the embedding."""
    versions = sorted((int(p.name), p) for p in folder.iterdir() if p.name.isdigit())
    assert versions, f"'{folder}' must hold a version folder"
    path = versions[-1][1]
    model = tf.saved_model.load(str(path))
    expected = {"serving_default", "from_bytes_oriented", "from_pixels", "from_pixels_uint8", "tokens", "attention", "assign"}
    if classes:
        expected.add("classify")
    assert set(model.signatures) == expected, list(model.signatures)

    saved = saved_model_pb2.SavedModel.FromString((path / "saved_model.pb").read_bytes())
    (meta,) = saved.meta_graphs
    for name, signature in meta.signature_def.items():
        if not name.startswith("__"):
            assert signature.method_name == "tensorflow/serving/predict", (name, signature.method_name)
            for tensor in [*signature.inputs.values(), *signature.outputs.values()]:
                assert tensor.tensor_shape.dim[0].size == -1, f"{name} must take a batch of any size: {tensor}"
    forbidden = ("Gradient", "ResourceApply", "student", "adam", "IdentityN", "DecodeBase64")
    # StopGradient passes its value on; the normalizer's branches have some.
    nodes = [
        n
        for n in meta.graph_def.node
        if n.op != "StopGradient" and any(f in n.name or f in n.op for f in forbidden)
    ]
    assert not nodes, f"training ops in the exported graph: {[n.name for n in nodes][:5]}"

    from_pixels = model.signatures["from_pixels"]
    _, height, width, channels = from_pixels.structured_input_signature[1]["pixels"].shape
    spec = json.loads((path / "assets.extra" / "encoder.json").read_text())
    another = spec["transform"]["crop"] + spec["encoder"]["patchSize"]  # where any size is taken
    generator = np.random.default_rng(0)
    levels = generator.integers(0, 256, (3, height or another, width or another, channels), np.uint8)
    a = from_pixels(pixels=tf.constant(levels / np.float32(255), tf.float32))["embedding"].numpy()
    assert a.dtype == np.float32 and a.shape[0] == 3 and np.isfinite(a).all(), a
    assert np.abs(a[0] - a[1]).max() > 0, "two different images have the same embedding"

    images = [tf.io.encode_png(levels[0]), tf.io.encode_jpeg(levels[1]), tf.io.encode_png(levels[2][:20])]
    b = model.signatures["serving_default"](image_bytes=tf.stack(images))["embedding"].numpy()
    assert b.shape == a.shape and np.isfinite(b).all(), b
    recorded = replay_warmup(path, model)
    check_request(path, model, recorded["serving_default"])
    check_orientations(model, tf.stack(images))
    bytes_alone = model.signatures["serving_default"](image_bytes=tf.constant([b"", images[0].numpy()]))
    assert bytes_alone["valid"].numpy().tolist() == [False, True], "a bad image must fail alone"
    assert_close("neighbor", b[0], bytes_alone["embedding"].numpy()[1])
    check_keras(path, levels, a)
    pixels = levels / np.float32(255)
    if height:
        check_lite(path, pixels, a)
    if onnx:
        check_onnx(onnx, pixels, a)
    if classes:
        check_classes(model, pixels, classes)
    print(f"model {path.name}: {len(meta.graph_def.node)} nodes, input {height}x{width}, embedding {a.shape[1]}")
    return a.shape[1]


def check_checkpoint(run):
    """Lists the weights of the newest checkpoint through TensorFlow."""
    prefix = tf.train.latest_checkpoint(str(run / "checkpoints"))
    assert prefix, f"'{run}' must hold a checkpoint that TensorFlow finds"
    reader = tf.train.load_checkpoint(prefix)
    shapes = reader.get_variable_to_shape_map()
    for part in ("student/", "teacher/"):
        names = [n for n in shapes if n.startswith(part)]
        assert any(n.endswith("pos_embed") for n in names), f"no {part}...pos_embed among {len(shapes)} weights"
    bad = [n for n in shapes if not np.isfinite(np.asarray(reader.get_tensor(n), np.float64)).all()]
    assert not bad, f"weights that are not finite: {bad}"
    print(f"checkpoint {os.path.basename(os.path.dirname(prefix))}: {len(shapes)} weights")


def check_events(run):
    """Reads the event files with TensorBoard's reader, after it has made its own form of them."""
    files = sorted(run.rglob("*tfevents*"))
    assert files, f"'{run}' must hold an event file"
    tags = {}
    for file in files:
        for event in event_file_loader.EventFileLoader(str(file)).Load():
            for value in event.summary.value:
                tags.setdefault(value.metadata.plugin_data.plugin_name, set()).add(value.tag)
    for plugin in ("scalars", "histograms", "images"):
        assert tags.get(plugin), f"no {plugin} in the event files, only {tags}"
    print("events:", {plugin: len(names) for plugin, names in tags.items()})


def check_metrics(run):
    """Every line of the log is one JSON object with the step and a finite loss."""
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    assert lines, "metrics.jsonl must hold lines"
    print(f"metrics: {len(lines)} lines, the last {lines[-1]}")


def check_embeddings(folder, width):
    """Row i of the array belongs to row i of the table; a bad image keeps its row as NaN."""
    (npy,) = folder.glob("*.npy")
    (table,) = folder.glob("*.csv")
    rows = list(csv.DictReader(table.open(newline="", encoding="utf-8")))
    values = np.load(npy)
    assert values.shape == (len(rows), width) and values.dtype == np.float32, (values.shape, len(rows))
    unread = np.isnan(values).any(axis=1)
    print(f"embeddings: {values.shape}, {int(unread.sum())} unread: {[rows[i] for i in np.flatnonzero(unread)]}")
    assert np.isnan(values[unread]).all() and unread.sum() == 2, unread.sum()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("run", type=pathlib.Path)
    parser.add_argument("--onnx", type=pathlib.Path, help="the same encoder as an ONNX file")
    parser.add_argument("--classes", type=pathlib.Path, help="a folder for each class that the model tells apart")
    parser.add_argument("--reports", action="store_true", help="the run has metrics and event files")
    parser.add_argument("--embeddings", type=pathlib.Path)
    args = parser.parse_args()
    width = check_model(args.model, args.onnx, args.classes)
    check_checkpoint(args.run)
    if args.reports:
        check_events(args.run)
        check_metrics(args.run)
    if args.embeddings:
        check_embeddings(args.embeddings, width)


main()
