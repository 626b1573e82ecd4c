"""Prints the GOLDEN values of TransformerBlockTest; no package is needed.

Scalar arithmetic in float64, one token and one head at a time, so that an axis or the packing of
queries, keys and values cannot be mistaken in the same way as in the graph.
"""
import math

BATCH, TOKENS, DIM, HEADS, HIDDEN = 2, 3, 6, 2, 12


def entry(name, k):
    """Spread over [-0.5, 0.5) by the golden ratio; the name shifts the phase."""
    phase = sum(ord(c) * (i + 1) for i, c in enumerate(name)) * 0.01
    return math.modf((k + 1) * (math.sqrt(5) - 1) / 2 + phase)[0] - 0.5


def vector(name, size):
    return [entry(name, k) for k in range(size)]


def linear(name, x, size):
    bias = vector(name + "/bias", size)
    return [
        bias[o] + sum(x[i] * entry(name + "/weight", i * size + o) for i in range(len(x)))
        for o in range(size)
    ]


def layer_norm(name, x):
    mean = sum(x) / DIM
    variance = sum((v - mean) ** 2 for v in x) / DIM
    scale, shift = vector(name + "/weight", DIM), vector(name + "/bias", DIM)
    return [
        (x[i] - mean) / math.sqrt(variance + 1e-6) * scale[i] + shift[i] for i in range(DIM)
    ]


def attention(tokens):
    width = DIM // HEADS
    packed = [linear("attn/qkv", t, 3 * DIM) for t in tokens]
    mixed = [[] for _ in tokens]
    for head in range(HEADS):
        q, k, v = (
            [p[part * DIM + head * width : part * DIM + (head + 1) * width] for p in packed]
            for part in range(3)
        )
        for i in range(len(tokens)):
            scores = [
                sum(a * b for a, b in zip(q[i], k[j])) / math.sqrt(width)
                for j in range(len(tokens))
            ]
            weights = [math.exp(s) for s in scores]
            for c in range(width):
                total = sum(weights[j] * v[j][c] for j in range(len(tokens)))
                mixed[i].append(total / sum(weights))
    return [linear("attn/proj", m, DIM) for m in mixed]


def mlp(x):
    hidden = linear("mlp/fc1", x, HIDDEN)
    return linear("mlp/fc2", [h * 0.5 * math.erfc(-h / math.sqrt(2)) for h in hidden], DIM)


for sample in range(BATCH):
    x = [
        [2 * entry("x", (sample * TOKENS + t) * DIM + i) for i in range(DIM)]
        for t in range(TOKENS)
    ]
    added = attention([layer_norm("norm1", t) for t in x])
    y = [[a + b for a, b in zip(s, t)] for s, t in zip(x, added)]
    for token in y:
        result = [a + b for a, b in zip(token, mlp(layer_norm("norm2", token)))]
        print(", ".join("%.13f" % v for v in result) + ",")
