//! The files of several hosts in one workspace.

use serde_json::json;

use crate::client::Setup;
use crate::workspace::Disk;

#[test]
fn an_agent_of_vs_code_is_completed_where_it_hands_over() {
    let disk = Disk::new();
    disk.write(
        ".github/agents/reviewer.agent.md",
        "---\nname: reviewer\ndescription: Reads changes.\n---\nYou review.\n",
    );
    let planner = disk.write(
        ".github/agents/planner.agent.md",
        "---\nname: planner\ndescription: Makes plans.\ntools: [search, ]\nhandoffs:\n  - label: Look at it\n    agent: rev\n    prompt: Read the change.\n    \n---\nUse #tool:search first.\n",
    );
    let mut session = Setup::new().folder(disk.root()).start();
    let uri = session.open_file(&planner);

    assert_eq!(session.completion_labels(&uri, (6, 14))[0], "reviewer");
    let edit = &session.completion(&uri, (6, 14))[0]["textEdit"];
    assert_eq!(
        edit["range"]["start"],
        json!({ "line": 6, "character": 11 })
    );
    assert_eq!(edit["newText"], "reviewer");
    assert_eq!(
        session.completion_labels(&uri, (8, 4)),
        ["send", "model", "showContinueOn"]
    );
    let tools = session.completion_labels(&uri, (3, 16));
    assert!(tools.contains(&"edit".to_owned()) && !tools.contains(&"search".to_owned()));

    let (first, about) = session.hover(&uri, (10, 14)).expect("a tool");
    assert_eq!((&*first, &*about), ("**search** · set of tools", "search"));

    let name = session.buffer(&uri).find("rev\n").0;
    session.replace(&uri, (name, (name.0, name.1 + 3)), "reviewer");
    let found = session.definition(&uri, name);
    assert_eq!(found.len(), 1);
    assert!(found[0].0.ends_with("reviewer.agent.md"), "{found:?}");
    session.end();
}

#[test]
fn a_skill_is_named_by_an_agent_and_started_by_a_command() {
    let disk = Disk::with_agents(&["stock-keeper"]);
    let skill = disk.write(
        ".claude/skills/stock-take/SKILL.md",
        "---\nname: stock-take\ndescription: Counts.\ncontext: fork\nagent: stock\nallowed-tools: Read Gr\n---\nCount.\n",
    );
    let agent = disk.write(
        ".claude/agents/lead.md",
        "---\nname: lead\ndescription: Leads.\nskills:\n  - st\n---\nRun /st\n",
    );
    let mut session = Setup::new().folder(disk.root()).start();
    let skill = session.open_file(&skill);
    assert_eq!(session.completion_labels(&skill, (4, 12)), ["stock-keeper"]);
    assert_eq!(session.completion_labels(&skill, (5, 22))[0], "Grep");

    let agent = session.open_file(&agent);
    for at in [(4, 6), (6, 7)] {
        assert_eq!(session.completion_labels(&agent, at), ["stock-take"]);
    }
    session.replace(&agent, ((4, 4), (4, 6)), "stock-take");
    let found = session.definition(&agent, (4, 8));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0], (skill, ((1, 6), (1, 16))));
    session.end();
}

#[test]
fn an_agent_of_gemini_has_the_keys_and_tools_of_its_own_host() {
    let disk = Disk::new();
    let path = disk.write(
        ".gemini/agents/scout.md",
        "---\nname: scout\ndescription: Looks around.\nkind: \ntools:\n  - read_\nmax\n---\nYou look.\n",
    );
    let mut session = Setup::new().folder(disk.root()).start();
    let uri = session.open_file(&path);
    assert_eq!(session.completion_labels(&uri, (3, 6)), ["local", "remote"]);
    let tools = session.completion_labels(&uri, (5, 9));
    assert_eq!(tools[..2], ["read_file", "read_many_files"]);
    assert_eq!(session.completion_labels(&uri, (6, 3)), ["max_turns"]);
    let (first, _) = session.hover(&uri, (3, 1)).expect("a key");
    assert_eq!(first, "**kind** · Gemini CLI · one of several");
    session.end();
}
