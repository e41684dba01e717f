//! What the descriptions of a root take together.

use std::collections::BTreeMap;

use super::{Finding, Related, Rule, Severity, rule};
use crate::config::Settings;
use crate::host::{HostId, Hosts};
use crate::index::{FileId, IndexedFile, Scope, Workspace};
use crate::text::ByteRange;

/// The descriptions of one root together take more than the host has room for. Asked of a
/// workspace, not of a file.
pub(super) const DESCRIPTION_BUDGET: Rule = rule!("description-budget", Severity::Information);

/// How many of the longest descriptions are named beside the longest.
const NAMED: usize = 4;

/// For each root whose descriptions pass the budget of its host: the file with the longest
/// description, and the finding there. In the order of the roots.
pub fn check_budgets(workspace: &Workspace) -> Vec<(FileId, Finding)> {
    let index = &workspace.index;
    let mut roots: BTreeMap<(&str, HostId), Vec<Described<'_>>> = BTreeMap::new();
    for (id, file) in index.files() {
        let described = (file.scope == Scope::Workspace)
            .then(|| Described::of(id, file))
            .flatten();
        if let (Some(host), Some(described)) = (file.facts.kind.host, described) {
            let root = index.root_of(&file.path);
            roots.entry((root, host)).or_default().push(described);
        }
    }
    roots
        .into_iter()
        .filter_map(|((root, _), files)| over(root, files, workspace))
        .collect()
}

/// An agent with what its name and description take.
struct Described<'a> {
    id: FileId,
    file: &'a IndexedFile,
    range: ByteRange,
    /// Estimated.
    tokens: usize,
}

impl<'a> Described<'a> {
    fn of(id: FileId, file: &'a IndexedFile) -> Option<Self> {
        let agent = file.facts.agent()?;
        let description = agent.description.as_deref()?;
        Some(Self {
            id,
            file,
            range: file.facts.entry("description")?.value_range,
            tokens: tokens(agent.name.as_str()) + tokens(description),
        })
    }
}

/// About how many tokens a text takes: one for four characters of an alphabet, one for each
/// character of a script without one.
fn tokens(text: &str) -> usize {
    let wide = text.chars().filter(|c| *c >= '\u{2e80}').count();
    wide + (text.chars().count() - wide).div_ceil(4)
}

fn over(
    root: &str,
    mut files: Vec<Described<'_>>,
    workspace: &Workspace,
) -> Option<(FileId, Finding)> {
    let kind = files.first()?.file.facts.kind;
    let budget = budget(kind)?;
    let sum: usize = files.iter().map(|file| file.tokens).sum();
    if sum <= budget {
        return None;
    }
    files.sort_by(|a, b| (b.tokens, &a.file.path).cmp(&(a.tokens, &b.file.path)));
    let (longest, rest) = files.split_first()?;
    let settings: Settings<'_> = workspace.settings(&longest.file.path);
    let default = Some(DESCRIPTION_BUDGET.severity);
    let severity = settings
        .severity(DESCRIPTION_BUDGET.name)
        .unwrap_or(default)?;
    let host = Hosts::builtin().title(kind);
    let place = if root.is_empty() {
        "this workspace"
    } else {
        root
    };
    let message = format!(
        "The descriptions of the {} agents in {place} take about {sum} tokens together, and {host} has room for {budget}. Shorten the longest: this one takes about {}.",
        files.len(),
        longest.tokens
    );
    let related = rest.iter().take(NAMED).map(|file| Related {
        file: file.id,
        range: file.range,
        message: format!("about {} tokens", file.tokens),
    });
    let finding = Finding {
        range: longest.range,
        rule: DESCRIPTION_BUDGET.name,
        severity,
        message,
        related: related.collect(),
        tag: None,
        fixes: Vec::new(),
    };
    Some((longest.id, finding))
}

/// The tokens that a host has for the descriptions of its agents.
fn budget(kind: crate::host::FileKind) -> Option<usize> {
    let limits = Hosts::builtin().data(kind)?.limits.as_ref()?;
    limits.descriptions_tokens
}

#[cfg(test)]
mod tests {
    use crate::fixture::Fixture;
    use crate::rules::check_budgets;

    /// A root of agents with descriptions of so many characters.
    fn root(root: &str, lengths: &[usize]) -> String {
        let agent = |(at, length): (usize, &usize)| {
            let text = "x".repeat(*length);
            format!("//- /{root}/a{at}.md\n---\nname: a{at}\ndescription: {text}\n---\nBody.\n")
        };
        lengths.iter().enumerate().map(agent).collect()
    }

    #[test]
    fn the_longest_description_of_a_root_over_its_budget_is_reported() {
        let small = root("a/.claude/agents", &[30_000, 20_000]);
        let large = root("b/.claude/agents", &[20_000, 30_000, 11_000]);
        let fixture = Fixture::parse(&(small + &large));
        let found = check_budgets(&fixture.workspace);
        let [(file, finding)] = &found[..] else {
            panic!("{found:?}");
        };
        let path = &fixture.files[file.0 as usize].path;
        assert_eq!(path.as_str(), "b/.claude/agents/a1.md");
        assert_eq!(finding.range.len(), 30_000);
        assert_eq!(finding.related.len(), 2);
        assert!(
            finding.message.contains("about 15253 tokens"),
            "{}",
            finding.message
        );
    }

    #[test]
    fn a_root_that_is_told_to_be_silent_is() {
        let config = "//- /.agentls.yaml\nrules:\n  description-budget: off\n";
        let fixture = Fixture::parse(&(config.to_owned() + &root(".claude/agents", &[70_000])));
        assert_eq!(check_budgets(&fixture.workspace), []);
    }
}
