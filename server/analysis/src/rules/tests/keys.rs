use super::*;

#[test]
fn a_key_in_the_wrong_style_is_misspelt_and_a_foreign_key_is_a_hint() {
    check(
        r#"
---
name: a-b
description: c
allowedTools: Read
^^^^^^^^^^^^ warning misspelled-key
max_turns: 3
^^^^^^^^^ warning misspelled-key
shoe-size: 44
^^^^^^^^^ hint unknown-key
category: shop
---
Body.
"#,
    );
}

#[test]
fn a_near_miss_names_the_key_that_was_meant() {
    let found = messages("---\nname: a-b\ndescription: c\ntols: Read\n---\nBody.\n");
    assert_eq!(
        found,
        ["Claude Code ignores `tols`, so the setting is lost. Did you mean `tools`?"]
    );
}

#[test]
fn a_key_of_another_kind_of_file_is_ignored_here() {
    check(
        r#"
---
name: a-b
description: c
argument-hint: "[a]"
^^^^^^^^^^^^^ warning ignored-key
---
Body.
"#,
    );
}

#[test]
fn plugins_may_not_set_permissions() {
    check(
        r#"
//- /shop/.claude-plugin/plugin.json
{}
//- /shop/agents/a.md
---
name: a-b
description: c
permissionMode: plan
^^^^^^^^^^^^^^ warning ignored-key
---
Body.
"#,
    );
}

#[test]
fn a_value_outside_its_type_is_reported_on_the_value() {
    check(
        r#"
---
name: a-b
description: c
model: sonet
       ^^^^^ warning invalid-value
color: "mauve"
       ^^^^^^^ warning invalid-value
maxTurns: many
          ^^^^ warning invalid-value
background: yes
            ^^^ warning invalid-value
memory: project
---
Body.
"#,
    );
}

#[test]
fn the_first_of_two_equal_keys_is_reported() {
    check(
        r#"
---
name: a-b
description: c
model: opus
^^^^^ warning duplicate-key
model: haiku
---
Body.
"#,
    );
}

#[test]
fn known_names_of_the_configuration_are_silent() {
    check(
        r#"
//- /.agentls.yaml
known:
  keys: [shoe-size]
  tools: [OurTool]
  models: [our-model]
  agents: [our-agent]
rules:
  renamed-tool: off
  removed-tool: error
//- /.claude/agents/a.md
---
name: a-b
description: c
shoe-size: 44
tools: OurTool, Task, LS
                      ^^ error removed-tool
model: our-model
---
| Delegate To | When |
|---|---|
| our-agent | always |
"#,
    );
}

#[test]
fn a_misspelt_key_gets_its_name_and_no_rights_without_being_asked() {
    for (line, shown, after) in [
        (
            "max_turns: 3",
            "safe, preferred: Rename to `maxTurns`",
            "maxTurns: 3",
        ),
        (
            "\"max-turns\": 3 # c",
            "safe, preferred: Rename to `maxTurns`",
            "\"maxTurns\": 3 # c",
        ),
        (
            "allowed-tools: Read, Bash",
            "safe, preferred: Rename to `tools`",
            "tools: Read, Bash",
        ),
        (
            "allowed-tools: [reed]",
            "unsafe, preferred: Rename to `tools`",
            "tools: [reed]",
        ),
        (
            "max_turns: many",
            "unsafe, preferred: Rename to `maxTurns`",
            "maxTurns: many",
        ),
        (
            "permission-mode: bypassPermissions",
            "unsafe, preferred: Rename to `permissionMode`",
            "permissionMode: bypassPermissions",
        ),
        (
            "mcp-servers: [a]",
            "unsafe, preferred: Rename to `mcpServers`",
            "mcpServers: [a]",
        ),
        (
            "tols: Read",
            "unsafe, preferred: Rename to `tools`",
            "tools: Read",
        ),
        (
            "cacheTtl: 5m",
            "unsafe, preferred: Rename to `experimental.cacheTtl`",
            "experimental:\n  cacheTtl: 5m",
        ),
    ] {
        check_fixes(line, "misspelled-key", &[(shown, after)]);
    }
    check_fixes("cacheTtl: 5m\nexperimental: {}", "misspelled-key", &[]);
    check_fixes(
        "tools: Read\nallowed-tools: Bash",
        "misspelled-key",
        &[("unsafe, preferred: Remove `allowed-tools`", "tools: Read")],
    );
}

#[test]
fn of_two_keys_that_mean_the_same_one_a_person_chooses() {
    for (first, second) in [
        ("allowedTools: Read", "allowed_tools: Bash"),
        ("allowedTools: Read", "tols: Bash"),
    ] {
        let renamed = format!("tools: Read\n{second}");
        check_fixes(
            &format!("{first}\n{second}"),
            "misspelled-key",
            &[("manual: Rename to `tools`", &renamed)],
        );
    }
    check_fixes(
        "max_turns: 3\nmaxturns: 5",
        "misspelled-key",
        &[("manual: Rename to `maxTurns`", "maxTurns: 3\nmaxturns: 5")],
    );
}

#[test]
fn a_key_that_would_say_something_wrong_gets_its_name_only_where_that_is_asked_for() {
    for (line, shown, after) in [
        (
            "allowed-tools: AskUserQuestion",
            "unsafe, preferred: Rename to `tools`",
            "tools: AskUserQuestion",
        ),
        (
            "disallowed-tools: Bash(git push:*)",
            "unsafe, preferred: Rename to `disallowedTools`",
            "disallowedTools: Bash(git push:*)",
        ),
        (
            "disallowed-tools: ZorkBlah",
            "unsafe, preferred: Rename to `disallowedTools`",
            "disallowedTools: ZorkBlah",
        ),
        (
            "disallowed-tools: Bash",
            "safe, preferred: Rename to `disallowedTools`",
            "disallowedTools: Bash",
        ),
    ] {
        check_fixes(line, "misspelled-key", &[(shown, after)]);
    }
    check_fixes(
        "allowed-tools: Read\ndisallowedTools: Read",
        "misspelled-key",
        &[(
            "unsafe, preferred: Rename to `tools`",
            "tools: Read\ndisallowedTools: Read",
        )],
    );
}

#[test]
fn a_key_without_effect_is_taken_away_with_its_lines() {
    check_fixes(
        "argument-hint: >\n  a\n  b\ncolor: red",
        "ignored-key",
        &[("unsafe, preferred: Remove `argument-hint`", "color: red")],
    );
}

#[test]
fn the_key_that_does_not_count_is_taken_away() {
    check_fixes(
        "model: opus # c\ncolor: red\nmodel: haiku",
        "duplicate-key",
        &[(
            "safe, preferred: Remove this `model`, which does not count",
            "color: red\nmodel: haiku",
        )],
    );
}

#[test]
fn what_becomes_of_a_key_that_stands_twice_is_said_as_far_as_it_is_known() {
    let twice = |path: &str, lines: &str| {
        let fixture = format!("//- {path}\n---\nname: shop\ndescription: c\n{lines}\n---\nBody.\n");
        let [message] = messages(&fixture).try_into().expect("one finding");
        let [(shown, _)] = fixes(&fixture, "duplicate-key")
            .try_into()
            .expect("one fix");
        (message, shown)
    };
    assert_eq!(
        twice("/.gemini/agents/shop.md", "max_turns: 3\nmax_turns: 5"),
        (
            "Gemini CLI refuses this file: `max_turns` stands in its header twice. Remove one."
                .to_owned(),
            "manual: Remove this `max_turns`".to_owned()
        )
    );
    assert_eq!(
        twice("/.github/agents/shop.agent.md", "target: vscode\ntarget: vscode"),
        (
            "`target` stands in this header twice, and which one counts depends on the program. Remove one."
                .to_owned(),
            "safe, preferred: Remove this `target`".to_owned()
        )
    );
}

#[test]
fn an_old_key_gets_its_new_name_where_its_value_is_right() {
    let mended = |line: &str| {
        let fixture =
            format!("//- /.opencode/agent/a.md\n---\ndescription: c\n{line}\n---\nBody.\n");
        let [(shown, _)] = fixes(&fixture, "deprecated-key")
            .try_into()
            .expect("one fix");
        shown
    };
    assert_eq!(mended("maxSteps: 3"), "safe, preferred: Rename to `steps`");
    assert_eq!(
        mended("maxSteps: many"),
        "unsafe, preferred: Rename to `steps`"
    );
}

#[test]
fn what_a_host_makes_of_unknown_members_is_said_only_where_it_reads_past_unknown_keys() {
    let fixture = "//- /.kiro/agents/shop.md\n---\nname: shop\ndescription: c\npermissions:\n  - capabilty: shell\n    reason: none\n---\nBody.\n";
    let [message] = messages(fixture).try_into().expect("one finding");
    assert_eq!(
        message,
        "Kiro is not known to read `capabilty` in `permissions`. Did you mean `capability`?"
    );
}

#[test]
fn a_matcher_without_effect_goes() {
    check_fixes(
        "hooks:\n  Stop:\n    - matcher: Bash.*\n      hooks: []",
        "ignored-key",
        &[(
            "unsafe, preferred: Remove `matcher`",
            "hooks:\n  Stop:\n    - hooks: []",
        )],
    );
}

#[test]
fn the_closest_value_takes_the_place_of_a_wrong_one_in_its_quotes() {
    for (line, shown, after) in [
        (
            "model: 'sonet' # c",
            "unsafe, preferred: Replace it by `sonnet`",
            "model: 'sonnet' # c",
        ),
        (
            "color: \"Blue\"",
            "unsafe, preferred: Write it as `blue`",
            "color: \"blue\"",
        ),
        (
            "permissionMode: accept-edits",
            "unsafe, preferred: Write it as `acceptEdits`",
            "permissionMode: acceptEdits",
        ),
        (
            "background: yes",
            "unsafe, preferred: Replace it by `true`",
            "background: true",
        ),
        (
            "maxTurns: \"35\"",
            "unsafe, preferred: Write it as `35`",
            "maxTurns: 35",
        ),
        ("hooks: []", "safe, preferred: Remove `hooks`", ""),
        (
            "experimental: {cacheTtl: 1H}",
            "unsafe, preferred: Write it as `1h`",
            "experimental: {cacheTtl: 1h}",
        ),
    ] {
        check_fixes(line, "invalid-value", &[(shown, after)]);
    }
    check_fixes("color: mauve", "invalid-value", &[]);
    check_fixes("maxTurns: \"0\"", "invalid-value", &[]);
}

#[test]
fn nothing_written_and_another_type_that_the_host_takes_are_right() {
    check(
        r#"
---
name: a-b
description: c
model: ~
color:
effort: 3
maxTurns: null
---
Body.
"#,
    );
}

#[test]
fn keys_inside_a_mapping_are_known_too() {
    check(
        r#"
---
name: a-b
description: c
experimental:
  cacheTTL: 5m
  ^^^^^^^^ warning misspelled-key
  speed: 3
  ^^^^^ hint unknown-key
---
Body.
"#,
    );
    check_fixes(
        "experimental:\n  \"cacheTTL\": 5m",
        "misspelled-key",
        &[(
            "unsafe, preferred: Rename to `cacheTtl`",
            "experimental:\n  \"cacheTtl\": 5m",
        )],
    );
}

#[test]
fn hooks_are_checked_down_to_the_fields_of_what_runs() {
    check(
        r#"
---
name: a-b
description: c
hooks:
  PreToolUse:
    - matcher: Bash
      hooks:
        - type: command
          command: ./check
          timout: 3
          ^^^^^^ warning misspelled-key
        - type: comand
                ^^^^^^ warning invalid-value
          command: ./check
  PostTooluse:
  ^^^^^^^^^^^ warning invalid-value
    - hooks: []
  Stop:
    - matcher: Bash
      ^^^^^^^ warning ignored-key
      hooks:
        - type: http
          url: http://localhost
          colour: red
          ^^^^^^ hint unknown-key
  SubagentStop:
    - command: ./check
      ^^^^^^^ warning invalid-value
---
Body.
"#,
    );
    check_fixes(
        "hooks:\n  PostTooluse: []",
        "invalid-value",
        &[(
            "unsafe, preferred: Rename to `PostToolUse`",
            "hooks:\n  PostToolUse: []",
        )],
    );
}

#[test]
fn an_empty_list_of_hooks_is_reported_with_what_it_did() {
    let found = messages("---\nname: a-b\ndescription: c\nhooks: []\n---\nBody.\n");
    let [message] = found.try_into().expect("one finding");
    assert!(message.contains("drop the file"), "{message}");
}

#[test]
fn a_skill_and_a_command_have_keys_of_their_own() {
    check(
        r#"
//- /.claude/skills/shop/SKILL.md
---
name: shop
description: Sells.
allowedTools: Read
^^^^^^^^^^^^ warning misspelled-key
disable-model-invocation: yes
maxTurns: 3
^^^^^^^^ warning ignored-key
license: MIT
---
Body.
//- /.claude/commands/ship.md
---
name: send-off
^^^^ warning ignored-key
description: Ships.
argument-hint: [to] [from]
allowed-tools: Read Bash(git log:*), Grep
---
Body.
//- /.claude/commands/shop/pack.md
---
name: shop:pack
description: Packs; its name is that of its file.
---
Body.
"#,
    );
}

#[test]
fn a_message_calls_the_file_what_it_is() {
    let found = messages(
        "//- /.claude/skills/shop/SKILL.md\n---\nname: shop\ndescription: c\nmaxTurns: 3\n---\nBody.\n",
    );
    assert_eq!(
        found,
        ["Claude Code ignores `maxTurns` in a skill: it is a key of other files. Remove it."]
    );
}

#[test]
fn what_begins_to_approve_tools_is_not_renamed_without_being_asked() {
    let skill = "//- /.claude/skills/shop/SKILL.md\n---\nname: shop\ndescription: c\ntools: Bash\n---\nBody.\n";
    let [(shown, text)] = fixes(skill, "misspelled-key").try_into().expect("one fix");
    assert_eq!(shown, "unsafe, preferred: Rename to `allowed-tools`");
    assert!(text.contains("\nallowed-tools: Bash\n"), "{text}");
}

#[test]
fn a_comment_that_names_a_rule_nearly_gets_its_name_and_others_lose_what_they_do_not_need() {
    check_fixes(
        "tools: Read # agentls-disable-line unknown-tol",
        "unused-suppression",
        &[
            (
                "unsafe, preferred: Rename to `unknown-tool`",
                "tools: Read # agentls-disable-line unknown-tool",
            ),
            ("manual: Remove the comment", "tools: Read"),
        ],
    );
    check_fixes(
        "tools: Wrotte # agentls-disable-line unused, empty-tools, unknown-tool",
        "unused-suppression",
        &[(
            "safe, preferred: Remove `unused` from the comment",
            "tools: Wrotte # agentls-disable-line empty-tools, unknown-tool",
        )],
    );
    check_fixes(
        "tools: Wrotte # agentls-disable-line empty-tools, unknown-tool, unused",
        "unused-suppression",
        &[(
            "safe, preferred: Remove `unused` from the comment",
            "tools: Wrotte # agentls-disable-line empty-tools, unknown-tool",
        )],
    );
}

#[test]
fn a_comment_about_comments_or_about_a_rule_that_is_off_is_needed() {
    let agent = |body: &str| {
        format!("//- /.claude/agents/a.md\n---\nname: a-b\ndescription: c\n---\nBody.\n{body}\n")
    };
    check(&agent("<!-- agentls-disable unused-suppression -->"));
    check(&agent(
        "<!-- agentls-disable unused-suppression -->\n<!-- agentls-disable-line broken-link -->",
    ));
    check(&agent("<!-- agentls-disable unknown-skill -->"));
    check(
        r#"
//- /.agentls.yaml
rules:
  broken-link: off
//- /.claude/agents/a.md
---
name: a-b
description: c
---
Body.
<!-- agentls-disable broken-link -->
"#,
    );
}

#[test]
fn what_is_found_is_bounded_and_what_comments_hide_does_not_count() {
    let links = |count: usize, end: &str| format!("[a](missing.md){end}\n\n").repeat(count);
    let text = format!(
        "//- /.claude/agents/a.md\n---\nname: a-b\ndescription: c\n---\n{}{}",
        links(300, " <!-- agentls-disable-line broken-link -->"),
        links(300, "")
    );
    let fixture = Fixture::parse(&text);
    let found = rules::check(&fixture.workspace, &fixture.files[0]);
    assert_eq!(found.len(), crate::limits::MAX_FINDINGS_PER_RULE);
    assert!(found.iter().all(|it| it.rule == "broken-link"));
}
