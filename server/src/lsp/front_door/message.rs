//! From the body of a message to what it says, parsed once. What cannot be read to its end is
//! read as far as it goes, to know whom to answer.

use std::borrow::Cow;
use std::fmt;

use memchr::memmem;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;
use tower_lsp::jsonrpc::{Error, ErrorCode, Id, Request, Response};
use tower_lsp::ls_types::{
    FileEvent, Range, TextDocumentIdentifier, Uri, VersionedTextDocumentIdentifier,
    WorkspaceFolder, notification,
};

use super::frame::Excerpt;
use super::surrogates;

/// A message that is one.
#[derive(Debug, PartialEq)]
pub(crate) enum Message {
    /// A request or a notification.
    Request(Request),
    /// An answer to a request of ours.
    Response(Response),
}

/// JSON that is no message, or not one that can be acted upon.
#[derive(Debug, PartialEq)]
pub(crate) struct Refusal {
    /// Whose request it was, as far as can be told; `None` where nobody may be answered.
    pub(crate) id: Option<Id>,
    /// What is wrong with it.
    pub(crate) error: Error,
}

/// Reads the first value in `body`: what it says, and how many bytes it and the blanks behind it
/// have.
///
/// # Errors
/// When the first value is no JSON.
pub(crate) fn read(
    body: &mut [u8],
) -> Result<(Result<Message, Refusal>, usize), serde_json::Error> {
    let parsed = match parse(body) {
        // Editors in JavaScript hold texts with half a character.
        Err(_) if surrogates::mend(body) => parse(body),
        parsed => parsed,
    };
    let (message, used) = parsed?;
    let rest = body.get(used..).unwrap_or_default();
    let used = if rest.trim_ascii().is_empty() {
        body.len()
    } else {
        used
    };
    Ok((message, used))
}

fn parse(body: &[u8]) -> Result<(Result<Message, Refusal>, usize), serde_json::Error> {
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    let values = serde_json::Deserializer::from_slice(body);
    if first == Some(&b'{') {
        let mut values = values.into_iter::<Envelope>();
        let envelope = values.next().transpose()?.unwrap_or_default();
        return Ok((envelope.message(), values.byte_offset()));
    }
    let mut values = values.into_iter::<IgnoredAny>();
    if values.next().transpose()?.is_none() {
        return Err(serde::de::Error::custom("there is nothing"));
    }
    let what = if first == Some(&b'[') {
        "The protocol has no batches: send each message by itself."
    } else {
        "A message is an object."
    };
    Ok((refused(Id::Null, what), values.byte_offset()))
}

/// The members of a message, in whatever order they come.
#[derive(Default)]
struct Envelope {
    version: Option<Value>,
    id: Option<Value>,
    method: Option<Value>,
    params: Option<Value>,
    result: Option<Value>,
    error: Option<Value>,
}

impl<'de> Deserialize<'de> for Envelope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut envelope = Self::default();
        envelope.fill(deserializer)?;
        Ok(envelope)
    }
}

impl Envelope {
    /// What was read stays where an error follows.
    fn fill<'de, D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(Fill(self))
    }
}

struct Fill<'a>(&'a mut Envelope);

impl<'de> Visitor<'de> for Fill<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a message")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key_seed(Key)? {
            let member = match &*key {
                "jsonrpc" => &mut self.0.version,
                "id" => &mut self.0.id,
                "method" => &mut self.0.method,
                "params" => &mut self.0.params,
                "result" => &mut self.0.result,
                "error" => &mut self.0.error,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            *member = Some(map.next_value()?);
        }
        Ok(())
    }
}

/// A name, borrowed where it has no escape.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}

impl Envelope {
    fn message(self) -> Result<Message, Refusal> {
        let id = self.id.as_ref().map(id);
        // What may be a request is answered under its id, where that is one.
        let whom = id.clone().flatten().unwrap_or_default();
        let is_response = self.method.is_none() && (self.result.is_some() || self.error.is_some());
        if self.version.as_ref().and_then(Value::as_str) != Some("2.0") {
            let mut refusal = refusal(whom, "A message has `\"jsonrpc\": \"2.0\"`.");
            refusal.id = refusal.id.filter(|_| !is_response);
            return Err(refusal);
        }
        if is_response {
            let Some(Some(id)) = id else {
                let mut refusal = refusal(Id::Null, "An answer says to which request.");
                refusal.id = None;
                return Err(refusal);
            };
            return Ok(Message::Response(response(id, self.result, self.error)));
        }
        let method = match self.method {
            Some(Value::String(method)) => method,
            Some(_) => return refused(whom, "The name of a method is a string."),
            None => return refused(whom, "A message has a method, a result or an error."),
        };
        let mut request = Request::build(method);
        match id {
            None => {}
            Some(Some(id)) => request = request.id(id),
            Some(None) => {
                return refused(Id::Null, "The id of a request is an integer or a string.");
            }
        }
        match self.params {
            None => {}
            Some(params @ (Value::Object(_) | Value::Array(_) | Value::Null)) => {
                request = request.params(params);
            }
            Some(_) => {
                let mut refusal = refusal(whom, "Parameters are an object or a list.");
                refusal.error.code = ErrorCode::InvalidParams;
                // Nobody answers a notification.
                refusal.id = request.finish().id().cloned();
                return Err(refusal);
            }
        }
        Ok(Message::Request(request.finish()))
    }
}

/// An id as requests have them: an integer or a string.
fn id(value: &Value) -> Option<Id> {
    match value {
        Value::Number(number) => number.as_i64().map(Id::Number),
        Value::String(string) => Some(Id::String(string.clone())),
        _ => None,
    }
}

fn response(id: Id, result: Option<Value>, error: Option<Value>) -> Response {
    match (result, error) {
        (Some(result), None | Some(Value::Null)) => Response::from_ok(id, result),
        (_, error) => {
            let error = error.and_then(|error| serde_json::from_value(error).ok());
            Response::from_error(id, error.unwrap_or_else(Error::internal_error))
        }
    }
}

fn refusal(id: Id, what: &'static str) -> Refusal {
    Refusal {
        id: Some(id),
        error: Error {
            code: ErrorCode::InvalidRequest,
            message: what.into(),
            data: None,
        },
    }
}

fn refused(id: Id, what: &'static str) -> Result<Message, Refusal> {
    Err(refusal(id, what))
}

/// The id of a request that cannot be read to its end; null where there is none to be seen.
pub(crate) fn id_of(excerpt: &Excerpt) -> Id {
    let mut envelope = Envelope::default();
    // It ends too early, or is no JSON: what comes before that is wanted.
    _ = envelope.fill(&mut serde_json::Deserializer::from_slice(&excerpt.start));
    let last = || {
        let end = excerpt.end.trim_ascii_end().strip_suffix(b"}")?;
        let at = memmem::rfind(end, b"\"id\"")?;
        let value = end[at + 4..].trim_ascii().strip_prefix(b":")?;
        serde_json::from_slice(value).ok()
    };
    let value: Option<Value> = envelope.id.or_else(last);
    value.as_ref().and_then(id).unwrap_or_default()
}

/// The documents that we no longer know when a message is lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Lost {
    /// These, by their URIs.
    Documents(Vec<Uri>),
    /// One or more, which cannot be told.
    Any,
}

/// Most documents that are looked for in what is left of one message.
const MAX_LOST: usize = 64;

/// What follows for documents from the loss of some bytes: `None` where they tell of no change
/// to any.
pub(crate) fn lost(excerpt: &Excerpt) -> Option<Lost> {
    let parts = [excerpt.start.as_slice(), excerpt.end.as_slice()];
    let methods: [&[u8]; 3] = [b"didOpen\"", b"didChange\"", b"didClose\""];
    let holds = |part: &[u8]| methods.iter().any(|it| memmem::find(part, it).is_some());
    if !parts.into_iter().any(holds) {
        return None;
    }
    let values = parts.into_iter().flat_map(|part| {
        let found = memmem::find_iter(part, b"\"uri\"").take(MAX_LOST);
        found.map(|at| &part[at + 5..]).collect::<Vec<_>>()
    });
    let mut uris: Vec<Uri> = values
        .filter_map(|value| {
            let value = value.trim_ascii_start().strip_prefix(b":")?;
            let mut values = serde_json::Deserializer::from_slice(value).into_iter::<Uri>();
            values.next()?.ok()
        })
        .collect();
    // A short message is its own start and end.
    uris.sort_unstable_by(|one, other| one.as_str().cmp(other.as_str()));
    uris.dedup();
    Some(if uris.is_empty() {
        Lost::Any
    } else {
        Lost::Documents(uris)
    })
}

/// The document of a notification about its text that is not of the shape that it should have,
/// and what is wrong. Such a notification is dropped without a word, and what the client shows is
/// not what we know from then on.
pub(crate) fn misshapen(request: &Request) -> Option<(Vec<Uri>, serde_json::Error)> {
    use notification::Notification as _;
    use notification::{DidChangeTextDocument, DidCloseTextDocument, DidOpenTextDocument};

    let params = request.params().unwrap_or(&Value::Null);
    let error = match request.method() {
        DidChangeTextDocument::METHOD => Changed::deserialize(params).err(),
        DidOpenTextDocument::METHOD => Opened::deserialize(params).err(),
        DidCloseTextDocument::METHOD => Closed::deserialize(params).err(),
        _ => None,
    }?;
    let uri = params.pointer("/textDocument/uri");
    let uri = uri.and_then(|uri| Uri::deserialize(uri).ok());
    Some((uri.into_iter().collect(), error))
}

/// A notification about files or folders without those that are not of the shape that they should
/// have, and how many these are: one of them would cost all others.
pub(crate) fn sifted(request: Request) -> (Request, usize) {
    use notification::Notification as _;
    use notification::{DidChangeWatchedFiles, DidChangeWorkspaceFolders};

    let lists: &[&str] = match request.method() {
        DidChangeWatchedFiles::METHOD => &["/changes"],
        DidChangeWorkspaceFolders::METHOD => &["/event/added", "/event/removed"],
        _ => return (request, 0),
    };
    let is_file = request.method() == DidChangeWatchedFiles::METHOD;
    let is_whole = |entry: &Value| match is_file {
        true => FileEvent::deserialize(entry).is_ok(),
        false => WorkspaceFolder::deserialize(entry).is_ok(),
    };
    let (method, _, mut params) = request.into_parts();
    let mut left_out = 0;
    for list in lists {
        let entries = params.as_mut().and_then(|params| params.pointer_mut(list));
        if let Some(Value::Array(entries)) = entries {
            let count = entries.len();
            entries.retain(is_whole);
            left_out += count - entries.len();
        }
    }
    let request = Request::build(method).params(params.unwrap_or_default());
    (request.finish(), left_out)
}

// The same shapes as in ls-types, but for texts, which are not copied to be looked at.

#[expect(dead_code, reason = "looked at for their shape")]
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Changed<'a> {
    text_document: VersionedTextDocumentIdentifier,
    #[serde(borrow)]
    content_changes: Vec<Change<'a>>,
}

#[expect(dead_code, reason = "looked at for their shape")]
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Change<'a> {
    range: Option<Range>,
    range_length: Option<u32>,
    text: &'a str,
}

#[expect(dead_code, reason = "looked at for their shape")]
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Opened<'a> {
    #[serde(borrow)]
    text_document: Item<'a>,
}

#[expect(dead_code, reason = "looked at for their shape")]
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item<'a> {
    uri: Uri,
    language_id: &'a str,
    version: i32,
    text: &'a str,
}

#[expect(dead_code, reason = "looked at for their shape")]
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Closed {
    text_document: TextDocumentIdentifier,
}
