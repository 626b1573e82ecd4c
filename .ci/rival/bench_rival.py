#!/usr/bin/env python3
"""Times training steps beside those of the published DINO code, and prints a table of ratios.

    python3 .ci/rival/bench_rival.py --dino CHECKOUT [--rows 1,2,3,4] [--rounds 5] [--steps 5]
    python3 .ci/rival/bench_rival.py --dino CHECKOUT --data IMAGES [--rows 1] [--steps 200]

needs a Python with PyTorch, torchvision, safetensors and NumPy, and a checkout of
https://github.com/facebookresearch/dino. A step is all that its training loop does with crops in
memory: both networks, DINOLoss, gradients, clip_gradients, AdamW in its two groups, and the moving
average; eager and compiled, in float32 and under autocast to bfloat16.

Both programs begin with the same weights and see the same crops, which `bench step --proof` writes.
Three losses and the weights after them must agree, or no ratio is printed. Then the two take turns,
each in a process of its own, and the ratio is that of the medians over all rounds.

With --data, whole trainings from folders of JPEGs are timed in the same way: decoding, the published
augmentation and the steps, with as many workers as threads.
"""

import argparse
import contextlib
import datetime
import json
import math
import os
import pathlib
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]

# arch, patch, side of global crops, local crops and their side, prototypes, images
ROWS = [
    ("vit_tiny", 16, 224, 8, 96, 65536, 8),
    ("vit_tiny", 16, 224, 8, 96, 4096, 8),
    ("vit_small", 16, 224, 8, 96, 65536, 8),
    ("vit_tiny", 8, 64, 6, 32, 4096, 32),
]
PUBLISHED_SIDES = (224, 96)
PRECISIONS = {"float32": 1e-4, "bfloat16": 2e-2}  # and how closely the two must agree
MODES = ["eager", "compile"]
WARM_UP = 3


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dino", required=True, type=pathlib.Path, help="checkout of the published code")
    parser.add_argument("--rows", default="1,2,3,4", help="which rows of the table")
    parser.add_argument("--precisions", default=",".join(PRECISIONS))
    parser.add_argument("--modes", default=",".join(MODES), help="of PyTorch")
    parser.add_argument("--rounds", type=int, default=5, help="turns that each program takes")
    parser.add_argument("--steps", type=int, default=5, help="timed steps of a turn")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--data", type=pathlib.Path, help="times trainings from this folder of classes")
    parser.add_argument("--worker", type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--mode", choices=MODES, help=argparse.SUPPRESS)
    parser.add_argument("--precision", choices=list(PRECISIONS), help=argparse.SUPPRESS)
    return parser.parse_args()


# The published code, in a process of its own.


class Rival:
    """Student, teacher, loss and optimizer as main_dino.py makes them, with the weights of a proof."""

    def __init__(self, checkout, proof, mode, precision):
        sys.path.insert(0, str(checkout))
        import main_dino
        import torch
        import torch.distributed
        import utils
        import vision_transformer
        from safetensors.torch import load_file

        self.torch, self.utils = torch, utils
        told = json.loads((proof / "proof.json").read_text())
        self.values, self.losses = told["values"], told["losses"]
        config = told["config"]
        self.momentum = self.values["teacherMomentum"]
        self.clip = config["optimizer"]["clipNorm"]
        self.narrow = precision == "bfloat16"
        with tempfile.NamedTemporaryFile() as store:  # DINOLoss sums over processes
            torch.distributed.init_process_group(
                "gloo", init_method=f"file://{store.name}.group", rank=0, world_size=1)

        encoder, head, batch = config["model"]["encoder"], config["model"]["head"], config["batch"]
        crops = config["crops"]
        self.crops = self.read_crops(proof, config, batch["batchSize"])
        arch = {192: "vit_tiny", 384: "vit_small", 768: "vit_base"}[encoder["embedDim"]]

        def network(**settings):
            trunk = vision_transformer.__dict__[arch](
                patch_size=encoder["patchSize"], img_size=[encoder["imageSize"]])
            return utils.MultiCropWrapper(trunk, vision_transformer.DINOHead(
                encoder["embedDim"], head["numPrototypes"], hidden_dim=head["hiddenDim"],
                bottleneck_dim=head["bottleneckDim"], **settings))

        self.student, self.teacher = network(norm_last_layer=True), network()
        before = load_file(proof / "before.safetensors")
        self.load(self.student, before, "student.module.")
        self.load(self.teacher, before, "teacher.")
        self.after = load_file(proof / "after.safetensors")
        for parameter in self.teacher.parameters():
            parameter.requires_grad = False
        temperature = self.values["teacherTemp"]
        self.loss = main_dino.DINOLoss(
            head["numPrototypes"], crops["localCrops"] + 2, temperature, temperature, 0, 1,
            config["model"]["method"]["studentTemp"], config["model"]["method"]["centerMomentum"])
        self.optimizer = torch.optim.AdamW(utils.get_params_groups(self.student))
        for index, group in enumerate(self.optimizer.param_groups):
            group["lr"] = self.values["learningRate"]
            if index == 0:
                group["weight_decay"] = self.values["weightDecay"]
        compiled = torch.compile if mode == "compile" else lambda module: module
        self.run_student, self.run_teacher = compiled(self.student), compiled(self.teacher)

    def read_crops(self, proof, config, batch):
        import numpy as np

        torch, crops = self.torch, config["crops"]
        mean = torch.tensor(config["normalization"]["mean"]).view(1, 3, 1, 1)
        std = torch.tensor(config["normalization"]["std"]).view(1, 3, 1, 1)

        def read(name, side):
            pixels = np.fromfile(proof / name, np.uint8).reshape(-1, side, side, 3)
            return (torch.from_numpy(pixels).permute(0, 3, 1, 2) / 255 - mean) / std

        globals_ = read("global.bin", crops["global"]["pixels"])
        locals_ = read("local.bin", crops["local"]["pixels"])
        return [c.contiguous() for c in [*globals_.split(batch), *locals_.split(batch)]]

    @staticmethod
    def load(network, weights, prefix):
        named = {n[len(prefix):]: t for n, t in weights.items() if n.startswith(prefix)}
        network.load_state_dict(named)

    def batches(self, data, threads):
        """Crops as the published training gets them, of one epoch after the other."""
        import main_dino
        from torchvision import datasets

        images = len(self.crops[0])
        transform = main_dino.DataAugmentationDINO((0.4, 1.0), (0.05, 0.4), len(self.crops) - 2)
        loader = self.torch.utils.data.DataLoader(
            datasets.ImageFolder(data, transform=transform), shuffle=True, batch_size=images,
            num_workers=threads, drop_last=True)
        if len(loader) == 0:
            raise SystemExit(f"'{data}' holds fewer than the {images} images of a batch")
        while True:
            for crops, _ in loader:
                yield crops

    def step(self, crops=None):
        torch = self.torch
        crops = crops or self.crops
        with torch.autocast("cpu", torch.bfloat16) if self.narrow else contextlib.nullcontext():
            teacher_output = self.run_teacher(crops[:2])
            student_output = self.run_student(crops)
            loss = self.loss(student_output, teacher_output, 0)
        if not math.isfinite(loss.item()):
            raise SystemExit(f"the loss of the published code is {loss.item()}")
        self.optimizer.zero_grad()
        loss.backward()
        if self.clip:
            self.utils.clip_gradients(self.student, self.clip)
        self.optimizer.step()
        with torch.no_grad():
            for q, k in zip(self.student.parameters(), self.teacher.parameters()):
                k.data.mul_(self.momentum).add_((1 - self.momentum) * q.detach().data)
        return loss.item()

    def difference(self, network, prefix):
        """Norm of the difference of all weights of a network, relative to that of the weights."""
        squares = [0.0, 0.0]
        for name, weight in network.state_dict().items():
            ours = self.after[prefix + name].double()
            squares[0] += float((ours - weight.double()).square().sum())
            squares[1] += float(weight.double().square().sum())
        return math.sqrt(squares[0] / squares[1])


def work(given):
    import torch

    torch.set_num_threads(given.threads)
    rival = Rival(given.dino, given.worker, given.mode, given.precision)
    losses = [rival.step() for _ in rival.losses]
    agreement = {
        "losses": max(abs(a - b) / abs(b) for a, b in zip(losses, rival.losses)),
        "student": rival.difference(rival.student, "student.module."),
        "teacher": rival.difference(rival.teacher, "teacher."),
    }
    if given.data:
        batches = rival.batches(given.data, given.threads)
        for _ in range(WARM_UP):
            rival.step(next(batches))
        begin = time.perf_counter()
        for _ in range(given.steps):
            rival.step(next(batches))
        seconds = [(time.perf_counter() - begin) / given.steps]
    else:
        seconds = []
        for _ in range(given.steps):
            begin = time.perf_counter()
            rival.step()
            seconds.append(time.perf_counter() - begin)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": statistics.median(seconds), "peak": peak, "agreement": agreement}))


# Both in turns.


def ours(what, row, precision, threads, *more):
    arch, patch, side, crops, local, prototypes, images = row
    command = [
        str(ROOT / "dino-vmf"), "bench", what, "--method", "dino", "--arch", arch,
        "--patch-size", patch, "--image-size", side, "--local-crops", crops, "--local-size", local,
        "--num-prototypes", prototypes, "--batch-size", images, "--accumulate", 1,
        "--drop-path", 0, "--precision", precision, "--threads", threads, "--device", "cpu", *more]
    return subprocess.run(
        [str(word) for word in command], check=True, text=True, stdout=subprocess.PIPE).stdout


def our_turn(given, row, precision):
    more = ["--json", "--steps", given.steps, "--warm-up", WARM_UP]
    if given.data:
        report = json.loads(ours("train", row, precision, given.threads, "--data", given.data, *more))
        return {"seconds": report["secondsPerStep"], "peak": report["memory"]}
    report = json.loads(ours("step", row, precision, given.threads, *more))
    return {"seconds": report["medianSeconds"], "peak": report["peakMemory"]}


def theirs(given, proof, mode, precision):
    command = [
        sys.executable, __file__, "--worker", proof, "--dino", given.dino.resolve(), "--mode", mode,
        "--precision", precision, "--steps", given.steps, "--threads", given.threads,
        *(["--data", given.data] if given.data else [])]
    run = subprocess.run([str(word) for word in command], text=True, capture_output=True)
    if run.returncode:
        print(f"{mode} in {precision} does not work: {run.stderr.strip().splitlines()[-1]}", file=sys.stderr)
        return None
    return json.loads(run.stdout.splitlines()[-1])


def disagreement(agreement, tolerance):
    return ", ".join(f"{k} by {v:.1e}" for k, v in agreement.items() if not v <= tolerance)


def measure(given, row, precision):
    """Our turns and, by mode, the rival's; modes that do not work or do not agree are left out."""
    with tempfile.TemporaryDirectory() as folder:
        proof = pathlib.Path(folder)
        ours("step", row, precision, given.threads, "--proof", proof)
        turns, modes = [], {mode: [] for mode in given.modes.split(",")}
        for number in range(given.rounds):
            turns.append(our_turn(given, row, precision))
            for mode in list(modes):
                turn = theirs(given, proof, mode, precision)
                wrong = turn and disagreement(turn["agreement"], PRECISIONS[precision])
                if wrong:
                    print(f"{row} {mode} in {precision}: no ratio, since they differ in {wrong}", file=sys.stderr)
                if turn is None or wrong:
                    del modes[mode]
                    continue
                modes[mode].append(turn)
                print(
                    f"{row} {precision} round {number + 1}: {turns[-1]['seconds']:.3f} s,"
                    f" {mode} {turn['seconds']:.3f} s, {turn['agreement']}", file=sys.stderr)
    return turns, modes


def middle(turns):
    return statistics.median(turn["seconds"] for turn in turns)


def line(row, precision, turns, modes):
    arch, patch, side, crops, local, prototypes, images = row
    what = f"{arch.replace('vit_', 'ViT-')}/{patch}, batch {images}, 2 x {side} + {crops} x {local}, K {prototypes}"
    if not modes:
        return f"| {what} | {precision} | {middle(turns):.2f} | none agrees | | |"
    best = min(modes, key=lambda mode: middle(modes[mode]))
    memory = [max(t["peak"] for t in side) / 2**30 for side in (turns, modes[best])]
    ratio = middle(modes[best]) / middle(turns)
    return (
        f"| {what} | {precision} | {middle(turns):.2f} | {middle(modes[best]):.2f} ({best}) "
        f"| {ratio:.2f} | {memory[0]:.1f} / {memory[1]:.1f} |")


def processor():
    with contextlib.suppress(OSError):
        for text in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
            if text.startswith("model name"):
                return text.split(":", 1)[1].strip()
    return platform.processor()


def main():
    given = arguments()
    if given.worker:
        work(given)
        return
    import torch

    if given.data and any(ROWS[int(i) - 1][2:5:2] != PUBLISHED_SIDES for i in given.rows.split(",")):
        raise SystemExit("with --data, crops are of 224 and 96 pixels, as the published code has them: give --rows 1, 2 or 3")
    lines = []
    for index in given.rows.split(","):
        row = ROWS[int(index) - 1]
        for precision in given.precisions.split(","):
            lines.append(line(row, precision, *measure(given, row, precision)))
    names = {str(given.dino): "CHECKOUT", str(given.data): "IMAGES"}
    words = " ".join(names.get(word, word) for word in sys.argv[1:])
    print(f"{datetime.date.today()}, {processor()}, {given.threads} threads, PyTorch {torch.__version__};")
    print(f"`python3 .ci/rival/bench_rival.py {words}`:\n")
    what = "step, images from files" if given.data else "step, crops in memory"
    print(f"| {what} | precision | s | PyTorch, s | ratio | peak memory, GiB |")
    print("| --- | --- | --- | --- | --- | --- |")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
