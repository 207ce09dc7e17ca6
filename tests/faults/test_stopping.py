"""SIGTERM under load: the program ends in time, and acknowledged writes are stored."""

import contextlib
import json
import socket
import threading
import time

import requests

import fit_process
import image_files
from campaign import Raw, head
from fit_process import Server

LIMIT_S = 3


class SilentServer:
    """Accepts connections and stays silent."""

    def __enter__(self):
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.accepted = threading.Semaphore(0)
        self.held = []
        self.thread = threading.Thread(target=self.accept)
        self.thread.start()
        return self

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                self.held.append(self.socket.accept()[0])
                self.accepted.release()

    def __exit__(self, *error):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join()
        for one in self.held:
            one.close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}/a.jpg"


def quietly(call, *arguments, **options):
    with contextlib.suppress(requests.RequestException):
        call(*arguments, **options)


def test_nothing_that_hangs_holds_up_a_short_limit(tmp_path):
    with SilentServer() as silent:
        server = Server(tmp_path, ALLOW_PRIVATE_ADDRESSES="true", SHUTDOWN_TIMEOUT=300).start()
        threads = [threading.Thread(target=quietly, args=(server.search,), kwargs={"image_url": silent.url}) for _ in range(4)]
        for thread in threads:
            thread.start()
        for _ in threads:
            assert silent.accepted.acquire(timeout=60 * fit_process.PATIENCE)
        with contextlib.ExitStack() as held:
            for _ in range(20):  # half a header, half a body, and nothing
                for sent in (b"", b"GET /live HTTP/1.1\r\n", head("POST", "/api/v1/search", Content_Length=1000) + b"{"):
                    held.enter_context(Raw(server)).send(sent)
            started = time.monotonic()
            status = server.stop()
            took = time.monotonic() - started
        for thread in threads:
            thread.join()
    assert status == 0, server.output()
    assert took < 2 * fit_process.PATIENCE, f"the end took {took:.1f} s"


def test_fetches_uploads_and_imports_do_not_hold_up_the_end(tmp_path):
    with SilentServer() as silent:
        server = Server(tmp_path, ALLOW_PRIVATE_ADDRESSES="true", SHUTDOWN_TIMEOUT=LIMIT_S * 1000).start()
        kept = server.post("/api/v1/items", json={"source": "stop", "external_id": "1", "title": "Kept",
                                                  "images": [{"image_base64": image_files.text(image_files.jpeg())}]}).json()
        item = {"source": "stop", "external_id": "2", "images": [silent.url]}
        calls = [(server.search, {"image_url": silent.url}),
                 (lambda **body: server.post("/api/v1/items", json=body), item),
                 (lambda **body: server.post("/api/v1/items/import?source=stop", data=json.dumps(body) + "\n",
                                             headers={"Content-Type": "application/x-ndjson"}), item | {"external_id": "3"})]
        threads = [threading.Thread(target=quietly, args=(call,), kwargs=body) for call, body in calls]
        for thread in threads:
            thread.start()
        for _ in threads:
            assert silent.accepted.acquire(timeout=60 * fit_process.PATIENCE)
        with Raw(server) as upload:
            upload.send(head("POST", "/api/v1/search", Content_Type="application/json", Content_Length=1000) + b"{")
            started = time.monotonic()
            status = server.stop()
            took = time.monotonic() - started
        for thread in threads:
            thread.join()
    assert status == 0, server.output()
    assert took < LIMIT_S + 2 * fit_process.PATIENCE, f"the end took {took:.1f} s"
    with Server(tmp_path) as again:
        assert again.get(f"/api/v1/items/{kept['id']}").json()["title"] == "Kept"
