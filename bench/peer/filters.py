#!/usr/bin/env python3
"""Filtered vector search: compares fit's figures in build/bench/filters.json with pgvector's, measured in this run.

    ./dev bench filters [--vectors N] [--types halfvec vector]

pgvector runs in its fastest configuration: inner product, prepared statements from pgbench on two connections, all data in
shared memory, and either iterative index scans (relaxed order) with the smallest ef_search that reaches the recall, or an exact
search of the matching rows through a B-tree, whichever is faster.
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import time

import numpy
import psycopg

from cluster import BINARIES, Cluster

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
WORK = ROOT / "build" / "bench"
DIMENSIONS, LIMIT = 512, 20
SHARES = ("10", "1", "0.1")
WIDTHS = (20, 30, 40, 60, 80, 100, 140, 200, 300, 400, 600, 800, 1000)
RECALL_QUERIES = {"10": 1000, "1": 300, "0.1": 200}
ENOUGH = 0.95


def copy_rows(connection, table, numbers, vectors, kind):
    """Copies rows in the binary format: integer columns, then a vector."""
    width = ">f2" if kind == "halfvec" else ">f4"
    vector_bytes = 4 + DIMENSIONS * numpy.dtype(width).itemsize
    fields = [("count", ">i2")]
    for i in range(numbers.shape[1]):
        fields += [(f"length{i}", ">i4"), (f"number{i}", ">i4")]
    fields += [("length", ">i4"), ("dimensions", ">i2"), ("unused", ">i2"), ("vector", width, DIMENSIONS)]
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN (FORMAT binary)") as copy:
        copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
        for start in range(0, len(vectors), 20_000):
            part = vectors[start:start + 20_000]
            rows = numpy.zeros(len(part), fields)
            rows["count"] = numbers.shape[1] + 1
            for i in range(numbers.shape[1]):
                rows[f"length{i}"], rows[f"number{i}"] = 4, numbers[start:start + 20_000, i]
            rows["length"], rows["dimensions"], rows["vector"] = vector_bytes, DIMENSIONS, part
            copy.write(rows.tobytes())
        copy.write(b"\xff\xff")


def fill(connection, folder, count, kind):
    base = numpy.memmap(folder / f"base_{count}.f32", "f4", "r").reshape(-1, DIMENSIONS)
    attributes = numpy.fromfile(folder / f"attrs_{count}.i32", "i4").reshape(-1, 2)
    connection.execute(f"CREATE TABLE items (id int PRIMARY KEY, category int, price int, embedding {kind}({DIMENSIONS}))")
    connection.execute("ALTER TABLE items ALTER embedding SET STORAGE PLAIN")
    copy_rows(connection, "items", numpy.column_stack([numpy.arange(count), attributes]), base, kind)
    queries = numpy.fromfile(folder / "query.f32", "f4").reshape(-1, DIMENSIONS)
    for share in SHARES:
        rows = numpy.fromfile(folder / f"filter_{share}.i32", "i4").reshape(-1, 3)
        table = f'"queries_{share}"'
        connection.execute(f"CREATE TABLE {table} (id int PRIMARY KEY, category int, low int, high int, embedding {kind}({DIMENSIONS}))")
        connection.execute(f"ALTER TABLE {table} ALTER embedding SET STORAGE PLAIN")
        copy_rows(connection, table, numpy.column_stack([numpy.arange(len(rows)), rows]), queries, kind)
    started = time.monotonic()
    connection.execute("SET maintenance_work_mem = '2GB'")
    connection.execute("SET max_parallel_maintenance_workers = 1")
    connection.execute(f"CREATE INDEX nearest ON items USING hnsw (embedding {kind}_ip_ops) WITH (m = 16, ef_construction = 200)")
    connection.execute("VACUUM ANALYZE")
    connection.execute("CREATE EXTENSION pg_prewarm")
    connection.execute("SELECT pg_prewarm('nearest'), pg_prewarm('items')")
    return time.monotonic() - started


def query_sql(share, which):
    return (f'SELECT q.id, i.id FROM "queries_{share}" q CROSS JOIN LATERAL (SELECT id FROM items WHERE category = q.category '
            f"AND price >= q.low AND price < q.high ORDER BY embedding <#> q.embedding LIMIT {LIMIT}) i WHERE q.id {which}")


def recall(connection, settings, share, truth):
    count = RECALL_QUERIES[share]
    for name, value in settings.items():
        connection.execute(f"SET {name} = {value}")
    found = [set() for _ in range(count)]
    for query, item in connection.execute(query_sql(share, f"< {count}")).fetchall():
        found[query].add(item)
    right = [set(row[row >= 0]) for row in truth[:count]]
    return (sum(len(a & b) for a, b in zip(found, right)) / sum(map(len, right)),
            sum(len(a) == len(b) for a, b in zip(found, right)) / count)


def per_second(cluster, settings, share, queries, seconds=5):
    """Queries per second of two clients, after a warm-up."""
    script = cluster.folder / "query.sql"
    script.write_text(f"\\set q random(0, {queries - 1})\n" + query_sql(share, "= :q") + ";\n")
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    rates = []
    for duration in (1, seconds):
        output = subprocess.run([BINARIES / "pgbench", "-n", "-M", "prepared", "-c", "2", "-j", "2", "-T", str(duration), "-f", script,
                                 cluster.dsn], check=True, capture_output=True, text=True, env={**os.environ, "PGOPTIONS": options})
        rates.append(float(re.search(r"tps = ([0-9.]+)", output.stdout).group(1)))
    return rates[-1]


def measure(cluster, folder, count, kind, ours):
    """Rows of (share, method, recall, full pages, queries per second)."""
    rows = []
    with psycopg.connect(cluster.dsn, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
        seconds = fill(connection, folder, count, kind)
        print(f"\npgvector {connection.execute('SELECT extversion FROM pg_extension WHERE extname = %s', ['vector']).fetchone()[0]}, "
              f"{kind}, index built in {seconds:.0f} s\n", flush=True)
        print("| share | pgvector's method | recall@20 | full pages | /s, 2 clients |\n|---|---|---|---|---|", flush=True)
        queries = len(numpy.fromfile(folder / "query.f32", "f4")) // DIMENSIONS
        plain = {"jit": "off", "max_parallel_workers_per_gather": 0, "enable_seqscan": "off"}

        def row(share, method, settings, quality):
            rate = per_second(cluster, settings, share, queries)
            rows.append((share, method, *quality, rate))
            print(f"| {share} % | {method} | {quality[0]:.3f} | {100 * quality[1]:.0f} % | {rate:,.0f} |", flush=True)

        truths = {share: numpy.fromfile(folder / f"truth_{count}_{share}.i32", "i4").reshape(-1, LIMIT) for share in SHARES}
        for share in SHARES:
            goals = sorted({ENOUGH, min(ours[share]["recall"], 0.99)})
            for width in WIDTHS:
                settings = {**plain, "hnsw.iterative_scan": "relaxed_order", "hnsw.max_scan_tuples": count,
                            "hnsw.scan_mem_multiplier": 4, "hnsw.ef_search": width}
                quality = recall(connection, settings, share, truths[share])
                if quality[0] < goals[0]:
                    continue
                row(share, f"iterative scan, ef_search {width}", settings, quality)
                goals = [goal for goal in goals if goal > quality[0]]
                if not goals:
                    break
        connection.execute("CREATE INDEX matching ON items (category, price)")
        connection.execute("VACUUM ANALYZE items")
        connection.execute("DROP INDEX nearest")
        for share in SHARES:
            row(share, "exact, by B-tree", plain, recall(connection, plain, share, truths[share]))
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vectors", type=int, default=200_000)
    parser.add_argument("--types", nargs="+", choices=("halfvec", "vector"), default=["halfvec"])
    options = parser.parse_args()
    ours = {row["percent"]: row for row in json.loads((WORK / "filters.json").read_text())["filtered"]}
    folder = WORK / f"vectors-{options.vectors}"
    for kind in options.types:
        with Cluster("/tmp/find-this-fit-peer", "shared_buffers=2GB") as cluster:
            rows = measure(cluster, folder, options.vectors, kind, ours)
        print(f"\n| share | fit recall@20 | fit /s, 2 threads | best of pgvector ({kind}) | recall@20 | /s | ratio | its iterative scan alone | ratio |")
        print("|---|---|---|---|---|---|---|---|---|")
        for share in SHARES:
            mine = ours[share]
            good = [row for row in rows if row[0] == share and row[2] >= ENOUGH]
            best = max(good, key=lambda row: row[4])
            iterative = max((row[4] for row in good if row[1].startswith("iterative")), default=float("nan"))
            print(f"| {share} % | {mine['recall']:.3f} | {mine['per_s_2']:,.0f} | {best[1]} | {best[2]:.3f} | {best[4]:,.0f} | "
                  f"{mine['per_s_2'] / best[4]:.1f} | {iterative:,.0f} | {mine['per_s_2'] / iterative:.1f} |", flush=True)


if __name__ == "__main__":
    main()
