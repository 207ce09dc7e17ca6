# shellcheck shell=bash
# Platform 1: this system is Debian 13 and has the packages or installs them.

# Prints the packages of a list that are not installed.
missing_packages() {
  local wanted
  mapfile -t wanted < <(packages_of "$1")
  # Any installed architecture counts; dpkg-query names none for unknown packages.
  comm -23 <(printf '%s\n' "${wanted[@]}" | sort -u) \
    <(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' "${wanted[@]}" 2>/dev/null |
      sed -n 's/^ii *//p' | sort -u)
}

can_ask_sudo() { [ -t 0 ] && command -v sudo >/dev/null; }

can_be_native() { [ "$(id -u)" = 0 ] || [ -z "$(missing_packages "$1")" ] || can_ask_sudo; }

enter_native() {
  local list=$1 missing as_root=()
  shift
  is_debian_13 || die "FIT_TOOLBOX=native needs Debian 13, and this is $(os_release PRETTY_NAME)"
  mapfile -t missing < <(missing_packages "$list")
  if [ ${#missing[@]} -gt 0 ]; then
    if [ "$(id -u)" != 0 ]; then
      can_ask_sudo ||
        die "packages are missing; as root: apt-get install --no-install-recommends ${missing[*]}"
      as_root=(sudo)
    fi
    say "installing ${#missing[@]} packages of toolbox/$list.txt"
    {
      "${as_root[@]}" apt-get update -q &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
          "${missing[@]}"
    } >&2 || die "apt-get could not install: ${missing[*]}"
  fi
  exec "$@"
}
