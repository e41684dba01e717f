//! Fences and tags of examples that do not pair, and how they are mended.

use super::*;

/// The rules that find something in an agent with this body, and the body after the first fix.
fn mended(body: &str) -> (Vec<&'static str>, Option<String>) {
    let header = "---\nname: a-b\ndescription: c\n---\n";
    let header = match body.contains('\r') {
        true => header.replace('\n', "\r\n"),
        false => header.to_owned(),
    };
    let fixture = Fixture::parse(&format!("{header}{body}"));
    let found = rules::check(&fixture.workspace, &fixture.files[0]);
    let best = found.iter().flat_map(|finding| &finding.fixes).next();
    let text = best.map(|fix| {
        let (text, _) = rules::apply(&fixture.files[0].source, [fix]);
        format!("{:?} {}", fix.applicability, &text[header.len()..])
    });
    (found.iter().map(|finding| finding.rule).collect(), text)
}

#[track_caller]
fn check_fix(body: &str, rule: &'static str, fixed: &str) {
    let (rules, text) = mended(body);
    assert_eq!(rules, [rule], "{body}");
    assert_eq!(text.as_deref(), Some(fixed));
    let again = fixed.split_once(' ').map_or("", |(_, text)| text);
    assert_eq!(
        mended(again),
        (Vec::new(), None),
        "the fix leaves nothing to find"
    );
}

#[test]
fn the_fence_around_others_grows_at_both_ends() {
    check_fix(
        "```markdown\n# A\n```toml\na = 1\n```\nEnd.\n```\nDone.\n",
        "nested-fence",
        "Unsafe ````markdown\n# A\n```toml\na = 1\n```\nEnd.\n````\nDone.\n",
    );
    check_fix(
        "~~~markdown\r\n~~~~toml\r\na = 1\r\n~~~~\r\n~~~\r\n",
        "nested-fence",
        "Unsafe ~~~~~markdown\r\n~~~~toml\r\na = 1\r\n~~~~\r\n~~~~~\r\n",
    );
}

#[test]
fn an_open_fence_is_closed_below_its_code() {
    check_fix(
        "Text.\n\n```toml\na = 1\n",
        "unclosed-fence",
        "Unsafe Text.\n\n```toml\na = 1\n```\n",
    );
    check_fix(
        "```toml\r\na = 1\r\n\r\nText.",
        "unclosed-fence",
        "Manual ```toml\r\na = 1\r\n\r\nText.\r\n```",
    );
    check_fix("Text.\n```\n", "unclosed-fence", "Unsafe Text.\n");
}

#[test]
fn an_example_is_closed_before_the_next_or_at_the_end() {
    check_fix(
        "<example>\nA\n\n<example>\nB\n</example>\n",
        "malformed-example",
        "Unsafe <example>\nA\n</example>\n\n<example>\nB\n</example>\n",
    );
    check_fix(
        "<example>\nA\n  <commentary>B\n</example>\n",
        "malformed-example",
        "Unsafe <example>\nA\n  <commentary>B</commentary>\n</example>\n",
    );
    check_fix(
        "Text.\n\n- <example>A\n",
        "malformed-example",
        "Manual Text.\n\n- <example>A</example>\n",
    );
    check_fix("A\n</commentary>\n", "malformed-example", "Manual A\n\n");
}

#[test]
fn tags_that_pair_or_are_talked_about_are_no_fault() {
    for body in [
        "<example>\nA\n<commentary>B</commentary>\n</example>\n<example>C</example>\n",
        "Put it in <example> tags.\n",
        "`<example>` opens one.\n",
        "```\n<example>\n```\n",
        "<examples>\n<example>\nA\n</example>\n</examples>\n",
        "<EXAMPLE>\n",
    ] {
        assert_eq!(mended(body).0, [""; 0], "{body}");
    }
}

#[test]
fn an_example_in_a_description_is_read_in_every_style() {
    check(
        r#"
//- /.claude/agents/a.md
---
name: a-a
description: "Does. <example>\nA\n<commentary>B</commentary>"
                    ^^^^^^^^^ hint malformed-example
---
Body.
//- /.claude/agents/b.md
---
name: b-b
description: |
  Does.
  <example>
  A
  </commentary>
  ^^^^^^^^^^^^^ hint malformed-example
  </example>
---
Body.
"#,
    );
}
