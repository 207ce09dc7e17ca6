"""Lost and damaged files: /health and `fit check` report them, a request never returns another image, and sending the
image again repairs them."""

import hashlib
import json
import shutil
import sqlite3

import pytest
import requests

import fit_process
import image_files
from checks import assert_problem
from fit_process import Server, run, wait_until

PAGE = 8192


def item(number, **fields):
    photo = image_files.text(image_files.jpeg(number))
    return {"source": "damage", "external_id": str(number), "images": [{"image_base64": photo}]} | fields


def stored_file(server, number):
    sha256 = hashlib.sha256(image_files.jpeg(number)).hexdigest()
    return server.data / "storage/images" / sha256[:2] / f"{sha256}.jpg"


def storage(server):
    return next(part for part in server.get("/health").json()["parts"] if part["name"] == "storage")["state"]


def lose(file):
    file.unlink()


def empty(file):
    file.write_bytes(b"")


def replace_by_another_image(file):
    """Replaces the file by another image of the same size."""
    size = file.stat().st_size
    other = image_files.jpeg(9)
    file.write_bytes((other + b"\0" * size)[:size])


def flip_one_bit(file):
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


@pytest.mark.parametrize("harm", [lose, empty, replace_by_another_image, flip_one_bit])
def test_a_stored_image_that_is_not_as_it_was(tmp_path, harm):
    with Server(tmp_path) as server:
        created = server.post("/api/v1/items", json=item(1)).json()
        url = created["images"][0]["url"]
        assert server.get(url).content == image_files.jpeg(1)
        harm(stored_file(server, 1))

        assert_problem(server.get(url), 500, code="damaged")
        state = storage(server)
        assert state["damaged_images"] == 1
        assert state["damaged_files"] == [{"file": stored_file(server, 1).name,
                                           "state": "lost" if harm is lose else "damaged"}]
        assert "fit_damaged_images 1" in server.get("/metrics").text
        assert server.get("/ready").status_code == 200, "everything else still works"

        checked = run(tmp_path, "check", "--json", check=False)
        assert checked.returncode == 1
        report = json.loads(checked.stdout)
        assert report["database"] == []
        assert [one["file"] for one in report["images"]["damaged"]] == [stored_file(server, 1).name]

        # Sending the unchanged item again restores the file.
        assert server.post("/api/v1/items", json=item(1)).status_code == 200
        assert server.get(url).content == image_files.jpeg(1)
        assert storage(server)["damaged_images"] == 0
        assert run(tmp_path, "check").returncode == 0


def test_another_item_with_the_same_image_mends_it_too(tmp_path):
    with Server(tmp_path) as server:
        created = server.post("/api/v1/items", json=item(1)).json()
        flip_one_bit(stored_file(server, 1))
        assert server.post("/api/v1/items", json=item(1, external_id="other")).status_code == 201
        assert server.get(created["images"][0]["url"]).content == image_files.jpeg(1)


def test_a_changed_item_and_an_import_mend_it_too(tmp_path):
    with Server(tmp_path) as server:
        url = server.post("/api/v1/items", json=item(1)).json()["images"][0]["url"]
        lose(stored_file(server, 1))
        assert server.post("/api/v1/items", json=item(1, title="Another title")).status_code == 200
        assert server.get(url).content == image_files.jpeg(1)
        row = json.dumps(item(1, title="Another title"))

        def imported():
            return server.post("/api/v1/items/import", data=row, headers={"Content-Type": "application/x-ndjson"}).json()

        assert imported()["kept"] == 1, "the title was changed since the last import, of which there was none"
        flip_one_bit(stored_file(server, 1))
        assert imported()["unchanged"] == 1
        assert server.get(url).content == image_files.jpeg(1)


def test_a_lost_thumbnail_is_made_again_and_a_lost_original_said(tmp_path):
    with Server(tmp_path) as server:
        image = server.post("/api/v1/items", json=item(1)).json()["images"][0]
        shutil.rmtree(tmp_path / "storage/thumbnails")
        assert server.get(image["thumbnail_url"]).status_code == 200
        shutil.rmtree(tmp_path / "storage/thumbnails")
        lose(stored_file(server, 1))
        assert_problem(server.get(image["thumbnail_url"]), 500, code="damaged")


def is_live(server):
    try:
        return server.get("/live").status_code == 200
    except requests.ConnectionError:
        return False


@pytest.fixture
def filled(tmp_path, drawn_sample):
    """A catalogue of some hundred kilobytes without a running server."""
    if fit_process.POSTGRES_FILE:
        pytest.skip("a file of SQLite")
    run(tmp_path, "import", drawn_sample.csv, "--source", "sample")
    return tmp_path


def damage_table(folder, table):
    """Overwrites the first page of the table below its root, or its root when it has no other."""
    database = sqlite3.connect(folder / "fit.db")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (root,) = database.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
    database.close()
    with open(folder / "fit.db", "r+b") as file:
        file.seek((root - 1) * PAGE)
        page = file.read(PAGE)
        is_inner = page[0] in (2, 5)
        target = int.from_bytes(page[8:12], "big") if is_inner else root  # the right-most child
        file.seek((target - 1) * PAGE)
        file.write(b"\xa5" * PAGE)


def test_a_damaged_page_of_the_database_is_found_and_named(filled):
    damage_table(filled, "images")
    checked = run(filled, "check", "--json", check=False)
    assert checked.returncode == 1
    assert "images" in {one["part"].split()[-1] for one in json.loads(checked.stdout)["database"]}
    server = Server(filled).start(wait=False)
    try:
        wait_until(lambda: is_live(server), "the start")

        def reasons():
            answer = server.get("/ready")
            return {} if answer.status_code == 200 else {
                one["part"]: one["reason"] for one in answer.json().get("reasons", [])}
        wait_until(lambda: "store" in reasons(), "finding the damaged page")
        assert "damaged" in reasons()["store"]
        assert "fit check" in reasons()["store"]
        assert server.get("/health").status_code == 503
    finally:
        server.stop()


def test_a_whole_catalogue_is_reported_as_such(filled):
    done = run(filled, "check")
    assert "database: no damage found" in done.stdout
    with Server(filled) as server:
        wait_until(lambda: "fit_database_checked_timestamp_seconds 0\n" not in server.get("/metrics").text,
                   "the check in the background")
        assert server.get("/ready").status_code == 200
        assert "fit_database_damaged 0" in server.get("/metrics").text
