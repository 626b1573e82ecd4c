"""KoLeo and Sinkhorn-Knopp in NumPy, for KoLeoTest and SinkhornKnoppTest.

Written from the papers (Sablayrolles et al. 2019, eq. 2; Caron et al. 2020, section 3.1) and
DINOv2's constants. python3 koleo_sinkhorn.py prints the numbers that stand in the tests.
"""
import numpy as np


def koleo(rows):
    x = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    total = 0
    for i in range(len(x)):
        best, nearest = -np.inf, None
        for j in range(len(x)):
            if j != i and x[i] @ x[j] > best:
                best, nearest = x[i] @ x[j], j
        total -= np.log(np.linalg.norm(x[i] - x[nearest] + 1e-8) + 1e-8)
    return total / len(x)


def sinkhorn(logits, iterations=3):
    q = np.exp(logits - logits.max()).T
    q /= q.sum()
    prototypes, rows = q.shape
    for _ in range(iterations):
        q /= q.sum(axis=1, keepdims=True) * prototypes
        q /= q.sum(axis=0, keepdims=True) * rows
    return (q * rows).T


if __name__ == "__main__":
    print("koleo", repr(float(koleo(np.sin(1.3 * np.arange(20) + 0.2).reshape(5, 4)))))
    targets = sinkhorn(9 * np.sin(2.1 * np.arange(12)).reshape(4, 3) + np.array([0, 3, -2]))
    print("sinkhorn", *map(repr, targets.ravel().tolist()))
