"""The operators' endpoints, and what every response carries."""

import re

import pytest
import requests

from checks import assert_problem
from fit_process import PATIENCE, Server, wait_until


def test_live_and_ready(server):
    assert server.get("/live").json() == {"status": "live"}
    assert server.get("/ready").json() == {"status": "ready"}


def test_health_reports_each_part(server):
    health = server.get("/health")
    assert health.status_code == 200
    body = health.json()
    assert body["status"] == "ok" and body["embedding_provider"] == "palette" and body["text_search"] is False
    assert re.fullmatch(r"\d+\.\d+\.\d+", body["version"]) and body["uptime_s"] > 0
    assert {part["name"] for part in body["parts"]} >= {"store", "index", "model"}
    assert all(part["status"] == "ok" for part in body["parts"])


def metric(text, name, **labels):
    """The value of the first sample of that name with those labels, or 0."""
    for line in text.splitlines():
        match = re.fullmatch(r"([a-z_]+)(\{.*\})? (\S+)", line)
        if match and match[1] == name and all(f'{key}="{value}"' in (match[2] or "") for key, value in labels.items()):
            return float(match[3])
    return 0.0


def test_metrics_count_requests_by_route_and_status(server):
    before = server.get("/metrics")
    assert before.headers["Content-Type"].startswith("text/plain")
    server.get("/api/v1/items/999999998")
    server.get("/api/v1/items/999999999")
    after = server.get("/metrics").text
    labels = {"route": "/api/v1/items/{id}", "status": "404", "method": "GET"}
    assert metric(after, "fit_http_requests_total", **labels) == metric(before.text, "fit_http_requests_total", **labels) + 2
    assert metric(after, "fit_http_request_duration_seconds_count", route="/api/v1/items/{id}") >= 2
    assert metric(after, "fit_http_requests_in_flight") >= 1


@pytest.mark.parametrize("path", ["/", "/live", "/docs", "/openapi.json", "/nothing", "/health"])
def test_security_headers(server, path):
    headers = server.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "Server" not in headers


@pytest.mark.parametrize("path", ["/", "/items/1", "/catalogue", "/uploads", "/operations", "/sign-in", "/set-up", "/invitation", "/reset", "/account", "/favourites", "/review", "/queues", "/clusters", "/clusters/1", "/trends", "/experiments", "/wardrobe", "/wardrobe/1", "/for-you", "/outfits", "/outfits/saved", "/outfits/saved/1", "/outfits/plan", "/shared-outfit", "/sources", "/saved-searches", "/alerts/confirm", "/unsubscribe", "/bookmarklet", "/keys", "/users", "/recent", "/studio", "/studio/catalogue", "/studio/uploads", "/studio/sources", "/studio/clusters", "/studio/clusters/1", "/studio/review", "/studio/trends", "/studio/experiments", "/studio/alerts", "/studio/operations", "/studio/queues", "/studio/users", "/studio/keys", "/studio/bookmarklet", "/docs", "/api/docs", "/docs.js", "/docs.css", "/favicon.svg"])
def test_pages_load_nothing_from_other_servers(server, path):
    response = server.get(path)
    assert response.status_code == 200
    # What a page says of itself is read by others, and loads and runs nothing.
    text = re.sub(r'<link rel="canonical"[^>]*>|<script type="application/ld\+json">[^<]*</script>', "", response.text)
    used = re.findall(r'(?:src|href)="([^"]+)"|url\(([^)]+)\)|fetch\("([^"]+)"', text)
    for address in filter(None, sum(used, ())):
        assert not address.startswith(("http", "//")), address
    assert not re.search(r"<script(?![^>]*src)|\son[a-z]+=|style=", text)
    again = server.get(path, headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


def test_files_of_the_app_are_cached_forever_and_compressed(server):
    page = server.get("/")
    assert page.headers["Cache-Control"] == "no-cache"
    script = re.search(r'href="(/assets/start-[^"]+\.js)"', page.text)[1]
    sizes = {}
    for coding in ("br", "gzip", "identity"):
        response = requests.get(server.url + script, headers={"Accept-Encoding": coding}, timeout=30, stream=True)
        assert response.status_code == 200 and "immutable" in response.headers["Cache-Control"]
        assert response.headers.get("Content-Encoding", "identity") == coding
        assert response.headers["Vary"] == "Accept-Encoding"
        sizes[coding] = int(response.headers["Content-Length"])
    assert sizes["br"] < sizes["gzip"] < sizes["identity"] / 2
    refused = requests.get(server.url + script, headers={"Accept-Encoding": "br;q=0, gzip;q=0"}, timeout=30)
    assert "Content-Encoding" not in refused.headers


@pytest.mark.parametrize("path", ["/assets/nothing.js", "/assets/..%2findex.html", "/assets/index.html", "/icons/", "/share", "/items", "/items/1/2", "/api"])
def test_only_the_paths_of_the_app_return_it(server, path):
    assert_problem(server.get(path), 404)


def test_a_missing_page_is_a_page_for_people_and_problem_details_for_programs(server):
    browser = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    for path in ("/nothing", "/images/99999999", "/assets/nothing.js"):
        page = server.get(path, headers=browser)
        assert page.status_code == 404 and page.headers["Content-Type"] == "text/html; charset=utf-8"
        assert '<div id="app">' in page.text and page.headers["Cache-Control"] == "no-store"
        assert "script-src 'self'" in page.headers["Content-Security-Policy"]
        assert_problem(server.get(path), 404)
    assert_problem(server.get("/api/v1/items/99999999", headers=browser), 404)


def test_responses_are_compressed_on_request(server):
    packed = server.get("/openapi.json", headers={"Accept-Encoding": "gzip"})
    plain = server.get("/openapi.json", headers={"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip" and "Content-Encoding" not in plain.headers
    assert packed.json() == plain.json()
    assert int(packed.headers["Content-Length"]) < int(plain.headers["Content-Length"]) / 3


def test_head_and_options(server):
    head = requests.head(server.url + "/openapi.json", timeout=30)
    assert head.status_code == 200 and head.content == b"" and int(head.headers["Content-Length"]) > 1000
    options = requests.options(server.url + "/api/v1/items/1", timeout=30)
    assert options.status_code == 204 and options.headers["Allow"] == "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"


def test_connections_persist_and_pipelining_keeps_the_order(server):
    import socket
    with socket.create_connection(("127.0.0.1", server.port), timeout=30 * PATIENCE) as raw:
        raw.sendall(b"".join(f"GET {path} HTTP/1.1\r\nHost: x\r\nX-Request-ID: r{n}\r\n\r\n".encode()
                             for n, path in enumerate(["/health", "/live", "/api/v1/items/999999", "/live"])))
        response = b""
        while response.count(b"HTTP/1.1") < 4 or response.count(b"}") < 1 or not response.rstrip().endswith(b"}"):
            piece = raw.recv(65536)
            assert piece, response
            response += piece
    assert re.findall(rb"(?i)x-request-id: (r\d)", response) == [b"r0", b"r1", b"r2", b"r3"]


def test_the_access_log_names_the_request(server):
    server.get("/api/v1/items/424242", headers={"X-Request-ID": "logged-1"})
    wait_until(lambda: "logged-1" in server.output(), "the line in the log")
    line = next(line for line in server.output().splitlines() if "logged-1" in line)
    for part in ("GET", "/api/v1/items/424242", "404", "took_ms"):
        assert part in line


def test_log_lines_cannot_be_forged(server):
    server.get("/x%0aforged%20line", headers={"X-Request-ID": "logged-2"})
    assert not any(line.startswith("forged") for line in server.output().splitlines())


def test_json_logs(tmp_path):
    import json
    with Server(tmp_path, LOG_FORMAT="json") as server:
        server.get("/live", headers={"X-Request-ID": "json-1"})
        assert_problem(server.get("/nothing"), 404)
        lines = [json.loads(line) for line in server.output().splitlines() if line.strip()]
    assert any(line.get("request_id") == "json-1" and line.get("status") == 200 for line in lines)
