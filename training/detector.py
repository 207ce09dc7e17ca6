#!/usr/bin/env python3
"""Trains the garment detector and writes its model folder. See README.md beside this file.

    ./dev python training/detector.py --photos DIR --products DIR DIR --backbone FILE --held DIR --out models/detector
"""

import argparse
import pathlib
import sys
import time

import cv2
import numpy as np
import torch

import data
import detector_cutouts
import detector_features
import detector_heads
import detector_loss
import detector_scenes

SCENES = 9_000
HELD_SCENES = 1_000
TUNING_SCENES = 400  # for the threshold, of the pictures that training knows
HELD_PRODUCTS = 1_992  # of the last folder of products, the same that sight.py leaves out with --holdout 1992
EPOCHS = 10
BATCH = 32
RATE = 1.5e-3
# The first seeds of the scenes for training, for measuring and for the threshold.
SEEDS = {"train": 1_000_000, "held": 2_000_000, "tuning": 3_000_000}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    folder = {"type": pathlib.Path, "metavar": "DIR"}
    parser.add_argument("--photos", **folder, required=True, help="photos in one folder per kind of garment")
    parser.add_argument("--products", **folder, nargs="+", required=True, help="folders with styles.csv and images/")
    parser.add_argument("--held", **folder, required=True, help="photos that are measured on, in the same form")
    parser.add_argument("--backbone", type=pathlib.Path, required=True, help="mobilenetv2_int8_static.onnx")
    parser.add_argument("--out", **folder, help="the model folder to write; without it, nothing is written")
    parser.add_argument("--work", **folder, default=pathlib.Path("build/training-detector"), help="what is stored")
    parser.add_argument("--scenes", type=int, default=SCENES)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def split_rows(given):
    """The rows of the images for training, and of those that are held out."""
    rows = data.rows_of(given.photos, given.products)
    of_last = [i for i, row in enumerate(rows) if row.source == "products" and given.products[-1] in row.path.parents]
    order = torch.randperm(len(of_last), generator=torch.Generator().manual_seed(7))
    held = set(torch.tensor(of_last)[order[:HELD_PRODUCTS]].tolist())
    train = [row for i, row in enumerate(rows) if i not in held]
    return train, [*data.rows_of(given.held), *(rows[i] for i in sorted(held))]


def read_pictures(given, log):
    """The pictures for training and those that are held out, cut once and stored."""
    given.work.mkdir(parents=True, exist_ok=True)
    train, held = split_rows(given)
    out = []
    for name, rows in (("train", train), ("held", held)):
        path = given.work / f"pictures-{name}.npz"
        if not path.exists():
            partial = path.with_suffix(".part")
            detector_cutouts.save(detector_cutouts.pictures_of(rows), partial)
            partial.replace(path)
        pictures = detector_cutouts.load(path)
        photos = sum(each.source == "photos" for each in pictures)
        log(f"{name}: {photos} photos and {len(pictures) - photos} products of {len(rows)} images have sure masks")
        out.append(detector_scenes.Pictures.of(pictures))
    return out


def read_scenes(given, pictures, backbone, name, count, log):
    """The stored maps of scenes, computed where they are missing."""
    store = detector_features.Store(given.work / f"scenes-{name}-{count}", count)
    store.fill(backbone, lambda row: detector_scenes.compose(pictures, SEEDS[name] + row, detector_features.SIDE), log)
    return store


def optimiser_of(heads, steps):
    groups = [
        {"params": [p for p in heads.parameters() if p.ndim > 1], "weight_decay": 0.05},
        {"params": [p for p in heads.parameters() if p.ndim < 2], "weight_decay": 0.0},
    ]
    optimiser = torch.optim.AdamW(groups, lr=RATE)
    return optimiser, torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps, pct_start=0.15)


def train(given, store, log):
    """Trains the heads. Continues after the last epoch that was completed."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.manual_seed(given.seed)
    heads = detector_heads.Heads()
    heads.standardise(store.take(np.arange(min(200, store.count)), "cpu")[0])
    heads = heads.to(device, memory_format=torch.channels_last)
    per_epoch = store.count // BATCH
    optimiser, schedule = optimiser_of(heads, given.epochs * per_epoch)
    checkpoint, first = given.work / f"heads-{given.seed}-{store.count}-{given.epochs}.pt", 0
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True, map_location=device)
        for name, part in (("heads", heads), ("optimiser", optimiser), ("schedule", schedule)):
            part.load_state_dict(state[name])
        first = state["epoch"]
    points = heads.points / heads.side
    for epoch in range(first, given.epochs):
        order = np.random.default_rng(1000 * given.seed + epoch).permutation(store.count)
        heads.train()
        begun, parts = time.monotonic(), np.zeros(3)
        for step in range(per_epoch):
            maps, boxes, kinds = store.take(np.sort(order[step * BATCH : (step + 1) * BATCH]), device)
            value, seen = detector_loss.loss(heads(*maps), points, boxes, kinds)
            optimiser.zero_grad()
            value.backward()
            torch.nn.utils.clip_grad_norm_(heads.parameters(), 5.0)
            optimiser.step()
            schedule.step()
            parts += seen
        parts /= per_epoch
        took = time.monotonic() - begun
        log(f"epoch {epoch + 1}/{given.epochs}: found {parts[0]:.3f}, placed {parts[1]:.3f}, named {parts[2]:.3f}, {took:.0f} s")
        partial = checkpoint.with_suffix(".part")
        state = {"heads": heads.state_dict(), "optimiser": optimiser.state_dict(), "schedule": schedule.state_dict()}
        torch.save(state | {"epoch": epoch + 1}, partial)
        partial.replace(checkpoint)
    return heads.cpu().eval()


def main():
    given = arguments()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)

    def log(text):
        print(text, flush=True)

    pictures, held = read_pictures(given, log)
    backbone = detector_features.Backbone(given.backbone)
    store = read_scenes(given, pictures, backbone, "train", given.scenes, log)
    heads = train(given, store, log)
    if given.out:
        import detector_export
        import detector_measure

        detector_export.write(given.backbone, heads, given.out)
        model = detector_measure.Model(given.out)
        tuning = [detector_scenes.compose(pictures, SEEDS["tuning"] + i, model.side) for i in range(TUNING_SCENES)]
        detector_export.write_threshold(given.out, *detector_measure.best_threshold(model, tuning))
        model = detector_measure.Model(given.out)
        scenes = [detector_scenes.compose(held, SEEDS["held"] + i, model.side) for i in range(HELD_SCENES)]
        detector_measure.report_scenes(model, scenes, log)


if __name__ == "__main__":
    sys.exit(main())
