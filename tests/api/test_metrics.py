"""Holds docs/metrics.md against the code and a running server, and the queries of deploy/ against docs/metrics.md."""

import http.server
import json
import os
import pathlib
import re
import subprocess
import sys
import threading
import urllib.parse
import xml.etree.ElementTree

import pytest
import requests

from fit_process import SOURCE_DIR, Server, wait_until

DEPLOY = SOURCE_DIR / "deploy"
DASHBOARDS = sorted((DEPLOY / "grafana/dashboards").glob("*.json"))
SERIES = ("_bucket", "_sum", "_count")
PROMETHEUS_LABELS = {"job", "instance", "le"}


def documented():
    """The metrics of the page by name: type, labels, and the condition under which they are there."""
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| [^|]+ \| ([^|]*) \| ([^|]*) \| [^|]+ \|$",
                      (SOURCE_DIR / "docs/metrics.md").read_text(), re.M)
    return {name: (kind, set(re.findall(r"`(\w+)`", labels)), condition.strip()) for name, kind, labels, condition in rows}


def in_code():
    """The types by name of the metrics that the sources make."""
    kinds = {"latency": "histogram", "show_one": "gauge"}
    found = {}
    for path in (SOURCE_DIR / "src").rglob("*.[ch]*"):
        if path.suffix in (".cc", ".h") and not re.search(r"_test|_bench|^test_", path.name):
            for call, name in re.findall(r'\b(counter|gauge|latency|histogram|show_one)\(\s*"([a-z_]+)",\s*"', path.read_text()):
                found[name] = kinds.get(call, call)
    return found


def family(series, kinds):
    """The metric that a series is of: that of fit_query_seconds_bucket is fit_query_seconds."""
    for end in SERIES:
        if series.endswith(end) and kinds.get(series.removesuffix(end)) == "histogram":
            return series.removesuffix(end)
    return series


def unconditional():
    return {name for name, (_, _, condition) in documented().items() if not condition}


@pytest.fixture(scope="module")
def exposed(server, drawn_sample):
    """What the server exposes after a search and the first step of its background tasks: types, and labels by series."""
    assert server.post("/api/v1/search", files={"image": drawn_sample.photo(drawn_sample.rows[0])}).status_code == 200
    found = {}

    def has_all():
        found["text"] = requests.get(server.url + "/metrics", timeout=60).text
        found["kinds"] = dict(re.findall(r"^# TYPE (\w+) (\w+)$", found["text"], re.M))
        return unconditional() <= set(found["kinds"])
    wait_until(has_all, "exposing every metric that docs/metrics.md lists without a condition")
    text, kinds = found["text"], found["kinds"]
    labels = {}
    for series, inside in re.findall(r"^(\w+)(?:\{(.*)\})? \S+$", text, re.M):
        labels.setdefault(family(series, kinds), set()).update(re.findall(r'(\w+)="', inside))
    return kinds, labels


def test_the_page_lists_what_the_code_makes():
    assert {name: kind for name, (kind, _, _) in documented().items()} == in_code()


def test_the_page_describes_what_a_server_exposes(exposed):
    kinds, labels = exposed
    page = documented()
    for name, kind in kinds.items():
        assert (name, kind, labels.get(name, set()) - {"le"}) == (name, *page[name][:2])


def test_names_follow_the_conventions_of_prometheus():
    for name, (kind, labels, _) in documented().items():
        assert name.endswith("_total") == (kind == "counter"), name
        assert not re.search(r"_(ms|milliseconds|minutes|kb|mb|percent)(_|$)", name), name
        assert not labels & PROMETHEUS_LABELS, name


def test_what_a_server_exposes_is_what_promtool_asks_for(server):
    """The rules of `promtool check metrics`, which test_topology.py of tests/deploy runs, without promtool."""
    text = requests.get(server.url + "/metrics", timeout=60).text
    helps = dict(re.findall(r"^# HELP (\w+) (.+)$", text, re.M))
    kinds = dict(re.findall(r"^# TYPE (\w+) (\w+)$", text, re.M))
    assert len(kinds) > 50 and set(helps) == set(kinds)
    for name, kind in kinds.items():
        assert re.fullmatch(r"[a-z][a-z0-9_]*[a-z0-9]", name), name
        assert name.endswith("_total") == (kind == "counter"), name
        assert not name.endswith(("_count", "_sum", "_bucket", "_info")), name
        assert not re.search(r"(^|_)(counter|gauge|histogram|summary)(_|$)", name), name
        assert not re.search(r"_(ms|milliseconds|minutes|hours|days|kilobytes|megabytes|kb|mb|percent|percents)(_|$)", name), name
    series = [line.rsplit(" ", 1)[0] for line in text.splitlines() if not line.startswith("#")]
    assert len(series) == len(set(series))
    for labels in re.findall(r"^\w+\{(.*)\} \S+$", text, re.M):
        for label in re.findall(r'(\w+)="', labels):
            assert re.fullmatch(r"[a-z][a-z_]*", label), labels


def test_metrics_are_there_from_the_start(tmp_path):
    """An alert on a metric that is not there yet is silent. Only requests and embeddings make those of their routes and
    spaces, and what is counted in the catalogue waits for the first count."""
    with Server(tmp_path) as server:
        text = requests.get(server.url + "/metrics", timeout=60).text
    there = set(re.findall(r"^# TYPE (\w+) \w+$", text, re.M))
    assert unconditional() - there <= {"fit_index_bytes", "fit_index_images", "fit_index_missing", "fit_index_missing_ratio",
                                       "fit_index_position", "fit_items", "fit_http_rate_limited_total"}


def queries():
    """(where, query) of the dashboards and of the alerts."""
    for path in DASHBOARDS:
        for panel in json.loads(path.read_text())["panels"]:
            for target in panel["targets"]:
                yield f"{path.name}: {panel['title']}", target["expr"]
    rules = (DEPLOY / "prometheus/alerts.yml").read_text()
    for alert, expr in re.findall(r"- alert: (\w+)\n\s+expr: (?:\|\n)?(.*?)\n\s+(?:for|labels):", rules, re.S):
        yield alert, expr


def test_every_query_is_of_metrics_and_labels_that_exist():
    page = documented()
    checked = set()
    for where, query in queries():
        names = re.findall(r"\b(?:fit_|queue_|job_|jobs_|active_|ingest_)[a-z_]+", re.sub(r'"[^"]*"', '""', query))
        used = {family(name, {known: kind for known, (kind, _, _) in page.items()}) for name in names}
        assert used <= set(page), (where, used - set(page))
        known = PROMETHEUS_LABELS.union(*(page[name][1] for name in used))
        by = {label for group in re.findall(r"\b(?:by|on) \(([^)]*)\)", query) for label in group.split(", ")}
        asked = by | set(re.findall(r"(\w+)(?:=~|=|!=|!~)\"", query))
        assert asked <= known, (where, asked - known)
        for name in used:
            # A histogram is asked by its series, and a rate is one of a counter or a histogram.
            assert (name in names) == (page[name][0] != "histogram"), (where, name)
        for name in re.findall(r"(?:rate|increase)\((\w+)", query):
            assert page[family(name, {known: kind for known, (kind, _, _) in page.items()})][0] != "gauge", (where, name)
        checked |= used
    assert len(checked) > 40


def test_every_alert_has_a_test():
    rules = (DEPLOY / "prometheus/alerts.yml").read_text()
    tests = (DEPLOY / "prometheus/alerts_test.yml").read_text()
    alerts = re.findall(r"- alert: (\w+)", rules)
    assert len(alerts) > 20 and len(set(alerts)) == len(alerts)
    assert [alert for alert in alerts if not re.search(rf"\b{alert}\b", tests)] == []


def test_the_dashboards_are_those_of_their_script(tmp_path):
    subprocess.run([sys.executable, DEPLOY / "grafana/make_dashboards.py", tmp_path], check=True)
    made = {path.name: path.read_text() for path in pathlib.Path(tmp_path).iterdir()}
    assert made == {path.name: path.read_text() for path in DASHBOARDS}


class Answers(http.server.BaseHTTPRequestHandler):
    """Answers the questions of draw_dashboards.py as Prometheus does, with two lines for each query of a rate and none else."""

    def do_GET(self):
        asked = {name: values[0] for name, values in urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query).items()}
        assert "$" not in asked["query"] and float(asked["start"]) < float(asked["end"])
        points = [[float(asked["start"]), "NaN"], [float(asked["start"]) + 1, "0.5"], [float(asked["end"]), "2"]]
        series = [{"metric": {"route": "/a<b", "kind": kind}, "values": points} for kind in ("photo", "words")]
        body = json.dumps({"data": {"result": series if "rate(" in asked["query"] else []}}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def test_dashboards_are_drawn_from_what_prometheus_says(tmp_path):
    """A real Prometheus is asked by test_topology.py of tests/deploy."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers) as answering:
        threading.Thread(target=answering.serve_forever, daemon=True).start()
        done = subprocess.run([sys.executable, DEPLOY / "grafana/draw_dashboards.py", f"http://127.0.0.1:{answering.server_port}", tmp_path],
                              check=True, capture_output=True, text=True, env={"PATH": os.environ["PATH"], "no_proxy": "*"})
        answering.shutdown()
    assert "overview: Servers, Items, Jobs that wait" in done.stdout
    for path in DASHBOARDS:
        picture = xml.etree.ElementTree.parse(tmp_path / f"{path.stem}.svg")
        titles = {element.text for element in picture.iter("{http://www.w3.org/2000/svg}text")}
        assert {panel["title"] for panel in json.loads(path.read_text())["panels"]} <= titles
    api = (tmp_path / "api.svg").read_text()
    assert api.count("<polyline") > 4 and "/a&lt;b" in api and "No data" in api
