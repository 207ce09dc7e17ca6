#!/usr/bin/env python3
"""Times bench/peer/app.py as `./dev bench http` times fit: same model, vectors, photos and load generator.

    ./dev bench http && ./dev python bench/peer/run.py
"""
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
WORK = ROOT / "build" / "bench"
CLUSTER = pathlib.Path("/tmp/find-this-fit-peer")
ITEMS = 100_000
POSTGRES = pathlib.Path("/usr/lib/postgresql/17/bin")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def as_postgres(*command, **how):
    """PostgreSQL refuses to run as root."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    return subprocess.run([*prefix, *map(str, command)], check=True, cwd="/tmp", stdout=sys.stderr, **how)


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
    answer = subprocess.run([ROOT / "build/release/bench/http_load", f"http://127.0.0.1:{port}/search_by_image", body,
                             "--clients", str(clients), "--seconds", str(seconds)], check=True, capture_output=True, text=True)
    return json.loads(answer.stdout)


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
    database_port, port = free_port(), free_port()
    dsn = f"postgresql://postgres@127.0.0.1:{database_port}/postgres"
    subprocess.run(["rm", "-rf", CLUSTER], check=True)
    CLUSTER.mkdir(mode=0o777)
    os.chmod(CLUSTER, 0o777)
    data = CLUSTER / "data"
    as_postgres(POSTGRES / "initdb", "-D", data, "-A", "trust", "-U", "postgres")
    as_postgres(POSTGRES / "pg_ctl", "-D", data, "-w", "-l", CLUSTER / "log", "-o",
                f"-p {database_port} -k {CLUSTER} -c listen_addresses=127.0.0.1 -c shared_buffers=1GB", "start")
    try:
        fill(dsn)
        model = WORK / "clip-shaped" / "vision_model_quantized.onnx"
        server = subprocess.Popen([sys.executable, "-m", "uvicorn", "app:app", "--port", str(port), "--log-level", "warning"],
                                  cwd=ROOT / "bench" / "peer", env={**os.environ, "PEER_MODEL": str(model), "PEER_DSN": dsn})
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
    finally:
        as_postgres(POSTGRES / "pg_ctl", "-D", data, "-m", "fast", "stop")
        subprocess.run(["rm", "-rf", CLUSTER], check=True)


if __name__ == "__main__":
    main()
