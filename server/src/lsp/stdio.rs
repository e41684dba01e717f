//! Stdin and stdout as the runtime's own streams.
//!
//! tokio reads and writes them on threads of their own, which costs every message two wake-ups;
//! pipes and sockets, which is what editors give, the runtime can wait for by itself.

use tokio::io::{AsyncRead, AsyncWrite};

/// Messages from the client.
pub(super) type Input = Box<dyn AsyncRead + Send + Unpin>;
/// Messages to the client.
pub(super) type Output = Box<dyn AsyncWrite + Send + Unpin>;

/// Both streams. Needs a runtime with I/O.
pub(super) fn streams() -> (Input, Output) {
    #[cfg(unix)]
    return (
        unix::input().unwrap_or_else(|_| Box::new(tokio::io::stdin())),
        unix::output().unwrap_or_else(|_| Box::new(tokio::io::stdout())),
    );
    #[cfg(not(unix))]
    (Box::new(tokio::io::stdin()), Box::new(tokio::io::stdout()))
}

#[cfg(unix)]
mod unix {
    use std::fs::File;
    use std::io;
    use std::os::fd::{AsFd, OwnedFd};
    use std::os::unix::fs::FileTypeExt;

    use tokio::net::UnixStream;
    use tokio::net::unix::pipe;

    use super::{Input, Output};

    /// Stdin, where it is a pipe or a socket.
    pub(super) fn input() -> io::Result<Input> {
        let file = duplicate(io::stdin())?;
        Ok(if file.metadata()?.file_type().is_fifo() {
            Box::new(pipe::Receiver::from_file(file)?)
        } else {
            Box::new(socket(file)?)
        })
    }

    /// Stdout, where it is a pipe or a socket.
    pub(super) fn output() -> io::Result<Output> {
        let file = duplicate(io::stdout())?;
        Ok(if file.metadata()?.file_type().is_fifo() {
            Box::new(pipe::Sender::from_file(file)?)
        } else {
            Box::new(socket(file)?)
        })
    }

    fn duplicate(stream: impl AsFd) -> io::Result<File> {
        stream.as_fd().try_clone_to_owned().map(File::from)
    }

    fn socket(file: File) -> io::Result<UnixStream> {
        if !file.metadata()?.file_type().is_socket() {
            return Err(io::ErrorKind::Unsupported.into());
        }
        let stream = std::os::unix::net::UnixStream::from(OwnedFd::from(file));
        stream.set_nonblocking(true)?;
        UnixStream::from_std(stream)
    }
}
