"""Trains each method on the shipped images by the demo's preset and prints a table of the results.

usage: compare.py OUT [--seeds N...] [--threads N] [--published CHECKOUT --python PYTHON]

Takes more than an hour. What OUT already holds is not done again. With --published, the published
PyTorch code of DINO trains, too (published.py, by a PYTHON that has PyTorch and torchvision); its
teachers are imported and go through the same evaluation.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
METHODS = {
    "DINO, unit length": ["--method", "dino"],
    "DINO, free length": ["--method", "dino", "--prototypes", "free"],
    "DINO-vMF": ["--method", "dino-vmf"],
}
PUBLISHED = {"published DINO, unit length": "unit", "published DINO, free length": "free"}
COLUMNS = ["20-NN", "linear", "5 images a class", "used", "unique"]


def dino_vmf(*arguments):
    """Standard output of a command, whose other output goes through."""
    command = [str(ROOT / "dino-vmf"), *map(str, arguments)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def unpack(folder):
    if not folder.exists():
        shipped = ROOT / "tools/data/fashion-mnist/fashion-mnist-subset.zip"
        aside = folder.with_name("images.partial")
        zipfile.ZipFile(shipped).extractall(aside)
        aside.rename(folder)


def train(run, images, method, seed, threads):
    log = run.with_suffix(".log")
    print(f"training {run}, see {log}", file=sys.stderr)
    arguments = ["train", "--preset", "demo", *method, "--seed", seed, "--threads", threads]
    arguments += ["--data", images / "train", "--out", run]
    if run.exists():
        arguments.append("--resume")
    log.write_text(dino_vmf(*arguments))


def train_published(run, images, kind, seed, args):
    weights = run.with_suffix(".pth")
    if not weights.exists():
        print(f"training {weights}", file=sys.stderr)
        script = pathlib.Path(__file__).with_name("published.py")
        command = [args.python, script, args.published, images / "train", weights, kind, seed]
        subprocess.run(list(map(str, command)), check=True, stdout=sys.stderr)
    settings = ["--preset", "demo", "--method", "dino", "--prototypes", kind, "--heads", 4]
    # published.py's: a file of weights does not tell them, and the preset's give way to a network's.
    settings += ["--mean", *[0.286] * 3, "--std", *[0.353] * 3]
    dino_vmf("import", weights, "--out", run, *settings)


def evaluate(run, images):
    """The row of a run: per cent, and numbers of prototypes."""
    row = run.with_suffix(".json")
    if not row.exists():
        where = ["--run", run, "--train", images / "train", "--val", images / "test", "--json"]
        where += ["--cache", run.with_suffix(".features")]
        knn = json.loads(dino_vmf("eval", "knn", *where, "--k", 20))
        linear = json.loads(dino_vmf("eval", "linear", *where))
        few = json.loads(dino_vmf("eval", "fewshot", *where, "--images", 5))
        study = ["analyze", "prototypes", run, "--data", images / "train", "--json"]
        summary = json.loads(dino_vmf(*study))["summary"]
        values = [
            knn["results"][0]["top1"],
            linear["best"]["top1"],
            few["results"][0]["top1"],
            summary["used"],
            summary["unique"],
        ]
        row.write_text(json.dumps(dict(zip(COLUMNS, values))))
    return json.loads(row.read_text())


def cell(values, column):
    mean = statistics.mean(values)
    deviation = statistics.stdev(values) if len(values) > 1 else 0
    digits = 0 if column in ("used", "unique") else 1
    return f"{mean:.{digits}f} ± {deviation:.{digits}f}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--published", type=pathlib.Path)
    parser.add_argument("--python", default=sys.executable)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    images = args.out / "images"
    unpack(images)
    rows = {}
    for seed in args.seeds:
        for name, method in METHODS.items():
            run = args.out / f"{name.lower().replace(', ', '-').replace(' ', '-')}-{seed}"
            if not run.with_suffix(".json").exists():
                train(run, images, method, seed, args.threads)
            rows.setdefault(name, []).append(evaluate(run, images))
        for name, kind in PUBLISHED.items() if args.published else ():
            run = args.out / f"published-{kind}-{seed}"
            if not run.exists():
                train_published(run, images, kind, seed, args)
            rows.setdefault(name, []).append(evaluate(run, images))
    print("| method | " + " | ".join(COLUMNS) + " |")
    print("|" + " --- |" * (len(COLUMNS) + 1))
    for name, results in rows.items():
        cells = [cell([result[column] for result in results], column) for column in COLUMNS]
        print(f"| {name} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
