"""Tenants: what one has, no other sees; creating, removing, quotas, and what is left after a kill."""

import json
import pathlib
import random
import signal
import subprocess
import time

import pytest
import requests

import fit_process
import image_files
from checks import results
from fit_process import tenants_server as Server
from fit_process import wait_until
from test_sign_in import PASSWORD, Browser, create

ROOT = "the-key-of-the-environment"
HOSTILE = ["", ".", "..", "../a", "a/b", "A", "ä", "a b", "-a", "_a", "a.b", "x" * 64, "a'; DROP SCHEMA public; --", "a\"b", "a%00b"]


def of(tenant):
    return {"X-Tenant": tenant}


def body_of(number, **more):
    return {"source": "shop", "external_id": str(number), "title": f"Dress number {number}", "brand": f"brand{number}",
            "images": [{"image_base64": image_files.text(image_files.jpeg(number))}], **more}


def ndjson(rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


def large_jpeg(number, side):
    return image_files.encode(image_files.distinct(number).resize((side, side)), quality=95)


def put(server, number, headers, **more):
    made = server.post("/api/v1/items", json=body_of(number, **more), headers=headers)
    assert made.status_code in (200, 201), made.text
    return made.json()


def listed(server, headers):
    answer = server.get("/api/v1/items?limit=100&facets=[\"brand\"]", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def ids_found(server, number, headers):
    photo = image_files.text(image_files.jpeg(number))
    return [one["external_id"] for one in results(server.post("/api/v1/search", json={"image_base64": photo, "limit": 50}, headers=headers))]


def create_tenant(server, name, headers=None, **more):
    made = server.post("/api/v1/tenants", json={"name": name, **more}, headers=headers or {})
    assert made.status_code == 201, made.text
    return made.json()


def remove_tenant(server, name, **parameters):
    return server.delete(f"/api/v1/tenants/{name}", params={"confirm": name, **parameters})


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """An open server with an item of number 1 in default, 2 and 3 in the tenant a, and 4 in the tenant b."""
    with Server(tmp_path_factory.mktemp("two")) as server:
        for name in ("a", "b"):
            create_tenant(server, name)
        server.items = {number: put(server, number, of(tenant))
                        for number, tenant in ((1, "default"), (2, "a"), (3, "a"), (4, "b"))}
        for tenant, count in (("default", 1), ("a", 2), ("b", 1)):
            wait_until(lambda t=tenant, c=count: len(listed(server, of(t))["items"]) == c, f"the items of {tenant}")
            wait_until(lambda t=tenant, c=count: len(ids_found(server, 1, of(t))) == c, f"the index of {tenant}")
        yield server


@pytest.mark.parametrize("tenant, own", [("default", {"1"}), ("a", {"2", "3"}), ("b", {"4"})])
def test_a_tenant_sees_its_own_items_only(two, tenant, own):
    headers = of(tenant)
    page = listed(two, headers)
    assert {one["external_id"] for one in page["items"]} == own
    assert {value["value"] for value in page["facets"]["brand"]["values"]} == {f"brand{number}" for number in own}
    assert set(ids_found(two, 1, headers)) == own
    words = results(two.post("/api/v1/search", json={"text": "dress number"}, headers=headers))
    assert {one["external_id"] for one in words} == own
    other = next(number for number in ("1", "2", "4") if number not in own)
    exact = results(two.post("/api/v1/search", json={"text": f"brand{other}"}, headers=headers))
    assert other not in {one["external_id"] for one in exact}
    answer = two.post("/api/v1/search", json={"text": f"brand{other}x", "facets": ["brand"]}, headers=headers)
    assert f"\"brand{other}\"" not in answer.text, "a suggestion or a facet of another tenant"
    fit_process.wait_for_items(two, len(own), headers=headers)


def test_images_belong_to_their_tenant(two):
    for number, tenant in ((1, "default"), (2, "a"), (4, "b")):
        image = two.items[number]["images"][0]
        assert ("tenant=" in image["url"]) == (tenant != "default")
        for address in (image["url"], image["thumbnail_url"]):
            shown = two.get(address)
            assert shown.status_code == 200, shown.text
            assert "X-Tenant" in shown.headers["Vary"]
        assert two.get(image["url"]).content == image_files.jpeg(number)
    # Ids count up in each tenant by itself: the same one is another image elsewhere.
    first = two.items[2]["images"][0]["url"].split("?")[0]
    assert two.get(first, headers=of("a")).content == image_files.jpeg(2)
    assert two.get(first, headers=of("b")).content == image_files.jpeg(4)
    assert two.get(first + "?tenant=none").status_code == 404


def start_import(server, tenant, name, rows):
    """An import of so many rows that is under way, in a process of its own."""
    body = ndjson({"external_id": str(n), "title": f"Shirt {n}", "images": [{"image_base64": image_files.text(large_jpeg(n, 500))}]}
                  for n in range(rows))
    running = subprocess.Popen(["curl", "-sS", "-X", "POST", "--data-binary", "@-", "-H", "Content-Type: application/x-ndjson", "-H", f"X-Tenant: {tenant}",
                                f"{server.url}/api/v1/items/import?source=long&run={name}"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    running.stdin.write(body.encode())
    running.stdin.close()
    wait_until(lambda: running.poll() is not None or server.get(f"/api/v1/items/import/{name}", headers=of(tenant)).status_code == 200,
               "the beginning of the import")
    return running


def test_an_import_is_followed_in_its_tenant_only(tmp_path):
    with Server(tmp_path) as server:
        for name in ("a", "b"):
            create_tenant(server, name)
        running = start_import(server, "b", "secret", 600)
        try:
            for tenant in ("a", "default"):
                for method in ("GET", "DELETE"):
                    answer = requests.request(method, server.url + "/api/v1/items/import/secret", headers=of(tenant), timeout=60)
                    assert answer.status_code == 404
        finally:
            assert running.wait(240 * fit_process.PATIENCE) == 0
        wait_until(lambda: len(listed(server, of("b"))["items"]) == 100, "a whole page of the imported items")
        assert server.get("/api/v1/items?source=long&external_id=599", headers=of("b")).status_code == 200, "nobody stopped it"
        assert listed(server, of("a"))["items"] == []


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_refused_and_named(two, name):
    made = two.post("/api/v1/tenants", json={"name": name})
    assert made.status_code == 422 and made.json()["field"] == "name", made.text
    if name.isascii():
        chosen = two.get("/api/v1/items", headers=of(name))
        assert chosen.status_code == 422 and chosen.json()["field"] == "X-Tenant", (name, chosen.text)
    command = fit_process.run(two.data, "tenant", "create", "--", name, check=False)
    assert command.returncode != 0
    assert {one["name"] for one in two.get("/api/v1/tenants").json()["tenants"]} == {"default", "a", "b"}


def test_unknown_tenants_and_members_are_named(two):
    assert two.get("/api/v1/items", headers=of("none")).status_code == 404
    assert two.get("/api/v1/tenants/none").status_code == 404
    assert remove_tenant(two, "none").status_code == 404
    assert two.post("/api/v1/tenants", json={"name": "a"}).status_code == 409
    assert two.post("/api/v1/tenants", json={"name": "default"}).status_code == 409
    for body, field in (({"settings": {"app_port": 1}}, "settings.app_port"), ({"settings": {"thumbnail_size": 1}}, "settings.thumbnail_size"),
                        ({"settings": {"max_image_bytes": 1 << 40}}, "settings.max_image_bytes"), ({"settings": []}, "settings"),
                        ({"settings": {"embedding_provider": True}}, "settings.embedding_provider"), ({"quotas": {"items": 0}}, "quotas.items"),
                        ({"quotas": {"items": -1}}, "quotas.items"), ({"quotas": {"cats": 1}}, "quotas.cats"), ({"more": 1}, "more")):
        answer = two.patch("/api/v1/tenants/a", json=body)
        assert answer.status_code == 422 and answer.json()["field"] == field, answer.text
    assert two.patch("/api/v1/tenants/default", json={"quotas": {"items": 1}}).status_code == 409
    assert two.delete("/api/v1/tenants/default?confirm=default").status_code == 409
    for wrong in ("", "?confirm=b", "?confirm=A"):
        answer = two.delete("/api/v1/tenants/a" + wrong)
        assert answer.status_code == 422 and answer.json()["field"] == "confirm"
    # From another tenant nobody manages tenants.
    assert two.get("/api/v1/tenants", headers=of("a")).status_code == 403
    assert two.get("/api/v1/items", headers=of("a")).status_code == 200


@pytest.fixture(scope="module")
def closed(tmp_path_factory):
    """A server that asks who is there, with the tenants a and b, an item in each, and a key with all scopes of each."""
    data = tmp_path_factory.mktemp("closed")
    with Server(data, API_KEY=ROOT, RATE_LIMIT_SIGN_IN="1000/second") as server:
        server.keys = {}
        for name in ("a", "b"):
            create_tenant(server, name, {"X-API-Key": ROOT})
            key = server.post("/api/v1/keys", json={"name": name, "scopes": ["*"], "tenant": name}, headers={"X-API-Key": ROOT})
            assert key.status_code == 201 and key.json()["tenant"] == name, key.text
            server.keys[name] = key.json()["secret"]
        server.item = {name: put(server, number, {"X-API-Key": server.keys[name]}) for number, name in ((1, "a"), (2, "b"))}
        yield server


def call(server, method, path, key, **options):
    headers = {"X-API-Key": key, **options.pop("headers", {})}
    return requests.request(method, server.url + path, headers=headers, timeout=60 * fit_process.PATIENCE, **options)


def test_a_key_is_of_one_tenant(closed):
    for other in ("b", "default", "none"):
        answer = call(closed, "GET", "/api/v1/items", closed.keys["a"], headers=of(other))
        assert answer.status_code == 403 and answer.json()["field"] == "X-Tenant"
    assert call(closed, "GET", "/api/v1/items", ROOT, headers=of("a")).status_code == 403
    assert call(closed, "GET", "/api/v1/items", closed.keys["a"], headers=of("a")).status_code == 200
    for path in ("/api/v1/tenants", "/api/v1/tenants/a", "/api/v1/tenants/b"):
        assert call(closed, "GET", path, closed.keys["a"]).status_code == 403
    assert call(closed, "DELETE", "/api/v1/tenants/a?confirm=a", closed.keys["a"]).status_code == 403
    refused = call(closed, "POST", "/api/v1/keys", closed.keys["a"], json={"name": "x", "scopes": ["search"], "tenant": "b"})
    assert refused.status_code == 403 and refused.json()["field"] == "tenant"
    assert call(closed, "POST", "/api/v1/keys", ROOT, json={"name": "x", "scopes": ["search"], "tenant": "none"}).status_code == 404
    assert requests.get(closed.url + "/api/v1/items", headers=of("a"), timeout=60).status_code == 401


def test_keys_members_and_audit_are_those_of_the_caller(closed):
    names = {name: {one["name"] for one in call(closed, "GET", "/api/v1/keys", key).json()["keys"]}
             for name, key in closed.keys.items()}
    assert names == {"a": {"a"}, "b": {"b"}}
    invited = call(closed, "POST", "/api/v1/users", closed.keys["a"], json={"email": "ann@a.example", "role": "owner"})
    assert invited.status_code == 201 and invited.json()["invitation_url"]
    user = invited.json()["id"]
    for key in (closed.keys["b"], ROOT):
        assert [one["email"] for one in call(closed, "GET", "/api/v1/users", key).json()["users"]] == []
        for method, body in (("GET", None), ("PATCH", {"role": "viewer"}), ("DELETE", None)):
            assert call(closed, method, f"/api/v1/users/{user}", key, json=body).status_code == 404
    # Who belongs to two tenants is not taken over by one of them.
    joined = call(closed, "POST", "/api/v1/users", closed.keys["b"], json={"email": "ann@a.example", "role": "viewer"})
    assert joined.status_code == 201 and joined.json()["invitation_url"] is None and joined.json()["role"] == "viewer"
    for change in ({"name": "Eve"}, {"disabled": True}):
        assert call(closed, "PATCH", f"/api/v1/users/{user}", closed.keys["b"], json=change).status_code == 403
    assert call(closed, "PATCH", f"/api/v1/users/{user}", closed.keys["b"], json={"role": "editor"}).json()["role"] == "editor"
    assert call(closed, "GET", f"/api/v1/users/{user}", closed.keys["a"]).json()["role"] == "owner"
    assert call(closed, "DELETE", f"/api/v1/users/{user}", closed.keys["b"]).status_code == 204
    assert call(closed, "GET", f"/api/v1/users/{user}", closed.keys["a"]).status_code == 200

    def entries(key, query=""):
        return call(closed, "GET", "/api/v1/audit?limit=1000" + query, key).json()["entries"]

    wait_until(lambda: any(one["action"] == "users.delete" for one in entries(closed.keys["b"])), "the audit log")
    for name, key in closed.keys.items():
        assert {one["tenant"] for one in entries(key)} == {name}
        assert call(closed, "GET", "/api/v1/audit?tenant=default", key).status_code == 403
    assert {one["tenant"] for one in entries(ROOT)} >= {"a", "b", "default"}
    assert {one["tenant"] for one in entries(ROOT, "&tenant=a")} == {"a"}


def test_ids_of_another_tenant_are_unknown(closed):
    """Every operation of the API document with an id that only the tenant a has, called by b."""
    for number in range(10, 14):  # ids that b does not have
        closed.item[number] = put(closed, number, {"X-API-Key": closed.keys["a"]})
    foreign = closed.item[13]
    key = call(closed, "POST", "/api/v1/keys", closed.keys["a"], json={"name": "k", "scopes": ["search"]}).json()["id"]
    user = call(closed, "POST", "/api/v1/users", closed.keys["a"], json={"email": "kim@a.example", "role": "viewer"}).json()["id"]
    image = foreign["images"][0]["id"]
    ids = {"/api/v1/items/": foreign["id"], "/images/": image, "/api/v1/keys/": key, "/api/v1/users/": user}
    # What the body must hold for the call to reach the id.
    bodies = {"PUT": body_of(13), "PATCH": {"role": "viewer"}}
    document = closed.get("/openapi.json").json()
    tried = 0
    for path, methods in document["paths"].items():
        for start, one in ids.items():
            if not path.startswith(start + "{id}"):
                continue
            for method, operation in methods.items():
                needed = {one["name"]: one["example"] for one in operation.get("parameters", [])
                          if one.get("in") == "query" and one.get("required")}
                body = {"title": "stolen"} if path.startswith("/api/v1/items/") and method == "patch" else bodies.get(method.upper())
                answer = call(closed, method.upper(), path.replace("{id}", str(one)), closed.keys["b"], json=body, params=needed)
                assert answer.status_code == 404, (method, path, answer.status_code, answer.text)
                tried += 1
    assert tried >= 12
    assert call(closed, "GET", f"/api/v1/items/{foreign['id']}", closed.keys["a"]).json()["title"] == foreign["title"]
    similar = call(closed, "POST", "/api/v1/search", closed.keys["b"], json={"item_id": foreign["id"]})
    assert similar.status_code == 404
    for path in ("/api/v1/tokens", "/api/v1/tokens/revoke"):
        body = {"key_id": key} | ({"jti": "x"} if path.endswith("revoke") else {})
        assert call(closed, "POST", path, closed.keys["b"], json=body).status_code == 404


def test_a_user_enters_the_tenants_that_they_may(closed):
    owner = create(closed.data, "boss@x.example", "owner")
    # The same person in a second tenant, by a command beside the server.
    fit_process.run(closed.data, "user", "create", owner, "--role", "viewer", "--tenant", "a")
    browser = Browser(closed)
    assert browser.log_in(owner).status_code == 200
    wait_until(lambda: {one["name"] for one in browser.me()["tenants"]} == {"default", "a"}, "the membership")
    assert browser.me()["tenant"] == "default" and browser.me()["role"] == "owner"
    assert browser.call("GET", "/api/v1/items").json()["items"] == []
    inside = browser.call("GET", "/api/v1/items", headers=of("a"))
    assert "1" in {one["external_id"] for one in inside.json()["items"]}
    assert browser.call("GET", "/api/v1/keys", headers=of("a")).status_code == 403, "a viewer there"
    unknown, foreign = (browser.call("GET", "/api/v1/items", headers=of(name)) for name in ("none", "b"))
    assert unknown.status_code == foreign.status_code == 404
    assert unknown.json()["detail"] == foreign.json()["detail"]
    made = browser.call("POST", "/api/v1/tenants", json={"name": "mine"})
    assert made.status_code == 201, made.text
    assert browser.call("POST", "/api/v1/items", json=body_of(1), headers=of("mine")).status_code == 201
    assert browser.call("DELETE", "/api/v1/tenants/mine?confirm=mine&backup=false").status_code == 200
    assert browser.call("GET", "/api/v1/items", headers=of("mine")).status_code == 404


def test_quotas_are_enforced_and_named(tmp_path):
    size = len(image_files.jpeg(1))
    with Server(tmp_path) as server:
        create_tenant(server, "small", quotas={"items": 2})
        for number in (1, 2):
            put(server, number, of("small"))
        refused = server.post("/api/v1/items", json=body_of(3), headers=of("small"))
        assert refused.status_code == 403 and "items" in refused.json()["detail"]
        assert put(server, 2, of("small"), price=5)["price"] == 5, "an item that is there may change"
        rows = ndjson({"external_id": str(n), "title": "Shirt", "images": body_of(n)["images"]} for n in (7, 8))
        report = server.post("/api/v1/items/import?source=csv", data=rows, headers={**of("small"), "Content-Type": "application/x-ndjson"})
        assert report.status_code == 200 and report.json()["rejected"] == 2 and report.json()["created"] == 0, report.text
        first = server.get("/api/v1/items?source=shop&external_id=1", headers=of("small")).json()["id"]
        assert server.delete(f"/api/v1/items/{first}", headers=of("small")).status_code == 204
        put(server, 3, of("small"))
        assert server.patch("/api/v1/tenants/small", json={"quotas": {"items": None, "bytes": 3 * size // 2}}).status_code == 200
        full = server.post("/api/v1/items", json=body_of(4), headers=of("small"))
        assert full.status_code == 507 and "bytes" in full.json()["detail"]
        for number in range(20, 40):  # "default" and others have no quota
            put(server, number, of("default"))
        create_tenant(server, "slow", quotas={"requests_per_day": 5})
        codes = [server.get("/api/v1/items", headers=of("slow")).status_code for _ in range(8)]
        assert codes == [200] * 5 + [429] * 3
        last = server.get("/api/v1/items", headers=of("slow"))
        assert "requests_per_day" in last.json()["detail"] and last.headers["Retry-After"]
    with Server(tmp_path) as server:
        assert server.get("/api/v1/items", headers=of("slow")).status_code == 429, "the count outlives the server"
        assert server.patch("/api/v1/tenants/slow", json={"quotas": {"requests_per_day": 100}}).status_code == 200
        assert server.get("/api/v1/items", headers=of("slow")).status_code == 200


def test_settings_differ_by_tenant(tmp_path):
    with Server(tmp_path) as server:
        create_tenant(server, "thumbs", settings={"thumbnail_size": "40", "max_image_bytes": 5000})
        item = put(server, 1, of("default"))
        assert server.get(item["images"][0]["thumbnail_url"]).status_code == 200
        too_large = body_of(2, images=[{"image_base64": image_files.text(large_jpeg(2, 900))}])
        assert len(large_jpeg(2, 900)) > 5000
        assert server.post("/api/v1/items", json=too_large, headers=of("thumbs")).status_code == 413
        assert server.post("/api/v1/items", json=too_large).status_code == 201
        changed = server.patch("/api/v1/tenants/thumbs", json={"settings": {"max_image_bytes": None}})
        assert changed.json()["settings"] == {"thumbnail_size": "40"}
        assert server.post("/api/v1/items", json=too_large, headers=of("thumbs")).status_code == 201


def test_few_open_tenants_serve_many(tmp_path):
    names = [f"t{number}" for number in range(5)]
    with Server(tmp_path, MAX_OPEN_TENANTS=2) as server:
        for number, name in enumerate(names):
            create_tenant(server, name)
            put(server, number, of(name))
        chance = random.Random(5)
        for _ in range(20):
            number = chance.randrange(5)
            wait_until(lambda n=number: ids_found(server, n, of(names[n])) == [str(n)], "the item of a tenant that was opened again")

        def metric(name):
            lines = [line for line in server.get("/metrics").text.splitlines() if line.startswith(name + " ")]
            return float(lines[0].split()[-1]) if lines else None

        wait_until(lambda: metric("fit_tenants_open") is not None and metric("fit_tenants_open") <= 2, "the gauge of open tenants")
        wait_until(lambda: "\nfit_items 1\n" in server.get("/metrics", headers=of("t3")).text, "the gauge of a tenant")
        assert "fit_http_requests_total" not in server.get("/metrics", headers=of("t3")).text
        assert metric("fit_items") in (None, 0), "the gauge of default is its own"


def test_an_idle_tenant_is_closed_and_opened_again(tmp_path):
    with Server(tmp_path, TENANT_IDLE_TIME=5) as server:
        create_tenant(server, "shop")
        put(server, 1, of("shop"))
        assert "fit_tenant_open_seconds_count 1" in server.get("/metrics").text
        wait_until(lambda: "fit_tenants_open 1" in server.get("/metrics").text, "the gauge of the open tenant")
        wait_until(lambda: "fit_tenants_open 0" in server.get("/metrics").text, "the end of the idle tenant")
        assert ids_found(server, 1, of("shop")) == ["1"]
        assert "fit_tenant_open_seconds_count 2" in server.get("/metrics").text


def folder_of(data, name):
    return pathlib.Path(data) / "storage" / "tenants" / name


def test_removal_makes_a_backup_that_brings_the_tenant_back(tmp_path):
    with Server(tmp_path) as server:
        create_tenant(server, "shop")
        for number in (1, 2):
            put(server, number, of("shop"))
        put(server, 3, of("default"))
        removed = remove_tenant(server, "shop")
        assert removed.status_code == 200, removed.text
        backup = tmp_path / "storage" / removed.json()["backup"]
        assert (backup / "manifest.json").exists()
        assert server.get("/api/v1/items", headers=of("shop")).status_code == 404
        assert not folder_of(tmp_path, "shop").exists()
        for name in ("again", "shop"):  # PostgreSQL needs the name of the saved tenant for a moment
            made = fit_process.run(tmp_path, "tenant", "create", name, "--from", backup)
            assert f"tenant {name} is created" in made.stdout
            wait_until(lambda n=name: sorted(ids_found(server, 1, of(n))) == ["1", "2"], "the restored items")
            image = listed(server, of(name))["items"][0]["images"][0]
            assert server.get(image["url"]).status_code == 200
        put(server, 9, of("again"))
        assert {one["external_id"] for one in listed(server, of("shop"))["items"]} == {"1", "2"}
        assert remove_tenant(server, "again", backup="false").json()["backup"] is None
        # A backup of default does not have the other catalogues, and knows that they are missing.
        fit_process.run(tmp_path, "backup", tmp_path / "first")
        fit_process.run(tmp_path, "backup", tmp_path / "own", "--tenant", "shop")
    other = tmp_path / "other"
    other.mkdir()
    fit_process.database_url(other, has_tables=False)
    fit_process.run(other, "restore", tmp_path / "first")
    with Server(other) as server:
        assert [one["external_id"] for one in listed(server, of("default"))["items"]] == ["3"]
        assert server.get("/api/v1/items", headers=of("shop")).status_code == 503
        fit_process.run(other, "restore", tmp_path / "own", "--tenant", "shop")
        wait_until(lambda: sorted(ids_found(server, 1, of("shop"))) == ["1", "2"], "the restored tenant")


def test_commands_work_on_one_tenant_beside_a_server(drawn_sample, tmp_path):
    fit_process.run(tmp_path, "tenant", "create", "shop", "--max-items", "500")
    fit_process.run(tmp_path, "import", drawn_sample.csv, "--source", "sample", "--tenant", "shop")
    with Server(tmp_path) as server:
        assert listed(server, of("default"))["items"] == []
        wait_until(lambda: len(ids_found(server, 1, of("shop"))) > 10, "the imported items")
        made = fit_process.run(tmp_path, "key", "create", "pages", "--scope", "search", "--tenant", "shop", "--json")
        secret = made.stdout.split('"secret": "')[1].split('"')[0]
        fit_process.note_secrets(secret)
        found = results(call(server, "POST", "/api/v1/search", secret, json={"text": "dress"}))
        assert found and all(one["source"] == "sample" for one in found)
        assert "pages" in fit_process.run(tmp_path, "key", "list", "--tenant", "shop").stdout
        assert "pages" not in fit_process.run(tmp_path, "key", "list").stdout
        assert "shop" in fit_process.run(tmp_path, "tenant", "list").stdout
        fit_process.run(tmp_path, "check", "--tenant", "shop")
        for arguments, what in ((["search", "dress", "--tenant", "none"], "no such tenant"), (["serve", "--tenant", "shop"], "--tenant"),
                                (["import", drawn_sample.csv, "--tenant", "../x"], "--tenant"),
                                (["tenant", "remove", "shop", "--confirm", "other"], "--confirm")):
            done = fit_process.run(tmp_path, *arguments, check=False)
            assert done.returncode != 0 and what in done.stderr, (arguments, done.stderr)
        fit_process.run(tmp_path, "tenant", "remove", "shop", "--confirm", "shop", "--no-backup")
        assert server.get("/api/v1/items", headers=of("shop")).status_code == 404
        assert call(server, "POST", "/api/v1/search", secret, json={"text": "dress"}).status_code in (401, 404)


def start(data, *arguments):
    return subprocess.Popen([fit_process.BINARY, *map(str, arguments)], env=fit_process.environment(data), cwd=data,
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def kill_after(process, seconds):
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()


def test_kill_during_creation_and_removal_leaves_nothing_half(tmp_path):
    chance = random.Random(34)
    with Server(tmp_path) as server:
        put(server, 1, of("default"))
        for _ in range(6):
            kill_after(start(tmp_path, "tenant", "create", "shop"), chance.uniform(0.01, 0.4) * fit_process.PATIENCE)
            answer = server.get("/api/v1/items", headers=of("shop"))
            assert answer.status_code in (200, 404), answer.text
            if answer.status_code == 404:
                fit_process.run(tmp_path, "tenant", "create", "shop")
            assert listed(server, of("shop"))["items"] == []
            put(server, 5, of("shop"))
            kill_after(start(tmp_path, "tenant", "remove", "shop", "--confirm", "shop"), chance.uniform(0.01, 4) * fit_process.PATIENCE)
            wait_until(lambda: server.get("/api/v1/items", headers=of("shop")).status_code in (200, 404), "a whole tenant, or none")
            left = fit_process.run(tmp_path, "tenant", "remove", "shop", "--confirm", "shop", "--no-backup", check=False)
            assert left.returncode == 0 or "no such tenant" in left.stderr, left.stderr
            assert server.get("/api/v1/items", headers=of("shop")).status_code == 404
            assert not folder_of(tmp_path, "shop").exists()
        assert [one["external_id"] for one in listed(server, of("default"))["items"]] == ["1"]


def test_a_tenant_in_use_is_not_removed(tmp_path):
    with Server(tmp_path) as server:
        create_tenant(server, "shop")
        running = start_import(server, "shop", "r", 800)
        removed = remove_tenant(server, "shop", backup="false")
        assert removed.status_code in (200, 409), removed.text  # 200 where the import has ended within the wait
        if removed.status_code == 409:
            assert server.get("/api/v1/items", headers=of("shop")).status_code == 200
            assert server.delete("/api/v1/items/import/r", headers=of("shop")).status_code in (200, 404)
            assert running.wait(240 * fit_process.PATIENCE) == 0
            assert remove_tenant(server, "shop", backup="false").status_code == 200
        running.wait(240 * fit_process.PATIENCE)
        assert server.get("/api/v1/items", headers=of("shop")).status_code == 404


def test_many_create_one_tenant_at_once(tmp_path):
    with Server(tmp_path) as server:
        makers = [start(tmp_path, "tenant", "create", "shop") for _ in range(4)]
        assert sorted(maker.wait(120 * fit_process.PATIENCE) == 0 for maker in makers) == [False, False, False, True]
        put(server, 1, of("shop"))
        begun = time.monotonic()
        assert server.get("/api/v1/items", headers=of("shop")).status_code == 200
        assert time.monotonic() - begun < 60 * fit_process.PATIENCE


def test_accounts_of_an_earlier_version_stay(tmp_path):
    """A catalogue whose schema ends before tenants, with a user and a key, is migrated."""
    fit_process.database_url(tmp_path, has_tables=False)
    fit_process.run(tmp_path, "migrate", "--to", "8")
    with Server(tmp_path, API_KEY=ROOT) as server:
        steps = fit_process.run(tmp_path, "migrate", "--json").stdout
        assert '"tenants"' in steps
        owner = create(tmp_path, "boss@x.example", "owner", PASSWORD)
        browser = Browser(server)
        assert browser.log_in(owner).status_code == 200
        me = browser.me()
        assert me["tenants"] == [{"name": "default", "role": "owner"}] and me["tenant"] == "default"
        assert browser.call("GET", "/api/v1/users").json()["users"][0]["role"] == "owner"
