"""Searches of several tenants: who may, how results are merged and paged, and what happens when a tenant fails."""

import json
import pathlib
import sqlite3
import subprocess

import pytest
import requests

import fit_process
import image_files
from checks import assert_problem, results
from fit_process import tenants_server as Server
from fit_process import wait_until

ROOT = "the-key-of-the-environment"
PER_TENANT = 6


def of(tenant):
    return {"X-Tenant": tenant}


def create(server, name, headers=None, **more):
    made = server.post("/api/v1/tenants", json={"name": name, **more}, headers=headers or {})
    assert made.status_code == 201, made.text


def put(server, number, headers, **more):
    body = {"source": "shop", "external_id": str(number), "title": f"Dress number {number}", "brand": f"brand{number % 3}", "price": number,
            "images": [{"image_base64": image_files.text(image_files.jpeg(number))}], **more}
    made = server.post("/api/v1/items", json=body, headers=headers)
    assert made.status_code in (200, 201), made.text
    return made.json()


def photo(number=1):
    return image_files.text(image_files.jpeg(number))


def key_of(item):
    return item["tenant"], item["external_id"]


def found_in(server, tenant, headers=None, **fields):
    return results(server.post("/api/v1/search", json=fields, headers=of(tenant) | (headers or {})))


def fill(server, tenants, headers=None):
    """Items in each tenant: 1..6 in the first, 7..12 in the second, ... Waits until searches find them."""
    items = {}
    for place, tenant in enumerate(tenants):
        for number in range(place * PER_TENANT + 1, (place + 1) * PER_TENANT + 1):
            items[number] = put(server, number, of(tenant) | (headers or {}))
    for tenant in tenants:
        wait_until(lambda t=tenant: len(found_in(server, t, headers, image_base64=photo(), limit=100)) == PER_TENANT, f"the index of {tenant}")
    return items


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    """An open server: default and a with the model palette, b with the built-in one."""
    with Server(tmp_path_factory.mktemp("three")) as server:
        create(server, "a")
        create(server, "b", settings={"embedding_provider": "builtin"})
        server.items = fill(server, ("default", "a", "b"))
        yield server


def test_results_of_one_model_are_merged_by_similarity(three):
    answer = three.search(tenants=["a", "default"], image_base64=photo(12), limit=100)
    merged = results(answer)
    assert answer.json()["merged_by"] == "similarity"
    assert answer.json()["embedding_provider"] == "palette"
    assert "partial" not in answer.json()
    assert len(merged) == 2 * PER_TENANT
    assert [one["similarity"] for one in merged] == sorted((one["similarity"] for one in merged), reverse=True)
    assert key_of(merged[0]) == ("a", "12") and merged[0]["same_image"]
    for tenant in ("default", "a"):
        alone = [one["external_id"] for one in found_in(three, tenant, image_base64=photo(12), limit=100)]
        assert [one["external_id"] for one in merged if one["tenant"] == tenant] == alone
    for one in merged:
        shown = three.get(one["image_url"])
        assert shown.status_code == 200 and shown.content == image_files.jpeg(int(one["external_id"]))


def test_results_of_several_models_are_merged_by_relevance(three):
    answer = three.search(tenants=["*"], image_base64=photo(20), limit=100)
    merged = results(answer)
    assert answer.json()["merged_by"] == "relevance"
    assert {one["tenant"] for one in merged} == {"default", "a", "b"}
    assert [one["relevance"] for one in merged] == sorted((one["relevance"] for one in merged), reverse=True)
    assert {one["tenant"]: one["embedding_provider"] for one in answer.json()["tenants"]} == {
        "default": "palette", "a": "palette", "b": "builtin"}


def test_a_form_asks_several_tenants_too(three):
    answer = three.post("/api/v1/search", files={"image": image_files.jpeg(12)}, data={"tenants": json.dumps(["a", "default"]), "limit": "100"})
    as_json = three.search(tenants=["a", "default"], image_base64=photo(12), limit=100)
    assert [key_of(one) for one in results(answer)] == [key_of(one) for one in results(as_json)]


def pages(server, at_most, **query):
    """The results of all pages of a query, which are at most as many as given."""
    paged = []
    cursor = {}
    while True:
        answer = server.search(**query, **cursor)
        paged += [key_of(one) for one in results(answer)]
        assert len(paged) <= at_most, "results repeat"
        if "next_cursor" not in answer.json():
            return paged
        cursor = {"cursor": answer.json()["next_cursor"]}


@pytest.mark.parametrize("query", [{"image_base64": photo(4)}, {"text": "dress number"}, {"text": "under $500"},
                                   {"image_base64": photo(4), "sort": "price_desc"}, {"image_base64": photo(4), "text": "in red"}])
@pytest.mark.parametrize("tenants", [["a", "default"], ["*"]])
def test_pages_neither_repeat_nor_lose_results(three, query, tenants):
    whole = [key_of(one) for one in results(three.search(tenants=tenants, limit=100, **query))]
    assert len(whole) == len(set(whole)) >= PER_TENANT
    for limit in (2, 5):
        paged = pages(three, len(whole), tenants=tenants, limit=limit, **query)
        assert sorted(paged) == sorted(whole)
        if "sort" in query or tenants != ["*"]:
            assert paged == whole


def test_cursors_belong_to_their_query(three):
    first = three.search(tenants=["a", "default"], image_base64=photo(4), limit=2).json()["next_cursor"]
    alone = three.search(image_base64=photo(4), limit=2).json()["next_cursor"]
    assert_problem(three.search(tenants=["a", "b"], image_base64=photo(4), cursor=first), 422, "cursor")
    assert_problem(three.search(tenants=["a", "default"], image_base64=photo(5), cursor=first), 422, "cursor")
    assert_problem(three.search(tenants=["a", "default"], image_base64=photo(4), cursor=alone), 422, "cursor")
    assert_problem(three.search(image_base64=photo(4), cursor=first), 422, "cursor")
    assert_problem(three.search(tenants=["a", "default"], image_base64=photo(4), cursor="x"), 422, "cursor")
    # The order in which the tenants are named does not count.
    assert len(results(three.search(tenants=["default", "a"], image_base64=photo(4), cursor=first, limit=3))) == 3


def test_facets_are_summed(three):
    answer = three.search(tenants=["a", "default"], image_base64=photo(), facets=["brand", "price"])
    facets = answer.json()["facets"]
    assert {one["value"]: one["count"] for one in facets["brand"]["values"]} == {f"brand{n}": 2 * PER_TENANT // 3 for n in range(3)}
    assert (facets["price"]["min"], facets["price"]["max"]) == (1, 2 * PER_TENANT)
    assert sum(bucket["count"] for bucket in facets["price"]["histogram"]) == 2 * PER_TENANT


def test_an_item_is_an_example_for_other_tenants(three):
    item = three.items[12]["id"]
    answer = three.search(tenants=["a", "default"], item_tenant="a", item_id=item, limit=100)
    merged = [key_of(one) for one in results(answer)]
    assert len(merged) == 2 * PER_TENANT - 1 and ("a", "12") not in merged
    by_photo = [key_of(one) for one in results(three.search(tenants=["a", "default"], image_base64=photo(12), limit=100))]
    assert merged == [one for one in by_photo if one != ("a", "12")]
    elsewhere = results(three.search(tenants=["default"], item_tenant="a", item_id=item, limit=100))
    assert len(elsewhere) == PER_TENANT, "the item of that number in default is another one"
    assert_problem(three.search(tenants=["a"], item_id=item), 422, "item_tenant")
    assert_problem(three.search(tenants=["default"], item_tenant="a", item_id="999999"), 404)
    assert_problem(three.search(tenants=["a"], item_tenant="none", item_id=item), 404, "item_tenant")


def test_bad_fields_are_named(three):
    for tenants in ([], ["a", "a"], ["*", "a"], ["../a"], ["A"], [7], "a", {"a": 1}, ["x" * 64], [f"t{n}" for n in range(257)]):
        assert_problem(three.search(tenants=tenants, text="dress"), 422, "tenants")
    assert_problem(three.search(tenants=["a", "none"], text="dress"), 404, "tenants")
    assert_problem(three.search(tenants=["a"], like=["1"]), 422, "like")
    assert_problem(three.search(tenants=["a"], text="dress", limit=0), 422, "limit")
    assert_problem(three.search(tenants=["a", "b"], image_base64=image_files.text(b"no image")), 400, "image_base64")
    assert_problem(three.search_by_image(tenants=["a"], image_base64=photo()), 422, "tenants")


def test_the_responses_match_their_schema(three):
    from test_openapi import check, response_schema
    document = three.get("/openapi.json").json()
    for answer in (three.search(tenants=["*"], image_base64=photo(), limit=3, facets=["brand"]), three.search(tenants=["none"], text="x")):
        check(document, response_schema(document, "/api/v1/search", "post", answer), answer.json())


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """A server that asks who is there, with the tenants default, a and b."""
    with Server(tmp_path_factory.mktemp("guarded"), API_KEY=ROOT, RATE_LIMIT_SIGN_IN="1000/minute") as server:
        root = {"Authorization": f"Bearer {ROOT}"}
        for name in ("a", "b"):
            create(server, name, headers=root)

        def key(tenant, *scopes, **more):
            made = server.post("/api/v1/keys", json={"name": "test", "scopes": scopes, "tenant": tenant, **more}, headers=root)
            assert made.status_code == 201, made.text
            return made.json()

        server.key = key
        writer = {"Authorization": "Bearer " + key("a", "items:write", "items:read", "search")["secret"]}
        for number in (1, 2, 3):
            put(server, number, writer)
        wait_until(lambda: len(results(server.post("/api/v1/search", json={"image_base64": photo()}, headers=writer))) == 3, "the index")
        yield server


def ask(server, secret, **fields):
    return server.post("/api/v1/search", json={"image_base64": photo(), **fields}, headers={"Authorization": f"Bearer {secret}"})


def test_a_key_searches_its_own_tenant_only(guarded):
    secret = guarded.key("a", "search")["secret"]
    for tenants in (["*"], ["a"]):
        assert {one["tenant"] for one in results(ask(guarded, secret, tenants=tenants))} == {"a"}
    refusals = [assert_problem(ask(guarded, secret, tenants=["a", other]), 403, "tenants")["detail"].replace(other, "X")
                for other in ("b", "default", "none")]
    assert len(set(refusals)) == 1, "whether a tenant exists is not told"
    for of_default in (ROOT, guarded.key("default", "search", "admin")["secret"]):
        assert_problem(ask(guarded, of_default, tenants=["a"]), 403, "tenants")
        assert_problem(ask(guarded, of_default, tenants=["default"], item_tenant="a", item_id="1", image_base64=None), 403, "item_tenant")


def test_a_search_token_is_not_widened(guarded):
    from test_tokens import signed
    parent = guarded.key("a", "search")
    token = signed(parent, filters={"brand": "brand1"}, limit=2, exclude_fields=["price"])
    answer = ask(guarded, token, tenants=["*"], facets=["brand"])
    assert {one["brand"] for one in results(answer)} == {"brand1"}
    assert all("price" not in one for one in answer.json()["results"])
    assert [one["value"] for one in answer.json()["facets"]["brand"]["values"]] == ["brand1"]
    assert_problem(ask(guarded, token, tenants=["*"], limit=50), 403, "limit")
    assert_problem(ask(guarded, token, tenants=["*"], facets=["price"]), 403, "facets")
    assert_problem(ask(guarded, token, tenants=["a", "b"]), 403, "tenants")


def database_of(server, tenant):
    return pathlib.Path(server.data) / "storage" / "tenants" / tenant / "fit.db"


def break_tenant(server, tenant):
    """Makes the catalogue of a closed tenant unreadable."""
    if fit_process.POSTGRES_FILE:
        psql(server, f'ALTER SCHEMA "tenant_{tenant}" RENAME TO "away_{tenant}"')
        return
    for file in database_of(server, tenant).parent.glob("fit.db*"):
        file.unlink()
    database_of(server, tenant).write_bytes(b"no database at all" * 500)


def psql(server, statement):
    url = fit_process.database_url(server.data)
    subprocess.run(["psql", "-X", "-q", "-d", url, "-c", statement], check=True, capture_output=True)


def test_a_broken_tenant_is_named_and_the_others_answer(tmp_path):
    with Server(tmp_path) as server:
        for name in ("good", "bad"):
            create(server, name)
        fill(server, ("good", "bad"))
    break_tenant(server, "bad")
    with Server(tmp_path) as server:
        answer = server.search(tenants=["*"], image_base64=photo(), limit=100)
        assert {one["tenant"] for one in results(answer)} == {"good"}
        (missing,) = answer.json()["partial"]
        assert missing["tenant"] == "bad" and missing["reason"]
        assert str(tmp_path) not in answer.text and "fit.db" not in answer.text, "the reason is for clients"
        alone = server.search(tenants=["bad"], image_base64=photo())
        assert alone.status_code >= 500, alone.text
        assert str(tmp_path) not in alone.text


def hold(server, tenant):
    """Makes every statement of a tenant's catalogue wait until close() of what is returned."""
    if fit_process.POSTGRES_FILE:
        url = fit_process.database_url(server.data)
        holder = subprocess.Popen(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        holder.stdin.write(f'BEGIN; LOCK TABLE "tenant_{tenant}".items, "tenant_{tenant}".store_meta IN ACCESS EXCLUSIVE MODE; SELECT 1;\n')
        holder.stdin.flush()
        assert holder.stdout.readline(), "the tables are not locked"
        return holder.stdin
    connection = sqlite3.connect(database_of(server, tenant), isolation_level=None)
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("BEGIN EXCLUSIVE")
    return connection


def test_a_slow_tenant_is_left_out(tmp_path):
    with Server(tmp_path) as server:
        create(server, "slow")
        fill(server, ("default", "slow"))
    with Server(tmp_path, FEDERATION_TIMEOUT=3000) as server:
        held = hold(server, "slow")
        try:
            for _ in range(2):  # the second search finds the tenant still busy
                answer = server.search(tenants=["*"], image_base64=photo(), limit=100)
                assert len(results(answer)) == PER_TENANT
                assert [one["tenant"] for one in answer.json()["partial"]] == ["slow"]
        finally:
            held.close()
        wait_until(lambda: len(results(server.search(tenants=["*"], image_base64=photo(), limit=100))) == 2 * PER_TENANT,
                   "the answer of the tenant that was slow")


def test_more_tenants_than_may_be_open_are_asked_in_waves(tmp_path):
    names = [f"t{number}" for number in range(6)]
    with Server(tmp_path, MAX_OPEN_TENANTS=2, FEDERATION_TIMEOUT=24000) as server:
        for number, name in enumerate(names):
            create(server, name)
            put(server, number + 1, of(name))
        wait_until(lambda: len(results(server.search(tenants=["*"], image_base64=photo()))) == len(names), "the items of all tenants")
        paged = pages(server, len(names), tenants=["*"], limit=2, image_base64=photo())
        assert sorted(tenant for tenant, _ in paged) == names, "a page continues in tenants that were closed meanwhile"
        metrics = server.get("/metrics").text
        assert "fit_tenants_open" in metrics
        gone = requests.delete(f"{server.url}/api/v1/tenants/t0", params={"confirm": "t0", "backup": "false"}, timeout=60)
        assert gone.status_code in (200, 204), gone.text
        wait_until(lambda: {one["tenant"] for one in results(server.search(tenants=["*"], image_base64=photo()))} == set(names[1:]),
                   "the search without the removed tenant")
