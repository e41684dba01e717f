//! A session of the server on every workspace: each request gets one answer, and the server ends
//! as it was told to.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;

use serde_json::{Value, json};

use crate::workspaces::{ALL, Place, SECRET};
use crate::{PATIENCE, agentls, reader, wait};

/// Most bytes of a file that is opened: the client would have to send them.
const MAX_OPENED: u64 = 2_000_000;

/// What a client says, all at once.
#[derive(Default)]
pub(crate) struct Conversation {
    /// The first request: nothing else may come before its answer.
    hello: Vec<u8>,
    bytes: Vec<u8>,
    requests: BTreeMap<u64, String>,
}

impl Conversation {
    /// The hand-shake, with folders.
    pub(crate) fn new(folders: &[&Path]) -> Self {
        let mut it = Self::default();
        let folder = |path: &&Path| json!({ "uri": uri(path), "name": "a folder" });
        it.ask(
            "initialize",
            json!({
                "processId": null,
                "rootUri": null,
                "capabilities": {},
                "initializationOptions": { "diagnostics": { "workspace": true } },
                "workspaceFolders": folders.iter().map(folder).collect::<Vec<_>>(),
            }),
        );
        it.hello = std::mem::take(&mut it.bytes);
        it.tell("initialized", json!({}));
        it
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        let head = format!("Content-Length: {}\r\n\r\n", body.len());
        self.bytes.extend(head.bytes().chain(body.bytes()));
    }

    pub(crate) fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    pub(crate) fn ask(&mut self, method: &str, params: Value) -> u64 {
        let id = self.requests.len() as u64 + 1;
        self.requests.insert(id, method.to_owned());
        let mut message = json!({ "jsonrpc": "2.0", "id": id, "method": method });
        if !params.is_null() {
            message["params"] = params;
        }
        self.send(&message);
        id
    }

    pub(crate) fn open(&mut self, uri: &str, text: &str) {
        let document = json!({ "uri": uri, "languageId": "markdown", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
    }

    /// Asks everything that can be asked of a document, at some places of it.
    pub(crate) fn ask_everything(&mut self, uri: &str, text: &str) {
        let document = json!({ "uri": uri });
        let whole = json!({
            "start": { "line": 0, "character": 0 },
            "end": { "line": 1_000_000, "character": 0 },
        });
        for method in [
            "documentSymbol",
            "foldingRange",
            "semanticTokens/full",
            "codeLens",
            "documentLink",
        ] {
            let params = json!({ "textDocument": document });
            self.ask(&format!("textDocument/{method}"), params);
        }
        self.ask(
            "textDocument/formatting",
            json!({ "textDocument": document, "options": { "tabSize": 2, "insertSpaces": true } }),
        );
        self.ask(
            "textDocument/inlayHint",
            json!({ "textDocument": document, "range": whole }),
        );
        self.ask(
            "textDocument/codeAction",
            json!({ "textDocument": document, "range": whole, "context": { "diagnostics": [] } }),
        );
        for position in places(text) {
            let at = json!({ "textDocument": document, "position": position });
            for method in [
                "completion",
                "hover",
                "definition",
                "declaration",
                "implementation",
                "documentHighlight",
                "prepareRename",
                "prepareCallHierarchy",
                "prepareTypeHierarchy",
            ] {
                self.ask(&format!("textDocument/{method}"), at.clone());
            }
            let mut references = at.clone();
            references["context"] = json!({ "includeDeclaration": true });
            self.ask("textDocument/references", references);
            for name in ["renamed", "../../../outside/x", "/etc/x", "a\u{1b}\nb", ""] {
                let mut rename = at.clone();
                rename["newName"] = json!(name);
                self.ask("textDocument/rename", rename);
            }
            let mut selection = json!({ "textDocument": document });
            selection["positions"] = json!([position]);
            self.ask("textDocument/selectionRange", selection);
        }
    }

    /// Ends it, and runs it. The messages of the server.
    pub(crate) fn run(mut self, command: &mut Command) -> Vec<Value> {
        let last = self.ask("shutdown", Value::Null);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(&self.hello).unwrap();
        let stderr = reader(child.stderr.take().unwrap());
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, incoming) = channel();
        thread::spawn(move || {
            while let Some(message) = message(&mut stdout) {
                _ = sender.send(message);
            }
        });
        let mut messages = Vec::new();
        let mut writer = None;
        let mut stdin = Some(stdin);
        loop {
            match incoming.recv_timeout(PATIENCE) {
                Ok(message) => {
                    let is_answer = message.get("method").is_none();
                    if let Some(mut stdin) = stdin.take_if(|_| is_answer) {
                        let asked = std::mem::take(&mut self.bytes);
                        writer = Some(thread::spawn(move || {
                            // If the server has ended, its status says more.
                            _ = stdin.write_all(&asked);
                            stdin
                        }));
                    } else if is_answer && message["id"] == last {
                        self.tell("exit", Value::Null);
                        let mut stdin = writer.take().unwrap().join().unwrap();
                        stdin.write_all(&self.bytes).unwrap();
                    }
                    messages.push(message);
                }
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    child.kill().unwrap();
                    panic!("{:?} are never answered", self.requests);
                }
            }
        }
        let status = wait(&mut child);
        let stderr = String::from_utf8_lossy(&stderr.join().unwrap()).into_owned();
        assert_eq!(status.code(), Some(0), "{stderr}");
        assert!(!stderr.contains("panicked"), "{stderr}");
        for message in &messages {
            let is_answer = message.get("method").is_none();
            if let Some(id) = message["id"].as_u64().filter(|_| is_answer) {
                let asked = self.requests.remove(&id);
                assert!(asked.is_some(), "a second answer to {id}");
                assert_ne!(message["error"]["code"], -32002, "{asked:?} came too early");
            }
        }
        assert_eq!(self.requests, BTreeMap::new(), "never answered");
        messages
    }
}

/// The next message of the server; `None` at the end.
fn message(stdout: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if stdout.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().strip_prefix("Content-Length: ") {
            Some(bytes) => length = bytes.parse().ok()?,
            None if line.trim_end().is_empty() => break,
            None => {}
        }
    }
    let mut body = vec![0; length];
    stdout.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

/// A few places of a text: of the header, of the body, and outside of both.
fn places(text: &str) -> Vec<Value> {
    let lines: Vec<&str> = text.lines().collect();
    let mut wanted = vec![1, 2, 3, 4, 5, lines.len() / 2, lines.len(), usize::MAX / 2];
    wanted.dedup();
    let at = |line: usize| {
        let width = lines
            .get(line)
            .map_or(9, |line| line.encode_utf16().count());
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        json!({ "line": line, "character": width.min(14) })
    };
    wanted.into_iter().map(at).collect()
}

pub(crate) fn uri(path: &Path) -> String {
    let mut uri = "file://".to_owned();
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                uri.push(char::from(*byte));
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

/// The files of a folder that an editor could open, without those behind links.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let (path, kind) = (entry.path(), entry.file_type().unwrap());
        if kind.is_dir() && path.components().count() < 20 {
            files(&path, found);
        } else if kind.is_file() {
            found.push(path);
        }
    }
}

#[test]
fn every_request_on_every_workspace_is_answered_once() {
    for (name, make) in ALL {
        let place = Place::new(make);
        let work = place.work();
        let mut talk = Conversation::new(&[&work]);
        let mut all = Vec::new();
        files(&work, &mut all);
        all.sort();
        for path in &all {
            let is_small = path.metadata().is_ok_and(|it| it.len() <= MAX_OPENED);
            let is_read = [Some("md"), Some("yaml"), Some("json")]
                .contains(&path.extension().and_then(OsStr::to_str));
            let text = is_small.then(|| fs::read_to_string(path).ok()).flatten();
            if let Some(text) = text.filter(|_| is_read) {
                let uri = uri(path);
                talk.open(&uri, &text);
                talk.ask_everything(&uri, &text);
                talk.tell(
                    "textDocument/didClose",
                    json!({ "textDocument": { "uri": uri } }),
                );
            }
        }
        talk.ask("workspace/symbol", json!({ "query": "a" }));
        for method in ["agents", "places", "status"] {
            talk.ask(&format!("agentls/{method}"), json!({}));
        }
        talk.ask("agentls/graph", json!({ "format": "json" }));
        let home = place.home();
        let said = talk.run(&mut agentls(&home, &home, &["server"]));
        let said = Value::from(said).to_string();
        assert!(!said.contains(SECRET), "{name}: what lies outside is told");
        let outside = uri(&place.outside());
        for elsewhere in [&outside, "\"file:///etc"] {
            let is_target = said.contains(&format!("{elsewhere}/"));
            assert!(!is_target, "{name}: something leads to {elsewhere}");
        }
    }
}
