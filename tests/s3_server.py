#!/usr/bin/env python3
"""An S3 server for tests, with a bucket named "fit", on a free port of the loopback. It is s3rver from npm, which checks
signatures (Signature Version 4); tests/s3/package-lock.json names its version and those of what it needs.

    with S3Server(folder) as server:
        fit_process.run(data, "check", **server.settings("prefix"))

usage: s3_server.py start FILE   starts a server in the background and writes its address and its keys to FILE;
                                 the server stops when the caller of this command ends
       s3_server.py stop FILE    stops it
"""
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
START_LIMIT_S = 60
BUCKET = "fit"
KEY_ID = "FITTESTKEY"
SECRET = "the-secret-of-the-tests"


def install(folder):
    """Installs the server's packages into the folder, unless they are there."""
    lock = (HERE / "s3" / "package-lock.json").read_bytes()
    done = folder / "installed.json"
    if done.exists() and done.read_bytes() == lock:
        return
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(HERE / "s3" / name, folder / name)
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=folder, check=True)
    done.write_bytes(lock)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class S3Server:
    """`packages` is the folder that install() filled."""

    def __init__(self, packages):
        self.packages = packages.resolve()
        self.port = free_port()
        self.data = pathlib.Path(tempfile.mkdtemp(prefix="fit-s3-"))
        self.process = None

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        # The tokens of its lists use a cipher that OpenSSL 3 has in its legacy provider only.
        env = os.environ | {"NODE_OPTIONS": "--openssl-legacy-provider"}
        with open(self.data / "log", "ab") as log:
            self.process = subprocess.Popen(
                ["node", HERE / "s3" / "server.js", self.packages, self.data / "buckets", str(self.port), BUCKET, KEY_ID,
                 SECRET],
                env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + START_LIMIT_S
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self.data / "log").read_text(errors="replace"))
            time.sleep(0.05)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.data, ignore_errors=True)


def stay(file, caller):
    """Keeps a server running until the caller ends or this process is stopped."""
    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
    with S3Server(file.parent / "packages") as server:
        file.write_text(f"{server.endpoint}\n{KEY_ID}\n{SECRET}\n{os.getpid()}\n")
        while not stopped and os.path.exists(f"/proc/{caller}"):
            time.sleep(0.2)
    file.unlink(missing_ok=True)


def start(file):
    stop(file)
    install(file.parent / "packages")
    log = file.with_suffix(".log").open("wb")
    child = subprocess.Popen([sys.executable, __file__, "stay", str(file), str(os.getppid())], stdin=subprocess.DEVNULL,
                             stdout=log, stderr=log, start_new_session=True)
    while not file.exists():
        if child.poll() is not None:
            sys.exit(f"no S3 server: {file.with_suffix('.log').read_text(errors='replace')}")
        time.sleep(0.05)


def stop(file):
    if not file.exists():
        return
    pid = int(file.read_text().split()[3])
    try:
        if b"s3_server" in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes():
            os.kill(pid, signal.SIGTERM)
            while os.path.exists(f"/proc/{pid}") and file.exists():
                time.sleep(0.02)
    except FileNotFoundError:
        pass
    file.unlink(missing_ok=True)


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "start":
        start(pathlib.Path(sys.argv[2]))
    elif len(sys.argv) == 3 and sys.argv[1] == "stop":
        stop(pathlib.Path(sys.argv[2]))
    elif len(sys.argv) == 4 and sys.argv[1] == "stay":
        stay(pathlib.Path(sys.argv[2]), int(sys.argv[3]))
    else:
        sys.exit(__doc__)
