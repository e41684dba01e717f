//! Keys that change no fact: letters where nothing is named, before and after. What is known of
//! the file moves along with them, and nothing of it is read again.

use std::sync::Arc;

use super::mention::{self, CALL_KEY, Mention, Reader};
use super::section::{Above, Place, Section, lead};
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
        // The line that the edit is in, before and after.
        let (old, new) = match (paragraph(&blocks, edit), fence(&blocks, edit)) {
            (Some(block), None) => {
                let old = before(block.range, edit);
                let leads = block.place == InlinePlace::Paragraph
                    && lead(old.of(&self.source)) != lead(block.range.of(&source));
                let texts = [old.of(&self.source), block.range.of(&source)];
                let is_marked = |mark: &&str| texts.iter().any(|text| text.contains(*mark));
                if leads || MARKS_OF_PROSE.iter().any(is_marked) {
                    return None;
                }
                let is_in = |mention: &&Mention| old.covers(mention.range);
                let named = self.facts.mentions.iter().filter(is_in);
                let moved = named.map(|mention| Mention {
                    range: edit.moved(mention.range),
                    ..mention.clone()
                });
                if !moved.eq(names_in(block, &blocks, &source)) {
                    return None;
                }
                // What a rule says of a name depends on its line.
                let line = line_around(&source, edit);
                (before(line, edit), line)
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

/// What a paragraph names, with what stands above it.
fn names_in(block: &InlineBlock, blocks: &Blocks, source: &str) -> Vec<Mention> {
    let scan = |place: Place| {
        let mut found = Vec::new();
        mention::in_prose(source, block.range, place, &mut found);
        mention::settle(&mut found);
        found
    };
    let place = |section| Place {
        section,
        is_item: block.place == InlinePlace::ListItem,
        in_fence: false,
    };
    // Most name nobody wherever they stand, and what stands above has not to be looked at.
    if Section::ANY
        .into_iter()
        .all(|section| scan(place(section)).is_empty())
    {
        return Vec::new();
    }
    let mut above = Above::default();
    let until = blocks
        .inlines
        .iter()
        .take_while(|it| it.range.start <= block.range.start);
    let places = until.map(|it| above.place(it, source));
    places.last().map(scan).unwrap_or_default()
}

/// The line that an edit is in, without its end.
fn line_around(source: &str, edit: Splice) -> ByteRange {
    let bytes = source.as_bytes();
    let start = memchr::memrchr2(b'\n', b'\r', &bytes[..edit.start]).map_or(0, |at| at + 1);
    let end = memchr::memchr2(b'\n', b'\r', &bytes[edit.new_end..]);
    ByteRange::new(start, end.map_or(bytes.len(), |at| edit.new_end + at))
}
