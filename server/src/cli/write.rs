//! Writing a file: the whole new text, or nothing.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// Why a file was left as it is.
#[derive(Debug)]
pub(super) enum Refusal {
    /// Its text is no longer the one that was read.
    Changed,
    /// It is a link that leads out of the workspace.
    Outside,
    /// It may not be written.
    ReadOnly,
    /// The system refused.
    Failed(io::Error),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed => f.write_str("it has changed meanwhile"),
            Self::Outside => f.write_str("it is a link that leads out of the workspace"),
            Self::ReadOnly => f.write_str("it is read-only"),
            Self::Failed(error) => write!(f, "{error}"),
        }
    }
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

/// Writes `after` in the place of `before`. Whoever reads the file meanwhile, or after a crash,
/// finds one or the other. Its permissions stay; a link stays a link.
///
/// # Errors
/// When the file is not what it was, or not ours to write.
pub(super) fn replace(
    path: &Path,
    real_root: &Path,
    before: &str,
    after: &str,
) -> Result<(), Refusal> {
    let target = fs::canonicalize(path)?;
    if !target.starts_with(real_root) {
        return Err(Refusal::Outside);
    }
    let permissions = fs::metadata(&target)?.permissions();
    if permissions.readonly() {
        return Err(Refusal::ReadOnly);
    }
    let folder = target.parent().unwrap_or(real_root);
    let mut new = tempfile::Builder::new()
        .prefix(".agentls-")
        .tempfile_in(folder)?;
    new.write_all(after.as_bytes())?;
    new.as_file().set_permissions(permissions)?;
    new.as_file().sync_all()?;
    // As late as can be: between this line and the next lies all the danger.
    if fs::read(&target)? != before.as_bytes() {
        return Err(Refusal::Changed);
    }
    new.persist(&target).map_err(|error| error.error)?;
    sync_folder(folder);
    Ok(())
}

/// Makes the new name last. A file system that cannot do that has done all it can.
fn sync_folder(folder: &Path) {
    if cfg!(unix)
        && let Ok(folder) = File::open(folder)
    {
        let _ = folder.sync_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    fn folder() -> (TempDir, std::path::PathBuf) {
        let folder = TempDir::new().unwrap();
        let root = fs::canonicalize(folder.path()).unwrap();
        fs::write(root.join("a.md"), "old").unwrap();
        (folder, root)
    }

    /// What lies in a folder, by name.
    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap().flatten();
        let mut names: Vec<_> = entries
            .map(|entry| entry.file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn the_text_is_replaced_and_nothing_else_remains() {
        let (_guard, root) = folder();
        replace(&root.join("a.md"), &root, "old", "new").unwrap();
        assert_eq!(fs::read(root.join("a.md")).unwrap(), b"new");
        assert_eq!(names(&root), ["a.md"]);
    }

    #[test]
    fn a_file_that_has_changed_is_left_alone() {
        let (_guard, root) = folder();
        let refusal = replace(&root.join("a.md"), &root, "older", "new").unwrap_err();
        assert!(matches!(refusal, Refusal::Changed), "{refusal}");
        assert_eq!(fs::read(root.join("a.md")).unwrap(), b"old");
        assert_eq!(names(&root), ["a.md"]);
    }

    #[cfg(unix)]
    #[test]
    fn permissions_stay_and_a_file_that_may_not_be_written_is_not() {
        use std::os::unix::fs::PermissionsExt;
        let (_guard, root) = folder();
        let path = root.join("a.md");
        let set = |mode| fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        set(0o754);
        replace(&path, &root, "old", "new").unwrap();
        assert_eq!(mode(), 0o754);
        set(0o444);
        let refusal = replace(&path, &root, "new", "newer").unwrap_err();
        assert!(matches!(refusal, Refusal::ReadOnly), "{refusal}");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_followed_within_the_workspace_only() {
        use std::os::unix::fs::symlink;
        let (_guard, root) = folder();
        let (_other_guard, other) = folder();
        symlink(root.join("a.md"), root.join("inside.md")).unwrap();
        symlink(other.join("a.md"), root.join("outside.md")).unwrap();
        replace(&root.join("inside.md"), &root, "old", "new").unwrap();
        assert_eq!(fs::read(root.join("a.md")).unwrap(), b"new");
        assert!(
            fs::symlink_metadata(root.join("inside.md"))
                .unwrap()
                .is_symlink()
        );
        let refusal = replace(&root.join("outside.md"), &root, "old", "new").unwrap_err();
        assert!(matches!(refusal, Refusal::Outside), "{refusal}");
        assert_eq!(fs::read(other.join("a.md")).unwrap(), b"old");
    }
}
