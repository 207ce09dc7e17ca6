"""Outfits of the catalogue: what they consist of, who may see their pieces, and what bad orders get."""

import datetime
import json
import secrets

import pytest
import requests

import fit_process
import image_files
from checks import assert_problem
from fit_process import Server, wait_until
from test_openapi import check, response_schema
from test_sign_in import create, signed_in
from test_tokens import ROOT, call, make_key, signed
from weather_server import WeatherServer

PATH = "/api/v1/recommend"
CORE = [{"top", "bottom"}, {"one_piece"}]


@pytest.fixture(scope="module")
def items(server):
    """The items of the drawn catalogue, by category."""
    found = {}
    cursor = ""
    while cursor is not None:
        query = {"limit": 100, "filters": '{"source": "sample"}'} | ({"cursor": cursor} if cursor else {})
        page = server.get("/api/v1/items", params=query).json()
        for item in page["items"]:
            found.setdefault(item["properties"]["category"], []).append(item)
        cursor = page.get("next_cursor")
    return found


def recommend(server, path=PATH, **order):
    answer = server.post(path, json={"filters": {"source": "sample"}} | order)
    assert answer.status_code == 200, answer.text
    return answer.json()


def ids(outfit):
    return [piece["item"]["id"] for piece in outfit["pieces"]]


def slots(outfit):
    return [piece["slot"] for piece in outfit["pieces"]]


def test_three_outfits_around_an_item(server, items):
    jeans = next(item for item in items["bottoms"]
                 if item["properties"]["subcategory"] == "jeans" and item["properties"]["gender"] == "women")
    answer = recommend(server, around=jeans["id"], explain=True)
    assert len(answer["outfits"]) == 3 and answer["gaps"] == []
    seen = set()
    for outfit in answer["outfits"]:
        assert slots(outfit) == ["top", "bottom", "shoes", "outer_layer", "bag", "accessory"]
        assert outfit["empty_slots"] == []
        assert outfit["score"] == pytest.approx(sum(outfit["parts"].values()), abs=1e-3)
        for piece in outfit["pieces"]:
            assert piece["is_locked"] == (piece["item"]["id"] == jeans["id"])
            assert piece["kind"] == "item" and piece["item"]["images"][0]["url"] and piece["garment"] is None
            assert piece["is_locked"] or piece["item"]["id"] not in seen, "two outfits share a piece"
            seen.add(piece["item"]["id"])
        genders = {piece["item"]["properties"].get("gender") for piece in outfit["pieces"]} - {"unisex", None}
        assert len(genders) <= 1
        assert any(piece["reasons"] for piece in outfit["pieces"])
    tops = [outfit["pieces"][0]["category"] for outfit in answer["outfits"]]
    assert len(set(tops)) == 3, "each outfit has another kind of top"
    assert "parts" not in recommend(server, around=jeans["id"])["outfits"][0]
    for path in (PATH, "/api/recommend"):
        assert recommend(server, path, around=int(jeans["id"]), explain=True) == answer


def test_without_a_piece_the_newest_listings_are_combined(server):
    outfits = recommend(server)["outfits"]
    assert len(outfits) == 3
    for outfit in outfits:
        assert set(slots(outfit)) - {"shoes", "outer_layer", "bag", "accessory"} in CORE


def test_seeds_repeat_outfits(server):
    first = recommend(server, seed=1)
    assert recommend(server, seed=1) == first
    assert any(recommend(server, seed=seed) != first for seed in range(2, 12))


def test_one_piece_is_swapped_and_the_rest_stays(server, items):
    order = {"around": items["dresses"][0]["id"], "seed": 3, "count": 1}
    before = ids(recommend(server, **order)["outfits"][0])
    assert len(before) >= 4
    for swapped in before:
        if swapped == order["around"]:
            continue
        rest = [item for item in before if item != swapped]
        after = recommend(server, **order, lock=rest, exclude=[swapped])["outfits"][0]
        assert set(rest) <= set(ids(after)) and swapped not in ids(after)


def test_the_occasion_and_the_season_leave_out_what_says_otherwise(server):
    outfits = recommend(server, occasion="casual", season="fall")["outfits"]
    assert outfits
    for outfit in outfits:
        for piece in outfit["pieces"]:
            assert piece["item"]["properties"].get("occasion", "everyday") == "everyday"
            assert piece["item"]["properties"].get("season", "autumn") in ("autumn", "all season")


def test_the_weather_decides_what_is_worn(server):
    cold = recommend(server, weather={"temperature_c": 2})
    assert cold["outfits"]
    for outfit in cold["outfits"]:
        assert "outer_layer" in slots(outfit) + outfit["empty_slots"]
        assert not {"Sandals", "Flip Flops", "Shorts"} & {piece["category"] for piece in outfit["pieces"]}
        assert "summer" not in {piece["item"]["properties"].get("season") for piece in outfit["pieces"]}
    warm = recommend(server, weather={"temperature_c": 28, "rain": False})
    assert all("outer_layer" not in slots(outfit) + outfit["empty_slots"] for outfit in warm["outfits"])
    rainy = recommend(server, weather={"temperature_c": 28, "rain": True})
    assert all("outer_layer" in slots(outfit) + outfit["empty_slots"] for outfit in rainy["outfits"])


def test_a_slot_without_a_candidate_has_listings(server, items):
    trousers = items["bottoms"][0]
    worn = [item["id"] for item in items["bags"] if item["properties"].get("occasion") != "formal"]
    answer = recommend(server, around=trousers["id"], occasion="formal", count=1, exclude=worn[:1])
    assert worn, "the drawn bags are for every day"
    empty = answer["outfits"][0]["empty_slots"] if answer["outfits"] else [gap["slot"] for gap in answer["gaps"]]
    assert "bag" in empty
    gap = next(gap for gap in answer["gaps"] if gap["slot"] == "bag")
    assert 0 < len(gap["listings"]) <= 12 and worn[0] not in [item["id"] for item in gap["listings"]]
    assert {item["properties"]["category"] for item in gap["listings"]} == {"bags"}


def test_filters_hold_for_pieces_and_listings(server):
    answer = recommend(server, filters={"source": "sample", "category": ["tops", "bottoms"]})
    assert {slot for outfit in answer["outfits"] for slot in slots(outfit)} == {"top", "bottom"}
    gaps = {gap["slot"]: gap["listings"] for gap in answer["gaps"]}
    assert gaps == {"shoes": [], "outer_layer": [], "bag": [], "accessory": []}
    assert recommend(server, filters={"source": "nobody"})["outfits"] == []


def test_around_a_photo(builtin_server, drawn_sample):
    row = next(row for row in drawn_sample.rows if row["subcategory"] == "jeans")
    answer = builtin_server.post(PATH, json={"around": {"image_base64": image_files.text(drawn_sample.photo(row))}})
    assert answer.status_code == 200, answer.text
    outfits = answer.json()["outfits"]
    assert outfits
    for outfit in outfits:
        photos = [piece for piece in outfit["pieces"] if piece["kind"] == "photo"]
        assert len(photos) == 1 and photos[0]["item"] is None and photos[0]["is_locked"]
        assert photos[0]["slot"] == "bottom"
    assert_problem(builtin_server.post(PATH, json={"around": {"image_base64": "aGVsbG8="}}), 400, "around.image_base64")


@pytest.mark.parametrize("order, field", [
    ({"around": "x"}, "around"), ({"around": 0}, "around"), ({"around": [1]}, "around"),
    ({"around": {}}, "around.image_base64"),
    ({"around": {"garment": "x"}}, "around.garment"), ({"around": {"garment": 1, "x": 1}}, "around.image_base64"),
    ({"lock": [{"garment": []}]}, "lock"), ({"exclude": [{"garment": 1, "x": 1}]}, "exclude"),
    ({"lock": "1"}, "lock"), ({"lock": [1, 2, 3, 4, 5, 6, 7]}, "lock"), ({"lock": [{}]}, "lock"),
    ({"exclude": 1}, "exclude"), ({"exclude": list(range(1, 42))}, "exclude"),
    ({"exclude": ["' OR 1=1 --"]}, "exclude"), ({"occasion": "moonwalk"}, "occasion"),
    ({"occasion": "x" * 100_000}, "occasion"), ({"season": "\u202e"}, "season"), ({"weather": {}}, "weather"),
    ({"weather": []}, "weather"), ({"weather": {"temperature_c": 500}}, "weather.temperature_c"),
    ({"weather": {"temperature_c": -91}}, "weather.temperature_c"), ({"weather": {"rain": 1}}, "weather.rain"),
    ({"weather": {"place": ""}}, "weather.place"), ({"weather": {"place": 7}}, "weather.place"),
    ({"weather": {"place": "x" * 201}}, "weather.place"), ({"weather": {"latitude": 91, "longitude": 0}}, "weather.latitude"),
    ({"weather": {"latitude": 1}}, "weather.longitude"), ({"weather": {"place": "x", "rain": True}}, "weather.rain"),
    ({"weather": {"place": "x", "date": "2020-01-01"}}, "weather.date"), ({"taste": "yes"}, "taste"),
    ({"weather": {"place": "Berlin"}}, "weather.place"), ({"weather": {"latitude": 1, "longitude": 1}}, "weather.latitude"),
    ({"from": "moon"}, "from"), ({"count": 0}, "count"), ({"count": 11}, "count"),
    ({"count": 1.5}, "count"),
    ({"seed": -1}, "seed"), ({"seed": 2 ** 60}, "seed"), ({"explain": "yes"}, "explain"),
    ({"filters": {"colour": "red"}}, "filters.colour"), ({"filters": "red"}, "filters"), ({"outfit": 1}, "outfit")])
def test_bad_orders_are_named(server, order, field):
    assert_problem(server.post(PATH, json=order), 422, field)


def test_pieces_that_cannot_be_worn_together_are_named(server, items):
    tops = [item["id"] for item in items["tops"][:2]]
    assert_problem(server.post(PATH, json={"lock": tops}), 422, "lock")
    assert_problem(server.post(PATH, json={"around": items["dresses"][0]["id"], "lock": tops[:1]}), 422, "lock")
    assert_problem(server.post(PATH, json={"around": 99999999}), 404, "around")
    assert_problem(server.post(PATH, json={"lock": ["99999999"]}), 404, "lock")
    for body in ("", "[]", "{", '{"around": 1'):
        assert server.post(PATH, data=body, headers={"Content-Type": "application/json"}).status_code == 400
    assert_problem(server.post(PATH, data="{}", headers={"Content-Type": "text/plain"}), 415)


def test_what_is_no_piece_of_an_outfit_is_named(empty_server):
    perfume = empty_server.post("/api/v1/items", json={
        "source": "x", "external_id": "1", "title": "Perfume",
        "properties": {"category": "beauty", "subcategory": "perfume"},
        "images": [{"image_base64": image_files.text(image_files.jpeg(1))}]}).json()
    assert_problem(empty_server.post(PATH, json={"around": perfume["id"]}), 422, "around")
    assert recommend(empty_server, filters=None)["outfits"] == []


def test_responses_match_the_document(server, items):
    document = server.get("/openapi.json").json()
    for path in (PATH, "/api/recommend"):
        orders = ({"around": items["tops"][0]["id"], "explain": True}, {"occasion": "formal"}, {"count": 0},
                  {"around": 99999999})
        for order in orders:
            answer = server.post(path, json=order)
            check(document, response_schema(document, path, "post", answer), answer.json())


@pytest.fixture(scope="module")
def closed(drawn_sample, tmp_path_factory):
    """A server that asks who is there, with the drawn catalogue. `catalogue` has its items."""
    data = tmp_path_factory.mktemp("recommend")
    fit_process.run(data, "import", drawn_sample.csv, "--source", "sample")
    with Server(data, API_KEY=ROOT, RATE_LIMIT_SIGN_IN="1000/second") as running:
        listed = call(running, "GET", "/api/v1/items?limit=100", ROOT).json()
        running.catalogue = listed["items"]
        yield running


def shown(answer):
    assert answer.status_code == 200, answer.text
    body = answer.json()
    return [piece["item"] for outfit in body["outfits"] for piece in outfit["pieces"]] + \
           [item for gap in body["gaps"] for item in gap["listings"]]


def test_a_caller_gets_pieces_that_they_may_see(closed):
    women = make_key(closed, "search", filters={"gender": "women"})["secret"]
    found = shown(call(closed, "POST", PATH, women, json={"count": 10, "occasion": "formal"}))
    assert found and {item["properties"]["gender"] for item in found} == {"women"}
    hidden = next(item for item in closed.catalogue if item["properties"]["gender"] == "men")
    for order, field in (({"around": hidden["id"]}, "around"), ({"lock": [hidden["id"]]}, "lock")):
        problem = assert_problem(call(closed, "POST", PATH, women, json=order), 404, field)
        assert problem["detail"] == f"{field}: there is no item {hidden['id']}", "as for an unknown item"
    assert shown(call(closed, "POST", PATH, women, json={"exclude": [hidden["id"]]}))


def test_a_token_bounds_what_is_shown(closed):
    key = make_key(closed, "search")
    short = signed(key, exclude_fields=["price", "brand"], limit=2)
    answer = call(closed, "POST", PATH, short, json={"count": 5, "occasion": "formal"})
    found = shown(answer)
    assert found and all("price" not in item and "brand" not in item and "title" in item for item in found)
    assert len(answer.json()["outfits"]) <= 2 and all(len(gap["listings"]) <= 2 for gap in answer.json()["gaps"])
    assert_problem(call(closed, "POST", PATH, short, json={"filters": {"brand": "x"}}), 403, "filters.brand")
    blind = signed(key, exclude_fields=["properties"])
    assert_problem(call(closed, "POST", PATH, blind, json={}), 403)
    assert call(closed, "POST", PATH, make_key(closed, "items:read")["secret"], json={}).status_code == 403
    assert call(closed, "POST", PATH, None, json={}).status_code == 401


def test_a_sold_item_is_no_candidate_but_an_outfit_may_be_around_it(closed):
    top = next(item for item in closed.catalogue if item["properties"]["category"] == "tops")
    sold = call(closed, "PATCH", f"/api/v1/items/{top['id']}", ROOT, json={"status": "sold"})
    assert sold.status_code == 200
    key = make_key(closed, "search")["secret"]

    def candidates():
        return [item["id"] for item in shown(call(closed, "POST", PATH, key, json={"count": 10}))]

    wait_until(lambda: top["id"] not in candidates(), "the index")
    around = call(closed, "POST", PATH, key, json={"around": top["id"]})
    assert top["id"] in [item["id"] for item in shown(around)]
    assert call(closed, "PATCH", f"/api/v1/items/{top['id']}", ROOT, json={"status": "active"}).status_code == 200


def test_the_command_prints_the_same_outfits(drawn_sample, tmp_path):
    fit_process.run(tmp_path, "import", drawn_sample.csv, "--source", "sample")
    arguments = ["recommend", "--seed", 4, "--count", 2, "--temperature", 5, "--rain", "--occasion", "everyday",
                 "--filters", '{"gender":["women","unisex"]}']
    printed = json.loads(fit_process.run(tmp_path, *arguments, "--json").stdout)
    assert len(printed["outfits"]) == 2
    table = fit_process.run(tmp_path, *arguments).stdout
    assert all(piece["item"]["id"] in table for outfit in printed["outfits"] for piece in outfit["pieces"])
    with WeatherServer() as sky:
        of_place = json.loads(fit_process.run(tmp_path, "recommend", "--place", "Berlin", "--json", **sky.settings).stdout)
    assert of_place["weather"]["place"] == "Berlin, Germany" and of_place["outfits"]
    with Server(tmp_path) as running:
        order = {"seed": 4, "count": 2, "weather": {"temperature_c": 5, "rain": True}, "occasion": "everyday",
                 "filters": {"gender": ["women", "unisex"]}, "explain": True}
        served = requests.post(running.url + PATH, json=order, timeout=60 * fit_process.PATIENCE).json()
    assert served == printed
    for wrong, word in ((["--occasion", "moonwalk"], "occasion"), (["--around", "99999999"], "around"),
                        (["--temperature", 99], "temperature"), (["--place", "Berlin"], "WEATHER_URL")):
        done = fit_process.run(tmp_path, "recommend", *wrong, check=False)
        assert done.returncode != 0 and word in done.stderr


# The weather of a place


@pytest.fixture(scope="module")
def weather():
    with WeatherServer() as running:
        yield running


@pytest.fixture(scope="module")
def forecasting(drawn_sample, weather, tmp_path_factory):
    """A server with the drawn catalogue that asks the weather service."""
    data = tmp_path_factory.mktemp("weather")
    fit_process.run(data, "import", drawn_sample.csv, "--source", "sample")
    with Server(data, **weather.settings) as running:
        yield running


def test_the_weather_of_a_place_decides_and_is_shown(forecasting, weather):
    day = (datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(days=3)).isoformat()
    for order in ({"place": "Berlin", "date": day}, {"place": " BERLIN ", "date": day}):
        answer = recommend(forecasting, weather=order)
        assert answer["weather"] == {"temperature_c": 3.0, "rain": False, "place": "Berlin, Germany", "latitude": 52.52437,
                                     "longitude": 13.41053, "date": day}
        assert answer["outfits"] == recommend(forecasting, weather={"temperature_c": 3, "rain": False})["outfits"]
    asked = [parameters for path, parameters in weather.requests if path == "/v1/forecast"]
    assert len(asked) == 1, "the answer was kept"
    assert asked[0]["latitude"] == "52.52" and asked[0]["start_date"] == asked[0]["end_date"] == day
    document = forecasting.get("/openapi.json").json()
    check(document, document["components"]["schemas"]["Recommendation"], answer)


def test_the_weather_of_a_point(forecasting):
    answer = recommend(forecasting, weather={"latitude": -33.8688, "longitude": 151.2093})
    assert answer["weather"]["place"] is None and answer["weather"]["temperature_c"] == 3.0
    assert answer["weather"]["date"] == "2026-03-01", "the day that the service says"


def test_a_weather_that_is_given_is_shown_and_nobody_is_asked(forecasting, weather):
    before = len(weather.requests)
    assert recommend(forecasting, weather={"rain": True})["weather"] == \
        {"temperature_c": None, "rain": True, "place": None, "latitude": None, "longitude": None, "date": None}
    assert recommend(forecasting)["weather"] is None
    assert len(weather.requests) == before


def test_an_unknown_place_is_named(forecasting):
    assert_problem(forecasting.post(PATH, json={"weather": {"place": "Nowhere"}}), 422, "weather.place")


def test_a_weather_service_that_is_down_is_named(weather, tmp_path):
    with WeatherServer() as broken:
        broken.status = 500
        with Server(tmp_path, **broken.settings) as server:
            for _ in range(3):
                problem = assert_problem(server.post(PATH, json={"weather": {"place": "Berlin"}}), 502, "weather")
                assert "weather service" in problem["detail"] and broken.url not in problem["detail"]
            assert len(broken.requests) <= 2, "it is left alone after a failure"
            assert server.post(PATH, json={"weather": {"temperature_c": 3}}).status_code == 200
    with Server(tmp_path, WEATHER_URL=weather.url) as server:
        before = len(weather.requests)
        assert_problem(server.post(PATH, json={"weather": {"latitude": 1, "longitude": 1}}), 502, "weather")
        assert_problem(server.post(PATH, json={"weather": {"place": "Berlin"}}), 422, "weather.place")
        assert len(weather.requests) == before, "private addresses are not asked"


def test_a_bad_weather_url_is_named(tmp_path):
    done = fit_process.run(tmp_path, "serve", check=False, WEATHER_URL="not a url")
    assert done.returncode != 0 and "WEATHER_URL" in done.stderr


# What a person likes


def feedback(caller, kind, target, signal="like", status=201):
    answer = caller("POST", "/api/v1/feedback", json={"target": {"kind": kind, "id": target}, "signal": signal})
    assert answer.status_code == status, answer.text


def pieces(answer, kind="item"):
    return {piece[kind]["id"] for outfit in answer["outfits"] for piece in outfit["pieces"] if piece[kind]}


def test_what_a_device_likes_is_a_part_of_the_score(closed):
    key = make_key(closed, "search")["secret"]
    headers = {"X-Device-Id": secrets.token_hex(16), "Authorization": f"Bearer {key}"}

    def device(method, path, **options):
        return requests.request(method, closed.url + path, headers=headers, timeout=60 * fit_process.PATIENCE, **options)

    nobody = call(closed, "POST", PATH, key, json={"explain": True}).json()
    assert not nobody["is_personal"] and all(outfit["parts"]["taste"] == 0 for outfit in nobody["outfits"])
    for item in closed.catalogue:  # a taste that can be told: one colour
        if item["properties"].get("primary_color") == closed.catalogue[0]["properties"]["primary_color"]:
            feedback(device, "item", item["id"])
    personal = device("POST", PATH, json={"explain": True}).json()
    assert personal["is_personal"]
    assert any(outfit["parts"]["taste"] != 0 for outfit in personal["outfits"])
    for outfit in personal["outfits"]:
        assert abs(outfit["parts"]["taste"]) <= 0.1
        assert outfit["score"] == pytest.approx(sum(outfit["parts"].values()), abs=1e-3)
    assert device("POST", PATH, json={"explain": True, "taste": False}).json() == nobody
    document = call(closed, "GET", "/openapi.json", key).json()
    check(document, document["components"]["schemas"]["Recommendation"], personal)


def test_a_token_without_all_fields_has_no_taste(closed):
    blind = signed(make_key(closed, "search"), exclude_fields=["price"], user_id="ann")
    assert not call(closed, "POST", PATH, blind, json={}).json()["is_personal"]
    assert_problem(call(closed, "POST", PATH, blind, json={"taste": True}), 403, "taste")


def test_what_a_person_dislikes_is_not_made_again(closed, ada):
    before = ask(ada, **{"from": "wardrobe"}, count=1)["outfits"][0]
    feedback(ada.call, "outfit", before["id"], "dislike")
    after = ask(ada, **{"from": "wardrobe"}, count=1)["outfits"]
    assert all(outfit["id"] != before["id"] for outfit in after)
    assert ask(ada, **{"from": "wardrobe"}, count=1, taste=False)["outfits"][0] == before
    feedback(ada.call, "garment", ada.boots, "dislike")
    assert ada.boots not in pieces(ask(ada, **{"from": "wardrobe"}), "garment")
    assert ada.boots in pieces(ask(ada, **{"from": "wardrobe"}, lock=[{"garment": ada.boots}]), "garment"), "it is asked for"
    listing = next(piece["item"]["id"] for piece in ask(ada)["outfits"][0]["pieces"])
    feedback(ada.call, "item", listing, "hide")
    assert listing not in pieces(ask(ada, count=10))
    feedback(ada.call, "item", listing, "like")
    assert ask(ada, lock=[listing])["outfits"]


def test_a_disliked_saved_outfit_is_not_made_again(closed, ada):
    before = ask(ada, **{"from": "wardrobe"}, count=1)["outfits"][0]
    saved = ada.call("POST", "/api/v1/outfits", json={"pieces": [{"garment_id": garment} for garment in worn(before).values()]})
    assert saved.status_code == 201, saved.text
    feedback(ada.call, "outfit", saved.json()["id"], "dislike")
    after = ask(ada, **{"from": "wardrobe"}, count=1)["outfits"]
    assert after and after[0]["id"] != before["id"]
    feedback(ada.call, "outfit", saved.json()["id"], "like")
    assert ask(ada, **{"from": "wardrobe"}, count=1)["outfits"][0]["id"] == before["id"]


def test_feedback_is_about_own_things_that_exist(closed, ada):
    bob = person(closed)
    outfit = ask(ada, **{"from": "wardrobe"}, count=1)["outfits"][0]["id"]
    saved = ada.call("POST", "/api/v1/outfits", json={"pieces": [{"garment_id": ada.jeans}, {"item_id": closed.catalogue[0]["id"]}]})
    assert saved.status_code == 201, saved.text
    saved, item, other = saved.json()["id"], closed.catalogue[0]["id"], closed.catalogue[1]["id"]
    own = [("garment", ada.jeans), ("outfit", outfit), ("outfit", saved), ("piece", f"{saved}/{item}"), ("piece", f"i{item}/{item}")]
    for kind, target in own:
        feedback(ada.call, kind, target)
    for kind, target in own[:-1]:
        feedback(bob.call, kind, target, status=404)
    unknown = [("garment", "99999999"), ("outfit", "99999999"), ("outfit", "summer-1"), ("outfit", "i99999999"),
               ("outfit", f"g{ada.jeans}-g99999999"), ("piece", f"{saved}/{other}"), ("piece", f"i{item}/{other}")]
    for kind, target in unknown:
        feedback(ada.call, kind, target, status=404)
    assert len(ada.call("GET", "/api/v1/feedback").json()["feedback"]) == len(own)
    token = signed(make_key(closed, "search"), user_id="ann")
    for kind, target in own[:-1]:
        answer = call(closed, "POST", "/api/v1/feedback", token, json={"target": {"kind": kind, "id": target}, "signal": "like"})
        assert answer.status_code == 404, "a wardrobe is of an account"
    assert ada.call("DELETE", f"/api/v1/outfits/{saved}").status_code == 204
    assert ada.call("DELETE", f"/api/v1/wardrobe/{ada.jeans}").status_code == 204
    left = {(one["target"]["kind"], one["target"]["id"]) for one in ada.call("GET", "/api/v1/feedback").json()["feedback"]}
    assert left == {("outfit", outfit), ("piece", f"i{item}/{item}")}, "feedback goes with its target"


# Outfits of a wardrobe


@pytest.fixture
def ada(closed):
    """A browser in which somebody new is signed in who owns a shirt, jeans and two pairs of boots, one of them lent."""
    browser = person(closed)
    browser.shirt = own(browser, "tops", "t-shirt", image_base64=image_files.text(image_files.jpeg(501)))
    browser.jeans = own(browser, "bottoms", "jeans")
    browser.boots = own(browser, "shoes", "boots")
    browser.lent = own(browser, "shoes", "boots", state="lent")
    return browser


def person(closed):
    email = f"{secrets.token_hex(6)}@x.example"
    create(closed.data, email, "shopper")
    return signed_in(closed, email)


def own(browser, category, subcategory, **more):
    garment = {"name": "Mine", "properties": {"category": category, "subcategory": subcategory}} | more
    answer = browser.call("POST", "/api/v1/wardrobe", json=garment)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def ask(browser, status=200, path=PATH, **order):
    answer = browser.call("POST", path, json=order)
    assert answer.status_code == status, answer.text
    return answer.json()


def worn(outfit):
    return {piece["slot"]: piece["garment"]["id"] for piece in outfit["pieces"] if piece["kind"] == "garment"}


def test_outfits_of_a_wardrobe(closed, ada):
    for path in (PATH, "/api/recommend"):
        answer = ask(ada, path=path, **{"from": "wardrobe"}, explain=True)
        document = ada.call("GET", "/openapi.json").json()
        check(document, document["components"]["schemas"]["Recommendation"], answer)
        outfit, = answer["outfits"]
        assert worn(outfit) == {"top": ada.shirt, "bottom": ada.jeans, "shoes": ada.boots}
        assert outfit["empty_slots"] == ["outer_layer", "bag", "accessory"]
        assert {gap["slot"]: len(gap["listings"]) > 0 for gap in answer["gaps"]} == \
            {"outer_layer": True, "bag": True, "accessory": True}
    piece = outfit["pieces"][0]
    assert piece["item"] is None and not piece["is_locked"] and "worn_on" not in piece["garment"]
    assert ada.call("GET", piece["garment"]["photos"][0]["image_url"]).status_code == 200


def test_a_wardrobe_in_which_nothing_is_ready(closed, ada):
    for garment in (ada.shirt, ada.jeans, ada.boots):
        assert ada.call("PATCH", f"/api/v1/wardrobe/{garment}", json={"state": "in_the_wash"}).status_code == 200
    answer = ask(ada, **{"from": "wardrobe"})
    assert answer["outfits"] == [] and {"top", "shoes"} <= {gap["slot"] for gap in answer["gaps"]}
    worn_anyway = ask(ada, **{"from": "wardrobe"}, around={"garment": ada.jeans}, lock=[{"garment": int(ada.shirt)}])
    assert worn(worn_anyway["outfits"][0]) == {"top": ada.shirt, "bottom": ada.jeans}


def test_garments_and_listings_together(closed, ada):
    answer = ask(ada, around={"garment": ada.jeans})
    assert len(answer["outfits"]) == 3
    for outfit in answer["outfits"]:
        assert worn(outfit) == {"bottom": ada.jeans}
        assert len([piece for piece in outfit["pieces"] if piece["kind"] == "item"]) >= 2
    both = ask(ada, **{"from": "both"}, around={"garment": ada.jeans}, filters={"category": "bags"}, count=1)
    assert worn(both["outfits"][0]) == {"top": ada.shirt, "bottom": ada.jeans, "shoes": ada.boots}
    assert [piece["slot"] for piece in both["outfits"][0]["pieces"] if piece["item"]] == ["bag"]


def test_one_garment_is_swapped_and_the_rest_stays(closed, ada):
    blouse = own(ada, "tops", "blouse")
    before = worn(ask(ada, **{"from": "wardrobe"}, count=1)["outfits"][0])
    rest = [{"garment": garment} for slot, garment in before.items() if slot != "top"]
    after = worn(ask(ada, **{"from": "wardrobe"}, count=1, lock=rest, exclude=[{"garment": before["top"]}])["outfits"][0])
    assert after == before | {"top": ({ada.shirt, blouse} - {before["top"]}).pop()}


def test_a_wardrobe_is_of_one_account(closed, ada):
    bob = person(closed)
    assert ask(bob, **{"from": "wardrobe"})["outfits"] == []
    for order, field in (({"around": {"garment": ada.jeans}}, "around"), ({"lock": [{"garment": ada.jeans}]}, "lock")):
        problem = assert_problem(bob.call("POST", PATH, json=order), 404, field)
        unknown = json.loads(json.dumps(order).replace(ada.jeans, "99999999"))
        known = assert_problem(bob.call("POST", PATH, json=unknown), 404, field)
        assert problem["detail"].replace(ada.jeans, "99999999") == known["detail"]
    key = make_key(closed, "search")["secret"]
    for order in ({"from": "wardrobe"}, {"from": "both"}, {"around": {"garment": 1}}, {"exclude": [{"garment": 1}]}):
        assert assert_problem(call(closed, "POST", PATH, key, json=order), 403)["missing_scopes"] == ["account"]


def test_a_large_wardrobe_has_outfits(closed):
    browser = person(closed)
    kinds = [("tops", "t-shirt"), ("bottoms", "jeans"), ("shoes", "boots"), ("bags", "handbag"), ("accessories", "belt"),
             ("outerwear", "coat")]
    rows = "".join(f"Piece {i},{category},{subcategory}\n" for i in range(800) for category, subcategory in kinds)
    imported = browser.call("POST", "/api/v1/wardrobe/import", data=f"name,category,subcategory\n{rows}",
                            headers={"Content-Type": "text/csv"})
    assert imported.json()["created"] == 4800
    for more in ({}, {"seed": 7}):
        outfits = ask(browser, **{"from": "wardrobe"}, count=10, **more)["outfits"]
        assert len(outfits) == 10 and all(len(worn(outfit)) == 6 for outfit in outfits)
