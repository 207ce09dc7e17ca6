"""kill -9 at random moments of a mixed load: nothing acknowledged is lost, and every start succeeds."""

import json
import threading

import requests

import image_files
from campaign import chance, rounds
from fit_process import Server, wait_until


class Load:
    """Creates, changes and removes items, and imports large bodies, until the server is killed."""

    def __init__(self, server, known, lane, number):
        self.server, self.known, self.lane, self.number = server, known, lane, number
        self.done = 0
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        random = chance(f"kills {self.number} {self.lane}")
        try:
            while True:
                self.step(random)
                self.done += 1
        except requests.RequestException:
            pass

    def step(self, random):
        """Does one write. `known` maps the id of each item to its acknowledged title; None: removed."""
        mine = [item for item, title in self.known.items() if title is not None]
        kind = random.choice(["create", "create", "change", "remove"]) if mine else "create"
        if kind == "create":
            name = f"{self.lane}-{self.number}-{self.done}"
            answer = self.server.post("/api/v1/items", json={
                "source": "kills", "external_id": name, "title": name,
                "images": [{"image_base64": image_files.text(image_files.jpeg(random.randrange(1000)))}]})
            assert answer.status_code == 201, answer.text
            self.known[answer.json()["id"]] = name
            return
        item = random.choice(mine)
        former = self.known.pop(item)  # unknown until acknowledged
        if kind == "change":
            answer = self.server.patch(f"/api/v1/items/{item}", json={"title": former + "'"})
            assert answer.status_code == 200, answer.text
            self.known[item] = former + "'"
        else:
            answer = self.server.delete(f"/api/v1/items/{item}")
            assert answer.status_code == 204, answer.text
            self.known[item] = None


def check(server, known):
    for item, title in (pair for lane in known for pair in lane.items()):
        response = server.get(f"/api/v1/items/{item}")
        if title is None:
            assert response.status_code == 404, f"the removed item {item} is back"
        else:
            assert response.status_code == 200, f"item {item} is lost"
            assert response.json()["title"] == title, f"the change of item {item} is lost"


def test_kills_lose_nothing_that_was_acknowledged(tmp_path):
    random = chance("kills")
    known = [{}, {}, {}]  # one for each thread
    upload = b"".join(json.dumps({"external_id": f"u{n}", "title": "x" * 500}).encode() + b"\n" for n in range(20_000))

    def import_upload(server):
        try:
            server.post("/api/v1/items/import?source=upload", data=upload, headers={"Content-Type": "application/x-ndjson"})
        except requests.RequestException:
            pass

    for number in range(rounds(3, 200)):
        server = Server(tmp_path).start()
        check(server, known)
        loads = [Load(server, known[lane], lane, number) for lane in range(3)]
        uploading = threading.Thread(target=import_upload, args=(server,))
        uploading.start()
        wanted = random.randint(1, 20)
        wait_until(lambda: sum(load.done for load in loads) >= wanted, "acknowledging writes")
        server.kill()
        for thread in [uploading, *(load.thread for load in loads)]:
            thread.join()
    with Server(tmp_path) as server:
        check(server, known)
        assert server.get("/ready").status_code == 200
