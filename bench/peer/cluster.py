"""A temporary PostgreSQL 17 server for the peer, on a free loopback port."""
import os
import pathlib
import socket
import subprocess
import sys

BINARIES = pathlib.Path("/usr/lib/postgresql/17/bin")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def as_postgres(*command, **how):
    """Runs a command as the user postgres, because PostgreSQL refuses to run as root."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    return subprocess.run([*prefix, *map(str, command)], check=True, cwd="/tmp", stdout=sys.stderr, **how)


class Cluster:
    def __init__(self, folder, *settings):
        self.folder = pathlib.Path(folder)
        self.port = free_port()
        subprocess.run(["rm", "-rf", self.folder], check=True)
        self.folder.mkdir(mode=0o777)
        os.chmod(self.folder, 0o777)
        as_postgres(BINARIES / "initdb", "-D", self.data, "-A", "trust", "-U", "postgres")
        given = "".join(f" -c {setting}" for setting in ("shared_buffers=1GB", *settings))
        as_postgres(BINARIES / "pg_ctl", "-D", self.data, "-w", "-l", self.folder / "log", "-o",
                    f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1{given}", "start")

    @property
    def data(self):
        return self.folder / "data"

    @property
    def dsn(self):
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        as_postgres(BINARIES / "pg_ctl", "-D", self.data, "-m", "fast", "stop")
        subprocess.run(["rm", "-rf", self.folder], check=True)
