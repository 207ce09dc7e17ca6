"""Rate limits: who sends too much gets 429 and is told when to come back, and processes share their counts in Redis."""

import concurrent.futures
import http.client
import re

import fit_process
import image_files
from checks import assert_problem
from fit_process import Server, wait_until

POLICY = re.compile(r'"([a-z-]+)";q=(\d+);w=(\d+)')
STATE = re.compile(r'"([a-z-]+)";r=(\d+);t=(\d+)')


def listed(server, **options):
    return server.get("/api/v1/items?limit=1", **options)


def policy(response):
    name, quota, window = POLICY.fullmatch(response.headers["RateLimit-Policy"]).groups()
    return name, int(quota), int(window)


def state(response):
    name, remaining, seconds = STATE.fullmatch(response.headers["RateLimit"]).groups()
    return name, int(remaining), int(seconds)


def statuses(server, count):
    return [listed(server).status_code for _ in range(count)]


def metric(server, line):
    found = re.search(rf"^{re.escape(line)} (\S+)$", server.get("/metrics").text, re.M)
    return float(found[1]) if found else 0.0


def test_contents_of_assets_are_limited_as_searches(tmp_path):
    with Server(tmp_path, RATE_LIMIT_SEARCH="2/hour") as server:
        sent = server.post("/api/v1/ingest", files=[("files", ("a.jpg", image_files.jpeg(1)))]).json()
        path = f"/api/v1/assets/{sent['asset_id']}"
        assert [server.get(path + "/content").status_code for _ in range(3)] == [200, 200, 429]
        assert server.get(path).status_code == 200, "the state of an asset costs little"


def status_from(server, address):
    """The status of a request from another address of the loopback network."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60, source_address=(address, 0))
    connection.request("GET", "/api/v1/items?limit=1")
    status = connection.getresponse().status
    connection.close()
    return status


def test_a_caller_above_the_limit_is_refused(tmp_path):
    with Server(tmp_path, RATE_LIMIT_SEARCH="3/day") as server:
        for left in (2, 1, 0):
            response = listed(server)
            assert response.status_code == 200
            assert policy(response) == ("search", 3, 86_400)
            name, remaining, seconds = state(response)
            assert (name, remaining) == ("search", left)
            assert 28_000 < seconds <= 28_800
        refused = listed(server)
        problem = assert_problem(refused, 429, code="rate_limit_exceeded")
        assert "3/day" in problem["detail"]
        assert 28_000 < int(refused.headers["Retry-After"]) <= 28_800
        assert state(refused) == ("search", 0, int(refused.headers["Retry-After"]))
        assert policy(refused) == policy(response)
        assert_problem(server.search(text="blue shirt"), 429, code="rate_limit_exceeded")
        assert_problem(server.search_by_image(image_base64="x"), 429)
        assert metric(server, 'fit_http_rate_limited_total{class="search"}') == 3
        assert status_from(server, "127.0.0.2") == 200, "another address"
        for path in ("/", "/live", "/ready", "/health", "/metrics", "/images/1", "/api/v1/items/1",
                     "/api/v1/items/import/none", "/api/v1/properties", "/v1/models"):
            response = server.get(path)
            assert response.status_code in (200, 404), path
            assert "RateLimit" not in response.headers, path


def test_each_kind_of_request_has_its_own_limit(tmp_path):
    item = {"source": "mine", "external_id": "1", "title": "a shirt"}
    limits = {f"RATE_LIMIT_{name}": "1/day" for name in ("WRITE", "INGEST", "EMBEDDING")}
    with Server(tmp_path, **limits) as server:
        calls = {
            "write": lambda: server.put("/api/v1/items?source=mine&external_id=1", json=item),
            "ingest": lambda: server.post("/api/v1/items/sample?first=1&items=1"),
            "embedding": lambda: server.post("/v1/embeddings", json={"input": "a shirt"}),
        }
        for name, call in calls.items():
            first = call()
            assert first.status_code != 429, first.text
            assert policy(first) == (name, 1, 86_400), "on failures too"
            assert call().status_code == 429
        problem = calls["embedding"]().json()
        assert problem["error"]["code"] == "rate_limit_exceeded", "as OpenAI's clients expect"
        assert server.delete("/api/v1/items/1").status_code == 429, "changes share a bucket"
        assert listed(server).status_code == 200


def test_tokens_come_back(tmp_path):
    with Server(tmp_path, RATE_LIMIT_SEARCH="1/second burst 2") as server:
        assert policy(listed(server)) == ("search", 2, 2)
        wait_until(lambda: listed(server).status_code == 429, "being refused")
        wait_until(lambda: listed(server).status_code == 200, "being admitted again")


def test_concurrent_requests_take_no_token_twice(tmp_path):
    with Server(tmp_path, RATE_LIMIT_SEARCH="10/day") as server:
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda _: listed(server).status_code, range(60)))
        assert sorted(found) == [200] * 10 + [429] * 50


def test_without_settings_a_local_server_limits_nothing(tmp_path):
    with Server(tmp_path) as server:
        for _ in range(30):
            response = listed(server)
            assert response.status_code == 200
            assert "RateLimit" not in response.headers


def test_processes_share_their_counts_in_redis(tmp_path, redis):
    settings = {"RATE_LIMIT_SEARCH": "6/day", "REDIS_URL": redis.url}
    folder = tmp_path / "other"
    folder.mkdir()
    with Server(tmp_path, **settings) as one, Server(folder, VECTOR_SEARCH_CACHE_TTL=0, **settings) as other:
        for server in (one, other):
            wait_until(lambda server=server: metric(server, "fit_redis_connected"), "connecting to Redis")
        assert statuses(one, 2) == [200] * 2
        assert statuses(other, 3) == [200] * 3
        assert state(listed(one))[1] == 0
        assert statuses(one, 2) == statuses(other, 2) == [429] * 2


def test_without_redis_each_process_counts(tmp_path, redis):
    with Server(tmp_path, RATE_LIMIT_SEARCH="3/day", REDIS_URL=redis.url) as server:
        wait_until(lambda: metric(server, "fit_redis_connected"), "connecting to Redis")
        assert statuses(server, 4) == [200] * 3 + [429]
        redis.kill()
        assert statuses(server, 5) == [200] * 3 + [429] * 2, "a bucket of this process"
        redis.start()
        wait_until(lambda: metric(server, "fit_redis_connected"), "using Redis again")
        assert listed(server).status_code == 200, "Redis has lost its buckets"


def test_the_settings_are_shown_and_checked(tmp_path):
    shown = fit_process.run(tmp_path, "config", RATE_LIMIT_WRITE="5/hour burst 9").stdout
    assert re.search(r"RATE_LIMIT_SEARCH +10/minute +default", shown), shown
    assert re.search(r"RATE_LIMIT_WRITE +5/hour burst 9 +environment", shown), shown
    for wrong in ("10", "ten/minute", "10/fortnight", "0/day", ""):
        done = fit_process.run(tmp_path, "serve", check=False, RATE_LIMIT_SEARCH=wrong, APP_PORT=0)
        assert done.returncode == 2
        assert "RATE_LIMIT_SEARCH" in done.stderr, done.stderr
