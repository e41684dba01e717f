//! The shape of a body: what its open document shows of it, beside the facts.

use std::sync::Arc;

use super::blocks::{Blocks, Heading};
use super::python::PythonDefinition;
use crate::text::ByteRange;

/// The blocks of a body and what is known of its code.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    /// The blocks.
    pub blocks: Arc<Blocks>,
    /// For each fence of [`crate::agent::Body::fences`] that is Python, its number among them and
    /// its definitions, in bytes of its code.
    pub python: Vec<(usize, Arc<[PythonDefinition]>)>,
}

/// A heading and what stands under it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section<'a> {
    /// Its heading.
    pub heading: &'a Heading,
    /// From the heading to the last byte that is not blank before the next heading of the same
    /// or a higher level.
    pub range: ByteRange,
}

impl Outline {
    /// The sections of `source`, an outer one before those in it.
    pub fn sections<'a>(&'a self, source: &str) -> Vec<Section<'a>> {
        let mut sections: Vec<Section<'a>> = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        let headings = self
            .blocks
            .headings
            .iter()
            .filter(|heading| !heading.is_contained);
        for heading in headings {
            let end = end_of_text(source, heading.range.start);
            while let Some(last) =
                open.pop_if(|last| sections[*last].heading.level >= heading.level)
            {
                sections[last].range.end = end.max(sections[last].range.end);
            }
            open.push(sections.len());
            sections.push(Section {
                heading,
                range: heading.range,
            });
        }
        let end = end_of_text(source, source.len() as u32);
        for last in open {
            sections[last].range.end = end.max(sections[last].range.end);
        }
        sections
    }
}

/// Where the text before byte `end` ends, blanks left out.
fn end_of_text(source: &str, end: u32) -> u32 {
    let before = source.get(..end as usize).unwrap_or(source);
    before.trim_end().len() as u32
}
