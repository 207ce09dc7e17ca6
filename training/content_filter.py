"""Makes the model folder of the content filter from the classifier of the npm package nsfwjs.

    content_filter_original.mjs unpack PACKAGE WORK   (node) writes the model of the package to the folder WORK
    content_filter.py convert WORK OUT                makes the model folder OUT, models/content-filter

The conversion is compared with the original, run by TensorFlow.js, on the same pixels:

    content_filter.py pixels PHOTOS WORK              reduces some photos of a folder to the size of the model
    content_filter_original.mjs run PACKAGE WORK      (node)
    content_filter.py compare WORK OUT

The package has a MobileNetV2 of Keras with weights in eight bits. Their bytes are taken over as they are: the ONNX
graph multiplies and shifts them as TensorFlow.js does, and ONNX Runtime does that once, when it loads the model.
CONTENT_FILTER_CARD.md describes the model.
"""

import argparse
import hashlib
import json
import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SIDE = 224
COMPARED = 20  # photos; the original takes seconds for each
CLASSES = ["drawing", "hentai", "neutral", "porn", "sexy"]  # in the order of the package's NSFW_CLASSES


class Weights:
    """The weights of the package by name, as bytes with a scale and a shift, or as floats."""

    def __init__(self, manifest, data):
        self.stored, offset = {}, 0
        for group in manifest:
            for entry in group["weights"]:
                count = int(np.prod(entry["shape"]))
                quantization = entry["quantization"]
                assert quantization["dtype"] == "uint8" and entry["dtype"] == "float32", entry
                values = np.frombuffer(data, np.uint8, count, offset).reshape(entry["shape"])
                self.stored[entry["name"]] = values, np.float32(quantization["scale"]), np.float32(quantization["min"])
                offset += count
        assert offset == len(data), (offset, len(data))

    def quantised(self, name):
        return self.stored[name]

    def floats(self, name):
        values, scale, least = self.stored[name]
        return values.astype(np.float32) * scale + least


class Graph:
    """An ONNX graph that grows by the layers of a Keras model. Tensors are nchw."""

    def __init__(self, weights):
        self.weights, self.nodes, self.constants = weights, [], []

    def constant(self, name, values):
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(self, kind, inputs, output, **attributes):
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def dequantised(self, name, order):
        """A kernel, with its axes in this order."""
        values, scale, least = self.weights.quantised(name)
        self.constant(f"{name}:bytes", values.transpose(order))
        self.node("Cast", [f"{name}:bytes"], f"{name}:wide", to=TensorProto.FLOAT)
        self.node("Mul", [f"{name}:wide", self.constant(f"{name}:scale", scale)], f"{name}:scaled")
        return self.node("Add", [f"{name}:scaled", self.constant(f"{name}:least", least)], name)

    def convolution(self, name, config, source, kernel, order, group):
        attributes = {"kernel_shape": config["kernel_size"], "strides": config["strides"], "group": group,
                      "auto_pad": {"same": "SAME_UPPER", "valid": "VALID"}[config["padding"]]}
        assert config["dilation_rate"] == [1, 1] and not config["use_bias"] and config["activation"] == "linear"
        return self.node("Conv", [source, self.dequantised(kernel, order)], name, **attributes)

    def activate(self, kind, source, name):
        if kind == "linear":
            return source
        return self.node({"relu": "Relu", "softmax": "Softmax"}[kind], [source], name)

    def add(self, kind, name, config, sources):
        source = sources[0]
        if kind == "ZeroPadding2D":
            (top, bottom), (left, right) = config["padding"]
            pads = self.constant(f"{name}:pads", np.array([0, 0, top, left, 0, 0, bottom, right], np.int64))
            return self.node("Pad", [source, pads], name)
        if kind == "Conv2D":
            return self.convolution(name, config, source, f"{name}/kernel", (3, 2, 0, 1), 1)
        if kind == "DepthwiseConv2D":
            assert config["depth_multiplier"] == 1
            kernel = f"{name}/depthwise_kernel"
            channels = self.weights.quantised(kernel)[0].shape[2]
            return self.convolution(name, config, source, kernel, (2, 3, 0, 1), channels)
        if kind == "BatchNormalization":
            parts = [self.constant(f"{name}:{part}", self.weights.floats(f"{name}/{part}"))
                     for part in ("gamma", "beta", "moving_mean", "moving_variance")]
            return self.node("BatchNormalization", [source, *parts], name, epsilon=config["epsilon"])
        if kind == "ReLU":
            assert config["negative_slope"] == config["threshold"] == 0
            bounds = [self.constant(f"{name}:{bound}", np.float32(value))
                      for bound, value in (("least", 0), ("most", config["max_value"]))]
            return self.node("Clip", [source, *bounds], name)
        if kind == "Add":
            return self.node("Add", sources, name)
        if kind == "AveragePooling2D":
            return self.node("AveragePool", [source], name, kernel_shape=config["pool_size"], strides=config["strides"])
        if kind == "Flatten":  # of one pixel: the order of the axes does not matter
            return self.node("Flatten", [source], name)
        if kind == "Dropout":
            return source
        if kind == "Dense":
            bias = self.constant(f"{name}:bias", self.weights.floats(f"{name}/bias"))
            sums = self.node("Gemm", [source, self.dequantised(f"{name}/kernel", (0, 1)), bias], f"{name}:sums")
            return self.activate(config["activation"], sums, name)
        raise ValueError(kind)


def graph_of(work):
    model = json.loads((work / "model.json").read_text())
    data = (work / "weights").read_bytes()
    graph = Graph(Weights(model["weightsManifest"], data))
    config = model["modelTopology"]["model_config"]["config"]
    tensors = {}
    for layer in config["layers"]:
        name = layer["name"]
        if layer["class_name"] == "InputLayer":
            assert layer["config"]["batch_input_shape"] == [None, SIDE, SIDE, 3]
            tensors[name] = "pixels"
            continue
        sources = [tensors[source] for source, *_ in layer["inbound_nodes"][0]]
        tensors[name] = graph.add(layer["class_name"], name, layer["config"], sources)
    graph.node("Identity", [tensors[config["output_layers"][0][0]]], "probabilities")
    made = helper.make_graph(
        graph.nodes, "content-filter",
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["batch", 3, SIDE, SIDE])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["batch", len(CLASSES)])], graph.constants)
    onnx_model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(onnx_model)
    return onnx_model


def convert(work, out):
    out.mkdir(parents=True, exist_ok=True)
    onnx.save(graph_of(work), str(out / "content.onnx"))
    content = (out / "content.onnx").read_bytes()
    version = json.loads((work / "package.json").read_text())["version"]
    manifest = {
        "name": "content-filter",
        "version": f"nsfwjs-{version}",
        "licence": "MIT",
        "source": "https://github.com/infinitered/nsfwjs",
        "note": "The MobileNetV2 of the npm package nsfwjs, converted by training/content_filter.py: training/CONTENT_FILTER_CARD.md.",
        "files": [{"role": "content_filter", "path": "content.onnx", "sha256": hashlib.sha256(content).hexdigest(),
                   "size_bytes": len(content)}],
        "image": {"input": "pixels", "output": "probabilities", "size": SIDE, "resize": "stretch", "interpolation": "bicubic",
                  "layout": "nchw", "mean": [0, 0, 0], "std": [1, 1, 1]},
        "content_filter": {"classes": CLASSES},
    }
    (out / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    print(f"{out / 'content.onnx'}: {len(content):,} bytes")


def pixels(photos, work):
    from PIL import Image
    paths = sorted(path for path in photos.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg", ".png"))
    paths = paths[::max(1, len(paths) // COMPARED)][:COMPARED]
    images = [np.asarray(Image.open(path).convert("RGB").resize((SIDE, SIDE), Image.BICUBIC)) for path in paths]
    (work / "pixels").write_bytes(np.stack(images).tobytes())
    print(f"{len(images)} images")


def compare(work, out):
    """Prints by how much the probabilities of the conversion differ from those of the original."""
    import onnxruntime
    images = np.frombuffer((work / "pixels").read_bytes(), np.uint8).reshape(-1, SIDE, SIDE, 3)
    expected = np.array(json.loads((work / "probabilities.json").read_text()))
    session = onnxruntime.InferenceSession(str(out / "content.onnx"), providers=["CPUExecutionProvider"])
    floats = images.transpose(0, 3, 1, 2).astype(np.float32) / 255
    ours = np.concatenate([session.run(None, {"pixels": floats[i:i + 1]})[0] for i in range(len(floats))])
    difference = np.abs(ours - expected)
    print(f"{len(images)} images: largest difference of a probability {difference.max():.2g}, mean {difference.mean():.2g}; "
          f"the same likeliest class for {(ours.argmax(1) == expected.argmax(1)).sum()}")


def main():
    tasks = {"convert": convert, "pixels": pixels, "compare": compare}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", choices=tasks)
    parser.add_argument("folders", type=pathlib.Path, nargs=2)
    arguments = parser.parse_args()
    tasks[arguments.task](*arguments.folders)


if __name__ == "__main__":
    main()
