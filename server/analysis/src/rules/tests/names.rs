//! Names that are taken elsewhere, missing or refused.

use super::*;
use crate::rules::text::slug_or;

fn agent(path: &str, name: &str, drawn: &str) -> String {
    let carets = "^".repeat(name.len());
    let drawn = match drawn {
        "" => String::new(),
        drawn => format!("      {carets} {drawn}\n"),
    };
    format!("//- /{path}\n---\nname: {name}\n{drawn}description: c\n---\nBody.\n")
}

const SHADOWED: &str = "information shadowed-name";

#[test]
fn an_agent_of_the_project_stands_before_that_of_the_user() {
    let project = agent(".claude/agents/a.md", "tea-buyer", SHADOWED);
    let user = agent("~/.claude/agents/b.md", "tea-buyer", SHADOWED);
    let other = agent("~/.claude/agents/c.md", "leaf-buyer", "");
    let fixture = project + &user + &other;
    check(&fixture);
    let [first, second] = &messages(&fixture)[..] else {
        panic!("two findings")
    };
    assert!(
        first.contains("takes this agent in place of the `tea-buyer` of the user"),
        "{first}"
    );
    assert!(
        second.contains("of the project (.claude/agents/a.md) in place of this"),
        "{second}"
    );
}

#[test]
fn an_agent_of_a_plugin_comes_after_all_and_two_plugins_share_names() {
    let plugin = |name: &str| format!("//- /{name}/.claude-plugin/plugin.json\n{{}}\n");
    let both = plugin("a") + &plugin("b");
    let agents = agent("a/agents/x.md", "tea-buyer", "") + &agent("b/agents/x.md", "tea-buyer", "");
    check(&(both.clone() + &agents));
    let project = agent(".claude/agents/x.md", "tea-buyer", SHADOWED);
    let agents = agent("a/agents/x.md", "tea-buyer", SHADOWED);
    check(&(both + &agents + &project));
}

#[test]
fn of_two_projects_the_nearest_counts_where_one_lies_in_the_other() {
    let outer = agent(".claude/agents/a.md", "tea-buyer", SHADOWED);
    let inner = agent("shop/.claude/agents/a.md", "tea-buyer", SHADOWED);
    let fixture = outer + &inner;
    check(&fixture);
    assert!(messages(&fixture)[0].starts_with("In `shop` Claude Code takes"));
    let beside = agent("a/.claude/agents/a.md", "tea-buyer", "");
    check(&(beside + &agent("ab/.claude/agents/a.md", "tea-buyer", "")));
}

#[test]
fn an_agent_can_take_the_place_of_a_built_in_one() {
    check(&agent(".claude/agents/a.md", "Explore", SHADOWED));
    check(&agent("agents/a.md", "Explore", ""));
}

/// The text after the best fix of the only finding.
fn mended(fixture: &str) -> String {
    let fixture = Fixture::parse(fixture);
    let found = rules::check(&fixture.workspace, &fixture.files[0]);
    let [finding] = &found[..] else {
        panic!("{found:#?}")
    };
    let fix = finding.fixes.first().expect("a fix");
    format!(
        "{:?} {}",
        fix.applicability,
        rules::apply(&fixture.files[0].source, [fix]).0
    )
}

#[test]
fn a_missing_name_is_that_of_the_file() {
    for (header, applicability) in [
        ("description: c", "Safe"),
        ("name:\ndescription: c", "Safe"),
        ("name: ''\ndescription: c", "Safe"),
        ("model: haiku", "Unsafe"),
    ] {
        let fixture = format!("//- /.claude/agents/Tea Buyer.md\n---\n{header}\n---\nBody.\n");
        let mended = mended(&fixture);
        let start = format!("{applicability} ---\nname: tea-buyer\n");
        assert!(mended.starts_with(&start), "{mended}");
    }
    let taken = agent(".claude/agents/a.md", "tea-buyer", "");
    let fixture = "//- /.claude/agents/tea-buyer.md\n---\ndescription: c\n---\nBody.\n".to_owned();
    assert!(mended(&(fixture + &taken)).starts_with("Manual ---\nname: tea-buyer\n"));
}

#[test]
fn a_name_that_is_refused_becomes_one_that_is_not_in_its_quotes() {
    let fixture = "---\nname: \"shop:Tea Buyer\" # who\ndescription: c\n---\nBody.\n";
    let expected = "Unsafe ---\nname: \"shop-tea-buyer\" # who\ndescription: c\n---\nBody.\n";
    assert_eq!(mended(fixture), expected);
}

#[test]
fn a_better_name_stays_a_text_in_the_quotes_that_it_has() {
    for (name, better) in [
        ("-123", "'123'"),
        ("-true", "'true'"),
        ("'-null'", "'null'"),
        ("\"-tea\"", "\"tea\""),
    ] {
        let fixture =
            format!("//- /.claude/agents/a.md\n---\nname: {name}\ndescription: c\n---\nBody.\n");
        let found = fixes(&fixture, "invalid-name");
        let (_, text) = &found[0];
        assert!(text.contains(&format!("name: {better}\n")), "{text}");
    }
    let found = fixes(
        "//- /.claude/agents/123.md\nYou buy tea.\n",
        "frontmatter-missing",
    );
    assert!(found[0].1.starts_with("---\nname: '123'\n"), "{found:?}");
}

#[test]
fn what_has_no_name_is_called_by_what_it_is() {
    let skill = "//- /.claude/skills/---/SKILL.md\nYou buy tea.\n";
    let text = slug_or("---", "skill");
    assert_eq!(text, "my-skill");
    assert!(messages(skill).iter().all(|it| !it.contains("my-agent")));
}

#[test]
fn the_nearest_project_counts_below_a_folder_that_is_called_like_a_host() {
    let outer = agent("shop/.claude/agents/a.md", "tea-buyer", SHADOWED);
    let inner = agent("shop/till/.claude/agents/b/c.md", "tea-buyer", SHADOWED);
    let fixture = outer + &inner;
    check(&fixture);
    assert!(messages(&fixture)[0].starts_with("In `shop/till` Claude Code takes"));
}
