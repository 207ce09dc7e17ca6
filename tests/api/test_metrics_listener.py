"""METRICS_PORT: a listener of its own for /metrics, of the server and of the worker."""

import contextlib
import re
import subprocess
import time

import pytest
import requests

import fit_process
from fit_process import BINARY, Server, environment, free_port, note_secrets, wait_until


def values(text):
    """The values of the series without labels."""
    return {name: float(value) for name, value in re.findall(r"^(\w+) (\S+)$", text, re.M)}


def test_a_server_shows_its_metrics_on_both_ports(tmp_path):
    port = free_port()
    with Server(tmp_path, METRICS_PORT=port) as server:
        url = f"http://127.0.0.1:{port}"
        response = requests.get(url + "/metrics", timeout=60)
        assert response.status_code == 200 and response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        names = set(re.findall(r"^# TYPE (\w+)", response.text, re.M))
        assert names == set(re.findall(r"^# TYPE (\w+)", server.get("/metrics").text, re.M))
        seen = values(response.text)
        assert seen["process_resident_memory_bytes"] > 1 << 20
        assert 0 < seen["process_open_fds"] < seen["process_max_fds"]
        assert 0 < seen["fit_storage_free_bytes"] <= seen["fit_storage_size_bytes"]
        for path in ("/", "/live", "/api/v1/items", "/health"):
            assert requests.get(url + path, timeout=60).status_code == 404, path
        assert requests.post(url + "/metrics", timeout=60).status_code == 405
        assert requests.get(url + "/metrics", headers={"Host": "evil.example"}, timeout=60).status_code == 421
        for _ in range(20):
            requests.get(url + "/metrics", timeout=60)
        counted = re.search(r'^fit_http_requests_total\{[^}]*route="/metrics"[^}]*\} (\d+)', server.get("/metrics").text, re.M)
        assert int(counted[1]) <= 3, "scrapes of the listener are not counted"
        before = values(requests.get(url + "/metrics", timeout=60).text)["process_cpu_seconds_total"]
        assert before > 0
        wait_until(lambda: values(requests.get(url + "/metrics", timeout=60).text)["process_cpu_seconds_total"] > before,
                   "processor time")
    with pytest.raises(requests.ConnectionError):
        requests.get(url + "/metrics", timeout=5)


def test_the_listener_on_loopback_is_open_where_the_server_asks(tmp_path):
    port = free_port()
    with Server(tmp_path, METRICS_PORT=port, API_KEY="a-key-for-the-test") as server:
        assert server.get("/metrics").status_code == 401
        assert requests.get(f"http://127.0.0.1:{port}/metrics", timeout=60).status_code == 200


def test_beyond_loopback_a_key_is_asked_for(tmp_path):
    port = free_port()
    secret = fit_process.run(tmp_path, "key", "create", "prometheus", "--scope", "metrics").stdout.strip()
    other = fit_process.run(tmp_path, "key", "create", "shop", "--scope", "search").stdout.strip()
    fit_process.run(tmp_path, "tenant", "create", "shop")
    tenants = fit_process.run(tmp_path, "key", "create", "tenants", "--scope", "metrics", "--tenant", "shop").stdout.strip()
    note_secrets(secret, other, tenants)
    # An address of loopback that is not written as one is treated as any other.
    with Server(tmp_path, METRICS_PORT=port, METRICS_HOST="127.1"):
        def scrape(key=None):
            headers = {"Authorization": f"Bearer {key}"} if key else {}
            return requests.get(f"http://127.0.0.1:{port}/metrics", headers=headers, timeout=60).status_code
        assert (scrape(), scrape("nonsense"), scrape(other), scrape(tenants), scrape(secret)) == (401, 401, 403, 403, 200)


def test_a_port_in_use_is_named(tmp_path):
    (tmp_path / "one").mkdir()
    with Server(tmp_path / "one") as server:
        done = fit_process.run(tmp_path, "serve", check=False, APP_PORT=free_port(), METRICS_PORT=server.port)
        assert done.returncode == 1 and "METRICS_PORT" in done.stderr, done.stderr


@contextlib.contextmanager
def worker(data, **settings):
    process = subprocess.Popen([BINARY, "worker"], env=environment(data, **settings), cwd=data, stderr=subprocess.DEVNULL)
    try:
        yield process
        process.terminate()
        assert process.wait(fit_process.STOP_LIMIT_S) == 0
    finally:
        process.kill()
        process.wait()


def test_a_worker_shows_its_metrics(tmp_path):
    fit_process.run(tmp_path, "migrate")
    port = free_port()

    def text():
        with contextlib.suppress(requests.ConnectionError):
            return requests.get(f"http://127.0.0.1:{port}/metrics", timeout=60).text
        return ""

    with worker(tmp_path, METRICS_PORT=port):
        wait_until(lambda: "process_resident_memory_bytes" in text(), "the worker's listener")
        assert values(text())["active_workers"] == 0


def test_the_time_of_a_backup_is_shown(tmp_path):
    with Server(tmp_path) as server:
        def made_at():
            return values(server.get("/metrics").text)["fit_backup_timestamp_seconds"]
        assert made_at() == 0
        began = time.time()
        fit_process.run(tmp_path, "backup", "--to", tmp_path / "backups")
    with Server(tmp_path) as server:
        wait_until(lambda: made_at() > 0, "the time of the backup")
        assert began - 1 <= made_at() <= time.time() + 1
