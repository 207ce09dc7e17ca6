"""An OpenID provider on loopback, for tests: it signs whatever it is told to, and misbehaves on demand."""

import base64
import hashlib
import http.server
import json
import secrets
import threading
import time
import urllib.parse

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

CLIENT = "find-this-fit"
SECRET = "the secret of the client: 100%"


class Key:
    """A key pair with a name."""

    def __init__(self, name, algorithm="RS256"):
        self.name, self.algorithm = name, algorithm
        self.private = rsa.generate_private_key(65537, 2048) if algorithm == "RS256" else ec.generate_private_key(ec.SECP256R1())

    def public_jwk(self):
        kind = jwt.algorithms.RSAAlgorithm if self.algorithm == "RS256" else jwt.algorithms.ECAlgorithm
        jwk = kind.to_jwk(self.private.public_key())
        return (jwk if isinstance(jwk, dict) else json.loads(jwk)) | {"kid": self.name, "alg": self.algorithm, "use": "sig"}

    def sign(self, claims, **headers):
        return jwt.encode(claims, self.private, self.algorithm, headers={"kid": self.name} | headers)


class Handler(http.server.BaseHTTPRequestHandler):
    """Handles the requests of the client."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def send(self, status, body, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def handle_any(self, body=b""):
        provider = self.server.provider
        provider.requests.append(self.path)
        if provider.mode == "silent":
            provider.ending.wait()
            return
        if provider.mode == "down":
            self.send(503, b"")
        elif provider.mode == "huge":
            self.send(200, b" " * (4 << 20))
        elif provider.mode == "redirect":
            self.send(302, b"", Location="http://127.0.0.1:1/")
        elif self.path == "/realm/.well-known/openid-configuration":
            self.send(200, json.dumps(provider.description()).encode())
        elif self.path == "/realm/keys":
            self.send(200, json.dumps({"keys": [key.public_jwk() for key in provider.published]}).encode())
        elif self.path == "/realm/token":
            status, answer = provider.redeem(self.headers, dict(urllib.parse.parse_qsl(body.decode())))
            self.send(status, json.dumps(answer).encode())
        else:
            self.send(404, b"")

    def do_GET(self):
        self.handle_any()

    def do_POST(self):
        self.handle_any(self.rfile.read(int(self.headers.get("Content-Length", 0))))


class Provider:
    """Use as a context manager. `claims` are those of the next ID token; `mode` is one of "", "silent", "down", "huge" and
    "redirect"."""

    def __init__(self, slash=False):
        self.key = Key("first")
        self.published = [self.key]
        self.mode = ""
        self.slash = slash
        self.requests = []
        self.codes = {}
        self.ending = threading.Event()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.provider = self
        self.base = f"http://127.0.0.1:{self.server.server_port}/realm"
        self.issuer = self.base + ("/" if slash else "")

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *error):
        self.ending.set()
        self.server.shutdown()
        self.server.server_close()

    def settings(self, **more):
        return {"OIDC_ISSUER": self.base, "OIDC_CLIENT_ID": CLIENT, "OIDC_CLIENT_SECRET": SECRET, "OIDC_NAME": "Shop ID",
                "OIDC_ROLES": "staff=editor,admins=owner,customers=shopper"} | more

    def description(self):
        return {"issuer": self.issuer, "authorization_endpoint": self.base + "/authorize", "token_endpoint": self.base + "/token",
                "jwks_uri": self.base + "/keys", "response_types_supported": ["code"]}

    def claims(self, subject="ann", **more):
        now = time.time()
        claims = {"iss": self.issuer, "aud": CLIENT, "sub": subject, "iat": int(now), "exp": int(now) + 300,
                  "email": f"{subject}@id.example", "email_verified": True, "name": subject.title(), "groups": ["staff"]} | more
        return {name: value for name, value in claims.items() if value is not None}

    def sign_in(self, url, key=None, sign=None, **claims):
        """What the sign-in page of `url` does for somebody who signs in: returns the query of the callback."""
        asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))
        code = secrets.token_urlsafe(16)
        sign = sign or (key or self.key).sign
        self.codes[code] = {"asked": asked, "token": sign(self.claims(**({"nonce": asked["nonce"]} | claims)))}
        return {"code": code, "state": asked["state"]}

    def redeem(self, headers, form):
        code = self.codes.pop(form.get("code"), None)
        pair = ":".join(map(urllib.parse.quote_plus, (CLIENT, SECRET))).replace("+", "%20")
        if headers.get("Authorization") != "Basic " + base64.b64encode(pair.encode()).decode():
            return 401, {"error": "invalid_client"}
        if code is None or form.get("grant_type") != "authorization_code":
            return 400, {"error": "invalid_grant"}
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).decode().rstrip("=")
        asked = code["asked"]
        if challenge != asked["code_challenge"] or form.get("redirect_uri") != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer", "id_token": code["token"]}
