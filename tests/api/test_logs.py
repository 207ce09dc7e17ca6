"""Log levels by module at run time, slow searches in the log."""

import json

import pytest

from checks import assert_problem
from fit_process import Server, wait_until

LEVEL = "/api/v1/admin/log-level"


def messages(server):
    return [json.loads(line) for line in server.output().splitlines() if line.startswith("{")]


def test_levels_are_set_by_module_while_the_server_runs(tmp_path):
    with Server(tmp_path, LOG_FORMAT="json", LOG_LEVEL="warning,main=info") as server:
        assert server.get(LEVEL).json() == {"level": "warning,main=info"}
        server.get("/api/v1/items")
        assert not [line for line in messages(server) if line["message"] == "request"]
        changed = server.post(LEVEL, json={"level": "error,http=info"})
        assert changed.status_code == 200 and changed.json() == {"level": "error,http=info"}
        server.get("/api/v1/items", headers={"X-Request-ID": "now-visible"})
        wait_until(lambda: [line for line in messages(server) if line.get("request_id") == "now-visible"], "a line of the module")
        server.post(LEVEL, json={"level": "error"})
        server.get("/api/v1/items", headers={"X-Request-ID": "hidden-again"})
        assert server.get("/api/v1/items").status_code == 200
        assert "hidden-again" not in server.output()


@pytest.mark.parametrize("body", [{"level": "loud"}, {"level": "info,=debug"}, {}, {"level": "info", "more": 1}, {"level": 3}])
def test_levels_that_are_none_change_nothing(empty_server, body):
    before = empty_server.get(LEVEL).json()
    assert_problem(empty_server.post(LEVEL, json=body), 422)
    assert empty_server.get(LEVEL).json() == before


def test_slow_searches_are_logged_with_the_times_of_their_parts(tmp_path, drawn_sample):
    with Server(tmp_path, LOG_FORMAT="json", SLOW_QUERY_MS=1) as server:
        answer = server.post("/api/v1/search", headers={"X-Request-ID": "slow-one"},
                             files={"image": drawn_sample.photo(drawn_sample.rows[0])}, data={"text": "a private gown", "facets": '["brand"]'})
        assert answer.status_code == 200, answer.text
        line, = (line for line in messages(server) if line["message"] == "slow search")
        assert line["request_id"] == "slow-one" and line["level"] == "warning" and line["kind"] == "composed"
        parts = [line[f"{part}_ms"] for part in ("resolve", "filter", "candidates", "page", "facets")]
        assert all(part >= 0 for part in parts) and 0 < sum(parts) <= line["took_ms"] + 0.1
        assert "gown" not in server.output()
        assert "fit_slow_searches_total 1" in server.get("/metrics").text


def test_no_search_is_slow_with_0(tmp_path):
    with Server(tmp_path, LOG_FORMAT="json", SLOW_QUERY_MS=0) as server:
        assert server.search(text="gown").status_code == 200
        assert "slow search" not in server.output()
