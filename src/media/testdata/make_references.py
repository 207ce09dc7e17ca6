#!/usr/bin/env python3
"""Writes the reference images of resize_test.cc with Pillow.

Run it in this folder: `python3 make_references.py`. The stored images were made with Pillow 11.1. The source
image is the formula of pattern() in test_images.cc. The crops follow torchvision's Resize(size, BICUBIC) and
CenterCrop(size) on Pillow images: long side int(size * long / short), offset int(round((side - size) / 2.0)).
"""

import numpy
from PIL import Image

# CROPS: name, source width and height, size of the crop. SIZES: name, source width and height, new width and
# height.
CROPS = [
    ("crop_landscape", 601, 450, 224),
    ("crop_portrait", 123, 200, 64),
    ("crop_enlarged", 50, 37, 64),
    ("crop_long", 900, 33, 48),
    ("crop_same", 75, 48, 48),
]
SIZES = [
    ("size_smaller", 300, 200, 97, 41),
    ("size_larger", 40, 30, 111, 64),
    ("size_mixed", 40, 300, 77, 31),
]


def pattern(width, height):
    x = numpy.arange(width)[None, :, None]
    y = numpy.arange(height)[:, None, None]
    c = numpy.arange(3)[None, None, :]
    wave = ((x * x * (c + 1) + y * y * 3 + x * y) >> 9) & 255
    block = (x // 23 + y // 17) % 5 == c
    return Image.fromarray(numpy.where(block, 255 - wave, wave).astype(numpy.uint8))


def crop(image, size):
    width, height = image.size
    short, long = min(width, height), max(width, height)
    other = int(size * long / short)
    width, height = (size, other) if width <= height else (other, size)
    image = image.resize((width, height), Image.BICUBIC)
    left, top = int(round((width - size) / 2.0)), int(round((height - size) / 2.0))
    return image.crop((left, top, left + size, top + size))


for name, width, height, size in CROPS:
    crop(pattern(width, height), size).save(f"{name}.png", optimize=True)
for name, width, height, new_width, new_height in SIZES:
    pattern(width, height).resize((new_width, new_height), Image.BICUBIC).save(f"{name}.png", optimize=True)
