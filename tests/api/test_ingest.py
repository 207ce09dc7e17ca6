"""Files in: POST /api/v1/ingest, the assets that come of it, and their items."""

import concurrent.futures
import contextlib
import json
import socket
import threading

import pytest
import requests

import image_files
from checks import assert_problem
from fit_process import Server, run, wait_until


def part(content, name="photo.jpg"):
    return ("files", (name, content))


def send(server, *contents, metadata=None, **options):
    """Sends files; each is a content, or a name and a content."""
    files = [part(one) if isinstance(one, bytes) else part(one[1], one[0]) for one in contents]
    data = None if metadata is None else {"metadata": json.dumps(metadata)}
    return server.post("/api/v1/ingest", files=files, data=data, **options)


def asset(server, asset_id):
    response = server.get(f"/api/v1/assets/{asset_id}")
    assert response.status_code == 200, response.text
    return response.json()


def finished(server, asset_id):
    """The asset once its work has ended."""
    wait_until(lambda: asset(server, asset_id)["state"] in ("done", "failed"), f"the work on asset {asset_id}")
    return asset(server, asset_id)


@pytest.fixture(scope="module")
def ingesting(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("ingest")) as server:
        yield server


def test_a_photo_becomes_an_asset(ingesting):
    photo = image_files.jpeg(1)
    response = send(ingesting, ("coat.jpg", photo), metadata={"title": "Red coat", "tags": ["new"]})
    assert response.status_code == 202, response.text
    accepted = response.json()
    assert accepted["status"] == "queued"
    assert response.headers["Location"] == f"/api/v1/assets/{accepted['asset_id']}"
    done = finished(ingesting, accepted["asset_id"])
    assert done["state"] == "done" and done["error"] is None, done
    assert (done["width"], done["height"], done["media_type"]) == (240, 300, "image/jpeg")
    assert (done["name"], done["title"], done["tags"]) == ("coat.jpg", "Red coat", ["new"])
    assert done["properties"]["category"] == "outerwear"
    assert done["item_id"] is None
    assert [job["id"] for job in done["jobs"]] == [accepted["job_id"]]
    assert done["jobs"][0]["errors"] == []
    thumbnail = ingesting.get(done["thumbnail_url"])
    assert thumbnail.status_code == 200 and thumbnail.headers["Content-Type"] == "image/jpeg"
    for response in (thumbnail, ingesting.get(done["content_url"])):
        assert "X-Tenant" in response.headers["Vary"], "the ids of assets are those of a tenant"


def test_an_item_is_found_by_its_own_photo(ingesting):
    photo = image_files.jpeg(2)
    accepted = send(ingesting, photo, metadata={"title": "Box bag", "source": "shop", "external_id": "7",
                                                "make_item": True}).json()
    done = finished(ingesting, accepted["asset_id"])
    assert done["state"] == "done", done
    item = ingesting.get("/api/v1/items?source=shop&external_id=7").json()
    assert item["id"] == done["item_id"] and item["title"] == "Box bag"

    def found():
        results = ingesting.search_by_image(image_base64=image_files.text(photo)).json()["results"]
        return results and results[0]["id"] == done["item_id"] and results[0]["similarity"] > 0.999
    wait_until(found, "finding the item by its photo")
    again = send(ingesting, photo, metadata={"source": "shop", "external_id": "7", "make_item": True}).json()
    assert again["status"] == "known" and again["asset_id"] == accepted["asset_id"]
    assert finished(ingesting, again["asset_id"])["item_id"] == done["item_id"]


def test_equal_bytes_are_one_asset(ingesting):
    photo = image_files.jpeg(3)
    first = send(ingesting, ("a.jpg", photo)).json()
    second = send(ingesting, ("b.jpg", photo)).json()
    assert (first["status"], second["status"]) == ("queued", "known")
    assert first["asset_id"] == second["asset_id"]
    both = send(ingesting, image_files.jpeg(4), image_files.jpeg(4)).json()["jobs"]
    assert both[0]["asset_id"] == both[1]["asset_id"]
    finished(ingesting, first["asset_id"])
    item = send(ingesting, photo, metadata={"make_item": True}).json()
    assert item["asset_id"] == first["asset_id"], "an item may be made later"
    wait_until(lambda: asset(ingesting, first["asset_id"])["item_id"] is not None, "the item")


def test_one_bad_file_does_not_refuse_the_others(ingesting):
    response = send(ingesting, image_files.jpeg(5), ("trap.jpg", b"PK\x03\x04" + b"a zip file" * 100),
                    image_files.jpeg(6), metadata=[{"title": "A"}, {}, {"title": "C"}])
    assert response.status_code == 202
    jobs = response.json()["jobs"]
    assert [job["status"] for job in jobs] == ["queued", "refused", "queued"]
    error = jobs[1]["error"]
    assert error["status"] == 415 and error["field"] == "files[1]" and error["title"] == "Unsupported Media Type"
    assert asset(ingesting, jobs[2]["asset_id"])["title"] == "C"


def test_a_thousand_files_in_one_request(ingesting):
    contents = [image_files.encode(image_files.drawn((n % 256, n // 256, 7), size=(16, 16)), "PNG") for n in range(1000)]
    assert len(set(contents)) == 1000
    jobs = send(ingesting, *contents).json()["jobs"]
    assert {job["status"] for job in jobs} == {"queued"}
    assert len({job["asset_id"] for job in jobs}) == 1000
    wait_until(lambda: not ingesting.get("/api/v1/assets?state=queued&limit=1").json()["assets"]
               and not ingesting.get("/api/v1/assets?state=working&limit=1").json()["assets"], "the work on 1,000 files")
    assert asset(ingesting, jobs[-1]["asset_id"])["state"] == "done"
    assert_problem(send(ingesting, *contents, contents[0], contents[1]), 413, "body")


def refused_later():
    """Files that begin as images, with the error of the work on them."""
    photo = image_files.jpeg(8)
    return {"truncated": (photo[:len(photo) // 3], "malformed"),
            "noise": (b"\xff\xd8\xff" + b"noise" * 200, "malformed"),
            "huge_header": (image_files.huge_header(), "too_large"),
            "wide_bomb": (image_files.wide_bomb(), "too_large")}


@pytest.mark.parametrize("kind", refused_later())
def test_a_bad_image_fails_and_says_why(ingesting, kind):
    content, code = refused_later()[kind]
    accepted = send(ingesting, content, metadata={"make_item": True}).json()
    failed = finished(ingesting, accepted["asset_id"])
    assert failed["state"] == "failed", failed
    assert failed["error"]["code"] == code and failed["error"]["field"] == "file" and failed["error"]["detail"]
    assert failed["item_id"] is None
    wait_until(lambda: asset(ingesting, accepted["asset_id"])["jobs"][0]["state"] == "dead", "the end of the job")
    job = asset(ingesting, accepted["asset_id"])["jobs"][0]
    assert job["attempts"] == 1 and job["errors"][0]["class"] == "bad_input" and job["errors"][0]["code"] == code
    listed = ingesting.get("/api/v1/assets?state=failed&limit=200").json()["assets"]
    assert accepted["asset_id"] in [one["id"] for one in listed]


@pytest.mark.parametrize("content, status", [
    (b"", 400), (b"PK\x03\x04" + bytes(600), 415), (b"<svg xmlns='http://www.w3.org/2000/svg'/>" + bytes(600), 415),
    (b"\x1a\x45\xdf\xa3" + bytes(600), 415), (b"%PDF-1.7" + bytes(600), 415)])
def test_other_files_are_refused_at_once(ingesting, content, status):
    before = ingesting.get("/api/v1/assets?limit=1").json()
    assert_problem(send(ingesting, content), status, "files")
    assert ingesting.get("/api/v1/assets?limit=1").json() == before


def test_a_file_over_the_limit_is_refused(tmp_path):
    with Server(tmp_path, MAX_IMAGE_BYTES=10_000, MAX_UPLOAD_BYTES=50_000) as server:
        photo = image_files.encode(image_files.drawn(size=(900, 900)), quality=100)
        assert 10_000 < len(photo) < 45_000
        assert_problem(send(server, photo), 413, "files")
        assert_problem(send(server, photo, photo, photo), 413)


@pytest.mark.parametrize("metadata, field", [
    ({"titel": "x"}, "metadata.titel"), ({"title": 7}, "metadata.title"), ([{}, {}], "metadata"),
    ({"tags": "red"}, "metadata.tags"), ({"tags": [""]}, "metadata.tags[0]"), ({"make_item": 1}, "metadata.make_item"),
    ({"source": "x" * 200}, "metadata.source"), ([{"title": "a\0b"}], "metadata[0].title"), ("text", "metadata")])
def test_bad_metadata_is_named_and_changes_nothing(ingesting, metadata, field):
    before = ingesting.get("/api/v1/assets?limit=1").json()
    assert_problem(send(ingesting, image_files.encode(image_files.drawn(size=(33, 34))), metadata=metadata), 422, field)
    assert ingesting.get("/api/v1/assets?limit=1").json() == before


@pytest.mark.parametrize("options, status", [
    ({"data": b"x", "headers": {"Content-Type": "image/jpeg"}}, 415), ({"json": {}}, 422), ({"json": {"urls": []}}, 422),
    ({"json": {"urls": ["https://x.example/a.jpg"], "files": 1}}, 422), ({"json": {"urls": [7]}}, 422),
    ({"json": {"urls": ["x"] * 1001}}, 422), ({"files": [("photo", ("a.jpg", b"x"))]}, 422),
    ({"data": b"--b--", "headers": {"Content-Type": "multipart/form-data; boundary=b"}}, 422),
    ({"data": b"--b\r\n", "headers": {"Content-Type": "multipart/form-data; boundary=b"}}, 400),
    ({"data": b"x", "headers": {"Content-Type": "multipart/form-data"}}, 400)])
def test_other_requests_are_refused(ingesting, options, status):
    assert_problem(ingesting.post("/api/v1/ingest", **options), status)


def test_another_item_of_the_key_is_not_touched(ingesting):
    ingesting.post("/api/v1/items", json={"source": "own", "external_id": "1", "title": "Mine",
                                         "images": [{"image_base64": image_files.text(image_files.jpeg(11))}]})
    accepted = send(ingesting, image_files.jpeg(12), metadata={"source": "own", "external_id": "1", "make_item": True}).json()
    failed = finished(ingesting, accepted["asset_id"])
    assert failed["state"] == "failed" and failed["error"]["code"] == "conflict"
    assert ingesting.get("/api/v1/items?source=own&external_id=1").json()["title"] == "Mine"


def test_content_with_ranges_and_entity_tags(ingesting):
    photo = image_files.jpeg(13)
    accepted = send(ingesting, photo).json()
    path = f"/api/v1/assets/{accepted['asset_id']}/content"
    whole = ingesting.get(path)
    assert whole.content == photo and whole.headers["Content-Type"] == "image/jpeg"
    assert whole.headers["Accept-Ranges"] == "bytes" and "sandbox" in whole.headers["Content-Security-Policy"]
    tag = whole.headers["ETag"]
    assert ingesting.get(path, headers={"If-None-Match": tag}).status_code == 304
    for text, expected in [("bytes=0-9", photo[:10]), ("bytes=100-", photo[100:]), ("bytes=-7", photo[-7:])]:
        some = ingesting.get(path, headers={"Range": text})
        assert some.status_code == 206 and some.content == expected
    assert ingesting.get(path, headers={"Range": "bytes=2-3"}).headers["Content-Range"] == f"bytes 2-3/{len(photo)}"
    assert ingesting.get(path, headers={"Range": "bytes=0-9", "If-Range": '"other"'}).content == photo
    assert ingesting.get(path, headers={"Range": "bytes=0-9", "If-Range": tag}).status_code == 206
    beyond = ingesting.get(path, headers={"Range": f"bytes={len(photo)}-"})
    assert beyond.status_code == 416 and beyond.headers["Content-Range"] == f"bytes */{len(photo)}"
    head = requests.head(ingesting.url + path, timeout=30)
    assert int(head.headers["Content-Length"]) == len(photo)
    assert ingesting.get("/api/v1/assets/999999/content").status_code == 404


def test_the_list_has_pages(tmp_path):
    with Server(tmp_path) as server:
        jobs = send(server, *[image_files.jpeg(n) for n in range(5)]).json()["jobs"]
        sent = sorted((job["asset_id"] for job in jobs), key=int)
        first = server.get("/api/v1/assets?limit=3").json()
        assert [one["id"] for one in first["assets"]] == sent[:1:-1]
        second = server.get(f"/api/v1/assets?limit=3&cursor={first['next_cursor']}").json()
        assert [one["id"] for one in second["assets"]] == sent[1::-1] and second["next_cursor"] is None
        assert len(server.get("/api/v1/assets?mine=true").json()["assets"]) == 5
        for query, field in [("state=lost", "state"), ("limit=0", "limit"), ("limit=201", "limit"), ("cursor=x", "cursor"),
                             ("mine=1", "mine"), ("stat=done", "stat")]:
            assert_problem(server.get(f"/api/v1/assets?{query}"), 422, field)


def test_an_asset_is_removed_and_its_item_stays(ingesting):
    accepted = send(ingesting, image_files.jpeg(14), metadata={"make_item": True}).json()
    item = finished(ingesting, accepted["asset_id"])["item_id"]
    assert ingesting.delete(f"/api/v1/assets/{accepted['asset_id']}").status_code == 204
    assert ingesting.get(f"/api/v1/assets/{accepted['asset_id']}").status_code == 404
    assert ingesting.delete(f"/api/v1/assets/{accepted['asset_id']}").status_code == 404
    assert ingesting.get(f"/api/v1/items/{item}").status_code == 200


def test_pruning_keeps_the_files_of_assets(tmp_path):
    photo = image_files.jpeg(15)
    with Server(tmp_path) as server:
        accepted = send(server, photo).json()
        finished(server, accepted["asset_id"])
    report = json.loads(run(tmp_path, "assets", "prune", "--older-than", "1", "--json").stdout)
    assert report["named"]["files"] == 2, "the file and its thumbnail"
    with Server(tmp_path) as server:
        assert server.get(f"/api/v1/assets/{accepted['asset_id']}/content").content == photo


class TestIdempotencyKeys:
    def test_a_repetition_gets_the_same_response(self, ingesting):
        photo = image_files.jpeg(20)
        headers = {"Idempotency-Key": '"8e03978e-40d5-43dd-bc93-6894a57f9324"'}
        first = send(ingesting, photo, headers=headers)
        assert first.status_code == 202 and first.json()["status"] == "queued"
        again = send(ingesting, photo, headers=headers)
        assert again.status_code == 202 and again.json() == first.json(), "not \"known\": the request is the same"
        assert again.headers["Idempotent-Replayed"] == "true" and "Idempotent-Replayed" not in first.headers
        assert_problem(send(ingesting, image_files.jpeg(21), headers=headers), 422, "Idempotency-Key")
        assert_problem(send(ingesting, photo, metadata={"title": "x"}, headers=headers), 422, "Idempotency-Key")

    def test_refusals_are_repeated_too(self, ingesting):
        headers = {"Idempotency-Key": "refused"}
        first = send(ingesting, b"no image" * 100, headers=headers)
        again = send(ingesting, b"no image" * 100, headers=headers)
        assert (first.status_code, again.status_code) == (415, 415)
        assert again.json() == first.json() and again.headers["Content-Type"] == "application/problem+json"

    def test_urls(self, ingesting):
        body = {"urls": ["https://shop.example/1.jpg"]}
        first, again = (ingesting.post("/api/v1/ingest", json=body, headers={"Idempotency-Key": "urls"}).json() for _ in range(2))
        assert first == again

    @pytest.mark.parametrize("key", ["", "x" * 256, '"a"b"', "a b"])
    def test_bad_keys(self, ingesting, key):
        response = send(ingesting, image_files.jpeg(22), headers={"Idempotency-Key": key})
        assert response.status_code == (202 if key == "" else 422)

    def test_concurrent_repetitions_make_one_asset(self, ingesting):
        photo = image_files.jpeg(23)
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            responses = list(pool.map(lambda _: send(ingesting, photo, headers={"Idempotency-Key": "together"}), range(8)))
        done = [response.json() for response in responses if response.status_code == 202]
        assert done and all(one == done[0] for one in done)
        assert {response.status_code for response in responses} <= {202, 409}


class Web:
    """A web server with the given responses by path; a proxy, too: the host of a request does not matter."""

    def __init__(self, responses):
        self.responses = responses
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.paths = []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                with connection, contextlib.suppress(OSError, IndexError):
                    target = connection.recv(10_000).split()[1].decode()
                    path = "/" + target.split("://")[-1].partition("/")[2]
                    self.paths.append(path)
                    status, headers, body = self.responses.get(path, ("404 Not Found", "", b""))
                    connection.sendall(f"HTTP/1.1 {status}\r\nConnection: close\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode()
                                       + body)


def found(content):
    return "200 OK", "Content-Type: text/plain\r\n", content


def test_urls_are_fetched_by_jobs(tmp_path):
    photo = image_files.jpeg(30)
    web = Web({"/a.jpg": found(photo), "/same.jpg": found(photo), "/b.jpg": found(b"no image" * 100),
               "/big.jpg": found(image_files.encode(image_files.drawn(size=(1500, 1500)), "PNG", compress_level=0))})
    with Server(tmp_path, ALLOW_PRIVATE_ADDRESSES="true", MAX_IMAGE_BYTES=100_000) as server:
        names = ["a", "b", "big", "none"]
        body = {"urls": [f"{web.url}/{name}.jpg?size=2" if name == "none" else f"{web.url}/{name}.jpg" for name in names] + ["ftp://x/y"],
                "metadata": {"title": "By URL"}}
        jobs = server.post("/api/v1/ingest", json=body).json()["jobs"]
        assert jobs[4]["status"] == "refused" and jobs[4]["error"]["field"] == "urls[4]"
        ends = [finished(server, job["asset_id"]) for job in jobs[:4]]
        assert [end["state"] for end in ends] == ["done", "failed", "failed", "failed"]
        assert ends[0]["title"] == "By URL" and ends[0]["name"] == "a.jpg" and ends[0]["media_type"] == "image/jpeg"
        assert server.get(ends[0]["content_url"]).content == photo
        assert [end["error"]["code"] for end in ends[1:]] == ["unsupported_media", "too_large", "not_found"]
        assert all(end["error"]["field"] == "url" for end in ends[1:])
        same = server.post("/api/v1/ingest", json={"urls": [f"{web.url}/same.jpg"]}).json()
        twin = finished(server, same["asset_id"])
        assert twin["state"] == "done" and twin["same_as"] == jobs[0]["asset_id"] and twin["content_url"] is None


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/a.jpg", "http://localhost/a.jpg", "http://[::1]/a.jpg",
                                 "http://169.254.169.254/latest/meta-data", "http://10.0.0.1/a.jpg"])
def test_private_addresses_are_refused(ingesting, url):
    accepted = ingesting.post("/api/v1/ingest", json={"urls": [url]}).json()
    failed = finished(ingesting, accepted["asset_id"])
    assert failed["state"] == "failed" and failed["error"]["code"] == "invalid" and failed["error"]["field"] == "url"


def test_a_redirect_to_the_inside_is_refused(tmp_path):
    inside = Web({"/secret.jpg": found(image_files.jpeg(31))})
    outside = Web({"/a.jpg": ("302 Found", f"Location: {inside.url}/secret.jpg\r\n", b"")})
    with Server(tmp_path, http_proxy=outside.url, no_proxy="none.example") as server:
        accepted = server.post("/api/v1/ingest", json={"urls": ["http://shop.example/a.jpg"]}).json()
        failed = finished(server, accepted["asset_id"])
        assert failed["state"] == "failed" and failed["error"]["code"] == "invalid", failed
    assert outside.paths == ["/a.jpg"] and inside.paths == []


ROOT = "the-key-of-the-environment"


def test_scopes_and_owners(tmp_path):
    with Server(tmp_path, API_KEY=ROOT) as server:
        def key(*scopes):
            made = server.post("/api/v1/keys", json={"name": "test", "scopes": list(scopes)},
                               headers={"Authorization": f"Bearer {ROOT}"})
            return {"headers": {"Authorization": f"Bearer {made.json()['secret']}"}}
        writer, other, editor, reader = key("ingest"), key("ingest"), key("ingest", "items:write"), key("items:read")
        photo = image_files.jpeg(40)
        assert send(server, photo, **reader).status_code == 403
        assert send(server, photo).status_code == 401
        refused = send(server, photo, metadata={"make_item": True}, **writer)
        assert refused.status_code == 403 and refused.json()["missing_scopes"] == ["items:write"]
        assert server.get("/api/v1/assets", **writer).json()["assets"] == []
        accepted = send(server, photo, **writer).json()
        path = f"/api/v1/assets/{accepted['asset_id']}"
        assert server.get(path, **other).json()["owner"].startswith("key:")
        assert server.get("/api/v1/assets?mine=true", **other).json()["assets"] == []
        assert len(server.get("/api/v1/assets?mine=true", **writer).json()["assets"]) == 1
        refused = server.delete(path, **other)
        assert refused.status_code == 403 and refused.json()["missing_scopes"] == ["items:write"]
        assert server.delete(path, **editor).status_code == 204
        again = send(server, photo, **writer).json()
        assert again["status"] == "queued", "a removed asset is not known"
        assert server.delete(f"/api/v1/assets/{again['asset_id']}", **writer).status_code == 204
        keyed = {"Idempotency-Key": "k"}
        first = send(server, image_files.jpeg(41), headers=writer["headers"] | keyed)
        theirs = send(server, image_files.jpeg(42), headers=other["headers"] | keyed)
        assert (first.status_code, theirs.status_code) == (202, 202), "each caller has keys of their own"
