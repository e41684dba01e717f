//! What an editor asks, one feature a file. A feature reads facts and the index, never a
//! tree, and answers in plain types whose ranges are in bytes.

pub mod completion;
pub mod definition;
pub mod document_link;
pub mod file_rename;
pub mod hover;
pub mod references;
pub mod rename;
mod renaming;
mod written_path;

#[cfg(test)]
mod tests;
