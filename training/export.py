"""Writes the model folder: the quantised ONNX models, the vocabulary and the manifest."""

import hashlib
import json
import pathlib
import tempfile

import numpy as np
import onnx
import torch
from torch import nn

import augment
import labels
import network
import words

LARGEST_BYTES = 6_000_000
CALIBRATION_IMAGES = 400
CONTEXT_LENGTH = 48  # most phrases of a text


class ImageModel(nn.Module):
    """Maps images to vectors."""

    def __init__(self, model, heads):
        super().__init__()
        self.model, self.heads = model, heads

    def forward(self, pixels):
        features = self.model(pixels)
        return network.vector(features, self.heads(features))


# The predicted properties, by their names in the catalogue, and their values.
PREDICTIONS = {
    "category": sorted(set(labels.KINDS.values())),
    "subcategory": labels.TYPES,
    "primary_color": labels.COLOURS,
    "gender": list(labels.GENDERS),
    "pattern": list(labels.PATTERNS),
}


class PropertyModel(nn.Module):
    """Maps vectors to the probabilities of the values of each predicted property. The vectors contain them, so the
    images are not needed again."""

    def __init__(self):
        super().__init__()
        belongs = torch.zeros(len(labels.KINDS), len(PREDICTIONS["category"]))
        for i, category in enumerate(labels.KINDS.values()):
            belongs[i, PREDICTIONS["category"].index(category)] = 1
        self.register_buffer("belongs", belongs)

    def forward(self, embedding):
        probabilities = network.probabilities(embedding)
        return probabilities["kind"] @ self.belongs, probabilities["type"], probabilities["colour"], probabilities["gender"], probabilities["pattern"]


class TextModel(nn.Module):
    """Maps token ids to vectors: the normalised sum of phrase vectors, which are stored in eight bits."""

    def __init__(self, vectors):
        super().__init__()
        scale = vectors.abs().amax(dim=1, keepdim=True).clamp(min=1e-8) / 127
        self.register_buffer("scale", scale)
        self.register_buffer("bytes", torch.round(vectors / scale).to(torch.int8))

    def forward(self, input_ids, attention_mask):
        rows = self.bytes[input_ids].float() * self.scale[input_ids]
        total = (rows * attention_mask.float().unsqueeze(2)).sum(dim=1)
        return nn.functional.normalize(total, dim=1)


def _sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _quantise(source, target, inputs):
    """Quantises convolutions and the operators between them to eight bits per channel, calibrated on `inputs`. The
    heads are not quantised."""
    # onnx's reference evaluator fails on the schemas that Debian's onnxruntime registers.
    every_schema = onnx.defs.get_all_schemas_with_history
    onnx.defs.get_all_schemas_with_history = lambda: [s for s in every_schema() if s.domain in ("", "ai.onnx.ml")]
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    class Reader(CalibrationDataReader):
        def __init__(self):
            self.rest = iter(inputs)

        def get_next(self):
            return next(({"pixels": part} for part in self.rest), None)

    prepared = source.with_name("prepared.onnx")
    quant_pre_process(str(source), str(prepared))
    quantize_static(
        str(prepared), str(target), Reader(), quant_format=QuantFormat.QDQ, per_channel=True,
        activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8, op_types_to_quantize=["Conv", "Add", "AveragePool"],
    )  # fmt: skip


# The files of a model folder with their roles.
FILES = [
    ("image_model", "image.onnx"),
    ("text_model", "text.onnx"),
    ("tokenizer_vocab", "phrases.txt"),
    ("property_model", "properties.onnx"),
]


def manifest(folder, name, side, note):
    """The manifest of the model in a folder, whose inputs are images of `side` pixels."""
    files = FILES
    return {
        "name": name,
        "space": name,
        "version": f"{name}-" + hashlib.sha256("".join(_sha256(folder / path) for _, path in files).encode()).hexdigest()[:12],
        "licence": "Apache-2.0",
        "source": "training/README.md",
        "note": note,
        "dimensions": network.DIMENSIONS,
        "files": [
            {"role": role, "path": path, "sha256": _sha256(folder / path), "size_bytes": (folder / path).stat().st_size}
            for role, path in files
        ],
        "image": {
            "input": "pixels", "output": "embedding", "size": side, "resize": "stretch",
            "interpolation": "bicubic", "layout": "nchw", "mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25],
        },
        "text": {
            "input_ids": "input_ids", "attention_mask": "attention_mask", "output": "embedding",
            "context_length": CONTEXT_LENGTH, "tokenizer": "phrases", "padding": "longest", "pad_id": words.UNKNOWN_WORD,
        },
        "properties": {
            "input": "embedding",
            "outputs": [{"property": name, "output": name, "values": values} for name, values in PREDICTIONS.items()],
        },
    }  # fmt: skip


def write_words(folder, vocabulary, vectors):
    """Writes the text encoder: the phrases, and the graph that adds up their vectors."""
    torch.onnx.export(
        TextModel(vectors).eval(), (torch.zeros(1, 4, dtype=torch.long), torch.ones(1, 4, dtype=torch.long)),
        str(folder / "text.onnx"), opset_version=17, input_names=["input_ids", "attention_mask"], output_names=["embedding"],
        dynamic_axes={"input_ids": {0: "batch", 1: "length"}, "attention_mask": {0: "batch", 1: "length"}, "embedding": {0: "batch"}},
    )  # fmt: skip
    (folder / "phrases.txt").write_text("".join(f"{name}\n" for name in vocabulary))


def write(folder, model, heads, vocabulary, vectors, images, log):
    """Writes all files of the model folder and checks their size and accuracy."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    shown = torch.linspace(0, len(images) - 1, CALIBRATION_IMAGES).long()
    pixels = network.normalised(augment.plain(images.pixels[shown], network.INPUT_SIDE)).numpy()
    whole = ImageModel(model, heads).eval()
    with tempfile.TemporaryDirectory() as temporary:
        plain = pathlib.Path(temporary) / "image.onnx"
        torch.onnx.export(
            whole, torch.zeros(2, 3, network.INPUT_SIDE, network.INPUT_SIDE), str(plain), opset_version=17,
            input_names=["pixels"], output_names=["embedding"],
            dynamic_axes={"pixels": {0: "batch"}, "embedding": {0: "batch"}},
        )  # fmt: skip
        _quantise(plain, folder / "image.onnx", np.split(pixels, CALIBRATION_IMAGES // 40))
    torch.onnx.export(
        PropertyModel().eval(), whole(torch.from_numpy(pixels[:2])).detach(), str(folder / "properties.onnx"),
        opset_version=17, input_names=["embedding"], output_names=list(PREDICTIONS),
        dynamic_axes={name: {0: "batch"} for name in ("embedding", *PREDICTIONS)},
    )  # fmt: skip
    write_words(folder, vocabulary, vectors)
    note = "Trained from scratch for this program on clothes photographed at home and on products: training/MODEL_CARD.md."
    described = manifest(folder, "builtin", network.INPUT_SIDE, note)
    (folder / "manifest.json").write_text(json.dumps(described, indent=2) + "\n")
    size = sum((folder / path).stat().st_size for _, path in FILES)
    log(f"{folder}: {size:,} bytes")
    if size > LARGEST_BYTES:
        raise SystemExit(f"the model is larger than {LARGEST_BYTES:,} bytes")
    _check(folder, whole, pixels, log)


def _check(folder, whole, pixels, log):
    """Measures the cost of quantisation: the cosine of the written model's vectors with the network's."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(folder / "image.onnx"), providers=["CPUExecutionProvider"])
    written = session.run(["embedding"], {"pixels": pixels})[0]
    with torch.no_grad():
        exact = whole(torch.from_numpy(pixels)).numpy()
    written = written / np.linalg.norm(written, axis=1, keepdims=True)
    cosines = (written * exact).sum(axis=1)
    log(f"quantised: cosine with the network's vectors {cosines.mean():.4f} on average, {cosines.min():.4f} at worst")
