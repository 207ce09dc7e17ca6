"""What belongs to one user: search history, favourites, the export of everything, and the end of the account."""

import pytest

import fit_process
import image_files
from fit_process import Server, wait_until
from test_sign_in import PASSWORD, ROOT, WRONG, Browser, create, signed_in, with_key

HISTORY = "/api/v1/auth/me/history"
FAVOURITES = "/api/v1/favourites"


@pytest.fixture(scope="module")
def closed(drawn_sample, tmp_path_factory):
    """A server with pieces that asks who is there."""
    data = tmp_path_factory.mktemp("shoppers")
    fit_process.run(data, "import", drawn_sample.csv, "--source", "sample")
    create(data, "owner@x.example", "owner")
    with Server(data, API_KEY=ROOT, RATE_LIMIT_SIGN_IN="1000/second") as server:
        yield server


@pytest.fixture
def shopper(closed, request):
    """A browser in which a new shopper is signed in; its e-mail address is the attribute `email`."""
    email = f"shopper{next(shopper.numbers)}@x.example"
    create(closed.data, email, "shopper")
    browser = signed_in(closed, email)
    browser.email = email
    return browser


shopper.numbers = iter(range(1000))


def search(browser, **fields):
    answer = browser.call("POST", "/api/v1/search", json=fields)
    assert answer.status_code == 200, answer.text
    return answer.json()


def history(browser, **query):
    return browser.call("GET", HISTORY, params=query).json()["entries"]


def queries(browser):
    return [entry["query"] for entry in history(browser)]


def make_list(browser, name):
    made = browser.call("POST", FAVOURITES, json={"name": name})
    assert made.status_code == 201, made.text
    return made.json()


def some_items(closed, count):
    return [item["id"] for item in with_key(closed, "GET", f"/api/v1/items?limit={count}").json()["items"]]


# History


def test_searches_are_kept(closed, shopper, drawn_sample):
    item = some_items(closed, 1)[0]
    photo = image_files.text(drawn_sample.photo(drawn_sample.rows[3]))
    search(shopper, text="coat", filters={"source": "sample"})
    first = search(shopper, item_id=item, limit=2)
    assert search(shopper, item_id=item, limit=2, cursor=first["next_cursor"])["results"]
    search(shopper, image_base64=photo, text="in red")
    expected = [{"text": "in red", "has_photo": True}, {"item_id": item}, {"text": "coat", "filters": {"source": "sample"}}]
    wait_until(lambda: len(history(shopper)) == 3, "the history")
    assert queries(shopper) == expected, "the next page of results is the same search"
    page = shopper.call("GET", HISTORY, params={"limit": 2}).json()
    assert [entry["query"] for entry in page["entries"]] == expected[:2]
    rest = shopper.call("GET", HISTORY, params={"limit": 2, "before": page["next_before"]}).json()
    assert [entry["query"] for entry in rest["entries"]] == expected[2:] and "next_before" not in rest


def test_searches_that_fail_and_other_requests_are_not_kept(closed, shopper):
    assert shopper.call("POST", "/api/v1/search", json={"text": ""}).status_code == 422
    assert shopper.call("POST", "/api/v1/search", json={"item_id": "99999999"}).status_code == 404
    assert shopper.call("GET", "/api/v1/items").status_code == 200
    search(shopper, text="the last one")
    wait_until(lambda: history(shopper), "the history")
    assert queries(shopper) == [{"text": "the last one"}]


def test_long_searches_are_cut(closed, shopper):
    search(shopper, text="é" * 900 + " coat")
    wait_until(lambda: history(shopper), "the history")
    text = queries(shopper)[0]["text"]
    assert text == "é" * 500


def test_the_switch_and_the_clearing(closed, shopper):
    search(shopper, text="before")
    wait_until(lambda: history(shopper), "the history")
    off = shopper.call("PATCH", "/api/v1/auth/me", json={"keeps_history": False})
    assert off.status_code == 200 and off.json()["keeps_history"] is False
    search(shopper, text="unkept")
    assert shopper.me()["user"]["keeps_history"] is False
    assert shopper.call("PATCH", "/api/v1/auth/me", json={"keeps_history": True}).status_code == 200
    search(shopper, text="after")
    wait_until(lambda: len(history(shopper)) == 2, "the history")
    assert queries(shopper) == [{"text": "after"}, {"text": "before"}]
    search(shopper, text="while it is being cleared")
    assert shopper.call("DELETE", HISTORY).status_code == 204
    assert history(shopper) == []
    search(shopper, text="new")
    wait_until(lambda: history(shopper), "the history")
    assert queries(shopper) == [{"text": "new"}], "what waited was cleared too"


def test_history_is_of_its_user(closed, shopper):
    search(shopper, text="a secret wish")
    wait_until(lambda: history(shopper), "the history")
    owner = signed_in(closed, "owner@x.example")
    assert all(query.get("text") != "a secret wish" for query in queries(owner))
    assert with_key(closed, "GET", HISTORY).status_code == 403
    assert Browser(closed).call("GET", HISTORY).status_code == 401


@pytest.mark.parametrize("query, field", [("limit=0", "limit"), ("limit=501", "limit"), ("limit=x", "limit"), ("before=x", "before"),
                                          ("before=-1", "before"), ("user=1", "user")])
def test_wrong_pages_are_named(closed, shopper, query, field):
    answer = shopper.call("GET", f"{HISTORY}?{query}")
    assert answer.status_code == 422 and answer.json()["field"] == field


def test_history_survives_the_end_of_the_server_and_ends_with_its_time(tmp_path, drawn_sample):
    email = create(tmp_path, "ann@x.example", "owner")
    settings = {"API_KEY": ROOT, "RATE_LIMIT_SIGN_IN": "1000/second"}
    with Server(tmp_path, **settings) as server:
        browser = signed_in(server, email)
        search(browser, text="kept")
    with Server(tmp_path, **settings) as server:
        assert queries(signed_in(server, email)) == [{"text": "kept"}]


# Favourites


def test_favourites(closed, shopper):
    one, two = some_items(closed, 2)
    made = make_list(shopper, " Coats ")
    assert made["name"] == "Coats" and made["item_ids"] == []
    address = f"{FAVOURITES}/{made['id']}"
    assert shopper.call("POST", address + "/items", json={"item_id": one}).status_code == 201
    added = shopper.call("POST", address + "/items", json={"item_id": two})
    assert added.status_code == 201 and sorted(added.json()["item_ids"]) == sorted([one, two])
    assert shopper.call("POST", address + "/items", json={"item_id": one}).status_code == 200, "again"
    assert shopper.call("GET", FAVOURITES).json()["lists"] == [added.json()]
    shown = shopper.call("GET", address).json()
    assert [item["is_gone"] for item in shown["items"]] == [False, False]
    assert {item["item_id"]: item["item"]["id"] for item in shown["items"]} == {one: one, two: two}
    assert shopper.call("DELETE", f"{address}/items/{one}").status_code == 204
    assert shopper.call("DELETE", f"{address}/items/{one}").status_code == 404
    assert shopper.call("PATCH", address, json={"name": "Winter"}).json()["name"] == "Winter"
    assert shopper.call("DELETE", address).status_code == 204
    assert shopper.call("GET", FAVOURITES).json()["lists"] == []


def test_a_removed_item_is_shown_as_gone(closed, shopper, drawn_sample):
    photo = image_files.text(drawn_sample.photo(drawn_sample.rows[3]))
    item = {"source": "gone", "external_id": shopper.email, "images": [{"image_base64": photo}]}
    item_id = with_key(closed, "POST", "/api/v1/items", json=item).json()["id"]
    address = f"{FAVOURITES}/{make_list(shopper, 'Coats')['id']}"
    assert shopper.call("POST", address + "/items", json={"item_id": item_id}).status_code == 201
    assert with_key(closed, "DELETE", f"/api/v1/items/{item_id}").status_code == 204
    shown = shopper.call("GET", address).json()
    assert shown["item_ids"] == [item_id]
    assert [(one["item_id"], one["is_gone"], one["item"]) for one in shown["items"]] == [(item_id, True, None)]
    assert shopper.call("POST", address + "/items", json={"item_id": item_id}).status_code == 404, "it does not exist"
    assert shopper.call("DELETE", f"{address}/items/{item_id}").status_code == 204


def test_lists_of_others_do_not_exist(closed, shopper):
    item = some_items(closed, 1)[0]
    theirs = make_list(signed_in(closed, "owner@x.example"), f"of the owner, not of {shopper.email}")
    address = f"{FAVOURITES}/{theirs['id']}"
    for method, path, body in (("GET", "", None), ("PATCH", "", {"name": "x"}), ("DELETE", "", None),
                               ("POST", "/items", {"item_id": item}), ("DELETE", f"/items/{item}", None)):
        answer = shopper.call(method, address + path, json=body)
        assert answer.status_code == 404, (method, path, answer.text)
        missing = shopper.call(method, f"{FAVOURITES}/999999999{path}", json=body)
        assert missing.json()["detail"] == answer.json()["detail"], "nothing tells which lists there are"
    assert theirs["id"] not in [one["id"] for one in shopper.call("GET", FAVOURITES).json()["lists"]]


@pytest.mark.parametrize("body, field", [({}, "name"), ({"name": ""}, "name"), ({"name": "  "}, "name"), ({"name": 7}, "name"),
                                         ({"name": "a\nb"}, "name"), ({"name": "x" * 201}, "name"), ({"name": "a\u0000"}, "name"),
                                         ({"name": "x", "user_id": 1}, "user_id")])
def test_bad_lists_are_named_and_not_made(closed, shopper, body, field):
    answer = shopper.call("POST", FAVOURITES, json=body)
    assert answer.status_code == 422 and answer.json()["field"] == field
    kept = make_list(shopper, "kept")
    assert shopper.call("PATCH", f"{FAVOURITES}/{kept['id']}", json=body).status_code == 422
    assert [one["name"] for one in shopper.call("GET", FAVOURITES).json()["lists"]] == ["kept"]


def test_names_of_lists(closed, shopper):
    for name in ("Robert'); DROP TABLE favourites;--", "大衣 🧥", "../..", "x" * 200):
        assert make_list(shopper, name)["name"] == name
    again = shopper.call("POST", FAVOURITES, json={"name": "../.."})
    assert again.status_code == 409 and again.json()["field"] == "name"


@pytest.mark.parametrize("item", ["", "x", "-1", "0", "1 OR 1=1", 7, None, "99999999999999999999"])
def test_bad_items_are_refused(closed, shopper, item):
    address = f"{FAVOURITES}/{make_list(shopper, 'Coats')['id']}"
    answer = shopper.call("POST", address + "/items", json={"item_id": item})
    assert answer.status_code == 422 and answer.json()["field"] == "item_id", answer.text


# The profile


def test_the_own_name(closed, shopper):
    answer = shopper.call("PATCH", "/api/v1/auth/me", json={"name": " Ada Lovelace "})
    assert answer.status_code == 200 and answer.json()["name"] == "Ada Lovelace" and shopper.me()["name"] == "Ada Lovelace"
    for body, field in (({"name": "a\nb"}, "name"), ({"name": "x" * 401}, "name"), ({"name": 7}, "name"), ({"role": "owner"}, "role"),
                        ({"email": "x@x.example"}, "email"), ({"disabled": False}, "disabled"), ({"keeps_history": "yes"}, "keeps_history")):
        refused = shopper.call("PATCH", "/api/v1/auth/me", json=body)
        assert refused.status_code == 422 and refused.json()["field"] == field
    assert shopper.me()["role"] == "shopper" and shopper.me()["name"] == "Ada Lovelace"


def test_the_export_has_everything_and_no_secret(closed, shopper):
    item = some_items(closed, 1)[0]
    made = make_list(shopper, "Coats")
    shopper.call("POST", f"{FAVOURITES}/{made['id']}/items", json={"item_id": item})
    search(shopper, text="a coat")
    wait_until(lambda: history(shopper), "the history")
    assert shopper.call("PATCH", "/api/v1/auth/me", json={"name": "Ada"}).status_code == 200

    def audited():
        exported = shopper.call("GET", "/api/v1/auth/me/export")
        return exported if len(exported.json()["audit"]) >= 2 else None

    wait_until(audited, "the audit log")
    answer = audited()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    exported = answer.json()
    assert exported["profile"]["email"] == shopper.email and exported["profile"]["name"] == "Ada"
    assert [one["item_ids"] for one in exported["favourites"]] == [[item]]
    assert [one["query"] for one in exported["history"]] == [{"text": "a coat"}]
    assert [one["is_current"] for one in exported["sessions"]] == [True]
    assert exported["keys"] == [] and exported["identities"] == []
    me = shopper.me()["id"]
    assert {one["principal"] for one in exported["audit"]} == {me}
    assert {"auth.login", "auth.me.change"} <= {one["action"] for one in exported["audit"]}
    for secret in (PASSWORD, shopper.cookies["fit-session"], "argon2", "hash"):
        assert secret not in answer.text

    def recorded():
        return with_key(closed, "GET", f"/api/v1/audit?action=auth.me.export&principal={me}").json()["entries"]

    wait_until(recorded, "the entry of the export")


def test_the_export_names_own_keys(closed):
    owner = signed_in(closed, "owner@x.example")
    made = owner.call("POST", "/api/v1/keys", json={"name": "mine", "scopes": ["search"]}).json()
    other = with_key(closed, "POST", "/api/v1/keys", json={"name": "other", "scopes": ["search"]}).json()
    exported = owner.call("GET", "/api/v1/auth/me/export")
    assert made["id"] in [key["id"] for key in exported.json()["keys"]]
    assert other["id"] not in [key["id"] for key in exported.json()["keys"]]
    assert made["secret"] not in exported.text


def test_the_account_is_deleted_with_all_of_it(closed, shopper):
    make_list(shopper, "Coats")
    search(shopper, text="a coat")
    wait_until(lambda: history(shopper), "the history")
    other = signed_in(closed, shopper.email)
    user = shopper.me()["user"]["id"]
    for body, status in ((None, 403), ({}, 403), ({"password": WRONG}, 422), ({"password": ""}, 422), ({"password": 7}, 422),
                         ({"password": PASSWORD, "email": "owner@x.example"}, 422)):
        refused = shopper.call("DELETE", "/api/v1/auth/me", json=body)
        assert refused.status_code == status, (body, refused.text)
    assert shopper.me()["kind"] == "user"
    search(shopper, text="the very last")
    done = shopper.call("DELETE", "/api/v1/auth/me", json={"password": PASSWORD})
    assert done.status_code == 204 and done.headers["Set-Cookie"].startswith("fit-session=; Path=/; Max-Age=0")
    assert shopper.me()["kind"] == "anonymous" and other.me()["kind"] == "anonymous"
    assert with_key(closed, "GET", f"/api/v1/users/{user}").status_code == 404
    assert Browser(closed).log_in(shopper.email).status_code == 401
    create(closed.data, shopper.email, "shopper")
    again = signed_in(closed, shopper.email)
    assert again.call("GET", FAVOURITES).json()["lists"] == [] and history(again) == []


def test_the_last_owner_stays(closed):
    owner = signed_in(closed, "owner@x.example")
    refused = owner.call("DELETE", "/api/v1/auth/me", json={"password": PASSWORD})
    assert refused.status_code == 409 and "owner" in refused.json()["detail"]
    assert owner.me()["kind"] == "user"


def test_guesses_at_the_password_cost_time(closed, shopper):
    statuses = [shopper.call("DELETE", "/api/v1/auth/me", json={"password": WRONG}).status_code for _ in range(7)]
    assert statuses[:5] == [422] * 5 and statuses[-1] == 429
    assert "Retry-After" in shopper.call("DELETE", "/api/v1/auth/me", json={"password": PASSWORD}).headers


def test_other_pages_cannot_delete_an_account(closed, shopper):
    evil = {"Origin": "https://evil.example"}
    for method, path, body in (("DELETE", "/api/v1/auth/me", {"password": PASSWORD}), ("DELETE", HISTORY, None),
                               ("POST", FAVOURITES, {"name": "x"}), ("PATCH", "/api/v1/auth/me", {"name": "x"})):
        assert shopper.call(method, path, json=body, headers=evil).status_code == 403
    assert shopper.me()["kind"] == "user"


def test_responses_are_as_the_document_says(closed, shopper):
    from test_openapi import check, response_schema
    document = closed.get("/openapi.json").json()
    item = some_items(closed, 1)[0]
    made = make_list(shopper, "Coats")
    address = f"{FAVOURITES}/{made['id']}"
    search(shopper, text="coat")
    wait_until(lambda: history(shopper), "the history")
    calls = [("/api/v1/favourites", "get", shopper.call("GET", FAVOURITES)),
             ("/api/v1/favourites", "post", shopper.call("POST", FAVOURITES, json={"name": "Shoes"})),
             ("/api/v1/favourites", "post", shopper.call("POST", FAVOURITES, json={"name": "Shoes"})),
             ("/api/v1/favourites/{id}/items", "post", shopper.call("POST", address + "/items", json={"item_id": item})),
             ("/api/v1/favourites/{id}", "get", shopper.call("GET", address)),
             ("/api/v1/favourites/{id}", "patch", shopper.call("PATCH", address, json={"name": "Winter"})),
             ("/api/v1/auth/me", "get", shopper.call("GET", "/api/v1/auth/me")),
             ("/api/v1/auth/me", "patch", shopper.call("PATCH", "/api/v1/auth/me", json={"name": "Ada"})),
             ("/api/v1/auth/me", "delete", shopper.call("DELETE", "/api/v1/auth/me", json={"password": WRONG})),
             ("/api/v1/auth/me/history", "get", shopper.call("GET", HISTORY)),
             ("/api/v1/auth/me/export", "get", shopper.call("GET", "/api/v1/auth/me/export"))]
    for path, verb, response in calls:
        check(document, response_schema(document, path, verb, response), response.json())
