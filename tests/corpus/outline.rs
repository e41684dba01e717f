//! The shape of every file: each answer holds together.

use agentls_analysis::agent::SourceFile;
use agentls_analysis::features::document_symbol::{DocumentSymbol, document_symbols};
use agentls_analysis::features::folding::folds;
use agentls_analysis::features::selection_range::selection_ranges;
use agentls_analysis::features::semantic_tokens::semantic_tokens;
use agentls_analysis::index::Workspace;
use agentls_analysis::text::ByteRange;
use rayon::prelude::*;

use crate::features::{boundaries, sample, workspace};
use crate::{corpus, is_valid, name, repositories};

#[test]
fn symbols_folds_selections_and_tokens_hold_together_in_every_file() {
    let Some(corpus) = corpus() else { return };
    let mut counts = [0; 4];
    for repository in repositories(&corpus) {
        let (workspace, sources) = workspace(&repository);
        let found: Vec<_> = sources
            .par_iter()
            .map(|file| {
                let repository = name(&repository);
                let problem = |problem| panic!("{repository}/{}: {problem}", file.path);
                check(&workspace, file).unwrap_or_else(problem)
            })
            .collect();
        for file in found {
            for (sum, count) in counts.iter_mut().zip(file) {
                *sum += count;
            }
        }
    }
    let [symbols, folds, steps, tokens] = counts;
    eprintln!("{symbols} symbols, {folds} folds, {steps} steps of selections, {tokens} tokens");
    assert!(counts.iter().all(|count| *count > 0), "nobody answers");
}

#[test]
fn a_file_that_nobody_edits_says_what_an_open_one_says() {
    let Some(corpus) = corpus() else { return };
    let mut compared = 0;
    for repository in repositories(&corpus) {
        let (_, sources) = workspace(&repository);
        compared += sources.len();
        sources.par_iter().for_each(|open| {
            let (path, reading) = (open.path.clone(), &open.facts.reading);
            let closed = SourceFile::parse(open.id, path, &open.source, reading);
            let place = format!("{}/{}", name(&repository), open.path);
            assert_eq!(open.facts, closed.facts, "{place}");
            assert_eq!(open.python, closed.python, "{place}");
        });
    }
    eprintln!("{compared} files compared");
    assert!(compared > 0, "nothing to compare");
}

/// How many symbols, folds, steps of selections and tokens a file has; else what is wrong.
fn check(workspace: &Workspace, file: &SourceFile) -> Result<[usize; 4], String> {
    let text = &*file.source;
    let symbols = check_symbols(&document_symbols(file), ByteRange::new(0, text.len()), text)?;

    let folds = folds(file, None);
    let is_good = |range: ByteRange| is_valid(range, text) && range.of(text).contains(['\n', '\r']);
    if let Some(fold) = folds.iter().find(|fold| !is_good(fold.range)) {
        return Err(format!("{fold:?} is no fold"));
    }

    let mut steps = 0;
    for offset in sample(&boundaries(text), file.path.as_str()) {
        let ranges = selection_ranges(file, offset);
        let grows = |pair: &[ByteRange]| pair[1].covers(pair[0]) && pair[1] != pair[0];
        let is_good = |range: &ByteRange| is_valid(*range, text) && range.touches(offset);
        if ranges.is_empty() || !ranges.iter().all(is_good) || !ranges.windows(2).all(grows) {
            return Err(format!("a selection at {offset} grows to {ranges:?}"));
        }
        steps += ranges.len();
    }

    let tokens = semantic_tokens(workspace, file);
    let is_good = |range: ByteRange| {
        is_valid(range, text) && !range.is_empty() && !range.of(text).contains(['\n', '\r'])
    };
    if let Some(token) = tokens.iter().find(|token| !is_good(token.range)) {
        return Err(format!("{token:?} is no token"));
    }
    if let Some(pair) = tokens
        .windows(2)
        .find(|pair| pair[0].range.end > pair[1].range.start)
    {
        return Err(format!("{pair:?} overlap"));
    }
    Ok([symbols, folds.len(), steps, tokens.len()])
}

fn check_symbols(
    symbols: &[DocumentSymbol],
    around: ByteRange,
    text: &str,
) -> Result<usize, String> {
    let mut count = symbols.len();
    for symbol in symbols {
        let is_good = is_valid(symbol.range, text)
            && around.covers(symbol.range)
            && symbol.range.covers(symbol.selection_range)
            && !symbol.name.is_empty();
        if !is_good {
            return Err(format!("{symbol:?} is no symbol of {around:?}"));
        }
        count += check_symbols(&symbol.children, symbol.range, text)?;
    }
    Ok(count)
}
