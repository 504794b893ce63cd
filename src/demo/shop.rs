//! Orders and customers of the demo, held in memory.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Limit for the number of orders.
const MAX_ORDERS: usize = 200;

/// An order.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Order {
    pub(super) id: u32,
    pub(super) customer: u32,
    pub(super) item: String,
    pub(super) quantity: u32,
}

/// Body of a request that places or changes an order. Omitted members keep their value.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OrderChange {
    customer: Option<u32>,
    item: Option<String>,
    quantity: Option<u32>,
}

/// A customer.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Customer {
    pub(super) id: u32,
    pub(super) name: String,
    pub(super) city: String,
}

/// Body of a request that changes a customer.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CustomerChange {
    name: Option<String>,
    city: Option<String>,
}

/// The data of the API.
pub(super) struct Shop {
    pub(super) orders: BTreeMap<u32, Order>,
    pub(super) customers: BTreeMap<u32, Customer>,
    next: u32,
}

impl Shop {
    pub(super) fn new() -> Self {
        let customers =
            [(1, "Ada Lovelace", "London"), (2, "Grace Hopper", "New York"), (3, "Mary Kenneth Keller", "Cleveland")];
        let orders = [(1, 1, "punched cards", 500), (2, 2, "magnetic tape", 3), (7, 1, "brass gears", 64)];
        Self {
            customers: customers
                .into_iter()
                .map(|(id, name, city)| (id, Customer { id, name: name.to_owned(), city: city.to_owned() }))
                .collect(),
            orders: orders
                .into_iter()
                .map(|(id, customer, item, quantity)| (id, Order { id, customer, item: item.to_owned(), quantity }))
                .collect(),
            next: 8,
        }
    }

    /// Places an order. Omitted members get a default, so that a call without a body works. Evicts the oldest order at the
    /// limit. `None` if the customer is unknown.
    pub(super) fn place(&mut self, change: OrderChange) -> Option<Order> {
        let customer = change.customer.unwrap_or(1);
        if !self.customers.contains_key(&customer) {
            return None;
        }
        while self.orders.len() >= MAX_ORDERS {
            self.orders.pop_first();
        }
        let item = change.item.unwrap_or_else(|| "valves".to_owned());
        let order = Order { id: self.next, customer, item, quantity: change.quantity.unwrap_or(1) };
        self.next = self.next.saturating_add(1);
        self.orders.insert(order.id, order.clone());
        Some(order)
    }

    /// Changes an order; `None` if the order or the customer is unknown.
    pub(super) fn change_order(&mut self, id: u32, change: OrderChange) -> Option<Order> {
        if change.customer.is_some_and(|customer| !self.customers.contains_key(&customer)) {
            return None;
        }
        let order = self.orders.get_mut(&id)?;
        order.customer = change.customer.unwrap_or(order.customer);
        order.quantity = change.quantity.unwrap_or(order.quantity);
        if let Some(item) = change.item {
            order.item = item;
        }
        Some(order.clone())
    }

    /// Changes a customer; `None` if unknown.
    pub(super) fn change_customer(&mut self, id: u32, change: CustomerChange) -> Option<Customer> {
        let customer = self.customers.get_mut(&id)?;
        if let Some(name) = change.name {
            customer.name = name;
        }
        if let Some(city) = change.city {
            customer.city = city;
        }
        Some(customer.clone())
    }

    /// Returns the customers with the number of items they ordered.
    pub(super) fn sales(&self) -> Vec<(String, u64)> {
        let ordered = |id: u32| self.orders.values().filter(move |order| order.customer == id);
        let total = |id| ordered(id).map(|order| u64::from(order.quantity)).sum();
        self.customers.values().map(|customer| (customer.name.clone(), total(customer.id))).collect()
    }
}
