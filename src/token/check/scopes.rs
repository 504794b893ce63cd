//! Checks of scopes: too broad, ambiguous or malformed.

use std::collections::HashSet;

use crate::diagnostic::Diagnostic;
use crate::scope::Scope;
use crate::token::findings::{
    APP_WITHOUT_ROLES, SCOPE_BROAD, SCOPE_MALFORMED, SCOPE_REPEATED, SCOPE_WILDCARD, SCOPES_DIFFER,
};
use crate::token::provider::Habit;
use crate::token::{Decoded, Json};

/// Claims that contain scopes. Roles are not scopes.
const CLAIMS: &[&str] = &["scope", "scp", "scopes", "permissions"];

/// Scopes that grant far more than a single task needs, and what they grant access to.
const BROAD: &[(&str, &str)] = &[
    ("admin", "everything that an administrator can do"),
    ("root", "everything"),
    ("superuser", "everything"),
    ("full_access", "everything"),
    ("all", "everything"),
    // GitHub
    ("repo", "all private repositories of the user, read and write"),
    ("admin:org", "the user's organizations and their teams"),
    ("admin:enterprise", "the whole enterprise"),
    ("delete_repo", "deleting repositories"),
    ("site_admin", "the whole instance"),
    // GitLab
    ("sudo", "everything, as any user"),
    ("admin_mode", "everything that an administrator can do"),
    // Google
    ("https://www.googleapis.com/auth/cloud-platform", "every Google Cloud service that the account can use"),
    ("https://mail.google.com/", "all mail, including permanent deletion"),
    ("https://www.googleapis.com/auth/drive", "all files in Drive"),
    ("https://www.googleapis.com/auth/admin.directory.user", "all user accounts of the organization"),
    // Microsoft Graph
    ("Directory.ReadWrite.All", "the whole directory, read and write"),
    ("RoleManagement.ReadWrite.Directory", "directory roles: the client can make itself an administrator"),
    ("Application.ReadWrite.All", "all applications: the client can give itself the permissions of any of them"),
    ("AppRoleAssignment.ReadWrite.All", "permissions of applications: the client can give itself any permission"),
    ("Mail.ReadWrite", "all mail of the user"),
    ("Files.ReadWrite.All", "all files that the user can access"),
    ("Sites.FullControl.All", "all SharePoint sites"),
    ("full_access_as_app", "all mailboxes of the organization"),
    // Salesforce
    ("full", "everything that the user can do"),
    // Slack
    ("admin.users:write", "all users of the organization"),
];

/// Scopes that are broad where access tokens are opaque, as at GitLab: in a JWT they are ordinary names.
const BROAD_IF_OPAQUE: &[(&str, &str)] = &[("api", "the whole API, read and write")];

/// Most scopes that are compared pair by pair.
const MOST_COMPARED: usize = 16;

pub(super) fn check(claims: &Json, decoded: &Decoded, findings: &mut Vec<Diagnostic>) {
    findings.extend(application_without_roles(claims, decoded));
    let mut lists: Vec<(&str, Vec<&str>)> = Vec::new();
    for claim in CLAIMS {
        match claims.get(claim) {
            Some(Json::String(text)) => {
                lists.push((claim, text.split_ascii_whitespace().collect()));
                if text.contains(',') && !text.trim().contains(' ') {
                    let message = format!(
                        "`{claim}` separates scopes by commas: a parser that splits at spaces reads a single scope"
                    );
                    findings.push(Diagnostic::new(&SCOPE_MALFORMED, message));
                }
            }
            Some(Json::Array(items)) => lists.push((claim, items.iter().filter_map(Json::as_str).collect())),
            _ => {}
        }
    }
    for (claim, scopes) in &lists {
        if let Some(error) =
            scopes.iter().flat_map(|scope| scope.split_ascii_whitespace()).find_map(|scope| Scope::parse(scope).err())
        {
            let message = format!("`{claim}`: {error}, so it grants nothing");
            findings.push(Diagnostic::new(&SCOPE_MALFORMED, message));
        }
        let (seen, repeated) = distinct(scopes);
        if let Some(scope) = repeated {
            findings.push(Diagnostic::new(&SCOPE_REPEATED, format!("`{claim}` lists the scope `{scope}` twice")));
        }
        for scope in seen.iter().filter(|scope| is_wildcard(scope)).take(super::MOST_ALIKE) {
            findings.push(Diagnostic::new(&SCOPE_WILDCARD, format!("the scope `{scope}` is a wildcard")));
        }
        let of_opaque = BROAD_IF_OPAQUE.iter().filter(|_| decoded.description.is_some());
        for (scope, access) in BROAD.iter().chain(of_opaque).filter(|(scope, _)| seen.contains(scope)) {
            findings.push(Diagnostic::new(&SCOPE_BROAD, format!("the scope `{scope}` grants access to {access}")));
        }
    }
    // `permissions` lists what the user may do, and differs from `scope` by design
    lists.retain(|(claim, _)| *claim != "permissions");
    if let ([(one, first), (other, second)], true) = (lists.as_slice(), decoded.has_all_claims())
        && HashSet::<&&str>::from_iter(first) != HashSet::from_iter(second)
    {
        let message = format!("`{one}` and `{other}` list different scopes: an API decides by the one it reads");
        findings.push(Diagnostic::new(&SCOPES_DIFFER, message));
    }
}

/// Returns the distinct scopes of a list in order, and the first one that occurs again.
fn distinct<'s>(scopes: &[&'s str]) -> (Vec<&'s str>, Option<&'s str>) {
    let mut distinct = Vec::with_capacity(scopes.len());
    let mut repeated = None;
    let mut seen = HashSet::new();
    for &scope in scopes {
        let is_new = match scopes.len() {
            0..=MOST_COMPARED => !distinct.contains(&scope),
            _ => seen.insert(scope),
        };
        if is_new {
            distinct.push(scope);
        } else {
            repeated.get_or_insert(scope);
        }
    }
    (distinct, repeated)
}

/// Returns whether a scope is `*`, or ends in it: `orders:*`, `orders.*`, `https://…/*`.
fn is_wildcard(scope: &str) -> bool {
    scope == "*" || scope.strip_suffix('*').is_some_and(|before| before.ends_with([':', '.', '/']))
}

/// Returns whether an audience is an Azure resource, where role assignments (Azure RBAC) decide, and not the claims.
fn is_azure_resource(audience: &str) -> bool {
    // Azure Resource Manager and Azure DevOps, by their application IDs
    const APPLICATIONS: [&str; 2] = ["797f4846-ba00-4fd7-ba43-dac1f8f63013", "499b84ac-1321-427f-aa17-267ca6975798"];
    const DOMAINS: [&str; 4] = [".azure.com", ".azure.net", ".windows.net", ".usgovcloudapi.net"];
    let host = audience.strip_prefix("https://").and_then(|rest| rest.split('/').next()).unwrap_or_default();
    let is_directory = host.starts_with("graph.");
    APPLICATIONS.contains(&audience) || (!is_directory && DOMAINS.iter().any(|domain| host.ends_with(domain)))
}

/// Reports a token of an application, not of a user, that has no permissions. The client authenticated itself
/// (`appidacr`, `azpacr`), and is its own subject.
fn application_without_roles(claims: &Json, decoded: &Decoded) -> Option<Diagnostic> {
    let text = |claim: &str| claims.get(claim).and_then(Json::as_str);
    let authenticated = ["appidacr", "azpacr"].iter().any(|claim| matches!(text(claim), Some("1" | "2")));
    let is_own_subject = text("sub").is_some() && text("sub") == text("oid");
    let is_application = match text("idtyp") {
        Some(kind) => kind == "app",
        None => authenticated && is_own_subject,
    };
    let has_permissions = ["roles", "scp"].iter().any(|claim| claims.get(claim).is_some());
    let is_for_azure = text("aud").is_some_and(is_azure_resource);
    let is_bare = decoded.provider.is_some_and(|provider| provider.has(Habit::RolesOfApplications))
        && is_application
        && !has_permissions
        && !is_for_azure
        && decoded.has_all_claims();
    is_bare.then(|| {
        let message = "the token of an application has no `roles`: no application permission is granted to it";
        Diagnostic::new(&APP_WITHOUT_ROLES, message)
            .help("grant application permissions to the client, with admin consent, and request a new token")
    })
}
