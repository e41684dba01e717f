//! Capabilities for which the types of the protocol have no field yet.

use std::task::{Context, Poll};

use serde_json::Value;
use tower_lsp::jsonrpc::{Request, Response};
use tower_lsp::{LanguageServer, LspService};
use tower_service::Service;

use super::written::rerouted;

/// The request whose answer lists the capabilities.
pub(super) const INITIALIZE: &str = "initialize";

/// A service that puts into the answer to `initialize` what ls-types cannot say, and has long
/// answers written where they are made.
pub(super) struct Announced<S>(pub(super) LspService<S>);

impl<S: LanguageServer> Service<Request> for Announced<S> {
    type Response = <LspService<S> as Service<Request>>::Response;
    type Error = <LspService<S> as Service<Request>>::Error;
    type Future = <LspService<S> as Service<Request>>::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let is_initialize = request.method() == INITIALIZE;
        let answer = self.0.call(rerouted(request));
        if is_initialize {
            Box::pin(async move { Ok(answer.await?.map(announced)) })
        } else {
            answer
        }
    }
}

fn announced(response: Response) -> Response {
    let (id, mut answer) = response.into_parts();
    if let Ok(result) = &mut answer
        && let Some(Value::Object(capabilities)) = result.get_mut("capabilities")
    {
        capabilities.insert("typeHierarchyProvider".to_owned(), Value::Bool(true));
    }
    Response::from_parts(id, answer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use tower_lsp::jsonrpc::{Error, Id};

    #[test]
    fn the_answer_gains_a_capability_and_an_error_stays_one() {
        let answer = Response::from_ok(
            Id::Number(1),
            json!({ "capabilities": { "hoverProvider": true } }),
        );
        assert_eq!(
            announced(answer).result(),
            Some(&json!({
                "capabilities": { "hoverProvider": true, "typeHierarchyProvider": true }
            }))
        );
        let error = Response::from_error(Id::Number(1), Error::invalid_request());
        assert_eq!(announced(error.clone()), error);
    }
}
