//! Nodes and edges, from the files that begin something to all that they lead to.

use rustc_hash::FxHashMap;

use super::{Edge, EdgeKind, Faults, Graph, Node, Options, Origin};
use crate::agent::{AgentFile, Confidence, Form, Mention, Symbol};
use crate::features::definition::target;
use crate::features::hierarchy::item;
use crate::features::hover::shortened;
use crate::features::inherited::resulting;
use crate::host::{Hosts, Role, ToolStatus};
use crate::index::{FileId, Index, IndexedFile, Resolver, Scope, Workspace, extends};
use crate::text::ByteRange;

/// Longest description of a node, in characters.
const MAX_DESCRIPTION: usize = 240;

/// Longest name of a model, in characters.
const MAX_MODEL: usize = 80;

/// Longest name of a node that no file defines, in characters.
const MAX_NAME: usize = 256;

/// What a file says of others: to whom, what, and where, in bytes.
type Said = Vec<(Origin, EdgeKind, ByteRange)>;

pub(super) fn build(
    workspace: &Workspace,
    faults: &FxHashMap<FileId, Faults>,
    options: &Options,
) -> Graph {
    let index = &workspace.index;
    let mut said: FxHashMap<FileId, Said> = FxHashMap::default();
    let mut waiting = Vec::new();
    for (id, file) in index.files() {
        if file.scope == Scope::User {
            continue;
        }
        let is_drawn = match file.facts.definition.as_ref().map(|own| own.symbol) {
            Some(Symbol::Agent) => true,
            Some(Symbol::Skill) if options.skills => true,
            _ => begins(index, file),
        };
        if is_drawn {
            waiting.push(id);
        }
    }
    let nothing = Faults::default();
    while let Some(id) = waiting.pop() {
        let Some(file) = index.file(id).filter(|_| !said.contains_key(&id)) else {
            continue;
        };
        let faults = faults.get(&id).unwrap_or(&nothing);
        let says = says(workspace, id, file, faults, options);
        waiting.extend(says.iter().filter_map(|(to, ..)| to.file()));
        said.insert(id, says);
    }
    arranged(index, said)
}

/// Whether a file that defines no agent gives work to somebody: then it is where a person begins.
/// What no host reads gives work to nobody, but that settings name an agent to start.
fn begins(index: &Index, file: &IndexedFile) -> bool {
    let mut resolver = index.resolver(&file.facts, &file.path);
    let is_read = file.facts.kind.role != Role::Plain;
    let gives = |mention: &&Mention| is_read || mention.form == Form::Settings;
    let mentions = file.facts.mentions.iter();
    mentions
        .filter(|mention| mention.form.is_delegation())
        .filter(gives)
        .any(|mention| !resolver.resolve(mention).is_empty())
}

/// What a file says of others and of itself, in the order of its text.
fn says(
    workspace: &Workspace,
    id: FileId,
    file: &IndexedFile,
    faults: &Faults,
    options: &Options,
) -> Said {
    let index = &workspace.index;
    let mut said = Said::new();
    let mut resolver = index.resolver(&file.facts, &file.path);
    let is_in = |ranges: &[ByteRange], range| ranges.binary_search(&range).is_ok();
    for mention in &file.facts.mentions {
        let kind = match mention.form {
            Form::Extends => continue,
            Form::SkillKey if options.skills => EdgeKind::Skill,
            form if form.is_delegation() => EdgeKind::Delegation,
            _ => continue,
        };
        let to = match resolver.resolve(mention).first() {
            // Most agents say their own name in their description.
            Some(to) if *to == id && !is_in(&faults.to_itself, mention.range) => continue,
            Some(to) => origin(index, *to),
            None if is_in(&faults.broken, mention.range) => broken(mention),
            None if kind == EdgeKind::Delegation => {
                let Some(to) = undefined(workspace, file, mention, &mut resolver) else {
                    continue;
                };
                to
            }
            None => continue,
        };
        said.push((to, kind, mention.range));
    }
    for mention in extends(&file.facts) {
        let targets = index.extends_targets(&mention.name, &file.path);
        let to = match targets.first() {
            Some(to) => origin(index, *to),
            None if is_in(&faults.broken, mention.range) => broken(mention),
            None => continue,
        };
        said.push((to, EdgeKind::Extends, mention.range));
    }
    said
}

fn origin(index: &Index, id: FileId) -> Origin {
    match index.file(id).map(|file| file.scope) {
        Some(Scope::User) => Origin::User(id),
        _ => Origin::File(id),
    }
}

fn broken(mention: &Mention) -> Origin {
    Origin::Broken(shortened(mention.name.as_str(), MAX_NAME))
}

/// Whom a mention means that no file defines and that is not known to be missing.
fn undefined(
    workspace: &Workspace,
    file: &IndexedFile,
    mention: &Mention,
    resolver: &mut Resolver<'_>,
) -> Option<Origin> {
    let is_sure = match mention.form {
        Form::Cell { column, .. } => resolver.holds_agents(column),
        Form::At => true,
        form => form.confidence() >= Confidence::Likely,
    };
    if !is_sure {
        return None;
    }
    let written = mention.name.as_str();
    let hosts = Hosts::builtin();
    let host = file.facts.kind.host.and_then(|id| hosts.host(id));
    // `plan` in a table or a sentence is a word, and `Plan` the agent.
    let is_certain = mention.form.confidence() == Confidence::Certain;
    let builtin = hosts
        .builtin_agent_of(file.facts.kind, written)
        .filter(|builtin| is_certain || builtin.name == written);
    if let Some((host, builtin)) = host.zip(builtin) {
        return Some(Origin::Builtin(&host.title, builtin.name.clone()));
    }
    let plugin = mention.name.scope().filter(|_| is_certain);
    let is_elsewhere = plugin.is_some_and(|plugin| !workspace.index.has_plugin(plugin));
    let known = workspace.settings(&file.path);
    (is_elsewhere || known.known_agents().contains(written))
        .then(|| Origin::External(shortened(written, MAX_NAME)))
}

/// The graph of what was said, in its order.
fn arranged(index: &Index, said: FxHashMap<FileId, Said>) -> Graph {
    let mut files: Vec<FileId> = said.keys().copied().collect();
    files.sort_by(|a, b| path(index, *a).cmp(&path(index, *b)));
    let mut origins: Vec<Origin> = files.iter().map(|id| origin(index, *id)).collect();
    let mut others: Vec<&Origin> = said
        .values()
        .flatten()
        .map(|(to, ..)| to)
        .filter(|to| to.file().is_none())
        .collect();
    others.sort_unstable();
    others.dedup();
    origins.extend(others.into_iter().cloned());

    let at: FxHashMap<&Origin, usize> = origins
        .iter()
        .enumerate()
        .map(|(at, origin)| (origin, at))
        .collect();
    let mut edges: Vec<Edge> = Vec::new();
    for (from, id) in files.iter().enumerate() {
        let first = edges.len();
        let mut known: FxHashMap<(usize, EdgeKind), usize> = FxHashMap::default();
        for (to, kind, place) in said.get(id).into_iter().flatten() {
            let Some(to) = at.get(to).copied() else {
                continue;
            };
            let edge = *known.entry((to, *kind)).or_insert_with(|| {
                edges.push(Edge {
                    from,
                    to,
                    kind: *kind,
                    places: Vec::new(),
                    in_cycle: false,
                });
                edges.len() - 1
            });
            edges[edge].places.push(*place);
        }
        edges[first..].sort_by_key(|edge| (edge.places.first().copied(), edge.to, edge.kind));
    }
    let nodes = origins.iter().map(|origin| node(index, origin)).collect();
    Graph { nodes, edges }
}

fn path(index: &Index, id: FileId) -> Option<&crate::path::FilePath> {
    index.file(id).map(|file| &file.path)
}

fn node(index: &Index, origin: &Origin) -> Node {
    let plain = Node {
        origin: origin.clone(),
        name: String::new(),
        symbol: None,
        host: None,
        path: None,
        range: ByteRange::default(),
        model: None,
        tools: None,
        description: None,
        is_root: false,
        is_unreachable: false,
    };
    match origin {
        Origin::File(id) | Origin::User(id) => {
            let Some(file) = index.file(*id) else {
                return plain;
            };
            let item = item(index, *id);
            let own = file.facts.definition.as_ref();
            let host = file.facts.kind.host;
            Node {
                name: item.map_or_else(String::new, |item| item.name),
                symbol: own.map(|own| own.symbol),
                host: host.and_then(|id| Some(Hosts::builtin().host(id)?.title.as_str())),
                path: Some(file.path.clone()),
                range: target(index, *id).map_or_else(ByteRange::default, |target| target.range),
                model: own.and_then(|_| model(index, *id)),
                tools: own.and_then(|_| tools(index, *id)),
                description: own
                    .and_then(|own| own.description.as_deref())
                    .and_then(first_sentence),
                ..plain
            }
        }
        Origin::Builtin(host, name) => {
            let known = Hosts::builtin().builtin_agent(name);
            Node {
                name: name.clone(),
                symbol: Some(Symbol::Agent),
                host: Some(host),
                description: known.map(|agent| agent.doc.clone()),
                ..plain
            }
        }
        Origin::External(name) | Origin::Broken(name) => Node {
            name: name.clone(),
            ..plain
        },
    }
}

fn model(index: &Index, id: FileId) -> Option<String> {
    let (_, entry) = resulting(index, id, "model")?;
    let written = entry.value.as_str()?.trim();
    (!written.is_empty()).then(|| shortened(written, MAX_MODEL))
}

/// How many tools the list that counts grants.
fn tools(index: &Index, id: FileId) -> Option<usize> {
    let (from, _) = resulting(index, id, "tools")?;
    let own: &AgentFile = &index.file(from)?.facts;
    let list = own.list("tools")?;
    let data = Hosts::builtin().data(own.kind);
    let mut names: Vec<&str> = list.items.iter().map(|item| item.text.trim()).collect();
    names.retain(|name| !name.is_empty());
    let is_all =
        |name: &&str| data.is_some_and(|data| matches!(data.tool(name), ToolStatus::Everything));
    if names.iter().any(is_all) {
        return None;
    }
    names.sort_unstable();
    names.dedup();
    Some(names.len())
}

/// The text up to the first end of a sentence or line. Descriptions often go on with examples
/// behind a line end, which some write as `\n`.
fn first_sentence(description: &str) -> Option<String> {
    let text = description.trim_start();
    let ends = |at: &usize| {
        let rest = &text[*at..];
        let is_end = rest.starts_with(['\n', '\r']) || rest.starts_with("\\n");
        let after = rest.strip_prefix(['.', '!', '?']);
        is_end || after.is_some_and(begins_sentence)
    };
    let end = text
        .char_indices()
        .map(|(at, _)| at)
        .find(ends)
        .unwrap_or(text.len());
    let has_mark = text[end..].starts_with(['.', '!', '?']);
    let sentence = &text[..end + usize::from(has_mark)];
    (!sentence.is_empty()).then(|| shortened(sentence, MAX_DESCRIPTION))
}

/// Whether a text after a full stop is that of another sentence: not the rest of "e.g. x".
fn begins_sentence(after: &str) -> bool {
    let Some(next) = after.strip_prefix([' ', '\n', '\r', '\t']) else {
        return after.starts_with("\\n");
    };
    !next.trim_start().starts_with(|c: char| c.is_lowercase())
}
