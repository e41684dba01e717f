//! What would change: a patch.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use similar::{ChangeTag, TextDiff};

use super::{Output, is_obeyed};

const CONTEXT_LINES: usize = 3;

/// Prints how the file called `name` changes, so that `patch -p1` and `git apply` understand it.
pub(super) fn print(output: &mut Output, name: &str, before: &str, after: &str) -> io::Result<()> {
    let [bold, red, green, cyan, plain] = [
        Style::new().bold(),
        AnsiColor::Red.on_default(),
        AnsiColor::Green.on_default(),
        AnsiColor::Cyan.on_default(),
        Style::new(),
    ]
    .map(|style| output.style(style));
    let is_terminal = output.is_terminal;
    let out = &mut output.out;
    for (sign, side) in [("---", "a"), ("+++", "b")] {
        writeln!(out, "{bold}{sign} {}{bold:#}", header(side, name))?;
    }
    // A patch knows one line end; others are characters of their line.
    let [before, after] =
        [before, after].map(|text| text.split_inclusive('\n').collect::<Vec<_>>());
    let mut configuration = TextDiff::configure();
    let diff = configuration
        .newline_terminated(true)
        .diff_slices(&before, &after);
    let mut unified = diff.unified_diff();
    for hunk in unified.context_radius(CONTEXT_LINES).iter_hunks() {
        writeln!(out, "{cyan}{}{cyan:#}", hunk.header())?;
        for change in hunk.iter_changes() {
            let (sign, style) = match change.tag() {
                ChangeTag::Equal => (' ', plain),
                ChangeTag::Delete => ('-', red),
                ChangeTag::Insert => ('+', green),
            };
            let line = change.value();
            let (line, has_end) = match line.strip_suffix('\n') {
                Some(line) => (line, true),
                None => (line, false),
            };
            let line = match is_terminal {
                true => shown(line),
                false => Cow::Borrowed(line),
            };
            writeln!(out, "{style}{sign}{line}{style:#}")?;
            if !has_end {
                writeln!(out, "\\ No newline at end of file")?;
            }
        }
    }
    Ok(())
}

/// What a side of the patch calls the file: in quotes, as git writes it, where the name holds
/// what would end the line or what a terminal would obey.
fn header(side: &str, name: &str) -> String {
    let path = match name.starts_with('/') {
        true => name.to_owned(),
        false => format!("{side}/{name}"),
    };
    let is_special = |c: char| is_obeyed(c) || matches!(c, '"' | '\\');
    if !path.contains(is_special) {
        return path;
    }
    let mut quoted = String::from("\"");
    for character in path.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            c if is_obeyed(c) => {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    _ = write!(quoted, "\\{byte:03o}");
                }
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A line without what a terminal would obey.
fn shown(line: &str) -> Cow<'_, str> {
    let is_obeyed = |c: char| is_obeyed(c) && c != '\t';
    match line.contains(is_obeyed) {
        true => Cow::Owned(line.replace(is_obeyed, "\u{fffd}")),
        false => Cow::Borrowed(line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_quoted_as_git_does_it_where_it_must_be() {
        assert_eq!(header("a", "x y/\u{fc}.md"), "a/x y/\u{fc}.md");
        assert_eq!(header("b", "/x.md"), "/x.md");
        assert_eq!(
            header("a", "x\n\u{1b}\"\\\u{202e}.md"),
            r#""a/x\012\033\"\\\342\200\256.md""#
        );
    }
}
