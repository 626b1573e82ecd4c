"""Writes vit-extras.safetensors for VitExtrasGoldenTest: an encoder with registers and LayerScale in
float64 PyTorch, its tokens under each rule for the position table, and the gradient of every weight.

usage: vit_extras.py OUT_FILE
"""
import json
import struct
import sys

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
GRID, PATCH, DIM, DEPTH, HEADS, REGISTERS = 3, 4, 8, 2, 2, 2


def weights(generator):
    def normal(*shape, scale=0.3):
        return scale * torch.randn(*shape, generator=generator)

    w = {
        "cls_token": normal(1, 1, DIM),
        "register_tokens": normal(1, REGISTERS, DIM),
        "pos_embed": normal(1, 1 + GRID * GRID, DIM),
        "patch_embed.proj.weight": normal(DIM, 3, PATCH, PATCH, scale=0.1),
        "patch_embed.proj.bias": normal(DIM),
        "norm.weight": 1 + normal(DIM),
        "norm.bias": normal(DIM),
    }
    for i in range(DEPTH):
        b = f"blocks.{i}."
        for name, (rows, columns) in {
            "attn.qkv": (3 * DIM, DIM),
            "attn.proj": (DIM, DIM),
            "mlp.fc1": (4 * DIM, DIM),
            "mlp.fc2": (DIM, 4 * DIM),
        }.items():
            w[b + name + ".weight"], w[b + name + ".bias"] = normal(rows, columns), normal(rows)
        for name in ("norm1", "norm2"):
            w[b + name + ".weight"], w[b + name + ".bias"] = 1 + normal(DIM), normal(DIM)
        w[b + "ls1.gamma"], w[b + "ls2.gamma"] = 0.5 + normal(DIM), 0.5 + normal(DIM)
    return w


def positions(table, rows, columns, rule):
    if rows == columns == GRID:
        return table
    grid = table[:, 1:].reshape(1, GRID, GRID, DIM).permute(0, 3, 1, 2)
    how = {
        "OFFSET": dict(scale_factor=((rows + 0.1) / GRID, (columns + 0.1) / GRID)),
        "PLAIN": dict(size=(rows, columns), align_corners=False),
        "ANTIALIASED": dict(size=(rows, columns), align_corners=False, antialias=True),
    }[rule]
    grid = F.interpolate(grid, mode="bicubic", **how)
    assert grid.shape[-2:] == (rows, columns)
    return torch.cat([table[:, :1], grid.permute(0, 2, 3, 1).reshape(1, -1, DIM)], 1)


def tokens(w, images, rule):
    x = F.conv2d(images, w["patch_embed.proj.weight"], w["patch_embed.proj.bias"], stride=PATCH)
    batch, _, rows, columns = x.shape
    x = torch.cat([w["cls_token"].expand(batch, -1, -1), x.flatten(2).transpose(1, 2)], 1)
    x = x + positions(w["pos_embed"], rows, columns, rule)
    x = torch.cat([x[:, :1], w["register_tokens"].expand(batch, -1, -1), x[:, 1:]], 1)
    for i in range(DEPTH):
        def of(name):
            return w[f"blocks.{i}.{name}.weight"], w[f"blocks.{i}.{name}.bias"]

        y = F.linear(F.layer_norm(x, (DIM,), *of("norm1"), 1e-6), *of("attn.qkv"))
        q, k, v = y.reshape(batch, -1, 3, HEADS, DIM // HEADS).permute(2, 0, 3, 1, 4)
        a = (q @ k.transpose(-2, -1) / (DIM // HEADS) ** 0.5).softmax(-1)
        y = F.linear((a @ v).transpose(1, 2).reshape(batch, -1, DIM), *of("attn.proj"))
        x = x + w[f"blocks.{i}.ls1.gamma"] * y
        y = F.gelu(F.linear(F.layer_norm(x, (DIM,), *of("norm2"), 1e-6), *of("mlp.fc1")))
        x = x + w[f"blocks.{i}.ls2.gamma"] * F.linear(y, *of("mlp.fc2"))
    return F.layer_norm(x, (DIM,), *of_norm(w), 1e-6)


def of_norm(w):
    return w["norm.weight"], w["norm.bias"]


def save(path, tensors, config):
    header, data = {"__metadata__": {"config": json.dumps(config)}}, b""
    for name, tensor in tensors.items():
        raw = tensor.detach().contiguous().numpy().astype("<f8").tobytes()
        header[name] = {"dtype": "F64", "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text + data)


generator = torch.Generator().manual_seed(7)
w = {k: v.requires_grad_() for k, v in weights(generator).items()}
out = {f"param.backbone.{k}": v for k, v in w.items()}
total = 0
for size, (height, width) in {"square": (12, 12), "small": (8, 8), "oblong": (20, 8)}.items():
    images = torch.randn(2, 3, height, width, generator=generator)
    out[f"{size}.images"] = images
    for rule in ("OFFSET", "PLAIN", "ANTIALIASED"):
        found = tokens(w, images, rule)
        mix = torch.randn(found.shape, generator=generator)
        out[f"{size}.{rule}.tokens"], out[f"{size}.{rule}.cotangent"] = found, mix
        total = total + (found * mix).sum()
for name, gradient in zip(w, torch.autograd.grad(total, list(w.values()))):
    out[f"grad.backbone.{name}"] = gradient
save(sys.argv[1], out, dict(image=GRID * PATCH, patch=PATCH, dim=DIM, depth=DEPTH, heads=HEADS, registers=REGISTERS))
