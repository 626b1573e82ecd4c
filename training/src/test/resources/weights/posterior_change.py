"""Prints the expected values of PosteriorChangeTest; needs NumPy."""
import numpy as np

directions = np.array([[1, 0, 0], [0, 2, 0], [0.6, 0, 0.8]])
norms = np.array([0.5, 1, 2])
temperature = 0.25

units = directions / np.linalg.norm(directions, axis=1, keepdims=True)
kappa = norms / temperature
normalizer = np.log(kappa / np.sinh(kappa))
plain = kappa[None] * (units @ units.T)  # rows: embeddings
corrected = plain + normalizer


def softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


distance = np.abs(softmax(plain) - softmax(corrected)).sum(axis=1) / 2
print("SPREAD = %.15f" % (normalizer.max() - normalizer.min()))
print("DISTANCE = %.15f" % distance.mean())
print("changed winners:", (plain.argmax(axis=1) != corrected.argmax(axis=1)).mean())
