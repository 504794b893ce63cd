//! What an approver sees, signs and refuses.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::entries::reply_entry;
use super::keys::{self, own_keys};
use super::known::{Approvals, people};
use super::reach::{Reach, apis_of_client, concerned};
use crate::app::{Error, ErrorKind};
use crate::approval::{NAMESPACE, REFUSAL_NAMESPACE, Refusal, Request, Required, accepted_keys, parse};
use crate::diagnostic::Diagnostic;
use crate::manifest::{Api, ApproverKey, Client, Manifest};
use crate::scope::{Risk, Scope, ScopeSet, satisfies_anywhere};
use crate::sshsig::{PublicKey, Signature};
use crate::usage::Event;

/// A difference between the request and the approver's own manifest. Untrusted text.
pub type Difference = String;

/// A request as an approver sees it.
#[derive(Clone, Debug)]
pub struct ApproverReview {
    /// Request.
    pub request: Request,
    /// Who can approve it by the approver's own manifest, as `1 of ana, ben (leads)`.
    pub people: String,
    /// Differences from the approver's own manifest.
    pub differences: Vec<Difference>,
    required: Required,
}

/// How to sign.
#[derive(Clone, Debug, Default)]
pub struct SigningOptions {
    /// File of the key, public or private. `None`: the key of the user that the manifest lists.
    pub key: Option<PathBuf>,
}

impl Approvals<'_> {
    /// Reads a request, and compares it with the manifest.
    ///
    /// # Errors
    /// The findings, with positions in the text.
    pub fn review(&self, text: &str) -> Result<Result<ApproverReview, Vec<Diagnostic>>, Error> {
        let manifest = self.context.require_manifest()?;
        let request = match parse(text) {
            Ok(request) => request,
            Err(findings) => return Ok(Err(findings)),
        };
        let required = self.required_by(&request);
        let differences = self.differences(manifest, &request, &required);
        Ok(Ok(ApproverReview {
            people: people(self.context, &required, &request.keys),
            differences,
            required,
            request,
        }))
    }

    fn differences(&self, manifest: &Manifest, request: &Request, required: &Required) -> Vec<Difference> {
        let mut found = Vec::new();
        let own = self.context.manifest_digest().unwrap_or_default();
        if own != request.manifest {
            let short = |digest: &str| digest.chars().take(12).collect::<String>();
            let (own, other) = (short(&own), short(&request.manifest));
            found.push(format!("your manifest is {own}…, the request was made with {other}…"));
        }
        let Some(client) = manifest.client(&request.client) else {
            found.push(format!("your manifest has no client `{}`", request.client));
            return found;
        };
        for (what, own, other) in [
            ("client ID", client.client_id.as_str(), request.client_id.as_str()),
            ("issuer", client.issuer.as_str(), request.issuer.as_str()),
        ] {
            if own != other {
                found.push(format!("the {what} of client `{}` is `{own}` here, and `{other}` there", client.name));
            }
        }
        if *required != request.approvers {
            let names = |groups: &Required| {
                let each: Vec<String> = groups.iter().map(|groups| groups.join(" or ")).collect();
                if each.is_empty() { "nobody".to_owned() } else { each.join(" and ") }
            };
            let (own, other) = (names(required), names(&request.approvers));
            found.push(format!("here {own} can approve it, and there {other}"));
        }
        scopes(&apis_of_client(manifest, client), client, request, &mut found);
        endpoints(manifest, request, &mut found);
        reach(manifest, client, request, &mut found);
        found
    }

    /// Signs a request, and records that. Returns the armored signature.
    ///
    /// # Errors
    /// If the user is not an approver or made the request, or `ssh-keygen` does not sign.
    pub fn approve(&self, review: &ApproverReview, options: &SigningOptions) -> Result<String, Error> {
        let now = Timestamp::now();
        if review.request.until <= now {
            let message = format!("the window of the request ended at {}", review.request.until);
            return Err(Error::new(ErrorKind::Policy, message).hint("ask for a new request"));
        }
        let signature =
            self.signed(review, options, NAMESPACE, &review.request.text(), Event::ApprovalGranted, None)?;
        Ok(signature.armor())
    }

    /// Refuses a request, and records that. Returns the refusal with its armored signature.
    ///
    /// # Errors
    /// See [`Self::approve`].
    pub fn refuse(&self, review: &ApproverReview, reason: &str, options: &SigningOptions) -> Result<String, Error> {
        let text = Refusal::of(&review.request, reason).text();
        let signature = self.signed(review, options, REFUSAL_NAMESPACE, &text, Event::ApprovalRefused, Some(reason))?;
        Ok(format!("{text}{}", signature.armor()))
    }

    fn signed(
        &self,
        review: &ApproverReview,
        options: &SigningOptions,
        namespace: &str,
        text: &str,
        event: Event,
        reason: Option<&str>,
    ) -> Result<Signature, Error> {
        let manifest = self.context.require_manifest()?;
        let accepted = accepted_keys(manifest, &review.required);
        if event == Event::ApprovalGranted && self.context.approvals().all()?.contains_key(&review.request.id) {
            return Err(Error::new(ErrorKind::Policy, "you made this request, and can't approve it")
                .hint(format!("send it to {}", review.people)));
        }
        let (path, key) = self.signing_key(&accepted, options)?;
        let name = match key {
            Some(key) => permitted(review, &accepted, &key)?,
            None => "unknown".to_owned(),
        };
        let act = self.context.begin_now(|| reply_entry(event, &review.request, &name, reason))?;
        let signed = keys::sign(self.context, &path, namespace, text).and_then(|signature| {
            permitted(review, &accepted, signature.key())?;
            signature.verify(namespace, text.as_bytes()).map_err(|error| {
                Error::new(ErrorKind::Failed, format!("`ssh-keygen` made an unusable signature: {error}"))
            })?;
            Ok(signature)
        });
        act.conclude_now(signed)
    }

    /// Returns the file to sign with, and its key if that is known.
    fn signing_key(
        &self,
        accepted: &[&ApproverKey],
        options: &SigningOptions,
    ) -> Result<(PathBuf, Option<PublicKey>), Error> {
        if let Some(path) = &options.key {
            let mut beside = path.clone().into_os_string();
            beside.push(".pub");
            let key = keys::public_key(path).or_else(|| keys::public_key(Path::new(&beside)));
            return Ok((path.clone(), key));
        }
        let own = own_keys(self.context);
        let listed = own.iter().find(|own| accepted.iter().any(|key| key.key == own.key));
        let Some(own) = listed else {
            let names: Vec<String> = accepted.iter().map(|key| key.identity()).collect();
            return Err(Error::new(ErrorKind::Policy, "none of your SSH keys can approve this request")
                .hint(format!("keys of {} can; keys are looked for in ~/.ssh and in the agent", names.join(", ")))
                .hint("name a key with `--key FILE`"));
        };
        let path = match &own.path {
            Some(path) => path.clone(),
            None => {
                // only the agent has the key: ssh-keygen finds it there by its public key
                let line = format!("{}\n", own.key);
                let written = self.context.approvals().write_file("agent-key.pub", &line)?;
                written.ok_or_else(|| Error::new(ErrorKind::Failed, "the public key can't be written to a file"))?
            }
        };
        Ok((path, Some(own.key.clone())))
    }
}

/// Checks that a key can approve or refuse, and returns the name of its owner.
fn permitted(review: &ApproverReview, accepted: &[&ApproverKey], key: &PublicKey) -> Result<String, Error> {
    let identity =
        |fingerprint: &str| accepted.iter().find(|key| key.key.fingerprint() == fingerprint).map(|key| key.identity());
    let fingerprint = key.fingerprint();
    let Some(own) = identity(&fingerprint) else {
        return Err(Error::new(ErrorKind::Policy, format!("the key {fingerprint} can't approve this request"))
            .hint(format!("it can be approved by {}", review.people)));
    };
    let is_requester = |key: &String| *key == fingerprint || identity(key).is_some_and(|requester| requester == own);
    if review.request.keys.iter().any(is_requester) {
        return Err(Error::new(ErrorKind::Policy, format!("{own} made the request, and can't approve it"))
            .hint(format!("it can be approved by {}", review.people)));
    }
    Ok(own)
}

fn scopes(apis: &[&Api], client: &Client, request: &Request, found: &mut Vec<Difference>) {
    let declared = |scope: &Scope| apis.iter().any(|api| api.hierarchy.declares(scope.as_str()));
    let is_identity = |scope: &Scope| client.dialect.vocabulary.is_identity_scope(scope.as_str());
    for scope in request.scopes.iter().filter(|scope| !declared(scope) && !is_identity(scope)) {
        found.push(format!("your manifest does not declare the scope `{scope}`"));
    }
    let hierarchies = || apis.iter().map(|api| &api.hierarchy);
    let is_below = |scope: &Scope| {
        let ceiling = client.may_request.as_ref();
        ceiling.is_none_or(|ceiling| satisfies_anywhere(ceiling, scope.as_str(), hierarchies()))
    };
    let above: ScopeSet = request
        .scopes
        .iter()
        .filter(|scope| !is_below(scope) && !client.always_request.contains(scope.as_str()))
        .cloned()
        .collect();
    for scope in above.difference(&request.above).iter() {
        found.push(format!("`{scope}` is above the ceiling of client `{}` here", client.name));
    }
    if request.is_above_ceiling() {
        for scope in request.above.difference(&above).iter() {
            found.push(format!("`{scope}` is below the ceiling of client `{}` here", client.name));
        }
    }
}

fn endpoints(manifest: &Manifest, request: &Request, found: &mut Vec<Difference>) {
    for requested in &request.endpoints {
        let name = &requested.endpoint;
        let api = manifest.api(&requested.api);
        let endpoint = api.and_then(|api| api.endpoints.iter().find(|endpoint| endpoint.to_string() == *name));
        let Some(endpoint) = endpoint else {
            found.push(format!("your manifest has no endpoint `{name}` of `{}`", requested.api));
            continue;
        };
        if !endpoint.requirement.alternatives().contains(&requested.needs) {
            let there = if requested.needs.is_empty() { "no scope".to_owned() } else { requested.needs.to_string() };
            found.push(format!("`{name}` requires {} here, and {there} there", endpoint.requirement));
        }
    }
}

/// Compares what the scopes grant access to.
fn reach(manifest: &Manifest, client: &Client, request: &Request, found: &mut Vec<Difference>) {
    let names: Vec<&str> = request.endpoints.iter().map(|endpoint| endpoint.api.as_str()).collect();
    let own = Reach::of(&request.scopes, &concerned(manifest, client, &names, &request.scopes));
    let Request { reaches, writes, risk, .. } = request;
    if (own.endpoints, own.writes) != (*reaches, *writes) {
        found.push(format!(
            "the scopes grant access to {} endpoints here ({} change data), and to {reaches} there ({writes})",
            own.endpoints, own.writes
        ));
    }
    if own.risk != *risk {
        let name = |risk: Option<Risk>| risk.map_or("none", Risk::as_str);
        found.push(format!("the highest risk is {} here, and {} there", name(own.risk), name(*risk)));
    }
}
