"""TLS in the server, the address by which clients reach it, and proxies in front of it."""

import io
import signal
import socket
import ssl

import PIL.Image
import pytest
import requests

import fit_process
import image_files
from checks import assert_problem
from fit_process import Server, wait_until
from tls import WAIT_S, Authority, TlsServer


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def tls_server(authority, tmp_path_factory):
    with TlsServer(tmp_path_factory.mktemp("tls"), authority, RECEIVE_TIMEOUT=1000) as running:
        yield running


def ask(connection, path="/live"):
    """Sends a request on an open connection and returns the status of the response."""
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(65536)
        assert piece, "the connection ended"
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    size = int(next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")).split(b":")[1])
    while len(body) < size:
        body += connection.recv(65536)
    return int(head.split(b" ")[1])


def test_the_api_works_over_tls(tls_server):
    item = tls_server.post("/api/v1/items", json={"source": "tls", "external_id": "1", "title": "Red scarf", "images": [
        {"image_base64": image_files.text(image_files.jpeg())}]})
    assert item.status_code == 201, item.text
    image = tls_server.get(item.json()["images"][0]["url"])
    assert image.status_code == 200 and image.content[:2] == b"\xff\xd8"
    assert tls_server.get("/").headers["Content-Type"].startswith("text/html")
    assert "Strict-Transport-Security" not in image.headers
    assert f"url=https://127.0.0.1:{tls_server.port}" in tls_server.output()


def test_large_files_go_both_ways(tls_server):
    content = io.BytesIO()
    PIL.Image.effect_noise((2500, 2500), 90).save(content, "PNG")
    noise = content.getvalue()
    assert len(noise) > 4_000_000
    body = {"source": "tls", "external_id": "large", "title": "Large", "images": [{"image_base64": image_files.text(noise)}]}
    item = tls_server.post("/api/v1/items", json=body).json()
    assert tls_server.get(item["images"][0]["url"]).content == noise
    rows = "\n".join(f'{{"external_id": "{i}", "title": "Row {i} {"x" * 1000}"}}' for i in range(12_000))
    done = tls_server.post("/api/v1/items/import?source=rows", data=rows, headers={"Content-Type": "application/x-ndjson"})
    assert done.status_code == 200, done.text


def test_old_versions_and_weak_ciphers_are_refused(tls_server):
    for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
        context = tls_server.context()
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = version
        with pytest.raises(ssl.SSLError):
            tls_server.connect(context)
    for ciphers in ("AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA", "DHE-RSA-AES128-GCM-SHA256"):
        context = tls_server.context()
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(ciphers)
        with pytest.raises(ssl.SSLError):
            tls_server.connect(context)
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context = tls_server.context()
        context.minimum_version = context.maximum_version = version
        with tls_server.connect(context) as connection:
            assert connection.compression() is None
            assert ask(connection) == 200


def test_sessions_resume(tls_server):
    context = tls_server.context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with tls_server.connect(context) as first:
        assert ask(first) == 200
        session = first.session
    raw = socket.create_connection(("127.0.0.1", tls_server.port), timeout=WAIT_S)
    with context.wrap_socket(raw, server_hostname="127.0.0.1", session=session) as second:
        assert second.session_reused and ask(second) == 200


def test_the_protocol_is_http_1_1(tls_server):
    context = tls_server.context()
    context.set_alpn_protocols(["h2", "http/1.1"])
    with tls_server.connect(context) as connection:
        assert connection.selected_alpn_protocol() == "http/1.1"
    context.set_alpn_protocols(["h2"])
    with pytest.raises(ssl.SSLError):
        tls_server.connect(context)


def test_plain_http_gets_a_clear_answer(tls_server):
    for method in ("GET", "POST", "DELETE", "OPTIONS"):
        response = requests.request(method, f"http://127.0.0.1:{tls_server.port}/live", data=b"x" * 100_000, timeout=WAIT_S)
        assert_problem(response, 400, code="plain_http")
        assert "https" in response.json()["detail"]


def test_the_certificate_follows_its_files(authority, tmp_path):
    with TlsServer(tmp_path, authority) as server, server.connect() as kept:
        assert server.serial() == 1 and ask(kept) == 200
        server.use(2)
        wait_until(lambda: server.serial() == 2, "the new certificate")
        assert ask(kept) == 200
        server.certificate.write_text("-----BEGIN CERTIFICATE-----\ndamaged")
        wait_until(lambda: "the TLS certificate before stays in use" in server.output(), "the log line")
        assert server.serial() == 2 and ask(kept) == 200
        server.use(3)
        server.process.send_signal(signal.SIGHUP)
        wait_until(lambda: server.serial() == 3, "the new certificate")
        server.process.send_signal(signal.SIGHUP)
        assert ask(kept) == 200 and server.serial() == 3
    assert server.process.returncode == 0


def test_hangups_reload_at_every_time(authority, tmp_path):
    """A signal reloads even if the files look as before."""
    with TlsServer(tmp_path, authority) as server:
        lines = server.output().count("TLS certificate")
        for more in (1, 2, 3):
            server.process.send_signal(signal.SIGHUP)
            wait_until(lambda: server.output().count("TLS certificate") >= lines + more, "reloading")
        assert server.get("/live").status_code == 200


@pytest.mark.parametrize("cert, key, field", [("cert", "", "TLS_KEY"), ("", "key", "TLS_CERT"), ("none", "key", "TLS_CERT"),
                                              ("key", "key", "TLS_CERT"), ("cert", "cert", "TLS_KEY"),
                                              ("cert", "other", "TLS_KEY"), (".", "key", "TLS_CERT")])
def test_unusable_files_stop_the_start(authority, tmp_path, cert, key, field):
    files = {"": "", "none": tmp_path / "none.pem", ".": tmp_path}
    files["cert"], files["key"] = authority.sign(1)
    files["other"] = authority.sign(2)[1]
    done = fit_process.run(tmp_path, "serve", check=False, APP_PORT=0, TLS_CERT=files[cert], TLS_KEY=files[key])
    assert done.returncode == 1
    assert f"fit: {field}: " in done.stderr, done.stderr


@pytest.mark.parametrize("name, value", [("PUBLIC_URL", "fit.example"), ("PUBLIC_URL", "https://fit.example/shop"),
                                         ("TRUSTED_PROXIES", "proxy.example"), ("TRUSTED_PROXIES", "10.0.0.0/40")])
def test_wrong_addresses_stop_the_start(tmp_path, name, value):
    done = fit_process.run(tmp_path, "serve", check=False, APP_PORT=0, **{name: value})
    assert done.returncode == 1
    assert f"fit: {name}: " in done.stderr, done.stderr


def test_without_tls_a_hangup_ends_the_program(tmp_path):
    server = Server(tmp_path).start()
    server.process.send_signal(signal.SIGHUP)
    assert server.process.wait(WAIT_S) == -signal.SIGHUP


WARNING = "reachable from other machines without encryption"


@pytest.mark.parametrize("settings, is_warned", [
    ({}, False), ({"APP_HOST": "localhost"}, False), ({"PUBLIC_URL": "http://fit.example"}, True),
    ({"PUBLIC_URL": "http://fit.example", "TRUSTED_PROXIES": "10.0.0.1"}, False)])
def test_plain_http_beyond_the_machine_is_mentioned_once(tmp_path, settings, is_warned):
    with Server(tmp_path, **settings) as server:
        assert server.get("/live").status_code == 200
    assert server.output().count(WARNING) == is_warned


def test_tls_beyond_the_machine_is_not_mentioned(authority, tmp_path):
    with TlsServer(tmp_path, authority, PUBLIC_URL="https://fit.example", API_KEY="the-key-of-the-environment") as server:
        response = server.get("/live", headers={"Host": "fit.example"})
        assert response.status_code == 200
        assert response.headers["Strict-Transport-Security"] == "max-age=31536000"
        assert_problem(server.get("/live", headers={"Host": "other.example"}), 421, code="misdirected")
        page = {"Origin": "https://fit.example", "X-API-Key": "the-key-of-the-environment"}
        assert server.post("/api/v1/items/sample?items=0", headers=page).status_code == 200
    assert WARNING not in server.output()


FORWARDED = {"X-Forwarded-For": "1.1.1.1, 203.0.113.7, 10.0.0.2", "X-Forwarded-Proto": "https"}


def test_the_log_names_the_client_behind_a_trusted_proxy(tmp_path):
    with Server(tmp_path, TRUSTED_PROXIES="127.0.0.1, 10.0.0.0/8", MAX_CONNECTIONS_PER_PEER=1) as server:
        assert server.get("/live", headers=FORWARDED).status_code == 200
        wait_until(lambda: "client=203.0.113.7" in server.output(), "the log line")
        assert server.get("/live", headers={"X-Forwarded-For": "198.51.100.1, unknown"}).status_code == 200
        sessions = [requests.Session() for _ in range(5)]
        for session in sessions:
            assert session.get(server.url + "/live", timeout=WAIT_S).status_code == 200
        for session in sessions:
            session.close()
    assert "client=198.51.100.1" not in server.output()
    assert "client=127.0.0.1" in server.output()


def test_nobody_else_may_name_a_client(tmp_path):
    with Server(tmp_path, TRUSTED_PROXIES="10.0.0.0/8") as server:
        for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Client-IP"):
            assert server.get("/live", headers=FORWARDED | {header: "203.0.113.9"}).status_code == 200
    assert "203.0.113." not in server.output()
