//! Each feature, asked about an agent of 20 KB in a team of 1,000.

use agentls_analysis::features::{
    call_hierarchy, code_actions, code_lens, completion, declaration, definition, document_link,
    document_symbol, file_rename, folding, formatting, graph, hover, implementation, inlay_hints,
    new_agent, references, rename, selection_range, semantic_tokens, status, type_hierarchy,
    workspace_symbols,
};
use agentls_analysis::index::{FileId, Workspace};
use agentls_analysis::path::FilePath;
use agentls_analysis::syntax::document::Document;
use agentls_analysis::text::ByteRange;
use divan::Bencher;
use rustc_hash::FxHashMap;

use crate::team::{self, TEAM};

/// A place that a person asks about: in a name of its kind.
#[derive(Clone, Copy)]
enum Place {
    Name,
    Cell,
    Call,
    Sentence,
    Link,
    Plain,
}

impl Place {
    const ALL: [Self; 6] = [
        Self::Name,
        Self::Cell,
        Self::Call,
        Self::Sentence,
        Self::Link,
        Self::Plain,
    ];

    /// In bytes.
    fn offset(self) -> usize {
        TEAM.behind(match self {
            Self::Name => "name: ap",
            Self::Cell => "--:|\n| ap",
            Self::Call => "subagent_type=\"ap",
            Self::Sentence => "Ask @ap",
            Self::Link => "[link](../team-",
            Self::Plain => "Plain wo",
        })
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Name => "its own name",
            Self::Cell => "cell",
            Self::Call => "call",
            Self::Sentence => "sentence",
            Self::Link => "link",
            Self::Plain => "plain words",
        })
    }
}

/// What is being written where completion is asked for.
#[derive(Clone, Copy)]
struct Begun(&'static str, &'static str, &'static str);

impl std::fmt::Display for Begun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

/// Called so; typed behind that; this.
const BEGUN: [Begun; 8] = [
    Begun("key", "model: sonnet\n", "co"),
    Begun("value", "model: ", ""),
    Begun("tool", "tools: [Read, ", ""),
    Begun("extends", "model: sonnet\n", "extends: ap"),
    Begun("cell", "|---|:--|--:|\n| ", "ap"),
    Begun("at", "## Part 1\n\n", "Ask @ap"),
    Begun("call", "subagent_type=\"", "gr"),
    Begun("path", "](../team-", ""),
];

#[divan::bench(args = BEGUN)]
fn completions(bencher: Bencher, begun: Begun) {
    let Begun(_, behind, typed) = begun;
    let at = TEAM.behind(behind);
    let mut source = TEAM.edited.source.to_string();
    source.insert_str(at, typed);
    let file = team::source_file(team::EDITED, &mut Document::new(&source));
    let mut workspace = TEAM.workspace.clone();
    team::insert(&mut workspace, &file);
    let options = completion::Options {
        snippets: true,
        asks_later: true,
    };
    bencher.bench(|| completion::completions(&workspace, &file, at + typed.len(), &options));
}

/// Asks a feature about each place.
fn at_places<T>(
    bencher: Bencher,
    place: Place,
    ask: impl Fn(&Workspace, &agentls_analysis::agent::SourceFile, usize) -> T + Sync,
) {
    let offset = place.offset();
    bencher.bench(|| ask(&TEAM.workspace, &TEAM.edited, offset));
}

#[divan::bench(args = Place::ALL)]
fn hover(bencher: Bencher, place: Place) {
    at_places(bencher, place, hover::hover);
}

#[divan::bench(args = Place::ALL)]
fn definition(bencher: Bencher, place: Place) {
    at_places(bencher, place, definition::goto_definition);
}

#[divan::bench(args = Place::ALL)]
fn declaration(bencher: Bencher, place: Place) {
    at_places(bencher, place, declaration::goto_declaration);
}

#[divan::bench(args = Place::ALL)]
fn implementation(bencher: Bencher, place: Place) {
    at_places(bencher, place, implementation::goto_implementation);
}

#[divan::bench(args = Place::ALL)]
fn highlight(bencher: Bencher, place: Place) {
    at_places(bencher, place, references::highlight);
}

#[divan::bench(args = Place::ALL)]
fn references(bencher: Bencher, place: Place) {
    at_places(bencher, place, |workspace, file, offset| {
        let target = references::target_at(workspace, file, offset);
        target.map(|target| references::references(workspace, &target, true))
    });
}

#[divan::bench(args = Place::ALL)]
fn rename(bencher: Bencher, place: Place) {
    let options = rename::Options {
        can_rename_files: true,
    };
    at_places(bencher, place, |workspace, file, offset| {
        let prepared = rename::prepare_rename(workspace, file, offset).ok()?;
        let sources = |id| TEAM.source(id);
        rename::rename(workspace, &sources, &prepared.target, "new-name", options).ok()
    });
}

#[divan::bench]
fn file_rename() -> usize {
    let moves = [file_rename_of(0)];
    let renamed = file_rename::file_rename(&TEAM.workspace, &|id| TEAM.source(id), &moves);
    renamed.map_or(0, |renamed| renamed.files.len())
}

fn file_rename_of(number: usize) -> agentls_analysis::features::rename::Move {
    agentls_analysis::features::rename::Move {
        from: team::path(number),
        to: FilePath::new(".claude/agents/moved/new-name.md"),
    }
}

#[divan::bench(args = Place::ALL)]
fn selection_ranges(bencher: Bencher, place: Place) {
    at_places(bencher, place, |_, file, offset| {
        selection_range::selection_ranges(file, offset)
    });
}

#[divan::bench(args = Place::ALL)]
fn code_actions(bencher: Bencher, place: Place) {
    at_places(bencher, place, |workspace, file, offset| {
        let at = ByteRange::empty(offset);
        code_actions::code_actions(workspace, file, at, &code_actions::Kind::ALL)
    });
}

#[divan::bench]
fn document_symbols() -> usize {
    document_symbol::document_symbols(&TEAM.edited).len()
}

#[divan::bench]
fn folds() -> usize {
    folding::folds(&TEAM.edited, None).len()
}

#[divan::bench]
fn format() -> usize {
    formatting::format(&TEAM.edited, None, &formatting::Options::default()).len()
}

#[divan::bench]
fn semantic_tokens() -> usize {
    semantic_tokens::semantic_tokens(&TEAM.workspace, &TEAM.edited).len()
}

#[divan::bench]
fn document_links() -> usize {
    document_link::document_links(&TEAM.workspace, &TEAM.edited).len()
}

#[divan::bench]
fn code_lenses() -> usize {
    let options = code_lens::Options {
        references: true,
        extended_by: true,
        delegated_to: true,
    };
    code_lens::code_lenses(&TEAM.workspace, &TEAM.edited, &options).len()
}

#[divan::bench]
fn inlay_hints() -> usize {
    let options = inlay_hints::Options {
        inherited: true,
        model: true,
    };
    let everything = ByteRange::new(0, TEAM.edited.source.len());
    inlay_hints::inlay_hints(&TEAM.workspace, &TEAM.edited, everything, &options).len()
}

#[divan::bench]
fn incoming_calls() -> usize {
    call_hierarchy::incoming(&TEAM.workspace, FileId(0)).len()
}

#[divan::bench]
fn outgoing_calls() -> usize {
    call_hierarchy::outgoing(&TEAM.workspace, TEAM.edited.id).len()
}

#[divan::bench]
fn supertypes_and_subtypes() -> usize {
    let above = type_hierarchy::supertypes(&TEAM.workspace, FileId(1));
    above.len() + type_hierarchy::subtypes(&TEAM.workspace, FileId(0)).len()
}

#[divan::bench(args = ["", "api", "python builder"])]
fn workspace_symbols(query: &str) -> usize {
    workspace_symbols::workspace_symbols(std::slice::from_ref(&TEAM.workspace), query).len()
}

#[divan::bench]
fn status() -> status::Status {
    status::status(&TEAM.workspace, &TEAM.edited)
}

#[divan::bench]
fn homes_of_new_agents() -> usize {
    new_agent::homes(&TEAM.workspace).len()
}

/// The team as a graph, its faults known.
#[divan::bench(sample_count = 20)]
fn graph(bencher: Bencher) {
    let files = TEAM.files.iter();
    let faults: FxHashMap<_, _> = files
        .map(|file| (file.id, graph::faults(&TEAM.workspace, file)))
        .collect();
    let options = graph::Options::default();
    bencher.bench(|| graph::graph(&TEAM.workspace, &faults, &options));
}

#[divan::bench]
fn graph_faults() -> graph::Faults {
    graph::faults(&TEAM.workspace, &TEAM.edited)
}
