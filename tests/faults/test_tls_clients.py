"""Clients of a server with TLS that are slow, silent or hostile before their first request and after it."""

import concurrent.futures
import socket
import ssl

import pytest

from campaign import Raw, chance, head, hold, is_closed, resident_bytes, rounds
from fit_process import wait_until
from tls import Authority, TlsServer

MIB = 1 << 20
HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"  # the start of a ClientHello of 512 bytes


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    with TlsServer(folder, Authority(folder), RECEIVE_TIMEOUT=2000, MIN_BYTES_PER_SECOND=1_000_000,
                   MAX_CONNECTIONS_PER_PEER=200) as running:
        yield running


def test_unfinished_handshakes_are_closed_and_others_served(server):
    for content in (b"", HELLO[:3], HELLO, HELLO + b"x" * 300):
        held = hold(server, content, rounds(100, 190))
        assert server.get("/live").status_code == 200
        wait_until(lambda: all(is_closed(raw) for raw in held), "closing unfinished handshakes")
        for raw in held:
            raw.socket.close()


def test_a_handshake_that_trickles_is_closed(server):
    with Raw(server) as raw:
        raw.send(HELLO)

        def is_refused():
            return not raw.send(b"x") or is_closed(raw)

        wait_until(is_refused, "closing the handshake")


def test_a_finished_handshake_without_a_request_is_closed(server):
    with server.connect() as connection:
        assert connection.recv(1) == b""


def test_slow_requests_are_closed(server):
    for content in (b"GET /live HT", head("POST", "/api/v1/search", Content_Type="application/json",
                                          Content_Length=1000) + b'{"text":"re'):
        with server.connect() as connection:
            connection.sendall(content)
            assert connection.recv(65536).startswith(b"HTTP/1.1 408 ")


def test_random_bytes_are_refused(server):
    random = chance("TLS records")
    for _ in range(rounds(100, 5000)):
        content = bytes(random.choices((HELLO, b"\x16\x03\x03", b"\x15\x03\x03\x00\x02\x02\x00", b""), k=1)[0])
        content += random.randbytes(random.randrange(2000))
        with Raw(server) as raw:
            raw.send(content)
            raw.socket.shutdown(socket.SHUT_WR)
            assert not raw.receive().startswith(b"HTTP/1.1 2")


def test_lost_connections_take_no_memory(server):
    def lose(count):
        for _ in range(count):
            connection = server.connect()
            connection.sendall(head("GET", "/openapi.json"))
            connection.close()

    lose(50)
    before = resident_bytes(server)
    lose(rounds(300, 5000))
    assert server.get("/live").status_code == 200
    assert resident_bytes(server) - before < 32 * MIB


def test_a_client_that_reads_nothing_is_closed(server):
    def read_nothing():
        with server.connect() as connection:
            request = head("GET", "/openapi.json", Accept_Encoding="identity")
            connection.setblocking(False)

            def is_refused():
                try:
                    for _ in range(1000):
                        connection.send(request)
                except ssl.SSLWantWriteError:
                    return False
                except (ConnectionError, ssl.SSLError):
                    return True
                return False

            wait_until(is_refused, "closing the connection")

    # OpenSSL keeps the error of a lost connection for the thread, and Python raises it for the thread's next connection.
    with concurrent.futures.ThreadPoolExecutor(1) as thread:
        thread.submit(read_nothing).result()
