//! Text -> trees: the header, the blocks of the body, the inline markup of a block, the
//! Python in a fence. Everything here is about form; what it means is [`crate::agent`]'s.

pub mod blocks;
pub mod document;
pub mod frontmatter;
pub mod inline;
pub mod list;
pub mod outline;
pub mod python;
pub mod table;
mod view;
pub mod yaml;
