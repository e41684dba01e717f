//! Properties of renaming, over small workspaces in which names are few and so often meant
//! twice, by name, stem and path.

use proptest::prelude::*;

use super::tests::{applied, source};
use crate::agent::{SourceFile, name};
use crate::features::file_rename::file_rename;
use crate::features::references::{Reference, Target, references};
use crate::features::rename::{Move, Options, Rename, RenameError, rename};
use crate::features::written_path::{Naming, Route, is_path, naming};
use crate::fixture::Fixture;
use crate::index::FileId;
use crate::path::FilePath;
use crate::rules::{self, Finding, Severity};
use crate::text::ByteRange;

const NAMES: &[&str] = &["x-one", "y-two-three", "planner", "Back Office", "one"];

/// Sentences that name somebody: `{}` is the name.
const SENTENCES: &[&str] = &[
    "Ask @{} now.",
    "Ask @agent-{}.",
    "Ask `{}`, **{}** or {}.",
    "Ask `shop:{}`.",
    "Task(subagent_type=\"{}\")",
    "```\nsubagent_type: {}\n```",
    "| 😀 | Delegate To |\n|---|---|\n| 😀 | {}, `{}` (shop) |\n| b | {} agent |",
    "| What | Who |\n|---|---|\n| a | {} |\n| b | **{}** |",
    "[{}]({}.md) [up](../{}.md) [side](./{}.md#x)",
    "[top](/.claude/agents/{}.md) `.claude/agents/{}.md` `agents/{}.md`",
    "Run /{} and see commands/{}.md.",
    "The {} agent. Delegate to {}. → {}",
    "- Collaborate with {} on it",
];

/// Header lines that name somebody.
const LINES: &[&str] = &[
    "extends: {}",
    "extends: [./{}.md, agents/{}]",
    "tools: Read, Agent({}, other)",
    "delegates_to: [\"{}\", '{}']",
    "skills: {}, other",
    "handoffs:\n  - agent: {}",
];

const FOLDERS: &[&str] = &["", "a/", "a/b/"];

fn named(templates: &'static [&'static str]) -> impl Strategy<Value = String> {
    (
        prop::sample::select(templates),
        prop::sample::select(NAMES),
        any::<bool>(),
    )
        .prop_map(|(template, name, is_soft)| {
            let name = match is_soft {
                true => name.replace('-', "\u{2011}"),
                false => name.to_owned(),
            };
            template.replace("{}", &name)
        })
}

/// One file in the notation of fixtures.
fn file() -> impl Strategy<Value = (String, String)> {
    let folder = prop::sample::select(FOLDERS);
    let name = || prop::sample::select(NAMES);
    let word = || name().prop_filter("blanks are for agents", |name| !name.contains(' '));
    let lines = || prop::collection::vec(named(LINES), 0..2);
    let body = || prop::collection::vec(named(SENTENCES), 0..4).prop_map(|body| body.join("\n\n"));
    let agent = (
        folder.clone(),
        name(),
        name(),
        any::<bool>(),
        lines(),
        body(),
    )
        .prop_map(|(folder, name, stem, same, lines, body)| {
            let stem = if same { name } else { stem };
            let path = format!("{folder}.claude/agents/{stem}.md");
            let header = format!("name: {name}\ndescription: x\n{}", lines.join("\n"));
            (path, format!("---\n{header}\n---\n{body}\n"))
        });
    let command = (folder.clone(), word(), body()).prop_map(|(folder, name, body)| {
        (
            format!("{folder}.claude/commands/{name}.md"),
            format!("{body}\n"),
        )
    });
    let skill = (folder.clone(), word(), body()).prop_map(|(folder, name, body)| {
        let path = format!("{folder}.claude/skills/{name}/SKILL.md");
        (
            path,
            format!("---\nname: {name}\ndescription: x\n---\n{body}\n"),
        )
    });
    let plain = (folder, body())
        .prop_map(|(folder, body)| (format!("{folder}CLAUDE.md"), format!("{body}\n")));
    prop_oneof![5 => agent, 1 => command, 1 => skill, 2 => plain]
}

fn workspace() -> impl Strategy<Value = Vec<(String, String)>> {
    prop::collection::vec(file(), 1..8).prop_map(|mut files| {
        files.sort();
        files.dedup_by(|(a, _), (b, _)| a == b);
        files
    })
}

fn parse(files: &[(String, String)]) -> Fixture {
    let file = |(path, text): &(String, String)| format!("//- /{path}\n{text}");
    Fixture::parse(&files.iter().map(file).collect::<String>())
}

/// A file that defines something.
fn defined(fixture: &Fixture, at: prop::sample::Index) -> Option<&SourceFile> {
    let defines = |file: &&SourceFile| file.facts.definition.is_some();
    let files: Vec<&SourceFile> = fixture.files.iter().filter(defines).collect();
    (!files.is_empty()).then(|| *at.get(&files))
}

/// Names of two segments or more that nothing has, some of which are none in every form.
fn fresh_name() -> impl Strategy<Value = String> {
    "(zq[a-z0-9]{0,3}|3[a-z]|sub)(-[a-z0-9]{1,4}){1,2}|sub-agent"
}

fn renamed(
    fixture: &Fixture,
    id: FileId,
    name: &str,
    can_rename_files: bool,
) -> Result<(Rename, Fixture), RenameError> {
    let sources = |id| source(&fixture.files, id);
    let options = Options { can_rename_files };
    let target = Target::File(id);
    let rename = rename(&fixture.workspace, &sources, &target, name, options)?;
    let after = parse(&applied(&fixture.files, &rename));
    Ok((rename, after))
}

fn texts(fixture: &Fixture) -> Vec<(String, String)> {
    let files = fixture.files.iter();
    files
        .map(|file| (file.path.to_string(), file.source.to_string()))
        .collect()
}

/// How many agents are said to be unknown in each file. That a name is the file's is a hint.
fn unknown(fixture: &Fixture) -> Vec<usize> {
    let is_unknown =
        |finding: &Finding| finding.rule == "unknown-agent" && finding.severity != Severity::Hint;
    let count = |file: &SourceFile| {
        let findings = rules::check(&fixture.workspace, file);
        findings.into_iter().filter(is_unknown).count()
    };
    fixture.files.iter().map(count).collect()
}

proptest! {
    #[test]
    fn a_rename_and_the_rename_back_restore_every_byte(
        files in workspace(), at in any::<prop::sample::Index>(), with_files: bool, fresh in fresh_name(),
    ) {
        let before = parse(&files);
        let Some(file) = defined(&before, at) else { return Ok(()) };
        let own = file.facts.definition.clone().unwrap();
        let Ok((rename, there)) = renamed(&before, file.id, &fresh, with_files) else {
            // `3e-4` is a number.
            let is_odd = !name::is_name_everywhere(&fresh);
            prop_assert!(is_odd || own.name_range.is_empty() && !with_files);
            return Ok(());
        };
        if rename.loss().is_some() {
            prop_assert!(!name::is_name_everywhere(&fresh));
            return Ok(());
        }
        let (_, back) = match renamed(&there, file.id, own.name.as_str(), with_files) {
            Ok(back) => back,
            Err(error) => {
                // The old name was not its alone.
                let symbols = before.workspace.index.symbols(own.symbol);
                let same = symbols.filter(|(_, other)| other.name == own.name).count();
                prop_assert!(same > 1, "{error}");
                return Ok(());
            }
        };
        prop_assert_eq!(texts(&back), files);
    }

    #[test]
    fn what_is_renamed_is_what_references_finds(
        files in workspace(), at in any::<prop::sample::Index>(), with_files: bool, fresh in fresh_name(),
    ) {
        let before = parse(&files);
        let Some(file) = defined(&before, at) else { return Ok(()) };
        let target = Target::File(file.id);
        let Ok((rename, after)) = renamed(&before, file.id, &fresh, with_files) else {
            return Ok(());
        };
        if rename.loss().is_some() {
            return Ok(());
        }
        let index = &before.workspace.index;
        let found = references(&before.workspace, &target, true);
        let changes = |reference: &&Reference| {
            let from = &before.files[reference.file.0 as usize];
            let mentions = &from.facts.mentions;
            let mention = mentions.iter().find(|mention| mention.range == reference.range);
            let naming = mention.map(|mention| naming(index, mention, file.id, &from.path));
            match naming {
                // The definition.
                None => !reference.range.is_empty(),
                Some(Naming::Name) => true,
                Some(Naming::Stem) => false,
                Some(Naming::Path(_)) => !rename.moves.is_empty(),
            }
        };
        let expected: Vec<(FileId, ByteRange)> = found
            .iter()
            .filter(changes)
            .map(|found| (found.file, found.range))
            .collect();
        let edited: Vec<(FileId, ByteRange)> = rename
            .files
            .iter()
            .flat_map(|edits| edits.edits.iter().map(|edit| (edits.file, edit.edit.range)))
            .collect();
        prop_assert_eq!(edited.len(), expected.len(), "{:?} {:?}", edited, expected);
        for ((file, edited), (other, range)) in edited.into_iter().zip(expected) {
            prop_assert!(file == other && range.covers(edited), "{edited:?} {range:?}");
        }
        // As many are found under the new name, and nobody is lost.
        let then = references(&after.workspace, &target, true);
        prop_assert_eq!(found.len(), then.len(), "{:?} {:?}", found, then);
        let Some(own) = file.facts.agent() else {
            // What names an agent by the name of a skill may be told so only now.
            return Ok(());
        };
        let ends_own = |name: &&str| own.name.as_str().ends_with(&format!("-{name}"));
        if NAMES.iter().any(ends_own) {
            // What was silent as the end of the old name may be told only now.
            return Ok(());
        }
        for (was, is) in unknown(&before).into_iter().zip(unknown(&after)) {
            prop_assert!(is <= was);
        }
    }

    #[test]
    fn a_move_leaves_every_path_leading_where_it_led(
        files in workspace(), at in any::<prop::sample::Index>(),
        to in prop::sample::select(&["docs/new.md", "a/.claude/agents/fresh-name.md", "x.y/z-1.md", "a"][..]),
    ) {
        let before = parse(&files);
        let from = &at.get(&before.files).path;
        // A folder: all that is below goes.
        let moves = match from.as_str().split_once('/') {
            Some((folder, _)) if to == "a" => Move { from: FilePath::new(folder), to: FilePath::new("moved") },
            _ if to == "a" => return Ok(()),
            _ => Move { from: from.clone(), to: FilePath::new(to) },
        };
        let moves = [moves];
        let sources = |id| source(&before.files, id);
        let mut rename = file_rename(&before.workspace, &sources, &moves).unwrap_or_default();
        rename.moves = moves.to_vec();
        let after = parse(&applied(&before.files, &rename));
        for (was, is) in before.files.iter().zip(&after.files) {
            let (led, leads) = (paths(&before, was), paths(&after, is));
            prop_assert_eq!(led.len(), leads.len());
            for (led, leads) in led.into_iter().zip(leads) {
                let is_followed = matches!(led, Some((_, Route::Folder(_) | Route::Top(_))));
                let target = |path: Option<(FileId, Route)>| path.map(|(target, _)| target);
                prop_assert!(!is_followed || target(led) == target(leads), "{:?}", is.source);
            }
        }
    }

    #[test]
    fn the_move_of_a_rename_asks_for_nothing_more(
        files in workspace(), at in any::<prop::sample::Index>(),
    ) {
        let before = parse(&files);
        let Some(file) = defined(&before, at) else { return Ok(()) };
        let Ok((mut rename, _)) = renamed(&before, file.id, "fresh-name-here", true) else {
            return Ok(());
        };
        let moves = std::mem::take(&mut rename.moves);
        let edited = parse(&applied(&before.files, &rename));
        let sources = |id| source(&edited.files, id);
        prop_assert_eq!(file_rename(&edited.workspace, &sources, &moves), None);
    }
}

/// Where each path of a file leads, and how.
fn paths(fixture: &Fixture, file: &SourceFile) -> Vec<Option<(FileId, Route)>> {
    let index = &fixture.workspace.index;
    let mentions = file
        .facts
        .mentions
        .iter()
        .filter(|mention| is_path(mention));
    let targets = mentions.map(|mention| {
        let target = *index.resolve(mention, &file.facts, &file.path).first()?;
        match naming(index, mention, target, &file.path) {
            Naming::Path(route) => Some((target, route)),
            _ => None,
        }
    });
    targets.collect()
}
