//! Completion, hover and definition in every kind of file of every host.

use expect_test::expect;

use super::completions::{check_edit, complete, labels};
use super::{goto_definition, hovers};
use crate::features::references;
use crate::fixture::Fixture;

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
                "mcp__plugin_shop_orders",
                "mcp__plugin_shop_orders__*",
                "mcp__stock",
                "mcp__stock__*",
                "mcp__till",
                "mcp__till__*"
            ]
        );
    }

    #[test]
    fn the_servers_of_a_plugin_are_called_by_it_in_their_tools() {
        let servers = |files: &str| {
            let all = labels(&format!(
                "{files}//- /.claude/agents/a.md\n---\nname: a\ntools: mcp__$0\n---\n"
            ));
            let all = all.into_iter().filter(|tool| !tool.ends_with('*'));
            all.collect::<Vec<_>>()
        };
        const OWN: &str = "{\"mcpServers\": {\"orders\": {}}}\n";
        const MANIFEST: &str = "{\"name\": \"shop\"}\n";
        assert_eq!(
            servers(&format!(
                "//- /x/.claude-plugin/plugin.json\n{MANIFEST}//- /x/.mcp.json\n{OWN}"
            )),
            ["mcp__plugin_shop_orders"]
        );
        // A file of settings below the plugin is none of its own.
        assert_eq!(
            servers(&format!(
                "//- /x/.claude-plugin/plugin.json\n{MANIFEST}//- /x/y/.mcp.json\n{OWN}"
            )),
            ["mcp__orders"]
        );
        // The project is the plugin.
        assert_eq!(
            servers(&format!(
                "//- /.claude-plugin/plugin.json\n{MANIFEST}//- /.mcp.json\n{OWN}"
            )),
            ["mcp__orders", "mcp__plugin_shop_orders"]
        );
        assert_eq!(
            labels(&format!(
                "//- /x/.claude-plugin/plugin.json\n{MANIFEST}//- /x/.mcp.json\n{OWN}//- /.claude/agents/a.md\n---\nname: a\nmcpServers: [$0]\n---\n"
            )),
            ["orders"]
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

mod copilot {
    use super::*;

    fn agent(lines: &str) -> String {
        format!(
            "//- /.github/agents/planner.agent.md\n---\nname: planner\ndescription: x\n{lines}\n---\nBody.\n"
        )
    }

    fn values(lines: &str) -> Vec<String> {
        labels(&agent(lines))
    }

    #[test]
    fn a_handoff_is_completed_while_it_is_written() {
        assert_eq!(
            values("handoffs:\n  - $0")[..3],
            ["label", "agent", "prompt"]
        );
        assert_eq!(
            values("handoffs:\n  - label: x\n    $0\n    prompt: y"),
            ["agent", "send", "model", "showContinueOn"]
        );
        assert_eq!(
            values("handoffs: [{label: x, $0}]")[..2],
            ["agent", "prompt"]
        );
        assert_eq!(values("handoffs:\n  - send: $0"), ["true", "false"]);
        for (before, after) in [
            (
                "handoffs:\n  - label: x\n    agent: $0",
                "handoffs:\n  - label: x\n    agent: jax-pro",
            ),
            (
                "handoffs:\n  - label: x\n    agent:$0",
                "handoffs:\n  - label: x\n    agent: jax-pro",
            ),
            (
                "handoffs:\n- agent: \"ja$0\"",
                "handoffs:\n- agent: \"jax-pro\"",
            ),
            (
                "handoffs: [{label: x, agent: ja$0}]",
                "handoffs: [{label: x, agent: jax-pro}]",
            ),
            (
                "handoffs:\n  - agent: ja$0\n    label: x",
                "handoffs:\n  - agent: jax-pro\n    label: x",
            ),
        ] {
            check_edit("jax-pro", &agent(before), &agent(after));
            // A header that is still open.
            let open = |text: &str| agent(text).replace("\n---\nBody.", "");
            check_edit("jax-pro", &open(before), &open(after));
        }
    }

    #[test]
    fn the_key_of_handoffs_brings_what_each_needs() {
        let (_, found) = complete(&agent("hando$0"), true);
        assert_eq!(
            found.items[0].edit.new_text,
            "handoffs:\n  - label: $1\n    agent: $2\n    prompt: $3"
        );
    }

    #[test]
    fn agents_are_completed_in_every_list_and_a_star_in_quotes() {
        check_edit(
            "jax-pro",
            &agent("agents: [python-pro, ja$0]"),
            &agent("agents: [python-pro, jax-pro]"),
        );
        check_edit(
            "jax-pro",
            &agent("agents: ['python-pro', $0]"),
            &agent("agents: ['python-pro', 'jax-pro']"),
        );
        check_edit("*", &agent("agents: $0"), &agent("agents: '*'"));
    }

    #[test]
    fn every_place_that_names_an_agent_leads_to_it() {
        for line in [
            "agents: ['lo$0ne']",
            "agents:\n  - lo$0ne",
            "handoffs:\n  - label: x\n    agent: lo$0ne\n    prompt: y",
            "handoffs: [{label: x, agent: \"lo$0ne\", prompt: y}]",
        ] {
            goto_definition::check(&format!(
                "{}//- /.github/agents/lone.agent.md\n---\nname: lone\n      ^^^^ definition\ndescription: x\n---\n",
                agent(line)
            ));
        }
        goto_definition::check(
            "//- /.github/prompts/p.prompt.md\n---\nagent: lo$0ne\n---\n//- /.github/agents/lone.agent.md\n---\nname: lone\n      ^^^^ definition\ndescription: x\n---\n",
        );
    }

    #[test]
    fn whoever_is_handed_to_is_found_in_every_quoting() {
        let source = "//- /.github/agents/lone.agent.md\n---\nname: lo$0ne\n---\n//- /.github/agents/a.agent.md\n---\nname: a\nagents: ['lone', other]\nhandoffs: [{label: x, agent: \"lone\", prompt: y}]\n---\n//- /.github/prompts/p.prompt.md\n---\nagent: lone\n---\n";
        let fixture = Fixture::parse(source);
        let (file, offset) = fixture.cursor();
        let target = references::target_at(&fixture.workspace, file, offset).expect("an agent");
        let found = references::references(&fixture.workspace, &target, false);
        let written: Vec<&str> = found
            .iter()
            .map(|found| found.range.of(&fixture.files[found.file.0 as usize].source))
            .collect();
        assert_eq!(written, ["lone"; 3]);
    }

    #[test]
    fn a_prompt_takes_the_modes_and_the_agents() {
        let found = labels("//- /.github/prompts/p.prompt.md\n---\nagent: $0\n---\n");
        assert_eq!(found[..3], ["ask", "agent", "plan"]);
        assert!(found.contains(&"jax-pro".to_owned()), "{found:?}");
    }

    #[test]
    fn tools_are_sets_their_members_and_those_of_servers() {
        let found = labels(&format!(
            "//- /.mcp.json\n{{\"servers\": {{\"orders\": {{}}}}}}\n{}",
            agent("tools: [read, $0]")
        ));
        let has = |tool: &str| found.iter().any(|known| known == tool);
        assert!(!has("read"));
        for tool in ["search", "codebase", "orders/*"] {
            assert!(has(tool), "{tool} is not among {found:?}");
        }
        assert!(!has("orders") && !has("search/codebase"));
        assert_eq!(
            values("tools: ['read', 'web/$0']"),
            ["web/fetch", "web/githubRepo"]
        );
    }

    #[test]
    fn a_set_of_tools_says_what_it_holds_in_header_and_body() {
        let web = expect![[r#"
            [web]
            **web** · set of tools

            Fetches pages and searches the web.

            It holds `fetch`, `githubRepo`.
        "#]];
        hovers::check(&agent("tools: [w$0eb]"), web);
        hovers::check(
            &agent("tools: []").replace("Body.", "First #tool:we$0b, then think."),
            expect![[r#"
                [web]
                **web** · set of tools

                Fetches pages and searches the web.

                It holds `fetch`, `githubRepo`.
            "#]],
        );
        hovers::check(
            &agent("tools: [search/code$0base]"),
            expect![[r#"
            [search/codebase]
            **codebase** · tool

            Searches the workspace by meaning.
        "#]],
        );
    }

    #[test]
    fn a_tool_is_completed_behind_its_mark() {
        check_edit(
            "codebase",
            &agent("tools: []").replace("Body.", "Use #tool:codeb$0 now."),
            &agent("tools: []").replace("Body.", "Use #tool:codebase now."),
        );
    }

    #[test]
    fn keys_say_what_they_take() {
        hovers::check(
            &agent("hand$0offs:\n  - label: x"),
            expect![[r#"
            [handoffs]
            **handoffs** · GitHub Copilot · list

            In VS Code, what is offered when the agent has answered: buttons that go on with another agent.

            Keys of each item: `label`, `agent`, `prompt`, `send`, `model`, `showContinueOn`

            Default: none

            One without `label`, `agent` or `prompt` is an error.
        "#]],
        );
        hovers::check(
            &agent("handoffs:\n  - ag$0ent: x"),
            expect![[r#"
            [agent]
            **agent** · GitHub Copilot · text · required

            In `handoffs`.

            The agent to go on with.
        "#]],
        );
        hovers::check(
            &agent("inf$0er: true"),
            expect![[r#"
            [infer]
            **infer** · GitHub Copilot · true or false, or one of several

            Whether other agents can start this one.

            Out of date: use `user-invocable` and `disable-model-invocation`.

            Values: `all`, `user`, `agent`, `hidden`

            Default: true
        "#]],
        );
        hovers::check(
            "//- /.github/instructions/a.instructions.md\n---\napply$0To: '**'\n---\n",
            expect![[r#"
                [applyTo]
                **applyTo** · GitHub Copilot · text

                Globs of files, with commas between them, that the instructions are for; `**` is every file.

                Default: no file by itself
            "#]],
        );
    }

    #[test]
    fn the_built_in_agents_are_those_of_the_host() {
        let found = values("agents: [$0]");
        assert!(found.contains(&"rubber-duck".to_owned()), "{found:?}");
        assert!(!found.contains(&"statusline-setup".to_owned()), "{found:?}");
    }
}

mod opencode {
    use super::*;

    fn agent(lines: &str) -> String {
        format!("//- /.opencode/agents/a.md\n---\ndescription: x\n{lines}\n---\n")
    }

    #[test]
    fn permissions_are_completed_for_all_for_a_tool_and_for_a_pattern() {
        let found = |lines: &str| labels(&agent(lines));
        let answers = ["ask", "allow", "deny"];
        assert_eq!(found("permission: $0"), answers);
        assert_eq!(found("permission:\n  bas$0"), ["bash"]);
        assert_eq!(found("permission:\n  bash: $0"), answers);
        assert_eq!(found("permission:\n  bash:\n    \"git *\": $0"), answers);
        assert_eq!(found("permission:\n  orders_*: al$0"), ["allow"]);
        assert_eq!(found("permission: {edit: $0, bash: ask}"), answers);
        check_edit(
            "deny",
            &agent("permission:\n  bash:\n    \"git *\": de$0"),
            &agent("permission:\n  bash:\n    \"git *\": deny"),
        );
    }

    #[test]
    fn tools_are_switched_on_and_off() {
        check_edit(
            "webfetch",
            &agent("tools:\n  bash: true\n  webf$0"),
            &agent("tools:\n  bash: true\n  webfetch: "),
        );
        assert_eq!(labels(&agent("tools:\n  bash: $0")), ["true", "false"]);
        assert!(!labels(&agent("tools:\n  bash: true\n  $0")).contains(&"bash".to_owned()));
        hovers::check(
            &agent("tools:\n  ba$0sh: true"),
            expect![[r#"
            [bash]
            **bash** · tool

            Runs shell commands.
        "#]],
        );
    }

    #[test]
    fn agents_and_skills_can_be_the_keys_of_permissions() {
        check_edit(
            "jax-pro",
            &agent("permission:\n  task:\n    python-pro: allow\n    ja$0"),
            &agent("permission:\n  task:\n    python-pro: allow\n    jax-pro: "),
        );
        assert_eq!(
            labels(&agent("permission: {task: $0}")),
            ["ask", "allow", "deny"]
        );
        for key in ["lo$0ne", "'lo$0ne'"] {
            goto_definition::check(&format!(
                "{}//- /.opencode/agents/lone.md\n^ definition\n---\ndescription: x\n---\n",
                agent(&format!(
                    "permission:\n  task:\n    '*': deny\n    {key}: allow"
                ))
            ));
        }
    }

    #[test]
    fn a_permission_is_explained() {
        hovers::check(
            &agent("permission:\n  ed$0it: ask"),
            expect![[r#"
            [edit]
            **edit** · OpenCode · one of several, or mapping

            In `permission`.

            Changing files, whatever the tool.

            Values: `ask`, `allow`, `deny`
        "#]],
        );
        hovers::check(
            &agent("permission:\n  edit: a$0sk"),
            expect![[r#"
            [ask]
            `edit: ask`

            The user is asked.
        "#]],
        );
        hovers::check(
            &agent("permission:\n  bash:\n    \"git *\": a$0sk"),
            expect![[r#"
                [ask]
                `bash: ask`

                The user is asked.
            "#]],
        );
    }
}

mod gemini_and_cursor {
    use super::*;

    #[test]
    fn each_has_keys_of_its_own() {
        let gemini = |lines: &str| {
            labels(&format!(
                "//- /.gemini/agents/a.md\n---\nname: a\n{lines}\n---\n"
            ))
        };
        assert_eq!(gemini("max$0"), ["max_turns"]);
        assert_eq!(gemini("kind: $0"), ["local", "remote"]);
        assert_eq!(
            gemini("tools:\n  - read_$0")[..2],
            ["read_file", "read_many_files"]
        );
        let cursor =
            |path: &str, lines: &str| labels(&format!("//- /.cursor/{path}\n---\n{lines}\n---\n"));
        assert_eq!(cursor("rules/r.mdc", "always$0"), ["alwaysApply"]);
        assert_eq!(cursor("rules/r.mdc", "alwaysApply: $0"), ["true", "false"]);
        assert_eq!(cursor("agents/a.md", "model: $0"), ["inherit", "fast"]);
        assert_eq!(cursor("agents/a.md", "is$0"), ["is_background"]);
    }

    #[test]
    fn a_key_names_its_host() {
        hovers::check(
            "//- /.gemini/agents/a.md\n---\nname: a\nmax_$0turns: 3\n---\n",
            expect![[r#"
                [max_turns]
                **max_turns** · Gemini CLI · number

                After this many turns the agent stops.

                At least 1.

                Default: 30
            "#]],
        );
        hovers::check(
            "//- /.cursor/agents/a.md\n---\nname: a\nmodel: fa$0st\n---\n",
            expect![[r#"
                [fast]
                **fast** · model

                A quick model.
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
            (".github/agents/a.agent.md", "name: a\ndescription: "),
            (".github/prompts/p.prompt.md", "description: \nagent: ask"),
            (
                ".github/instructions/i.instructions.md",
                "description: \napplyTo: ",
            ),
            (
                ".github/skills/stock-take/SKILL.md",
                "name: stock-take\ndescription: ",
            ),
            (".opencode/agents/a.md", "description: \nmode: subagent"),
            (".opencode/commands/c.md", "description: "),
            (".gemini/agents/a.md", "name: a\ndescription: "),
            (".cursor/agents/a.md", "name: a\ndescription: "),
            (
                ".cursor/rules/r.mdc",
                "description: \nglobs: \nalwaysApply: false",
            ),
            (".kiro/steering/s.md", "inclusion: always"),
            (".windsurf/rules/r.md", "trigger: always_on"),
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
