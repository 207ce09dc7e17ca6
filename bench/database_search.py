#!/usr/bin/env python3
"""Compares search on PostgreSQL with plain SQL through libpq, on one private server in one run.

    ./dev bench database [--vectors N] [--partitions]

Two tables contain the same vectors as halfvec with the same HNSW index (m 16, ef_construction 64): the catalogue's table, and a
bare table that has only category, price and a B-tree over both. Each query is run on both.
"""
import os
import pathlib
import subprocess
import sys
import time

import numpy

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from postgres_cluster import PostgresCluster  # noqa: E402

DIMENSIONS = 512
CHUNK = 20_000


def copy(url, statement, rows_of, count):
    """Copies rows in the binary format; rows_of(first, end) returns a pair of type and values for each column."""
    with subprocess.Popen(["psql", "-X", "-q", "-d", url, "-c", statement], stdin=subprocess.PIPE) as psql:
        psql.stdin.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
        for first in range(0, count, CHUNK):
            columns = rows_of(first, min(first + CHUNK, count))
            fields = [("count", ">i2")]
            for i, (kind, _) in enumerate(columns):
                vector = numpy.dtype([("dimensions", ">i2"), ("unused", ">i2"), ("numbers", ">f2", DIMENSIONS)])
                fields += [(f"length{i}", ">i4"), (f"value{i}", vector if kind == "vector" else kind)]
            rows = numpy.zeros(len(columns[0][1]), fields)
            rows["count"] = len(columns)
            for i, (kind, values) in enumerate(columns):
                rows[f"length{i}"] = rows.dtype[f"value{i}"].itemsize
                if kind == "vector":
                    rows[f"value{i}"]["dimensions"], rows[f"value{i}"]["numbers"] = DIMENSIONS, values
                else:
                    rows[f"value{i}"] = values
            psql.stdin.write(rows.tobytes())
        psql.stdin.write(b"\xff\xff")
        psql.stdin.close()
        if psql.wait() != 0:
            raise SystemExit("COPY failed")


def timed(what, work):
    started = time.monotonic()
    work()
    print(f"bench: {what}: {time.monotonic() - started:.1f} s", file=sys.stderr, flush=True)


def fill(cluster, folder, count, program):
    url = cluster.url()
    base = numpy.memmap(folder / f"base_{count}.f32", "f4", "r").reshape(-1, DIMENSIONS)
    attributes = numpy.fromfile(folder / f"attrs_{count}.i32", "i4").reshape(-1, 2)
    ids = numpy.arange(1, count + 1)
    subprocess.run([program, "make", url], check=True)
    cluster.sql(f"CREATE TABLE attributes (id bigint PRIMARY KEY, category int, price int);"
                f"CREATE TABLE bare (id int PRIMARY KEY, category int, price int, embedding halfvec({DIMENSIONS}));"
                f"ALTER TABLE bare ALTER embedding SET STORAGE PLAIN")
    copy(url, "COPY attributes FROM STDIN (FORMAT binary)",
         lambda a, b: [(">i8", ids[a:b]), (">i4", attributes[a:b, 0]), (">i4", attributes[a:b, 1])], count)
    properties = ("subcategory, primary_color, secondary_color, pattern, material, style, fit, neckline, sleeve_length, "
                  "garment_length, closure, season, occasion, gender, condition")
    timed("items and images", lambda: cluster.sql(
        f"INSERT INTO items (source, external_id, brand, size, status, price, category, {properties}, currency, created_at, "
        "updated_at, content_hash, url, title, description) "
        "SELECT 'bench', id, 'brand ' || id % 500, 'M', 'active', price, 'category' || category, "
        "'dress', 'red', '', 'solid', 'cotton', '', '', '', '', '', '', '', '', 'women', '', 'USD', 0, 0, '', '', "
        "'item ' || id, '' FROM attributes ORDER BY id;"
        "INSERT INTO images (item_id, position, width, height, perceptual_hash, format, sha256, location) "
        "SELECT id, 0, 1, 1, 0, 'jpeg', '', '' FROM items ORDER BY id"))
    timed("COPY of the catalogue's vectors", lambda: copy(
        url, "COPY vectors_1 (image_id, item_id, embedding) FROM STDIN (FORMAT binary)",
        lambda a, b: [(">i8", ids[a:b]), (">i8", ids[a:b]), ("vector", base[a:b])], count))
    timed("its rows sorted, and its HNSW index", lambda: subprocess.run([program, "index", url], check=True))
    timed("COPY of the bare vectors", lambda: copy(
        url, "COPY bare FROM STDIN (FORMAT binary)",
        lambda a, b: [(">i4", ids[a:b]), (">i4", attributes[a:b, 0]), (">i4", attributes[a:b, 1]), ("vector", base[a:b])],
        count))
    timed("its HNSW index and B-tree", lambda: cluster.sql(
        "CREATE INDEX bare_nearest ON bare USING hnsw (embedding halfvec_cosine_ops) "
        "WITH (m = 16, ef_construction = 64); CREATE INDEX bare_by ON bare (category, price)"))
    cluster.sql("VACUUM ANALYZE")
    cluster.sql("CREATE EXTENSION IF NOT EXISTS pg_prewarm")
    cluster.sql("SELECT pg_prewarm(c) FROM unnest('{vectors_1, vectors_1_nearest, bare, bare_nearest}'::regclass[]) c")


def part(cluster, folder, fit):
    """Makes a partition for each of the five categories."""
    layout = folder / "layout.toml"
    layout.write_text("".join(f'[partition.c{i}]\ncategories = ["category{i}"]\n' for i in range(5)))
    timed("a partition for each category", lambda: subprocess.run(
        [fit, "migrate", "--layout", layout], env={**os.environ, "DATABASE_URL": cluster.url()}, check=True,
        stdout=subprocess.DEVNULL))
    cluster.sql("VACUUM ANALYZE")


def main(folder, count, program, fit=None):
    # Memory for both tables with their indexes, and for one graph while it is built.
    with PostgresCluster(f"shared_buffers={max(2, count * 8 // 1_000_000)}GB",
                         f"maintenance_work_mem={max(2, count * 3 // 1_000_000)}GB",
                         "max_parallel_maintenance_workers=1") as cluster:
        fill(cluster, folder, count, program)
        compare = [program, "compare", cluster.url(), folder, str(count), "2"]
        subprocess.run(compare, check=True)
        if fit is not None:
            part(cluster, folder, fit)
            print("\nWith a partition for each category:\n", flush=True)
            subprocess.run(compare, check=True)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), int(sys.argv[2]), *map(pathlib.Path, sys.argv[3:]))
