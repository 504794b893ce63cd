//! Runs effects as tasks, which answer by message and can be cancelled.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use jiff::Timestamp;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::message::{JobEvent, Message};
use super::model::PlanPreview;
use super::task::{SignInPrompt, Task};
use crate::demo::{self, Consent};
use crate::manifest::Issuer;
use crate::secret::Secret;
use crate::token::verify::{Expected, Verdict, Verifier};
use crate::workspace::{
    Acquisition, EndpointId, Error, ExcessQuestion, HeldToken, Interaction, Keeping, Kind, Notice, Obtaining, Plan,
    Prober, PublishedKeys, Start, Terms, TrustStore, Workspace,
};

/// The jobs under way, and how they answer.
pub(super) struct Jobs {
    workspace: Arc<Workspace>,
    /// The manifest's file, as it is remembered with what was accepted of it.
    manifest: Arc<str>,
    open_browser: bool,
    messages: UnboundedSender<Message>,
    running: FuturesUnordered<JoinHandle<()>>,
    /// To the grant that waits.
    paste: Option<oneshot::Sender<Secret>>,
    /// To the acquisition that waits.
    decide: Option<UnboundedSender<bool>>,
}

/// One job: it has what it needs, and says what comes of it.
struct Job {
    number: u64,
    workspace: Arc<Workspace>,
    open_browser: bool,
    messages: UnboundedSender<Message>,
    /// The person's side of an acquisition.
    interaction: JobInteraction,
}

/// The screen as the person's side of an acquisition: what is shown and asked goes by message.
struct JobInteraction {
    number: u64,
    messages: UnboundedSender<Message>,
    pasted: oneshot::Receiver<Secret>,
    decided: UnboundedReceiver<bool>,
    /// What is reported when the job ends.
    notes: Vec<String>,
    not_kept: Option<Error>,
}

impl JobInteraction {
    /// When nobody listens any more, the screen was left.
    fn send(&self, event: JobEvent) {
        let _ = self.messages.send(Message::Job { job: self.number, event });
    }
}

impl Interaction for JobInteraction {
    fn show_sign_in(&mut self, pending: &Obtaining) {
        if let Some(place) = SignInPrompt::of(pending) {
            self.send(JobEvent::SignIn(Box::new(place)));
        }
    }

    fn notice(&mut self, notice: &Notice<'_>) {
        match notice {
            Notice::Waiting => self.send(JobEvent::Notice(notice.to_string())),
            Notice::NotKept(error) => self.not_kept = Some((*error).clone()),
            Notice::Broader { .. } | Notice::Added(_) | Notice::Note(_) => self.notes.push(notice.to_string()),
            // the sheets show these
            Notice::LeftOut { .. } | Notice::Requesting(_) | Notice::Granted(_) => {}
        }
    }

    async fn confirm_excess(&mut self, question: &ExcessQuestion) -> Result<bool, Error> {
        self.send(JobEvent::Excess(Box::new(question.clone())));
        Ok(self.decided.recv().await.unwrap_or_default())
    }

    async fn pasted_redirect(&mut self) -> Result<Secret, Error> {
        match (&mut self.pasted).await {
            Ok(text) => Ok(text),
            Err(_) => std::future::pending().await,
        }
    }
}

/// Between two calls of a probe.
const PAUSE: Duration = Duration::from_millis(50);

/// By the keys that the issuer publishes; never by an address that the token itself names.
async fn verify(token: &HeldToken, expected: Expected, issuer: &Issuer) -> Result<Verdict, Error> {
    let keys = PublishedKeys::of(issuer).await?.fetch().await?;
    let verifier = Verifier { keys, expected };
    Ok(verifier.verify_decoded(&token.decoded, token.secret.expose(), Timestamp::now()))
}

impl Jobs {
    /// Needs a `LocalSet`.
    pub(super) fn new(
        workspace: Arc<Workspace>,
        manifest: &str,
        open_browser: bool,
        messages: UnboundedSender<Message>,
    ) -> Self {
        let running = FuturesUnordered::new();
        Self { workspace, manifest: manifest.into(), open_browser, messages, running, paste: None, decide: None }
    }

    /// Starts a job. `accept`: the user has accepted the manifest just now.
    pub(super) fn start(&mut self, number: u64, task: Task, accept: bool) {
        let (paste, pasted) = oneshot::channel();
        let (decide, decided) = unbounded_channel();
        // the demo's user approves while another job waits for that
        if !matches!(task, Task::Approve(_)) {
            self.paste = Some(paste);
            self.decide = Some(decide);
        }
        let messages = self.messages.clone();
        let job = Job {
            number,
            interaction: JobInteraction { number, messages, pasted, decided, notes: Vec::new(), not_kept: None },
            workspace: Arc::clone(&self.workspace),
            open_browser: self.open_browser,
            messages: self.messages.clone(),
        };
        let manifest = Arc::clone(&self.manifest);
        self.running.push(tokio::task::spawn_local(async move {
            let trusted = if accept { job.accept(&manifest) } else { job.is_trusted(&task) };
            match trusted {
                Ok(None) => Box::pin(job.run(task)).await,
                Ok(Some(lines)) => job.send(JobEvent::Untrusted(lines, Box::new(task))),
                Err(error) => job.send(JobEvent::Failed("the manifest can't be accepted", error)),
            }
        }));
    }

    /// Off the thread that draws: with thousands of endpoints it takes longer than a frame may.
    pub(super) fn preview(&mut self, endpoints: Vec<EndpointId>) {
        let (workspace, messages) = (Arc::clone(&self.workspace), self.messages.clone());
        self.running.push(tokio::task::spawn_blocking(move || {
            let offer = PlanPreview::compute(&workspace, endpoints);
            let _ = messages.send(Message::Previewed(Box::new(offer)));
        }));
    }

    /// Gives the grant that waits what the browser was sent to.
    pub(super) fn paste(&mut self, text: Secret) {
        if let Some(waiting) = self.paste.take() {
            // it may have ended meanwhile
            let _ = waiting.send(text);
        }
    }

    /// Tells the acquisition that waits whether its token is kept.
    pub(super) fn decide(&mut self, keeps: bool) {
        if let Some(waiting) = &self.decide {
            // it may have ended meanwhile
            let _ = waiting.send(keeps);
        }
    }

    /// Ends what is under way. Whatever it still says is stale by then.
    pub(super) fn cancel(&mut self) {
        self.running.iter().for_each(JoinHandle::abort);
    }

    /// Never, but for a job that panics: that panic goes on here.
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
    /// When nobody listens any more, the screen was left.
    fn send(&self, event: JobEvent) {
        let _ = self.messages.send(Message::Job { job: self.number, event });
    }

    /// The lines that have to be accepted before this work; `None`: it may be done.
    fn is_trusted(&self, task: &Task) -> Result<Option<Vec<String>>, Error> {
        let sends = !matches!(task, Task::ListStored | Task::FindStored(_) | Task::Forget(_) | Task::Approve(_));
        if !sends || self.workspace.is_trusted()? {
            return Ok(None);
        }
        Ok(Some(self.workspace.destinations()?.lines))
    }

    fn accept(&self, manifest: &str) -> Result<Option<Vec<String>>, Error> {
        TrustStore::of_the_user()?.accept(&self.workspace.destinations()?, manifest, Timestamp::now())?;
        Ok(None)
    }

    async fn run(mut self, task: Task) {
        let answer = match task {
            Task::Obtain { plan, start } => self.obtain(&plan, *start).await,
            Task::FindStored(endpoints) => {
                JobEvent::StoredFound(self.workspace.covering(&endpoints).await.map(|found| found.map(Box::new)))
            }
            Task::UseStored(endpoints) => {
                let found = self.acquisition(None).stored(&endpoints).await;
                JobEvent::StoredUsed(
                    found.map(|found| found.map(Box::new)),
                    std::mem::take(&mut self.interaction.notes),
                )
            }
            Task::RevokeStored(record) => match self.workspace.give_back(&record).await {
                Ok(given) => JobEvent::StoredRevoked(given),
                Err(error) => JobEvent::Failed("the token was not revoked", error),
            },
            Task::RevokeSession { client, token } => {
                let accepted = self.workspace.decline(&client, &token).await;
                JobEvent::SessionRevoked(token, accepted)
            }
            Task::Refresh(token) => match self.acquisition(None).refresh_held(&token).await {
                Ok(obtained) => JobEvent::Obtained(Box::new(obtained), None),
                Err(error) => JobEvent::Failed("the token was not refreshed", error),
            },
            Task::RefreshStored(record) => match self.acquisition(None).refresh(&record).await {
                Ok(refreshed) => JobEvent::Refreshed(Box::new(refreshed)),
                Err(error) => JobEvent::Failed("the token was not refreshed", error),
            },
            Task::Call { request, token } => match self.workspace.call(&request, token.as_deref()).await {
                Ok(called) => JobEvent::Called(Box::new(called)),
                Err(error) => JobEvent::Failed("the call failed", error),
            },
            Task::Approve(place) => match self.approve(&place).await {
                // the job that waits for it hears of it by its redirect
                Ok(()) => return,
                Err(error) => JobEvent::NotApproved(error),
            },
            Task::Verify { token, expected, issuer } => match verify(&token, *expected, &issuer).await {
                Ok(verification) => JobEvent::Verified(Box::new(verification)),
                Err(error) => JobEvent::Failed("the token was not verified", error),
            },
            Task::Probe { endpoints, parameters, token, confirmed } => {
                self.probe(&endpoints, &parameters, token.as_deref(), confirmed).await
            }
            Task::ListStored => JobEvent::TokensListed(self.workspace.tokens().await),
            Task::Forget(id) => match self.workspace.forget(&[id]).await {
                Ok(gone) => JobEvent::Forgotten(gone),
                Err(error) => JobEvent::Failed("the token was not forgotten", error),
            },
        };
        self.send(answer);
    }

    /// An acquisition with the person in front of the screen. `start`: the grant that was chosen on it.
    fn acquisition(&mut self, start: Option<Start>) -> Acquisition<'_, JobInteraction> {
        let terms = match start {
            None => Terms::without_sign_in(),
            Some(start) => Terms {
                grant: Some(start.grant.as_str().to_owned()),
                start: Start { browser: self.open_browser.into(), ..start },
                may_sign_in: true,
                keeping: Keeping::WherePossible,
                ..Terms::without_sign_in()
            },
        };
        Acquisition::new(&self.workspace, terms, &mut self.interaction)
    }

    /// Without a vault that works the token is kept in this session alone, and that is reported.
    async fn obtain(&mut self, plan: &Plan, start: Start) -> JobEvent {
        match self.acquisition(Some(start)).obtain(plan).await {
            Ok(acquired) => JobEvent::Obtained(Box::new(acquired), self.interaction.not_kept.take()),
            Err(error) => JobEvent::Failed("no token was obtained", error),
        }
    }

    /// Makes the calls one after the other, and says what came of each at once.
    async fn probe(
        &self,
        endpoints: &[EndpointId],
        parameters: &[(String, String)],
        token: Option<&HeldToken>,
        confirmed: bool,
    ) -> JobEvent {
        let client = self.workspace.probing_client(endpoints);
        let plan = match self.workspace.probe_plan(endpoints, parameters, token.is_some(), client) {
            Ok(plan) => plan,
            Err(error) => return JobEvent::Failed("nothing was probed", error),
        };
        let plan = if confirmed { plan.confirmed() } else { plan };
        self.send(JobEvent::ProbePlanned(Box::new(plan.clone())));
        let mut prober = Prober::new(&self.workspace, token, client);
        for (index, trial) in plan.trials.iter().enumerate() {
            let tried = prober.make(trial).await.map(Box::new);
            self.send(JobEvent::ProbeCall(index, tried));
            tokio::time::sleep(PAUSE).await;
        }
        JobEvent::ProbeEnded
    }

    /// The demo's user, in the place of a browser.
    async fn approve(&self, place: &SignInPrompt) -> Result<(), Error> {
        let failed = |message: String| Error::new(Kind::Failed, message);
        let url = place.complete.as_ref().unwrap_or(&place.url);
        let url = url::Url::parse(url).map_err(|error| failed(error.to_string()))?;
        let http = self.workspace.http()?;
        let approved = match &place.code {
            Some(_) => demo::approve_device(http, &url, &Consent::Everything).await,
            None => demo::sign_in(http, &url, &Consent::Everything).await,
        };
        approved.map_err(|error| failed(error.to_string()))
    }
}
