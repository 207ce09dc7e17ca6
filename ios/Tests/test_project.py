"""Checks the files of the app that only Xcode reads: the project, property lists, entitlements, icons. Run by ctest."""
import json
import pathlib
import plistlib
import re
import struct
import subprocess
import sys

import pytest

IOS = pathlib.Path(__file__).resolve().parents[1]
PROJECT = IOS / "FindThisFit.xcodeproj/project.pbxproj"
GROUP = "group.org.findthisfit.app"
TOKEN = re.compile(r'\s+|//[^\n]*|/\*.*?\*/|("(?:[^"\\]|\\.)*"|[A-Za-z0-9_./]+|[{}()=;,])', re.S)


def read_project(text):
    """A property list in the form of OpenStep, as Xcode's projects are."""
    at, tokens = 0, []
    while at < len(text):
        match = TOKEN.match(text, at)
        assert match, f"line {text.count(chr(10), 0, at) + 1} cannot be read"
        tokens += [match[1]] if match[1] else []
        at = match.end()
    tokens.reverse()

    def take(wanted):
        assert tokens.pop() == wanted

    def value():
        token = tokens.pop()
        if token == "{":
            fields = {}
            while tokens[-1] != "}":
                name = value()
                assert name not in fields, name
                take("=")
                fields[name] = value()
                take(";")
            take("}")
            return fields
        if token == "(":
            items = []
            while tokens[-1] != ")":
                items.append(value())
                take(",")
            take(")")
            return items
        assert token not in "=;,})", token
        return re.sub(r"\\(.)", r"\1", token[1:-1]) if token[0] == '"' else token

    read = value()
    assert not tokens
    return read


@pytest.fixture(scope="module")
def objects():
    return read_project(PROJECT.read_text())["objects"]


def of_kind(objects, isa):
    return [fields for fields in objects.values() if fields["isa"] == isa]


def settings(objects):
    """The settings of each target: those of the project, and its own."""
    def of(owner):
        ids = objects[owner["buildConfigurationList"]]["buildConfigurations"]
        return {objects[key]["name"]: objects[key]["buildSettings"] for key in ids}["Release"]
    shared = of(of_kind(objects, "PBXProject")[0])
    return {target["name"]: shared | of(target) for target in of_kind(objects, "PBXNativeTarget")}


def plist(name):
    return plistlib.loads((IOS / name).read_bytes())


def test_the_project_is_that_of_its_plan():
    done = subprocess.run([sys.executable, IOS / "make_project", "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_object_that_the_project_names_is_there(objects):
    def named(value):
        if isinstance(value, dict):
            return set.union(set(), *map(named, value.values()))
        if isinstance(value, list):
            return set.union(set(), *map(named, value))
        return {value} if re.fullmatch("[0-9A-F]{24}", value) else set()
    root = read_project(PROJECT.read_text())["rootObject"]
    assert named(objects) | {root} == set(objects)


def test_the_project_names_files_that_are_there(objects):
    for group in of_kind(objects, "PBXFileSystemSynchronizedRootGroup"):
        folder = IOS / group["path"]
        assert any(folder.rglob("*.swift")), folder
        for exceptions in group.get("exceptions", []):
            assert all((folder / name).is_file() for name in objects[exceptions]["membershipExceptions"])
    for package in of_kind(objects, "XCLocalSwiftPackageReference"):
        assert (IOS / package["relativePath"] / "Package.swift").is_file()
    for name, found in settings(objects).items():
        assert all((IOS / found[key]).is_file() for key in ("INFOPLIST_FILE", "CODE_SIGN_ENTITLEMENTS")), name


def test_the_targets_are_those_whose_types_are_checked(objects):
    checked = {name: folders.split() for name, folders in re.findall(
        r"^check_target (\w+) (.+)$", (IOS / "Tests/typecheck").read_text(), re.M)}
    built = {target["name"]: [objects[key]["path"] for key in target["fileSystemSynchronizedGroups"]]
             for target in of_kind(objects, "PBXNativeTarget")}
    assert {name: sorted(folders) for name, folders in checked.items()} == built
    app = next(target for target in of_kind(objects, "PBXNativeTarget") if target["name"] == "FindThisFit")
    assert {objects[objects[key]["target"]]["name"] for key in app["dependencies"]} == set(built) - {"FindThisFit"}
    for target in of_kind(objects, "PBXNativeTarget"):
        assert [objects[key]["productName"] for key in target["packageProductDependencies"]] == ["FindThisFitKit"]


def test_the_project_follows_the_package(objects):
    package = (IOS / "FindThisFitKit/Package.swift").read_text()
    for found in settings(objects).values():
        assert f".iOS(.v{float(found['IPHONEOS_DEPLOYMENT_TARGET']):.0f})" in package
        assert f".v{float(found['SWIFT_VERSION']):.0f}]" in package


def test_extensions_are_inside_the_app(objects):
    found = settings(objects)
    ids = {name: of_target["PRODUCT_BUNDLE_IDENTIFIER"] for name, of_target in found.items()}
    app = ids.pop("FindThisFit")
    assert all(one.startswith(app + ".") for one in ids.values()) and len(set(ids.values())) == 2
    for of_target in found.values():
        assert plist(of_target["CODE_SIGN_ENTITLEMENTS"])["com.apple.security.application-groups"] == [GROUP]
        info = plist(of_target["INFOPLIST_FILE"])
        for key, value in info.items():  # each variable is one of the build
            for name in re.findall(r"\$\((\w+)\)", str(value)):
                assert name in of_target or name in ("EXECUTABLE_NAME", "PRODUCT_MODULE_NAME"), (key, name)
    kinds = {plist(found[name]["INFOPLIST_FILE"])["NSExtension"]["NSExtensionPointIdentifier"] for name in ids}
    assert kinds == {"com.apple.share-services", "com.apple.widgetkit-extension"}
    assert f'"{GROUP}"' in (IOS / "Shared/AppGroup.swift").read_text()


def test_the_app_declares_what_its_code_uses(objects):
    info, code = plist("App/Info.plist"), "".join(path.read_text() for path in IOS.glob("[AS]*/**/*.swift"))
    assert [kind["CFBundleURLSchemes"] for kind in info["CFBundleURLTypes"]] == [["findthisfit"]]
    link = (IOS / "FindThisFitKit/Sources/FindThisFitKit/Links/AppLink.swift").read_text()
    assert 'scheme = "findthisfit"' in link
    assert all(f'"{task}"' in code for task in info["BGTaskSchedulerPermittedIdentifiers"])
    assert "fetch" in info["UIBackgroundModes"] and "backgroundTask(.appRefresh" in code
    assert info["NSCameraUsageDescription"] and info["NSLocalNetworkUsageDescription"]
    assert plist("App/App.entitlements")["com.apple.developer.associated-domains"] == ["applinks:$(FIT_DOMAIN)"]
    assert settings(objects)["FindThisFit"]["FIT_DOMAIN"]
    # Xcode replaces the environment when it signs a build for the App Store.
    assert plist("App/App.entitlements")["aps-environment"] == "development" and "registerForRemoteNotifications()" in code


def test_the_schemes_that_the_app_asks_for_are_those_of_the_deep_links():
    vectors = json.loads((IOS.parent / "tests/vectors/deep_links.json").read_text())
    schemes = {link["deep_link"].partition("://")[0] for link in vectors} - {"https", ""}
    assert set(plist("App/Info.plist")["LSApplicationQueriesSchemes"]) == schemes
    assert all(set(link) == {"source", "external_id", "url", "deep_link"} for link in vectors)


def test_the_privacy_manifest_has_a_reason_for_what_it_names():
    manifest = plist("Shared/PrivacyInfo.xcprivacy")
    assert manifest["NSPrivacyTracking"] is False and manifest["NSPrivacyTrackingDomains"] == []
    named = {entry["NSPrivacyAccessedAPIType"]: entry["NSPrivacyAccessedAPITypeReasons"]
             for entry in manifest["NSPrivacyAccessedAPITypes"]}
    assert all(reasons for reasons in named.values())
    code = "".join(path.read_text() for path in IOS.glob("[AFSW]*/**/*.swift"))
    for call, kind in (("UserDefaults(", "UserDefaults"), ("contentModificationDate", "FileTimestamp")):
        assert (call in code) == (f"NSPrivacyAccessedAPICategory{kind}" in named), call


def test_catalogs_of_assets_are_complete():
    for contents in IOS.rglob("*.xcassets/**/Contents.json"):
        for image in json.loads(contents.read_text()).get("images", []):
            data = (contents.parent / image["filename"]).read_bytes()
            assert data[:8] == b"\x89PNG\r\n\x1a\n"
            width, height, _, colours = struct.unpack(">IIBB", data[16:26])
            assert f"{width}x{height}" == image["size"]
            # The App Store takes no icon with transparency, except the dark one, which the system puts on its ground.
            is_dark = any(one["value"] == "dark" for one in image.get("appearances", []))
            assert colours == (6 if is_dark else 2), image["filename"]
    code = "".join(path.read_text() for path in IOS.glob("[ASW]*/**/*.swift"))
    named = set(re.findall(r'Color\("(\w+)"\)', code))
    assert named == {folder.stem for folder in IOS.glob("Shared/Colours.xcassets/*.colorset")}
