"""Searches by photo, file, URL and item."""

import base64
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

import image_files
from checks import assert_problem, results
from fit_process import Server, run

RESULT_MEMBERS = ["id", "source", "external_id", "title", "brand", "price", "currency", "size", "url", "image_url",
                  "images", "deep_link", "similarity", "properties"]


@pytest.fixture(scope="module")
def row(drawn_sample):
    return drawn_sample.rows[17]


@pytest.fixture(scope="module")
def photo(drawn_sample, row):
    return drawn_sample.photo(row)


def test_a_photo_finds_its_item_first(server, photo, row):
    response = server.search_by_image(image_base64=image_files.text(photo), limit=5)
    found = results(response)
    assert found[0]["external_id"] == row["external_id"]
    assert found[0]["similarity"] > 0.999
    assert len(found) == 5
    assert [one["similarity"] for one in found] == sorted((one["similarity"] for one in found), reverse=True)
    assert len({one["id"] for one in found}) == 5


def test_the_response_has_the_contract_shape(server, photo, row):
    body = server.search_by_image(image_base64=image_files.text(photo)).json()
    assert list(body) == ["results", "took_ms", "embedding_provider"]
    assert body["embedding_provider"] == "palette"
    assert 0 < body["took_ms"] < 60_000
    assert len(body["results"]) == 20
    first = body["results"][0]
    assert list(first) == RESULT_MEMBERS
    assert first["id"].isdecimal()
    assert first["title"] == row["title"]
    assert first["price"] == float(row["price"])
    assert first["image_url"] in [image["url"] for image in first["images"]]
    assert list(first["images"][0]) == ["id", "url", "thumbnail_url", "width", "height"]
    assert server.get(first["image_url"]).content == photo


def test_the_command_prints_the_json_of_the_api(server, photo, tmp_path):
    file = tmp_path / "photo.jpg"
    file.write_bytes(photo)
    filters = {"category": "tops", "price_range": [0, 1000]}
    by_command = json.loads(run(server.data, "search", file, "--limit", 3, "--filters", json.dumps(filters),
                                "--json").stdout)
    by_api = server.search(image_base64=image_files.text(photo), limit=3, filters=filters).json()
    assert len(by_command["results"]) == 3
    assert by_command.pop("took_ms") > 0 and by_api.pop("took_ms") > 0
    assert list(by_command) == list(by_api)
    assert by_command == by_api


def test_data_urls_and_line_breaks_are_accepted(server, photo, row):
    wrapped = base64.encodebytes(photo).decode()
    for text in ("data:image/jpeg;base64," + image_files.text(photo), wrapped, image_files.text(photo).rstrip("=")):
        assert results(server.search(image_base64=text, limit=1))[0]["external_id"] == row["external_id"]


def test_escaped_slashes_in_json_are_accepted(server, photo, row):
    body = json.dumps({"image_base64": image_files.text(photo), "limit": 1}).replace("/", "\\/")
    response = server.post("/search_by_image", data=body, headers={"Content-Type": "application/json"})
    assert results(response)[0]["external_id"] == row["external_id"]


def test_a_file_finds_its_item(server, photo, row):
    response = server.post("/api/v1/search", files={"image": ("p.jpg", photo)},
                           data={"limit": "3", "filters": json.dumps({"price_range": [0, None]})})
    assert results(response)[0]["external_id"] == row["external_id"]


def test_more_like_an_item_excludes_it(server, photo):
    item = results(server.search(image_base64=image_files.text(photo), limit=1))[0]
    found = results(server.search(item_id=item["id"], limit=10))
    assert len(found) == 10
    assert item["id"] not in [one["id"] for one in found]


def test_filters_hold_and_pages_are_full(server, drawn_sample, photo):
    brands = sorted({row["brand"] for row in drawn_sample.rows if row["brand"]})
    for brand in brands[:3]:
        matching = [row for row in drawn_sample.rows if row["brand"] == brand]
        found = results(server.search(image_base64=image_files.text(photo), limit=100, filters={"brand": brand.upper()}))
        assert len(found) == len(matching)
        assert {one["brand"] for one in found} == {brand}


def test_filters_combine(server, drawn_sample, photo):
    category = drawn_sample.rows[0]["category"]
    found = results(server.search(image_base64=image_files.text(photo), limit=100,
                                  filters={"category": [category, "no-such"], "price_range": [20, 60]}))
    expected = [row for row in drawn_sample.rows if row["category"] == category and 20 <= float(row["price"]) <= 60]
    assert len(found) == len(expected)
    assert all(one["properties"]["category"] == category and 20 <= one["price"] <= 60 for one in found)


def test_min_similarity_cuts_the_results(server, photo):
    everything = results(server.search(image_base64=image_files.text(photo), limit=50))
    threshold = (everything[9]["similarity"] + everything[10]["similarity"]) / 2
    found = results(server.search(image_base64=image_files.text(photo), limit=50, min_similarity=threshold))
    assert [one["id"] for one in found] == [one["id"] for one in everything[:10]]


def test_min_relevance_cuts_the_results(server, photo):
    everything = results(server.search(image_base64=image_files.text(photo), limit=50))
    values = [one["relevance"] for one in everything]
    assert all(0 <= one <= 1 for one in values)
    assert values == sorted(values, reverse=True), "of one photo it follows the similarity"
    threshold = (values[0] + values[-1]) / 2
    found = results(server.search(image_base64=image_files.text(photo), limit=50, min_relevance=threshold))
    assert [one["id"] for one in found] == [one["id"] for one in everything if one["relevance"] >= threshold]
    assert_problem(server.search(image_base64=image_files.text(photo), min_relevance=2), 422, "min_relevance")


def test_every_common_format_is_accepted(server):
    drawn = image_files.drawn()
    for form in ("PNG", "WEBP", "GIF"):
        assert len(results(server.search(image_base64=image_files.text(image_files.encode(drawn, form)), limit=3))) == 3


def test_a_text_without_words_needs_a_text_side(server):
    assert_problem(server.search(text="?!"), 422, "text")


def test_concurrent_clients_get_the_same_results(server, drawn_sample):
    rows = drawn_sample.rows[:16]

    def find(row):
        return results(server.search(image_base64=image_files.text(drawn_sample.photo(row)), limit=1))[0]["external_id"]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(find, rows * 3)) == [row["external_id"] for row in rows * 3]


class PhotoServer(BaseHTTPRequestHandler):
    photo = b""

    def do_GET(self):
        found = self.path == "/photo.jpg"
        self.send_response(200 if found else 404)
        content = self.photo if found else b"no"
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


@pytest.fixture
def photo_address(photo):
    PhotoServer.photo = photo
    web = ThreadingHTTPServer(("127.0.0.1", 0), PhotoServer)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{web.server_port}"
    web.shutdown()
    web.server_close()


def test_private_addresses_are_refused(server, photo_address):
    for url in (f"{photo_address}/photo.jpg", "http://localhost/x", "http://[::1]/x", "http://169.254.169.254/latest"):
        assert_problem(server.search(image_url=url), 422, "image_url")
    for url in ("ftp://example.com/x", "file:///etc/passwd", "not an address", ""):
        assert_problem(server.search(image_url=url), 422, "image_url")


def test_an_address_finds_its_item_where_private_ones_are_allowed(photo_address, drawn_sample, row, tmp_path):
    run(tmp_path, "import", drawn_sample.csv)
    with Server(tmp_path, ALLOW_PRIVATE_ADDRESSES="true") as allowing:
        found = results(allowing.search(image_url=f"{photo_address}/photo.jpg", limit=2))
        assert found[0]["external_id"] == row["external_id"]
        assert_problem(allowing.search(image_url=f"{photo_address}/gone.jpg"), 502, "image_url")


def test_server_timing_is_reported(server, photo):
    response = server.search(image_base64=image_files.text(photo))
    parts = dict(part.strip().split(";dur=") for part in response.headers["Server-Timing"].split(","))
    assert list(parts) == ["embed", "search"]
    assert all(float(value) >= 0 for value in parts.values())
    assert sum(map(float, parts.values())) <= response.json()["took_ms"] + 0.002
