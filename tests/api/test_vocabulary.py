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
