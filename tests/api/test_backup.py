"""Backups are made beside a running server, restored elsewhere, and searched."""

import json
import shutil
import threading

import fit_process
import image_files
from checks import results
from fit_process import Server


def restored(tmp_path, backup, name="new"):
    folder = tmp_path / name
    folder.mkdir()
    done = fit_process.run(folder, "restore", backup, "--json")
    return folder, json.loads(done.stdout)


def look_alikes(server, photo):
    response = server.search(image_base64=image_files.text(photo), filters={"source": "sample"})
    return [one["id"] for one in results(response)]


def test_a_backup_beside_a_server_restores_everything(drawn_sample, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    fit_process.run(data, "import", drawn_sample.csv, "--source", "sample")
    row = drawn_sample.rows[4]
    created = []
    with Server(data) as server:
        stop, begun = threading.Event(), threading.Event()

        def write():
            while not stop.is_set():
                number = len(created)
                body = {"source": "till", "external_id": str(number), "title": "Kept",
                        "images": [{"image_base64": image_files.text(image_files.jpeg(number))}]}
                response = server.post("/api/v1/items", json=body)
                assert response.status_code == 201, response.text
                created.append(response.json()["id"])
                if len(created) == 3:
                    begun.set()

        writer = threading.Thread(target=write)
        writer.start()
        try:
            assert begun.wait(60)
            before = len(created)
            made = fit_process.run(data, "backup", tmp_path / "backup")
        finally:
            stop.set()
            writer.join()
        assert "saved" in made.stdout
        wanted = look_alikes(server, drawn_sample.photo(row))

    folder, report = restored(tmp_path, tmp_path / "backup")
    assert len(drawn_sample.all_rows) + before <= report["items"] <= len(drawn_sample.all_rows) + len(created)
    # The restored catalogue must not use the original's index, even from the same folder.
    shutil.copytree(data / "storage" / "index", folder / "storage" / "index", dirs_exist_ok=True)
    with Server(folder) as server:
        parts = {part["name"]: part["state"] for part in server.get("/health").json()["parts"]}
        assert parts["store"]["items"] == report["items"]
        assert look_alikes(server, drawn_sample.photo(row)) == wanted
        for number, item in enumerate(created[:before]):
            found = results(server.search(image_base64=image_files.text(image_files.jpeg(number)), limit=20))
            assert item in [one["id"] for one in found], "acknowledged before the backup"


def test_invalid_folders_are_reported(drawn_sample, tmp_path):
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


def test_copy_brings_later_changes(drawn_sample, tmp_path):
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
        removed = results(server.search(text="under 1000000", limit=1))[0]["id"]
        assert server.delete(f"/api/v1/items/{removed}").status_code in (200, 204)
    again = copy()
    assert again["removed"] == 1 and again["to"] == again["from"]
    done = fit_process.run(data, "copy", urls[0], urls[0], check=False)
    assert done.returncode == 1 and "the same catalogue" in done.stderr
    done = fit_process.run(data, "copy", "mysql://x", urls[1], check=False)
    assert done.returncode == 1 and done.stderr.startswith("fit: FROM: ")
