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
  detector_boxes.onnx, detector_yolo.onnx, detector_detr.onnx
                    detectors of 16 cells of an image of 32 x 32 (4 rows of 4): the scores of a cell are the means of
                    its red, green and blue; its box is the cell and a tenth of a cell around it
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


def cells():
    """The boxes of the cells: left, top, right, bottom in fractions of the image."""
    return [(x / 4 - 0.025, y / 4 - 0.025, (x + 1) / 4 + 0.025, (y + 1) / 4 + 0.025) for y in range(4) for x in range(4)]


def detector_model(path, kind):
    """The means of the cells, as [1,16,3] or, for YOLO, as [1,3,16]; the boxes are constants."""
    centred = [((l + r) / 2, (t + b) / 2, r - l, b - t) for l, t, r, b in cells()]
    image = {"boxes-scores": "image", "yolo": "images", "detr": "pixel_values"}[kind]
    nodes = [
        helper.make_node("AveragePool", [image], ["pooled"], kernel_shape=[8, 8], strides=[8, 8]),
        helper.make_node("Reshape", ["pooled", "rows"], ["means"]),
    ]
    constants = [constant("rows", INT64, [1, 3, 16])]
    if kind == "yolo":
        values = [centred[n][i] * 32 for i in range(4) for n in range(16)]
        constants.append(helper.make_tensor("places", FLOAT, [1, 4, 16], values))
        nodes.append(helper.make_node("Concat", ["places", "means"], ["output0"], axis=1))
        outputs = [helper.make_tensor_value_info("output0", FLOAT, [1, 7, 16])]
    elif kind == "detr":
        constants += [helper.make_tensor("places", FLOAT, [1, 16, 4], [x for box in centred for x in box]),
                      constant("ten", FLOAT, [10.0]), helper.make_tensor("nothing", FLOAT, [1, 16, 1], [7.0] * 16)]
        nodes += [helper.make_node("Transpose", ["means"], ["scores"], perm=[0, 2, 1]),
                  helper.make_node("Mul", ["scores", "ten"], ["strong"]),
                  helper.make_node("Concat", ["strong", "nothing"], ["logits"], axis=2),
                  helper.make_node("Identity", ["places"], ["pred_boxes"])]
        outputs = [helper.make_tensor_value_info("logits", FLOAT, [1, 16, 4]),
                   helper.make_tensor_value_info("pred_boxes", FLOAT, [1, 16, 4])]
    else:
        constants.append(helper.make_tensor("places", FLOAT, [1, 16, 4], [x for box in cells() for x in box]))
        nodes += [helper.make_node("Transpose", ["means"], ["scores"], perm=[0, 2, 1]),
                  helper.make_node("Identity", ["places"], ["boxes"])]
        outputs = [helper.make_tensor_value_info("boxes", FLOAT, [1, 16, 4]),
                   helper.make_tensor_value_info("scores", FLOAT, [1, 16, 3])]
    write(path, nodes, [helper.make_tensor_value_info(image, FLOAT, [1, 3, 32, 32])], outputs, constants)


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
    detector_model(out / "detector_boxes.onnx", "boxes-scores")
    detector_model(out / "detector_yolo.onnx", "yolo")
    detector_model(out / "detector_detr.onnx", "detr")
    (out / "stamp").touch()


if __name__ == "__main__":
    main()
