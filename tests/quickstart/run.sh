#!/usr/bin/env bash
# usage: tests/quickstart/run.sh TOKSCOPE [keyring|passphrase|memory]...
#
# Follows the README in an empty directory on the servers of `demo --serve`, with each kind of vault: login, token, exec,
# call, why, check, tokens, scopes. `keyring` needs a Secret Service: see tests/keyring/run.sh.
set -euo pipefail
[ $# -gt 0 ] || { echo "usage: $0 TOKSCOPE [keyring|passphrase|memory]..." >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
tokscope=$(realpath "$1")
shift
stores=("$@")
[ $# -gt 0 ] || stores=(passphrase memory)
home=$(mktemp -d)
servers=
stop() {
    [ -z "$servers" ] || { kill "$servers" && wait "$servers" || :; } 2>/dev/null
    servers=
}
trap 'stop; rm -rf "$home"' EXIT
mkdir "$home/bin"
ln -s "$tokscope" "$home/bin/tokscope"
export PATH="$home/bin:$PATH" HOME="$home" BROWSER="$here/browser.sh"
unset CI DISPLAY SSH_CONNECTION SSH_TTY SSH_CLIENT TOKSCOPE_MANIFEST TOKSCOPE_STORE TOKSCOPE_PASSPHRASE_FILE TOKSCOPE_TOKEN

fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }
# run CODE 'COMMAND' [PATTERN]: the exit code is CODE, and the output, stdout and stderr, has PATTERN
run() {
    local code=0
    printf '%s $ %s\n' "$store" "$2"
    output=$(bash -o pipefail -c "$2" 2>&1 </dev/null) || code=$?
    [ "$code" = "$1" ] || fail "\`$2\` ends with $code instead of $1: $output"
    [ -z "${3-}" ] || grep -q -e "$3" <<<"$output" || fail "\`$2\` prints no \`$3\`: $output"
}
# free ports, so that the script can run more than once at a time
port=$((20000 + RANDOM % 20000))
while (: >"/dev/tcp/127.0.0.1/$port" || : >"/dev/tcp/127.0.0.1/$((port + 1))") 2>/dev/null; do
    port=$((20000 + RANDOM % 20000))
done
# serve ARGUMENTS: starts the servers, and waits until they answer
serve() {
    tokscope demo --serve --port "$port" "$@" >"$home/serve.out" 2>"$home/serve.err" &
    servers=$!
    for _ in $(seq 600); do
        grep -q 'press Ctrl-C' "$home/serve.err" && return
        kill -0 "$servers" 2>/dev/null || fail "the demo does not start: $(cat "$home/serve.err")"
        sleep 0.1
    done
    fail 'the demo does not start'
}

for store in "${stores[@]}"; do
    export XDG_DATA_HOME="$home/$store/data" XDG_STATE_HOME="$home/$store/state" XDG_CONFIG_HOME="$home/$store/config"
    mkdir -p "$home/$store"
    cd "$home/$store"
    case $store in
        keyring) unset TOKSCOPE_STORE TOKSCOPE_PASSPHRASE_FILE ;;
        *)
            export TOKSCOPE_STORE=$store TOKSCOPE_PASSPHRASE_FILE=$home/secret.txt
            (umask 077 && echo 'correct horse battery' >"$home/secret.txt")
            ;;
    esac
    serve --write shop
    cd shop
    run 0 'tokscope trust' 'already trusted'
    run 0 'tokscope manifest lint --fail-on error'
    run 0 "tokscope scopes -e 'GET /orders' -e 'POST /orders'" 'orders:write'
    run 0 "tokscope login -e 'GET /orders' --client dev" 'orders:read'
    run 0 "tokscope login -e 'GET /orders' -e 'POST /orders'" 'customers:read'
    if [ "$store" = memory ]; then
        # nothing is stored: every command signs in again, and a machine's client never has to
        run 0 'tokscope tokens list'
        run 0 "tokscope token -e 'GET /orders'" '^ey'
        run 0 "tokscope exec -e 'GET /orders' -- sh -c 'test -n \"\$TOKSCOPE_ACCESS_TOKEN\"'"
        run 0 "tokscope call 'GET /orders/7' --client ci" '"brass gears"'
    else
        run 0 'tokscope tokens list' 'orders:read'
        # from here on a stored token does, so nobody may be asked
        run 0 "tokscope token -e 'GET /orders' --no-interact" '^ey'
        run 0 "tokscope exec -e 'GET /orders' --no-interact -- sh -c 'test -n \"\$TOKSCOPE_ACCESS_TOKEN\"'"
        run 0 "tokscope call 'GET /orders/7' --no-interact" '"brass gears"'
        run 0 "tokscope token -e 'GET /orders' --no-interact | tokscope check - --endpoint 'GET /orders'" 'allowed'
        run 3 "tokscope token -e 'GET /orders' --no-interact | tokscope check - --endpoint 'DELETE /orders/7'" 'orders:delete'
    fi
    # an outdated manifest: the server asks for another scope than the manifest
    run 3 "tokscope call 'GET /reports/sales' --client ci --include 2>answer.txt" ''
    api=$(sed -n 's/^base_url *= *"\(.*\)"/\1/p' tokscope.toml)
    run 3 "tokscope token -e 'GET /orders' --client ci >token.txt
        curl -si --noproxy '*' -H \"Authorization: Bearer \$(cat token.txt)\" $api/reports/sales >answer.txt
        tokscope why answer.txt" 'reports:read'
    # the metadata of RFC 9728 leads from the API to its authorization server
    run 0 "tokscope discover $api" 'orders:admin'
    # the same again: the manifest and the trust stay, and no other manifest is overwritten
    stop
    cd ..
    serve --write shop
    grep -q 'unchanged' "$home/serve.err" || fail "a second start changes the manifest: $(cat "$home/serve.err")"
    mkdir other
    echo '# mine' >other/tokscope.toml
    run 2 'tokscope demo --serve --port 0 --write other' 'not overwritten'
    run 0 'cat other/tokscope.toml' '^# mine$'
    run 1 "tokscope demo --serve --port $port --write third" 'in use'
    stop
done
echo 'the quickstart works'
