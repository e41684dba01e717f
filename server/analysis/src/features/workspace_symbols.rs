//! Workspace symbols: the agents, skills and commands whose names match what was typed.

use std::cmp::Reverse;

use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use rustc_hash::FxHashSet;

use super::definition::{NavigationTarget, target};
use crate::agent::{Name, Symbol};
use crate::index::{FileId, Index, Scope, Workspace};
use crate::limits;
use crate::path::FilePath;

/// Something that a workspace defines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkspaceSymbol {
    /// Which of the workspaces that were asked about it is in.
    pub workspace: usize,
    /// Where it is defined.
    pub target: NavigationTarget,
    /// What it is called.
    pub name: Name,
    /// What it is.
    pub symbol: Symbol,
    /// The plugin that it comes from, else the folder that its file is in; empty at the top.
    pub container: String,
}

/// What fits a query, in the order of the answer.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Match<'w> {
    score: Reverse<u32>,
    /// A name scores no better than one that goes on after it.
    is_longer: bool,
    symbol: Symbol,
    name: &'w Name,
    path: &'w FilePath,
    workspace: usize,
    file: FileId,
}

/// What the query fits, the best first; of two as good, agents before skills before commands,
/// then in the order of names and paths. The words of a query may stand in any order, the letters
/// of each must come in theirs. An empty query fits everything. At most
/// [`limits::MAX_WORKSPACE_SYMBOLS`].
pub fn workspace_symbols(workspaces: &[Workspace], query: &str) -> Vec<WorkspaceSymbol> {
    let query = query.trim();
    let pattern = Pattern::new(
        query,
        CaseMatching::Ignore,
        Normalization::Smart,
        AtomKind::Fuzzy,
    );
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut buffer = Vec::new();
    let mut matches = Vec::new();
    let mut users = FxHashSet::default();
    for (workspace, Workspace { index, .. }) in workspaces.iter().enumerate() {
        for (file, definition) in Symbol::ALL.into_iter().flat_map(|it| index.symbols(it)) {
            let name = &definition.name;
            let text = Utf32Str::new(name.as_str(), &mut buffer);
            let (Some(score), Some(indexed)) =
                (pattern.score(text, &mut matcher), index.file(file))
            else {
                continue;
            };
            // The user's own are in every workspace.
            if indexed.scope == Scope::User && !users.insert(&indexed.path) {
                continue;
            }
            matches.push(Match {
                score: Reverse(score),
                is_longer: !name.as_str().eq_ignore_ascii_case(query),
                symbol: definition.symbol,
                name,
                path: &indexed.path,
                workspace,
                file,
            });
        }
    }
    matches.sort_unstable();
    matches.truncate(limits::MAX_WORKSPACE_SYMBOLS);
    let symbol = |found: Match| {
        let index = &workspaces.get(found.workspace)?.index;
        Some(WorkspaceSymbol {
            workspace: found.workspace,
            target: target(index, found.file)?,
            name: found.name.clone(),
            symbol: found.symbol,
            container: container(index, found.path),
        })
    };
    matches.into_iter().filter_map(symbol).collect()
}

fn container(index: &Index, path: &FilePath) -> String {
    let plugin = index.plugin_name(path).map(Name::as_str);
    plugin.unwrap_or_else(|| path.folder()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    const TEAM: &str = "
//- /.claude/agents/python-pro.md
---
name: python-pro
---
//- /.claude/agents/python-pro-max.md
---
name: python-pro-max
---
//- /.claude/agents/office.md
---
name: Back Office
---
//- /shop/.claude-plugin/plugin.json
{\"name\": \"my-shop\"}
//- /shop/agents/stock.md
---
name: stock-keeper
---
//- /.claude/skills/python-tips/SKILL.md
---
name: python-tips
---
//- /.claude/commands/python-pro.md
Do it.
";

    fn names(query: &str) -> Vec<String> {
        let workspace = Fixture::parse(TEAM).workspace;
        let found = workspace_symbols(&[workspace], query);
        let shown = |it: &WorkspaceSymbol| format!("{} {}", it.symbol.noun(), it.name);
        found.iter().map(shown).collect()
    }

    #[test]
    fn letters_in_their_order_find_a_name() {
        assert_eq!(names("stkp"), ["agent stock-keeper"]);
        assert_eq!(names("OFFICE"), ["agent Back Office"]);
        assert_eq!(names("office back"), ["agent Back Office"]);
        assert_eq!(names("ptips"), ["skill python-tips"]);
        assert!(names("zzz").is_empty());
    }

    #[test]
    fn the_name_itself_comes_first_and_agents_before_commands() {
        assert_eq!(
            names("python-pro"),
            [
                "agent python-pro",
                "command python-pro",
                "agent python-pro-max"
            ]
        );
    }

    #[test]
    fn a_run_at_the_start_is_better_than_letters_here_and_there() {
        assert_eq!(names("py")[0], "agent python-pro");
        assert_eq!(names("keeper")[0], "agent stock-keeper");
    }

    #[test]
    fn an_empty_query_lists_all_by_kind_and_name() {
        assert_eq!(
            names(" "),
            [
                "agent Back Office",
                "agent python-pro",
                "agent python-pro-max",
                "agent stock-keeper",
                "skill python-tips",
                "command python-pro"
            ]
        );
    }

    #[test]
    fn a_symbol_tells_its_plugin_or_folder_and_its_place() {
        let workspace = Fixture::parse(TEAM).workspace;
        let found = workspace_symbols(std::slice::from_ref(&workspace), "stock");
        assert_eq!(found[0].container, "my-shop");
        let found = workspace_symbols(&[workspace], "office");
        assert_eq!(found[0].container, ".claude/agents");
        assert_eq!(found[0].target.range.len(), "Back Office".len());
    }

    #[test]
    fn all_workspaces_are_searched_and_what_is_the_users_comes_once() {
        let user = "//- /~/.claude/agents/own.md\n---\nname: own-pro\n---\n";
        let one = Fixture::parse(&format!(
            "{user}//- /.claude/agents/a.md\n---\nname: alpha-pro\n---\n"
        ));
        let two = Fixture::parse(&format!(
            "{user}//- /.claude/agents/b.md\n---\nname: beta-pro\n---\n"
        ));
        let found = workspace_symbols(&[one.workspace, two.workspace], "");
        let found: Vec<_> = found
            .iter()
            .map(|it| (it.workspace, it.name.as_str()))
            .collect();
        assert_eq!(found, [(0, "alpha-pro"), (1, "beta-pro"), (0, "own-pro")]);
    }

    #[test]
    fn what_is_too_much_for_one_answer_is_cut() {
        let mut team = String::new();
        for number in 0..=limits::MAX_WORKSPACE_SYMBOLS {
            team.push_str(&format!(
                "//- /.claude/agents/n{number}.md\n---\nname: many-{number:05}\n---\n"
            ));
        }
        let found = workspace_symbols(&[Fixture::parse(&team).workspace], "many");
        assert_eq!(found.len(), limits::MAX_WORKSPACE_SYMBOLS);
        assert_eq!(found[0].name.as_str(), "many-00000");
    }
}
