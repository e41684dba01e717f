//! A new agent: the places where one can be made, and what its file would say.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::completion::skeleton::{first_keys, first_value};
use crate::agent::SourceFile;
use crate::config::Severity;
use crate::edit;
use crate::host::{FileKind, Host, HostId, Hosts, Place, Role};
use crate::index::{Depth, FileId, Scope, Workspace};
use crate::path::FilePath;
use crate::rules::{self, text::slug};
use crate::syntax::document::Document;
use crate::text::ByteRange;

/// The key that says when to give work to an agent, which is the first thing to decide.
const DESCRIPTION: &str = "description";

/// A folder that an agent can be made in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    /// Who reads the agents there.
    pub host: HostId,
    /// The folder relative to the workspace, with `/` between segments.
    pub folder: String,
    /// How many agents of that host there are already.
    pub agents: usize,
}

/// A file to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAgent {
    /// Where it lies.
    pub path: FilePath,
    /// What it says.
    pub text: String,
    /// What is to be typed over first, in bytes of `text`: the description.
    pub selection: ByteRange,
    /// Why the host would not take it as it is, as sentences for the user.
    pub problem: Option<String>,
}

/// The folders that hold agents, those with the most first, and where each host looks for its
/// agents in a project that has none.
pub fn homes(workspace: &Workspace) -> Vec<Home> {
    let index = &workspace.index;
    let mut counts = BTreeMap::<(&str, HostId), usize>::new();
    for (id, _) in index.agents() {
        let Some(file) = index.file(id).filter(|it| it.scope == Scope::Workspace) else {
            continue;
        };
        if let Some(host) = file.facts.kind.host {
            let folder = match index.root_of(&file.path) {
                "" => file.path.folder(),
                root => root,
            };
            *counts.entry((folder, host)).or_default() += 1;
        }
    }
    let home = |((folder, host), agents): (&(&str, HostId), &usize)| Home {
        host: *host,
        folder: (*folder).to_owned(),
        agents: *agents,
    };
    let mut homes: Vec<Home> = counts.iter().map(home).collect();
    homes.sort_by_key(|home| Reverse(home.agents));
    for (host, data) in Hosts::builtin().iter() {
        let Some(new) = &data.new_agents else {
            continue;
        };
        if !counts.contains_key(&(new.folder.as_str(), host)) {
            homes.push(Home {
                host,
                folder: new.folder.clone(),
                agents: 0,
            });
        }
    }
    homes
}

/// The agent of that name in a folder, which is relative to the workspace, or absolute where it
/// holds the user's own.
///
/// # Errors
/// A sentence for the user, where no file can have such a name.
pub fn new_agent(
    workspace: &Workspace,
    host: HostId,
    folder: &str,
    name: &str,
) -> Result<NewAgent, String> {
    let name = name.trim();
    let mut stem = slug(name).ok_or("Give it a name with a letter or a digit.")?;
    if is_device(&stem) {
        stem.push_str("-agent");
    }
    let hosts = Hosts::builtin();
    let data = hosts.host(host).ok_or("There is no such host.")?;
    let ending = ending(workspace, data, folder);
    let path = FilePath::new(&match folder {
        "" => format!("{stem}{ending}"),
        folder => format!("{folder}/{stem}{ending}"),
    });
    let kind = FileKind {
        host: Some(host),
        role: Role::Agent,
        place: Place::HostFolder,
    };
    let mut text = String::new();
    let mut selection = None;
    let known = hosts.data(kind);
    let mut keys = known.map(first_keys).unwrap_or_default();
    if !keys.iter().any(|key| key.name == DESCRIPTION) {
        keys.extend(known.and_then(|known| known.key(DESCRIPTION)));
    }
    for key in &keys {
        let (value, _) = first_value(key, Role::Agent, name);
        let value = edit::scalar(value, edit::Place::Block);
        let start = if text.is_empty() { "---\n" } else { "" };
        text.push_str(&format!("{start}{}: ", key.name));
        if key.name == DESCRIPTION {
            selection = Some(ByteRange::new(text.len(), text.len() + value.len()));
        }
        text.push_str(&value);
        text.push('\n');
    }
    if !keys.is_empty() {
        text.push_str("---\n\n");
    }
    text.push_str(&format!("You are the {}.\n", stem.replace('-', " ")));
    let selection = selection.unwrap_or(ByteRange::empty(text.len()));
    let problem = problem(workspace, &path, &text);
    Ok(NewAgent {
        path,
        text,
        selection,
        problem,
    })
}

/// Whether Windows means a device by a file of that name, whatever it ends in.
fn is_device(stem: &str) -> bool {
    let port = ["com", "lpt"].iter().find_map(|it| stem.strip_prefix(it));
    matches!(stem, "con" | "nul" | "aux" | "prn")
        || port.is_some_and(|number| matches!(number.as_bytes(), [b'1'..=b'9']))
}

/// What the names of files in a folder end in: as those there do, else as the host has it.
fn ending<'a>(workspace: &'a Workspace, host: &'a Host, folder: &str) -> &'a str {
    let index = &workspace.index;
    let paths = index
        .agents()
        .filter_map(|(id, _)| Some(&index.file(id)?.path));
    let there = |path: &&FilePath| index.root_of(path) == folder || path.folder() == folder;
    let like = paths.filter(there).min();
    like.and_then(|path| path.file_name().strip_prefix(path.stem()))
        .filter(|ending| !ending.is_empty())
        .or(host.new_agents.as_ref().map(|new| new.ending.as_str()))
        .unwrap_or(".md")
}

/// What would be found in the header of a file if it were there.
fn problem(workspace: &Workspace, path: &FilePath, text: &str) -> Option<String> {
    let mut workspace = workspace.clone();
    let reading = workspace.configs.reading(path);
    let id = FileId(u32::MAX);
    let file = SourceFile::new(id, path.clone(), &mut Document::new(text), &reading);
    let facts = file.facts.clone();
    _ = workspace
        .index
        .insert(id, path.clone(), facts, Depth::Body, Scope::Workspace);
    let found = rules::diagnose(&workspace, &file);
    let grave = found
        .into_iter()
        .find(|finding| finding.severity >= Severity::Warning);
    grave.map(|finding| finding.message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    fn homes_of(fixture: &str) -> Vec<String> {
        let shown = |home: &Home| {
            let host = Hosts::builtin().host(home.host).unwrap();
            format!("{} {} {}", home.folder, host.id, home.agents)
        };
        homes(&Fixture::parse(fixture).workspace)
            .iter()
            .map(shown)
            .collect()
    }

    fn make(fixture: &str, host: &str, folder: &str, name: &str) -> Result<NewAgent, String> {
        let host = Hosts::builtin().by_name(host).unwrap();
        new_agent(&Fixture::parse(fixture).workspace, host, folder, name)
    }

    #[test]
    fn a_project_without_agents_offers_the_folder_of_each_host() {
        let homes = homes_of("//- /README.md\nText.\n");
        assert_eq!(homes[0], ".claude/agents claude-code 0");
        assert!(homes.contains(&".github/agents copilot 0".to_owned()));
    }

    #[test]
    fn folders_that_hold_agents_come_first_the_fullest_before_others() {
        let agent = |path: &str| format!("//- {path}\n---\nname: x\ndescription: X.\n---\nText.\n");
        let team = [
            "/.claude/agents/a.md",
            "/plugins/shop/agents/b.md",
            "/plugins/shop/agents/deep/c.md",
        ]
        .map(agent)
        .concat();
        let homes = homes_of(&team);
        assert_eq!(
            homes[..3],
            [
                "plugins/shop/agents claude-code 2",
                ".claude/agents claude-code 1",
                ".github/agents copilot 0",
            ]
        );
    }

    #[test]
    fn a_new_agent_has_the_keys_that_its_host_needs_and_nothing_is_wrong_with_it() {
        for (_, host) in Hosts::builtin().iter() {
            let Some(new) = &host.new_agents else {
                continue;
            };
            let made = make("", &host.id, &new.folder, "stock-keeper").unwrap();
            assert_eq!(made.problem, None, "{}: {}", host.id, made.text);
            assert_eq!(made.path.stem(), "stock-keeper");
            assert_eq!(made.selection.of(&made.text), "Use this agent when");
            let reading = Default::default();
            let file = SourceFile::new(
                FileId(0),
                made.path.clone(),
                &mut Document::new(&made.text),
                &reading,
            );
            let kind = file.facts.kind;
            assert!(kind.is_agent(), "{}", host.id);
            assert_eq!(Hosts::builtin().title(kind), host.title);
        }
    }

    #[test]
    fn a_name_that_is_taken_or_refused_is_told_in_the_words_of_the_rule() {
        let team = "//- /.claude/agents/a.md\n---\nname: auditor\ndescription: A.\n---\nText.\n";
        let made = make(team, "claude-code", ".claude/agents", "auditor").unwrap();
        assert!(made.problem.unwrap().contains("auditor"));
        let made = make(team, "claude-code", ".claude/agents", "shop:auditor").unwrap();
        assert!(made.problem.unwrap().contains("`:`"));
        let made = make(team, "claude-code", ".claude/agents", "other").unwrap();
        assert_eq!(made.problem, None);
    }

    #[test]
    fn the_file_has_a_plain_name_whatever_the_agent_is_called() {
        let path = |name: &str| {
            make("", "claude-code", ".claude/agents", name)
                .unwrap()
                .path
                .as_str()
                .to_owned()
        };
        assert_eq!(path("Back Office"), ".claude/agents/back-office.md");
        assert_eq!(path("../../etc/passwd"), ".claude/agents/etc-passwd.md");
        assert_eq!(path("AUX"), ".claude/agents/aux-agent.md");
        assert_eq!(path("lpt9"), ".claude/agents/lpt9-agent.md");
        assert_eq!(path("com10"), ".claude/agents/com10.md");
        assert!(make("", "claude-code", ".claude/agents", " ../ ").is_err());
    }

    #[test]
    fn files_end_as_those_beside_them_do() {
        let team = "//- /.github/agents/a.md\n---\ndescription: A.\n---\nText.\n";
        let made = |team: &str| make(team, "copilot", ".github/agents", "b").unwrap();
        assert_eq!(made(team).path.file_name(), "b.md");
        assert_eq!(made("").path.file_name(), "b.agent.md");
    }
}
