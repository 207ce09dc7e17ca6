"""A weather service for tests: answers on loopback as Open-Meteo does, for a place that it knows, and errs on request."""

import http.server
import json
import threading
import urllib.parse

PLACES = {"berlin": {"name": "Berlin", "latitude": 52.52437, "longitude": 13.41053, "country": "Germany"}}


class WeatherServer:
    """Use as a context manager. `lowest`, `highest` (degrees) and `rain` (millimetres) are the weather of every day, `status`
    the status of every answer. `requests` has (path, parameters) of each request."""

    def __init__(self):
        self.lowest, self.highest, self.rain = 1.0, 5.0, 0.0
        self.status = 200
        self.requests = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):  # noqa: N802: the name of the library
                url = urllib.parse.urlsplit(self.path)
                asked = dict(urllib.parse.parse_qsl(url.query))
                outer.requests.append((url.path, asked))
                content = json.dumps(outer.answer(url.path, asked)).encode()
                self.send_response(outer.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    @property
    def settings(self):
        return {"WEATHER_URL": self.url, "WEATHER_PLACES_URL": self.url + "/geo/", "ALLOW_PRIVATE_ADDRESSES": "true"}

    def answer(self, path, asked):
        if path == "/geo/v1/search":
            place = PLACES.get(asked["name"].lower())
            return {"generationtime_ms": 0.1} | ({"results": [place]} if place else {})
        if path == "/v1/forecast":
            return {"daily": {"time": [asked.get("start_date", "2026-03-01")], "temperature_2m_min": [self.lowest],
                              "temperature_2m_max": [self.highest], "precipitation_sum": [self.rain]}}
        return {"error": True, "reason": "there is no such path"}

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
