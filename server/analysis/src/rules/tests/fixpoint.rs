//! What becomes of a header when its fixes are applied until none is left.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::*;
use crate::agent::SourceFile;
use crate::config::Severity;
use crate::rules::{Applicability, Finding, Fix};
use crate::syntax::list;

/// After so many rounds none may be left.
const ROUNDS: usize = 24;

const TOOLS: &[&str] = &[
    "Read",
    "Bash(git log:*)",
    "Raed",
    "Wrote",
    "MultiEdit",
    "Edit",
    "Task",
    "Task(a, b)",
    "Agent",
    "LS",
    "TeamDelete",
    "AskUserQuestion",
    "FetchStuff",
    "ZorkBlah",
    "mcp__a__b",
    "read",
    "agent",
    "bash(git log:*)",
];

const KEYS: &[&str] = &[
    "tools",
    "allowed-tools",
    "allowedTools",
    "disallowedTools",
    "disallowed-tools",
    "max_turns",
    "maxturns",
    "maxTurns",
    "steps",
    "maxSteps",
    "mode",
    "agent",
    "model",
    "color",
    "hooks",
    "argument-hint",
    "experimental",
];

const VALUES: &[&str] = &[
    "", "3", "opus", "haiku", "blue", "agent", "[]", "yes", "x y",
];

const PATHS: &[&str] = &[
    "/.claude/agents/a.md",
    "/.claude/skills/a/SKILL.md",
    "/.claude/commands/a.md",
    "/.github/agents/a.agent.md",
    "/.github/prompts/a.prompt.md",
    "/.opencode/agent/a.md",
    "/.gemini/agents/a.md",
    "/.qwen/agents/a.md",
];

/// Applies fixes that `choose` takes of those of a finding until there are none; shows each
/// text on the way to `see`.
fn mended(
    fixture: &Fixture,
    choose: impl Fn(&Finding) -> Option<&Fix>,
    mut see: impl FnMut(&SourceFile),
) -> SourceFile {
    let mut file = fixture.files[0].clone();
    for _ in 0..ROUNDS {
        let findings = rules::check(&fixture.workspace, &file);
        let (text, applied) = rules::apply(&file.source, findings.iter().filter_map(&choose));
        if applied == 0 {
            return file;
        }
        file = SourceFile::parse(file.id, file.path.clone(), &text, &file.facts.reading);
        see(&file);
    }
    panic!("the fixes of {:?} come to no end", fixture.files[0].source);
}

fn tools(file: &SourceFile) -> Option<usize> {
    let entry = file.facts.header.as_ref()?.entry("tools")?;
    Some(list::names(&file.source, entry.value_range)?.items.len())
}

fn written(names: &[&str], style: u8) -> String {
    match style {
        0 => names.join(", "),
        1 => format!("[{}]", names.join(", ").replace("(a, b)", "")),
        2 => format!("'{}'", names.join(", ")),
        _ => names.iter().map(|name| format!("\n  - {name}")).collect(),
    }
}

fn names() -> impl Strategy<Value = String> {
    let names = prop::collection::vec(select(TOOLS), 1..6);
    (names, 0u8..4).prop_map(|(names, style)| written(&names, style))
}

/// How often each rule says that something is wrong.
fn faults(fixture: &Fixture, file: &SourceFile) -> BTreeMap<&'static str, usize> {
    let mut faults = BTreeMap::new();
    for finding in rules::check(&fixture.workspace, file) {
        let is_grave = finding.severity >= Severity::Warning;
        if is_grave || finding.rule == "empty-tools" {
            *faults.entry(finding.rule).or_default() += 1;
        }
    }
    faults
}

proptest! {
    #[test]
    fn no_fixes_together_empty_a_list_that_grants(
        tools_line in names(),
        denied in names(),
        which in any::<Index>(),
    ) {
        let fixture = Fixture::parse(&format!(
            "//- /.claude/agents/a.md\n---\nname: a-b\ndescription: c\ntools: {tools_line}\ndisallowedTools: {denied}\n---\nBody.\n"
        ));
        prop_assert!(tools(&fixture.files[0]).is_some_and(|count| count > 0));
        let choose = |finding: &Finding| -> Option<usize> {
            let fixes: Vec<usize> = (0..finding.fixes.len())
                .filter(|at| finding.fixes[*at].applicability != Applicability::Manual)
                .collect();
            (!fixes.is_empty()).then(|| fixes[which.index(fixes.len())])
        };
        mended(
            &fixture,
            |finding| choose(finding).map(|at| &finding.fixes[at]),
            |file| assert!(tools(file).is_some_and(|count| count > 0), "{}", file.source),
        );
    }

    #[test]
    fn safe_fixes_bring_no_fault_to_light_that_they_made(
        lines in prop::collection::vec(
            (select(KEYS), prop_oneof![select(VALUES).prop_map(str::to_owned), names()]),
            1..5,
        ),
        path in select(PATHS),
    ) {
        let lines: Vec<String> = lines.iter().map(|(key, value)| format!("{key}: {value}")).collect();
        let fixture = Fixture::parse(&format!(
            "//- {path}\n---\nname: a-b\ndescription: c\n{}\n---\nBody.\n",
            lines.join("\n")
        ));
        let before = faults(&fixture, &fixture.files[0]);
        let is_safe = |fix: &&Fix| fix.applicability == Applicability::Safe;
        let after = mended(&fixture, |finding| finding.fixes.iter().find(is_safe), |_| ());
        for (rule, count) in faults(&fixture, &after) {
            prop_assert!(
                before.get(rule).is_some_and(|old| *old >= count),
                "{rule}\n{}\n{}",
                fixture.files[0].source,
                after.source
            );
        }
    }
}
