//! `tokscope browse` opens a URL in the browser. A login runs it with an environment that holds no secrets.

use url::Url;

use crate::app::{Error, ErrorKind};
use crate::oauth;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// URL to open
    #[arg(value_name = "URL")]
    url: Url,
}

pub(super) fn run(arguments: &Arguments) -> Result<Option<ErrorKind>, Error> {
    // the parent process reports the failure
    Ok(oauth::open(&arguments.url).is_err().then_some(ErrorKind::Failed))
}
