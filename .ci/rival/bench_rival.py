#!/usr/bin/env python3
"""Times training steps beside those of the published DINO code, and prints a table of ratios.

    python3 .ci/rival/bench_rival.py --dino CHECKOUT [--rows 1,2,3,4] [--rounds 5] [--steps 5]
    python3 .ci/rival/bench_rival.py --dino CHECKOUT --data IMAGES [--rows 1] [--steps 200]

needs a Python with PyTorch, torchvision, safetensors and NumPy, and a checkout of
https://github.com/facebookresearch/dino. A step is all that its training loop does with crops in
memory: both networks, DINOLoss, gradients, clip_gradients, AdamW in its two groups, and the moving
average; eager and compiled, in float32 and under autocast to bfloat16.

Both programs begin with the same weights and see the same crops, which `bench step --proof` writes.
Three losses must agree, and so must the weights after them: their difference is held against how far
they moved, so that a program that does not train them, or trains them by other gradients, does not
agree. Otherwise no ratio is printed. Then the two take turns, each in a process of its own that proves
nothing, and the ratio is that of the medians over all rounds.

With --data, whole trainings from folders of JPEGs are timed in the same way: decoding, the published
augmentation and the steps, with as many workers as threads. Memory is left out, since workers share it.
"""

import argparse
import contextlib
import datetime
import itertools
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
# How closely the two must agree: losses relative to themselves, weights to how far they moved. AdamW
# moves every weight by about the learning rate in the first steps, whatever the size of its gradient,
# so that a small error of a small gradient can turn a movement around.
PRECISIONS = {
    "float32": {"losses": 1e-4, "student": 0.01, "teacher": 0.01},
    "bfloat16": {"losses": 2e-2, "student": 0.2, "teacher": 0.2},
}
# Both of our commands get them, whatever the images would have them choose; the teacher's momentum
# moves the teacher by more than the last digit of its weights, and all weights are trained throughout.
SAME = [
    "--method", "dino", "--head-hidden-dim", 2048, "--bottleneck-dim", 256, "--global-scale", 0.4, 1,
    "--local-scale", 0.05, 0.4, "--teacher-momentum", 0.8, "--freeze-last-layer", 0, "--clip-grad", 3,
    "--accumulate", 1, "--drop-path", 0, "--device", "cpu"]
MODES = ["eager", "compile"]
WARM_UP = 3


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dino", required=True, type=pathlib.Path, help="checkout of the published code")
    parser.add_argument("--rows", help="of the table, 1,2,3,4, or 1,2,3 with --data")
    parser.add_argument("--precisions", default=",".join(PRECISIONS))
    parser.add_argument("--modes", default=",".join(MODES), help="of PyTorch")
    parser.add_argument("--rounds", type=int, default=5, help="turns that each program takes")
    parser.add_argument("--steps", type=int, help="timed steps of a turn, 5, or 200 with --data")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--data", type=pathlib.Path, help="times trainings from this folder of classes")
    parser.add_argument("--worker", type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--mode", choices=MODES, help=argparse.SUPPRESS)
    parser.add_argument("--precision", choices=list(PRECISIONS), help=argparse.SUPPRESS)
    parser.add_argument("--proves", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    given.rows = chosen(
        parser, "--rows", given.rows or ("1,2,3" if given.data else "1,2,3,4"), [str(i + 1) for i in range(len(ROWS))])
    given.precisions = chosen(parser, "--precisions", given.precisions, list(PRECISIONS))
    given.modes = chosen(parser, "--modes", given.modes, MODES)
    given.steps = given.steps or (200 if given.data else 5)
    if min(given.steps, given.rounds, given.threads) < 1:
        parser.error("--steps, --rounds and --threads must be at least 1")
    if given.data and any(ROWS[int(i) - 1][2:5:2] != PUBLISHED_SIDES for i in given.rows):
        parser.error("with --data, crops are of 224 and 96 pixels, as the published code has them: give --rows 1, 2 or 3")
    return given


def chosen(parser, option, text, choices):
    words = text.split(",")
    for word in words:
        if word not in choices:
            parser.error(f"{option} must be of {', '.join(choices)}, but '{word}' is given")
    return words


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
        torch.distributed.init_process_group(  # DINOLoss sums over processes
            "gloo", store=torch.distributed.HashStore(), rank=0, world_size=1)

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
        self.run_student, self.run_teacher = self.student, self.teacher
        if mode == "compile":  # once for each of the two sides of crops, rather than for any side
            self.run_student = torch.compile(self.student, dynamic=False)
            self.run_teacher = torch.compile(self.teacher, dynamic=False)

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

    @staticmethod
    def difference(proof, network, prefix):
        """Norm of the difference of all weights of a network, relative to that of their movement."""
        from safetensors import safe_open

        squares = [0.0, 0.0]
        with safe_open(proof / "before.safetensors", "pt") as before, \
                safe_open(proof / "after.safetensors", "pt") as after:
            for name, weight in network.state_dict().items():
                ours = after.get_tensor(prefix + name).double()
                squares[0] += float((ours - weight.double()).square().sum())
                squares[1] += float((ours - before.get_tensor(prefix + name).double()).square().sum())
        return math.sqrt(squares[0] / squares[1]) if squares[1] else math.inf

    def agreement(self, proof):
        losses = [self.step() for _ in self.losses]
        return {
            "losses": max(abs(a - b) / abs(b) for a, b in zip(losses, self.losses)),
            "student": self.difference(proof, self.student, "student.module."),
            "teacher": self.difference(proof, self.teacher, "teacher."),
        }


def work(given):
    import torch

    torch.set_num_threads(given.threads)
    rival = Rival(given.dino, given.worker, given.mode, given.precision)
    if given.proves:
        print(json.dumps(rival.agreement(given.worker)))
        return
    batches = rival.batches(given.data, given.threads) if given.data else itertools.repeat(None)
    for _ in range(WARM_UP):
        rival.step(next(batches))
    seconds = []
    for _ in range(given.steps):
        begin = time.perf_counter()  # images are waited for as well
        rival.step(next(batches))
        seconds.append(time.perf_counter() - begin)
    # A step that waits for images counts with its wait.
    middle_step = statistics.mean(seconds) if given.data else statistics.median(seconds)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": middle_step, "peak": peak}))


# Both in turns.


def ours(what, row, precision, threads, *more):
    arch, patch, side, crops, local, prototypes, images = row
    command = [
        str(ROOT / "dino-vmf"), "bench", what, *SAME, "--arch", arch,
        "--patch-size", patch, "--image-size", side, "--local-crops", crops, "--local-size", local,
        "--num-prototypes", prototypes, "--batch-size", images, "--precision", precision,
        "--threads", threads, *more]
    return subprocess.run(
        [str(word) for word in command], check=True, text=True, stdout=subprocess.PIPE).stdout


def our_turn(given, proof, row, precision):
    more = ["--json", "--steps", given.steps, "--warm-up", WARM_UP]
    if given.data:
        report = json.loads(ours("train", row, precision, given.threads, "--data", given.data, *more))
        proved = json.loads((proof / "proof.json").read_text())["config"]
        for part in ("model", "crops", "batch", "optimizer"):
            if report["config"][part] != proved[part]:
                raise SystemExit(f"{part} of bench train is {report['config'][part]}, but {proved[part]} was proved")
        return {"seconds": report["secondsPerStep"], "peak": report["memory"]}
    report = json.loads(ours("step", row, precision, given.threads, *more))
    return {"seconds": report["medianSeconds"], "peak": report["peakMemory"]}


def theirs(given, proof, mode, precision, *more):
    command = [
        sys.executable, __file__, "--worker", proof, "--dino", given.dino.resolve(), "--mode", mode,
        "--precision", precision, "--steps", given.steps, "--threads", given.threads,
        *(["--data", given.data] if given.data else []), *more]
    run = subprocess.run([str(word) for word in command], text=True, capture_output=True)
    if run.returncode:
        print(f"{mode} in {precision} does not work: {(run.stderr.strip() or f'exit {run.returncode}').splitlines()[-1]}", file=sys.stderr)
        return None
    return json.loads(run.stdout.splitlines()[-1])


def disagreement(agreement, tolerance):
    return ", ".join(f"{k} by {v:.1e}" for k, v in agreement.items() if not v <= tolerance[k])


def measure(given, row, precision):
    """Our turns and, by mode, the rival's; modes that do not work or do not agree are left out."""
    with tempfile.TemporaryDirectory() as folder:
        proof = pathlib.Path(folder)
        ours("step", row, precision, given.threads, "--proof", proof)
        turns, modes = [], {}
        for mode in given.modes:
            agreement = theirs(given, proof, mode, precision, "--proves")
            wrong = agreement and disagreement(agreement, PRECISIONS[precision])
            print(f"{row} {mode} in {precision}: differences {agreement}", file=sys.stderr)
            if wrong:
                print(f"{row} {mode} in {precision}: no ratio, since they differ in {wrong}", file=sys.stderr)
            elif agreement:
                modes[mode] = []
        for number in range(given.rounds):
            turns.append(our_turn(given, proof, row, precision))
            for mode in list(modes):
                turn = theirs(given, proof, mode, precision)
                if turn is None:
                    del modes[mode]
                    continue
                modes[mode].append(turn)
                print(
                    f"{row} {precision} round {number + 1}: {turns[-1]['seconds']:.3f} s,"
                    f" {mode} {turn['seconds']:.3f} s", file=sys.stderr)
    return turns, modes


def middle(turns):
    return statistics.median(turn["seconds"] for turn in turns)


def line(given, row, precision, turns, modes):
    arch, patch, side, crops, local, prototypes, images = row
    what = f"{arch.replace('vit_', 'ViT-')}/{patch}, batch {images}, 2 x {side} + {crops} x {local}, K {prototypes}"
    if not modes:
        return f"| {what} | {precision} | {middle(turns):.2f} | none agrees | | |"
    best = min(modes, key=lambda mode: middle(modes[mode]))
    memory = [f"{max(t['peak'] for t in side) / 2**30:.1f}" for side in (turns, modes[best])]
    ratio = middle(modes[best]) / middle(turns)
    return (
        f"| {what} | {precision} | {middle(turns):.2f} | {middle(modes[best]):.2f} ({best}) "
        f"| {ratio:.2f} | {'' if given.data else ' / '.join(memory)} |")


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

    lines = []
    for index in given.rows:
        row = ROWS[int(index) - 1]
        for precision in given.precisions:
            lines.append(line(given, row, precision, *measure(given, row, precision)))
            print(lines[-1], file=sys.stderr)  # whatever becomes of the next
    words = ["--dino", "CHECKOUT", *(["--data", "IMAGES"] if given.data else [])]
    for option in ("rows", "precisions", "modes"):
        words += [f"--{option}", ",".join(getattr(given, option))]
    words += ["--rounds", given.rounds, "--steps", given.steps, "--threads", given.threads]
    words = " ".join(str(word) for word in words)
    print(f"{datetime.date.today()}, {processor()}, {given.threads} threads, PyTorch {torch.__version__};")
    print(f"`python3 .ci/rival/bench_rival.py {words}`:\n")
    what = "step, images from files" if given.data else "step, crops in memory"
    print(f"| {what} | precision | s | PyTorch, s | ratio | peak memory, GiB |")
    print("| --- | --- | --- | --- | --- | --- |")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
