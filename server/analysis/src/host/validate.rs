//! What must hold in `hosts/*.yaml`. The build script asks, so that a wrong file fails the build
//! with its line and the program knows its data to be right.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use globset::Glob;
use granit_parser::{Event, Parser};

use super::data::{Conventions, Host, Key, KeyType, KindData, Named, Role};

/// Something wrong with a file.
#[derive(Debug)]
pub(crate) struct Fault {
    file: String,
    /// One-based.
    line: usize,
    message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.message)
    }
}

/// Everything that is wrong with the file of a host.
pub(crate) fn host(file: &str, source: &str) -> Vec<Fault> {
    let mut check = Check::new(file, source);
    if let Some(host) = check.read::<Host>(source) {
        check.host(&host);
    }
    check.faults
}

/// Everything that is wrong with the file of conventions.
pub(crate) fn conventions(file: &str, source: &str) -> Vec<Fault> {
    let mut check = Check::new(file, source);
    check.read::<Conventions>(source);
    check.faults
}

/// The lists that hold globs, as they stand in the path of a glob.
const GLOBS: [&str; 3] = [".globs[", ".except[", "-globs["];

/// A text in the file and its path: `kinds.agent.keys[2].name`.
struct Node {
    path: String,
    text: String,
}

struct Check<'a> {
    file: &'a str,
    nodes: Vec<Node>,
    /// One-based.
    line_of_path: BTreeMap<String, usize>,
    faults: Vec<Fault>,
}

impl<'a> Check<'a> {
    fn new(file: &'a str, source: &str) -> Self {
        let mut check = Self {
            file,
            nodes: Vec::new(),
            line_of_path: BTreeMap::new(),
            faults: Vec::new(),
        };
        check.walk(source);
        check
    }

    /// Reads the nodes with their lines. A text that does not parse is left to the other reader.
    fn walk(&mut self, source: &str) {
        struct Open {
            path: String,
            /// The key that waits for its value; `None` in a list and before a key.
            key: Option<String>,
            /// How many items there are; `None` in a mapping.
            items: Option<usize>,
            keys: BTreeSet<String>,
        }
        let mut open: Vec<Open> = Vec::new();
        for (event, span) in Parser::new_from_str(source).map_while(Result::ok) {
            let line = span.start.line();
            let (text, items) = match event {
                Event::Scalar(text, ..) => (Some(text.into_owned()), None),
                Event::Alias(_) | Event::UnresolvedAlias(_) => (Some(String::new()), None),
                Event::MappingStart(..) => (None, None),
                Event::SequenceStart(..) => (None, Some(0)),
                Event::MappingEnd | Event::SequenceEnd => {
                    if let Some(closed) = open.pop()
                        && closed.items == Some(0)
                        && closed.path.ends_with(".source")
                    {
                        self.wrong(&closed.path, "an entry from no source");
                    }
                    continue;
                }
                _ => continue,
            };
            let path = match open.last_mut() {
                None => String::new(),
                Some(around) => {
                    if let Some(at) = &mut around.items {
                        *at += 1;
                        format!("{}[{}]", around.path, *at - 1)
                    } else if let Some(key) = around.key.take() {
                        member(&around.path, &key)
                    } else {
                        let key = text.unwrap_or_default();
                        if !around.keys.insert(key.clone()) {
                            let message = format!("`{key}` stands here twice");
                            self.faults.push(fault(self.file, line, message));
                        }
                        self.line_of_path.insert(member(&around.path, &key), line);
                        around.key = Some(key);
                        continue;
                    }
                }
            };
            self.line_of_path.entry(path.clone()).or_insert(line);
            match text {
                Some(text) => self.nodes.push(Node { path, text }),
                None => open.push(Open {
                    path,
                    key: None,
                    items,
                    keys: BTreeSet::new(),
                }),
            }
        }
    }

    fn read<T: serde::de::DeserializeOwned>(&mut self, source: &str) -> Option<T> {
        match serde_yaml::from_str(source) {
            Ok(read) => Some(read),
            Err(error) => {
                // What stands twice is told already, and in a better place.
                if self.faults.is_empty() {
                    let line = error.location().map_or(1, |location| location.line());
                    let message = error.to_string();
                    let message = message.split(" at line ").next().unwrap_or(&message);
                    self.faults.push(fault(self.file, line, message.to_owned()));
                }
                None
            }
        }
    }

    /// Adds a fault at the node of that path, or at the nearest one around it: what an alias
    /// (`*name`) stands for has no nodes of its own.
    fn wrong(&mut self, path: &str, message: impl Into<String>) {
        let mut path = path;
        let line = loop {
            if let Some(line) = self.line_of_path.get(path) {
                break *line;
            }
            match path.rfind(['.', '[']) {
                Some(end) => path = &path[..end],
                None => break 1,
            }
        };
        self.faults.push(fault(self.file, line, message.into()));
    }

    fn expect(&mut self, is_right: bool, path: &str, message: impl FnOnce() -> String) {
        if !is_right {
            self.wrong(path, message());
        }
    }

    /// Each of the names, with its path, is there once and not blank.
    fn unique<'n>(&mut self, what: &str, names: impl IntoIterator<Item = (String, &'n str)>) {
        let mut seen = BTreeSet::new();
        for (path, name) in names {
            self.expect(!name.trim().is_empty(), &path, || {
                format!("a {what} without a name")
            });
            self.expect(seen.insert(name), &path, || {
                format!("the {what} `{name}` stands here twice")
            });
        }
    }

    /// Every glob compiles, wherever it stands.
    fn globs(&mut self) {
        let wrong: Vec<(String, String)> = self
            .nodes
            .iter()
            .filter(|node| GLOBS.iter().any(|list| node.path.contains(list)))
            .filter_map(|node| {
                let error = Glob::new(&node.text).err()?;
                Some((
                    node.path.clone(),
                    format!("`{}` is no glob: {}", node.text, error.kind()),
                ))
            })
            .collect();
        for (path, message) in wrong {
            self.wrong(&path, message);
        }
    }

    fn sentence(&mut self, path: &str, doc: &str) {
        self.expect(doc.ends_with('.'), &member(path, "doc"), || {
            format!("\"{doc}\" is no sentence: it ends without a full stop")
        });
    }

    fn named(&mut self, what: &str, path: &str, names: &[Named]) {
        let paths = |at| member(&item(path, at), "name");
        let all = names.iter().enumerate();
        self.unique(what, all.map(|(at, it)| (paths(at), it.name.as_str())));
        for (at, it) in names.iter().enumerate() {
            self.sentence(&item(path, at), &it.doc);
        }
    }

    fn host(&mut self, host: &Host) {
        let expected = format!("{}.yaml", host.id);
        self.expect(self.file.ends_with(&expected), "id", || {
            format!("the host `{}` belongs in {expected}", host.id)
        });
        self.sources(host);
        self.unique("folder", strings("folders", &host.folders));
        self.globs();
        if let Some(dialect) = &host.dialect {
            self.unique("tool", strings("dialect.tools", &dialect.tools));
        }
        for (at, program) in host.readers.iter().enumerate() {
            let path = member(&item("readers", at), "list-keys");
            for (at, key) in program.list_keys.iter().enumerate() {
                let is_known = host.kinds.values().any(|data| is_key(&data.keys, key));
                self.expect(
                    is_known && program.target.is_some(),
                    &item(&path, at),
                    || format!("no kind has a key `{key}`, or the program no target"),
                );
            }
        }
        for (role, data) in &host.kinds {
            let path = self.path_of_kind(*role);
            self.shared(host, data, &path);
            self.kind(data, &path);
        }
    }

    /// `kinds.output-style`: the role as the file writes it.
    fn path_of_kind(&self, role: Role) -> String {
        let mut kinds = self.line_of_path.keys().filter(|path| {
            path.strip_prefix("kinds.")
                .and_then(|kind| serde_yaml::from_str::<Role>(kind).ok())
                .is_some_and(|kind| kind == role)
        });
        kinds.next().cloned().unwrap_or_default()
    }

    /// Every source is dated and used, and every use is of one.
    fn sources(&mut self, host: &Host) {
        let used: Vec<(String, String)> = self
            .nodes
            .iter()
            .filter(|node| node.path.contains(".source["))
            .map(|node| (node.path.clone(), node.text.clone()))
            .collect();
        for (path, id) in &used {
            self.expect(host.sources.contains_key(id), path, || {
                format!("there is no source `{id}`")
            });
        }
        for (id, source) in &host.sources {
            let path = member("sources", id);
            self.expect(used.iter().any(|(_, used)| used == id), &path, || {
                format!("nothing comes from the source `{id}`")
            });
            self.expect(!source.what.is_empty(), &path, || {
                format!("the source `{id}` does not say what was read")
            });
            self.expect(is_date(&source.date), &member(&path, "date"), || {
                format!("`{}` is no date", source.date)
            });
        }
    }

    fn shared(&mut self, host: &Host, data: &KindData, path: &str) {
        if let Some(of) = &data.keys_of {
            let path = member(path, "keys-of");
            match host.kinds.get(&of.role) {
                Some(other) if other.keys_of.is_none() => {
                    for (at, name) in of.except.iter().enumerate() {
                        let is_key = other.names_of_keys().any(|key| key == name);
                        self.expect(is_key, &item(&member(&path, "except"), at), || {
                            format!("the other kind has no key `{name}`")
                        });
                    }
                }
                Some(_) => self.wrong(&path, "that kind has its keys from another one itself"),
                None => self.wrong(&path, "the host has no such kind"),
            }
        }
        if let Some(of) = data.vocabulary_of {
            let path = member(path, "vocabulary-of");
            match host.kinds.get(&of) {
                Some(other) if other.vocabulary_of.is_none() => {}
                Some(_) => self.wrong(&path, "that kind has its tools from another one itself"),
                None => self.wrong(&path, "the host has no such kind"),
            }
            let own = !data.tools.is_empty()
                || !data.renamed_tools.is_empty()
                || !data.removed_tools.is_empty()
                || data.mcp.is_some()
                || data.models.is_some()
                || data.hooks.is_some();
            self.expect(!own, &path, || {
                "tools, models and hooks of its own would be lost".to_owned()
            });
        }
    }

    fn kind(&mut self, data: &KindData, path: &str) {
        let keys = member(path, "keys");
        let misplaced = member(path, "misplaced-keys");
        let community = member(&member(path, "community-keys"), "names");
        let name = |path: &str, at| member(&item(path, at), "name");
        let all = data.keys.iter().enumerate();
        let all = all.map(|(at, key)| (name(&keys, at), key.name.as_str()));
        let wrong = data.misplaced_keys.iter().enumerate();
        let wrong = wrong.map(|(at, key)| (name(&misplaced, at), key.name.as_str()));
        let others = data.community_keys.iter();
        let others = others.flat_map(|keys| strings(&community, &keys.names));
        self.unique("key", all.chain(wrong).chain(others));
        for (at, key) in data.keys.iter().enumerate() {
            let path = item(&keys, at);
            self.key(key, &path);
            for (path, other) in strings(&member(&path, "unless"), &key.unless) {
                self.expect(is_key(&data.keys, other), &path, || {
                    format!("there is no key `{other}`")
                });
            }
        }
        for (at, key) in data.misplaced_keys.iter().enumerate() {
            let path = item(&misplaced, at);
            self.sentence(&path, &key.doc);
            // A key that comes from another kind is not in the list yet.
            if let Some(instead) = key.instead.as_ref().filter(|_| data.keys_of.is_none()) {
                self.expect(
                    is_key(&data.keys, instead),
                    &member(&path, "instead"),
                    || format!("there is no key `{instead}`"),
                );
            }
        }
        self.tools(data, path);
        if let Some(shape) = data.mcp.as_ref().and_then(|form| form.of_plugin.as_ref()) {
            let is_whole = shape.contains("{plugin}") && shape.contains("{server}");
            let path = member(&member(path, "mcp"), "of-plugin");
            self.expect(is_whole, &path, || {
                format!("`{shape}` does not say where `{{plugin}}` and `{{server}}` stand")
            });
        }
        self.named("agent", &member(path, "agents"), &data.agents);
        if let Some(models) = &data.models {
            let path = member(path, "models");
            self.named("model", &member(&path, "aliases"), &models.aliases);
            let ids = member(&member(&path, "ids"), "names");
            self.unique("model", strings(&ids, &models.ids.names));
            let globs = member(&member(&path, "patterns"), "globs");
            for (path, glob) in strings(&globs, &models.patterns.globs) {
                self.expect(!glob.contains(['?', '[', '{']), &path, || {
                    format!("`{glob}`: `*` is the only sign in the pattern of a model")
                });
            }
        }
        if let Some(hooks) = &data.hooks {
            let events = member(&member(path, "hooks"), "events");
            let handlers = member(&member(path, "hooks"), "handlers");
            let of = hooks.events.iter().enumerate();
            self.unique("event", of.map(|(at, it)| (name(&events, at), &*it.name)));
            let of = hooks.handlers.iter().enumerate();
            self.unique(
                "handler",
                of.map(|(at, it)| (name(&handlers, at), &*it.name)),
            );
        }
    }

    fn key(&mut self, key: &Key, path: &str) {
        self.sentence(path, &key.doc);
        let values = member(path, "values");
        self.named("value", &values, &key.values);
        let is_enum = is_of(key, KeyType::Enum);
        self.expect(is_enum != key.values.is_empty(), path, || {
            format!(
                "`{}` is an enum without values, or has values and is none",
                key.name
            )
        });
        if let Some(pattern) = &key.pattern
            && let Err(error) = pattern.compile()
        {
            let path = member(&member(path, "pattern"), "regex");
            let error = error.to_string();
            let error = error.lines().last().unwrap_or(&error);
            let error = error.trim_start_matches("error: ");
            self.wrong(&path, format!("`{}` is no pattern: {error}", pattern.regex));
        }
        for (list, of, keys) in [
            ("members", KeyType::Mapping, &key.members),
            ("items", KeyType::List, &key.items),
        ] {
            let path = member(path, list);
            self.expect(keys.is_empty() || is_of(key, of), &path, || {
                format!("`{}` is of a type that has no {list}", key.name)
            });
            let name = |at| member(&item(&path, at), "name");
            let all = keys.iter().enumerate();
            self.unique("key", all.map(|(at, key)| (name(at), key.name.as_str())));
            for (at, key) in keys.iter().enumerate() {
                self.key(key, &item(&path, at));
            }
        }
    }

    fn tools(&mut self, data: &KindData, path: &str) {
        let [tools, renamed, removed] =
            ["tools", "renamed-tools", "removed-tools"].map(|list| member(path, list));
        let name = |path: &str, at| member(&item(path, at), "name");
        let mut names: Vec<(String, &str)> = Vec::new();
        for (at, tool) in data.tools.iter().enumerate() {
            names.push((name(&tools, at), &tool.name));
            names.extend(strings(
                &member(&item(&tools, at), "aliases"),
                &tool.aliases,
            ));
        }
        let of = data.renamed_tools.iter().enumerate();
        names.extend(of.map(|(at, tool)| (name(&renamed, at), tool.name.as_str())));
        let of = data.removed_tools.iter().enumerate();
        names.extend(of.map(|(at, tool)| (name(&removed, at), tool.name.as_str())));
        self.unique("tool", names);

        for (at, tool) in data.tools.iter().enumerate() {
            self.sentence(&item(&tools, at), &tool.doc);
            self.are_tools(data, &member(&item(&tools, at), "instead"), &tool.instead);
            self.are_tools(data, &member(&item(&tools, at), "set"), &tool.set);
        }
        for (at, tool) in data.renamed_tools.iter().enumerate() {
            let now = std::slice::from_ref(&tool.now);
            self.are_tools(data, &member(&item(&renamed, at), "now"), now);
        }
        for (at, tool) in data.removed_tools.iter().enumerate() {
            let path = member(&item(&removed, at), "instead");
            self.are_tools(data, &path, &tool.instead);
        }
    }

    fn are_tools(&mut self, data: &KindData, path: &str, names: &[String]) {
        for (at, name) in names.iter().enumerate() {
            let is_tool = data.tools.iter().any(|tool| tool.name == *name);
            self.expect(is_tool, &item(path, at), || {
                format!("there is no tool `{name}`")
            });
        }
    }
}

fn fault(file: &str, line: usize, message: String) -> Fault {
    Fault {
        file: file.to_owned(),
        line,
        message,
    }
}

fn member(path: &str, key: &str) -> String {
    match path {
        "" => key.to_owned(),
        _ => format!("{path}.{key}"),
    }
}

fn item(path: &str, at: usize) -> String {
    format!("{path}[{at}]")
}

fn strings<'n>(path: &str, names: &'n [String]) -> Vec<(String, &'n str)> {
    let names = names.iter().enumerate();
    names
        .map(|(at, name)| (item(path, at), name.as_str()))
        .collect()
}

fn is_of(key: &Key, kind: KeyType) -> bool {
    key.kind == kind || key.also.contains(&kind)
}

/// Whether `path` (`a.b`) leads to a key.
fn is_key(keys: &[Key], path: &str) -> bool {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    keys.iter()
        .find(|key| key.name == first)
        .is_some_and(|key| rest.is_empty() || is_key(&key.members, rest))
}

fn is_date(text: &str) -> bool {
    let mut parts = text
        .split('-')
        .map(|part| (part.len(), part.parse::<u32>()));
    matches!(
        (parts.next(), parts.next(), parts.next(), parts.next()),
        (
            Some((4, Ok(_))),
            Some((2, Ok(1..=12))),
            Some((2, Ok(1..=31))),
            None
        )
    )
}
