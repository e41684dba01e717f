//! Messages as they should not be, in any order, among those that are: each request has one
//! answer, and what the server knows is what the client shows.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::client::{
    INVALID_PARAMS, INVALID_REQUEST, METHOD_NOT_FOUND, PARSE_ERROR, Session, Setup, at_position,
    uri,
};
use crate::workspace::{Disk, lead};

/// Sequences in an ordinary run; `PROPTEST_CASES` asks for more.
const CASES: u32 = 6;

const FILES: [&str; 4] = [
    ".claude/agents/team-lead.md",
    ".claude/agents/docs-keeper.md",
    ".claude/skills/x-y/SKILL.md",
    "notes.md",
];

const ODD_URIS: [&str; 8] = [
    "",
    "not a uri",
    "file:",
    "file://",
    "file:///",
    "http://example.org/a.md",
    "git:/w/.claude/agents/a.md?x",
    "untitled:Untitled-1",
];

#[derive(Clone, Debug)]
enum Step {
    Open(usize),
    Close(usize),
    Insert(usize, u32, String),
    Rewrite(usize, String),
    /// An edit under a version that is lower than the last.
    Backwards(usize),
    ChangeUnopened,
    Misshapen(usize, usize),
    CutChange(usize),
    Far(usize),
    OddUri(usize),
    Unknown(bool),
    WrongParams(usize),
    /// A request by the name of a notification, and the other way round.
    Misplaced,
    Stray(Vec<u8>),
    /// A length that is too long by so many bytes.
    Longer(usize),
    /// A length that is too short by so many bytes.
    Shorter(usize),
    SameId,
    OddId(usize),
    Unasked(usize),
    Batch,
    Pieces(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let file = || 0..FILES.len();
    let text = || {
        prop_oneof![
            Just(lead(&["test-runner"])),
            Just(lead(&["test-ruiner", "docs-keeper"])),
            "(---\n|name: |team-lead|docs-keeper|@test-ruiner |\\| x \\||😀|\r\n|\n){0,12}",
        ]
    };
    prop_oneof![
        3 => file().prop_map(Step::Open),
        1 => file().prop_map(Step::Close),
        4 => (file(), any::<u32>(), text()).prop_map(|(file, at, text)| Step::Insert(file, at, text)),
        2 => (file(), text()).prop_map(|(file, text)| Step::Rewrite(file, text)),
        1 => file().prop_map(Step::Backwards),
        1 => Just(Step::ChangeUnopened),
        2 => (file(), 0..5usize).prop_map(|(file, shape)| Step::Misshapen(file, shape)),
        1 => file().prop_map(Step::CutChange),
        1 => file().prop_map(Step::Far),
        1 => (0..ODD_URIS.len()).prop_map(Step::OddUri),
        1 => any::<bool>().prop_map(Step::Unknown),
        1 => (0..4usize).prop_map(Step::WrongParams),
        1 => Just(Step::Misplaced),
        1 => proptest::collection::vec(any::<u8>(), 1..60).prop_map(Step::Stray),
        1 => (1..200usize).prop_map(Step::Longer),
        1 => (1..60usize).prop_map(Step::Shorter),
        1 => Just(Step::SameId),
        1 => (0..6usize).prop_map(Step::OddId),
        1 => (0..5usize).prop_map(Step::Unasked),
        1 => Just(Step::Batch),
        1 => prop_oneof![Just(usize::MAX), 1..40usize].prop_map(Step::Pieces),
    ]
}

fn framed(message: &Value) -> Vec<u8> {
    let body = message.to_string();
    format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

struct Client {
    disk: Disk,
    session: Session,
    open: BTreeSet<usize>,
    /// How many answers there must be under ids that are no integers.
    strangers: usize,
}

impl Client {
    fn uri(&self, file: usize) -> String {
        uri(&self.disk.path(FILES[file]))
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Open(file) => {
                // A second time too.
                let uri = self.uri(file);
                self.session.open(&uri, &lead(&["test-ruiner"]));
                self.open.insert(file);
            }
            Step::Close(file) => {
                let uri = self.uri(file);
                self.session.close(&uri);
                self.open.remove(&file);
            }
            Step::Insert(file, at, text) if self.open.contains(&file) => {
                let uri = self.uri(file);
                let (end, _) = self.session.buffer(&uri).end();
                let at = (at % (end + 1), 0);
                self.session.replace(&uri, (at, at), &text);
            }
            Step::Rewrite(file, text) if self.open.contains(&file) => {
                let uri = self.uri(file);
                self.session.rewrite(&uri, &text);
            }
            Step::Backwards(file) if self.open.contains(&file) => {
                let uri = self.uri(file);
                self.session.count_from(&uri, -7);
                self.session.replace(&uri, ((0, 0), (0, 0)), "x\n");
            }
            Step::ChangeUnopened => {
                let change = |version: i64| {
                    json!({
                        "textDocument": { "uri": "file:///w/.claude/agents/z.md", "version": version },
                        "contentChanges": [{ "text": "x" }],
                    })
                };
                self.session.notify("textDocument/didChange", change(3));
                self.session.notify("textDocument/didChange", change(2));
            }
            Step::Misshapen(file, shape) if self.open.contains(&file) => {
                let uri = self.uri(file);
                let changes = [
                    json!(null),
                    json!({ "text": "x" }),
                    json!([{ "range": 7, "text": "x" }]),
                    json!([{ "text": 7 }]),
                    json!([{ "range": { "start": { "line": -1, "character": 0 },
                        "end": { "line": 0, "character": 0 } }, "text": "x" }]),
                ];
                let params = json!({
                    "textDocument": { "uri": uri, "version": 9 },
                    "contentChanges": changes[shape],
                });
                self.session.notify("textDocument/didChange", params);
                self.session.rewrite(&uri, &lead(&["docs-keeper"]));
            }
            Step::CutChange(file) if self.open.contains(&file) => {
                let uri = self.uri(file);
                let change = json!({
                    "jsonrpc": "2.0",
                    "method": "textDocument/didChange",
                    "params": {
                        "textDocument": { "uri": uri, "version": 9 },
                        "contentChanges": [{ "text": "x" }],
                    },
                });
                let body = change.to_string();
                let cut = &body[..body.len() - 9];
                self.session
                    .send_raw(format!("Content-Length: {}\r\n\r\n{cut}", cut.len()).as_bytes());
                self.strangers += 1;
                self.session.rewrite(&uri, &lead(&["docs-keeper"]));
            }
            Step::Far(file) => {
                let uri = self.uri(file);
                let far = u32::MAX >> 1;
                for feature in ["hover", "completion", "definition", "references"] {
                    let mut params = at_position(&uri, (far, far));
                    params["context"] = json!({ "includeDeclaration": true });
                    self.session.ask(&format!("textDocument/{feature}"), params);
                }
                let params = json!({ "textDocument": { "uri": uri } });
                let params = self
                    .session
                    .try_request("textDocument/documentSymbol", params);
                params.expect("an answer");
            }
            Step::OddUri(odd) => {
                let uri = ODD_URIS[odd];
                self.session.notify(
                    "textDocument/didOpen",
                    json!({ "textDocument": {
                        "uri": uri, "languageId": "markdown", "version": 1, "text": "x",
                    } }),
                );
                self.session
                    .ask("textDocument/hover", at_position(uri, (0, 0)));
                self.session.notify(
                    "textDocument/didClose",
                    json!({ "textDocument": { "uri": uri } }),
                );
                self.session.notify(
                    "workspace/didChangeWatchedFiles",
                    json!({ "changes": [{ "uri": uri, "type": 1 }] }),
                );
            }
            Step::Unknown(is_optional) => {
                let method = if is_optional { "$/x" } else { "x" };
                self.session.notify(method, json!({}));
                let answer = self.session.try_request(method, json!([]));
                assert_eq!(answer, Err(METHOD_NOT_FOUND));
            }
            Step::WrongParams(shape) => {
                let params = [
                    json!([]),
                    json!({}),
                    json!(7),
                    json!({ "textDocument": [] }),
                ];
                let answer = self
                    .session
                    .try_request("textDocument/hover", params[shape].clone());
                assert_eq!(answer, Err(INVALID_PARAMS));
            }
            Step::Misplaced => {
                for method in ["textDocument/didOpen", "exit", "initialize"] {
                    let answer = self.session.try_request(method, json!({}));
                    assert_eq!(answer, Err(INVALID_REQUEST), "{method}");
                }
                self.session.notify("shutdown", Value::Null);
                self.session.notify("textDocument/hover", json!({}));
                self.session.notify("initialize", json!({}));
            }
            Step::Stray(bytes) => {
                // So that it is no head whatever follows.
                self.session.send_raw(b"\xff");
                self.session.send_raw(&bytes);
                self.strangers += 1;
                let answer = self.session.try_request("x", json!({}));
                assert_eq!(answer, Err(METHOD_NOT_FOUND));
            }
            Step::Longer(by) => {
                let id = self.session.ask_raw(|id| lying(id, by as isize));
                // Without the next message it cannot be told from one that is still to come.
                let answer = self.session.try_request("x", json!({}));
                assert_eq!(answer, Err(METHOD_NOT_FOUND));
                assert_eq!(self.session.answer(id), Err(METHOD_NOT_FOUND));
            }
            Step::Shorter(by) => {
                let id = self.session.ask_raw(|id| lying(id, -(by as isize)));
                assert_eq!(self.session.answer(id), Err(PARSE_ERROR));
                // The rest of it ends here.
                let answer = self.session.try_request("x", json!({}));
                assert_eq!(answer, Err(METHOD_NOT_FOUND));
            }
            Step::SameId => {
                for _ in 0..2 {
                    let request = json!({
                        "jsonrpc": "2.0", "id": "same", "method": "agentls/places", "params": {},
                    });
                    self.session.send_raw(&framed(&request));
                }
                self.strangers += 2;
            }
            Step::OddId(odd) => {
                let ids = [
                    json!(null),
                    json!(1.5),
                    json!([]),
                    json!({}),
                    json!(true),
                    json!(u64::MAX),
                ];
                let request = json!({ "jsonrpc": "2.0", "id": ids[odd], "method": "x" });
                self.session.send_raw(&framed(&request));
                self.strangers += 1;
            }
            Step::Unasked(odd) => {
                let answers = [
                    json!({ "jsonrpc": "2.0", "id": 4711, "result": null }),
                    json!({ "jsonrpc": "2.0", "id": "x", "result": {} }),
                    json!({ "jsonrpc": "2.0", "id": null, "result": {} }),
                    json!({ "jsonrpc": "2.0", "id": 4711, "error": 7 }),
                    json!({ "jsonrpc": "2.0", "error": { "code": 1, "message": "x" } }),
                ];
                self.session.send_raw(&framed(&answers[odd]));
            }
            Step::Batch => {
                let request = json!({ "jsonrpc": "2.0", "id": 1, "method": "x" });
                self.session.send_raw(&framed(&json!([request, request])));
                self.strangers += 1;
            }
            Step::Pieces(bytes) => self.session.write_in_pieces_of(bytes),
            // Of a file that is not open.
            Step::Insert(..)
            | Step::Rewrite(..)
            | Step::Backwards(_)
            | Step::Misshapen(..)
            | Step::CutChange(_) => {}
        }
    }
}

/// A request whose head says that its body is longer or shorter by some bytes.
fn lying(id: i64, by: isize) -> Vec<u8> {
    // The id comes first, so that it is read.
    let body = format!(
        r#"{{"jsonrpc":"2.0","id":{id},"method":"x","params":{{"text":"{}"}}}}"#,
        "x".repeat(60)
    );
    let length = body.len().saturating_add_signed(by);
    format!("Content-Length: {length}\r\n\r\n{body}").into_bytes()
}

fn config() -> ProptestConfig {
    let default = ProptestConfig::default();
    let cases = match std::env::var_os("PROPTEST_CASES") {
        Some(_) => default.cases,
        None => CASES,
    };
    ProptestConfig {
        cases,
        failure_persistence: None,
        max_shrink_iters: 64,
        ..default
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn whatever_is_sent_each_request_has_one_answer_and_no_text_is_lost(
        steps in proptest::collection::vec(step(), 1..40),
    ) {
        let disk = Disk::with_agents(&["test-runner"]);
        let session = Setup::new().folder(disk.root()).start();
        let mut client = Client { disk, session, open: BTreeSet::new(), strangers: 0 };
        for step in steps {
            client.step(step);
        }
        let Client { disk, mut session, open, strangers } = client;
        session.wait_for_all();
        session.wait("an answer to each that has no id", |session| {
            (session.strangers().len() >= strangers).then_some(())
        });
        prop_assert_eq!(session.strangers().len(), strangers, "{:?}", session.strangers());

        let mut fresh = Setup::new().folder(disk.root()).start();
        let uris: Vec<_> = open.iter().map(|file| uri(&disk.path(FILES[*file]))).collect();
        for uri in &uris {
            fresh.open(uri, &session.buffer(uri).text());
        }
        for uri in &uris {
            let symbols = json!({ "textDocument": { "uri": uri } });
            let expected = fresh.request("textDocument/documentSymbol", symbols.clone());
            prop_assert_eq!(session.request("textDocument/documentSymbol", symbols), expected);
            let expected = fresh.findings(uri);
            let expected: Vec<_> = expected.iter().map(String::as_str).collect();
            session.expect(uri, &expected);
        }
        fresh.end();
        session.end();
    }
}
