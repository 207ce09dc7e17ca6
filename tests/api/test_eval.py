"""`fit eval --sheet`: queries and their nearest images on a page."""

import base64
import html.parser
import io

import pytest
from PIL import Image, ImageDraw

from fit_process import run


class Page(html.parser.HTMLParser):
    """The images of a page by the class of their figure, and every address that it names."""

    def __init__(self, text):
        super().__init__()
        self.rows, self.addresses, self.marks = 0, [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.rows += tag == "tr"
        self.addresses += [attributes[name] for name in ("src", "href") if name in attributes]
        if tag == "figure":
            self.marks.append(attributes["class"])
        assert tag != "script"


@pytest.fixture
def photos(tmp_path):
    """Two classes of twelve photos: red discs and blue squares."""
    folder = tmp_path / "photos"
    for name, colour in ("disc", (200, 30, 40)), ("square", (40, 60, 190)):
        (folder / name).mkdir(parents=True)
        for i in range(12):
            image = Image.new("RGB", (200, 160), (230, 230, 225))
            draw = ImageDraw.Draw(image)
            box = (40 + i, 30, 140 + i, 130)
            draw.ellipse(box, fill=colour) if name == "disc" else draw.rectangle(box, fill=colour)
            image.save(folder / name / f"{i}.jpg")
    return folder


def test_the_sheet_is_one_page_with_the_images_in_it(photos, tmp_path):
    sheet = tmp_path / "sheet.html"
    done = run(tmp_path, "eval", photos, "--space", "palette", "--space", "builtin", "--sheet", sheet,
               "--sheet-queries", 6)
    assert "palette" in done.stdout
    text = sheet.read_text()
    page = Page(text)
    assert page.rows == 12, "six queries of each space"
    assert page.marks.count("query") == 12
    assert len(page.marks) == 12 * 11
    assert page.marks.count("same") > 100, "colours are told apart"
    assert len(page.addresses) == 12 * 11
    for address in page.addresses:
        kind, content = address.split(",", 1)
        assert kind == "data:image/jpeg;base64"
        image = Image.open(io.BytesIO(base64.b64decode(content)))
        assert max(image.size) <= 128
    assert "http" not in text and len(text) < 1_000_000


def test_wrong_arguments(photos, tmp_path):
    done = run(tmp_path, "eval", photos, "--space", "palette", "--sheet-queries", 0, check=False)
    assert done.returncode != 0
    done = run(tmp_path, "eval", photos, "--space", "palette", "--sheet", photos, check=False)
    assert done.returncode != 0 and str(photos) in done.stderr, "a folder"
