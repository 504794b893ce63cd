//! Integration tests, as modules of one binary: every test binary links the whole program.
//!
//! `cargo test --test suite decode::` runs one module. Tests that need their own process are separate binaries, each with
//! its reason in `Cargo.toml`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a failing test panics"
)]

mod acquire;
mod agent;
mod approvals;
mod audit;
mod audit_acts;
mod audit_anchor;
mod audit_export;
mod audit_processes;
mod audit_tamper;
mod audit_upkeep;
mod browser;
mod bulk;
mod calls;
mod commands;
mod completions;
mod covers;
mod databases;
mod decode;
mod engines;
mod file_safety;
mod first_steps;
mod fuzz_seeds;
mod gateway;
mod grants;
mod graph_databases;
mod hostile_text;
mod identity_provider;
mod import;
mod key_file;
mod keyring;
mod mcp;
mod policy;
mod program;
mod providers;
mod readme;
mod refresh_durability;
mod refusals;
mod registration;
mod responses;
mod review;
mod safety;
mod servers;
mod setup;
mod sign;
mod sign_in_advice;
mod specs;
mod support;
mod terminal;
mod tls;
mod token_review;
mod trust;
mod vault_commands;
mod vault_processes;
mod vectors;
mod verify;
mod voice;
mod why;
mod writers;
