"""Composes scenes of garments from pictures (detector_cutouts.py), with the box and the kind of each garment.

A scene is a photo taken at home with its own garment, the same with further garments laid on it, or a backdrop with up
to six garments: scattered, on a rail, or one below the other as they are worn. compose() gives the same scene for the
same pictures and seed.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np

import detector_layouts
import labels
from detector_backdrops import backdrop, patch
from detector_cutouts import box_of

PAD = (114, 114, 114)  # the colour around a scene that is not square
MOST = 6  # garments of a scene
LEAST_VISIBLE = 0.4  # share of a garment that others must leave uncovered
LEAST_AREA = 0.0025  # share of the scene that a garment has at least
SHAPES = ((4, 3), (4, 3), (3, 4), (1, 1), (16, 9), (3, 2))  # heights and widths
KINDS = [kind for kind, category in labels.KINDS.items() if category != "beauty"]
# The shares of the kinds of scenes.
LAYOUTS = {"photo": 0.22, "added": 0.16, "scattered": 0.32, "worn": 0.17, "rail": 0.10, "empty": 0.03}


@dataclass
class Scene:
    """A square picture with its garments."""

    pixels: np.ndarray  # uint8 [side, side, 3], red first
    boxes: np.ndarray  # float32 [n, 4]: left, top, right, bottom as fractions of the square
    kinds: list  # of KINDS
    names: list  # of the pictures
    layout: str


@dataclass
class Pictures:
    """Pictures by what scenes need of them."""

    photos: list
    products: list
    by_kind: dict = field(default_factory=dict)
    others: list = field(default_factory=list)  # of no kind of garment

    @staticmethod
    def of(pictures):
        photos = [each for each in pictures if each.source == "photos"]
        products = [each for each in pictures if each.source == "products" and each.kind in KINDS]
        by_kind = {}
        for each in (*photos, *products):
            by_kind.setdefault(each.kind, []).append(each)
        return Pictures(photos, products, by_kind, [each for each in pictures if each.kind not in KINDS])

    def draw(self, rng, kinds=None):
        """A picture of one of the kinds, common kinds more often than rare ones."""
        known = [kind for kind in kinds or self.by_kind if kind in self.by_kind]
        weights = np.array([len(self.by_kind[kind]) ** 0.5 for kind in known])
        mine = self.by_kind[known[rng.choice(len(known), p=weights / weights.sum())]]
        photos = [each for each in mine if each.source == "photos"]
        if photos and rng.random() < 0.4:
            mine = photos
        return mine[rng.integers(len(mine))]


class Canvas:
    """A scene that is being composed."""

    def __init__(self, pixels):
        self.pixels = np.ascontiguousarray(pixels, np.float32)
        self.masks, self.areas, self.pictures, self.layers = [], [], [], []

    def add(self, picture, layer, shadow=0.0):
        """Lays a layer (float [h, w, 4], the fourth channel 0 to 1) on the scene, unless it covers too much of another
        garment or is too small. A picture of None is something that is no garment. Returns whether it was laid."""
        alpha = layer[..., 3]
        left = [mask * (1 - alpha) for mask in self.masks]
        if any(mask.sum() < LEAST_VISIBLE * area for mask, area in zip(left, self.areas, strict=True)):
            return False
        if picture is not None and alpha.sum() < LEAST_AREA * alpha.size:
            return False
        if shadow > 0:
            dark = cv2.GaussianBlur(np.roll(alpha, (3, 2), axis=(0, 1)), (0, 0), 3)
            self.pixels *= 1 - shadow * dark[..., None]
        self.pixels += (layer[..., :3] - self.pixels) * alpha[..., None]
        self.masks = left
        if picture is not None:
            self.masks.append(alpha)
            self.areas.append(alpha.sum())
            self.pictures.append(picture)
            self.layers.append(layer)
        return True


def lit(pixels, rng, strength=1.0):
    """The pixels in other light."""
    gain = np.exp(rng.normal(0, 0.16 * strength) + rng.normal(0, 0.05 * strength, 3))
    gamma = np.exp(rng.normal(0, 0.15 * strength))
    return np.clip((np.clip(pixels, 1, 255) / 255) ** gamma * gain * 255, 0, 255)


def _photo(picture, height, width, rng):
    """A part of a photo that has its whole garment mostly, as a layer that fills the scene, and the garment's mask."""
    h, w = picture.pixels.shape[:2]
    left, top, right, bottom = box_of(picture.pixels[..., 3] > 0)
    zoom = min(height / h, width / w) if rng.random() < 0.3 else max(height / h, width / w)
    zoom *= rng.uniform(1.0, 1.25)
    angle, mirror = np.clip(rng.normal(0, 7), -25, 25), rng.choice((-1, 1))
    turn = cv2.getRotationMatrix2D(((left + right) / 2, (top + bottom) / 2), angle, zoom)
    turn[0] *= mirror
    centre = turn @ ((left + right) / 2, (top + bottom) / 2, 1)
    slack = np.maximum(0.1, (np.array([width / (right - left), height / (bottom - top)]) / zoom - 1) / 2)
    goal = np.array([width, height]) * (0.5 + rng.uniform(-0.3, 0.3, 2) * np.minimum(1, slack))
    turn[:, 2] += goal - centre
    out = cv2.warpAffine(picture.pixels, turn, (width, height), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REFLECT)
    alone = cv2.warpAffine(picture.pixels[..., 3], turn, (width, height), flags=cv2.INTER_LINEAR)
    return out[..., :3], alone / 255.0


def _finished(canvas, rng):
    """The scene as a camera and a file show it: light, blur, noise, compression. Returns uint8, blue first."""
    height, width = canvas.pixels.shape[:2]
    pixels = lit(canvas.pixels, rng)
    if rng.random() < 0.4:
        across, along = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
        shade = 1 + rng.uniform(-0.25, 0.25) * across + rng.uniform(-0.25, 0.25) * along
        pixels = pixels * shade[..., None]
    if rng.random() < 0.3:
        pixels = cv2.GaussianBlur(pixels, (0, 0), rng.uniform(0.3, 1.3))
    if rng.random() < 0.4:
        pixels = pixels + rng.normal(0, rng.uniform(1, 6), pixels.shape)
    pixels = np.clip(pixels, 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        quality = int(rng.integers(45, 95))
        pixels = cv2.imdecode(cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR)
    return pixels


def letterboxed(pixels, side):
    """Pixels in the middle of a square, as src/embed/detector.cc places them, with the place's left and top."""
    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    if size != (width, height):
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    left, top = (side - size[0]) // 2, (side - size[1]) // 2
    square = np.full((side, side, 3), PAD, np.uint8)
    square[top : top + size[1], left : left + size[0]] = pixels
    return square, left, top


def compose(pictures, seed, side, layout=None):
    """A scene of the pictures."""
    return compose_layers(pictures, seed, side, layout)[0]


def compose_layers(pictures, seed, side, layout=None):
    """A scene of the pictures, and for each of its garments its layer by itself (float [h, w, 4], blue first; None for
    the garment of a photo that the scene is made of) and what others leave visible of it (float [h, w], 0 to 1)."""
    rng = np.random.default_rng(seed)
    layout = layout or rng.choice(list(LAYOUTS), p=list(LAYOUTS.values()))
    tall, wide = SHAPES[rng.integers(len(SHAPES))]
    height, width = round(side * tall / max(tall, wide)), round(side * wide / max(tall, wide))
    if layout in ("photo", "added"):
        picture = pictures.photos[rng.integers(len(pictures.photos))]
        pixels, mask = _photo(picture, height, width, rng)
        canvas = Canvas(pixels)
        canvas.masks, canvas.areas, canvas.pictures = [mask], [mask.sum()], [picture]
        canvas.layers = [None]
    else:
        canvas = Canvas(backdrop(pictures, height, width, rng))
    if layout != "photo" and rng.random() < 0.25:
        for _ in range(rng.integers(1, 4)):
            canvas.add(None, patch(pictures, height, width, rng))
    detector_layouts.LAYOUTS[layout](canvas, pictures, rng)
    square, left, top = letterboxed(_finished(canvas, rng)[..., ::-1], side)
    seen = [i for i, mask in enumerate(canvas.masks) if (mask > 0.5).sum() >= 40]
    boxes = [box_of(canvas.masks[i] > 0.5) for i in seen]
    boxes = np.array(boxes, np.float32).reshape(-1, 4) + np.array([left, top, left, top], np.float32)
    shown = [canvas.pictures[i] for i in seen]
    scene = Scene(square, boxes / side, [each.kind for each in shown], [each.name for each in shown], layout)
    return scene, [(canvas.layers[i], canvas.masks[i]) for i in seen]
