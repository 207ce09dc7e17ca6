"""Runs a real Redis server for a test."""

import pathlib
import subprocess

PROGRAM = pathlib.Path("/usr/bin/redis-server")


class Redis:
    """A redis-server on a Unix socket, without persistence. Use as a context manager."""

    def __init__(self, folder):
        self.folder = folder
        self.socket = folder / "redis.sock"
        self.process = None

    @property
    def url(self):
        return f"unix://{self.socket}"

    def __enter__(self):
        self.start()
        return self

    def start(self):
        self.process = subprocess.Popen(
            [PROGRAM, "--port", "0", "--unixsocket", self.socket, "--dir", self.folder, "--save", "", "--appendonly", "no"],
            stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            if "eady to accept connections" in line:
                return
        raise AssertionError("redis-server did not start")

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.kill()
