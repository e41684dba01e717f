//! Names of agents, and the files that a header can extend.

use rustc_hash::FxHashSet;

use super::values::Room;
use super::{Completions, Cursor, Item, ItemKind, Rank, Told, quality};
use crate::agent::{AgentFile, Definition, Name, Symbol};
use crate::features::hover::{agent, escape, shortened};
use crate::features::inherited::resulting;
use crate::host::{Hosts, KindData, Named};
use crate::index::{FileId, Index};
use crate::limits::MAX_COMPLETIONS;
use crate::path::FilePath;
use crate::text::{ByteRange, TextEdit};

impl Cursor<'_> {
    /// Agents in the value of a key.
    pub(super) fn agent_list(&self, room: Room) -> Completions {
        let Some(slot) = self.slot(room) else {
            return Completions::default();
        };
        slot.fit(self.agents(slot.range, &slot.taken))
    }

    pub(super) fn extends(&self, room: Room) -> Completions {
        let Some(slot) = self.slot(room) else {
            return Completions::default();
        };
        let mut found = self.agents(slot.range, &slot.taken);
        let typed = self.typed(slot.range);
        if found.items.len() < MAX_COMPLETIONS
            && (typed.contains(['/', '.']) || found.items.is_empty())
        {
            let query = typed.trim_start_matches(['.', '/']).to_lowercase();
            let files = self.workspace.index.files().filter(|(id, file)| {
                *id != self.file.id
                    && file.path.as_str().ends_with(".md")
                    && file.path.as_str().to_lowercase().contains(&query)
            });
            for (id, file) in files {
                if found.items.len() == MAX_COMPLETIONS {
                    found.incomplete = true;
                    break;
                }
                found.items.push(Item {
                    label: file.path.to_string(),
                    kind: ItemKind::File,
                    detail: file
                        .facts
                        .agent()
                        .map(|definition| definition.name.to_string()),
                    documentation: agent(&self.workspace.index, id, 0),
                    edit: TextEdit {
                        range: slot.range,
                        new_text: file.path.to_string(),
                    },
                    snippet: false,
                    later: None,
                });
            }
        }
        slot.fit(found)
    }

    /// Agents in place of the name under the cursor.
    pub(super) fn names_at(
        &self,
        taken: &[String],
        text: impl Fn(String) -> String,
    ) -> Completions {
        let token = self.name_token();
        let mut found = self.agents(token, taken);
        for item in &mut found.items {
            item.edit.new_text = text(std::mem::take(&mut item.edit.new_text));
        }
        found
    }

    /// The agents that fit what was typed, the file's own and the taken ones left out.
    pub(super) fn agents(&self, token: ByteRange, taken: &[String]) -> Completions {
        let index = &self.workspace.index;
        let own = self
            .file
            .facts
            .agent()
            .map(|definition| definition.name.as_str());
        let typed = self.typed(token);
        let wanted = |name: &str| Some(name) != own && !taken.iter().any(|taken| taken == name);
        let mut ranked: Vec<(Rank, Candidate<'_>)> = Vec::new();
        // Names that start as typed are the best there are: where they fill the list, the
        // others, in a large workspace thousands, need not be looked at.
        let starting: Vec<_> = index
            .names_from(typed)
            .take_while(|name| name.as_str().starts_with(typed))
            .take(MAX_COMPLETIONS + 8)
            .collect();
        let is_cut = starting.len() > MAX_COMPLETIONS;
        let names: Vec<_> = if is_cut {
            starting
        } else {
            index.names_from("").collect()
        };
        for (position, known) in names.into_iter().enumerate() {
            let name = known.as_str();
            if let Some(quality) = quality(typed, name).filter(|_| wanted(name)) {
                ranked.push((
                    Rank {
                        later: false,
                        quality,
                        position,
                    },
                    Candidate {
                        name,
                        known: Some(known),
                        doc: "",
                    },
                ));
            }
        }
        for (position, found) in self.builtin_agents().into_iter().enumerate() {
            let (name, doc) = (found.name.as_str(), found.doc.as_str());
            let shadowed = index
                .neighbours(name, 1)
                .iter()
                .any(|known| known.as_str() == name);
            if let Some(quality) = quality(typed, name).filter(|_| wanted(name) && !shadowed) {
                ranked.push((
                    Rank {
                        later: true,
                        quality,
                        position,
                    },
                    Candidate {
                        name,
                        known: None,
                        doc,
                    },
                ));
            }
        }
        let incomplete = is_cut || ranked.len() > MAX_COMPLETIONS;
        if ranked.len() > MAX_COMPLETIONS {
            ranked.select_nth_unstable_by_key(MAX_COMPLETIONS, |(rank, _)| *rank);
            ranked.truncate(MAX_COMPLETIONS);
        }
        ranked.sort_by_key(|(rank, _)| *rank);
        let items = ranked.into_iter().map(|(_, candidate)| {
            let Candidate { name, known, doc } = candidate;
            let id =
                known.and_then(|name| index.definitions(name, &self.file.path).first().copied());
            let item = id.and_then(|id| self.symbol(id, name, token));
            item.unwrap_or_else(|| Item {
                label: name.to_owned(),
                kind: ItemKind::Agent,
                detail: Some(format!("built-in {}", Symbol::Agent.noun())),
                documentation: Some(described(doc)),
                edit: TextEdit {
                    range: token,
                    new_text: name.to_owned(),
                },
                snippet: false,
                later: None,
            })
        });
        let mut found = Completions {
            items: items.collect(),
            incomplete,
        };
        found.add(self.scoped(&[Symbol::Agent], token, taken));
        found
    }

    /// The agents that the host of this file brings; of a file that no host reads, all.
    fn builtin_agents(&self) -> Vec<&'static Named> {
        let hosts = Hosts::builtin();
        let host = self.file.facts.kind.host.and_then(|id| hosts.host(id));
        let mut found: Vec<&Named> = match host {
            Some(host) => host
                .kinds
                .values()
                .flat_map(KindData::builtin_agents)
                .collect(),
            None => hosts.builtin_agents().collect(),
        };
        let mut seen = FxHashSet::default();
        found.retain(|agent| seen.insert(agent.name.as_str()));
        found
    }

    /// The skills that an agent can be given.
    pub(super) fn skills(&self, token: ByteRange, taken: &[String]) -> Completions {
        let is_for_models =
            |facts: &AgentFile| !facts.value("disable-model-invocation").is_some_and(is_yes);
        self.symbols(&[Symbol::Skill], token, taken, is_for_models)
    }

    /// What a person can type after a slash: commands, and the skills that go by one.
    pub(super) fn commands(&self, token: ByteRange) -> Completions {
        let is_for_users = |facts: &AgentFile| !facts.value("user-invocable").is_some_and(is_no);
        self.symbols(&[Symbol::Command, Symbol::Skill], token, &[], is_for_users)
    }

    /// What is defined in the workspace and fits what was typed, this file's own left out.
    fn symbols(
        &self,
        symbols: &[Symbol],
        token: ByteRange,
        taken: &[String],
        is_wanted: impl Fn(&AgentFile) -> bool,
    ) -> Completions {
        let index = &self.workspace.index;
        let typed = self.typed(token);
        let mut ranked: Vec<(Rank, FileId)> = Vec::new();
        let defined = symbols.iter().flat_map(|symbol| index.symbols(*symbol));
        for (position, (id, definition)) in defined.enumerate() {
            let name = definition.name.as_str();
            let is_free = id != self.file.id && !taken.iter().any(|taken| taken == name);
            if let Some(quality) = quality(typed, name).filter(|_| is_free)
                && index.file(id).is_some_and(|file| is_wanted(&file.facts))
            {
                let rank = Rank {
                    later: false,
                    quality,
                    position,
                };
                ranked.push((rank, id));
            }
        }
        ranked.sort_by_key(|(rank, _)| *rank);
        let mut found = Completions::default();
        let mut seen = FxHashSet::default();
        for (_, id) in ranked {
            let Some(definition) = index.definition(id) else {
                continue;
            };
            if !seen.insert(&definition.name) {
                continue;
            }
            if found.items.len() == MAX_COMPLETIONS {
                found.incomplete = true;
                break;
            }
            let nearest = index.called(definition.symbol, &definition.name, &self.file.path);
            let id = nearest.first().copied().unwrap_or(id);
            found.items.extend(self.symbol(id, &definition.name, token));
        }
        found.add(self.scoped(symbols, token, taken));
        found
    }

    /// Names with their plugin before them, `plugin:folder:name`, where one is being typed.
    fn scoped(&self, symbols: &[Symbol], token: ByteRange, taken: &[String]) -> Completions {
        let index = &self.workspace.index;
        let typed = self.typed(token);
        let scope = typed.split(':').next().unwrap_or("");
        let mut found = Completions::default();
        if scope.is_empty() {
            return found;
        }
        for (folder, plugin) in index.plugins() {
            if !plugin.as_str().starts_with(scope) {
                continue;
            }
            for (id, definition) in symbols.iter().flat_map(|symbol| index.symbols(*symbol)) {
                let path = index.file(id).map(|file| &file.path);
                let name = path.and_then(|path| within(folder, path, definition));
                let Some(name) = name.map(|name| format!("{plugin}:{name}")) else {
                    continue;
                };
                if id == self.file.id || taken.contains(&name) || quality(typed, &name) != Some(0) {
                    continue;
                }
                if found.items.len() == MAX_COMPLETIONS {
                    found.incomplete = true;
                    return found;
                }
                found.items.extend(self.symbol(id, &name, token));
            }
        }
        found
    }

    /// What a file defines, under the name by which it is to be written.
    fn symbol(&self, id: FileId, name: impl ToString, token: ByteRange) -> Option<Item> {
        let index = &self.workspace.index;
        let asks_later = self.options.asks_later;
        let told = if asks_later { None } else { told(index, id) };
        let (detail, documentation) = told.map(|it| (it.detail, it.documentation)).unzip();
        Some(Item {
            label: name.to_string(),
            kind: match index.definition(id)?.symbol {
                Symbol::Agent => ItemKind::Agent,
                Symbol::Skill => ItemKind::Skill,
                Symbol::Command => ItemKind::Command,
            },
            detail,
            documentation,
            edit: TextEdit {
                range: token,
                new_text: name.to_string(),
            },
            snippet: false,
            later: asks_later.then_some(id),
        })
    }
}

/// See [`super::told`].
pub(super) fn told(index: &Index, id: FileId) -> Option<Told> {
    let definition = index.definition(id)?;
    // What it is, and on which model, in a few words: clients show it beside the name.
    let noun = definition.symbol.noun();
    let model = resulting(index, id, "model").and_then(|(_, entry)| entry.value.as_str());
    let detail = match model.map(str::trim).filter(|model| !model.is_empty()) {
        Some(model) => format!("{noun} · {}", shortened(model, 40)),
        None => noun.to_owned(),
    };
    let description = definition.description.as_deref().unwrap_or("");
    let mut documentation = described(description);
    if let Some(file) = index.file(id) {
        documentation.push_str(&format!("\n\n`{}`", file.path));
    }
    Some(Told {
        detail,
        documentation,
    })
}

fn described(description: &str) -> String {
    escape(&shortened(description, 240))
}

/// `folder:name` of what a file in the plugin at `folder` defines, without the folder that all
/// of its kind lie in.
fn within(folder: &FilePath, path: &FilePath, definition: &Definition) -> Option<String> {
    let below = path.as_str().strip_prefix(folder.as_str())?;
    let below = match folder.as_str() {
        "" => below,
        _ => below.strip_prefix('/')?,
    };
    let mut folders: Vec<&str> = below.split('/').skip(1).collect();
    // The name of the file, and of a skill the folder that is the skill.
    folders.pop();
    if definition.symbol == Symbol::Skill {
        folders.pop();
    }
    folders.push(definition.name.as_str());
    Some(folders.join(":"))
}

fn is_yes(text: &str) -> bool {
    matches!(text, "true" | "yes" | "on" | "1")
}

fn is_no(text: &str) -> bool {
    matches!(text, "false" | "no" | "off" | "0")
}

#[derive(Clone, Copy)]
struct Candidate<'a> {
    name: &'a str,
    /// The name of an agent of the workspace; `None` for one that a host brings.
    known: Option<&'a Name>,
    doc: &'a str,
}
