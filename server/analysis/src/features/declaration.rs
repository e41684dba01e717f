//! Go to declaration: from a header key that overrides an inherited one to the ancestor's line.

use super::definition::{Definitions, NavigationTarget, goto_definition};
use super::inherited::inherited;
use crate::agent::SourceFile;
use crate::index::Workspace;

/// At the key or the value of a header's entry, the line of the nearest ancestor that it
/// overrides; at a mention or the file's own name, what [`goto_definition`] gives.
pub fn goto_declaration(
    workspace: &Workspace,
    file: &SourceFile,
    offset: usize,
) -> Option<Definitions> {
    goto_definition(workspace, file, offset).or_else(|| overridden(workspace, file, offset))
}

fn overridden(workspace: &Workspace, file: &SourceFile, offset: usize) -> Option<Definitions> {
    let entry = file.facts.entry_at(offset)?;
    let origin = [entry.key_range, entry.value_range]
        .into_iter()
        .find(|range| range.touches(offset))?;
    let (ancestor, above) = inherited(&workspace.index, file.id, &entry.key)?;
    Some(Definitions {
        origin,
        targets: vec![NavigationTarget {
            file: ancestor,
            range: above.key_range,
            full_range: above.range,
        }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    #[track_caller]
    fn check(fixture: &str) {
        let fixture = Fixture::parse(fixture);
        let (file, offset) = fixture.cursor();
        let found = goto_declaration(&fixture.workspace, file, offset);
        let targets = found.iter().flat_map(|found| &found.targets);
        let found: Vec<_> = targets
            .map(|target| {
                (
                    target.file.0 as usize,
                    target.range,
                    "declaration".to_owned(),
                )
            })
            .collect();
        assert_eq!(found, fixture.annotations);
    }

    const BASES: &str = "
//- /.claude/agents/near.md
---
name: near-base
extends: far-base
model:
---
//- /.claude/agents/far.md
---
name: far-base
description: Far.
tools: Read
MARK
model: opus
MARK
---
";

    fn with_bases(file: &str, tools: &str, model: &str) -> String {
        let bases = BASES
            .replacen("MARK\n", tools, 1)
            .replacen("MARK\n", model, 1);
        format!("{bases}//- /.claude/agents/x.md\n---\n{file}\n---\n")
    }

    #[test]
    fn a_key_or_its_value_leads_to_the_nearest_line_that_it_overrides() {
        for file in [
            "name: x\nextends: near-base\nto$0ols: Write, Grep",
            "name: x\nextends: near-base\ntools: Wri$0te, Grep",
            "name: x\nextends: near-base\ntools:\n  - Write\n  - Gr$0ep",
        ] {
            check(&with_bases(file, "^^^^^ declaration\n", ""));
        }
        // The nearer ancestor has the key and no value.
        let file = "name: x\nextends: near-base\nmod$0el: haiku";
        check(&with_bases(file, "", "^^^^^ declaration\n"));
    }

    #[test]
    fn a_key_that_overrides_nothing_has_no_declaration() {
        for file in [
            "name: x\nextends: near-base\ncol$0or: red",
            "name: x\nextends: near-base\ndesc$0ription: Mine.",
            "name: x\ntools: Re$0ad",
        ] {
            check(&with_bases(file, "", ""));
        }
    }

    #[test]
    fn a_mention_leads_to_the_definition() {
        check(
            "//- /.claude/agents/p.md\n---\nname: python-pro\n      ^^^^^^^^^^ declaration\n---\n//- /CLAUDE.md\nAsk @python-$0pro.\n",
        );
    }
}
