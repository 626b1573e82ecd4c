"""Prints the golden values of KernelsTest: plain Python, one element at a time."""

import math


def x(i):
    return math.cos(i) + 0.5 * math.sin(0.1 * i * i)


def weight(salt, i):
    return 0.7 * math.sin(salt + 1.3 * i)


def gelu(v):
    return v * 0.5 * math.erfc(-v / math.sqrt(2))


def layer_norm(row, w, b, epsilon):
    mean = math.fsum(row) / len(row)
    variance = math.fsum((v - mean) ** 2 for v in row) / len(row)
    return [(v - mean) / math.sqrt(variance + epsilon) * w[i] + b[i] for i, v in enumerate(row)]


def attention(rows, heads):
    dim = len(rows[0]) // 3
    width = dim // heads
    out = []
    for row in rows:
        result = []
        for h in range(heads):
            q = row[h * width : (h + 1) * width]
            scores = [
                math.fsum(q[d] * other[dim + h * width + d] for d in range(width)) / math.sqrt(width)
                for other in rows
            ]
            weights = [math.exp(s) for s in scores]
            for d in range(width):
                values = [other[2 * dim + h * width + d] for other in rows]
                result.append(math.fsum(p * v for p, v in zip(weights, values)) / math.fsum(weights))
        out += result
    return out


def show(name, values):
    print(name, ", ".join(f"{v:.15f}" for v in values))


show("gelu", [gelu(v) for v in (-9, -2, -0.3, 0, 0.7, 3, 9)])
show("layerNorm", layer_norm([x(i) for i in range(5)], [weight(1, i) for i in range(5)], [weight(2, i) for i in range(5)], 1e-6))
show("attention", attention([[x(12 * t + i) for i in range(12)] for t in range(3)], 2))
