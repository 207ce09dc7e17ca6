"""Saved searches and what they find."""

import xml.etree.ElementTree as xml

import pytest
import requests

import fit_process
import image_files
from alert_world import Person, create_user, put_item
from fit_process import Server, wait_until

ROOT = "the-key-of-the-environment"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A server that asks who is there, with the users ada and eve."""
    data = tmp_path_factory.mktemp("alerts")
    for name in ("ada", "eve"):
        create_user(data, f"{name}@x.example")
    with Server(data, API_KEY=ROOT, RATE_LIMIT_SIGN_IN="1000/second") as server:
        server.ada = Person(server, "ada@x.example")
        server.eve = Person(server, "eve@x.example")
        yield server


def with_key(server, method, path, key=ROOT, **options):
    return requests.request(method, server.url + path, headers={"X-API-Key": key}, timeout=60 * fit_process.PATIENCE, **options)


def wait_found(person, search, count):
    wait_until(lambda: len(person.found(search)) >= count, f"{count} alerts")
    return person.found(search)


def test_a_saved_search_is_kept_and_shown(world):
    made = world.ada.save({"text": "wool coat", "filters": {"brand": ["gap", "levi"]}}, name="Coats", channels=[], max_price=80,
                          events=["new", "price_down"], exclude_words=["fur"], schedule="daily", time_zone="Europe/Berlin",
                          quiet_hours={"from": "22:00", "to": "07:30"})
    assert made["query"] == {"text": "wool coat", "filters": {"brand": ["gap", "levi"]}} and not made["has_photo"]
    assert made["events"] == ["new", "price_down"] and made["quiet_hours"] == {"from": "22:00", "to": "07:30"}
    assert made["email"] == "ada@x.example" and made["is_active"] and made["found"] == 0
    assert world.ada.call("GET", f"/api/v1/saved-searches/{made['id']}").json() == made
    assert made["id"] in [one["id"] for one in world.ada.call("GET", "/api/v1/saved-searches").json()["saved_searches"]]
    changed = world.ada.call("PATCH", f"/api/v1/saved-searches/{made['id']}", json={"max_price": None, "schedule": "now"})
    assert changed.status_code == 200 and changed.json()["max_price"] is None and changed.json()["schedule"] == "now"
    assert changed.json()["exclude_words"] == ["fur"] and changed.json()["query"] == made["query"]
    assert world.ada.call("DELETE", f"/api/v1/saved-searches/{made['id']}").status_code == 204
    assert world.ada.call("GET", f"/api/v1/saved-searches/{made['id']}").status_code == 404


def test_the_search_of_somebody_else_does_not_exist(world):
    made = world.ada.save({"text": "coat"}, channels=[])
    path = f"/api/v1/saved-searches/{made['id']}"
    for method in ("GET", "PATCH", "DELETE"):
        options = {"json": {"is_active": False}} if method == "PATCH" else {}
        assert world.eve.call(method, path, **options).status_code == 404
        assert with_key(world, method, path, **options).status_code == 404
    assert world.eve.call("GET", path + "/alerts").status_code == 404
    assert world.eve.call("GET", path + "/photo").status_code == 404
    assert made["id"] not in [one["id"] for one in world.eve.call("GET", "/api/v1/saved-searches").json()["saved_searches"]]


@pytest.mark.parametrize("body, field", [
    ({"query": {"text": "x"}}, "name"), ({"name": "x"}, "query"), ({"name": "x", "query": "coat"}, "query"),
    ({"name": "", "query": {"text": "x"}}, "name"), ({"name": "x", "query": {"text": ""}}, "query.text"),
    ({"name": "x", "query": {"text": "x", "tenants": ["*"]}}, "query.tenants"),
    ({"name": "x", "query": {"text": "x", "cursor": "y"}}, "query.cursor"),
    ({"name": "x", "query": {"text": "x", "colour": "red"}}, "query.colour"),
    ({"name": "x", "query": {"text": "x", "filters": {"colour": "red"}}}, "query.filters.colour"),
    ({"name": "x", "query": {"image_base64": "AAAA"}}, "query.image_base64"),
    ({"name": "x", "query": {"text": "x"}, "channels": [{"type": "fax"}]}, "channels[0].type"),
    ({"name": "x", "query": {"text": "x"}, "channels": [{"type": "email"}]}, "channels"),
    ({"name": "x", "query": {"text": "x"}, "schedule": "hourly"}, "schedule"),
    ({"name": "x", "query": {"text": "x"}, "time_zone": "../etc/passwd"}, "time_zone"),
    ({"name": "x", "query": {"text": "x"}, "quiet_hours": {"from": "25:00", "to": "07:00"}}, "quiet_hours.from"),
    ({"name": "x", "query": {"text": "x"}, "email": "eve@x.example"}, "email"),
    ({"name": "x", "query": {"text": "x"}, "surprise": 1}, "surprise")])
def test_bad_searches_are_named_and_not_kept(world, body, field):
    before = world.ada.call("GET", "/api/v1/saved-searches").json()
    answer = world.ada.call("POST", "/api/v1/saved-searches", json=body)
    assert answer.status_code in (400, 422), answer.text
    assert answer.json()["field"] == field
    assert world.ada.call("GET", "/api/v1/saved-searches").json() == before


def test_an_unknown_item_cannot_be_an_example(world):
    answer = world.ada.call("POST", "/api/v1/saved-searches", json={"name": "x", "query": {"item_id": "999999"}})
    assert answer.status_code == 404 and "no item" in answer.json()["detail"]


def test_new_items_are_found_and_old_ones_are_not(world):
    put_item(world, ROOT, title="Suede boots, old")
    search = world.ada.save({"text": "suede boots"}, channels=[])
    other = world.ada.save({"text": "velvet cape"}, channels=[])
    item = put_item(world, ROOT, title="Boots made of suede", price=45.5)
    alert, = wait_found(world.ada, search, 1)
    assert alert["event"] == "new" and alert["item_id"] == item and alert["price"] == 45.5 and alert["old_price"] is None
    assert alert["item"]["title"] == "Boots made of suede" and not alert["is_gone"]
    assert world.ada.found(other) == []
    shown = world.ada.call("GET", f"/api/v1/saved-searches/{search['id']}").json()
    assert shown["found"] == 1 and shown["last_found_at"] == alert["created_at"]


def test_filters_prices_and_words_count(world):
    search = world.ada.save({"filters": {"source": "shop", "size": "XS"}}, channels=[], max_price=50, exclude_words=["faux fur"])
    for wrong in ({"size": "M"}, {"size": "XS", "price": 60}, {"size": "XS", "description": "with faux fur"},
                  {"size": "XS", "status": "sold"}):
        put_item(world, ROOT, **wrong)
    item = put_item(world, ROOT, size="xs", description="no faux fur")
    assert [alert["item_id"] for alert in wait_found(world.ada, search, 1)] == [item]


def test_prices_and_returns(world):
    item = put_item(world, ROOT, "fall", title="Corduroy trousers", price=100)
    search = world.ada.save({"text": "corduroy trousers"}, channels=[], events=["price_down", "restock"])
    put_item(world, ROOT, "fall", title="Corduroy trousers", price=80)
    alert, = wait_found(world.ada, search, 1)
    assert (alert["event"], alert["price"], alert["old_price"], alert["item_id"]) == ("price_down", 80, 100, item)
    for price in (100, 80, 79, 0):
        put_item(world, ROOT, "fall", title="Corduroy trousers", price=price)
    put_item(world, ROOT, "back", title="Corduroy trousers", status="sold")
    witness = world.ada.save({"text": "witness bonnet"}, channels=[])
    put_item(world, ROOT, title="Witness bonnet")
    wait_found(world.ada, witness, 1)  # changes are compared in their order
    assert len(world.ada.found(search)) == 1, "it flutters, and 0 is no price"
    put_item(world, ROOT, "back", title="Corduroy trousers")
    assert wait_found(world.ada, search, 2)[0]["event"] == "restock"


def test_a_photo_finds_its_kin(world, drawn_sample):
    photo = drawn_sample.photo(drawn_sample.rows[3])
    other = drawn_sample.photo(drawn_sample.rows[40])
    search = world.ada.save({"image_base64": image_files.text(photo), "min_similarity": 0.98}, channels=[])
    assert search["has_photo"] and "image_base64" not in search["query"]
    shown = world.ada.call("GET", search["photo_url"])
    assert shown.status_code == 200 and shown.content[:3] == b"\xff\xd8\xff"
    put_item(world, ROOT, title="Another", photo=other)
    item = put_item(world, ROOT, title="The same", photo=photo)
    assert item in [alert["item_id"] for alert in wait_found(world.ada, search, 1)]
    by_example = world.ada.save({"item_id": item, "min_similarity": 0.98}, channels=[])
    twin = put_item(world, ROOT, title="Its twin", photo=photo)
    assert twin in [alert["item_id"] for alert in wait_found(world.ada, by_example, 1)]


def test_one_alert_a_listing_and_person(world):
    first = world.ada.save({"text": "linen shirt"}, channels=[])
    second = world.ada.save({"text": "shirt"}, channels=[])
    eves = world.eve.save({"text": "shirt"}, channels=[])
    put_item(world, ROOT, title="Linen shirt")
    alerts = [wait_found(person, search, 1) for person, search in ((world.ada, first), (world.ada, second), (world.eve, eves))]
    assert alerts[0][0]["id"] == alerts[1][0]["id"] != alerts[2][0]["id"]


def test_a_sold_or_removed_item_is_taken_back_or_shown_as_gone(world):
    search = world.ada.save({"text": "paisley scarf"}, channels=[])
    item = put_item(world, ROOT, title="Paisley scarf")
    wait_found(world.ada, search, 1)
    assert with_key(world, "DELETE", f"/api/v1/items/{item}").status_code == 204
    alert, = world.ada.found(search)
    assert alert["is_gone"] and alert["item"] is None


def test_alerts_come_in_pages(world):
    search = world.ada.save({"text": "beret"}, channels=[])
    for _ in range(5):
        put_item(world, ROOT, title="Beret")
    everything = [alert["id"] for alert in wait_found(world.ada, search, 5)]
    path = f"/api/v1/saved-searches/{search['id']}/alerts?limit=2"
    pages, cursor = [], ""
    while cursor is not None:
        page = world.ada.call("GET", path + (f"&cursor={cursor}" if cursor else "")).json()
        pages += [alert["id"] for alert in page["alerts"]]
        cursor = page["next_cursor"]
    assert pages == everything
    for wrong in ("limit=0", "limit=101", "cursor=x", "colour=red"):
        assert world.ada.call("GET", f"/api/v1/saved-searches/{search['id']}/alerts?{wrong}").status_code == 422


def test_the_feed_needs_its_token(world):
    search = world.ada.save({"text": "poncho"}, channels=[], name='Ponchos & "capes" <here>')
    put_item(world, ROOT, title="Poncho <b>&amp;</b>", url="https://shop.example/poncho?a=1&b=2")
    sold = put_item(world, ROOT, "poncho-sold", title="Poncho, soon sold")
    wait_found(world.ada, search, 2)
    put_item(world, ROOT, "poncho-sold", title="Poncho, soon sold", status="sold")
    answer = requests.get(search["feed_url"], timeout=60)
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("application/atom+xml"), sold
    atom = "{http://www.w3.org/2005/Atom}"
    feed = xml.fromstring(answer.content)
    assert feed.findtext(atom + "title") == 'Ponchos & "capes" <here>'
    entry, = feed.findall(atom + "entry")
    assert entry.find(atom + "link").get("href") == "https://shop.example/poncho?a=1&b=2"
    assert entry.find(atom + "category").get("term") == "new"
    path, token = search["feed_url"].removeprefix(world.url).split("?token=")
    other = world.ada.save({"text": "cape"}, channels=[])
    for wrong in ("", "?token=", "?token=x", f"?token={token}x", f"?token={token[:-2]}", f"?token={other['feed_url'].split('token=')[1]}"):
        assert requests.get(world.url + path + wrong, timeout=60).status_code in (404, 422), wrong
    assert token not in world.output()
    world.ada.call("DELETE", f"/api/v1/saved-searches/{search['id']}")
    assert requests.get(search["feed_url"], timeout=60).status_code == 404


def test_the_filter_of_a_key_holds_for_alerts(world):
    key = with_key(world, "POST", "/api/v1/keys", json={"name": "shop", "scopes": ["search", "items:read"], "filters": {"brand": "gap"}}).json()
    made = with_key(world, "POST", "/api/v1/saved-searches", key["secret"], json={"name": "x", "query": {"text": "parka"}, "channels": []})
    assert made.status_code == 201, made.text
    put_item(world, ROOT, title="Parka", brand="Levi's")
    item = put_item(world, ROOT, title="Parka", brand="Gap")
    path = f"/api/v1/saved-searches/{made.json()['id']}/alerts"
    wait_until(lambda: with_key(world, "GET", path, key["secret"]).json()["alerts"], "an alert")
    assert [alert["item_id"] for alert in with_key(world, "GET", path, key["secret"]).json()["alerts"]] == [item]
    put_item(world, ROOT, title="Parka", brand="Levi's", external_id="gap-no-more")
    assert with_key(world, "GET", "/api/v1/saved-searches").json() == {"saved_searches": []}, "of another key"


def test_nobody_without_an_account_makes_the_server_call(world):
    answer = with_key(world, "POST", "/api/v1/saved-searches", json={
        "name": "x", "query": {"text": "x"}, "channels": [{"type": "webhook", "url": "http://127.0.0.1/"}]})
    assert answer.status_code == 422 and answer.json()["field"] == "channels[0].type"
    answer = with_key(world, "POST", "/api/v1/saved-searches", json={"name": "x", "query": {"text": "x"}})
    assert answer.status_code == 201 and answer.json()["channels"] == [], "there is no mail, and there is the feed"
    with_key(world, "DELETE", f"/api/v1/saved-searches/{answer.json()['id']}")


def test_none_is_missed_over_a_kill(tmp_path):
    create_user(tmp_path, "ada@x.example")
    with Server(tmp_path, API_KEY=ROOT, RATE_LIMIT_SIGN_IN="1000/second") as server:
        ada = Person(server, "ada@x.example")
        search = ada.save({"text": "coat"}, channels=[])
        items = []
        for round_number in range(3):
            items += [put_item(server, ROOT) for _ in range(7)]
            server.kill()
            server.start()
        ada = Person(server, "ada@x.example")
        wait_until(lambda: len(ada.found(search)) >= len(items), "all alerts")
        assert sorted(alert["item_id"] for alert in ada.found(search)) == sorted(items), "each once"


def test_the_command_line_lists_and_removes(world):
    made = world.ada.save({"text": "clog"}, channels=[], name="Clogs")
    listed = fit_process.run(world.data, "alerts", "list").stdout
    assert "Clogs" in listed and "ada@x.example" in listed
    fit_process.run(world.data, "alerts", "remove", made["id"])
    assert world.ada.call("GET", f"/api/v1/saved-searches/{made['id']}").status_code == 404
    assert fit_process.run(world.data, "alerts", "remove", made["id"], check=False).returncode != 0
