"""Images of items without their background, and with the garment in another colour."""

import io
import json

import pytest
from PIL import Image, ImageDraw

import image_files
from checks import assert_problem
from fit_process import Server, run


def photo(garment=(40, 80, 180), ground=(222, 204, 174), pattern=None):
    """A garment with light from the left, in the middle of a ground."""
    image = Image.new("RGB", (300, 400), ground)
    draw = ImageDraw.Draw(image)
    for x in range(80, 220):
        light = 0.8 + 0.3 * (x - 80) / 140
        draw.line((x, 90, x, 310), fill=tuple(min(255, int(channel * light)) for channel in garment))
    if pattern:
        draw.rectangle((130, 170, 170, 220), fill=pattern)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=95)
    return buffer.getvalue()


def add(server, name, content, **options):
    made = server.post("/api/v1/items", json={"source": "variants", "external_id": name, "title": name,
                                              "images": [{"image_base64": image_files.text(content)}]}, **options)
    assert made.status_code in (200, 201), made.text
    return made.json()["images"][0]["url"]


@pytest.fixture(scope="module")
def shirt(server):
    return add(server, "shirt", photo(pattern=(240, 200, 60)))


@pytest.fixture(scope="module")
def plain(server):
    buffer = io.BytesIO()
    Image.new("RGB", (300, 400), (222, 204, 174)).save(buffer, "PNG")
    return add(server, "plain", buffer.getvalue())


def shown(response):
    assert response.status_code == 200, response.text[:500]
    return Image.open(io.BytesIO(response.content))


def near(colour, other, distance):
    return all(abs(one - two) <= distance for one, two in zip(colour, other))


def test_a_cutout_has_no_background(server, shirt):
    response = server.get(shirt + "/cutout")
    assert response.headers["Content-Type"] == "image/png"
    image = shown(response)
    assert image.mode == "RGBA" and image.size == (300, 400)
    assert image.getpixel((5, 5))[3] == 0 and image.getpixel((295, 395))[3] == 0
    assert image.getpixel((150, 120))[3] == 255
    assert near(image.getpixel((150, 120))[:3], (40, 80, 180), 20)


def test_the_garment_alone_is_recoloured(server, shirt):
    before = shown(server.get(shirt))
    response = server.get(shirt + "/recolor?to=red")
    assert response.headers["Content-Type"] == "image/jpeg"
    after = shown(response)
    assert after.size == (300, 400)
    for x in (95, 150, 205):
        red, green, blue = after.getpixel((x, 120))
        assert red > 120 and red > 2 * green and red > 2 * blue, (red, green, blue)
    assert sum(after.getpixel((205, 120))) > sum(after.getpixel((95, 120))), "the light stays"
    for corner in ((5, 5), (290, 390), (40, 200)):
        assert near(after.getpixel(corner), before.getpixel(corner), 4)
    assert near(after.getpixel((150, 195)), (240, 200, 60), 12), "the print stays"


@pytest.mark.parametrize("to, wanted", [("%2322aa55", (34, 170, 85)), ("%232a5", (34, 170, 85)),
                                        ("wine+red", (107, 31, 51)), ("Navy", (31, 42, 74)), ("grey", (140, 140, 140))])
def test_colours_have_words_and_numbers(server, shirt, to, wanted):
    after = shown(server.get(f"{shirt}/recolor?to={to}"))
    assert near(after.getpixel((150, 120)), wanted, 45), after.getpixel((150, 120))


def test_strength_mixes(server, shirt):
    before = shown(server.get(shirt)).getpixel((150, 120))
    reds = [shown(server.get(f"{shirt}/recolor?to=red&strength={strength}")).getpixel((150, 120))[0]
            for strength in (0, 0.5, 1)]
    assert reds[0] == pytest.approx(before[0], abs=4)
    assert reds[0] + 20 < reds[1] < reds[2] - 20


@pytest.mark.parametrize("kind", ["/cutout", "/recolor?to=green", "/recolor?to=%23aa3344&strength=0.4"])
def test_variants_are_kept_and_may_be_cached_forever(server, shirt, kind):
    first = server.get(shirt + kind)
    again = server.get(shirt + kind)
    assert again.content == first.content and again.headers["ETag"] == first.headers["ETag"]
    assert "immutable" in first.headers["Cache-Control"]
    unchanged = server.get(shirt + kind, headers={"If-None-Match": first.headers["ETag"]})
    assert unchanged.status_code == 304 and unchanged.content == b""
    assert server.get(shirt + kind, headers={"If-None-Match": '"other"'}).status_code == 200


def test_other_colours_are_other_versions(server, shirt):
    tags = {server.get(f"{shirt}/recolor?to={to}").headers["ETag"] for to in ("red", "navy", "red&strength=0.5")}
    assert len(tags) == 3


def test_an_unsure_mask_is_refused_with_the_reason(server, plain):
    for _ in range(2):  # the second time from the store
        assert_problem(server.get(plain + "/cutout"), 404)
        problem = assert_problem(server.get(plain + "/recolor?to=red"), 409)
        assert "background" in problem["detail"]


@pytest.mark.parametrize("query, field", [("", "to"), ("?to=", "to"), ("?to=blurple", "to"), ("?to=multi", "to"),
                                          ("?to=%23", "to"), ("?to=%23ggg", "to"), ("?to=%2312345", "to"),
                                          ("?to=red&strength=2", "strength"), ("?to=red&strength=-0.1", "strength"),
                                          ("?to=red&strength=x", "strength"), ("?to=red&strength=nan", "strength"),
                                          ("?to=red&shade=1", "shade")])
def test_wrong_parameters_are_named(server, shirt, query, field):
    problem = assert_problem(server.get(shirt + "/recolor" + query), 422, field)
    if query in ("", "?to=blurple"):
        assert "burgundy" in problem["detail"] and "light blue" in problem["detail"]


def test_unknown_images(server):
    assert_problem(server.get("/images/999999999/cutout"), 404)
    assert_problem(server.get("/images/999999999/recolor?to=red"), 404)
    assert server.get("/images/x/cutout").status_code in (404, 422)


def test_many_colours_take_no_more_than_their_slots(server, shirt):
    for i in range(40):
        assert server.get(f"{shirt}/recolor?to=%23{i * 5:02x}4040&strength=0.9").status_code == 200
    files = [path for path in server.data.rglob("*.r1x*")]
    by_image = {}
    for path in files:
        by_image.setdefault(path.name.split(".")[0], []).append(path)
    assert by_image and all(len(paths) <= 32 for paths in by_image.values())


def test_an_image_that_a_caller_does_not_see_has_no_variants(tmp_path):
    """The rights are those of the image itself."""
    settings = {"API_KEY": "operator-" + "x" * 32}
    key = run(tmp_path, "key", "create", "limited", "--scope", "items:read", "--filters",
              json.dumps({"source": "public"})).stdout.strip()
    with Server(tmp_path, **settings) as server:
        operator = {"headers": {"X-API-Key": settings["API_KEY"]}}
        secret = add(server, "secret", photo(), **operator)
        limited = {"headers": {"X-API-Key": key}}
        for kind in ("", "/cutout", "/recolor?to=red"):
            assert_problem(server.get(secret + kind), 401)
            assert_problem(server.get(secret + kind, **limited), 404)
            assert server.get(secret + kind, **operator).status_code == 200
        response = server.get(secret + "/cutout", **operator)
        assert response.headers["Cache-Control"].startswith("private")
