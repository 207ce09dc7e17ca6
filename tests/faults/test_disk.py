"""A disk that becomes full during an upload: every row is reported, or the response is 507."""

import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest

import image_files
from campaign import Raw, chance, head, rounds
from checks import assert_problem
from fit_process import Server, wait_until

MIB = 1 << 20


@contextlib.contextmanager
def small_disk(size_mib):
    """A small file system in its own folder. Only this process and its children see it."""
    parent = pathlib.Path(tempfile.mkdtemp(prefix="fit-faults-"))
    folder = parent / "disk"
    folder.mkdir()
    try:
        os.unshare(os.CLONE_NEWNS)
        subprocess.run(["mount", "--make-rprivate", "/"], capture_output=True, check=False)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size_mib}m", "tmpfs", folder], capture_output=True, check=True)
    except (PermissionError, subprocess.CalledProcessError):
        shutil.rmtree(parent)
        pytest.skip("this user may not mount a small file system")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
        shutil.rmtree(parent)


def leave(folder, free_bytes):
    """Fills or frees the disk until this much space is free."""
    filler = folder / "filler"
    filler.touch()
    size = max(0, filler.stat().st_size + shutil.disk_usage(folder).free - free_bytes)
    # The server may take the space meanwhile. Without a buffer, nothing is left to be written by the end of the block.
    with open(filler, "r+b", buffering=0) as file:
        file.truncate(min(size, filler.stat().st_size))
        file.seek(0, os.SEEK_END)
        with contextlib.suppress(OSError):
            while file.tell() < size:
                file.write(b"\0" * min(65536, size - file.tell()))


def rows(count, name):
    padding = "x" * 500
    return "".join(json.dumps({"external_id": f"{name}{n}", "title": f"Row {n}", "description": padding}) + "\n"
                   for n in range(count)).encode()


def import_rows(server, content):
    return server.post("/api/v1/items/import?source=disk", data=content, headers={"Content-Type": "application/x-ndjson"})


def rows_read(response):
    """The number of rows in a report. Rows without an image, as here, are rejected."""
    report = response.json()
    return sum(report[name] for name in ("created", "updated", "unchanged", "rejected"))


def test_an_import_on_a_full_disk_is_whole_or_refused(tmp_path):
    """The disk becomes full at every possible size of the scratch file of the body."""
    random = chance("disk")
    body = rows(20_000, "a")
    assert len(body) > 9 * MIB
    with small_disk(200) as disk, Server(tmp_path, STORAGE_PATH=f"{disk}/storage") as server:
        for number in range(rounds(6, 100)):
            leave(disk, 0 if number == 0 else random.randrange(2 * len(body)))
            response = import_rows(server, body)
            assert_problem(response, 507)
            assert server.get("/api/v1/items").json()["items"] == []
            # The response may be there before the file is gone.
            wait_until(lambda: not list((disk / "storage" / "scratch").rglob("body-*")), "the removal of the scratch file")
        leave(disk, 100 * MIB)
        assert rows_read(import_rows(server, body)) == 20_000


def test_unfinished_uploads_leave_room(tmp_path):
    with small_disk(120) as disk, Server(tmp_path, STORAGE_PATH=f"{disk}/storage", DATABASE_URL=f"sqlite:///{disk}/fit.db") as server:
        with contextlib.ExitStack() as uploads:
            for _ in range(4):
                raw = uploads.enter_context(Raw(server))
                raw.send(head("POST", "/api/v1/items/import", Content_Type="text/csv", Content_Length=1 << 30))
                sent = 0
                while sent < 40 * MIB and raw.send(b"x" * MIB):
                    sent += MIB
            assert shutil.disk_usage(disk).free > 30 * MIB
            created = server.post("/api/v1/items", json={"source": "disk", "external_id": "1", "title": "Thing",
                                                         "images": [{"image_base64": image_files.text(image_files.jpeg())}]})
            assert created.status_code == 201, created.text


def test_scratch_space_has_a_limit(tmp_path):
    with Server(tmp_path, MAX_SCRATCH_BYTES=30 * MIB) as server:
        with Raw(server) as raw:
            raw.send(head("POST", "/api/v1/items/import", Content_Type="text/csv", Content_Length=1 << 30))
            sent = 0
            while sent < 60 * MIB and raw.send(b"x" * MIB):
                sent += MIB
            assert raw.receive(b"\r\n\r\n").startswith(b"HTTP/1.1 503 ")
        assert rows_read(import_rows(server, rows(20_000, "b"))) == 20_000


def test_scratch_of_killed_runs_is_removed(tmp_path):
    server = Server(tmp_path).start()
    scratch = tmp_path / "storage" / "scratch"
    with Raw(server) as raw:
        raw.send(head("POST", "/api/v1/items/import", Content_Type="text/csv", Content_Length=100 * MIB))
        sent = 0
        while not list(scratch.rglob("body-*")):
            raw.send(b"x" * MIB)
            sent += MIB
            assert sent < 60 * MIB
        server.kill()
    left = list(scratch.iterdir())
    with Server(tmp_path):
        assert not any(folder.exists() for folder in left)
