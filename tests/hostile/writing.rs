//! `--fix` and `graph --output` where writing goes wrong: a file has its old text or its new one,
//! and nothing else lies beside it.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::workspaces::{Place, agent};
use crate::{Ended, agentls, run, wait};

/// What `--fix` takes away.
const IDLE: &str = "<!-- agentls-disable unknown-agent -->\n";

/// A text with something to mend, of some 100 KB: more than one block of any disk.
fn faulty(name: &str) -> String {
    agent(name, &format!("{IDLE}{}", "Work on.\n".repeat(11_000)))
}

fn mended(name: &str) -> String {
    faulty(name).replace(IDLE, "")
}

fn team() -> Place {
    Place::new(|place| place.write(".claude/agents/a.md", faulty("a")))
}

fn path(place: &Place) -> PathBuf {
    place.work().join(".claude/agents/a.md")
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

/// Runs a line of the shell in a workspace, in which `$0` is the program.
fn shell(place: &Place, line: &str) -> Ended {
    let mut command = Command::new("sh");
    command
        .args(["-c", line, env!("CARGO_BIN_EXE_agentls")])
        .current_dir(place.work())
        .env("HOME", place.home());
    run(&mut command, Vec::new())
}

#[test]
fn a_disk_that_is_full_leaves_the_old_text_and_nothing_else() {
    let place = team();
    // As a full disk, for whoever may make none: no file may grow beyond some blocks.
    let limited = "trap '' XFSZ; ulimit -f 8;";
    let ended = shell(&place, &format!("{limited} exec \"$0\" check --fix"));
    assert_eq!(ended.code(), Some(2), "{}", ended.stderr);
    assert!(
        ended
            .stderr
            .starts_with("error: `.claude/agents/a.md` is left as it is: "),
        "{}",
        ended.stderr
    );
    assert_eq!(fs::read_to_string(path(&place)).unwrap(), faulty("a"));
    assert_eq!(names(path(&place).parent().unwrap()), ["a.md"]);

    place.write("team.html", "old");
    place.link("none.html", "link.html");
    for file in ["team.html", "new.html", "link.html"] {
        let line = format!("{limited} exec \"$0\" graph --format html -o {file}");
        let ended = shell(&place, &line);
        assert_eq!(ended.code(), Some(2), "{}", ended.stderr);
        let said = format!("error: `{file}` cannot be written: ");
        assert!(ended.stderr.starts_with(&said), "{}", ended.stderr);
    }
    let left = fs::read_to_string(place.work().join("team.html")).unwrap();
    assert_eq!(left, "old");
    assert_eq!(names(&place.work()), [".claude", "link.html", "team.html"]);
}

#[test]
fn a_file_system_without_room_is_said() {
    let place = team();
    let line = "mkdir disk && mount -t tmpfs -o size=128k none disk && cp -r .claude disk/ \
         && cd disk && { \"$0\" check --fix; echo $?; ls -A .claude/agents; wc -c < .claude/agents/a.md; }";
    let mut command = Command::new("unshare");
    command
        .args(["-rm", "sh", "-c", line, env!("CARGO_BIN_EXE_agentls")])
        .current_dir(place.work())
        .env("HOME", place.home());
    let can = Command::new("unshare")
        .args(["-rm", "mount", "-t", "tmpfs", "none", "/mnt"])
        .output()
        .is_ok_and(|output| output.status.success());
    if !can {
        eprintln!("skipped: no file system can be made here");
        return;
    }
    let ended = run(&mut command, Vec::new());
    assert!(
        ended
            .stderr
            .starts_with("error: `.claude/agents/a.md` is left as it is: "),
        "{}",
        ended.stderr
    );
    let said = ended.text();
    let last: Vec<_> = said.lines().rev().take(3).collect();
    let bytes = faulty("a").len().to_string();
    assert_eq!(last, [&*bytes, "a.md", "2"], "{said}");
}

#[test]
fn a_folder_that_may_not_be_written_is_left_as_it_is() {
    let place = team();
    let folder = path(&place).parent().unwrap().to_path_buf();
    let set = |mode| fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
    set(0o555);
    let is_root = fs::write(folder.join("try"), "").is_ok();
    let ended = match is_root {
        false => shell(&place, "exec \"$0\" check --fix"),
        true => {
            fs::remove_file(folder.join("try")).unwrap();
            let dropped = "setpriv --bounding-set=-dac_override,-dac_read_search";
            if shell(&place, &format!("{dropped} true")).code() != Some(0) {
                eprintln!("skipped: this user writes everywhere, and nothing here takes that away");
                return;
            }
            shell(&place, &format!("exec {dropped} \"$0\" check --fix"))
        }
    };
    set(0o755);
    assert_eq!(ended.code(), Some(2), "{}", ended.stderr);
    assert_eq!(
        ended.stderr,
        "error: `.claude/agents/a.md` is left as it is: permission denied in its folder\n"
    );
    assert_eq!(fs::read_to_string(path(&place)).unwrap(), faulty("a"));
    assert_eq!(names(&folder), ["a.md"]);
}

#[test]
fn a_file_keeps_its_mode_and_its_other_names_keep_their_text() {
    let place = team();
    let other = place.outside().join("other.md");
    fs::hard_link(path(&place), &other).unwrap();
    fs::set_permissions(path(&place), fs::Permissions::from_mode(0o640)).unwrap();
    let arguments = ["check", "--fix"];
    let ended = run(
        &mut agentls(&place.work(), &place.home(), &arguments),
        Vec::new(),
    );
    assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
    assert_eq!(fs::read_to_string(path(&place)).unwrap(), mended("a"));
    assert_eq!(fs::read_to_string(other).unwrap(), faulty("a"));
    assert_eq!(fs::metadata(path(&place)).unwrap().mode() & 0o777, 0o640);
}

#[test]
fn a_link_that_leads_out_is_not_written_even_if_it_is_named() {
    let place = team();
    let other = place.outside().join("other.md");
    fs::write(&other, faulty("other")).unwrap();
    place.link(&other, ".claude/agents/out.md");
    let arguments = ["check", "--fix", ".claude/agents/out.md"];
    let ended = run(
        &mut agentls(&place.work(), &place.home(), &arguments),
        Vec::new(),
    );
    assert_eq!(ended.code(), Some(2));
    assert_eq!(
        ended.stderr,
        "error: `.claude/agents/out.md` is left as it is: it is a link that leads out of the \
         workspace\n"
    );
    assert_eq!(fs::read_to_string(other).unwrap(), faulty("other"));
}

#[test]
fn whoever_is_interrupted_leaves_whole_files() {
    const FILES: usize = 60;
    let place = Place::new(|place| {
        for number in 0..FILES {
            place.write(
                &format!(".claude/agents/a{number:02}.md"),
                faulty(&format!("a{number:02}")),
            );
        }
    });
    let folder = path(&place).parent().unwrap().to_path_buf();
    let first = folder.join("a00.md");
    let mut command = agentls(&place.work(), &place.home(), &["check", "--fix"]);
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let is_begun = || fs::read_to_string(&first).unwrap() == mended("a00");
    while !is_begun() && child.try_wait().unwrap().is_none() {
        thread::sleep(Duration::from_micros(200));
    }
    let id = child.id().to_string();
    _ = Command::new("kill").args(["-INT", &id]).status();
    let status = wait(&mut child);
    // It may have come to its end before the signal came.
    assert!(matches!(status.code(), Some(0 | 130)), "{status:?}");
    for number in 0..FILES {
        let name = format!("a{number:02}");
        let text = fs::read_to_string(folder.join(format!("{name}.md"))).unwrap();
        assert!(text == faulty(&name) || text == mended(&name), "{name}");
    }
    assert_eq!(names(&folder).len(), FILES);
}
