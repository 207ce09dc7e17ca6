#!/usr/bin/env python3
"""Writes what a package has besides the program, from the program's own help and list of settings.

usage: package_files.py FIT FOLDER

  FOLDER/man/fit.1, man/fit-COMMAND.1      manual pages
  FOLDER/completions/bash|zsh|fish/…       completions of commands and options
  FOLDER/fit.toml                          every setting, commented out, with its default
"""
import dataclasses
import json
import os
import pathlib
import re
import subprocess
import sys
import time

# The settings that the package gives itself: a service has no folder of its own to begin with.
PACKAGED = {"database_url": "sqlite:////var/lib/fit/fit.db", "storage_path": "/var/lib/fit"}


MEANING = 30  # the column of meanings in the help


@dataclasses.dataclass
class Entry:
    """An option, argument or sub-command: `spellings` such as ["-h", "--help"], its values and its meaning."""
    spellings: list
    value: str
    meaning: str


@dataclasses.dataclass
class Help:
    """What `fit COMMAND --help` says."""
    summary: str
    usage: str
    sections: dict  # by heading without the colon, in order; lists of entries


def run(fit, *arguments):
    # Neither a fit.toml in the current folder nor variables may change what is printed.
    return subprocess.run([str(pathlib.Path(fit).resolve()), *arguments], cwd="/", check=True, capture_output=True, text=True,
                          env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}).stdout


def parse_help(text):
    """Reads the help text of CLI11: headings end in a colon, entries begin with two spaces."""
    lines = text.rstrip().split("\n")
    usage = next(line for line in lines if line.startswith("Usage: "))
    help_ = Help(lines[0], usage.removeprefix("Usage: "), {})
    entries = None
    body = lines[lines.index(usage) + 1:]
    for line, following in zip(body, [*body[1:], ""]):
        if line and not line.startswith(" "):
            entries = help_.sections.setdefault(re.sub(r" \(.*", "", line.rstrip(":")), [])
        elif line.startswith(" " * MEANING):
            entries[-1].meaning = line.strip()
        elif line.strip():
            # A long left part has its meaning on the next line.
            width = len(line) if following.startswith(" " * MEANING) else MEANING
            names, _, value = line[:width].strip().partition(" ")
            entries.append(Entry(names.split(","), value.strip(), line[width:].strip()))
    return help_


def commands_of(fit):
    """(words, Help) of the program and of all its commands: ([], …), (["jobs"], …), (["jobs", "list"], …)."""
    found, waiting = [], [[]]
    while waiting:
        words = waiting.pop(0)
        help_ = parse_help(run(fit, *words, "--help"))
        found.append((words, help_))
        waiting += [words + entry.spellings for entry in help_.sections.get("Subcommands", [])]
    return sorted(found, key=lambda command: command[0])


def roff(text):
    for character, written in (("\\", r"\e"), ("-", r"\-"), ("'", r"\(aq"), ("`", r"\(ga"), ("^", r"\(ha"), ("~", r"\(ti")):
        text = text.replace(character, written)
    return re.sub(r"^\.", r"\\&.", text)


def man_page(words, help_, version):
    name = "-".join(["fit", *words])
    day = time.strftime("%Y-%m-%d", time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH", time.time()))))
    lines = [f'.TH {name.upper()} 1 {day} "Find This Fit {version}" "User Commands"',
             ".SH NAME", f"{roff(name)} \\- {roff(help_.summary)}", ".SH SYNOPSIS", f".B {roff(help_.usage)}"]
    for heading, entries in help_.sections.items():
        lines.append(f'.SH "{roff(heading.upper())}"')
        if heading == "Settings":
            lines.append(roff("Each is also an environment variable and a key of the settings file: --app-port is APP_PORT and app_port."))
        for entry in entries:
            value = f" \\fI{roff(entry.value)}\\fR" if entry.value else ""
            lines += [".TP", f"\\fB{roff(', '.join(entry.spellings))}\\fR{value}", roff(entry.meaning)]
    if words:
        lines += [".SH SETTINGS", "All settings of", ".BR fit (1)", "may follow the command."]
    else:
        lines += [".SH FILES", ".TP", ".I /etc/fit/fit.toml", "Settings of the service of the Debian package, which other",
                  r"commands read with \fB\-\-config\fR.", ".TP", ".I /var/lib/fit", "Its catalogue, images and models."]
    others = ["fit"] + (["-".join(["fit", *words[:-1]])] if len(words) > 1 else [])
    subcommands = ["-".join([name, *entry.spellings]) for entry in help_.sections.get("Subcommands", [])]
    related = (others if words else []) + subcommands
    if related:
        lines += [".SH SEE ALSO"] + [f".BR {roff(page)} (1){',' if page != related[-1] else ''}" for page in related]
    return "\n".join(lines) + "\n"


def options_of(help_):
    return [spelling for heading in help_.sections for entry in help_.sections[heading] for spelling in entry.spellings
            if spelling.startswith("-")]


def subcommands_of(help_):
    return [(entry.spellings[0], entry.meaning) for entry in help_.sections.get("Subcommands", [])]


def bash_completion(commands):
    groups = " ".join(words[0] for words, help_ in commands if len(words) == 1 and subcommands_of(help_))
    cases = ""
    for words, help_ in commands:
        own = [name for name, _ in subcommands_of(help_)] + (options_of(help_) if words else [])
        cases += f'    "{" ".join(words)}") words="{" ".join([*own, "$settings"])}" ;;\n'
    return f"""# Completion of fit for bash. Generated from fit --help.
_fit() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} command="" word words i
  local groups=" {groups} "
  local settings="{" ".join(options_of(commands[0][1]))}"
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${{COMP_WORDS[i]}}
    case $word in
      --*=* | -h | --help | --version) ;;
      -*) ((i++)) || : ;;
      *)
        if [ -z "$command" ]; then
          command=$word
          [[ $groups == *" $word "* ]] || break
        else
          command="$command $word"
          break
        fi
        ;;
    esac
  done
  case $command in
{cases}    *) words=$settings ;;
  esac
  case $current in
    -* | "") mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current") ;;
    *) mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current"; compgen -f -- "$current") ;;
  esac
}}
complete -o filenames -F _fit fit
"""


def quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"


def zsh_completion(commands):
    cases = ""
    for words, help_ in commands[1:]:
        own = [name for name, _ in subcommands_of(help_)] + options_of(help_)
        cases += f"  {quoted(' '.join(words))}) candidates=({' '.join(own)} $settings) ;;\n"
    top = " ".join(name for name, _ in subcommands_of(commands[0][1]))
    groups = " ".join(words[0] for words, help_ in commands if len(words) == 1 and subcommands_of(help_))
    return f"""#compdef fit
# Completion of fit for zsh. Generated from fit --help.
local -a candidates settings groups
local command='' word
settings=({' '.join(options_of(commands[0][1]))})
groups=({groups})
for word in ${{words[2,CURRENT-1]}}; do
  [[ $word == -* ]] && continue
  if [[ -z $command ]]; then
    command=$word
    (( ${{groups[(Ie)$word]}} )) || break
  else
    command="$command $word"
    break
  fi
done
case $command in
  '') candidates=({top} $settings) ;;
{cases}  *) candidates=($settings) ;;
esac
compadd -- ${{candidates}}
_files
"""


def fish_completion(commands):
    lines = ["# Completion of fit for fish. Generated from fit --help."]
    for words, help_ in commands:
        seen = "; and ".join(f"__fish_seen_subcommand_from {word}" for word in words)
        subcommands = subcommands_of(help_)
        names = " ".join(name for name, _ in subcommands)
        for name, meaning in subcommands:
            condition = f"{seen}; and not __fish_seen_subcommand_from {names}" if words else "__fish_use_subcommand"
            lines.append(f"complete -c fit -f -n {quoted(condition)} -a {name} -d {quoted(meaning)}")
        for heading, entries in help_.sections.items():
            for entry in entries if heading != "Subcommands" else []:
                for spelling in entry.spellings:
                    if spelling.startswith("--"):
                        value = " -r" if entry.value else ""
                        condition = f" -n {quoted(seen)}" if words else ""
                        lines.append(f"complete -c fit{condition} -l {spelling[2:]}{value} -d {quoted(entry.meaning)}")
    return "\n".join(lines) + "\n"


def toml_value(value):
    is_plain = re.fullmatch(r"-?\d+|true|false", value)
    return value if is_plain else json.dumps(value, ensure_ascii=False)


def settings_file(fit):
    """The settings with their defaults, which fit config prints. Those of PACKAGED are set, all others commented out."""
    lines = ["# The settings of Find This Fit, read by fit.service. `fit --config /etc/fit/fit.toml config` checks this file",
             "# and prints what applies. A setting of the environment, such as APP_PORT for app_port, takes precedence.",
             "# This file may hold passwords and keys: it is readable for root and the group fit only."]
    for setting in json.loads(run(fit, "config", "--json")):
        name = setting["name"]
        line = f"{name} = {toml_value(PACKAGED.get(name, setting['value']))}"
        lines += ["", f"# {setting['meaning']}", line if name in PACKAGED else f"#{line}"]
    return "\n".join(lines) + "\n"


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    fit, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    version = run(fit, "--version").strip()
    commands = commands_of(fit)
    files = {f"man/{'-'.join(['fit', *words])}.1": man_page(words, help_, version) for words, help_ in commands}
    files |= {"completions/bash/fit": bash_completion(commands), "completions/zsh/_fit": zsh_completion(commands),
              "completions/fish/fit.fish": fish_completion(commands), "fit.toml": settings_file(fit)}
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
