//! Edits that follow each other faster than anybody types: a macro, a command that replaces, a
//! tool. What lies between them is not looked at, so that a request behind them need not wait
//! for a check that the next edit makes worthless.

use std::time::{Duration, Instant};

/// Edits that are closer than this make a burst, which ends when nothing has come for as long.
/// Keys that are held down come every 30 ms.
const GAP: Duration = Duration::from_millis(2);

/// How long a burst may go on before what it has done so far is checked. Whoever asks just then
/// waits for that check, so it does not come often.
const MAX_BURST: Duration = Duration::from_millis(250);

/// The edits that came last.
#[derive(Default)]
pub(super) struct Burst {
    last: Option<Instant>,
    /// When the first of those came that are close to each other.
    begin: Option<Instant>,
}

impl Burst {
    /// An edit has come.
    pub(super) fn edit(&mut self, now: Instant) {
        let is_close = |last: Instant| now.saturating_duration_since(last) < GAP;
        let begin = self.begin.or(self.last);
        self.begin = begin.filter(|_| self.last.is_some_and(is_close));
        self.last = Some(now);
    }

    /// How long nothing may come until the burst is over; `None` where there is none.
    pub(super) fn rest(&self, now: Instant) -> Option<Duration> {
        let last = self.begin.and(self.last)?;
        let rest = (last + GAP).checked_duration_since(now);
        rest.filter(|rest| !rest.is_zero())
    }

    /// Whether it has gone on for too long to wait for its end.
    pub(super) fn is_overdue(&self, now: Instant) -> bool {
        let is_long = |begin: Instant| now.saturating_duration_since(begin) >= MAX_BURST;
        self.begin.is_some_and(is_long)
    }

    /// All that was edited is checked.
    pub(super) fn end(&mut self) {
        self.begin = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// When what was edited at these times, in ms, is checked.
    fn checks(edits: &[u64]) -> Vec<u64> {
        let start = Instant::now();
        let mut burst = Burst::default();
        let (mut checks, mut is_edited, mut edits) = (Vec::new(), false, edits.iter().peekable());
        for ms in 0..1000 {
            let now = start + Duration::from_millis(ms);
            while edits.next_if(|at| **at == ms).is_some() {
                burst.edit(now);
                is_edited = true;
            }
            if is_edited && (burst.is_overdue(now) || burst.rest(now).is_none()) {
                checks.push(ms);
                is_edited = false;
                burst.end();
            }
        }
        checks
    }

    #[test]
    fn a_key_is_checked_at_once() {
        assert_eq!(checks(&[0, 2, 30, 60]), [0, 2, 30, 60]);
    }

    #[test]
    fn a_burst_is_checked_at_its_first_edit_and_behind_its_last() {
        assert_eq!(checks(&[0, 1, 2, 3, 4]), [0, 6]);
        assert_eq!(checks(&[0, 1, 2, 10, 11]), [0, 4, 10, 13]);
    }

    #[test]
    fn a_burst_without_an_end_is_checked_now_and_then() {
        let edits: Vec<u64> = (0..600).collect();
        assert_eq!(checks(&edits), [0, 250, 500, 601]);
    }
}
