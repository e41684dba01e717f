//! Whether each header loads, against what a model of the host says.

use std::collections::BTreeMap;
use std::fs;

use agentls_analysis::host::Parsing;
use agentls_analysis::loading::{Verdict, loading_by};
use agentls_analysis::syntax::frontmatter;

use crate::{beside, corpus};

/// Where ours is another verdict: the file, what the model says, what we say, and why the file
/// shows that the host does as we say.
const DIFFERENT: &[(&str, &str, &str, &str)] = &[
    (
        "github__awesome-copilot/agents/elasticsearch-observability.agent.md",
        "loads",
        "dropped",
        "A comment in the header starts with `# ---`. The first three dashes end the header \
         wherever they stand, so it ends inside a mapping that is not complete.",
    ),
    (
        "vijaythecoder__awesome-claude-agents/agents/universal/frontend-developer.md",
        "dropped",
        "loads",
        "The header is closed by a line of many dashes. Its first three end the header, what is \
         above them parses, and the other dashes begin the prompt.",
    ),
];

#[test]
fn every_header_loads_as_the_host_loads_it() {
    let Some(corpus) = corpus() else { return };
    let Some(expected) = beside(&corpus, "facts/verdicts.tsv") else {
        return;
    };
    let expected = fs::read_to_string(expected).unwrap();
    let mut compared = 0;
    let mut different = BTreeMap::new();
    for line in expected.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [path, _kind, expected, ..] = fields[..] else {
            panic!("not a verdict: {line:?}");
        };
        let source = fs::read_to_string(corpus.join(path)).unwrap();
        let header = frontmatter::scan(&source);
        let ours = word(loading_by(Parsing::Requotes, &source, header.as_ref()).verdict);
        if ours != expected {
            different.insert(path.to_owned(), (expected.to_owned(), ours));
        }
        compared += 1;
    }
    eprintln!("{compared} verdicts compared");
    let explained = DIFFERENT
        .iter()
        .map(|(path, expected, ours, _)| ((*path).to_owned(), ((*expected).to_owned(), *ours)))
        .collect();
    assert_eq!(different, explained);
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Loads => "loads",
        Verdict::Requoted => "requoted",
        Verdict::Dropped => "dropped",
        Verdict::None => "none",
        Verdict::Unclosed => "unclosed",
        Verdict::Late => "late",
    }
}
