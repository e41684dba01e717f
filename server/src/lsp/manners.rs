//! When which message may come: nothing before `initialize`, nothing but `exit` after `shutdown`,
//! and what has an id is a request.

use serde_json::Value;
use tower_lsp::jsonrpc::{Error, ErrorCode, Request};

use super::announce::INITIALIZE;

const SHUTDOWN: &str = "shutdown";
const EXIT: &str = "exit";

/// What the protocol calls `ServerNotInitialized`.
const NOT_INITIALIZED: i64 = -32002;

/// How far the session is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Stage {
    /// `initialize` has not been answered.
    #[default]
    New,
    /// Everything goes.
    Running,
    /// `shutdown` has come.
    ShutDown,
}

/// What becomes of a request or a notification.
#[derive(PartialEq, Debug)]
pub(super) enum Admission {
    /// It is handled.
    Handle(Request),
    /// It is `exit`: it is handled, and nothing after it.
    Exit(Request),
    /// It is answered with an error, or dropped where it is a notification.
    Refuse(Error),
}

/// Judges a message at this stage, which a `shutdown` ends.
pub(super) fn admit(stage: &mut Stage, request: Request) -> Admission {
    let is_request = request.id().is_some();
    let method = request.method();
    match (*stage, method, is_request) {
        (_, EXIT, false) => Admission::Exit(request),
        (Stage::New, INITIALIZE, true) => Admission::Handle(request),
        (Stage::New, ..) => Admission::Refuse(Error {
            code: ErrorCode::ServerError(NOT_INITIALIZED),
            message: "The session begins with `initialize`.".into(),
            data: None,
        }),
        (Stage::ShutDown, ..) => Admission::Refuse(invalid("After `shutdown` comes `exit`.")),
        (Stage::Running, EXIT, true) => {
            Admission::Refuse(invalid("`exit` is a notification and has no id."))
        }
        (Stage::Running, SHUTDOWN, false) => {
            Admission::Refuse(invalid("`shutdown` is a request and has an id."))
        }
        (Stage::Running, SHUTDOWN, true) => {
            *stage = Stage::ShutDown;
            // It has no parameters; some clients send empty ones.
            let (method, id, _) = request.into_parts();
            let bare = Request::build(method).id(id.unwrap_or_default());
            Admission::Handle(bare.finish())
        }
        // Those that nobody knows may be dropped, but not when an answer is waited for.
        (Stage::Running, method, true) if method.starts_with("$/") => {
            let mut error = Error::method_not_found();
            error.data = Some(Value::from(method));
            Admission::Refuse(error)
        }
        (Stage::Running, ..) => Admission::Handle(request),
    }
}

fn invalid(what: &'static str) -> Error {
    Error {
        code: ErrorCode::InvalidRequest,
        message: what.into(),
        data: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn request(method: &'static str) -> Request {
        Request::build(method).id(1).finish()
    }

    fn notification(method: &'static str) -> Request {
        Request::build(method).finish()
    }

    fn code(stage: Stage, request: Request) -> Option<i64> {
        match admit(&mut stage.clone(), request) {
            Admission::Refuse(error) => Some(error.code.code()),
            _ => None,
        }
    }

    #[test]
    fn each_stage_has_its_messages() {
        use Stage::{New, Running, ShutDown};
        for (stage, message, expected) in [
            (New, request("initialize"), None),
            (New, notification("initialize"), Some(-32002)),
            (New, request("shutdown"), Some(-32002)),
            (New, request("textDocument/unheardOf"), Some(-32002)),
            (New, notification("textDocument/didOpen"), Some(-32002)),
            (Running, notification("textDocument/didOpen"), None),
            (Running, request("$/unheardOf"), Some(-32601)),
            (Running, notification("$/cancelRequest"), None),
            (Running, notification("shutdown"), Some(-32600)),
            (Running, request("exit"), Some(-32600)),
            (ShutDown, request("textDocument/hover"), Some(-32600)),
            (ShutDown, request("shutdown"), Some(-32600)),
            (ShutDown, notification("textDocument/didOpen"), Some(-32600)),
        ] {
            assert_eq!(
                code(stage, message.clone()),
                expected,
                "{stage:?} {message}"
            );
        }
        for mut stage in [New, Running, ShutDown] {
            let exit = admit(&mut stage, notification("exit"));
            assert_eq!(exit, Admission::Exit(notification("exit")));
        }
    }

    #[test]
    fn shutdown_counts_whatever_its_parameters() {
        let mut stage = Stage::Running;
        let sent = Request::build("shutdown").id(7).params(json!({})).finish();
        let bare = Request::build("shutdown").id(7).finish();
        assert_eq!(admit(&mut stage, sent), Admission::Handle(bare));
        assert_eq!(stage, Stage::ShutDown);
    }
}
