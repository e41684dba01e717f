//! How names and links that lead nowhere are mended.

use crate::fixture::Fixture;
use crate::rules::{self, Finding};

/// The first finding of `rule` in the first file of a fixture.
fn finding(fixture: &Fixture, rule: &str) -> Finding {
    let found = rules::check(&fixture.workspace, &fixture.files[0]);
    let finding = found.iter().find(|finding| finding.rule == rule);
    finding
        .unwrap_or_else(|| panic!("no {rule} in {found:#?}"))
        .clone()
}

/// Each fix of the first finding of `rule`: what stands in the place of what, or the new file.
fn fixes(fixture: &str, rule: &str) -> Vec<String> {
    let fixture = Fixture::parse(fixture);
    let source = &fixture.files[0].source;
    let said = |fix: &rules::Fix| match &fix.create {
        Some(file) => format!("{:?} {}: {}", fix.applicability, file.path, file.text),
        None => {
            let edit = |edit: &crate::text::TextEdit| {
                format!("{} -> {}", edit.range.of(source), edit.new_text)
            };
            let edits: Vec<String> = fix.edits.iter().map(edit).collect();
            format!("{:?} {}", fix.applicability, edits.join(", "))
        }
    };
    finding(&fixture, rule).fixes.iter().map(said).collect()
}

const PRO: &str =
    "//- /.claude/agents/python-pro.md\n---\nname: python-pro\ndescription: c\n---\nBody.\n";

fn lead(body: &str) -> String {
    format!("//- /.claude/agents/lead.md\n---\nname: shop-lead\ndescription: c\n---\n{body}\n{PRO}")
}

#[test]
fn a_name_in_a_table_becomes_the_nearest_or_an_agent_with_the_words_of_its_row() {
    let table = "| Delegate To | When |\n|---|---|\n| `python_prp` | the **till**: it breaks |";
    assert_eq!(
        fixes(
            &lead(table).replace("python_prp", "python-prp"),
            "unknown-agent"
        ),
        [
            "Unsafe python-prp -> python-pro",
            "Manual .claude/agents/python-prp.md: ---\nname: python-prp\ndescription: 'the **till**: it breaks'\n---\n\nYou are the python prp.\n",
        ]
    );
}

#[test]
fn a_file_name_in_place_of_a_name_becomes_the_name() {
    let fixture = lead("| Delegate To | When |\n|---|---|\n| python-pro | code |")
        .replace("name: python-pro", "name: snake-charmer");
    assert_eq!(
        fixes(&fixture, "unknown-agent"),
        ["Unsafe python-pro -> snake-charmer"]
    );
}

#[test]
fn an_agent_is_made_in_the_folder_and_with_the_ending_of_the_file_that_names_it() {
    let fixture = "//- /.github/agents/lead.agent.md\n---\nname: lead\ndescription: c\nagents: [ghost-writer]\n---\nBody.\n";
    let [made] = &fixes(fixture, "unknown-agent")[..] else {
        panic!("one fix")
    };
    assert!(
        made.starts_with("Manual .github/agents/ghost-writer.agent.md: "),
        "{made}"
    );
}

#[test]
fn extends_becomes_the_nearest_name_or_the_file_that_is_missing() {
    let with = |extends: &str| {
        format!(
            "//- /.claude/agents/a.md\n---\nname: a\ndescription: c\nextends: {extends}\n---\nBody.\n{PRO}"
        )
    };
    let [renamed, made] = &fixes(&with("python-por"), "broken-extends")[..] else {
        panic!("two fixes")
    };
    assert_eq!(renamed, "Unsafe python-por -> python-pro");
    assert!(
        made.starts_with("Manual .claude/agents/python-por.md: "),
        "{made}"
    );
    assert_eq!(
        fixes(&with("core/base-reviewer"), "broken-extends"),
        ["Manual core/base-reviewer.md: # base reviewer\n"]
    );
    assert_eq!(
        fixes(&with("./base.md"), "broken-extends"),
        ["Manual .claude/agents/base.md: # base\n"]
    );
}

#[test]
fn a_link_becomes_the_path_of_a_file_of_that_name_or_nearly() {
    let moved = "//- /docs/guide.md\n# Guide\n";
    assert_eq!(
        fixes(&(lead("See [it](guide.md).") + moved), "broken-link"),
        ["Manual guide.md -> ../../docs/guide.md"]
    );
    assert_eq!(
        fixes(&lead("See [it](python-por.md)."), "broken-link"),
        ["Manual python-por.md -> python-pro.md"]
    );
    assert_eq!(
        fixes(&lead("See [it](nothing-alike.md)."), "broken-link"),
        [""; 0]
    );
}

#[test]
fn an_agent_that_delegates_to_itself_is_told_so_and_one_that_speaks_of_itself_is_not() {
    let rules = |fixture: &str| {
        let fixture = Fixture::parse(fixture);
        let found = rules::check(&fixture.workspace, &fixture.files[0]);
        found.into_iter().map(|it| it.rule).collect::<Vec<_>>()
    };
    let table = |heading: &str| format!("| {heading} | When |\n|---|---|\n| shop-lead | all |");
    assert_eq!(rules(&lead(&table("Delegate To"))), ["self-delegation"]);
    assert_eq!(rules(&lead(&table("Agent"))), [""; 0]);
    assert_eq!(
        rules(&lead("Use the shop-lead agent. `shop-lead` leads.")),
        [""; 0]
    );
}

#[test]
fn a_skill_that_is_nowhere_is_missed_where_the_rule_is_on() {
    let fixture = "//- /.claude/agents/a.md\n---\nname: a\ndescription: c\nskills: [stock-chek, other:x]\n---\nBody.\n";
    let config = "//- /.agentls.yaml\nrules:\n  unknown-skill: hint\n";
    let found = |fixture: &str| {
        let fixture = Fixture::parse(fixture);
        rules::check(&fixture.workspace, &fixture.files[0]).len()
    };
    assert_eq!(found(fixture), 0);
    assert_eq!(found(&(fixture.to_owned() + config)), 1);
}

#[test]
fn an_agent_is_made_in_the_root_of_the_agents_with_what_the_column_says() {
    let lead = |row: &str| {
        format!(
            "//- /.claude/agents/team/lead.md\n---\nname: shop-lead\ndescription: c\n---\n> | Note | Delegate To | When |\n> |---|---|---|\n> | a \\| b | shop-lead | c |\n> {row}\n"
        )
    };
    assert_eq!(
        fixes(
            &lead("| a very long note \\| of much | ghost-writer | short \\| text |"),
            "unknown-agent"
        ),
        [
            "Manual .claude/agents/ghost-writer.md: ---\nname: ghost-writer\ndescription: short | text\n---\n\nYou are the ghost writer.\n"
        ]
    );
    let [made] = &fixes(&lead("| a | ghost-writer | |"), "unknown-agent")[..] else {
        panic!("one fix")
    };
    assert!(
        made.contains("description: Does the work of ghost-writer.\n"),
        "{made}"
    );
}

#[test]
fn no_agent_is_made_among_those_of_the_user() {
    let table = "| Delegate To | When |\n|---|---|\n| ghost-writer | code |";
    let user = "//- /~/.claude/agents/lead.md\n---\nname: shop-lead\ndescription: c\n---\n";
    let fixture = format!("{user}{table}\n{PRO}");
    assert_eq!(fixes(&fixture, "unknown-agent"), [""; 0]);
}

#[test]
fn of_many_files_with_one_name_none_is_offered() {
    let guides: String = (0..40)
        .map(|at| format!("//- /docs/d{at}/guide.md\n# Guide\n"))
        .collect();
    assert_eq!(
        fixes(&(lead("See [it](guide.md).") + &guides), "broken-link"),
        [""; 0]
    );
}
