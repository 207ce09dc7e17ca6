"""Backups are made beside a running server, restored elsewhere, and searched."""

import json
import shutil
import threading

import fit_process
import image_files
from checks import results
from fit_process import Server, wait_until


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
        fit_process.wait_for_items(server, report["items"])
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


def test_a_copy_has_the_keys_and_users(tmp_path):
    data, there = tmp_path / "data", tmp_path / "there"
    data.mkdir(), there.mkdir()
    secret = fit_process.run(data, "key", "create", "shop", "--scope", "items:read").stdout.strip()
    fit_process.run(data, "user", "create", "ada@x.example", "--role", "owner")

    def copy(**options):
        return fit_process.run(data, "copy", f"sqlite:///{data}/fit.db", f"sqlite:///{there}/fit.db", "--json", **options)

    report = json.loads(copy().stdout)
    assert (report["keys"], report["users"]) == (1, 1)
    with Server(there, API_KEY="root-key") as server:
        assert server.get("/api/v1/items", headers={"Authorization": f"Bearer {secret}"}).status_code == 200
    fit_process.run(data, "key", "revoke", "1")
    copy()
    listed = json.loads(fit_process.run(there, "key", "list", "--json").stdout)["keys"]
    assert [one["state"] for one in listed] == ["revoked"]
    other = tmp_path / "other"
    other.mkdir()
    fit_process.run(other, "user", "create", "bob@x.example", "--role", "owner")
    done = fit_process.run(data, "copy", f"sqlite:///{data}/fit.db", f"sqlite:///{other}/fit.db", check=False)
    assert done.returncode == 1 and "keys or users of its own" in done.stderr


def test_a_copy_has_the_assets_and_works_on_what_was_unfinished(tmp_path):
    data, there = tmp_path / "data", tmp_path / "there"
    data.mkdir(), there.mkdir()
    photos = [image_files.jpeg(number) for number in (1, 2)]

    def ingest(server, content):
        return server.post("/api/v1/ingest", files=[("files", ("a.jpg", content))]).json()["asset_id"]

    def state(server, asset):
        return server.get(f"/api/v1/assets/{asset}").json()["state"]

    def copy(source, target, **options):
        return fit_process.run(data, "copy", f"sqlite:///{source}/fit.db", f"sqlite:///{target}/fit.db", "--json", **options)

    with Server(data, DATABASE_URL=f"sqlite:///{data}/fit.db") as server:
        done = ingest(server, photos[0])
        wait_until(lambda: state(server, done) == "done", "the work on a photo")
    with Server(data, DATABASE_URL=f"sqlite:///{data}/fit.db", WORKERS=0) as server:
        queued = ingest(server, photos[1])
    assert json.loads(copy(data, there).stdout)["assets"] == {"copied": 2, "all": 2, "unfinished": 1}
    with Server(there, DATABASE_URL=f"sqlite:///{there}/fit.db", STORAGE_PATH=f"{data}/storage") as server:
        wait_until(lambda: state(server, queued) == "done", "the work that was unfinished")
        for asset, photo in zip((done, queued), photos):
            assert server.get(f"/api/v1/assets/{asset}/content").content == photo
        ingest(server, image_files.jpeg(3))
    other = tmp_path / "other"
    other.mkdir()
    with Server(other, DATABASE_URL=f"sqlite:///{other}/fit.db") as server:
        ingest(server, photos[0])
    refused = copy(data, other, check=False)
    assert refused.returncode == 1 and "assets of its own" in refused.stderr


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
