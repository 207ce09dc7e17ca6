"""Web pages of other origins, and host names that are not this server's."""

import pytest
import requests

import image_files
from campaign import exchange, head
from checks import assert_problem
from fit_process import Server

OTHER = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}


@pytest.mark.parametrize("headers", [OTHER, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "same-site"},
                                     {"Origin": "null"}])
@pytest.mark.parametrize("method, path", [("POST", "/api/v1/items/sample?items=1"), ("POST", "/v1/embeddings"),
                                          ("POST", "/api/v1/search"), ("DELETE", "/api/v1/items/1"),
                                          ("POST", "/api/v1/items/import")])
def test_other_pages_may_not_write(server, headers, method, path):
    response = requests.request(method, server.url + path, headers=headers | {"Content-Type": "text/plain"},
                                data='{"input":"red"}', timeout=30)
    assert_problem(response, 403, code="other_origin")


def test_our_own_page_may_write(server):
    for headers in ({"Origin": server.url, "Sec-Fetch-Site": "same-origin"}, {"Origin": server.url}, {}):
        assert server.post("/api/v1/items/sample?items=0", headers=headers).status_code == 200
        assert server.search(text="red").status_code == 200


def test_names_of_others_are_refused(server):
    """With DNS rebinding, a browser takes a page whose name has this server's address for one of the same origin."""
    for host in ("evil.example", f"evil.example:{server.port}", "127.0.0.1.evil.example"):
        headers = {"Host": host, "Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin"}
        for method, path in (("DELETE", "/api/v1/items/1"), ("GET", "/api/v1/items"), ("GET", "/live")):
            response = requests.request(method, server.url + path, headers=headers, timeout=30)
            assert_problem(response, 421, code="misdirected")
    for host in ("localhost", f"localhost:{server.port}", "[::1]", "192.168.1.5:80", "fit", "shop.localhost"):
        assert server.get("/live", headers={"Host": host}).status_code == 200
    absolute = exchange(server, head("GET", "http://evil.example/live", Connection="close"))
    assert absolute.startswith(b"HTTP/1.1 421 ")


def test_json_is_demanded(server):
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        response = server.post("/v1/embeddings", data='{"input":"red"}', headers={"Content-Type": content_type})
        assert_problem(response, 415, "Content-Type")


def test_images_and_results_follow_the_allowed_origins(tmp_path):
    with Server(tmp_path, ALLOWED_ORIGINS="https://shop.example, http://localhost:5173", ALLOWED_HOSTS="fit.example") as server:
        item = server.post("/api/v1/items", json={"source": "o", "external_id": "1",
                                                  "images": [{"image_base64": image_files.text(image_files.jpeg())}]}).json()
        image = item["images"][0]["url"]
        for path in (image, "/api/v1/items"):
            allowed = server.get(path, headers={"Origin": "http://localhost:5173"})
            assert allowed.headers["Access-Control-Allow-Origin"] == "http://localhost:5173"
            other = server.get(path, headers={"Origin": "https://evil.example"})
            assert "Access-Control-Allow-Origin" not in other.headers
            assert "Origin" in other.headers["Vary"]
        assert server.post("/api/v1/items/sample?items=0", headers=OTHER | {"Origin": "https://shop.example"}).status_code == 200
        assert server.get("/live", headers={"Host": "fit.example"}).status_code == 200


def test_by_default_no_page_reads_images(server):
    item = server.get("/api/v1/items?limit=1").json()["items"][0]
    response = server.get(item["images"][0]["url"], headers={"Origin": "https://evil.example"})
    assert response.status_code == 200 and "Access-Control-Allow-Origin" not in response.headers
