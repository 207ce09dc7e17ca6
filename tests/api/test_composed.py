"""Queries of several parts: photo and words, item and words, examples; pages, explanations, duplicates."""

import base64

import pytest

import fit_process
import image_files
from checks import assert_problem, results
from fit_process import Server, wait_until

DEFAULT = {"EMBEDDING_PROVIDER": "builtin"}


@pytest.fixture(scope="module")
def builtin_server(drawn_sample, tmp_path_factory):
    data = tmp_path_factory.mktemp("composed")
    fit_process.run(data, "import", drawn_sample.csv, "--source", "sample", **DEFAULT)
    with Server(data, **DEFAULT) as running:
        yield running


@pytest.fixture(scope="module")
def items(builtin_server, drawn_sample):
    """Every active item as a search returns it."""
    found = results(builtin_server.search(text="under 1000000", limit=100))
    body = builtin_server.search(text="under 1000000", limit=100).json()
    while "next_cursor" in body:
        body = builtin_server.search(text="under 1000000", limit=100, cursor=body["next_cursor"]).json()
        found += body["results"]
    assert len({one["id"] for one in found}) == len(found) == len(drawn_sample.rows)
    return found


def test_this_but_in_another_colour(builtin_server, items):
    """The first results have the requested colour and keep the type, as far as such items exist."""
    right_colour = right_kind = total = 0
    for item in items[:40]:
        kind = item["properties"]["category"]
        for colour in ("black", "red", "blue"):
            if item["properties"]["primary_color"] == colour:
                continue
            there = sum(one["properties"]["category"] == kind and one["properties"]["primary_color"] == colour
                        and one["id"] != item["id"] for one in items)
            if there < 3:
                continue
            body = builtin_server.search(item_id=item["id"], text=f"this but in {colour}", limit=there).json()
            assert body["read_as"]["properties"] == {"primary_color": colour}
            right_colour += sum(one["properties"]["primary_color"] == colour for one in body["results"])
            right_kind += sum(one["properties"]["category"] == kind for one in body["results"])
            total += there
    print(f"colour {right_colour / total:.3f}, kind {right_kind / total:.3f} of {total}")
    assert right_colour >= 0.9 * total and right_kind >= 0.9 * total, (right_colour, right_kind, total)


def test_a_photo_and_words(builtin_server, drawn_sample):
    def looks_like(row):
        body = builtin_server.post("/api/v1/search", files={"image": drawn_sample.photo(row)}).json()
        return body["predicted_properties"].get("category", {}).get("value")

    row = next(row for row in drawn_sample.rows if row["subcategory"] == "t-shirt" and row["primary_color"] != "black"
               and looks_like(row) == "tops")
    response = builtin_server.post("/api/v1/search", files={"image": drawn_sample.photo(row)},
                                   data={"text": "in black under $40", "limit": "5", "explain": "true"})
    body = response.json()
    assert body["read_as"] == {"text": "in black", "price_range": [None, 40], "properties": {"primary_color": "black"}}
    assert all(one["price"] <= 40 for one in results(response))
    assert sum(one["properties"]["primary_color"] == "black" for one in results(response)) >= 4
    for one in results(response):
        assert abs(sum(one["explain"]["parts"].values()) - one["explain"]["score"]) < 1e-4
    assert "predicted_properties" in body


def test_the_kind_stays(empty_server, drawn_sample):
    """No dress is orange: the dresses come first, and the response says what was given up."""
    row = next(row for row in drawn_sample.rows if row["category"] == "dresses")
    photo = base64.b64encode(drawn_sample.photo(row)).decode()

    def add(name, price, **properties):
        item = {"source": "s", "external_id": name, "price": price, "currency": "USD", "properties": properties,
                "images": [{"image_base64": photo}]}
        assert empty_server.post("/api/v1/items", json=item).status_code == 201

    for number in range(8):
        add(f"shirt {number}", 30, category="tops", subcategory="t-shirt", primary_color="orange")
    for number in range(3):
        add(f"dress {number}", 40, category="dresses", subcategory="dress", primary_color="blue")
    add("dear", 80, category="dresses", subcategory="dress", primary_color="orange")
    wait_until(lambda: len(results(empty_server.search(image_base64=photo, limit=20))) == 12, "indexing the items")
    example = next(one["id"] for one in results(empty_server.search(text="under 1000", limit=20))
                   if one["external_id"] == "dress 0")

    body = empty_server.search(item_id=example, text="in orange under $50", limit=4).json()
    assert body["read_as"] == {"text": "in orange", "price_range": [None, 50], "properties": {"primary_color": "orange"},
                               "given_up": {"primary_color": ["orange"]}}
    assert [one["properties"]["category"] for one in body["results"]] == ["dresses", "dresses", "tops", "tops"]
    body = empty_server.search(item_id=example, text="in orange", limit=4).json()
    assert "given_up" not in body["read_as"]
    assert body["results"][0]["external_id"] == "dear"
    body = empty_server.search(item_id=example, text="in orange under $35", limit=4).json()
    assert body["read_as"]["given_up"] == {"subcategory": ["dress"]}


def test_without(builtin_server, items):
    striped = [one for one in items if one["properties"].get("pattern") == "striped"]
    if not striped:
        pytest.skip("no item is striped")
    body = builtin_server.search(item_id=striped[0]["id"], text="without stripes", limit=5).json()
    assert body["read_as"]["properties"] == {"pattern": {"not": ["striped"]}}
    assert all(one["properties"].get("pattern") != "striped" for one in body["results"])


def test_examples(builtin_server, items):
    bags = [one for one in items if one["properties"]["category"] == "bags"][:3]
    shoes = [one for one in items if one["properties"]["category"] == "shoes"][:1]
    ids = [one["id"] for one in bags]
    found = results(builtin_server.search(like=ids, limit=5))
    assert not {one["id"] for one in found} & set(ids)
    assert sum(one["properties"]["category"] == "bags" for one in found) >= 4
    found = results(builtin_server.search(like=ids, unlike=[shoes[0]["id"]], limit=5))
    assert all(one["properties"]["category"] != "shoes" for one in found)
    found = results(builtin_server.search(item_id=ids[0], like=ids[1:], limit=5))
    assert not {one["id"] for one in found} & set(ids)


def test_words_are_parsed(builtin_server):
    body = builtin_server.search(text="black jacket between 20 and 90 eur", limit=5).json()
    assert body["read_as"]["text"] == "black jacket" and body["read_as"]["price_range"] == [20, 90]
    assert body["read_as"]["properties"]["primary_color"] == "black"
    assert body["results"] and all(20 <= one["price"] <= 90 for one in body["results"])
    assert body["results"][0]["properties"]["primary_color"] == "black"
    assert "read_as" not in builtin_server.search(item_id=body["results"][0]["id"], limit=1).json()


def test_a_price_alone_returns_the_latest_items(builtin_server):
    found = results(builtin_server.search(text="under 60", limit=5))
    assert [int(one["id"]) for one in found] == sorted((int(one["id"]) for one in found), reverse=True)
    assert all(one["similarity"] is None and one["price"] <= 60 for one in found)


def test_pages(builtin_server, items):
    for query in ({"item_id": items[0]["id"]}, {"item_id": items[0]["id"], "text": "in black"}, {"text": "dress"}):
        whole = [one["id"] for one in results(builtin_server.search(**query, limit=60))]
        body = builtin_server.search(**query, limit=20).json()
        paged = [one["id"] for one in body["results"]]
        while len(paged) < 60:
            body = builtin_server.search(**query, limit=20, cursor=body["next_cursor"]).json()
            paged += [one["id"] for one in body["results"]]
        assert paged == whole


def test_pages_of_a_photo_search_need_the_photo(builtin_server, drawn_sample):
    photo = image_files.text(drawn_sample.photo(drawn_sample.rows[0]))
    first = builtin_server.search(image_base64=photo, limit=10).json()
    second = builtin_server.search(image_base64=photo, limit=10, cursor=first["next_cursor"]).json()
    assert not {one["id"] for one in first["results"]} & {one["id"] for one in second["results"]}
    assert first["results"][-1]["similarity"] >= second["results"][0]["similarity"]
    assert_problem(builtin_server.search(image_base64=photo, limit=10, cursor=first["next_cursor"], min_similarity=0), 422,
                   "cursor")
    assert_problem(builtin_server.search_by_image(image_base64=photo, cursor=first["next_cursor"]), 422, "cursor")


def test_duplicates_are_collapsed(empty_server, drawn_sample):
    photo = drawn_sample.photo(drawn_sample.rows[0])
    other = drawn_sample.photo(drawn_sample.rows[1])
    for number in range(6):
        image = base64.b64encode(other if number == 5 else photo).decode()
        assert empty_server.post("/api/v1/items", json={"source": "s", "external_id": str(number),
                                                        "images": [{"image_base64": image}]}).status_code == 201
    query = {"image_base64": image_files.text(photo), "limit": 5}
    assert len(results(empty_server.search(**query))) == 5
    found = results(empty_server.search(**query, collapse_duplicates=True))
    assert [one["external_id"] for one in found] == ["0", "5"]


@pytest.mark.parametrize("fields, field", [
    ({"text": ""}, "text"), ({"text": " \n\t"}, "text"), ({"text": "a\0b"}, "text"), ({"text": "a\x1bb"}, "text"),
    ({"text": "a\u0085b"}, "text"), ({"text": "red " * 10_000}, "text"), ({"text": ["red"]}, "text"),
    ({"text": "red", "limit": -5}, "limit"), ({"text": "red", "filters": {"price_range": [9, 1]}}, "filters.price_range"),
    ({"like": []}, "image_base64"), ({"like": ["x"]}, "like"), ({"like": [0]}, "like"), ({"like": "1"}, "like"),
    ({"like": [{}]}, "like"), ({"like": ["1"] * 21}, "like"), ({"like": ["99999999"]}, "like"), ({"unlike": ["1"]}, "unlike"),
    ({"item_id": "1", "unlike": ["' OR 1=1 --"]}, "unlike"), ({"text": "red", "weights": {"words": -1}}, "weights"),
    ({"text": "red", "weights": {"image": 1e9}}, "weights"), ({"text": "red", "weights": {"x": 1}}, "weights"),
    ({"text": "red", "weights": {"image": 0, "text": 0, "words": 0, "properties": 0}}, "weights"),
    ({"text": "red", "explain": "yes"}, "explain"), ({"text": "red", "collapse_duplicates": 1}, "collapse_duplicates"),
    ({"text": "red", "cursor": ""}, "cursor"), ({"text": "red", "cursor": "'; DROP TABLE items; --"}, "cursor"),
    ({"text": "red", "cursor": "A" * 100_000}, "cursor"), ({"text": "red", "cursor": 5}, "cursor"),
    ({"text": "under 20", "min_similarity": 0.5}, "min_similarity"),
])
def test_bad_fields(builtin_server, fields, field):
    problem = builtin_server.search(**fields)
    assert_problem(problem, 404 if "99999999" in str(fields) else 422, None if "99999999" in str(fields) else field)


SCRIPTS = ["красное платье", "赤いドレス", "红色连衣裙", "빨간 드레스", "فستان أحمر", "שמלה אדומה", "लाल पोशाक", "ชุดสีแดง", "κόκκινο φόρεμα",
           "червона сукня", "ቀይ ቀሚስ", "կարմիր զգեստ", "წითელი კაბა", "👗❤️", "e\u0301te\u0301", "\u202eder", "ﷺ", "𝓻𝓮𝓭"]
ATTACKS = ["' OR '1'='1", "\"; DROP TABLE items; --", "red\" OR \"blue", "NEAR(red blue, 5)", "title:red", "re*", "^red", "red AND",
           "NOT", "(((", ")))", "{red}", "col : x", "-red", "+red", "\\", "%s%n", "${jndi:ldap://x}", "<script>alert(1)</script>",
           "../../etc/passwd", "under under under", "between and", "under $", "< > <= >=", "$-$", "--"]


@pytest.mark.parametrize("text", SCRIPTS + ATTACKS)
def test_every_text_is_treated_as_text(builtin_server, text):
    for query in ({"text": text}, {"text": text, "item_id": "1"}):
        found = results(builtin_server.search(**query, limit=3))
        assert len(found) == 3, query
    assert builtin_server.get("/ready").status_code == 200


def test_without_a_text_side_properties_are_still_parsed(server, drawn_sample):
    photo = image_files.text(drawn_sample.photo(drawn_sample.rows[0]))
    found = results(server.search(image_base64=photo, text="in black", limit=5))
    assert all(one["properties"]["primary_color"] == "black" for one in found)
    assert_problem(server.search(image_base64=photo, text="like this"), 422, "text")
