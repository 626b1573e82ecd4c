"""Writes odd image files, the weights of a small encoder, and what PyTorch makes of the files with them.

The pixels go the usual way: Pillow's decoder, its reading of the rotation tag, torchvision's resize and center
crop. Debian: python3-torch python3-torchvision python3-pil libjpeg-turbo-progs.
usage: odd_files.py (writes beside itself)
"""

import json
import pathlib
import struct
import subprocess
import sys

import numpy as np
import torch
from PIL import Image, ImageOps
from torchvision import transforms

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[4] / "training/src/test/resources/golden/generator"))
from reference_model import backbone, init_params  # noqa: E402

CONFIG = dict(image=32, patch=8, dim=24, depth=2, heads=2, hidden=8, bottleneck=4, prototypes=4)
RESIZE, CROP = 36, 32
ORIENTATION = 274
PICTURE = transforms.Compose(
    [
        transforms.Resize(RESIZE, transforms.InterpolationMode.BICUBIC),
        transforms.CenterCrop(CROP),
        transforms.ToTensor(),
        transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    ]
)


def picture(width, height, seed):
    """Soft colored shapes that differ in every corner."""
    small = np.random.default_rng(seed).integers(0, 256, (4, 5, 3), np.uint8)
    return Image.fromarray(small).resize((width, height), Image.BICUBIC)


def write_files():
    image = picture(61, 47, 1)
    image.save(HERE / "progressive.jpg", progressive=True, quality=90)
    picture(50, 64, 2).convert("CMYK").save(HERE / "cmyk.jpg", quality=90)
    picture(66, 50, 3).save(HERE / "source.ppm")
    with open(HERE / "chroma411.jpg", "wb") as out:
        subprocess.run(["cjpeg", "-quality", "90", "-sample", "4x1", HERE / "source.ppm"], stdout=out, check=True)
    (HERE / "source.ppm").unlink()
    picture(53, 41, 4).convert("L").save(HERE / "gray.jpg", quality=90)
    palette = picture(45, 70, 5).quantize(24)
    palette.save(HERE / "palette-alpha.png", transparency=bytes(range(0, 240, 10)))
    levels = np.asarray(picture(40, 52, 6).convert("F")) / 255
    Image.fromarray(np.round(levels * 65535).astype(np.uint16)).save(HERE / "gray16.png")
    row = np.asarray(picture(5000, 1, 7).convert("L").quantize(16))
    Image.fromarray(np.repeat(row, 3000, axis=0)).save(HERE / "huge.png", optimize=True)
    picture(1, 200, 8).save(HERE / "column.png")
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[ORIENTATION] = orientation
        picture(60, 44, 9).save(HERE / f"orientation{orientation}.jpg", quality=90, exif=exif)


def read(path):
    image = ImageOps.exif_transpose(Image.open(path))
    if image.mode.startswith("I"):  # Pillow's own conversion of 16 bits clips them at 255
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    return image.convert("RGB")


def write_weights(params):
    """Under the published names, as safetensors."""
    header, data = {}, b""
    for name, value in sorted(params.items()):
        content = value.float().numpy().astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(value.shape), "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    (HERE / "weights.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)


def main():
    write_files()
    params = init_params(CONFIG, 12)
    prefix = "backbone."
    params[prefix + "patch_embed.proj.weight"] *= 3  # so that the picture decides, not the start of the weights
    write_weights({k[len(prefix) :]: v for k, v in params.items() if k.startswith(prefix)})
    expected = {}
    for path in sorted(list(HERE.glob("*.jpg")) + list(HERE.glob("*.png"))):
        pixels = PICTURE(read(path))[None].double()
        expected[path.name] = [round(x, 7) for x in backbone(params, CONFIG, pixels)[0, 0].tolist()]
    (HERE / "expected.json").write_text(json.dumps(expected, indent=1).replace(",\n  ", ", ").replace("[\n  ", "["))
    rows = np.array(list(expected.values()))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    print(np.round(rows @ rows.T, 3))


main()
