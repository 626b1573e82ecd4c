"""Makes eval_protocols.json, for the tests of org.dinovmf.training.eval: seeded cases with the values
that scikit-learn 1.5.2 and SciPy give. python3 eval_protocols.py
"""
import json
import pathlib

import numpy as np
from scipy.optimize import linear_sum_assignment, minimize
from sklearn import metrics
from sklearn.linear_model import LogisticRegression


def ranking(rng, count, levels):
    """Scores of few levels are full of ties."""
    truth = rng.random(count) < 0.3
    truth[:2] = [True, False]
    scores = np.round((truth + rng.normal(size=count) * 2) * levels) / levels
    return {
        "scores": scores.tolist(),
        "truth": truth.tolist(),
        "auroc": metrics.roc_auc_score(truth, scores),
        "averagePrecision": metrics.average_precision_score(truth, scores),
    }


def clustering(rng, count, clusters, classes, agreement):
    truth = rng.integers(0, classes, count)
    found = np.where(rng.random(count) < agreement, (truth * 7 + 3) % clusters, rng.integers(0, clusters, count))
    table = metrics.cluster.contingency_matrix(truth, found)
    rows, columns = linear_sum_assignment(-table)
    return {
        "clusters": (found * 1000).tolist(),
        "classes": truth.tolist(),
        "nmi": metrics.normalized_mutual_info_score(truth, found),
        "ari": metrics.adjusted_rand_score(truth, found),
        "fowlkesMallows": metrics.fowlkes_mallows_score(truth, found),
        "purity": float(table.max(axis=0).sum() / count),
        "hungarian": float(table[rows, columns].sum() / count),
    }


def matching(rng, rows, columns):
    costs = rng.normal(size=(rows, columns)) * 10
    at = linear_sum_assignment(costs)
    return {"costs": costs.tolist(), "total": float(costs[at].sum())}


def logistic(rng, count, dim, classes, penalty):
    """f = sum CE / n + penalty / (2 n) |W|^2; scikit-learn's is C sum CE + |W|^2 / 2."""
    labels = np.arange(count) % classes
    rows = rng.normal(size=(count, dim)) + np.eye(classes, dim)[labels]
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    model = LogisticRegression(C=1 / penalty, fit_intercept=False, tol=1e-12, max_iter=100000)
    weights = model.fit(rows, labels).coef_
    if classes == 2:  # scikit-learn has one vector then, whose softmax form is its halves
        weights = None

    def loss(flat):
        logits = rows @ flat.reshape(classes, dim).T
        top = logits.max(axis=1, keepdims=True)
        log_sum = np.log(np.exp(logits - top).sum(axis=1)) + top[:, 0]
        return (log_sum - logits[np.arange(count), labels]).mean() + penalty / 2 / count * (flat**2).sum()

    start = np.zeros(classes * dim) if weights is None else weights.ravel()
    best = minimize(loss, start, method="BFGS", options={"gtol": 1e-9}) if count * dim < 400 else None
    return {
        "rows": rows.tolist(),
        "labels": labels.tolist(),
        "lambda": penalty,
        "loss": float(min(loss(start), best.fun if best is not None else np.inf)),
    }


def whitening(rng, count, dim):
    """Eigenvalues floored at 1e-5 of the greatest; vectors have a sign and an order of their own, so
    that only products of whitened rows can be compared."""
    rows = (rng.normal(size=(count, dim)) @ rng.normal(size=(dim, dim)) + 3).astype(np.float32)
    rows[:, -1] = rows[:, 0]  # an eigenvalue of 0
    exact = rows.astype(np.float64)
    values, vectors = np.linalg.eigh(exact.T @ exact / count)
    values = np.maximum(values, 1e-5 * values.max())
    white = (exact - exact.mean(axis=0)) @ (vectors / np.sqrt(values))
    return {"rows": rows.tolist(), "products": (white @ white.T).tolist()}


def propagation(rng, rows, columns, frames, previous, radius, neighbors):
    """Label propagation in the matrix form of the published code: affinities of all pairs, a mask of
    the neighborhood, the highest kept by a threshold, columns that sum to 1."""
    temperature, classes, patches = 0.1, 3, rows * columns
    features = rng.normal(size=(frames, patches, 6)).astype(np.float32)
    units = features / np.linalg.norm(features.astype(np.float64), axis=2, keepdims=True)
    first = rng.integers(0, classes, patches)
    first[0] = classes - 1
    y, x = np.divmod(np.arange(patches), columns)
    near = (np.abs(y[:, None] - y) <= radius) & (np.abs(x[:, None] - x) <= radius)
    labels = [np.eye(classes)[first]]
    for frame in range(1, frames):
        sources = [0] + list(range(max(1, frame - previous), frame))
        affinity = np.concatenate([near * np.exp(units[s] @ units[frame].T / temperature) for s in sources])
        least = np.sort(affinity, axis=0)[-neighbors]
        affinity[affinity < least] = 0
        affinity /= affinity.sum(axis=0)
        labels.append(affinity.T @ np.concatenate([labels[s] for s in sources]))
    return {
        "rows": rows,
        "columns": columns,
        "previous": previous,
        "radius": radius,
        "neighbors": neighbors,
        "features": features.tolist(),
        "first": first.tolist(),
        "labels": np.array(labels[1:]).tolist(),
    }


def main():
    rng = np.random.default_rng(6)
    cases = {
        "ranking": [ranking(rng, 2, 1), ranking(rng, 50, 1), ranking(rng, 300, 4), ranking(rng, 200, 1e6)],
        "clustering": [
            clustering(rng, 40, 5, 5, 0.8),
            clustering(rng, 200, 30, 7, 0.5),
            clustering(rng, 200, 3, 9, 0.9),
            clustering(rng, 30, 1, 4, 0),
            clustering(rng, 100, 8, 8, 0),
        ],
        "matching": [matching(rng, 7, 7), matching(rng, 5, 12), matching(rng, 12, 5), matching(rng, 1, 3)],
        "logistic": [
            logistic(rng, 20, 8, 2, 0.5),
            logistic(rng, 30, 12, 3, 0.0025),
            logistic(rng, 120, 20, 10, 0.0025),
            logistic(rng, 120, 20, 10, 10.0),
        ],
        "whitening": [whitening(rng, 12, 6)],
        "propagation": [propagation(rng, 4, 5, 6, 2, 1, 3), propagation(rng, 3, 3, 4, 7, 12, 5)],
    }
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(cases, separators=(",", ":")) + "\n")


main()
