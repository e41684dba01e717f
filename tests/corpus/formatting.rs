//! Every file formatted: it says what it said, and formatting it again changes nothing.

use agentls_analysis::agent::{Form, SourceFile};
use agentls_analysis::edit;
use agentls_analysis::features::formatting::{Options, format};
use agentls_analysis::loading::Verdict;
use agentls_analysis::syntax::document::Document;
use rayon::prelude::*;

use crate::features::workspace;
use crate::{corpus, name, repositories};

#[test]
fn every_formatted_file_says_what_it_said() {
    let Some(corpus) = corpus() else { return };
    let options = Options { sort_keys: true };
    let mut changed = 0;
    for repository in repositories(&corpus) {
        let (_, sources) = workspace(&repository);
        let count = sources.par_iter().filter(|before| {
            let path = format!("{}/{}", name(&repository), before.path);
            let edits = format(before, None, &options);
            let text = edit::apply(&before.source, &edits);
            let mut document = Document::new(&text);
            let reading = &before.facts.reading;
            let after = SourceFile::new(before.id, before.path.clone(), &mut document, reading);
            assert_eq!(said(&after), said(before), "{path}");
            assert_eq!(format(&after, None, &options), [], "{path}");
            !edits.is_empty()
        });
        changed += count.count();
    }
    eprintln!("{changed} files change when they are formatted");
    assert!(changed > 0, "nothing is formatted");
}

/// The verdict and the values of the header, the cells of tables, what is mentioned, and the
/// text without blanks, dashes and marks of tables, in no order.
type Said = (
    Verdict,
    Vec<String>,
    Vec<String>,
    Vec<(Form, String)>,
    Vec<u8>,
);

fn said(file: &SourceFile) -> Said {
    let (facts, source) = (&file.facts, &*file.source);
    let mut values: Vec<String> = Vec::new();
    for entry in facts.header.iter().flat_map(|header| &header.entries) {
        values.push(format!("{} {:?}", entry.key, entry.value.without_places()));
    }
    values.sort();
    let outline = file.outline.as_ref().unwrap();
    let mut cells = Vec::new();
    for table in &outline.blocks.tables {
        for row in std::iter::once(&table.header).chain(&table.rows) {
            let row = row.cells.iter().map(|cell| cell.content.of(source));
            let row: Vec<&str> = row.collect();
            cells.push(row.join("\n").trim_end().to_owned());
        }
    }
    let named = |mention: &agentls_analysis::agent::Mention| {
        (mention.form, mention.name.as_str().to_owned())
    };
    let mut mentions: Vec<_> = facts.mentions.iter().map(named).collect();
    mentions.sort();
    let is_text = |byte: &u8| !matches!(byte, b' ' | b'\t' | b'|' | b'-');
    let mut text: Vec<u8> = source.bytes().filter(is_text).collect();
    text.sort_unstable();
    (facts.loading.verdict, values, cells, mentions, text)
}
