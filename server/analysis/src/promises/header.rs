//! A header is read without a fault of ours, and edits of it keep what the rest of it means.

use super::{can_be_applied, lies_on_characters};
use crate::agent::SourceFile;
use crate::config::Reading;
use crate::edit;
use crate::host::Parsing;
use crate::index::{FileId, Workspace};
use crate::loading::{Loading, Verdict, loading_by};
use crate::path::FilePath;
use crate::rules;
use crate::syntax::frontmatter::{self, Entry, Header};
use crate::syntax::list::{self, ListStyle};
use crate::syntax::yaml::{self, Node};
use crate::text::{ByteRange, TextEdit, without_nul};

const PARSINGS: [Parsing; 5] = [
    Parsing::Requotes,
    Parsing::BlockScalars,
    Parsing::Strict,
    Parsing::Lenient,
    Parsing::Unverified,
];

/// Most entries of one header whose edits are tried.
const MAX_EDITED: usize = 12;

/// Everything that is promised of the header of `source`.
pub fn hold(source: &str) {
    let source = without_nul(source);
    value_is_sound(&source);
    let Some(header) = frontmatter::scan(&source) else {
        return;
    };
    header_is_sound(&header, &source);
    for parsing in PARSINGS {
        loading_is_sound(&loading_by(parsing, &source, Some(&header)), &source);
    }
    if is_whole(&header, &source) {
        for at in 0..header.entries.len().min(MAX_EDITED) {
            edits_keep_the_rest(&source, &header, at);
        }
    }
    no_fix_unloads(&source);
}

/// As a YAML value, its ranges nest and lie on characters; a fault is at a place that can be seen.
pub fn value_is_sound(source: &str) {
    let (node, fault) = yaml::parse(source, 0);
    if let Some(node) = node {
        nests(&node, ByteRange::new(0, source.len()), source);
    }
    if let Some(fault) = fault {
        lies_on_characters(fault.range, source);
        assert!(
            !fault.range.is_empty() || fault.range.end as usize == source.len(),
            "{fault:?} in {source:?}"
        );
    }
}

fn nests(node: &Node, within: ByteRange, source: &str) {
    assert!(within.covers(node.range), "{node:?} in {source:?}");
    lies_on_characters(node.range, source);
    lies_on_characters(node.unquoted_range(), source);
    for item in node.items() {
        nests(item, node.range, source);
    }
    for (key, value) in node.pairs() {
        nests(key, node.range, source);
        nests(value, node.range, source);
    }
}

/// The ranges of a header lie on characters, in order, each in the one around it.
pub fn header_is_sound(header: &Header, source: &str) {
    let all = ByteRange::new(0, source.len());
    let marks = [Some(header.opening), header.closing, header.leading];
    for range in marks.into_iter().flatten().chain([header.content]) {
        assert!(all.covers(range));
        lies_on_characters(range, source);
    }
    assert!(header.opening.end <= header.content.start && header.content.end <= header.end);
    assert!(source.is_char_boundary(header.end as usize), "{source:?}");
    let mut last = header.content.start;
    for entry in &header.entries {
        assert!(
            header.content.covers(entry.range) && entry.range.start >= last,
            "{entry:?} in {source:?}"
        );
        last = entry.range.end;
        for range in [entry.key_range, entry.value_range, entry.value.range] {
            assert!(entry.range.covers(range), "{entry:?} in {source:?}");
        }
        if entry.error.is_none() || entry.value.as_scalar().is_none() {
            nests(&entry.value, entry.range, source);
        }
        for range in [
            entry.range,
            entry.key_range,
            entry.value_range,
            entry.unquoted_range(),
        ] {
            lies_on_characters(range, source);
        }
        if let Some(fault) = &entry.error {
            lies_on_characters(fault.range, source);
        }
        for item in items(entry, source) {
            assert!(
                entry.value_range.covers(item.range),
                "{item:?} in {source:?}"
            );
            lies_on_characters(item.range, source);
        }
    }
}

/// The places that a verdict names lie on characters.
pub fn loading_is_sound(loading: &Loading, source: &str) {
    let requoted = loading.requoted.iter().flat_map(|it| [it.key, it.value]);
    let fault = loading.error.as_ref().map(|fault| fault.range);
    for range in requoted.chain(loading.cut).chain(fault) {
        lies_on_characters(range, source);
    }
}

fn items(entry: &Entry, source: &str) -> Vec<list::Item> {
    list::names(source, entry.value_range).map_or_else(Vec::new, |list| list.items)
}

/// Whether the header is closed and YAML, with nothing before it: only there are its keys known
/// for certain, so that an edit of one entry cannot show that another was none.
fn is_whole(header: &Header, source: &str) -> bool {
    let content = header.content.of(source);
    header.closing.is_some()
        && header.leading.is_none()
        && yaml::parse(content, header.content.start as usize)
            .1
            .is_none()
}

/// The edits of the entry at `at` change that entry as they say, and no other.
fn edits_keep_the_rest(source: &str, header: &Header, at: usize) {
    let entry = &header.entries[at];
    let expected = meanings(header);
    let edited = |edits: Option<Vec<TextEdit>>| {
        let edits = edits?;
        can_be_applied(&edits, source);
        let edited = edit::apply(source, &edits);
        let after = frontmatter::scan(&edited);
        let after = after.unwrap_or_else(|| panic!("no header in {source:?} -> {edited:?}"));
        assert!(is_whole(&after, &edited), "{source:?} -> {edited:?}");
        Some((edited, after))
    };
    let others_are_kept = |edited: &str, after: &Header| {
        let mut found = meanings(after);
        assert_eq!(found.len(), expected.len(), "{source:?} -> {edited:?}");
        let own = found.remove(at);
        let mut others = expected.clone();
        others.remove(at);
        assert_eq!(found, others, "{source:?} -> {edited:?}");
        own
    };

    if let Some((edited, after)) = edited(edit::rename_key(entry, "renamed")) {
        let (key, value) = others_are_kept(&edited, &after);
        assert_eq!(&*key, "renamed", "{source:?} -> {edited:?}");
        assert_eq!(value, expected[at].1, "{source:?} -> {edited:?}");
    }
    if let Some((edited, after)) = edited(edit::remove_entry(source, header, entry)) {
        let mut others = expected.clone();
        others.remove(at);
        assert_eq!(meanings(&after), others, "{source:?} -> {edited:?}");
    }
    let text = entry.value.as_str();
    for edits in [
        edit::quote_value(source, entry),
        edit::unquote_value(source, entry),
        edit::block_scalar(source, header, entry),
    ] {
        if let Some((edited, after)) = edited(edits) {
            others_are_kept(&edited, &after);
            let found = after.entries[at].value.as_str();
            assert_eq!(found, text, "{source:?} -> {edited:?}");
        }
    }
    let new_text = "a new: text";
    let edits = edit::replace_text(&entry.value, new_text, edit::Place::Block);
    if let Some((edited, after)) = edited(edits) {
        others_are_kept(&edited, &after);
        let found = after.entries[at].value.as_str();
        assert_eq!(found, Some(new_text), "{source:?} -> {edited:?}");
    }

    let named = |items: &[list::Item]| -> Vec<Box<str>> {
        items.iter().map(|item| item.text.clone()).collect()
    };
    let list_becomes = |edits: Option<Vec<TextEdit>>, expected: &[Box<str>]| {
        if let Some((edited, after)) = edited(edits) {
            others_are_kept(&edited, &after);
            let found = named(&items(&after.entries[at], &edited));
            assert_eq!(found, expected, "{source:?} -> {edited:?}");
        }
    };
    let items = items(entry, source);
    let names = named(&items);
    for (number, item) in items.iter().enumerate().take(MAX_EDITED) {
        let mut renamed = names.clone();
        renamed[number] = "New".into();
        list_becomes(edit::rename_item(source, entry, item, "New"), &renamed);
        renamed.remove(number);
        if renamed.iter().all(|name| name.is_empty()) {
            renamed.clear();
        }
        list_becomes(edit::remove_item(source, entry, item), &renamed);
    }
    let mut written = names;
    written.retain(|name| !name.is_empty());
    for style in [ListStyle::Comma, ListStyle::Flow, ListStyle::Block] {
        list_becomes(edit::restyle(source, header, entry, style), &written);
    }
}

/// What each entry says, wherever it stands.
fn meanings(header: &Header) -> Vec<(Box<str>, Node)> {
    let meaning = |entry: &Entry| (entry.key.clone(), entry.value.without_places());
    header.entries.iter().map(meaning).collect()
}

/// A header that its program loads is loaded after each fix too.
pub fn no_fix_unloads(source: &str) {
    let path = FilePath::new(".claude/agents/a.md");
    let read = |text: &str| SourceFile::parse(FileId(0), path.clone(), text, &Reading::default());
    let file = read(source);
    let is_loaded = |file: &SourceFile| {
        matches!(
            file.facts.loading.verdict,
            Verdict::Loads | Verdict::Requoted
        )
    };
    for finding in rules::check(&Workspace::default(), &file) {
        for fix in finding.fixes.iter().filter(|fix| fix.create.is_none()) {
            can_be_applied(&fix.edits, &file.source);
            let (text, _) = rules::apply(&file.source, [fix]);
            assert!(
                is_loaded(&read(&text)) || !is_loaded(&file),
                "{}: {source:?} -> {text:?}",
                finding.rule
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;
    use crate::promises::texts::header_lines;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn a_header_of_any_lines_is_read_and_edited(
            before in select(vec!["", "\n", "\u{feff}", "About.\n"]),
            lines in header_lines(),
            closing in select(vec!["---\n", "", "--- \n", "----\n"]),
            line_end in select(vec!["\n", "\r\n", "\r"]),
        ) {
            let lines = lines.join("\n");
            hold(&format!("{before}---\n{lines}\n{closing}Body.\n").replace('\n', line_end));
        }

        #[test]
        fn a_header_of_any_characters_is_read_and_edited(
            lines in "([a-c]: |'b': |tools: |- |\r\n|[ \n\t:#,'\"|>&*!?{}\\[\\]()é😀\u{2028}\u{feff}\u{1}\\\\-]|name: |ab){0,40}",
        ) {
            hold(&format!("---\n{lines}\n---\nx"));
            hold(&lines);
        }
    }
}
