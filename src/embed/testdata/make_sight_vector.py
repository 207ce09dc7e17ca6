#!/usr/bin/env python3
"""Writes sight_vector.inc: the vector of sight_test.cc's picture, computed by ONNX Runtime from models/sight.

    ./dev python src/embed/testdata/make_sight_vector.py

Run this program when the model changes."""

import json
import pathlib

import numpy
import onnxruntime

HERE = pathlib.Path(__file__).resolve().parent
MODEL = HERE.parents[2] / "models" / "sight"
PER_LINE = 12


def picture(side):
    """A red garment with stripes before a bright backdrop: the picture of sight_test.cc."""
    y, x = numpy.mgrid[0:side, 0:side]
    pixels = numpy.stack([215 + x // 8, 220 + y // 8, 240 - (x + y) // 16], axis=-1)
    sleeves = (x >= 30) & (x < 162) & (y >= 40) & (y < 80)
    body = (x >= 60) & (x < 132) & (y >= 40) & (y < 160)
    pixels[sleeves | body] = numpy.stack([180 + y % 16, 30 + y % 16, 40 + 0 * y], axis=-1)[sleeves | body]
    return pixels.astype(numpy.uint8)


def vector(pixels):
    image = json.loads((MODEL / "manifest.json").read_text())["image"]
    mean, deviation = numpy.float32(image["mean"]), numpy.float32(image["std"])
    planes = ((pixels.astype(numpy.float32) / 255 - mean) / deviation).transpose(2, 0, 1)[None]
    session = onnxruntime.InferenceSession(str(MODEL / "image.onnx"), providers=["CPUExecutionProvider"])
    return session.run([image["output"]], {image["input"]: planes})[0][0]


def main():
    numbers = [f"{value:.4f}" for value in vector(picture(192))]
    lines = [", ".join(numbers[at : at + PER_LINE]) + "," for at in range(0, len(numbers), PER_LINE)]
    (HERE / "sight_vector.inc").write_text("// Written by make_sight_vector.py.\n" + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
