//! A small and strict client: it speaks to the real binary over its stdin and stdout, checks
//! every message on the way, and never waits without an end.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::buffer::{Buffer, Change, Position, Range};

/// How long anything may take on a busy machine in a debug build. Only a failing test waits
/// that long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The longest that one look for messages counts for: where the whole machine, or the test and
/// the server together, were stopped for minutes, nobody has waited.
const TURN: Duration = Duration::from_secs(1);

/// How many messages are shown when a wait fails.
const SHOWN: usize = 12;

pub(crate) const PARSE_ERROR: i64 = -32700;
pub(crate) const INVALID_REQUEST: i64 = -32600;
pub(crate) const INVALID_PARAMS: i64 = -32602;
pub(crate) const METHOD_NOT_FOUND: i64 = -32601;
pub(crate) const INTERNAL_ERROR: i64 = -32603;
pub(crate) const NOT_INITIALIZED: i64 = -32002;
pub(crate) const CANCELLED: i64 = -32800;

/// How a session begins.
pub(crate) struct Setup {
    /// Folders that the client opens.
    folders: Vec<PathBuf>,
    /// The home folder; an empty one unless it is given.
    home: Option<PathBuf>,
    capabilities: Value,
    options: Value,
    process_id: Option<u32>,
    test_hooks: bool,
    refuses_registration: bool,
    patience: Duration,
}

impl Setup {
    /// A client as VS Code: it watches files, takes snippets, links and related information.
    pub(crate) fn new() -> Self {
        Self {
            folders: Vec::new(),
            home: None,
            capabilities: json!({
                "general": { "positionEncodings": ["utf-16"] },
                "workspace": {
                    "workspaceFolders": true,
                    "didChangeWatchedFiles": {
                        "dynamicRegistration": true,
                        "relativePatternSupport": false,
                    },
                },
                "textDocument": {
                    "publishDiagnostics": {
                        "versionSupport": true,
                        "relatedInformation": true,
                        "tagSupport": { "valueSet": [1, 2] },
                    },
                    "completion": { "completionItem": { "snippetSupport": true } },
                    "hover": { "contentFormat": ["markdown", "plaintext"] },
                    "definition": { "linkSupport": true },
                    "documentSymbol": { "hierarchicalDocumentSymbolSupport": true },
                    "foldingRange": { "lineFoldingOnly": true, "rangeLimit": 5000 },
                },
                "window": { "workDoneProgress": true },
            }),
            options: Value::Null,
            process_id: None,
            test_hooks: false,
            refuses_registration: false,
            patience: PATIENCE,
        }
    }

    /// Opens a folder.
    pub(crate) fn folder(mut self, folder: &Path) -> Self {
        self.folders.push(folder.to_path_buf());
        self
    }

    pub(crate) fn home(mut self, home: &Path) -> Self {
        self.home = Some(home.to_path_buf());
        self
    }

    /// Sets one capability, named by a JSON pointer; null takes it away.
    pub(crate) fn capability(mut self, pointer: &str, value: Value) -> Self {
        let mut at = &mut self.capabilities;
        for key in pointer.split('/').skip(1) {
            at = &mut at[key];
        }
        *at = value;
        self
    }

    /// What the client says in `initializationOptions`.
    pub(crate) fn options(mut self, options: Value) -> Self {
        self.options = options;
        self
    }

    /// Whether findings are welcome in a file that is not open: in configurations always.
    fn takes_unopened(&self, uri: &str) -> bool {
        uri.ends_with("/.agentls.yaml") || self.options["diagnostics"]["workspace"] == true
    }

    pub(crate) fn process_id(mut self, id: u32) -> Self {
        self.process_id = Some(id);
        self
    }

    /// Asks for the requests that only tests make.
    pub(crate) fn test_hooks(mut self) -> Self {
        self.test_hooks = true;
        self
    }

    /// Answers `client/registerCapability` with an error.
    pub(crate) fn refuses_registration(mut self) -> Self {
        self.refuses_registration = true;
        self
    }

    /// Waits longer than [`PATIENCE`] for anything.
    #[allow(dead_code, reason = "only the soak asks")]
    pub(crate) fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Starts the server and shakes hands.
    pub(crate) fn start(self) -> Session {
        let mut session = self.start_silent();
        session.initialize();
        session
    }

    /// Starts the server without a word.
    pub(crate) fn start_silent(self) -> Session {
        let empty = tempfile::tempdir().expect("a home folder");
        let home = self.home.clone().unwrap_or_else(|| empty.path().into());
        // Another build of the server may be tried, as one that is optimised.
        let own = || env!("CARGO_BIN_EXE_agentls").into();
        let mut command = Command::new(std::env::var_os("AGENTLS_BIN").unwrap_or_else(own));
        command
            .arg("server")
            .env("HOME", &home)
            .env_remove("AGENTLS_LOG")
            .env_remove("AGENTLS_TEST_HOOKS")
            .current_dir(empty.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if self.test_hooks {
            command.env("AGENTLS_TEST_HOOKS", "1");
        }
        let mut process = command.spawn().expect("the server starts");
        let stdout = process.stdout.take().expect("a pipe");
        let stderr = process.stderr.take().expect("a pipe");
        let (sender, incoming) = channel();
        std::thread::spawn(move || {
            let mut stdout = BufReader::new(stdout);
            while let Some(message) = read_message(&mut stdout) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let log: Arc<Mutex<String>> = Arc::default();
        let logged = log.clone();
        let logger = std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                let mut log = logged.lock().expect("nobody panics with it");
                log.push_str(&line);
                log.push('\n');
            }
        });
        Session {
            stdin: process.stdin.take(),
            process,
            incoming,
            log,
            logger: Some(logger),
            setup: self,
            last_id: 0,
            last_version: 0,
            pending: HashMap::new(),
            answers: HashMap::new(),
            documents: HashMap::new(),
            published: HashMap::new(),
            shown_findings: BTreeMap::new(),
            registered: Vec::new(),
            refreshes: HashMap::new(),
            progress: Vec::new(),
            shown: Vec::new(),
            last_error: String::new(),
            strangers: Vec::new(),
            piece: usize::MAX,
            trace: VecDeque::new(),
            _home: empty,
        }
    }
}

/// One message of the server, its frame checked; `None` at the end.
fn read_message(stdout: &mut impl BufRead) -> Option<Value> {
    let mut length = None;
    loop {
        let mut line = String::new();
        if stdout.read_line(&mut line).expect("stdout is read") == 0 {
            assert!(length.is_none(), "the server ended inside a message");
            return None;
        }
        let Some(line) = line.strip_suffix("\r\n") else {
            panic!("no line of a message's head: {line:?}");
        };
        match line.split_once(": ") {
            None if line.is_empty() => break,
            Some(("Content-Length", bytes)) => length = bytes.parse().ok(),
            Some(("Content-Type", _)) => {}
            _ => panic!("no line of a message's head: {line:?}"),
        }
    }
    let mut body = vec![0; length.expect("a head tells the length")];
    if stdout.read_exact(&mut body).is_err() {
        return None; // Killed by the test in the middle of a message.
    }
    let message: Value = serde_json::from_slice(&body).expect("a message is JSON");
    assert_eq!(message["jsonrpc"], "2.0");
    Some(message)
}

/// A document that is open in the client.
struct OpenDocument {
    buffer: Buffer,
    version: i64,
    /// The version of the last diagnostics since it was opened.
    checked: Option<i64>,
    /// Whether versions have gone backwards, so that their order says nothing.
    counts_anew: bool,
}

/// The last diagnostics of a document.
struct Published {
    version: Option<i64>,
    diagnostics: Vec<Value>,
}

/// An answer: a result, or the code of an error.
pub(crate) type Answer = Result<Value, i64>;

/// A running server and what its client knows.
pub(crate) struct Session {
    process: Child,
    stdin: Option<ChildStdin>,
    incoming: Receiver<Value>,
    log: Arc<Mutex<String>>,
    logger: Option<JoinHandle<()>>,
    setup: Setup,
    last_id: i64,
    last_version: i64,
    /// Requests under way, and what they ask.
    pending: HashMap<i64, String>,
    answers: HashMap<i64, Answer>,
    documents: HashMap<String, OpenDocument>,
    published: HashMap<String, Published>,
    /// What an editor shows of each file: the last diagnostics, whether it is open or not.
    shown_findings: BTreeMap<String, Vec<Value>>,
    /// Methods that the server has registered for.
    registered: Vec<Value>,
    /// How often the server has asked for each refresh: `workspace/codeLens/refresh` and the like.
    refreshes: HashMap<String, usize>,
    /// The values of all progress, with the token of each.
    progress: Vec<(Value, Value)>,
    /// What the server has asked to show to the user.
    shown: Vec<String>,
    /// The sentence of the last error that was an answer.
    last_error: String,
    strangers: Vec<(Value, Option<i64>)>,
    /// Most bytes that are written at once.
    piece: usize,
    /// The last messages, both ways.
    trace: VecDeque<String>,
    _home: TempDir,
}

impl Session {
    // Messages.

    /// Writes bytes as they are.
    pub(crate) fn send_raw(&mut self, bytes: &[u8]) {
        let stdin = self.stdin.as_mut().expect("stdin is open");
        for piece in bytes.chunks(self.piece) {
            // The server may have ended: a test that says otherwise will see it.
            _ = stdin.write_all(piece).and_then(|()| stdin.flush());
        }
    }

    /// From now on writes no more than so many bytes at once.
    pub(crate) fn write_in_pieces_of(&mut self, bytes: usize) {
        self.piece = bytes;
    }

    /// Sends a request under the next id that is written by hand: `message` gets the id and gives
    /// the bytes.
    pub(crate) fn ask_raw(&mut self, message: impl FnOnce(i64) -> Vec<u8>) -> i64 {
        self.last_id += 1;
        let id = self.last_id;
        self.pending.insert(id, "a request by hand".to_owned());
        self.send_raw(&message(id));
        id
    }

    /// The answers under ids that are no integers, and the code of each that is an error.
    pub(crate) fn strangers(&self) -> &[(Value, Option<i64>)] {
        &self.strangers
    }

    /// Waits until every request is answered.
    pub(crate) fn wait_for_all(&mut self) {
        self.wait("the answers to all requests", |session| {
            session.pending.is_empty().then_some(())
        });
    }

    /// Memory that the server has had at most, in bytes; `None` where the system does not tell.
    pub(crate) fn peak_memory(&self) -> Option<usize> {
        let path = format!("/proc/{}/status", self.process.id());
        let status = std::fs::read_to_string(path).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))?;
        let kilobytes: usize = line.trim().strip_suffix(" kB")?.parse().ok()?;
        Some(kilobytes * 1024)
    }

    /// Counts on from another version, which may be a lower one.
    pub(crate) fn count_from(&mut self, uri: &str, version: i64) {
        let document = self.documents.get_mut(uri).expect("it is open");
        self.last_version = self.last_version.max(document.version);
        document.version = version;
        document.counts_anew = true;
    }

    fn send(&mut self, message: &Value) {
        self.note("->", message);
        let body = message.to_string();
        self.send_raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }

    fn note(&mut self, arrow: &str, message: &Value) {
        let mut line = format!("{arrow} {message}");
        if let Some((cut, _)) = line.char_indices().nth(600) {
            line.truncate(cut);
            line.push('…');
        }
        self.trace.push_back(line);
        if self.trace.len() > SHOWN {
            self.trace.pop_front();
        }
    }

    pub(crate) fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a request and does not wait.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> i64 {
        self.last_id += 1;
        let id = self.last_id;
        let mut message = json!({ "jsonrpc": "2.0", "id": id, "method": method });
        // `shutdown` has none.
        if !params.is_null() {
            message["params"] = params;
        }
        self.pending.insert(id, method.to_owned());
        self.send(&message);
        id
    }

    /// Waits for the answer to a request.
    pub(crate) fn answer(&mut self, id: i64) -> Answer {
        let what = format!("the answer to {:?}", self.pending.get(&id));
        self.wait(&what, |session| session.answers.remove(&id))
    }

    pub(crate) fn try_request(&mut self, method: &str, params: Value) -> Answer {
        let id = self.ask(method, params);
        self.answer(id)
    }

    pub(crate) fn request(&mut self, method: &str, params: Value) -> Value {
        self.try_request(method, params)
            .unwrap_or_else(|code| self.fail(&format!("{method} was answered with error {code}")))
    }

    pub(crate) fn cancel(&mut self, id: i64) {
        self.notify("$/cancelRequest", json!({ "id": id }));
    }

    /// Reads messages until `ready` gives something.
    pub(crate) fn wait<T>(
        &mut self,
        what: &str,
        mut ready: impl FnMut(&mut Self) -> Option<T>,
    ) -> T {
        let mut patience = self.setup.patience;
        loop {
            while let Ok(message) = self.incoming.try_recv() {
                self.receive(message);
            }
            if let Some(value) = ready(self) {
                return value;
            }
            if patience.is_zero() {
                self.fail(&format!("{what} did not come"));
            }
            let begin = Instant::now();
            match self.incoming.recv_timeout(patience.min(TURN)) {
                Ok(message) => self.receive(message),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    let status = self.process.wait();
                    self.fail(&format!("the server ended before {what} came: {status:?}"))
                }
            }
            patience = patience.saturating_sub(begin.elapsed().min(TURN));
        }
    }

    pub(crate) fn fail(&self, message: &str) -> ! {
        let trace: Vec<_> = self.trace.iter().map(String::as_str).collect();
        panic!(
            "{message}\n\nThe last messages:\n{}\n\nThe server's log:\n{}",
            trace.join("\n"),
            self.log()
        );
    }

    pub(crate) fn log(&self) -> String {
        self.log.lock().expect("nobody panics with it").clone()
    }

    fn receive(&mut self, message: Value) {
        self.note("<-", &message);
        let id = message.get("id").cloned();
        match (message.get("method").and_then(Value::as_str), id) {
            (Some(method), Some(id)) => self.serve(method, &id, &message["params"]),
            (Some("textDocument/publishDiagnostics"), None) => self.take(&message["params"]),
            (Some("$/progress"), None) => {
                let params = &message["params"];
                let progress = (params["token"].clone(), params["value"].clone());
                self.progress.push(progress);
            }
            (Some("window/logMessage"), None) => {}
            (Some("window/showMessage"), None) => {
                let message = message["params"]["message"].as_str();
                self.shown.push(message.expect("a message").to_owned());
            }
            (Some(method), None) => self.fail(&format!("{method} is unheard of")),
            (None, id) => {
                let error = message.get("error").map(|error| {
                    let sentence = error["message"].as_str();
                    sentence
                        .expect("an error says what it is")
                        .clone_into(&mut self.last_error);
                    error["code"].as_i64().expect("an error has a code")
                });
                let answer = match (message.get("result"), error) {
                    (Some(result), None) => Ok(result.clone()),
                    (None, Some(code)) => Err(code),
                    _ => self.fail("an answer is a result or an error"),
                };
                let Some(id) = id.as_ref().and_then(Value::as_i64) else {
                    self.strangers.push((id.unwrap_or_default(), answer.err()));
                    return;
                };
                if self.pending.remove(&id).is_none() {
                    self.fail(&format!("an answer to {id}, which nobody waits for"));
                }
                self.answers.insert(id, answer);
            }
        }
    }

    /// Answers a request of the server.
    fn serve(&mut self, method: &str, id: &Value, params: &Value) {
        let answer = match method {
            "client/registerCapability" => {
                let registrations = params["registrations"].as_array().expect("a list");
                self.registered.extend(registrations.iter().cloned());
                if self.setup.refuses_registration {
                    json!({ "error": { "code": -32601, "message": "no" } })
                } else {
                    json!({ "result": null })
                }
            }
            "window/workDoneProgress/create" => json!({ "result": null }),
            refresh if refresh.ends_with("/refresh") => {
                *self.refreshes.entry(refresh.to_owned()).or_default() += 1;
                json!({ "result": null })
            }
            _ => self.fail(&format!("the client is asked for {method}")),
        };
        let mut message = json!({ "jsonrpc": "2.0", "id": id });
        for (key, value) in answer.as_object().expect("an object") {
            message[key] = value.clone();
        }
        self.send(&message);
    }

    /// Takes diagnostics, which must be about a version that was sent, never an older one than
    /// before, and lie in the text.
    fn take(&mut self, params: &Value) {
        let uri = params["uri"].as_str().expect("a URI").to_owned();
        let version = params.get("version").and_then(Value::as_i64);
        let diagnostics = params["diagnostics"].as_array().expect("a list").clone();
        let mut wrong = None;
        match (self.documents.get_mut(&uri), version) {
            (Some(document), Some(version)) => {
                let is_older = document.checked.is_some_and(|before| before > version);
                if !document.counts_anew && (version > document.version || is_older) {
                    wrong = Some("a version that was not sent, or an older one than before");
                }
                document.checked = Some(version);
                if version == document.version {
                    for diagnostic in &diagnostics {
                        document.buffer.slice(range(&diagnostic["range"]));
                    }
                }
            }
            // Sent before the server knew that it was closed, and opened again.
            (Some(_), None) | (None, Some(_)) => {}
            (None, None) if diagnostics.is_empty() => {}
            (None, None) if self.setup.takes_unopened(&uri) => {}
            (None, None) => wrong = Some("a file that is not open"),
        }
        if let Some(wrong) = wrong {
            self.fail(&format!("diagnostics of {wrong}: {uri}"));
        }
        if diagnostics.is_empty() {
            self.shown_findings.remove(&uri);
        } else {
            self.shown_findings.insert(uri.clone(), diagnostics.clone());
        }
        self.published.insert(
            uri,
            Published {
                version,
                diagnostics,
            },
        );
    }

    // The life of a session.

    /// `initialize` and `initialized`. The server's answer.
    pub(crate) fn initialize(&mut self) -> Value {
        let folders: Vec<_> = self.setup.folders.iter().map(|it| folder(it)).collect();
        let params = json!({
            "processId": self.setup.process_id,
            "rootUri": folders.first().map(|folder| folder["uri"].clone()),
            "capabilities": without_null(&self.setup.capabilities),
            "initializationOptions": self.setup.options,
            "workspaceFolders": if folders.is_empty() { Value::Null } else { folders.into() },
        });
        let answer = self.request("initialize", params);
        self.notify("initialized", json!({}));
        answer
    }

    /// Waits until the server has asked to be told of files.
    pub(crate) fn wait_for_watching(&mut self) {
        self.wait("the registration for watched files", |session| {
            let watched = |it: &Value| it["method"] == "workspace/didChangeWatchedFiles";
            session.registered.iter().any(watched).then_some(())
        });
    }

    /// How often the server has asked the client to ask again for `what`, as `codeLens`.
    pub(crate) fn refreshes(&self, what: &str) -> usize {
        let method = format!("workspace/{what}/refresh");
        self.refreshes.get(&method).copied().unwrap_or(0)
    }

    /// The kinds of progress (`begin`, `report`, `end`) under one token, in order.
    pub(crate) fn progress(&self, token: &Value) -> Vec<&str> {
        self.progress
            .iter()
            .filter(|(of, _)| of == token)
            .filter_map(|(_, value)| value["kind"].as_str())
            .collect()
    }

    /// What the server has asked to show to the user.
    pub(crate) fn shown(&self) -> &[String] {
        &self.shown
    }

    /// The sentence of the last error that was an answer.
    pub(crate) fn last_error(&self) -> &str {
        &self.last_error
    }

    /// Whether the server wants to be told of files of this pattern.
    pub(crate) fn watches(&self, pattern: &Value) -> bool {
        self.registered.iter().any(|registration| {
            let watchers = registration["registerOptions"]["watchers"].as_array();
            watchers.is_some_and(|all| all.iter().any(|it| it["globPattern"] == *pattern))
        })
    }

    /// `shutdown` and `exit`, which must leave nothing behind: no error in the log, no request
    /// without an answer.
    pub(crate) fn end(mut self) {
        assert!(self.request("shutdown", Value::Null).is_null());
        if !self.pending.is_empty() {
            self.fail(&format!("never answered: {:?}", self.pending));
        }
        self.notify("exit", Value::Null);
        let status = self.wait_for_end();
        let log = self.log();
        assert_eq!(status.code(), Some(0), "{log}");
        if !self.setup.test_hooks {
            assert!(!log.contains("ERROR") && !log.contains("panicked"), "{log}");
        }
    }

    /// The process of the server.
    #[allow(dead_code, reason = "only the soak asks")]
    pub(crate) fn server_id(&self) -> u32 {
        self.process.id()
    }

    /// Closes stdin.
    pub(crate) fn hang_up(&mut self) {
        self.stdin = None;
    }

    /// Waits until the process has ended by itself; stdin stays as it is.
    pub(crate) fn wait_for_end(&mut self) -> ExitStatus {
        let deadline = Instant::now() + self.setup.patience;
        // The end of stdout comes with the end of the process, or just before.
        while let Some(left) = deadline.checked_duration_since(Instant::now()) {
            match self.incoming.recv_timeout(left) {
                Ok(message) => self.note("<-", &message),
                Err(RecvTimeoutError::Disconnected) => {
                    let status = self.process.wait().expect("the process can be waited for");
                    if let Some(logger) = self.logger.take() {
                        _ = logger.join();
                    }
                    return status;
                }
                Err(RecvTimeoutError::Timeout) => break,
            }
        }
        self.fail("the server does not end");
    }

    // Documents.

    pub(crate) fn open(&mut self, uri: &str, text: &str) {
        // One that is opened again goes on counting: what is still under way for the buffer that
        // was closed could not be told from what is about this one.
        self.published.remove(uri);
        let before = self.documents.get(uri).map_or(0, |it| it.version);
        self.last_version = self.last_version.max(before) + 1;
        let version = self.last_version;
        self.documents.insert(
            uri.to_owned(),
            OpenDocument {
                buffer: Buffer::new(text),
                version,
                checked: None,
                counts_anew: false,
            },
        );
        self.notify(
            "textDocument/didOpen",
            json!({ "textDocument": {
                "uri": uri, "languageId": "markdown", "version": version, "text": text,
            } }),
        );
    }

    /// Opens a file as it is on disk. Its URI.
    pub(crate) fn open_file(&mut self, path: &Path) -> String {
        let uri = uri(path);
        let text = std::fs::read_to_string(path).expect("the file is there");
        self.open(&uri, &text);
        uri
    }

    pub(crate) fn change(&mut self, uri: &str, changes: &[Change]) {
        let document = self.documents.get_mut(uri).expect("it is open");
        document.version += 1;
        let version = document.version;
        let content: Vec<_> = changes
            .iter()
            .map(|change| {
                document.buffer.apply(change);
                match change.range {
                    Some(range) => json!({ "range": to_json(range), "text": change.text }),
                    None => json!({ "text": change.text }),
                }
            })
            .collect();
        self.notify(
            "textDocument/didChange",
            json!({
                "textDocument": { "uri": uri, "version": version },
                "contentChanges": content,
            }),
        );
    }

    /// Takes a text that a test sends by itself, as the next version. Which that is.
    pub(crate) fn sent(&mut self, uri: &str, text: &str) -> i64 {
        let document = self.documents.get_mut(uri).expect("it is open");
        document.version += 1;
        document.buffer = Buffer::new(text);
        document.version
    }

    /// Replaces a range whose columns are not UTF-16; `text` is what comes out.
    pub(crate) fn change_as_negotiated(&mut self, uri: &str, change: Value, text: &str) {
        let version = self.sent(uri, text);
        self.notify(
            "textDocument/didChange",
            json!({
                "textDocument": { "uri": uri, "version": version },
                "contentChanges": [change],
            }),
        );
    }

    /// Replaces a range.
    pub(crate) fn replace(&mut self, uri: &str, range: Range, text: &str) {
        let change = Change {
            range: Some(range),
            text: text.to_owned(),
        };
        self.change(uri, &[change]);
    }

    /// Replaces the whole text.
    pub(crate) fn rewrite(&mut self, uri: &str, text: &str) {
        let change = Change {
            range: None,
            text: text.to_owned(),
        };
        self.change(uri, &[change]);
    }

    pub(crate) fn close(&mut self, uri: &str) {
        let closed = self.documents.remove(uri);
        let version = closed.map_or(0, |document| document.version);
        self.last_version = self.last_version.max(version);
        self.published.remove(uri);
        self.notify(
            "textDocument/didClose",
            json!({ "textDocument": { "uri": uri } }),
        );
    }

    pub(crate) fn save(&mut self, uri: &str) {
        self.notify(
            "textDocument/didSave",
            json!({ "textDocument": { "uri": uri } }),
        );
    }

    pub(crate) fn buffer(&self, uri: &str) -> &Buffer {
        &self.documents[uri].buffer
    }

    // What the server says.

    /// The diagnostics of the version that was sent last, as they are.
    pub(crate) fn diagnostics(&mut self, uri: &str) -> Vec<Value> {
        let version = self.documents[uri].version;
        let what = format!("diagnostics of version {version} of {uri}");
        self.wait(&what, |session| {
            let published = session.published.get(uri)?;
            (published.version == Some(version)).then(|| published.diagnostics.clone())
        })
    }

    /// The diagnostics of the version that was sent last, each on a line:
    /// `line:column-line:column severity rule text`, zero-based.
    pub(crate) fn findings(&mut self, uri: &str) -> Vec<String> {
        let diagnostics = self.diagnostics(uri);
        let buffer = self.buffer(uri);
        diagnostics.iter().map(|it| shown(it, buffer)).collect()
    }

    /// Waits until the findings of the version that was sent last are these.
    pub(crate) fn expect(&mut self, uri: &str, expected: &[&str]) {
        let deadline = Instant::now() + self.setup.patience;
        loop {
            let last = self.findings(uri);
            if last == expected {
                return;
            }
            match self.incoming.recv_timeout(deadline - Instant::now()) {
                Ok(message) => self.receive(message),
                Err(_) => self.fail(&format!(
                    "the findings of {uri} are still {last:#?} and not {expected:#?}"
                )),
            }
        }
    }

    /// Asks until the answer is the one that is waited for: what changes on disk is told to
    /// nobody unless a finding changes with it.
    pub(crate) fn ask_until(&mut self, what: &str, mut is_so: impl FnMut(&mut Self) -> bool) {
        let deadline = Instant::now() + self.setup.patience;
        while !is_so(self) {
            if Instant::now() > deadline {
                self.fail(&format!("{what} did not come"));
            }
            if let Ok(message) = self.incoming.recv_timeout(Duration::from_millis(5)) {
                self.receive(message);
            }
        }
    }

    /// Waits until the names of these agents, and no others, are said to be unknown.
    pub(crate) fn expect_unknown(&mut self, uri: &str, expected: &[&str]) {
        let what = format!("unknown names {expected:?} in {uri}");
        self.wait(&what, |session| {
            let document = session.documents.get(uri)?;
            let published = session.published.get(uri)?;
            if published.version != Some(document.version) {
                return None;
            }
            let unknown: Vec<_> = published
                .diagnostics
                .iter()
                .filter(|it| it["code"] == "unknown-agent")
                .map(|it| document.buffer.slice(range(&it["range"])))
                .collect();
            (unknown == expected).then_some(())
        });
    }

    /// Waits until the findings in a file that is not open are these, in the form of
    /// [`Session::findings`].
    pub(crate) fn expect_unopened(&mut self, path: &Path, expected: &[&str]) {
        let uri = uri(path);
        let what = format!("{expected:?} in {uri}, which is not open");
        self.wait(&what, |session| {
            let published = session.published.get(&uri);
            let source = std::fs::read_to_string(path).unwrap_or_default();
            let buffer = Buffer::new(&source);
            let found: Vec<String> = published
                .into_iter()
                .flat_map(|published| &published.diagnostics)
                .map(|it| shown(it, &buffer))
                .collect();
            (found == expected && published.is_none_or(|it| it.version.is_none())).then_some(())
        });
    }

    /// Whether anything is said about a document, as far as it is known.
    pub(crate) fn has_diagnostics(&self, uri: &str) -> bool {
        self.published
            .get(uri)
            .is_some_and(|published| !published.diagnostics.is_empty())
    }

    /// The diagnostics that an editor shows, by the files that have any.
    #[allow(dead_code, reason = "only the soak asks")]
    pub(crate) fn shown_findings(&self) -> &BTreeMap<String, Vec<Value>> {
        &self.shown_findings
    }

    /// A request about a position.
    pub(crate) fn request_at(&mut self, feature: &str, uri: &str, at: Position) -> Value {
        let params = at_position(uri, at);
        self.request(&format!("textDocument/{feature}"), params)
    }

    /// The first line of the hover at a position, and what it is about.
    pub(crate) fn hover(&mut self, uri: &str, at: Position) -> Option<(String, String)> {
        let hover = self.request_at("hover", uri, at);
        let markdown = hover.get("contents")?["value"].as_str()?.to_owned();
        let first = markdown.lines().next().unwrap_or("").to_owned();
        let about = self.buffer(uri).slice(range(&hover["range"]));
        Some((first, about))
    }

    /// Where the name at a position leads: URI and range of each target.
    pub(crate) fn definition(&mut self, uri: &str, at: Position) -> Vec<(String, Range)> {
        let found = self.request_at("definition", uri, at);
        let links = found.as_array().cloned().unwrap_or_default();
        links
            .iter()
            .map(|link| {
                let target = link["targetUri"].as_str().expect("a URI");
                (target.to_owned(), range(&link["targetSelectionRange"]))
            })
            .collect()
    }

    /// What may be written at a position.
    pub(crate) fn completion(&mut self, uri: &str, at: Position) -> Vec<Value> {
        let list = self.request_at("completion", uri, at);
        list["items"].as_array().cloned().unwrap_or_default()
    }

    pub(crate) fn completion_labels(&mut self, uri: &str, at: Position) -> Vec<String> {
        let label = |item: &Value| item["label"].as_str().expect("a label").to_owned();
        self.completion(uri, at).iter().map(label).collect()
    }

    // The disk.

    /// Tells of files that were created (1), changed (2) or deleted (3).
    pub(crate) fn files_changed(&mut self, changes: &[(&Path, u8)]) {
        let changes: Vec<_> = changes
            .iter()
            .map(|(path, kind)| json!({ "uri": uri(path), "type": kind }))
            .collect();
        self.notify(
            "workspace/didChangeWatchedFiles",
            json!({ "changes": changes }),
        );
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // A test that fails leaves no server behind.
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

fn without_null(value: &Value) -> Value {
    match value {
        Value::Object(map) => map
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key.clone(), without_null(value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        other => other.clone(),
    }
}

/// A diagnostic on one line.
fn shown(diagnostic: &Value, buffer: &Buffer) -> String {
    assert_eq!(diagnostic["source"], "agentls");
    let range = range(&diagnostic["range"]);
    let ((from_line, from), (to_line, to)) = range;
    let severity = match diagnostic["severity"].as_u64() {
        Some(1) => "error",
        Some(2) => "warning",
        Some(3) => "information",
        Some(4) => "hint",
        other => panic!("{other:?} is no severity"),
    };
    let rule = diagnostic["code"].as_str().expect("a rule");
    let text = buffer.slice(range);
    format!("{from_line}:{from}-{to_line}:{to} {severity} {rule} {text}")
}

/// The `file:` URI of a path, encoded as VS Code does.
pub(crate) fn uri(path: &Path) -> String {
    let mut uri = "file://".to_owned();
    for byte in path.to_str().expect("paths of tests are text").bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                uri.push(char::from(byte));
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

/// A workspace folder of the protocol.
pub(crate) fn folder(path: &Path) -> Value {
    json!({ "uri": uri(path), "name": "a folder" })
}

pub(crate) fn at_position(uri: &str, (line, character): Position) -> Value {
    json!({
        "textDocument": { "uri": uri },
        "position": { "line": line, "character": character },
    })
}

pub(crate) fn to_json((from, to): Range) -> Value {
    json!({
        "start": { "line": from.0, "character": from.1 },
        "end": { "line": to.0, "character": to.1 },
    })
}

pub(crate) fn range(value: &Value) -> Range {
    let position = |at: &str| {
        let number = |key: &str| {
            let number = value[at][key].as_u64().expect("a number");
            u32::try_from(number).expect("a small one")
        };
        (number("line"), number("character"))
    };
    let (from, to) = (position("start"), position("end"));
    assert!(from <= to, "{from:?} is after {to:?}");
    (from, to)
}
