"""A person's garments: photos, properties, the log of wears, tables in and out, and what becomes of them at the end."""

import contextlib
import csv
import datetime
import io
import secrets
import struct
import zipfile

import pytest
from PIL import Image

import image_files
import job_table
import tiny_classifier
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
                               ("GET", one + photo + "/thumbnail", None), ("GET", one + photo + "/cutout", None)):
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


# Archives


def archive(browser):
    answer = browser.call("GET", f"{WARDROBE}/export.zip")
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/zip", answer.text
    assert "attachment" in answer.headers["Content-Disposition"]
    return answer.content


def unpack(browser, content, status=200, **query):
    answer = browser.call("POST", f"{WARDROBE}/import", data=content, params=query, headers={"Content-Type": "application/zip"})
    assert answer.status_code == status, answer.text
    return answer.json()


def zipped(*files, method=zipfile.ZIP_DEFLATED):
    """An archive of (name, content), also of names that come twice."""
    out = io.BytesIO()
    seen = set()
    with zipfile.ZipFile(out, "w", method) as target:
        for name, content in files:
            with pytest.warns(UserWarning) if name in seen else contextlib.nullcontext():
                target.writestr(name, content)
            seen.add(name)
    return out.getvalue()


def without_own(garment):
    """A garment without what is of its wardrobe alone."""
    own = ("id", "photos", "created_at", "updated_at", "item_id", "property_origins", "properties", "slot")
    return {name: value for name, value in garment.items() if name not in own}


def said(browser):
    """What the person says, as the table has it."""
    rows = csv.DictReader(io.StringIO(table(browser).decode(), newline=""))
    return [{name: value for name, value in row.items() if name not in ("id", "photos")} for row in rows]


def content_of(browser, garment):
    return [browser.call("GET", photo["image_url"]).content for photo in garment["photos"]]


def all_of(browser):
    return [get(browser, one["id"]) for one in reversed(listed(browser, limit=500)["garments"])]


def assets(closed):
    return job_table.execute(closed.data, "SELECT COUNT(*) FROM assets")[0][0]


def test_an_archive_moves_to_another_account(closed, shopper, editor):
    front, back, other = next(photos), next(photos), next(photos)
    coat = add(shopper, name='A "red" coat, long', brand="Ácme", price=0.1, currency="EUR", bought_on="2025-11-02", tags=["a b", "=1+1"],
               notes="one\ntwo", care="30 °C", state="lent", size="M", properties={"pattern": "", "material": "wool"}, cutout=True,
               image_base64=image_files.text(front))
    change(shopper, coat["id"], image_base64=image_files.text(back))
    add(shopper, name="", image_base64=image_files.text(other))
    add(shopper, name="the same photo", image_base64=image_files.text(other))
    add(shopper, name="without a photo")
    for day in ("2026-03-01", "2026-03-04"):
        wear(shopper, coat["id"], day)
    kept = all_of(shopper)
    pictures, said_before = [content_of(shopper, one) for one in kept], said(shopper)
    content = archive(shopper)
    with zipfile.ZipFile(io.BytesIO(content)) as read_back:
        assert read_back.testzip() is None and len(read_back.namelist()) == 4, "the shared photo is there once"
        rows = list(csv.DictReader(io.StringIO(read_back.read("wardrobe.csv").decode(), newline="")))
        first, second = rows[0]["photos"].split(";")
        assert read_back.read(first) == front and read_back.read(second) == back
    for one in kept:
        assert shopper.call("DELETE", f"{WARDROBE}/{one['id']}").status_code == 204
    assert unpack(editor, content) == {"created": 4, "updated": 0, "missing_photos": 0}
    moved = all_of(editor)
    assert [without_own(one) for one in moved] == [without_own(one) for one in kept]
    assert said(editor) == said_before
    assert [content_of(editor, one) for one in moved] == pictures == [[front, back], [other], [other], []]
    assert moved[0]["worn_on"] == ["2026-03-01", "2026-03-04"] and moved[0]["cutout"] is True
    assert editor.call("DELETE", f"{WARDROBE}/{moved[0]['id']}").status_code == 204, "its photos came with it"
    assert assets_of(closed, moved[0]["photos"][0]["asset_id"]) == "0"


def test_an_archive_replaces_own_garments(closed, shopper):
    photo = next(photos)
    made = add(shopper, name="Coat", image_base64=image_files.text(photo))
    content = archive(shopper)
    change(shopper, made["id"], name="Hat", asset_ids=[])
    assert assets_of(closed, made["photos"][0]["asset_id"]) == "0"
    assert unpack(shopper, content) == {"created": 0, "updated": 1, "missing_photos": 0}
    assert names(shopper) == ["Coat"] and content_of(shopper, get(shopper, made["id"])) == [photo]
    assert unpack(shopper, content) == {"created": 0, "updated": 1, "missing_photos": 0}
    assert content_of(shopper, get(shopper, made["id"])) == [photo]


def test_the_archive_of_an_empty_wardrobe(shopper):
    content = archive(shopper)
    assert unpack(shopper, content) == {"created": 0, "updated": 0, "missing_photos": 0}


def test_an_archive_that_was_packed_again_is_read(shopper):
    """As macOS packs a folder: below a folder, with files of its own."""
    photo = next(photos)
    content = zipped(("mine/wardrobe.csv", "name,photos\nHat,photos/1.jpg\n"), ("mine/photos/1.jpg", photo), ("__MACOSX/mine/._wardrobe.csv", b"x"),
                     ("mine/.DS_Store", b"x"), method=zipfile.ZIP_STORED)
    answer = shopper.call("POST", f"{WARDROBE}/import", data=content, headers={"Content-Type": "application/octet-stream"})
    assert answer.status_code == 200 and answer.json()["created"] == 1, answer.text
    assert content_of(shopper, all_of(shopper)[0]) == [photo]


def with_a_link():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        link = zipfile.ZipInfo("link.jpg")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        target.writestr(link, "/etc/passwd")
    return out.getvalue()


def encrypted():
    """An archive whose file says that it is encrypted."""
    content = bytearray(zipped(("secret.jpg", next(photos)), method=zipfile.ZIP_STORED))
    content[6] |= 1
    content[content.rindex(b"PK\1\2") + 8] |= 1
    return bytes(content)


def lying_about_its_size():
    """A deflated file whose headers say that it has 10 bytes."""
    content = bytearray(zipped(("bomb.jpg", b"\0" * (60 << 20))))
    struct.pack_into("<I", content, 22, 10)
    struct.pack_into("<I", content, content.rindex(b"PK\1\2") + 24, 10)
    return bytes(content)


PHOTO = next(photos)
HOSTILE = {
    "no archive": (lambda: b"nonsense", 422, "body"),
    "empty": (lambda: b"", 422, "body"),
    "truncated": (lambda: zipped(("a.jpg", PHOTO))[:-30], 422, "body"),
    "damaged": (lambda: zipped(("a.jpg", PHOTO), method=zipfile.ZIP_STORED).replace(PHOTO[500:540], b"x" * 40), 422, "a.jpg"),
    "absolute": (lambda: zipped(("/a.jpg", PHOTO)), 422, "/a.jpg"),
    "above": (lambda: zipped(("ok.jpg", PHOTO), ("../a.jpg", PHOTO)), 422, "../a.jpg"),
    "twice": (lambda: zipped(("ok.jpg", PHOTO), ("a.jpg", PHOTO), ("a.jpg", PHOTO)), 422, "a.jpg"),
    "link": (with_a_link, 422, "link.jpg"),
    "encrypted": (encrypted, 422, "secret.jpg"),
    "no photo": (lambda: zipped(("ok.jpg", PHOTO), ("notes.txt", b"hello, this is a text")), 422, "notes.txt"),
    "half a photo": (lambda: zipped(("a.jpg", PHOTO[:30])), 422, "a.jpg"),
    "a huge photo": (lambda: zipped(("a.png", image_files.huge_header())), 413, "a.png"),
    "a bomb": (lambda: zipped(("bomb.jpg", b"\0" * (60 << 20))), 413, "bomb.jpg"),
    "many small bombs": (lambda: zipped(*((f"{i}/wardrobe.csv", b"\0" * (30 << 20)) for i in range(4))), 413, "1/wardrobe.csv"),
    "many entries": (lambda: zipped(*((f"{i}.jpg", b"") for i in range(56_000)), method=zipfile.ZIP_STORED), 413, "body"),
    "no photos": (lambda: zipped(), 422, "body"),
    "a missing photo": (lambda: zipped(("wardrobe.csv", "name,photos\nHat,photos/1.jpg\n"), ("photos/2.jpg", PHOTO)), 422, "photos/1.jpg"),
    "a photo too many": (lambda: zipped(("wardrobe.csv", "name,photos\nHat,\n"), ("photos/2.jpg", PHOTO)), 422, "photos/2.jpg"),
    "a bad table": (lambda: zipped(("wardrobe.csv", "name,photos,price\nHat,a.jpg,x\n"), ("a.jpg", PHOTO)), 422, "price"),
    "a folder of too many": (lambda: zipped(*((f"coat/{i}.jpg", PHOTO) for i in range(11))), 422, "coat"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_archive_changes_nothing(closed, shopper, name):
    made, status, field = HOSTILE[name]
    before = assets(closed)
    query = {"group": "folder"} if field == "coat" else {}
    answer = shopper.call("POST", f"{WARDROBE}/import", data=made(), params=query, headers={"Content-Type": "application/zip"})
    assert_problem(answer, status, field)
    assert names(shopper) == [] and assets(closed) == before


def test_an_archive_that_lies_about_sizes_is_refused(closed, shopper):
    answer = shopper.call("POST", f"{WARDROBE}/import", data=lying_about_its_size(), headers={"Content-Type": "application/zip"})
    assert answer.status_code in (413, 422), answer.text
    assert names(shopper) == []


def test_photos_that_cannot_be_garments_are_taken_back(closed, shopper):
    """The wardrobe is full: what was stored before that was noticed is removed."""
    read(shopper, ("name\n" + "sock\n" * 5_000).encode())
    before = assets(closed)
    unpack(shopper, zipped(("a.jpg", next(photos))), 422)
    answer = shopper.call("POST", f"{WARDROBE}/photos", files=[("files", ("a.jpg", next(photos)))])
    assert_problem(answer, 422, "wardrobe")
    assert assets(closed) == before


# Folders of photos


def upload(browser, *files, status=201, **query):
    answer = browser.call("POST", f"{WARDROBE}/photos", files=[("files", file) for file in files], params=query)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_folder_of_photos_becomes_garments(shopper):
    contents = [next(photos) for _ in range(4)]
    content = zipped(("all/red_coat.jpg", contents[0]), ("all/shoes/blue boots 2.jpg", contents[1]), ("all/shoes/blue boots 1.jpg", contents[2]),
                     ("all/IMG_0042.jpg", contents[3]), ("all/Thumbs.db", b"x"))
    assert unpack(shopper, content) == {"created": 4, "updated": 0, "missing_photos": 0, "known": 0}
    assert [one["name"] for one in all_of(shopper)][0] == "red coat" and all_of(shopper)[3]["name"] is None
    assert [content_of(shopper, one) for one in all_of(shopper)] == [[one] for one in contents]
    assert unpack(shopper, content) == {"created": 0, "updated": 0, "missing_photos": 0, "known": 4}
    assert len(names(shopper)) == 4
    assert unpack(shopper, content, again="true")["created"] == 4 and len(names(shopper)) == 8


def test_the_photos_of_a_folder_become_one_garment(shopper):
    front, back, other = next(photos), next(photos), next(photos)
    content = zipped(("red coat/2.jpg", back), ("red coat/1.jpg", front), ("hat.jpg", other))
    assert unpack(shopper, content, group="folder")["created"] == 2
    assert sorted((one["name"], len(one["photos"])) for one in all_of(shopper)) == [("hat", 1), ("red coat", 2)]
    coat = next(one for one in all_of(shopper) if one["name"] == "red coat")
    assert content_of(shopper, coat) == [front, back]
    more = next(photos)
    assert upload(shopper, ("red coat/1.jpg", front), ("red coat/3.jpg", more), group="folder")["garments"][0]["name"] == "red coat"
    assert content_of(shopper, all_of(shopper)[-1]) == [more], "what a garment has already is left out"


def test_files_become_garments(closed, shopper):
    first, second = next(photos), next(photos)
    made = upload(shopper, ("red_coat.jpg", first), ("blue hat.jpg", second), ("copy.jpg", first))
    assert [one["name"] for one in made["garments"]] == ["red coat", "blue hat"]
    coat, hat = (one["id"] for one in made["garments"])
    assert made["known_ids"] == [coat] and content_of(shopper, get(shopper, hat)) == [second]
    assert upload(shopper, ("a.jpg", second), status=200) == {"garments": [], "known_ids": [hat]}
    again = upload(shopper, ("a.jpg", second), again="true")
    assert len(again["garments"]) == 1 and again["known_ids"] == []
    assert again["garments"][0]["photos"][0]["asset_id"] == made["garments"][1]["photos"][0]["asset_id"]
    for garment in (coat, hat, again["garments"][0]["id"]):
        assert shopper.call("DELETE", f"{WARDROBE}/{garment}").status_code == 204
    assert assets_of(closed, made["garments"][1]["photos"][0]["asset_id"]) == "0"


@pytest.mark.parametrize("files, query, status, field", [
    ([], {}, 400, None), ([("ok.jpg", PHOTO), ("notes.txt", b"\0" * 1000)], {}, 415, "files[1]"), ([("ok.jpg", PHOTO), ("a.jpg", PHOTO[:30])], {}, 400, "files[1]"),
    ([("a.jpg", PHOTO)], {"group": "shelf"}, 422, "group"), ([("a.jpg", PHOTO)], {"again": "1"}, 422, "again"),
    ([("a.jpg", PHOTO)], {"user": "1"}, 422, "user")])
def test_files_that_are_no_photos_are_named(closed, shopper, files, query, status, field):
    before = assets(closed)
    answer = shopper.call("POST", f"{WARDROBE}/photos", params=query, **({"files": [("files", one) for one in files]} if files else
                          {"data": b"", "headers": {"Content-Type": "multipart/form-data; boundary=x"}}))
    assert_problem(answer, status, field)
    assert names(shopper) == [] and assets(closed) == before


def test_other_parts_are_refused(shopper):
    assert_problem(shopper.call("POST", f"{WARDROBE}/photos", files=[("photo", ("a.jpg", PHOTO))]), 422, "photo")
    assert_problem(shopper.call("POST", f"{WARDROBE}/photos", json={}), 415, "Content-Type")
    table_with = shopper.call("POST", f"{WARDROBE}/import?again=true", data=b"name\nHat\n", headers={"Content-Type": "text/csv"})
    assert_problem(table_with, 422, "again")


# Cut-outs


def shown_cutout(browser, garment, status=200):
    answer = browser.call("GET", f"{WARDROBE}/{garment['id']}/photos/{garment['photos'][0]['asset_id']}/cutout")
    assert answer.status_code == status, answer.text
    return answer


def test_a_cutout_has_no_background(shopper):
    content = image_files.encode(image_files.drawn((180, 30, 40), shape="box"), quality=90)
    made = add(shopper, image_base64=image_files.text(content))
    assert made["cutout"] is False
    answer = shown_cutout(shopper, made)
    assert answer.headers["Content-Type"] == "image/png" and "immutable" in answer.headers["Cache-Control"]
    image = Image.open(io.BytesIO(answer.content))
    assert image.mode == "RGBA" and image.size == (240, 300)
    assert image.getpixel((5, 5))[3] == 0 and image.getpixel((120, 150))[3] == 255
    again = shown_cutout(shopper, made)
    assert again.content == answer.content and again.headers["ETag"] == answer.headers["ETag"]
    address = made["photos"][0]["image_url"] + "/cutout"
    assert shopper.call("GET", address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert content_of(shopper, made) == [content], "the file stays as it was sent"


def test_a_photo_may_have_no_cutout(shopper):
    made = add(shopper, image_base64=image_files.text(image_files.encode(Image.new("RGB", (90, 90), (120, 130, 140)))))
    for _ in range(2):
        assert_problem(shown_cutout(shopper, made, 404), 404)


def test_the_cutouts_of_others_do_not_exist(shopper, editor):
    made = add(shopper, image_base64=image_files.text(next(photos)))
    shown_cutout(editor, made, 404)
    bare = add(shopper, name="Hat")
    assert shopper.call("GET", f"{WARDROBE}/{bare['id']}/photos/{made['photos'][0]['asset_id']}/cutout").status_code == 404


def test_a_cutout_is_switched_on_and_off(shopper):
    made = add(shopper, name="Coat", cutout=True)
    assert made["cutout"] is True and change(shopper, made["id"], name="Hat")["cutout"] is True
    assert change(shopper, made["id"], cutout=False)["cutout"] is False
    assert change(shopper, made["id"], cutout=True)["cutout"] is True and change(shopper, made["id"], cutout=None)["cutout"] is False
    for wrong in ("true", 1, []):
        assert_problem(shopper.call("PATCH", f"{WARDROBE}/{made['id']}", json={"cutout": wrong}), 422, "cutout")
    assert_problem(shopper.call("POST", f"{WARDROBE}/import", data=b"name,cutout\nHat,maybe\n", headers={"Content-Type": "text/csv"}), 422, "cutout")


def test_the_picture_of_an_outfit_uses_cutouts(shopper):
    content = image_files.encode(image_files.drawn((180, 30, 40), shape="box"), quality=95)
    made = add(shopper, name="Red coat", image_base64=image_files.text(content))
    wait_until(lambda: shopper.call("GET", made["photos"][0]["thumbnail_url"]).status_code == 200, "the thumbnail")
    outfit = shopper.call("POST", "/api/v1/outfits", json={"pieces": [{"garment_id": made["id"]}]}).json()

    def picture():
        answer = shopper.call("GET", outfit["picture_url"])
        assert answer.status_code == 200, answer.text
        image = Image.open(io.BytesIO(answer.content)).convert("RGB")
        # The photo fills the width: it is 940 pixels high, and its box 376. This pixel is above the box.
        ground = image.getpixel((image.width // 2, image.height // 2 - 300))
        return ground, image.getpixel((image.width // 2, image.height // 2)), answer.headers["ETag"]
    ground, box, tag = picture()
    assert max(ground) < 250 and box[0] > 130 > box[1]
    change(shopper, made["id"], cutout=True)
    cut, cut_box, other = picture()
    assert min(cut) > 250 and cut_box[0] > 130 > cut_box[1] and other != tag
    change(shopper, made["id"], cutout=False)
    assert picture() == (ground, box, tag)


# The content filter


def filtered(tmp_path, mode):
    create(tmp_path, "owner@x.example", "owner")
    model = tiny_classifier.make_folder(tmp_path / "red")
    return Server(tmp_path, API_KEY=ROOT, RATE_LIMIT_SIGN_IN="1000/second", CONTENT_FILTER=mode, CONTENT_FILTER_MODEL=model,
                  CONTENT_FILTER_THRESHOLDS="red=0.9")


def test_the_content_filter_refuses_photos_of_garments(tmp_path):
    red, good = tiny_classifier.picture(3, red=True), tiny_classifier.picture(1)
    with filtered(tmp_path, "refuse") as server:
        editor = person(server, "editor")
        made = add(editor, image_base64=image_files.text(good))
        before = assets(server)
        for method, path in (("POST", WARDROBE), ("PATCH", f"{WARDROBE}/{made['id']}")):
            problem = assert_problem(editor.call(method, path, json={"image_base64": image_files.text(red)}), 422, "image_base64")
            assert "content filter" in problem["detail"]
        assert_problem(editor.call("POST", f"{WARDROBE}/photos", files=[("files", ("a.jpg", good)), ("files", ("b.jpg", red))]), 422, "files[1]")
        sent = zipped(("a.jpg", tiny_classifier.picture(2)), ("b.jpg", red))
        assert_problem(editor.call("POST", f"{WARDROBE}/import", data=sent, headers={"Content-Type": "application/zip"}), 422, "b.jpg")
        assert assets(server) == before and len(names(editor)) == 1
        ingested = editor.call("POST", "/api/v1/ingest", files=[("files", ("red.jpg", red))]).json()["asset_id"]
        assert_problem(editor.call("POST", WARDROBE, json={"asset_ids": [ingested]}), 422, "asset_ids[0]")
        wait_until(lambda: editor.call("GET", f"/api/v1/assets/{ingested}").json()["state"] == "failed", "the work on the photo")
        assert_problem(editor.call("POST", WARDROBE, json={"asset_ids": [ingested]}), 422, "asset_ids[0]")
        assert read(editor, f"name,photos\nHat,{ingested}\n".encode())["missing_photos"] == 1


def test_a_flagged_photo_is_seen_by_its_owner_alone(tmp_path):
    with filtered(tmp_path, "flag") as server:
        editor = person(server, "editor")
        made = add(editor, name="Coat", image_base64=image_files.text(tiny_classifier.picture(3, red=True)))
        wait_until(lambda: editor.call("GET", made["photos"][0]["thumbnail_url"]).status_code == 200, "the thumbnail")
        outfit = editor.call("POST", "/api/v1/outfits", json={"pieces": [{"garment_id": made["id"]}]}).json()
        assert editor.call("GET", outfit["picture_url"]).status_code == 200
        link = editor.call("POST", f"/api/v1/outfits/{outfit['id']}/share").json()["share_url"]
        token = link.split("/")[-1].split("?")[0]
        shared = Browser(server).call("GET", f"/api/v1/shared-outfits/{token}")
        assert shared.status_code == 200, shared.text
        assert Browser(server).call("GET", f"/api/v1/shared-outfits/{token}/pieces/1").status_code == 404
        assert Browser(server).call("GET", f"/api/v1/shared-outfits/{token}/picture").status_code == 404
        item = editor.call("POST", f"{WARDROBE}/{made['id']}/listing").json()["item_id"]
        assert editor.call("GET", f"/api/v1/items/{item}").json()["status"] == "flagged"
        assert editor.call("POST", f"/api/v1/content/flagged/{item}/approve").status_code in (200, 204)
        assert Browser(server).call("GET", f"/api/v1/shared-outfits/{token}/picture").status_code == 200


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
             (WARDROBE + "/import", "post", editor.call("POST", WARDROBE + "/import", data=zipped(("a.jpg", next(photos))), headers={"Content-Type": "application/zip"})),
             (WARDROBE + "/photos", "post", editor.call("POST", WARDROBE + "/photos", files=[("files", ("a.jpg", PHOTO))])),
             (WARDROBE + "/photos", "post", editor.call("POST", WARDROBE + "/photos", files=[("files", ("a.jpg", PHOTO))])),
             (WARDROBE + "/import", "post", editor.call("POST", WARDROBE + "/import", data=b"name\nHat\n", headers={"Content-Type": "text/csv"})),
             ("/api/wardrobe", "get", editor.call("GET", "/api/wardrobe")),
             ("/api/v1/auth/me/export", "get", editor.call("GET", "/api/v1/auth/me/export"))]
    for pattern, verb, response in calls:
        check(document, response_schema(document, pattern, verb, response), response.json())
