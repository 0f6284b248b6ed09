#!/bin/sh
# One step of a stage (RUN or COPY), in a mount namespace of its own: its mounts end with it, however it ends.
#   stage-step.sh run  COMMAND
#   stage-step.sh copy SOURCE DESTINATION
# BASE is the file system below (empty for "scratch"), UPPER receives what the step changes, WORK and MERGED are
# empty folders, PACKAGES is the folder with the Debian packages, GIVEN_ENV the environment that ENV lines gave.
set -eu

if [ -n "$BASE" ]; then
  mount -t overlay overlay -o "lowerdir=$BASE,upperdir=$UPPER,workdir=$WORK,redirect_dir=off,metacopy=off" "$MERGED"
else
  mount --bind "$UPPER" "$MERGED"
fi

run_step() {
  mount -t proc proc "$MERGED/proc"
  mount -t tmpfs -o mode=755 tmpfs "$MERGED/dev"
  for device in null zero full random urandom; do
    : >"$MERGED/dev/$device"
    mount --bind "/dev/$device" "$MERGED/dev/$device"
  done
  ln -s /proc/self/fd "$MERGED/dev/fd"
  # /run and /tmp are not part of the layer. The packages are all that the step can reach: there is no network.
  mount -t tmpfs -o mode=755 tmpfs "$MERGED/run"
  mount -t tmpfs -o mode=1777 tmpfs "$MERGED/tmp"
  mkdir "$MERGED/run/podium"
  mount --bind "$PACKAGES" "$MERGED/run/podium"
  # GIVEN_ENV holds NAME=value lines; values have no line breaks (the Dockerfile reader sees to that).
  set -- "$1" APT_CONFIG=/run/podium/apt.conf HOME=/root
  command=$1
  shift
  while IFS= read -r pair; do set -- "$@" "$pair"; done <<EOF
$GIVEN_ENV
EOF
  exec chroot "$MERGED" /usr/bin/env -i "$@" /bin/sh -c "$command"
}

copy_step() {
  target=$(realpath -m "$MERGED$2")
  case $target/ in
    "$MERGED"/*) ;;
    *) echo "COPY to $2 would leave the image by a symbolic link" >&2; exit 1 ;;
  esac
  if [ -d "$1" ]; then
    mkdir -p "$target"
    cp -RP --preserve=mode,timestamps "$1/." "$target/"
    return
  fi
  case $2 in */) mkdir -p "$target" ;; *) mkdir -p "$(dirname "$target")" ;; esac
  cp -P --preserve=mode,timestamps "$1" "$target"
}

action=$1
shift
umask 022
"${action}_step" "$@"
