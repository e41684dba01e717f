//! What agentls is willing to read. What lies beyond is reported as skipped and costs nothing.

/// Largest file that is parsed, in bytes. The largest real skill measured has 294 KB.
pub const MAX_FILE_BYTES: usize = 4 * 1024 * 1024;

/// Most lines of a file that is parsed, by their ends. The block tree costs up to 1 KB for a line,
/// however short, so bytes alone bound no memory. The longest of 2,200 real files has
/// some 2,400.
pub const MAX_LINES: usize = 200_000;

/// Longest frontmatter that is looked at, in bytes, counted from the start of the file.
pub const MAX_HEADER_BYTES: usize = 256 * 1024;

/// Deepest nesting of a YAML value; deeper values are an error at the place where it is passed.
pub const MAX_YAML_DEPTH: usize = 64;

/// Most columns of one table row that are looked at; the cells after them are left alone.
pub const MAX_TABLE_COLUMNS: usize = 256;

/// Deepest nesting of markdown blocks (quotes in lists in quotes) that is walked. The
/// grammar itself opens no more than 254.
pub const MAX_BLOCK_DEPTH: usize = 128;

/// Longest paragraph, in bytes, whose inline markup is parsed: the inline grammar is
/// quadratic in unclosed delimiters, so length is the first bound and [`INLINE_STEPS`] the second.
pub const MAX_INLINE_BYTES: usize = 64 * 1024;

/// Budget of one inline parse, in progress reports of the parser (one per 100 operations).
/// Counted and not timed, so that the same text gives the same facts on every machine;
/// on the machine it was measured on (2 cores, only the grammar's C optimised) it is passed after
/// 15 to 40 ms by stray `*`, `_`, `[` or `<`, after 65 ms by `![`. The dearest text found that
/// stays below it takes 85 ms: 14 KB of stray `*`. No paragraph of 2,200 real files passes it.
pub const INLINE_STEPS: usize = 700;

/// Most items in one answer to a completion request.
pub const MAX_COMPLETIONS: usize = 100;

/// Most items in one answer to a request for workspace symbols.
pub const MAX_WORKSPACE_SYMBOLS: usize = 500;

/// Longest chain of `extends` that is followed.
pub const MAX_EXTENDS_DEPTH: usize = 64;

/// Most findings reported for one file and one rule; those that comments switch off do not count.
pub const MAX_FINDINGS_PER_RULE: usize = 200;

/// Most comments of one file that switch off rules; those behind them are text.
pub const MAX_SUPPRESSIONS: usize = 1_000;

/// Most rules that one such comment names; there are fewer.
pub const MAX_SUPPRESSED_RULES: usize = 64;

/// Most bytes that are parsed to learn which lines of a header that is no YAML belong together.
pub const MAX_GROUPED_BYTES: usize = 4 * MAX_HEADER_BYTES;

/// Most bytes of tables that one formatting writes. One wide cell widens every row.
pub const MAX_ALIGNED_BYTES: usize = MAX_FILE_BYTES;

/// Most findings in files that nobody has open that are shown for one workspace.
pub const MAX_UNOPENED_FINDINGS: usize = 5_000;

/// Deepest nesting in an answer to a request for document symbols.
pub const MAX_OUTLINE_DEPTH: usize = 64;

/// Most document symbols, folding ranges or semantic tokens in one answer.
pub const MAX_OUTLINE_ITEMS: usize = 20_000;

/// Most other places that one finding points to.
pub const MAX_RELATED: usize = MAX_EXTENDS_DEPTH;

/// Longest path that is found in prose, in characters. Paths are read backwards from their
/// `.md`, so that without a bound `.md.md.md` would be quadratic.
pub const MAX_PATH_CHARS: usize = 512;

/// Most patterns of one list in a configuration (`exclude`, `hosts`); those behind them count for
/// nothing, which is said.
pub const MAX_PATTERNS: usize = 1_000;

/// Longest pattern in a configuration, in bytes; a longer one counts for nothing, which is said.
/// Nested braces are compiled recursively, so that a long one could exhaust the stack.
pub const MAX_PATTERN_BYTES: usize = 1_024;
