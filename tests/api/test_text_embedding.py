"""A provider of text embeddings beside the local model: it works, fails in every way and recovers; searches never fail."""

import http.server
import json
import threading

import pytest

import fit_process
import image_files
from fit_process import Server, wait_until

KEY = "sk-hunter2"
DIMENSIONS = 8
STALL_LIMIT_S = 60 * fit_process.PATIENCE


def embedding(text):
    """Texts about cold weather are similar to each other, and so are all others."""
    cold = any(word in text for word in ("parka", "polar"))
    return [0.0, 1.0 if cold else 0.0, 0.0 if cold else 1.0] + [0.0] * (DIMENSIONS - 3)


class Provider:
    """POST /v1/embeddings on a free port of the loopback; `mode` selects how it responds."""

    def __init__(self):
        self.mode = "ok"
        self.requests = []
        self.released = threading.Event()
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                provider.requests.append((self.path, self.headers["Authorization"], body))
                provider.respond(self, body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}/v1"

    def respond(self, handler, body):
        mode = self.mode
        vectors = [embedding(text) for text in body["input"]]
        headers = {}
        status, content = 200, {"data": [{"index": i, "embedding": v} for i, v in enumerate(vectors)]}
        if mode == "stall":
            self.released.wait(STALL_LIMIT_S)
        elif mode == "garbage":
            content = "<html>no JSON"
        elif mode == "wrong count":
            content["data"].append({"index": len(vectors), "embedding": vectors[0]})
        elif mode == "wrong dimensions":
            content["data"][0]["embedding"] = [1.0, 0.0]
        elif mode == "401":
            status, content = 401, {"error": f"bad key {KEY}"}
        elif mode == "429":
            status, content, headers = 429, {}, {"Retry-After": "1"}
        elif mode == "500":
            status, content = 500, {}
        text = (content if isinstance(content, str) else json.dumps(content)).encode()
        try:
            handler.send_response(status)
            for name, value in headers.items():
                handler.send_header(name, value)
            handler.send_header("Content-Length", str(len(text)))
            handler.end_headers()
            handler.wfile.write(text)
        except OSError:
            pass  # the client has closed the connection

    def settings(self):
        return {"TEXT_EMBEDDING_PROVIDER": "openai", "OPENAI_BASE_URL": self.url, "OPENAI_API_KEY": KEY,
                "TEXT_EMBEDDING_DIMENSIONS": DIMENSIONS, "TEXT_EMBEDDING_TIMEOUT": 500, "no_proxy": "*"}


@pytest.fixture
def provider():
    running = Provider()
    yield running
    running.released.set()
    running.server.shutdown()


def items(first, count, **fields):
    for number in range(first, first + count):
        title = f"parka {number}" if number % 10 == 3 else f"shirt {number}"
        yield {"external_id": str(number), "title": title, "price": 20,
               "images": [{"image_base64": image_files.text(image_files.jpeg(number))}]} | fields


def put(server, wanted):
    body = "".join(json.dumps(item) + "\n" for item in wanted).encode()
    response = server.post("/api/v1/items/import?source=mine", data=body, headers={"Content-Type": "application/x-ndjson"})
    assert response.status_code == 200, response.text
    assert response.json()["rejected"] == 0


def state(server):
    health = server.get("/health")
    return {part["name"]: part for part in health.json()["parts"]}["text_embedding"]["state"]


def wait_filled(server):
    def filled():
        now = state(server)
        return now["items_without_vector"] == 0 and now["indexed"] > 0
    wait_until(filled, "filling text vectors")


def search(server, **fields):
    response = server.search(**{"text": "for polar nights", "limit": 3, "explain": True} | fields)
    assert response.status_code == 200, response.text
    return response.json()["results"]


def is_by_texts(results):
    return any("texts" in one["explain"]["parts"] for one in results)


def kinds(results):
    return [one["title"].split()[0] for one in results]


def test_words_find_items_by_what_their_texts_mean(tmp_path, provider):
    with Server(tmp_path, **provider.settings()) as server:
        put(server, items(0, 40))
        wait_filled(server)
        wait_until(lambda: kinds(search(server)) == ["parka"] * 3, "following the new texts")
        assert is_by_texts(search(server))
        assert state(server)["provider"] == "used"
        path, key, body = provider.requests[-1]
        assert (path, key) == ("/v1/embeddings", f"Bearer {KEY}")
        assert body["dimensions"] == DIMENSIONS
        assert server.get("/health").json()["text_search"] is True
        assert "fit_text_embedding_requests_total" in server.get("/metrics").text
        assert KEY not in server.output() + server.get("/health").text + server.get("/metrics").text
    status = json.loads(fit_process.run(tmp_path, "index", "status", "--json", **provider.settings()).stdout)
    assert status["items_without_text_vector"] == 0


@pytest.mark.parametrize("mode", ["stall", "garbage", "wrong count", "wrong dimensions", "401", "429", "500"])
def test_a_failing_provider_is_unavailable_and_used_again(tmp_path, provider, mode):
    with Server(tmp_path, **provider.settings()) as server:
        put(server, items(0, 20))
        wait_filled(server)
        provider.mode = mode
        for number in range(6):
            results = search(server, text=f"a parka number {number + 100}")
            assert results and not is_by_texts(results), "found without the provider"
            assert kinds(results)[0] == "parka", "found by the words of its title"
        assert state(server)["provider"] == "unavailable"
        assert server.get("/ready").status_code == 200
        put(server, items(100, 15))
        assert server.get("/api/v1/items/21").status_code == 200, "what was acknowledged is there"
        wait_until(lambda: state(server)["items_without_vector"] == 15, "counting the items without a vector")
        provider.mode = "ok"
        provider.released.set()
        wait_filled(server)
        wait_until(lambda: state(server)["provider"] == "used", "using the provider again")
        wait_until(lambda: is_by_texts(search(server, text="for polar nights again")), "comparing words again")
        assert KEY not in server.output()


def test_a_provider_recovers_without_items_waiting(tmp_path, provider):
    with Server(tmp_path, **provider.settings()) as server:
        put(server, items(0, 10))
        wait_filled(server)
        provider.mode = "500"
        for number in range(4):
            search(server, text=f"parka {number + 100}")
        assert state(server)["provider"] == "unavailable"
        provider.mode = "ok"
        wait_until(lambda: state(server)["provider"] == "used", "using the provider again")


def test_a_provider_that_never_existed(tmp_path):
    settings = {"TEXT_EMBEDDING_PROVIDER": "openai", "OPENAI_BASE_URL": f"http://127.0.0.1:{fit_process.free_port()}/v1"}
    with Server(tmp_path, **settings) as server:
        put(server, items(0, 10))
        wait_until(lambda: server.search(text="parka").json()["results"], "finding the item")
        wait_until(lambda: state(server)["items_without_vector"] == 10, "counting the items without a vector")


def test_killed_while_texts_are_embedded_loses_nothing(tmp_path, provider):
    server = Server(tmp_path, **provider.settings())
    server.start()
    provider.mode = "stall"
    put(server, items(0, 30))
    wait_until(lambda: provider.requests, "calling the provider")
    server.kill()
    provider.mode = "ok"
    provider.released.set()
    with Server(tmp_path, **provider.settings()) as again:
        wait_filled(again)
        wait_until(lambda: state(again)["indexed"] == 30, "indexing all texts")


def test_only_changed_texts_are_sent_again(tmp_path, provider):
    with Server(tmp_path, **provider.settings()) as server:
        put(server, items(0, 10))
        wait_filled(server)

        def sent():
            return sum(len(body["input"]) for _, _, body in provider.requests)
        before = sent()
        put(server, items(0, 10, price=30))
        put(server, items(50, 1))
        wait_until(lambda: sent() > before, "sending the new text")
        wait_filled(server)
        assert sent() == before + 1, "a changed price does not change the text"


def test_an_import_without_a_server_fills_vectors_too(tmp_path, provider):
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(image_files.jpeg(1))
    (tmp_path / "items.csv").write_text(f"external_id,title,images\n1,parka,{photo}\n2,shirt,{photo}\n")
    done = fit_process.run(tmp_path, "import", "items.csv", "--source", "mine", **provider.settings())
    status = json.loads(fit_process.run(tmp_path, "index", "status", "--json", **provider.settings()).stdout)
    assert status["items_without_text_vector"] == 0, done.stderr
    provider.mode = "500"
    (tmp_path / "more.csv").write_text(f"external_id,title,images\n3,parka,{photo}\n")
    done = fit_process.run(tmp_path, "import", "more.csv", "--source", "mine", **provider.settings())
    assert "no text vector yet" in done.stderr


def test_bad_settings_stop_the_start(tmp_path):
    for name, value in (("OPENAI_BASE_URL", "ftp://nowhere"), ("TEXT_EMBEDDING_MODEL", ""),
                        ("TEXT_EMBEDDING_DIMENSIONS", "0"), ("TEXT_EMBEDDING_PROVIDER", "other")):
        done = fit_process.run(tmp_path, "serve", check=False, APP_PORT=0, **{"TEXT_EMBEDDING_PROVIDER": "openai", name: value})
        assert done.returncode != 0
        assert name in done.stderr


def test_the_key_is_masked(tmp_path):
    printed = fit_process.run(tmp_path, "config", OPENAI_API_KEY=KEY).stdout
    assert KEY not in printed
