#!/usr/bin/env python3
"""Values of the von Mises-Fisher distribution where vmf_reference.csv has none.

Needs mpmath.  Writes beside this file
  vmf_grid.csv    more quantities, at half-integer orders and on both sides of every switch of
                  formula and of every number of terms, for float32 and float64
  vmf_pairs.csv   the divergence between two distributions with equal mean directions
"""
import csv
import os

import mpmath as mp

from vmf_reference import DIGITS, by_debye, by_series, to_float32, values

FOLDER = os.path.dirname(os.path.abspath(__file__))

# The smallest order of each number of terms, float32 and float64.
ORDERS = [9.5, 10.5, 12.5, 15.5, 22, 35, 77, 323,
          21, 22.5, 24.5, 27, 31, 36, 43, 53, 70, 98, 153, 271, 611, 1912, 11600, 262144]
DIMENSIONS = sorted(set(
    [2, 3, 5, 9, 11, 13, 15, 18, 19, 20] + [int(2 * n + 2) - below for n in ORDERS for below in (0, 1)]))

PAIR_DIMENSIONS = [2, 5, 21, 44, 256, 1023, 65536]
PAIR_KAPPAS = [1e-3, 0.5, 1.5, 5, 20, 150, 1e3, 1e5, 1e7]
PAIR_STEPS = [-1, -0.9, -0.5, -0.3001, -0.2999, -0.1, -1e-4, 1e-5, 0.01, 0.4, 0.4285, 0.4287, 1, 9]


def kappas(p):
    order = p / 2 - 1
    near = [0.999, 1.001]
    own = [max(order, 1) * f for f in (0.1, 0.5, 1, 4 * near[0], 4 * near[1], 30)]
    both = [k * f for k in (12.8, 25.5) for f in near]
    wide = [0, 1e-30, 1e-12, 1e-4, 0.03, 0.7, 3, 7, 18, 60, 400, 3e3, 1e5, 1e6, 1e8]
    return sorted({to_float32(k) for k in own + both + wide if k <= 1e8})


def row(p, kappa):
    log_norm = values(p, kappa)[0]
    if kappa == 0:
        return [log_norm, mp.mpf(0), mp.mpf(0), mp.mpf(1) / p, mp.mpf(0), mp.mpf(1), mp.mpf(0)]
    with mp.workdps(200 if kappa < 1 else 100):  # the derivatives cancel at small kappa
        k, nu = mp.mpf(kappa), mp.mpf(p) / 2 - 1
        is_small = kappa < 50 or mp.sqrt(nu * nu + k * k) < 400
        diff, ratio = by_series(nu, k) if is_small else by_debye(nu, k)
        slope = 1 - ratio * ratio - (p - 1) * ratio / k
        curvature = -2 * ratio * slope - (p - 1) * (slope - ratio / k) / k
        return [log_norm, -diff, ratio, slope, curvature, 1 - ratio, k * ratio - diff]


def short(x):
    return "0" if x == 0 else mp.nstr(x, 22, min_fixed=0, max_fixed=0)


def write(name, header, rows):
    with open(os.path.join(FOLDER, name), "w", newline="") as handle:
        out = csv.writer(handle, lineterminator="\n")
        out.writerow(header)
        out.writerows(rows)


def pairs():
    for p in PAIR_DIMENSIONS:
        for kappa in PAIR_KAPPAS:
            for step in PAIR_STEPS:
                first, second = to_float32(kappa), to_float32(kappa * (1 + step))
                _, diff, ratio, _ = values(p, first)
                _, other, _, _ = values(p, second)
                with mp.workdps(DIGITS):
                    gap = mp.mpf(second) - mp.mpf(first)
                    yield [p, repr(first), repr(second), short(diff - other - ratio * gap)]
        _, other, _, _ = values(p, 2.0)
        yield [p, "0.0", "2.0", short(-other)]


def main():
    write("vmf_grid.csv",
          ["p", "kappa", "log_norm", "log_norm_diff", "ratio", "ratio_derivative",
           "ratio_second_derivative", "complement", "divergence"],
          [[p, repr(k)] + [short(x) for x in row(p, k)] for p in DIMENSIONS for k in kappas(p)])
    write("vmf_pairs.csv", ["p", "kappa", "other", "divergence"], pairs())


if __name__ == "__main__":
    main()
