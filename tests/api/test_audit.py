"""The audit log: who did what, and that no log shows a secret."""

import json

import pytest
import requests

import fit_process
from checks import assert_problem
from fit_process import Server, wait_until

ROOT = "the-key-of-the-environment"


def call(server, method, path, key=ROOT, **options):
    headers = {"Authorization": f"Bearer {key}", **options.pop("headers", {})} if key else {}
    return requests.request(method, server.url + path, headers=headers, timeout=60 * fit_process.PATIENCE, **options)


def entries(server, **query):
    listed = call(server, "GET", "/api/v1/audit", params=query)
    assert listed.status_code == 200, listed.text
    return listed.json()["entries"]


def wait_for(server, count=1, **query):
    """The entries that the query finds, once there are that many."""
    wait_until(lambda: len(entries(server, **query)) >= count, f"the audit of {query}")
    return entries(server, **query)


@pytest.fixture
def closed(tmp_path):
    with Server(tmp_path, API_KEY=ROOT) as server:
        yield server


def make_key(server, *scopes):
    return call(server, "POST", "/api/v1/keys", json={"name": "shop", "scopes": scopes}).json()


def test_keys_and_tokens_are_recorded(closed):
    key = make_key(closed, "search")
    call(closed, "POST", f"/api/v1/keys/{key['id']}/rotate")
    minted = call(closed, "POST", "/api/v1/tokens", json={"key_id": key["id"], "user_id": "ann"}).json()
    call(closed, "POST", "/api/v1/tokens/revoke", json={"key_id": key["id"], "jti": minted["jti"]})
    call(closed, "DELETE", f"/api/v1/keys/{key['id']}", headers={"X-Request-ID": "end-of-a-key"})
    call(closed, "DELETE", "/api/v1/keys/999")
    found = wait_for(closed, count=6)
    assert [(one["action"], one["target"], one["outcome"]) for one in found] == [
        ("keys.delete", "key:999", "failed"), ("keys.delete", f"key:{key['id']}", "done"), ("tokens.revoke", f"key:{key['id']}", "done"),
        ("tokens.create", f"key:{key['id']}", "done"), ("keys.rotate", f"key:{key['id']}", "done"),
        ("keys.create", f"key:{key['id']}", "done")]
    assert {one["principal"] for one in found} == {"key:environment"} and {one["address"] for one in found} == {"127.0.0.1"}
    assert found[0]["detail"]["status"] == 404
    assert found[1]["detail"] == {"name": "shop", "scopes": ["search"], "request_id": "end-of-a-key"}
    assert found[2]["detail"]["jti"] == found[3]["detail"]["jti"] == minted["jti"] and found[3]["detail"]["user_id"] == "ann"
    text = json.dumps(found)
    assert key["secret"] not in text and minted["token"] not in text


def test_refused_calls_are_recorded_by_who_made_them(closed):
    key = make_key(closed, "search")
    assert call(closed, "POST", "/api/v1/keys", key["secret"], json={}).status_code == 403
    assert call(closed, "DELETE", "/api/v1/items/1", key["secret"]).status_code == 403
    for _ in range(5):
        assert call(closed, "POST", "/api/v1/keys", None, json={}).status_code == 401
        assert call(closed, "DELETE", "/api/v1/items/1", "wrong").status_code == 401
    found = wait_for(closed, count=2, principal=f"key:{key['id']}")
    assert [(one["action"], one["outcome"]) for one in found] == [("items.delete", "refused"), ("keys.create", "refused")]
    assert entries(closed, principal="key:environment")[0]["action"] == "keys.create"
    assert len(entries(closed)) == 3, "strangers do not fill the log"


def test_items_are_recorded_when_they_are_removed_or_imported(closed, drawn_sample):
    call(closed, "POST", "/api/v1/items/sample?items=3")

    def listed():
        return call(closed, "GET", "/api/v1/items").json()["items"]
    wait_until(lambda: len(listed()) >= 2, "listing the items")
    first, second = listed()[:2]
    assert call(closed, "PATCH", f"/api/v1/items/{first['id']}", json={"price": 7}).status_code == 200
    assert call(closed, "DELETE", f"/api/v1/items/{first['id']}").status_code == 204
    assert call(closed, "DELETE", f"/api/v1/items?source={second['source']}&external_id={second['external_id']}").status_code == 204
    with open(drawn_sample.csv, "rb") as file:
        table = b"\n".join(file.read().splitlines()[:3])
    done = call(closed, "POST", "/api/v1/items/import?source=shop", data=table, headers={"Content-Type": "text/csv"})
    dry = call(closed, "POST", "/api/v1/items/import?source=shop&dry_run=true", data=table, headers={"Content-Type": "text/csv"})
    assert done.status_code == dry.status_code == 200
    found = wait_for(closed, count=5, action="items")
    assert [(one["action"], one["target"]) for one in found] == [
        ("items.import", "source:shop"), ("items.import", "source:shop"), ("items.delete", f"item:{second['id']}"),
        ("items.delete", f"item:{first['id']}"), ("items.sample", "")]
    assert found[0]["detail"]["dry_run"] is True
    assert {name: found[1]["detail"][name] for name in ("created", "rejected", "stopped")} == {
        name: done.json()[name] for name in ("created", "rejected", "stopped")}
    assert found[4]["detail"]["items"] == 3


def test_the_log_is_read_in_pages(closed):
    for _ in range(5):
        make_key(closed, "search")
    wait_for(closed, count=5)
    seen, before = [], None
    while True:
        page = call(closed, "GET", "/api/v1/audit", params={"limit": 2, "before": before} if before else {"limit": 2}).json()
        seen += [int(one["id"]) for one in page["entries"]]
        before = page.get("next_before")
        if not before:
            break
    assert len(seen) == 5 and seen == sorted(seen, reverse=True)
    assert [one["action"] for one in entries(closed, action="keys.create", limit=1)] == ["keys.create"]
    assert entries(closed, action="key") == [] and entries(closed, principal="key:1' OR 1=1 --") == []


@pytest.mark.parametrize("query, field", [
    ({"limit": 0}, "limit"), ({"limit": 1001}, "limit"), ({"limit": "many"}, "limit"), ({"before": "x"}, "before"), ({"before": -1}, "before"),
    ({"user": "x"}, "user"), ({"action": "a\x00"}, "action")])
def test_bad_queries(closed, query, field):
    assert_problem(call(closed, "GET", "/api/v1/audit", params=query), 422, field)


def test_the_log_outlives_the_server_and_the_command_line_writes_it(tmp_path):
    with Server(tmp_path, API_KEY=ROOT) as server:
        key = make_key(server, "search")
    fit_process.run(tmp_path, "key", "create", "cli", "--scope", "search")
    fit_process.run(tmp_path, "key", "rotate", key["id"])
    fit_process.run(tmp_path, "key", "revoke", key["id"])
    with Server(tmp_path, API_KEY=ROOT) as server:
        found = entries(server)
        assert [one["action"] for one in found] == ["keys.delete", "keys.rotate", "keys.create", "keys.create"]
        assert [one["principal"] for one in found] == ["command line"] * 3 + ["key:environment"]
        assert call(server, "DELETE", "/api/v1/audit").status_code == 405, "nobody removes entries"


def test_the_watch_for_secrets_notices_them():
    """What every test of this folder relies on."""
    for text in ("fit_" + "a" * 49, "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3NjQ0MDk5OTl9.c2lnbmF0dXJlc2ln"):
        with pytest.raises(AssertionError):
            fit_process.assert_no_secrets(f"request path=/x key={text}", "the log")
    fit_process.note_secrets_of({"user": {"password": "correct horse battery", "recovery_codes": ["0123-4567-89ab"]}})
    try:
        for text in ("correct horse battery", "0123-4567-89ab"):
            with pytest.raises(AssertionError):
                fit_process.assert_no_secrets(f"sign-in failed: {text}", "the log")
        fit_process.assert_no_secrets("request path=/api/v1/items principal=key:7 prefix=fit_01234567", "the log")
    finally:
        fit_process.secrets -= {"correct horse battery", "0123-4567-89ab"}


def test_secrets_in_odd_places_are_not_logged(closed):
    key = make_key(closed, "search")["secret"]
    for path in (f"/api/v1/items?key={key}", f"/api/v1/search?token={key}"):
        assert call(closed, "GET", path, key).status_code >= 400
    assert call(closed, "POST", "/api/v1/search", key, json={"text": "dress", "filters": {"brand": "none"}}).status_code == 200
    assert requests.get(closed.url + "/api/v1/items", headers={"X-API-Key": key, "Authorization": f"Basic {key}"}).status_code == 401
