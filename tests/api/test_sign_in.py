"""Users: signing in, sessions, one-time codes, links, and who may do what."""

import concurrent.futures
import itertools
import json
import re
import statistics
import subprocess
import time

import pytest
import requests

import fit_process
from fit_process import Server, wait_until
from mail_server import MailServer

ROOT = "the-key-of-the-environment"
PASSWORD = "correct horse battery"
WRONG = "wrong horse battery"
addresses = (f"127.1.{i // 250}.{i % 250 + 1}" for i in itertools.count())


class FromAddress(requests.adapters.HTTPAdapter):
    """Sends from an address of the loopback network."""

    def __init__(self, address):
        self.address = address
        super().__init__()

    def init_poolmanager(self, *args, **options):
        super().init_poolmanager(*args, source_address=(self.address, 0), **options)


class Browser(requests.Session):
    """A browser on an address of its own with a page of the server open: it has cookies and sends Origin."""

    def __init__(self, server, address=None):
        super().__init__()
        self.server = server
        self.mount("http://", FromAddress(address or next(addresses)))
        self.headers["Origin"] = server.url

    def call(self, method, path, **options):
        return self.request(method, self.server.url + path, timeout=60 * fit_process.PATIENCE, **options)

    def log_in(self, email, password=PASSWORD, **more):
        return self.call("POST", "/api/v1/auth/login", json={"email": email, "password": password, **more})

    def me(self):
        return self.call("GET", "/api/v1/auth/me").json()


def create(data, email, role, password=PASSWORD):
    done = subprocess.run([fit_process.BINARY, "user", "create", email, "--role", role, "--password-stdin"], input=password + "\n",
                          env=fit_process.environment(data), cwd=data, text=True, capture_output=True,
                          timeout=120 * fit_process.PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    return email


def with_key(server, method, path, **options):
    return requests.request(method, server.url + path, headers={"X-API-Key": ROOT}, timeout=60, **options)


@pytest.fixture(scope="module")
def closed(tmp_path_factory):
    """A server that asks who is there, with a user of each role: owner@x.example and so on."""
    data = tmp_path_factory.mktemp("users")
    for role in ("owner", "editor", "viewer", "shopper"):
        create(data, f"{role}@x.example", role)
    with Server(data, API_KEY=ROOT, RATE_LIMIT_SIGN_IN="1000/second") as server:
        yield server


@pytest.fixture
def user(closed):
    """A new user of the server who may sign in: its e-mail address."""
    email = f"user{next(user.numbers)}@x.example"
    made = with_key(closed, "POST", "/api/v1/users", json={"email": email, "role": "viewer", "name": "Ada"})
    assert made.status_code == 201, made.text
    token = made.json()["invitation_url"].split("#token=")[1]
    used = closed.post("/api/v1/auth/link", json={"token": token, "password": PASSWORD})
    assert used.status_code == 200, used.text
    return email


user.numbers = itertools.count()


def signed_in(server, email, **more):
    browser = Browser(server)
    answer = browser.log_in(email, **more)
    assert answer.status_code == 200, answer.text
    return browser


def test_sign_in_sets_a_cookie_that_scripts_cannot_read(closed, user):
    browser = Browser(closed)
    answer = browser.log_in(f" {user.upper()} ")
    assert answer.status_code == 200 and answer.json()["email"] == user
    cookie = answer.headers["Set-Cookie"]
    assert re.fullmatch(r"fit-session=[0-9A-Za-z]{43}; Path=/; Max-Age=7776000; HttpOnly; SameSite=Lax", cookie)
    assert answer.headers["Cache-Control"] == "no-store"
    me = browser.me()
    assert me["kind"] == "user" and me["email"] == user and me["role"] == "viewer" and me["name"] == "Ada"
    assert me["scopes"] == ["search", "items:read", "account"] and me["sign_in_possible"] is True
    assert browser.call("GET", "/api/v1/items").status_code == 200


def test_who_am_i_never_fails(closed):
    def me(**headers):
        answer = closed.get("/api/v1/auth/me", headers=headers)
        assert answer.status_code == 200
        return answer.json()

    assert me()["kind"] == "anonymous" and me()["scopes"] == []
    assert me(**{"X-API-Key": ROOT})["kind"] == "key"
    assert me(**{"X-API-Key": "wrong"})["kind"] == "anonymous"
    assert me(Cookie="fit-session=wrong")["kind"] == "anonymous"
    assert me(Cookie="fit-session=a; fit-session=b")["kind"] == "anonymous"
    assert me(Authorization="Basic eDp5")["kind"] == "anonymous"


def test_wrong_sign_ins_look_alike(closed, user):
    with_key(closed, "POST", "/api/v1/users", json={"email": "invited@x.example", "role": "viewer"})
    disabled = with_key(closed, "GET", "/api/v1/users").json()["users"][-2]
    texts = set()
    for email, password in ((user, WRONG), ("nobody@x.example", PASSWORD), ("invited@x.example", PASSWORD),
                            ("invited@x.example", ""), ("' OR 1=1 --", PASSWORD), ("x" * 3000, PASSWORD)):
        answer = Browser(closed).log_in(email, password)
        assert answer.status_code == 401 and "Set-Cookie" not in answer.headers
        body = answer.json()
        texts.add((body["type"], body["detail"]))
    assert with_key(closed, "PATCH", f"/api/v1/users/{disabled['id']}", json={"disabled": True}).status_code == 200
    body = Browser(closed).log_in(disabled["email"]).json()
    texts.add((body["type"], body["detail"]))
    assert len(texts) == 1, texts


@pytest.mark.parametrize("body, field", [
    ({}, "email"), ({"email": "a@x.example"}, "password"), ({"email": 7, "password": "x"}, "email"),
    ({"email": "a@x.example", "password": 7}, "password"), ({"email": "a@x.example", "password": "x", "admin": True}, "admin")])
def test_bad_sign_ins_are_named(closed, body, field):
    answer = closed.post("/api/v1/auth/login", json=body)
    assert answer.status_code == 422 and answer.json()["field"] == field


def test_a_form_cannot_sign_in(closed, user):
    form = closed.post("/api/v1/auth/login", data={"email": user, "password": PASSWORD})
    assert form.status_code == 415


def test_a_planted_session_is_not_taken_over(closed, user):
    """Session fixation: signing in gives another token, and ends the one that the browser had."""
    browser = Browser(closed)
    browser.cookies.set("fit-session", "planted" * 6 + "x", domain="127.0.0.1", path="/")
    assert browser.log_in(user).status_code == 200
    first = browser.cookies.get("fit-session", path="/")
    browser.cookies.clear()
    browser.cookies.set("fit-session", first)
    assert browser.log_in(user).status_code == 200
    assert closed.get("/api/v1/items", headers={"Cookie": f"fit-session={first}"}).status_code == 401


def test_tossed_cookies_are_refused(closed, user):
    """Another site below the same domain may add a cookie of the same name; nobody can tell which is the right one."""
    token = signed_in(closed, user).cookies["fit-session"]
    other = signed_in(closed, "viewer@x.example").cookies["fit-session"]
    assert closed.get("/api/v1/items", headers={"Cookie": f"fit-session={token}"}).status_code == 200
    for cookie in (f"fit-session={token}; fit-session={other}", f"fit-session=x; a=b; fit-session={token}"):
        assert closed.get("/api/v1/items", headers={"Cookie": cookie}).status_code == 401
    for cookie in (f"__Host-fit={token}", f"Fit-Session={token}", f"fit-session2={token}", f"x=fit-session={token}"):
        assert closed.get("/api/v1/items", headers={"Cookie": cookie}).status_code == 401


def test_a_key_in_a_header_counts_before_the_cookie(closed, user):
    browser = signed_in(closed, user)
    assert browser.call("GET", "/api/v1/auth/me", headers={"X-API-Key": ROOT}).json()["kind"] == "key"
    assert browser.call("GET", "/api/v1/items", headers={"X-API-Key": "wrong"}).status_code == 401


@pytest.mark.parametrize("headers", [
    {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": None}, {"Origin": None, "Sec-Fetch-Site": "cross-site"},
    {"Origin": None, "Sec-Fetch-Site": "same-site"}, {"Origin": "http://127.0.0.1:1"}])
def test_other_pages_cannot_use_a_session(closed, user, headers):
    browser = signed_in(closed, user)
    for method, path in (("POST", "/api/v1/search"), ("DELETE", "/api/v1/auth/sessions/1"), ("POST", "/api/v1/auth/totp"),
                         ("POST", "/api/v1/auth/password")):
        answer = browser.call(method, path, headers=headers, json={"text": "dress"} if method == "POST" else None)
        assert answer.status_code == 403 and answer.json()["type"].endswith(":other_origin"), (method, path, answer.text)
    form = browser.call("POST", "/api/v1/search", headers=headers, data="text=dress",)
    assert form.status_code == 403
    own = {"Origin": None, "Sec-Fetch-Site": "same-origin"}
    assert browser.call("POST", "/api/v1/search", headers=own, json={"text": "dress"}).status_code == 200


def test_other_pages_cannot_sign_somebody_in(closed, user):
    answer = Browser(closed).call("POST", "/api/v1/auth/login", headers={"Origin": "https://evil.example"},
                                  json={"email": user, "password": PASSWORD})
    assert answer.status_code == 403


def test_allowed_origins_are_for_keys_and_not_for_sessions(tmp_path):
    email = create(tmp_path, "ada@x.example", "owner")
    with Server(tmp_path, API_KEY=ROOT, RATE_LIMIT_SIGN_IN="1000/second", ALLOWED_ORIGINS="*") as server:
        browser = signed_in(server, email)
        answer = browser.call("POST", "/api/v1/search", headers={"Origin": "https://evil.example"}, json={"text": "x"})
        assert answer.status_code == 403
        assert "Access-Control-Allow-Credentials" not in answer.headers


def test_sessions_are_listed_and_ended_one_by_one(closed, user):
    one, two = signed_in(closed, user), signed_in(closed, user)
    sessions = one.call("GET", "/api/v1/auth/sessions", headers={"User-Agent": "x"}).json()["sessions"]
    assert [session["is_current"] for session in sessions] == [False, True]
    assert sessions[0]["address"].startswith("127.1.") and "python-requests" in sessions[0]["agent"]
    assert one.cookies["fit-session"] not in json.dumps(sessions)
    stranger = signed_in(closed, "viewer@x.example")
    assert stranger.call("DELETE", f"/api/v1/auth/sessions/{sessions[0]['id']}").status_code == 404
    assert two.call("GET", "/api/v1/items").status_code == 200
    assert one.call("DELETE", f"/api/v1/auth/sessions/{sessions[0]['id']}").status_code == 204
    assert two.call("GET", "/api/v1/items").status_code == 401
    token = one.cookies["fit-session"]
    assert one.call("POST", "/api/v1/auth/logout").status_code == 204
    assert "fit-session" not in one.cookies
    assert closed.get("/api/v1/items", headers={"Cookie": f"fit-session={token}"}).status_code == 401
    assert Browser(closed).call("POST", "/api/v1/auth/logout").status_code == 204


def test_a_password_change_ends_the_other_sessions_while_they_work(closed, user):
    kept, other = signed_in(closed, user), signed_in(closed, user)
    statuses = []
    with concurrent.futures.ThreadPoolExecutor(1) as pool:

        def work():
            while not statuses or statuses[-1] == 200:
                statuses.append(other.call("GET", "/api/v1/items").status_code)

        working = pool.submit(work)
        wait_until(lambda: 200 in statuses, "a request of the other session")
        for body, field in (({"current": WRONG, "new": "another good one"}, "current"), ({"current": PASSWORD, "new": "short"}, "new"),
                            ({"current": PASSWORD, "new": "password1"}, "new"), ({"current": PASSWORD, "new": user.upper()}, "new")):
            answer = kept.call("POST", "/api/v1/auth/password", json=body)
            assert answer.status_code == 422 and answer.json()["field"] == field, answer.text
        assert kept.call("POST", "/api/v1/auth/password", json={"current": PASSWORD, "new": "another good one"}).status_code == 204
        working.result(timeout=60 * fit_process.PATIENCE)
    assert statuses[-1] == 401
    assert kept.call("GET", "/api/v1/items").status_code == 200
    assert Browser(closed).log_in(user).status_code == 401
    assert Browser(closed).log_in(user, "another good one").status_code == 200


def totp(secret):
    return subprocess.run(["oathtool", "--totp", "-b", secret], capture_output=True, text=True, check=True).stdout.strip()


def test_one_time_codes(closed, user):
    browser, other = signed_in(closed, user), signed_in(closed, user)
    begun = browser.call("POST", "/api/v1/auth/totp").json()
    assert begun["uri"].startswith("otpauth://totp/") and begun["secret"] in begun["uri"]
    assert browser.call("POST", "/api/v1/auth/totp/confirm", json={"code": "abc"}).json()["field"] == "code"
    assert Browser(closed).log_in(user).status_code == 200, "not confirmed yet"
    code = totp(begun["secret"])
    confirmed = browser.call("POST", "/api/v1/auth/totp/confirm", json={"code": code})
    assert confirmed.status_code == 200, confirmed.text
    recovery = confirmed.json()["recovery_codes"]
    assert len(set(recovery)) == 10
    assert other.call("GET", "/api/v1/items").status_code == 401, "the other sessions have ended"
    assert browser.me()["user"]["has_totp"] is True
    assert browser.call("POST", "/api/v1/auth/totp").status_code == 409

    missing = Browser(closed).log_in(user)
    assert missing.status_code == 401 and missing.json()["type"] == "urn:find-this-fit:problem:totp_required"
    assert Browser(closed).log_in(user, WRONG).json()["type"] == "urn:find-this-fit:problem:unauthorized"
    assert Browser(closed).log_in(user, totp=code).status_code == 401, "a code works once"
    assert Browser(closed).log_in(user, totp=recovery[0].upper()).status_code == 200
    assert Browser(closed).log_in(user, totp=recovery[0]).status_code == 401, "a recovery code works once"

    def next_code_works():
        newer = totp(begun["secret"])
        return newer != code and Browser(closed).log_in(user, totp=newer).status_code == 200

    wait_until(next_code_works, "the next code")
    assert browser.call("DELETE", "/api/v1/auth/totp", json={"password": WRONG}).json()["field"] == "password"
    assert browser.call("DELETE", "/api/v1/auth/totp", json={"password": PASSWORD}).status_code == 204
    assert Browser(closed).log_in(user).status_code == 200


def test_failures_cost_time_by_account(closed, user):
    for email in (user, "somebody@x.example"):
        for _ in range(5):
            assert Browser(closed).log_in(email, WRONG).status_code == 401
        refused = Browser(closed).log_in(email)
        assert refused.status_code == 429 and 0 < int(refused.headers["Retry-After"]) <= 900
        assert refused.json()["detail"] == Browser(closed).log_in(email).json()["detail"]


def test_stuffing_is_bounded(closed):
    """A thousand tries of one machine: twenty are looked at, and one more after each wait; the others cost no hash."""
    browser = Browser(closed)
    statuses = [browser.log_in(f"victim{i}@x.example", WRONG).status_code for i in range(1000)]
    assert statuses[:20] == [401] * 20 and statuses[20] == 429
    assert statuses.count(401) < 30 and set(statuses) == {401, 429}
    assert Browser(closed).log_in("owner@x.example").status_code == 200


def test_many_sign_ins_at_a_time_do_not_stop_searches(closed):
    with concurrent.futures.ThreadPoolExecutor(40) as pool:
        tries = [pool.submit(Browser(closed).log_in, f"flood{i}@x.example", WRONG) for i in range(40)]
        assert with_key(closed, "POST", "/api/v1/search", json={"text": "dress"}).status_code == 200
        assert {one.result().status_code for one in tries} <= {401, 429}


def test_unknown_accounts_take_as_long_as_known_ones(closed):
    times = {True: [], False: []}
    emails = {True: ["viewer@x.example", "editor@x.example", "shopper@x.example"], False: ["no1@x.example", "no2@x.example", "no3@x.example"]}
    for i in range(12):
        for known in (True, False):
            began = time.perf_counter()
            assert Browser(closed).log_in(emails[known][i % 3], WRONG).status_code == 401
            times[known].append(time.perf_counter() - began)
    ratio = statistics.median(times[True]) / statistics.median(times[False])
    assert 1 / 4 < ratio < 4, times


def test_links_work_once(closed, user):
    browser = signed_in(closed, user)
    link = fit_process.run(closed.data, "user", "reset", user).stdout.strip()
    assert "/reset#token=" in link
    token = link.split("#token=")[1]
    for body, status in (({"token": token, "password": "short"}, 422), ({"token": token[:-1], "password": PASSWORD}, 404),
                         ({"token": "' OR 1=1 --", "password": PASSWORD}, 404), ({"token": "", "password": PASSWORD}, 422),
                         ({"token": token, "password": "chosen by link", "email": "eve@x.example"}, 422)):
        assert closed.post("/api/v1/auth/link", json=body).status_code == status, body
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        tries = [pool.submit(closed.post, "/api/v1/auth/link", json={"token": token, "password": "chosen by link"}) for _ in range(4)]
        assert sorted(one.result().status_code for one in tries) == [200, 404, 404, 404]
    assert browser.call("GET", "/api/v1/items").status_code == 401
    assert Browser(closed).log_in(user).status_code == 401
    assert Browser(closed).log_in(user, "chosen by link").status_code == 200


def test_a_reset_never_tells_whether_the_account_exists(closed, user):
    answers = [closed.post("/api/v1/auth/reset", json={"email": email}) for email in (user, "nobody@x.example", "no address")]
    assert {(answer.status_code, answer.text) for answer in answers} == {(202, answers[0].text)}


def test_a_disabled_or_removed_user_is_out_at_once(closed, user):
    browser = signed_in(closed, user)
    ident = browser.me()["user"]["id"]
    assert with_key(closed, "PATCH", f"/api/v1/users/{ident}", json={"disabled": True}).json()["disabled_at"]
    assert browser.call("GET", "/api/v1/items").status_code == 401
    assert Browser(closed).log_in(user).status_code == 401
    assert with_key(closed, "PATCH", f"/api/v1/users/{ident}", json={"disabled": False, "role": "editor"}).status_code == 200
    browser = signed_in(closed, user)
    assert "items:write" in browser.me()["scopes"]
    assert with_key(closed, "PATCH", f"/api/v1/users/{ident}", json={"role": "viewer"}).status_code == 200
    assert "items:write" not in browser.me()["scopes"], "a role counts at once"
    assert with_key(closed, "DELETE", f"/api/v1/users/{ident}").status_code == 204
    assert browser.me()["kind"] == "anonymous"
    assert with_key(closed, "GET", f"/api/v1/users/{ident}").status_code == 404


@pytest.mark.parametrize("body, field", [
    ({}, "email"), ({"email": "a@x.example"}, "role"), ({"email": "a@x.example", "role": "admin"}, "role"),
    ({"email": "no address", "role": "viewer"}, "email"), ({"email": "a@x.example\r\nBcc: b@x.example", "role": "viewer"}, "email"),
    ({"email": "a" * 300 + "@x.example", "role": "viewer"}, "email"), ({"email": "a@x.example", "role": "viewer", "name": "a\nb"}, "name"),
    ({"email": "a@x.example", "role": "viewer", "id": "7"}, "id")])
def test_bad_users_are_named_and_not_made(closed, body, field):
    before = with_key(closed, "GET", "/api/v1/users").json()
    answer = with_key(closed, "POST", "/api/v1/users", json=body)
    assert answer.status_code == 422 and answer.json()["field"] == field
    assert with_key(closed, "GET", "/api/v1/users").json() == before


def test_addresses_belong_to_one_user(closed, user):
    assert with_key(closed, "POST", "/api/v1/users", json={"email": user.upper(), "role": "viewer"}).status_code == 409


def test_nobody_gives_more_rights_than_they_have(closed, user):
    secret = with_key(closed, "POST", "/api/v1/keys", json={"name": "x", "scopes": ["admin", "search", "items:read"]}).json()["secret"]

    def call(method, path, body):
        return requests.request(method, closed.url + path, headers={"X-API-Key": secret}, json=body, timeout=60)

    assert call("POST", "/api/v1/users", {"email": "x1@x.example", "role": "owner"}).status_code == 403
    assert call("POST", "/api/v1/users", {"email": "x2@x.example", "role": "viewer"}).status_code == 201
    ident = next(one["id"] for one in with_key(closed, "GET", "/api/v1/users").json()["users"] if one["email"] == user)
    assert call("PATCH", f"/api/v1/users/{ident}", {"role": "editor"}).status_code == 403


def test_the_last_owner_stays(tmp_path):
    email = create(tmp_path, "ada@x.example", "owner")
    with Server(tmp_path, API_KEY=ROOT, RATE_LIMIT_SIGN_IN="1000/second") as server:
        browser = signed_in(server, email)
        ident = browser.me()["user"]["id"]
        assert browser.call("DELETE", f"/api/v1/users/{ident}").status_code == 409
        for change in ({"role": "viewer"}, {"disabled": True}):
            assert browser.call("PATCH", f"/api/v1/users/{ident}", json=change).status_code == 409
        assert browser.call("PATCH", f"/api/v1/users/{ident}", json={"name": "Ada"}).json()["name"] == "Ada"
        for command in ("remove", "disable"):
            assert "last owner" in fit_process.run(tmp_path, "user", command, email, check=False).stderr


def routes(server):
    """Each operation of the API with the scope that it needs; None: open to everybody."""
    for path, methods in server.get("/openapi.json").json()["paths"].items():
        for method, operation in methods.items():
            scopes = {scope for scheme in operation["security"] for names in scheme.values() for scope in names}
            yield method.upper(), re.sub(r"\{\w+\}", "999999999", path), next(iter(scopes), None)


ROLES = {
    "owner": {"search", "items:read", "items:write", "content:review", "embed", "ingest", "metrics", "admin", "account"},
    "editor": {"search", "items:read", "items:write", "content:review", "embed", "ingest", "account"},
    "viewer": {"search", "items:read", "account"},
    "shopper": {"search", "items:read", "account"},
}


@pytest.mark.parametrize("role", ROLES)
def test_every_route_takes_the_roles_that_may(closed, role):
    browser = signed_in(closed, f"{role}@x.example")
    for method, path, scope in routes(closed):
        if path == "/api/v1/auth/logout" or (method, path) == ("DELETE", "/api/v1/auth/me"):
            continue  # they end the session, or ask for the password
        answer = browser.call(method, path)
        if scope is None or scope in ROLES[role]:
            assert answer.status_code not in (401, 403) or path == "/api/v1/auth/login", (method, path, answer.text)
        else:
            assert answer.status_code == 403 and answer.json()["missing_scopes"] == [scope], (method, path, answer.text)
    if browser.me()["user"]["has_totp"] is False:
        assert browser.me()["role"] == role


def test_the_first_owner_is_made_by_the_link_in_the_log(tmp_path):
    def link_of(server):
        return re.search(r"http://\S+/set-up#token=([0-9A-Za-z]{43})", server.output())[1]

    with Server(tmp_path, API_KEY=ROOT, RATE_LIMIT_SIGN_IN="1000/second") as server:
        assert server.get("/api/v1/auth/me").json()["sign_in_possible"] is False
        earlier = link_of(server)
    with Server(tmp_path, API_KEY=ROOT, RATE_LIMIT_SIGN_IN="1000/second") as server:
        token = link_of(server)
        body = {"token": earlier, "password": PASSWORD, "email": "ada@x.example", "name": "Ada"}
        assert server.post("/api/v1/auth/link", json=body).status_code == 404, "a start replaces the link"
        body["token"] = token
        assert server.post("/api/v1/auth/link", json={**body, "email": "no address"}).json()["field"] == "email"
        assert server.post("/api/v1/auth/link", json=body).json()["role"] == "owner"
        assert server.post("/api/v1/auth/link", json=body).status_code == 404
        assert signed_in(server, "ada@x.example").me()["role"] == "owner"
    with Server(tmp_path, API_KEY=ROOT, RATE_LIMIT_SIGN_IN="1000/second") as server:
        assert "/set-up" not in server.output()


def test_sign_ins_are_audited(closed):
    browser = Browser(closed)
    assert browser.log_in("viewer@x.example", WRONG).status_code == 401
    assert browser.log_in("viewer@x.example").status_code == 200
    me = browser.me()["id"]

    def entries():
        return with_key(closed, "GET", "/api/v1/audit?action=auth.login&limit=2").json()["entries"]

    wait_until(lambda: [one["outcome"] for one in entries()] == ["done", "refused"], "the entries of two sign-ins")
    done, refused = entries()
    assert done["principal"] == me and done["target"] == me
    assert refused["principal"] == "" and refused["target"] == "email:viewer@x.example"
    assert with_key(closed, "GET", "/api/v1/audit").text.count(WRONG) == 0


def test_an_open_server_prints_no_link(empty_server):
    assert "/set-up" not in empty_server.output()
    me = empty_server.get("/api/v1/auth/me").json()
    assert me["kind"] == "local" and me["sign_in_possible"] is False
    assert empty_server.get("/api/v1/auth/sessions").status_code == 403


def test_users_by_the_command_line_beside_a_running_server(tmp_path):
    with Server(tmp_path, API_KEY=ROOT, RATE_LIMIT_SIGN_IN="1000/second") as server:
        link = fit_process.run(tmp_path, "user", "create", "Ada@x.example", "--role", "owner", "--name", "Ada").stdout.strip()
        token = link.split("/invitation#token=")[1]
        assert server.post("/api/v1/auth/link", json={"token": token, "password": PASSWORD}).json()["name"] == "Ada"
        create(tmp_path, "eve@x.example", "viewer")
        browser = signed_in(server, "eve@x.example")
        listed = json.loads(fit_process.run(tmp_path, "user", "list", "--json").stdout)["users"]
        assert [(one["email"], one["role"], one["state"]) for one in listed] == [
            ("ada@x.example", "owner", "enabled"), ("eve@x.example", "viewer", "enabled")]
        assert "ada@x.example" in fit_process.run(tmp_path, "user", "list").stdout
        fit_process.run(tmp_path, "user", "disable", "eve@x.example")
        wait_until(lambda: browser.call("GET", "/api/v1/items").status_code == 401, "the end of the session")
        assert "disabled" in fit_process.run(tmp_path, "user", "reset", "eve@x.example", check=False).stderr
        fit_process.run(tmp_path, "user", "enable", "eve@x.example")
        signed_in(server, "eve@x.example")
        fit_process.run(tmp_path, "user", "remove", "eve@x.example")
        assert Browser(server).log_in("eve@x.example").status_code == 401


def test_links_have_the_public_address(tmp_path):
    done = fit_process.run(tmp_path, "user", "create", "ada@x.example", "--role", "owner", PUBLIC_URL="https://fit.example/")
    assert done.stdout.startswith("https://fit.example/invitation#token=")
    other = fit_process.run(tmp_path, "user", "create", "eve@x.example", "--role", "owner", APP_HOST="0.0.0.0", APP_PORT=8123)
    assert other.stdout.startswith("http://localhost:8123/invitation#token=")


@pytest.mark.parametrize("arguments, word", [
    (["create", "ada@x.example"], "--role"), (["create", "ada@x.example", "--role", "king"], "--role"),
    (["create", "ada", "--role", "owner"], "email"), (["reset", "nobody@x.example"], "no such user"),
    (["remove", "nobody@x.example"], "no such user")])
def test_wrong_use_of_the_command_line(tmp_path, arguments, word):
    done = fit_process.run(tmp_path, "user", *arguments, check=False)
    assert done.returncode != 0 and word in done.stderr


def test_the_log_has_no_secrets(tmp_path):
    email = create(tmp_path, "ada@x.example", "owner")
    with Server(tmp_path, API_KEY=ROOT, RATE_LIMIT_SIGN_IN="1000/second", LOG_LEVEL="debug") as server:
        browser = signed_in(server, email)
        ident = browser.me()["id"]
        begun = browser.call("POST", "/api/v1/auth/totp").json()
        Browser(server).log_in(email, WRONG)
        browser.call("GET", "/api/v1/items")
        token = browser.cookies["fit-session"]
        log = server.output()
    assert ident in log
    for secret in (PASSWORD, WRONG, token, begun["secret"], "argon2"):
        assert secret not in log


# Mail, by a real server.


@pytest.mark.parametrize("tls", [False, True])
def test_invitations_and_resets_by_mail(tmp_path, tls):
    create(tmp_path, "owner@x.example", "owner")
    with MailServer(tmp_path, tls) as mail:
        settings = {"SMTP_URL": mail.url(), "SMTP_FROM": "Größe & Co <fit@shop.example>"}
        if tls:
            settings["SSL_CERT_FILE"] = mail.certificate
        with Server(tmp_path, API_KEY=ROOT, RATE_LIMIT_SIGN_IN="1000/second", **settings) as server:
            made = with_key(server, "POST", "/api/v1/users", json={"email": "ada@x.example", "role": "viewer", "name": "Ada Größe"})
            assert made.json()["mail_sent"] is True
            envelope, message = mail.message()
            assert envelope.rcpt_tos == ["ada@x.example"] and envelope.mail_from == "fit@shop.example"
            assert message["From"] == "Größe & Co <fit@shop.example>" and message["To"] == "ada@x.example"
            assert made.json()["invitation_url"] in message.get_content() and "Ada Größe" in message.get_content()
            assert message["Date"].datetime and message["Message-ID"] and message["Subject"]
            token = made.json()["invitation_url"].split("#token=")[1]
            assert server.post("/api/v1/auth/link", json={"token": token, "password": PASSWORD}).status_code == 200
            assert server.post("/api/v1/auth/reset", json={"email": "nobody@x.example"}).status_code == 202
            assert server.post("/api/v1/auth/reset", json={"email": "ADA@x.example"}).status_code == 202
            _, message = mail.message()
            token = re.search(r"/reset#token=([0-9A-Za-z]{43})", message.get_content())[1]
            assert server.post("/api/v1/auth/link", json={"token": token, "password": "chosen by mail"}).status_code == 200
            assert Browser(server).log_in("ada@x.example", "chosen by mail").status_code == 200
            assert mail.messages == [], "nobody else got mail"
            assert token not in server.output() and "pass:word" not in server.output()


@pytest.mark.parametrize("fault", ["away", "password", "certificate"])
def test_a_mail_server_that_fails_is_logged_and_fails_no_request(tmp_path, fault):
    create(tmp_path, "owner@x.example", "owner")
    with MailServer(tmp_path, tls=fault == "certificate") as mail:
        url = {"away": f"smtp://localhost:{fit_process.free_port()}", "password": mail.url("wrong"), "certificate": mail.url()}[fault]
        with Server(tmp_path, API_KEY=ROOT, RATE_LIMIT_SIGN_IN="1000/second", SMTP_URL=url, SMTP_FROM="fit@shop.example") as server:
            assert server.post("/api/v1/auth/reset", json={"email": "owner@x.example"}).status_code == 202
            wait_until(lambda: "a message was not sent" in server.output(), "the line in the log")
        assert mail.messages == []


@pytest.mark.parametrize("settings, word", [
    ({"SMTP_URL": "mail.example", "SMTP_FROM": "fit@x.example"}, "SMTP_URL"), ({"SMTP_URL": "smtp://mail.example"}, "SMTP_FROM"),
    ({"SMTP_URL": "smtp://mail.example", "SMTP_FROM": "fit"}, "SMTP_FROM"), ({"SESSION_IDLE": "0"}, "SESSION_IDLE")])
def test_wrong_settings_end_the_start(tmp_path, settings, word):
    done = fit_process.run(tmp_path, "serve", check=False, **settings)
    assert done.returncode != 0 and word in done.stderr
