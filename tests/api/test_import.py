"""Imports over HTTP: many items in one file."""

import json

import pytest

import image_files
from checks import assert_problem, results


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
    found = []
    for _ in range(100):
        found = results(empty_server.search(image_base64=image_files.text(image_files.jpeg(103)), limit=12))
        if len(found) == 12:
            break
    assert len(found) == 12
    assert found[0]["title"] == "Renamed" and found[0]["source"] == "import-test"


def test_bad_rows_are_named_and_never_stop_the_rest(empty_server):
    lines = [json.dumps(item) for item in some_items(4)]
    lines[1:1] = ["{not json", json.dumps(some_items(1, 200, price=-3)[0]), json.dumps({"external_id": "x"}),
                  json.dumps(some_items(1, 201, shape="round")[0])]
    report = post_ndjson(empty_server, "\n".join(lines).encode()).json()
    assert counts(report) == [4, 0, 0, 4]
    assert [reject["line"] for reject in report["rejects"]] == [2, 3, 4, 5]
    assert report["rejects"][1]["field"] == "price"
    assert report["rejects"][3]["field"] == "shape"
    assert all(reject["reason"] for reject in report["rejects"])


def test_duplicate_ids_in_one_file_become_one_item(empty_server):
    first, second = some_items(2)
    second["external_id"] = first["external_id"]
    report = post_ndjson(empty_server, ndjson([first, second])).json()
    assert report["created"] == 1 and report["rejected"] == 0
    health = empty_server.get("/health").json()
    assert next(part for part in health["parts"] if part["name"] == "store")["state"]["items"] == 1


@pytest.mark.parametrize("content, field", [
    ("title,price\nRed,5\n", "external_id"),
    ("external_id,colour_of_moon,image_url\n1,red,http://127.0.0.1/x\n", "colour_of_moon"),
    ("external_id,title\n1,x\n", "image_url"),
])
def test_a_wrong_csv_header_is_named(empty_server, content, field):
    assert_problem(post_csv(empty_server, content), 422, field)


def test_csv_with_broken_quoting_rejects_its_rows(empty_server):
    content = 'external_id,title,image_url\n1,"open\n2,fine,ftp://x/y\n3,"a"b,http://example.com/x.jpg\n'
    response = post_csv(empty_server, content)
    if response.status_code == 200:
        report = response.json()
        assert report["created"] == 0 and report["rejected"] >= 1
        assert report["rejects"][0]["line"] == 2
    else:
        assert_problem(response, 400)


def test_local_paths_are_refused(empty_server):
    content = "external_id,title,image_path\n1,x,/etc/passwd\n2,y,../fit.db\n"
    report = post_csv(empty_server, content).json()
    assert counts(report) == [0, 0, 0, 2]
    lines = ndjson([{"external_id": "1", "images": ["/etc/hostname"]}, {"external_id": "2", "images": [{"path": "x"}]}])
    assert counts(post_ndjson(empty_server, lines).json()) == [0, 0, 0, 2]


def test_private_addresses_are_refused(empty_server):
    report = post_csv(empty_server, f"external_id,image_url\n1,{empty_server.url}/favicon.svg\n").json()
    assert counts(report) == [0, 0, 0, 1]


def test_other_types_and_empty_bodies_are_refused(empty_server):
    headers = {"Content-Type": "application/json"}
    assert_problem(empty_server.post("/api/v1/items/import", data=b"[]", headers=headers), 415, "Content-Type")
    assert_problem(post_csv(empty_server, b""), 400, "body")
    response = post_csv(empty_server, bytes(range(256)) * 10)
    assert 400 <= response.status_code < 500


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
