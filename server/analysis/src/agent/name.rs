//! Names of agents: what one looks like, when two are the same, which are placeholders.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

/// The name of an agent as hosts compare it: exactly, but for the hyphens that word
/// processors put in its place (U+2010, U+2011) and blanks around it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(Arc<str>);

impl Name {
    /// Takes a name as it is written.
    pub fn new(written: &str) -> Self {
        let written = written.trim();
        if written.contains(['\u{2010}', '\u{2011}']) {
            Self(Arc::from(written.replace(['\u{2010}', '\u{2011}'], "-")))
        } else {
            Self(Arc::from(written))
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The plugin in `plugin:folder:agent`.
    pub fn scope(&self) -> Option<&str> {
        self.0
            .split_once(':')
            .map(|(scope, _)| scope)
            .filter(|scope| !scope.is_empty())
    }

    /// The last part of `plugin:folder:agent`, if there is more than one part.
    pub fn without_scope(&self) -> Option<Name> {
        self.0
            .rsplit_once(':')
            .filter(|(_, last)| !last.is_empty())
            .map(|(_, last)| Name::new(last))
    }
}

impl Borrow<str> for Name {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &self.0)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether `c` can stand inside a name.
pub fn is_name_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_' | '\u{2010}' | '\u{2011}')
}

/// Whether `text` is one word of name characters, dots between digits included
/// (`powershell-5.1-expert`), that starts with a letter or a digit.
pub fn is_word(text: &str) -> bool {
    let mut previous = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let fits = match (previous, c) {
            (None, c) => c.is_alphanumeric(),
            (Some(before), '.') => {
                char::is_ascii_digit(&before) && chars.peek().is_some_and(char::is_ascii_digit)
            }
            (Some(_), c) => is_name_char(c),
        };
        if !fits {
            return false;
        }
        previous = Some(c);
    }
    previous.is_some_and(char::is_alphanumeric)
}

/// Whether `text` is a word of two lower-case segments or more, joined by hyphens: a form
/// that is unlikely to be anything but a name.
pub fn is_kebab(text: &str) -> bool {
    let mut segments = 0;
    for segment in text.split(['-', '\u{2010}', '\u{2011}']) {
        if segment.is_empty() {
            return false;
        }
        segments += 1;
    }
    segments >= 2
        && is_word(text)
        && !text.contains('_')
        && !text.chars().any(char::is_uppercase)
        && text.chars().any(char::is_alphabetic)
}

/// Whether `text` is read as a name in every form of a mention: in prose, after `@`, and where
/// texts of other scripts stand right beside it.
pub fn is_name_everywhere(text: &str) -> bool {
    is_kebab(text)
        && text.is_ascii()
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && !text.starts_with("sub-agent")
}

/// Names that stand for any name, in templates and documentation.
pub fn is_placeholder(name: &str) -> bool {
    const WHOLE: &[&str] = &[
        "agent",
        "agent-a",
        "agent-b",
        "agent-id",
        "agent-name",
        "agent-type",
        "agent-x",
        "agent_name",
        "agent_type",
        "agentname",
        "another-agent",
        "custom-agent",
        "example-agent",
        "my-agent",
        "name",
        "none",
        "other-agent",
        "some-agent",
        "specific-agent",
        "string",
        "subagent",
        "subagent-name",
        "subagent-type",
        "subagent_name",
        "subagent_type",
        "target-agent",
        "the-agent",
        "type",
        "your-agent",
        "your-agent-name",
        "your-subagent",
    ];
    let lower = name.to_lowercase();
    WHOLE.contains(&lower.as_str())
        || name.contains(['<', '>', '{', '}', '[', ']', '$', '*', '…', '%'])
        || name.contains("...")
        || lower
            .split(['-', '_'])
            .any(|segment| matches!(segment, "xxx" | "foo" | "bar" | "your"))
}

/// Whether the last segment of a kebab name says what somebody does (facts: references,
/// "role noun"; it covers 86 % of the kebab names of agents).
pub fn has_role_noun(name: &str) -> bool {
    const NOUNS: &[&str] = &[
        "admin",
        "administrator",
        "advisor",
        "agent",
        "analyst",
        "analyzer",
        "archaeologist",
        "architect",
        "assistant",
        "auditor",
        "automator",
        "builder",
        "checker",
        "cleaner",
        "coach",
        "configurator",
        "consultant",
        "controller",
        "coordinator",
        "copywriter",
        "creator",
        "critic",
        "curator",
        "debugger",
        "designer",
        "detective",
        "developer",
        "director",
        "documenter",
        "editor",
        "enforcer",
        "engineer",
        "evaluator",
        "executor",
        "expert",
        "explorer",
        "fixer",
        "generator",
        "guardian",
        "guide",
        "handler",
        "helper",
        "hunter",
        "implementer",
        "integrator",
        "investigator",
        "judge",
        "lead",
        "librarian",
        "maintainer",
        "manager",
        "mapper",
        "marketer",
        "master",
        "mentor",
        "moderator",
        "modernizer",
        "monitor",
        "officer",
        "operator",
        "optimizer",
        "orchestrator",
        "organizer",
        "owner",
        "planner",
        "pro",
        "producer",
        "programmer",
        "recruiter",
        "refactorer",
        "researcher",
        "resolver",
        "responder",
        "reviewer",
        "scanner",
        "scientist",
        "scout",
        "scribe",
        "simplifier",
        "specialist",
        "strategist",
        "subagent",
        "synthesizer",
        "technician",
        "tester",
        "trainer",
        "translator",
        "tutor",
        "updater",
        "validator",
        "verifier",
        "writer",
    ];
    const PREFIXES: &[&str] = &["multi", "sub", "cross", "inter", "non"];
    let segments: Vec<&str> = name.split(['-', '\u{2010}', '\u{2011}']).collect();
    segments.len() >= 2
        && !PREFIXES.contains(&segments[0])
        && segments
            .last()
            .is_some_and(|last| NOUNS.binary_search(last).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_non_breaking_hyphen_is_a_hyphen() {
        assert_eq!(Name::new(" api\u{2011}pro "), Name::new("api-pro"));
    }

    #[test]
    fn a_kebab_name_has_two_lower_case_segments_or_more() {
        for name in [
            "python-pro",
            "powershell-5.1-expert",
            "a11y-expert",
            "api\u{2011}pro",
        ] {
            assert!(is_kebab(name), "{name}");
        }
        for word in [
            "python",
            "Python-Pro",
            "-x",
            "a--b",
            "a-",
            "snake_case-x",
            "1-2",
            "x.y-z",
            "",
        ] {
            assert!(!is_kebab(word), "{word}");
        }
    }

    #[test]
    fn a_role_noun_ends_the_name_of_somebody_who_does_something() {
        assert!(has_role_noun("database-architect"));
        assert!(!has_role_noun("disaster-recovery"));
        assert!(!has_role_noun("multi-agent"));
        assert!(!has_role_noun("architect"));
    }

    #[test]
    fn a_placeholder_names_nobody() {
        for name in [
            "agent-name",
            "<agent>",
            "{agent_type}",
            "your-python-pro",
            "$AGENT",
        ] {
            assert!(is_placeholder(name), "{name}");
        }
        assert!(!is_placeholder("python-pro"));
    }
}
