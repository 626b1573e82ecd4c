#!/usr/bin/env python3
"""High-precision reference values for the von Mises-Fisher normalizer.

Needs only mpmath (gmpy2 makes it faster).  Usage:

    python3 vmf_reference.py                 # writes vmf_reference.csv next to this file
    python3 vmf_reference.py --check         # also cross-checks a sample by two other routes
    python3 vmf_reference.py --grid G --out O   # G: csv with columns p,kappa

For a dimension p >= 2 and a concentration kappa >= 0, with nu = p/2 - 1:

    log_norm         = log C_p(kappa)
                     = nu log(kappa) - (p/2) log(2 pi) - log I_nu(kappa)
    log_norm_diff    = log C_p(kappa) - log C_p(0)  = -log 0F1(; p/2; kappa^2/4)   (<= 0)
    ratio            = A_p(kappa)  = I_{nu+1}(kappa) / I_nu(kappa) = -d log_norm / d kappa
    ratio_derivative = A_p'(kappa) = 1 - A^2 - (p-1) A / kappa     = -d^2 log_norm / d kappa^2

Every number is computed with 80 digits and printed with 30 significant ones.  Each kappa is
exactly representable in float32 (hence in float64): it is printed as the shortest decimal that
parses, as an IEEE double, to that very value, so a float32 and a float64 test can both use
the row without an input rounding error.  Note that a float32 implementation may underflow
log_norm_diff to zero where its magnitude is below about 1e-37.

Two independent routes are used, and each has a wide overlap with the other:
  series  the all-positive power series of 0F1 (no cancellation at any argument);
  debye   the uniform large-S expansion of log I_nu, S = sqrt(nu^2 + kappa^2), with 44 terms,
          used for S >= 400 and kappa >= 50 (truncation below 1e-75 there).
"""
import argparse
import csv
import os
import struct
import sys
from fractions import Fraction

import mpmath as mp

DIGITS = 80
TERMS = 44
PRINTED = 30


def to_float32(x):
    """nearest float32, as a Python float"""
    return struct.unpack("f", struct.pack("f", float(x)))[0]


# --- route 1: power series -------------------------------------------------------------------
def series_0f1_minus_1(b, x):
    """0F1(; b; x) - 1 for x >= 0, summed from positive terms only"""
    term = mp.mpf(1)
    total = mp.mpf(0)
    k = 0
    tiny = mp.mpf(10) ** (-mp.mp.dps - 4)
    while True:
        k += 1
        term = term * x / (k * (b + k - 1))
        total += term
        if term <= (1 + total) * tiny and term <= total * tiny:
            return total


def by_series(nu, kappa):
    x = kappa * kappa / 4
    s0 = series_0f1_minus_1(nu + 1, x)
    s1 = series_0f1_minus_1(nu + 2, x)
    return mp.log1p(s0), kappa / (2 * (nu + 1)) * (1 + s1) / (1 + s0)


# --- route 2: uniform expansion of log I_nu --------------------------------------------------
_coefficients = None


def log_debye_coefficients():
    """D_k(t), k = 1..TERMS, with log sum_k U_k(t)/nu^k = sum_k D_k(t)/nu^k, exact rationals.

    Obtained from the Riccati form of the recurrence of the U_k (DLMF 10.41.9):
    D_{k+1}' = 1/2 [ t^2 (1-t^2) (D_k'' + sum_{i+j=k} D_i' D_j') + (2t - 4t^3) D_k' ],
    D_1' = (1 - 5 t^2)/8, D_k(0) = 0.
    """
    global _coefficients
    if _coefficients is not None:
        return _coefficients
    slopes = [{0: Fraction(1, 8), 2: Fraction(-5, 8)}]
    while len(slopes) < TERMS:
        k = len(slopes)
        inner, out = {}, {}

        def put(d, power, value):
            d[power] = d.get(power, 0) + value

        for power, c in slopes[k - 1].items():
            if power:
                put(inner, power - 1, power * c)
        for i in range(k - 1):
            for a, ca in slopes[i].items():
                for b, cb in slopes[k - 2 - i].items():
                    put(inner, a + b, ca * cb)
        for power, c in inner.items():
            put(out, power + 2, c / 2)
            put(out, power + 4, -c / 2)
        for power, c in slopes[k - 1].items():
            put(out, power + 1, c)
            put(out, power + 3, -2 * c)
        slopes.append({power: c for power, c in out.items() if c})
    with mp.workdps(DIGITS + 10):
        _coefficients = [
            sorted((power + 1, mp.mpf(c.numerator) / (c.denominator * (power + 1)))
                   for power, c in d.items())
            for d in slopes
        ]
    return _coefficients


def log_bessel_i_uniform(nu, kappa):
    s = mp.sqrt(nu * nu + kappa * kappa)
    total = mp.mpf(0)
    for k, coefficients in enumerate(log_debye_coefficients(), start=1):
        # D_k(t)/nu^k = sum_i c_i nu^(i-k) / s^i : also right at nu = 0
        total += mp.fsum(c * (nu ** (i - k) if i > k else 1) / s ** i for i, c in coefficients)
    return s + (nu * mp.log(kappa / (nu + s)) if nu else 0) - mp.log(2 * mp.pi * s) / 2 + total


def by_debye(nu, kappa):
    low, high = log_bessel_i_uniform(nu, kappa), log_bessel_i_uniform(nu + 1, kappa)
    return low - nu * mp.log(kappa / 2) + mp.loggamma(nu + 1), mp.exp(high - low)


# --- one row -----------------------------------------------------------------------------------
def values(p, kappa):
    with mp.workdps(DIGITS):
        nu = mp.mpf(p) / 2 - 1
        kappa = mp.mpf(kappa)
        at_zero = mp.loggamma(mp.mpf(p) / 2) - mp.log(2) - mp.mpf(p) / 2 * mp.log(mp.pi)
        if kappa == 0:
            return at_zero, mp.mpf(0), mp.mpf(0), mp.mpf(1) / p
        s = mp.sqrt(nu * nu + kappa * kappa)
        f, a = by_series(nu, kappa) if (s < 400 or kappa < 50) else by_debye(nu, kappa)
        slope = 1 - a * a - (p - 1) * a / kappa
        return at_zero - f, -f, a, slope


def show(x):
    return "0" if x == 0 else mp.nstr(x, PRINTED, strip_zeros=False, min_fixed=0, max_fixed=0)


def write(grid, path):
    with open(path, "w", newline="") as handle:
        out = csv.writer(handle, lineterminator="\n")
        out.writerow(["p", "kappa", "log_norm", "log_norm_diff", "ratio", "ratio_derivative"])
        for p, kappa in grid:
            out.writerow([p, repr(kappa)] + [show(x) for x in values(p, kappa)])
    print("wrote %d rows" % len(grid))


# --- the public grid -----------------------------------------------------------------------------
DIMENSIONS = [2, 3, 4, 5, 6, 7, 8, 12, 16, 17, 24, 32, 33, 48, 64, 96, 128, 192, 256, 257, 384,
              512, 768, 1024, 2048, 4096, 16384, 65536]


def public_grid():
    kappas = [0.0] + [10.0 ** e for e in (-30, -20, -12, -8, -6, -4, -3, -2)]
    kappas += [10.0 ** (-1 + i / 9.0) for i in range(45)]          # 0.1 .. about 7.7e3
    kappas += [10.0 ** (4 + i / 3.0) for i in range(13)]           # 1e4 .. 1e8
    grid = []
    for p in DIMENSIONS:
        nu = p / 2.0 - 1
        own = [max(nu, 1) * f for f in (0.25, 0.5, 1.0, 2.0, 4.0)]  # the transition kappa ~ nu
        for kappa in sorted({to_float32(k) for k in kappas + own}):
            grid.append((p, kappa))
    return grid


# --- cross-checks ----------------------------------------------------------------------------------
def check():
    worst = mp.mpf(0)
    with mp.workdps(DIGITS):
        print("series against debye in their overlap (relative difference of diff, ratio):")
        for p, k in [(2, 500), (3, 420.5), (7, 450), (64, 600), (256, 500), (256, 3000), (1024, 700),
                     (4096, 1500.25), (65536, 3000), (65536, 20000)]:
            nu, kappa = mp.mpf(p) / 2 - 1, mp.mpf(k)
            a, b = by_series(nu, kappa), by_debye(nu, kappa)
            d = [abs(x - y) / abs(x) for x, y in zip(a, b)]
            worst = max([worst] + d)
            print("  p=%d kappa=%s  %s %s" % (p, k, mp.nstr(d[0], 3), mp.nstr(d[1], 3)))
        print("against mpmath.besseli and against the integral over the sphere:")
        for p, k in [(2, 1.5), (3, 20), (5, 0.25), (10, 3), (17, 40), (64, 10), (256, 100)]:
            nu, kappa = mp.mpf(p) / 2 - 1, mp.mpf(k)
            _, diff, ratio, slope = values(p, k)
            i0, i1 = mp.besseli(nu, kappa), mp.besseli(nu + 1, kappa)
            f = mp.log(i0) - nu * mp.log(kappa / 2) + mp.loggamma(nu + 1)
            with mp.workdps(40):
                scale = mp.gamma(nu + 1) / (mp.sqrt(mp.pi) * mp.gamma(nu + mp.mpf(1) / 2))
                weight = lambda th: mp.sin(th) ** (2 * nu) * mp.exp(kappa * mp.cos(th))
                cuts = [mp.pi * i / 8 for i in range(9)]
                q0 = mp.quad(weight, cuts)
                q1 = mp.quad(lambda th: mp.cos(th) * weight(th), cuts)
                q2 = mp.quad(lambda th: mp.cos(th) ** 2 * weight(th), cuts)
                g = mp.log(scale * q0)
                e = [abs(f + diff) / abs(f), abs(i1 / i0 - ratio) / ratio, abs(g + diff) / abs(g),
                     abs(q1 / q0 - ratio) / ratio, abs(q2 / q0 - (q1 / q0) ** 2 - slope) / slope]
            worst = max([worst] + e)
            print("  p=%d kappa=%s  %s" % (p, k, " ".join(mp.nstr(x, 3) for x in e)))
    print("largest difference", mp.nstr(worst, 3))
    return worst < mp.mpf("1e-25")


def main():
    parser = argparse.ArgumentParser(description="vMF normalizer reference table")
    parser.add_argument("--out", default=os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                                      "vmf_reference.csv"))
    parser.add_argument("--grid", help="csv with columns p,kappa instead of the built-in grid")
    parser.add_argument("--check", action="store_true", help="run the cross-checks first")
    args = parser.parse_args()
    if args.check and not check():
        sys.exit("cross-check failed")
    if args.grid:
        with open(args.grid, newline="") as handle:
            grid = [(int(r["p"]), to_float32(float(r["kappa"]))) for r in csv.DictReader(handle)]
    else:
        grid = public_grid()
    write(grid, args.out)


if __name__ == "__main__":
    main()
