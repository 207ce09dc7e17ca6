"""Shared parts of the fault campaign: its length, raw connections, and the memory of a process."""

import contextlib
import os
import random
import socket

import fit_process

# The test run executes a bounded part of each attack; FIT_FAULTS=long executes all of it, in minutes to hours.
IS_LONG = os.environ.get("FIT_FAULTS") == "long"
# Each long run has another seed, which failures print; FIT_FAULTS_SEED repeats one.
SEED = int(os.environ.get("FIT_FAULTS_SEED", random.SystemRandom().randrange(1 << 30) if IS_LONG else 1))
LIVE_LIMIT_S = 5 * fit_process.PATIENCE


def rounds(short, long):
    return long if IS_LONG else short


def chance(salt):
    """A seeded source of randomness for one test."""
    print(f"FIT_FAULTS_SEED={SEED}")
    return random.Random(f"{SEED} {salt}")


def status_line(pid, name):
    with open(f"/proc/{pid}/status") as status:
        return next(line for line in status if line.startswith(name + ":"))


def resident_bytes(server):
    return int(status_line(server.process.pid, "VmRSS").split()[1]) * 1024


def peak_bytes(server):
    """The peak memory of the server since reset_peak()."""
    return int(status_line(server.process.pid, "VmHWM").split()[1]) * 1024


def reset_peak(server):
    with contextlib.suppress(OSError), open(f"/proc/{server.process.pid}/clear_refs", "w") as refs:
        refs.write("5")


class Raw:
    """A connection on which a test sends arbitrary bytes. A context manager."""

    def __init__(self, server, timeout_s=30):
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=timeout_s * fit_process.PATIENCE)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.socket.close()

    def send(self, content):
        """Sends bytes. Returns False when the server has closed the connection."""
        try:
            self.socket.sendall(content)
            return True
        except ConnectionError:
            return False

    def receive(self, until=None):
        """Receives all bytes up to the end of the connection, or up to and including `until`."""
        received = b""
        while until is None or until not in received:
            try:
                piece = self.socket.recv(65536)
            except ConnectionError:
                break
            if not piece:
                break
            received += piece
        return received


def is_closed(raw):
    """Whether the server has closed the connection, perhaps after a response."""
    raw.socket.setblocking(False)
    try:
        while raw.socket.recv(65536):
            pass
        return True
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


def hold(server, content, count):
    held = []
    for _ in range(count):
        raw = Raw(server)
        raw.send(content)
        held.append(raw)
    return held


def exchange(server, content):
    """Sends bytes on a new connection and returns all that comes back until the server closes it."""
    with Raw(server) as raw:
        raw.send(content)
        raw.socket.shutdown(socket.SHUT_WR)
        return raw.receive()


def head(method, path, **fields):
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
