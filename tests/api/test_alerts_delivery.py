"""Alerts reach people: by mail, push, webhooks and ntfy."""

import base64
import hashlib
import hmac
import io
import json
import re
import socket
import threading
from html.parser import HTMLParser

import jwt
import pytest
import requests
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from PIL import Image

import fit_process
import image_files
import shops
from alert_world import Person, Receiver, create_user, put_item
from fit_process import Server, wait_until
from mail_server import MailServer

ROOT = "the-key-of-the-environment"


class World:
    """A server with a mail server and the user ada."""

    def __init__(self, data, mail, is_new=True, **settings):
        self.mail = mail
        if is_new:
            create_user(data, "ada@x.example")
        self.server = Server(data, API_KEY=ROOT, RATE_LIMIT_SIGN_IN="1000/second",
                             ALLOW_PRIVATE_ADDRESSES="true", SMTP_URL=mail.url(), SMTP_FROM="Shop <fit@shop.example>", **settings)

    def __enter__(self):
        self.server.__enter__()
        self.ada = Person(self.server, "ada@x.example")
        return self

    def __exit__(self, *error):
        self.server.__exit__(*error)

    def confirm(self, message):
        token = re.search(r"/alerts/confirm#token=(\S+)", text_of(message))[1]
        answer = self.server.post("/api/v1/notifications/confirm", json={"token": token})
        assert answer.status_code == 200 and answer.json()["is_confirmed"], answer.text
        return token

    def confirmed_ada(self):
        """Ada with a confirmed address."""
        made = self.ada.save({"text": "confirming"})
        self.confirm(self.mail.message_to("ada@x.example"))
        self.ada.call("DELETE", f"/api/v1/saved-searches/{made['id']}")
        return self.ada

    def with_key(self, method, path, key=ROOT, **options):
        return requests.request(method, self.server.url + path, headers={"X-API-Key": key}, timeout=60 * fit_process.PATIENCE, **options)

    def save_for(self, email, key=ROOT):
        """Saves a search without an account."""
        made = self.with_key("POST", "/api/v1/saved-searches", key, json={"name": "Coats", "query": {"text": "coat"}, "email": email})
        assert made.status_code == 201, made.text
        return made.json()

    def new_key(self, name):
        made = self.with_key("POST", "/api/v1/keys", json={"name": name, "scopes": ["search"]})
        assert made.status_code in (200, 201), made.text
        return made.json()

    def wait_idle(self):
        """Waits until no message is on its way."""
        wait_until(lambda: all(job["state"] in ("done", "dead") for job in notify_jobs(self.server)), "the end of the jobs")

    def wait_compared(self):
        """Waits until all changes so far are compared with saved searches."""
        witness = self.with_key("POST", "/api/v1/saved-searches", json={"name": "Witness", "query": {"text": "bonnet"}, "channels": []})
        assert witness.status_code == 201, witness.text
        put_item(self.server, ROOT, title="Bonnet")
        path = f"/api/v1/saved-searches/{witness.json()['id']}"
        wait_until(lambda: self.with_key("GET", path + "/alerts").json()["alerts"], "the comparison")
        assert self.with_key("DELETE", path).status_code == 204


@pytest.fixture
def world(tmp_path):
    with MailServer(tmp_path) as mail, World(tmp_path, mail) as running:
        yield running


def text_of(message):
    return message.get_body(("plain",)).get_content()


def notify_jobs(server):
    answer = requests.get(server.url + "/api/v1/jobs?kind=notify", headers={"X-API-Key": ROOT}, timeout=60 * fit_process.PATIENCE)
    assert answer.status_code == 200, answer.text
    return answer.json()["jobs"]


def test_a_find_comes_by_mail_with_its_picture(world, drawn_sample):
    search = world.ada.save({"text": "wool coat"}, name="Größe & coats")
    assert not search["is_confirmed"]
    asked = world.mail.message_to("ada@x.example")
    assert "List-Unsubscribe" not in asked and asked["Subject"] == "Confirm your alerts"
    put_item(world.server, ROOT, "early", title="Wool coat, early")
    wait_until(lambda: world.ada.found(search), "an alert")
    assert world.mail.messages == [], "nothing is sent to an address that is not confirmed"
    token = world.confirm(asked)
    assert "Wool coat, early" in text_of(world.mail.message_to("ada@x.example"))
    photo = drawn_sample.photo(drawn_sample.rows[0])
    put_item(world.server, ROOT, photo=photo, title='Wool coat <script>"x"</script>', price=45.5, url="https://shop.example/coat?a=1&b=2")
    message = world.mail.message_to("ada@x.example")
    assert message["Subject"] == 'New: Wool coat <script>"x"</script>, 45.50 EUR'
    text = text_of(message)
    assert "45.50 EUR" in text and "https://shop.example/coat?a=1&b=2" in text and "Größe & coats" in text
    html = message.get_body(("html",)).get_content()
    assert "<script>" not in html and "&lt;script&gt;" in html and "https://shop.example/coat?a=1&amp;b=2" in html
    cid = re.search(r'src="cid:(item-\d+)"', html)[1]
    picture = next(part for part in message.walk() if part["Content-ID"] == f"<{cid}>")
    assert picture.get_content_type() == "image/jpeg" and picture.get_content()[:3] == b"\xff\xd8\xff"
    check_markup(html)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert token not in world.server.output()


class Markup(HTMLParser):
    """What a mail program meets in a message: which elements are open, and each with its attributes."""

    EMPTY = {"meta", "img", "br"}

    def __init__(self):
        super().__init__()
        self.open, self.elements = [], []

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, f"</{tag}> ends nothing"

    def named(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def check_markup(page):
    """The rules for HTML in mail."""
    markup = Markup()
    markup.feed(page)
    assert markup.open == [], "elements that are not closed"
    assert not [name for name, _ in markup.elements if name in ("script", "link", "form", "iframe", "object")]
    assert markup.named("html")[0]["lang"] == "en"
    assert {"name": "color-scheme", "content": "light dark"} in markup.named("meta")
    assert all(table.get("role") == "presentation" for table in markup.named("table")), "tables are for layout"
    assert any("max-width:600px" in table.get("style", "") for table in markup.named("table"))
    for image in markup.named("img"):
        assert image["alt"] and image["width"] == "120" and image["src"].startswith("cid:"), image
    cells = [cell for cell in markup.named("td") if "color:" in cell.get("style", "").replace("background-color:", "")]
    assert cells and all("font-family:" in cell["style"] for cell in cells), "styles are not inherited from the body everywhere"
    assert all(link["href"].startswith("http") and "color:" in link["style"] for link in markup.named("a") if "class" in link)
    assert any("/unsubscribe#token=" in link["href"] for link in markup.named("a"))


def test_what_a_run_of_a_source_brings_comes_by_mail(tmp_path):
    """From a shop to the shopper: a new listing like the photo of a saved search, with its picture, within one run."""
    pieces = [shops.Piece(number) for number in (1, 2)]
    with MailServer(tmp_path) as mail, shops.Shopify(pieces) as shop, \
            World(tmp_path, mail, CRAWL_DELAY="0", WORKERS="3") as world:
        made = world.with_key("POST", "/api/v1/sources", json={"kind": "shopify", "address": shop.url, "name": "shop", "schedule": "manual"})
        assert made.status_code == 201, made.text
        path = f"/api/v1/sources/{made.json()['id']}"

        def run():
            started = world.with_key("POST", path + "/run")
            assert started.status_code == 202, started.text
            wait_until(lambda: world.with_key("GET", path).json()["last_run"]["state"] != "running", "a run")
            last = world.with_key("GET", path).json()["last_run"]
            assert last["id"] == started.json()["id"] and last["state"] == "done", last
            return last

        assert run()["counts"]["new"] == 2
        ada = world.confirmed_ada()
        ada.save({"image_base64": image_files.text(image_files.jpeg(3)), "min_similarity": 0.99}, name="Like my photo")
        shop.sell(*pieces, shops.Piece(3, title="Rose dress", price="59.90"))
        assert run()["counts"]["new"] == 1
        message = mail.message_to("ada@x.example")
        assert message["Subject"] == "New: Rose dress, 59.90 EUR"
        assert f"{shop.url}/products/piece-3" in text_of(message) and "Like my photo" in text_of(message)
        page = message.get_body(("html",)).get_content()
        check_markup(page)
        cid = re.search(r'src="cid:(item-\d+)"', page)[1]
        picture = next(part for part in message.walk() if part["Content-ID"] == f"<{cid}>")
        thumbnail = Image.open(io.BytesIO(picture.get_content())).convert("RGB")
        expected = image_files.distinct(3).resize(thumbnail.size)
        middle = (thumbnail.width // 2, thumbnail.height // 2)
        difference = [abs(a - b) for a, b in zip(thumbnail.getpixel(middle), expected.getpixel(middle))]
        assert max(difference) < 30, "the picture is that of the listing"
        world.wait_idle()
        assert mail.messages == [], "one message"


def test_what_was_not_sent_waits_out_a_pause(world):
    """An address that is paused between two attempts at a message keeps its alerts for later."""
    ada = world.confirmed_ada()
    assert ada.call("POST", "/api/v1/notifications/test", json={"channel": {"type": "email"}}).status_code == 200
    everything = re.search(r"No more messages at all: \S+#token=(\S+)", text_of(world.mail.message_to("ada@x.example")))[1]
    ada.save({"text": "coat"})
    world.mail.refusals["ada@x.example"] = "451 4.7.1 greylisted, try again"
    attempts = len(world.mail.attempts)
    put_item(world.server, ROOT, title="Coat, held back")
    wait_until(lambda: len(world.mail.attempts) > attempts, "the first attempt")
    ended = requests.post(world.server.url + f"/api/v1/notifications/unsubscribe?token={everything}", timeout=60)
    assert ended.status_code == 200 and not ended.json()["is_subscribed"], ended.text
    world.wait_idle()
    del world.mail.refusals["ada@x.example"]
    assert world.mail.messages == []
    assert ada.call("POST", "/api/v1/notifications/confirmation").status_code == 202
    world.confirm(world.mail.message_to("ada@x.example"))
    assert "Coat, held back" in text_of(world.mail.message_to("ada@x.example"))


def test_alerts_wait_where_no_mail_can_be_sent(tmp_path):
    with MailServer(tmp_path) as mail:
        with World(tmp_path, mail) as world:
            world.confirmed_ada().save({"text": "coat"})
        with Server(tmp_path, API_KEY=ROOT, RATE_LIMIT_SIGN_IN="1000/second") as server:
            ada = Person(server, "ada@x.example")
            refused = ada.call("POST", "/api/v1/saved-searches", json={"name": "x", "query": {"text": "x"}, "channels": [{"type": "email"}]})
            assert refused.status_code == 422 and refused.json()["field"] == "channels" and "SMTP_URL" in refused.json()["detail"]
            silent = ada.save({"text": "boots"}, channels=[])
            refused = ada.call("PATCH", f"/api/v1/saved-searches/{silent['id']}", json={"channels": [{"type": "email"}]})
            assert refused.status_code == 422 and refused.json()["field"] == "channels" and "SMTP_URL" in refused.json()["detail"]
            put_item(server, ROOT, title="Coat, unsent")

            def failed():
                return [job for job in notify_jobs(server) if job["error"] and "SMTP_URL" in job["error"]["message"]]
            wait_until(failed, "the failure of the message")
            assert failed()[0]["state"] != "done"
        with World(tmp_path, mail, is_new=False):
            assert "Coat, unsent" in text_of(mail.message_to("ada@x.example")), "it is tried again"


def test_an_address_is_confirmed_for_each_who_gives_it(world):
    one, two = (world.new_key(name)["secret"] for name in ("one", "two"))
    world.save_for("bob@x.example", one)
    world.confirm(world.mail.message_to("bob@x.example"))
    assert world.save_for("bob@x.example", one)["is_confirmed"]
    other = world.save_for("bob@x.example", two)
    assert not other["is_confirmed"], "somebody else has confirmed it"
    asked = world.mail.message_to("bob@x.example")
    put_item(world.server, ROOT, title="Coat, early")
    assert "Coat, early" in text_of(world.mail.message_to("bob@x.example"))
    world.wait_idle()
    assert world.mail.messages == []
    path = f"/api/v1/saved-searches/{other['id']}"
    assert world.with_key("GET", path, two).json()["found"] == 0
    world.confirm(asked)
    assert world.with_key("GET", path, two).json()["is_confirmed"]
    put_item(world.server, ROOT, title="Coat, late")
    messages = [world.mail.message_to("bob@x.example") for _ in range(2)]
    assert all("Coat, late" in text_of(message) for message in messages), "each has asked for it"
    everything = re.search(r"No more messages at all: \S+#token=(\S+)", text_of(messages[0]))[1]
    assert requests.post(world.server.url + f"/api/v1/notifications/unsubscribe?token={everything}", timeout=60).status_code == 200
    assert not world.with_key("GET", path, two).json()["is_confirmed"], "everything to the address has ended"


def test_the_searches_of_a_revoked_key_match_nothing(world):
    key = world.new_key("shop")
    search = world.save_for("bob@x.example", key["secret"])
    world.confirm(world.mail.message_to("bob@x.example"))
    put_item(world.server, ROOT, title="Coat, early")
    world.mail.message_to("bob@x.example")
    assert requests.get(search["feed_url"], timeout=60).status_code == 200
    assert world.with_key("DELETE", f"/api/v1/keys/{key['id']}").status_code in (200, 204)
    put_item(world.server, ROOT, title="Coat, late")
    world.wait_compared()
    world.wait_idle()
    assert world.mail.messages == []
    assert requests.get(search["feed_url"], timeout=60).status_code == 404
    listed = json.loads(fit_process.run(world.server.data, "alerts", "list", "--json").stdout)["saved_searches"]
    assert [one["found"] for one in listed if one["id"] == search["id"]] == [1], "it stays until somebody removes it"


def test_one_click_ends_the_messages(world):
    ada = world.confirmed_ada()
    search = ada.save({"text": "coat"})
    put_item(world.server, ROOT)
    message = world.mail.message_to("ada@x.example")
    url = message["List-Unsubscribe"].strip("<>")
    assert requests.get(url, timeout=60).json() == {"email": "a***@x.example", "saved_search": "Coats", "is_subscribed": True}
    assert ada.call("GET", f"/api/v1/saved-searches/{search['id']}").json()["is_active"], "a GET ends nothing"
    ended = requests.post(url, data={"List-Unsubscribe": "One-Click"}, timeout=60)
    assert ended.status_code == 200 and ended.json()["is_subscribed"] is False, ended.text
    assert not ada.call("GET", f"/api/v1/saved-searches/{search['id']}").json()["is_active"]
    assert requests.post(url, timeout=60).status_code == 200, "twice is no error"
    for wrong in (url[:-3], url + "x", url.split("?")[0], url.replace("search.", "all.")):
        assert requests.post(wrong, timeout=60).status_code in (404, 422), wrong
    everything = re.search(r"No more messages at all: \S+#token=(\S+)", text_of(message))[1]
    path = f"/api/v1/notifications/unsubscribe?token={everything}"
    assert requests.post(world.server.url + path, timeout=60).json()["is_subscribed"] is False
    settings = ada.call("GET", "/api/v1/notifications").json()
    assert settings["is_paused"] and settings["pause_reason"] == "unsubscribed"
    ada.save({"text": "dress"})
    put_item(world.server, ROOT, title="Dress")
    put_item(world.server, ROOT, title="Coat")
    with Receiver() as receiver:  # something that is delivered, so that the mail would have been before
        ada.save({"text": "boots"}, channels=[{"type": "webhook", "url": receiver.url}])
        put_item(world.server, ROOT, title="Boots")
        receiver.wait_for(1)
    assert world.mail.messages == []


def test_an_address_alone_needs_its_confirmation(world):
    unnamed = world.with_key("POST", "/api/v1/saved-searches", json={"name": "x", "query": {"text": "coat"}})
    assert unnamed.status_code == 422 and unnamed.json()["field"] == "email", "nothing says where alerts go"
    made = world.with_key("POST", "/api/v1/saved-searches", json={"name": "x", "query": {"text": "coat"}, "email": " Bob@X.example "})
    assert made.status_code == 201 and made.json()["email"] == "bob@x.example" and not made.json()["is_confirmed"]
    witness = world.ada.save({"text": "coat"}, channels=[])
    put_item(world.server, ROOT, title="Coat, before")
    wait_until(lambda: world.ada.found(witness), "the comparison")
    world.confirm(world.mail.message_to("bob@x.example"))
    put_item(world.server, ROOT, title="Coat, after")
    text = text_of(world.mail.message_to("bob@x.example"))
    assert "Coat, after" in text and "before" not in text
    for wrong in ("confirm.default.1.9999999999.x", "x", "a" * 5000):
        assert world.server.post("/api/v1/notifications/confirm", json={"token": wrong}).status_code == 404
    shown = world.with_key("GET", f"/api/v1/saved-searches/{made.json()['id']}").json()
    assert shown["is_confirmed"] and shown["found"] == 1


def test_an_address_is_asked_three_times_an_hour(world):
    for number in range(5):
        made = world.with_key("POST", "/api/v1/saved-searches", json={"name": "x", "query": {"text": "coat"}, "email": "bob@x.example"})
        assert made.status_code == 201
        if number < 3:
            world.mail.message_to("bob@x.example")
            wait_until(lambda: not world.with_key("GET", "/api/v1/jobs?kind=notify&state=running").json()["jobs"], "its job")
    world.confirmed_ada()  # whose message comes after them
    assert world.mail.messages == []


def test_a_refused_address_is_paused_and_greylisting_is_not(world):
    ada = world.confirmed_ada()
    search = ada.save({"text": "coat"})
    world.mail.refusals["ada@x.example"] = ["451 4.7.1 greylisted, try again", "451 4.7.1 greylisted, try again"]
    put_item(world.server, ROOT, title="Coat, greylisted")
    assert "greylisted" in text_of(world.mail.message_to("ada@x.example")), "it is sent again"
    world.mail.refusals["ada@x.example"] = "550 5.1.1 no such user"
    put_item(world.server, ROOT, title="Coat, refused")
    wait_until(lambda: ada.call("GET", "/api/v1/notifications").json()["is_paused"], "the pause")
    assert "550" in ada.call("GET", "/api/v1/notifications").json()["pause_reason"]
    attempts = len(world.mail.attempts)
    put_item(world.server, ROOT, title="Coat, later")
    wait_until(lambda: len(ada.found(search)) == 3, "the alert")
    assert ada.call("POST", "/api/v1/notifications/test", json={"channel": {"type": "email"}}).status_code == 409
    assert len(world.mail.attempts) == attempts
    del world.mail.refusals["ada@x.example"]
    assert ada.call("POST", "/api/v1/notifications/confirmation").status_code == 202
    world.confirm(world.mail.message_to("ada@x.example"))
    text = text_of(world.mail.message_to("ada@x.example"))
    assert "Coat, later" in text and "Coat, refused" in text, "what was refused has waited"
    assert ada.call("POST", "/api/v1/notifications/confirmation").status_code == 409, "it is confirmed"


def test_a_mail_server_that_stalls_holds_up_nothing_else(tmp_path):
    """Mail waits for its server; a webhook of the same queue is delivered meanwhile."""
    with socket.socket() as silent, MailServer(tmp_path) as mail, Receiver() as receiver:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        accepted = []
        threading.Thread(target=lambda: accepted.append(silent.accept()), daemon=True).start()
        with World(tmp_path, mail) as world:
            world.confirmed_ada()
        settings = {"SMTP_URL": f"smtp://127.0.0.1:{silent.getsockname()[1]}", "SMTP_FROM": "fit@shop.example"}
        with Server(tmp_path, API_KEY=ROOT, RATE_LIMIT_SIGN_IN="1000/second", ALLOW_PRIVATE_ADDRESSES="true", **settings) as server:
            ada = Person(server, "ada@x.example")
            ada.save({"text": "coat"})
            put_item(server, ROOT)
            wait_until(lambda: accepted, "the mail")
            ada.save({"text": "boots"}, channels=[{"type": "webhook", "url": receiver.url}])
            put_item(server, ROOT, title="Boots")
            receiver.wait_for(1)
        # What was not accepted is sent after the next start.
        with World(tmp_path, mail, is_new=False):
            assert "Wool coat" in text_of(mail.message_to("ada@x.example"))


def test_many_finds_are_one_message(tmp_path):
    with MailServer(tmp_path) as mail, World(tmp_path, mail, ALERT_MESSAGES_PER_HOUR="2") as world:
        world.confirmed_ada().save({"text": "coat"})
        for number in range(2):
            put_item(world.server, ROOT, title=f"Coat {number}")
            mail.message_to("ada@x.example")
        for number in range(2, 6):
            put_item(world.server, ROOT, title=f"Coat {number}")
        wait_until(lambda: delivery_metric(world, "postponed"), "the rate limit")
        assert mail.messages == []


def delivery_metric(world, outcome):
    return re.search(rf'fit_notifications_total{{channel="email",outcome="{outcome}"}} [1-9]', world.with_key("GET", "/metrics").text)


def test_webhooks_are_signed_and_tried_again(world):
    with Receiver() as receiver:
        receiver.statuses = [500, 429]
        world.ada.save({"text": "coat"}, channels=[{"type": "webhook", "url": receiver.url + "/hook"}])
        item = put_item(world.server, ROOT, brand="Gap")
        path, headers, body = receiver.wait_for(3)
        assert path == "/hook" and len({one[1]["webhook-id"] for one in receiver.requests}) == 1
        secret = base64.b64decode(world.ada.call("GET", "/api/v1/notifications").json()["webhook_secret"].removeprefix("whsec_"))
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        signature = "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
        assert headers["webhook-signature"] == signature
        alert, = json.loads(body)["alerts"]
        assert alert["event"] == "new" and alert["item"]["id"] == item and alert["saved_search"]["name"] == "Coats"
        test = world.ada.call("POST", "/api/v1/notifications/test", json={"channel": {"type": "webhook", "url": receiver.url}})
        assert test.status_code == 200 and test.json() == {"accepted": 1}
        assert json.loads(receiver.wait_for(4)[2])["type"] == "test"


def test_a_webhook_that_is_gone_is_a_dead_letter(world):
    with Receiver() as receiver:
        receiver.statuses = [410]
        world.ada.save({"text": "coat"}, channels=[{"type": "webhook", "url": receiver.url}])
        put_item(world.server, ROOT)

        def dead():
            return world.with_key("GET", "/api/v1/admin/dlq?kind=notify").json()["jobs"]
        wait_until(dead, "a dead letter")
        job, = dead()
        assert "410" in job["error"]["message"]
        assert len(receiver.requests) == 1, "not tried again"
        assert world.with_key("POST", f"/api/v1/admin/dlq/{job['id']}/retry").status_code in (200, 201, 202)
        receiver.wait_for(2)


def test_ntfy_gets_its_topic(world):
    with Receiver() as receiver:
        world.ada.save({"text": "coat"}, channels=[{"type": "ntfy", "url": receiver.url + "/coats"}])
        put_item(world.server, ROOT, title="Größe coat", url="https://shop.example/1")
        path, _, body = receiver.wait_for(1)
        message = json.loads(body)
        assert path == "/" and message["topic"] == "coats" and "Größe coat" in message["title"]
        assert message["click"] == "https://shop.example/1"


class PushBrowser:
    """A browser: its keys, and how it decrypts (RFC 8291) and how its push service checks a sender (RFC 8292)."""

    def __init__(self, url):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.auth = b"0123456789abcdef"
        self.point = self.key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        self.subscription = {"endpoint": url, "expirationTime": None,
                             "keys": {"p256dh": self.encoded(self.point), "auth": self.encoded(self.auth)}}

    @staticmethod
    def encoded(raw):
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    @staticmethod
    def decoded(text):
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

    def decrypt(self, body):
        salt, size, sender = body[:16], body[20], body[21:21 + body[20]]
        assert size == 65
        peer = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        secret = self.key.exchange(ec.ECDH(), peer)
        key = HKDF(hashes.SHA256(), 32, self.auth, b"WebPush: info\0" + self.point + sender).derive(secret)
        content_key = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(key)
        nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(key)
        text = AESGCM(content_key).decrypt(nonce, body[21 + size:], None)
        assert text[-1:] == b"\x02", "the last record"
        return json.loads(text[:-1])

    def check_sender(self, authorization, audience, server_key):
        token, key = re.fullmatch(r"vapid t=(\S+), k=(\S+)", authorization).groups()
        assert key == server_key
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), self.decoded(key))
        claims = jwt.decode(token, public, algorithms=["ES256"], audience=audience)
        assert claims["sub"] == "mailto:fit@shop.example"


def test_push_messages_are_encrypted_and_signed(world):
    with Receiver() as service:
        server_key = world.ada.call("GET", "/api/v1/notifications").json()["vapid_public_key"]
        browsers = [PushBrowser(f"{service.url}/push/{number}") for number in range(2)]
        for browser in browsers:
            added = world.ada.call("POST", "/api/v1/notifications/push", json=browser.subscription)
            assert added.status_code == 201 and added.json()["host"] == "127.0.0.1", added.text
        world.ada.save({"text": "coat"}, channels=[{"type": "push"}])
        item = put_item(world.server, ROOT, title="Coat", price=10)
        service.wait_for(2)
        for path, headers, body in service.requests:
            browser = browsers[int(path.rsplit("/", 1)[1])]
            browser.check_sender(headers["Authorization"], service.url, server_key)
            message = browser.decrypt(body)
            assert message["title"] == "New: Coat, 10 EUR" and message["url"].endswith(f"/items/{item}")
            assert headers["Content-Encoding"] == "aes128gcm" and int(headers["TTL"]) > 0
        service.statuses = [410, 201]
        put_item(world.server, ROOT, title="Coat")
        service.wait_for(4)
        wait_until(lambda: len(world.ada.call("GET", "/api/v1/notifications").json()["push_subscriptions"]) == 1,
                   "the end of a subscription")
        left, = world.ada.call("GET", "/api/v1/notifications").json()["push_subscriptions"]
        assert world.ada.call("DELETE", f"/api/v1/notifications/push/{left['id']}").status_code == 204
        assert world.ada.call("DELETE", f"/api/v1/notifications/push/{left['id']}").status_code == 404
        test = world.ada.call("POST", "/api/v1/notifications/test", json={"channel": {"type": "push"}})
        assert test.status_code == 409 and "browser" in test.json()["detail"]


def test_bad_subscriptions_are_named(world):
    for change, field in (({"endpoint": "ftp://x"}, "endpoint"), ({"endpoint": ""}, "endpoint"),
                          ({"keys": {"p256dh": "x", "auth": "y"}}, "keys.p256dh"), ({"keys": {"p256dh": "x"}}, "keys.auth"),
                          ({"surprise": 1}, "surprise")):
        answer = world.ada.call("POST", "/api/v1/notifications/push", json=PushBrowser("https://push.example/1").subscription | change)
        assert answer.status_code == 422 and answer.json()["field"] == field, answer.text
    assert world.ada.call("GET", "/api/v1/notifications").json()["push_subscriptions"] == []


def test_a_disabled_user_gets_nothing_and_keeps_their_searches(world):
    create_user(world.server.data, "owner@x.example", "owner")
    with Receiver() as receiver:
        search = world.ada.save({"text": "coat"}, channels=[{"type": "webhook", "url": receiver.url}])
        ada = next(user for user in world.with_key("GET", "/api/v1/users").json()["users"] if user["email"] == "ada@x.example")
        assert world.with_key("PATCH", f"/api/v1/users/{ada['id']}", json={"disabled": True}).status_code == 200
        put_item(world.server, ROOT, title="Coat, early")
        world.wait_compared()
        assert requests.get(search["feed_url"], timeout=60).status_code == 404
        assert world.with_key("PATCH", f"/api/v1/users/{ada['id']}", json={"disabled": False}).status_code == 200
        again = Person(world.server, "ada@x.example")
        assert again.found(search) == []
        put_item(world.server, ROOT, title="Coat, late")
        alert, = json.loads(receiver.wait_for(1)[2])["alerts"]
        assert alert["item"]["title"] == "Coat, late" and len(receiver.requests) == 1


def test_a_user_who_is_gone_gets_nothing(world):
    with Receiver() as receiver:
        search = world.ada.save({"text": "coat"}, channels=[{"type": "webhook", "url": receiver.url}])
        assert requests.get(search["feed_url"], timeout=60).status_code == 200
        users = world.with_key("GET", "/api/v1/users").json()["users"]
        create_user(world.server.data, "owner@x.example", "owner")
        ada = next(user for user in users if user["email"] == "ada@x.example")
        assert world.with_key("DELETE", f"/api/v1/users/{ada['id']}").status_code in (200, 204)
        assert requests.get(search["feed_url"], timeout=60).status_code == 404
        put_item(world.server, ROOT)
        wait_until(lambda: "Coats" not in fit_process.run(world.server.data, "alerts", "list").stdout, "the end of the saved search")
        assert receiver.requests == []
