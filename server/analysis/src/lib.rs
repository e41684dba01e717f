//! What agentls knows about agent markdown files.
//!
//! Data flows one way: text -> tree -> facts -> index -> rules and features. Nothing here
//! does I/O, knows the protocol, runs asynchronously or reads a clock, so every answer
//! depends on its arguments alone. Analysis never fails: it returns values that hold
//! what is wrong with a file.

#![forbid(unsafe_code)]

pub mod agent;
pub mod config;
pub mod edit;
pub mod features;
#[cfg(test)]
mod fixture;
pub mod host;
pub mod index;
pub mod limits;
pub mod loading;
pub mod path;
#[cfg(any(test, feature = "promises"))]
pub mod promises;
pub mod rules;
pub mod syntax;
pub mod text;
