"""Backups are made beside a running server, restored elsewhere, and searched."""

import json
import pathlib
import shutil
import subprocess
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
                               (["backup"], "FOLDER: give either FOLDER or --to")):
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


def series(folder):
    return sorted(path.name for path in folder.iterdir())


def pretend(folder, *names):
    """Backups of earlier times, by their names only."""
    for name in names:
        (folder / name).mkdir(parents=True)
        (folder / name / "manifest.json").write_text("{}")


def test_a_series_keeps_what_its_rule_says(drawn_sample, tmp_path):
    data, backups = tmp_path / "data", tmp_path / "backups"
    data.mkdir()
    fit_process.run(data, "import", drawn_sample.csv, "--source", "sample")
    pretend(backups, "20200101T000000Z", "20200131T000000Z", "20200229T000000Z", "20200301T000000Z", "20200301T120000Z", "notes")
    (backups / "20210101T000000Z.unfinished").mkdir()  # the remains of an interrupted run
    (backups / "20220101T000000Z").mkdir()  # no backup, and not the program's to remove
    with Server(data):
        report = json.loads(fit_process.run(data, "backup", "--to", backups, "--keep", "1d,4m", "--json").stdout)
    assert [pathlib.Path(path).name for path in report["removed"]] == ["20200101T000000Z", "20200301T000000Z"]
    made = pathlib.Path(report["folder"]).name
    assert series(backups) == ["20200131T000000Z", "20200229T000000Z", "20200301T120000Z", "20220101T000000Z", made, "notes"]
    assert report["items"] == len(drawn_sample.all_rows)
    assert restored(tmp_path, report["folder"])[1]["items"] == report["items"]


def test_a_backup_that_fails_removes_none(tmp_path):
    pretend(tmp_path / "backups", "20200101T000000Z", "20200102T000000Z")
    done = fit_process.run(tmp_path, "backup", "--to", tmp_path / "backups", "--keep", "1", check=False,
                           DATABASE_URL=f"sqlite:///{tmp_path}/nothing.db")
    assert done.returncode == 1
    assert series(tmp_path / "backups") == ["20200101T000000Z", "20200102T000000Z"]


def test_wrong_usage_of_backups_is_refused(tmp_path):
    for arguments in (("backup",), ("backup", "a", "--to", "b"), ("backup", "a", "--keep", "7d"),
                      ("backup", "--to", "b", "--keep", "7x")):
        done = fit_process.run(tmp_path, *arguments, check=False)
        assert done.returncode != 0 and done.stderr, arguments
        assert not (tmp_path / "a").exists() and not (tmp_path / "b").exists()


def test_a_backup_is_verified_by_restoring_it(tmp_path):
    data, backups, scratch = tmp_path / "data", tmp_path / "backups", tmp_path / "scratch"
    data.mkdir()
    scratch.mkdir()
    with Server(data) as server:
        for number in range(3):
            body = {"source": "till", "external_id": str(number), "title": "Kept",
                    "images": [{"image_base64": image_files.text(image_files.jpeg(number))}]}
            assert server.post("/api/v1/items", json=body).status_code == 201
        fit_process.run(data, "backup", "--to", backups)

    def verify(*arguments, check=True):
        done = fit_process.run(tmp_path, "backup", "verify", *arguments, "--in", scratch, "--json", check=check)
        assert list(scratch.iterdir()) == []
        return json.loads(done.stdout) if check else done

    report = verify(backups)
    assert (report["items"], report["pictures"], report["checked_images"]) == (3, 3, 3)
    (backup,) = backups.iterdir()
    assert verify(backup) == report
    text = fit_process.run(tmp_path, "backup", "verify", backup, "--in", scratch).stdout
    assert "is whole" in text and str(backup) in text

    (image, *_) = (path for path in (backup / "images").rglob("*") if path.is_file())
    whole = image.read_bytes()
    image.write_bytes(whole[:-1])
    done = verify(backup, check=False)
    assert done.returncode == 1 and image.name in done.stderr
    image.unlink()
    assert verify(backup, check=False).returncode == 1
    image.write_bytes(whole)
    database = backup / "database/fit.db"
    content = bytearray(database.read_bytes())
    content[len(content) // 2] ^= 1
    database.write_bytes(content)
    done = verify(backup, check=False)
    assert done.returncode == 1 and "fit.db" in done.stderr
    assert verify(tmp_path / "nothing", check=False).returncode == 1


def test_a_killed_backup_leaves_no_backup(drawn_sample, tmp_path):
    data, backups = tmp_path / "data", tmp_path / "backups"
    data.mkdir()
    fit_process.run(data, "import", drawn_sample.csv, "--source", "sample")
    command = [fit_process.BINARY, "backup", "--to", str(backups)]
    running = subprocess.Popen(command, env=fit_process.environment(data), cwd=data, stderr=subprocess.DEVNULL)
    wait_until(lambda: backups.exists() and any(backups.iterdir()), "the beginning of a backup")
    running.kill()
    running.wait()
    complete = [path for path in backups.iterdir() if (path / "manifest.json").exists() and path.suffix == ""]
    assert all(path.suffix == ".unfinished" for path in backups.iterdir() if path not in complete)
    fit_process.run(data, "backup", "--to", backups)
    assert not list(backups.glob("*.unfinished")), "the next run removes the remains"
    fit_process.run(data, "backup", "verify", backups)
