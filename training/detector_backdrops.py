"""What lies behind and beside the garments of composed scenes."""

import cv2
import numpy as np

from detector_cutouts import box_of


def _strip(pictures, rng):
    """The largest part of a photo that has nothing of its garment, enlarged; None if it is small."""
    picture = pictures.photos[rng.integers(len(pictures.photos))]
    height, width = picture.pixels.shape[:2]
    left, top, right, bottom = box_of(cv2.dilate(picture.pixels[..., 3], np.ones((9, 9), np.uint8)) > 0)
    parts = [(0, 0, left, height), (right, 0, width, height), (0, 0, width, top), (0, bottom, width, height)]
    x0, y0, x1, y1 = max(parts, key=lambda part: (part[2] - part[0]) * (part[3] - part[1]))
    if min(x1 - x0, y1 - y0) < 24:
        return None
    part = picture.pixels[y0:y1, x0:x1, :3]
    zoom = rng.uniform(0.9, 2.2)
    return cv2.resize(part, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_LINEAR)


def _tiled(part, height, width):
    """A part, mirrored at its edges until it fills the scene."""
    h, w = part.shape[:2]
    rows = np.abs((np.arange(height) + h - 1) % (2 * h - 1) - (h - 1)) if h > 1 else np.zeros(height, int)
    columns = np.abs((np.arange(width) + w - 1) % (2 * w - 1) - (w - 1)) if w > 1 else np.zeros(width, int)
    return part[rows][:, columns]


def _emptied(pictures, height, width, rng):
    """A photo whose garment is painted over with what surrounds it."""
    picture = pictures.photos[rng.integers(len(pictures.photos))]
    small = cv2.resize(picture.pixels, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    hidden = cv2.dilate((small[..., 3] > 0).astype(np.uint8), np.ones((7, 7), np.uint8))
    filled = cv2.inpaint(np.ascontiguousarray(small[..., :3]), hidden, 3, cv2.INPAINT_TELEA)
    out = cv2.resize(filled, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.float32)
    return out + rng.normal(0, 3, out.shape)


def _plain(height, width, rng):
    """A colour, a gradient, or soft noise."""
    base = rng.uniform(20, 255, 3) if rng.random() < 0.5 else np.full(3, rng.uniform(60, 255)) + rng.normal(0, 8, 3)
    corners = base + rng.normal(0, 18, (2, 2, 1)) + rng.normal(0, 6, (2, 2, 3))
    out = cv2.resize(corners.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    if rng.random() < 0.5:
        cells = int(rng.integers(6, 60))
        noise = rng.normal(0, rng.uniform(4, 28), (cells, cells, 1)) + rng.normal(0, 4, (cells, cells, 3))
        out += cv2.resize(noise.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    return out


def backdrop(pictures, height, width, rng):
    """A backdrop without garments: float [height, width, 3]."""
    drawn = rng.random()
    if drawn < 0.55:
        part = _strip(pictures, rng)
        if part is not None:
            return _tiled(part, height, width).astype(np.float32)
    if drawn < 0.68:
        return _emptied(pictures, height, width, rng)
    if drawn < 0.78:
        return np.full((height, width, 3), rng.uniform(235, 255), np.float32)
    return _plain(height, width, rng)


def patch(pictures, height, width, rng):
    """Something that is no garment: a product of another kind, or a plain or textured shape. A layer of float [h, w, 4]."""
    layer = np.zeros((height, width, 4), np.float32)
    size = rng.uniform(0.08, 0.4) * np.array([width, height])
    x, y = rng.uniform(0, 1, 2) * np.array([width, height])
    if pictures.others and rng.random() < 0.4:
        from detector_layouts import placed

        other = pictures.others[rng.integers(len(pictures.others))]
        return placed(other, (height, width), (x, y), float(size.max()), rng)
    corners = [(x + size[0] * a, y + size[1] * b) for a, b in ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5))]
    corners = np.array(corners) + rng.normal(0, 0.08, (4, 2)) * size
    mask = np.zeros((height, width), np.uint8)
    if rng.random() < 0.6:
        cv2.fillPoly(mask, [corners.round().astype(np.int32)], 255)
    else:
        cv2.ellipse(mask, ((x, y), tuple(size), float(rng.uniform(0, 180))), 255, cv2.FILLED)
    layer[..., :3] = backdrop(pictures, height, width, rng)
    layer[..., 3] = cv2.GaussianBlur(mask, (0, 0), 0.7) / 255.0
    return layer
