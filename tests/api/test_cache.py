"""Repeated queries: results come from the cache in memory or Redis, unchanged, and never outlive a change of the catalogue."""

import base64
import json
import pathlib
import subprocess
import sys

import pytest

import fit_process
from checks import results
from fit_process import Server, wait_until

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))
from postgres_cluster import PostgresCluster, is_available  # noqa: E402

def metric(server, line):
    for one in server.get("/metrics").text.splitlines():
        if one.startswith(line + " "):
            return float(one.rsplit(" ", 1)[1])
    return 0.0


def hits(server, kind, level="memory"):
    return metric(server, f'fit_cache_hits_total{{kind="{kind}",level="{level}"}}')


def without_times(response):
    body = response.json()
    assert response.status_code == 200, body
    del body["took_ms"]
    return body


def is_cached(response):
    return "cache" in response.headers["Server-Timing"]


@pytest.fixture
def catalogue(tmp_path, drawn_sample):
    fit_process.run(tmp_path, "import", drawn_sample.csv, "--source", "sample", EMBEDDING_PROVIDER="builtin")
    return tmp_path


def photo_query(drawn_sample, **fields):
    photo = drawn_sample.photo(drawn_sample.rows[0])
    return {"image_base64": base64.b64encode(photo).decode(), "limit": 5, **fields}


def test_a_repeated_query_returns_the_same_results(catalogue, drawn_sample):
    with Server(catalogue, EMBEDDING_PROVIDER="builtin") as server:
        for fields in (photo_query(drawn_sample), photo_query(drawn_sample, text="in black", explain=True),
                       {"text": "blue shirt under $50", "facets": ["brand", "price"]}):
            first = server.search(**fields)
            second = server.search(**fields)
            assert not is_cached(first)
            assert is_cached(second)
            assert without_times(first) == without_times(second)
        assert hits(server, "answer") == 3
        assert hits(server, "photo") == 1, "the second query has the photo of the first"
        assert metric(server, 'fit_cache_misses_total{kind="answer"}') == 3
        parts = {part["name"]: part for part in server.get("/health").json()["parts"]}
        assert parts["cache"]["status"] == "ok"
        assert parts["cache"]["state"]["level"] == "memory"


def test_a_write_invalidates_cached_results(catalogue, drawn_sample):
    photo = drawn_sample.photo(drawn_sample.rows[0])
    query = photo_query(drawn_sample)
    with Server(catalogue, EMBEDDING_PROVIDER="builtin") as server:
        server.search(**query)
        assert is_cached(server.search(**query))
        item = {"external_id": "1", "title": "the same photo",
                "images": [{"image_base64": base64.b64encode(photo).decode()}]}
        written = server.post("/api/v1/items/import?source=mine", data=json.dumps(item).encode(),
                              headers={"Content-Type": "application/x-ndjson"})
        assert written.status_code == 200, written.text
        wait_until(lambda: "the same photo" in [one["title"] for one in results(server.search(**query))],
                   "finding the new item", 60)


@pytest.mark.skipif(not fit_process.POSTGRES_FILE or not is_available(), reason="standbys are PostgreSQL's")
def test_results_read_from_a_standby_are_not_cached(drawn_sample, tmp_path):
    """The standby may be behind the position under which the results would be cached."""
    query = {"text": "blue shirt", "limit": 5}
    with PostgresCluster() as primary:
        url = primary.make_database("catalogue")
        fit_process.run(tmp_path, "import", drawn_sample.csv, "--source", "sample", DATABASE_URL=url)
        with Server(tmp_path, DATABASE_URL=url) as server:
            first = server.search(**query)
            assert is_cached(server.search(**query))
        with PostgresCluster(standby_of=primary) as standby:
            with Server(tmp_path, DATABASE_URL=url, DATABASE_READ_URL=standby.url("catalogue")) as server:
                for _ in range(3):
                    response = server.search(**query)
                    assert not is_cached(response)
                    assert [one["id"] for one in response.json()["results"]] == [
                        one["id"] for one in first.json()["results"]]
                assert hits(server, "answer") == 0
                assert metric(server, 'fit_cache_misses_total{kind="answer"}') == 0, "the cache is not even read"


def test_nothing_is_cached_when_caching_is_off(catalogue):
    with Server(catalogue, EMBEDDING_PROVIDER="builtin", VECTOR_SEARCH_CACHE_TTL=0) as server:
        for _ in range(3):
            assert not is_cached(server.search(text="blue shirt"))
        assert "fit_cache_hits_total" not in server.get("/metrics").text


def test_a_restarted_server_finds_results_in_redis(catalogue, redis):
    query = {"text": "blue shirt", "limit": 5}
    with Server(catalogue, EMBEDDING_PROVIDER="builtin", REDIS_URL=redis.url) as server:
        first = server.search(**query)
        assert hits(server, "answer", "redis") == 0
    with Server(catalogue, EMBEDDING_PROVIDER="builtin", REDIS_URL=redis.url) as server:
        wait_until(lambda: metric(server, "fit_redis_connected"), "connecting to Redis")
        second = server.search(**query)
        assert is_cached(second)
        assert without_times(first) == without_times(second)
        assert hits(server, "answer", "redis") == 1
        assert is_cached(server.search(**query))
        assert hits(server, "answer", "memory") == 1, "and cached in this process"


def test_a_redis_that_is_killed_fails_no_search(catalogue, redis):
    with Server(catalogue, EMBEDDING_PROVIDER="builtin", REDIS_URL=redis.url) as server:
        assert server.search(text="blue shirt").status_code == 200
        redis.kill()
        for number in range(30):
            assert server.search(text=f"blue shirt under ${number + 10}").status_code == 200
        assert server.get("/ready").status_code == 200
        parts = {part["name"]: part for part in server.get("/health").json()["parts"]}
        assert parts["cache"]["status"] == "ok"
        assert parts["cache"]["state"]["redis"] == "unavailable"
        redis.start()
        wait_until(lambda: metric(server, "fit_redis_connected"), "using Redis again")


def test_an_invalid_redis_url_stops_the_start(tmp_path):
    done = fit_process.run(tmp_path, "serve", check=False, REDIS_URL="http://:hunter2@nowhere", APP_PORT=0)
    assert done.returncode == 1
    assert "REDIS_URL" in done.stderr
    assert "hunter2" not in done.stderr
