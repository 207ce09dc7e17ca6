#!/usr/bin/env python3
"""Trains the second built-in embedder, "sight", and writes its model folder. See README.md beside this file.

    ./dev python training/sight.py --photos DIR --products DIR DIR --backbone FILE --out models/sight
"""

import argparse
import pathlib
import sys
import time

import torch
import torch.nn.functional as F

import data
import labels
import measure
import objective
import sight_features
import sight_heads

EPOCHS = 14
BATCH = 384
RATE = 1e-3
PHOTO_WEIGHT = 2.0  # how often a photo taken at home is used for each use of a product
INSTANCE_WEIGHT = 0.3
INSTANCE_TEMPERATURE = 0.1
INSTANCE_FEATURES = ("general", "colour", "type")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    folder = {"type": pathlib.Path, "metavar": "DIR"}
    parser.add_argument("--photos", **folder, required=True, help="photos in one folder per kind of garment")
    parser.add_argument("--products", **folder, nargs="+", required=True, help="folders with styles.csv and images/")
    parser.add_argument("--backbone", type=pathlib.Path, required=True, help="mobilenetv2_int8_static.onnx")
    parser.add_argument("--old", **folder, default=pathlib.Path("models/builtin"), help="the model builtin")
    parser.add_argument("--out", **folder, help="the model folder to write; without it, nothing is written")
    parser.add_argument("--work", **folder, default=pathlib.Path("build/training-sight"), help="features and checkpoints")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--holdout", type=int, default=0, metavar="N", help="measure on N products of the last folder")
    parser.add_argument("--leave", nargs="*", default=[], metavar="KIND", help="leave these kinds out of training")
    parser.add_argument("--measure", **folder, help="photos to measure on after training")
    return parser.parse_args()


class Views:
    """The stored features of several views of the same images: row i of each view is image i, where it has it."""

    def __init__(self, count):
        self.count = count
        self.stores, self.places = [], []

    def add(self, store, rows):
        """A view of the images `rows`, in the order of the store."""
        place = torch.full((self.count,), -1)
        place[rows] = torch.arange(len(rows))
        self.stores.append(store)
        self.places.append(place)

    def __len__(self):
        return len(self.stores)

    def take(self, rows, view):
        """The features, maps and palettes of images, each in the view of that number, or as it is where it lacks it."""
        places = torch.stack([place[rows] for place in self.places])
        view = torch.where(places.gather(0, view[None])[0] >= 0, view, 0)
        out = None
        for number, store in enumerate(self.stores):
            mine = (view == number).nonzero().flatten()
            parts = [store[name][places[number][mine]].float() for name in ("features", "map", "cells")]
            if out is None:
                out = [torch.zeros(len(rows), *part.shape[1:]) for part in parts]
            for whole, part in zip(out, parts, strict=True):
                whole[mine] = part
        return out


def read_views(given, rows, log):
    """Computes the features of all views, or reads those of an earlier call."""
    given.work.mkdir(parents=True, exist_ok=True)
    centres = sight_features.centres_of(rows, given.work, seed=0)
    networks = sight_features.Networks(str(given.backbone), str(given.old / "image.onnx"), centres)
    views = Views(len(rows))
    views.add(sight_features.plain_view(networks, rows, given.work, "plain"), torch.arange(len(rows)))
    log(f"{len(rows)} images as they are")
    photos = [i for i, row in enumerate(rows) if row.source == "photos"]
    for number, mine in ((1, range(len(rows))), (2, photos)):
        mine = torch.tensor(list(mine))
        mine = mine[torch.randperm(len(mine), generator=torch.Generator().manual_seed(number))]
        shown = [rows[i] for i in mine.tolist()]
        views.add(sight_features.varied_view(networks, shown, given.work, f"varied{number}", number), mine)
        log(f"{len(shown)} images varied")
    return networks, centres, views


def standardise(heads, views, rows):
    """Sets the means and deviations of the inputs, and the general features to the principal components of them."""
    taken = [views.take(rows, torch.full((len(rows),), view)) for view in range(len(views))]
    features, maps = torch.cat([one[0] for one in taken]), torch.cat([one[1][:800] for one in taken])
    heads.mean.copy_(features.mean(dim=0))
    heads.deviation.copy_(features.std(dim=0) + 0.05 * features.std(dim=0).mean())
    heads.map_mean.copy_(maps.mean(dim=(0, 2, 3)))
    heads.map_deviation.copy_(maps.std(dim=(0, 2, 3)) + 1e-3)
    z = heads.limited(features)
    _, strength, axes = torch.svd_lowrank(z, q=sight_heads.GENERAL + 16, niter=2)
    with torch.no_grad():
        strength = (strength[: sight_heads.GENERAL, None] / len(z) ** 0.5) ** 0.5
        heads.general.weight.copy_(axes.T[: sight_heads.GENERAL] / strength / 10)
        heads.general.bias.zero_()


def instance_loss(first, second):
    """Each image's two views must find each other among all images of the batch."""
    loss, own = 0, torch.arange(len(first["type"]))
    for name in INSTANCE_FEATURES:
        scores = first[name] @ second[name].T / INSTANCE_TEMPERATURE
        loss = loss + (F.cross_entropy(scores, own) + F.cross_entropy(scores.T, own)) / 2
    return loss / len(INSTANCE_FEATURES)


def optimiser_of(heads, steps):
    named = dict(heads.named_parameters())
    general = named.pop("general.weight")
    groups = [
        {"params": [p for p in named.values() if p.ndim > 1], "weight_decay": 0.1},
        {"params": [p for p in named.values() if p.ndim < 2], "weight_decay": 0.0},
        {"params": [general], "weight_decay": 0.0},
    ]
    optimiser = torch.optim.AdamW(groups, lr=RATE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, [RATE, RATE, RATE / 10], total_steps=steps, pct_start=0.1)
    return optimiser, schedule


def train(given, views, targets, weights, log):
    """Trains the heads on the images of a weight above 0. Continues after the last epoch that was completed."""
    torch.manual_seed(given.seed)
    heads = sight_heads.Heads()
    used = weights.nonzero().flatten()
    standardise(heads, views, used[torch.randperm(len(used))[:4000]])
    batch = min(BATCH, int(weights.sum()))
    per_epoch = int(weights.sum() // batch)
    optimiser, schedule = optimiser_of(heads, given.epochs * per_epoch)
    name = f"heads-{given.seed}-{given.epochs}-{given.holdout}-{'-'.join(given.leave)}.pt"
    checkpoint, first = given.work / name, 0
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        heads.load_state_dict(state["heads"])
        optimiser.load_state_dict(state["optimiser"]), schedule.load_state_dict(state["schedule"])
        first = state["epoch"]
    for epoch in range(first, given.epochs):
        generator = torch.Generator().manual_seed(1000 * given.seed + epoch)
        torch.manual_seed(1000 * given.seed + epoch)
        heads.train()
        begun, total = time.monotonic(), 0.0
        drawn = torch.multinomial(weights, per_epoch * batch, replacement=True, generator=generator)
        for rows in drawn.split(batch):
            view = torch.randint(len(views), (len(rows),), generator=generator)
            wanted = {head: values[rows] for head, values in targets.items()}
            features = heads(*views.take(rows, view))
            scores = heads.scores(features)
            others = heads(*views.take(rows, (view + 1) % len(views)))
            contrast = objective.contrast_loss(sight_heads.vector(features, scores), wanted)
            loss = objective.naming_loss(scores, wanted) + objective.CONTRAST_WEIGHT * contrast
            loss = loss + INSTANCE_WEIGHT * instance_loss(features, others)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(heads.parameters(), 5.0)
            optimiser.step()
            schedule.step()
            total += loss.item()
        log(f"epoch {epoch + 1}/{given.epochs}: loss {total / per_epoch:.3f}, {time.monotonic() - begun:.0f} s")
        partial = checkpoint.with_suffix(".part")
        parts = {"heads": heads, "optimiser": optimiser, "schedule": schedule}
        torch.save({name: part.state_dict() for name, part in parts.items()} | {"epoch": epoch + 1}, partial)
        partial.replace(checkpoint)
    return heads.eval()


@torch.no_grad()
def embed(heads, store):
    """The vectors of images of stored features."""
    out = []
    for rows in torch.arange(len(store["features"])).split(512):
        features = heads(*(store[name][rows].float() for name in ("features", "map", "cells")))
        out.append(sight_heads.vector(features, heads.scores(features)))
    return torch.cat(out)


def report(given, networks, heads, vectors, rows, targets, held, log):
    """Logs precision at 10: of other photos against the photos, and of the products that were held out."""
    if given.measure:
        others = data.rows_of(given.measure)
        found = embed(heads, sight_features.plain_view(networks, others, given.work, "measured"))
        kinds, known = data.targets_of(others)["kind"], torch.tensor([row.source == "photos" for row in rows])
        groups = {"photos": torch.ones(len(others), dtype=torch.bool)}
        for kind in given.leave:
            groups[f"photos of the kind {kind}"] = kinds == labels.index("kind", kind)
        for name, mine in groups.items():
            value = measure.precision_at_10(found[mine], kinds[mine], vectors[known], targets["kind"][known])
            log(f"{name}: {value:.3f}")
    if len(held) > 0:
        kinds, colours = targets["type"][held], targets["colour"][held]
        mine = vectors[held]
        for name, values in (("type", kinds), ("colour", colours), ("both", measure.pairs(kinds, colours))):
            log(f"held out, {name}: {measure.precision_at_10(mine, values, mine, values, leave_one_out=True):.3f}")


def main():
    given = arguments()
    torch.set_num_threads(1)  # small operators are faster on one thread than when they wait for a second one

    def log(text):
        print(text, flush=True)

    rows = data.rows_of(given.photos, given.products)
    networks, centres, views = read_views(given, rows, log)
    targets = data.targets_of(rows)
    weights = torch.tensor([PHOTO_WEIGHT if row.source == "photos" else 1.0 for row in rows])
    of_last = [i for i, row in enumerate(rows) if row.source == "products" and given.products[-1] in row.path.parents]
    order = torch.randperm(len(of_last), generator=torch.Generator().manual_seed(7))
    held = torch.tensor(of_last)[order[: given.holdout]]
    weights[held] = 0
    for kind in given.leave:
        weights[targets["kind"] == labels.index("kind", kind)] = 0
    heads = train(given, views, targets, weights, log)
    vectors = embed(heads, views.stores[0])
    report(given, networks, heads, vectors, rows, targets, held, log)
    if given.out:
        import sight_export

        sight_export.write(given, heads, centres, vectors, rows, targets, views.stores[0], log)


if __name__ == "__main__":
    sys.exit(main())
