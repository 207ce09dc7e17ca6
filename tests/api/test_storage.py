"""Images in an S3 bucket, by a server that checks signatures, and their way between storages."""

import contextlib
import json
import os
import pathlib
import random
import socket
import sys
import threading
import time
import urllib.parse

import pytest
import requests

import fit_process
import image_files
import video_files
from checks import assert_problem, results
from fit_process import SOURCE_DIR, Server, run, wait_until

sys.path.insert(0, str(SOURCE_DIR / "tests"))
from s3_server import S3Server  # noqa: E402


@pytest.fixture(scope="module")
def s3(tmp_path_factory):
    """A function from a prefix to the settings of a program that stores its files there."""
    file = pathlib.Path(os.environ.get("FIT_S3_FILE", ""))
    if not file.is_file():
        pytest.skip("this run has no S3 server")
    endpoint, key_id, secret = file.read_text().split()[:3]
    base = tmp_path_factory.mktemp("prefix").name.replace("_", "-") + os.urandom(4).hex()

    def settings(prefix, **others):
        return {"STORAGE_BACKEND": f"s3://fit/{base}/{prefix}", "S3_ENDPOINT": endpoint,
                "AWS_ACCESS_KEY_ID": key_id, "AWS_SECRET_ACCESS_KEY": secret} | others

    return settings


def item(number):
    photo = image_files.text(image_files.jpeg(number))
    return {"source": "shop", "external_id": str(number), "title": f"Thing {number}", "images": [{"image_base64": photo}]}


def add(server, number):
    response = server.post("/api/v1/items", json=item(number))
    assert response.status_code == 201, response.text
    return response.json()


def find(server, number):
    """The item of a photo, once a search by the photo finds it first."""
    photo = image_files.text(image_files.jpeg(number))

    def found():
        return [one for one in results(server.search(image_base64=photo, limit=1)) if one["external_id"] == str(number)]
    wait_until(found, f"the index of item {number}")
    return found()[0]


def part(server, name):
    return next(part for part in server.get("/health").json()["parts"] if part["name"] == name)


def assert_images_are_served(server, number):
    image = find(server, number)["images"][0]
    response = server.get(image["url"])
    assert response.content == image_files.jpeg(number)
    assert server.get(image["url"], headers={"If-None-Match": response.headers["ETag"]}).status_code == 304
    assert server.get(image["thumbnail_url"]).headers["Content-Type"] == "image/jpeg"


def test_a_bucket_holds_the_images_of_a_server(s3, tmp_path):
    settings = s3("server")
    with Server(tmp_path, **settings) as server:
        for number in range(3):
            add(server, number)
        for number in range(3):
            assert_images_are_served(server, number)
        assert "damaged_images" in part(server, "storage")["state"]
    assert not (tmp_path / "storage/images").exists() and not (tmp_path / "storage/thumbnails").exists()
    checked = json.loads(run(tmp_path, "blobs", "check", "--json", **settings).stdout)
    assert checked["checked"] == 3 and checked["damaged"] == []
    assert "images: 3 checked, 0 lost" in run(tmp_path, "check", **settings).stdout
    pruned = json.loads(run(tmp_path, "assets", "prune", "--json", **settings).stdout)
    assert pruned["named"]["files"] == 6 and pruned["originals"]["files"] == 0
    # A backup of it restores to a folder, and the backup of a folder to a bucket.
    run(tmp_path, "backup", tmp_path / "backup", **settings)
    (tmp_path / "local").mkdir()
    run(tmp_path / "local", "restore", tmp_path / "backup")
    with Server(tmp_path / "local") as server:
        assert_images_are_served(server, 1)
    (tmp_path / "other").mkdir()
    run(tmp_path / "other", "restore", tmp_path / "backup", **s3("other"))
    with Server(tmp_path / "other", **s3("other")) as server:
        assert_images_are_served(server, 1)


@pytest.mark.parametrize("wrong", [{"AWS_SECRET_ACCESS_KEY": "wrong-secret-of-a-test"},
                                   {"AWS_ACCESS_KEY_ID": "nobody"}])
def test_wrong_credentials_store_nothing(s3, tmp_path, wrong):
    settings = s3("refused", **wrong)
    done = run(tmp_path, "blobs", "check", check=False, **settings)
    assert done.returncode == 1 and "the file storage refuses access (status 403" in done.stderr
    assert "wrong-secret" not in done.stderr
    with Server(tmp_path, ready="/live", **settings) as server:
        wait_until(lambda: "refuses access" in json.dumps(part(server, "storage")), "the problem of the storage")
        assert_problem(server.post("/api/v1/items", json=item(1)), 500)
        assert server.get("/api/v1/items?source=shop&external_id=1").status_code == 404
        assert "wrong-secret" not in server.output()
    with Server(tmp_path, **s3("refused")) as server:
        add(server, 1)


@pytest.mark.parametrize("name, value", [("STORAGE_BACKEND", "s3://"), ("STORAGE_BACKEND", "data"),
                                         ("S3_ENDPOINT", "nowhere"), ("S3_ADDRESSING", "both"), ("S3_REGION", "a b")])
def test_wrong_settings_stop_the_start(s3, tmp_path, name, value):
    done = run(tmp_path, "serve", check=False, **s3("settings", **{name: value}))
    assert done.returncode != 0 and name in done.stderr, done.stderr


def test_files_move_between_storages(s3, tmp_path):
    with Server(tmp_path) as server:
        for number in range(3):
            add(server, number)
    settings = s3("moved")
    to = settings.pop("STORAGE_BACKEND")

    def move(*arguments):
        return json.loads(run(tmp_path, "blobs", "move", *arguments, "--json", **settings).stdout)

    moved = move(to)
    assert moved["copied"] == 6 and moved["removed"] == 0 and moved["damaged"] == []
    with Server(tmp_path, STORAGE_BACKEND=to, **settings) as server:
        assert_images_are_served(server, 2)
    with Server(tmp_path) as server:
        add(server, 3)
    again = move(to, "--remove")
    assert again["copied"] == 2 and again["present"] == 6 and again["removed"] == 8
    with Server(tmp_path, STORAGE_BACKEND=to, **settings) as server:
        assert_images_are_served(server, 3)
    back = move(f"fs://{tmp_path}/back", "--from", to)
    assert back["copied"] == 8
    with Server(tmp_path, STORAGE_BACKEND=f"fs://{tmp_path}/back") as server:
        assert_images_are_served(server, 0)
    # A damaged file is named and not copied, and nothing is removed.
    file = next((tmp_path / "back/images").glob("*/*.jpg"))
    file.write_bytes(b"other")
    done = run(tmp_path, "blobs", "move", f"fs://{tmp_path}/third", "--from", f"fs://{tmp_path}/back", "--remove", check=False)
    assert done.returncode == 1 and file.name in done.stdout and file.exists()
    for where in (to, "gs://other/place"):
        done = run(tmp_path, "blobs", "move", where, "--from", to, check=False, **settings)
        assert done.returncode == 1 and done.stderr.startswith("fit: TO: "), done.stderr


def test_images_of_tenants_are_in_the_bucket(s3, tmp_path):
    settings = s3("shops")

    def stored(tenant):
        return json.loads(run(tmp_path, "blobs", "check", "--json", "--tenant", tenant, **settings).stdout)["checked"]

    with Server(tmp_path, **settings) as server:
        add(server, 0)
        for name, number in (("shop", 1), ("shop2", 2)):
            assert server.post("/api/v1/tenants", json={"name": name}).status_code == 201
            made = server.post("/api/v1/items", json=item(number), headers={"X-Tenant": name})
            assert made.status_code == 201, made.text
            assert server.get(made.json()["images"][0]["url"]).content == image_files.jpeg(number)
        assert [stored(name) for name in ("default", "shop", "shop2")] == [1, 1, 1]
        removed = server.delete("/api/v1/tenants/shop?confirm=shop")
        assert removed.status_code == 200, removed.text
        backup = tmp_path / "storage" / removed.json()["backup"]
        # A new tenant of the name begins without files; the backup brings them back.
        run(tmp_path, "tenant", "create", "shop", **settings)
        assert [stored(name) for name in ("default", "shop", "shop2")] == [1, 0, 1]
        run(tmp_path, "tenant", "remove", "shop", "--confirm", "shop", "--no-backup", **settings)
        run(tmp_path, "tenant", "create", "shop", "--from", backup, **settings)
        assert stored("shop") == 1

        def found():
            return server.get("/api/v1/items?limit=5", headers={"X-Tenant": "shop"}).json()["items"]
        wait_until(found, "the item of the restored tenant")
        assert server.get(found()[0]["images"][0]["url"]).content == image_files.jpeg(1)
    assert not (tmp_path / "storage/tenants/shop/images").exists()


def test_a_server_outlives_its_storage(s3, tmp_path):
    packages = pathlib.Path(os.environ["FIT_S3_FILE"]).parent / "packages"
    with S3Server(packages) as storage:
        settings = s3("outage", S3_ENDPOINT=storage.endpoint)
        with Server(tmp_path, **settings) as server:
            add(server, 1)
            find(server, 1)
            storage.process.kill()
            storage.process.wait()
            assert_problem(server.post("/api/v1/items", json=item(2)), 503)
            find(server, 1)  # searches need no files
            wait_until(lambda: "cannot be reached" in json.dumps(part(server, "storage")), "the problem of the storage")
            storage.start()
            wait_until(lambda: server.post("/api/v1/items", json=item(2)).status_code in (200, 201), "the storage")
            assert_images_are_served(server, 2)


class FaultyProxy:
    """Passes connections on to a server of S3, and does to the next `count` uploads what `fault` says: "error" (500), "cut"
    (half of the request comes through), "cut_response" (half of the response), "slow" (a response after half a second)."""

    def __init__(self, endpoint):
        address = urllib.parse.urlsplit(endpoint)
        self.server = (address.hostname, address.port)
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.endpoint = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.lock = threading.Lock()
        self.fault, self.count, self.faults = None, 0, 0
        threading.Thread(target=self.accept, daemon=True).start()

    def fail(self, fault, count):
        with self.lock:
            self.fault, self.count, self.faults = fault, count, 0

    def take(self, head):
        with self.lock:
            if not head.startswith(b"PUT ") or self.count == 0:
                return None
            self.count -= 1
            self.faults += 1
            return self.fault

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                threading.Thread(target=self.handle, args=(connection,), daemon=True).start()

    def handle(self, client):
        with client, contextlib.suppress(OSError, ValueError):
            request = b""
            while b"\r\n\r\n" not in request:
                request += self.piece(client)
            head, _, body = request.partition(b"\r\n\r\n")
            lines = {line.split(b":")[0].lower(): line.split(b":", 1)[1].strip() for line in head.split(b"\r\n")[1:]}
            while len(body) < int(lines.get(b"content-length", 0)):
                body += self.piece(client)
            fault = self.take(head)
            if fault == "error":
                client.sendall(b"HTTP/1.1 500 Fault\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                return
            # One request a connection, so that nothing else has to be understood.
            kept = [line for line in head.split(b"\r\n") if not line.lower().startswith((b"connection:", b"expect:"))]
            whole = b"\r\n".join(kept) + b"\r\nConnection: close\r\n\r\n" + body
            with socket.create_connection(self.server) as server:
                if fault == "cut":
                    server.sendall(whole[:len(whole) - len(body) // 2])
                    return
                server.sendall(whole)
                response = b""
                while piece := server.recv(65536):
                    response += piece
            if fault == "slow":
                time.sleep(0.5)
            client.sendall(response[:len(response) // 2] if fault == "cut_response" else response)

    @staticmethod
    def piece(connection):
        piece = connection.recv(65536)
        if not piece:
            raise ValueError("the client has gone")
        return piece


def ingest(server, content):
    return server.post("/api/v1/ingest", files=[("files", ("file", content))])


def test_large_files_that_are_sent_share_the_disk(s3, tmp_path):
    from PIL import Image
    noise = [image_files.encode(Image.frombytes("RGB", (1700, 1700), random.Random(seed).randbytes(1700 * 1700 * 3)), "PNG")
             for seed in (1, 2)]
    assert min(map(len, noise)) > 8 << 20, "smaller ones are held in memory"
    # Room for one of them at a time, as the body of a request (in steps of 4 MiB) and as a copy.
    with Server(tmp_path, MAX_SCRATCH_BYTES=12 << 20, **s3("large")) as server:
        paths = []
        for content in noise:
            accepted = server.post("/api/v1/ingest", files=[("files", ("a.png", content))])
            assert accepted.status_code == 202, accepted.text
            path = f"/api/v1/assets/{accepted.json()['asset_id']}"
            wait_until(lambda path=path: server.get(path).json()["state"] == "done", "the work on the file")
            paths.append(f"{path}/content")
        one, other = paths
        with server.get(one, stream=True) as slow:
            assert slow.status_code == 200
            assert server.get(other).status_code == 429, "the copy of the first is still being sent"
            head = requests.head(server.url + other, timeout=60)
            assert (head.status_code, int(head.headers["Content-Length"])) == (200, len(noise[1]))
            part = server.get(other, headers={"Range": "bytes=5-1048580"})
            assert part.status_code == 206 and part.content == noise[1][5:1048581]
            assert slow.content == noise[0]
        wait_until(lambda: server.get(other).content == noise[1], "the space of the first copy")


def test_files_survive_a_storage_that_fails(s3, tmp_path):
    proxy = FaultyProxy(s3("x")["S3_ENDPOINT"])
    with Server(tmp_path, **s3("faults", S3_ENDPOINT=proxy.endpoint)) as server:
        accepted = {}
        for number, fault in enumerate(("error", "cut", "cut_response", "slow")):
            proxy.fail(fault, 1)
            photo = image_files.jpeg(number)
            response = ingest(server, photo)
            assert response.status_code == 202, f"{fault}: {response.text}"
            assert proxy.faults == 1, fault
            accepted[response.json()["asset_id"]] = photo
        proxy.fail("error", 1000)
        lost = image_files.jpeg(9)
        assert_problem(ingest(server, lost), 503)
        assert len(server.get("/api/v1/assets").json()["assets"]) == len(accepted), "nothing was acknowledged"
        proxy.fail("error", 0)
        for content in (lost, video_files.scenes(20)):
            response = ingest(server, content)
            assert response.status_code == 202 and response.json()["status"] == "queued"
            accepted[response.json()["asset_id"]] = content

        def states():
            return {server.get(f"/api/v1/assets/{one}").json()["state"] for one in accepted}
        wait_until(lambda: states() == {"done"}, "the work on the files")
        for one, content in accepted.items():
            assert server.get(f"/api/v1/assets/{one}/content").content == content
        video = server.get(f"/api/v1/assets/{list(accepted)[-1]}").json()
        assert server.get(video["frames"][-1]["image_url"]).headers["Content-Type"] == "image/jpeg"
        part_of = server.get(video["content_url"], headers={"Range": "bytes=5-14"})
        assert part_of.status_code == 206 and part_of.content == content[5:15]
