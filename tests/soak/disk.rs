//! The workspace on disk, and what of its changes the server has not been told yet.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::random::Random;

pub(crate) const CREATED: u8 = 1;
pub(crate) const CHANGED: u8 = 2;
pub(crate) const DELETED: u8 = 3;

pub(crate) struct Disk {
    root: PathBuf,
    home: PathBuf,
    files: BTreeSet<PathBuf>,
    /// Changes in their order.
    untold: Vec<(PathBuf, u8)>,
    _temporary: TempDir,
}

impl Disk {
    pub(crate) fn new() -> Self {
        let temporary = tempfile::tempdir().expect("a folder");
        let real = temporary.path().canonicalize().expect("a real path");
        let (root, home) = (real.join("a tëam"), real.join("home"));
        fs::create_dir(&root).expect("a folder");
        fs::create_dir(&home).expect("a folder");
        Self {
            root,
            home,
            files: BTreeSet::new(),
            untold: Vec::new(),
            _temporary: temporary,
        }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn home(&self) -> &Path {
        &self.home
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// All markdown files.
    pub(crate) fn files(&self) -> &BTreeSet<PathBuf> {
        &self.files
    }

    pub(crate) fn any(&self, random: &mut Random) -> Option<PathBuf> {
        let at = random.below(self.files.len());
        self.files.iter().nth(at).cloned()
    }

    pub(crate) fn read(&self, path: &Path) -> Option<String> {
        fs::read_to_string(path).ok()
    }

    pub(crate) fn write(&mut self, path: &Path, text: &str) {
        let change = if path.exists() { CHANGED } else { CREATED };
        fs::create_dir_all(path.parent().expect("it is in a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
        self.files.insert(path.to_path_buf());
        self.untold.push((path.to_path_buf(), change));
    }

    /// Writes what is no markdown.
    pub(crate) fn write_settings(&mut self, path: &Path, text: &str) {
        self.write(path, text);
        self.files.remove(path);
    }

    pub(crate) fn remove(&mut self, path: &Path) {
        if fs::remove_file(path).is_ok() {
            self.files.remove(path);
            self.untold.push((path.to_path_buf(), DELETED));
        }
    }

    /// Renames a file or a folder to a path where there is nothing.
    pub(crate) fn rename(&mut self, from: &Path, to: &Path) {
        fs::create_dir_all(to.parent().expect("it is in a folder")).expect("a folder");
        fs::rename(from, to).expect("the old one is there and the new one is not");
        let moved: Vec<PathBuf> = self
            .files
            .iter()
            .filter(|path| path.starts_with(from))
            .cloned()
            .collect();
        for path in moved {
            self.files.remove(&path);
            self.files.insert(moved_path(&path, from, to));
        }
        self.untold.push((from.to_path_buf(), DELETED));
        self.untold.push((to.to_path_buf(), CREATED));
    }

    /// The changes that nobody has been told of, which now counts as done.
    pub(crate) fn take_untold(&mut self) -> Vec<(PathBuf, u8)> {
        std::mem::take(&mut self.untold)
    }
}

/// Where `path` is after its folder, or it itself, was renamed.
pub(crate) fn moved_path(path: &Path, from: &Path, to: &Path) -> PathBuf {
    match path.strip_prefix(from) {
        Ok(rest) if rest.as_os_str().is_empty() => to.to_path_buf(),
        Ok(rest) => to.join(rest),
        Err(_) => path.to_path_buf(),
    }
}
