//! Stand-in for the parts of `agentls_analysis` that are not merged yet.
#![allow(dead_code, missing_docs, clippy::needless_pass_by_value)]
pub(crate) use agentls_analysis::{limits, path, text};

pub(crate) mod config {
    use super::path::FilePath;
    #[derive(Clone, Debug, Default)]
    pub(crate) struct Config {
        pub(crate) user_agents: Option<bool>,
        pub(crate) excluded: Vec<String>,
    }
    impl Config {
        pub(crate) fn excludes(&self, path: &FilePath) -> bool {
            self.excluded.iter().any(|e| e == path.as_str())
        }
    }
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub(crate) enum Severity {
        Error,
        Warning,
        Information,
        Hint,
    }
    pub(crate) fn parse(_source: &str, _rules: &[&str]) -> (Config, Vec<()>) {
        Default::default()
    }
}

pub(crate) mod host {
    pub(crate) struct Hosts;
    impl Hosts {
        pub(crate) fn builtin() -> &'static Hosts {
            &Hosts
        }
        pub(crate) fn host_folders(&self) -> impl Iterator<Item = &str> {
            [".claude", ".github", ".opencode", ".gemini", ".cursor"].into_iter()
        }
    }
}

pub(crate) mod syntax {
    pub(crate) mod document {
        use crate::analysis::text::*;
        use std::sync::Arc;
        pub(crate) struct Document {
            text: Text,
            source: Arc<str>,
        }
        impl Document {
            pub(crate) fn new(source: &str) -> Self {
                Self {
                    text: Text::new(source),
                    source: source.into(),
                }
            }
            pub(crate) fn apply(&mut self, changes: &[Change], encoding: PositionEncoding) {
                for change in changes {
                    self.text.apply(change, encoding);
                }
                self.source = self.text.to_source().into();
            }
            pub(crate) fn text(&self) -> &Text {
                &self.text
            }
            pub(crate) fn source(&self) -> &Arc<str> {
                &self.source
            }
        }
    }
}

pub(crate) mod agent {
    use super::index::FileId;
    use super::path::FilePath;
    use super::syntax::document::Document;
    use std::sync::Arc;
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub(crate) struct AgentFile {
        pub(crate) header_text: Arc<str>,
    }
    #[derive(Clone, Debug)]
    pub(crate) struct SourceFile {
        pub(crate) id: FileId,
        pub(crate) path: FilePath,
        pub(crate) source: Arc<str>,
        pub(crate) facts: Arc<AgentFile>,
    }
    impl SourceFile {
        pub(crate) fn new(id: FileId, path: FilePath, document: &mut Document) -> Self {
            let source = document.source().clone();
            let facts = Arc::new(facts(&path, document));
            Self {
                id,
                path,
                source,
                facts,
            }
        }
    }
    pub(crate) fn header_facts(_: &FilePath, prefix: &str) -> AgentFile {
        AgentFile {
            header_text: prefix.into(),
        }
    }
    pub(crate) fn facts(_: &FilePath, document: &mut Document) -> AgentFile {
        AgentFile {
            header_text: document.source().clone(),
        }
    }
}

pub(crate) mod index {
    use super::agent::AgentFile;
    use super::config::Config;
    use super::path::FilePath;
    use std::collections::BTreeMap;
    use std::sync::Arc;
    #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
    pub(crate) struct FileId(pub(crate) u32);
    #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
    pub(crate) enum Depth {
        Header,
        Body,
    }
    #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
    pub(crate) enum Scope {
        Workspace,
        User,
    }
    #[derive(Clone, Debug)]
    pub(crate) struct IndexedFile {
        pub(crate) path: FilePath,
        pub(crate) facts: Arc<AgentFile>,
        pub(crate) depth: Depth,
        pub(crate) scope: Scope,
    }
    #[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
    #[must_use]
    pub(crate) struct Changed {
        pub(crate) names: bool,
    }
    impl Changed {
        pub(crate) fn or(self, other: Changed) -> Changed {
            Changed {
                names: self.names || other.names,
            }
        }
    }
    #[derive(Clone, Debug, Default)]
    pub(crate) struct Workspace {
        pub(crate) index: Index,
        pub(crate) config: Arc<Config>,
    }
    #[derive(Clone, Debug, Default)]
    pub(crate) struct Index {
        files: BTreeMap<FileId, Arc<IndexedFile>>,
        paths: BTreeMap<FilePath, FileId>,
    }
    impl Index {
        pub(crate) fn insert(
            &mut self,
            id: FileId,
            path: FilePath,
            facts: Arc<AgentFile>,
            depth: Depth,
            scope: Scope,
        ) -> Changed {
            self.paths.insert(path.clone(), id);
            self.files.insert(
                id,
                Arc::new(IndexedFile {
                    path,
                    facts,
                    depth,
                    scope,
                }),
            );
            Changed { names: true }
        }
        pub(crate) fn remove(&mut self, id: FileId) -> Changed {
            let before = self.files.remove(&id);
            if let Some(before) = &before {
                self.paths.remove(&before.path);
            }
            Changed {
                names: before.is_some(),
            }
        }
        pub(crate) fn file(&self, id: FileId) -> Option<&IndexedFile> {
            self.files.get(&id).map(|file| &**file)
        }
        pub(crate) fn id_of(&self, path: &FilePath) -> Option<FileId> {
            self.paths.get(path).copied()
        }
        pub(crate) fn files(&self) -> impl Iterator<Item = (FileId, &IndexedFile)> {
            self.files.iter().map(|(id, file)| (*id, &**file))
        }
        pub(crate) fn set_mcp(&mut self, _: &FilePath, _: &str) -> Changed {
            Changed::default()
        }
        pub(crate) fn set_plugin(&mut self, _: &str, _: Option<&str>) -> Changed {
            Changed::default()
        }
    }
}

pub(crate) mod rules {
    use super::agent::SourceFile;
    pub(crate) use super::config::Severity;
    use super::index::{FileId, Workspace};
    use super::text::ByteRange;
    #[derive(Clone, Debug)]
    pub(crate) struct Finding {
        pub(crate) range: ByteRange,
        pub(crate) rule: &'static str,
        pub(crate) severity: Severity,
        pub(crate) message: String,
        pub(crate) related: Vec<Related>,
        pub(crate) tags: Tags,
    }
    #[derive(Clone, Copy, Debug, Default)]
    pub(crate) struct Tags {
        pub(crate) deprecated: bool,
        pub(crate) unnecessary: bool,
    }
    #[derive(Clone, Debug)]
    pub(crate) struct Related {
        pub(crate) file: FileId,
        pub(crate) range: ByteRange,
        pub(crate) message: String,
    }
    pub(crate) fn names() -> &'static [&'static str] {
        &[]
    }
    pub(crate) fn check(_: &Workspace, _: &SourceFile) -> Vec<Finding> {
        Vec::new()
    }
    pub(crate) fn check_config(_: &str) -> Vec<Finding> {
        Vec::new()
    }
}

pub(crate) mod features {
    pub(crate) mod completion {
        use crate::analysis::{agent::SourceFile, index::Workspace, text::TextEdit};
        pub(crate) struct Options {
            pub(crate) snippets: bool,
        }
        pub(crate) struct Completions {
            pub(crate) items: Vec<Item>,
            pub(crate) incomplete: bool,
        }
        #[derive(Clone, Copy)]
        pub(crate) enum ItemKind {
            Key,
            Value,
            Tool,
            Agent,
        }
        pub(crate) struct Item {
            pub(crate) label: String,
            pub(crate) detail: Option<String>,
            pub(crate) documentation: Option<String>,
            pub(crate) kind: ItemKind,
            pub(crate) edit: TextEdit,
            pub(crate) snippet: bool,
            pub(crate) filter_text: Option<String>,
            pub(crate) sort_text: Option<String>,
            pub(crate) deprecated: bool,
        }
        pub(crate) fn completions(
            _: &Workspace,
            _: &SourceFile,
            _: usize,
            _: &Options,
        ) -> Completions {
            Completions {
                items: Vec::new(),
                incomplete: false,
            }
        }
    }
    pub(crate) mod hover {
        use crate::analysis::{agent::SourceFile, index::Workspace, text::ByteRange};
        pub(crate) struct Hover {
            pub(crate) range: ByteRange,
            pub(crate) markdown: String,
        }
        pub(crate) fn hover(_: &Workspace, _: &SourceFile, _: usize) -> Option<Hover> {
            None
        }
    }
    pub(crate) mod definition {
        use crate::analysis::{
            agent::SourceFile,
            index::{FileId, Workspace},
            text::ByteRange,
        };
        pub(crate) struct Definitions {
            pub(crate) origin: ByteRange,
            pub(crate) targets: Vec<NavigationTarget>,
        }
        pub(crate) struct NavigationTarget {
            pub(crate) file: FileId,
            pub(crate) range: ByteRange,
            pub(crate) full_range: ByteRange,
        }
        pub(crate) fn goto_definition(
            _: &Workspace,
            _: &SourceFile,
            _: usize,
        ) -> Option<Definitions> {
            None
        }
    }
}
