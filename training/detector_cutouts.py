"""Cuts garments out of pictures: products from their white backdrop, and photos taken at home where GrabCut is sure.

A picture keeps all its pixels, and the mask of its garment is its fourth channel. The scenes of detector_scenes.py are
made of these pictures.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np

HEIGHT, WIDTH = 256, 192  # of a product, which is stretched to a square in its file
PHOTO_SIDE = 288  # the longer side of a photo
GRABCUT_SIDE = 160  # the longer side on which GrabCut works
INSETS = (0.03, 0.10)  # margins of the two rectangles that GrabCut starts from
LEAST_AGREEMENT = 0.90  # intersection over union of the two masks of a sure garment
WHITE = 243  # the darkest channel of a white backdrop

# Kinds whose pictures show people: a mask with skin in it is of a person and not of a garment.
WORN = ("t-shirt", "shirt", "longsleeve", "top", "kurta", "outwear", "dress", "skirt", "pants", "shorts", "underwear", "scarf", "tie")
MOST_SKIN = 0.02


@dataclass
class Picture:
    """A picture of one garment, with the garment's mask as fourth channel (0 or 255)."""

    pixels: np.ndarray  # uint8 [h, w, 4], blue first
    kind: str  # of labels.KINDS
    source: str  # of data.SOURCES
    name: str  # the file's name without its ending


def box_of(mask):
    """The box (left, top, right, bottom) in pixels of a mask that is not empty."""
    columns, rows = mask.any(axis=0).nonzero()[0], mask.any(axis=1).nonzero()[0]
    return columns[0], rows[0], columns[-1] + 1, rows[-1] + 1


def _cleaned(mask):
    """The mask without specks and holes, as 0 and 1."""
    mask = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, parts, figures, _ = cv2.connectedComponentsWithStats(mask)
    if count < 2:
        return mask
    areas = figures[1:, cv2.CC_STAT_AREA]
    kept = 1 + (areas >= 0.1 * areas.max()).nonzero()[0]
    mask = np.isin(parts, kept).astype(np.uint8)
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = np.zeros_like(mask)
    cv2.drawContours(filled, contours, -1, 1, cv2.FILLED)
    # Large holes stay: handles of bags, the gap between two straps.
    holes = cv2.morphologyEx(filled - mask, cv2.MORPH_OPEN, np.ones((7, 7), np.uint8))
    return filled - (holes & (1 - mask))


def _on_border(mask):
    """The share of the border's pixels that belong to the mask."""
    return np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]]).mean()


def _skin(pixels, mask):
    """The share of the mask that has the colour of skin."""
    colours = cv2.cvtColor(pixels, cv2.COLOR_BGR2YCrCb).astype(int)
    y, red, blue = colours[..., 0], colours[..., 1], colours[..., 2]
    skin = (y > 60) & (red > 136) & (red < 172) & (blue > 85) & (blue < 125)
    skin = cv2.morphologyEx(skin.astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    return (skin & mask).sum() / max(1, mask.sum())


def product(row):
    """The picture of a product, or None where its mask is not sure."""
    pixels = cv2.imread(str(row.path))
    if pixels is None or max(pixels.shape) < 200 or row.labels.get("kind") is None:
        return None
    pixels = cv2.resize(pixels, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    white = (pixels.min(axis=2) >= WHITE).astype(np.uint8)
    _, parts = cv2.connectedComponents(white)
    border = np.unique(np.concatenate([parts[0], parts[-1], parts[:, 0], parts[:, -1]]))
    mask = _cleaned(~np.isin(parts, border[border > 0]))
    share = mask.mean()
    if not 0.03 < share < 0.85 or _on_border(mask) > 0.03:
        return None
    hull = cv2.convexHull(np.argwhere(mask).astype(np.int32))
    if mask.sum() / max(1.0, cv2.contourArea(hull)) < 0.35:
        return None
    kind = row.labels["kind"]
    if kind in WORN and _skin(pixels, mask) > MOST_SKIN:
        return None
    left, top, right, bottom = box_of(mask)
    cut = np.dstack([pixels, mask * 255])[top:bottom, left:right]
    return Picture(np.ascontiguousarray(cut), kind, "products", row.path.stem)


def _grabcut(pixels, inset):
    height, width = pixels.shape[:2]
    x, y = round(width * inset), round(height * inset)
    state = np.zeros((1, 65)), np.zeros((1, 65))
    mask = np.zeros((height, width), np.uint8)
    cv2.setRNGSeed(1)
    cv2.grabCut(pixels, mask, (x, y, width - 2 * x, height - 2 * y), *state, 4, cv2.GC_INIT_WITH_RECT)
    return _cleaned((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD))


def photo(row):
    """The picture of a photo taken at home, whole, or None where the garment's mask is not sure."""
    pixels = cv2.imread(str(row.path))
    if pixels is None:
        return None
    scale = PHOTO_SIDE / max(pixels.shape)
    pixels = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    scale = GRABCUT_SIDE / PHOTO_SIDE
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    first, second = (_grabcut(small, inset) for inset in INSETS)
    if (first & second).sum() < LEAST_AGREEMENT * (first | second).sum() or not 0.08 < first.mean() < 0.75:
        return None
    height, width = first.shape
    middle = first[height // 4 : height - height // 4, width // 4 : width - width // 4]
    if _on_border(first) > 0.06 or middle.mean() < 0.35:
        return None
    mask = cv2.resize(first * 255, (pixels.shape[1], pixels.shape[0]), interpolation=cv2.INTER_LINEAR)
    return Picture(np.dstack([pixels, (mask > 127).astype(np.uint8) * 255]), row.labels["kind"], "photos", row.path.stem)


def pictures_of(rows, threads=1):
    """The pictures of the rows (data.rows_of) whose masks are sure, in their order."""
    makers = {"photos": photo, "products": product}
    with ThreadPoolExecutor(threads) as pool:
        made = pool.map(lambda row: makers[row.source](row), rows)
        return [picture for picture in made if picture is not None]


def save(pictures, path):
    """Writes pictures to a file."""
    shapes = np.array([picture.pixels.shape[:2] for picture in pictures])
    names = {name: np.array([getattr(each, name) for each in pictures]) for name in ("kind", "source", "name")}
    with open(path, "wb") as file:
        np.savez(file, shapes=shapes, pixels=np.concatenate([each.pixels.ravel() for each in pictures]), **names)


def load(path):
    """Reads the pictures of a file that save() wrote."""
    with np.load(path) as file:
        shapes, flat = file["shapes"], file["pixels"]
        names = list(zip(file["kind"].tolist(), file["source"].tolist(), file["name"].tolist(), strict=True))
    ends = np.cumsum(shapes.prod(axis=1) * 4)
    parts = np.split(flat, ends[:-1])
    return [Picture(part.reshape(*shape, 4), *of) for part, shape, of in zip(parts, shapes, names, strict=True)]
