//! The file system: which files there are, what they hold, where their workspace starts.
//! The only I/O on agent files, shared by the server and by `agentls check`.

use std::ffi::OsStr;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc;

use ignore::{DirEntry, WalkBuilder, WalkState};
use rustc_hash::FxHashSet;

use crate::paths::{Platform, is_within};
use agentls_analysis::config::Configs;
use agentls_analysis::host::Hosts;
use agentls_analysis::limits::{MAX_FILE_BYTES, MAX_HEADER_BYTES};
use agentls_analysis::path::FilePath;

/// The configuration of a workspace, at its top.
pub(crate) const CONFIG_NAME: &str = agentls_analysis::config::FILE_NAME;

/// How much of a file is read at once in search of its header, in bytes. Nearly every header
/// fits, and most bodies are longer.
const HEADER_CHUNK: usize = 8 * 1024;

/// Lines, from the first, among which the opening `---` of a header is looked for: text before
/// it is a mistake that rules name, so it must be read too.
const HEADER_OPENING_LINES: usize = 32;

/// Settings that are wanted although they lie in hidden folders of no host.
const HIDDEN_SETTINGS: [&str; 2] = [".claude-plugin/plugin.json", ".vscode/mcp.json"];

/// A file of a workspace.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Found {
    /// Relative to the workspace.
    pub(crate) file: FilePath,
    /// Where to read it.
    pub(crate) path: PathBuf,
    /// What it is.
    pub(crate) kind: FoundKind,
}

/// What a file is, told from its path alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum FoundKind {
    /// Markdown, an agent or not.
    Markdown,
    /// `.agentls.yaml`.
    Config,
    /// Settings that may name MCP servers.
    Mcp,
    /// The manifest of a plugin.
    Plugin,
}

impl FoundKind {
    /// What the file at `path` is to us; `None` for the many that are nothing.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?;
        let folder = path
            .parent()
            .and_then(Path::file_name)
            .and_then(OsStr::to_str)
            .unwrap_or("");
        match name {
            CONFIG_NAME => Some(Self::Config),
            ".mcp.json" | "mcp.json" => Some(Self::Mcp),
            "settings.json" | "settings.local.json" if is_host_folder(folder) => Some(Self::Mcp),
            "plugin.json" if folder == ".claude-plugin" => Some(Self::Plugin),
            _ => match path.extension()?.to_str()? {
                "md" | "mdc" => Some(Self::Markdown),
                _ => None,
            },
        }
    }
}

/// Whether a file holds the settings of a host, which may name an agent.
pub(crate) fn is_host_settings(file: &FilePath) -> bool {
    let name = file.file_name();
    matches!(name, "settings.json" | "settings.local.json")
        && file.folder_name().is_some_and(is_host_folder)
}

/// Why a file was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// It is not UTF-8; the first byte that is not, zero-based.
    NotUtf8 {
        /// The byte.
        offset: usize,
    },
    /// It has more than [`MAX_FILE_BYTES`].
    TooLarge {
        /// Its size in bytes.
        bytes: u64,
    },
    /// A folder, a pipe, a device: opening it could block for ever.
    NotAFile,
    /// A fault of ours.
    Failed,
    /// There is none of this name.
    Missing,
    /// The system refused.
    Refused(io::ErrorKind),
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotUtf8 { offset } => write!(f, "it is not UTF-8 at byte {offset}"),
            Self::TooLarge { bytes } => {
                write!(
                    f,
                    "its {bytes} bytes are more than the {MAX_FILE_BYTES} that are read"
                )
            }
            Self::NotAFile => f.write_str("it is not a regular file"),
            Self::Failed => f.write_str("agentls itself failed on it, please report that"),
            Self::Missing => f.write_str("it does not exist"),
            Self::Refused(kind) => write!(f, "{kind}"),
        }
    }
}

impl From<io::Error> for Unreadable {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            kind => Self::Refused(kind),
        }
    }
}

/// The first bytes of a file, with its whole header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Prefix {
    /// Text from byte 0 on.
    pub(crate) text: String,
    /// Whether it is the whole file.
    pub(crate) complete: bool,
}

/// The text of a file.
///
/// # Errors
/// When there is no such regular file, it is too large, or not UTF-8.
pub(crate) fn read(path: &Path) -> Result<String, Unreadable> {
    let (file, bytes) = open(path, &fs::metadata(path)?)?;
    // One byte more than allowed, as the file may have grown since its size was read.
    read_from(file, Vec::with_capacity(bytes + 1))
}

/// The text of a stream.
///
/// # Errors
/// As [`read`].
pub(crate) fn read_stream(stream: impl Read) -> Result<String, Unreadable> {
    read_from(stream, Vec::new())
}

fn read_from(stream: impl Read, mut buffer: Vec<u8>) -> Result<String, Unreadable> {
    stream
        .take(MAX_FILE_BYTES as u64 + 1)
        .read_to_end(&mut buffer)?;
    if buffer.len() > MAX_FILE_BYTES {
        return Err(Unreadable::TooLarge {
            bytes: buffer.len() as u64,
        });
    }
    String::from_utf8(buffer).map_err(|error| Unreadable::NotUtf8 {
        offset: error.utf8_error().valid_up_to(),
    })
}

/// The first bytes of a file: those that hold its header, and whatever came with them.
///
/// # Errors
/// As [`read`]; bytes after the header are not looked at.
pub(crate) fn read_header(path: &Path) -> Result<Prefix, Unreadable> {
    read_header_of(path, &fs::metadata(path)?)
}

/// [`read_header`] of a file whose `metadata` is at hand: the walk of a large workspace asks
/// the system as little as it can.
///
/// # Errors
/// As [`read`].
pub(crate) fn read_header_of(path: &Path, metadata: &fs::Metadata) -> Result<Prefix, Unreadable> {
    let (mut file, _) = open(path, metadata)?;
    let mut buffer = Vec::new();
    loop {
        let wanted = buffer
            .len()
            .max(HEADER_CHUNK)
            .min(MAX_HEADER_BYTES - buffer.len());
        let complete = read_up_to(&mut file, wanted, &mut buffer)?;
        if complete || buffer.len() >= MAX_HEADER_BYTES || header_is_whole(&buffer) {
            return Ok(Prefix {
                text: text_of(buffer, complete)?,
                complete,
            });
        }
    }
}

/// Appends `wanted` bytes. Whether the file has ended before.
fn read_up_to(file: &mut File, wanted: usize, buffer: &mut Vec<u8>) -> io::Result<bool> {
    let mut filled = buffer.len();
    let end = filled + wanted;
    buffer.resize(end, 0);
    while filled < end {
        match file.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    buffer.truncate(filled);
    Ok(filled < end)
}

/// Opens a regular file and tells its size in bytes. The metadata is asked for before: opening
/// a FIFO would wait for its writer.
fn open(path: &Path, metadata: &fs::Metadata) -> Result<(File, usize), Unreadable> {
    if !metadata.is_file() {
        return Err(Unreadable::NotAFile);
    }
    let bytes = metadata.len();
    match usize::try_from(bytes) {
        Ok(bytes) if bytes <= MAX_FILE_BYTES => Ok((File::open(path)?, bytes)),
        _ => Err(Unreadable::TooLarge { bytes }),
    }
}

/// The text of a buffer that may end inside a character, unless it is `complete`.
fn text_of(mut buffer: Vec<u8>, complete: bool) -> Result<String, Unreadable> {
    if let Err(error) = std::str::from_utf8(&buffer) {
        if complete || error.error_len().is_some() {
            return Err(Unreadable::NotUtf8 {
                offset: error.valid_up_to(),
            });
        }
        buffer.truncate(error.valid_up_to());
    }
    String::from_utf8(buffer).map_err(|error| Unreadable::NotUtf8 {
        offset: error.utf8_error().valid_up_to(),
    })
}

/// Whether the first bytes of a file hold both ends of its header, or show that it has none.
/// A hint for reading only: the scanner decides what the header is.
fn header_is_whole(bytes: &[u8]) -> bool {
    let Some(last_line_end) = bytes
        .iter()
        .rposition(|&byte| byte == b'\n' || byte == b'\r')
    else {
        // One long line: a header would start with a line of three dashes.
        return true;
    };
    let lines = bytes[..last_line_end].split(|&byte| byte == b'\n' || byte == b'\r');
    let mut fences = lines
        .enumerate()
        .filter(|(_, line)| {
            let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
            line.trim_ascii_end() == b"---"
        })
        .map(|(number, _)| number);
    match fences.next() {
        Some(opening) if opening < HEADER_OPENING_LINES => fences.next().is_some(),
        _ => true,
    }
}

/// All files of the workspace at `root` that mean something to us, in the order of their
/// paths. The home folder and the top of the file system are never walked: of them only the
/// user's agents are found.
pub(crate) fn walk(root: &Path, configs: &Configs) -> Vec<Found> {
    if is_too_wide(root) {
        return walk_too_wide(root);
    }
    let mut walk = Walk::new(root, configs);
    walk.run();
    walk.found.sort();
    walk.found.dedup_by(|a, b| a.file == b.file);
    walk.found
}

/// The user's own agents, in the order of their paths; none without a home folder.
pub(crate) fn user_agents() -> Vec<PathBuf> {
    let Some(folder) = user_agents_folder() else {
        return Vec::new();
    };
    // The folder itself may be a link into a repository of dotfiles.
    let real = fs::canonicalize(&folder).unwrap_or_else(|_| folder.clone());
    let mut agents: Vec<PathBuf> = WalkBuilder::new(&real)
        .standard_filters(false)
        .build()
        .flatten()
        // A link to a file is followed too: the host loads it.
        .filter(|entry| {
            FoundKind::of(entry.path()) == Some(FoundKind::Markdown) && entry.path().is_file()
        })
        .map(|entry| rebase(entry.path(), &real, &folder))
        .collect();
    agents.sort();
    agents
}

/// Where the user keeps agents for all projects.
pub(crate) fn user_agents_folder() -> Option<PathBuf> {
    Some(home()?.join(Hosts::builtin().user_agents()?))
}

/// Whether the user keeps the agent at `path` for all projects.
pub(crate) fn is_user_agent(path: &Path) -> bool {
    user_agents_folder().is_some_and(|folder| is_within(path, &folder))
}

/// The user's home folder.
pub(crate) fn home() -> Option<PathBuf> {
    std::env::home_dir().filter(|home| !home.as_os_str().is_empty())
}

/// Whether `folder` is one that nobody means to be read as a whole.
pub(crate) fn is_too_wide(folder: &Path) -> bool {
    is_wider_than(folder, home().as_deref())
}

fn is_wider_than(folder: &Path, home: Option<&Path>) -> bool {
    folder.parent().is_none() || home.is_some_and(|home| same_folder(home, folder))
}

/// Where the workspace of a file starts that no folder was opened for: the nearest ancestor
/// that holds a host folder, `.agentls.yaml` or `.git`, else the folder of the file.
pub(crate) fn workspace_root(file: &Path) -> PathBuf {
    workspace_root_below(file, home().as_deref())
}

fn workspace_root_below(file: &Path, home: Option<&Path>) -> PathBuf {
    let own = file.parent().unwrap_or(file);
    for folder in own.ancestors() {
        if is_wider_than(folder, home) {
            // Everybody's home holds `.claude`, which makes no workspace of all that is below,
            // but it is where the user's own agents belong.
            let below = file
                .strip_prefix(folder)
                .ok()
                .and_then(|below| below.components().next());
            if below.is_some_and(|below| below.as_os_str().to_str().is_some_and(is_host_folder)) {
                return folder.to_path_buf();
            }
            break;
        }
        if starts_workspace(folder) {
            return folder.to_path_buf();
        }
    }
    own.to_path_buf()
}

/// Where the workspace of a folder starts that was asked for by name: there, unless it lies in
/// a host folder, then where that host folder lies.
pub(crate) fn workspace_of_folder(folder: &Path) -> PathBuf {
    folder
        .ancestors()
        .filter(|ancestor| {
            ancestor
                .file_name()
                .and_then(OsStr::to_str)
                .is_some_and(is_host_folder)
        })
        .last()
        .and_then(Path::parent)
        .unwrap_or(folder)
        .to_path_buf()
}

/// The path of a file as analysis knows it: relative to `root`, absolute when outside.
pub(crate) fn file_path(root: &Path, path: &Path) -> FilePath {
    let (root, path) = (root.to_string_lossy(), path.to_string_lossy());
    match Platform::HERE.below(&root, &path) {
        Some(relative) => FilePath::new(&relative),
        None => FilePath::new(&Platform::HERE.with_slashes(&path)),
    }
}

fn is_host_folder(name: &str) -> bool {
    Hosts::builtin().is_host_folder(name)
}

fn starts_workspace(folder: &Path) -> bool {
    Hosts::builtin()
        .host_folders()
        .chain([CONFIG_NAME, ".git"])
        .any(|name| fs::symlink_metadata(folder.join(name)).is_ok())
}

fn same_folder(a: &Path, b: &Path) -> bool {
    a == b || matches!((fs::canonicalize(a), fs::canonicalize(b)), (Ok(a), Ok(b)) if a == b)
}

fn walk_too_wide(root: &Path) -> Vec<Found> {
    let config = root.join(CONFIG_NAME);
    let config = config.is_file().then(|| Found {
        file: file_path(root, &config),
        path: config,
        kind: FoundKind::Config,
    });
    config.into_iter().collect()
}

/// One walk. Host folders are always walked apart from the rest, since no ignore file applies
/// to them: people ignore `.claude`, and the host reads it nevertheless.
struct Walk<'a> {
    root: &'a Path,
    configs: &'a Configs,
    /// Host folders still to be walked.
    hosts: Vec<PathBuf>,
    /// Symbolic links in the place of a host folder or of its agents folder.
    links: Vec<PathBuf>,
    /// Folders that were walked, by their path below `root`, or their real one beyond a link.
    walked: FxHashSet<PathBuf>,
    found: Vec<Found>,
}

/// What one thread of a walk came across.
enum Seen {
    File(PathBuf, FoundKind),
    Folder(PathBuf),
    Host(PathBuf),
    Link(PathBuf),
}

impl<'a> Walk<'a> {
    fn new(root: &'a Path, configs: &'a Configs) -> Self {
        Self {
            root,
            configs,
            hosts: Vec::new(),
            links: Vec::new(),
            walked: FxHashSet::default(),
            found: Vec::new(),
        }
    }

    fn run(&mut self) {
        let mut builder = WalkBuilder::new(self.root);
        // What only this machine ignores is not ignored, so that a laptop and CI agree.
        builder
            .standard_filters(false)
            .git_ignore(true)
            .require_git(false)
            .parents(
                self.root
                    .ancestors()
                    .skip(1)
                    .any(|folder| folder.join(".git").exists()),
            );
        self.walk(&builder);
        // Settings at the top count although an ignore file keeps them out of the repository.
        for name in [CONFIG_NAME, ".mcp.json"] {
            let path = self.root.join(name);
            if let Some(kind) = FoundKind::of(&path).filter(|_| path.is_file()) {
                self.add(path, kind);
            }
        }
        self.walk_hosts();
        self.follow_links();
    }

    fn walk_hosts(&mut self) {
        while let Some(first) = self.hosts.pop() {
            let mut builder = WalkBuilder::new(first);
            for folder in self.hosts.drain(..) {
                builder.add(folder);
            }
            builder.standard_filters(false);
            self.walk(&builder);
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
            .walked
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
            // A link to a folder above itself is a circle.
            if !allowed || real_root.starts_with(&target) || !target.is_dir() {
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

    fn walk(&mut self, builder: &WalkBuilder) {
        let (sender, seen) = mpsc::channel();
        let this = &*self;
        builder.build_parallel().run(|| {
            let sender = sender.clone();
            Box::new(move |entry| match entry {
                // The receiver lives until the walk is over, so nothing is ever lost.
                Ok(entry) => this.visit(&entry, |seen| _ = sender.send(seen)),
                Err(error) => {
                    tracing::debug!(%error, "left out of the walk");
                    WalkState::Continue
                }
            })
        });
        drop(sender);
        for seen in seen {
            match seen {
                Seen::File(path, kind) => self.add(path, kind),
                Seen::Folder(path) => drop(self.walked.insert(path)),
                Seen::Host(path) if !self.configs.excludes(&file_path(self.root, &path)) => {
                    self.hosts.push(path)
                }
                Seen::Host(_) => {}
                Seen::Link(path) => self.links.push(path),
            }
        }
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
                    seen(Seen::File(settings, kind));
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
            self.found.push(Found { file, path, kind });
        }
    }

    /// Whether a folder met on the way is not for us: hidden ones (host folders among them, as
    /// they are walked apart), dependencies, and the copies of the whole repository that a
    /// host keeps in its own folder.
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

fn rebase(path: &Path, from: &Path, to: &Path) -> PathBuf {
    match path.strip_prefix(from) {
        Ok(rest) => to.join(rest),
        Err(_) => path.to_path_buf(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes empty files; a folder where the path ends in `/`.
    fn tree(paths: &[&str]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for path in paths {
            let full = root.path().join(path);
            if path.ends_with('/') {
                fs::create_dir_all(full).unwrap();
            } else {
                fs::create_dir_all(full.parent().unwrap()).unwrap();
                fs::write(full, "").unwrap();
            }
        }
        root
    }

    fn walked(root: &Path) -> Vec<String> {
        walk(root, &Configs::default())
            .into_iter()
            .map(|found| found.file.to_string())
            .collect()
    }

    #[test]
    fn a_walk_finds_markdown_and_settings_and_nothing_else() {
        let root = tree(&[
            "a.md",
            "rules/b.mdc",
            "c.txt",
            ".agentls.yaml",
            ".mcp.json",
            "settings.json",
            ".claude/settings.json",
            ".claude/agents/x.md",
            "p/.claude-plugin/plugin.json",
            "plugin.json",
            ".hidden/y.md",
            "node_modules/z/README.md",
            ".claude/worktrees/w/.claude/agents/x.md",
        ]);
        assert_eq!(
            walked(root.path()),
            [
                ".agentls.yaml",
                ".claude/agents/x.md",
                ".claude/settings.json",
                ".mcp.json",
                "a.md",
                "p/.claude-plugin/plugin.json",
                "rules/b.mdc",
            ]
        );
    }

    #[test]
    fn an_ignored_folder_is_left_out_but_a_host_folder_never() {
        let root = tree(&[
            "build/a.md",
            "b.md",
            ".claude/agents/x.md",
            "sub/.github/agents/y.agent.md",
            "sub/build/.claude/z.md",
        ]);
        fs::write(
            root.path().join(".gitignore"),
            "build/\n.claude\n.github\n*.agent.md\n",
        )
        .unwrap();
        assert_eq!(
            walked(root.path()),
            [
                ".claude/agents/x.md",
                "b.md",
                "sub/.github/agents/y.agent.md"
            ]
        );
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_for_host_folders_inside_the_workspace_only() {
        use std::os::unix::fs::symlink;
        let outside = tree(&["agents/o.md"]);
        let root = tree(&[
            "shared/x.md",
            "build/y.md",
            ".claude/",
            "a/",
            "b/",
            "c/.claude/",
        ]);
        fs::write(root.path().join(".gitignore"), "build\n").unwrap();
        let link = |to: &Path, at: &str| symlink(to, root.path().join(at)).unwrap();
        link(&root.path().join("shared"), ".claude/agents");
        link(&root.path().join("build"), "a/.claude");
        link(outside.path(), "b/.claude");
        link(root.path(), "c/.claude/agents");
        link(&root.path().join("shared"), "linked");
        link(&root.path().join("shared/x.md"), "x.md");
        assert_eq!(walked(root.path()), ["a/.claude/y.md", "shared/x.md"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_never_opened() {
        let root = tree(&["a.md"]);
        let pipe = root.path().join("pipe.md");
        assert!(
            std::process::Command::new("mkfifo")
                .arg(&pipe)
                .status()
                .unwrap()
                .success()
        );
        assert_eq!(walked(root.path()), ["a.md"]);
        assert_eq!(read(&pipe), Err(Unreadable::NotAFile));
        assert_eq!(read_header(root.path()), Err(Unreadable::NotAFile));
    }

    #[test]
    fn a_header_is_read_to_its_end_and_no_further() {
        let root = tree(&["a.md"]);
        let path = root.path().join("a.md");
        let check = |text: &[u8], bytes: usize, complete: bool| {
            fs::write(&path, text).unwrap();
            let prefix = read_header(&path).unwrap();
            assert_eq!((prefix.text.len(), prefix.complete), (bytes, complete));
        };
        let body = "x".repeat(100_000);
        check(b"", 0, true);
        check(b"---\nname: a\n---\nbody", 20, true);
        check(
            format!("---\nname: a\n---\n{body}").as_bytes(),
            HEADER_CHUNK,
            false,
        );
        check(
            format!("# No header\n\n{body}").as_bytes(),
            HEADER_CHUNK,
            false,
        );
        let long = format!("---\ndescription: |\n{}---\n", "  a line\n".repeat(3_000));
        check(format!("{long}{body}").as_bytes(), 4 * HEADER_CHUNK, false);
        check(
            format!("---\n{}", "a: b\n".repeat(100_000)).as_bytes(),
            MAX_HEADER_BYTES,
            false,
        );
        // A character across the end of what is read is left for the next time.
        check(
            format!("---\n---\n{}", "\u{fc}".repeat(8_000)).as_bytes(),
            HEADER_CHUNK,
            false,
        );
        check(
            format!("---\n---\n{}", "x\u{fc}".repeat(8_000)).as_bytes(),
            HEADER_CHUNK,
            false,
        );
    }

    #[test]
    fn what_is_no_text_says_why() {
        let root = tree(&["a.md"]);
        let path = root.path().join("a.md");
        fs::write(&path, b"---\nname: \xff\n---\n").unwrap();
        assert_eq!(read(&path), Err(Unreadable::NotUtf8 { offset: 10 }));
        assert_eq!(read_header(&path), Err(Unreadable::NotUtf8 { offset: 10 }));
        fs::write(&path, vec![b'x'; MAX_FILE_BYTES + 1]).unwrap();
        assert_eq!(
            read(&path),
            Err(Unreadable::TooLarge {
                bytes: MAX_FILE_BYTES as u64 + 1
            })
        );
        assert_eq!(read(&root.path().join("none.md")), Err(Unreadable::Missing));
    }

    #[test]
    fn a_lone_file_belongs_to_the_nearest_folder_that_looks_like_a_workspace() {
        let root = tree(&[
            "home/.claude/agents/u.md",
            "home/repo/.git/",
            "home/repo/sub/.github/",
            "home/notes/n.md",
        ]);
        let home = root.path().join("home");
        let check = |file: &str, expected: &str| {
            assert_eq!(
                workspace_root_below(&home.join(file), Some(&home)),
                home.join(expected),
                "{file}"
            );
        };
        check("repo/a/b.md", "repo");
        check("repo/sub/c/b.md", "repo/sub");
        check("notes/n.md", "notes");
        check(".claude/agents/u.md", "");
    }

    #[test]
    fn a_folder_inside_a_host_folder_belongs_to_what_holds_the_host_folder() {
        let of = |folder: &str| {
            workspace_of_folder(Path::new(folder))
                .to_string_lossy()
                .into_owned()
        };
        assert_eq!(of("/r/.claude/agents"), "/r");
        assert_eq!(of("/r/agents"), "/r/agents");
        assert_eq!(of("/r/.claude/x/.github/agents"), "/r");
    }

    #[test]
    fn a_path_is_relative_to_its_workspace_and_absolute_outside() {
        assert_eq!(
            file_path(Path::new("/r"), Path::new("/r/a/b.md")).as_str(),
            "a/b.md"
        );
        assert_eq!(
            file_path(Path::new("/r"), Path::new("/q/b.md")).as_str(),
            "/q/b.md"
        );
    }
}
