/** The files that VS Code gives languages with checks of their own. */
export const CHECKED_TWICE: Readonly<Record<string, string>> = {
  "**/.claude/agents/*.md": "markdown",
  "**/.claude/rules/**/*.md": "markdown",
  "**/.github/agents/*.md": "markdown",
  "*.agent.md": "markdown",
  "*.chatmode.md": "markdown",
  "*.instructions.md": "markdown",
  "*.prompt.md": "markdown",
  "copilot-instructions.md": "markdown",
  "SKILL.md": "markdown",
};
