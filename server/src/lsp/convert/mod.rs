//! All conversions between the protocol and analysis.

pub(crate) mod actions;
pub(crate) mod beside;
pub(crate) mod hierarchy;
pub(crate) mod outline;
pub(crate) mod rename;

use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::Deserialize as _;
use serde_json::json;
use tower_lsp::ls_types as lsp;

use crate::lsp::capabilities::Client;
use crate::paths::Platform;
use crate::world::snapshot::{DocumentSnapshot, View};
use agentls_analysis::config::Severity;
use agentls_analysis::features::completion::{Completions, Item, ItemKind, Told};
use agentls_analysis::features::definition::{Definitions, NavigationTarget};
use agentls_analysis::features::hover::Hover;
use agentls_analysis::features::references::Reference;
use agentls_analysis::index::{FileId, Workspace};
use agentls_analysis::rules::{Finding, Related, Tag};
use agentls_analysis::text::{ByteRange, Change, Position, PositionEncoding, Text};

/// Who says so, in the client's list of problems.
const SOURCE: &str = "agentls";

// From the protocol.

/// The byte at a position.
pub(crate) fn offset(document: &DocumentSnapshot, position: lsp::Position) -> usize {
    document
        .text
        .offset(from_position(position), document.view.encoding())
}

fn from_position(position: lsp::Position) -> Position {
    Position {
        line: position.line,
        column: position.character,
    }
}

/// The changes of one notification, in order.
pub(crate) fn changes(changes: Vec<lsp::TextDocumentContentChangeEvent>) -> Vec<Change> {
    changes
        .into_iter()
        .map(|change| Change {
            range: change
                .range
                .map(|range| (from_position(range.start), from_position(range.end))),
            text: change.text,
        })
        .collect()
}

/// The path that a `file:` URI names; `None` for other schemes.
pub(crate) fn path_of(uri: &lsp::Uri) -> Option<PathBuf> {
    if !uri.scheme().as_str().eq_ignore_ascii_case("file") {
        return None;
    }
    let path = uri.path().decode().to_string_lossy();
    let host = uri.authority().map_or("", |authority| authority.host());
    let path = Platform::HERE.path_of(host, &path);
    (!path.is_empty()).then(|| PathBuf::from(path))
}

// To the protocol.

/// The URI of an absolute path.
pub(crate) fn uri_of(path: &Path) -> Option<lsp::Uri> {
    lsp::Uri::from_str(&Platform::HERE.uri_of(path.to_str()?)).ok()
}

/// The range of some bytes of `text`.
pub(crate) fn range(text: &Text, range: ByteRange, encoding: PositionEncoding) -> lsp::Range {
    let position = |offset: u32| {
        let position = text.position(offset as usize, encoding);
        lsp::Position::new(position.line, position.column)
    };
    lsp::Range::new(position(range.start), position(range.end))
}

/// What is wrong with a document.
pub(crate) fn diagnostics(
    workspace: &Workspace,
    text: &Text,
    view: &View,
    findings: Vec<Finding>,
) -> Vec<lsp::Diagnostic> {
    findings
        .into_iter()
        .map(|finding| diagnostic(workspace, text, view, finding))
        .collect()
}

fn diagnostic(
    workspace: &Workspace,
    text: &Text,
    view: &View,
    finding: Finding,
) -> lsp::Diagnostic {
    let related: Vec<_> = match view.client.related_information {
        true => finding
            .related
            .into_iter()
            .filter_map(|related| self::related(workspace, view, related))
            .collect(),
        false => Vec::new(),
    };
    let tag = finding
        .tag
        .filter(|_| view.client.diagnostic_tags)
        .map(|tag| match tag {
            Tag::Deprecated => lsp::DiagnosticTag::DEPRECATED,
            Tag::Unnecessary => lsp::DiagnosticTag::UNNECESSARY,
        });
    lsp::Diagnostic {
        range: range(text, finding.range, view.encoding()),
        severity: Some(match finding.severity {
            Severity::Error => lsp::DiagnosticSeverity::ERROR,
            Severity::Warning => lsp::DiagnosticSeverity::WARNING,
            Severity::Information => lsp::DiagnosticSeverity::INFORMATION,
            Severity::Hint => lsp::DiagnosticSeverity::HINT,
        }),
        code: Some(lsp::NumberOrString::String(finding.rule.to_owned())),
        source: Some(SOURCE.to_owned()),
        message: finding.message,
        related_information: (!related.is_empty()).then_some(related),
        tags: tag.map(|tag| vec![tag]),
        ..Default::default()
    }
}

fn related(
    workspace: &Workspace,
    view: &View,
    related: Related,
) -> Option<lsp::DiagnosticRelatedInformation> {
    let (uri, text) = view.locate(workspace, related.file)?;
    Some(lsp::DiagnosticRelatedInformation {
        location: lsp::Location::new((*uri).clone(), range(&text, related.range, view.encoding())),
        message: related.message,
    })
}

/// What can be written at the cursor in the document at `uri`.
pub(crate) fn completions(
    document: &DocumentSnapshot,
    uri: &lsp::Uri,
    completions: Completions,
) -> lsp::CompletionResponse {
    let encoding = document.view.encoding();
    // Nearly always all of them are for the same place.
    let mut place = None;
    let mut range_of = |bytes: ByteRange| match place {
        Some((known, found)) if known == bytes => found,
        _ => {
            place
                .insert((bytes, range(&document.text, bytes, encoding)))
                .1
        }
    };
    let items = completions.items.into_iter().enumerate();
    let items = items.map(|(rank, item)| {
        let range = range_of(item.edit.range);
        let data = item.later.map(|file| json!([uri, file.0]));
        lsp::CompletionItem {
            data,
            ..completion_item(&document.view.client, rank, range, item)
        }
    });
    lsp::CompletionResponse::List(lsp::CompletionList {
        is_incomplete: completions.incomplete,
        items: items.collect(),
    })
}

fn completion_item(
    client: &Client,
    rank: usize,
    range: lsp::Range,
    item: Item,
) -> lsp::CompletionItem {
    let edit = lsp::TextEdit::new(range, item.edit.new_text);
    lsp::CompletionItem {
        label: item.label,
        kind: Some(match item.kind {
            ItemKind::Key => lsp::CompletionItemKind::PROPERTY,
            ItemKind::Value => lsp::CompletionItemKind::VALUE,
            ItemKind::Tool => lsp::CompletionItemKind::FUNCTION,
            ItemKind::Agent => lsp::CompletionItemKind::CLASS,
            ItemKind::Skill => lsp::CompletionItemKind::MODULE,
            ItemKind::Command => lsp::CompletionItemKind::EVENT,
            ItemKind::File => lsp::CompletionItemKind::FILE,
            ItemKind::Skeleton => lsp::CompletionItemKind::SNIPPET,
        }),
        detail: item.detail,
        documentation: item
            .documentation
            .map(|value| lsp::Documentation::MarkupContent(markup(client.markdown, value))),
        // Clients sort by label otherwise.
        sort_text: Some(format!("{rank:03}")),
        insert_text_format: (item.snippet && client.snippets)
            .then_some(lsp::InsertTextFormat::SNIPPET),
        text_edit: Some(lsp::CompletionTextEdit::Edit(edit)),
        ..Default::default()
    }
}

/// The document that an item was proposed for, and the file that it is to say more of.
pub(crate) fn told_later(item: &lsp::CompletionItem) -> Option<(lsp::Uri, FileId)> {
    let data = item.data.as_ref()?;
    let (uri, file) = <(lsp::Uri, u32)>::deserialize(data).ok()?;
    Some((uri, FileId(file)))
}

/// An item with what is said of it.
pub(crate) fn told(
    document: &DocumentSnapshot,
    item: lsp::CompletionItem,
    told: Told,
) -> lsp::CompletionItem {
    let documentation = markup(document.view.client.markdown, told.documentation);
    lsp::CompletionItem {
        detail: Some(told.detail),
        documentation: Some(lsp::Documentation::MarkupContent(documentation)),
        ..item
    }
}

/// What a name, a key or a value means.
pub(crate) fn hover(document: &DocumentSnapshot, hover: Hover) -> lsp::Hover {
    lsp::Hover {
        contents: lsp::HoverContents::Markup(markup(document.view.client.markdown, hover.markdown)),
        range: Some(range(&document.text, hover.range, document.view.encoding())),
    }
}

fn markup(markdown: bool, value: String) -> lsp::MarkupContent {
    let kind = if markdown {
        lsp::MarkupKind::Markdown
    } else {
        lsp::MarkupKind::PlainText
    };
    lsp::MarkupContent { kind, value }
}

/// Where a name is defined, nearest first; `None` where nowhere. `links` say where they start.
pub(crate) fn definitions(
    workspace: &Workspace,
    document: &DocumentSnapshot,
    definitions: Definitions,
    links: bool,
) -> Option<lsp::GotoDefinitionResponse> {
    let view = &document.view;
    let origin = range(&document.text, definitions.origin, view.encoding());
    let found: Vec<_> = definitions
        .targets
        .into_iter()
        .filter_map(|target| link(workspace, view, origin, target))
        .collect();
    if found.is_empty() {
        return None;
    }
    Some(if links {
        lsp::GotoDefinitionResponse::Link(found)
    } else {
        let location = |link: lsp::LocationLink| {
            lsp::Location::new(link.target_uri, link.target_selection_range)
        };
        lsp::GotoDefinitionResponse::Array(found.into_iter().map(location).collect())
    })
}

fn link(
    workspace: &Workspace,
    view: &View,
    origin: lsp::Range,
    target: NavigationTarget,
) -> Option<lsp::LocationLink> {
    let (uri, text) = view.locate(workspace, target.file)?;
    Some(lsp::LocationLink {
        origin_selection_range: Some(origin),
        target_uri: (*uri).clone(),
        target_range: range(&text, target.full_range, view.encoding()),
        target_selection_range: range(&text, target.range, view.encoding()),
    })
}

/// Places in files that were read in whole; what has left the index is left out.
pub(crate) fn references(
    workspace: &Workspace,
    view: &View,
    references: &[Reference],
) -> Vec<lsp::Location> {
    // In the order of files: each is located once.
    let in_one_file = references.chunk_by(|a, b| a.file == b.file);
    let mut locations = Vec::with_capacity(references.len());
    for references in in_one_file {
        let Some((uri, text)) = references
            .first()
            .and_then(|first| view.locate(workspace, first.file))
        else {
            continue;
        };
        locations.extend(references.iter().map(|reference| {
            let range = range(&text, reference.range, view.encoding());
            lsp::Location::new((*uri).clone(), range)
        }));
    }
    locations
}

/// The same name in the document: written where it is defined, read everywhere else.
pub(crate) fn highlights(
    document: &DocumentSnapshot,
    references: &[Reference],
) -> Vec<lsp::DocumentHighlight> {
    let highlight = |reference: &Reference| lsp::DocumentHighlight {
        range: range(&document.text, reference.range, document.view.encoding()),
        kind: Some(match reference.form {
            None => lsp::DocumentHighlightKind::WRITE,
            Some(_) => lsp::DocumentHighlightKind::READ,
        }),
    };
    references.iter().map(highlight).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(uri: &str) -> lsp::Uri {
        lsp::Uri::from_str(uri).unwrap()
    }

    #[test]
    fn a_range_counts_columns_as_negotiated() {
        let text = Text::new("x\nü😀ab\n");
        let columns = |encoding| {
            let range = range(&text, ByteRange::new(8, 10), encoding);
            (range.start.line, range.start.character, range.end.character)
        };
        assert_eq!(columns(PositionEncoding::Utf8), (1, 6, 8));
        assert_eq!(columns(PositionEncoding::Utf16), (1, 3, 5));
        assert_eq!(columns(PositionEncoding::Utf32), (1, 2, 4));
    }

    #[cfg(unix)]
    #[test]
    fn a_path_leads_to_a_uri_and_back() {
        for (path, expected) in [
            ("/a/b c.md", "file:///a/b%20c.md"),
            ("/ü/[x]#?%.md", "file:///%C3%BC/%5Bx%5D%23%3F%25.md"),
            ("/c:/x.md", "file:///c%3A/x.md"),
        ] {
            let uri = uri_of(Path::new(path)).unwrap();
            assert_eq!(uri.as_str(), expected);
            assert_eq!(path_of(&uri).unwrap(), Path::new(path));
        }
    }

    #[test]
    fn a_uri_of_another_scheme_has_no_path() {
        assert_eq!(path_of(&uri("untitled:Untitled-1")), None);
        assert_eq!(path_of(&uri("git:/a/b.md?ref")), None);
    }
}
