#!/usr/bin/env python3
"""Two real servers for the tests of FindThisFitKit, and a file that says where they are.

usage: servers.py FILE   writes FILE when both servers are ready; they stop at the end of the standard input
"""
import contextlib
import http.client
import http.server
import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import urllib.parse

sys.dont_write_bytecode = True
CLONE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(CLONE / "tests/api"))
import fit_process  # noqa: E402

PHOTOS = CLONE.parent / "shared/data/photos"
PHOTOS_OF_A_CLASS = 6
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
        fit_process.run(opened, "sample", "--items", ITEMS, "--seed", 7, EMBEDDING_PROVIDER="builtin")
        photos = import_photos(opened)
        subprocess.run([fit_process.BINARY, "user", "create", USER["email"], "--role", "shopper", "--password-stdin"],
                       input=USER["password"] + "\n", env=fit_process.environment(closed), cwd=closed, text=True, check=True,
                       capture_output=True)
        fit_process.run(closed, "sample", "--items", ITEMS, "--seed", 7)
        with (fit_process.Server(opened, EMBEDDING_PROVIDER="builtin") as first,
              fit_process.Server(closed, API_KEY=KEY, RATE_LIMIT_SIGN_IN="1000/second") as second,
              behind_proxy(second.url) as proxy):
            found = {"open": first.url, "closed": proxy, "key": KEY, "photos": photos,
                     "photo_folder": str(PHOTOS) if photos else None} | USER
            unfinished = pathlib.Path(f"{file}.unfinished")
            unfinished.write_text(json.dumps(found))
            unfinished.rename(file)
            sys.stdin.read()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__.strip())
    main(sys.argv[1])
