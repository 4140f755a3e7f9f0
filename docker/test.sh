#!/usr/bin/env bash
# Builds the image from a clone, all stages of its Dockerfile as they are, and runs it the way a cluster does: not as root, on a
# read-only root file system.
#
#   docker/test.sh     as root on Debian or Ubuntu, with buildah, Maven, a JDK 25 and cc; asks no image registry
#
# What stands in for the two images that the Dockerfile names: for BUILD_IMAGE this machine's own /usr, for BASE_IMAGE the C library's
# package. Maven uses this user's repository, so that little is fetched.
set -euo pipefail
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

# skeleton FOLDER: what every image has before packages come
skeleton() {
  mkdir -p "$1"/{usr/bin,usr/sbin,usr/lib,usr/lib64,tmp,proc,etc,root,var/tmp}
  chmod 1777 "$1/tmp" "$1/var/tmp"
  for link in bin sbin lib lib64; do ln -sfn "usr/$link" "$1/$link"; done
}

# image FOLDER NAME [CONFIG...]: an image of the folder's files
image() {
  local container folder=$1 name=$2
  shift 2
  container=$(buildah "${storage[@]}" from scratch)
  buildah "${storage[@]}" copy -q "$container" "$folder" / >/dev/null
  [ $# = 0 ] || buildah "${storage[@]}" config "$@" "$container"
  buildah "${storage[@]}" commit -q --rm "$container" "$name" >/dev/null
  rm -rf "$folder"
}

step "stand-ins for the images that the Dockerfile names"
skeleton "$work/base"
(cd "$work" && apt-get download -qq libc6 2>/dev/null)
dpkg-deb --fsys-tarfile "$work"/libc6_*.deb | tar -x --keep-directory-symlink -C "$work/base"
image "$work/base" localhost/base
jdk=$(for home in "${JAVA_HOME:-}" /usr/lib/jvm/*25*; do [ -x "$home/bin/jlink" ] && "$home/bin/jlink" --version | grep -q '^25' && echo "$home" && break; done)
jdk=$(realpath "$jdk")
skeleton "$work/tools"
for part in alternatives maven ssl passwd group; do if [ -e "/etc/$part" ]; then cp -a "/etc/$part" "$work/tools/etc/"; fi; done
image "$work/tools" localhost/tools --env JAVA_HOME="$jdk" --env PATH="$jdk/bin:/usr/local/bin:/usr/bin:/bin"

step "a clone"
# As git would give it, with what is not committed yet.
mkdir "$work/clone"
(cd "$repository" && git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
  if [ -e "$file" ]; then printf '%s\0' "$file"; fi
done | tar -c --null -T -) | tar -x -C "$work/clone"

step "the image, all stages"
# The Dockerfile's cache mount, with what Maven has fetched here; its place has the user's number in later versions of buildah.
for cache in buildah-cache "buildah-cache-$(id -u)"; do
  mkdir -p "$work/tmp/$cache/root" "$HOME/.m2"
  ln -s "$HOME/.m2" "$work/tmp/$cache/root/.m2"
done
TMPDIR="$work/tmp" buildah "${storage[@]}" bud --format docker --pull-never -t localhost/altiplano \
  --build-arg BUILD_IMAGE=localhost/tools --build-arg BASE_IMAGE=localhost/base \
  --volume /usr:/usr:ro --volume "$jdk:$jdk:ro" --ignorefile "$work/clone/docker/Dockerfile.dockerignore" \
  -f "$work/clone/docker/Dockerfile" "$work/clone" > "$work/build.log" 2>&1 || { tail -n 200 "$work/build.log"; exit 1; }
grep -E '^(200|400|404|429)  /' "$work/build.log" || { echo "the training run answered nothing"; exit 1; }

container=$(buildah "${storage[@]}" from --pull-never localhost/altiplano)
config() { buildah "${storage[@]}" inspect --format "$1" "$container"; }
user=$(config '{{.OCIv1.Config.User}}')
mapfile -t entrypoint < <(config '{{range .OCIv1.Config.Entrypoint}}{{println .}}{{end}}' | grep .)
mapfile -t check < <(config '{{range .Docker.Config.Healthcheck.Test}}{{println .}}{{end}}' | grep . | tail -n +2)
mapfile -t environment < <(config '{{range .OCIv1.Config.Env}}{{println .}}{{end}}' | grep .)
root=$(buildah "${storage[@]}" mount "$container")
[ -s "$root/opt/java/lib/security/cacerts" ] || { echo "no certificates to trust: fetch could not speak https"; exit 1; }
megabytes() { du -sm "$1" | cut -f1; }
echo "user $user, size $(megabytes "$root") MB: Java $(megabytes "$root/opt/java"), jars $(megabytes "$root/app/lib"), AOT cache $(megabytes "$root/app/altiplano.aot")"
echo "compressed $(tar -c -C "$root" . | gzip -1 | wc -c | awk '{print int($1 / 1000000)}') MB"

mkdir "$work/root"
mount --bind "$root" "$work/root"
mount -o remount,bind,ro "$work/root"
mount -t proc proc "$work/root/proc"
mount -t tmpfs -o size=64m,mode=1777 tmpfs "$work/root/tmp"
if touch "$work/root/app/x" 2>/dev/null; then echo "the root file system can be written"; exit 1; fi
inside() { exec env -i "${environment[@]}" chroot --userspec="$user" --groups= "$work/root" "$@"; }

# run WHAT ARGUMENT...: starts the service and waits until the image's own check is content. AOTMode: a cache that does not fit
# stops the start here.
run() {
  step "run $1: read-only root, uid ${user%%:*}"
  shift
  inside "${entrypoint[0]}" -XX:AOTMode=on "${entrypoint[@]:1}" --server.address=127.0.0.1 "$@" > "$work/server.log" 2>&1 &
  server=$!
  until (inside "${check[@]}") 2> "$work/check.log"; do
    kill -0 "$server" 2>/dev/null && [ "$SECONDS" -lt 1500 ] || { cat "$work/server.log" "$work/check.log"; exit 1; }
    sleep 1
  done
  step "healthy by the image's own check"
  grep -q "^Uid:[[:space:]]*${user%%:*}[[:space:]]" "/proc/$server/status" || { echo "runs as another user"; exit 1; }
}

end() {
  kill -TERM "$server"
  status=0
  wait "$server" || status=$?
  server=
  grep -E 'Started Altiplano|backend|Stopping' "$work/server.log" || true
  step "stopped with $status"
  [ "$status" = 143 ]
  if (inside "${check[@]}") 2> /dev/null; then echo "the check is content without a service"; exit 1; fi
}

port=$((20000 + RANDOM % 20000))
run "with a port of its own" --server.port="$port"
(inside "${entrypoint[@]}" probe --completion "http://127.0.0.1:$port") 2>/dev/null | tee "$work/completion"
grep -q '"text_completion"' "$work/completion"
end

"$jdk/bin/keytool" -genkeypair -alias web -keyalg EC -dname CN=altiplano -validity 2 -storetype PKCS12 -storepass changeit \
  -keystore "$work/root/tmp/web.p12" 2>/dev/null
chmod 0644 "$work/root/tmp/web.p12"
run "with TLS" --server.port="$((port + 1))" --server.ssl.key-store=/tmp/web.p12 --server.ssl.key-store-password=changeit
end
step "the image works"
