//! What a person sees: the cursor is `$0`, expectations are drawn under the source.

use expect_test::{Expect, expect};

use super::completion::{self, Completions, Options};
use super::{
    call_hierarchy, declaration, definition, hover, implementation, inlay_hints, type_hierarchy,
};
use crate::agent::SourceFile;
use crate::fixture::Fixture;
use crate::text::ByteRange;

/// Four agents of a shop, for tests that need somebody to name.
const TEAM: &str = r#"
//- /.claude/agents/python-pro.md
---
name: python-pro
description: Writes Python that lasts.
tools: Read, Edit
model: opus
---
Body.
//- /.claude/agents/jax-pro.md
---
name: jax-pro
description: Numbers on the GPU.
---
Body.
//- /.claude/agents/stock-keeper.md
---
name: stock-keeper
description: Counts the stock.
---
Body.
"#;

fn with_team(file: &str) -> Fixture {
    Fixture::parse(&format!("{TEAM}{}", file.trim_start_matches('\n')))
}

mod formats;

mod goto_definition {
    use super::*;

    /// The cursor leads to exactly the places drawn as `definition`, in the order of their
    /// numbers where they have some, from exactly the text drawn as `origin` where it is drawn.
    #[track_caller]
    pub(super) fn check(fixture: &str) {
        let fixture = with_team(fixture);
        let (file, offset) = fixture.cursor();
        let found = definition::goto_definition(&fixture.workspace, file, offset);
        let mut places: Vec<(usize, ByteRange, String)> = Vec::new();
        for (index, target) in found.iter().flat_map(|found| &found.targets).enumerate() {
            let number = index + 1;
            places.push((
                target.file.0 as usize,
                target.range,
                format!("definition {number}"),
            ));
        }
        let mut expected: Vec<_> = fixture
            .annotations
            .iter()
            .filter(|(.., text)| text.starts_with("definition"))
            .cloned()
            .collect();
        for (_, _, text) in &mut expected {
            if text == "definition" {
                text.push_str(" 1");
            }
        }
        places.sort();
        expected.sort();
        assert_eq!(places, expected);
        if let Some((_, origin, _)) = fixture
            .annotations
            .iter()
            .find(|(.., text)| text == "origin")
        {
            assert_eq!(found.map(|found| found.origin), Some(*origin));
        }
    }

    /// One form of mention in the body of an agent leads to `lost-agent`.
    #[track_caller]
    fn form(body: &str) {
        let fixture = Fixture::parse(&format!(
            "//- /.claude/agents/lost.md\n---\nname: lost-agent\n      ^^^^^^^^^^ definition\n---\n//- /.claude/agents/lead.md\n---\nname: lead\ndescription: x\n---\n{body}\n"
        ));
        let (file, offset) = fixture.cursor();
        let found = definition::goto_definition(&fixture.workspace, file, offset);
        let targets: Vec<_> = found
            .iter()
            .flat_map(|found| &found.targets)
            .map(|target| target.range)
            .collect();
        assert_eq!(targets, [fixture.annotations[0].1], "{body}");
    }

    #[test]
    fn every_form_of_mention_leads_to_the_name() {
        form("| Delegate To | When |\n|---|---|\n| lost-$0agent | code |");
        form("| Delegate To | When |\n|---|---|\n| **jax-pro**, `lost-$0agent` | code |");
        form("| Delegate To | When |\n|---|---|\n| lost-agent$0 (shop) | code |");
        form("| What | Who |\n|---|---|\n| code | lost-$0agent |");
        form("```\nTask(subagent_type=\"$0lost-agent\")\n```");
        form("- **subagent_type**: `lost-age$0nt`");
        form("Ask `lost-$0agent` first.");
        form("Ask **lost-$0agent** first.");
        form("Ask @lost-$0agent first.");
        form("Ask @agent-lost-$0agent first.");
        form("| Delegate To | When |\n|---|---|\n| @agent-lost-$0agent | code |");
        form("> - Ask `lost-$0agent` first.");
        form("See [the agent](lost$0.md).");
        form(
            "See [the agent](./lost.md#top$0)."
                .replace("#top$0", "$0#top")
                .as_str(),
        );
        form("See `agents/lost$0.md`.");
        form("Use `plugin:lost-$0agent`.");
    }

    #[test]
    fn a_name_with_a_number_in_it_is_read_as_a_whole() {
        for body in [
            "Ask @shell-5.$01-expert.",
            "Ask `shell-5.$01-expert`.",
            "Task(subagent_type=shell-5.$01-expert)",
        ] {
            check(&format!(
                "//- /.claude/agents/lead.md\n---\nname: lead\n---\n{body}\n//- /.claude/agents/s.md\n---\nname: shell-5.1-expert\n      ^^^^^^^^^^^^^^^^ definition\n---\n"
            ));
        }
    }

    #[test]
    fn a_header_key_leads_to_the_name() {
        for line in [
            "tools: Read, Agent(jax-pro, lo$0ne)",
            "tools: [Task(lo$0ne)]",
            "agents:\n  - lo$0ne",
            "delegates_to: lo$0ne",
        ] {
            check(&format!(
                r#"
//- /.claude/agents/lead.md
---
name: lead
description: Leads.
{line}
---
Body.
//- /.claude/agents/lone.md
---
name: lone
      ^^^^ definition
description: Alone.
---
"#
            ));
        }
    }

    #[test]
    fn a_handoff_leads_to_a_command_too() {
        check(
            r#"
//- /.claude/commands/start.md
---
description: Starts.
handoffs:
  - label: Go on
    agent: shop.fin$0ish
---
Body.
//- /.claude/commands/finish.md
^ definition
---
description: Ends.
---
Body.
"#,
        );
    }

    #[test]
    fn extends_leads_to_a_name_a_path_and_a_path_suffix() {
        for value in [
            "base-$0agent",
            "../core/templates/ba$0se.md",
            "core/templates/ba$0se.md",
            "core/ba$0se",
        ] {
            check(&format!(
                r#"
//- /agents/child.md
---
name: child
extends: {value}
---
//- /core/templates/base.md
---
name: base-agent
      ^^^^^^^^^^ definition
description: Base.
---
"#
            ));
        }
    }

    #[test]
    fn extends_finds_the_files_that_have_a_mark_after_their_name() {
        for value in ["core/ba$0se", "core/ba$0se-SKILL", "core/ba$0se.agent"] {
            check(&format!(
                "//- /agents/child.md\n---\nname: child\nextends: {value}\n---\n//- /core/base-SKILL.md\n^ definition\nBase.\n"
            ));
        }
    }

    #[test]
    fn of_several_definitions_the_nearest_comes_first() {
        check(
            r#"
//- /a/.claude/agents/lead.md
---
name: lead
description: Leads.
---
Ask `twin-$0agent`.
//- /a/.claude/agents/t.md
---
name: twin-agent
      ^^^^^^^^^^ definition 1
---
//- /b/.claude/agents/t.md
---
name: twin-agent
      ^^^^^^^^^^ definition 2
---
//- /~/.claude/agents/t.md
---
name: twin-agent
      ^^^^^^^^^^ definition 3
---
"#,
        );
    }

    #[test]
    fn a_column_after_empty_cells_and_pipes_is_counted_right() {
        check(
            r#"
//- /lead.md
---
name: lead
description: Leads.
---
| A \| B | Delegate To |
|---|---|
|| lo$0ne |
//- /lone.md
---
name: lone
      ^^^^ definition
description: x
---
"#,
        );
    }

    #[test]
    fn a_word_that_is_no_name_leads_nowhere() {
        for body in [
            "Ask `jax-$0pros`.",
            "The pl$0an.",
            "https://x.y/jax-$0pro",
            "```\njax-$0pro\n```",
            "me@jax-$0pro.org",
            "import @jax-$0pro/lib",
        ] {
            let fixture = with_team(&format!("//- /CLAUDE.md\n{body}\n"));
            let (file, offset) = fixture.cursor();
            assert_eq!(
                definition::goto_definition(&fixture.workspace, file, offset),
                None,
                "{body}"
            );
        }
    }

    #[test]
    fn a_path_never_leaves_the_workspace() {
        let fixture = with_team("//- /CLAUDE.md\n[x](../../etc/pass$0wd.md)\n");
        let (file, offset) = fixture.cursor();
        assert_eq!(
            definition::goto_definition(&fixture.workspace, file, offset),
            None
        );
    }
}

mod hovers {
    use super::*;

    #[track_caller]
    pub(super) fn check(fixture: &str, expected: Expect) {
        let fixture = with_team(fixture);
        let (file, offset) = fixture.cursor();
        let found = hover::hover(&fixture.workspace, file, offset);
        let text = found.map_or("nothing".to_owned(), |hover| {
            format!("[{}]\n{}", hover.range.of(&file.source), hover.markdown)
        });
        expected.assert_eq(&format!("{text}\n"));
    }

    #[test]
    fn an_agent_shows_what_it_is_and_has() {
        check(
            "//- /CLAUDE.md\n| Delegate To | When |\n|---|---|\n| python-$0pro | code |\n",
            expect![[r#"
                [python-pro]
                **python-pro** · agent

                Writes Python that lasts.

                - Model: `opus`
                - Tools: `Read, Edit`
                - File: `.claude/agents/python-pro.md`
            "#]],
        );
    }

    #[test]
    fn a_chain_of_extends_shows_where_each_value_comes_from() {
        check(
            r#"
//- /.claude/agents/child.md
---
name: ch$0ild
description: A <b>child</b>.
extends: python-pro
model: haiku
---
Body.
"#,
            expect![[r#"
                [child]
                **child** · agent

                A &lt;b>child&lt;/b>.

                - Model: `haiku`
                - File: `.claude/agents/child.md`
                - Extends: `python-pro`

                The header that results:

                | Key | Value | From |
                |---|---|---|
                | name | child | child |
                | description | A &lt;b>child&lt;/b>. | child |
                | model | `haiku` | child |
                | tools | `Read, Edit` | python-pro |
            "#]],
        );
    }

    #[test]
    fn a_tool_says_whether_subagents_get_it() {
        check(
            "//- /.claude/agents/a.md\n---\nname: a\ntools: Read, AskUser$0Question\n---\n",
            expect![[r#"
                [AskUserQuestion]
                **AskUserQuestion** · tool

                Puts a question with choices to the user.

                Subagents never get it.
            "#]],
        );
        check(
            "//- /.claude/agents/a.md\n---\nname: a\ntools: [mcp__orders__f$0ind]\n---\n",
            expect![[r#"
                [mcp__orders__find]
                **mcp__orders__find**

                The tool `find` of the MCP server `orders`.
            "#]],
        );
    }

    #[test]
    fn a_key_and_its_value_are_explained() {
        check(
            "//- /.claude/agents/a.md\n---\nname: a\nmem$0ory: project\n---\n",
            expect![[r#"
                [memory]
                **memory** · Claude Code · one of several

                Gives the agent a folder of notes that outlives the session, and the file tools to keep it.

                Values: `user`, `project`, `local`

                Default: none

                Since Claude Code 2.1.33.
            "#]],
        );
        check(
            "//- /.claude/agents/a.md\n---\nname: a\nmemory: pro$0ject\n---\n",
            expect![[r#"
                [project]
                `memory: project`

                Kept in the project's `.claude/agent-memory`, to be shared.
            "#]],
        );
    }

    #[test]
    fn a_built_in_agent_is_explained() {
        check(
            "//- /CLAUDE.md\nTask(subagent_type=\"general-$0purpose\")\n",
            expect![[r#"
                [general-purpose]
                **general-purpose** · built-in agent of Claude Code

                Takes on any work of several steps.
            "#]],
        );
    }

    #[test]
    fn a_built_in_agent_is_of_the_host_that_reads_the_file() {
        let explained = |path: &str, name: &str| {
            let text = format!("//- /{path}\nTask(subagent_type=\"{name}$0\")\n");
            let fixture = with_team(&text);
            let (file, offset) = fixture.cursor();
            let found = hover::hover(&fixture.workspace, file, offset);
            let first = found.map(|hover| hover.markdown.lines().next().unwrap_or("").to_owned());
            first.unwrap_or_else(|| "nothing".to_owned())
        };
        let copilots = "**rubber-duck** · built-in agent of GitHub Copilot";
        for (path, expected) in [
            ("CLAUDE.md", "nothing"),
            (".github/copilot-instructions.md", copilots),
            ("docs/notes.md", copilots),
        ] {
            assert!(
                explained(path, "rubber-duck").starts_with(expected),
                "{path}"
            );
        }
        // Whether hosts mind the case of letters is not documented.
        let explore = "**Explore** · built-in agent of Claude Code";
        assert_eq!(explained("CLAUDE.md", "explore"), explore);
    }
}

mod completions {
    use super::*;

    pub(super) fn options(snippets: bool) -> Options {
        Options {
            snippets,
            asks_later: false,
        }
    }

    pub(super) fn complete(fixture: &str, snippets: bool) -> (Fixture, Completions) {
        let fixture = with_team(fixture);
        let (file, offset) = fixture.cursor();
        let found = completion::completions(&fixture.workspace, file, offset, &options(snippets));
        (fixture, found)
    }

    /// The labels in order.
    pub(super) fn labels(fixture: &str) -> Vec<String> {
        complete(fixture, false)
            .1
            .items
            .into_iter()
            .map(|item| item.label)
            .collect()
    }

    /// Accepting `label` turns the text into `expected`, both whole files.
    #[track_caller]
    pub(super) fn check_edit(label: &str, before: &str, after: &str) {
        let (fixture, found) = complete(before, false);
        let (file, _) = fixture.cursor();
        let item = found.items.iter().find(|item| item.label == label);
        let item = item.unwrap_or_else(|| panic!("no {label} among {:?}", labels(before)));
        let mut text = file.source.to_string();
        text.replace_range(item.edit.range.range(), &item.edit.new_text);
        let after = after.strip_prefix('\n').unwrap_or(after);
        let (_, after) = after.split_once('\n').expect("a path line");
        assert_eq!(text, after);
    }

    /// The same for an agent whose `tools` are written as given, without its other lines.
    #[track_caller]
    fn check_tools(label: &str, before: &str, after: &str) {
        let file =
            |tools: &str| format!("//- /.claude/agents/a.md\n---\nname: a\n{tools}\n---\nBody.\n");
        check_edit(label, &file(before), &file(after));
    }

    #[test]
    fn keys_that_are_missing_come_first_and_those_present_do_not_come() {
        let found = labels("//- /.claude/agents/a.md\n---\nname: a\nmodel: opus\n$0\n---\n");
        assert_eq!(found[0], "description");
        assert!(
            found.contains(&"tools".to_owned()) && found.contains(&"memory".to_owned()),
            "{found:?}"
        );
        assert!(
            !found.contains(&"name".to_owned()) && !found.contains(&"model".to_owned()),
            "{found:?}"
        );
        assert_eq!(
            labels("//- /.claude/agents/a.md\n---\nname: a\nmax$0\n---\n"),
            ["maxTurns"]
        );
        assert_eq!(
            labels("//- /.claude/agents/a.md\n---\nname: a\nmax$0\n"),
            ["maxTurns"],
            "in a header that is still open"
        );
    }

    #[test]
    fn a_key_brings_the_shape_of_its_value_where_the_client_takes_snippets() {
        let (_, found) = complete(
            "//- /.claude/agents/a.md\n---\nname: a\nmemo$0\n---\n",
            true,
        );
        assert_eq!(
            found.items[0].edit.new_text,
            "memory: ${1|user,project,local|}"
        );
        check_edit(
            "memory",
            "//- /.claude/agents/a.md\n---\nname: a\nmemo$0\n---\n",
            "//- /.claude/agents/a.md\n---\nname: a\nmemory: \n---\n",
        );
        check_edit(
            "memory",
            "//- /.claude/agents/a.md\n---\nname: a\nme$0mo: user\n---\n",
            "//- /.claude/agents/a.md\n---\nname: a\nmemory: user\n---\n",
        );
    }

    #[test]
    fn values_of_a_key_are_offered_and_replace_what_stands_there() {
        assert_eq!(
            labels("//- /.claude/agents/a.md\n---\nname: a\nmemory: $0\n---\n"),
            ["user", "project", "local"]
        );
        assert_eq!(
            labels("//- /.claude/agents/a.md\n---\nname: a\nbackground: t$0\n---\n"),
            ["true"]
        );
        check_tools("haiku", "model: ha$0", "model: haiku");
        check_tools("haiku", "model:$0", "model: haiku");
        check_tools("cyan", "color: \"c$0y\"", "color: \"cyan\"");
    }

    #[test]
    fn a_tool_is_added_in_the_style_of_its_list() {
        check_tools("Grep", "tools: $0", "tools: Grep");
        check_tools("Grep", "tools: Read, $0", "tools: Read, Grep");
        check_tools("Grep", "tools: Read,$0", "tools: Read, Grep");
        check_tools("Grep", "tools: Gr$0, Read", "tools: Grep, Read");
        check_tools("Grep", "tools: G$0rip", "tools: Grep");
        check_tools("Grep", "tools: [Read, $0", "tools: [Read, Grep");
        check_tools("Grep", "tools: [Read, $0]", "tools: [Read, Grep]");
        check_tools(
            "Grep",
            "tools: [\"Read\", $0]",
            "tools: [\"Read\", \"Grep\"]",
        );
        check_tools(
            "Grep",
            "tools: [\"Read\", \"Gr$0\"]",
            "tools: [\"Read\", \"Grep\"]",
        );
        check_tools("Grep", "tools: ['Read', g$0]", "tools: ['Read', 'Grep']");
        check_tools(
            "Grep",
            "tools:\n  - Read\n  - $0",
            "tools:\n  - Read\n  - Grep",
        );
        check_tools("Grep", "tools:\n- Read\n-$0", "tools:\n- Read\n- Grep");
        check_tools(
            "Grep",
            "tools:\n  - \"Read\"\n  - Gr$0",
            "tools:\n  - \"Read\"\n  - \"Grep\"",
        );
        check_tools("Grep", "tools: \"Read, $0\"", "tools: \"Read, Grep\"");
    }

    #[test]
    fn a_tool_that_is_there_or_that_subagents_never_get_is_not_offered() {
        let found = labels("//- /.claude/agents/a.md\n---\nname: a\ntools: Read, $0\n---\n");
        assert!(
            !found.contains(&"Read".to_owned()) && !found.contains(&"AskUserQuestion".to_owned()),
            "{found:?}"
        );
        assert!(!found.contains(&"MultiEdit".to_owned()));
    }

    #[test]
    fn servers_of_the_workspace_are_offered() {
        let found = labels(
            "//- /.mcp.json\n{\"mcpServers\": {\"orders\": {}}}\n//- /.claude/agents/a.md\n---\nname: a\ntools: Read, mcp$0\n---\n",
        );
        assert_eq!(found[..2], ["mcp__orders", "mcp__orders__*"]);
    }

    #[test]
    fn names_stand_in_the_cells_of_a_delegation_table() {
        let table =
            |row: &str| format!("//- /CLAUDE.md\n| Delegate To | When |\n|---|---|\n{row}\n");
        for (before, after) in [
            ("| $0 | code |", "| python-pro | code |"),
            ("|$0| code |", "| python-pro | code |"),
            ("| py$0 | code |", "| python-pro | code |"),
            ("| `py$0` | code |", "| `python-pro` | code |"),
            ("| py$0thon-x | code |", "| python-pro | code |"),
            ("| jax-pro, $0 | code |", "| jax-pro, python-pro | code |"),
            (
                "| jax-pro / py$0 | code |",
                "| jax-pro / python-pro | code |",
            ),
            ("| pyt$0", "| python-pro"),
            ("| $0", "| python-pro"),
        ] {
            check_edit("python-pro", &table(before), &table(after));
        }
        assert_eq!(
            labels(&table("| jax-pro, $0 | code |"))[..2],
            ["python-pro", "stock-keeper"]
        );
        assert!(labels(&table("| jax-pro | co$0 |")).is_empty());
    }

    #[test]
    fn a_name_with_spaces_or_dots_is_replaced_as_a_whole() {
        let team = "//- /.claude/agents/b.md\n---\nname: Back Office\n---\n//- /.claude/agents/p.md\n---\nname: shell-5.1-expert\n---\n//- /CLAUDE.md\n";
        let table = "| Delegate To |\n|---|\n";
        for (label, before, after) in [
            ("Back Office", "| Back Of$0 |", "| Back Office |"),
            (
                "Back Office",
                "| jax-pro, Back Of$0 |",
                "| jax-pro, Back Office |",
            ),
            (
                "shell-5.1-expert",
                "| shell-5.1-$0 |",
                "| shell-5.1-expert |",
            ),
            ("shell-5.1-expert", "| shell-5.$0 |", "| shell-5.1-expert |"),
            (
                "shell-5.1-expert",
                "| sh$0ell-5.1-x |",
                "| shell-5.1-expert |",
            ),
            ("jax-pro", "Ask @ja$0.", "Ask @jax-pro."),
        ] {
            let (fixture, found) = complete(&format!("{team}{table}{before}\n"), false);
            let (file, _) = fixture.cursor();
            let item = found.items.iter().find(|item| item.label == label);
            let item = item.unwrap_or_else(|| panic!("no {label} for {before}"));
            let mut text = file.source.to_string();
            text.replace_range(item.edit.range.range(), &item.edit.new_text);
            assert_eq!(text, format!("{table}{after}\n"));
        }
    }

    #[test]
    fn nothing_takes_the_place_of_the_line_that_closes_the_header() {
        for end in ["\n", "\r\n"] {
            let text = "//- /.claude/agents/a.md\n---\nname: a\n$0---\nBody.\n";
            assert!(labels(&text.replace("a\n$0", &format!("a{end}$0"))).is_empty());
        }
    }

    #[test]
    fn an_open_bracket_after_agent_takes_names_that_are_not_there_yet() {
        for tools in [
            "tools: Agent(python-pro, $0",
            "tools: Agent(python-pro, $0)",
            "tools: [Read, Agent(python-pro, $0",
            "tools: Agent($0, python-pro)",
        ] {
            let found = labels(&format!(
                "//- /.claude/agents/a.md\n---\nname: a\n{tools}\n---\n"
            ));
            assert_eq!(found[..2], ["jax-pro", "stock-keeper"], "{tools}");
            assert!(!found.contains(&"python-pro".to_owned()), "{tools}");
        }
        check_tools("jax-pro", "tools: Agent(j$0", "tools: Agent(jax-pro");
        check_tools("jax-pro", "tools: Task(j$0", "tools: Task(jax-pro");
        for (path, tool) in [
            (".claude/agents/a.md", "Bash"),
            // The host has no such tool, and takes nothing in brackets.
            (".gemini/agents/a.md", "Agent"),
        ] {
            let file = format!("//- /{path}\n---\nname: a\ntools: [{tool}(j$0]\n---\n");
            assert!(labels(&file).is_empty(), "{tool}");
        }
    }

    #[test]
    fn half_typed_text_with_windows_line_ends_is_completed() {
        let crlf = |text: &str| text.replace('\n', "\r\n").replace(".md\r\n", ".md\n");
        for (label, before, after) in [
            (
                "maxTurns",
                "name: a\nmax$0\n---\n",
                "name: a\nmaxTurns: \n---\n",
            ),
            ("maxTurns", "max$0\n", "maxTurns: \n"),
            ("name", "$0\n", "name: \n"),
            (
                "Grep",
                "name: a\ntools: [Read, $0\n---\n",
                "name: a\ntools: [Read, Grep\n---\n",
            ),
            (
                "Grep",
                "name: a\ntools:\n  - Read\n  - $0\n---\n",
                "name: a\ntools:\n  - Read\n  - Grep\n---\n",
            ),
            (
                "jax-pro",
                "name: a\ntools: Agent($0\n---\n",
                "name: a\ntools: Agent(jax-pro\n---\n",
            ),
            (
                "jax-pro",
                "name: a\n---\n| Delegate To |\n|---|\n| python-pro,$0 |\n",
                "name: a\n---\n| Delegate To |\n|---|\n| python-pro,jax-pro |\n",
            ),
        ] {
            let file = |text: &str| crlf(&format!("//- /.claude/agents/a.md\n---\n{text}"));
            check_edit(label, &file(before), &file(after));
        }
    }

    #[test]
    fn a_key_that_the_host_ignores_in_plugins_is_not_offered_there() {
        let file = "//- /shop/agents/a.md\n---\nname: a\nhoo$0\n---\n";
        assert_eq!(labels(file), ["hooks"]);
        let plugin = "//- /shop/.claude-plugin/plugin.json\n{\"name\": \"shop\"}\n";
        assert!(labels(&format!("{plugin}{file}")).is_empty());
    }

    #[test]
    fn the_agent_of_a_command_is_offered() {
        check_edit(
            "jax-pro",
            "//- /.claude/commands/c.md\n---\nagent: ja$0\n---\n",
            "//- /.claude/commands/c.md\n---\nagent: jax-pro\n---\n",
        );
    }

    #[test]
    fn of_agents_with_one_name_the_nearest_is_described() {
        let (_, found) = complete(
            "//- /a/.claude/agents/t.md\n---\nname: twin-x\ndescription: Far.\n---\n//- /b/.claude/agents/t.md\n---\nname: twin-x\ndescription: Near.\n---\n//- /b/.claude/agents/u.md\n---\nname: u\n---\nAsk @twi$0\n",
            false,
        );
        let said = found.items[0].documentation.as_deref();
        assert!(said.is_some_and(|said| said.starts_with("Near.")));
    }

    #[test]
    fn what_is_asked_for_later_is_what_would_have_been_said() {
        for fixture in [
            "//- /CLAUDE.md\nAsk @$0\n",
            "//- /.claude/skills/kit/SKILL.md\n---\nname: kit\ndescription: Tools.\n---\n//- /.claude/agents/q.md\n---\nname: q\nskills: k$0\n---\n",
        ] {
            let (fixture, found) = complete(fixture, false);
            let (file, offset) = fixture.cursor();
            let options = Options {
                asks_later: true,
                ..options(false)
            };
            let later = completion::completions(&fixture.workspace, file, offset, &options);
            assert!(later.items.iter().any(|item| item.later.is_some()));
            let told = later.items.into_iter().map(|item| match item.later {
                None => item,
                Some(id) => {
                    assert_eq!((item.detail, item.documentation), (None, None));
                    let told = completion::told(&fixture.workspace.index, id).unwrap();
                    completion::Item {
                        detail: Some(told.detail),
                        documentation: Some(told.documentation),
                        later: None,
                        ..item
                    }
                }
            });
            assert_eq!(told.collect::<Vec<_>>(), found.items);
        }
    }

    #[test]
    fn names_stand_after_an_at_sign_and_in_calls() {
        check_edit(
            "jax-pro",
            "//- /CLAUDE.md\nAsk @ja$0 now\n",
            "//- /CLAUDE.md\nAsk @jax-pro now\n",
        );
        check_edit(
            "jax-pro",
            "//- /CLAUDE.md\nAsk @$0\n",
            "//- /CLAUDE.md\nAsk @jax-pro\n",
        );
        check_edit(
            "jax-pro",
            "//- /CLAUDE.md\n```\nTask(subagent_type=\"$0\")\n```\n",
            "//- /CLAUDE.md\n```\nTask(subagent_type=\"jax-pro\")\n```\n",
        );
        check_edit(
            "jax-pro",
            "//- /CLAUDE.md\nsubagent_type: ja$0\n",
            "//- /CLAUDE.md\nsubagent_type: jax-pro\n",
        );
        check_tools(
            "jax-pro",
            "tools: Read, Agent(j$0)",
            "tools: Read, Agent(jax-pro)",
        );
        check_tools(
            "jax-pro",
            "tools: Read, Agent(python-pro, $0)",
            "tools: Read, Agent(python-pro, jax-pro)",
        );
        check_tools("jax-pro", "extends: ja$0", "extends: jax-pro");
        check_tools(
            "jax-pro",
            "delegates_to: [python-pro, $0]",
            "delegates_to: [python-pro, jax-pro]",
        );
        assert!(labels("//- /CLAUDE.md\nmail me@$0\n").is_empty());
    }

    #[test]
    fn a_name_shows_what_it_is_and_once_what_for() {
        let (_, found) = complete("//- /CLAUDE.md\nAsk @jax$0\n", false);
        let item = &found.items[0];
        assert_eq!(item.detail.as_deref(), Some("agent"));
        assert_eq!(
            item.documentation.as_deref(),
            Some("Numbers on the GPU.\n\n`.claude/agents/jax-pro.md`")
        );
        let (_, found) = complete(
            "//- /.claude/agents/m.md\n---\nname: mira\nmodel: opus\n---\n//- /CLAUDE.md\nAsk @mir$0\n",
            false,
        );
        assert_eq!(found.items[0].detail.as_deref(), Some("agent · opus"));
        let (_, found) = complete(
            "//- /.claude/agents/n.md\n---\nname: n\n---\nAsk @Expl$0\n",
            false,
        );
        assert_eq!(found.items[0].detail.as_deref(), Some("built-in agent"));
    }

    #[test]
    fn an_agent_is_not_offered_itself() {
        assert!(
            !labels("//- /.claude/agents/a.md\n---\nname: lone-wolf\n---\nAsk @lo$0\n")
                .contains(&"lone-wolf".to_owned())
        );
    }

    #[test]
    fn an_empty_agent_gets_a_skeleton_and_an_empty_readme_does_not() {
        let (_, found) = complete("//- /.claude/agents/new-one.md\n$0", true);
        assert_eq!(found.items.len(), 1);
        assert!(
            found.items[0]
                .edit
                .new_text
                .starts_with("---\nname: ${1:new-one}\ndescription: ")
        );
        assert!(labels("//- /README.md\n$0").is_empty());
    }

    #[test]
    fn a_hundred_items_are_enough_and_the_client_is_told() {
        let mut team = String::new();
        for number in 0..150 {
            team.push_str(&format!(
                "//- /.claude/agents/n{number}.md\n---\nname: many-{number:03}\n---\n"
            ));
        }
        let (_, found) = complete(&format!("{team}//- /CLAUDE.md\nAsk @many$0\n"), false);
        assert_eq!((found.items.len(), found.incomplete), (100, true));
        assert_eq!(found.items[0].label, "many-000");
    }

    #[test]
    fn no_feature_panics_at_any_place_of_any_fixture() {
        let fixture = with_team(
            "//- /.claude/agents/ü.md\n---\nname: ü😀\ntools: [Read, \"\n\u{2028}key\n---\n| Delegate To |\n|--|\n| 😀-ü, `\n@😀 subagent_type: \"ü\n",
        );
        for file in &fixture.files {
            every_place(&fixture, file);
        }
    }

    fn every_place(fixture: &Fixture, file: &SourceFile) {
        for offset in (0..=file.source.len()).filter(|offset| file.source.is_char_boundary(*offset))
        {
            for item in completion::completions(
                &fixture.workspace,
                file,
                offset,
                &completions::options(true),
            )
            .items
            {
                assert!(file.source.get(item.edit.range.range()).is_some());
                assert!(item.edit.range.touches(offset));
            }
            hover::hover(&fixture.workspace, file, offset);
            declaration::goto_declaration(&fixture.workspace, file, offset);
            implementation::goto_implementation(&fixture.workspace, file, offset);
            call_hierarchy::prepare(&fixture.workspace, file, offset);
            type_hierarchy::prepare(&fixture.workspace, file, offset);
        }
        let all = ByteRange::new(0, file.source.len());
        let options = inlay_hints::Options {
            inherited: true,
            model: true,
        };
        for hint in inlay_hints::inlay_hints(&fixture.workspace, file, all, &options) {
            assert!(file.source.is_char_boundary(hint.offset));
        }
    }
}
