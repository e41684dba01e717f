//! Code actions: ways to mend findings, to silence and to understand them, and refactorings.

mod fix_all;
mod silence;
#[cfg(test)]
mod tests;

pub use fix_all::{Extent, fix_all};

use super::refactor;
use crate::agent::SourceFile;
use crate::index::Workspace;
use crate::rules::{self, Finding, NewFile};
use crate::text::{ByteRange, TextEdit};

/// What can be done at a place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodeActions {
    /// What is wrong with the file.
    pub findings: Vec<Finding>,
    /// What can be done, the nearest to hand first.
    pub actions: Vec<CodeAction>,
}

/// Something that can be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeAction {
    /// What sort of thing it is.
    pub kind: Kind,
    /// What it does, as a command.
    pub title: String,
    /// What it does.
    pub effect: Effect,
    /// Whether it is the one right answer.
    pub is_preferred: bool,
    /// What it is about, as places in [`CodeActions::findings`].
    pub about: Vec<usize>,
}

/// The sorts of actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// It is about a finding.
    QuickFix,
    /// It makes another file of what is here.
    Extract,
    /// It says the same in another way, or more.
    Rewrite,
    /// It mends all that can be mended without a person.
    FixAll,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 4] = [Kind::QuickFix, Kind::Extract, Kind::Rewrite, Kind::FixAll];
}

/// What an action does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It changes the file, and may make another.
    Change(Change),
    /// It changes what [`fix_all`] says.
    FixAll(Extent),
    /// It shows the page of a rule.
    Explain(&'static str),
}

/// A change of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Edits in the order of the text; they never overlap.
    pub edits: Vec<TextEdit>,
    /// A file that is made.
    pub create: Option<NewFile>,
}

/// Most bytes of text that are read anew, for one request, to find ways to silence what is found:
/// editors ask at every move of the cursor.
const MAX_TRIED_BYTES: usize = 512 * 1024;

/// Most findings under a range for which ways to silence them are sought: each way is tried.
const MAX_SILENCED: usize = 4;

/// What of the `wanted` kinds can be done where `range` (bytes) is.
pub fn code_actions(
    workspace: &Workspace,
    file: &SourceFile,
    range: ByteRange,
    wanted: &[Kind],
) -> CodeActions {
    let mut found = CodeActions::default();
    let is_wanted = |kind| wanted.contains(&kind);
    if is_wanted(Kind::QuickFix) || is_wanted(Kind::FixAll) {
        found.findings = rules::check(workspace, file);
    }
    let touched: Vec<usize> = (0..found.findings.len())
        .filter(|at| touches(found.findings[*at].range, range))
        .collect();
    if is_wanted(Kind::QuickFix) {
        found.mend(&touched);
        found.mend_all(&touched);
    }
    for refactoring in refactor::refactorings(workspace, file, range) {
        if is_wanted(refactoring.kind) && !found.makes(&refactoring.effect) {
            found.actions.push(refactoring);
        }
    }
    if is_wanted(Kind::QuickFix) {
        found.silence(workspace, file, &touched);
        found.explain(&touched);
    }
    if is_wanted(Kind::FixAll)
        && found
            .findings
            .iter()
            .any(|it| fix_all::of(it, Extent::Safe).is_some())
    {
        found.actions.push(CodeAction {
            kind: Kind::FixAll,
            title: "Fix all that is safe to fix".to_owned(),
            effect: Effect::FixAll(Extent::Safe),
            is_preferred: false,
            about: Vec::new(),
        });
    }
    found
}

impl CodeActions {
    /// The fixes of the findings at `touched`.
    fn mend(&mut self, touched: &[usize]) {
        for at in touched {
            let mut preferred = false;
            for fix in &self.findings[*at].fixes {
                self.actions.push(CodeAction {
                    kind: Kind::QuickFix,
                    title: fix.title.clone(),
                    effect: Effect::Change(Change {
                        edits: fix.edits.clone(),
                        create: fix.create.clone(),
                    }),
                    is_preferred: fix.is_preferred && !preferred,
                    about: vec![*at],
                });
                preferred |= fix.is_preferred;
            }
        }
    }

    /// For each rule at `touched` that has found more in this file: all of it at once.
    fn mend_all(&mut self, touched: &[usize]) {
        for (rule, about) in self.by_rule(touched) {
            let extent = Extent::Rule(rule);
            let mendable = self
                .findings
                .iter()
                .filter(|it| fix_all::of(it, extent).is_some());
            if mendable.count() > 1 {
                self.actions.push(CodeAction {
                    kind: Kind::QuickFix,
                    title: format!("Fix all {rule} problems in this file"),
                    effect: Effect::FixAll(extent),
                    is_preferred: false,
                    about,
                });
            }
        }
    }

    fn silence(&mut self, workspace: &Workspace, file: &SourceFile, touched: &[usize]) {
        if touched.len() > MAX_SILENCED {
            return;
        }
        let mut room = MAX_TRIED_BYTES;
        for (rule, about) in self.by_rule(touched) {
            let on_line = about.iter().find_map(|at| {
                let edits = silence::line(
                    workspace,
                    file,
                    &self.findings,
                    &self.findings[*at],
                    &mut room,
                )?;
                Some((format!("Disable {rule} for this line"), edits))
            });
            let in_file = silence::file(workspace, file, &self.findings, rule, &mut room)
                .map(|edits| (format!("Disable {rule} in this file"), edits));
            for (title, edits) in on_line.into_iter().chain(in_file) {
                self.actions.push(CodeAction {
                    kind: Kind::QuickFix,
                    title,
                    effect: Effect::Change(Change {
                        edits,
                        create: None,
                    }),
                    is_preferred: false,
                    about: about.clone(),
                });
            }
        }
    }

    fn explain(&mut self, touched: &[usize]) {
        for (rule, about) in self.by_rule(touched) {
            self.actions.push(CodeAction {
                kind: Kind::QuickFix,
                title: format!("Explain {rule}"),
                effect: Effect::Explain(rule),
                is_preferred: false,
                about,
            });
        }
    }

    /// The findings at `touched`, those of one rule together.
    fn by_rule(&self, touched: &[usize]) -> Vec<(&'static str, Vec<usize>)> {
        let mut rules: Vec<(&'static str, Vec<usize>)> = Vec::new();
        for at in touched {
            let rule = self.findings[*at].rule;
            match rules.iter_mut().find(|(known, _)| *known == rule) {
                Some((_, about)) => about.push(*at),
                None => rules.push((rule, vec![*at])),
            }
        }
        rules
    }

    /// Whether some action makes the file already that `effect` makes.
    fn makes(&self, effect: &Effect) -> bool {
        let made = |effect: &Effect| match effect {
            Effect::Change(change) => change.create.as_ref().map(|file| file.path.clone()),
            _ => None,
        };
        let file = made(effect);
        file.is_some() && self.actions.iter().any(|it| made(&it.effect) == file)
    }
}

fn touches(one: ByteRange, other: ByteRange) -> bool {
    one.start <= other.end && other.start <= one.end
}
