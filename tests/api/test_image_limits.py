"""Hostile images: memory and time are bounded, and other requests are not affected."""

import concurrent.futures

import pytest

import image_files
from checks import assert_problem
from fit_process import Server, wait_until

MEBI = 1 << 20


def peak_bytes(server):
    with open(f"/proc/{server.process.pid}/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))


def put(server, name, file):
    item = {"source": "limits", "external_id": name, "images": [{"image_base64": image_files.text(file)}]}
    return server.post("/api/v1/items", json=item)


@pytest.fixture(scope="module")
def interlaced():
    return image_files.interlaced(4000, 4000)


def test_a_side_over_the_limit_costs_nothing(empty_server):
    bomb = image_files.wide_bomb()
    assert len(bomb) < 400_000
    before = peak_bytes(empty_server)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: empty_server.search_by_image(image_base64=image_files.text(bomb)), range(8)))
    for answer in answers:
        assert "1000000 x 100" in assert_problem(answer, 413, "image_base64")["detail"]
    assert peak_bytes(empty_server) - before < 64 * MEBI


def test_the_limit_of_a_side_is_a_setting(tmp_path):
    with Server(tmp_path, MAX_IMAGE_SIDE=250) as server:
        assert_problem(put(server, "1", image_files.jpeg(1)), 413, "images[0]")
        assert put(server, "1", image_files.encode(image_files.drawn(size=(240, 250)))).status_code == 201


def test_images_of_one_moment_share_one_budget_of_memory(tmp_path, interlaced):
    """Each of the eight images has a frame of 48 MB, and takes twice that with the copies of a decoder."""
    with Server(tmp_path, IMAGE_MEMORY_BYTES=128 * MEBI, IMAGE_TIMEOUT=60_000) as server:
        assert put(server, "warm", image_files.jpeg(1)).status_code == 201
        before = peak_bytes(server)
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(
                lambda _: server.search_by_image(image_base64=image_files.text(interlaced)), range(8)))
        statuses = {answer.status_code for answer in answers}
        assert 200 in statuses and statuses <= {200, 429}, "who waits too long is told to come again"
        assert peak_bytes(server) - before < 96 * MEBI


def test_an_image_that_alone_needs_more_than_the_budget_is_refused(tmp_path, interlaced):
    with Server(tmp_path, IMAGE_MEMORY_BYTES=32 * MEBI) as server:
        assert_problem(server.search_by_image(image_base64=image_files.text(interlaced)), 413, "image_base64")
        assert put(server, "1", image_files.jpeg(1)).status_code == 201


def test_embeddings_of_many_images_do_not_hold_up_searches(tmp_path):
    """If they shared its only thread, both requests for vectors would be handled before the search."""
    file = image_files.encode(image_files.drawn(size=(2000, 2000)), "PNG")
    body = {"input": ["data:image/png;base64," + image_files.text(file)] * 8}
    with Server(tmp_path, WORKER_THREADS=1) as server:
        put(server, "1", image_files.jpeg(1))
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            embeddings = [pool.submit(server.post, "/v1/embeddings", json=body) for _ in range(2)]
            assert server.search_by_image(image_base64=image_files.text(image_files.jpeg(1))).status_code == 200
            assert not all(one.done() for one in embeddings)
            assert {one.result().status_code for one in embeddings} <= {200, 504}, "as fast as the machine is"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF"])
@pytest.mark.parametrize("size", [(700, 900), (1700, 1200)])
def test_an_image_is_exactly_like_itself(server, form, size):
    """An import decodes an image as a query does, although it also makes a thumbnail."""
    number = sum(size) + len(form)
    colour = (number % 256, (number * 7) % 256, (number * 13) % 256)
    file = image_files.encode(image_files.drawn(colour, size, ("dress", "box", "round")[number % 3]), form)
    put(server, f"{form} {size}", file).raise_for_status()

    def itself():
        found = server.search_by_image(image_base64=image_files.text(file), filters={"source": "limits"}, limit=100)
        return [one for one in found.json()["results"] if one["external_id"] == f"{form} {size}"]

    wait_until(itself, "finding the item")
    assert itself()[0]["similarity"] > 0.999999
