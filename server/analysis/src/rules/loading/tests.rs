//! What keeps a header from loading, with every line end, and how it is mended.

use proptest::prelude::*;

use crate::fixture::Fixture;
use crate::promises::header::no_fix_unloads;
use crate::rules::{self, Applicability, Finding};

/// The findings of the first file of a fixture.
fn findings(fixture: &str) -> (Fixture, Vec<Finding>) {
    let fixture = Fixture::parse(fixture);
    let found = rules::check(&fixture.workspace, &fixture.files[0]);
    (fixture, found)
}

/// The file `path` with `text` in it.
fn file(path: &str, text: &str) -> String {
    format!("//- /{path}\n{text}")
}

/// The rules that find something in a file of that text.
fn found(path: &str, text: &str) -> Vec<&'static str> {
    let (_, found) = findings(&file(path, text));
    let mut rules: Vec<_> = found.into_iter().map(|finding| finding.rule).collect();
    rules.sort_unstable();
    rules
}

/// Applies each fix of the first finding of `rule`, the best first: "applicability: text".
fn mended(path: &str, text: &str, rule: &str) -> Vec<String> {
    let (fixture, found) = findings(&file(path, text));
    let source = &fixture.files[0].source;
    let finding = found.iter().find(|finding| finding.rule == rule);
    let finding = finding.unwrap_or_else(|| panic!("no {rule} in {found:#?}"));
    let said = |fix: &rules::Fix| {
        let (text, applied) = rules::apply(source, [fix]);
        assert_eq!(applied, 1, "{fix:?}");
        format!("{:?}: {text}", fix.applicability)
    };
    finding.fixes.iter().map(said).collect()
}

const AGENT: &str = ".claude/agents/a-b.md";

/// A header of these lines, and a body.
fn agent(header: &str) -> String {
    format!("---\n{header}\n---\nBody.\n")
}

#[test]
fn a_fault_is_reported_with_every_line_end_and_mark() {
    // The header, and what is found with LF, and with CR and LF.
    let plugin_key = "name: a-b\ndescription: c\npermissionMode: plan";
    for (header, lf, crlf) in [
        ("name: a-b\ndescription: Does a.", &[][..], &[][..]),
        (
            "name: a-b\ndescription: Use when: c",
            &["yaml-requoted"],
            &["yaml-dropped"],
        ),
        (
            "name: a-b\ndescription: Use when: c\ntools: [Read, Grep]",
            &["yaml-requoted", "yaml-requoted"],
            &["yaml-dropped"],
        ),
        (
            "name: a-b\ndescription: Does a.\n<example>\nYes.\n</example>",
            &["yaml-dropped"],
            &["yaml-dropped"],
        ),
        (
            "name: a-b\ndescription: one --- two",
            &["header-cut"],
            &["header-cut"],
        ),
        (
            "name: a-b\ndescription: \"one --- two\"",
            &["header-cut", "yaml-dropped"],
            &["header-cut", "yaml-dropped"],
        ),
        ("description: c", &["missing-name"], &["missing-name"]),
        (
            "name:\ndescription: c",
            &["missing-name"],
            &["missing-name"],
        ),
        (
            "name: a-b",
            &["missing-description"],
            &["missing-description"],
        ),
        (
            "name: -a\ndescription: c",
            &["invalid-name"],
            &["invalid-name"],
        ),
        (
            "name: a:b\ndescription: c",
            &["invalid-name"],
            &["invalid-name"],
        ),
        (
            "name: a-b\ndescription: c\nallowed-tools: Read",
            &["misspelled-key"],
            &["misspelled-key"],
        ),
        (plugin_key, &[], &[]),
    ] {
        let text = agent(header);
        let with_crlf = text.replace('\n', "\r\n");
        assert_eq!(found(AGENT, &text), lf, "{header}");
        assert_eq!(found(AGENT, &with_crlf), crlf, "{header} with CRLF");
        for text in [text, with_crlf] {
            for before in ["\u{feff}", "\n", "\u{feff}\r\n"] {
                let found = found(AGENT, &format!("{before}{text}"));
                // Below a blank line, lines at column 0 leave nothing to tell a header by.
                let late = ["frontmatter-not-first", "frontmatter-missing"];
                let late = &late[..if header.contains("<example>") { 2 } else { 1 }];
                let first = found.first().copied().unwrap_or_default();
                assert!(
                    late.contains(&first),
                    "{header} after {before:?}: {found:?}"
                );
                assert!(!found.contains(&"missing-name"), "{header}: {found:?}");
            }
        }
    }
    let long = format!("name: {}\ndescription: c", "a".repeat(257));
    assert_eq!(found(AGENT, &agent(&long)), ["invalid-name"]);
}

#[test]
fn the_message_names_the_programs_that_drop_the_file() {
    let message = |path: &str, text: &str| {
        let (_, found) = findings(&file(path, text));
        found
            .first()
            .map(|it| it.message.clone())
            .unwrap_or_default()
    };
    let colon = agent("name: a-b\ndescription: Use when: c");
    let said = message(AGENT, &colon);
    assert!(said.contains("Claude Code puts the value"), "{said}");
    assert!(said.contains("Copilot CLI drops the file"), "{said}");
    // Programs that leave sub-folders out drop nothing there.
    let said = message(".claude/agents/deep/a.md", &colon);
    assert!(!said.contains("Copilot"), "{said}");
    let said = message(AGENT, &colon.replace('\n', "\r\n"));
    assert!(
        said.starts_with("Claude Code and Copilot CLI drop this file"),
        "{said}"
    );
    assert!(
        said.contains("do not help where lines end with CR and LF"),
        "{said}"
    );
    let dashes = agent("name: a-b\ndescription: \"c --- d\"");
    let (_, found) = findings(&file(AGENT, &dashes));
    let dropped = found.iter().find(|it| it.rule == "yaml-dropped").unwrap();
    assert!(
        dropped.message.starts_with("Claude Code drops"),
        "{}",
        dropped.message
    );
}

#[test]
fn an_agent_of_a_plugin_loads_without_its_settings() {
    let fixture = "//- /shop/agents/a.md\n---\nname: a-b\ndescription: c\nso\n---\nBody.\n//- /shop/.claude-plugin/plugin.json\n{}\n";
    let (_, found) = findings(fixture);
    let [dropped] = &found[..] else {
        panic!("{found:?}")
    };
    assert!(
        dropped.message.contains("under its file name"),
        "{}",
        dropped.message
    );
}

#[test]
fn what_stands_before_a_header_goes_away_or_below_it() {
    let text = agent("name: a-b\ndescription: c");
    for before in ["\u{feff}", "\n", "\u{feff}\n \n"] {
        let late = format!("{before}{text}");
        assert_eq!(
            mended(AGENT, &late, "frontmatter-not-first"),
            [format!("Safe: {text}")]
        );
    }
    let fixed = mended(AGENT, &format!("A note.\n{text}"), "frontmatter-not-first");
    let moved = "---\nname: a-b\ndescription: c\n---\nA note.\nBody.\n";
    assert_eq!(fixed, [format!("Unsafe: {moved}")]);
}

#[test]
fn an_open_header_is_closed_where_its_keys_end() {
    for (open, fixed) in [
        (
            "---\nname: a-b\ndescription: c\n\nBody.\n",
            "Safe: ---\nname: a-b\ndescription: c\n---\n\nBody.\n",
        ),
        (
            "---\r\nname: a-b\r\ndescription: c\r\n# Title\r\n",
            "Safe: ---\r\nname: a-b\r\ndescription: c\r\n---\r\n# Title\r\n",
        ),
        (
            "---\nname: a-b\ndescription: c",
            "Safe: ---\nname: a-b\ndescription: c\n---\n",
        ),
        (
            "---\nname: a-b\ndescription: c\nYou write.\n",
            "Unsafe: ---\nname: a-b\ndescription: c\n---\nYou write.\n",
        ),
    ] {
        assert_eq!(mended(AGENT, open, "frontmatter-unclosed"), [fixed]);
    }
}

#[test]
fn a_file_without_header_gets_one_and_an_indented_one_is_moved() {
    assert_eq!(
        mended(
            AGENT,
            "# Answers letters\r\nYou answer.\r\n",
            "frontmatter-missing"
        ),
        [
            "Manual: ---\r\nname: a-b\r\ndescription: 'Answers letters'\r\n---\r\n\r\n# Answers letters\r\nYou answer.\r\n"
        ]
    );
    assert_eq!(
        mended(
            AGENT,
            "\n  ---\n  name: a-b\n  description: c\n  ---\n  Body.\n",
            "frontmatter-missing"
        ),
        ["Unsafe: ---\nname: a-b\ndescription: c\n---\n  Body.\n"]
    );
}

#[test]
fn a_value_of_one_line_goes_into_quotes_or_a_block() {
    let colon = agent("name: a-b\ndescription: Use when: c\ncolor: red");
    assert_eq!(
        mended(AGENT, &colon, "yaml-requoted"),
        [
            format!(
                "Safe: {}",
                agent("name: a-b\ndescription: 'Use when: c'\ncolor: red")
            ),
            format!(
                "Safe: {}",
                agent("name: a-b\ndescription: |-\n  Use when: c\ncolor: red")
            ),
        ]
    );
    let [quoted, _] = &mended(AGENT, &colon.replace('\n', "\r\n"), "yaml-dropped")[..] else {
        panic!("two fixes")
    };
    let expected = agent("name: a-b\ndescription: 'Use when: c'\ncolor: red");
    assert_eq!(*quoted, format!("Safe: {}", expected.replace('\n', "\r\n")));
}

#[test]
fn quotes_that_turn_a_string_back_into_a_list_change_what_the_file_does() {
    let text = agent("name: a-b\ndescription: Use: c\ntools: [Read, Grep]");
    let (_, found) = findings(&file(AGENT, &text));
    for finding in found {
        let best = finding.fixes.first().unwrap();
        assert_eq!(best.applicability, Applicability::Unsafe);
        assert_eq!(best.edits.len(), 1);
    }
}

#[test]
fn lines_at_column_0_become_a_block_with_the_text_before_them() {
    let broken = "name: a-b\ndescription: Use it. Examples:\n<example>\nContext: late\nuser: \"Where?\"\nassistant: \"Here.\"\n</example>\ntools: Read";
    let fixed = "name: a-b\ndescription: |-\n  Use it. Examples:\n  <example>\n  Context: late\n  user: \"Where?\"\n  assistant: \"Here.\"\n  </example>\ntools: Read";
    assert_eq!(
        mended(AGENT, &agent(broken), "yaml-dropped"),
        [format!("Unsafe: {}", agent(fixed))]
    );
    let with_crlf = agent(broken).replace('\n', "\r\n");
    assert_eq!(
        mended(AGENT, &with_crlf, "yaml-dropped"),
        [format!("Unsafe: {}", agent(fixed).replace('\n', "\r\n"))]
    );
}

#[test]
fn each_kind_of_fault_in_a_value_has_its_remedy() {
    for (broken, fixed) in [
        (
            "description: 'it's late'",
            "Unsafe: description: \"it's late\"",
        ),
        (
            "description: Use: c\n  and more",
            "Unsafe: description: |-\n  Use: c\n  and more",
        ),
        (
            "metadata:\n  note: a: b",
            "Unsafe: metadata:\n  note: 'a: b'",
        ),
        ("metadata:\n\tnote: a", "Unsafe: metadata:\n  note: a"),
        (
            "description: |\n  One.\nTwo.",
            "Unsafe: description: |\n  One.\n  Two.",
        ),
        ("tools: [Read, Grep", "Unsafe: tools: [Read, Grep]"),
    ] {
        let (kind, fixed) = fixed.split_once(": ").unwrap();
        let rest = "name: a-b\n";
        let text = agent(&format!("{rest}{broken}"));
        let rule = if found(AGENT, &text).contains(&"yaml-requoted") {
            "yaml-requoted"
        } else {
            "yaml-dropped"
        };
        let best = mended(AGENT, &text, rule).into_iter().next();
        let expected = format!("{kind}: {}", agent(&format!("{rest}{fixed}")));
        assert_eq!(best, Some(expected), "{broken}");
    }
}

#[test]
fn dashes_that_cut_a_header_are_written_otherwise() {
    assert_eq!(
        mended(
            AGENT,
            &agent("name: a-b\ndescription: one --- two"),
            "header-cut"
        ),
        [format!(
            "Manual: {}",
            agent("name: a-b\ndescription: one — two")
        )]
    );
    let text = "---\nname: a-b\ndescription: c\n---------\nBody.\n";
    assert_eq!(
        mended(AGENT, text, "header-cut"),
        [format!("Safe: {}", agent("name: a-b\ndescription: c"))]
    );
}

#[test]
fn a_key_is_not_renamed_where_quotes_would_be_added_to_its_block() {
    // The host adds them only behind keys without digits.
    let header = |key: &str| agent(&format!("name: a-b\ndescription: on: c\n{key}: |-\n  Bash"));
    let text = header("disallow6edTools");
    assert_eq!(mended(AGENT, &text, "misspelled-key"), [""; 0]);
    let text = header("disallowed6Tools").replace("on: c", "c");
    assert_eq!(mended(AGENT, &text, "misspelled-key").len(), 1);
}

#[test]
fn an_agent_that_runs_elsewhere_needs_no_description() {
    let remote = "---\nname: a-b\nagent_card_url: https://a.b/c\n---\n";
    assert_eq!(found(".gemini/agents/a.md", remote), [""; 0]);
    let local = "---\nname: a-b\n---\nText.\n";
    assert_eq!(found(".gemini/agents/a.md", local), ["missing-description"]);
}

proptest! {
    #[test]
    fn a_file_that_is_loaded_is_loaded_after_every_fix(
        before in "(\u{feff}|\n|x\n)?",
        lines in prop::collection::vec(prop::sample::select(vec![
            "name: a-b", "name:", "description: c", "description: Use: c", "description: 'it's'",
            "description: \"a", "description: |", "  more: of it", "so it is", "<example>",
            "user: hm", "\tx: y", "tools: [Read, Grep", "tools: [Read]", "  - a: b: c", "", "# x",
            "description: a --- b", "-----", "args: [a] [b]", "---", "t0ols: |-",
        ]), 0..7),
        crlf in any::<bool>(),
        closing in "(---\n)?",
    ) {
        let text = format!("{before}---\n{}\n{closing}Body.\n", lines.join("\n"));
        let text = if crlf { text.replace('\n', "\r\n") } else { text };
        no_fix_unloads(&text);
    }
}

#[test]
fn a_header_of_many_faults_is_mended_once() {
    let lines: Vec<String> = (1..=1_500)
        .map(|at| format!("{}: a: b", "k".repeat(at % 150) + &"x".repeat(at / 150 + 1)))
        .collect();
    let text = agent(&format!("name: a-b\ndescription: c\n{}", lines.join("\n")));
    let (_, found) = findings(&file(AGENT, &text));
    let found: Vec<&Finding> = found
        .iter()
        .filter(|it| it.rule == "yaml-requoted")
        .collect();
    assert!(!found.is_empty());
    let edits = found
        .iter()
        .flat_map(|it| &it.fixes)
        .map(|fix| fix.edits.len());
    assert!(edits.sum::<usize>() <= 6_000);
    // What somebody says, below a value that is never closed.
    let lines = "User: a\n".repeat(10_000);
    let (_, found) = findings(&file(AGENT, &agent(&format!("description: \"c\n{lines}"))));
    let fixes = found.iter().flat_map(|it| &it.fixes);
    assert!(fixes.map(|fix| fix.edits.len()).sum::<usize>() <= 20_000);
}

#[test]
fn a_broken_quoted_text_is_no_block_where_it_would_change() {
    for value in [
        r#""one \"two\": three" four"#,
        "'it''s: so' they say",
        r#""a" b: "c" d"#,
    ] {
        let text = agent(&format!("name: a-b\ndescription: {value}"));
        let rule = found(AGENT, &text)[0];
        for mended in mended(AGENT, &text, rule) {
            assert!(!mended.contains("|-"), "{mended}");
        }
    }
    let text = agent("name: a-b\ndescription: \"Tea\" is: good");
    let mended = mended(AGENT, &text, "yaml-requoted");
    assert!(
        mended[0].contains("description: '\"Tea\" is: good'\n"),
        "{mended:?}"
    );
}

#[test]
fn a_list_that_is_never_closed_is_to_be_closed() {
    let text = agent("name: a-b\ndescription: c\ntools: [Read, Grep");
    let (fixture, found) = findings(&file(AGENT, &text));
    let finding = found.iter().find(|it| it.rule == "yaml-requoted").unwrap();
    assert_eq!(finding.range.of(&fixture.files[0].source), "[");
    assert!(
        finding.message.contains("Close it with `]`"),
        "{}",
        finding.message
    );
    assert!(
        finding.message.contains("one string"),
        "{}",
        finding.message
    );
    let mended = mended(AGENT, &text, "yaml-requoted");
    assert!(mended[0].contains("tools: [Read, Grep]\n"), "{mended:?}");
}

#[test]
fn a_header_that_is_too_long_is_said_to_be_and_is_not_mended() {
    let description = "word ".repeat(crate::limits::MAX_HEADER_BYTES / 5);
    for end in ["\n", "\r\n"] {
        let text = agent(&format!("name: a-b\ndescription: {description}")).replace('\n', end);
        let (_, found) = findings(&file(AGENT, &text));
        let [finding] = &found[..] else {
            panic!("{found:#?}")
        };
        assert_eq!(finding.rule, "unreadable-file");
        assert!(finding.fixes.is_empty());
    }
}
