//! Completion, hover and definition in every kind of file of every host.

use expect_test::expect;

use super::completions::{check_edit, complete, labels};
use super::{goto_definition, hovers};

/// Two skills, a command and the agents of a plugin, for tests that need something to name.
const SHOP: &str = r#"
//- /.claude/skills/stock-take/SKILL.md
---
description: Counts what is there.
---
Body.
//- /.claude/skills/till-count/SKILL.md
---
description: Counts the money.
user-invocable: false
---
Body.
//- /.claude/skills/close-shop/SKILL.md
---
description: Locks the door.
disable-model-invocation: true
---
Body.
//- /.claude/commands/open-shop.md
---
description: Opens the door.
---
Body.
//- /bank/.claude-plugin/plugin.json
{"name": "bank"}
//- /bank/agents/money/teller.md
---
name: teller
description: Counts notes.
---
Body.
//- /bank/skills/exchange/SKILL.md
---
description: Changes money.
---
Body.
"#;

fn in_shop(file: &str) -> Vec<String> {
    let file = file.trim_start_matches('\n');
    labels(&format!("{}{file}", SHOP.trim_start_matches('\n')))
}

mod skills_and_commands {
    use super::*;

    #[test]
    fn the_keys_of_a_skill_are_written_with_hyphens() {
        let skill = |header: &str| {
            labels(&format!(
                "//- /.claude/skills/s/SKILL.md\n---\n{header}\n---\n"
            ))
        };
        assert_eq!(skill("allow$0"), ["allowed-tools", "disallowed-tools"]);
        assert_eq!(skill("context: $0"), ["fork"]);
        assert_eq!(skill("user-invocable: $0"), ["true", "false"]);
        assert_eq!(skill("shell: p$0"), ["powershell"]);
        assert!(skill("name: s\n$0").contains(&"description".to_owned()));
        let command = labels("//- /.claude/commands/c.md\n---\n$0\ndescription: x\n---\n");
        assert!(!command.contains(&"name".to_owned()) && command.contains(&"model".to_owned()));
    }

    #[test]
    fn a_tool_stands_after_a_blank_a_comma_or_a_dash() {
        for (before, after) in [
            ("Read Bash(git *) Gr$0", "Read Bash(git *) Grep"),
            ("Read $0", "Read Grep"),
            ("Read, $0", "Read, Grep"),
            ("$0", "Grep"),
            ("[Read, $0]", "[Read, Grep]"),
            ("\n  - Read\n  - Gr$0", "\n  - Read\n  - Grep"),
        ] {
            let file = |value: &str| {
                format!("//- /.claude/commands/c.md\n---\nallowed-tools: {value}\n---\n")
            };
            check_edit("Grep", &file(before), &file(after));
        }
        let found = labels("//- /.claude/commands/c.md\n---\nallowed-tools: Read Gr$0\n---\n");
        assert!(!found.contains(&"Read".to_owned()), "{found:?}");
    }

    #[test]
    fn a_tool_in_a_string_of_blanks_is_explained() {
        hovers::check(
            "//- /.claude/commands/c.md\n---\nallowed-tools: Read Bash(git *:st*) Gr$0ep\n---\n",
            expect![[r#"
                [Grep]
                **Grep** · tool

                Searches the contents of files.
            "#]],
        );
    }

    #[test]
    fn the_brackets_of_a_tool_take_what_the_host_takes_there() {
        check_edit(
            "npm run *",
            "//- /.claude/commands/c.md\n---\nallowed-tools: Bash(npm $0)\n---\n",
            "//- /.claude/commands/c.md\n---\nallowed-tools: Bash(npm run *)\n---\n",
        );
        assert_eq!(
            in_shop("//- /.claude/commands/c.md\n---\nallowed-tools: Skill($0\n---\n"),
            ["exchange", "stock-take", "till-count"]
        );
    }

    #[test]
    fn the_agent_of_a_skill_is_completed_and_found() {
        check_edit(
            "jax-pro",
            "//- /.claude/skills/s/SKILL.md\n---\nagent: \"ja$0\"\n---\n",
            "//- /.claude/skills/s/SKILL.md\n---\nagent: \"jax-pro\"\n---\n",
        );
        for agent in ["lo$0ne", "'lo$0ne'"] {
            goto_definition::check(&format!(
                "//- /.claude/skills/s/SKILL.md\n---\nname: s\ncontext: fork\nagent: {agent}\n---\n//- /.claude/agents/lone.md\n---\nname: lone\n      ^^^^ definition\ndescription: x\n---\n"
            ));
        }
    }

    #[test]
    fn a_skill_is_named_by_agents_and_leads_to_its_file() {
        assert_eq!(
            in_shop("//- /.claude/agents/a.md\n---\nname: a\nskills: [stock-take, $0]\n---\n"),
            ["exchange", "till-count"]
        );
        check_edit(
            "stock-take",
            &format!(
                "{}//- /.claude/agents/a.md\n---\nname: a\nskills:\n  - st$0\n---\n",
                &SHOP[1..]
            ),
            "//- /.claude/agents/a.md\n---\nname: a\nskills:\n  - stock-take\n---\n",
        );
        for line in [
            "skills: [\"stock-$0take\"]",
            "skills:\n  - 'stock-$0take'",
            "tools: Read, Skill(stock-$0take)",
        ] {
            goto_definition::check(&format!(
                "//- /.claude/agents/a.md\n---\nname: a\ndescription: x\n{line}\n---\n//- /.claude/skills/stock-take/SKILL.md\n---\nname: stock-take\n      ^^^^^^^^^^ definition\ndescription: x\n---\n"
            ));
        }
    }

    #[test]
    fn a_slash_takes_commands_and_the_skills_that_people_may_start() {
        assert_eq!(
            in_shop("//- /CLAUDE.md\nRun /$0 now.\n"),
            ["open-shop", "close-shop", "exchange", "stock-take"]
        );
        assert_eq!(in_shop("//- /CLAUDE.md\nRun `/sto$0`.\n"), ["stock-take"]);
        for text in ["a/sto$0", "docs/sto$0", "</sto$0", "//sto$0"] {
            assert!(
                in_shop(&format!("//- /CLAUDE.md\nSee {text}\n")).is_empty(),
                "{text}"
            );
        }
    }

    #[test]
    fn what_a_plugin_brings_has_the_name_of_the_plugin() {
        assert_eq!(
            in_shop("//- /CLAUDE.md\nAsk @bank:$0\n"),
            ["bank:money:teller"]
        );
        assert_eq!(in_shop("//- /CLAUDE.md\nRun /bank:$0\n"), ["bank:exchange"]);
        assert_eq!(
            in_shop("//- /.claude/agents/a.md\n---\nskills: bank:e$0\n---\n"),
            ["bank:exchange"]
        );
        assert_eq!(
            in_shop("//- /CLAUDE.md\nTask(subagent_type=\"ban$0\")\n"),
            ["bank:money:teller"]
        );
    }

    #[test]
    fn the_servers_of_a_plugin_and_of_the_header_are_known() {
        assert_eq!(
            labels(
                "//- /shop/.claude-plugin/plugin.json\n{\"name\": \"shop\", \"mcpServers\": {\"orders\": {}}}\n//- /.claude/agents/a.md\n---\nname: a\nmcpServers:\n  - till\n  - stock: {command: x}\ntools: mcp__$0\n---\n"
            ),
            [
                "mcp__orders",
                "mcp__orders__*",
                "mcp__stock",
                "mcp__stock__*",
                "mcp__till",
                "mcp__till__*"
            ]
        );
    }

    #[test]
    fn an_import_leads_to_its_file() {
        for from in ["CLAUDE.md", ".claude/rules/r.md"] {
            let text = if from == "CLAUDE.md" {
                "docs"
            } else {
                "../../docs"
            };
            goto_definition::check(&format!(
                "//- /{from}\nSee @{text}/st$0yle.md now.\n//- /docs/style.md\n^ definition\nWords.\n"
            ));
        }
    }
}

mod hooks {
    use super::*;

    fn agent(lines: &str) -> Vec<String> {
        labels(&format!(
            "//- /.claude/agents/a.md\n---\nname: a\nhooks:\n{lines}\n---\n"
        ))
    }

    #[test]
    fn events_groups_and_handlers_are_offered_where_they_stand() {
        assert_eq!(agent("  PreToolU$0"), ["PreToolUse"]);
        assert_eq!(agent("  PreToolUse:\n    - $0"), ["matcher", "hooks"]);
        assert_eq!(agent("  Stop:\n    - $0"), ["hooks"]);
        let group = "  PreToolUse:\n    - matcher: Bash\n      hooks:\n";
        assert_eq!(
            agent(&format!("{group}        - type: $0"))[..2],
            ["command", "http"]
        );
        assert_eq!(
            agent(&format!("{group}        - type: command\n          comm$0")),
            ["command"]
        );
        assert_eq!(agent("  PreToolUse:\n    - matcher: WebF$0"), ["WebFetch"]);
    }

    #[test]
    fn an_event_and_a_handler_are_explained() {
        let hooks = |event: &str, kind: &str| {
            format!(
                "//- /.claude/agents/a.md\n---\nname: a\nhooks:\n  {event}:\n    - hooks:\n        - type: {kind}\n---\n"
            )
        };
        hovers::check(
            &hooks("St$0op", "command"),
            expect![[r#"
            [Stop]
            **Stop** · hook

            When the agent has finished; in a subagent the same as SubagentStop.

            A matcher has no effect.
        "#]],
        );
        hovers::check(
            &hooks("Stop", "ht$0tp"),
            expect![[r#"
            [http]
            `type: http`

            Sends a request.

            Fields: `url`, `headers`, `allowedEnvVars`
        "#]],
        );
    }
}

mod nested {
    use super::*;

    #[test]
    fn a_member_of_a_mapping_is_offered_with_its_values() {
        let agent = |lines: &str| {
            labels(&format!(
                "//- /.claude/agents/a.md\n---\nname: a\n{lines}\n---\n"
            ))
        };
        assert_eq!(agent("experimental:\n  $0"), ["cacheTtl"]);
        assert_eq!(agent("experimental: {$0}"), ["cacheTtl"]);
        assert_eq!(agent("experimental:\n  cacheTtl: $0"), ["5m", "1h"]);
        assert_eq!(agent("experimental: {cacheTtl: 5$0}"), ["5m"]);
        assert!(agent("experimental:\n  cacheTtl: 5m\n  $0").is_empty());
        assert!(agent("experimental:\n  $0\n  cacheTtl: 5m").is_empty());
        check_edit(
            "1h",
            "//- /.claude/agents/a.md\n---\nexperimental: {cacheTtl:$0}\n---\n",
            "//- /.claude/agents/a.md\n---\nexperimental: {cacheTtl: 1h}\n---\n",
        );
    }

    #[test]
    fn a_member_and_its_value_are_explained() {
        hovers::check(
            "//- /.claude/agents/a.md\n---\nname: a\nexperimental:\n  cache$0Ttl: 5m\n---\n",
            expect![[r#"
                [cacheTtl]
                **cacheTtl** · Claude Code · one of several

                In `experimental`.

                How long the prompt cache is kept.

                Values: `5m`, `1h`
            "#]],
        );
        hovers::check(
            "//- /.claude/agents/a.md\n---\nname: a\nexperimental: {cacheTtl: 5$0m}\n---\n",
            expect![[r#"
                [5m]
                `cacheTtl: 5m`

                Five minutes.
            "#]],
        );
    }
}

mod skeletons {
    use super::*;

    #[test]
    fn an_empty_file_gets_the_header_of_its_kind() {
        for (path, header) in [
            (
                ".claude/skills/stock-take/SKILL.md",
                "name: stock-take\ndescription: ",
            ),
            (".claude/commands/c.md", "description: "),
            (
                ".claude/output-styles/dry-wit.md",
                "name: dry-wit\ndescription: ",
            ),
            (".claude/rules/r.md", "paths: "),
        ] {
            let (_, found) = complete(&format!("//- /{path}\n$0"), false);
            let texts: Vec<&str> = found
                .items
                .iter()
                .map(|item| &*item.edit.new_text)
                .collect();
            assert_eq!(texts, [format!("---\n{header}\n---\n")], "{path}");
        }
    }

    #[test]
    fn a_skeleton_has_its_tab_stops_in_order() {
        let (_, found) = complete("//- /.claude/skills/stock-take/SKILL.md\n$0", true);
        assert_eq!(
            found.items[0].edit.new_text,
            "---\nname: ${1:stock-take}\ndescription: ${2:What it is for and when to use it}\n---\n\n$0\n"
        );
    }
}
