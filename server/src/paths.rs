//! Paths as systems write them. What differs between systems is a value, not a `cfg`, so that
//! the tests of all of them run on each.

use std::borrow::Cow;
use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};

/// How a system writes paths and compares names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Platform {
    /// Whether paths have drives and shares, and `\` between segments as well as `/`.
    has_drives: bool,
    /// Whether `A` and `a` are one name.
    is_caseless: bool,
}

impl Platform {
    /// The system that the program runs on.
    pub(crate) const HERE: Self = if cfg!(windows) {
        Self::WINDOWS
    } else if cfg!(target_vendor = "apple") {
        Self::APPLE
    } else {
        Self::UNIX
    };

    const UNIX: Self = Self {
        has_drives: false,
        is_caseless: false,
    };

    const WINDOWS: Self = Self {
        has_drives: true,
        is_caseless: true,
    };

    /// Disks that tell `A` from `a` exist there, and are rare.
    const APPLE: Self = Self {
        has_drives: false,
        is_caseless: true,
    };

    /// The path that the host and the decoded path of a `file:` URI name.
    pub(crate) fn path_of(self, host: &str, path: &str) -> String {
        if !self.has_drives {
            return path.to_owned();
        }
        let backslashed = path.replace('/', "\\");
        if let [b'\\', drive, b':', ..] = backslashed.as_bytes()
            && drive.is_ascii_alphabetic()
        {
            let drive = char::from(drive.to_ascii_uppercase());
            let rest = backslashed.get(2..).unwrap_or_default();
            // `C:` alone is wherever the process is on that drive.
            return format!("{drive}{}", if rest == ":" { ":\\" } else { rest });
        }
        match host {
            "" => backslashed,
            host if host.eq_ignore_ascii_case("localhost") => backslashed,
            host => format!("\\\\{host}{backslashed}"),
        }
    }

    /// The `file:` URI of an absolute path; on Windows with a small drive letter and its colon
    /// encoded, as VS Code spells it.
    pub(crate) fn uri_of(self, path: &str) -> String {
        if !self.has_drives {
            return format!("file://{}", percent_encoded(path));
        }
        let path = self.with_slashes(path);
        if let Some(share) = path.strip_prefix("//") {
            return format!("file://{}", percent_encoded(share));
        }
        match path.split_at_checked(1) {
            Some((drive, rest)) if rest.starts_with(':') => {
                let drive = drive.to_ascii_lowercase();
                format!("file:///{drive}{}", percent_encoded(rest))
            }
            _ => format!("file://{}", percent_encoded(&path)),
        }
    }

    /// The path below `root`, with `/` between segments and empty for `root` itself; `None` where
    /// it lies elsewhere. Both are absolute.
    pub(crate) fn below(self, root: &str, path: &str) -> Option<String> {
        let (root, path) = (self.with_slashes(root), self.with_slashes(path));
        let mut rest = segments(&path);
        for segment in segments(&root) {
            rest.next().filter(|other| self.is_same(segment, other))?;
        }
        Some(rest.collect::<Vec<_>>().join("/"))
    }

    /// With `/` between segments, and on Windows without the `\\?\` of resolved paths, which says
    /// that they are to be taken as they stand.
    pub(crate) fn with_slashes(self, path: &str) -> Cow<'_, str> {
        if !self.has_drives {
            return Cow::Borrowed(path);
        }
        let path = path.replace('\\', "/");
        Cow::Owned(match path.strip_prefix("//?/") {
            Some(rest) => match rest.strip_prefix("UNC/") {
                Some(share) => format!("//{share}"),
                None => rest.to_owned(),
            },
            None => path,
        })
    }

    /// Whether two segments are one name.
    fn is_same(self, a: &str, b: &str) -> bool {
        let lower = |text: &str| {
            text.chars()
                .flat_map(char::to_lowercase)
                .collect::<String>()
        };
        a == b || (self.is_caseless && lower(a) == lower(b))
    }
}

/// The parts of a path with `/` between them. `.` is none, and `..` leads nowhere: with it, a
/// path below a workspace could be one outside.
fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|it| !matches!(*it, "" | "." | ".."))
}

/// Whether `path` is `root` or lies below it, by their spelling alone.
pub(crate) fn is_within(path: &Path, root: &Path) -> bool {
    path.starts_with(root)
        || (Platform::HERE.is_caseless
            && Platform::HERE
                .below(&root.to_string_lossy(), &path.to_string_lossy())
                .is_some())
}

/// What stands in a URI's path as it is.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

pub(crate) fn percent_encoded(path: &str) -> PercentEncode<'_> {
    utf8_percent_encode(path, PATH)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Platform; 3] = [Platform::UNIX, Platform::WINDOWS, Platform::APPLE];

    /// The path of a URI without escapes, as the protocol's types hand it on.
    fn windows_path(uri: &str) -> String {
        let rest = uri.strip_prefix("file://").unwrap();
        let (host, path) = rest.split_at(rest.find('/').unwrap());
        let path = percent_encoding::percent_decode_str(path)
            .decode_utf8()
            .unwrap();
        Platform::WINDOWS.path_of(host, &path)
    }

    #[test]
    fn a_drive_is_one_however_its_uri_is_spelt() {
        for uri in [
            "file:///c%3A/x%20y/z.md",
            "file:///C:/x%20y/z.md",
            "file:///C%3a/x%20y/z.md",
            "file://localhost/c:/x%20y/z.md",
        ] {
            assert_eq!(windows_path(uri), r"C:\x y\z.md", "{uri}");
        }
        assert_eq!(windows_path("file:///d%3A"), r"D:\");
        assert_eq!(windows_path("file:///d%3A/"), r"D:\");
    }

    #[test]
    fn a_share_keeps_its_host() {
        let path = r"\\host\share\x.md";
        assert_eq!(windows_path("file://host/share/x.md"), path);
        assert_eq!(Platform::WINDOWS.uri_of(path), "file://host/share/x.md");
    }

    #[test]
    fn a_windows_path_is_spelt_as_vs_code_does() {
        for path in [r"C:\x y\ü#%.md", r"c:/x y/ü#%.md", r"\\?\C:\x y\ü#%.md"] {
            let uri = Platform::WINDOWS.uri_of(path);
            assert_eq!(uri, "file:///c%3A/x%20y/%C3%BC%23%25.md");
            assert_eq!(windows_path(&uri), r"C:\x y\ü#%.md");
        }
        let resolved = r"\\?\UNC\host\share\x.md";
        assert_eq!(Platform::WINDOWS.uri_of(resolved), "file://host/share/x.md");
    }

    #[test]
    fn elsewhere_backslashes_and_colons_are_letters_of_names() {
        for platform in [Platform::UNIX, Platform::APPLE] {
            assert_eq!(platform.path_of("", r"/c:/a\b.md"), r"/c:/a\b.md");
            assert_eq!(platform.uri_of(r"/c:/a\b.md"), "file:///c%3A/a%5Cb.md");
            assert_eq!(platform.below(r"/a\b", "/a/b/c.md"), None);
        }
    }

    #[test]
    fn a_file_lies_below_its_workspace_whichever_slashes_and_drive_letters_they_have() {
        let below = |root, path| Platform::WINDOWS.below(root, path);
        for (root, path) in [
            (r"C:\work", r"C:\work\.claude\agents\a.md"),
            (r"c:\work\", r"C:/work/.claude/agents/a.md"),
            (r"\\?\C:\work", r"c:\work\.\.claude\agents\a.md"),
            (r"C:\", r"C:\.claude\agents\a.md"),
            (r"\\host\work", r"\\?\UNC\HOST\Work\.claude\agents\a.md"),
        ] {
            let expected = Some(".claude/agents/a.md".to_owned());
            assert_eq!(below(root, path), expected, "{root} {path}");
        }
        assert_eq!(below(r"C:\work", r"C:\work"), Some(String::new()));
        assert_eq!(below(r"C:\work", r"D:\work\a.md"), None);
        assert_eq!(below(r"C:\work", r"C:\workshop\a.md"), None);
    }

    #[test]
    fn names_are_compared_as_the_system_does() {
        let is_below = |platform: Platform| platform.below("/Users/Ö", "/users/ö/a.md").is_some();
        assert_eq!(ALL.map(is_below), [false, true, true]);
        // What is left keeps its spelling: it is shown, and it is right on disk.
        let below = Platform::WINDOWS.below(r"c:\WORK", r"C:\Work\Agents\A.md");
        assert_eq!(below.as_deref(), Some("Agents/A.md"));
    }
}
