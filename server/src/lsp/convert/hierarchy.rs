//! Who delegates to whom, what extends what, and what everything is called.

use rustc_hash::FxHashSet;
use tower_lsp::ls_types as lsp;

use super::range;
use crate::world::snapshot::{View, WorkspaceSnapshot};
use agentls_analysis::agent::Symbol;
use agentls_analysis::features::call_hierarchy::Call;
use agentls_analysis::features::definition::NavigationTarget;
use agentls_analysis::features::hierarchy::HierarchyItem;
use agentls_analysis::features::workspace_symbols::WorkspaceSymbol;
use agentls_analysis::index::{FileId, Workspace};
use agentls_analysis::text::{ByteRange, Text};

// From the protocol.

/// The file that an item is about, open or not, and the workspace that knows it.
pub(crate) fn file_of<'s>(
    snapshots: &'s [WorkspaceSnapshot],
    uri: &lsp::Uri,
) -> Option<(&'s WorkspaceSnapshot, FileId)> {
    snapshots.iter().find_map(|snapshot| {
        let id = snapshot.view.file_of(&snapshot.workspace, uri)?;
        Some((snapshot, id))
    })
}

// To the protocol.

fn kind(symbol: Option<Symbol>) -> lsp::SymbolKind {
    match symbol {
        Some(Symbol::Agent) => lsp::SymbolKind::CLASS,
        Some(Symbol::Skill) => lsp::SymbolKind::MODULE,
        Some(Symbol::Command) => lsp::SymbolKind::FUNCTION,
        None => lsp::SymbolKind::FILE,
    }
}

/// An item of the call hierarchy; `None` for what has left the index.
pub(crate) fn call_item(
    workspace: &Workspace,
    view: &View,
    item: HierarchyItem,
) -> Option<lsp::CallHierarchyItem> {
    let (uri, text) = view.locate(workspace, item.target.file)?;
    Some(lsp::CallHierarchyItem {
        name: item.name,
        kind: kind(item.symbol),
        tags: None,
        detail: Some(item.detail),
        uri: (*uri).clone(),
        range: range(&text, item.target.full_range, view.encoding()),
        selection_range: range(&text, item.target.range, view.encoding()),
        data: None,
    })
}

/// An item of the type hierarchy; `None` for what has left the index.
pub(crate) fn type_item(
    workspace: &Workspace,
    view: &View,
    item: HierarchyItem,
) -> Option<lsp::TypeHierarchyItem> {
    let (uri, text) = view.locate(workspace, item.target.file)?;
    Some(lsp::TypeHierarchyItem {
        name: item.name,
        kind: kind(item.symbol),
        tags: None,
        detail: Some(item.detail),
        uri: (*uri).clone(),
        range: range(&text, item.target.full_range, view.encoding()),
        selection_range: range(&text, item.target.range, view.encoding()),
        data: None,
    })
}

/// Items of the type hierarchy.
pub(crate) fn type_items(
    snapshot: &WorkspaceSnapshot,
    items: Vec<HierarchyItem>,
) -> Vec<lsp::TypeHierarchyItem> {
    let WorkspaceSnapshot {
        workspace, view, ..
    } = snapshot;
    let items = items.into_iter();
    items
        .filter_map(|item| type_item(workspace, view, item))
        .collect()
}

/// Those who delegate, each with the places in its file, which was read in whole.
pub(crate) fn incoming_calls(
    snapshot: &WorkspaceSnapshot,
    calls: Vec<Call>,
) -> Vec<lsp::CallHierarchyIncomingCall> {
    let WorkspaceSnapshot {
        workspace, view, ..
    } = snapshot;
    let call = |call: Call| {
        let (_, text) = view.locate(workspace, call.item.target.file)?;
        Some(lsp::CallHierarchyIncomingCall {
            from_ranges: ranges(&text, &call.ranges, view),
            from: call_item(workspace, view, call.item)?,
        })
    };
    calls.into_iter().filter_map(call).collect()
}

/// To whom the file `from`, which was read in whole, delegates, each with the places in it.
pub(crate) fn outgoing_calls(
    snapshot: &WorkspaceSnapshot,
    from: FileId,
    calls: Vec<Call>,
) -> Option<Vec<lsp::CallHierarchyOutgoingCall>> {
    let WorkspaceSnapshot {
        workspace, view, ..
    } = snapshot;
    let (_, text) = view.locate(workspace, from)?;
    let call = |call: Call| {
        Some(lsp::CallHierarchyOutgoingCall {
            from_ranges: ranges(&text, &call.ranges, view),
            to: call_item(workspace, view, call.item)?,
        })
    };
    Some(calls.into_iter().filter_map(call).collect())
}

fn ranges(text: &Text, ranges: &[ByteRange], view: &View) -> Vec<lsp::Range> {
    let ranges = ranges.iter();
    ranges
        .map(|place| range(text, *place, view.encoding()))
        .collect()
}

/// Places that need no more than their header.
pub(crate) fn locations(
    workspace: &Workspace,
    view: &View,
    targets: &[NavigationTarget],
) -> Vec<lsp::Location> {
    let location = |target: &NavigationTarget| {
        let (uri, text) = view.locate(workspace, target.file)?;
        let range = range(&text, target.range, view.encoding());
        Some(lsp::Location::new((*uri).clone(), range))
    };
    targets.iter().filter_map(location).collect()
}

/// What workspaces define. A file that lies in several comes once.
pub(crate) fn workspace_symbols(
    snapshots: &[WorkspaceSnapshot],
    symbols: Vec<WorkspaceSymbol>,
) -> Vec<lsp::WorkspaceSymbol> {
    let mut seen = FxHashSet::default();
    let symbol = |symbol: WorkspaceSymbol| {
        let WorkspaceSnapshot {
            workspace, view, ..
        } = snapshots.get(symbol.workspace)?;
        let (uri, text) = view.locate(workspace, symbol.target.file)?;
        let range = range(&text, symbol.target.range, view.encoding());
        seen.insert(uri.clone()).then(|| lsp::WorkspaceSymbol {
            name: symbol.name.to_string(),
            kind: kind(Some(symbol.symbol)),
            tags: None,
            container_name: Some(symbol.container).filter(|container| !container.is_empty()),
            location: lsp::OneOf::Left(lsp::Location::new((*uri).clone(), range)),
            data: None,
        })
    };
    symbols.into_iter().filter_map(symbol).collect()
}
