//! Whether the client's process is still there.

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

#[cfg(all(test, unix))]
mod tests {
    use super::*;

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
