"""Small inputs that demand much time or memory."""

import json
import threading
import time

import pytest

from campaign import LIVE_LIMIT_S, peak_bytes, reset_peak, rounds
from checks import assert_problem

MIB = 1 << 20


def many_members(count):
    return b"{" + b",".join(b'"k%d":%d' % (n, n) for n in range(count)) + b"}"


JSON_BOMBS = {
    "80,000 members": many_members(80_000),
    "members in a filter": b'{"text":"red","filters":' + many_members(80_000) + b"}",
    "members in a list": b'{"input":[' + b",".join([many_members(900)] * 300) + b"]}",
    "one name 200,000 times": b"{" + b",".join([b'"k":1'] * 200_000) + b"}",
    "a million numbers": b'{"input":[' + b",".join([b"1"] * 1_000_000) + b"]}",
    "a box of a million numbers": b'{"image_base64":"aGVsbG8=","box":[' + b",".join([b"1"] * 1_000_000) + b"]}",
    "a deep box": b'{"image_base64":"aGVsbG8=","box":' + b"[" * 1_000_000 + b"]" * 1_000_000 + b"}",
    "deep lists": b'{"text":' + b"[" * 1_000_000 + b"]" * 1_000_000 + b"}",
    "deep objects": b'{"text":' + b'{"a":' * 300_000 + b"1" + b"}" * 300_000 + b"}",
    "a long escaped text": b'{"text":"' + b"\\u0041" * 500_000 + b'"}',
}
PATHS = ("/api/v1/search", "/search_by_image", "/api/v1/detect", "/api/v1/items", "/v1/embeddings")


@pytest.mark.parametrize("name", JSON_BOMBS)
def test_json_bombs_are_refused_quickly(server, name):
    """Eight requests at a time on every path, while /live responds."""
    statuses = []

    def send(path):
        response = server.post(path, data=JSON_BOMBS[name], headers={"Content-Type": "application/json"})
        statuses.append((path, response.status_code))

    reset_peak(server)
    started = time.monotonic()
    for path in PATHS:
        threads = [threading.Thread(target=send, args=(path,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        assert server.get("/live").elapsed.total_seconds() < LIVE_LIMIT_S
        for thread in threads:
            thread.join()
    assert all(status in (400, 413, 422) for _, status in statuses), statuses
    assert time.monotonic() - started < len(PATHS) * LIVE_LIMIT_S
    assert peak_bytes(server) < 1500 * MIB


def test_a_bomb_in_a_row_costs_only_the_row(server):
    rows = [json.dumps({"external_id": f"row{n}", "title": f"Row {n}"}).encode() for n in range(3)]
    rows.insert(1, many_members(rounds(80_000, 500_000)))
    rows.insert(3, b'{"external_id":"deep","title":' + b"[" * 100_000 + b"]" * 100_000 + b"}")
    response = server.post("/api/v1/items/import?source=bombs", data=b"\n".join(rows),
                           headers={"Content-Type": "application/x-ndjson"})
    assert response.status_code == 200, response.text
    assert {reject["line"] for reject in response.json()["rejects"]} >= {2, 4}


def test_long_addresses_are_refused(server):
    assert_problem(server.get("/api/v1/items?text=" + "x" * 20_000), 414)
    assert server.get("/" + "x" * 10_000).status_code == 404
    longest = max(len(line) for line in server.output().splitlines())
    assert longest < 4000, "the log holds whole paths"
