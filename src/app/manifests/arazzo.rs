//! Reads the calls of Arazzo workflows.

use std::path::Path;

use super::files::{Beside, read_source};
use crate::app::{Error, ErrorKind};
use crate::manifest::import::workflow_calls;
use crate::manifest::requests::RecordedRequest;

/// Reads the requests that the workflows of an Arazzo description make, and what could not be read of them.
///
/// # Errors
/// If the file can't be read or is not an Arazzo description.
pub fn arazzo(path: &Path) -> Result<(Vec<RecordedRequest>, Vec<String>), Error> {
    let wrong = |reason: String| Error::new(ErrorKind::Usage, format!("`{}` can't be used: {reason}", path.display()));
    let bytes = read_source(path)?;
    let mut beside = Beside::new(path);
    let calls = workflow_calls(&bytes, &mut |path| beside.read(path)).map_err(wrong)?;
    let (mut requests, mut notes) = (Vec::new(), Vec::new());
    for call in calls {
        match call.operation {
            Ok((method, template)) => requests.extend(RecordedRequest::new(&method, &filled(&template))),
            Err(reason) => notes.push(format!("skipped step `{}`: {reason}", call.step)),
        }
    }
    Ok((requests, notes))
}

/// Fills the parameters of a path template with a value.
fn filled(template: &str) -> String {
    let mut path = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((_, after)) = after.split_once('}') else { break };
        path.push_str(before);
        path.push_str("value");
        rest = after;
    }
    path + rest
}
