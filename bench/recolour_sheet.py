#!/usr/bin/env python3
"""Writes a page with photos taken at home and what `GET /images/{id}/recolor` makes of them, or why it refuses:

    ./dev build fit && ./dev shell python3 bench/recolour_sheet.py sheet.html

Two photos of each kind in ../shared/data/photos/validation, the fourth and the fifth by name.
"""
import base64
import html
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
FIT = os.environ.get("FIT_BINARY", ROOT / "build" / "release" / "src" / "main" / "fit")
PHOTOS = ROOT.parent / "shared" / "data" / "photos" / "validation"
COLOURS = ("red", "navy", "olive")
STYLE = """body { font: 12px system-ui, sans-serif; margin: 8px; background: #fff; }
table { border-spacing: 4px; float: left; } td { width: 6.3rem; vertical-align: top; } td.why { width: 5rem; color: #666; }
img { max-width: 6.2rem; max-height: 6.6rem; display: block; }"""


class Server:
    """fit serve with an empty catalogue on a free port of this machine."""

    def __init__(self, folder):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{probe.getsockname()[1]}"
        settings = {"DATABASE_URL": f"sqlite:///{folder}/fit.db", "STORAGE_PATH": folder, "EMBEDDING_PROVIDER": "palette",
                    "APP_PORT": self.url.rsplit(":", 1)[1], "APP_HOST": "127.0.0.1", "LOG_LEVEL": "warning"}
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        self.process = subprocess.Popen([FIT, "serve"], env={**os.environ, **settings})

    def __enter__(self):
        while self.ask("/ready")[0] != 200:
            if self.process.poll() is not None:
                raise RuntimeError("the server has ended")
            time.sleep(0.2)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(60)

    def ask(self, path, body=None):
        """The status and the content of the response; 0 while nobody responds."""
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=content, headers={"Content-Type": "application/json"} if body else {})
        try:
            with self.opener.open(request, timeout=300) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()
        except OSError:
            return 0, b""


def cell(jpeg):
    return f'<td><img alt="" src="data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"></td>' if jpeg else "<td></td>"


def row_of(server, path):
    """A row of the sheet, and the reason why the photo is not recoloured; empty if it is."""
    image = {"image_base64": base64.b64encode(path.read_bytes()).decode()}
    status, made = server.ask("/api/v1/items", {"source": "sheet", "external_id": path.stem, "title": path.stem, "images": [image]})
    if status != 201:
        raise RuntimeError(f"{path}: {status} {made[:300]}")
    url = json.loads(made)["images"][0]["url"]
    cells, why = cell(server.ask(f"{url}/thumbnail")[1]), ""
    for colour in COLOURS:
        status, content = server.ask(f"{url}/recolor?to={colour}")
        if status != 200:
            why = json.loads(content)["detail"]
        cells += cell(content if status == 200 else b"")
    return f'<tr>{cells}<td class="why">{html.escape(why)}</td></tr>', why


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    paths = [path for folder in sorted(PHOTOS.iterdir()) for path in sorted(folder.glob("*.jpg"))[3:5]]
    with tempfile.TemporaryDirectory() as folder, Server(folder) as server:
        rows = [row_of(server, path) for path in paths]
    for path, (_, why) in zip(paths, rows):
        print(f"{path.parent.name:12} {path.stem}  {why or 'ok'}")
    print(f"{sum(not why for _, why in rows)} of {len(rows)} are recoloured")
    half = (len(rows) + 1) // 2
    tables = "".join(f"<table>{''.join(row for row, _ in part)}</table>" for part in (rows[:half], rows[half:]))
    pathlib.Path(sys.argv[1]).write_text(f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>Recolouring</title>\n<style>\n{STYLE}\n</style>\n{tables}\n')


main()
