//! Names of agents, and the files that a header can extend.

use super::{Completions, Cursor, Item, ItemKind, Rank, quality};
use crate::agent::Name;
use crate::features::hover::{agent, escape, shortened};
use crate::host::Hosts;
use crate::index::FileId;
use crate::limits::MAX_COMPLETIONS;
use crate::syntax::frontmatter::Entry;
use crate::text::{ByteRange, TextEdit};

impl Cursor<'_> {
    pub(super) fn agent_list(&self, entry: &Entry) -> Completions {
        let Some(slot) = self.slot(entry) else {
            return Completions::default();
        };
        let mut found = self.agents(slot.range, &slot.taken);
        for item in &mut found.items {
            item.edit.new_text = slot.quoted(&item.edit.new_text);
        }
        found
    }

    pub(super) fn extends(&self, entry: &Entry) -> Completions {
        let Some(slot) = self.slot(entry) else {
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
                });
            }
        }
        for item in &mut found.items {
            item.edit.new_text = slot.quoted(&item.edit.new_text);
        }
        found
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
        for (position, found) in Hosts::builtin().builtin_agents().enumerate() {
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
            let id = candidate
                .known
                .and_then(|name| index.definitions(name, &self.file.path).first().copied());
            let description = match id {
                Some(id) => index
                    .agent(id)
                    .and_then(|definition| definition.description.as_deref())
                    .unwrap_or(""),
                None => candidate.doc,
            };
            let line = description
                .lines()
                .find(|line| !line.trim().is_empty())
                .unwrap_or("");
            Item {
                label: candidate.name.to_owned(),
                kind: ItemKind::Agent,
                detail: Some(shortened(line, 100)).filter(|line| !line.is_empty()),
                documentation: Some(self.about(id, description)),
                edit: TextEdit {
                    range: token,
                    new_text: candidate.name.to_owned(),
                },
                snippet: false,
            }
        });
        Completions {
            items: items.collect(),
            incomplete,
        }
    }

    pub(super) fn about(&self, id: Option<FileId>, description: &str) -> String {
        let mut text = escape(&shortened(description, 240));
        if let Some(file) = id.and_then(|id| self.workspace.index.file(id)) {
            text.push_str(&format!("\n\n`{}`", file.path));
        }
        text
    }
}

#[derive(Clone, Copy)]
struct Candidate<'a> {
    name: &'a str,
    /// The name of an agent of the workspace; `None` for one that a host brings.
    known: Option<&'a Name>,
    doc: &'a str,
}
