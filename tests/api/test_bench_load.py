"""`fit bench load` against the real server, and the scripts for k6 with a stand-in for it."""

import json
import os
import shutil
import subprocess

import pytest
import requests

import fit_process
from fit_process import SOURCE_DIR, Server, wait_for_items

KEY = "a-key-of-this-test-0123456789abcdef"


@pytest.fixture(scope="module")
def catalogue(drawn_sample, tmp_path_factory):
    """A server that asks who is there, with the drawn catalogue and one worker."""
    data = tmp_path_factory.mktemp("load")
    fit_process.run(data, "import", drawn_sample.csv, "--source", "sample")
    with Server(data, API_KEY=KEY, WORKERS=1) as server:
        (data / "key").write_text(KEY + "\n")
        yield server


def load(server, *arguments, check=True):
    return fit_process.run(server.data, "bench", "load", server.url, *arguments, check=check)


def item_count(server):
    headers = {"X-API-Key": KEY}
    parts = server.get("/health", headers=headers).json()["parts"]
    return next(part["state"]["items"] for part in parts if part["name"] == "store")


def test_a_second_of_load(catalogue):
    before = item_count(catalogue)
    done = load(catalogue, "--key-file", catalogue.data / "key", "--rate", 40, "--duration", 1, "--mix",
                "search=6,write=2,ingest=2", "--json")
    report = json.loads(done.stdout)
    assert report["planned"] == 40 and report["not_sent"] == 0 and not report["stopped"]
    assert report["total"]["requests"] == 40 and report["total"]["failures"] == {}
    assert set(report["kinds"]) == {"search", "write", "ingest"}
    for kind in report["kinds"].values():
        times = kind["latency_ms"]
        assert 0 < times["p50"] <= times["p90"] <= times["p99"] <= times["max"]
        # What the server took is a part of what a client waited.
        assert kind["service_ms"]["max"] <= times["max"]
    # The server counted the same searches.
    routes = report["server"]["routes"]
    assert routes["/api/v1/search"]["requests"] == report["kinds"]["search"]["requests"]
    assert routes["/api/v1/ingest"]["requests"] == report["kinds"]["ingest"]["requests"]
    # Nothing of the load stays.
    assert report["not_removed"] == 0
    wait_for_items(catalogue, before, headers={"X-API-Key": KEY})
    assert catalogue.get("/api/v1/assets", headers={"X-API-Key": KEY}).json().get("assets") == []


def test_items_stay_on_demand(catalogue):
    before = item_count(catalogue)
    load(catalogue, "--key-file", catalogue.data / "key", "--rate", 5, "--duration", 1, "--mix", "write=1", "--keep")
    wait_for_items(catalogue, before + 5, headers={"X-API-Key": KEY})


def test_the_report_for_people(catalogue):
    shown = load(catalogue, "--key-file", catalogue.data / "key", "--rate", 10, "--duration", 2, "--ramp", 1,
                 "--interval", 1, "--mix", "search=1").stdout
    assert "15 planned, 0 not sent" in shown and "course of the run" in shown
    assert "the server's own durations" in shown and "/api/v1/search" in shown
    assert KEY not in shown


@pytest.mark.parametrize("arguments, message", [
    ([], "401"),
    (["--rate", "0"], "--rate"),
    (["--rate", "100000"], "--rate"),
    (["--ramp", "31"], "--ramp"),
    (["--mix", "read=1"], "--mix"),
    (["--duration", "90000"], "--duration"),
    (["--key-file", "missing"], "missing"),
])
def test_wrong_use_is_refused(catalogue, arguments, message):
    done = load(catalogue, *arguments, check=False)
    assert done.returncode != 0 and message in done.stderr


def test_other_machines_must_be_named(tmp_path):
    """192.0.2.1 is an address of documentation: nothing is sent there."""
    done = fit_process.run(tmp_path, "bench", "load", "http://192.0.2.1:8000", check=False)
    assert done.returncode != 0 and "--remote" in done.stderr


# What k6 gives a script, for Node: requests are noted, and a list of items is answered.
K6 = {
    "k6": "export const check = (value, checks) => Object.values(checks).every((holds) => holds(value));",
    "k6/execution": "export default { scenario: { iterationInTest: 7 } };",
    "k6/http": """
        export const sent = [];
        const answer = (method, url, body) => {
          sent.push({ method, url, body: body && body.files ? Buffer.from(body.files.data).toString('base64') : body });
          return { status: 200, json: () => ({ items: [{ title: 'Red summer dress with dots' }] }) };
        };
        export default {
          get: (url) => answer('GET', url),
          post: (url, body) => answer('POST', url, body),
          put: (url, body) => answer('PUT', url, body),
          file: (data, name, type) => ({ data, name, type }),
        };""",
}
RUN = """
    import { sent } from 'k6/http';
    globalThis.__ENV = %s;
    const script = await import('./%s');
    const data = script.setup();
    for (let i = 0; i < 20; ++i) script.default(data);
    console.log(JSON.stringify({ sent, options: script.options }));"""


def k6(folder, script, **variables):
    """Runs a script's setup and twenty iterations."""
    for name, text in K6.items():
        package = folder / "node_modules" / "k6" / (name.removeprefix("k6").strip("/") or "main")
        package.mkdir(parents=True, exist_ok=True)
        (package / "index.js").write_text(text)
    (folder / "node_modules/k6/package.json").write_text(json.dumps({"type": "module", "exports": {
        ".": "./main/index.js", "./http": "./http/index.js", "./execution": "./execution/index.js"}}))
    (folder / "package.json").write_text('{"type": "module"}')
    for source in (SOURCE_DIR / "bench/load").glob("*.js"):
        shutil.copy(source, folder)
    (folder / "run.js").write_text(RUN % (json.dumps(variables), script))
    done = subprocess.run(["node", folder / "run.js"], capture_output=True, text=True, env={"PATH": os.environ["PATH"]})
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_scripts_for_k6_ask_for_routes_of_the_server(tmp_path, catalogue):
    paths = json.loads((SOURCE_DIR / "src/http/openapi.json").read_text())["paths"]
    for shares in ({"SEARCH": "1", "WRITE": "0", "INGEST": "0"}, {"SEARCH": "0", "WRITE": "1", "INGEST": "0"},
                   {"SEARCH": "0", "WRITE": "0", "INGEST": "1"}):
        for request in k6(tmp_path, "mix.js", **shares)["sent"]:
            path = request["url"].removeprefix("http://127.0.0.1:8000").split("?")[0]
            assert request["method"].lower() in paths[path], request
    # The server takes what the scripts send.
    headers = {"X-API-Key": KEY}
    search = json.loads(k6(tmp_path, "mix.js", WRITE="0", INGEST="0")["sent"][1]["body"])
    assert catalogue.post("/api/v1/search", json=search, headers=headers).status_code == 200
    sent = k6(tmp_path, "mix.js", SEARCH="0", WRITE="0", INGEST="1")["sent"][1]
    image = {"image_base64": sent["body"], "limit": 1}
    assert requests.post(f"{catalogue.url}/search_by_image", json=image, headers=headers, timeout=60).status_code == 200


def test_the_scripts_for_k6_have_an_open_model(tmp_path):
    mix = k6(tmp_path, "mix.js", RATE="50")["options"]["scenarios"]["mix"]
    assert mix["executor"] == "ramping-arrival-rate" and [stage["target"] for stage in mix["stages"]] == [50, 50]
    soak = k6(tmp_path, "soak.js")["options"]["scenarios"]["mix"]
    assert soak["stages"][1]["duration"] == "1h" and soak["executor"] == mix["executor"]
