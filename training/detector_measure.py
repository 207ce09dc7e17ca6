#!/usr/bin/env python3
"""Measures a detector's model folder on photos with boxes drawn by hand, and for detector.py on composed scenes.

    ./dev python training/detector_measure.py models/detector --photos ../shared/data/photos/validation
"""

import argparse
import json
import pathlib
import time

import numpy as np

import detector_features
import detector_heads
import detector_loss
import labels

LEAST_OVERLAP = 0.5  # of a box that counts as found
LEAST_SCORE = 0.02  # of the boxes from which precision is measured
BOXES = pathlib.Path(__file__).parent / "detector_boxes.json"


def overlaps(a, b):
    """The intersections over unions of boxes [n, 4] and [m, 4]."""
    import torch

    a, b = (torch.as_tensor(np.asarray(each, np.float32).reshape(-1, 4)) for each in (a, b))
    return detector_loss.overlaps(a[:, None], b[None])[0].numpy()


class Model:
    """A model folder, run as the program runs it."""

    def __init__(self, folder):
        import onnxruntime

        folder = pathlib.Path(folder)
        self.manifest = json.loads((folder / "manifest.json").read_text())
        self.side, self.labels = self.manifest["input"]["side"], self.manifest["labels"]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        path = str(folder / self.manifest["files"][0]["path"])
        self._session = onnxruntime.InferenceSession(path, options, ["CPUExecutionProvider"])

    def run(self, pixels, threshold=None, overlap=None):
        """The boxes [n, 4], probabilities [n] and categories [n] in a square picture, the most probable first."""
        given = self.manifest["input"]
        values = (pixels.astype(np.float32) / 255 - given["mean"]) / np.array(given["deviation"])
        values = np.ascontiguousarray(values.transpose(2, 0, 1)[None], np.float32)
        boxes, scores = (each[0] for each in self._session.run(["boxes", "scores"], {"image": values}))
        return kept(boxes, scores, threshold or self.manifest["threshold"], overlap or self.manifest["overlap"])

    def of_photo(self, path):
        """As run(), in fractions of a photo."""
        square, in_picture = detector_features.read_pixels(path, self.side)
        boxes, scores, names = self.run(square)
        return in_picture(boxes), scores, names

    def milliseconds(self, runs=100):
        """The least and the median time of a run on one core."""
        values = np.random.default_rng(0).normal(size=(1, 3, self.side, self.side)).astype(np.float32)
        took = []
        for _ in range(runs):
            begun = time.perf_counter()
            self._session.run(None, {"image": values})
            took.append((time.perf_counter() - begun) * 1000)
        return min(took), float(np.median(took))


def kept(boxes, scores, threshold, overlap):
    """The boxes from a threshold on, without those that overlap with a more probable one, whatever its category."""
    names, best = scores.argmax(axis=1), scores.max(axis=1)
    order = np.argsort(-best, kind="stable")
    order = order[best[order] >= threshold]
    shared, out = overlaps(boxes[order], boxes[order]), []
    for i in range(len(order)):
        if all(shared[i, j] <= overlap for j in out):
            out.append(i)
    mine = order[out]
    return boxes[mine], best[mine], names[mine]


def average_precision(hits, scores, count):
    """The area below the curve of precision over recall."""
    if count == 0 or len(hits) == 0:
        return 0.0
    right = np.cumsum(np.asarray(hits)[np.argsort(-np.asarray(scores), kind="stable")])
    precision = right / np.arange(1, len(right) + 1)
    best = np.maximum.accumulate(precision[::-1])[::-1]
    return float((best * np.diff(right, prepend=0)).sum() / count)


def matched(found, scene, categories):
    """For each found box whether it is the best of a garment: (any category, the right category)."""
    boxes, _, names = found
    shared = overlaps(boxes, scene.boxes)
    out = []
    for fits in (np.ones(shared.shape, bool), np.asarray(names)[:, None] == categories[None]):
        free, hits = np.ones(len(scene.boxes), bool), []
        for i in range(len(boxes)):
            merit = np.where(free & fits[i], shared[i], 0) if len(free) else np.zeros(0)
            hit = len(merit) > 0 and merit.max() >= LEAST_OVERLAP
            if hit:
                free[merit.argmax()] = False
            hits.append(hit)
        out.append(np.array(hits, bool))
    return out


def categories_of(scene, names):
    return np.array([names.index(labels.KINDS[kind]) for kind in scene.kinds], int)


def precisions(model, scenes):
    """Mean average precision at an overlap of 0.5: of garments, and over the categories, with that of each."""
    hits, right, scores, names, true = [], [], [], [], []
    for scene in scenes:
        mine = categories_of(scene, model.labels)
        found = model.run(scene.pixels, LEAST_SCORE)
        any_hits, right_hits = matched(found, scene, mine)
        hits.append(any_hits), right.append(right_hits), scores.append(found[1]), names.append(found[2]), true.append(mine)
    hits, right, scores, names, true = (np.concatenate(each) for each in (hits, right, scores, names, true))
    of_each = {}
    for number, name in enumerate(model.labels):
        if (true == number).any():
            mine = names == number
            of_each[name] = average_precision(right[mine], scores[mine], (true == number).sum())
    return average_precision(hits, scores, len(true)), float(np.mean(list(of_each.values()))), of_each


def best_threshold(model, scenes):
    """The threshold and the overlap with the best F1 of garments, whatever their category."""
    best = (0.0, 0.4, 0.5)
    for overlap in (0.4, 0.5, 0.6, 0.7):
        hits, scores, count = [], [], 0
        for scene in scenes:
            found = model.run(scene.pixels, LEAST_SCORE, overlap)
            hits.append(matched(found, scene, categories_of(scene, model.labels))[0])
            scores.append(found[1])
            count += len(scene.boxes)
        hits, scores = np.concatenate(hits), np.concatenate(scores)
        for threshold in np.arange(0.15, 0.7, 0.05).round(2).tolist():
            over = scores >= threshold
            f1 = 2 * hits[over].sum() / max(1, over.sum() + count)
            best = max(best, (float(f1), threshold, overlap))
    return best[1:]


def report_scenes(model, scenes, log):
    """Logs the precision on scenes, in all, by their number of garments and by their layout."""
    whole, by_category, of_each = precisions(model, scenes)
    log(f"{len(scenes)} scenes: garments {whole:.3f}, by category {by_category:.3f}")
    log("; ".join(f"{name} {value:.3f}" for name, value in of_each.items()))
    groups = [(f"{n} garments", [each for each in scenes if len(each.boxes) == n]) for n in range(1, 7)]
    groups += [(name, [each for each in scenes if each.layout == name]) for name in sorted({each.layout for each in scenes})]
    for name, mine in groups:
        if sum(len(each.boxes) for each in mine):
            log(f"{name} ({len(mine)} scenes): garments {precisions(model, mine)[0]:.3f}, by category {precisions(model, mine)[1]:.3f}")


def report_photos(model, photos, log):
    """Logs how well the most prominent box of each photo fits that which was drawn by hand (detector_boxes.json)."""
    drawn, fits, right = json.loads(BOXES.read_text()), [], []
    files = {path.name: path for path in pathlib.Path(photos).glob("*/*")}
    for name, box in drawn["boxes"].items():
        boxes, scores, names = model.of_photo(files[name])
        if len(boxes) == 0:
            fits.append(0.0), right.append(False)
            continue
        first = prominence(boxes, scores).argmax()
        fits.append(float(overlaps(boxes[first], box)[0, 0]))
        right.append(model.labels[names[first]] == labels.KINDS[files[name].parent.name])
    fits = np.array(fits)
    log(
        f"{len(fits)} photos: mean overlap {fits.mean():.3f}, at least 0.6 {(fits >= 0.6).mean():.2f}, "
        f"category {np.mean(right):.2f}, nothing found {(fits == 0).sum()}"
    )


def prominence(boxes, scores):
    """How prominent garments are, as src/embed/detector.cc orders them."""
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2 - 0.5
    area = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    return scores * np.sqrt(area) * (1 - 0.5 * np.linalg.norm(middle, axis=1) / 0.5**0.5)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path, help="the model folder")
    parser.add_argument("--photos", type=pathlib.Path, required=True, help="the photos of detector_boxes.json")
    chosen = parser.parse_args()
    of_folder = Model(chosen.model)
    assert of_folder.labels == detector_heads.CATEGORIES
    report_photos(of_folder, chosen.photos, print)
    print("milliseconds, least and median: {:.1f} {:.1f}".format(*of_folder.milliseconds()))
