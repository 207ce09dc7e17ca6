"""EMBED_ON_WRITE=async: items are stored at once, and found by their photos when a job has embedded them."""

import fit_process
import image_files
from fit_process import Server, wait_until
from test_worker import worker

SETTINGS = {"EMBED_ON_WRITE": "async"}


def put(server, number, **fields):
    body = {"source": "shop", "external_id": str(number), "title": f"Item {number}",
            "images": [{"image_base64": image_files.text(image_files.jpeg(number))}]} | fields
    response = server.post("/api/v1/items", json=body)
    assert response.status_code in (200, 201), response.text
    return response.json()["id"]


def found(server, number):
    """The ids of the items that a search by the photo of an item finds."""
    answer = server.post("/search_by_image", json={"image_base64": image_files.text(image_files.jpeg(number))})
    assert answer.status_code == 200, answer.text
    return [result["id"] for result in answer.json()["results"]]


def embed_queue(server):
    return next((queue for queue in server.get("/api/v1/queues").json()["queues"] if queue["name"] == "embed"), None)


def test_items_are_stored_at_once_and_embedded_by_a_worker(tmp_path):
    with Server(tmp_path, WORKERS=0, **SETTINGS) as server:
        items = [put(server, number) for number in range(3)]
        assert server.get(f"/api/v1/items/{items[0]}").json()["images"], "the item has its thumbnail"
        assert found(server, 0) == []
        assert embed_queue(server)["waiting"] == 3
        wait_until(lambda: 'queue_oldest_age_seconds{queue="embed"}' in server.get("/metrics").text, "the age")
        # A second write of an item adds no second job.
        put(server, 0, title="Renamed")
        assert embed_queue(server)["waiting"] == 3
        with worker(tmp_path, "--queues", "embed", **SETTINGS):
            wait_until(lambda: set(found(server, 0)) == set(items), "the work of the worker")
        assert found(server, 1)[0] == items[1]
        wait_until(lambda: embed_queue(server) is None, "neither waiting jobs nor dead letters")


def test_an_import_is_embedded_by_jobs(tmp_path):
    rows = [f'{{"external_id": "{number}", "title": "Row {number}"}}' for number in range(2)]
    for number in range(2):
        (tmp_path / f"{number}.jpg").write_bytes(image_files.jpeg(number))
        rows[number] = rows[number][:-1] + f', "images": ["{tmp_path}/{number}.jpg"]}}'
    (tmp_path / "items.ndjson").write_text("\n".join(rows))
    fit_process.run(tmp_path, "import", "items.ndjson", "--source", "shop", **SETTINGS)
    with Server(tmp_path, **SETTINGS) as server:
        wait_until(lambda: len(found(server, 0)) == 2, "the work of the server")
        # A vector is there before its job has ended.
        wait_until(lambda: len(server.get("/api/v1/jobs?kind=embed&state=done").json()["jobs"]) == 2, "the jobs")
