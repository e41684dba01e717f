//! Type hierarchy for `extends`: what a file extends, and what extends it.

use super::hierarchy::{HierarchyItem, item, subject};
use crate::agent::SourceFile;
use crate::index::{FileId, Index, Workspace, extends};

/// The root of a type hierarchy: what the mention at `offset` (bytes) means, or this file at its
/// own name.
pub fn prepare(workspace: &Workspace, file: &SourceFile, offset: usize) -> Option<HierarchyItem> {
    let id = subject(workspace, file, offset)?;
    let has_header = id != file.id || file.facts.header.is_some();
    has_header.then(|| item(&workspace.index, id)).flatten()
}

/// What a file extends, in the order in which it is written; never the file itself.
pub fn supertypes(workspace: &Workspace, id: FileId) -> Vec<HierarchyItem> {
    let index = &workspace.index;
    let mut above: Vec<FileId> = Vec::new();
    for id in bases(index, id).filter(|base| *base != id) {
        if !above.contains(&id) {
            above.push(id);
        }
    }
    above.into_iter().filter_map(|id| item(index, id)).collect()
}

/// What extends a file, in the order of paths; never the file itself.
pub fn subtypes(workspace: &Workspace, id: FileId) -> Vec<HierarchyItem> {
    let index = &workspace.index;
    extended_by(index, id)
        .into_iter()
        .filter_map(|id| item(index, id))
        .collect()
}

/// The files of which a value of `extends` means this file, in the order of paths.
pub(super) fn extended_by(index: &Index, id: FileId) -> Vec<FileId> {
    let mut below: Vec<FileId> = index
        .extending()
        .filter(|other| *other != id && bases(index, *other).any(|base| base == id))
        .collect();
    let path = |id: &FileId| index.file(*id).map(|file| &file.path);
    below.sort_by(|a, b| path(a).cmp(&path(b)));
    below
}

/// The nearest file that each value of `extends` means.
fn bases(index: &Index, id: FileId) -> impl Iterator<Item = FileId> {
    let file = index.file(id);
    let values = file.into_iter().flat_map(|file| {
        let mentions = extends(&file.facts);
        mentions.map(|mention| (&mention.name, &file.path))
    });
    values.filter_map(|(value, from)| index.extends_targets(value, from).first().copied())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    /// The names above and below what the cursor is on, in the order of the answer.
    #[track_caller]
    fn check(fixture: &str, above: &[&str], below: &[&str]) {
        let fixture = Fixture::parse(fixture);
        let (file, offset) = fixture.cursor();
        let root = prepare(&fixture.workspace, file, offset).expect("an item");
        let names = |items: Vec<HierarchyItem>| -> Vec<String> {
            items.into_iter().map(|item| item.name).collect()
        };
        let id = root.target.file;
        assert_eq!(names(supertypes(&fixture.workspace, id)), above);
        assert_eq!(names(subtypes(&fixture.workspace, id)), below);
    }

    #[test]
    fn what_is_extended_stands_above_in_the_written_order() {
        check(
            r#"
//- /.claude/agents/x.md
---
name: x-$0pro
extends: [second-base, first-base, second-base, lost-base]
---
//- /.claude/agents/a.md
---
name: first-base
extends: top-base
---
//- /.claude/agents/b.md
---
name: second-base
---
//- /.claude/agents/t.md
---
name: top-base
---
"#,
            &["second-base", "first-base"],
            &[],
        );
    }

    #[test]
    fn what_extends_it_stands_below_however_it_is_written() {
        check(
            r#"
//- /.claude/agents/base.md
---
name: base-$0pro
---
//- /.claude/agents/a.md
---
name: by-name
extends: base-pro
---
//- /.claude/agents/b.md
---
name: by-path
extends: ./base.md
---
//- /.claude/agents/c.md
---
name: by-suffix
extends: agents/base
---
//- /.claude/agents/d.md
---
name: one-further
extends: by-name
---
"#,
            &[],
            &["by-name", "by-path", "by-suffix"],
        );
    }

    #[test]
    fn a_value_of_extends_leads_to_the_file_without_a_name() {
        check(
            "//- /core/templates/specialist.md\n---\nmodel: opus\n---\n//- /.claude/agents/a.md\n---\nname: a-pro\nextends: core/special$0ist\n---\n",
            &[],
            &["a-pro"],
        );
    }

    #[test]
    fn a_cycle_shows_each_above_and_below_the_other() {
        check(
            "//- /.claude/agents/a.md\n---\nname: a-$0pro\nextends: [a-pro, b-pro]\n---\n//- /.claude/agents/b.md\n---\nname: b-pro\nextends: a-pro\n---\n",
            &["b-pro"],
            &["b-pro"],
        );
    }

    #[test]
    fn of_namesakes_only_the_nearest_is_extended() {
        let near = "//- /a/.claude/agents/t.md\n---\nname: twin-pro\n---\n";
        let far = "//- /b/.claude/agents/t.md\n---\nname: twin-$0pro\n---\n";
        let heir = "//- /a/.claude/agents/u.md\n---\nname: heir-pro\nextends: twin-pro\n---\n";
        check(&format!("{near}{far}{heir}"), &[], &[]);
    }
}
