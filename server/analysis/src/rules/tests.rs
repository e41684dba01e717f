//! What each rule says, drawn under the source: `^^^^ severity rule`.

use crate::fixture::Fixture;
use crate::rules;
use crate::text::ByteRange;

mod fences;
mod fixpoint;
mod keys;
mod kinds;
mod moved;
mod names;
mod problems;
mod tools;

/// Every finding of every file of the fixture is drawn, and nothing else is.
#[track_caller]
fn check(fixture: &str) {
    let fixture = Fixture::parse(fixture);
    let mut found: Vec<(usize, ByteRange, String)> = Vec::new();
    for (index, file) in fixture.files.iter().enumerate() {
        for finding in rules::check(&fixture.workspace, file) {
            let line_end = file.source[finding.range.start as usize..]
                .find('\n')
                .map_or(file.source.len(), |at| finding.range.start as usize + at);
            let end = (finding.range.end as usize).min(line_end);
            let drawn = ByteRange::new(finding.range.start as usize, end);
            found.push((
                index,
                drawn,
                format!("{} {}", finding.severity.name(), finding.rule),
            ));
        }
    }
    let mut expected = fixture.annotations;
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}

/// The messages of the findings, in order.
fn messages(fixture: &str) -> Vec<String> {
    let fixture = Fixture::parse(fixture);
    let findings = fixture
        .files
        .iter()
        .flat_map(|file| rules::check(&fixture.workspace, file));
    findings.map(|finding| finding.message).collect()
}

/// The fixes of the first finding of `rule` in a file of one, each as it is shown
/// ("safe, preferred: Rename to `x`") and what it makes of the file.
fn fixes(fixture: &str, rule: &str) -> Vec<(String, String)> {
    let fixture = Fixture::parse(fixture);
    let file = fixture.files.last().expect("a file");
    let found = rules::check(&fixture.workspace, file);
    let finding = found.into_iter().find(|finding| finding.rule == rule);
    let fixes = finding.expect("a finding of the rule").fixes;
    let shown = |fix: rules::Fix| {
        let who = format!("{:?}", fix.applicability).to_lowercase();
        let preferred = if fix.is_preferred { ", preferred" } else { "" };
        let (text, _) = rules::apply(&file.source, [&fix]);
        (format!("{who}{preferred}: {}", fix.title), text)
    };
    fixes.into_iter().map(shown).collect()
}

/// The fixes of a finding of `rule` in the last line of an agent's header: how each is shown,
/// and the lines that it makes of it.
#[track_caller]
fn check_fixes(line: &str, rule: &str, expected: &[(&str, &str)]) {
    const START: &str = "//- /.claude/agents/a.md\n---\nname: a-b\ndescription: c\n";
    let fixture = format!("{START}{line}\n---\nBody.\n");
    let written = |text: &str| {
        let text = text.strip_suffix("---\nBody.\n").expect("the end");
        let text = text.strip_prefix("---\nname: a-b\ndescription: c\n");
        text.expect("the start").trim_end_matches('\n').to_owned()
    };
    let found: Vec<(String, String)> = fixes(&fixture, rule)
        .into_iter()
        .map(|(shown, text)| (shown, written(&text)))
        .collect();
    let expected: Vec<(String, String)> = expected
        .iter()
        .map(|(shown, line)| ((*shown).to_owned(), (*line).to_owned()))
        .collect();
    assert_eq!(found, expected, "{line}");
}

#[test]
fn a_complete_agent_has_no_finding() {
    check(
        r#"
---
name: shop-lead
description: Leads the shop.
version: 1.2.0
tools: Read, Grep, Bash(git log:*), mcp__orders__find, Agent
model: claude-sonnet-4-5-20250929
color: green
maxTurns: 35
memory: project
---
Lead.
"#,
    );
}

mod loading {
    use super::*;

    #[test]
    fn text_before_the_header_hides_it() {
        for (before, what) in [
            ("\u{feff}", "a byte order mark stands"),
            ("\n", "a blank line stands"),
        ] {
            let fixture = format!(
                "//- /.claude/agents/a.md\n{before}---\nname: a\ndescription: b\n---\nBody.\n"
            );
            let [message] = messages(&fixture).try_into().expect("one finding");
            assert!(message.contains(what), "{message}");
        }
    }

    #[test]
    fn a_header_that_is_never_closed_is_reported_at_its_start() {
        check(
            r#"
---
^^^ error frontmatter-unclosed
name: a-b
description: c
"#,
        );
    }

    #[test]
    fn an_agent_without_header_is_reported_and_a_readme_is_not() {
        check(
            r#"
//- /.claude/agents/lost.md
# Lost agent
^^^^^^^^^^^^ error frontmatter-missing
You do things.
//- /.claude/agents/README.md
# About these agents
//- /docs/guide.md
# Guide
"#,
        );
    }

    #[test]
    fn an_indented_header_is_reported_where_it_begins() {
        check(
            "//- /.claude/agents/a.md\n\n    ---\n    ^^^ error frontmatter-missing\n    name: a-b\n    description: c\n    ---\n",
        );
        let indented = "//- /.claude/agents/a.md\n\n    ---\n    name: a-b\n    ---\n";
        let [message] = messages(indented).try_into().expect("one finding");
        assert!(message.contains("first column"), "{message}");
    }

    #[test]
    fn a_line_of_many_dashes_ends_the_header_after_three() {
        let fixture = "---\nname: a-b\ndescription: c\n---------\nBody.\n";
        let [message] = messages(fixture).try_into().expect("one finding");
        assert!(message.contains("Close it with `---` alone."), "{message}");
    }

    #[test]
    fn a_missing_or_empty_required_key_drops_the_file() {
        check(
            r#"
//- /.claude/agents/a.md
---
^^^ error missing-name
description: Does.
---
Body.
//- /.claude/agents/b.md
---
name: b-agent
description:
^^^^^^^^^^^ error missing-description
---
Body.
"#,
        );
    }

    #[test]
    fn an_agent_of_a_plugin_goes_by_its_file_name() {
        check(
            r#"
//- /shop/.claude-plugin/plugin.json
{"name": "shop"}
//- /shop/agents/a.md
---
description: Does.
---
Body.
"#,
        );
    }

    #[test]
    fn an_unquoted_colon_loads_only_because_it_is_quoted() {
        check(
            r#"
---
name: a-b
description: Use when: the shop is down
                     ^ warning yaml-requoted
tools: [Read, Grep]
       ^^^^^^^^^^^^ warning yaml-requoted
---
Body.
"#,
        );
    }

    #[test]
    fn a_column_zero_line_in_a_description_drops_the_file() {
        check(
            r#"
---
name: a-b
description: Use it
so that it works.
^^^^^^^^^^^^^^^^^ error yaml-dropped
---
Body.
"#,
        );
    }

    #[test]
    fn a_list_where_a_command_says_its_arguments_is_meant_as_text() {
        check(
            r#"
//- /.claude/commands/a.md
---
description: Does.
argument-hint: [a] [b]
---
Body.
"#,
        );
    }

    #[test]
    fn dashes_inside_a_value_cut_the_header() {
        check(
            r#"
---
name: a-b
description: one --- two
                 ^^^ warning header-cut
---
Body.
"#,
        );
    }

    #[test]
    fn a_name_that_the_host_refuses_is_reported() {
        check(
            r#"
---
name: -a-b
      ^^^^ error invalid-name
description: c
---
Body.
"#,
        );
    }

    #[test]
    fn two_files_of_one_root_may_not_share_a_name_and_two_roots_may() {
        check(
            r#"
//- /.claude/agents/a.md
---
name: twin
      ^^^^ warning duplicate-name
      ^^^^ information shadowed-name
description: c
---
Body.
//- /.claude/agents/deep/b.md
---
name: "twin"
       ^^^^ warning duplicate-name
       ^^^^ information shadowed-name
description: c
---
Body.
//- /other/.claude/agents/c.md
---
name: twin
      ^^^^ information shadowed-name
description: c
---
Body.
"#,
        );
    }

    #[test]
    fn an_agent_without_a_prompt_is_reported() {
        check(
            r#"
---
name: a-b
description: c
---
^^^ warning empty-body

<!-- later -->
"#,
        );
    }
}

mod references {
    use super::*;

    #[test]
    fn a_delegation_cell_that_names_nobody_is_reported() {
        check(
            r#"
//- /.claude/agents/lead.md
---
name: shop-lead
description: c
---
| Delegate To | When |
|---|---|
| `python-pro` | code |
| jax-pro | numbers |
  ^^^^^^^ warning unknown-agent
| **ml-expert** / python-pro | models |
    ^^^^^^^^^ warning unknown-agent
| [python-pro](python-pro.md) (shop) | code |
| general-purpose | else |
| <agent-name> | a placeholder |
| tbd | later |
| @agent-python-pro | as it is completed |
| 24 | no name |
//- /.claude/agents/python-pro.md
---
name: python-pro
description: c
---
Body.
"#,
        );
    }

    #[test]
    fn a_column_whose_heading_says_nothing_counts_when_half_of_it_is_known() {
        check(
            r#"
//- /.claude/agents/lead.md
---
name: shop-lead
description: c
---
| Who | What |
|---|---|
| python-pro | code |
| rust-pro | code |
| lost-expert | nothing |
  ^^^^^^^^^^^ information unknown-agent

| Library | Use |
|---|---|
| left-pad | none |
| python-pro | one |
| right-pad | none |
//- /.claude/agents/python-pro.md
---
name: python-pro
description: c
---
Body.
//- /.claude/agents/rust-pro.md
---
name: rust-pro
description: c
---
Body.
"#,
        );
    }

    #[test]
    fn calls_and_keys_that_name_nobody_are_reported() {
        check(
            r#"
//- /.claude/agents/lead.md
---
name: shop-lead
description: c
tools: Read, Agent(shop-lead, ghost-agent)
             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ information ignored-specifier
                              ^^^^^^^^^^^ warning unknown-agent
delegates_to: [ghost]
               ^^^^^ warning unknown-agent
---
Task(subagent_type="phantom-writer", prompt="…")
                    ^^^^^^^^^^^^^^ warning unknown-agent
Task(subagent_type=chosen_agent)
Task(subagent_type="<agent>")
Task(subagent_type="other-plugin:writer")
The **subagent_type**: The name of the agent.
"#,
        );
    }

    #[test]
    fn a_file_name_in_place_of_the_agents_name_is_a_hint() {
        check(
            r#"
//- /.claude/agents/lead.md
---
name: shop-lead
description: c
---
| Delegate To | When |
|---|---|
| python-pro | code |
  ^^^^^^^^^^ hint unknown-agent
//- /.claude/agents/python-pro.md
---
name: snake-charmer
description: c
---
Body.
"#,
        );
    }

    #[test]
    fn a_key_that_names_the_file_is_told_the_agents_name_and_one_that_names_a_command_nothing() {
        check(
            r#"
//- /.claude/agents/lead.md
---
name: shop-lead
description: c
delegates_to: [python-pro]
               ^^^^^^^^^^ hint unknown-agent
handoffs:
  - agent: shop.ship
  - agent: shop.sink
           ^^^^^^^^^ warning unknown-agent
---
Body.
//- /.claude/agents/python-pro.md
---
name: snake-charmer
description: c
---
Body.
//- /.claude/commands/ship.md
---
description: Ships.
---
Body.
//- /docs/sink.md
# Sink
"#,
        );
    }

    /// A lead who says this, and the agents `python-pro` and `fast-api-pro`.
    fn lead(body: &str) -> String {
        let agent = |name: &str| {
            format!(
                "//- /.claude/agents/{name}.md\n---\nname: {name}\ndescription: c\n---\nBody.\n"
            )
        };
        let (python, api) = (agent("python-pro"), agent("fast-api-pro"));
        format!(
            "//- /.claude/agents/lead.md\n---\nname: shop-lead\ndescription: c\n---\n{body}{python}{api}"
        )
    }

    #[test]
    fn prose_that_gives_work_to_nobody_is_reported_by_its_form() {
        check(&lead(
            "
## Collaboration
- Work with python-pro and till-builder.
                           ^^^^^^^^^^^^ information unknown-agent
- For taxes, ask `tax-expert`.
                  ^^^^^^^^^^ information unknown-agent
- tax-expert: knows taxes
  ^^^^^^^^^^ hint unknown-agent
- Work with disaster-recovery, `left-pad`

Then delegate to tax-expert.
                 ^^^^^^^^^^ information unknown-agent

## Agents
- **tax-expert**: knows taxes
    ^^^^^^^^^^ hint unknown-agent
",
        ));
    }

    #[test]
    fn weak_forms_are_never_reported() {
        check(&lead(
            "
The tax-expert agent, `tax-expert`, **tax-expert**, tax-expert, @tax-expert, Tax Expert.
Then => tax-expert, and /tax-expert, and the `path/tax-expert.md`.

| Owner | What |
|---|---|
| tax-expert | taxes |

```yaml
- Delegate to tax-expert
```
",
        ));
    }

    #[test]
    fn a_part_of_a_known_name_is_not_reported() {
        check(&lead("Delegate to api-pro, fast-api and python-pro-expert.\n").replace(
            "python-pro-expert.\n",
            "python-pro-expert.\n                                  ^^^^^^^^^^^^^^^^^ information unknown-agent\n",
        ));
    }

    #[test]
    fn the_first_and_the_last_word_of_a_known_name_are_not_reported() {
        check(
            "
//- /.claude/agents/code-reviewer.md
---
name: code-reviewer
description: c
delegates_to: [code, reviewer, tester]
                               ^^^^^^ warning unknown-agent
reports_to: [reviewer, tester]
                       ^^^^^^ warning unknown-agent
---
Body.
",
        );
    }

    #[test]
    fn what_is_lost_is_said_by_what_the_key_does_with_the_name() {
        let of = |key: &str| {
            messages(&format!(
                "---\nname: a\ndescription: b\n{key}: nobody-expert\n---\nBody.\n"
            ))
        };
        let said = |key: &str, what: &str| of(key).iter().any(|message| message.contains(what));
        assert!(said("delegates_to", "work given to it goes nowhere"));
        assert!(said("reports_to", "so this refers to nothing"));
    }

    #[test]
    fn a_line_that_says_the_agent_may_be_missing_is_not_reported() {
        for line in [
            "Delegate to tax-expert if available.",
            "If installed, delegate to tax-expert.",
            "Delegate to tax-expert, if present.",
            "(Optional) Delegate to tax-expert.",
            "Delegate to tax-expert of the tax plugin.",
            "For example, delegate to tax-expert.",
            "Delegate to somebody, e.g. delegate to tax-expert.",
            "Delegate to your-tax-expert, agent-name or <tax-expert>.",
            "| Delegate To | When |\n|---|---|\n| tax-expert | if available |",
        ] {
            check(&lead(&format!("{line}\n")));
        }
    }

    #[test]
    fn an_agent_of_a_plugin_is_missed_only_where_the_plugin_is_here() {
        check(
            r#"
//- /shop/.claude-plugin/plugin.json
{"name": "shop"}
//- /shop/agents/tax-expert.md
---
name: tax-expert
description: c
---
Delegate to shop:tax-expert or other:tax-expert.
Delegate to shop:till-builder or other:till-builder.
            ^^^^^^^^^^^^^^^^^ information unknown-agent
Task(subagent_type="shop:till-builder")
                    ^^^^^^^^^^^^^^^^^ warning unknown-agent
"#,
        );
    }

    #[test]
    fn a_skill_or_command_is_no_unknown_agent_and_none_is_missed() {
        check(
            r#"
//- /.claude/agents/lead.md
---
name: shop-lead
description: c
skills: [stock-checker, ghost-checker]
---
Delegate to stock-checker, then delegate to till-scanner. Run /ghost-command.
//- /.claude/skills/stock-checker/SKILL.md
---
name: stock-checker
description: c
---
Body.
//- /.claude/commands/till-scanner.md
Body.
"#,
        );
    }

    #[test]
    fn a_link_that_leads_nowhere_is_a_hint() {
        check(&lead(
            "
See [a](python-pro.md), [b](../../README.md) and [c](https://rust-lang.org/x.md), [d](../../../x.md).
                            ^^^^^^^^^^^^^^^ hint broken-link
",
        ));
    }

    #[test]
    fn nothing_is_reported_in_a_readme_and_unknown_agents_are_in_claude_md() {
        check(
            r#"
//- /README.md
| Delegate To | When |
|---|---|
| ghost-writer | text |
//- /CLAUDE.md
| Delegate To | When |
|---|---|
| ghost-writer | text |
  ^^^^^^^^^^^^ warning unknown-agent
"#,
        );
    }

    #[test]
    fn extends_that_names_nothing_is_an_error_and_a_path_suffix_is_enough() {
        check(
            r#"
//- /.claude/agents/a.md
---
name: a-a
description: c
extends: core/specialist
---
Body.
//- /.claude/agents/b.md
---
name: b-b
description: c
extends: core/reviewer
         ^^^^^^^^^^^^^ error broken-extends
---
Body.
//- /core/templates/agents/specialist.md
# Specialist
"#,
        );
    }

    #[test]
    fn every_link_of_a_cycle_is_reported_and_the_way_into_it_is_not() {
        check(
            r#"
//- /.claude/agents/a.md
---
name: a-a
description: c
extends: b-b
         ^^^ error extends-cycle
---
Body.
//- /.claude/agents/b.md
---
name: b-b
description: c
extends: ./a.md
         ^^^^^^ error extends-cycle
---
Body.
//- /.claude/agents/c.md
---
name: c-c
description: c
extends: a-a
---
Body.
//- /.claude/agents/d.md
---
name: d-d
description: c
extends: d-d
         ^^^ error extends-cycle
---
Body.
"#,
        );
    }
}

mod body {
    use super::*;

    #[test]
    fn a_fence_that_is_never_closed_is_reported_on_its_opening() {
        check(
            r#"
---
name: a-b
description: c
---
Text.

```python
^^^^^^^^^ warning unclosed-fence
x = 1
"#,
        );
    }

    #[test]
    fn a_fence_inside_another_of_the_same_length_is_reported_once() {
        check(
            r#"
---
name: a-b
description: c
---
```markdown
# Report
```toml
^^^^^^^ warning nested-fence
a = 1
```
```python
x = 1
```
```
Done.
"#,
        );
    }

    #[test]
    fn a_fence_that_swallows_the_next_one_is_reported_there() {
        check(
            r#"
---
name: a-b
description: c
---
```toml
a = 1

Text.

```python
^^^^^^^^^ warning nested-fence
x = 1
```
Done.
"#,
        );
    }

    #[test]
    fn a_closing_line_too_many_is_reported_where_code_begins() {
        check(
            r#"
---
name: a-b
description: c
---
```
a
```
```
Text.

```toml
^^^^^^^ warning nested-fence
a = 1
```

```
#tool
```
"#,
        );
        let stray = "---\nname: a-b\ndescription: c\n---\nText.\n```\n";
        let [message] = messages(stray).try_into().expect("one finding");
        assert!(message.contains("Remove it."), "{message}");
    }

    #[test]
    fn fences_that_html_hides_from_the_grammar_pair_all_the_same() {
        check(
            r#"
---
name: a-b
description: c
---
<step name="one">
```toml
a = 1

b = 2
```
</step>

<step name="two">
```
c
```

```python
x = 1
```
</step>
"#,
        );
    }

    #[test]
    fn a_longer_outer_fence_may_hold_others() {
        check(
            r#"
---
name: a-b
description: c
---
````markdown
```toml
a = 1
```
````
"#,
        );
    }

    #[test]
    fn python_that_does_not_parse_is_reported_where_it_breaks() {
        check(
            r#"
---
name: a-b
description: c
---
- In a list:
  ```python
  def broken(:
             ^ warning python-syntax
      pass
  ```

```python
def fine(x, ...): ...
>>> fine(1)
```
"#,
        );
    }
}

#[test]
fn many_ways_to_the_same_ancestor_cost_no_more_than_one() {
    let mut team = String::new();
    for layer in 0..40 {
        for twin in ["a", "b"] {
            team.push_str(&format!(
                "//- /.claude/agents/{twin}{layer}.md\n---\nname: {twin}{layer}\ndescription: x\nextends: [a{0}, b{0}]\n---\nBody.\n",
                layer + 1
            ));
        }
    }
    let fixture = Fixture::parse(&team);
    let found = super::check(&fixture.workspace, &fixture.files[0]);
    assert_eq!(found, []);
}

#[test]
fn a_name_that_everybody_has_points_to_a_bounded_number_of_others() {
    let mut team = String::new();
    for number in 0..100 {
        team.push_str(&format!(
            "//- /.claude/agents/n{number}.md\n---\nname: twin\ndescription: x\n---\nBody.\n"
        ));
    }
    let fixture = Fixture::parse(&team);
    let [finding] = &rules::check(&fixture.workspace, &fixture.files[0])[..] else {
        panic!("one finding");
    };
    assert_eq!(finding.related.len(), crate::limits::MAX_RELATED);
    assert!(finding.message.starts_with("99 other files"));
}

#[test]
fn servers_in_a_file_indented_with_tabs_are_known() {
    check(
        "//- /.mcp.json\n{\n\t\"mcpServers\": {\n\t\t\"orders\": {\n\t\t\t\"url\": \"x\"\n\t\t}\n\t}\n}\n//- /.claude/agents/a.md\n---\nname: a\ndescription: x\ntools: mcp__orders__find, mcp__others__find\n                          ^^^^^^^^^^^^^^^^^ information unknown-mcp-server\n---\nBody.\n",
    );
}
