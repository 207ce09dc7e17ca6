"""Searches that fail in other shops: the item is the first result by its words, whatever else the catalogue has."""

import json

import pytest

import fit_process
from checks import results
from fit_process import Server, free_port, run

ZERO_WIDTH = {"title": "Zero\u200bwidth soft\u00adshell"}

# Cases for every checkout; the file of cases may be absent.
CASES = [
    # Brands whose words have other meanings.
    ({"title": "Rib knit", "brand": "White Stuff"}, "white stuff"),
    ({"title": "Iron ranger", "brand": "Red Wing"}, "red wing iron ranger"),
    ({"title": "Superstar", "brand": "Golden Goose"}, "golden goose"),
    ({"title": "Tour shirt Deep Purple 1987"}, "deep purple shirt"),
    # Marks in names, and words written apart or joined.
    ({"title": "Chore coat", "brand": "A.P.C."}, "apc chore"),
    ({"title": "Basic vest", "brand": "H&M"}, "hm vest"),
    ({"title": "574 classic", "brand": "New Balance"}, "newbalance 574"),
    ({"title": "Hooded pullover", "brand": "Fear of God"}, "fearofgod"),
    ({"title": "Ultraboost 22", "brand": "Adidas"}, "ultra boost 22"),
    ({"title": "Jeanshose 32/34 indigo"}, "jeans hose indigo"),
    ({"title": "505 tapered", "brand": "Levi's"}, "levis 505s"),
    ({"title": "Canvas bag", "brand": "Hema"}, "hema bag"),
    # Small words only.
    ({"title": "Pullover", "brand": "More & More"}, "more & more"),
    # Folding.
    ({"title": "Schöne Hängetasche"}, "haengetasche"),
    ({"title": "Køb brun læderjakke"}, "laederjakke"),
    ({"title": "Чёрное пальто макси"}, "черное макси"),
    ({"title": "فستــان أزرق"}, "فستان ازرق"),
    ({"title": "کیف چرم"}, "كيف چرم"),
    (ZERO_WIDTH, "zerowidth softshell"),
    # Scripts without blanks.
    ({"title": "빈티지 청자켓"}, "자켓"),
    ({"title": "春夏新款连衣裙"}, "连衣裙"),
    ({"title": "กระเป๋าหนังสีดำ"}, "กระเป๋า"),
    # Stems.
    ({"title": "Geblümtes Sommerkleidchen für Mädchen"}, "geblümte"),
    ({"title": "Куртка демисезонная стёганая"}, "стёганые куртки"),
    # Numbers that are not prices, and sizes.
    ({"title": "Air Force 1 07", "brand": "Nike", "price": 95}, "air force 1"),
    ({"title": "Pleated midi 75 cm waist", "price": 110}, "pleated midi waist under 80 cm"),
    ({"title": "Selvedge raw", "size": "W33 L34"}, "selvedge w33 l34"),
    ({"title": "Court trainer", "size": "UK9.5"}, "court trainer uk 9.5"),
]


def shared_cases():
    path = fit_process.SOURCE_DIR.parent / "shared" / "cases" / "words.json"
    return json.loads(path.read_text()) if path.is_file() else []


def all_cases():
    cases = [(item, text, {}) for item, text in CASES]
    return cases + [(one["item"], one["text"], {key: one[key] for key in ("prop", "brand") if key in one}) for one in shared_cases()]


ITEMS = {json.dumps(item, sort_keys=True): f"case-{number}" for number, (item, _, _) in enumerate(all_cases())}


@pytest.fixture(scope="module", params=["palette", "builtin"])
def shop(request, drawn_sample, tmp_path_factory):
    """The items of all cases and of the sample, with a model without and one with a text side."""
    data = tmp_path_factory.mktemp(f"cases-{request.param}")
    lines = []
    for number, (item, name) in enumerate(ITEMS.items()):
        row = drawn_sample.rows[number % len(drawn_sample.rows)]
        picture = str(drawn_sample.csv.parent / row["images"].split("|")[0])
        lines.append(json.dumps(json.loads(item) | {"source": "cases", "external_id": name, "images": [picture]}))
    (data / "items.ndjson").write_text("\n".join(lines) + "\n")
    run(data, "import", drawn_sample.csv, "--source", "sample", EMBEDDING_PROVIDER=request.param)
    run(data, "import", data / "items.ndjson", "--source", "cases", EMBEDDING_PROVIDER=request.param)
    with Server(data, EMBEDDING_PROVIDER=request.param, APP_PORT=free_port()) as running:
        yield running


@pytest.mark.parametrize(("item", "text", "read"), all_cases(), ids=lambda value: value if isinstance(value, str) else "")
def test_the_item_comes_first(shop, item, text, read):
    found = results(shop.search(text=text, limit=3, explain=True))
    assert found, text
    assert found[0]["external_id"] == ITEMS[json.dumps(item, sort_keys=True)], (text, [one["title"] for one in found])
    assert found[0]["explain"]["parts"].get("words", 0) > 0
    for name, value in read.get("prop", {}).items():
        assert found[0]["properties"][name] == value
    if "brand" in read:
        assert found[0]["brand"] == read["brand"]


def test_what_is_denied_is_left_out(shop):
    for text in ("dress -red", "dress, anything but red", "dress not red"):
        found = results(shop.search(text=text, limit=50))
        assert found and all(one["properties"].get("primary_color") != "red" for one in found), text


def test_a_brand_that_is_denied_is_left_out(shop):
    for text, brand in (("shirt, not white stuff", "White Stuff"), ("-apc coat", "A.P.C."), ("anything but H&M", "H&M"),
                        ("no redwing or hema", "Red Wing"), ("no redwing or hema", "Hema")):
        found, cursor = [], None
        for _ in range(20):
            body = shop.search(text=text, limit=100, **({"cursor": cursor} if cursor else {})).json()
            found += [one["brand"] for one in body["results"]]
            cursor = body.get("next_cursor")
            if not cursor:
                break
        assert found and brand not in found, text
        assert body["read_as"]["denied_brands"], text
        assert any(one["brand"] == brand for one in results(shop.search(text=brand, limit=3)))


def test_a_name_that_begins_with_no_is_no_denial(shop):
    body = shop.search(text="no 6 store", limit=3).json()
    assert "denied_brands" not in body["read_as"] and "not" not in str(body["read_as"]["properties"])


@pytest.mark.parametrize("text", ["xqzzv plorf", "mountain bike"])
def test_nonsense_finds_nothing_close(shop, text):
    for asked in ({"match": "close"}, {"min_relevance": 0.3}):
        body = shop.search(text=text, **asked).json()
        assert body["results"] == [] and body["reason"], [(one["title"], one["relevance"]) for one in body["results"]]


def test_relevance_counts_words(shop):
    for asked in ({"match": "close"}, {"min_relevance": 0.3}):
        found = results(shop.search(text="nuptse", **asked))
        assert found[0]["title"] == "Nuptse puffer" and found[0]["relevance"] > 0.9


def test_a_foreign_word_is_no_brand(shop):
    read = shop.search(text="hemd", limit=1).json()["read_as"]
    assert "corrected" not in read and read["suggested"] == [{"from": "hemd", "to": "hema"}]


def test_any_word_that_is_denied_is_left_out(shop):
    def titles(text):
        return [one["title"].lower() for one in results(shop.search(text=text, limit=100))]

    assert any("ranger" in title for title in titles("iron ranger"))
    for text in ("shirt -ranger", "shirt not ranger", "shirt ohne ranger", "shirt kein ranger", "shirt sans ranger", "-ranger"):
        found = titles(text)
        assert found and not any("ranger" in title for title in found), text
        assert shop.search(text=text).json()["read_as"]["denied_words"] == ["ranger"], text
    assert "superstar" in titles("superstar -ranger")[0]


def test_a_denial_of_everything_has_a_reason(shop):
    body = shop.search(text="-zerowidth", filters={"source": "cases", "external_id": ITEMS[json.dumps(ZERO_WIDTH, sort_keys=True)]}).json()
    assert body["results"] == [] and body["reason"]
