//! tokscope ends the guesswork around OAuth scopes: it obtains a token with exactly the scopes that the selected
//! endpoints need, decodes any token, compares granted with required scopes, and diagnoses failed calls.
//!
//! A module may use the layers below it, never another module of its own layer or a layer above:
//!
//! ```text
//! layer 8   src/main.rs                     arguments in, exit code out
//! layer 7   cli   tui   gateway             front ends: one file per subcommand; model, update, view; the proxy
//! layer 6   app                             the use cases: acquire, tokens, calls, manifests
//!           demo                            an authorization server and an API on loopback
//! layer 5   oauth                           authorization servers
//!           vault                           tokens at rest
//!           audit                           the audit log
//! layer 4   net                             the hardened HTTP client
//!           files                           private files: modes, links, locks, atomic writes
//! ------- above this line: network, files, environment, clock. Below it: pure code -------
//! layer 3   diagnosis                       diagnosis of failed calls
//!           enforcement                     configuration of other engines
//! layer 3   approval                        requests for approvals, and whether signatures are sufficient
//!           diagnosis                       diagnosis of failed calls
//!           usage                           what was granted and used: records, chain, review
//! layer 2   manifest                        scopes that endpoints require
//! layer 1   sshsig                          SSH keys and signatures
//!           token                           decoding and explanation of tokens
//!           scope                           scopes: sets, requirements, verdicts, minimal sets
//! base      secret  text  diagnostic  header  printed
//! ```
//!
//! Each module with submodules is a folder with a `mod.rs`, whose documentation names its parts.
//!
//! The screen, with the module that draws each part:
//!
//! ```text
//!  tokscope  Orders  client dev  token alice  issued ----  expires in 54 min            tui::view::frame::title
//! ┌ 1 Endpoints [List] Lint ──┐┌ 2 Token [Claims] Header Signature Findings 2 Raw ──┐   tui::view::frame::block
//! │ +  GET    /orders         ││ ****….******….****…   header.payload.signature     │   tui::content::anatomy
//! │>!  POST   /orders         ││   iss  "https://login.example.com"                 │   tui::content::token
//! │ !  DELETE /orders/{id}    │├ 3 Scopes [Comparison] Minimal set Access ──────────┤
//! │                           ││ POST /orders requires all of orders:write          │   tui::content::scopes
//! │  tui::view::endpoints     ││ ! missing: orders:write                            │
//! │        ┌ obtain a token ──────────────────────────────────┐                     │   tui::view::sheet
//! │        │ requests exactly  orders:write                   │                     │   tui::content::sheet
//! ├ 4 Call └──────────────────────────────────────────────────┘─────────────────────┤
//! │ POST /v1/orders   403 in 12 ms   needs  orders:write x                           │   tui::content::call
//! └─────────────────────────────────────────────────────────────────────────────────┘
//!  copied the token                                                                     tui::view::frame::status
//!  ? help  q quit  o obtain  c call  s step up  t tokens  / filter  : palette           tui::view::frame::footer
//! ```
//!
//! `tui::view::list` draws panes and sheets with lines; `tui::view::layout` places them. Keys are defined in
//! `tui::keymap` and handled in `tui::update`; colors and symbols are in `tui::theme`; `tui::run` is the main loop, and
//! `tui::measure` times it.

#![cfg_attr(not(test), deny(clippy::disallowed_methods))]

#[cfg(not(unix))]
compile_error!(
    "only Unix is supported: private files rely on owners, modes and directory handles. On Windows, use WSL"
);

pub mod app;
pub mod approval;
pub mod audit;
pub mod cli;
pub mod demo;
pub mod diagnosis;
pub mod diagnostic;
pub mod enforcement;
pub mod files;
pub mod gateway;
pub mod header;
pub mod manifest;
pub mod net;
pub mod oauth;
pub mod policy;
mod printed;
pub mod scope;
pub mod secret;
pub mod sshsig;
pub mod text;
pub mod token;
pub mod tui;
pub mod usage;
pub mod vault;
