"""The content filter: what it refuses and flags, who sees flagged items, their review, and the block list."""

import csv
import hashlib
import io
import json

import pytest
import requests

import fit_process
import image_files
import tiny_classifier
from checks import assert_problem
from fit_process import Server, wait_until
from tiny_classifier import picture

ROOT = "the-key-of-the-environment"


@pytest.fixture(scope="session")
def red_model(tmp_path_factory):
    return tiny_classifier.make_folder(tmp_path_factory.mktemp("models") / "red")


@pytest.fixture(scope="session")
def settings(red_model):
    return {"CONTENT_FILTER": "flag", "CONTENT_FILTER_MODEL": red_model, "CONTENT_FILTER_THRESHOLDS": "red=0.9",
            "API_KEY": ROOT, "ANONYMOUS_SEARCH": "true", "RATE_LIMIT_SEARCH": "off"}


@pytest.fixture
def flagging(tmp_path, settings):
    with Server(tmp_path, **settings) as server:
        yield server


@pytest.fixture(scope="module")
def with_one_item(tmp_path_factory, settings):
    """A server for requests that change nothing."""
    with Server(tmp_path_factory.mktemp("one-item"), **settings) as server:
        add(server, "1", picture(1))
        yield server


@pytest.fixture
def refusing(tmp_path, settings):
    with Server(tmp_path, **settings | {"CONTENT_FILTER": "refuse"}) as server:
        yield server


def call(server, method, path, key=ROOT, **options):
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return requests.request(method, server.url + path, headers=headers | options.pop("headers", {}),
                            timeout=60 * fit_process.PATIENCE, **options)


def make_key(server, *scopes, **options):
    made = call(server, "POST", "/api/v1/keys", json={"name": "test", "scopes": scopes, **options})
    assert made.status_code == 201, made.text
    return made.json()


def body(external_id, *images, **fields):
    return {"source": "shop", "external_id": external_id, "title": f"coat {external_id}",
            "images": [{"image_base64": image_files.text(image)} for image in images], **fields}


def add(server, external_id, *images, **fields):
    added = call(server, "POST", "/api/v1/items", json=body(external_id, *images, **fields))
    assert added.status_code in (200, 201), added.text
    return added.json()


def flagged(server, key=ROOT):
    answer = call(server, "GET", "/api/v1/content/flagged", key)
    assert answer.status_code == 200, answer.text
    return answer.json()


def flagged_ids(server):
    return [one["item"]["external_id"] for one in flagged(server)["items"]]


def items(server, key=ROOT, **query):
    answer = call(server, "GET", "/api/v1/items", key, params={name: json.dumps(value) for name, value in query.items()})
    assert answer.status_code == 200, answer.text
    return answer.json()


def listed(server, key=ROOT, **query):
    return sorted(one["external_id"] for one in items(server, key, **query)["items"])


def approve(server, item):
    return call(server, "POST", f"/api/v1/content/flagged/{item['id']}/approve")


def import_rows(server, *rows, **query):
    answer = call(server, "POST", "/api/v1/items/import", params={"source": "shop", **query},
                  data="\n".join(json.dumps(row) for row in rows), headers={"Content-Type": "application/x-ndjson"})
    assert answer.status_code == 200, answer.text
    return answer.json()


def judged(server, outcome):
    metrics = call(server, "GET", "/metrics").text
    line = next(line for line in metrics.splitlines()
                if line.startswith("fit_content_judged_total") and f'"{outcome}"' in line)
    return float(line.split()[-1])


# Refusing.

def test_a_refused_image_names_its_field_and_changes_nothing(refusing):
    ok = add(refusing, "1", picture(1))
    answer = call(refusing, "POST", "/api/v1/items", json=body("2", picture(2), picture(3, red=True)))
    problem = assert_problem(answer, 422, "images[1]")
    assert "content filter" in problem["detail"] and "red" in problem["detail"]
    path = f"/api/v1/items/{ok['id']}"
    assert_problem(call(refusing, "PUT", path, json=body("1", picture(3, red=True))), 422, "images[0]")
    assert_problem(call(refusing, "PATCH", path, json={"image_base64": image_files.text(picture(3, red=True))}),
                   422, "images[0]")
    assert call(refusing, "GET", path).json() == ok
    wait_until(lambda: listed(refusing) == ["1"], "the list")
    name = hashlib.sha256(picture(3, red=True)).hexdigest()
    assert not [path for path in refusing.data.rglob("*") if name in path.name]
    assert judged(refusing, "refused") == 3 and judged(refusing, "flagged") == 0


def test_a_query_photo_is_not_judged(refusing):
    add(refusing, "1", picture(1))
    photo = image_files.text(picture(3, red=True))
    wait_until(lambda: call(refusing, "POST", "/search_by_image", json={"image_base64": photo}).json()["results"],
               "the search")
    assert judged(refusing, "refused") == 0


def test_an_import_rejects_the_row_or_leaves_out_the_image(refusing):
    report = import_rows(refusing, body("1", picture(1)), body("2", picture(2, red=True)),
                         body("3", picture(3), picture(4, red=True)))
    assert report["created"] == 2 and report["rejected"] == 1
    assert report["rejects"][0]["line"] == 2 and "content filter" in report["rejects"][0]["reason"]
    assert report["warned"][0]["line"] == 3 and "content filter" in report["warned"][0]["warning"]
    wait_until(lambda: listed(refusing) == ["1", "3"], "the list")
    assert len(items(refusing)["items"][0]["images"]) == len(items(refusing)["items"][1]["images"]) == 1


def test_off_is_the_default(empty_server):
    added = empty_server.post("/api/v1/items", json=body("1", picture(1, red=True)))
    assert added.status_code == 201 and added.json()["status"] == "active"


# Flagging.

def test_a_flagged_item_exists_for_reviewers_alone(flagging):
    add(flagging, "1", picture(1), title="grey coat", brand="Known")
    hidden = add(flagging, "2", picture(2, red=True), title="zebraprint parka", brand="Secretbrand")
    assert hidden["status"] == "flagged", "whoever adds an item is told"
    search_key = make_key(flagging, "search", "items:read")
    narrow_key = make_key(flagging, "search", "items:read", filters={"source": "shop"})["secret"]
    writer = make_key(flagging, "items:read", "items:write", "search")["secret"]
    token = call(flagging, "POST", "/api/v1/tokens", json={"key_id": search_key["id"]})
    assert token.status_code in (200, 201), token.text
    wait_until(lambda: listed(flagging, filters={"status": ["active", "flagged"]}) == ["1", "2"], "the list of a reviewer")
    photo = image_files.text(picture(2, red=True))
    for key in (None, search_key["secret"], narrow_key, token.json()["token"], writer):
        def post(**fields):
            return call(flagging, "POST", "/api/v1/search", key, json=fields)

        for filters in ({}, {"status": "flagged"}, {"status": ["active", "flagged", "sold", "hidden", "reserved"]},
                        {"status": {"not": ["sold"]}}, {"brand": {"not": "Known"}}):
            found = post(image_base64=photo, filters=filters).json()
            assert "2" not in [one["external_id"] for one in found["results"]], (key, filters)
        assert listed(flagging, key, filters={"status": {"not": ["sold"]}}) == ["1"]
        facets = items(flagging, key, filters={"status": {"not": ["sold"]}}, facets=["status", "brand"])["facets"]
        assert [one["value"] for one in facets["status"]["values"]] == ["active"]
        assert [one["value"] for one in facets["brand"]["values"]] == ["Known"]
        answer = post(text="zebraprint parka")
        assert "2" not in [one["external_id"] for one in answer.json()["results"]]
        for words in ("zebraprimt", "secretbrand coat", "secretbrnad"):
            assert "zebraprint" not in post(text=words).text and "Secretbrand" not in post(text=words).text, (key, words)
        assert "Secretbrand" not in post(text="coat", filters={"brand": "Secretbrad"}).text
        assert post(item_id=hidden["id"]).status_code == 404
        assert call(flagging, "GET", f"/api/v1/items/{hidden['id']}", key).status_code == 404
        assert call(flagging, "GET", "/api/v1/items?source=shop&external_id=2", key).status_code == 404
        for path in (hidden["images"][0]["url"], hidden["images"][0]["thumbnail_url"]):
            assert call(flagging, "GET", path, key).status_code == 404
        assert call(flagging, "GET", "/api/v1/content/flagged", key).status_code in (401, 403)
        assert call(flagging, "POST", f"/api/v1/content/flagged/{hidden['id']}/approve", key).status_code in (401, 403)
    reviewer = make_key(flagging, "items:read", "search", "content:review")["secret"]
    assert call(flagging, "GET", f"/api/v1/items/{hidden['id']}", reviewer).json()["status"] == "flagged"
    assert call(flagging, "GET", hidden["images"][0]["thumbnail_url"], reviewer).status_code == 200
    assert listed(flagging, reviewer, filters={"status": "flagged"}) == ["2"]
    assert listed(flagging, reviewer) == ["1"], "only active items, unless the filter names the status"


def test_the_list_of_reviews(flagging):
    add(flagging, "1", picture(1), picture(2, red=True), picture(3, red=True), status="sold")
    add(flagging, "2", picture(4, red=True))
    add(flagging, "3", picture(5))
    seen = flagged(flagging)
    assert seen["total"] == 2 and [one["item"]["external_id"] for one in seen["items"]] == ["1", "2"]
    first = seen["items"][0]
    assert first["listed_status"] == "sold" and first["item"]["status"] == "flagged"
    assert [flag["image_id"] for flag in first["flags"]] == [image["id"] for image in first["item"]["images"][1:]]
    assert all(flag["reason"] == "red" and flag["scores"]["red"] > 0.9 for flag in first["flags"])
    page = call(flagging, "GET", "/api/v1/content/flagged?limit=1").json()
    assert len(page["items"]) == 1 and page["next_after"] == page["items"][0]["item"]["id"]
    rest = call(flagging, "GET", f"/api/v1/content/flagged?limit=5&after={page['next_after']}").json()
    assert [one["item"]["external_id"] for one in rest["items"]] == ["2"] and "next_after" not in rest
    for query, field in (("limit=0", "limit"), ("limit=x", "limit"), ("after=x", "after"), ("page=2", "page")):
        assert_problem(call(flagging, "GET", f"/api/v1/content/flagged?{query}"), 422, field)


def test_an_approved_item_is_visible_and_its_image_is_not_asked_again(flagging):
    row = body("1", picture(1, red=True), status="reserved")
    assert import_rows(flagging, row)["created"] == 1
    item = flagged(flagging)["items"][0]["item"]
    approved = approve(flagging, item)
    assert approved.status_code == 200 and approved.json()["status"] == "reserved"
    assert approved.json()["properties"] == item["properties"]
    assert approved.json()["property_origins"] == item["property_origins"]
    wait_until(lambda: listed(flagging, None, filters={"status": "reserved"}) == ["1"], "the list of everybody")
    assert approve(flagging, item).status_code == 404
    before = judged(flagging, "flagged")
    assert import_rows(flagging, row)["unchanged"] == 1
    assert import_rows(flagging, row | {"title": "new", "status": "active"})["updated"] == 1
    assert add(flagging, "2", picture(1, red=True))["status"] == "active", "another item with the approved image"
    assert judged(flagging, "flagged") == before and flagged(flagging)["total"] == 0

    def approved_items():
        entries = call(flagging, "GET", "/api/v1/audit?action=content.flagged.approve").json()["entries"]
        return [one["target"] for one in entries if one["outcome"] == "done"]
    wait_until(lambda: approved_items() == [f"item:{item['id']}"], "the audit log")


def test_writes_do_not_release_a_flagged_item(flagging):
    row = body("1", picture(1, red=True))
    import_rows(flagging, row)
    item = flagged(flagging)["items"][0]["item"]
    assert import_rows(flagging, row)["unchanged"] == 1
    assert import_rows(flagging, row | {"title": "other title", "status": "active"})["updated"] == 1
    patched = call(flagging, "PATCH", f"/api/v1/items/{item['id']}", json={"status": "sold", "price": 5})
    assert patched.status_code == 200 and patched.json()["status"] == "flagged" and patched.json()["price"] == 5
    assert flagged(flagging)["items"][0]["listed_status"] == "sold"
    patched = call(flagging, "PATCH", f"/api/v1/items/{item['id']}", json={"title": "third title"})
    assert patched.status_code == 200 and patched.json()["status"] == "flagged"
    for wanted in ("flagged", "unknown"):
        assert_problem(call(flagging, "PATCH", f"/api/v1/items/{item['id']}", json={"status": wanted}), 422, "status")
    assert approve(flagging, item).json()["status"] == "sold"


def test_another_image_releases_the_item_and_its_image_stays_flagged(flagging):
    item = add(flagging, "1", picture(1, red=True))
    changed = call(flagging, "PUT", f"/api/v1/items/{item['id']}", json=body("1", picture(2)))
    assert changed.json()["status"] == "active" and flagged(flagging)["total"] == 0
    assert add(flagging, "2", picture(1, red=True))["status"] == "flagged"


def test_items_with_one_image_are_reviewed_together(flagging):
    first = add(flagging, "1", picture(1, red=True))
    add(flagging, "2", picture(1, red=True), status="hidden")
    add(flagging, "3", picture(1, red=True), picture(2, red=True))
    assert approve(flagging, first).status_code == 200
    assert flagged_ids(flagging) == ["3"], "another of its images waits"
    assert call(flagging, "GET", "/api/v1/items?source=shop&external_id=2").json()["status"] == "hidden"


def test_a_removed_item_is_gone_and_only_flagged_ones_are_removed(flagging):
    item = add(flagging, "1", picture(1, red=True))
    other = add(flagging, "2", picture(2))
    assert call(flagging, "DELETE", f"/api/v1/content/flagged/{other['id']}").status_code == 404
    assert call(flagging, "DELETE", f"/api/v1/content/flagged/{item['id']}").status_code == 204
    assert call(flagging, "DELETE", f"/api/v1/content/flagged/{item['id']}").status_code == 404
    assert call(flagging, "GET", f"/api/v1/items/{item['id']}").status_code == 404
    assert add(flagging, "3", picture(1, red=True))["status"] == "flagged"


def test_many_new_items_are_flagged_at_once(flagging):
    """A batch of this size is written in another way on PostgreSQL."""
    rows = [body(str(i), picture(100 + i, red=i % 10 == 3)) for i in range(40)]
    assert import_rows(flagging, *rows)["created"] == 40
    assert sorted(flagged_ids(flagging), key=int) == ["3", "13", "23", "33"]
    wait_until(lambda: len(listed(flagging, None, limit=100)) == 36, "the list of everybody")


def test_an_import_by_the_command_line_is_judged_too(tmp_path, settings, flagging):
    for i in range(3):
        (tmp_path / f"{i}.jpg").write_bytes(picture(i, red=i == 1))
    rows = io.StringIO()
    writer = csv.writer(rows)
    writer.writerows([["external_id", "title", "images"], *[[str(i), "coat", f"{i}.jpg"] for i in range(3)]])
    (tmp_path / "items.csv").write_text(rows.getvalue())
    fit_process.run(tmp_path, "import", tmp_path / "items.csv", "--source", "shop",
                    **{name: value for name, value in settings.items() if name.startswith("CONTENT")})
    assert flagged_ids(flagging) == ["1"]
    wait_until(lambda: listed(flagging, None) == ["0", "2"], "the list of everybody")


def test_a_copy_of_the_catalogue_waits_for_the_same_reviews(tmp_path, settings):
    with Server(tmp_path, **settings) as server:
        add(server, "1", picture(1, red=True), status="sold")
        approve(server, add(server, "2", picture(2, red=True)))
        call(server, "POST", "/api/v1/content/blocked", json={"image_base64": image_files.text(picture(3))})
    other = tmp_path / "other"
    other.mkdir()
    fit_process.run(tmp_path, "copy", fit_process.database_url(tmp_path), fit_process.database_url(other))
    with Server(other, **settings) as server:
        assert flagged_ids(server) == ["1"] and flagged(server)["items"][0]["listed_status"] == "sold"
        assert len(call(server, "GET", "/api/v1/content/blocked").json()["blocked"]) == 1
        assert approve(server, flagged(server)["items"][0]["item"]).json()["status"] == "sold"


# The block list.

def test_blocked_images_and_their_copies_are_refused(refusing):
    photo = picture(1)
    entry = call(refusing, "POST", "/api/v1/content/blocked", json={"image_base64": image_files.text(photo), "note": "stolen"})
    assert entry.status_code == 201 and entry.json()["note"] == "stolen"
    assert entry.headers["Location"] == f"/api/v1/content/blocked/{entry.json()['id']}"
    again = call(refusing, "POST", "/api/v1/content/blocked", json={"image_base64": image_files.text(photo)})
    assert again.json() == entry.json(), "the same image has one entry"
    for copy in (photo, picture(1, quality=40), picture(1, size=(120, 150)), picture(1, form="PNG"), picture(1, form="WEBP")):
        problem = assert_problem(call(refusing, "POST", "/api/v1/items", json=body("1", copy)), 422, "images[0]")
        assert "block list" in problem["detail"]
    for other in range(2, 12):
        add(refusing, str(other), picture(other))
    assert call(refusing, "DELETE", f"/api/v1/content/blocked/{entry.json()['id']}").status_code == 204
    assert call(refusing, "DELETE", f"/api/v1/content/blocked/{entry.json()['id']}").status_code == 404
    add(refusing, "1", photo)
    assert call(refusing, "GET", "/api/v1/content/blocked").json() == {"blocked": []}


def test_an_image_of_the_catalogue_is_blocked_by_its_id(refusing):
    item = add(refusing, "1", picture(1))
    image = item["images"][0]["id"]
    assert call(refusing, "POST", "/api/v1/content/blocked", json={"image_id": image}).status_code == 201
    assert call(refusing, "GET", f"/api/v1/items/{item['id']}").json() == item, "images that are stored stay"
    assert_problem(call(refusing, "POST", "/api/v1/items", json=body("2", picture(1, size=(480, 600)))), 422, "images[0]")


def test_a_blocked_image_is_flagged_and_a_later_entry_outweighs_an_approval(flagging):
    call(flagging, "POST", "/api/v1/content/blocked", json={"image_base64": image_files.text(picture(1))})
    item = add(flagging, "1", picture(1))
    flag = flagged(flagging)["items"][0]["flags"][0]
    assert flag["reason"] == "blocked" and flag["scores"] is None
    assert approve(flagging, item).status_code == 200
    assert add(flagging, "2", picture(1))["status"] == "active", "the approval is newer than the entry"
    entry = call(flagging, "GET", "/api/v1/content/blocked").json()["blocked"][0]
    call(flagging, "DELETE", f"/api/v1/content/blocked/{entry['id']}")
    call(flagging, "POST", "/api/v1/content/blocked", json={"image_base64": image_files.text(picture(1))})
    assert add(flagging, "3", picture(1))["status"] == "flagged", "the entry is newer than the approval"


@pytest.mark.parametrize("wrong, status, field", [
    ({}, 422, "image_base64"), ({"image_base64": "aGVsbG8=", "image_id": "1"}, 422, "image_base64"),
    ({"image_base64": "bm8gaW1hZ2Ug" * 20}, 415, "image_base64"), ({"image_base64": "???"}, 400, "image_base64"),
    ({"image_base64": 7}, 422, "image_base64"), ({"image_id": "x"}, 422, "image_id"), ({"image_id": "999"}, 404, None),
    ({"image_id": "1", "note": "x" * 401}, 422, "note"), ({"image_id": "1", "note": "a\0b"}, 422, "note"),
    ({"image_id": "1", "hash": "0"}, 422, "hash")])
def test_bad_entries_are_named_and_not_made(with_one_item, wrong, status, field):
    assert_problem(call(with_one_item, "POST", "/api/v1/content/blocked", json=wrong), status, field)
    assert call(with_one_item, "GET", "/api/v1/content/blocked").json() == {"blocked": []}


def test_the_block_list_by_the_command_line_beside_a_running_server(tmp_path, refusing):
    (tmp_path / "photo.jpg").write_bytes(picture(1))
    (tmp_path / "text.txt").write_text("no image")
    made = json.loads(fit_process.run(tmp_path, "content", "block", "photo.jpg", "--note", "stolen", "--json").stdout)
    assert_problem(call(refusing, "POST", "/api/v1/items", json=body("1", picture(1))), 422, "images[0]")
    assert fit_process.run(tmp_path, "content", "block", "text.txt", check=False).returncode != 0
    seen = json.loads(fit_process.run(tmp_path, "content", "list", "--json").stdout)["blocked"]
    assert [(one["id"], one["note"], one["created_by"]) for one in seen] == [(made["id"], "stolen", "command line")]
    assert "stolen" in fit_process.run(tmp_path, "content", "list").stdout
    fit_process.run(tmp_path, "content", "unblock", made["id"])
    assert fit_process.run(tmp_path, "content", "unblock", made["id"], check=False).returncode != 0
    add(refusing, "1", picture(1))

    def actions():
        return {one["action"] for one in call(refusing, "GET", "/api/v1/audit").json()["entries"]}
    wait_until(lambda: {"content.blocked", "content.blocked.delete"} <= actions(), "the audit log")


def test_checking_a_folder(tmp_path, settings):
    folder = tmp_path / "photos"
    folder.mkdir()
    for i in range(4):
        (folder / f"{i}.jpg").write_bytes(picture(i, red=i == 2))
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    options = {name: value for name, value in settings.items() if name.startswith("CONTENT")}
    seen = json.loads(fit_process.run(tmp_path, "content", "check", folder, "--json", "--threads", 2, **options).stdout)
    assert seen["images"] == 4 and seen["objectionable"] == 1 and seen["unreadable"] == 1
    assert seen["classes"]["red"]["above"] == 1 and seen["classes"]["neutral"]["threshold"] is None
    found = {one["path"].rsplit("/")[-1]: one for one in seen["found"]}
    assert set(found) == {"2.jpg", "broken.jpg"} and found["2.jpg"]["reason"] == "red" and "problem" in found["broken.jpg"]
    every = json.loads(fit_process.run(tmp_path, "content", "check", folder, "--json", "--all", **options).stdout)["found"]
    assert len(every) == 5 and all(len(one["perceptual_hash"]) == 16 for one in every if "scores" in one)
    shown = fit_process.run(tmp_path, "content", "check", folder / "2.jpg", **options).stdout
    assert "2.jpg" in shown and "1 images, 1 objectionable" in shown


# Settings.

@pytest.mark.parametrize("change, field", [
    ({"CONTENT_FILTER": "on"}, "CONTENT_FILTER"), ({"CONTENT_FILTER_MODEL": "nothing"}, "CONTENT_FILTER_MODEL"),
    ({"CONTENT_FILTER_MODEL": "builtin"}, "CONTENT_FILTER_MODEL"), ({"CONTENT_FILTER_THRESHOLDS": "blue=0.5"}, "CONTENT_FILTER_THRESHOLDS"),
    ({"CONTENT_FILTER_THRESHOLDS": "red"}, "CONTENT_FILTER_THRESHOLDS"), ({"CONTENT_FILTER_THRESHOLDS": "red=2"}, "CONTENT_FILTER_THRESHOLDS"),
    ({"CONTENT_FILTER_THRESHOLDS": "red=0.5,red=0.6"}, "CONTENT_FILTER_THRESHOLDS")])
def test_wrong_settings_are_named(tmp_path, settings, change, field):
    done = fit_process.run(tmp_path, "serve", check=False, **settings | change)
    assert done.returncode != 0 and field in done.stderr, done.stderr


def test_a_content_filter_is_no_embedder(tmp_path, red_model):
    done = fit_process.run(tmp_path, "serve", check=False, EMBEDDING_PROVIDER="onnx", EMBEDDING_MODEL=red_model)
    assert done.returncode != 0 and "content filter" in done.stderr, done.stderr
