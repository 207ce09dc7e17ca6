"""Invalid and hostile requests: problem details, bounded time and memory, and a server that keeps serving."""

import http.client
import json
import random
import socket
import time

import pytest

import fit_process
import image_files
from checks import assert_problem, results

LIMIT_S = 20 * fit_process.PATIENCE  # far more than any refusal takes, even on a busy machine


def resident_bytes(server):
    with open(f"/proc/{server.process.pid}/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS:"))


@pytest.fixture(autouse=True)
def stays_well(server):
    started = time.monotonic()
    yield
    assert time.monotonic() - started < LIMIT_S
    assert server.process.poll() is None
    assert server.get("/ready").status_code == 200


def truncated():
    return image_files.jpeg(1)[:-2000][: len(image_files.jpeg(1)) // 2]


BAD_IMAGES = {
    "1x1 jpeg": (image_files.encode(image_files.drawn(size=(1, 1))), (422,)),
    "1x1 png": (image_files.encode(image_files.drawn(size=(1, 1)), "PNG"), (422,)),
    "a line": (image_files.encode(image_files.drawn(size=(3000, 2))), (422,)),
    "empty file": (b"", (400, 422)),
    "text": (b"hello, I am no picture", (415,)),
    "html": (b"<!doctype html><html><body>no</body></html>" * 20, (415,)),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>', (415,)),
    "pdf": (b"%PDF-1.7\n" + b"0" * 500, (415,)),
    "truncated jpeg": (truncated(), (400,)),
    "jpeg header only": (image_files.jpeg(1)[:20], (400,)),
    "truncated png": (image_files.encode(image_files.drawn(), "PNG")[:-200], (400,)),
    "png header only": (b"\x89PNG\r\n\x1a\n", (400,)),
    "truncated webp": (image_files.encode(image_files.drawn(), "WEBP")[:200], (400,)),
    "gif header only": (b"GIF89a", (400,)),
    "50,000 x 50,000 header": (image_files.huge_header(), (413,)),
    "0 x 0": (image_files.png(0, 0, b""), (400,)),
    "jpeg magic, then noise": (b"\xff\xd8\xff\xe0" + random.Random(1).randbytes(5000), (400,)),
    "png magic, then noise": (b"\x89PNG\r\n\x1a\n" + random.Random(2).randbytes(5000), (400,)),
    "riff that is no webp": (b"RIFF\x10\0\0\0WAVEfmt " + b"\0" * 100, (415,)),
    "heic brand, then noise": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + random.Random(3).randbytes(3000), (400, 415)),
}


@pytest.mark.parametrize("name", BAD_IMAGES)
@pytest.mark.parametrize("way", ["base64", "file"])
def test_bad_images(server, name, way):
    content, statuses = BAD_IMAGES[name]
    if way == "base64":
        response, field = server.search_by_image(image_base64=image_files.text(content)), "image_base64"
    else:
        response, field = server.post("/api/v1/search", files={"image": ("x.jpg", content, "image/jpeg")}), "image"
    assert response.status_code in statuses, response.text
    assert_problem(response, response.status_code, field)


@pytest.mark.parametrize("content", [
    pytest.param(image_files.animated_gif(), id="animated gif"),
    pytest.param(image_files.cmyk(), id="cmyk"),
    pytest.param(image_files.sixteen_bit(), id="16 bit"),
    pytest.param(image_files.encode(image_files.drawn().convert("L")), id="grey"),
    pytest.param(image_files.encode(image_files.drawn().convert("P"), "PNG"), id="palette"),
    pytest.param(image_files.encode(image_files.drawn().convert("RGBA"), "PNG"), id="with alpha"),
    pytest.param(image_files.encode(image_files.drawn(), "WEBP"), id="mislabelled as jpeg"),
])
def test_unusual_but_valid_images(server, content):
    response = server.post("/api/v1/search", files={"image": ("x.jpg", content, "image/jpeg")}, data={"limit": "3"})
    assert len(results(response)) == 3


def test_a_decompression_bomb_takes_no_memory(server):
    bomb = image_files.bomb()
    assert len(bomb) < 200_000
    before = resident_bytes(server)
    response = server.search_by_image(image_base64=image_files.text(bomb))
    assert response.status_code in (200, 400, 413, 504)  # within the limits: decoded, or refused
    assert resident_bytes(server) - before < 700 << 20


BAD_BASE64 = ["???", "aGVsbG8", "not base64 at all!", "=", "====", "a", "data:image/jpeg,plain", "data:;base64,",
              "\u00e4\u00f6\u00fc", "aGVs\u0000bG8="]


@pytest.mark.parametrize("text", BAD_BASE64)
def test_not_base64(server, text):
    response = server.search_by_image(image_base64=text)
    assert response.status_code in (400, 415), response.text  # some decode to bytes that are no image
    assert_problem(response, response.status_code, "image_base64")


BAD_FIELDS = [
    ({}, "image_base64"),
    ({"image_base64": None}, "image_base64"),
    ({"image_base64": 5}, "image_base64"),
    ({"image_base64": ["x"]}, "image_base64"),
    ({"image_base64": {}}, "image_base64"),
    ({"limit": 0}, "limit"),
    ({"limit": -1}, "limit"),
    ({"limit": 101}, "limit"),
    ({"limit": "ten"}, "limit"),
    ({"limit": 2.5}, "limit"),
    ({"limit": True}, "limit"),
    ({"limit": 10**30}, "limit"),
    ({"min_similarity": 1.01}, "min_similarity"),
    ({"min_similarity": "0.5"}, "min_similarity"),
    ({"min_similarity": []}, "min_similarity"),
    ({"filters": "red"}, "filters"),
    ({"filters": []}, "filters"),
    ({"filters": {"shape": "round"}}, "filters.shape"),
    ({"filters": {"brand": 5}}, "filters.brand"),
    ({"filters": {"brand": []}}, "filters.brand"),
    ({"filters": {"brand": [None]}}, "filters.brand"),
    ({"filters": {"brand": ["x"] * 101}}, "filters.brand"),
    ({"filters": {"price_range": [100, 50]}}, "filters.price_range"),
    ({"filters": {"price_range": [-5, 50]}}, "filters.price_range"),
    ({"filters": {"price_range": [5]}}, "filters.price_range"),
    ({"filters": {"price_range": ["a", "b"]}}, "filters.price_range"),
    ({"filters": {"listed_after": "tomorrow"}}, "filters.listed_after"),
    ({"filters": {"status": "gone"}}, "filters.status"),
    ({"colour": "red"}, "colour"),
    ({"": 1}, None),
]


@pytest.mark.parametrize("fields, field", BAD_FIELDS)
def test_bad_fields_are_named(server, fields, field):
    image = {} if "image_base64" in fields or not fields else {"image_base64": image_files.text(image_files.jpeg())}
    for path in ("/search_by_image", "/api/v1/search"):
        assert_problem(server.post(path, json=image | fields), 422, field)


def send_json(server, text, path="/api/v1/search"):
    return server.post(path, data=text, headers={"Content-Type": "application/json"})


@pytest.mark.parametrize("text", [
    b"", b"{", b"[]", b"null", b'"x"', b"5", b"{]", b'{"limit":}', b"{'limit':1}", b'{"limit":1,}', b'{"limit":1 "text":"x"}', b'{"limit":nul}', b"\xff\xfe", b"\0",
    b'{"text":"\xff"}', b'{"item_id":"1"} trailing', b'{"item_id":"1"', b"[" * 100_000,
    b'{"item_id":"1","filters":' + b'{"a":' * 5000 + b"}" * 5001,
])
def test_broken_json(server, text):
    response = send_json(server, text)
    assert response.status_code == 400, response.text
    assert_problem(response, 400)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "0x10", "01"])
def test_numbers_that_json_does_not_have(server, number):
    for member in ('"limit":%s', '"min_similarity":%s', '"filters":{"price_range":[%s,5]}'):
        response = send_json(server, '{"item_id":"1",' + member % number + "}")
        assert response.status_code in (400, 422), (member, number, response.text)
        assert_problem(response, response.status_code)


def test_examples_do_not_mix(server):
    photo = image_files.text(image_files.jpeg())
    assert_problem(server.search(image_base64=photo, item_id="1"), 422, "item_id")
    assert_problem(server.search(image_base64=photo, image_url="http://127.0.0.1/"), 422, "image_url")
    assert_problem(send_json(server, '{"item_id":"1","item_id":"2"}'), 422, "item_id")


@pytest.mark.parametrize("item_id, status", [("999999999", 404), ("0", 422), ("x", 422), (-1, 422), (1.5, 422), ("", 422)])
def test_unknown_item_ids(server, item_id, status):
    assert_problem(server.search(item_id=item_id), status)


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/xml", "multipart/form-data", "/;"])
def test_other_content_types(server, content_type):
    headers = {"Content-Type": content_type} if content_type else {}
    response = server.post("/api/v1/search", data=b'{"item_id":"1"}', headers=headers)
    assert response.status_code in (400, 415)
    assert_problem(response, response.status_code, "Content-Type")


def test_compressed_bodies_are_refused(server):
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert_problem(server.post("/api/v1/search", data=b"\x1f\x8b", headers=headers), 415, "Content-Encoding")


def test_broken_forms(server):
    for body in (b"", b"--B--", b"--B\r\n\r\n", b"--B\r\nContent-Disposition: form-data\r\n\r\nx\r\n--B--"):
        response = server.post("/api/v1/search", data=body, headers={"Content-Type": "multipart/form-data; boundary=B"})
        assert response.status_code in (400, 422)
        assert_problem(response, response.status_code)


def test_bad_fields_of_forms_are_named(server):
    photo = ("p.jpg", image_files.jpeg(), "image/jpeg")
    for fields, field in [({"limit": "x"}, "limit"), ({"min_similarity": "nan"}, "min_similarity"),
                          ({"filters": '{"x":1}'}, "filters.x"), ({"colour": "red"}, "colour"), ({"item_id": "1"}, "image"),
                          ({"like": "1"}, "like"), ({"explain": "1"}, "explain"), ({"text": " "}, "text")]:
        response = server.post("/api/v1/search", files={"image": photo}, data=fields)
        assert_problem(response, 422, field)
    many = [("image", photo)] * 70
    assert_problem(server.post("/api/v1/search", files=many), 413, "body")


def test_a_body_over_the_limit(server):
    body = b'{"image_base64":"' + b"A" * (33 << 20) + b'"}'
    before = resident_bytes(server)
    assert_problem(send_json(server, body), 413, "body")
    assert_problem(server.get("/live", data=b"x"), 413, "body")
    assert resident_bytes(server) - before < 200 << 20


def test_an_image_over_the_limit(server):
    content = image_files.jpeg() + b"\0" * (21 << 20)
    assert_problem(server.search_by_image(image_base64=image_files.text(content)), 413, "image_base64")
    assert_problem(server.post("/api/v1/search", files={"image": ("x", content)}), 413, "image")


def test_a_body_over_every_limit_is_refused_before_it_is_sent(server):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.putrequest("POST", "/api/v1/items/import")
    connection.putheader("Content-Type", "text/csv")
    connection.putheader("Content-Length", str(1 << 42))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


@pytest.mark.parametrize("method, path, allow", [
    ("GET", "/search_by_image", "POST, OPTIONS"), ("DELETE", "/api/v1/search", "POST, OPTIONS"),
    ("POST", "/live", "GET, HEAD, OPTIONS"), ("POST", "/api/v1/items/1", "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"),
    ("GET", "/api/v1/items/import", "POST, OPTIONS"),
])
def test_wrong_methods_get_the_allowed_ones(server, method, path, allow):
    import requests
    response = requests.request(method, server.url + path, timeout=30)
    assert_problem(response, 405)
    assert response.headers["Allow"] == allow


@pytest.mark.parametrize("path", ["/nothing", "/api/v2/search", "/api/v1/search/", "//", "/../etc/passwd", "/%2e%2e/etc/passwd",
                                  "/images", "/index.html", "/web/index.html", "/%00", "/<script>"])
def test_unknown_paths(server, path):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", path)
    response = connection.getresponse()
    body = json.loads(response.read())
    assert response.status == 404 and body["status"] == 404 and body["detail"]
    connection.close()


NOT_HTTP = {
    "nonsense": b"nonsense\r\n\r\n",
    "another version": b"GET / HTTP/9.9\r\n\r\n",
    "zeros": b"\0\0\0\0\0\0\0\0\r\n\r\n",
    "another method": b"BREW / HTTP/1.1\r\n\r\n",
    "negative length": b"POST /api/v1/search HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
    "length in letters": b"POST /api/v1/search HTTP/1.1\r\nContent-Length: x\r\n\r\n",
    "broken chunk": b"POST /api/v1/search HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "endless header": b"GET / HTTP/1.1\r\nX: " + b"y" * 4_000_000,
    "endless path": b"GET /" + b"y" * 4_000_000,
}


@pytest.mark.parametrize("name", NOT_HTTP)
def test_what_is_not_http(server, name):
    with socket.create_connection(("127.0.0.1", server.port), timeout=30 * fit_process.PATIENCE) as raw:
        try:
            raw.sendall(NOT_HTTP[name])
            raw.shutdown(socket.SHUT_WR)
            response = raw.recv(100)
        except ConnectionError:
            response = b""
    assert response == b"" or response.startswith((b"HTTP/1.1 4", b"HTTP/1.1 505")), response


def test_a_client_that_disconnects_is_harmless(server):
    body = json.dumps({"image_base64": image_files.text(image_files.jpeg())}).encode()
    head = f"POST /search_by_image HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    for cut in (10, len(head), len(head) + 50, len(head) + len(body)):
        with socket.create_connection(("127.0.0.1", server.port), timeout=30 * fit_process.PATIENCE) as raw:
            raw.sendall((head + body)[:cut])


def test_request_ids(server):
    given = server.get("/live", headers={"X-Request-ID": "trace-1"})
    assert given.headers["X-Request-ID"] == "trace-1"
    for bad in ("x" * 200, "a b", "<script>"):
        assert server.get("/live", headers={"X-Request-ID": bad}).headers["X-Request-ID"] != bad
    problem = assert_problem(server.get("/nothing", headers={"X-Request-ID": "trace-2"}), 404)
    assert problem["request_id"] == "trace-2"
    fit_process.wait_until(lambda: "trace-2" in server.output(), "the line in the log")


def test_random_bytes_never_break_the_server(server):
    noise = random.Random(42)
    good = image_files.jpeg(2)
    for _ in range(60):
        broken = bytearray(good)
        for _ in range(noise.randrange(1, 30)):
            broken[noise.randrange(len(broken))] = noise.randrange(256)
        response = server.search_by_image(image_base64=image_files.text(bytes(broken)), limit=1)
        assert response.status_code in (200, 400, 413, 415, 504), response.text
    text = json.dumps({"item_id": "1", "limit": 5, "filters": {"brand": ["a"], "price_range": [1, 2]}}).encode()
    for _ in range(200):
        broken = bytearray(text)
        broken[noise.randrange(len(broken))] = noise.randrange(256)
        assert send_json(server, bytes(broken)).status_code in (200, 400, 404, 422)


def test_empty_parts_of_a_form_count_as_not_given(server):
    """A browser sends a part for each field of a form, also for empty fields and for files that were not chosen."""
    photo = ("p.jpg", image_files.jpeg(), "image/jpeg")
    empty = {"text": "", "limit": "", "filters": "", "item_id": "", "image_url": ""}
    assert results(server.post("/api/v1/search", files={"image": photo}, data=empty))
    body = (b"--B\r\nContent-Disposition: form-data; name=\"image\"; filename=\"\"\r\n\r\n\r\n"
            b"--B\r\nContent-Disposition: form-data; name=\"item_id\"\r\n\r\n1\r\n--B--")
    form = {"Content-Type": "multipart/form-data; boundary=B"}
    assert server.post("/api/v1/search", data=body, headers=form).status_code == 200
    assert_problem(server.post("/api/v1/search", files={"image": photo}, data={"colour": ""}), 422, "colour")
    chosen = {"image": ("empty.jpg", b"", "image/jpeg")}
    assert_problem(server.post("/api/v1/search", files=chosen), 400, "image")
