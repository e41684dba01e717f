//! How a name or path that leads nowhere is mended: the nearest one that exists, or the file
//! that is missing.

use std::cell::OnceCell;

use rustc_hash::FxHashMap;

use crate::agent::{Mention, Name, SourceFile};
use crate::edit;
use crate::host::{Reach, closest};
use crate::index::{Scope, Workspace, decoded, last_stem};
use crate::path::FilePath;
use crate::rules::new_agent::{Home, new_agent};
use crate::rules::{Applicability, Fix, NewFile};
use crate::text::TextEdit;

/// Writes another name in the place of one.
pub(super) fn rename(mention: &Mention, name: &str) -> Fix {
    let edit = TextEdit {
        range: mention.range,
        new_text: name.to_owned(),
    };
    Fix {
        is_preferred: true,
        ..Fix::new(Applicability::Unsafe, format!("Change to `{name}`"), [edit])
    }
}

/// What mends the mentions of one file. What several ask is found out once, and only then.
pub(super) struct Mender<'a> {
    workspace: &'a Workspace,
    file: &'a SourceFile,
    home: OnceCell<Option<Home>>,
    /// The files of the workspace by their folders.
    folders: OnceCell<FxHashMap<&'a str, Vec<&'a FilePath>>>,
}

impl<'a> Mender<'a> {
    pub(super) fn new(workspace: &'a Workspace, file: &'a SourceFile) -> Self {
        Self {
            workspace,
            file,
            home: OnceCell::new(),
            folders: OnceCell::new(),
        }
    }

    /// Makes the agent that a mention names.
    pub(super) fn create_agent(&self, mention: &Mention) -> Option<Fix> {
        let home = self
            .home
            .get_or_init(|| Home::of(self.workspace, self.file));
        new_agent(self.workspace, self.file, home.as_ref()?, mention).map(creation)
    }

    /// Makes the file that `extends` names.
    pub(super) fn create_base(&self, mention: &Mention) -> Option<Fix> {
        let written = mention.name.as_str();
        let is_relative = written.starts_with('.');
        if !written.contains('/') && !written.ends_with(".md") {
            return self.create_agent(mention);
        }
        let folder = if is_relative || !written.contains('/') {
            self.file.path.folder()
        } else {
            ""
        };
        let with_extension = match written.ends_with(".md") {
            true => written.to_owned(),
            false => format!("{written}.md"),
        };
        let path = FilePath::resolve(folder, &with_extension)?;
        if self.workspace.index.id_of(&path).is_some() {
            return None;
        }
        let end = edit::first_line_end(&self.file.source);
        let title = path.stem().replace(['-', '_'], " ");
        let text = format!("# {title}{end}");
        Some(creation(NewFile { path, text }))
    }

    /// The files of a folder.
    fn in_folder(&self, folder: &str) -> &[&'a FilePath] {
        let folders = self.folders.get_or_init(|| {
            let mut folders: FxHashMap<&str, Vec<&FilePath>> = FxHashMap::default();
            for (_, file) in self.workspace.index.files() {
                folders
                    .entry(file.path.folder())
                    .or_default()
                    .push(&file.path);
            }
            folders
        });
        folders.get(folder).map_or(&[], Vec::as_slice)
    }

    /// Changes a link to the path of a file that has the same name, or nearly.
    pub(super) fn other_paths(&self, mention: &Mention) -> Vec<Fix> {
        let index = &self.workspace.index;
        let folder = self.file.path.folder();
        let written = decoded(mention.name.as_str());
        let stem = last_stem(&written);
        let same: Vec<&FilePath> = index
            .with_stem(&Name::new(stem))
            .filter_map(|id| index.file(id))
            .filter(|other| other.scope == Scope::Workspace)
            .map(|other| &other.path)
            .take(MAX_SAME_STEM + 1)
            .collect();
        if same.len() > MAX_SAME_STEM {
            return Vec::new();
        }
        let mut paths: Vec<String> = same.iter().map(|path| relative(folder, path)).collect();
        if paths.is_empty() {
            // A name that is misspelt in a folder that is not.
            let target = FilePath::resolve(folder, &written);
            let siblings = target.iter().flat_map(|path| self.in_folder(path.folder()));
            if let Some(meant) = closest(stem, siblings.map(|path| path.stem()), Reach::Far) {
                let at = written.rfind(stem);
                paths.extend(
                    at.map(|at| {
                        format!("{}{meant}{}", &written[..at], &written[at + stem.len()..])
                    }),
                );
            }
        }
        paths.retain(|path| !path.contains([' ', '(', ')', '<', '>']) && *path != *written);
        paths.sort_by_key(|path| (path.len(), path.clone()));
        paths.truncate(MAX_PATHS);
        let is_only = paths.len() == 1;
        let fix = |path: String| Fix {
            is_preferred: is_only,
            applicability: Applicability::Manual,
            ..rename(mention, &path)
        };
        paths.into_iter().map(fix).collect()
    }
}

fn creation(file: NewFile) -> Fix {
    let title = format!("Create {}", file.path);
    Fix {
        create: Some(file),
        ..Fix::new(Applicability::Manual, title, Vec::new())
    }
}

/// How many paths are offered in the place of one.
const MAX_PATHS: usize = 3;

/// Of more files with one name, none is meant more than the others.
const MAX_SAME_STEM: usize = 32;

/// The path of a file as it is written in a file of `folder`.
fn relative(folder: &str, path: &FilePath) -> String {
    let from: Vec<&str> = folder
        .split('/')
        .filter(|segment| !segment.is_empty())
        .collect();
    let to: Vec<&str> = path.segments().collect();
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..", from.len() - shared);
    let segments: Vec<&str> = up.chain(to[shared..].iter().copied()).collect();
    segments.join("/")
}
