//! Whatever happened to files and buffers, and in whatever order: the server knows what one
//! knows that starts now.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use crate::buffer::Range;
use crate::client::{Session, Setup, uri};
use crate::edits::Random;
use crate::workspace::Disk;

const CREATED: u8 = 1;
const CHANGED: u8 = 2;
const DELETED: u8 = 3;

const NAMES: [&str; 5] = [
    "data-scientist",
    "docs-keeper",
    "test-runner",
    "team-lead",
    "x-y",
];

const PATHS: [&str; 7] = [
    ".claude/agents/data-scientist.md",
    ".claude/agents/docs-keeper.md",
    ".claude/agents/deep/test-runner.md",
    ".claude/skills/x-y/SKILL.md",
    ".claude/commands/team-lead.md",
    "plugin/agents/docs-keeper.md",
    "README.md",
];

/// The file that asks after every name.
const PROBE: &str = ".claude/agents/probe.md";

fn text(random: &mut Random) -> String {
    let mut text = String::new();
    if !random.one_in(5) {
        let name = random.pick(&NAMES);
        text += &format!("---\nname: {name}\ndescription: Works.\n");
        if random.one_in(3) {
            text += &format!("extends: {}\n", random.pick(&NAMES));
        }
        text += "---\n\n";
    }
    for _ in 0..random.below(4) {
        let name = random.pick(&NAMES);
        text += &match random.below(4) {
            0 => format!("Ask @{name} 😀 or `{name}`.\n\n"),
            1 => format!("| Delegate To |\n|---|\n| {name} |\n\n"),
            2 => format!("See [it](docs-keeper.md) and ../agents/{name}.md.\n\n"),
            _ => format!("Task(subagent_type=\"{name}\")\n\n"),
        };
    }
    text
}

struct World {
    disk: Disk,
    session: Session,
    /// The open files, and what their buffers hold.
    open: BTreeMap<PathBuf, String>,
}

impl World {
    fn step(&mut self, random: &mut Random) {
        let path = self.disk.path(random.pick(&PATHS));
        let name = uri(&path);
        match random.below(10) {
            0..=2 => self.write(&path, &text(random)),
            3 if path.exists() => {
                fs::remove_file(&path).expect("the disk");
                self.session.files_changed(&[(&path, DELETED)]);
            }
            4 => self.rename(&path, &self.disk.path(random.pick(&PATHS))),
            5 | 6 if !self.open.contains_key(&path) => {
                let text = fs::read_to_string(&path).unwrap_or_else(|_| text(random));
                self.session.open(&name, &text);
                self.open.insert(path, text);
            }
            7 | 8 if self.open.contains_key(&path) => {
                let text = text(random);
                self.session.rewrite(&name, &text);
                self.open.insert(path, text);
            }
            _ => {
                if let Some(text) = self.open.remove(&path) {
                    if random.one_in(2) {
                        self.write(&path, &text);
                        self.session.save(&name);
                    }
                    self.session.close(&name);
                }
            }
        }
    }

    fn write(&mut self, path: &PathBuf, text: &str) {
        let change = if path.exists() { CHANGED } else { CREATED };
        fs::create_dir_all(path.parent().expect("the disk")).expect("the disk");
        fs::write(path, text).expect("the disk");
        self.session.files_changed(&[(path, change)]);
    }

    fn rename(&mut self, from: &PathBuf, to: &PathBuf) {
        if !from.exists() || to.exists() {
            return;
        }
        fs::create_dir_all(to.parent().expect("the disk")).expect("the disk");
        fs::rename(from, to).expect("the disk");
        self.session
            .files_changed(&[(from, DELETED), (to, CREATED)]);
    }
}

/// What a session answers: who mentions each name, and what is wrong with each open file.
#[derive(Debug, PartialEq)]
struct Known {
    references: Vec<Vec<(String, Range)>>,
    findings: Vec<Vec<String>>,
}

fn known(session: &mut Session, probe: &str, open: &BTreeMap<PathBuf, String>) -> Known {
    let references = NAMES
        .iter()
        .enumerate()
        .map(|(row, _)| session.references(probe, (7 + row as u32, 3)))
        .collect();
    let findings = open
        .keys()
        .map(|path| session.findings(&uri(path)))
        .collect();
    Known {
        references,
        findings,
    }
}

#[test]
fn after_any_sequence_of_changes_the_answers_are_those_of_a_server_that_starts_now() {
    for seed in 1..=6 {
        let mut random = Random(seed);
        let disk = Disk::new();
        let rows: String = NAMES.iter().map(|name| format!("| {name} |\n")).collect();
        let text =
            format!("---\nname: probe\ndescription: Asks.\n---\n\n| Delegate To |\n|---|\n{rows}");
        let probe = disk.write(PROBE, &text);
        // One folder lies within the other on every second turn.
        let folders = |disk: &Disk| match seed % 2 {
            0 => Setup::new()
                .folder(disk.root())
                .folder(&disk.path("plugin")),
            _ => Setup::new().folder(disk.root()),
        };
        fs::create_dir(disk.path("plugin")).expect("the disk");
        let mut session = folders(&disk).start();
        session.wait_for_watching();
        let probe = session.open_file(&probe);
        let mut world = World {
            disk,
            session,
            open: BTreeMap::new(),
        };
        for _ in 0..6 {
            for _ in 0..12 {
                world.step(&mut random);
            }
            let mut fresh = folders(&world.disk).start();
            fresh.open(&probe, &text);
            for (path, text) in &world.open {
                fresh.open(&uri(path), text);
            }
            let expected = known(&mut fresh, &probe, &world.open);
            fresh.end();
            let open = &world.open;
            let mut last = None;
            world
                .session
                .ask_until("the answers of a fresh server", |session| {
                    let found = known(session, &probe, open);
                    let is_same = found == expected;
                    if !is_same && last.as_ref() != Some(&found) {
                        eprintln!("seed {seed}: {found:#?}\nexpected {expected:#?}");
                    }
                    last = Some(found);
                    is_same
                });
        }
        world.session.end();
    }
}
