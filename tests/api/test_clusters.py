"""Clusters of images that look alike: how they form, what people change about them, and what a rebuild keeps."""

import json
import re

import pytest
import requests

import fit_process
import image_files
from checks import assert_problem
from fit_process import Server, wait_until

ROOT = "the-key-of-the-environment"


def put(server, external_id, photo, **fields):
    """Writes an item with one photo, and returns the id of its image."""
    body = {"source": "clusters", "external_id": external_id, "title": f"Item {external_id}",
            "images": [{"image_base64": image_files.text(photo)}]} | fields
    done = requests.post(f"{server.url}/api/v1/items", json=body, headers=server.headers)
    assert done.status_code in (200, 201), done.text
    return done.json()["images"][0]["id"]


def get(server, path, headers=None, **parameters):
    return requests.get(f"{server.url}/api/v1/clusters{path}", params=parameters, headers=headers or server.headers)


def post(server, path, body, headers=None):
    return requests.post(f"{server.url}/api/v1/clusters{path}", json=body, headers=headers or server.headers)


def ok(response):
    assert response.status_code == 200, response.text
    return response.json()


def clusters(server, headers=None, **parameters):
    return ok(get(server, "", headers, limit=100, **parameters))["clusters"]


def members(server, cluster, headers=None):
    return [member["image_id"] for member in ok(get(server, f"/{cluster}", headers))["members"]]


def cluster_of(server, image):
    """The id of the cluster of an image; None before it is in one."""
    return next((one["id"] for one in clusters(server) if image in members(server, one["id"])), None)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server whose callers need a key, with three photos of one dress, two of them copies, and two other garments."""
    data = tmp_path_factory.mktemp("clusters")
    with Server(data, API_KEY=ROOT) as running:
        running.headers = {"Authorization": f"Bearer {ROOT}"}
        dress = image_files.distinct(0)
        running.images = {
            "dress": put(running, "dress", image_files.encode(dress, quality=92)),
            "copy": put(running, "copy", image_files.encode(dress, quality=70), brand="Hidden"),
            "box": put(running, "box", image_files.jpeg(1)),
            "round": put(running, "round", image_files.jpeg(5)),
        }
        wait_until(lambda: sum(one["size"] for one in clusters(running)) == 4, "the follower")
        yield running


def test_copies_are_one_photo(server):
    cluster = cluster_of(server, server.images["dress"])
    body = ok(get(server, f"/{cluster}"))
    assert {body["size"], body["photos"]} == {2, 1}
    assert [one["image_id"] for one in body["members"]] == [server.images["dress"], server.images["copy"]]
    assert {one["photo_id"] for one in body["members"]} == {server.images["dress"]}
    assert body["members"][1]["similarity"] > 0.98
    assert body["members"][0]["title"] == "Item dress"
    assert body["label"] is None and body["label_origin"] is None and body["next_cursor"] is None
    thumbnail = requests.get(server.url + body["centre"]["thumbnail_url"], headers=server.headers)
    assert thumbnail.status_code == 200 and thumbnail.headers["Content-Type"] == "image/jpeg"
    assert [one["id"] for one in clusters(server, duplicates="true")] == [cluster]
    assert len(clusters(server)) == 3


@pytest.mark.parametrize("order", ["size", "newest"])
def test_pages_cover_the_list_once(server, order):
    listed = [one["id"] for one in clusters(server, order=order)]
    paged, cursor = [], None
    while True:
        page = ok(get(server, "", order=order, limit=1, **({"cursor": cursor} if cursor else {})))
        paged += [one["id"] for one in page["clusters"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert paged == listed and len(set(paged)) == 3


def test_members_are_paged(server):
    cluster = cluster_of(server, server.images["dress"])
    first = ok(get(server, f"/{cluster}", limit=1))
    second = ok(get(server, f"/{cluster}", limit=1, cursor=first["next_cursor"]))
    assert [one["image_id"] for one in first["members"] + second["members"]] == members(server, cluster)
    assert second["next_cursor"] is None


def test_a_name_stays(server):
    cluster = cluster_of(server, server.images["dress"])
    named = ok(post(server, f"/{cluster}/label", {"label": "Rust dress"}))
    assert (named["label"], named["label_origin"]) == ("Rust dress", "person")
    assert [one["id"] for one in clusters(server, order="label")] == [cluster]
    assert ok(get(server, f"/{cluster}"))["label"] == "Rust dress"
    assert ok(post(server, f"/{cluster}/label", {"label": ""}))["label"] is None
    assert clusters(server, order="label") == []


def test_merge_split_move_and_apart(server):
    images = server.images
    box, other = cluster_of(server, images["box"]), cluster_of(server, images["round"])
    merged = ok(post(server, "/merge", {"cluster_ids": [box, other]}))
    assert (merged["id"], merged["size"]) == (box, 2)
    assert_problem(get(server, f"/{other}"), 404)
    both = ok(post(server, f"/{box}/split", {"image_ids": [images["round"]]}))
    assert (both["cluster"]["size"], both["rest"]["id"]) == (1, box)
    moved = ok(post(server, "/move", {"image_id": images["round"], "cluster_id": box}))
    assert moved["size"] == 2
    assert_problem(get(server, f"/{both['cluster']['id']}"), 404)
    apart = ok(post(server, "/not-same", {"image_id": images["round"], "other_image_id": images["box"]}))
    assert apart["cluster"]["id"] != apart["other_cluster"]["id"] == box


def test_a_rebuild_keeps_what_people_said(server):
    images = server.images
    dress, box = cluster_of(server, images["dress"]), cluster_of(server, images["box"])
    ok(post(server, f"/{dress}/label", {"label": "Dress"}))
    ok(post(server, "/merge", {"cluster_ids": [dress, box]}))
    ok(post(server, "/not-same", {"image_id": images["copy"], "other_image_id": images["dress"]}))
    report = json.loads(fit_process.run(server.data, "clusters", "rebuild", "--json").stdout)
    assert report["images"] == 4 and report["moved"] == 0, report
    assert cluster_of(server, images["box"]) == dress == cluster_of(server, images["dress"])
    assert cluster_of(server, images["copy"]) != dress, "they look the same, but a person said otherwise"
    assert ok(get(server, f"/{dress}"))["label"] == "Dress"
    late = put(server, "late", image_files.encode(image_files.distinct(0), quality=80))
    wait_until(lambda: cluster_of(server, late) is not None, "the follower after the rebuild")
    assert requests.delete(f"{server.url}/api/v1/items", params={"source": "clusters", "external_id": "late"},
                           headers=server.headers).status_code == 204
    wait_until(lambda: cluster_of(server, late) is None, "the removal")


def test_hidden_items_are_neither_shown_nor_counted(server):
    wide = put(server, "wide", image_files.encode(image_files.distinct(4), quality=92), brand="Open")
    put(server, "wide copy", image_files.encode(image_files.distinct(4), quality=75), brand="Hidden")
    wait_until(lambda: any(wide in members(server, one["id"]) and one["size"] == 2 for one in clusters(server)), "it")
    cluster = cluster_of(server, wide)
    made = requests.post(f"{server.url}/api/v1/keys", headers=server.headers,
                         json={"name": "open", "scopes": ["search", "items:read"], "filters": {"brand": "Open"}})
    narrow = {"Authorization": f"Bearer {made.json()['secret']}"}
    assert [(one["id"], one["size"], one["photos"], one["centre"]["image_id"]) for one in clusters(server, narrow)] == [
        (cluster, 1, 1, wide)]
    assert members(server, cluster, narrow) == [wide]
    ok(post(server, f"/{cluster}/label", {"label": "Hidden brand's coat"}))
    assert [one["value"] for one in ok(get(server, f"/{cluster}"))["labels"]] == ["Hidden brand's coat"]
    seen = ok(get(server, f"/{cluster}", narrow))
    assert (seen["label"], seen["label_origin"], seen["labels"]) == (None, None, []), "a label is of all images"
    assert [one["id"] for one in clusters(server, order="label") if one["id"] == cluster] == [cluster]
    for hidden in ({"order": "label"}, {"min_size": "2"}, {"duplicates": "true"}):
        assert clusters(server, narrow, **hidden) == [], "lists tell nothing of hidden images"
    alone = put(server, "alone", image_files.jpeg(9), brand="Open")
    wait_until(lambda: cluster_of(server, alone) is not None, "the follower")
    ok(post(server, f"/{cluster_of(server, alone)}/label", {"label": "Open coat"}))
    assert [one["label"] for one in clusters(server, narrow, order="label")] == ["Open coat"]
    assert requests.delete(f"{server.url}/api/v1/items", params={"source": "clusters", "external_id": "alone"},
                           headers=server.headers).status_code == 204
    wait_until(lambda: cluster_of(server, alone) is None, "the removal")
    assert_problem(get(server, f"/{cluster_of(server, server.images['box'])}", narrow), 404)
    for order in ("size", "newest"):
        seen, cursor = [], None
        while True:
            page = ok(get(server, "", narrow, order=order, limit=1, **({"cursor": cursor} if cursor else {})))
            seen += [one["id"] for one in page["clusters"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
            assert re.fullmatch(r"\d+-?", cursor), "a cursor tells no size"
        assert seen == [cluster]


@pytest.mark.parametrize("path,body,field", [
    ("/merge", {"cluster_ids": ["1"]}, "cluster_ids"),
    ("/merge", {"cluster_ids": ["1", "x"]}, "cluster_ids"),
    ("/merge", {"cluster_ids": "1"}, "cluster_ids"),
    ("/merge", {"cluster_ids": ["1", "2"], "name": "x"}, "name"),
    ("/move", {"image_id": "1"}, "cluster_id"),
    ("/move", {"image_id": "-1", "cluster_id": "1"}, "image_id"),
    ("/not-same", {"image_id": "1"}, "other_image_id"),
    ("/1/split", {"image_ids": []}, "image_ids"),
    ("/1/label", {}, "label"),
    ("/1/label", {"label": 7}, "label"),
    ("/x/label", {"label": "x"}, "id"),
])
def test_bad_changes_name_the_field(server, path, body, field):
    assert_problem(post(server, path, body), 422, field)


@pytest.mark.parametrize("path,body", [
    ("/merge", {"cluster_ids": ["999991", "999992"]}),
    ("/move", {"image_id": "999991", "cluster_id": "999991"}),
    ("/not-same", {"image_id": "999991", "other_image_id": "999992"}),
    ("/999991/split", {"image_ids": ["999991"]}),
    ("/999991/label", {"label": "x"}),
])
def test_changes_of_nothing_are_not_found(server, path, body):
    assert_problem(post(server, path, body), 404)


def test_a_long_name_is_refused(server):
    cluster = clusters(server)[0]["id"]
    assert_problem(post(server, f"/{cluster}/label", {"label": "x" * 300}), 422, "label")
    assert_problem(post(server, f"/{cluster}/label", {"label": "a\u0000b"}), 422, "label")


@pytest.mark.parametrize("parameters,field", [
    ({"order": "colour"}, "order"), ({"min_size": "0"}, "min_size"), ({"min_size": "1001"}, "min_size"),
    ({"duplicates": "yes"}, "duplicates"), ({"limit": "101"}, "limit"), ({"cursor": "x"}, "cursor"),
    ({"cursor": "1-x"}, "cursor"), ({"cursor": "5", "order": "size"}, "cursor"),
    ({"cursor": "1-%", "order": "label"}, "cursor"), ({"page": "2"}, "page"),
])
def test_bad_parameters_are_named(server, parameters, field):
    assert_problem(get(server, "", **parameters), 422, field)


def test_commands_list_and_evaluate(server):
    def listed():
        return json.loads(fit_process.run(server.data, "clusters", "list", "--min-size", "1", "--json").stdout)["clusters"]

    # The clusters of items that earlier tests removed go a moment later.
    wait_until(lambda: {one["id"] for one in listed()} == {one["id"] for one in clusters(server)}, "equal lists")
    report = json.loads(fit_process.run(server.data, "clusters", "evaluate", "--drawn", "6", "--threshold", "0.9",
                                        "--threshold", "1", "--json").stdout)
    strict = report["thresholds"][1]
    for kind in ("joined", "rebuilt"):
        assert 0 < strict[kind]["recall"] <= 1 and strict[kind]["precision"] == 1, "six garments that differ"
    assert fit_process.run(server.data, "clusters", "evaluate", check=False).returncode != 0


def test_a_server_can_do_without(tmp_path):
    with Server(tmp_path, CLUSTERS="false") as running:
        running.headers = {}
        put(running, "one", image_files.jpeg(3))
        assert clusters(running) == []
        report = json.loads(fit_process.run(tmp_path, "clusters", "rebuild", "--json").stdout)
        assert report["placed"] == 1
        assert len(clusters(running)) == 1


def test_an_asset_names_the_cluster_of_its_item(server):
    photo = image_files.encode(image_files.distinct(0), quality=60)
    sent = requests.post(f"{server.url}/api/v1/ingest", headers=server.headers,
                         files={"files": ("a.jpg", photo, "image/jpeg")},
                         data={"metadata": json.dumps({"make_item": True})})
    assert sent.status_code == 202, sent.text
    path = f"{server.url}/api/v1/assets/{sent.json()['asset_id']}"
    wait_until(lambda: requests.get(path, headers=server.headers).json()["cluster_ids"], "the cluster of an asset")
    asset = requests.get(path, headers=server.headers).json()
    item = requests.get(f"{server.url}/api/v1/items/{asset['item_id']}", headers=server.headers).json()
    assert asset["cluster_ids"] == [cluster_of(server, item["images"][0]["id"])]


def ingest(server, photo, name="a.jpg", **metadata):
    """Sends a photo and returns the id of its asset, whose work is done."""
    sent = requests.post(f"{server.url}/api/v1/ingest", headers=server.headers,
                         files={"files": (name, photo, "image/jpeg")}, data={"metadata": json.dumps(metadata)})
    assert sent.status_code == 202, sent.text
    asset = sent.json()["asset_id"]
    wait_until(lambda: asset_of(server, asset)["state"] == "done", "the work on an asset")
    return asset


def asset_of(server, asset):
    return ok(requests.get(f"{server.url}/api/v1/assets/{asset}", headers=server.headers))


def cluster_of_asset(server, asset):
    """The id of the cluster of an asset of one image, when it is in one."""
    wait_until(lambda: asset_of(server, asset)["cluster_ids"], "the cluster of an asset")
    [cluster] = asset_of(server, asset)["cluster_ids"]
    return cluster


def image_of(server, asset):
    """The id of the image of an asset as a member of its cluster."""
    found = ok(get(server, f"/{cluster_of_asset(server, asset)}"))["members"]
    [image] = [member["image_id"] for member in found if member.get("asset_id") == asset]
    return image


@pytest.fixture(scope="module")
def assets_server(tmp_path_factory):
    """A server whose callers need a key, without items."""
    data = tmp_path_factory.mktemp("assets-in-clusters")
    with Server(data, API_KEY=ROOT) as running:
        running.headers = {"Authorization": f"Bearer {ROOT}"}
        yield running


def test_photos_that_are_no_items_form_clusters(assets_server):
    server = assets_server
    dress = image_files.distinct(0)
    one = ingest(server, image_files.encode(dress, quality=92), title="Rust dress")
    copy = ingest(server, image_files.encode(dress, quality=70), "copy.jpg")
    box = ingest(server, image_files.jpeg(1))
    cluster = cluster_of_asset(server, one)
    assert cluster_of_asset(server, copy) == cluster != cluster_of_asset(server, box)
    body = ok(get(server, f"/{cluster}"))
    assert (body["size"], body["photos"]) == (2, 1)
    assert [(member["asset_id"], member["title"]) for member in body["members"]] == [
        (one, "Rust dress"), (copy, "copy.jpg")]
    assert all("item_id" not in member for member in body["members"])
    for address in (body["centre"]["thumbnail_url"], body["members"][1]["url"]):
        shown = requests.get(server.url + address, headers=server.headers)
        assert shown.status_code == 200 and shown.headers["Content-Type"] == "image/jpeg"
    item = put(server, "dress", image_files.encode(dress, quality=80))
    wait_until(lambda: item in members(server, cluster), "an item beside the assets")
    assert requests.delete(f"{server.url}/api/v1/assets/{copy}", headers=server.headers).status_code == 204
    wait_until(lambda: ok(get(server, f"/{cluster}"))["size"] == 2, "the removal")
    first, second = (ok(get(server, f"/{cluster}", limit=1, **more)) for more in (
        {}, {"cursor": ok(get(server, f"/{cluster}", limit=1))["next_cursor"]}))
    assert [first["members"][0]["image_id"], second["members"][0]["image_id"]] == members(server, cluster)


def test_who_sees_no_assets_does_not_count_them(assets_server):
    server = assets_server
    photo = image_files.distinct(4)
    item = put(server, "wide", image_files.encode(photo, quality=92))
    wait_until(lambda: cluster_of(server, item), "the cluster of an item")
    asset = ingest(server, image_files.encode(photo, quality=75))
    alone = ingest(server, image_files.jpeg(7))
    cluster = cluster_of_asset(server, asset)
    assert cluster == cluster_of(server, item)
    hidden = cluster_of_asset(server, alone)
    ok(post(server, f"/{cluster}/label", {"label": "Coat of a file"}))
    image = image_of(server, alone)
    made = requests.post(f"{server.url}/api/v1/keys", headers=server.headers,
                         json={"name": "reader", "scopes": ["search", "items:read", "items:write"]})
    reader = {"Authorization": f"Bearer {made.json()['secret']}"}
    seen = ok(get(server, f"/{cluster}", reader))
    assert (seen["size"], seen["photos"], seen["label"], seen["labels"]) == (1, 1, None, [])
    assert [member["image_id"] for member in seen["members"]] == [item]
    assert seen["centre"]["image_id"] == item
    assert_problem(get(server, f"/{hidden}", reader), 404)
    assert hidden not in [one["id"] for one in clusters(server, reader)]
    assert_problem(post(server, "/move", {"image_id": image, "cluster_id": cluster}, reader), 404)
    assert_problem(post(server, f"/{hidden}/split", {"image_ids": [image]}, reader), 404)
    assert_problem(post(server, "/not-same", {"image_id": item, "other_image_id": image}, reader), 404)


def test_copies_of_an_asset_do_not_name_it_to_others(assets_server):
    server = assets_server
    photo = image_files.distinct(6)
    asset = ingest(server, image_files.encode(photo, quality=92))
    cluster = cluster_of_asset(server, asset)
    items = [put(server, f"copy {quality}", image_files.encode(photo, quality=quality)) for quality in (80, 70)]
    wait_until(lambda: set(items) <= set(members(server, cluster)), "the items beside the asset")
    made = requests.post(f"{server.url}/api/v1/keys", headers=server.headers,
                         json={"name": "other reader", "scopes": ["search", "items:read"]})
    reader = {"Authorization": f"Bearer {made.json()['secret']}"}
    photos = [[member["photo_id"] for member in ok(get(server, f"/{cluster}", headers))["members"]]
              for headers in (server.headers, reader)]
    assert photos == [[image_of(server, asset)] * 3, [items[0]] * 2]


def test_an_asset_that_becomes_an_item_keeps_its_cluster(assets_server):
    server = assets_server
    photo = image_files.jpeg(5)
    asset = ingest(server, photo)
    cluster = cluster_of_asset(server, asset)
    ok(post(server, f"/{cluster}/label", {"label": "Boots"}))
    assert ingest(server, photo, make_item=True) == asset
    wait_until(lambda: asset_of(server, asset)["item_id"], "the item of an asset")
    wait_until(lambda: [member.get("item_id") for member in ok(get(server, f"/{cluster}"))["members"]] == [
        asset_of(server, asset)["item_id"]], "the item in the place of the asset")
    assert ok(get(server, f"/{cluster}"))["label"] == "Boots"
    assert asset_of(server, asset)["cluster_ids"] == [cluster]


def test_a_rebuild_keeps_what_people_said_of_assets(assets_server):
    server = assets_server
    photo = image_files.distinct(2)
    one, other = (ingest(server, image_files.encode(photo, quality=quality)) for quality in (92, 70))
    cluster = cluster_of_asset(server, one)
    assert cluster_of_asset(server, other) == cluster
    ok(post(server, f"/{cluster}/label", {"label": "Skirt"}))
    ok(post(server, "/not-same", {"image_id": image_of(server, other), "other_image_id": image_of(server, one)}))
    late = ingest(server, image_files.encode(photo, quality=80))
    assert cluster_of_asset(server, late) in (cluster_of_asset(server, one), cluster_of_asset(server, other))
    fit_process.run(server.data, "clusters", "rebuild", "--json")
    assert cluster_of_asset(server, one) != cluster_of_asset(server, other), "a person said so"
    assert ok(get(server, f"/{cluster}"))["label"] == "Skirt"
