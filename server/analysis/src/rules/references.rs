//! Names that point nowhere, or back to where they stand.

mod mend;
#[cfg(test)]
mod tests;

use rustc_hash::FxHashSet;

use mend::Mender;

use super::{Report, Rule, Severity, rule};
use crate::agent::{ColumnHeading, Form, Mention, Name, Symbol, name};
use crate::host::{self, Hosts, Reach};
use crate::index::{FileId, Resolver, extends};
use crate::limits;
use crate::path::FilePath;
use crate::text::ByteRange;

/// `extends` names nothing.
pub(super) const BROKEN_EXTENDS: Rule = rule!("broken-extends", Severity::Error);
/// A chain of `extends` that returns to itself.
pub(super) const EXTENDS_CYCLE: Rule = rule!("extends-cycle", Severity::Error);
/// A mention that names no agent. How grave it is depends on its form.
pub(super) const UNKNOWN_AGENT: Rule = rule!("unknown-agent", Severity::Warning);
/// A link in prose to a markdown file that does not exist.
pub(super) const BROKEN_LINK: Rule = rule!("broken-link", Severity::Hint);

/// An agent that gives work to itself.
pub(super) const SELF_DELEGATION: Rule = rule!("self-delegation", Severity::Hint);
/// A value of `skills` that names no skill of this workspace. Skills often live elsewhere.
pub(super) const UNKNOWN_SKILL: Rule = rule!("unknown-skill", Severity::Hint, false);

/// How many neighbours in the order of names are compared for "did you mean".
const NEIGHBOURS: usize = 64;

pub(super) fn check(report: &mut Report<'_>) {
    let facts = &report.file.facts;
    let mut resolver = report.workspace.index.resolver(facts, &report.file.path);
    let mender = Mender::new(report.workspace, report.file);
    for mention in &facts.mentions {
        match mention.form {
            Form::Extends => continue,
            Form::Link => link(report, &mender, mention),
            Form::SkillKey => skill(report, mention),
            Form::HeaderKey | Form::Cell { .. } => to_itself(report, mention),
            _ => {}
        }
        if let Some(severity) = severity(report, mention, &mut resolver) {
            unknown(report, &mender, mention, severity);
        }
    }
    for mention in extends(facts) {
        above(report, &mender, mention);
    }
}

/// How grave it is when this mention names nobody; `None` where its form is too weak to say.
fn severity(
    report: &Report<'_>,
    mention: &Mention,
    resolver: &mut Resolver<'_>,
) -> Option<Severity> {
    let written = last_part(mention);
    match mention.form {
        Form::ToolCall => name::is_word(written).then_some(Severity::Warning),
        // Without quotes it may as well be a variable or a word of the sentence.
        Form::SubagentType => {
            let is_quoted =
                report.source()[..mention.range.start as usize].ends_with(['"', '\'', '`']);
            (name::is_kebab(written) || (is_quoted && name::is_word(written)))
                .then_some(Severity::Warning)
        }
        Form::HeaderKey | Form::PeerKey => Some(Severity::Warning),
        Form::AgentKey => {
            (name::is_kebab(written) && name::has_role_noun(written)).then_some(Severity::Warning)
        }
        Form::Cell { column, whole } => {
            let facts = &report.file.facts;
            let heading = facts
                .body
                .as_ref()?
                .columns
                .get(usize::from(column))?
                .heading;
            if !whole || !name::is_kebab(written) {
                return None;
            }
            if heading == ColumnHeading::Delegation {
                return Some(Severity::Warning);
            }
            let holds_agents = name::has_role_noun(written) && resolver.is_agent_column(column);
            holds_agents.then_some(Severity::Information)
        }
        Form::Bullet | Form::Phrase | Form::Section | Form::Item => {
            if !name::has_role_noun(written) || is_in_fence(report, mention) {
                return None;
            }
            Some(match mention.form {
                Form::Item => Severity::Hint,
                _ => Severity::Information,
            })
        }
        _ => None,
    }
}

/// What `plugin:folder:agent` calls the agent.
fn last_part(mention: &Mention) -> &str {
    let written = mention.name.as_str();
    written.rsplit(':').next().unwrap_or(written)
}

fn is_in_fence(report: &Report<'_>, mention: &Mention) -> bool {
    report.file.facts.body.as_ref().is_some_and(|body| {
        let after = body
            .fences
            .partition_point(|fence| fence.range.start <= mention.range.start);
        body.fences[..after]
            .last()
            .is_some_and(|fence| fence.range.covers(mention.range))
    })
}

fn unknown(report: &mut Report<'_>, mender: &Mender<'_>, mention: &Mention, severity: Severity) {
    let index = &report.workspace.index;
    let file = report.file;
    let written = mention.name.as_str();
    // Of the agents of a plugin that is not here nothing is known.
    let is_known = match mention.name.scope() {
        Some(plugin) => {
            !index.has_plugin(plugin)
                || index.is_in_named_plugin(plugin, &Name::new(last_part(mention)))
        }
        None => Symbol::ALL
            .iter()
            .any(|symbol| !index.called(*symbol, &mention.name, &file.path).is_empty()),
    };
    if is_known
        || name::is_placeholder(written)
        || report.settings.known_agents().contains(written)
        || Hosts::builtin().builtin_agent(written).is_some()
        || (matches!(mention.form, Form::HeaderKey | Form::PeerKey)
            && !index.commands(&mention.name, &file.path).is_empty())
        || index.is_part_of_agent(written)
        || is_optional(report.source(), mention.range)
    {
        return;
    }
    let is_prose = severity != Severity::Warning;
    if let Some(other) = index.misnamed(&mention.name, &file.path).first().copied() {
        if !is_prose || matches!(mention.form, Form::Cell { .. }) {
            misnamed(report, mention, other);
        }
        return;
    }
    let meant = closest(report, written);
    let message = match &meant {
        Some(closest) => format!("No agent is called `{written}`. Did you mean `{closest}`?"),
        None if is_prose => format!("Nothing in this workspace is called `{written}`."),
        None if !mention.form.is_delegation() => format!(
            "No agent is called `{written}`, so this refers to nothing. Create it, or name another."
        ),
        None => format!(
            "No agent is called `{written}`: work given to it goes nowhere. Create it, or name another."
        ),
    };
    report
        .add_as(&UNKNOWN_AGENT, severity, mention.range, message)
        .fix(|| meant.map(|meant| mend::rename(mention, &meant)))
        .fix(|| mender.create_agent(mention));
}

/// A value of `skills` that names nothing.
fn skill(report: &mut Report<'_>, mention: &Mention) {
    let index = &report.workspace.index;
    let written = mention.name.as_str();
    let is_elsewhere = mention
        .name
        .scope()
        .is_some_and(|plugin| !index.has_plugin(plugin));
    if is_elsewhere
        || name::is_placeholder(written)
        || !index
            .called(Symbol::Skill, &mention.name, &report.file.path)
            .is_empty()
    {
        return;
    }
    let message = format!(
        "No skill of this workspace is called `{written}`: unless it is installed elsewhere, it is left out."
    );
    report.add(&UNKNOWN_SKILL, mention.range, message);
}

/// An agent that names itself where work is given away.
fn to_itself(report: &mut Report<'_>, mention: &Mention) {
    let facts = &report.file.facts;
    let Some(own) = facts.agent() else {
        return;
    };
    let gives_work = match mention.form {
        Form::Cell { column, whole } => {
            let columns = facts.body.iter().flat_map(|body| &body.columns);
            let heading = columns.map(|column| column.heading).nth(column.into());
            whole && heading == Some(ColumnHeading::Delegation)
        }
        _ => true,
    };
    if !gives_work || mention.name != own.name {
        return;
    }
    let message = format!(
        "This is `{}` itself: it cannot give its work to itself. Name another agent, or take the entry out.",
        own.name
    );
    report.add(&SELF_DELEGATION, mention.range, message);
}

/// A link that leads nowhere. What lies outside the workspace is not known.
fn link(report: &mut Report<'_>, mender: &Mender<'_>, mention: &Mention) {
    let file = report.file;
    let written = mention.name.as_str();
    let is_outside = FilePath::resolve(file.path.folder(), written).is_none();
    if is_outside
        || name::is_placeholder(written)
        || !report
            .workspace
            .index
            .path_targets(mention, &file.path)
            .is_empty()
        || is_optional(report.source(), mention.range)
    {
        return;
    }
    let message = format!("No file of this workspace is at `{written}`: the link leads nowhere.");
    report
        .add(&BROKEN_LINK, mention.range, message)
        .fixes(|| mender.other_paths(mention));
}

/// The name is that of a file whose agent is called otherwise.
fn misnamed(report: &mut Report<'_>, mention: &Mention, other: FileId) {
    let index = &report.workspace.index;
    let Some((target, definition)) = index.file(other).zip(index.agent(other)) else {
        return;
    };
    if !Hosts::builtin().goes_by_name(target.facts.kind) || definition.name_range.is_empty() {
        return;
    }
    let message = format!(
        "`{}` is the name of the file; its agent is called `{}`, and that is the name to use.",
        mention.name, definition.name
    );
    let range = definition.name_range;
    let name = definition.name.to_string();
    report
        .add_as(&UNKNOWN_AGENT, Severity::Hint, mention.range, message)
        .fix(|| Some(mend::rename(mention, &name)))
        .related(other, range, "the agent's name");
}

/// How far from a name, in bytes, its line is read to learn whether the agent may be missing.
const MAX_LINE: usize = 4096;

/// Whether the rest of the line says that the agent may not be there, or stands for another.
fn is_optional(source: &str, range: ByteRange) -> bool {
    let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let bytes = source.as_bytes();
    let (from, to) = (range.start as usize, range.end as usize);
    let first = from.saturating_sub(MAX_LINE);
    let last = bytes.len().min(to + MAX_LINE);
    let start = bytes[first..from]
        .iter()
        .rposition(is_end)
        .map(|at| first + at + 1)
        .or((first == 0).then_some(0));
    let end = bytes[to..last]
        .iter()
        .position(is_end)
        .map(|at| to + at)
        .or((last == bytes.len()).then_some(last));
    let Some((start, end)) = start.zip(end) else {
        return false;
    };
    [&source[start..from], &source[to..end]].iter().any(|part| {
        let part = part.to_lowercase();
        [
            "if available",
            "if installed",
            "if present",
            "optional",
            "plugin",
            "example",
            "e.g.",
        ]
        .iter()
        .any(|words| part.contains(words))
    })
}

/// The agent whose name is at most two edits away, among the neighbours in the order of
/// names: a typo is late in the word more often than not, and the whole index is too many.
fn closest(report: &Report<'_>, written: &str) -> Option<String> {
    let candidates = report.workspace.index.neighbours(written, NEIGHBOURS);
    host::closest(
        written,
        candidates.iter().map(|name| name.as_str()),
        Reach::Far,
    )
    .map(str::to_owned)
}

fn above(report: &mut Report<'_>, mender: &Mender<'_>, mention: &Mention) {
    let index = &report.workspace.index;
    let file = report.file;
    let targets = index.extends_targets(&mention.name, &file.path);
    let Some(target) = targets.first().copied() else {
        if name::is_placeholder(mention.name.as_str())
            || report
                .settings
                .known_agents()
                .contains(mention.name.as_str())
        {
            return;
        }
        let written = mention.name.as_str();
        let looks_like_path = written.contains('/') || written.ends_with(".md");
        let meant = closest(report, written).filter(|_| !looks_like_path);
        let message = match &meant {
            Some(closest) => format!(
                "`extends` names no agent: there is no `{written}`. Did you mean `{closest}`?"
            ),
            None if looks_like_path => format!(
                "`extends` points nowhere: no file of this workspace has a path that ends in `{written}`."
            ),
            None => format!(
                "`extends` names no agent: nothing in this workspace is called `{written}`."
            ),
        };
        report
            .add(&BROKEN_EXTENDS, mention.range, message)
            .fix(|| meant.map(|meant| mend::rename(mention, &meant)))
            .fix(|| mender.create_base(mention));
        return;
    };
    let mut chain = vec![(file.id, mention.range)];
    if !returns(report, target, &mut chain, &mut FxHashSet::default()) {
        return;
    }
    let names: Vec<String> = chain
        .iter()
        .filter_map(|(id, _)| {
            let file = index.file(*id)?;
            Some(
                file.facts
                    .agent()
                    .map_or_else(|| file.path.to_string(), |d| d.name.to_string()),
            )
        })
        .collect();
    let first = names.first().cloned().unwrap_or_default();
    let message = format!(
        "This chain of `extends` never ends: {} -> {first}. Break it at one of its links.",
        names.join(" -> ")
    );
    let mut added = report.add(&EXTENDS_CYCLE, mention.range, message);
    for (id, range) in chain.into_iter().skip(1) {
        added = added.related(id, range, "a link of the chain");
    }
}

/// Whether the chain that goes on at `id` comes back to where it began; then `chain` holds
/// every link of it. Each call adds a link, so the limit bounds the recursion; `seen` are the
/// files that were already tried, so that many ways to the same file cost no more than one.
fn returns(
    report: &Report<'_>,
    id: FileId,
    chain: &mut Vec<(FileId, ByteRange)>,
    seen: &mut FxHashSet<FileId>,
) -> bool {
    let index = &report.workspace.index;
    let Some(start) = chain.first().map(|(start, _)| *start) else {
        return false;
    };
    if id == start {
        return true;
    }
    if chain.len() >= limits::MAX_EXTENDS_DEPTH || !seen.insert(id) {
        return false;
    }
    let Some(file) = index.file(id) else {
        return false;
    };
    for mention in extends(&file.facts) {
        if let Some(next) = index.extends_targets(&mention.name, &file.path).first() {
            chain.push((id, mention.range));
            if returns(report, *next, chain, seen) {
                return true;
            }
            chain.pop();
        }
    }
    false
}
