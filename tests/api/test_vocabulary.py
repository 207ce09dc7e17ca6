"""Filters and facets have one vocabulary: the words of sellers and folders mean values of the ontology. Items keep the words."""

import json

import pytest

import fit_process
import image_files
from fit_process import Server, wait_until

# The columns of the items by their external_id.
ITEMS = {
    "a": {"category": "Tshirts", "subcategory": "t-shirt", "primary_color": "grey"},
    "b": {"category": "t-shirt", "subcategory": "Tshirts", "primary_color": "Gray"},
    "c": {"category": "T Shirts", "subcategory": "tshirts", "primary_color": "gray"},
    "d": {"category": "tops", "subcategory": "polo shirt", "primary_color": "Navy Blue"},
    "e": {"category": "pants", "primary_color": "navy"},
    "f": {"category": "Bottomwear", "subcategory": "Jeans", "primary_color": "unicorn"},
    "g": {"category": "dress", "subcategory": "dresses", "primary_color": "Unicorn"},
    "h": {"category": "Dresses", "subcategory": "jumpsuit"},
    "i": {"category": "Water Bottle"},
}


def upload(server, items):
    """Imports the items and waits until lists and searches see them."""
    rows = "".join(json.dumps({"source": "shop", "external_id": name, "title": "Thing",
                               "images": [{"image_base64": image_files.text(image_files.jpeg(number))}]} | columns) + "\n"
                   for number, (name, columns) in enumerate(items.items(), 1))
    response = server.post("/api/v1/items/import?source=shop", data=rows.encode(),
                           headers={"Content-Type": "application/x-ndjson"})
    assert response.status_code == 200 and response.json()["created"] == len(items), response.text

    def seen():
        listed = {one["external_id"] for one in browse(server)["items"]}
        nearest = {one["external_id"] for one in nearest_items(server)}
        return set(items) <= listed & nearest

    wait_until(seen, "indexing")


@pytest.fixture(scope="module")
def sellers(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("sellers")) as server:
        upload(server, ITEMS)
        yield server


# Sizes as sellers write them; the last two are none.
SIZES = {"a": "M", "b": "Medium", "c": "EU 38", "d": "38", "e": "36", "f": "W32/L34", "g": "32x34", "h": "S", "i": "42.5",
         "j": "6-7 Y", "k": "UK 10", "l": "12m", "m": "Tall", "n": "M (38)"}


@pytest.fixture(scope="module")
def sized(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("sized")) as server:
        upload(server, {name: {"size": size} for name, size in SIZES.items()})
        yield server


def test_sizes_are_grouped_by_system_in_their_order(sized):
    facet = browse(sized, facets=["size"])["facets"]["size"]
    assert [(one.get("system"), one["value"], one["count"]) for one in facet["values"]] == [
        ("letters", "S", 1), ("letters", "M", 2), ("eu", "EU 36", 1), ("eu", "EU 38", 2), ("uk", "UK 10", 1),
        ("waist", "W32 L34", 2), ("shoes", "EU 42.5", 1), ("kids", "12 months", 1), ("kids", "6-7 years", 1),
        (None, "M (38)", 1), (None, "Tall", 1)]


def test_a_size_finds_its_spellings(sized):
    for one in browse(sized, facets=["size"])["facets"]["size"]["values"]:
        found = browse(sized, {"size": one["value"]}, facets=["size"])
        assert len(found["items"]) == one["count"], one
        assert len(found["facets"]["size"]["values"]) == 11, "the facet leaves its own condition out"
    for spelling in ("m", "Size M", "MEDIUM"):
        assert {one["external_id"] for one in browse(sized, {"size": spelling})["items"]} == {"a", "b"}
    assert {one["external_id"] for one in browse(sized, {"size": ["38", "12 months"]})["items"]} == {"c", "d", "l"}
    assert len(browse(sized, {"size": {"not": "EU 38"}})["items"]) == len(SIZES) - 2
    assert {one["external_id"] for one in nearest_items(sized, {"size": "EU 38"})} == {"c", "d"}
    assert browse(sized, {"size": "EU 50"})["items"] == []
    items = {one["external_id"]: one["size"] for one in browse(sized)["items"]}
    assert items == SIZES, "items keep the seller's words"


@pytest.mark.parametrize("size", ["' OR 1=1 --", "9" * 100, "\u202e38", "38" + " " * 90, "<b>M</b>", "W32 L34 W32 L34 W32"])
def test_hostile_sizes_are_texts(sized, size):
    assert browse(sized, {"size": size})["items"] == []


def browse(server, filters=None, facets=()):
    parameters = {"filters": json.dumps(filters or {}), "limit": 100}
    if facets:
        parameters["facets"] = json.dumps(list(facets))
    response = server.get("/api/v1/items", params=parameters)
    assert response.status_code == 200, response.text
    return response.json()


def nearest_items(server, filters=None):
    photo = image_files.text(image_files.jpeg(1))
    response = server.search(image_base64=photo, limit=100, filters=filters or {})
    assert response.status_code == 200, response.text
    return response.json()["results"]


def found(server, **filters):
    names = "".join(sorted(one["external_id"] for one in browse(server, filters)["items"]))
    by_photo = nearest_items(server, filters)
    assert "".join(sorted(one["external_id"] for one in by_photo)) == names, "searches and lists agree"
    return names


def facet(server, name, **filters):
    counted = browse(server, filters, [name])["facets"][name]
    assert counted["others"] == 0
    return {one["value"]: one["count"] for one in counted["values"]}


@pytest.mark.parametrize("column, spellings, names", [
    ("subcategory", ["t-shirt", "Tshirts", "tshirts", "T SHIRTS", "tee"], "abc"),
    ("subcategory", ["dress", "Dresses", "gown"], "g"),
    ("subcategory", ["trousers", "pants"], "e"),  # which follows from the category
    ("category", ["t-shirt", "Tshirts", "T Shirts"], "abc"),
    ("category", ["tops", "TOPS", "Topwear"], "abcd"),
    ("category", ["bottoms", "bottomwear"], "ef"),
    ("category", ["pants", "trousers"], "e"),
    ("category", ["dress", "dresses", "Dresses"], "gh"),
    ("category", ["water bottle", "WATER BOTTLE"], "i"),
    ("primary_color", ["gray", "grey", "GREY"], "abc"),
    ("primary_color", ["navy", "navy blue"], "de"),
    ("primary_color", ["unicorn", "UNICORN"], "fg"),
])
def test_every_spelling_finds_all_items(sellers, column, spellings, names):
    for spelling in spellings:
        assert found(sellers, **{column: spelling}) == names, spelling
        assert found(sellers, **{column: {"not": spelling}}) == "".join(sorted(set(ITEMS) - set(names))), spelling
    assert found(sellers, **{column: spellings}) == names


def test_a_facet_lists_each_meaning_once(sellers):
    assert facet(sellers, "category") == {"tops": 4, "bottoms": 2, "dresses": 2, "water bottle": 1}
    assert facet(sellers, "subcategory") == {"t-shirt": 3, "polo shirt": 1, "trousers": 1, "jeans": 1, "dress": 1, "jumpsuit": 1}
    assert facet(sellers, "primary_color") == {"gray": 3, "navy": 2, "unicorn": 2}
    assert facet(sellers, "primary_color", category="bottoms") == {"navy": 1, "unicorn": 1}


@pytest.mark.parametrize("column", ["category", "subcategory", "primary_color"])
def test_a_ticked_value_finds_as_many_items_as_it_counts(sellers, column):
    values = facet(sellers, column)
    for value, count in values.items():
        assert len(found(sellers, **{column: value})) == count, value
        assert facet(sellers, column, **{column: value}) == values, "the others stay on offer"


def test_items_keep_the_words_of_their_seller(sellers):
    for one in browse(sellers, {"category": "tops"})["items"] + browse(sellers, {"category": "bottoms"})["items"]:
        for column, word in ITEMS[one["external_id"]].items():
            assert one["properties"][column] == word.lower()


def test_words_find_them_too(sellers):
    for text, names in {"bottoms": "ef", "t-shirt": "abcd", "gray t-shirt": "abc"}.items():
        best = [one["external_id"] for one in sellers.search(text=text, limit=len(names)).json()["results"]]
        assert "".join(sorted(best)) == names, text


def test_a_new_spelling_is_found_at_once(tmp_path):
    with Server(tmp_path) as server:
        upload(server, {"a": {"primary_color": "gray"}})
        assert found(server, primary_color="grey") == "a"
        upload(server, {"b": {"primary_color": "Light-Grey"}})
        assert found(server, primary_color="gray") == "ab" and found(server, primary_color="light-grey") == "ab"
        assert facet(server, "primary_color") == {"gray": 2}


def test_folders_of_photos(tmp_path):
    for number, folder in enumerate(("Dresses", "Pants", "pants", "T-Shirts"), 1):
        (tmp_path / "photos" / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / "photos" / folder / f"IMG_{number}.jpg").write_bytes(image_files.jpeg(number))
    fit_process.run(tmp_path, "import", tmp_path / "photos", "--source", "home")
    with Server(tmp_path) as server:
        assert facet(server, "category") == {"bottoms": 2, "dresses": 1, "tops": 1}
        items = browse(server, {"category": "bottoms"})["items"]
        assert [one["properties"]["category"] for one in items] == ["pants", "pants"]
        assert [one["properties"]["subcategory"] for one in items] == ["trousers", "trousers"]
        assert len(browse(server, {"category": "dress"})["items"]) == 1
