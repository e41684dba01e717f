//! Names of rules as arguments.

use std::ffi::OsStr;

use agentls_analysis::host::{Reach, closest};
use agentls_analysis::rules::{self, RULES, Rule};
use clap::builder::{PossibleValue, TypedValueParser};
use clap::{Arg, Command, Error};

use super::explain;

/// Takes the name of a rule. The shell completes it.
#[derive(Clone)]
pub(super) struct RuleName;

impl TypedValueParser for RuleName {
    type Value = &'static Rule;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<Self::Value, Error> {
        rule.parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let mut rules = RULES.to_vec();
        rules.sort_by_key(|rule| rule.name);
        let value =
            |rule: &Rule| PossibleValue::new(rule.name).help(explain::first_sentence(rule.page));
        Some(Box::new(rules.into_iter().map(value)))
    }
}

/// Not clap's own choice among `possible_values`: of a wrong name it would list all rules.
fn rule(name: &str) -> Result<&'static Rule, String> {
    rules::rule_called(name).ok_or_else(|| match closest(name, rules::rule_names(), Reach::Far) {
        Some(meant) => format!("there is no such rule; did you mean `{meant}`?"),
        None => "there is no such rule; `agentls explain` lists all of them".to_owned(),
    })
}
