"""Walks through docs/deploy/point-in-time.md with a real PostgreSQL server: archive, copy, accident, recovery."""

import contextlib
import re
import signal
import time

import pytest

import fit_process
from fit_process import SOURCE_DIR, free_port
from test_operations import Machine, PostgresCluster, end, needs_postgres

DOCUMENT = (SOURCE_DIR / "docs/deploy/point-in-time.md").read_text()
WRITTEN_TIME = "2026-12-01 03:14:00+00"
LIMIT_S = 60 * fit_process.PATIENCE


def blocks(heading):
    section = re.split(r"^## ", DOCUMENT, flags=re.M)
    (text,) = [part for part in section if part.startswith(heading + "\n")]
    return re.findall(r"^```sh\n(.*?)^```", text, re.S | re.M)


@pytest.fixture
def machine():
    """A server of PostgreSQL with an empty database, as docs/operations.md sets it up."""
    port, recovered = free_port(), free_port()
    with PostgresCluster("listen_addresses=127.0.0.1", f"port={port}", durable=True) as cluster:
        # Debian keeps the configuration files in /etc.
        with open(cluster.data / "postgresql.conf", "a") as settings:
            settings.write(f"unix_socket_directories = '{cluster.folder}'\nshared_buffers = '32MB'\n")
        made = Machine(PGHOST=str(cluster.folder), PGPORT=str(port), PGUSER="postgres", DB2_PORT=str(recovered))
        made.places |= {"db1:5433": f"127.0.0.1:{recovered}", "port = 5433": f"port = {recovered}",
                        "-p 5433": f"-p {recovered}"}
        made.recovered_url = f"postgresql://fit:secret@127.0.0.1:{recovered}/fit"
        made.environment["DATABASE_URL"] = f"postgresql://fit:secret@127.0.0.1:{port}/fit"
        made.cluster = cluster
        (made.root / "bin/systemctl").write_text("#!/bin/sh\nexit 0\n")  # the test restarts the server
        (made.root / "bin/systemctl").chmod(0o755)
        hba = made.root / "etc/postgresql/17/main/pg_hba.conf"
        hba.parent.mkdir(parents=True)
        hba.write_text("local all all trust\nhost all all 127.0.0.1/32 trust\n")
        try:
            cluster.sql("CREATE ROLE fit LOGIN PASSWORD 'secret'")
            cluster.sql("CREATE DATABASE fit OWNER fit ENCODING 'UTF8' TEMPLATE template0")
            cluster.sql("CREATE EXTENSION vector", "fit")
            yield made
        finally:
            with contextlib.suppress(FileNotFoundError):
                pid_file = made.root / "var/lib/postgresql/17/recovered/postmaster.pid"
                end(int(pid_file.read_text().split()[0]), signal.SIGQUIT)
            made.close()


@needs_postgres
def test_the_moment_before_an_accident_comes_back(machine, drawn_sample):
    archive, watch = blocks("Archive the log")
    machine.run(archive)
    machine.cluster.stop()
    machine.cluster.start()
    machine.do("./dev fit migrate")
    (copy,) = blocks("Copy the files")
    machine.run(copy)

    machine.do(f'./dev fit import "{drawn_sample.csv}" --source sample')
    count = len(drawn_sample.all_rows)
    time.sleep(1.1)  # the moment lies between two transactions, to the second
    moment = machine.cluster.sql("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US+00')")
    time.sleep(0.1)
    machine.cluster.sql("DELETE FROM items", "fit")
    last = machine.cluster.sql("SELECT pg_walfile_name(pg_current_wal_lsn())")
    machine.cluster.sql("SELECT pg_switch_wal()")

    def is_archived():
        return machine.cluster.sql("SELECT last_archived_wal FROM pg_stat_archiver") >= last

    machine.wait_until(is_archived, "the archive")
    assert "last_archived_wal" in machine.run(watch)

    recover, look = blocks("Go back")
    assert WRITTEN_TIME in recover
    identity = machine.cluster.sql("SELECT value FROM store_meta WHERE name = 'store_id'", "fit")
    try:
        machine.run(recover.replace(WRITTEN_TIME, moment))
    except AssertionError:
        print((machine.root / "var/log/postgresql/recovered.log").read_text())
        raise
    deadline = time.monotonic() + LIMIT_S
    while machine.do(f'psql -X -A -t "{machine.recovered_url}" -c "SELECT pg_is_in_recovery()"').strip() != "f":
        assert time.monotonic() < deadline, "the promotion took too long"
        time.sleep(0.1)
    shown = machine.run(look)
    assert f"{count} |" in re.sub(r" +", " ", shown), shown
    assert machine.cluster.sql("SELECT count(*) FROM items", "fit") == "0", "the former server is as it was"

    machine.environment["DATABASE_URL"] = machine.recovered_url
    machine.do("./dev fit serve")
    try:
        assert len(machine.get("/api/v1/items?limit=100").json()["items"]) == min(count, 100)
        found = machine.do(f'psql -X -A -t "{machine.recovered_url}" -c '
                           "\"SELECT value FROM store_meta WHERE name = 'store_id'\"").strip()
        assert found and found != identity
    finally:
        machine.stop_servers()
