//! Will the host load this file?

mod mend;
#[cfg(test)]
mod tests;

use super::{Applicability, Fix, Reader, Report, Rule, Severity, rule};
use crate::edit::{Place, first_line_end, quoted, scalar};
use crate::host::{Hosts, Parsing, Program, Unparsed};
use crate::limits::MAX_HEADER_BYTES;
use crate::loading::{Verdict, loading_by};
use crate::rules::names;
use crate::rules::text::{first_words, slug_or};
use crate::syntax::frontmatter::{self, Header};
use crate::syntax::yaml;
use crate::text::{ByteRange, TextEdit};

/// Something stands before the opening `---` of what is clearly a header.
pub(super) const FRONTMATTER_NOT_FIRST: Rule = rule!("frontmatter-not-first", Severity::Error);
/// The header is never closed.
pub(super) const FRONTMATTER_UNCLOSED: Rule = rule!("frontmatter-unclosed", Severity::Error);
/// A file that is clearly an agent has no header.
pub(super) const FRONTMATTER_MISSING: Rule = rule!("frontmatter-missing", Severity::Error);
/// The header does not parse, even by the host's second attempt.
pub(super) const YAML_DROPPED: Rule = rule!("yaml-dropped", Severity::Error);
/// The header loads only because the host puts values in quotes.
pub(super) const YAML_REQUOTED: Rule = rule!("yaml-requoted", Severity::Warning);
/// Not UTF-8, too large, or not readable.
pub(super) const UNREADABLE_FILE: Rule = rule!("unreadable-file", Severity::Warning);
/// A `---` inside a value ends the header early.
pub(super) const HEADER_CUT: Rule = rule!("header-cut", Severity::Warning);

pub(super) fn check(host: &Reader<'_>, report: &mut Report<'_>) {
    let facts = &report.file.facts;
    let Some(header) = &facts.header else {
        missing(host, report);
        return;
    };
    if header.is_cut {
        let message = format!(
            "The rest of this file is skipped: its header has more than the {MAX_HEADER_BYTES} bytes that are read. Shorten it."
        );
        report.add(&UNREADABLE_FILE, header.opening, message);
        return;
    }
    match facts.loading.verdict {
        Verdict::Late => not_first(host, header, report),
        Verdict::Unclosed => unclosed(host, header, report),
        Verdict::Dropped => dropped(host, header, report),
        Verdict::Requoted => requoted(host, header, report),
        Verdict::Loads | Verdict::None => {}
    }
    cut(host, header, report);
    if !is_list(host, header, report.source()) {
        empty(header, report);
    }
    names::check(host, report);
}

/// The program whose verdict counts.
pub(super) fn program(report: &Report<'_>) -> Option<&'static Program> {
    Hosts::builtin().program(report.file.facts.loading.by?)
}

/// What messages call it.
pub(super) fn title<'a>(host: &Reader<'a>, report: &Report<'_>) -> &'a str {
    program(report).map_or(host.title, |program| &program.title)
}

/// Whether it is known to drop a file of this kind that it cannot read.
fn drops(program: &Program, report: &Report<'_>) -> bool {
    program.unparsed.get(&report.file.facts.kind.role) == Some(&Unparsed::Dropped)
}

fn missing(host: &Reader<'_>, report: &mut Report<'_>) {
    let required: Vec<&str> = host
        .data
        .keys()
        .iter()
        .filter(|key| key.required)
        .map(|key| key.name.as_str())
        .collect();
    let path = &report.file.path;
    if required.is_empty()
        || !Hosts::builtin().expects_header(path)
        || report.workspace.index.is_in_plugin(path)
    {
        return;
    }
    let source = report.source();
    let first = first_line(source);
    let host_name = title(host, report);
    let is_certain = program(report).is_some_and(|program| drops(program, report));
    let severity = severity(&FRONTMATTER_MISSING, is_certain);
    let does = if is_certain { "does" } else { "may" };
    if first.of(source) == "---" {
        let message = format!(
            "{host_name} {does} not load this file: a header has to start in the first column of the first line. Take away what stands before this `---`, and the indentation of its lines."
        );
        report
            .add_as(&FRONTMATTER_MISSING, severity, first, message)
            .fix(|| outdent(source, first));
        return;
    }
    let keys: Vec<String> = required.iter().map(|key| format!("`{key}:`")).collect();
    let message = format!(
        "{host_name} {does} not load this file: it has no header. Start it with `---`, {} and `---`.",
        keys.join(", ")
    );
    let stem = path.stem();
    let noun = report.file.facts.kind.role.noun();
    report
        .add_as(&FRONTMATTER_MISSING, severity, first, message)
        .fix(|| Some(skeleton(source, &required, stem, noun)));
}

/// The severity of a rule, and one less where nobody knows for certain.
fn severity(rule: &Rule, is_certain: bool) -> Severity {
    if is_certain {
        rule.severity
    } else {
        Severity::Warning
    }
}

/// A header with the keys that have to be there.
fn skeleton(source: &str, required: &[&str], stem: &str, noun: &str) -> Fix {
    let end = first_line_end(source);
    let mut text = format!("---{end}");
    for key in required {
        let value = match *key {
            "name" => scalar(&slug_or(stem, noun), Place::Block),
            "description" => quoted(&first_words(source).unwrap_or_else(|| stem.to_owned())),
            _ => String::new(),
        };
        text.push_str(format!("{key}: {value}").trim_end());
        text.push_str(end);
    }
    text.push_str(&format!("---{end}{end}"));
    let mark = source.len() - source.trim_start_matches('\u{feff}').len();
    let edit = TextEdit {
        range: ByteRange::new(0, mark),
        new_text: text,
    };
    Fix::new(Applicability::Manual, "Insert a header", [edit])
}

/// Moves the lines of an indented header to the first column.
fn outdent(source: &str, opening: ByteRange) -> Option<Fix> {
    let start = opening.start as usize;
    let indent = start - source[..start].rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let mut edits = vec![TextEdit {
        range: ByteRange::new(0, start),
        new_text: String::new(),
    }];
    let mut at = start;
    for line in source[start..].split_inclusive(['\n', '\r']) {
        let text = line.trim_start_matches([' ', '\t']);
        let blank = (line.len() - text.len()).min(indent);
        if at > start && blank > 0 {
            edits.push(TextEdit {
                range: ByteRange::new(at, at + blank),
                new_text: String::new(),
            });
        }
        if at > start && text.trim_end() == "---" {
            let fix = Fix::new(Applicability::Unsafe, "Move the header to the start", edits);
            let (text, _) = super::apply(source, [&fix]);
            let header = frontmatter::scan(&text)?;
            let is_whole = header.leading.is_none() && header.closing.is_some();
            return is_whole.then_some(fix);
        }
        at += line.len();
    }
    None
}

fn not_first(host: &Reader<'_>, header: &Header, report: &mut Report<'_>) {
    let Some(leading) = header.leading else {
        return;
    };
    let source = report.source();
    let text = leading.of(source);
    let is_text = !text
        .trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
        .is_empty();
    let what = match text {
        text if text.starts_with('\u{feff}') => "a byte order mark stands",
        _ if is_text => "text stands",
        _ => "a blank line stands",
    };
    let host_name = title(host, report);
    let is_certain = program(report).is_some_and(|program| program.header_first);
    let does = if is_certain { "does" } else { "may" };
    let message = format!(
        "{}: {what} before the `---` of its header. {} it.",
        unloaded(host_name, does, report),
        if is_text { "Move" } else { "Remove" }
    );
    let removal = TextEdit {
        range: leading,
        new_text: String::new(),
    };
    let rule = &FRONTMATTER_NOT_FIRST;
    report
        .add_as(rule, severity(rule, is_certain), leading, message)
        .fix(|| {
            if !is_text {
                return Some(Fix::safe("Remove what stands before the header", [removal]));
            }
            let end = header.end as usize;
            let text = text.trim_start_matches('\u{feff}');
            let before = if source[..end].ends_with(['\n', '\r']) {
                ""
            } else {
                first_line_end(source)
            };
            let below = TextEdit {
                range: ByteRange::empty(end),
                new_text: format!("{before}{text}"),
            };
            let title = "Move what stands before the header below it";
            Some(Fix {
                is_preferred: true,
                ..Fix::new(Applicability::Unsafe, title, [removal, below])
            })
        });
}

fn unclosed(host: &Reader<'_>, header: &Header, report: &mut Report<'_>) {
    let host_name = title(host, report);
    let role = report.file.facts.kind.role;
    let is_certain = program(report).is_some_and(|program| program.unparsed.contains_key(&role));
    let does = if is_certain { "does" } else { "may" };
    let message = format!(
        "{}: its header is never closed. Put a line `---` after the last key.",
        unloaded(host_name, does, report)
    );
    let source = report.source();
    let parsing = parsing(report);
    let rule = &FRONTMATTER_UNCLOSED;
    report
        .add_as(rule, severity(rule, is_certain), header.opening, message)
        .fix(|| close(source, header, parsing));
}

/// What a program makes of a file whose header it does not see, as the start of a sentence.
fn unloaded(host_name: &str, does: &str, report: &Report<'_>) -> String {
    let role = report.file.facts.kind.role;
    let unparsed = program(report).and_then(|program| program.unparsed.get(&role));
    match unparsed {
        Some(Unparsed::WithoutHeader) => {
            format!(
                "{host_name} reads this {} as if it had no header",
                role.noun()
            )
        }
        _ => format!("{host_name} {does} not load this file"),
    }
}

/// Closes a header where its keys end.
fn close(source: &str, header: &Header, parsing: Parsing) -> Option<Fix> {
    let end = header.content.end as usize;
    let eol = first_line_end(source);
    let before = if source[..end].ends_with(['\n', '\r']) {
        ""
    } else {
        eol
    };
    let edit = TextEdit {
        range: ByteRange::empty(end),
        new_text: format!("{before}---{eol}"),
    };
    let rest = &source[end..];
    // Where the prompt begins on the line below the last key, that line may have been meant
    // as a part of its value.
    let is_clear = rest.is_empty() || rest.starts_with(['\n', '\r', '#']);
    let applicability = if is_clear {
        Applicability::Safe
    } else {
        Applicability::Unsafe
    };
    let fix = Fix {
        is_preferred: true,
        ..Fix::new(applicability, "Close the header after its last key", [edit])
    };
    (loads_after(source, &fix, parsing) && !header.entries.is_empty()).then_some(fix)
}

/// How the program whose verdict counts parses a header.
pub(super) fn parsing(report: &Report<'_>) -> Parsing {
    program(report).map_or_else(Parsing::default, |program| program.header)
}

/// Whether a header loads after a fix, if only with quotes that the program adds.
pub(super) fn loads_after(source: &str, fix: &Fix, parsing: Parsing) -> bool {
    matches!(
        verdict_after(source, fix, parsing),
        Verdict::Loads | Verdict::Requoted
    )
}

/// Most fixes of one file that are tried.
const MAX_KEPT_FIXES: usize = 100;

/// Drops the fixes after which a file that is loaded is not any more. Where a header is cut, an
/// edit above the place can bring lines into it that nobody has read so far; where it loads with
/// quotes that its program adds, a key can get a name whose value gets them too.
pub(super) fn keep_loading(report: &mut Report<'_>) {
    let loading = &report.file.facts.loading;
    let is_cut = loading.cut.is_some();
    let can_break = match loading.verdict {
        Verdict::Loads => is_cut,
        Verdict::Requoted => true,
        _ => false,
    };
    let Some(header) = report.file.facts.header.as_ref().filter(|_| can_break) else {
        return;
    };
    let (source, parsing) = (report.source(), parsing(report));
    let is_above = |edit: &TextEdit| edit.range.start < header.end;
    let names_key = |edit: &TextEdit| {
        let mut keys = header.entries.iter().map(|entry| entry.key_range);
        keys.any(|key| key.touches(edit.range.start as usize))
    };
    let mut parsed = 0;
    let mut loads = |fix: &Fix| {
        let is_harmless = match is_cut {
            true => !fix.edits.iter().any(is_above),
            false => !fix.edits.iter().any(names_key),
        };
        if is_harmless {
            return true;
        }
        parsed += 1;
        parsed <= MAX_KEPT_FIXES && loads_after(source, fix, parsing)
    };
    for finding in &mut report.findings {
        finding.fixes.retain(&mut loads);
    }
}

/// What a program makes of the header of a text to which a fix was applied.
fn verdict_after(source: &str, fix: &Fix, parsing: Parsing) -> Verdict {
    let (text, _) = super::apply(source, [fix]);
    loading_by(parsing, &text, frontmatter::scan(&text).as_ref()).verdict
}

fn dropped(host: &Reader<'_>, header: &Header, report: &mut Report<'_>) {
    let facts = &report.file.facts;
    let loading = &facts.loading;
    let Some(error) = &loading.error else {
        return;
    };
    let source = report.source();
    let own = program(report);
    let unparsed = own.and_then(|own| own.unparsed.get(&facts.kind.role).copied());
    let host_name = title(host, report);
    let noun = facts.kind.role.noun();
    let in_plugin = report.workspace.index.is_in_plugin(&report.file.path);
    let what = match unparsed {
        Some(Unparsed::Dropped) if in_plugin => format!(
            "{host_name} loads this {noun} under its file name, without its settings: its header does not parse"
        ),
        Some(Unparsed::Dropped) => {
            let droppers = droppers(report);
            format!(
                "{} this file: its header does not parse",
                match droppers.as_slice() {
                    [] => format!("{host_name} drops"),
                    others => format!("{host_name} and {} drop", others.join(" and ")),
                }
            )
        }
        Some(Unparsed::WithoutHeader) => format!(
            "{host_name} reads this {noun} as if it had no header: the header does not parse"
        ),
        None => {
            format!("{host_name} may drop this file or some of its keys: its header does not parse")
        }
    };
    let parsing = parsing(report);
    let by_line_ends = parsing == Parsing::Requotes && loads_with_line_feeds(source, header);
    let advice = if by_line_ends {
        "Put the value in quotes: those that the host adds do not help where lines end with CR and LF."
    } else {
        "Put the value in quotes or write it as an indented `|` block."
    };
    let message = format!("{what} ({}). {advice}", error.message);
    let severity = severity(&YAML_DROPPED, unparsed.is_some());
    report
        .add_as(&YAML_DROPPED, severity, error.range, message)
        .fixes(|| mend::fixes(source, header, host.data, parsing, by_line_ends));
}

/// The other programs that are known to drop the file.
fn droppers(report: &Report<'_>) -> Vec<&'static str> {
    let others = &report.file.facts.loading.others;
    others
        .iter()
        .filter(|(_, verdict)| *verdict == Verdict::Dropped)
        .filter_map(|(id, _)| Hosts::builtin().program(*id))
        .filter(|program| drops(program, report))
        .map(|program| program.title.as_str())
        .collect()
}

/// Whether a header that is dropped would load if its lines ended with LF.
fn loads_with_line_feeds(source: &str, header: &Header) -> bool {
    let text = source.get(..header.end as usize).unwrap_or(source);
    if !text.contains("\r\n") {
        return false;
    }
    let text = text.replace("\r\n", "\n");
    let header = frontmatter::scan(&text);
    loading_by(Parsing::Requotes, &text, header.as_ref()).verdict == Verdict::Requoted
}

/// Most edits of a fix that each of several findings offers.
const MAX_SHARED_EDITS: usize = 100;

fn requoted(host: &Reader<'_>, header: &Header, report: &mut Report<'_>) {
    let facts = &report.file.facts;
    let source = report.source();
    let error = facts.loading.error.as_ref();
    let host_name = title(host, report);
    let parsing = parsing(report);
    let writes = match parsing {
        Parsing::BlockScalars => "turns the value of `KEY` into a block",
        _ => "puts the value of `KEY` in quotes",
    };
    let droppers = droppers(report);
    let others = match droppers.as_slice() {
        [] => "a stricter reader drops the file".to_owned(),
        [one] => format!("{one} drops the file"),
        several => format!("{} drop the file", several.join(" and ")),
    };
    let changes = facts.loading.requoted.iter().any(|line| line.changes_type);
    let keys: Vec<_> = facts.loading.requoted.clone();
    let mut fixes: Option<Vec<Fix>> = None;
    for line in keys {
        let key = line.key.of(source);
        // Everybody writes `argument-hint: [a] [b]`, and it is meant as text.
        if key == "argument-hint" {
            continue;
        }
        let fault = error.filter(|error| {
            line.key.start <= error.range.start && error.range.start <= line.value.end
        });
        let (range, message) = if let Some(closing) =
            fault.and_then(|_| mend::missing_bracket(key, line.value.of(source), host.data))
        {
            let message = format!(
                "This `{}` is never closed, so {host_name} reads the whole value of `{key}` as one string; {others}. Close it with `{closing}`.",
                if closing == ']' { '[' } else { '{' },
            );
            let start = line.value.start as usize;
            (ByteRange::new(start, start + 1), message)
        } else if let Some(fault) = fault {
            let message = format!(
                "This header loads only because {host_name} {} ({}); {others}. Quote it, or write it as a `|` block.",
                writes.replace("KEY", key),
                fault.message
            );
            (fault.range, message)
        } else if line.changes_type {
            let message = format!(
                "Because of another line {host_name} puts this value in quotes, and {}. Mend the line at fault.",
                if line.value.of(source).starts_with('[') {
                    "its list becomes one string"
                } else {
                    "it becomes a string"
                }
            );
            (line.value, message)
        } else {
            continue;
        };
        report.add(&YAML_REQUOTED, range, message).fixes(|| {
            // All lines are mended at once: what is many edits, the first finding offers alone.
            match &mut fixes {
                Some(fixes) => {
                    fixes.retain(|fix| fix.edits.len() <= MAX_SHARED_EDITS);
                    fixes.clone()
                }
                None => fixes
                    .insert(mend::fixes(source, header, host.data, parsing, !changes))
                    .clone(),
            }
        });
    }
}

fn cut(host: &Reader<'_>, header: &Header, report: &mut Report<'_>) {
    let Some(cut) = report.file.facts.loading.cut else {
        return;
    };
    let host_name = title(host, report);
    let source = report.source();
    let parsing = parsing(report);
    let starts_line = source[..cut.start as usize].ends_with(['\n', '\r']);
    let dashes = source[cut.start as usize..]
        .bytes()
        .take_while(|byte| *byte == b'-');
    let dashes = ByteRange::new(cut.start as usize, cut.start as usize + dashes.count());
    if starts_line && dashes.len() > cut.len() {
        let message = format!(
            "{host_name} ends the header after three dashes: the others of this line begin the prompt. Close it with `---` alone."
        );
        let is_whole_line = source[dashes.end as usize..]
            .split(['\n', '\r'])
            .next()
            .is_none_or(|rest| rest.trim().is_empty());
        report.add(&HEADER_CUT, cut, message).fix(|| {
            let edit = TextEdit {
                range: ByteRange::new(cut.end as usize, dashes.end as usize),
                new_text: String::new(),
            };
            let title = "Close the header with three dashes";
            is_whole_line.then(|| Fix::safe(title, [edit]))
        });
        return;
    }
    let message = format!(
        "{host_name} ends the header at this `---`: what follows is read as the prompt. Write other dashes here."
    );
    report.add(&HEADER_CUT, cut, message).fix(|| {
        let content = header.content;
        let edits = runs_of_dashes(source, content)
            .into_iter()
            .map(|range| TextEdit {
                range,
                new_text: "—".to_owned(),
            });
        let title = "Write `—` in place of the dashes";
        let fix = Fix {
            is_preferred: true,
            ..Fix::new(Applicability::Manual, title, edits.collect::<Vec<_>>())
        };
        // What the dashes hid may be worse than they are.
        loads_after(source, &fix, parsing).then_some(fix)
    });
}

/// Where three dashes or more stand in a row.
fn runs_of_dashes(source: &str, range: ByteRange) -> Vec<ByteRange> {
    let mut found = Vec::new();
    let bytes = range.of(source).as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let length = bytes[at..].iter().take_while(|byte| **byte == b'-').count();
        if length >= 3 {
            found.push(ByteRange::new(at, at + length).shifted(range.start as usize));
        }
        at += length.max(1);
    }
    found
}

/// Whether a header is a list of several where the host takes one: no key stands at its top.
pub(super) fn is_list(host: &Reader<'_>, header: &Header, source: &str) -> bool {
    host.data.header_lists && header.entries.is_empty() && {
        let (node, _) = yaml::parse(header.content.of(source), 0);
        node.is_some_and(|node| !node.items().is_empty())
    }
}

fn empty(header: &Header, report: &mut Report<'_>) {
    let facts = &report.file.facts;
    let has_prompt = program(report).is_some_and(|program| {
        program
            .prompt_keys
            .iter()
            .any(|key| header.entry(key).is_some())
    });
    let is_blank = facts.body.as_ref().is_some_and(|body| body.is_blank);
    if let Some(closing) = header.closing
        && is_blank
        && facts.kind.is_agent()
        && !has_prompt
    {
        report.add(
            &super::body::EMPTY_BODY,
            closing,
            "This agent has no prompt: nothing follows its header. Write what it shall do below this line.",
        );
    }
}

/// The first line that is not blank, without the blanks around it.
fn first_line(source: &str) -> ByteRange {
    let start = source.len() - source.trim_start().len();
    let line = source[start..]
        .split(['\n', '\r'])
        .next()
        .unwrap_or("")
        .trim_end();
    ByteRange::new(start, start + line.len())
}
