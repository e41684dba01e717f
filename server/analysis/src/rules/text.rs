//! Text that fixes write: names, descriptions.

/// A valid name that is close to `text`; `None` where it has no letter and no digit.
pub(crate) fn slug(text: &str) -> Option<String> {
    let mut slug = String::new();
    for c in text.chars().take(64) {
        if c.is_alphanumeric() {
            slug.extend(c.to_lowercase());
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    (!slug.is_empty()).then(|| slug.to_owned())
}

/// The same, or what somebody might call their first `noun`: `my-skill`.
pub(super) fn slug_or(text: &str, noun: &str) -> String {
    slug(text).unwrap_or_else(|| format!("my-{}", noun.replace(' ', "-")))
}

/// Most characters of a description that is taken from a body.
const MAX_WORDS: usize = 120;

/// What a body begins with: its first heading, or the first sentence of its prose.
pub(super) fn first_words(body: &str) -> Option<String> {
    let line = body
        .split(['\n', '\r'])
        .map(plain)
        .find(|line| !line.is_empty())?;
    let end = line.find(". ").map_or(line.len(), |at| at + 1);
    Some(line[..end].chars().take(MAX_WORDS).collect())
}

/// A line without the marks of headings, lists, quotes and emphasis.
pub(super) fn plain(line: &str) -> String {
    let text: String = line
        .chars()
        .filter(|c| !c.is_control() && !matches!(c, '*' | '`'))
        .collect();
    let text = text.trim().trim_start_matches('\u{feff}');
    if text.starts_with("<!--") {
        return String::new();
    }
    text.trim_start_matches(['#', '>', '-', '=', '+', ' '])
        .trim()
        .to_owned()
}
