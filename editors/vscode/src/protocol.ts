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

/** `agentls/agents`: an agent of a workspace, or one of the user's own. */
export interface Agent {
  readonly name: string;
  /** The host for people: "Claude Code". */
  readonly title: string;
  readonly description: string | null;
  /** Its path in its workspace. */
  readonly path: string;
  readonly uri: string;
  /** The name where it is defined. */
  readonly range: Range;
}

/** `agentls/places`: a folder in which an agent can be made. */
export interface Place {
  readonly host: string;
  /** The host for people: "Claude Code". */
  readonly title: string;
  /** The URI of the folder. */
  readonly folder: string;
  /** The folder for people: ".claude/agents". */
  readonly label: string;
  /** How many agents there are already. */
  readonly agents: number;
  /** Whether it is the user's own, for all workspaces. */
  readonly isUser: boolean;
}

/** `agentls/newAgent`: the file of a new agent, which nobody has written yet. */
export interface NewAgent {
  /** Null where no file can have such a name. */
  readonly uri: string | null;
  readonly text: string | null;
  /** What is to be typed over first. */
  readonly selection: Range | null;
  /** Whether there is such a file. */
  readonly isTaken: boolean;
  /** Why the host would not take it. */
  readonly problem: string | null;
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
