"""Feedback, and the taste that it becomes: in searches, in picks, in the export and at the end of an account."""

import secrets

import pytest
import requests

import fit_process
import image_files
import job_table
from checks import assert_problem
from fit_process import Server, wait_until
from test_sign_in import PASSWORD, ROOT, Browser, create, signed_in, with_key
from test_tokens import make_key, signed

FEEDBACK = "/api/v1/feedback"
FOR_YOU = "/api/v1/for-you"
MERGE = FEEDBACK + "/merge"
ITEMS = 60
SIGNALS = ["like", "dislike", "save", "click", "buy", "wear", "hide"]


class Caller:
    """Somebody with an API key or a search token, and perhaps a device."""

    def __init__(self, server, secret, device=None):
        self.server = server
        self.device = device
        self.headers = {"Authorization": f"Bearer {secret}"} | ({"X-Device-Id": device} if device else {})

    def call(self, method, path, headers=None, **options):
        return requests.request(method, self.server.url + path, headers=self.headers | (headers or {}),
                                timeout=60 * fit_process.PATIENCE, **options)


@pytest.fixture(scope="module")
def shop(drawn_sample, tmp_path_factory):
    """A server that asks who is there, with items of two brands: those of acme are red and striped, the others plain and
    blue. `items` has the ids by brand; `key` is a search key."""
    data = tmp_path_factory.mktemp("style")
    create(data, "owner@x.example", "owner")
    with Server(data, API_KEY=ROOT, RATE_LIMIT_SIGN_IN="1000/second") as server:
        server.items = {"acme": [], "other": []}
        for i in range(ITEMS):
            brand = ("acme", "other")[i % 2]
            looks = {"acme": {"primary_color": "red", "pattern": "striped"}, "other": {"primary_color": "blue", "pattern": "solid"}}
            photo = drawn_sample.photo(drawn_sample.rows[i % len(drawn_sample.rows)])
            made = with_key(server, "POST", "/api/v1/items", json={
                "source": brand, "external_id": str(i), "title": f"shirt {i}", "brand": brand, "properties": looks[brand],
                "images": [{"image_base64": image_files.text(photo)}]})
            assert made.status_code == 201, made.text
            server.items[brand].append(made.json()["id"])
        wait_until(lambda: len(with_key(server, "GET", f"/api/v1/items?limit={ITEMS}").json()["items"]) == ITEMS, "the index")
        server.key = make_key(server, "search", "items:read")
        yield server


@pytest.fixture
def device(shop):
    """Somebody without an account, on a device of their own."""
    return Caller(shop, shop.key["secret"], secrets.token_hex(16))


@pytest.fixture
def shopper(shop):
    """A browser in which a new shopper is signed in."""
    email = f"{secrets.token_hex(6)}@x.example"
    create(shop.data, email, "shopper")
    return signed_in(shop, email)


def body(item, signal="like", kind="item", **more):
    return {"target": {"kind": kind, "id": item}, "signal": signal, **more}


def give(caller, item, signal="like", status=201, **more):
    answer = caller.call("POST", FEEDBACK, json=body(item, signal, **more))
    assert answer.status_code == status, answer.text
    return answer.json()


def listed(caller, **query):
    answer = caller.call("GET", FEEDBACK, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["feedback"]


def signals(caller):
    return [(one["signal"], one["target"]["id"]) for one in listed(caller)]


def like_acme(caller, shop):
    """Ten likes of one kind, and three items hidden."""
    for i in range(10):
        give(caller, shop.items["acme"][i])
        if i % 3 == 2:
            give(caller, shop.items["other"][i], "hide")


def search(caller, taste=0.5, **fields):
    weights = {} if taste is None else {"weights": {"taste": taste}}
    answer = caller.call("POST", "/api/v1/search", json={"limit": 20} | weights | fields)
    assert answer.status_code == 200, answer.text
    return answer.json()


def order(found):
    return [one["id"] for one in found["results"]]


def acme_among(found):
    return sum(one["brand"] == "acme" for one in found["results"])


# Feedback


def test_feedback_is_given_once(shop, device):
    item = shop.items["acme"][0]
    first = give(device, item, context={"page": "results", "place": 3})
    assert first["target"] == {"kind": "item", "id": item} and first["signal"] == "like"
    assert first["context"] == {"page": "results", "place": 3} and "value" not in first and "key" not in first
    assert give(device, item, status=200) == first
    assert listed(device) == [first]
    assert give(device, item, "save")["id"] != first["id"]
    assert signals(device) == [("save", item), ("like", item)], "the latest comes first"


@pytest.mark.parametrize("signal", SIGNALS)
def test_every_signal(shop, device, signal):
    one, other, third = shop.items["acme"][:3]
    for kind, target in (("item", one), ("result", other), ("outfit", f"i{one}-i{other}"), ("piece", f"i{third}/{third}")):
        assert give(device, target, signal, kind=kind)["target"] == {"kind": kind, "id": target}


def test_the_latest_opinion_holds(shop, device):
    item = shop.items["acme"][0]
    give(device, item, "like")
    give(device, item, "dislike")
    assert signals(device) == [("dislike", item)]
    rated = give(device, item, "rating", value=2)
    changed = give(device, item, "rating", status=200, value=4.5)
    assert changed["id"] == rated["id"] and changed["value"] == 4.5
    assert len(listed(device)) == 2


def test_events_have_keys(shop, device):
    item = shop.items["acme"][0]
    give(device, item, "wear", key="monday")
    give(device, item, "wear", key="tuesday")
    give(device, item, "wear", status=200, key="monday")
    assert [one["key"] for one in listed(device)] == ["tuesday", "monday"]
    assert_problem(device.call("POST", FEEDBACK, json=body(shop.items["acme"][1], "wear", key="monday")), 409, "key")


def test_feedback_is_listed_by_pages(shop, device):
    for i in range(5):
        give(device, shop.items["acme"][i], ("like", "save")[i % 2], kind=("item", "result")[i % 2])
    everything = listed(device)
    first = device.call("GET", FEEDBACK, params={"limit": 3}).json()
    rest = device.call("GET", FEEDBACK, params={"limit": 3, "before": first["next_before"]}).json()
    assert first["feedback"] + rest["feedback"] == everything and "next_before" not in rest
    assert len(listed(device, signal="like")) == 3 and len(listed(device, kind="result")) == 2
    assert listed(device, kind="outfit") == []


def test_feedback_is_undone_and_forgotten(shop, device):
    one, two = (give(device, item) for item in shop.items["acme"][:2])
    assert device.call("DELETE", f"{FEEDBACK}/{one['id']}").status_code == 204
    assert device.call("DELETE", f"{FEEDBACK}/{one['id']}").status_code == 404
    assert listed(device) == [two]
    assert device.call("DELETE", FEEDBACK).status_code == 204
    assert listed(device) == []
    assert device.call("DELETE", FEEDBACK).status_code == 204


def test_feedback_of_others_does_not_exist(shop, device, shopper):
    given = give(device, shop.items["acme"][0])
    ann, bob = (Caller(shop, signed(shop.key, user_id=name)) for name in ("ann", "bob"))
    own = give(ann, shop.items["acme"][1])
    for other in (shopper, bob, Caller(shop, shop.key["secret"], secrets.token_hex(16))):
        for stranger in (given, own):
            answer = other.call("DELETE", f"{FEEDBACK}/{stranger['id']}")
            unknown = other.call("DELETE", f"{FEEDBACK}/999999999")
            assert answer.status_code == unknown.status_code == 404
            assert answer.json()["detail"] == unknown.json()["detail"]
        assert listed(other) == []
        assert other.call("DELETE", FEEDBACK).status_code == 204
    assert listed(device) == [given] and listed(ann) == [own]


def test_an_account_goes_before_a_device(shop, device, shopper):
    given = give(shopper, shop.items["acme"][0])
    answer = shopper.call("GET", FEEDBACK, headers={"X-Device-Id": device.device})
    assert answer.json()["feedback"] == [given]
    ann = Caller(shop, signed(shop.key, user_id="ann-2"), device.device)
    own = give(ann, shop.items["acme"][1])
    assert listed(ann) == [own] and listed(device) == []


def test_a_token_without_a_user_has_the_device(shop, device):
    token = Caller(shop, signed(shop.key), device.device)
    given = give(token, shop.items["acme"][0])
    assert listed(device) == [given]
    assert_problem(Caller(shop, signed(shop.key)).call("GET", FEEDBACK), 422, "X-Device-Id")


def test_a_device_is_merged_at_the_sign_in(shop, device, shopper):
    one, two, three = shop.items["acme"][:3]
    give(shopper, one)
    give(device, one)
    give(device, two, "save")
    give(device, three, "hide")
    merged = shopper.call("POST", MERGE, json={"device_id": device.device})
    assert merged.status_code == 200 and merged.json() == {"moved": 3}
    assert sorted(signals(shopper)) == sorted([("like", one), ("save", two), ("hide", three)])
    assert listed(device) == []
    assert shopper.call("POST", MERGE, json={"device_id": device.device}).json() == {"moved": 0}


def test_a_device_is_merged_into_whom_a_token_names(shop, device):
    give(device, shop.items["acme"][0])
    cy = Caller(shop, signed(shop.key, user_id=f"cy-{device.device}"))
    assert cy.call("POST", MERGE, json={"device_id": device.device}).json() == {"moved": 1}
    assert len(listed(cy)) == 1


def test_a_device_cannot_be_merged_into_nobody(shop, device):
    give(device, shop.items["acme"][0])
    assert device.call("POST", MERGE, json={"device_id": device.device}).status_code == 403
    assert len(listed(device)) == 1


def test_feedback_is_about_items_that_exist_for_the_caller(shop, device):
    narrow = make_key(shop, "search", "items:read", filters={"source": "acme"})
    caller = Caller(shop, narrow["secret"], device.device)
    hidden = shop.items["other"][0]
    for kind, target in (("item", hidden), ("result", hidden), ("piece", f"o/{hidden}")):
        assert_problem(caller.call("POST", FEEDBACK, json=body(target, kind=kind)), 404)
        assert_problem(device.call("POST", FEEDBACK, json=body(target.replace(hidden, "99999999"), kind=kind)), 404)
    give(caller, shop.items["acme"][0])
    assert len(listed(device)) == 1


@pytest.mark.parametrize("given, field", [
    ({}, "target"), ({"target": "7"}, "target"), ({"target": {"kind": "item"}}, "target.id"),
    ({"target": {"id": "7"}}, "target.kind"), (body("7", kind="shoe"), "target.kind"), (body("x"), "target.id"),
    (body("-1"), "target.id"), (body("0"), "target.id"), (body("9" * 30), "target.id"), (body(7), "target.id"),
    (body("a b", kind="outfit"), "target.id"), (body("x" * 101, kind="outfit"), "target.id"), (body("7", kind="piece"), "target.id"),
    ({"target": {"kind": "item", "id": "7", "x": 1}, "signal": "like"}, "target.x"), ({"target": {"kind": "item", "id": "7"}}, "signal"),
    (body("7", "love"), "signal"), (body("7", ""), "signal"), (body("7", 1), "signal"), (body("7", "rating"), "value"),
    (body("7", "rating", value=0), "value"), (body("7", "rating", value=5.1), "value"), (body("7", "rating", value="5"), "value"),
    (body("7", value=3), "value"), (body("7", key="a b"), "key"), (body("7", key="x" * 101), "key"), (body("7", key=7), "key"),
    (body("7", context=[]), "context"), (body("7", context="x"), "context"), (body("7", context={"x": "y" * 2000}), "context"),
    (body("7", user="ann"), "user")])
def test_bad_feedback_is_named_and_changes_nothing(device, given, field):
    assert_problem(device.call("POST", FEEDBACK, json=given), 422, field)
    assert listed(device) == []


@pytest.mark.parametrize("text", ["{", "[]", "7", "", "null"])
def test_bodies_that_are_no_objects(device, text):
    answer = device.call("POST", FEEDBACK, data=text, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)
    assert device.call("POST", FEEDBACK, data="{}").status_code == 415


@pytest.mark.parametrize("name", ["x", "0" * 31, "0" * 33, "A" * 32, "g" * 32, "0" * 31 + "%", "' OR 1=1 --" + "0" * 21])
def test_bad_names_of_devices(shop, name):
    caller = Caller(shop, shop.key["secret"], name)
    item = shop.items["acme"][0]
    for method, path, given in (("POST", FEEDBACK, body(item)), ("GET", FEEDBACK, None), ("DELETE", FEEDBACK, None),
                                ("DELETE", FEEDBACK + "/1", None), ("GET", FOR_YOU, None),
                                ("POST", "/api/v1/search", {"item_id": item, "weights": {"taste": 0.1}})):
        assert_problem(caller.call(method, path, json=given), 422, "X-Device-Id")
    assert caller.call("POST", "/api/v1/search", json={"item_id": item}).status_code == 200, "nothing asks for the device"


def test_without_a_device_there_is_nobody(shop, shopper):
    nobody = Caller(shop, shop.key["secret"])
    for method, path, given in (("POST", FEEDBACK, body("1")), ("GET", FEEDBACK, None), ("DELETE", FEEDBACK, None)):
        assert_problem(nobody.call(method, path, json=given), 422, "X-Device-Id")
    for device_id in ("x", "", 7, None):
        assert_problem(shopper.call("POST", MERGE, json={"device_id": device_id}), 422, "device_id")


@pytest.mark.parametrize("query, field", [("limit=0", "limit"), ("limit=501", "limit"), ("before=x", "before"), ("before=0", "before"),
                                          ("kind=shoe", "kind"), ("signal=love", "signal"), ("user=1", "user")])
def test_wrong_pages_are_named(device, query, field):
    assert_problem(device.call("GET", f"{FEEDBACK}?{query}"), 422, field)


# Taste in searches


def test_ten_likes_change_a_search(shop, device):
    item = shop.items["other"][-1]
    plain = search(device, item_id=item)
    assert order(search(device, taste=None, item_id=item)) == order(plain), "nothing is known yet"
    like_acme(device, shop)
    personal = search(device, item_id=item)
    assert acme_among(personal) > acme_among(plain)
    assert acme_among(search(device, text="shirt")) > acme_among(search(device, taste=0, text="shirt"))


def test_the_weight_is_a_switch(shop, device):
    item = shop.items["other"][-1]
    before = order(search(device, taste=None, item_id=item))
    like_acme(device, shop)
    assert order(search(device, item_id=item)) != before
    assert order(search(device, taste=0, item_id=item)) == before
    assert order(search(device, taste=None, item_id=item)) == before
    assert device.call("DELETE", FEEDBACK).status_code == 204
    assert order(search(device, item_id=item)) == before, "what was forgotten counts no more"


def test_explanations_show_the_taste(shop, device):
    like_acme(device, shop)
    found = search(device, item_id=shop.items["other"][-1], explain=True)
    for one in found["results"]:
        parts = one["explain"]["parts"]
        assert abs(sum(parts.values()) - one["explain"]["score"]) < 1e-4
        assert parts["taste.brand"] > 0 if one["brand"] == "acme" else parts["taste.brand"] < 0


def test_results_do_not_leak_between_people(shop, device, shopper):
    item = shop.items["other"][-1]
    stranger = Caller(shop, shop.key["secret"], secrets.token_hex(16))
    plain = order(search(stranger, item_id=item))
    like_acme(device, shop)
    personal = order(search(device, item_id=item))
    assert personal != plain
    for _ in range(2):
        assert order(search(stranger, item_id=item)) == plain
        assert order(search(shopper, item_id=item)) == plain
        assert order(search(device, item_id=item)) == personal


def test_pages_go_on_with_the_taste_of_the_first(shop, device):
    like_acme(device, shop)
    whole = order(search(device, item_id=shop.items["other"][-1], limit=40))
    paged, cursor = [], {}
    for page in range(4):
        found = search(device, item_id=shop.items["other"][-1], limit=10, **cursor)
        paged += order(found)
        cursor = {"cursor": found["next_cursor"]}
        give(device, shop.items["acme"][12 + page], "dislike")
    assert paged == whole
    assert device.call("DELETE", FEEDBACK).status_code == 204
    lost = device.call("POST", "/api/v1/search", json={"item_id": shop.items["other"][-1], "weights": {"taste": 0.5}} | cursor)
    assert_problem(lost, 422, "cursor")


def test_a_user_keeps_the_taste_of_the_device(shop, device, shopper):
    item = shop.items["other"][-1]
    like_acme(device, shop)
    personal = order(search(device, item_id=item))
    assert shopper.call("POST", MERGE, json={"device_id": device.device}).status_code == 200
    assert order(search(shopper, item_id=item)) == personal
    assert order(search(device, item_id=item)) != personal


@pytest.mark.parametrize("taste", [-0.1, 0.51, 1, "0.5", None, True])
def test_wrong_weights_are_named(device, taste):
    assert_problem(device.call("POST", "/api/v1/search", json={"text": "shirt", "weights": {"taste": taste}}), 422, "weights")


def test_several_tenants_have_no_taste(shop, device):
    answer = device.call("POST", "/api/v1/search", json={"text": "shirt", "weights": {"taste": 0.1}, "tenants": ["*"]})
    assert_problem(answer, 422, "weights")


def test_a_taste_shows_nothing_that_a_token_excludes(shop):
    token = Caller(shop, signed(shop.key, user_id="dee", exclude_fields=["price"]))
    assert_problem(token.call("POST", "/api/v1/search", json={"text": "shirt", "weights": {"taste": 0.1}}), 403, "weights")
    assert token.call("GET", FOR_YOU).status_code == 403
    assert token.call("POST", "/api/v1/search", json={"text": "shirt", "weights": {"taste": 0}}).status_code == 200


# For you


def picks(caller, **query):
    answer = caller.call("GET", FOR_YOU, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_picks_are_liked_and_unseen(shop, device):
    like_acme(device, shop)
    judged = {one["target"]["id"] for one in listed(device)}
    found = picks(device, limit=10)
    assert found["is_personal"] and len(found["picks"]) == 10
    ids = [one["item"]["id"] for one in found["picks"]]
    assert len(set(ids)) == 10 and not judged & set(ids)
    assert [one["is_exploration"] for one in found["picks"]] == [i % 5 == 4 for i in range(10)]
    assert sum(one["item"]["brand"] == "acme" for one in found["picks"]) >= 7
    assert all(one["parts"]["brand"] > 0 for one in found["picks"] if one["item"]["brand"] == "acme")


def test_a_seed_repeats_picks(shop, device):
    like_acme(device, shop)
    first = picks(device, seed=1)
    assert picks(device, seed=1) == first
    assert any(picks(device, seed=seed) != first for seed in (2, 3, 4))
    assert picks(device) == picks(device, seed=0)


def test_without_a_taste_picks_are_the_newest(shop, device):
    newest = [one["id"] for one in with_key(shop, "GET", "/api/v1/items?limit=20").json()["items"]]
    for caller in (device, Caller(shop, shop.key["secret"])):
        found = picks(caller)
        assert not found["is_personal"] and [one["item"]["id"] for one in found["picks"]] == newest
    give(device, newest[0], "hide")
    assert newest[0] not in [one["item"]["id"] for one in picks(device)["picks"]]


def test_picks_exist_for_the_caller(shop, device):
    like_acme(device, shop)
    narrow = make_key(shop, "search", "items:read", filters={"source": "other"})
    caller = Caller(shop, narrow["secret"], device.device)
    assert {one["item"]["source"] for one in picks(caller, limit=30)["picks"]} == {"other"}
    assert {one["item"]["source"] for one in picks(device, filters='{"source": "other"}')["picks"]} == {"other"}


def test_when_all_is_seen_nothing_is_picked(shop, device):
    for item in shop.items["acme"] + shop.items["other"]:
        give(device, item, "click")
    assert picks(device)["picks"] == []


@pytest.mark.parametrize("query, field", [
    ("limit=0", "limit"), ("limit=101", "limit"), ("limit=x", "limit"), ("seed=-1", "seed"), ("seed=x", "seed"), ("seed=", "seed"),
    ("seed=9007199254740992", "seed"), ("seed=1.5", "seed"), ("filters=7", "filters"), ("filters={\"x\":1}", "filters.x"),
    ("cursor=x", "cursor")])
def test_wrong_parameters_of_picks_are_named(device, query, field):
    answer = device.call("GET", f"{FOR_YOU}?{query}")
    assert answer.status_code in (400, 422) and answer.json()["field"] == field, answer.text


# What belongs to a user


def test_the_export_has_the_feedback(shop, shopper):
    item = shop.items["acme"][0]
    given = give(shopper, item, "rating", value=4)
    exported = shopper.call("GET", "/api/v1/auth/me/export").json()
    assert exported["feedback"] == [given | {"tenant": "default"}]


def test_the_feedback_goes_with_the_account(shop, shopper):
    user = shopper.me()["user"]["id"]
    give(shopper, shop.items["acme"][0])
    rows = f"SELECT COUNT(*) FROM feedback WHERE person = 'user:{user}'"
    assert job_table.execute(shop.data, rows) == [("1",)]
    assert shopper.call("DELETE", "/api/v1/auth/me", json={"password": PASSWORD}).status_code == 204
    wait_until(lambda: job_table.execute(shop.data, rows) == [("0",)], "the end of the feedback")


def test_other_pages_give_no_feedback(shop, shopper):
    evil = {"Origin": "https://evil.example"}
    for method, path, given in (("POST", FEEDBACK, body(shop.items["acme"][0])), ("DELETE", FEEDBACK, None),
                                ("POST", MERGE, {"device_id": "0" * 32})):
        assert shopper.call(method, path, json=given, headers=evil).status_code == 403
    assert listed(shopper) == []


def test_nobody_without_credentials(shop):
    for method, path in (("GET", FEEDBACK), ("POST", FEEDBACK), ("DELETE", FEEDBACK), ("POST", MERGE), ("GET", FOR_YOU)):
        assert Browser(shop).call(method, path, headers={"X-Device-Id": "0" * 32}).status_code == 401


def test_an_open_server_knows_devices(drawn_sample, tmp_path):
    fit_process.run(tmp_path, "import", drawn_sample.csv, "--source", "sample")
    with Server(tmp_path) as server:
        item = server.get("/api/v1/items?limit=1").json()["items"][0]["id"]
        one, two = ({"X-Device-Id": secrets.token_hex(16)} for _ in range(2))
        assert server.post(FEEDBACK, json=body(item), headers=one).status_code == 201
        assert len(server.get(FEEDBACK, headers=one).json()["feedback"]) == 1
        assert server.get(FEEDBACK, headers=two).json()["feedback"] == []
        assert_problem(server.get(FEEDBACK), 422, "X-Device-Id")


def test_responses_are_as_the_document_says(shop, device, shopper):
    from test_openapi import check, response_schema
    document = shop.get("/openapi.json").json()
    like_acme(device, shop)
    item = shop.items["acme"][20]
    given = device.call("POST", FEEDBACK, json=body(item, "rating", value=3, key="k", context={"a": 1}))
    calls = [(FEEDBACK, "post", given), (FEEDBACK, "post", device.call("POST", FEEDBACK, json={})),
             (FEEDBACK, "post", device.call("POST", FEEDBACK, json=body(item, "rating", value=3, key="k"))),
             (FEEDBACK, "get", device.call("GET", FEEDBACK, params={"limit": 2})),
             (FEEDBACK, "get", device.call("GET", FEEDBACK, params={"limit": 0})),
             (FEEDBACK + "/{id}", "delete", device.call("DELETE", FEEDBACK + "/99999999")),
             (FOR_YOU, "get", device.call("GET", FOR_YOU)), (FOR_YOU, "get", device.call("GET", FOR_YOU, params={"seed": "x"})),
             (MERGE, "post", device.call("POST", MERGE, json={"device_id": device.device})),
             (MERGE, "post", shopper.call("POST", MERGE, json={"device_id": device.device})),
             ("/api/v1/search", "post", device.call("POST", "/api/v1/search", json={"item_id": item, "weights": {"taste": 0.5}})),
             ("/api/v1/auth/me/export", "get", shopper.call("GET", "/api/v1/auth/me/export"))]
    for path, verb, response in calls:
        check(document, response_schema(document, path, verb, response), response.json())
