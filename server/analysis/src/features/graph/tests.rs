//! Teams as a person would sketch them, and their graphs as lines of text.

use std::fmt::Write;

use expect_test::{Expect, expect};

use super::*;
use crate::fixture::Fixture;

pub(super) fn of(fixture: &Fixture, options: &Options) -> Graph {
    let faults = fixture.files.iter();
    let faults = faults
        .map(|file| (file.id, faults_of(fixture, file)))
        .collect();
    graph(&fixture.workspace, &faults, options)
}

fn faults_of(fixture: &Fixture, file: &SourceFile) -> Faults {
    super::faults(&fixture.workspace, file)
}

/// One line for each node without an edge, and for each edge: `lead -> reviewer (2)` delegates,
/// twice; `a => b` extends; `a ~> b` preloads. Marks stand in brackets, those of a node where it
/// is first named.
fn drawn(graph: &Graph) -> String {
    let mut out = String::new();
    let mut is_told = vec![false; graph.nodes.len()];
    let mut told = |at: usize| {
        let node = &graph.nodes[at];
        let mut text = node.name.clone();
        if std::mem::replace(&mut is_told[at], true) {
            return text;
        }
        let origin = match &node.origin {
            Origin::File(_) => None,
            Origin::User(_) => Some("user"),
            Origin::Builtin(host, _) => Some(*host),
            Origin::External(_) => Some("external"),
            Origin::Broken(_) => Some("broken"),
        };
        let symbol = node.symbol.filter(|it| *it != Symbol::Agent);
        let marks = [
            symbol.map(Symbol::noun),
            origin,
            node.is_root.then_some("root"),
            node.is_unreachable.then_some("unreachable"),
        ];
        let marks: Vec<&str> = marks.into_iter().flatten().collect();
        if !marks.is_empty() {
            _ = write!(text, " [{}]", marks.join(", "));
        }
        text
    };
    for edge in &graph.edges {
        let arrow = match edge.kind {
            EdgeKind::Delegation => "->",
            EdgeKind::Extends => "=>",
            EdgeKind::Skill => "~>",
        };
        let (from, to) = (told(edge.from), told(edge.to));
        let cycle = if edge.in_cycle { " [cycle]" } else { "" };
        let count = match edge.places.len() {
            1 => String::new(),
            count => format!(" ({count})"),
        };
        _ = writeln!(out, "{from} {arrow} {to}{count}{cycle}");
    }
    let with_edge = |at: usize| graph.edges.iter().any(|it| it.from == at || it.to == at);
    for at in (0..graph.nodes.len()).filter(|at| !with_edge(*at)) {
        _ = writeln!(out, "{}", told(at));
    }
    out
}

#[track_caller]
fn check(fixture: &str, expected: Expect) {
    let graph = of(&Fixture::parse(fixture), &Options::default());
    expected.assert_eq(&drawn(&graph));
}

#[test]
fn delegation_and_extends_are_edges_and_names_that_lead_nowhere_nodes() {
    check(
        "
//- /.claude/agents/lead.md
---
name: team-lead
description: Leads.
extends: core/base
---
| Delegate To | When |
|---|---|
| code-reviewer | review |
| ghost-writer | never |

Then ask @code-reviewer again; agents work with pull-requests.
//- /.claude/agents/reviewer.md
---
name: code-reviewer
description: Use the code-reviewer agent for reviews.
extends: no/such/base
---
Give it to @Explore.
//- /.claude/agents/idle.md
---
name: idle-worker
description: Waits.
---
//- /core/base.md
---
model: opus
---
",
        expect![[r#"
            team-lead [root] => base.md
            team-lead -> code-reviewer (2)
            team-lead -> ghost-writer [broken]
            code-reviewer => no/such/base [broken]
            code-reviewer -> Explore [Claude Code]
            idle-worker [unreachable]
        "#]],
    );
}

#[test]
fn what_begins_a_delegation_is_a_node_and_what_no_host_reads_is_not() {
    check(
        "
//- /CLAUDE.md
Ask @py-pro.
//- /.claude/commands/ship.md
---
description: Ships.
agent: py-pro
---
//- /.claude/commands/count.md
Counts.
//- /.claude/skills/plan/SKILL.md
---
name: plan
description: Plans.
---
Delegate to py-pro.
//- /README.md
| Agent | What |
|---|---|
| py-pro | Python |
| go-pro | Go |
//- /.claude/agents/py-pro.md
---
name: py-pro
description: Writes Python.
---
//- /.claude/agents/go-pro.md
---
name: go-pro
description: Writes Go.
---
",
        expect![[r#"
            ship [command, root] -> py-pro
            plan [skill, root] -> py-pro
            CLAUDE.md [root] -> py-pro
            go-pro [unreachable]
        "#]],
    );
}

#[test]
fn where_nobody_delegates_nobody_is_left_out() {
    check(
        "
//- /a/.claude/agents/one.md
---
name: one-pro
description: One.
---
//- /a/.claude/agents/two.md
---
name: two-pro
description: Two.
extends: one-pro
---
//- /b/.claude/agents/three.md
---
name: three-pro
description: Three.
---
Delegate to four-pro.
//- /b/.claude/agents/four.md
---
name: four-pro
description: Four.
---
//- /b/.claude/agents/five.md
---
name: five-pro
description: Five.
---
",
        expect![[r#"
            two-pro => one-pro
            three-pro [root] -> four-pro
            five-pro [unreachable]
        "#]],
    );
}

#[test]
fn a_collection_of_agents_leaves_nobody_out() {
    let mut text = String::from(
        "//- /.claude/agents/lead.md\n---\nname: team-lead\ndescription: x\n---\nDelegate to a-pro.\n",
    );
    for name in ["a", "b", "c", "d"] {
        _ = write!(
            text,
            "//- /.claude/agents/{name}.md\n---\nname: {name}-pro\ndescription: x\n---\nBody.\n"
        );
    }
    check(
        &text,
        expect![[r#"
            team-lead [root] -> a-pro
            b-pro
            c-pro
            d-pro
        "#]],
    );
}

#[test]
fn a_plain_word_is_no_agent_that_a_host_brings() {
    check(
        "
//- /.claude/agents/a.md
---
name: a-pro
description: A.
---
| Agent | Count |
|---|---|
| Explore | 1 |
| tasks/plan | 2 |
//- /.claude/agents/b.md
---
name: b-pro
description: B.
---
Task(subagent_type=\"explore\")
",
        expect![[r#"
            a-pro [root] -> Explore [Claude Code]
            b-pro [root] -> Explore
        "#]],
    );
}

#[test]
fn cycles_are_marked_by_kind() {
    check(
        "
//- /.claude/agents/a.md
---
name: a-pro
description: A.
extends: b-pro
---
Delegate to b-pro.
//- /.claude/agents/b.md
---
name: b-pro
description: B.
---
Delegate to c-pro.
//- /.claude/agents/c.md
---
name: c-pro
description: C.
---
Delegate to b-pro, then ask @d-pro.
//- /.claude/agents/d.md
---
name: d-pro
description: D.
extends: [d-pro, e-pro]
---
//- /.claude/agents/e.md
---
name: e-pro
description: E.
extends: d-pro
---
",
        expect![[r#"
            a-pro [root] => b-pro
            a-pro -> b-pro
            b-pro -> c-pro [cycle]
            c-pro -> b-pro [cycle]
            c-pro -> d-pro
            d-pro => d-pro [cycle]
            d-pro => e-pro [cycle]
            e-pro => d-pro [cycle]
        "#]],
    );
}

#[test]
fn an_agent_that_gives_work_to_itself_is_a_loop_and_one_that_says_its_name_is_not() {
    check(
        "
//- /.claude/agents/a.md
---
name: a-pro
description: Use the a-pro agent.
---
| Delegate To |
|---|
| a-pro |
//- /.claude/agents/b.md
---
name: b-pro
description: Use the b-pro agent.
---
Ask @b-pro.
",
        expect![[r#"
            a-pro -> a-pro [cycle]
            b-pro
        "#]],
    );
}

#[test]
fn what_the_configuration_or_a_comment_silences_is_not_broken() {
    check(
        "
//- /.agentls.yaml
known:
  agents: [far-writer]
//- /.claude/agents/a.md
---
name: a-pro
description: A.
agents: far-writer, other-plugin:some-writer
---
<!-- agentls-disable-next-line unknown-agent -->
Task(subagent_type=\"ghost-writer\")
//- /off/.agentls.yaml
rules:
  unknown-agent: off
//- /off/agents/b.md
---
name: b-pro
description: B.
agents: ghost-writer
---
",
        expect![[r#"
            a-pro [root] -> far-writer [external]
            a-pro -> other-plugin:some-writer [external]
            b-pro
        "#]],
    );
}

#[test]
fn skills_are_drawn_where_they_are_asked_for() {
    let fixture = Fixture::parse(
        "
//- /.agentls.yaml
rules:
  unknown-skill: hint
//- /.claude/agents/a.md
---
name: a-pro
description: A.
skills: count-crates, lost-skill
---
//- /.claude/skills/count-crates/SKILL.md
---
name: count-crates
description: Counts.
---
//- /.claude/skills/alone/SKILL.md
---
name: alone
description: Alone.
---
",
    );
    let plain = of(&fixture, &Options { skills: false });
    expect![[r#"
        a-pro
    "#]]
    .assert_eq(&drawn(&plain));
    let with_skills = of(&fixture, &Options { skills: true });
    expect![[r#"
        a-pro ~> count-crates [skill]
        a-pro ~> lost-skill [broken]
        alone [skill]
    "#]]
    .assert_eq(&drawn(&with_skills));
}

#[test]
fn agents_of_the_user_are_drawn_where_the_workspace_needs_them() {
    check(
        "
//- /.claude/agents/a.md
---
name: a-pro
description: A.
---
Delegate to own-pro.
//- /~/.claude/agents/own.md
---
name: own-pro
description: Mine.
---
Delegate to further-pro.
//- /~/.claude/agents/further.md
---
name: further-pro
description: Mine too.
---
//- /~/.claude/agents/unused.md
---
name: unused-pro
description: Not here.
---
Delegate to a-pro.
",
        expect![[r#"
            a-pro [root] -> own-pro [user]
            own-pro -> further-pro [user]
        "#]],
    );
}

#[test]
fn a_node_says_what_counts_for_it() {
    let fixture = Fixture::parse(
        "
//- /.claude/agents/a.md
---
name: a-pro
description: \"Checks e.g. links. Then more.\"
extends: base
---
//- /core/base.md
---
model: opus
tools: Read, Grep, Read
---
//- /.claude/agents/b.md
---
name: b-pro
description: |
  Writes
  things.
tools: [Read, '*']
model: haiku
---
",
    );
    let graph = of(&fixture, &Options::default());
    let shown = |name: &str| {
        let node = graph.nodes.iter().find(|node| node.name == name).unwrap();
        (
            node.model.as_deref(),
            node.tools,
            node.description.as_deref(),
            node.host,
        )
    };
    let host = Some("Claude Code");
    assert_eq!(
        shown("a-pro"),
        (Some("opus"), Some(2), Some("Checks e.g. links."), host)
    );
    assert_eq!(shown("b-pro"), (Some("haiku"), None, Some("Writes"), host));
}

#[test]
fn any_name_is_kept_as_it_is() {
    let long = "x".repeat(300);
    let names = ["a <b>\"c\" 😀", "--> end;", long.as_str()];
    let mut text = String::new();
    for (number, name) in names.iter().enumerate() {
        let quoted = name.replace('"', "\\\"");
        _ = write!(
            text,
            "//- /.claude/agents/{number}.md\n---\nname: \"{quoted}\"\ndescription: x\n---\nBody.\n"
        );
    }
    let graph = of(&Fixture::parse(&text), &Options::default());
    let found: Vec<&str> = graph.nodes.iter().map(|node| node.name.as_str()).collect();
    assert_eq!(found, names);
}

#[test]
fn who_delegates_to_a_name_that_leads_nowhere_is_not_left_out() {
    check(
        "
//- /.claude/agents/lead.md
---
name: lead-pro
description: Leads.
agents: alpha-pro, beta-pro
---
//- /.claude/agents/alpha.md
---
name: alpha-pro
description: A.
---
//- /.claude/agents/beta.md
---
name: beta-pro
description: B.
---
//- /.claude/agents/idle.md
---
name: idle-pro
description: Waits.
---
//- /.claude/agents/solo.md
---
name: solo-pro
description: Alone.
agents: ghost-writer
---
",
        expect![[r#"
            lead-pro [root] -> alpha-pro
            lead-pro -> beta-pro
            solo-pro -> ghost-writer [broken]
            idle-pro [unreachable]
        "#]],
    );
}

#[test]
fn a_long_chain_is_followed_to_its_end() {
    let mut text = String::new();
    for number in 0..2_000 {
        let next = (number + 1) % 2_000;
        _ = write!(
            text,
            "//- /.claude/agents/{number:04}.md\n---\nname: link-{number:04}\ndescription: x\n---\nAsk @link-{next:04}.\n"
        );
    }
    let graph = of(&Fixture::parse(&text), &Options::default());
    assert_eq!((graph.nodes.len(), graph.edges.len()), (2_000, 2_000));
    assert!(graph.edges.iter().all(|edge| edge.in_cycle));
}
