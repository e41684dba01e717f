//! What the client can do, and what we tell it that we can.

use tower_lsp::ls_types::{
    CallHierarchyOptions, CallHierarchyServerCapability, ClientCapabilities, CodeActionOptions,
    CodeActionProviderCapability, CodeLensOptions, CompletionOptions, DeclarationCapability,
    DefinitionOptions, DocumentLinkOptions, ExecuteCommandOptions, FileOperationFilter,
    FileOperationPattern, FileOperationPatternKind, FileOperationRegistrationOptions,
    FileSystemWatcher, FoldingRangeProviderCapability, GlobPattern, HoverProviderCapability,
    ImplementationProviderCapability, MarkupKind, OneOf, PositionEncodingKind, ReferenceOptions,
    RelativePattern, RenameOptions, ResourceOperationKind, SaveOptions,
    SelectionRangeProviderCapability, SemanticTokensFullOptions, SemanticTokensOptions,
    ServerCapabilities, TextDocumentSyncCapability, TextDocumentSyncKind, TextDocumentSyncOptions,
    TextDocumentSyncSaveOptions, Uri, WatchKind, WorkDoneProgressOptions,
    WorkspaceFileOperationsServerCapabilities, WorkspaceFoldersServerCapabilities,
    WorkspaceServerCapabilities,
};

use super::convert::{actions, outline};
use agentls_analysis::features::code_actions;
use agentls_analysis::text::PositionEncoding;

/// What of a client's abilities matters to us.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Client {
    /// What columns count.
    pub(crate) encoding: PositionEncoding,
    /// Completion may insert snippets.
    pub(crate) snippets: bool,
    /// Hover shows markdown.
    pub(crate) markdown: bool,
    /// A definition may say what it is the definition of.
    pub(crate) definition_links: bool,
    /// So may a declaration.
    pub(crate) declaration_links: bool,
    /// Diagnostics may point to other places.
    pub(crate) related_information: bool,
    /// Diagnostics may have tags.
    pub(crate) diagnostic_tags: bool,
    /// Files are watched for us if we ask.
    pub(crate) watches_files: bool,
    /// Files outside the workspace can be watched too.
    pub(crate) relative_patterns: bool,
    /// Document symbols may be a tree.
    pub(crate) symbol_trees: bool,
    /// Most folding ranges that it shows.
    pub(crate) folding_limit: Option<usize>,
    /// Edits may say which version of a document they are for, and come in order.
    pub(crate) document_changes: bool,
    /// Files and folders can be renamed among edits.
    pub(crate) renames_files: bool,
    /// Files can be made among edits.
    pub(crate) creates_files: bool,
    /// What is said of an item of a completion may come when it is shown.
    pub(crate) resolves_items: bool,
    /// Code actions may be more than commands.
    pub(crate) action_literals: bool,
    /// They may be marked as the right one.
    pub(crate) preferred_actions: bool,
    /// Their edits may come when they are chosen.
    pub(crate) resolves_edits: bool,
    /// Edits may say what the user should know of them.
    pub(crate) change_annotations: bool,
    /// What can be renamed at a place may be asked before.
    pub(crate) prepares_renames: bool,
    /// Progress is shown.
    pub(crate) progress: bool,
    /// Code lenses are asked for again when we say so.
    pub(crate) refreshes_lenses: bool,
    /// Inlay hints are.
    pub(crate) refreshes_hints: bool,
    /// Semantic tokens are.
    pub(crate) refreshes_tokens: bool,
}

impl Client {
    /// Reads what the client offers.
    pub(crate) fn of(offered: &ClientCapabilities) -> Self {
        let document = offered.text_document.as_ref();
        let workspace = offered.workspace.as_ref();
        let completion = document
            .and_then(|document| document.completion.as_ref())
            .and_then(|completion| completion.completion_item.as_ref());
        let watched = workspace.and_then(|workspace| workspace.did_change_watched_files.as_ref());
        let edit = workspace.and_then(|workspace| workspace.workspace_edit.as_ref());
        let operations = edit.and_then(|edit| edit.resource_operations.as_deref());
        let renames_files =
            operations.is_some_and(|all| all.contains(&ResourceOperationKind::Rename));
        // Operations stand nowhere but among changes of documents: who takes them takes those,
        // even if it does not say so, as Neovim.
        let document_changes =
            renames_files || edit.is_some_and(|edit| edit.document_changes == Some(true));
        let creates_files = document_changes
            && operations.is_some_and(|all| all.contains(&ResourceOperationKind::Create));
        let action = document.and_then(|document| document.code_action.as_ref());
        let publish = document.and_then(|document| document.publish_diagnostics.as_ref());
        Self {
            encoding: encoding(offered),
            snippets: completion.is_some_and(|item| item.snippet_support == Some(true)),
            markdown: document
                .and_then(|document| document.hover.as_ref()?.content_format.as_ref())
                .is_some_and(|formats| formats.contains(&MarkupKind::Markdown)),
            definition_links: document
                .and_then(|document| document.definition.as_ref()?.link_support)
                .unwrap_or(false),
            declaration_links: document
                .and_then(|document| document.declaration.as_ref()?.link_support)
                .unwrap_or(false),
            related_information: publish
                .is_some_and(|publish| publish.related_information == Some(true)),
            diagnostic_tags: publish.is_some_and(|publish| publish.tag_support.is_some()),
            symbol_trees: document
                .and_then(|document| document.document_symbol.as_ref())
                .is_some_and(|symbols| symbols.hierarchical_document_symbol_support == Some(true)),
            folding_limit: document
                .and_then(|document| document.folding_range.as_ref()?.range_limit)
                .and_then(|limit| usize::try_from(limit).ok()),
            watches_files: watched
                .is_some_and(|watched| watched.dynamic_registration == Some(true)),
            relative_patterns: watched
                .is_some_and(|watched| watched.relative_pattern_support == Some(true)),
            document_changes,
            renames_files,
            creates_files,
            resolves_items: completion
                .and_then(|item| item.resolve_support.as_ref())
                .is_some_and(|resolved| {
                    let later = &resolved.properties;
                    is_among("detail", later) && is_among("documentation", later)
                }),
            action_literals: action
                .is_some_and(|action| action.code_action_literal_support.is_some()),
            preferred_actions: action
                .is_some_and(|action| action.is_preferred_support == Some(true)),
            resolves_edits: action
                .filter(|action| action.data_support == Some(true))
                .and_then(|action| action.resolve_support.as_ref())
                .is_some_and(|resolved| is_among("edit", &resolved.properties)),
            change_annotations: edit.is_some_and(|edit| edit.change_annotation_support.is_some()),
            prepares_renames: document
                .and_then(|document| document.rename.as_ref()?.prepare_support)
                .unwrap_or(false),
            progress: offered
                .window
                .as_ref()
                .and_then(|window| window.work_done_progress)
                .unwrap_or(false),
            refreshes_lenses: workspace
                .and_then(|workspace| workspace.code_lens.as_ref()?.refresh_support)
                .unwrap_or(false),
            refreshes_hints: workspace
                .and_then(|workspace| workspace.inlay_hint.as_ref()?.refresh_support)
                .unwrap_or(false),
            refreshes_tokens: workspace
                .and_then(|workspace| workspace.semantic_tokens.as_ref()?.refresh_support)
                .unwrap_or(false),
        }
    }
}

fn is_among(property: &str, properties: &[String]) -> bool {
    properties.iter().any(|it| it == property)
}

/// UTF-8 where the client takes it, since it is what texts are kept in; else UTF-16, which
/// every client takes, unless it offers others and not that one.
fn encoding(offered: &ClientCapabilities) -> PositionEncoding {
    let encodings = offered
        .general
        .as_ref()
        .and_then(|general| general.position_encodings.as_deref());
    let offers =
        |kind: PositionEncodingKind| encodings.is_some_and(|encodings| encodings.contains(&kind));
    if offers(PositionEncodingKind::UTF8) {
        PositionEncoding::Utf8
    } else if offers(PositionEncodingKind::UTF32) && !offers(PositionEncodingKind::UTF16) {
        PositionEncoding::Utf32
    } else {
        PositionEncoding::Utf16
    }
}

/// What we offer to `client`.
pub(crate) fn server(client: &Client) -> ServerCapabilities {
    ServerCapabilities {
        position_encoding: Some(match client.encoding {
            PositionEncoding::Utf8 => PositionEncodingKind::UTF8,
            PositionEncoding::Utf16 => PositionEncodingKind::UTF16,
            PositionEncoding::Utf32 => PositionEncodingKind::UTF32,
        }),
        text_document_sync: Some(TextDocumentSyncCapability::Options(
            TextDocumentSyncOptions {
                open_close: Some(true),
                change: Some(TextDocumentSyncKind::INCREMENTAL),
                save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions {
                    include_text: Some(false),
                })),
                ..Default::default()
            },
        )),
        completion_provider: Some(CompletionOptions {
            // Where a name, a tool or a value starts, in a header, a table or a sentence.
            trigger_characters: Some(
                [":", " ", ",", "[", "(", "|", "`", "@", "/", "\"", "'", "-"]
                    .map(str::to_owned)
                    .to_vec(),
            ),
            resolve_provider: Some(client.resolves_items),
            ..Default::default()
        }),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        definition_provider: Some(OneOf::Right(DefinitionOptions {
            work_done_progress_options: WorkDoneProgressOptions::default(),
        })),
        references_provider: Some(OneOf::Right(ReferenceOptions {
            work_done_progress_options: WorkDoneProgressOptions {
                work_done_progress: Some(true),
            },
        })),
        document_highlight_provider: Some(OneOf::Left(true)),
        rename_provider: Some(match client.prepares_renames {
            true => OneOf::Right(RenameOptions {
                prepare_provider: Some(true),
                work_done_progress_options: WorkDoneProgressOptions {
                    work_done_progress: Some(true),
                },
            }),
            false => OneOf::Left(true),
        }),
        document_link_provider: Some(DocumentLinkOptions {
            resolve_provider: None,
            work_done_progress_options: WorkDoneProgressOptions::default(),
        }),
        code_action_provider: Some(match client.action_literals {
            true => CodeActionProviderCapability::Options(CodeActionOptions {
                code_action_kinds: Some(code_actions::Kind::ALL.map(actions::kind_id).to_vec()),
                resolve_provider: Some(client.resolves_edits),
                ..Default::default()
            }),
            false => CodeActionProviderCapability::Simple(true),
        }),
        execute_command_provider: Some(ExecuteCommandOptions {
            commands: vec![actions::EXPLAIN.to_owned()],
            ..Default::default()
        }),
        document_formatting_provider: Some(OneOf::Left(true)),
        document_range_formatting_provider: Some(OneOf::Left(true)),
        document_symbol_provider: Some(OneOf::Left(true)),
        folding_range_provider: Some(FoldingRangeProviderCapability::Simple(true)),
        selection_range_provider: Some(SelectionRangeProviderCapability::Simple(true)),
        semantic_tokens_provider: Some(
            SemanticTokensOptions {
                legend: outline::legend(),
                full: Some(SemanticTokensFullOptions::Bool(true)),
                ..Default::default()
            }
            .into(),
        ),
        declaration_provider: Some(DeclarationCapability::Simple(true)),
        implementation_provider: Some(ImplementationProviderCapability::Simple(true)),
        call_hierarchy_provider: Some(CallHierarchyServerCapability::Options(
            CallHierarchyOptions {
                work_done_progress_options: WorkDoneProgressOptions {
                    work_done_progress: Some(true),
                },
            },
        )),
        workspace_symbol_provider: Some(OneOf::Left(true)),
        code_lens_provider: Some(CodeLensOptions {
            resolve_provider: None,
        }),
        inlay_hint_provider: Some(OneOf::Left(true)),
        workspace: Some(WorkspaceServerCapabilities {
            workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(OneOf::Left(true)),
            }),
            file_operations: Some(WorkspaceFileOperationsServerCapabilities {
                did_create: Some(every_file()),
                did_rename: Some(every_file()),
                did_delete: Some(every_file()),
                will_rename: Some(markdown_and_folders()),
                ..Default::default()
            }),
        }),
        ..Default::default()
    }
}

fn every_file() -> FileOperationRegistrationOptions {
    FileOperationRegistrationOptions {
        filters: vec![file_filter("**/*", None)],
    }
}

/// What can take names, links and paths along when it is renamed.
fn markdown_and_folders() -> FileOperationRegistrationOptions {
    FileOperationRegistrationOptions {
        filters: vec![
            file_filter("**/*.{md,mdc}", Some(FileOperationPatternKind::File)),
            file_filter("**/*", Some(FileOperationPatternKind::Folder)),
        ],
    }
}

fn file_filter(glob: &str, matches: Option<FileOperationPatternKind>) -> FileOperationFilter {
    FileOperationFilter {
        scheme: Some("file".to_owned()),
        pattern: FileOperationPattern {
            glob: glob.to_owned(),
            matches,
            options: None,
        },
    }
}

/// What we want to be told of: files that mean something to us, and whatever is deleted, as a
/// folder that goes takes its files along without naming them. `user_agents` is the folder of
/// the user's own, which lies outside every workspace.
pub(crate) fn watchers(user_agents: Option<Uri>) -> Vec<FileSystemWatcher> {
    let watcher = |glob: &str, kind| FileSystemWatcher {
        glob_pattern: GlobPattern::String(glob.to_owned()),
        kind,
    };
    let mut watchers = vec![
        watcher("**/*.{md,mdc}", None),
        watcher("**/{.agentls.yaml,.gitignore}", None),
        watcher("**/{.mcp,mcp,plugin,settings,settings.local}.json", None),
        watcher("**/*", Some(WatchKind::Delete)),
    ];
    watchers.extend(user_agents.map(|folder| FileSystemWatcher {
        glob_pattern: GlobPattern::Relative(RelativePattern {
            base_uri: OneOf::Right(folder),
            pattern: "**/*.md".to_owned(),
        }),
        kind: None,
    }));
    watchers
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn negotiated(encodings: serde_json::Value) -> PositionEncoding {
        let offered =
            serde_json::from_value(json!({ "general": { "positionEncodings": encodings } }))
                .unwrap();
        Client::of(&offered).encoding
    }

    #[test]
    fn the_encoding_is_one_that_the_client_offers() {
        assert_eq!(
            Client::of(&ClientCapabilities::default()).encoding,
            PositionEncoding::Utf16
        );
        assert_eq!(negotiated(json!(["utf-16"])), PositionEncoding::Utf16);
        assert_eq!(
            negotiated(json!(["utf-32", "utf-8", "utf-16"])),
            PositionEncoding::Utf8
        );
        assert_eq!(
            negotiated(json!(["utf-32", "utf-16"])),
            PositionEncoding::Utf16
        );
        assert_eq!(negotiated(json!(["utf-32"])), PositionEncoding::Utf32);
        assert_eq!(negotiated(json!([])), PositionEncoding::Utf16);
    }

    #[test]
    fn a_client_that_renames_files_takes_changes_of_documents() {
        let of = |edit: serde_json::Value| {
            let offered = json!({ "workspace": { "workspaceEdit": edit } });
            let client = Client::of(&serde_json::from_value(offered).unwrap());
            (client.document_changes, client.renames_files)
        };
        assert_eq!(
            of(json!({ "resourceOperations": ["rename"] })),
            (true, true)
        );
        assert_eq!(of(json!({ "documentChanges": true })), (true, false));
        assert_eq!(
            of(json!({ "resourceOperations": ["create"] })),
            (false, false)
        );
    }

    #[test]
    fn a_client_that_says_nothing_gets_the_plainest_answers() {
        assert_eq!(
            Client::of(&ClientCapabilities::default()),
            Client::default()
        );
    }
}
