//! What is found.

use std::path::Path;

use expect_test::{expect, expect_file};

use super::{PAIR, check, code, folder, json, run, stdout, write};

/// Five files with the faults of five that were found in the wild.
const TEAM: &str = r#"
//- /000-baker.md
---
name: baker
version: "1.0"
description: Bakes bread.
model: sonnet
memory: project
maxTurns: 9
---

# Baker

| Delegate To | When |
|---|---|
| flour-miller | the flour is out |
| oven-fitter | the oven is cold |
| cake-expert | somebody marries |
//- /001-grocer.md
---
name: grocer
description: Sells what others make.
model: opus
color: blue
---

You sell.
//- /002-cook.md
---
name: cook
description: Cooks soup.
tools: Read, Write, MultiEdit, Bash, Task, WebSearch
---

You cook, and **taste** `often`. See kitchens/menu-writer for the menu.

```yaml
- Hand off leftovers to compost-expert
```

## Collaboration Patterns
- Defer hard questions to `cellar-librarian`; wait.
- For the menu, align with `menu-writer` and `flour-miller`.
- Partner with `wine-waiter` on the wine.

## Checklist
- [ ] Tasted by `head-taster`
//- /003-baker.md
---
name: baker
description: Bakes cakes.
category: kitchen
tools: Write, Read, MultiEdit
---

```markdown
# A recipe

```toml
flour = 500
```

Bake it.
```
//- /004-waiter.md
---
name: waiter
extends: core/server
description: Carries plates.
tools:
  - Read
  - Bash
---

You carry. See `core/docs/PLATES.md`.
"#;

#[test]
fn the_example_team_has_its_six_faults() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    check(
        &examples,
        &[],
        1,
        expect![[r#"
        .claude/agents/catalog-editor.md:3:83-3:84 warning[yaml-requoted]
        .claude/agents/order-analyst.md:24:43-24:48 warning[python-syntax]
        .claude/agents/quality/accessibility-auditor.md:4:10-4:23 error[broken-extends]
        .claude/agents/release-manager.md:20:4-20:20 warning[unknown-agent]
        .claude/agents/storefront-developer.md:4:32-4:41 warning[removed-tool]
        .claude/agents/support-writer.md:4:1-4:13 warning[misspelled-key]
    "#]],
    );
}

#[test]
fn the_readme_shows_what_is_printed() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let readme = std::fs::read_to_string(top.join("README.md")).unwrap();
    let printed = stdout(&run(&top, &["examples"]));
    let command = "$ cargo run --release -- check examples\n";
    let (before, shown) = readme.split_once(command).unwrap();
    let (_, after) = shown.split_once("```").unwrap();
    expect_file!["../../README.md"].assert_eq(&format!("{before}{command}{printed}```{after}"));
}

#[test]
fn hints_about_arguments_and_readmes_beside_agents_are_no_faults() {
    let team = folder(
        r#"
//- /.claude/agents/baker.md
---
name: baker
description: Bakes.
---
Bake.
//- /.claude/agents/README.md
# The bakery

| Delegate To | When |
|---|---|
| baker | bread |
| pastry-cook | cakes, as soon as there is one |

Copy `baker.md` and see [the template](template.md).
//- /.claude/agents/night/readme.md
Who works at night.
//- /.claude/commands/README.md
# What can be ordered
//- /.claude/skills/README.md
# What everybody can
//- /.github/agents/README.md
# The same for Copilot
//- /agents/README.md
# And for all others
//- /.claude/commands/bake.md
---
description: Bakes what is asked for.
argument-hint: [bread] [weight]
---
Bake $ARGUMENTS.
//- /.claude/commands/deliver.md
---
description: Takes bread to people.
argument-hint: [street|place] <number> [--fast]
---
Take $1 to $2.
//- /.claude/skills/knead/SKILL.md
---
name: knead
description: Kneads dough. Use it before baking.
argument-hint: [minutes]
---
Knead.
"#,
    );
    let output = run(team.path(), &["--fail-on", "hint"]);
    let nothing = "No findings in 10 files.\n";
    assert_eq!((code(&output), stdout(&output).as_str()), (0, nothing));
}

#[test]
fn a_team_like_those_found_in_the_wild_has_exactly_these_faults() {
    let team = folder(TEAM);
    check(
        team.path(),
        &[],
        1,
        expect![[r#"
        000-baker.md:2:7-2:12 warning[duplicate-name]
          003-baker.md:2:7-2:12 the same name
        000-baker.md:14:3-14:15 warning[unknown-agent]
        000-baker.md:15:3-15:14 warning[unknown-agent]
        000-baker.md:16:3-16:14 warning[unknown-agent]
        002-cook.md:4:21-4:30 warning[removed-tool]
        002-cook.md:4:38-4:42 hint[renamed-tool]
        002-cook.md:14:28-14:44 information[unknown-agent]
        002-cook.md:15:29-15:40 information[unknown-agent]
        003-baker.md:2:7-2:12 warning[duplicate-name]
          000-baker.md:2:7-2:12 the same name
        003-baker.md:5:21-5:30 warning[removed-tool]
        003-baker.md:11:1-11:8 warning[nested-fence]
          003-baker.md:8:1-8:12 the outer fence
          003-baker.md:16:1-16:4 left open by it
        004-waiter.md:3:10-3:21 error[broken-extends]
    "#]],
    );
    let report = json(&run(team.path(), &["--format", "json"]));
    let mut summary = report["summary"].clone();
    summary["fixable"].take();
    assert_eq!(
        summary,
        serde_json::json!({"files": 5, "error": 1, "warning": 8, "information": 2, "hint": 1, "skipped": 0, "fixable": null, "fixed": 0, "known": 0})
    );
}

#[test]
fn what_cannot_be_read_is_one_finding_and_the_rest_goes_on() {
    let pair = folder(PAIR);
    write(
        pair.path(),
        ".claude/agents/latin.md",
        b"---\nname: caf\xe9\n---\n",
    );
    write(
        pair.path(),
        ".claude/agents/large.md",
        &vec![b'x'; 5 * 1024 * 1024],
    );
    check(
        pair.path(),
        &[],
        1,
        expect![[r#"
        .claude/agents/bad.md:4:10-4:16 error[broken-extends]
        .claude/agents/bad.md:5:14-5:23 warning[removed-tool]
        .claude/agents/bad.md:5:25-5:29 hint[renamed-tool]
        .claude/agents/large.md:1:1-1:1 warning[unreadable-file]
        .claude/agents/latin.md:1:1-1:1 warning[unreadable-file]
    "#]],
    );
    let report = json(&run(pair.path(), &["--format", "json"]));
    assert_eq!(
        (&report["summary"]["files"], &report["summary"]["skipped"]),
        (&4.into(), &2.into())
    );
    let text = String::from_utf8(run(pair.path(), &[]).stdout).unwrap();
    assert!(text.contains(" in 4 files, 2 not read whole"), "{text}");
}

#[test]
fn what_the_descriptions_of_a_folder_take_together_is_said_in_the_longest() {
    let team = folder("");
    for number in 0..3 {
        let words = "It knows all about it. ".repeat(1500 + number);
        let agent = format!("---\nname: a{number}\ndescription: {words}\n---\nWork.\n");
        write(
            team.path(),
            &format!(".claude/agents/a{number}.md"),
            agent.as_bytes(),
        );
    }
    let arguments = ["--fail-on", "never", "--select", "description-budget"];
    check(
        team.path(),
        &arguments,
        0,
        expect![[r#"
        .claude/agents/a2.md:3:14-3:34559 information[description-budget]
          .claude/agents/a1.md:3:14-3:34536 about 8632 tokens
          .claude/agents/a0.md:3:14-3:34513 about 8626 tokens
    "#]],
    );
    let one = [&arguments[..], &[".claude/agents/a0.md"]].concat();
    check(team.path(), &one, 0, expect![""]);
}
