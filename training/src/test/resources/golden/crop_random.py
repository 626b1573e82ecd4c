"""The random numbers of CropRandomTest by another program: SplitMix64 keyed through FNV-1a."""
MASK = (1 << 64) - 1
GAMMA = 0x9E3779B97F4A7C15


def mix(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def numbers(seed, epoch, path, view, count):
    fnv = 0xCBF29CE484222325
    for byte in path.encode():
        fnv = ((fnv ^ byte) * 0x100000001B3) & MASK
    key = mix(mix((mix((seed + GAMMA) & MASK) + epoch) & MASK) ^ mix(fnv))
    state = mix((key + (view + 1) * GAMMA) & MASK)
    for _ in range(count):
        state = (state + GAMMA) & MASK
        yield (mix(state) >> 11) * 2.0**-53


print(*map(repr, numbers(1, 2, "cats/\u732b.jpg", 3, 2)))
