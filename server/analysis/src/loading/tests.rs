//! What programs make of headers, by the facts on loading.

use proptest::prelude::*;

use super::*;
use crate::promises::header::loading_is_sound;
use crate::syntax::frontmatter;

fn loading(source: &str) -> Loading {
    by(Parsing::Requotes, source)
}

fn by(parsing: Parsing, source: &str) -> Loading {
    loading_by(parsing, source, frontmatter::scan(source).as_ref())
}

#[track_caller]
fn check(source: &str, verdict: Verdict) -> Loading {
    let loading = loading(source);
    assert_eq!(loading.verdict, verdict, "{source:?}: {loading:?}");
    loading
}

const PLAIN: &str = "---\nname: a\ndescription: Does a.\n---\nBody.\n";
const COLON: &str = "---\nname: a\ndescription: Use when: b\n---\nBody.\n";

#[test]
fn line_ends_and_a_byte_order_mark_decide_with_the_colon() {
    for (source, lf, crlf) in [
        (PLAIN, Verdict::Loads, Verdict::Loads),
        (COLON, Verdict::Requoted, Verdict::Dropped),
    ] {
        check(source, lf);
        check(&source.replace('\n', "\r\n"), crlf);
        check(&format!("\u{feff}{source}"), Verdict::Late);
        check(
            &format!("\u{feff}{}", source.replace('\n', "\r\n")),
            Verdict::Late,
        );
        check(&format!("\n{source}"), Verdict::Late);
        check(
            &format!("\r\n{}", source.replace('\n', "\r\n")),
            Verdict::Late,
        );
    }
}

#[test]
fn text_alone_has_no_header() {
    check("", Verdict::None);
    check("# Title\n\nname: a\n", Verdict::None);
    check("---\n\nProse.\n\nMore.\n", Verdict::None);
    check("    ---\n    name: a\n    ---\n", Verdict::None);
}

#[test]
fn a_header_can_end_with_the_file_or_never() {
    check("---\nname: a\n---", Verdict::Loads);
    check("---  \nname: a\n---\t", Verdict::Loads);
    check("---\n---\n", Verdict::Loads);
    check("---\nname: a\n", Verdict::Unclosed);
    check(
        "---\nname: a\n\n# Body\n\n| a |\n|---|\n",
        Verdict::Unclosed,
    );
}

#[test]
fn three_dashes_end_the_header_wherever_they_stand() {
    let source = "---\nname: a\ndescription: a --- b\n---\n";
    let loading = check(source, Verdict::Loads);
    assert_eq!(loading.cut, Some(ByteRange::new(27, 30)));

    let source = "---\nname: a\ndescription: \"a --- b\"\n---\n";
    let loading = check(source, Verdict::Dropped);
    assert_eq!(loading.cut.map(|cut| cut.of(source)), Some("---"));

    let source = "---\nname: a\n-----\nBody.\n";
    assert_eq!(
        check(source, Verdict::Loads).cut,
        Some(ByteRange::new(12, 15))
    );
    assert_eq!(check(PLAIN, Verdict::Loads).cut, None);
}

#[test]
fn lone_carriage_returns_open_no_header() {
    check("---\rname: a\r---\r", Verdict::None);
    check("---\nname: a\rdescription: b\n---\n", Verdict::Loads);
}

#[test]
fn version_1_2_words_and_repeated_keys_are_no_faults() {
    check("---\nname: yes\nname: no\n<<: *a\n---\n", Verdict::Dropped);
    check("---\nname: yes\nname: no\n---\n", Verdict::Loads);
}

#[test]
fn the_retry_quotes_every_line_with_a_special_character() {
    let source = "---\nname: a\ndescription: Use: b\ntools: [Read, Write]\nmodel: \"x: y\"\nmaxTurns: 3 # c\n---\n";
    let loading = check(source, Verdict::Requoted);
    let lines: Vec<_> = loading
        .requoted
        .iter()
        .map(|line| {
            (
                line.key.of(source),
                line.value.of(source),
                line.changes_type,
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            ("description", "Use: b", false),
            ("tools", "[Read, Write]", true),
            ("maxTurns", "3 # c", true),
        ]
    );
    let fault = loading.error.unwrap();
    assert_eq!(fault.range.of(source), ":");
    assert_eq!(&*fault.message, "an unquoted `: `");
}

#[test]
fn the_retry_mends_what_quotes_can_mend() {
    check("---\nargument-hint: [a] [b]\n---\n", Verdict::Requoted);
    check(
        "---\ndescription: say \"a\": b \\ c\n---\n",
        Verdict::Requoted,
    );
    check("---\ndescription: @a `b` %c\n---\n", Verdict::Requoted);
    check("---\ndescription: *all\n---\n", Verdict::Requoted);
}

#[test]
fn the_retry_leaves_other_lines_alone() {
    // Indented, a digit in the key, no blank, all in quotes, an odd line end.
    check("---\nmetadata:\n  note: a: b\n---\n", Verdict::Dropped);
    check("---\nkey2: a: b\n---\n", Verdict::Dropped);
    check("---\nname: a\ndescription: 'it's'\n---\n", Verdict::Dropped);
    check("---\ndescription: a: b\u{2028}c\n---\n", Verdict::Dropped);
    check(
        "---\ndescription: a: b\n  and more\n---\n",
        Verdict::Dropped,
    );
}

#[test]
fn a_dropped_header_is_at_fault_where_quotes_do_not_help() {
    let source = "---\nname: a\ndescription: Use: b\n<example>\nuser: c\n---\n";
    let fault = check(source, Verdict::Dropped).error.unwrap();
    assert_eq!(fault.range.of(source), "<example>");
}

#[test]
fn a_bracket_may_close_at_the_start_of_a_line() {
    check("---\ntools: [\n  Read,\n]\n---\n", Verdict::Loads);
}

proptest! {
    #[test]
    fn ranges_lie_on_characters(body in "([a-c]: |---|\r\n|[ \n\r:#,'\"|>\\[\\]é😀\u{2028}\u{feff}\u{1}-]|x){0,40}") {
        for source in [format!("---\n{body}"), format!("---\r\n{body}\n---\n"), format!("---\n{body}\n---\n"), body] {
            loading_is_sound(&loading(&source), &source);
        }
    }
}

/// The verdicts of a program that re-quotes, one that is strict, one that makes blocks and one
/// that is lenient.
const PROGRAMS: [Parsing; 4] = [
    Parsing::Requotes,
    Parsing::Strict,
    Parsing::BlockScalars,
    Parsing::Lenient,
];

/// Verdicts as letters: loads, re-quoted, dropped, none, unclosed, late (`<`).
fn letters(source: &str) -> String {
    let letter = |parsing: Parsing| match by(parsing, source).verdict {
        Verdict::Loads => 'l',
        Verdict::Requoted => 'r',
        Verdict::Dropped => 'd',
        Verdict::None => 'n',
        Verdict::Unclosed => 'u',
        Verdict::Late => '<',
    };
    PROGRAMS.map(letter).iter().collect()
}

#[test]
fn every_program_has_its_verdict_with_every_line_end() {
    // The header, and the verdicts of the four programs with LF and with CRLF.
    for (what, header, lf, crlf) in [
        (
            "nothing odd",
            "name: a\ndescription: Does a.",
            "llll",
            "llll",
        ),
        (
            "words of YAML 1.1",
            "name: yes\nbackground: off\ncolor: 0o17",
            "llll",
            "llll",
        ),
        (
            "a key twice",
            "name: a\nname: b\ndescription: c",
            "llll",
            "llll",
        ),
        (
            "keys that nobody knows",
            "name: a\nshoe_size: 44",
            "llll",
            "llll",
        ),
        (
            "an unquoted colon",
            "name: a\ndescription: Use when: b",
            "rdrl",
            "ddrd",
        ),
        (
            "a colon in quotes",
            "name: a\ndescription: \"Use when: b\"",
            "llll",
            "llll",
        ),
        (
            "a colon in a block",
            "name: a\ndescription: |\n  Use when: b",
            "llll",
            "llll",
        ),
        (
            "a value in brackets that goes on",
            "argument-hint: [a] [b]",
            "rddl",
            "dddd",
        ),
        (
            "a value that starts with an at",
            "description: @a writes",
            "rddl",
            "dddd",
        ),
        (
            "a value that starts with a star",
            "description: *all of it",
            "rddl",
            "dddd",
        ),
        (
            "a value that starts with a tick",
            "description: `a` writes",
            "rddl",
            "dddd",
        ),
        (
            "a colon beside a list",
            "description: Use: b\ntools: [Read, Write]",
            "rdrl",
            "ddrd",
        ),
        (
            "a colon below a key",
            "metadata:\n  note: a: b",
            "dddd",
            "dddd",
        ),
        (
            "lines at column 0",
            "name: a\ndescription: Does a.\n<example>\nYes.\n</example>",
            "dddd",
            "dddd",
        ),
        (
            "a colon and lines at column 0",
            "name: a\ndescription: Use: b\n<example>\nYes.",
            "dddd",
            "dddd",
        ),
        (
            "dashes in a plain value",
            "name: a\ndescription: b --- c",
            "llll",
            "llll",
        ),
        (
            "dashes in quotes",
            "name: a\ndescription: \"b --- c\"",
            "dlll",
            "dlll",
        ),
        (
            "a tab before a nested key",
            "metadata:\n\tnote: a",
            "dddd",
            "dddd",
        ),
        ("nothing", "", "llll", "llll"),
    ] {
        let source = format!("---\n{header}\n---\nBody.\n").replace("\n\n---", "\n---");
        let with_crlf = source.replace('\n', "\r\n");
        assert_eq!(
            (&*letters(&source), &*letters(&with_crlf)),
            (lf, crlf),
            "{what}"
        );
        // The end of the file is as good as a line end.
        let at_end = source.strip_suffix("\nBody.\n").unwrap();
        assert_eq!(letters(at_end), lf, "{what}, at the end of the file");
        for source in [source, with_crlf] {
            for before in ["\u{feff}", "\n", "\r\n", "\u{feff}\n", "A note.\n\n"] {
                let late = letters(&format!("{before}{source}"));
                let is_header = header.contains("name") || header.contains("description");
                let is_header = is_header && !header.contains("<example>");
                assert!(
                    late == "<<<<" || !is_header,
                    "{what} after {before:?}: {late}"
                );
            }
        }
    }
}

#[test]
fn programs_that_end_a_header_by_its_line_do_not_see_dashes_in_it() {
    assert_eq!(letters("---\nname: a\n-----\nBody.\n"), "luuu");
    assert_eq!(letters("---\nname: a\n"), "uuuu");
    assert_eq!(letters("name: a\n"), "nnnn");
}

#[test]
fn the_programs_of_a_file_are_told_by_its_path_and_target() {
    let of = |path: &str, target: &str| {
        let source = format!("---\nname: a\ndescription: Use: b\n{target}---\n");
        let header = frontmatter::scan(&source);
        let path = FilePath::new(path);
        let hosts = Hosts::builtin();
        let kind = hosts.classify(&path, header.as_ref(), None);
        let loading = super::loading(&source, header.as_ref(), &path, kind);
        let title = |id: ProgramId| hosts.program(id).unwrap().title.as_str();
        let mut said = format!(
            "{}: {:?}",
            loading.by.map_or("somebody", title),
            loading.verdict
        );
        for (id, verdict) in loading.others {
            said += &format!(", {}: {verdict:?}", title(id));
        }
        said
    };
    for (path, target, said) in [
        (
            ".claude/agents/a.md",
            "",
            "Claude Code: Requoted, Copilot CLI: Dropped, VS Code: Loads",
        ),
        (".claude/agents/deep/a.md", "", "Claude Code: Requoted"),
        ("plugin/agents/a.md", "", "Claude Code: Requoted"),
        (
            ".github/agents/a.md",
            "",
            "Copilot CLI: Dropped, VS Code: Loads",
        ),
        (".github/agents/a.md", "target: vscode\n", "VS Code: Loads"),
        (
            ".github/agents/a.agent.md",
            "target: github-copilot\n",
            "Copilot CLI: Dropped",
        ),
        ("x/a.agent.md", "", "VS Code: Loads"),
        (".github/prompts/a.prompt.md", "", "VS Code: Loads"),
        (".opencode/agents/a.md", "", "OpenCode: Requoted"),
        (".gemini/agents/a.md", "", "Gemini CLI: Dropped"),
        (".cursor/rules/a.mdc", "", "Cursor: Loads"),
        (".kiro/agents/a.md", "", "somebody: Dropped"),
    ] {
        assert_eq!(of(path, target), said, "{path} {target}");
    }
}
