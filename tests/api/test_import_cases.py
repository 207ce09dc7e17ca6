"""Files of shops, spreadsheets and scrapers: each of ../shared/cases/imports, and the options of `fit import`."""

import json
import shutil

import pytest

import fit_process
import image_files

CASES = fit_process.SOURCE_DIR.parent / "shared" / "cases" / "imports"
PROPERTIES = ("category", "subcategory", "primary_color", "secondary_color", "pattern", "material", "gender", "condition")


def cases():
    expected = CASES / "expected.json"
    return json.loads(expected.read_text()) if expected.exists() else []


def stored_items(data):
    """The items of the catalogue under `data`, by their external id."""
    statuses = json.dumps({"status": ["active", "reserved", "sold", "hidden"]})
    with fit_process.Server(data) as server:
        page = server.get("/api/v1/items", params={"limit": 100, "filters": statuses}).json()
    return {item["external_id"]: item for item in page["items"]}


def value_of(item, field):
    if field in PROPERTIES:
        return item["properties"].get(field)
    value = item.get(field)
    return len(value) if field == "images" else value


def write_photos(folder, count=4):
    for number in range(count):
        (folder / f"{number}.jpg").write_bytes(image_files.jpeg(number))


@pytest.mark.skipif(not CASES.exists(), reason="../shared/cases is absent")
@pytest.mark.parametrize("case", cases(), ids=lambda case: case["file"])
def test_case(case, tmp_path):
    folder = tmp_path / "cases"
    shutil.copytree(CASES, folder)
    fit_process.run(tmp_path, "import", folder / case["file"], "--rejects", tmp_path / "rejects.ndjson", *case["args"])
    items = stored_items(tmp_path)
    for expected in case["items"]:
        item = items[expected["external_id"]]
        assert {field: value_of(item, field) for field in expected} == expected
    lines = []
    if (tmp_path / "rejects.ndjson").exists():
        lines = [json.loads(line) for line in (tmp_path / "rejects.ndjson").read_text().splitlines()]
    assert sum("reason" in line for line in lines) == case["rejected"]


def test_a_shops_export(tmp_path, shared_data):
    feed = shared_data / "feeds" / "shopify-apparel.csv"
    done = fit_process.run(tmp_path, "import", feed, "--dry-run")
    assert "read as a Shopify export" in done.stdout
    assert "title: Ocean Blue Shirt" in done.stdout
    assert ", 0 rows rejected" in done.stdout
    assert stored_items(tmp_path) == {}


def test_warnings_are_shown_and_written_with_line_field_and_value(tmp_path):
    write_photos(tmp_path)
    (tmp_path / "items.csv").write_text("id,title,price,image_path\n1,Coat,ask me,1.jpg\n2,Hat,,2.jpg|none.jpg\n")
    done = fit_process.run(tmp_path, "import", "items.csv")
    assert "2 warnings" in done.stdout
    assert "line 2: price is not a price" in done.stdout
    lines = [json.loads(line) for line in (tmp_path / "items.csv.rejects.ndjson").read_text().splitlines()]
    assert {(line["line"], line["field"]) for line in lines} == {(2, "price"), (3, "images[1]")}
    assert lines[0]["value"] == "ask me"


def test_when_every_row_is_rejected_the_status_says_so(tmp_path):
    (tmp_path / "items.csv").write_text("id,image_path\n1,none.jpg\n2,none.jpg\n")
    done = fit_process.run(tmp_path, "import", "items.csv", check=False)
    assert done.returncode == 1
    assert "every row was rejected" in done.stderr
    (tmp_path / "empty.csv").write_text("id,image_path\n")
    assert fit_process.run(tmp_path, "import", "empty.csv").returncode == 0


def test_a_mapping_is_saved_with_its_source(tmp_path):
    write_photos(tmp_path)
    (tmp_path / "items.csv").write_text("ref,title,photo,notes\na1,Coat,1.jpg,x\n")
    assert fit_process.run(tmp_path, "import", "items.csv", check=False).returncode == 1
    fit_process.run(tmp_path, "import", "--map", "ref=external_id", "--map", "photo=images", "--map", "notes=", "items.csv")
    again = fit_process.run(tmp_path, "import", "items.csv")
    assert "reading as saved for the source items" in again.stdout and "1 unchanged" in again.stdout
    assert fit_process.run(tmp_path, "import", "items.csv", "--map", "none", check=False).returncode == 1


def test_complete_hides_what_the_file_no_longer_has(tmp_path):
    write_photos(tmp_path)
    (tmp_path / "items.csv").write_text("id,image_path\n0,0.jpg\n1,1.jpg\n2,2.jpg\n")
    fit_process.run(tmp_path, "import", "items.csv")
    (tmp_path / "items.csv").write_text("id,image_path\n0,0.jpg\n")
    refused = fit_process.run(tmp_path, "import", "items.csv", "--complete", check=False)
    assert refused.returncode == 1 and "2 of 3 items are not in the file" in refused.stderr
    assert {item["status"] for item in stored_items(tmp_path).values()} == {"active"}
    done = fit_process.run(tmp_path, "import", "items.csv", "--complete", "--yes")
    assert "2 items that the file no longer has are hidden now" in done.stdout
    assert [stored_items(tmp_path)[name]["status"] for name in "012"] == ["active", "hidden", "hidden"]


def test_a_patch_outlives_the_next_import(tmp_path):
    write_photos(tmp_path)
    (tmp_path / "items.csv").write_text("id,title,price,image_path\n0,Coat,20,0.jpg\n")
    fit_process.run(tmp_path, "import", "items.csv")
    with fit_process.Server(tmp_path) as server:
        item = server.get("/api/v1/items?limit=1").json()["items"][0]
        assert server.patch(f"/api/v1/items/{item['id']}", json={"status": "sold"}).status_code == 200
    (tmp_path / "items.csv").write_text("id,title,price,image_path\n0,Coat,25,0.jpg\n")
    assert "1 items kept what was changed" in fit_process.run(tmp_path, "import", "items.csv").stdout
    item = stored_items(tmp_path)["0"]
    assert (item["status"], item["price"]) == ("sold", 25)
    fit_process.run(tmp_path, "import", "items.csv", "--overwrite")
    assert stored_items(tmp_path)["0"]["status"] == "active"


def test_what_a_put_changes_outlives_the_next_import(tmp_path):
    write_photos(tmp_path)
    (tmp_path / "items.csv").write_text("id,title,price,size,category,image_path\n0,Coat,20,M,outerwear,0.jpg\n")
    fit_process.run(tmp_path, "import", "items.csv")
    with fit_process.Server(tmp_path) as server:
        item = server.get("/api/v1/items?limit=1").json()["items"][0]
        whole = {"source": "items", "external_id": "0", "title": "Coat", "size": "M", "category": "outerwear"}
        assert server.put(f"/api/v1/items/{item['id']}", json=whole | {"price": 15}).status_code == 200
        by_key = "/api/v1/items?source=items&external_id=0"
        assert server.put(by_key, json=whole | {"price": 15, "brand": "Acme"}).status_code == 200
    (tmp_path / "items.csv").write_text(
        "id,title,price,brand,size,category,image_path\n0,Warm coat,25,Other,L,outerwear,0.jpg\n")
    assert "1 items kept what was changed" in fit_process.run(tmp_path, "import", "items.csv").stdout
    item = stored_items(tmp_path)["0"]
    assert [item[name] for name in ("title", "price", "brand", "size")] == ["Warm coat", 15, "Acme", "L"]
    fit_process.run(tmp_path, "import", "items.csv", "--overwrite")
    item = stored_items(tmp_path)["0"]
    assert [item[name] for name in ("price", "brand")] == [25, "Other"]
