#!/usr/bin/env python3
"""Measures bench/peer/app.py as `./dev bench http` measures fit: with the same model, vectors, photos and load generator.

    ./dev bench http && ./dev python bench/peer/run.py
"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import urllib.request

from cluster import Cluster, free_port

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
WORK = ROOT / "build" / "bench"
ITEMS = 100_000


def fill(dsn):
    import numpy
    import psycopg
    vectors = numpy.memmap(WORK / f"vectors-{ITEMS}" / f"base_{ITEMS}.f32", "f4", "r").reshape(-1, 512)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION vector")
        connection.execute("CREATE TABLE items (id bigint PRIMARY KEY, title text, brand text, price double precision, "
                           "embedding vector(512))")
        with connection.cursor() as cursor, cursor.copy("COPY items FROM STDIN") as copy:
            for number, vector in enumerate(vectors, 1):
                text = "[" + ",".join(f"{x:.7g}" for x in vector) + "]"
                copy.write_row((number, f"Made-up garment {number}", f"Brand {number % 100}", number * 7919 % 10_000 / 100, text))
        connection.execute("SET maintenance_work_mem = '1GB'")
        connection.execute("CREATE INDEX ON items USING hnsw (embedding vector_cosine_ops)")


def load(port, body, clients, seconds):
    output = subprocess.run([ROOT / "build/release/bench/http_load", f"http://127.0.0.1:{port}/search_by_image", body,
                             "--clients", str(clients), "--seconds", str(seconds)], check=True, capture_output=True, text=True)
    return json.loads(output.stdout)


def measure(port):
    print("\n### The peer: FastAPI, Pillow, ONNX Runtime, pgvector (`./dev python bench/peer/run.py`)\n")
    print("| body | clients | p50 ms | p95 ms | requests/s | errors |\n|---|---|---|---|---|---|")
    for body in sorted(WORK.glob("body-*.json"), key=lambda path: path.stat().st_size):
        load(port, body, 2, 2)
        for clients in (1, 8):
            rounds = [load(port, body, clients, 6) for _ in range(3)]
            middle = sorted(rounds, key=lambda r: r["per_second"])[1]
            print(f"| {body.stat().st_size / 1000:,.0f} kB | {clients} | {middle['p50_ms']:.1f} | {middle['p95_ms']:.1f} | "
                  f"{middle['per_second']:.1f} | {sum(r['errors'] for r in rounds)} |", flush=True)


def main():
    port = free_port()
    with Cluster("/tmp/find-this-fit-peer") as cluster:
        fill(cluster.dsn)
        model = WORK / "clip-shaped" / "vision_model_quantized.onnx"
        server = subprocess.Popen([sys.executable, "-m", "uvicorn", "app:app", "--port", str(port), "--log-level", "warning"],
                                  cwd=ROOT / "bench" / "peer",
                                  env={**os.environ, "PEER_MODEL": str(model), "PEER_DSN": cluster.dsn})
        try:
            for _ in range(600):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=1)
                    break
                except OSError:
                    time.sleep(0.1)
            measure(port)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)


if __name__ == "__main__":
    main()
