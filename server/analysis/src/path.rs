//! Paths inside a workspace, as pure text.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

/// The identity of a file for as long as its workspace lives.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct FileId(pub u32);

/// The path of a file, relative to its workspace, with `/` between segments on every
/// platform and neither `.` nor `..` among them. A file that lies outside (a user's own
/// agent) has an absolute path here, which is only ever compared and shown.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FilePath(Arc<str>);

impl FilePath {
    /// Takes a path as it stands. The caller has already made it relative.
    pub fn new(path: &str) -> Self {
        Self(Arc::from(path))
    }

    /// The whole path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The segments from the outermost folder to the file name.
    pub fn segments(&self) -> impl DoubleEndedIterator<Item = &str> + Clone {
        self.0.split('/').filter(|segment| !segment.is_empty())
    }

    /// The last segment.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// The file name without `.md` (or another last extension) and without the marks that
    /// hosts put before it: `x.agent.md` and `x.md` both have the stem `x`.
    pub fn stem(&self) -> &str {
        let name = self.file_name();
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        without_mark(stem)
    }

    /// The folder that holds the file, empty at the top of the workspace.
    pub fn folder(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// Whether it lies at the top of its workspace.
    pub fn is_top(&self) -> bool {
        self.folder().is_empty()
    }

    /// The name of the folder that holds the file; `None` at the top of the workspace.
    pub fn folder_name(&self) -> Option<&str> {
        self.folder()
            .rsplit('/')
            .next()
            .filter(|name| !name.is_empty())
    }

    /// Follows `relative` from `folder`. `None` when it leaves the workspace or is absolute.
    pub fn resolve(folder: &str, relative: &str) -> Option<FilePath> {
        if relative.starts_with('/') || relative.contains('\\') || relative.contains(':') {
            return None;
        }
        let mut segments: Vec<&str> = folder.split('/').filter(|s| !s.is_empty()).collect();
        for segment in relative.split('/') {
            match segment {
                "" | "." => {}
                ".." => {
                    segments.pop()?;
                }
                segment => segments.push(segment),
            }
        }
        Some(Self::new(&segments.join("/")))
    }
}

/// A stem without the mark that a host puts before the extension: `x.agent`, `x.prompt`.
pub(crate) fn without_mark(stem: &str) -> &str {
    [".agent", ".chatmode", ".prompt", ".instructions"]
        .iter()
        .find_map(|mark| stem.strip_suffix(mark))
        .unwrap_or(stem)
}

impl Borrow<str> for FilePath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for FilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &self.0)
    }
}

impl fmt::Display for FilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relative_path_is_followed_and_never_leaves_the_workspace() {
        let to = |folder, path| FilePath::resolve(folder, path).map(|p| p.to_string());
        assert_eq!(to("a/b", "../c.md"), Some("a/c.md".into()));
        assert_eq!(to("a/b", "./c.md"), Some("a/b/c.md".into()));
        assert_eq!(to("a", "../../c.md"), None);
        assert_eq!(to("a", "/etc/passwd"), None);
        assert_eq!(to("", "c:\\x.md"), None);
    }

    #[test]
    fn a_stem_drops_the_marks_of_hosts() {
        assert_eq!(FilePath::new("a/planner.agent.md").stem(), "planner");
        assert_eq!(FilePath::new("planner.md").stem(), "planner");
        assert_eq!(
            FilePath::new("powershell-5.1-expert.md").stem(),
            "powershell-5.1-expert"
        );
    }
}
