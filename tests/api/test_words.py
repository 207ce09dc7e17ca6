"""Words in titles, brands and descriptions: brands, codes, mistakes, filters, and texts that look like operators."""

import json

import pytest

import image_files
from checks import assert_problem, results
from fit_process import Server, free_port, run, wait_until

LISTINGS = [
    ("jeans", "Levi's 501 original jeans", "Levi's", "bottoms", 60, "straight leg, barely worn"),
    ("jeans-2", "501 cropped", "Levi's", "bottoms", 40, ""),
    ("jacket", "Vintage track jacket", "Adidas", "outerwear", 45, "three stripes"),
    ("jacket-2", "Rain jackets for two", "Patagonia", "outerwear", 120, "gore-tex, like one of Adidas"),
    ("dress", "Robe d'\u00e9t\u00e9 \u00e0 fleurs \u8fde\u8863\u88d9", "S\u00e9zane", "dresses", 80, ""),
    ("coat", "\u041f\u0430\u043b\u044c\u0442\u043e \u0448\u0435\u0440\u0441\u0442\u044f\u043d\u043e\u0435", "", "outerwear", 200, ""),
    ("order", "NOT a shirt AND NEAR \"new\"", "", "tops", 5, "title:jeans OR brand:levi*"),
]


def line_of(sample, external_id, title, brand, category, price, description):
    item = {"source": "words", "external_id": external_id, "title": title, "brand": brand, "category": category,
            "price": price, "currency": "USD", "description": description}
    row = sample.rows[len(external_id) % len(sample.rows)]
    return json.dumps(item | {"images": [str(sample.csv.parent / row["images"].split("|")[0])]})


@pytest.fixture(scope="module", params=["palette", "builtin"])
def shop(request, drawn_sample, tmp_path_factory):
    """A server with the listings above and the sample's, with a model without a text side and one with it."""
    data = tmp_path_factory.mktemp(f"words-{request.param}")
    (data / "items.ndjson").write_text("\n".join(line_of(drawn_sample, *one) for one in LISTINGS) + "\n")
    settings = {"EMBEDDING_PROVIDER": request.param, "APP_PORT": free_port()}
    run(data, "import", drawn_sample.csv, "--source", "sample", EMBEDDING_PROVIDER=request.param)
    run(data, "import", data / "items.ndjson", "--source", "words", EMBEDDING_PROVIDER=request.param)
    with Server(data, **settings) as running:
        running.model = request.param
        yield running


def ids(response):
    return [one["external_id"] for one in results(response)]


@pytest.mark.parametrize(("text", "first"), [
    ("levi's 501", {"jeans", "jeans-2"}), ("LEVIS", {"jeans", "jeans-2"}), ("501", {"jeans", "jeans-2"}),
    ("adidas", {"jacket"}), ("patagonia jacket", {"jacket-2"}), ("patag", {"jacket-2"}), ("sezane", {"dress"}),
    ("\u00c9T\u00c9", {"dress"}), ("\u043f\u0430\u043b\u044c\u0442\u043e", {"coat"}), ("\u8fde\u8863", {"dress"}),
    ("levi's 501 under $50", {"jeans-2"}),
])
def test_names_rank_first(shop, text, first):
    assert set(ids(shop.search(text=text, limit=len(first)))) == first


def test_mistakes_are_corrected(shop):
    body = shop.search(text="addidas jaket", limit=1).json()
    assert [one["external_id"] for one in body["results"]] == ["jacket"]
    assert {"from": "addidas", "to": "adidas"} in body["read_as"]["corrected"]
    assert "adidas" in body["read_as"]["text"] and "addidas" not in body["read_as"]["text"]
    assert "corrected" not in shop.search(text="adidas jacket", limit=1).json()["read_as"]


def test_words_respect_filters(shop):
    found = results(shop.search(text="levi's adidas patagonia", filters={"category": "outerwear"}, limit=2))
    assert {one["external_id"] for one in found} == {"jacket", "jacket-2"}
    assert ids(shop.search(text="levi's", filters={"price_range": [50, 70], "source": "words"})) == ["jeans"]
    found = results(shop.search(text="levi's", filters={"brand": {"not": "levi's"}}, limit=5))
    assert all(one["brand"] != "Levi's" for one in found)


def test_words_are_explained_and_weighted(shop):
    first = results(shop.search(text="patagonia jacket", limit=1, explain=True))[0]
    assert first["explain"]["parts"]["words"] > 0
    body = shop.search(text="red patagonia", limit=5, explain=True, weights={"words": 0})
    assert all("words" not in one["explain"]["parts"] for one in results(body))
    assert_problem(shop.search(text="red", weights={"words": 101}), 422, "weights")


def test_words_without_a_text_side(shop):
    if shop.model == "builtin":
        pytest.skip("the model has a text side")
    found = results(shop.search(text="adidas", limit=50))
    assert {one["external_id"] for one in found} == {"jacket", "jacket-2"}
    assert [one["similarity"] for one in found] == [None, None] and all(one["image_url"] for one in found)
    body = shop.search(text="xylophone").json()
    assert body["results"] == [] and body["reason"]
    assert "results" in shop.search(text="the").json(), "small words are searched where there are no others"
    assert_problem(shop.search(text="adidas", min_similarity=0.5), 422, "min_similarity")
    assert len(results(shop.search(text="red", limit=3))) == 3, "a property alone"


@pytest.mark.parametrize("text", [
    "title:levi", "brand:levi*", "levi*", "^levi", "NOT xyzzy", "xyzzy OR adidas", "NEAR(levi adidas, 2)", "{title brand}: levi",
    "\"", "\"\"\"", "' OR '1'='1", "'; DROP TABLE items; --", "levi\") OR (\"adidas", "$1 ?1 :a @b", "\\", "%s%n", "-levi +adidas",
    "\u202elevi", "\ufeff", "\U0001F457" * 50, "x" * 10_000, "(" * 500, "a " * 900,
])
def test_texts_are_never_operators(shop, text):
    response = shop.search(text=text, limit=3)
    assert response.status_code in (200, 422), response.text
    if response.status_code == 422:
        assert_problem(response, 422, "text")
    assert shop.get("/ready").status_code == 200
    assert len(results(shop.search(text="levi's 501", limit=2))) == 2


def test_operators_are_searched_as_words(shop):
    assert ids(shop.search(text="NEAR new", filters={"source": "words"}, limit=1)) == ["order"]
    found = results(shop.search(text="xyzzy NOT adidas", filters={"source": "words"}, limit=10))
    if shop.model == "palette":
        assert found == [] or all(one["brand"] != "Adidas" for one in found)


def test_words_follow_every_write(shop):
    item = {"source": "fresh", "external_id": "1", "title": "Quokka sweatshirt", "brand": "Zyxbrand",
            "images": [{"image_base64": image_files.text(image_files.jpeg(1))}]}

    def found(text):
        return [one["title"] for one in results(shop.search(text=text, filters={"source": "fresh"}, limit=1, explain=True))
                if "words" in one["explain"]["parts"]]

    made = shop.post("/api/v1/items", json=item)
    assert made.status_code == 201, made.text
    for title, other in (("Quokka sweatshirt", "axolotl"), ("Axolotl sweatshirt", "quokka")):
        assert shop.post("/api/v1/items", json=item | {"title": title}).status_code == 200
        wait_until(lambda title=title: found(title.split()[0]) == [title], "indexing the title")
        assert found(other) == []
    assert shop.delete(f"/api/v1/items/{made.json()['id']}").status_code == 204
    assert found("axolotl") == []
