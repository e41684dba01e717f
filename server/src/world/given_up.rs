//! What becomes of a step in which something panicked: it is told what it was about, and what it
//! left half-done is brought back to something that is true.

use std::sync::Arc;

use agentls_analysis::text::Text;
use tower_lsp::ls_types::Uri;

use super::documents::Role;
use super::space::SpaceId;
use super::{Ask, Done, Event, Publication, Work, World};

const CHECK: &str = "a check";

/// What a step is about.
pub(super) struct About {
    what: &'static str,
    document: Option<Arc<Uri>>,
    /// The workspace that a walk has come back for.
    walked: Option<SpaceId>,
}

impl World {
    /// What the next step is about; without an event it is a check.
    pub(super) fn about(&self, event: Option<&Event>) -> About {
        let next = || self.edited.front().or_else(|| self.affected.front());
        let known = |uri: &Uri| self.documents.get(uri).map(|document| &document.uri);
        let (what, document, walked) = match event {
            None => (CHECK, next(), None),
            Some(Event::Open(open)) => ("an opening", known(&open.uri), None),
            Some(Event::Change { uri, .. }) => ("a change", known(uri), None),
            Some(Event::Save(uri)) => ("a save", known(uri), None),
            Some(Event::Close(uri)) => ("a closing", known(uri), None),
            Some(Event::Ask(Ask::Document(uri, _))) => ("a request", known(uri), None),
            Some(Event::Ask(_)) => ("a request", None, None),
            Some(Event::Files(_)) => ("files that have changed", None, None),
            Some(Event::Work(Work(Done::Scanned(id, _)))) => ("a walk", None, Some(*id)),
            Some(Event::Work(_)) => ("files that were read", None, None),
            Some(_) => ("the session", None, None),
        };
        About {
            what,
            document: document.cloned(),
            walked,
        }
    }

    /// Goes on after a panic.
    pub(super) fn give_up(&mut self, about: About) {
        let About {
            what,
            document,
            walked,
        } = about;
        let document = document.and_then(|uri| self.documents.get_mut(&*uri));
        let uri = document.as_ref().map_or("", |it| it.uri.as_str());
        let version = document.as_ref().map(|document| document.version);
        tracing::error!(what, uri, version, "a step was given up; please report it");
        if what == CHECK
            && let Some(document) = document
        {
            // What the client shows is about another text.
            document.published.clear();
            let publication = Publication {
                uri: document.uri.clone(),
                diagnostics: Vec::new(),
                version: Some(document.version),
            };
            self.publish(publication);
        }
        if let Some(id) = walked {
            self.give_up_walk(id);
        }
    }

    /// A walk that brings nothing: requests that wait for names are answered with an error, and
    /// nobody is told that a name is unknown.
    pub(super) fn give_up_walk(&mut self, id: SpaceId) {
        let Some(space) = self.spaces.get_mut(&id) else {
            return;
        };
        space.has_failed = !space.is_ready;
        // Not again at once: what panicked would do so again.
        _ = space.end_walk();
        self.run_waiting();
    }

    /// A document that is not understood: its text is known, what it says is not.
    pub(super) fn give_up_document(&mut self, uri: &Uri, text: Text) {
        let Some(document) = self.documents.get_mut(uri) else {
            return;
        };
        tracing::error!(
            uri = uri.as_str(),
            version = document.version,
            "not understood until it is edited again"
        );
        match &mut document.role {
            Role::Settings(_, old) => *old = text,
            role => *role = Role::Unparsed(text),
        }
        if let Some(space) = self.spaces.get_mut(&document.space) {
            let (changed, wanted) = space.close(document.id);
            let (id, uri) = (document.space, document.uri.clone());
            if let Some(wanted) = wanted {
                self.read_again(id, vec![wanted]);
            }
            self.after(id, changed, Some(&uri));
        }
    }
}
