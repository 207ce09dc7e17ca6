"""Questions asked again: answered from memory or Redis, the same as before, and never older than the catalogue."""

import base64
import json
import pathlib
import subprocess
import sys
import time

import pytest

import fit_process
from fit_process import Server

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))
from postgres_cluster import PostgresCluster, is_available  # noqa: E402

REDIS = pathlib.Path("/usr/bin/redis-server")


class Redis:
    """A redis-server on a Unix socket that keeps nothing on the disk."""

    def __init__(self, folder):
        self.folder = folder
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
            [REDIS, "--port", "0", "--unixsocket", self.socket, "--dir", self.folder, "--save", "", "--appendonly", "no"],
            stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            if "eady to accept connections" in line:
                return
        raise AssertionError("redis-server did not start")

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.kill()


@pytest.fixture
def redis(tmp_path):
    if not REDIS.exists():
        pytest.skip("redis-server is not installed")
    folder = tmp_path / "redis"
    folder.mkdir()
    with Redis(folder) as running:
        yield running


def metric(server, line):
    for one in server.get("/metrics").text.splitlines():
        if one.startswith(line + " "):
            return float(one.rsplit(" ", 1)[1])
    return 0.0


def hits(server, kind, level="memory"):
    return metric(server, f'fit_cache_hits_total{{kind="{kind}",level="{level}"}}')


def without_times(answer):
    body = answer.json()
    assert answer.status_code == 200, body
    del body["took_ms"]
    return body


def is_remembered(answer):
    return "cache" in answer.headers["Server-Timing"]


@pytest.fixture
def catalogue(tmp_path, drawn_sample):
    fit_process.run(tmp_path, "import", drawn_sample.csv, "--source", "sample", EMBEDDING_PROVIDER="builtin")
    return tmp_path


def photo_question(drawn_sample, **fields):
    photo = drawn_sample.photo(drawn_sample.rows[0])
    return {"image_base64": base64.b64encode(photo).decode(), "limit": 5, **fields}


def test_a_question_asked_again_is_answered_the_same(catalogue, drawn_sample):
    with Server(catalogue, EMBEDDING_PROVIDER="builtin") as server:
        for fields in (photo_question(drawn_sample), photo_question(drawn_sample, text="in black", explain=True),
                       {"text": "blue shirt under $50", "facets": ["brand", "price"]}):
            first = server.search(**fields)
            second = server.search(**fields)
            assert not is_remembered(first)
            assert is_remembered(second)
            assert without_times(first) == without_times(second)
        assert hits(server, "answer") == 3
        assert hits(server, "photo") == 1, "the second question has the photo of the first"
        assert metric(server, 'fit_cache_misses_total{kind="answer"}') == 3
        parts = {part["name"]: part for part in server.get("/health").json()["parts"]}
        assert parts["cache"]["status"] == "ok"
        assert parts["cache"]["state"]["level"] == "memory"


def test_a_write_in_between_is_seen(catalogue, drawn_sample):
    photo = drawn_sample.photo(drawn_sample.rows[0])
    question = photo_question(drawn_sample)
    with Server(catalogue, EMBEDDING_PROVIDER="builtin") as server:
        server.search(**question)
        assert is_remembered(server.search(**question))
        item = {"external_id": "1", "title": "the same photo",
                "images": [{"image_base64": base64.b64encode(photo).decode()}]}
        written = server.post("/api/v1/items/import?source=mine", data=json.dumps(item).encode(),
                              headers={"Content-Type": "application/x-ndjson"})
        assert written.status_code == 200, written.text
        deadline = time.monotonic() + 60 * fit_process.PATIENCE
        while "the same photo" not in [one["title"] for one in server.search(**question).json()["results"]]:
            assert time.monotonic() < deadline, "the new item is not found"


@pytest.mark.skipif(not fit_process.POSTGRES_FILE or not is_available(), reason="standbys are PostgreSQL's")
def test_what_a_standby_answered_is_not_remembered(drawn_sample, tmp_path):
    """It may have been behind the position that the answer would be kept under."""
    question = {"text": "blue shirt", "limit": 5}
    with PostgresCluster() as primary:
        url = primary.make_database("catalogue")
        fit_process.run(tmp_path, "import", drawn_sample.csv, "--source", "sample", DATABASE_URL=url)
        with Server(tmp_path, DATABASE_URL=url) as server:
            first = server.search(**question)
            assert is_remembered(server.search(**question))
        with PostgresCluster(standby_of=primary) as standby:
            with Server(tmp_path, DATABASE_URL=url, DATABASE_READ_URL=standby.url("catalogue")) as server:
                for _ in range(3):
                    answer = server.search(**question)
                    assert not is_remembered(answer)
                    assert [one["id"] for one in answer.json()["results"]] == [
                        one["id"] for one in first.json()["results"]]
                assert hits(server, "answer") == 0
                assert metric(server, 'fit_cache_misses_total{kind="answer"}') == 0, "it is not even looked for"


def test_nothing_is_remembered_when_switched_off(catalogue):
    with Server(catalogue, EMBEDDING_PROVIDER="builtin", VECTOR_SEARCH_CACHE_TTL=0) as server:
        for _ in range(3):
            assert not is_remembered(server.search(text="blue shirt"))
        assert "fit_cache_hits_total" not in server.get("/metrics").text


def test_a_restarted_server_finds_answers_in_redis(catalogue, redis):
    question = {"text": "blue shirt", "limit": 5}
    with Server(catalogue, EMBEDDING_PROVIDER="builtin", REDIS_URL=redis.url) as server:
        first = server.search(**question)
        assert hits(server, "answer", "redis") == 0
    with Server(catalogue, EMBEDDING_PROVIDER="builtin", REDIS_URL=redis.url) as server:
        deadline = time.monotonic() + 60 * fit_process.PATIENCE
        while not metric(server, "fit_redis_connected"):
            assert time.monotonic() < deadline
        second = server.search(**question)
        assert is_remembered(second)
        assert without_times(first) == without_times(second)
        assert hits(server, "answer", "redis") == 1
        assert is_remembered(server.search(**question))
        assert hits(server, "answer", "memory") == 1, "and kept in this process"


def test_a_redis_that_is_killed_fails_no_search(catalogue, redis):
    with Server(catalogue, EMBEDDING_PROVIDER="builtin", REDIS_URL=redis.url) as server:
        assert server.search(text="blue shirt").status_code == 200
        redis.kill()
        for number in range(30):
            assert server.search(text=f"blue shirt under ${number + 10}").status_code == 200
        assert server.get("/ready").status_code == 200
        parts = {part["name"]: part for part in server.get("/health").json()["parts"]}
        assert parts["cache"]["status"] == "ok"
        assert parts["cache"]["state"]["redis"] == "passed over"
        redis.start()
        deadline = time.monotonic() + 60 * fit_process.PATIENCE
        while not metric(server, "fit_redis_connected"):
            assert time.monotonic() < deadline, "Redis is not used again"


def test_a_bad_address_of_redis_stops_the_start(tmp_path):
    done = fit_process.run(tmp_path, "serve", check=False, REDIS_URL="http://:hunter2@nowhere", APP_PORT=0)
    assert done.returncode == 1
    assert "REDIS_URL" in done.stderr
    assert "hunter2" not in done.stderr
