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
        let mut names: Vec<String> = std::fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        let all = FILES.iter().chain([&CONVENTIONS]);
        let mut known: Vec<String> = all.map(|(name, _)| format!("{name}.yaml")).collect();
        known.sort();
        assert_eq!(names, known);
        assert_eq!(Hosts::builtin().hosts.len(), FILES.len());
        for file in known {
            let source = std::fs::read_to_string(folder.join(&file)).unwrap();
            let faults = match file.starts_with(CONVENTIONS.0) {
                true => validate::conventions(&file, &source),
                false => validate::host(&file, &source),
            };
            assert!(faults.is_empty(), "{}", faults[0]);
        }
    }

    #[test]
    fn a_wrong_file_of_conventions_is_told_with_its_line() {
        let faults = validate::conventions("c.yaml", "documentation: [a]\nfolders: []\n");
        let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
        assert_eq!(said.len(), 1);
        assert!(
            said[0].starts_with("c.yaml:2: unknown field `folders`"),
            "{said:?}"
        );
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
            expect!["h.yaml:6: `[a` is no glob: unclosed character class; missing ']'"],
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
        check(
            "top",
            "readers: [{id: p, title: P, header: strict, target: p, list-keys: [b], source: [s]}]",
            expect!["h.yaml:5: no kind has a key `b`, or the program no target"],
        );
    }

    #[test]
    fn what_is_wrong_beside_the_keys_is_told_with_its_line() {
        check(
            "top",
            "folders: [.a, .a]",
            expect!["h.yaml:5: the folder `.a` stands here twice"],
        );
        check(
            "kind",
            "agents: [{name: a, doc: An agent}]",
            expect![[r#"h.yaml:11: "An agent" is no sentence: it ends without a full stop"#]],
        );
        check(
            "kind",
            "mcp: {separator: _, of-plugin: \"p_{server}\", source: [s]}",
            expect!["h.yaml:11: `p_{server}` does not say where `{plugin}` and `{server}` stand"],
        );
        check(
            "kind",
            "models: {patterns: {globs: [\"a?\"], source: [s]}}",
            expect!["h.yaml:11: `a?`: `*` is the only sign in the pattern of a model"],
        );
        check(
            "keys",
            "{name: b, type: text, unless: [c], doc: B., source: [s]}",
            expect!["h.yaml:13: there is no key `c`"],
        );
        let faults = validate::host(
            "other.yaml",
            "id: h\ntitle: H\nsources:\n  s: {what: w, date: 2026-13-02}\nfiles: []\n",
        );
        let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
        expect![[r#"
            other.yaml:1: the host `h` belongs in h.yaml
            other.yaml:4: nothing comes from the source `s`
            other.yaml:4: `2026-13-02` is no date"#]]
        .assert_eq(&said.join("\n"));
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
    use expect_test::expect;

    use super::*;

    #[test]
    fn host_folders_are_those_that_hold_a_workspace_together() {
        let folders: Vec<_> = Hosts::builtin().host_folders().collect();
        for folder in [".claude", ".github", ".opencode", ".gemini", ".cursor"] {
            assert!(folders.contains(&folder), "{folder}");
        }
    }

    #[test]
    fn one_host_says_where_the_agents_of_a_user_are() {
        let hosts = Hosts::builtin();
        assert_eq!(hosts.user_agents(), Some(".claude/agents"));
        let said = hosts.iter().filter(|(_, host)| host.user_agents.is_some());
        assert_eq!(said.count(), 1);
    }

    #[test]
    fn titles_are_for_messages() {
        let hosts = Hosts::builtin();
        assert_eq!(hosts.title(kind("claude-code", Role::Agent)), "Claude Code");
        assert_eq!(hosts.title(FileKind::PLAIN), "the host");
    }

    #[test]
    fn every_kind_has_its_keys_and_tools() {
        let mut table = String::new();
        for (_, host) in Hosts::builtin().iter() {
            for (role, data) in &host.kinds {
                let needed = data.keys().iter().filter(|key| key.required);
                let needed: Vec<&str> = needed.map(|key| key.name.as_str()).collect();
                table += &format!(
                    "{} {role:?}: {} keys, {} tools; {}\n",
                    host.id,
                    data.keys().len(),
                    data.tools().len(),
                    needed.join(", ")
                );
            }
        }
        expect![[r#"
            claude-code Agent: 19 keys, 57 tools; name, description
            claude-code Skill: 20 keys, 57 tools; 
            claude-code Command: 18 keys, 57 tools; 
            claude-code OutputStyle: 4 keys, 0 tools; 
            claude-code Rule: 1 keys, 0 tools; 
            copilot Agent: 22 keys, 76 tools; 
            copilot Skill: 10 keys, 76 tools; name, description
            copilot Prompt: 7 keys, 76 tools; 
            copilot Instructions: 4 keys, 0 tools; 
            opencode Agent: 16 keys, 15 tools; 
            opencode Skill: 5 keys, 0 tools; name, description
            opencode Command: 5 keys, 15 tools; 
            gemini Agent: 13 keys, 28 tools; name, description
            gemini Skill: 2 keys, 0 tools; name, description
            cursor Agent: 5 keys, 0 tools; 
            cursor Rule: 3 keys, 0 tools; 
            kiro Agent: 9 keys, 4 tools; 
            kiro Memory: 2 keys, 0 tools; 
            qwen Agent: 11 keys, 0 tools; name, description
            factory Agent: 6 keys, 15 tools; name
            windsurf Rule: 3 keys, 0 tools; 
            grok Agent: 2 keys, 0 tools; 
            iflow Agent: 5 keys, 0 tools; 
        "#]]
        .assert_eq(&table);
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

    /// What a host makes of an entry in a list of tools.
    fn tool(host: &str, item: &str) -> String {
        match data(host, Role::Agent).tool(item) {
            ToolStatus::Known(tool) => tool.name.clone(),
            ToolStatus::Renamed { tool, .. } => format!("now {}", tool.name),
            ToolStatus::Removed(_) => "removed".to_owned(),
            ToolStatus::Mcp(name) => format!("{} of {}", name.tool.unwrap_or("all"), name.server),
            ToolStatus::Everything => "everything".to_owned(),
            ToolStatus::Unknown => "unknown".to_owned(),
        }
    }

    #[test]
    fn every_host_has_its_own_forms_of_tools() {
        for (host, item, expected) in [
            ("copilot", "search", "search"),
            ("copilot", "search/codebase", "codebase"),
            ("copilot", "codebase", "codebase"),
            ("copilot", "Bash", "execute"),
            ("copilot", "grep", "search"),
            ("copilot", "Read", "read"),
            ("copilot", "vscode/vscodeAPI", "VSCodeAPI"),
            ("copilot", "github/*", "* of github"),
            (
                "copilot",
                "azure.some-extension/a-tool",
                "a-tool of azure.some-extension",
            ),
            ("copilot", "*", "everything"),
            ("copilot", "github/", "unknown"),
            ("copilot", "mine", "unknown"),
            ("gemini", "read_file", "read_file"),
            ("gemini", "search_file_content", "now grep_search"),
            ("gemini", "mcp_*", "all of *"),
            ("gemini", "mcp_github_*", "* of github"),
            ("gemini", "mcp_github_get_issue", "get_issue of github"),
            ("gemini", "mcp_github", "unknown"),
            ("gemini", "discovered_tool_x", "discovered_tool_*"),
            ("gemini", "Read", "unknown"),
            ("factory", "read-only", "read-only"),
            ("factory", "read", "unknown"),
            ("opencode", "webfetch", "webfetch"),
        ] {
            assert_eq!(tool(host, item), expected, "{host} {item}");
        }
        let unknown = |host| data(host, Role::Agent).unknown_tools;
        assert_eq!(unknown("claude-code"), UnknownTools::Ignored);
        assert_eq!(unknown("gemini"), UnknownTools::Refused);
        assert_eq!(unknown("copilot"), UnknownTools::Open);
        assert_eq!(
            data("copilot", Role::Prompt).unknown_tools,
            UnknownTools::Open
        );
        let current = data("copilot", Role::Agent).current_tool_name("shell");
        assert_eq!(current, "execute");
    }

    #[test]
    fn a_value_is_one_of_those_known_or_looks_like_one() {
        let takes = |host, role, key, text| data(host, role).key(key).unwrap().takes(text);
        for (host, role, key, text, expected) in [
            ("opencode", Role::Agent, "color", "#ff8800", true),
            ("opencode", Role::Agent, "color", "primary", true),
            ("opencode", Role::Agent, "color", "red", false),
            ("opencode", Role::Agent, "permission", "allow", true),
            ("opencode", Role::Agent, "permission", "yes", false),
            ("opencode", Role::Skill, "name", "a-b2", true),
            ("opencode", Role::Skill, "name", "a--b", false),
            ("gemini", Role::Agent, "name", "a_b-c", true),
            ("gemini", Role::Agent, "name", "A b", false),
            ("copilot", Role::Agent, "target", "vscode", true),
            ("copilot", Role::Agent, "target", "code", false),
            ("copilot", Role::Prompt, "agent", "my-agent", true),
            ("copilot", Role::Skill, "name", "A skill: one", true),
            (
                "claude-code",
                Role::Skill,
                "compatibility",
                "Needs git.",
                true,
            ),
            ("claude-code", Role::Agent, "name", "Any Name", true),
        ] {
            assert_eq!(
                takes(host, role, key, text),
                expected,
                "{host} {key}: {text}"
            );
        }
        let long = "x".repeat(501);
        assert!(!takes("claude-code", Role::Skill, "compatibility", &long));
        let model = |host, model| data(host, Role::Agent).model_is_known(model);
        assert!(model("opencode", "anthropic/claude-x") && !model("opencode", "sonnet"));
        assert!(model("copilot", "Claude Sonnet 4.5 (copilot)") && model("gemini", "inherit"));
    }

    #[test]
    fn a_key_can_be_needed_in_some_files_only() {
        let description = data("gemini", Role::Agent).key("description").unwrap();
        assert!(description.is_required(|_| false));
        assert!(description.is_required(|key| key == "kind"));
        assert!(!description.is_required(|key| key == "agent_card_url"));
        assert!(
            !data("copilot", Role::Agent)
                .key("description")
                .unwrap()
                .required
        );
    }

    #[test]
    fn parts_of_a_value_have_keys_of_their_own() {
        let handoffs = data("copilot", Role::Agent).key("handoffs").unwrap();
        let needed = handoffs.items.iter().filter(|key| key.required);
        let needed: Vec<&str> = needed.map(|key| key.name.as_str()).collect();
        assert_eq!(needed, ["label", "agent", "prompt"]);
        let agent = handoffs
            .items
            .iter()
            .find(|key| key.name == "agent")
            .unwrap();
        assert_eq!(agent.names, Some(NamesOf::Agents));
        let permission = data("opencode", Role::Agent).key("permission").unwrap();
        assert!(permission.is_of(KeyType::Mapping) && permission.open_members);
        assert!(permission.members.iter().all(|member| member.takes("ask")));
        let tools = data("opencode", Role::Agent).key("tools").unwrap();
        assert!(tools.is_of(KeyType::ToolSwitches) && tools.deprecated.is_some());
    }

    #[test]
    fn what_a_list_of_tools_does_is_said_by_its_key() {
        let effect = |role, key| data("claude-code", role).key(key).unwrap().effect;
        assert_eq!(effect(Role::Agent, "tools"), ToolEffect::Grants);
        assert_eq!(effect(Role::Agent, "disallowedTools"), ToolEffect::Denies);
        assert_eq!(effect(Role::Skill, "allowed-tools"), ToolEffect::Approves);
    }

    #[test]
    fn an_agent_is_brought_by_its_own_host() {
        let hosts = Hosts::builtin();
        let of = |host, name| hosts.builtin_agent_of(kind(host, Role::Command), name);
        assert!(of("claude-code", "explore").is_some(), "in any case");
        assert!(of("claude-code", "build").is_none() && of("opencode", "build").is_some());
        assert!(hosts.builtin_agent_of(FileKind::PLAIN, "build").is_none());
        assert!(hosts.builtin_agent("build").is_some());
    }

    #[test]
    fn only_hosts_that_ask_for_a_name_know_agents_by_it_alone() {
        let hosts = Hosts::builtin();
        for (host, expected) in [
            ("claude-code", true),
            ("gemini", true),
            ("qwen", true),
            ("factory", true),
            ("copilot", false),
            ("opencode", false),
            ("cursor", false),
            ("kiro", false),
        ] {
            let kind = kind(host, Role::Agent);
            assert_eq!(hosts.goes_by_name(kind), expected, "{host}");
            assert_eq!(hosts.stem_is_identity(kind), !expected, "{host}");
        }
    }
}
