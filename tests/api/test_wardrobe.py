"""A person's garments: photos, properties, the log of wears, tables in and out, and what becomes of them at the end."""

import csv
import datetime
import io
import secrets

import pytest

import image_files
import job_table
from checks import assert_problem
from fit_process import Server, wait_until
from test_sign_in import PASSWORD, ROOT, Browser, create, signed_in, with_key

WARDROBE = "/api/v1/wardrobe"
photos = (image_files.jpeg(i) for i in range(100, 10_000))


@pytest.fixture(scope="module")
def closed(tmp_path_factory):
    """A server that asks who is there."""
    data = tmp_path_factory.mktemp("wardrobe")
    create(data, "owner@x.example", "owner")
    with Server(data, API_KEY=ROOT, RATE_LIMIT_SIGN_IN="1000/second") as server:
        yield server


def person(closed, role):
    email = f"{secrets.token_hex(6)}@x.example"
    create(closed.data, email, role)
    return signed_in(closed, email)


@pytest.fixture
def shopper(closed):
    """A browser in which a new shopper is signed in, who may not send files to /api/v1/ingest."""
    return person(closed, "shopper")


@pytest.fixture
def editor(closed):
    return person(closed, "editor")


def add(browser, status=201, **fields):
    answer = browser.call("POST", WARDROBE, json=fields)
    assert answer.status_code == status, answer.text
    return answer.json()


def get(browser, garment):
    answer = browser.call("GET", f"{WARDROBE}/{garment}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def change(browser, garment, **fields):
    answer = browser.call("PATCH", f"{WARDROBE}/{garment}", json=fields)
    assert answer.status_code == 200, answer.text
    return answer.json()


def listed(browser, **query):
    answer = browser.call("GET", WARDROBE, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def names(browser, **query):
    return [one["name"] for one in listed(browser, **query)["garments"]]


def wear(browser, garment, date, status=201):
    answer = browser.call("POST", f"{WARDROBE}/{garment}/wears", json={"date": date})
    assert answer.status_code == status, answer.text
    return answer.json()


def table(browser):
    answer = browser.call("GET", f"{WARDROBE}/export.csv")
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/csv")
    assert "attachment" in answer.headers["Content-Disposition"]
    return answer.content


def read(browser, content, status=200):
    answer = browser.call("POST", f"{WARDROBE}/import", data=content, headers={"Content-Type": "text/csv"})
    assert answer.status_code == status, answer.text
    return answer.json()


def ingest(browser, content, title):
    """Sends a photo and returns its asset, once the models have seen it."""
    answer = browser.call("POST", "/api/v1/ingest", files=[("files", ("photo.jpg", content))], data={"metadata": f'{{"title": "{title}"}}'})
    assert answer.status_code == 202, answer.text
    asset = answer.json()["asset_id"]
    wait_until(lambda: browser.call("GET", f"/api/v1/assets/{asset}").json()["state"] == "done", "the work on the photo")
    return asset


def assets_of(closed, asset):
    return job_table.execute(closed.data, f"SELECT COUNT(*) FROM assets WHERE id = {asset}")[0][0]


# Garments


def test_a_garment_is_kept(shopper):
    fields = {"name": "Winter coat", "brand": "Acme", "size": "M", "price": 120.5, "currency": "eur", "bought_on": "2025-11-02",
              "state": "lent", "tags": ["warm", "gift"], "care": "30 °C", "notes": "one\ntwo"}
    made = add(shopper, **fields)
    assert {name: made[name] for name in fields} == fields | {"currency": "EUR"}
    assert made["photos"] == [] and made["wears"] == 0 and made["cost_per_wear"] is None and made["item_id"] is None
    assert made["properties"]["category"] == "outerwear" and made["slot"] == "outer_layer"
    assert made["property_origins"]["category"]["origin"] in ("text", "derived")
    assert get(shopper, made["id"]) == made
    assert listed(shopper) == {"garments": [{name: value for name, value in made.items() if name != "worn_on"}], "next_cursor": None}


def test_a_change_leaves_the_rest(shopper):
    made = add(shopper, name="Coat", brand="Acme", price=5, currency="EUR", tags=["a"], properties={"pattern": "striped"})
    changed = change(shopper, made["id"], price=None, currency=None, tags=None, state="in_the_wash", properties={"material": "Wool"})
    assert changed["price"] is None and changed["currency"] is None and changed["tags"] == []
    assert changed["name"] == "Coat" and changed["brand"] == "Acme" and changed["state"] == "in_the_wash"
    assert changed["properties"] == {"category": "outerwear"} | changed["properties"] | {"pattern": "striped", "material": "wool"}
    assert changed["created_at"] == made["created_at"] and changed["updated_at"] > made["updated_at"]
    assert get(shopper, made["id"]) == changed


def test_what_the_models_see_is_corrected_and_given_back(editor):
    asset = ingest(editor, next(photos), "Red coat")
    made = add(editor, asset_ids=[asset])
    assert made["name"] is None and [photo["asset_id"] for photo in made["photos"]] == [asset]
    assert made["properties"]["category"] == "outerwear" and made["properties"]["primary_color"] == "red"
    assert made["property_origins"]["primary_color"] == {"origin": "photo"}
    changed = change(editor, made["id"], properties={"primary_color": "blue"})
    assert changed["properties"]["primary_color"] == "blue"
    assert changed["property_origins"]["primary_color"] == {"origin": "person"}
    none = change(editor, made["id"], properties={"primary_color": ""})
    assert "primary_color" not in none["properties"] and none["property_origins"]["primary_color"] == {"origin": "person"}
    assert change(editor, made["id"], properties={"primary_color": None})["properties"] == made["properties"]
    assert names(editor, color="red") == [None] and names(editor, color="blue") == []


@pytest.mark.parametrize("fields, field", [
    ({}, "name"), ({"name": ""}, "name"), ({"name": 7}, "name"), ({"name": "x" * 201}, "name"), ({"name": "a\u0007"}, "name"),
    ({"name": "x", "price": "5"}, "price"), ({"name": "x", "price": -1, "currency": "EUR"}, "price"),
    ({"name": "x", "price": 5}, "currency"), ({"name": "x", "currency": "E1R"}, "currency"),
    ({"name": "x", "bought_on": "2026-02-30"}, "bought_on"), ({"name": "x", "bought_on": "yesterday"}, "bought_on"),
    ({"name": "x", "state": "gone"}, "state"), ({"name": "x", "tags": "a"}, "tags"), ({"name": "x", "tags": ["a;b"]}, "tags"),
    ({"name": "x", "tags": ["a"] * 3 + [str(i) for i in range(20)]}, "tags"), ({"name": "x", "tags": [7]}, "tags[0]"),
    ({"name": "x", "properties": []}, "properties"), ({"name": "x", "properties": {"hue": "red"}}, "properties.hue"),
    ({"name": "x", "properties": {"pattern": 7}}, "properties.pattern"),
    ({"name": "x", "properties": {"pattern": "stripd"}}, "properties.pattern"), ({"name": "x", "colour": "red"}, "colour"),
    ({"asset_ids": ["99999999"]}, "asset_ids[0]"), ({"asset_ids": ["x"]}, "asset_ids[0]"), ({"asset_ids": 5}, "asset_ids"),
    ({"asset_ids": [str(i) for i in range(1, 12)]}, "asset_ids")])
def test_mistakes_are_named_and_change_nothing(shopper, fields, field):
    assert_problem(shopper.call("POST", WARDROBE, json=fields), 422, field)
    made = add(shopper, name="kept")
    if fields and fields != {"name": ""}:
        assert_problem(shopper.call("PATCH", f"{WARDROBE}/{made['id']}", json=fields), 422, field)
    assert listed(shopper)["garments"][0]["updated_at"] == made["updated_at"] and names(shopper) == ["kept"]


def test_garments_of_others_do_not_exist(shopper, editor):
    made = add(shopper, name="Coat", image_base64=image_files.text(next(photos)))
    one = f"{WARDROBE}/{made['id']}"
    photo = f"/photos/{made['photos'][0]['asset_id']}"
    wear(shopper, made["id"], "2026-03-01")
    for method, path, body in (("GET", one, None), ("PATCH", one, {"name": "x"}), ("DELETE", one, None), ("POST", one + "/wears", {"date": "2026-03-02"}),
                               ("DELETE", one + "/wears/2026-03-01", None), ("POST", one + "/listing", None), ("GET", one + photo, None),
                               ("GET", one + photo + "/thumbnail", None)):
        assert editor.call(method, path, json=body).status_code == 404, (method, path)
    assert names(editor) == [] and b"Coat" not in table(editor)
    stolen = read(editor, f"id,name,photos\n{made['id']},mine,{made['photos'][0]['asset_id']}\n".encode())
    assert stolen == {"created": 1, "updated": 0, "missing_photos": 1}
    assert_problem(editor.call("POST", WARDROBE, json={"asset_ids": [made["photos"][0]["asset_id"]]}), 422, "asset_ids[0]")
    assert get(shopper, made["id"])["name"] == "Coat" and get(shopper, made["id"])["wears"] == 1


def test_a_wardrobe_is_of_an_account(closed):
    for method, path in (("GET", WARDROBE), ("POST", WARDROBE), ("GET", f"{WARDROBE}/summary"), ("GET", "/api/wardrobe")):
        assert_problem(with_key(closed, method, path), 403)
        assert Browser(closed).call(method, path, headers={"X-Device-Id": "0" * 32}).status_code == 401


def test_an_open_server_has_no_wardrobes(server):
    assert_problem(server.get(WARDROBE), 403)


def test_other_pages_add_nothing(shopper):
    assert shopper.call("POST", WARDROBE, json={"name": "x"}, headers={"Origin": "https://evil.example"}).status_code == 403
    assert names(shopper) == []


def test_the_other_name(shopper):
    made = shopper.call("POST", "/api/wardrobe", json={"name": "Coat"})
    assert made.status_code == 201
    one = f"/api/wardrobe/{made.json()['id']}"
    assert shopper.call("PATCH", one, json={"name": "Hat"}).json()["name"] == "Hat"
    assert shopper.call("GET", one).json() == get(shopper, made.json()["id"])
    assert shopper.call("GET", "/api/wardrobe").json() == listed(shopper)
    assert shopper.call("DELETE", one).status_code == 204 and names(shopper) == []


# Photos


def test_a_photo_comes_with_a_garment_and_goes_with_it(closed, shopper):
    content = next(photos)
    made = add(shopper, image_base64=image_files.text(content))
    photo, = made["photos"]
    shown = shopper.call("GET", photo["image_url"])
    assert shown.status_code == 200 and shown.content == content and shown.headers["Content-Type"] == "image/jpeg"
    assert shopper.call("GET", photo["image_url"], headers={"If-None-Match": shown.headers["ETag"]}).status_code == 304
    wait_until(lambda: shopper.call("GET", photo["thumbnail_url"]).status_code == 200, "the thumbnail")
    other = add(shopper, name="without a photo")
    assert shopper.call("GET", f"{WARDROBE}/{other['id']}/photos/{photo['asset_id']}").status_code == 404
    assert shopper.call("GET", f"/api/v1/assets/{photo['asset_id']}").status_code == 403, "a shopper sees own photos in the wardrobe only"
    twice = add(shopper, name="the same photo", image_base64=image_files.text(content))
    assert twice["photos"][0]["asset_id"] == photo["asset_id"]
    assert shopper.call("DELETE", f"{WARDROBE}/{made['id']}").status_code == 204
    assert shopper.call("GET", f"{WARDROBE}/{made['id']}").status_code == 404
    assert assets_of(closed, photo["asset_id"]) == "1", "another garment has it"
    assert change(shopper, twice["id"], asset_ids=[])["photos"] == []
    assert assets_of(closed, photo["asset_id"]) == "0"


def test_photos_are_added_and_ordered(shopper):
    made = add(shopper, image_base64=image_files.text(next(photos)))
    two = change(shopper, made["id"], image_base64=image_files.text(next(photos)))
    first, second = (photo["asset_id"] for photo in two["photos"])
    turned = change(shopper, made["id"], asset_ids=[second, first])
    assert [photo["asset_id"] for photo in turned["photos"]] == [second, first]
    for _ in range(8):
        change(shopper, made["id"], image_base64=image_files.text(next(photos)))
    assert_problem(shopper.call("PATCH", f"{WARDROBE}/{made['id']}", json={"image_base64": image_files.text(next(photos))}), 422, "asset_ids")
    assert len(get(shopper, made["id"])["photos"]) == 10


def test_a_photo_that_was_ingested_stays(closed, editor):
    asset = ingest(editor, next(photos), "Hat")
    made = add(editor, asset_ids=[asset])
    assert editor.call("DELETE", f"{WARDROBE}/{made['id']}").status_code == 204
    assert assets_of(closed, asset) == "1"


def test_photos_of_others_are_not_taken(shopper, editor):
    asset = ingest(editor, next(photos), "Hat")
    assert_problem(shopper.call("POST", WARDROBE, json={"asset_ids": [asset]}), 422, "asset_ids[0]")
    assert read(shopper, f"name,photos\nHat,{asset}\n".encode())["missing_photos"] == 1
    assert listed(shopper)["garments"][0]["photos"] == []


@pytest.mark.parametrize("content, status", [(b"", 422), (b"no image", 400), (b"\0" * 1000, 415)])
def test_what_is_no_photo_is_refused(shopper, content, status):
    answer = shopper.call("POST", WARDROBE, json={"image_base64": image_files.text(content)})
    assert answer.status_code == status, answer.text
    assert names(shopper) == []
    assert shopper.call("POST", WARDROBE, json={"image_base64": "???"}).status_code == 400


# Wears


def test_a_wear_is_noted_once(shopper):
    made = add(shopper, name="Coat", price=10, currency="EUR")
    for date, status, wears in (("2026-03-01", 201, 1), ("2026-03-01", 200, 1), ("2026-02-01", 201, 2), ("2026-03-04", 201, 3)):
        assert wear(shopper, made["id"], date, status)["wears"] == wears
    worn = get(shopper, made["id"])
    assert worn["worn_on"] == ["2026-02-01", "2026-03-01", "2026-03-04"] and worn["last_worn_on"] == "2026-03-04"
    assert worn["cost_per_wear"] == 3.33
    undo = f"{WARDROBE}/{made['id']}/wears/2026-03-04"
    assert shopper.call("DELETE", undo).status_code == 204 and shopper.call("DELETE", undo).status_code == 404
    assert get(shopper, made["id"])["last_worn_on"] == "2026-03-01"
    assert names(shopper, never_worn="true") == []


def test_days_that_are_none_are_named(shopper):
    made = add(shopper, name="Coat")
    later = (datetime.date.today() + datetime.timedelta(days=3)).isoformat()
    for date in ("", "2026-02-30", "tomorrow", later, 7, None):
        assert_problem(shopper.call("POST", f"{WARDROBE}/{made['id']}/wears", json={"date": date}), 422, "date")
    assert_problem(shopper.call("DELETE", f"{WARDROBE}/{made['id']}/wears/x"), 422, "date")
    assert get(shopper, made["id"])["wears"] == 0


# Lists and the summary


def test_garments_are_filtered_and_paged(shopper):
    for name, more in (("Red boots", {"state": "lent"}), ("Blue boots", {"tags": ["party"]}), ("Red coat", {"brand": "Ácme"}), ("Tote bag", {})):
        add(shopper, name=name, **more)
    assert names(shopper) == ["Tote bag", "Red coat", "Blue boots", "Red boots"]
    assert names(shopper, slot="shoes") == ["Blue boots", "Red boots"] == names(shopper, category="shoes")
    assert names(shopper, color="red") == ["Red coat", "Red boots"]
    assert names(shopper, state="lent") == ["Red boots"] and names(shopper, color="red", slot="shoes") == ["Red boots"]
    assert names(shopper, text="ACME") == ["Red coat"] and names(shopper, text="part") == ["Blue boots"] and names(shopper, text="x") == []
    first = listed(shopper, limit=3)
    rest = listed(shopper, limit=3, cursor=first["next_cursor"])
    assert [one["name"] for one in first["garments"] + rest["garments"]] == names(shopper) and rest["next_cursor"] is None
    assert listed(shopper, limit=4)["next_cursor"] is None


@pytest.mark.parametrize("query, field", [
    ("limit=0", "limit"), ("limit=501", "limit"), ("cursor=x", "cursor"), ("slot=hat", "slot"), ("category=xyzzy", "category"),
    ("color=xyzzy", "color"), ("state=x", "state"), ("never_worn=1", "never_worn"), ("text=" + "x" * 201, "text"), ("user=1", "user")])
def test_wrong_filters_are_named(shopper, query, field):
    assert_problem(shopper.call("GET", f"{WARDROBE}?{query}"), 422, field)


def test_the_summary_counts(shopper):
    boots = add(shopper, name="Red boots", price=90, currency="EUR")
    coat = add(shopper, name="Red coat", price=10, currency="EUR", state="in_the_wash")
    add(shopper, name="Tote bag", state="retired", price=7, currency="USD")
    for day in range(1, 5):
        wear(shopper, boots["id"], f"2026-03-0{day}")
    assert shopper.call("GET", f"{WARDROBE}/summary").json() == {
        "garments": 3, "wears": 4, "slots": {"bag": 1, "outer_layer": 1, "shoes": 1}, "categories": {"bags": 1, "outerwear": 1, "shoes": 1},
        "colors": {"red": 2}, "states": {"in_the_wash": 1, "ready": 1, "retired": 1},
        "costs": {"EUR": {"garments": 2, "price": 100.0, "wears": 4, "cost_per_wear": 25.0},
                  "USD": {"garments": 1, "price": 7.0, "wears": 0, "cost_per_wear": None}},
        "never_worn": 1, "never_worn_ids": [coat["id"]]}


# Listings


def test_a_garment_becomes_a_draft_item(closed, editor):
    made = add(editor, name="Red coat", brand="Acme", size="M", price=120, currency="EUR", notes="a secret", properties={"pattern": "striped"},
               image_base64=image_files.text(next(photos)))
    path = f"{WARDROBE}/{made['id']}/listing"
    answer = editor.call("POST", path)
    assert answer.status_code == 201, answer.text
    item = answer.json()["item_id"]
    assert answer.headers["Location"] == f"/api/v1/items/{item}" and get(editor, made["id"])["item_id"] == item
    shown = editor.call("GET", f"/api/v1/items/{item}").json()
    assert (shown["title"], shown["brand"], shown["size"], shown["status"]) == ("Red coat", "Acme", "M", "hidden")
    assert shown["price"] is None and "a secret" not in str(shown)
    assert shown["properties"]["pattern"] == "striped" and shown["property_origins"]["pattern"]["origin"] == "seller"
    assert editor.call("PATCH", f"/api/v1/items/{item}", json={"title": "Coat, worn once"}).status_code == 200
    again = editor.call("POST", path)
    assert again.status_code == 200 and again.json() == {"item_id": item, "status": "known"}
    assert editor.call("GET", f"/api/v1/items/{item}").json()["title"] == "Coat, worn once"
    assert editor.call("DELETE", f"{WARDROBE}/{made['id']}").status_code == 204
    assert editor.call("GET", f"/api/v1/items/{item}").status_code == 200


def test_a_listing_needs_a_photo_and_the_right(editor, shopper):
    bare = add(editor, name="Coat")
    assert_problem(editor.call("POST", f"{WARDROBE}/{bare['id']}/listing"), 422, "photos")
    made = add(shopper, image_base64=image_files.text(next(photos)))
    refused = shopper.call("POST", f"{WARDROBE}/{made['id']}/listing")
    assert refused.status_code == 403 and refused.json()["missing_scopes"] == ["items:write"]


# Tables


def test_a_table_out_and_in_loses_nothing(editor):
    asset = ingest(editor, next(photos), "Hat")
    made = add(editor, name='A "red" coat, long', brand="Ácme", price=0.1, currency="EUR", bought_on="2025-11-02", tags=["a b", "=1+1"],
               notes="one\ntwo", care="30 °C", state="lent", size="M", properties={"pattern": "", "material": "wool"}, asset_ids=[asset])
    wear(editor, made["id"], "2026-03-01")
    wear(editor, made["id"], "2026-03-04")
    add(editor, name="Hat")
    kept = listed(editor)["garments"]
    content = table(editor)
    assert read(editor, content) == {"created": 0, "updated": 2, "missing_photos": 0}
    assert table(editor) == content
    for one in kept:
        assert editor.call("DELETE", f"{WARDROBE}/{one['id']}").status_code == 204
    assert read(editor, content) == {"created": 2, "updated": 0, "missing_photos": 0}
    own = ("id", "photos", "created_at", "updated_at")
    assert [{k: v for k, v in one.items() if k not in own} for one in listed(editor)["garments"]] == \
        [{k: v for k, v in one.items() if k not in own} for one in kept]
    assert listed(editor)["garments"][1]["photos"][0]["asset_id"] == asset
    rows = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
    assert rows[0]["name"] == 'A "red" coat, long' and rows[0]["worn_on"] == "2026-03-01;2026-03-04" and rows[0]["pattern"] == "-"


@pytest.mark.parametrize("content, field", [
    (b"", "body"), (b"nonsense\nx\n", "nonsense"), (b"name\nCoat\n\"x\n", "body"), (b"name,price,currency\nCoat,5,EUR\nHat,x,EUR\n", "price"),
    (b"name,worn_on\nCoat,2026-02-30\n", "worn_on"), (b"name,category\nCoat,xyzzy\n", "properties.category"), (b"brand\nAcme\n", "name"),
    (b"name\n\xff\n", "name")])
def test_a_bad_table_changes_nothing(shopper, content, field):
    answer = shopper.call("POST", f"{WARDROBE}/import", data=content, headers={"Content-Type": "text/csv"})
    assert_problem(answer, 422, field)
    assert names(shopper) == []


def test_other_files_are_no_tables(shopper):
    assert shopper.call("POST", f"{WARDROBE}/import", json={}).status_code == 415


def test_a_wardrobe_has_an_end(shopper):
    most = "name\n" + "sock\n" * 5_000
    assert read(shopper, most.encode())["created"] == 5_000
    assert_problem(shopper.call("POST", WARDROBE, json={"name": "one more", "image_base64": image_files.text(next(photos))}), 422, "wardrobe")
    read(shopper, b"name\none more\n", 422)
    read(shopper, (most + "sock\n").encode(), 413)
    assert shopper.call("GET", f"{WARDROBE}/summary").json()["garments"] == 5_000


# The end of an account


def test_the_export_of_the_account_has_the_wardrobe(shopper):
    made = add(shopper, name="Coat")
    wear(shopper, made["id"], "2026-03-01")
    exported = shopper.call("GET", "/api/v1/auth/me/export").json()
    assert exported["wardrobe"] == [get(shopper, made["id"]) | {"tenant": "default"}]


def test_the_wardrobe_goes_with_the_account(closed, shopper, editor):
    user = shopper.me()["user"]["id"]
    kept = add(editor, name="Hat")
    made = add(shopper, image_base64=image_files.text(next(photos)))
    wear(shopper, made["id"], "2026-03-01")
    tables = {"wardrobes": f"user_id = {user}", "garments": f"user_id = {user}", "garment_photos": f"garment_id = {made['id']}",
              "garment_wears": f"garment_id = {made['id']}", "assets": f"id = {made['photos'][0]['asset_id']}"}

    def counts():
        return {name: job_table.execute(closed.data, f"SELECT COUNT(*) FROM {name} WHERE {which}")[0][0] for name, which in tables.items()}
    assert set(counts().values()) == {"1"}
    assert shopper.call("DELETE", "/api/v1/auth/me", json={"password": PASSWORD}).status_code == 204
    wait_until(lambda: set(counts().values()) == {"0"}, "the end of the wardrobe")
    assert get(editor, kept["id"]) == kept


def test_responses_are_as_the_document_says(closed, editor):
    from test_openapi import check, response_schema
    document = closed.get("/openapi.json").json()
    one = WARDROBE + "/{id}"
    made = editor.call("POST", WARDROBE, json={"name": "Coat", "price": 5, "currency": "EUR", "image_base64": image_files.text(next(photos))})
    path = f"{WARDROBE}/{made.json()['id']}"
    calls = [(WARDROBE, "post", made), (WARDROBE, "post", editor.call("POST", WARDROBE, json={})), (WARDROBE, "get", editor.call("GET", WARDROBE)),
             (WARDROBE, "get", editor.call("GET", WARDROBE, params={"limit": 0})), (one, "get", editor.call("GET", path)),
             (one, "get", editor.call("GET", WARDROBE + "/99999999")), (one, "patch", editor.call("PATCH", path, json={"state": "lent"})),
             (one + "/wears", "post", editor.call("POST", path + "/wears", json={"date": "2026-03-01"})),
             (one + "/wears", "post", editor.call("POST", path + "/wears", json={"date": "2026-03-01"})),
             (one + "/listing", "post", editor.call("POST", path + "/listing")), (one + "/listing", "post", editor.call("POST", path + "/listing")),
             (WARDROBE + "/summary", "get", editor.call("GET", WARDROBE + "/summary")),
             (WARDROBE + "/import", "post", editor.call("POST", WARDROBE + "/import", data=b"name\nHat\n", headers={"Content-Type": "text/csv"})),
             ("/api/wardrobe", "get", editor.call("GET", "/api/wardrobe")),
             ("/api/v1/auth/me/export", "get", editor.call("GET", "/api/v1/auth/me/export"))]
    for pattern, verb, response in calls:
        check(document, response_schema(document, pattern, verb, response), response.json())
