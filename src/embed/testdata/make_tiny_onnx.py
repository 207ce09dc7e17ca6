#!/usr/bin/env python3
"""Writes ONNX models so small that their outputs can be computed by hand.

    make_tiny_onnx.py OUT_DIR

  image.onnx        pixel_values [b,3,8,8] -> image_embeds [b,4]: the mean of each channel, and 1
  image_wide.onnx   image.onnx with a fifth number, so that its dimensions are not those of the manifest
  image_nan.onnx    the square root of image.onnx's output: NaN where a mean is below 0
  image_zero.onnx   zeros
  text.onnx         input_ids, attention_mask [b,n] -> text_embeds [b,4]:
                    the sum of the ids, of the masked ids, of the mask, and 1
  text_fixed.onnx   text.onnx with n = 12
  properties.onnx   embedding [b,4] -> tone, size [b,2] each: the softmax of the first two numbers and of the last two
"""
import pathlib
import sys

from onnx import TensorProto, checker, helper, save

FLOAT, INT64 = TensorProto.FLOAT, TensorProto.INT64
OPSET = [helper.make_opsetid("", 13)]


def constant(name, kind, values):
    return helper.make_tensor(name, kind, [len(values)], values)


def write(path, nodes, inputs, outputs, constants):
    graph = helper.make_graph(nodes, path.stem, inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=OPSET, ir_version=8, producer_name="tiny")
    checker.check_model(model)
    save(model, str(path))


def image_model(path, width, last=None):
    nodes = [
        helper.make_node("GlobalAveragePool", ["pixel_values"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["means"]),
        helper.make_node("Slice", ["means", "zero", "one", "one"], ["first"]),
        helper.make_node("Mul", ["first", "none"], ["nothing"]),
        helper.make_node("Add", ["nothing", "unit"], ["ones"]),
        helper.make_node("Concat", ["means"] + ["ones"] * (width - 3), ["all"], axis=1),
        helper.make_node(last or "Identity", ["all"] + (["none"] if last == "Mul" else []), ["image_embeds"]),
    ]
    constants = [constant("zero", INT64, [0]), constant("one", INT64, [1]), constant("none", FLOAT, [0.0]),
                 constant("unit", FLOAT, [1.0])]
    write(path, nodes, [helper.make_tensor_value_info("pixel_values", FLOAT, ["batch", 3, 8, 8])],
          [helper.make_tensor_value_info("image_embeds", FLOAT, ["batch", width])], constants)


def text_model(path, length):
    nodes = [
        helper.make_node("Mul", ["input_ids", "attention_mask"], ["masked_ids"]),
        helper.make_node("ReduceSum", ["input_ids", "one"], ["ids"], keepdims=1),
        helper.make_node("ReduceSum", ["masked_ids", "one"], ["masked"], keepdims=1),
        helper.make_node("ReduceSum", ["attention_mask", "one"], ["count"], keepdims=1),
        helper.make_node("Equal", ["count", "count"], ["same"]),
        helper.make_node("Cast", ["same"], ["unit"], to=INT64),
        helper.make_node("Concat", ["ids", "masked", "count", "unit"], ["numbers"], axis=1),
        helper.make_node("Cast", ["numbers"], ["text_embeds"], to=FLOAT),
    ]
    write(path, nodes,
          [helper.make_tensor_value_info(name, INT64, ["batch", length]) for name in ("input_ids", "attention_mask")],
          [helper.make_tensor_value_info("text_embeds", FLOAT, ["batch", 4])], [constant("one", INT64, [1])])


def property_model(path):
    nodes = [
        helper.make_node("Split", ["embedding"], ["first", "last"], axis=1),
        helper.make_node("Softmax", ["first"], ["tone"], axis=1),
        helper.make_node("Softmax", ["last"], ["size"], axis=1),
    ]
    outputs = [helper.make_tensor_value_info(name, FLOAT, ["batch", 2]) for name in ("tone", "size")]
    write(path, nodes, [helper.make_tensor_value_info("embedding", FLOAT, ["batch", 4])], outputs, [])


def main():
    out = pathlib.Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    image_model(out / "image.onnx", 4)
    image_model(out / "image_wide.onnx", 5)
    image_model(out / "image_nan.onnx", 4, "Sqrt")
    image_model(out / "image_zero.onnx", 4, "Mul")
    text_model(out / "text.onnx", "length")
    text_model(out / "text_fixed.onnx", 12)
    property_model(out / "properties.onnx")
    (out / "stamp").touch()


if __name__ == "__main__":
    main()
