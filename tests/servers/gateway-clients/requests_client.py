"""PyPI requests: lists orders and creates one."""

import os

import requests

base = os.environ["ORDERS_BASE_URL"]
session = requests.Session()
session.headers["Authorization"] = f"Bearer {os.environ['ORDERS_TOKEN']}"
orders = session.get(f"{base}/orders", timeout=60)
created = session.post(f"{base}/orders", json={"id": 2}, timeout=60)
print(orders.status_code, orders.json()[0]["id"], created.status_code)
