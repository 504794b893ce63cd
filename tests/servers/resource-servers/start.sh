#!/bin/sh
# usage: start.sh PORT SCRIPT ISSUER AUDIENCE   installs from package-lock.json if needed; prints "ready <url>"
set -e
cd "$(dirname "$0")"; PORT=$1; SCRIPT=$2; shift 2
[ -d node_modules ] || npm ci --no-audit --no-fund --ignore-scripts >/dev/null
exec node "$SCRIPT" "$PORT" "$@"
