"""A disk that fills up while the server runs: writes are refused, and acknowledged items stay and are found."""

import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import pytest

import image_files
from checks import assert_problem, results
from fit_process import Server

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))
import postgres_cluster  # noqa: E402

DISK_MIB = 160


class SmallDisk:
    """A small file system in a folder that every user may enter. Only this process and its children see it."""

    def __init__(self):
        self.parent = pathlib.Path(tempfile.mkdtemp(prefix="fit-disk-"))
        self.parent.chmod(0o755)
        self.folder = self.parent / "disk"
        self.folder.mkdir()
        mounted = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m", "tmpfs", self.folder]
        try:
            os.unshare(os.CLONE_NEWNS)
            # The mount must not propagate. A chroot, as ./dev enters it, refuses this and propagates nothing.
            subprocess.run(["mount", "--make-rprivate", "/"], capture_output=True, check=False)
            subprocess.run(mounted, capture_output=True, check=True)
        except (PermissionError, subprocess.CalledProcessError):
            shutil.rmtree(self.parent)
            pytest.skip("this user may not mount a small file system")

    def unmount(self):
        subprocess.run(["umount", "--lazy", self.folder], check=True)
        shutil.rmtree(self.parent)

    def fill(self, leave_bytes):
        with open(self.folder / "filler", "wb") as filler:
            filler.write(b"\0" * (shutil.disk_usage(self.folder).free - leave_bytes))

    def make_room(self):
        (self.folder / "filler").unlink()


@pytest.fixture
def small_disk():
    disk = SmallDisk()
    yield disk
    disk.unmount()


@pytest.fixture(params=["sqlite", "postgres"])
def filling(request, small_disk, tmp_path):
    """A server whose catalogue lies on the small disk; with SQLite its images too."""
    with contextlib.ExitStack() as stack:
        if request.param == "sqlite":
            url = f"sqlite:///{small_disk.folder}/fit.db"
            storage = small_disk.folder / "storage"
        else:
            if not postgres_cluster.is_available():
                pytest.skip("there is no PostgreSQL on this machine")
            cluster = stack.enter_context(postgres_cluster.PostgresCluster(durable=True))
            (small_disk.folder / "tables").mkdir()
            shutil.chown(small_disk.folder / "tables", cluster.folder.owner())
            cluster.sql(f"CREATE TABLESPACE small LOCATION '{small_disk.folder}/tables'")
            cluster.sql("CREATE DATABASE fit TABLESPACE small")
            url, storage = cluster.url("fit"), tmp_path / "storage"
        yield stack.enter_context(Server(tmp_path, DATABASE_URL=url, STORAGE_PATH=str(storage)))


def put(server, number):
    return server.post("/api/v1/items", json={
        "source": "disk", "external_id": str(number), "title": f"Thing {number}",
        "images": [{"image_base64": image_files.text(image_files.jpeg(number))}]})


def test_a_full_disk_refuses_writes_and_loses_nothing(filling, small_disk):
    acknowledged = {}
    for number in range(5):
        created = put(filling, number)
        assert created.status_code == 201, created.text
        acknowledged[number] = created.json()

    small_disk.fill(leave_bytes=200_000)
    refused = None
    for number in range(5, 200):
        response = put(filling, number)
        if response.status_code != 201:
            refused = number
            break
        acknowledged[number] = response.json()
    assert refused is not None, "the disk never filled up"
    assert_problem(response, 507)
    assert "the disk" in response.json()["detail"] and "full" in response.json()["detail"]

    # Reads continue, and a refused item leaves nothing behind.
    for number, item in acknowledged.items():
        assert filling.get(f"/api/v1/items/{item['id']}").json() == item, number
    found = results(filling.search(image_base64=image_files.text(image_files.jpeg(2)), limit=100))
    assert found[0]["id"] == acknowledged[2]["id"]
    assert str(refused) not in {one["external_id"] for one in found}
    if filling.settings["STORAGE_PATH"].startswith(str(small_disk.folder)):
        health = filling.get("/health")
        assert health.status_code == 503 and "MiB are free" in health.text
    assert filling.get("/live").status_code == 200

    # The same server writes again once there is space.
    small_disk.make_room()
    again = put(filling, refused)
    assert again.status_code == 201, again.text
    assert filling.get(f"/api/v1/items/{again.json()['id']}").json()["title"] == f"Thing {refused}"
