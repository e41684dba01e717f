//! A file of any text, at any path, has sound facts, findings and answers.

use std::sync::{Arc, LazyLock};

use rustc_hash::FxHashMap;

use super::{can_be_applied, header, lies_on_characters};
use crate::agent::{AgentFile, Name, SourceFile};
use crate::config::Reading;
use crate::edit;
use crate::features::code_actions::{self, Effect, Extent};
use crate::features::document_symbol::{self, DocumentSymbol};
use crate::features::{
    call_hierarchy, code_lens, completion, declaration, definition, document_link, folding,
    formatting, graph, hover, implementation, inlay_hints, references, rename, selection_range,
    semantic_tokens, status, type_hierarchy, workspace_symbols,
};
use crate::index::{Depth, FileId, Scope, Workspace};
use crate::path::FilePath;
use crate::rules::{self, Applicability, Finding};
use crate::syntax::document::Document;
use crate::text::{ByteRange, TextEdit};

/// Where files of every kind lie.
pub const PATHS: [&str; 16] = [
    ".claude/agents/a.md",
    ".claude/skills/a/SKILL.md",
    ".claude/commands/a.md",
    ".claude/rules/a.md",
    ".github/agents/a.agent.md",
    ".github/prompts/a.prompt.md",
    ".github/instructions/a.instructions.md",
    ".github/chatmodes/a.chatmode.md",
    ".opencode/agent/a.md",
    ".opencode/command/a.md",
    ".gemini/agents/a.md",
    ".qwen/agents/a.md",
    ".cursor/rules/a.mdc",
    "CLAUDE.md",
    "agents/a.md",
    "docs/a.md",
];

/// Whom the file can name.
const TEAM: [(&str, &str); 4] = [
    (
        ".claude/agents/b-lead.md",
        "---\nname: b-lead\ndescription: Leads.\ntools: Read, Agent(c-pro)\nmodel: opus\n---\nAsk @c-pro and `a`.\n",
    ),
    (
        ".claude/agents/c-pro.md",
        "---\nname: c-pro\ndescription: Works.\nextends: b-lead\n---\n| Delegate To |\n|---|\n| a |\n",
    ),
    (
        ".claude/skills/d-skill/SKILL.md",
        "---\nname: d-skill\ndescription: Shows.\n---\nBody.\n",
    ),
    (
        ".claude/commands/e-run.md",
        "---\ndescription: Runs.\nagent: c-pro\n---\nBody.\n",
    ),
];

/// After so many rounds of safe fixes none may be left.
const ROUNDS: usize = 24;

/// About how many offsets of one text are asked about.
const OFFSETS: usize = 128;

/// Of so many of those one is asked for what can be done there: each answer checks the file.
const ACTIONS_EVERY: usize = 16;

/// The file that is asked about.
const OWN: FileId = FileId(100);

/// Everything that is promised of a file of `source` at `path`.
pub fn hold(path: &str, source: &str) {
    let path = FilePath::new(path);
    let mut document = Document::new(source);
    let file = SourceFile::new(OWN, path.clone(), &mut document, &Reading::default());
    let workspace = with_file(&team(), &file);
    reading_agrees(&file);
    facts_are_sound(&file.facts, &file.source);
    shape_is_sound(&file);
    findings_are_sound(&workspace, &file);
    safe_fixes_come_to_an_end(&workspace, &file);
    formatting_comes_to_an_end(&file);
    answers_about_the_file_are_sound(&workspace, &file);
    let every = file.source.len() / OFFSETS + 1;
    let offsets = (0..=file.source.len()).step_by(every);
    let offsets = offsets.filter(|offset| file.source.is_char_boundary(*offset));
    for (number, offset) in offsets.enumerate() {
        answers_at_an_offset_are_sound(&workspace, &file, offset);
        if number % ACTIONS_EVERY == 0 {
            changes_at_an_offset_can_be_made(&workspace, &file, offset);
        }
    }
}

/// The team, which every file joins.
fn team() -> Workspace {
    static TEAM_INDEXED: LazyLock<Workspace> = LazyLock::new(|| {
        let mut workspace = Workspace::default();
        for (number, (path, source)) in TEAM.iter().enumerate() {
            let (id, path) = (FileId(number as u32), FilePath::new(path));
            let file = SourceFile::parse(id, path, source, &Reading::default());
            workspace = with_file(&workspace, &file);
        }
        workspace
    });
    TEAM_INDEXED.clone()
}

fn with_file(workspace: &Workspace, file: &SourceFile) -> Workspace {
    let mut workspace = workspace.clone();
    let (path, facts) = (file.path.clone(), file.facts.clone());
    let _ = workspace
        .index
        .insert(file.id, path, facts, Depth::Body, Scope::Workspace);
    workspace
}

fn parsed(file: &SourceFile, source: &str) -> SourceFile {
    SourceFile::parse(file.id, file.path.clone(), source, &file.facts.reading)
}

/// A file is read the same whether it is open, checked or only known by its facts.
fn reading_agrees(file: &SourceFile) {
    let checked = parsed(file, &file.source);
    assert_eq!(checked.facts, file.facts, "{:?}", file.source);
    assert_eq!(checked.python, file.python, "{:?}", file.source);
    let (path, source, facts) = (file.path.clone(), file.source.clone(), file.facts.clone());
    let known = SourceFile::with_facts(file.id, path, source, facts);
    assert_eq!(known.python, file.python, "{:?}", file.source);
}

/// The ranges of facts lie on characters, their lists are in order, and a mention in the body
/// says what stands there.
pub fn facts_are_sound(facts: &AgentFile, source: &str) {
    if let Some(found) = &facts.header {
        header::header_is_sound(found, source);
        assert_eq!(&*facts.header_text, &source[..found.end as usize]);
    }
    header::loading_is_sound(&facts.loading, source);
    if let Some(definition) = &facts.definition {
        lies_on_characters(definition.name_range, source);
    }
    let body = facts.header.as_ref().map_or(0, |header| header.end);
    for mention in &facts.mentions {
        lies_on_characters(mention.range, source);
        let written = mention.range.of(source);
        assert!(!written.is_empty(), "{mention:?} in {source:?}");
        // A value of the header is unfolded and unescaped.
        if mention.range.start >= body {
            let name = Name::new(written);
            assert_eq!(mention.name, name, "{mention:?} in {source:?}");
        }
    }
    for pair in facts.mentions.windows(2) {
        assert!(
            pair[0].range.end <= pair[1].range.start,
            "{pair:?} in {source:?}"
        );
    }
    let Some(body) = &facts.body else { return };
    for fence in &body.fences {
        let parts = fence.language.iter().chain(&fence.closing);
        for range in parts.chain(&fence.content).chain([&fence.opening]) {
            lies_on_characters(*range, source);
            assert!(fence.range.covers(*range), "{fence:?} in {source:?}");
        }
    }
    assert!(body.fences.is_sorted_by_key(|fence| fence.range.start));
    for cell in body.columns.iter().flat_map(|column| &column.cells) {
        lies_on_characters(cell.span, source);
        lies_on_characters(cell.content, source);
    }
    for skipped in &body.skipped {
        lies_on_characters(skipped.range, source);
    }
    for suppression in &body.suppressions {
        lies_on_characters(suppression.comment, source);
        lies_on_characters(suppression.covers, source);
        for rule in &suppression.rules {
            lies_on_characters(rule.range, source);
            assert_eq!(&*rule.name, rule.range.of(source));
        }
    }
    assert!(body.suppressions.is_sorted_by_key(|it| it.comment));
}

/// Python, outline, folds and symbols lie on characters; symbols stand in the one above them.
fn shape_is_sound(file: &SourceFile) {
    let source = &*file.source;
    for error in file.python.iter() {
        lies_on_characters(error.range, source);
    }
    if let Some(outline) = &file.outline {
        for section in outline.sections(source) {
            lies_on_characters(section.range, source);
        }
    }
    for fold in folding::folds(file, None) {
        lies_on_characters(fold.range, source);
    }
    let all = ByteRange::new(0, source.len());
    symbols_are_sound(&document_symbol::document_symbols(file), all, source);
}

fn symbols_are_sound(symbols: &[DocumentSymbol], within: ByteRange, source: &str) {
    for symbol in symbols {
        lies_on_characters(symbol.range, source);
        lies_on_characters(symbol.selection_range, source);
        assert!(within.covers(symbol.range), "{symbol:?} in {source:?}");
        assert!(
            symbol.range.covers(symbol.selection_range),
            "{symbol:?} in {source:?}"
        );
        assert!(!symbol.name.trim().is_empty(), "{symbol:?} in {source:?}");
        symbols_are_sound(&symbol.children, symbol.range, source);
    }
}

/// Findings lie on characters in the order of the text; their fixes can be applied; without
/// fixes they are the same.
fn findings_are_sound(workspace: &Workspace, file: &SourceFile) {
    let mut findings = rules::check(workspace, file);
    assert!(findings.is_sorted_by_key(|it| (it.range, it.rule)));
    for finding in &findings {
        finding_is_sound(workspace, file, finding);
    }
    for finding in &mut findings {
        finding.fixes.clear();
    }
    assert_eq!(
        rules::diagnose(workspace, file),
        findings,
        "{:?}",
        file.source
    );
}

fn finding_is_sound(workspace: &Workspace, file: &SourceFile, finding: &Finding) {
    lies_on_characters(finding.range, &file.source);
    assert!(!finding.message.is_empty());
    for related in &finding.related {
        place_is_sound(workspace, file, related.file, related.range);
    }
    for fix in &finding.fixes {
        can_be_applied(&fix.edits, &file.source);
        assert!(!fix.title.is_empty());
    }
}

/// A place in this file, or in the header of another.
fn place_is_sound(workspace: &Workspace, file: &SourceFile, place: FileId, range: ByteRange) {
    if place == file.id {
        return lies_on_characters(range, &file.source);
    }
    let (_, source) = TEAM[place.0 as usize];
    assert!(workspace.index.file(place).is_some());
    lies_on_characters(range, source);
}

/// Safe fixes, applied until there are none, come to an end.
fn safe_fixes_come_to_an_end(workspace: &Workspace, file: &SourceFile) {
    can_be_applied(
        &code_actions::fix_all(workspace, file, Extent::Safe),
        &file.source,
    );
    let mut current = file.clone();
    for _ in 0..ROUNDS {
        let findings = rules::check(&with_file(workspace, &current), &current);
        let safe = findings.iter().filter_map(|it| it.fix(Applicability::Safe));
        let (text, applied) = rules::apply(&current.source, safe);
        if applied == 0 {
            return;
        }
        assert_ne!(text, *current.source, "a fix that changes nothing");
        current = parsed(file, &text);
    }
    panic!(
        "the safe fixes of {:?} come to no end: {:?}",
        file.source, current.source
    );
}

/// What was formatted is formatted.
fn formatting_comes_to_an_end(file: &SourceFile) {
    for sort_keys in [false, true] {
        let options = formatting::Options { sort_keys };
        let edits = formatting::format(file, None, &options);
        can_be_applied(&edits, &file.source);
        let text = edit::apply(&file.source, &edits);
        let mut document = Document::new(&text);
        let reading = &file.facts.reading;
        let formatted = SourceFile::new(file.id, file.path.clone(), &mut document, reading);
        let again = formatting::format(&formatted, None, &options);
        assert_eq!(again, [], "{:?} -> {text:?}", file.source);
    }
}

/// The answers that are about a file as a whole.
fn answers_about_the_file_are_sound(workspace: &Workspace, file: &SourceFile) {
    let source = &*file.source;
    let all = ByteRange::new(0, source.len());
    let tokens = semantic_tokens::semantic_tokens(workspace, file);
    for token in &tokens {
        lies_on_characters(token.range, source);
        assert!(!token.range.is_empty() && !token.range.of(source).contains(['\n', '\r']));
    }
    for pair in tokens.windows(2) {
        assert!(
            pair[0].range.end <= pair[1].range.start,
            "{pair:?} in {source:?}"
        );
    }
    for link in document_link::document_links(workspace, file) {
        lies_on_characters(link.range, source);
    }
    let hints = inlay_hints::Options {
        inherited: true,
        model: true,
    };
    for hint in inlay_hints::inlay_hints(workspace, file, all, &hints) {
        assert!(source.is_char_boundary(hint.offset) && !hint.label.is_empty());
    }
    let lenses = code_lens::Options {
        references: true,
        extended_by: true,
        delegated_to: true,
    };
    for lens in code_lens::code_lenses(workspace, file, &lenses) {
        lies_on_characters(lens.range, source);
    }
    status::status(workspace, file);
    let faults = FxHashMap::from_iter([(file.id, graph::faults(workspace, file))]);
    graph::graph(workspace, &faults, &graph::Options::default());
    let name = file.facts.definition.as_ref().map(|it| it.name.as_str());
    workspace_symbols::workspace_symbols(std::slice::from_ref(workspace), name.unwrap_or("a"));
}

/// The answers that are about a place.
fn answers_at_an_offset_are_sound(workspace: &Workspace, file: &SourceFile, offset: usize) {
    let source = &*file.source;
    let here = ByteRange::empty(offset);
    let options = completion::Options {
        snippets: true,
        asks_later: false,
    };
    for item in completion::completions(workspace, file, offset, &options).items {
        lies_on_characters(item.edit.range, source);
        assert!(
            item.edit.range.touches(offset),
            "{item:?} at {offset} of {source:?}"
        );
    }
    if let Some(hover) = hover::hover(workspace, file, offset) {
        lies_on_characters(hover.range, source);
        assert!(hover.range.touches(offset) && !hover.markdown.is_empty());
    }
    for found in [
        definition::goto_definition(workspace, file, offset),
        declaration::goto_declaration(workspace, file, offset),
    ]
    .into_iter()
    .flatten()
    {
        lies_on_characters(found.origin, source);
        for target in found.targets {
            place_is_sound(workspace, file, target.file, target.range);
        }
    }
    for target in implementation::goto_implementation(workspace, file, offset) {
        place_is_sound(workspace, file, target.file, target.range);
    }
    if let Some(target) = references::target_at(workspace, file, offset) {
        for reference in references::references(workspace, &target, true) {
            place_is_sound(workspace, file, reference.file, reference.range);
        }
    }
    for reference in references::highlight(workspace, file, offset) {
        lies_on_characters(reference.range, source);
    }
    let mut inner = here;
    for range in selection_range::selection_ranges(file, offset) {
        lies_on_characters(range, source);
        assert!(range.covers(inner), "{range:?} at {offset} of {source:?}");
        inner = range;
    }
    if let Some(item) = call_hierarchy::prepare(workspace, file, offset) {
        call_hierarchy::incoming(workspace, item.target.file);
        call_hierarchy::outgoing(workspace, item.target.file);
    }
    if let Some(item) = type_hierarchy::prepare(workspace, file, offset) {
        type_hierarchy::supertypes(workspace, item.target.file);
        type_hierarchy::subtypes(workspace, item.target.file);
    }
}

/// What can be done at a place can be done.
fn changes_at_an_offset_can_be_made(workspace: &Workspace, file: &SourceFile, offset: usize) {
    let (here, kinds) = (ByteRange::empty(offset), code_actions::Kind::ALL);
    for action in code_actions::code_actions(workspace, file, here, &kinds).actions {
        if let Effect::Change(change) = action.effect {
            can_be_applied(&change.edits, &file.source);
        }
    }
    rename_is_sound(workspace, file, offset);
}

/// A rename can be applied, in every file that it touches.
fn rename_is_sound(workspace: &Workspace, file: &SourceFile, offset: usize) {
    let Ok(prepared) = rename::prepare_rename(workspace, file, offset) else {
        return;
    };
    lies_on_characters(prepared.range, &file.source);
    // The name may stand on several lines, and the cursor before or behind it.
    let (start, end) = (prepared.range.start as usize, prepared.range.end as usize);
    let is_line_end = |at: usize, text: &str| text[at..].starts_with(['\n', '\r']);
    let beside = (end..offset).chain(offset..start);
    let mut beside = beside.filter(|at| file.source.is_char_boundary(*at));
    assert!(
        !beside.any(|at| is_line_end(at, &file.source)),
        "{prepared:?} at {offset} of {:?}",
        file.source
    );
    let text = |id: FileId| -> Option<Arc<str>> {
        if id == file.id {
            return Some(file.source.clone());
        }
        TEAM.get(id.0 as usize)
            .map(|(_, source)| Arc::from(*source))
    };
    let options = rename::Options {
        can_rename_files: true,
    };
    let renamed = rename::rename(workspace, &text, &prepared.target, "new-name", options);
    for edits in renamed.into_iter().flat_map(|renamed| renamed.files) {
        let source = text(edits.file).expect("a file that is edited has a text");
        let edits: Vec<TextEdit> = edits.edits.into_iter().map(|it| it.edit).collect();
        can_be_applied(&edits, &source);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;
    use crate::promises::texts::{header_lines, markdown, mentions};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn a_file_of_any_text_has_sound_facts_and_answers(
            path in select(&PATHS[..]),
            header in header_lines(),
            closing in select(vec!["---\n", "---\n", "---\n", ""]),
            (names, body) in (mentions(), markdown(12)),
            line_end in select(vec!["\n", "\n", "\r\n", "\r"]),
        ) {
            let header = header.join("\n");
            hold(path, &format!("---\n{header}\n{closing}{names}{body}").replace('\n', line_end));
        }
    }
}
