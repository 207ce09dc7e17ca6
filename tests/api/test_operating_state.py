"""What operators watch: connections, standbys, latency by kind of question, the index and what is missing in it."""

import sys
import time

import pytest

import fit_process
import pictures
from checks import results
from fit_process import Server
from test_status import metric

sys.path.insert(0, str(fit_process.SOURCE_DIR / "tests"))
from postgres_cluster import PostgresCluster, is_available  # noqa: E402

LIMIT_S = 30 * fit_process.PATIENCE


def parts(server):
    return {part["name"]: part["state"] for part in server.get("/health").json()["parts"]}


def wait_until(holds, what):
    deadline = time.monotonic() + LIMIT_S
    while not holds():
        assert time.monotonic() < deadline, f"{what} took longer than {LIMIT_S} s"
        time.sleep(0.02)


def test_questions_are_timed_by_kind(server, drawn_sample):
    photo = pictures.text(drawn_sample.photo(drawn_sample.rows[0]))
    item = results(server.search(image_base64=photo, limit=1))[0]["id"]

    def counted():
        text = server.get("/metrics").text
        return {kind: metric(text, "fit_query_seconds_count", kind=kind)
                for kind in ("photo", "item", "words", "composed", "browse")}

    before = counted()
    questions = [{"image_base64": photo}, {"item_id": item}, {"like": [item]}, {"text": "red dress"},
                 {"image_base64": photo, "text": "but blue"}, {"item_id": item, "text": "blue"}]
    for question in questions * 2:  # a remembered answer counts too
        assert server.search(**question).status_code == 200
    assert server.get("/api/v1/items?limit=1").status_code == 200
    assert server.search(text="x", limit=1000).status_code == 422
    after = counted()
    assert {kind: after[kind] - before[kind] for kind in after} == {
        "photo": 2, "item": 4, "words": 2, "composed": 4, "browse": 1}


def test_connections_are_told(server):
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


def test_what_is_missing_in_the_index_is_told(drawn_sample, tmp_path):
    fit_process.run(tmp_path, "import", drawn_sample.csv, "--source", "sample")
    with Server(tmp_path, EMBEDDING_PROVIDER="builtin") as server:  # fills its space by itself
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
        # A picture that cannot be read any more never gets its vector in a new space.
        fit_process.run(tmp_path, "space", "use", "palette")
        wait_until(lambda: parts(server)["space"]["name"] == "palette", "the switch")
        wait_until(lambda: metric(server.get("/metrics").text, "fit_index_images", space="builtin") == 0, "letting go")
        assert metric(server.get("/metrics").text, "fit_index_bytes", space="builtin") == 0


def test_a_missing_share_is_a_ratio(tmp_path):
    listing = tmp_path / "items.csv"
    rows = ["external_id,title,images"]
    for number in range(4):
        picture = tmp_path / f"{number}.jpg"
        picture.write_bytes(pictures.jpeg(number))
        rows.append(f"e{number},Title,{picture}")
    listing.write_text("\n".join(rows) + "\n")
    fit_process.run(tmp_path, "import", listing, "--source", "mine")
    (tmp_path / "3.jpg").unlink()
    with Server(tmp_path, EMBEDDING_PROVIDER="builtin") as server:
        wait_until(lambda: parts(server)["index"]["missing"] == 1, "filling all but one")
        wait_until(lambda: metric(server.get("/metrics").text, "fit_index_missing_ratio", space="builtin") == 0.25,
                   "the ratio")
        assert parts(server)["index"]["missing_ratio"] == 0.25


@pytest.mark.skipif(not fit_process.POSTGRES_FILE or not is_available(), reason="standbys are PostgreSQL's")
def test_standbys_are_told(drawn_sample, tmp_path):
    with PostgresCluster() as primary:
        url = primary.make_database("catalogue")
        fit_process.run(tmp_path, "import", drawn_sample.csv, "--source", "sample", DATABASE_URL=url)
        with PostgresCluster(standby_of=primary) as standby:
            with Server(tmp_path, DATABASE_URL=url, DATABASE_READ_URL=standby.url("catalogue"),
                        DB_MAX_REPLICA_LAG=2000) as server:
                def replica():
                    return parts(server)["store"]["replicas"][0]

                wait_until(lambda: replica()["is_used"], "using the standby")
                assert replica()["name"] == str(standby.folder) and replica()["lag_bytes"] == 0
                assert metric(server.get("/metrics").text, "fit_replica_used") == 1
                standby.sql("SELECT pg_wal_replay_pause()")
                made = server.post("/api/v1/items", json={
                    "source": "mine", "external_id": "n", "title": "New",
                    "images": [{"image_base64": pictures.text(pictures.jpeg(9))}]})
                assert made.status_code == 201
                assert server.get(made.headers["Location"]).status_code == 200, "one's own write is read"
                wait_until(lambda: not replica()["is_used"] and replica()["lag_s"] > 0.5, "passing over the standby")
                text = server.get("/metrics").text
                assert metric(text, "fit_replica_used") == 0
                assert metric(text, "fit_replica_lag_bytes") > 0 and metric(text, "fit_replica_lag_seconds") > 0.5
                assert server.get("/ready").status_code == 200
                standby.sql("SELECT pg_wal_replay_resume()")
                wait_until(lambda: replica()["is_used"] and replica()["lag_s"] == 0, "using it again")
