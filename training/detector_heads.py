"""The trained half of the detector: for each cell of two maps a box, whether it is of a garment, and its kind."""

import torch
import torch.nn.functional as F
from torch import nn

import detector_features
import detector_scenes
import labels

WIDTH = 96  # channels of the heads
CELL_STRIDES = (16, 32)  # of the maps whose cells predict
CATEGORIES = [name for name in dict.fromkeys(labels.KINDS.values()) if name != "beauty"]
KINDS = detector_scenes.KINDS


def _block(inputs, outputs, size):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, size, padding=size // 2, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()
    )


def cells(side):
    """The centres of all cells in pixels, [N, 2], and the strides of their maps, [N]."""
    points, strides = [], []
    for stride in CELL_STRIDES:
        at = (torch.arange(side // stride) + 0.5) * stride
        y, x = torch.meshgrid(at, at, indexing="ij")
        points.append(torch.stack([x, y], dim=-1).reshape(-1, 2))
        strides.append(torch.full((len(points[-1]),), float(stride)))
    return torch.cat(points), torch.cat(strides)


class Heads(nn.Module):
    """Maps the maps of detector_features to boxes as fractions [N, cells, 4], the scores of a garment [N, cells] and
    those of its kinds [N, cells, KINDS]."""

    def __init__(self, side=detector_features.SIDE, width=WIDTH):
        super().__init__()
        near, middle, far = detector_features.CHANNELS
        for name, channels in (("near", near), ("middle", middle), ("far", far)):
            self.register_buffer(f"{name}_mean", torch.zeros(channels, 1, 1))
            self.register_buffer(f"{name}_deviation", torch.ones(channels, 1, 1))
        self.side = side
        self.from_near = _block(4 * near, width, 1)
        self.from_middle = _block(middle, width, 1)
        self.from_far = _block(far, 2 * width, 1)
        self.context = _block(2 * width, 2 * width, 3)
        self.down = _block(2 * width, width, 1)
        self.joined = _block(3 * width, width, 3)
        self.again = _block(width, width, 3)
        self.small = nn.Sequential(nn.MaxPool2d(2), _block(width, width, 1))
        self.last = _block(3 * width, width, 3)
        self.box_tower, self.kind_tower = _block(width, width, 3), _block(width, width, 3)
        self.box = nn.Conv2d(width, 4, 1)
        self.garment = nn.Conv2d(width, 1, 1)
        self.kind = nn.Conv2d(width, len(KINDS), 1)
        nn.init.constant_(self.garment.bias, -4.0)
        points, strides = cells(side)
        self.register_buffer("points", points)
        self.register_buffer("strides", strides)

    def standardise(self, maps):
        """Sets the means and deviations of the inputs to those of some maps."""
        for name, values in zip(("near", "middle", "far"), maps, strict=True):
            getattr(self, f"{name}_mean").copy_(values.mean(dim=(0, 2, 3))[:, None, None])
            getattr(self, f"{name}_deviation").copy_(values.std(dim=(0, 2, 3))[:, None, None] + 1e-3)

    def forward(self, near, middle, far):
        near = self.from_near(F.pixel_unshuffle((near - self.near_mean) / self.near_deviation, 2))
        middle = self.from_middle((middle - self.middle_mean) / self.middle_deviation)
        far = self.context(self.from_far((far - self.far_mean) / self.far_deviation))
        above = F.interpolate(self.down(far), scale_factor=2, mode="nearest")
        fine = self.again(self.joined(torch.cat([near, middle, above], dim=1)))
        coarse = self.last(torch.cat([far, self.small(fine)], dim=1))
        distances, garment, kinds = [], [], []
        for values in (fine, coarse):
            boxes, named = self.box_tower(values), self.kind_tower(values)
            distances.append(self.box(boxes).flatten(2))
            garment.append(self.garment(boxes).flatten(2))
            kinds.append(self.kind(named).flatten(2))
        distances = F.softplus(torch.cat(distances, dim=2).transpose(1, 2)) * 2 * self.strides[:, None]
        corners = torch.cat([self.points - distances[..., :2], self.points + distances[..., 2:]], dim=2) / self.side
        return corners, torch.cat(garment, dim=2)[:, 0], torch.cat(kinds, dim=2).transpose(1, 2)


class Detector(nn.Module):
    """The outputs of the model: boxes inside the picture, and the probabilities of the categories."""

    def __init__(self, heads):
        super().__init__()
        self.heads = heads
        belongs = torch.zeros(len(KINDS), len(CATEGORIES))
        for i, kind in enumerate(KINDS):
            belongs[i, CATEGORIES.index(labels.KINDS[kind])] = 1
        self.register_buffer("belongs", belongs)

    def forward(self, near, middle, far):
        boxes, garment, kinds = self.heads(near, middle, far)
        categories = torch.softmax(kinds, dim=2) @ self.belongs
        return boxes.clamp(0, 1), torch.sigmoid(garment)[..., None] * categories
