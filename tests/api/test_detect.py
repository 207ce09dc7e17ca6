"""Garments in photos: what is found, searches with one of them or with a box, and what is refused."""

import base64
import io
import json

import pytest
from PIL import Image, ImageStat

import fit_process
import image_files
import tiny_detector
from checks import assert_problem, results
from fit_process import Server
from tiny_detector import box, scene


SIDES = ("left", "top", "right", "bottom")


@pytest.fixture(scope="module")
def detecting(drawn_sample, tmp_path_factory):
    """A server with the sample catalogue whose detector takes bright cells for garments."""
    data = tmp_path_factory.mktemp("detecting")
    tiny_detector.make_folder(data)
    fit_process.run(data, "import", drawn_sample.csv, "--source", "sample", EMBEDDING_PROVIDER="builtin")
    with Server(data, EMBEDDING_PROVIDER="builtin") as running:
        yield running


def is_bright(picture):
    return min(ImageStat.Stat(Image.open(io.BytesIO(picture)).convert("RGB")).mean) > 130


@pytest.fixture(scope="module")
def worn(drawn_sample):
    """A photo of two items of the catalogue: the first in the middle, the second in a corner."""
    bright = [row for row in drawn_sample.rows if is_bright(drawn_sample.photo(row))]
    first, second = bright[1], bright[-1]
    return scene({(1, 1): drawn_sample.photo(first), (3, 3): drawn_sample.photo(second)})


def detect(server, photo, **options):
    answer = server.post("/api/v1/detect", files={"image": photo}, **options)
    assert answer.status_code == 200, answer.text
    return answer.json()


def near(found, wanted):
    assert [found[side] for side in SIDES] == pytest.approx(wanted, abs=0.01)


def overlap(a, b):
    """The intersection over union of two boxes."""
    shared = max(0, min(a[2], b[2]) - max(a[0], b[0])) * max(0, min(a[3], b[3]) - max(a[1], b[1]))
    return shared / (sum((box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)) - shared)


def search(server, photo, **fields):
    return server.post("/api/v1/search", files={"image": photo}, data={"limit": "5", **fields})


def cut(photo, box):
    """The part of a photo that a search with the box looks at, sent as a photo: the box and 5 % of its size around it."""
    picture = Image.open(io.BytesIO(photo))
    width, height = box["right"] - box["left"], box["bottom"] - box["top"]
    part = picture.crop((round((box["left"] - 0.05 * width) * picture.width), round((box["top"] - 0.05 * height) * picture.height),
                         round((box["right"] + 0.05 * width) * picture.width), round((box["bottom"] + 0.05 * height) * picture.height)))
    return image_files.encode(part, "PNG")


def assert_alike(answer, other):
    """Whether two searches find the same, but for one of five: their pixels differ by how they were scaled."""
    first, second = ({hit["external_id"] for hit in results(one)} for one in (answer, other))
    assert len(first) == len(second) == 5 and len(first & second) >= 4, (first, second)


def test_garments_have_boxes_kinds_and_confidences(detecting):
    photo = scene({(1, 2): (250, 20, 20), (3, 0): (20, 20, 200)})
    found = detect(detecting, photo)
    assert (found["width"], found["height"]) == (768, 1024)
    first, second = found["garments"]
    assert (first["index"], first["category"]) == (0, "tops")
    near(first["box"], box(1, 2))
    assert first["confidence"] > 0.9
    assert (second["index"], second["category"]) == (1, "shoes")
    near(second["box"], box(3, 0))


def test_a_photo_is_sent_as_for_a_search(detecting):
    photo = scene({(1, 2): (250, 20, 20)})
    text = base64.b64encode(photo).decode()
    as_json = detecting.post("/api/v1/detect", json={"image_base64": text})
    assert as_json.json() == detect(detecting, photo)
    as_form = detecting.post("/api/v1/detect", files={"image_base64": (None, text)})
    assert as_form.json() == as_json.json()
    assert_problem(detecting.post("/api/v1/detect", json={}), 422, "image_base64")
    assert_problem(detecting.post("/api/v1/detect", json={"image_base64": text, "limit": 3}), 422, "limit")
    assert_problem(detecting.post("/api/v1/detect", json={"item_id": "1"}), 422, "item_id")
    assert_problem(detecting.post("/api/v1/detect", json={"image_base64": "!"}), 400, "image_base64")
    assert_problem(detecting.post("/api/v1/detect", json={"image_base64": base64.b64encode(b"words, and no image").decode()}),
                   415, "image_base64")
    assert_problem(detecting.post("/api/v1/detect", json={"image_url": "http://127.0.0.1:1/a.jpg"}), 422, "image_url")
    assert_problem(detecting.post("/api/v1/detect", data=b"x", headers={"Content-Type": "image/jpeg"}), 415)
    tiny = image_files.encode(Image.new("RGB", (4, 4)), "PNG")
    assert_problem(detecting.post("/api/v1/detect", files={"image": tiny}), 422, "image")


def test_nothing_is_found_in_a_dark_photo(detecting):
    assert detect(detecting, scene({}))["garments"] == []


def test_boxes_are_of_the_upright_photo(detecting):
    upright = scene({(1, 2): (250, 20, 20)})
    turned = Image.open(io.BytesIO(upright)).transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6  # shown turned by 90 degrees to the right
    out = io.BytesIO()
    turned.save(out, "JPEG", quality=95, exif=exif)
    found = detect(detecting, out.getvalue())
    assert (found["width"], found["height"]) == (768, 1024)
    near(found["garments"][0]["box"], box(1, 2))


def test_a_search_finds_each_garment_of_a_photo(detecting, worn):
    garments = detect(detecting, worn)["garments"]
    assert len(garments) == 2
    for index in range(2):
        answer = search(detecting, worn, garment=str(index))
        assert_alike(answer, search(detecting, cut(worn, garments[index]["box"])))
        assert answer.json()["searched_box"] == garments[index]["box"]
    near(garments[0]["box"], box(1, 1))
    assert "searched_box" not in search(detecting, worn).json()


def test_a_box_finds_what_its_garment_finds(detecting, worn):
    garment = search(detecting, worn, garment="1").json()
    sides = garment["searched_box"]
    numbers = [sides[side] for side in ("left", "top", "right", "bottom")]
    by_form = search(detecting, worn, box=",".join(map(str, numbers))).json()
    by_json = detecting.post("/api/v1/search", json={"image_base64": base64.b64encode(worn).decode(),
                                                     "limit": 5, "box": numbers}).json()
    assert by_form["results"] == by_json["results"] == garment["results"]
    assert by_form["searched_box"] == by_json["searched_box"] == sides
    whole = search(detecting, worn, box="0,0,1,1").json()
    assert whole["results"] == search(detecting, worn).json()["results"]


def test_the_most_prominent_garment_is_searched_with(detecting, worn):
    found = search(detecting, worn, detect="auto").json()
    assert found["results"] == search(detecting, worn, garment="0").json()["results"]
    dark = scene({(0, 0): (60, 60, 60)})
    found = search(detecting, dark, detect="auto").json()
    assert found["searched_box"] == {"left": 0, "top": 0, "right": 1, "bottom": 1}
    assert found["results"] == search(detecting, dark).json()["results"]


def test_pages_and_cached_results_belong_to_their_box(detecting, worn):
    first = search(detecting, worn, garment="0").json()
    again = search(detecting, worn, garment="0").json()
    assert (again["results"], again["searched_box"]) == (first["results"], first["searched_box"])
    cursor = first["next_cursor"]
    next_page = search(detecting, worn, garment="0", cursor=cursor).json()
    assert not {one["id"] for one in first["results"]} & {one["id"] for one in next_page["results"]}
    assert_problem(search(detecting, worn, garment="1", cursor=cursor), 422, "cursor")
    assert_problem(search(detecting, worn, cursor=cursor), 422, "cursor")


def test_a_box_goes_with_words_and_filters(detecting, worn):
    found = search(detecting, worn, garment="0", text="in black", filters='{"source": "sample"}')
    assert results(found) and found.json()["read_as"]["properties"]["primary_color"] == "black"
    assert found.json()["searched_box"]


@pytest.mark.parametrize("text", ["", "0.1,0.1,0.5", "0.1,0.1,0.5,0.5,0.5", "0.5,0.1,0.1,0.5", "0.1,0.5,0.5,0.5",
                                  "-0.1,0,1,1", "0,0,1.1,1", "nan,0,1,1", "0,0,inf,1", "a,b,c,d", "[0,0,1", "0;0;1;1",
                                  '[0,0,1,"1"]', "[[0,0,1,1]]", "{}", "1e999,0,1,1"])
def test_boxes_that_are_none_are_refused(detecting, worn, text):
    if text:
        assert_problem(search(detecting, worn, box=text), 422, "box")


@pytest.mark.parametrize("value", [[], [0, 0, 1], [0, 0, 1, None], "0,0,1,1", {"left": 0}, [1, 1, 0, 0], [0, 0, 0, 0], 7])
def test_boxes_of_json_that_are_none_are_refused(detecting, worn, value):
    body = {"image_base64": base64.b64encode(worn).decode(), "box": value}
    assert_problem(detecting.post("/api/v1/search", json=body), 422, "box")
    number = '{"image_base64": "%s", "box": [0, 0, 1, NaN]}' % body["image_base64"]
    answer = detecting.post("/api/v1/search", data=number, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)


def test_parts_need_a_photo_and_each_other_not(detecting, worn):
    assert_problem(search(detecting, worn, garment="2"), 422, "garment")
    assert_problem(search(detecting, worn, garment="-1"), 422, "garment")
    assert_problem(search(detecting, worn, garment="one"), 422, "garment")
    assert_problem(search(detecting, worn, garment="99999999999999999999"), 422, "garment")
    assert_problem(search(detecting, worn, detect="all"), 422, "detect")
    assert_problem(search(detecting, worn, detect="auto", garment="0"), 422, "detect")
    assert_problem(search(detecting, worn, box="0,0,1,1", garment="0"), 422, "garment")
    assert_problem(search(detecting, worn, box="0,0,1,1", detect="auto"), 422, "detect")
    item = results(search(detecting, worn))[0]["id"]
    for part in ({"box": [0, 0, 1, 1]}, {"garment": 0}, {"detect": "auto"}):
        field = next(iter(part))
        assert_problem(detecting.post("/api/v1/search", json={"item_id": item, **part}), 422, field)
        assert_problem(detecting.post("/api/v1/search", json={"text": "dress", **part}), 422, field)
        assert_problem(detecting.post("/search_by_image", json={
            "image_base64": base64.b64encode(worn).decode(), **part}), 422, field)
    assert_problem(detecting.get("/api/v1/items?detect=auto"), 422, "detect")


def test_small_boxes_of_large_photos_are_searched(detecting, drawn_sample):
    """A garment of a few hundred pixels in a photo of 12 megapixels."""
    row = drawn_sample.rows[7]
    large = Image.new("RGB", (3000, 4000))
    large.paste(Image.open(io.BytesIO(drawn_sample.photo(row))).resize((300, 400)), (2400, 3200))
    out = io.BytesIO()
    large.save(out, "JPEG", quality=92)
    answer = search(detecting, out.getvalue(), box="0.8,0.8,0.9,0.9")
    assert_alike(answer, search(detecting, cut(out.getvalue(), dict(left=0.8, top=0.8, right=0.9, bottom=0.9))))
    assert results(search(detecting, out.getvalue(), box="0.5,0.5,0.5000001,0.5000001"))


def test_saved_searches_remember_their_part(detecting, worn):
    saved = detecting.post("/api/v1/saved-searches", json={
        "name": "shoes", "query": {"image_base64": base64.b64encode(worn).decode(), "garment": 1}})
    assert saved.status_code == 201, saved.text
    assert saved.json()["query"]["garment"] == 1
    refused = detecting.post("/api/v1/saved-searches", json={
        "name": "shoes", "query": {"image_base64": base64.b64encode(worn).decode(), "garment": 7}})
    assert refused.status_code == 422, refused.text


def test_the_example_of_the_document_is_accepted(detecting):
    document = detecting.get("/openapi.json").json()
    content = document["paths"]["/api/v1/detect"]["post"]["requestBody"]["content"]["application/json"]
    answer = detecting.post("/api/v1/detect", json=content["example"])
    assert answer.status_code == 200, answer.text


def test_servers_say_that_they_detect(detecting):
    assert detecting.get("/api/v1/auth/me").json()["detect"] is True
    assert detecting.get("/health").json()["detect"] is True


def test_a_folder_that_is_no_detector_is_refused_at_the_start(tmp_path):
    tiny_detector.make_folder(tmp_path, labels=["tops"])
    done = fit_process.run(tmp_path, "serve", check=False)
    assert done.returncode != 0
    assert "detector" in done.stderr and "scores" in done.stderr


def test_a_server_without_a_detector_says_so(tmp_path, worn):
    with Server(tmp_path, DETECTOR_MODEL="") as server:
        assert server.get("/api/v1/auth/me").json()["detect"] is False
        assert server.get("/health").json()["detect"] is False
        assert_problem(server.post("/api/v1/detect", files={"image": worn}), 404)
        assert_problem(search(server, worn, garment="0"), 422, "garment")
        assert_problem(search(server, worn, detect="auto"), 422, "detect")
        assert search(server, worn, box="0.1,0.1,0.9,0.9").status_code == 200
    done = fit_process.run(tmp_path, "detect", "nothing.jpg", check=False, DETECTOR_MODEL="")
    assert done.returncode != 0


@pytest.mark.parametrize("model", ["nothing", "content-filter"])
def test_a_model_that_is_no_detector_is_refused_at_the_start(tmp_path, model):
    done = fit_process.run(tmp_path, "serve", check=False, DETECTOR_MODEL=model)
    assert done.returncode != 0
    assert "DETECTOR_MODEL" in done.stderr and model in done.stderr


def test_garments_of_real_photos_are_where_a_person_sees_them(shared_data, builtin_server):
    """The program's own detector, on photos of single garments that nobody trained it with."""
    drawn = json.loads((fit_process.SOURCE_DIR / "training" / "detector_boxes.json").read_text())["boxes"]
    photos = {path.name: path for path in (shared_data / "photos" / "validation").rglob("*.jpg")}
    names = sorted(drawn)[::4]
    fits = []
    for name in names:
        garments = detect(builtin_server, photos[name].read_bytes())["garments"]
        fits.append(overlap([garments[0]["box"][side] for side in SIDES], drawn[name]) if garments else 0)
    assert sum(fit >= 0.6 for fit in fits) >= 0.8 * len(names), fits
