//! What an editor asks, one feature a file. A feature reads facts and the index, never a
//! tree, and answers in plain types whose ranges are in bytes. Those that show the shape of a
//! text read its [`crate::syntax::outline::Outline`] as well.

pub mod call_hierarchy;
pub mod code_actions;
pub mod code_lens;
pub mod completion;
pub mod declaration;
pub mod definition;
pub mod document_link;
pub mod document_symbol;
pub mod file_rename;
pub mod folding;
pub mod formatting;
pub mod graph;
pub mod hierarchy;
pub mod hover;
pub mod implementation;
mod inherited;
pub mod inlay_hints;
pub mod new_agent;
pub mod refactor;
pub mod references;
pub mod rename;
mod renaming;
pub mod selection_range;
pub mod semantic_tokens;
pub mod status;
pub mod type_hierarchy;
pub mod workspace_symbols;
mod written_path;

#[cfg(test)]
mod tests;
