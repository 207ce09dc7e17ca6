"""Makes every picture look a little different each time it is shown.

Second-hand photos lie on floors and hang on doors, in yellow light, tilted, cut off and compressed; studio
pictures show the garment on white. All operations work on whole batches of tensors, because on two cores the
pictures would otherwise take longer than the network.
"""

import math

import torch
import torch.nn.functional as F

from data import SIDE, SOURCES


def _uniform(generator, size, low, high):
    return torch.rand(size, generator=generator) * (high - low) + low


def _chance(generator, count, share):
    return torch.rand(count, generator=generator) < share


def _clutter(pictures, generator):
    """A backdrop for each picture: a corner of another photo, enlarged, or a plain colour with a gradient."""
    count = len(pictures)
    zoom = _uniform(generator, count, 0.15, 0.4)
    shift = _uniform(generator, (count, 2), -1, 1) * (1 - zoom[:, None])
    theta = torch.zeros(count, 2, 3)
    theta[:, 0, 0], theta[:, 1, 1] = zoom, zoom
    theta[:, :, 2] = shift
    others = pictures[torch.randperm(count, generator=generator)]
    corner = F.grid_sample(
        others, F.affine_grid(theta, others.shape, align_corners=False), padding_mode="reflection", align_corners=False
    )
    corners = torch.rand(count, 3, 2, 2, generator=generator) * 0.25 + torch.rand(count, 3, 1, 1, generator=generator) * 0.75
    plain = F.interpolate(corners, size=pictures.shape[-2:], mode="bilinear", align_corners=True)
    return torch.where(_chance(generator, count, 0.6)[:, None, None, None], corner, plain)


def _placed(pictures, side, generator):
    """Turned, cut, stretched and mirrored, at the network's size."""
    count = len(pictures)
    angle = torch.randn(count, generator=generator).clamp(-2.5, 2.5) * (9 * math.pi / 180)
    scale = _uniform(generator, count, 0.72, 1.1)
    aspect = torch.exp(_uniform(generator, count, -0.22, 0.22))
    mirror = torch.where(_chance(generator, count, 0.5), -1.0, 1.0)
    slack = (1 - scale).abs() + 0.08
    cos, sin = torch.cos(angle) * scale, torch.sin(angle) * scale
    theta = torch.stack(
        [
            torch.stack([cos * aspect * mirror, -sin * aspect, _uniform(generator, count, -1, 1) * slack], 1),
            torch.stack([sin / aspect * mirror, cos / aspect, _uniform(generator, count, -1, 1) * slack], 1),
        ],
        1,
    )
    grid = F.affine_grid(theta, [count, 3, side, side], align_corners=False)
    return F.grid_sample(pictures, grid, padding_mode="border", align_corners=False)


def _lit(pictures, generator):
    """Another light: exposure, contrast, white balance, saturation. Mild, as the colour must stay nameable."""
    count = len(pictures)
    gain = torch.exp(_uniform(generator, (count, 1, 1, 1), -0.25, 0.2))
    balance = torch.exp(torch.randn(count, 3, 1, 1, generator=generator) * 0.05)
    gamma = torch.exp(_uniform(generator, (count, 1, 1, 1), -0.2, 0.2))
    saturation = _uniform(generator, (count, 1, 1, 1), 0.75, 1.25)
    pictures = (pictures.clamp(1e-3, 1) ** gamma) * gain * balance
    grey = pictures.mean(dim=1, keepdim=True)
    return (grey + (pictures - grey) * saturation).clamp(0, 1)


def _blurred(pictures, generator):
    """As small files are: reduced to between a third and the whole of the size and enlarged again."""
    out = pictures.clone()
    order = torch.randperm(len(pictures), generator=generator)
    for part, size in zip(order.chunk(5)[:3], (44, 60, 84), strict=False):
        small = F.interpolate(pictures[part], size=(size, size), mode="area")
        out[part] = F.interpolate(small, size=pictures.shape[-2:], mode="bicubic", align_corners=False)
    return out


def _blocky(pictures, generator):
    """Noise of sensors, and of compression in blocks of eight pixels."""
    count, _, height, width = pictures.shape
    fine = torch.randn(pictures.shape, generator=generator)
    coarse = torch.randn(count, 3, height // 8, width // 8, generator=generator)
    strength = _uniform(generator, (count, 1, 1, 1), 0, 0.025)
    return pictures + strength * (fine + F.interpolate(coarse, size=(height, width), mode="nearest"))


def _erased(pictures, generator):
    """A rectangle hidden in some of them: a hand, a hanger, a label."""
    side = pictures.shape[-1]
    for i in _chance(generator, len(pictures), 0.25).nonzero().flatten().tolist():
        height, width = (torch.randint(side // 8, side // 3, (2,), generator=generator)).tolist()
        top, left = torch.randint(0, side - side // 3, (2,), generator=generator).tolist()
        pictures[i, :, top : top + height, left : left + width] = torch.rand(3, 1, 1, generator=generator)
    return pictures


def augment(batch, side, generator):
    """Pictures as the network takes them in training: float [N, 3, side, side], 0 to 1."""
    pixels = batch.pixels.float() / 255
    white = batch.backdrop.float() / 255
    count = len(pixels)
    photos = (batch.source == SOURCES.index("photos")).nonzero().flatten()
    clutter = _clutter(pixels[photos[torch.randint(len(photos), (count,), generator=generator)]] if len(photos) else pixels, generator)
    cluttered = _chance(generator, count, 0.35)[:, None, None, None] * white
    pixels = pixels * (1 - cluttered) + clutter * cluttered
    pixels = _lit(_placed(pixels, side, generator), generator)
    pixels = _erased(_blocky(_blurred(pixels, generator), generator), generator)
    return pixels.clamp(0, 1)


def plain(pixels, side):
    """Pictures as the network takes them in use."""
    pixels = pixels.float() / 255
    if pixels.shape[-1] != side:
        pixels = F.interpolate(pixels, size=(side, side), mode="bicubic", align_corners=False, antialias=True).clamp(0, 1)
    return pixels


assert SIDE >= 128
