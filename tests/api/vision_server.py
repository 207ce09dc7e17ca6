"""A vision-language model for tests: speaks OpenAI's chat completions and Google's generateContent on the loopback, and errs,
stalls and lies on request."""

import http.server
import json
import threading

GOOD = {"title": "Red evening dress", "description": "A long red dress.", "category": "dresses", "primary_color": "red",
        "pattern": "solid", "material": "unknown", "tags": ["evening", "party"], "confidence": 0.75}


class VisionServer:
    """Use as a context manager. `answer` is what the model says: a dictionary, or any text. `status` and `stalls` overrule it.
    `requests` has (path, headers, body) of each request."""

    def __init__(self):
        self.answer = GOOD
        self.status = 200
        self.stalls = False
        self.requests = []
        self.released = threading.Event()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):  # noqa: N802: the name of the library
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.requests.append((self.path, dict(self.headers), body))
                if outer.stalls:
                    outer.released.wait(60)
                    return
                content = outer.response(self.path).encode()
                self.send_response(outer.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *arguments):
                pass

        class Listener(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, address):
                pass  # clients that give up are a part of the tests

        self.server = Listener(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"

    def response(self, path):
        if not isinstance(self.answer, dict):
            return self.answer
        text = json.dumps(self.answer)
        if path.endswith(":generateContent"):
            return json.dumps({"candidates": [{"content": {"parts": [{"text": text}]}, "finishReason": "STOP"}],
                               "modelVersion": "gemini-test-001"})
        return json.dumps({"model": "test-001", "choices": [{"message": {"content": text}, "finish_reason": "stop"}]})

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.released.set()
        self.server.shutdown()
        self.server.server_close()
