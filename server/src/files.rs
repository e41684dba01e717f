//! The file system: which files there are, what they hold, where their workspace starts.
//! The only I/O on agent files, shared by the server and by `agentls check`.

mod walk;

use std::ffi::OsStr;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use ignore::WalkBuilder;

use crate::paths::{Platform, is_within};
use agentls_analysis::host::Hosts;
use agentls_analysis::limits::{MAX_FILE_BYTES, MAX_HEADER_BYTES, MAX_LINES};
use agentls_analysis::path::FilePath;
pub(crate) use walk::{LeftOut, Walked, walk};

/// The configuration of a workspace, at its top.
pub(crate) const CONFIG_NAME: &str = agentls_analysis::config::FILE_NAME;

/// How much of a file is read at once in search of its header, in bytes. Nearly every header
/// fits, and most bodies are longer.
const HEADER_CHUNK: usize = 8 * 1024;

/// Lines, from the first, among which the opening `---` of a header is looked for: text before
/// it is a mistake that rules name, so it must be read too.
const HEADER_OPENING_LINES: usize = 32;

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
    /// It has more than [`MAX_LINES`].
    TooManyLines,
    /// A folder, a pipe, a device: opening it could block for ever.
    NotAFile,
    /// A link that leads out of the workspace and of the user's agents.
    Outside,
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
            Self::NotUtf8 { offset } => {
                write!(f, "it is not UTF-8 at byte {offset}. Save it as UTF-8")
            }
            Self::TooLarge { bytes } => {
                write!(
                    f,
                    "its {bytes} bytes are more than the {MAX_FILE_BYTES} that are read. Split \
                     it, or leave it out by `exclude` in {CONFIG_NAME}"
                )
            }
            Self::TooManyLines => write!(
                f,
                "it has more than the {MAX_LINES} lines that are read. Split it, or leave it out \
                 by `exclude` in {CONFIG_NAME}"
            ),
            Self::NotAFile => f.write_str("it is not a regular file"),
            Self::Outside => f.write_str(
                "it is a link that leads out of the workspace. Put the file itself here",
            ),
            Self::Failed => f.write_str("agentls itself failed on it, please report that"),
            Self::Missing => f.write_str("it does not exist"),
            Self::Refused(kind) => write!(f, "{kind}. Allow reading it"),
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

/// The text of a file that belongs to the workspace at `root` by its path, or to the user's own
/// agents. What was a file when it was found may have become a link.
///
/// # Errors
/// As [`read`]; also where a link leads out of both.
pub(crate) fn read_within(root: &Path, path: &Path) -> Result<String, Unreadable> {
    match leads_outside(root, path) {
        true => Err(Unreadable::Outside),
        false => read(path),
    }
}

/// Whether a file that belongs to the workspace at `root` by its path lies elsewhere, because of
/// a link on the way. The user's own agents may be links to anywhere: the host loads them.
fn leads_outside(root: &Path, path: &Path) -> bool {
    let Ok(below) = path.strip_prefix(root) else {
        return !is_user_agent(path);
    };
    let mut here = root.to_path_buf();
    let is_straight = below.components().all(|component| {
        here.push(component);
        matches!(component, Component::Normal(_)) && !here.is_symlink()
    });
    if is_straight || is_user_agent(path) {
        return false;
    }
    // Nothing is read where it leads nowhere.
    let Ok(target) = fs::canonicalize(path) else {
        return false;
    };
    let own = user_agents_folder();
    let allowed = [Some(root), own.as_deref()];
    let mut allowed = allowed.into_iter().flatten();
    !allowed.any(|folder| fs::canonicalize(folder).is_ok_and(|it| target.starts_with(it)))
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
    let text = String::from_utf8(buffer).map_err(|error| Unreadable::NotUtf8 {
        offset: error.utf8_error().valid_up_to(),
    })?;
    match has_many_lines(text.as_bytes()) {
        true => Err(Unreadable::TooManyLines),
        false => Ok(text),
    }
}

/// Lines as an editor counts them: what stands behind the last end of one is one too.
fn has_many_lines(text: &[u8]) -> bool {
    let is_second = |at: usize| text[at] == b'\n' && at > 0 && text[at - 1] == b'\r';
    let ends = || memchr::memchr2_iter(b'\n', b'\r', text).filter(|&at| !is_second(at));
    // Each line needs a byte to end it, so most files need no look.
    text.len() >= MAX_LINES && ends().count() >= MAX_LINES
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

fn rebase(path: &Path, from: &Path, to: &Path) -> PathBuf {
    match path.strip_prefix(from) {
        Ok(rest) => to.join(rest),
        Err(_) => path.to_path_buf(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use agentls_analysis::config::Configs;

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
            .found
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

    #[cfg(unix)]
    #[test]
    fn a_file_that_has_become_a_link_out_of_its_workspace_is_not_read() {
        use std::os::unix::fs::symlink;
        let outside = tree(&["x.md", "sub/x.md"]);
        let root = tree(&["x.md", "y.md", "kept/x.md"]);
        let at = |path: &str| root.path().join(path);
        assert_eq!(read_within(root.path(), &at("x.md")), Ok(String::new()));
        fs::remove_file(at("x.md")).unwrap();
        symlink(outside.path().join("x.md"), at("x.md")).unwrap();
        symlink(outside.path().join("sub"), at("sub")).unwrap();
        symlink("kept", at("link")).unwrap();
        symlink("none", at("none.md")).unwrap();
        let read = |path: &str| read_within(root.path(), &at(path));
        assert_eq!(read("x.md"), Err(Unreadable::Outside));
        assert_eq!(read("sub/x.md"), Err(Unreadable::Outside));
        assert_eq!(read("kept/../sub/x.md"), Err(Unreadable::Outside));
        assert_eq!(read("link/x.md"), Ok(String::new()));
        assert_eq!(read("kept/../y.md"), Ok(String::new()));
        assert_eq!(read("none.md"), Err(Unreadable::Missing));
        let elsewhere = outside.path().join("x.md");
        assert_eq!(
            read_within(root.path(), &elsewhere),
            Err(Unreadable::Outside)
        );
    }

    #[cfg(unix)]
    #[test]
    fn an_ignore_file_that_is_none_ignores_nothing_and_is_said() {
        use std::os::unix::fs::symlink;
        let root = tree(&["a.md", "b/a.md", "c/a.md", "c/d/a.md", "e/a.md", ".claude/"]);
        fs::write(root.path().join(".gitignore"), "e\n").unwrap();
        symlink("/dev/zero", root.path().join("b/.gitignore")).unwrap();
        fs::write(root.path().join("c/.gitignore"), "a.md\n".repeat(20_000)).unwrap();
        symlink("/dev/zero", root.path().join("e/.gitignore")).unwrap();
        symlink("/dev", root.path().join(".claude/agents")).unwrap();
        assert_eq!(
            walked(root.path()),
            ["a.md", "b/a.md", "c/a.md", "c/d/a.md"]
        );
        let left_out = walk(root.path(), &Configs::default()).left_out;
        let left_out: Vec<_> = left_out
            .iter()
            .map(|it| it.path.strip_prefix(root.path()).unwrap())
            .collect();
        let expected = [".claude/agents", "b/.gitignore", "c/.gitignore"];
        assert_eq!(left_out, expected.map(Path::new));
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
