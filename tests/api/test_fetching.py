"""Images by URL: slow and dead servers delay only the requests that fetch from them."""

import concurrent.futures
import contextlib
import json
import shutil
import socket
import threading

import pytest

import image_files
from checks import assert_problem
from fit_process import Server, wait_until


class Elsewhere:
    """A web server that sends an image, or accepts connections and stays silent until it is released."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.accepted = 0
        self.hangs = True
        self.held = []
        threading.Thread(target=self.accept_all, daemon=True).start()

    def accept_all(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                self.accepted += 1
                if self.hangs:
                    self.held.append(connection)
                else:
                    self.send(connection)

    def send(self, connection):
        with connection, contextlib.suppress(OSError):
            connection.recv(10_000)
            body = image_files.jpeg(3)
            connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: image/jpeg\r\n"
                               b"Content-Length: %d\r\n\r\n" % len(body) + body)

    def release(self):
        self.hangs = False
        for connection in self.held:
            connection.close()


@pytest.fixture
def elsewhere():
    server = Elsewhere()
    yield server
    server.release()
    server.listener.close()


def item(name, url=None):
    image = {"url": url} if url else {"image_base64": image_files.text(image_files.jpeg(1))}
    return {"source": "fetching", "external_id": str(name), "images": [image]}


def row_of(name, url):
    return json.dumps({"source": "fetching", "external_id": name, "image_url": url}) + "\n"


def settings(**others):
    return {"ALLOW_PRIVATE_ADDRESSES": "true", "FETCH_TIMEOUT": 25_000} | others


def test_slow_images_do_not_hold_up_other_writes(tmp_path, elsewhere):
    """One thread writes, two fetch, and six items wait for a server; sixty other items share their locks."""
    with Server(tmp_path, **settings(WORKER_THREADS=1)) as server, concurrent.futures.ThreadPoolExecutor(8) as pool:
        slow = [pool.submit(server.post, "/api/v1/items", json=item(f"slow {i}", f"{elsewhere.url}/{i}"))
                for i in range(6)]
        wait_until(lambda: elsewhere.accepted >= 2, "the first fetches")
        created = server.post("/api/v1/items", json=item("first"))
        assert created.status_code == 201
        changed = server.patch(f"/api/v1/items/{created.json()['id']}", json={"title": "Changed"})
        assert changed.status_code == 200
        for number in range(60):
            assert server.post("/api/v1/items", json=item(number)).status_code == 201
        assert not any(one.done() for one in slow)
        elsewhere.release()
        statuses = {one.result().status_code for one in slow}
        assert 201 in statuses, "those that waited were fetched once the server sent them"
        assert statuses <= {201, 502}


def test_a_slow_image_of_a_query_does_not_hold_up_other_searches(tmp_path, elsewhere):
    with Server(tmp_path, **settings(WORKER_THREADS=1)) as server, concurrent.futures.ThreadPoolExecutor(4) as pool:
        server.post("/api/v1/items", json=item("one"))
        slow = [pool.submit(server.search, image_url=f"{elsewhere.url}/{i}") for i in range(4)]
        wait_until(lambda: elsewhere.accepted >= 2, "the first fetches")
        assert server.search(image_base64=image_files.text(image_files.jpeg(1))).status_code == 200
        assert not any(one.done() for one in slow)
        elsewhere.release()
        statuses = {one.result().status_code for one in slow}
        assert 200 in statuses and statuses <= {200, 502}


def test_the_images_of_an_item_share_one_deadline(tmp_path, elsewhere):
    with Server(tmp_path, **settings(FETCH_TIMEOUT=300)) as server:
        images = [{"url": f"{elsewhere.url}/{i}"} for i in range(5)]
        late = server.post("/api/v1/items", json=item("late") | {"images": images})
        assert_problem(late, 504, "images[0]")
        assert elsewhere.accepted == 1, "neither another attempt nor another image"
        assert server.get("/api/v1/items").json()["items"] == []


def test_what_is_known_is_not_fetched_again(tmp_path, elsewhere):
    elsewhere.hangs = False
    with Server(tmp_path, **settings()) as server:
        known = item("known", elsewhere.url + "/a.jpg")
        made = server.post("/api/v1/items", json=known)
        assert made.status_code == 201
        path = f"/api/v1/items/{made.json()['id']}"
        elsewhere.hangs = True
        assert server.post("/api/v1/items", json=known).status_code == 200
        assert server.put(path, json=known | {"title": "Cheaper"}).status_code == 200
        assert server.patch(path, json={"images": known["images"], "brand": "B"}).status_code == 200
        assert elsewhere.accepted == 1


def test_conditions_are_checked_before_anything_is_fetched(tmp_path, elsewhere):
    with Server(tmp_path, **settings()) as server:
        made = server.post("/api/v1/items", json=item("one"))
        path = f"/api/v1/items/{made.json()['id']}"
        other = item("one", elsewhere.url + "/a.jpg")
        assert_problem(server.put(path, json=other, headers={"If-Match": '"old"'}), 412)
        assert_problem(server.patch(path, json={"images": other["images"]}, headers={"If-Match": '"old"'}), 412)
        assert_problem(server.put("/api/v1/items/99999", json=other), 404)
        assert_problem(server.post("/api/v1/items", json=other | {"source": ""}), 422, "source")
        assert elsewhere.accepted == 0


def test_imports_with_a_dead_address_leave_room_for_others(tmp_path, elsewhere):
    types = {"Content-Type": "application/x-ndjson"}
    with Server(tmp_path, **settings()) as server, concurrent.futures.ThreadPoolExecutor(6) as pool:
        slow = [pool.submit(server.post, "/api/v1/items/import", data=row_of(f"dead {i}", f"{elsewhere.url}/{i}"),
                            headers=types) for i in range(5)]
        wait_until(lambda: elsewhere.accepted >= 5, "the fetches of all imports")
        row = json.dumps(item("fine")) + "\n"
        done = server.post("/api/v1/items/import", data=row, headers=types)
        assert done.status_code == 200 and done.json()["created"] == 1
        assert not any(one.done() for one in slow)
        elsewhere.release()
        assert [one.result().status_code for one in slow] == [200] * 5


def test_a_lost_thumbnail_of_a_slow_server_holds_up_nobody(tmp_path, elsewhere):
    elsewhere.hangs = False
    with Server(tmp_path, **settings(WORKER_THREADS=1)) as server, concurrent.futures.ThreadPoolExecutor(2) as pool:
        image = server.post("/api/v1/items", json=item("one", elsewhere.url + "/a.jpg")).json()["images"][0]
        shutil.rmtree(tmp_path / "storage/thumbnails")
        elsewhere.hangs = True
        before = elsewhere.accepted
        slow = pool.submit(server.get, image["thumbnail_url"])
        wait_until(lambda: elsewhere.accepted > before, "the fetch")
        assert server.get("/api/v1/items").status_code == 200
        assert not slow.done()
        elsewhere.release()
        assert slow.result().status_code == 200


def test_stopping_does_not_wait_for_other_servers(tmp_path, elsewhere):
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        with Server(tmp_path, **settings()) as server:
            slow = [pool.submit(server.post, "/api/v1/items", json=item(i, f"{elsewhere.url}/{i}")) for i in range(2)]
            slow.append(pool.submit(server.post, "/api/v1/items/import", data=row_of("3", elsewhere.url),
                                    headers={"Content-Type": "application/x-ndjson"}))
            wait_until(lambda: elsewhere.accepted >= 3, "the fetches")
        statuses = [one.result().status_code for one in slow]
        assert statuses[:2] == [503, 503] and statuses[2] == 200
