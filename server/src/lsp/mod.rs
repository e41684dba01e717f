//! The protocol: everything that knows what LSP is.

mod announce;
pub(crate) mod backend;
pub(crate) mod capabilities;
pub(crate) mod convert;
mod handlers;
pub(crate) mod hooks;
mod options;
mod own_moves;
mod stdio;
mod transport;

pub(crate) use backend::serve;
