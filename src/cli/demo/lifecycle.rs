//! The last chapter of the demo: a token that is too broad is used, reviewed, narrowed and revoked.

use crate::app::report::{review, review_outcome};
use crate::app::{
    Acquisition, AuditReader, BrowserUse, CallRequest, Caller, Context, Error, ErrorKind, ExcessQuestion, GrantOptions,
    Interaction, Notice, PendingGrant, Planner, ReviewAction, StoragePolicy, TemporaryLog, Terms, TokenReview,
};
use crate::cli::print::Streams;
use crate::demo::{self, Consent, Demo};
use crate::manifest::GrantType;
use crate::net;
use crate::secret::Secret;
use crate::text::visible;
use crate::usage::Review;
use crate::vault::Vault;

/// What the token is obtained for, and what it is used for.
const OBTAINED: [&str; 2] = ["GET /orders", "POST /orders"];
const USED: &str = "GET /orders";

/// The demo's user, who consents to everything.
struct DemoUser<'s> {
    http: net::Client,
    streams: &'s mut Streams,
}

impl Interaction for DemoUser<'_> {
    fn show_sign_in(&mut self, pending: &PendingGrant) {
        let Some(url) = pending.url.clone() else { return };
        let http = self.http.clone();
        // the listener must run while the user signs in; without a redirect it ends with its own error
        tokio::spawn(async move { demo::sign_in(&http, &url, &Consent::Everything).await });
    }

    fn notice(&mut self, notice: &Notice<'_>) {
        self.streams.line(format_args!("  {}", visible(&notice.to_string())));
    }

    async fn confirm_excess(&mut self, _: &ExcessQuestion) -> Result<bool, Error> {
        Ok(false)
    }

    async fn pasted_redirect(&mut self) -> Result<Secret, Error> {
        std::future::pending().await
    }
}

/// Tells the chapter, with a log and a vault of its own.
pub(in crate::cli) async fn tell(demo: &Demo, client: &str, streams: &mut Streams) -> Result<(), Error> {
    let record = TemporaryLog::create()?;
    let context = Context::from_source("demo", &demo.manifest)
        .map_err(|_| Error::new(ErrorKind::Failed, "the demo's manifest is not valid"))?
        .recording_in(record.log().clone())
        .with_vault(Vault::in_memory());
    let reader = AuditReader::of(record.log().clone());
    let terms = Terms {
        client: Some(client.to_owned()),
        start: GrantOptions::new(GrantType::AuthorizationCode, BrowserUse::Show),
        may_sign_in: true,
        keeping: StoragePolicy::Required,
        ..Terms::without_sign_in()
    };
    let endpoints = OBTAINED.iter().map(|endpoint| Ok(context.find(endpoint, None)?.id));
    let plan = Planner::new(&context).plan(&endpoints.collect::<Result<Vec<_>, Error>>()?, Some(client), None)?;
    let mut user = DemoUser { http: context.http()?.clone(), streams };
    let broad = Box::pin(Acquisition::new(&context, terms.clone(), &mut user).obtain(&plan)).await?;
    let call = CallRequest::new(context.find(USED, None)?.id, Vec::new());
    let called = Caller::new(&context).call(&call, Some(&broad.token)).await?;
    user.streams.line(format_args!("  {USED} answers {}", called.status));
    user.streams.line("");

    let found = TokenReview::new(&context, &reader).finish(&[]).await?;
    report(&found, user.streams);
    user.streams.line("");
    for action in found.actions() {
        let outcome = Box::pin(ReviewAction::new(&context, terms.clone(), &mut user).run(action)).await?;
        user.streams.line(format_args!("  {}", visible(&review_outcome(&outcome))));
    }
    user.streams.line("");
    let found = TokenReview::new(&context, &reader).finish(&[]).await?;
    report(&found, user.streams);
    Ok(())
}

fn report(found: &Review, streams: &mut Streams) {
    for line in review(found) {
        streams.report(&line.prefixed("  "));
    }
}
