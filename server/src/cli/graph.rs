//! `agentls graph`: the team of a workspace as a picture.

use std::fs;
use std::io::{self, Write};
use std::path::{Component, Path};
use std::process::ExitCode;

use agentls_analysis::features::graph::Options;

use super::workspace::{self, TeamFiles};
use super::{FAILURE, GraphArguments, complain, printed, warn, warn_of, write};
use crate::graph::{self, Drawing, Nonce, Team};
use crate::lsp::convert;
use crate::paths::percent_encoded;

pub(super) fn run(arguments: &GraphArguments) -> ExitCode {
    let (request, current) = match workspace::request(&arguments.path) {
        Ok(found) => found,
        Err(error) => {
            complain(error);
            return ExitCode::from(FAILURE);
        }
    };
    let output = arguments.output.as_deref();
    let output = output.filter(|path| *path != Path::new("-"));
    let output = output.map(|path| current.join(path));
    if output.is_some() {
        write::finish_files_when_interrupted();
    }
    let found = request.team(arguments.user_agents);
    warn_of(&found.left_out, &current);
    let team = team(&found, output.as_deref(), arguments.skills);
    let Drawing { text, advice } = graph::render(team, arguments.format, Nonce::OfContent);
    if let Some(advice) = advice {
        warn(advice);
    }
    let Some(output) = output else {
        return printed(print(&text));
    };
    match write::create(&output, &text) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let named = arguments.output.as_ref().unwrap_or(&output);
            complain(format_args!(
                "`{}` cannot be written: {error}",
                named.display()
            ));
            ExitCode::from(FAILURE)
        }
    }
}

/// The team, with links that lead from the file that is written, so that it can be kept and
/// moved beside the agents; what is printed may end up anywhere, and links by absolute paths.
fn team(found: &TeamFiles, output: Option<&Path>, skills: bool) -> Team {
    let name = found.root.file_name();
    let title = name.map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let folder = output
        .and_then(Path::parent)
        .and_then(|folder| fs::canonicalize(folder).ok());
    let href = |id| {
        let file = found.workspace.index.file(id)?;
        let path = found.root.join(file.path.as_str());
        let relative = folder.as_deref().and_then(|folder| relative(&path, folder));
        relative.or_else(|| Some(convert::uri_of(&path)?.as_str().to_owned()))
    };
    let options = Options { skills };
    let team = Team::new(title, &found.workspace, &found.texts, &options, href);
    match &found.within {
        Some(within) => team.within(within),
        None => team,
    }
}

/// The way from a folder to a file, as a link says it. `None` where there is none, as from one
/// drive to another.
fn relative(path: &Path, folder: &Path) -> Option<String> {
    let mut to = path.components().peekable();
    let mut from = folder.components().peekable();
    if to.peek() != from.peek() {
        return None;
    }
    while to.peek().is_some() && to.peek() == from.peek() {
        to.next();
        from.next();
    }
    let mut segments: Vec<String> = from.map(|_| "..".to_owned()).collect();
    for component in to {
        let Component::Normal(segment) = component else {
            return None;
        };
        segments.push(percent_encoded(segment.to_str()?).to_string());
    }
    Some(segments.join("/"))
}

fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    if !text.ends_with('\n') {
        out.write_all(b"\n")?;
    }
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_link_leads_from_the_page_to_the_file() {
        let link = |path: &str, folder: &str| relative(Path::new(path), Path::new(folder));
        let expected = |link: &str| Some(link.to_owned());
        assert_eq!(link("/a/b/c.md", "/a"), expected("b/c.md"));
        assert_eq!(
            link("/a/b/c d#.md", "/a/x/y"),
            expected("../../b/c%20d%23.md")
        );
        assert_eq!(link("/a/b.md", "/a/b.md"), expected(""));
        assert_eq!(link("/a:b/c.md", "/"), expected("a%3Ab/c.md"));
    }
}
