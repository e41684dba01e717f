//! Answers that are long, written as JSON where they are made: on the thread of their request, in
//! one pass. As the tree of values that tower-lsp takes, a completion costs more to build, to
//! write and to drop than to find.

use serde::{Serialize, Serializer};
use serde_json::Value;
use tower_lsp::jsonrpc::{Request, Response};

/// The request whose answer is written, and the method that gives it. The methods of the protocol
/// answer with types of theirs.
const COMPLETION: (&str, &str) = ("textDocument/completion", WRITTEN_COMPLETION);

/// See [`COMPLETION`].
pub(super) const WRITTEN_COMPLETION: &str = "agentls/completion";

/// The only member of the object that goes in the place of what was written. No answer has one
/// of that name.
const WRITTEN: &str = "\u{0}written";

/// An answer in JSON.
pub(super) struct Written(String);

impl Written {
    /// `None` where it cannot be written, which the log tells.
    pub(super) fn of(answer: &impl Serialize) -> Option<Self> {
        let written = serde_json::to_string(answer);
        let written = written.inspect_err(|error| tracing::error!(%error, "an answer is lost"));
        written.ok().map(Self)
    }
}

impl Serialize for Written {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([(WRITTEN, &self.0)])
    }
}

/// The request with the method that answers it.
pub(super) fn rerouted(request: Request) -> Request {
    let (method, written) = COMPLETION;
    if request.method() != method {
        return request;
    }
    let (_, id, params) = request.into_parts();
    let mut request = Request::build(written);
    if let Some(id) = id {
        request = request.id(id);
    }
    match params {
        Some(params) => request.params(params).finish(),
        None => request.finish(),
    }
}

/// What is sent for an answer.
pub(super) fn write(response: &Response, body: &mut Vec<u8>) -> serde_json::Result<()> {
    let Some(Value::String(json)) = response.result().and_then(|result| result.get(WRITTEN)) else {
        return serde_json::to_writer(body, response);
    };
    body.extend(b"{\"jsonrpc\":\"2.0\",\"id\":");
    serde_json::to_writer(&mut *body, response.id())?;
    body.extend(b",\"result\":");
    body.extend(json.as_bytes());
    body.push(b'}');
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tower_lsp::jsonrpc::{Error, Id};

    use super::*;

    fn sent(response: &Response) -> Value {
        let mut body = Vec::new();
        assert!(write(response, &mut body).is_ok());
        serde_json::from_slice(&body).unwrap_or_default()
    }

    #[test]
    fn a_written_answer_is_sent_as_any_other() {
        let answer = json!({ "isIncomplete": true, "items": [{ "label": "\"\u{0}é\n" }] });
        let written = serde_json::to_value(Written::of(&answer)).unwrap_or_default();
        for id in [Id::Number(-1), Id::String("\"a".to_owned()), Id::Null] {
            let expected = json!({ "jsonrpc": "2.0", "id": id, "result": answer });
            assert_eq!(
                sent(&Response::from_ok(id.clone(), written.clone())),
                expected
            );
            assert_eq!(sent(&Response::from_ok(id, answer.clone())), expected);
        }
        let error = Response::from_error(Id::Number(1), Error::invalid_request());
        assert_eq!(sent(&error)["error"]["code"], -32600);
    }

    #[test]
    fn a_request_keeps_what_it_says() {
        let params = json!({ "a": 1 });
        let request = |method| Request::build(method).id(7).params(params.clone()).finish();
        let (method, written) = COMPLETION;
        assert_eq!(rerouted(request(method)), request(written));
        assert_eq!(rerouted(request("a/b")), request("a/b"));
    }
}
