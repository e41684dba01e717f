//! The front door: whatever a client writes, messages come out, and what is none is refused in a
//! way that can be answered. Pure: no I/O and no clock.

mod frame;
mod message;
mod surrogates;
#[cfg(test)]
mod tests;

use tower_lsp::jsonrpc::{Error, ErrorCode, Id};

pub(super) use frame::MAX_MESSAGE_BYTES;
use frame::{Decoder, Excerpt, Frame};
pub(super) use message::{Lost, Message, misshapen, sifted};
use message::{Refusal, id_of, lost};

/// How much of what is refused is shown in the log, in bytes.
const SHOWN_BYTES: usize = 200;

/// What has come in.
#[derive(Debug, PartialEq)]
pub(super) enum Incoming {
    /// A message.
    Message(Message),
    /// Something that is none.
    Refused(Refused),
}

/// Something that is no message, and what follows.
#[derive(Debug, PartialEq)]
pub(super) struct Refused {
    /// To whom the error is sent; nobody may be answered where there is `None`.
    pub(super) id: Option<Id>,
    /// What is wrong.
    pub(super) error: Error,
    /// The documents that are no longer known.
    pub(super) lost: Option<Lost>,
    /// How it begins, for the log.
    pub(super) begin: String,
}

/// Takes bytes and gives what they say.
pub(super) struct FrontDoor(Decoder);

impl FrontDoor {
    /// Takes messages of up to `max_message` bytes.
    pub(super) fn new(max_message: usize) -> Self {
        Self(Decoder::new(max_message))
    }

    /// Takes more bytes.
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        self.0.feed(bytes);
    }

    /// The next that is whole.
    pub(super) fn next_incoming(&mut self) -> Option<Incoming> {
        let refused = match self.0.next_frame()? {
            Frame::Body(body) => match message::read(body) {
                Ok((message, used)) => {
                    let refusal = match message {
                        Ok(message) => {
                            self.0.pass(used);
                            return Some(Incoming::Message(message));
                        }
                        Err(refusal) => refusal,
                    };
                    let Refusal { id, error } = refusal;
                    let excerpt = Excerpt::of(&body[..used]);
                    self.0.pass(used);
                    refused(id, error, &excerpt)
                }
                Err(fault) => {
                    let excerpt = self.0.give_up();
                    let message = format!("This is no JSON: {fault}.");
                    refused(Some(id_of(&excerpt)), parse_error(message), &excerpt)
                }
            },
            Frame::TooLong { length, excerpt } => {
                let message = format!(
                    "This message has {length} bytes, and agentls takes {MAX_MESSAGE_BYTES} at most."
                );
                let error = Error {
                    code: ErrorCode::InvalidRequest,
                    message: message.into(),
                    data: None,
                };
                refused(Some(id_of(&excerpt)), error, &excerpt)
            }
            Frame::Stray { excerpt, is_rest } => {
                let message = "Between two messages there is something that is none.".to_owned();
                let id = (!is_rest).then_some(Id::Null);
                refused(id, parse_error(message), &excerpt)
            }
        };
        Some(Incoming::Refused(refused))
    }

    /// What is left of a message when nothing more comes.
    pub(super) fn end(&mut self) -> Option<String> {
        self.0.end().map(|excerpt| begin(&excerpt))
    }
}

fn refused(id: Option<Id>, error: Error, excerpt: &Excerpt) -> Refused {
    Refused {
        id,
        error,
        lost: lost(excerpt),
        begin: begin(excerpt),
    }
}

fn parse_error(message: String) -> Error {
    Error {
        code: ErrorCode::ParseError,
        message: message.into(),
        data: None,
    }
}

fn begin(excerpt: &Excerpt) -> String {
    let shown = &excerpt.start[..excerpt.start.len().min(SHOWN_BYTES)];
    shown.escape_ascii().to_string()
}
