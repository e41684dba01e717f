//! Files of other hosts than the first: the same rules, by their data.

use super::*;

#[test]
fn an_agent_with_tool_sets_a_list_of_models_and_handoffs_is_right() {
    check(
        r#"
//- /.github/agents/plan.agent.md
---
name: plan
description: Plans.
tools: [read, search/codebase, editFiles, "playwright/*", acme.tools/build, Bash]
model: ['GPT-5 (copilot)', gpt-4.1]
agents: ["*"]
target: vscode
handoffs:
  - label: Do it
    agent: build
    prompt: Do what is planned.
    send: true
---
Body.
//- /.github/agents/build.agent.md
---
name: build
description: Builds.
---
Body.
"#,
    );
}

#[test]
fn a_handoff_lacks_what_it_needs_and_its_keys_are_known() {
    check(
        r#"
//- /.github/agents/plan.agent.md
---
name: plan
description: Plans.
handoffs:
  - label: Do it
    ^^^^^ warning invalid-value
    agent: build
    promt: Do it.
    ^^^^^ warning misspelled-key
  - plan
    ^^^^ warning invalid-value
target: vs-code
        ^^^^^^^ warning invalid-value
---
Body.
//- /.github/agents/build.agent.md
---
name: build
description: Builds.
---
Body.
"#,
    );
}

#[test]
fn where_anybody_can_bring_tools_only_a_near_miss_is_a_hint() {
    check(
        r#"
//- /.github/agents/plan.agent.md
---
name: plan
description: Plans.
tools: [pytest, editFile]
                ^^^^^^^^ hint unknown-tool
---
Body.
"#,
    );
}

#[test]
fn a_prompt_names_its_agent_by_the_newer_key() {
    let prompt =
        "//- /.github/prompts/ship.prompt.md\n---\ndescription: Ships.\nmode: agent\n---\nBody.\n";
    let [(shown, text)] = fixes(prompt, "deprecated-key").try_into().expect("one fix");
    assert_eq!(shown, "safe, preferred: Rename to `agent`");
    assert!(text.contains("\nagent: agent\n"), "{text}");
}

#[test]
fn a_host_that_refuses_unknown_keys_and_tools_says_so_as_an_error() {
    check(
        r#"
//- /.gemini/agents/shop.md
---
name: shop
description: Sells.
maxTurns: 3
^^^^^^^^ error misspelled-key
colour: red
^^^^^^ error unknown-key
tools:
  - read_file
  - read_fil
    ^^^^^^^^ error unknown-tool
temperature: warm
             ^^^^ warning invalid-value
---
Body.
"#,
    );
    let found = messages(
        "//- /.gemini/agents/shop.md\n---\nname: shop\ndescription: c\nmaxTurns: 3\n---\nBody.\n",
    );
    assert_eq!(
        found,
        ["Gemini CLI refuses this file because of `maxTurns`. Call it `max_turns`."]
    );
}

#[test]
fn a_key_that_is_handed_on_is_a_hint_and_tools_can_be_switches() {
    check(
        r#"
//- /.opencode/agent/shop.md
---
description: Sells.
mode: subagent
thinking: long
^^^^^^^^ hint unknown-key
top_k: 3
^^^^^ hint misspelled-key
maxTurns: 3
^^^^^^^^ warning misspelled-key
tools:
^^^^^ hint deprecated-key
  bash: false
  edit: true
---
Body.
"#,
    );
}

#[test]
fn a_header_that_is_a_list_of_remote_agents_is_right_where_the_host_takes_one() {
    for header in [
        "- kind: remote\n  name: till\n  agent_card_url: https://till.example/card\n- kind: remote\n  name: stock\n  agent_card_url: https://stock.example/card",
        "# Ours.\n\n-\n  name: till\n  agent_card_url: https://till.example/card",
        "[{name: till, agent_card_url: \"https://till.example/card\"}]",
    ] {
        let fixture = format!("//- /.gemini/agents/remote.md\n---\n{header}\n---\n");
        assert_eq!(messages(&fixture), Vec::<String>::new(), "{header}");
        let fixture = format!("//- /.claude/agents/remote.md\n---\n{header}\n---\nBody.\n");
        let [message] = messages(&fixture).try_into().expect("one finding");
        assert!(message.contains("it has no `name`"), "{message}");
    }
    let found = messages("//- /.gemini/agents/remote.md\n---\n# Empty.\n---\nBody.\n");
    assert!(found[0].contains("it has no `name`"), "{found:?}");
}

#[test]
fn a_number_can_have_a_bound_that_it_may_not_reach() {
    for number in ["2.5", "0.1", "1"] {
        let header = format!("name: shop\ndescription: c\ntimeout_mins: {number}");
        let fixture = format!("//- /.gemini/agents/shop.md\n---\n{header}\n---\nBody.\n");
        assert_eq!(messages(&fixture), Vec::<String>::new(), "{number}");
    }
    for number in ["0", "0.0", "-1", "\"2.5\""] {
        let header = format!("name: shop\ndescription: c\ntimeout_mins: {number}");
        let fixture = format!("//- /.gemini/agents/shop.md\n---\n{header}\n---\nBody.\n");
        let found = messages(&fixture);
        assert_eq!(found, ["`timeout_mins` takes a number greater than 0."]);
        let fixes = fixes(&fixture, "invalid-value");
        assert_eq!(fixes.len(), usize::from(number.contains('"')), "{number}");
        for (shown, _) in fixes {
            assert_eq!(shown, "unsafe, preferred: Write it as `2.5`");
        }
    }
}

#[test]
fn a_list_as_text_is_wrong_where_the_file_is_meant_for_a_program_that_takes_none() {
    let plan = |header: &str| {
        format!(
            "//- /.github/agents/plan.agent.md\n---\nname: plan\ndescription: Plans.\n{header}\n---\nBody.\n"
        )
    };
    for header in [
        "tools: read, edit",
        "tools: read, edit\ntarget: github-copilot",
        "tools: [read, edit]\ntarget: vscode",
        "tools:\ntarget: vscode",
    ] {
        assert_eq!(messages(&plan(header)), Vec::<String>::new(), "{header}");
    }
    let fixture = plan("target: vscode\ntools: read, \"search/*\"");
    assert_eq!(
        messages(&fixture),
        ["VS Code takes `tools` as a list only, and `target` names VS Code. Put it in brackets."]
    );
    let [(shown, text)] = fixes(&fixture, "invalid-value").try_into().expect("a fix");
    assert!(
        shown.starts_with("unsafe, preferred: Write it as `[read, "),
        "{shown}"
    );
    assert!(text.contains("\ntools: [read, "), "{text}");
}
