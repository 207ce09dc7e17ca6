"""Reads the data folders into memory: images as bytes, labels as numbers."""

import csv
import pathlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

import labels

SIDE = 144  # larger than the network's input, so that crops lose no resolution


@dataclass
class Images:
    """N images with their labels; row i of every field belongs to the same image."""

    pixels: torch.Tensor  # uint8 [N, 3, SIDE, SIDE], stretched to a square
    targets: dict  # head -> int64 [N], labels.UNKNOWN for unknown values
    titles: list = field(default_factory=list)  # "" for an image without a title
    backdrop: torch.Tensor = None  # uint8 [N, 1, SIDE, SIDE], 255 on a plain white backdrop, else 0
    source: torch.Tensor = None  # int64 [N], an index of SOURCES

    def __len__(self):
        return len(self.pixels)


SOURCES = ["photos", "products", "drawn"]


@dataclass
class _Row:
    path: pathlib.Path
    source: str
    labels: dict
    title: str = ""


def _photo_rows(folder):
    for image in sorted(folder.glob("*/*")):
        kind = image.parent.name
        if kind not in labels.KINDS:
            raise SystemExit(f"{image.parent}: no kind of garment is called '{kind}' (see labels.py)")
        yield _Row(image, "photos", {"kind": kind})


def _product_rows(folder):
    with open(folder / "styles.csv", newline="") as file:
        for row in csv.DictReader(file):
            title = row["productDisplayName"]
            kind = labels.TYPE_OF_ARTICLE.get(row["articleType"])
            yield _Row(
                folder / "images" / f"{row['id']}.jpg",
                "products",
                {
                    "type": kind,
                    "kind": labels.TYPE_KIND.get(kind),
                    "colour": labels.COLOUR_OF_BASE.get(row["baseColour"]),
                    "gender": row["gender"].lower(),
                    "usage": labels.USAGE_OF_TABLE.get(row["usage"]),
                    "pattern": labels.pattern_in(title),
                },
                title,
            )


def _drawn_rows(folder):
    with open(folder / "items.csv", newline="") as file:
        for row in csv.DictReader(file):
            kind = labels.TYPE_OF_DRAWN.get(row["subcategory"])
            yield _Row(
                folder / row["images"].split("|")[0],
                "drawn",
                {
                    "type": kind,
                    "kind": labels.TYPE_KIND.get(kind),
                    "colour": labels.COLOUR_OF_DRAWN.get(row["primary_color"]),
                    "pattern": labels.pattern_in(row["pattern"]),
                },
                row["title"].replace(row["brand"], " "),
            )


def pixels_of(path, side):
    """The pixels of an image file, stretched to a square: uint8 [3, side, side]."""
    with Image.open(path) as image:
        image = image.convert("RGB").resize((side, side), Image.Resampling.BICUBIC)
    return np.asarray(image).transpose(2, 0, 1)


def _read(row):
    return pixels_of(row.path, SIDE)


def white_backdrops(pixels):
    """Masks of the near-white areas that are connected to an image's border: the backdrops of studio photos."""
    small = F.interpolate(pixels.float(), size=(48, 48), mode="area")
    white = (small.amin(dim=1, keepdim=True) > 238).float()
    border = torch.zeros_like(white)
    border[:, :, 0], border[:, :, -1], border[:, :, :, 0], border[:, :, :, -1] = 1, 1, 1, 1
    reached = white * border
    for _ in range(64):
        reached = F.max_pool2d(reached, 3, stride=1, padding=1) * white
    enough = reached.mean(dim=(1, 2, 3), keepdim=True) > 0.15
    mask = F.interpolate(reached * enough, size=pixels.shape[-2:], mode="bilinear", align_corners=False)
    return (mask * 255).to(torch.uint8)


def rows_of(photos=None, products=(), drawn=None):
    """The images of the given folders with their labels, photos first."""
    rows = []
    if photos:
        rows += _photo_rows(pathlib.Path(photos))
    for folder in products:
        rows += _product_rows(pathlib.Path(folder))
    if drawn:
        rows += _drawn_rows(pathlib.Path(drawn))
    return rows


def targets_of(rows):
    """The labels of the images as numbers: head -> int64 [N]."""
    return {head: torch.tensor([labels.index(head, row.labels.get(head)) for row in rows]) for head in labels.HEADS}


def read(photos=None, products=None, drawn=None, log=print):
    """Reads the images of the given folders, photos first."""
    rows = rows_of(photos, [products] if products else [], drawn)
    with ThreadPoolExecutor() as pool:
        pixels = torch.from_numpy(np.stack(list(pool.map(_read, rows))))
    targets = targets_of(rows)
    backdrop = torch.cat([white_backdrops(part) for part in pixels.split(1024)])
    source = torch.tensor([SOURCES.index(row.source) for row in rows])
    log(
        f"{len(rows)} images: "
        + ", ".join(f"{(source == i).sum()} {name}" for i, name in enumerate(SOURCES))
        + f"; {(backdrop.amax(dim=(1, 2, 3)) > 0).sum()} on a white backdrop"
    )
    return Images(pixels, targets, [row.title for row in rows], backdrop, source)


def take(images, rows):
    """Some of the images, in the order of `rows`."""
    return Images(
        images.pixels[rows],
        {head: values[rows] for head, values in images.targets.items()},
        [images.titles[i] for i in rows.tolist()],
        images.backdrop[rows],
        images.source[rows],
    )
