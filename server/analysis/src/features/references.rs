//! Find references: every mention of what is under the cursor, over all files.

use memchr::memmem;

use super::definition::{NavigationTarget, target};
use crate::agent::{Confidence, Form, Mention, Name, SourceFile, Symbol};
use crate::host::Hosts;
use crate::index::{FileId, Index, Resolver, Workspace};
use crate::path::FilePath;
use crate::text::ByteRange;

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// An agent, skill, command or other file of the workspace.
    File(FileId),
    /// An agent that no file defines: one that a host brings, or one that does not exist.
    Undefined(Name),
}

/// A name under the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// The name, in bytes.
    pub range: ByteRange,
    /// What it stands for.
    pub target: Target,
}

/// A place that names something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The file.
    pub file: FileId,
    /// The name, in bytes of that file; of a definition without a `name`, its empty start.
    pub range: ByteRange,
    /// How it is named; `None` for the definition itself.
    pub form: Option<Form>,
}

/// What stands at `offset` (bytes): a mention or the file's own `name`. `None` for a mention
/// that is too weak to mean anything without a definition.
pub fn occurrence(workspace: &Workspace, file: &SourceFile, offset: usize) -> Option<Occurrence> {
    let index = &workspace.index;
    if let Some(mention) = file.facts.mention_at(offset) {
        return Some(Occurrence {
            range: mention.range,
            target: meaning(&mut index.resolver(&file.facts, &file.path), mention)?,
        });
    }
    let own = file.facts.definition.as_ref()?;
    let is_on_it = !own.name_range.is_empty() && own.name_range.touches(offset);
    is_on_it.then_some(Occurrence {
        range: own.name_range,
        target: Target::File(file.id),
    })
}

fn meaning(resolver: &mut Resolver<'_>, mention: &Mention) -> Option<Target> {
    if let Some(id) = resolver.resolve(mention).first() {
        return Some(Target::File(*id));
    }
    let is_sure = match mention.form {
        Form::Link | Form::Path | Form::SkillKey | Form::Command => return None,
        Form::Cell { column, .. } => resolver.holds_agents(column),
        form => form.confidence() >= Confidence::Likely,
    };
    let is_builtin = || Hosts::builtin().builtin_agent(mention.name.as_str());
    (is_sure || is_builtin().is_some()).then(|| Target::Undefined(mention.name.clone()))
}

/// Everything that is called `name`, as seen from nowhere: agents, skills, commands, and where
/// none is, agents whose file has that stem. What is called so by nobody is undefined.
pub fn called(workspace: &Workspace, name: &Name) -> Vec<Target> {
    let (index, from) = (&workspace.index, FilePath::new(""));
    let mut found: Vec<FileId> = Symbol::ALL
        .iter()
        .flat_map(|symbol| index.called(*symbol, name, &from))
        .collect();
    if found.is_empty() {
        found = index.misnamed(name, &from);
    }
    if found.is_empty() {
        return vec![Target::Undefined(name.clone())];
    }
    found.into_iter().map(Target::File).collect()
}

/// What `offset` (bytes) is about: what is named there, or this file itself on the first line of
/// one that defines something and writes no name.
pub fn target_at(workspace: &Workspace, file: &SourceFile, offset: usize) -> Option<Target> {
    if let Some(found) = occurrence(workspace, file, offset) {
        return Some(found.target);
    }
    let own = file.facts.definition.as_ref()?;
    let is_own = own.name_range.is_empty() && is_on_first_line(file, offset);
    is_own.then_some(Target::File(file.id))
}

/// Whether `offset` (bytes) is on the line that stands for a file without a name.
pub(super) fn is_on_first_line(file: &SourceFile, offset: usize) -> bool {
    offset <= file.source.find(['\n', '\r']).unwrap_or(file.source.len())
}

/// What a file must hold to name `target`: one of these, as text. A search over files that
/// were not read in whole begins with it.
pub fn names(workspace: &Workspace, target: &Target) -> Vec<Name> {
    match target {
        Target::File(id) => workspace.index.names_of(*id),
        Target::Undefined(name) => vec![name.without_scope().unwrap_or_else(|| name.clone())],
    }
}

/// All mentions of `target` in the files whose bodies the workspace knows, in the order of
/// paths and text; the definition too where `with_definition`.
pub fn references(workspace: &Workspace, target: &Target, with_definition: bool) -> Vec<Reference> {
    let index = &workspace.index;
    let names = names(workspace, target);
    let mut files: Vec<FileId> = names
        .iter()
        .flat_map(|name| index.mentioning(name))
        .collect();
    if let Target::File(id) = target {
        files.push(*id);
    }
    files.sort_unstable();
    files.dedup();
    let path = |id: &FileId| index.file(*id).map(|file| &file.path);
    files.sort_by(|a, b| path(a).cmp(&path(b)));
    files
        .into_iter()
        .flat_map(|id| in_file(index, target, &names, id, with_definition))
        .collect()
}

/// The mentions of `target` in one file, in the order of the text.
fn in_file(
    index: &Index,
    target: &Target,
    names: &[Name],
    id: FileId,
    with_definition: bool,
) -> Vec<Reference> {
    let Some(file) = index.file(id) else {
        return Vec::new();
    };
    let mut resolver = index.resolver(&file.facts, &file.path);
    let mentions = file.facts.mentions.iter().filter(|mention| {
        mention.is_called(names) && meaning(&mut resolver, mention).as_ref() == Some(target)
    });
    let mut found: Vec<Reference> = mentions
        .map(|mention| Reference {
            file: id,
            range: mention.range,
            form: Some(mention.form),
        })
        .collect();
    if with_definition
        && *target == Target::File(id)
        && let Some(NavigationTarget { range, .. }) = self::target(index, id)
    {
        let at = found.partition_point(|reference| reference.range < range);
        let definition = Reference {
            file: id,
            range,
            form: None,
        };
        found.insert(at, definition);
    }
    found
}

/// Document highlight: the references of what stands at `offset` (bytes) in this very file.
pub fn highlight(workspace: &Workspace, file: &SourceFile, offset: usize) -> Vec<Reference> {
    let Some(Occurrence { target, .. }) = occurrence(workspace, file, offset) else {
        return Vec::new();
    };
    let names = names(workspace, &target);
    let found = in_file(&workspace.index, &target, &names, file.id, true);
    // What defines nothing has no place of its own that could be drawn.
    let is_drawn = |reference: &Reference| !reference.range.is_empty();
    found.into_iter().filter(is_drawn).collect()
}

/// What the text of a file must hold to mention one of some names.
pub struct Search<'a> {
    names: Vec<memmem::Finder<'a>>,
    /// Whether a link may write a name otherwise: `%20` for a blank.
    is_encodable: bool,
}

impl<'a> Search<'a> {
    /// A search for `names`.
    pub fn new(names: &'a [Name]) -> Self {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        Self {
            names: names
                .iter()
                .map(|name| memmem::Finder::new(name.as_str()))
                .collect(),
            is_encodable: names
                .iter()
                .any(|name| !name.as_str().chars().all(is_plain)),
        }
    }

    /// Whether a file with this text can mention one of the names.
    pub fn matches(&self, source: &str) -> bool {
        let bytes = source.as_bytes();
        self.names.iter().any(|name| name.find(bytes).is_some())
            || (self.is_encodable && memchr::memchr(b'%', bytes).is_some())
            // Hyphens that count as hyphens: see `Name`.
            || memmem::find(bytes, "\u{2011}".as_bytes()).is_some()
            || memmem::find(bytes, "\u{2010}".as_bytes()).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;
    use proptest::prelude::*;

    /// The references of what the cursor is on are exactly the places drawn as `reference`, and
    /// the definition the one drawn as `definition`.
    #[track_caller]
    fn check(fixture: &str) {
        let fixture = Fixture::parse(fixture);
        let (file, offset) = fixture.cursor();
        let target = target_at(&fixture.workspace, file, offset);
        let mut found: Vec<(usize, ByteRange, String)> = target
            .iter()
            .flat_map(|target| references(&fixture.workspace, target, true))
            .map(|found| {
                let drawn = found.form.map_or("definition", |_| "reference");
                (found.file.0 as usize, found.range, drawn.to_owned())
            })
            .collect();
        // A place without a `name` cannot be drawn.
        found.retain(|(_, range, _)| !range.is_empty());
        fixture.assert_drawn(found);
    }

    #[test]
    fn every_form_is_found_from_any_of_them() {
        check(
            r#"
//- /.claude/agents/scout.md
---
name: map-scout
    //^^^^^^^^^ definition
description: Looks around.
---
//- /.claude/agents/lead.md
---
name: lead
description: Leads.
tools: Agent(map-scout), Read
           //^^^^^^^^^ reference
extends: map-scout
       //^^^^^^^^^ reference
---
| Delegate To |
|---|
| map-$0scout, other-scout |
//^^^^^^^^^ reference

Task(subagent_type="map-scout") then @agent-map-scout and team:map-scout.
                  //^^^^^^^^^ reference
                                    //^^^^^^^^^^^^^^^ reference
                                                        //^^^^^^^^^^^^^^ reference
//- /README.md
See [it](.claude/agents/scout.md).
       //^^^^^^^^^^^^^^^^^^^^^^^ reference
"#,
        );
    }

    #[test]
    fn of_two_agents_of_one_name_each_has_the_mentions_it_is_the_nearest_for() {
        check(
            r#"
//- /a/.claude/agents/scout.md
---
name: map-$0scout
    //^^^^^^^^^ definition
description: Looks around.
---
//- /a/.claude/agents/lead.md
---
name: lead
description: Leads.
agents: map-scout
      //^^^^^^^^^ reference
---
//- /b/.claude/agents/scout.md
---
name: map-scout
description: Looks elsewhere.
---
//- /b/.claude/agents/lead.md
---
name: lead
description: Leads.
agents: map-scout
---
"#,
        );
    }

    #[test]
    fn a_name_that_nobody_defines_is_found_where_it_counts() {
        check(
            r#"
//- /.claude/agents/lead.md
---
name: lead
description: Leads.
agents: ghost-$0writer, Explore
      //^^^^^^^^^^^^ reference
---
//- /.claude/agents/other.md
---
name: other
description: Leads too.
agents: [ghost-writer]
       //^^^^^^^^^^^^ reference
---
"#,
        );
    }

    #[test]
    fn a_skill_and_a_command_are_found_and_an_agent_of_that_name_is_another() {
        check(
            r#"
//- /.claude/skills/release-notes/SKILL.md
---
name: release-notes
    //^^^^^^^^^^^^^ definition
description: Writes notes.
---
//- /.claude/agents/release-notes.md
---
name: release-notes
description: An agent.
skills: release-$0notes
      //^^^^^^^^^^^^^ reference
agents: release-notes
---
"#,
        );
    }

    #[test]
    fn the_first_line_stands_for_what_writes_no_name() {
        for text in ["$0---\nmodel: opus\n---\nDo it.", "Do $0it."] {
            check(&format!(
                "//- /.claude/commands/deploy.md\n{text}\n//- /CLAUDE.md\nRun `/deploy`.\n      ^^^^^^ reference\n"
            ));
        }
        let command = "//- /.claude/commands/deploy.md\nDo it.\nDo $0it.\n";
        check(&format!("{command}//- /CLAUDE.md\nRun `/deploy`.\n"));
        check("//- /README.md\n# $0Us\n//- /CLAUDE.md\nSee [us](README.md).\n");
    }

    #[test]
    fn nothing_stands_where_a_weak_form_names_nobody() {
        check("Some `kebab-$0case` words.\n");
        check("| Flag |\n|---|\n| dry-$0run |\n");
    }

    fn workspace() -> impl Strategy<Value = String> {
        let name = "(map-scout|docs-keeper|lead)";
        let place = "(\\.claude/agents|a/\\.claude/agents|docs)";
        let mention = format!(
            "(Ask @{name} or `{name}`\\.\n\n|\\| Delegate To \\|\n\\|---\\|\n\\| {name}, {name} \\|\n\n|The {name} agent\\. See [a-z]{{3}}/{name}\\.md\\.\n\n)"
        );
        let file = format!(
            "//- /{place}/[a-c]\\.md\n---\nname: {name}\ndescription: x\n(extends: {name}\n)?---\n{mention}{{0,4}}"
        );
        prop::string::string_regex(&format!("({file}){{1,6}}")).expect("a pattern")
    }

    proptest! {
        #[test]
        fn a_highlight_is_the_references_within_the_file(text in workspace(), at in 0usize..600) {
            let fixture = Fixture::parse(&text);
            let file = &fixture.files[at % fixture.files.len()];
            let offset = at.min(file.source.len());
            let highlighted = highlight(&fixture.workspace, file, offset);
            let Some(found) = occurrence(&fixture.workspace, file, offset) else {
                prop_assert!(highlighted.is_empty());
                return Ok(());
            };
            let within: Vec<_> = references(&fixture.workspace, &found.target, true)
                .into_iter()
                .filter(|reference| reference.file == file.id && !reference.range.is_empty())
                .collect();
            prop_assert_eq!(&highlighted, &within);
            let is_on_it = |reference: &Reference| reference.range == found.range;
            prop_assert!(highlighted.iter().any(is_on_it));
        }
    }
}
