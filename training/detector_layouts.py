"""Where the garments of a composed scene lie."""

import cv2
import numpy as np

from detector_cutouts import box_of

TRIES = 6  # places that are tried for a garment before it is left out
SMALL = ("watch", "eyewear", "jewellery", "wallet", "belt", "tie", "socks", "hat")  # shown smaller than clothes
UPPER = ("t-shirt", "shirt", "longsleeve", "top", "kurta")
LOWER = ("pants", "skirt", "shorts")
HUNG = (*UPPER, "outwear", "dress", "pants", "skirt")


def cut(picture):
    """The garment of a picture without what is around it."""
    left, top, right, bottom = box_of(picture.pixels[..., 3] > 0)
    return picture.pixels[top:bottom, left:right]


def placed(picture, size, centre, length, rng, turn=9.0):
    """A picture's garment as a layer of `size` (height, width): its longer side has `length` pixels, and it is turned by
    an angle of the deviation `turn`, mirrored and lit at random."""
    pixels = cut(picture)
    scale = length / max(pixels.shape[:2])
    if scale < 0.8:
        target = max(2, round(pixels.shape[1] * scale)), max(2, round(pixels.shape[0] * scale))
        pixels, scale = cv2.resize(pixels, target, interpolation=cv2.INTER_AREA), 1.0
    height, width = pixels.shape[:2]
    angle = rng.uniform(-180, 180) if turn > 90 else rng.normal(0, turn)
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), float(angle), scale)
    stretch = np.exp(rng.normal(0, 0.06, 2)) * (rng.choice((-1, 1)), 1)
    matrix = np.diag(stretch) @ matrix
    matrix[:, 2] += np.array(centre) - matrix @ (width / 2, height / 2, 1)
    shape = size[1], size[0]
    layer = cv2.warpAffine(pixels, matrix, shape, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
    alpha = cv2.erode(pixels[..., 3], np.ones((3, 3), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0)
    alpha = cv2.warpAffine(alpha, matrix, shape, flags=cv2.INTER_LINEAR) / 255.0
    layer[..., 3] = cv2.GaussianBlur(alpha, (0, 0), 0.6)
    gain = np.exp(rng.normal(0, 0.12) + rng.normal(0, 0.03, 3))
    layer[..., :3] = np.clip(layer[..., :3] * gain, 0, 255)
    return layer


def _shadow(rng):
    return rng.uniform(0.1, 0.5) if rng.random() < 0.6 else 0.0


def _length(picture, room, rng):
    """The length of a garment in a room of that many pixels."""
    share = rng.uniform(0.35, 0.75) if picture.kind in SMALL else rng.uniform(0.7, 1.25)
    return max(22.0, share * room)


def photo(canvas, pictures, rng):
    """Nothing is added to the photo."""


def added(canvas, pictures, rng):
    """One to three garments on a photo."""
    height, width = canvas.pixels.shape[:2]
    for _ in range(rng.integers(1, 4)):
        picture = pictures.draw(rng)
        for _ in range(TRIES):
            centre = rng.uniform(0.05, 0.95, 2) * (width, height)
            length = _length(picture, 0.45 * max(height, width), rng)
            if canvas.add(picture, placed(picture, (height, width), centre, length, rng, 20), _shadow(rng)):
                break


def scattered(canvas, pictures, rng):
    """One to six garments, as they lie on a bed or a floor."""
    height, width = canvas.pixels.shape[:2]
    count = int(rng.integers(1, 7))
    turn = 100 if rng.random() < 0.15 else rng.choice((6, 15, 30))
    columns = int(np.clip(round((count * width / height) ** 0.5 + rng.normal(0, 0.3)), 1, count))
    rows = -(-count // columns)
    cells = rng.permutation(rows * columns)[:count]
    room = (height * width / (rows * columns)) ** 0.5
    for cell in cells:
        picture = pictures.draw(rng)
        for _ in range(TRIES):
            place = np.array([cell % columns + 0.5, cell // columns + 0.5]) + rng.normal(0, 0.22, 2)
            centre = np.clip(place * (width / columns, height / rows), 0.06 * width, (0.94 * width, 0.94 * height))
            length = _length(picture, min(room, 0.85 * max(height, width)), rng)
            if canvas.add(picture, placed(picture, (height, width), centre, length, rng, turn), _shadow(rng)):
                break


def rail(canvas, pictures, rng):
    """Two to five garments side by side, which cover parts of each other."""
    height, width = canvas.pixels.shape[:2]
    count = int(rng.integers(2, 6))
    length = height * rng.uniform(0.45, 0.85)
    top = rng.uniform(0.04, 0.25) * height
    if rng.random() < 0.6:
        thickness = max(2, round(0.015 * height))
        cv2.line(canvas.pixels, (0, round(top)), (width, round(top)), rng.uniform(0, 255, 3).tolist(), thickness)
    for i in rng.permutation(count) if rng.random() < 0.5 else range(count):
        picture = pictures.draw(rng, HUNG)
        x = width * ((i + 0.5) / count + rng.normal(0, 0.03))
        mine = length * rng.uniform(0.85, 1.1)
        layer = placed(picture, (height, width), (x, top + mine / 2), mine, rng, 3)
        canvas.add(picture, layer, _shadow(rng))


def _row(canvas, pictures, kinds, x, y, length, rng):
    """Lays a garment of one of the kinds with its middle at a place. Returns the rows of its first and last pixels."""
    picture = pictures.draw(rng, kinds)
    layer = placed(picture, canvas.pixels.shape[:2], (x, y), length, rng, 4)
    if not canvas.add(picture, layer, 0.3 * _shadow(rng)):
        return y, y
    rows = (layer[..., 3] > 0.5).any(axis=1).nonzero()[0]
    return (rows[0], rows[-1]) if len(rows) else (y, y)


def worn(canvas, pictures, rng):
    """An outfit from head to foot: what is worn above lies over what is worn below, or below it."""
    height, width = canvas.pixels.shape[:2]
    x, unit = width * rng.uniform(0.35, 0.65), height * rng.uniform(0.75, 1.05)
    middle = height * rng.uniform(0.38, 0.48)
    if rng.random() < 0.3:
        last = _row(canvas, pictures, ("dress",), x, height * 0.47, unit * rng.uniform(0.5, 0.7), rng)[1]
    else:
        lower = unit * rng.uniform(0.4, 0.55)
        upper = unit * rng.uniform(0.32, 0.42)
        steps = [(LOWER, middle + lower / 2, lower), (UPPER, middle - upper * rng.uniform(0.3, 0.45), upper)]
        ends = []
        for kinds, y, length in steps if rng.random() < 0.75 else reversed(steps):
            ends.append(_row(canvas, pictures, kinds, x + rng.normal(0, 0.01) * width, y, length, rng)[1])
        last = max(ends)
    if rng.random() < 0.35:
        _row(canvas, pictures, ("outwear",), x + rng.choice((-0.16, 0.16)) * width, middle, unit * 0.48, rng)
    if rng.random() < 0.6:
        y = min(last + 0.05 * unit, 0.95 * height)
        _row(canvas, pictures, ("shoes",), x + rng.normal(0, 0.03) * width, y, unit * rng.uniform(0.13, 0.22), rng)
    if rng.random() < 0.4:
        side = x + rng.choice((-1, 1)) * 0.32 * width
        _row(canvas, pictures, ("bag",), side, height * rng.uniform(0.4, 0.75), unit * rng.uniform(0.2, 0.32), rng)
    if rng.random() < 0.35:
        _row(canvas, pictures, ("hat", "eyewear", "scarf"), x, height * 0.08, unit * rng.uniform(0.1, 0.2), rng)


LAYOUTS = {"photo": photo, "added": added, "scattered": scattered, "worn": worn, "rail": rail, "empty": photo}
