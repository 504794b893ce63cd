#!/bin/sh
# usage: start.sh PORT KIND [stateless]   KIND: 1, 2 or fastmcp; venv from requirements-KIND.txt if needed; prints "ready <url>"
set -e
cd "$(dirname "$0")"; VENV=.venv-$2
[ -x "$VENV/bin/uvicorn" ] || { python3 -m venv "$VENV"; "$VENV/bin/pip" install -q -r "requirements-$2.txt"; }
exec "$VENV/bin/python" app.py "$@"
