//! What is wrong with a configuration file, reported in that file.

use super::{Finding, Rule, Severity, rule, rule_names};
use crate::config;

/// Something in `.agentls.yaml` that has no effect.
pub(super) const INVALID_CONFIGURATION: Rule = rule!("invalid-configuration", Severity::Error);

/// Everything that is wrong with the text of a `.agentls.yaml`. `is_top` where it lies at the top
/// of its workspace.
pub fn check_config(source: &str, is_top: bool) -> Vec<Finding> {
    let (_, mut problems) = config::parse(source, &rule_names());
    if !is_top {
        problems.extend(config::misplaced(source));
        problems.sort_by_key(|problem| problem.range);
    }
    let finding = |problem: config::ConfigProblem| Finding {
        range: problem.range,
        rule: INVALID_CONFIGURATION.name,
        severity: INVALID_CONFIGURATION.severity,
        message: problem.message,
        related: Vec::new(),
        tag: None,
        fixes: Vec::new(),
    };
    problems.into_iter().map(finding).collect()
}
