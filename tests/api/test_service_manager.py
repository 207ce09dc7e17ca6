"""What the program tells systemd: a test is the service manager, with a real datagram socket."""

import os
import signal
import socket
import subprocess

import pytest
import requests

import fit_process
from fit_process import BINARY, PATIENCE, Server, environment


class ServiceManager:
    """A socket that NOTIFY_SOCKET names: a path, or an abstract name that begins with @."""

    def __init__(self, name):
        self.name = name
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("\0" + name[1:] if name.startswith("@") else name)

    def next(self, limit_s=60):
        """The lines of the next datagram; None when none comes."""
        self.socket.settimeout(limit_s * PATIENCE)
        try:
            return self.socket.recv(4096).decode().split("\n")
        except TimeoutError:
            return None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


@pytest.fixture(params=["path", "abstract"])
def manager(request, tmp_path):
    name = f"@fit-{os.getpid()}-{tmp_path.name}" if request.param == "abstract" else f"/tmp/fit-notify-{os.getpid()}"
    with ServiceManager(name) as running:
        yield running
    if request.param == "path":
        os.unlink(name)


def test_a_server_is_ready_when_ready_says_so_and_feeds_the_watchdog(manager, tmp_path):
    server = Server(tmp_path, NOTIFY_SOCKET=manager.name, WATCHDOG_USEC=300_000)
    server.start(wait=False)
    assert manager.next() == ["READY=1", "STATUS=serving"]
    assert requests.get(server.url + "/ready", timeout=60).status_code == 200
    for _ in range(3):
        assert manager.next() == ["WATCHDOG=1"]
    server.process.send_signal(signal.SIGTERM)
    lines = manager.next()
    while lines == ["WATCHDOG=1"]:
        lines = manager.next()
    assert lines == ["STOPPING=1", "STATUS=stopping"]
    assert server.process.wait(fit_process.STOP_LIMIT_S) == 0
    assert manager.next(limit_s=0.1) is None


def test_the_watchdog_starves_when_the_program_hangs(tmp_path):
    with ServiceManager(f"@fit-hang-{os.getpid()}") as manager:
        server = Server(tmp_path, NOTIFY_SOCKET=manager.name, WATCHDOG_USEC=300_000)
        server.start(wait=False)
        assert manager.next() == ["READY=1", "STATUS=serving"]
        assert manager.next() == ["WATCHDOG=1"]
        server.process.send_signal(signal.SIGSTOP)
        while manager.next(limit_s=0.5) is not None:
            pass
        assert manager.next(limit_s=1) is None
        server.process.send_signal(signal.SIGCONT)
        assert manager.next() == ["WATCHDOG=1"]
        assert server.stop() == 0


def test_a_server_above_its_limit_of_connections_reacts(tmp_path):
    with ServiceManager(f"@fit-full-{os.getpid()}") as manager:
        server = Server(tmp_path, NOTIFY_SOCKET=manager.name, WATCHDOG_USEC=300_000, MAX_CONNECTIONS=2)
        server.start(wait=False)
        assert manager.next() == ["READY=1", "STATUS=serving"]
        idle = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(2)]
        for _ in range(5):
            assert manager.next() == ["WATCHDOG=1"]
        for one in idle:
            one.close()
        assert server.stop() == 0


def test_a_server_with_tls_reacts(tmp_path):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
                    tmp_path / "key.pem", "-out", tmp_path / "cert.pem", "-subj", "/CN=localhost", "-days", "2"],
                   check=True, capture_output=True)
    with ServiceManager(f"@fit-tls-{os.getpid()}") as manager:
        server = Server(tmp_path, NOTIFY_SOCKET=manager.name, WATCHDOG_USEC=300_000, TLS_CERT=tmp_path / "cert.pem",
                        TLS_KEY=tmp_path / "key.pem")
        server.start(wait=False)
        assert manager.next() == ["READY=1", "STATUS=serving"]
        assert manager.next() == ["WATCHDOG=1"]
        assert server.stop() == 0


def test_a_manager_that_is_away_does_not_matter(tmp_path):
    with Server(tmp_path, NOTIFY_SOCKET=f"{tmp_path}/gone") as server:
        assert server.get("/live").status_code == 200
    assert "the service manager cannot be told" in server.output()


def test_a_worker_says_that_it_works_and_that_it_stops(tmp_path):
    fit_process.run(tmp_path, "migrate")
    with ServiceManager(f"@fit-worker-{os.getpid()}") as manager:
        worker = subprocess.Popen([BINARY, "worker"], env=environment(tmp_path, NOTIFY_SOCKET=manager.name), cwd=tmp_path,
                                  stderr=subprocess.DEVNULL)
        try:
            assert manager.next() == ["READY=1", "STATUS=working on jobs"]
            worker.send_signal(signal.SIGTERM)
            assert manager.next() == ["STOPPING=1", "STATUS=stopping"]
            assert worker.wait(fit_process.STOP_LIMIT_S) == 0
        finally:
            worker.kill()
            worker.wait()
