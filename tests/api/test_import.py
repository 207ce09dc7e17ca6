"""Imports over HTTP: many items in one file."""

import json

import pytest

import image_files
from checks import assert_problem, results
from fit_process import wait_for_items, wait_until


def ndjson(items):
    return "".join(json.dumps(item) + "\n" for item in items).encode()


def some_items(count, first=100, **fields):
    return [{"external_id": f"n{n}", "title": f"Imported {n}", "price": n,
             "images": [{"image_base64": image_files.text(image_files.jpeg(n))}]} | fields for n in range(first, first + count)]


def post_ndjson(server, content, source="import-test"):
    return server.post(f"/api/v1/items/import?source={source}", data=content, headers={"Content-Type": "application/x-ndjson"})


def post_csv(server, content, source="import-test"):
    return server.post(f"/api/v1/items/import?source={source}", data=content, headers={"Content-Type": "text/csv; charset=utf-8"})


def counts(report):
    return [report[name] for name in ("created", "updated", "unchanged", "rejected")]


def test_import_update_and_repeat(empty_server):
    items = some_items(12)
    report = post_ndjson(empty_server, ndjson(items)).json()
    assert counts(report) == [12, 0, 0, 0]
    assert report["stopped"] is False and report["rejects"] == []
    assert counts(post_ndjson(empty_server, ndjson(items)).json()) == [0, 0, 12, 0]
    items[3]["title"] = "Renamed"
    assert counts(post_ndjson(empty_server, ndjson(items)).json()) == [0, 1, 11, 0]

    def search():
        return results(empty_server.search(image_base64=image_files.text(image_files.jpeg(103)), limit=12))
    wait_until(lambda: len(search()) == 12, "indexing the items")
    found = search()
    assert found[0]["title"] == "Renamed" and found[0]["source"] == "import-test"


def test_bad_rows_are_named_and_never_stop_the_rest(empty_server):
    lines = [json.dumps(item) for item in some_items(4)]
    lines[1:1] = ["{not json", json.dumps(some_items(1, 200, price=-3)[0]), json.dumps({"external_id": "x"}),
                  json.dumps(some_items(1, 201, shape="round")[0])]
    report = post_ndjson(empty_server, "\n".join(lines).encode()).json()
    assert counts(report) == [5, 0, 0, 3]
    assert [reject["line"] for reject in report["rejects"]] == [2, 4, 5]
    assert report["rejects"][2]["field"] == "shape"
    assert all(reject["reason"] for reject in report["rejects"])
    assert report["warnings"] == 1
    assert report["warned"][0] == {"line": 3, "field": "price", "warning": report["warned"][0]["warning"], "value": "-3"}


def test_of_two_rows_with_one_id_the_first_counts_and_the_second_is_told(empty_server):
    first, second = some_items(2)
    second["external_id"] = first["external_id"]
    report = post_ndjson(empty_server, ndjson([first, second])).json()
    assert report["created"] == 1 and report["rejected"] == 1
    assert report["rejects"][0]["field"] == "external_id" and "in line 1" in report["rejects"][0]["reason"]
    wait_for_items(empty_server, 1)


@pytest.mark.parametrize("content, field", [
    ("title,price\nRed,5\n", "external_id"),
    ("external_id,colour_of_moon,image_url\n1,red,http://127.0.0.1/x\n", "colour_of_moon"),
    ("external_id,title\n1,x\n", "image_url"),
])
def test_a_wrong_csv_header_is_named(server, content, field):
    assert_problem(post_csv(server, content), 422, field)


def test_csv_with_broken_quoting_rejects_its_rows(server):
    content = 'external_id,title,image_url\n1,"open\n2,fine,ftp://x/y\n3,"a"b,http://example.com/x.jpg\n'
    response = post_csv(server, content)
    if response.status_code == 200:
        report = response.json()
        assert report["created"] == 0 and report["rejected"] >= 1
        assert report["rejects"][0]["line"] == 2
    else:
        assert_problem(response, 400)


def test_local_paths_are_refused(server):
    content = "external_id,title,image_path\n1,x,/etc/passwd\n2,y,../fit.db\n"
    report = post_csv(server, content).json()
    assert counts(report) == [0, 0, 0, 2]
    lines = ndjson([{"external_id": "1", "images": ["/etc/hostname"]}, {"external_id": "2", "images": [{"path": "x"}]}])
    assert counts(post_ndjson(server, lines).json()) == [0, 0, 0, 2]


def test_private_addresses_are_refused(server):
    report = post_csv(server, f"external_id,image_url\n1,{server.url}/favicon.svg\n").json()
    assert counts(report) == [0, 0, 0, 1]


def test_other_types_and_empty_bodies_are_refused(server):
    headers = {"Content-Type": "text/plain"}
    assert_problem(server.post("/api/v1/items/import", data=b"[]", headers=headers), 415, "Content-Type")
    assert_problem(post_csv(server, b""), 400, "body")
    response = post_csv(server, bytes(range(256)) * 10)
    assert 400 <= response.status_code < 500


def test_bytes_of_other_encodings_and_shapes_are_read_as_they_are(empty_server):
    photo = image_files.text(image_files.jpeg(1))
    listing = {"id": 1, "title": "Robe d'\u00e9t\u00e9", "price": {"amount": "20,50", "currency_code": "EUR"},
               "favourites": 3, "photos": [{"image_base64": photo}]}
    body = json.dumps(listing, ensure_ascii=False).encode("cp1252") + b"\n"
    report = post_ndjson(empty_server, body).json()
    assert counts(report) == [1, 0, 0, 0]
    assert report["read_as"] == "listings of a marketplace"
    assert any("windows-1252" in remark for remark in report["remarks"])
    assert any("favourites" in remark for remark in report["remarks"])

    def listed():
        return empty_server.get("/api/v1/items").json()["items"]
    wait_until(listed, "listing the item")
    item = listed()[0]
    assert item["title"] == "Robe d'\u00e9t\u00e9" and item["price"] == 20.5 and item["currency"] == "EUR"


def test_a_dry_run_shows_items_and_stores_none(empty_server):
    response = empty_server.post("/api/v1/items/import?source=x&dry_run=true", data=ndjson(some_items(12)),
                                 headers={"Content-Type": "application/x-ndjson"})
    report = response.json()
    assert len(report["items"]) == 10 and report["created"] == 12
    assert report["items"][0]["external_id"] == "n100" and report["items"][0]["images"] == ["sent"]
    assert empty_server.get("/api/v1/items").json()["items"] == []


@pytest.mark.parametrize("query, field", [("format=moon", "format"), ("map=a", "map"), ("map=a=moon", "map"), ("overwrite=1", "overwrite"),
                                          ("complete=yes", "complete"), ("confirm_hiding=true", "confirm_hiding"),
                                          ("dry_run=x", "dry_run"), ("run=" + "x" * 101, "run")])
def test_wrong_options_are_named(server, query, field):
    response = server.post(f"/api/v1/items/import?{query}", data=ndjson(some_items(1)),
                                 headers={"Content-Type": "application/x-ndjson"})
    assert_problem(response, 422, field)


def test_a_complete_import_hides_what_the_file_no_longer_has(empty_server):
    def send(items, **query):
        options = "".join(f"&{name}={value}" for name, value in query.items())
        return empty_server.post(f"/api/v1/items/import?source=shop{options}", data=ndjson(items),
                                 headers={"Content-Type": "application/x-ndjson"})

    def statuses():
        filters = json.dumps({"status": ["active", "hidden", "sold"]})
        listed = empty_server.get("/api/v1/items", params={"filters": filters, "limit": 100}).json()["items"]
        return {item["external_id"]: item["status"] for item in listed if item["source"] == "shop"}

    def active():
        return empty_server.get("/api/v1/items").json()["items"]

    items = some_items(5)
    assert counts(post_ndjson(empty_server, ndjson(some_items(1, 300)), "other").json()) == [1, 0, 0, 0]
    assert send(items, complete="true").json()["hidden"] == 0
    report = send(items[:4], complete="true").json()
    assert report["hidden"] == 1 and report["unchanged"] == 4
    expected = {"n100": "active", "n101": "active", "n102": "active", "n103": "active", "n104": "hidden"}
    wait_until(lambda: statuses() == expected, "listing the items")

    few = some_items(1, title="Renamed")
    refused = assert_problem(send(few, complete="true"), 409, "complete")
    assert "3 of 4 items" in refused["detail"]
    assert list(statuses().values()).count("hidden") == 1
    assert "Renamed" in {item["title"] for item in active()}, "the rows of the file are stored"
    report = send(few, complete="true", confirm_hiding="true").json()
    assert (report["unchanged"], report["hidden"]) == (1, 3)
    assert list(statuses().values()).count("active") == 1
    wait_until(lambda: len(active()) <= 2, "hiding the items in the list")
    assert len(active()) == 2, "items of other sources stay"

    assert counts(send(items).json()) == [0, 5, 0, 0]
    assert set(statuses().values()) == {"active"}
    assert send(items[:4], complete="true", dry_run="true").json()["hidden"] == 0
    assert set(statuses().values()) == {"active"}
    nameless = items[:4] + [{"title": "No id"}]
    assert_problem(send(nameless, complete="true"), 409, "complete")
    assert set(statuses().values()) == {"active"}


def test_a_named_import_can_be_followed_and_stopped(empty_server):
    import threading
    assert empty_server.get("/api/v1/items/import/mine").status_code == 404
    assert empty_server.delete("/api/v1/items/import/mine").status_code == 404
    reports = []
    body = ndjson(some_items(3000))

    def send():
        reports.append(empty_server.post("/api/v1/items/import?source=x&run=mine", data=body,
                                         headers={"Content-Type": "application/x-ndjson"}).json())

    thread = threading.Thread(target=send)
    thread.start()
    seen = None
    while thread.is_alive() and (seen is None or seen["done"] == 0):
        response = empty_server.get("/api/v1/items/import/mine")
        seen = response.json() if response.status_code == 200 else seen
    assert seen and seen["total"] > 0
    assert empty_server.delete("/api/v1/items/import/mine").status_code == 200
    thread.join()
    assert reports[0]["stopped"] is True
    assert 0 < reports[0]["created"] < 3000
    assert empty_server.get("/api/v1/items/import/mine").status_code == 404


def test_searches_go_on_during_an_import(server, drawn_sample):
    import threading
    reports = []
    items = some_items(60, 1000)
    thread = threading.Thread(target=lambda: reports.append(post_ndjson(server, ndjson(items), "beside")))
    thread.start()
    photo = image_files.text(drawn_sample.photo(drawn_sample.rows[0]))
    while thread.is_alive():
        assert results(server.search(image_base64=photo, limit=1))[0]["external_id"] == drawn_sample.rows[0]["external_id"]
    thread.join()
    assert counts(reports[0].json()) == [60, 0, 0, 0]
