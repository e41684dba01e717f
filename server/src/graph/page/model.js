"use strict";

// The graph as the page asks it. Nothing here knows the document.

/** How many folders have a colour of their own before the colours repeat. */
const FOLDER_COLOURS = 8;

/** What a node can be marked with, in the order in which a person wants to see it. */
const MARKS = [
  { id: "broken", badge: "not found", sign: "✕", one: "name not found", many: "names not found" },
  { id: "cycle", badge: "cycle", sign: "↻", one: "in a cycle", many: "in cycles" },
  { id: "unreachable", badge: "unreached", one: "unreached", many: "unreached" },
  { id: "root", badge: "start", sign: "▸", one: "start", many: "starts" },
];

const KINDS = {
  agent: "agent",
  skill: "skill",
  command: "command",
  file: "file",
  builtin: "built-in agent",
  external: "agent from elsewhere",
  broken: "name",
};

class Team {
  /** `graph` is the JSON of `agentls graph --format json`. */
  constructor(graph) {
    this.graph = graph;
    this.title = graph.title ? `Team of ${graph.title}` : "Team graph";
    this.nodes = graph.nodes.map((node, index) => ({
      ...node,
      index,
      folder: node.folder ?? "",
      marks: new Set(),
      outgoing: [],
      incoming: [],
      folded: fold([node.name, node.path, node.description, node.model, node.host].join("\n")),
      foldedName: fold(node.name),
    }));
    this.byId = new Map(this.nodes.map((node) => [node.id, node]));
    this.edges = graph.edges
      .filter((edge) => this.byId.has(edge.from) && this.byId.has(edge.to))
      .map((edge, index) => ({
        ...edge,
        index,
        source: this.byId.get(edge.from),
        target: this.byId.get(edge.to),
      }));
    for (const edge of this.edges) {
      edge.source.outgoing.push(edge);
      edge.target.incoming.push(edge);
    }
    for (const node of this.nodes) {
      if (node.isBroken) node.marks.add("broken");
      if (node.inCycle) node.marks.add("cycle");
      if (node.isUnreachable) node.marks.add("unreachable");
      if (node.isRoot) node.marks.add("root");
    }
    this.folders = folders(this.nodes);
    const tops = this.folders.filter((folder) => folder.own > 0);
    tops.forEach((folder, place) => (folder.colour = place % FOLDER_COLOURS));
    /** The number of the colour of each folder with files. */
    this.colours = new Map(tops.map((folder) => [folder.path, folder.colour]));
    for (const node of this.nodes) {
      node.colour = belongsToFolder(node) ? this.colours.get(node.folder) : undefined;
    }
    /** What stands over each group: the part of its path in which it differs from the others. */
    this.groupTitles = groupTitles(graph.groups.map((group) => group.folder));
    this.hasSkills = this.nodes.some(isOnlySkill) || this.edges.some((edge) => edge.kind === "skill");
  }

  /**
   * What is shown of the team: `nodes` are what was asked for, `context` the neighbours of those
   * outside the folder, so that no edge leads to nowhere.
   */
  visible({ folder, skills }) {
    const wanted = this.nodes.filter((node) => skills || !isOnlySkill(node));
    const edges = this.edges.filter(
      (edge) => skills || (edge.kind !== "skill" && !isOnlySkill(edge.source) && !isOnlySkill(edge.target)),
    );
    if (folder === null) return { nodes: new Set(wanted), context: new Set(), edges: new Set(edges) };
    const nodes = new Set(wanted.filter((node) => belongsToFolder(node) && isInside(node.folder, folder)));
    const touching = edges.filter((edge) => nodes.has(edge.source) || nodes.has(edge.target));
    const context = new Set();
    for (const { source, target } of touching) {
      if (!nodes.has(source)) context.add(source);
      if (!nodes.has(target)) context.add(target);
    }
    return { nodes, context, edges: new Set(touching) };
  }

  /** The nodes of `among` that have every word of `query`, best first: by name before by path. */
  search(query, among) {
    const words = fold(query).split(/\s+/).filter(Boolean);
    if (words.length === 0) return [];
    const whole = words.join(" ");
    const rank = (node) => {
      if (node.foldedName === whole) return 0;
      if (node.foldedName.startsWith(whole)) return 1;
      if (words.every((word) => node.foldedName.includes(word))) return 2;
      return 3;
    };
    return [...among]
      .filter((node) => words.every((word) => node.folded.includes(word)))
      .map((node) => ({ node, rank: rank(node) }))
      .sort((a, b) => a.rank - b.rank || a.node.name.length - b.node.name.length || a.node.index - b.node.index)
      .map(({ node }) => node);
  }
}

/** The node itself and all that an edge of `edges` joins it with. */
function neighbourhood(node, edges) {
  const nodes = new Set([node]);
  const joined = new Set();
  for (const edge of [...node.outgoing, ...node.incoming]) {
    if (!edges.has(edge)) continue;
    joined.add(edge);
    nodes.add(edge.source).add(edge.target);
  }
  return { nodes, edges: joined };
}

function isOnlySkill(node) {
  return node.kind === "skill" && [...node.outgoing, ...node.incoming].every((edge) => edge.kind === "skill");
}

/** A name without a file lies in no folder. */
function belongsToFolder(node) {
  return Boolean(node.path) && !node.isUser;
}

function isInside(folder, outer) {
  return outer === "" || folder === outer || folder.startsWith(`${outer}/`);
}

/** The title of each folder: its path without the names at both ends that all of them share. */
function groupTitles(paths) {
  const split = paths.filter(Boolean).map((path) => path.split("/"));
  const shortest = split.length === 0 ? 0 : Math.min(...split.map((parts) => parts.length)) - 1;
  const shared = (partOf) => {
    let count = 0;
    while (count < shortest && split.every((parts) => partOf(parts, count) === partOf(split[0], count))) count += 1;
    return count;
  };
  const start = shared((parts, place) => parts[place]);
  const end = Math.min(shared((parts, place) => parts[parts.length - 1 - place]), shortest - start);
  return new Map(
    paths.map((path) => {
      const parts = path.split("/");
      return [path, parts.slice(start, parts.length - end).join("/") || "Top folder"];
    }),
  );
}

/** Every folder with an agent in or below it, parents before children, with both numbers. */
function folders(nodes) {
  const found = new Map();
  const at = (path) => {
    if (!found.has(path)) found.set(path, { path, own: 0, total: 0, depth: 0 });
    return found.get(path);
  };
  for (const node of nodes) {
    if (!belongsToFolder(node)) continue;
    at(node.folder).own += 1;
    const parts = node.folder.split("/");
    for (let length = parts.length; length > 0; length -= 1) at(parts.slice(0, length).join("/")).total += 1;
  }
  /** The folders around it that hold an agent, the nearest first; the top is none of them. */
  const around = ({ path }) => {
    const parts = path.split("/");
    return parts.slice(1).map((_, up) => found.get(parts.slice(0, parts.length - 1 - up).join("/")));
  };
  // A folder with nothing but one folder in it says no more than that one.
  const needless = new Set();
  for (const folder of found.values()) {
    const [outer] = around(folder);
    if (outer && outer.own === 0 && outer.total === folder.total) needless.add(outer);
  }
  const kept = [...found.values()].filter((folder) => !needless.has(folder));
  kept.sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const folder of kept) folder.depth = around(folder).filter((outer) => !needless.has(outer)).length;
  return kept;
}

/** Case and accents make no difference to a search. */
function fold(text) {
  return (text ?? "").normalize("NFKD").replace(/\p{M}+/gu, "").toLowerCase();
}

/** "1 agent", "2 agents". */
function counted(count, one, many = `${one}s`) {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

function kindTitle(node) {
  if (node.isBroken) return KINDS.broken;
  if (node.isBuiltin) return KINDS.builtin;
  if (node.isExternal) return KINDS.external;
  return KINDS[node.kind] ?? KINDS.file;
}

/** What stands in the second line of a card: the model and the number of tools. */
function factsLine(node) {
  if (node.isBroken) return "no file has this name";
  const facts = [];
  if (node.isBuiltin) facts.push("built in");
  if (node.isExternal) facts.push("defined elsewhere");
  if (node.isUser) facts.push("yours");
  if (["skill", "command", "file"].includes(node.kind)) facts.push(KINDS[node.kind]);
  if (node.model) facts.push(node.model);
  const tools = toolsText(node);
  if (tools) facts.push(tools);
  return facts.join(" · ");
}

function toolsText(node) {
  if (typeof node.tools === "number") return node.tools === 0 ? "no tools" : counted(node.tools, "tool");
  return kindTitle(node) === KINDS.agent ? "all tools" : "";
}

/** All that a card shows and more, for those who do not see it. */
function spokenLabel(node) {
  const parts = [`${node.name}, ${kindTitle(node)}`];
  for (const mark of MARKS) if (node.marks.has(mark.id)) parts.push(mark.badge);
  const facts = factsLine(node);
  if (facts) parts.push(facts);
  if (node.path) parts.push(node.path);
  const to = node.outgoing.filter((edge) => edge.kind === "delegation").length;
  const from = node.incoming.filter((edge) => edge.kind === "delegation").length;
  if (to > 0) parts.push(`delegates to ${to}`);
  if (from > 0) parts.push(`${from} ${from === 1 ? "delegates" : "delegate"} to it`);
  return parts.join(", ");
}

/** The first `room` units of `text` with an ellipsis where it was cut; `measure` gives its width. */
function shorten(text, room, measure) {
  if (measure(text) <= room) return text;
  const letters = graphemes(text);
  let low = 0;
  let high = letters.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (measure(`${letters.slice(0, middle).join("")}…`) <= room) low = middle;
    else high = middle - 1;
  }
  return `${letters.slice(0, low).join("").trimEnd()}…`;
}

/** As `shorten`, but of a path the file's own name is worth most: folders go first. */
function shortenPath(path, room, measure) {
  if (measure(path) <= room) return path;
  const parts = path.split("/");
  for (let skipped = 1; skipped < parts.length; skipped += 1) {
    const rest = `…/${parts.slice(skipped).join("/")}`;
    if (measure(rest) <= room) return rest;
  }
  return shorten(parts[parts.length - 1], room, measure);
}

const segmenter = typeof Intl.Segmenter === "function" ? new Intl.Segmenter() : null;

function graphemes(text) {
  const bounded = text.slice(0, 400);
  return segmenter ? Array.from(segmenter.segment(bounded), (part) => part.segment) : Array.from(bounded);
}
