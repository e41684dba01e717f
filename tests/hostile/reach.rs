//! What the program touches: no file outside the workspace and the user's agents is opened,
//! nothing is started, nothing is asked of a network. The system itself tells, where `strace` is.
#![cfg(target_os = "linux")]

use std::fs;
use std::path::{Component, Path, PathBuf};
use std::process::Command;

use serde_json::json;

use crate::run;
use crate::session::{Conversation, uri};
use crate::workspaces::{
    Named, Place, agent, circles, climbing, devices, ignore_files, links_out, pipes,
};

/// What the loader and the standard library of Rust read wherever a program runs.
const SYSTEM: [&str; 9] = [
    "/dev/null",
    "/etc/ld.so.cache",
    "/etc/ld.so.preload",
    "/lib",
    "/proc/self",
    "/proc/sys/vm/overcommit_memory",
    "/sys/fs/cgroup",
    "/usr/lib",
    "/sys/devices/system/cpu",
];

/// Calls of the system that reach over a network, or into another process.
const NETWORK: [&str; 9] = [
    "socket", "connect", "bind", "listen", "accept", "accept4", "sendto", "sendmsg", "sendmmsg",
];

/// Calls that make files appear, go or change.
const WRITING: [&str; 16] = [
    "creat",
    "mkdir",
    "mkdirat",
    "rmdir",
    "unlink",
    "unlinkat",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "symlink",
    "symlinkat",
    "truncate",
    "mknod",
    "mknodat",
];

fn has_strace() -> bool {
    let works = Command::new("strace")
        .args(["-qq", "-o", "/dev/null", "true"])
        .output()
        .is_ok_and(|output| output.status.success());
    if !works {
        eprintln!("skipped: there is no `strace` that may trace here");
    }
    works
}

/// The command under the eyes of the system, which writes what it sees to `log`.
fn traced(folder: &Path, home: &Path, log: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("strace");
    command
        .args([
            "-f",
            "-qq",
            "-s",
            "4096",
            "-e",
            "trace=%file,%network,%process",
        ])
        .args(["-e", "signal=none", "-o"])
        .arg(log)
        .arg(env!("CARGO_BIN_EXE_agentls"))
        .args(arguments)
        .current_dir(folder)
        .env("HOME", home)
        .env_remove("AGENTLS_LOG")
        // Cargo's own: the loader would look for libraries there.
        .env_remove("LD_LIBRARY_PATH");
    command
}

/// Asserts of a log that nothing was opened but below `allowed` and what every program opens,
/// that nothing was written, and that nothing was started or connected to.
fn assert_confined(what: &str, log: &Path, folder: &Path, allowed: &[&Path]) {
    let log = String::from_utf8_lossy(&fs::read(log).unwrap()).into_owned();
    let mut started = 0;
    let mut opened = 0;
    for line in log.lines() {
        let call = line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
        let Some((name, rest)) = call.split_once('(') else {
            continue; // The end of a call that another thread has interrupted.
        };
        assert!(!NETWORK.contains(&name), "{what}: {line}");
        assert!(!WRITING.contains(&name), "{what}: {line}");
        match name {
            "execve" | "execveat" => started += 1,
            "fork" | "vfork" => panic!("{what}: {line}"),
            "clone" | "clone3" => {
                let is_thread = rest.contains("CLONE_THREAD");
                assert!(is_thread, "{what}: {line}");
            }
            "open" | "openat" | "openat2" => {
                let path = rest.split('"').nth(1).unwrap();
                assert!(!rest.contains("O_CREAT"), "{what}: {line}");
                let path = resolved(&folder.join(path));
                let is_allowed = allowed.iter().any(|it| path.starts_with(it))
                    || SYSTEM.iter().any(|it| path.starts_with(it));
                assert!(is_allowed, "{what}: {line}");
                opened += 1;
            }
            _ => {}
        }
    }
    assert_eq!(started, 1, "{what}: it starts, and nothing else does");
    assert!(opened > 0, "{what}: the log tells nothing");
}

/// Where a path leads: through links as far as it exists, else by its spelling.
fn resolved(path: &Path) -> PathBuf {
    let own = || path.to_string_lossy().starts_with("/proc/self");
    if own() {
        return path.to_path_buf();
    }
    fs::canonicalize(path).unwrap_or_else(|_| {
        let mut spelt = PathBuf::new();
        for component in path.components() {
            match component {
                Component::ParentDir => _ = spelt.pop(),
                other => spelt.push(other),
            }
        }
        spelt
    })
}

/// The workspaces whose files are not what they seem.
const FILES: [Named; 6] = [
    ("circles", circles),
    ("links out", links_out),
    ("devices", devices),
    ("pipes", pipes),
    ("ignore files", ignore_files),
    ("paths that climb", climbing),
];

#[test]
fn commands_open_the_workspace_alone() {
    if !has_strace() {
        return;
    }
    for (name, make) in FILES {
        let place = Place::new(make);
        let work = fs::canonicalize(place.work()).unwrap();
        let log = place.home().join("log");
        for arguments in [
            &["check"][..],
            &["check", "--diff", "--unsafe-fixes"],
            &["check", "--user-agents", "--format", "sarif"],
            &["graph", "--skills"],
            &["references", "a"],
        ] {
            let ended = run(
                &mut traced(&work, &place.home(), &log, arguments),
                Vec::new(),
            );
            assert!(ended.code().is_some_and(|code| code <= 2), "{name}");
            assert_confined(&format!("{name}: {arguments:?}"), &log, &work, &[&work]);
        }
        assert!(!work.join("pwned").exists(), "{name}");
    }
}

/// A workspace with links out, paths that climb, and agents of the user.
fn both(place: &Place) {
    climbing(place);
    let outside = place.outside();
    place.link(outside.join("secret.md"), "p.md");
    place.link(&outside, "b/.claude");
    place.link("/etc", "c/.claude/agents");
    place.link("/etc/passwd", ".vscode/mcp.json");
    place.write(
        "../home/.claude/agents/own.md",
        agent("own", "See `../../outside/secret.md`."),
    );
    place.write("../home/letters/private.md", agent("private", "Private."));
}

#[test]
fn a_session_opens_the_workspace_and_the_users_agents_alone() {
    if !has_strace() {
        return;
    }
    let place = Place::new(both);
    let work = fs::canonicalize(place.work()).unwrap();
    let home = fs::canonicalize(place.home()).unwrap();
    let outside = fs::canonicalize(place.outside()).unwrap();
    let log = place.home().join("log");
    // The whole file system, and the whole home, are no workspaces that anybody means.
    let mut talk = Conversation::new(&[&work, Path::new("/"), &home]);
    for file in [
        ".claude/agents/climber.md",
        ".claude/commands/run.md",
        ".mcp.json",
        ".claude/settings.json",
    ] {
        let path = work.join(file);
        let text = fs::read_to_string(&path).unwrap();
        talk.open(&uri(&path), &text);
        talk.ask_everything(&uri(&path), &text);
    }
    // What the client says of a file outside is the client's; the file itself is nobody's.
    let passwd = "root:x:0:0:`climber` [x](shadow.md)\n";
    for at in [
        "file:///etc/passwd".to_owned(),
        format!("{}/../../../etc/passwd", uri(&work)),
        uri(&work.join("p.md")),
        uri(&work.join("b/.claude/agents/secret.md")),
    ] {
        talk.open(&at, passwd);
        talk.ask_everything(&at, passwd);
        talk.tell(
            "textDocument/didSave",
            json!({ "textDocument": { "uri": at } }),
        );
        talk.tell(
            "textDocument/didClose",
            json!({ "textDocument": { "uri": at } }),
        );
    }
    let changed = |uri: String, kind: u8| json!({ "uri": uri, "type": kind });
    talk.tell(
        "workspace/didChangeWatchedFiles",
        json!({ "changes": [
            changed("file:///etc/passwd".to_owned(), 2),
            changed("file:///etc".to_owned(), 1),
            changed(uri(&outside.join("secret.md")), 1),
            changed(format!("{}/../outside/secret.md", uri(&work)), 2),
            changed(uri(&work.join("p.md")), 2),
            changed(uri(&work.join("b/.claude")), 1),
            changed(uri(&home.join("letters/private.md")), 2),
        ] }),
    );
    for name in ["../../../outside/x", "/etc/x", "x\u{1b}\n", "", "own"] {
        for folder in [
            uri(&work.join(".claude/agents")),
            format!("{}/../outside", uri(&work)),
            uri(&outside),
            "file:///etc".to_owned(),
        ] {
            let params = json!({ "name": name, "host": "claude-code", "folder": folder });
            talk.ask("agentls/newAgent", params);
        }
    }
    talk.ask(
        "workspace/willRenameFiles",
        json!({ "files": [{
            "oldUri": uri(&work.join(".claude/agents/climber.md")),
            "newUri": "file:///etc/climber.md",
        }] }),
    );
    talk.ask("workspace/symbol", json!({ "query": "" }));
    talk.ask("agentls/graph", json!({ "format": "html" }));
    let said = talk.run(&mut traced(&home, &home, &log, &["server"]));
    let own = home.join(".claude/agents");
    // Of the home and of the top nothing else is looked at than what stands there by name.
    let named = [home.join(".agentls.yaml"), PathBuf::from("/.agentls.yaml")];
    assert_confined(
        "a session",
        &log,
        &home,
        &[&work, &own, &named[0], &named[1]],
    );
    let said = serde_json::to_string(&said).unwrap();
    for elsewhere in [uri(&outside), uri(&home.join("letters"))] {
        assert!(!said.contains(&format!("\"{elsewhere}/")), "{elsewhere}");
    }
    assert!(!work.join("pwned").exists() && !home.join("pwned").exists());
}
