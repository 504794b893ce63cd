//! tokscope ends the guesswork around OAuth scopes: it obtains a token with exactly the scopes that the chosen
//! endpoints need, reads any token, compares what was granted with what an endpoint requires, and says why a call
//! failed.
//!
//! A room may use the floors below it, never its own floor's neighbours nor a floor above:
//!
//! ```text
//! floor 8   src/main.rs                     arguments in, exit code out
//! floor 7   cli   tui                       two faces: one file per subcommand; model, update, view
//! floor 6   workspace                       the use cases: obtain, inspect, check, call
//!           demo                            an authorization server and an API on loopback
//! floor 5   oauth                           authorization servers
//!           vault                           tokens at rest
//! floor 4   net                             the one HTTP client, hardened
//!           files                           private files: modes, links, locks, whole writes
//! ------- above this line: network, files, environment, clock. Below it: none of them -------
//! floor 3   diagnosis                       why a call failed
//! floor 2   manifest                        which endpoint needs what
//! floor 1   token                           what a token says
//!           scope                           what scopes mean: sets, requirements, verdicts, covers
//! ground    secret  text  diagnostic
//! ```
//!
//! The screen, and the module that draws each part of it:
//!
//! ```text
//!  tokscope   Orders (orders)   client dev   token alice   expires in 54 min            tui::view::frame::title
//! ┌ 1 Endpoints ──────────────┐┌ 2 Token [Claims] Header Signature Findings 2 Raw ──┐   tui::view::frame::block
//! │ +  GET    /orders         ││ for    alice, by client dev                        │
//! │>!  POST   /orders         ││ iss    https://login.example.com  who issued it    │   tui::content::token
//! │ !  DELETE /orders/{id}    │├ 3 Scopes [Verdict] Cover Opens ────────────────────┤
//! │                           ││ POST /orders requires all of orders:write          │   tui::content::scopes
//! │  tui::view::endpoints     ││ ! missing: orders:write                            │
//! │        ┌ obtain ──────────────────────────────────────────┐                     │   tui::view::sheet
//! │        │ asks for exactly  orders:write                   │                     │   tui::content::sheet
//! ├ 4 Call └──────────────────────────────────────────────────┘─────────────────────┤
//! │ POST https://api.example.com/v1/orders   403 in 12 ms                            │   tui::content::call
//! └─────────────────────────────────────────────────────────────────────────────────┘
//!  copied the token                                                                     tui::view::frame::status
//!  ? help  q quit  o obtain  c call  s step up  t tokens  / filter  : palette           tui::view::frame::footer
//! ```
//!
//! Panes and sheets that hold lines are laid out by `tui::view::list`; where they stand is `tui::view::layout`. Keys are
//! the table in `tui::keymap`, what they do is `tui::update`, colours and symbols are `tui::theme`, and `tui::run` is
//! the loop that drives it all.

#![cfg_attr(not(test), deny(clippy::disallowed_methods))]

pub mod cli;
pub mod demo;
pub mod diagnosis;
pub mod diagnostic;
pub mod files;
pub mod manifest;
pub mod net;
pub mod oauth;
pub mod scope;
pub mod secret;
pub mod text;
pub mod token;
pub mod tui;
pub mod vault;
pub mod workspace;
