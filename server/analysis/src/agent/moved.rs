//! Keys that change no fact: letters where nothing is named, before and after. What is known of
//! the file moves along with them, and nothing of it is read again.

use std::sync::Arc;

use super::mention::{self, CALL_KEY, Reader};
use super::section::{Place, Section, lead};
use super::suppression::MARK;
use super::{AgentFile, Body, SourceFile, is_python};
use crate::syntax::blocks::{Blocks, Fence, InlineBlock, InlinePlace};
use crate::syntax::document::Document;
use crate::syntax::outline::Outline;
use crate::text::{ByteRange, Splice};

/// What can make something of the letters around it that is more than words.
const MARKS: [&str; 4] = ["```", "~~~", CALL_KEY, MARK];

/// The same in prose, not in code.
const MARKS_OF_PROSE: [&str; 2] = ["<", "]("];

impl SourceFile {
    /// This file after the edit that its document took last; `None` where that may have changed
    /// more than places.
    pub(super) fn moved(&self, document: &mut Document) -> Option<Self> {
        let edit = document.moved()?;
        let source = document.source().clone();
        let body_start = self.facts.same_header(&source)?.end as usize;
        let (body, outline) = (self.facts.body.as_ref()?, self.outline.as_ref()?);
        if edit.start <= body_start || !body.skipped.is_empty() {
            return None;
        }
        let blocks = document.blocks(body_start);
        // Where the edit is, before and after; for code, its line.
        let (old, new) = match (paragraph(&blocks, edit), fence(&blocks, edit)) {
            (Some(block), None) => {
                let old = before(block.range, edit);
                let leads = block.place == InlinePlace::Paragraph
                    && lead(old.of(&self.source)) != lead(block.range.of(&source));
                let (before, now) = (old.of(&self.source), block.range.of(&source));
                let is_marked = |mark: &&str| before.contains(*mark) || now.contains(*mark);
                if leads || MARKS_OF_PROSE.iter().any(is_marked) || names_in(block, &source) {
                    return None;
                }
                (old, block.range)
            }
            (None, Some(code)) => {
                let mut found = Vec::new();
                mention::in_fence(code, &source, &mut Reader::once(), &mut found);
                if !found.is_empty() || is_python(code, &source) {
                    return None;
                }
                let line = line_around(&source, edit);
                (before(line, edit), line)
            }
            _ => return None,
        };
        let has_marks = |text: &str| MARKS.iter().any(|mark| text.contains(mark));
        let is_here = |range: ByteRange| range.start <= old.end && old.start <= range.end;
        let mentions = self.facts.mentions.iter();
        let comments = body.suppressions.iter().map(|it| it.comment);
        if has_marks(old.of(&self.source))
            || has_marks(new.of(&source))
            || mentions.map(|mention| mention.range).any(is_here)
            || comments.into_iter().any(is_here)
        {
            return None;
        }
        let python = self.python.iter().cloned().map(|mut error| {
            error.range = edit.moved(error.range);
            error
        });
        Some(Self {
            id: self.id,
            path: self.path.clone(),
            source,
            facts: Arc::new(self.facts.moved(body, &blocks, edit)),
            python: python.collect(),
            outline: Some(Arc::new(Outline {
                blocks,
                python: outline.python.clone(),
            })),
            moved: Some(edit),
            prose: self.prose.clone(),
        })
    }
}

impl AgentFile {
    fn moved(&self, body: &Body, blocks: &Blocks, edit: Splice) -> Self {
        let mut mentions = self.mentions.clone();
        for mention in &mut mentions {
            mention.range = edit.moved(mention.range);
        }
        let mut columns = body.columns.clone();
        for cell in columns.iter_mut().flat_map(|column| &mut column.cells) {
            cell.span = edit.moved(cell.span);
            cell.content = edit.moved(cell.content);
        }
        let mut suppressions = body.suppressions.clone();
        for suppression in &mut suppressions {
            suppression.comment = edit.moved(suppression.comment);
            suppression.covers = edit.moved(suppression.covers);
            for rule in &mut suppression.rules {
                rule.range = edit.moved(rule.range);
            }
        }
        Self {
            kind: self.kind,
            reading: self.reading.clone(),
            header: self.header.clone(),
            header_text: self.header_text.clone(),
            loading: self.loading.clone(),
            definition: self.definition.clone(),
            mentions,
            body: Some(Body {
                is_blank: body.is_blank,
                fences: blocks.fences.clone(),
                columns,
                skipped: Vec::new(),
                suppressions,
            }),
        }
    }
}

/// Where a range around an edit was before it.
fn before(range: ByteRange, edit: Splice) -> ByteRange {
    ByteRange {
        start: range.start,
        end: (range.end as usize - edit.new_end + edit.old_end) as u32,
    }
}

/// The paragraph or list item that an edit is in.
fn paragraph(blocks: &Blocks, edit: Splice) -> Option<&InlineBlock> {
    let inlines = &blocks.inlines;
    let after = inlines.partition_point(|block| block.range.start as usize <= edit.start);
    let block = inlines[..after].last()?;
    (block.place != InlinePlace::Heading && edit.new_end <= block.range.end as usize)
        .then_some(block)
}

/// The fence whose code an edit is in.
fn fence(blocks: &Blocks, edit: Splice) -> Option<&Fence> {
    let fences = &blocks.fences;
    let after = fences.partition_point(|fence| fence.range.start as usize <= edit.start);
    let fence = fences[..after].last()?;
    let is_code = |piece: &ByteRange| {
        (piece.start as usize) < edit.start && edit.new_end <= piece.end as usize
    };
    fence.content.iter().any(is_code).then_some(fence)
}

/// Whether a paragraph names anybody, whatever stands above it.
fn names_in(block: &InlineBlock, source: &str) -> bool {
    Section::ANY.into_iter().any(|section| {
        let place = Place {
            section,
            is_item: block.place == InlinePlace::ListItem,
            in_fence: false,
        };
        let mut found = Vec::new();
        mention::in_prose(source, block.range, place, &mut found);
        !found.is_empty()
    })
}

/// The line that an edit is in, without its end.
fn line_around(source: &str, edit: Splice) -> ByteRange {
    let bytes = source.as_bytes();
    let start = memchr::memrchr2(b'\n', b'\r', &bytes[..edit.start]).map_or(0, |at| at + 1);
    let end = memchr::memchr2(b'\n', b'\r', &bytes[edit.new_end..]);
    ByteRange::new(start, end.map_or(bytes.len(), |at| edit.new_end + at))
}
