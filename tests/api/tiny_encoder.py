"""An image encoder of few bytes: the vector of an image is its colours in a grid of four by four fields."""

import hashlib
import json
import pathlib

from onnx import TensorProto, checker, helper, save

SIDE = 32
GRID = 4
DIMENSIONS = 3 * GRID * GRID


def write_model(path):
    """pixels [b,3,32,32], from 0 to 1 -> vector [b,48], from -0.5 to 0.5."""
    field = SIDE // GRID
    nodes = [
        helper.make_node("AveragePool", ["pixels"], ["fields"], kernel_shape=[field, field], strides=[field, field]),
        helper.make_node("Flatten", ["fields"], ["flat"]),
        helper.make_node("Sub", ["flat", "middle"], ["vector"]),
    ]
    graph = helper.make_graph(
        nodes, "colours", [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["batch", 3, SIDE, SIDE])],
        [helper.make_tensor_value_info("vector", TensorProto.FLOAT, ["batch", DIMENSIONS])],
        [helper.make_tensor("middle", TensorProto.FLOAT, [], [0.5])])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    checker.check_model(model)
    save(model, str(path))


def make_folder(folder):
    """Makes the model folder `folder`, whose name is the model's and the space's."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True)
    write_model(folder / "image.onnx")
    content = (folder / "image.onnx").read_bytes()
    (folder / "manifest.json").write_text(json.dumps({
        "name": folder.name, "space": folder.name, "version": "1", "licence": "Apache-2.0",
        "source": "https://example.com/colours", "dimensions": DIMENSIONS,
        "files": [{"role": "image_model", "path": "image.onnx", "sha256": hashlib.sha256(content).hexdigest(),
                   "size_bytes": len(content)}],
        "image": {"input": "pixels", "output": "vector", "size": SIDE, "resize": "stretch", "interpolation": "bicubic",
                  "layout": "nchw", "mean": [0, 0, 0], "std": [1, 1, 1]},
    }))
    return folder
