//! agentls: the language server for agent markdown files.
mod analysis;
mod files;
fn main() {}
