//! How a session ends: by `exit`, at the end of stdin, or because the client is gone.

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
