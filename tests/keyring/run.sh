#!/bin/sh
# usage: tests/keyring/run.sh COMMAND [ARGUMENTS...]
#
# Runs the command in a D-Bus session of its own with a real gnome-keyring, unlocked, without a desktop.
# KEYRING_LOCKED=1 leaves it locked, with nobody to answer its prompt.
# Debian: apt-get install --no-install-recommends gnome-keyring dbus-x11 libsecret-tools
set -eu
[ $# -gt 0 ] || { echo "usage: $0 COMMAND [ARGUMENTS...]" >&2; exit 2; }
for tool in dbus-run-session dbus-send gnome-keyring-daemon secret-tool; do
    command -v "$tool" >/dev/null || { echo "$0: there is no $tool" >&2; exit 96; }
done
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
mkdir -p "$home/share/keyrings" "$home/run"
chmod 700 "$home/run"
unset DISPLAY DBUS_SESSION_BUS_ADDRESS
export KEYRING_LOCKED="${KEYRING_LOCKED:-}"
# the keyring's own folders; what the command writes goes where its own variables say
export KEYRING_SHARE="$home/share" KEYRING_RUN="$home/run"
code=0
dbus-run-session -- sh -c '
    daemon() { XDG_DATA_HOME="$KEYRING_SHARE" XDG_RUNTIME_DIR="$KEYRING_RUN" gnome-keyring-daemon --components=secrets "$@" >/dev/null 2>&1; }
    # a keyring is made by the first unlocking; locked is one that was made before
    printf test | daemon --unlock
    daemon --start
    answers() { dbus-send --session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets org.freedesktop.DBus.Peer.Ping >/dev/null 2>&1; }
    tries=0
    until answers; do
        tries=$((tries + 1))
        [ "$tries" -le 100 ] || { echo "gnome-keyring did not start" >&2; exit 97; }
        sleep 0.05
    done
    if [ -n "$KEYRING_LOCKED" ]; then
        dbus-send --session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets \
            org.freedesktop.Secret.Service.Lock array:objpath:/org/freedesktop/secrets/collection/login >/dev/null
    fi
    exec "$@"' sh "$@" || code=$?
exit "$code"
