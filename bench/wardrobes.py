#!/usr/bin/env python3
"""Outfits of real wardrobes, to be looked at: photos that one person has sent become that person's wardrobe, by a server with
the built-in model, which predicts what they show.

    ./dev shell python3 bench/wardrobes.py PHOTOS TO [--people N] [--least N]

PHOTOS has senders.csv (image, sender, label, kids) and the photos below it, IMAGE.jpg. Everybody with at least --least (20)
photos gets a wardrobe of at most 300 garments. TO gets a sheet for each person (NAME.png) with three outfits, index.html with
all of them, and wardrobes.json with the scores. The sheets are photos of other people's: look at their licence before you
show them.
"""
import argparse
import base64
import collections
import csv
import html
import importlib.machinery
import importlib.util
import json
import os
import pathlib
import subprocess
import tempfile

from PIL import Image, ImageDraw, ImageOps

CELL, TEXT = 200, 44


def bench():
    """bench/run as a module."""
    loader = importlib.machinery.SourceFileLoader("bench_run", str(pathlib.Path(__file__).with_name("run")))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("bench_run", loader))
    loader.exec_module(module)
    return module


def people_of(folder, least):
    """The photos of each sender with enough of them, without photos of clothes for children and without a file: the rows."""
    files = {path.stem: path for path in folder.rglob("*.jpg")}
    senders = collections.defaultdict(list)
    with open(folder / "senders.csv", newline="") as table:
        for row in csv.DictReader(table):
            if row["image"] in files and row["kids"] != "True":
                senders[row["sender"]].append((files[row["image"]], row["label"]))
    return {sender: rows[:300] for sender, rows in senders.items() if len(rows) >= least}


def cell(sheet, left, top, path, lines):
    with Image.open(path) as photo:
        sheet.paste(ImageOps.pad(ImageOps.exif_transpose(photo).convert("RGB"), (CELL, CELL), color="white"), (left, top))
    ImageDraw.Draw(sheet).multiline_text((left + 2, top + CELL), "\n".join(line[:32] for line in lines), fill="black")


def draw(path, title, outfits, photos):
    """A row of pieces for each outfit. `photos`: the file and the label of each garment by its id."""
    width = max([len(outfit["pieces"]) for outfit in outfits] + [3]) * (CELL + 8)
    sheet = Image.new("RGB", (width, 24 + max(1, len(outfits)) * (CELL + TEXT + 24)), "white")
    ImageDraw.Draw(sheet).text((4, 4), title, fill="black")
    for row, outfit in enumerate(outfits):
        top = 24 + row * (CELL + TEXT + 24)
        parts = ", ".join(f"{name} {value:+.2f}" for name, value in outfit["parts"].items() if value)
        ImageDraw.Draw(sheet).text((4, top), f"score {outfit['score']:.2f}: {parts}; without {', '.join(outfit['empty_slots']) or 'nothing'}",
                                   fill="black")
        for place, piece in enumerate(outfit["pieces"]):
            file, label = photos[piece["garment"]["id"]]
            seen = {name: one["value"] if isinstance(one, dict) else one for name, one in piece["garment"]["properties"].items()}
            lines = (f"{piece['slot']}: {piece['category']}", f"{seen.get('primary_color', '-')} {seen.get('pattern', '-')}", f"label: {label}")
            cell(sheet, place * (CELL + 8), top + 16, file, lines)
    sheet.save(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=pathlib.Path, metavar="PHOTOS")
    parser.add_argument("to", type=pathlib.Path, metavar="TO")
    parser.add_argument("--people", type=int, default=1000, help="how many people at most, those with the most photos")
    parser.add_argument("--least", type=int, default=20, help="the least number of photos of a person")
    options = parser.parse_args()
    run = bench()
    people = people_of(options.photos, options.least)
    chosen = sorted(people, key=lambda sender: (-len(people[sender]), int(sender)))[:options.people]
    options.to.mkdir(parents=True, exist_ok=True)
    run.WORK.mkdir(parents=True, exist_ok=True)
    report = []
    with tempfile.TemporaryDirectory() as storage:
        environment = {**os.environ, "DATABASE_URL": f"sqlite:///{storage}/fit.db", "STORAGE_PATH": storage, "EMBEDDING_PROVIDER": "builtin",
                       "RATE_LIMIT_SIGN_IN": "1000/second"}
        for sender in chosen:
            subprocess.run([run.FIT, "user", "create", f"sender{sender}@bench.example", "--role", "owner", "--password-stdin"],
                           env=environment, check=True, input=run.BENCH_PASSWORD.encode(), stderr=subprocess.DEVNULL)
        with run.Server(environment) as server:
            sessions, photos = {}, {}
            for sender in chosen:
                session = sessions[sender] = run.Session(server, f"sender{sender}@bench.example")
                for file, label in people[sender]:
                    made = session.call("POST", "/api/v1/wardrobe", {"name": file.stem,
                                                                     "image_base64": base64.b64encode(file.read_bytes()).decode()})
                    photos[made["id"]] = (file, label)
                run.log(f"person {sender}: {len(people[sender])} photos")
            run.wait_for_vectors(f"{storage}/fit.db", len({file.read_bytes() for file, _ in photos.values()}))
            for sender, session in sessions.items():
                session.connection.close()  # the server closes one that is idle; the next call opens another one
                garments = session.call("GET", "/api/v1/wardrobe?limit=300")["garments"]
                made = session.call("POST", "/api/v1/recommend", {"from": "wardrobe", "count": 3, "explain": True})
                slots = collections.Counter(garment["slot"] or "none" for garment in garments)
                title = f"person {sender}: {len(garments)} garments, {dict(slots)}"
                draw(options.to / f"{sender}.png", title, made["outfits"], photos)
                pieces = [[{"slot": piece["slot"], "category": piece["category"], "label": photos[piece["garment"]["id"]][1],
                            "photo": piece["garment"]["name"]} for piece in outfit["pieces"]] for outfit in made["outfits"]]
                report.append({"person": sender, "garments": len(garments), "slots": slots,
                               "outfits": [{"score": outfit["score"], "parts": outfit["parts"], "empty_slots": outfit["empty_slots"],
                                            "pieces": own} for outfit, own in zip(made["outfits"], pieces)]})
    (options.to / "wardrobes.json").write_text(json.dumps(report, indent=1))
    images = "\n".join(f'<p><img src="{html.escape(one["person"])}.png" alt="person {html.escape(one["person"])}"></p>' for one in report)
    (options.to / "index.html").write_text(f"<!doctype html><title>Outfits of real wardrobes</title>\n{images}\n")
    made = [outfit for one in report for outfit in one["outfits"]]
    print(f"{len(report)} people, {sum(one['garments'] for one in report)} garments, {len(made)} outfits")


if __name__ == "__main__":
    main()
