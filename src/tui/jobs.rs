//! Runs tasks as jobs that report by message and can be cancelled.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use jiff::Timestamp;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use super::message::{JobEvent, JobResult, Message, OBTAIN_FAILED};
use super::model::PlanPreview;
use super::task::{SignInPrompt, Task};
use crate::app::gateway::{Traffic, write_amended};
use crate::app::{
    Acquisition, Approvals, ApprovedPlanner, AuditReader, Caller, Context, EndpointId, Error, ErrorKind,
    ExcessQuestion, GrantOptions, Interaction, LoadedToken, Notice, PastCall, PendingGrant, Plan, ProbePlan, Prober,
    PublishedKeys, RequestTerms, ReviewAction, Revoker, StoragePolicy, Terms, TokenMatcher, TokenStore, TrustStore,
    WrittenRequest, activity, open_manifest,
};
use crate::demo::{self, Consent};
use crate::manifest::Issuer;
use crate::scope::ScopeSet;
use crate::secret::Secret;
use crate::token::verify::{Expected, Verdict, Verifier};
use crate::usage::Action;

/// Jobs under way.
pub(super) struct Jobs {
    context: Arc<Context>,
    /// Path of the manifest, recorded when it is trusted.
    manifest: Arc<str>,
    open_browser: bool,
    messages: UnboundedSender<Message>,
    running: FuturesUnordered<JoinHandle<()>>,
    /// To the sign-in that waits.
    paste: Option<UnboundedSender<Secret>>,
    /// To the acquisition that waits.
    decide: Option<UnboundedSender<bool>>,
}

/// A job with its context.
struct Job {
    number: u64,
    context: Arc<Context>,
    open_browser: bool,
    messages: UnboundedSender<Message>,
    /// Connects an acquisition with the user.
    interaction: JobInteraction,
}

/// Connects an acquisition with the user: prompts and questions are sent as messages.
struct JobInteraction {
    number: u64,
    messages: UnboundedSender<Message>,
    pasted: UnboundedReceiver<Secret>,
    decided: UnboundedReceiver<bool>,
    /// Notes to show when the job has ended.
    notes: Vec<String>,
    not_stored: Option<Error>,
}

impl JobInteraction {
    /// Sends an event. Fails silently if the UI has ended.
    fn send(&self, event: JobEvent) {
        let _ = self.messages.send(Message::Job { job: self.number, event });
    }
}

impl Interaction for JobInteraction {
    fn show_sign_in(&mut self, pending: &PendingGrant) {
        if let Some(place) = SignInPrompt::of(pending) {
            self.send(JobEvent::SignIn(Box::new(place)));
        }
    }

    fn notice(&mut self, notice: &Notice<'_>) {
        match notice {
            Notice::Waiting | Notice::IdentityProvider(_) => self.send(JobEvent::Notice(notice.to_string())),
            Notice::Rejected(_) => self.send(JobEvent::Rejected(notice.to_string())),
            Notice::Advice(lines) => self.send(JobEvent::Advice(lines.to_vec())),
            Notice::NotKept(error) => self.not_stored = Some((*error).clone()),
            Notice::Broader { .. } | Notice::Added(_) | Notice::Note(_) => self.notes.push(notice.to_string()),
            // shown by the sheets
            Notice::LeftOut { .. } | Notice::Requesting(_) | Notice::Granted(_) => {}
        }
    }

    async fn confirm_excess(&mut self, question: &ExcessQuestion) -> Result<bool, Error> {
        self.send(JobEvent::Excess(Box::new(question.clone())));
        Ok(self.decided.recv().await.unwrap_or_default())
    }

    async fn pasted_redirect(&mut self) -> Result<Secret, Error> {
        match self.pasted.recv().await {
            Some(text) => Ok(text),
            None => std::future::pending().await,
        }
    }
}

/// Delay between two calls of a probe.
const PAUSE: Duration = Duration::from_millis(50);

/// Verifies a token with the keys of the expected issuer, never with a URL that the token names.
async fn verify(token: &LoadedToken, expected: Expected, issuer: &Issuer) -> Result<Verdict, Error> {
    let keys = PublishedKeys::of(issuer).await?.fetch().await?;
    let verifier = Verifier { keys, expected };
    Ok(verifier.verify_decoded(&token.decoded, token.secret.expose(), Timestamp::now()))
}

/// Does work on a thread that may block: SSH keys, files and locks do.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| Err(Error::new(ErrorKind::Failed, "the task failed")))
}

/// Returns the plan that an approval permits; otherwise the request for one.
fn find_approval(
    context: &Context,
    endpoints: &[EndpointId],
    client: Option<&str>,
    held: Option<&ScopeSet>,
) -> Result<Result<Box<Plan>, Box<WrittenRequest>>, Error> {
    let planner = ApprovedPlanner::new(context);
    let need = match planner.approved(endpoints, client, held, &ScopeSet::new())? {
        Ok(plan) => match planner.missing_by_rule(&plan)? {
            None => return Ok(Ok(Box::new(plan))),
            Some(need) => need,
        },
        Err(need) => need,
    };
    Ok(Err(Box::new(Approvals::new(context).open(&need, &RequestTerms::default())?)))
}

/// Maximum number of calls of earlier runs.
const MOST_CALLS: usize = 200;

/// Reads the calls of earlier runs, on a thread that may block.
async fn past_calls(context: &Context) -> Result<Vec<PastCall>, Error> {
    let Some(log) = context.audit()?.cloned() else { return Ok(Vec::new()) };
    blocking(move || AuditReader::of(log).past_calls(MOST_CALLS)).await
}

impl Jobs {
    /// Creates the runner. Must be used within a `LocalSet`.
    pub(super) fn new(
        context: Arc<Context>,
        manifest: &str,
        open_browser: bool,
        messages: UnboundedSender<Message>,
    ) -> Self {
        let running = FuturesUnordered::new();
        Self { context, manifest: manifest.into(), open_browser, messages, running, paste: None, decide: None }
    }

    /// Starts a job. `accept`: the user has just decided to trust the manifest.
    pub(super) fn start(&mut self, number: u64, task: Task, accept: bool) {
        let (paste, pasted) = unbounded_channel();
        let (decide, decided) = unbounded_channel();
        // an approval in the demo runs while the sign-in waits for it
        if !matches!(task, Task::Approve(_)) {
            self.paste = Some(paste);
            self.decide = Some(decide);
        }
        let messages = self.messages.clone();
        let job = Job {
            number,
            interaction: JobInteraction { number, messages, pasted, decided, notes: Vec::new(), not_stored: None },
            context: Arc::clone(&self.context),
            open_browser: self.open_browser,
            messages: self.messages.clone(),
        };
        let manifest = Arc::clone(&self.manifest);
        self.running.push(tokio::task::spawn_local(async move {
            let trusted = if accept { job.accept(&manifest) } else { job.is_trusted(&task) };
            match trusted {
                Ok(None) => Box::pin(job.run(task)).await,
                Ok(Some(lines)) => job.send(JobEvent::Ended(JobResult::Untrusted(lines, Box::new(task)))),
                Err(error) => job.send(JobEvent::Ended(JobResult::Failed("can't trust the manifest", error))),
            }
        }));
    }

    /// Plans on a worker thread, because thousands of endpoints take longer than a frame.
    pub(super) fn preview(&mut self, endpoints: Vec<EndpointId>) {
        let (context, messages) = (Arc::clone(&self.context), self.messages.clone());
        self.running.push(tokio::task::spawn_blocking(move || {
            let offer = PlanPreview::compute(&context, endpoints);
            let _ = messages.send(Message::Previewed(Box::new(offer)));
        }));
    }

    /// Reads what gateways did, on a worker thread.
    pub(super) fn follow_gateway(&mut self, traffic: Box<Traffic>) {
        let (context, messages) = (Arc::clone(&self.context), self.messages.clone());
        self.running.push(tokio::task::spawn_blocking(move || {
            let found = traffic.follow(&context).map(Box::new);
            let _ = messages.send(Message::GatewayFollowed(found));
        }));
    }

    /// Sets the path of the manifest.
    #[cfg(test)]
    pub(super) fn set_manifest(&mut self, path: &str) {
        self.manifest = path.into();
    }

    /// Uses another manifest from now on.
    pub(super) fn use_context(&mut self, context: Arc<Context>) {
        self.context = context;
    }

    /// Reads the manifest again, on a worker thread.
    pub(super) fn reload(&mut self) {
        let (context, messages) = (Arc::clone(&self.context), self.messages.clone());
        let path = Arc::clone(&self.manifest);
        self.running.push(tokio::task::spawn_blocking(move || {
            let opened = open_manifest(Path::new(&*path)).map(|opened| Arc::new(opened.replacing(&context)));
            let _ = messages.send(Message::Reloaded(opened));
        }));
    }

    /// Reports that the manifest may have changed.
    pub(super) fn changed(&self) {
        let _ = self.messages.send(Message::ManifestChanged);
    }

    /// Passes the redirect URL to the sign-in that waits.
    pub(super) fn paste(&mut self, text: Secret) {
        if let Some(waiting) = &self.paste {
            // the job may have ended
            let _ = waiting.send(text);
        }
    }

    /// Passes the decision of the user to the acquisition that waits.
    pub(super) fn decide(&mut self, keeps: bool) {
        if let Some(waiting) = &self.decide {
            // the job may have ended
            let _ = waiting.send(keeps);
        }
    }

    /// Cancels all jobs. Events they have sent are stale.
    pub(super) fn cancel(&mut self) {
        self.running.iter().for_each(JoinHandle::abort);
    }

    /// Never returns. Resumes the panic of a job.
    pub(super) async fn panicked(&mut self) {
        while let Some(ended) = self.running.next().await {
            if let Err(error) = ended
                && error.is_panic()
            {
                std::panic::resume_unwind(error.into_panic());
            }
        }
        std::future::pending::<()>().await;
    }
}

impl Job {
    /// Sends an event. Fails silently if the UI has ended.
    fn send(&self, event: JobEvent) {
        let _ = self.messages.send(Message::Job { job: self.number, event });
    }

    /// Returns the destinations to confirm before this task; `None`: it may run.
    fn is_trusted(&self, task: &Task) -> Result<Option<Vec<String>>, Error> {
        let sends = !matches!(
            task,
            Task::PastCalls
                | Task::ListStored
                | Task::Activity(_)
                | Task::WriteManifest { .. }
                | Task::FindStored(_)
                | Task::Forget(_)
                | Task::Approve(_)
        );
        if !sends || self.context.is_trusted()? {
            return Ok(None);
        }
        Ok(Some(self.context.destinations()?.lines))
    }

    fn accept(&self, manifest: &str) -> Result<Option<Vec<String>>, Error> {
        TrustStore::of_the_user()?.accept(&self.context.destinations()?, manifest, Timestamp::now())?;
        Ok(None)
    }

    async fn run(mut self, task: Task) {
        let result = match task {
            Task::Obtain { plan, start, step_up } => self.obtain(&plan, *start, step_up).await,
            Task::FindStored(endpoints) => JobResult::StoredFound(
                TokenMatcher::new(&self.context).first(&endpoints).await.map(|found| found.map(Box::new)),
            ),
            Task::UseStored(endpoints) => {
                let found = self.acquisition(None).stored(&endpoints).await;
                JobResult::StoredUsed(
                    found.map(|found| found.map(Box::new)),
                    std::mem::take(&mut self.interaction.notes),
                )
            }
            Task::FindApproval { endpoints, client, held } => {
                let context = Arc::clone(&self.context);
                let find = move || find_approval(&context, &endpoints, client.as_deref(), held.as_ref());
                match blocking(find).await {
                    Ok(found) => JobResult::ApprovalFound(found),
                    Err(error) => JobResult::Failed("can't request an approval", error),
                }
            }
            Task::AddReply(text) => {
                let context = Arc::clone(&self.context);
                let added = blocking(move || Approvals::new(&context).add(&text)).await;
                JobResult::ReplyAdded(added.map(Box::new))
            }
            Task::RevokeStored(record) => match Revoker::new(&self.context).revoke_stored(&record).await {
                Ok(given) => JobResult::StoredRevoked(given),
                Err(error) => JobResult::Failed("can't revoke the token", error),
            },
            Task::RevokeSession { client, token } => {
                let accepted = Revoker::new(&self.context).revoke_loaded(&client, &token).await;
                JobResult::SessionRevoked(token, accepted)
            }
            Task::Refresh(token) => match self.acquisition(None).refresh_held(&token).await {
                Ok(acquired) => JobResult::Obtained { acquired: Box::new(acquired), not_stored: None, step_up: false },
                Err(error) => JobResult::Failed("can't refresh the token", error),
            },
            Task::RefreshStored(record) => match self.acquisition(None).refresh(&record).await {
                Ok(refreshed) => JobResult::Refreshed(Box::new(refreshed)),
                Err(error) => JobResult::Failed("can't refresh the token", error),
            },
            Task::Call { request, token } => match Caller::new(&self.context).call(&request, token.as_deref()).await {
                Ok(called) => {
                    if let Some(token) = &token {
                        // the call was made: its response matters more than the time of use
                        drop(TokenStore::new(&self.context).mark_used(token).await);
                    }
                    JobResult::Called(Ok(Box::new(called)))
                }
                Err(error) => JobResult::Called(Err(error)),
            },
            Task::Activity(session) => JobResult::ActivityRead(activity(&self.context, &session).await.map(Box::new)),
            Task::WriteManifest { path, text } => {
                let context = Arc::clone(&self.context);
                match blocking(move || write_amended(&context, Path::new(&path), &text)).await {
                    Ok(()) => JobResult::ManifestWritten,
                    Err(error) => JobResult::Failed("can't write the manifest", error),
                }
            }
            Task::Review(action) => self.review(&action).await,
            Task::Approve(place) => match self.approve(&place).await {
                // the redirect completes the job that waits
                Ok(()) => return,
                Err(error) => return self.send(JobEvent::NotApproved(error)),
            },
            Task::Verify { token, expected, issuer } => match verify(&token, *expected, &issuer).await {
                Ok(verification) => JobResult::Verified(Box::new(verification)),
                Err(error) => JobResult::Failed("can't verify the token", error),
            },
            Task::Probe { endpoints, parameters, token, confirmed } => {
                self.probe(&endpoints, &parameters, token.as_deref(), confirmed).await
            }
            Task::ListStored => JobResult::TokensListed(TokenStore::new(&self.context).list().await),
            Task::PastCalls => JobResult::PastCalls(past_calls(&self.context).await),
            Task::Forget(id) => match TokenStore::new(&self.context).forget(&[id]).await {
                Ok(gone) => JobResult::Forgotten(gone),
                Err(error) => JobResult::Failed("can't delete the token", error),
            },
        };
        self.send(JobEvent::Ended(result));
    }

    /// Creates an acquisition that interacts with the user. `start`: the selected grant.
    fn acquisition(&mut self, start: Option<GrantOptions>) -> Acquisition<'_, JobInteraction> {
        let terms = match start {
            None => Terms::without_sign_in(),
            Some(start) => Terms {
                grant: Some(start.grant.as_str().to_owned()),
                start: GrantOptions { browser: self.open_browser.into(), ..start },
                may_sign_in: true,
                keeping: StoragePolicy::BestEffort,
                ..Terms::without_sign_in()
            },
        };
        Acquisition::new(&self.context, terms, &mut self.interaction)
    }

    /// Obtains a token. If the vault is unavailable, the token is kept for this session only, and the reason is reported.
    async fn obtain(&mut self, plan: &Plan, start: GrantOptions, step_up: bool) -> JobResult {
        match self.acquisition(Some(start)).obtain(plan).await {
            Ok(acquired) => JobResult::Obtained {
                acquired: Box::new(acquired),
                not_stored: self.interaction.not_stored.take(),
                step_up,
            },
            Err(error) => JobResult::Failed(OBTAIN_FAILED, error),
        }
    }

    /// Makes the calls one by one, and reports each result.
    async fn probe(
        &self,
        endpoints: &[EndpointId],
        parameters: &[(String, String)],
        token: Option<&LoadedToken>,
        confirmed: bool,
    ) -> JobResult {
        let client = ProbePlan::default_client(&self.context, endpoints);
        let plan = match ProbePlan::new(&self.context, endpoints, parameters, token.is_some(), client)
            .and_then(|plan| plan.permitted(&self.context, token, client))
        {
            Ok(plan) => plan,
            Err(error) => return JobResult::Failed("can't probe", error),
        };
        let plan = if confirmed { plan.confirmed() } else { plan };
        self.send(JobEvent::ProbePlanned(Box::new(plan.clone())));
        let mut prober = Prober::new(&self.context, token, client);
        for (index, trial) in plan.trials.iter().enumerate() {
            let tried = prober.make(trial).await.map(Box::new);
            if let Err(error) = &tried
                && error.kind == ErrorKind::AuditLog
            {
                return JobResult::Failed("can't probe", error.clone());
            }
            self.send(JobEvent::ProbeCall(index, tried));
            tokio::time::sleep(PAUSE).await;
        }
        JobResult::ProbeEnded
    }

    /// Does what the review proposes about a stored token.
    async fn review(&mut self, action: &Action) -> JobResult {
        let terms = ReviewAction::<JobInteraction>::terms(self.open_browser.into(), true);
        // the redirect URL can always be pasted
        let terms = Terms { start: GrantOptions { paste: true, ..terms.start }, ..terms };
        let done = ReviewAction::new(&self.context, terms, &mut self.interaction).run(action).await;
        JobResult::Reviewed(done.map(Box::new), TokenStore::new(&self.context).list().await)
    }

    /// Approves as the demo's user, without a browser.
    async fn approve(&self, place: &SignInPrompt) -> Result<(), Error> {
        let failed = |message: String| Error::new(ErrorKind::Failed, message);
        let url = place.complete.as_ref().unwrap_or(&place.url);
        let url = url::Url::parse(url).map_err(|error| failed(error.to_string()))?;
        let http = self.context.http()?;
        let approved = match &place.code {
            Some(_) => demo::approve_device(http, &url, &Consent::Everything).await,
            None => demo::sign_in(http, &url, &Consent::Everything).await,
        };
        approved.map_err(|error| failed(error.to_string()))
    }
}
