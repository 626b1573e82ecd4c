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
    }
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(cases, separators=(",", ":")) + "\n")


main()
