"""The frozen half of the model "sight": what two trained networks and the pixels say of an image.

The first network is a MobileNetV2 that was trained on ImageNet, in eight bits; the second is the network of the model
"builtin". Neither is trained further. Their features are computed once for each view of an image and stored, so that
training the heads takes minutes on two cores. The graphs of the product (sight_export.py) are cut from the same files
at the same tensors.
"""

import pathlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import onnx
import torch
import torch.nn.functional as F

import augment
import data

SIDE = 192  # pixels of an input of the model
OLD_SIDE = 128  # pixels of an input of "builtin"
READ_SIDE = 224  # pixels of an image that is varied, so that crops lose no resolution
CELLS = 12  # the palette is kept for a grid of CELLS x CELLS
COLOURS = 64  # soft bins of a palette
SOFTNESS = 0.07  # the deviation of a bin, in units of 100 of CIELAB
CHUNK = 48  # images that are read and varied together

# The tensors that the heads read. Those of MobileNetV2: its pooled features, the map they are pooled from, and two
# earlier maps with 1/16 and 1/8 of the side. Those of "builtin": its pooled maps, and its map of the garment's position.
BACKBONE_TENSORS = (
    "/Flatten_output_0",
    "/features/features.18/features.18.2/Clip_output_0",
    "/features/features.13/Add_output_0",
    "/features/features.6/Add_output_0",
)
OLD_TENSORS = (
    "/model/ReduceMean_output_0",
    "/model/ReduceSum_output_0",
    "/model/ReduceSum_1_output_0",
    "/model/ReduceMean_1_output_0",
    "/model/Softmax_output_0",
)
BACKBONE_MEAN, BACKBONE_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
MAP_CHANNELS = 96

_XYZ = torch.tensor(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
) / torch.tensor([[0.95047], [1.0], [1.08883]])


def lab(pixels):
    """Maps sRGB values of 0 to 1, [N, 3, ...], to CIELAB in units of 100. Both curves are one power without the linear
    parts near black, so that the graph of the product has no branches."""
    linear = ((pixels.clamp(min=0) + 0.055) / 1.055).pow(2.4)
    xyz = torch.einsum("ij,njhw->nihw", _XYZ, linear)
    roots = (xyz + 1e-4).pow(1 / 3)
    return torch.stack([1.16 * roots[:, 1] - 0.16, 5 * (roots[:, 0] - roots[:, 1]), 2 * (roots[:, 1] - roots[:, 2])], 1)


def palette(pixels, centres):
    """The soft histogram of each cell, [N, CELLS * CELLS, COLOURS], of images of 0 to 1, [N, 3, SIDE, SIDE]."""
    small = lab(F.avg_pool2d(pixels, SIDE // (2 * CELLS)))
    points = small.reshape(-1, 3, CELLS, 2, CELLS, 2).permute(0, 2, 4, 3, 5, 1).reshape(-1, CELLS * CELLS, 4, 3)
    nearness = (2 * points @ centres.T - (centres * centres).sum(dim=1)) / (2 * SOFTNESS**2)
    return torch.softmax(nearness, dim=-1).mean(dim=2)


def palette_centres(pixels, seed):
    """The centres of the bins, [COLOURS, 3] in CIELAB: k-means over pixels that were thinned where colours are common,
    so that rare colours have bins. `pixels` is uint8, [N, 3, h, w]."""
    generator = torch.Generator().manual_seed(seed)
    points = lab(pixels.float() / 255).permute(0, 2, 3, 1).reshape(-1, 3)
    points = points[torch.randperm(len(points), generator=generator)[:200_000]]
    box = (points * 12).round().long()
    _, box, count = ((box[:, 0] * 1000 + box[:, 1]) * 1000 + box[:, 2]).unique(return_inverse=True, return_counts=True)
    points = points[torch.rand(len(points), generator=generator) < 3 * count[box].float() ** -0.6]
    centres = points[torch.randperm(len(points), generator=generator)[:COLOURS]].clone()
    for _ in range(20):
        nearest = torch.cdist(points, centres).argmin(dim=1)
        for k in range(COLOURS):
            if (nearest == k).any():
                centres[k] = points[nearest == k].mean(dim=0)
    return centres


def spread(side):
    """The matrix [64, side * side] that enlarges the 8x8 map of the garment's position to a map of another side."""
    corners = torch.eye(64).reshape(64, 1, 8, 8)
    return F.interpolate(corners, size=(side, side), mode="bilinear", align_corners=False).flatten(1)


def pooled(values, where):
    """The mean of a map [N, C, side, side], weighted by the garment's position, [N, 64]."""
    weights = where @ spread(values.shape[-1]).to(where)
    return torch.bmm(values.flatten(2), (weights / weights.sum(dim=1, keepdim=True)).unsqueeze(2)).squeeze(2)


def shrunk(pixels):
    """The input of "builtin", of that of the model."""
    return F.interpolate(pixels, size=(OLD_SIDE, OLD_SIDE), mode="bilinear", align_corners=False)


def together(backbone, old):
    """The features of images, [N, 3456], of the tensors of the two networks."""
    seen, late, middle, early = backbone
    where = old[4].reshape(-1, 64)
    return torch.cat(
        [seen, pooled(late, where), middle.mean(dim=(2, 3)), pooled(middle, where), early.mean(dim=(2, 3)),
         pooled(early, where), *old[:4]], dim=1
    )  # fmt: skip


def cut(path, outputs, side):
    """The model of an ONNX file with other outputs, for images of another side."""
    model = onnx.load(path)
    del model.graph.output[:], model.graph.value_info[:]
    model.graph.output.extend(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in outputs)
    shape = model.graph.input[0].type.tensor_type.shape.dim
    shape[0].dim_param, shape[2].dim_value, shape[3].dim_value = "batch", side, side
    return model


class Networks:
    """The two networks, and the centres of the palette."""

    def __init__(self, backbone, old, centres):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self._sessions = [
            onnxruntime.InferenceSession(cut(path, names, side).SerializeToString(), options, ["CPUExecutionProvider"])
            for path, names, side in ((backbone, BACKBONE_TENSORS, SIDE), (old, OLD_TENSORS, OLD_SIDE))
        ]
        self._centres = centres

    def _run(self, number, pixels):
        session = self._sessions[number]
        return [torch.from_numpy(each) for each in session.run(None, {session.get_inputs()[0].name: pixels.numpy()})]

    @torch.no_grad()
    def features(self, pixels):
        """What the heads read of images of 0 to 1, [N, 3, SIDE, SIDE]: `features`, `map` and `cells`, in 16 bits."""
        mean, std = (torch.tensor(each)[:, None, None] for each in (BACKBONE_MEAN, BACKBONE_STD))
        backbone = self._run(0, (pixels - mean) / std)
        old = self._run(1, (shrunk(pixels) - 0.5) / 0.25)
        cells = palette(pixels, self._centres)
        return {"features": together(backbone, old).half(), "map": backbone[2].half(), "cells": cells.half()}


def _chunks(rows, work):
    """Calls work(rows, number of the chunk) on two threads, and joins the results."""
    parts = [rows[i : i + CHUNK] for i in range(0, len(rows), CHUNK)]
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(work, parts, range(len(parts))))
    return {name: torch.cat([each[name] for each in done]) for name in done[0]}


def _stored(folder, name, make):
    """The result of make(), stored in the folder under the name: computed once, also when training is cut off."""
    path = folder / f"{name}.pt"
    if not path.exists():
        partial = path.with_suffix(".part")
        torch.save(make(), partial)
        partial.replace(path)
    return torch.load(path, weights_only=True)


def plain_view(networks, rows, folder, name):
    """The features of the images as they are."""

    def one(chunk, _):
        pixels = torch.from_numpy(np.stack([data.pixels_of(row.path, SIDE) for row in chunk]))
        return networks.features(pixels.float() / 255)

    return _stored(folder, name, lambda: _chunks(rows, one))


def varied_view(networks, rows, folder, name, seed):
    """The features of the images, each varied once: other light, place, backdrop and sharpness (augment.py). `rows` are
    in random order, so that the backdrops of a chunk's products are of its photos."""

    def one(chunk, number):
        pixels = torch.from_numpy(np.stack([data.pixels_of(row.path, READ_SIDE) for row in chunk]))
        sources = torch.tensor([data.SOURCES.index(row.source) for row in chunk])
        batch = data.Images(pixels, {}, [], data.white_backdrops(pixels), sources)
        generator = torch.Generator().manual_seed(1000 * seed + number)
        return networks.features(augment.augment(batch, SIDE, generator).clamp(0, 1))

    return _stored(folder, name, lambda: _chunks(rows, one))


def centres_of(rows, folder, seed):
    """The centres of the palette of the images."""

    def make():
        shown = rows[:: max(1, len(rows) // 1200)]
        pixels = torch.from_numpy(np.stack([data.pixels_of(pathlib.Path(row.path), 48) for row in shown]))
        return palette_centres(pixels, seed)

    return _stored(folder, "centres", make)
