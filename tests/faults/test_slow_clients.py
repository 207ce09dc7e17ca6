"""Clients that send slowly, hold connections, or send more than they may."""

import socket

import requests

import fit_process
from campaign import Raw, head, hold, is_closed, resident_bytes, rounds
from fit_process import wait_until

MIB = 1 << 20
SERVER = {"RECEIVE_TIMEOUT": 500, "MIN_BYTES_PER_SECOND": 1_000_000, "MAX_CONNECTIONS_PER_PEER": 200}


def test_half_requests_are_closed_and_others_served(server):
    lines_before = server.output().count("\n")
    for content in (b"", b"GET /live HT", head("POST", "/api/v1/search", Content_Type="application/json",
                                               Content_Length=1000) + b'{"text":"re'):
        held = hold(server, content, rounds(150, 190))
        assert server.get("/live").status_code == 200
        wait_until(lambda: all(is_closed(raw) for raw in held), "closing slow connections")
        for raw in held:
            raw.socket.close()
    lines = server.output().count("\n") - lines_before
    assert lines < rounds(150, 190) + 60, "more than the access log's lines of the bodies"


def test_one_client_cannot_take_all_connections(server):
    held = hold(server, b"", SERVER["MAX_CONNECTIONS_PER_PEER"] + 50)
    wait_until(lambda: sum(is_closed(raw) for raw in held) >= 50, "refusing connections")
    for raw in held:
        raw.socket.close()
    wait_until(lambda: server_answers(server), "the limit")


def server_answers(server):
    try:
        return server.get("/live").status_code == 200
    except requests.ConnectionError:
        return False


def test_an_endless_header_takes_no_memory(server):
    for content in (b"GET /live HTTP/1.1\r\nHost: a\r\nX: ", b"GET /live HTTP/1.1\r\nHost: a\r\n", b"GET /", b"\r\n"):
        piece = (b"y: 1\r\n" if content.endswith(b"a\r\n") else b"\r\n" if content == b"\r\n" else b"y") * 100_000
        before = resident_bytes(server)
        sent = 0
        with Raw(server) as raw:
            raw.send(content)
            while sent < rounds(200, 2000) * MIB and raw.send(piece):
                sent += len(piece)
            answer = raw.receive()
        assert answer == b"" or answer.startswith((b"HTTP/1.1 431 ", b"HTTP/1.1 414 ")), answer[:200]
        assert resident_bytes(server) - before < 32 * MIB


def test_a_path_takes_only_what_it_may(server):
    for path, status in (("/live", 405), ("/nothing", 404), ("/api/v1/items/sample", 413), ("/api/v1/search", 413)):
        with Raw(server) as raw:
            raw.send(head("POST", path, Content_Length=1 << 30, Content_Type="application/json"))
            assert raw.receive(b"\r\n\r\n").startswith(f"HTTP/1.1 {status} ".encode())
        scratch = server.data / "storage" / "scratch"
        assert not [file for file in scratch.rglob("body-*")]


def test_a_client_that_reads_nothing_is_closed(server):
    with Raw(server) as raw:
        raw.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        request = head("GET", "/openapi.json", Accept_Encoding="identity")

        def is_refused():
            raw.socket.setblocking(False)
            try:
                for _ in range(1000):
                    raw.socket.send(request)
            except BlockingIOError:
                return False
            except ConnectionError:
                return True
            return False

        wait_until(is_refused, "closing the connection")
