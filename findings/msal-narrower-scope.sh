#!/usr/bin/env bash
# MSAL for Python 1.39.0: `acquire_token_silent` with fewer scopes than the cached token has.
# Seen: it returns the cached token, which has more scopes than requested, and the result has no member `scope`, so that
# the caller can't tell. The comparison of names is case-sensitive, unlike scopes of Entra ID: `mail.read` is not found
# in the cache, and a refresh token is used for it. With `force_refresh=True` the narrow token is obtained, and returned
# from then on.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet msal==1.39.0
seen=$(venv/bin/python - <<'PY'
import base64, json, time
import msal

def encode(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

now = int(time.time())
claims = {"iss": "https://login.microsoftonline.com/t/v2.0", "aud": "client", "sub": "user", "oid": "u", "tid": "t",
          "preferred_username": "user", "iat": now, "exp": now + 3600}
extra = {"openid", "profile", "offline_access"}

class Response:
    headers = {}
    def __init__(self, body):
        self.status_code, self.text = 200, json.dumps(body)

class Server:
    """Grants exactly the requested scopes."""
    requests = []
    def get(self, url, **_):
        return Response({"issuer": claims["iss"], "authorization_endpoint": "https://login.microsoftonline.com/t/a",
                         "token_endpoint": "https://login.microsoftonline.com/t/t"})
    def post(self, url, data=None, **_):
        scope = " ".join(s for s in data["scope"].split() if s not in extra)
        self.requests.append(scope)
        return Response({"access_token": f"token {len(self.requests)} ({scope})", "token_type": "Bearer", "expires_in": 3600,
                         "scope": scope, "refresh_token": "r", "id_token": f"{encode({'alg': 'none'})}.{encode(claims)}.",
                         "client_info": encode({"uid": "u", "utid": "t"})})
    def close(self):
        pass

server = Server()
app = msal.PublicClientApplication("client", authority="https://login.microsoftonline.com/t", http_client=server,
                                   instance_discovery=False)
app.acquire_token_by_authorization_code("code", ["Mail.Read", "Mail.ReadWrite"], redirect_uri="http://localhost")
account = app.get_accounts()[0]
for scope, options in [("Mail.Read", {}), ("mail.read", {}), ("Mail.Send", {}), ("Mail.Read", {"force_refresh": True}),
                       ("Mail.Read", {})]:
    result = app.acquire_token_silent([scope], account=account, **options)
    print(f"{scope} {options or ''}: {result['access_token']}, scope: {result.get('scope')}")
PY
)
echo "$seen"
[ "$seen" = 'Mail.Read : token 1 (Mail.Read Mail.ReadWrite), scope: None
mail.read : token 2 (mail.read), scope: mail.read
Mail.Send : token 3 (Mail.Send), scope: Mail.Send
Mail.Read {'"'force_refresh'"': True}: token 4 (Mail.Read), scope: Mail.Read
Mail.Read : token 4 (Mail.Read), scope: None' ] || { echo "the behaviour has changed" >&2; exit 1; }
