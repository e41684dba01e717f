//! The status of a file: who reads it, as what, whether it is loaded, and what was found in it.

use crate::agent::SourceFile;
use crate::config::Severity;
use crate::host::{Hosts, Role};
use crate::index::Workspace;
use crate::loading::Verdict;
use crate::rules;

/// What a file is to its host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The host's name in configuration and for people; `None` for plain markdown.
    pub host: Option<(&'static str, &'static str)>,
    /// What the file is to it.
    pub role: Role,
    /// Whether the configuration says that it is this host's.
    pub is_forced: bool,
    /// What the host makes of its header.
    pub verdict: Verdict,
    /// How many findings there are of each severity, in the order of [`Severity::ALL`].
    pub findings: [usize; Severity::ALL.len()],
}

/// The status of a file.
pub fn status(workspace: &Workspace, file: &SourceFile) -> Status {
    let facts = &file.facts;
    let host = facts.kind.host.and_then(|id| Hosts::builtin().host(id));
    let found = rules::diagnose(workspace, file);
    Status {
        host: host.map(|host| (host.id.as_str(), host.title.as_str())),
        role: facts.kind.role,
        is_forced: facts.reading.host.is_some(),
        verdict: facts.loading.verdict,
        findings: Severity::ALL
            .map(|severity| found.iter().filter(|it| it.severity == severity).count()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    #[test]
    fn a_file_says_who_reads_it_and_why() {
        let fixture = Fixture::parse(
            "
//- /.claude/agents/a.md
---
name: a
description: Use it: now
tools: Read, Nothing
---
Text.
//- /prompts/b.md
---
name: b
description: Does b.
---
Text.
//- /prompts/README.md
Text.
//- /.agentls.yaml
hosts:
  prompts: cursor
",
        );
        let of = |at: usize| status(&fixture.workspace, &fixture.files[at]);
        let a = of(0);
        assert_eq!(a.host, Some(("claude-code", "Claude Code")));
        assert_eq!((a.role, a.is_forced), (Role::Agent, false));
        assert_eq!((a.verdict, a.findings), (Verdict::Requoted, [0, 2, 0, 0]));
        let b = of(1);
        assert_eq!(b.host, Some(("cursor", "Cursor")));
        assert_eq!((b.role, b.is_forced), (Role::Agent, true));
        assert_eq!(of(2).host, None);
    }
}
