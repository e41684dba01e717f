//! Where in the value of an entry the cursor stands: below which keys, in whole text and in
//! half-typed. Read from the lines and their columns, because what is being typed is seldom YAML.

use super::is_key_char;
use crate::text::ByteRange;

/// A step down from the key of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step<'a> {
    /// To the value of this key of a mapping.
    Key(&'a str),
    /// To an item of a list.
    Item,
}

/// A place in the value of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place<'a> {
    /// The way to it from the key of the entry, without that.
    pub(super) path: Vec<Step<'a>>,
    /// The other keys of the mapping, where a key can stand here.
    pub(super) keys: Option<Vec<&'a str>>,
    /// The bytes of the value, perhaps with blanks around it, where one can stand here.
    pub(super) value: Option<ByteRange>,
    /// Whether it is within brackets or braces.
    pub(super) in_flow: bool,
}

/// The place of `offset` in the entry whose key starts at byte `start` of `source` and whose
/// lines end before byte `end`. `None` in a comment and right of a value that is closed.
pub(super) fn place(source: &str, start: usize, end: usize, offset: usize) -> Option<Place<'_>> {
    let mut open: Vec<Open<'_>> = Vec::new();
    let mut at = start;
    while at <= offset {
        let line = Line::at(source, at);
        let heads = heads(source, line);
        let is_here = offset <= line.end;
        for head in &heads.all {
            if is_here && offset < head.start {
                return None;
            }
            close(&mut open, head.column, head.key.is_none());
            if let Some(key) = head.key {
                if is_here && head.touches(offset) {
                    let keys = siblings(source, &open, head.column, line, end);
                    return Some(Place {
                        path: path(&open),
                        keys: Some(keys),
                        value: None,
                        in_flow: false,
                    });
                }
                if let Some(parent) = open.last_mut() {
                    parent.keys.push(key);
                }
            }
            open.push(Open {
                column: head.column,
                key: head.key,
                keys: Vec::new(),
            });
        }
        let value = ByteRange::new(heads.rest.min(line.end), line.end);
        if matches!(
            source.as_bytes().get(value.start as usize),
            Some(b'[' | b'{')
        ) {
            match flow(source, value.start as usize, end.max(offset), offset) {
                Flow::Open(place) => {
                    let mut whole = path(&open);
                    whole.extend(place.path);
                    return Some(Place {
                        path: whole,
                        ..place
                    });
                }
                Flow::Closed(after) if after > offset => return None,
                Flow::Closed(after) => {
                    at = Line::at(source, after).next;
                    if Line::at(source, after).end >= offset {
                        return None;
                    }
                    continue;
                }
            }
        }
        if is_here {
            return here(source, open, &heads, line, end, offset);
        }
        if line.next == line.end {
            break;
        }
        at = line.next;
    }
    None
}

/// The place of a cursor on a line behind the keys and dashes that it holds.
fn here<'a>(
    source: &'a str,
    mut open: Vec<Open<'a>>,
    heads: &Heads<'a>,
    line: Line,
    end: usize,
    offset: usize,
) -> Option<Place<'a>> {
    let last = heads.all.last().filter(|head| head.end <= offset);
    let text = source.get(heads.rest..line.end)?;
    if text.starts_with('#') && offset > heads.rest {
        return None;
    }
    if let Some(head) = last
        && head.key.is_some()
    {
        return Some(Place {
            path: path(&open),
            keys: None,
            value: Some(ByteRange::new(head.end, line.end)),
            in_flow: false,
        });
    }
    // Nothing but blanks and dashes before it: a key, an item or the rest of a value.
    let column = heads.rest.min(offset).max(line.start) - line.start;
    if last.is_none() {
        close(&mut open, column, false);
    }
    let is_key = text.trim_end().chars().all(is_key_char);
    let keys = is_key.then(|| siblings(source, &open, column, line, end));
    let from = last.map_or(line.start, |head| head.end);
    Some(Place {
        path: path(&open),
        keys,
        value: Some(ByteRange::new(from, line.end)),
        in_flow: false,
    })
}

/// A key or a dash whose value is still open.
struct Open<'a> {
    column: usize,
    /// `None` for a dash.
    key: Option<&'a str>,
    /// The keys of the mapping below it so far.
    keys: Vec<&'a str>,
}

/// The way to the value of what is open; the first is the key of the entry.
fn path<'a>(open: &[Open<'a>]) -> Vec<Step<'a>> {
    let steps = open.iter().skip(1);
    steps
        .map(|open| open.key.map_or(Step::Item, Step::Key))
        .collect()
}

/// Closes what a key or a dash in `column` is not below: a dash may stand right below its key.
fn close(open: &mut Vec<Open<'_>>, column: usize, is_dash: bool) {
    while open.len() > 1
        && open.last().is_some_and(|last| {
            last.column > column || last.column == column && (last.key.is_none() || !is_dash)
        })
    {
        open.pop();
    }
}

/// The keys of the mapping in `column` that the cursor's line is in, that line's left out.
fn siblings<'a>(
    source: &'a str,
    open: &[Open<'a>],
    column: usize,
    here: Line,
    end: usize,
) -> Vec<&'a str> {
    let mut keys = open.last().map_or_else(Vec::new, |open| open.keys.clone());
    let mut at = here.next;
    while at < end && at > here.end {
        let line = Line::at(source, at);
        let heads = heads(source, line);
        if let Some(head) = heads.all.first() {
            if head.column < column || (head.column == column && head.key.is_none()) {
                break;
            }
            keys.extend(head.key.filter(|_| head.column == column));
        }
        if line.next == line.end {
            break;
        }
        at = line.next;
    }
    keys
}

/// A line: `start..end` without its line end, and `next` with it.
#[derive(Clone, Copy)]
struct Line {
    start: usize,
    end: usize,
    next: usize,
}

impl Line {
    fn at(source: &str, start: usize) -> Self {
        let rest = source.get(start..).unwrap_or("");
        let length = rest.find(['\n', '\r']).unwrap_or(rest.len());
        let line_end = match rest.as_bytes().get(length..) {
            Some([b'\r', b'\n', ..]) => 2,
            Some([_, ..]) => 1,
            _ => 0,
        };
        Self {
            start,
            end: start + length,
            next: start + length + line_end,
        }
    }

    fn text_start(self, source: &str) -> usize {
        let text = source.get(self.start..self.end).unwrap_or("");
        self.start + (text.len() - text.trim_start().len())
    }
}

/// A dash, or a key with its colon.
struct Head<'a> {
    column: usize,
    start: usize,
    /// Behind the dash or the colon.
    end: usize,
    key: Option<&'a str>,
}

impl Head<'_> {
    fn touches(&self, offset: usize) -> bool {
        (self.start..self.end).contains(&offset)
    }
}

/// What a line begins with: `- key:`, and where what follows starts.
struct Heads<'a> {
    all: Vec<Head<'a>>,
    rest: usize,
}

fn heads(source: &str, line: Line) -> Heads<'_> {
    let mut all = Vec::new();
    let mut rest = line.text_start(source);
    while let Some(text) = source.get(rest..line.end) {
        let (length, key) = match text.as_bytes() {
            [b'-'] | [b'-', b' ' | b'\t', ..] => (1, None),
            _ => match key(text) {
                Some((length, key)) => (length, Some(key)),
                None => break,
            },
        };
        all.push(Head {
            column: rest - line.start,
            start: rest,
            end: rest + length,
            key,
        });
        let after = source.get(rest + length..line.end).unwrap_or("");
        rest = line.end - after.trim_start().len();
        if key.is_some() {
            break;
        }
    }
    Heads { all, rest }
}

/// The key that a text begins with and its length with the colon.
fn key(text: &str) -> Option<(usize, &str)> {
    let (name, length) = match text.as_bytes().first()? {
        quote @ (b'"' | b'\'') => {
            let length = text.get(1..)?.find(char::from(*quote))?;
            (text.get(1..1 + length)?, length + 2)
        }
        b'#' | b'[' | b'{' | b'|' | b'>' => return None,
        _ => {
            let colons = text.match_indices(':').map(|(at, _)| at);
            let is_end = |at: &usize| {
                let next = text.as_bytes().get(at + 1);
                next.is_none_or(|next| matches!(next, b' ' | b'\t'))
            };
            let length = colons.into_iter().find(is_end)?;
            let name = text[..length].trim_end();
            (name, length)
        }
    };
    let after = text.get(length..)?;
    let blanks = after.len() - after.trim_start().len();
    let is_key = after.trim_start().starts_with(':') && !name.is_empty() && !name.contains(" #");
    is_key.then_some((length + blanks + 1, name))
}

/// What became of a value in brackets or braces.
enum Flow<'a> {
    /// The cursor is inside; the place is within the value.
    Open(Place<'a>),
    /// It ends before this byte.
    Closed(usize),
}

/// One bracket or brace that is open.
struct Bracket<'a> {
    start: usize,
    is_mapping: bool,
    /// Where the current item, key or value starts.
    from: usize,
    key: Option<&'a str>,
    keys: Vec<&'a str>,
}

/// Reads the value in brackets that starts at byte `start`, as far as `offset`.
fn flow(source: &str, start: usize, end: usize, offset: usize) -> Flow<'_> {
    let bytes = source.as_bytes();
    let mut open: Vec<Bracket<'_>> = Vec::new();
    let mut at = start;
    while at < offset.min(end) {
        let is_value_start = open
            .last()
            .is_none_or(|last| bytes[last.from.min(at)..at].trim_ascii().is_empty());
        match bytes[at] {
            byte @ (b'[' | b'{') if is_value_start => open.push(Bracket {
                start: at,
                is_mapping: byte == b'{',
                from: at + 1,
                key: None,
                keys: Vec::new(),
            }),
            b']' | b'}' => {
                open.pop();
                if open.is_empty() {
                    return Flow::Closed(at + 1);
                }
            }
            b',' => {
                if let Some(last) = open.last_mut() {
                    last.from = at + 1;
                    last.key = None;
                }
            }
            b':' if bytes
                .get(at + 1)
                .is_none_or(|next| b" \t\r\n,}]".contains(next))
                || bytes[at - 1] == b'"' =>
            {
                if let Some(last) = open.last_mut()
                    && last.is_mapping
                    && last.key.is_none()
                {
                    let key = source[last.from..at].trim().trim_matches(['"', '\'']);
                    last.key = Some(key);
                    last.keys.push(key);
                    last.from = at + 1;
                }
            }
            quote @ (b'"' | b'\'') if is_value_start => {
                let line = Line::at(source, at + 1).end.min(offset);
                let length = source
                    .get(at + 1..line)
                    .and_then(|rest| rest.find(char::from(quote)));
                at = length.map_or(line, |length| at + 1 + length);
            }
            _ => {}
        }
        at += 1;
    }
    let mut path = Vec::new();
    let Some((last, above)) = open.split_last() else {
        return Flow::Closed(at);
    };
    for bracket in above {
        path.push(bracket.key.map_or(Step::Item, Step::Key));
    }
    let line = Line::at(source, offset);
    let rest = source.get(offset..line.end).unwrap_or("");
    let stop = offset + rest.find([',', '}', ']']).unwrap_or(rest.len());
    let place = match (last.is_mapping, last.key) {
        (true, Some(key)) => {
            path.push(Step::Key(key));
            let value = ByteRange::new(last.from, stop);
            (None, Some(value))
        }
        (true, None) => {
            let after = rest.split(['}', ']']).next().unwrap_or("");
            let later = after.split(',').skip(1).filter_map(|pair| {
                let (key, _) = pair.split_once(':')?;
                Some(key.trim().trim_matches(['"', '\'']))
            });
            let keys = last.keys.iter().copied().chain(later).collect();
            (Some(keys), None)
        }
        (false, _) => {
            let close = rest
                .find(']')
                .map_or(line.end, |length| offset + length + 1);
            (None, Some(ByteRange::new(last.start, close)))
        }
    };
    let (keys, value) = place;
    Flow::Open(Place {
        path,
        keys,
        value,
        in_flow: true,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::syntax::yaml::{self, Node, Value};

    /// What can be written below a key.
    #[derive(Clone, Debug)]
    enum Tree {
        Word,
        List(bool, Vec<Tree>),
        Map(bool, Vec<Tree>),
    }

    fn tree() -> impl Strategy<Value = Tree> {
        Just(Tree::Word).prop_recursive(4, 24, 3, |below| {
            let some = prop::collection::vec(below, 1..4);
            prop_oneof![
                (any::<bool>(), some.clone()).prop_map(|(flow, items)| Tree::List(flow, items)),
                (any::<bool>(), some).prop_map(|(flow, items)| Tree::Map(flow, items)),
            ]
        })
    }

    const KEYS: [&str; 3] = ["one", "'two 2'", "three-3"];

    fn write(tree: &Tree, column: usize, in_flow: bool, text: &mut String) {
        let indent = " ".repeat(column);
        match tree {
            Tree::Word => text.push_str("wörd"),
            Tree::List(flow, items) if *flow || in_flow => {
                text.push('[');
                for (at, item) in items.iter().enumerate() {
                    text.push_str(if at > 0 { ", " } else { "" });
                    write(item, 0, true, text);
                }
                text.push(']');
            }
            Tree::Map(flow, values) if *flow || in_flow => {
                text.push('{');
                for (at, (value, key)) in values.iter().zip(KEYS).enumerate() {
                    text.push_str(if at > 0 { ", " } else { "" });
                    text.push_str(&format!("{key}: "));
                    write(value, 0, true, text);
                }
                text.push('}');
            }
            Tree::List(_, items) => {
                for item in items {
                    text.push_str(&format!("\n{indent}- "));
                    match item {
                        Tree::Word => write(item, column, false, text),
                        _ => {
                            let mut below = String::new();
                            write(item, column + 2, false, &mut below);
                            text.push_str(below.trim_start());
                        }
                    }
                }
            }
            Tree::Map(_, values) => {
                for (value, key) in values.iter().zip(KEYS) {
                    text.push_str(&format!("\n{indent}{key}: "));
                    write(value, column + 2, false, text);
                }
            }
        }
    }

    /// The places of all words, as the parser of YAML sees them.
    fn words<'a>(
        node: &'a Node,
        path: &mut Vec<Step<'a>>,
        found: &mut Vec<(ByteRange, Vec<Step<'a>>)>,
    ) {
        match &node.value {
            Value::Scalar(_) => found.push((node.range, path.clone())),
            Value::Sequence { flow, items } => {
                for item in items {
                    // A list in brackets is one value with its items.
                    let is_item = !(*flow && item.as_str().is_some());
                    path.extend(is_item.then_some(Step::Item));
                    words(item, path, found);
                    path.truncate(path.len() - usize::from(is_item));
                }
            }
            Value::Mapping { pairs, .. } => {
                for (key, value) in pairs {
                    path.push(Step::Key(key.as_str().unwrap_or("")));
                    words(value, path, found);
                    path.pop();
                }
            }
            Value::Empty | Value::Alias => {}
        }
    }

    proptest! {
        #[test]
        fn a_word_is_where_the_parser_of_yaml_sees_it(tree in tree()) {
            let mut text = String::from("key: ");
            write(&tree, 2, false, &mut text);
            let (node, error) = yaml::parse(&text, 0);
            prop_assert!(error.is_none(), "{text}\n{error:?}");
            let node = node.as_ref().and_then(|node| node.get("key"));
            let mut found = Vec::new();
            words(node.expect("a value"), &mut Vec::new(), &mut found);
            for (range, path) in found {
                for offset in [range.start as usize + 1, range.end as usize] {
                    let place = place(&text, 0, text.len(), offset);
                    let place = place.unwrap_or_else(|| panic!("no place at {offset} of {text}"));
                    prop_assert_eq!(&place.path, &path, "{} of {}", offset, text);
                    prop_assert!(place.value.is_some_and(|value| value.covers(range)));
                }
            }
        }

        #[test]
        fn every_offset_of_any_text_has_at_most_a_place(
            text in "k:(\n| |-|: |[\\[\\]{},\"'#a]|ü|\r\n){0,40}",
        ) {
            for offset in (2..=text.len()).filter(|offset| text.is_char_boundary(*offset)) {
                if let Some(Place { value: Some(value), .. }) = place(&text, 0, text.len(), offset) {
                    prop_assert!(text.get(value.range()).is_some());
                }
            }
        }
    }
}
