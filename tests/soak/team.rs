//! The workspace: its names, its paths, and texts as people and their tools write them.

use std::path::Path;

use crate::random::Random;

const ROLES: [&str; 16] = [
    "reviewer", "builder", "tester", "writer", "planner", "keeper", "tuner", "finder", "mender",
    "guide", "judge", "scout", "porter", "watcher", "drafter", "sorter",
];

const TOPICS: [&str; 36] = [
    "api", "auth", "billing", "cache", "cloud", "css", "data", "deploy", "docs", "dotnet", "email",
    "form", "game", "graph", "http", "image", "java", "kernel", "lint", "mobile", "network",
    "parser", "payment", "python", "queue", "react", "release", "rust", "schema", "search",
    "security", "sql", "table", "theme", "upload", "video",
];

const WORDS: [&str; 24] = [
    "the",
    "a",
    "small",
    "service",
    "reads",
    "every",
    "file",
    "before",
    "it",
    "answers",
    "and",
    "never",
    "guesses",
    "what",
    "was",
    "meant",
    "größer",
    "日本語",
    "🚀",
    "`code`",
    "**bold**",
    "_it_",
    "<b>",
    "e.g.",
];

const TOOLS: [&str; 10] = [
    "Read", "Grep", "Glob", "Edit", "Write", "Bash", "WebFetch", "Task", "LS", "Grpe",
];

const MODELS: [&str; 5] = ["sonnet", "opus", "haiku", "inherit", "sonet"];

/// The name of an agent, which may or may not exist.
pub(crate) fn name(random: &mut Random) -> String {
    format!("{}-{}", random.pick(&TOPICS), random.pick(&ROLES))
}

/// Paths of the workspace, relative to its top: those that it begins with.
pub(crate) fn paths() -> Vec<String> {
    let mut paths = vec!["CLAUDE.md".to_owned(), "README.md".to_owned()];
    for topic in TOPICS {
        for (number, role) in ROLES.iter().enumerate() {
            paths.push(match number {
                0..=12 => format!(".claude/agents/{topic}/{topic}-{role}.md"),
                13 => format!(".opencode/agent/{topic}-{role}.md"),
                14 => format!(".github/agents/{topic}-{role}.agent.md"),
                _ => format!("plugin/agents/{topic}-{role}.md"),
            });
        }
        paths.push(format!(".claude/skills/{topic}/SKILL.md"));
        paths.push(format!(".claude/commands/{topic}.md"));
        paths.push(format!("docs/{topic}.md"));
    }
    paths
}

/// A path for a file that is new.
pub(crate) fn new_path(random: &mut Random) -> String {
    let topic = random.pick(&TOPICS);
    let number = random.below(40);
    match random.below(6) {
        0 => format!(".claude/skills/{topic}-{number}/SKILL.md"),
        1 => format!(".claude/commands/{topic}-{number}.md"),
        2 => format!("docs/deep/{topic}-{number}.md"),
        // Of a name that another file has too.
        3 => format!(".claude/agents/copies/{}.md", name(random)),
        _ => format!(".claude/agents/{topic}/{topic}-{number}.md"),
    }
}

fn words(random: &mut Random, count: usize) -> String {
    let mut line = String::new();
    for _ in 0..count {
        line += random.pick(&WORDS);
        line.push(' ');
    }
    line
}

fn mention(random: &mut Random) -> String {
    let name = name(random);
    let topic = random.pick(&TOPICS);
    match random.below(10) {
        0 => format!("Ask @{name} first."),
        1 => format!("Hand it to the **{name}** agent."),
        2 => format!("Use `{name}` or @agent-{name}, {}.", words(random, 4)),
        3 => format!("See [the file](../{topic}/{name}.md) and [this](../../../docs/{topic}.md)."),
        4 => format!(
            "Task(subagent_type=\"{name}\", prompt=\"{}\")",
            words(random, 3)
        ),
        5 => format!("Delegate to {name} when {}.", words(random, 4)),
        6 => format!("Run /{topic} and read .claude/agents/{topic}/{name}.md."),
        7 => format!("- {name}: {}", words(random, 5)),
        8 => format!("- the {topic} skill, /{topic}, `{topic}`"),
        _ => format!("<example>{}</example>", words(random, 6)),
    }
}

fn table(random: &mut Random) -> String {
    let mut table = match random.below(3) {
        0 => "| Delegate To | When |\n|---|---|\n".to_owned(),
        1 => "| When 😀 | Delegate To |\n|:--|--:|\n".to_owned(),
        _ => "Delegate To|When|Why\n---|---|---\n".to_owned(),
    };
    for _ in 0..1 + random.below(6) {
        let (one, other) = (name(random), name(random));
        table += &match random.below(4) {
            0 => format!("| {one} | {other} |\n"),
            1 => format!("| `{one}`, **{other}** | {} |\n", words(random, 3)),
            2 => format!("| [{one}]({one}.md) | \\| {other} |\n"),
            _ => format!("{one} | {other}\n"),
        };
    }
    table
}

fn fence(random: &mut Random) -> String {
    let name = name(random);
    match random.below(4) {
        0 => format!("```python\ndef run(retries: int = 3):\n    return \"{name}\"\n```\n"),
        1 => format!("```python\ndef broken(:\n    {name}\n```\n"),
        2 => format!("~~~\nask @{name}\n~~~\n"),
        _ => format!("````markdown\n```\n@{name}\n```\n````\n"),
    }
}

fn header(random: &mut Random, name: &str) -> String {
    let mut header = format!("---\nname: {name}\n");
    header += &match random.below(5) {
        0 => format!(
            "description: {}\n",
            words(random, 6).replace(['`', '*'], "")
        ),
        1 => format!(
            "description: >\n  {}\n  {}\n",
            words(random, 5),
            words(random, 5)
        ),
        2 => format!("description: \"{}\"\n", words(random, 8)),
        3 => "description: Works: and colons break it\n".to_owned(),
        _ => format!("description: Does the work of {name}.\n"),
    };
    if random.one_in(2) {
        let tools: Vec<_> = (0..1 + random.below(4))
            .map(|_| random.pick(&TOOLS))
            .collect();
        header += &match random.below(3) {
            0 => format!("tools: [{}]\n", tools.join(", ")),
            1 => format!("tools:\n  - {}\n", tools.join("\n  - ")),
            _ => format!("tools: {}\n", tools.join(", ")),
        };
    }
    if random.one_in(3) {
        header += &format!("model: {}\n", random.pick(&MODELS));
    }
    if random.one_in(4) {
        header += &format!("extends: {}\n", self::name(random));
    }
    if random.one_in(12) {
        header += "colour: red # agentls-disable-line unknown-key\n";
    }
    header + "---\n\n"
}

/// The text of the file at `path`, a new one each time.
pub(crate) fn text(random: &mut Random, path: &Path) -> String {
    let stem = path
        .file_stem()
        .and_then(|stem| stem.to_str())
        .unwrap_or("nameless");
    let stem = stem.strip_suffix(".agent").unwrap_or(stem);
    let name = match stem {
        "SKILL" => path
            .parent()
            .and_then(|it| it.file_name()?.to_str())
            .unwrap_or("skill"),
        stem => stem,
    };
    let mut text = match random.below(30) {
        0 => String::new(),
        1 => {
            let other = self::name(random);
            header(random, &other)
        }
        2 => header(random, name)
            .trim_end()
            .trim_end_matches('-')
            .to_owned(),
        3 => format!("\n{}", header(random, name)),
        _ => header(random, name),
    };
    text += &format!("# {name}\n\n");
    for _ in 0..random.below(10) {
        text += &piece(random);
        text.push('\n');
    }
    if random.one_in(15) {
        text = text.replace('\n', "\r\n");
    }
    text
}

/// Some lines of a body, the last one ended.
pub(crate) fn piece(random: &mut Random) -> String {
    match random.below(9) {
        0 | 1 => table(random),
        2 => fence(random),
        3 => format!("## {}\n", words(random, 3)),
        4 => format!("> {}\n> {}\n", mention(random), words(random, 5)),
        5 => {
            let count = 5 + random.below(30);
            format!("{}\n", words(random, count))
        }
        6 => format!(
            "<!-- agentls-disable-next-line unknown-agent -->\n{}\n",
            mention(random)
        ),
        _ => format!("{}\n", mention(random)),
    }
}

/// What a person types in one go: a word, half of something, a thing that changes the shape of
/// all that follows.
pub(crate) fn typed(random: &mut Random) -> String {
    let name = name(random);
    match random.below(16) {
        0 => words(random, 2),
        1 => format!("@{name} "),
        2 => format!("\n\n| Delegate To | When |\n|---|---|\n| {name} | "),
        3 => format!("\n| {name} |"),
        4 => "\n```python\ndef f(".to_owned(),
        5 => "```\n".to_owned(),
        6 => "\n---\n".to_owned(),
        7 => format!("---\nname: {name}\ndescription: Typed.\n---\n"),
        8 => format!("\nextends: {name}\n"),
        9 => format!("[it]({name}.md)"),
        10 => "😀é".to_owned(),
        11 => "<!-- agentls-disable unknown-agent -->".to_owned(),
        12 => format!("`{name}` *"),
        13 => "\n    indented\n".to_owned(),
        14 => "\n\n".to_owned(),
        _ => format!("\ntools: [{}, ", random.pick(&TOOLS)),
    }
}

/// A configuration of the workspace.
pub(crate) fn configuration(random: &mut Random) -> String {
    match random.below(4) {
        0 => "rules:\n  unknown-tool: error\n".to_owned(),
        1 => format!("known:\n  agents: [{}, {}]\n", name(random), name(random)),
        2 => "exclude: [docs/]\nrules:\n  broken-link: off\n".to_owned(),
        _ => "delegation-headers: [Why]\nrules:\n  no-such-rule: off\n".to_owned(),
    }
}
