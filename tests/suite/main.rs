//! The tests of the program as a whole, in one binary: each would link the program anew.
//!
//! A test binary of its own is only what needs a process of its own; `Cargo.toml` says why. `cargo test --test suite
//! decode::` runs one module.

mod acquire;
mod browser;
mod bulk;
mod calls;
mod commands;
mod completions;
mod covers;
mod decode;
mod file_safety;
mod grants;
mod hostile_text;
mod import;
mod key_file;
mod keyring;
mod mcp;
mod program;
mod readme;
mod refresh_durability;
mod refusals;
mod responses;
mod review;
mod safety;
mod servers;
mod specs;
mod support;
mod terminal;
mod tls;
mod trust;
mod vault_commands;
mod vault_processes;
mod vectors;
mod verify;
mod why;
mod writers;
