"""Checks that every text of the app is in the String Catalogs, in all languages. Run by ctest."""
import json
import pathlib
import plistlib
import re

import pytest

IOS = pathlib.Path(__file__).resolve().parents[1]
LANGUAGES = {"en", "de", "fr", "es", "it", "ar"}
# The forms of a number that a language distinguishes (CLDR).
FORMS = {"ar": {"zero", "one", "two", "few", "many", "other"}}
# Forms that go with one number, which the text need not name.
OF_ONE_NUMBER = {"zero", "one", "two"}
SOURCES = sorted(path for folder in ("App", "Intents", "Share", "Shared", "Widget")
                 for path in (IOS / folder).rglob("*.swift"))
# A literal, with interpolations whose parentheses are nested twice at most.
NESTED = r"\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)"
LITERAL = re.compile(rf'"((?:[^"\\]|\\{NESTED}|\\.)*)"')
INTERPOLATION = re.compile(rf"\\({NESTED})")
# What precedes a literal that nobody reads: the name of an image or a colour, a key, an identifier.
NO_TEXT = re.compile(r"(?:(?:systemImage|systemImageName|systemName|verbatim|kind|path|separator): [^,)]*"
                     r"|(?:Color|contains|hasPrefix)\(|(?:identifier|key|service) = |\bcase |userInfo(?:\[| = \[)|[!=]= |\?\? )$")
NO_TEXTS = {"", "primary_color", "pattern", "subcategory"}
PLACEHOLDER = re.compile(r"%(?:(\d)\$)?(@|lld)")


def catalog(name):
    read = json.loads((IOS / name).read_text())
    assert (read["sourceLanguage"], read["version"]) == ("en", "1.0")
    return read["strings"]


def key_of(literal):
    """The key as Xcode extracts it, with % for any value: the catalog knows its type, and a literal does not."""
    def placeholder(match):
        inner = match[1][1:-1]
        if inner.startswith("\\.$"):
            return f"${{{inner[3:]}}}"
        return "${applicationName}" if inner == ".applicationName" else "%"
    return INTERPOLATION.sub(placeholder, literal)


def texts(source):
    """The keys of the texts and of the phrases for Siri in a Swift file."""
    found, phrases = set(), []
    for line in source.read_text().splitlines():
        if line.lstrip().startswith("//"):
            continue
        if "phrases: [" in line:
            phrases.append([key_of(literal) for literal in LITERAL.findall(line)])
            continue
        for match in LITERAL.finditer(line):
            before = LITERAL.sub('""', line[:match.start()])
            if not NO_TEXT.search(before) and match[1] not in NO_TEXTS:
                found.add(key_of(match[1]))
    return found, phrases


def values(entry, language):
    """The text of a language by the form of its number, "other" where it has none; empty where there is no text."""
    form = entry.get("localizations", {}).get(language)
    if form is None:
        return {}
    forms = form["variations"]["plural"] if "variations" in form else {"other": form}
    assert all(one["stringUnit"]["state"] == "translated" for one in forms.values())
    return {name: one["stringUnit"]["value"] for name, one in forms.items()}


def placeholders(text):
    return sorted(kind for _, kind in PLACEHOLDER.findall(text))


def test_every_text_is_in_the_catalog_and_every_key_is_used():
    keys = {PLACEHOLDER.sub("%", key) for key in catalog("Shared/Localizable.xcstrings")}
    used = set.union(*(texts(source)[0] for source in SOURCES))
    assert used == keys


@pytest.mark.parametrize("name", ["Shared/Localizable.xcstrings", "App/InfoPlist.xcstrings"])
def test_every_text_is_there_in_all_languages(name):
    for key, entry in catalog(name).items():
        if entry.get("shouldTranslate") is False:
            continue
        for language in LANGUAGES:
            # Without a text the key is the one of the source language.
            forms = values(entry, language) or ({"other": key} if language == "en" and name.startswith("Shared") else {})
            assert forms and all(form.strip() for form in forms.values()), (key, language)
            if "variations" in entry["localizations"]["de"]:
                assert set(forms) == FORMS.get(language, {"one", "other"}), (key, language)
            for form_name, form in forms.items():
                is_without = language in FORMS and form_name in OF_ONE_NUMBER and not placeholders(form)
                assert is_without or placeholders(form) == placeholders(key), (key, form)
                assert set(re.findall(r"\$\{\w+\}", form)) == set(re.findall(r"\$\{\w+\}", key)), (key, form)


def test_languages_are_those_of_the_web_app():
    web = {file.stem for file in (IOS.parent / "web/src/language").glob("??.ts")}
    assert LANGUAGES == web | {"en"}


def test_phrases_for_siri_are_there_in_all_languages():
    phrases = [group for source in SOURCES for group in texts(source)[1]]
    entries = catalog("App/AppShortcuts.xcstrings")
    assert {group[0]: group for group in phrases} == \
        {key: entry["localizations"]["en"]["stringSet"]["values"] for key, entry in entries.items()}
    for key, entry in entries.items():
        assert set(entry["localizations"]) == LANGUAGES, key
        for language, form in entry["localizations"].items():
            assert form["stringSet"]["values"][0], (key, language)
            # The system takes no phrase without the app's name.
            assert all(value.count("${applicationName}") == 1 for value in form["stringSet"]["values"]), (key, language)


def test_what_the_system_says_of_permissions_is_translated():
    info = plistlib.loads((IOS / "App/Info.plist").read_bytes())
    said = {key: value for key, value in info.items() if key.endswith("UsageDescription")}
    entries = catalog("App/InfoPlist.xcstrings")
    assert said == {key: values(entry, "en")["other"] for key, entry in entries.items()}
    assert set(info["CFBundleLocalizations"]) == LANGUAGES


def test_the_check_sees_texts():
    assert key_of(r"Found \(date.formatted(.relative(presentation: .named)))") == "Found %"
    assert key_of(r"Open \(\.$target) in \(.applicationName)") == "Open ${target} in ${applicationName}"
    assert sum(len(texts(source)[0]) for source in SOURCES) > 100
