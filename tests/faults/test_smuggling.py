"""Requests that a proxy in front of the server and the server could read differently."""

import re

import pytest

from campaign import chance, exchange, head, rounds

LIVE = head("GET", "/live", Connection="close")
CHUNKS = b"0\r\n\r\n"


def post(fields, body=b"", path="/api/v1/search"):
    return f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n".encode() + fields + b"\r\n" + body


AMBIGUOUS = {
    "length beside coding": post(b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", CHUNKS),
    "coding beside length": post(b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", CHUNKS),
    "two lengths": post(b"Content-Length: 5\r\nContent-Length: 6\r\n", b"hello!"),
    "two equal lengths": post(b"Content-Length: 5\r\nContent-Length: 5\r\n", b"hello"),
    "list of lengths": post(b"Content-Length: 5, 5\r\n", b"hello"),
    "signed length": post(b"Content-Length: +5\r\n", b"hello"),
    "hexadecimal length": post(b"Content-Length: 0x5\r\n", b"hello"),
    "huge length": post(b"Content-Length: 99999999999999999999\r\n", b"hello"),
    "blank before the colon": post(b"Content-Length : 5\r\n", b"hello"),
    "folded coding": post(b"Transfer-Encoding:\r\n chunked\r\n", CHUNKS),
    "odd coding": post(b"Transfer-Encoding: xchunked\r\n", CHUNKS),
    "coding twice": post(b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", CHUNKS),
    "coding in HTTP/1.0": b"POST /live HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKS,
    "no Host": b"GET /live HTTP/1.1\r\n\r\n",
    "two Hosts": b"GET /live HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "folded line": post(b"X: a\r\n b\r\nContent-Length: 0\r\n"),
    "NUL": post(b"X: a\0b\r\nContent-Length: 0\r\n"),
    "bare CR": post(b"X: a\rContent-Length: 3\r\n", b"abc"),
    "bare LF": b"GET /live HTTP/1.1\nHost: a\n\n",
    "chunk size with a sign": post(b"Transfer-Encoding: chunked\r\n", b"+1\r\na\r\n0\r\n\r\n"),
    "chunk longer than its size": post(b"Transfer-Encoding: chunked\r\n", b"1\r\nab\r\n0\r\n\r\n"),
    "chunks with bare LF": post(b"Transfer-Encoding: chunked\r\n", b"1\na\n0\n\n"),
}


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_ambiguous_requests_end_the_connection(server, name):
    answer = exchange(server, AMBIGUOUS[name] + LIVE)
    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 501 ", b"HTTP/1.1 505 ")), answer
    assert b"\r\nConnection: close\r\n" in answer
    assert len(re.findall(rb"HTTP/1\.1 \d", answer)) == 1, "the rest of the bytes was read as another request"


def test_clear_requests_are_answered_one_by_one(server):
    pipeline = head("GET", "/live") + post(b"Content-Type: application/json\r\nContent-Length: 2\r\n", b"{}") + post(
        b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n", b"2\r\n{}\r\n0\r\n\r\n") + LIVE
    statuses = re.findall(rb"HTTP/1\.1 (\d{3}) ", exchange(server, pipeline))
    assert statuses == [b"200", b"422", b"422", b"200"]


def test_mutated_requests_never_become_two(server):
    """However the first request is mutated, its body is never executed as a request."""
    random = chance("smuggling")
    hidden = head("DELETE", "/api/v1/items/1", X_Request_ID="smuggled")
    good = post(b"Content-Type: text/plain\r\nContent-Length: %d\r\nX: y\r\n" % len(hidden))
    for _ in range(rounds(300, 100_000)):
        framing = bytearray(good)
        for _ in range(random.randint(1, 3)):
            # Not the digits of the length and the end of the head: every parser reads those changes alike.
            place = random.randrange(good.index(b"Host"), len(framing) - 6)
            if chr(framing[place]).isdigit() or framing[place - 1:place + 1] == b"\r\n":
                continue
            framing[place] = random.choice(b"\0\t\r\n \x0b\xff")  # none can be a part of a field name
        answer = exchange(server, bytes(framing) + hidden)
        assert b"smuggled" not in answer, bytes(framing)
