//! The team of every repository: what is said from one end is said from the other.

use std::collections::BTreeSet;

use agentls_analysis::agent::SourceFile;
use agentls_analysis::features::call_hierarchy::{incoming, outgoing};
use agentls_analysis::features::code_lens::{self, LensKind, code_lenses};
use agentls_analysis::features::inlay_hints::{self, inlay_hints};
use agentls_analysis::features::type_hierarchy::{subtypes, supertypes};
use agentls_analysis::features::workspace_symbols::workspace_symbols;
use agentls_analysis::index::{FileId, Workspace};
use agentls_analysis::limits::MAX_WORKSPACE_SYMBOLS;
use agentls_analysis::text::ByteRange;
use rayon::prelude::*;

use crate::features::workspace;
use crate::{corpus, is_valid, name, repositories};

/// From whom to whom.
type Pair = (FileId, FileId);

/// A delegation and the name that makes it.
type Call = (Pair, ByteRange);

/// What is said from one end.
#[derive(Default, PartialEq, Eq)]
struct Said {
    calls: BTreeSet<Call>,
    extends: BTreeSet<Pair>,
}

#[test]
fn callers_and_callees_bases_and_heirs_are_each_others_inverse() {
    let Some(corpus) = corpus() else { return };
    let (mut calls, mut extends, mut hints) = (0, 0, 0);
    for repository in repositories(&corpus) {
        let (workspace, sources) = workspace(&repository);
        let found: Vec<_> = sources
            .par_iter()
            .map(|file| {
                hold_together(&workspace, file)
                    .unwrap_or_else(|problem| panic!("{}: {problem}", file.path))
            })
            .collect();
        let (mut from_below, mut from_above) = (Said::default(), Said::default());
        for (below, above, count) in found {
            from_below.calls.extend(below.calls);
            from_below.extends.extend(below.extends);
            from_above.calls.extend(above.calls);
            from_above.extends.extend(above.extends);
            hints += count;
        }
        let repository = name(&repository);
        assert!(from_below == from_above, "the ends differ in {repository}");
        calls += from_below.calls.len();
        extends += from_below.extends.len();

        let symbols = workspace_symbols(std::slice::from_ref(&workspace), "");
        let defined = |file: &&SourceFile| file.facts.definition.is_some();
        let expected = sources.iter().filter(defined).count();
        assert_eq!(symbols.len(), expected.min(MAX_WORKSPACE_SYMBOLS));
    }
    eprintln!("{calls} delegations, {extends} extensions, {hints} hints");
    assert!(calls > 0 && hints > 0, "nobody answers");
}

/// What a file says of those that it names, what it says of those that name it, and how many
/// hints it has; else what is wrong.
fn hold_together(workspace: &Workspace, file: &SourceFile) -> Result<(Said, Said, usize), String> {
    let id = file.id;
    let (mut below, mut above) = (Said::default(), Said::default());
    for call in outgoing(workspace, id) {
        for range in call.ranges {
            below.calls.insert(((id, call.item.target.file), range));
        }
    }
    let callers = incoming(workspace, id);
    for call in &callers {
        for range in &call.ranges {
            above.calls.insert(((call.item.target.file, id), *range));
        }
    }
    let bases = supertypes(workspace, id);
    below
        .extends
        .extend(bases.iter().map(|base| (id, base.target.file)));
    let heirs = subtypes(workspace, id);
    above
        .extends
        .extend(heirs.iter().map(|heir| (heir.target.file, id)));

    let options = code_lens::Options {
        references: true,
        extended_by: true,
        delegated_to: true,
    };
    for lens in code_lenses(workspace, file, &options) {
        let expected = match lens.kind {
            LensKind::References => continue,
            LensKind::ExtendedBy => heirs.len(),
            LensKind::DelegatedTo => callers.len(),
        };
        if lens.count != expected || !is_valid(lens.range, &file.source) {
            return Err(format!("{lens:?}, but there are {expected}"));
        }
    }
    let options = inlay_hints::Options {
        inherited: true,
        model: true,
    };
    let all = ByteRange::new(0, file.source.len());
    let hints = inlay_hints(workspace, file, all, &options);
    let is_lost = |hint: &&inlay_hints::InlayHint| {
        hint.label.is_empty() || !is_valid(ByteRange::empty(hint.offset), &file.source)
    };
    match hints.iter().find(is_lost) {
        Some(hint) => Err(format!("{hint:?} cannot be shown")),
        None => Ok((below, above, hints.len())),
    }
}
