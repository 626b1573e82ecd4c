"""Compares the gradient of an embedding with respect to the pixels with PyTorch's.

check_weights.py leaves the gradient that PyTorch finds through timm's model beside the SavedModel
of the same weights; GradientTape must find it through the loaded model.

usage: check_gradient.py WORK_FOLDER
"""

import os
import pathlib
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import numpy as np
import tensorflow as tf

TOLERANCE = 1e-4  # of the largest value


def compare(what, expected, found):
    worst = np.abs(expected - found).max() / np.abs(expected).max()
    print(f"{what}: differs by {worst:.1e} of the largest value")
    assert np.abs(expected).max() > 0 and worst <= TOLERANCE, what


def main():
    work = pathlib.Path(sys.argv[1])
    expected = np.load(work / "gradient.npz")
    model = tf.saved_model.load(str(work / "run-timm-vit-96" / "model" / "1"))
    pixels = tf.constant(expected["pixels"])
    with tf.GradientTape() as tape:
        tape.watch(pixels)
        embedding = model.signatures["from_pixels"](pixels=pixels)["embedding"]
        product = tf.reduce_sum(embedding * expected["direction"])
    compare("embedding of timm's weights", expected["embedding"], embedding.numpy())
    compare("its gradient by GradientTape", expected["gradient"], tape.gradient(product, pixels).numpy())


main()
