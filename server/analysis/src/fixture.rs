//! Workspaces for tests, written as a person would see them.
//!
//! `//- /path` starts a file, `$0` is the cursor, and a line of carets is an expectation
//! about the line above it: `^^^^ text`. The two slashes before the carets are optional.

use crate::agent::SourceFile;
use crate::config::{self, Configs};
use crate::index::{Depth, FileId, Scope, Workspace};
use crate::path::FilePath;
use crate::rules;
use crate::syntax::document::Document;
use crate::text::ByteRange;

/// A workspace that a test wrote down.
pub(crate) struct Fixture {
    pub(crate) workspace: Workspace,
    pub(crate) files: Vec<SourceFile>,
    /// The file and the byte where `$0` stood.
    pub(crate) cursor: Option<(usize, usize)>,
    /// File, bytes and text of each caret line, in the order of the text.
    pub(crate) annotations: Vec<(usize, ByteRange, String)>,
}

impl Fixture {
    pub(crate) fn parse(text: &str) -> Self {
        let mut workspace = Workspace::default();
        let mut files = Vec::new();
        let mut cursor = None;
        workspace.configs = read_configs(text).into();
        let mut annotations = Vec::new();
        for (path, text) in split(text) {
            if path.ends_with(".mcp.json") {
                let _ = workspace.index.set_mcp(&FilePath::new(&path), &text);
                continue;
            }
            if let Some(folder) = path.strip_suffix(".claude-plugin/plugin.json") {
                let _ = workspace
                    .index
                    .set_plugin(folder.trim_end_matches('/'), Some(&text));
                continue;
            }
            if path.ends_with(config::FILE_NAME) {
                continue;
            }
            let at = files.len();
            let mut source = String::new();
            let mut line_start = 0;
            for line in text.split_inclusive('\n') {
                if let Some((from, to, said)) = carets(line) {
                    let end = source.trim_end_matches('\n').len();
                    let range =
                        ByteRange::new((line_start + from).min(end), (line_start + to).min(end));
                    annotations.push((at, range, said));
                } else {
                    line_start = source.len();
                    source.push_str(line);
                    if let Some(found) = source[line_start..].find("$0") {
                        cursor = Some((at, line_start + found));
                        source.replace_range(line_start + found..line_start + found + 2, "");
                    }
                }
            }
            let mut document = Document::new(&source);
            let (id, path) = (FileId(at as u32), FilePath::new(&path));
            let reading = workspace.configs.reading(&path);
            files.push(SourceFile::new(id, path, &mut document, &reading));
        }
        for file in &files {
            let scope = if file.path.as_str().starts_with('~') {
                Scope::User
            } else {
                Scope::Workspace
            };
            let _ = workspace.index.insert(
                file.id,
                file.path.clone(),
                file.facts.clone(),
                Depth::Body,
                scope,
            );
        }
        Self {
            workspace,
            files,
            cursor,
            annotations,
        }
    }

    /// Asserts that `found` is exactly what is drawn under the source, in whatever order.
    #[track_caller]
    pub(crate) fn assert_drawn(&self, mut found: Vec<(usize, ByteRange, String)>) {
        let mut expected = self.annotations.clone();
        found.sort();
        expected.sort();
        assert_eq!(found, expected);
    }

    /// The file with the cursor, and the byte where it stands.
    pub(crate) fn cursor(&self) -> (&SourceFile, usize) {
        let (file, offset) = self.cursor.expect("the fixture has a $0");
        (&self.files[file], offset)
    }
}

/// The configurations among the files.
fn read_configs(text: &str) -> Configs {
    let config = |(path, text): (String, String)| {
        let folder = path.strip_suffix(config::FILE_NAME)?.trim_end_matches('/');
        let (config, _) = config::parse(&text, &rules::rule_names());
        Some((FilePath::new(folder), config.into()))
    };
    Configs::new(
        split(text).into_iter().filter_map(config),
        Default::default(),
    )
}

/// Byte columns of the carets and the text after them.
fn carets(line: &str) -> Option<(usize, usize, String)> {
    let text = line.trim_end();
    let from = text.find('^')?;
    let lead = text[..from].trim();
    let to = from
        + text[from..]
            .bytes()
            .take_while(|byte| *byte == b'^')
            .count();
    let said = text[to..].trim();
    ((lead.is_empty() || lead == "//") && !said.is_empty()).then(|| (from, to, said.to_owned()))
}

fn split(text: &str) -> Vec<(String, String)> {
    let text = text.strip_prefix('\n').unwrap_or(text);
    let mut files: Vec<(String, String)> = Vec::new();
    for line in text.split_inclusive('\n') {
        if let Some(path) = line.strip_prefix("//- /") {
            files.push((path.trim().to_owned(), String::new()));
        } else if let Some((_, text)) = files.last_mut() {
            text.push_str(line);
        } else {
            files.push((".claude/agents/one.md".to_owned(), line.to_owned()));
        }
    }
    files
}
