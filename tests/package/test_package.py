"""Installs, upgrades, removes and purges the Debian package in a fresh Debian 13, and serves a photo search from it.

Run by ./dev test-package after ./dev package, as root. systemd does not run in here: the test starts the service's own
command as the service's user.
"""

import ctypes
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
import urllib.request

import pytest

CLONE = pathlib.Path(__file__).resolve().parents[2]
ROOTS = pathlib.Path(os.environ.get("FIT_TOOLBOX_CACHE", "/var/cache/find-this-fit")) / "package-test"
URL = "http://127.0.0.1:8765"
LIMIT_S = 120

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="a fresh Debian needs root")


def run(*command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{shlex.join(map(str, command))}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout


class Machine:
    """A Debian 13 in a folder, entered by chroot with /proc and /dev."""

    def __init__(self, root):
        self.root = root
        self.server = None
        (root / "etc/resolv.conf").write_text(pathlib.Path("/etc/resolv.conf").read_text())
        (root / "etc/hosts").write_text("127.0.0.1 localhost\n")
        bundle = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")
        if bundle.exists():
            (root / "etc/ssl/certs").mkdir(parents=True, exist_ok=True)
            shutil.copy(bundle, root / "etc/ssl/certs/ca-certificates.crt")
        run("mount", "-t", "proc", "proc", root / "proc")
        run("mount", "--rbind", "/dev", root / "dev")

    def close(self):
        self.stop()
        for folder in ("dev", "proc"):
            subprocess.run(["umount", "-l", str(self.root / folder)], check=False)

    def command(self, *words, user=None):
        if user:
            words = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", *words]
        return ["chroot", str(self.root), "/usr/bin/env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8",
                "DEBIAN_FRONTEND=noninteractive", *proxies(), *map(str, words)]

    def do(self, *words, user=None):
        return run(*self.command(*words, user=user))

    def install(self, package):
        shutil.copy(package, self.root / "tmp" / package.name)
        # Settings that were changed stay, as unattended upgrades leave them.
        return self.do("apt-get", "install", "-y", "-q", "--no-install-recommends", "-o", "Dpkg::Options::=--force-confold",
                       f"/tmp/{package.name}")

    def path(self, name):
        return self.root / name.lstrip("/")

    def unit(self, name):
        """The settings of a unit's section [Service]."""
        text = self.path(f"/usr/lib/systemd/system/{name}").read_text()
        return dict(line.split("=", 1) for line in text.split("[Service]")[1].splitlines() if re.match(r"\w+=", line))

    def start(self):
        """Starts what fit.service starts, with its user, in its folder, on another port."""
        unit = self.unit("fit.service")
        command = [*shlex.split(unit["ExecStart"]), "--app-port", URL.rsplit(":", 1)[1]]
        inside = f"cd {unit['WorkingDirectory']} && umask {unit['UMask']} && exec {shlex.join(command)}"
        self.log = self.root / "tmp/serve.log"
        with open(self.log, "w") as log:
            self.server = subprocess.Popen(self.command("sh", "-c", inside, user=unit["User"]), stdout=log, stderr=log,
                                           preexec_fn=deny_write_execute)
        deadline = time.monotonic() + LIMIT_S
        while True:
            assert self.server.poll() is None and time.monotonic() < deadline, self.log.read_text()
            try:
                return get("/ready")
            except OSError:
                time.sleep(0.1)

    def stop(self):
        if self.server and self.server.poll() is None:
            self.server.send_signal(signal.SIGTERM)
            assert self.server.wait(60) == 0, self.log.read_text()
        self.server = None


def deny_write_execute():
    """What MemoryDenyWriteExecute=yes does, by the kernel's own flag, which programs inherit (Linux 6.3)."""
    PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN = 65, 1
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0) != 0:
        print("this kernel cannot deny memory that is written and executed")


def commands_of_the_page(word):
    """The lines of shell blocks of docs/deploy/debian.md that have the word, without sudo."""
    blocks = re.findall(r"^```sh\n(.*?)^```", (CLONE / "docs/deploy/debian.md").read_text(), re.S | re.M)
    lines = [line for block in blocks for line in block.splitlines() if word in line]
    return [shlex.split(line.removeprefix("sudo -u fit ")) for line in lines]


def proxies():
    names = ("http_proxy", "https_proxy", "no_proxy")
    return [f"{name}={os.environ[name]}" for name in names if name in os.environ]


def get(path):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(URL + path, timeout=30) as response:
        return response.read().decode()


def host_settings():
    """The host's mirror and apt settings, as toolbox/root.sh gives them to toolbox/make_root."""
    script = '. toolbox/host.sh; debian_mirror ""; echo ---; debian_mirror -security; echo ---; apt_client_settings'
    mirror, security, settings = run("bash", "-c", script, cwd=CLONE).split("---\n")
    return {"MIRROR": mirror.strip(), "SECURITY_MIRROR": security.strip(), "APT_SETTINGS": settings}


@pytest.fixture(scope="module")
def package():
    found = sorted((CLONE / "build/package").glob("*.deb"))
    if not found:
        pytest.fail("./dev package makes the package first")
    return found[0]


@pytest.fixture(scope="module")
def older(package, tmp_path_factory):
    """The same package as version 0.0.1, as if it were the one before."""
    folder = tmp_path_factory.mktemp("older")
    run("dpkg-deb", "-R", package, folder / "tree")
    control = folder / "tree/DEBIAN/control"
    control.write_text(re.sub(r"^Version: .*$", "Version: 0.0.1", control.read_text(), flags=re.M))
    # A conffile that the new version has changed.
    settings = folder / "tree/etc/fit/fit.toml"
    settings.write_text(settings.read_text() + "\n# 0.0.1\n")
    run("dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "-b", folder / "tree", folder / "find-this-fit_0.0.1.deb")
    return folder / "find-this-fit_0.0.1.deb"


@pytest.fixture(scope="module")
def machine():
    """A Debian 13 that has never had the package. Its base is kept between runs."""
    base = ROOTS / "base"
    if not (base / ".complete").exists():
        shutil.rmtree(base, ignore_errors=True)
        ROOTS.mkdir(parents=True, exist_ok=True)
        run(CLONE / "toolbox/make_root", base, env=os.environ | host_settings() | {"PACKAGES": "ca-certificates,systemd"})
    root = ROOTS / "root"
    shutil.rmtree(root, ignore_errors=True)
    run("cp", "-a", base, root)
    machine = Machine(root)
    try:
        machine.do("apt-get", "update", "-q")
        yield machine
    finally:
        machine.close()
        shutil.rmtree(root, ignore_errors=True)


@pytest.fixture(scope="module")
def drawn(machine, older):
    """The older package, with a drawn catalogue, which its user has made."""
    machine.install(older)
    (command,) = commands_of_the_page(" sample ")
    assert shlex.join(command) in (CLONE / "README.md").read_text(), "the first screen says the same"
    machine.do(*command, "--seed", 1, user="fit")
    return machine


def test_files_and_dependencies(package):
    listed = run("dpkg-deb", "-c", package)
    for name in ("/usr/bin/fit", "/etc/fit/fit.toml", "/usr/share/man/man1/fit-serve.1.gz",
                 "/usr/lib/systemd/system/fit.service", "/usr/lib/systemd/system/fit-backup.timer",
                 "/usr/share/bash-completion/completions/fit", "/usr/share/zsh/vendor-completions/_fit",
                 "/usr/share/fish/vendor_completions.d/fit.fish", "/usr/share/doc/find-this-fit/sbom.spdx.json"):
        assert f" .{name}\n" in listed, listed
    depends = run("dpkg-deb", "-f", package, "Depends")
    for name in ("libonnxruntime1", "libvips42", "libsqlite3-0", "libc6 (>=", "libheif-plugin-libde265"):
        assert name in depends, depends
    for name in ("postgresql", "-dev", "nodejs", "python3"):
        assert name not in depends, depends


def test_manual_pages_and_completions_are_read_by_their_programs(package, tmp_path):
    run("dpkg-deb", "-x", package, tmp_path)
    pages = sorted((tmp_path / "usr/share/man/man1").glob("*.gz"))
    assert len(pages) > 40
    run("gunzip", *pages)
    run("mandoc", "-T", "lint", "-W", "error", *(page.with_suffix("") for page in pages))
    assert "Serve the HTTP API" in run("mandoc", "-T", "utf8", pages[0].parent / "fit-serve.1")
    run("bash", "-n", tmp_path / "usr/share/bash-completion/completions/fit")
    run("zsh", "-n", tmp_path / "usr/share/zsh/vendor-completions/_fit")
    run("fish", "-n", tmp_path / "usr/share/fish/vendor_completions.d/fit.fish")


def test_the_list_of_parts_agrees_with_the_package(package, tmp_path):
    run("dpkg-deb", "-x", package, tmp_path)
    document = json.loads((tmp_path / "usr/share/doc/find-this-fit/sbom.spdx.json").read_text())
    assert (document["spdxVersion"], document["dataLicense"]) == ("SPDX-2.3", "CC0-1.0")
    parts = {part["SPDXID"]: part for part in document["packages"]}
    assert len(parts) == len(document["packages"]) and all(re.fullmatch(r"SPDXRef-[A-Za-z0-9.-]+", name) for name in parts)
    for relation in document["relationships"]:
        assert {relation["spdxElementId"], relation["relatedSpdxElement"]} <= {*parts, "SPDXRef-DOCUMENT"}
    assert {relation["relatedSpdxElement"] for relation in document["relationships"]} == set(parts), "every part has its place"
    program = parts["SPDXRef-find-this-fit"]
    assert program["versionInfo"] == run("dpkg-deb", "-f", package, "Version").strip()
    assert program["checksums"][0]["checksumValue"] == run("sha256sum", tmp_path / "usr/bin/fit").split()[0]
    # What the package depends on for a library is a part of the program.
    libraries = {re.split(r"[ (]", name.strip())[0] for name in run("dpkg-deb", "-f", package, "Depends").split(",")}
    # Virtual packages, such as libspdlog1.15-fmt10, are other names of these.
    libraries &= set(run("dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n").replace(" installed", "").splitlines())
    named = {part["name"] for part in parts.values()}
    found = {name for name in libraries if name.startswith("lib") and "plugin" not in name}
    assert len(found) > 20 and found <= named
    assert {"react", "nlohmann-json3-dev"} <= named


def test_the_same_program_gives_the_same_bytes(package):
    before = package.read_bytes()
    version = run("dpkg-deb", "-f", package, "Version").strip()
    epoch = run("git", "log", "-1", "--format=%ct", cwd=CLONE).strip()
    if "+" in version:  # the time of the commit, of which there may be a later one by now
        epoch = run("date", "-u", "+%s", "-d", re.sub(r".*\+(\d{8})(\d\d)(\d\d)(\d\d)$", r"\1 \2:\3:\4", version)).strip()
    run(CLONE / "deploy/package", cwd=CLONE, env=os.environ | {"SOURCE_DATE_EPOCH": epoch, "FIT_PACKAGE_VERSION": version})
    assert package.read_bytes() == before


def test_an_installed_package_finds_a_photo(drawn):
    assert oct(drawn.path("/etc/fit/fit.toml").stat().st_mode & 0o777) == "0o640"
    assert oct(drawn.path("/var/lib/fit").stat().st_mode & 0o777) == "0o750"
    (command,) = commands_of_the_page(" config")
    assert "sqlite:////var/lib/fit/fit.db" in drawn.do(*command)
    drawn.start()
    assert "<!doctype html>" in get("/").lower()
    assert json.loads(get("/api/v1/items?limit=1"))["items"]
    photo = get("/api/v1/items?limit=1")
    address = json.loads(photo)["items"][0]["images"][0]
    address = address["url"] if isinstance(address, dict) else address
    (drawn.root / "tmp/photo.jpg").write_bytes(urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
        URL + re.sub(r"^https?://[^/]+", "", address)).read())
    found = json.loads(run("curl", "-fsS", "--noproxy", "*", f"{URL}/api/v1/search", "-F",
                           f"image=@{drawn.root}/tmp/photo.jpg", "-F", "limit=3"))
    assert found["results"] and found["results"][0]["similarity"] > 0.99
    drawn.stop()
    assert drawn.path("/var/lib/fit/fit.db").stat().st_uid != 0


def test_the_service_makes_only_the_system_calls_of_its_unit(drawn, tmp_path):
    """Runs the server under strace and holds the names of its calls against SystemCallFilter."""
    allowed = set()
    for line in (CLONE / "deploy/debian/find-this-fit.fit.service").read_text().splitlines():
        if line.startswith("SystemCallFilter="):
            words = line.split("=", 1)[1]
            names = {name for word in words.lstrip("~").split() for name in members(word)}
            allowed = allowed - names if words.startswith("~") else allowed | names
    counts = tmp_path / "calls"
    unit = drawn.unit("fit.service")
    command = drawn.command("sh", "-c", f"cd {unit['WorkingDirectory']} && exec {unit['ExecStart']} --app-port 8765", user="fit")
    server = subprocess.Popen(["strace", "-f", "-c", "-S", "name", "-U", "name", "-o", str(counts), *command],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    drawn.server = None
    deadline = time.monotonic() + LIMIT_S
    while True:
        assert server.poll() is None and time.monotonic() < deadline
        try:
            get("/ready")
            break
        except OSError:
            time.sleep(0.2)
    run("curl", "-fsS", "--noproxy", "*", f"{URL}/api/v1/search", "-F", f"image=@{drawn.root}/tmp/photo.jpg", "-F", "limit=3")
    run("curl", "-fsS", "--noproxy", "*", f"{URL}/api/v1/ingest", "-F", f"files=@{drawn.root}/tmp/photo.jpg")
    os.kill(int(run("pgrep", "-P", server.pid).split()[0]), signal.SIGTERM)
    server.wait(60)
    made = {line.split()[0] for line in counts.read_text().splitlines() if re.match(r"^[a-z]\w*\s*$", line)}
    # Words of the table, and what chroot and setpriv call before the program begins.
    made -= {"syscall", "total", "chroot", "setresuid", "setresgid", "setgroups", "capset", "capget"}
    assert "openat" in made
    assert made - allowed == set()


def members(word):
    """The system calls of a group, with those of the groups in it."""
    if not word.startswith("@"):
        return {word}
    lines = run("systemd-analyze", "syscall-filter", word).splitlines()
    words = [line.strip() for line in lines[1:] if line.strip() and not line.strip().startswith("#")]
    return {name for word in words for name in members(word)}


def test_an_upgrade_keeps_data_and_settings(drawn, package):
    settings = drawn.path("/etc/fit/fit.toml")
    settings.write_text(settings.read_text().replace("#app_port = 8000", "app_port = 8001"))
    drawn.install(package)
    assert "0.0.1" not in drawn.do("dpkg-query", "-W", "find-this-fit")
    assert "app_port = 8001" in settings.read_text()
    assert oct(settings.stat().st_mode & 0o777) == "0o640"
    drawn.start()
    assert json.loads(get("/api/v1/items?limit=1"))["items"]
    drawn.stop()


def test_the_backup_of_the_timer(drawn):
    unit = drawn.unit("fit-backup.service")
    assert oct(drawn.path("/var/backups/fit").stat().st_mode & 0o777) == "0o750"
    variables = dict(one.split("=", 1) for one in unit["Environment"].split())
    command = re.sub(r"\$\{?(\w+)\}?", lambda name: variables[name[1]], unit["ExecStart"])  # as systemd does
    drawn.do(*shlex.split(command), user=unit["User"])
    (made,) = drawn.path("/var/backups/fit").iterdir()
    assert (made / "manifest.json").exists()
    drawn.do("fit", "backup", "verify", "/var/backups/fit", user=unit["User"])


def test_removal_keeps_and_purging_removes(drawn):
    drawn.do("apt-get", "remove", "-y", "-q", "find-this-fit")
    assert not drawn.path("/usr/bin/fit").exists() and drawn.path("/var/lib/fit/fit.db").exists()
    assert drawn.path("/etc/fit/fit.toml").exists()
    drawn.do("apt-get", "purge", "-y", "-q", "find-this-fit")
    for name in ("/var/lib/fit", "/etc/fit", "/usr/lib/systemd/system/fit.service",
                 "/etc/systemd/system/multi-user.target.wants/fit.service", "/var/lib/systemd/deb-systemd-helper-enabled/fit.service.dsh-also"):
        assert not drawn.path(name).exists(), name
    (backup,) = drawn.path("/var/backups/fit").iterdir()
    assert (backup / "manifest.json").exists(), "backups outlive the package"
