"""What tests of alerts share: users, items, and other sides that accept messages."""

import http.server
import itertools
import subprocess
import threading

import requests

import fit_process
import image_files
from fit_process import wait_until

PASSWORD = "correct horse battery"
numbers = itertools.count(1)


def create_user(data, email, role="viewer"):
    done = subprocess.run([fit_process.BINARY, "user", "create", email, "--role", role, "--password-stdin"], input=PASSWORD + "\n",
                          env=fit_process.environment(data), cwd=data, text=True, capture_output=True,
                          timeout=120 * fit_process.PATIENCE, check=False)
    assert done.returncode == 0, done.stderr


class Person(requests.Session):
    """A signed-in user."""

    def __init__(self, server, email):
        super().__init__()
        self.server = server
        self.headers["Origin"] = server.url
        answer = self.call("POST", "/api/v1/auth/login", json={"email": email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text

    def call(self, method, path, **options):
        return self.request(method, self.server.url + path, timeout=60 * fit_process.PATIENCE, **options)

    def save(self, query, status=201, **options):
        answer = self.call("POST", "/api/v1/saved-searches", json={"name": "Coats", "query": query, **options})
        assert answer.status_code == status, answer.text
        return answer.json()

    def found(self, search):
        answer = self.call("GET", f"/api/v1/saved-searches/{search['id']}/alerts")
        assert answer.status_code == 200, answer.text
        return answer.json()["alerts"]


def put_item(server, key, external_id=None, photo=None, **fields):
    """Writes an item, and returns its id."""
    external_id = external_id or f"item-{next(numbers)}"
    item = {"source": "shop", "external_id": external_id, "title": "Wool coat", "price": 40, "currency": "EUR", **fields}
    item["images"] = [{"image_base64": image_files.text(photo or image_files.jpeg(7))}]
    answer = requests.post(server.url + "/api/v1/items", json=item, headers={"X-API-Key": key} if key else {},
                           timeout=60 * fit_process.PATIENCE)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()["id"]


class Receiver:
    """An HTTP server that notes what it gets and answers with the next of .statuses, then with 200. A context manager."""

    def __init__(self):
        self.requests = []
        self.statuses = []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                receiver.requests.append((self.path, dict(self.headers.items()), body))
                self.send_response(receiver.statuses.pop(0) if receiver.statuses else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def wait_for(self, count):
        wait_until(lambda: len(self.requests) >= count, f"{count} requests")
        return self.requests[count - 1]
