"""Parts of `./dev bench queue`: a peer on PostgreSQL, and photos from their acknowledgement until they are found."""
import base64
import http.client
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import threading
import time

PEER = "pg-boss@10.4.2"
PEER_JOBS = 20_000
PHOTOS = 1_500
PACED_PHOTOS = 500
PACE = 50  # photos a second of the paced part
PROBED = 10  # each tenth photo is searched for


def peer_jobs_per_second(root, work):
    """Empty jobs a second of the peer; None where its package cannot be installed."""
    sys.path.insert(0, str(root / "tests"))
    from postgres_cluster import PostgresCluster
    folder = work / "peer-queue"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(root / "bench" / "peer" / "queue.mjs", folder)
    if not (folder / "node_modules" / "pg-boss").exists():
        installed = subprocess.run(["npm", "install", "--no-save", "--no-audit", "--no-fund", "--prefix", folder, PEER],
                                   cwd=folder, capture_output=True, text=True)
        if installed.returncode != 0:
            print(f"bench: skipped: npm cannot install {PEER}: {installed.stderr[-300:]}", file=sys.stderr)
            return None
    with PostgresCluster(durable=True) as cluster:
        done = subprocess.run(["node", "queue.mjs", cluster.make_database("peer"), str(PEER_JOBS)], cwd=folder, check=True,
                              capture_output=True, text=True)
    return float(done.stdout)


class Client:
    """One connection to a server."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def call(self, method, path, body=None, kind="application/json"):
        self.connection.request(method, path, body, {"Content-Type": kind} if body else {})
        response = self.connection.getresponse()
        content = response.read()
        if response.status >= 300:
            raise RuntimeError(f"{path}: {response.status}: {content[:200]}")
        return json.loads(content)

    def ingest(self, photo):
        parts = (b'--b\r\nContent-Disposition: form-data; name="metadata"\r\n\r\n{"make_item": true}\r\n'
                 b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\n' + photo + b"\r\n--b--\r\n")
        return self.call("POST", "/api/v1/ingest", parts, "multipart/form-data; boundary=b")["asset_id"]

    def is_found(self, asset, photo):
        """Whether a search by the photo has the asset's item among its first results."""
        item = self.call("GET", f"/api/v1/assets/{asset}").get("item_id")
        if item is None:
            return False
        body = json.dumps({"image_base64": base64.b64encode(photo).decode(), "limit": 5}).encode()
        return any(result["id"] == item for result in self.call("POST", "/search_by_image", body)["results"])


def photos_of(folder, count):
    """The first distinct photos; a copy of a photo with another end is another file, but not another photo."""
    found = [path.read_bytes() for path in sorted(pathlib.Path(folder).glob("*/*.jpg"))[:count]]
    if len(found) < count:
        raise RuntimeError(f"{folder} has too few photos")
    return found


def photos_per_second(server, photos):
    """Photos a second from the first request until the last one is an item."""
    start = time.perf_counter()
    rest = iter(photos)
    lock = threading.Lock()
    failures = []

    def send():
        client = Client(server.port)
        try:
            while True:
                with lock:
                    photo = next(rest, None)
                if photo is None:
                    return
                client.ingest(photo)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    client = Client(server.port)
    while any(client.call("GET", f"/api/v1/assets?limit=1&state={state}")["assets"] for state in ("queued", "working")):
        time.sleep(0.05)
    return len(photos) / (time.perf_counter() - start)


def seconds_until_found(server, photos):
    """The times from the acknowledgement of each tenth photo until a search by it finds its item, at PACE photos a second."""
    times, probes = [], []
    sender = Client(server.port)

    def probe(asset, photo, acknowledged):
        client = Client(server.port)
        while not client.is_found(asset, photo):
            time.sleep(0.02)
        times.append(time.perf_counter() - acknowledged)

    start = time.perf_counter()
    for number, photo in enumerate(photos):
        time.sleep(max(0, start + number / PACE - time.perf_counter()))
        asset = sender.ingest(photo)
        if number % PROBED == 0:
            thread = threading.Thread(target=probe, args=(asset, photo, time.perf_counter()))
            thread.start()
            probes.append(thread)
    for thread in probes:
        thread.join()
    return times


def seconds_of_video(server, video):
    """The time from the request with a video until the work on it is done, and the number of its frames."""
    client = Client(server.port)
    form = (b'--v\r\nContent-Disposition: form-data; name="files"; filename="a.mp4"\r\n\r\n' + video + b"\r\n--v--\r\n")
    start = time.perf_counter()
    path = f"/api/v1/assets/{client.call('POST', '/api/v1/ingest', form, 'multipart/form-data; boundary=v')['asset_id']}"
    while (asset := client.call("GET", path))["state"] in ("queued", "working"):
        time.sleep(0.02)
    if asset["state"] != "done":
        raise RuntimeError(f"the video has failed: {asset['error']}")
    return time.perf_counter() - start, len(asset["frames"])


def print_photos(make_server, folder):
    """`make_server` starts a server with an empty catalogue each time. Returns photos a second, and the p95 in seconds of the
    time until a photo is found."""
    photos = photos_of(folder, PHOTOS + PACED_PHOTOS)
    with make_server() as server:
        rate = photos_per_second(server, photos[:PHOTOS])
    with make_server() as server:
        times = sorted(seconds_until_found(server, photos[PHOTOS:]))
    print(f"\nPhotos with the built-in model, from the request until each is an item: {rate:.0f} a second. From the acknowledgement "
          f"until a search by the photo finds its item, at {PACE} a second: p50 {statistics.median(times):.2f} s, "
          f"p95 {times[len(times) * 95 // 100]:.2f} s.", flush=True)
    return rate, times[len(times) * 95 // 100]
