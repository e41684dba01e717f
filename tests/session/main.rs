//! Whole sessions with the real server, over its stdin and stdout.

mod actions;
mod agents;
mod buffer;
mod client;
mod configuration;
mod edits;
mod ends;
mod faults;
mod formats;
mod formatting;
mod graph;
mod hierarchy;
mod live;
mod outline;
mod protocol;
mod random;
mod references;
mod rename;
mod requests;
mod sequences;
mod typing;
mod workspace;
mod workspaces;
