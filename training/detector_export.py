"""Writes the folder of the detector: one graph of the network and the heads, and the manifest."""

import hashlib
import json
import pathlib
import tempfile

import onnx
import torch

import detector_features
import detector_heads
import detector_scenes
import graphs
import sight_features

LARGEST_BYTES = 8_000_000
NAMES = ("near", "middle", "far")


def graph_of(backbone, heads, folder):
    """The graph of the whole model, for one image."""
    side = heads.side
    model = sight_features.cut(str(backbone), detector_features.TENSORS, side)
    graphs.keep_needed(model.graph, detector_features.TENSORS)
    names = dict(zip(detector_features.TENSORS, NAMES, strict=True))
    network = graphs.renamed(model, "network/", {model.graph.input[0].name: "image", **names})
    shapes = zip(detector_features.CHANNELS, detector_features.STRIDES, strict=True)
    maps = tuple(torch.zeros(1, channels, side // stride, side // stride) for channels, stride in shapes)
    detector = graphs.exported(detector_heads.Detector(heads), maps, list(NAMES), ["boxes", "scores"], folder)
    rest = graphs.renamed(detector, "heads/", {name: name for name in (*NAMES, "boxes", "scores")})
    cells, categories = len(heads.points), len(detector_heads.CATEGORIES)
    outputs = {"boxes": ["batch", cells, 4], "scores": ["batch", cells, categories]}
    return graphs.joined([network, rest], "detector", {"image": ["batch", 3, side, side]}, outputs)


def write(backbone, heads, folder, threshold=0.4, overlap=0.5):
    """Writes all files of the model folder."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary, torch.no_grad():
        onnx.save(graph_of(backbone, heads, pathlib.Path(temporary)), str(folder / "detector.onnx"))
    written = (folder / "detector.onnx").read_bytes()
    if len(written) > LARGEST_BYTES:
        raise SystemExit(f"the detector has {len(written):,} bytes, more than {LARGEST_BYTES:,}")
    digest = hashlib.sha256(written).hexdigest()
    manifest = {
        "name": "detector",
        "version": f"detector-{digest[:12]}",
        "licence": "Apache-2.0 AND MIT",
        "source": "training/README.md",
        "note": "MobileNetV2 of ImageNet (MIT) with heads that find garments: training/DETECTOR_CARD.md.",
        "role": "detector",
        "files": [{"role": "detector", "path": "detector.onnx", "sha256": digest, "size_bytes": len(written)}],
        "input": {
            "side": heads.side,
            "resize": "letterbox",
            "pad": list(detector_scenes.PAD),
            "mean": list(detector_features.MEAN),
            "deviation": list(detector_features.DEVIATION),
        },
        "output": "boxes-scores",
        "labels": detector_heads.CATEGORIES,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    write_threshold(folder, threshold, overlap)


def write_threshold(folder, threshold, overlap):
    """Sets the probability from which a garment is reported, and the overlap of boxes of one garment."""
    path = pathlib.Path(folder) / "manifest.json"
    manifest = json.loads(path.read_text()) | {"threshold": threshold, "overlap": overlap}
    path.write_text(json.dumps(manifest, indent=2) + "\n")
