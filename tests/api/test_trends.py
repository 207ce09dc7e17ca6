"""Trends: what they find in a catalogue, who may see them, and what bad questions get."""

import csv
import datetime
import json

import pytest
import requests

import fit_process
import image_files
from checks import assert_problem
from fit_process import Server

ROOT = "the-key-of-the-environment"
PATH = "/api/v1/trends"


def listings():
    """Items of the last two weeks: red has risen, blue has fallen, Hidden has only hidden items."""
    now = datetime.datetime.now(datetime.UTC)
    groups = [(40, "red", "Nike", 2, "active"), (20, "blue", "Gap", 2, "active"), (5, "red", "Gap", 9, "sold"),
              (55, "blue", "nike", 9, "active"), (30, "green", "Hidden", 2, "hidden")]
    for count, color, brand, days, status in groups:
        for _ in range(count):
            yield {"title": "Dress", "primary_color": color, "brand": brand, "price": 30, "currency": "EUR",
                   "status": status, "listed_at": (now - datetime.timedelta(days=days)).isoformat()}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """The folder of a catalogue whose trends are not computed yet."""
    folder = tmp_path_factory.mktemp("trends")
    (folder / "one.jpg").write_bytes(image_files.jpeg(1))
    rows = [{"external_id": str(number), "images": "one.jpg"} | row for number, row in enumerate(listings())]
    with open(folder / "items.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    fit_process.run(folder, "import", folder / "items.csv", "--source", "trends")
    return folder


@pytest.fixture(scope="module")
def server(data):
    with Server(data, API_KEY=ROOT) as running:
        running.headers = {"Authorization": f"Bearer {ROOT}"}
        before = requests.get(running.url + PATH, headers=running.headers).json()
        assert before["computed_at"] is None and before["window"] == "28d"
        assert before["listings"] == {"count": 0, "count_before": 0, "values_tested": 0, "rising": [], "falling": []}
        running.printed = json.loads(fit_process.run(data, "trends", "--window", "7d", "--json").stdout)
        yield running


def get(server, secret=ROOT, **parameters):
    return requests.get(server.url + PATH, params=parameters, headers={"Authorization": f"Bearer {secret}"})


def make_key(server, **fields):
    made = requests.post(server.url + "/api/v1/keys", headers=server.headers, json={"name": "test"} | fields)
    assert made.status_code == 201, made.text
    return made.json()["secret"]


def test_rising_and_falling_values(server):
    body = get(server, window="7d").json()
    listings = body["listings"]
    assert listings["count"] == 60 and listings["count_before"] == 60, "hidden items are not counted"
    red, = [one for one in listings["rising"] if one["kind"] == "primary_color"]
    assert red["value"] == "red" and red["count"] == 40 and red["count_before"] == 5
    assert red["growth_low"] < red["growth"] < red["growth_high"] and red["growth"] > 4
    assert red["weeks"][-2:] == [5, 40] and len(red["weeks"]) == 26 and red["growth_year_before"] is None
    blue, = [one for one in listings["falling"] if one["kind"] == "primary_color"]
    assert blue["value"] == "blue" and blue["growth"] < 1
    assert not any(one["value"] == "Hidden" for one in listings["rising"])
    assert not any(one["kind"] in ("category", "price_band") for one in listings["rising"] + listings["falling"]), \
        "all have the same price"
    assert body["saves"]["rising"] == [] and body["searches"]["rising"] == []
    assert body["from_before"] < body["from"] < body["computed_at"]


def test_a_window_without_a_time_before_has_no_trends(server):
    body = get(server).json()
    assert body["window"] == "28d" and body["listings"]["count"] == 120
    assert body["listings"]["rising"] == body["listings"]["falling"] == [] and body["listings"]["values_tested"] == 0


def test_the_command_prints_what_the_server_shows(server, data):
    assert server.printed == get(server, window="7d").json()
    shown = fit_process.run(data, "trends", "--window", "7d").stdout
    assert "listings: 60, 60 in the time before" in shown and "primary_color" in shown and "rising" in shown
    wrong = fit_process.run(data, "trends", "--window", "1y", check=False)
    assert wrong.returncode == 1 and "--window" in wrong.stderr and "90d" in wrong.stderr


@pytest.mark.parametrize("window", ["", "28", "28D", "1y", "-7d", "7d ", "' OR 1=1 --", "9" * 1000])
def test_other_windows_are_refused(server, window):
    assert_problem(get(server, window=window), 422, "window")


def test_other_parameters_are_refused(server):
    assert_problem(get(server, since="7d"), 422)


def test_who_sees_a_part_of_the_catalogue_sees_no_trends(server):
    assert get(server, make_key(server, scopes=["items:read"])).status_code == 200
    narrow = make_key(server, scopes=["items:read"], filters={"brand": "Gap"})
    assert_problem(get(server, narrow), 403)
    assert get(server, make_key(server, scopes=["search"])).status_code == 403
    assert requests.get(server.url + PATH).status_code == 401


def test_real_responses_match_their_schema(server):
    import jsonschema
    document = requests.get(server.url + "/openapi.json").json()
    schema = {"$ref": "#/components/schemas/TrendReport", "components": document["components"]}
    jsonschema.Draft202012Validator(schema).validate(get(server, window="7d").json())
