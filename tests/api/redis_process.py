"""Runs a real Redis server for a test."""

import pathlib
import socket
import subprocess

PROGRAM = pathlib.Path("/usr/bin/redis-server")


class Redis:
    """A redis-server on a Unix socket, without persistence unless it has an append-only file. Use as a context manager."""

    def __init__(self, folder, append_only=False):
        self.folder = folder
        self.append_only = append_only
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
            [PROGRAM, "--port", "0", "--unixsocket", self.socket, "--dir", self.folder, "--save", "",
             "--appendonly", "yes" if self.append_only else "no", "--appendfsync", "always"],
            stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            if "eady to accept connections" in line:
                return
        raise AssertionError("redis-server did not start")

    def command(self, text):
        """Runs a command without blanks in its parts, and returns the beginning of the reply."""
        with socket.socket(socket.AF_UNIX) as session:
            session.connect(str(self.socket))
            session.sendall(text.encode() + b"\r\n")
            return session.recv(65536).decode()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.kill()
