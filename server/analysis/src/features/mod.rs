//! What an editor asks, one feature a file. A feature reads facts and the index, never a
//! tree, and answers in plain types whose ranges are in bytes.

pub mod call_hierarchy;
pub mod code_lens;
pub mod completion;
pub mod declaration;
pub mod definition;
pub mod hierarchy;
pub mod hover;
pub mod implementation;
mod inherited;
pub mod inlay_hints;
pub mod references;
pub mod type_hierarchy;
pub mod workspace_symbols;

#[cfg(test)]
mod tests;
