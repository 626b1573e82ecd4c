"""Prototype analysis in NumPy and SciPy float64, for the tests of org.dinovmf.training.analysis.

Written from the definitions: the density of a von Mises-Fisher mixture with equal weights by the
Bessel function itself, the maximum-likelihood concentration by a root of A(kappa) = R, NumPy's
eigenvalues, SciPy's rank correlation. python3 prototypes.py > prototypes.json
"""
import json

import numpy as np
from scipy.optimize import brentq
from scipy.special import ive, logsumexp
from scipy.stats import spearmanr

DIM, TEMPERATURE, THRESHOLD = 6, 0.09, 0.05


def log_c(kappa):
    order = DIM / 2 - 1
    return (order * np.log(kappa) - DIM / 2 * np.log(2 * np.pi)
            - np.log(ive(order, kappa)) - kappa)


def length(kappa):
    return ive(DIM / 2, kappa) / ive(DIM / 2 - 1, kappa)


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def unbiased_kappa(points):
    n = len(points)
    r2 = max(0.0, (n * np.sum(points.mean(axis=0) ** 2) - 1) / (n - 1))
    return 0.0 if r2 == 0 else brentq(lambda k: length(k) - np.sqrt(r2), 1e-9, 1e7)


def greedy(directions):
    kept, groups = [], []
    for i, w in enumerate(directions):
        near = [(1 - w @ directions[j], j) for j in kept]
        best = min(near, default=(2, -1))
        if best[0] < THRESHOLD:
            groups.append(best[1])
        else:
            kept.append(i)
            groups.append(i)
    return groups


def mixture(vectors, embeddings, kind):
    kappas = np.linalg.norm(vectors, axis=1) / TEMPERATURE
    terms = embeddings @ vectors.T / TEMPERATURE + (0 if kind == "free" else log_c(kappas))
    best = terms.argmax(axis=1)
    result = {
        "prototype": best.tolist(),
        "posterior": np.exp(terms.max(axis=1) - logsumexp(terms, axis=1)).tolist(),
    }
    if kind != "free":
        result["logDensity"] = (logsumexp(terms, axis=1) - np.log(len(vectors))).tolist()
    return result


rng = np.random.default_rng(3)
directions = unit(rng.normal(size=(12, DIM)))
directions[4] = unit(directions[[1]] + 0.05 * rng.normal(size=(1, DIM)))[0]
directions[7] = unit(directions[[1]] + 0.05 * rng.normal(size=(1, DIM)))[0]
directions[9] = unit(directions[[3]] + 0.05 * rng.normal(size=(1, DIM)))[0]
free = directions * rng.uniform(0.4, 2.2, size=(12, 1))
embeddings = unit(directions[rng.integers(0, 8, size=60)] + 0.35 * rng.normal(size=(60, DIM)))
# Through float32, which is what the program is given.
free = free.astype(np.float32).astype(np.float64)
directions = directions.astype(np.float32).astype(np.float64)
embeddings = embeddings.astype(np.float32).astype(np.float64)

vmf = mixture(free, embeddings, "vmf")
assigned = np.array(vmf["prototype"])
shares = np.bincount(assigned, minlength=12) / len(assigned)
variances = np.sort(np.linalg.eigvalsh(np.cov(embeddings.T, bias=True)))[::-1]
p = np.sqrt(variances) / np.sqrt(variances).sum()
a = rng.integers(0, 9, size=25).astype(float)
b = a + rng.normal(scale=4, size=25).round()
print(json.dumps({
    "temperature": TEMPERATURE,
    "threshold": THRESHOLD,
    "free": free.tolist(),
    "unit": directions.tolist(),
    "embeddings": embeddings.tolist(),
    "VMF": vmf,
    "UNIT": mixture(directions, embeddings, "unit"),
    "FREE": mixture(free, embeddings, "free"),
    "groups": greedy(unit(free)),
    "attractedKappa": [
        unbiased_kappa(embeddings[assigned == k]) if (assigned == k).sum() > 1 else None
        for k in range(12)],
    "marginalEntropy": float(-sum(s * np.log(s) for s in shares if s > 0)),
    "variances": variances.tolist(),
    "effectiveRank": float(np.exp(-(p * np.log(p)).sum())),
    "spread": (embeddings.std(axis=0) * np.sqrt(DIM)).tolist(),
    "ranks": {"a": a.tolist(), "b": b.tolist(), "spearman": float(spearmanr(a, b).statistic)},
}))
