"""Writes the folder of the model "sight": one graph of both networks and the heads, the words and the manifest."""

import json
import pathlib
import tempfile

import numpy as np
import onnx
import torch
from torch import nn

import data
import export
import graphs
import sight_features
import sight_heads
import words

RANK = 184  # of the linear layers over all inputs, together: with "builtin", the folders have 12 MB
WORD_IMAGES = 6_000  # images that the words are learned from
# The shapes of the tensors of both networks and the palettes, without the number of images.
SHAPES = [(1280,), (1280, 6, 6), (96, 12, 12), (32, 24, 24), (320,), (192,), (64,), (64,), (1, 64), (144, 64)]
CHECKED = 64  # images whose vectors are compared with those of training


class EightBits(nn.Module):
    """A linear layer whose weights are stored in eight bits per output, and multiplied out when the model is loaded."""

    def __init__(self, weight, bias=None):
        super().__init__()
        scale = weight.abs().amax(dim=1, keepdim=True).clamp(min=1e-8) / 127
        self.register_buffer("scale", scale.T.contiguous())
        self.register_buffer("bytes", torch.round(weight / scale).to(torch.int8).T.contiguous())
        self.register_buffer("bias", bias)

    def forward(self, x):
        product = x @ (self.bytes.float() * self.scale)
        return product if self.bias is None else product + self.bias


class Inputs(nn.Module):
    """Maps the model's input to the inputs of both networks and the palettes."""

    def __init__(self, centres):
        super().__init__()
        self.register_buffer("centres", centres)
        mean = torch.tensor(sight_features.BACKBONE_MEAN)[:, None, None]
        std = torch.tensor(sight_features.BACKBONE_STD)[:, None, None]
        self.register_buffer("factor", 0.25 / std)
        self.register_buffer("shift", (0.5 - mean) / std)

    def forward(self, pixels):
        values = pixels * 0.25 + 0.5
        cells = sight_features.palette(values, self.centres)
        return pixels * self.factor + self.shift, sight_features.shrunk(pixels), cells


class Outputs(nn.Module):
    """Maps the tensors of both networks and the palettes to vectors. The linear layers over all inputs are reduced to
    RANK common directions, those in which their outputs differ most among images."""

    def __init__(self, heads, features):
        super().__init__()
        self.heads = heads
        layers = (heads.garment, heads.gender, heads.pattern, heads.context, heads.general)
        self.sizes = [layer.out_features for layer in layers]
        weight = torch.cat([layer.weight.detach() for layer in layers])
        bias = torch.cat([layer.bias.detach() for layer in layers])
        outputs = heads.limited(features) @ weight.T
        middle = outputs.mean(dim=0)
        axes = torch.linalg.eigh((outputs - middle).T @ (outputs - middle))[1][:, -RANK:]
        self.down = EightBits(axes.T @ weight)
        self.up = EightBits(axes, bias + middle - axes @ (axes.T @ middle))
        colour = (heads.colour[0], heads.colour[3])
        self.colour = nn.ModuleList([EightBits(layer.weight.detach(), layer.bias.detach()) for layer in colour])

    def forward(self, *tensors):
        backbone, old, cells = tensors[:4], tensors[4:9], tensors[9]
        heads = self.heads
        reduced = self.down(heads.limited(sight_features.together(backbone, old)))
        garment, gender, pattern, context, general = torch.split(self.up(reduced), self.sizes, dim=1)
        palette = heads.palette(backbone[2], cells)
        colour = self.colour[1](torch.relu(self.colour[0](torch.cat([2 * palette.flatten(1), 0.3 * context], dim=1))))
        parts = {"type": garment, "colour": colour, "gender": gender, "pattern": pattern, "general": general}
        features = {name: nn.functional.normalize(values, dim=1) for name, values in parts.items()}
        return sight_heads.vector(features, heads.scores(features))


class PropertyModel(export.PropertyModel):
    """As that of "builtin", for vectors of this model."""

    def forward(self, embedding):
        given = sight_heads.probabilities(embedding)
        return given["kind"] @ self.belongs, given["type"], given["colour"], given["gender"], given["pattern"]


def joined(backbone, old, heads, centres, features, folder):
    """The graph of the whole model."""
    side = sight_features.SIDE
    pixels = torch.zeros(2, 3, side, side)
    inputs = graphs.exported(Inputs(centres), (pixels,), ["pixels"], ["for_backbone", "for_old", "cells"], folder)
    networks = [
        (backbone, "for_backbone", sight_features.BACKBONE_TENSORS, side),
        (old, "for_old", sight_features.OLD_TENSORS, sight_features.OLD_SIDE),
    ]
    names = [f"seen{i}" for i in range(len(SHAPES) - 1)]
    seen = tuple(torch.rand(2, *shape) for shape in SHAPES)
    outputs = graphs.exported(Outputs(heads, features), seen, [*names, "cells"], ["embedding"], folder)
    parts = [graphs.renamed(inputs, "inputs/", {name: name for name in ("pixels", "for_backbone", "for_old", "cells")})]
    at = 0
    for number, (path, input_name, tensors, network_side) in enumerate(networks):
        model = sight_features.cut(str(path), tensors, network_side)
        graphs.keep_needed(model.graph, tensors)
        given = {model.graph.input[0].name: input_name}
        given |= {tensor: names[at + i] for i, tensor in enumerate(tensors)}
        at += len(tensors)
        parts.append(graphs.renamed(model, f"network{number}/", given))
    parts.append(graphs.renamed(outputs, "heads/", {name: name for name in (*names, "cells", "embedding")}))
    return graphs.joined(
        parts, "sight", {"pixels": ["batch", 3, side, side]}, {"embedding": ["batch", sight_heads.DIMENSIONS]}
    )


def _check(path, heads, rows, store, log):
    """Measures what rounding to eight bits, and the reduction to RANK directions, cost."""
    import onnxruntime

    shown = torch.linspace(0, len(rows) - 1, CHECKED).long().tolist()
    pixels = np.stack([data.pixels_of(rows[i].path, sight_features.SIDE) for i in shown]).astype(np.float32) / 255
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    written = session.run(["embedding"], {"pixels": (pixels - 0.5) / 0.25})[0]
    with torch.no_grad():
        features = heads(*(store[name][shown].float() for name in ("features", "map", "cells")))
        exact = sight_heads.vector(features, heads.scores(features)).numpy()
    cosines = (written * exact).sum(axis=1) / np.linalg.norm(written, axis=1)
    log(f"written: cosine with the vectors of training {cosines.mean():.4f} on average, {cosines.min():.4f} at worst")


def _words(vectors, rows, targets, seed, log):
    """The vocabulary and the phrases' vectors, learned from some of the images."""
    shown = torch.randperm(len(rows), generator=torch.Generator().manual_seed(seed))[:WORD_IMAGES]
    some = data.Images(
        pixels=shown,  # of which only the number is read
        targets={head: values[shown] for head, values in targets.items()},
        titles=[rows[i].title for i in shown.tolist()],
    )
    return words.train(vectors[shown], some, seed, log)


def write(given, heads, centres, vectors, rows, targets, store, log):
    """Writes all files of the model folder."""
    folder = pathlib.Path(given.out)
    folder.mkdir(parents=True, exist_ok=True)
    some = torch.linspace(0, len(rows) - 1, 3000).long()
    with tempfile.TemporaryDirectory() as temporary, torch.no_grad():
        features = store["features"][some].float()
        old = given.old / "image.onnx"
        model = joined(given.backbone, old, heads, centres, features, pathlib.Path(temporary))
        onnx.save(model, str(folder / "image.onnx"))
    _check(folder / "image.onnx", heads, rows, store, log)
    torch.onnx.export(
        PropertyModel().eval(), vectors[:2], str(folder / "properties.onnx"), opset_version=graphs.OPSET,
        input_names=["embedding"], output_names=list(export.PREDICTIONS),
        dynamic_axes={name: {0: "batch"} for name in ("embedding", *export.PREDICTIONS)},
    )  # fmt: skip
    vocabulary, phrases = _words(vectors, rows, targets, given.seed, log)
    export.write_words(folder, vocabulary, phrases)
    manifest = export.manifest(
        folder, "sight", sight_features.SIDE,
        "MobileNetV2 of ImageNet (MIT) and the network of the model builtin, with heads for clothes: training/SIGHT_CARD.md.",
    )  # fmt: skip
    manifest["licence"] = "Apache-2.0 AND MIT"
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    log(f"{folder}: {sum(path.stat().st_size for path in folder.iterdir()):,} bytes")
