"""Runs the examples of docs/operations.md for partitions and shards on real PostgreSQL servers."""

import pathlib
import re
import subprocess
import sys

import pytest

import fit_process
from checks import results
from fit_process import BINARY, SOURCE_DIR, Server

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))
import postgres_cluster  # noqa: E402
from postgres_cluster import PostgresCluster  # noqa: E402

pytestmark = pytest.mark.skipif(not postgres_cluster.is_available(), reason="there is no PostgreSQL on this machine")


def blocks_of(section):
    text = (SOURCE_DIR / "docs/operations.md").read_text()
    part = re.search(rf"^### {section}\n(.*?)^(?:##|###) ", text, re.S | re.M).group(1)
    return re.findall(r"^```sh\n(.*?)^```", part, re.S | re.M)


def run_blocks(blocks, tmp_path, url, **replaced):
    """Returns the output of each block. "./dev fit ARGS" runs the built program."""
    dev = tmp_path / "dev"
    dev.write_text(f'#!/bin/sh\nshift\nexec "{BINARY}" "$@"\n')
    dev.chmod(0o755)
    printed = []
    for block in blocks:
        script = block.replace("/tmp/", f"{tmp_path}/")
        for old, new in replaced.items():
            script = script.replace(old, new)
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=tmp_path, capture_output=True, text=True,
                              timeout=240 * fit_process.PATIENCE, env=fit_process.environment(tmp_path, DATABASE_URL=url))
        assert done.returncode == 0, f"{script}\n{done.stderr}\n{done.stdout}"
        printed.append(done.stdout)
    return printed


@pytest.fixture(scope="module")
def cluster():
    with PostgresCluster() as running:
        yield running


def like(server, item, **filters):
    return server.search(item_id=item, limit=100, filters=filters)


def test_partitions_work_as_written(cluster, drawn_sample, tmp_path):
    url = cluster.make_database("partitions")
    fit_process.run(tmp_path, "import", drawn_sample.csv, "--source", "sample", DATABASE_URL=url)
    blocks = blocks_of("Partitions")
    assert len(blocks) == 2
    with Server(tmp_path, DATABASE_URL=url, VECTOR_SEARCH_CACHE_TTL=0) as server:
        item = results(server.search(text="under 100000", limit=1))[0]["id"]
        before = [one["id"] for one in results(like(server, item))]
        tops = {one["id"] for one in results(like(server, item, category="tops"))}
        first, second = run_blocks(blocks, tmp_path, url)
        assert "CREATE TABLE" in first and first.rstrip().endswith("layout: nothing to do")
        assert "bags" in second
        assert cluster.sql("SELECT count(*) > 0 FROM vectors_1_bags", "partitions") == "t"
        # The running server uses the new partitions.
        assert [one["id"] for one in results(like(server, item))] == before
        assert {one["id"] for one in results(like(server, item, category="tops"))} == tops
        counts = cluster.sql("SELECT count(*) FROM vectors_1", "partitions")
        assert int(counts) == int(cluster.sql("SELECT count(*) FROM images", "partitions"))
    layout = tmp_path / "less.toml"
    layout.write_text('[partition.shoes]\ncategories = ["shoes"]\n')
    done = fit_process.run(tmp_path, "migrate", "--layout", layout, DATABASE_URL=url, check=False)
    assert done.returncode == 1 and "layout: the database has a partition" in done.stderr, done.stderr
    done = fit_process.run(tmp_path, "migrate", "--layout", tmp_path / "absent.toml", DATABASE_URL=url, check=False)
    assert done.returncode == 1
    (block,) = blocks_of("The index")
    assert "layout" not in run_blocks([block], tmp_path, url)[0]
    assert "m 8" in fit_process.run(tmp_path, "index", "build", DATABASE_URL=url, DB_HNSW_M=8).stderr


def test_shards_work_as_written(cluster, drawn_sample, tmp_path):
    url = cluster.make_database("shards")
    fit_process.run(tmp_path, "import", drawn_sample.csv, "--source", "sample", DATABASE_URL=url)
    with PostgresCluster() as east:
        east.sql("CREATE ROLE fit LOGIN PASSWORD 'secret'")
        east.sql("CREATE DATABASE fit OWNER fit")
        east.sql("CREATE EXTENSION vector", "fit")
        (east.data / "pg_hba.conf").write_text("local all postgres trust\nlocal all all scram-sha-256\n")
        east.stop()
        east.start()
        blocks = blocks_of("Shards")
        assert len(blocks) == 1
        with Server(tmp_path, DATABASE_URL=url, VECTOR_SEARCH_CACHE_TTL=0) as server:
            shoe = results(server.search(text="under 100000", limit=1, filters={"category": "shoes"}))[0]["id"]
            before = [one["id"] for one in results(like(server, shoe))]
            printed, = run_blocks(blocks, tmp_path, url, **{
                "postgresql://fit@db-east:5432/fit": f"postgresql://fit@/fit?host={east.folder}"})
            assert "USER MAPPING" in printed and "=secret" not in printed and "'secret'" not in printed
            assert [one["id"] for one in results(like(server, shoe))] == before
            assert east.sql("SELECT count(*) > 0 FROM vectors_1_outerwear", "fit") == "t"
            assert cluster.sql("SELECT count(*) FROM vectors_1_rest WHERE category = 'outerwear'", "shards") == "0"
            east.stop()
            assert results(like(server, shoe, category="shoes"))
            refused = like(server, shoe)
            assert refused.status_code == 503, refused.text
            refused = like(server, shoe, category="outerwear")
            assert refused.status_code == 503 and "shard east" in refused.json()["detail"], refused.text
            east.start()
            assert [one["id"] for one in results(like(server, shoe))] == before
