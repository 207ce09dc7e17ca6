"""A catalogue of an earlier version in this program, the way back, and a catalogue of a later version."""

import contextlib
import json
import sqlite3

import pytest

from fit_process import Server, run
from test_storage import add, find


@pytest.fixture(params=[7, 28])
def old(request, tmp_path):
    """A folder with an empty catalogue of an earlier version of the schema, and that version. Catalogues with items are in
    the tests of store/sqlite_snapshot.h."""
    fit(tmp_path, "migrate", "--to", request.param)
    return tmp_path, request.param


def url(data):
    return f"sqlite:///{data}/fit.db"


def fit(data, *arguments, **options):
    return run(data, *map(str, arguments), DATABASE_URL=url(data), **options)


def applied(data):
    steps = json.loads(fit(data, "migrate", "--dry-run", "--json").stdout)["steps"]
    return sum(step["applied"] for step in steps), len(steps)


def test_an_earlier_catalogue_is_migrated_and_copied(old):
    data, version = old
    with Server(data, DATABASE_URL=url(data)) as server:
        add(server, 1)
        assert find(server, 1)
        refused = fit(data, "migrate", "--rollback", check=False)
        assert refused.returncode == 1 and "is in use: stop servers" in refused.stderr
    done, last = applied(data)
    assert done == last > version
    assert [path.name for path in data.glob("fit.db.*")] == [f"fit.db.schema-{version}"]


def test_there_is_a_way_back(old):
    data, version = old
    with Server(data, DATABASE_URL=url(data)) as server:
        add(server, 1)
    back = json.loads(fit(data, "migrate", "--rollback", "--json").stdout)
    assert back == {"from": applied(data)[1], "to": version, "kept": f"{data}/fit.db.rolled-back"}
    assert applied(data)[0] == version
    with contextlib.closing(sqlite3.connect(data / "fit.db.rolled-back")) as kept:
        assert kept.execute("SELECT count(*) FROM items").fetchone() == (1,)
    again = fit(data, "migrate", "--rollback", check=False)
    assert again.returncode == 1 and "there is no snapshot" in again.stderr
    # The index of the former catalogue is not taken for that of this one.
    with Server(data, DATABASE_URL=url(data)) as server:
        assert server.get("/api/v1/items").json()["items"] == []
        add(server, 2)
        assert find(server, 2)


@pytest.mark.parametrize("command", [["serve"], ["check"], ["search", "--text", "red"], ["migrate"]])
def test_a_later_catalogue_is_refused(tmp_path, command):
    fit(tmp_path, "migrate")
    last = applied(tmp_path)[1]
    with sqlite3.connect(tmp_path / "fit.db") as database:
        database.execute("INSERT INTO schema_migrations VALUES (?, 'later', 'x', 0)", (last + 1,))
    database.close()
    before = (tmp_path / "fit.db").read_bytes()
    done = fit(tmp_path, *command, check=False)
    assert done.returncode != 0
    assert f"the database has schema version {last + 1} and this program knows only up to {last}" in done.stderr
    assert (tmp_path / "fit.db").read_bytes() == before


def test_the_rollback_takes_no_other_option(tmp_path):
    done = fit(tmp_path, "migrate", "--rollback", "--to", "3", check=False)
    assert done.returncode == 1 and "--rollback: cannot be combined" in done.stderr
