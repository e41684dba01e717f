//! A person at an editor: what it does to buffers and files, and what it asks on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::buffer::{Buffer, Change, Position, Range};
use crate::client::{Answer, INTERNAL_ERROR, Session, Setup, at_position, range, uri};
use crate::disk::{Disk, moved_path};
use crate::known::Known;
use crate::random::Random;
use crate::team;

/// How long an answer may take while the person is not the only one on the machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// How often a server that is at rest may not know yet all that has happened.
const LOOKS: usize = 40;

/// How long nothing may arrive before a server counts as being at rest.
const REST: Duration = Duration::from_millis(700);

/// Most documents that are open at once.
const MAX_OPEN: usize = 14;

/// Code units from which on a buffer is cut to a half.
const MAX_BUFFER: usize = 24_000;

/// How many files differ between two branches.
const BRANCH: usize = 500;

/// How many states of a buffer can be undone.
const UNDO: usize = 20;

/// The document that names agents of all kinds, open all the time.
const PROBE: &str = ".claude/agents/probe.md";

/// The line of its first name, and how many there are.
const PROBED: (u32, u32) = (7, 16);

/// What may be asked about a position.
const ABOUT_POSITIONS: [&str; 8] = [
    "completion",
    "hover",
    "definition",
    "declaration",
    "implementation",
    "documentHighlight",
    "prepareRename",
    "prepareCallHierarchy",
];

/// What may be asked about a document.
const ABOUT_DOCUMENTS: [&str; 5] = [
    "documentSymbol",
    "foldingRange",
    "semanticTokens/full",
    "codeLens",
    "documentLink",
];

/// An open document.
#[derive(Default)]
struct Open {
    /// Differs from the disk, so nothing but its person changes it.
    is_dirty: bool,
    undo: Vec<String>,
}

pub(crate) struct Person {
    seed: u64,
    random: Random,
    disk: Disk,
    session: Session,
    probe: String,
    probe_text: String,
    open: BTreeMap<PathBuf, Open>,
    /// Requests that are not waited for.
    asked: Vec<(i64, String)>,
    /// At which step the server is told of what has changed on disk, where that is put off.
    tells_at: Option<usize>,
    steps: usize,
    /// How often what was done.
    done: BTreeMap<&'static str, usize>,
}

fn setup(disk: &Disk) -> Setup {
    Setup::new()
        .folder(disk.root())
        .home(disk.home())
        .patience(PATIENCE)
        .options(json!({ "diagnostics": { "workspace": true } }))
        .capability("/textDocument/rename", json!({ "prepareSupport": true }))
        .capability(
            "/textDocument/codeAction",
            json!({ "codeActionLiteralSupport": { "codeActionKind": { "valueSet": ["quickfix"] } } }),
        )
        .capability(
            "/workspace/workspaceEdit",
            json!({
                "documentChanges": true,
                "resourceOperations": ["create", "rename", "delete"],
            }),
        )
}

impl Person {
    /// Makes a workspace and opens it.
    pub(crate) fn start(seed: u64) -> Self {
        let mut random = Random(seed);
        let mut disk = Disk::new();
        for path in team::paths() {
            let path = disk.path(&path);
            let text = team::text(&mut random, &path);
            disk.write(&path, &text);
        }
        for _ in 0..3 {
            let name = team::name(&mut random);
            let path = disk.home().join(format!(".claude/agents/{name}.md"));
            let text = team::text(&mut random, &path);
            disk.write_settings(&path, &text);
        }
        let rows: String = (0..PROBED.1)
            .map(|_| format!("| {} |\n", team::name(&mut random)))
            .collect();
        let probe_text =
            format!("---\nname: probe\ndescription: Asks.\n---\n\n| Delegate To |\n|---|\n{rows}");
        let probe = disk.path(PROBE);
        disk.write_settings(&probe, &probe_text);
        disk.take_untold();
        let mut session = setup(&disk).start();
        session.wait_for_watching();
        let probe = session.open_file(&probe);
        Self {
            seed,
            random,
            disk,
            session,
            probe,
            probe_text,
            open: BTreeMap::new(),
            asked: Vec::new(),
            tells_at: None,
            steps: 0,
            done: BTreeMap::new(),
        }
    }

    pub(crate) fn steps(&self) -> usize {
        self.steps
    }

    pub(crate) fn files(&self) -> usize {
        self.disk.files().len()
    }

    pub(crate) fn open_documents(&self) -> usize {
        self.open.len()
    }

    /// How often what was done.
    pub(crate) fn done(&self) -> String {
        let done: Vec<_> = self
            .done
            .iter()
            .map(|(what, count)| format!("{what} {count}"))
            .collect();
        done.join(", ")
    }

    /// What the server holds in memory, where the system tells.
    pub(crate) fn server_megabytes(&self) -> Option<f64> {
        let path = format!("/proc/{}/status", self.session.server_id());
        let status = std::fs::read_to_string(path).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))?;
        let kilobytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        Some((kilobytes / 102.4).round() / 10.0)
    }

    /// Ends the session, which must not have left an error behind.
    pub(crate) fn end(mut self) {
        self.take_answers();
        self.session.end();
    }

    /// Does one thing.
    pub(crate) fn step(&mut self) {
        self.steps += 1;
        if self.tells_at.is_none_or(|step| step <= self.steps) {
            self.tell();
        }
        let what = match self.random.below(1000) {
            0..=99 => self.open_one(),
            100..=169 => self.close_one(),
            170..=479 => self.type_something(),
            480..=559 => self.complete(),
            560..=609 => self.paste(),
            610..=669 => self.delete(),
            670..=709 => self.undo(),
            710..=789 => self.save(),
            790..=849 => self.ask_about_a_position(),
            850..=879 => self.ask_about_a_document(),
            880..=899 => self.rename_an_agent(),
            900..=909 => self.mend(),
            910..=919 => self.format(),
            920..=934 => self.create(),
            935..=944 => self.remove(),
            945..=954 => self.move_a_file(),
            955..=957 => self.move_a_folder(),
            958..=960 => self.configure(),
            961..=963 => self.change_user_agent(),
            964..=969 => self.switch_branch(),
            _ => self.pause(),
        };
        *self.done.entry(what).or_default() += 1;
        if self.asked.len() > 40 {
            self.take_answers();
        }
    }

    // Telling and asking.

    /// Tells the server of what has changed on disk.
    fn tell(&mut self) {
        self.tells_at = None;
        let untold = self.disk.take_untold();
        if untold.is_empty() {
            return;
        }
        let changes: Vec<(&Path, u8)> = untold
            .iter()
            .map(|(path, change)| (path.as_path(), *change))
            .collect();
        self.session.files_changed(&changes);
    }

    fn ask(&mut self, method: &str, params: Value) {
        let id = self.session.ask(method, params);
        self.asked.push((id, method.to_owned()));
    }

    /// Waits for every answer that is still to come.
    fn take_answers(&mut self) {
        for (id, method) in std::mem::take(&mut self.asked) {
            if self.session.answer(id) == Err(INTERNAL_ERROR) {
                self.fail(&format!("{method} was answered with an internal error"));
            }
        }
    }

    fn request(&mut self, method: &str, params: Value) -> Answer {
        let answer = self.session.try_request(method, params);
        if answer == Err(INTERNAL_ERROR) {
            self.fail(&format!("{method} was answered with an internal error"));
        }
        answer
    }

    fn fail(&self, message: &str) -> ! {
        let (seed, step) = (self.seed, self.steps);
        self.session
            .fail(&format!("seed {seed}, step {step}: {message}"))
    }

    fn any_open(&mut self) -> Option<PathBuf> {
        let at = self.random.below(self.open.len());
        self.open.keys().nth(at).cloned()
    }

    fn any_position(&mut self, uri: &str) -> Position {
        let buffer = self.session.buffer(uri);
        let at = buffer.position(self.random.below(buffer.len() + 1));
        // Never between the halves of a pair.
        buffer.position(buffer.offset(at))
    }

    // Buffers.

    fn open_one(&mut self) -> &'static str {
        let Some(path) = self.disk.any(&mut self.random) else {
            return "nothing";
        };
        if self.open.len() >= MAX_OPEN {
            return self.close_one();
        }
        if self.open.contains_key(&path) {
            return "nothing";
        }
        let text = self.disk.read(&path).unwrap_or_default();
        self.session.open(&uri(&path), &text);
        self.open.insert(path, Open::default());
        "open"
    }

    fn close_one(&mut self) -> &'static str {
        let Some(path) = self.any_open() else {
            return self.open_one();
        };
        if self.open[&path].is_dirty && self.random.one_in(2) {
            self.save_to_disk(&path);
        }
        self.session.close(&uri(&path));
        self.open.remove(&path);
        "close"
    }

    /// Changes a buffer by hand.
    fn edit(&mut self, path: &Path, changes: &[Change]) {
        let uri = uri(path);
        let before = self.session.buffer(&uri).text();
        self.session.change(&uri, changes);
        if let Some(open) = self.open.get_mut(path) {
            open.is_dirty = true;
            // Letters are undone together.
            if open
                .undo
                .last()
                .is_none_or(|last| last.len().abs_diff(before.len()) > 12)
            {
                open.undo.push(before);
            }
            if open.undo.len() > UNDO {
                open.undo.remove(0);
            }
        }
        if self.session.buffer(&uri).len() > MAX_BUFFER {
            let buffer = self.session.buffer(&uri);
            let half = buffer.position(buffer.len() / 2);
            let half = buffer.position(buffer.offset(half));
            let end = buffer.end();
            self.session.replace(&uri, (half, end), "");
        }
    }

    /// Gives a buffer a whole new text by the range that differs, as editors do.
    fn set_text(&mut self, uri: &str, text: &str) {
        let before = self.session.buffer(uri);
        let after = Buffer::new(text);
        let (old, new): (Vec<char>, Vec<char>) =
            (before.text().chars().collect(), text.chars().collect());
        let start = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
        let (old_rest, new_rest) = (&old[start..], &new[start..]);
        let ends = old_rest.iter().rev().zip(new_rest.iter().rev());
        let end = ends.take_while(|(a, b)| a == b).count();
        let units = |chars: &[char]| chars.iter().map(|it| it.len_utf16()).sum::<usize>();
        let from = units(&old[..start]);
        let to = from + units(&old_rest[..old_rest.len() - end]);
        let range = (before.position(from), before.position(to));
        // Between `\r` and `\n` there is no position.
        let is_exact = before.offset(range.0) == from && before.offset(range.1) == to;
        if !is_exact || self.random.one_in(4) {
            self.session.rewrite(uri, text);
        } else {
            let inserted: String = new_rest[..new_rest.len() - end].iter().collect();
            self.session.replace(uri, range, &inserted);
        }
        debug_assert_eq!(self.session.buffer(uri).text(), after.text());
    }

    fn type_something(&mut self) -> &'static str {
        let Some(path) = self.any_open() else {
            return self.open_one();
        };
        let text = team::typed(&mut self.random);
        let uri = uri(&path);
        let at = match self.random.below(4) {
            0 => self.session.buffer(&uri).end(),
            1 => (self.random.below(8) as u32, 0),
            _ => self.any_position(&uri),
        };
        let mut offset = self.session.buffer(&uri).offset(at);
        let (is_fast, asks) = (self.random.one_in(3), self.random.one_in(3));
        for letter in text.chars() {
            let at = self.session.buffer(&uri).position(offset);
            if self.random.one_in(25) {
                self.edit(&path, &[insertion(at, "q")]);
                let buffer = self.session.buffer(&uri);
                let typed = buffer.offset(at);
                let range = (buffer.position(typed), buffer.position(typed + 1));
                self.edit(&path, &[replacement(range, "")]);
            }
            self.edit(&path, &[insertion(at, letter.encode_utf8(&mut [0; 4]))]);
            let buffer = self.session.buffer(&uri);
            offset = (offset + letter.len_utf16()).min(buffer.len());
            if asks && self.random.one_in(4) {
                let at = self.session.buffer(&uri).position(offset);
                let feature = self.random.pick(&ABOUT_POSITIONS);
                self.ask(&format!("textDocument/{feature}"), at_position(&uri, at));
                if self.random.one_in(3)
                    && let Some((id, _)) = self.asked.last()
                {
                    self.session.cancel(*id);
                }
            }
            if !is_fast {
                std::thread::sleep(Duration::from_millis(1 + self.random.below(4) as u64));
            }
        }
        "type"
    }

    fn complete(&mut self) -> &'static str {
        let Some(path) = self.any_open() else {
            return self.open_one();
        };
        let uri = uri(&path);
        let at = self.any_position(&uri);
        let begun = match self.random.below(5) {
            0 => "@".to_owned(),
            1 => "\n| Delegate To |\n|---|\n| ".to_owned(),
            2 => "`".to_owned(),
            3 => team::name(&mut self.random)[..3].to_owned(),
            _ => String::new(),
        };
        self.edit(&path, &[insertion(at, &begun)]);
        let buffer = self.session.buffer(&uri);
        let at = buffer.offset(at) + begun.encode_utf16().count();
        let at = buffer.position(at.min(buffer.len()));
        let items = self.session.completion(&uri, at);
        if items.is_empty() {
            return "complete nothing";
        }
        let item = &items[self.random.below(items.len())];
        let edit = &item["textEdit"];
        let new_text = edit["newText"].as_str().or(item["insertText"].as_str());
        let new_text = new_text.or(item["label"].as_str()).unwrap_or("");
        let place = edit.get("range").or(edit.get("replace")).map(range);
        let change = replacement(place.unwrap_or((at, at)), new_text);
        self.session
            .buffer(&uri)
            .slice(change.range.unwrap_or((at, at)));
        self.edit(&path, &[change]);
        "complete"
    }

    fn paste(&mut self) -> &'static str {
        let Some(path) = self.any_open() else {
            return self.open_one();
        };
        let uri = uri(&path);
        let mut text = String::new();
        for _ in 0..1 + self.random.below(5) {
            text += &team::piece(&mut self.random);
        }
        let at = self.any_position(&uri);
        let mut changes = vec![insertion(at, &text)];
        // As with several cursors: the changes of one notification count one after another.
        if self.random.one_in(4) {
            changes.push(insertion((0, 0), "x"));
            changes.push(insertion((1, 0), "y"));
        }
        self.edit(&path, &changes);
        "paste"
    }

    fn delete(&mut self) -> &'static str {
        let Some(path) = self.any_open() else {
            return self.open_one();
        };
        let uri = uri(&path);
        let from = self.any_position(&uri);
        let to = match self.random.below(4) {
            0 => (from.0 + 1, 0),
            1 => self.any_position(&uri),
            _ => (from.0, from.1 + self.random.below(12) as u32),
        };
        let buffer = self.session.buffer(&uri);
        let (from, to) = (buffer.offset(from), buffer.offset(to));
        let range = (buffer.position(from.min(to)), buffer.position(from.max(to)));
        self.edit(&path, &[replacement(range, "")]);
        "delete"
    }

    fn undo(&mut self) -> &'static str {
        let Some(path) = self.any_open() else {
            return self.open_one();
        };
        let before = self.open.get_mut(&path).and_then(|open| open.undo.pop());
        let Some(before) = before else {
            return "nothing";
        };
        self.set_text(&uri(&path), &before);
        "undo"
    }

    fn save(&mut self) -> &'static str {
        let Some(path) = self.any_open() else {
            return self.open_one();
        };
        self.save_to_disk(&path);
        self.session.save(&uri(&path));
        "save"
    }

    fn save_to_disk(&mut self, path: &Path) {
        let text = self.session.buffer(&uri(path)).text();
        self.disk.write(path, &text);
        if let Some(open) = self.open.get_mut(path) {
            open.is_dirty = false;
        }
    }

    // Questions.

    fn ask_about_a_position(&mut self) -> &'static str {
        let Some(path) = self.any_open() else {
            return self.open_one();
        };
        let uri = uri(&path);
        for _ in 0..1 + self.random.below(4) {
            let at = self.any_position(&uri);
            let feature = self.random.pick(&ABOUT_POSITIONS);
            self.ask(&format!("textDocument/{feature}"), at_position(&uri, at));
        }
        if self.random.one_in(3) {
            let at = self.any_position(&uri);
            let mut params = at_position(&uri, at);
            params["context"] = json!({ "includeDeclaration": true });
            self.ask("textDocument/references", params);
        }
        "ask about a position"
    }

    fn ask_about_a_document(&mut self) -> &'static str {
        let Some(path) = self.any_open() else {
            return self.open_one();
        };
        let params = json!({ "textDocument": { "uri": uri(&path) } });
        for feature in ABOUT_DOCUMENTS {
            self.ask(&format!("textDocument/{feature}"), params.clone());
        }
        let query = team::name(&mut self.random);
        self.ask("workspace/symbol", json!({ "query": query }));
        self.ask(
            "agentls/graph",
            json!({ "format": "mermaid", "uri": uri(&path) }),
        );
        "ask about a document"
    }

    // Edits that the server answers with.

    fn rename_an_agent(&mut self) -> &'static str {
        let line = PROBED.0 + self.random.below(PROBED.1 as usize) as u32;
        let (mut uri_of, mut at) = (self.probe.clone(), (line, 3));
        if self.random.one_in(2)
            && let Some(path) = self.any_open()
        {
            let name = uri(&path);
            uri_of = name;
            at = (1, 6);
        }
        // The answer is about what is on disk, so the server must have been told of it.
        self.tell();
        let mut params = at_position(&uri_of, at);
        params["newName"] =
            format!("{}-{}", team::name(&mut self.random), self.random.below(9)).into();
        match self.request("textDocument/rename", params) {
            Ok(edit) if !edit.is_null() => {
                self.apply(&edit);
                "rename an agent"
            }
            _ => "rename nothing",
        }
    }

    fn mend(&mut self) -> &'static str {
        let Some(path) = self.any_open() else {
            return self.open_one();
        };
        let uri = uri(&path);
        let findings = self.session.diagnostics(&uri);
        if findings.is_empty() {
            return "mend nothing";
        }
        let finding = &findings[self.random.below(findings.len())];
        let params = json!({
            "textDocument": { "uri": uri },
            "range": finding["range"],
            "context": { "diagnostics": [finding], "only": ["quickfix"] },
        });
        let Ok(actions) = self.request("textDocument/codeAction", params) else {
            return "mend nothing";
        };
        let actions = actions.as_array().cloned().unwrap_or_default();
        let edits: Vec<&Value> = actions.iter().filter_map(|it| it.get("edit")).collect();
        if edits.is_empty() {
            return "mend nothing";
        }
        let edit = edits[self.random.below(edits.len())].clone();
        self.apply(&edit);
        "mend"
    }

    fn format(&mut self) -> &'static str {
        let Some(path) = self.any_open() else {
            return self.open_one();
        };
        let params = json!({
            "textDocument": { "uri": uri(&path) },
            "options": { "tabSize": 4, "insertSpaces": true },
        });
        if let Ok(edits) = self.request("textDocument/formatting", params) {
            self.apply_to(&path, &edits);
        }
        "format"
    }

    /// Does what a `WorkspaceEdit` says, in its order.
    fn apply(&mut self, edit: &Value) {
        for change in edit["documentChanges"]
            .as_array()
            .cloned()
            .unwrap_or_default()
        {
            match change["kind"].as_str() {
                Some("rename") => {
                    let (from, to) = (path(&change["oldUri"]), path(&change["newUri"]));
                    if from.exists() && !to.exists() {
                        self.rename_on_disk(&from, &to);
                    }
                }
                Some("create") => {
                    let path = path(&change["uri"]);
                    if !path.exists() {
                        self.disk.write(&path, "");
                    }
                }
                Some(kind) => self.fail(&format!("{kind} among edits")),
                None => {
                    let path = path(&change["textDocument"]["uri"]);
                    self.apply_to(&path, &change["edits"]);
                }
            }
        }
    }

    /// Edits one file: its buffer where it is open, else the disk.
    fn apply_to(&mut self, path: &Path, edits: &Value) {
        let mut edits = edits.as_array().cloned().unwrap_or_default();
        edits.sort_by_key(|edit| range(&edit["range"]));
        let mut changes = Vec::new();
        for edit in edits.iter().rev() {
            let new_text = edit["newText"].as_str().unwrap_or("");
            changes.push(replacement(range(&edit["range"]), new_text));
        }
        if uri(path) == self.probe {
            // It stays as it is, so that it can be asked: the person takes that edit back.
            self.session.change(&self.probe, &changes);
            let text = self.probe_text.clone();
            self.set_text(&self.probe.clone(), &text);
        } else if self.open.contains_key(path) {
            let buffer = self.session.buffer(&uri(path));
            for change in &changes {
                _ = change.range.map(|range| buffer.slice(range));
            }
            self.edit(path, &changes);
        } else {
            let mut buffer = Buffer::new(&self.disk.read(path).unwrap_or_default());
            for change in &changes {
                _ = change.range.map(|range| buffer.slice(range));
                buffer.apply(change);
            }
            // The file of the user's own agents is no file of the workspace.
            if path.starts_with(self.disk.root()) {
                self.disk.write(path, &buffer.text());
            } else {
                self.disk.write_settings(path, &buffer.text());
            }
        }
    }

    // Files.

    fn create(&mut self) -> &'static str {
        let path = self.disk.path(&team::new_path(&mut self.random));
        if path.exists() || self.open.contains_key(&path) {
            return "nothing";
        }
        let text = team::text(&mut self.random, &path);
        if self.random.one_in(3) && self.open.len() < MAX_OPEN {
            // In the editor first.
            self.session.open(&uri(&path), &text);
            let open = Open {
                is_dirty: true,
                undo: Vec::new(),
            };
            self.open.insert(path, open);
            return "create in a buffer";
        }
        self.disk.write(&path, &text);
        let files = json!({ "files": [{ "uri": uri(&path) }] });
        if self.random.one_in(2) {
            self.session.notify("workspace/didCreateFiles", files);
        }
        "create"
    }

    fn remove(&mut self) -> &'static str {
        let Some(path) = self.disk.any(&mut self.random) else {
            return "nothing";
        };
        self.disk.remove(&path);
        self.look_at_disk(&path);
        if self.random.one_in(2) {
            let files = json!({ "files": [{ "uri": uri(&path) }] });
            self.session.notify("workspace/didDeleteFiles", files);
        }
        "remove"
    }

    fn move_a_file(&mut self) -> &'static str {
        let Some(from) = self.disk.any(&mut self.random) else {
            return "nothing";
        };
        let to = self.disk.path(&team::new_path(&mut self.random));
        self.move_by_editor(&from, &to, "move a file")
    }

    fn move_a_folder(&mut self) -> &'static str {
        let Some(file) = self.disk.any(&mut self.random) else {
            return "nothing";
        };
        let Some(from) = file.parent().filter(|it| it.starts_with(self.disk.root())) else {
            return "nothing";
        };
        if from == self.disk.root() {
            return "nothing";
        }
        let number = self.random.below(100);
        let to = from.with_file_name(format!("moved-{number}"));
        self.move_by_editor(from, &to, "move a folder")
    }

    fn move_by_editor(&mut self, from: &Path, to: &Path, what: &'static str) -> &'static str {
        let probe = self.disk.path(PROBE);
        if to.exists() || probe.starts_with(from) || self.open.keys().any(|it| it.starts_with(to)) {
            return "nothing";
        }
        let files = json!({ "files": [{ "oldUri": uri(from), "newUri": uri(to) }] });
        if self.random.one_in(2) {
            self.tell();
            if let Ok(edit) = self.request("workspace/willRenameFiles", files.clone()) {
                self.apply(&edit);
            }
        }
        self.rename_on_disk(from, to);
        if self.random.one_in(2) {
            self.session.notify("workspace/didRenameFiles", files);
        }
        what
    }

    /// Renames a file or a folder, and the buffers with it.
    fn rename_on_disk(&mut self, from: &Path, to: &Path) {
        self.disk.rename(from, to);
        let moved: Vec<PathBuf> = self
            .open
            .keys()
            .filter(|path| path.starts_with(from))
            .cloned()
            .collect();
        for path in moved {
            let text = self.session.buffer(&uri(&path)).text();
            self.session.close(&uri(&path));
            let open = self.open.remove(&path).unwrap_or_default();
            let path = moved_path(&path, from, to);
            self.session.open(&uri(&path), &text);
            self.open.insert(path, open);
        }
    }

    fn configure(&mut self) -> &'static str {
        let path = match self.random.below(3) {
            0 => self.disk.path("docs/.agentls.yaml"),
            _ => self.disk.path(".agentls.yaml"),
        };
        if path.exists() && self.random.one_in(3) {
            self.disk.remove(&path);
        } else if path.parent().is_some_and(Path::exists) {
            let text = team::configuration(&mut self.random);
            self.disk.write_settings(&path, &text);
        }
        "configure"
    }

    fn change_user_agent(&mut self) -> &'static str {
        let folder = self.disk.home().join(".claude/agents");
        let path = folder.join(format!("{}.md", team::name(&mut self.random)));
        if path.exists() {
            self.disk.remove(&path);
        } else {
            let text = team::text(&mut self.random, &path);
            self.disk.write_settings(&path, &text);
        }
        "change the user's agents"
    }

    /// Changes, adds and removes hundreds of files at once. The server may be told later.
    fn switch_branch(&mut self) -> &'static str {
        let universe = team::paths();
        for _ in 0..BRANCH {
            let path = match self.random.below(8) {
                0 => self.disk.any(&mut self.random),
                1 => Some(self.disk.path(&team::new_path(&mut self.random))),
                _ => Some(self.disk.path(&universe[self.random.below(universe.len())])),
            };
            let Some(path) = path else {
                continue;
            };
            if path.exists() && self.random.one_in(6) {
                self.disk.remove(&path);
            } else {
                let text = team::text(&mut self.random, &path);
                self.disk.write(&path, &text);
            }
            // What moved away and what was copied goes, or the workspace would grow for ever.
            if self.files() > universe.len() * 5 / 4
                && let Some(path) = self.disk.any(&mut self.random)
            {
                self.disk.remove(&path);
            }
        }
        if self.random.one_in(3) {
            let later = self.steps + self.random.below(60);
            self.tells_at = Some(later);
        } else {
            self.tell();
        }
        for path in self.open.keys().cloned().collect::<Vec<_>>() {
            self.look_at_disk(&path);
        }
        "switch branch"
    }

    /// An editor takes over what is on disk where nobody has typed, and may close what is gone.
    fn look_at_disk(&mut self, path: &Path) {
        let Some(open) = self.open.get(path) else {
            return;
        };
        if open.is_dirty {
            return;
        }
        let uri = uri(path);
        match self.disk.read(path) {
            Some(text) => self.set_text(&uri, &text),
            None if self.random.one_in(2) => {
                self.session.close(&uri);
                self.open.remove(path);
            }
            None => {}
        }
    }

    fn pause(&mut self) -> &'static str {
        let milliseconds = if self.random.one_in(4) { 400 } else { 30 };
        std::thread::sleep(Duration::from_millis(milliseconds));
        self.take_answers();
        "pause"
    }

    // Comparing.

    /// Compares all that the server says with what another one says that starts now, on the
    /// same disk and with the same buffers. How many answers there were.
    pub(crate) fn compare(&mut self) -> usize {
        self.take_answers();
        self.tell();
        let names: Vec<Position> = (0..PROBED.1).map(|row| (PROBED.0 + row, 3)).collect();
        let mut fresh = setup(&self.disk).start();
        fresh.open(&self.probe, &self.probe_text);
        let mut open = BTreeSet::from([self.disk.path(PROBE)]);
        for path in self.open.keys() {
            let uri = uri(path);
            fresh.open(&uri, &self.session.buffer(&uri).text());
            open.insert(path.clone());
        }
        let mut looks = 0;
        let known = loop {
            rest(&mut fresh);
            rest(&mut self.session);
            let expected = Known::of(&mut fresh, &self.probe, &names, &open);
            let found = Known::of(&mut self.session, &self.probe, &names, &open);
            if found == expected {
                break found.len();
            }
            looks += 1;
            if looks == LOOKS {
                let difference = found.difference(&expected);
                self.fail(&format!(
                    "the server does not know what a new one knows:\n{difference}"
                ));
            }
        };
        fresh.end();
        let log = self.session.log();
        if log.contains("ERROR") || log.contains("panicked") {
            self.fail("an error in the log");
        }
        known
    }
}

/// Waits until the server has had nothing to say for a while.
fn rest(session: &mut Session) {
    let mut said = None;
    loop {
        session.wait("nothing", |_| Some(()));
        let now = session.shown_findings().clone();
        if said.as_ref() == Some(&now) {
            return;
        }
        said = Some(now);
        std::thread::sleep(REST);
    }
}

fn insertion(at: Position, text: &str) -> Change {
    replacement((at, at), text)
}

fn replacement(range: Range, text: &str) -> Change {
    Change {
        range: Some(range),
        text: text.to_owned(),
    }
}

/// The path that a URI leads to.
fn path(uri: &Value) -> PathBuf {
    let path = uri.as_str().and_then(|uri| uri.strip_prefix("file://"));
    let path = percent_decode_str(path.unwrap_or_default()).decode_utf8();
    PathBuf::from(path.expect("a path is text").as_ref())
}
