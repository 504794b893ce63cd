//! The circumstances of this process that a policy may depend on.

use std::io::IsTerminal as _;
use std::path::Path;
use std::process::Stdio;

use super::child::git;

/// Variable with the label of the environment, which the operator sets.
const ENVIRONMENT: &str = "TOKSCOPE_ENVIRONMENT";

/// Variable with the name of the program that tokscope acts for, which the operator sets.
const CALLER: &str = "TOKSCOPE_CALLER";

/// Variables in which CI systems name the branch. None of them holds a name that a pull request chooses.
const BRANCHES: [&str; 5] =
    ["CI_COMMIT_BRANCH", "BUILDKITE_BRANCH", "CIRCLE_BRANCH", "BITBUCKET_BRANCH", "BRANCH_NAME"];

/// Circumstances of this process. `None`: not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// Label of the environment.
    pub environment: Option<String>,
    /// Whether this runs in continuous integration.
    pub ci: Option<bool>,
    /// Name of the branch that is checked out.
    pub branch: Option<String>,
    /// Name of the program that uses the token, if the operator gave it.
    pub caller: Option<String>,
    /// Name of the program otherwise: the front end.
    pub front_end: &'static str,
    /// Whether a user is present.
    pub interactive: Option<bool>,
}

impl Circumstances {
    /// Detects the circumstances, without the branch.
    pub(in crate::app) fn detect() -> Self {
        let ci = variable("CI").is_some_and(|value| !matches!(value.as_str(), "0" | "false"));
        let terminal = std::io::stdin().is_terminal() || std::io::stderr().is_terminal();
        Self {
            environment: variable(ENVIRONMENT),
            ci: Some(ci),
            branch: None,
            caller: variable(CALLER),
            front_end: "cli",
            interactive: Some(terminal && !ci),
        }
    }

    /// Detects the branch of a folder: in CI the one that the CI system names, otherwise the one that git has checked out.
    pub(in crate::app) fn with_branch(mut self, folder: &Path) -> Self {
        let of_ci = || match variable("GITHUB_REF_TYPE").as_deref() {
            // of a pull request, GITHUB_REF_NAME is `7/merge`
            Some("branch") => variable("GITHUB_REF_NAME"),
            Some(_) => None,
            None => BRANCHES.into_iter().find_map(variable),
        };
        self.branch = self.ci.unwrap_or_default().then(of_ci).flatten().or_else(|| checked_out(folder));
        self
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// Returns the branch that git has checked out; `None` for a commit without a branch.
fn checked_out(folder: &Path) -> Option<String> {
    let output = git()
        .args(["--no-pager", "-c", "core.fsmonitor=false", "symbolic-ref", "--quiet", "--short", "HEAD"])
        .current_dir(folder)
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let name = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !name.is_empty()).then_some(name)
}
