#!/bin/sh
# Builds the Dockerfile for real and runs the composition's processes from the image, without a
# Docker engine: buildah builds, podman runs, Debian's bookworm with its Python 3.11 stands for the
# base image, and a PostgreSQL of this machine for the database. As root; some five minutes.
#
#     sh tools/image-drill.sh DIR
set -eu
[ $# -eq 1 ] || { echo "Say where to work: sh tools/image-drill.sh DIR" >&2; exit 2; }
[ "$(id -u)" = 0 ] || { echo "Building an image here takes root; run it with sudo." >&2; exit 2; }
work=$(mkdir -p "$1" && cd "$1" && pwd)
home=$(cd "$(dirname "$0")/.." && pwd)
image=rotation-newsletter:drill
export STORAGE_DRIVER=vfs BUILDAH_ISOLATION=chroot DEBIAN_FRONTEND=noninteractive

missing=""
for package in buildah podman runc debootstrap postgresql curl openssl; do
    dpkg -s "$package" >/dev/null 2>&1 || missing="$missing $package"
done
if [ -n "$missing" ]; then
    apt-get update -q >/dev/null
    apt-get install -y -q --no-install-recommends $missing >/dev/null
fi

if ! buildah inspect --type image localhost/python:3.11-slim-bookworm >/dev/null 2>&1; then
    mirror=$(apt-cache policy debootstrap | sed -n 's/.*\(https\?:[^ ]*\) .*/\1/p' | head -n 1)
    debootstrap --variant=minbase --include=python3,python3-venv,python3-pip,ca-certificates \
        bookworm "$work/root" "$mirror" >"$work/debootstrap.log"
    ln -sf python3 "$work/root/usr/bin/python"
    # A house's own authority, where its network has one.
    cp /etc/ssl/certs/ca-certificates.crt "$work/root/etc/ssl/certs/ca-certificates.crt"
    base=$(buildah from scratch)
    buildah copy -q "$base" "$work/root" / >/dev/null
    buildah commit -q --rm "$base" localhost/python:3.11-slim-bookworm >/dev/null
    rm -rf "$work/root"
fi
buildah bud --pull-never --format docker -t "$image" "$home" >"$work/build.log" 2>&1
echo "built: $(buildah images --format '{{.Size}}' "$image")"

pod() { podman --runtime runc --cgroup-manager cgroupfs --events-backend none "$@"; }
# As compose.yaml has them: nothing may be written but the workspace and /tmp, and nothing is allowed.
as_composed="--network host --no-healthcheck --read-only --tmpfs /tmp:size=512m,mode=1777
    --cap-drop ALL --security-opt no-new-privileges --ulimit nofile=1024:4096 --ulimit nproc=1000:1000
    -e NEWSLETTER_DATABASE_URL_FILE=/run/secrets/database_url
    -e NEWSLETTER_LINK_KEY_FILE=/run/secrets/link_key
    -v $work/secrets/database_url:/run/secrets/database_url:ro
    -v $work/secrets/link_key:/run/secrets/link_key:ro
    -v $work/workspace:/srv/newsletter -v $work/backups:/srv/backups"
binaries=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)
names="web scheduler worker-1 worker-2"
down() {
    for name in $names; do pod rm -f "$name" >/dev/null 2>&1 || true; done
    su postgres -c "$binaries/pg_ctl -D $work/database -m fast stop" >/dev/null 2>&1 || true
}
trap down EXIT

rm -rf "$work/secrets" "$work/workspace" "$work/backups" "$work/database"
mkdir "$work/secrets" "$work/workspace" "$work/backups" "$work/database"
chmod 755 "$work"
chown postgres "$work/database"
su postgres -c "$binaries/initdb -D $work/database -A trust --locale=C.UTF-8" >/dev/null
su postgres -c "$binaries/pg_ctl -D $work/database -w -l $work/database/log \
    -o '-p 55432 -k $work/database' start" >/dev/null
su postgres -c "createuser -h $work/database -p 55432 newsletter"
su postgres -c "createdb -h $work/database -p 55432 -O newsletter newsletter"
printf 'postgresql://newsletter@127.0.0.1:55432/newsletter' >"$work/secrets/database_url"
openssl rand -hex 32 >"$work/secrets/link_key"
chmod 600 "$work"/secrets/*
chown -R 10001:10001 "$work/secrets" "$work/workspace" "$work/backups"

pod run --rm $as_composed "$image" init /srv/newsletter --no-first-edition
pod run --rm $as_composed --entrypoint sed "$image" -i -e 's/^  # url_variable:/  url_variable:/' \
    /srv/newsletter/config.yaml

port=9464
for name in $names; do
    pod run -d --name "$name" $as_composed "$image" \
        serve --role "${name%%-*}" --health-port "$port" >/dev/null
    port=$((port + 1))
done
for port in 9464 9465 9466 9467; do
    tries=0
    until curl -fs -m 5 "http://127.0.0.1:$port/readyz" >/dev/null; do
        tries=$((tries + 1))
        [ "$tries" -lt 60 ] || { echo "Port $port is not ready after a minute." >&2; exit 1; }
        sleep 1
    done
done
echo "ready: $names"
curl -fs -m 10 -o /dev/null http://127.0.0.1:8800/login
curl -fs -m 10 -o /dev/null http://127.0.0.1:8801/
# The words of the image's own HEALTHCHECK.
pod exec web python -c "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9464/readyz', timeout=4)"
pod exec web newsletter editors add dana dana@example.com --role admin
pod exec web newsletter run --provider sample
pod exec web newsletter editions list
pod run --rm $as_composed "$image" backup /srv/backups --keep 14

for name in $names; do
    pod stop -t 15 "$name" >/dev/null
    code=$(pod inspect "$name" --format '{{.State.ExitCode}}')
    echo "stopped: $name, exit $code"
    [ "$code" = 0 ] || exit 1
done
