//! Makes the next step of a diagnosis specific to the manifest's clients and the stored token.

use crate::app::{Context, EndpointId, LoadedToken, Origin, Planner};
use crate::diagnosis::{Cause, Diagnosis};
use crate::text::shell_word;

/// Start of the commands that obtain a token.
const LOGIN: &str = "tokscope login ";

/// Suggests a refresh before a login where the token can be refreshed, and names the client where several match.
pub(super) fn specify(
    diagnosis: &mut Diagnosis,
    context: &Context,
    endpoint: Option<EndpointId>,
    token: Option<&LoadedToken>,
) {
    let Some(command) = diagnosis.command.as_mut().filter(|command| command.starts_with(LOGIN)) else { return };
    let refreshable = token.filter(|token| token.refresh_token.is_some()).and_then(|token| token.record.as_ref());
    if let (Cause::TokenExpired | Cause::TokenInvalid, Some(id)) = (diagnosis.cause, refreshable) {
        *command = format!("tokscope tokens refresh {id}");
        "refresh the token; if the server refuses, obtain a new one".clone_into(&mut diagnosis.next);
        return;
    }
    if let Some(call) = endpoint.and_then(|endpoint| undeclared(context, endpoint)) {
        *command = call;
        return;
    }
    let origin = token.and_then(|token| match &token.origin {
        Origin::Obtained { client } => Some(client.as_str()),
        Origin::Given => None,
    });
    let client = endpoint.and_then(|endpoint| Planner::new(context).client_to_name(endpoint, origin));
    if let Some(client) = client {
        command.push_str(" --client ");
        command.push_str(&shell_word(client));
    }
}

/// Returns the command for a server of the Model Context Protocol that no manifest file declares: the call itself obtains a
/// token, also a broader one.
fn undeclared(context: &Context, endpoint: EndpointId) -> Option<String> {
    let (api, endpoint) = context.endpoint(endpoint)?;
    let (method, name) = endpoint.mcp().filter(|_| !context.is_file())?;
    let name = name.map(|name| format!(" {}", shell_word(name))).unwrap_or_default();
    Some(format!("tokscope call --mcp {} {method}{name} --step-up", shell_word(api.base_url.as_str())))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use jiff::Timestamp;

    use super::*;
    use crate::app::{CaptureHints, diagnose_capture};
    use crate::diagnosis::read_captures;
    use crate::secret::Secret;
    use crate::vault::RecordId;

    const API: &str = "[api.a]\nbase_url = \"https://api.example.com\"\nissuer = \"https://login.example.com\"\n\
                       [api.a.scopes]\nr = {}\n[api.a.endpoints]\n\"GET /a\" = \"r\"\n";

    fn client(name: &str, grant: &str) -> String {
        format!(
            "[client.{name}]\nissuer = \"https://login.example.com\"\nclient_id = \"{name}\"\ngrants = [\"{grant}\"]\n"
        )
    }

    /// Returns the command after a refusal.
    fn command(clients: &str, response: &str, token: Option<&LoadedToken>) -> String {
        let context = Context::from_source("tokscope.toml", &format!("{API}{clients}")).unwrap();
        let captures = read_captures(response.as_bytes(), None).unwrap();
        let hints = CaptureHints { endpoint: Some(context.find("/a", None).unwrap().id), api: None, token };
        let call = diagnose_capture(&context, captures.first().unwrap(), &hints, Timestamp::UNIX_EPOCH);
        call.diagnosis.command.unwrap()
    }

    const EXPIRED: &str = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer error=\"invalid_token\", \
                           error_description=\"The access token expired\"\r\n\r\n";

    #[test]
    fn commands_name_the_client_where_several_match() {
        let user = client("cli", "authorization_code");
        let other = client("web", "authorization_code");
        let machine = client("ci", "client_credentials");
        for (clients, named) in [
            (user.clone(), ""),
            // the only one that signs users in is the default
            (format!("{user}{machine}"), ""),
            (format!("{user}{other}"), " --client cli"),
        ] {
            let expected = format!("tokscope login --endpoint 'GET /a'{named}");
            assert_eq!(command(&clients, EXPIRED, None), expected, "{clients}");
        }
        let origin = Origin::Obtained { client: "web".to_owned() };
        let token = LoadedToken::new(Secret::new("opaque-token-0123456789"), origin, None, Timestamp::UNIX_EPOCH);
        let clients = format!("{user}{other}");
        assert_eq!(command(&clients, EXPIRED, Some(&token)), "tokscope login --endpoint 'GET /a' --client web");
    }

    #[test]
    fn a_server_without_a_manifest_is_called_again_instead_of_a_login() {
        let source = "[api.mcp]\nbase_url = \"https://mcp.example.com/mcp\"\n[api.mcp.endpoints]\n\"MCP tools/call find\" = []\n";
        let context = Context::from_untrusted_source("https://mcp.example.com/mcp", source).unwrap();
        let captures = read_captures(EXPIRED.as_bytes(), None).unwrap();
        let endpoint = context.find("MCP tools/call find", None).unwrap().id;
        let hints = CaptureHints { endpoint: Some(endpoint), api: None, token: None };
        let call = diagnose_capture(&context, captures.first().unwrap(), &hints, Timestamp::UNIX_EPOCH);
        let expected = "tokscope call --mcp https://mcp.example.com/mcp tools/call find --step-up";
        assert_eq!(call.diagnosis.command.as_deref(), Some(expected));
    }

    #[test]
    fn a_refresh_is_suggested_before_a_login() {
        let origin = Origin::Obtained { client: "cli".to_owned() };
        let mut token = LoadedToken::new(Secret::new("opaque-token-0123456789"), origin, None, Timestamp::UNIX_EPOCH);
        token.refresh_token = Some(Secret::new("refresh-token-0123456789"));
        let id = RecordId::random().unwrap();
        token.record = Some(id.clone());
        let clients = client("cli", "authorization_code");
        assert_eq!(command(&clients, EXPIRED, Some(&token)), format!("tokscope tokens refresh {id}"));
        // a refresh adds no scope
        let missing =
            "HTTP/1.1 403 Forbidden\r\nWWW-Authenticate: Bearer error=\"insufficient_scope\", scope=\"r\"\r\n\r\n";
        assert!(command(&clients, missing, Some(&token)).starts_with("tokscope login "));
    }
}
