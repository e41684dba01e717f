//! Call hierarchy for delegation: who gives work to a file, and to whom it gives work.

use super::hierarchy::{HierarchyItem, item, subject};
use super::references::{Target, references};
use crate::agent::SourceFile;
use crate::index::{FileId, Workspace};
use crate::text::ByteRange;

/// One end of a delegation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The other file: the one that delegates, or the one that is delegated to.
    pub item: HierarchyItem,
    /// The names that delegate, in bytes of the file that delegates, in the order of its text.
    pub ranges: Vec<ByteRange>,
}

/// The root of a call hierarchy: what the mention at `offset` (bytes) means, or this file at its
/// own name. A file that defines nothing is one where it delegates.
pub fn prepare(workspace: &Workspace, file: &SourceFile, offset: usize) -> Option<HierarchyItem> {
    let id = subject(workspace, file, offset)?;
    let has_calls = id != file.id
        || file.facts.definition.is_some()
        || file.facts.mentions.iter().any(|it| it.form.is_delegation());
    has_calls.then(|| item(&workspace.index, id)).flatten()
}

/// Who delegates to a file, in the order of paths, as far as bodies are known; never the file itself.
pub fn incoming(workspace: &Workspace, id: FileId) -> Vec<Call> {
    let mut found = references(workspace, &Target::File(id), false);
    found.retain(|reference| {
        reference.file != id && reference.form.is_some_and(|form| form.is_delegation())
    });
    found
        .chunk_by(|a, b| a.file == b.file)
        .filter_map(|references| {
            Some(Call {
                item: item(&workspace.index, references.first()?.file)?,
                ranges: references.iter().map(|it| it.range).collect(),
            })
        })
        .collect()
}

/// To whom a file delegates, in the order in which they are first named; never to itself. Names
/// that no file defines have nowhere to lead to and are left out.
pub fn outgoing(workspace: &Workspace, id: FileId) -> Vec<Call> {
    let index = &workspace.index;
    let Some(file) = index.file(id) else {
        return Vec::new();
    };
    let mut calls: Vec<Call> = Vec::new();
    let mut resolver = index.resolver(&file.facts, &file.path);
    for mention in &file.facts.mentions {
        if !mention.form.is_delegation() {
            continue;
        }
        let found = resolver.resolve(mention);
        let Some(to) = found.first().filter(|to| **to != id) else {
            continue;
        };
        match calls.iter_mut().find(|call| call.item.target.file == *to) {
            Some(call) => call.ranges.push(mention.range),
            None => calls.extend(item(index, *to).map(|item| Call {
                item,
                ranges: vec![mention.range],
            })),
        }
    }
    calls
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    /// The file under the cursor is called by exactly the ranges drawn as `incoming` and calls
    /// by exactly those drawn as `outgoing NAME`.
    #[track_caller]
    fn check(fixture: &str) {
        let fixture = Fixture::parse(fixture);
        let (file, offset) = fixture.cursor();
        let root = prepare(&fixture.workspace, file, offset).expect("an item");
        let id = root.target.file;
        let mut found = Vec::new();
        for call in incoming(&fixture.workspace, id) {
            let from = call.item.target.file.0 as usize;
            found.extend(call.ranges.iter().map(|it| (from, *it, "incoming".into())));
        }
        for call in outgoing(&fixture.workspace, id) {
            let said = format!("outgoing {}", call.item.name);
            found.extend(
                call.ranges
                    .iter()
                    .map(|it| (id.0 as usize, *it, said.clone())),
            );
        }
        fixture.assert_drawn(found);
    }

    #[test]
    fn callers_and_callees_come_with_the_places_in_the_caller() {
        check(
            r#"
//- /.claude/agents/lead.md
---
name: team-$0lead
tools: Read, Agent(jax-pro)
                   ^^^^^^^ outgoing jax-pro
---
| Delegate To | When |
|---|---|
| python-pro | code |
  ^^^^^^^^^^ outgoing python-pro
| nobody-expert | never |

Then @python-pro again, as `jax-pro` says.
      ^^^^^^^^^^ outgoing python-pro
//- /.claude/agents/python-pro.md
---
name: python-pro
---
Ask @team-lead.
     ^^^^^^^^^ incoming
//- /.claude/agents/jax-pro.md
---
name: jax-pro
extends: team-lead
---
See [the lead](lead.md).
//- /CLAUDE.md
Ask @team-lead, then @team-lead again.
     ^^^^^^^^^ incoming
                      ^^^^^^^^^ incoming
"#,
        );
    }

    #[test]
    fn the_cursor_may_stand_on_a_mention() {
        check(
            r#"
//- /.claude/agents/python-pro.md
---
name: python-pro
---
//- /CLAUDE.md
Ask @python-$0pro.
     ^^^^^^^^^^ incoming
"#,
        );
    }

    #[test]
    fn a_file_that_names_itself_does_not_call_itself() {
        check(
            r#"
//- /.claude/agents/python-pro.md
---
name: python-$0pro
---
| Delegate To |
|---|
| python-pro |
"#,
        );
    }

    #[test]
    fn two_that_delegate_to_each_other_are_callers_and_callees() {
        check(
            r#"
//- /.claude/agents/a.md
---
name: first-$0pro
---
Ask @second-pro.
     ^^^^^^^^^^ outgoing second-pro
//- /.claude/agents/b.md
---
name: second-pro
---
Ask @first-pro.
     ^^^^^^^^^ incoming
"#,
        );
    }

    #[test]
    fn of_namesakes_only_the_nearest_is_called() {
        check(
            r#"
//- /a/.claude/agents/t.md
---
name: twin-$0pro
---
//- /b/.claude/agents/t.md
---
name: twin-pro
---
//- /a/.claude/agents/u.md
---
name: near-pro
---
Ask @twin-pro.
     ^^^^^^^^ incoming
//- /b/.claude/agents/u.md
---
name: far-pro
---
Ask @twin-pro.
"#,
        );
    }

    #[test]
    fn a_file_without_a_name_is_asked_about_on_its_first_line() {
        check(
            r#"
//- /.claude/agents/python-pro.md
---
name: python-pro
---
//- /CLAUDE.md
# The $0team
Ask @python-pro.
     ^^^^^^^^^^ outgoing python-pro
"#,
        );
    }

    #[test]
    fn nothing_is_prepared_where_nothing_delegates_or_is_known() {
        for text in [
            "//- /README.md\n# The $0project\n",
            "//- /CLAUDE.md\n# Team\nNothing $0here.\n",
            "//- /CLAUDE.md\nThe lead.\n\nAsk @nobody-$0expert.\n",
        ] {
            let fixture = Fixture::parse(text);
            let (file, offset) = fixture.cursor();
            assert_eq!(prepare(&fixture.workspace, file, offset), None, "{text}");
        }
    }

    #[test]
    fn an_item_shows_the_name_the_kind_and_the_path() {
        let fixture = Fixture::parse(
            "//- /.claude/agents/p.md\n---\nname: python-pro\n---\n//- /CLAUDE.md\nAsk @python-$0pro.\n",
        );
        let (file, offset) = fixture.cursor();
        let item = prepare(&fixture.workspace, file, offset).expect("an item");
        assert_eq!(item.name, "python-pro");
        assert_eq!(item.symbol, Some(crate::agent::Symbol::Agent));
        assert_eq!(item.detail, ".claude/agents/p.md");
        assert_eq!(item.target.range, ByteRange::new(10, 20));
        assert!(item.target.full_range.covers(item.target.range));
        let callers = incoming(&fixture.workspace, item.target.file);
        let [Call { item, .. }] = callers.as_slice() else {
            panic!("{callers:?}");
        };
        assert_eq!((item.name.as_str(), item.symbol), ("CLAUDE.md", None));
    }
}
