#!/usr/bin/env python3
"""Prints what a program of this package is made of, as SPDX 2.3 in JSON (https://spdx.github.io/spdx-spec/v2.3).

usage: sbom.py FIT VERSION

  the libraries of Debian that FIT is linked with, and ONNX Runtime, which it loads: of the machine that this runs on
  the libraries of Debian that are headers only, and became a part of FIT
  the packages of npm that the web app inside FIT may hold (web/package-lock.json)
  the built-in models

The same program, libraries and time (SOURCE_DATE_EPOCH) give the same bytes.
"""
import base64
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import time
import urllib.parse

CLONE = pathlib.Path(__file__).resolve().parents[1]
HEADERS_ONLY = ("libasio-dev", "libcli11-dev", "libhnswlib-dev", "nlohmann-json3-dev")


def run(*command):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout


def package(name, version, licence="NOASSERTION", purl=None, checksums=()):
    entry = {"SPDXID": "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", name), "name": name, "downloadLocation": "NOASSERTION",
             "filesAnalyzed": False, "licenseConcluded": "NOASSERTION", "licenseDeclared": licence,
             "copyrightText": "NOASSERTION"}
    if version:
        entry["versionInfo"] = version
    if purl:
        entry["externalRefs"] = [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl}]
    if checksums:
        entry["checksums"] = [{"algorithm": algorithm, "checksumValue": value} for algorithm, value in checksums]
    return entry


def debian(name, version):
    suffix = f"@{urllib.parse.quote(version, safe='')}" if version else ""
    return package(name, version, purl=f"pkg:deb/debian/{name}{suffix}?distro=debian-13")


def linked(fit):
    """The packages of Debian with the libraries that the program names, and ONNX Runtime's."""
    needed = set(re.findall(r"NEEDED\s+(\S+)", run("objdump", "-p", fit)))
    paths = {path for name, path in re.findall(r"^\s*(\S+) => (/\S+)", run("ldd", fit), re.M) if name in needed}
    owners = set()
    for path in sorted(paths):
        # /lib is a link to /usr/lib; packages name either.
        real = pathlib.Path(path).resolve()
        owners.add(run("dpkg-query", "-S", f"*/{real.name}").split(":")[0])
    owners |= {line.split(":")[0] for line in run("dpkg-query", "-S", "*/libonnxruntime.so.1.*").splitlines()}
    return [debian(*run("dpkg-query", "-W", "-f", "${Package} ${Version}\n", owner).splitlines()[0].split(" "))
            for owner in sorted(owners)]


def web_packages():
    found = {}
    for path, entry in json.loads((CLONE / "web/package-lock.json").read_text())["packages"].items():
        if not path or entry.get("dev"):
            continue
        name = path.rpartition("node_modules/")[2]
        digest = base64.b64decode(entry["integrity"].removeprefix("sha512-")).hex()
        purl = f"pkg:npm/{name.replace('@', '%40')}@{entry['version']}"
        made = package(f"npm-{name}-{entry['version']}", entry["version"], entry.get("license", "NOASSERTION"), purl,
                       [("SHA512", digest)])
        found[made["SPDXID"]] = made | {"name": name}
    return [found[one] for one in sorted(found)]


def models():
    made = []
    for path in sorted((CLONE / "models").glob("*/manifest.json")):
        manifest = json.loads(path.read_text())
        for file in manifest.get("files", []):
            if (path.parent / file["path"]).exists():
                made.append(package(f"model-{path.parent.name}-{file['path']}", manifest["version"],
                                    manifest.get("licence", "NOASSERTION"), checksums=[("SHA256", file["sha256"])]))
    return made


def document(fit, version):
    program = package("find-this-fit", version, "Apache-2.0",
                      checksums=[("SHA256", hashlib.sha256(pathlib.Path(fit).read_bytes()).hexdigest())])
    parts = {"DYNAMIC_LINK": linked(fit), "STATIC_LINK": [debian(name, "") for name in HEADERS_ONLY],
             "CONTAINS": web_packages() + models()}
    packages = [program, *(one for group in parts.values() for one in group)]
    digest = hashlib.sha256(json.dumps(packages, sort_keys=True).encode()).hexdigest()
    made_at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH", time.time()))))
    relations = [("SPDXRef-DOCUMENT", "DESCRIBES", program["SPDXID"])]
    relations += [(program["SPDXID"], kind, one["SPDXID"]) for kind, group in parts.items() for one in group]
    return {"spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT",
            "name": f"find-this-fit-{version}", "documentNamespace": f"https://find-this-fit.invalid/spdx/{version}/{digest}",
            "creationInfo": {"created": made_at, "creators": ["Tool: deploy/sbom.py"]}, "packages": packages,
            "relationships": [{"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other}
                              for one, kind, other in relations]}


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    print(json.dumps(document(*sys.argv[1:]), indent=1))
