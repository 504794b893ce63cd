//! Plans which scopes to request, and with which client.

use std::collections::HashSet;

use crate::app::error::quoted;
use crate::app::tokens::apis_of;
use crate::app::{Context, EndpointId, Error, ErrorKind};
use crate::manifest::{Api, Client, Endpoint, GrantType, Issuer};
use crate::scope::{Hierarchy, MinimalSet, MinimalSetProblem, Reasons, Scope, ScopeSet, satisfies_anywhere};
use crate::vault::ApprovalLink;

/// Grants that need no earlier token.
const GRANTS: [GrantType; 5] = [
    GrantType::AuthorizationCode,
    GrantType::DeviceCode,
    GrantType::ClientCredentials,
    GrantType::JwtBearer,
    GrantType::TokenExchange,
];

/// A plan: the scopes to request, with reasons.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Name of the client.
    pub client: String,
    /// Supported grants of the client, the preferred one first.
    pub grants: Vec<GrantType>,
    /// Requested endpoints.
    pub endpoints: Vec<EndpointId>,
    /// Minimal set with reasons, and the endpoints above the ceiling.
    pub minimal_set: MinimalSet,
    /// Scopes to request: the minimal set, `always_request`, and with a step-up also those that the token
    /// already has.
    pub scopes: ScopeSet,
    /// Approval for the scopes above the ceiling.
    pub approval: Option<ApprovalLink>,
}

/// Selected endpoints of an API.
struct Group<'w> {
    api: &'w Api,
    chosen: Vec<&'w Endpoint>,
    /// Indices of the endpoints.
    positions: HashSet<usize>,
}

/// Works out which scopes are requested, and by which client.
#[derive(Debug)]
pub struct Planner<'a> {
    context: &'a Context,
    beyond: Beyond<'a>,
}

/// What may be requested beyond the ceiling of the client.
#[derive(Clone, Copy, Debug)]
enum Beyond<'a> {
    Nothing,
    Scopes(&'a ScopeSet),
    Everything,
}

impl<'a> Planner<'a> {
    /// Creates a planner.
    #[must_use]
    pub fn new(context: &'a Context) -> Self {
        Self { context, beyond: Beyond::Nothing }
    }

    /// Raises the ceiling of the client by scopes, or removes it.
    pub(super) fn beyond<'b>(&self, scopes: Option<&'b ScopeSet>) -> Planner<'b>
    where
        'a: 'b,
    {
        Planner { context: self.context, beyond: scopes.map_or(Beyond::Everything, Beyond::Scopes) }
    }

    /// Returns the upper bound for requests of a client.
    fn ceiling(&self, client: &Client) -> Option<ScopeSet> {
        match (client.may_request.as_ref(), self.beyond) {
            (Some(ceiling), Beyond::Nothing) => Some(ceiling.clone()),
            (Some(ceiling), Beyond::Scopes(more)) => Some(ceiling.union(more)),
            (None, _) | (_, Beyond::Everything) => None,
        }
    }

    /// Plans a request with additional scopes.
    pub(super) fn whole(
        &self,
        endpoints: &[EndpointId],
        client: Option<&str>,
        held: Option<&ScopeSet>,
        added: &ScopeSet,
    ) -> Result<Plan, Error> {
        let mut plan = self.plan(endpoints, client, held)?;
        self.add_scopes(&mut plan, added)?;
        Ok(plan)
    }

    /// Returns the scopes that are above the ceiling of a client.
    pub(super) fn above(
        &self,
        client: &Client,
        endpoints: &[EndpointId],
        scopes: &ScopeSet,
    ) -> Result<ScopeSet, Error> {
        let Some(ceiling) = self.ceiling(client) else { return Ok(ScopeSet::new()) };
        let apis = apis_of(self.context, client, endpoints, scopes)?;
        let hierarchies = || apis.iter().map(|api| &api.hierarchy);
        let is_below = |scope: &&Scope| satisfies_anywhere(&ceiling, scope.as_str(), hierarchies());
        Ok(scopes.iter().filter(|scope| !is_below(scope)).cloned().collect())
    }

    /// Returns the minimal set for the endpoints, with reasons. `ceiling`: upper bound.
    ///
    /// # Errors
    /// If no manifest is open, or an endpoint is not in it.
    pub fn minimal_set(&self, endpoints: &[EndpointId], ceiling: Option<&ScopeSet>) -> Result<MinimalSet, Error> {
        let groups = self.groups(endpoints)?;
        let qualified = groups.len() > 1;
        let mut whole = MinimalSet {
            scopes: ScopeSet::new(),
            proven: true,
            unlocks: 0,
            reasons: Reasons::default(),
            uncovered: Vec::new(),
        };
        for group in &groups {
            merge(&mut whole, group.minimal_set(ceiling, qualified));
        }
        Ok(whole)
    }

    /// Returns alternative sets for each API, the best first, at most `most`.
    ///
    /// # Errors
    /// If no manifest is open, or an endpoint is not in it.
    pub fn alternatives(
        &self,
        endpoints: &[EndpointId],
        ceiling: Option<&ScopeSet>,
        most: usize,
    ) -> Result<Vec<(&'a Api, Vec<MinimalSet>)>, Error> {
        let groups = self.groups(endpoints)?;
        let covers = |group: &Group<'_>| group.problem(&group.names(false), ceiling).alternatives(most);
        Ok(groups.iter().map(|group| (group.api, covers(group))).collect())
    }

    /// Returns the clients that can request tokens for the endpoints, in the order of the manifest.
    ///
    /// # Errors
    /// If no manifest is open, an endpoint is not in it, or the endpoints belong to several issuers.
    pub fn clients(&self, endpoints: &[EndpointId]) -> Result<Vec<&'a Client>, Error> {
        let issuer = self.issuer(endpoints)?;
        let fits = |client: &&Client| issuer.is_none_or(|issuer| *issuer == client.issuer);
        Ok(self.context.require_manifest()?.clients.iter().filter(fits).collect())
    }

    /// Plans a request. Without a client name, the only client with the endpoints' issuer is used; if there are several, the
    /// only one that signs a user in, since a client that acts as itself must be named.
    /// `held`: scopes that a step-up must keep.
    ///
    /// # Errors
    /// If no client or several match, the endpoints belong to several issuers, or all of them are above
    /// the ceiling.
    pub fn plan(&self, endpoints: &[EndpointId], client: Option<&str>, held: Option<&ScopeSet>) -> Result<Plan, Error> {
        let client = self.choose_client(endpoints, client)?;
        let grants: Vec<GrantType> = client.grants.iter().copied().filter(|grant| GRANTS.contains(grant)).collect();
        if grants.is_empty() {
            let able = quoted(GRANTS.iter().map(|grant| grant.as_str()));
            return Err(Error::new(ErrorKind::Usage, format!("client `{}` has no supported grant", client.name))
                .hint(format!("add one of {able} to its `grants`")));
        }
        let ceiling = self.ceiling(client);
        let minimal_set = self.minimal_set(endpoints, ceiling.as_ref())?;
        if !endpoints.is_empty() && minimal_set.uncovered.len() == endpoints.len() {
            let beyond: ScopeSet =
                minimal_set.uncovered.iter().flat_map(|left| left.beyond.iter().flatten().cloned()).collect();
            return Err(Error::new(
                ErrorKind::NotAllowed,
                format!("client `{}` is not allowed to request any scope that these endpoints need", client.name),
            )
            .by_rule("ceiling", None)
            .hint(format!("above its ceiling `may_request`: {beyond}")));
        }
        let mut scopes = minimal_set.scopes.union(&client.always_request);
        if let Some(held) = held {
            for group in self.groups(endpoints)? {
                scopes = scopes.union(&requestable(held, &group.api.hierarchy, ceiling.as_ref()));
            }
        }
        let (client, endpoints) = (client.name.clone(), endpoints.to_vec());
        Ok(Plan { client, grants, endpoints, minimal_set, scopes, approval: None })
    }

    /// Adds scopes to those that a plan requests.
    ///
    /// # Errors
    /// If one exceeds the ceiling of the plan's client.
    pub fn add_scopes(&self, plan: &mut Plan, added: &ScopeSet) -> Result<(), Error> {
        let client = self.context.client(&plan.client)?;
        let above = self.above(client, &plan.endpoints, added)?;
        if let Some(ceiling) = client.may_request.as_ref().filter(|_| !above.is_empty()) {
            let message = format!("client `{}` is not allowed to request {above}", client.name);
            return Err(Error::new(ErrorKind::NotAllowed, message)
                .by_rule("ceiling", None)
                .hint(format!("its ceiling `may_request` is {ceiling}")));
        }
        plan.scopes = plan.scopes.union(added);
        Ok(())
    }

    /// Returns the client that a command has to name because several match an endpoint: `origin` if it matches, otherwise
    /// the first unless one is the default.
    pub(in crate::app) fn client_to_name(&self, endpoint: EndpointId, origin: Option<&str>) -> Option<&'a str> {
        let fitting = self.clients(&[endpoint]).ok().filter(|fitting| fitting.len() > 1)?;
        let named = |client: &&&'a Client| origin.is_some_and(|origin| client.name == origin);
        let own = fitting.iter().find(named);
        let default = || self.choose_client(&[endpoint], None).is_ok();
        let first = || fitting.iter().find(|client| client.signs_users_in()).or_else(|| fitting.first());
        let client = match own {
            Some(own) => own,
            None if default() => return None,
            None => first()?,
        };
        Some(client.name.as_str())
    }

    /// Returns the client of a request, as [`Self::plan`] chooses it.
    pub(super) fn choose_client(&self, endpoints: &[EndpointId], name: Option<&str>) -> Result<&'a Client, Error> {
        let fitting = self.clients(endpoints)?;
        let names = |clients: &[&Client]| quoted(clients.iter().map(|client| client.name.as_str()));
        if let Some(name) = name {
            let client = self.context.client(name)?;
            if fitting.iter().any(|fits| std::ptr::eq(*fits, client)) {
                return Ok(client);
            }
            let message = format!("client `{name}` has another issuer than these endpoints");
            return Err(
                Error::new(ErrorKind::Usage, message).hint(format!("clients with their issuer: {}", names(&fitting)))
            );
        }
        match fitting.as_slice() {
            [only] => Ok(only),
            [] => Err(Error::new(ErrorKind::Usage, "no client for these endpoints in the manifest")
                .hint("add a `[client.NAME]` with their issuer")),
            several => {
                let mut users = several.iter().filter(|client| client.signs_users_in());
                if let (Some(only), None) = (users.next(), users.next()) {
                    return Ok(only);
                }
                Err(Error::new(ErrorKind::Usage, "several clients match these endpoints")
                    .hint(format!("select one with `--client`: {}", names(several))))
            }
        }
    }

    /// Returns the common issuer of the endpoints; `None` if their APIs have none.
    fn issuer(&self, endpoints: &[EndpointId]) -> Result<Option<&'a Issuer>, Error> {
        let mut common: Option<&'a Issuer> = None;
        for group in self.groups(endpoints)? {
            match (common, group.api.issuer.as_ref()) {
                (Some(first), Some(other)) if first != other => {
                    return Err(Error::new(
                        ErrorKind::Usage,
                        format!("these endpoints belong to several issuers: `{first}` and `{other}`"),
                    )
                    .hint("obtain a token for each of them"));
                }
                (None, issuer) => common = issuer,
                (Some(_), _) => {}
            }
        }
        Ok(common)
    }

    /// Groups the endpoints by API, without duplicates, in the order of the manifest.
    fn groups(&self, endpoints: &[EndpointId]) -> Result<Vec<Group<'a>>, Error> {
        let mut groups: Vec<Group<'a>> = Vec::new();
        for id in endpoints {
            let (api, endpoint) = self.context.require_endpoint(*id)?;
            match groups.iter_mut().find(|group| std::ptr::eq(group.api, api)) {
                Some(group) => {
                    if group.positions.insert(id.endpoint) {
                        group.chosen.push(endpoint);
                    }
                }
                None => {
                    groups.push(Group { api, chosen: vec![endpoint], positions: HashSet::from([id.endpoint]) });
                }
            }
        }
        Ok(groups)
    }
}

impl Group<'_> {
    fn minimal_set(&self, ceiling: Option<&ScopeSet>, qualified: bool) -> MinimalSet {
        self.problem(&self.names(qualified), ceiling).solve()
    }

    /// The names in the reasons. `qualified`: they begin with the API's name.
    fn names(&self, qualified: bool) -> Vec<String> {
        let name = |endpoint: &&Endpoint| match qualified {
            true => format!("{}: {endpoint}", self.api.name),
            false => endpoint.to_string(),
        };
        self.chosen.iter().map(name).collect()
    }

    fn problem<'p>(&'p self, names: &'p [String], ceiling: Option<&'p ScopeSet>) -> MinimalSetProblem<'p> {
        let requirements = self.chosen.iter().map(|chosen| &chosen.requirement);
        // a set satisfies another endpoint only if it grants a scope that the endpoint names
        let wanted: ScopeSet = self.chosen.iter().flat_map(|chosen| chosen.requirement.scopes()).collect();
        let reach = self.api.hierarchy.reach(&wanted);
        let others = self.api.naming(|scope| reach.grants(scope.as_str())).into_iter();
        let others = others.filter(|position| !self.positions.contains(position));
        let others = others.filter_map(|position| self.api.endpoints.get(position));
        MinimalSetProblem {
            wanted: names.iter().map(String::as_str).zip(requirements).collect(),
            others: others.map(|endpoint| &endpoint.requirement).collect(),
            hierarchy: &self.api.hierarchy,
            ceiling,
            prefer: Some(&self.api.prefer),
            avoid: Some(&self.api.avoid),
            steps: MinimalSetProblem::STEPS,
        }
    }
}

fn merge(whole: &mut MinimalSet, part: MinimalSet) {
    whole.scopes = whole.scopes.union(&part.scopes);
    whole.proven &= part.proven;
    whole.unlocks += part.unlocks;
    whole.reasons.endpoints.extend(part.reasons.endpoints);
    for (scope, endpoints) in part.reasons.scopes {
        match whole.reasons.scopes.iter_mut().find(|(known, _)| *known == scope) {
            Some((_, known)) => known.extend(endpoints),
            None => whole.reasons.scopes.push((scope, endpoints)),
        }
    }
    whole.uncovered.extend(part.uncovered);
}

/// Returns the scopes of a token that a client can request again: declared by the API (a role or a group
/// in a claim is not), and within the ceiling.
fn requestable(held: &ScopeSet, hierarchy: &Hierarchy, ceiling: Option<&ScopeSet>) -> ScopeSet {
    held.iter()
        .filter(|scope| hierarchy.declares(scope.as_str()))
        .filter(|scope| ceiling.is_none_or(|ceiling| hierarchy.satisfies(ceiling, scope.as_str())))
        .cloned()
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn chosen(grants: &[&str]) -> Result<String, String> {
        let mut manifest = "[api.a]\nbase_url = \"https://api.example.com\"\nissuer = \"https://login.example.com\"\n\
            [api.a.scopes]\nr = {}\n[api.a.endpoints]\n\"GET /r\" = \"r\"\n"
            .to_owned();
        for (number, grants) in grants.iter().enumerate() {
            manifest.push_str(&format!(
                "[client.c{number}]\nissuer = \"https://login.example.com\"\nclient_id = \"c{number}\"\ngrants = {grants}\n"
            ));
        }
        let context = Context::from_source("t", &manifest).unwrap();
        let endpoint = context.find("GET /r", None).unwrap().id;
        Planner::new(&context).plan(&[endpoint], None, None).map(|plan| plan.client).map_err(|error| error.message)
    }

    #[test]
    fn the_only_client_that_signs_users_in_is_chosen_and_others_must_be_named() {
        let (user, device, machine) =
            (r#"["authorization_code"]"#, r#"["client_credentials", "device_code"]"#, r#"["client_credentials"]"#);
        let several = Err("several clients match these endpoints".to_owned());
        for (grants, expected) in [
            (&[machine][..], Ok("c0".to_owned())),
            (&[machine, user], Ok("c1".to_owned())),
            (&[device, machine, machine], Ok("c0".to_owned())),
            (&[user, device], several.clone()),
            (&[machine, machine], several),
        ] {
            assert_eq!(chosen(grants), expected, "{grants:?}");
        }
    }
}
