"""Resumable uploads by the tus protocol, at /api/v1/uploads."""

import base64
import hashlib
import json
import subprocess

import pytest
import requests

import image_files
from checks import assert_problem
from fit_process import PATIENCE, SOURCE_DIR, Server, wait_until

VERSION = {"Tus-Resumable": "1.0.0"}


def b64(content):
    return base64.b64encode(content if isinstance(content, bytes) else content.encode()).decode()


def create(server, length, metadata="", **headers):
    return requests.post(f"{server.url}/api/v1/uploads", timeout=60 * PATIENCE,
                         headers=VERSION | {"Upload-Length": str(length), "Upload-Metadata": metadata} | headers)


def head(server, path):
    return requests.head(server.url + path, headers=VERSION, timeout=60 * PATIENCE)


def patch(server, path, offset, content, **headers):
    return requests.patch(server.url + path, data=content, timeout=60 * PATIENCE,
                          headers=VERSION | {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"} | headers)


@pytest.fixture(scope="module")
def uploading(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("uploads"), MAX_UPLOAD_BYTES=1_000_000) as server:
        yield server


def test_the_protocol_is_described(uploading):
    answer = requests.options(f"{uploading.url}/api/v1/uploads", timeout=30)
    assert answer.status_code == 204 and answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Extension"].split(",") == ["creation", "termination", "expiration", "checksum"]
    assert answer.headers["Tus-Max-Size"] == "1000000" and answer.headers["Tus-Checksum-Algorithm"] == "sha1,sha256"


def test_a_file_comes_in_pieces(uploading):
    photo = image_files.jpeg(1)
    metadata = f"filename {b64('coat.jpg')},metadata {b64(json.dumps({'title': 'Coat', 'make_item': True}))}"
    made = create(uploading, len(photo), metadata)
    assert made.status_code == 201 and made.headers["Tus-Resumable"] == "1.0.0", made.text
    path = made.headers["Location"]
    offset = 0
    while offset < len(photo):
        state = head(uploading, path)
        assert state.status_code == 200 and state.headers["Upload-Offset"] == str(offset)
        assert state.headers["Upload-Length"] == str(len(photo)) and state.headers["Upload-Metadata"] == metadata
        assert state.headers["Cache-Control"] == "no-store" and "Asset-Id" not in state.headers
        sent = patch(uploading, path, offset, photo[offset:offset + 1000])
        assert sent.status_code == 204, sent.text
        offset = int(sent.headers["Upload-Offset"])
    asset_id = sent.headers["Asset-Id"]
    assert head(uploading, path).headers["Asset-Id"] == asset_id
    wait_until(lambda: uploading.get(f"/api/v1/assets/{asset_id}").json()["state"] == "done", "the work on the upload")
    asset = uploading.get(f"/api/v1/assets/{asset_id}").json()
    assert asset["name"] == "coat.jpg" and asset["title"] == "Coat" and asset["item_id"]
    assert uploading.get(asset["content_url"]).content == photo
    assert_problem(patch(uploading, path, len(photo), b"more"), 409, "Upload-Offset")


def test_a_client_that_goes_away_loses_nothing_that_came(uploading):
    """The connection breaks within the body of a PATCH."""
    import socket
    photo = image_files.encode(image_files.drawn(size=(800, 800)), quality=95)
    path = create(uploading, len(photo)).headers["Location"]
    half = len(photo) // 2
    with socket.create_connection(("127.0.0.1", uploading.port), timeout=30 * PATIENCE) as connection:
        connection.sendall((f"PATCH {path} HTTP/1.1\r\nHost: localhost\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"
                            f"Content-Type: application/offset+octet-stream\r\nContent-Length: {len(photo)}\r\n\r\n").encode())
        connection.sendall(photo[:half])
    wait_until(lambda: head(uploading, path).headers["Upload-Offset"] == str(half), "keeping the first half")
    done = patch(uploading, path, half, photo[half:])
    assert done.status_code == 204, done.text
    assert uploading.get(f"/api/v1/assets/{done.headers['Asset-Id']}/content").content == photo


def test_an_upload_survives_a_kill(tmp_path):
    photo = image_files.jpeg(2)
    server = Server(tmp_path).start()
    path = create(server, len(photo), f"filename {b64('a.jpg')}").headers["Location"]
    assert patch(server, path, 0, photo[:2000]).status_code == 204
    server.kill()
    with Server(tmp_path) as server:
        assert head(server, path).headers["Upload-Offset"] == "2000"
        done = patch(server, path, 2000, photo[2000:])
        assert done.status_code == 204
        assert server.get(f"/api/v1/assets/{done.headers['Asset-Id']}/content").content == photo


def test_checksums(uploading):
    photo = image_files.jpeg(3)
    path = create(uploading, len(photo)).headers["Location"]
    wrong = patch(uploading, path, 0, photo[:500], **{"Upload-Checksum": f"sha1 {b64(hashlib.sha1(b'x').digest())}"})
    assert wrong.status_code == 460 and head(uploading, path).headers["Upload-Offset"] == "0"
    assert patch(uploading, path, 0, photo[:500], **{"Upload-Checksum": "md5 abcd"}).status_code == 400
    for offset, end, algorithm in ((0, 500, "sha1"), (500, len(photo), "sha256")):
        digest = hashlib.new(algorithm, photo[offset:end]).digest()
        sent = patch(uploading, path, offset, photo[offset:end], **{"Upload-Checksum": f"{algorithm} {b64(digest)}"})
        assert sent.status_code == 204, sent.text


def test_termination(uploading):
    path = create(uploading, 100).headers["Location"]
    assert requests.delete(uploading.url + path, headers=VERSION, timeout=30).status_code == 204
    assert head(uploading, path).status_code == 404
    assert patch(uploading, path, 0, b"x").status_code == 404
    assert requests.delete(uploading.url + path, headers=VERSION, timeout=30).status_code == 404


def test_a_file_that_is_no_image_ends_the_upload(uploading):
    content = b"PK\x03\x04" + bytes(1000)
    path = create(uploading, len(content)).headers["Location"]
    assert_problem(patch(uploading, path, 0, content), 415, "body")
    assert head(uploading, path).status_code == 404


def test_bad_requests_are_refused(uploading):
    path = create(uploading, 100).headers["Location"]
    assert patch(uploading, path, 50, b"x").status_code == 409
    assert patch(uploading, path, 0, bytes(101)).status_code == 413
    assert patch(uploading, path, "x", b"x").status_code == 400
    assert patch(uploading, path, 0, b"x", **{"Content-Type": "image/jpeg"}).status_code == 415
    assert head(uploading, path).headers["Upload-Offset"] == "0"
    old = requests.head(uploading.url + path, headers={"Tus-Resumable": "0.2.2"}, timeout=30)
    assert old.status_code == 412 and old.headers["Tus-Version"] == "1.0.0"
    assert create(uploading, 1_000_001).status_code == 413
    assert create(uploading, 0).status_code == 422
    assert create(uploading, -1).status_code == 400
    assert create(uploading, 10, "filename ???").status_code == 400
    assert create(uploading, 10, f"colour {b64('red')}").status_code == 422
    assert create(uploading, 10, f"metadata {b64('{')}").status_code == 400
    assert create(uploading, 10, f"metadata {b64('[]')}").status_code == 422
    assert create(uploading, 10, **{"Upload-Defer-Length": "1"}).status_code == 422
    for other in ("/api/v1/uploads/x", "/api/v1/uploads/..%2Ffit.db", "/api/v1/uploads/" + "0" * 32):
        assert head(uploading, other).status_code == 404


TUS_CLIENT = """
import { readFileSync } from "node:fs";
import { Upload } from "tus-js-client";
const [endpoint, file, stopAfter] = process.argv.slice(2);
const body = readFileSync(file);
const options = {
  endpoint, chunkSize: 1000, metadata: { filename: "a.jpg", filetype: "image/jpeg" }, retryDelays: [0, 50],
  onError: (error) => { console.error(String(error)); process.exit(1); },
  onSuccess: ({ lastResponse }) => console.log(JSON.stringify({ url: upload.url, asset: lastResponse.getHeader("Asset-Id") })),
};
let upload = new Upload(body, { ...options, onChunkComplete: async (_, sent) => {
  if (sent < Number(stopAfter) || options.uploadUrl) return;
  await upload.abort();
  options.uploadUrl = upload.url;
  upload = new Upload(body, options);
  upload.start();
} });
upload.start();
"""


def test_the_client_of_tus_resumes(uploading, tmp_path):
    client = SOURCE_DIR / "web" / "node_modules" / "tus-js-client"
    photo = image_files.jpeg(5)
    (tmp_path / "photo.jpg").write_bytes(photo)
    (tmp_path / "node_modules").symlink_to(client.parent)
    (tmp_path / "client.mjs").write_text(TUS_CLIENT)
    done = subprocess.run(["node", tmp_path / "client.mjs", f"{uploading.url}/api/v1/uploads", tmp_path / "photo.jpg", "2000"],
                          capture_output=True, text=True, timeout=60 * PATIENCE)
    assert done.returncode == 0, done.stderr
    asset = json.loads(done.stdout)["asset"]
    assert uploading.get(f"/api/v1/assets/{asset}/content").content == photo
