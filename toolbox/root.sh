# shellcheck shell=bash disable=SC2154 # here and clone are set by the script that reads this file
# Platform 3: a private Debian 13 root folder in the cache, entered by chroot in a mount namespace of its own.
# Only mmdebstrap is added to the host, from the host's own release.

enter_root() {
  local list=$1 key root
  shift
  command -v apt-get >/dev/null ||
    die "this system is neither Debian nor Ubuntu: install Docker or Podman, or use Debian 13"
  [ "$(id -u)" = 0 ] ||
    die "on $(os_release PRETTY_NAME) this needs root, or Docker or Podman: run it again with sudo"
  unshare --mount true 2>/dev/null ||
    die "this system does not allow root to create a mount namespace (an unprivileged container?): use Debian 13 here"

  key=$(key_of "$list" "$here/make_root")
  root=$FIT_TOOLBOX_CACHE/roots/$list-$key
  mkdir -p "$FIT_TOOLBOX_CACHE/roots"
  while :; do
    [ -e "$root/.complete" ] || make_root_once "$list" "$root"
    # Every program that runs in the root holds this lock, so that the root is not removed meanwhile.
    exec 9>>"$root.lock"
    flock --shared 9
    [ -e "$root/.complete" ] && break
  done
  touch "$root.lock"
  exec unshare --mount --propagation slave -- "$here/chroot" "$root" "$@"
}

# Makes the root under another name and renames it, so that an incomplete root is never used. One ./dev at a time.
make_root_once() {
  local list=$1 root=$2 making result log=$FIT_TOOLBOX_CACHE/roots/$1.log
  exec 8>"$FIT_TOOLBOX_CACHE/roots/make.lock"
  flock --nonblock 8 || {
    say "waiting for another ./dev that is making a toolbox"
    flock 8
  }
  if [ ! -e "$root/.complete" ]; then
    need_mmdebstrap
    remove_leftovers
    making=$FIT_TOOLBOX_CACHE/roots/.making-$list-$$
    say "making the Debian 13 toolbox of toolbox/$list.txt (once, some minutes)"
    # A process namespace of its own ends all processes with this script, however it ends.
    result=0
    MIRROR="${FIT_TOOLBOX_MIRROR:-$(debian_mirror "")}" SECURITY_MIRROR=$(debian_mirror -security) \
      APT_SETTINGS=$(apt_client_settings) PACKAGES=$(packages_of "$list" | paste -sd,) \
      setpriv --pdeathsig KILL unshare --mount --propagation slave --pid --fork --kill-child --mount-proc \
      "$here/make_root" "$making" >"$log" 2>&1 || result=$?
    if [ $result -ne 0 ]; then
      rm -rf --one-file-system "$making"
      [ $result -lt 128 ] || exit $result
      die "the toolbox could not be made: $(failure_in "$log") (log: $log)"
    fi
    mv "$making" "$root"
    remove_old_roots "$list" "$root"
  fi
  exec 8>&-
}

need_mmdebstrap() {
  command -v mmdebstrap >/dev/null && [ -e /usr/share/keyrings/debian-archive-keyring.gpg ] && return
  say "installing mmdebstrap from this system's own packages"
  {
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends mmdebstrap debian-archive-keyring ||
      { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
        mmdebstrap debian-archive-keyring; }
  } >"$FIT_TOOLBOX_CACHE/mmdebstrap.log" 2>&1 ||
    die "mmdebstrap is missing and apt-get could not install it: $(failure_in "$FIT_TOOLBOX_CACHE/mmdebstrap.log")"
}

# Removes the remains of killed runs. This process holds the lock, so no other run is in progress.
remove_leftovers() { rm -rf --one-file-system "$FIT_TOOLBOX_CACHE"/roots/.making-* "$FIT_TOOLBOX_CACHE"/roots/.removing-*; }

# Removes roots of the same list that are not in use and were not entered for a week.
remove_old_roots() {
  local list=$1 keep=$2 lock root
  find "$FIT_TOOLBOX_CACHE/roots" -maxdepth 1 -name "$list-????????????????.lock" -mtime +7 |
    while IFS= read -r lock; do
      root=${lock%.lock}
      [ "$root" != "$keep" ] || continue
      exec 7>>"$lock"
      flock --nonblock --exclusive 7 || continue
      mv "$root" "$FIT_TOOLBOX_CACHE/roots/.removing-$$" 2>/dev/null || :
      rm -rf --one-file-system "$FIT_TOOLBOX_CACHE/roots/.removing-$$" "$lock"
    done
}
