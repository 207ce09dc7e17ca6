"""The kind of the vector index follows the size of the catalogue: INDEX_KIND and INDEX_MEMORY."""

import csv
import json

import pytest
import requests

import image_files
from checks import results
from fit_process import Server, run, wait_until

# 492 vectors of 512 dimensions fit as exact ones, and 1,000 gather in memory before they become a segment.
SETTINGS = {"INDEX_MEMORY": "1MiB"}
FEW, MANY = 400, 1300


def photo(number):
    colour = ((number * 67) % 256, (number * 131 + 40) % 256, (number * 29 + 90) % 256)
    shape = ("dress", "box", "round")[number % 3]
    return image_files.encode(image_files.drawn(colour, size=(40, 40 + number // 256), shape=shape))


def load(data, numbers, **settings):
    """Imports items by the command line."""
    with open(data / "items.csv", "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["source", "external_id", "title", "image_path"])
        for number in numbers:
            path = data / f"{number}.jpg"
            path.write_bytes(photo(number))
            rows.writerow(["kinds", number, f"Dress {number}", path])
    run(data, "import", data / "items.csv", **settings)


def send(server, numbers):
    """Imports items by HTTP."""
    lines = [json.dumps({"external_id": str(number), "title": f"Dress {number}",
                         "images": [{"image_base64": image_files.text(photo(number))}]}) for number in numbers]
    answer = requests.post(server.url + "/api/v1/items/import?source=kinds", data="\n".join(lines),
                           headers={"Content-Type": "application/x-ndjson"}, timeout=120)
    assert answer.status_code == 200, answer.text


def index(server):
    answer = server.get("/api/v1/indexes")
    assert answer.status_code == 200, answer.text
    return answer.json()["indexes"][0]


def assert_found(server, numbers):
    for number in numbers:
        answer = server.search(image_base64=image_files.text(photo(number)), limit=5)
        assert answer.status_code == 200, answer.text
        found = results(answer)
        assert found and found[0]["similarity"] > 0.999, (number, found[:1])


def segments(data):
    return sorted(path.name for path in data.glob("**/quantised/segment-*"))


def test_a_catalogue_that_grows_is_converted_while_it_is_searched(tmp_path):
    load(tmp_path, range(FEW), **SETTINGS)
    with Server(tmp_path, **SETTINGS) as server:
        one = index(server)
        assert (one["kind"], one["conversion"], one["vectors"]) == ("exact", None, FEW)
        send(server, range(FEW, MANY))
        assert_found(server, range(0, MANY, 301))
        wait_until(lambda: index(server)["kind"] == "quantised", "the conversion")
        wait_until(lambda: index(server)["vectors"] == MANY, "the vectors")
        assert index(server)["conversion"] is None
        assert_found(server, range(0, MANY, 131))
        part = json.dumps(server.get("/health").json())
        assert '"kind": "quantised"' in part and '"conversion": null' in part
        metrics = server.get("/metrics").text
        assert 'fit_index_converting{space="palette"} 0\n' in metrics
        assert 'fit_index_conversion_failed{space="palette"} 0\n' in metrics
        wait_until(lambda: segments(tmp_path), "a segment")
        # What is written after the conversion survives a kill: the store has it.
        send(server, range(MANY, MANY + 20))
        server.kill()
        server.start()
        assert index(server)["kind"] == "quantised"
        wait_until(lambda: index(server)["vectors"] == MANY + 20, "the vectors")
        assert_found(server, [3, MANY - 1, MANY + 19])
        assert not list(tmp_path.glob("**/index/palette-*/vectors.fitindex")), "the exact snapshot is gone"
        # With another setting it becomes a graph.
        server.stop()
    with Server(tmp_path, INDEX_KIND="graph") as server:
        wait_until(lambda: index(server)["kind"] == "hnsw", "the conversion back")
        assert_found(server, range(0, MANY, 301))
        wait_until(lambda: not segments(tmp_path), "the removal of what it replaced")


@pytest.mark.parametrize("has_begun", [False, True])
def test_a_kill_in_a_conversion_loses_nothing(tmp_path, has_begun):
    load(tmp_path, range(FEW), **SETTINGS)
    with Server(tmp_path, **SETTINGS) as server:
        send(server, range(FEW, MANY))
        if has_begun:
            wait_until(lambda: index(server)["conversion"] or index(server)["kind"] != "exact", "the beginning")
        server.kill()
        server.start()
        wait_until(lambda: index(server)["kind"] == "quantised", "the conversion")
        wait_until(lambda: index(server)["vectors"] == MANY, "the vectors")
        assert_found(server, range(0, MANY, 131))


def test_commands_convert_and_the_server_opens_what_they_wrote(tmp_path):
    load(tmp_path, range(FEW), **SETTINGS)
    status = json.loads(run(tmp_path, "index", "status", "--json", **SETTINGS).stdout)
    assert status["index_kind"] == "exact"
    load(tmp_path, range(FEW, MANY), **SETTINGS)
    status = json.loads(run(tmp_path, "index", "status", "--json", **SETTINGS).stdout)
    assert (status["index_kind"], status["indexed_images"]) == ("quantised", MANY)
    assert status["index_position"] == status["store_position"], "it opened the checkpoint"
    with Server(tmp_path, **SETTINGS) as server:
        assert index(server)["kind"] == "quantised"
        wait_until(lambda: segments(tmp_path), "a segment")
        assert_found(server, range(0, MANY, 131))


def test_settings_are_checked(tmp_path):
    for name, value in [("INDEX_KIND", "hnsw"), ("INDEX_MEMORY", "1KiB"), ("INDEX_MEMORY", "much"),
                        ("INDEX_MEMORY", "-1"), ("INDEX_MEMORY", "4XB")]:
        done = run(tmp_path, "config", check=False, **{name: value})
        assert done.returncode == 2 and name in done.stderr, (name, value, done.stderr)
    assert "3221225472" in run(tmp_path, "config", INDEX_MEMORY="3GiB").stdout
