//! One workspace read whole, and checked in part.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

use agentls_analysis::agent::{AgentFile, Name, SourceFile, facts, header_facts, settings_facts};
use agentls_analysis::config::{Config, Configs};
use agentls_analysis::features::references::{self, Reference, Search};
use agentls_analysis::host::{Hosts, Place};
use agentls_analysis::index::{Depth, FileId, Index, Scope, Workspace};
use agentls_analysis::path::FilePath;
use agentls_analysis::rules::{self, Finding};
use agentls_analysis::syntax::blocks::Skipped;
use agentls_analysis::syntax::document::Document;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::configs::{self, ConfigFile, Listing, OpenConfigs};
use crate::files::{self, CONFIG_NAME, Found, FoundKind, LeftOut, Unreadable, Walked};
use crate::graph as team;

/// A workspace and what of it was asked for.
#[derive(Debug)]
pub(super) struct Request {
    /// Its folder: absolute, as the user would write it.
    root: PathBuf,
    /// The same folder with every link followed: its identity.
    real_root: PathBuf,
    /// The files and folders to report on.
    asked: Vec<PathBuf>,
}

/// What was found out about a workspace.
pub(super) struct Checked {
    /// Its folder, absolute.
    pub(super) root: PathBuf,
    /// The files that were asked for, in the order of their paths.
    pub(super) files: Vec<CheckedFile>,
    /// Its configurations in which something is wrong.
    pub(super) configs: Vec<CheckedFile>,
    /// What of it was not looked at, although somebody may expect that.
    pub(super) left_out: Vec<LeftOut>,
    /// All of its names: where related places are looked up.
    pub(super) index: Index,
}

/// Where a workspace names something.
pub(super) struct Referring {
    /// Its folder, absolute.
    pub(super) root: PathBuf,
    /// What of it was not looked at, although somebody may expect that.
    pub(super) left_out: Vec<LeftOut>,
    /// All of its names.
    pub(super) index: Index,
    /// The references in the files that were asked for, in the order of paths and text.
    pub(super) references: Vec<Reference>,
    /// The texts of the files with references.
    pub(super) texts: FxHashMap<FileId, String>,
}

/// A workspace read whole.
pub(super) struct TeamFiles {
    /// Its folder, absolute, with every link followed.
    pub(super) root: PathBuf,
    /// What of it was not looked at, although somebody may expect that.
    pub(super) left_out: Vec<LeftOut>,
    /// All of its files.
    pub(super) workspace: Workspace,
    /// Their texts.
    pub(super) texts: team::Texts,
    /// The folder or file that was asked for, where that is not the whole workspace.
    pub(super) within: Option<FilePath>,
}

/// The identity of what is in no index.
const NO_FILE: FileId = FileId(u32::MAX);

/// Texts that count in the place of the disk's, or why there is none.
pub(super) type Texts = BTreeMap<FilePath, Result<Arc<str>, Unreadable>>;

/// A file that was asked for.
pub(super) struct CheckedFile {
    /// Where it is, absolute.
    pub(super) path: PathBuf,
    /// The same, relative to the workspace.
    pub(super) file: FilePath,
    /// Its identity in the index; of a configuration, which is no file there, one that no file has.
    pub(super) id: FileId,
    /// Its text; empty when nothing in it is shown.
    pub(super) source: Arc<str>,
    /// Who reads it; `None` for a configuration and where that is unknown.
    pub(super) dialect: Option<Dialect>,
    /// What is wrong with it, in the order of the text.
    pub(super) findings: Vec<Finding>,
    /// What was wrong with it already when the baseline was made.
    pub(super) known: Vec<Finding>,
    /// What of it was not looked at.
    pub(super) skipped: Vec<Skipped>,
    /// Whether it was read at all.
    pub(super) is_readable: bool,
}

/// Who reads a file, as what, and what tells so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    /// The id of the host in configuration; `None` for plain markdown.
    pub(super) host: Option<&'static str>,
    /// What messages call the host.
    pub(super) title: &'static str,
    /// What people call such a file: "agent".
    pub(super) noun: &'static str,
    /// What tells so.
    pub(super) told_by: ToldBy,
}

/// What tells who reads a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ToldBy {
    /// `hosts:` in a configuration.
    Configuration,
    /// Where it lies and what it is called.
    Path,
    /// A folder that no host owns.
    AgentsFolder,
    /// Its keys, tools and values.
    Header,
}

impl Dialect {
    fn new(path: &FilePath, facts: &AgentFile) -> Self {
        let hosts = Hosts::builtin();
        let host = facts.kind.host.and_then(|host| hosts.host(host));
        let by_path = hosts.classify(path, None, None);
        let told_by = if facts.reading.host.is_some() {
            ToldBy::Configuration
        } else if facts.kind != by_path {
            ToldBy::Header
        } else if facts.kind.place == Place::AgentsFolder {
            ToldBy::AgentsFolder
        } else {
            ToldBy::Path
        };
        Self {
            host: host.map(|host| host.id.as_str()),
            title: hosts.title(facts.kind),
            noun: facts.kind.role.noun(),
            told_by,
        }
    }
}

/// The workspace that a path belongs to, and the current folder.
///
/// # Errors
/// A sentence for the user, where there is neither.
pub(super) fn request(path: &Path) -> Result<(Request, PathBuf), String> {
    let current = std::env::current_dir()
        .map_err(|error| format!("the current folder cannot be read: {error}"))?;
    let paths = [path.to_path_buf()];
    let (mut requests, missing) = requests(&paths, &current);
    match (requests.pop(), missing.first()) {
        (Some(request), _) => Ok((request, current)),
        (None, Some((path, error))) => Err(format!("`{}`: {error}", path.display())),
        (None, None) => Err(format!("`{}` is in no workspace", path.display())),
    }
}

/// Sorts paths into the workspaces that they belong to, in the order of the arguments.
/// Returns also the paths that lead nowhere, and why.
pub(super) fn requests<'a>(
    paths: &'a [PathBuf],
    current: &Path,
) -> (Vec<Request>, Vec<(&'a Path, io::Error)>) {
    let mut requests: Vec<Request> = Vec::new();
    let mut missing = Vec::new();
    for given in paths {
        let path = given;
        let real = match fs::canonicalize(current.join(path)) {
            Ok(real) => real,
            Err(error) => {
                missing.push((path.as_path(), error));
                continue;
            }
        };
        // `..` means what the file system says, which only the real path knows.
        let leaves = path
            .components()
            .any(|component| component == Component::ParentDir);
        // Joined by components, so that neither `.` nor a final `/` remains.
        let path: PathBuf = if leaves {
            real.clone()
        } else {
            current.join(path).components().collect()
        };
        let root = if path.is_dir() {
            if let Err(error) = fs::read_dir(&path) {
                missing.push((given.as_path(), error));
                continue;
            }
            files::workspace_of_folder(&path)
        } else {
            files::workspace_root(&path)
        };
        let real_root = fs::canonicalize(&root).unwrap_or_else(|_| root.clone());
        let at = requests
            .iter()
            .position(|request| request.real_root == real_root)
            .unwrap_or_else(|| {
                requests.push(Request {
                    root,
                    real_root,
                    asked: Vec::new(),
                });
                requests.len() - 1
            });
        let request = &mut requests[at];
        // A folder reached through a link is walked where it really is, if that is inside.
        if let Ok(inside) = real.strip_prefix(&request.real_root) {
            request
                .asked
                .push(request.root.join(inside).components().collect());
        }
        request.asked.push(path);
    }
    (requests, missing)
}

/// What is known of a markdown file of the workspace.
enum Read {
    /// What its header says: enough for others to name it.
    Header(Arc<AgentFile>),
    /// All that it says.
    Facts(Arc<AgentFile>),
    Unreadable,
}

impl Request {
    /// The request to check one text as the file at `path`, which need not exist, and that file
    /// relative to the workspace.
    pub(super) fn of_text(path: &Path, current: &Path) -> (Self, FilePath) {
        let path: PathBuf = current.join(path).components().collect();
        let real_folder = path.parent().and_then(|it| fs::canonicalize(it).ok());
        let leaves = path
            .components()
            .any(|component| component == Component::ParentDir);
        let path = match (real_folder, path.file_name()) {
            (Some(folder), Some(name)) if leaves => folder.join(name),
            _ => path,
        };
        let root = files::workspace_root(&path);
        let real_root = fs::canonicalize(&root).unwrap_or_else(|_| root.clone());
        let file = files::file_path(&root, &path);
        let request = Self {
            root,
            real_root,
            asked: vec![path],
        };
        (request, file)
    }

    /// The folder of the workspace with every link followed.
    pub(super) fn real_root(&self) -> &Path {
        &self.real_root
    }

    fn is_asked(&self, path: &Path) -> bool {
        self.asked.iter().any(|asked| path.starts_with(asked))
    }

    /// Reads and checks. `defaults` count where no configuration says anything, `texts` in the
    /// place of the disk's. Files for which `is_claimed` says so are another workspace's to report.
    pub(super) fn check(
        &self,
        user_agents: bool,
        defaults: &Arc<Config>,
        texts: &Texts,
        is_claimed: impl Fn(&Path) -> bool + Sync,
    ) -> Checked {
        let Listing {
            found,
            left_out,
            configs,
            config_files,
        } = self.found(defaults, texts);
        let headers = headers(&found, &configs, texts);
        let user_agents = user_agents || configs.user_agents() == Some(true);
        let workspace = Workspace {
            index: self.index(&found, &headers, user_agents.then_some(&configs)),
            configs: Arc::new(configs),
        };
        let of_roots = contained(|| rules::check_budgets(&workspace)).unwrap_or_default();
        // A file is read, checked and given up before the next: rules ask only for the headers of
        // others, and the bodies of a large workspace would not fit into memory.
        let files = found
            .into_par_iter()
            .enumerate()
            .filter(|(_, found)| found.kind == FoundKind::Markdown)
            .filter(|(_, found)| self.is_asked(&found.path) && !is_claimed(&found.path))
            .map(|(number, found)| {
                check(&workspace, &of_roots, FileId(number as u32), found, texts)
            })
            .collect();
        Checked {
            root: self.root.clone(),
            files,
            configs: config_files.iter().filter_map(faulty).collect(),
            left_out,
            index: workspace.index,
        }
    }

    /// Finds every mention of what is called `name`, and where it is defined.
    pub(super) fn referring(&self, user_agents: bool, name: &Name) -> Referring {
        let Listing {
            found,
            left_out,
            configs,
            ..
        } = self.found(&Arc::default(), &Texts::new());
        let headers = headers(&found, &configs, &Texts::new());
        let user_agents = user_agents || configs.user_agents() == Some(true);
        let mut workspace = Workspace {
            index: self.index(&found, &headers, user_agents.then_some(&configs)),
            configs: Arc::new(configs),
        };

        let targets = references::called(&workspace, name);
        let names: Vec<Name> = targets
            .iter()
            .flat_map(|target| references::names(&workspace, target))
            .collect();
        let search = Search::new(&names);
        let bodies: Vec<_> = found
            .par_iter()
            .enumerate()
            .filter_map(|(number, found)| {
                let source = files::read(&found.path).ok()?;
                let id = FileId(number as u32);
                let is_wanted = search.matches(&source) && workspace.index.file(id).is_some();
                let parse = || match found.kind {
                    FoundKind::Markdown => {
                        let reading = workspace.configs.reading(&found.file);
                        facts(&found.file, &mut Document::unedited(&source), &reading).into()
                    }
                    _ => Arc::new(settings_facts(&source)),
                };
                let facts = is_wanted.then(|| contained(parse)).flatten()?;
                Some((id, source, facts))
            })
            .collect();
        let mut texts = FxHashMap::default();
        for (id, source, facts) in bodies {
            let path = found[id.0 as usize].file.clone();
            let index = &mut workspace.index;
            let _ = index.insert(id, path, facts, Depth::Body, Scope::Workspace);
            texts.insert(id, source);
        }
        let is_asked = |reference: &Reference| {
            let file = workspace.index.file(reference.file);
            // The user's own agents lie in no folder that could be asked for.
            file.is_some_and(|file| {
                file.scope == Scope::User || self.is_asked(&self.root.join(file.path.as_str()))
            })
        };
        let mut references: Vec<Reference> = targets
            .iter()
            .flat_map(|target| references::references(&workspace, target, true))
            .filter(is_asked)
            .collect();
        let place = |reference: &Reference| {
            let path = workspace.index.file(reference.file).map(|file| &file.path);
            (path.cloned(), reference.range)
        };
        references.sort_by_cached_key(place);
        Referring {
            root: self.root.clone(),
            left_out,
            index: workspace.index,
            references,
            texts,
        }
    }

    /// Reads every file in whole.
    pub(super) fn team(&self, user_agents: bool) -> TeamFiles {
        let Listing {
            found,
            left_out,
            configs,
            ..
        } = self.found(&Arc::default(), &Texts::new());
        let (read, texts): (Vec<_>, Vec<_>) = found
            .par_iter()
            .map(|found| {
                let markdown = found.kind == FoundKind::Markdown;
                let source = markdown.then(|| files::read(&found.path));
                let Some(Ok(source)) = source else {
                    return (source.map(|_| Read::Unreadable), None);
                };
                let reading = configs.reading(&found.file);
                let parse = || facts(&found.file, &mut Document::unedited(&source), &reading);
                match contained(parse) {
                    Some(facts) => {
                        let facts = Arc::new(facts);
                        (Some(Read::Facts(facts)), Some(source))
                    }
                    None => (Some(Read::Unreadable), None),
                }
            })
            .unzip();
        let user_agents = user_agents || configs.user_agents() == Some(true);
        let mut index = self.index(&found, &read, None);
        let texts = texts.into_iter().enumerate();
        let mut texts: team::Texts = texts
            .filter_map(|(number, text)| Some((FileId(number as u32), Arc::from(text?))))
            .collect();
        let own = user_agents.then(|| own_agents(&found)).into_iter();
        for (id, path) in own.flatten() {
            let Ok(source) = files::read(&path) else {
                continue;
            };
            let file = files::file_path(&self.root, &path);
            let reading = configs.reading(&file);
            let parse = || facts(&file, &mut Document::unedited(&source), &reading);
            if let Some(facts) = contained(parse) {
                let _ = index.insert(id, file, Arc::new(facts), Depth::Body, Scope::User);
                texts.insert(id, source.into());
            }
        }
        let asked = self
            .asked
            .first()
            .map(|asked| files::file_path(&self.root, asked));
        TeamFiles {
            root: self.real_root.clone(),
            left_out,
            texts,
            within: asked.filter(|asked| !asked.as_str().is_empty()),
            workspace: Workspace {
                index,
                configs: Arc::new(configs),
            },
        }
    }

    /// The names of the workspace, of which `found` was read as `read` says; with `for_users`,
    /// which says how files are read, also those of the user's own agents.
    fn index(&self, found: &[Found], read: &[Option<Read>], for_users: Option<&Configs>) -> Index {
        let mut index = Index::default();
        for (number, (found, read)) in found.iter().zip(read).enumerate() {
            let id = FileId(number as u32);
            let (facts, depth) = match read {
                Some(Read::Header(facts)) => (facts, Depth::Header),
                Some(Read::Facts(facts)) => (facts, Depth::Body),
                Some(Read::Unreadable) => continue,
                None => {
                    settings(&mut index, id, found);
                    continue;
                }
            };
            let (path, facts) = (found.file.clone(), facts.clone());
            let _ = index.insert(id, path, facts, depth, Scope::Workspace);
        }
        if let Some(configs) = for_users {
            self.insert_user_agents(&mut index, found, configs);
        }
        index
    }

    /// Adds the user's own agents, as far as their headers say.
    fn insert_user_agents(&self, index: &mut Index, found: &[Found], configs: &Configs) {
        for (id, path) in own_agents(found) {
            if let Ok(prefix) = files::read_header(&path) {
                let file = files::file_path(&self.root, &path);
                let facts = Arc::new(header_facts(&file, &prefix.text, &configs.reading(&file)));
                let _ = index.insert(id, file, facts, Depth::Header, Scope::User);
            }
        }
    }

    /// The files of the workspace and those that were asked for by name, in the order of
    /// their paths.
    fn found(&self, defaults: &Arc<Config>, texts: &Texts) -> Listing {
        let open: OpenConfigs = texts
            .iter()
            .filter(|(file, _)| file.file_name() == CONFIG_NAME)
            .filter_map(|(file, text)| Some((file.clone(), text.clone().ok()?)))
            .collect();
        let mut listing = configs::list(&self.root, defaults, &open);
        for asked in &self.asked {
            if asked.is_dir() {
                if files::is_too_wide(&self.root) {
                    self.list_in_too_wide(asked, &mut listing);
                }
                continue;
            }
            // A file that is named is wanted, whatever ignores it and whatever it is called;
            // only the user's own configuration keeps it out.
            let file = files::file_path(&self.root, asked);
            if !listing.configs.excludes(&file) {
                let kind = FoundKind::of(asked).unwrap_or(FoundKind::Markdown);
                listing.found.push(Found {
                    file,
                    path: asked.clone(),
                    kind,
                });
            }
        }
        listing.found.sort();
        listing.found.dedup_by(|a, b| a.file == b.file);
        listing
    }

    /// Adds what a folder holds that lies in a workspace that nobody walks as a whole, as a home
    /// folder; where that very folder was asked for, the user's own agents.
    fn list_in_too_wide(&self, asked: &Path, listing: &mut Listing) {
        let folder = match files::is_too_wide(asked) {
            true => files::user_agents_folder().filter(|agents| agents.starts_with(&self.root)),
            false => Some(asked.to_path_buf()),
        };
        let Some(folder) = folder else {
            return;
        };
        let Walked { found, left_out } = files::walk(&folder, &listing.configs);
        let found = found.into_iter().map(|found| Found {
            file: files::file_path(&self.root, &found.path),
            ..found
        });
        listing.found.extend(found);
        listing.left_out.extend(left_out);
    }
}

/// The user's own agents after the files of the workspace, unless they are among them.
fn own_agents(found: &[Found]) -> impl Iterator<Item = (FileId, PathBuf)> {
    let agents = files::user_agents().into_iter();
    let agents = agents.filter(|path| !found.iter().any(|found| found.path == *path));
    let agents = agents.enumerate();
    agents.map(|(number, path)| (FileId((found.len() + number) as u32), path))
}

/// A configuration file in which something is wrong.
fn faulty(config: &ConfigFile) -> Option<CheckedFile> {
    let path = config.path.clone();
    match &config.source {
        Ok(source) => {
            let findings = rules::check_config(source, config.file.is_top());
            (!findings.is_empty()).then(|| CheckedFile {
                source: source.clone(),
                is_readable: true,
                ..CheckedFile::unreadable(path, config.file.clone(), findings)
            })
        }
        Err(reason) => {
            let settings = Configs::default();
            let finding = rules::unreadable(&reason.to_string(), &settings.of(&config.file));
            let findings = finding.into_iter().collect();
            let file = config.file.clone();
            Some(CheckedFile::unreadable(path, file, findings))
        }
    }
}

impl CheckedFile {
    fn unreadable(path: PathBuf, file: FilePath, findings: Vec<Finding>) -> Self {
        Self {
            path,
            file,
            id: NO_FILE,
            source: "".into(),
            dialect: None,
            findings,
            known: Vec::new(),
            skipped: Vec::new(),
            is_readable: false,
        }
    }
}

/// Reads the headers of the markdown among `found`, for that is all that rules ask of other files.
fn headers(found: &[Found], configs: &Configs, texts: &Texts) -> Vec<Option<Read>> {
    found
        .par_iter()
        .map(|found| (found.kind == FoundKind::Markdown).then(|| header(found, configs, texts)))
        .collect()
}

fn header(found: &Found, configs: &Configs, texts: &Texts) -> Read {
    let reading = configs.reading(&found.file);
    let facts = |text: &str| {
        let parse = || Arc::new(header_facts(&found.file, text, &reading));
        contained(parse).map(Read::Header)
    };
    let read = match texts.get(&found.file) {
        Some(text) => text.as_ref().ok().and_then(|text| facts(text)),
        None => {
            let prefix = files::read_header(&found.path).ok();
            prefix.and_then(|prefix| facts(&prefix.text))
        }
    };
    read.unwrap_or(Read::Unreadable)
}

/// A panic over one file is told as a finding of that file, and the rest goes on.
fn contained<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

/// Reads and checks a file that was asked for. `of_roots` are findings about several files, each
/// with the one that it is shown in.
fn check(
    workspace: &Workspace,
    of_roots: &[(FileId, Finding)],
    id: FileId,
    found: Found,
    texts: &Texts,
) -> CheckedFile {
    let source = match texts.get(&found.file) {
        Some(text) => text.clone(),
        None => files::read(&found.path).map(Arc::from),
    };
    let checked = source.and_then(|source| {
        contained(|| {
            let reading = workspace.configs.reading(&found.file);
            let file = SourceFile::parse(id, found.file.clone(), &source, &reading);
            let findings = rules::check(workspace, &file);
            (file, findings)
        })
        .ok_or(Unreadable::Failed)
    });
    let (file, mut findings) = match checked {
        Ok(checked) => checked,
        Err(reason) => {
            let settings = workspace.settings(&found.file);
            let finding = rules::unreadable(&reason.to_string(), &settings);
            let findings = finding.into_iter().collect();
            return CheckedFile::unreadable(found.path, found.file, findings);
        }
    };
    let here = of_roots.iter().filter(|(of, _)| *of == id);
    findings.extend(here.map(|(_, finding)| finding.clone()));
    findings.sort_by_key(|finding| finding.range);
    let body = file.facts.body.as_ref();
    let skipped = body.map_or_else(Vec::new, |body| body.skipped.clone());
    let is_shown = !findings.is_empty() || !skipped.is_empty();
    CheckedFile {
        path: found.path,
        dialect: Some(Dialect::new(&file.path, &file.facts)),
        source: if is_shown { file.source } else { "".into() },
        file: file.path,
        id,
        findings,
        known: Vec::new(),
        skipped,
        is_readable: true,
    }
}

/// Takes what a settings file says about names. One that cannot be read says nothing: the
/// host that it belongs to will complain.
fn settings(index: &mut Index, id: FileId, found: &Found) {
    let Ok(source) = files::read(&found.path) else {
        return;
    };
    match found.kind {
        FoundKind::Mcp => {
            let _ = index.set_mcp(&found.file, &source);
            let facts = settings_facts(&source);
            if files::is_host_settings(&found.file) && !facts.mentions.is_empty() {
                let (path, facts) = (found.file.clone(), Arc::new(facts));
                let _ = index.insert(id, path, facts, Depth::Body, Scope::Workspace);
            }
        }
        FoundKind::Plugin => {
            let folder = FilePath::new(found.file.folder());
            let _ = index.set_plugin(folder.folder(), Some(&source));
        }
        FoundKind::Config | FoundKind::Markdown => {}
    }
}
