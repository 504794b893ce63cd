//! `tokscope gateway status`, `env`, `reload` and `stop`.

use crate::cli::{GatewayAction, GatewayControl};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The gateway is controlled over a socket of the user that runs it, not over the addresses of its APIs.

Examples:
  eval \"$(tokscope gateway env)\"
  tokscope gateway status
  tokscope gateway stop")]
pub(super) struct Arguments {
    /// Name of the gateway
    #[arg(long, value_name = "NAME", default_value = "default", value_parser = name)]
    name: String,
}

impl Arguments {
    pub(super) fn action(&self, command: GatewayControl) -> GatewayAction {
        GatewayAction::Control { name: self.name.clone(), command }
    }
}

/// Parses the name of a gateway, which is part of a file name.
pub(super) fn name(text: &str) -> Result<String, String> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    match !text.is_empty() && text.len() <= 32 && text.bytes().all(fits) {
        true => Ok(text.to_owned()),
        false => Err("must have at most 32 letters, digits, `-` and `_` only".to_owned()),
    }
}
