//! Whether the client's process is still there.

/// Returns when the process `id` is gone; never where that cannot be told. Editors end without
/// a word, and a child of theirs may hold our stdin open.
#[cfg(unix)]
pub(super) async fn process_gone(id: u32) {
    use rustix::process::Pid;

    let Some(pid) = i32::try_from(id).ok().and_then(Pid::from_raw) else {
        return std::future::pending().await;
    };
    // A sandbox may refuse it.
    #[cfg(target_os = "linux")]
    if told_when_gone(pid).await.is_ok() {
        return;
    }
    seen_to_be_gone(pid).await;
}

/// Waits on a thread of its own, and without a wake-up, until the system says that a process has
/// ended.
///
/// # Errors
/// When the system does not say so of any process that is no child, or gives no thread.
#[cfg(target_os = "linux")]
async fn told_when_gone(pid: rustix::process::Pid) -> std::io::Result<()> {
    use rustix::event::{PollFd, PollFlags, poll};
    use rustix::io::{Errno, retry_on_intr};
    use rustix::process::{PidfdFlags, pidfd_open};

    let process = match pidfd_open(pid, PidfdFlags::empty()) {
        Err(Errno::SRCH) => return Ok(()),
        process => process?,
    };
    let (sender, gone) = tokio::sync::oneshot::channel();
    let wait = move || {
        let mut events = [PollFd::new(&process, PollFlags::IN)];
        // Fails only when nobody waits any more.
        _ = sender.send(retry_on_intr(|| poll(&mut events, None)));
    };
    std::thread::Builder::new()
        .name("client-process".to_owned())
        .spawn(wait)?;
    gone.await.map_err(std::io::Error::other)??;
    Ok(())
}

/// Looks at a process again and again.
#[cfg(unix)]
async fn seen_to_be_gone(pid: rustix::process::Pid) {
    use rustix::io::Errno;
    use rustix::process::test_kill_process;

    /// There is no portable way to be told of the death of a process that is no child.
    const EVERY: std::time::Duration = std::time::Duration::from_secs(1);

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

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used, reason = "in a test it is the assertion")]
mod tests {
    use super::*;

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
    }

    #[test]
    fn a_process_that_has_ended_is_gone() {
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let id = child.id();
        child.wait().unwrap();
        runtime().block_on(process_gone(id));
        let pid = rustix::process::Pid::from_raw(id as i32).unwrap();
        runtime().block_on(seen_to_be_gone(pid));
    }

    #[test]
    fn a_process_is_gone_when_it_ends() {
        let mut child = std::process::Command::new("cat")
            .stdin(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let id = child.id();
        let waits = std::thread::spawn(move || runtime().block_on(process_gone(id)));
        assert!(!waits.is_finished());
        drop(child.stdin.take());
        child.wait().unwrap();
        waits.join().unwrap();
    }
}
