//! The protocol: everything that knows what LSP is.

mod announce;
pub(crate) mod backend;
pub(crate) mod capabilities;
mod client_process;
mod connection;
pub(crate) mod convert;
pub(crate) mod crash;
mod front_door;
mod handlers;
pub(crate) mod hooks;
mod manners;
mod options;
mod own_moves;
mod stdio;
mod written;

pub(crate) use backend::serve;
