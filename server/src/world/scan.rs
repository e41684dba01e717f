//! The work of other threads: walking a workspace, reading headers, reading bodies. It
//! changes nothing; what it finds goes back to the world as an event.

use std::fs::{self, Metadata};
use std::hash::{BuildHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use dashmap::DashMap;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::configs::{self, ConfigFile, Listing, OpenConfigs};
use crate::files::{self, Found, FoundKind, Unreadable};
use crate::lsp::crash::Doing;
use crate::lsp::hooks;
use agentls_analysis::agent::{self, AgentFile};
use agentls_analysis::config::{Config, Configs, Reading};
use agentls_analysis::index::{FileId, Scope};
use agentls_analysis::path::FilePath;
use agentls_analysis::syntax::document::Document;

/// Files whose bodies come back in one event: few, since nothing else is answered meanwhile.
const BATCH: usize = 8;

/// How long a worker gives way at most before it reads one more body.
const PATIENCE: Duration = Duration::from_millis(50);

/// What background work leaves to others, from 0 to 19. It still comes to its turn where a
/// machine is never at rest, since some requests wait for it.
#[cfg(target_os = "linux")]
const NICE: i32 = 10;

/// How long it waits before it looks again.
const PAUSE: Duration = Duration::from_millis(1);

/// How many texts may be remembered that no index holds any more, beside as many as are in use.
/// They are forgotten when there are more: a file can be written again any number of times.
const UNUSED: usize = 256;

/// What tells that a file is still the one that was read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Stamp {
    bytes: u64,
    modified: Option<SystemTime>,
}

impl Stamp {
    pub(super) fn of(metadata: &Metadata) -> Self {
        Self {
            bytes: metadata.len(),
            modified: metadata.modified().ok(),
        }
    }
}

/// The files of a workspace that are known, and what they were when they were read.
pub(super) type Known = Arc<FxHashMap<FilePath, Stamp>>;

/// A walk that is wanted.
pub(super) struct Scan {
    pub(super) root: Arc<PathBuf>,
    /// What the editor says.
    pub(super) editor: Arc<Config>,
    /// The configurations in open documents, which count in place of the disk's.
    pub(super) open_configs: OpenConfigs,
    /// What held when `known` was read.
    pub(super) configs: Arc<Configs>,
    pub(super) known: Known,
}

/// What a walk has found.
pub(super) struct Scanned {
    pub(super) configs: Arc<Configs>,
    /// What the editor said.
    pub(super) editor: Arc<Config>,
    /// What was known when the walk began.
    pub(super) known: Known,
    /// The files that `configs` was read from.
    pub(super) config_files: Vec<ConfigFile>,
    pub(super) files: Vec<ScannedFile>,
    /// Configuration of hosts: MCP servers and manifests of plugins.
    pub(super) settings: Vec<(FilePath, FoundKind, String)>,
}

pub(super) struct ScannedFile {
    pub(super) path: FilePath,
    pub(super) scope: Scope,
    pub(super) stamp: Stamp,
    /// `None` where nothing has changed since it was known.
    pub(super) news: Option<News>,
}

pub(super) enum News {
    Header(Arc<AgentFile>),
    Unreadable(Unreadable),
}

/// Walks the workspace and reads the header of each file that is new or changed.
pub(super) fn scan(scan: &Scan) -> Scanned {
    let begin = std::time::Instant::now();
    let Listing {
        found,
        configs,
        config_files,
        left_out,
    } = configs::list(&scan.root, &scan.editor, &scan.open_configs);
    tracing::debug!(files = found.len(), elapsed = ?begin.elapsed(), "walked");
    for left_out in left_out {
        tracing::info!(path = %left_out.path.display(), "{}", left_out.reason);
    }
    let reads_as_before = configs.reads_as(&scan.configs);
    let user_agents = if configs.user_agents() == Some(false) {
        Vec::new()
    } else {
        files::user_agents()
    };

    // A user's agent inside the workspace was walked too, if the workspace is walked at all.
    let own: rustc_hash::FxHashSet<&PathBuf> = user_agents.iter().collect();
    let settings = found
        .iter()
        .filter(|found| matches!(found.kind, FoundKind::Mcp | FoundKind::Plugin))
        .filter_map(|found| {
            Some((
                found.file.clone(),
                found.kind,
                files::read(&found.path).ok()?,
            ))
        })
        .collect();
    let wanted = |found: &&Found| found.kind == FoundKind::Markdown && !own.contains(&found.path);
    let files = found
        .par_iter()
        .filter(wanted)
        .map(|found| (found.file.clone(), found.path.as_path(), Scope::Workspace))
        .chain(user_agents.par_iter().map(|path| {
            (
                files::file_path(&scan.root, path),
                path.as_path(),
                Scope::User,
            )
        }))
        .filter_map(|(file, path, scope)| {
            let metadata = fs::metadata(path).ok()?;
            let stamp = Stamp::of(&metadata);
            let is_known = reads_as_before && scan.known.get(&file) == Some(&stamp);
            // One file that is not understood takes no other along.
            let read = || {
                let _doing = Doing(|| format!("reading the header of {}", path.display()));
                (!is_known).then(|| {
                    let reading = configs.reading(&file);
                    read_header(&file, path, &metadata, &reading)
                })
            };
            let news = catch_unwind(AssertUnwindSafe(read)).ok()?;
            Some(ScannedFile {
                path: file,
                scope,
                stamp,
                news,
            })
        })
        .collect();
    tracing::debug!(elapsed = ?begin.elapsed(), "read the headers");
    Scanned {
        configs: Arc::new(configs),
        editor: scan.editor.clone(),
        known: scan.known.clone(),
        config_files,
        files,
        settings,
    }
}

fn read_header(file: &FilePath, path: &Path, metadata: &Metadata, reading: &Reading) -> News {
    match files::read_header_of(path, metadata) {
        Ok(prefix) => {
            hooks::trip("header", prefix.text.as_str());
            News::Header(Arc::new(agent::header_facts(file, &prefix.text, reading)))
        }
        Err(reason) => {
            tracing::info!(path = %path.display(), %reason, "skipped");
            News::Unreadable(reason)
        }
    }
}

/// One file, read in whole.
pub(super) struct Parsed {
    pub(super) id: FileId,
    pub(super) path: FilePath,
    /// `None` where the file is gone.
    pub(super) stamp: Option<Stamp>,
    /// `None` where it cannot be read.
    pub(super) facts: Option<Arc<AgentFile>>,
}

/// A file whose body is wanted.
#[derive(Clone)]
pub(super) struct Wanted {
    pub(super) id: FileId,
    /// The top of its workspace.
    pub(super) root: Arc<PathBuf>,
    pub(super) file: FilePath,
    pub(super) path: PathBuf,
    /// How it is read.
    pub(super) reading: Reading,
}

/// Has the system prefer every other thread to this one, as far as it knows of such a thing.
pub(super) fn stand_back() {
    // Elsewhere it would count for the whole process.
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, NICE) {
        tracing::debug!(%error, "background work goes on as any other");
    }
}

/// What the workers share.
#[derive(Default)]
pub(crate) struct Workers {
    /// Facts by path and content, so that no text is parsed twice.
    cache: DashMap<u64, Arc<AgentFile>, rustc_hash::FxBuildHasher>,
    /// How many of them were in use when that was last looked at.
    in_use: AtomicUsize,
    /// The key of each text is taken with a secret of this process.
    hasher: std::hash::RandomState,
    /// Changes and requests under way.
    busy: AtomicUsize,
}

/// As long as it lives, workers give way.
pub(super) struct Busy(Arc<Workers>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.busy.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Workers {
    /// Makes background work give way.
    pub(super) fn busy(self: &Arc<Self>) -> Busy {
        self.busy.fetch_add(1, Ordering::Relaxed);
        Busy(self.clone())
    }

    pub(super) fn give_way(&self) {
        let mut waited = Duration::ZERO;
        while self.busy.load(Ordering::Relaxed) > 0 && waited < PATIENCE {
            std::thread::sleep(PAUSE);
            waited += PAUSE;
        }
    }

    /// Reads one file in whole.
    pub(super) fn read(&self, wanted: &Wanted) -> Parsed {
        // Before the text: a file that is written between the two is read again later.
        let stamp = fs::metadata(&wanted.path)
            .ok()
            .map(|metadata| Stamp::of(&metadata));
        // One file that is not understood takes no other along.
        let facts = catch_unwind(AssertUnwindSafe(|| {
            let _doing = Doing(|| format!("reading {}", wanted.path.display()));
            let source = files::read_within(&wanted.root, &wanted.path).ok()?;
            Some(self.facts(&wanted.file, &source, &wanted.reading))
        }))
        .ok()
        .flatten();
        Parsed {
            id: wanted.id,
            path: wanted.file.clone(),
            stamp,
            facts,
        }
    }

    /// What a text says, parsed unless it was before.
    pub(super) fn facts(&self, path: &FilePath, source: &str, reading: &Reading) -> Arc<AgentFile> {
        hooks::trip("body", source);
        let mut hasher = self.hasher.build_hasher();
        path.hash(&mut hasher);
        source.hash(&mut hasher);
        reading.hash(&mut hasher);
        let key = hasher.finish();
        if let Some(facts) = self.cache.get(&key) {
            return facts.clone();
        }
        // Not under the entry's lock: two workers may parse one text, none waits for the other.
        let facts = Arc::new(if files::is_host_settings(path) {
            agent::settings_facts(source)
        } else {
            agent::facts(path, &mut Document::unedited(source), reading)
        });
        self.cache.insert(key, facts.clone());
        if self.cache.len() > 2 * self.in_use.load(Ordering::Relaxed) + UNUSED {
            self.forget_unused();
        }
        facts
    }

    /// Drops the facts of texts that no index holds any more.
    pub(super) fn forget_unused(&self) {
        self.cache.retain(|_, facts| Arc::strong_count(facts) > 1);
        self.in_use.store(self.cache.len(), Ordering::Relaxed);
    }

    /// Reads bodies one after the other in `pool`, giving way to whatever a person waits for.
    /// `report` is called with each batch.
    pub(super) fn bodies(
        self: &Arc<Self>,
        pool: &rayon::ThreadPool,
        wanted: &[Wanted],
        stop: &AtomicBool,
        report: impl Fn(Vec<Parsed>) + Sync,
    ) {
        pool.install(|| {
            wanted.par_chunks(BATCH).for_each(|batch| {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                report(
                    batch
                        .iter()
                        .map(|wanted| {
                            self.give_way();
                            self.read(wanted)
                        })
                        .collect(),
                );
            });
        });
    }
}
