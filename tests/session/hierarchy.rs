//! The team: hierarchies, symbols, and what is shown beside the text.

use serde_json::{Value, json};

use crate::buffer::Range;
use crate::client::{Session, Setup, range, to_json, uri};
use crate::workspace::{Disk, NAME, agent, lead};

/// A lead with an emoji before the name to whom it delegates, who extends a base.
fn team() -> Disk {
    let disk = Disk::with_agents(&["test-runner"]);
    disk.write(
        ".claude/agents/team-lead.md",
        "---\nname: team-lead\ndescription: Leads 😀.\nextends: base-agent\ntools: Read\n---\n\n| Who 😀 | Delegate To |\n|---|---|\n| 😀😀 | `test-runner` |\n\n😀 Ask @test-runner.\n",
    );
    disk.write(
        ".claude/agents/base-agent.md",
        "---\n# 😀\nname: base-agent\ndescription: A base.\nmodel: opus\ntools: Read, Grep\nextends: top-agent\n---\n",
    );
    disk.write(
        ".claude/agents/top-agent.md",
        "---\nname: top-agent\ndescription: The top.\n---\n\n😀 Ask @team-lead, @nobody-expert and @top-agent.\n",
    );
    disk
}

fn list(answer: &Value) -> Vec<Value> {
    answer.as_array().cloned().unwrap_or_default()
}

/// The name of an item, its file, and where its name stands.
fn item(item: &Value) -> (String, String, Range) {
    let (full, name) = (range(&item["range"]), range(&item["selectionRange"]));
    assert!(full.0 <= name.0 && name.1 <= full.1, "{item}");
    let text = |key: &str| item[key].as_str().expect("a text").to_owned();
    (text("name"), text("uri"), name)
}

fn items(answer: &Value) -> Vec<(String, String, Range)> {
    list(answer).iter().map(item).collect()
}

fn places(call: &Value) -> Vec<Range> {
    list(&call["fromRanges"]).iter().map(range).collect()
}

#[test]
fn delegation_is_followed_both_ways_through_files_that_nobody_has_open() {
    let disk = team();
    let mut session = Setup::new().folder(disk.root()).start();
    let runner = session.open_file(&disk.path(".claude/agents/test-runner.md"));
    let root = list(&session.request_at("prepareCallHierarchy", &runner, NAME));
    let [root] = root.as_slice() else {
        panic!("{root:?}");
    };
    assert_eq!(
        item(root),
        ("test-runner".into(), runner.clone(), (NAME, (1, 17)))
    );
    assert_eq!(root["detail"], ".claude/agents/test-runner.md");

    let params = json!({ "item": root });
    let calls = list(&session.request("callHierarchy/incomingCalls", params));
    let [call] = calls.as_slice() else {
        panic!("{calls:?}");
    };
    let lead = uri(&disk.path(".claude/agents/team-lead.md"));
    let lead_item = ("team-lead".to_owned(), lead, ((1, 6), (1, 15)));
    assert_eq!(item(&call["from"]), lead_item);
    assert_eq!(places(call), [((9, 10), (9, 21)), ((11, 8), (11, 19))]);

    // Nobody has the lead open, nor whom it delegates to.
    session.close(&runner);
    let params = json!({ "item": call["from"] });
    let calls = list(&session.request("callHierarchy/outgoingCalls", params.clone()));
    let [call] = calls.as_slice() else {
        panic!("{calls:?}");
    };
    assert_eq!(item(&call["to"]).0, "test-runner");
    assert_eq!(places(call), [((9, 10), (9, 21)), ((11, 8), (11, 19))]);

    let calls = list(&session.request("callHierarchy/incomingCalls", params));
    assert_eq!(item(&calls[0]["from"]).0, "top-agent");
    assert_eq!(places(&calls[0]), [((5, 8), (5, 17))]);
    let params = json!({ "item": calls[0]["from"] });
    let calls = list(&session.request("callHierarchy/outgoingCalls", params));
    assert_eq!(calls.len(), 1, "neither itself nor nobody: {calls:?}");
    session.end();
}

#[test]
fn extends_is_followed_both_ways_through_files_that_nobody_has_open() {
    let disk = team();
    let mut session = Setup::new().folder(disk.root()).start_silent();
    let capabilities = session.initialize()["capabilities"].clone();
    assert_eq!(capabilities["typeHierarchyProvider"], true);
    let lead = session.open_file(&disk.path(".claude/agents/team-lead.md"));
    let base = session.buffer(&lead).find("base-agent").0;
    let root = list(&session.request_at("prepareTypeHierarchy", &lead, base));
    let path = uri(&disk.path(".claude/agents/base-agent.md"));
    let expected = ("base-agent".to_owned(), path, ((2, 6), (2, 16)));
    assert_eq!(item(&root[0]), expected);

    let params = json!({ "item": root[0] });
    let above = items(&session.request("typeHierarchy/supertypes", params.clone()));
    let below = items(&session.request("typeHierarchy/subtypes", params));
    assert_eq!((above.len(), above[0].0.as_str()), (1, "top-agent"));
    assert_eq!((below.len(), below[0].0.as_str()), (1, "team-lead"));
    session.end();
}

#[test]
fn implementation_and_declaration_lead_to_closed_files() {
    let disk = team();
    let mut session = Setup::new().folder(disk.root()).start();
    let top = session.open_file(&disk.path(".claude/agents/top-agent.md"));
    let found = list(&session.request_at("implementation", &top, NAME));
    let base = uri(&disk.path(".claude/agents/base-agent.md"));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["uri"], base);
    assert_eq!(range(&found[0]["range"]), ((2, 6), (2, 16)));

    let lead = session.open_file(&disk.path(".claude/agents/team-lead.md"));
    let tools = session.buffer(&lead).find("tools").0;
    let found = list(&session.request_at("declaration", &lead, tools));
    assert_eq!(found[0]["uri"], base);
    assert_eq!(range(&found[0]["range"]), ((5, 0), (5, 5)));
    let asked = session.buffer(&lead).find("`test-runner").1;
    let found = list(&session.request_at("declaration", &lead, asked));
    assert_eq!(
        found[0]["uri"],
        uri(&disk.path(".claude/agents/test-runner.md"))
    );
    session.end();
}

#[test]
fn symbols_of_all_folders_are_found_without_an_open_document() {
    let (one, two) = (team(), Disk::with_agents(&["rust-runner"]));
    two.write(".claude/commands/rust-run.md", "Run it.\n");
    let mut session = Setup::new().folder(one.root()).folder(two.root()).start();
    let mut symbols = |query: &str| -> Vec<(String, u64)> {
        let found = list(&session.request("workspace/symbol", json!({ "query": query })));
        let symbol = |it: &Value| {
            let name = it["name"].as_str().expect("a name").to_owned();
            (name, it["kind"].as_u64().expect("a kind"))
        };
        found.iter().map(symbol).collect()
    };
    const CLASS: u64 = 5;
    const FUNCTION: u64 = 12;
    assert_eq!(
        symbols("rustrun"),
        [
            ("rust-runner".to_owned(), CLASS),
            ("rust-run".to_owned(), FUNCTION)
        ]
    );
    assert_eq!(symbols("tsrn"), [("test-runner".to_owned(), CLASS)]);
    assert_eq!(symbols("").len(), 6);
    assert!(symbols("zzz").is_empty());
    let found = session.request("workspace/symbol", json!({ "query": "base" }));
    assert_eq!(found[0]["containerName"], ".claude/agents");
    assert_eq!(range(&found[0]["location"]["range"]), ((2, 6), (2, 16)));
    session.end();
}

impl Session {
    fn lenses(&mut self, uri: &str) -> Vec<Value> {
        let params = json!({ "textDocument": { "uri": uri } });
        list(&self.request("textDocument/codeLens", params))
    }

    fn lens_titles(&mut self, uri: &str) -> Vec<String> {
        let title = |lens: &Value| lens["command"]["title"].as_str().map(str::to_owned);
        self.lenses(uri).iter().filter_map(title).collect()
    }

    /// The inlay hints of a document, each at its place.
    fn hints(&mut self, uri: &str) -> Vec<((u32, u32), String)> {
        let end = self.buffer(uri).end();
        let params = json!({
            "textDocument": { "uri": uri }, "range": to_json(((0, 0), end)),
        });
        let hint = |hint: &Value| {
            let at = range(&json!({ "start": hint["position"], "end": hint["position"] })).0;
            (at, hint["label"].as_str().expect("a label").to_owned())
        };
        list(&self.request("textDocument/inlayHint", params))
            .iter()
            .map(hint)
            .collect()
    }
}

#[test]
fn a_name_is_counted_over_closed_files_and_a_click_calls_the_clients_command() {
    let disk = team();
    let mut session = Setup::new()
        .folder(disk.root())
        .options(json!({ "commands": { "showReferences": "team.references" } }))
        .start();
    let runner = session.open_file(&disk.path(".claude/agents/test-runner.md"));
    let lenses = session.lenses(&runner);
    assert_eq!(
        lenses[0]["command"],
        json!({
            "title": "2 references",
            "command": "team.references",
            "arguments": [runner, { "line": 1, "character": 6 }],
        })
    );
    assert_eq!(
        lenses[1]["command"],
        json!({ "title": "delegated to by 1", "command": "" })
    );

    // Where no name is written, what the lens counts is found at the start.
    disk.write("CLAUDE.md", "Run `/deploy`.\n");
    let deploy = session.open_file(&disk.write(".claude/commands/deploy.md", "Do it.\n"));
    let written = [
        disk.path("CLAUDE.md"),
        disk.path(".claude/commands/deploy.md"),
    ];
    session.files_changed(&[(&written[0], 1), (&written[1], 1)]);
    session.ask_until("the mention of the command", |session| {
        session.lens_titles(&deploy) == ["1 reference"]
    });
    let place = session.lenses(&deploy)[0]["command"]["arguments"].clone();
    let params = json!({
        "textDocument": { "uri": place[0] }, "position": place[1],
        "context": { "includeDeclaration": false },
    });
    let found = list(&session.request("textDocument/references", params));
    assert_eq!(found.len(), 1);

    let base = session.open_file(&disk.path(".claude/agents/base-agent.md"));
    assert_eq!(session.lens_titles(&base), ["1 reference", "extended by 1"]);
    session.end();
}

#[test]
fn headers_show_what_they_inherit_and_cells_their_model_at_utf16_columns() {
    let disk = team();
    let runner = agent("test-runner").replace("---\n\n", "model: haiku\n---\n\n");
    disk.write(".claude/agents/test-runner.md", &runner);
    let mut session = Setup::new().folder(disk.root()).start();
    let lead = session.open_file(&disk.path(".claude/agents/team-lead.md"));
    assert_eq!(
        session.hints(&lead),
        [
            ((3, 19), "model: opus".to_owned()),
            ((9, 22), "haiku".to_owned())
        ]
    );
    session.end();
}

#[test]
fn lenses_and_hints_can_be_switched_off_at_the_start_and_later() {
    let disk = team();
    let mut session = Setup::new()
        .folder(disk.root())
        .capability("/workspace/codeLens/refreshSupport", json!(true))
        .capability("/workspace/inlayHint/refreshSupport", json!(true))
        .options(json!({ "inlayHints": { "inherited": false }, "colour": "red" }))
        .start();
    let lead = session.open_file(&disk.write(
        ".claude/agents/team-lead.md",
        &lead(&["test-runner"]).replace("---\n\n", "extends: base-agent\n---\n\n"),
    ));
    session.expect(&lead, &[]);
    assert!(session.hints(&lead).is_empty());
    assert_eq!(session.lens_titles(&lead).len(), 2);

    let settings = json!({ "agentls": {
        "inlayHints": { "inherited": true }, "codeLens": { "references": false },
    } });
    let before = (
        session.refreshes("codeLens"),
        session.refreshes("inlayHint"),
    );
    session.notify(
        "workspace/didChangeConfiguration",
        json!({ "settings": settings }),
    );
    session.wait("a refresh", |session| {
        let now = (
            session.refreshes("codeLens"),
            session.refreshes("inlayHint"),
        );
        (now.0 > before.0 && now.1 > before.1).then_some(())
    });
    assert_eq!(session.hints(&lead).len(), 1);
    assert_eq!(session.lens_titles(&lead), ["delegated to by 1"]);

    // Settings of others change nothing.
    for settings in [Value::Null, json!({ "editor": {} })] {
        session.notify(
            "workspace/didChangeConfiguration",
            json!({ "settings": settings }),
        );
    }
    assert_eq!(session.lens_titles(&lead), ["delegated to by 1"]);
    session.end();
}

#[test]
fn the_users_own_agent_is_followed_from_its_closed_file() {
    let home = Disk::with_agents(&["own-helper"]);
    let disk = Disk::with_agents(&["test-runner"]);
    let text = agent("own-helper") + "\nAsk @test-runner.\n";
    home.write(".claude/agents/own-helper.md", &text);
    let mut session = Setup::new().folder(disk.root()).home(home.root()).start();
    let runner = session.open_file(&disk.path(".claude/agents/test-runner.md"));
    let root = session.request_at("prepareCallHierarchy", &runner, NAME);
    let params = json!({ "item": root[0] });
    let calls = session.request("callHierarchy/incomingCalls", params);
    assert_eq!(item(&calls[0]["from"]).0, "own-helper");
    let params = json!({ "item": calls[0]["from"] });
    let calls = session.request("callHierarchy/outgoingCalls", params);
    assert_eq!(item(&calls[0]["to"]).0, "test-runner");
    assert_eq!(places(&calls[0]), [((7, 5), (7, 16))]);
    session.end();
}
