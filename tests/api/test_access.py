"""API keys, their scopes, and what every route asks of its caller."""

import datetime
import json
import re

import pytest
import requests

import fit_process
from fit_process import Server, wait_until

ROOT = "the-key-of-the-environment"


@pytest.fixture(scope="module")
def closed(drawn_sample, tmp_path_factory):
    """A server that asks who is there. Its method `call` sends a request with a key."""
    data = tmp_path_factory.mktemp("closed")
    fit_process.run(data, "import", drawn_sample.csv, "--source", "sample")
    with Server(data, API_KEY=ROOT) as server:
        yield server


def call(server, method, path, key=None, **options):
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return requests.request(method, server.url + path, headers=headers, timeout=60 * fit_process.PATIENCE, **options)


def make_key(server, scopes, **options):
    made = call(server, "POST", "/api/v1/keys", ROOT, json={"name": "test", "scopes": scopes, **options})
    assert made.status_code == 201, made.text
    return made.json()


def operations(server):
    """Each operation of the API with the scope that the OpenAPI document names; None: open to everybody."""
    document = server.get("/openapi.json").json()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            schemes = operation["security"]
            scopes = {scope for scheme in schemes for names in scheme.values() for scope in names}
            assert len(scopes) == (1 if schemes else 0), (method, path)
            concrete = re.sub(r"\{(id|item)\}", "999999999", path).replace("{run}", "no-such-run")
            yield method.upper(), concrete, next(iter(scopes), None)


def test_every_route_asks_who_is_there(closed):
    table = list(operations(closed))
    assert {scope for _, _, scope in table} > {"search", "items:read", "items:write", "content:review", "embed", "ingest",
                                               "metrics", "admin"}
    for method, path, scope in table:
        answer = call(closed, method, path)
        if scope is None:
            assert answer.status_code not in (401, 403), (method, path)
            continue
        assert answer.status_code == 401, (method, path, answer.text)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.json()["type"] == "urn:find-this-fit:problem:unauthorized"


def test_every_route_takes_its_scope_and_no_other(closed):
    scopes = {"search", "items:read", "items:write", "content:review", "embed", "ingest", "metrics", "admin"}
    with_one = {scope: make_key(closed, [scope])["secret"] for scope in scopes}
    without = {scope: make_key(closed, sorted(scopes - {scope}))["secret"] for scope in scopes}
    for method, path, scope in operations(closed):
        if scope == "account":
            answer = call(closed, method, path, ROOT)
            assert answer.status_code == 403 and answer.json()["missing_scopes"] == ["account"], (method, path, answer.text)
        if scope in (None, "account"):
            continue
        refused = call(closed, method, path, without[scope])
        assert refused.status_code == 403, (method, path, refused.text)
        assert refused.json()["missing_scopes"] == [scope]
        assert scope in refused.json()["detail"]
        taken = call(closed, method, path, with_one[scope])
        assert taken.status_code not in (401, 403), (method, path, taken.text)


def test_a_key_is_taken_in_both_headers_and_its_secret_is_shown_once(closed):
    key = make_key(closed, ["search"], rate_limit="100/second")
    secret = key["secret"]
    assert re.fullmatch(r"fit_[0-9A-Za-z]{49}", secret) and key["prefix"] == secret[:12]
    assert requests.post(closed.url + "/api/v1/search", headers={"X-API-Key": secret},
                         json={"text": "dress"}).status_code == 200
    assert call(closed, "POST", "/api/v1/search", secret, json={"text": "dress"}).status_code == 200
    listed = call(closed, "GET", "/api/v1/keys", ROOT)
    assert secret not in listed.text
    one = next(one for one in listed.json()["keys"] if one["id"] == key["id"])
    assert one == {name: value for name, value in key.items() if name != "secret"} | {"last_used_at": one["last_used_at"]}
    assert call(closed, "GET", f"/api/v1/keys/{key['id']}", ROOT).json()["prefix"] == secret[:12]


@pytest.mark.parametrize("headers", [
    {"Authorization": "Bearer "}, {"Authorization": "Basic dXNlcjpwYXNz"}, {"Authorization": ROOT},
    {"Authorization": f"Bearer {ROOT}x"}, {"Authorization": f"Bearer {ROOT.upper()}"}, {"X-API-Key": "' OR 1=1 --"},
    {"X-API-Key": "x" * 10_000}, {"Authorization": f"Bearer {ROOT}", "X-API-Key": "another"},
    {"Authorization": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9."}])
def test_wrong_credentials_are_refused(closed, headers):
    answer = requests.get(closed.url + "/api/v1/items", headers=headers)
    assert answer.status_code == 401
    for secret in headers.values():
        assert secret.split()[-1][:500] not in answer.text if len(secret) > 20 else True


def test_a_secret_with_a_typing_mistake_is_refused(closed):
    secret = make_key(closed, ["search"])["secret"]
    for i in (4, 20, 52):
        wrong = secret[:i] + ("a" if secret[i] != "a" else "b") + secret[i + 1:]
        assert call(closed, "POST", "/api/v1/search", wrong, json={"text": "dress"}).status_code == 401


def test_a_revoked_key_ends_at_once(closed):
    key = make_key(closed, ["search"])
    with requests.Session() as session:
        session.headers["X-API-Key"] = key["secret"]
        assert session.post(closed.url + "/api/v1/search", json={"text": "dress"}).status_code == 200
        assert call(closed, "DELETE", f"/api/v1/keys/{key['id']}", ROOT).status_code == 204
        assert session.post(closed.url + "/api/v1/search", json={"text": "dress"}).status_code == 401
    assert call(closed, "GET", f"/api/v1/keys/{key['id']}", ROOT).json()["revoked_at"]


def test_rotation_with_an_overlap(closed):
    key = make_key(closed, ["search"])

    def works(secret):
        return call(closed, "POST", "/api/v1/search", secret, json={"text": "dress"}).status_code == 200

    rotated = call(closed, "POST", f"/api/v1/keys/{key['id']}/rotate", ROOT).json()
    assert rotated["id"] == key["id"] and works(key["secret"]) and works(rotated["secret"])
    again = call(closed, "POST", f"/api/v1/keys/{key['id']}/rotate", ROOT, json={"overlap_seconds": 0}).json()
    assert works(again["secret"]) and not works(rotated["secret"]) and not works(key["secret"])
    assert call(closed, "DELETE", f"/api/v1/keys/{key['id']}", ROOT).status_code == 204
    assert call(closed, "POST", f"/api/v1/keys/{key['id']}/rotate", ROOT).status_code == 409


def test_a_key_expires(closed):
    soon = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=8)
    secret = make_key(closed, ["search"], expires_at=soon.isoformat())["secret"]
    assert call(closed, "POST", "/api/v1/search", secret, json={"text": "dress"}).status_code == 200
    wait_until(lambda: call(closed, "POST", "/api/v1/search", secret, json={"text": "dress"}).status_code == 401,
               "the end of a key")


@pytest.mark.parametrize("body, field", [
    ({}, "name"), ({"name": "x"}, "scopes"), ({"name": "x", "scopes": []}, "scopes"),
    ({"name": "x", "scopes": ["serach"]}, "scopes"), ({"name": "x", "scopes": ["account"]}, "scopes"),
    ({"name": "x", "scopes": "search"}, "scopes"), ({"name": "", "scopes": ["search"]}, "name"),
    ({"name": 7, "scopes": ["search"]}, "name"), ({"name": "x" * 500, "scopes": ["search"]}, "name"),
    ({"name": "x", "scopes": ["search"], "expires_at": "2001-01-01"}, "expires_at"),
    ({"name": "x", "scopes": ["search"], "expires_at": "soon"}, "expires_at"),
    ({"name": "x", "scopes": ["search"], "filters": {"colour": "red"}}, "filters.colour"),
    ({"name": "x", "scopes": ["search"], "filters": "red"}, "filters"),
    ({"name": "x", "scopes": ["items:write"], "filters": {"source": "shop"}}, "scopes"),
    ({"name": "x", "scopes": ["search"], "rate_limit": "often"}, "rate_limit"),
    ({"name": "x", "scopes": ["search"], "admin": True}, "admin")])
def test_bad_keys_are_named_and_not_made(closed, body, field):
    before = call(closed, "GET", "/api/v1/keys", ROOT).json()
    answer = call(closed, "POST", "/api/v1/keys", ROOT, json=body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["field"] == field
    assert call(closed, "GET", "/api/v1/keys", ROOT).json() == before


def test_nobody_gives_more_than_they_have(closed):
    admin = make_key(closed, ["admin", "search"])["secret"]
    made = call(closed, "POST", "/api/v1/keys", admin, json={"name": "x", "scopes": ["*"]})
    assert made.status_code == 403
    assert made.json()["missing_scopes"] == ["items:read", "items:write", "content:review", "embed", "ingest", "metrics"]
    full = make_key(closed, ["*"])
    assert call(closed, "POST", f"/api/v1/keys/{full['id']}/rotate", admin).status_code == 403
    assert call(closed, "POST", "/api/v1/keys", admin, json={"name": "x", "scopes": ["search"]}).status_code == 201


def test_unknown_keys_are_not_found(closed):
    for path in ("/api/v1/keys/999999", "/api/v1/keys/0", "/api/v1/keys/x", "/api/v1/keys/-1"):
        assert call(closed, "GET", path, ROOT).status_code in (404, 422)
        assert call(closed, "DELETE", path, ROOT).status_code in (404, 422)


def test_a_stranger_cannot_send_a_large_body(closed):
    """The refusal comes before the body is sent."""
    import socket
    with socket.create_connection(("127.0.0.1", closed.port), timeout=30 * fit_process.PATIENCE) as connection:
        connection.sendall(b"POST /api/v1/items/import HTTP/1.1\r\nHost: localhost\r\nX-API-Key: unknown\r\n"
                           b"Content-Type: text/csv\r\nContent-Length: 900000000\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 401 ")


def test_anonymous_search(drawn_sample, tmp_path):
    fit_process.run(tmp_path, "import", drawn_sample.csv, "--source", "sample")
    with Server(tmp_path, API_KEY=ROOT, ANONYMOUS_SEARCH="true") as server:
        assert server.search(text="dress").status_code == 200
        item = server.get("/api/v1/items").json()["items"][0]
        assert server.get(item["images"][0]["url"]).status_code == 200
        assert server.delete(f"/api/v1/items/{item['id']}").status_code == 401
        assert server.get("/metrics").status_code == 401
        assert call(server, "POST", "/api/v1/search", "wrong", json={"text": "dress"}).status_code == 401


def test_a_server_on_loopback_is_open(empty_server):
    assert empty_server.get("/api/v1/items").status_code == 200
    made = empty_server.post("/api/v1/keys", json={"name": "x", "scopes": ["search"]})
    assert made.status_code == 201 and made.json()["created_by"] == "local"
    with_key = {"X-API-Key": made.json()["secret"]}
    assert empty_server.get("/api/v1/items", headers=with_key).status_code == 403, "a key has its scopes here too"
    assert empty_server.get("/api/v1/items", headers={"X-API-Key": "wrong"}).status_code == 401


def test_keys_by_the_command_line_beside_a_running_server(tmp_path):
    with Server(tmp_path, API_KEY=ROOT) as server:
        done = fit_process.run(tmp_path, "key", "create", "shop", "--scope", "search", "--scope", "items:read")
        secret = done.stdout.strip()
        assert call(server, "GET", "/api/v1/items", secret).status_code == 200
        listed = json.loads(fit_process.run(tmp_path, "key", "list", "--json").stdout)["keys"]
        assert [(one["name"], one["state"], one["scopes"]) for one in listed] == [("shop", "valid", ["search", "items:read"])]
        assert secret not in json.dumps(listed)
        assert "shop" in fit_process.run(tmp_path, "key", "list").stdout
        rotated = fit_process.run(tmp_path, "key", "rotate", listed[0]["id"], "--overlap", 0).stdout.strip()
        assert call(server, "GET", "/api/v1/items", rotated).status_code == 200
        wait_until(lambda: call(server, "GET", "/api/v1/items", secret).status_code == 401, "the end of the old secret")
        fit_process.run(tmp_path, "key", "revoke", listed[0]["id"])
        wait_until(lambda: call(server, "GET", "/api/v1/items", rotated).status_code == 401, "the revocation")


@pytest.mark.parametrize("arguments, word", [
    (["create", "shop"], "--scope"), (["create", "shop", "--scope", "all"], "--scope"),
    (["create", "shop", "--scope", "search", "--filters", "{"], "--filters"),
    (["create", "shop", "--scope", "search", "--expires-at", "soon"], "--expires-at"),
    (["revoke", "7"], "no such key"), (["rotate", "x"], "ID")])
def test_wrong_use_of_the_command_line(tmp_path, arguments, word):
    done = fit_process.run(tmp_path, "key", *arguments, check=False)
    assert done.returncode != 0 and word in done.stderr


def test_the_log_names_the_key_and_never_its_secret(tmp_path):
    with Server(tmp_path, API_KEY=ROOT) as server:
        key = call(server, "POST", "/api/v1/keys", ROOT, json={"name": "x", "scopes": ["items:read"]}).json()
        assert call(server, "GET", "/api/v1/items", key["secret"]).status_code == 200
        assert call(server, "GET", "/api/v1/items", key["secret"] + "x").status_code == 401
        assert call(server, "GET", f"/api/v1/items?key={key['secret']}").status_code == 401
        log = server.output()
    assert f"key:{key['id']}" in log
    assert key["secret"] not in log and ROOT not in log


def test_the_last_use_is_kept(tmp_path):
    with Server(tmp_path, API_KEY=ROOT) as server:
        key = call(server, "POST", "/api/v1/keys", ROOT, json={"name": "x", "scopes": ["items:read"]}).json()
        call(server, "GET", "/api/v1/items", key["secret"])
    listed = json.loads(fit_process.run(tmp_path, "key", "list", "--json").stdout)["keys"]
    assert listed[0]["last_used_at"]
