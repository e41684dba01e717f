//! Which programs read a file, and what they make of its header.

use globset::GlobSet;

use super::classify::set;
use super::{FileKind, Host, HostId, Hosts, Program};
use crate::path::FilePath;

/// A program, as a place in the list of [`Hosts`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ProgramId {
    host: HostId,
    at: u8,
}

/// The programs that say which files they read, in the order of the hosts.
#[derive(Debug)]
pub(super) struct Readers(Vec<(ProgramId, GlobSet)>);

impl Readers {
    pub(super) fn new(hosts: &[Host]) -> Self {
        let hosts = (0..).map(HostId).zip(hosts);
        let programs = hosts.flat_map(|(host, data)| {
            let programs = (0..).zip(&data.readers);
            programs.map(move |(at, program)| (ProgramId { host, at }, set(&program.globs)))
        });
        Self(programs.collect())
    }
}

impl Hosts {
    /// All about a program.
    pub fn program(&self, id: ProgramId) -> Option<&Program> {
        self.host(id.host)?.readers.get(usize::from(id.at))
    }

    /// The programs that read a file, the one that matters most first; `target` is the value of
    /// that key in its header. Empty where nothing is known about who does.
    pub fn readers(&self, path: &FilePath, kind: FileKind, target: Option<&str>) -> Vec<ProgramId> {
        let mut own = Vec::new();
        let mut others = Vec::new();
        for (id, globs) in &self.readers.0 {
            let Some(program) = self.program(*id) else {
                continue;
            };
            let is_own = kind.host == Some(id.host);
            let is_meant = target
                .is_none_or(|target| program.target.as_deref().is_none_or(|own| own == target));
            let is_read = match globs.is_empty() {
                true => is_own,
                false => globs.is_match(path.as_str()),
            };
            if is_meant && is_read {
                if is_own { &mut own } else { &mut others }.push(*id);
            }
        }
        if own.is_empty() {
            // It lies where no program looks, to be copied: of several nobody knows which is meant.
            let of_host = self.readers.0.iter().map(|(id, _)| *id);
            let mut of_host = of_host.filter(|id| kind.host == Some(id.host));
            own.extend(of_host.next().filter(|_| of_host.next().is_none()));
        }
        own.extend(others);
        own
    }
}
