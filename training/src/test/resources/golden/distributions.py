"""What the published code draws at random, 100,000 times each, as tables for DistributionTest.

The rules are written down from facebookresearch/dino (main_dino.py), torchvision
(RandomResizedCrop, ColorJitter), timm (drop path) and bytedance/ibot (loader.py), with Python's
own random numbers. python3 distributions.py writes distributions.json beside this file.
"""
import json
import math
import os
import random
from collections import Counter

DRAWS = 100_000
QUANTILES = 500


def values(drawn):
    """Table of a continuous number: values with the number of draws up to each."""
    drawn = sorted(drawn)
    n = len(drawn)
    at = sorted({round(i * (n - 1) / QUANTILES) for i in range(QUANTILES + 1)})
    chosen = sorted({drawn[i] for i in at})
    below, i = [], 0
    for value in chosen:
        while i < n and drawn[i] <= value:
            i += 1
        below.append(i)
    return {"draws": n, "values": chosen, "below": below}


def counts(drawn):
    return {"draws": len(drawn), "counts": {str(k): v for k, v in sorted(Counter(drawn).items(), key=lambda e: str(e[0]))}}


def resized_crop(width, height, scale, ratio=(3 / 4, 4 / 3)):
    area = width * height
    for _ in range(10):
        target = area * random.uniform(*scale)
        aspect = math.exp(random.uniform(math.log(ratio[0]), math.log(ratio[1])))
        w = int(round(math.sqrt(target * aspect)))
        h = int(round(math.sqrt(target / aspect)))
        if 0 < w <= width and 0 < h <= height:
            return random.randint(0, height - h), random.randint(0, width - w), h, w
    whole = width / height
    if whole < ratio[0]:
        w, h = width, int(round(width / ratio[0]))
    elif whole > ratio[1]:
        h, w = height, int(round(height * ratio[1]))
    else:
        w, h = width, height
    return (height - h) // 2, (width - w) // 2, h, w


def jitter():
    order = ["BRIGHTNESS", "CONTRAST", "SATURATION", "HUE"]
    random.shuffle(order)
    return " ".join(order), random.uniform(0.6, 1.4), random.uniform(0.6, 1.4), random.uniform(0.8, 1.2), random.uniform(-0.1, 0.1)


def operations(view):
    """Which of mirror, jitter, gray, blur, solarize happen: one letter for each that does."""
    blur = (1.0, 0.1, 0.5)[min(view, 2)]
    solarize = 0.2 if view == 1 else 0
    rates = zip("mjgbs", (0.5, 0.8, 0.2, blur, solarize))
    return "".join(letter for letter, rate in rates if random.random() < rate)


def ratio(ratios, variations):
    return random.choice([random.uniform(r - v, r + v) if v > 0 else r for r, v in zip(ratios, variations)])


def block_mask(size, high):
    mask = [[0] * size for _ in range(size)]
    count = 0
    while count < high:
        left = high - count
        added = 0
        for _ in range(10):
            area = random.uniform((size // 3) ** 2, left)
            aspect = math.exp(random.uniform(math.log(0.3), math.log(1 / 0.3)))
            h = int(round(math.sqrt(area * aspect)))
            w = int(round(math.sqrt(area / aspect)))
            if w < size and h < size:
                top, first = random.randint(0, size - h), random.randint(0, size - w)
                new = h * w - sum(sum(row[first:first + w]) for row in mask[top:top + h])
                if 0 < new <= left:
                    for row in mask[top:top + h]:
                        row[first:first + w] = [1] * w
                    added = new
                    break
        if added == 0:
            break
        count += added
    return mask


def random_mask(size, high):
    flat = [0] * (size * size - int(high)) + [1] * int(high)
    random.shuffle(flat)
    return [flat[i * size:(i + 1) * size] for i in range(size)]


def describe(mask):
    size = len(mask)
    count = sum(map(sum, mask))
    rows = sum(1 for row in mask if any(row))
    columns = sum(1 for column in zip(*mask) if any(column))
    across = sum(row[i] != row[i + 1] for row in mask for i in range(size - 1))
    down = sum(mask[i][j] != mask[i + 1][j] for i in range(size - 1) for j in range(size))
    flat = [v for row in mask for v in row]
    first = flat.index(1) if count else -1
    return {"count": count, "rows": rows, "columns": columns, "across": across, "down": down, "first": first}


def main():
    random.seed(20240501)
    tables = {}
    for name, width, height, scale in (("photo-global", 500, 375, (0.25, 1)), ("photo-local", 500, 375, (0.05, 0.4)),
                                       ("narrow-global", 150, 400, (0.4, 1))):
        crops = [resized_crop(width, height, scale) for _ in range(DRAWS)]
        tables[f"crop {name} area"] = values([h * w / (width * height) for _, _, h, w in crops])
        tables[f"crop {name} aspect"] = values([w / h for _, _, h, w in crops])
        tables[f"crop {name} top"] = values([top / (height - h) if height > h else 0 for top, _, h, _ in crops])
        tables[f"crop {name} left"] = values([left / (width - w) if width > w else 0 for _, left, _, w in crops])
    drawn = list(zip(*(jitter() for _ in range(DRAWS))))
    tables["jitter order"] = counts(drawn[0])
    for name, column in zip(("brightness", "contrast", "saturation", "hue"), drawn[1:]):
        tables[f"jitter {name}"] = values(column)
    tables["blur radius"] = values([random.uniform(0.1, 2.0) for _ in range(DRAWS)])
    for view in range(3):
        tables[f"operations of view {view}"] = counts([operations(view) for _ in range(DRAWS)])
    for shape, size in (("block", 14), ("block", 7), ("random", 14)):
        draw = block_mask if shape == "block" else random_mask
        masks = [describe(draw(size, ratio((0, 0.3), (0, 0.2)) * size * size)) for _ in range(DRAWS)]
        for key in masks[0]:
            tables[f"mask {shape} {size} {key}"] = counts([mask[key] for mask in masks])
    depth, rate = 12, 0.1
    for block in range(depth):
        keep = 1 - rate * block / (depth - 1)
        tables[f"drop path block {block}"] = counts([math.floor(keep + random.random()) for _ in range(DRAWS)])
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "distributions.json")
    with open(path, "w") as file:
        file.write("{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in tables.items()) + "\n}\n")


if __name__ == "__main__":
    main()
