"""A Helix in a terminal of its own: what is typed into it, and what it shows."""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

WAIT_SECONDS = 40
POLL_SECONDS = 0.03
COLUMNS, ROWS = 160, 45

# A line of text as Helix shows it: signs, the line's number, the text.
NUMBERED = re.compile(r"^ {0,2}[^\w\s│]? *(\d+)(?:  (.*))?$")
# The line above the last: mode, file, selections, line and column.
STATUS = re.compile(r"^ (NOR|INS|SEL) .*?(\S+\.\w+) .*?(\d+) sels? .*?(\d+):(\d+) *$")


class Unseen(Exception):
    """What should have been shown was not; the screen as it was instead."""


class Helix:
    """One editor over a fresh copy of the team, with a fresh home."""

    def __init__(self, work, repository, languages):
        self.folder = work
        self.team = work / "team"
        self.log = work / "helix.log"
        self.socket = work / "tmux"
        shutil.copytree(repository / "examples", self.team)
        configuration = work / "home/.config/helix"
        configuration.mkdir(parents=True)
        recipe = repository / "editors/helix"
        shutil.copy(recipe / languages, configuration / "languages.toml")
        shutil.copy(recipe / "config.toml", configuration / "config.toml")

    def open(self, path, servers=1):
        """Starts the editor with a file of the team, and waits for its servers."""
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("XDG_")
        }
        environment |= {"HOME": str(self.folder / "home"), "LC_ALL": "C.UTF-8"}
        # The first command starts the terminal's server, which has that environment for good.
        self._tmux(
            *("-f", "/dev/null", "new-session", "-d", "-s", "t"),
            *("-x", str(COLUMNS), "-y", str(ROWS), "-c", str(self.team)),
            f"exec hx -v --log {self.log} {path}",
            environment=environment,
        )
        # Until then Helix says that there is no server. It may open a file twice.
        self.until(
            "the servers are ready",
            lambda: self.sent("initialized") == servers
            and self.sent("textDocument/didOpen") >= servers,
        )
        self.until(f"{path} is shown", lambda: self.status().file == Path(path).name)

    def close(self):
        self._tmux("kill-server", check=False)

    # What a person does.

    def press(self, *keys):
        """Presses keys by their names in tmux: `Escape`, `C-w`, `g`, or several at once: `20G`."""
        self._tmux("send-keys", "-t", "t", *keys)

    def change(self, key):
        """Presses a key that changes the text. Helix 25.01 tells servers of changes that come at
        once in any order, so the next must wait until it has told them of this one."""
        before = self.sent("textDocument/didChange")
        self.press(key)
        self.until(f"{key} is told", lambda: self.sent("textDocument/didChange") > before)

    def write(self, text):
        """Types into the text."""
        for key in text:
            self.change("Space" if key == " " else key)

    def command(self, command):
        """Types a command after `:`."""
        self.press(":")
        self.until("the command line opens", lambda: self.screen()[-1].startswith(":"))
        self.prompt(command)

    def prompt(self, text):
        """Fills the line at the bottom, and confirms."""
        self._tmux("send-keys", "-t", "t", "-l", text)
        self.until(f"{text!r} is typed", lambda: text in "".join(self.screen()[-2:]))
        self.press("Enter")

    def edit(self, path):
        """Opens another file of the team."""
        self.command(f"open {path}")
        self.until(f"{path} is shown", lambda: self.status().file == Path(path).name)

    def line(self, number):
        """Goes to the start of a line."""
        self.press(f"{number}G", "gh")
        self.until(f"line {number}", lambda: self.status().place == (number, 1))

    def find(self, text):
        """Selects the first occurrence of a text."""
        self.press("gg", "gh")
        self.until("the start", lambda: self.status().place == (1, 1))
        self.press("/")
        self.until("the search line opens", lambda: "search:" in self.screen()[-1])
        self.prompt(re.escape(text).replace("\\-", "-"))
        self.until("the search is over", lambda: "search:" not in self.screen()[-1])

    def escape(self):
        """Leaves insert mode. The next key must not come before it is left: together with the
        escape it would be another key."""
        self.press("Escape")
        self.until("normal mode", lambda: self.status().mode == "NOR")

    def choose(self, title, first):
        """Chooses from the menu that opens: `first` is on top, and chosen already."""

        def rows():
            rows = self.screen()
            found = [
                next((row for row, line in enumerate(rows) if text in line), None)
                for text in (first, title)
            ]
            return None if None in found else found

        top, row = self.until(f"a menu with {title!r}", rows)
        self.press(*["Down"] * (row - top), "Enter")

    # What a person sees.

    def screen(self):
        """The lines of the screen, without what is left blank at their ends."""
        shown = self._tmux("capture-pane", "-p", "-t", "t", check=False).stdout
        return shown.split("\n")[:ROWS] or [""]

    def lines(self):
        """The lines of the text that are shown, by their numbers."""
        found = (NUMBERED.match(line) for line in self.screen()[:-2])
        return {int(line[1]): line[2] or "" for line in found if line}

    def status(self):
        for line in reversed(self.screen()[-3:]):
            if match := STATUS.match(line):
                return Status(match)
        return Status(None)

    def until(self, what, condition):
        """Waits for what is shown at last, and gives what the condition gave."""
        end = time.monotonic() + WAIT_SECONDS
        while True:
            try:
                found = condition()
            except (OSError, IndexError):
                # A file that is about to be replaced, a screen that is about to be drawn.
                found = None
            if found:
                return found
            if time.monotonic() > end:
                raise Unseen(f"{what}: not within {WAIT_SECONDS} s")
            time.sleep(POLL_SECONDS)

    def shown(self, *parts):
        """Waits until one line of the screen has all the parts."""
        return self.until(
            " … ".join(parts),
            lambda: next((line for line in self.screen() if all(part in line for part in parts)), None),
        )

    def gone(self, part):
        """Waits until no line of the screen has the part."""
        self.until(f"no {part!r}", lambda: not any(part in line for line in self.screen()))

    def line_is(self, number, text):
        self.until(f"line {number} is {text!r}", lambda: self.lines().get(number, "").rstrip() == text)

    def line_has(self, number, *parts):
        """Waits until what stands in and beside a line has all the parts."""
        self.until(
            f"line {number} has {parts}",
            lambda: all(part in self.lines().get(number, "") for part in parts),
        )

    def at(self, file, line, column=None):
        """Waits until the cursor is there."""

        def is_there():
            status = self.status()
            here = status.file == Path(file).name and status.place[0] == line
            return here and column in (None, status.place[1])

        self.until(f"the cursor is at {file}:{line}:{column}", is_there)

    # What is beside the screen.

    def sent(self, method):
        """How many messages of that kind the servers were sent."""
        try:
            log = self.log.read_bytes()
        except FileNotFoundError:
            return 0
        return log.count(b'-> {"jsonrpc":"2.0","method":"%s"' % method.encode())

    def text(self, path):
        """What is on the disk; nothing where there is no such file."""
        path = self.team / path
        return path.read_text() if path.is_file() else ""

    def dump(self, into, problem):
        """Leaves what went wrong, what was on the screen, and what was said to the servers."""
        into.mkdir(parents=True, exist_ok=True)
        (into / "problem.txt").write_text(problem + "\n")
        (into / "screen.txt").write_text("\n".join(self.screen()) + "\n")
        if self.log.is_file():
            shutil.copy(self.log, into / "helix.log")

    def _tmux(self, *arguments, check=True, environment=None):
        return subprocess.run(
            ["tmux", "-u", "-S", str(self.socket), *arguments],
            check=check,
            text=True,
            encoding="utf-8",
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )


class Status:
    """The status line: all empty where none is shown."""

    def __init__(self, match):
        self.mode = match[1] if match else ""
        self.file = Path(match[2]).name if match and match[2] else ""
        self.selections = int(match[3]) if match else 0
        self.place = (int(match[4]), int(match[5])) if match else (0, 0)
