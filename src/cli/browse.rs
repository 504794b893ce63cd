//! `tokscope browse`: opens an address in the browser. A login starts it without the secrets of its own environment.

use url::Url;

use crate::oauth;
use crate::workspace::{Error, Kind};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// URL to open
    #[arg(value_name = "URL")]
    url: Url,
}

pub(super) fn run(arguments: &Arguments) -> Result<Option<Kind>, Error> {
    // whoever started this says what failed
    Ok(oauth::open(&arguments.url).is_err().then_some(Kind::Failed))
}
