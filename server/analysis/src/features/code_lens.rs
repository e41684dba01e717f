//! Code lens: above a name, how often it is mentioned, by whom it is extended, and who delegates to it.

use super::definition::target;
use super::references::{Target, references};
use super::type_hierarchy::extended_by;
use crate::agent::SourceFile;
use crate::index::Workspace;
use crate::text::ByteRange;

/// Which lenses are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// How often the file is mentioned.
    pub references: bool,
    /// How many files extend it.
    pub extended_by: bool,
    /// How many files delegate to it.
    pub delegated_to: bool,
}

/// What a lens counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LensKind {
    /// Mentions.
    References,
    /// Files that extend this one.
    ExtendedBy,
    /// Files that delegate to this one.
    DelegatedTo,
}

/// A count above a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lens {
    /// The name, in bytes; the start of a file that writes none.
    pub range: ByteRange,
    /// What is counted.
    pub kind: LensKind,
    /// How many there are.
    pub count: usize,
}

impl Lens {
    /// What is shown.
    pub fn title(&self) -> String {
        let Self { count, kind, .. } = self;
        match (kind, count) {
            (LensKind::References, 1) => "1 reference".to_owned(),
            (LensKind::References, _) => format!("{count} references"),
            (LensKind::ExtendedBy, _) => format!("extended by {count}"),
            (LensKind::DelegatedTo, _) => format!("delegated to by {count}"),
        }
    }
}

/// The lenses of a file, as far as bodies are known. What defines something has its references
/// counted even where there are none; the other lenses are there where they count something.
pub fn code_lenses(workspace: &Workspace, file: &SourceFile, options: &Options) -> Vec<Lens> {
    let index = &workspace.index;
    let Some(own) = target(index, file.id) else {
        return Vec::new();
    };
    let mentions = references(workspace, &Target::File(file.id), false);
    let is_defined = file.facts.definition.is_some();
    let mut callers: Vec<_> = mentions
        .iter()
        .filter(|it| it.file != file.id && it.form.is_some_and(|form| form.is_delegation()))
        .map(|it| it.file)
        .collect();
    callers.dedup();
    let heirs = extended_by(index, file.id).len();
    let lenses = [
        (
            LensKind::References,
            mentions.len(),
            options.references && is_defined,
        ),
        (
            LensKind::ExtendedBy,
            heirs,
            options.extended_by && heirs > 0,
        ),
        (
            LensKind::DelegatedTo,
            callers.len(),
            options.delegated_to && !callers.is_empty(),
        ),
    ];
    let shown = lenses.into_iter().filter(|(.., is_shown)| *is_shown);
    shown
        .map(|(kind, count, _)| Lens {
            range: own.range,
            kind,
            count,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    const ALL: Options = Options {
        references: true,
        extended_by: true,
        delegated_to: true,
    };

    /// The lenses of the file with the cursor, which all stand where it stands.
    #[track_caller]
    fn check(fixture: &str, options: &Options, expected: &[&str]) {
        let fixture = Fixture::parse(fixture);
        let (file, offset) = fixture.cursor();
        let lenses = code_lenses(&fixture.workspace, file, options);
        assert!(
            lenses
                .iter()
                .all(|lens| lens.range.start as usize == offset)
        );
        let titles: Vec<_> = lenses.iter().map(Lens::title).collect();
        assert_eq!(titles, expected);
    }

    const TEAM: &str = r#"
//- /.claude/agents/python-pro.md
---
name: $0python-pro
---
You are `python-pro`.
//- /.claude/agents/jax-pro.md
---
name: jax-pro
extends: python-pro
---
| Delegate To |
|---|
| python-pro |
| python-pro |
//- /CLAUDE.md
Ask @python-pro; see `python-pro`.
//- /README.md
See [it](.claude/agents/python-pro.md).
"#;

    #[test]
    fn a_name_is_counted_by_mentions_heirs_and_callers() {
        check(
            TEAM,
            &ALL,
            &["7 references", "extended by 1", "delegated to by 2"],
        );
    }

    #[test]
    fn a_lens_that_is_switched_off_is_not_there() {
        for (options, expected) in [
            (
                Options {
                    references: false,
                    ..ALL
                },
                ["extended by 1", "delegated to by 2"],
            ),
            (
                Options {
                    extended_by: false,
                    ..ALL
                },
                ["7 references", "delegated to by 2"],
            ),
            (
                Options {
                    delegated_to: false,
                    ..ALL
                },
                ["7 references", "extended by 1"],
            ),
        ] {
            check(TEAM, &options, &expected);
        }
    }

    #[test]
    fn what_nobody_mentions_has_no_reference() {
        check(
            "//- /.claude/agents/a.md\n---\nname: $0lone-pro\n---\n",
            &ALL,
            &["0 references"],
        );
    }

    #[test]
    fn a_file_without_a_name_is_counted_at_its_start() {
        let command = "//- /.claude/commands/deploy.md\n$0Do it.\n//- /CLAUDE.md\nSee [it](.claude/commands/deploy.md).\n";
        check(command, &ALL, &["1 reference"]);
        let base = "//- /core/templates/special.md\n$0---\nmodel: opus\n---\n//- /.claude/agents/a.md\n---\nname: a-pro\nextends: core/special\n---\n";
        check(base, &ALL, &["extended by 1"]);
        check("//- /README.md\n$0# Readme\n", &ALL, &[]);
    }
}
