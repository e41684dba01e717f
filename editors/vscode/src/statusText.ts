// What the status item says of a file. No part of VS Code is needed for that.

import type { Status, Verdict } from "./protocol";

/** The status of a file in words. */
export interface StatusText {
  /** One line for the status bar. */
  readonly line: string;
  /** The name of the icon before it. */
  readonly icon: string;
  /** Sentences for those who want to know more. */
  readonly details: readonly string[];
  /** Whether the file has no effect as it is. */
  readonly isLost: boolean;
}

interface Wording {
  readonly word: string;
  readonly says: (host: string) => string;
  readonly isLost: boolean;
}

const VERDICTS: Record<Verdict, Wording> = {
  loads: { word: "loads", says: (host) => `${host} loads this file.`, isLost: false },
  requoted: {
    word: "re-quoted",
    says: (host) => `${host} loads this file only because it puts a value in quotes.`,
    isLost: false,
  },
  dropped: { word: "dropped", says: (host) => `${host} drops this file: its header does not parse.`, isLost: true },
  none: { word: "no header", says: () => "This file has no header.", isLost: false },
  unclosed: {
    word: "unclosed header",
    says: (host) => `${host} does not see the header of this file: it is never closed.`,
    isLost: true,
  },
  late: {
    word: "late header",
    says: (host) => `${host} does not see the header of this file: something stands before it.`,
    isLost: true,
  },
};

/** What to say of a file that a host reads; `undefined` for plain markdown. */
export function statusText(status: Status): StatusText | undefined {
  if (status.host === null) {
    return undefined;
  }
  // A newer server may have words that are not known here.
  const wording = (VERDICTS as Partial<Record<string, Wording>>)[status.verdict];
  const isLost = wording?.isLost ?? false;
  const { error, warning, information } = status.findings;
  const shown = error + warning + information;
  return {
    line: [
      `${status.host.title} ${status.kind}`,
      ...(wording === undefined ? [] : [wording.word]),
      ...(shown === 0 ? [] : [String(shown)]),
    ].join(" · "),
    icon: icon(status, wording),
    details: [
      ...(wording === undefined ? [] : [wording.says(status.host.title)]),
      findings(status.findings),
      ...(status.isForced ? ["The configuration says that it is read so."] : []),
    ],
    isLost,
  };
}

function icon({ verdict, findings: { error, warning } }: Status, wording: Wording | undefined): string {
  if (wording?.isLost === true || error > 0) {
    return "error";
  }
  if (warning > 0 || verdict === "requoted") {
    return "warning";
  }
  return wording === undefined ? "info" : "pass";
}

function findings(found: Status["findings"]): string {
  const parts = [
    count(found.error, "error"),
    count(found.warning, "warning"),
    count(found.information, "note"),
    count(found.hint, "hint"),
  ].filter((part) => part !== "");
  return parts.length === 0 ? "Nothing to report." : `${parts.join(", ")}.`;
}

function count(number: number, noun: string): string {
  return number === 0 ? "" : `${String(number)} ${noun}${number === 1 ? "" : "s"}`;
}
