//! Advice during a sign-in whose browser sends no redirect.

#![allow(clippy::unwrap_used, reason = "a test that fails shall panic")]

use std::sync::Arc;
use std::time::Duration;

use tokscope::app::{
    Acquisition, Context, Error, ExcessQuestion, GrantOptions, Interaction, Notice, PendingGrant, Planner,
    StoragePolicy, Terms,
};
use tokscope::manifest::GrantType;
use tokscope::secret::Secret;
use url::Url;

use crate::support::{self, MockServer};

/// A user who signs in only after the advice.
struct User {
    server: Arc<MockServer>,
    url: Option<Url>,
    advice: Vec<String>,
}

impl Interaction for User {
    fn show_sign_in(&mut self, pending: &PendingGrant) {
        self.url.clone_from(&pending.url);
    }

    fn notice(&mut self, notice: &Notice<'_>) {
        let Notice::Advice(lines) = notice else { return };
        self.advice.extend(lines.iter().cloned());
        let (server, url) = (Arc::clone(&self.server), self.url.clone().unwrap());
        std::thread::spawn(move || support::consent(&server, &url));
    }

    async fn confirm_excess(&mut self, _: &ExcessQuestion) -> Result<bool, Error> {
        Ok(false)
    }

    async fn pasted_redirect(&mut self) -> Result<Secret, Error> {
        std::future::pending().await
    }
}

#[tokio::test]
async fn an_error_page_in_the_browser_is_explained_once_and_the_wait_continues() {
    let server = support::server();
    let own = support::manifest(&server.origin, &server.origin);
    let entra = own.replace("client_id   = \"dev\"", "client_id = \"dev\"\nerrors = { redirect_uri_mismatch = { cause = \"another type of client\", fix = \"create a desktop client\" } }");
    for (manifest, provider) in [(&own, false), (&entra, true)] {
        let context = Context::from_source("tokscope.toml", manifest).unwrap();
        let endpoint = context.find("GET /orders", None).unwrap().id;
        let plan = Planner::new(&context).plan(&[endpoint], Some("dev"), None).unwrap();
        let mut user = User { server: Arc::clone(&server), url: None, advice: Vec::new() };
        let start =
            GrantOptions { advice_after: Duration::ZERO, ..GrantOptions::new(GrantType::AuthorizationCode, false) };
        let terms = Terms { start, may_sign_in: true, keeping: StoragePolicy::BestEffort, ..Terms::without_sign_in() };
        let token = Acquisition::new(&context, terms, &mut user).obtain(&plan).await.unwrap();
        assert_eq!(token.granted.to_string(), "orders:read");
        let query = user.url.unwrap();
        let redirect = query.query_pairs().find(|(name, _)| name == "redirect_uri").unwrap().1.into_owned();
        let advice = user.advice.join("\n");
        assert_eq!(advice.matches("usual causes").count(), 1, "{advice}");
        assert!(advice.contains(&format!("registered exactly like this: {redirect}")), "{advice}");
        assert!(advice.contains("orders:read"), "{advice}");
        assert_eq!(advice.contains("create a desktop client"), provider, "{advice}");
    }
}
