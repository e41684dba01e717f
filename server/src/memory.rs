//! What the server tells the allocator of the C library.

/// From how many pools of memory all threads are served.
///
/// glibc has up to eight for each core, and what one thread took from its pool and another gives
/// back is of use only to threads of that pool. Facts are made by the threads that read files and
/// dropped by the main one, so each pool would come to hold what only one of them needs: twice as
/// much after an hour of work (docs/performance.md). One pool is no smaller, and its threads wait
/// for each other.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const POOLS: std::ffi::c_int = 2;

/// Has the threads that start from now on share their pools of memory, where the C library keeps
/// one for each. Call it before the first one starts.
pub(crate) fn share_pools() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        #[expect(
            unsafe_code,
            reason = "there is no other way to say it but the environment"
        )]
        // SAFETY: it takes two numbers and keeps the second one; the allocator has a lock for it.
        let is_taken = unsafe { libc::mallopt(libc::M_ARENA_MAX, POOLS) } == 1;
        debug_assert!(is_taken, "the C library takes a number of pools");
    }
}
