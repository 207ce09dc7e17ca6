"""Imports of files by jobs of the server: preview, progress, rejects, stop, undo, and a server that is killed."""

import base64

import pytest

import image_files
from checks import assert_problem
from fit_process import Server, wait_until


def photo(number):
    return base64.b64encode(image_files.jpeg(number)).decode()


def table(rows, header="Artikelnummer;Titel;Preis;image_base64"):
    return (header + "\n" + "".join(";".join(row) + "\n" for row in rows)).encode()


def rows_of(count, first=0, price="12,50 €"):
    return [(f"a{n}", f"Item {n}", price, photo(n)) for n in range(first, first + count)]


def upload(server, content, name="herbst.csv", **query):
    response = server.post("/api/v1/imports", params={"name": name, **query}, data=content,
                           headers={"Content-Type": "application/octet-stream"})
    assert response.status_code == 201, response.text
    return response.json()


def state_of(server, identity):
    return server.get(f"/api/v1/imports/{identity}").json()


def finished(server, identity, state):
    def found():
        one = state_of(server, identity)
        return one if one["state"] in (state, "failed") else None
    wait_until(found, f"the import to be {state}", limit_s=120)
    one = state_of(server, identity)
    assert one["state"] == state, one
    return one


def import_all(server, content, **options):
    identity = upload(server, content, **options)["import"]["id"]
    assert server.post(f"/api/v1/imports/{identity}/start").status_code == 202
    return finished(server, identity, "done")


def item_of(server, source, external_id):
    response = server.get("/api/v1/items", params={"source": source, "external_id": external_id})
    return None if response.status_code == 404 else response.json()


def test_a_file_is_previewed_mapped_and_imported(empty_server):
    content = table(rows_of(12) + [("", "Without an id", "3", photo(90))])
    shown = upload(empty_server, content)
    assert shown["problem"] is None and shown["import"]["state"] == "ready"
    assert shown["import"]["mapping"] == {"artikelnummer": "external_id", "titel": "title", "preis": "price"}
    assert len(shown["rows"]) == 10
    assert (shown["rows"][0]["item"]["price"], shown["rows"][0]["item"]["currency"]) == (12.5, "EUR")
    assert [column["name"] for column in shown["columns"]] == ["Artikelnummer", "Titel", "Preis", "image_base64"]
    assert item_of(empty_server, "herbst", "a0") is None

    identity = shown["import"]["id"]
    other = empty_server.post(f"/api/v1/imports/{identity}/preview",
                              json={"source": "shop-7", "mapping": {"Artikelnummer": "external_id", "Titel": "brand"}}).json()
    assert other["rows"][0]["item"]["brand"] == "Item 0" and other["rows"][0]["item"]["source"] == "shop-7"
    started = empty_server.post(f"/api/v1/imports/{identity}/start",
                                json={"mapping": {"artikelnummer": "external_id", "titel": "title", "preis": "price"}})
    assert started.status_code == 202
    done = finished(empty_server, identity, "done")
    assert (done["progress"]["created"], done["progress"]["rejected"], done["progress"]["done"]) == (12, 1, 13)
    assert item_of(empty_server, "shop-7", "a3")["title"] == "Item 3"

    rejects = empty_server.get(f"/api/v1/imports/{identity}/rejects").json()
    assert rejects["total"] == 1
    [reject] = rejects["rejects"]
    assert (reject["line"], reject["title"], reject["field"]) == (14, "Without an id", "external_id") and reject["reason"]
    file = empty_server.get(f"/api/v1/imports/{identity}/rejects/file")
    assert file.headers["Content-Type"].startswith("text/csv")
    lines = file.text.splitlines()
    assert lines[0] == "Artikelnummer;Titel;Preis;image_base64" and lines[1].startswith(";Without an id;3;")

    corrected = upload(empty_server, file.text.replace(";Without", "a99;Without", 1).encode(), source="shop-7")
    assert corrected["is_remembered"] and corrected["rows"][0]["item"]["external_id"] == "a99"
    assert [one["id"] for one in empty_server.get("/api/v1/imports").json()["imports"]] == [corrected["import"]["id"], identity]


def test_an_undo_gives_former_values_back_unless_changed_since(empty_server):
    import_all(empty_server, table(rows_of(3)), name="undo.csv")
    second = import_all(empty_server, table(rows_of(5, price="99")), name="undo.csv")
    assert (second["progress"]["created"], second["progress"]["updated"]) == (2, 3)
    assert item_of(empty_server, "undo", "a1")["price"] == 99
    changed = item_of(empty_server, "undo", "a4")
    assert empty_server.patch(f"/api/v1/items/{changed['id']}", json={"title": "Mine"}).status_code == 200

    assert empty_server.post(f"/api/v1/imports/{second['id']}/undo").status_code == 202
    undone = finished(empty_server, second["id"], "undone")
    assert (undone["undo"]["deleted"], undone["undo"]["restored"], undone["undo"]["changed_since"]) == (1, 3, 1)
    assert undone["undo"]["kept"] == [{"source": "undo", "external_id": "a4", "title": "Item 4", "reason": "changed"}]
    wait_until(lambda: item_of(empty_server, "undo", "a3") is None, "the item to be gone")
    wait_until(lambda: item_of(empty_server, "undo", "a1")["price"] == 12.5, "the former price")
    assert item_of(empty_server, "undo", "a4")["title"] == "Mine"
    assert_problem(empty_server.post(f"/api/v1/imports/{second['id']}/undo"), 409, "state")


def test_a_header_without_an_id_is_mapped(empty_server):
    shown = upload(empty_server, table([("x1", photo(1))], header="wert;image_base64"))
    assert shown["problem"]["field"] == "external_id" and shown["rows"] == []
    identity = shown["import"]["id"]
    assert_problem(empty_server.post(f"/api/v1/imports/{identity}/start"), 422, "external_id")
    mapped = empty_server.post(f"/api/v1/imports/{identity}/preview", json={"mapping": {"wert": "external_id"}}).json()
    assert mapped["problem"] is None and mapped["rows"][0]["item"]["external_id"] == "x1"
    assert empty_server.delete(f"/api/v1/imports/{identity}").status_code == 204
    assert_problem(empty_server.get(f"/api/v1/imports/{identity}"), 404)


@pytest.mark.parametrize("body, field", [
    ({"mapping": {"a": "no_such_field"}}, "map"), ({"mapping": []}, "mapping"), ({"mapping": {"a": 1}}, "mapping.a"),
    ({"format": "unknown"}, "format"), ({"overwrite": "yes"}, "overwrite"), ({"colour": "red"}, "colour"),
])
def test_wrong_settings_are_named(server, body, field):
    identity = upload(server, table(rows_of(1)), name="wrong.csv")["import"]["id"]
    assert_problem(server.post(f"/api/v1/imports/{identity}/preview", json=body), 422, field)


def test_wrong_files_are_named(server):
    for content, status in ((b"", 400), (b"PK\x03\x04 a spreadsheet", 422)):
        response = server.post("/api/v1/imports?name=a.xlsx", data=content,
                               headers={"Content-Type": "application/octet-stream"})
        assert_problem(response, status)
    for method, path in (("get", ""), ("post", "/start"), ("post", "/stop"), ("post", "/undo"), ("get", "/rejects")):
        assert_problem(getattr(server, method)(f"/api/v1/imports/99999{path}"), 404)


def test_a_killed_server_goes_on_with_an_import(tmp_path):
    with Server(tmp_path) as server:
        identity = upload(server, table(rows_of(400)), name="long.csv")["import"]["id"]
        assert server.post(f"/api/v1/imports/{identity}/start").status_code == 202
        wait_until(lambda: state_of(server, identity)["progress"]["created"] > 0, "the first items", limit_s=120)
        server.kill()
        server.start()
        done = finished(server, identity, "done")
        assert done["progress"]["created"] == 400 and done["progress"]["unchanged"] == 0
        assert done["progress"]["rejected"] == 0
        assert server.post(f"/api/v1/imports/{identity}/undo").status_code == 202
        server.kill()
        server.start()
        undone = finished(server, identity, "undone")
        assert undone["undo"]["deleted"] == 400 and undone["undo"]["open"] == 0
        wait_until(lambda: server.get("/api/v1/items?limit=1").json()["items"] == [], "an empty catalogue")


def stopped_import(server):
    """An import that was stopped, with its number of rows. A fast machine may be done with a few before the stop."""
    for count in (600, 2400, 9600):
        identity = upload(server, table(rows_of(count)), name=f"long{count}.csv")["import"]["id"]
        server.post(f"/api/v1/imports/{identity}/start")
        wait_until(lambda: state_of(server, identity)["progress"]["created"] > 0, "the first items", limit_s=120)
        refused = server.delete(f"/api/v1/imports/{identity}")
        if refused.status_code == 204:
            continue
        assert_problem(refused, 409)
        server.post(f"/api/v1/imports/{identity}/stop")
        wait_until(lambda: state_of(server, identity)["state"] in ("stopped", "done"), "the end", limit_s=120)
        if state_of(server, identity)["state"] == "stopped":
            return identity, count
    raise AssertionError("every import was done before it was stopped")


def test_an_import_stops_and_what_it_stored_stays(tmp_path):
    with Server(tmp_path) as server:
        identity, count = stopped_import(server)
        stopped = state_of(server, identity)
        assert 0 < stopped["progress"]["created"] < count and stopped["can_undo"]
        server.post(f"/api/v1/imports/{identity}/start")
        assert finished(server, identity, "done")["progress"]["created"] == count
