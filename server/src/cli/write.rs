//! Writing a file: the whole new text, or nothing.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::{Mutex, PoisonError};

use crate::files;

/// Held while a file is being written.
static WRITING: Mutex<()> = Mutex::new(());

/// What a shell says of a program that Ctrl-C has ended.
const INTERRUPTED: i32 = 130;

/// Most links that lead from one to the next.
const MAX_LINKS: usize = 40;

/// From now on whoever ends the program by Ctrl-C, or asks it to end, ends it between two files:
/// no file that is only begun stays beside them. Where the system has no such thing, Ctrl-C may
/// leave one, but never half a text.
pub(super) fn finish_files_when_interrupted() {
    let end = || {
        let _done = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
        process::exit(INTERRUPTED);
    };
    if let Err(error) = ctrlc::set_handler(end) {
        tracing::info!(%error, "Ctrl-C ends the program at once");
    }
}

/// Why a file was left as it is.
#[derive(Debug)]
pub(super) enum Refusal {
    /// Its text is no longer the one that was read.
    Changed,
    /// It is a link that leads out of the workspace.
    Outside,
    /// It may not be written.
    ReadOnly,
    /// Its folder takes no new file, and nothing is written over an old one.
    Folder(io::ErrorKind),
    /// The system refused.
    Failed(io::Error),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed => f.write_str("it has changed meanwhile"),
            Self::Outside => f.write_str("it is a link that leads out of the workspace"),
            Self::ReadOnly => f.write_str("it is read-only"),
            Self::Folder(kind) => write!(f, "{kind} in its folder"),
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
/// finds one or the other. Owner and permissions stay; a link stays a link. A file with several
/// names (hard links) becomes one of its own: the other names may lie anywhere, and keep the text.
///
/// # Errors
/// When the file is not what it was, or not ours to write.
pub(super) fn replace(
    path: &Path,
    real_root: &Path,
    before: &str,
    after: &str,
) -> Result<(), Refusal> {
    let _writing = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let target = fs::canonicalize(path)?;
    if !target.starts_with(real_root) {
        return Err(Refusal::Outside);
    }
    let metadata = fs::metadata(&target)?;
    if metadata.permissions().readonly() {
        return Err(Refusal::ReadOnly);
    }
    let folder = target.parent().unwrap_or(real_root);
    let mut new = tempfile::Builder::new()
        .prefix(".agentls-")
        .tempfile_in(folder)
        .map_err(|error| Refusal::Folder(error.kind()))?;
    new.write_all(after.as_bytes())?;
    keep_owner(new.as_file(), &metadata);
    new.as_file().set_permissions(metadata.permissions())?;
    new.as_file().sync_all()?;
    // As late as can be: between this line and the next lies all the danger.
    if files::read(&target).as_deref() != Ok(before) {
        return Err(Refusal::Changed);
    }
    new.persist(&target).map_err(|error| error.error)?;
    sync_folder(folder);
    Ok(())
}

/// Writes a file that may not be there yet. Whoever reads it meanwhile finds the old one or the
/// new one; a link stays a link, and what is no file, as a pipe, is written to.
///
/// # Errors
/// When the file is read-only or the system refuses.
pub(super) fn create(path: &Path, text: &str) -> Result<(), Refusal> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| end_of_links(path));
    let old = fs::metadata(&target).ok();
    // A pipe may wait for its reader as long as it likes.
    if old.as_ref().is_some_and(|old| !old.is_file()) {
        return Ok(fs::write(&target, text)?);
    }
    let _writing = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    if old.as_ref().is_some_and(|old| old.permissions().readonly()) {
        return Err(Refusal::ReadOnly);
    }
    let folder = target.parent().filter(|it| !it.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".agentls-");
    let shared = shared_permissions();
    if let Some(permissions) = old.as_ref().map(fs::Metadata::permissions).or(shared) {
        builder.permissions(permissions);
    }
    let new = builder.tempfile_in(folder);
    let mut new = new.map_err(|error| Refusal::Folder(error.kind()))?;
    new.write_all(text.as_bytes())?;
    if let Some(old) = &old {
        keep_owner(new.as_file(), old);
        new.as_file().set_permissions(old.permissions())?;
    }
    new.as_file().sync_all()?;
    new.persist(&target).map_err(|error| error.error)?;
    sync_folder(folder);
    Ok(())
}

/// Where a link leads, be that there or not.
fn end_of_links(path: &Path) -> PathBuf {
    let mut path = path.to_path_buf();
    for _ in 0..MAX_LINKS {
        let Ok(target) = fs::read_link(&path) else {
            break;
        };
        path = path.parent().unwrap_or(Path::new("")).join(target);
    }
    path
}

/// Those of a file that anybody makes; the system takes away what the user wants it to.
#[cfg(unix)]
fn shared_permissions() -> Option<fs::Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Some(fs::Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn shared_permissions() -> Option<fs::Permissions> {
    None
}

/// Gives a new file the owner and group of an old one, as far as the system allows that: who
/// mends files as root in a container must not take them away from their owner.
#[cfg(unix)]
fn keep_owner(new: &File, old: &fs::Metadata) {
    use std::os::unix::fs::{MetadataExt, fchown};
    let is_other = |file: fs::Metadata| (file.uid(), file.gid()) != (old.uid(), old.gid());
    if new.metadata().is_ok_and(is_other) {
        let _ = fchown(new, Some(old.uid()), Some(old.gid()));
    }
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &fs::Metadata) {}

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
    fn a_file_is_made_or_replaced_as_a_whole() {
        let (_guard, root) = folder();
        create(&root.join("b.html"), "page").unwrap();
        create(&root.join("a.md"), "new").unwrap();
        assert_eq!(fs::read(root.join("b.html")).unwrap(), b"page");
        assert_eq!(fs::read(root.join("a.md")).unwrap(), b"new");
        assert_eq!(names(&root), ["a.md", "b.html"]);
        assert!(create(&root.join("none/a.md"), "x").is_err());
        assert!(create(&root, "x").is_err());
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
        let refusal = create(&path, "newer").unwrap_err();
        assert!(matches!(refusal, Refusal::ReadOnly), "{refusal}");
        assert_eq!(fs::read(&path).unwrap(), b"new");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_one_where_its_file_is_made() {
        use std::os::unix::fs::symlink;
        let (_guard, root) = folder();
        for (link, file) in [("old.md", "a.md"), ("new.md", "b.md")] {
            symlink(file, root.join(link)).unwrap();
            create(&root.join(link), "new").unwrap();
            assert!(root.join(link).is_symlink());
            assert_eq!(fs::read(root.join(file)).unwrap(), b"new");
        }
        assert_eq!(names(&root), ["a.md", "b.md", "new.md", "old.md"]);
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
