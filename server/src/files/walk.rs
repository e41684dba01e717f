//! The walk of a workspace: which files of it mean something to us, and what of it was left out.

use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc;

use ignore::{DirEntry, WalkBuilder, WalkState};
use rustc_hash::FxHashSet;

use super::{
    CONFIG_NAME, Found, FoundKind, Unreadable, file_path, home, is_host_folder, is_too_wide,
    leads_outside, read, rebase, user_agents_folder,
};
use agentls_analysis::config::Configs;
use agentls_analysis::host::Hosts;

/// Largest `.gitignore` that is taken, in bytes; a folder with a larger one is walked as if it
/// had none, and that is said. Each of its patterns costs some 10 KB of memory while it counts.
const MAX_IGNORE_BYTES: u64 = 64 * 1024;

/// Most braces that are open at once in a `.gitignore` that is taken. Git knows no braces; the
/// walker does, and compiles them recursively.
const MAX_IGNORE_BRACES: usize = 64;

const IGNORE_NAME: &str = ".gitignore";

/// Settings that are wanted although they lie in hidden folders of no host.
const HIDDEN_SETTINGS: [&str; 2] = [".claude-plugin/plugin.json", ".vscode/mcp.json"];

/// What a walk has come across.
#[derive(Debug, Default)]
pub(crate) struct Walked {
    /// The files that mean something to us, in the order of their paths.
    pub(crate) found: Vec<Found>,
    /// What was left out that whoever asked may miss, in the order of the paths.
    pub(crate) left_out: Vec<LeftOut>,
}

/// A folder or a file that was not looked at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LeftOut {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// Why.
    pub(crate) reason: Reason,
}

/// Why something was not looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reason {
    /// It is a link that leads out of the workspace.
    Outside,
    /// A `.gitignore` that is no file of reasonable size.
    IgnoreFile,
    /// The system refused to list it.
    Refused(io::ErrorKind),
}

impl fmt::Display for Reason {
    /// What goes on after the path, with what to do.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Outside => f.write_str(
                "is a link that leads out of the workspace: it is not followed. \
                 Check where it leads by itself",
            ),
            Self::IgnoreFile => write!(
                f,
                "is not read: it is no regular file, has more than {MAX_IGNORE_BYTES} bytes, or \
                 nests braces too deep. What it ignores is looked at"
            ),
            Self::Refused(kind) => write!(
                f,
                "is not looked at: {kind}. Allow reading it, or leave it out by `exclude` in \
                 {CONFIG_NAME}"
            ),
        }
    }
}

/// All files of the workspace at `root` that mean something to us, in the order of their
/// paths. The home folder and the top of the file system are never walked: of them only the
/// user's agents are found.
pub(crate) fn walk(root: &Path, configs: &Configs) -> Walked {
    if is_too_wide(root) {
        return walk_too_wide(root);
    }
    let mut walk = Walk::new(root, configs);
    walk.run();
    let Walked {
        mut found,
        mut left_out,
    } = walk.walked;
    found.sort();
    found.dedup_by(|a, b| a.file == b.file);
    left_out.sort();
    left_out.dedup();
    Walked { found, left_out }
}

fn walk_too_wide(root: &Path) -> Walked {
    let config = root.join(CONFIG_NAME);
    let config = config.is_file().then(|| Found {
        file: file_path(root, &config),
        path: config,
        kind: FoundKind::Config,
    });
    Walked {
        found: config.into_iter().collect(),
        left_out: Vec::new(),
    }
}

/// One walk. Host folders are always walked apart from the rest, since no ignore file applies
/// to them: people ignore `.claude`, and the host reads it nevertheless.
struct Walk<'a> {
    root: &'a Path,
    configs: &'a Configs,
    /// The user's home below `root`, as it is spelt there: what it holds is nobody's business.
    home: Option<PathBuf>,
    /// Folders still to be walked without ignore files: those of hosts, and those whose own
    /// ignore file cannot be taken.
    apart: Vec<PathBuf>,
    /// Symbolic links in the place of a host folder or of its agents folder.
    links: Vec<PathBuf>,
    /// Folders that were walked, by their path below `root`, or their real one beyond a link.
    folders: FxHashSet<PathBuf>,
    walked: Walked,
}

/// What one thread of a walk came across.
enum Seen {
    File(PathBuf, FoundKind),
    Folder(PathBuf),
    Host(PathBuf),
    Link(PathBuf),
    LeftOut(PathBuf, Reason),
    /// A folder whose ignore file cannot be taken.
    NotIgnoring(PathBuf),
}

impl<'a> Walk<'a> {
    fn new(root: &'a Path, configs: &'a Configs) -> Self {
        Self {
            root,
            configs,
            home: home().and_then(|home| spelt_below(root, &home)),
            apart: Vec::new(),
            links: Vec::new(),
            folders: FxHashSet::default(),
            walked: Walked::default(),
        }
    }

    fn run(&mut self) {
        if ignore_file_is_sound(self.root) {
            let mut builder = WalkBuilder::new(self.root);
            // What only this machine ignores is not ignored, so that a laptop and CI agree.
            builder
                .standard_filters(false)
                .git_ignore(true)
                .require_git(false)
                .parents(self.honours_parents());
            self.walk(&mut builder);
        } else {
            self.take(Seen::NotIgnoring(self.root.to_path_buf()));
        }
        // Settings at the top count although an ignore file keeps them out of the repository.
        for name in [CONFIG_NAME, ".mcp.json"] {
            let path = self.root.join(name);
            if let Some(kind) = FoundKind::of(&path).filter(|_| path.is_file()) {
                match leads_outside(self.root, &path) {
                    false => self.add(path, kind),
                    // Who reads configurations says that of them.
                    true if kind == FoundKind::Config => {}
                    true => self.leave_out(path, Reason::Outside),
                }
            }
        }
        self.walk_apart();
        self.follow_links();
    }

    /// Whether the ignore files above the workspace count: it lies in a repository, and all of
    /// them can be taken.
    fn honours_parents(&self) -> bool {
        let mut above = self.root.ancestors().skip(1);
        above.clone().any(|folder| folder.join(".git").exists()) && above.all(ignore_file_is_sound)
    }

    fn walk_apart(&mut self) {
        while let Some(first) = self.apart.pop() {
            let mut builder = WalkBuilder::new(first);
            for folder in self.apart.drain(..) {
                builder.add(folder);
            }
            builder.standard_filters(false);
            self.walk(&mut builder);
        }
    }

    /// Follows each link to a folder inside the workspace, or to the user's agents, unless
    /// what it leads to was walked: a file has one path, so that no name is defined twice.
    fn follow_links(&mut self) {
        let Ok(real_root) = fs::canonicalize(self.root) else {
            return;
        };
        let user_agents = user_agents_folder().and_then(|folder| fs::canonicalize(folder).ok());
        let mut real: FxHashSet<PathBuf> = self
            .folders
            .drain()
            .map(|folder| rebase(&folder, self.root, &real_root))
            .collect();
        // The last is taken first, so of two links to one folder the first path wins.
        self.links.sort_by(|a, b| b.cmp(a));
        while let Some(link) = self.links.pop() {
            let Ok(target) = fs::canonicalize(&link) else {
                continue;
            };
            let allowed = target.starts_with(&real_root)
                || user_agents
                    .as_ref()
                    .is_some_and(|folder| target.starts_with(folder));
            if !allowed {
                self.leave_out(link, Reason::Outside);
                continue;
            }
            // A link to a folder above itself is a circle.
            if real_root.starts_with(&target) || !target.is_dir() {
                continue;
            }
            let mut pending = vec![target.clone()];
            while let Some(folder) = pending.pop() {
                if !real.insert(folder.clone()) {
                    continue;
                }
                let Ok(entries) = fs::read_dir(&folder) else {
                    continue;
                };
                for entry in entries.flatten() {
                    let Ok(kind) = entry.file_type() else {
                        continue;
                    };
                    let path = entry.path();
                    let shown = rebase(&path, &target, &link);
                    if kind.is_dir() && !self.leaves_out(&shown) {
                        pending.push(path);
                    } else if kind.is_symlink() && is_agents_of_host(&shown) {
                        self.links.push(shown);
                    } else if let Some(found) = FoundKind::of(&path).filter(|_| kind.is_file()) {
                        self.add(shown, found);
                    }
                }
            }
        }
    }

    fn walk(&mut self, builder: &mut WalkBuilder) {
        let (sender, seen) = mpsc::channel();
        let not_ignoring = sender.clone();
        // Asked of a folder before the walker opens the ignore file in it.
        builder.filter_entry(move |entry| {
            let is_sound = !entry.file_type().is_some_and(|it| it.is_dir())
                || ignore_file_is_sound(entry.path());
            if !is_sound {
                _ = not_ignoring.send(Seen::NotIgnoring(entry.path().to_path_buf()));
            }
            is_sound
        });
        let this = &*self;
        builder.build_parallel().run(|| {
            let sender = sender.clone();
            Box::new(move |entry| {
                // The receiver lives until the walk is over, so nothing is ever lost.
                let seen = |seen| _ = sender.send(seen);
                match entry {
                    Ok(entry) => this.visit(&entry, seen),
                    Err(error) => {
                        tracing::debug!(%error, "left out of the walk");
                        if let Some((path, kind)) = refused(&error) {
                            seen(Seen::LeftOut(path, Reason::Refused(kind)));
                        }
                        WalkState::Continue
                    }
                }
            })
        });
        // The builder keeps a sender.
        builder.filter_entry(|_| true);
        drop(sender);
        for seen in seen {
            self.take(seen);
        }
    }

    fn take(&mut self, seen: Seen) {
        match seen {
            Seen::File(path, kind) => self.add(path, kind),
            Seen::Folder(path) => drop(self.folders.insert(path)),
            Seen::Host(path) if !self.configs.excludes(&file_path(self.root, &path)) => {
                self.apart.push(path)
            }
            Seen::Host(_) => {}
            Seen::Link(path) => self.links.push(path),
            Seen::LeftOut(path, reason) => self.leave_out(path, reason),
            Seen::NotIgnoring(folder) => {
                if folder == self.root || !self.leaves_out(&folder) {
                    self.leave_out(folder.join(IGNORE_NAME), Reason::IgnoreFile);
                    self.apart.push(folder);
                }
            }
        }
    }

    fn leave_out(&mut self, path: PathBuf, reason: Reason) {
        self.walked.left_out.push(LeftOut { path, reason });
    }

    fn visit(&self, entry: &DirEntry, seen: impl Fn(Seen)) -> WalkState {
        let path = entry.path();
        let Some(kind) = entry.file_type() else {
            return WalkState::Continue;
        };
        if kind.is_symlink() {
            if is_agents_of_host(path) {
                seen(Seen::Link(path.to_path_buf()));
            }
        } else if kind.is_dir() {
            if entry.depth() > 0 && self.leaves_out(path) {
                return WalkState::Skip;
            }
            seen(Seen::Folder(path.to_path_buf()));
            for host in Hosts::builtin().host_folders() {
                let host = path.join(host);
                match fs::symlink_metadata(&host) {
                    Ok(metadata) if metadata.is_symlink() => seen(Seen::Link(host)),
                    Ok(metadata) if metadata.is_dir() => seen(Seen::Host(host)),
                    _ => {}
                }
            }
            for name in HIDDEN_SETTINGS {
                let settings = path.join(name);
                if let Some(kind) = FoundKind::of(&settings).filter(|_| settings.is_file()) {
                    seen(match leads_outside(path, &settings) {
                        true => Seen::LeftOut(settings, Reason::Outside),
                        false => Seen::File(settings, kind),
                    });
                }
            }
        } else if let Some(found) = FoundKind::of(path).filter(|_| kind.is_file()) {
            seen(Seen::File(path.to_path_buf(), found));
        }
        WalkState::Continue
    }

    fn add(&mut self, path: PathBuf, kind: FoundKind) {
        let file = file_path(self.root, &path);
        if !self.configs.excludes(&file) {
            self.walked.found.push(Found { file, path, kind });
        }
    }

    /// Whether a folder met on the way is not for us: hidden ones (host folders among them, as
    /// they are walked apart), dependencies, the copies of the whole repository that a host
    /// keeps in its own folder, and the user's home.
    fn leaves_out(&self, folder: &Path) -> bool {
        let Some(name) = folder.file_name().and_then(OsStr::to_str) else {
            return true;
        };
        let in_host = || {
            folder
                .parent()
                .and_then(Path::file_name)
                .and_then(OsStr::to_str)
                .is_some_and(is_host_folder)
        };
        name.starts_with('.')
            || name == "node_modules"
            || (name == "worktrees" && in_host())
            || self.home.as_deref() == Some(folder)
            || self.configs.excludes(&file_path(self.root, folder))
    }
}

/// Whether this is the place of a host's agents folder, as `.claude/agents`.
fn is_agents_of_host(path: &Path) -> bool {
    let name = |path: &Path| path.file_name().and_then(OsStr::to_str).map(str::to_owned);
    name(path).as_deref() == Some("agents")
        && path
            .parent()
            .and_then(name)
            .is_some_and(|folder| is_host_folder(&folder))
}

/// Whether the walker may read the ignore file of a folder: it opens whatever has that name, and
/// reads it to its end. As for git, a link is none.
fn ignore_file_is_sound(folder: &Path) -> bool {
    let path = folder.join(IGNORE_NAME);
    let Ok(metadata) = fs::symlink_metadata(&path) else {
        return true;
    };
    if metadata.is_dir() {
        return true;
    }
    metadata.is_file()
        && metadata.len() <= MAX_IGNORE_BYTES
        && match read(&path) {
            Ok(text) => braces_are_few(text.as_bytes()),
            // The walker skips lines that are no text.
            Err(Unreadable::NotUtf8 { .. } | Unreadable::Missing) => true,
            Err(_) => false,
        }
}

fn braces_are_few(text: &[u8]) -> bool {
    text.split(|&byte| byte == b'\n').all(|line| {
        let braces = line.iter().filter(|&&byte| byte == b'{');
        braces.count() <= MAX_IGNORE_BRACES
    })
}

/// The folder that an error of the walk is about, where the system refused to list it.
fn refused(error: &ignore::Error) -> Option<(PathBuf, io::ErrorKind)> {
    match error {
        ignore::Error::WithPath { path, err } => {
            let kind = err.io_error()?.kind();
            // What has gone meanwhile is missed by nobody.
            (kind != io::ErrorKind::NotFound).then(|| (path.clone(), kind))
        }
        ignore::Error::WithDepth { err, .. } => refused(err),
        _ => None,
    }
}

/// How `folder` is spelt as a folder below `root`, whichever links lead to either.
fn spelt_below(root: &Path, folder: &Path) -> Option<PathBuf> {
    let root_itself = fs::canonicalize(root).ok()?;
    let folder = fs::canonicalize(folder).ok()?;
    let below = folder.strip_prefix(&root_itself).ok()?;
    (!below.as_os_str().is_empty()).then(|| root.join(below))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_that_nest_too_deep_are_no_patterns() {
        assert!(braces_are_few(b"*.{js,ts}\nbuild/\n"));
        assert!(!braces_are_few("{a,".repeat(65).as_bytes()));
    }

    #[test]
    fn a_home_is_found_below_the_folder_that_holds_it_and_nowhere_else() {
        let root = tempfile::tempdir().unwrap();
        let home = root.path().join("home");
        fs::create_dir(&home).unwrap();
        assert_eq!(spelt_below(root.path(), &home), Some(home.clone()));
        assert_eq!(spelt_below(&home, &home), None);
        assert_eq!(spelt_below(&home, root.path()), None);
        let mut walk = Walk {
            root: root.path(),
            configs: &Configs::default(),
            home: Some(home.clone()),
            apart: Vec::new(),
            links: Vec::new(),
            folders: FxHashSet::default(),
            walked: Walked::default(),
        };
        fs::write(home.join("a.md"), "").unwrap();
        fs::write(root.path().join("b.md"), "").unwrap();
        walk.run();
        let found: Vec<_> = walk
            .walked
            .found
            .iter()
            .map(|it| it.file.as_str())
            .collect();
        assert_eq!(found, ["b.md"]);
    }
}
