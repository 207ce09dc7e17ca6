#!/usr/bin/env python3
"""Measures searches by the garments that `fit` finds in composed scenes, against searches by the same garments cut out.

    ./dev python training/detector_search.py draw --work build/training-detector --out build/detector-scenes
    ./dev shell python3 training/detector_search.py ask --out build/detector-scenes
    ./dev shell python3 training/detector_search.py kinds --out build/detector-scenes --photos DIR --catalogue DIR

`draw` writes a catalogue of the pictures that training held out, scenes of two to six of them, and each garment of the
scenes alone on white: what is visible of it in the scene, and the whole of it. `ask` imports the catalogue and searches
it by photos of the scenes with the box that the program finds for a garment, and by the garments alone. A garment is found when the picture that it
is of is among the first ten results. `kinds` searches a catalogue of photos in one folder per kind by other such photos,
as a whole and by their most prominent garment, and prints the share of results of the right kind.
"""

import argparse
import contextlib
import csv
import json
import pathlib
import sys
import tempfile

SCENES = 150
SIDE = 640  # pixels of a scene
SEED = 4_000_000  # of the first scene
LAYOUTS = ("scattered", "worn", "rail")
FIRST = 10  # results among which a garment is found
LEAST_OVERLAP = 0.5  # of the box of a garment that was found


def draw(given):
    """Writes the catalogue, the scenes and the garments alone."""
    import cv2
    import numpy as np

    import detector_cutouts
    import detector_scenes

    read = detector_cutouts.load(given.work / "pictures-held.npz")
    pictures = detector_scenes.Pictures.of(read)
    for folder in ("items", "scenes", "whole", "visible"):
        (given.out / folder).mkdir(parents=True, exist_ok=True)
    with open(given.out / "items.csv", "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["external_id", "title", "image"])
        for each in read:
            cv2.imwrite(str(given.out / "items" / f"{each.name}.png"), each.pixels[..., :3])
            table.writerow([each.name, each.kind, f"items/{each.name}.png"])
    asked = []
    for number in range(SCENES):
        layout = LAYOUTS[number % len(LAYOUTS)]
        scene, layers = detector_scenes.compose_layers(pictures, SEED + number, SIDE, layout)
        if len(scene.names) < 2:
            continue
        cv2.imwrite(str(given.out / "scenes" / f"{number}.png"), scene.pixels[..., ::-1])
        for i, (layer, mask) in enumerate(layers):
            for folder, alpha in (("whole", layer[..., 3]), ("visible", mask)):
                left, top, right, bottom = detector_cutouts.box_of(alpha > 0.02)
                alone = (255 + (layer[..., :3] - 255) * alpha[..., None])[top:bottom, left:right]
                cv2.imwrite(str(given.out / folder / f"{number}-{i}.png"), np.clip(alone, 0, 255))
        asked.append({"scene": number, "layout": layout, "names": scene.names, "boxes": scene.boxes.tolist()})
    (given.out / "scenes.json").write_text(json.dumps(asked))


def overlap(a, b):
    """The intersection over union of two boxes."""
    shared = max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    area = sum((each[2] - each[0]) * (each[3] - each[1]) for each in (a, b))
    return shared / (area - shared)


@contextlib.contextmanager
def serving(table):
    """A server with the catalogue of a table."""
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests" / "api"))
    import fit_process

    with tempfile.TemporaryDirectory() as data:
        fit_process.run(pathlib.Path(data), "import", table.resolve(), EMBEDDING_PROVIDER="builtin")
        with fit_process.Server(pathlib.Path(data), EMBEDDING_PROVIDER="builtin") as server:
            yield server


def found_by(server, photo, **fields):
    """The identifiers of the first results of a search by photo."""
    answer = server.post("/api/v1/search", files={"image": photo}, data={"limit": str(FIRST), **fields})
    assert answer.status_code == 200, answer.text
    return [hit["external_id"] for hit in answer.json()["results"]]


def detected_boxes(server, photo):
    """The boxes of the garments that the program finds in a photo."""
    answer = server.post("/api/v1/detect", files={"image": photo})
    assert answer.status_code == 200, answer.text
    sides = ("left", "top", "right", "bottom")
    return [[garment["box"][side] for side in sides] for garment in answer.json()["garments"]]


def ask(given):
    """Prints how many garments of the scenes are found."""
    counts = {}
    with serving(given.out / "items.csv") as server:
        for each in json.loads((given.out / "scenes.json").read_text()):
            photo = (given.out / "scenes" / f"{each['scene']}.png").read_bytes()
            boxes = detected_boxes(server, photo)
            for i, (name, box) in enumerate(zip(each["names"], each["boxes"], strict=True)):
                best = max(boxes, key=lambda found, true=box: overlap(found, true), default=None)
                detected = best is not None and overlap(best, box) >= LEAST_OVERLAP
                by_box = detected and name in found_by(server, photo, box=",".join(map(str, best)))
                by_true_box = name in found_by(server, photo, box=",".join(map(str, box)))
                alone = [(given.out / folder / f"{each['scene']}-{i}.png").read_bytes() for folder in ("visible", "whole")]
                found = (True, detected, by_box, by_true_box, *(name in found_by(server, part) for part in alone))
                for group in ("all", each["layout"]):
                    counts[group] = [a + b for a, b in zip(counts.get(group, [0] * len(found)), found, strict=True)]
    for group, (count, detected, by_box, by_true_box, visible, whole) in counts.items():
        print(
            f"{group}: {count} garments, {detected / count:.3f} detected; recall@{FIRST} by the detected garment "
            f"{by_box / count:.3f}, by its true box {by_true_box / count:.3f}, by what is visible of it alone "
            f"{visible / count:.3f}, by the whole garment alone {whole / count:.3f}"
        )


def kinds(given):
    """Prints the share of first results of the right kind, by whole photos and by their garments."""
    given.out.mkdir(parents=True, exist_ok=True)
    with open(given.out / "photos.csv", "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["external_id", "title", "image"])
        for path in sorted(given.catalogue.resolve().glob("*/*.jpg")):
            table.writerow([f"{path.parent.name}/{path.name}", "photo", path])
    photos = sorted(given.photos.glob("*/*.jpg"))
    with serving(given.out / "photos.csv") as server:
        for name, fields in (("whole photos", {}), ("their garments", {"detect": "auto"})):
            right = 0
            for path in photos:
                found = found_by(server, path.read_bytes(), **fields)
                right += sum(each.split("/")[0] == path.parent.name for each in found)
            print(f"{name}: {right / FIRST / len(photos):.3f} of the first {FIRST} results are of the kind of {len(photos)} photos")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("draw", "ask", "kinds"))
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("build/training-detector"), help="of detector.py")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="the folder of the catalogue and the scenes")
    parser.add_argument("--photos", type=pathlib.Path, help="the photos to search by")
    parser.add_argument("--catalogue", type=pathlib.Path, help="the photos to find")
    given = parser.parse_args()
    {"draw": draw, "ask": ask, "kinds": kinds}[given.command](given)


if __name__ == "__main__":
    sys.exit(main())
