"""A detector of garments that takes bright cells of a photo for garments, so that tests know what it finds."""

import hashlib
import io
import json
import pathlib

from onnx import TensorProto, checker, helper, save
from PIL import Image

SIDE = 32
CELLS = 4  # in a row and in a column
LABELS = ["tops", "bottoms", "shoes"]  # by the channel that is the brightest: red, green, blue
CELL = (192, 256)  # pixels of a cell of a scene


def box(column, row):
    return [column / CELLS, row / CELLS, (column + 1) / CELLS, (row + 1) / CELLS]


def write_model(path):
    """image [1,3,32,32], from 0 to 1 -> boxes [1,16,4]: the cells; scores [1,16,3]: the means of their channels."""
    places = [side for row in range(CELLS) for column in range(CELLS) for side in box(column, row)]
    nodes = [
        helper.make_node("AveragePool", ["image"], ["pooled"], kernel_shape=[SIDE // CELLS] * 2, strides=[SIDE // CELLS] * 2),
        helper.make_node("Reshape", ["pooled", "rows"], ["means"]),
        helper.make_node("Transpose", ["means"], ["scores"], perm=[0, 2, 1]),
        helper.make_node("Identity", ["places"], ["boxes"]),
    ]
    graph = helper.make_graph(
        nodes, "cells", [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, SIDE, SIDE])],
        [helper.make_tensor_value_info("boxes", TensorProto.FLOAT, [1, CELLS ** 2, 4]),
         helper.make_tensor_value_info("scores", TensorProto.FLOAT, [1, CELLS ** 2, 3])],
        [helper.make_tensor("places", TensorProto.FLOAT, [1, CELLS ** 2, 4], places),
         helper.make_tensor("rows", TensorProto.INT64, [3], [1, 3, CELLS ** 2])])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    checker.check_model(model)
    save(model, str(path))


def make_folder(data, **changes):
    """Makes the folder of the detector among the models of a server whose folder is `data`."""
    folder = pathlib.Path(data) / "storage" / "models" / "detector"
    folder.mkdir(parents=True)
    write_model(folder / "cells.onnx")
    content = (folder / "cells.onnx").read_bytes()
    manifest = {
        "role": "detector", "name": "detector", "version": "1", "licence": "Apache-2.0",
        "source": "https://example.com/cells",
        "files": [{"role": "detector", "path": "cells.onnx", "sha256": hashlib.sha256(content).hexdigest(),
                   "size_bytes": len(content)}],
        "input": {"side": SIDE, "resize": "stretch", "mean": [0, 0, 0], "deviation": [1, 1, 1]},
        "output": "boxes-scores", "labels": LABELS, "threshold": 0.4, "overlap": 0.5,
    } | changes
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def scene(pictures, **options):
    """A black photo with a picture in each of the cells (column, row): a file's bytes or a colour."""
    width, height = CELL
    photo = Image.new("RGB", (width * CELLS, height * CELLS))
    for (column, row), picture in pictures.items():
        part = (Image.open(io.BytesIO(picture)).convert("RGB").resize(CELL, Image.BICUBIC)
                if isinstance(picture, bytes) else Image.new("RGB", CELL, picture))
        photo.paste(part, (column * width, row * height))
    out = io.BytesIO()
    photo.save(out, "JPEG", quality=95, **options)
    return out.getvalue()
