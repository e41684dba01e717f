//! A document: its text, and the block tree that follows every edit of it.
