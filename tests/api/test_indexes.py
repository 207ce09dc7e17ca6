"""The statistics of the vector indexes."""

import jsonschema
import requests

import fit_process
import image_files
from checks import assert_problem
from fit_process import Server, wait_until

PATH = "/api/v1/indexes"


def indexes(server):
    answer = server.get(PATH)
    assert answer.status_code == 200, answer.text
    return answer.json()["indexes"]


def put(server, number):
    item = {"source": "indexes", "external_id": str(number), "title": "Dress",
            "images": [{"image_base64": image_files.text(image_files.jpeg(number))}]}
    made = server.post("/api/v1/items", json=item)
    assert made.status_code in (200, 201), made.text
    return made.json()["id"]


def test_vectors_deletions_and_latencies(empty_server):
    items = [put(empty_server, number) for number in range(3)]
    wait_until(lambda: indexes(empty_server)[0]["vectors"] == 3, "the vectors")
    one, = indexes(empty_server)
    assert one["space"] == "palette" and one["vectors_of"] == "images" and one["state"] == "ready"
    assert one["dimensions"] > 0 and one["position"] > 0 and one["missing"] == 0
    assert one["size"] >= one["vectors"] and one["recall"] is None and one["recalls"] == []
    in_memory = not one["kind"].startswith("pgvector")
    assert one["bytes"] > 0 or not in_memory
    assert (one["deleted"] is not None) == in_memory

    found = empty_server.search(image_base64=image_files.text(image_files.jpeg(1)))
    assert found.status_code == 200
    latency = indexes(empty_server)[0]["latency"]
    assert latency["searches"] >= 1 and 0 < latency["p50_s"] <= latency["p95_s"] <= latency["p99_s"]
    assert 'fit_index_seconds_count{space="palette"}' in empty_server.get("/metrics").text

    assert empty_server.delete(f"/api/v1/items/{items[0]}").status_code == 204
    wait_until(lambda: indexes(empty_server)[0]["vectors"] == 2, "the removal")


def test_the_recall_of_searches_is_measured(tmp_path):
    with Server(tmp_path, RECALL_PROBE=1) as server:
        for number in range(3):
            put(server, number)
        wait_until(lambda: indexes(server)[0]["vectors"] == 3, "the vectors")
        assert indexes(server)[0]["recall"] is None

        def probed():
            return {(one["kind"], one["selectivity"]): one for one in indexes(server)[0]["recalls"]}
        photo = image_files.text(image_files.jpeg(1))
        assert server.search(image_base64=photo).status_code == 200
        wait_until(lambda: ("photo", "none") in probed(), "a probe")
        assert server.search(image_base64=photo, filters={"source": "indexes"}).status_code == 200
        wait_until(lambda: ("photo", "over_10_percent") in probed(), "a probe with a filter")
        assert probed()["photo", "none"] == {"kind": "photo", "selectivity": "none", "recall": 1, "probes": 1}
        assert indexes(server)[0]["recall"] == 1
        assert server.search(image_base64=photo).status_code == 200  # from the cache
        text = server.get("/metrics").text
        assert 'fit_recall_ratio{kind="photo",selectivity="none"} 1\n' in text
        assert 'fit_recall_expected_total{kind="photo",selectivity="none"} 3\n' in text
        assert 'fit_recall_probes_total{outcome="measured"} 2\n' in text
        document = server.get("/openapi.json").json()
        schema = {"$ref": "#/components/schemas/IndexList", "components": document["components"]}
        jsonschema.Draft202012Validator(schema).validate(server.get(PATH).json())


def test_the_reference_name(server):
    both = [server.get(path) for path in (PATH, "/api/faiss")]
    assert [answer.status_code for answer in both] == [200, 200]
    assert [one["space"] for one in both[0].json()["indexes"]] == [one["space"] for one in both[1].json()["indexes"]]
    document = server.get("/openapi.json").json()
    schema = {"$ref": "#/components/schemas/IndexList", "components": document["components"]}
    jsonschema.Draft202012Validator(schema).validate(both[1].json())
    assert_problem(server.get(PATH + "?space=palette"), 422)


def test_operators_alone_see_them(tmp_path):
    root = "the-key-of-the-environment"
    with Server(tmp_path, API_KEY=root) as server:
        def get(path, secret):
            return requests.get(server.url + path, headers={"Authorization": f"Bearer {secret}"}).status_code
        made = requests.post(server.url + "/api/v1/keys", headers={"Authorization": f"Bearer {root}"},
                             json={"name": "reader", "scopes": ["search", "items:read", "items:write"]})
        fit_process.note_secrets(made.json()["secret"])
        for path in (PATH, "/api/faiss"):
            assert requests.get(server.url + path).status_code == 401
            assert get(path, made.json()["secret"]) == 403
            assert get(path, root) == 200
