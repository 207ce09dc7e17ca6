"""Augmentation: varies every image each time it is used.

Photos of second-hand garments show them on floors and doors, in yellow light, tilted, cropped and compressed;
studio photos show them on white. All operations work on whole batches of tensors; on two cores, augmenting
single images would take longer than the network.
"""

import math

import torch
import torch.nn.functional as F

from data import SIDE, SOURCES


def _uniform(generator, size, low, high):
    return torch.rand(size, generator=generator) * (high - low) + low


def _chance(generator, count, share):
    return torch.rand(count, generator=generator) < share


def _clutter(images, generator):
    """A backdrop for each image: a corner of another photo, enlarged, or a plain colour with a gradient."""
    count = len(images)
    zoom = _uniform(generator, count, 0.15, 0.4)
    shift = _uniform(generator, (count, 2), -1, 1) * (1 - zoom[:, None])
    theta = torch.zeros(count, 2, 3)
    theta[:, 0, 0], theta[:, 1, 1] = zoom, zoom
    theta[:, :, 2] = shift
    others = images[torch.randperm(count, generator=generator)]
    corner = F.grid_sample(
        others, F.affine_grid(theta, others.shape, align_corners=False), padding_mode="reflection", align_corners=False
    )
    corners = torch.rand(count, 3, 2, 2, generator=generator) * 0.25 + torch.rand(count, 3, 1, 1, generator=generator) * 0.75
    plain = F.interpolate(corners, size=images.shape[-2:], mode="bilinear", align_corners=True)
    return torch.where(_chance(generator, count, 0.6)[:, None, None, None], corner, plain)


def _placed(images, side, generator):
    """Rotates, crops, stretches and mirrors the images, at the network's input size."""
    count = len(images)
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
    return F.grid_sample(images, grid, padding_mode="border", align_corners=False)


def _lit(images, generator):
    """Varies exposure, contrast, white balance and saturation, mildly enough to preserve the colour's name."""
    count = len(images)
    gain = torch.exp(_uniform(generator, (count, 1, 1, 1), -0.25, 0.2))
    balance = torch.exp(torch.randn(count, 3, 1, 1, generator=generator) * 0.05)
    gamma = torch.exp(_uniform(generator, (count, 1, 1, 1), -0.2, 0.2))
    saturation = _uniform(generator, (count, 1, 1, 1), 0.75, 1.25)
    images = (images.clamp(1e-3, 1) ** gamma) * gain * balance
    grey = images.mean(dim=1, keepdim=True)
    return (grey + (images - grey) * saturation).clamp(0, 1)


def _blurred(images, generator):
    """Imitates small files: reduces some images to between a third and two thirds of the size and enlarges them."""
    out = images.clone()
    order = torch.randperm(len(images), generator=generator)
    for part, size in zip(order.chunk(5)[:3], (44, 60, 84), strict=False):
        small = F.interpolate(images[part], size=(size, size), mode="area")
        out[part] = F.interpolate(small, size=images.shape[-2:], mode="bicubic", align_corners=False)
    return out


def _blocky(images, generator):
    """Adds sensor noise, and compression noise in blocks of eight pixels."""
    count, _, height, width = images.shape
    fine = torch.randn(images.shape, generator=generator)
    coarse = torch.randn(count, 3, height // 8, width // 8, generator=generator)
    strength = _uniform(generator, (count, 1, 1, 1), 0, 0.025)
    return images + strength * (fine + F.interpolate(coarse, size=(height, width), mode="nearest"))


def _erased(images, generator):
    """Covers a rectangle of some images, as a hand, a hanger or a label does."""
    side = images.shape[-1]
    for i in _chance(generator, len(images), 0.25).nonzero().flatten().tolist():
        height, width = (torch.randint(side // 8, side // 3, (2,), generator=generator)).tolist()
        top, left = torch.randint(0, side - side // 3, (2,), generator=generator).tolist()
        images[i, :, top : top + height, left : left + width] = torch.rand(3, 1, 1, generator=generator)
    return images


def augment(batch, side, generator):
    """Augmented images for training: float [N, 3, side, side], 0 to 1."""
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
    """Images for inference, without augmentation: float [N, 3, side, side], 0 to 1."""
    pixels = pixels.float() / 255
    if pixels.shape[-1] != side:
        pixels = F.interpolate(pixels, size=(side, side), mode="bicubic", align_corners=False, antialias=True).clamp(0, 1)
    return pixels


assert SIDE >= 128
