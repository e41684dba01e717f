//! Go to implementation: the agents that extend what is under the cursor.
//!
//! Only those that name it in their own `extends`, as rust-analyzer and the TypeScript server
//! answer for traits and interfaces; what extends those is one more question away, or in the
//! type hierarchy at once.

use super::definition::{NavigationTarget, target};
use super::hierarchy::subject;
use super::type_hierarchy::extended_by;
use crate::agent::SourceFile;
use crate::index::Workspace;

/// The files that extend what the mention at `offset` (bytes) means, or this file at its own
/// name, in the order of paths.
pub fn goto_implementation(
    workspace: &Workspace,
    file: &SourceFile,
    offset: usize,
) -> Vec<NavigationTarget> {
    let index = &workspace.index;
    let Some(id) = subject(workspace, file, offset) else {
        return Vec::new();
    };
    extended_by(index, id)
        .into_iter()
        .filter_map(|id| target(index, id))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    #[track_caller]
    fn check(fixture: &str) {
        let fixture = Fixture::parse(fixture);
        let (file, offset) = fixture.cursor();
        let found: Vec<_> = goto_implementation(&fixture.workspace, file, offset)
            .iter()
            .map(|target| (target.file.0 as usize, target.range, "heir".to_owned()))
            .collect();
        assert_eq!(found, fixture.annotations);
    }

    #[test]
    fn a_name_leads_to_those_who_extend_it_directly() {
        for place in [
            "name: base-$0pro\n---\n",
            "name: base-pro\n---\nAsk @base-$0pro.\n",
        ] {
            check(&format!(
                r#"
//- /.claude/agents/base.md
---
{place}
//- /.claude/agents/a.md
---
name: first-heir
      ^^^^^^^^^^ heir
extends: base-pro
---
//- /.claude/agents/b.md
---
name: grandchild
extends: first-heir
---
//- /.claude/agents/c.md
---
extends: base
name: second-heir
      ^^^^^^^^^^^ heir
---
"#
            ));
        }
    }

    #[test]
    fn what_nobody_extends_has_no_implementation() {
        check("//- /.claude/agents/base.md\n---\nname: base-$0pro\n---\n");
    }
}
