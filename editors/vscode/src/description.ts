// Where the description stands in the header of a new file.

/**
 * The value of the first `description:` line without its quotes, in UTF-16 code units.
 * Where there is none, the end of the text.
 */
export function descriptionIn(text: string): { start: number; end: number } {
  const line = /^description:[ \t]*(["']?)(.*?)\1[ \t]*$/dm.exec(text)?.indices?.[2];
  return line === undefined ? { start: text.length, end: text.length } : { start: line[0], end: line[1] };
}
