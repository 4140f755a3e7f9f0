#!/usr/bin/env bash
# Builds the image from a jar and runs it the way a cluster does: not as root, on a read-only root file system.
#
#   docker/test.sh target/altiplano.jar     as root, with buildah; asks no image registry
#
# Both bases are put together from the distribution's packages: the image's own from the C library alone. The Dockerfile's
# first stage is left out, since the jar is what it would make.
set -euo pipefail
jar=$(realpath "$1")
repository=$(realpath "$(dirname "$0")/..")
work=$(mktemp -d "${TMPDIR:-/tmp}/altiplano-image.XXXXXX")
storage=(--root "$work/storage" --runroot "$work/run" --storage-driver vfs)
export BUILDAH_ISOLATION=chroot
server=

step() { printf '%4ds  %s\n' "$SECONDS" "$*"; }

finish() {
  [ -z "$server" ] || kill -KILL "$server" 2>/dev/null || true
  for mount in "$work/root/tmp" "$work/root/proc" "$work/root"; do
    if mountpoint -q "$mount"; then umount --lazy "$mount"; fi
  done
  rm -rf --one-file-system "$work"
}
trap finish EXIT

# unpacked FOLDER PACKAGE...: the packages' files, without their scripts
unpacked() {
  local folder=$1
  shift
  mkdir -p "$work/packages" "$folder"/{usr/bin,usr/sbin,usr/lib,usr/lib64,tmp,proc,etc}
  chmod 1777 "$folder/tmp"
  for link in bin sbin lib lib64; do ln -sfn "usr/$link" "$folder/$link"; done
  (cd "$work/packages" && apt-get download -qq "$@" 2>/dev/null)
  for package in "$@"; do
    dpkg-deb --fsys-tarfile "$work/packages/${package}"_*.deb | tar -x --keep-directory-symlink -C "$folder"
  done
}

image() {
  local container
  container=$(buildah "${storage[@]}" from scratch)
  buildah "${storage[@]}" copy -q "$container" "$1" / >/dev/null
  buildah "${storage[@]}" commit -q --rm "$container" "$2" >/dev/null
  rm -rf "$1"
}

step "bases from packages"
unpacked "$work/base" libc6
image "$work/base" localhost/base
unpacked "$work/tools" libc6 libgcc-s1 dash bash coreutils grep libpcre2-8-0 libselinux1 libacl1 libattr1 libgmp10 libtinfo6
ln -sfn dash "$work/tools/usr/bin/sh"
jdk=$(for home in "${JAVA_HOME:-}" /usr/lib/jvm/*25*; do [ -x "$home/bin/jlink" ] && "$home/bin/jlink" --version | grep -q '^25' && echo "$home" && break; done)
mkdir -p "$work/tools/opt"
cp -rL "$(realpath "$jdk")" "$work/tools/opt/jdk"
for program in java jlink; do ln -sfn "/opt/jdk/bin/$program" "$work/tools/usr/bin/$program"; done
image "$work/tools" localhost/tools

step "the image"
mkdir -p "$work/context/docker" "$work/context/src/target"
cp "$jar" "$work/context/src/target/altiplano.jar"
cp "$repository"/docker/{modules.txt,jvm.options} "$work/context/docker/"
awk '/^FROM .* AS build$/ {print "FROM scratch AS build\nCOPY src/target /src/target"; skip = 1; next}
     /^FROM / {skip = 0}
     !skip' "$repository/docker/Dockerfile" > "$work/context/Dockerfile"
buildah "${storage[@]}" bud --format docker --network none --pull-never -t localhost/altiplano \
  --build-arg BUILD_IMAGE=localhost/tools --build-arg BASE_IMAGE=localhost/base \
  -f "$work/context/Dockerfile" "$work/context" > "$work/build.log" 2>&1 || { cat "$work/build.log"; exit 1; }

container=$(buildah "${storage[@]}" from --pull-never localhost/altiplano)
config() { buildah "${storage[@]}" inspect --format "$1" "$container"; }
user=$(config '{{.OCIv1.Config.User}}')
mapfile -t entrypoint < <(config '{{range .OCIv1.Config.Entrypoint}}{{println .}}{{end}}' | grep .)
mapfile -t check < <(config '{{range .Docker.Config.Healthcheck.Test}}{{println .}}{{end}}' | grep . | tail -n +2)
mapfile -t environment < <(config '{{range .OCIv1.Config.Env}}{{println .}}{{end}}' | grep .)
root=$(buildah "${storage[@]}" mount "$container")
[ -s "$root/opt/java/lib/security/cacerts" ] || { echo "no certificates to trust: fetch could not speak https"; exit 1; }
echo "user $user, size $(du -sm "$root" | cut -f1) MB, AOT cache $(du -sm "$root/app/altiplano.aot" | cut -f1) MB"

step "run: read-only root, uid ${user%%:*}"
mkdir "$work/root"
mount --bind "$root" "$work/root"
mount -o remount,bind,ro "$work/root"
mount -t proc proc "$work/root/proc"
mount -t tmpfs -o size=64m,mode=1777 tmpfs "$work/root/tmp"
if touch "$work/root/app/x" 2>/dev/null; then echo "the root file system can be written"; exit 1; fi
inside() { exec env -i "${environment[@]}" chroot --userspec="$user" --groups= "$work/root" "$@"; }
port=$((20000 + RANDOM % 20000))
inside "${entrypoint[@]}" --server.port="$port" --server.address=127.0.0.1 > "$work/server.log" 2>&1 &
server=$!
check=("${check[@]/8080/$port}")
until (inside "${check[@]}") 2> "$work/check.log"; do
  kill -0 "$server" 2>/dev/null && [ "$SECONDS" -lt 300 ] || { cat "$work/server.log" "$work/check.log"; exit 1; }
  sleep 1
done
step "healthy by the image's own check"
grep -q "^Uid:[[:space:]]*${user%%:*}[[:space:]]" "/proc/$server/status" || { echo "runs as another user"; exit 1; }
(inside "${entrypoint[@]}" probe --completion "http://127.0.0.1:$port") 2>/dev/null
kill -TERM "$server"
status=0
wait "$server" || status=$?
server=
grep -E 'Started Altiplano|backend|Stopping' "$work/server.log" || true
step "stopped with $status"
[ "$status" = 143 ]
step "the image works"
