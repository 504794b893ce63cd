//! The application layer: the use cases. The front ends call it, and every grant, call and token that is passed on goes
//! through here.
//!
//! | module | use cases |
//! |---|---|
//! | `acquire` | acquires a token: reuse, plan, sign in, narrow |
//! | `tokens` | loads, stores, refreshes and revokes tokens |
//! | `calls` | checks, calls, probes and diagnoses endpoints |
//! | `approvals` | requests approvals, approves requests, and uses approvals |
//! | `manifests` | opens, imports, reviews and compares manifests; discovers APIs |
//! | `gateway` | matches, decides and records the requests of programs that hold no token |
//! | `authorization` | decides about requests that another proxy asks about |
//! | `clients` | authenticates the manifest's clients at their authorization servers |
//! | `policy` | applies the policy of the manifest to every act |
//! | `reviews` | compares what was granted with what was used; narrows, replaces and revokes |
//! | `recording` | records acts in the audit log; reads, verifies and exports it |
//! | `trust` | asks before anything is sent on behalf of a manifest |
//! | `environment` | child processes, signals, the browser |
//! | `report` | what both front ends show |
//!
//! A use case borrows the [`Context`]: manifest, trust, vault and HTTP client.

mod acquire;
mod approval_storage;
mod approvals;
pub mod authorization;
mod bounded;
mod calls;
mod clients;
mod context;
mod environment;
mod error;
pub mod gateway;
mod manifests;
mod policy;
mod recording;
pub mod report;
mod reviews;
mod tokens;
mod trust;

pub use acquire::{
    AcquiredToken, Acquisition, ApprovedPlanner, BrowserUse, DeviceCode, EndedApproval, GrantOptions, Interaction,
    Notice, PendingGrant, Plan, Planner, Qr, StoragePolicy, Terms, TokenMatch, TokenMatcher, TokenSearch, TokenSource,
    learn_narrowing,
};
pub use approvals::{
    AddedReply, ApprovalState, Approvals, ApprovedBy, ApproverReview, Difference, KnownApproval, Need, RequestTerms,
    SigningOptions, WrittenRequest,
};
pub use bounded::{is_larger, read_input_file, read_stream, read_up_to, too_large};
pub use calls::{
    CODES, CallOutcome, CallRequest, Caller, CaptureHints, CapturedCall, Check, CheckOutcome, CheckOutcomes, Concern,
    Concerns, Enforcement, EngineMatrix, EngineTrial, MatchedRequests, ProbeCall, ProbeCredential, ProbePlan,
    ProbeResult, Prober, RequestMatch, RequestPreview, TokenField, Unfit, check, check_headers, diagnose_capture,
    is_safe,
};
pub use clients::introspect;
pub use context::{Context, EndpointId, EndpointMatch, ManifestProblem};
pub(crate) use environment::secret_variable;
pub use environment::{
    Circumstances, ClipboardTarget, HostEnvironment, copy_to_clipboard, defer_signals, edit_file, edit_text, interrupt,
    keep_memory_private, restoring_terminal,
};
pub use error::{Error, ErrorKind, Ruling};
pub use manifests::{
    ClientOrigin, Consent, Discovery, DiscoveryStep, Drift, DriftSources, ExportError, FormattedManifest,
    ImportRequest, ImportResult, ManifestDraft, OpenError, PresetClient, PresetGuide, ProvidedManifest,
    RegisteredClient, RegistrationStore, add_client, add_preset, arazzo, check_manifest, check_manifest_text,
    client_for, context_of_record, discover, discover_and_register, discover_from, engine_drift, export_configuration,
    export_server_configuration, find_manifest, format_manifest, import_description, is_current, manifest_at_revision,
    open_manifest, provide_manifest, provide_secret, register, running_drift, scopes_supported, unregister,
    write_configuration, write_manifest,
};
pub use policy::{PolicyGate, PolicyRuling, Question, QuestionScopes};
pub use recording::{
    AuditReader, AuditVerification, ExportReport, Exporter, LoggedRecord, PastCall, ReadPosition, TemporaryLog,
    user_log,
};
pub use reviews::{
    Activity, ActivityRecord, ReviewAction, ReviewOutcome, TokenReview, activity, drift_script, review_script,
};
pub use tokens::{
    ExcessQuestion, GrantedToken, LoadedToken, Origin, PassphraseQuestion, PassphraseQuestions, PublishedKeys,
    Recipient, RefreshOutcome, Refresher, RevocationReport, Revoker, SigningSource, TestToken, TestTokenRequest,
    TokenStore, deny_hand_out, finish_refresh, hand_out, introspect_stored, keys_in_file, passphrase_questions,
    payload_in_file, secret_in_environment, secret_in_file, shared_secret, sign_test_token,
};
pub use trust::{AcceptedManifest, Destinations, TrustStore};
