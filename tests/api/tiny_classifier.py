"""A content filter that takes red images for objectionable, so that no test needs an objectionable image."""

import hashlib
import io
import json
import pathlib
import random

from onnx import TensorProto, checker, helper, save
from PIL import Image

SIDE = 16
CLASSES = ["neutral", "red"]


def write_model(path):
    """pixels [b,3,16,16], from 0 to 1 -> scores [b,2]: how much more red there is than other colours, at most 1."""
    nodes = [
        helper.make_node("GlobalAveragePool", ["pixels"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["means"]),
        helper.make_node("MatMul", ["means", "weights"], ["excess"]),
        helper.make_node("Clip", ["excess", "least", "most"], ["red"]),
        helper.make_node("Sub", ["most", "red"], ["neutral"]),
        helper.make_node("Concat", ["neutral", "red"], ["scores"], axis=1),
    ]
    graph = helper.make_graph(
        nodes, "red", [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["batch", 3, SIDE, SIDE])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["batch", 2])],
        [helper.make_tensor("weights", TensorProto.FLOAT, [3, 1], [2.0, -1.0, -1.0]),
         helper.make_tensor("least", TensorProto.FLOAT, [], [0.0]), helper.make_tensor("most", TensorProto.FLOAT, [], [1.0])])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    checker.check_model(model)
    save(model, str(path))


def make_folder(folder, **changes):
    """Makes the model folder `folder`, whose name is the model's."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True)
    write_model(folder / "red.onnx")
    content = (folder / "red.onnx").read_bytes()
    manifest = {
        "name": folder.name, "version": "1", "licence": "Apache-2.0", "source": "https://example.com/red",
        "files": [{"role": "content_filter", "path": "red.onnx", "sha256": hashlib.sha256(content).hexdigest(),
                   "size_bytes": len(content)}],
        "image": {"input": "pixels", "output": "scores", "size": SIDE, "resize": "stretch", "interpolation": "bicubic",
                  "layout": "nchw", "mean": [0, 0, 0], "std": [1, 1, 1]},
        "content_filter": {"classes": CLASSES},
    } | changes
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def picture(seed, red=False, size=(240, 300), form="JPEG", quality=92):
    """An image of blocks in shades of red or of grey. Those of different seeds look different."""
    chance = random.Random(seed)
    shades = [chance.randrange(20, 236) for _ in range(80)]
    blocks = Image.new("RGB", (8, 10))
    blocks.putdata([(255, shade // 6, shade // 6) if red else (shade, shade, shade) for shade in shades])
    out = io.BytesIO()
    blocks.resize(size, Image.BICUBIC).save(out, form, **({"quality": quality} if form != "PNG" else {}))
    return out.getvalue()
