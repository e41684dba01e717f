//! What the block grammar need not read: most of each line.
//!
//! Blocks are told by how lines begin, and by the `|` of tables. The grammar still makes a node of
//! every word, blank and punctuation mark, which is nearly all of what a parse costs. So
//! in the copy that it reads, the rest of a line becomes one word of the same length.
//!
//! Only where nobody edits: there an edit within a line costs no parse anyway, and the place of it
//! would no longer be that of the edit in the copy.

use super::blocks::{after_line_end, line_end};
use super::table;

/// What a masked byte becomes: a letter, which begins no block and ends none.
const MASK: u8 = b'y';

/// `view`, which has the bytes of `source` at the same places, with what follows the first letter
/// of a line masked where no block depends on it.
pub(super) fn without_words(source: &str, view: String) -> String {
    let mut bytes = view.into_bytes();
    let mut around = Around::default();
    // The grammar reads past a byte order mark.
    let mut start = source.len() - source.trim_start_matches('\u{feff}').len();
    while start < source.len() {
        let end = line_end(source, start);
        let line = &source[start..end];
        let text = &line[table::container_prefix(line)..];
        if !around.wants_whole(line, text) {
            let word = end - text.len() + beginning(text);
            if let Some(rest) = bytes.get_mut(word..end) {
                mask_line(&source[word..end], rest);
            }
        }
        start = after_line_end(source, end);
    }
    // Whole characters were replaced, from one on to the end of a cell or of a line.
    String::from_utf8(bytes).unwrap_or_else(|_| format!("{source}\n"))
}

/// What the lines above leave open.
#[derive(Default)]
struct Around {
    /// A block of HTML may reach to the next `>`: to `-->`, `?>`, `</script>`.
    html: bool,
    /// A definition (`[label]: destination "title"`) may reach over several lines, up to a blank one.
    definition: bool,
}

impl Around {
    /// Whether blocks depend on more of `line` than its beginning; `text` is what follows the
    /// marks of its containers.
    fn wants_whole(&mut self, line: &str, text: &str) -> bool {
        if line.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'>')) {
            self.definition = false;
        }
        self.html |= text.starts_with('<');
        if text.starts_with('[') {
            let label = text.find(']');
            let is_closed = label.is_some_and(|end| !text[end + 1..].starts_with(':'));
            self.definition |= !is_closed || text.contains('\\');
        }
        self.definition
            || text.starts_with(['[', '<'])
            || text.starts_with("```")
            || text.starts_with("~~~")
            || self.html && memchr::memchr2(b'<', b'>', text.as_bytes()).is_some()
    }
}

/// The bytes of `text` before its first letter.
fn beginning(text: &str) -> usize {
    let is_letter = |byte: u8| byte.is_ascii_alphabetic() || !byte.is_ascii();
    let first = text.bytes().position(is_letter);
    first.unwrap_or(text.len())
}

/// Masks the rest of a line; in a row of a table, what each of its cells says.
fn mask_line(text: &str, view: &mut [u8]) {
    if memchr::memchr(b'|', text.as_bytes()).is_none() {
        view.fill(MASK);
    } else if !text.contains('\\') {
        let mut start = 0;
        for cell in view.split_mut(|&byte| byte == b'|') {
            let written = &text.as_bytes()[start..start + cell.len()];
            start += cell.len() + 1;
            // An empty cell stays empty, and what may be a delimiter stays one.
            if written.iter().any(u8::is_ascii_alphabetic) {
                let blanks = written.len() - written.trim_ascii_start().len();
                cell[blanks..blanks + written.trim_ascii().len()].fill(MASK);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::syntax::document::Document;

    fn check(source: &str, expected: &str) {
        assert_eq!(
            without_words(source, format!("{source}\n")),
            format!("{expected}\n")
        );
    }

    #[test]
    fn what_follows_the_first_letter_is_one_word() {
        check(
            "# A title #\r\n\n- **bold** is `x`\n> 1. ü, \u{1f600}\n---\n",
            "# yyyyyyyyy\r\n\n- **yyyyyyyyyyyyy\n> 1. yyyyyyyy\n---\n",
        );
    }

    #[test]
    fn the_cells_of_a_row_stay_and_what_they_say_does_not() {
        check(
            "a b | c d |  | 1 |\n|:--|---|---|---|\n| x, `y` | z\n| a \\| b c |\n",
            "yyy | yyy |  | 1 |\n|:--|---|---|---|\n| yyyyyy | y\n| a \\| b c |\n",
        );
    }

    #[test]
    fn what_a_block_depends_on_is_read() {
        for source in [
            "```a b\n~~~ c d\n- ```a b`\n",
            "[a]: b\n\"c d\ne f\"\n",
            "[a\nb c]: d\n",
            "<!-- a b\nc d -->\n<p>\n",
        ] {
            let kept = without_words(source, format!("{source}\n"));
            let is_kept = |mark: char| kept.matches(mark).count() == source.matches(mark).count();
            assert!(
                ['`', '"', '>', '<', ']', ':'].into_iter().all(is_kept),
                "{kept:?}"
            );
        }
        check("[a]: b c\n\nd e\n", "[a]: b c\n\nyyy\n");
    }

    /// Lines of which the rest matters, and such of which it seems to.
    fn fragment() -> impl Strategy<Value = &'static str> {
        prop::sample::select(vec![
            "a",
            "b c. ",
            "ü, d ",
            "1. e f",
            "2) ",
            "- ",
            "* ",
            "+ ",
            "> ",
            "    ",
            "\t",
            "  ",
            "\n",
            "\n",
            "\n",
            "\n\n",
            "\r\n",
            "\r",
            "# g #",
            "===\n",
            "---\n",
            "***\n",
            "_",
            "```\n",
            "```py a\n",
            "``` a`b\n",
            "~~~ c `d`\n",
            "~~~\n",
            "|",
            "| h i | j |\n",
            "|---|---|\n",
            "k | l\n-|-\n",
            "|| m n |",
            "\\|",
            "\\",
            "[o p]: q\n",
            "[o p]:\n",
            "[o\n",
            "p]: q 'r s\n",
            "t u'\n",
            "/v \"w x\"\n",
            "[ ] y z",
            "[x] ",
            "[a](b c)",
            "<b c>\n",
            "<div>\n",
            "</div> a\n",
            "<!-- d e\n",
            "f -->",
            "<?g\n",
            "h ?> i",
            "<script>\n",
            "j</script> k\n",
            "<a",
            "l > m",
            "&amp; n",
            "\u{feff}",
            "\u{a0}o",
            "\u{1f600}",
            "\0",
            "+++\n",
            "`p q`",
            "**r s** t",
        ])
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(600))]

        #[test]
        fn a_text_that_nobody_edits_has_the_blocks_of_one_that_is_edited(
            header in prop::sample::select(vec!["", "---\nname: a b\n---\n", "---\nname: a b\n", "\n---\na\n---\n"]),
            parts in prop::collection::vec(fragment(), 0..30),
        ) {
            let text = format!("{header}{}", parts.concat());
            for start in [0, header.len()] {
                let edited = Document::new(&text).blocks(start);
                prop_assert_eq!(Document::unedited(&text).blocks(start), edited, "{:?} from {}", text, start);
            }
        }
    }
}
