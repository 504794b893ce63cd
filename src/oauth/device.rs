//! The device authorization grant (RFC 8628).

use std::time::Duration;

use http::StatusCode;
use oauth2::{DeviceAuthorizationUrl, EmptyExtraDeviceAuthorizationFields};
use tokio::time::Instant;
use url::Url;

use super::request::{EndpointRequest, Party};
use super::response::ServerResponse;
use super::token_endpoint::Parameter;
use super::{ClientIdentity, Metadata, OAuthError, TokenSet, browser, token_set};
use crate::diagnostic::Diagnostic;
use crate::manifest::GrantType;
use crate::net;
use crate::scope::ScopeSet;
use crate::secret::Secret;
use crate::text::readable_url;

/// Error codes of a poll that is repeated later (RFC 8628 §3.5).
const PENDING: &str = "authorization_pending";
const SLOW_DOWN: &str = "slow_down";

/// Default polling interval (RFC 8628 §3.2), and the increment for `slow_down` (§3.5).
const INTERVAL: Duration = Duration::from_secs(5);

/// Upper bounds for the polling interval and the lifetime of a code.
const LONGEST_INTERVAL: u64 = 60;
const LONGEST_LIFE: u64 = 30 * 60;

/// A device code that waits for the user. Dropping it ends the wait.
#[derive(Debug)]
pub struct DevicePending {
    /// Code for the user to enter.
    pub user_code: String,
    /// URL at which the user enters the code.
    pub verification_uri: Url,
    /// The same URL with the code in it, if the server provides one.
    pub verification_uri_complete: Option<Url>,
    /// Lifetime of the code.
    pub expires_in: Duration,
    device_code: Secret,
    pace: Pace,
    expires: Instant,
    metadata: Metadata,
    identity: ClientIdentity,
    extra: Vec<Parameter>,
    findings: Vec<Diagnostic>,
}

/// Requests a device code.
///
/// # Errors
/// If the server does not support the grant or refuses, or its response is not valid.
pub async fn begin_device(
    party: Party<'_>,
    scopes: &ScopeSet,
    extra: &[Parameter],
) -> Result<DevicePending, OAuthError> {
    let url = party
        .metadata
        .device_authorization_endpoint
        .clone()
        .ok_or_else(|| OAuthError::Unsupported("its metadata lists no device authorization endpoint".to_owned()))?;
    let call = EndpointRequest::new(party, "device authorization endpoint");
    let client = call.client().set_device_authorization_url(DeviceAuthorizationUrl::from_url(url));
    let mut request = client.exchange_device_code();
    let scopes = party.identity.dialect.scope_parameters(scopes, true);
    for (name, value) in scopes.iter().chain(extra) {
        request = request.add_extra_param(name.as_str(), value.as_str());
    }
    let done = request.request_async::<_, EmptyExtraDeviceAuthorizationFields>(&call).await;
    let response = call.finish(done)?;
    let mut findings = Vec::new();
    let document = response.document(StatusCode::OK, &mut findings)?;
    let required =
        |name| document.text(name).ok_or_else(|| response.unreadable("it lacks a required member (RFC 8628 §3.2)"));
    let page = |text: &str| {
        let url = readable_url(text).map_err(|_| response.unreadable("its `verification_uri` is not a valid URL"))?;
        let openable = browser::is_openable(&url);
        openable.map_err(|_| response.unreadable("its `verification_uri` is not safe to open"))?;
        Ok::<Url, OAuthError>(url)
    };
    // early drafts and some servers write `verification_url`
    let verification_uri = document.text("verification_uri").or_else(|| document.text("verification_url"));
    let verification_uri = page(verification_uri.map_or_else(|| required("verification_uri"), Ok)?)?;
    let seconds = |name: &str| {
        let value = document.get(name)?;
        value.as_f64().or_else(|| value.as_str()?.trim().parse().ok()).filter(|seconds| seconds.is_finite())
    };
    let within = |seconds: f64, most: u64| {
        Duration::try_from_secs_f64(seconds).unwrap_or_default().min(Duration::from_secs(most))
    };
    let expires_in = seconds("expires_in").map_or(Duration::from_mins(10), |seconds| within(seconds, LONGEST_LIFE));
    let interval = seconds("interval").map_or(INTERVAL, |seconds| within(seconds, LONGEST_INTERVAL));
    Ok(DevicePending {
        user_code: required("user_code")?.chars().take(100).collect(),
        verification_uri,
        verification_uri_complete: document.text("verification_uri_complete").map(page).transpose()?,
        expires_in,
        device_code: Secret::new(required("device_code")?),
        pace: Pace { interval: interval.max(Duration::from_secs(1)), missed: 0 },
        expires: Instant::now() + expires_in,
        metadata: party.metadata.clone(),
        identity: party.identity.clone(),
        extra: extra.to_vec(),
        findings,
    })
}

impl DevicePending {
    /// Polls until the user has decided or the code has expired. Drop the future to cancel.
    ///
    /// # Errors
    /// If the user refuses, the code expires, or the server's response is not valid.
    pub async fn finish(mut self, http: &net::Client) -> Result<TokenSet, OAuthError> {
        loop {
            // nobody can have entered the code yet, so wait before the first poll
            let wake = Instant::now() + self.pace.wait();
            if wake >= self.expires {
                tokio::time::sleep_until(self.expires).await;
                return Err(OAuthError::DeviceCodeExpired);
            }
            tokio::time::sleep_until(wake).await;
            let polled = self.poll(http).await;
            let error = match polled {
                Ok(mut set) => {
                    set.findings.append(&mut self.findings);
                    return Ok(set);
                }
                Err(error) => error,
            };
            if let Some(ended) = self.pace.after(error) {
                return Err(ended);
            }
        }
    }

    async fn poll(&self, http: &net::Client) -> Result<TokenSet, OAuthError> {
        // each poll is independent: the user decides meanwhile
        let http = &http.afresh().within(super::USE_CASE);
        let party = Party { http, metadata: &self.metadata, identity: &self.identity };
        let mut parameters =
            vec![("grant_type", GrantType::DeviceCode.registered_name()), ("device_code", self.device_code.expose())];
        let extra = self.extra.iter().chain(&self.identity.dialect.token_parameters);
        parameters.extend(extra.map(|(name, value)| (name.as_str(), value.as_str())));
        let response = EndpointRequest::for_tokens(party).form(party.token_endpoint()?, &parameters).await?;
        read_poll(&response, &self.identity)
    }
}

/// Reads the response to a poll. The errors that ask for another poll are part of the protocol whatever the status,
/// which elsewhere may report an outage.
fn read_poll(response: &ServerResponse, identity: &ClientIdentity) -> Result<TokenSet, OAuthError> {
    match [PENDING, SLOW_DOWN].into_iter().find(|code| response.is_error(code)) {
        Some(code) => Err(OAuthError::Refused { error: code.to_owned(), description: None }),
        None => token_set::read(response, identity),
    }
}

/// Polling interval (RFC 8628 §3.5).
#[derive(Debug)]
struct Pace {
    interval: Duration,
    /// Number of consecutive polls without a response.
    missed: u32,
}

impl Pace {
    /// Returns the next delay, doubled for each poll without a response.
    fn wait(&self) -> Duration {
        let most = Duration::from_secs(LONGEST_INTERVAL).max(self.interval);
        self.interval.saturating_mul(1 << self.missed.min(8)).min(most)
    }

    /// Handles a poll error: returns it if it is final, or adjusts the interval.
    fn after(&mut self, error: OAuthError) -> Option<OAuthError> {
        self.missed = match &error {
            OAuthError::Net(_) | OAuthError::Unavailable { .. } => self.missed + 1,
            _ => 0,
        };
        match error {
            OAuthError::Net(_) | OAuthError::Unavailable { .. } => None,
            OAuthError::Refused { error, description } => match error.as_str() {
                PENDING => None,
                SLOW_DOWN => {
                    self.interval += INTERVAL;
                    None
                }
                // GitHub documents the other name
                "expired_token" | "token_expired" => Some(OAuthError::DeviceCodeExpired),
                _ => Some(OAuthError::Refused { error, description }),
            },
            other => Some(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::NetError;

    #[test]
    fn slow_down_and_pending_repeat_the_poll_whatever_the_status() {
        for (status, code, repeated) in [
            (400, PENDING, true),
            (400, SLOW_DOWN, true),
            (429, SLOW_DOWN, true),
            (503, PENDING, true),
            (429, "invalid_grant", false),
        ] {
            let response = net::Response {
                version: http::Version::HTTP_11,
                status: StatusCode::from_u16(status).unwrap(),
                headers: http::HeaderMap::new(),
                body: zeroize::Zeroizing::new(format!(r#"{{"error":"{code}"}}"#).into_bytes()),
                timing: net::Timing::default(),
            };
            let error = read_poll(
                &ServerResponse::new("token endpoint", response, Vec::new()),
                &ClientIdentity::new("c", None),
            )
            .unwrap_err();
            let expected = OAuthError::Refused { error: code.to_owned(), description: None };
            assert_eq!(error == expected, repeated, "{status} {code}: {error:?}");
        }
    }

    #[test]
    fn polling_follows_the_server_interval() {
        let refused = |error: &str| OAuthError::Refused { error: error.to_owned(), description: None };
        let mut pace = Pace { interval: INTERVAL, missed: 0 };
        for (error, seconds) in [
            (refused("authorization_pending"), 5),
            (refused("slow_down"), 10),
            (refused("authorization_pending"), 10),
            (OAuthError::Net(NetError::Setup), 20),
            (OAuthError::Net(NetError::Setup), 40),
            (OAuthError::Net(NetError::Setup), 60),
            (refused("slow_down"), 15),
        ] {
            let shown = error.to_string();
            assert_eq!(pace.after(error), None, "{shown}");
            assert_eq!(pace.wait().as_secs(), seconds, "{shown}");
        }
        for code in ["expired_token", "token_expired"] {
            assert_eq!(pace.after(refused(code)), Some(OAuthError::DeviceCodeExpired));
        }
        for code in ["access_denied", "invalid_grant", "invalid_client"] {
            assert_eq!(pace.after(refused(code)), Some(refused(code)));
        }
    }
}
