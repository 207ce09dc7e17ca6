"""The built-in model: photos and words find garments without any download."""

import io
import subprocess

import pytest
from PIL import Image

import fit_process
from checks import assert_problem, results
from fit_process import Server

DEFAULT = {"EMBEDDING_PROVIDER": "builtin"}


def test_the_built_in_model_is_the_default(tmp_path):
    environment = fit_process.environment(tmp_path)
    del environment["EMBEDDING_PROVIDER"]
    done = subprocess.run([fit_process.BINARY, "config"], env=environment, cwd=tmp_path,
                                      capture_output=True, text=True, timeout=60 * fit_process.PATIENCE)
    line = next(line for line in done.stdout.splitlines() if "embedding_provider" in line.lower())
    assert "builtin" in line and "default" in line


def test_health_reports_text_search(builtin_server):
    health = builtin_server.get("/health").json()
    assert health["embedding_provider"] == "builtin" and health["text_search"] is True


def test_a_photo_finds_itself_and_similar_items(builtin_server, drawn_sample):
    rows = [row for row in drawn_sample.rows if row["subcategory"] == "jeans"][:5]
    assert rows
    alike = 0
    for row in rows:
        response = builtin_server.post("/api/v1/search", files={"image": drawn_sample.photo(row)}, data={"limit": "5"})
        found = results(response)
        assert found[0]["external_id"] == row["external_id"] and found[0]["similarity"] > 0.99
        alike += sum(one["properties"]["category"] == "bottoms" for one in found)
    assert alike >= 0.7 * 5 * len(rows)


def same_images(found):
    return [one["external_id"] for one in found if one.get("same_image")]


def test_only_the_same_picture_is_the_same_image(builtin_server, drawn_sample):
    """The drawn garments look alike: hundreds have a cosine of 0.98 and more to others."""
    alike = 0
    for row in drawn_sample.rows[::2]:
        found = results(builtin_server.post("/api/v1/search", files={"image": drawn_sample.photo(row)}, data={"limit": "30"}))
        alike += sum(one["similarity"] >= 0.98 for one in found) - 1
        assert same_images(found) == [row["external_id"]], (row["external_id"], row["title"])
    assert alike > len(drawn_sample.rows) / 10


def test_an_item_has_the_same_image_as_none_of_the_others(builtin_server, drawn_sample):
    for one in results(builtin_server.search(text="dress", limit=20)):
        assert same_images(results(builtin_server.search(item_id=one["id"], limit=30))) == []


def test_a_copy_of_a_listed_photo_is_an_exact_match(builtin_server, drawn_sample):
    for row in drawn_sample.rows[:10]:
        with Image.open(io.BytesIO(drawn_sample.photo(row))) as image:
            for scale, quality in ((1, 60), (0.7, 85)):
                copy = io.BytesIO()
                image.convert("RGB").resize([round(side * scale) for side in image.size]).save(copy, "JPEG", quality=quality)
                found = results(builtin_server.post("/api/v1/search", files={"image": copy.getvalue()}, data={"limit": "50"}))
                assert found[0]["external_id"] == row["external_id"] and found[0]["relevance"] >= 0.94, found[0]
                assert same_images(found) == [row["external_id"]]
                assert found[-1]["relevance"] < 0.94


def test_a_photo_search_returns_predicted_properties(builtin_server, drawn_sample):
    right = {"category": 0, "primary_color": 0}
    rows = [row for row in drawn_sample.rows if row["category"] in ("tops", "bottoms", "shoes", "bags")][:40]
    for row in rows:
        response = builtin_server.post("/api/v1/search", files={"image": drawn_sample.photo(row)}, data={"limit": "1"}).json()
        seen = response["predicted_properties"]
        assert set(seen) - {"gender"} == {"category", "subcategory", "primary_color", "pattern"}
        assert seen.get("gender", {"confidence": 1})["confidence"] >= 0.9
        assert all(0 < one["confidence"] <= 1 for one in seen.values())
        for name in right:
            right[name] += seen[name]["value"] == row[name]
    assert right["category"] >= 0.8 * len(rows) and right["primary_color"] >= 0.6 * len(rows), (right, len(rows))


@pytest.mark.parametrize("words, wanted", [
    ("jeans", {"subcategory": "jeans"}),
    ("shoes", {"category": "shoes"}),
    ("a handbag for the evening", {"category": "bags"}),
    ("DRESSES", {"subcategory": "dress"}),
])
def test_words_find_the_type(builtin_server, drawn_sample, words, wanted):
    there = sum(all(row[name] == value for name, value in wanted.items()) for row in drawn_sample.rows)
    limit = min(5, there)
    found = results(builtin_server.search(text=words, limit=limit))
    right = sum(all(one["properties"].get(name) == value for name, value in wanted.items()) for one in found)
    assert right >= 0.6 * limit, [one["title"] for one in found]


def test_words_and_filters_together(builtin_server):
    found = results(builtin_server.search(text="black jacket", limit=10, filters={"category": "outerwear"}))
    assert found and all(one["properties"]["category"] == "outerwear" for one in found)


def test_words_unknown_to_the_model_are_searched_too(builtin_server):
    for text in ("quixotic zyzzyva", "\u5927\u8863", "...", "\U0001F457" * 3):
        assert len(results(builtin_server.search(text=text, limit=4))) == 4


def test_an_empty_text_is_no_query(builtin_server):
    assert_problem(builtin_server.search(text=""), 422)


def test_real_photos_find_their_class(shared_data, tmp_path):
    """Photos taken at home, of classes that differ clearly, against others of their class."""
    classes = ("pants", "shoes", "t-shirt")
    for name in classes:
        folder = tmp_path / "photos" / name
        folder.mkdir(parents=True)
        for photo in sorted((shared_data / "photos/train" / name).iterdir())[:60]:
            (folder / photo.name).symlink_to(photo)
    fit_process.run(tmp_path, "import", tmp_path / "photos", **DEFAULT)
    right = total = 0
    with Server(tmp_path, **DEFAULT) as server:
        for name in classes:
            for photo in sorted((shared_data / "photos/validation" / name).iterdir())[:15]:
                response = server.post("/api/v1/search", files={"image": photo.read_bytes()}, data={"limit": "5"})
                right += sum(one["properties"]["category"] == name for one in results(response))
                total += 5
    assert right >= 0.75 * total, (right, total)
