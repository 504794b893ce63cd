//! Scopes and endpoints of the demo. The API and the manifest are generated from these tables, so that they differ only
//! where they are meant to.

use crate::scope::{Hierarchy, Pattern, Requirement, Risk, Scope, ScopeSet};

/// A scope of the demo.
pub(super) struct ScopeEntry {
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    pub(super) risk: Risk,
    pub(super) implies: &'static [&'static str],
}

/// Every scope of the API.
pub(super) const SCOPES: &[ScopeEntry] = &[
    ScopeEntry { name: "orders:read", description: "Read orders", risk: Risk::Low, implies: &[] },
    ScopeEntry {
        name: "orders:write",
        description: "Place and change orders",
        risk: Risk::High,
        implies: &["orders:read"],
    },
    ScopeEntry { name: "orders:delete", description: "Delete orders", risk: Risk::High, implies: &[] },
    ScopeEntry {
        name: "orders:admin",
        description: "Do anything with orders",
        risk: Risk::Critical,
        implies: &["orders:*"],
    },
    ScopeEntry {
        name: "customers:read",
        description: "Read names and addresses of customers",
        risk: Risk::Medium,
        implies: &[],
    },
    ScopeEntry {
        name: "customers:write",
        description: "Change names and addresses of customers",
        risk: Risk::High,
        implies: &["customers:read"],
    },
    ScopeEntry { name: "reports:read", description: "Read sales reports", risk: Risk::Low, implies: &[] },
];

/// The scope of the authorization server itself.
pub(super) const OPENID: &str = "openid";

/// Alternatives, each a list of scopes that are required together.
pub(super) type Alternatives = &'static [&'static [&'static str]];

/// The operation of an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Health,
    ListOrders,
    ReadOrder,
    PlaceOrder,
    ChangeOrder,
    DeleteOrder,
    ListCustomers,
    ReadCustomer,
    ChangeCustomer,
    ListReports,
    SalesReport,
}

/// An endpoint of the demo.
pub(super) struct EndpointEntry {
    pub(super) method: &'static str,
    pub(super) template: &'static str,
    /// The requirement that the server enforces.
    pub(super) required: Alternatives,
    /// The requirement in the manifest, if it differs.
    pub(super) outdated: Option<Alternatives>,
    pub(super) summary: &'static str,
    pub(super) operation: Operation,
}

const fn endpoint(
    method: &'static str,
    template: &'static str,
    required: Alternatives,
    summary: &'static str,
    operation: Operation,
) -> EndpointEntry {
    EndpointEntry { method, template, required, outdated: None, summary, operation }
}

/// Every endpoint of the API.
pub(super) const ENDPOINTS: &[EndpointEntry] = &[
    endpoint("GET", "/health", &[], "Whether the API is up", Operation::Health),
    endpoint("GET", "/orders", &[&["orders:read"]], "List the orders", Operation::ListOrders),
    endpoint("GET", "/orders/{id}", &[&["orders:read"]], "Read an order", Operation::ReadOrder),
    endpoint("POST", "/orders", &[&["orders:write", "customers:read"]], "Place an order", Operation::PlaceOrder),
    endpoint("PATCH", "/orders/{id}", &[&["orders:write"]], "Change an order", Operation::ChangeOrder),
    endpoint(
        "DELETE",
        "/orders/{id}",
        &[&["orders:admin"], &["orders:write", "orders:delete"]],
        "Delete an order",
        Operation::DeleteOrder,
    ),
    endpoint("GET", "/customers", &[&["customers:read"]], "List the customers", Operation::ListCustomers),
    endpoint("GET", "/customers/{id}", &[&["customers:read"]], "Read a customer", Operation::ReadCustomer),
    endpoint("PATCH", "/customers/{id}", &[&["customers:write"]], "Change a customer", Operation::ChangeCustomer),
    // the server does not check the token here, which a probe finds
    EndpointEntry {
        method: "GET",
        template: "/reports",
        required: &[],
        outdated: Some(&[&["reports:read"]]),
        summary: "List the reports",
        operation: Operation::ListReports,
    },
    // the server requires a separate scope for reports; the manifest is out of date, which a diagnosis shows
    EndpointEntry {
        method: "GET",
        template: "/reports/sales",
        required: &[&["reports:read"]],
        outdated: Some(&[&["orders:read"]]),
        summary: "Sales by customer",
        operation: Operation::SalesReport,
    },
];

/// Returns the scopes with their implications.
pub(super) fn hierarchy() -> Hierarchy {
    let mut hierarchy = Hierarchy::new();
    for entry in SCOPES {
        if let Ok(scope) = Scope::parse(entry.name) {
            let implies = entry.implies.iter().filter_map(|pattern| Pattern::parse(pattern).ok()).collect();
            hierarchy.declare(scope, entry.risk, implies);
        }
    }
    hierarchy
}

/// Returns the requirement of a table entry. Without alternatives, no scope is required.
pub(super) fn requirement(alternatives: Alternatives) -> Requirement {
    let sets = alternatives.iter().map(|names| scope_set(names.iter().copied()));
    Requirement::any_of(sets).unwrap_or_else(Requirement::none)
}

/// Returns the names as a set, without those that are not valid scopes.
pub(super) fn scope_set<'a>(names: impl IntoIterator<Item = &'a str>) -> ScopeSet {
    names.into_iter().filter_map(|name| Scope::parse(name).ok()).collect()
}

/// Returns whether the authorization server supports a scope.
pub(super) fn is_known(scope: &str) -> bool {
    scope == OPENID || SCOPES.iter().any(|entry| entry.name == scope)
}

/// Returns the description of a scope.
pub(super) fn describe(scope: &str) -> &'static str {
    match SCOPES.iter().find(|entry| entry.name == scope) {
        Some(entry) => entry.description,
        None => "Know who you are",
    }
}

/// Returns the risk of a scope.
pub(super) fn risk(scope: &str) -> Risk {
    SCOPES.iter().find(|entry| entry.name == scope).map_or(Risk::Low, |entry| entry.risk)
}
