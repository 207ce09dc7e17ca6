"""Searches that are shared by a short link: what is kept, who opens it, who ends it, and when its photo is gone."""

import datetime
import io
import re
import secrets

import pytest
import requests
from PIL import Image

import fit_process
import image_files
import job_table
from checks import assert_problem, results
from fit_process import Server, tenants_server, wait_until
from test_sign_in import PASSWORD, ROOT, create, signed_in, with_key
from test_tenants import create_tenant, of, put

LINKS = "/api/v1/links"
CODE = re.compile(r"[abcdefghijkmnpqrstuvwxyz2-9]{13}")
PHOTO = {"image_base64": image_files.text(image_files.jpeg(3))}


def share(server, query, status=201, headers=None, **more):
    made = server.post(LINKS, json={"query": query, **more}, headers=headers or {})
    assert made.status_code == status, made.text
    return made.json()


def code_of(link):
    assert CODE.fullmatch(link["code"]), link
    return link["code"]


def days_of(link):
    start, end = (datetime.datetime.fromisoformat(link[name]) for name in ("created_at", "expires_at"))
    return (end - start).days


@pytest.fixture(scope="module")
def public(drawn_sample, tmp_path_factory):
    """A server that asks who is there and lets everybody search."""
    data = tmp_path_factory.mktemp("links")
    fit_process.run(data, "import", drawn_sample.csv, "--source", "sample")
    with Server(data, API_KEY=ROOT, ANONYMOUS_SEARCH="true", RATE_LIMIT_SIGN_IN="1000/second", RATE_LIMIT_WRITE="off",
                RATE_LIMIT_SEARCH="off") as server:
        yield server


def device():
    return {"X-Device-Id": secrets.token_hex(16)}


@pytest.mark.parametrize("query", [{"text": "blue dress"}, {"text": "dress", "filters": {"brand": ["COS"], "price_range": [None, 60]}},
                                   {"filters": {"category": ["dresses"]}}, {"text": "dress", "match": "close", "sort": "price_asc",
                                                                           "weights": {"text": 2}, "collapse_duplicates": True}])
def test_a_search_is_kept_as_it_was_given(public, query):
    made = share(public, query)
    assert made["url"] == f"{public.url}/s/{code_of(made)}" and made["photo_url"] is None
    assert days_of(made) == 365
    found = public.get(f"{LINKS}/{made['code']}").json()
    assert found["query"] == query
    assert found == made | {"query": query, "is_own": False}
    assert public.get(f"/s/{made['code']}").status_code == 200


def test_whoever_opens_a_link_finds_the_same(public, drawn_sample):
    photo = image_files.text(drawn_sample.photo(drawn_sample.rows[4]))
    query = {"image_base64": photo, "filters": {"source": "sample"}, "match": "any"}
    first = [one["id"] for one in results(public.search(**query, limit=5))]
    made = share(public, query, keep_photo=True)
    assert days_of(made) == 30
    opened = public.get(f"{LINKS}/{made['code']}").json()
    assert "image_base64" not in opened["query"] and photo not in str(opened)
    kept = public.get(opened["photo_url"])
    assert kept.headers["Content-Type"] == "image/jpeg" and "sandbox" in kept.headers["Content-Security-Policy"]
    again = [one["id"] for one in results(public.search(**opened["query"], image_base64=image_files.text(kept.content), limit=5))]
    assert again[0] == first[0] and len(set(again) & set(first)) >= 4
    item = {"item_id": first[0], "text": "in red"}
    opened = public.get(f"{LINKS}/{share(public, item)['code']}").json()["query"]
    assert [one["id"] for one in results(public.search(**opened))] == [one["id"] for one in results(public.search(**item))]


def test_a_photo_is_kept_only_if_the_sender_agrees(public):
    assert_problem(public.post(LINKS, json={"query": PHOTO}), 422, field="keep_photo")
    assert_problem(public.post(LINKS, json={"query": PHOTO, "keep_photo": False}), 422, field="keep_photo")
    assert_problem(public.post(LINKS, json={"query": {"text": "x"}, "keep_photo": True}), 422, field="keep_photo")
    assert_problem(public.post(LINKS, json={"query": PHOTO, "keep_photo": "yes"}), 422, field="keep_photo")


def test_what_a_camera_has_written_into_a_photo_is_not_kept(public):
    exif = Image.Exif()
    exif[0x010F] = "ACME"
    exif.get_ifd(0x8825)[1] = "N"
    content = image_files.encode(image_files.distinct(5).resize((2000, 2500)), exif=exif)
    assert b"ACME" in content
    made = share(public, {"image_base64": image_files.text(content)}, keep_photo=True)
    kept = public.get(made["photo_url"]).content
    assert b"ACME" not in kept and b"Exif" not in kept
    assert max(Image.open(io.BytesIO(kept)).size) == 1024


@pytest.mark.parametrize("content, status", [(b"<svg onload=alert(1)>", 415), (b"not an image at all, really", 415), (b"", 400),
                                             (image_files.jpeg(1)[:400], 400), (image_files.huge_header(), 413)])
def test_a_photo_that_is_no_image_is_refused(public, content, status):
    before = photos(public)
    answer = public.post(LINKS, json={"query": {"image_base64": image_files.text(content)}, "keep_photo": True})
    assert_problem(answer, status)
    assert photos(public) == before


@pytest.mark.parametrize("body, field", [
    ({}, "query"), ({"query": []}, "query"), ({"query": {"text": ""}}, "query.text"), ({"query": {"nothing": 1}}, "query.nothing"),
    ({"query": {"text": "x", "cursor": "y"}}, "query.cursor"), ({"query": {"text": "x", "tenants": ["*"]}}, "query.tenants"),
    ({"query": {"text": "x", "vector": [1], "space": "y"}}, "query.vector"), ({"query": {"text": "x"}, "code": "abc"}, "code"),
    ({"query": {"text": "x", "filters": {"price_range": "y"}}}, None), ({"query": {"item_id": "999999999"}}, None)])
def test_wrong_bodies_are_refused(public, body, field):
    answer = public.post(LINKS, json=body)
    assert answer.status_code in (404, 422), answer.text
    if field:
        assert_problem(answer, 422, field=field)


def test_a_query_has_a_size(public):
    brands = [f"brand {i:04} {'x' * 180}" for i in range(99)]
    assert_problem(public.post(LINKS, json={"query": {"text": "x", "filters": {"brand": brands}}}), 413, field="query")


HOSTILE = ["", "a", "a" * 12, "a" * 14, "A" * 13, "aaaaaaaaaaaa0", "aaaaaaaaaaaal", "..%2f..%2fetc", "%00" * 13, "a' OR 1=1 --x",
           "%F0%9F%92%A9aaaaaaaaa", "%E2%80%AEaaaaaaaaaaaa", "a" * 5000, "<script>13", "%3Cscript%3E1", "aaaaaaaaaaaaa"]


@pytest.mark.parametrize("code", HOSTILE)
def test_unknown_and_hostile_codes_are_unknown(public, code):
    for method, path in (("GET", f"{LINKS}/{code}"), ("DELETE", f"{LINKS}/{code}"), ("GET", f"/s/{code}"), ("GET", f"/s/{code}/photo")):
        answer = requests.request(method, public.url + path, headers=device(), timeout=60 * fit_process.PATIENCE)
        assert answer.status_code in (404, 405), (method, path[:60], answer.status_code)
    page = requests.get(f"{public.url}/s/{code}", headers={"Accept": "text/html"}, timeout=60 * fit_process.PATIENCE)
    assert page.status_code == 404 and '<div id="app">' in page.text


def photos(server):
    return int(job_table.execute(server.data, "SELECT COUNT(*) FROM short_link_photos")[0][0])


def test_an_expired_link_is_unknown_and_its_photo_deleted(drawn_sample, tmp_path):
    with Server(tmp_path) as server:
        made = share(server, PHOTO, keep_photo=True)
        other = share(server, {"text": "dress"})
        assert photos(server) == 1
    job_table.execute(tmp_path, f"UPDATE short_links SET expires_at = 1000000 WHERE code = '{made['code']}'")
    with Server(tmp_path) as server:
        for path in (f"{LINKS}/{made['code']}", made["photo_url"]):
            assert_problem(server.get(path), 404)
        assert server.get(f"/s/{made['code']}").status_code == 404
        wait_until(lambda: photos(server) == 0, "the removal of the photo")
        assert server.get(f"{LINKS}/{other['code']}").status_code == 200


def test_a_link_is_ended_by_who_has_made_it(public):
    create(public.data, "ann@x.example", "shopper")
    create(public.data, "bea@x.example", "owner")
    ann, bea = signed_in(public, "ann@x.example"), signed_in(public, "bea@x.example")
    made = ann.call("POST", LINKS, json={"query": PHOTO, "keep_photo": True}).json()
    assert made["is_own"]
    path = f"{LINKS}/{made['code']}"
    assert bea.call("GET", path).json()["is_own"] is False
    assert bea.call("DELETE", path).status_code == 404
    assert with_key(public, "DELETE", path).status_code == 404
    assert requests.delete(public.url + path, headers=device()).status_code == 404
    exported = ann.call("GET", "/api/v1/auth/me/export").json()["short_links"]
    assert [(one["code"], one["has_photo"], one["tenant"]) for one in exported] == [(made["code"], True, "default")]
    assert ann.call("DELETE", path).status_code == 204
    for gone in (path, made["photo_url"]):
        assert_problem(public.get(gone), 404)


def test_links_of_devices_and_keys_are_their_own(public):
    mine, others = device(), device()
    made = share(public, {"text": "dress"}, headers=mine)
    assert made["is_own"]
    for headers in (others, {}):
        assert_problem(public.delete(f"{LINKS}/{made['code']}", headers=headers), 404)
    assert public.delete(f"{LINKS}/{made['code']}", headers=mine).status_code == 204
    nobodys = share(public, {"text": "dress"})
    assert nobodys["is_own"] is False
    assert_problem(public.delete(f"{LINKS}/{nobodys['code']}"), 404)
    assert_problem(public.post(LINKS, json={"query": {"text": "x"}}, headers={"X-Device-Id": "me"}), 422, field="X-Device-Id")


def test_links_go_with_the_account(public):
    create(public.data, "cleo@x.example", "shopper")
    cleo = signed_in(public, "cleo@x.example")
    made = cleo.call("POST", LINKS, json={"query": PHOTO, "keep_photo": True}).json()
    assert cleo.call("DELETE", "/api/v1/auth/me", json={"password": PASSWORD}).status_code == 204
    wait_until(lambda: public.get(f"{LINKS}/{made['code']}").status_code == 404, "the end of the link")


def test_somebody_has_at_most_500_links(public):
    mine = device()
    with requests.Session() as session:
        session.headers.update(mine)
        for _ in range(500):
            assert session.post(public.url + LINKS, json={"query": {"filters": {"brand": "x"}}}).status_code == 201
        assert_problem(session.post(public.url + LINKS, json={"query": {"text": "x"}}), 409)
    share(public, {"text": "dress"}, headers=device())


def test_a_closed_server_tells_strangers_nothing(tmp_path):
    with Server(tmp_path, API_KEY=ROOT) as server:
        made = with_key(server, "POST", LINKS, json={"query": {"text": "secret coat"}}).json()
        assert server.post(LINKS, json={"query": {"text": "x"}}).status_code == 401
        for path in (f"{LINKS}/{made['code']}", f"/s/{made['code']}/photo"):
            assert server.get(path).status_code == 401
        page = server.get(f"/s/{made['code']}")
        assert page.status_code == 200 and "secret" not in page.text and "og:" not in page.text
        assert server.get("/s/aaaaaaaaaaaaa").text == page.text, "nobody learns which links there are"
        assert with_key(server, "GET", f"{LINKS}/{made['code']}").json()["query"] == {"text": "secret coat"}


def test_tenants_are_apart(tmp_path):
    with tenants_server(tmp_path) as server:
        create_tenant(server, "a")
        put(server, 2, of("a"), title="Coat of a")
        made = share(server, {"text": "coat of a"}, headers=of("a"))
        assert made["url"] == f"{server.url}/s/{made['code']}?tenant=a"
        photo = share(server, PHOTO, headers=of("a"), keep_photo=True)["photo_url"]
        assert photo.endswith("/photo?tenant=a") and server.get(photo).status_code == 200
        assert_problem(server.get(photo.split("?")[0]), 404)
        assert_problem(server.get(f"{LINKS}/{made['code']}"), 404)
        assert server.get(f"{LINKS}/{made['code']}", headers=of("a")).status_code == 200
        assert "coat of a" in server.get(f"/s/{made['code']}?tenant=a").text
        assert server.get(f"/s/{made['code']}").status_code == 404
        for name in ("b", "..", "a'--"):
            assert "coat of a" not in server.get(f"/s/{made['code']}", params={"tenant": name}).text


def test_the_log_has_no_codes(tmp_path):
    with Server(tmp_path) as server:
        made = share(server, PHOTO, keep_photo=True)
        for path in (f"{LINKS}/{made['code']}", f"/s/{made['code']}", made["photo_url"]):
            assert server.get(path).status_code == 200
        server.delete(f"{LINKS}/{made['code']}")
        assert made["code"] not in server.output() and "/s/..." in server.output()
