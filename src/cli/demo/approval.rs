//! The chapter about an approval: a request above the ceiling, a second key, the use, and the end of the window.

use super::failed;
use crate::app::{
    Acquisition, Approvals, ApprovedPlanner, Context, Error, ErrorKind, ExcessQuestion, Interaction, Need, Notice,
    PendingGrant, RequestTerms, StoragePolicy, Terms, report,
};
use crate::approval::NAMESPACE;
use crate::cli::print::Streams;
use crate::demo::{self, Approver, Consent, Demo};
use crate::manifest::GrantType;
use crate::net;
use crate::scope::ScopeSet;
use crate::secret::Secret;
use crate::text::visible;
use crate::vault::Vault;

/// An endpoint above the ceiling of the client in this chapter.
const ABOVE: &str = "DELETE /orders/7";

/// Signs in as the user of the demo, and collects what is reported.
struct Guest {
    http: net::Client,
    notices: Vec<String>,
}

impl Interaction for Guest {
    fn show_sign_in(&mut self, pending: &PendingGrant) {
        let Some(url) = pending.url.clone() else { return };
        let http = self.http.clone();
        // the listener runs while the user signs in; a failure ends the wait for the redirect
        tokio::spawn(async move { demo::sign_in(&http, &url, &Consent::Everything).await });
    }

    fn notice(&mut self, notice: &Notice<'_>) {
        self.notices.extend(notice.to_string().lines().map(str::to_owned));
    }

    async fn confirm_excess(&mut self, _: &ExcessQuestion) -> Result<bool, Error> {
        Ok(false)
    }

    async fn pasted_redirect(&mut self) -> Result<Secret, Error> {
        std::future::pending().await
    }
}

/// Runs the chapter.
pub(super) async fn chapter(demo: &Demo, streams: &mut Streams) -> Result<(), Error> {
    let approver = Approver::new().map_err(failed)?;
    let context = Context::from_source("demo", &approver.manifest(&demo.manifest))
        .map_err(|_| Error::new(ErrorKind::Failed, "the demo's manifest is not valid"))?
        .with_vault(Vault::in_memory());
    let endpoint = context.find(ABOVE, None)?.id;
    let need = needed(&context, endpoint)?;
    streams
        .line(format_args!("  {} is above the ceiling of client `{}`, so a request is made:", need.above, need.client));

    let approvals = Approvals::new(&context);
    let reason = Some("remove a test order".to_owned());
    let written = approvals.write(&need, &RequestTerms { reason, ..RequestTerms::default() })?;
    for line in report::approval(&written.request, &[]) {
        streams.report(&line.prefixed("    "));
    }
    let reply = approver.sign(NAMESPACE, &written.request.text());
    let reply = reply.map_err(|error| Error::new(ErrorKind::Failed, error.to_string()))?;
    let added = approvals.add(&reply.armor())?;
    let by = added.approved.join(", ");
    streams.line(format_args!("  approved  by {} with the key {}", visible(&by), reply.key().fingerprint()));

    let plan = ApprovedPlanner::new(&context).plan(&[endpoint], Some(super::CLIENT), None, &ScopeSet::new())?;
    let mut guest = Guest { http: context.http()?.clone(), notices: Vec::new() };
    let terms = Terms {
        grant: Some(GrantType::AuthorizationCode.as_str().to_owned()),
        may_sign_in: true,
        keeping: StoragePolicy::Required,
        ..Terms::without_sign_in()
    };
    let acquired = Box::pin(Acquisition::new(&context, terms, &mut guest).obtain(&plan)).await?;
    streams.line(format_args!("  granted   {}", acquired.granted));

    let id = written.request.id;
    for ended in Box::pin(approvals.end(Some(&id))).await? {
        streams.line(format_args!("  the end   {}", visible(&ended.to_string())));
    }
    let need = needed(&context, endpoint)?;
    streams.line(format_args!("  {} needs a new approval now", need.above));
    Ok(())
}

fn needed(context: &Context, endpoint: crate::app::EndpointId) -> Result<Need, Error> {
    let planner = ApprovedPlanner::new(context);
    match planner.approved(&[endpoint], Some(super::CLIENT), None, &ScopeSet::new())? {
        Err(need) => Ok(need),
        Ok(_) => Err(Error::new(ErrorKind::Failed, "the demo needs no approval")),
    }
}
