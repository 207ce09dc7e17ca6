"""The state that operators watch: connections, standbys, latency by kind of query, the index and missing vectors."""

import sys

import pytest

import fit_process
import image_files
from checks import results
from fit_process import Server, wait_until
from test_status import metric

sys.path.insert(0, str(fit_process.SOURCE_DIR / "tests"))
from postgres_cluster import PostgresCluster, is_available  # noqa: E402

def parts(server):
    return {part["name"]: part["state"] for part in server.get("/health").json()["parts"]}


def test_queries_are_timed_by_kind(server, drawn_sample):
    photo = image_files.text(drawn_sample.photo(drawn_sample.rows[0]))
    item = results(server.search(image_base64=photo, limit=1))[0]["id"]

    def counted():
        text = server.get("/metrics").text
        return {kind: metric(text, "fit_query_seconds_count", kind=kind)
                for kind in ("photo", "item", "words", "composed", "browse")}

    before = counted()
    queries = [{"image_base64": photo}, {"item_id": item}, {"like": [item]}, {"text": "red dress"},
               {"image_base64": photo, "text": "but blue"}, {"item_id": item, "text": "blue"}]
    for query in queries * 2:  # cached results count too
        assert server.search(**query).status_code == 200
    assert server.get("/api/v1/items?limit=1").status_code == 200
    assert server.search(text="x", limit=1000).status_code == 422
    after = counted()
    assert {kind: after[kind] - before[kind] for kind in after} == {
        "photo": 2, "item": 4, "words": 2, "composed": 4, "browse": 1}


def test_connections_are_reported(server):
    state = parts(server)["store"]["connections"]
    assert set(state) == {"open", "busy", "waiting", "writes_waiting"} and state["open"] >= state["busy"] >= 0
    text = server.get("/metrics").text
    for labels in ({"state": "busy"}, {"state": "idle"}):
        assert 'fit_database_connections{state="%s"}' % labels["state"] in text
    assert metric(text, "fit_database_connections", state="idle") + metric(
        text, "fit_database_connections", state="busy") >= 1
    for purpose in ("read", "write"):
        assert 'fit_database_waiting{for="%s"}' % purpose in text
    assert "fit_replica" not in text and "replicas" not in parts(server)["store"]


def test_missing_vectors_are_reported(drawn_sample, tmp_path):
    fit_process.run(tmp_path, "import", drawn_sample.csv, "--source", "sample")
    with Server(tmp_path, EMBEDDING_PROVIDER="builtin") as server:  # the server fills its space in the background
        images = parts(server)["store"]["images"]
        assert images > 100
        wait_until(lambda: parts(server)["index"]["missing"] == 0, "filling")
        wait_until(lambda: parts(server)["index"]["images"] == images, "indexing")
        index = parts(server)["index"]
        assert index["missing_ratio"] == 0 and index["bytes"] > 0
        text = server.get("/metrics").text
        assert metric(text, "fit_index_images", space="builtin") == images
        assert metric(text, "fit_index_missing", space="builtin") == 0
        assert metric(text, "fit_index_bytes", space="builtin") > 0
        assert metric(text, "fit_items") == len(drawn_sample.all_rows)
        # The metrics of a released space become zero.
        fit_process.run(tmp_path, "space", "use", "palette")
        wait_until(lambda: parts(server)["space"]["name"] == "palette", "the switch")
        wait_until(lambda: metric(server.get("/metrics").text, "fit_index_images", space="builtin") == 0, "releasing the old space")
        assert metric(server.get("/metrics").text, "fit_index_bytes", space="builtin") == 0


def test_the_missing_ratio_is_reported(tmp_path):
    listing = tmp_path / "items.csv"
    rows = ["external_id,title,images"]
    for number in range(4):
        image = tmp_path / f"{number}.jpg"
        image.write_bytes(image_files.jpeg(number))
        rows.append(f"e{number},Title,{image}")
    listing.write_text("\n".join(rows) + "\n")
    fit_process.run(tmp_path, "import", listing, "--source", "mine")
    (tmp_path / "3.jpg").unlink()
    with Server(tmp_path, EMBEDDING_PROVIDER="builtin") as server:
        wait_until(lambda: parts(server)["index"]["missing"] == 1, "filling all but one")
        wait_until(lambda: metric(server.get("/metrics").text, "fit_index_missing_ratio", space="builtin") == 0.25,
                   "the ratio")
        assert parts(server)["index"]["missing_ratio"] == 0.25


@pytest.mark.skipif(not fit_process.POSTGRES_FILE or not is_available(), reason="standbys are PostgreSQL's")
def test_standbys_are_reported(drawn_sample, tmp_path):
    with PostgresCluster() as primary:
        url = primary.make_database("catalogue")
        fit_process.run(tmp_path, "import", drawn_sample.csv, "--source", "sample", DATABASE_URL=url)
        with PostgresCluster(standby_of=primary) as standby:
            with Server(tmp_path, DATABASE_URL=url, DATABASE_READ_URL=standby.url("catalogue"),
                        DB_MAX_REPLICA_LAG=2000) as server:
                def replica():
                    return parts(server)["store"]["replicas"][0]

                wait_until(lambda: replica()["is_used"] and replica()["lag_bytes"] == 0, "using the standby")
                assert replica()["name"] == str(standby.folder)
                assert metric(server.get("/metrics").text, "fit_replica_used") == 1
                standby.sql("SELECT pg_wal_replay_pause()")
                made = server.post("/api/v1/items", json={
                    "source": "mine", "external_id": "n", "title": "New",
                    "images": [{"image_base64": image_files.text(image_files.jpeg(9))}]})
                assert made.status_code == 201
                assert server.get(made.headers["Location"]).status_code == 200, "one's own write is read"
                wait_until(lambda: not replica()["is_used"] and replica()["lag_s"] > 0.5, "leaving the standby")
                text = server.get("/metrics").text
                assert metric(text, "fit_replica_used") == 0
                assert metric(text, "fit_replica_lag_bytes") > 0 and metric(text, "fit_replica_lag_seconds") > 0.5
                assert server.get("/ready").status_code == 200
                standby.sql("SELECT pg_wal_replay_resume()")
                wait_until(lambda: replica()["is_used"] and replica()["lag_s"] == 0, "using it again")
