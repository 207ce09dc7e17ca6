"""The frozen half of the detector: maps of a MobileNetV2 that was trained on ImageNet, in eight bits.

The maps of all scenes are computed once and stored, so that training the heads takes minutes on two cores. The graph of
the product (detector_export.py) is cut from the same file at the same tensors.
"""

import cv2
import numpy as np
import torch

import detector_scenes
import sight_features

SIDE = 256  # pixels of an input of the model
MOST_BOXES = detector_scenes.MOST + 2  # of a stored scene
# The maps with 1/8, 1/16 and 1/32 of the side, and their channels.
TENSORS = (
    "/features/features.6/Add_output_0",
    "/features/features.13/Add_output_0",
    "/features/features.17/conv/conv.2/Conv_output_0",
)
CHANNELS = (32, 96, 320)
STRIDES = (8, 16, 32)
MEAN, DEVIATION = sight_features.BACKBONE_MEAN, sight_features.BACKBONE_STD
CHUNK = 16  # scenes that go through the network together


class Backbone:
    """The network of the file, which gives maps."""

    def __init__(self, path, side=SIDE):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        model = sight_features.cut(str(path), TENSORS, side)
        self._session = onnxruntime.InferenceSession(model.SerializeToString(), options, ["CPUExecutionProvider"])

    def maps(self, pixels):
        """The maps of pictures of uint8, [N, SIDE, SIDE, 3], red first: a list of float16 [N, channels, side, side]."""
        values = (pixels.astype(np.float32) / 255 - MEAN) / np.array(DEVIATION)
        values = np.ascontiguousarray(values.transpose(0, 3, 1, 2), np.float32)
        return [each.astype(np.float16) for each in self._session.run(None, {self._session.get_inputs()[0].name: values})]


class Store:
    """The maps, boxes and kinds of scenes, in files of a folder, which are as long as the scenes that are done."""

    def __init__(self, folder, count, side=SIDE):
        folder.mkdir(parents=True, exist_ok=True)
        self._done = folder / "done"

        def array(name, shape, dtype):
            path = folder / f"{name}.raw"
            mode = "r+" if path.exists() else "w+"
            return np.memmap(path, dtype, mode, shape=(count, *shape))

        sides = [side // stride for stride in STRIDES]
        self.maps = [
            array(f"map{stride}", (channels, each, each), np.float16)
            for stride, channels, each in zip(STRIDES, CHANNELS, sides, strict=True)
        ]
        self.boxes = array("boxes", (MOST_BOXES, 4), np.float32)
        self.kinds = array("kinds", (MOST_BOXES,), np.int64)  # -1 for no garment
        self.count = count

    def fill(self, backbone, scene_of, log):
        """Computes what is missing. `scene_of` maps a number to a scene."""
        first = int(self._done.read_text()) if self._done.exists() else 0
        for start in range(first, self.count, CHUNK):
            rows = range(start, min(start + CHUNK, self.count))
            scenes = [scene_of(row) for row in rows]
            for whole, part in zip(self.maps, backbone.maps(np.stack([each.pixels for each in scenes])), strict=True):
                whole[rows.start : rows.stop] = part
            for row, scene in zip(rows, scenes, strict=True):
                kinds = [detector_scenes.KINDS.index(kind) for kind in scene.kinds][:MOST_BOXES]
                self.kinds[row] = -1
                self.kinds[row, : len(kinds)] = kinds
                self.boxes[row, : len(kinds)] = scene.boxes[: len(kinds)]
            if start // CHUNK % 16 == 15 or rows.stop == self.count:
                for each in (*self.maps, self.boxes, self.kinds):
                    each.flush()
                self._done.write_text(str(rows.stop))
                log(f"{rows.stop}/{self.count} scenes")

    def take(self, rows, device):
        """The maps, boxes and kinds of scenes."""
        maps = [torch.from_numpy(each[rows]).to(device).float() for each in self.maps]
        return maps, torch.from_numpy(self.boxes[rows]).to(device), torch.from_numpy(self.kinds[rows]).to(device)


def read_pixels(path, side=SIDE):
    """A picture's file as an input of the model, with the function that maps boxes in it to fractions of the picture."""
    pixels = cv2.imread(str(path))[..., ::-1]
    height, width = pixels.shape[:2]
    square, left, top = detector_scenes.letterboxed(np.ascontiguousarray(pixels), side)
    size = np.array([width, height, width, height]) * side / max(width, height)

    def in_picture(boxes):
        return np.clip((boxes * side - (left, top, left, top)) / size, 0, 1)

    return square, in_picture
