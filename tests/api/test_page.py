"""The plain page in a real browser."""

import io
import os
import shutil
import tempfile

import pytest
from PIL import Image

import fit_process

selenium = pytest.importorskip("selenium")
from selenium import webdriver  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.support.ui import Select, WebDriverWait  # noqa: E402

WAIT_S = 60


@pytest.fixture(scope="module")
def browser():
    if not shutil.which("chromium") or not shutil.which("chromedriver"):
        pytest.skip("chromium and chromedriver are not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    with tempfile.TemporaryDirectory() as profile:
        for flag in ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
                     "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-proxy-server",
                     f"--user-data-dir={profile}", "--window-size=1200,1000"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
        yield driver
        driver.quit()


@pytest.fixture
def page(browser, server):
    browser.get(server.url + "/")
    yield browser
    problems = [line for line in browser.get_log("browser") if line["level"] == "SEVERE" and "/api/v1/search" not in line["message"]]
    assert problems == []


@pytest.fixture
def seeing_page(browser, seeing_server):
    browser.get(seeing_server.url + "/")
    return browser


def wait(browser, condition):
    return WebDriverWait(browser, WAIT_S).until(condition)


def cards(browser):
    return browser.find_elements(By.CSS_SELECTOR, "#results .card")


def status(browser):
    return browser.find_element(By.ID, "status").text


def finished(browser):
    return browser.find_element(By.ID, "results").get_attribute("aria-busy") == "false"


@pytest.fixture
def photo_path(drawn_sample, tmp_path):
    path = tmp_path / "photo.png"
    path.write_bytes(drawn_sample.photo(drawn_sample.rows[9]))
    return path


def choose(page, path):
    page.find_element(By.ID, "file").send_keys(str(path))
    wait(page, lambda b: cards(b) and finished(b))


def titles(page):
    return [card.find_element(By.CSS_SELECTOR, ".title").text for card in cards(page)]


def test_choosing_a_photo_shows_its_look_alikes(page, drawn_sample, photo_path):
    choose(page, photo_path)
    row = drawn_sample.rows[9]
    assert len(cards(page)) == 40
    assert titles(page)[0] == row["title"]
    first = cards(page)[0]
    assert first.find_element(By.CSS_SELECTOR, ".similarity").text.startswith("100")
    assert row["brand"] in first.text
    assert "look-alikes in" in status(page)
    picture = first.find_element(By.CSS_SELECTOR, ".picture img")
    wait(page, lambda b: b.execute_script("return arguments[0].complete && arguments[0].naturalWidth > 0", picture))
    if folder := os.environ.get("FIT_SCREENSHOTS"):
        page.save_screenshot(f"{folder}/page.png")


def test_more_like_this_asks_by_the_item(page, photo_path):
    choose(page, photo_path)
    before = titles(page)
    cards(page)[3].find_element(By.CSS_SELECTOR, ".like").click()
    wait(page, lambda b: finished(b) and titles(b) != before)
    assert before[3] in page.find_element(By.ID, "drop-hint").text
    assert len(cards(page)) == 40


def test_filters_narrow_the_answer(page, drawn_sample, photo_path):
    choose(page, photo_path)
    category = drawn_sample.rows[9]["category"]
    Select(page.find_element(By.ID, "category")).select_by_value(category)
    page.find_element(By.ID, "max-price").send_keys("60")
    expected = [row for row in drawn_sample.rows if row["category"] == category and float(row["price"]) <= 60]
    wait(page, lambda b: finished(b) and len(cards(b)) == min(40, len(expected)))
    assert set(titles(page)) <= {row["title"] for row in expected}
    page.find_element(By.CSS_SELECTOR, "#filters [type=reset]").click()
    wait(page, lambda b: finished(b) and len(cards(b)) == 40)


def test_a_colour_narrows_the_answer(page, photo_path, drawn_sample):
    choose(page, photo_path)
    page.find_element(By.CSS_SELECTOR, "#colours [value=red]").click()
    red = [row for row in drawn_sample.rows if row["primary_color"] in ("red", "burgundy")]
    wait(page, lambda b: finished(b) and len(cards(b)) == min(40, len(red)))


def test_a_large_photo_is_shrunk_before_it_is_sent(page, tmp_path):
    large = Image.effect_noise((4000, 3000), 80).convert("RGB")
    path = tmp_path / "large.jpg"
    large.save(path, quality=90)
    assert path.stat().st_size > 3_000_000
    page.execute_script("""
      window.sent = 0;
      const fetch_ = window.fetch;
      window.fetch = (address, options) => {
        if (options?.body instanceof FormData) window.sent = options.body.get("image").size;
        return fetch_(address, options);
      };""")
    choose(page, path)
    assert 0 < page.execute_script("return window.sent") < 1_200_000


DROP = """
  const [address, kind, type] = arguments;
  return fetch(address).then((response) => response.blob()).then((blob) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([blob], "x", {type}));
    const event = kind === "drop" ? new DragEvent("drop", {dataTransfer: transfer, bubbles: true, cancelable: true})
                                  : new ClipboardEvent("paste", {clipboardData: transfer, bubbles: true});
    document.body.dispatchEvent(event);
  });"""


@pytest.mark.parametrize("kind", ["drop", "paste"])
def test_dropping_and_pasting(page, kind):
    page.execute_script(DROP, "/images/1", kind, "image/png")
    wait(page, lambda b: cards(b) and finished(b))
    assert len(cards(page)) == 40


def test_what_is_wrong_is_shown(page, tmp_path):
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff\xe0 this is no photo")
    page.find_element(By.ID, "file").send_keys(str(broken))
    error = page.find_element(By.ID, "error")
    wait(page, lambda b: error.is_displayed())
    assert "image" in error.text
    assert cards(page) == []
    assert page.execute_script("return getComputedStyle(arguments[0]).display", error) != "none"


def test_words_find_titles_where_the_model_reads_none(page):
    page.find_element(By.ID, "text").send_keys("jeans\n")
    wait(page, lambda browser: cards(browser) and finished(browser))
    titles = [card.find_element(By.CSS_SELECTOR, ".title").text.lower() for card in cards(page)]
    assert all("jeans" in title for title in titles[:3]), titles[:6]


def test_words_find_garments(seeing_page, drawn_sample):
    field = seeing_page.find_element(By.ID, "text")
    wait(seeing_page, lambda browser: field.is_displayed())
    field.send_keys("jeans\n")
    wait(seeing_page, lambda browser: cards(browser) and finished(browser))
    titles = [card.find_element(By.CSS_SELECTOR, ".title").text.lower() for card in cards(seeing_page)]
    assert sum("jeans" in title for title in titles[:4]) >= 3, titles[:6]


def test_the_page_says_what_it_saw(seeing_page, drawn_sample, tmp_path):
    row = next(row for row in drawn_sample.rows if row["subcategory"] == "jeans")
    photo = tmp_path / "jeans.jpg"
    photo.write_bytes(drawn_sample.photo(row))
    seeing_page.find_element(By.ID, "file").send_keys(str(photo))
    wait(seeing_page, lambda browser: "seen in your photo" in status(browser))
    assert "jeans" in status(seeing_page)
    if folder := os.environ.get("FIT_SCREENSHOTS"):
        seeing_page.save_screenshot(f"{folder}/page-builtin.png")


def test_titles_cannot_inject_markup(page, server, tmp_path):
    import pictures
    title = '<img src=x onerror="window.hacked=1">'
    path = tmp_path / "p.jpg"
    path.write_bytes(pictures.jpeg(77))
    body = {"source": "page-test", "external_id": "x", "title": title, "images": [{"image_base64": pictures.text(pictures.jpeg(77))}]}
    item = server.post("/api/v1/items", json=body).json()
    for _ in range(100):
        found = server.search(image_base64=body["images"][0]["image_base64"], limit=1).json()["results"]
        if found[0]["id"] == item["id"]:
            break
    choose(page, path)
    assert titles(page)[0] == title
    assert page.execute_script("return window.hacked") is None
    server.delete(f"/api/v1/items/{item['id']}")


def test_it_fits_a_phone(page, photo_path):
    page.set_window_size(500, 900)
    choose(page, photo_path)
    assert page.execute_script("return document.documentElement.scrollWidth <= window.innerWidth")
    page.set_window_size(1200, 1000)


def test_every_control_has_a_name(page):
    unnamed = page.execute_script("""
      return [...document.querySelectorAll("input, button, a, select, img")].filter((node) =>
        !node.labels?.length && !node.getAttribute("aria-label") && !node.textContent.trim() && node.getAttribute("alt") === null)
        .map((node) => node.outerHTML);""")
    assert unnamed == []


def test_the_documentation_page_tries_an_operation(browser, server):
    browser.get(server.url + "/docs")
    wait(browser, lambda b: b.find_elements(By.CSS_SELECTOR, "#searchByImage summary"))
    browser.find_element(By.CSS_SELECTOR, "#searchByImage summary").click()
    send = wait(browser, lambda b: b.find_element(By.CSS_SELECTOR, "#searchByImage form button"))
    send.click()
    answer = browser.find_element(By.CSS_SELECTOR, "#searchByImage form pre")
    wait(browser, lambda b: answer.is_displayed())
    assert answer.text.startswith("200") and '"results"' in answer.text
    assert [line for line in browser.get_log("browser") if line["level"] == "SEVERE"] == []
