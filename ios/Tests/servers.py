#!/usr/bin/env python3
"""Two real servers for the tests of FindThisFitKit, and a file that says where they are. The open one has a detector that
takes bright parts of a photo for garments, the closed one that of the program.

usage: servers.py FILE   writes FILE when both servers are ready; they stop at the end of the standard input
"""
import contextlib
import http.client
import http.server
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import urllib.parse
import urllib.request

sys.dont_write_bytecode = True
CLONE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(CLONE / "tests/api"))
import fit_process  # noqa: E402
import tiny_detector  # noqa: E402
from PIL import Image  # noqa: E402

PHOTOS = CLONE.parent / "shared/data/photos"
PHOTOS_OF_A_CLASS = 6
QUICK_PHOTOS_OF_A_CLASS = 10
ITEMS = 60
KEY = "the-key-of-the-environment"
USER = {"email": "ann@fit.example", "password": "correct horse battery"}


def import_photos(data):
    """Imports some real photos of each class, where the folder with them is. Returns how many."""
    photos = [photo for folder in sorted((PHOTOS / "train").glob("*")) for photo in sorted(folder.glob("*.jpg"))[:PHOTOS_OF_A_CLASS]]
    if not photos:
        return 0
    folder = data / "photos"
    for photo in photos:
        (folder / photo.parent.name).mkdir(parents=True, exist_ok=True)
        (folder / photo.parent.name / photo.name).symlink_to(photo)
    fit_process.run(data, "import", folder, EMBEDDING_PROVIDER="builtin")
    return len(photos)


def quick_photos(folder):
    """Writes real photos that no server has, with a longest side of 512 pixels as the app sends them for Visual Intelligence.
    Returns their folder; None where the real photos are absent."""
    photos = [photo for one in sorted((PHOTOS / "train").glob("*"))
              for photo in sorted(one.glob("*.jpg"))[PHOTOS_OF_A_CLASS:PHOTOS_OF_A_CLASS + QUICK_PHOTOS_OF_A_CLASS]]
    if not photos:
        return None
    folder.mkdir()
    for number, photo in enumerate(photos):
        with Image.open(photo) as image:
            scale = 512 / max(image.size)
            drawn = image.convert("RGB").resize([max(1, round(side * scale)) for side in image.size], Image.Resampling.LANCZOS)
            drawn.save(folder / f"{number:03}.jpg", quality=80)
    return str(folder)


def pair_of(url, folder):
    """Writes a photo of two garments, the drawn images of a top and of trousers, and says where they are. The first is in
    the middle, so that it is the most prominent."""
    def read(path):
        with urllib.request.urlopen(url + path) as response:
            return response.read()
    found = []
    for category in ("tops", "bottoms"):
        filters = urllib.parse.quote(json.dumps({"source": "sample", "category": category}))
        found.append(json.loads(read(f"/api/v1/items?limit=1&filters={filters}"))["items"][0])
    cells = ((1, 1), (3, 3))
    photo = tiny_detector.scene({cell: read(item["images"][0]["url"]) for cell, item in zip(cells, found)})
    (folder / "pair.jpg").write_bytes(photo)
    return {"photo": str(folder / "pair.jpg"), "boxes": [tiny_detector.box(*cell) for cell in cells]}


def push_settings(file):
    """The settings of a server that reaches devices of Apple, with a key of its own. The service itself is away."""
    subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", file], check=True,
                   capture_output=True)
    return {"APNS_KEY_FILE": file, "APNS_KEY_ID": "ABC123DEFG", "APNS_TEAM_ID": "TEAM123456",
            "APNS_TOPIC": "org.findthisfit.app", "APNS_URL": "https://127.0.0.1:9"}


class Proxy(http.server.BaseHTTPRequestHandler):
    """Passes requests on to the server at `address`, and responses back without WWW-Authenticate. Foundation of Swift 6.0
    on Linux, and not that of Apple, ends the process when it reads "WWW-Authenticate: Bearer"."""

    protocol_version = "HTTP/1.1"
    address = ""

    def pass_on(self):
        server = http.client.HTTPConnection(self.address, timeout=60)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        server.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            server.putheader(name, value)
        server.endheaders(body)
        response = server.getresponse()
        content = response.read()
        self.send_response_only(response.status)
        for name, value in response.getheaders():
            if name.lower() not in ("www-authenticate", "connection", "transfer-encoding", "content-length"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        server.close()

    do_GET = do_POST = do_PATCH = do_DELETE = pass_on

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def behind_proxy(url):
    """The address of a proxy in front of the server."""
    handler = type("ProxyOfOne", (Proxy,), {"address": urllib.parse.urlsplit(url).netloc})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{proxy.server_port}"
        proxy.shutdown()


def main(file):
    with tempfile.TemporaryDirectory() as folder:
        opened, closed = pathlib.Path(folder) / "open", pathlib.Path(folder) / "closed"
        for data in (opened, closed):
            data.mkdir()
        tiny_detector.make_folder(opened)
        fit_process.run(opened, "sample", "--items", ITEMS, "--seed", 7, EMBEDDING_PROVIDER="builtin")
        photos = import_photos(opened)
        subprocess.run([fit_process.BINARY, "user", "create", USER["email"], "--role", "shopper", "--password-stdin"],
                       input=USER["password"] + "\n", env=fit_process.environment(closed), cwd=closed, text=True, check=True,
                       capture_output=True)
        fit_process.run(closed, "sample", "--items", ITEMS, "--seed", 7)
        with (fit_process.Server(opened, EMBEDDING_PROVIDER="builtin") as first,
              fit_process.Server(closed, API_KEY=KEY, RATE_LIMIT_SIGN_IN="1000/second",
                                 **push_settings(pathlib.Path(folder) / "key.p8")) as second,
              behind_proxy(second.url) as proxy):
            found = {"open": first.url, "closed": proxy, "key": KEY, "photos": photos,
                     "pair": pair_of(first.url, pathlib.Path(folder)),
                     "photo_folder": str(PHOTOS) if photos else None,
                     "quick_photo_folder": quick_photos(pathlib.Path(folder) / "quick") if "FIT_MEASURE" in os.environ else None} | USER
            unfinished = pathlib.Path(f"{file}.unfinished")
            unfinished.write_text(json.dumps(found))
            unfinished.rename(file)
            sys.stdin.read()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__.strip())
    main(sys.argv[1])
