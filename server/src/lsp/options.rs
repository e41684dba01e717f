//! What the user has chosen, from `initializationOptions` and `workspace/didChangeConfiguration`.

use agentls_analysis::features::{code_lens, inlay_hints};
use serde_json::Value;

/// The part of the client's configuration that is ours.
const SECTION: &str = "agentls";

/// What the user has chosen. What is not said, or cannot be read, is as by default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Options {
    /// Which code lenses are shown.
    pub(crate) code_lens: code_lens::Options,
    /// Which inlay hints are shown.
    pub(crate) inlay_hints: inlay_hints::Options,
    /// What the client can do when a lens is clicked.
    pub(crate) commands: Commands,
}

/// Commands of the client, each called with a URI and a position.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Commands {
    /// Shows the references of the name there.
    pub(crate) show_references: Option<String>,
    /// Shows what extends it.
    pub(crate) show_implementations: Option<String>,
    /// Shows who delegates to it.
    pub(crate) show_callers: Option<String>,
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
        ] {
            if let Some(is_on) = said.pointer(pointer).and_then(Value::as_bool) {
                *option = is_on;
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
