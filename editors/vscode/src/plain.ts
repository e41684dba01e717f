/** `text` for a label, where VS Code would draw an icon for each `$(name)` in it. */
export function plain(text: string): string {
  // A backslash elsewhere would be seen.
  return text.replace(/\$\([a-z0-9-]+(?:~[a-z0-9-]*)?\)/gi, String.raw`\$&`);
}
