//! The manifest on real engines: one matrix of tokens and requests, every cell of which equals `tokscope check`.
//!
//! `.ci/run` installs the engines of `tests/engines/` and runs these with `--ignored`; an engine that does not start fails
//! them.

mod authorize;
mod drift;
mod examples;
mod export;
mod harness;
mod matrix;
mod policies;
mod probe;
mod running;
mod servers;
mod setting;
