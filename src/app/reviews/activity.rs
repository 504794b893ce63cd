//! What was granted and used, for a screen: the latest records of the audit log, and the review.

use std::collections::{HashMap, VecDeque};

use jiff::Timestamp;

use super::review::{held_tokens, with_scopes};
use crate::app::recording::{AuditReader, ReadPosition, parse_record};
use crate::app::{Context, Error, LoadedToken, Origin};
use crate::usage::{Event, HeldToken, Phase, Record, Review, Reviewer};
use crate::vault::RecordId;

/// Number of records that are kept.
const MOST_RECORDS: usize = 2_000;

/// A record of the timeline.
#[derive(Clone, Debug)]
pub struct ActivityRecord {
    /// The record.
    pub record: Record,
    /// Stored token that it is about.
    pub token: Option<RecordId>,
    /// The same for a token of this session that is not stored: its position.
    pub session: Option<usize>,
}

/// Grants and uses.
#[derive(Clone, Debug)]
pub struct Activity {
    /// The latest records, the newest first.
    pub records: Vec<ActivityRecord>,
    /// Granted compared with used.
    pub review: Review,
}

/// Reads the log. `session`: tokens of this session, which may not be stored.
///
/// # Errors
/// If the vault or the log can't be read.
pub async fn activity(context: &Context, session: &[LoadedToken]) -> Result<Activity, Error> {
    let Some(log) = context.audit()?.cloned() else {
        return Ok(Activity { records: Vec::new(), review: Review::default() });
    };
    let reader = AuditReader::of(log);
    let mut tokens = match context.vault() {
        Some(_) => held_tokens(context, &reader).await?,
        None => Vec::new(),
    };
    let mut ids: HashMap<String, RecordId> = HashMap::new();
    for token in &tokens {
        ids.extend(token.fingerprint.clone().zip(RecordId::parse(&token.id)));
    }
    let unstored = session_tokens(context, &reader, session)?;
    let positions: HashMap<String, usize> =
        unstored.iter().filter_map(|(position, token)| Some((token.fingerprint.clone()?, *position))).collect();
    tokens.extend(unstored.into_iter().map(|(_, token)| token));
    let critical = tokens.iter().flat_map(|token| token.critical.iter().cloned()).collect();
    let mut reviewer = Reviewer::new(critical);
    let mut records = VecDeque::new();
    reader.read_lines(ReadPosition::default(), |line, _| {
        reviewer.add(line);
        if let Some(record) = parse_record(line).filter(is_shown) {
            if records.len() == MOST_RECORDS {
                records.pop_back();
            }
            let fingerprint = record.token.clone().unwrap_or_default();
            let named = record.token_id.as_deref().and_then(RecordId::parse);
            let token = named.or_else(|| ids.get(&fingerprint).cloned());
            let session = positions.get(&fingerprint).copied();
            records.push_front(ActivityRecord { record, token, session });
        }
        true
    })?;
    let review = reviewer.finish(&tokens, None, &[], Timestamp::now());
    Ok(Activity { records: records.into(), review })
}

/// Tokens that were obtained in this session and are not stored, with their positions.
fn session_tokens(
    context: &Context,
    reader: &AuditReader,
    session: &[LoadedToken],
) -> Result<Vec<(usize, HeldToken)>, Error> {
    let mut tokens = Vec::new();
    for (position, token) in session.iter().enumerate().filter(|(_, token)| token.record.is_none()) {
        let Origin::Obtained { client } = &token.origin else { continue };
        let fingerprint = reader.log().fingerprints(std::slice::from_ref(&token.secret))?.pop();
        let client = context.client(client)?;
        let id = format!("session-{}", position + 1);
        let held = HeldToken {
            id,
            fingerprint,
            client: client.name.clone(),
            created: Timestamp::now(),
            ..with_scopes(context, &token.scopes(), Some(client))
        };
        tokens.push((position, held));
    }
    Ok(tokens)
}

/// The intent of an act tells less than its outcome.
fn is_shown(record: &Record) -> bool {
    record.phase != Some(Phase::Intent) && record.event.is_some_and(|event| event != Event::SegmentOpened)
}
