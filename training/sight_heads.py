"""The trained half of the model "sight": the heads, and the vector made of their features and predictions."""

import torch
import torch.nn.functional as F
from torch import nn

import labels
from sight_features import CELLS, COLOURS, MAP_CHANNELS

INPUTS = 3456  # features of an image (sight_features.together)
DIMENSIONS = 512  # of a vector, the last of which are zero
LOOKS = 2  # places that the palette is read at
SCALE = 18.0
FARTHEST = 6.0  # deviations from the mean, to which features are limited

# The features that the predictions are read from, each of L2 norm 1, with their dimensions.
FEATURES = {"type": 160, "colour": 96, "gender": 48, "pattern": 48}
FEATURES_OF_HEAD = {
    "type": "type", "kind": "type", "colour": "colour", "gender": "gender", "usage": "gender", "pattern": "pattern",
}  # fmt: skip
GENERAL = 128  # dimensions of the features that tell garments apart by themselves
CONTEXT = 96  # features that the colour is read from together with the palette

# The blocks of the vector in this order with their shares of the cosine, as in network.py. "general" are features that
# no label shapes: they order garments of kinds that training never saw.
PROBABILITY_SHARES = {"type": 0.17, "kind": 0.12, "colour": 0.28, "gender": 0.04, "pattern": 0.04}
FEATURE_SHARES = {"type": 0.13, "colour": 0.10, "general": 0.08}


class Heads(nn.Module):
    """Maps the features, the map and the palette of images (sight_features.Networks) to their features by name."""

    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.zeros(INPUTS))
        self.register_buffer("deviation", torch.ones(INPUTS))
        self.register_buffer("map_mean", torch.zeros(MAP_CHANNELS))
        self.register_buffer("map_deviation", torch.ones(MAP_CHANNELS))
        self.garment = nn.Linear(INPUTS, FEATURES["type"])
        self.gender = nn.Linear(INPUTS, FEATURES["gender"])
        self.pattern = nn.Linear(INPUTS, FEATURES["pattern"])
        self.context = nn.Linear(INPUTS, CONTEXT)
        self.general = nn.Linear(INPUTS, GENERAL)
        self.look = nn.Linear(MAP_CHANNELS, LOOKS)
        self.colour = nn.Sequential(
            nn.Linear((LOOKS + 1) * COLOURS + CONTEXT, 256), nn.ReLU(), nn.Dropout(0.2), nn.Linear(256, FEATURES["colour"])
        )
        self.dropout = nn.Dropout(0.3)
        self.values = nn.ParameterList(
            [
                nn.Parameter(torch.randn(len(values), FEATURES[FEATURES_OF_HEAD[head]]) * 0.05)
                for head, values in labels.HEADS.items()
            ]
        )

    def limited(self, features):
        return ((features - self.mean) / self.deviation).clamp(-FARTHEST, FARTHEST)

    def palette(self, middle, cells):
        """The roots of the palettes where the heads look, and of that of the whole image: [N, LOOKS + 1, COLOURS]."""
        points = (middle.flatten(2).transpose(1, 2) - self.map_mean) / self.map_deviation
        where = torch.softmax(self.look(points), dim=1).transpose(1, 2)
        seen = torch.cat([torch.bmm(where, cells), cells.mean(dim=1, keepdim=True)], dim=1)
        return (seen + 1e-4).sqrt()

    def forward(self, features, middle, cells):
        z = self.dropout(self.limited(features))
        palette = self.palette(middle, cells).flatten(1)
        parts = {
            "type": self.garment(z),
            "colour": self.colour(torch.cat([2 * palette, 0.3 * self.context(z)], dim=1)),
            "gender": self.gender(z),
            "pattern": self.pattern(z),
            "general": self.general(z),
        }
        return {name: F.normalize(values, dim=1) for name, values in parts.items()}

    def scores(self, features):
        """The scores of each head's values: the cosine with the value's unit vector times a scale."""
        return {
            head: SCALE * features[FEATURES_OF_HEAD[head]] @ F.normalize(values, dim=1).T
            for head, values in zip(labels.HEADS, self.values, strict=True)
        }


def block_sizes():
    return [len(labels.HEADS[head]) for head in PROBABILITY_SHARES] + [
        GENERAL if name == "general" else FEATURES[name] for name in FEATURE_SHARES
    ]


def vector(features, scores):
    """The vectors of images, [N, DIMENSIONS], of norm 1."""
    blocks = [F.normalize(torch.softmax(scores[head], dim=1), dim=1) * share**0.5 for head, share in PROBABILITY_SHARES.items()]
    blocks += [features[name] * share**0.5 for name, share in FEATURE_SHARES.items()]
    total = (sum(PROBABILITY_SHARES.values()) + sum(FEATURE_SHARES.values())) ** 0.5
    return F.pad(torch.cat(blocks, dim=1) / total, (0, DIMENSIONS - sum(block_sizes())))


def probabilities(vectors):
    """The inverse of vector() for each head of PROBABILITY_SHARES: the probabilities [N, values], with sum 1."""
    sizes = block_sizes()
    blocks = torch.split(vectors, [*sizes, DIMENSIONS - sum(sizes)], dim=1)
    return {head: block / block.sum(dim=1, keepdim=True) for head, block in zip(PROBABILITY_SHARES, blocks, strict=False)}


assert sum(block_sizes()) <= DIMENSIONS and CELLS * CELLS == 144
