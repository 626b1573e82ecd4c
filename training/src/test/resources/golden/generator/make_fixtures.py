"""Writes golden fixtures (float64 results) of the reference model as safetensors files.

Usage: make_fixtures.py OUT_DIR SEED   (system Python with torch, numpy, mpmath)
SEED 1 makes the files of the project; another seed makes a set of other sizes, see CONTRIBUTING.md.
"""
import json
import math
import os
import struct
import sys

import torch
import torch.nn.functional as F

import reference_model as M

torch.set_default_dtype(torch.float64)


def save(path, tensors, meta):
    """safetensors writer: F64, or F32 where that is exact; masks as U8."""
    header, blobs, offset = {"__metadata__": {k: json.dumps(v) for k, v in meta.items()}}, [], 0
    for name, t in tensors.items():
        t = t.detach().contiguous()
        if t.dtype == torch.float64 and torch.equal(t.float().double(), t):
            t = t.float()  # exact in float32: inputs and initial weights
        kind = {torch.float64: "F64", torch.float32: "F32", torch.uint8: "U8", torch.int64: "I64"}[t.dtype]
        raw = t.numpy().tobytes()
        header[name] = {"dtype": kind, "shape": list(t.shape), "data_offsets": [offset, offset + len(raw)]}
        blobs.append(raw)
        offset += len(raw)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def leaf(params):
    return {k: v.clone().requires_grad_(True) for k, v in params.items()}


def rand32(g, *shape, std=1.0):
    return (torch.randn(*shape, generator=g) * std).float().double()


# ------------------------------------------------------------------ forward / backward of the network
def network_fixture(path, cfg, seed):
    params = leaf(M.init_params({**cfg, "spread_g": True}, seed))
    g = torch.Generator().manual_seed(seed + 1)
    p = cfg["patch"]
    sizes = {"square": (cfg["image"],) * 2, "small": (cfg["image"] // 2,) * 2, "oblong": (cfg["image"] + p, cfg["image"] - p)}
    out, total = {f"param.{k}": v for k, v in params.items()}, 0.0
    for name, (h, w) in sizes.items():
        x, want = rand32(g, 3, 3, h, w), {}
        tokens = M.backbone(params, cfg, x, want=want)
        y = M.bottleneck(params, tokens[:, 0])
        s = M.logits(y, M.prototypes(params), 0.1, vmf=False)
        v = M.logits(y, M.prototypes(params), 0.1, vmf=True)
        ct = rand32(g, *v.shape, std=0.1)
        total = total + (v * ct).sum()
        out.update({f"{name}.images": x, f"{name}.tokens": tokens, f"{name}.bottleneck": y, f"{name}.logits": s,
                    f"{name}.vmf_logits": v, f"{name}.cotangent": ct, f"{name}.last_attention": want["attention"][-1],
                    f"{name}.block0": want["blocks"][0]})
    total.backward()
    out.update({f"grad.{k}": v.grad for k, v in params.items()})
    save(path, out, {"config": cfg, "objective": float(total),
                     "note": "grad.* = d/dparam of sum over sizes of sum(vmf_logits * cotangent); temperature 0.1"})


# ------------------------------------------------------------------ centres and losses
def center_update(kind, center, teacher_raw, teacher_logits, m):
    """teacher_raw: <w,y>; teacher_logits: temperature-scaled (and normalized for vMF). [rows, K] -> [1, K]"""
    if kind == "logit":                       # DINO: mean of raw scores
        return m * center + (1 - m) * teacher_raw.mean(0, keepdim=True)
    mean = teacher_logits.softmax(-1).mean(0, keepdim=True)
    if kind == "probability":                 # EMA of the marginal; the state is a distribution
        return m * center + (1 - m) * mean
    return m * center + (1 - m) * mean.log()  # "log_probability": EMA of the log marginal


def teacher_targets(kind, center, raw, scaled, temperature, vmf_offset):
    if kind == "logit":
        return ((raw - center) / temperature + vmf_offset).softmax(-1)
    c = center.log() if kind == "probability" else center
    return (scaled - c).softmax(-1)


def pair_loss(targets, student_log_probs):
    """targets: list of [B,K]; student_log_probs: list of [B,K]; equal view indices are skipped."""
    terms = [-(q * s).sum(-1).mean() for u, q in enumerate(targets) for v, s in enumerate(student_log_probs) if u != v]
    return torch.stack(terms).mean()


def start_center(kind, K):
    return torch.full((1, K), 1.0 / K) if kind == "probability" else torch.zeros(1, K)


def loss_fixture(path, seed, kind, vmf, K, p, B, crops, ts=0.1, tt=0.05, m=0.9, steps=3):
    g = torch.Generator().manual_seed(seed)
    ws = (F.normalize(torch.randn(K, p, generator=g), dim=-1) * (1 + 0.3 * torch.randn(K, 1, generator=g)).abs()).float().double().requires_grad_(True)
    wt = (F.normalize(torch.randn(K, p, generator=g), dim=-1) * (1 + 0.3 * torch.randn(K, 1, generator=g)).abs()).float().double()
    center, out = start_center(kind, K), {"student_prototypes": ws, "teacher_prototypes": wt}
    for i in range(steps):
        ys = F.normalize(rand32(g, crops * B, p), dim=-1).float().double().requires_grad_(True)
        yt = F.normalize(rand32(g, 2 * B, p), dim=-1).float().double()
        ws.grad = None
        raw = yt @ wt.T
        scaled = M.logits(yt, wt, tt, vmf)
        offset = M.VmfLogNorm.apply(wt.norm(dim=1) / tt, p) if vmf else torch.zeros(K)
        q = teacher_targets(kind, center, raw, scaled, tt, offset)
        s = M.logits(ys, ws, ts, vmf).log_softmax(-1)
        loss = pair_loss(q.chunk(2), s.chunk(crops))
        loss.backward()
        after = center_update(kind, center, raw, scaled, m)
        entropy = -(q * q.clamp_min(1e-300).log()).sum(-1).mean()
        out.update({f"step{i}.student_bottleneck": ys, f"step{i}.teacher_bottleneck": yt, f"step{i}.center_before": center,
                    f"step{i}.targets": q, f"step{i}.loss": loss.reshape(1), f"step{i}.target_entropy": entropy.reshape(1),
                    f"step{i}.grad_student_bottleneck": ys.grad, f"step{i}.grad_student_prototypes": ws.grad.clone(),
                    f"step{i}.center_after": after})
        center = after
    save(path, out, {"center": kind, "vmf": vmf, "student_temperature": ts, "teacher_temperature": tt, "center_momentum": m,
                     "batch": B, "crops": crops, "rows": "crop-major: crop 0 of every image, then crop 1, ..."})


# ------------------------------------------------------------------ schedules
def cosine(base, final, epochs, per_epoch, warmup_epochs=0, start=0.0):
    w = warmup_epochs * per_epoch
    n = epochs * per_epoch - w
    head = [start + (base - start) * i / (w - 1) if w > 1 else start for i in range(w)]
    return head + [final + 0.5 * (base - final) * (1 + math.cos(math.pi * i / n)) for i in range(n)]


def teacher_temperature(start, final, warmup, epochs):
    head = [start + (final - start) * i / (warmup - 1) if warmup > 1 else start for i in range(warmup)]
    return head + [final] * (epochs - warmup)


# ------------------------------------------------------------------ training trajectory
class AdamW:
    def __init__(self):
        self.state = {}

    def step(self, name, p, grad, lr, wd):
        st = self.state.setdefault(name, [0, torch.zeros_like(p), torch.zeros_like(p)])
        st[0] += 1
        p.data.mul_(1 - lr * wd)
        st[1].mul_(0.9).add_(grad, alpha=0.1)
        st[2].mul_(0.999).addcmul_(grad, grad, value=0.001)
        m = st[1] / (1 - 0.9 ** st[0])
        v = st[2] / (1 - 0.999 ** st[0])
        p.data.addcdiv_(m, v.sqrt() + 1e-8, value=-lr)


def trajectory_fixture(path, cfg, seed, method, kind, free_g, masked=False, B=2, locals_=2, epochs=3, per_epoch=3, clip=0.3):
    vmf = method.endswith("vmf")
    init = M.init_params(cfg, seed, mask_token=masked)
    student = leaf(init)
    if not free_g:
        student["head.last_layer.weight_g"].requires_grad_(False)
    teacher = {k: v.clone() for k, v in init.items() if k != "backbone.masked_embed"}
    K, opt = cfg["prototypes"], AdamW()
    lr = cosine(2e-3, 1e-5, epochs, per_epoch, warmup_epochs=1)
    wd = cosine(0.04, 0.4, epochs, per_epoch)
    ema = cosine(0.9, 1.0, epochs, per_epoch)
    temp = teacher_temperature(0.04, 0.07, 2, epochs)
    ts = 0.1
    center, patch_center = start_center(kind, K), start_center(kind, K)
    g = torch.Generator().manual_seed(seed + 7)
    out = {f"init.{k}": v for k, v in init.items()}
    losses, cls_losses, patch_losses, entropies, norms = [], [], [], [], []
    size, patch, b = cfg["image"], cfg["patch"], B
    grid = size // patch
    for it in range(epochs * per_epoch):
        epoch = it // per_epoch
        big = rand32(g, 2 * b, 3, size, size)
        small = rand32(g, locals_ * b, 3, size // 2, size // 2)
        mask = torch.zeros(2 * b, grid, grid, dtype=torch.bool)
        if masked:
            mask = torch.rand(2 * b, grid, grid, generator=g) < 0.4
            mask[0] = False  # an image with no masked patch
            out[f"step{it}.mask"] = mask.to(torch.uint8)
        out[f"step{it}.global_crops"], out[f"step{it}.local_crops"] = big, small
        tt = temp[epoch]
        with torch.no_grad():
            tok = M.backbone(teacher, cfg, big)
            wt = M.prototypes(teacher)
            yt = M.bottleneck(teacher, tok if masked else tok[:, :1])
            raw = yt @ wt.T
            scaled = M.logits(yt, wt, tt, vmf)
            offset = M.VmfLogNorm.apply(wt.norm(dim=1) / tt, wt.shape[1]) if vmf else torch.zeros(K)
            q = teacher_targets(kind, center, raw[:, 0], scaled[:, 0], tt, offset)
        ws = M.prototypes(student)
        tok_big = M.backbone(student, cfg, big, mask=mask if masked else None)
        tok_small = M.backbone(student, cfg, small)
        y_cls = M.bottleneck(student, torch.cat([tok_big[:, 0], tok_small[:, 0]]))
        s = M.logits(y_cls, ws, ts, vmf).log_softmax(-1)
        cls_loss = pair_loss(q.chunk(2), s.chunk(2 + locals_))
        loss, patch_loss = cls_loss, torch.zeros(())
        if masked:
            qp = teacher_targets(kind, patch_center, raw[:, 1:], scaled[:, 1:], tt, offset)
            sp = M.logits(M.bottleneck(student, tok_big[:, 1:]), ws, ts, vmf).log_softmax(-1)
            mk = mask.flatten(1).double()
            per_image = (-(qp * sp).sum(-1) * mk).sum(-1) / mk.sum(-1).clamp_min(1.0)
            patch_loss = per_image.mean()
            loss = cls_loss + patch_loss
        for v in student.values():
            v.grad = None
        loss.backward()
        center = center_update(kind, center, raw[:, 0], scaled[:, 0], 0.9)
        if masked:
            patch_center = center_update(kind, patch_center, raw[:, 1:].reshape(-1, K), scaled[:, 1:].reshape(-1, K), 0.9)
        norm = torch.sqrt(sum((v.grad ** 2).sum() for v in student.values() if v.grad is not None))
        for name, v in student.items():
            if v.grad is None:
                continue
            coefficient = clip / (v.grad.norm() + 1e-6)
            if coefficient < 1:
                v.grad.mul_(coefficient)
            if "last_layer" in name and epoch < 1:
                continue  # frozen: no decay, no moments, no step count
            decay = wd[it] if not name.endswith(".bias") and v.dim() > 1 else 0.0
            opt.step(name, v, v.grad, lr[it], decay)
        with torch.no_grad():
            for name, v in teacher.items():
                v.mul_(ema[it]).add_(student[name].detach(), alpha=1 - ema[it])
        losses.append(float(loss)); cls_losses.append(float(cls_loss)); patch_losses.append(float(patch_loss))
        entropies.append(float(-(q * q.clamp_min(1e-300).log()).sum(-1).mean())); norms.append(float(norm))
    out.update({f"student.{k}": v for k, v in student.items()})
    out.update({f"teacher.{k}": v for k, v in teacher.items()})
    out["center"] = center
    if masked:
        out["patch_center"] = patch_center
    for k, v in {"loss": losses, "cls_loss": cls_losses, "patch_loss": patch_losses, "target_entropy": entropies, "gradient_norm": norms}.items():
        out[k] = torch.tensor(v)
    save(path, out, {"config": cfg, "method": method, "center": kind, "train_prototype_norms": free_g, "batch": B, "local_crops": locals_,
                     "epochs": epochs, "steps_per_epoch": per_epoch, "student_temperature": ts,
                     "schedules": {"learning_rate": lr, "weight_decay": wd, "teacher_momentum": ema, "teacher_temperature": temp},
                     "clip_per_tensor": clip, "freeze_last_layer_epochs": 1, "center_momentum": 0.9,
                     "adamw": {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8},
                     "crop_order": "crop-major rows; shared head; images are NCHW"})
    return losses


# ------------------------------------------------------------------ kNN
def knn_fixture(path, seed, n_train=300, n_test=60, d=12, classes=7):
    g = torch.Generator().manual_seed(seed)
    means = torch.randn(classes, d, generator=g)
    yl, tl = torch.randint(classes, (n_train,), generator=g), torch.randint(classes, (n_test,), generator=g)
    tr = (means[yl] + 1.6 * torch.randn(n_train, d, generator=g)).float().double()
    te = (means[tl] + 1.6 * torch.randn(n_test, d, generator=g)).float().double()
    sim = F.normalize(te, dim=1) @ F.normalize(tr, dim=1).T
    result = {}
    for k in (1, 10, 20, 100, 200):
        s, i = sim.topk(k, dim=1)
        votes = torch.zeros(n_test, classes).scatter_add_(1, yl[i], (s / 0.07).exp())
        order = votes.argsort(1, descending=True)
        result[k] = {"top1": float((order[:, 0] == tl).double().mean() * 100),
                     "top5": float((order[:, :5] == tl[:, None]).any(1).double().mean() * 100)}
    save(path, {"train_features": tr, "train_labels": yl, "test_features": te, "test_labels": tl}, {"temperature": 0.07, "expected": result})


def main(out, seed):
    os.makedirs(out, exist_ok=True)
    o = lambda n: os.path.join(out, n + ".safetensors")
    cfg = dict(image=16, patch=4, dim=24, depth=2, heads=2, hidden=32, bottleneck=16, prototypes=24)
    if seed != 1:  # held-out set: other sizes
        cfg = dict(image=48, patch=12, dim=40, depth=3, heads=5, hidden=56, bottleneck=18, prototypes=33)
    network_fixture(o("network"), cfg, seed)
    for kind in ("logit", "probability", "log_probability"):
        for vmf in (False, True):
            loss_fixture(o(f"loss-{'vmf' if vmf else 'dot'}-{kind}"), seed + 20, kind, vmf, K=21, p=32 if seed == 1 else 26, B=3, crops=4)
    for name, method, kind, free, masked in [
        ("dino-l2", "dino", "logit", False, False), ("dino-free", "dino", "logit", True, False),
        ("dino-vmf", "dino-vmf", "probability", True, False), ("dino-vmf-logprob", "dino-vmf", "log_probability", True, False),
        ("ibot", "ibot", "logit", True, True), ("ibot-vmf", "ibot-vmf", "probability", True, True)]:
        print(name, [round(v, 5) for v in trajectory_fixture(o("trajectory-" + name), cfg, seed + 40, method, kind, free, masked)])
    knn_fixture(o("knn"), seed + 60)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
