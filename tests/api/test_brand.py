"""How the app presents itself: BRAND_NAME, BRAND_LOGO, BRAND_COLOR, BRAND_CURRENCY, BRAND_LANGUAGES, IMPRINT_URL
and PRIVACY_URL."""

import html
import json
import re

import pytest

import fit_process
from fit_process import Server

LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle cx="4" cy="4" r="4"/></svg>'


def brand_of(page):
    found = re.search(r'<meta name="brand" content="([^"]*)"', page)
    return json.loads(html.unescape(found[1])) if found else None


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("brand")
    logo = folder / "logo.svg"
    logo.write_text(LOGO)
    settings = {"BRAND_NAME": 'Ann & "Bo"', "BRAND_LOGO": str(logo), "BRAND_COLOR": "#0a5cb2", "BRAND_CURRENCY": "EUR",
                "BRAND_LANGUAGES": "de, en",
                "IMPRINT_URL": "https://shop.example/imprint", "PRIVACY_URL": "/privacy"}
    with Server(folder, **settings) as server:
        yield server


def test_without_settings_the_app_is_its_own(server):
    page = server.get("/")
    assert "<title>Find This Fit</title>" in page.text
    assert brand_of(page.text) is None
    assert server.get("/brand/logo").status_code == 404


@pytest.mark.parametrize("path", ["/", "/recent", "/studio"])
def test_every_page_has_the_brand(shop, path):
    page = shop.get(path)
    assert "<title>Ann &amp; &quot;Bo&quot;</title>" in page.text
    assert "Find This Fit" not in page.text
    assert brand_of(page.text) == {"name": 'Ann & "Bo"', "color": "#0a5cb2", "currency": "EUR",
                                   "languages": ["de", "en"], "imprint": "https://shop.example/imprint", "privacy": "/privacy",
                                   "logo": "/brand/logo"}
    assert not re.search(r"<script(?![^>]*src)|\son[a-z]+=|style=", page.text)
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert shop.get(path, headers={"If-None-Match": page.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("path", ["/nothing", "/items/1", "/s/aaaaaaaaaaaaa"])
def test_a_missing_page_has_the_brand(shop, path):
    page = shop.get(path, headers={"Accept": "text/html"})
    assert page.status_code == 404
    assert "<title>Ann &amp; &quot;Bo&quot;</title>" in page.text


def test_the_manifest_and_the_logo(shop):
    manifest = shop.get("/manifest.webmanifest").json()
    assert manifest["name"] == manifest["short_name"] == 'Ann & "Bo"'
    assert manifest["icons"] == [{"src": "/brand/logo", "sizes": "any", "type": "image/svg+xml"}]
    logo = shop.get("/brand/logo")
    assert (logo.text, logo.headers["Content-Type"]) == (LOGO, "image/svg+xml")
    assert "default-src 'none'" in logo.headers["Content-Security-Policy"]
    assert logo.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name, value", [("BRAND_NAME", "x" * 61), ("BRAND_COLOR", "blue"), ("BRAND_CURRENCY", "eur"), ("BRAND_LANGUAGES", "de,nl"),
                                         ("BRAND_LOGO", "/nowhere/logo.svg"), ("IMPRINT_URL", "javascript:alert(1)"),
                                         ("PRIVACY_URL", "//other.example")])
def test_a_wrong_setting_stops_the_start(tmp_path, name, value):
    refused = fit_process.run(tmp_path, "serve", check=False, APP_PORT="0", **{name: value})
    assert refused.returncode != 0
    assert name in refused.stderr
