"""Searches by a vector that the client has embedded by itself."""

import json

import pytest

import image_files
from checks import assert_problem, results
from fit_process import run


@pytest.fixture(scope="module")
def photo(drawn_sample):
    return image_files.text(drawn_sample.photo(drawn_sample.rows[17]))


@pytest.fixture(scope="module")
def vector(builtin_server, photo):
    body = builtin_server.post("/v1/embeddings", json={"input": "data:image/jpeg;base64," + photo}).json()
    return body["data"][0]["embedding"]


def by_vector(server, vector, **fields):
    return server.search(vector=vector, space="builtin", **fields)


def ids(found):
    return [one["id"] for one in found]


def assert_same(left, right):
    assert ids(left) == ids(right)
    for one, other in zip(left, right):
        assert one["similarity"] == pytest.approx(other["similarity"], abs=1e-5)


@pytest.mark.parametrize("fields", [
    {},
    {"filters": {"category": "tops", "price_range": [0, 60]}},
    {"text": "but in red"},
    {"text": "under 40", "weights": {"image": 2, "words": 0.5}, "facets": ["brand"]},
    {"min_similarity": 0.6},
    {"min_relevance": 0.3},
    {"sort": "price_asc"},
    {"collapse_duplicates": True}])
def test_a_vector_finds_what_its_photo_finds(builtin_server, photo, vector, fields):
    of_photo = builtin_server.search(image_base64=photo, limit=15, **fields).json()
    of_vector = by_vector(builtin_server, vector, limit=15, **fields).json()
    assert of_photo["results"]
    assert_same(of_vector["results"], of_photo["results"])
    assert of_vector["embedding_provider"] == "builtin"
    assert set(of_vector) == set(of_photo)
    assert set(of_vector["predicted_properties"]) == set(of_photo["predicted_properties"])
    assert of_vector.get("facets") == of_photo.get("facets")


def test_a_vector_of_any_length_is_scaled(builtin_server, vector):
    plain = results(by_vector(builtin_server, vector, limit=5))
    assert plain[0]["similarity"] > 0.999
    for factor in (1000, 1e-9, 1e200):
        assert_same(results(by_vector(builtin_server, [factor * one for one in vector], limit=5)), plain)


def test_pages_neither_repeat_nor_omit(builtin_server, vector):
    whole = ids(results(by_vector(builtin_server, vector, limit=30)))
    body = by_vector(builtin_server, vector, limit=10).json()
    paged = ids(body["results"])
    while len(paged) < 30:
        body = by_vector(builtin_server, vector, limit=10, cursor=body["next_cursor"]).json()
        paged += ids(body["results"])
    assert paged == whole
    other = [-one for one in vector]
    assert_problem(by_vector(builtin_server, other, limit=10, cursor=body["next_cursor"]), 422, "cursor")


def test_other_vectors_have_other_cached_results(builtin_server, vector):
    first = by_vector(builtin_server, vector, limit=4)
    again = by_vector(builtin_server, vector, limit=4)
    assert "cache" in again.headers["Server-Timing"]
    assert ids(results(again)) == ids(results(first))
    assert ids(results(by_vector(builtin_server, [-one for one in vector], limit=4))) != ids(results(first))


def test_explanations_and_examples(builtin_server, photo, vector):
    found = results(by_vector(builtin_server, vector, text="red dress", explain=True, limit=3))
    assert abs(sum(found[0]["explain"]["parts"].values()) - found[0]["explain"]["score"]) < 1e-4
    assert found[0]["explain"]["parts"]["image"] > 0
    like = ids(results(by_vector(builtin_server, vector, limit=2)))
    of_photo = results(builtin_server.search(image_base64=photo, like=like[1:], limit=6))
    assert_same(results(by_vector(builtin_server, vector, like=like[1:], limit=6)), of_photo)


def test_a_form_may_have_a_vector(builtin_server, vector):
    response = builtin_server.post("/api/v1/search", files={
        "vector": (None, json.dumps(vector)), "space": (None, "builtin"), "limit": (None, "3")})
    assert_same(results(response), results(by_vector(builtin_server, vector, limit=3)))


@pytest.mark.parametrize("wrong", [[], [0.0] * 4, "1,2", {"0": 1}, [1, "2"], [1, None], [[1.0]], [True] * 4, 7])
def test_wrong_vectors_are_named(builtin_server, wrong):
    assert_problem(by_vector(builtin_server, wrong), 422, "vector")


def test_dimensions_finiteness_and_space_are_checked(builtin_server, vector):
    problem = assert_problem(by_vector(builtin_server, vector[:-1]), 422, "vector")
    problem = by_vector(builtin_server, vector[:-1]).json()
    assert str(len(vector)) in problem["detail"] and str(len(vector) - 1) in problem["detail"]
    assert_problem(by_vector(builtin_server, vector + [0.0]), 422, "vector")
    assert_problem(by_vector(builtin_server, [0.0] * len(vector)), 422, "vector")
    assert_problem(by_vector(builtin_server, [1.0] * 8193), 422, "vector")
    problem = builtin_server.search(vector=vector, space="clip")
    assert_problem(problem, 422, "space")
    assert '"builtin"' in problem.json()["detail"]
    assert_problem(builtin_server.search(vector=vector), 422, "space")
    assert_problem(builtin_server.search(vector=vector, space=""), 422, "space")
    assert_problem(builtin_server.search(text="red", space="builtin"), 422, "space")
    huge = json.dumps({"vector": vector, "space": "builtin"}).replace("[", "[1e999, ", 1)
    response = builtin_server.post("/api/v1/search", data=huge, headers={"Content-Type": "application/json"})
    assert_problem(response, 400 if response.status_code == 400 else 422, "vector")


def test_one_example_only(builtin_server, photo, vector):
    assert_problem(by_vector(builtin_server, vector, item_id="1"), 422)
    assert_problem(by_vector(builtin_server, vector, image_base64=photo), 422)
    assert_problem(builtin_server.search_by_image(vector=vector, space="builtin"), 422, "vector")
    saved = {"name": "x", "query": {"text": "red", "vector": vector, "space": "builtin"}}
    assert_problem(builtin_server.post("/api/v1/saved-searches", json=saved), 422, "query.vector")


def test_the_command_reads_a_file(builtin_server, vector, tmp_path):
    by_api = ids(results(by_vector(builtin_server, vector, limit=3)))
    file = tmp_path / "vector.json"
    for content in (vector, {"vector": vector, "space": "builtin"}):
        file.write_text(json.dumps(content))
        done = run(builtin_server.data, "search", "--vector", file, "--limit", 3, "--json",
                   EMBEDDING_PROVIDER="builtin")
        assert ids(json.loads(done.stdout)["results"]) == by_api
    for content, message in ({"vector": vector, "space": "clip"}, "space"), (vector[:3], "numbers"), ({}, "--vector"):
        file.write_text(json.dumps(content))
        done = run(builtin_server.data, "search", "--vector", file, check=False, EMBEDDING_PROVIDER="builtin")
        assert done.returncode != 0
        assert message in done.stderr
