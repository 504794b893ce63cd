//! tokscope ends the guesswork around OAuth scopes.

pub mod cli;
pub mod demo;
pub mod diagnosis;
pub mod diagnostic;
pub mod manifest;
pub mod net;
pub mod oauth;
pub mod scope;
pub mod secret;
pub mod text;
pub mod token;
pub mod workspace;
