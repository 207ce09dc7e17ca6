"""Backups in a bucket, and encrypted ones: made beside a server, listed, verified, restored elsewhere, and searched."""

import json

import pytest

import image_files
from fit_process import Server, run
from test_storage import add, find, s3  # noqa: F401


@pytest.fixture
def shop(tmp_path):
    """A folder with a catalogue of three items, on SQLite."""
    data = tmp_path / "shop"
    data.mkdir()
    with Server(data, DATABASE_URL=f"sqlite:///{data}/fit.db") as server:
        for number in range(3):
            add(server, number)
    return data


def fit(data, *arguments, **settings):
    return run(data, *arguments, **({"DATABASE_URL": f"sqlite:///{data}/fit.db"} | settings))


def backups(data, place, **settings):
    return json.loads(fit(data, "backup", "list", place, "--json", **settings).stdout)["backups"]


def assert_searchable(data):
    with Server(data, DATABASE_URL=f"sqlite:///{data}/fit.db") as server:
        for number in range(3):
            image = find(server, number)["images"][0]
            assert server.get(image["url"]).content == image_files.jpeg(number)


def place_of(settings):
    """The bucket of the settings as a place for backups, and the settings of a program with its images in a folder."""
    settings = dict(settings)
    return settings.pop("STORAGE_BACKEND"), settings


def test_a_bucket_holds_a_series_of_backups(s3, shop, tmp_path):  # noqa: F811
    place, settings = place_of(s3("series"))
    made = [json.loads(fit(shop, "backup", "--to", place, "--json", **settings).stdout) for _ in range(2)]
    assert [one["pictures"] for one in made] == [3, 3] and made[1]["removed"] == []
    assert [one["folder"] for one in backups(shop, place, **settings)] == [one["folder"] for one in made]
    third = json.loads(fit(shop, "backup", "--to", place, "--keep", "2", "--json", **settings).stdout)
    assert third["removed"] == [made[0]["folder"]]
    assert [one["folder"] for one in backups(shop, place, **settings)] == [made[1]["folder"], third["folder"]]
    checked = json.loads(fit(shop, "backup", "verify", place, "--json", **settings).stdout)
    assert checked["folder"] == third["folder"] and checked["checked_images"] == 3
    (tmp_path / "new").mkdir()
    restored = json.loads(fit(tmp_path / "new", "restore", made[1]["folder"], "--json", **settings).stdout)
    assert restored["items"] == 3
    assert_searchable(tmp_path / "new")
    assert not list(tmp_path.glob("**/fit-backup-*")), "copies of the database are removed"


def test_the_backup_of_a_bucket_goes_to_a_bucket(s3, tmp_path):  # noqa: F811
    data = tmp_path / "data"
    data.mkdir()
    files = s3("files")
    with Server(data, DATABASE_URL=f"sqlite:///{data}/fit.db", **files) as server:
        for number in range(3):
            add(server, number)
    place = files["STORAGE_BACKEND"].replace("/files", "/saved")
    fit(data, "backup", "--to", place, **files)
    (tmp_path / "new").mkdir()
    latest = backups(data, place, **files)[-1]["folder"]
    settings = place_of(files)[1]
    fit(tmp_path / "new", "restore", latest, **settings)
    assert_searchable(tmp_path / "new")


@pytest.mark.parametrize("kind", ["bucket", "folder"])
def test_an_encrypted_backup_needs_its_key(s3, shop, tmp_path, kind):  # noqa: F811
    place, settings = place_of(s3(f"encrypted-{kind}"))
    place = place if kind == "bucket" else tmp_path / "backups"
    key, other = tmp_path / "key.txt", tmp_path / "other.txt"
    recipient = fit(shop, "backup", "keygen", key).stdout.strip()
    fit(shop, "backup", "keygen", other)
    assert recipient.startswith("age1") and key.stat().st_mode & 0o777 == 0o600
    again = fit(shop, "backup", "keygen", key, check=False)
    assert again.returncode == 1 and "exists already" in again.stderr
    made = json.loads(fit(shop, "backup", "--to", place, "--encrypt", f"age:{recipient}", "--json", **settings).stdout)
    listed = backups(shop, place, **settings)
    assert listed == [{"folder": made["folder"], "made_at": listed[0]["made_at"], "encrypted": True}]
    for arguments, message in ([], "must name a file with the secret key"), (["--identity", other], "has no key that"):
        done = fit(shop, "backup", "verify", place, *arguments, check=False, **settings)
        assert done.returncode == 1 and message in done.stderr, done.stderr
    checked = json.loads(fit(shop, "backup", "verify", place, "--identity", key, "--json", **settings).stdout)
    assert checked["checked_images"] == 3
    (tmp_path / "new").mkdir()
    fit(tmp_path / "new", "restore", made["folder"], "--identity", key, **settings)
    assert_searchable(tmp_path / "new")


def test_wrong_arguments_are_named(s3, shop, tmp_path):  # noqa: F811
    place, settings = place_of(s3("wrong"))
    for arguments, message in (
            (["backup", "--to", place, "--encrypt", "age:secret"], "--encrypt: must be a public key of age"),
            (["backup", tmp_path / "x", "--encrypt", "age:secret"], "--encrypt: is for backups that --to makes"),
            (["backup", "--to", "s3://"], "--to: must name a bucket"),
            (["backup", "--to", place, "--in", tmp_path / "nowhere"], "nowhere"),
            (["restore", f"{place}/20261201T031500Z"], "holds no complete backup"),
            (["backup", "verify", place], "holds no complete backup")):
        done = fit(shop, *arguments, check=False, **settings)
        assert done.returncode == 1 and message in done.stderr, done.stderr
    assert backups(shop, place, **settings) == []
