//! What comes in before it is a message, and how a session ends: by `exit`, at the end of
//! stdin, or because the client is gone.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, ReadBuf};
use tokio::sync::Notify;

/// A stream that tells when it has ended. `tower-lsp` stops reading then, but goes on until
/// every request is answered; nobody is left to read the answers.
pub(super) struct DisconnectOnEof<R> {
    inner: R,
    ended: Arc<Notify>,
}

impl<R> DisconnectOnEof<R> {
    /// The stream, and what is notified at its end.
    pub(super) fn new(inner: R) -> (Self, Arc<Notify>) {
        let ended = Arc::new(Notify::new());
        (
            Self {
                inner,
                ended: ended.clone(),
            },
            ended,
        )
    }
}

impl<R: AsyncRead + Unpin> AsyncRead for DisconnectOnEof<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let poll = Pin::new(&mut self.inner).poll_read(context, buffer);
        let ended = match &poll {
            Poll::Ready(Ok(())) => buffer.filled().len() == before && buffer.capacity() > before,
            Poll::Ready(Err(_)) => true,
            Poll::Pending => false,
        };
        if ended {
            self.ended.notify_one();
        }
        poll
    }
}

/// Bytes that are read at once.
const CHUNK: usize = 16 * 1024;

/// What stands for half a character. As long as what it replaces, so that no `Content-Length`
/// changes, and one UTF-16 code unit as well, so that no column does.
const REPLACEMENT: &[u8; 6] = b"\\ufffd";

/// A stream of JSON in which every escaped surrogate is one of a pair. Editors in JavaScript
/// hold texts with half a character and write it as `\ud83d`, which serde_json refuses, and a
/// message that cannot be read ends the session.
pub(super) struct WholeCharacters<R> {
    inner: R,
    /// Read and not handed out yet.
    bytes: Vec<u8>,
    /// How many of them are in order. Those after are the start of an escape whose rest is
    /// still to come; no message ends inside one.
    whole: usize,
}

impl<R> WholeCharacters<R> {
    pub(super) fn new(inner: R) -> Self {
        Self {
            inner,
            bytes: Vec::new(),
            whole: 0,
        }
    }
}

impl<R: AsyncRead + Unpin> AsyncRead for WholeCharacters<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        while this.whole == 0 {
            let held = this.bytes.len();
            this.bytes.resize(held + CHUNK, 0);
            let mut chunk = ReadBuf::new(&mut this.bytes[held..]);
            let poll = Pin::new(&mut this.inner).poll_read(context, &mut chunk);
            let read = chunk.filled().len();
            this.bytes.truncate(held + read);
            match poll {
                Poll::Ready(Ok(())) if read > 0 => this.whole = mend(&mut this.bytes),
                Poll::Ready(Ok(())) if held > 0 => this.whole = held,
                other => return other,
            }
        }
        let count = this.whole.min(buffer.remaining());
        buffer.put_slice(&this.bytes[..count]);
        this.bytes.drain(..count);
        this.whole -= count;
        Poll::Ready(Ok(()))
    }
}

/// Replaces surrogates without a partner. How many bytes, from the first, are in order.
fn mend(bytes: &mut [u8]) -> usize {
    let mut at = 0;
    while let Some(found) = bytes[at..].iter().position(|&byte| byte == b'\\') {
        at += found;
        let rest = &bytes[at..];
        match (rest.get(1), escaped_unit(rest)) {
            (None, _) => return at,
            (Some(b'u'), _) if rest.len() < 6 => return at,
            (Some(b'u'), Some(0xd800..0xdc00)) => {
                let next = &rest[6..];
                let may_be_escape = next.iter().zip(b"\\u").all(|(byte, of)| byte == of);
                if next.len() < 6 && may_be_escape {
                    return at;
                }
                if matches!(escaped_unit(next), Some(0xdc00..0xe000)) {
                    at += 6;
                } else {
                    bytes[at..at + 6].copy_from_slice(REPLACEMENT);
                }
                at += 6;
            }
            (Some(b'u'), Some(0xdc00..0xe000)) => {
                bytes[at..at + 6].copy_from_slice(REPLACEMENT);
                at += 6;
            }
            _ => at += 2,
        }
    }
    bytes.len()
}

/// The UTF-16 code unit of an escape, `\uXXXX`, at the start of `bytes`.
fn escaped_unit(bytes: &[u8]) -> Option<u16> {
    let digits = bytes.get(..6)?.strip_prefix(b"\\u")?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// Returns when the process `id` is gone; never where that cannot be told. Editors end without
/// a word, and a child of theirs may hold our stdin open.
#[cfg(unix)]
pub(super) async fn process_gone(id: u32) {
    use rustix::io::Errno;
    use rustix::process::{Pid, test_kill_process};

    /// There is no portable way to be told of the death of a process that is no child.
    const EVERY: std::time::Duration = std::time::Duration::from_secs(1);

    let Some(pid) = i32::try_from(id).ok().and_then(Pid::from_raw) else {
        return std::future::pending().await;
    };
    // Refused (`EPERM`) means that it lives, as somebody else's.
    while !matches!(test_kill_process(pid), Err(Errno::SRCH)) {
        tokio::time::sleep(EVERY).await;
    }
}

/// Never returns: the end of stdin has to do.
#[cfg(not(unix))]
pub(super) async fn process_gone(_id: u32) {
    std::future::pending().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncReadExt;

    #[test]
    fn the_end_of_the_stream_is_told_once_it_is_reached() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(async {
            let (mut stream, ended) = DisconnectOnEof::new(&b"abc"[..]);
            let mut text = String::new();
            stream.read_to_string(&mut text).await.unwrap();
            assert_eq!(text, "abc");
            ended.notified().await;
        });
    }

    fn mended(text: &str, chunk: usize) -> String {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(async {
            let mut mended = Vec::new();
            WholeCharacters::new(pieces(text.as_bytes(), chunk))
                .read_to_end(&mut mended)
                .await
                .unwrap();
            String::from_utf8(mended).unwrap()
        })
    }

    /// A stream that gives no more than `chunk` bytes at once.
    fn pieces(bytes: &[u8], chunk: usize) -> impl AsyncRead + Unpin {
        struct Pieces<'a>(&'a [u8], usize);
        impl AsyncRead for Pieces<'_> {
            fn poll_read(
                mut self: Pin<&mut Self>,
                _: &mut Context<'_>,
                buffer: &mut ReadBuf<'_>,
            ) -> Poll<io::Result<()>> {
                let count = self.1.min(self.0.len()).min(buffer.remaining());
                let (now, later) = self.0.split_at(count);
                buffer.put_slice(now);
                self.0 = later;
                Poll::Ready(Ok(()))
            }
        }
        Pieces(bytes, chunk)
    }

    #[test]
    fn a_surrogate_without_its_partner_is_replaced_wherever_reading_pauses() {
        for (text, expected) in [
            (r#"{"a": "\n ü \u00fc \\"}"#, r#"{"a": "\n ü \u00fc \\"}"#),
            (r#""\ud83d\ude00""#, r#""\ud83d\ude00""#),
            (r#""\uD83D\uDE00""#, r#""\uD83D\uDE00""#),
            (r#""\ud83d""#, r#""\ufffd""#),
            (r#""\ude00\ud83d""#, r#""\ufffd\ufffd""#),
            (r#""\ud83d\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#),
            (r#""\ud83d\n\u0041""#, r#""\ufffd\n\u0041""#),
            (r#""\ud83d\u0041""#, r#""\ufffd\u0041""#),
            // A backslash and letters, no escape.
            (r#""\\ud83d""#, r#""\\ud83d""#),
            (r#""\\\ud83d""#, r#""\\\ufffd""#),
            // No JSON at all: nobody may wait for what never comes.
            (r"\ud83", r"\ud83"),
            (r"\uzzzz\ud83d", r"\uzzzz\ud83d"),
        ] {
            for chunk in 1..=text.len() {
                assert_eq!(mended(text, chunk), expected, "{chunk} bytes at once");
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_process_that_has_ended_is_gone() {
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let id = child.id();
        child.wait().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        runtime.block_on(process_gone(id));
    }
}
