"""Receivers for tests of what the program sends away: requests by POST are kept, and answered as the test wants."""

import http.server
import json
import threading

from fit_process import wait_until


class Receiver:
    """Use as a context manager. `requests` has (path, headers, body) of each request; `status` is the answer's."""

    def __init__(self, status=200, answer=b"{}"):
        self.status = status
        self.answer = answer
        self.requests = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):  # noqa: N802: the name of the library
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.requests.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(outer.status)
                self.send_header("Content-Length", str(len(outer.answer)))
                self.end_headers()
                self.wfile.write(outer.answer)

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_port
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *error):
        self.server.shutdown()
        self.server.server_close()


def plain(value):
    """A value of OTLP in JSON as one of Python."""
    (kind, inside), = value.items()
    return int(inside) if kind == "intValue" else inside


class TraceReceiver(Receiver):
    """Receives spans by OTLP over HTTP in JSON."""

    def spans(self):
        """All spans so far, with their attributes as dictionaries."""
        spans = []
        for path, headers, body in list(self.requests):
            assert path == "/v1/traces" and headers["content-type"] == "application/json"
            for of_resource in json.loads(body)["resourceSpans"]:
                for of_scope in of_resource["scopeSpans"]:
                    for span in of_scope["spans"]:
                        span["attributes"] = {one["key"]: plain(one["value"]) for one in span["attributes"]}
                        spans.append(span)
        return spans

    def trace(self, trace_id, *names):
        """The spans of a trace, as soon as it has spans with these names."""
        found = []

        def is_there():
            found[:] = [span for span in self.spans() if span["traceId"] == trace_id]
            return set(names) <= {span["name"] for span in found}
        wait_until(is_there, f"the spans {names} of {trace_id}")
        return found


class ErrorReceiver(Receiver):
    """Receives envelopes of Sentry."""

    def events(self):
        """The events so far, after a check of their envelopes."""
        events = []
        for path, headers, body in list(self.requests):
            assert path == "/api/7/envelope/" and headers["content-type"] == "application/x-sentry-envelope"
            assert "sentry_key=public" in headers["x-sentry-auth"]
            header, item, payload = body.rstrip(b"\n").split(b"\n")
            event = json.loads(payload)
            assert json.loads(header)["event_id"] == event["event_id"] and len(event["event_id"]) == 32
            assert json.loads(item)["type"] == "event" and json.loads(item)["length"] == len(payload)
            assert event["platform"] == "native" and event["timestamp"] and event["release"].startswith("fit@")
            events.append(event)
        return events

    @property
    def dsn(self):
        return f"http://public@127.0.0.1:{self.port}/7"
