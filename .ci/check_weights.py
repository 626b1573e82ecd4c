"""Compares features with timm and transformers: after our import, and after our export.

Makes random checkpoints with both libraries, imports each, and compares the class token of the
exported model at two image sizes; then reads our exports with torch and timm.

usage: check_weights.py WORK_FOLDER, from the root of the project
"""

import csv
import json
import pathlib
import subprocess
import sys

import numpy as np
import timm
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from timm.models.vision_transformer import checkpoint_filter_fn
from transformers import (
    DeiTConfig,
    DeiTModel,
    Dinov2Config,
    Dinov2Model,
    Dinov2WithRegistersConfig,
    Dinov2WithRegistersModel,
    ViTConfig,
    ViTModel,
)

TOLERANCE = 1e-4  # of the largest value
MEAN = np.array((0.485, 0.456, 0.406))
STD = np.array((0.229, 0.224, 0.225))
HEAD = ["--head-hidden-dim", "16", "--bottleneck-dim", "8", "--num-prototypes", "16"]
SMALL = dict(hidden_size=384, num_hidden_layers=12, num_attention_heads=6, intermediate_size=1536)
TINY = dict(hidden_size=64, num_hidden_layers=2, num_attention_heads=2, intermediate_size=256)

work = pathlib.Path(sys.argv[1])



def dino_vmf(*arguments):
    subprocess.run(["./dino-vmf", *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)


def randomized(model, seed):
    """Weights that all matter: those that a library starts at 0 or 1 would hide a mistake."""
    generator = torch.Generator().manual_seed(seed)
    for name, p in model.named_parameters():
        is_token = any(part in name for part in ("token", "pos"))
        with torch.no_grad():
            p += (0.5 if is_token else 0.05) * torch.randn(p.shape, generator=generator)
    return model.eval()


def pictures(side):
    """Writes three images and returns what the libraries are fed."""
    folder = work / f"images-{side}"
    folder.mkdir(exist_ok=True)
    levels = torch.randint(0, 256, (3, side, side, 3), generator=torch.Generator().manual_seed(side))
    for i, image in enumerate(levels.numpy().astype(np.uint8)):
        Image.fromarray(image).save(folder / f"{i}.png")
    pixels = (levels.numpy() / 255 - MEAN) / STD
    return folder, torch.tensor(pixels.transpose(0, 3, 1, 2), dtype=torch.float32)


def embed(run, side):
    """Features of a run through the exported model, in the order of the images."""
    model, out = run / "model", run / "embeddings"
    dino_vmf("export", "savedmodel", "--run", run, "--out", model)
    dino_vmf("embed", "--model", model, "--data", work / f"images-{side}", "--out", out)
    (table,) = out.glob("*.csv")
    (values,) = out.glob("*.npy")
    paths = [row["path"] for row in csv.DictReader(table.open(newline="", encoding="utf-8"))]
    order = np.argsort([pathlib.Path(p).name for p in paths])
    return np.load(values)[order]


def compare(what, expected, found):
    expected = expected.detach().numpy()
    worst = np.abs(expected - found).max() / np.abs(expected).max()
    apart = np.abs(expected[0] - expected[1]).max() / np.abs(expected).max()
    print(f"{what}: differs by {worst:.1e} of the largest value, two images by {apart:.2f}", flush=True)
    assert worst < TOLERANCE < apart / 100, what


def check_import(name, file, features, sides, *options):
    """Returns the run that was imported last."""
    for side in sides:
        _, pixels = pictures(side)
        run = work / f"run-{name}-{side}"
        sizes = ["--image-size", side, "--eval-resize", side, "--local-size", side]
        dino_vmf("import", file, "--out", run, *sizes, *HEAD, *options)
        with torch.no_grad():
            compare(f"{name} at {side} pixels after import", features(pixels), embed(run, side))
    return run


def saved(name, model, config):
    """Saves as transformers and timm do: safetensors with a configuration beside it."""
    folder = work / name
    folder.mkdir()
    save_file({k: v.clone() for k, v in model.state_dict().items()}, str(folder / "model.safetensors"))
    (folder / "config.json").write_text(json.dumps(config))
    return folder / "model.safetensors"


def save_gradient(model, side, file):
    """The gradient of a product with the embedding with respect to pixels in 0..1, for check_gradient.py."""
    _, normalized = pictures(side)
    fractions = normalized.numpy().transpose(0, 2, 3, 1) * STD + MEAN
    pixels = torch.tensor(fractions, dtype=torch.float32, requires_grad=True)
    mean, std = (torch.tensor(v, dtype=torch.float32) for v in (MEAN, STD))
    embedding = model(((pixels - mean) / std).permute(0, 3, 1, 2))
    direction = torch.randn(embedding.shape, generator=torch.Generator().manual_seed(7))
    (embedding * direction).sum().backward()
    np.savez(
        file,
        pixels=pixels.detach().numpy(),
        direction=direction.numpy(),
        embedding=embedding.detach().numpy(),
        gradient=pixels.grad.numpy(),
    )


def check_timm_vit():
    """ViT-S/16 there, here, and back."""
    def model():
        return timm.create_model("vit_small_patch16_224", num_classes=0, dynamic_img_size=True)

    vit = randomized(model(), 1)
    file = saved("timm-vit", vit, {"architecture": "vit_small_patch16_224", "pretrained_cfg": {}})
    run = check_import("timm-vit", file, vit, (224, 96))
    _, pixels = pictures(96)
    save_gradient(vit, 96, work / "gradient.npz")

    back = work / "back.safetensors"
    dino_vmf("export", "safetensors", "--run", run, "--out", back)
    again = model().eval()
    again.load_state_dict(load_file(str(back)))
    compare("timm-vit after export as safetensors", vit(pixels), again(pixels).detach().numpy())
    for key, value in vit.state_dict().items():
        assert torch.equal(value, again.state_dict()[key]), key

    back = work / "back.pth"
    dino_vmf("export", "pth", "--run", run, "--out", back, "--part", "full")
    read = torch.load(str(back), weights_only=True)
    assert set(read) == {"student", "teacher"}, list(read)
    again = model().eval()
    # As the published evaluation does: the table by its name, without the wrappers' prefixes.
    for part in ("student", "teacher"):
        plain = {k.replace("module.", "").replace("backbone.", ""): v for k, v in read[part].items()}
        missing = again.load_state_dict(plain, strict=False)
        assert not missing.missing_keys and all(k.startswith("head.") for k in missing.unexpected_keys), missing
        compare(f"timm-vit after export as .pth, {part}", vit(pixels), again(pixels).detach().numpy())
        for key, value in vit.state_dict().items():
            assert torch.equal(value, again.state_dict()[key]), key


def check_dinov2_with_registers():
    """DINOv2 with registers from transformers, here, and into timm's form of it."""
    config = Dinov2WithRegistersConfig(**SMALL, patch_size=14, image_size=224, num_register_tokens=4)
    model = randomized(Dinov2WithRegistersModel(config), 2)
    file = saved("dinov2-registers", model, config.to_dict())
    features = lambda pixels: model(pixels).last_hidden_state[:, 0]
    run = check_import("dinov2-registers", file, features, (224, 98))

    back = work / "registers.safetensors"
    dino_vmf("export", "safetensors", "--run", run, "--out", back)
    other = timm.create_model(
        "vit_small_patch14_reg4_dinov2", num_classes=0, img_size=224, dynamic_img_size=True
    ).eval()
    state = load_file(str(back))
    state["mask_token"] = torch.zeros(1, 384)  # by which timm knows the published files
    other.load_state_dict(checkpoint_filter_fn(state, other))
    for side in (224, 98):
        _, pixels = pictures(side)
        compare(f"dinov2-registers in timm at {side} pixels after export", features(pixels), other(pixels).detach().numpy())
    file = saved("timm-registers", other, {"architecture": "vit_small_patch14_reg4_dinov2"})
    check_import("timm-registers", file, other, (98,))


def check_small_ones():
    """The other names, at a size that resizes the position table."""
    for name, model in {
        "vit": ViTModel(ViTConfig(**TINY, patch_size=16, image_size=64)),
        "dinov2": Dinov2Model(Dinov2Config(**TINY, patch_size=16, image_size=64)),
        "deit-distilled": DeiTModel(DeiTConfig(**TINY, patch_size=16, image_size=64)),
    }.items():
        model = randomized(model, 3)
        file = saved(name, model, model.config.to_dict())
        arguments = {} if name == "dinov2" else {"interpolate_pos_encoding": True}
        features = lambda pixels: model(pixels, **arguments).last_hidden_state[:, 0]
        check_import(name, file, features, (96,))


check_timm_vit()
check_dinov2_with_registers()
check_small_ones()
