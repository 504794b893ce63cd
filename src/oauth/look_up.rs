//! Lookups of granted scopes and facts, at servers whose token response does not have them.

use http::header::{ACCEPT, AUTHORIZATION};
use http::{HeaderMap, HeaderValue, Method};
use serde_json::Value;
use url::Url;
use zeroize::Zeroizing;

use super::findings::LOOKUP_FAILED;
use super::metadata::LIMITS;
use super::request::Party;
use super::{TokenSet, strict_json};
use crate::diagnostic::Diagnostic;
use crate::manifest::Place;
use crate::net;
use crate::secret::Secret;

impl Party<'_> {
    /// Completes a token with what the places of its dialect report. A lookup that fails is a finding.
    pub async fn look_up(self, set: &mut TokenSet) {
        let dialect = std::sync::Arc::clone(&self.identity.dialect);
        let mut urls: Vec<&Url> = Vec::new();
        for place in dialect.granted_from.iter().chain(dialect.facts.values()) {
            if let Place::Lookup { url, .. } = place
                && set.lacks(&dialect, place)
                && !urls.contains(&url)
            {
                urls.push(url);
            }
        }
        for wanted in urls {
            match self.get(wanted, &set.access_token).await {
                Ok((headers, document)) => set.read_places(&dialect, |place| match place {
                    Place::Lookup { url, at } if url == wanted => match at.as_ref() {
                        Place::Response(pointer) => document.pointer(pointer).cloned(),
                        Place::Header(name) => headers.get(name.as_str())?.to_str().ok().map(Value::from),
                        _ => None,
                    },
                    _ => None,
                }),
                Err(reason) => set.findings.push(Diagnostic::new(
                    &LOOKUP_FAILED,
                    format!("`{wanted}` did not report about the token: {reason}"),
                )),
            }
        }
    }

    async fn get(self, url: &Url, token: &Secret) -> Result<(HeaderMap, Value), String> {
        let sent = Zeroizing::new(format!("Bearer {}", token.expose()));
        let mut authorization = HeaderValue::from_str(&sent).map_err(|_| "the token does not fit in a header")?;
        authorization.set_sensitive(true);
        let accept = HeaderValue::from_static("application/json");
        let headers = HeaderMap::from_iter([(AUTHORIZATION, authorization), (ACCEPT, accept)]);
        let request = net::Request { method: Method::GET, url: url.clone(), headers, body: None };
        let response = self.http.send(request, LIMITS).await.map_err(|error| error.to_string())?;
        if !response.status.is_success() {
            return Err(format!("the server returned status {}", response.status.as_u16()));
        }
        let document = strict_json::parse(&response.body).map_err(|fault| fault.to_string())?;
        Ok((response.headers, document))
    }
}
