//! Runs effects as tasks, which answer by message and can be cancelled.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use jiff::Timestamp;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::message::{Answer, GoTo, Kept, Message, Work};
use super::model::Offer;
use crate::demo::{self, Consent};
use crate::manifest::Issuer;
use crate::secret::Secret;
use crate::token::verify::{Expected, Verdict, Verifier};
use crate::workspace::{
    EndpointId, Error, HeldToken, Kind, Obtained, Plan, Prober, PublishedKeys, Start, TrustStore, Workspace,
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
}

/// One job: it has what it needs, and says what comes of it.
struct Job {
    number: u64,
    workspace: Arc<Workspace>,
    open_browser: bool,
    messages: UnboundedSender<Message>,
    pasted: oneshot::Receiver<Secret>,
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
        Self { workspace, manifest: manifest.into(), open_browser, messages, running, paste: None }
    }

    /// Starts a job. `accept`: the user has accepted the manifest just now.
    pub(super) fn start(&mut self, number: u64, work: Work, accept: bool) {
        let (paste, pasted) = oneshot::channel();
        // the demo's user approves while another job waits for that
        if !matches!(work, Work::Approve(_)) {
            self.paste = Some(paste);
        }
        let job = Job {
            number,
            pasted,
            workspace: Arc::clone(&self.workspace),
            open_browser: self.open_browser,
            messages: self.messages.clone(),
        };
        let manifest = Arc::clone(&self.manifest);
        self.running.push(tokio::task::spawn_local(async move {
            let trusted = if accept { job.accept(&manifest) } else { job.is_trusted(&work) };
            match trusted {
                Ok(None) => job.run(work).await,
                Ok(Some(lines)) => job.say(Answer::Untrusted(lines, Box::new(work))),
                Err(error) => job.say(Answer::Failed("the manifest can't be accepted", error)),
            }
        }));
    }

    /// Off the thread that draws: with thousands of endpoints it takes longer than a frame may.
    pub(super) fn work_out(&mut self, endpoints: Vec<EndpointId>) {
        let (workspace, messages) = (Arc::clone(&self.workspace), self.messages.clone());
        self.running.push(tokio::task::spawn_blocking(move || {
            let offer = Offer::work_out(&workspace, endpoints);
            let _ = messages.send(Message::Offered(Box::new(offer)));
        }));
    }

    /// Gives the grant that waits what the browser was sent to.
    pub(super) fn paste(&mut self, text: Secret) {
        if let Some(waiting) = self.paste.take() {
            // it may have ended meanwhile
            let _ = waiting.send(text);
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
    fn say(&self, answer: Answer) {
        let _ = self.messages.send(Message::Answered { job: self.number, answer });
    }

    /// The lines that have to be accepted before this work; `None`: it may be done.
    fn is_trusted(&self, work: &Work) -> Result<Option<Vec<String>>, Error> {
        let sends = !matches!(work, Work::Stored | Work::Covered(_) | Work::Forget(_) | Work::Approve(_));
        if !sends || self.workspace.is_trusted()? {
            return Ok(None);
        }
        Ok(Some(self.workspace.destinations()?.lines))
    }

    fn accept(&self, manifest: &str) -> Result<Option<Vec<String>>, Error> {
        TrustStore::of_the_user()?.accept(&self.workspace.destinations()?, manifest, Timestamp::now())?;
        Ok(None)
    }

    async fn run(mut self, work: Work) {
        let answer = match work {
            Work::Obtain { plan, start } => self.obtain(&plan, *start).await,
            Work::Covered(endpoints) => {
                Answer::Covered(self.workspace.covering(&endpoints).await.map(|found| found.map(Box::new)))
            }
            Work::Reuse(endpoints) => Answer::Reused(self.workspace.reuse(&endpoints, None).await),
            Work::Revoke(record) => match self.workspace.give_back(&record).await {
                Ok(given) => Answer::GivenBack(given),
                Err(error) => Answer::Failed("the token was not revoked", error),
            },
            Work::Decline { client, token } => {
                let accepted = self.workspace.decline(&client, &token).await;
                Answer::Declined(token, accepted)
            }
            Work::Refresh(token) => match self.workspace.refresh(&token, None).await {
                Ok(obtained) => Answer::Obtained(Box::new(obtained), Kept::InSession),
                Err(error) => Answer::Failed("the token was not refreshed", error),
            },
            Work::RefreshStored(record) => match self.workspace.refresh_stored(&record).await {
                Ok(refreshed) => Answer::Refreshed(Box::new(refreshed.record)),
                Err(error) => Answer::Failed("the token was not refreshed", error),
            },
            Work::Call { request, token } => match self.workspace.call(&request, token.as_deref()).await {
                Ok(called) => Answer::Called(Box::new(called)),
                Err(error) => Answer::Failed("the call failed", error),
            },
            Work::Approve(place) => match self.approve(&place).await {
                // the job that waits for it hears of it by its redirect
                Ok(()) => return,
                Err(error) => Answer::NotApproved(error),
            },
            Work::Verify { token, expected, issuer } => match verify(&token, *expected, &issuer).await {
                Ok(verification) => Answer::Verified(Box::new(verification)),
                Err(error) => Answer::Failed("the token was not verified", error),
            },
            Work::Probe { endpoints, parameters, token, confirmed } => {
                self.probe(&endpoints, &parameters, token.as_deref(), confirmed).await
            }
            Work::Stored => Answer::Stored(self.workspace.tokens().await),
            Work::Forget(id) => match self.workspace.forget(&[id]).await {
                Ok(gone) => Answer::Forgotten(gone),
                Err(error) => Answer::Failed("the token was not forgotten", error),
            },
        };
        self.say(answer);
    }

    /// Without a vault that works the token is kept in this session alone, and that is said.
    async fn obtain(&mut self, plan: &Plan, start: Start) -> Answer {
        let probed = self.workspace.probe_vault().await;
        let obtained = async {
            let start = Start { browser: self.open_browser.into(), ..start };
            let obtaining = self.workspace.start(plan, start).await?;
            if let Some(place) = GoTo::of(&obtaining) {
                self.say(Answer::GoTo(Box::new(place)));
            }
            if !obtaining.can_paste() {
                return obtaining.finish().await;
            }
            let pasted = async {
                match (&mut self.pasted).await {
                    Ok(text) => Ok(text),
                    Err(_) => std::future::pending().await,
                }
            };
            obtaining.finish_pasted(pasted).await
        };
        match obtained.await {
            Ok(obtained) => {
                let kept = match probed {
                    Ok(()) => self.keep(&obtained, plan).await.unwrap_or_else(Kept::Not),
                    Err(error) => Kept::Not(error),
                };
                Answer::Obtained(Box::new(obtained), kept)
            }
            Err(error) => Answer::Failed("no token was obtained", error),
        }
    }

    async fn keep(&self, obtained: &Obtained, plan: &Plan) -> Result<Kept, Error> {
        let Some(id) = self.workspace.keep(obtained, plan).await? else { return Ok(Kept::InSession) };
        Ok(Kept::InVault(Box::new(self.workspace.token(id.as_str()).await?)))
    }

    /// Makes the calls one after the other, and says what came of each at once.
    async fn probe(
        &self,
        endpoints: &[EndpointId],
        parameters: &[(String, String)],
        token: Option<&HeldToken>,
        confirmed: bool,
    ) -> Answer {
        let client = self.workspace.probing_client(endpoints);
        let plan = match self.workspace.probe_plan(endpoints, parameters, token.is_some(), client) {
            Ok(plan) => plan,
            Err(error) => return Answer::Failed("nothing was probed", error),
        };
        let plan = if confirmed { plan.confirmed() } else { plan };
        self.say(Answer::Probing(Box::new(plan.clone())));
        let mut prober = Prober::new(&self.workspace, token, client);
        for (index, trial) in plan.trials.iter().enumerate() {
            let tried = prober.make(trial).await.map(Box::new);
            self.say(Answer::Tried(index, tried));
            tokio::time::sleep(PAUSE).await;
        }
        Answer::Probed
    }

    /// The demo's user, in the place of a browser.
    async fn approve(&self, place: &GoTo) -> Result<(), Error> {
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
