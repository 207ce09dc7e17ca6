#!/usr/bin/env python3
"""Trains the built-in embedder and writes its model folder. See README.md beside this file.

    ./dev train --photos DIR --products DIR --drawn DIR --out models/builtin
"""

import argparse
import copy
import math
import pathlib
import time

import torch

import augment
import data
import export
import labels
import measure
import network
import objective
import words


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=pathlib.Path, help="a folder of photos in one folder per kind of garment")
    parser.add_argument("--products", type=pathlib.Path, help="a folder with styles.csv and images/")
    parser.add_argument("--drawn", type=pathlib.Path, help="a folder that `fit sample FOLDER` wrote")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("models/builtin"), help="the model folder to write")
    parser.add_argument("--epochs", type=int, default=36)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--rate", type=float, default=2e-3, help="the highest learning rate")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("build/training"), help="the folder for checkpoints")
    parser.add_argument("--resume", action="store_true", help="continue from the last checkpoint")
    parser.add_argument("--holdout", type=float, default=0, metavar="SHARE", help="hold out this share of the images and measure on them")
    given = parser.parse_args()
    if not (given.photos or given.products):
        parser.error("give --photos, --products or both")
    return given


# How often an image is used in an epoch, by its source: more often for photos, which are few and difficult, and
# less often for drawn garments, which are similar to each other.
TIMES_AN_EPOCH = {"photos": 1.6, "products": 1.0, "drawn": 0.5}

# Progressive image sizes (Tan and Le, 2021) as (fraction of the epochs, side): the first epochs cost a quarter.
SIDES = ((0.3, 64), (0.75, 96), (1.0, network.INPUT_SIDE))


def rounds(images, batch, generator):
    """The batches of row numbers of one epoch."""
    times = torch.tensor([TIMES_AN_EPOCH[name] for name in data.SOURCES])[images.source]
    order = []
    for extra in (times, times - 1):
        chosen = torch.rand(len(images), generator=generator) < extra
        rows = chosen.nonzero().flatten()
        order.append(rows[torch.randperm(len(rows), generator=generator)])
    order = torch.cat(order)
    order = order[torch.randperm(len(order), generator=generator)]
    return [part for part in order.split(batch) if len(part) == batch]


class Average:
    """The running mean of the weights, which generalises better than the last weights (Polyak and Juditsky, 1992)."""

    def __init__(self, model, keep=0.998):
        self.model, self.keep = copy.deepcopy(model).eval(), keep
        self.steps = 0

    @torch.no_grad()
    def update(self, model):
        self.steps += 1
        keep = min(self.keep, (1 + self.steps) / (10 + self.steps))
        for mine, theirs in zip(self.model.state_dict().values(), model.state_dict().values(), strict=True):
            if mine.is_floating_point():
                mine.lerp_(theirs, 1 - keep)
            else:
                mine.copy_(theirs)


@torch.no_grad()
def embed(model, heads, pixels, device):
    """The images' vectors, on the CPU."""
    model.eval()
    out = []
    for part in pixels.split(256):
        features = model(network.normalised(augment.plain(part, network.INPUT_SIDE)).to(device))
        out.append(network.vector(features, heads(features)).float().cpu())
    return torch.cat(out)


def report(model, heads, known, held, device, log):
    """Logs precision on the held-out images: photos against the training photos, products leave-one-out."""
    photos = held.source == data.SOURCES.index("photos")
    products = held.source == data.SOURCES.index("products")
    vectors = embed(model, heads, held.pixels, device)
    line = []
    if photos.any():
        against = known.source == data.SOURCES.index("photos")
        mine = embed(model, heads, known.pixels[against], device)
        value = measure.precision_at_10(vectors[photos], held.targets["kind"][photos], mine, known.targets["kind"][against])
        line.append(f"photos {value:.3f}")
    if products.any():
        kinds, colours = held.targets["type"][products], held.targets["colour"][products]
        for name, values in (("type", kinds), ("colour", colours), ("both", measure.pairs(kinds, colours))):
            value = measure.precision_at_10(vectors[products], values, vectors[products], values, leave_one_out=True)
            line.append(f"{name} {value:.3f}")
    log("held out: " + "  ".join(line))


def train(given, images, held, device, log):
    """Trains the network and the heads and returns their averaged weights, on the CPU."""
    torch.manual_seed(given.seed)
    generator = torch.Generator().manual_seed(given.seed)
    model, heads = network.Embedder().to(device, memory_format=torch.channels_last), network.Heads().to(device)
    decayed = [p for p in model.parameters() if p.ndim > 1]
    others = [p for p in (*model.parameters(), *heads.parameters()) if not any(p is q for q in decayed)]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.05}, {"params": others, "weight_decay": 0.0}], lr=given.rate
    )
    per_epoch = len(rounds(images, given.batch, torch.Generator().manual_seed(0)))
    steps = given.epochs * per_epoch
    warm = max(1, steps // 20)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda step: min(1, (step + 1) / warm) * 0.5 * (1 + math.cos(math.pi * min(1, max(0, step - warm) / max(1, steps - warm)))),
    )
    average = Average(model)
    checkpoint = given.work / "checkpoint.pt"
    first = 0
    if given.resume and checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        model.load_state_dict(state["model"]), heads.load_state_dict(state["heads"])
        average.model.load_state_dict(state["average"])
        average.steps = state["average_steps"]
        optimizer.load_state_dict(state["optimizer"]), schedule.load_state_dict(state["schedule"])
        generator.set_state(state["generator"])
        first = state["epoch"]
        log(f"continuing after epoch {first}")
    log(f"{sum(p.numel() for p in model.parameters()):,} weights; {given.epochs} epochs of {per_epoch} batches on {device}")

    for epoch in range(first, given.epochs):
        model.train()
        side = next(side for until, side in SIDES if (epoch + 0.5) / given.epochs <= until)
        begun, total = time.monotonic(), 0.0
        for rows in rounds(images, given.batch, generator):
            batch = data.take(images, rows)
            pixels = network.normalised(augment.augment(batch, side, generator))
            pixels = pixels.to(device, memory_format=torch.channels_last)
            targets = {head: values.to(device) for head, values in batch.targets.items()}
            with torch.autocast(device.type, dtype=torch.bfloat16):
                features = model(pixels)
            features = {name: value.float() for name, value in features.items()}
            value = objective.loss(features, heads(features), targets)
            optimizer.zero_grad(set_to_none=True)
            value.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimizer.step()
            schedule.step()
            average.update(model)
            total += value.item()
        seconds = time.monotonic() - begun
        log(f"epoch {epoch + 1}/{given.epochs} at {side} px: loss {total / per_epoch:.3f}, {per_epoch * given.batch / seconds:.0f} images/s")
        if held is not None and ((epoch + 1) % 5 == 0 or epoch + 1 == given.epochs):
            report(average.model, heads, images, held, device, log)
        partial = checkpoint.with_suffix(".part")
        torch.save(
            {
                "model": model.state_dict(), "heads": heads.state_dict(), "average": average.model.state_dict(),
                "average_steps": average.steps, "optimizer": optimizer.state_dict(), "schedule": schedule.state_dict(),
                "generator": generator.get_state(), "epoch": epoch + 1,
            },
            partial,
        )  # fmt: skip
        partial.replace(checkpoint)
    return average.model.to("cpu").eval(), heads.to("cpu").eval()


def main():
    given = arguments()
    given.work.mkdir(parents=True, exist_ok=True)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")

    def log(text):
        print(text, flush=True)

    images = data.read(given.photos, given.products, given.drawn, log)
    held = None
    if given.holdout > 0:
        order = torch.randperm(len(images), generator=torch.Generator().manual_seed(given.seed))
        count = int(len(images) * given.holdout)
        images, held = data.take(images, order[count:]), data.take(images, order[:count])
    model, heads = train(given, images, held, device, log)
    image_vectors = embed(model, heads, images.pixels, torch.device("cpu"))
    vocabulary, vectors = words.train(image_vectors, images, given.seed, log)
    export.write(given.out, model, heads, vocabulary, vectors, images, log)


if __name__ == "__main__":
    main()
