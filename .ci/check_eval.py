"""Compares the evaluation with scikit-learn and SciPy, on random features and on cached ones.

usage: check_eval.py CLASS_PATH RUN IMAGES

CLASS_PATH is the launcher's; IMAGES has the folders train and test of labeled images.
"""

import csv
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn import metrics
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

HERE = pathlib.Path(__file__).resolve().parent
TEMPERATURE = 0.07


def knn_labels(bank, bank_labels, queries, k):
    """Cosine distance is 1 - cosine; the constant factor of the weights cancels."""
    weigh = lambda distances: np.exp(-distances / TEMPERATURE)
    model = KNeighborsClassifier(n_neighbors=k, metric="cosine", weights=weigh)
    return model.fit(bank.astype(np.float64), bank_labels).predict(queries.astype(np.float64))


def logistic_loss(rows, labels, penalty):
    """scikit-learn's minimum of sum CE / n + penalty / (2 n) |W|^2."""
    model = LogisticRegression(C=1 / penalty, fit_intercept=False, tol=1e-10, max_iter=100_000)
    weights = model.fit(rows, labels).coef_
    logits = rows @ weights.T
    top = logits.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(logits - top).sum(axis=1)) + top[:, 0]
    own = logits[np.arange(len(rows)), labels]
    return (log_sum - own).mean() + penalty / 2 / len(rows) * (weights**2).sum()


def center_rows(features):
    rows = features.astype(np.float64)
    rows -= rows.mean(axis=1, keepdims=True)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


class Cases:
    """Cases with the check of each answer."""

    def __init__(self):
        self.cases, self.checks = [], []

    def add(self, kind, check, **values):
        plain = {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in values.items()}
        self.cases.append({"kind": kind} | plain)
        self.checks.append(check)

    def knn(self, name, bank, bank_labels, queries, query_labels, k):
        expected = knn_labels(bank, bank_labels, queries, k)

        def check(answer):
            different = int((np.array(answer["classes"]) != expected).sum())
            assert different == 0, f"{name}: {different} of {len(expected)} kNN labels differ"

        self.add("knn", check, bank=bank, bankLabels=bank_labels, queries=queries, queriesLabels=query_labels, k=k)

    def logistic(self, name, rows, labels, penalty):
        expected = logistic_loss(rows, labels, penalty)

        def check(answer):
            assert answer["isConverged"], f"{name}: not converged"
            close(f"{name}: logistic loss", answer["loss"], expected, 1e-6 * expected)

        self.add("logistic", check, rows=rows, labels=labels, **{"lambda": penalty})

    def clusters(self, name, clusters, classes):
        table = metrics.cluster.contingency_matrix(classes, clusters)
        at = linear_sum_assignment(-table)
        expected = {
            "nmi": metrics.normalized_mutual_info_score(classes, clusters),
            "ari": metrics.adjusted_rand_score(classes, clusters),
            "fowlkesMallows": metrics.fowlkes_mallows_score(classes, clusters),
            "purity": table.max(axis=0).sum() / len(classes),
            "hungarianAccuracy": table[at].sum() / len(classes),
        }

        def check(answer):
            for key, value in expected.items():
                close(f"{name}: {key}", answer[key], value, 1e-9)

        self.add("clusters", check, clusters=clusters, classes=classes)

    def matching(self, name, costs):
        at = linear_sum_assignment(costs)

        def check(answer):
            pairs = [(row, column) for row, column in enumerate(answer["columns"]) if column >= 0]
            assert len({column for _, column in pairs}) == len(pairs) == min(costs.shape), pairs
            close(f"{name}: cost", sum(costs[pair] for pair in pairs), costs[at].sum(), 1e-9)

        self.add("matching", check, costs=costs)

    def ranking(self, name, scores, truth):
        auroc = metrics.roc_auc_score(truth, scores)
        precision = metrics.average_precision_score(truth, scores)

        def check(answer):
            close(f"{name}: AUROC", answer["auroc"], auroc, 1e-9)
            close(f"{name}: average precision", answer["averagePrecision"], precision, 1e-9)

        self.add("ranking", check, scores=scores, truth=truth)

    def run(self, class_path):
        with tempfile.TemporaryDirectory() as folder:
            given, answers = pathlib.Path(folder, "cases.json"), pathlib.Path(folder, "answers.json")
            given.write_text(json.dumps(self.cases))
            subprocess.run(["java", "-cp", class_path, str(HERE / "EvalCases.java"), given, answers], check=True)
            found = json.loads(answers.read_text())
        assert len(found) == len(self.checks), (len(found), len(self.checks))
        for check, answer in zip(self.checks, found):
            check(answer)
        print(f"{len(found)} cases agree with scikit-learn and SciPy")


def close(name, found, expected, tolerance):
    assert abs(found - expected) <= tolerance, f"{name}: {found!r} here, {expected!r} there"


def random_cases(cases):
    rng = np.random.default_rng(0)
    for k, dim in ((1, 8), (20, 32), (200, 64)):
        labels = rng.integers(0, 12, 900)
        centers = rng.normal(size=(12, dim))
        rows = (rng.normal(size=(900, dim)) * 1.5 + centers[labels]).astype(np.float32)
        cases.knn(f"k={k}", rows[:600], labels[:600], rows[600:], labels[600:], k)
    for penalty, count, dim, classes in ((0.0025, 50, 64, 10), (0.1, 300, 32, 5), (5.0, 200, 16, 40)):
        labels = np.arange(count) % classes
        rows = center_rows(rng.normal(size=(count, dim)) + 0.5 * np.eye(classes, dim)[labels])
        cases.logistic(f"lambda={penalty}", rows, labels, penalty)
    for clusters, classes in ((10, 10), (300, 20), (4, 30)):
        truth = rng.integers(0, classes, 3000)
        found = np.where(rng.random(3000) < 0.6, truth % clusters, rng.integers(0, clusters, 3000))
        cases.clusters(f"{clusters} clusters", found, truth)
    for shape in ((60, 60), (30, 200), (200, 30)):
        cases.matching(f"{shape}", rng.normal(size=shape))
    for digits in (0, 2, 12):
        truth = rng.random(5000) < 0.1
        cases.ranking(f"{digits} digits", np.round(rng.normal(size=5000) + truth, digits), truth)


def evaluate(*arguments):
    command = [str(HERE.parent / "dino-vmf"), "eval", *map(str, arguments), "--json"]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def read_cached(cache):
    """Features and classes of the entries of a cache, by the first folder of each path."""
    entries = {}
    for entry in cache.iterdir():
        with open(entry / "images.csv", newline="", encoding="utf-8") as lines:
            paths = [line["path"] for line in csv.DictReader(lines)]
        entries[len(paths)] = np.load(entry / "embeddings.npy"), paths
    (test, test_paths), (train, train_paths) = (entries[size] for size in sorted(entries))
    names = sorted({path.split("/")[0] for path in train_paths})
    number = lambda paths: np.array([names.index(path.split("/")[0]) for path in paths])
    return train, number(train_paths), train_paths, test, number(test_paths)


def cached_cases(cases, run, images):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        common = ["--run", run, "--train", images / "train", "--val", images / "test", "--cache", folder / "cache"]
        knn = evaluate("knn", *common, "--k", "20")["results"][0]
        train, train_labels, paths, test, test_labels = read_cached(folder / "cache")
        expected = knn_labels(train, train_labels, test, 20)
        close("top-1 of eval knn", knn["top1"], 100 * (expected == test_labels).mean(), 1e-9)
        cases.knn("cached features", train, train_labels, test[:300], test_labels[:300], 20)

        rng = np.random.default_rng(1)
        few = np.sort(rng.permutation(len(paths))[:200])
        (folder / "few.txt").write_text("".join(paths[i] + "\n" for i in few), encoding="utf-8")
        fewshot = evaluate("fewshot", *common, "--subset", folder / "few.txt")["results"][0]["splits"][0]
        rows = center_rows(train[few])
        expected = logistic_loss(rows, train_labels[few], 0.0025)
        close("loss of eval fewshot", fewshot["loss"], expected, 1e-6 * expected)
        print(f"eval knn: {knn['top1']:.2f} %, eval fewshot: {fewshot['top1']:.2f} %, as scikit-learn has it")


def main():
    class_path, run, images = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    cases = Cases()
    random_cases(cases)
    cached_cases(cases, run, images)
    cases.run(class_path)


main()
