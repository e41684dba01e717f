//! From a mention to the files that it means, nearest first.

use std::borrow::Cow;
use std::cmp::Reverse;

use percent_encoding::percent_decode_str;
use rustc_hash::FxHashMap;

use super::ids::Ids;
use super::{FileId, Index, IndexedFile, Scope, extends};
use crate::agent::{AT_PREFIX, AgentFile, ColumnHeading, Form, Mention, Name, Symbol, name};
use crate::host::Hosts;
use crate::limits;
use crate::path::{FilePath, without_mark};

impl Index {
    /// The folder within which names must differ: the nearest agents folder of a host, else
    /// the plugin's or topmost `agents` folder, else the workspace (empty).
    pub fn root_of<'p>(&self, path: &'p FilePath) -> &'p str {
        let whole = path.as_str();
        let folder = path.folder();
        let mut end = 0;
        let mut previous = "";
        let mut host_root = None;
        let mut topmost = None;
        for segment in folder.split('/') {
            end += segment.len();
            if segment == "agents" || segment == "agent" {
                if Hosts::builtin().is_host_folder(previous) {
                    host_root = Some(end);
                }
                topmost = topmost.or(Some(end));
            }
            previous = segment;
            end += 1;
        }
        if let Some(end) = host_root {
            return &whole[..end];
        }
        if let Some(plugin) = self.plugin_of(path) {
            let length = plugin.len();
            let agents = whole
                .get(length..)
                .is_some_and(|rest| rest.trim_start_matches('/').starts_with("agents/"));
            let end = if agents {
                length + whole[length..].find("agents").unwrap_or(0) + "agents".len()
            } else {
                length
            };
            return &whole[..end];
        }
        topmost.map_or("", |end| &whole[..end])
    }

    /// All agents called `name` as seen from the file at `from`, nearest first: the same
    /// root, the same plugin, the workspace, the user's own.
    pub fn definitions(&self, name: &Name, from: &FilePath) -> Vec<FileId> {
        self.called(Symbol::Agent, name, from)
    }

    /// Everything of one kind that is called `name`, nearest first. `plugin:folder:name` is what
    /// is called `name` where most of `plugin` and `folder` are its plugin or a folder above it;
    /// where neither is known, all that is called so.
    pub fn called(&self, symbol: Symbol, name: &Name, from: &FilePath) -> Vec<FileId> {
        let names = &self.names[symbol as usize];
        if let Some(ids) = names.get(name) {
            return self.nearest_first(ids.iter(), from);
        }
        let split = name.as_str().rsplit_once(':');
        let Some((scope, last)) = split.filter(|(scope, _)| !scope.is_empty()) else {
            return Vec::new();
        };
        let found = names.get(last).into_iter().flat_map(Ids::iter);
        let found = self.nearest_first(found, from);
        let within: Vec<usize> = found.iter().map(|id| self.within(*id, scope)).collect();
        let most = within.iter().copied().max();
        let of_most = found.into_iter().zip(within);
        of_most
            .filter(|(_, within)| Some(*within) == most)
            .map(|(id, _)| id)
            .collect()
    }

    /// How many parts of the scope `plugin:folder` are the plugin of a file or a folder above it.
    fn within(&self, id: FileId, scope: &str) -> usize {
        let Some(file) = self.file(id) else {
            return 0;
        };
        let is_above = |part: &&str| {
            self.is_of_plugin(id, part) || file.path.folder().split('/').any(|it| it == *part)
        };
        let parts = scope.split(':').filter(|part| !part.is_empty());
        parts.filter(is_above).count()
    }

    /// Whether the plugin of that name has an agent, skill or command called `name`.
    pub fn is_in_named_plugin(&self, plugin: &str, name: &Name) -> bool {
        Symbol::ALL.iter().any(|symbol| {
            let found = self.names[*symbol as usize].get(name);
            found
                .into_iter()
                .flat_map(Ids::iter)
                .any(|id| self.is_of_plugin(id, plugin))
        })
    }

    fn is_of_plugin(&self, id: FileId, plugin: &str) -> bool {
        self.file(id)
            .and_then(|file| self.plugin_name(&file.path))
            .is_some_and(|name| name.as_str() == plugin)
    }

    /// Whether a plugin of the workspace is called so.
    pub fn has_plugin(&self, name: &str) -> bool {
        self.plugins.values().any(|plugin| plugin.as_str() == name)
    }

    /// Agents whose file has the stem `name` but that are called otherwise, nearest first.
    pub fn misnamed(&self, name: &Name, from: &FilePath) -> Vec<FileId> {
        let found = self
            .stems
            .get(name)
            .or_else(|| self.stems.get(&name.without_scope()?));
        let agents = found
            .into_iter()
            .flat_map(Ids::iter)
            .filter(|id| self.agent(*id).is_some());
        self.nearest_first(agents, from)
    }

    /// Whether work can be given to somebody called `name`: an agent, by its name or by that of
    /// its file, or one that a host brings.
    pub fn is_known_agent(&self, name: &Name, from: &FilePath) -> bool {
        !self.named(name, from).is_empty()
            || Hosts::builtin().builtin_agent(name.as_str()).is_some()
    }

    fn nearest_first(&self, ids: impl Iterator<Item = FileId>, from: &FilePath) -> Vec<FileId> {
        let ids: Vec<FileId> = ids.collect();
        if ids.len() < 2 {
            return ids;
        }
        let mut found: Vec<_> = ids
            .into_iter()
            .filter_map(|id| {
                let file = self.file(id)?;
                let tier = self.distance(file, from);
                let shared = file
                    .path
                    .segments()
                    .zip(from.segments())
                    .take_while(|(a, b)| a == b)
                    .count();
                Some((tier, Reverse(shared), file.path.clone(), id))
            })
            .collect();
        found.sort();
        found.into_iter().map(|(.., id)| id).collect()
    }

    /// The files that a value of `extends` in the file at `from` means, nearest first: a
    /// relative path, else an exact agent name, else a path suffix.
    pub fn extends_targets(&self, value: &Name, from: &FilePath) -> Vec<FileId> {
        let written = value.as_str();
        let relative = is_relative(written);
        if relative {
            let found = self.at_path(written, from);
            if !found.is_empty() {
                return found;
            }
        }
        let named = self.definitions(value, from);
        if !named.is_empty() && !relative {
            return named;
        }
        self.by_suffix(written, from)
    }

    /// The files that a link or path in the file at `from` means: relative to the file, then
    /// to the workspace, then (for [`Form::Path`]) by path suffix.
    pub fn path_targets(&self, mention: &Mention, from: &FilePath) -> Vec<FileId> {
        let written = decoded(mention.name.as_str());
        let found = self.at_path(&written, from);
        if found.is_empty() && mention.form == Form::Path && written.contains('/') {
            return self.by_suffix(&written, from);
        }
        found
    }

    fn at_path(&self, written: &str, from: &FilePath) -> Vec<FileId> {
        // A path from the top leads from the top of the workspace, as on a web site.
        let (folders, written) = match written.strip_prefix('/') {
            Some(below) => ([""; 2], below),
            None => ([from.folder(), ""], written),
        };
        let with_extension = format!("{written}.md");
        [written, &with_extension]
            .iter()
            .flat_map(|written| folders.map(|folder| FilePath::resolve(folder, written)))
            .flatten()
            .find_map(|path| self.id_of(&path))
            .into_iter()
            .collect()
    }

    /// Files whose stem is the last segment of `written` (`-SKILL` dropped on both sides) and among whose
    /// ancestors the earlier segments stand in this order.
    fn by_suffix(&self, written: &str, from: &FilePath) -> Vec<FileId> {
        let path = FilePath::new(written.trim_start_matches("./"));
        let stem = last_stem(written);
        let mut wanted: Vec<&str> = path.segments().filter(|segment| *segment != "..").collect();
        wanted.pop();
        let as_skill = format!("{stem}-SKILL");
        let stems = [stem, &as_skill];
        let found = stems
            .iter()
            .filter_map(|stem| self.stems.get(*stem))
            .flat_map(Ids::iter)
            .filter(|id| {
                let Some(file) = self.file(*id) else {
                    return false;
                };
                let mut folders = file.path.folder().split('/');
                file.path != *from
                    && wanted
                        .iter()
                        .all(|segment| folders.any(|folder| folder == *segment))
            });
        self.nearest_first(found, from)
    }

    /// The files that a mention means, nearest first. Empty where nothing of that name is
    /// known, or where the form is too weak for a name that may be a plain word.
    pub fn resolve(&self, mention: &Mention, facts: &AgentFile, from: &FilePath) -> Vec<FileId> {
        self.resolver(facts, from).resolve(mention)
    }

    /// What leads from the mentions of one file to what they mean. One for many mentions looks
    /// through each column once.
    pub fn resolver<'a>(&'a self, facts: &'a AgentFile, from: &'a FilePath) -> Resolver<'a> {
        Resolver {
            index: self,
            facts,
            from,
            columns: FxHashMap::default(),
        }
    }

    fn named(&self, name: &Name, from: &FilePath) -> Vec<FileId> {
        let exact = self.definitions(name, from);
        if exact.is_empty() {
            self.misnamed(name, from)
        } else {
            exact
        }
    }

    /// The commands of that name, for the handoffs that name one; `space.name` is the command
    /// `name` too.
    pub fn commands(&self, name: &Name, from: &FilePath) -> Vec<FileId> {
        let found = self.called(Symbol::Command, name, from);
        match name.as_str().rsplit_once('.') {
            Some((_, last)) if found.is_empty() => {
                self.called(Symbol::Command, &Name::new(last), from)
            }
            _ => found,
        }
    }

    /// The files whose headers a file inherits, nearest ancestor first, each once and never
    /// the file itself. Where an `extends` names several, the later ones win, so they come first.
    pub fn ancestors(&self, id: FileId) -> Vec<FileId> {
        let mut found = Vec::new();
        self.climb(id, id, &mut found);
        found
    }

    /// Every call but the first has found one ancestor more, so the limit bounds the recursion.
    fn climb(&self, from: FileId, start: FileId, found: &mut Vec<FileId>) {
        let Some(file) = self.file(from) else {
            return;
        };
        let above: Vec<&Mention> = extends(&file.facts).collect();
        for mention in above.into_iter().rev() {
            let target = self
                .extends_targets(&mention.name, &file.path)
                .first()
                .copied();
            if let Some(target) = target
                && target != start
                && found.len() < limits::MAX_EXTENDS_DEPTH
                && !found.contains(&target)
            {
                found.push(target);
                self.climb(target, start, found);
            }
        }
    }
}

/// What leads from the mentions of one file to the files that they mean.
pub struct Resolver<'a> {
    index: &'a Index,
    facts: &'a AgentFile,
    from: &'a FilePath,
    /// Which columns hold agents by their cells, as far as that was asked.
    columns: FxHashMap<u16, bool>,
}

impl Resolver<'_> {
    /// The files that a mention means, nearest first. Empty where nothing of that name is
    /// known, or where the form is too weak for a name that may be a plain word.
    pub fn resolve(&mut self, mention: &Mention) -> Vec<FileId> {
        let (index, from) = (self.index, self.from);
        match mention.form {
            Form::Extends => index.extends_targets(&mention.name, from),
            Form::Link | Form::Path => index.path_targets(mention, from),
            Form::Cell { column, .. } => {
                let is_name = name::is_kebab(mention.name.as_str());
                if is_name || self.holds_agents(column) {
                    index.named(&mention.name, from)
                } else {
                    Vec::new()
                }
            }
            Form::HeaderKey | Form::PeerKey => {
                let named = index.named(&mention.name, from);
                if named.is_empty() {
                    index.commands(&mention.name, from)
                } else {
                    named
                }
            }
            Form::SkillKey => index.called(Symbol::Skill, &mention.name, from),
            Form::Command => {
                let commands = index.called(Symbol::Command, &mention.name, from);
                if commands.is_empty() {
                    index.called(Symbol::Skill, &mention.name, from)
                } else {
                    commands
                }
            }
            Form::At => {
                let named = index.named(&mention.name, from);
                match mention.name.as_str().strip_prefix(AT_PREFIX) {
                    Some(bare) if named.is_empty() => index.named(&Name::new(bare), from),
                    _ => named,
                }
            }
            Form::AgentKey
            | Form::Settings
            | Form::ToolCall
            | Form::SubagentType
            | Form::Bullet
            | Form::Phrase
            | Form::Section
            | Form::Item
            | Form::Word
            | Form::Arrow
            | Form::Code
            | Form::Bold => index.named(&mention.name, from),
            Form::Bare | Form::Title => index.definitions(&mention.name, from),
        }
    }

    /// Whether a column names agents, by its heading or else by its cells.
    pub fn holds_agents(&mut self, column: u16) -> bool {
        let columns = self.facts.body.iter().flat_map(|body| &body.columns);
        let heading = columns.map(|column| column.heading).nth(column.into());
        heading.is_some_and(|heading| heading != ColumnHeading::Other)
            || self.is_agent_column(column)
    }

    /// Whether at least half of the cells of a column, and two, name known agents.
    pub fn is_agent_column(&mut self, column: u16) -> bool {
        if let Some(holds_agents) = self.columns.get(&column) {
            return *holds_agents;
        }
        let holds_agents = self.mostly_names_agents(column);
        self.columns.insert(column, holds_agents);
        holds_agents
    }

    fn mostly_names_agents(&self, column: u16) -> bool {
        let facts = self.facts;
        let Some(column_facts) = facts
            .body
            .as_ref()
            .and_then(|body| body.columns.get(usize::from(column)))
        else {
            return false;
        };
        let cells = || {
            let cells = column_facts.cells.iter().map(|cell| cell.content);
            cells.filter(|content| !content.is_empty())
        };
        let filled = cells().count();
        let known = cells()
            .filter(|content| {
                let first = facts
                    .mentions
                    .partition_point(|mention| mention.range.start < content.start);
                facts.mentions[first..]
                    .iter()
                    .take_while(|mention| content.covers(mention.range))
                    .any(|mention| {
                        matches!(mention.form, Form::Cell { .. })
                            && self.index.is_known_agent(&mention.name, self.from)
                    })
            })
            .count();
        known >= 2 && known * 2 >= filled
    }
}

impl Mention {
    /// Whether it can mean what is called by one of `names` (see [`Index::names_of`]), which are
    /// sorted.
    pub fn is_called(&self, names: &[Name]) -> bool {
        keys(self).any(|key| names.binary_search(&key).is_ok())
    }
}

/// The names under which a mention is found: whatever it can resolve to is called by one of
/// them, or lies in a file whose stem is one (see [`Index::names_of`]).
pub(super) fn keys(mention: &Mention) -> impl Iterator<Item = Name> {
    let written = mention.name.as_str();
    let bare = match mention.form {
        Form::Link | Form::Path => Name::new(last_stem(&decoded(written))),
        _ => mention
            .name
            .without_scope()
            .unwrap_or_else(|| mention.name.clone()),
    };
    let shorter = match mention.form {
        Form::Extends => Some(last_stem(written)),
        Form::HeaderKey | Form::PeerKey => written.rsplit_once('.').map(|(_, last)| last),
        Form::At => written.strip_prefix(AT_PREFIX),
        _ => None,
    };
    let shorter = shorter.map(Name::new).filter(|shorter| *shorter != bare);
    [Some(bare), shorter].into_iter().flatten()
}

impl Index {
    /// The names under which mentions of a file are found.
    pub fn names_of(&self, id: FileId) -> Vec<Name> {
        let Some(file) = self.file(id) else {
            return Vec::new();
        };
        let stem = file.path.stem();
        let mut names = vec![Name::new(stem), Name::new(without_skill(stem))];
        names.extend(file.facts.definition.as_ref().map(|d| d.name.clone()));
        names.sort_unstable();
        names.dedup();
        names
    }
}

impl Index {
    /// The name of the plugin that a file belongs to.
    pub fn plugin_name(&self, path: &FilePath) -> Option<&Name> {
        self.plugins.get(&FilePath::new(self.plugin_of(path)?))
    }
}

/// Whether a value of `extends` is a path before it is anything else.
pub(crate) fn is_relative(written: &str) -> bool {
    written.starts_with("./") || written.starts_with("../") || written.ends_with(".md")
}

/// What a path or path suffix calls the file that it leads to: its last segment without
/// extension, the marks of hosts, and `-SKILL`.
pub(crate) fn last_stem(written: &str) -> &str {
    let last = written.rsplit('/').next().unwrap_or(written);
    let stem = last.strip_suffix(".md").unwrap_or(last);
    without_skill(without_mark(stem))
}

pub(crate) fn without_skill(stem: &str) -> &str {
    stem.strip_suffix("-SKILL").unwrap_or(stem)
}

/// A path as a link may write it: `%20` is a blank.
pub(crate) fn decoded(written: &str) -> Cow<'_, str> {
    percent_decode_str(written).decode_utf8_lossy()
}

impl Index {
    /// How far a definition is from the file at `from`: 0 in the same root, 1 in the same
    /// plugin, 2 in the workspace, 3 among the user's own. Of several definitions at one distance
    /// none is meant more than the others.
    pub(crate) fn distance(&self, file: &IndexedFile, from: &FilePath) -> u8 {
        let own = self.id_of(from).and_then(|id| self.file(id));
        let is_users = own.is_some_and(|file| file.scope == Scope::User);
        let plugin = self.plugin_of(from);
        match file.scope {
            Scope::User if is_users => 0,
            Scope::User => 3,
            _ if self.root_of(&file.path) == self.root_of(from) => 0,
            _ if plugin.is_some() && self.plugin_of(&file.path) == plugin => 1,
            _ => 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::fixture::Fixture;
    use crate::text::ByteRange;

    /// Every mention that means something is drawn with the files that it means, nearest first.
    #[track_caller]
    fn check(fixture: &str) {
        let fixture = Fixture::parse(fixture);
        let index = &fixture.workspace.index;
        let mut found: Vec<(usize, ByteRange, String)> = Vec::new();
        for (at, file) in fixture.files.iter().enumerate() {
            for mention in &file.facts.mentions {
                let targets = index.resolve(mention, &file.facts, &file.path);
                let paths: Vec<&str> = targets
                    .iter()
                    .filter_map(|id| Some(index.file(*id)?.path.as_str()))
                    .collect();
                if !paths.is_empty() {
                    found.push((at, mention.range, paths.join(" ")));
                }
            }
        }
        fixture.assert_drawn(found);
    }

    #[test]
    fn a_name_in_prose_means_the_nearest_of_that_name() {
        check(
            r#"
//- /shop/.claude-plugin/plugin.json
{"name": "shop"}
//- /bank/.claude-plugin/plugin.json
{"name": "bank"}
//- /shop/agents/tax-expert.md
---
name: tax-expert
description: The tax-expert.
                 ^^^^^^^^^^ shop/agents/tax-expert.md bank/agents/money/tax-expert.md
---
Delegate to tax-expert or bank:money:tax-expert.
            ^^^^^^^^^^ shop/agents/tax-expert.md bank/agents/money/tax-expert.md
                          ^^^^^^^^^^^^^^^^^^^^^ bank/agents/money/tax-expert.md
//- /bank/agents/money/tax-expert.md
---
name: tax-expert
description: Knows.
---
Body.
"#,
        );
    }

    #[test]
    fn a_single_word_is_a_name_only_where_nothing_else_can_stand() {
        check(
            r#"
//- /.claude/agents/plan.md
---
name: plan
description: Makes a plan.
---
Make a plan, `plan`, **plan**. Use the plan agent, or @plan.
                                       ^^^^ .claude/agents/plan.md
                                                       ^^^^ .claude/agents/plan.md

| Delegate To | Step |
|---|---|
| plan | plan |
  ^^^^ .claude/agents/plan.md
"#,
        );
    }

    #[test]
    fn a_name_in_title_case_is_compared_exactly() {
        check(
            r#"
//- /.github/agents/ux.agent.md
---
name: UX Architect
description: Draws.
---
Ask UX Architect, not the Ux Architect.
    ^^^^^^^^^^^^ .github/agents/ux.agent.md
"#,
        );
    }

    #[test]
    fn hyphens_are_one_and_plain_words_with_hyphens_mean_nobody() {
        check(
            "
//- /.claude/agents/powershell-5.1-expert.md
---
name: powershell-5.1-expert
description: Knows.
---
Plan disaster-recovery and capacity-planning with powershell\u{2011}5.1\u{2011}expert.
                                                  ^^^^^^^^^^^^^^^^^^^^^^^^^ .claude/agents/powershell-5.1-expert.md
",
        );
    }

    #[test]
    fn a_scope_is_a_plugin_or_a_folder_above() {
        check(
            r#"
//- /bank/.claude-plugin/plugin.json
{"name": "bank"}
//- /bank/commands/till/count.md
Counts money.
//- /.claude/commands/stock/count.md
Counts crates.
//- /.claude/commands/till/count.md
Counts notes.
//- /notes.md
Run /stock:count, /till:count, /bank:till:count or /left:count.
     ^^^^^^^^^^^ .claude/commands/stock/count.md
                   ^^^^^^^^^^ .claude/commands/till/count.md bank/commands/till/count.md
                                ^^^^^^^^^^^^^^^ bank/commands/till/count.md
                                                    ^^^^^^^^^^ .claude/commands/stock/count.md .claude/commands/till/count.md bank/commands/till/count.md
"#,
        );
    }

    #[test]
    fn the_name_of_the_file_is_enough_where_a_mark_sets_it_off() {
        check(
            "
//- /.claude/agents/tax-expert.md
---
name: money-expert
description: Knows.
---
See `tax-expert`, **tax-expert**, @tax-expert and @agent-tax-expert, not tax-expert.
     ^^^^^^^^^^ .claude/agents/tax-expert.md
                    ^^^^^^^^^^ .claude/agents/tax-expert.md
                                   ^^^^^^^^^^ .claude/agents/tax-expert.md
                                                   ^^^^^^^^^^^^^^^^ .claude/agents/tax-expert.md
",
        );
    }

    #[test]
    fn commands_and_skills_are_found_by_their_slash() {
        check(
            "
//- /.claude/commands/count.md
Run /count, then /stock-take; a count, the stock-take.
     ^^^^^ .claude/commands/count.md
                  ^^^^^^^^^^ .claude/skills/stock-take/SKILL.md
//- /.claude/skills/stock-take/SKILL.md
---
name: stock-take
description: Takes stock.
---
Body.
",
        );
    }
}
