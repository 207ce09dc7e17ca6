"""POST /v1/embeddings: the active model's vectors for programs that speak OpenAI's API."""

import base64
import math
import struct

import pytest

import pictures
from checks import assert_problem
from fit_process import Server


@pytest.fixture(scope="module")
def seeing(tmp_path_factory):
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
    return "data:image/jpeg;base64," + pictures.text(pictures.jpeg(number))


def test_texts_and_pictures_come_back_in_order(seeing):
    answer = embed(seeing, input=["red dress", data_url(3), "blue jeans"], model="builtin")
    first, picture, last = vectors(answer)
    for vector in (first, picture, last):
        assert len(vector) == 512 and math.isclose(cosine(vector, vector), 1, abs_tol=1e-4)
    assert answer.json()["model"] == "builtin" and answer.json()["usage"]["prompt_tokens"] == 4
    assert vectors(embed(seeing, input="blue jeans")) == [last]
    assert vectors(embed(seeing, input=data_url(3))) == [picture]


def test_base64_says_the_same(seeing):
    (numbers,) = vectors(embed(seeing, input="white shirt"))
    (packed,) = vectors(embed(seeing, input="white shirt", encoding_format="base64"))
    unpacked = struct.unpack("<512f", base64.b64decode(packed))
    assert all(math.isclose(a, b, abs_tol=1e-6) for a, b in zip(numbers, unpacked, strict=True))


def test_fewer_dimensions_have_norm_one_again(seeing):
    (short,) = vectors(embed(seeing, input="white shirt", dimensions=128))
    assert len(short) == 128 and math.isclose(cosine(short, short), 1, abs_tol=1e-4)


def test_a_palette_takes_pictures_only(server):
    assert len(vectors(embed(server, input=data_url(1)))[0]) == 512
    assert_problem(embed(server, input="white shirt"), 422, "input")
    # A histogram's first numbers may all be zero.
    assert_problem(embed(server, input=data_url(1), dimensions=1), 422, "dimensions")


@pytest.mark.parametrize("body, field", [
    ({}, "input"),
    ({"input": ""}, "input"),
    ({"input": []}, "input"),
    ({"input": ["a"] * 129}, "input"),
    ({"input": ["a", 5]}, "input[1]"),
    ({"input": [1, 2, 3]}, "input[0]"),
    ({"input": "a", "model": "text-embedding-3-small"}, "model"),
    ({"input": "a", "dimensions": 513}, "dimensions"),
    ({"input": "a", "dimensions": 0}, "dimensions"),
    ({"input": "a", "encoding_format": "hex"}, "encoding_format"),
    ({"input": "a", "inputs": "b"}, "inputs"),
])
def test_bad_fields_are_named(seeing, body, field):
    assert_problem(seeing.post("/v1/embeddings", json=body), 422, field)


def test_broken_bodies_and_pictures(seeing):
    assert_problem(seeing.post("/v1/embeddings", data="{", headers={"Content-Type": "application/json"}), 400)
    assert_problem(embed(seeing, input="data:image/png;base64,????"), 400, "input")
    broken = "data:image/png;base64," + pictures.text(b"no picture")
    assert embed(seeing, input=["a", broken]).json()["field"] == "input[1]"
    assert_problem(embed(seeing, input="a" * 100_001), 413, "input")
    assert len(vectors(embed(seeing, input="\u0000\u0007 \u5927\u8863 shirt"))) == 1
