//! The workspaces. Each is made by code: none of them could be kept in a repository.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// What a file outside says, which nobody may ever see.
pub(crate) const SECRET: &str = "outside-all-roots";

/// A workspace beside an empty home and a folder that belongs to neither.
pub(crate) struct Place {
    folder: TempDir,
}

impl Place {
    pub(crate) fn new(make: fn(&Place)) -> Self {
        let place = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        for part in ["work", "home", "outside"] {
            fs::create_dir(place.folder.path().join(part)).unwrap();
        }
        place.write("../outside/secret.md", agent(SECRET, ""));
        place.write("../outside/agents/secret.md", agent(SECRET, ""));
        place.write("../outside/.agentls.yaml", format!("{SECRET}: 1\n"));
        place.write(
            "../outside/plugin.json",
            format!("{{\"name\": \"{SECRET}\"}}"),
        );
        make(&place);
        place
    }

    pub(crate) fn work(&self) -> std::path::PathBuf {
        self.folder.path().join("work")
    }

    pub(crate) fn home(&self) -> std::path::PathBuf {
        self.folder.path().join("home")
    }

    pub(crate) fn outside(&self) -> std::path::PathBuf {
        self.folder.path().join("outside")
    }

    pub(crate) fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.work().join(path);
        assert!(!path.is_symlink(), "who writes through it writes outside");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub(crate) fn link(&self, to: impl AsRef<Path>, at: &str) {
        let at = self.work().join(at);
        fs::create_dir_all(at.parent().unwrap()).unwrap();
        symlink(to, at).unwrap();
    }

    pub(crate) fn pipe(&self, path: &str) {
        let path = self.work().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    }
}

/// A healthy agent with a body.
pub(crate) fn agent(name: &str, body: &str) -> String {
    format!("---\nname: {name}\ndescription: Does its work.\n---\n{body}\n")
}

/// A name, and what makes the workspace that is called so.
pub(crate) type Named = (&'static str, fn(&Place));

/// All of them.
pub(crate) const ALL: [Named; 14] = [
    ("circles", circles),
    ("links out", links_out),
    ("devices", devices),
    ("pipes", pipes),
    ("ignore files", ignore_files),
    ("a gigabyte", gigabyte),
    ("bytes that are no text", binary),
    ("control characters", control_characters),
    ("deep nesting", deep),
    ("aliases", aliases),
    ("markup that never closes", unclosed),
    ("wide tables", tables),
    ("paths that climb", climbing),
    ("patterns", patterns),
];

pub(crate) fn circles(place: &Place) {
    place.write(".claude/agents/a.md", agent("a", "Work."));
    place.link("..", "up");
    place.link("b", "c");
    place.link("c", "b");
    place.link("self.md", "self.md");
    place.link("../..", "x/.claude");
    place.link("../agents", ".claude/agents/agents");
    place.link(".agentls.yaml", ".agentls.yaml");
}

pub(crate) fn links_out(place: &Place) {
    let outside = place.outside();
    place.write(".claude/agents/a.md", agent("a", "See [it](../../p.md)."));
    place.link(outside.join("secret.md"), "p.md");
    place.link(outside.join("secret.md"), ".claude/agents/q.md");
    place.link(&outside, "b/.claude");
    place.link(outside.join("agents"), "c/.claude/agents");
    place.link(&outside, "d/.claude-plugin");
    place.link(outside.join(".agentls.yaml"), ".agentls.yaml");
    place.link("/proc/self/environ", ".mcp.json");
    place.link("/etc/passwd", ".vscode/mcp.json");
}

pub(crate) fn devices(place: &Place) {
    place.write(".claude/agents/a.md", agent("a", "Work."));
    for name in [
        "zero.md",
        ".mcp.json",
        ".agentls.yaml",
        ".claude/agents/zero.md",
    ] {
        place.link("/dev/zero", name);
    }
    place.link("/dev", "x/.claude");
    // Only root can make one of its own.
    let null = place.work().join(".claude/agents/null.md");
    let made = Command::new("mknod")
        .arg(null)
        .args(["c", "1", "5"])
        .output();
    if !made.is_ok_and(|made| made.status.success()) {
        eprintln!("devices are tried through links alone: none can be made here");
    }
}

pub(crate) fn pipes(place: &Place) {
    place.write(".claude/agents/a.md", agent("a", "Work."));
    for name in [
        "pipe.md",
        ".mcp.json",
        ".agentls.yaml",
        ".claude/settings.json",
        ".claude/agents/p.md",
        "sub/.gitignore",
        ".claude-plugin/plugin.json",
    ] {
        place.pipe(name);
    }
}

pub(crate) fn ignore_files(place: &Place) {
    place.link("/dev/zero", ".gitignore");
    place.write("a/note.md", "Work.\n");
    place.pipe("a/.gitignore");
    place.write("b/note.md", "Work.\n");
    let many: String = (0..200_000).map(|n| format!("*x{n}*/**/y?{n}\n")).collect();
    place.write("b/.gitignore", many);
    place.write("c/note.md", "Work.\n");
    let nested = format!("{}a{}\n", "{a,".repeat(10_000), "}".repeat(10_000));
    place.write("c/.gitignore", nested);
    place.write("d/note.md", "Work.\n");
    place.write("d/.gitignore", b"caf\xe9\n\0\n");
    place.write("e/.gitignore/note.md", "Work.\n");
}

pub(crate) fn gigabyte(place: &Place) {
    for name in [
        "big.md",
        ".claude/agents/big.md",
        ".agentls.yaml",
        ".mcp.json",
    ] {
        place.write(name, "");
        // It has no bytes on disk.
        let file = File::options()
            .write(true)
            .open(place.work().join(name))
            .unwrap();
        file.set_len(1 << 30).unwrap();
    }
    place.write(".claude/agents/lines.md", "\n".repeat(4_000_000));
    place.write(".claude/agents/headings.md", "# a\n".repeat(1_000_000));
}

pub(crate) fn binary(place: &Place) {
    let bytes: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    place.write(".claude/agents/bytes.md", bytes);
    place.write(".claude/agents/nothing.md", [0; 100_000]);
    place.write(".claude/agents/latin.md", b"---\nname: caf\xe9\n---\n");
    place.write(".claude/agents/mark.md", b"\xef\xbb\xbf---\nname: a\n---\n");
    place.write(".claude/agents/utf16.md", b"\xff\xfe-\0-\0-\0\n\0");
    place.write(".agentls.yaml", b"\xff\xfe\0");
    place.write(".claude/settings.json", [0xff; 1_000]);
    let name = OsStr::from_bytes(b"n\xffme.md");
    // Not every file system takes such a name.
    _ = fs::write(
        place.work().join(".claude/agents").join(name),
        agent("b", ""),
    );
}

pub(crate) fn control_characters(place: &Place) {
    let text = "---\nname: \"x\\e[31m y\"\ndescription: \"a \u{1b}]0;t\u{7} b \u{9b}31m\"\n\
         tools: Foo\u{1b}[2J, B\u{202e}ar\nmodel: \"gp\u{1b}[31mt\"\nextends: \u{1b}[1mno\n---\n\
         | Delegate To | When |\n|---|---|\n| no-\u{1b}[31mone | x\u{7} |\n\
         Delegate to `no-\u{202e}\u{9b}body`. <!-- agentls-disable \u{1b}c -->\n";
    for name in [
        "\u{1b}]0;title\u{7}",
        "\u{1b}[2J",
        "two\nlines",
        "back\rward",
        "\u{202e}turned",
        "tab\t",
        "del\u{7f}",
        "\u{9b}31m",
        "::error file=x::y\n::error::z",
        "a`b$(c)",
        "\"><script>alert(1)<",
        "%0A",
    ] {
        place.write(&format!(".claude/agents/{name}.md"), text);
        place.write(&format!("{name}/.agentls.yaml"), "ru\u{202e}les: {}\n");
    }
    place.write(
        ".agentls.yaml",
        "rules: {\"\\e[31m\": off, \u{9b}x: error}\n",
    );
    place.pipe(".claude/agents/\u{1b}pipe.md");
}

pub(crate) fn deep(place: &Place) {
    const DEPTH: usize = 10_000;
    let nest = |open: &str, close: &str| open.repeat(DEPTH) + &close.repeat(DEPTH);
    for (name, value) in [
        ("open", "[".repeat(DEPTH)),
        ("lists", nest("[", "]")),
        ("maps", nest("{a: ", "}")),
        ("dashes", "- ".repeat(DEPTH)),
        ("keys", "? ".repeat(DEPTH)),
    ] {
        for key in ["description", "tools", "hooks"] {
            let header = format!("---\nname: {name}-{key}\n{key}: {value}\n---\nWork.\n");
            place.write(&format!(".claude/agents/{name}-{key}.md"), header);
        }
    }
    let lines: String = (0..700).map(|n| " ".repeat(n) + "k:\n").collect();
    place.write(
        ".claude/agents/blocks.md",
        format!("---\nname: b\nx:\n{lines}---\n"),
    );
    for (name, body) in [
        ("quotes", "> ".repeat(DEPTH)),
        ("bullets", "- ".repeat(DEPTH)),
        ("brackets", "[".repeat(DEPTH)),
        ("tags", "<div>".repeat(DEPTH)),
        ("examples", "<example>\n".repeat(DEPTH)),
        ("python", format!("```python\n{}\n```", nest("[1,", "]"))),
        ("calls", format!("```python\n{}\n```", "f(".repeat(DEPTH))),
    ] {
        place.write(&format!(".claude/agents/{name}.md"), agent(name, &body));
    }
    place.write(".agentls.yaml", format!("rules: {}\n", nest("[", "]")));
    place.write(
        "sub/.agentls.yaml",
        format!("known: {}\n", nest("{a: ", "}")),
    );
    place.write(".mcp.json", nest("[", "]"));
    place.write(".claude/settings.json", "{\"a\":".repeat(DEPTH));
    let folders = "d/".repeat(1_000);
    place.write(&format!("{folders}a.md"), "Work.\n");
}

pub(crate) fn aliases(place: &Place) {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for n in 1..40 {
        let before = vec![format!("*a{}", n - 1); 10].join(", ");
        bomb += &format!("a{n}: &a{n} [{before}]\n");
    }
    place.write(
        ".claude/agents/bomb.md",
        format!("---\nname: bomb\n{bomb}description: *a39\ntools: *a39\n---\n"),
    );
    place.write(
        ".claude/agents/self.md",
        "---\n<<: *x\nname: &n [*n]\ndescription: *n\n---\n",
    );
    place.write(
        ".agentls.yaml",
        format!("{bomb}exclude: *a39\nrules: *a39\n"),
    );
}

pub(crate) fn unclosed(place: &Place) {
    for (name, body) in [
        ("stars", "*".repeat(1_000_000)),
        ("words", "*a ".repeat(40_000)),
        ("lines", "*a\n".repeat(20_000)),
        ("underscores", "_a ".repeat(20_000)),
        ("ats", "@a-b ".repeat(20_000)),
        ("endings", ".md".repeat(20_000)),
        ("hyphens", "a-".repeat(40_000)),
        ("slashes", "a/".repeat(40_000)),
        ("fences", "```\n".repeat(10_001)),
        ("images", "![".repeat(30_000)),
        ("comments", "<!-- agentls-disable x -->\n".repeat(5_000)),
    ] {
        place.write(&format!(".claude/agents/{name}.md"), agent(name, &body));
    }
    let ticks: String = (0..5_000)
        .map(|n| "`".repeat(n % 100 + 1) + " a ")
        .collect();
    place.write(".claude/agents/ticks.md", agent("ticks", &ticks));
    let open = format!("---\n{}", "a: \"x\n".repeat(4_000));
    place.write(".claude/agents/header.md", open);
    let tools: Vec<_> = (0..2_000).map(|n| format!("Tol{n}")).collect();
    let tools = tools.join(", ");
    place.write(
        ".claude/agents/tools.md",
        format!("---\nname: tools\ndescription: x\ntools: {tools}\n---\nWork.\n"),
    );
}

pub(crate) fn tables(place: &Place) {
    const COLUMNS: usize = 10_000;
    let row = format!("|{}\n", "x|".repeat(COLUMNS));
    let line = format!("|{}\n", "-|".repeat(COLUMNS));
    place.write(
        ".claude/agents/wide.md",
        agent("wide", &format!("{row}{line}{}", row.repeat(5))),
    );
    let head = "| Delegate To | When |\n|---|---|\n";
    for (name, rows) in [
        ("long", "| no-body | x |\n".repeat(5_000)),
        ("bars", "|".repeat(200_000)),
        ("cell", format!("| {} | x |\n", "a".repeat(200_000))),
    ] {
        place.write(
            &format!(".claude/agents/{name}.md"),
            agent(name, &format!("{head}{rows}")),
        );
    }
}

pub(crate) fn climbing(place: &Place) {
    place.write(
        ".claude/agents/climber.md",
        "---\nname: climber\ndescription: Climbs.\nextends: ../../../../etc/passwd\n\
         skills: [../../../outside/secret]\n\
         hooks:\n  PreToolUse:\n    - matcher: \"*\"\n      hooks:\n        - type: command\n          \
         command: touch pwned; cat ../outside/secret.md\n---\n\
         | Delegate To | When |\n|---|---|\n| ../../../outside/secret.md | x |\n\n\
         See [one](/etc/passwd), [two](../../../outside/secret.md), [three](file:///etc/hosts.md),\n\
         ![four](../../../outside/secret.md), @/etc/passwd, @../../../outside/secret.md and\n\
         `../../../outside/secret.md`, `~/.ssh/id_rsa.md`, ../../../outside/agents/secret.md.\n\
         Use the `../../outside` agent. !`touch pwned`\n",
    );
    place.write(
        ".claude/commands/run.md",
        "---\ndescription: Runs.\nallowed-tools: Bash(touch pwned)\n---\n!`touch pwned`\n@../../../outside/secret.md\n",
    );
    place.write(
        ".mcp.json",
        r#"{"mcpServers": {"x": {"command": "touch", "args": ["pwned"], "url": "http://127.0.0.1:9/"}}}"#,
    );
    place.write(
        ".claude/settings.json",
        r#"{"agent": "../../../outside/secret", "hooks": {"Stop": [{"hooks": [{"type": "command", "command": "touch pwned"}]}]}}"#,
    );
    place.write(
        ".agentls.yaml",
        "extends: ../outside/.agentls.yaml\nexclude: ['../outside', '/etc']\nhosts: {'../../**': claude-code}\n",
    );
}

pub(crate) fn patterns(place: &Place) {
    let nested = format!("{}a{}", "{a,".repeat(100_000), "}".repeat(100_000));
    let many: String = (0..20_000)
        .map(|n| format!("- '**/x{n}*/{{a,b}}?/[a-z]*'\n"))
        .collect();
    place.write(
        ".agentls.yaml",
        format!("hosts: {{'{nested}': claude-code}}\nexclude:\n- '{nested}'\n- '[[[['\n{many}"),
    );
    place.write("a.md", "Work.\n");
}
