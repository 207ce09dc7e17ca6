"""Open properties are filled on every write, marked with their origin, and filled again by the backfill."""

import json
import shutil
import sqlite3

import pytest

import fit_process
import image_files
from checks import results
from fit_process import Server, wait_until

SELLER = {"origin": "seller", "confidence": 1}


def row(number, **fields):
    return {"source": "props", "external_id": f"p{number}",
            "images": [{"image_base64": image_files.text(image_files.jpeg(number))}]} | fields


def post_ndjson(server, rows):
    content = "".join(json.dumps(one) + "\n" for one in rows).encode()
    response = server.post("/api/v1/items/import?source=props", data=content, headers={"Content-Type": "application/x-ndjson"})
    assert response.status_code == 200 and response.json()["rejected"] == 0, response.text
    return response.json()


def stored(server, text):
    """The item with this title, found by its words' filters or by listing: the store counts from 1."""
    for number in range(1, 50):
        item = server.get(f"/api/v1/items/{number}").json()
        if item.get("title") == text:
            return item
    raise AssertionError(f"no item {text}")


def test_an_imported_row_is_filled_with_origins(empty_server):
    rows = [row(1, title="Striped navy wool jumper, long sleeves", description="Warm. Not itchy."),
            row(2, title="Navy jumper", primary_color="Teal", category="knitwear of mine")]
    assert post_ndjson(empty_server, rows)["created"] == 2

    item = stored(empty_server, rows[0]["title"])
    assert item["properties"].items() >= {"pattern": "striped", "primary_color": "navy", "material": "wool",
                                          "sleeve_length": "long"}.items()
    assert item["property_origins"].keys() == item["properties"].keys()
    for name, origin in item["property_origins"].items():
        assert origin["origin"] in ("text", "derived") and 0 < origin["confidence"] < 1, name

    item = stored(empty_server, rows[1]["title"])
    assert item["properties"]["primary_color"] == "teal" and item["properties"]["category"] == "knitwear of mine"
    assert item["property_origins"]["primary_color"] == SELLER and item["property_origins"]["category"] == SELLER
    assert item["property_origins"]["subcategory"]["origin"] == "text"

    assert post_ndjson(empty_server, rows)["unchanged"] == 2


def test_filters_see_filled_values(empty_server):
    post_ndjson(empty_server, [row(1, title="Red silk scarf"), row(2, title="Thing", material="silk"), row(3, title="Thing")])
    photo = image_files.text(image_files.jpeg(1))

    def search():
        return results(empty_server.search(image_base64=photo, filters={"material": "silk"}))
    wait_until(lambda: len(search()) == 2, "indexing the items")
    found = search()
    assert {one["external_id"] for one in found} == {"p1", "p2"}
    assert found[0]["properties"]["material"] == "silk"


def test_a_replaced_item_is_filled_anew(empty_server):
    created = empty_server.post("/api/v1/items", json=row(1, title="Red cotton dress")).json()
    assert created["properties"]["primary_color"] == "red"
    address = f"/api/v1/items/{created['id']}"
    replaced = empty_server.put(address, json={"title": "Green cotton dress", "properties": {"material": "linen"}}).json()
    assert replaced["properties"]["primary_color"] == "green"
    assert replaced["property_origins"]["primary_color"]["origin"] == "text"
    assert replaced["properties"]["material"] == "linen" and replaced["property_origins"]["material"] == SELLER
    assert empty_server.get(address).json() == replaced


def test_origins_are_returned_but_not_accepted(empty_server):
    response = empty_server.post("/api/v1/items", json=row(1, property_origins={}))
    assert response.status_code == 422 and response.json()["field"] == "property_origins"


def test_hostile_titles_are_treated_as_text(empty_server):
    titles = ["'; DROP TABLE items; --", "red=text:1 material=photo:1", "\u202ered\u202c", "dress " * 150, "﷽" * 100]
    assert post_ndjson(empty_server, [row(n, title=title) for n, title in enumerate(titles)])["created"] == len(titles)
    assert empty_server.get("/api/v1/items/1").status_code == 200


def unfill(data):
    """Stores the items as a program without property filling did, which had no snapshot of columns either. All of `given` is
    the seller's."""
    given = {"p2": "teal"}
    with sqlite3.connect(data / "fit.db") as database:
        database.execute("UPDATE items SET property_origins = '', category = '', subcategory = '', primary_color = '', "
                         "material = '', pattern = ''")
        for external_id, colour in given.items():
            database.execute("UPDATE items SET primary_color = ? WHERE external_id = ?", (colour, external_id))
    database.close()
    shutil.rmtree(data / "storage" / "index" / "columns", ignore_errors=True)


@pytest.fixture
def old_catalogue(tmp_path):
    if fit_process.POSTGRES_FILE:
        pytest.skip("the program that knew the sellers' values alone had SQLite alone")
    with Server(tmp_path) as server:
        post_ndjson(server, [row(n, title="Red cotton dress", **({"primary_color": "teal"} if n == 2 else {}))
                             for n in range(1, 8)])
    unfill(tmp_path)
    return tmp_path


def backfill(data, *arguments):
    return json.loads(fit_process.run(data, "properties", "backfill", "--json", *arguments).stdout)


def test_a_backfill_writes_what_its_dry_run_reports(old_catalogue):
    dry = backfill(old_catalogue, "--dry-run")
    assert dry["dry_run"] and dry["items"] == 7 and dry["changed"] == 7
    assert dry["properties"]["primary_color"]["added"] == 6 and dry["properties"]["material"]["added"] == 7
    assert dry["properties"]["category"]["added"] == 7
    with Server(old_catalogue) as server:
        assert server.get("/api/v1/items/1").json()["properties"] == {}

    real = backfill(old_catalogue, "--batch-size", 2)
    assert real == dry | {"dry_run": False}
    with Server(old_catalogue) as server:
        item = server.get("/api/v1/items/1").json()
        assert item["properties"]["primary_color"] == "red"
        assert item["property_origins"]["primary_color"]["origin"] == "text"
        item = server.get("/api/v1/items/2").json()
        assert item["properties"]["primary_color"] == "teal" and item["property_origins"]["primary_color"] == SELLER
        assert item["properties"]["material"] == "cotton"

    again = backfill(old_catalogue)
    assert again["items"] == 7 and again["changed"] == 0
    assert backfill(old_catalogue, "--after", 5)["items"] == 2


def test_the_backfill_prints_a_report(old_catalogue):
    shown = fit_process.run(old_catalogue, "properties", "backfill", "--dry-run").stdout
    assert "primary_color" in shown and "7 items, 7 to be changed; nothing was written" in shown
    shown = fit_process.run(old_catalogue, "properties", "backfill").stdout
    assert "7 items, 7 changed" in shown


def test_a_running_server_follows_the_backfill(old_catalogue):
    with Server(old_catalogue) as server:
        query = {"image_base64": image_files.text(image_files.jpeg(1)), "filters": {"material": "cotton"}}
        assert results(server.search(**query)) == []
        backfill(old_catalogue)
        wait_until(lambda: len(results(server.search(**query))) == 7, "following the backfill")


def test_the_built_in_model_fills_from_the_image(drawn_sample, tmp_path):
    """The texts are empty: properties come from the image."""
    photos = [one for one in drawn_sample.rows if one["category"] in ("tops", "bottoms", "shoes", "bags")][:24]
    settings = {"EMBEDDING_PROVIDER": "builtin"}
    with Server(tmp_path, **settings) as server:
        rows = [row(n, title="") | {"images": [{"image_base64": image_files.text(drawn_sample.photo(one))}]}
                for n, one in enumerate(photos)]
        post_ndjson(server, rows)
        items = [server.get(f"/api/v1/items/{n}").json() for n in range(1, len(rows) + 1)]
    seen = [item for item in items if item["properties"]]
    assert len(seen) > len(items) / 2
    for item in seen:
        assert all(one["origin"] in ("photo", "derived") and one["confidence"] >= 0.6
                   for one in item["property_origins"].values())
    by_id = {f"p{n}": one for n, one in enumerate(photos)}
    named = [item for item in seen if "category" in item["properties"]]
    right = sum(item["properties"]["category"] == by_id[item["external_id"]]["category"] for item in named)
    assert right >= 0.7 * len(named)
