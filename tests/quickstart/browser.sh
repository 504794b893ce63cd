#!/bin/sh
# usage: BROWSER=tests/quickstart/browser.sh tokscope login ...
#
# Signs in as the demo's user and grants every requested scope, as a person at a browser does.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
fetch() { curl --silent --show-error --noproxy '*' --location --fail-with-body --output "$folder/page" "$@"; }
hidden() { sed -n "s/.*name=\"$1\" value=\"\([^\"]*\)\".*/\1/p" "$folder/page"; }
origin=$(printf %s "$1" | sed 's,^\(http://[^/]*\)/.*,\1,')
fetch "$1"
fetch --data-urlencode "transaction=$(hidden transaction)" --data-urlencode user=alice \
    --data-urlencode password=wonderland "$origin/login"
set -- --data-urlencode "transaction=$(hidden transaction)" --data-urlencode decision=allow
for scope in $(hidden scope); do
    set -- "$@" --data-urlencode "scope=$scope"
done
fetch "$@" "$origin/consent"
