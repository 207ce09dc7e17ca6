"""Starts the services of docker-compose.production.yml as plain processes from the same configuration files: two API
servers, a worker, PostgreSQL, PgBouncer, Redis, nginx with TLS and Prometheus. Only addresses, ports and paths differ.
"""

import base64
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid

import pytest
import requests
import yaml

CLONE = pathlib.Path(__file__).resolve().parents[2]
DEPLOY = CLONE / "deploy"
sys.path.insert(0, str(CLONE / "tests"))
sys.path.insert(0, str(DEPLOY / "grafana"))
from draw_dashboards import draw  # noqa: E402
from postgres_cluster import PostgresCluster, as_server_user  # noqa: E402

FIT = os.environ["FIT_BINARY"]
LIMIT_S = 120
APIS = ("127.0.1.1", "127.0.1.2")
WORKER = "127.0.1.3"
# The folder for pictures of the dashboards, which need more items and time than tests do.
PICTURES = os.environ.get("FIT_DASHBOARD_PICTURES")
ITEMS = 1200 if PICTURES else 20
LOAD_S = 300 if PICTURES else 30


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(holds, what):
    deadline = time.monotonic() + LIMIT_S
    while not holds():
        assert time.monotonic() < deadline, f"{what} took longer than {LIMIT_S} s"
        time.sleep(0.1)


class Names(threading.Thread):
    """Answers every DNS question for an address with those of the API servers, as Docker's DNS does for "api"."""

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]

    def run(self):
        with contextlib.suppress(OSError):
            while True:
                question, sender = self.socket.recvfrom(512)
                end = question.index(b"\0", 12) + 5
                answers = b"".join(b"\xc0\x0c\0\1\0\1\0\0\0\1\0\4" + socket.inet_aton(address) for address in APIS)
                self.socket.sendto(question[:2] + b"\x81\x80\0\1" + len(APIS).to_bytes(2, "big") + b"\0\0\0\0"
                                   + question[12:end] + answers, sender)


class Topology:
    """The running services, in a folder of their own."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="fit-topology-"))
        self.folder.chmod(0o755)
        self.ports = {name: free_port() for name in ("api", "worker", "postgres", "pgbouncer", "redis", "https", "http", "prometheus")}
        self.url = f"https://localhost:{self.ports['https']}"
        self.compose = yaml.safe_load((DEPLOY / "docker-compose.production.yml").read_text())["services"]
        self.processes = {}
        self.names = Names()
        self.names.start()
        self.cluster = PostgresCluster("listen_addresses=127.0.0.1", f"port={self.ports['postgres']}", durable=True)
        self.secrets = self.folder / "secrets"
        self.secrets.mkdir()
        shutil.copy(DEPLOY / "secrets/make", self.secrets / "make")
        subprocess.run([self.secrets / "make", "localhost"], check=True)
        for name in ("fit.toml", "migrate.toml"):
            self.rewrite(self.secrets / name, self.secrets / name)

    def rewrite(self, source, target, *more):
        """Copies a configuration file with the addresses and paths of this machine."""
        text = source.read_text()
        for name, port in (("postgres", 5432), ("pgbouncer", 6432), ("redis", 6379)):
            text = text.replace(f"{name}:{port}", f"127.0.0.1:{self.ports[name]}")
        for old, new in more:
            assert old in text, (source, old)
            text = text.replace(old, str(new))
        target.write_text(text)
        return target

    def environment(self, service="api"):
        """The variables of the compose file, with its defaults."""
        given = {name: re.sub(r"\$\{\w+:?[-?]([^}]*)\}", r"\1", str(value))
                 for name, value in self.compose[service]["environment"].items()}
        return {"PATH": os.environ["PATH"], **given, "PUBLIC_URL": self.url, "TRUSTED_PROXIES": "127.0.0.0/8",
                "STORAGE_BACKEND": f"fs://{self.folder}/files", "RECALL_PROBE": "1", "LOG_FORMAT": "text", "REDIS_URL": f"redis://127.0.0.1:{self.ports['redis']}/0",
                "SMTP_URL": "", "SMTP_FROM": "", "APP_PORT": str(self.ports["api"]), "LOG_LEVEL": "warning",
                # No receiver listens there: spans are dropped, and their exemplars are shown nevertheless.
                "TRACING_ENABLED": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "WORKER_THREADS": "4", "no_proxy": "*"}

    def fit(self, name, *arguments, **more):
        """The command of a container of the program: the compose file's, with the secrets in this folder."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        words = [word.replace("/run/secrets/fit_settings", f"{self.secrets}/fit.toml")
                 .replace("/run/secrets/migrate_settings", f"{self.secrets}/migrate.toml") for word in arguments]
        return dict(args=[FIT, *words], env=self.environment() | {"STORAGE_PATH": str(folder)} | more, cwd=folder)

    def run_fit(self, *arguments):
        done = subprocess.run(**self.fit("command", "--config", "/run/secrets/fit_settings", *map(str, arguments)),
                              capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def make_key(self, name, *scopes):
        given = [word for scope in scopes for word in ("--scope", scope)]
        return re.search(r"fit_[0-9A-Za-z]{49}", self.run_fit("key", "create", name, *given))[0]

    def start(self, name, **options):
        log = open(self.folder / f"{name}.log", "ab")
        self.processes[name] = subprocess.Popen(**options, stdout=log, stderr=log)

    def start_api(self, number):
        self.start(f"api{number}", **self.fit(f"api{number}", *self.compose["api"]["command"], APP_HOST=APIS[number]))

    def is_ready(self, number):
        with contextlib.suppress(requests.RequestException):
            return requests.get(f"http://{APIS[number]}:{self.ports['api']}/ready", timeout=5).status_code == 200
        return False

    def start_all(self):
        (self.folder / "files").mkdir()
        self.cluster.start()
        password = (self.secrets / "postgres_password").read_text()
        self.cluster.sql(f"CREATE ROLE fit LOGIN PASSWORD '{password}'")
        self.cluster.sql("CREATE DATABASE fit OWNER fit ENCODING 'UTF8' TEMPLATE template0")
        self.cluster.sql((DEPLOY / "postgres/extension.sql").read_text(), "fit")

        users = self.folder / "userlist.txt"
        shutil.copy(self.secrets / "userlist.txt", users)
        if os.getuid() == 0:
            shutil.chown(users, "postgres")
        ini = self.rewrite(DEPLOY / "pgbouncer/pgbouncer.ini", self.folder / "pgbouncer.ini", ("host=postgres port=5432",
                           f"host=127.0.0.1 port={self.ports['postgres']}"), ("/run/secrets/pgbouncer_users", users),
                           ("listen_addr = 0.0.0.0", "listen_addr = 127.0.0.1"), ("6432", self.ports["pgbouncer"]))
        self.start("pgbouncer", args=as_server_user("/usr/sbin/pgbouncer", ini))
        self.start("redis", args=[*self.compose["redis"]["command"], "--port", str(self.ports["redis"]), "--bind", "127.0.0.1"],
                   cwd=self.folder)
        for port in (self.ports["pgbouncer"], self.ports["redis"]):
            wait_until(lambda port=port: socket.socket().connect_ex(("127.0.0.1", port)) == 0, "a server's port")

        migrated = subprocess.run(**self.fit("migrate", *self.compose["migrate"]["command"]), capture_output=True, text=True)
        assert migrated.returncode == 0, migrated.stderr
        self.run_fit("sample", "--items", ITEMS, "--seed", 1)
        self.key = self.make_key("tests", "search", "items:read", "items:write", "ingest")
        (self.secrets / "metrics_key").write_text(self.make_key("prometheus", "metrics"))

        for number in range(len(APIS)):
            self.start_api(number)
        assert self.environment("worker")["METRICS_PORT"] == "9100"
        self.start("worker", **self.fit("worker", *self.compose["worker"]["command"], METRICS_HOST=WORKER,
                                        METRICS_PORT=str(self.ports["worker"])))
        self.start_nginx()
        self.start_prometheus()
        for number in range(len(APIS)):
            wait_until(lambda number=number: self.is_ready(number), f"the start of API {number}")

    def start_nginx(self):
        conf = self.rewrite(DEPLOY / "nginx/nginx.conf", self.folder / "nginx.conf", ("/run/nginx.pid", self.folder / "nginx.pid"),
                            ("resolver 127.0.0.11 valid=10s", f"resolver 127.0.0.1:{self.names.port} valid=10s"),
                            ("http://api:8000", f"http://api:{self.ports['api']}"),
                            ("listen 80;", f"listen {self.ports['http']};"), ("listen [::]:80;", ""),
                            ("listen 443 ssl;", f"listen {self.ports['https']} ssl;"), ("listen [::]:443 ssl;", ""),
                            ("/run/secrets/tls_certificate", self.secrets / "tls.crt"),
                            ("/run/secrets/tls_key", self.secrets / "tls.key"), ("/dev/stdout", self.folder / "access.log"))
        self.start("nginx", args=["/usr/sbin/nginx", "-c", conf, "-p", self.folder, "-g", "daemon off;"])

    def start_prometheus(self):
        addresses = {"api": [f"{address}:{self.ports['api']}" for address in APIS], "worker": [f"{WORKER}:{self.ports['worker']}"]}
        text = re.sub(r'dns_sd_configs:\n +- names: \["(\w+)"\].*?refresh_interval: 15s',
                      lambda found: f"static_configs: [{{targets: {json.dumps(addresses[found[1]])}}}]",
                      (DEPLOY / "prometheus/prometheus.yml").read_text(), flags=re.S)
        shutil.copy(DEPLOY / "prometheus/alerts.yml", self.folder / "alerts.yml")
        (self.folder / "prometheus.yml").write_text(text.replace("/run/secrets", str(self.secrets)).replace(": 15s", ": 1s"))
        features = [word for word in self.compose["prometheus"]["command"] if word.startswith("--enable-feature")]
        self.start("prometheus", args=["prometheus", f"--config.file={self.folder}/prometheus.yml", f"--storage.tsdb.path={self.folder}/tsdb",
                                       f"--web.listen-address=127.0.0.1:{self.ports['prometheus']}", *features])

    def ask(self, method, path, **options):
        return requests.request(method, self.url + path, verify=self.secrets / "tls.crt", timeout=60,
                                headers={"X-API-Key": self.key}, **options)

    def prometheus(self, path, **params):
        with contextlib.suppress(requests.RequestException, ValueError):
            return requests.get(f"http://127.0.0.1:{self.ports['prometheus']}/api/v1/{path}", params=params, timeout=10).json()["data"]
        return {}

    def logs(self):
        return "\n".join(f"{path.name}: {path.read_text()[-1500:]}" for path in self.folder.glob("*.log"))

    def close(self):
        self.names.socket.close()
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(40)
            process.kill()
        self.cluster.__exit__()
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture(scope="module")
def topology():
    made = Topology()
    try:
        try:
            made.start_all()
        except BaseException:
            print(made.logs())
            raise
        yield made
    finally:
        made.close()


def photo(topology):
    item = topology.ask("GET", "/api/v1/items?limit=1").json()["items"][0]
    address = re.sub(r"^https?://[^/]+", "", item["images"][0]["url"])
    return item["id"], topology.ask("GET", address).content


def test_a_search_goes_through_nginx(topology):
    number, image = photo(topology)
    found = topology.ask("POST", "/api/v1/search", files={"image": image}, data={"limit": 3})
    assert found.status_code == 200, topology.logs()
    assert found.json()["results"][0]["id"] == number
    assert requests.post(topology.url + "/api/v1/search", verify=topology.secrets / "tls.crt", json={"text": "red"}).status_code == 401
    moved = requests.get(f"http://localhost:{topology.ports['http']}/?a=1", allow_redirects=False)
    assert (moved.status_code, moved.headers["Location"]) == (308, "https://localhost/?a=1")


def test_metrics_are_closed_to_the_outside_and_open_to_prometheus(topology):
    assert topology.ask("GET", "/metrics").status_code == 404
    wait_until(lambda: [row["value"][1] for row in topology.prometheus("query", query='sum(up{job="fit"})').get("result", [])] == ["2"],
               "the scrape of both servers")
    wait_until(lambda: [row["value"][1] for row in topology.prometheus("query", query='up{job="fit-worker"}').get("result", [])] == ["1"],
               "the scrape of the worker")
    rules = topology.prometheus("rules")["groups"][0]["rules"]
    assert len(rules) > 20 and {rule["health"] for rule in rules} <= {"ok", "unknown"}
    assert topology.prometheus("query", query="max(fit_items)")["result"][0]["value"][1] == str(ITEMS)


def test_prometheus_keeps_the_traces_of_durations(topology):
    assert topology.ask("POST", "/api/v1/search", json={"text": "red", "limit": 2}).status_code == 200

    def exemplars():
        series = topology.prometheus("query_exemplars", query="fit_http_request_duration_seconds_bucket",
                                     start=time.time() - 600, end=time.time() + 60)
        return [exemplar["labels"] for one in series for exemplar in one["exemplars"]]
    wait_until(exemplars, "the first exemplar")
    assert all(re.fullmatch(r"[0-9a-f]{32}", labels["trace_id"]) for labels in exemplars())


def test_promtool_finds_nothing_wrong_with_the_metrics(topology):
    text = requests.get(f"http://{APIS[1]}:{topology.ports['api']}/metrics", timeout=60,
                        headers={"X-API-Key": (topology.secrets / "metrics_key").read_text().strip()}).text
    assert "fit_http_requests_total" in text
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_dashboards_are_drawn_from_what_prometheus_has(topology, tmp_path):
    """With FIT_DASHBOARD_PICTURES, five minutes into that folder."""
    (tmp_path / "key").write_text(topology.key)
    loaded = subprocess.run([FIT, "bench", "load", f"http://{APIS[1]}:{topology.ports['api']}", "--rate", "8", "--duration", str(LOAD_S),
                             "--key-file", tmp_path / "key"], capture_output=True, text=True, env={"PATH": os.environ["PATH"]}, cwd="/tmp")
    assert loaded.returncode == 0, loaded.stderr
    folder = pathlib.Path(PICTURES or tmp_path)
    missing = draw(f"http://127.0.0.1:{topology.ports['prometheus']}", folder, minutes=max(1, LOAD_S / 60), rate_interval="15s")
    assert set(missing) == {path.stem for path in (DEPLOY / "grafana/dashboards").glob("*.json")}
    for name, panels in {"overview": ("Servers", "Items", "Requests", "Searches"), "api": ("Requests by route", "Connections"),
                         "search": ("Queries by kind", "Index"), "database": ("Connections",), "queue": ("Jobs at work",),
                         "quality": ("Searches without results",), "system": ("Cores in use", "Resident memory")}.items():
        assert not set(panels) & set(missing[name]), (name, missing[name])
        assert (folder / f"{name}.svg").read_text().count("<polyline") >= len(panels)


def test_a_worker_looks_at_files_that_an_api_server_took(topology):
    sent = topology.ask("POST", "/api/v1/ingest", files={"files": photo(topology)[1]})
    assert sent.status_code == 202, sent.text
    asset = sent.json()["asset_id"]

    def state():
        return topology.ask("GET", f"/api/v1/assets/{asset}").json()["state"]

    wait_until(lambda: state() in ("done", "failed"), "the job")
    assert state() == "done"


def test_nothing_acknowledged_is_lost(topology):
    """One API server is killed, and then PostgreSQL restarted, while items are written through nginx."""
    image = base64.b64encode(photo(topology)[1]).decode()
    acknowledged, stopped = [], threading.Event()

    def write():
        while not stopped.is_set():
            body = {"source": "topology", "external_id": uuid.uuid4().hex, "title": "Coat", "images": [{"image_base64": image}]}
            with contextlib.suppress(requests.RequestException):
                response = topology.ask("POST", "/api/v1/items", json=body)
                if response.status_code == 201:
                    acknowledged.append((response.json()["id"], body["external_id"]))

    def wait_for_writes():
        before = len(acknowledged)
        wait_until(lambda: len(acknowledged) >= before + 5, "writing five items")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        wait_for_writes()
        topology.processes["api0"].send_signal(signal.SIGKILL)
        topology.processes["api0"].wait()
        wait_for_writes()
        assert topology.ask("POST", "/api/v1/search", json={"text": "red", "limit": 2}).status_code == 200
        topology.cluster.stop(signal.SIGINT)
        topology.cluster.start()
        wait_for_writes()
        topology.start_api(0)
        wait_until(lambda: topology.is_ready(0), "the second start of an API server")
    finally:
        stopped.set()
        writer.join()
    for number, external_id in acknowledged:
        read = topology.ask("GET", f"/api/v1/items/{number}")
        assert read.status_code == 200 and read.json()["external_id"] == external_id
