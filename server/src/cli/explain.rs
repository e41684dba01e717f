//! `agentls explain`: the page of a rule, or which rules there are.

use std::borrow::Cow;
use std::io::{self, Write};
use std::process::ExitCode;

use agentls_analysis::rules::{RULES, Rule};
use anstyle::Style;

use super::{Output, Target, printed, summary};

pub(super) fn run(rule: Option<&Rule>) -> ExitCode {
    let mut output = Output::new(Target::Stdout);
    let result = match rule {
        Some(rule) => page(rule, &mut output),
        None => list(&mut output),
    };
    printed(result.and_then(|()| output.out.flush()))
}

/// Every rule with its severity and what it finds.
fn list(output: &mut Output) -> io::Result<()> {
    let names = RULES.iter().map(|rule| rule.name.len()).max().unwrap_or(0);
    let mut rules = RULES.to_vec();
    rules.sort_by_key(|rule| rule.name);
    for rule in rules {
        let severity = match rule.is_on {
            true => rule.severity.name(),
            false => "off",
        };
        let style = match rule.is_on {
            true => summary::style(rule.severity),
            false => Style::new().dimmed(),
        };
        let style = output.style(style);
        let line = format!(
            "{:<names$}  {style}{severity:<11}{style:#}  {}",
            rule.name,
            first_sentence(rule.page)
        );
        writeln!(output.out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// The page of a rule; at a terminal with headings in bold and code dimmed.
fn page(rule: &Rule, output: &mut Output) -> io::Result<()> {
    let page = match rule.page.is_empty() {
        true => Cow::Owned(format!("# {}\n", rule.name)),
        false => Cow::Borrowed(rule.page),
    };
    if !output.is_styled {
        return write!(output.out, "{page}");
    }
    let (bold, dim) = (Style::new().bold(), Style::new().dimmed());
    let mut fence = None;
    for line in page.lines() {
        let marker = marker(line);
        if let Some(open) = fence {
            if marker.starts_with(open) && line.trim() == marker {
                fence = None;
            } else {
                writeln!(output.out, "    {dim}{line}{dim:#}")?;
            }
        } else if !marker.is_empty() {
            fence = Some(marker);
        } else if let Some(heading) = heading(line) {
            writeln!(output.out, "{bold}{heading}{bold:#}")?;
        } else {
            writeln!(output.out, "{}", spans(line, dim))?;
        }
    }
    Ok(())
}

/// The backticks or tildes with which a line opens or closes a fence; else nothing.
fn marker(line: &str) -> &str {
    let line = line.trim_start();
    ['`', '~']
        .into_iter()
        .map(|c| &line[..line.len() - line.trim_start_matches(c).len()])
        .find(|marker| marker.len() >= 3)
        .unwrap_or("")
}

fn heading(line: &str) -> Option<&str> {
    let text = line.trim_start_matches('#');
    (text.len() < line.len()).then(|| text.strip_prefix(' '))?
}

/// A line in which what stands between backticks is in `style`, without them.
fn spans(line: &str, style: Style) -> String {
    let mut shown = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('`') {
        shown.push_str(before);
        let ticks = after.len() - after.trim_start_matches('`').len() + 1;
        let (ticks, after) = ("`".repeat(ticks), &after[ticks - 1..]);
        let Some((code, after)) = after.split_once(&ticks) else {
            shown.push_str(&ticks);
            rest = after;
            continue;
        };
        let is_padded = code.starts_with(' ') && code.ends_with(' ') && !code.trim().is_empty();
        let code = match is_padded {
            true => &code[1..code.len() - 1],
            false => code,
        };
        shown.push_str(&format!("{style}{code}{style:#}"));
        rest = after;
    }
    shown.push_str(rest);
    shown
}

/// What a rule finds: the first sentence of its page below the heading, without line ends.
pub(super) fn first_sentence(page: &str) -> String {
    let paragraph: Vec<&str> = page
        .lines()
        .skip_while(|line| line.trim().is_empty() || heading(line).is_some())
        .take_while(|line| !line.trim().is_empty())
        .map(str::trim)
        .collect();
    let paragraph = paragraph.join(" ");
    let mut in_code = false;
    let end = paragraph.char_indices().find(|(at, character)| {
        in_code ^= *character == '`';
        let rest = paragraph.get(at + 1..).unwrap_or("");
        *character == '.'
            && !in_code
            && rest.strip_prefix(' ').is_none_or(starts_sentence)
            && (rest.is_empty() || rest.starts_with(' '))
    });
    match end {
        Some((at, _)) => paragraph[..=at].to_owned(),
        None => paragraph,
    }
}

fn starts_sentence(text: &str) -> bool {
    text.starts_with(|c: char| c.is_uppercase() || c == '`')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sentence_stands_below_the_heading() {
        let page = "# unknown-tool\n\nAn entry of `tools` (e.g. in\n`a.B` or so) is no tool. It is lost.\n\n## Why\n";
        assert_eq!(
            first_sentence(page),
            "An entry of `tools` (e.g. in `a.B` or so) is no tool."
        );
        assert_eq!(first_sentence("No end"), "No end");
        assert_eq!(first_sentence(""), "");
    }

    #[test]
    fn code_is_told_by_its_style_and_not_by_backticks() {
        let shown = |line| spans(line, Style::new().dimmed());
        assert_eq!(shown("a `b` c"), "a \u{1b}[2mb\u{1b}[0m c");
        assert_eq!(
            shown("`` a`b `` and `open"),
            "\u{1b}[2ma`b\u{1b}[0m and `open"
        );
    }
}
