"""Filters with `not` and ranges, facets, and the reasons of empty pages."""

import collections
import json

import pytest

import image_files
from checks import assert_problem, results
from fit_process import Server, wait_until


@pytest.fixture(scope="module")
def photo(drawn_sample):
    return image_files.text(drawn_sample.photo(drawn_sample.rows[3]))


def test_not_excludes_values(server, drawn_sample, photo):
    colours = collections.Counter(row["primary_color"] for row in drawn_sample.rows)
    (first, _), (second, _) = colours.most_common(2)
    for unwanted in (first, [first.upper(), second]):
        names = {one.lower() for one in ([unwanted] if isinstance(unwanted, str) else unwanted)}
        found = results(server.search(image_base64=photo, limit=100, filters={"primary_color": {"not": unwanted},
                                                                              "source": "sample"}))
        rows = [row for row in drawn_sample.rows if row["primary_color"] not in names]
        assert len(found) == min(100, len(rows))
        assert not names & {one["properties"].get("primary_color") for one in found}


def test_photo_search_accepts_the_same_filters(server, photo):
    response = server.search_by_image(image_base64=photo, limit=5, filters={"category": {"not": "tops"},
                                                                            "price_range": {"max": 50}})
    found = results(response)
    assert len(found) == 5
    assert all(one["properties"]["category"] != "tops" and one["price"] <= 50 for one in found)


def test_facets_count_the_filtered_set(server, drawn_sample, photo):
    rows = [row for row in drawn_sample.rows if row["category"] == "tops"]
    body = server.search(image_base64=photo, limit=1, filters={"category": "tops", "source": "sample"},
                         facets=["primary_color", "brand", "price", "status"]).json()
    assert list(body["facets"]) == ["primary_color", "brand", "price", "status"]
    for name in ("primary_color", "brand"):
        facet = body["facets"][name]
        counted = {one["value"]: one["count"] for one in facet["values"]}
        assert counted == collections.Counter(row[name] for row in rows if row[name])
        assert facet["missing"] == sum(not row[name] for row in rows) and facet["others"] == 0
        assert [one["count"] for one in facet["values"]] == sorted(counted.values(), reverse=True)
    prices = [float(row["price"]) for row in rows]
    price = body["facets"]["price"]
    assert (price["min"], price["max"]) == (min(prices), max(prices))
    for bucket in price["histogram"]:
        assert bucket["count"] == sum(bucket["from"] <= one < bucket["to"] for one in prices)
    assert body["facets"]["status"]["values"] == [{"value": "active", "count": len(rows)}]


def test_facets_work_with_multipart_requests(server, drawn_sample):
    response = server.post("/api/v1/search", files={"image": drawn_sample.photo(drawn_sample.rows[0])},
                           data={"facets": '["category"]', "limit": "1"})
    assert list(response.json()["facets"]) == ["category"]


def test_facets_are_returned_only_on_request(server, photo):
    assert "facets" not in server.search(image_base64=photo, limit=1).json()
    assert_problem(server.search_by_image(image_base64=photo, facets=["brand"]), 422, "facets")


@pytest.mark.parametrize("facets", ["brand", ["colour"], ["brand", "brand"], [5], {"brand": 1}, [["brand"]]])
def test_bad_facets(server, photo, facets):
    assert_problem(server.search(image_base64=photo, facets=facets), 422, "facets")


@pytest.mark.parametrize("name, nearest", [("primary_colour", "primary_color"), ("catgory", "category"),
                                           ("pricerange", "price_range"), ("Brand", "brand")])
def test_an_unknown_filter_gets_a_suggestion(server, photo, name, nearest):
    problem = assert_problem(server.search(image_base64=photo, filters={name: "x"}), 422, f"filters.{name}")
    assert f"did you mean {nearest}?" in problem["detail"]


@pytest.mark.parametrize("filters, words", [
    ({"primary_color": "balck"}, 'did you mean "black"?'),
    ({"brand": "no such brand at all"}, "brand"),
    ({"category": {"any": "tops", "not": "tops"}}, "contradict"),
    ({"price_range": [900000, 1000000]}, "no item for sale has a price in this range"),
    ({"listed_after": "2999-01-01"}, "no item for sale was listed since that time"),
    ({"primary_color": "balck"}, 'no item has the primary color "balck"'),
])
def test_an_empty_page_has_a_reason(server, photo, filters, words):
    for response in (server.search(image_base64=photo, filters=filters),
                     server.search_by_image(image_base64=photo, filters=filters)):
        assert results(response) == []
        assert words in response.json()["reason"]
    assert "reason" not in server.search(image_base64=photo, limit=1).json()


@pytest.mark.parametrize("conditions", [
    {"not": []}, {"not": None}, {"not": {}}, {}, {"nor": "x"}, {"any": "x", "nor": "y"}, {"not": [["x"]]}, {"not": "a\0b"},
    {"not": "a\x07b"}, {"not": "x" * 201}, {"not": ["x"] * 101},
])
def test_bad_conditions(server, photo, conditions):
    assert_problem(server.search(image_base64=photo, filters={"brand": conditions}), 422, "filters.brand")
    for value in ({"min": 5, "max": 1}, {"min": -1}, {"least": 1}, {}, {"min": "1"}):
        assert_problem(server.search(image_base64=photo, filters={"price_range": value}), 422, "filters.price_range")


@pytest.mark.parametrize("text", ["' OR 1=1 --", "\"; DROP TABLE items; --", "%", "_", "*", "{{7*7}}", "${jndi:x}", "\u202e", "大衣",
                                  "пальто", "معطف", "\U0001F457", "a\tb", "\\", "NULL"])
def test_hostile_values_are_treated_as_values(server, photo, text):
    for filters in ({"brand": text}, {"brand": {"any": text}}, {"material": [text]}):
        assert results(server.search(image_base64=photo, filters=filters)) == []
    assert len(results(server.search(image_base64=photo, limit=3, filters={"brand": {"not": text}}))) == 3


@pytest.fixture(scope="module")
def priced(tmp_path_factory):
    """Five items: prices in two currencies, one without a price, dates in another order."""
    rows = [("a", 30, "EUR", "2026-03-01"), ("b", 10, "USD", "2026-05-01"), ("c", None, None, "2026-01-01"),
            ("d", 20, "EUR", None), ("e", 20, "USD", "2026-02-01")]
    with Server(tmp_path_factory.mktemp("priced")) as server:
        for number, (name, price, currency, listed_at) in enumerate(rows):
            item = {"source": "shop" if name < "c" else "other", "external_id": name, "title": "Dress",
                    "images": [{"image_base64": image_files.text(image_files.jpeg(number))}]}
            given = {"price": price, "currency": currency, "listed_at": listed_at}
            server.post("/api/v1/items", json=item | {k: v for k, v in given.items() if v is not None}).raise_for_status()
        wait_until(lambda: len(names(browse(server))) == len(rows), "listing the items")
        yield server


def names(response):
    assert response.status_code == 200, response.text
    body = response.json()
    return "".join(one["external_id"] for one in body.get("items", body.get("results")))


def browse(server, filters=None, **parameters):
    if filters:
        parameters["filters"] = json.dumps(filters)
    return server.get("/api/v1/items", params=parameters)


ORDERS = {"newest": "baecd", "price_asc": "bedac", "price_desc": "aedbc"}


@pytest.mark.parametrize("order", ORDERS)
def test_items_are_sorted_page_by_page(priced, order):
    assert names(browse(priced, sort=order)) == ORDERS[order]
    first = browse(priced, sort=order, limit=2)
    second = browse(priced, sort=order, limit=2, cursor=first.json()["next_cursor"])
    third = browse(priced, sort=order, limit=2, cursor=second.json()["next_cursor"])
    assert names(first) + names(second) + names(third) == ORDERS[order]
    assert "next_cursor" not in third.json() or third.json()["next_cursor"] is None
    assert_problem(browse(priced, sort="newest", cursor=second.json()["next_cursor"], limit=3,
                          filters={"currency": "EUR"}), 422, "cursor")


def test_results_are_sorted_too(priced):
    photo = image_files.text(image_files.jpeg(1))
    for order, expected in ORDERS.items():
        found = names(priced.search(image_base64=photo, sort=order))
        assert sorted(found) == list("abcde")
        assert [one for one in found if one in "abd"] == [one for one in expected if one in "abd"]
    pages = priced.search(image_base64=photo, sort="price_asc", limit=3)
    rest = priced.search(image_base64=photo, sort="price_asc", limit=3, cursor=pages.json()["next_cursor"])
    assert sorted(names(pages) + names(rest)) == list("abcde")
    assert names(priced.search(image_base64=photo, sort="relevance")) == names(priced.search(image_base64=photo))
    assert_problem(priced.search(image_base64=photo, sort="cheap"), 422, "sort")
    assert_problem(priced.search_by_image(image_base64=photo, sort="price_asc"), 422, "sort")


def test_sorted_pages_stay_when_the_catalogue_changes(tmp_path):
    with Server(tmp_path) as server:
        def put(name, price, number):
            item = {"source": "shop", "external_id": name, "title": "Dress", "price": price, "currency": "EUR",
                    "images": [{"image_base64": image_files.text(image_files.jpeg(number))}]}
            server.post("/api/v1/items", json=item).raise_for_status()

        for number, (name, price) in enumerate([("a", 10), ("b", 10), ("c", 10), ("d", 20), ("e", 30)]):
            put(name, price, number)
        photo = image_files.text(image_files.jpeg(2))

        def pages(page):
            wait_until(lambda: sorted(names(server.search(image_base64=photo))) == list("abcde"), "indexing")
            first = page()
            put("z", 1, 7)  # cheaper than all
            cursor = first.json()["next_cursor"]
            server.delete("/api/v1/items", params={"source": "shop", "external_id": names(first)[-1]}).raise_for_status()
            second = page(cursor=cursor)
            put(names(first)[-1], 10, "abc".index(names(first)[-1]))
            server.delete("/api/v1/items", params={"source": "shop", "external_id": "z"}).raise_for_status()
            return names(first), names(second)

        for page in (lambda **more: browse(server, sort="price_asc", limit=2, **more),
                     lambda **more: server.search(image_base64=photo, sort="price_asc", limit=2, min_similarity=-1, **more)):
            first, second = pages(page)
            assert len(first) == len(second) == 2
            assert not set(first) & set(second), "nothing comes twice"
            assert set(first + second) <= set("abcd") and second[-1] == "d", "nothing is left out"


def test_how_much_is_sorted_is_said(priced):
    photo = image_files.text(image_files.jpeg(1))
    for query in ({}, {"min_similarity": -1}, {"collapse_duplicates": True}):
        body = priced.search(image_base64=photo, sort="price_asc", limit=2, **query).json()
        assert body["sorted"] == {"count": 5, "complete": True}, query
    assert "sorted" not in priced.search(image_base64=photo).json()
    above = priced.search(image_base64=photo, sort="price_desc", min_similarity=0.999).json()
    assert above["sorted"]["count"] == len(above["results"]) < 5, "what lies below the threshold is not sorted"


def test_currencies(priced):
    assert names(browse(priced, {"currency": "eur"}, sort="price_asc")) == "da"
    assert names(browse(priced, {"currency": ["USD", "EUR"]}, sort="price_asc")) == "beda"
    assert names(browse(priced, {"currency": "USD", "price_range": [15, None]})) == "e"
    photo = image_files.text(image_files.jpeg(1))
    assert sorted(names(priced.search(image_base64=photo, filters={"currency": "USD"}))) == ["b", "e"]
    nothing = browse(priced, {"currency": "CHF"}).json()
    assert nothing["items"] == [] and "currency" in nothing["reason"]
    assert_problem(browse(priced, {"currency": "euro"}), 422, "filters.currency")


def test_items_are_found_by_their_own_ids(priced):
    assert names(browse(priced, {"external_id": "c"})) == "c"
    assert sorted(names(browse(priced, {"external_id": ["a", "e", "x"]}))) == ["a", "e"]
    photo = image_files.text(image_files.jpeg(1))
    assert names(priced.search(image_base64=photo, filters={"external_id": "d"})) == "d"
    assert names(browse(priced, {"external_id": "a", "source": "other"})) == ""
    nothing = browse(priced, {"external_id": "nobody"}).json()
    assert nothing["items"] == [] and "nobody" in nothing["reason"]
