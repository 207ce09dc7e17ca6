"""kill -9 at random moments: acknowledged items are stored and found."""

import json
import os
import random
import subprocess
import threading

import requests

import image_files
from checks import results
from fit_process import BINARY, Server, environment, run, wait_for_items, wait_until

ROUNDS = 20


class Writer(threading.Thread):
    """Creates items one after the other and records the acknowledged ones."""

    def __init__(self, server, numbers, acknowledged):
        super().__init__()
        self.server, self.numbers, self.acknowledged = server, numbers, acknowledged

    def run(self):
        for number in self.numbers:
            body = {"source": "crash", "external_id": f"c{number}", "title": f"Crash {number}",
                    "images": [{"image_base64": image_files.text(image_files.jpeg(number))}]}
            try:
                response = self.server.post("/api/v1/items", json=body)
            except requests.RequestException:
                return
            if response.status_code in (200, 201):
                self.acknowledged[number] = response.json()["id"]


def assert_all_there(server, acknowledged):
    for number, item_id in acknowledged.items():
        item = server.get(f"/api/v1/items/{item_id}")
        assert item.status_code == 200, f"item {item_id} is lost"
        assert item.json()["external_id"] == f"c{number}"


def assert_found(server, acknowledged, numbers):
    for number in numbers:
        found = results(server.search(image_base64=image_files.text(image_files.jpeg(number)), limit=100, min_similarity=0.999))
        assert acknowledged[number] in [one["id"] for one in found], f"item {acknowledged[number]} is not found"


def test_kill_during_writes_over_http(tmp_path):
    chance = random.Random(20)
    acknowledged = {}
    bulk = "".join(json.dumps({"external_id": f"b{n}", "images": [{"image_base64": image_files.text(image_files.jpeg(n))}]}) + "\n"
                   for n in range(5000, 5300))
    for number in range(ROUNDS):
        server = Server(tmp_path).start()
        assert_all_there(server, acknowledged)
        assert_found(server, acknowledged, chance.sample(sorted(acknowledged), min(5, len(acknowledged))))
        writers = [Writer(server, range(number * 1000 + lane, number * 1000 + 500, 3), acknowledged) for lane in range(3)]

        def import_bulk(target=server):
            try:
                target.post("/api/v1/items/import?source=bulk", data=bulk, headers={"Content-Type": "application/x-ndjson"})
            except requests.RequestException:
                pass

        threads = [*writers, threading.Thread(target=import_bulk)]
        for thread in threads:
            thread.start()
        wanted = len(acknowledged) + chance.randint(1, 30)
        wait_until(lambda: len(acknowledged) >= wanted, "acknowledging the writes")
        server.kill()
        for thread in threads:
            thread.join()
    assert len(acknowledged) > ROUNDS, "the writers wrote too little"
    with Server(tmp_path) as server:
        assert_all_there(server, acknowledged)
        assert_found(server, acknowledged, chance.sample(sorted(acknowledged), min(60, len(acknowledged))))
        report = server.post("/api/v1/items/import?source=bulk", data=bulk, headers={"Content-Type": "application/x-ndjson"}).json()
        assert report["rejected"] == 0 and report["created"] + report["unchanged"] == 300


def count_files(folder):
    return sum(len(files) for _, _, files in os.walk(folder / "storage"))


def test_kill_during_imports_by_command(tmp_path, drawn_sample):
    chance = random.Random(21)
    for _ in range(ROUNDS):
        process = subprocess.Popen([BINARY, "import", str(drawn_sample.csv), "--source", "sample"], env=environment(tmp_path),
                                   cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wanted = count_files(tmp_path) + chance.randint(0, 60)
        wait_until(lambda: process.poll() is not None or count_files(tmp_path) >= wanted, "importing")
        process.kill()
        process.wait()
    run(tmp_path, "import", drawn_sample.csv, "--source", "sample")
    with Server(tmp_path) as server:
        wait_for_items(server, len(drawn_sample.all_rows))
        for row in drawn_sample.rows[::7]:
            found = results(server.search_by_image(image_base64=image_files.text(drawn_sample.photo(row)), limit=3))
            assert row["external_id"] in [one["external_id"] for one in found]
