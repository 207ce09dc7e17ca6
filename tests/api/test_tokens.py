"""Search tokens: what whoever has a search key may sign, what such a token may do, and what it never shows."""

import base64
import hashlib
import hmac
import json
import re
import subprocess
import sys
import time
import uuid

import jwt
import pytest
import requests

import fit_process
import image_files
from checks import assert_problem
from fit_process import SOURCE_DIR, Server, wait_until

ROOT = "the-key-of-the-environment"
HOUR = 3600


def call(server, method, path, key=None, **options):
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return requests.request(method, server.url + path, headers=headers, timeout=60 * fit_process.PATIENCE, **options)


def make_key(server, *scopes, **options):
    made = call(server, "POST", "/api/v1/keys", ROOT, json={"name": "test", "scopes": scopes, **options})
    assert made.status_code == 201, made.text
    return made.json()


def signed(key, algorithm="HS256", header=None, secret=None, **claims):
    """A token that the key signs. A claim None is left out."""
    claims = {name: value for name, value in {"exp": int(time.time()) + HOUR, **claims}.items() if value is not None}
    header = {"kid": key["secret"][:12]} if header is None else header
    signer = hashlib.sha256((secret or key["secret"]).encode()).hexdigest()
    token = jwt.encode(claims, None if algorithm == "none" else signer, algorithm, headers=header)
    fit_process.note_secrets(token)
    return token


def search(server, token, **fields):
    return call(server, "POST", "/api/v1/search", token, json={"text": "dress", **fields})


def sources(response):
    assert response.status_code == 200, response.text
    return {item["source"] for item in response.json().get("results", response.json().get("items"))}


@pytest.fixture(scope="module")
def shop(drawn_sample, tmp_path_factory):
    """A server that asks who is there, with the items of two sellers: `mine` and `theirs`, whose brand nobody else has."""
    data = tmp_path_factory.mktemp("shop")
    with Server(data, API_KEY=ROOT) as server:
        server.items = {"mine": [], "theirs": []}
        for i, row in enumerate(drawn_sample.rows[:16]):
            seller = ("mine", "theirs")[i % 2]
            words = {"mine": "cotton dress", "theirs": "quokka dress"}[seller]
            made = call(server, "POST", "/api/v1/items", ROOT, json={
                "source": seller, "external_id": f"{i}", "title": f"{words} {i}", "price": 10 + i, "currency": "EUR",
                "brand": {"mine": "Mirabel", "theirs": "Zanzibrand"}[seller],
                "images": [{"image_base64": image_files.text(drawn_sample.photo(row))}]})
            assert made.status_code == 201, made.text
            server.items[seller].append(made.json())
        wait_until(lambda: len(call(server, "GET", "/api/v1/items", ROOT).json()["items"]) == 16, "the index")
        server.key = make_key(server, "search", "items:read")
        yield server


def test_a_token_narrows_what_its_key_may_do(shop):
    token = signed(shop.key, filters={"source": "mine"}, limit=3, user_id="ann", exclude_fields=["price", "url"])
    found = search(shop, token)
    assert sources(found) == {"mine"} and len(found.json()["results"]) == 3
    assert all("price" not in one and "url" not in one and "title" in one for one in found.json()["results"])
    listed = call(shop, "GET", "/api/v1/items?limit=2", token)
    assert sources(listed) == {"mine"} and "price" not in listed.json()["items"][0]
    one = call(shop, "GET", f"/api/v1/items/{shop.items['mine'][0]['id']}", token)
    assert one.status_code == 200 and "price" not in one.json() and one.json()["brand"] == "Mirabel"
    assert call(shop, "GET", one.json()["images"][0]["url"], token).status_code == 200
    wait_until(lambda: f"key:{shop.key['id']}/ann" in shop.output(), "the line of the log")


def test_the_claims_of_times(shop):
    now = int(time.time())
    for claims in ({"iat": now, "nbf": now}, {"iat": now + 240, "nbf": now + 240}, {"exp": now + 0.5 + HOUR},
                   {"exp": now + 24 * HOUR + 240, "iat": now + 240}, {"aud": "fit"}, {"aud": ["other", "fit"]}):
        assert search(shop, signed(shop.key, **claims)).status_code == 200, claims
    for claims, field in (({"exp": now - 1}, "exp"), ({"exp": None}, "exp"), ({"exp": "soon"}, "exp"), ({"exp": -1}, "exp"),
                          ({"exp": 10 ** 17}, "exp"), ({"exp": now + 25 * HOUR}, "exp"), ({"nbf": now + 600}, "nbf"),
                          ({"iat": now + 600}, "iat"), ({"aud": "shop"}, "aud"), ({"aud": ["shop"]}, "aud"), ({"aud": 7}, "aud")):
        token = signed(shop.key, **claims) if field != "aud" and claims.get("exp") != "soon" else raw(shop.key, **claims)
        assert_problem(search(shop, token), 401, field)


def raw(key, header=None, **claims):
    """A token that a library would not make."""
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")

    claims = {name: value for name, value in {"exp": int(time.time()) + HOUR, **claims}.items()}
    text = part({"alg": "HS256", "typ": "JWT", "kid": key["secret"][:12], **(header or {})}) + b"." + part(claims)
    signer = hashlib.sha256(key["secret"].encode()).hexdigest().encode()
    signature = base64.urlsafe_b64encode(hmac.new(signer, text, hashlib.sha256).digest()).rstrip(b"=")
    token = (text + b"." + signature).decode()
    fit_process.note_secrets(token)
    return token


@pytest.mark.parametrize("claims, field", [
    ({"filter": {"source": "mine"}}, "filter"), ({"scope": "admin"}, "scope"), ({"sub": "ann"}, "sub"),
    ({"filters": "mine"}, "filters"), ({"filters": {"colour": "red"}}, "filters.colour"), ({"filters": ["mine"]}, "filters"),
    ({"limit": 0}, "limit"), ({"limit": 101}, "limit"), ({"limit": "5"}, "limit"), ({"limit": 2.5}, "limit"),
    ({"user_id": ""}, "user_id"), ({"user_id": "x" * 201}, "user_id"), ({"user_id": "a\nb"}, "user_id"), ({"user_id": 7}, "user_id"),
    ({"jti": "x" * 201}, "jti"), ({"exclude_fields": ["prise"]}, "exclude_fields"), ({"exclude_fields": ["id"]}, "exclude_fields"),
    ({"exclude_fields": "price"}, "exclude_fields"), ({"exclude_fields": []}, "exclude_fields")])
def test_claims_that_are_not_understood_do_not_widen_a_token(shop, claims, field):
    assert_problem(search(shop, raw(shop.key, **claims)), 401, field)


@pytest.mark.parametrize("name", ["filters", "limit", "user_id", "exclude_fields", "jti", "nbf"])
def test_a_claim_that_is_null_is_refused(shop, name):
    assert_problem(search(shop, raw(shop.key, **{name: None})), 401, name)


def test_forged_tokens_are_refused(shop):
    good = signed(shop.key)
    head, claims, signature = good.split(".")
    other = make_key(shop, "search")
    wider = base64.urlsafe_b64encode(json.dumps({"exp": int(time.time()) + HOUR, "limit": 100}).encode()).rstrip(b"=").decode()
    forged = {
        "alg none": signed(shop.key, "none"),
        "alg none with a signature": raw(shop.key, header={"alg": "none"}),
        "alg None": raw(shop.key, header={"alg": "None"}),
        "another algorithm": signed(shop.key, "HS512"),
        "RS256 with the key as its public key": raw(shop.key, header={"alg": "RS256"}),
        "no algorithm": raw(shop.key, header={"alg": None}),
        "no kid": signed(shop.key, header={}),
        "a kid of no key": signed(shop.key, header={"kid": "fit_00000000"}),
        "a kid with SQL": signed(shop.key, header={"kid": "' OR 1=1 --"}),
        "a kid that is a path": signed(shop.key, header={"kid": "../../dev/null"}),
        "a kid that is a number": raw(shop.key, header={"kid": 7}),
        "a critical header": raw(shop.key, header={"crit": ["b64"], "b64": False}),
        "another key's signature": signed(shop.key, secret=other["secret"]),
        "the secret itself as the key": jwt.encode({"exp": int(time.time()) + HOUR}, shop.key["secret"], "HS256",
                                                   headers={"kid": shop.key["secret"][:12]}),
        "no signature": f"{head}.{claims}.",
        "two parts": f"{head}.{claims}",
        "other claims": f"{head}.{wider}.{signature}",
        "four parts": good + ".x",
        "not base64": f"{head}.{claims}.!!!!",
        "dots": "...",
        "the key's prefix": shop.key["prefix"] + ".",
        "long": good + "A" * 20_000,
    }
    for name, token in forged.items():
        answer = search(shop, token)
        problem = assert_problem(answer, 401, "token")
        assert shop.key["prefix"] not in answer.text and "sha" not in problem["detail"].lower(), name
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    unknown = search(shop, forged["a kid of no key"]).json()["detail"]
    assert unknown == search(shop, forged["another key's signature"]).json()["detail"], "tells which keys exist"
    assert search(shop, good).status_code == 200


def test_only_search_keys_sign_tokens(shop):
    for scopes in (["*"], ["admin"], ["search", "items:write"], ["items:read"], ["search", "embed"]):
        key = make_key(shop, *scopes)
        assert_problem(search(shop, signed(key)), 401, "token")
        minted = call(shop, "POST", "/api/v1/tokens", ROOT, json={"key_id": key["id"]})
        assert_problem(minted, 422, "key_id")
    alone = make_key(shop, "search")
    assert search(shop, signed(alone)).status_code == 200
    assert call(shop, "GET", "/api/v1/items", signed(alone)).json()["missing_scopes"] == ["items:read"]


def test_a_token_has_no_other_rights(shop):
    token = signed(shop.key)
    for method, path in (("GET", "/api/v1/keys"), ("POST", "/api/v1/keys"), ("GET", "/api/v1/audit"), ("POST", "/api/v1/tokens/revoke"),
                         ("POST", "/api/v1/items"), ("DELETE", "/api/v1/items/1"), ("GET", "/metrics"), ("POST", "/v1/embeddings"),
                         ("POST", "/api/v1/tokens")):
        options = {} if method == "GET" else {"json": {}}
        assert call(shop, method, path, token, **options).status_code == 403, path


def test_a_longer_limit_is_refused(shop):
    token = signed(shop.key, limit=2)
    assert len(search(shop, token).json()["results"]) == 2
    assert len(search(shop, token, limit=1).json()["results"]) == 1
    assert_problem(search(shop, token, limit=3), 403, "limit")
    assert_problem(call(shop, "GET", "/api/v1/items?limit=3", token), 403, "limit")
    photo = image_files.text(image_files.jpeg(1))
    assert len(call(shop, "POST", "/search_by_image", token, json={"image_base64": photo}).json()["results"]) == 2


def test_another_filter_does_not_widen_a_token(shop):
    token = signed(shop.key, filters={"source": "mine"})
    assert search(shop, token, filters={"source": "theirs"}).json()["results"] == []
    assert sources(search(shop, token, filters={"source": ["mine", "theirs"]})) == {"mine"}
    assert search(shop, token, filters={"source": {"not": "mine"}}).json()["results"] == []
    assert sources(search(shop, token, filters={"price_range": [0, 1000]})) == {"mine"}


def test_the_filters_of_key_and_token_hold_both(shop):
    key = make_key(shop, "search", "items:read", filters={"source": "mine"})
    assert sources(search(shop, key["secret"])) == {"mine"}
    found = search(shop, signed(key, filters={"price_range": [None, 15]}))
    assert sources(found) == {"mine"} and all(one["price"] <= 15 for one in found.json()["results"])
    assert search(shop, signed(key, filters={"source": "theirs"})).json()["results"] == []


def test_what_is_excluded_cannot_be_asked_for(shop):
    token = signed(shop.key, exclude_fields=["price", "brand", "properties"])
    for fields, field in (({"filters": {"price_range": [0, 5]}}, "filters.price_range"), ({"filters": {"brand": "Mirabel"}}, "filters.brand"),
                          ({"filters": {"primary_color": "red"}}, "filters.primary_color"), ({"facets": ["price"]}, "facets"),
                          ({"sort": "price_asc"}, "sort")):
        assert_problem(search(shop, token, **fields), 403, field)
    assert search(shop, token, facets=["source"]).status_code == 200


def hidden_words(text):
    return [word for word in ("zanzi", "quokka", "theirs") if word in text.lower()]


@pytest.fixture(params=["key", "token"])
def narrow(shop, request):
    """The credentials of a caller who sees the items of `mine` only: a key with a filter, and a token with one."""
    if request.param == "key":
        return make_key(shop, "search", "items:read", filters={"source": "mine"})["secret"]
    return signed(shop.key, filters={"source": "mine"})


def test_nothing_shows_what_a_filter_hides(shop, narrow):
    mine, theirs = shop.items["mine"], shop.items["theirs"]
    listed = call(shop, "GET", '/api/v1/items?facets=["source","brand","price"]&limit=100', narrow)
    body = listed.json()
    assert len(body["items"]) == len(mine) and not hidden_words(listed.text)
    assert body["facets"]["source"]["values"] == [{"value": "mine", "count": len(mine)}]
    assert body["facets"]["brand"]["values"] == [{"value": "Mirabel", "count": len(mine)}]
    assert body["facets"]["price"]["max"] == max(item["price"] for item in mine)
    for fields in ({"text": "quokka"}, {"text": "quoka dress"}, {"text": "zanzibrnd"}, {"text": "dress", "filters": {"brand": "Zanzibrnd"}},
                   {"text": "dress", "filters": {"source": "thears"}}, {"text": "dress", "facets": ["brand", "source"]}):
        answer = search(shop, narrow, **fields)
        assert answer.status_code == 200
        typed = "|".join(re.findall(r"\w+", json.dumps(fields).lower()))
        assert not hidden_words(re.sub(rf"\b({typed})\b", "", answer.text.lower())), (fields, answer.text)
    photo = call(shop, "GET", theirs[0]["images"][0]["url"], ROOT).content
    by_photo = call(shop, "POST", "/search_by_image", narrow, json={"image_base64": base64.b64encode(photo).decode(), "limit": 100})
    assert sources(by_photo) == {"mine"}


def test_hidden_items_do_not_exist(shop, narrow):
    hidden, unknown = shop.items["theirs"][0], "999999"

    def same(answer, expected):
        """The two responses differ in the id that was asked for only."""
        assert answer.status_code == expected.status_code >= 400
        texts = [dict(response.json(), instance="", request_id="") for response in (answer, expected)]
        assert json.dumps(texts[0]).replace(hidden["id"], "N").replace(image, "N") == json.dumps(texts[1]).replace(unknown, "N")

    image = hidden["images"][0]["id"]
    same(call(shop, "GET", f"/api/v1/items/{hidden['id']}", narrow), call(shop, "GET", f"/api/v1/items/{unknown}", narrow))
    same(call(shop, "GET", f"/images/{image}", narrow), call(shop, "GET", f"/images/{unknown}", narrow))
    same(call(shop, "GET", f"/images/{image}/thumbnail", narrow), call(shop, "GET", f"/images/{unknown}/thumbnail", narrow))
    same(call(shop, "GET", f"/api/v1/items?source=theirs&external_id={hidden['external_id']}", narrow),
         call(shop, "GET", "/api/v1/items?source=theirs&external_id=none", narrow))
    for field in ("item_id", "like", "unlike"):
        one, other = (([value] if field != "item_id" else value) for value in (hidden["id"], unknown))
        same(search(shop, narrow, **{field: one}), search(shop, narrow, **{field: other}))
    tag = call(shop, "GET", f"/api/v1/items/{hidden['id']}", ROOT).headers["ETag"]
    conditional = requests.get(f"{shop.url}/api/v1/items/{hidden['id']}", headers={"Authorization": f"Bearer {narrow}", "If-None-Match": tag})
    assert conditional.status_code == 404
    visible = shop.items["mine"][0]
    assert call(shop, "GET", f"/api/v1/items/{visible['id']}", narrow).status_code == 200
    shown = call(shop, "GET", visible["images"][0]["url"], narrow)
    assert shown.status_code == 200 and shown.headers["Cache-Control"].startswith("private")


def test_an_item_that_becomes_hidden_ends_at_once(shop, narrow):
    item = shop.items["mine"][-1]
    path = f"/api/v1/items/{item['id']}"
    assert call(shop, "GET", path, narrow).status_code == 200
    assert call(shop, "PATCH", path, ROOT, json={"status": "sold"}).status_code == 200
    try:
        assert call(shop, "GET", path, narrow).status_code == 404
        assert call(shop, "GET", item["images"][0]["url"], narrow).status_code == 404
        assert item["id"] not in {one["id"] for one in search(shop, narrow, limit=100).json()["results"]}
    finally:
        assert call(shop, "PATCH", path, ROOT, json={"status": "active"}).status_code == 200
        wait_until(lambda: len(call(shop, "GET", "/api/v1/items?limit=100", ROOT).json()["items"]) == 16, "the index")


def test_a_cursor_does_not_leave_the_filter(shop, narrow):
    wide = search(shop, ROOT, limit=4).json()["next_cursor"]
    answer = search(shop, narrow, limit=4, cursor=wide)
    assert answer.status_code == 422 or sources(answer) == {"mine"}
    first = search(shop, narrow, limit=3).json()
    second = search(shop, narrow, limit=3, cursor=first["next_cursor"])
    assert sources(second) == {"mine"}
    assert not {one["id"] for one in first["results"]} & {one["id"] for one in second.json()["results"]}


def test_cached_results_are_not_shared(shop, narrow):
    for _ in range(2):
        assert len(search(shop, ROOT, limit=100).json()["results"]) == 16
        assert len(search(shop, narrow, limit=100).json()["results"]) == 8


def test_revoking_the_key_ends_its_tokens_at_once(shop):
    key = make_key(shop, "search")
    token = signed(key)
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {token}"

        def status():
            return session.post(shop.url + "/api/v1/search", json={"text": "dress"}).status_code

        assert status() == 200
        assert call(shop, "DELETE", f"/api/v1/keys/{key['id']}", ROOT).status_code == 204
        assert status() == 401
    assert "revoked" in search(shop, signed(key)).json()["detail"]


def test_a_token_ends_with_its_key_and_by_itself(shop):
    key = make_key(shop, "search", expires_at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 10)))
    ends_with_key, ends_itself = signed(key), signed(shop.key, exp=int(time.time()) + 8)
    assert search(shop, ends_with_key).status_code == 200 and search(shop, ends_itself).status_code == 200
    wait_until(lambda: search(shop, ends_itself).status_code == 401, "the end of a token")
    wait_until(lambda: search(shop, ends_with_key).status_code == 401, "the end of a key")


def test_tokens_outlive_a_rotation_by_the_overlap(shop):
    key = make_key(shop, "search")
    token = signed(key)
    rotated = call(shop, "POST", f"/api/v1/keys/{key['id']}/rotate", ROOT).json()
    assert search(shop, token).status_code == 200 and search(shop, signed(rotated)).status_code == 200
    call(shop, "POST", f"/api/v1/keys/{key['id']}/rotate", ROOT, json={"overlap_seconds": 0})
    assert search(shop, token).status_code == 401 and search(shop, signed(rotated)).status_code == 401


def test_one_token_can_be_revoked(shop):
    one, other = (signed(shop.key, jti=str(uuid.uuid4())) for _ in range(2))
    assert search(shop, one).status_code == 200 and search(shop, other).status_code == 200
    jti = jwt.decode(one, options={"verify_signature": False})["jti"]
    assert call(shop, "POST", "/api/v1/tokens/revoke", ROOT, json={"key_id": shop.key["id"], "jti": jti}).status_code == 204
    assert_problem(search(shop, one), 401, "token")
    assert search(shop, other).status_code == 200
    again = make_key(shop, "search")
    assert search(shop, signed(again, jti=jti)).status_code == 200, "another key's token of the same jti"


def test_a_wrong_expires_at_does_not_revive_a_revoked_token(shop):
    def revoke(token, **more):
        jti = jwt.decode(token, options={"verify_signature": False})["jti"]
        done = call(shop, "POST", "/api/v1/tokens/revoke", ROOT, json={"key_id": shop.key["id"], "jti": jti, **more})
        assert done.status_code == 204, done.text

    one, other = (signed(shop.key, jti=str(uuid.uuid4())) for _ in range(2))
    soon = int(time.time()) + 2
    revoke(one, expires_at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(soon)))
    wait_until(lambda: time.time() > soon, "the stated end")
    revoke(other)  # forgets the revocations that have ended
    assert_problem(search(shop, one), 401, "token")


@pytest.mark.parametrize("body, status, field", [
    ({}, 422, "key_id"), ({"key_id": "1"}, 422, "jti"), ({"key_id": "x", "jti": "a"}, 422, "key_id"),
    ({"key_id": "999999", "jti": "a"}, 404, None), ({"key_id": "1", "jti": ""}, 422, "jti"), ({"key_id": "1", "jti": "a\x00"}, 422, "jti"),
    ({"key_id": "1", "jti": "a", "expires_at": "2001-01-01"}, 422, "expires_at"), ({"key_id": "1", "jti": "a", "x": 1}, 422, "x")])
def test_bad_revocations(shop, body, status, field):
    assert_problem(call(shop, "POST", "/api/v1/tokens/revoke", ROOT, json=body), status, field)


def test_the_server_mints_tokens(shop):
    wanted = {"filters": {"source": "mine"}, "limit": 5, "user_id": "ann", "exclude_fields": ["url"], "expires_in_seconds": 600}
    by_key = call(shop, "POST", "/api/v1/tokens", shop.key["secret"], json=wanted)
    by_admin = call(shop, "POST", "/api/v1/tokens", ROOT, json={"key_id": shop.key["id"], **wanted})
    for made in (by_key, by_admin):
        assert made.status_code == 201, made.text
        assert made.json()["key_id"] == shop.key["id"] and made.headers["Cache-Control"] == "no-store"
        token = made.json()["token"]
        claims = jwt.decode(token, hashlib.sha256(shop.key["secret"].encode()).hexdigest(), ["HS256"])
        assert claims["exp"] - claims["iat"] == 600 and claims["jti"] == made.json()["jti"]
        assert {name: claims[name] for name in ("filters", "limit", "user_id", "exclude_fields")} == {
            name: value for name, value in wanted.items() if name != "expires_in_seconds"}
        found = search(shop, token)
        assert sources(found) == {"mine"} and len(found.json()["results"]) == 5
        assert call(shop, "POST", "/api/v1/tokens", token, json={}).status_code == 403, "a token makes no tokens"
    assert call(shop, "POST", "/api/v1/tokens", shop.key["secret"], json={}).status_code == 201


@pytest.mark.parametrize("body, field", [
    ({"filters": {"colour": "red"}}, "filters.colour"), ({"filters": "mine"}, "filters"), ({"limit": 0}, "limit"), ({"limit": 101}, "limit"),
    ({"user_id": "x" * 201}, "user_id"), ({"user_id": "a\nb"}, "user_id"), ({"exclude_fields": ["prise"]}, "exclude_fields"),
    ({"expires_in_seconds": 24 * HOUR + 1}, "expires_in_seconds"), ({"expires_in_seconds": 0}, "expires_in_seconds"),
    ({"expires_at": "2030-01-01"}, "expires_at"), ({"key_id": 1}, "key_id")])
def test_bad_orders_of_tokens(shop, body, field):
    assert_problem(call(shop, "POST", "/api/v1/tokens", shop.key["secret"], json=body), 422, field)


def test_who_may_mint_for_a_key(shop):
    order = {"key_id": shop.key["id"]}
    stranger = make_key(shop, "search")["secret"]
    assert call(shop, "POST", "/api/v1/tokens", stranger, json=order).json()["missing_scopes"] == ["admin"]
    partial = make_key(shop, "admin", "search")["secret"]
    assert call(shop, "POST", "/api/v1/tokens", partial, json=order).json()["missing_scopes"] == ["items:read"]
    assert_problem(call(shop, "POST", "/api/v1/tokens", ROOT, json={}), 422, "key_id")
    assert_problem(call(shop, "POST", "/api/v1/tokens", ROOT, json={"key_id": "999999"}), 404)
    revoked = make_key(shop, "search")
    call(shop, "DELETE", f"/api/v1/keys/{revoked['id']}", ROOT)
    assert_problem(call(shop, "POST", "/api/v1/tokens", ROOT, json={"key_id": revoked["id"]}), 409)


def test_the_lifetime_of_tokens_is_a_setting(tmp_path):
    with Server(tmp_path, API_KEY=ROOT, MAX_TOKEN_LIFETIME=2) as server:
        key = make_key(server, "search")
        assert_problem(search(server, signed(key, exp=int(time.time()) + 3 * HOUR)), 401, "exp")
        assert search(server, signed(key, exp=int(time.time()) + HOUR)).status_code == 200
        minted = call(server, "POST", "/api/v1/tokens", key["secret"], json={"expires_in_seconds": 3 * HOUR})
        assert_problem(minted, 422, "expires_in_seconds")


def blocks(language):
    text = (SOURCE_DIR / "docs/api.md").read_text()
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.S | re.M)


def test_the_examples_of_the_docs_mint_tokens(shop, tmp_path):
    """The Python and JavaScript of docs/api.md, after a line that sets the secret."""
    (python,), (javascript,) = blocks("python"), blocks("js")
    (tmp_path / "mint.py").write_text(f"secret = {shop.key['secret']!r}\n{python}\nprint(token)\n")
    (tmp_path / "mint.mjs").write_text(f"const secret = {json.dumps(shop.key['secret'])};\n{javascript}\nconsole.log(token);\n")
    for command in ([sys.executable, "mint.py"], ["node", "mint.mjs"]):
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60 * fit_process.PATIENCE)
        assert done.returncode == 0, done.stderr
        token = done.stdout.strip()
        assert jwt.decode(token, options={"verify_signature": False})["filters"]
        answer = search(shop, token)
        assert answer.status_code == 200, answer.text
    for block in (python, javascript, *blocks("go")):
        assert len(block.strip().splitlines()) <= 8
