#!/usr/bin/env python3
"""Times one encoder by three runtimes in one JVM, and prints a table.

    python3 .ci/encoders/bench_encoders.py --dino CHECKOUT [--sizes tiny,small] [--calls 50]

needs a Python with PyTorch, and a checkout of https://github.com/facebookresearch/dino, whose
vision_transformer.py makes ViT-Ti/16 and ViT-S/16 with random weights. They are imported and
exported as SavedModel (for `Encoder`, TensorFlow) and ONNX (for ONNX Runtime), and traced as
TorchScript (for DJL, PyTorch). Times are printed only if all three give the same embeddings.
"""

import argparse
import datetime
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SIDE = 224
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def run(*command, **settings):
    return subprocess.run([str(word) for word in command], check=True, text=True, **settings)


def models(args, size, folder):
    """SavedModel, ONNX and TorchScript of the same weights."""
    sys.path.insert(0, str(args.dino))
    import torch
    import vision_transformer

    class FromPixels(torch.nn.Module):
        """Channels last in 0..1, as the exported models take them."""

        def __init__(self, encoder):
            super().__init__()
            self.encoder = encoder
            self.register_buffer("mean", torch.tensor(MEAN).view(1, 3, 1, 1))
            self.register_buffer("std", torch.tensor(STD).view(1, 3, 1, 1))

        def forward(self, pixels):
            return self.encoder((pixels.permute(0, 3, 1, 2) - self.mean) / self.std)

    torch.manual_seed(0)
    encoder = vision_transformer.__dict__[f"vit_{size}"](patch_size=16).eval()
    torch.save(encoder.state_dict(), folder / "encoder.pth")
    with torch.no_grad():
        traced = torch.jit.trace(FromPixels(encoder), torch.rand(2, SIDE, SIDE, 3))
    torch.jit.freeze(traced.eval()).save(folder / "encoder.pt")
    dino_vmf = ROOT / "dino-vmf"
    heads = {"tiny": 3, "small": 6}[size]
    run(dino_vmf, "import", folder / "encoder.pth", "--out", folder / "run", "--heads", heads, stdout=sys.stderr)
    for kind, name in (("savedmodel", "model"), ("onnx", "model.onnx")):
        run(dino_vmf, "export", kind, "--run", folder / "run", "--out", folder / name, stdout=sys.stderr)
    return folder / "model", folder / "model.onnx", folder / "encoder.pt"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dino", required=True, type=pathlib.Path, help="checkout of the published code")
    parser.add_argument("--sizes", default="tiny,small")
    parser.add_argument("--calls", type=int, default=50)
    args = parser.parse_args()
    run("mvn", "-B", "-q", "-DskipTests", "install", cwd=ROOT, stdout=sys.stderr)
    print(f"{datetime.date.today()}; `python3 .ci/encoders/bench_encoders.py --dino CHECKOUT --sizes {args.sizes} --calls {args.calls}`:\n")
    print("| encoder | batch | runtime | median, ms | p99, ms | images a second |")
    print("| --- | --- | --- | --- | --- | --- |", flush=True)
    with tempfile.TemporaryDirectory() as temporary:
        project = pathlib.Path(temporary) / "project"
        run("cp", "-r", pathlib.Path(__file__).parent, project)
        paths = project / "class-path"
        run("mvn", "-B", "-q", "-f", project, "compile", "dependency:build-classpath", f"-Dmdep.outputFile={paths}")
        for size in args.sizes.split(","):
            folder = pathlib.Path(temporary) / size
            folder.mkdir()
            name = {"tiny": "ViT-Ti/16", "small": "ViT-S/16"}[size]
            run(
                "java", "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0", "-Dorg.bytedeco.javacpp.maxBytes=0",
                "-cp", f"{project}/target/classes:{paths.read_text()}", "EncoderBenchmark",
                name, *models(args, size, folder), SIDE, args.calls,
                env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2"})


if __name__ == "__main__":
    main()
