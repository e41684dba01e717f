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

/** `now` without what `CHECKED_TWICE` has put there; what it took the place of in `before` is back. */
export function restored(
  now: Readonly<Record<string, string>>,
  before: Readonly<Record<string, string>>,
): Record<string, string> {
  const isOurs = ([pattern, language]: [string, string]): boolean => CHECKED_TWICE[pattern] === language;
  const ours = Object.entries(now).filter(isOurs);
  const old = ours.flatMap(([pattern]) => {
    const language = before[pattern];
    return language === undefined ? [] : [[pattern, language] as const];
  });
  return Object.fromEntries([...Object.entries(now).filter((it) => !isOurs(it)), ...old]);
}
