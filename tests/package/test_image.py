"""Runs the last stage of deploy/Dockerfile step by step in a fresh Debian 13, and serves a photo search from it.

Run by ./dev test-package, as root. No container engine is needed: each instruction is done by chroot, and the server
runs in mount, process and network namespaces of its own, on a read-only root.
"""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import time

import pytest

from test_package import CLONE, LIMIT_S, ROOTS, host_settings, proxies, run

BINARY = os.environ.get("FIT_BINARY", str(CLONE / "build/release/src/main/fit"))
KEY = "fit_" + "t" * 49
PORT = 8000

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="a fresh Debian needs root")


def stages():
    """The instructions of each stage by its name: (word, arguments), without comments, one a line."""
    text = (CLONE / "deploy/Dockerfile").read_text()
    text = "\n".join(line for line in text.splitlines() if not line.startswith("#")).replace("\\\n", " ")
    made, name = {}, None
    for line in filter(None, text.splitlines()):
        word, arguments = line.split(None, 1)
        if word == "FROM":
            name = arguments.split()[-1]
            made[name] = []
        else:
            made[name].append((word, arguments))
    return made


def runtime_packages(folder):
    """What the build stage lists: its last instruction, with the built program."""
    program = folder / "build/release/src/main/fit"
    program.parent.mkdir(parents=True)
    shutil.copy(BINARY, program)
    word, command = stages()["build"][-1]
    assert word == "RUN" and "/runtime-packages.txt" in command
    run("sh", "-c", command.replace("/runtime-packages.txt", str(folder / "packages.txt")), cwd=folder)
    return folder / "packages.txt"


class Image:
    """What a container engine keeps of an image: a folder, and how its program is started."""

    def __init__(self, root):
        self.root = root
        self.environment, self.words = {}, {}

    def build(self, scratch):
        for word, arguments in stages()["runtime"]:
            if word == "RUN":
                run("chroot", self.root, "/usr/bin/env", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", *proxies(), "sh", "-c", arguments)
            elif word == "ENV":
                self.environment |= dict(one.split("=", 1) for one in shlex.split(arguments))
            elif word == "COPY":
                self.copy(arguments.split(), scratch)
            else:
                self.words[word] = arguments

    def copy(self, arguments, scratch):
        source, target = arguments[-2:]
        if source == "/etc/apt/":
            return  # the base has the host's settings
        if source == "/runtime-packages.txt":
            shutil.copy(runtime_packages(scratch), self.root / target.lstrip("/"))
        else:
            assert source == "/source/build/release/src/main/fit"
            run("strip", "-o", self.root / target.lstrip("/"), BINARY)

    def command(self):
        return [*json.loads(self.words["ENTRYPOINT"]), *json.loads(self.words["CMD"])]


class Container:
    """The server of an image: its root is read-only, `data` is mounted at /data, and no network leads out of it."""

    def __init__(self, image, data, user, **environment):
        self.image = image
        uid, gid = user.split(":")
        given = image.environment | {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "API_KEY": KEY} | environment
        inside = ["chroot", f"--userspec={uid}:{gid}", "--groups=", image.root, "/usr/bin/env", "-i", "-C", image.words["WORKDIR"],
                  *(f"{name}={value}" for name, value in given.items()), *image.command()]
        root = shlex.quote(str(image.root))
        # On this system itself, mounts must not reach others; the root of a toolbox is no mount, and has its own already.
        mounts = (f"mount --make-rprivate / 2>/dev/null; mount --bind {root} {root} && mount -o remount,ro,bind {root} && mount -t proc proc {root}/proc && "
                  f"mount --rbind /dev {root}/dev && mount -t tmpfs -o mode=1777 tmpfs {root}/tmp && "
                  f"mount --bind {shlex.quote(str(data))} {root}/data && exec {shlex.join(map(str, inside))}")
        self.log = open(data.parent / f"{data.name}.log", "w+")
        self.process = subprocess.Popen(["unshare", "--mount", "--net", "--propagation", "unchanged", "sh", "-c", mounts],
                                        stdout=self.log, stderr=self.log)
        self.wait_until_it_runs()
        self.as_user, self.given = [f"--reuid={uid}", f"--regid={gid}", "--clear-groups"], given

    def wait_until_it_runs(self):
        deadline = time.monotonic() + LIMIT_S
        while self.process.poll() is None and os.path.basename(os.readlink(f"/proc/{self.process.pid}/exe")) != "fit":
            assert time.monotonic() < deadline, self.output()
            time.sleep(0.05)
        assert self.process.poll() is None, self.output()
        run("nsenter", "-t", self.process.pid, "--net", "python3", "-c", UP)

    def execute(self, *words, check=True):
        """As `docker exec`."""
        done = subprocess.run(["nsenter", "-t", str(self.process.pid), "--mount", "--net", "--root", "--wd", "/usr/bin/setpriv",
                               *self.as_user, "/usr/bin/env", "-i", *(f"{name}={value}" for name, value in self.given.items()),
                               *map(str, words)], capture_output=True, text=True)
        assert not check or done.returncode == 0, done.stderr + self.output()
        return done.stdout if check else done.returncode

    def wait_until_healthy(self):
        check = re.search(r"CMD (.*)$", self.image.words["HEALTHCHECK"])[1]
        deadline = time.monotonic() + LIMIT_S
        while self.execute("sh", "-c", check, check=False) != 0:
            assert self.process.poll() is None and time.monotonic() < deadline, self.output()
            time.sleep(0.1)

    def ask(self, path, *options):
        return json.loads(self.execute("curl", "-fsS", "-H", f"X-API-Key: {KEY}", f"http://127.0.0.1:{PORT}{path}", *options))

    def output(self):
        self.log.seek(0)
        return self.log.read()

    def stop(self):
        self.process.send_signal(getattr(signal, self.image.words["STOPSIGNAL"]))
        return self.process.wait(60)


# Sets the loopback of a network namespace up.
UP = ("import fcntl, socket, struct; "
      "fcntl.ioctl(socket.socket(socket.AF_INET, socket.SOCK_DGRAM), 0x8914, struct.pack('16sH14x', b'lo', 1))")


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    base = ROOTS / "image-base"
    if not (base / ".complete").exists():
        shutil.rmtree(base, ignore_errors=True)
        ROOTS.mkdir(parents=True, exist_ok=True)
        run(CLONE / "toolbox/make_root", base, env=os.environ | host_settings() | {"PACKAGES": "ca-certificates"})
    root = ROOTS / "image"
    shutil.rmtree(root, ignore_errors=True)
    run("cp", "-a", base, root)
    for name in ("resolv.conf", "hosts"):
        shutil.copy(f"/etc/{name}", root / "etc" / name)
    bundle = "/etc/ssl/certs/ca-certificates.crt"
    shutil.copy(bundle, root / bundle.lstrip("/"))
    made = Image(root)
    try:
        made.build(tmp_path_factory.mktemp("build"))
        yield made
    finally:
        shutil.rmtree(root, ignore_errors=True)


def test_the_image_has_what_the_program_needs_and_no_more(image):
    def size(path):
        return int(run("du", "-sxm", path).split()[0])
    print(f"the image has {size(image.root)} MiB, {size(ROOTS / 'image-base')} of them are Debian's; the largest packages, in KiB:")
    sizes = run("chroot", image.root, "dpkg-query", "-W", "-f", "${Installed-Size} ${Package}\n").splitlines()
    print("\n".join(sorted(sizes, key=lambda line: -int(line.split()[0]))[:8]))
    listed = run("chroot", image.root, "dpkg-query", "-W", "-f", "${Package}\n").split()
    assert {"libvips42t64", "curl", "ca-certificates"} <= set(listed)
    assert not [name for name in listed if name.endswith("-dev") or name.startswith(("g++", "postgresql", "nodejs", "python3"))]
    assert "not found" not in run("chroot", image.root, "ldd", "/usr/bin/fit")


# A named volume has the owner of the image's folder; a bind mount has the user who made it, whom --user names.
@pytest.mark.parametrize("user", ["10001:0", "1234:0"])
def test_a_container_finds_a_photo_on_a_read_only_root(image, user, tmp_path):
    assert image.words["USER"] == "10001:0" and image.words["VOLUME"] == "/data"
    data = tmp_path / "data"
    run("cp", "-a", image.root / "data", data)
    if user != image.words["USER"]:
        os.chown(data, int(user.split(":")[0]), 0)
    container = Container(image, data, user)
    try:
        container.wait_until_healthy()
        assert container.execute("touch", "/usr/file", check=False) != 0
        assert container.execute("id", "-u").strip() == user.split(":")[0]
        container.execute("fit", "sample", "--items", "12", "--seed", "1")
        deadline = time.monotonic() + LIMIT_S
        while not (items := container.ask("/api/v1/items?limit=1")["items"]):  # the server follows the catalogue
            assert time.monotonic() < deadline, container.output()
            time.sleep(0.1)
        item = items[0]
        address = re.sub(r"^https?://[^/]+", "", item["images"][0]["url"])
        container.execute("curl", "-fsS", "-H", f"X-API-Key: {KEY}", "-o", "/tmp/photo.jpg", f"http://127.0.0.1:{PORT}{address}")
        found = container.ask("/api/v1/search", "-F", "image=@/tmp/photo.jpg", "-F", "limit=3")["results"]
        assert found[0]["id"] == item["id"] and found[0]["similarity"] > 0.99
        assert container.stop() == 0
    finally:
        container.process.kill()
        container.process.wait()
