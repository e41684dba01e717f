use super::*;

#[test]
fn a_message_says_what_the_author_may_have_meant() {
    for (tools, advice) in [
        ("Read, Wread", "Did you mean `Read`?"),
        ("Read, chrome-mcp", "`mcp__server__tool`"),
        ("Read, TeamDelete", "so this entry has no effect."),
        ("[]", "This list is empty:"),
    ] {
        let fixture = format!("---\nname: a-b\ndescription: c\ntools: {tools}\n---\nBody.\n");
        let [message] = messages(&fixture).try_into().expect("one finding");
        assert!(message.contains(advice), "{message}");
    }
}

#[test]
fn every_tool_that_the_host_lacks_is_reported_in_every_form_of_list() {
    check(
        r#"
//- /.claude/agents/a.md
---
name: a-a
description: c
tools: Read, Wread, MultiEdit, Task
             ^^^^^ warning unknown-tool
                    ^^^^^^^^^ warning removed-tool
                               ^^^^ hint renamed-tool
---
Body.
//- /.claude/agents/b.md
---
name: b-b
description: c
tools: [Read, "Wread", 'LS']
               ^^^^^ warning unknown-tool
                        ^^ warning removed-tool
---
Body.
//- /.claude/agents/c.md
---
name: c-c
description: c
tools:
  - Read
  - "Wread"  # not there
     ^^^^^ warning unknown-tool
---
Body.
"#,
    );
}

#[test]
fn a_tool_that_subagents_never_get_is_reported() {
    check(
        r#"
---
name: a-b
description: c
tools: Read, AskUserQuestion
             ^^^^^^^^^^^^^^^ warning unavailable-tool
---
Body.
"#,
    );
}

#[test]
fn a_denied_specifier_takes_the_whole_tool() {
    check(
        r#"
---
name: a-b
description: c
tools: Read, Bash
             ^^^^ warning conflicting-tool
disallowedTools: Bash(git push:*)
                 ^^^^^^^^^^^^^^^^ warning ignored-specifier
---
Body.
"#,
    );
}

#[test]
fn a_list_that_grants_nothing_is_reported() {
    check(
        r#"
---
name: a-b
description: c
tools: []
       ^^ information empty-tools
---
Body.
"#,
    );
}

#[test]
fn an_mcp_server_that_nobody_configures_is_reported_where_servers_are_configured() {
    check(
        r#"
//- /.mcp.json
{"mcpServers": {"orders": {"command": "orders"}}}
//- /.claude/agents/a.md
---
name: a-b
description: c
tools: mcp__orders__find, mcp__order__find, mcp__own__x, mcp__plugin_a_b__c
                          ^^^^^^^^^^^^^^^^ information unknown-mcp-server
mcpServers:
  - own:
      command: own
---
Body.
"#,
    );
}

#[test]
fn a_wrong_tool_is_replaced_or_taken_away() {
    check_fixes(
        "tools: [Read, \"Wrote\", Bash]",
        "unknown-tool",
        &[
            (
                "unsafe, preferred: Replace it by `Write`",
                "tools: [Read, \"Write\", Bash]",
            ),
            ("manual: Remove `Wrote`", "tools: [Read, Bash]"),
        ],
    );
    check_fixes(
        "tools: Read, WebFth",
        "unknown-tool",
        &[
            ("manual: Replace it by `WebFetch`", "tools: Read, WebFetch"),
            ("manual: Remove `WebFth`", "tools: Read"),
        ],
    );
    check_fixes(
        "tools:\n  - Read\n  - pytest # runs\n",
        "unknown-tool",
        &[("unsafe: Remove `pytest`", "tools:\n  - Read")],
    );
    check_fixes(
        "tools: Read, Raed",
        "unknown-tool",
        &[("unsafe: Remove `Raed`", "tools: Read")],
    );
}

#[test]
fn a_list_that_grants_is_never_emptied() {
    check_fixes("tools: pytest", "unknown-tool", &[]);
    check_fixes("tools: [AskUserQuestion]", "unavailable-tool", &[]);
    check_fixes("tools:\n  - TeamDelete", "removed-tool", &[]);
}

#[test]
fn a_person_chooses_where_no_entry_of_a_list_that_grants_is_sure_to_stay() {
    check_fixes(
        "tools:\n  - FetchStuff\n  - ZorkBlah",
        "unknown-tool",
        &[("manual: Remove `FetchStuff`", "tools:\n  - ZorkBlah")],
    );
    check_fixes(
        "tools:\n  - TeamDelete\n  - TeamDelete",
        "removed-tool",
        &[(
            "manual, preferred: Remove `TeamDelete`",
            "tools:\n  - TeamDelete",
        )],
    );
    check_fixes(
        "tools: Read, TeamDelete",
        "removed-tool",
        &[("unsafe, preferred: Remove `TeamDelete`", "tools: Read")],
    );
    check_fixes(
        "tools: [AskUserQuestion, ZorkBlah]",
        "unavailable-tool",
        &[(
            "manual, preferred: Remove `AskUserQuestion`",
            "tools: [ZorkBlah]",
        )],
    );
}

#[test]
fn brackets_behind_a_denied_tool_are_ignored_only_where_that_is_known() {
    check(
        r#"
//- /.qwen/agents/shop.md
---
name: shop
description: Sells.
tools: [Bash]
disallowedTools: ["Bash(git push:*)"]
---
Body.
"#,
    );
}

#[test]
fn what_denies_nothing_may_go_and_a_denial_in_another_style_is_meant() {
    check_fixes(
        "disallowedTools: pytest\ncolor: red",
        "unknown-tool",
        &[("unsafe: Remove `pytest`", "color: red")],
    );
    check_fixes(
        "disallowedTools: bash, Read",
        "unknown-tool",
        &[
            (
                "safe, preferred: Replace it by `Bash`",
                "disallowedTools: Bash, Read",
            ),
            ("manual: Remove `bash`", "disallowedTools: Read"),
        ],
    );
    check_fixes(
        "tools: Read, Task\ndisallowedTools: agent",
        "unknown-tool",
        &[
            (
                "unsafe, preferred: Replace it by `Agent`",
                "tools: Read, Task\ndisallowedTools: Agent",
            ),
            ("manual: Remove `agent`", "tools: Read, Task"),
        ],
    );
}

#[test]
fn an_old_name_becomes_the_new_one_or_goes_where_that_stands_already() {
    check_fixes(
        "tools: 'Read, Task(scout)'",
        "renamed-tool",
        &[(
            "safe, preferred: Rename to `Agent`",
            "tools: 'Read, Agent(scout)'",
        )],
    );
    check_fixes(
        "tools: Task, Agent",
        "renamed-tool",
        &[(
            "safe, preferred: Remove `Task`: `Agent` is there",
            "tools: Agent",
        )],
    );
}

#[test]
fn a_tool_that_is_gone_is_replaced_by_what_does_its_work() {
    check_fixes(
        "tools: Read, MultiEdit",
        "removed-tool",
        &[
            (
                "unsafe, preferred: Replace it by `Edit`",
                "tools: Read, Edit",
            ),
            ("manual: Remove `MultiEdit`", "tools: Read"),
        ],
    );
    check_fixes(
        "tools: Edit, MultiEdit",
        "removed-tool",
        &[("safe, preferred: Remove `MultiEdit`", "tools: Edit")],
    );
    check_fixes(
        "tools: LS, Read",
        "removed-tool",
        &[
            ("unsafe: Replace it by `Glob`", "tools: Glob, Read"),
            ("manual: Replace it by `Bash`", "tools: Bash, Read"),
            ("manual: Remove `LS`", "tools: Read"),
        ],
    );
}

#[test]
fn a_conflict_can_be_ended_on_either_side() {
    check_fixes(
        "tools: Read, Bash\ndisallowedTools: Bash",
        "conflicting-tool",
        &[
            (
                "manual: Remove it from `tools`",
                "tools: Read\ndisallowedTools: Bash",
            ),
            (
                "manual: Remove it from `disallowedTools`",
                "tools: Read, Bash",
            ),
        ],
    );
}

#[test]
fn a_server_that_is_nearly_one_gets_its_name() {
    let fixture = "//- /.mcp.json\n{\"mcpServers\": {\"orders\": {\"command\": \"orders\"}}}\n//- /.claude/agents/a.md\n---\nname: a-b\ndescription: c\ntools: [mcp__order__find]\n---\nBody.\n";
    let [(shown, text)] = fixes(fixture, "unknown-mcp-server")
        .try_into()
        .expect("one fix");
    assert_eq!(
        shown,
        "unsafe, preferred: Replace it by `mcp__orders__find`"
    );
    assert!(text.contains("tools: [mcp__orders__find]\n"), "{text}");
}

#[test]
fn blanks_part_the_tools_of_a_skill_and_not_those_in_brackets() {
    let skill = |tools: &str| {
        format!(
            "//- /.claude/skills/shop/SKILL.md\n---\nname: shop\ndescription: c\nallowed-tools: {tools}\n---\nBody.\n"
        )
    };
    let fixed = |tools: &str, rule: &str| -> Vec<String> {
        let start = "---\nname: shop\ndescription: c\nallowed-tools: ";
        let line = |text: &str| {
            text.strip_prefix(start)
                .expect("the start")
                .lines()
                .next()
                .unwrap_or("")
                .to_owned()
        };
        fixes(&skill(tools), rule)
            .into_iter()
            .map(|(shown, text)| format!("{shown} -> {}", line(&text)))
            .collect()
    };
    assert_eq!(
        fixed("Read Task(a b) Grep", "renamed-tool"),
        ["safe, preferred: Rename to `Agent` -> Read Agent(a b) Grep"]
    );
    assert_eq!(
        fixed("\"Read Wrote Grep\"", "unknown-tool"),
        [
            "unsafe, preferred: Replace it by `Write` -> \"Read Write Grep\"",
            "manual: Remove `Wrote` -> \"Read Grep\"",
        ]
    );
    assert_eq!(messages(&skill("Read, Bash (git log:*)")), [""; 0]);
    assert_eq!(
        messages(&skill("Bash(git push:*) AskUserQuestion")),
        [""; 0]
    );
}
