# shellcheck shell=bash disable=SC2154 # here and clone are set by the script that reads this file
# Reads the settings of the host system, on which ./dev was called.

die() {
  printf 'dev: %s\n' "$*" >&2
  exit 1
}

say() { printf 'dev: %s\n' "$*" >&2; }

# Prints the line of a log that gives the cause of the failure.
failure_in() { { grep -m 1 '^E: ' "$1" || tail -n 1 "$1"; } | head -c 300; }

# Prints the value of a variable of /etc/os-release.
os_release() {
  # shellcheck disable=SC1091
  (. /etc/os-release 2>/dev/null && printf '%s' "${!1:-}")
}

is_debian_13() { [ "$(os_release ID)" = debian ] && [ "$(os_release VERSION_ID)" = 13 ]; }

cache_folder() {
  if [ -n "${FIT_TOOLBOX_CACHE:-}" ]; then
    printf '%s\n' "$FIT_TOOLBOX_CACHE"
  elif [ -n "${XDG_CACHE_HOME:-}" ]; then
    printf '%s/find-this-fit\n' "$XDG_CACHE_HOME"
  elif [ "$(id -u)" = 0 ]; then
    printf '/var/cache/find-this-fit\n'
  else
    printf '%s/.cache/find-this-fit\n' "${HOME:?}"
  fi
}

# Prints the package names of a list.
packages_of() { sed -e 's/#.*//' "$here/$1.txt" | tr -s '[:space:]' '\n' | sed '/^$/d'; }

# Prints the key of the platform that scripts make from a list: key_of LIST SCRIPTS….
key_of() { { packages_of "$1"; uname -m; cat "${@:2}"; } | sha256sum | cut -c1-16; }

# Prints the address of this host's Debian mirror, or of its security mirror when $1 is "-security";
# prints nothing if the host has none.
debian_mirror() {
  [ "$(os_release ID)" = debian ] || return 0
  # shellcheck disable=SC2016
  apt-get indextargets --format '$(ORIGIN) $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' \
    2>/dev/null | plain_addresses | awk -v codename="$(os_release VERSION_CODENAME)" -v kind="$1" '
      { origin = NF == 4 ? $1 : ""; component = $NF; release = $(NF - 1); uri = $(NF - 2); sub("/+$", "", uri) }
      component != "main" { next }
      release != codename kind && release !~ "^(old)*stable" kind "$" { next }
      origin == "Debian" { print uri; found = 1; exit }
      uri ~ "/debian" kind "$" && !likely { likely = uri }
      END { if (!found && likely) print likely }'
}

# Replaces "mirror+file:PATH" in apt's output by the first address in that file.
plain_addresses() {
  local line file address
  while IFS= read -r line; do
    if [[ $line =~ mirror\+file:(//)?([^ ]+) ]]; then
      file=${BASH_REMATCH[2]%/}
      address=$(sed -n 's/^[[:space:]]*\([a-z]*:\/\/[^[:space:]]*\).*/\1/p' "$file" 2>/dev/null | head -n 1)
      line=${line/"${BASH_REMATCH[0]}"/$address}
    fi
    printf '%s\n' "$line"
  done
}

# Prints the settings with which this host's apt reaches its mirrors (proxies, certificates, checks), as lines of apt.conf.
apt_client_settings() {
  apt-config dump 2>/dev/null | grep -E \
    '^Acquire::(https?::(Proxy|CA|Verify|Pipeline|Timeout|SslCert|SslKey|No-Cache)|Check-|Retries|ForceIPv)[^ ]* ".+";$' || true
}

# Prints the file with this host's certificate authorities.
ca_bundle() {
  local file
  for file in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/ca-bundle.pem \
    /etc/ssl/cert.pem; do
    if [ -s "$file" ]; then
      readlink -f "$file"
      return
    fi
  done
}

# Removes variables that name tools, libraries and locales that only the host has. All others are passed.
forget_host_tools() {
  unset CC CXX CPP LD AR LD_LIBRARY_PATH LD_PRELOAD PYTHONHOME PYTHONPATH PYTHONSTARTUP VIRTUAL_ENV \
    PERL5LIB PERLLIB BASH_ENV ENV CDPATH LANGUAGE LC_ALL LC_CTYPE LC_MESSAGES LC_COLLATE LC_NUMERIC \
    LC_TIME LC_MONETARY LC_PAPER LC_NAME LC_ADDRESS LC_TELEPHONE LC_MEASUREMENT LC_IDENTIFICATION
  export LANG=C.UTF-8 SHELL=/bin/bash
  export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
}

# All clones share one compiler cache; paths below the clone do not affect its keys.
use_ccache() {
  export CCACHE_DIR="${CCACHE_DIR:-$FIT_TOOLBOX_CACHE/ccache}" CCACHE_BASEDIR="$clone" CCACHE_NOHASHDIR=1 \
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime \
    CCACHE_MAXSIZE="${CCACHE_MAXSIZE:-10G}"
}

# Prints the folders of this host that may contain files of the user. They are visible under the same paths
# inside a container or a root. They include the whole top-level folders of the clone and the current folder.
shared_folders() {
  local path top
  for path in "$clone" "$PWD"; do
    top=/$(cut -d/ -f2 <<<"$path")
    is_system_folder "$top" || printf '%s\n' "$top"
  done
  printf '%s\n' "$clone" "$FIT_TOOLBOX_CACHE" /home /root /tmp /mnt /media /srv /opt "${HOME:-}" |
    while IFS= read -r path; do
      if [ -n "$path" ] && [ -d "$path" ]; then printf '%s\n' "$path"; fi
    done
}

is_system_folder() {
  case $1 in
    / | /bin | /boot | /dev | /etc | /lib | /lib32 | /lib64 | /libx32 | /proc | /run | /sbin | /sys | /usr | /var) return 0 ;;
    *) return 1 ;;
  esac
}

# Prints the existing paths in the command line or the environment: "/a", "--b=/a", "../a",
# "sqlite:////a". For a path that does not exist, prints its nearest existing folder.
named_paths() {
  local word path
  for word in "$@"; do printf '%s\n' "$word"; done | named_path_filter "."
  while IFS= read -r -d '' word; do
    path=${word#*=}
    case $path in /* | sqlite:///*) printf '%s\n' "$path" ;; esac
  done < <(env -0) | named_path_filter ""
}

named_path_filter() {
  local word relative=$1
  while IFS= read -r word; do
    case $word in -*=*) word=${word#*=} ;; esac
    word=${word#sqlite:///}
    case $word in
      /*) ;;
      */* | ..) [ -n "$relative" ] || continue ;;
      *) continue ;;
    esac
    word=$(realpath -m -- "$word" 2>/dev/null) || continue
    while [ ! -e "$word" ]; do word=$(dirname -- "$word"); done
    is_system_folder "$word" || printf '%s\n' "$word"
  done
}
