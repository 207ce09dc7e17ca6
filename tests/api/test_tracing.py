"""Traces, by OTLP over HTTP to a receiver of the test, and the ids of traces in logs and problems."""

import json
import re
import secrets
import time

import pytest

import fit_process
from fit_process import Server, wait_until
from receivers import TraceReceiver
from vision_server import VisionServer

PRIVATE = "a very private gown"


def new_trace(sampled=True):
    """An id, and the header of a caller with that trace."""
    trace = secrets.token_hex(16)
    return trace, {"traceparent": f"00-{trace}-{secrets.token_hex(8)}-0{int(sampled)}"}


def traced(data, receiver, **settings):
    return Server(data, **{"TRACING_ENABLED": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url, "LOG_FORMAT": "json"} | settings)


def lines(server):
    return [json.loads(line) for line in server.output().splitlines() if line.startswith("{")]


@pytest.fixture(scope="module")
def receiver():
    with TraceReceiver() as running:
        yield running


@pytest.fixture(scope="module")
def server(drawn_sample, tmp_path_factory, receiver):
    data = tmp_path_factory.mktemp("traced")
    fit_process.run(data, "import", drawn_sample.csv, "--source", "sample", EMBEDDING_PROVIDER="builtin")
    with traced(data, receiver, OTEL_SERVICE_NAME="shop", EMBEDDING_PROVIDER="builtin") as running:
        yield running


def by_name(spans, name):
    found = [span for span in spans if span["name"] == name]
    assert found, (name, sorted(span["name"] for span in spans))
    return found[0]


def ancestors(span, spans):
    """The names of the spans above a span, the nearest first."""
    places = {one["spanId"]: one for one in spans}
    names = []
    while span := places.get(span.get("parentSpanId")):
        names.append(span["name"])
    return names


def test_a_search_by_photo_and_words_is_a_tree_of_spans(server, receiver, drawn_sample):
    trace, headers = new_trace()
    answer = server.post("/api/v1/search", headers=headers | {"X-Request-ID": "request-7"},
                         files={"image": drawn_sample.photo(drawn_sample.rows[0])}, data={"text": PRIVATE, "facets": '["brand"]'})
    assert answer.status_code == 200, answer.text
    spans = receiver.trace(trace, "POST /api/v1/search")
    root = by_name(spans, "POST /api/v1/search")
    assert root["parentSpanId"] == headers["traceparent"].split("-")[2]
    assert root["kind"] == 2 and "status" not in root
    assert root["attributes"] == {"http.request.method": "POST", "http.route": "/api/v1/search",
                                  "http.response.status_code": 200, "fit.request_id": "request-7", "fit.tenant": "default"}
    for name in ("decode image", "embed images", "embed batch"):
        assert "resolve query" in ancestors(by_name(spans, name), spans), name
    lists = {span["attributes"]["fit.list"] for span in spans if span["name"] == "candidates"}
    assert {"image", "words"} <= lists
    for name in ("resolve query", "filter", "candidates", "page", "facets"):
        assert ancestors(by_name(spans, name), spans)[:2] == ["search", "POST /api/v1/search"], name
    statements = [span for span in spans if "db.query.text" in span["attributes"]]
    assert statements and all(span["kind"] == 3 for span in statements)
    for span in spans:
        assert span["traceId"] == trace and int(span["startTimeUnixNano"]) <= int(span["endTimeUnixNano"])
    everything = b"".join(body for _, _, body in receiver.requests).decode()
    assert PRIVATE not in everything and "gown" not in everything, "what people ask for is in no span"
    resource = json.loads(receiver.requests[-1][2])["resourceSpans"][0]["resource"]["attributes"]
    assert {"key": "service.name", "value": {"stringValue": "shop"}} in resource


def test_a_trace_that_the_caller_does_not_record_is_not_recorded(server, receiver):
    trace, headers = new_trace(sampled=False)
    assert server.get("/api/v1/items", headers=headers).status_code == 200
    marker, headers = new_trace()
    server.get("/api/v1/items", headers=headers)
    receiver.trace(marker, "GET /api/v1/items")
    assert not [span for span in receiver.spans() if span["traceId"] == trace]
    wait_until(lambda: any(line.get("trace_id") == trace for line in lines(server)), "a log line with the id of the trace")


def test_problems_and_log_lines_have_the_id_of_the_trace(server):
    trace, headers = new_trace()
    problem = server.get("/api/v1/items/999999", headers=headers).json()
    assert problem["trace_id"] == trace and problem["request_id"]
    fresh = server.get("/api/v1/items/999999", headers={"traceparent": "no-traceparent"}).json()["trace_id"]
    assert re.fullmatch("[0-9a-f]{32}", fresh) and fresh != trace

    def found():
        return [line for line in lines(server) if line.get("trace_id") == trace and line["message"] == "request"]
    wait_until(found, "the line of the request")
    assert found()[0]["request_id"] == problem["request_id"] and found()[0]["module"] == "http"


def test_a_job_continues_the_trace_of_the_request_that_added_it(server, receiver, drawn_sample):
    trace, headers = new_trace()
    answer = server.post("/api/v1/ingest", headers=headers,
                         files=[("files", ("photo.jpg", drawn_sample.photo(drawn_sample.rows[1]), "image/jpeg"))])
    assert answer.status_code == 202, answer.text
    spans = receiver.trace(trace, "POST /api/v1/ingest", "job asset")
    job = by_name(spans, "job asset")
    assert job["kind"] == 5 and job["attributes"]["fit.attempt"] == 1
    assert ancestors(job, spans)[-1] == "POST /api/v1/ingest"
    assert "job asset" in ancestors(by_name(spans, "decode image"), spans)


def test_outgoing_requests_carry_the_trace(tmp_path, receiver, drawn_sample):
    with VisionServer() as vision, traced(tmp_path, receiver, VLM_PROVIDER="openai", VLM_BASE_URL=vision.url, VLM_MODEL="test") as server:
        answer = server.post("/api/v1/ingest",
                             files=[("files", ("photo.jpg", drawn_sample.photo(drawn_sample.rows[2]), "image/jpeg"))])
        path = f"/api/v1/assets/{answer.json()['asset_id']}"
        wait_until(lambda: server.get(path).json()["state"] == "done", "the work on the asset")
        trace, headers = new_trace()
        assert server.post(f"{path}/labels/run", headers=headers).status_code == 202
        wait_until(lambda: vision.requests, "a request to the model")
        path, sent, _ = vision.requests[0]
        assert sent["traceparent"].split("-")[1] == trace
        spans = receiver.trace(trace, "POST")
        call = by_name(spans, "POST")
        assert call["spanId"] == sent["traceparent"].split("-")[2] and call["kind"] == 3
        assert call["attributes"]["server.address"] == "127.0.0.1" and call["attributes"]["http.response.status_code"] == 200


def test_nothing_is_traced_by_default(tmp_path, drawn_sample):
    with TraceReceiver() as unused, Server(tmp_path, OTEL_EXPORTER_OTLP_ENDPOINT=unused.url, LOG_FORMAT="json") as server:
        trace, headers = new_trace()
        assert "trace_id" not in server.get("/api/v1/items/999999", headers=headers).json()
        server.post("/api/v1/search", headers=headers, files={"image": drawn_sample.photo(drawn_sample.rows[0])})
        assert not any("trace_id" in line for line in lines(server))
        assert "fit_trace_spans_sent_total" not in server.get("/metrics").text
        time.sleep(0.1)
    assert not unused.requests


def test_a_share_of_the_traces_is_recorded(tmp_path):
    with TraceReceiver() as few, traced(tmp_path, few, OTEL_TRACES_SAMPLER_ARG="0.2") as server:
        for _ in range(200):
            server.get("/api/v1/items")
    recorded = [span for span in few.spans() if span["name"] == "GET /api/v1/items"]
    assert 10 <= len(recorded) <= 80


def test_a_receiver_that_refuses_costs_spans_and_no_request(tmp_path):
    with TraceReceiver(status=400) as refusing, traced(tmp_path, refusing) as server:
        assert server.get("/api/v1/items").status_code == 200
        dropped = r'fit_trace_spans_dropped_total\{reason="failed"\} ([1-9]\d*)'
        wait_until(lambda: re.search(dropped, server.get("/metrics").text), "a dropped span in the metrics")
        assert server.get("/api/v1/items").status_code == 200
        assert "spans cannot be sent" in server.output()
        refusing.status = 200
        wait_until(lambda: re.search(r"fit_trace_spans_sent_total [1-9]", server.get("/metrics").text), "spans that are sent again")


@pytest.mark.parametrize("settings, field", [
    ({"OTEL_EXPORTER_OTLP_ENDPOINT": "collector:4318"}, "OTEL_EXPORTER_OTLP_ENDPOINT"),
    ({"OTEL_EXPORTER_OTLP_HEADERS": "no value"}, "OTEL_EXPORTER_OTLP_HEADERS"),
    ({"OTEL_TRACES_SAMPLER_ARG": "2"}, "OTEL_TRACES_SAMPLER_ARG")])
def test_settings_are_checked_at_the_start(tmp_path, settings, field):
    done = fit_process.run(tmp_path, "serve", check=False, TRACING_ENABLED="true", APP_PORT=fit_process.free_port(), **settings)
    assert done.returncode != 0 and field in done.stderr
