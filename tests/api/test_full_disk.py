"""A disk that fills up while the server runs: writes are refused, what was acknowledged stays and is found."""

import pathlib
import shutil
import subprocess

import pytest

import fit_process
import pictures
from checks import assert_problem, results
from fit_process import Server

DISK_MIB = 160


class SmallDiskServer(Server):
    """Keeps its data on a file system of its own, which only its process sees."""

    def start(self, wait=True):
        real = fit_process.BINARY
        script = self.data / "on-a-small-disk"
        script.write_text(f"#!/bin/sh\nmount -t tmpfs -o size={DISK_MIB}m tmpfs {self.data}/disk && exec {real} serve\n")
        script.chmod(0o755)
        (self.data / "disk").mkdir()
        self.settings |= {"DATABASE_URL": f"sqlite:///{self.data}/disk/fit.db", "STORAGE_PATH": f"{self.data}/disk/storage"}
        return self.start_with(["unshare", "--mount", "--propagation", "private", script], wait)

    def disk(self):
        return pathlib.Path(f"/proc/{self.process.pid}/root{self.data}/disk")

    def fill(self, leave_bytes):
        free = shutil.disk_usage(self.disk()).free
        with open(self.disk() / "filler", "wb") as filler:
            filler.write(b"\0" * (free - leave_bytes))

    def make_room(self):
        (self.disk() / "filler").unlink()


@pytest.fixture
def small_disk(tmp_path):
    (tmp_path / "try").mkdir()
    mounted = ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", tmp_path / "try"]
    if subprocess.run(mounted, capture_output=True).returncode != 0:
        pytest.skip("this user may not mount a small file system")
    with SmallDiskServer(tmp_path) as running:
        yield running


def put(server, number):
    return server.post("/api/v1/items", json={
        "source": "disk", "external_id": str(number), "title": f"Thing {number}",
        "images": [{"image_base64": pictures.text(pictures.jpeg(number))}]})


def test_a_full_disk_refuses_and_loses_nothing(small_disk):
    acknowledged = {}
    for number in range(5):
        created = put(small_disk, number)
        assert created.status_code == 201, created.text
        acknowledged[number] = created.json()

    small_disk.fill(leave_bytes=300_000)
    refused = None
    for number in range(5, 200):
        answer = put(small_disk, number)
        if answer.status_code != 201:
            refused = number
            break
        acknowledged[number] = answer.json()
    assert refused is not None, "the disk never filled up"
    assert_problem(answer, 507)

    # Reading goes on, and a refused item left nothing behind.
    for number, item in acknowledged.items():
        assert small_disk.get(f"/api/v1/items/{item['id']}").json() == item, number
    found = results(small_disk.search(image_base64=pictures.text(pictures.jpeg(2)), limit=100))
    assert found[0]["id"] == acknowledged[2]["id"]
    assert str(refused) not in {one["external_id"] for one in found}
    health = small_disk.get("/health")
    assert health.status_code == 503 and "MiB are free" in health.text
    assert small_disk.get("/live").status_code == 200

    # With room again the same server goes on.
    small_disk.make_room()
    again = put(small_disk, refused)
    assert again.status_code == 201, again.text
    assert small_disk.get(f"/api/v1/items/{again.json()['id']}").json()["title"] == f"Thing {refused}"
