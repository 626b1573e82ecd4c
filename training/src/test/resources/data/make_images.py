"""Writes small images of many kinds, and beside each the RGB bytes that Pillow sees in it.

Usage: make_images.py OUT_DIR   (needs Pillow with WebP and NumPy)
NAME.EXT is the image and NAME.rgb its pixels, upright, rows from the top, three bytes each.
NAME.gray has one byte for each pixel and NAME.rgba four, for some of the images.
hue-grid.rgb has no image: it is a grid over all colors, red slowest, its hue moved by 0.3 turns.
"""
import io
import os
import struct
import sys
import zlib

import numpy as np
from PIL import Image, ImageOps

WIDTH, HEIGHT = 16, 10
OUT = sys.argv[1]


def colors():
    """Smooth, so that lossy formats stay close, and without any symmetry."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    return np.stack([40 + 12 * x, 30 + 20 * y, 220 - 7 * x - 6 * y], axis=-1).astype(np.uint8)


def write(name, extension, data, rgb):
    with open(os.path.join(OUT, name + "." + extension), "wb") as f:
        f.write(data)
    with open(os.path.join(OUT, name + ".rgb"), "wb") as f:
        f.write(np.ascontiguousarray(rgb, dtype=np.uint8).tobytes())


def save(name, extension, image, format_name, **options):
    buffer = io.BytesIO()
    image.save(buffer, format_name, **options)
    data = buffer.getvalue()
    seen = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    write(name, extension, data, np.asarray(seen.convert("RGB")))
    if name in ("png-color", "orientation-png"):
        with open(os.path.join(OUT, name + ".gray"), "wb") as f:
            f.write(seen.convert("L").tobytes())
    if name in ("png-alpha", "png-palette-alpha", "png-gray-alpha", "webp-alpha", "tiff-alpha", "png-color"):
        with open(os.path.join(OUT, name + ".rgba"), "wb") as f:
            f.write(seen.convert("RGBA").tobytes())


def png16(channels):
    """A PNG of 16 bits with 1 to 4 channels; Pillow writes no such colors. 8 bits are the upper ones."""
    high = np.concatenate([colors(), 255 - colors()[..., :1]], axis=-1)[..., :channels].astype(np.uint32)
    values = (high * 256 + 77).astype(">u2")
    chunk = lambda kind, body: struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    rows = b"".join(b"\0" + row.tobytes() for row in values)
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 16, {1: 0, 2: 4, 3: 2, 4: 6}[channels], 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    rgb = high[..., :3] if channels >= 3 else np.repeat(high[..., :1], 3, axis=-1)
    return data, rgb


def main():
    image = Image.fromarray(colors())
    gray = image.convert("L")
    rgba = image.copy()
    rgba.putalpha(gray.point(lambda v: 255 - v))
    palette = image.quantize(32)
    turned = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)

    jpeg = dict(quality=95, subsampling=0)
    save("jpeg-baseline", "jpg", image, "JPEG", **jpeg)
    save("jpeg-progressive", "jpg", image, "JPEG", progressive=True, **jpeg)
    save("jpeg-gray", "jpg", gray, "JPEG", quality=95)
    save("jpeg-cmyk", "jpg", image.convert("CMYK"), "JPEG", quality=95)
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[274] = orientation
        save(f"orientation-{orientation}", "jpg", image, "JPEG", exif=exif, **jpeg)
    exif = Image.Exif()
    exif[274] = 6
    save("orientation-png", "png", image, "PNG", exif=exif)
    save("orientation-webp", "webp", image, "WEBP", lossless=True, exif=exif)
    save("orientation-tiff", "tif", image, "TIFF", tiffinfo={274: 6})

    save("png-color", "png", image, "PNG")
    save("png-alpha", "png", rgba, "PNG")
    save("png-gray", "png", gray, "PNG")
    save("png-gray-alpha", "png", rgba.convert("LA"), "PNG")
    save("png-palette", "png", palette, "PNG")
    save("png-palette-alpha", "png", palette, "PNG", transparency=bytes(range(0, 256, 8)))
    save("png-bits", "png", image.convert("1"), "PNG")
    for name, channels in {"png-16-gray": 1, "png-16-color": 3, "png-16-alpha": 4}.items():
        write(name, "png", *png16(channels))

    save("bmp-color", "bmp", image, "BMP")
    save("bmp-palette", "bmp", palette, "BMP")
    save("bmp-bits", "bmp", image.convert("1"), "BMP")
    save("bmp-gray", "bmp", gray, "BMP")
    save("bmp-alpha", "bmp", rgba, "BMP")

    save("gif-palette", "gif", palette, "GIF")
    save("gif-animated", "gif", palette, "GIF", save_all=True, append_images=[turned, gray], duration=50)

    save("webp-lossy", "webp", image, "WEBP", quality=95)
    save("webp-lossless", "webp", image, "WEBP", lossless=True)
    save("webp-alpha", "webp", rgba, "WEBP", lossless=True, exact=True)

    steps = np.arange(0, 256, 17, dtype=np.uint8)
    grid = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(64, 64, 3)
    hue, saturation, value = Image.fromarray(grid).convert("HSV").split()
    shifted = (np.asarray(hue).astype(int) + int(0.3 * 255)) % 256  # torchvision's adjust_hue
    hue = Image.fromarray(shifted.astype(np.uint8))
    with open(os.path.join(OUT, "hue-grid.rgb"), "wb") as f:
        f.write(Image.merge("HSV", (hue, saturation, value)).convert("RGB").tobytes())

    save("tiff-color", "tif", image, "TIFF")
    save("tiff-lzw", "tif", image, "TIFF", compression="tiff_lzw")
    save("tiff-deflate", "tif", image, "TIFF", compression="tiff_adobe_deflate")
    save("tiff-gray", "tif", gray, "TIFF")
    save("tiff-palette", "tif", palette, "TIFF")
    save("tiff-bits", "tif", image.convert("1"), "TIFF")
    save("tiff-alpha", "tif", rgba, "TIFF")
    buffer = io.BytesIO()
    Image.fromarray((np.asarray(gray).astype(np.uint16) * 256 + 77)).save(buffer, "TIFF")
    write("tiff-16-gray", "tif", buffer.getvalue(), np.repeat(np.asarray(gray)[..., None], 3, axis=-1))


if __name__ == "__main__":
    main()
