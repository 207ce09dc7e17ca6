"""Signing in at an OpenID provider, its bearer tokens on the API, and attacks on both."""

import concurrent.futures
import json
import re
import time
import urllib.parse

import jwt
import pytest

import fit_process
from fit_process import Server, wait_until
from openid_provider import CLIENT, SECRET, Key, Provider
from test_sign_in import PASSWORD, ROOT, Browser, create, signed_in, with_key

START = "/api/v1/auth/oidc/start"
CALLBACK = "/api/v1/auth/oidc/callback"
# The tests of attacks make many attempts.
OPEN_LIMITS = {"API_KEY": ROOT, "RATE_LIMIT_SIGN_IN": "1000/second"}


@pytest.fixture(scope="module")
def provider():
    with Provider() as running:
        yield running


@pytest.fixture(scope="module")
def closed(provider, tmp_path_factory):
    """A server that asks who is there, with an owner, whose people may also sign in at the provider."""
    fit_process.note_secrets(SECRET)
    data = tmp_path_factory.mktemp("oidc")
    create(data, "owner@x.example", "owner")
    with Server(data, **OPEN_LIMITS, **provider.settings()) as server:
        yield server


def start(browser, **query):
    answer = browser.call("GET", START, params=query, allow_redirects=False)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def come_back(browser, query, **options):
    return browser.call("GET", CALLBACK, params=query, allow_redirects=False, **options)


def by_provider(server, provider, subject, **claims):
    """A browser in which somebody has signed in at the provider."""
    browser = Browser(server)
    answer = come_back(browser, provider.sign_in(start(browser), subject=subject, **claims))
    assert answer.status_code == 303, answer.text
    return browser


def bearer(server, token, path="/api/v1/items", **options):
    return server.get(path, headers={"Authorization": f"Bearer {token}"}, **options)


def audited(server):
    return with_key(server, "GET", "/api/v1/audit?action=auth.oidc").json()["entries"]


def assert_signed_out(browser):
    assert browser.me()["kind"] == "anonymous"


def test_somebody_signs_in(closed, provider):
    browser = Browser(closed)
    answer = browser.call("GET", START, params={"return_to": "/items/7?a=b"}, allow_redirects=False)
    cookie = answer.headers["Set-Cookie"]
    assert re.fullmatch(r"fit-sign-in=\d+\.[0-9A-Za-z]{43}\.[\w-]+; Path=/; Max-Age=600; HttpOnly; SameSite=Lax", cookie)
    url = urllib.parse.urlsplit(answer.headers["Location"])
    asked = dict(urllib.parse.parse_qsl(url.query))
    assert asked["code_challenge_method"] == "S256" and asked["scope"] == "openid email profile"
    assert asked["redirect_uri"] == closed.url + CALLBACK and asked["client_id"] == CLIENT
    secret = cookie.split(".")[1]
    assert secret not in answer.headers["Location"] and len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    back = come_back(browser, provider.sign_in(answer.headers["Location"], subject="ann") | {"session_state": "x", "iss": "y"})
    assert back.status_code == 303 and back.headers["Location"] == "/items/7?a=b", back.text
    assert "fit-sign-in" not in browser.cookies and browser.cookies["fit-session"]
    me = browser.me()
    assert me["email"] == "ann@id.example" and me["role"] == "editor" and me["name"] == "Ann"
    assert me["single_sign_on"] == "Shop ID" and me["user"]["has_password"] is False
    assert browser.call("GET", "/api/v1/items").status_code == 200
    again = by_provider(closed, provider, "ann", email="other@id.example")
    assert again.me()["id"] == me["id"], "the subject counts, not the address"
    wait_until(lambda: [(one["outcome"], one["principal"]) for one in audited(closed)[:2]] == [("done", me["id"])] * 2, "the audit log")
    assert Browser(closed).log_in("ann@id.example", "").status_code == 401, "there is no password"


def test_a_verified_address_is_linked_to_its_account(closed, provider):
    create(closed.data, "bob@id.example", "viewer")
    refused = Browser(closed)
    for claims in ({"email_verified": False}, {"email_verified": None}, {"email": None}, {"email": "nobody"}):
        answer = come_back(refused, provider.sign_in(start(refused), subject="bob", **claims))
        assert answer.status_code == 403 and "e-mail address" in answer.json()["detail"]
        assert_signed_out(refused)
    browser = by_provider(closed, provider, "bob", email="Bob@ID.example")
    assert browser.me()["email"] == "bob@id.example" and browser.me()["user"]["has_password"] is True
    assert browser.me()["role"] == "editor", "groups decide"
    assert signed_in(closed, "bob@id.example").me()["id"] == browser.me()["id"], "the password works too"
    stranger = Browser(closed)
    answer = come_back(stranger, provider.sign_in(start(stranger), subject="bob2", email="bob@id.example"))
    assert answer.status_code == 403 and "somebody else" in answer.json()["detail"]


def test_groups_decide_the_role(closed, provider):
    browser = by_provider(closed, provider, "carl", groups=["customers"])
    assert browser.me()["role"] == "shopper" and browser.me()["scopes"] == ["search", "items:read", "account"]
    assert by_provider(closed, provider, "carl", groups=["customers", "staff"]).me()["role"] == "editor"
    wait_until(lambda: browser.me()["role"] == "editor", "the role of the first session")
    for groups in ([], ["others"], None, "nobody", {"staff": True}, [["staff"]]):
        refused = Browser(closed)
        answer = come_back(refused, provider.sign_in(start(refused), subject="carl", groups=groups))
        assert answer.status_code == 403 and "groups" in answer.json()["detail"]
        assert_signed_out(refused)
    assert by_provider(closed, provider, "owner", email="owner@x.example", groups=["customers"]).me()["role"] == "owner", \
        "the last owner stays"


def test_a_disabled_user_stays_out(closed, provider):
    me = by_provider(closed, provider, "dora").me()
    assert with_key(closed, "PATCH", f"/api/v1/users/{me['user']['id']}", json={"disabled": True}).status_code == 200
    browser = Browser(closed)
    answer = come_back(browser, provider.sign_in(start(browser), subject="dora"))
    assert answer.status_code == 403 and "disabled" in answer.json()["detail"]
    assert bearer(closed, provider.key.sign(provider.claims("dora"))).status_code == 401


@pytest.mark.parametrize("target", [
    "//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "evil.example",
    "/\t/evil.example", "/ /evil.example", "/a\r\nSet-Cookie: fit-session=x", "/" + "a" * 5000, "/caf\u00e9", ""])
def test_nobody_is_redirected_elsewhere(closed, provider, target):
    browser = Browser(closed)
    answer = browser.call("GET", START, params={"return_to": target}, allow_redirects=False)
    assert answer.status_code == 422 and answer.json()["field"] == "return_to"
    assert "Set-Cookie" not in answer.headers and "Location" not in answer.headers


def test_a_planted_cookie_does_not_redirect_elsewhere(closed, provider):
    import base64
    evil = base64.urlsafe_b64encode(b"//evil.example").decode().rstrip("=")
    browser = Browser(closed)
    query = provider.sign_in(start(browser), subject="eve")
    value = browser.cookies["fit-sign-in"].rsplit(".", 1)[0] + "." + evil
    browser.cookies.clear()
    answer = come_back(browser, query, headers={"Cookie": f"fit-sign-in={value}"})
    assert answer.status_code == 401 and answer.json()["field"] == "state"


def test_a_state_is_of_the_browser_that_began(closed, provider):
    """Session fixation through the callback: an attacker who has signed in gives somebody the address of the callback."""
    attacker, victim = Browser(closed), Browser(closed)
    query = provider.sign_in(start(attacker), subject="mallory")
    answer = come_back(victim, query)
    assert answer.status_code == 401 and answer.json()["field"] == "state"
    start(victim)  # a sign-in of their own is going on
    answer = come_back(victim, query)
    assert answer.status_code == 401 and answer.json()["field"] == "state"
    assert_signed_out(victim)
    assert come_back(attacker, query).status_code == 303, "the code was not used up"


@pytest.mark.parametrize("change", [{"state": ""}, {"state": "x"}, {"state": None}, {"code": ""}, {"code": None}, {"code": "x"},
                                    {"code": None, "error": "access_denied"}])
def test_a_callback_without_its_parts_is_refused(closed, provider, change):
    browser = Browser(closed)
    answer = come_back(browser, provider.sign_in(start(browser), subject="ann") | change)
    assert answer.status_code == 401 and answer.json()["type"] == "urn:find-this-fit:problem:unauthorized"
    assert answer.headers["Set-Cookie"].startswith("fit-sign-in=; Path=/; Max-Age=0"), "an attempt is one attempt"
    assert_signed_out(browser)


def test_codes_and_states_work_once(closed, provider):
    browser = Browser(closed)
    query = provider.sign_in(start(browser), subject="ann")
    cookie = browser.cookies["fit-sign-in"]
    assert come_back(browser, query).status_code == 303
    replay = Browser(closed)
    assert come_back(replay, query).status_code == 401, "the browser's cookie is gone"
    answer = come_back(replay, query, headers={"Cookie": f"fit-sign-in={cookie}"})
    assert answer.status_code == 401 and answer.json()["field"] == "code", "the provider takes a code once"
    assert_signed_out(replay)


def test_an_attempt_ends_after_ten_minutes(closed, provider):
    browser = Browser(closed)
    query = provider.sign_in(start(browser), subject="ann")
    seconds, rest = browser.cookies["fit-sign-in"].split(".", 1)
    for begun in (int(seconds) - 601, int(seconds) - 60, "x", "", -1, 10 ** 30):
        answer = come_back(Browser(closed), query, headers={"Cookie": f"fit-sign-in={begun}.{rest}"})
        assert answer.status_code == 401 and answer.json()["field"] == "state", "the time is part of the state"
    for cookie in ("", "..", "1.2", "fit", "a" * 4000, f"{seconds}.{rest}.x"):
        assert come_back(Browser(closed), query, headers={"Cookie": f"fit-sign-in={cookie}"}).status_code == 401


def test_a_planted_session_is_not_taken_over(closed, provider):
    attacker = by_provider(closed, provider, "mallory")
    planted = attacker.cookies["fit-session"]
    victim = Browser(closed)
    victim.cookies.set("fit-session", planted, domain="127.0.0.1", path="/")
    assert come_back(victim, provider.sign_in(start(victim), subject="ann")).status_code == 303
    assert victim.cookies["fit-session"] != planted
    assert_signed_out(attacker)


@pytest.mark.parametrize("claims, field", [
    ({"nonce": "of-another-sign-in"}, "nonce"), ({"nonce": None}, "nonce"), ({"aud": "other"}, "aud"), ({"aud": None}, "aud"),
    ({"aud": [CLIENT, "other"]}, "azp"), ({"azp": "other"}, "azp"), ({"iss": "https://evil.example"}, "iss"), ({"iss": None}, "iss"),
    ({"exp": -301}, "exp"), ({"exp": None}, "exp"), ({"iat": 310}, "iat"), ({"iat": None}, "iat"), ({"nbf": 310}, "nbf"),
    ({"sub": None}, "sub"), ({"sub": "x" * 300}, "sub"), ({"at_hash": "wrong"}, "at_hash")])
def test_id_tokens_with_wrong_claims_are_refused(closed, provider, claims, field):
    claims = {name: int(time.time()) + value if isinstance(value, int) else value for name, value in claims.items()}
    browser = Browser(closed)
    answer = come_back(browser, provider.sign_in(start(browser), **claims))
    assert answer.status_code == 401 and answer.json()["field"] == field, answer.text
    assert_signed_out(browser)


def forgeries(provider):
    """Tokens with good claims whose signatures are not the provider's, by what is wrong with them."""
    other, curve = Key("first"), Key("first", "ES256")
    public = provider.key.private.public_key()

    def with_public_key(claims):
        import hashlib
        import hmac
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
        pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        unsigned = jwt.encode(claims, "x" * 32, "HS256", headers={"kid": "first"}).rsplit(".", 1)[0]
        signature = hmac.new(pem, unsigned.encode(), hashlib.sha256).digest()
        return unsigned + "." + jwt.utils.base64url_encode(signature).decode()

    def other_claims(claims):
        parts = provider.key.sign(claims | {"sub": "somebody"}).split(".")
        return ".".join([parts[0], provider.key.sign(claims).split(".")[1], parts[2]])

    return {"another key": other.sign, "another kind of key": curve.sign, "an unknown key": Key("unknown").sign,
            "no algorithm": lambda claims: jwt.encode(claims, None, "none", headers={"kid": "first"}),
            "an unsigned one": lambda claims: provider.key.sign(claims).rsplit(".", 1)[0] + ".",
            "HS256 with the public key": with_public_key, "the signature of another token": other_claims,
            "an embedded key": lambda claims: other.sign(claims, jwk=other.public_jwk()),
            "a critical header": lambda claims: provider.key.sign(claims, crit=["exp"]),
            "RS512": lambda claims: jwt.encode(claims, provider.key.private, "RS512", headers={"kid": "first"}),
            "no token": lambda claims: "x.y.z"}


def test_forged_tokens_are_refused(closed, provider):
    assert bearer(closed, provider.key.sign(provider.claims("ann"))).status_code == 200
    for what, sign in forgeries(provider).items():
        browser = Browser(closed)
        answer = come_back(browser, provider.sign_in(start(browser), sign=sign))
        assert answer.status_code == 401, (what, answer.text)
        assert_signed_out(browser)
        answer = bearer(closed, sign(provider.claims("ann")))
        assert answer.status_code == 401, (what, answer.text)
        assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


def test_bearer_tokens_are_of_their_user(closed, provider):
    me = by_provider(closed, provider, "fay", groups=["customers"]).me()
    token = provider.key.sign(provider.claims("fay", groups=["admins"]))
    known = bearer(closed, token, "/api/v1/auth/me").json()
    assert known["id"] == me["id"] and known["role"] == "shopper", "a user's role is that of the last sign-in"
    assert bearer(closed, token, "/api/v1/users").status_code == 403
    assert bearer(closed, token, "/api/v1/auth/sessions").status_code == 200


def test_bearer_tokens_of_others_have_the_role_of_their_groups(closed, provider):
    token = provider.key.sign(provider.claims("a-service", groups=["customers"]))
    known = bearer(closed, token, "/api/v1/auth/me").json()
    assert known["id"] == "sso:a-service" and known["kind"] == "sso" and known["scopes"] == ["search", "items:read"]
    assert bearer(closed, token).status_code == 200
    assert bearer(closed, token, "/api/v1/favourites").status_code == 403, "nothing belongs to somebody who is no user"
    assert bearer(closed, provider.key.sign(provider.claims("b-service", groups=["others"]))).status_code == 403
    admin = provider.key.sign(provider.claims("c-service", groups=["admins"]))
    assert bearer(closed, admin, "/api/v1/users").status_code == 200
    assert all(user["email"] != "a-service@id.example" for user in with_key(closed, "GET", "/api/v1/users").json()["users"])


@pytest.mark.parametrize("claims, field", [
    ({"aud": "other"}, "aud"), ({"aud": ["other"]}, "aud"), ({"aud": None}, "aud"), ({"iss": "https://evil.example"}, "iss"),
    ({"iss": 7}, "iss"), ({"exp": -301}, "exp"), ({"exp": None}, "exp"), ({"nbf": 310}, "nbf"), ({"iat": 310}, "iat"),
    ({"sub": None}, "sub")])
def test_bearer_tokens_with_wrong_claims_are_refused(closed, provider, claims, field):
    claims = {name: int(time.time()) + value if field in ("exp", "nbf", "iat") and value else value for name, value in claims.items()}
    answer = bearer(closed, provider.key.sign(provider.claims("ann", **claims)))
    assert answer.status_code == 401 and answer.json()["field"] == field, answer.text
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


def test_clocks_may_differ_by_five_minutes(closed, provider):
    now = int(time.time())
    for claims in ({"exp": now - 240}, {"iat": now + 240}, {"nbf": now + 240}):
        assert bearer(closed, provider.key.sign(provider.claims("ann", **claims))).status_code == 200
        by_provider(closed, provider, "ann", **claims)


def test_keys_rotate(tmp_path):
    create(tmp_path, "owner@x.example", "owner")
    with Provider(slash=True) as provider, Server(tmp_path, **OPEN_LIMITS, **provider.settings()) as server:
        old = provider.key
        assert bearer(server, old.sign(provider.claims("ann"))).status_code == 200
        new = Key("second", "ES256")
        provider.published = [old, new]
        provider.key = new
        assert bearer(server, new.sign(provider.claims("ann"))).status_code == 200
        assert bearer(server, old.sign(provider.claims("bob"))).status_code == 200
        by_provider(server, provider, "ann")
        asked = provider.requests.count("/realm/keys")
        assert asked == 2
        unknown = Key("unknown", "ES256")
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = pool.map(lambda i: bearer(server, unknown.sign(provider.claims(f"ann{i}"))).status_code, range(40))
            assert set(answers) == {401}
        assert provider.requests.count("/realm/keys") == asked, "keys are fetched again at most once a minute"


@pytest.mark.parametrize("mode", ["down", "silent", "huge", "redirect"])
def test_without_the_provider_passwords_work(tmp_path, mode):
    email = create(tmp_path, "owner@x.example", "owner")
    with Provider() as provider, Server(tmp_path, **OPEN_LIMITS, **provider.settings()) as server:
        token = provider.key.sign(provider.claims("ann"))
        provider.mode = mode
        begun = time.monotonic()
        for _ in range(3):
            answer = server.get(START, allow_redirects=False)
            assert answer.status_code == 503 and "sign-in provider" in answer.json()["detail"]
            assert bearer(server, token).status_code == 503
        assert time.monotonic() - begun < 60 * fit_process.PATIENCE, "nobody waits for long"
        page = server.get(START, headers={"Accept": "text/html,*/*"}, allow_redirects=False)
        assert page.status_code == 303 and page.headers["Location"] == "/sign-in#problem=unavailable"
        assert signed_in(server, email).call("GET", "/api/v1/items").status_code == 200
        provider.mode = ""
        wait_until(lambda: server.get(START, allow_redirects=False).status_code == 303, "the provider's return")
        wait_until(lambda: bearer(server, token).status_code == 200, "the keys of the provider")
        provider.mode = mode
        assert bearer(server, provider.key.sign(provider.claims("bob"))).status_code == 200, "keys are kept"
        browser = Browser(server)
        answer = come_back(browser, {"code": "x", "state": "y"})
        assert answer.status_code == 401
        query = provider.sign_in(start(browser))
        answer = come_back(browser, query)
        assert answer.status_code == 503 and "Set-Cookie" in answer.headers
        assert_signed_out(browser)


def test_people_see_the_sign_in_page_when_it_fails(closed, provider):
    browser = Browser(closed)
    browser.headers["Accept"] = "text/html"
    answer = come_back(browser, {"error": "access_denied", "error_description": "<script>", "state": "x"})
    assert answer.status_code == 303 and answer.headers["Location"] == "/sign-in#problem=unauthorized"
    answer = come_back(browser, provider.sign_in(start(browser), subject="gil", groups=[]))
    assert answer.headers["Location"] == "/sign-in#problem=forbidden"
    wait_until(lambda: any("groups" in one["detail"].get("reason", "") for one in audited(closed)[:1]), "the audit log")
    assert audited(closed)[0]["outcome"] == "refused"


def test_the_public_address_is_the_redirect_address(tmp_path):
    with Provider() as provider, Server(tmp_path, **provider.settings(PUBLIC_URL="https://fit.example")) as server:
        asked = urllib.parse.parse_qs(urllib.parse.urlsplit(server.get(START, allow_redirects=False).headers["Location"]).query)
        assert asked["redirect_uri"] == ["https://fit.example" + CALLBACK]
        browser = Browser(server)
        answer = come_back(browser, provider.sign_in(start(browser), subject="ann"))
        assert answer.status_code == 403 and "first user" in answer.json()["detail"]
        first = by_provider(server, provider, "ada", groups=["admins"])
        assert first.me()["role"] == "owner"
        by_provider(server, provider, "ann")


def test_audience_default_role_and_nested_groups(tmp_path):
    create(tmp_path, "owner@x.example", "owner")
    settings = {"OIDC_AUDIENCE": "https://api.x.example", "OIDC_ROLES": "boss=owner", "OIDC_DEFAULT_ROLE": "viewer",
                "OIDC_GROUPS_CLAIM": "realm_access.roles"}
    with Provider() as provider, Server(tmp_path, **OPEN_LIMITS, **provider.settings(**settings)) as server:
        assert bearer(server, provider.key.sign(provider.claims("ann"))).status_code == 401, "an ID token is no bearer token here"
        token = provider.key.sign(provider.claims("ann", aud=["x", "https://api.x.example"], realm_access={"roles": ["boss"]}))
        assert bearer(server, token, "/api/v1/users").status_code == 200
        assert by_provider(server, provider, "ann").me()["role"] == "viewer"
        assert by_provider(server, provider, "ann", realm_access={"roles": ["boss"]}).me()["role"] == "owner"


def test_without_a_provider_there_is_no_route(empty_server):
    for path in (START, CALLBACK):
        assert empty_server.get(path, allow_redirects=False).status_code == 404
    assert empty_server.get("/api/v1/auth/me").json()["single_sign_on"] is None


@pytest.mark.parametrize("settings, word", [
    ({"OIDC_ISSUER": "id.example"}, "OIDC_ISSUER"), ({"OIDC_ISSUER": "https://id.example"}, "OIDC_CLIENT_ID"),
    ({"OIDC_ISSUER": "https://id.example", "OIDC_CLIENT_ID": "fit", "OIDC_ROLES": "staff"}, "OIDC_ROLES"),
    ({"OIDC_ISSUER": "https://id.example", "OIDC_CLIENT_ID": "fit", "OIDC_DEFAULT_ROLE": "boss"}, "OIDC_DEFAULT_ROLE")])
def test_wrong_settings_end_the_start(tmp_path, settings, word):
    done = fit_process.run(tmp_path, "serve", check=False, **settings)
    assert done.returncode != 0 and word in done.stderr


def test_nobody_deletes_an_account_without_proof(closed, provider):
    """A sign-in at the provider a moment ago stands for the password."""
    browser = by_provider(closed, provider, "hal")
    user = browser.me()["user"]["id"]
    token = provider.key.sign(provider.claims("hal"))
    refused = closed.delete("/api/v1/auth/me", headers={"Authorization": f"Bearer {token}"})
    assert refused.status_code == 403 and refused.json()["type"].endswith(":sign_in_again")
    assert browser.call("DELETE", "/api/v1/auth/me").status_code == 204
    assert_signed_out(browser)
    assert with_key(closed, "GET", f"/api/v1/users/{user}").status_code == 404
    assert by_provider(closed, provider, "hal").me()["user"]["id"] != user, "the identity was deleted too"


def test_exports_name_the_identity(closed, provider):
    browser = by_provider(closed, provider, "ivy")
    exported = browser.call("GET", "/api/v1/auth/me/export").json()
    assert [(one["issuer"], one["subject"], one["email"]) for one in exported["identities"]] == [(provider.issuer, "ivy", "ivy@id.example")]
    assert PASSWORD not in json.dumps(exported)
