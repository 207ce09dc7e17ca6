"""The program's own model: photos and words find garments with nothing downloaded."""

import subprocess

import pytest

import fit_process
from checks import assert_problem, results
from fit_process import Server

DEFAULT = {"EMBEDDING_PROVIDER": "builtin"}


@pytest.fixture(scope="module")
def seeing(seeing_server):
    return seeing_server


def test_it_is_the_default(tmp_path):
    environment = fit_process.environment(tmp_path)
    del environment["EMBEDDING_PROVIDER"]
    done = subprocess.run([fit_process.BINARY, "config"], env=environment, cwd=tmp_path,
                                      capture_output=True, text=True, timeout=60 * fit_process.PATIENCE)
    line = next(line for line in done.stdout.splitlines() if "embedding_provider" in line.lower())
    assert "builtin" in line and "default" in line


def test_health_says_that_words_work(seeing):
    health = seeing.get("/health").json()
    assert health["embedding_provider"] == "builtin" and health["text_search"] is True


def test_a_photo_finds_itself_and_its_kind(seeing, drawn_sample):
    rows = [row for row in drawn_sample.rows if row["subcategory"] == "jeans"][:5]
    assert rows
    alike = 0
    for row in rows:
        answer = seeing.post("/api/v1/search", files={"image": drawn_sample.photo(row)}, data={"limit": "5"})
        found = results(answer)
        assert found[0]["external_id"] == row["external_id"] and found[0]["similarity"] > 0.99
        alike += sum(one["properties"]["category"] == "bottoms" for one in found)
    assert alike >= 0.7 * 5 * len(rows)


def test_a_photo_is_answered_with_what_was_seen_in_it(seeing, drawn_sample):
    right = {"category": 0, "primary_color": 0}
    rows = [row for row in drawn_sample.rows if row["category"] in ("tops", "bottoms", "shoes", "bags")][:40]
    for row in rows:
        answer = seeing.post("/api/v1/search", files={"image": drawn_sample.photo(row)}, data={"limit": "1"}).json()
        seen = answer["predicted_properties"]
        assert set(seen) == {"category", "subcategory", "primary_color", "gender", "pattern"}
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
def test_words_find_the_kind(seeing, drawn_sample, words, wanted):
    there = sum(all(row[name] == value for name, value in wanted.items()) for row in drawn_sample.rows)
    limit = min(5, there)
    found = results(seeing.search(text=words, limit=limit))
    right = sum(all(one["properties"].get(name) == value for name, value in wanted.items()) for one in found)
    assert right >= 0.6 * limit, [one["title"] for one in found]


def test_words_and_filters_together(seeing):
    found = results(seeing.search(text="black jacket", limit=10, filters={"category": "outerwear"}))
    assert found and all(one["properties"]["category"] == "outerwear" for one in found)


def test_words_that_mean_nothing_to_it_are_answered_all_the_same(seeing):
    for text in ("quixotic zyzzyva", "\u5927\u8863", "...", "\U0001F457" * 3):
        assert len(results(seeing.search(text=text, limit=4))) == 4


def test_an_empty_text_is_no_question(seeing):
    assert_problem(seeing.search(text=""), 422)


def test_real_photos_find_their_kind(shared_data, tmp_path):
    """Photos taken at home, of classes that differ clearly, against others of their class."""
    classes = ("pants", "shoes", "t-shirt")
    for name in classes:
        folder = tmp_path / "photos" / name
        folder.mkdir(parents=True)
        for photo in sorted((shared_data / "photos/train" / name).iterdir())[:60]:
            (folder / photo.name).symlink_to(photo)
    fit_process.run(tmp_path, "import", tmp_path / "photos", **DEFAULT)
    right = asked = 0
    with Server(tmp_path, **DEFAULT) as server:
        for name in classes:
            for photo in sorted((shared_data / "photos/validation" / name).iterdir())[:15]:
                answer = server.post("/api/v1/search", files={"image": photo.read_bytes()}, data={"limit": "5"})
                right += sum(one["properties"]["category"] == name for one in results(answer))
                asked += 5
    assert right >= 0.75 * asked, (right, asked)
