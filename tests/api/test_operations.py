"""Runs the commands of docs/operations.md as they are written, against real servers on the loopback."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import pytest
import requests

import fit_process
from fit_process import BINARY, SOURCE_DIR, free_port
from test_status import metric

sys.path.insert(0, str(SOURCE_DIR / "tests"))
from postgres_cluster import PostgresCluster, binaries, is_available  # noqa: E402

LIMIT_S = 30 * fit_process.PATIENCE
DOCUMENT = (SOURCE_DIR / "docs/operations.md").read_text()
needs_postgres = pytest.mark.skipif(not is_available() or shutil.which("pgbouncer", path="/usr/sbin:/usr/bin") is None,
                                    reason="there is no PostgreSQL server with PgBouncer on this machine")

# Replacements for commands of an operator's machine.
SHIMS = {
    "dev": """shift
if [ "$1" = serve ]; then
  "$FIT_BINARY" "$@" >> "$ROOT/serve.log" 2>&1 & echo $! >> "$ROOT/pids"
  for i in $(seq $((600 * PATIENCE))); do curl -fs "http://127.0.0.1:$APP_PORT/ready" > /dev/null && exit 0; sleep 0.1; done
  cat "$ROOT/serve.log" >&2; exit 1
fi
exec "$FIT_BINARY" "$@\"""",
    "apt": "exit 0",
    # PostgreSQL and PgBouncer refuse to run as root; pg_ctl starts the server of "db2".
    "sudo": """[ "$1 $2" = "-u postgres" ] || exit 1; shift 2
case $1 in */pg_ctl) export PGPORT=$DB2_PORT ;; esac
if [ "$(id -u)" != 0 ]; then exec "$@"; fi
exec setpriv --reuid postgres --regid postgres --clear-groups -- "$@\"""",
}


def sections():
    """The shell blocks of each heading."""
    found, heading = {}, None
    for part in re.split(r"^(#+ .*)$", DOCUMENT, flags=re.M):
        if part.startswith("#"):
            heading = part.lstrip("# ")
        elif heading:
            found[heading] = re.findall(r"^```sh\n(.*?)^```", part, re.S | re.M)
    return found


class Machine:
    """A folder that represents an operator's machine, and the environment of its commands."""

    def __init__(self, **environment):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="fit-operations-"))
        self.root.chmod(0o755)
        self.port = free_port()
        self.places = {"127.0.0.1:8000": f"127.0.0.1:{self.port}", "/tmp/": f"{self.root}/tmp/"}
        self.exports = ""
        for folder in ("bin", "tmp", "etc/pgbouncer", "var/log/postgresql", "var/run/postgresql", "var/lib/postgresql/17"):
            (self.root / folder).mkdir(parents=True)
        for path in ("var/log/postgresql", "var/run/postgresql", "var/lib/postgresql/17"):
            if os.getuid() == 0:
                shutil.chown(self.root / path, "postgres")
        for name, text in SHIMS.items():
            shim = self.root / "bin" / name
            shim.write_text(f"#!/bin/bash\n{text}\n")
            shim.chmod(0o755)
        (self.root / "dev").symlink_to("bin/dev")
        self.environment = {"PATH": f"{self.root}/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin", "no_proxy": "*",
                            "FIT_BINARY": str(BINARY), "ROOT": str(self.root), "APP_PORT": str(self.port),
                            "PATIENCE": str(fit_process.PATIENCE), "LANG": os.environ.get("LANG", "C.UTF-8"),
                            **fit_process.inherited(), **environment}

    def run(self, block):
        """Runs a block of the document. Its exports are visible to later blocks."""
        text = block
        for written, meant in self.places.items():
            text = text.replace(written, meant)
        text = re.sub(r"(?<![\w.])/(etc|var)/", rf"{self.root}/\1/", text)
        text = text.replace("/usr/lib/postgresql/17/bin", str(binaries()))
        self.exports += "".join(line + "\n" for line in text.splitlines() if line.startswith("export "))
        return self.do(text)

    def do(self, text):
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", self.exports + text], cwd=self.root, env=self.environment,
                              capture_output=True, text=True, timeout=240 * fit_process.PATIENCE)
        assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def get(self, path):
        return requests.get(f"http://127.0.0.1:{self.port}{path}", timeout=60 * fit_process.PATIENCE)

    def part(self, name):
        return next(part["state"] for part in self.get("/health").json()["parts"] if part["name"] == name)

    def wait_until(self, holds, what):
        deadline = time.monotonic() + LIMIT_S
        while not holds():
            assert time.monotonic() < deadline, f"{what} took longer than {LIMIT_S} s:\n{self.log()}"
            time.sleep(0.05)

    def log(self):
        file = self.root / "serve.log"
        return file.read_text() if file.exists() else ""

    def stop_servers(self):
        """Stops `fit serve` with SIGTERM."""
        file = self.root / "pids"
        for pid in map(int, file.read_text().split()) if file.exists() else []:
            end(pid, signal.SIGTERM)
        file.unlink(missing_ok=True)

    def close(self):
        self.stop_servers()
        for pid_file, how in (("var/run/postgresql/pgbouncer.pid", signal.SIGINT),
                              ("var/lib/postgresql/17/standby/postmaster.pid", signal.SIGQUIT)):
            with contextlib.suppress(FileNotFoundError):
                end(int((self.root / pid_file).read_text().split()[0]), how)
        shutil.rmtree(self.root, ignore_errors=True)


def end(pid, how):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, how)
        deadline = time.monotonic() + LIMIT_S
        while time.monotonic() < deadline and is_running(pid):
            time.sleep(0.02)


def is_running(pid):
    with contextlib.suppress(FileNotFoundError):
        return "\nState:\tZ" not in pathlib.Path(f"/proc/{pid}/status").read_text()
    return False


@pytest.fixture(scope="module")
def database_machine(drawn_sample):
    """With a PostgreSQL server "db1", set up as the document says, and a catalogue in it."""
    db1, db2, bouncer = free_port(), free_port(), free_port()
    with PostgresCluster("listen_addresses=127.0.0.1", f"port={db1}") as cluster:
        # The settings of the standby; those of the cluster are arguments of its command.
        with open(cluster.data / "postgresql.conf", "a") as settings:
            settings.write("unix_socket_directories = ''\nlisten_addresses = '127.0.0.1'\nshared_buffers = '32MB'\nfsync = off\n")
        machine = Machine(PGHOST=str(cluster.folder), PGPORT=str(db1), PGUSER="postgres", DB2_PORT=str(db2))
        machine.places |= {"host=db1 port=5432": f"host=127.0.0.1 port={db1}", "db1:5432": f"127.0.0.1:{db1}",
                           "db2:5432": f"127.0.0.1:{db2}", "127.0.0.1:6432": f"127.0.0.1:{bouncer}",
                           "listen_port = 6432": f"listen_port = {bouncer}"}
        try:
            for block in sections()["PostgreSQL"]:
                assert "items" in machine.run(block), "the schema is printed"
            machine.do(f'./dev fit import "{drawn_sample.csv}" --source sample')
            yield machine
        finally:
            machine.close()


@needs_postgres
def test_pgbouncer(database_machine):
    (block,) = sections()["PgBouncer"]
    assert "indexed_images" in database_machine.run(block)


@needs_postgres
def test_standbys(database_machine):
    role, copy, serve, look = sections()["Standbys"]
    database_machine.run(role)
    database_machine.run(copy)
    database_machine.run(serve)
    try:
        database_machine.wait_until(lambda: database_machine.part("store")["replicas"][0]["is_used"], "using the standby")
        shown = database_machine.run(look)
        assert metric(shown, "fit_replica_used") == 1 and "streaming" in shown
        found = database_machine.get("/api/v1/items?limit=3").json()["items"]
        assert len(found) == 3
    finally:
        database_machine.stop_servers()


@needs_postgres
def test_a_rehearsal_of_a_restore_on_postgresql(database_machine):
    blocks = [block for block in sections()["Backup, restore, moving"] if "db1" in block]
    assert len(blocks) == 1
    database_machine.run(blocks[0])
    count = "SELECT count(*) FROM items"
    counts = {database_machine.do(f'psql -X -A -t -d {name} -c "{count}"') for name in ("fit", "fit_rehearsal")}
    assert len(counts) == 1 and counts != {"0\n"}


@pytest.fixture(scope="module")
def lone_machine(drawn_sample):
    """One machine with its defaults: SQLite and the built-in model, and a server that runs."""
    machine = Machine()
    try:
        machine.do(f'./dev fit import "{drawn_sample.csv}" --source sample')
        machine.do("./dev fit serve")
        yield machine
    finally:
        machine.close()


def test_backup_restore_and_copy_beside_a_server(lone_machine, drawn_sample):
    for block in sections()["Backup, restore, moving"]:
        if "db1" not in block:
            lone_machine.run(block)
    count = len(drawn_sample.all_rows)
    for name in ("fit-restored/fit.db", "fit-copy.db"):
        shown = lone_machine.do(f"DATABASE_URL=sqlite:///{lone_machine.root}/tmp/{name} ./dev fit index status --json")
        assert json.loads(shown)["items"] == count
    assert (lone_machine.root / "tmp/fit-backup/manifest.json").exists()
    _bucket, encrypted = sections()["Backups in a bucket, and encrypted ones"]
    assert "is whole" in lone_machine.run(encrypted)


def test_changing_the_model(lone_machine):
    fill, there, back = sections()["Changing the model"]
    assert "would be embedded" in lone_machine.run(fill)
    assert lone_machine.part("space")["name"] == "builtin"
    assert "palette" in lone_machine.run(there)
    lone_machine.wait_until(lambda: lone_machine.part("space")["name"] == "palette", "the switch")
    assert lone_machine.get("/ready").status_code == 200
    lone_machine.run(back)
    lone_machine.wait_until(lambda: lone_machine.part("space") == {
        "name": "builtin", "version": lone_machine.part("space")["version"],
        "chosen_by": "EMBEDDING_PROVIDER and EMBEDDING_MODEL"}, "the way back")


def test_every_documented_metric_exists(lone_machine):
    """The metrics of standbys, database queries, exchange rates and adaptive fusion have tests of their own."""
    health = DOCUMENT.split("\n## Health\n")[1].split("\n## ")[0]
    table = re.findall(r"^\| `(fit_[^|]*)\|", health, re.M)
    names = {name for row in table for name in re.findall(r"\b(fit_[a-z_]+)", row)}
    assert len(names) > 12
    shown = lone_machine.get("/metrics").text
    elsewhere = {name for name in names if name.startswith(("fit_replica_", "fit_database_query_", "fit_exchange_rates_", "fit_fusion_"))}
    missing = [name for name in names - elsewhere if f"# HELP {name} " not in shown]
    assert missing == []
