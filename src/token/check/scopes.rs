//! Scopes that open too much, and scopes that readers may take otherwise.

use std::collections::HashSet;

use crate::diagnostic::Diagnostic;
use crate::scope::Scope;
use crate::token::findings::{SCOPE_BROAD, SCOPE_MALFORMED, SCOPE_REPEATED, SCOPE_WILDCARD, SCOPES_DIFFER};
use crate::token::{Decoded, Json};

/// Claims that hold scopes. Roles are no scopes.
const CLAIMS: &[&str] = &["scope", "scp", "scopes", "permissions"];

/// Scopes that open far more than one task needs, and what they open.
const BROAD: &[(&str, &str)] = &[
    ("admin", "everything that an administrator may do"),
    ("root", "everything"),
    ("superuser", "everything"),
    ("full_access", "everything"),
    ("all", "everything"),
    // GitHub
    ("repo", "every private repository of the user, to read and to write"),
    ("admin:org", "the organizations of the user, with their teams"),
    ("admin:enterprise", "the enterprise"),
    ("delete_repo", "the deletion of repositories"),
    ("site_admin", "the whole instance"),
    // GitLab
    ("api", "the whole API, to read and to write"),
    ("sudo", "everything, as any user"),
    ("admin_mode", "everything that an administrator may do"),
    // Google
    ("https://www.googleapis.com/auth/cloud-platform", "every Google Cloud service that the account may use"),
    ("https://mail.google.com/", "all mail, with the right to delete it for good"),
    ("https://www.googleapis.com/auth/drive", "every file in Drive"),
    ("https://www.googleapis.com/auth/admin.directory.user", "the accounts of the whole organization"),
    // Microsoft Graph
    ("Directory.ReadWrite.All", "the whole directory, to read and to write"),
    ("RoleManagement.ReadWrite.Directory", "the roles of the directory: it can make itself an administrator"),
    ("Application.ReadWrite.All", "every application: it can give itself what any of them may do"),
    ("AppRoleAssignment.ReadWrite.All", "what applications may do: it can give itself anything"),
    ("Mail.ReadWrite", "all mail of the user"),
    ("Files.ReadWrite.All", "every file that the user can reach"),
    ("Sites.FullControl.All", "every SharePoint site"),
    ("full_access_as_app", "every mailbox of the organization"),
    // Salesforce
    ("full", "everything that the user may do"),
    // Slack
    ("admin.users:write", "the users of the whole organization"),
];

pub(super) fn check(claims: &Json, decoded: &Decoded, findings: &mut Vec<Diagnostic>) {
    let mut lists: Vec<(&str, Vec<&str>)> = Vec::new();
    for claim in CLAIMS {
        match claims.get(claim) {
            Some(Json::String(text)) => {
                lists.push((claim, text.split_ascii_whitespace().collect()));
                if text.contains(',') && !text.trim().contains(' ') {
                    let message = format!(
                        "`{claim}` has commas between the scopes: a reader that splits at spaces takes it for one scope"
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
            let message = format!("`{claim}`: {error}, so nothing is granted by it");
            findings.push(Diagnostic::new(&SCOPE_MALFORMED, message));
        }
        let mut seen = HashSet::new();
        let repeated = scopes.iter().find(|scope| !seen.insert(**scope));
        if let Some(scope) = repeated {
            findings.push(Diagnostic::new(&SCOPE_REPEATED, format!("`{claim}` has the scope `{scope}` twice")));
        }
        for scope in seen.iter().filter(|scope| is_wild(scope)).take(super::MOST_ALIKE) {
            findings.push(Diagnostic::new(
                &SCOPE_WILDCARD,
                format!("the scope `{scope}` stands for all scopes of its kind"),
            ));
        }
        for (scope, opens) in BROAD.iter().filter(|(scope, _)| seen.contains(scope)) {
            findings.push(Diagnostic::new(&SCOPE_BROAD, format!("the scope `{scope}` opens {opens}")));
        }
    }
    // `permissions` says what the user may do, and is another list by design
    lists.retain(|(claim, _)| *claim != "permissions");
    if let ([(one, first), (other, second)], true) = (lists.as_slice(), decoded.has_all_claims())
        && HashSet::<&&str>::from_iter(first) != HashSet::from_iter(second)
    {
        let message = format!("`{one}` and `{other}` list different scopes: an API sees what the one it reads says");
        findings.push(Diagnostic::new(&SCOPES_DIFFER, message));
    }
}

/// `*` alone, or as the last step: `orders:*`, `orders.*`, `https://…/*`.
fn is_wild(scope: &str) -> bool {
    scope == "*" || scope.strip_suffix('*').is_some_and(|before| before.ends_with([':', '.', '/']))
}
