# shellcheck shell=bash disable=SC2154 # here and clone are set by the script that reads this file
# Platform 2: a container of Docker or Podman, from an image of deploy/Dockerfile with the same list.

# Prints the name of an available engine.
container_engine() {
  local engine
  for engine in docker podman; do
    if command -v "$engine" >/dev/null && timeout 5 "$engine" info >/dev/null 2>&1; then
      printf '%s\n' "$engine"
      return 0
    fi
  done
  return 1
}

enter_container() {
  local list=$1 engine image path options=() last=""
  shift
  engine=$(container_engine) || die "FIT_TOOLBOX=container needs Docker or Podman, and neither is available"
  image=find-this-fit-toolbox:$list-$(key_of "$list" "$clone/deploy/Dockerfile" "$here/install_in_image")
  "$engine" image inspect "$image" >/dev/null 2>&1 || make_image "$engine" "$list" "$image"

  options=(--rm --interactive --network host --shm-size 1g --workdir "$PWD")
  [ -t 0 ] && [ -t 1 ] && options+=(--tty)
  # An init process that forwards signals. Podman needs catatonit for it.
  if [ "$engine" = docker ] || command -v catatonit >/dev/null || [ -x /usr/libexec/podman/catatonit ]; then
    options+=(--init)
  fi
  if [ "$(id -u)" != 0 ]; then
    options+=(--user "$(id -u):$(id -g)")
    [ "$engine" = podman ] && options+=(--userns keep-id)
  fi
  while IFS= read -r path; do
    # Variables of the image are kept.
    case $path in /bin/* | /boot/* | /dev/* | /etc/ssl* | /lib*/* | /proc/* | /sbin/* | /sys/* | /usr/* | *:*) continue ;; esac
    [[ -n $last && $path/ == "$last"/* ]] && continue
    last=$path
    options+=(--volume "$path:$path")
  done < <({ shared_folders; named_paths "$PWD" "$@"; } | sort -u)
  path=$(ca_bundle)
  [ -z "$path" ] || options+=(--volume "$path:/etc/ssl/certs/ca-certificates.crt:ro")
  for path in $(compgen -e); do
    case $path in PATH | HOSTNAME | PWD | OLDPWD | SHLVL | _) ;; *) options+=(--env "$path") ;; esac
  done
  exec "$engine" run "${options[@]}" "$image" "$@"
}

# Builds the image from a small folder with the list and the host's mirror settings.
make_image() {
  local engine=$1 list=$2 image=$3 context bundle log="$FIT_TOOLBOX_CACHE/image-$2.log"
  exec 8>"$FIT_TOOLBOX_CACHE/image.lock"
  flock 8
  if "$engine" image inspect "$image" >/dev/null 2>&1; then return; fi
  say "building the Debian 13 toolbox image for toolbox/$list.txt with $engine (once, some minutes)"
  context=$(mktemp -d)
  # shellcheck disable=SC2064
  trap "rm -rf '$context'" EXIT
  mkdir -p "$context/toolbox/host"
  cp "$here/$list.txt" "$here/install_in_image" "$context/toolbox/"
  apt_client_settings >"$context/toolbox/host/apt.conf"
  bundle=$(ca_bundle)
  [ -z "$bundle" ] || cp "$bundle" "$context/toolbox/host/ca-certificates.crt"
  "$engine" build --file "$clone/deploy/Dockerfile" --target toolbox --network host --tag "$image" \
    --build-arg "LIST=$list" --build-arg "MIRROR=$(debian_mirror "")" \
    --build-arg "SECURITY_MIRROR=$(debian_mirror -security)" \
    --build-arg http_proxy --build-arg https_proxy --build-arg no_proxy \
    "$context" >"$log" 2>&1 || die "$engine could not build the toolbox image: $(failure_in "$log") (log: $log)"
  rm -rf "$context"
  trap - EXIT
  exec 8>&-
}
