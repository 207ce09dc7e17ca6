#!/usr/bin/env python3
"""How often another view of a photo finds that photo among all: recall@1 and @10 by model.

    ./dev build fit && ./dev shell python3 bench/same_garment.py

The photos are those of ../shared/data/photos/validation, which no model was trained on, among these and the photos of
photos/train. A view is what a second photo of the same garment may differ by: a part of it, turned and seen from the side,
in other light, encoded again. The background stays, so that the figures are those of the same garment in the same place.
"""
import base64
import io
import json
import os
import pathlib
import random
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import numpy
from PIL import Image, ImageEnhance

ROOT = pathlib.Path(__file__).resolve().parent.parent
FIT = os.environ.get("FIT_BINARY", ROOT / "build" / "release" / "src" / "main" / "fit")
PHOTOS = ROOT.parent / "shared" / "data" / "photos"
MODELS = {"builtin": {"EMBEDDING_PROVIDER": "builtin"}, "sight": {"EMBEDDING_PROVIDER": "onnx", "EMBEDDING_MODEL": "sight"}}
VIEWS = {"mild": 0.4, "strong": 1.0}
BATCH = 16
SEED = 1


def jpeg(image, quality):
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def view_of(path, strength, seed):
    """Another view of a photo. The strength is 0 to 1; 1 keeps about half of the photo's area."""
    choose = random.Random(f"{seed} {path.name}")
    image = Image.open(path).convert("RGB")
    width, height = image.size

    def corner(x, y):
        inwards = lambda side, at: at + (0.5 - at) * 2 * side * strength * choose.uniform(0.05, 0.2)  # noqa: E731
        return inwards(1, x) * width, inwards(1, y) * height

    corners = [corner(x, y) for x, y in ((0, 0), (0, 1), (1, 1), (1, 0))]
    image = image.transform((width, height), Image.Transform.QUAD, [number for point in corners for number in point], Image.Resampling.BICUBIC)
    image = image.rotate(choose.uniform(-15, 15) * strength, Image.Resampling.BICUBIC, fillcolor=image.getpixel((2, 2)))
    if choose.random() < 0.5:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    tint = [1 + choose.uniform(-0.15, 0.15) * strength for _ in range(3)]
    image = Image.fromarray((numpy.asarray(image) * tint).clip(0, 255).astype("u1"))
    for change in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
        image = change(image).enhance(1 + choose.uniform(-0.35, 0.35) * strength)
    return jpeg(image, int(95 - 55 * strength))


class Server:
    """fit serve with a model and an empty catalogue on a free port of this machine."""

    def __init__(self, folder, settings):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{probe.getsockname()[1]}"
        own = {"DATABASE_URL": f"sqlite:///{folder}/fit.db", "STORAGE_PATH": folder, "APP_PORT": self.url.rsplit(":", 1)[1],
               "APP_HOST": "127.0.0.1", "LOG_LEVEL": "warning", "VECTOR_SEARCH_CACHE_TTL": "0"}
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        self.process = subprocess.Popen([FIT, "serve"], env={**os.environ, **own, **settings})

    def __enter__(self):
        while True:
            try:
                with self.opener.open(f"{self.url}/ready", timeout=5):
                    return self
            except OSError:
                if self.process.poll() is not None:
                    raise RuntimeError("the server has ended") from None
                time.sleep(0.2)

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(60)

    def vectors(self, files):
        rows = []
        for start in range(0, len(files), BATCH):
            inputs = ["data:image/jpeg;base64," + base64.b64encode(file).decode() for file in files[start:start + BATCH]]
            request = urllib.request.Request(f"{self.url}/v1/embeddings", data=json.dumps({"input": inputs}).encode(),
                                             headers={"Content-Type": "application/json"})
            with self.opener.open(request, timeout=300) as response:
                rows += [one["embedding"] for one in json.load(response)["data"]]
            print(f"\r{len(rows)} of {len(files)}", end="", file=sys.stderr, flush=True)
        return numpy.array(rows, dtype="f4")


def main():
    queries = sorted((PHOTOS / "validation").glob("*/*.jpg"))
    everything = queries + sorted((PHOTOS / "train").glob("*/*.jpg"))
    print(f"{len(queries)} photos among {len(everything)}, seed {SEED}\n")
    print("| model | view | recall@1 | recall@10 |\n|---|---|---|---|")
    for name, settings in MODELS.items():
        with tempfile.TemporaryDirectory() as folder, Server(folder, settings) as server:
            base = server.vectors([path.read_bytes() for path in everything])
            for view, strength in VIEWS.items():
                found = server.vectors([view_of(path, strength, SEED) for path in queries]) @ base.T
                ranks = (found > found[numpy.arange(len(queries)), numpy.arange(len(queries))][:, None]).sum(1)
                print(f"| {name} | {view} | {(ranks < 1).mean():.3f} | {(ranks < 10).mean():.3f} |", flush=True)


main()
