#!/usr/bin/env python3
"""A private PostgreSQL server for tests, on a socket in a temporary folder that is removed afterwards.

    with PostgresCluster() as cluster:
        url = cluster.make_database("catalogue")

usage: postgres_cluster.py start FILE   starts a server in the background and writes its URL to FILE;
                                        the server stops when the caller of this command ends
       postgres_cluster.py stop FILE    stops it
       postgres_cluster.py run          runs a server for experiments until Ctrl-C
"""
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

START_LIMIT_S = 60
# A file system in memory, where files are made and removed fastest: a database has 700 of them.
IN_MEMORY = pathlib.Path("/dev/shm")
IN_MEMORY_BYTES = 6 << 30  # free there, at least


def binaries():
    """Returns the folder of the newest server's programs, or None without a server."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return pathlib.Path(on_path).parent if on_path else None


def is_available():
    return binaries() is not None and shutil.which("setpriv") is not None


def folder_in_memory():
    """The folder of files in memory, or None if it has too little room."""
    try:
        return IN_MEMORY if shutil.disk_usage(IN_MEMORY).free >= IN_MEMORY_BYTES else None
    except OSError:
        return None


def as_server_user(*command):
    """Runs the command as a user that PostgreSQL accepts (not root). The command ends with its caller."""
    user = ["--reuid", "postgres", "--regid", "postgres", "--clear-groups"] if os.getuid() == 0 else []
    return ["setpriv", *user, "--pdeathsig", "QUIT", "--", *map(str, command)]


class PostgresCluster:
    """Settings have the form "name=value". With durable=True acknowledged writes survive kill -9. A cluster with standby_of
    replays the writes of that cluster."""

    def __init__(self, *settings, durable=False, standby_of=None):
        # Each suite has a database of its own, and a worker would be started for each of them again and again.
        self.settings = ["listen_addresses=", "shared_buffers=32MB", "max_connections=100", "autovacuum=off", *settings]
        if not durable:
            self.settings += ["fsync=off", "full_page_writes=off"]
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="fit-pg-", dir=None if durable else folder_in_memory()))
        self.data = self.folder / "data"
        self.process = None
        try:
            if os.getuid() == 0:
                shutil.chown(self.folder, "postgres")
            if standby_of is None:
                self.command(binaries() / "initdb", "-D", self.data, "-A", "trust", "-U", "postgres", "-E", "UTF8",
                             "--locale=C.UTF-8", "--no-sync", "--no-instructions")
            else:
                self.command(binaries() / "pg_basebackup", "-D", self.data, "-d", standby_of.url(), "-R",
                             "-c", "fast", "--no-sync")
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise

    def command(self, *command):
        done = subprocess.run(as_server_user(*command), cwd=self.folder, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"{command[0]} failed with {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def url(self, database="postgres"):
        ports = [setting for setting in self.settings if setting.startswith("port=")]
        return "&".join([f"postgresql://postgres@/{database}?host={self.folder}", *ports])

    def sql(self, text, database="postgres"):
        """Returns the rows of the statements as psql prints them."""
        return self.command(binaries() / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d",
                            self.url(database), "-c", text).strip()

    def make_database(self, name):
        self.sql(f'CREATE DATABASE "{name}"')
        return self.url(name)

    def start(self):
        given = [part for setting in self.settings for part in ("-c", setting)]
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                as_server_user(binaries() / "postgres", "-D", self.data, "-k", self.folder, *given),
                cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + START_LIMIT_S
        ready = [binaries() / "pg_isready", "-q", "-d", self.url()]
        while subprocess.run(ready, check=False).returncode != 0:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self.folder / "log").read_text(errors="replace"))
            time.sleep(0.02)
        return self

    def stop(self, how=signal.SIGINT):
        """SIGINT ends the sessions and stops, SIGQUIT stops immediately, SIGKILL is a crash."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait()
            self.process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)


def stay(file, caller):
    """Keeps a cluster running until the caller ends or this process is stopped."""
    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
    with PostgresCluster() as cluster:
        pathlib.Path(file).write_text(f"{cluster.url()}\n{os.getpid()}\n")
        while not stopped and os.path.exists(f"/proc/{caller}"):
            time.sleep(0.2)
    pathlib.Path(file).unlink(missing_ok=True)


def start(file):
    file = pathlib.Path(file)
    file.parent.mkdir(parents=True, exist_ok=True)
    stop(file)
    log = file.with_suffix(".log").open("wb")
    child = subprocess.Popen([sys.executable, __file__, "stay", str(file), str(os.getppid())], stdin=subprocess.DEVNULL,
                             stdout=log, stderr=log, start_new_session=True)
    while not file.exists():
        if child.poll() is not None:
            sys.exit(f"no PostgreSQL: {file.with_suffix('.log').read_text(errors='replace')}")
        time.sleep(0.05)


def stop(file):
    file = pathlib.Path(file)
    if not file.exists():
        return
    pid = int(file.read_text().split()[1])
    try:
        if b"postgres_cluster" in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes():
            os.kill(pid, signal.SIGTERM)
            while os.path.exists(f"/proc/{pid}") and file.exists():
                time.sleep(0.02)
    except FileNotFoundError:
        pass
    file.unlink(missing_ok=True)


def run():
    with PostgresCluster() as cluster:
        print(cluster.make_database("fit"), flush=True)
        try:
            signal.pause()
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] in ("start", "run") and not is_available():
        print("there is no PostgreSQL server on this machine: its tests are skipped")
    elif len(sys.argv) == 3 and sys.argv[1] == "start":
        start(sys.argv[2])
    elif len(sys.argv) == 3 and sys.argv[1] == "stop":
        stop(sys.argv[2])
    elif len(sys.argv) == 4 and sys.argv[1] == "stay":
        stay(sys.argv[2], int(sys.argv[3]))
    elif len(sys.argv) == 2 and sys.argv[1] == "run":
        run()
    else:
        sys.exit(__doc__)
