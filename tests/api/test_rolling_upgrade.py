"""Processes of two versions of the program on one database, as they are during a rolling upgrade.

The program before is that of FIT_PREVIOUS_BINARY: an older `fit`, built from its commit. Without it nothing is run here:
what earlier programs write and read is held against the present schema by the tests of store/sqlite_snapshot.h.
"""

import os

import pytest

import fit_process
import image_files
from fit_process import Server, wait_until
from test_operations import PostgresCluster, needs_postgres
from test_storage import add, find

PREVIOUS = os.environ.get("FIT_PREVIOUS_BINARY")


class PreviousServer(Server):
    """`fit serve` of the program before."""

    def start(self, wait=True):
        return self.start_with([PREVIOUS, "serve"], wait)


@pytest.fixture
def databases():
    with PostgresCluster() as cluster:
        yield cluster


def schema_version(cluster, database):
    return int(cluster.sql("SELECT max(version) FROM schema_migrations", database).strip())


def ingest(server, number):
    sent = server.post("/api/v1/ingest", files={"files": (f"{number}.jpg", image_files.jpeg(number), "image/jpeg")},
                       data={"metadata": '{"make_item": true}'})
    assert sent.status_code == 202, sent.text
    return sent.json()["asset_id"]


def wait_for_asset(server, asset):
    wait_until(lambda: server.get(f"/api/v1/assets/{asset}").json()["state"] == "done", f"the asset {asset}")


@needs_postgres
@pytest.mark.skipif(not PREVIOUS, reason="FIT_PREVIOUS_BINARY names no program of the version before")
def test_servers_of_two_versions_work_beside_each_other(databases, tmp_path):
    url = databases.make_database("upgraded")
    folders = {name: tmp_path / name for name in ("before", "after", "files", "again")}
    for folder in folders.values():
        folder.mkdir()
    settings = {"DATABASE_URL": url, "STORAGE_BACKEND": f"fs://{folders['files']}", "WORKERS": 2}
    with PreviousServer(folders["before"], **settings) as before:
        add(before, 1)
        assert find(before, 1)
        version = schema_version(databases, "upgraded")
        fit_process.run(folders["after"], "migrate", **settings)
        migrated = schema_version(databases, "upgraded")
        assert migrated >= version
        with Server(folders["after"], **settings) as after:
            # Each finds what the other has written, before and after the upgrade.
            assert find(after, 1)
            add(before, 2)
            add(after, 3)
            for server in (before, after):
                for number in (1, 2, 3):
                    assert find(server, number)
            # Jobs of either are done by whichever process takes them.
            for sender, other in ((before, after), (after, before)):
                wait_for_asset(other, ingest(sender, 10 + (sender is after)))
            shown = {item["external_id"] for item in after.get("/api/v1/items?limit=50").json()["items"]}
            assert {"1", "2", "3"} <= shown and len(shown) == 5
            item = before.get("/api/v1/items?limit=50").json()["items"][0]["id"]
            assert before.delete(f"/api/v1/items/{item}").status_code == 204
            wait_until(lambda: after.get(f"/api/v1/items/{item}").status_code == 404, "the deletion by the server before")
            assert before.stop() == 0
            # The new one goes on alone, and the old one, started again, says why it does not.
            add(after, 4)
            assert find(after, 4)
            if migrated > version:
                again = PreviousServer(folders["again"], **settings)
                with pytest.raises(AssertionError, match=f"schema version {migrated}"):
                    again.start()
