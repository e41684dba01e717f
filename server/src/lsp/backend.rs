//! One line per method: a notification is one send, a request one send and one wait. Nothing
//! is awaited before the send, because only the first poll of a method is in order.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::{mpsc, oneshot, watch};
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::*;
use tower_lsp::{LanguageServer, LspService};

use super::announce::Announced;
use super::capabilities::{self, Client};
use super::client_process::process_gone;
use super::connection::Connection;
use super::crash::{self, Doing};
use super::options::Options;
use super::own_moves::OwnMoves;
use super::stdio;
use super::written::{WRITTEN_COMPLETION, Written};
use super::{convert, handlers, hooks};
use crate::world::snapshot::{Snapshot, WorkspaceSnapshot};
use crate::world::{Ask, Configuration, Event, FileChange, JobOn, Open, World};

/// Most threads for requests and, where stdin and stdout are no pipes, for those. Requests that
/// find none wait for one.
const MAX_THREADS: usize = 1024;

/// Speaks LSP on stdin and stdout until the session ends. The exit code is 0 when the client
/// has asked to shut down.
///
/// # Errors
/// When the system gives no threads.
pub(crate) fn serve() -> std::io::Result<ExitCode> {
    crash::log_panics();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(MAX_THREADS)
        .build()?;
    let code = runtime.block_on(session())?;
    // The thread that reads stdin waits for input that may never come.
    runtime.shutdown_background();
    Ok(code)
}

async fn session() -> std::io::Result<ExitCode> {
    let (events, queue) = mpsc::unbounded_channel();
    let (publications, published) = mpsc::unbounded_channel();
    let has_shut_down = Arc::new(AtomicBool::new(false));
    let (process, mut process_known) = watch::channel(None);
    let mut client = None;
    let service = LspService::build(|made| {
        client = Some(made.clone());
        Backend {
            client: made,
            events: events.clone(),
            process,
            has_shut_down: has_shut_down.clone(),
            is_initialized: AtomicBool::new(false),
            options: Mutex::default(),
            own_moves: OwnMoves::default(),
        }
    });
    let service = service
        .custom_method("agentls/agents", Backend::agents)
        .custom_method("agentls/explain", Backend::explain)
        .custom_method("agentls/graph", Backend::graph)
        .custom_method("agentls/newAgent", Backend::new_agent)
        .custom_method("agentls/places", Backend::places)
        .custom_method("agentls/status", Backend::status)
        .custom_method(WRITTEN_COMPLETION, Backend::completion);
    let (service, socket) = hooks::add(service).finish();
    let Some(client) = client else {
        return Err(std::io::Error::other("no client was made"));
    };

    let world = World::new(
        queue,
        events.clone(),
        publications,
        client,
        tokio::runtime::Handle::current(),
    );
    // On this thread too: a message is understood and answered without waking another.
    tokio::spawn(world.run());

    let service = Announced(service);
    let connection = Connection::new(stdio::streams(), service, socket, published, events);
    let client_gone = async {
        match process_known.wait_for(Option::is_some).await.map(|id| *id) {
            Ok(Some(id)) => process_gone(id).await,
            _ => std::future::pending().await,
        }
    };
    tokio::select! {
        () = connection.serve() => {}
        () = client_gone => tracing::warn!("the client is gone"),
    }
    Ok(if has_shut_down.load(Ordering::Relaxed) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The methods of the protocol.
pub(super) struct Backend {
    client: tower_lsp::Client,
    events: mpsc::UnboundedSender<Event>,
    /// The client's process, once it is known.
    process: watch::Sender<Option<u32>>,
    has_shut_down: Arc<AtomicBool>,
    /// Whether the client has said `initialized`, which counts once.
    is_initialized: AtomicBool,
    /// What the user has chosen. Held only to read or replace it.
    options: Mutex<Chosen>,
    own_moves: OwnMoves,
}

#[derive(Default)]
struct Chosen {
    /// As the client said at first; what it says later changes these.
    initial: Options,
    now: Arc<Options>,
}

impl Backend {
    /// What the user has chosen at this point of the stream.
    fn options(&self) -> Arc<Options> {
        self.chosen().now.clone()
    }

    fn chosen(&self) -> MutexGuard<'_, Chosen> {
        self.options.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, event: Event) {
        // The world ends with the process only.
        _ = self.events.send(event);
    }

    /// Runs `handler` on a snapshot of the document at this point of the stream, once all
    /// names of its workspace are known. Nobody answers for a document that is not open.
    async fn ask<P, R>(
        &self,
        uri: Uri,
        params: P,
        handler: fn(&Snapshot, &P) -> Option<R>,
    ) -> Result<Option<R>>
    where
        P: Send + 'static,
        R: Send + 'static,
    {
        self.try_ask(uri, params, move |snapshot, params| {
            Ok(handler(snapshot, params))
        })
        .await
    }

    /// The same for a handler that may refuse, in a sentence for the user.
    async fn try_ask<P, R>(
        &self,
        uri: Uri,
        params: P,
        handler: impl FnOnce(&Snapshot, &P) -> Result<Option<R>> + Send + 'static,
    ) -> Result<Option<R>>
    where
        P: Send + 'static,
        R: Send + 'static,
    {
        let cancels = Cancels::default();
        let is_cancelled = cancels.0.clone();
        let (job, answer) = contained(move |snapshot: Option<Snapshot>, _: &dyn Fn() -> bool| {
            snapshot.map_or(Ok(None), |snapshot| {
                let snapshot = snapshot.until(is_cancelled);
                let _doing = Doing(|| snapshot.described());
                hooks::trip("ask", &snapshot.document.text);
                handler(&snapshot, &params)
            })
        });
        self.tell(Event::Ask(Ask::Document(uri, job)));
        answer
            .await
            .unwrap_or_else(|_| Err(Error::internal_error()))?
    }

    /// Runs `handler` on the workspaces that the file `about` is in, or on all, once all their
    /// names are known.
    async fn ask_workspaces<P, R>(
        &self,
        about: Option<Uri>,
        params: P,
        handler: fn(&[WorkspaceSnapshot], &P) -> Option<R>,
    ) -> Result<Option<R>>
    where
        P: Send + 'static,
        R: Send + 'static,
    {
        let cancels = Cancels::default();
        let is_cancelled = cancels.0.clone();
        let (job, answer) = contained(
            move |snapshots: Vec<WorkspaceSnapshot>, _: &dyn Fn() -> bool| {
                let snapshots = snapshots.into_iter();
                let until = |it: WorkspaceSnapshot| it.until(is_cancelled.clone());
                handler(&snapshots.map(until).collect::<Vec<_>>(), &params)
            },
        );
        self.tell(Event::Ask(Ask::Workspaces(about, job)));
        answer
            .await
            .unwrap_or_else(|_| Err(Error::internal_error()))
    }

    /// Runs a job that needs no document. It is told how to ask whether it is cancelled.
    pub(super) async fn ask_nothing<R: Send + 'static>(
        &self,
        handler: impl FnOnce(&dyn Fn() -> bool) -> R + Send + 'static,
    ) -> Result<R> {
        let (job, answer) =
            contained(move |(), is_cancelled: &dyn Fn() -> bool| handler(is_cancelled));
        self.tell(Event::Ask(Ask::Nothing(Box::new(|| job(())))));
        answer
            .await
            .unwrap_or_else(|_| Err(Error::internal_error()))
    }

    fn files(&self, changes: impl IntoIterator<Item = (String, FileChange)>) {
        let path = |uri: &str| uri.parse().ok().and_then(|uri| convert::path_of(&uri));
        let changes = changes
            .into_iter()
            .filter_map(|(uri, change)| Some((path(&uri)?, change)));
        self.tell(Event::Files(changes.collect()));
    }
}

impl Backend {
    async fn agents(
        &self,
        params: handlers::agents::NoParams,
    ) -> Result<Option<Vec<handlers::agents::Agent>>> {
        self.ask_workspaces(None, params, handlers::agents::agents)
            .await
    }

    async fn completion(&self, params: CompletionParams) -> Result<Option<Written>> {
        let uri = params.text_document_position.text_document.uri.clone();
        self.ask(uri, params, handlers::completion).await
    }

    async fn places(
        &self,
        params: handlers::agents::NoParams,
    ) -> Result<Option<Vec<handlers::agents::Place>>> {
        self.ask_workspaces(None, params, handlers::agents::places)
            .await
    }

    async fn graph(
        &self,
        params: handlers::graph::GraphParams,
    ) -> Result<Option<handlers::graph::Drawn>> {
        self.ask_workspaces(params.uri.clone(), params, handlers::graph::graph)
            .await
    }

    async fn new_agent(
        &self,
        params: handlers::agents::NewAgentParams,
    ) -> Result<Option<handlers::agents::NewAgent>> {
        self.ask_workspaces(None, params, handlers::agents::new_agent)
            .await
    }

    async fn explain(
        &self,
        params: handlers::actions::ExplainParams,
    ) -> Result<Option<handlers::actions::Explanation>> {
        Ok(handlers::actions::explain(&params))
    }

    async fn status(
        &self,
        params: handlers::status::StatusParams,
    ) -> Result<Option<handlers::status::Status>> {
        let uri = params.text_document.uri.clone();
        self.ask(uri, params, handlers::status::status).await
    }
}

/// Set when it is dropped, as what waits for an answer is when its request is cancelled.
#[derive(Default)]
struct Cancels(Arc<AtomicBool>);

impl Drop for Cancels {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A job that answers its request: with an error where `handler` panics, and not at all where
/// the request was cancelled, which has dropped the receiver.
fn contained<S: 'static, R: Send + 'static>(
    handler: impl FnOnce(S, &dyn Fn() -> bool) -> R + Send + 'static,
) -> (JobOn<S>, oneshot::Receiver<Result<R>>) {
    let (sender, answer) = oneshot::channel();
    let job = Box::new(move |snapshot| {
        if sender.is_closed() {
            return;
        }
        let result = catch_unwind(AssertUnwindSafe(|| {
            handler(snapshot, &|| sender.is_closed())
        }));
        _ = sender.send(result.map_err(|_| crash::error()));
    });
    (job, answer)
}

impl LanguageServer for Backend {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        let client = Client::of(&params.capabilities);
        if let Some(id) = params.process_id {
            self.process.send_replace(Some(id));
        }
        let options = params.initialization_options.as_ref();
        let options = options.map(Options::initial).unwrap_or_default();
        self.tell(Event::Start {
            client,
            folders: folders(&params),
            configuration: configuration(&options),
        });
        *self.chosen() = Chosen {
            now: Arc::new(options.clone()),
            initial: options,
        };
        Ok(InitializeResult {
            capabilities: capabilities::server(&client),
            server_info: Some(ServerInfo {
                name: env!("CARGO_PKG_NAME").to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            }),
            ..Default::default()
        })
    }

    async fn initialized(&self, _: InitializedParams) {
        if !self.is_initialized.swap(true, Ordering::Relaxed) {
            self.tell(Event::Initialized);
        }
    }

    async fn shutdown(&self) -> Result<()> {
        self.has_shut_down.store(true, Ordering::Relaxed);
        Ok(())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        let TextDocumentItem {
            uri, version, text, ..
        } = params.text_document;
        self.tell(Event::Open(Open { uri, version, text }));
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        let VersionedTextDocumentIdentifier { uri, version } = params.text_document;
        self.tell(Event::Change {
            uri,
            version,
            changes: convert::changes(params.content_changes),
        });
    }

    async fn did_save(&self, params: DidSaveTextDocumentParams) {
        self.tell(Event::Save(params.text_document.uri));
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        self.tell(Event::Close(params.text_document.uri));
    }

    async fn did_change_workspace_folders(&self, params: DidChangeWorkspaceFoldersParams) {
        let paths = |folders: &[WorkspaceFolder]| {
            folders
                .iter()
                .filter_map(|f| convert::path_of(&f.uri))
                .collect()
        };
        self.tell(Event::Folders {
            added: paths(&params.event.added),
            removed: paths(&params.event.removed),
        });
    }

    async fn did_change_configuration(&self, params: DidChangeConfigurationParams) {
        let mut chosen = self.chosen();
        let changed = chosen.initial.changed(&params.settings);
        let Some(changed) = changed.filter(|changed| *changed != *chosen.now) else {
            return;
        };
        let before = std::mem::replace(&mut chosen.now, Arc::new(changed.clone()));
        if before.configuration != changed.configuration
            || before.checks_workspace != changed.checks_workspace
        {
            self.tell(Event::Configure(configuration(&changed)));
        }
        self.tell(Event::Stale);
    }

    async fn did_change_watched_files(&self, params: DidChangeWatchedFilesParams) {
        self.files(params.changes.into_iter().map(|event| {
            let change = if event.typ == FileChangeType::DELETED {
                FileChange::Gone
            } else {
                FileChange::Touched
            };
            (event.uri.as_str().to_owned(), change)
        }));
    }

    async fn did_create_files(&self, params: CreateFilesParams) {
        self.files(
            params
                .files
                .into_iter()
                .map(|file| (file.uri, FileChange::Touched)),
        );
    }

    async fn did_rename_files(&self, params: RenameFilesParams) {
        self.files(params.files.into_iter().flat_map(|file| {
            [
                (file.old_uri, FileChange::Gone),
                (file.new_uri, FileChange::Touched),
            ]
        }));
    }

    async fn did_delete_files(&self, params: DeleteFilesParams) {
        self.files(
            params
                .files
                .into_iter()
                .map(|file| (file.uri, FileChange::Gone)),
        );
    }

    async fn completion_resolve(&self, item: CompletionItem) -> Result<CompletionItem> {
        let Some((uri, file)) = convert::told_later(&item) else {
            return Ok(item);
        };
        let params = (item.clone(), file);
        let resolve = handlers::completion_resolve;
        Ok(self.ask(uri, params, resolve).await?.unwrap_or(item))
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        let uri = params
            .text_document_position_params
            .text_document
            .uri
            .clone();
        self.ask(uri, params, handlers::hover).await
    }

    async fn references(&self, params: ReferenceParams) -> Result<Option<Vec<Location>>> {
        let uri = params.text_document_position.text_document.uri.clone();
        self.ask(uri, params, handlers::references).await
    }

    async fn prepare_rename(
        &self,
        params: TextDocumentPositionParams,
    ) -> Result<Option<PrepareRenameResponse>> {
        let uri = params.text_document.uri.clone();
        self.try_ask(uri, params, handlers::rename::prepare_rename)
            .await
    }

    async fn rename(&self, params: RenameParams) -> Result<Option<WorkspaceEdit>> {
        let uri = params.text_document_position.text_document.uri.clone();
        let edit = self.try_ask(uri, params, handlers::rename::rename).await?;
        if let Some(edit) = &edit {
            self.own_moves.remember(edit, Instant::now());
        }
        Ok(edit)
    }

    async fn will_rename_files(&self, params: RenameFilesParams) -> Result<Option<WorkspaceEdit>> {
        if self.own_moves.take(&params, Instant::now()) {
            return Ok(None);
        }
        self.ask_workspaces(None, params, handlers::rename::will_rename_files)
            .await
    }

    async fn document_link(&self, params: DocumentLinkParams) -> Result<Option<Vec<DocumentLink>>> {
        let uri = params.text_document.uri.clone();
        self.ask(uri, params, handlers::rename::document_link).await
    }

    async fn document_highlight(
        &self,
        params: DocumentHighlightParams,
    ) -> Result<Option<Vec<DocumentHighlight>>> {
        let uri = params
            .text_document_position_params
            .text_document
            .uri
            .clone();
        self.ask(uri, params, handlers::document_highlight).await
    }

    async fn goto_definition(
        &self,
        params: GotoDefinitionParams,
    ) -> Result<Option<GotoDefinitionResponse>> {
        let uri = params
            .text_document_position_params
            .text_document
            .uri
            .clone();
        self.ask(uri, params, handlers::goto_definition).await
    }

    async fn document_symbol(
        &self,
        params: DocumentSymbolParams,
    ) -> Result<Option<DocumentSymbolResponse>> {
        let uri = params.text_document.uri.clone();
        self.ask(uri, params, handlers::outline::document_symbol)
            .await
    }

    async fn folding_range(&self, params: FoldingRangeParams) -> Result<Option<Vec<FoldingRange>>> {
        let uri = params.text_document.uri.clone();
        self.ask(uri, params, handlers::outline::folding_range)
            .await
    }

    async fn selection_range(
        &self,
        params: SelectionRangeParams,
    ) -> Result<Option<Vec<SelectionRange>>> {
        let uri = params.text_document.uri.clone();
        self.ask(uri, params, handlers::outline::selection_range)
            .await
    }

    async fn semantic_tokens_full(
        &self,
        params: SemanticTokensParams,
    ) -> Result<Option<SemanticTokensResult>> {
        let uri = params.text_document.uri.clone();
        self.ask(uri, params, handlers::outline::semantic_tokens_full)
            .await
    }

    async fn goto_declaration(
        &self,
        params: request::GotoDeclarationParams,
    ) -> Result<Option<request::GotoDeclarationResponse>> {
        let uri = params
            .text_document_position_params
            .text_document
            .uri
            .clone();
        self.ask(uri, params, handlers::hierarchy::goto_declaration)
            .await
    }

    async fn goto_implementation(
        &self,
        params: request::GotoImplementationParams,
    ) -> Result<Option<request::GotoImplementationResponse>> {
        let uri = params
            .text_document_position_params
            .text_document
            .uri
            .clone();
        self.ask(uri, params, handlers::hierarchy::goto_implementation)
            .await
    }

    async fn prepare_call_hierarchy(
        &self,
        params: CallHierarchyPrepareParams,
    ) -> Result<Option<Vec<CallHierarchyItem>>> {
        let uri = params
            .text_document_position_params
            .text_document
            .uri
            .clone();
        self.ask(uri, params, handlers::hierarchy::prepare_call_hierarchy)
            .await
    }

    async fn incoming_calls(
        &self,
        params: CallHierarchyIncomingCallsParams,
    ) -> Result<Option<Vec<CallHierarchyIncomingCall>>> {
        let uri = params.item.uri.clone();
        self.ask_workspaces(Some(uri), params, handlers::hierarchy::incoming_calls)
            .await
    }

    async fn outgoing_calls(
        &self,
        params: CallHierarchyOutgoingCallsParams,
    ) -> Result<Option<Vec<CallHierarchyOutgoingCall>>> {
        let uri = params.item.uri.clone();
        self.ask_workspaces(Some(uri), params, handlers::hierarchy::outgoing_calls)
            .await
    }

    async fn prepare_type_hierarchy(
        &self,
        params: TypeHierarchyPrepareParams,
    ) -> Result<Option<Vec<TypeHierarchyItem>>> {
        let uri = params
            .text_document_position_params
            .text_document
            .uri
            .clone();
        self.ask(uri, params, handlers::hierarchy::prepare_type_hierarchy)
            .await
    }

    async fn supertypes(
        &self,
        params: TypeHierarchySupertypesParams,
    ) -> Result<Option<Vec<TypeHierarchyItem>>> {
        let uri = params.item.uri.clone();
        self.ask_workspaces(Some(uri), params, handlers::hierarchy::supertypes)
            .await
    }

    async fn subtypes(
        &self,
        params: TypeHierarchySubtypesParams,
    ) -> Result<Option<Vec<TypeHierarchyItem>>> {
        let uri = params.item.uri.clone();
        self.ask_workspaces(Some(uri), params, handlers::hierarchy::subtypes)
            .await
    }

    async fn symbol(
        &self,
        params: WorkspaceSymbolParams,
    ) -> Result<Option<WorkspaceSymbolResponse>> {
        self.ask_workspaces(None, params, handlers::hierarchy::workspace_symbol)
            .await
    }

    async fn code_lens(&self, params: CodeLensParams) -> Result<Option<Vec<CodeLens>>> {
        let uri = params.text_document.uri.clone();
        let params = (params, self.options());
        self.ask(uri, params, handlers::beside::code_lens).await
    }

    async fn inlay_hint(&self, params: InlayHintParams) -> Result<Option<Vec<InlayHint>>> {
        let uri = params.text_document.uri.clone();
        let params = (params, self.options());
        self.ask(uri, params, handlers::beside::inlay_hint).await
    }

    async fn code_action(&self, params: CodeActionParams) -> Result<Option<CodeActionResponse>> {
        let uri = params.text_document.uri.clone();
        let params = (params, self.options());
        self.ask(uri, params, handlers::actions::code_action).await
    }

    async fn code_action_resolve(&self, action: CodeAction) -> Result<CodeAction> {
        let Some((uri, extent)) = convert::actions::deferred(&action) else {
            return Ok(action);
        };
        let params = (action.clone(), extent);
        let resolve = handlers::actions::code_action_resolve;
        Ok(self.ask(uri, params, resolve).await?.unwrap_or(action))
    }

    async fn formatting(&self, params: DocumentFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        let uri = params.text_document.uri.clone();
        let params = (params, self.options());
        self.ask(uri, params, handlers::actions::formatting).await
    }

    async fn range_formatting(
        &self,
        params: DocumentRangeFormattingParams,
    ) -> Result<Option<Vec<TextEdit>>> {
        let uri = params.text_document.uri.clone();
        let params = (params, self.options());
        self.ask(uri, params, handlers::actions::range_formatting)
            .await
    }

    async fn execute_command(&self, params: ExecuteCommandParams) -> Result<Option<LSPAny>> {
        let Some(explanation) = handlers::actions::explained(&params) else {
            return Err(Error::invalid_params(
                "agentls has no such command, or no rule of that name",
            ));
        };
        let page = explanation.markdown;
        self.client.show_message(MessageType::INFO, page).await;
        Ok(Some(page.into()))
    }
}

/// What of the user's choice changes findings.
fn configuration(options: &Options) -> Configuration {
    Configuration {
        editor: Arc::new(options.config()),
        checks_workspace: options.checks_workspace,
    }
}

/// The folders that the client has opened. `rootUri` is what older clients send.
fn folders(params: &InitializeParams) -> Vec<std::path::PathBuf> {
    match &params.workspace_folders {
        Some(folders) if !folders.is_empty() => folders
            .iter()
            .filter_map(|f| convert::path_of(&f.uri))
            .collect(),
        #[expect(deprecated, reason = "older clients send nothing else")]
        _ => params
            .root_uri
            .iter()
            .filter_map(convert::path_of)
            .collect(),
    }
}
