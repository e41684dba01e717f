//! The problems that people report with agent files, by the table in `docs/problems.md`: what
//! agentls says of a file that has one, where, and what its best fix makes of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::fixture::Fixture;
use crate::rules;

/// A file with a problem, what is drawn under it, and the file after the best fix; `None`
/// where there is no fix, or one that a person has to choose.
struct Problem {
    number: u8,
    fixture: String,
    fixed: Option<String>,
}

fn problem(number: u8, fixture: &str, fixed: Option<&str>) -> Problem {
    let file = |text: &str| text.strip_prefix('\n').unwrap_or(text).to_owned();
    Problem {
        number,
        fixture: file(fixture),
        fixed: fixed.map(file),
    }
}

const ONE: &str = "//- /.claude/agents/a-b.md\n";

fn problems() -> Vec<Problem> {
    let in_folder = |number, text: &str, fixed: Option<&str>| {
        let text = text.strip_prefix('\n').unwrap_or(text);
        problem(number, &format!("{ONE}{text}"), fixed)
    };
    let mut problems = vec![
        in_folder(
            1,
            "
---
name: tea-buyer
description: Use when: the tea runs out
                     ^ warning yaml-requoted
---
Buy tea.
",
            Some(
                "
---
name: tea-buyer
description: 'Use when: the tea runs out'
---
Buy tea.
",
            ),
        ),
        in_folder(
            2,
            "
---
name: tea-buyer
description: Use it for tea. Examples:
                                     ^ error yaml-dropped
<example>
user: \"No tea!\"
assistant: \"I order some.\"
</example>
model: haiku
---
Buy tea.
",
            Some(
                "
---
name: tea-buyer
description: |-
  Use it for tea. Examples:
  <example>
  user: \"No tea!\"
  assistant: \"I order some.\"
  </example>
model: haiku
---
Buy tea.
",
            ),
        ),
        in_folder(
            4,
            "
\u{feff}---
^^^ error frontmatter-not-first
name: tea-buyer
description: Buys tea.
---
Buy tea.
",
            Some(
                "
---
name: tea-buyer
description: Buys tea.
---
Buy tea.
",
            ),
        ),
        problem(
            5,
            "
//- /.claude/agents/tea-buyer.md
---
^^^ error missing-name
description: Buys tea.
---
Buy tea.
",
            Some(
                "
---
name: tea-buyer
description: Buys tea.
---
Buy tea.
",
            ),
        ),
        in_folder(
            6,
            "
---
^^^ error missing-description
name: tea-buyer
---
Buy tea.
",
            Some(
                "
---
name: tea-buyer
description: 'Buy tea.'
---
Buy tea.
",
            ),
        ),
        problem(
            7,
            "
//- /.claude/agents/README.md
# Our agents

They run a shop.
//- /.claude/agents/docs/how-to.md
# How to
",
            None,
        ),
        problem(
            8,
            "
//- /.claude/agents/a.md
---
name: tea-buyer
      ^^^^^^^^^ warning duplicate-name
description: Buys tea.
---
Buy tea.
//- /.claude/agents/b.md
---
name: tea-buyer
      ^^^^^^^^^ warning duplicate-name
description: Buys green tea.
---
Buy green tea.
",
            None,
        ),
        in_folder(
            9,
            "
---
name: tea-buyer
description: Buys tea.
allowedTools: Read, Grep
^^^^^^^^^^^^ warning misspelled-key
---
Buy tea.
",
            Some(
                "
---
name: tea-buyer
description: Buys tea.
tools: Read, Grep
---
Buy tea.
",
            ),
        ),
        in_folder(
            10,
            "
---
name: tea-buyer
description: Buys tea.
tools: Read, WebFtech, MultiEdit, Task
             ^^^^^^^^ warning unknown-tool
                       ^^^^^^^^^ warning removed-tool
                                  ^^^^ hint renamed-tool
---
Buy tea.
",
            Some(
                "
---
name: tea-buyer
description: Buys tea.
tools: Read, WebFetch, MultiEdit, Task
---
Buy tea.
",
            ),
        ),
        problem(
            11,
            "
//- /.claude/agents/a-b.md
---
name: tea-buyer
description: Buys tea.
tools: Read, mcp__stock__*, mcp__stok__count
                            ^^^^^^^^^^^^^^^^ information unknown-mcp-server
---
Buy tea.
//- /.mcp.json
{\"mcpServers\": {\"stock\": {\"command\": \"stock\"}}}
",
            Some(
                "
---
name: tea-buyer
description: Buys tea.
tools: Read, mcp__stock__*, mcp__stock__count
---
Buy tea.
",
            ),
        ),
        in_folder(
            12,
            "
---
name: tea-buyer
description: Buys tea.
tools: []
       ^^ information empty-tools
---
Buy tea.
",
            None,
        ),
        in_folder(
            13,
            "
---
name: tea-buyer
description: Buys tea.
model: sonet
       ^^^^^ warning invalid-value
---
Buy tea.
",
            Some(
                "
---
name: tea-buyer
description: Buys tea.
model: sonnet
---
Buy tea.
",
            ),
        ),
        in_folder(
            14,
            "
---
name: tea-buyer
description: Buys tea.
permissionMode: acceptedits
                ^^^^^^^^^^^ warning invalid-value
---
Buy tea.
",
            Some(
                "
---
name: tea-buyer
description: Buys tea.
permissionMode: acceptEdits
---
Buy tea.
",
            ),
        ),
        in_folder(
            15,
            "
---
name: tea-buyer
description: Buys tea.
hooks: []
       ^^ warning invalid-value
---
Buy tea.
",
            Some(
                "
---
name: tea-buyer
description: Buys tea.
---
Buy tea.
",
            ),
        ),
        problem(
            16,
            "
//- /.claude/agents/a-b.md
---
name: shop-lead
description: Leads.
---
| Delegate To | When |
|---|---|
| tea-buyer | always |
  ^^^^^^^^^ hint unknown-agent
//- /.claude/agents/tea-buyer.md
---
name: leaf-buyer
description: Buys tea.
---
Buy tea.
",
            Some(
                "
---
name: shop-lead
description: Leads.
---
| Delegate To | When |
|---|---|
| leaf-buyer | always |
",
            ),
        ),
        problem(
            17,
            "
//- /.claude/agents/a-b.md
---
name: shop-lead
description: Leads.
---
| Delegate To | When |
|---|---|
| tea-byer | always |
  ^^^^^^^^ warning unknown-agent
//- /.claude/agents/tea-buyer.md
---
name: tea-buyer
description: Buys tea.
---
Buy tea.
",
            Some(
                "
---
name: shop-lead
description: Leads.
---
| Delegate To | When |
|---|---|
| tea-buyer | always |
",
            ),
        ),
        problem(
            18,
            "
//- /.github/agents/lead.agent.md
---
name: lead
description: Leads.
tools: [agent]
agents: [tea-byer]
         ^^^^^^^^ warning unknown-agent
---
Lead.
//- /.github/agents/tea-buyer.agent.md
---
name: tea-buyer
description: Buys tea.
---
Buy tea.
",
            Some(
                "
---
name: lead
description: Leads.
tools: [agent]
agents: [tea-buyer]
---
Lead.
",
            ),
        ),
        problem(
            19,
            "
//- /.opencode/agent/tea-buyer.md
---
description: Buys tea.
tools: Read, Grep
^^^^^ hint deprecated-key
       ^^^^^^^^^^ warning invalid-value
color: purple
       ^^^^^^ warning invalid-value
---
Buy tea.
",
            None,
        ),
        problem(
            20,
            "
//- /.github/agents/buyer.agent.md
---
name: buyer
description: Buys tea.
tools: [read, search, editFiles, some.extension/tea, stock/*]
---
Buy tea.
",
            None,
        ),
        problem(
            21,
            "
//- /.claude/skills/buy-tea/SKILL.md
---
name: buy-tea
description: How to buy tea.
allowed-tools: Read, Bash(git log:*)
context: fork
agent: general-purpose
model: haiku
---
Buy tea.
",
            None,
        ),
        in_folder(
            22,
            "
---
name: tea-buyer
description: Buys tea.
---
Give a `Map<Leaf>[order](key.md)` back.

```ts
const all = list[order](missing.md);
```
",
            None,
        ),
        problem(
            24,
            "
//- /shop/agents/tea-buyer.md
---
name: tea-buyer
description: Buys tea.
permissionMode: plan
^^^^^^^^^^^^^^ warning ignored-key
---
Buy tea.
//- /shop/.claude-plugin/plugin.json
{\"name\": \"shop\"}
",
            Some(
                "
---
name: tea-buyer
description: Buys tea.
---
Buy tea.
",
            ),
        ),
        problem(
            26,
            "
//- /.claude/agents/a-b.md
---
name: tea-buyer
description: Buys tea.
skills: [brew]
         ^^^^ hint unknown-skill
---
Buy tea.
//- /.agentls.yaml
rules:
  unknown-skill: hint
",
            None,
        ),
        in_folder(
            28,
            "
---
name: tea-buyer
description:
  Buys tea, and says how much of it is left at the end of a long day
  in the shop.
---
Buy tea.
",
            None,
        ),
        problem(
            29,
            "
//- /.claude/agents/tea-buyer/agent.md
---
name: tea-buyer
description: Buys tea.
---
Buy tea.
",
            None,
        ),
    ];
    // Windows line ends are what makes the third of the first.
    let colon = &problems[0];
    problems.push(Problem {
        number: 3,
        fixture: colon
            .fixture
            .replace("warning yaml-requoted", "error yaml-dropped")
            .replace('\n', "\r\n"),
        fixed: colon.fixed.as_ref().map(|text| text.replace('\n', "\r\n")),
    });
    problems.sort_by_key(|problem| problem.number);
    problems
}

#[test]
fn each_problem_is_found_in_its_place_and_mended() {
    for problem in problems() {
        let number = problem.number;
        let fixture = Fixture::parse(&problem.fixture);
        let mut drawn = Vec::new();
        let mut best = None;
        for (at, file) in fixture.files.iter().enumerate() {
            for finding in rules::check(&fixture.workspace, file) {
                drawn.push((
                    at,
                    finding.range,
                    format!("{} {}", finding.severity.name(), finding.rule),
                ));
                let fix = finding.fixes.into_iter().find(|fix| fix.create.is_none());
                best = best.or(fix.filter(|_| at == 0));
            }
        }
        let mut expected = fixture.annotations.clone();
        expected.sort();
        drawn.sort();
        assert_eq!(drawn, expected, "problem {number}");
        let fixed = best.map(|fix| rules::apply(&fixture.files[0].source, [&fix]).0);
        assert_eq!(fixed, problem.fixed, "the fix of problem {number}");
    }
}

/// The rows of the table: number, rule and fix, without their marks.
fn table() -> BTreeMap<u8, (String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/problems.md");
    let text = fs::read_to_string(path).unwrap();
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, number, _, rule, fix, ..] = cells[..] else {
            return None;
        };
        Some((
            number.parse().ok()?,
            (rule.replace('`', ""), fix.to_owned()),
        ))
    };
    text.lines().filter_map(row).collect()
}

#[test]
fn the_table_of_problems_says_what_is_found() {
    let table = table();
    assert_eq!(
        table.keys().copied().collect::<Vec<_>>(),
        (1..=30).collect::<Vec<_>>()
    );
    let mut shown = BTreeMap::new();
    for problem in problems() {
        let fixture = Fixture::parse(&problem.fixture);
        let said = fixture
            .annotations
            .iter()
            .map(|(.., said)| said.rsplit(' ').next().unwrap_or_default().to_owned());
        let mut rules: Vec<String> = said.collect();
        rules.sort();
        rules.dedup();
        let rules = if rules.is_empty() {
            "silent".to_owned()
        } else {
            rules.join(", ")
        };
        let fix = if problem.fixed.is_some() {
            "yes"
        } else {
            "–"
        };
        shown.insert(problem.number, (rules, fix.to_owned()));
    }
    let documented: BTreeMap<_, _> = table
        .into_iter()
        .filter(|(number, (rule, _))| shown.contains_key(number) || rule != "–")
        .filter(|(_, (rule, _))| rule != "description-budget")
        .collect();
    assert_eq!(documented, shown);
}

#[test]
fn what_is_shown_is_what_is_found_without_its_fixes() {
    for problem in problems() {
        let fixture = Fixture::parse(&problem.fixture);
        for file in &fixture.files {
            let mut found = rules::check(&fixture.workspace, file);
            for finding in &mut found {
                finding.fixes.clear();
            }
            assert_eq!(rules::diagnose(&fixture.workspace, file), found);
        }
    }
}
