//! What a person sees: the files before, with the cursor at `$0`, and those that changed, after.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::agent::SourceFile;
use crate::features::document_link;
use crate::features::file_rename;
use crate::features::references::occurrence;
use crate::features::rename::{self, Move, Options, Rename, prepare_rename};
use crate::fixture::Fixture;
use crate::index::FileId;
use crate::path::FilePath;

const WITH_FILES: Options = Options {
    can_rename_files: true,
};
const TEXTS_ONLY: Options = Options {
    can_rename_files: false,
};

pub(super) fn source(files: &[SourceFile], id: FileId) -> Option<Arc<str>> {
    let file = files.iter().find(|file| file.id == id);
    file.map(|file| file.source.clone())
}

/// The files after a rename: path and text.
pub(super) fn applied(files: &[SourceFile], rename: &Rename) -> Vec<(String, String)> {
    let place = |path: &FilePath| {
        for Move { from, to } in &rename.moves {
            if path == from {
                return to.to_string();
            }
            let below = path.as_str().strip_prefix(&format!("{from}/"));
            if let Some(below) = below {
                return format!("{to}/{below}");
            }
        }
        path.to_string()
    };
    let text = |file: &SourceFile| {
        let mut text = file.source.to_string();
        let edits = rename.files.iter().filter(|edits| edits.file == file.id);
        let edits: Vec<_> = edits.flat_map(|edits| &edits.edits).collect();
        for pair in edits.windows(2) {
            assert!(
                pair[0].edit.range.end <= pair[1].edit.range.start,
                "{pair:?}"
            );
        }
        for edit in edits.into_iter().rev() {
            text.replace_range(edit.edit.range.range(), &edit.edit.new_text);
        }
        text
    };
    let files = files.iter();
    files.map(|file| (place(&file.path), text(file))).collect()
}

fn at_cursor(fixture: &Fixture, new_name: &str, options: Options) -> Result<Rename, String> {
    let (file, offset) = fixture.cursor();
    prepare_rename(&fixture.workspace, file, offset).map_err(|error| error.to_string())?;
    let target = occurrence(&fixture.workspace, file, offset).unwrap().target;
    let sources = |id| source(&fixture.files, id);
    rename::rename(&fixture.workspace, &sources, &target, new_name, options)
        .map_err(|error| error.to_string())
}

/// The files that differ after the rename, as a fixture.
fn changed(fixture: &Fixture, rename: &Rename) -> String {
    let mut shown = String::new();
    for (file, (path, text)) in fixture.files.iter().zip(applied(&fixture.files, rename)) {
        if file.path.as_str() != path || *file.source != *text {
            _ = write!(shown, "//- /{path}\n{text}");
        }
    }
    shown
}

#[track_caller]
fn check_with(options: Options, before: &str, new_name: &str, after: &str) {
    let fixture = Fixture::parse(before);
    let rename = at_cursor(&fixture, new_name, options).unwrap();
    assert_eq!(changed(&fixture, &rename), after.trim_start_matches('\n'));
}

#[track_caller]
fn check(before: &str, new_name: &str, after: &str) {
    check_with(WITH_FILES, before, new_name, after);
}

/// One text that mentions `old-one`, whose file is not called so, before and after it is
/// called `new-two`.
#[track_caller]
fn check_form(before: &str, after: &str) {
    let agent = |name: &str| format!("//- /.claude/agents/other.md\n---\nname: {name}\n---\n");
    let before = format!("{}//- /CLAUDE.md\n{before}\n", agent("old-$0one"));
    let after = format!("{}//- /CLAUDE.md\n{after}\n", agent("new-two"));
    check(&before, "new-two", &after);
}

#[track_caller]
fn check_refused(fixture: &str, new_name: &str, sentence: &str) {
    let fixture = Fixture::parse(fixture);
    assert_eq!(
        at_cursor(&fixture, new_name, WITH_FILES).unwrap_err(),
        sentence
    );
}

#[test]
fn the_name_the_file_and_every_mention_change() {
    check(
        r#"
//- /.claude/agents/lead.md
---
name: lead
description: Leads.
tools: Read, Agent(old-one, lead)
delegates_to: ["old-one", lead]
---
| Delegate To | When |
|---|---|
| old-one | now |
| **old-one** / `old-one` (shop) | later |

Ask @old-$0one or `old-one`, not older-old-one, and see [it](old-one.md#part) in
`.claude/agents/old-one.md`.
//- /.claude/agents/old-one.md
---
name: old-one
description: The old-one is old.
---
Body.
//- /.claude/agents/heir.md
---
name: heir
extends: old-one
---
"#,
        "new-two",
        r#"
//- /.claude/agents/lead.md
---
name: lead
description: Leads.
tools: Read, Agent(new-two, lead)
delegates_to: ["new-two", lead]
---
| Delegate To | When |
|---|---|
| new-two | now |
| **new-two** / `new-two` (shop) | later |

Ask @new-two or `new-two`, not older-old-one, and see [it](new-two.md#part) in
`.claude/agents/new-two.md`.
//- /.claude/agents/new-two.md
---
name: new-two
description: The new-two is old.
---
Body.
//- /.claude/agents/heir.md
---
name: heir
extends: new-two
---
"#,
    );
}

#[test]
fn a_mention_keeps_its_form() {
    check_form("Ask `old-one`.", "Ask `new-two`.");
    check_form("Ask **old-one**.", "Ask **new-two**.");
    check_form("Ask @agent-old-one.", "Ask @agent-new-two.");
    check_form("Ask `shop:old-one`.", "Ask `shop:new-two`.");
    check_form("Ask `shop:back:old-one`.", "Ask `shop:back:new-two`.");
    check_form(
        "Task(subagent_type=\"old-one\")",
        "Task(subagent_type=\"new-two\")",
    );
    check_form("Ask `old\u{2011}one`.", "Ask `new\u{2011}two`.");
    check_form(
        "| Delegate To |\n|---|\n| [old-one](x.md), old-one agent |",
        "| Delegate To |\n|---|\n| [new-two](x.md), new-two agent |",
    );
}

#[test]
fn quotes_and_comments_of_the_name_stay() {
    check(
        "//- /.claude/agents/x.md\n---\nname: \"old-$0one\" # for now\n---\n",
        "new-two",
        "//- /.claude/agents/x.md\n---\nname: \"new-two\" # for now\n---\n",
    );
    check(
        "//- /.claude/agents/x.md\n---\nname: old\u{2010}o$0ne\n---\n",
        "new-two-three",
        "//- /.claude/agents/x.md\n---\nname: new\u{2010}two\u{2010}three\n---\n",
    );
}

#[test]
fn paths_change_with_the_file_and_only_then() {
    let before = r#"
//- /docs/guide.md
[a](../.claude/agents/old-one.md) `agents/old-one.md` [b](/.claude/agents/old-one.md)
//- /.claude/agents/old-one.md
---
name: old-$0one
---
//- /.claude/agents/heir.md
---
name: heir
extends: [./old-one.md, claude/old-one, agents/old-one]
---
"#;
    check(
        before,
        "new-two",
        r#"
//- /docs/guide.md
[a](../.claude/agents/new-two.md) `agents/new-two.md` [b](/.claude/agents/new-two.md)
//- /.claude/agents/new-two.md
---
name: new-two
---
//- /.claude/agents/heir.md
---
name: heir
extends: [./new-two.md, claude/old-one, agents/new-two]
---
"#,
    );
    check_with(
        TEXTS_ONLY,
        before,
        "new-two",
        "//- /.claude/agents/old-one.md\n---\nname: new-two\n---\n",
    );
}

#[test]
fn a_file_called_otherwise_stays_and_so_do_its_paths() {
    check(
        "//- /.claude/agents/writer.md\n---\nname: old-$0one\n---\n//- /CLAUDE.md\n@old-one subagent_type: writer [w](.claude/agents/writer.md)\n",
        "new-two",
        "//- /.claude/agents/writer.md\n---\nname: new-two\n---\n//- /CLAUDE.md\n@new-two subagent_type: writer [w](.claude/agents/writer.md)\n",
    );
}

#[test]
fn only_mentions_for_which_it_is_the_nearest_change() {
    check(
        r#"
//- /a/.claude/agents/x.md
---
name: old-$0one
---
//- /a/.claude/agents/lead.md
---
name: lead
---
@old-one
//- /b/.claude/agents/x.md
---
name: old-one
---
//- /b/.claude/agents/lead.md
---
name: lead
---
@old-one
"#,
        "new-two",
        r#"
//- /a/.claude/agents/x.md
---
name: new-two
---
//- /a/.claude/agents/lead.md
---
name: lead
---
@new-two
"#,
    );
}

#[test]
fn a_skill_is_renamed_with_its_folder() {
    check(
        r#"
//- /.claude/skills/old-one/SKILL.md
---
name: old-$0one
description: Helps.
---
See [more](more.md) and `.claude/skills/old-one/more.md`.
//- /.claude/skills/old-one/more.md
[up](SKILL.md) [out](../../../README.md)
//- /.claude/agents/a.md
---
name: a
skills: old-one, other
---
//- /README.md
[skill](.claude/skills/old-one/SKILL.md), [more](.claude/skills/old-one/more.md)
"#,
        "new-two",
        r#"
//- /.claude/skills/new-two/SKILL.md
---
name: new-two
description: Helps.
---
See [more](more.md) and `.claude/skills/new-two/more.md`.
//- /.claude/skills/new-two/more.md
[up](SKILL.md) [out](../../../README.md)
//- /.claude/agents/a.md
---
name: a
skills: new-two, other
---
//- /README.md
[skill](.claude/skills/new-two/SKILL.md), [more](.claude/skills/new-two/more.md)
"#,
    );
}

#[test]
fn a_command_is_renamed_by_its_file() {
    let before = "//- /.claude/commands/old-one.md\n---\ndescription: Does it.\n---\n//- /.claude/agents/a.md\n---\nname: a\nhandoffs:\n  - agent: old-$0one\n---\n";
    check(
        before,
        "new",
        "//- /.claude/commands/new.md\n---\ndescription: Does it.\n---\n//- /.claude/agents/a.md\n---\nname: a\nhandoffs:\n  - agent: new\n---\n",
    );
    let fixture = Fixture::parse(before);
    assert_eq!(
        at_cursor(&fixture, "new", TEXTS_ONLY).unwrap_err(),
        "This command is called like its file, which this editor does not rename for a language server. Rename .claude/commands/old-one.md yourself.",
    );
}

#[test]
fn the_same_name_changes_nothing() {
    let fixture = Fixture::parse("//- /.claude/agents/a-b.md\n---\nname: a-$0b\n---\n@a-b\n");
    assert_eq!(
        at_cursor(&fixture, "a-b", WITH_FILES),
        Ok(Rename::default())
    );
}

const TWO: &str = "//- /.claude/agents/a.md\n---\nname: old-$0one\n---\n//- /.claude/agents/b.md\n---\nname: new-two\n---\n";

#[test]
fn what_cannot_be_a_name_is_refused() {
    check_refused(TWO, "", "A name cannot be empty. Choose another name.");
    for name in ["two words", "a/b", "x-", "#x", "42", "a\"b"] {
        let sentence = format!(
            "`{name}` is no name: it takes letters and digits, joined by `-`, `_` or `.`. Choose another name."
        );
        check_refused(TWO, name, &sentence);
    }
    check_refused(
        TWO,
        "-x",
        "Claude Code refuses `-x`: it starts with `-`. Choose another name.",
    );
    check_refused(
        TWO,
        "a:b",
        "Claude Code refuses `a:b`: it holds a `:`, which is the mark of plugins. Choose another name.",
    );
    for name in ["true", "1e3", "null", "0xff"] {
        let sentence = format!(
            "`{name}` is no name: YAML takes it for a value of another kind. Choose another name."
        );
        check_refused(TWO, name, &sentence);
    }
}

#[test]
fn a_command_can_have_dots_in_its_name() {
    check(
        "//- /.claude/commands/old.md\nText.\n//- /CLAUDE.md\nRun `/ol$0d` now.\n",
        "shop.open",
        "//- /.claude/commands/shop.open.md\nText.\n//- /CLAUDE.md\nRun `/shop.open` now.\n",
    );
}

#[test]
fn an_agent_can_have_a_title_and_a_skill_cannot() {
    check(
        "//- /.claude/agents/x.md\n---\nname: old-$0one\n---\n",
        "C# Expert & Friend to All",
        "//- /.claude/agents/x.md\n---\nname: C# Expert & Friend to All\n---\n",
    );
    check_refused(
        "//- /.claude/agents/x.md\n---\nname: old-$0one\n---\n",
        "Old #One",
        "`Old #One` is no name: it takes letters and digits, joined by `-`, `_` or `.`. Choose another name.",
    );
    check_refused(
        "//- /.claude/skills/x/SKILL.md\n---\nname: old-$0one\n---\n",
        "Old One",
        "`Old One` is no name: it takes letters and digits, joined by `-`, `_` or `.`. Choose another name.",
    );
}

#[test]
fn a_name_of_several_words_is_kept_in_paths_and_links() {
    check(
        "//- /.claude/agents/Back Office.md\n---\nname: Back $0Office\n---\n//- /CLAUDE.md\n[o](.claude/agents/Back%20Office.md)\n",
        "Front Desk",
        "//- /.claude/agents/Front Desk.md\n---\nname: Front Desk\n---\n//- /CLAUDE.md\n[o](.claude/agents/Front%20Desk.md)\n",
    );
}

#[test]
fn a_name_that_is_taken_is_refused() {
    check_refused(
        TWO,
        "new-two",
        "`new-two` is taken: .claude/agents/b.md is called so, and some mentions would mean both or the wrong one. Choose another name.",
    );
    check_refused(
        TWO,
        "Explore",
        "`Explore` is taken: it is an agent that Claude Code brings. Choose another name.",
    );
    let apart = "//- /a/.claude/agents/x.md\n---\nname: old-$0one\n---\n//- /b/.claude/agents/y.md\n---\nname: new-two\n---\n";
    check(
        apart,
        "new-two",
        "//- /a/.claude/agents/x.md\n---\nname: new-two\n---\n",
    );
    let taken = "`new-two` is taken: b/.claude/agents/y.md is called so, and some mentions would mean both or the wrong one. Choose another name.";
    check_refused(
        &format!("{apart}//- /CLAUDE.md\n@old-one\n"),
        "new-two",
        taken,
    );
    check_refused(
        &format!("{apart}//- /b/lead.md\n@old-one\n"),
        "new-two",
        taken,
    );
    check_refused(
        &format!("{apart}//- /a/.claude/agents/z.md\n---\nname: z\n---\n@new-two\n"),
        "new-two",
        taken,
    );
}

#[test]
fn a_file_of_the_new_name_is_not_overwritten() {
    check_refused(
        "//- /.claude/agents/old-one.md\n---\nname: old-$0one\n---\n//- /.claude/agents/new-two.md\nNotes.\n",
        "new-two",
        ".claude/agents/new-two.md exists already. Choose another name, or move that file away.",
    );
}

#[test]
fn a_file_name_that_means_something_else_is_refused() {
    check_refused(
        "//- /agents/old-one.md\n---\nname: old-$0one\ndescription: x\n---\n",
        "README",
        "As `README` this would be no agent any more. Choose another name.",
    );
}

#[test]
fn what_has_no_definition_is_not_renamed() {
    check_refused(
        "//- /CLAUDE.md\nNothing $0here.\n",
        "x",
        "Nothing is named here. Put the cursor on the name of an agent, skill or command.",
    );
    check_refused(
        "//- /CLAUDE.md\nAsk @Exp$0lore.\n",
        "x",
        "`Explore` is an agent that the host brings: it cannot be renamed.",
    );
    check_refused(
        "//- /CLAUDE.md\nsubagent_type: lost-$0one\n",
        "x",
        "No file defines `lost-one`. Create the agent first, or correct the name here.",
    );
    check_refused(
        "//- /CLAUDE.md\n[x](docs/gu$0ide.md)\n//- /docs/guide.md\nText.\n",
        "x",
        "docs/guide.md defines no agent, skill or command. Rename the file itself.",
    );
    check_refused(
        "//- /CLAUDE.md\n@my-$0own\n//- /~/.claude/agents/x.md\n---\nname: my-own\n---\n",
        "x",
        "`my-own` is one of your own agents, which projects that are not open may name too. Change its `name` in ~/.claude/agents/x.md by hand.",
    );
    check_refused(
        "//- /CLAUDE.md\n[x](.claude/agents/o$0ne.md)\n//- /.claude/agents/one.md\n---\nname: not-one\n---\n",
        "x",
        "This names the file .claude/agents/one.md, which defines `not-one`. Rename where that name stands, or rename the file.",
    );
}

/// The range drawn as `here` is what is offered to be renamed.
#[track_caller]
fn check_prepare(fixture: &str, name: &str) {
    let fixture = Fixture::parse(&format!(
        "//- /.claude/agents/old-one.md\n---\nname: old-one\n---\n//- /.claude/skills/do-it/SKILL.md\n---\nname: do-it\n---\n{fixture}"
    ));
    let (file, offset) = fixture.cursor();
    let found = prepare_rename(&fixture.workspace, file, offset).unwrap();
    assert_eq!(found.range, fixture.annotations[0].1);
    assert_eq!(found.placeholder.as_str(), name);
}

#[test]
fn the_bare_name_is_offered() {
    check_prepare(
        "//- /CLAUDE.md\nAsk @agent-o$0ld-one.\n           ^^^^^^^ here\n",
        "old-one",
    );
    check_prepare(
        "//- /CLAUDE.md\nAsk `shop:$0old-one`.\n          ^^^^^^^ here\n",
        "old-one",
    );
    check_prepare(
        "//- /CLAUDE.md\n[x](.claude/agents/$0old-one.md)\n                   ^^^^^^^ here\n",
        "old-one",
    );
    check_prepare(
        "//- /CLAUDE.md\n[x](.claude/skills/do-it/SKILL$0.md)\n                   ^^^^^ here\n",
        "do-it",
    );
    check_prepare(
        "//- /.claude/agents/b.md\n---\nname: 'b$0-c'\n       ^^^ here\n---\n",
        "b-c",
    );
}

#[test]
fn mentions_that_would_read_as_plain_words_are_told() {
    let fixture = Fixture::parse(
        "//- /.claude/agents/a.md\n---\nname: old-$0one\n---\n//- /CLAUDE.md\n@old-one `old-one` **old-one**\n\n| Delegate To |\n|---|\n| old-one |\n",
    );
    let lost = |name: &str| {
        let rename = at_cursor(&fixture, name, WITH_FILES).unwrap();
        let edits = rename.files.iter().flat_map(|file| &file.edits);
        let lost = edits.filter(|edit| edit.is_lost);
        let lost: Vec<u32> = lost.map(|edit| edit.edit.range.start).collect();
        (lost, rename.loss().map(|loss| loss.label))
    };
    let label = "2 mentions will no longer be recognised".to_owned();
    assert_eq!(lost("planner"), (vec![10, 21], Some(label)));
    assert_eq!(lost("new-two"), (vec![], None));
}

/// Moves, each `from -> to`.
#[track_caller]
fn check_moves(before: &str, moves: &[(&str, &str)], after: Option<&str>) {
    let fixture = Fixture::parse(before);
    let moves: Vec<Move> = moves
        .iter()
        .map(|(from, to)| Move {
            from: FilePath::new(from),
            to: FilePath::new(to),
        })
        .collect();
    let sources = |id| source(&fixture.files, id);
    let rename = file_rename::file_rename(&fixture.workspace, &sources, &moves);
    let shown = rename.map(|rename| {
        assert!(rename.moves.is_empty());
        changed(&fixture, &rename)
    });
    assert_eq!(
        shown.as_deref(),
        after.map(|after| after.trim_start_matches('\n'))
    );
}

#[test]
fn a_renamed_file_takes_its_name_its_mentions_and_its_paths_along() {
    check_moves(
        r#"
//- /.claude/agents/old-one.md
---
name: old-one
---
//- /.claude/agents/lead.md
---
name: lead
extends: ./old-one.md
---
@old-one [x](old-one.md)
"#,
        &[(".claude/agents/old-one.md", ".claude/agents/new-two.md")],
        Some(
            r#"
//- /.claude/agents/old-one.md
---
name: new-two
---
//- /.claude/agents/lead.md
---
name: lead
extends: ./new-two.md
---
@new-two [x](new-two.md)
"#,
        ),
    );
}

#[test]
fn a_file_called_otherwise_keeps_its_name() {
    check_moves(
        "//- /.claude/agents/one.md\n---\nname: writer-pro\n---\n//- /CLAUDE.md\n@writer-pro subagent_type: one [x](.claude/agents/one.md)\n",
        &[(".claude/agents/one.md", ".claude/agents/two.md")],
        Some("//- /CLAUDE.md\n@writer-pro subagent_type: two [x](.claude/agents/two.md)\n"),
    );
}

#[test]
fn where_the_new_stem_is_taken_or_no_name_only_paths_follow() {
    let files = "//- /.claude/agents/old-one.md\n---\nname: old-one\n---\n//- /.claude/agents/x.md\n---\nname: new-two\n---\n//- /CLAUDE.md\n@old-one [x](.claude/agents/old-one.md)\n";
    check_moves(
        files,
        &[(".claude/agents/old-one.md", ".claude/agents/new-two.md")],
        Some("//- /CLAUDE.md\n@old-one [x](.claude/agents/new-two.md)\n"),
    );
    check_moves(
        files,
        &[(".claude/agents/old-one.md", ".claude/agents/new (2).md")],
        Some("//- /CLAUDE.md\n@old-one [x](.claude/agents/new%20%282%29.md)\n"),
    );
}

#[test]
fn a_moved_file_keeps_its_links_and_is_found_by_those_of_others() {
    check_moves(
        r#"
//- /docs/a.md
[b](b.md) [c](./sub/c.md#x) `docs/b.md` [top](../README.md)
//- /docs/b.md
[a](a.md) `docs/a.md`
//- /docs/sub/c.md
[a](../a.md)
//- /README.md
[a](docs/a.md)
"#,
        &[("docs/a.md", "docs/deep/er/a.md")],
        Some(
            r#"
//- /docs/a.md
[b](../../b.md) [c](../../sub/c.md#x) `docs/b.md` [top](../../../README.md)
//- /docs/b.md
[a](deep/er/a.md) `docs/deep/er/a.md`
//- /docs/sub/c.md
[a](../deep/er/a.md)
//- /README.md
[a](docs/deep/er/a.md)
"#,
        ),
    );
}

#[test]
fn a_renamed_folder_moves_all_that_is_below() {
    check_moves(
        r#"
//- /core/templates/role.md
---
name: role
---
[s](sub/s.md) [r](../../README.md)
//- /core/templates/sub/s.md
[r](../role.md)
//- /.claude/agents/a.md
---
name: a
extends: core/templates/role
---
//- /.claude/agents/b.md
---
name: b
extends: core/role
---
//- /README.md
[s](core/templates/sub/s.md) [r](./core/templates/role.md)
"#,
        &[("core/templates", "core/bases")],
        Some(
            r#"
//- /.claude/agents/a.md
---
name: a
extends: core/bases/role
---
//- /README.md
[s](core/bases/sub/s.md) [r](./core/bases/role.md)
"#,
        ),
    );
}

#[test]
fn a_renamed_skill_folder_renames_the_skill() {
    check_moves(
        "//- /.claude/skills/old-one/SKILL.md\n---\nname: old-one\ndescription: x\n---\n//- /.claude/agents/a.md\n---\nname: a\nskills: [old-one]\n---\n",
        &[(".claude/skills/old-one", ".claude/skills/new-two")],
        Some(
            "//- /.claude/skills/old-one/SKILL.md\n---\nname: new-two\ndescription: x\n---\n//- /.claude/agents/a.md\n---\nname: a\nskills: [new-two]\n---\n",
        ),
    );
}

#[test]
fn two_files_change_places() {
    check_moves(
        "//- /.claude/agents/a-one.md\n---\nname: a-one\n---\n//- /.claude/agents/b-two.md\n---\nname: b-two\n---\n//- /CLAUDE.md\n@a-one @b-two\n",
        &[
            (".claude/agents/a-one.md", ".claude/agents/b-two.md"),
            (".claude/agents/b-two.md", ".claude/agents/a-one.md"),
        ],
        Some(
            "//- /.claude/agents/a-one.md\n---\nname: b-two\n---\n//- /.claude/agents/b-two.md\n---\nname: a-one\n---\n//- /CLAUDE.md\n@b-two @a-one\n",
        ),
    );
}

#[test]
fn nothing_follows_where_all_is_as_it_should_be() {
    let files = "//- /.claude/agents/old-one.md\n---\nname: new-two\n---\n//- /CLAUDE.md\n@new-two [x](.claude/agents/new-two.md)\n";
    check_moves(
        files,
        &[(".claude/agents/old-one.md", ".claude/agents/new-two.md")],
        None,
    );
    check_moves(files, &[("nowhere.md", "elsewhere.md")], None);
    check_moves(files, &[("CLAUDE.md", "CLAUDE.md")], None);
}

#[test]
fn links_and_paths_to_files_of_the_workspace_can_be_followed() {
    let fixture = Fixture::parse(
        r#"
//- /.claude/agents/a.md
---
name: a
extends: [./b.md, agents/b, b-one]
---
[b](b.md) [none](none.md) `agents/b.md` @b-one [web](https://example.com/b.md)
//- /.claude/agents/b.md
---
name: b-one
---
"#,
    );
    let file = &fixture.files[0];
    let found = document_link::document_links(&fixture.workspace, file);
    let found: Vec<_> = found
        .iter()
        .map(|link| (link.range.of(&file.source), link.target.0))
        .collect();
    assert_eq!(
        found,
        [
            ("./b.md", 1),
            ("agents/b", 1),
            ("b.md", 1),
            ("agents/b.md", 1)
        ]
    );
}
