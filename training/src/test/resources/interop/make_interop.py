"""Makes the checkpoints beside this script: random weights in the layouts of DINO and iBOT.

needs torch; usage: make_interop.py OUT_DIR
"""
import argparse
import json
import os
import pickle
import struct
import sys
import zipfile
from collections import OrderedDict

import numpy as np
import torch

torch.set_default_dtype(torch.float64)
CFG = dict(image=16, patch=4, dim=24, depth=2, heads=2, hidden=32, bottleneck=16, prototypes=24, spread_g=True)
STUDENT_OFFSET = 0.01


def init_params(seed):
    """Under the published names; exact in float32."""
    g = torch.Generator().manual_seed(seed)
    n = lambda *s, std=0.02: torch.randn(*s, generator=g) * std
    d, hid, p, k = CFG["dim"], CFG["hidden"], CFG["bottleneck"], CFG["prototypes"]
    grid = CFG["image"] // CFG["patch"]
    out = {
        "backbone.cls_token": n(1, 1, d, std=0.2),
        "backbone.pos_embed": n(1, grid * grid + 1, d, std=0.2),
        "backbone.patch_embed.proj.weight": n(d, 3, CFG["patch"], CFG["patch"], std=0.08),
        "backbone.patch_embed.proj.bias": n(d),
        "backbone.masked_embed": n(1, d, std=0.2),
    }
    for i in range(CFG["depth"]):
        b = f"backbone.blocks.{i}."
        for name, (o, c) in {"attn.qkv": (3 * d, d), "attn.proj": (d, d), "mlp.fc1": (4 * d, d), "mlp.fc2": (d, 4 * d)}.items():
            out[b + name + ".weight"], out[b + name + ".bias"] = n(o, c, std=0.12), n(o, std=0.05)
        for name in ("norm1", "norm2"):
            out[b + name + ".weight"], out[b + name + ".bias"] = 1 + n(d, std=0.1), n(d, std=0.1)
    out["backbone.norm.weight"], out["backbone.norm.bias"] = 1 + n(d, std=0.1), n(d, std=0.1)
    for i, (o, c) in {0: (hid, d), 2: (hid, hid), 4: (p, hid)}.items():
        out[f"head.mlp.{i}.weight"], out[f"head.mlp.{i}.bias"] = n(o, c, std=0.15), n(o, std=0.05)
    out["head.last_layer.weight_g"] = torch.ones(k, 1) + n(k, 1, std=0.2)
    out["head.last_layer.weight_v"] = n(k, p, std=1.0)
    return {name: v.float() for name, v in out.items()}


def save_safetensors(path, tensors):
    header, data = {"__metadata__": {"config": json.dumps(CFG), "student_offset": json.dumps(STUDENT_OFFSET)}}, b""
    for name, tensor in tensors.items():
        raw = tensor.contiguous().numpy().astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text + data)


def checkpoints(out):
    p = init_params(5)
    full = OrderedDict((k, v) for k, v in p.items() if k != "backbone.masked_embed")
    student = OrderedDict(("module." + k, v + STUDENT_OFFSET) for k, v in full.items())
    slots = {i: {"step": 3, "exp_avg": torch.full_like(v, 0.5), "exp_avg_sq": torch.full_like(v, 0.25)} for i, v in enumerate(full.values())}
    args = argparse.Namespace(arch="vit_small", patch_size=4, out_dim=24, norm_last_layer=False, lr=0.0005, epochs=100, seed=0)
    groups = [{"lr": np.float64(1e-3), "weight_decay": np.float64(0.04), "params": [0, 1]}]
    dino = {"student": student, "teacher": full, "epoch": 7, "args": args,
            "optimizer": {"state": slots, "param_groups": groups},
            "dino_loss": OrderedDict(center=torch.arange(24.0).view(1, 24).float() / 100)}
    write = lambda name, value, **options: torch.save(value, os.path.join(out, name), **options)
    write("dino-full.pth", dino)
    write("dino-full-legacy-format.pth", dino, _use_new_zipfile_serialization=False)
    backbone = OrderedDict((k[9:], v) for k, v in full.items() if k.startswith("backbone."))
    write("dino-backbone.pth", backbone)
    write("dino-backbone-half.pth", OrderedDict((k, v.half()) for k, v in backbone.items()))
    write("dino-backbone-bfloat16.pth", OrderedDict((k, v.bfloat16()) for k, v in backbone.items()))
    shared = OrderedDict(full)
    for part in ("weight_g", "weight_v"):
        shared["head.last_layer2." + part] = shared["head.last_layer." + part]  # one storage, two names
    masked = {**shared, "backbone.masked_embed": p["backbone.masked_embed"]}
    write("ibot-full.pth", {"student": OrderedDict(("module." + k, v) for k, v in masked.items()), "teacher": shared,
                            "epoch": 9, "args": args,
                            "ibot_loss": OrderedDict(center=torch.zeros(1, 24), center2=torch.zeros(1, 1, 24))})
    write("ibot-backbone.pth", {"state_dict": backbone})
    new_names = {"weight_g": "parametrizations.weight.original0", "weight_v": "parametrizations.weight.original1"}
    renamed = OrderedDict((k.replace(k.rsplit(".", 1)[1], new_names.get(k.rsplit(".", 1)[1], k.rsplit(".", 1)[1])), v) for k, v in full.items())
    write("dino-parametrized-names.pth", {"teacher": renamed})
    save_safetensors(os.path.join(out, "expected-weights.safetensors"), p)

    class Hostile:
        def __reduce__(self):
            return os.system, ("touch PICKLE_WAS_EXECUTED",)

    with zipfile.ZipFile(os.path.join(out, "hostile.pth"), "w") as z:
        z.writestr("archive/data.pkl", pickle.dumps({"teacher": Hostile()}, protocol=2))
        z.writestr("archive/version", "3\n")


os.makedirs(sys.argv[1], exist_ok=True)
checkpoints(sys.argv[1])
