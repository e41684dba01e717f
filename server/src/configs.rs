//! The configurations of a workspace: which there are, and the files that they leave.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use agentls_analysis::config::{self, Config, Configs};
use agentls_analysis::path::FilePath;
use agentls_analysis::rules;

use crate::files::{self, CONFIG_NAME, Found, FoundKind, LeftOut, Unreadable, Walked};

/// What a walk has found.
pub(crate) struct Listing {
    /// The files that no configuration leaves out, in the order of their paths.
    pub(crate) found: Vec<Found>,
    /// What was left out that whoever asked may miss.
    pub(crate) left_out: Vec<LeftOut>,
    /// What holds for them.
    pub(crate) configs: Configs,
    /// The files that say so, in the order of their paths.
    pub(crate) config_files: Vec<ConfigFile>,
}

/// A configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConfigFile {
    /// Relative to the workspace.
    pub(crate) file: FilePath,
    /// Where it is.
    pub(crate) path: PathBuf,
    /// Its text.
    pub(crate) source: Result<Arc<str>, Unreadable>,
}

/// The texts of configurations that are open, by their paths: they count in the place of the
/// disk's.
pub(crate) type OpenConfigs = BTreeMap<FilePath, Arc<str>>;

/// Walks the workspace at `root`. `editor` counts where no file says anything.
pub(crate) fn list(root: &Path, editor: &Arc<Config>, open: &OpenConfigs) -> Listing {
    let read = |file, path| ConfigFile::read(root, file, path, open);
    let top = read(FilePath::new(CONFIG_NAME), root.join(CONFIG_NAME));
    // The walk itself is led by what the top says; what folders say is known after it.
    let walked = Configs::new(top.iter().filter_map(ConfigFile::parse), editor.clone());
    let Walked {
        mut found,
        mut left_out,
    } = files::walk(root, &walked);
    let is_below =
        |found: &&Found| found.kind == FoundKind::Config && found.file.as_str() != CONFIG_NAME;
    let below = found.iter().filter(is_below);
    let below = below.filter_map(|it| read(it.file.clone(), it.path.clone()));
    let config_files: Vec<ConfigFile> = top.into_iter().chain(below).collect();
    let configs = Configs::new(
        config_files.iter().filter_map(ConfigFile::parse),
        editor.clone(),
    );
    let is_below = |config: &ConfigFile| !config.file.is_top();
    if config_files.iter().any(is_below) {
        found.retain(|found| !configs.excludes(&found.file));
    }
    left_out.retain(|it| !configs.excludes(&files::file_path(root, &it.path)));
    Listing {
        found,
        left_out,
        configs,
        config_files,
    }
}

impl ConfigFile {
    /// `None` where there is no such file.
    fn read(root: &Path, file: FilePath, path: PathBuf, open: &OpenConfigs) -> Option<Self> {
        let source = match open.get(&file) {
            Some(source) => Ok(source.clone()),
            None => files::read_within(root, &path).map(Arc::from),
        };
        (source != Err(Unreadable::Missing)).then_some(Self { file, path, source })
    }

    /// Its folder and what it says; `None` where it cannot be read.
    fn parse(&self) -> Option<(FilePath, Arc<Config>)> {
        let source = self.source.as_ref().ok()?;
        let (config, _) = config::parse(source, &rules::rule_names());
        Some((FilePath::new(self.file.folder()), Arc::new(config)))
    }
}
