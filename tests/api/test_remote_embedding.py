"""Remote providers as EMBEDDING_PROVIDER: each in its documented form, away and back."""

import base64
import http.server
import io
import json
import threading
import time

import pytest
import requests
from PIL import Image

import image_files
from checks import assert_problem, results
from fit_process import Server, run, wait_until

KEY = "sk-hunter4"


def vector_of_image(content):
    """Where the mean colour is, so that images of one colour are alike."""
    image = Image.open(io.BytesIO(content))
    assert image.format == "JPEG" and max(image.size) <= 512
    red, green, blue = image.convert("RGB").resize((1, 1)).getpixel((0, 0))
    return [red / 255, green / 255, blue / 255, 0.1]


def vector_of_text(text):
    colours = {"red": [1, 0, 0, 0.1], "green": [0, 1, 0, 0.1], "blue": [0, 0, 1, 0.1]}
    return next((vector for word, vector in colours.items() if word in text), [0.1, 0.1, 0.1, 1])


def of_data_url(url):
    head, content = url.split(",", 1)
    assert head == "data:image/jpeg;base64"
    return vector_of_image(base64.b64decode(content))


def jina(path, headers, body):
    assert path == "/base/embeddings" and headers["Authorization"] == f"Bearer {KEY}"
    assert body["model"] == "jina-clip-v2" and body["embedding_type"] == "float" and body["dimensions"] == 4
    vectors = [vector_of_image(base64.b64decode(one["image"])) if "image" in one else vector_of_text(one["text"])
               for one in body["input"]]
    return {"data": [{"index": i, "embedding": one} for i, one in enumerate(vectors)]}


def cohere(path, headers, body):
    assert path == "/base/embed" and headers["Authorization"] == f"Bearer {KEY}"
    assert body["model"] == "embed-v4.0" and body["embedding_types"] == ["float"] and body["output_dimension"] == 4
    vectors = []
    for one in body["inputs"]:
        (part,) = one["content"]
        assert body["input_type"] == ("search_document" if part["type"] == "image_url" else "search_query")
        vectors.append(of_data_url(part["image_url"]["url"]) if part["type"] == "image_url"
                       else vector_of_text(part["text"]))
    return {"id": "x", "embeddings": {"float": vectors}}


def voyage(path, headers, body):
    assert path == "/base/multimodalembeddings" and headers["Authorization"] == f"Bearer {KEY}"
    assert body["model"] == "voyage-multimodal-3" and body["output_dimension"] == 4
    vectors = []
    for one in body["inputs"]:
        (part,) = one["content"]
        vectors.append(of_data_url(part["image_base64"]) if part["type"] == "image_base64"
                       else vector_of_text(part["text"]))
    return {"object": "list", "data": [{"index": i, "embedding": one} for i, one in reversed(list(enumerate(vectors)))]}


def marqo(path, headers, body):
    assert path == "/base/indexes/clothes/embed" and headers["x-api-key"] == KEY
    assert body["contentType"] == "query"
    vectors = [of_data_url(one) if one.startswith("data:") else vector_of_text(one) for one in body["content"]]
    return {"content": body["content"], "embeddings": vectors, "processingTimeMs": 1.0}


def openai_compatible(path, headers, body):
    assert path == "/base/embeddings" and headers["Authorization"] == f"Bearer {KEY}"
    assert body["model"] == "clip" and body["encoding_format"] == "float"
    vectors = [of_data_url(one) if one.startswith("data:") else vector_of_text(one) for one in body["input"]]
    return {"data": [{"index": i, "embedding": one} for i, one in enumerate(vectors)]}


FORMS = {"jina": (jina, {}), "cohere": (cohere, {}), "voyage": (voyage, {}),
            "marqo": (marqo, {"EMBEDDING_MODEL": "clothes"}),
            "openai-compatible": (openai_compatible, {"EMBEDDING_MODEL": "clip"})}


class Remote:
    """A provider on a free port of the loopback, in the form of `answer`; `status` other than 200 is an error."""

    def __init__(self, answer):
        self.answer, self.status, self.requests, self.errors = answer, 200, 0, []
        remote = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                remote.requests += 1
                status, content = remote.status, {}
                if status == 200:
                    try:
                        content = remote.answer(self.path, self.headers, body)
                    except Exception as error:  # the test shows it
                        remote.errors.append(repr(error))
                        status = 500
                text = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def settings(self, provider, **more):
        return {"EMBEDDING_PROVIDER": provider, "EMBEDDING_BASE_URL": f"http://127.0.0.1:{self.server.server_port}/base/",
                "EMBEDDING_API_KEY": KEY, "EMBEDDING_DIMENSIONS": 4, "no_proxy": "*", **more}

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def remote(request):
    running = Remote(FORMS[getattr(request, "param", "openai-compatible")][0])
    yield running
    running.close()
    assert not running.errors


def photo(colour):
    buffer = io.BytesIO()
    Image.new("RGB", (900, 600), colour).save(buffer, "PNG")
    return image_files.text(buffer.getvalue())


COLOURS = {"red": (200, 20, 30), "green": (20, 190, 40), "blue": (30, 40, 210)}


def put(server, name, colour, title=None):
    return server.put(f"/api/v1/items?source=mine&external_id={name}",
                      json={"source": "mine", "external_id": name, "title": title or f"thing {name}", "price": 5,
                            "images": [{"image_base64": photo(colour)}]})


def names(response):
    return [one["external_id"] for one in results(response)]


@pytest.mark.parametrize("provider, remote", [(name, name) for name in FORMS], indirect=["remote"])
def test_items_are_embedded_and_found(tmp_path, provider, remote):
    settings = remote.settings(provider, **FORMS[provider][1])
    with Server(tmp_path, **settings) as server:
        for name, colour in COLOURS.items():
            assert put(server, name, colour).status_code == 201
        for name, colour in COLOURS.items():
            near = tuple(min(255, channel + 25) for channel in colour)
            response = server.search(image_base64=photo(near), limit=3)
            assert names(response)[0] == name
            assert response.json()["embedding_provider"].startswith(provider + ".")
            assert names(server.search(text=f"something {name}", limit=3))[0] == name
        output = server.output()
    assert KEY not in output
    assert KEY not in run(tmp_path, "config", **settings).stdout


def test_one_fit_serves_another(builtin_server, drawn_sample, tmp_path):
    settings = {"EMBEDDING_PROVIDER": "openai-compatible", "EMBEDDING_MODEL": "builtin",
                "EMBEDDING_BASE_URL": builtin_server.url + "/v1", "no_proxy": "*"}
    models = requests.get(builtin_server.url + "/v1/models", timeout=30).json()
    settings["EMBEDDING_MODEL"] = models["data"][0]["id"]
    content = image_files.text(drawn_sample.photo(drawn_sample.rows[4]))
    with Server(tmp_path, **settings) as server:
        made = server.post("/api/v1/items", json={"source": "mine", "external_id": "1", "title": "x",
                                                  "images": [{"image_base64": content}]})
        assert made.status_code == 201, made.text
        assert results(server.search(image_base64=content, limit=1))[0]["similarity"] > 0.999


def test_health_does_not_ask(tmp_path, remote):
    with Server(tmp_path, **remote.settings("openai-compatible", EMBEDDING_MODEL="clip")) as server:
        for _ in range(3):
            health = server.get("/health").json()
            assert server.get("/ready").status_code == 200
        model = {part["name"]: part for part in health["parts"]}["model"]
        assert model["status"] == "ok" and model["state"]["state"] == "used"
        assert remote.requests == 0


def test_a_provider_that_is_away_and_back(tmp_path, remote):
    settings = remote.settings("openai-compatible", EMBEDDING_MODEL="clip", EMBEDDING_TIMEOUT=2000)
    with Server(tmp_path, **settings) as server:
        for name, colour in COLOURS.items():
            assert put(server, name, colour, title=f"{name} corduroy jacket").status_code == 201
        item = results(server.search(image_base64=photo(COLOURS["red"]), limit=1))[0]["id"]
        remote.status = 500
        for i in range(4):
            assert server.search(image_base64=photo((i, 3, 3))).status_code in (502, 503)
        asked = remote.requests
        began = time.monotonic()
        assert_problem(server.search(image_base64=photo((9, 9, 9))), 503)
        assert time.monotonic() - began < 1 and remote.requests <= asked + 1, "calls fail at once"
        assert len(results(server.search(item_id=item, limit=2))) == 2
        assert sorted(names(server.search(text="corduroy"))) == ["blue", "green", "red"]
        assert server.get("/ready").status_code == 200
        state = {part["name"]: part for part in server.get("/health").json()["parts"]}["model"]["state"]
        assert state["state"] == "unavailable"
        assert put(server, "late", (1, 2, 3)).status_code in (502, 503)
        remote.status = 200
        wait_until(lambda: server.search(image_base64=photo((8, 8, 200))).status_code == 200, "the trial call")
        assert put(server, "late", (1, 2, 3)).status_code == 201


def test_a_server_starts_while_the_provider_is_away(tmp_path, remote):
    remote.status = 503
    settings = remote.settings("openai-compatible", EMBEDDING_MODEL="clip")
    with Server(tmp_path, **settings) as server:
        assert server.get("/ready").status_code == 200
        assert_problem(server.search(image_base64=photo((1, 2, 3))), 503)


@pytest.mark.parametrize("change, setting", [({"EMBEDDING_BASE_URL": ""}, "EMBEDDING_BASE_URL"),
                                             ({"EMBEDDING_BASE_URL": "ftp://x"}, "EMBEDDING_BASE_URL"),
                                             ({"EMBEDDING_API_KEY": "two words"}, "EMBEDDING_API_KEY"),
                                             ({"EMBEDDING_DIMENSIONS": 9999}, "EMBEDDING_DIMENSIONS")])
def test_wrong_settings_are_named(tmp_path, remote, change, setting):
    settings = remote.settings("openai-compatible", EMBEDDING_MODEL="clip") | change
    done = run(tmp_path, "search", "--text", "red", check=False, **settings)
    assert done.returncode != 0 and setting.lower() in done.stderr.lower()


def test_a_tenant_may_not_use_another_provider(tmp_path):
    done = run(tmp_path, "tenant", "create", "shop", "--set", "embedding_provider=jina", check=False)
    assert done.returncode != 0 and "embedding_provider" in done.stderr
