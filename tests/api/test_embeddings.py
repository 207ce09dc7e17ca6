"""POST /v1/embeddings: the active model's vectors for programs that speak OpenAI's API."""

import base64
import math
import struct

import pytest

import image_files
from checks import assert_problem
from fit_process import Server


@pytest.fixture(scope="module")
def builtin_server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("embeddings"), EMBEDDING_PROVIDER="builtin") as running:
        yield running


def embed(server, **body):
    return server.post("/v1/embeddings", json=body)


def vectors(response):
    assert response.status_code == 200, response.text
    body = response.json()
    assert body["object"] == "list" and [one["index"] for one in body["data"]] == list(range(len(body["data"])))
    return [one["embedding"] for one in body["data"]]


def cosine(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True))


def data_url(number):
    return "data:image/jpeg;base64," + image_files.text(image_files.jpeg(number))


def test_texts_and_images_keep_their_order(builtin_server):
    response = embed(builtin_server, input=["red dress", data_url(3), "blue jeans"], model="builtin")
    first, image, last = vectors(response)
    for vector in (first, image, last):
        assert len(vector) == 512 and math.isclose(cosine(vector, vector), 1, abs_tol=1e-4)
    assert response.json()["model"] == "builtin" and response.json()["usage"]["prompt_tokens"] == 4
    assert vectors(embed(builtin_server, input="blue jeans")) == [last]
    assert vectors(embed(builtin_server, input=data_url(3))) == [image]


def test_usage_counts_the_tokens_of_the_model(builtin_server):
    """The built-in model reads the phrases that it knows; others and blanks are no tokens."""
    response = embed(builtin_server, input=["  red   dress ", "red xyzzy dress", data_url(3)])
    assert response.json()["usage"] == {"prompt_tokens": 4, "total_tokens": 4}


def test_base64_encodes_the_same_vectors(builtin_server):
    (numbers,) = vectors(embed(builtin_server, input="white shirt"))
    (packed,) = vectors(embed(builtin_server, input="white shirt", encoding_format="base64"))
    unpacked = struct.unpack("<512f", base64.b64decode(packed))
    assert all(math.isclose(a, b, abs_tol=1e-6) for a, b in zip(numbers, unpacked, strict=True))


def test_fewer_dimensions_are_normalised(builtin_server):
    (short,) = vectors(embed(builtin_server, input="white shirt", dimensions=128))
    assert len(short) == 128 and math.isclose(cosine(short, short), 1, abs_tol=1e-4)


def test_the_palette_embeds_images_only(server):
    assert len(vectors(embed(server, input=data_url(1)))[0]) == 512
    assert_problem(embed(server, input="white shirt"), 422, "input")
    # The first values of a histogram may all be zero.
    assert_problem(embed(server, input=data_url(1), dimensions=1), 422, "dimensions")


@pytest.mark.parametrize("body, field", [
    ({}, "input"),
    ({"input": ""}, "input"),
    ({"input": []}, "input"),
    ({"input": ["a"] * 2049}, "input"),
    ({"input": [data_url(1)] * 129}, "input"),
    ({"input": ["a", 5]}, "input[1]"),
    ({"input": ["a", 5.5]}, "input[1]"),
    ({"input": [1, 2, 3]}, "input[0]"),
    ({"input": [[1, 2, 3]]}, "input[0]"),
    ({"input": "a", "model": "text-embedding-3-small"}, "model"),
    ({"input": "a", "dimensions": 513}, "dimensions"),
    ({"input": "a", "dimensions": 0}, "dimensions"),
    ({"input": "a", "encoding_format": "hex"}, "encoding_format"),
    ({"input": "a", "inputs": "b"}, "inputs"),
])
def test_bad_fields_are_named(builtin_server, body, field):
    assert_problem(builtin_server.post("/v1/embeddings", json=body), 422, field)


def test_tokens_are_refused_with_a_hint(builtin_server):
    for tokens in ([1169, 2], [[1169, 2], [3]]):
        body = assert_problem(embed(builtin_server, input=tokens), 422, "input[0]")
        assert "send the text itself" in body["detail"]


def test_many_texts_and_nulls_as_clients_send_them(builtin_server):
    found = vectors(embed(builtin_server, input=["red dress"] * 2048, encoding_format=None, dimensions=None, user=None))
    assert len(found) == 2048 and found[0] == found[-1]
    assert_problem(embed(builtin_server, input=None), 422, "input")


def test_the_active_model_is_listed(builtin_server):
    models = builtin_server.get("/v1/models").json()
    assert models["object"] == "list" and [one["id"] for one in models["data"]] == ["builtin"]
    assert builtin_server.get("/v1/models/builtin").json() == models["data"][0]
    assert_problem(builtin_server.get("/v1/models/gpt-4"), 404)


def test_errors_have_the_member_that_clients_read(builtin_server):
    body = assert_problem(embed(builtin_server, input="a", dimensions=0), 422, "dimensions")
    assert body["error"] == {"message": body["detail"], "type": "invalid_request_error", "param": "dimensions",
                             "code": "invalid"}
    assert builtin_server.post("/v1/nothing").json()["error"]["param"] is None
    assert "error" not in builtin_server.post("/api/v1/search", json={}).json()


def test_the_pixels_of_a_request_are_bounded(tmp_path):
    with Server(tmp_path, MAX_REQUEST_PIXELS=1_000_000) as server:
        large = image_files.encode(image_files.drawn(size=(800, 500)), "PNG")
        url = "data:image/png;base64," + image_files.text(large)
        assert len(vectors(embed(server, input=[url, url]))) == 2
        assert "1000000" in assert_problem(embed(server, input=[url] * 3), 413, "input")["detail"]


def test_broken_bodies_and_images(builtin_server):
    assert_problem(builtin_server.post("/v1/embeddings", data="{", headers={"Content-Type": "application/json"}), 400)
    assert_problem(embed(builtin_server, input="data:image/png;base64,????"), 400, "input")
    broken = "data:image/png;base64," + image_files.text(b"no picture")
    assert embed(builtin_server, input=["a", broken]).json()["field"] == "input[1]"
    assert_problem(embed(builtin_server, input="a" * 100_001), 413, "input")
    assert len(vectors(embed(builtin_server, input="\u0000\u0007 \u5927\u8863 shirt"))) == 1
