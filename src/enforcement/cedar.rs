//! Cedar: a policy per endpoint, whose action is the endpoint. Whatever no policy permits is denied.
//!
//! Cedar finds no endpoints and verifies no tokens: the application does, and passes on issuer, audiences and scopes in the
//! context.

use std::fmt::Write as _;

use super::model::{Access, Model, Rule};
use super::overlap::{earlier, is_same_path};
use super::text::{comment, head, json_string, json_strings};

/// Exports the policies of an API.
pub(super) fn export(model: &Model) -> String {
    let mut text = head(model, "Cedar", "The application verifies the token and finds the endpoint.");
    let _ = write!(
        text,
        "// Action: method and path template of the first endpoint here that matches, as in `Action::\"GET /orders/{{id}}\"`.\n\
         // Context, if there is a valid access token: `issuer` (String), `audiences` and `scopes` (Set<String>: the words of {}).\n",
        model.claims.iter().map(|claim| format!("`{claim}`")).collect::<Vec<_>>().join(" and "),
    );
    for (position, rule) in model.rules.iter().enumerate() {
        policies(model, position, rule, &mut text);
    }
    text
}

fn policies(model: &Model, position: usize, rule: &Rule, text: &mut String) {
    if rule.access.alternatives.is_empty() && !rule.access.anonymous {
        return;
    }
    let path = rule.endpoint.split_once(' ').map_or("", |(_, path)| path);
    let is_own = |method: &&String| {
        let before = earlier(&model.rules, position, method);
        !before.iter().any(|other| is_same_path(&other.segments, &rule.segments))
    };
    let actions = rule.methods.iter().filter(is_own);
    let actions: Vec<String> =
        actions.map(|method| format!("Action::{}", json_string(&format!("{method} {path}")))).collect();
    let action = match actions.as_slice() {
        [] => return,
        [only] => format!("action == {only}"),
        several => format!("action in [{}]", several.join(", ")),
    };
    let _ = write!(
        text,
        "\n{}\n@id({})\npermit (\n    principal,\n    {action},\n    resource\n)",
        comment(model, rule),
        json_string(&rule.endpoint)
    );
    if !rule.access.anonymous {
        let _ = write!(
            text,
            " when {{\n    context.issuer == {} &&\n    context.audiences.contains({}) &&\n    ({})\n}}",
            json_string(&model.issuer),
            json_string(&model.audience),
            condition(&rule.access)
        );
    }
    text.push_str(";\n");
}

/// Returns the condition of a requirement.
fn condition(access: &Access) -> String {
    let need = |need: &super::ScopeNeed| match need.as_slice() {
        [only] => format!("context.scopes.contains({})", json_string(only.as_str())),
        several => {
            let names = json_strings(several.iter().map(crate::scope::Scope::as_str));
            format!("context.scopes.containsAny({names})")
        }
    };
    let alternative = |needs: &Vec<super::ScopeNeed>| match needs.as_slice() {
        [] => "true".to_owned(),
        needs => needs.iter().map(need).collect::<Vec<_>>().join(" && "),
    };
    access.alternatives.iter().map(alternative).collect::<Vec<_>>().join(" ||\n     ")
}
