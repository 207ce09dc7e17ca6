"""Backups are rehearsed: made beside a running server, brought back elsewhere, and asked."""

import json
import shutil
import threading

import fit_process
import pictures
from checks import results
from fit_process import Server


def restored(tmp_path, backup, name="new"):
    place = tmp_path / name
    place.mkdir()
    done = fit_process.run(place, "restore", backup, "--json")
    return place, json.loads(done.stdout)


def look_alikes(server, photo):
    answer = server.search(image_base64=pictures.text(photo), filters={"source": "sample"})
    return [one["id"] for one in results(answer)]


def test_a_backup_beside_a_server_brings_everything_back(drawn_sample, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    fit_process.run(data, "import", drawn_sample.csv, "--source", "sample")
    row = drawn_sample.rows[4]
    kept = []
    with Server(data) as server:
        stop, begun = threading.Event(), threading.Event()

        def write():
            while not stop.is_set():
                number = len(kept)
                body = {"source": "till", "external_id": str(number), "title": "Kept",
                        "images": [{"image_base64": pictures.text(pictures.jpeg(number))}]}
                answer = server.post("/api/v1/items", json=body)
                assert answer.status_code == 201, answer.text
                kept.append(answer.json()["id"])
                if len(kept) == 3:
                    begun.set()

        writer = threading.Thread(target=write)
        writer.start()
        try:
            assert begun.wait(60)
            before = len(kept)
            made = fit_process.run(data, "backup", tmp_path / "backup")
        finally:
            stop.set()
            writer.join()
        assert "saved" in made.stdout
        wanted = look_alikes(server, drawn_sample.photo(row))

    place, told = restored(tmp_path, tmp_path / "backup")
    assert len(drawn_sample.all_rows) + before <= told["items"] <= len(drawn_sample.all_rows) + len(kept)
    # The original's index must not be taken for the new one's, even where it lies in the same place.
    shutil.copytree(data / "storage" / "index", place / "storage" / "index", dirs_exist_ok=True)
    with Server(place) as server:
        parts = {part["name"]: part["state"] for part in server.get("/health").json()["parts"]}
        assert parts["store"]["items"] == told["items"]
        assert look_alikes(server, drawn_sample.photo(row)) == wanted
        for number, item in enumerate(kept[:before]):
            found = results(server.search(image_base64=pictures.text(pictures.jpeg(number)), limit=20))
            assert item in [one["id"] for one in found], "acknowledged before the backup"


def test_bad_places_are_told(drawn_sample, tmp_path):
    fit_process.run(tmp_path, "import", drawn_sample.csv, "--source", "sample")
    full = tmp_path / "full"
    full.mkdir()
    (full / "mine.txt").write_text("mine")
    for arguments, message in ((["backup", full], "folder: must be a new or empty folder"),
                               (["restore", full], "holds no complete backup"),
                               (["backup"], "FOLDER is required")):
        done = fit_process.run(tmp_path, *arguments, check=False)
        assert done.returncode != 0 and message in done.stderr, done.stderr
    fit_process.run(tmp_path, "backup", tmp_path / "good")
    done = fit_process.run(tmp_path, "restore", tmp_path / "good", check=False)
    assert done.returncode == 1 and "there is a catalogue at" in done.stderr
    assert (full / "mine.txt").read_text() == "mine"


def test_copy_follows_the_original(drawn_sample, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    fit_process.run(data, "import", drawn_sample.csv, "--source", "sample")
    urls = [f"sqlite:///{data}/fit.db", f"sqlite:///{tmp_path}/copy.db"]

    def copy():
        return json.loads(fit_process.run(data, "copy", *urls, "--json").stdout)

    first = copy()
    assert first["copied"] == first["to"]["items"] == len(drawn_sample.all_rows)
    assert copy()["copied"] == 0
    with Server(data) as server:
        gone = results(server.search(text="under 1000000", limit=1))[0]["id"]
        assert server.delete(f"/api/v1/items/{gone}").status_code in (200, 204)
    again = copy()
    assert again["removed"] == 1 and again["to"] == again["from"]
    done = fit_process.run(data, "copy", urls[0], urls[0], check=False)
    assert done.returncode == 1 and "the same catalogue" in done.stderr
    done = fit_process.run(data, "copy", "mysql://x", urls[1], check=False)
    assert done.returncode == 1 and done.stderr.startswith("fit: FROM: ")
