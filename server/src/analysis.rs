//! Stand-in for the parts of `agentls_analysis` that are not merged yet.
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
