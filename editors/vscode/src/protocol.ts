// What the server answers beyond the protocol. Positions are zero-based, columns in UTF-16 code units.

import type { Range } from "vscode-languageclient";

/** `agentls/status`: who reads a file, and whether it is loaded. */
export interface Status {
  /** The host that reads the file; null for plain markdown. */
  readonly host: { readonly id: string; readonly title: string } | null;
  /** What the file is to it: "agent". */
  readonly kind: string;
  /** Whether the configuration says that it is this host's. */
  readonly isForced: boolean;
  /** What the host makes of the header. */
  readonly verdict: Verdict;
  readonly findings: {
    readonly error: number;
    readonly warning: number;
    readonly information: number;
    readonly hint: number;
  };
}

export type Verdict = "loads" | "requoted" | "dropped" | "none" | "unclosed" | "late";

/** `agentls/agents`: what has a name in the workspace. */
export interface Agent {
  readonly name: string;
  readonly title: string;
  /** "agent", "skill", "command". */
  readonly kind: string;
  readonly host: string;
  readonly uri: string;
  /** The name where it is defined. */
  readonly range: Range;
  readonly description?: string | null;
}

/** `agentls/places`: where a new agent can be made. */
export interface Place {
  readonly host: string;
  /** "Claude Code agent". */
  readonly title: string;
  /** The URI of the folder. */
  readonly folder: string;
  /** The folder for people: ".claude/agents". */
  readonly label: string;
  /** Whether it is the user's own, for all workspaces. */
  readonly isUser: boolean;
  readonly exists: boolean;
}

/** `agentls/newAgent`: the file of a new agent, which nobody has written yet. */
export interface NewAgent {
  readonly uri: string;
  readonly text: string;
  /** Whether there is such a file. */
  readonly isTaken: boolean;
  /** What is wrong with the name. */
  readonly problem?: string | null;
}

/** `agentls/graph`: who delegates to whom, in the format that was asked for. */
export interface Graph {
  readonly text: string;
}

/** `agentls/explain`: the page of a rule. */
export interface Explanation {
  readonly name: string;
  readonly markdown: string;
}
