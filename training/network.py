"""The network: a small residual network, and the vector made of its features and predictions."""

import torch
import torch.nn.functional as F
from torch import nn

import labels

INPUT_SIDE = 128  # pixels
WIDTHS = (48, 96, 192, 320)
BLOCKS = (1, 2, 2, 1)

DIMENSIONS = 512

# The features that the heads read, each of L2 norm 1, with their dimensions.
FEATURES = {"type": 259, "colour": 128, "gender": 64, "pattern": 64}
FEATURES_OF_HEAD = {
    "type": "type", "kind": "type", "colour": "colour", "gender": "gender", "usage": "gender", "pattern": "pattern",
}  # fmt: skip

# The blocks of the vector, in this order, with their shares of the cosine. Each block has norm 1 before it is
# scaled by the square root of its share, so that the dot product of two vectors is the weighted sum of the
# blocks' cosines. The probabilities are a head's softmax: they make images of one kind similar, whatever else
# they show. The features represent what the labels do not, such as the cut and the exact shade.
PROBABILITY_SHARES = {"type": 0.18, "kind": 0.13, "colour": 0.28, "gender": 0.04, "pattern": 0.03}
FEATURE_SHARES = {"type": 0.19, "colour": 0.15}


def conv(inputs, outputs, size=3, stride=1):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, size, stride, padding=size // 2, bias=False), nn.BatchNorm2d(outputs)
    )


class Block(nn.Module):
    """Two 3x3 convolutions with a shortcut (He et al., 2016; the shortcut as in ResNet-D)."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.first = conv(inputs, outputs, stride=stride)
        self.second = conv(outputs, outputs)
        nn.init.zeros_(self.second[1].weight)
        around = [nn.AvgPool2d(2)] if stride == 2 else []
        if inputs != outputs:
            around.append(conv(inputs, outputs, size=1))
        self.around = nn.Sequential(*around)

    def forward(self, x):
        return F.relu(self.second(F.relu(self.first(x))) + self.around(x))


class Embedder(nn.Module):
    """Maps normalised images [N, 3, 128, 128] to their features, each [N, FEATURES[name]] of norm 1."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(conv(3, 32, stride=2), nn.ReLU(), conv(32, WIDTHS[0], stride=2), nn.ReLU())
        stages, inputs = [], WIDTHS[0]
        for i, (width, count) in enumerate(zip(WIDTHS, BLOCKS, strict=True)):
            blocks = []
            for k in range(count):
                blocks.append(Block(inputs, width, stride=2 if i > 0 and k == 0 else 1))
                inputs = width
            stages.append(nn.Sequential(*blocks))
        self.stages = nn.ModuleList(stages)
        # The colour is read from an early layer, weighted by the garment's position in the later layers.
        self.hues = nn.Sequential(conv(WIDTHS[0], 64, size=1), nn.ReLU(), nn.AvgPool2d(4))
        self.garment = nn.Conv2d(WIDTHS[2], 1, 1)
        late = WIDTHS[3] + WIDTHS[2]
        self.dropout = nn.Dropout(0.2)
        self.features = nn.ModuleList(
            [
                nn.Linear(late, FEATURES["type"]),
                nn.Sequential(nn.Linear(WIDTHS[3] + 128, 192), nn.ReLU(), nn.Linear(192, FEATURES["colour"])),
                nn.Linear(late, FEATURES["gender"]),
                nn.Linear(late, FEATURES["pattern"]),
            ]
        )

    def forward(self, x):
        x = self.stages[0](self.stem(x))
        hues = self.hues(x).flatten(2)
        middle = self.stages[2](self.stages[1](x))
        last = self.stages[3](middle)
        where = torch.softmax(self.garment(middle).flatten(2), dim=2)
        seen = last.mean(dim=(2, 3))
        garment = (middle.flatten(2) * where).sum(dim=2)
        late = self.dropout(torch.cat([seen, garment], dim=1))
        colour = torch.cat([self.dropout(seen), (hues * where).sum(dim=2), hues.mean(dim=2)], dim=1)
        inputs = (late, colour, late, late)
        return {
            name: F.normalize(layer(x), dim=1)
            for name, layer, x in zip(FEATURES, self.features, inputs, strict=True)
        }


class Heads(nn.Module):
    """One unit vector per value of each head in the space of the head's features. An image's score for a value is
    the cosine times a scale (normalised softmax: Zhai and Wu, 2019)."""

    SCALE = 18.0

    def __init__(self):
        super().__init__()
        self.values = nn.ParameterList(
            [
                nn.Parameter(torch.randn(len(values), FEATURES[FEATURES_OF_HEAD[head]]) * 0.05)
                for head, values in labels.HEADS.items()
            ]
        )

    def forward(self, features):
        return {
            head: self.SCALE * features[FEATURES_OF_HEAD[head]] @ F.normalize(values, dim=1).T
            for head, values in zip(labels.HEADS, self.values, strict=True)
        }


def vector(features, scores):
    """The vectors of images, [N, DIMENSIONS], norm 1."""
    blocks = [F.normalize(torch.softmax(scores[head], dim=1), dim=1) * share**0.5 for head, share in PROBABILITY_SHARES.items()]
    blocks += [features[name] * share**0.5 for name, share in FEATURE_SHARES.items()]
    return torch.cat(blocks, dim=1)


def probabilities(vectors):
    """The inverse of vector() for each head of PROBABILITY_SHARES: the probabilities [N, values], with sum 1."""
    sizes = [len(labels.HEADS[head]) for head in PROBABILITY_SHARES] + [FEATURES[name] for name in FEATURE_SHARES]
    blocks = torch.split(vectors, sizes, dim=1)
    return {head: block / block.sum(dim=1, keepdim=True) for head, block in zip(PROBABILITY_SHARES, blocks, strict=False)}


def normalised(pixels):
    """Normalises values of 0 to 1 to the network's input: mean 0.5 and standard deviation 0.25 per channel."""
    return (pixels - 0.5) / 0.25


assert sum(len(labels.HEADS[head]) for head in PROBABILITY_SHARES) + sum(FEATURES[name] for name in FEATURE_SHARES) == DIMENSIONS
