"""Experiments: two variants of the search on live traffic, what is counted of people, and who may see it."""

import secrets

import pytest
import requests

import fit_process
import image_files
from checks import assert_problem
from fit_process import Server, wait_until
from test_sign_in import PASSWORD, ROOT, create, signed_in, with_key
from test_tokens import make_key

PATH = "/api/v1/experiments"
BLIND = {"image": 0}  # an order that differs from everybody's


@pytest.fixture(scope="module")
def shop(drawn_sample, tmp_path_factory):
    """A server that asks who is there, with vectors in two spaces; the settings say palette."""
    data = tmp_path_factory.mktemp("experiments")
    fit_process.run(data, "import", drawn_sample.csv, "--source", "sample")
    fit_process.run(data, "embed", "--space", "builtin")
    create(data, "owner@x.example", "owner")
    with Server(data, API_KEY=ROOT, RATE_LIMIT_SIGN_IN="1000/second") as server:
        server.key = make_key(server, "search", "items:read")["secret"]
        first = with_key(server, "GET", "/api/v1/items?limit=1").json()["items"][0]["id"]
        server.query = {"item_id": first, "text": "dress", "explain": True}
        yield server


@pytest.fixture(autouse=True)
def no_experiments(shop):
    """Each test begins and ends without experiments."""
    yield
    for one in call(shop, "GET").json()["experiments"]:
        assert call(shop, "DELETE", one["id"]).status_code == 204


def call(shop, method, which="", **options):
    return with_key(shop, method, PATH + (f"/{which}" if which else ""), **options)


def add(shop, **fields):
    made = call(shop, "POST", json={"name": "test", "state": "running"} | fields)
    assert made.status_code == 201, made.text
    assert made.headers["Location"] == f"{PATH}/{made.json()['id']}"
    return made.json()["id"]


def results_of(shop, which):
    return call(shop, "GET", which).json()["results"]


class Shopper:
    """Somebody on a device of their own."""

    def __init__(self, shop, device=None):
        self.shop = shop
        self.device = device or secrets.token_hex(16)
        self.headers = {"Authorization": f"Bearer {shop.key}", "X-Device-Id": self.device}

    def post(self, path, body):
        return requests.post(self.shop.url + path, json=body, headers=self.headers, timeout=60 * fit_process.PATIENCE)

    def search(self, **fields):
        answer = self.post("/api/v1/search", self.shop.query | fields)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def give(self, item, signal="click"):
        given = self.post("/api/v1/feedback", {"target": {"kind": "result", "id": item}, "signal": signal})
        assert given.status_code in (200, 201), given.text


def ids(answer):
    return [one["id"] for one in answer["results"]]


def shopper_of(shop, variant):
    """A shopper who is in the variant of the running experiment."""
    while True:
        shopper = Shopper(shop)
        if shopper.search()["experiment"]["variant"] == variant:
            return shopper


def test_an_experiment_is_managed(shop):
    made = call(shop, "POST", json={"name": " Taste ", "b": {"weights": {"taste": 0.5}}})
    experiment = made.json()
    assert experiment["state"] == "draft" and experiment["name"] == "Taste" and experiment["share"] == 1
    assert experiment["mode"] == "split" and experiment["metric"] == "clicks_per_search" and experiment["a"] == {}
    assert "results" not in experiment and "started_at" not in experiment
    which = experiment["id"]
    changed = call(shop, "PATCH", which, json={"share": 0.5, "a": {"space": "builtin"}}).json()
    assert changed["share"] == 0.5 and changed["a"] == {"space": "builtin"} and changed["b"] == experiment["b"]
    started = call(shop, "PATCH", which, json={"state": "running"}).json()
    assert started["started_at"] and started["results"]["winner"] is None
    assert_problem(call(shop, "PATCH", which, json={"share": 1}), 409, "id")
    assert call(shop, "PATCH", which, json={"name": "Other"}).json()["name"] == "Other"
    other = call(shop, "POST", json={"name": "second"}).json()["id"]
    assert_problem(call(shop, "PATCH", other, json={"state": "running"}), 409, "state")
    assert_problem(call(shop, "POST", json={"name": "third", "state": "running"}), 409, "state")
    assert call(shop, "PATCH", which, json={"state": "stopped"}).json()["stopped_at"]
    assert_problem(call(shop, "PATCH", which, json={"state": "running"}), 409, "state")
    assert [one["id"] for one in call(shop, "GET").json()["experiments"]] == [other, which]
    assert call(shop, "DELETE", which).status_code == 204
    for method, options in (("GET", {}), ("PATCH", {"json": {"name": "x"}}), ("DELETE", {})):
        assert_problem(call(shop, method, which, **options), 404)
        assert_problem(call(shop, method, "none", **options), 422, "id")


@pytest.mark.parametrize("body, field", [
    ({}, "name"), ({"name": ""}, "name"), ({"name": "x" * 201}, "name"), ({"name": "x", "more": 1}, "more"),
    ({"name": "x", "mode": "half"}, "mode"), ({"name": "x", "share": 0}, "share"), ({"name": "x", "share": 1.01}, "share"),
    ({"name": "x", "state": "stopped"}, "state"), ({"name": "x", "metric": 1}, "metric"),
    ({"name": "x", "b": {"space": "nowhere"}}, "b.space"), ({"name": "x", "a": {"space": 7}}, "a.space"),
    ({"name": "x", "b": {"weights": {"taste": 1}}}, "b.weights"), ({"name": "x", "b": {"limit": 1}}, "b.limit"),
    ({"name": "x", "mode": "shadow", "a": {"space": "builtin"}}, "a"),
    ({"name": "x", "mode": "interleaving", "metric": "searches_with_click"}, "metric")])
def test_mistakes_name_the_member(shop, body, field):
    assert_problem(call(shop, "POST", json=body), 422, field)
    assert call(shop, "GET").json()["experiments"] == []


def test_each_person_stays_in_one_variant(shop):
    which = add(shop, b={"weights": BLIND})
    orders = {"a": set(), "b": set()}
    for _ in range(24):
        shopper = Shopper(shop)
        answers = [shopper.search() for _ in range(2)]
        variants = {answer["experiment"]["variant"] for answer in answers}
        assert len(variants) == 1 and answers[0]["experiment"] == {"id": which, "variant": variants.pop()}
        for answer in answers:
            orders[answer["experiment"]["variant"]].add(tuple(ids(answer)))
    assert len(orders["a"]) == 1 and len(orders["b"]) == 1 and orders["a"] != orders["b"]
    usual = requests.post(shop.url + "/api/v1/search", json=shop.query,
                          headers={"Authorization": f"Bearer {shop.key}"}).json()
    assert "experiment" not in usual and tuple(ids(usual)) in orders["a"]
    assert "experiment" not in shopper.search(weights={"image": 1}), "the request's own weight goes first"
    assert "experiment" not in shopper.search(sort="newest")
    assert "experiment" not in shopper.search(explain=False)


def test_pages_go_on_with_the_variant_after_the_end(shop):
    which = add(shop, b={"weights": BLIND})
    shopper = shopper_of(shop, "b")
    whole = ids(shopper.search(limit=30))
    first = shopper.search(limit=10)
    second = shopper.search(limit=10, cursor=first["next_cursor"])
    call(shop, "PATCH", which, json={"state": "stopped"})
    third = shopper.search(limit=10, cursor=second["next_cursor"])
    assert ids(first) + ids(second) + ids(third) == whole
    assert third["experiment"]["variant"] == "b" and "experiment" not in shopper.search()
    call(shop, "DELETE", which)
    gone = shopper.post("/api/v1/search", shop.query | {"limit": 10, "cursor": third["next_cursor"]})
    assert_problem(gone, 422, "cursor")
    for cursor in ("~", "~1.2.b.AAAA", "~999999.1.a." + first["next_cursor"].split(".")[-1], "~x" * 5_000):
        assert_problem(shopper.post("/api/v1/search", shop.query | {"cursor": cursor}), 422, "cursor")


def counts_of(shop, which, variant):
    """Clicks, saves, purchases and searches with a click of a variant."""
    results = results_of(shop, which)
    names = ("clicks_per_search", "saves_per_search", "buys_per_search", "searches_with_click")
    metrics = [results["metrics"][name] for name in names]
    return [one and round(one[variant] * results["searches"][variant]) for one in metrics]


@pytest.mark.parametrize("fields", [{"state": "draft"}, {"mode": "shadow"}, {"mode": "interleaving"}])
def test_a_made_up_cursor_shows_nobody_another_variant(shop, fields):
    which = add(shop, b={"weights": BLIND}, **fields)
    next_cursor = requests.post(shop.url + "/api/v1/search", json=shop.query | {"limit": 10},
                                headers={"Authorization": f"Bearer {shop.key}"}).json()["next_cursor"]
    made_up = f"~{which}.7.b.{next_cursor}"
    assert_problem(Shopper(shop).post("/api/v1/search", shop.query | {"limit": 10, "cursor": made_up}), 422, "cursor")


def test_clicks_are_counted_once_and_only_of_what_was_shown(shop):
    which = add(shop, b={"weights": BLIND})
    shopper_of(shop, "a")
    shopper_of(shop, "b")
    shopper = Shopper(shop)
    answer = shopper.search(limit=10)
    variant = answer["experiment"]["variant"]
    second = shopper.search(limit=10, cursor=answer["next_cursor"])
    shown = ids(answer) + ids(second)
    everything = ids(shopper.search(limit=100, weights={"image": 1}))
    for item in (shown[0], shown[0], shown[13], next(one for one in everything if one not in shown)):
        shopper.give(item)
    shopper.give(shown[1], "save")
    shopper.give(shown[1], "like")
    Shopper(shop).give(shown[2])
    wait_until(lambda: counts_of(shop, which, variant) == [2, 1, 0, 1], "counting the clicks")
    people = results_of(shop, which)["people"][variant]
    assert requests.delete(shop.url + "/api/v1/feedback", headers=shopper.headers).status_code == 204
    assert results_of(shop, which)["people"][variant] == people - 1
    assert counts_of(shop, which, variant) == [0, 0, 0, 0]


def test_results_of_both_are_interleaved(shop):
    which = add(shop, mode="interleaving", b={"weights": BLIND})
    shopper = Shopper(shop)
    first = shopper.search(limit=10)
    teams = first["experiment"]["results"]
    assert first["experiment"]["variant"] == "ab" and len(teams) == len(first["results"]) == 10
    assert all({teams[i], teams[i + 1]} == {"a", "b"} for i in range(0, 10, 2))
    seen = ids(first)
    page = first
    while "next_cursor" in page:
        page = shopper.search(limit=10, cursor=page["next_cursor"])
        seen += ids(page)
    assert len(seen) == len(set(seen)) > 20
    of_b = next(one for one, team in zip(ids(first), teams, strict=True) if team == "b")
    shopper.give(of_b)

    def counted():
        clicks = results_of(shop, which)["metrics"]["clicks_per_search"]
        return clicks is not None and clicks["b"] == 1
    wait_until(counted, "counting the click")
    clicks = results_of(shop, which)["metrics"]["clicks_per_search"]
    assert clicks == {"a": 0, "b": 1, "difference": 1, "interval": None}
    other = shop.query | {"text": "shirt", "cursor": first["next_cursor"]}
    assert_problem(shopper.post("/api/v1/search", other), 422, "cursor")


def all_pages(shopper, **fields):
    page = shopper.search(limit=10, **fields)
    assert page["experiment"]["variant"] == "ab"
    found = page["results"]
    while "next_cursor" in page:
        page = shopper.search(limit=10, cursor=page["next_cursor"], **fields)
        found += page["results"]
    return found


def test_interleaved_results_show_a_copied_photo_once(shop):
    add(shop, mode="interleaving", b={"weights": BLIND})
    shopper = Shopper(shop)
    copied = all_pages(shopper)[3]
    photo = requests.get(shop.url + copied["image_url"], headers=shopper.headers, timeout=60).content
    made = with_key(shop, "POST", "/api/v1/items", json={
        "source": "copies", "external_id": "1", "title": copied["title"], "image_base64": image_files.text(photo)})
    assert made.status_code == 201, made.text
    both = {copied["id"], made.json()["id"]}
    try:
        wait_until(lambda: both <= {one["id"] for one in all_pages(shopper)}, "finding the copy")
        for _ in range(8):  # as many coins
            found = [one["id"] for one in all_pages(Shopper(shop), collapse_duplicates=True)]
            assert len(found) == len(set(found)) > 20 and len(both & set(found)) == 1
    finally:
        with_key(shop, "DELETE", f"/api/v1/items/{made.json()['id']}")


def test_a_winner_is_found(shop):
    which = add(shop, b={"weights": BLIND})
    for _ in range(180):
        shopper = Shopper(shop)
        answer = shopper.search(limit=5)
        if answer["experiment"]["variant"] == "b":
            shopper.give(ids(answer)[0])
            shopper.give(ids(answer)[1])
        elif int(shopper.device[:2], 16) < 60:
            shopper.give(ids(answer)[0])
    wait_until(lambda: sum(results_of(shop, which)["people"].values()) == 180, "counting everybody")
    wait_until(lambda: results_of(shop, which)["winner"] == "b", "finding the winner")
    results = call(shop, "PATCH", which, json={"state": "stopped"}).json()["results"]
    low, high = results["metrics"]["clicks_per_search"]["interval"]
    assert 0 < low < results["metrics"]["clicks_per_search"]["difference"] < high
    assert results["winner"] == "b"


def test_two_models_are_compared(shop, drawn_sample):
    which = add(shop, b={"space": "builtin"})
    wait_until(lambda: call(shop, "GET", which).json()["is_ready"], "opening the space")
    photo = image_files.text(drawn_sample.photo(drawn_sample.rows[0]))
    spaces = {}
    while len(spaces) < 2:
        answer = Shopper(shop).post("/api/v1/search", {"image_base64": photo, "explain": True}).json()
        spaces[answer["experiment"]["variant"]] = answer["embedding_provider"]
    assert spaces == {"a": "palette", "b": "builtin"}
    call(shop, "PATCH", which, json={"state": "stopped"})
    wait_until(lambda: "space released" in shop.output(), "releasing the space")


def test_a_shadow_is_asked_and_not_shown(shop, drawn_sample):
    which = add(shop, mode="shadow", b={"space": "builtin"})
    wait_until(lambda: call(shop, "GET", which).json()["is_ready"], "opening the space")
    usual = None
    for number in range(6):
        photo = image_files.text(drawn_sample.photo(drawn_sample.rows[number]))
        answer = requests.post(shop.url + "/api/v1/search", json={"image_base64": photo, "explain": True},
                               headers={"Authorization": f"Bearer {shop.key}"}).json()
        assert answer["embedding_provider"] == "palette" and "experiment" not in answer
        usual = usual or answer
    wait_until(lambda: sum(results_of(shop, which)[name] for name in ("compared", "dropped")) == 6, "asking the shadow")
    results = results_of(shop, which)
    assert results["failed"] == 0 and results["compared"] >= 1
    assert 0 < results["overlap_at_10"] <= 1 and 0 < results["rank_biased_overlap"] <= 1
    assert results["timed"] >= 1 and results["mean_ms"]["b"] > 0 and results["slowest_ms"]["a"] > 0


def test_an_account_exports_and_removes_its_part(shop):
    which = add(shop, b={"weights": BLIND})
    email = f"{secrets.token_hex(6)}@x.example"
    create(shop.data, email, "shopper")
    browser = signed_in(shop, email)
    answer = browser.call("POST", "/api/v1/search", json=shop.query)
    assert answer.status_code == 200, answer.text
    variant = answer.json()["experiment"]["variant"]
    wait_until(lambda: results_of(shop, which)["people"][variant] == 1, "counting the search")
    part = browser.call("GET", "/api/v1/auth/me/export").json()["experiments"]
    assert part == [{"tenant": "default", "experiment_id": which, "variant": variant, "searches": 1,
                     "searches_with_click": 0, "clicks": 0, "saves": 0, "buys": 0}]
    assert browser.call("DELETE", "/api/v1/auth/me", json={"password": PASSWORD}).status_code == 204
    wait_until(lambda: results_of(shop, which)["people"][variant] == 0, "removing the part")


def test_the_part_of_a_device_ends_at_the_sign_in(shop):
    which = add(shop, b={"weights": BLIND})
    shopper = Shopper(shop)
    variant = shopper.search()["experiment"]["variant"]
    wait_until(lambda: results_of(shop, which)["people"][variant] == 1, "counting the search")
    email = f"{secrets.token_hex(6)}@x.example"
    create(shop.data, email, "shopper")
    merged = signed_in(shop, email).call("POST", "/api/v1/feedback/merge", json={"device_id": shopper.device})
    assert merged.status_code == 200, merged.text
    assert results_of(shop, which)["people"] == {"a": 0, "b": 0}


def test_only_administrators_see_experiments(shop):
    which = add(shop)
    headers = {"Authorization": f"Bearer {shop.key}"}
    for method, path in (("GET", PATH), ("POST", PATH), ("GET", f"{PATH}/{which}"), ("PATCH", f"{PATH}/{which}"),
                         ("DELETE", f"{PATH}/{which}")):
        refused = requests.request(method, shop.url + path, headers=headers)
        assert refused.status_code == 403 and refused.json()["missing_scopes"] == ["admin"], (method, path)
