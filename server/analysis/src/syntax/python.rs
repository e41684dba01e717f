//! The Python in fences, remembered by content: its first syntax error and its definitions.

use std::cell::RefCell;
use std::ops::Range;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use tree_sitter::{Node, Parser, Point, Tree};

use super::blocks::{Fence, line_end};
use super::{document, inline};
use crate::limits::{MAX_OUTLINE_DEPTH, MAX_OUTLINE_ITEMS};
use crate::text::ByteRange;

/// Where a fence is not Python.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PythonError {
    /// The exact place, in bytes of the file.
    pub range: ByteRange,
    /// What the parser missed there (`")"`), where it can tell.
    pub missing: Option<&'static str>,
}

/// A function or a class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PythonDefinition {
    /// What it is.
    pub kind: PythonKind,
    /// All of it, decorators included.
    pub range: ByteRange,
    /// Its name.
    pub name: ByteRange,
}

/// The kinds of [`PythonDefinition`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PythonKind {
    /// `class`
    Class,
    /// `def` or `async def`
    Function,
    /// A function in the body of a class.
    Method,
}

/// What is known of the code in one fence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PythonCode {
    /// What is wrong in it: nothing, or the first error, in bytes of the file.
    pub errors: Arc<[PythonError]>,
    /// What it defines, an outer definition before those in it, in bytes of the text that the
    /// pieces of the fence's content make together: [`place_definition`] finds it in the file.
    pub definitions: Arc<[PythonDefinition]>,
}

/// Where a definition of [`PythonCode`] stands in the file. `content` is that of its fence.
pub fn place_definition(definition: &PythonDefinition, content: &[ByteRange]) -> PythonDefinition {
    PythonDefinition {
        kind: definition.kind,
        range: inline::place(definition.range, content),
        name: inline::place(definition.name, content),
    }
}

/// What is known of code by the code itself, so that only a changed fence is parsed again. As
/// [`inline::InlineCache`], it drops the older of two generations.
#[derive(Default)]
pub(crate) struct PythonCache {
    newer: FxHashMap<Box<str>, Parsed>,
    older: FxHashMap<Box<str>, Parsed>,
    newer_bytes: usize,
}

/// In bytes of the code.
#[derive(Clone, Default)]
struct Parsed {
    error: Option<PythonError>,
    definitions: Arc<[PythonDefinition]>,
}

/// What a generation may hold beyond the length of the file, in bytes of code.
const SLACK_BYTES: usize = 16 * 1024;

impl PythonCache {
    pub(crate) fn code(&mut self, source: &str, fence: &Fence) -> PythonCode {
        let pieces = &fence.content;
        let code: String = pieces.iter().map(|piece| piece.of(source)).collect();
        let found = self.newer.get(code.as_str()).cloned().unwrap_or_else(|| {
            if self.newer_bytes > source.len() + SLACK_BYTES {
                self.older = std::mem::take(&mut self.newer);
                self.newer_bytes = 0;
            }
            let parsed = self
                .older
                .remove(code.as_str())
                .unwrap_or_else(|| parsed(&code));
            self.newer_bytes += code.len();
            self.newer.insert(code.into(), parsed.clone());
            parsed
        });
        let placed = found.error.map(|error| PythonError {
            range: inline::place(error.range, pieces),
            ..error
        });
        PythonCode {
            errors: placed.into_iter().collect(),
            definitions: found.definitions,
        }
    }
}

thread_local! {
    static PYTHON_PARSER: RefCell<Parser> = RefCell::new(document::parser(tree_sitter_python::LANGUAGE.into()));
}

fn parsed(code: &str) -> Parsed {
    let Some(tree) = parse(code) else {
        return Parsed::default();
    };
    Parsed {
        error: first_error(&tree, code),
        definitions: definitions(&tree, code).into(),
    }
}

/// What the walk of [`definitions`] knows of the nodes around the cursor.
#[derive(Clone, Copy, Default)]
struct Around {
    /// The innermost definition.
    definition: Option<PythonKind>,
    /// How many there are.
    depth: usize,
    /// Where the first decorator starts of the definition that the next node may be.
    decorated: Option<usize>,
    is_error: bool,
}

/// The functions and classes of `tree`, in bytes of `code`. What could not be parsed gives those
/// of which at least the first words stand there.
///
/// Parents and siblings are known from the walk: to ask a node for them is a search among all
/// children of the parent.
fn definitions(tree: &Tree, code: &str) -> Vec<PythonDefinition> {
    let mut found: Vec<PythonDefinition> = Vec::new();
    let mut around = vec![Around::default()];
    // Kind and start of a `def` or `class` that is no more than that word.
    let mut word: Option<(PythonKind, usize)> = None;
    let mut cursor = tree.walk();
    while found.len() < MAX_OUTLINE_ITEMS {
        let node = cursor.node();
        let within = around.last().copied().unwrap_or_default();
        let mut inside = Around {
            decorated: None,
            is_error: node.is_error(),
            ..within
        };
        let previous = word.take();
        match node.kind() {
            "decorated_definition" => inside.decorated = Some(node.start_byte()),
            kind @ ("class_definition" | "function_definition") => {
                let kind = definition_kind(kind, within.definition);
                inside.definition = Some(kind);
                inside.depth += 1;
                let name = node.child_by_field_name("name");
                found.extend(name.filter(|name| !name.is_missing()).map(|name| {
                    let start = within.decorated.unwrap_or(node.start_byte());
                    PythonDefinition {
                        kind,
                        range: ByteRange::new(start, node.end_byte()),
                        name: name.byte_range().into(),
                    }
                }));
            }
            // Behind an error a keyword is no more than an identifier.
            "class" | "def" | "identifier" if within.is_error => {
                let text = code.get(node.byte_range()).unwrap_or("");
                if matches!(text, "class" | "def") {
                    word = Some((definition_kind(text, within.definition), node.start_byte()));
                } else if let Some((kind, start)) = previous {
                    found.push(PythonDefinition {
                        kind,
                        range: ByteRange::new(start, line_end(code, node.end_byte())),
                        name: node.byte_range().into(),
                    });
                }
            }
            _ => {}
        }
        if holds_statements(node) && inside.depth < MAX_OUTLINE_DEPTH && cursor.goto_first_child() {
            around.push(inside);
            continue;
        }
        while !cursor.goto_next_sibling() {
            around.pop();
            if !cursor.goto_parent() {
                return found;
            }
        }
    }
    found
}

fn definition_kind(node_kind: &str, around: Option<PythonKind>) -> PythonKind {
    if node_kind.starts_with("class") {
        PythonKind::Class
    } else if around == Some(PythonKind::Class) {
        PythonKind::Method
    } else {
        PythonKind::Function
    }
}

/// Whether definitions can stand in `node`: expressions, most of any tree, are not walked.
fn holds_statements(node: Node<'_>) -> bool {
    let kind = node.kind();
    node.is_error()
        || kind.ends_with("_definition")
        || kind.ends_with("_clause")
        || matches!(
            kind,
            "module"
                | "block"
                | "if_statement"
                | "try_statement"
                | "with_statement"
                | "for_statement"
                | "while_statement"
                | "match_statement"
        )
}

/// The first error that a reader would call one, in bytes of `code`.
fn first_error(tree: &Tree, code: &str) -> Option<PythonError> {
    let (outermost, deepest) = first_error_nodes(tree)?;
    let (range, missing) = match never_closed(tree, outermost, deepest) {
        Some((opener, closer)) => (opener.byte_range(), Some(closer)),
        None => (exact(code, deepest), missing_token(deepest)),
    };
    let range = ByteRange::from(range);
    (!is_excused(code, range)).then_some(PythonError { range, missing })
}

/// Parses the code through included ranges that leave out the indentation that all lines
/// share. Not in its place in the file: what a recovery from an error costs counts the lines
/// and bytes that were skipped, those before the first range too, so that the same code would
/// have its error elsewhere further down.
fn parse(code: &str) -> Option<Tree> {
    if code.trim().is_empty() {
        // No ranges at all would mean the whole text.
        return None;
    }
    let indentation = common_indentation(code);
    let mut ranges = Vec::new();
    let mut at = Position::default();
    let mut offset = 0;
    for line in code.split_inclusive('\n') {
        let blanks = line
            .bytes()
            .take_while(|byte| matches!(byte, b' ' | b'\t'))
            .count();
        let start = at.advance(code, offset + blanks.min(indentation));
        offset += line.len();
        let end = at.advance(code, offset);
        push_range(&mut ranges, start, end);
    }
    PYTHON_PARSER.with_borrow_mut(|parser| {
        parser.set_included_ranges(&ranges).ok()?;
        let tree = parser.parse(code, None);
        parser.set_included_ranges(&[]).ok()?;
        tree
    })
}

/// A byte and its tree-sitter point, moved forward only: one pass over the text counts all rows.
#[derive(Default)]
struct Position {
    byte: usize,
    point: Point,
}

impl Position {
    fn advance(&mut self, source: &str, byte: usize) -> (usize, Point) {
        let passed = source.as_bytes().get(self.byte..byte).unwrap_or_default();
        match memchr::memrchr(b'\n', passed) {
            Some(last) => {
                self.point.row += memchr::memchr_iter(b'\n', passed).count();
                self.point.column = passed.len() - last - 1;
            }
            None => self.point.column += passed.len(),
        }
        self.byte += passed.len();
        (self.byte, self.point)
    }
}

fn push_range(
    ranges: &mut Vec<tree_sitter::Range>,
    (start_byte, start_point): (usize, Point),
    (end_byte, end_point): (usize, Point),
) {
    match ranges.last_mut() {
        Some(last) if last.end_byte == start_byte => {
            (last.end_byte, last.end_point) = (end_byte, end_point)
        }
        _ => ranges.push(tree_sitter::Range {
            start_byte,
            end_byte,
            start_point,
            end_point,
        }),
    }
}

/// Blanks that every line with code starts with, in bytes.
fn common_indentation(code: &str) -> usize {
    let lines = code.lines().filter(|line| !line.trim().is_empty());
    let blanks = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    lines.map(blanks).min().unwrap_or(0)
}

/// The first node that is an error or missing, and the deepest such within it.
fn first_error_nodes(tree: &Tree) -> Option<(Node<'_>, Node<'_>)> {
    let mut node = tree.root_node();
    if !node.has_error() {
        return None;
    }
    let mut outermost = None;
    loop {
        if node.is_error() || node.is_missing() {
            outermost.get_or_insert(node);
        }
        let mut cursor = node.walk();
        let inner = node
            .children(&mut cursor)
            .find(|child| child.has_error() || child.is_missing());
        match inner {
            Some(inner) => node = inner,
            None => return Some((outermost.unwrap_or(node), node)),
        }
    }
}

/// The bracket that is never closed, where that is what led to the error: the parser stumbles
/// only lines later, over code that is right.
fn never_closed<'tree>(
    tree: &'tree Tree,
    outermost: Node<'tree>,
    deepest: Node<'tree>,
) -> Option<(Node<'tree>, &'static str)> {
    if deepest.kind().contains(['"', '\''])
        || deepest
            .child(0)
            .is_some_and(|node| node.kind() == "string_start")
    {
        return None;
    }
    let mut open = Vec::new();
    let mut cursor = tree.walk();
    loop {
        let node = cursor.node();
        match node.kind() {
            _ if node.is_missing() => {}
            "(" => open.push((node, ")")),
            "[" => open.push((node, "]")),
            "{" => open.push((node, "}")),
            closer @ (")" | "]" | "}") => {
                if let Some(at) = open.iter().rposition(|&(_, wanted)| wanted == closer) {
                    open.truncate(at);
                }
            }
            _ => {}
        }
        if cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                let area = outermost.start_byte()..deepest.end_byte();
                return open
                    .into_iter()
                    .find(|(node, _)| area.contains(&node.start_byte()));
            }
        }
    }
}

/// The token that `node` stands for where the parser had to make it up, if it reads as code.
fn missing_token(node: Node<'_>) -> Option<&'static str> {
    const TOKENS: [&str; 12] = [
        ")", "]", "}", ":", ",", "=", "(", "[", "{", "in", "import", "else",
    ];
    let kind = node.is_missing().then(|| node.kind())?;
    TOKENS.into_iter().find(|&token| token == kind)
}

/// The bytes of an error node: at most one line, never empty where there is something to mark.
fn exact(code: &str, node: Node<'_>) -> Range<usize> {
    let end = node.end_byte().min(code.len());
    let start = node.start_byte().min(end);
    let text = &code[start..end];
    let blank = text.len() - text.trim_start().len();
    let start = if blank < text.len() {
        start + blank
    } else {
        start
    };
    let line = code[start..end].split(['\n', '\r']).next().unwrap_or("");
    start..start + line.trim_end().len()
}

/// Whether what looks like an error is how people write about code: a fragment with the rest
/// left out, a session at a prompt, a template, a diff. In doubt it is.
fn is_excused(code: &str, error: ByteRange) -> bool {
    is_template(code)
        || is_session_or_diff(code)
        || is_nested_fence(code, error)
        || is_fragment(code, error)
}

fn is_template(code: &str) -> bool {
    ["{{", "{%", "${", "<%"]
        .iter()
        .any(|opening| code.contains(opening))
}

fn is_session_or_diff(code: &str) -> bool {
    let prompts = [">>>", "$ ", "%", "!", "In [", "@@ ", "diff --git "];
    let starts = |mark: char| code.lines().any(|line| line.starts_with(mark));
    code.lines().any(|line| {
        prompts
            .iter()
            .any(|prompt| line.trim_start().starts_with(prompt))
    }) || starts('+') && starts('-')
}

/// A fence within the fence: that it ends the outer one is another finding.
fn is_nested_fence(code: &str, error: ByteRange) -> bool {
    let line = lines_around(code, error, 0).trim_start();
    line.starts_with("```") || line.starts_with("~~~")
}

/// Something left out, or to be filled in, at the error.
fn is_fragment(code: &str, error: ByteRange) -> bool {
    let near = lines_around(code, error, 1);
    if near.contains("...") || near.contains('…') {
        return true;
    }
    let line = lines_around(code, error, 0);
    let angle = enclosed(line, '<', '>').any(|name| {
        name.starts_with(char::is_alphabetic)
            && name
                .chars()
                .all(|c| c.is_alphanumeric() || " _-./|".contains(c))
    });
    let square = enclosed(line, '[', ']').any(|name| {
        name.starts_with(char::is_uppercase)
            && name
                .chars()
                .all(|c| c.is_alphabetic() || " _-/".contains(c))
    });
    angle || square
}

/// What stands between `open` and the next `close`, for each `open` in `line`.
fn enclosed(line: &str, open: char, close: char) -> impl Iterator<Item = &str> {
    line.match_indices(open).filter_map(move |(at, _)| {
        let rest = &line[at + open.len_utf8()..];
        rest.find(close).map(|end| &rest[..end])
    })
}

/// The lines that hold the start and the end of `range`, and as many as `more` before and after.
fn lines_around(code: &str, range: ByteRange, more: usize) -> &str {
    let starts: Vec<usize> = std::iter::once(0)
        .chain(memchr::memchr_iter(b'\n', code.as_bytes()).map(|at| at + 1))
        .collect();
    let line_of = |offset: u32| starts.partition_point(|&start| start <= offset as usize) - 1;
    let first = starts[line_of(range.start).saturating_sub(more)];
    let after = starts
        .get(line_of(range.end) + more + 1)
        .copied()
        .unwrap_or(code.len());
    code.get(first..after).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::place_definition;
    use crate::syntax::document::Document;

    /// What is marked in the first fence of `source`, and what is missing there.
    fn errors(source: &str) -> Vec<(String, Option<&'static str>)> {
        let mut document = Document::new(source);
        let fence = document.blocks(0).fences[0].clone();
        let errors = document.python(&fence).errors;
        errors
            .iter()
            .map(|error| (error.range.of(source).to_owned(), error.missing))
            .collect()
    }

    /// The definitions in the first fence of `source`, each with its first and last line.
    fn definitions(source: &str) -> Vec<String> {
        let mut document = Document::new(source);
        let fence = document.blocks(0).fences[0].clone();
        let code = document.python(&fence);
        code.definitions
            .iter()
            .map(|definition| {
                let placed = place_definition(definition, &fence.content);
                let lines: Vec<&str> = placed.range.of(source).lines().collect();
                let (first, last) = (lines[0], lines[lines.len() - 1].trim());
                let name = placed.name.of(source);
                format!("{:?} {name}: {first} .. {last}", placed.kind)
            })
            .collect()
    }

    #[test]
    fn definitions_are_found_in_every_kind_of_statement() {
        assert_eq!(
            definitions(
                "```py\n@a\n@b(1)\nasync def f():\n    pass\nif x:\n    class A: pass\nelse:\n    try:\n        def g(): pass\n    finally:\n        class B:\n            with c:\n                def m(self): pass\nx = [lambda: 1]\n```\n"
            ),
            [
                "Function f: @a .. pass",
                "Class A: class A: pass .. class A: pass",
                "Function g: def g(): pass .. def g(): pass",
                "Class B: class B: .. def m(self): pass",
                "Method m: def m(self): pass .. def m(self): pass",
            ]
        );
    }

    #[test]
    fn what_does_not_parse_defines_what_its_first_words_say() {
        assert_eq!(
            definitions("```py\ndef f()\n    return 1\n\nclass A(\n\ndef g(a,\n\nclass\n```\n"),
            [
                "Function f: def f() .. def f()",
                "Class A: class A( .. class A(",
                "Function g: def g(a, .. def g(a,"
            ]
        );
    }

    #[test]
    fn a_definition_in_a_quote_is_placed_in_the_file() {
        assert_eq!(
            definitions("> ```py\n> class A:\n>\n>     def ü(self):\n>         pass\n> ```\n"),
            [
                "Class A: class A: .. >         pass",
                "Method ü: def ü(self): .. >         pass"
            ]
        );
    }

    fn check(code: &str, marked: &str, missing: Option<&'static str>) {
        let source = format!("```python\n{code}\n```\n");
        assert_eq!(errors(&source), [(marked.to_owned(), missing)], "{code}");
    }

    fn check_silent(code: &str) {
        assert_eq!(errors(&format!("```python\n{code}\n```\n")), [], "{code}");
    }

    #[test]
    fn the_first_error_is_marked_where_it_is() {
        check("a = 1\nif x = 3:\n    pass\nb c d", "= 3", None);
        check("for x in range(3) print(x)\ny = 1", "print", None);
        check("x = {a: 1, b 2}", "b 2", None);
        check("x = \"abc\ny = 1", "\"", None);
        check("def f()\n    return 1", "def f()", None);
    }

    #[test]
    fn a_bracket_that_is_never_closed_is_marked_and_not_where_the_parser_stumbles() {
        check("x = foo(1, [2]\ny = 3", "(", Some(")"));
        check(
            "class A:\n    def f(self):\n        return [1\n\n    def g(self):\n        pass",
            "[",
            Some("]"),
        );
    }

    #[test]
    fn modern_and_top_level_code_is_python() {
        for code in [
            "await main()",
            "yield 1\nreturn 2",
            "print \"two\"",
            "match x:\n    case [1, *_]: pass",
            "type A[T] = list[T]",
            "try:\n    x\nexcept* E:\n    y",
            "f\"{a!r:>{w}} {'b'}\"",
            "def f(x, /, *, y: int = 1) -> None: ...",
            "if x:\r\n    y\r\nelse:\r\n    z\r",
            "",
            "   ",
        ] {
            check_silent(code);
        }
    }

    #[test]
    fn how_people_write_about_code_is_no_error() {
        for code in [
            "class A(...):\n    def f(self, ...):",
            "x = foo(a, …)",
            ">>> f(1)\n1 2",
            "$ pip install x y",
            "%pip install x",
            "!ls -l | x",
            "x = {{ name }} y",
            "{% if a %}\nx y\n{% endif %}",
            "x = ${HOME} y",
            "from <package> import <your name>",
            "import [MODULE NAME]",
            "@@ -1 +1 @@\n-x = 1\n+x = 2",
            "- x = 1\n+ x = 2 3",
        ] {
            check_silent(code);
        }
    }

    #[test]
    fn code_that_is_indented_throughout_is_read_without_it() {
        check_silent("    def f():\n        pass\n\n    x = 1");
        check("    x = 1\n    y = = 2", "=", None);
    }

    #[test]
    fn an_error_in_a_quote_or_a_list_is_marked_in_the_file() {
        let source = "> ```python\n> def f():\n>     x = foo(1\n>     y = 2\n> ```\n";
        assert_eq!(errors(source), [("(".to_owned(), Some(")"))]);
        let source = "- a\n\n  ```py\n  x = {ü: 1, b 2}\n  ```\n";
        assert_eq!(errors(source), [("b 2".to_owned(), None)]);
        let source = "> ```python\n> def f():\n>     '''a\n>\n>     b'''\n>     return (1,\n>             2)\n> ```\n";
        assert_eq!(errors(source), []);
    }

    #[test]
    fn a_fence_within_the_fence_is_not_reported_as_python() {
        check_silent("x = 1\n```js\ny = 2");
    }

    /// What stands before or beside the code is no matter: errors are remembered by the code.
    #[test]
    fn an_error_is_where_it_is_wherever_the_fence_stands() {
        let code = "| Delegate To |\r\n|---|\r\n| test-ruiner |\r\ndef run(n: int = 3) -> None:\n    print(n)\n";
        let fence = format!("```python\n{code}```\n");
        let expected = errors(&fence);
        for lines in [1, 10, 20, 50, 200, 1_000] {
            let text = "A line that goes before it.\n".repeat(lines);
            assert_eq!(
                errors(&format!("{text}\n{fence}")),
                expected,
                "{lines} lines"
            );
        }
        let quoted: String = fence
            .split_inclusive('\n')
            .map(|line| format!(">    {line}"))
            .collect();
        assert_eq!(errors(&quoted), expected);
    }

    #[test]
    fn the_same_code_twice_is_marked_in_both_places() {
        let source = "```python\nx = (1\n```\n\ntext\n\n> ```python\n> x = (1\n> ```\n";
        let mut document = Document::new(source);
        for fence in &document.blocks(0).fences {
            let errors = document.python(fence).errors;
            assert_eq!(errors[0].range.of(source), "(");
            assert!(fence.range.covers(errors[0].range));
        }
    }
}
