//! `.agentls.yaml`: what a workspace, or a folder of it, sets for the files below.
//!
//! Read through the tree with ranges and not through serde, because a fault in it is a
//! finding in its own file; whatever is right in it applies all the same.

mod settings;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

use crate::host::{HostId, Hosts, Reach, closest};
use crate::limits::{MAX_PATTERN_BYTES, MAX_PATTERNS};
use crate::syntax::yaml::{self, Node, Resolved, Value};
use crate::text::ByteRange;
pub use settings::{Configs, Reading, Settings};

/// The name of the file.
pub const FILE_NAME: &str = ".agentls.yaml";

/// How grave a finding is, the gravest greatest.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Severity {
    /// Worth a look where the cursor is.
    Hint,
    /// Worth knowing.
    Information,
    /// It does not do what it says.
    Warning,
    /// It does not work.
    Error,
}

impl Severity {
    /// All of them, the gravest first.
    pub const ALL: [Self; 4] = [Self::Error, Self::Warning, Self::Information, Self::Hint];

    /// Its name in configuration and output: `warning`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Information => "information",
            Self::Hint => "hint",
        }
    }

    /// The severity of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|severity| severity.name() == name)
    }
}

/// What one configuration file says. Several can apply to a file: the nearest folder's is
/// asked first, key by key.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// For each rule that is named: its severity, or `None` where it is off.
    pub rules: BTreeMap<Box<str>, Option<Severity>>,
    /// Names that exist although nothing here defines them.
    pub known: Known,
    /// Whether the agents in the user's home are known.
    pub user_agents: Option<bool>,
    /// Headings of table columns, in lower case, that mean "delegate to".
    pub delegation_headers: Option<Arc<[Box<str>]>>,
    exclude: Exclude,
    hosts: HostGlobs,
}

/// Names that exist elsewhere, so that nothing is reported about them. `None` where nothing is set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Agents.
    pub agents: Option<BTreeSet<Box<str>>>,
    /// Tools, without a specifier.
    pub tools: Option<BTreeSet<Box<str>>>,
    /// Models.
    pub models: Option<BTreeSet<Box<str>>>,
    /// Keys of headers.
    pub keys: Option<BTreeSet<Box<str>>>,
}

/// A fault in a configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigProblem {
    /// The place at fault, in bytes of the file.
    pub range: ByteRange,
    /// What is wrong and what to write, in one sentence.
    pub message: String,
}

impl Config {
    /// What is set for a rule: a severity, off (`Some(None)`), or nothing.
    pub fn severity(&self, rule: &str) -> Option<Option<Severity>> {
        self.rules.get(rule).copied()
    }
}

/// Patterns as in `.gitignore`: the last that matches counts, `!` takes a file back in.
#[derive(Clone, Debug, Default)]
struct Exclude {
    globs: GlobSet,
    /// For each glob whether it leaves files out.
    leaves_out: Vec<bool>,
}

impl Exclude {
    /// Whether it leaves out the file; `None` where no pattern is about it.
    fn decides(&self, path: &str) -> Option<bool> {
        let last = self.globs.matches(path).into_iter().max();
        last.and_then(|at| self.leaves_out.get(at)).copied()
    }
}

/// Globs over paths, each with the host that reads what it matches: the last that matches counts.
#[derive(Clone, Debug, Default)]
struct HostGlobs {
    globs: GlobSet,
    /// As they are written, each with its host.
    written: Vec<(Box<str>, HostId)>,
    /// For each glob of `globs` its place in `written`.
    of_glob: Vec<usize>,
}

impl HostGlobs {
    fn is_empty(&self) -> bool {
        self.written.is_empty()
    }

    fn of(&self, path: &str) -> Option<HostId> {
        let last = self.globs.matches(path).into_iter().max()?;
        let (_, host) = self.written.get(*self.of_glob.get(last)?)?;
        Some(*host)
    }
}

impl PartialEq for HostGlobs {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

/// What the top level may hold.
pub const SETTINGS: [&str; 6] = [
    "rules",
    "known",
    "exclude",
    USER_AGENTS,
    "delegation-headers",
    "hosts",
];
const KNOWN: [&str; 4] = ["agents", "tools", "models", "keys"];
const OFF: &str = "off";
const USER_AGENTS: &str = "user-agents";

/// What an editor says, in the words of a configuration file. JSON is YAML but for the control
/// characters that YAML takes only as escapes.
pub fn source_of(said: &serde_json::Value) -> String {
    let is_escaped =
        |c: char| c >= '\u{7f}' && c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}');
    let mut source = String::new();
    for c in said.to_string().chars() {
        match is_escaped(c) {
            true => source.push_str(&format!("\\u{:04x}", u32::from(c))),
            false => source.push(c),
        }
    }
    source
}

/// Reads the text of a configuration file. `rule_names` are the rules that there are.
/// Whatever is wrong in it is among the problems and has no effect; the rest applies.
pub fn parse(source: &str, rule_names: &[&str]) -> (Config, Vec<ConfigProblem>) {
    let (root, error) = yaml::parse(source, 0);
    let mut reader = Reader {
        rule_names,
        config: Config::default(),
        problems: Vec::new(),
    };
    if let Some(error) = error {
        let message = format!(
            "This configuration is cut short here: it is not YAML ({})",
            error.message
        );
        reader.problem(error.range, message);
    }
    if let Some(root) = &root {
        reader.top(root);
    }
    reader.problems.sort_by_key(|problem| problem.range);
    (reader.config, reader.problems)
}

/// What of a configuration counts at the top of a workspace only.
pub fn misplaced(source: &str) -> Option<ConfigProblem> {
    let (root, _) = yaml::parse(source, 0);
    let pairs = root.as_ref().map_or(&[][..], Node::pairs);
    let (key, _) = pairs
        .iter()
        .find(|(key, _)| text(key) == Some(USER_AGENTS))?;
    Some(ConfigProblem {
        range: key.range,
        message: format!("`{USER_AGENTS}` counts in the file at the top of the workspace only"),
    })
}

struct Reader<'a> {
    rule_names: &'a [&'a str],
    config: Config,
    problems: Vec<ConfigProblem>,
}

impl Reader<'_> {
    fn problem(&mut self, range: ByteRange, message: String) {
        self.problems.push(ConfigProblem { range, message });
    }

    fn top(&mut self, root: &Node) {
        for (key, value) in self.pairs(root, "The configuration") {
            match key.1 {
                "rules" => self.rules(value),
                "known" => self.known(value),
                "exclude" => self.exclude(value),
                USER_AGENTS => self.user_agents(value),
                "delegation-headers" => self.delegation_headers(value),
                "hosts" => self.hosts(value),
                name => self.unknown(key.0, "setting", name, &SETTINGS),
            }
        }
    }

    fn rules(&mut self, node: &Node) {
        let names = self.rule_names;
        for ((range, name), value) in self.pairs(node, "`rules`") {
            if !names.contains(&name) {
                self.unknown(range, "rule", name, names);
                continue;
            }
            let text = text(value);
            match (text.and_then(Severity::from_name), text) {
                (Some(severity), _) => {
                    self.config.rules.insert(name.into(), Some(severity));
                }
                (None, Some(OFF)) => {
                    self.config.rules.insert(name.into(), None);
                }
                (None, _) => self.bad_severity(value, name, text),
            }
        }
    }

    fn bad_severity(&mut self, value: &Node, rule: &str, text: Option<&str>) {
        let all = Severity::ALL.map(Severity::name);
        // `warn` and `info` are how others name them.
        let meant = text.filter(|text| text.len() > 2).and_then(|text| {
            let text = text.to_lowercase();
            all.into_iter()
                .find(|name| name.starts_with(&text))
                .or_else(|| closest(&text, all.into_iter().chain([OFF]), Reach::Far))
        });
        let message = match meant {
            Some(meant) => format!("This is no severity for `{rule}`: did you mean `{meant}`?"),
            None => format!(
                "This is no severity for `{rule}`: write `{}` or `{OFF}`",
                all.join("`, `")
            ),
        };
        self.problem(value.range, message);
    }

    fn known(&mut self, node: &Node) {
        for ((range, name), value) in self.pairs(node, "`known`") {
            if !KNOWN.contains(&name) {
                self.unknown(range, "list of names", name, &KNOWN);
                continue;
            }
            let names: BTreeSet<Box<str>> = self
                .texts(value, name)
                .into_iter()
                .map(|(_, text)| text.into())
                .collect();
            let known = &mut self.config.known;
            let list = match name {
                "agents" => &mut known.agents,
                "tools" => &mut known.tools,
                "models" => &mut known.models,
                _ => &mut known.keys,
            };
            *list = Some(names);
        }
    }

    fn exclude(&mut self, node: &Node) {
        let mut builder = GlobSetBuilder::new();
        let mut leaves_out = Vec::new();
        for (number, (range, pattern)) in self.texts(node, "exclude").into_iter().enumerate() {
            if number == MAX_PATTERNS {
                self.too_many(range);
                break;
            }
            let (negated, pattern) = match pattern.strip_prefix('!') {
                Some(rest) => (true, rest),
                None => (false, pattern),
            };
            match globs(pattern) {
                Ok(globs) => {
                    for glob in globs {
                        builder.add(glob);
                        leaves_out.push(!negated);
                    }
                }
                Err(fault) => {
                    self.problem(range, format!("This pattern leaves nothing out: {fault}"))
                }
            }
        }
        match builder.build() {
            Ok(globs) => self.config.exclude = Exclude { globs, leaves_out },
            Err(error) => {
                self.problem(
                    node.range,
                    format!("These patterns leave nothing out: {}", error.kind()),
                );
            }
        }
    }

    fn too_many(&mut self, range: ByteRange) {
        self.problem(
            range,
            format!(
                "Only the first {MAX_PATTERNS} patterns count: join this one and those after it"
            ),
        );
    }

    fn delegation_headers(&mut self, node: &Node) {
        let headers = self.texts(node, "delegation-headers");
        let headers = headers
            .into_iter()
            .map(|(_, text)| text.to_lowercase().into_boxed_str());
        self.config.delegation_headers = Some(headers.collect());
    }

    fn hosts(&mut self, node: &Node) {
        let mut builder = GlobSetBuilder::new();
        let mut hosts = HostGlobs::default();
        let pairs = self.pairs(node, "`hosts`").into_iter();
        for (number, ((range, pattern), value)) in pairs.enumerate() {
            if number == MAX_PATTERNS {
                self.too_many(range);
                break;
            }
            let all = || Hosts::builtin().iter().map(|(_, host)| host.id.as_str());
            let name = text(value).unwrap_or("");
            let Some(host) = Hosts::builtin().by_name(name) else {
                let meant = match closest(name, all(), Reach::Far) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => format!("there are `{}`", all().collect::<Vec<_>>().join("`, `")),
                };
                self.problem(value.range, format!("There is no host `{name}`: {meant}"));
                continue;
            };
            match globs(pattern) {
                Ok(globs) => {
                    for glob in globs {
                        builder.add(glob);
                        hosts.of_glob.push(hosts.written.len());
                    }
                    hosts.written.push((pattern.into(), host));
                }
                Err(fault) => self.problem(range, format!("This pattern matches nothing: {fault}")),
            }
        }
        match builder.build() {
            Ok(globs) => self.config.hosts = HostGlobs { globs, ..hosts },
            Err(error) => self.problem(
                node.range,
                format!("These patterns match nothing: {}", error.kind()),
            ),
        }
    }

    fn user_agents(&mut self, node: &Node) {
        let resolved = match &node.value {
            Value::Scalar(scalar) => scalar.resolve(),
            Value::Empty => Resolved::Null,
            _ => Resolved::Str,
        };
        match resolved {
            Resolved::Bool(on) => self.config.user_agents = Some(on),
            Resolved::Null => {}
            _ => self.problem(node.range, "`user-agents` is `true` or `false`".to_owned()),
        }
    }

    /// The entries of a mapping with their keys' texts. Nothing at all is an empty mapping.
    fn pairs<'n>(&mut self, node: &'n Node, what: &str) -> Vec<((ByteRange, &'n str), &'n Node)> {
        let Value::Mapping { pairs, .. } = &node.value else {
            if !is_nothing(node) {
                self.problem(node.range, format!("{what} is not `key: value` lines"));
            }
            return Vec::new();
        };
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        for (key, value) in pairs {
            let Some(name) = text(key) else {
                self.problem(key.range, "This key is no text".to_owned());
                continue;
            };
            if !seen.insert(name) {
                self.problem(
                    key.range,
                    format!("`{name}` is set twice: the last one counts"),
                );
            }
            found.push(((key.range, name), value));
        }
        found
    }

    /// The items of a list of texts.
    fn texts<'n>(&mut self, node: &'n Node, name: &str) -> Vec<(ByteRange, &'n str)> {
        let Value::Sequence { items, .. } = &node.value else {
            if !is_nothing(node) {
                self.problem(
                    node.range,
                    format!("`{name}` is a list: write `[a, b]` or `- a` lines"),
                );
            }
            return Vec::new();
        };
        let mut found = Vec::new();
        for item in items {
            match text(item) {
                Some(text) if !is_nothing(item) => found.push((item.range, text)),
                _ => self.problem(item.range, format!("This entry of `{name}` is no text")),
            }
        }
        found
    }

    fn unknown(&mut self, range: ByteRange, what: &str, name: &str, names: &[&str]) {
        let meant = match closest(name, names.iter().copied(), Reach::Far) {
            Some(meant) => format!(": did you mean `{meant}`?"),
            None if names.len() > 8 => String::new(),
            None => format!(": there are `{}`", names.join("`, `")),
        };
        self.problem(range, format!("There is no {what} `{name}`{meant}"));
    }
}

/// The globs of a pattern as in `.gitignore`: without a `/` but at its end it matches in every
/// folder, and a folder matches with all that is in it.
fn globs(pattern: &str) -> Result<Vec<Glob>, String> {
    if pattern.len() > MAX_PATTERN_BYTES {
        return Err(format!("it is longer than {MAX_PATTERN_BYTES} bytes"));
    }
    let pattern = pattern.strip_prefix("./").unwrap_or(pattern);
    let is_anchored = pattern.trim_end_matches('/').contains('/');
    let glob = pattern.strip_prefix('/').unwrap_or(pattern);
    let folder = glob.trim_end_matches('/');
    if folder.is_empty() {
        return Err("it is empty".to_owned());
    }
    let start = if is_anchored { "" } else { "**/" };
    // With a `/` at its end it is no file.
    let whole = (folder.len() == glob.len()).then(|| format!("{start}{folder}"));
    whole
        .into_iter()
        .chain([format!("{start}{folder}/**")])
        .map(|glob| {
            let mut builder = GlobBuilder::new(&glob);
            let builder = builder.literal_separator(true).backslash_escape(true);
            builder.build().map_err(|error| error.kind().to_string())
        })
        .collect()
}

fn text(node: &Node) -> Option<&str> {
    match &node.value {
        Value::Scalar(scalar) => Some(&scalar.text),
        _ => None,
    }
}

fn is_nothing(node: &Node) -> bool {
    match &node.value {
        Value::Empty => true,
        Value::Scalar(scalar) => scalar.resolve() == Resolved::Null,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &[&str] = &["unknown-tool", "unknown-agent", "missing-name"];

    /// Under each line with a problem: carets and the message.
    fn check(fixture: &str) -> Config {
        let source: String = fixture
            .lines()
            .filter(|line| !line.contains("#^"))
            .map(|line| format!("{line}\n"))
            .collect();
        let (config, problems) = parse(&source, RULES);
        let mut drawn = String::new();
        let mut start = 0;
        for line in source.lines() {
            drawn.push_str(line);
            drawn.push('\n');
            for problem in &problems {
                let at = problem.range.start as usize;
                if (start..=start + line.len()).contains(&at) {
                    let blank = " ".repeat(at - start);
                    let carets = "^".repeat(problem.range.len().min(line.len() - (at - start)));
                    drawn.push_str(&format!("{blank}#{carets} {}\n", problem.message));
                }
            }
            start += line.len() + 1;
        }
        assert_eq!(drawn, fixture);
        config
    }

    fn leaves_out(config: &Config, path: &str) -> bool {
        config.exclude.decides(path).unwrap_or(false)
    }

    fn excludes(patterns: &str, path: &str) -> bool {
        let (config, problems) = parse(&format!("exclude: {patterns}"), RULES);
        assert_eq!(problems, []);
        leaves_out(&config, path)
    }

    #[test]
    fn every_setting_is_read() {
        let config = check(
            "\
rules:
  unknown-tool: off
  unknown-agent: information
known:
  agents: [release-captain]
  tools:
    - Deploy
  models: [house-model]
  keys: [squad]
exclude: [vendor/]
user-agents: false
delegation-headers: [Ask]
hosts: {}
",
        );
        assert_eq!(config.severity("unknown-tool"), Some(None));
        assert_eq!(
            config.severity("unknown-agent"),
            Some(Some(Severity::Information))
        );
        assert_eq!(config.severity("missing-name"), None);
        let known = &config.known;
        let has = |list: &Option<BTreeSet<Box<str>>>, name| list.as_ref().unwrap().contains(name);
        assert!(has(&known.agents, "release-captain"));
        assert!(has(&known.tools, "Deploy"));
        assert!(has(&known.models, "house-model"));
        assert!(has(&known.keys, "squad"));
        assert!(leaves_out(&config, "vendor/a.md"));
        assert_eq!(config.user_agents, Some(false));
    }

    #[test]
    fn a_pattern_too_long_to_be_compiled_is_told_and_no_other_suffers() {
        let nested = format!("{}a{}", "{a,".repeat(100_000), "}".repeat(100_000));
        let (config, problems) = parse(&format!("exclude: ['{nested}', b.md]"), RULES);
        let messages: Vec<_> = problems.iter().map(|it| &*it.message).collect();
        assert_eq!(
            messages,
            ["This pattern leaves nothing out: it is longer than 1024 bytes"]
        );
        assert!(leaves_out(&config, "b.md"));
        let deepest = format!("{}a{}", "{a,".repeat(100), "}".repeat(100));
        assert!(excludes(&format!("['{deepest}']"), "a"));
    }

    #[test]
    fn patterns_behind_the_thousandth_are_told_and_count_for_nothing() {
        let patterns: String = (0..1_200).map(|n| format!("- '{n}.md'\n")).collect();
        let (config, problems) = parse(&format!("exclude:\n{patterns}"), RULES);
        assert_eq!(
            problems.iter().map(|it| &*it.message).collect::<Vec<_>>(),
            ["Only the first 1000 patterns count: join this one and those after it"]
        );
        assert!(leaves_out(&config, "999.md") && !leaves_out(&config, "1000.md"));
    }

    #[test]
    fn what_counts_at_the_top_only_is_told_further_down() {
        let problem = misplaced("rules: {}\nuser-agents: false\n").unwrap();
        assert_eq!(problem.range, ByteRange::new(10, 21));
        assert_eq!(misplaced("rules: {}\n"), None);
    }

    #[test]
    fn a_fault_has_its_place_and_the_rest_applies() {
        let config = check(
            "\
rule: {}
#^^^^ There is no setting `rule`: did you mean `rules`?
rules:
  unknow-tool: off
  #^^^^^^^^^^^ There is no rule `unknow-tool`: did you mean `unknown-tool`?
  unknown-agent: warn
                 #^^^^ This is no severity for `unknown-agent`: did you mean `warning`?
  missing-name: hint
known:
  tool: [a]
  #^^^^ There is no list of names `tool`: did you mean `tools`?
  agents: a, b
          #^^^^ `agents` is a list: write `[a, b]` or `- a` lines
  keys: [a, [b]]
            #^^^ This entry of `keys` is no text
user-agents: yes
             #^^^ `user-agents` is `true` or `false`
",
        );
        assert_eq!(config.severity("missing-name"), Some(Some(Severity::Hint)));
        assert!(config.known.keys.unwrap().contains("a"));
    }

    #[test]
    fn a_severity_that_is_none_is_told_what_there_is() {
        let config = check(
            "\
rules:
  unknown-tool: 3
                #^ This is no severity for `unknown-tool`: write `error`, `warning`, `information`, `hint` or `off`
  unknown-agent: Error
                 #^^^^^ This is no severity for `unknown-agent`: did you mean `error`?
  missing-name:
    - off
    #^^^^^ This is no severity for `missing-name`: write `error`, `warning`, `information`, `hint` or `off`
",
        );
        assert!(config.rules.is_empty());
    }

    #[test]
    fn a_setting_made_twice_counts_as_the_last() {
        let config = check(
            "\
rules:
  unknown-tool: off
  unknown-tool: error
  #^^^^^^^^^^^^ `unknown-tool` is set twice: the last one counts
",
        );
        assert_eq!(config.severity("unknown-tool"), Some(Some(Severity::Error)));
    }

    #[test]
    fn a_file_without_settings_says_nothing() {
        for source in [
            "",
            "# nothing yet\n",
            "rules:\nknown:\nexclude:\nuser-agents:\n",
            "---\n",
        ] {
            let (config, problems) = parse(source, RULES);
            assert_eq!((problems, config.rules.len()), (vec![], 0), "{source:?}");
        }
    }

    #[test]
    fn what_stands_before_a_syntax_error_applies() {
        let (config, problems) = parse("user-agents: true\nrules: {unknown-tool: off\n", RULES);
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert_eq!(config.user_agents, Some(true));
    }

    #[test]
    fn patterns_leave_out_as_in_a_gitignore() {
        for (patterns, path, expected) in [
            ("[drafts]", "drafts/a.md", true),
            ("[drafts]", "x/drafts/y/a.md", true),
            ("[drafts/]", "drafts", false),
            ("[/drafts]", "x/drafts/a.md", false),
            ("[/drafts]", "drafts/a.md", true),
            ("[docs/old]", "docs/old/a.md", true),
            ("[docs/old]", "x/docs/old/a.md", false),
            ("['*.tmp.md']", "x/a.tmp.md", true),
            ("['docs/*.md']", "docs/x/a.md", false),
            ("['docs/**/a.md']", "docs/x/y/a.md", true),
            ("['*.md', '!keep.md']", "x/keep.md", false),
            ("['*.md', '!keep.md', x]", "x/keep.md", true),
            ("[./a.md]", "a.md", true),
            ("[]", "a.md", false),
        ] {
            assert_eq!(excludes(patterns, path), expected, "{patterns} {path}");
        }
    }

    #[test]
    fn a_bad_pattern_is_reported_and_the_others_apply() {
        let config = check(
            "\
exclude:
  - 'a[.md'
    #^^^^^^^ This pattern leaves nothing out: unclosed character class; missing ']'
  - '/'
    #^^^ This pattern leaves nothing out: it is empty
  - b.md
",
        );
        assert!(leaves_out(&config, "b.md"));
    }
}
