"""Sources on the real program: shops on loopback become items, stay true, and say what is wrong."""

import json
import re

import pytest

import fit_process
import shops
from checks import assert_problem
from fit_process import Server, wait_until
from shops import Piece

SETTINGS = {"ALLOW_PRIVATE_ADDRESSES": "true", "CRAWL_DELAY": "0", "WORKERS": "3"}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server that all tests here share: each has sources of names of its own."""
    with Server(tmp_path_factory.mktemp("sources"), **SETTINGS) as running:
        yield running


def add(server, **fields):
    answer = server.post("/api/v1/sources", json={"schedule": "manual"} | fields)
    assert answer.status_code == 201, answer.text
    return answer.json()


def last_run(server, source):
    return server.get(f"/api/v1/sources/{source['id']}").json()["last_run"]


def ended(server, source, run_id, limit_s=60):
    wait_until(lambda: last_run(server, source)["state"] != "running", "a run", limit_s)
    run = last_run(server, source)
    assert run["id"] == run_id
    return run


def run(server, source):
    """Runs a source to its end."""
    started = server.post(f"/api/v1/sources/{source['id']}/run")
    assert started.status_code == 202, started.text
    return ended(server, source, started.json()["id"])


def items(server, name):
    answer = server.get("/api/v1/items", params={"limit": 100, "filters": json.dumps(
        {"source": name, "status": ["active", "reserved", "sold", "hidden", "removed"]})})
    assert answer.status_code == 200, answer.text
    return {item["external_id"]: item for item in answer.json()["items"]}


def settled(server, name, holds):
    """The items of a source once they are as they should be: lists follow writes."""
    wait_until(lambda: holds(items(server, name)), f"the items of {name}")
    return items(server, name)


def item_of(server, name, external_id):
    answer = server.get("/api/v1/items", params={"source": name, "external_id": external_id})
    return answer.json() if answer.status_code == 200 else None


SHOPS = [("shopify", shops.Shopify, ""), ("woocommerce", shops.WooCommerce, ""), ("site", shops.Static, ""),
         ("feed", shops.Feed, "/feed.csv")]


@pytest.mark.parametrize("kind, shop_class, path", SHOPS, ids=[kind for kind, _, _ in SHOPS])
def test_a_shop_becomes_items_and_they_stay_true(server, kind, shop_class, path):
    pieces = [Piece(number) for number in range(1, 7)]
    with shop_class(pieces) as shop:
        source = add(server, kind=kind, address=shop.url + path, name=f"a {kind}")
        first = run(server, source)
        assert first["state"] == "done", first
        assert first["counts"]["new"] == 6 and first["counts"]["failed"] == 0, first
        found = settled(server, f"a {kind}", lambda all_: len(all_) == 6)
        coat = next(item for item in found.values() if item["title"] == "Wool coat 3")
        assert coat["price"] == 80 and coat["currency"] == "EUR" and coat["status"] == "active" and coat["size"] == "M"
        wait_until(lambda: server.search(item_id=coat["id"]).json()["results"], "what a source has brought in searches")

        pieces[2].price = "65.00"
        pieces[3].is_available = False
        shop.sell(*[piece for piece in pieces if piece.number != 5])
        second = last = run(server, source)
        assert second["state"] == "done", second
        if kind == "site" and second["counts"]["unchanged"] + second["counts"]["changed"] < 5:
            pytest.fail(f"pages were not visited: {last}")
        assert (second["counts"]["new"], second["counts"]["removed"]) == (0, 1), second
        photos = {path: count for path, count in shop.asked.items() if path.startswith("/photos/")}
        assert set(photos.values()) == {1}, "known photos are not fetched again"
        if kind == "site":
            return  # pages are visited again when they are due, after three hours at the earliest
        assert (second["counts"]["changed"], second["counts"]["sold"]) == (1, 1), second

        def is_up_to_date(all_):
            by_title = {item["title"]: item for item in all_.values()}
            return (by_title["Wool coat 3"]["price"] == 65 and by_title["Wool coat 4"]["status"] == "sold"
                    and by_title["Wool coat 5"]["status"] == "removed")
        settled(server, f"a {kind}", is_up_to_date)

        history = server.get(f"/api/v1/items/{coat['id']}/history").json()["history"]
        assert [state["price"] for state in history] == [80, 65]
        assert history[0]["since"] < history[1]["since"]

        shop.sell(*pieces)
        third = run(server, source)
        assert third["counts"]["restocked"] == 1, third
        shown = server.get(f"/api/v1/sources/{source['id']}").json()
        assert shown["health"] == "ok" and shown["last_success_at"] and shown["listings"] == {"active": 5, "sold": 1}
        wait_until(lambda: f'fit_source_runs_total{{source="a {kind}",state="done"}} 3' in server.get("/metrics").text,
                   "the count of runs")
        assert all(agent.startswith("FindThisFit/") for agent in shop.agents), shop.agents


def test_the_history_of_an_item_whoever_changes_it(server):
    with shops.Feed([Piece(1)]) as shop:
        source = add(server, kind="feed", address=shop.url + "/feed.csv", name="history")
        run(server, source)
        item = item_of(server, "history", "1")
        server.patch(f"/api/v1/items/{item['id']}", json={"price": 10})
        server.patch(f"/api/v1/items/{item['id']}", json={"title": "Another title"})
        shop.sell(Piece(1, price="90.00", is_available=False))
        run(server, source)
        history = server.get(f"/api/v1/items/{item['id']}/history").json()
        assert [(state["price"], state["status"]) for state in history["history"]] == [
            (80, "active"), (10, "active"), (10, "sold")], "the price of a person stays"
        assert server.get("/api/v1/items/999999/history").status_code == 404


def test_a_feed_that_breaks_removes_nothing(server):
    with shops.Feed([Piece(number) for number in range(1, 9)]) as shop:
        source = add(server, kind="feed", address=shop.url + "/feed.csv", name="broken")
        run(server, source)
        settled(server, "broken", lambda all_: len(all_) == 8)
        path = f"/api/v1/sources/{source['id']}"
        assert_problem(server.post(f"{path}/confirm"), 409)
        shop.sell(Piece(1), Piece(2))
        held = run(server, source)
        assert held["state"] == "held" and held["missing"] == 6 and "6 of 8" in held["error"]
        assert server.get(path).json()["health"] == "held"
        assert {item["status"] for item in items(server, "broken").values()} == {"active"}
        for broken in [(500, b"", {}), (403, b"", {}), (200, b"", {"Content-Type": "text/csv"}),
                       (200, b"<html>We are away</html>", {"Content-Type": "text/html"})]:
            shop.override["/feed.csv"] = broken
            ended_run = run(server, source)
            assert ended_run["counts"]["removed"] == 0, ended_run
            assert ended_run["state"] != "done" or ended_run["missing"] == 0, ended_run
        assert {item["status"] for item in items(server, "broken").values()} == {"active"}
        del shop.override["/feed.csv"]
        assert run(server, source)["state"] == "held"
        confirmed = server.post(f"{path}/confirm")
        assert confirmed.status_code == 202, confirmed.text
        done = ended(server, source, confirmed.json()["id"])
        assert done["counts"]["removed"] == 6 and done["cause"] == "confirm"
        settled(server, "broken", lambda all_: sorted(item["status"] for item in all_.values()) ==
                ["active"] * 2 + ["removed"] * 6)


def test_a_host_that_refuses_is_blocked(server):
    with shops.Shopify([Piece(1), Piece(2)]) as shop:
        source = add(server, kind="shopify", address=shop.url, name="refusing")
        run(server, source)
        shop.override["/products.json"] = (403, b"no", {})
        assert run(server, source)["state"] == "blocked"
        shown = server.get(f"/api/v1/sources/{source['id']}").json()
        assert shown["health"] == "blocked" and shown["health_reason"]
        since = shown["health_since"]
        run(server, source)
        assert server.get(f"/api/v1/sources/{source['id']}").json()["health_since"] == since, "blocked since the first time"
        wait_until(lambda: 'fit_source_healthy{source="refusing"} 0' in server.get("/metrics").text, "the gauge")


def test_dead_images_cost_their_listings_alone(server):
    pieces = [Piece(number) for number in range(1, 60)]
    with shops.Feed(pieces) as shop:
        for piece in pieces[5:]:
            shop.override[f"/photos/{piece.number}.jpg"] = (404, b"", {})
        source = add(server, kind="feed", address=shop.url + "/feed.csv", name="dead images")
        first = run(server, source)
        assert first["state"] == "done" and first["counts"]["new"] == 5
        assert first["failures"] == {"image": 54} and len(first["samples"]) == 20
        assert first["samples"][0]["external_id"] and first["samples"][0]["message"]
        before = shop.asked["/photos/30.jpg"]
        assert run(server, source)["counts"]["seen"] == 59
        assert shop.asked["/photos/30.jpg"] == before, "they are tried again hours later"


ROBOTS_OF_PHOTOS = (200, b"User-agent: *\nDisallow: /photos/\n", {"Content-Type": "text/plain"})


def test_photos_that_robots_disallow_are_not_asked_for(server):
    pieces = [Piece(number) for number in range(1, 5)]
    with shops.Shopify(pieces) as shop, shops.Shop() as cdn:
        shop.photos_at = cdn.url
        cdn.override["/robots.txt"] = ROBOTS_OF_PHOTOS
        source = add(server, kind="shopify", address=shop.url, name="forbidden photos")
        first = run(server, source)
        assert first["state"] == "done", first
        assert first["counts"]["new"] == 0 and first["failures"] == {"robots": 4}, first
        assert "robots.txt" in first["samples"][0]["message"] and first["samples"][0]["external_id"], first
        assert dict(cdn.asked) == {"/robots.txt": 1}, "the host of the photos is asked for its rules once"
        # A listing that also has a photo elsewhere is stored with that one.
        shop.product = lambda piece: shops.Shopify.product(shop, piece) | {"images": [
            {"id": 1, "src": f"{shop.url}/photos/{piece.number}.jpg"}, {"id": 2, "src": shop.photo_url(piece)}]}
        second = run(server, source)
        assert second["counts"]["new"] == 4 and second["counts"]["failed"] == 0, second
        assert second["failures"] == {"robots": 4}, second
        assert second["samples"][0]["url"].startswith(cdn.url), second
        found = settled(server, "forbidden photos", lambda all_: len(all_) == 4)
        assert {len(item["images"]) for item in found.values()} == {1}
        assert dict(cdn.asked) == {"/robots.txt": 1}


def test_photos_of_a_shop_that_forbids_them_itself(server):
    with shops.Static([Piece(1), Piece(2)]) as shop:
        shop.override["/robots.txt"] = ROBOTS_OF_PHOTOS
        source = add(server, kind="site", address=shop.url, name="own photos")
        first = run(server, source)
        assert first["state"] == "done" and first["failures"] == {"robots": 2}, first
        assert not [path for path in shop.asked if path.startswith("/photos/")]
        assert shop.asked["/robots.txt"] == 1, "pages and photos share the rules of a host"


def test_a_photo_answered_with_a_pause_lets_its_host_rest(server):
    pieces = [Piece(number) for number in range(1, 5)]
    with shops.Shopify(pieces) as shop, shops.Shop() as cdn:
        shop.photos_at = cdn.url
        for piece in pieces:
            cdn.override[f"/photos/{piece.number}.jpg"] = (429, b"later", {"Retry-After": "3600"})
        source = add(server, kind="shopify", address=shop.url, name="busy photos")
        first = run(server, source)
        assert first["state"] == "done" and first["failures"] == {"image": 4}, first
        photos = sum(count for path, count in cdn.asked.items() if path.startswith("/photos/"))
        assert photos == 1, "the host has asked for an hour of rest"
        assert run(server, source)["state"] == "done", "the shop itself may be asked"


def test_captures_of_a_browser_become_items(server):
    with shops.Static([Piece(7)]) as shop:
        body = {"url": f"{shop.url}/p/7?utm_source=mail", "html": shop.page(shop.pieces[0])}
        answer = server.post("/api/v1/capture", json=body)
        assert answer.status_code == 202, answer.text
        captured = answer.json()
        assert captured["source"]["kind"] == "push" and captured["listings"][0]["title"] == "Wool coat 7"
        name = captured["source"]["name"]
        found = settled(server, name, lambda all_: len(all_) == 1)
        assert next(iter(found.values()))["price"] == 80
        assert shop.asked["/p/7"] == 0, "the page is not fetched"
        shop.pieces[0].price = "50.00"
        again = server.post("/api/v1/capture", json=body | {"html": shop.page(shop.pieces[0])})
        assert again.json()["source"]["id"] == captured["source"]["id"]
        settled(server, name, lambda all_: [item["price"] for item in all_.values()] == [50])
        assert_problem(server.post("/api/v1/capture", json={"url": shop.url, "html": "<html><body>Hi</body></html>"}), 404)
        assert_problem(server.post("/api/v1/capture", json={"url": "ftp://x/", "html": "<html></html>"}), 422, "url")


@pytest.mark.parametrize("fields, field", [
    ({"kind": "spider", "address": "https://a.example"}, "kind"), ({"address": "https://a.example"}, "kind"),
    ({"kind": "feed", "address": "/etc/passwd"}, "address"), ({"kind": "feed", "address": "file:///etc/passwd"}, "address"),
    ({"kind": "shopify", "address": ""}, "address"), ({"kind": "shopify", "address": 7}, "address"),
    ({"kind": "shopify", "address": "https://a.example", "schedule": "often"}, "schedule"),
    ({"kind": "shopify", "address": "https://a.example", "schedule": "0 6 * * *", "time_zone": "Mars"}, "time_zone"),
    ({"kind": "shopify", "address": "https://a.example", "jitter_s": -1}, "jitter_s"),
    ({"kind": "shopify", "address": "https://a.example", "paused": "no"}, "paused"),
    ({"kind": "shopify", "address": "https://a.example", "name": "x" * 200}, "name"),
    ({"kind": "shopify", "address": "https://a.example", "settings": {"colour": "red"}}, "settings.colour"),
    ({"kind": "shopify", "address": "https://a.example", "settings": []}, "settings"),
    ({"kind": "feed", "address": "https://a.example", "settings": {"max_bytes": 8589934593}}, "settings.max_bytes"),
    ({"kind": "shopify", "address": "https://a.example", "every": "3h"}, "every")])
def test_bad_sources_are_named_and_not_added(server, fields, field):
    before = server.get("/api/v1/sources").json()
    assert_problem(server.post("/api/v1/sources", json=fields), 422, field)
    assert server.get("/api/v1/sources").json() == before


def test_sources_are_changed_and_removed(server):
    with shops.Shopify([Piece(1)]) as shop:
        source = add(server, kind="shopify", address=shop.url, settings={"currency": "EUR"})
        assert source["name"] and source["next_run_at"] is None
        path = f"/api/v1/sources/{source['id']}"
        assert_problem(server.post("/api/v1/sources", json={"kind": "shopify", "address": shop.url}), 409, "name")
        assert_problem(server.patch(path, json={"name": "other"}), 409, "name")
        assert_problem(server.patch(path, json={"kind": "feed"}), 409, "kind")
        assert_problem(server.patch(path, json={"settings": {"max_pages": 0}}), 422, "settings.max_pages")
        changed = server.patch(path, json={"schedule": "0 6 * * *", "time_zone": "Europe/Berlin",
                                           "settings": {"currency": None, "max_pages": 5}}).json()
        assert changed["next_run_at"] and changed["settings"] == {"max_pages": 5}
        paused = server.patch(path, json={"paused": True}).json()
        assert paused["next_run_at"] is None and paused["paused"]
        run(server, source)
        assert_problem(server.post(f"{path}/stop"), 409)
        assert server.delete(path).status_code == 204
        assert server.get(path).status_code == 404 and server.get(f"{path}/runs").status_code == 404
        settled(server, source["name"], lambda all_: len(all_) == 1)  # its items stay
        wait_until(lambda: "sources.delete" in server.get("/api/v1/audit?action=sources").text, "the audit log")
        assert "sources.create" in server.get("/api/v1/audit?action=sources").text


def test_runs_are_listed_in_pages(server):
    with shops.Shopify([Piece(1)]) as shop:
        source = add(server, kind="shopify", address=shop.url)
        ids = [run(server, source)["id"] for _ in range(3)]
        first = server.get(f"/api/v1/sources/{source['id']}/runs?limit=2").json()
        assert [one["id"] for one in first["runs"]] == ids[:0:-1]
        rest = server.get(f"/api/v1/sources/{source['id']}/runs?limit=2&before={first['next_before']}").json()
        assert [one["id"] for one in rest["runs"]] == ids[:1] and rest["next_before"] is None
        for query, field in [("limit=0", "limit"), ("before=x", "before"), ("after=1", "after")]:
            assert_problem(server.get(f"/api/v1/sources/{source['id']}/runs?{query}"), 422, field)


def test_secrets_are_never_shown(server):
    secret = "the-client-secret-of-ebay"
    source = add(server, kind="ebay", name="ebay", settings={"query": "coat", "client_id": "me", "client_secret": secret,
                                                             "marketplace": "EBAY_DE"})
    path = f"/api/v1/sources/{source['id']}"
    kept = server.patch(path, json={"settings": {"query": "dress"}})
    for text in (json.dumps(source), kept.text, server.get("/api/v1/sources").text, server.output(),
                 fit_process.run(server.data, "source", "list", "--json").stdout):
        assert secret not in text
    assert kept.json()["settings"]["query"] == "dress" and kept.json()["settings"]["client_id"] == "me"


def test_what_fits_an_address_is_found_and_nothing_is_stored(server):
    before = server.get("/api/v1/sources").json()
    for kind, shop_class, path in SHOPS:
        with shop_class([Piece(number) for number in range(1, 4)]) as shop:
            answer = server.post("/api/v1/sources/test", json={"address": shop.url + path})
            assert answer.status_code == 200, answer.text
            found = answer.json()
            assert found["kind"] == kind, found
            assert len(found["listings"]) == 3 and found["listings"][0]["origins"]["title"], found
            assert items(server, "test") == {}
    assert server.get("/api/v1/sources").json() == before
    for body, field in [({"address": "/etc/passwd"}, "address"), ({"address": "x", "kind": "y"}, "kind"),
                        ({"address": "https://a.example", "settings": {}}, "kind"), ({"url": "x"}, "url")]:
        assert_problem(server.post("/api/v1/sources/test", json=body), 422, field)


def test_inside_addresses_are_not_asked(tmp_path):
    with Server(tmp_path, CRAWL_DELAY=0) as server, shops.Shopify([Piece(1)]) as shop:
        source = add(server, kind="shopify", address=shop.url)
        refused = run(server, source)
        assert refused["state"] == "failed" and refused["counts"]["seen"] == 0, refused
        assert not shop.asked
        assert server.post("/api/v1/sources/test", json={"address": shop.url}).status_code >= 400
        assert not shop.asked


def test_the_command_line(tmp_path):
    with shops.Shopify([Piece(1), Piece(2)]) as shop:
        def fit(*arguments, **options):
            return fit_process.run(tmp_path, "source", *arguments, **SETTINGS, **options)
        tested = fit("test", shop.url)
        assert "shopify" in tested.stdout and "Wool coat 1" in tested.stdout and "Nothing was stored" in tested.stdout
        fit("add", shop.url, "--name", "coats", "--schedule", "6h")
        assert "coats" in fit("list").stdout
        done = fit("run", "coats")
        assert "2 new" in done.stdout, done.stdout
        listed = json.loads(fit("list", "--json").stdout)["sources"]
        assert [(one["name"], one["kind"], one["health"]) for one in listed] == [("coats", "shopify", "ok")]
        assert fit("run", "dresses", check=False).returncode != 0
        assert fit("add", shop.url, "--name", "coats", check=False).returncode != 0
        fit("remove", "coats")
        assert json.loads(fit("list", "--json").stdout) == {"sources": []}


def test_roles(tmp_path):
    root = {"X-API-Key": "the-key-of-the-environment"}
    with Server(tmp_path, API_KEY=root["X-API-Key"], **SETTINGS) as server, shops.Shopify([Piece(1)]) as shop:
        def key(*scopes):
            made = server.post("/api/v1/keys", json={"name": "x", "scopes": list(scopes)}, headers=root)
            return {"X-API-Key": made.json()["secret"]}
        viewer, editor = key("search", "items:read"), key("items:write", "items:read")
        body = {"kind": "shopify", "address": shop.url, "name": "shop", "schedule": "manual"}
        for method, path in [("get", ""), ("post", ""), ("post", "/test")]:
            assert getattr(server, method)(f"/api/v1/sources{path}", headers=viewer).status_code == 403
        added = server.post("/api/v1/sources", json=body, headers=editor)
        assert added.status_code == 201 and re.fullmatch(r"key:\d+", added.json()["created_by"])
        item = server.post("/api/v1/items", headers=editor, json={
            "source": "own", "external_id": "1", "price": 5, "currency": "EUR",
            "image_url": shop.url + "/photos/1.jpg"}).json()
        narrow = server.post("/api/v1/keys", headers=root, json={
            "name": "x", "scopes": ["items:read"], "filters": {"source": "other"}}).json()["secret"]
        path = f"/api/v1/items/{item['id']}/history"
        assert server.get(path, headers=viewer).json()["history"][0]["price"] == 5
        assert server.get(path, headers={"X-API-Key": narrow}).status_code == 404, "the filters of a key hold"
