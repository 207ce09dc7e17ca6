"""Items one by one: create, read, replace, remove."""

import contextlib
import json
import subprocess
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

import fit_process
import image_files
from checks import assert_problem, results


def new_item(number=1, **fields):
    return {"source": "items-test", "external_id": uuid.uuid4().hex, "title": f"Thing {number}",
            "images": [{"image_base64": image_files.text(image_files.jpeg(number))}]} | fields


@pytest.fixture
def item(server):
    response = server.post("/api/v1/items", json=new_item(5, price=12.5, currency="EUR", brand="Maker", category="dress"))
    assert response.status_code == 201, response.text
    yield response.json()
    server.delete(f"/api/v1/items/{response.json()['id']}")


def test_create_then_read(server, item):
    read = server.get(f"/api/v1/items/{item['id']}")
    assert read.status_code == 200
    assert read.json() == item
    assert item["price"] == 12.5 and item["currency"] == "EUR" and item["status"] == "active"
    assert item["properties"] == {"category": "dress", "subcategory": "dress"}
    assert item["property_origins"] == {
        "category": {"origin": "seller", "confidence": 1},
        "subcategory": {"origin": "derived", "confidence": 1},
    }
    assert (item["images"][0]["width"], item["images"][0]["height"]) == (240, 300)


def test_create_returns_the_location(server):
    body = new_item(6)
    created = server.post("/api/v1/items", json=body)
    assert created.status_code == 201
    assert created.headers["Location"] == f"/api/v1/items/{created.json()['id']}"
    again = server.post("/api/v1/items", json=body | {"title": "Renamed"})
    assert again.status_code == 200
    assert again.json()["id"] == created.json()["id"]
    assert again.json()["title"] == "Renamed"


def test_a_new_item_is_found_at_once(server, item):
    def found():
        return [one for one in results(server.search(image_base64=image_files.text(image_files.jpeg(5)), limit=3))
                if one["id"] == item["id"]]

    fit_process.wait_until(found, "indexing the item")
    assert found()[0]["similarity"] > 0.999


def test_an_item_is_ranked_by_its_best_image(server):
    body = new_item(images=[{"image_base64": image_files.text(image_files.jpeg(n))} for n in (7, 8, 9)])
    item = server.post("/api/v1/items", json=body).json()
    assert len(item["images"]) == 3

    def found(number):
        return [one for one in results(server.search(image_base64=image_files.text(image_files.jpeg(number)), limit=5))
                if one["id"] == item["id"]]

    for number, image in zip((7, 8, 9), item["images"]):
        fit_process.wait_until(lambda n=number: found(n), "indexing the item")
        assert [one["image_url"] for one in found(number)] == [image["url"]]
    assert server.delete(f"/api/v1/items/{item['id']}").status_code == 204


def test_replace_keeps_the_id_and_clears_omitted_fields(server, item):
    body = {"title": "New title", "images": [{"image_base64": image_files.text(image_files.jpeg(5))}]}
    replaced = server.put(f"/api/v1/items/{item['id']}", json=body)
    assert replaced.status_code == 200, replaced.text
    now = replaced.json()
    assert now["id"] == item["id"] and now["external_id"] == item["external_id"]
    assert now["title"] == "New title" and now["brand"] is None and now["price"] is None
    assert now["images"][0]["id"] == item["images"][0]["id"], "the same picture keeps its id"


def test_the_key_cannot_change(server, item):
    body = new_item(5, external_id="other")
    assert_problem(server.put(f"/api/v1/items/{item['id']}", json=body), 409)
    assert server.get(f"/api/v1/items/{item['id']}").json()["external_id"] == item["external_id"]


def test_the_list_has_a_write_at_once(server):
    source = uuid.uuid4().hex

    def listed():
        query = {"filters": json.dumps({"source": source}), "facets": json.dumps(["status"])}
        body = server.get("/api/v1/items", params=query).json()
        counts = [value["count"] for value in body["facets"]["status"]["values"]]
        return [item["id"] for item in body["items"]], sum(counts)

    for number in range(20):
        item = server.post("/api/v1/items", json=new_item(number, source=source)).json()
        assert listed() == ([item["id"]], 1)
        assert server.delete(f"/api/v1/items/{item['id']}").status_code == 204
        assert listed() == ([], 0)


def test_remove(server):
    item = server.post("/api/v1/items", json=new_item(11)).json()
    removed = server.delete(f"/api/v1/items/{item['id']}")
    assert removed.status_code == 204 and removed.content == b""
    assert_problem(server.get(f"/api/v1/items/{item['id']}"), 404)
    assert_problem(server.delete(f"/api/v1/items/{item['id']}"), 404)
    assert_problem(server.search(item_id=item["id"]), 404)
    assert_problem(server.get(f"/images/{item['images'][0]['id']}"), 404)


@pytest.mark.parametrize("path_id, status", [("999999999", 404), ("0", 422), ("-1", 422), ("abc", 422), ("1.5", 422),
                                             ("99999999999999999999", 422), ("%00", 422)])
def test_unknown_and_impossible_ids(server, path_id, status):
    for call in (server.get, server.delete):
        assert_problem(call(f"/api/v1/items/{path_id}"), status)
    assert_problem(server.put(f"/api/v1/items/{path_id}", json=new_item()), status)


BAD_FIELDS = [
    ({"colour": "red"}, "colour", 422),
    ({"title": 5}, "title", 422),
    ({"title": "x" * 5000}, "title", 422),
    ({"price": "12"}, "price", 422),
    ({"price": -1}, "price", 422),
    ({"currency": "euros"}, "currency", 422),
    ({"status": "lost"}, "status", 422),
    ({"listed_at": "yesterday"}, "listed_at", 422),
    ({"url": "javascript:alert(1)"}, "url", 422),
    ({"properties": {"shape": "round"}}, "properties.shape", 422),
    ({"properties": []}, "properties", 422),
    ({"images": "x"}, "images", 422),
    ({"images": [{"image_base64": "%%%"}]}, "images[0].image_base64", 400),
    ({"images": [{"file": "x"}]}, "images[0].file", 422),
    ({"external_id": None}, "external_id", 422),
    ({"source": ""}, "source", 422),
]


@pytest.mark.parametrize("fields, field, status", BAD_FIELDS)
def test_bad_fields_are_named_and_change_nothing(server, fields, field, status):
    def listed():
        return [one["id"] for one in browse(server, limit=100).json()["items"]]

    before = listed()
    assert_problem(server.post("/api/v1/items", json=new_item(12) | fields), status, field)
    assert listed() == before


def test_bad_images_are_named_and_store_nothing(server):
    good = {"image_base64": image_files.text(image_files.jpeg(13))}
    for bad in (b"not a picture", image_files.jpeg(13)[:300]):
        body = new_item(13, images=[good, {"image_base64": image_files.text(bad)}])
        response = server.post("/api/v1/items", json=body)
        problem = assert_problem(response, response.status_code)
        assert response.status_code in (400, 415)
        assert problem["field"].startswith("images[1]")


def test_files_of_the_server_cannot_be_read(server):
    for images in (["/etc/passwd"], [{"path": "/etc/passwd"}], ["file:///etc/passwd"], ["../../fit.db"]):
        assert_problem(server.post("/api/v1/items", json=new_item(images=images)), 422)


def test_an_item_without_an_image_is_refused(server):
    assert_problem(server.post("/api/v1/items", json=new_item(images=[])), 422, "images")


def patch(server, item_id, body, content_type="application/merge-patch+json"):
    return requests.patch(f"{server.url}/api/v1/items/{item_id}", data=json.dumps(body), timeout=60,
                          headers={"Content-Type": content_type})


def test_a_patch_changes_only_named_fields(server, item):
    changed = patch(server, item["id"], {"price": 9, "brand": None, "properties": {"material": "silk"}})
    assert changed.status_code == 200, changed.text
    body = changed.json()
    assert body["price"] == 9 and body["brand"] is None and body["title"] == item["title"]
    assert body["currency"] == "EUR" and body["images"] == item["images"]
    assert body["properties"] == {"category": "dress", "subcategory": "dress", "material": "silk"}
    assert body["property_origins"]["material"] == {"origin": "seller", "confidence": 1}
    assert server.get(f"/api/v1/items/{item['id']}").json() == body
    assert patch(server, item["id"], {}, "application/json").json()["price"] == 9
    assert patch(server, item["id"], {"category": "tops"}).json()["properties"] == {"category": "tops", "material": "silk"}


def test_a_removed_property_is_filled_again(server):
    made = server.post("/api/v1/items", json=new_item(11, title="Red cotton shirt", primary_color="blue")).json()
    assert made["properties"]["primary_color"] == "blue"
    changed = patch(server, made["id"], {"properties": {"primary_color": None}}).json()
    assert changed["properties"]["primary_color"] == "red"
    assert changed["property_origins"]["primary_color"]["origin"] == "text"
    server.delete(f"/api/v1/items/{made['id']}")


@pytest.mark.parametrize("body, field", [
    ({"price": -1}, "price"), ({"price": "cheap"}, "price"), ({"colour": "red"}, "colour"), ({"status": "gone"}, "status"),
    ({"url": "javascript:alert(1)"}, "url"), ({"properties": {"colour": "red"}}, "properties.colour"), ({"title": "x" * 2000}, None),
])
def test_a_bad_patch_changes_nothing(server, item, body, field):
    refused = patch(server, item["id"], body)
    assert refused.status_code in (413, 422), refused.text
    if field:
        assert refused.json().get("field") == field
    assert server.get(f"/api/v1/items/{item['id']}").json() == item


def test_a_patch_needs_an_object_and_an_existing_item(server, item):
    assert_problem(patch(server, item["id"], [1]), 400)
    assert_problem(patch(server, item["id"], {}, "text/plain"), 415)
    assert_problem(patch(server, item["id"], {"source": "other"}), 409)
    assert_problem(patch(server, 99999999, {}), 404)


def patch_if_match(server, item_id, body, etag):
    return server.patch(f"/api/v1/items/{item_id}", json=body, headers={"If-Match": etag})


def test_an_unchanged_item_is_not_sent_again(server, item):
    path = f"/api/v1/items/{item['id']}"
    etag = server.get(path).headers["ETag"]
    for known in (etag, f'"other", W/{etag}', "*"):
        unchanged = server.get(path, headers={"If-None-Match": known})
        assert unchanged.status_code == 304 and unchanged.content == b"" and unchanged.headers["ETag"] == etag
    changed = patch(server, item["id"], {"price": 10})
    assert changed.headers["ETag"] != etag
    now = server.get(path, headers={"If-None-Match": etag})
    assert now.status_code == 200 and now.headers["ETag"] == changed.headers["ETag"]


def test_if_match_refuses_changes_of_an_item_that_has_changed(server, item):
    path = f"/api/v1/items/{item['id']}"
    old = server.get(path).headers["ETag"]
    now = patch_if_match(server, item["id"], {"price": 10}, old)
    assert now.status_code == 200, now.text
    refused = patch_if_match(server, item["id"], {"price": 11}, old)
    assert_problem(refused, 412)
    assert refused.json()["type"].endswith("precondition_failed") and "If-Match" in refused.json()["detail"]
    assert_problem(server.put(path, json={"title": "x"}, headers={"If-Match": old}), 412)
    assert_problem(server.delete(path, headers={"If-Match": old}), 412)
    assert server.get(path).json() == now.json()
    replaced = server.put(path, json={"title": "New"}, headers={"If-Match": f'"other", {now.headers["ETag"]}'})
    assert replaced.status_code == 200 and replaced.json()["title"] == "New"
    assert_problem(server.delete("/api/v1/items/99999999", headers={"If-Match": "*"}), 404)


def test_patches_at_the_same_time_lose_nothing(server, item):
    fields = {"title": "T", "brand": "B", "price": 3, "currency": "USD", "size": "M", "status": "sold",
              "description": "D", "material": "silk", "fit": "slim", "pattern": "striped"}
    for attempt in range(5):
        values = {name: value if name in ("currency", "status", "material", "fit", "pattern") else
                  (attempt if name == "price" else f"{value}{attempt}") for name, value in fields.items()}
        with ThreadPoolExecutor(len(values)) as threads:
            changed = list(threads.map(lambda field: patch(server, item["id"], dict([field])), values.items()))
        assert {response.status_code for response in changed} == {200}
        now = server.get(f"/api/v1/items/{item['id']}").json()
        assert {name: now["properties"].get(name, now.get(name)) for name in values} == values


def test_of_changes_with_one_etag_one_is_made(server, item):
    etag = server.get(f"/api/v1/items/{item['id']}").headers["ETag"]
    with ThreadPoolExecutor(8) as threads:
        changed = list(threads.map(lambda price: patch_if_match(server, item["id"], {"price": price}, etag), range(1, 9)))
    assert sorted(response.status_code for response in changed) == [200] + [412] * 7
    made = next(response for response in changed if response.status_code == 200)
    assert server.get(f"/api/v1/items/{item['id']}").json()["price"] == made.json()["price"]


@contextlib.contextmanager
def ordered_writes_held(url):
    """Keeps all changes of the catalogue waiting. Yields a function that returns how many wait."""
    psql = ["psql", "-X", "-q", "-A", "-t", "-d", url]
    count = ("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = "
             "(SELECT oid FROM pg_database WHERE datname = current_database())")

    def waiting():
        return int(subprocess.run([*psql, "-c", count], check=True, capture_output=True).stdout)

    holder = subprocess.Popen(psql, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        holder.stdin.write(b"SELECT pg_advisory_lock(x'46695446'::bigint);\n")
        holder.stdin.flush()
        holder.stdout.readline()  # comes when the lock is held
        yield waiting
    finally:
        holder.communicate()


@pytest.mark.skipif(not fit_process.POSTGRES_FILE, reason="the lock of SQLite's writers does not tell who waits")
def test_a_server_removes_no_item_that_another_server_changes_meanwhile(tmp_path):
    with fit_process.Server(tmp_path) as one, fit_process.Server(tmp_path) as other, ThreadPoolExecutor(2) as threads:
        made = one.post("/api/v1/items", json=new_item())
        path, if_match = made.headers["Location"], {"If-Match": made.headers["ETag"]}
        with ordered_writes_held(fit_process.database_url(tmp_path)) as waiting:
            changed = threads.submit(one.patch, path, json={"price": 7, "currency": "EUR"}, headers=if_match)
            fit_process.wait_until(lambda: waiting() == 1, "the patch")
            removed = threads.submit(other.delete, path, headers=if_match)
            fit_process.wait_until(lambda: waiting() == 2, "the removal")
        assert changed.result().status_code == 200, changed.result().text
        assert_problem(removed.result(), 412)
        assert one.get(path).json()["price"] == 7
        assert other.delete(path, headers={"If-Match": changed.result().headers["ETag"]}).status_code == 204
        assert_problem(one.get(path), 404)


def browse(server, **parameters):
    return server.get("/api/v1/items", params={name: value if isinstance(value, (str, int)) else json.dumps(value)
                                               for name, value in parameters.items()})


def test_listing_returns_every_item_once_latest_first(server, drawn_sample):
    filters = {"source": "sample", "status": ["active", "reserved", "sold", "hidden"]}
    ids, cursor, pages = [], None, 0
    while True:
        response = browse(server, filters=filters, limit=25, **({"cursor": cursor} if cursor else {})).json()
        ids += [int(one["id"]) for one in response["items"]]
        pages += 1
        cursor = response.get("next_cursor")
        if not cursor:
            break
    assert len(ids) == len(set(ids)) == len(drawn_sample.all_rows) and pages >= 5
    assert ids == sorted(ids, reverse=True)
    active = browse(server, filters={"source": "sample"}, facets=["category"], limit=1).json()
    assert sum(one["count"] for one in active["facets"]["category"]["values"]) == len(drawn_sample.rows)
    assert active["items"][0]["status"] == "active"


def test_an_empty_listing_has_a_reason(server):
    response = browse(server, filters={"primary_color": "blakc"}).json()
    assert response["items"] == [] and "blakc" in response["reason"]


@pytest.mark.parametrize("parameters, field", [
    ({"limit": 0}, "limit"), ({"limit": "ten"}, "limit"), ({"limit": 101}, "limit"), ({"filters": "{"}, "filters"),
    ({"filters": {"colour": "red"}}, "filters.colour"), ({"facets": ["colour"]}, "facets"), ({"cursor": "rubbish"}, "cursor"),
])
def test_invalid_listing_parameters_are_named(server, parameters, field):
    refused = browse(server, **parameters)
    assert refused.status_code in (400, 422), refused.text
    assert refused.json()["field"].startswith(field.split(".")[0])


def test_the_sample_is_added_in_parts(empty_server):
    first = empty_server.post("/api/v1/items/sample?items=3").json()
    assert first == {"done": 3, "next": 3}
    assert empty_server.post("/api/v1/items/sample?first=3&items=2").json() == {"done": 2, "next": 5}
    empty_server.post("/api/v1/items/sample?items=3")
    fit_process.wait_for_items(empty_server, 5)
    for query in ("items=101", "items=x", "first=-1", "seed=99999999999"):
        assert_problem(empty_server.post(f"/api/v1/items/sample?{query}"), 422)


def by_key(source, external_id):
    return {"params": {"source": source, "external_id": external_id}}


def test_an_item_is_addressed_by_its_own_id(server):
    body = new_item(7)
    key = by_key(body["source"], body.pop("external_id"))
    body.pop("source")
    assert_problem(server.get("/api/v1/items", **key), 404)
    created = server.put("/api/v1/items", json=body, **key)
    assert created.status_code == 201
    assert created.headers["Location"] == f"/api/v1/items/{created.json()['id']}"
    read = server.get("/api/v1/items", **key)
    assert read.status_code == 200 and read.json() == created.json()
    assert read.headers["ETag"] == created.headers["ETag"]
    assert server.get("/api/v1/items", headers={"If-None-Match": read.headers["ETag"]}, **key).status_code == 304

    replaced = server.put("/api/v1/items", json=body | {"title": "Renamed"}, **key)
    assert replaced.status_code == 200 and replaced.json()["id"] == created.json()["id"]
    assert server.get(f"/api/v1/items/{created.json()['id']}").json()["title"] == "Renamed"
    assert_problem(server.put("/api/v1/items", json=body | {"external_id": "other"}, **key), 409, "external_id")

    assert server.delete("/api/v1/items", **key).status_code == 204
    assert_problem(server.delete("/api/v1/items", **key), 404)


def test_conditions_hold_for_items_addressed_by_their_own_id(server):
    body = new_item(8)
    key = by_key(body["source"], body["external_id"])
    assert_problem(server.put("/api/v1/items", json=body, headers={"If-Match": "*"}, **key), 412)
    old = server.put("/api/v1/items", json=body, **key).headers["ETag"]
    new = server.put("/api/v1/items", json=body | {"price": 1}, headers={"If-Match": old}, **key)
    assert new.status_code == 200
    assert_problem(server.put("/api/v1/items", json=body, headers={"If-Match": old}, **key), 412)
    assert_problem(server.delete("/api/v1/items", headers={"If-Match": old}, **key), 412)
    assert server.delete("/api/v1/items", headers={"If-Match": new.headers["ETag"]}, **key).status_code == 204


@pytest.mark.parametrize("query, field", [
    ("external_id=hm", "source"),
    ("source=shop", "external_id"),
    ("source=shop&external_id=", "external_id"),
    ("source=a&source=b&external_id=c", "source"),
    ("source=a&external_id=c&limit=5", "limit"),
    ("colour=red", "colour"),
    ("limit=5&limit=6", "limit"),
    ("sort=magic", "sort"),
])
def test_query_parameters_that_mean_nothing_are_refused(server, query, field):
    assert_problem(server.get(f"/api/v1/items?{query}"), 422, field)
