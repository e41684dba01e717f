//! What an editor asks, one feature a file. A feature reads facts and the index, never a
//! tree, and answers in plain types whose ranges are in bytes. Those that show the shape of a
//! text read its [`crate::syntax::outline::Outline`] as well.

pub mod completion;
pub mod definition;
pub mod document_symbol;
pub mod folding;
pub mod hover;
pub mod references;
pub mod selection_range;
pub mod semantic_tokens;

#[cfg(test)]
mod tests;
