//! Which rules are asked for.

use std::sync::Arc;

use agentls_analysis::config::Config;
use agentls_analysis::rules::Rule;

/// What `--select` and `--ignore` leave of the rules.
#[derive(Debug)]
pub(super) struct Filter<'a> {
    /// Nothing else counts; all do where it is empty.
    pub(super) select: &'a [&'static Rule],
    /// These do not count.
    pub(super) ignore: &'a [&'static Rule],
}

impl Filter<'_> {
    /// Whether findings of the rule are reported.
    pub(super) fn keeps(&self, rule: &str) -> bool {
        let has = |rules: &[&Rule]| rules.iter().any(|it| it.name == rule);
        (self.select.is_empty() || has(self.select)) && !has(self.ignore)
    }

    /// Whether faults of configurations are reported: who selects other rules must know of
    /// them too, because they decide about the rest.
    pub(super) fn keeps_of_config(&self, rule: &str) -> bool {
        self.ignore.iter().all(|it| it.name != rule)
    }

    /// What counts where no configuration says anything: rules that are off until they are
    /// selected.
    pub(super) fn config(&self) -> Arc<Config> {
        let off = self.select.iter().filter(|rule| !rule.is_on);
        let rules = off.map(|rule| (rule.name.into(), Some(rule.severity)));
        let mut config = Config::default();
        config.rules.extend(rules);
        Arc::new(config)
    }
}
