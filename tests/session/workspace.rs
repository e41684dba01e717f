//! Workspaces on disk.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A folder with a name that a URI has to encode.
pub(crate) struct Disk {
    root: PathBuf,
    _temporary: TempDir,
}

impl Disk {
    pub(crate) fn new() -> Self {
        let temporary = tempfile::tempdir().expect("a folder");
        // Where the temporary folder is a link, the server may name what is behind it.
        let real = temporary.path().canonicalize().expect("a real path");
        let root = real.join("a tëam");
        std::fs::create_dir(&root).expect("a folder");
        Self {
            root,
            _temporary: temporary,
        }
    }

    /// A folder with agents in `.claude/agents`.
    pub(crate) fn with_agents(names: &[&str]) -> Self {
        let disk = Self::new();
        for name in names {
            disk.agent(name);
        }
        disk
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    pub(crate) fn write(&self, path: &str, text: &str) -> PathBuf {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, text).expect("a file");
        path
    }

    /// Writes an agent to `.claude/agents`.
    pub(crate) fn agent(&self, name: &str) -> PathBuf {
        self.write(&format!(".claude/agents/{name}.md"), &agent(name))
    }
}

/// The text of an agent; its name is at [`NAME`].
pub(crate) fn agent(name: &str) -> String {
    format!("---\nname: {name}\ndescription: Does some of the work.\n---\n\nYou work.\n")
}

/// The line and the column of the name in the text of [`agent`].
pub(crate) const NAME: (u32, u32) = (1, 6);

/// The text of an agent who delegates to `names`, each in a row of its own.
pub(crate) fn lead(names: &[&str]) -> String {
    let rows: String = names
        .iter()
        .map(|name| format!("| {name} | work |\n"))
        .collect();
    format!(
        "---\nname: team-lead\ndescription: Hands out work.\n---\n\n| Delegate To | When |\n|---|---|\n{rows}"
    )
}
