"""Holds what the Debian package generates from the program, and its services, against the program itself.

`./dev test-package` installs the package.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib

import pytest

import fit_process
from fit_process import BINARY, SOURCE_DIR

DEPLOY = SOURCE_DIR / "deploy"
sys.path.insert(0, str(DEPLOY))
import package_files  # noqa: E402

UNITS = sorted((DEPLOY / "debian").glob("find-this-fit.fit*.*"))
WORDS = ([], ["jobs"], ["jobs", "list"])


@pytest.fixture(scope="module")
def some_commands():
    """Three of the commands: the program, a group, and a command of the group."""
    return [(words, package_files.parse_help(package_files.run(BINARY, *words, "--help"))) for words in WORDS]


def test_the_help_is_read(some_commands):
    program, group, command = (help_ for _, help_ in some_commands)
    assert list(program.sections) == ["Options", "Settings", "Subcommands"]
    assert {"serve", "jobs", "backup"} <= {name for name, _ in package_files.subcommands_of(program)}
    assert {"--config", "--app-port", "--database-url"} <= set(package_files.options_of(program))
    assert {name for name, _ in package_files.subcommands_of(group)} >= {"list", "retry"}
    (state,) = [entry for entry in command.sections["Options"] if entry.spellings == ["--state"]]
    assert (state.value, "dead" in state.meaning) == ("TEXT", True)
    assert all(entry.meaning for help_ in (program, group, command) for part in help_.sections.values() for entry in part)


def test_manual_pages_escape_what_roff_reads(some_commands):
    for words, help_ in some_commands:
        page = package_files.man_page(words, help_, "1.0")
        name = "-".join(["fit", *words]).upper()
        assert page.startswith(f".TH {name} 1 ")
        macros = {line.split()[0] for line in page.splitlines() if line.startswith((".", "'"))}
        assert macros <= {".TH", ".SH", ".TP", ".B", ".BR", ".I"}
    assert package_files.roff("a-b\\c") == r"a\-b\ec" and package_files.roff(".x") == r"\&.x"


def completed(script, *typed):
    """What bash offers after these words; the last one is being typed."""
    call = f"""source {script}; COMP_WORDS=({' '.join(f"'{word}'" for word in typed)}); COMP_CWORD={len(typed) - 1}; _fit
printf '%s\\n' "${{COMPREPLY[@]}}\""""
    return subprocess.run(["bash", "-c", call], cwd=script.parent, capture_output=True, text=True, check=True).stdout.split()


def test_bash_completes_commands_and_options(some_commands, tmp_path):
    script = tmp_path / "fit.bash"
    script.write_text("complete() { :; }\n" + package_files.bash_completion(some_commands))
    assert completed(script, "fit", "ser") == ["serve"]
    assert completed(script, "fit", "jobs", "lis") == ["list"]
    assert completed(script, "fit", "--app-port", "1", "jobs", "list", "--sta") == ["--state"]
    assert "--app-port" in completed(script, "fit", "jobs", "list", "--app")
    assert completed(script, "fit", "jobs", "list", "fit.b") == ["fit.bash"]


def test_the_settings_file_has_the_defaults(tmp_path):
    text = package_files.settings_file(BINARY)
    defaults = {setting["name"]: setting["value"] for setting in json.loads(package_files.run(BINARY, "config", "--json"))}
    assert tomllib.loads(text) == package_files.PACKAGED
    # Each commented setting is one that the program takes, and says what applies without it.
    (tmp_path / "all.toml").write_text(re.sub(r"^#(?=[a-z0-9_]+ = )", "", text, flags=re.M))
    read = json.loads(package_files.run(BINARY, "--config", str(tmp_path / "all.toml"), "config", "--json"))
    assert {setting["name"]: setting["value"] for setting in read} == defaults | package_files.PACKAGED
    assert {setting["origin"] for setting in read} == {"file"}


def test_the_timer_makes_a_backup_and_rotates(tmp_path):
    unit = (DEPLOY / "debian/find-this-fit.fit-backup.service").read_text()
    (variables,) = re.findall(r"^Environment=(.*)$", unit, re.M)
    values = dict(one.split("=", 1) for one in variables.split())
    assert values == {"FIT_BACKUP_FOLDER": "/var/backups/fit", "FIT_BACKUP_KEEP": "7d,4w,12m", "FIT_BACKUP_OPTIONS": "",
                      "TMPDIR": "/var/tmp"}
    (command,) = re.findall(r"^ExecStart=(.*)$", unit, re.M)
    values["FIT_BACKUP_FOLDER"] = str(tmp_path / "backups")
    words = re.sub(r"\$\{?(\w+)\}?", lambda name: values[name[1]], command).split()
    assert words[:3] == ["/usr/bin/fit", "--config", "/etc/fit/fit.toml"]
    fit_process.run(tmp_path, "migrate")
    fit_process.run(tmp_path, *words[3:])
    (made,) = (tmp_path / "backups").iterdir()
    assert json.loads((made / "manifest.json").read_text())


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_accepts_the_units(tmp_path):
    for unit in UNITS:
        text = unit.read_text().replace("/usr/bin/fit", "/bin/true")
        # The manual pages and the user of the package are not installed here.
        text = re.sub(r"^(Documentation|User|Group)=.*\n", "", text, flags=re.M)
        (tmp_path / unit.name.removeprefix("find-this-fit.")).write_text(text)
    names = [str(path) for path in sorted(tmp_path.iterdir())]
    assert len(names) == 3
    done = subprocess.run(["systemd-analyze", "verify", "--recursive-errors=no", *names], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_the_services_are_confined():
    """The exposure is in tenths: 0 to 100. docs/deploy/debian.md tells it."""
    for name, limit in (("fit", 20), ("fit-backup", 20)):
        unit = DEPLOY / f"debian/find-this-fit.{name}.service"
        done = subprocess.run(["systemd-analyze", "security", "--offline=yes", f"--threshold={limit}", str(unit)],
                              capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr


def test_the_service_uses_what_the_package_installs():
    unit = (DEPLOY / "debian/find-this-fit.fit.service").read_text()
    install = dict(line.split()[::-1] for line in (DEPLOY / "debian/install").read_text().splitlines())
    (command,) = re.findall(r"^ExecStart=(.*)$", unit, re.M)
    assert command.split() == ["/usr/bin/fit", "--config", "/etc/fit/fit.toml", "serve"]
    assert install["usr/bin"] == "fit" and install["etc/fit"] == "fit.toml"
