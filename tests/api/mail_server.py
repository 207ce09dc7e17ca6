"""A mail server of a test: what the program sends, read back."""

import base64
import email
import email.policy
import os
import pathlib
import re
import subprocess

import fit_process
from fit_process import wait_until


def keep_page(message):
    """Writes the HTML of a message with its images as a page into the folder FIT_MAIL_FOLDER, where that is set: to be
    looked at, or photographed, in a browser."""
    folder = os.environ.get("FIT_MAIL_FOLDER")
    body = message.get_body(("html",))
    if not folder or body is None:
        return
    page = body.get_content()
    for part in message.walk():
        if part["Content-ID"]:
            image = base64.b64encode(part.get_payload(decode=True)).decode()
            page = page.replace("cid:" + part["Content-ID"].strip("<>"), f"data:{part.get_content_type()};base64,{image}")
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"\W+", "-", message["Subject"]).strip("-")[:80]
    (folder / f"{name}.html").write_text(page)


class MailServer:
    """An SMTP server that asks for a password. Use as a context manager; .messages is what it has accepted."""

    def __init__(self, folder, tls=False):
        from aiosmtpd.controller import Controller
        from aiosmtpd.smtp import AuthResult
        self.messages = []
        self.refusals = {}  # replies to recipients, by address: "550 no such user"; a list is used up one by one
        self.attempts = []  # the recipients that the program has named
        context = None
        if tls:
            import ssl
            self.certificate = folder / "mail.pem"
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                            "-keyout", folder / "mail.key", "-out", self.certificate, "-subj", "/CN=localhost", "-days", "2",
                            "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.certificate, folder / "mail.key")
        mail = self

        class Handler:
            async def handle_RCPT(self, _server, _session, envelope, address, _options):
                mail.attempts.append(address)
                refusal = mail.refusals.get(address)
                if isinstance(refusal, list):
                    refusal = refusal.pop(0) if refusal else None
                if refusal:
                    return refusal
                envelope.rcpt_tos.append(address)
                return "250 OK"

            async def handle_DATA(self, _server, _session, envelope):
                mail.messages.append(envelope)
                return "250 OK"

        def authenticator(_server, _session, _envelope, _mechanism, data):
            return AuthResult(success=(data.login, data.password) == (b"shop", b"pass:word"))

        self.controller = Controller(Handler(), hostname="127.0.0.1", port=fit_process.free_port(), authenticator=authenticator,
                                     auth_required=True, auth_require_tls=False, tls_context=context,
                                     require_starttls=tls, ready_timeout=60 * fit_process.PATIENCE)

    def url(self, password="pass%3Aword"):
        return f"smtp://shop:{password}@localhost:{self.controller.port}"

    def __enter__(self):
        self.controller.start()
        return self

    def __exit__(self, *_):
        self.controller.stop()

    def message(self):
        wait_until(lambda: self.messages, "a message")
        envelope = self.messages.pop()
        return envelope, email.message_from_bytes(envelope.content, policy=email.policy.default)

    def message_to(self, address):
        """The next message to an address."""
        def waiting():
            return [one for one in self.messages if one.rcpt_tos == [address]]
        wait_until(waiting, f"a message to {address}")
        envelope = waiting()[0]
        self.messages.remove(envelope)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        keep_page(message)
        return message
