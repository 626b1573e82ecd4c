"""Trains by the published PyTorch code of DINO what `dino-vmf train --preset demo` trains.

usage: published.py CHECKOUT IMAGES OUT.pth unit|free SEED [--epochs N] [--workers N]

CHECKOUT holds the published main_dino.py, utils.py and vision_transformer.py, which make the
network, the loss, the center, the groups, the clipping and the schedules; IMAGES is a folder of
labeled folders. Only sizes and settings are the demo's. Needs PyTorch and torchvision.
"""

import argparse
import functools
import pathlib
import random
import sys
import tempfile
import time

import numpy as np
import torch
from PIL import Image
from torchvision import datasets, transforms

MEAN, STD = (0.286,) * 3, (0.353,) * 3
SIDE, LOCAL_SIDE, LOCAL_CROPS = 28, 14, 8
BATCH, LEARNING_RATE, MIN_RATE, WARMUP_EPOCHS = 16, 0.032, 1e-5, 1
MOMENTUM, WEIGHT_DECAY, CLIP, FROZEN_EPOCHS = 0.98, 0.04, 3.0, 1
PROTOTYPES, HIDDEN, BOTTLENECK = 512, 256, 64
TEMPERATURES = (0.03, 0.04, 2)


class Crops:
    """The published augmentation with the demo's sizes and strengths."""

    def __init__(self, utils):
        def view(side, scale, blur):
            return transforms.Compose(
                [
                    transforms.RandomResizedCrop(side, scale=scale, interpolation=Image.BICUBIC),
                    transforms.RandomHorizontalFlip(p=0.5),
                    transforms.RandomApply([transforms.ColorJitter(0.6, 0.4, 0, 0)], p=0.8),
                    utils.GaussianBlur(blur, 0.1, 1.0),
                    transforms.ToTensor(),
                    transforms.Normalize(MEAN, STD),
                ]
            )

        self.views = [view(SIDE, (0.25, 1), 0.3), view(SIDE, (0.25, 1), 0.1)]
        self.views += [view(LOCAL_SIDE, (0.1, 1), 0.2)] * LOCAL_CROPS

    def __call__(self, image):
        return [view(image) for view in self.views]


def network(vision_transformer, utils, is_unit):
    encoder = vision_transformer.VisionTransformer(
        img_size=[SIDE],
        patch_size=7,
        embed_dim=64,
        depth=3,
        num_heads=4,
        mlp_ratio=4,
        qkv_bias=True,
        norm_layer=functools.partial(torch.nn.LayerNorm, eps=1e-6),
    )
    head = vision_transformer.DINOHead(
        64, PROTOTYPES, norm_last_layer=is_unit, hidden_dim=HIDDEN, bottleneck_dim=BOTTLENECK
    )
    return utils.MultiCropWrapper(encoder, head)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("checkout", type=pathlib.Path)
    parser.add_argument("images", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("prototypes", choices=["unit", "free"])
    parser.add_argument("seed", type=int)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--workers", type=int, default=1)
    args = parser.parse_args()
    sys.path.insert(0, str(args.checkout))
    import main_dino
    import utils
    import vision_transformer

    torch.set_num_threads(1)
    for seeded in (torch.manual_seed, np.random.seed, random.seed):
        seeded(args.seed)
    with tempfile.TemporaryDirectory() as folder:
        # The loss averages its center over processes, of which there is one.
        torch.distributed.init_process_group(
            "gloo", init_method=f"file://{folder}/group", rank=0, world_size=1
        )
        train(args, main_dino, utils, vision_transformer)


def train(args, main_dino, utils, vision_transformer):
    loader = torch.utils.data.DataLoader(
        datasets.ImageFolder(args.images, transform=Crops(utils)),
        batch_size=BATCH,
        shuffle=True,
        drop_last=True,
        num_workers=args.workers,
        persistent_workers=args.workers > 0,
    )
    student = network(vision_transformer, utils, args.prototypes == "unit")
    teacher = network(vision_transformer, utils, True)
    teacher.load_state_dict(student.state_dict())
    for weight in teacher.parameters():
        weight.requires_grad = False
    loss_of = main_dino.DINOLoss(PROTOTYPES, 2 + LOCAL_CROPS, *TEMPERATURES, args.epochs)
    optimizer = torch.optim.AdamW(utils.get_params_groups(student))
    steps = len(loader)
    rates = utils.cosine_scheduler(
        LEARNING_RATE * BATCH / 256, MIN_RATE, args.epochs, steps, warmup_epochs=WARMUP_EPOCHS
    )
    momenta = utils.cosine_scheduler(MOMENTUM, 1, args.epochs, steps)
    start = time.time()
    for epoch in range(args.epochs):
        losses = []
        for i, (crops, _) in enumerate(loader):
            step = epoch * steps + i
            for number, group in enumerate(optimizer.param_groups):
                group["lr"] = rates[step]
                if number == 0:
                    group["weight_decay"] = WEIGHT_DECAY
            loss = loss_of(student(crops), teacher(crops[:2]), epoch)
            optimizer.zero_grad()
            loss.backward()
            utils.clip_gradients(student, CLIP)
            utils.cancel_gradients_last_layer(epoch, student, FROZEN_EPOCHS)
            optimizer.step()
            with torch.no_grad():
                for of_student, of_teacher in zip(student.parameters(), teacher.parameters()):
                    of_teacher.mul_(momenta[step]).add_((1 - momenta[step]) * of_student)
            losses.append(loss.item())
        mean = sum(losses) / len(losses)
        print(f"epoch {epoch + 1}: loss {mean:.4f}, {time.time() - start:.0f} s", flush=True)
    state = {"student": student.state_dict(), "teacher": teacher.state_dict(), "epoch": args.epochs}
    args.out.parent.mkdir(parents=True, exist_ok=True)
    torch.save(state, args.out)


if __name__ == "__main__":
    main()
