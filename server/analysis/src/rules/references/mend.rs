//! How a name or path that leads nowhere is mended: the nearest one that exists, or the file
//! that is missing.

use crate::agent::{Form, Mention, Name, SourceFile};
use crate::edit::{self, scalar};
use crate::host::{Reach, closest};
use crate::index::{Scope, Workspace, decoded, last_stem};
use crate::path::FilePath;
use crate::rules::text::{line_end, plain, slug};
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

/// Makes the agent that a mention names, in the root of the file or of the agent nearest to it.
pub(super) fn create_agent(
    workspace: &Workspace,
    file: &SourceFile,
    mention: &Mention,
) -> Option<Fix> {
    let index = &workspace.index;
    let name = mention.name.as_str();
    // Only what is a name as it stands: a scope or blanks would need a decision.
    if slug(name) != name {
        return None;
    }
    let like = if file.facts.kind.is_agent() {
        file.path.clone()
    } else {
        let agents = index.agents().filter_map(|(id, _)| index.file(id));
        let paths = agents.map(|agent| &agent.path);
        let shared = |path: &FilePath| {
            let pairs = path.segments().zip(file.path.segments());
            pairs.take_while(|(a, b)| a == b).count()
        };
        paths
            .max_by_key(|path| (shared(path), std::cmp::Reverse(path.as_str().len())))?
            .clone()
    };
    let root = index.root_of(&like);
    let extension = like
        .file_name()
        .get(like.stem().len()..)
        .filter(|it| it.starts_with('.'));
    let path = FilePath::new(&format!(
        "{}{name}{}",
        if root.is_empty() {
            String::new()
        } else {
            format!("{root}/")
        },
        extension.unwrap_or(".md")
    ));
    let end = line_end(&file.source);
    let description = when(file, mention).unwrap_or_else(|| format!("Does the work of {name}."));
    let lines = [
        "---",
        &format!("name: {name}"),
        &format!("description: {}", scalar(&description, edit::Place::Block)),
        "---",
        "",
        &format!("You are {name}."),
        "",
    ];
    create(workspace, path, lines.join(end))
}

/// Makes the file that `extends` names.
pub(super) fn create_base(
    workspace: &Workspace,
    file: &SourceFile,
    mention: &Mention,
) -> Option<Fix> {
    let written = mention.name.as_str();
    let is_relative = written.starts_with('.');
    if !written.contains('/') && !written.ends_with(".md") {
        return create_agent(workspace, file, mention);
    }
    let folder = if is_relative || !written.contains('/') {
        file.path.folder()
    } else {
        ""
    };
    let with_extension = match written.ends_with(".md") {
        true => written.to_owned(),
        false => format!("{written}.md"),
    };
    let path = FilePath::resolve(folder, &with_extension)?;
    let end = line_end(&file.source);
    let title = path.stem().replace(['-', '_'], " ");
    create(workspace, path, format!("# {title}{end}"))
}

fn create(workspace: &Workspace, path: FilePath, text: String) -> Option<Fix> {
    if workspace.index.id_of(&path).is_some() {
        return None;
    }
    let title = format!("Create {path}");
    Some(Fix {
        create: Some(NewFile { path, text }),
        ..Fix::new(Applicability::Manual, title, Vec::new())
    })
}

/// What the row of a delegation table says about when to give work: its longest other cell.
fn when(file: &SourceFile, mention: &Mention) -> Option<String> {
    if !matches!(mention.form, Form::Cell { .. }) {
        return None;
    }
    let source = &*file.source;
    let start = mention.range.start as usize;
    let line_start = source[..start].rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let line = source[line_start..].split(['\n', '\r']).next()?;
    let mut at = line_start;
    let mut cells = Vec::new();
    for cell in line.split('|') {
        let holds = (at..=at + cell.len()).contains(&start);
        if !holds {
            cells.push(plain(cell));
        }
        at += cell.len() + 1;
    }
    let when = cells.into_iter().max_by_key(|cell| cell.chars().count())?;
    (!when.is_empty()).then_some(when)
}

/// How many paths are offered in the place of one.
const MAX_PATHS: usize = 3;

/// Changes a link to the path of a file that has the same name, or nearly.
pub(super) fn other_paths(workspace: &Workspace, file: &SourceFile, mention: &Mention) -> Vec<Fix> {
    let index = &workspace.index;
    let written = decoded(mention.name.as_str());
    let stem = last_stem(&written);
    let mut paths: Vec<String> = index
        .with_stem(&Name::new(stem))
        .filter_map(|id| index.file(id))
        .filter(|other| other.scope == Scope::Workspace)
        .map(|other| relative(file.path.folder(), &other.path))
        .collect();
    if paths.is_empty() {
        // A name that is misspelt in a folder that is not.
        let folder = FilePath::resolve(file.path.folder(), &written);
        let siblings = folder.iter().flat_map(|path| {
            let folder = path.folder().to_owned();
            index.files().filter_map(move |(_, other)| {
                (other.path.folder() == folder).then(|| other.path.stem())
            })
        });
        if let Some(meant) = closest(stem, siblings, Reach::Far) {
            let at = written.rfind(stem);
            paths.extend(
                at.map(|at| format!("{}{meant}{}", &written[..at], &written[at + stem.len()..])),
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
