"""The second model in the program: chosen by a command or by settings, without any download."""

import json

import fit_process
from checks import results
from fit_process import Server, wait_until

SETTINGS = {"EMBEDDING_PROVIDER": "onnx", "EMBEDDING_MODEL": "sight"}


def provider(server):
    return server.get("/health").json()["embedding_provider"]


def finds_itself(server, drawn_sample):
    for row in drawn_sample.rows[:5]:
        response = server.post("/api/v1/search", files={"image": drawn_sample.photo(row)}, data={"limit": "3"})
        first = results(response)[0]
        assert first["external_id"] == row["external_id"] and first["relevance"] >= 0.94, first


def test_a_running_server_changes_to_it(drawn_sample, tmp_path):
    fit_process.run(tmp_path, "import", drawn_sample.csv, "--source", "sample")
    fit_process.run(tmp_path, "embed", "--space", "sight")
    with Server(tmp_path) as server:
        before = provider(server)
        assert before != "sight"
        chosen = json.loads(fit_process.run(tmp_path, "space", "use", "sight", "--json").stdout)
        assert chosen["space"]["name"] == "sight"
        wait_until(lambda: provider(server) == "sight", "switching to sight")
        finds_itself(server, drawn_sample)
        fit_process.run(tmp_path, "space", "reset")
        wait_until(lambda: provider(server) == before, "switching back")


def test_settings_choose_it(drawn_sample, tmp_path):
    fit_process.run(tmp_path, "import", drawn_sample.csv, "--source", "sample", **SETTINGS)
    with Server(tmp_path, **SETTINGS) as server:
        health = server.get("/health").json()
        assert health["text_search"] is True
        finds_itself(server, drawn_sample)
        words = results(server.search(text="jeans", limit=5))
        assert sum(one["properties"]["subcategory"] == "jeans" for one in words) >= 3
        row = next(row for row in drawn_sample.rows if row["category"] == "shoes")
        seen = server.post("/api/v1/search", files={"image": drawn_sample.photo(row)}, data={"limit": "1"}).json()
        assert seen["predicted_properties"]["category"]["value"] == "shoes"
