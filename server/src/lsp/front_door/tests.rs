use proptest::prelude::*;
use serde_json::{Value, json};
use tower_lsp::jsonrpc::{Id, Request};

use super::{FrontDoor, Incoming, Lost, Message};

/// Longest message in these tests, in bytes.
const MAX: usize = 2_000;

fn framed(body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("Content-Length: {}\r\n\r\n", body.len()).into_bytes();
    bytes.extend(body);
    bytes
}

fn call(id: i64) -> Vec<u8> {
    let message = json!({ "jsonrpc": "2.0", "id": id, "method": "test", "params": {} });
    message.to_string().into_bytes()
}

fn all(bytes: &[u8], pieces: impl IntoIterator<Item = usize>) -> Vec<Incoming> {
    let mut door = FrontDoor::new(MAX);
    let mut found = Vec::new();
    let mut at = 0;
    let mut take = |piece: &[u8], door: &mut FrontDoor| {
        door.feed(piece);
        while let Some(incoming) = door.next_incoming() {
            found.push(incoming);
        }
        assert!(door.0.held() < 2 * (MAX + piece.len()) + 10_000);
    };
    for piece in pieces {
        let end = (at + piece).min(bytes.len());
        take(&bytes[at..end], &mut door);
        at = end;
    }
    take(&bytes[at..], &mut door);
    found
}

/// What comes in, each in a few characters: `1` is a request or a notification of that id,
/// `=1` an answer, `!1 -32600` a refusal that is answered, `-` one that is not.
fn shown(bytes: &[u8]) -> Vec<String> {
    let whole = all(bytes, []);
    assert_eq!(all(bytes, std::iter::repeat_n(1, bytes.len())), whole);
    let id = |id: Option<&Id>| id.map_or("none".to_owned(), ToString::to_string);
    let show = |incoming: &Incoming| match incoming {
        Incoming::Message(Message::Request(request)) => id(request.id()),
        Incoming::Message(Message::Response(response)) => format!("={}", response.id()),
        Incoming::Refused(refused) => match &refused.id {
            Some(id) => format!("!{id} {}", refused.error.code.code()),
            None => "-".to_owned(),
        },
    };
    whole.iter().map(show).collect()
}

fn check(parts: &[&[u8]], expected: &[&str]) {
    let bytes = parts.concat();
    assert_eq!(shown(&bytes), expected, "{}", bytes.escape_ascii());
}

#[test]
fn a_head_is_what_means_one() {
    let body = call(1);
    let n = body.len();
    for head in [
        format!("Content-Length: {n}\r\n\r\n"),
        format!("content-length:{n}\r\n\r\n"),
        format!("CONTENT-LENGTH:   {n}  \r\n\r\n"),
        format!("Content-Length: {n}\n\n"),
        format!("\r\n\r\nContent-Length: {n}\r\n\r\n"),
        format!("X-Unheard-Of: 1\r\nContent-Length: {n}\r\n\r\n"),
        format!("Content-Length: {n}\r\nX-Unheard-Of: :\r\n\r\n"),
        format!(
            "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: {n}\r\n\r\n"
        ),
        format!("Content-Length: {n}\r\nContent-Type: x; charset=latin1\r\n\r\n"),
        format!("Content-Length: 0000{n}\r\n\r\n"),
    ] {
        check(&[head.as_bytes(), &body, &framed(&call(2))], &["1", "2"]);
    }
}

#[test]
fn what_is_no_message_is_refused_once_and_the_next_is_read() {
    let next = framed(&call(9));
    for garbage in [
        &b"garbage"[..],
        b"garbage\r\n\r\n",
        b"Content-Length: -5\r\n\r\n{}",
        b"Content-Length: 5x\r\n\r\n{}",
        b"Content-Length: \r\n\r\n{}",
        b"Content-Length\r\n\r\n{}",
        b"Content-Type: x\r\n\r\n{}",
        b"Content-Length: Content-Length: Content-Length: ",
        &[0xff; 100],
        &[b'a'; 10_000],
        &[b':'; 10_000],
    ] {
        check(&[garbage, &next], &["!null -32700", "9"]);
        check(
            &[&framed(&call(1)), garbage, &next],
            &["1", "!null -32700", "9"],
        );
    }
}

#[test]
fn json_that_is_no_message_is_an_invalid_request() {
    let check = |body: Value, expected: &str| {
        let body = framed(body.to_string().as_bytes());
        check(&[&body, &framed(&call(9))], &[expected, "9"]);
    };
    let invalid = "!null -32600";
    check(json!([]), invalid);
    check(
        json!([{ "jsonrpc": "2.0", "id": 1, "method": "x" }]),
        invalid,
    );
    check(json!(1), invalid);
    check(json!("x"), invalid);
    check(json!({}), invalid);
    check(json!({ "jsonrpc": "2.0" }), invalid);
    check(json!({ "jsonrpc": "2.0", "id": 1 }), "!1 -32600");
    check(
        json!({ "jsonrpc": "1.0", "id": 1, "method": "x" }),
        "!1 -32600",
    );
    check(json!({ "id": "a", "method": "x" }), "!\"a\" -32600");
    check(
        json!({ "jsonrpc": "2.0", "id": 1, "method": 1 }),
        "!1 -32600",
    );
    for id in [
        json!(null),
        json!(1.5),
        json!({}),
        json!([1]),
        json!(true),
        json!(u64::MAX),
    ] {
        check(
            json!({ "jsonrpc": "2.0", "id": id, "method": "x" }),
            invalid,
        );
    }
    let scalar = json!({ "jsonrpc": "2.0", "id": 1, "method": "x", "params": 1 });
    check(scalar, "!1 -32602");
    check(json!({ "jsonrpc": "2.0", "method": "x", "params": 1 }), "-");
    check(
        json!({ "jsonrpc": "2.0", "id": "a", "method": "x" }),
        "\"a\"",
    );
    check(json!({ "jsonrpc": "2.0", "method": "x" }), "none");
    check(json!({ "jsonrpc": "2.0", "id": 1, "result": null }), "=1");
    check(json!({ "jsonrpc": "2.0", "id": 1, "error": 7 }), "=1");
    check(json!({ "jsonrpc": "2.0", "id": null, "result": 1 }), "-");
    check(json!({ "jsonrpc": "1.0", "id": 1, "result": 1 }), "-");
}

#[test]
fn what_is_no_json_is_answered_to_whom_it_belongs() {
    let check = |body: &[u8], expected: &str| {
        check(&[&framed(body), &framed(&call(9))], &[expected, "9"]);
    };
    check(b"", "!null -32700");
    check(b"{", "!null -32700");
    check(b"nonsense", "!null -32700");
    check(br#"{"jsonrpc": "2.0", "id": 1, "method": "x""#, "!1 -32700");
    check(
        br#"{"id": "a", "method": "x", "params": {,}}"#,
        "!\"a\" -32700",
    );
    check(br#"{"method": "x", "params": {,}, "id": 3}"#, "!3 -32700");
    check(b"{\"id\": 4, \"method\": \"\xff\"}", "!4 -32700");
    check("[".repeat(1000).as_bytes(), "!null -32700");
    let deep = format!(r#"{{"id": 5, "params": {}"#, "[".repeat(1000));
    check(deep.as_bytes(), "!5 -32700");
}

#[test]
fn a_length_that_lies_costs_no_message_but_its_own() {
    let (one, two, three) = (call(1), framed(&call(2)), framed(&call(3)));
    let lie = |by: isize| {
        format!(
            "Content-Length: {}\r\n\r\n",
            one.len().strict_add_signed(by)
        )
    };
    // Too long: the message is there in whole, and the next begins inside.
    for by in [1, 5, 20, 30, 90] {
        check(&[lie(by).as_bytes(), &one, &two, &three], &["1", "2", "3"]);
    }
    // Too short: the rest is thrown away.
    for by in [-1, -10] {
        check(
            &[lie(by).as_bytes(), &one, &two, &three],
            &["!1 -32700", "-", "2", "3"],
        );
    }
    // Far too long.
    for length in ["3000", "99999999999", "99999999999999999999999999999999999"] {
        let head = format!("Content-Length: {length}\r\n\r\n");
        check(
            &[head.as_bytes(), &one, &two, &three],
            &["!1 -32600", "2", "3"],
        );
    }
}

#[test]
fn a_message_that_is_cut_by_the_next_is_refused_and_the_next_is_read() {
    let inside = framed(&call(2));
    let lie = b"Content-Length: 40\r\n\r\n";
    check(&[lie, b"{\"id\":1", &inside], &["!1 -32700", "2"]);
    // One lie in another, and what looks like a head until it ends.
    check(
        &[lie, b"{\"id\":1", lie, b"{\"id\":3", &inside],
        &["!1 -32700", "!3 -32700", "2"],
    );
    check(
        &[
            b"Content-Length: 80\r\n\r\n{\"id\":1,Content-Length: ",
            &inside,
        ],
        &["!1 -32700", "2"],
    );
}

#[test]
fn a_head_that_begins_in_what_is_refused_is_read() {
    let next = framed(&call(2));
    let short = |length: usize| format!("Content-Length: {length}\r\n\r\n");
    check(
        &[short(10).as_bytes(), b"{\"id\":1", &next],
        &["!1 -32700", "2"],
    );
    let long = format!("{{\"id\":1{}", " ".repeat(MAX));
    check(
        &[short(long.len() + 5).as_bytes(), long.as_bytes(), &next],
        &["!1 -32600", "2"],
    );
}

#[test]
fn a_message_that_is_too_long_is_refused_wherever_its_id_is() {
    let text = "x".repeat(100 * MAX);
    for body in [
        format!(r#"{{"id": 1, "method": "x", "params": {{"text": "{text}"}}}}"#),
        format!(r#"{{"method": "x", "params": {{"text": "{text}"}}, "id": 1}}"#),
        format!(r#"{{"method": "x", "params": {{"text": "{text}"}}, "id" : 1 }} "#),
    ] {
        check(
            &[&framed(body.as_bytes()), &framed(&call(2))],
            &["!1 -32600", "2"],
        );
    }
}

fn lost(bytes: &[u8]) -> Option<Lost> {
    let lost = |incoming| match incoming {
        Incoming::Refused(refused) => refused.lost,
        Incoming::Message(_) => None,
    };
    all(bytes, []).into_iter().find_map(lost)
}

#[test]
fn a_change_that_is_lost_is_known_to_be() {
    let change = json!({
        "jsonrpc": "2.0", "method": "textDocument/didChange",
        "params": { "textDocument": { "uri": "file:///w/a%20b.md", "version": 2 }, "contentChanges": [] },
    });
    let change = change.to_string();
    let of_it = Some(Lost::Documents(vec!["file:///w/a%20b.md".parse().unwrap()]));
    let next = framed(&call(9));
    let cut = &change.as_bytes()[..change.len() - 1];
    assert_eq!(lost(&[framed(cut), next.clone()].concat()), of_it);
    // A length that is too short, or that is none.
    let short = format!("Content-Length: 20\r\n\r\n{change}");
    assert_eq!(lost(&[short.as_bytes(), &next].concat()), of_it);
    let none = format!("Content-Length: all\r\n\r\n{change}");
    assert_eq!(lost(&[none.as_bytes(), &next].concat()), of_it);
    let long = change.replace("[]", &format!("[{}]", " ".repeat(MAX)));
    assert_eq!(
        lost(&[framed(long.as_bytes()), next.clone()].concat()),
        of_it
    );
    let old = change.replace("2.0", "1.0");
    assert_eq!(lost(&framed(old.as_bytes())), of_it);

    let broken = change.replace("\"uri\"", "\"uri");
    assert_eq!(lost(&framed(broken.as_bytes())), Some(Lost::Any));
    let request = broken.replace("didChange", "hover");
    assert_eq!(lost(&framed(request.as_bytes())), None);
}

/// What clients write, and what they should not.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let lie = (0..200usize, 0..5i64).prop_map(|(length, id)| {
        let body = String::from_utf8(call(id)).unwrap();
        format!("Content-Length: {length}\r\n\r\n{body}").into_bytes()
    });
    prop_oneof![
        4 => (0..100i64).prop_map(|id| framed(&call(id))),
        2 => lie.clone(),
        // One in another.
        2 => proptest::collection::vec((lie, 0..60usize), 1..5).prop_map(|lies| {
            let cut = |(mut lie, length): (Vec<u8>, usize)| {
                lie.truncate(length);
                lie
            };
            lies.into_iter().flat_map(cut).collect()
        }),
        1 => proptest::collection::vec(any::<u8>(), 0..40),
        1 => proptest::collection::vec(any::<u8>(), 0..40).prop_map(|body| framed(&body)),
        1 => "(Content-Length|: |[0-9]{1,5}|\r|\n|\\{|\\}|\"id\":1|[a-z]){0,12}"
            .prop_map(String::into_bytes),
        1 => (0..3 * MAX).prop_map(|length| framed(&vec![b' '; length])),
        1 => "\\{\"id\":[0-9],(\"\\\\\\\\ud83d\"|\r\n|c|C){0,3}"
            .prop_map(|body| framed(body.as_bytes())),
    ]
}

proptest! {
    #[test]
    fn any_split_of_any_bytes_gives_the_same(
        pieces in proptest::collection::vec(piece(), 0..8),
        splits in proptest::collection::vec(1..60usize, 0..200),
    ) {
        let bytes = pieces.concat();
        let whole = all(&bytes, []);
        prop_assert_eq!(&all(&bytes, splits), &whole);
        prop_assert_eq!(&all(&bytes, std::iter::repeat_n(1, bytes.len())), &whole);
    }

    #[test]
    fn messages_among_garbage_are_found(
        garbage in proptest::collection::vec(
            proptest::collection::vec(any::<u8>().prop_filter("no head", |byte| *byte != b'C' && *byte != b'c'), 0..40),
            1..6,
        ),
    ) {
        let mut bytes = Vec::new();
        for (id, garbage) in (0..).zip(&garbage) {
            bytes.extend(garbage);
            bytes.extend(framed(&call(id)));
        }
        let found: Vec<_> = all(&bytes, [])
            .into_iter()
            .filter_map(|incoming| match incoming {
                Incoming::Message(Message::Request(request)) => request.id().cloned(),
                _ => None,
            })
            .collect();
        let sent: Vec<_> = (0..).take(garbage.len()).map(Id::Number).collect();
        prop_assert_eq!(found, sent);
    }

    #[test]
    fn a_message_comes_out_as_it_went_in(text in any::<String>(), id in any::<i64>()) {
        let request = Request::build("test").id(id).params(json!({ "text": text })).finish();
        let bytes = framed(request.to_string().as_bytes());
        prop_assert_eq!(all(&bytes, []), [Incoming::Message(Message::Request(request))]);
    }
}
