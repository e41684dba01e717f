//! `agentls references`: who names an agent, a skill or a command.

use std::io::{self, BufWriter, ErrorKind, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use agentls_analysis::agent::{Form, Name};
use agentls_analysis::text::{PositionEncoding, Text};
use serde::Serialize;

use super::report::name;
use super::workspace::{self, Referring};
use super::{FAILURE, Format, ReferencesArguments, complain, visible, warn_of};

/// A place that names it, as programs read it.
#[derive(Serialize)]
struct Place {
    /// Relative to the current folder, absolute outside it.
    path: String,
    /// From one on.
    line: u32,
    /// From one on, in Unicode scalar values.
    column: u32,
    form: &'static str,
    declaration: bool,
    #[serde(skip)]
    text: String,
}

#[derive(Serialize)]
struct Output {
    references: Vec<Place>,
}

pub(super) fn run(arguments: &ReferencesArguments) -> ExitCode {
    let (request, current) = match workspace::request(&arguments.path) {
        Ok(found) => found,
        Err(error) => {
            complain(error);
            return ExitCode::from(FAILURE);
        }
    };
    let wanted = Name::new(&arguments.name);
    let found = request.referring(arguments.user_agents, &wanted);
    warn_of(&found.left_out, &current);
    let places = places(&found, &current);
    let is_empty = places.is_empty();
    let printed = match arguments.format {
        Format::Text => print(&places),
        Format::Json => print_json(places),
    };
    if let Some(error) = printed
        .err()
        .filter(|error| error.kind() != ErrorKind::BrokenPipe)
    {
        complain(format_args!("the references cannot be printed: {error}"));
        return ExitCode::from(FAILURE);
    }
    if is_empty && arguments.format == Format::Text {
        let path = arguments.path.display();
        let said = format!("nothing in `{path}` is called `{wanted}` or mentions it");
        let _ = writeln!(io::stderr(), "{}", visible(&said));
    }
    ExitCode::from(u8::from(is_empty))
}

fn places(found: &Referring, current: &Path) -> Vec<Place> {
    let mut places = Vec::new();
    for references in found.references.chunk_by(|a, b| a.file == b.file) {
        let id = references.first().map(|first| first.file);
        let Some((id, file)) = id.and_then(|id| Some((id, found.index.file(id)?))) else {
            continue;
        };
        let source = found.texts.get(&id);
        let source = source.map_or(&*file.facts.header_text, String::as_str);
        let text = Text::new(source);
        let path = name(&found.root.join(file.path.as_str()), current);
        places.extend(references.iter().map(|reference| {
            let start = reference.range.start as usize;
            let position = text.position(start, PositionEncoding::Utf32);
            Place {
                path: path.clone(),
                line: position.line + 1,
                column: position.column + 1,
                form: reference.form.map_or("definition", Form::label),
                declaration: reference.form.is_none(),
                text: line_at(source, start).trim().to_owned(),
            }
        }));
    }
    places
}

/// The line that holds a byte, without its end.
fn line_at(source: &str, offset: usize) -> &str {
    let is_end = |c: char| matches!(c, '\n' | '\r');
    let (before, after) = source.split_at(offset);
    let start = before.rfind(is_end).map_or(0, |at| at + 1);
    let end = after.find(is_end).map_or(source.len(), |at| offset + at);
    &source[start..end]
}

/// One place a line. A person at a terminal sees the lines of the text too.
fn print(places: &[Place]) -> io::Result<()> {
    let stdout = io::stdout();
    let with_text = stdout.is_terminal();
    let mut out = BufWriter::new(anstream::AutoStream::auto(stdout.lock()));
    for Place {
        path,
        line,
        column,
        text,
        ..
    } in places
    {
        write!(out, "{}:{line}:{column}", visible(path))?;
        if with_text {
            let dim = anstyle::Style::new().dimmed();
            write!(out, "  {dim}{}{dim:#}", shortened(text))?;
        }
        writeln!(out)?;
    }
    out.flush()
}

/// Most characters of a line that are shown.
const SHOWN: usize = 100;

/// A line without what a terminal would obey, cut where it is long.
fn shortened(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(SHOWN)
        .collect();
    if text.chars().count() > SHOWN {
        shown.push('…');
    }
    shown
}

fn print_json(references: Vec<Place>) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    serde_json::to_writer_pretty(&mut out, &Output { references })?;
    writeln!(out)?;
    out.flush()
}
