use proptest::prelude::*;

use super::*;
use crate::syntax::frontmatter;
use crate::syntax::list::{self, ListStyle};
use crate::syntax::yaml::Value;

/// A file with `lines` as its header, with each line end and with a byte order mark.
fn files(lines: &str) -> Vec<String> {
    let source = format!("---\n{lines}\n---\nBody.\n");
    vec![
        source.replace('\n', "\r\n"),
        source.replace('\n', "\r"),
        format!("\u{feff}{source}"),
        source,
    ]
}

/// What each header holds after an edit: `key: text` lines, joined.
fn shown(source: &str) -> String {
    let header = frontmatter::scan(source).expect("a header");
    let mut out = Vec::new();
    for entry in &header.entries {
        assert!(entry.error.is_none(), "{source:?}");
        out.push(format!("{}: {}", entry.key, value(&entry.value)));
    }
    out.join("\n")
}

fn value(node: &Node) -> String {
    match &node.value {
        Value::Empty => "nothing".into(),
        Value::Scalar(scalar) => format!("{:?}", scalar.text),
        Value::Sequence { items, .. } => {
            let items: Vec<_> = items.iter().map(value).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Mapping { pairs, .. } => {
            let pairs: Vec<_> = pairs
                .iter()
                .map(|(key, it)| format!("{}: {}", value(key), value(it)))
                .collect();
            format!("{{{}}}", pairs.join(", "))
        }
        Value::Alias => "alias".into(),
    }
}

type Edit<'a> = &'a dyn Fn(&str, &Header) -> Option<Vec<TextEdit>>;

/// Edits the header `lines` in every encoding of it and compares the lines.
#[track_caller]
fn check(lines: &str, edit: Edit<'_>, expected: &str) {
    let edited = files(lines).into_iter().map(|source| {
        let header = frontmatter::scan(&source).expect("a header");
        let edits = edit(&source, &header).expect("an edit");
        apply(&source, &edits)
    });
    for (edited, expected) in edited.zip(files(expected)) {
        assert_eq!(edited, expected);
    }
}

#[track_caller]
fn check_none(lines: &str, edit: Edit<'_>) {
    for source in files(lines) {
        let header = frontmatter::scan(&source).expect("a header");
        assert_eq!(edit(&source, &header), None, "{source:?}");
    }
}

fn entry<'a>(header: &'a Header, key: &str) -> &'a Entry {
    header.entry(key).expect("the entry")
}

fn item(source: &str, entry: &Entry, name: &str) -> list::Item {
    let list = list::names(source, entry.value_range).expect("a list");
    let found = list
        .items
        .into_iter()
        .find(|item| item.text.starts_with(name));
    found.expect("the item")
}

/// The edit that renames the tool `old` of `tools`.
fn renaming(
    old: &'static str,
    new: &'static str,
) -> impl Fn(&str, &Header) -> Option<Vec<TextEdit>> {
    move |source, header| {
        let tools = entry(header, "tools");
        rename_tool(source, tools, &item(source, tools, old), new)
    }
}

/// The edit that takes the tool `old` out of `tools`.
fn removing(old: &'static str) -> impl Fn(&str, &Header) -> Option<Vec<TextEdit>> {
    move |source, header| {
        let tools = entry(header, "tools");
        remove_item(source, tools, &item(source, tools, old))
    }
}

#[test]
fn a_tool_is_renamed_in_its_quotes_and_keeps_its_brackets() {
    for (before, after) in [
        (
            "tools: Read, Task(scout), Bash # c",
            "tools: Read, Agent(scout), Bash # c",
        ),
        (
            "tools: \"Read, Task (scout)\"",
            "tools: \"Read, Agent (scout)\"",
        ),
        ("tools: 'Task'", "tools: 'Agent'"),
        (
            "tools: [Read, 'Task(a, b)', \"Bash\"]",
            "tools: [Read, 'Agent(a, b)', \"Bash\"]",
        ),
        (
            "tools:\n  - \"Task\" # old\n  - Bash",
            "tools:\n  - \"Agent\" # old\n  - Bash",
        ),
        ("tools:\n  Read,\n  Task", "tools:\n  Read,\n  Agent"),
        ("\"tools\": &t Task", "\"tools\": &t Agent"),
        ("tools: |\n  Read\n  Task", "tools: |\n  Read\n  Agent"),
    ] {
        check(before, &renaming("Task", "Agent"), after);
    }
}

#[test]
fn a_name_that_needs_quotes_gets_some() {
    check("tools: [Read]", &renaming("Read", "*"), "tools: ['*']");
    check("tools:\n- Read", &renaming("Read", "*"), "tools:\n- '*'");
    check(
        "tools: Read, Bash",
        &renaming("Read", "*"),
        "tools: '*, Bash'",
    );
    check("tools: 'Read'", &renaming("Read", "it's"), "tools: 'it''s'");
}

#[test]
fn an_item_whose_quote_ends_early_takes_no_line_end_along() {
    check(
        "tools: Read, \"Old\"]\nmodel: opus",
        &removing("Old\"]"),
        "tools: Read\nmodel: opus",
    );
}

#[test]
fn an_item_goes_with_its_comma_or_its_line() {
    for (before, after) in [
        ("tools: Old, Bash # c", "tools: Bash # c"),
        ("tools: Read, Old, Bash", "tools: Read, Bash"),
        ("tools: Read, Old", "tools: Read"),
        ("tools: \"Read, Old\"", "tools: \"Read\""),
        ("tools: [Old, Bash]", "tools: [Bash]"),
        ("tools: [Read, 'Old', Bash]", "tools: [Read, Bash]"),
        ("tools: [\"Read\", \"Old\"]", "tools: [\"Read\"]"),
        (
            "tools: [\n  Read, # reads\n  Old, # gone\n  Bash\n  ]",
            "tools: [\n  Read, # reads\n  Bash\n  ]",
        ),
        (
            "tools: [\n  Read, # reads\n  Old # gone\n  ]",
            "tools: [\n  Read, # reads # gone\n  ]",
        ),
        (
            "tools:\n  - Read\n  - Old # gone\n  - Bash",
            "tools:\n  - Read\n  - Bash",
        ),
        ("tools:\n  - Old\n  - Bash", "tools:\n  - Bash"),
        (
            "tools:\n- Read\n-\n  Old\nmodel: opus",
            "tools:\n- Read\nmodel: opus",
        ),
        ("tools:\n  Read,\n  Old,\n  Bash", "tools:\n  Read,\n  Bash"),
        ("tools: Old, *", "tools: '*'"),
    ] {
        check(before, &removing("Old"), after);
    }
}

#[test]
fn the_last_item_leaves_an_empty_list_and_never_none() {
    for (before, after) in [
        ("tools: Old # c", "tools: [] # c"),
        ("tools: [Old]", "tools: []"),
        ("tools:\n  - Old\nmodel: opus", "tools: []\nmodel: opus"),
        (
            "tools: # c\n  - Old\nmodel: opus",
            "tools: # c\n  []\nmodel: opus",
        ),
    ] {
        check(before, &removing("Old"), after);
    }
}

#[test]
fn a_list_that_is_no_yaml_is_left_alone() {
    check_none("tools: [Read, Old", &removing("Old"));
    check_none("tools: \"Read, Old", &renaming("Old", "New"));
}

#[test]
fn a_list_changes_its_style() {
    let restyled = |style| {
        move |source: &str, header: &Header| restyle(source, header, entry(header, "tools"), style)
    };
    let comma = "tools: Read, Bash(git log:*), mcp__a__b # c";
    let flow = "tools: [Read, Bash(git log:*), mcp__a__b] # c";
    let block = "tools:\n  - Read\n  - Bash(git log:*)\n  - mcp__a__b # c";
    check(comma, &restyled(ListStyle::Block), block);
    check(comma, &restyled(ListStyle::Flow), flow);
    check(flow, &restyled(ListStyle::Comma), comma);
    check(flow, &restyled(ListStyle::Block), block);
    check(block, &restyled(ListStyle::Comma), comma);
    check(block, &restyled(ListStyle::Flow), flow);
    check("tools: [\"*\"]", &restyled(ListStyle::Comma), "tools: '*'");
    check_none("tools: []", &restyled(ListStyle::Block));
    check_none(
        "tools:\n  - Read # reads\n  - Bash",
        &restyled(ListStyle::Flow),
    );
    check_none("tools: # c\n  - Read", &restyled(ListStyle::Flow));
    check_none("tools: ['a, b', c]", &restyled(ListStyle::Comma));
}

#[test]
fn a_key_is_renamed_in_its_quotes() {
    let rename = |_: &str, header: &Header| rename_key(&header.entries[0], "maxTurns");
    check("max_turns: 3 # c", &rename, "maxTurns: 3 # c");
    check("'max-turns' : 3", &rename, "'maxTurns' : 3");
    check_none("a: 1", &|_, header| rename_key(&header.entries[0], "a b"));
    check_none("a: 1", &|_, header| rename_key(&header.entries[0], "a.b"));
}

#[test]
fn an_entry_goes_with_all_of_its_lines() {
    let remove =
        |source: &str, header: &Header| remove_entry(source, header, entry(header, "gone"));
    check("a: 1\ngone: 2 # c\nb: 3", &remove, "a: 1\nb: 3");
    check(
        "a: 1\n# about gone\ngone:\n  - x\n\n  - y\n\nb: 3",
        &remove,
        "a: 1\n# about gone\n\nb: 3",
    );
    check("a: 1\n\"gone\": |\n  x\n  # y\nb: 3", &remove, "a: 1\nb: 3");
    check("gone: 'x\n  y'\nb: 3", &remove, "b: 3");
    check("a: 1\ngone: [x,\n  y]\nb: 3", &remove, "a: 1\nb: 3");
    check_none("gone: &x 1\nb: *x", &remove);
}

/// The edit that takes the pair `name` out of the mapping `a`.
fn dropping(name: &'static str) -> impl Fn(&str, &Header) -> Option<Vec<TextEdit>> {
    move |source, header| {
        let value = &entry(header, "a").value;
        let mapping = value.items().first().unwrap_or(value);
        let mut pairs = mapping.pairs().iter();
        let at = pairs.position(|(key, _)| key.as_str() == Some(name))?;
        remove_member(source, header, mapping, at)
    }
}

#[test]
fn a_pair_goes_with_what_parts_it_from_the_next() {
    for (before, after) in [
        ("a: {x: 1, y: [2], z: 3}", "a: {x: 1, z: 3}"),
        ("a: {x: 1, y: 2}", "a: {x: 1}"),
        ("a:\n  - y: 1\n    x: 2", "a:\n  - x: 2"),
        ("a:\n  - x: 2\n    \"y\": 1\nb: 1", "a:\n  - x: 2\nb: 1"),
        ("a:\n  x:\n    - 2\n  y: 1\nb: 1", "a:\n  x:\n    - 2\nb: 1"),
    ] {
        check(before, &dropping("y"), after);
    }
    check_none("a: {y: 1}", &dropping("y"));
    check_none("a:\n  y: 1 # why\n  x: 2", &dropping("y"));
}

#[test]
fn a_value_is_put_in_quotes_and_taken_out() {
    let quote = |source: &str, header: &Header| quote_value(source, entry(header, "a"));
    check("a: x y # c", &quote, "a: 'x y' # c");
    check("a: Use when: it's so", &quote, "a: \"Use when: it's so\"");
    check("a: it's \"so\": yes", &quote, "a: 'it''s \"so\": yes'");
    check("a:\n  x", &quote, "a:\n  'x'");
    check("a: one\n  two", &quote, "a: 'one\n  two'");
    check("a: [x] y", &quote, "a: '[x] y'");
    check_none("a: 'x'", &quote);
    check_none("a: x: y\nz w", &quote);
    let unquote = |source: &str, header: &Header| unquote_value(source, entry(header, "a"));
    check("a: 'x y' # c", &unquote, "a: x y # c");
    check("a: \"it's\"", &unquote, "a: it's");
    for quoted in [
        "'a: b'",
        "\"true\"",
        "'1'",
        "'no'",
        "'*'",
        "'a #b'",
        "\"a\\nb\"",
        "'x '",
    ] {
        check_none(&format!("a: {quoted}"), &unquote);
    }
}

#[test]
fn a_text_becomes_an_indented_block() {
    let block = |source: &str, header: &Header| block_scalar(source, header, entry(header, "a"));
    check("a: x y\nb: 1", &block, "a: |-\n  x y\nb: 1");
    check(
        "a: \"x:\\n\\n  y\\n\"\nb: 1",
        &block,
        "a: |\n  x:\n\n    y\nb: 1",
    );
    check("a:\n  x\n  y\nb: 1", &block, "a: |-\n  x y\nb: 1");
    check("a: >\n  x\n  y\nb: 1", &block, "a: |\n  x y\nb: 1");
    check("a: '  x'", &block, "a: |2-\n    x");
    check_none("a: x # c", &block);
    // A comment would become text.
    check_none("a: x\n  # c\nb: 1", &block);
    check_none("a: x\n\n  # c", &block);
    check("a: x\n# c\nb: 1", &block, "a: |-\n  x\n# c\nb: 1");
    check_none("a: |\n  x", &block);
    check_none("a: ''", &block);
    check_none("a: \"x\\e\"", &block);
}

#[test]
fn a_value_is_replaced_in_its_quotes() {
    let replace = |text: &'static str| {
        move |_: &str, header: &Header| replace_text(&entry(header, "a").value, text, Place::Block)
    };
    check("a: x # c", &replace("blue"), "a: blue # c");
    check("a: 'x'", &replace("it's"), "a: 'it''s'");
    check("a: \"x\"", &replace("b\\"), "a: \"b\\\\\"");
    check("a:\n  x", &replace("true"), "a:\n  'true'");
    check("a: |\n  x\nb: 1", &replace("c: d"), "a: 'c: d'\nb: 1");
    check_none("a: [x]", &replace("y"));
}

/// A list of names in any style, and what it names.
fn lists() -> impl Strategy<Value = (Vec<String>, usize, u8)> {
    let name = prop_oneof![
        4 => "[A-Z][a-z]{1,5}",
        1 => "mcp__[a-z]{1,3}__[a-z*]{1,3}",
        1 => "Bash\\([a-z]{1,3}( [a-z]|:)[a-z,:*]{0,4}x\\)",
        1 => "[a-z]{1,3}/\\*",
    ];
    (
        prop::collection::vec(name, 1..6),
        any::<prop::sample::Index>(),
        0u8..7,
    )
        .prop_map(|(names, at, style)| {
            let at = at.index(names.len());
            (names, at, style)
        })
}

fn written(names: &[String], style: u8) -> String {
    let flow = |text: &String| scalar(text, Place::Flow);
    match style {
        0 => names.join(", "),
        1 => format!("'{}'", names.join(",")),
        2 => format!(
            "[{}]",
            names.iter().map(flow).collect::<Vec<_>>().join(", ")
        ),
        3 => format!(
            "[\n  {}, # c\n]",
            names
                .iter()
                .map(|name| quoted(name))
                .collect::<Vec<_>>()
                .join(",\n  ")
        ),
        4 => names
            .iter()
            .map(|name| format!("\n  - {name} # c"))
            .collect(),
        5 => names
            .iter()
            .map(|name| format!("\n\n- \"{name}\""))
            .collect(),
        _ => format!("\n  {}", names.join(",\n  ")),
    }
}

fn named(source: &str) -> Vec<String> {
    let header = frontmatter::scan(source).expect("a header");
    let list = list::names(source, entry(&header, "tools").value_range).expect("a list");
    list.items
        .iter()
        .map(|item| item.text.to_string())
        .collect()
}

proptest! {
    #[test]
    fn a_list_names_what_it_named_but_for_the_edit((names, at, style) in lists(), file in 0usize..4) {
        let lines = format!("name: x\ntools: {}\nmodel: y", written(&names, style));
        let source = files(&lines).swap_remove(file);
        let header = frontmatter::scan(&source).expect("a header");
        let tools = entry(&header, "tools");
        prop_assert!(tools.error.is_none(), "{:?}", source);
        let list = list::names(&source, tools.value_range).expect("a list");
        prop_assert_eq!(&named(&source), &names);
        let others = |source: &str| shown(source).lines().filter(|line| !line.starts_with("tools")).map(str::to_owned).collect::<Vec<_>>();

        let mut expected = names.clone();
        expected[at] = "New".into();
        let edits = rename_item(&source, tools, &list.items[at], "New").expect("renamed");
        let edited = apply(&source, &edits);
        prop_assert_eq!(named(&edited), expected.clone());
        prop_assert_eq!(others(&edited), others(&source));

        expected.remove(at);
        let edits = remove_item(&source, tools, &list.items[at]).expect("removed");
        let edited = apply(&source, &edits);
        prop_assert_eq!(named(&edited), expected);
        prop_assert_eq!(others(&edited), others(&source));

        for style in [ListStyle::Comma, ListStyle::Flow, ListStyle::Block] {
            if let Some(edits) = restyle(&source, &header, tools, style) {
                let edited = apply(&source, &edits);
                prop_assert_eq!(named(&edited), names.clone());
                prop_assert_eq!(others(&edited), others(&source));
            }
        }
    }

    #[test]
    fn a_text_is_written_so_that_it_is_read_again(text in "[a-z:#'\"\\\\*&!|>%@`{}\\[\\], \t\n\u{e9}\u{1f600}\u{2028}-]{0,12}") {
        for place in [Place::Block, Place::Flow] {
            let lines = match place {
                Place::Block => format!("a: {}", scalar(&text, place)),
                Place::Flow => format!("a: [{}]", scalar(&text, place)),
            };
            let expected = match place {
                Place::Block => format!("a: {text:?}"),
                Place::Flow => format!("a: [{text:?}]"),
            };
            for source in files(&lines) {
                prop_assert_eq!(shown(&source), expected.clone());
            }
        }
    }

    #[test]
    fn a_text_stays_the_same_in_every_form(text in "[a-z:#'\"\\\\*|>,. \n\u{e9}-]{1,24}", file in 0usize..4) {
        let source = files(&format!("a: {}\nb: 1", scalar(&text, Place::Block))).swap_remove(file);
        let header = frontmatter::scan(&source).expect("a header");
        let a = entry(&header, "a");
        for edits in [
            quote_value(&source, a),
            unquote_value(&source, a),
            block_scalar(&source, &header, a),
            replace_text(&a.value, &text, Place::Block),
        ].into_iter().flatten() {
            prop_assert_eq!(shown(&apply(&source, &edits)), shown(&source));
        }
        let edits = rename_key(a, "c").expect("renamed");
        prop_assert_eq!(shown(&apply(&source, &edits)), shown(&source).replacen("a:", "c:", 1));
        let edits = remove_entry(&source, &header, a).expect("removed");
        prop_assert_eq!(shown(&apply(&source, &edits)), "b: \"1\"");
    }
}
