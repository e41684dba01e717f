use super::*;

/// The kind of file that an agent of that host in its own folder is.
fn kind(host: &str, role: Role) -> FileKind {
    let host = Hosts::builtin().by_name(host);
    assert!(host.is_some());
    FileKind {
        host,
        role,
        place: Place::HostFolder,
    }
}

fn data(host: &str, role: Role) -> &'static KindData {
    let found = Hosts::builtin().data(kind(host, role));
    found.unwrap_or_else(|| panic!("nothing is known of the {role:?} of {host}"))
}

mod data_files {
    use std::path::Path;

    use expect_test::{Expect, expect};

    use super::*;

    #[test]
    fn every_file_of_the_folder_is_one_of_the_program_and_right() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("hosts");
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        let mut known: Vec<&str> = FILES.iter().map(|(file, _)| *file).collect();
        known.push("conventions.yaml");
        known.sort_unstable();
        assert_eq!(names, known);
        assert_eq!(Hosts::builtin().hosts.len(), FILES.len());
        for (file, source) in FILES {
            let faults = validate::host(file, source);
            assert!(faults.is_empty(), "{}", faults[0]);
        }
        assert!(validate::conventions("conventions.yaml", CONVENTIONS).is_empty());
    }

    /// A file that is right but for `line` in a section of it: what is said of it.
    fn check(section: &str, line: &str, expected: Expect) {
        let mut text = "id: h\ntitle: H\nsources:\n  s: {what: w, date: 2026-01-02}\n".to_owned();
        let place = "role: agent, place: named, source: [s]";
        let files = format!("files:\n  - {{{place}, globs: [\"**/*.md\"]}}\n");
        let kinds = "kinds:\n  agent:\n    unknown-keys: ignored\n    source: [s]\n";
        text += &match section {
            "top" => format!("{line}\n{files}{kinds}"),
            "files" => format!("files:\n  - {{{place}, {line}}}\n"),
            "kind" => format!("{files}{kinds}    {line}\n"),
            list => {
                let of = if list == "keys" { "type: text, " } else { "" };
                let first = format!("{{name: a, {of}doc: A., source: [s]}}");
                format!("{files}{kinds}    {list}:\n      - {first}\n      - {line}\n")
            }
        };
        let found: Vec<String> = validate::host("h.yaml", &text)
            .iter()
            .map(ToString::to_string)
            // What else could stand there changes with the schema.
            .map(|fault| fault.split(", expected").next().unwrap_or("").to_owned())
            .collect();
        expected.assert_eq(&found.join("\n"));
    }

    #[test]
    fn a_file_that_is_right_has_no_faults() {
        check(
            "keys",
            "{name: b, type: text, doc: B., source: [s]}",
            expect![""],
        );
        check(
            "tools",
            "{name: b, doc: B., set: [a], aliases: [c], source: [s]}",
            expect![""],
        );
    }

    #[test]
    fn an_unknown_field_is_told_with_its_line() {
        check(
            "keys",
            "{name: b, type: text, doc: B., source: [s], shape: x}",
            expect!["h.yaml:13: kinds.agent.keys[1]: unknown field `shape`"],
        );
        check(
            "top",
            "tittle: H",
            expect!["h.yaml:5: unknown field `tittle`"],
        );
        check(
            "kind",
            "unknown-tools: perhaps",
            expect!["h.yaml:11: kinds.agent.unknown-tools: unknown variant `perhaps`"],
        );
    }

    #[test]
    fn what_stands_twice_is_told_with_its_line() {
        check(
            "keys",
            "{name: a, type: text, doc: A., source: [s]}",
            expect!["h.yaml:13: the key `a` stands here twice"],
        );
        check(
            "tools",
            "{name: b, doc: B., aliases: [c, a], source: [s]}",
            expect!["h.yaml:13: the tool `a` stands here twice"],
        );
        check(
            "kind",
            "unknown-keys: refused",
            expect!["h.yaml:11: `unknown-keys` stands here twice"],
        );
    }

    #[test]
    fn a_glob_or_pattern_that_is_none_is_told_with_its_line() {
        check(
            "files",
            "globs: [\"**/*.md\", \"[a\"]",
            expect![
                "h.yaml:6: `[a` is no glob: error parsing glob '[a': unclosed character class; missing ']'"
            ],
        );
        check(
            "keys",
            "{name: b, type: text, doc: B., source: [s], pattern: {regex: \"(\", words: w}}",
            expect!["h.yaml:13: `(` is no pattern: unclosed group"],
        );
    }

    #[test]
    fn what_leads_nowhere_is_told_with_its_line() {
        check(
            "tools",
            "{name: b, doc: B., instead: [x], source: [s]}",
            expect!["h.yaml:13: there is no tool `x`"],
        );
        check(
            "keys",
            "{name: b, type: text, doc: B., source: [t]}",
            expect!["h.yaml:13: there is no source `t`"],
        );
        check(
            "kind",
            "vocabulary-of: skill",
            expect!["h.yaml:11: the host has no such kind"],
        );
        check(
            "kind",
            "keys-of: {role: skill}",
            expect!["h.yaml:11: the host has no such kind"],
        );
        check(
            "kind",
            "misplaced-keys: [{name: b, instead: c, doc: B., source: [s]}]",
            expect!["h.yaml:11: there is no key `c`"],
        );
    }

    #[test]
    fn what_makes_no_sense_is_told_with_its_line() {
        check(
            "keys",
            "{name: b, type: enum, doc: B., source: [s]}",
            expect!["h.yaml:13: `b` is an enum without values, or has values and is none"],
        );
        check(
            "keys",
            "{name: b, type: text, doc: B, source: [s]}",
            expect![[r#"h.yaml:13: "B" is no sentence: it ends without a full stop"#]],
        );
        check(
            "keys",
            "{name: b, type: text, doc: B., items: [], members: [{name: c, type: text, doc: C., source: [s]}], source: [s]}",
            expect!["h.yaml:13: `b` is of a type that has no members"],
        );
        check(
            "keys",
            "{name: b, type: text, doc: B., source: []}",
            expect!["h.yaml:13: an entry from no source"],
        );
    }
}

mod knowledge {
    use super::*;

    #[test]
    fn host_folders_are_those_that_hold_a_workspace_together() {
        let folders: Vec<_> = Hosts::builtin().host_folders().collect();
        for folder in [".claude", ".github", ".opencode", ".gemini", ".cursor"] {
            assert!(folders.contains(&folder), "{folder}");
        }
    }

    #[test]
    fn titles_are_for_messages() {
        let hosts = Hosts::builtin();
        assert_eq!(hosts.title(kind("claude-code", Role::Agent)), "Claude Code");
        assert_eq!(hosts.title(FileKind::PLAIN), "the host");
    }

    /// How many keys and tools a kind of file has, and which keys it needs.
    #[test]
    fn every_kind_has_its_keys_and_tools() {
        for (host, role, keys, tools, required) in [
            ("claude-code", Role::Agent, 19, 57, "name description"),
            ("claude-code", Role::Skill, 20, 57, ""),
            ("claude-code", Role::Command, 18, 57, ""),
            ("claude-code", Role::OutputStyle, 4, 0, ""),
            ("claude-code", Role::Rule, 1, 0, ""),
        ] {
            let data = data(host, role);
            let needed = data.keys().iter().filter(|key| key.required);
            let needed: Vec<&str> = needed.map(|key| key.name.as_str()).collect();
            assert_eq!(
                (
                    data.keys().len(),
                    data.tools().len(),
                    needed.join(" ").as_str()
                ),
                (keys, tools, required),
                "{role:?} of {host}"
            );
        }
    }

    #[test]
    fn a_kind_has_the_keys_of_another_but_for_those_without_effect_there() {
        let (skill, command) = (
            data("claude-code", Role::Skill),
            data("claude-code", Role::Command),
        );
        assert!(skill.key("paths").is_some() && command.key("paths").is_none());
        assert!(command.key("argument-hint").is_some());
        let ignored = command.misplaced_key("paths");
        assert!(ignored.is_some_and(|key| key.instead.is_none()));
        let instead = |data: &'static KindData, key| data.misplaced_key(key)?.instead.as_deref();
        assert_eq!(instead(command, "tools"), Some("allowed-tools"));
        assert_eq!(instead(skill, "allowedTools"), Some("allowed-tools"));
        assert!(command.community_key("version"));
        assert!(skill.is_boolean("yes") && !data("claude-code", Role::Agent).is_boolean("yes"));
    }

    #[test]
    fn a_kind_knows_the_tools_and_models_of_another() {
        let command = data("claude-code", Role::Command);
        assert!(matches!(command.tool("Bash(git *)"), ToolStatus::Known(_)));
        assert!(matches!(command.tool("mcp__a__b"), ToolStatus::Mcp(_)));
        assert!(command.model_is_known("sonnet") && !command.model_is_known("sonet"));
        assert!(command.builtin_agents().is_empty(), "agents are told once");
        assert!(data("claude-code", Role::Agent).subagent && !command.subagent);
    }
}
