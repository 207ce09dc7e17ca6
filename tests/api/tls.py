"""A server with TLS, and the authority that signs its certificates."""

import os
import socket
import ssl
import subprocess

import requests

import fit_process
from fit_process import Server, wait_until

WAIT_S = 30 * fit_process.PATIENCE


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


class Authority:
    """A certificate authority that signs certificates for 127.0.0.1. Their serial numbers tell them apart."""

    def __init__(self, folder):
        self.folder = folder
        self.certificate = folder / "ca.pem"
        self.key = folder / "ca.key"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", 2, "-subj",
                "/CN=Test authority", "-addext", "basicConstraints=critical,CA:TRUE", "-addext",
                "keyUsage=critical,keyCertSign", "-keyout", self.key, "-out", self.certificate)

    def sign(self, serial):
        """Makes a certificate. Returns its file and that of its key."""
        certificate, key = self.folder / f"{serial}.pem", self.folder / f"{serial}.key"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", 1, "-subj",
                "/CN=fit", "-addext", "subjectAltName=IP:127.0.0.1,DNS:fit.example", "-addext",
                "basicConstraints=critical,CA:FALSE", "-addext", "keyUsage=critical,digitalSignature", "-set_serial", serial, "-CA",
                self.certificate, "-CAkey", self.key, "-keyout", key, "-out", certificate)
        return certificate, key


class TlsServer(Server):
    """A server with a certificate of an authority, which clients check."""

    def __init__(self, data, authority, **settings):
        self.authority = authority
        self.certificate, self.key = data / "cert.pem", data / "key.pem"
        self.use(1)
        super().__init__(data, TLS_CERT=self.certificate, TLS_KEY=self.key, **settings)
        self.url = f"https://127.0.0.1:{self.port}"
        self.session = requests.Session()
        self.session.trust_env = False  # REQUESTS_CA_BUNDLE would replace the authority
        self.session.verify = str(authority.certificate)

    def use(self, serial):
        """Replaces the files one after the other, as a program that renews certificates does."""
        for made, used in zip(self.authority.sign(serial), (self.certificate, self.key)):
            os.replace(made, used)

    def wait_ready(self):
        def is_ready():
            assert self.process.poll() is None, self.output()
            try:
                return self.get("/ready").status_code == 200
            except requests.exceptions.SSLError:
                raise
            except requests.ConnectionError:
                return False

        wait_until(is_ready, "the start")

    def context(self):
        return ssl.create_default_context(cafile=self.authority.certificate)

    def connect(self, context=None):
        raw = socket.create_connection(("127.0.0.1", self.port), timeout=WAIT_S)
        return (context or self.context()).wrap_socket(raw, server_hostname="127.0.0.1")

    def serial(self):
        """The serial number of the certificate that a new connection gets."""
        with self.connect() as connection:
            return int(connection.getpeercert()["serialNumber"], 16)

    def get(self, path, **options):
        return self.session.get(self.url + path, timeout=WAIT_S, **options)

    def post(self, path, **options):
        return self.session.post(self.url + path, timeout=WAIT_S, **options)
