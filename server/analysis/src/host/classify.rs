//! What a file is: one classifier for the server and the terminal.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::data::{Conventions, Host, Mark};
use super::{FileKind, HostId, Hosts, Place, Role};
use crate::path::FilePath;
use crate::syntax::frontmatter::{Entry, Header};
use crate::syntax::yaml::{Node, Value};

/// The folder of agents that no host owns.
const AGENTS: &str = "agents";

/// Of so many tools of its vocabulary a host is told.
const TOOLS_OF_A_DIALECT: usize = 2;

/// The globs of all hosts, compiled once.
#[derive(Debug)]
pub(super) struct Classifier {
    globs: GlobSet,
    /// For each glob of `globs`: the rule that it is of.
    rule_of_glob: Vec<usize>,
    rules: Vec<Rule>,
    /// The host of agents at no known path, and the keys that tell them.
    header_of_agent: Option<(HostId, Vec<String>)>,
    dialects: Vec<Dialect>,
    conventions: Conventions,
}

#[derive(Debug)]
struct Rule {
    mark: Mark,
    host: HostId,
    role: Role,
    except: GlobSet,
}

#[derive(Debug)]
struct Dialect {
    host: HostId,
    folders: Vec<String>,
    tools: Vec<String>,
    tool_globs: GlobSet,
    values: Vec<(String, Vec<String>)>,
}

impl Hosts {
    /// What the file at `path` with this header is. `host` reads it whatever the path says.
    pub fn classify(
        &self,
        path: &FilePath,
        header: Option<&Header>,
        host: Option<HostId>,
    ) -> FileKind {
        let kind = self.classifier.classify(path, header);
        match host {
            Some(host) => self.classifier.forced(path, header, host, kind),
            None => kind,
        }
    }

    /// Whether the path alone says that this is an agent, so that a missing header is a fault.
    /// Not so for documentation beside agents, and for material in folders below them.
    pub fn expects_header(&self, path: &FilePath) -> bool {
        let classifier = &self.classifier;
        classifier.rule(path).is_some_and(|rule| {
            rule.role == Role::Agent
                && rule.mark != Mark::Elsewhere
                && !classifier.is_documentation(path)
                && classifier.is_clearly_an_agent(path)
        })
    }
}

impl Classifier {
    pub(super) fn new(hosts: &[Host], conventions: Conventions) -> Self {
        let mut globs = GlobSetBuilder::new();
        let mut rule_of_glob = Vec::new();
        let mut rules = Vec::new();
        let mut header_of_agent = None;
        let mut dialects = Vec::new();
        for (at, host) in hosts.iter().enumerate() {
            let id = HostId(at as u8);
            for files in &host.files {
                for glob in &files.globs {
                    if add(&mut globs, glob) {
                        rule_of_glob.push(rules.len());
                    }
                }
                let except = set(&files.except);
                rules.push(Rule {
                    mark: files.place,
                    host: id,
                    role: files.role,
                    except,
                });
            }
            if header_of_agent.is_none() && !host.header_of_agent.is_empty() {
                header_of_agent = Some((id, host.header_of_agent.clone()));
            }
            dialects.extend(host.dialect.as_ref().map(|dialect| Dialect {
                host: id,
                folders: dialect.folders.clone(),
                tools: dialect.tools.clone(),
                tool_globs: set(&dialect.tool_globs),
                values: dialect.values.clone().into_iter().collect(),
            }));
        }
        let globs = globs.build().unwrap_or_else(|_| GlobSet::empty());
        Self {
            globs,
            rule_of_glob,
            rules,
            header_of_agent,
            dialects,
            conventions,
        }
    }

    fn classify(&self, path: &FilePath, header: Option<&Header>) -> FileKind {
        let in_agents_folder = path.folder().split('/').any(|folder| folder == AGENTS);
        let Some(rule) = self.rule(path) else {
            return self
                .agent_elsewhere(path, header)
                .unwrap_or(FileKind::PLAIN);
        };
        let kind = FileKind {
            host: Some(rule.host),
            role: rule.role,
            place: rule.mark.place(in_agents_folder),
        };
        if matches!(rule.mark, Mark::Named | Mark::Marked) {
            return kind;
        }
        let plain = FileKind {
            host: None,
            role: Role::Plain,
            ..kind
        };
        if self.is_documentation(path) {
            return plain;
        }
        if rule.role != Role::Agent {
            return kind;
        }
        if !self.is_clearly_an_agent(path) && !self.has_header_of_agent(header) {
            return plain;
        }
        match kind.place {
            Place::HostFolder => kind,
            _ => FileKind {
                host: Some(self.dialect(path, header).unwrap_or(rule.host)),
                ..kind
            },
        }
    }

    /// A file that the user has given to a host. What it is there is said by that host's own
    /// paths, else by the other hosts'; else it is an agent, if it has a header.
    fn forced(
        &self,
        path: &FilePath,
        header: Option<&Header>,
        host: HostId,
        kind: FileKind,
    ) -> FileKind {
        let own = self
            .rules_of(path)
            .filter(|(_, rule)| rule.host == host)
            .min_by_key(|(at, rule)| (rule.mark, *at));
        let role = match own {
            Some((_, rule)) => rule.role,
            None if kind.role != Role::Plain => kind.role,
            None if header.is_some() && !self.is_documentation(path) => Role::Agent,
            None => return kind,
        };
        FileKind {
            host: Some(host),
            role,
            ..kind
        }
    }

    /// The rule that decides by path: of the strongest mark the first.
    fn rule(&self, path: &FilePath) -> Option<&Rule> {
        self.rules_of(path)
            .min_by_key(|(at, rule)| (rule.mark, *at))
            .map(|(_, rule)| rule)
    }

    /// Every rule for a path, with its place among all.
    fn rules_of<'a>(&'a self, path: &FilePath) -> impl Iterator<Item = (usize, &'a Rule)> {
        self.globs
            .matches(path.as_str())
            .into_iter()
            .filter_map(|glob| self.rule_of_glob.get(glob))
            .filter_map(|at| Some((*at, self.rules.get(*at)?)))
            .filter(|(_, rule)| !rule.except.is_match(path.as_str()))
    }

    fn agent_elsewhere(&self, path: &FilePath, header: Option<&Header>) -> Option<FileKind> {
        let (host, _) = self.header_of_agent.as_ref()?;
        let stem = lower_stem(path);
        let is_ambiguous = self
            .conventions
            .ambiguous_endings
            .iter()
            .any(|end| stem.ends_with(end.as_str()));
        if is_ambiguous || self.is_documentation(path) || !self.has_header_of_agent(header) {
            return None;
        }
        let host = self.dialect(path, header).unwrap_or(*host);
        Some(FileKind {
            host: Some(host),
            role: Role::Agent,
            place: Place::Elsewhere,
        })
    }

    fn has_header_of_agent(&self, header: Option<&Header>) -> bool {
        let (Some(header), Some((_, keys))) = (header, &self.header_of_agent) else {
            return false;
        };
        keys.iter().all(|key| header.entry(key).is_some())
    }

    /// Whether the file is a README or the like, in whatever language.
    fn is_documentation(&self, path: &FilePath) -> bool {
        let stem = lower_stem(path);
        self.conventions.documentation.iter().any(|name| {
            stem.strip_prefix(name.as_str())
                .is_some_and(|rest| rest.is_empty() || is_language(rest))
        })
    }

    /// Whether neither the file name nor the folders leave a doubt about a file that lies
    /// among agents.
    fn is_clearly_an_agent(&self, path: &FilePath) -> bool {
        let stem = path.stem();
        let shouts = stem.len() > 1
            && stem.contains(|c: char| c.is_ascii_uppercase())
            && !stem.contains(|c: char| c.is_lowercase());
        let lower = lower_stem(path);
        let is_support =
            |folder: &str| self.conventions.support_folders.iter().any(|f| f == folder);
        let ambiguous = shouts
            || lower.starts_with('_')
            || self.conventions.ambiguous.contains(&lower)
            || self
                .conventions
                .ambiguous_endings
                .iter()
                .any(|end| lower.ends_with(end.as_str()))
            || path
                .folder()
                .rsplit('/')
                .take_while(|folder| *folder != AGENTS)
                .any(is_support)
            || path
                .folder()
                .split('/')
                .any(|folder| matches!(folder, "skills" | "templates"));
        !ambiguous
    }

    /// The host that the header or a folder tells, where it is one that writes agents its own way.
    fn dialect(&self, path: &FilePath, header: Option<&Header>) -> Option<HostId> {
        let entries = header.map_or(&[][..], |header| &header.entries);
        let tools: Vec<&str> = entries
            .iter()
            .filter(|entry| &*entry.key == "tools")
            .flat_map(names)
            .collect();
        let by_path = |dialect: &&Dialect| {
            path.folder()
                .split('/')
                .any(|folder| dialect.folders.iter().any(|f| f == folder))
        };
        let by_value = |dialect: &&Dialect| {
            dialect.values.iter().any(|(key, values)| {
                entries.iter().any(|entry| {
                    *entry.key == **key
                        && entry
                            .value
                            .as_str()
                            .is_some_and(|text| values.iter().any(|v| v == text))
                })
            })
        };
        let by_tools = || {
            let count = |dialect: &Dialect| {
                tools
                    .iter()
                    .filter(|tool| {
                        dialect.tools.iter().any(|name| name == *tool)
                            || dialect.tool_globs.is_match(tool)
                    })
                    .count()
            };
            // The last of several greatest would win: reversed, the first does.
            self.dialects
                .iter()
                .rev()
                .map(|dialect| (count(dialect), dialect))
                .filter(|(count, _)| *count >= TOOLS_OF_A_DIALECT)
                .max_by_key(|(count, _)| *count)
                .map(|(_, dialect)| dialect)
        };
        let dialect = self
            .dialects
            .iter()
            .find(by_path)
            .or_else(|| self.dialects.iter().find(by_value))
            .or_else(by_tools)?;
        Some(dialect.host)
    }
}

/// The file name up to its first dot, in lower case.
fn lower_stem(path: &FilePath) -> String {
    path.file_name()
        .split('.')
        .next()
        .unwrap_or("")
        .to_lowercase()
}

/// Whether `_ja`, `-zh`, `-zh-cn` or the like.
fn is_language(rest: &str) -> bool {
    let mut parts = rest.split(['-', '_']);
    parts.next() == Some("")
        && parts
            .next()
            .is_some_and(|language| is_letters(language, 2..=3))
        && parts.next().is_none_or(|region| is_letters(region, 2..=4))
        && parts.next().is_none()
}

fn is_letters(text: &str, length: std::ops::RangeInclusive<usize>) -> bool {
    length.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// The names in a list that is written as a comma string or a sequence. A specifier with a
/// comma falls in two here, which no vocabulary minds.
fn names(entry: &Entry) -> Vec<&str> {
    match &entry.value.value {
        Value::Scalar(scalar) => scalar.text.split([',', '\n']).map(str::trim).collect(),
        Value::Sequence { items, .. } => items.iter().filter_map(Node::as_str).collect(),
        _ => Vec::new(),
    }
}

fn add(globs: &mut GlobSetBuilder, glob: &str) -> bool {
    match GlobBuilder::new(glob).literal_separator(true).build() {
        Ok(glob) => {
            globs.add(glob);
            true
        }
        Err(error) => {
            debug_assert!(false, "{error}");
            false
        }
    }
}

pub(super) fn set(globs: &[String]) -> GlobSet {
    let mut builder = GlobSetBuilder::new();
    for glob in globs {
        add(&mut builder, glob);
    }
    builder.build().unwrap_or_else(|_| GlobSet::empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::yaml::{Scalar, ScalarStyle};
    use crate::text::ByteRange;

    fn text(text: &str) -> Node {
        let scalar = Scalar {
            text: text.into(),
            style: ScalarStyle::Plain,
        };
        Node {
            range: ByteRange::default(),
            value: Value::Scalar(scalar),
        }
    }

    fn header(entries: &[(&str, &str)]) -> Header {
        let range = ByteRange::default();
        let entry = |(key, value): &(&str, &str)| Entry {
            key: (*key).into(),
            key_range: range,
            range,
            value_range: range,
            value: text(value),
            error: None,
        };
        Header {
            leading: None,
            opening: range,
            content: range,
            closing: Some(range),
            is_cut: false,
            end: 0,
            entries: entries.iter().map(entry).collect(),
        }
    }

    fn show(kind: FileKind) -> String {
        let hosts = Hosts::builtin();
        let host = kind
            .host
            .and_then(|id| hosts.host(id))
            .map_or("-", |host| &host.id);
        format!("{host} {:?} {:?}", kind.role, kind.place)
    }

    fn check(path: &str, entries: Option<&[(&str, &str)]>, expected: &str) {
        let header = entries.map(header);
        let kind = Hosts::builtin().classify(&FilePath::new(path), header.as_ref(), None);
        assert_eq!(show(kind), expected, "{path} {entries:?}");
    }

    const FULL: Option<&[(&str, &str)]> = Some(&[("name", "x"), ("description", "y")]);

    #[test]
    fn a_known_path_decides_without_a_header() {
        for (path, expected) in [
            (".claude/agents/a.md", "claude-code Agent HostFolder"),
            (
                "sub/.claude/agents/team/a.md",
                "claude-code Agent HostFolder",
            ),
            (
                "/home/u/.claude/agents/a.md",
                "claude-code Agent HostFolder",
            ),
            (".claude/agents/a.agent.md", "claude-code Agent HostFolder"),
            (
                ".claude/commands/agents/a.md",
                "claude-code Command HostFolder",
            ),
            (".claude/skills/s/SKILL.md", "claude-code Skill HostFolder"),
            (".claude/skills/s/notes.md", "claude-code Plain HostFolder"),
            (
                ".claude/output-styles/s.md",
                "claude-code OutputStyle HostFolder",
            ),
            (".claude/rules/a/r.md", "claude-code Rule HostFolder"),
            ("agents/a.md", "claude-code Agent AgentsFolder"),
            ("docs/ja/agents/a.md", "claude-code Agent AgentsFolder"),
            (
                "plugins/p/agents/deep/a.md",
                "claude-code Agent AgentsFolder",
            ),
            ("agents/x/commands/c.md", "claude-code Command AgentsFolder"),
            ("commands/agents/a.md", "claude-code Agent AgentsFolder"),
            (
                "plugins/p/commands/agents.md",
                "claude-code Command Elsewhere",
            ),
            ("p/skills/s/SKILL.md", "claude-code Skill Elsewhere"),
            ("packs/skills/do-it-SKILL.md", "claude-code Skill Elsewhere"),
            ("CLAUDE.md", "claude-code Memory Elsewhere"),
            ("a/AGENTS.md", "claude-code Memory Elsewhere"),
            ("agents/AGENTS.md", "claude-code Memory AgentsFolder"),
            (".github/agents/a.md", "copilot Agent HostFolder"),
            (".github/agents/a.agent.md", "copilot Agent HostFolder"),
            ("agents/a.agent.md", "copilot Agent AgentsFolder"),
            ("x/a.chatmode.md", "copilot Agent Elsewhere"),
            (".github/prompts/a.prompt.md", "copilot Prompt HostFolder"),
            ("x/a.instructions.md", "copilot Instructions Elsewhere"),
            (
                ".github/copilot-instructions.md",
                "copilot Instructions HostFolder",
            ),
            (".opencode/agent/a.md", "opencode Agent HostFolder"),
            (".opencode/agents/team/a.md", "opencode Agent HostFolder"),
            (".opencode/modes/a.md", "opencode Agent HostFolder"),
            (".opencode/commands/a.md", "opencode Command HostFolder"),
            (".opencode/skill/s/SKILL.md", "opencode Skill HostFolder"),
            (".config/opencode/agent/a.md", "opencode Agent HostFolder"),
            (
                ".config/opencode/command/a.md",
                "opencode Command HostFolder",
            ),
            (
                ".config/opencode/skills/s/n.md",
                "opencode Plain HostFolder",
            ),
            (".copilot/agents/a.agent.md", "copilot Agent HostFolder"),
            (
                ".github/chatmodes/a.chatmode.md",
                "copilot Agent HostFolder",
            ),
            (
                ".github/instructions/x/a.instructions.md",
                "copilot Instructions HostFolder",
            ),
            (
                ".copilot/instructions/a.md",
                "copilot Instructions HostFolder",
            ),
            (".github/skills/s/SKILL.md", "copilot Skill HostFolder"),
            (".agents/skills/s/SKILL.md", "copilot Skill HostFolder"),
            ("s/skill.md", "claude-code Skill Elsewhere"),
            (".claude/CLAUDE.md", "claude-code Memory Elsewhere"),
            ("CLAUDE.local.md", "claude-code Memory Elsewhere"),
            ("AGENTS.override.md", "codex Memory Elsewhere"),
            (".codex/skills/s/SKILL.md", "codex Skill HostFolder"),
            (".gemini/skills/s/SKILL.md", "gemini Skill HostFolder"),
            (".gemini/agents/sub/a.md", "gemini Plain HostFolder"),
            (".cursor/commands/a.md", "cursor Command HostFolder"),
            (".cursor/skills/s/SKILL.md", "cursor Skill HostFolder"),
            (".cursor/rules/a.mdc", "cursor Rule HostFolder"),
            (".cursorrules", "- Plain Elsewhere"),
            (".kiro/steering/a.md", "kiro Memory HostFolder"),
            (".windsurf/rules/a.md", "windsurf Rule HostFolder"),
            (".devin/rules/a.md", "windsurf Rule HostFolder"),
            (
                ".codeium/windsurf/memories/global_rules.md",
                "windsurf Memory HostFolder",
            ),
            ("QWEN.md", "qwen Memory Elsewhere"),
            (".grok/agents/a.md", "grok Agent HostFolder"),
            (".iflow/agents/a.md", "iflow Agent HostFolder"),
            (".factory/commands/a.md", "factory Command HostFolder"),
            (".gemini/agents/a.md", "gemini Agent HostFolder"),
            (".gemini/agents/_a.md", "gemini Plain HostFolder"),
            ("GEMINI.md", "gemini Memory Elsewhere"),
            (".cursor/agents/a.md", "cursor Agent HostFolder"),
            (".cursor/rules/a.mdc", "cursor Rule HostFolder"),
            (".kiro/agents/a.md", "kiro Agent HostFolder"),
            (".qwen/agents/a.md", "qwen Agent HostFolder"),
            (".factory/droids/a.md", "factory Agent HostFolder"),
            ("docs/guide.md", "- Plain Elsewhere"),
            ("README.md", "- Plain Elsewhere"),
            ("", "- Plain Elsewhere"),
        ] {
            check(path, None, expected);
        }
    }

    #[test]
    fn documentation_beside_agents_is_no_agent_in_any_language() {
        for name in [
            "README.md",
            "readme.md",
            "README.zh.md",
            "README_ja.md",
            "Readme-zh-CN.md",
            "CHANGELOG.md",
        ] {
            check(&format!("agents/{name}"), FULL, "- Plain AgentsFolder");
            check(
                &format!(".claude/agents/{name}"),
                FULL,
                "- Plain HostFolder",
            );
        }
        check("commands/README.md", None, "- Plain Elsewhere");
        for name in [
            "readme-generator.md",
            "license-engineer.md",
            "changelog-writer.md",
        ] {
            check(
                &format!("agents/{name}"),
                None,
                "claude-code Agent AgentsFolder",
            );
        }
    }

    #[test]
    fn what_could_be_documentation_is_an_agent_when_its_header_says_so() {
        for path in [
            "agents/index.md",
            "agents/agent-overview.md",
            "agents/TESTING.md",
            "agents/_shared.md",
            "agents/x/references/style.md",
            "skills/s/agents/grader.md",
        ] {
            check(path, None, "- Plain AgentsFolder");
            check(path, Some(&[("title", "x")]), "- Plain AgentsFolder");
            check(path, FULL, "claude-code Agent AgentsFolder");
            assert!(
                !Hosts::builtin().expects_header(&FilePath::new(path)),
                "{path}"
            );
        }
    }

    #[test]
    fn a_header_is_expected_where_the_path_says_agent() {
        let expects = |path| Hosts::builtin().expects_header(&FilePath::new(path));
        for path in [
            ".claude/agents/a.md",
            "agents/data/a.md",
            "docs/ja/agents/a.md",
            "x/a.agent.md",
        ] {
            assert!(expects(path), "{path}");
        }
        for path in [
            "agents/README.md",
            "agents/AGENTS.md",
            "a.md",
            "commands/a.md",
            ".claude/skills/s/SKILL.md",
        ] {
            assert!(!expects(path), "{path}");
        }
    }

    #[test]
    fn elsewhere_a_header_with_name_and_description_makes_an_agent() {
        check("categories/02/a.md", FULL, "claude-code Agent Elsewhere");
        check("a.md", FULL, "claude-code Agent Elsewhere");
        check("a.md", Some(&[("name", "x")]), "- Plain Elsewhere");
        check(
            "a.md",
            Some(&[("title", "x"), ("description", "y")]),
            "- Plain Elsewhere",
        );
        check("x/SKILL.md", FULL, "claude-code Skill Elsewhere");
        check("skills/s/reference.md", FULL, "claude-code Plain Elsewhere");
        check("README.md", FULL, "- Plain Elsewhere");
        check("templates/agent-template.md", FULL, "- Plain Elsewhere");
    }

    #[test]
    fn the_words_of_another_host_tell_an_agent_of_it() {
        let agent = |path, key, value, expected| {
            check(
                path,
                Some(&[("name", "x"), ("description", "y"), (key, value)]),
                expected,
            );
        };
        agent(
            "agents/a.md",
            "tools",
            "codebase, editFiles",
            "copilot Agent AgentsFolder",
        );
        agent(
            "x/a.md",
            "tools",
            "search/usages, web/fetch, Read",
            "copilot Agent Elsewhere",
        );
        agent(
            "agents/a.md",
            "tools",
            "Read, codebase",
            "claude-code Agent AgentsFolder",
        );
        agent(
            "agents/a.md",
            "tools",
            "read_file, run_shell_command, glob",
            "gemini Agent AgentsFolder",
        );
        agent(
            "agents/a.md",
            "mode",
            "subagent",
            "opencode Agent AgentsFolder",
        );
        agent(
            "gemini/agents/a.md",
            "tools",
            "Read",
            "gemini Agent AgentsFolder",
        );
        agent(
            ".claude/agents/a.md",
            "tools",
            "codebase, editFiles",
            "claude-code Agent HostFolder",
        );
    }

    #[test]
    fn mentions_are_reported_where_a_host_reads_them() {
        let reports = |path| {
            Hosts::builtin()
                .classify(&FilePath::new(path), None, None)
                .reports_mentions()
        };
        assert!(reports("CLAUDE.md") && reports("AGENTS.md") && reports("commands/a.md"));
        assert!(reports("agents/a.md") && reports("skills/x/SKILL.md"));
        assert!(!reports("README.md") && !reports("docs/a.md") && !reports(".claude/rules/r.md"));
    }
}
