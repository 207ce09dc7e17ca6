"""Price filters of other currencies, with a file of rates and with the rates of a server."""

import json

import pytest

import fit_process
import image_files
import shops
from alert_world import Person, create_user, put_item
from checks import assert_problem, results
from fit_process import Server, wait_until

ROOT = "the-key-of-the-environment"
RATES = "currency,rate\nEUR,1\nUSD,1.25\nGBP,0.8\nJPY,160\n"
# In euros: 40, 45, 55, 43.75; the last two have no rate and no currency.
PRICES = {"dollars": (50, "USD"), "euros": (45, "EUR"), "pounds": (44, "GBP"), "yen": (7000, "JPY"), "francs": (10, "CHF"),
          "none": (10, None)}
DAILY = "/eurofxref-daily.xml"
ECB = """<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
 <gesmes:subject>Reference rates</gesmes:subject><Cube><Cube time='2026-11-27'>
 <Cube currency='USD' rate='1.25'/><Cube currency='GBP' rate='0.8'/></Cube></Cube></gesmes:Envelope>"""


def put_priced(server, prices):
    for number, (name, (price, currency)) in enumerate(prices.items()):
        item = {"source": "shop", "external_id": name, "title": "Coat", "price": price,
                "images": [{"image_base64": image_files.text(image_files.jpeg(number))}]}
        server.post("/api/v1/items", json=item | ({"currency": currency} if currency else {})).raise_for_status()
    wait_until(lambda: len(found(server)) == len(prices), "listing the items")


def found(server, **filters):
    body = server.get("/api/v1/items", params={"filters": json.dumps(filters)}).json()
    return {one["external_id"] for one in body["items"]}


def said(server, words):
    """The items that a text finds, and how it was read."""
    body = server.search(text=words, limit=100)
    return {one["external_id"] for one in results(body)}, body.json()["read_as"]


def part(server):
    return next(one["state"] for one in server.get("/health").json()["parts"] if one["name"] == "exchange_rates")


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    data = tmp_path_factory.mktemp("rates")
    (data / "rates.csv").write_text(RATES)
    with Server(data, EXCHANGE_RATES=data / "rates.csv") as server:
        put_priced(server, PRICES)
        yield server


def test_ranges_with_a_currency_are_converted(shop):
    assert found(shop, price_range={"max": 44, "currency": "EUR"}) == {"dollars", "yen"}
    assert found(shop, price_range={"min": 44, "currency": "eur"}) == {"euros", "pounds"}
    assert found(shop, price_range={"min": 50, "max": 50, "currency": "USD"}) == {"dollars"}
    assert found(shop, price_range={"max": 40, "currency": "EUR"}) == {"dollars"}, "bounds are inclusive"
    assert found(shop, price_range={"max": 20, "currency": "CHF"}) == {"francs"}, "there is no rate"
    assert found(shop, price_range={"max": 44, "currency": "EUR"}, currency=["JPY", "EUR"]) == {"yen"}
    assert found(shop, price_range={"max": 1, "currency": "EUR"}) == set()


def test_other_ranges_compare_amounts(shop):
    assert found(shop, price_range=[None, 44]) == {"pounds", "francs", "none"}
    assert found(shop, price_range={"max": 44}) == {"pounds", "francs", "none"}
    assert found(shop, price_range=[None, 45], currency="EUR") == {"euros"}


def test_words_with_a_currency_are_converted(shop):
    names, read_as = said(shop, "under 44 eur")
    assert names == {"dollars", "yen"}
    assert read_as["price_range"] == [None, 44] and read_as["price_currency"] == "EUR"
    assert said(shop, "between $50 and $60")[0] == {"dollars", "euros", "yen"}
    names, read_as = said(shop, "under 44")
    assert names == {"pounds", "francs", "none"} and "price_currency" not in read_as


def test_the_facet_of_the_price_has_the_other_prices(shop):
    body = shop.get("/api/v1/items", params={"filters": json.dumps({"price_range": {"max": 44, "currency": "EUR"}}),
                                             "facets": '["price"]'}).json()
    price = body["facets"]["price"]
    assert (price["min"], price["max"], price["missing"]) == (40, 55, 2), "in euros; francs have no rate"
    assert price["currency"] == "EUR"
    amounts = shop.get("/api/v1/items", params={"facets": '["price"]'}).json()["facets"]["price"]
    assert (amounts["min"], amounts["max"], amounts["missing"]) == (10, 7000, 0)
    assert "currency" not in amounts, "amounts of several currencies"


IN_EUROS = ["dollars", "yen", "euros", "pounds"]


def listed(server, order, range_, **more):
    return server.get("/api/v1/items", params={"sort": order, "filters": json.dumps({"price_range": range_})} | more)


def ids_of(answer):
    return [one["external_id"] for one in answer.json()["items"]]


def test_prices_are_sorted_in_the_currency_of_the_range(shop):
    euros = {"min": 0, "currency": "EUR"}
    assert ids_of(listed(shop, "price_asc", euros)) == IN_EUROS
    assert ids_of(listed(shop, "price_desc", euros)) == IN_EUROS[::-1]
    # Without a currency, too; prices without a rate come last, by their amounts.
    assert ids_of(listed(shop, "price_asc", {"min": 0})) == [*IN_EUROS, "none", "francs"]
    assert ids_of(listed(shop, "price_desc", {"min": 0})) == [*IN_EUROS[::-1], "none", "francs"]
    assert [one["external_id"] for one in results(shop.search(text="coat", sort="price_asc"))] == [*IN_EUROS, "none", "francs"]
    for query in ({"text": "coat over 1 eur"}, {"text": "coat", "filters": {"price_range": euros}}):
        assert [one["external_id"] for one in results(shop.search(**query, sort="price_asc"))] == IN_EUROS
    both = shop.search(text="coat under 9000 usd", filters={"price_range": euros}, sort="price_asc")
    assert [one["external_id"] for one in results(both)] == IN_EUROS, "two currencies"


def test_a_cursor_belongs_to_its_rates(shop):
    euros = {"min": 0, "currency": "EUR"}
    first = listed(shop, "price_asc", euros, limit=3).json()
    second = listed(shop, "price_asc", euros, limit=3, cursor=first["next_cursor"]).json()
    assert [one["external_id"] for one in first["items"] + second["items"]] == IN_EUROS
    file = shop.data / "rates.csv"
    try:
        file.write_text(RATES.replace("1.25", "1.0"))
        wait_until(lambda: listed(shop, "price_asc", euros, cursor=first["next_cursor"]).status_code == 422,
                   "reading the file")
        assert_problem(listed(shop, "price_asc", euros, cursor=first["next_cursor"]), 422, "cursor")
        newest = listed(shop, "newest", euros, limit=3).json()["next_cursor"]
    finally:
        file.write_text(RATES)
    wait_until(lambda: found(shop, price_range={"max": 44, "currency": "EUR"}) == {"dollars", "yen"},
               "reading the mended file")
    assert listed(shop, "price_asc", euros, cursor=first["next_cursor"]).status_code == 200, "the rates are as they were"
    assert listed(shop, "newest", euros, cursor=newest).status_code == 200, "another order has no rates"


@pytest.mark.parametrize("price_range", [
    {"currency": "EUR"}, {"max": 5, "currency": "EURO"}, {"max": 5, "currency": ""}, {"max": 5, "currency": 5},
    {"max": 5, "currency": None}, {"max": -5, "currency": "EUR"}, {"min": 6, "max": 5, "currency": "EUR"},
    {"max": 5, "currency": "EUR", "rate": 2}])
def test_bad_ranges_are_refused(shop, price_range):
    assert_problem(shop.search(text="coat", filters={"price_range": price_range}), 422, "filters.price_range")


def test_a_changed_file_is_read_and_a_broken_one_is_not(shop):
    file = shop.data / "rates.csv"
    assert part(shop)["currencies"] == 4
    try:
        file.write_text(RATES.replace("1.25", "1.0"))
        wait_until(lambda: found(shop, price_range={"max": 44, "currency": "EUR"}) == {"yen"}, "reading the file")
        file.write_text(RATES + "CHF,0\n")
        wait_until(lambda: "problem" in part(shop), "reading the broken file")
        assert "line 6" in part(shop)["problem"] and part(shop)["currencies"] == 4
        assert found(shop, price_range={"max": 44, "currency": "EUR"}) == {"yen"}, "the last good rates stay"
        assert shop.get("/ready").status_code == 200
        assert shop.output().count("the exchange rates cannot be refreshed") == 1
    finally:
        file.write_text(RATES)
    wait_until(lambda: "problem" not in part(shop), "reading the mended file")
    assert found(shop, price_range={"max": 44, "currency": "EUR"}) == {"dollars", "yen"}
    assert "fit_exchange_rates_timestamp_seconds" in shop.get("/metrics").text


def test_without_rates_words_compare_amounts(tmp_path):
    with Server(tmp_path) as server:
        put_priced(server, PRICES)
        names, read_as = said(server, "under 44 eur")
        assert names == {"pounds", "francs", "none"} and "price_currency" not in read_as
        assert found(server, price_range={"max": 60, "currency": "EUR"}) == {"euros"}, "only euros can be compared"
        assert all(one["name"] != "exchange_rates" for one in server.get("/health").json()["parts"])


@pytest.mark.parametrize("text, message", [("EUR,1\nUSD,nan\n", "line 2 has no rate"), ("", "no base"),
                                           ("<!DOCTYPE a><a/>", "declaration"), (None, "cannot be read")])
def test_a_bad_file_is_refused_at_the_start(tmp_path, text, message):
    file = tmp_path / "rates"
    if text is not None:
        file.write_text(text)
    done = fit_process.run(tmp_path, "search", "--text", "coat", check=False, EXCHANGE_RATES=file)
    assert done.returncode == 1 and "EXCHANGE_RATES" in done.stderr and message in done.stderr


def test_saved_searches_are_converted(tmp_path):
    (tmp_path / "rates.csv").write_text(RATES)
    create_user(tmp_path, "ada@x.example")
    with Server(tmp_path, API_KEY=ROOT, EXCHANGE_RATES=tmp_path / "rates.csv") as server:
        ada = Person(server, "ada@x.example")
        words = ada.save({"text": "coat under 44 eur"}, channels=[])
        ranged = ada.save({"text": "coat", "filters": {"price_range": {"max": 44, "currency": "EUR"}}}, channels=[])
        put_item(server, ROOT, price=60, currency="USD")
        item = put_item(server, ROOT, price=50, currency="USD")
        wait_until(lambda: ada.found(words) and ada.found(ranged), "alerts")
        for search in (words, ranged):
            assert [one["item_id"] for one in ada.found(search)] == [item]


@pytest.fixture
def bank():
    """A server with the rates of the day."""
    with shops.Shop() as running:
        running.override[DAILY] = 200, ECB.encode(), {}
        yield running


def test_rates_of_a_url_are_kept_for_the_next_start(tmp_path, bank):
    prices = {"dollars": (50, "USD"), "euros": (45, "EUR")}
    settings = {"EXCHANGE_RATES": bank.url + DAILY, "ALLOW_PRIVATE_ADDRESSES": "true"}
    with Server(tmp_path, **settings) as server:
        wait_until(lambda: part(server)["currencies"] == 3, "fetching the rates")
        assert part(server)["date"] == "2026-11-27" and part(server)["age_s"] >= 0
        put_priced(server, prices)
        assert found(server, price_range={"max": 44, "currency": "EUR"}) == {"dollars"}
    with Server(tmp_path, **settings) as server:
        assert part(server)["currencies"] == 3
        assert found(server, price_range={"max": 44, "currency": "EUR"}) == {"dollars"}
    assert bank.asked[DAILY] == 1, "the second start has the kept rates, which are new"


def test_private_addresses_are_not_asked(tmp_path, bank):
    with Server(tmp_path, EXCHANGE_RATES=bank.url + DAILY) as server:
        wait_until(lambda: "problem" in part(server), "refusing the address")
        assert part(server)["currencies"] == 0 and server.get("/ready").status_code == 200
    assert not bank.asked
