"""A client that PyPI openapi-python-client generated: generated_client.py FOLDER."""

import os
import sys

sys.path.insert(0, sys.argv[1])
from orders_client import AuthenticatedClient
from orders_client.api.default import create_order, list_orders
from orders_client.models import Order

client = AuthenticatedClient(base_url=os.environ["ORDERS_BASE_URL"], token=os.environ["ORDERS_TOKEN"])
orders = list_orders.sync(client=client)
created = create_order.sync(client=client, body=Order(id=2))
print(orders[0].id, created.id)
