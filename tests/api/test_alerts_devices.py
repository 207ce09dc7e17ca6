"""Alerts reach the iOS app by Apple's push service, whose API is HTTP/2."""

import json
import pathlib
import re
import subprocess
import threading

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

import fit_process
from alert_world import Person, create_user, put_item
from fit_process import Server, wait_until
from tls import Authority

ROOT = "the-key-of-the-environment"
TOPIC = "org.findthisfit.app"
DEVICE, OTHER, GONE = "a1" * 32, "b2" * 32, "00" * 30 + "dead"


class PushService:
    """Apple's push service, with a certificate of an authority. A context manager."""

    def __init__(self, authority):
        certificate, key = authority.sign(7)
        self.command = ["node", pathlib.Path(__file__).with_name("apns_server.mjs"), certificate, key]
        self.requests = []

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = f"https://127.0.0.1:{int(self.process.stdout.readline())}"
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.reader.join()

    def read(self):
        for line in self.process.stdout:
            self.requests.append(json.loads(line))

    def wait_for(self, count):
        wait_until(lambda: len(self.requests) >= count, f"{count} messages")
        return self.requests[count - 1]


class Key:
    """A key as Apple gives it out, in a file."""

    def __init__(self, file):
        self.key = ec.generate_private_key(ec.SECP256R1())
        file.write_bytes(self.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                                serialization.NoEncryption()))
        self.settings = {"APNS_KEY_FILE": str(file), "APNS_KEY_ID": "ABC123DEFG", "APNS_TEAM_ID": "TEAM123456", "APNS_TOPIC": TOPIC}

    def check(self, authorization):
        token, = re.fullmatch(r"bearer (\S+)", authorization).groups()
        assert jwt.get_unverified_header(token) | {"typ": ""} == {"alg": "ES256", "kid": "ABC123DEFG", "typ": ""}
        assert jwt.decode(token, self.key.public_key(), algorithms=["ES256"])["iss"] == "TEAM123456"


class Devices:
    """A server that reaches devices, and ada's session."""

    def __init__(self, data, **settings):
        create_user(data, "ada@x.example")
        self.server = Server(data, API_KEY=ROOT, ALLOW_PRIVATE_ADDRESSES="true", **settings)

    def __enter__(self):
        self.server.__enter__()
        self.ada = Person(self.server, "ada@x.example")
        return self

    def __exit__(self, *error):
        self.server.__exit__(*error)

    def add(self, token, person=None):
        return (person or self.ada).call("POST", "/api/v1/notifications/devices", json={"token": token})

    def settings(self):
        answer = self.ada.call("GET", "/api/v1/notifications")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def test(self):
        return self.ada.call("POST", "/api/v1/notifications/test", json={"channel": {"type": "push"}})


def test_an_alert_reaches_the_devices_of_its_owner(tmp_path):
    authority, key = Authority(tmp_path), Key(tmp_path / "key.p8")
    with (PushService(authority) as service,
          Devices(tmp_path, APNS_URL=service.url, SSL_CERT_FILE=authority.certificate, **key.settings) as world):
        assert world.settings()["apns_topic"] == TOPIC
        made = [world.add(token) for token in (DEVICE.upper(), GONE)]
        assert [answer.status_code for answer in made] == [201, 201], made[0].text
        assert "token" not in made[0].json() and DEVICE not in json.dumps(world.settings())
        search = world.ada.save({"text": "coat"}, channels=[{"type": "push"}])
        item = put_item(world.server, ROOT, title="Größe \"coat\"", price=10)
        service.wait_for(2)
        by_path = {request["headers"][":path"]: request for request in service.requests}
        assert set(by_path) == {f"/3/device/{DEVICE}", f"/3/device/{GONE}"}
        got = by_path[f"/3/device/{DEVICE}"]
        assert got["protocol"] == "h2" and got["headers"][":method"] == "POST"
        assert got["headers"]["apns-topic"] == TOPIC and got["headers"]["apns-push-type"] == "alert"
        key.check(got["headers"]["authorization"])
        body = json.loads(got["body"])
        assert body["aps"]["alert"]["title"] == 'New: Größe "coat", 10 EUR' and body["url"] == f"findthisfit://items/{item}"
        wait_until(lambda: [one["id"] for one in world.settings()["devices"]] == [made[0].json()["id"]], "the end of a device")
        assert world.test().json() == {"accepted": 1}
        assert json.loads(service.wait_for(3)["body"])["aps"]["alert"]["title"] == "Alerts reach you"
        assert world.ada.call("DELETE", f"/api/v1/saved-searches/{search['id']}").status_code == 204


def test_a_device_belongs_to_whom_it_was_added_for_last(tmp_path):
    authority, key = Authority(tmp_path), Key(tmp_path / "key.p8")
    create_user(tmp_path, "bob@x.example")
    with (PushService(authority) as service,
          Devices(tmp_path, APNS_URL=service.url, SSL_CERT_FILE=authority.certificate, **key.settings) as world):
        bob = Person(world.server, "bob@x.example")
        first = world.add(DEVICE).json()
        assert world.add(DEVICE).json() == first, "one that is there keeps its id"
        path = f"/api/v1/notifications/devices/{first['id']}"
        assert bob.call("DELETE", path).status_code == 404
        assert bob.call("DELETE", path.replace("devices", "push")).status_code == 404
        assert world.add(DEVICE, bob).status_code == 201
        assert world.settings()["devices"] == [] and world.ada.call("DELETE", path).status_code == 404
        assert bob.call("DELETE", path.replace("devices", "push")).status_code == 404, "it is no browser"
        assert bob.call("DELETE", path).status_code == 204
        assert world.test().status_code == 409
        for number in range(20):
            assert world.add(f"{number:064x}").status_code == 201
        assert world.add(OTHER).status_code == 409
        assert service.requests == []


def test_bad_tokens_are_refused(tmp_path):
    with Devices(tmp_path, **Key(tmp_path / "key.p8").settings) as world:
        for body, field in (({"token": "zz" * 32}, "token"), ({"token": "a1"}, "token"), ({"token": "../" * 30}, "token"),
                            ({"token": "a1" * 101}, "token"), ({"token": 7}, "token"), ({}, "token"), ({"token": DEVICE, "x": 1}, "x")):
            answer = world.ada.call("POST", "/api/v1/notifications/devices", json=body)
            assert answer.status_code == 422 and answer.json()["field"] == field, answer.text


def test_a_server_without_a_key_reaches_no_devices(tmp_path):
    with Devices(tmp_path) as world:
        assert world.settings()["apns_topic"] is None and world.settings()["devices"] == []
        assert world.add(DEVICE).status_code == 409


@pytest.mark.parametrize("change, setting", [
    ({"APNS_KEY_ID": "abc"}, "APNS_KEY_ID"), ({"APNS_TEAM_ID": ""}, "APNS_TEAM_ID"), ({"APNS_TOPIC": ""}, "APNS_TOPIC"),
    ({"APNS_KEY_FILE": "/nowhere/key.p8"}, "APNS_KEY_FILE"), ({"APNS_URL": "push"}, "APNS_URL")])
def test_a_wrong_setting_is_named_at_the_start(tmp_path, change, setting):
    done = fit_process.run(tmp_path, "serve", check=False, **Key(tmp_path / "key.p8").settings | change)
    assert done.returncode != 0 and setting in done.stderr


def test_a_file_that_is_no_key_is_named_at_the_start(tmp_path):
    settings = Key(tmp_path / "key.p8").settings
    (tmp_path / "key.p8").write_text("no key")
    done = fit_process.run(tmp_path, "serve", check=False, **settings)
    assert done.returncode != 0 and "APNS_KEY_FILE" in done.stderr and "no key" not in done.stderr
