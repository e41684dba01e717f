"""A person at the keyboard of Helix. Run by run.sh, which installs the editor.

Each test has an editor of its own over a fresh copy of the team. What failed leaves its screen
in target/editors/helix/.
"""

import argparse
import json
import shutil
import sys
import traceback
from pathlib import Path

import second
from screen import Helix, Unseen

AGENTS = ".claude/agents/"
LEAD = AGENTS + "shop-lead.md"
RELEASE = AGENTS + "release-manager.md"

# What Helix 25.01 has no part for (features.json has the names). It says that it watches files,
# and tells of those that it writes itself. What is sent when a lens is clicked, the status of a
# file, the graph and new agents need code that runs in the editor, and Helix runs none.
LACKS = [
    "fix-all",
    "call-hierarchy",
    "type-hierarchy",
    "folding",
    "code-lens",
    "semantic-tokens",
    "watched-files",
    "status",
    "graph",
    "new-agent",
]

TESTS = []


def test(name, *features, languages="languages.toml"):
    """A test that tries those features, with that configuration."""

    def add(steps):
        TESTS.append((name, features, languages, steps))
        return steps

    return add


FAULTS = [
    ("catalog-editor.md", 3, "This header loads only because"),
    ("order-analyst.md", 24, "This is not Python: the syntax breaks here"),
    ("quality/accessibility-auditor.md", 4, "`extends` points nowhere"),
    ("release-manager.md", 20, "No agent is called `checkout-enginer`"),
    ("storefront-developer.md", 4, "Claude Code no longer has `MultiEdit`"),
    ("support-writer.md", 4, "Claude Code ignores `allowedTools`"),
]


@test("each fault of the team is told below its line", "diagnostics")
def faults(hx):
    hx.open(LEAD)
    for file, line, message in FAULTS:
        hx.edit(AGENTS + file)
        # The line is told with the cursor in it, even where it is too long for the screen.
        hx.line(line)
        hx.shown("─", message)
    hx.press(" ", "D")
    for rule in ["yaml-requoted", "python-syntax", "broken-extends", "removed-tool"]:
        hx.shown(rule)


@test("the list of a file's findings leads to them", "diagnostics")
def finding_list(hx):
    hx.open(RELEASE)
    hx.line_has(20, "No agent is called `checkout-enginer`. Did you mean `checkout-engineer`?")
    hx.press(" ", "d")
    hx.shown("unknown-agent", "No agent is called")
    hx.press("Enter")
    hx.at(RELEASE, 20)


@test("a fault goes when it is typed away, and comes back when it is undone", "diagnostics")
def typed_away(hx):
    hx.open(RELEASE)
    hx.line_has(20, "No agent is called")
    hx.find("checkout-engin")
    hx.press("a")
    hx.write("e")
    hx.escape()
    hx.gone("No agent is called")
    hx.change("u")
    hx.line_has(20, "| `checkout-enginer` |")
    hx.shown("No agent is called")


@test("a finding after ü and an emoji is exactly the name", "diagnostics")
def columns(hx):
    (hx.team / AGENTS / "night-lead.md").write_text(
        "---\nname: night-lead\ndescription: Leads at night.\n---\n\n"
        "| When | Delegate To |\n|---|---|\n| süß 😀 | `nobody-engineer` |\n",
        encoding="utf-8",
    )
    hx.open(AGENTS + "night-lead.md")
    hx.line_has(8, "No agent is called `nobody-engineer`")
    # `]d` selects the finding, `~` turns the case of what is selected.
    hx.press("]", "d")
    hx.until("it is selected", lambda: hx.status().place[0] == 8)
    hx.press("~")
    hx.line_has(8, "| süß 😀 | `NOBODY-ENGINEER` |")


@test("a cell of a delegation table completes an agent, with its description", "completion")
def completion_in_a_cell(hx):
    hx.open(LEAD)
    hx.line(24)
    hx.change("o")
    hx.write("| stor")
    hx.shown("storefront-developer", "class")
    hx.press("Tab")
    hx.shown("Builds the pages that visitors see")
    hx.press("Enter")
    hx.escape()
    hx.line_has(25, "| storefront-developer")
    hx.command("write")
    cell = ["| storefront-developer"]
    hx.until("the cell on disk", lambda: hx.text(LEAD).split("\n")[24:25] == cell)


@test("a key of the header is completed, and those that are there are not offered", "completion")
def completion_of_a_key(hx):
    hx.open(LEAD)
    hx.line(5)
    hx.change("o")
    hx.write("m")
    # One letter is too little for Helix to ask unasked.
    hx.press("C-x")
    hx.shown("maxTurns")
    hx.shown("memory")
    offered = [line for line in hx.screen() if "property" in line or "field" in line]
    if not any("maxTurns" in line for line in offered):
        raise Unseen(f"the rows of the menu are not known as such: {offered}")
    if any("model" in line for line in offered):
        raise Unseen(f"model is there already: {offered}")


@test("hover shows the description of the agent that a cell names", "hover")
def hover(hx):
    hx.open(LEAD)
    hx.find("order-analyst")
    hx.press(" ", "k")
    hx.shown("Answers questions about orders from the database")
    hx.shown("Model: sonnet")


@test("go to definition leads into the file of another agent", "definition")
def definition(hx):
    hx.open(LEAD)
    hx.find("accessibility-auditor")
    hx.press("g", "d")
    hx.at(AGENTS + "quality/accessibility-auditor.md", 2, 7)
    hx.edit(AGENTS + "checkout-engineer.md")
    hx.find("core/specialist")
    hx.press("g", "d")
    hx.at("core/templates/specialist.md", 2, 7)


@test("references are listed from every file, and lead there", "references")
def references(hx):
    hx.open(LEAD)
    hx.find("support-writer")
    hx.press("g", "r")
    hx.shown("4/4")
    places = [
        AGENTS + "checkout-engineer.md:31",
        AGENTS + "release-manager.md:22",
        LEAD + ":24",
        AGENTS + "support-writer.md:2",
    ]
    for place in places:
        hx.shown(place)
    hx.press("Down", "Enter")
    hx.at(RELEASE, 22, 4)


@test("go to implementation leads to what extends an agent", "implementation")
def implementation(hx):
    hx.open("core/base.md")
    hx.find("name: base")
    hx.press("g", "i")
    hx.at("core/templates/specialist.md", 2, 7)


@test("a rename changes every mention in open and closed files, and the file", "rename", "rename-file")
def rename(hx):
    hx.open(LEAD)
    # One of the files is open with a change that is not saved.
    hx.edit(RELEASE)
    hx.line(22)
    hx.change("o")
    hx.change("Enter")
    hx.write("Ask support-writer.")
    hx.escape()
    hx.edit(AGENTS + "support-writer.md")
    hx.line_has(4, "Claude Code ignores `allowedTools`")
    hx.line(2)
    hx.find("support-writer")
    before = {path: text.read_text() for path, text in files(hx.team).items()}
    before[RELEASE] = before[RELEASE] + "\nAsk support-writer.\n"
    hx.press(" ", "r")
    hx.shown("rename-to:support-writer")
    hx.press("C-u")
    hx.until("an empty line", lambda: hx.screen()[-1] == "rename-to:")
    hx.prompt("care-writer")
    hx.until("the file has its new name", lambda: hx.status().file == "care-writer.md")
    hx.line_has(2, "name: care-writer")
    if any("outdated" in line or "rror" in line for line in hx.screen()[-1:]):
        raise Unseen(f"an error after the rename: {hx.screen()[-1]}")
    hx.command("write-all")
    hx.until("the file on disk", lambda: "name: care-writer" in hx.text(AGENTS + "care-writer.md"))
    after = {
        path.replace("support-writer", "care-writer"): text.replace("support-writer", "care-writer")
        for path, text in before.items()
    }

    def differing():
        now = {path: text.read_text() for path, text in files(hx.team).items()}
        return [path for path in sorted({*now, *after}) if now.get(path) != after.get(path)]

    try:
        hx.until("the new name in every file", lambda: not differing())
    except Unseen as unseen:
        raise Unseen(f"{unseen}; wrong: {', '.join(differing())}") from None


def files(team):
    """The markdown files of the team, by their paths in it."""
    return {str(path.relative_to(team)): path for path in team.rglob("*.md")}


@test("a quick fix changes the name to the one that is meant", "quick-fix")
def quick_fix(hx):
    hx.open(RELEASE)
    hx.line_has(20, "No agent is called")
    hx.find("checkout-enginer")
    hx.press(" ", "a")
    title = "Change to `checkout-engineer`"
    hx.choose(title, first=title)
    hx.gone("No agent is called")
    hx.line_has(20, "| `checkout-engineer`")


@test("a quick fix makes the agent that a row names", "quick-fix")
def create_agent(hx):
    hx.open(RELEASE)
    hx.line_has(20, "No agent is called")
    hx.find("checkout-enginer")
    hx.press(" ", "a")
    made = AGENTS + "checkout-enginer.md"
    hx.choose(f"Create {made}", first="Change to `checkout-engineer`")
    hx.gone("No agent is called")
    hx.command("write-all")
    hx.until("the file", lambda: "name: checkout-enginer" in hx.text(made))


@test("a rule is explained: in a message from the menu, whole in a window", "explain")
def explain(hx):
    hx.open(RELEASE)
    hx.line_has(20, "No agent is called")
    hx.find("checkout-enginer")
    hx.press(" ", "a")
    hx.choose("Explain unknown-agent", first="Change to `checkout-engineer`")
    hx.shown("A line gives work to an agent, or counts on one, and no agent has that name.")
    hx.command("sh agentls explain unknown-agent")
    hx.shown("# unknown-agent")
    hx.shown("## Why")


@test("the outline lists keys, headings, tables and rows, and leads there", "outline")
def outline(hx):
    hx.open(LEAD)
    hx.press(" ", "s")
    for name in ["frontmatter", "description", "Shop lead", "Delegate To", "support-writer"]:
        hx.shown(name)
    hx.press("H", "o", "w", " ", "t", "o")
    hx.shown("1/")
    hx.press("Enter")
    hx.at(LEAD, 26)


@test("an agent of the workspace is found by some of its letters", "workspace-symbols")
def workspace_symbols(hx):
    hx.open(LEAD)
    hx.press(" ", "S")
    hx.shown("kind", "name", "path")
    hx.press(*"stofront")
    hx.shown("class", "storefront-developer", AGENTS + "storefront-developer.md")
    hx.shown("1/1")
    hx.press("Enter")
    hx.at(AGENTS + "storefront-developer.md", 2)


@test("every place that names the agent is selected", "highlight")
def highlight(hx):
    hx.open(LEAD)
    hx.find("checkout-engineer")
    hx.press(" ", "h")
    hx.until("two selections", lambda: hx.status().selections == 2)


@test("formatting aligns a table by what it shows", "format")
def format_table(hx):
    (hx.team / "table.md").write_text("| 名前 | b |\n|-|-|\n| x | 😀 |\n", encoding="utf-8")
    hx.open("table.md")
    hx.command("format")
    hx.line_is(1, "| 名前 | b   |")
    hx.line_is(2, "| ---- | --- |")
    hx.line_is(3, "| x    | 😀  |")


@test("the model of an agent stands behind its name", "inlay-hints")
def inlay_hints(hx):
    hx.open(LEAD)
    hx.line_has(18, "`storefront-developer` sonnet |")
    hx.line_has(24, "`support-writer` haiku |")


@test("an agent that another program makes is noticed when a file is saved")
def noticed_on_save(hx):
    hx.open(RELEASE)
    hx.line_has(20, "No agent is called")
    (hx.team / AGENTS / "checkout-enginer.md").write_text(
        "---\nname: checkout-enginer\ndescription: New.\n---\n\nHello.\n", encoding="utf-8"
    )
    hx.command("write")
    hx.gone("No agent is called")


@test(
    "of two servers both complete and both underline",
    *("diagnostics", "completion"),
    languages="languages-marksman.toml",
)
def two_servers(hx):
    hx.open(LEAD, servers=2)
    hx.line_has(19, second.MESSAGE)
    hx.line(24)
    hx.change("o")
    hx.write("| nobody-e")
    hx.line_has(25, "No agent is called `nobody-e`")
    hx.escape()
    hx.line_has(19, second.MESSAGE)
    hx.press("A")
    hx.write(" |")
    hx.change("Enter")
    hx.write("| s")
    hx.shown(second.WORD)
    hx.shown("storefront-developer", "class")


def run(options):
    root = Path(options.repository)
    report = root / "target/editors/helix.json"
    dumps = root / "target/editors/helix"
    shutil.rmtree(dumps, ignore_errors=True)
    report.parent.mkdir(parents=True, exist_ok=True)
    if not options.name:
        report.unlink(missing_ok=True)
    passed, failed, seen = set(), set(), [0, 0]
    for number, (name, features, languages, steps) in enumerate(TESTS):
        if not all(part in name for part in options.name):
            continue
        work = Path(options.work) / str(number)
        hx = Helix(work, root, languages)
        problem = None
        try:
            steps(hx)
        except Exception as error:
            # Whatever it is, the other tests run.
            problem = str(error) if isinstance(error, Unseen) else traceback.format_exc().rstrip()
            hx.dump(dumps / steps.__name__, problem)
        finally:
            hx.close()
        seen[problem is not None] += 1
        (failed if problem else passed).update(features)
        print("FAIL" if problem else "ok  ", name, flush=True)
        if problem:
            indented = problem.replace("\n", "\n       ")
            print(f"       {indented}\n       see {dumps / steps.__name__}", flush=True)
    if not options.name:
        written = {
            "editor": "Helix",
            "version": options.version,
            "works": sorted(passed - failed),
            "fails": sorted(failed),
            "lacks": LACKS,
        }
        report.write_text(json.dumps(written, indent=2) + "\n")
    print(f"{seen[0]} of {sum(seen)} passed")
    return 1 if seen[1] else 0


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--version", required=True)
    parser.add_argument("--repository", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("name", nargs="*")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(run(arguments()))
