//! What the user has chosen, from `initializationOptions` and `workspace/didChangeConfiguration`.

use agentls_analysis::config::{self, Config};
use agentls_analysis::features::{code_lens, formatting, inlay_hints};
use agentls_analysis::rules;
use serde_json::{Map, Value};

/// The part of the client's configuration that is ours.
const SECTION: &str = "agentls";

/// What the user has chosen. What is not said, or cannot be read, is as by default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Options {
    /// Which code lenses are shown.
    pub(crate) code_lens: code_lens::Options,
    /// Which inlay hints are shown.
    pub(crate) inlay_hints: inlay_hints::Options,
    /// What is formatted beside tables.
    pub(crate) formatting: formatting::Options,
    /// Whether files that nobody has open are checked too.
    pub(crate) checks_workspace: bool,
    /// What the client says that `.agentls.yaml` can say, by the names of there.
    pub(crate) configuration: Map<String, Value>,
    /// What the client can do when a lens or an explanation is clicked.
    pub(crate) commands: Commands,
}

/// Commands of the client. All but the last are called with a URI and a position.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Commands {
    /// Shows the references of the name there.
    pub(crate) show_references: Option<String>,
    /// Shows what extends it.
    pub(crate) show_implementations: Option<String>,
    /// Shows who delegates to it.
    pub(crate) show_callers: Option<String>,
    /// Shows the page of a rule, whose name it is called with.
    pub(crate) explain_rule: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            code_lens: code_lens::Options {
                references: true,
                extended_by: true,
                delegated_to: true,
            },
            inlay_hints: inlay_hints::Options {
                inherited: true,
                model: true,
            },
            formatting: formatting::Options::default(),
            checks_workspace: false,
            configuration: Map::new(),
            commands: Commands::default(),
        }
    }
}

impl Options {
    /// Reads `initializationOptions`.
    pub(crate) fn initial(said: &Value) -> Self {
        let command = |name: &str| {
            let command = said.pointer(&format!("/commands/{name}"))?.as_str()?;
            (!command.is_empty()).then(|| command.to_owned())
        };
        Self {
            commands: Commands {
                show_references: command("showReferences"),
                show_implementations: command("showImplementations"),
                show_callers: command("showCallers"),
                explain_rule: command("explainRule"),
            },
            ..Self::default()
        }
        .with(said)
    }

    /// These options as changed by the settings of `workspace/didChangeConfiguration`; `None`
    /// where they say nothing to us.
    pub(crate) fn changed(&self, settings: &Value) -> Option<Self> {
        let said = settings.get(SECTION).filter(|said| said.is_object())?;
        Some(self.clone().with(said))
    }

    fn with(mut self, said: &Value) -> Self {
        for (pointer, option) in [
            ("/codeLens/references", &mut self.code_lens.references),
            ("/codeLens/extendedBy", &mut self.code_lens.extended_by),
            ("/codeLens/delegatedTo", &mut self.code_lens.delegated_to),
            ("/inlayHints/inherited", &mut self.inlay_hints.inherited),
            ("/inlayHints/model", &mut self.inlay_hints.model),
            ("/format/sortKeys", &mut self.formatting.sort_keys),
            ("/diagnostics/workspace", &mut self.checks_workspace),
        ] {
            if let Some(is_on) = said.pointer(pointer).and_then(Value::as_bool) {
                *option = is_on;
            }
        }
        let settings = config::SETTINGS
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), said.get(*name)?.clone())));
        self.configuration.extend(settings);
        self
    }

    /// What the client says that `.agentls.yaml` can say. What is wrong in it is logged and
    /// has no effect.
    pub(crate) fn config(&self) -> Config {
        // JSON is YAML.
        let source = config::source_of(&Value::Object(self.configuration.clone()));
        let (config, problems) = config::parse(&source, &rules::rule_names());
        for problem in problems {
            tracing::warn!(problem = problem.message, "in the editor's settings");
        }
        config
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use agentls_analysis::config::{Configs, Severity};
    use agentls_analysis::path::FilePath;
    use serde_json::json;

    #[test]
    fn everything_is_shown_unless_it_is_switched_off() {
        assert_eq!(Options::initial(&Value::Null), Options::default());
        let options = Options::initial(&json!({
            "codeLens": { "references": false, "colour": "red" },
            "inlayHints": { "model": false },
        }));
        assert!(!options.code_lens.references && options.code_lens.extended_by);
        assert!(!options.inlay_hints.model && options.inlay_hints.inherited);
    }

    #[test]
    fn what_has_another_type_is_not_read() {
        for said in [
            json!({ "codeLens": false }),
            json!({ "codeLens": { "references": "no" } }),
            json!(["codeLens"]),
            json!({ "commands": { "showCallers": 1, "showReferences": "" } }),
        ] {
            assert_eq!(Options::initial(&said), Options::default());
        }
    }

    #[test]
    fn what_a_configuration_file_can_say_the_editor_can_say_too() {
        let options = Options::initial(&json!({
            "rules": { "unknown-tool": "off" },
            "known": { "agents": ["a"] },
            "hosts": { "prompts/": "cursor" },
            "codeLens": { "references": false },
        }));
        assert_eq!(options.config().severity("unknown-tool"), Some(None));
        let settings = json!({ "agentls": { "rules": { "broken-link": "error" } } });
        let changed = options.changed(&settings).unwrap().config();
        // What is sent again counts as a whole, and what is not stays.
        assert_eq!(changed.severity("broken-link"), Some(Some(Severity::Error)));
        assert_eq!(changed.severity("unknown-tool"), None);
        assert_eq!(changed.known, options.config().known);
        let configs = Configs::new([], Arc::new(changed));
        let reading = configs.reading(&FilePath::new("prompts/a.md"));
        assert!(reading.host.is_some());
    }

    #[test]
    fn settings_change_what_they_name_and_leave_the_rest() {
        let options = Options::initial(&json!({
            "codeLens": { "references": false },
            "commands": { "showCallers": "x.callers" },
        }));
        let settings = json!({ "agentls": { "codeLens": { "extendedBy": false } } });
        let changed = options.changed(&settings).unwrap();
        assert!(!changed.code_lens.references && !changed.code_lens.extended_by);
        assert_eq!(changed.commands.show_callers.as_deref(), Some("x.callers"));
        assert_eq!(options.changed(&Value::Null), None);
        assert_eq!(options.changed(&json!({ "other": {} })), None);
    }
}
