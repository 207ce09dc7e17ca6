"""Images: originals, thumbnails, caching, and CDN_BASE_URL."""

import io
import json
import os
import time

import pytest
import requests
from PIL import Image

import image_files
from checks import assert_problem, results
from fit_process import Server, run


@pytest.fixture(scope="module")
def image(server, drawn_sample):
    photo = image_files.text(drawn_sample.photo(drawn_sample.rows[3]))
    return results(server.search(image_base64=photo, limit=1))[0]["images"][0]


def test_the_original_is_returned_unchanged(server, drawn_sample, image):
    response = server.get(image["url"])
    assert response.status_code == 200
    assert response.content == drawn_sample.photo(drawn_sample.rows[3])
    assert response.headers["Content-Type"].startswith("image/")
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_the_thumbnail_is_a_small_jpeg(server, image):
    response = server.get(image["thumbnail_url"])
    assert response.headers["Content-Type"] == "image/jpeg"
    thumbnail = Image.open(io.BytesIO(response.content))
    assert max(thumbnail.size) <= 320
    assert abs(thumbnail.width / thumbnail.height - image["width"] / image["height"]) < 0.05


def test_screens_with_small_pixels_get_a_thumbnail_of_twice_the_size(server):
    photo = io.BytesIO()
    Image.radial_gradient("L").resize((900, 1200)).convert("RGB").save(photo, "JPEG", quality=95)
    made = server.post("/api/v1/items", json={"source": "sharp", "external_id": "1", "title": "Sharp",
                                              "images": [{"image_base64": image_files.text(photo.getvalue())}]})
    assert made.status_code == 201, made.text
    thumbnail = made.json()["images"][0]["thumbnail_url"]
    sizes = {}
    for scale in ("1", "2", "2"):
        response = server.get(f"{thumbnail}?scale={scale}")
        assert response.status_code == 200 and response.headers["Content-Type"] == "image/jpeg"
        assert "immutable" in response.headers["Cache-Control"]
        assert sizes.setdefault(scale, (Image.open(io.BytesIO(response.content)).size, response.headers["ETag"])) \
            == (Image.open(io.BytesIO(response.content)).size, response.headers["ETag"]), "made once"
    assert sizes["1"][0] == (240, 320) and sizes["2"][0] == (480, 640)
    assert server.get(f"{thumbnail}?scale=2", headers={"If-None-Match": sizes["2"][1]}).status_code == 304
    assert_problem(server.get(f"{thumbnail}?scale=3"), 422, "scale")


def test_a_small_image_has_the_usual_thumbnail_only(server):
    photo = io.BytesIO()
    Image.new("RGB", (200, 300), (90, 20, 20)).save(photo, "PNG")
    made = server.post("/api/v1/items", json={"source": "sharp", "external_id": "2", "title": "Small",
                                              "images": [{"image_base64": image_files.text(photo.getvalue())}]})
    thumbnail = made.json()["images"][0]["thumbnail_url"]
    assert server.get(thumbnail + "?scale=2").content == server.get(thumbnail).content


@pytest.mark.parametrize("kind", ["url", "thumbnail_url"])
def test_images_may_be_cached_forever(server, image, kind):
    response = server.get(image[kind])
    assert "immutable" in response.headers["Cache-Control"]
    tag = response.headers["ETag"]
    again = server.get(image[kind], headers={"If-None-Match": tag})
    assert again.status_code == 304 and again.content == b"" and again.headers["ETag"] == tag
    assert server.get(image[kind], headers={"If-None-Match": '"other"'}).status_code == 200


def test_head_has_no_body(server, image):
    response = requests.head(server.url + image["thumbnail_url"], timeout=30)
    assert response.status_code == 200 and response.content == b""
    assert int(response.headers["Content-Length"]) > 0


def test_a_large_image_is_sent_whole(server):
    buffer = io.BytesIO()
    Image.frombytes("RGB", (900, 900), os.urandom(900 * 900 * 3)).save(buffer, "PNG")
    photo = buffer.getvalue()
    assert len(photo) > 2_000_000
    made = server.post("/api/v1/items", json={"source": "mine", "external_id": "large", "title": "Large",
                                              "images": [{"image_base64": image_files.text(photo)}]})
    assert made.status_code == 201, made.text
    address = made.json()["images"][0]["url"]
    response = server.get(address)
    assert response.content == photo and response.headers["Content-Type"] == "image/png"
    head = requests.head(server.url + address, timeout=30)
    assert head.content == b"" and int(head.headers["Content-Length"]) == len(photo)
    unchanged = server.get(address, headers={"If-None-Match": response.headers["ETag"]})
    assert unchanged.status_code == 304 and unchanged.content == b""
    assert server.delete(f"/api/v1/items/{made.json()['id']}").status_code == 204


@pytest.mark.parametrize("path", ["/images/999999999", "/images/999999999/thumbnail"])
def test_unknown_images(server, path):
    assert_problem(server.get(path), 404)


@pytest.mark.parametrize("path", ["/images/x", "/images/0/thumbnail", "/images/..%2f..%2fetc"])
def test_impossible_ids(server, path):
    assert server.get(path).status_code in (404, 422)


def test_images_of_removed_items_are_pruned_beside_a_server(tmp_path):
    def prune(*flags):
        return json.loads(run(tmp_path, "assets", "prune", "--json", *flags).stdout)

    with Server(tmp_path) as server:
        def put(number):
            made = server.post("/api/v1/items", json={
                "source": "mine", "external_id": str(number), "title": f"Thing {number}",
                "images": [{"image_base64": image_files.text(image_files.jpeg(number))}]})
            assert made.status_code == 201, made.text
            return made.json()

        stored, removed = put(1), put(2)
        assert server.delete(f"/api/v1/items/{removed['id']}").status_code == 204
        files = [path for path in (tmp_path / "storage").rglob("*.jpg")]
        assert len(files) == 4
        assert prune()["young"]["files"] == 2
        for path in files:
            os.utime(path, (time.time() - 90_000,) * 2)
        assert prune("--older-than", "48")["young"]["files"] == 2
        report = prune("--dry-run")
        assert report["originals"]["files"] == report["thumbnails"]["files"] == 1 and report["named"]["files"] == 2
        assert all(path.exists() for path in files)
        assert prune()["originals"] == report["originals"]
        assert sum(path.exists() for path in files) == 2
        assert "removed: 0 images" in run(tmp_path, "assets", "prune").stdout
        assert server.get(stored["images"][0]["url"]).content == image_files.jpeg(1)
        # The same image is sent again.
        again = put(3), put(2)
        for item in again:
            assert server.get(item["images"][0]["thumbnail_url"]).status_code == 200
    other = f"sqlite:///{tmp_path}/other.db"
    for path in (tmp_path / "storage").rglob("*.jpg"):
        os.utime(path, (time.time() - 90_000,) * 2)
    refused = run(tmp_path, "assets", "prune", check=False, DATABASE_URL=other)
    assert refused.returncode == 1 and "DATABASE_URL" in refused.stderr


def test_cdn_base_url_prefixes_addresses(drawn_sample, tmp_path):
    run(tmp_path, "import", drawn_sample.csv)
    with Server(tmp_path, CDN_BASE_URL="https://cdn.example/fit/") as behind_cdn:
        photo = image_files.text(drawn_sample.photo(drawn_sample.rows[0]))
        first = results(behind_cdn.search(image_base64=photo, limit=1))[0]
        image_id = first["images"][0]["id"]
        assert first["image_url"] == f"https://cdn.example/fit/images/{image_id}"
        assert first["images"][0]["thumbnail_url"] == f"https://cdn.example/fit/images/{image_id}/thumbnail"
        assert behind_cdn.get(f"/images/{image_id}/thumbnail").status_code == 200
