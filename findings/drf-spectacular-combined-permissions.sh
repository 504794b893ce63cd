#!/usr/bin/env bash
# drf-spectacular 0.30.0 with Django OAuth Toolkit 3.4.1, Django REST framework 3.18.3 and Django 5.2.19 (Python): the OpenAPI
# description of views whose scopes come from more than one permission class.
# Seen: for `IsAuthenticated & TokenHasScope` the operation has no `security`, as if it needed no token; of
# `[TokenHasScope, TokenHasReadWriteScope]` only the first one is described. The server enforces all of them: whoever
# obtains tokens by the description gets 401 or 403.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet django==5.2.19 djangorestframework==3.18.3 django-oauth-toolkit==3.4.1 drf-spectacular==0.30.0
seen=$(venv/bin/python - 2>/dev/null <<'PY'
import datetime, json, sys, types
import django
from django.conf import settings

urls = types.ModuleType("urls")
sys.modules["urls"] = urls
settings.configure(
    SECRET_KEY="not a secret", ROOT_URLCONF="urls", ALLOWED_HOSTS=["testserver"], USE_TZ=True,
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "oauth2_provider", "rest_framework", "drf_spectacular"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    REST_FRAMEWORK={"DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema"},
    OAUTH2_PROVIDER={"SCOPES": {"read": "", "write": "", "orders": ""}},
    SPECTACULAR_SETTINGS={"OAUTH2_FLOWS": ["clientCredentials"], "OAUTH2_TOKEN_URL": "https://issuer.example/token"},
)
django.setup()
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.urls import path
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from oauth2_provider.contrib.rest_framework import OAuth2Authentication, TokenHasReadWriteScope, TokenHasScope
from oauth2_provider.models import AccessToken, Application
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

def view(*permissions):
    class View(APIView):
        authentication_classes = [OAuth2Authentication]
        permission_classes = permissions
        required_scopes = ["orders"]

        @extend_schema(responses={200: None})
        def get(self, request):
            return Response()

    return View.as_view()

urls.urlpatterns = [
    path("alone", view(TokenHasScope)),
    path("listed", view(IsAuthenticated, TokenHasScope)),
    path("combined", view(IsAuthenticated & TokenHasScope)),
    path("two", view(TokenHasScope, TokenHasReadWriteScope)),
]
call_command("migrate", verbosity=0)
user = User.objects.create_user("user")
client = Application.objects.create(user=user, client_type="public", authorization_grant_type="password")
for name in ["read", "orders", "orders read"]:
    AccessToken.objects.create(user=user, application=client, token=name.replace(" ", "-"), scope=name,
                               expires=timezone.now() + datetime.timedelta(hours=1))
paths = SchemaGenerator(patterns=urls.urlpatterns).get_schema(public=True)["paths"]
for name in ["alone", "listed", "combined", "two"]:
    statuses = [f"{token} {Client().get('/' + name, headers={'authorization': 'Bearer ' + token}).status_code}"
                for token in ["none", "read", "orders", "orders-read"]]
    print(f"{name}: described {json.dumps(paths['/' + name]['get'].get('security'))}, enforced {', '.join(statuses)}")
PY
)
echo "$seen"
[ "$seen" = 'alone: described [{"oauth2": ["orders"]}], enforced none 401, read 403, orders 200, orders-read 200
listed: described [{"oauth2": ["orders"]}], enforced none 401, read 403, orders 200, orders-read 200
combined: described null, enforced none 401, read 403, orders 200, orders-read 200
two: described [{"oauth2": ["orders"]}], enforced none 401, read 403, orders 403, orders-read 200' ] || { echo "the behaviour has changed" >&2; exit 1; }
