//! The manifest as tables.

use std::collections::{BTreeMap, BTreeSet};

use super::SqlScript;
use super::dialect::Kind;
use crate::manifest::{Api, INNER_SLASH, MatchKey};
use crate::scope::{ScopeSet, compare};

/// Positions in one number, for tables with several APIs.
pub(super) fn endpoint_number(api: usize, endpoint: usize) -> usize {
    api * 1_000_000 + endpoint
}

/// Keys that have their literals at the same places, and are looked up together.
type Mask = (usize, String, bool, bool, usize, Vec<usize>);

/// Returns the statements that create the tables.
pub(super) fn tables(script: &SqlScript<'_>) -> String {
    let mut text = String::new();
    text.push_str(&endpoints(script));
    text.push_str(&keys(script));
    text.push_str(&methods(script));
    text.push_str(&requirements(script));
    text.push_str(&scopes(script));
    text.push_str(&clients(script));
    text
}

fn endpoints(script: &SqlScript<'_>) -> String {
    let dialect = script.dialect;
    let rows = script.apis().flat_map(|(number, api)| {
        api.endpoints.iter().enumerate().map(move |(index, endpoint)| {
            vec![
                endpoint_number(number, index).to_string(),
                number.to_string(),
                dialect.text(&endpoint.method),
                dialect.text(endpoint.template.as_str()),
                dialect.text(&endpoint.to_string()),
                endpoint.optional.to_string(),
            ]
        })
    });
    let columns = [
        ("endpoint", Kind::Number),
        ("api", Kind::Number),
        ("method", Kind::Text),
        ("template", Kind::Text),
        ("name", Kind::Text),
        ("optional", Kind::Flag),
    ];
    let about = "-- endpoints\n";
    format!("{about}{}", dialect.table("tokscope_endpoints", &columns, &rows.collect::<Vec<_>>()))
}

fn keys(script: &SqlScript<'_>) -> String {
    let dialect = script.dialect;
    let mut masks: BTreeMap<Mask, usize> = BTreeMap::new();
    let mut rows = Vec::new();
    for (number, api) in script.apis() {
        for key in api.match_keys() {
            let Some(endpoint) = api.endpoints.get(key.endpoint) else { continue };
            let mask = (number, endpoint.method.clone(), key.folded, key.open, key.segments, key.positions.clone());
            let next = masks.len();
            let mask = *masks.entry(mask).or_insert(next);
            rows.push(row(script, number, mask, &key));
        }
    }
    let columns = [
        ("mask", Kind::Number),
        ("literals", Kind::Texts),
        ("endpoint", Kind::Number),
        ("empty_segments", Kind::Number),
        ("regex", Kind::Text),
        ("terms", Kind::Texts),
        ("fragment", Kind::Text),
        ("position", Kind::Number),
    ];
    let keys = dialect.table("tokscope_keys", &columns, &rows);
    let mut masks: Vec<(Mask, usize)> = masks.into_iter().collect();
    masks.sort_by_key(|(_, mask)| *mask);
    let rows = masks.into_iter().map(|((api, method, folded, open, segments, positions), mask)| {
        let positions = positions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        vec![
            mask.to_string(),
            api.to_string(),
            dialect.text(&method),
            folded.to_string(),
            open.to_string(),
            segments.to_string(),
            format!("[{positions}]"),
        ]
    });
    let columns = [
        ("mask", Kind::Number),
        ("api", Kind::Number),
        ("method", Kind::Text),
        ("folded", Kind::Flag),
        ("open", Kind::Flag),
        ("segments", Kind::Number),
        ("positions", Kind::Numbers),
    ];
    format!(
        "-- where the templates have literals: method, number of segments (open: or more), positions\n{}\
         -- match keys: the literals at these positions; the lowest position in this table is the most specific\n{keys}",
        dialect.table("tokscope_masks", &columns, &rows.collect::<Vec<_>>())
    )
}

fn row(script: &SqlScript<'_>, api: usize, mask: usize, key: &MatchKey) -> Vec<String> {
    let dialect = script.dialect;
    // the expression writes the character as a code
    let regex = key.regex.as_deref().unwrap_or_default().replace(INNER_SLASH, "\\x{1}");
    vec![
        mask.to_string(),
        dialect.texts(key.literals.iter().map(String::as_str)),
        endpoint_number(api, key.endpoint).to_string(),
        key.empty_segments.to_string(),
        dialect.text(&regex),
        dialect.texts(key.query.iter().map(String::as_str)),
        dialect.text(key.fragment.as_deref().unwrap_or_default()),
        key.order.to_string(),
    ]
}

fn methods(script: &SqlScript<'_>) -> String {
    let dialect = script.dialect;
    let known: BTreeSet<&str> =
        script.apis().flat_map(|(_, api)| &api.endpoints).map(|endpoint| endpoint.method.as_str()).collect();
    let own = known.iter().map(|method| vec![dialect.text(method), dialect.text(method), "0".to_owned()]);
    let mut rows: Vec<Vec<String>> = own.collect();
    rows.push(vec![dialect.text("HEAD"), dialect.text("GET"), "1".to_owned()]);
    let columns = [("method", Kind::Text), ("uses", Kind::Text), ("fallback", Kind::Number)];
    format!("-- HEAD uses the endpoint of GET if it has none\n{}", dialect.table("tokscope_methods", &columns, &rows))
}

fn requirements(script: &SqlScript<'_>) -> String {
    let dialect = script.dialect;
    let (mut alternatives, mut requirements) = (Vec::new(), Vec::new());
    for (number, api) in script.apis() {
        for (index, endpoint) in api.endpoints.iter().enumerate() {
            let id = endpoint_number(number, index).to_string();
            let least = compare(&ScopeSet::new(), &endpoint.requirement, &api.hierarchy).alternative;
            for (position, set) in endpoint.requirement.alternatives().iter().enumerate() {
                let position = position.to_string();
                let is_least = (*set == least).to_string();
                alternatives.push(vec![id.clone(), position.clone(), set.len().to_string(), is_least]);
                let scopes = set.iter().map(|scope| dialect.text(scope.as_str()));
                requirements.extend(scopes.map(|scope| vec![id.clone(), position.clone(), scope]));
            }
        }
    }
    let columns =
        [("endpoint", Kind::Number), ("alternative", Kind::Number), ("size", Kind::Number), ("least", Kind::Flag)];
    let first = dialect.table("tokscope_alternatives", &columns, &alternatives);
    let columns = [("endpoint", Kind::Number), ("alternative", Kind::Number), ("scope", Kind::Text)];
    let second = dialect.table("tokscope_requirements", &columns, &requirements);
    format!("-- alternatives of each endpoint (least: the least privileged one), and their scopes\n{first}{second}")
}

/// Scopes that matter: declared, required or granted.
fn names(script: &SqlScript<'_>, api: &Api) -> BTreeSet<String> {
    let required = api.endpoints.iter().flat_map(|endpoint| endpoint.requirement.scopes().names());
    let granted = script.granted.values().flat_map(ScopeSet::names);
    api.hierarchy.scopes().map(ToString::to_string).chain(required).chain(granted).collect()
}

fn scopes(script: &SqlScript<'_>) -> String {
    let dialect = script.dialect;
    let (mut scopes, mut implies) = (Vec::new(), Vec::new());
    for (number, api) in script.apis() {
        let names = names(script, api);
        let id = number.to_string();
        for name in &names {
            let risk = api.hierarchy.risk(name);
            scopes.push(vec![id.clone(), dialect.text(name), (risk as u8).to_string()]);
            let itself = [name].into_iter();
            let implied = names.iter().filter(|other| *other != name && api.hierarchy.grants(name, other));
            let implied = implied.take(if api.hierarchy.implies(name).is_empty() { 0 } else { usize::MAX });
            let rows = itself.chain(implied);
            implies.extend(rows.map(|other| vec![id.clone(), dialect.text(name), dialect.text(other)]));
        }
    }
    let columns = [("api", Kind::Number), ("scope", Kind::Text), ("risk", Kind::Number)];
    let first = dialect.table("tokscope_scopes", &columns, &scopes);
    let columns = [("api", Kind::Number), ("scope", Kind::Text), ("implied", Kind::Text)];
    let second = dialect.table("tokscope_implies", &columns, &implies);
    format!("-- scopes with their risk (0 is low), and what each implies, itself included\n{first}{second}")
}

fn clients(script: &SqlScript<'_>) -> String {
    let dialect = script.dialect;
    let mut seen = BTreeSet::new();
    let (mut clients, mut ceilings) = (Vec::new(), Vec::new());
    for client in &script.manifest.clients {
        for id in [&client.client_id, &client.name] {
            if seen.insert(id) {
                clients.push(vec![dialect.text(id), dialect.text(&client.name)]);
            }
        }
        let Some(ceiling) = &client.may_request else { continue };
        let granted = script.granted.get(&client.name).cloned().unwrap_or_default();
        let all = ceiling.union(&granted);
        ceilings.extend(all.names().iter().map(|scope| vec![dialect.text(&client.name), dialect.text(scope)]));
        if all.is_empty() {
            ceilings.push(vec![dialect.text(&client.name), dialect.text("")]);
        }
    }
    let columns = [("id", Kind::Text), ("name", Kind::Text)];
    let first = dialect.table("tokscope_clients", &columns, &clients);
    let grants = script.granted.iter().flat_map(|(client, granted)| {
        granted.names().into_iter().map(|scope| vec![dialect.text(client), dialect.text(&scope)])
    });
    let columns = [("client", Kind::Text), ("scope", Kind::Text)];
    let second = dialect.table("tokscope_grants", &columns, &grants.collect::<Vec<_>>());
    let third = dialect.table("tokscope_ceilings", &columns, &ceilings);
    format!(
        "-- clients by client_id and name; granted scopes: of stored tokens, otherwise may_request; and both together\n\
         {first}{second}{third}"
    )
}
