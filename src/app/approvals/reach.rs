//! What scopes grant access to: computed by the requester, and again by each approver from their own manifest.

use crate::manifest::{Api, Client, Manifest};
use crate::scope::{Risk, ScopeSet, compare};

/// What scopes grant access to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reach {
    /// Number of endpoints.
    pub(super) endpoints: u64,
    /// Number of those that change data.
    pub(super) writes: u64,
    /// Highest risk of the scopes and of those that they imply.
    pub(super) risk: Option<Risk>,
}

impl Reach {
    /// Returns what scopes grant access to at these APIs.
    pub(super) fn of(scopes: &ScopeSet, apis: &[&Api]) -> Self {
        let mut reach = Self { endpoints: 0, writes: 0, risk: None };
        for api in apis {
            let granted = api.endpoints.iter().filter(|endpoint| {
                !endpoint.requirement.is_none() && compare(scopes, &endpoint.requirement, &api.hierarchy).is_allowed()
            });
            for endpoint in granted {
                reach.endpoints += 1;
                reach.writes += u64::from(!endpoint.is_safe());
            }
            let declared = api.hierarchy.scopes().filter(|scope| api.hierarchy.satisfies(scopes, scope.as_str()));
            reach.risk = declared.map(|scope| api.hierarchy.risk(scope.as_str())).max().max(reach.risk);
        }
        reach
    }
}

/// Returns the APIs of a client: those of its issuer, and those without an issuer.
pub(super) fn apis_of_client<'m>(manifest: &'m Manifest, client: &Client) -> Vec<&'m Api> {
    let accepts = |api: &&Api| api.issuer.as_ref().is_none_or(|issuer| *issuer == client.issuer);
    manifest.apis.iter().filter(accepts).collect()
}

/// Returns the APIs that a request is about: those with these names; without names, those of the client that declare one of
/// the scopes.
pub(super) fn concerned<'m>(
    manifest: &'m Manifest,
    client: &Client,
    names: &[&str],
    scopes: &ScopeSet,
) -> Vec<&'m Api> {
    if !names.is_empty() {
        return manifest.apis.iter().filter(|api| names.contains(&api.name.as_str())).collect();
    }
    let mut apis = apis_of_client(manifest, client);
    apis.retain(|api| scopes.iter().any(|scope| api.hierarchy.declares(scope.as_str())));
    apis
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::manifest::parse;

    #[test]
    fn only_endpoints_that_change_data_count_as_writes() {
        let source = "[api.tools]\nbase_url = \"https://tools.test/mcp\"\n[api.tools.scopes]\nuse = { risk = \"low\" }\n\
            [api.tools.endpoints]\n\"MCP tools/list\" = \"use\"\n\"MCP resources/read\" = \"use\"\n\
            \"MCP tools/call search\" = \"use\"\n\"GET /status\" = \"use\"\n\"POST /jobs\" = \"use\"\n\"GET /health\" = []\n\
            [client.dev]\nissuer = \"https://login.test\"\nclient_id = \"dev\"\n";
        let manifest = parse(source).manifest.unwrap();
        let scopes = ScopeSet::parse("use").unwrap();
        let apis = concerned(&manifest, manifest.client("dev").unwrap(), &[], &scopes);
        assert_eq!(Reach::of(&scopes, &apis), Reach { endpoints: 5, writes: 2, risk: Some(Risk::Low) });
        assert_eq!(Reach::of(&ScopeSet::new(), &apis), Reach { endpoints: 0, writes: 0, risk: None });
    }
}
