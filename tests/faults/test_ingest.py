"""Files in, under kills, a full disk and slow clients."""

import threading

import requests

import image_files
import video_files
from campaign import Raw, chance, head, rounds
from checks import assert_problem
from fit_process import PATIENCE, Server, wait_until
from test_disk import MIB, leave, small_disk


def send(server, content, metadata="{}"):
    return server.post("/api/v1/ingest", files=[("files", ("a.jpg", content))], data={"metadata": metadata})


class Senders:
    """Threads that send files until the server is killed. `accepted` maps an asset's id to the number of its image."""

    def __init__(self, server, accepted, numbers):
        self.server, self.accepted, self.numbers = server, accepted, numbers
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.run) for _ in range(4)]
        for thread in self.threads:
            thread.start()

    def run(self):
        try:
            while True:
                with self.lock:
                    number = next(self.numbers)
                response = send(self.server, photo(number), '{"make_item": true}')
                assert response.status_code == 202, response.text
                self.accepted[response.json()["asset_id"]] = number
        except requests.RequestException:
            pass

    def join(self):
        for thread in self.threads:
            thread.join()


def photo(number):
    return image_files.encode(image_files.drawn((number % 256, number // 256 % 256, 90), size=(64, 80)), "PNG")


def listed(server, kind):
    """All "assets" or "items", which are listed in pages."""
    page = server.get(f"/api/v1/{kind}", params={"limit": 100}).json()
    found = page[kind]
    while page.get("next_cursor"):
        page = server.get(f"/api/v1/{kind}", params={"limit": 100, "cursor": page["next_cursor"]}).json()
        found += page[kind]
    return found


def is_drained(server):
    return all(not server.get(f"/api/v1/assets?limit=1&state={state}").json()["assets"] for state in ("queued", "working"))


def test_kills_lose_no_file_and_make_no_item_twice(tmp_path):
    random = chance("ingest kills")
    accepted = {}
    numbers = iter(range(1, 1 << 30))
    for _ in range(rounds(3, 100)):
        server = Server(tmp_path).start()
        before = len(accepted)
        senders = Senders(server, accepted, numbers)
        wanted = before + random.randint(1, 40)
        wait_until(lambda: len(accepted) >= wanted, "acknowledging files")
        server.kill()
        senders.join()
    with Server(tmp_path) as server:
        # A job of the killed server is free when its lease has ended.
        wait_until(lambda: is_drained(server), "the work on all files", limit_s=120)
        assets = {asset["id"]: asset for asset in listed(server, "assets")}
        for asset_id, number in accepted.items():
            assert assets[asset_id]["state"] == "done", assets[asset_id]
            assert server.get(f"/api/v1/assets/{asset_id}/content").content == photo(number)
        items = sorted(asset["item_id"] for asset in assets.values())
        assert len(set(items)) == len(items)
        # Each file became one item. The list follows the writes.
        wait_until(lambda: len(listed(server, "items")) >= len(items), "listing the items")
        assert sorted(item["id"] for item in listed(server, "items")) == items


def test_a_full_disk_refuses_files_and_keeps_those_that_it_has(tmp_path):
    random = chance("ingest disk")
    with small_disk(150) as disk, Server(tmp_path, STORAGE_PATH=f"{disk}/storage") as server:
        accepted = {}
        refused = 0
        for number in range(rounds(20, 300)):
            leave(disk, random.choice([0, 1000, 20_000, 10 * MIB]))
            content = image_files.encode(image_files.drawn((number % 256, number // 256, 3), size=(100, 100)), "PNG")
            response = send(server, content)
            if response.status_code == 202:
                accepted[response.json()["asset_id"]] = content
            else:
                assert_problem(response, 507)
                refused += 1
        assert refused > 0 and accepted
        leave(disk, 20 * MIB)
        for asset_id, content in accepted.items():
            assert server.get(f"/api/v1/assets/{asset_id}/content").content == content
        wait_until(lambda: is_drained(server), "the work on the files", limit_s=120)
        assert not list((disk / "storage" / "images").rglob("*.tmp"))


def test_a_disk_that_is_full_during_the_work_on_a_video_costs_nothing(tmp_path):
    """The catalogue and the files share a disk. Less and less room is left: for nothing, for the file, for the job, for some
    of the frames."""
    random = chance("video disk")
    with small_disk(120) as disk, Server(tmp_path, DATABASE_URL=f"sqlite:///{disk}/fit.db", STORAGE_PATH=f"{disk}/storage") as server:
        accepted = {}
        for number in range(rounds(4, 60)):
            content = video_files.scenes(100 + number)
            leave(disk, random.choice([0, len(content) // 2, len(content) + 200_000, len(content) + 260_000]))
            response = send(server, content)
            if response.status_code == 202:
                accepted[response.json()["asset_id"]] = content
            else:
                assert_problem(response, 507)
            leave(disk, 20 * MIB)
        again = send(server, content)
        assert again.status_code == 202, "the same server accepts files once there is room"
        accepted[again.json()["asset_id"]] = content
        wait_until(lambda: is_drained(server), "the work on the videos", limit_s=120)
        for asset_id, content in accepted.items():
            asset = server.get(f"/api/v1/assets/{asset_id}").json()
            assert asset["state"] == "done", asset
            assert server.get(f"/api/v1/assets/{asset_id}/content").content == content
            for frame in asset["frames"]:
                assert server.get(frame["image_url"]).headers["Content-Type"] == "image/jpeg"


def test_an_upload_that_stalls_is_ended(tmp_path):
    with Server(tmp_path, RECEIVE_TIMEOUT=300, MIN_BYTES_PER_SECOND=1_000_000) as server:
        with Raw(server) as raw:
            raw.send(head("POST", "/api/v1/ingest", Content_Type="multipart/form-data; boundary=b", Content_Length=10 * MIB))
            raw.send(b"--b\r\n")
            assert raw.receive(b"\r\n\r\n").startswith(b"HTTP/1.1 408 ")
        made = requests.post(f"{server.url}/api/v1/uploads", headers={"Tus-Resumable": "1.0.0", "Upload-Length": "1000"},
                             timeout=30 * PATIENCE)
        path = made.headers["Location"]
        with Raw(server) as raw:
            raw.send(head("PATCH", path, Tus_Resumable="1.0.0", Upload_Offset=0, Content_Length=1000,
                          Content_Type="application/offset+octet-stream"))
            raw.send(b"x" * 100)
            assert raw.receive(b"\r\n\r\n").startswith(b"HTTP/1.1 408 ")
        wait_until(lambda: requests.head(server.url + path, headers={"Tus-Resumable": "1.0.0"}, timeout=30)
                   .headers["Upload-Offset"] == "100", "keeping what came")
        assert server.get("/api/v1/assets").json()["assets"] == []
