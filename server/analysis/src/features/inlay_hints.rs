//! Inlay hints: what a header inherits, and the model of those whom a table delegates to.

use rustc_hash::FxHashMap;

use super::hover::{escape, shortened};
use super::inherited::{inherited, own, resulting};
use crate::agent::{ColumnHeading, Form, SourceFile};
use crate::index::{FileId, Index, Workspace};
use crate::syntax::frontmatter::Entry;
use crate::text::ByteRange;

/// Which hints are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// What a header inherits.
    pub inherited: bool,
    /// The model of whom a table delegates to.
    pub model: bool,
}

/// Text that is shown and not written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InlayHint {
    /// Where it is shown, in bytes: after the text before it, with a blank between.
    pub offset: usize,
    /// What is shown.
    pub label: String,
    /// Where it comes from, in markdown.
    pub tooltip: String,
}

/// The keys that a hint shows where they are inherited.
const SHOWN: [&str; 2] = ["model", "tools"];

/// Longest value in a hint, in characters.
const MAX_VALUE: usize = 40;

/// Longest value in its tooltip, in characters.
const MAX_SHOWN: usize = 600;

/// The hints of a file whose places touch `range` (bytes), in the order of the text.
pub fn inlay_hints(
    workspace: &Workspace,
    file: &SourceFile,
    range: ByteRange,
    options: &Options,
) -> Vec<InlayHint> {
    let index = &workspace.index;
    let mut hints = Vec::new();
    if options.inherited {
        hints.extend(inheritance(index, file).filter(|hint| range.touches(hint.offset)));
    }
    if options.model {
        models(index, file, range, &mut hints);
    }
    hints
}

/// What the header inherits, after the value of `extends`.
fn inheritance(index: &Index, file: &SourceFile) -> Option<InlayHint> {
    let extends = file.facts.entry("extends")?;
    let mut labels = Vec::new();
    let mut origins = Vec::new();
    for key in SHOWN {
        if own(index, file.id, key).is_some() {
            continue;
        }
        let Some((from, entry)) = inherited(index, file.id, key) else {
            continue;
        };
        if let Some(value) = Value::of(index, from, entry) {
            labels.push(format!("{key}: {}", value.short()));
            origins.push(format!("- {}", value.origin(index)));
        }
    }
    (!labels.is_empty()).then(|| InlayHint {
        offset: extends.value_range.end as usize,
        label: labels.join(", "),
        tooltip: origins.join("\n"),
    })
}

/// The model of each agent that a table column of agents names, after its name.
fn models(index: &Index, file: &SourceFile, range: ByteRange, hints: &mut Vec<InlayHint>) {
    let facts = &file.facts;
    let columns = facts.body.iter().flat_map(|body| &body.columns);
    let headings: Vec<ColumnHeading> = columns.map(|column| column.heading).collect();
    let mut are_agents = FxHashMap::default();
    let first = facts
        .mentions
        .partition_point(|mention| mention.range.end < range.start);
    let visible = facts.mentions[first..]
        .iter()
        .take_while(|mention| mention.range.start <= range.end);
    for mention in visible {
        let Form::Cell { column, .. } = mention.form else {
            continue;
        };
        let is_of_agents = *are_agents.entry(column).or_insert_with(|| {
            let heading = headings.get(usize::from(column));
            heading.is_some_and(|heading| *heading != ColumnHeading::Other)
                || index.is_agent_column(facts, column, &file.path)
        });
        if !is_of_agents {
            continue;
        }
        let found = index.resolve(mention, facts, &file.path);
        let model = found.first().and_then(|id| {
            let (from, entry) = resulting(index, *id, "model")?;
            Value::of(index, from, entry)
        });
        if let Some(model) = model {
            hints.push(InlayHint {
                offset: after_markup(&file.source, mention.range.end as usize),
                label: model.short(),
                tooltip: model.origin(index),
            });
        }
    }
}

/// The byte after the back-ticks, stars and underscores that close at `offset` (bytes).
fn after_markup(source: &str, offset: usize) -> usize {
    let rest = source.get(offset..).unwrap_or("");
    offset + rest.len() - rest.trim_start_matches(['`', '*', '_']).len()
}

/// The value of a header key, and whose it is.
struct Value<'i> {
    from: FileId,
    key: &'i str,
    items: Vec<Box<str>>,
}

impl<'i> Value<'i> {
    /// `None` for what is neither a name nor a list of names.
    fn of(index: &Index, from: FileId, entry: &'i Entry) -> Option<Self> {
        let list = index.file(from)?.facts.list(&entry.key)?;
        let items: Vec<_> = list
            .items
            .into_iter()
            .map(|item| item.text)
            .filter(|text| !text.trim().is_empty())
            .collect();
        (!items.is_empty()).then_some(Self {
            from,
            key: &entry.key,
            items,
        })
    }

    /// As many items as have room, and how many are left out.
    fn short(&self) -> String {
        let mut text = String::new();
        for (at, item) in self.items.iter().enumerate() {
            let item = shortened(item, MAX_VALUE);
            if at > 0 && text.chars().count() + item.chars().count() > MAX_VALUE {
                return format!("{text} +{}", self.items.len() - at);
            }
            if at > 0 {
                text.push_str(", ");
            }
            text.push_str(&item);
        }
        text
    }

    /// The whole value, and who says so.
    fn origin(&self, index: &Index) -> String {
        let Self { from, key, items } = self;
        let value = shortened(&items.join(", "), MAX_SHOWN).replace('`', "'");
        let Some(file) = index.file(*from) else {
            return format!("`{key}: {value}`");
        };
        match &file.facts.definition {
            Some(definition) => format!(
                "`{key}: {value}` from **{}**, `{}`",
                escape(definition.name.as_str()),
                file.path
            ),
            None => format!("`{key}: {value}` from `{}`", file.path),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    const ALL: Options = Options {
        inherited: true,
        model: true,
    };

    fn hints(fixture: &Fixture, options: &Options) -> Vec<InlayHint> {
        let file = fixture.files.last().expect("a file");
        let all = ByteRange::new(0, file.source.len());
        inlay_hints(&fixture.workspace, file, all, options)
    }

    /// The last file shows exactly the hints that its text holds in «».
    #[track_caller]
    fn check(fixture: &str, options: &Options) {
        let (others, shown) = fixture.rsplit_once("//- ").expect("a file");
        let mut plain = String::new();
        for part in shown.split('«') {
            plain.push_str(part.split_once('»').map_or(part, |(_, text)| text));
        }
        let fixture = Fixture::parse(&format!("{others}//- {plain}"));
        let mut text = fixture.files.last().expect("a file").source.to_string();
        for hint in hints(&fixture, options).iter().rev() {
            text.insert_str(hint.offset, &format!("«{}»", hint.label));
        }
        assert_eq!(text, shown.split_once('\n').expect("a path line").1);
    }

    const TEAM: &str = r#"
//- /.claude/agents/base.md
---
name: base-pro
model: opus
tools: Read, Grep
---
//- /.claude/agents/mid.md
---
name: mid-pro
extends: base-pro
tools:
  - Read
  - WebFetch
  - WebSearch
  - NotebookEdit
  - mcp__orders__list
  - Bash
---
//- /.claude/agents/plain.md
---
name: plain-pro
---
"#;

    #[test]
    fn a_header_shows_what_it_inherits_after_extends() {
        for header in [
            "extends: base-pro«model: opus, tools: Read, Grep»",
            "extends: base-pro«tools: Read, Grep» # the base\nmodel: haiku",
            "extends: base-pro«model: opus»\ntools: []",
            "extends: mid-pro«model: opus, tools: Read, WebFetch, WebSearch, NotebookEdit +2»",
            "extends:\n  - \"base-pro\"«model: opus, tools: Read, Grep»",
            "extends: plain-pro",
            "extends: lost-pro",
            "extends: base-pro\nmodel: haiku\ntools: Bash",
            "model:\nextends: base-pro«model: opus, tools: Read, Grep»",
        ] {
            check(
                &format!("{TEAM}//- /.claude/agents/x.md\n---\nname: x-pro\n{header}\n---\n"),
                &ALL,
            );
        }
    }

    #[test]
    fn a_cell_shows_the_model_of_whom_it_names() {
        check(
            &format!(
                r#"{TEAM}//- /CLAUDE.md
Ask base-pro.

| Delegate To | When |
|---|---|
| base-pro«opus» | 😀 |
| `base-pro`«opus», **mid-pro**«opus» | |
| plain-pro | base-pro |
| lost-pro | |
"#
            ),
            &ALL,
        );
        // A column is one of agents when its cells are.
        check(
            &format!(
                "{TEAM}//- /CLAUDE.md\n| Who |\n|---|\n| base-pro«opus» |\n| plain-pro |\n\n| Who |\n|---|\n| base-pro |\n| x |\n"
            ),
            &ALL,
        );
    }

    #[test]
    fn a_hint_that_is_switched_off_is_not_there() {
        let (inherited, model) = (false, false);
        let table = |first: &str, second: &str| {
            format!(
                "{TEAM}//- /.claude/agents/x.md\n---\nname: x-pro\nextends: base-pro{first}\n---\n| Agent |\n|---|\n| base-pro{second} |\n"
            )
        };
        check(&table("", "«opus»"), &Options { inherited, ..ALL });
        let inherited = "«model: opus, tools: Read, Grep»";
        check(&table(inherited, ""), &Options { model, ..ALL });
    }

    #[test]
    fn only_what_is_asked_for_is_answered() {
        let fixture = Fixture::parse(&format!(
            "{TEAM}//- /CLAUDE.md\n| Agent |\n|---|\n| base-pro |\n| mid-pro$0 |\n| base-pro |\n"
        ));
        let (file, offset) = fixture.cursor();
        let line = ByteRange::new(offset - 5, offset + 2);
        let found = inlay_hints(&fixture.workspace, file, line, &ALL);
        assert_eq!(
            found.iter().map(|it| it.offset).collect::<Vec<_>>(),
            [offset]
        );
    }

    #[test]
    fn a_hint_tells_where_it_comes_from() {
        let fixture = Fixture::parse(&format!(
            "{TEAM}//- /.claude/agents/x.md\n---\nname: x-pro\nextends: mid-pro\ntools: Read\n---\n"
        ));
        let found = hints(&fixture, &ALL);
        assert_eq!(
            found[0].tooltip,
            "- `model: opus` from **base-pro**, `.claude/agents/base.md`"
        );
    }

    #[test]
    fn a_cycle_ends() {
        check(
            "//- /.claude/agents/a.md\n---\nname: a-pro\nextends: b-pro\nmodel: opus\n---\n//- /.claude/agents/b.md\n---\nname: b-pro\nextends: a-pro«model: opus»\n---\n",
            &ALL,
        );
    }
}
