//! "Did you mean": the name nearest to one that is not known.

use strsim::damerau_levenshtein;

/// How far a name may be from the one that was meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// One edit, or another naming style (`max_turns` for `maxTurns`).
    Near,
    /// As [`Reach::Near`], and two edits in a name of six characters or more.
    Far,
}

/// Names of fewer characters are only taken for another naming style: one edit turns any into any.
const MIN_EDITED: usize = 3;

/// Longer names are nobody's misspelling; the distance is quadratic in the length.
const MAX_EDITED: usize = 128;

/// The candidate nearest to `name` within `reach`, the first among equals. Never `name` itself.
pub fn closest<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    reach: Reach,
) -> Option<&'a str> {
    let length = name.chars().count();
    if length == 0 || length > MAX_EDITED {
        return None;
    }
    let edits = match reach {
        _ if length < MIN_EDITED => 0,
        Reach::Far if length >= 6 => 2,
        Reach::Near | Reach::Far => 1,
    };
    let folded = fold(name);
    let (folded_length, folded_letters) = shape(name);
    candidates
        .into_iter()
        .filter(|candidate| *candidate != name)
        .filter_map(|candidate| {
            let (length, letters) = shape(candidate);
            // An edit moves the length by one and changes two letters at most: this is asked
            // of every name there is at every keystroke, and the distance itself is dear.
            if length == 0
                || length.abs_diff(folded_length) > edits
                || (letters ^ folded_letters).count_ones() as usize > 2 * edits
            {
                return None;
            }
            // No edit is needed between two styles of one name, and none more than between
            // the names as they are written.
            let distance = damerau_levenshtein(&folded, &fold(candidate));
            (distance <= edits).then_some((distance, candidate))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many characters a folded name has, and which, as a set of 32 classes.
fn shape(name: &str) -> (usize, u32) {
    let add = |(length, letters): (usize, u32), c: u32| (length + 1, letters | 1 << (c % 32));
    if name.is_ascii() {
        let letters = name
            .bytes()
            .filter(|byte| !matches!(byte, b'-' | b'_' | b' '));
        return letters.fold((0, 0), |shape, byte| {
            add(shape, byte.to_ascii_lowercase().into())
        });
    }
    folded(name).fold((0, 0), |shape, c| add(shape, c.into()))
}

/// The name without its naming style: lower case, no `-`, `_`, blank.
fn fold(name: &str) -> String {
    folded(name).collect()
}

fn folded(name: &str) -> impl Iterator<Item = char> {
    let letters = name.chars().filter(|c| !matches!(c, '-' | '_' | ' '));
    letters.flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find<'a>(name: &str, candidates: &[&'a str], reach: Reach) -> Option<&'a str> {
        closest(name, candidates.iter().copied(), reach)
    }

    #[test]
    fn another_style_is_nearer_than_an_edit() {
        assert_eq!(
            find("max-turns", &["maxturn", "maxTurns"], Reach::Near),
            Some("maxTurns")
        );
        assert_eq!(
            find("MAXTURN", &["maxTurns"], Reach::Near),
            Some("maxTurns")
        );
    }

    #[test]
    fn the_reach_grows_with_the_length() {
        assert_eq!(
            find("Gerp", &["Grep"], Reach::Far),
            Some("Grep"),
            "a swap is one edit"
        );
        assert_eq!(find("Grpp", &["Glob"], Reach::Far), None);
        assert_eq!(
            find("WebFtch", &["WebFetch"], Reach::Near),
            Some("WebFetch")
        );
        assert_eq!(find("WebFth", &["WebFetch"], Reach::Near), None);
        assert_eq!(find("WebFth", &["WebFetch"], Reach::Far), Some("WebFetch"));
    }

    #[test]
    fn nothing_is_near_to_nothing_to_a_letter_or_to_a_text() {
        assert_eq!(find("", &["a"], Reach::Far), None);
        assert_eq!(find("x", &["y"], Reach::Far), None);
        assert_eq!(find("--", &["__"], Reach::Far), None);
        assert_eq!(find(&"a".repeat(10_000), &["a"], Reach::Far), None);
        assert_eq!(find("a", &["a"], Reach::Far), None, "never the name itself");
    }
}
