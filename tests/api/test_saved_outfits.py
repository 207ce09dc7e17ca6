"""Outfits that people save: pieces, planned days, wears, pictures, links for everybody, and who may see what."""

import datetime
import io
import secrets

import pytest
import requests
from PIL import Image

import fit_process
import image_files
import job_table
from checks import assert_problem
from fit_process import Server, wait_until
from test_sign_in import PASSWORD, ROOT, Browser, create, signed_in, with_key

OUTFITS = "/api/v1/outfits"
WARDROBE = "/api/v1/wardrobe"
SHARED = "/api/v1/shared-outfits"
photos = (image_files.jpeg(i) for i in range(100, 10_000))


@pytest.fixture(scope="module")
def closed(tmp_path_factory):
    """A server that asks who is there."""
    data = tmp_path_factory.mktemp("outfits")
    create(data, "owner@x.example", "owner")
    with Server(data, API_KEY=ROOT, RATE_LIMIT_SIGN_IN="1000/second") as server:
        yield server


def person(closed, role):
    email = f"{secrets.token_hex(6)}@x.example"
    create(closed.data, email, role)
    return signed_in(closed, email)


@pytest.fixture
def shopper(closed):
    """A browser in which a new shopper is signed in."""
    return person(closed, "shopper")


@pytest.fixture
def other(closed):
    return person(closed, "editor")


def add_item(closed, title="Blue jeans", **fields):
    """Adds an item of the catalogue and returns its id."""
    body = {"source": "outfits", "external_id": secrets.token_hex(8), "title": title,
            "images": [{"image_base64": image_files.text(next(photos))}]} | fields
    answer = with_key(closed, "POST", "/api/v1/items", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def add_garment(browser, name="Red coat", photo=False):
    """Adds a garment and returns it; with a photo, once its thumbnail is there."""
    body = {"name": name} | ({"image_base64": image_files.text(next(photos))} if photo else {})
    answer = browser.call("POST", WARDROBE, json=body)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    if photo:
        wait_until(lambda: browser.call("GET", made["photos"][0]["thumbnail_url"]).status_code == 200, "the thumbnail")
    return made


def item_piece(item):
    return {"item_id": item}


def garment_piece(garment):
    return {"garment_id": garment["id"]}


def save(browser, *pieces, status=201, **fields):
    answer = browser.call("POST", OUTFITS, json={"pieces": list(pieces)} | fields)
    assert answer.status_code == status, answer.text
    return answer.json()


def get(browser, outfit):
    answer = browser.call("GET", f"{OUTFITS}/{outfit}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def change(browser, outfit, **fields):
    answer = browser.call("PATCH", f"{OUTFITS}/{outfit}", json=fields)
    assert answer.status_code == 200, answer.text
    return answer.json()


def listed(browser, **query):
    answer = browser.call("GET", OUTFITS, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def names(browser, **query):
    return [one["name"] for one in listed(browser, **query)["outfits"]]


def share(browser, outfit, status=201):
    answer = browser.call("POST", f"{OUTFITS}/{outfit}/share")
    assert answer.status_code == status, answer.text
    return answer.json()["share_url"]


def stranger(closed, path, **options):
    """A request of somebody without an account."""
    return requests.get(closed.url + path, timeout=60 * fit_process.PATIENCE, **options)


def colours_of(content):
    """The colours of the picture's pixels, roughly."""
    image = Image.open(io.BytesIO(content))
    assert image.format == "JPEG" and image.size == (800, 1000)
    return {tuple(part // 32 for part in pixel) for pixel in image.convert("RGB").getdata()}


# Outfits


def test_an_outfit_is_kept(closed, shopper):
    jeans = add_item(closed)
    coat = add_garment(shopper)
    made = save(shopper, garment_piece(coat), item_piece(jeans), name=" Work ", notes="one\ntwo", planned_for=["2026-03-05", "2026-03-02", "2026-03-05"])
    assert made["name"] == "Work" and made["notes"] == "one\ntwo" and made["planned_for"] == ["2026-03-02", "2026-03-05"]
    assert made["worn_on"] == [] and made["share_url"] is None and made["picture_url"] == f"{OUTFITS}/{made['id']}/picture"
    first, second = made["pieces"]
    assert first == {"item_id": None, "garment_id": coat["id"], "slot": "outer_layer", "name": "Red coat", "thumbnail_url": None, "is_gone": False}
    assert (second["item_id"], second["garment_id"], second["slot"], second["name"]) == (jeans, None, "bottom", "Blue jeans")
    assert shopper.call("GET", second["thumbnail_url"]).status_code == 200
    assert get(shopper, made["id"]) == made and listed(shopper) == {"outfits": [made], "next_cursor": None}


def test_a_change_leaves_the_rest(closed, shopper):
    made = save(shopper, item_piece(add_item(closed)), name="Work", notes="kept", planned_for=["2026-03-05"])
    changed = change(shopper, made["id"], name=None, planned_for=["2026-03-06"])
    assert changed["name"] is None and changed["notes"] == "kept" and changed["planned_for"] == ["2026-03-06"]
    assert changed["pieces"] == made["pieces"] and changed["created_at"] == made["created_at"] and changed["updated_at"] > made["updated_at"]
    coat = add_garment(shopper)
    assert [piece["garment_id"] for piece in change(shopper, made["id"], pieces=[garment_piece(coat)])["pieces"]] == [coat["id"]]
    assert change(shopper, made["id"], planned_for=None)["planned_for"] == []
    assert shopper.call("DELETE", f"{OUTFITS}/{made['id']}").status_code == 204
    assert shopper.call("GET", f"{OUTFITS}/{made['id']}").status_code == 404 and names(shopper) == []


@pytest.mark.parametrize("fields, field", [
    ({"pieces": []}, "pieces"), ({"pieces": None}, "pieces"), ({"pieces": "x"}, "pieces"), ({"pieces": [7]}, "pieces[0]"),
    ({"pieces": [{}]}, "pieces[0]"), ({"pieces": [{"item_id": "1", "garment_id": "1"}]}, "pieces[0]"),
    ({"pieces": [{"item_id": 1}]}, "pieces[0].item_id"), ({"pieces": [{"item_id": "x"}]}, "pieces[0].item_id"),
    ({"pieces": [{"item_id": "99999999"}]}, "pieces[0].item_id"), ({"pieces": [{"garment_id": "99999999"}]}, "pieces[0].garment_id"),
    ({"pieces": [{"item_id": "7"}, {"item_id": "7"}]}, "pieces[1]"), ({"pieces": [{"item_id": "7", "slot": "top"}]}, "pieces[0].slot"),
    ({"pieces": [{"item_id": str(i)} for i in range(1, 14)]}, "pieces"), ({"name": "x" * 201}, "name"), ({"name": 7}, "name"),
    ({"name": "a\nb"}, "name"), ({"notes": "x" * 5_001}, "notes"), ({"notes": "a\u0007b"}, "notes"), ({"planned_for": "2026-03-01"}, "planned_for"),
    ({"planned_for": ["2026-02-30"]}, "planned_for[0]"), ({"planned_for": ["2026-03-01"] * 101}, "planned_for"), ({"colour": "red"}, "colour")])
def test_mistakes_are_named_and_change_nothing(shopper, fields, field):
    kept = save(shopper, garment_piece(add_garment(shopper)), name="kept")
    assert_problem(shopper.call("POST", OUTFITS, json={"pieces": [{"garment_id": kept["pieces"][0]["garment_id"]}]} | fields), 422, field)
    assert_problem(shopper.call("PATCH", f"{OUTFITS}/{kept['id']}", json=fields), 422, field)
    assert listed(shopper)["outfits"] == [kept]


def test_an_outfit_needs_pieces(shopper):
    assert_problem(shopper.call("POST", OUTFITS, json={"name": "x"}), 422, "pieces")


def test_outfits_of_others_do_not_exist(closed, shopper, other):
    coat = add_garment(shopper)
    made = save(shopper, garment_piece(coat), name="Work")
    one = f"{OUTFITS}/{made['id']}"
    for method, path, body in (("GET", one, None), ("PATCH", one, {"name": "x"}), ("DELETE", one, None), ("POST", one + "/wears", {"date": "2026-03-02"}),
                               ("DELETE", one + "/wears/2026-03-01", None), ("POST", one + "/share", None), ("DELETE", one + "/share", None),
                               ("GET", one + "/picture", None), ("GET", f"{OUTFITS}?ids={made['id']}", None)):
        assert other.call(method, path, json=body).status_code == 404, (method, path)
    assert names(other) == []
    assert_problem(other.call("POST", OUTFITS, json={"pieces": [garment_piece(coat)]}), 422, "pieces[0].garment_id")
    assert get(shopper, made["id"]) == made


def test_outfits_are_of_an_account(closed, server):
    for method, path in (("GET", OUTFITS), ("POST", OUTFITS), ("POST", f"{OUTFITS}/1/share")):
        assert_problem(with_key(closed, method, path), 403)
        assert Browser(closed).call(method, path, headers={"X-Device-Id": "0" * 32}).status_code == 401
    assert_problem(server.get(OUTFITS), 403)


def test_outfits_are_found_by_planned_days_and_paged(shopper):
    coat = garment_piece(add_garment(shopper))
    a = save(shopper, coat, name="a", planned_for=["2026-03-01", "2026-03-09"])
    b = save(shopper, coat, name="b")
    c = save(shopper, coat, name="c", planned_for=["2026-03-05"])
    assert names(shopper) == ["c", "b", "a"]
    days = {"from": "2026-03-02", "to": "2026-03-08"}
    assert names(shopper, **days) == ["c"] and names(shopper, to="2026-03-05") == ["c", "a"]
    assert names(shopper, **{"from": "2026-03-06"}) == ["a"] and names(shopper, **{"from": "2026-03-08", "to": "2026-03-02"}) == []
    first = listed(shopper, limit=2)
    rest = listed(shopper, limit=2, cursor=first["next_cursor"])
    assert [one["name"] for one in first["outfits"] + rest["outfits"]] == ["c", "b", "a"] and rest["next_cursor"] is None
    compared = listed(shopper, ids=f"{a['id']},{c['id']},{b['id']}")
    assert compared == {"outfits": [a, c, b], "next_cursor": None}


@pytest.mark.parametrize("query, field", [
    ("from=x", "from"), ("to=2026-02-30", "to"), ("limit=0", "limit"), ("limit=501", "limit"), ("cursor=x", "cursor"), ("ids=", "ids"), ("ids=1,", "ids"),
    ("ids=x", "ids"), ("ids=1&limit=2", "ids"), ("user=1", "user")])
def test_wrong_filters_are_named(shopper, query, field):
    assert_problem(shopper.call("GET", f"{OUTFITS}?{query}"), 422, field)


def test_few_outfits_are_compared(shopper):
    made = save(shopper, garment_piece(add_garment(shopper)))
    assert len(listed(shopper, ids=",".join([made["id"]] * 10))["outfits"]) == 10
    assert_problem(shopper.call("GET", OUTFITS, params={"ids": ",".join([made["id"]] * 11)}), 422, "ids")


# Wears


def test_a_wear_is_one_of_each_garment_too(closed, shopper):
    coat, hat = add_garment(shopper), add_garment(shopper, "Hat")
    made = save(shopper, garment_piece(coat), garment_piece(hat), item_piece(add_item(closed)))
    one = f"{OUTFITS}/{made['id']}/wears"
    assert shopper.call("POST", f"{WARDROBE}/{coat['id']}/wears", json={"date": "2026-03-01"}).status_code == 201
    for date, status in (("2026-03-02", 201), ("2026-03-02", 200), ("2026-03-01", 201)):
        assert shopper.call("POST", one, json={"date": date}).status_code == status
    assert get(shopper, made["id"])["worn_on"] == ["2026-03-01", "2026-03-02"]
    for garment in (coat, hat):
        assert shopper.call("GET", f"{WARDROBE}/{garment['id']}").json()["worn_on"] == ["2026-03-01", "2026-03-02"]
    assert shopper.call("DELETE", one + "/2026-03-02").status_code == 204 and shopper.call("DELETE", one + "/2026-03-02").status_code == 404
    assert get(shopper, made["id"])["worn_on"] == ["2026-03-01"]
    assert shopper.call("GET", f"{WARDROBE}/{hat['id']}").json()["wears"] == 2, "a garment keeps its days"
    later = (datetime.date.today() + datetime.timedelta(days=3)).isoformat()
    for date in ("", "2026-02-30", later, 7, None):
        assert_problem(shopper.call("POST", one, json={"date": date}), 422, "date")


# What is gone


def test_what_is_gone_stays_as_a_gap(closed, shopper):
    jeans, coat, hat = add_item(closed), add_garment(shopper), add_garment(shopper, "Hat")
    made = save(shopper, item_piece(jeans), garment_piece(coat), garment_piece(hat))
    assert with_key(closed, "DELETE", f"/api/v1/items/{jeans}").status_code == 204
    assert shopper.call("DELETE", f"{WARDROBE}/{coat['id']}").status_code == 204
    gaps = get(shopper, made["id"])["pieces"]
    assert [piece["is_gone"] for piece in gaps] == [True, True, False]
    assert gaps[0] == {"item_id": jeans, "garment_id": None, "slot": None, "name": None, "thumbnail_url": None, "is_gone": True}
    turned = change(shopper, made["id"], pieces=[garment_piece(hat), item_piece(jeans)])
    assert [piece["is_gone"] for piece in turned["pieces"]] == [False, True], "an outfit may keep its gaps"
    assert shopper.call("POST", f"{OUTFITS}/{made['id']}/wears", json={"date": "2026-03-01"}).status_code == 201
    assert_problem(shopper.call("POST", OUTFITS, json={"pieces": [item_piece(jeans)]}), 422, "pieces[0].item_id")


# Pictures


def test_a_picture_shows_the_pieces(closed, shopper):
    coat = add_garment(shopper, photo=True)
    made = save(shopper, item_piece(add_item(closed)), garment_piece(coat), garment_piece(add_garment(shopper, "Hat")))
    shown = shopper.call("GET", made["picture_url"])
    assert shown.status_code == 200 and shown.headers["Content-Type"] == "image/jpeg" and shown.headers["Cache-Control"] == "private, no-cache"
    colours = colours_of(shown.content)
    assert (7, 7, 7) in colours and len(colours) > 3
    assert shopper.call("GET", made["picture_url"]).content == shown.content
    known = {"If-None-Match": shown.headers["ETag"]}
    unchanged = shopper.call("GET", made["picture_url"], headers=known)
    assert unchanged.status_code == 304 and unchanged.content == b""
    change(shopper, made["id"], pieces=[garment_piece(coat)])
    fewer = shopper.call("GET", made["picture_url"], headers=known)
    assert fewer.status_code == 200 and fewer.headers["ETag"] != shown.headers["ETag"] and fewer.content != shown.content


def test_a_picture_needs_an_image(shopper):
    made = save(shopper, garment_piece(add_garment(shopper)))
    assert_problem(shopper.call("GET", made["picture_url"]), 404)


# Links


def test_a_shared_outfit_is_read_without_an_account(closed, shopper):
    jeans, coat = add_item(closed, price=12.5, currency="EUR", description="a secret"), add_garment(shopper, photo=True)
    made = save(shopper, item_piece(jeans), garment_piece(coat), name="Work", notes="a secret", planned_for=["2026-03-05"])
    url = share(shopper, made["id"])
    assert url.startswith(SHARED + "/") and len(url) > len(SHARED) + 40
    answer = stranger(closed, url)
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    assert answer.json() == {
        "name": "Work", "picture_url": url + "/picture",
        "pieces": [{"slot": "bottom", "name": "Blue jeans", "thumbnail_url": url + "/pieces/1", "is_gone": False},
                   {"slot": "outer_layer", "name": "Red coat", "thumbnail_url": url + "/pieces/2", "is_gone": False}]}
    for number in (1, 2):
        image = stranger(closed, f"{url}/pieces/{number}")
        assert image.status_code == 200 and Image.open(io.BytesIO(image.content)).format == "JPEG"
        assert stranger(closed, f"{url}/pieces/{number}", headers={"If-None-Match": image.headers["ETag"]}).status_code == 304
    assert len(colours_of(stranger(closed, url + "/picture").content)) > 3
    for number in ("3", "99999999999"):
        assert stranger(closed, f"{url}/pieces/{number}").status_code == 404
    for number in ("0", "x", "-1"):
        assert_problem(stranger(closed, f"{url}/pieces/{number}"), 422, "piece")


def test_a_link_is_taken_back(closed, shopper):
    made = save(shopper, garment_piece(add_garment(shopper, photo=True)))
    url = share(shopper, made["id"])
    assert share(shopper, made["id"], 200) == url and get(shopper, made["id"])["share_url"] == url
    assert shopper.call("DELETE", f"{OUTFITS}/{made['id']}/share").status_code == 204
    assert shopper.call("DELETE", f"{OUTFITS}/{made['id']}/share").status_code == 204
    for path in (url, url + "/picture", url + "/pieces/1"):
        assert stranger(closed, path).status_code == 404
    again = share(shopper, made["id"])
    assert again != url and stranger(closed, again).status_code == 200 and stranger(closed, url).status_code == 404
    assert shopper.call("DELETE", f"{OUTFITS}/{made['id']}").status_code == 204
    assert stranger(closed, again).status_code == 404


def test_hidden_items_are_gaps_for_everybody(closed, shopper):
    jeans, sold = add_item(closed), add_item(closed, "Sold jeans", status="sold")
    made = save(shopper, item_piece(jeans), item_piece(sold))
    url = share(shopper, made["id"])
    assert with_key(closed, "PATCH", f"/api/v1/items/{jeans}", json={"status": "hidden"}).status_code == 200
    first, second = stranger(closed, url).json()["pieces"]
    assert first == {"slot": None, "name": None, "thumbnail_url": None, "is_gone": True} and second["name"] == "Sold jeans"
    assert stranger(closed, url + "/pieces/1").status_code == 404 and stranger(closed, url + "/pieces/2").status_code == 200
    assert [piece["is_gone"] for piece in get(shopper, made["id"])["pieces"]] == [False, False], "its owner may see the item"


@pytest.mark.parametrize("path", ["x", "' OR 1=1 --", "%00", "%ff", "x" * 2_000, "1?tenant=none", "1?tenant=A%20b", "1?tenant="])
def test_wrong_links_are_answered_alike(closed, path):
    assert stranger(closed, f"{SHARED}/{path}").status_code in (400, 404)
    assert_problem(stranger(closed, f"{SHARED}/x?colour=red"), 422, "colour")


def test_a_link_ends_with_the_access_of_its_owner(closed, shopper):
    url = share(shopper, save(shopper, garment_piece(add_garment(shopper)))["id"])
    user = f"/api/v1/users/{shopper.me()['user']['id']}"
    assert stranger(closed, url).status_code == 200
    assert with_key(closed, "PATCH", user, json={"disabled": True}).status_code == 200
    assert stranger(closed, url).status_code == 404
    assert with_key(closed, "PATCH", user, json={"disabled": False}).status_code == 200
    assert stranger(closed, url).status_code == 200


def test_a_link_names_its_tenant(closed):
    assert with_key(closed, "POST", "/api/v1/tenants", json={"name": "a"}).status_code == 201
    email = create(closed.data, f"{secrets.token_hex(6)}@x.example", "shopper")
    fit_process.run(closed.data, "user", "create", email, "--role", "shopper", "--tenant", "a")
    browser = signed_in(closed, email)
    wait_until(lambda: {one["name"] for one in browser.me()["tenants"]} == {"default", "a"}, "the membership")
    inside = {"X-Tenant": "a"}
    garment = browser.call("POST", WARDROBE, json={"name": "Red coat"}, headers=inside)
    made = browser.call("POST", OUTFITS, json={"name": "Work", "pieces": [garment_piece(garment.json())]}, headers=inside)
    assert made.status_code == 201, made.text
    one = f"{OUTFITS}/{made.json()['id']}"
    assert made.json()["picture_url"] == f"{one}/picture?tenant=a" and names(browser) == []
    assert browser.call("GET", one).status_code == 404
    assert_problem(browser.call("POST", OUTFITS, json={"pieces": [garment_piece(garment.json())]}), 422, "pieces[0].garment_id")
    url = browser.call("POST", f"{one}/share", headers=inside).json()["share_url"]
    link = url.removesuffix("?tenant=a")
    answer = stranger(closed, url)
    assert answer.status_code == 200 and answer.json()["name"] == "Work" and answer.json()["picture_url"] == f"{link}/picture?tenant=a"
    for query in ("", "?tenant=default", "?tenant=none"):
        assert stranger(closed, link + query).status_code == 404, query
    assert [one["tenant"] for one in browser.call("GET", "/api/v1/auth/me/export").json()["outfits"]] == ["a"]


def test_the_log_has_no_tokens_of_links(closed, shopper):
    url = share(shopper, save(shopper, garment_piece(add_garment(shopper)))["id"])
    assert stranger(closed, url).status_code == 200 and stranger(closed, url + "/pieces/1").status_code == 404
    assert url.removeprefix(SHARED + "/") not in closed.output() and SHARED in closed.output()


def test_strangers_have_a_rate_limit(tmp_path):
    with Server(tmp_path, API_KEY=ROOT, RATE_LIMIT_SEARCH="3/day") as server:
        codes = [stranger(server, SHARED + path).status_code for path in ("/x", "/x/picture", "/x/pieces/1", "/x/pieces/1", "/x")]
    assert codes == [404, 404, 404, 429, 429]


# The end of an account


def test_outfits_go_with_the_account(closed, shopper, other):
    made = save(shopper, garment_piece(add_garment(shopper)), name="Work", planned_for=["2026-03-01"])
    url = share(shopper, made["id"])
    assert shopper.call("POST", f"{OUTFITS}/{made['id']}/wears", json={"date": "2026-03-01"}).status_code == 201
    kept = save(other, garment_piece(add_garment(other)))
    assert shopper.call("GET", "/api/v1/auth/me/export").json()["outfits"] == [get(shopper, made["id"]) | {"tenant": "default"}]
    tables = {"saved_outfits": "id", "saved_outfit_pieces": "outfit_id", "saved_outfit_plans": "outfit_id", "saved_outfit_wears": "outfit_id"}

    def counts():
        return {job_table.execute(closed.data, f"SELECT COUNT(*) FROM {name} WHERE {column} = {made['id']}")[0][0] for name, column in tables.items()}
    assert counts() == {"1"}
    assert shopper.call("DELETE", "/api/v1/auth/me", json={"password": PASSWORD}).status_code == 204
    assert stranger(closed, url).status_code == 404
    wait_until(lambda: counts() == {"0"}, "the end of the outfits")
    assert get(other, kept["id"]) == kept


def test_responses_are_as_the_document_says(closed, shopper):
    from test_openapi import check, response_schema
    document = closed.get("/openapi.json").json()
    one, piece = OUTFITS + "/{id}", garment_piece(add_garment(shopper, photo=True))
    made = shopper.call("POST", OUTFITS, json={"name": "Work", "pieces": [piece], "planned_for": ["2026-03-01"]})
    path = f"{OUTFITS}/{made.json()['id']}"
    calls = [(OUTFITS, "post", made), (OUTFITS, "post", shopper.call("POST", OUTFITS, json={})), (OUTFITS, "get", shopper.call("GET", OUTFITS)),
             (OUTFITS, "get", shopper.call("GET", OUTFITS, params={"limit": 0})), (one, "get", shopper.call("GET", path)),
             (one, "get", shopper.call("GET", OUTFITS + "/99999999")), (one, "patch", shopper.call("PATCH", path, json={"name": "x"})),
             (one + "/wears", "post", shopper.call("POST", path + "/wears", json={"date": "2026-03-01"})),
             (one + "/wears", "post", shopper.call("POST", path + "/wears", json={"date": "2026-03-01"})),
             (one + "/share", "post", shopper.call("POST", path + "/share")), (one + "/share", "post", shopper.call("POST", path + "/share")),
             (SHARED + "/{token}", "get", stranger(closed, get(shopper, made.json()["id"])["share_url"])),
             (SHARED + "/{token}", "get", stranger(closed, SHARED + "/x")),
             ("/api/v1/auth/me/export", "get", shopper.call("GET", "/api/v1/auth/me/export"))]
    for pattern, verb, response in calls:
        check(document, response_schema(document, pattern, verb, response), response.json())
