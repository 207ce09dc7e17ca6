"""A plain HTTP server that stores each body as a file and answers when the file and its name are on the disk. The peer of
/api/v1/ingest in bench/run; it makes no row, no job and no digest of what it stores.

usage: file_server.py PORT FOLDER
"""
import http.server
import itertools
import os
import sys

PIECE = 1 << 20


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    numbers = itertools.count()
    folder = ""

    def do_GET(self):  # whether the server is there
        self.answer(b"{}")

    def do_POST(self):
        path = os.path.join(self.folder, f"{next(self.numbers)}.part")
        left = int(self.headers["Content-Length"])
        with open(path, "wb") as file:
            while left > 0:
                piece = self.rfile.read(min(left, PIECE))
                if not piece:
                    return
                file.write(piece)
                left -= len(piece)
            file.flush()
            os.fsync(file.fileno())
        os.rename(path, path.removesuffix(".part"))
        folder = os.open(self.folder, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
        self.answer(b'{"status": "stored"}')

    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128


if __name__ == "__main__":
    Handler.folder = sys.argv[2]
    os.makedirs(Handler.folder, exist_ok=True)
    Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
