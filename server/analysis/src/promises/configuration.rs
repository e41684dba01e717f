//! A configuration is read as far as it can be, whatever its text.

use std::sync::Arc;

use serde_json::Value as Json;

use super::lies_on_characters;
use crate::config::{self, Configs};
use crate::path::FilePath;
use crate::rules;
use crate::syntax::yaml::{self, Node, Value};

/// Deepest JSON that is compared with what is read of it as YAML, which has a limit of its own.
const MAX_COMPARED_DEPTH: usize = 48;

/// Everything that is promised of `source` as the text of a configuration file, and as the
/// settings that an editor sends where it is JSON.
pub fn hold(source: &str) {
    file_is_sound(source);
    if let Ok(said) = serde_json::from_str::<Json>(source) {
        settings_are_sound(&said);
    }
}

/// What is wrong is said of places in the file, in their order, in words; the rest can be asked.
pub fn file_is_sound(source: &str) {
    for is_top in [true, false] {
        let findings = rules::check_config(source, is_top);
        assert!(
            findings.is_sorted_by_key(|finding| finding.range),
            "{source:?}"
        );
        for finding in findings {
            lies_on_characters(finding.range, source);
            assert!(!finding.message.is_empty());
        }
    }
    let (config, _) = config::parse(source, &rules::rule_names());
    let config = Arc::new(config);
    let configs = Configs::new([(FilePath::new("a"), config.clone())], config);
    assert!(configs.reads_as(&configs.clone()));
    for path in ["a/.claude/agents/b.md", "a", "ä/b c.md", ""] {
        let path = FilePath::new(path);
        configs.excludes(&path);
        configs.reading(&path);
        let settings = configs.of(&path);
        for rule in rules::rule_names() {
            settings.severity(rule);
        }
    }
}

/// JSON is YAML: what an editor sends is read as it was meant, to the last character.
pub fn settings_are_sound(said: &Json) {
    let source = config::source_of(said);
    file_is_sound(&source);
    if depth(said) > MAX_COMPARED_DEPTH {
        return;
    }
    let (node, fault) = yaml::parse(&source, 0);
    assert_eq!(fault, None, "{source:?}");
    let node = node.unwrap_or_else(|| panic!("nothing in {source:?}"));
    means(&node, said);
}

fn depth(said: &Json) -> usize {
    let below = match said {
        Json::Array(items) => items.iter().map(depth).max(),
        Json::Object(pairs) => pairs.values().map(depth).max(),
        _ => None,
    };
    below.map_or(0, |depth| depth + 1)
}

fn means(node: &Node, said: &Json) {
    match (&node.value, said) {
        (Value::Mapping { pairs, .. }, Json::Object(said)) => {
            assert_eq!(pairs.len(), said.len(), "{said:?}");
            for ((key, value), (name, said)) in pairs.iter().zip(said) {
                assert_eq!(key.as_str(), Some(&**name));
                means(value, said);
            }
        }
        (Value::Sequence { items, .. }, Json::Array(said)) => {
            assert_eq!(items.len(), said.len(), "{said:?}");
            for (item, said) in items.iter().zip(said) {
                means(item, said);
            }
        }
        (Value::Scalar(scalar), Json::String(said)) => assert_eq!(*scalar.text, **said),
        (Value::Scalar(scalar), said) => assert_eq!(*scalar.text, *said.to_string()),
        (value, said) => panic!("{value:?} for {said:?}"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What an editor can send, of the settings that there are and of others.
    fn settings() -> impl Strategy<Value = Json> {
        let text = "(a|off|true|1|error|unknown-tool|[ -~\u{0}-\u{1f}\u{7f}-\u{a0}é😀\u{2028}\u{feff}]){0,4}";
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::Bool),
            any::<i64>().prop_map(Json::from),
            any::<f64>().prop_map(Json::from),
            text.prop_map(Json::String),
        ];
        let key = "(rules|known|agents|exclude|hosts|unknown-tool|user-agents|[ -~]{0,3})";
        leaf.prop_recursive(4, 24, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Json::Array),
                prop::collection::vec((key, inner), 0..4)
                    .prop_map(|pairs| Json::Object(pairs.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_file_of_any_text_is_read(
            source in "(rules:|known:|exclude:|hosts:|user-agents: |  agents:|unknown-tool: |off|'\\*\\*/a\\.md': |\n|\n  - |[-:\\[\\]{}!*?&'\"# \né a1/\\\\]){0,30}",
        ) {
            hold(&source);
        }

        #[test]
        fn what_an_editor_sends_is_read_as_it_is_meant(said in settings()) {
            settings_are_sound(&said);
        }
    }
}
