//! What stands above a run of prose, and what that makes of the names in it.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::prose::{REACH, tail};
use crate::syntax::blocks::{InlineBlock, InlinePlace};

/// What a section says about the lists in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Section {
    /// It is about working together: its bullets say with whom.
    Collaboration,
    /// It lists agents.
    Agents,
}

impl Section {
    /// All that a section can be.
    pub(super) const ANY: [Option<Section>; 3] =
        [None, Some(Section::Collaboration), Some(Section::Agents)];
}

/// Where a run of prose stands.
#[derive(Clone, Copy, Debug, Default, Hash)]
pub(super) struct Place {
    /// The section that it belongs to.
    pub(super) section: Option<Section>,
    /// Whether it is the first paragraph of a list item.
    pub(super) is_item: bool,
    /// Whether it is code, where a name without any mark is none.
    pub(super) in_fence: bool,
}

/// What stands above a block: the nearest heading, and a paragraph below it that leads in
/// what follows.
#[derive(Default)]
pub(super) struct Above {
    heading: Option<Section>,
    lead: Option<Section>,
}

impl Above {
    /// The place of the next block in the order of the text.
    pub(super) fn place(&mut self, block: &InlineBlock, source: &str) -> Place {
        let text = block.range.of(source);
        match block.place {
            InlinePlace::Heading => {
                self.heading = section(text);
                self.lead = None;
            }
            InlinePlace::Paragraph => {
                self.lead = lead(text);
            }
            InlinePlace::ListItem => {}
        }
        Place {
            section: self.lead.or(self.heading),
            is_item: block.place == InlinePlace::ListItem,
            in_fence: false,
        }
    }
}

/// What a paragraph says about the list that it leads in, if it does.
pub(super) fn lead(text: &str) -> Option<Section> {
    let plain = text.trim_end_matches(['*', '_', ' ']);
    let leads = plain.ends_with([':', '：']) || (text.starts_with("**") && text.ends_with("**"));
    let last = plain.rsplit(['\n', '.']).next().unwrap_or(plain);
    leads.then(|| section(last)).flatten()
}

/// What a heading, or a line that leads in a list, says about it.
fn section(heading: &str) -> Option<Section> {
    const TOGETHER: &[&str] = &[
        "collaborat",
        "coordinat",
        "cross-agent",
        "delegat",
        "escalat",
        "hand off",
        "hand-off",
        "handoff",
        "integrates with",
        "integration with",
        "inter-agent",
        "other agents",
        "partner",
        "work with",
        "working with",
        "works effectively with",
        "works with",
    ];
    /// All of them in one pass: this is asked of every heading after every key.
    static IS_TOGETHER: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
        let mut builder = AhoCorasick::builder();
        builder.ascii_case_insensitive(true).build(TOGETHER).ok()
    });

    let text = tail(heading, REACH);
    if IS_TOGETHER.as_ref().is_some_and(|it| it.is_match(text)) {
        return Some(Section::Collaboration);
    }
    let text = text.to_lowercase();
    let lists = |word: &str| matches!(word, "agents" | "subagents" | "specialists");
    let mut words = text.split(|c: char| !c.is_alphanumeric()).peekable();
    let first = words.find(|word| !word.is_empty());
    let begins = first == Some("agent") && words.peek().is_some();
    (begins || first.is_some_and(lists) || words.any(lists)).then_some(Section::Agents)
}
