"""What the pages of the app tell those who do not run it: titles, pictures, products, robots.txt and sitemaps."""

import html.parser
import json
import re
import xml.etree.ElementTree as ET

import pytest

import fit_process
import image_files
import job_table
from checks import assert_problem
from fit_process import Server, tenants_server
from test_sign_in import ROOT, create, signed_in, with_key
from test_tenants import create_tenant, of, put

SITEMAPS = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
HOSTILE = ["</title><script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onload='alert(1)", "</script><!--<script>",
           "\u202eevil\u202c \u2066x\u2069", "x" * 1000, "<" * 1000, "]]>&amp;&#60;", "日本語 ميزان \U0001f457"]


class Head(html.parser.HTMLParser):
    """The title, the named tags and the data of a page, as a browser reads them."""

    def __init__(self, page):
        super().__init__()
        self.meta, self.data, self.title, self.canonical, self.scripts, self.elements = {}, [], "", None, [], []
        self.inside = None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.inside = tag
        self.elements.append(tag)
        if tag == "meta" and (given.get("property") or given.get("name")):
            self.meta[given.get("property") or given.get("name")] = given["content"]
        if tag == "link" and given.get("rel") == "canonical":
            self.canonical = given["href"]
        if tag == "script":
            self.scripts.append(given)
        assert not any(name.startswith("on") for name in given), given

    def handle_data(self, data):
        if self.inside == "title":
            self.title += data
        if self.inside == "script" and self.scripts[-1].get("type") == "application/ld+json":
            self.data.append(json.loads(data))

    def handle_endtag(self, tag):
        self.inside = None


def head(server, path, status=200, **options):
    page = server.get(path, **options)
    assert page.status_code == status, page.text[:300]
    assert "unsafe" not in page.headers["Content-Security-Policy"] and "script-src 'self'" in page.headers["Content-Security-Policy"]
    return Head(page.text)


def add(server, number, **fields):
    body = {"source": "pages", "external_id": str(number), "images": [{"image_base64": image_files.text(image_files.jpeg(number))}]}
    made = with_key(server, "POST", "/api/v1/items", json=body | fields)
    assert made.status_code in (200, 201), made.text
    return made.json()


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A server with a name and an address, where everybody may search."""
    with Server(tmp_path_factory.mktemp("pages"), API_KEY=ROOT, ANONYMOUS_SEARCH="true", BRAND_NAME="Ann's", BRAND_CURRENCY="EUR",
                PUBLIC_URL="https://shop.example", RATE_LIMIT_SEARCH="off", RATE_LIMIT_WRITE="off", RATE_LIMIT_SIGN_IN="1000/second") as server:
        yield server


def test_the_page_of_an_item_tells_of_it(shop):
    item = add(shop, 1, title="Navy coat", brand="COS", price=39.9, currency="USD", size="M", description="<p>Warm &amp; long</p>",
               properties={"condition": "new", "primary_color": "blue", "category": "outerwear"})
    url = f"https://shop.example/items/{item['id']}"
    page = head(shop, f"/items/{item['id']}")
    image = f"https://shop.example/images/{item['images'][0]['id']}"
    assert page.title == "Navy coat – Ann's" and page.canonical == url
    assert page.meta["description"].startswith("39.90 USD · COS · M · new · Warm & long")
    assert {name: page.meta[name] for name in page.meta if ":" in name} == {
        "og:title": "Navy coat", "og:description": page.meta["description"], "og:url": url, "og:type": "product", "og:site_name": "Ann's",
        "og:image": image, "og:image:width": "240", "og:image:height": "300", "og:image:alt": "Navy coat",
        "product:price:amount": "39.90", "product:price:currency": "USD", "twitter:card": "summary_large_image"}
    product, = page.data
    assert product["@type"] == "Product" and product["name"] == "Navy coat" and product["image"] == [image]
    assert product["brand"]["name"] == "COS" and product["color"] == "blue" and product["url"] == url
    assert product["offers"] == {"@type": "Offer", "url": url, "availability": "https://schema.org/InStock", "price": "39.90",
                                 "priceCurrency": "USD", "itemCondition": "https://schema.org/NewCondition",
                                 "seller": {"@type": "Organization", "name": "pages"}}
    picture = shop.get(image.removeprefix("https://shop.example"))
    assert picture.status_code == 200 and picture.headers["Content-Type"] == "image/jpeg"


def test_a_page_is_revalidated(shop):
    item = add(shop, 2, title="Red hat", price=5)
    path = f"/items/{item['id']}"
    page = shop.get(path)
    assert page.headers["Cache-Control"] == "no-cache" and "Cookie" in page.headers["Vary"]
    assert shop.get(path, headers={"If-None-Match": page.headers["ETag"]}).status_code == 304
    add(shop, 2, title="Red hat", price=6)
    again = shop.get(path, headers={"If-None-Match": page.headers["ETag"]})
    assert again.status_code == 200 and Head(again.text).meta["product:price:amount"] == "6"
    packed = shop.get(path, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip" and packed.text == again.text


@pytest.mark.parametrize("number, text", enumerate(HOSTILE, 100))
def test_hostile_titles_stay_titles(shop, number, text):
    item = add(shop, number, title=text, description=text * 10, brand=text[:200], size=text[:100])
    plain = head(shop, "/recent")
    page = head(shop, f"/items/{item['id']}")
    assert [one for one in page.scripts if one.get("type") != "application/ld+json"] == plain.scripts
    assert len(page.data) == 1 and page.elements.count("title") == 1 and "img" not in page.elements
    assert page.title.endswith(" – Ann's") and len(page.title) <= 130
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", json.dumps([page.title, page.meta, page.data], ensure_ascii=False))


@pytest.mark.parametrize("status, availability, indexed", [("sold", "SoldOut", True), ("reserved", "Reserved", True), ("hidden", "Discontinued", False)])
def test_items_say_whether_they_can_be_had(shop, status, availability, indexed):
    item = add(shop, 7, title="Bag", status=status)
    page = head(shop, f"/items/{item['id']}")
    assert page.data[0]["offers"]["availability"] == f"https://schema.org/{availability}"
    assert ("robots" in page.meta) is not indexed


def test_a_missing_item_is_404_with_the_page(shop):
    for path in ("/items/999999", "/items/x", "/items/-1", "/items/9223372036854775808", "/items/%3Cscript%3E"):
        page = shop.get(path)
        assert page.status_code == 404 and '<div id="app">' in page.text and "og:" not in page.text
        assert page.headers["X-Robots-Tag"] == "noindex"


def test_who_has_signed_in_gets_the_plain_page(shop):
    item = add(shop, 8, title="Scarf")
    create(shop.data, "pia@x.example", "shopper")
    person = signed_in(shop, "pia@x.example")
    for path in (f"/items/{item['id']}", "/items/999999", "/?q=scarf"):
        page = person.call("GET", path)
        assert page.status_code == 200 and "og:" not in page.text


@pytest.mark.parametrize("query, title, description", [
    ("q=", None, None), ("q=navy+coat", "navy coat", "navy coat"), ("q=coat&brand=COS&price=20-60-EUR", "coat", "coat · COS · 20–60 EUR"),
    ("category=dresses", "dresses", "dresses"), ("q=%3C%2Ftitle%3E%3Cscript%3Ealert(1)", "</title><script>alert(1)", "</title><script>alert(1)"),
    ("q=" + "x" * 5000, "x" * 119 + "…", "x" * 119 + "…"), ("q=%ff%fe", None, None)])
def test_searches_have_a_head(shop, query, title, description):
    page = head(shop, f"/?{query}")
    assert page.meta["og:title"] == (title or "Ann's")
    assert page.title == (f"{title} – Ann's" if title else "Ann's")
    if description:
        assert page.meta["og:description"] == description
    assert ("robots" in page.meta) is bool(title)
    assert page.canonical.startswith("https://shop.example/") and "script" not in page.canonical.lower().replace("%3cscript", "")
    assert not page.data


def test_the_start_page_is_the_file_of_the_app(shop):
    page = shop.get("/")
    assert page.status_code == 200 and page.text == shop.get("/recent").text
    assert page.headers["Cache-Control"] == "no-cache" and "Cookie" in page.headers["Vary"]


def test_a_short_link_has_the_head_of_its_search(shop):
    item = add(shop, 9, title="Green velvet dress", price=30)
    made = shop.post("/api/v1/links", json={"query": {"item_id": item["id"]}}).json()
    page = head(shop, f"/s/{made['code']}")
    assert page.meta["og:title"] == "Green velvet dress" and page.canonical == made["url"] == f"https://shop.example/s/{made['code']}"
    assert page.meta["og:image"] == f"https://shop.example/images/{item['images'][0]['id']}"
    assert page.meta["robots"] == "noindex"
    photo = {"image_base64": image_files.text(image_files.jpeg(9)), "text": "in red", "filters": {"brand": "COS"}}
    made = shop.post("/api/v1/links", json={"query": photo, "keep_photo": True}).json()
    page = head(shop, f"/s/{made['code']}")
    assert page.meta["og:title"] == "in red" and page.meta["og:description"] == "in red · COS"
    assert page.meta["og:image"] == f"https://shop.example{made['photo_url']}"
    with_key(shop, "DELETE", f"/api/v1/items/{item['id']}")


def test_without_an_address_of_its_own_a_page_names_the_one_that_was_asked(server):
    page = head(server, "/items/1")
    assert page.canonical == f"{server.url}/items/1"
    assert head(server, "/items/1", headers={"Host": "fit.localhost"}).canonical == "http://fit.localhost/items/1"


@pytest.fixture(scope="module")
def closed(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("closed"), API_KEY=ROOT) as server:
        yield server


def test_a_closed_server_tells_nothing(closed):
    item = add(closed, 1, title="Secret coat")
    plain = closed.get("/recent").text
    for path in (f"/items/{item['id']}", "/items/999999", "/?q=coat", "/"):
        page = closed.get(path)
        assert page.status_code == 200 and page.text == plain
    assert closed.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"
    for path in ("/sitemap.xml", "/sitemaps/1"):
        assert_problem(closed.get(path), 404)


def test_robots_and_sitemaps(shop):
    active = {add(shop, number, title=f"Listed {number}")["id"] for number in range(200, 205)}
    sold = add(shop, 210, title="Sold", status="sold")["id"]
    robots = shop.get("/robots.txt")
    assert robots.headers["Content-Type"].startswith("text/plain")
    assert "Sitemap: https://shop.example/sitemap.xml" in robots.text and "Disallow: /studio" in robots.text
    closed = re.findall("^Disallow: (.+)$", robots.text, re.M)
    for path in ("/", "/?q=coat", "/items/1", "/images/1", "/s/aaaaaaaaaaaaa", "/s/aaaaaaaaaaaaa/photo", "/brand/logo"):
        assert not any(path.startswith(one) for one in closed), path
    index = ET.fromstring(shop.get("/sitemap.xml").content)
    maps = [one.text for one in index.findall("s:sitemap/s:loc", SITEMAPS)]
    assert maps == ["https://shop.example/sitemaps/1"]
    urls = ET.fromstring(shop.get("/sitemaps/1").content)
    listed = {one.find("s:loc", SITEMAPS).text: one.find("s:lastmod", SITEMAPS).text for one in urls.findall("s:url", SITEMAPS)}
    assert {f"https://shop.example/items/{one}" for one in active} <= set(listed)
    assert f"https://shop.example/items/{sold}" not in listed
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", moment) for moment in listed.values())
    for wrong in ("2", "0", "x", "-1", "9223372036854775807"):
        assert_problem(shop.get(f"/sitemaps/{wrong}"), 404)


def test_a_sitemap_is_one_range_of_ids(tmp_path):
    with Server(tmp_path, API_KEY=ROOT, ANONYMOUS_SEARCH="true") as server:
        add(server, 1, title="First")
    job_table.execute(tmp_path, "SELECT setval(pg_get_serial_sequence('items', 'id'), 24999)" if fit_process.POSTGRES_FILE else
                      "UPDATE sqlite_sequence SET seq = 24999 WHERE name = 'items'")
    with Server(tmp_path, API_KEY=ROOT, ANONYMOUS_SEARCH="true") as server:
        assert add(server, 2, title="Second")["id"] == "25000"
        index = ET.fromstring(server.get("/sitemap.xml").content)
        assert [one.text for one in index.findall("s:sitemap/s:loc", SITEMAPS)] == [f"{server.url}/sitemaps/{number}" for number in (1, 3)]
        urls = ET.fromstring(server.get("/sitemaps/3").content)
        assert [one.text for one in urls.findall("s:url/s:loc", SITEMAPS)] == [f"{server.url}/items/25000"]


def test_pages_are_those_of_the_tenant_default(tmp_path):
    with tenants_server(tmp_path) as server:
        create_tenant(server, "a")
        put(server, 1, of("a"), title="Coat of a")
        assert "Coat of a" not in server.get("/items/1").text
        assert "Coat" not in server.get("/sitemap.xml").text
