"""Runs the real program: `fit COMMAND` to its end, or `fit serve` for as long as a test needs it."""

import atexit
import fcntl
import hashlib
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import time

import requests

SOURCE_DIR = pathlib.Path(os.environ.get("FIT_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
BINARY = pathlib.Path(os.environ.get("FIT_BINARY", SOURCE_DIR / "build/release/src/main/fit"))
made_databases = set()
dropped_at_exit = set()
# The factor by which time limits grow for slow builds, such as sanitizer builds.
PATIENCE = int(os.environ.get("FIT_PATIENCE", 1))
START_LIMIT_S = 60 * PATIENCE
STOP_LIMIT_S = 40 * PATIENCE


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# The file with the URL of the PostgreSQL server of tests/postgres_cluster.py. Without it catalogues are SQLite files.
POSTGRES_FILE = os.environ.get("FIT_POSTGRES_FILE")


def psql(server, *statements):
    """Runs the statements on the PostgreSQL server, each by itself. Returns the rows as text."""
    commands = [part for statement in statements for part in ("-c", statement)]
    return subprocess.run(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", server, *commands], check=True,
                          capture_output=True, text=True).stdout


def template_database(server):
    """The name of a database with the tables of an empty catalogue, which the first test of a run makes."""
    name = "api_template"
    if name in made_databases:
        return name
    with open(f"{POSTGRES_FILE}.lock", "w") as lock, tempfile.TemporaryDirectory() as folder:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not psql(server, f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):
            psql(server, f"DROP DATABASE IF EXISTS {name}_unfinished", f"CREATE DATABASE {name}_unfinished")
            run(folder, "migrate", DATABASE_URL=server.replace("/postgres?", f"/{name}_unfinished?"))
            psql(server, f"ALTER DATABASE {name}_unfinished RENAME TO {name}")
    made_databases.add(name)
    return name


def drop_databases(server):
    """Removes the databases of this process, which are in memory. The servers that used them have ended."""
    psql(server, *(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)" for name in dropped_at_exit))


def database_url(data, has_tables=True):
    """The URL of the catalogue of the folder `data`, on the engine of this run. The first call for a folder creates the
    database on a server, with the tables of an empty catalogue or without tables."""
    if not POSTGRES_FILE:
        return f"sqlite:///{data}/fit.db"
    server = pathlib.Path(POSTGRES_FILE).read_text().splitlines()[0]
    name = "api_" + hashlib.sha256(str(pathlib.Path(data).resolve()).encode()).hexdigest()[:24]
    if name not in made_databases:
        source = template_database(server) if has_tables else "template1"
        psql(server, f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name} TEMPLATE {source}")
        if not dropped_at_exit:
            atexit.register(drop_databases, server)
        made_databases.add(name)
        dropped_at_exit.add(name)
    return server.replace("/postgres?", f"/{name}?")


def inherited(*names):
    """The variables that the program inherits: these, and the options of sanitizers."""
    return {name: value for name, value in os.environ.items() if name in names or name.endswith("SAN_OPTIONS")}


def environment(data, **settings):
    """The settings of a program that keeps everything under the folder `data`."""
    env = inherited("PATH", "HOME", "LANG", "TMPDIR")
    env |= {
        "DATABASE_URL": settings.pop("DATABASE_URL", None) or database_url(data),
        "STORAGE_PATH": f"{data}/storage",
        "APP_HOST": "127.0.0.1",
        "EMBEDDING_PROVIDER": "palette",
        "LOG_LEVEL": "info",
        "LOG_FORMAT": "text",
        "no_proxy": "*",
    }
    return env | {name: str(value) for name, value in settings.items()}


def wait_until(holds, what, limit_s=60):
    """Waits until holds() is true. Fails with `what` after the limit."""
    deadline = time.monotonic() + limit_s * PATIENCE
    while not holds():
        assert time.monotonic() < deadline, f"{what} took longer than {limit_s * PATIENCE} s"
        time.sleep(0.02)


def wait_for_items(server, count, **options):
    """Waits until /health counts that many items: it shows its last count where counting takes long."""
    def items():
        parts = server.get("/health", **options).json()["parts"]
        return next(part["state"].get("items") for part in parts if part["name"] == "store")
    wait_until(lambda: items() == count, f"a catalogue of {count} items")


# Secrets that this test run has sent or was given: keys, tokens, cookies and passwords. No log and no error may show one.
secrets = set()
SECRET_BYTES = 12  # shorter texts, such as a wrong password of a test, may be parts of other words
SECRET_FORMS = [re.compile(form) for form in (r"fit_[0-9A-Za-z]{49}", r"eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}")]
SET_UP_LINK = re.compile(r"^.*this link makes the first owner.*$", re.M)  # the one secret that the log is to show
SECRET_HEADERS = ("Authorization", "X-API-Key", "Cookie")
SECRET_MEMBERS = ("secret", "token", "password", "recovery_codes")


def note_secrets(*texts):
    secrets.update(text for text in texts if isinstance(text, str) and len(text) >= SECRET_BYTES)


def note_secrets_of(value):
    """Notes the members of a JSON value whose names are those of secrets."""
    if isinstance(value, dict):
        for name, member in value.items():
            if name in SECRET_MEMBERS:
                note_secrets(*(member if isinstance(member, list) else [member]))
            note_secrets_of(member)
    elif isinstance(value, list):
        for member in value:
            note_secrets_of(member)


def assert_no_secrets(text, what):
    for secret in secrets:
        assert secret not in text, f"{what} shows a secret: {secret[:8]}..."
    for form in SECRET_FORMS:
        found = form.search(text)
        assert not found, f"{what} shows what looks like a secret: {found[0][:8]}..."


def json_or_none(text):
    """The JSON value of a body; None for what is none, and for large bodies, which have no secrets."""
    try:
        return json.loads(text) if len(text) < 64 << 10 else None
    except (ValueError, TypeError):
        return None


class WatchedSession(requests.Session):
    """Notes the secrets of every request and response, and checks that no error shows one."""

    def send(self, request, **options):
        for name in SECRET_HEADERS:
            note_secrets(*re.split(r"[ ;=]+", str(request.headers.get(name, ""))))
        note_secrets_of(json_or_none(request.body))
        response = super().send(request, **options)
        if options.get("stream"):
            return response
        if response.status_code >= 400:
            assert_no_secrets(response.text, f"the response {response.status_code} to {request.path_url[:80]}")
        elif "json" in response.headers.get("Content-Type", ""):
            note_secrets_of(json_or_none(response.content))
        note_secrets(*response.cookies.values())
        return response


# requests.get() and its like, and the sessions of tests, are watched from here on.
requests.Session = requests.sessions.Session = WatchedSession


def run(data, *arguments, check=True, timeout=240, **settings):
    done = subprocess.run([BINARY, *map(str, arguments)], env=environment(data, **settings), cwd=data,
                          capture_output=True, text=True, timeout=timeout * PATIENCE)
    if check and done.returncode != 0:
        raise AssertionError(f"fit {' '.join(map(str, arguments))} failed with {done.returncode}:\n{done.stderr}")
    assert_no_secrets(done.stderr, f"fit {arguments[0] if arguments else ''}")
    return done


class Server:
    """`fit serve` on a free port of the loopback. Use as a context manager. It has started when `ready` answers."""

    def __init__(self, data, popen_options=None, ready="/ready", **settings):
        self.data = pathlib.Path(data)
        self.port = settings.pop("APP_PORT", None) or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.settings = settings
        self.popen_options = popen_options or {}
        self.ready = ready
        self.process = None
        self.log = None

    def start(self, wait=True):
        return self.start_with([BINARY, "serve"], wait)

    def start_with(self, command, wait=True):
        note_secrets(*(str(value) for name, value in self.settings.items() if name.endswith("_KEY")))
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(command, env=environment(self.data, APP_PORT=self.port, **self.settings),
                                        cwd=self.data, stdout=self.log, stderr=self.log, **self.popen_options)
        if wait:
            self.wait_ready()
        return self

    def wait_ready(self):
        deadline = time.monotonic() + START_LIMIT_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(f"fit serve ended with {self.process.returncode}:\n{self.output()}")
            try:
                if requests.get(f"{self.url}{self.ready}", timeout=5).status_code == 200:
                    return
            except (requests.ConnectionError, requests.Timeout):
                pass
            time.sleep(0.02)
        raise AssertionError(f"fit serve was not ready in {START_LIMIT_S} s:\n{self.output()}")

    def output(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """Stops the server with SIGTERM and returns its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(STOP_LIMIT_S)
            assert_no_secrets(SET_UP_LINK.sub("", self.output()), "the log")
            return status
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"fit serve did not stop in {STOP_LIMIT_S} s:\n{self.output()}") from None

    def __enter__(self):
        return self.start()

    def __exit__(self, *error):
        status = self.stop()
        if error[0] is None:
            assert status == 0, f"fit serve ended with {status}:\n{self.output()}"

    # Shorthands for requests.

    def get(self, path, **options):
        return requests.get(self.url + path, timeout=60 * PATIENCE, **options)

    def post(self, path, **options):
        return requests.post(self.url + path, timeout=120 * PATIENCE, **options)

    def put(self, path, **options):
        return requests.put(self.url + path, timeout=60 * PATIENCE, **options)

    def patch(self, path, **options):
        return requests.patch(self.url + path, timeout=60 * PATIENCE, **options)

    def delete(self, path, **options):
        return requests.delete(self.url + path, timeout=60 * PATIENCE, **options)

    def search(self, **fields):
        return self.post("/api/v1/search", json=fields)

    def search_by_image(self, **fields):
        return self.post("/search_by_image", json=fields)


def tenants_server(data, **settings):
    """A server of many tenants, each of which holds few of the connections that PostgreSQL has."""
    return Server(data, **{"DB_POOL_SIZE": 1, "DB_MAX_OVERFLOW": 2} | settings)
