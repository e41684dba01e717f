"use strict";

// The panel beside the picture: all agents as a list (which is the graph for those who do not see
// it), or one agent with all that it is joined with.

const EXPLANATIONS = {
  broken: "No file defines this name: whoever names it reaches nobody.",
  cycle: "From here a way leads back to here: of delegation, or of what extends what.",
  unreachable: "It takes no part in the delegation here: nobody gives it work, and it gives none.",
  root: "It delegates, and nobody delegates to it.",
};

/** The heights of a heading in the panel, and of a row below it. */
const HEADING_PIXELS = 37;
const ROW_PIXELS = 27;

/** An element with its classes, attributes and children; strings become text, never markup. */
function html(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(key, value);
    else if (value !== undefined && value !== null && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

class Panel {
  /** `actions`: `select(node)`, `back()`, `openLink(node, line, label)`. */
  constructor(element, actions) {
    this.element = element;
    this.actions = actions;
  }

  /** `hits` are the nodes that were searched for, or null when nothing was. */
  showList(team, visible, hits) {
    const shown = hits ?? [...visible.nodes];
    const groups = new Map();
    const named = team.folders.filter((folder) => folder.own > 0).map((folder) => folder.path);
    for (const path of [...named, null]) groups.set(path, []);
    for (const node of shown) groups.get(belongsToFolder(node) ? node.folder : null).push(node);
    const sections = [];
    for (const [path, nodes] of groups) {
      if (nodes.length === 0) continue;
      const colour = team.colours.get(path);
      sections.push(
        section(
          nodes.length,
          html(
            "h3",
            {},
            html("span", { class: `swatch ${colour === undefined ? "" : `folder-${colour}`}`, "aria-hidden": "true" }),
            html("bdi", {}, path === null ? "Without a file here" : path || "Top folder"),
            html("span", { class: "number" }, String(nodes.length)),
          ),
          html("ul", {}, ...nodes.map((node) => html("li", {}, this.row(node)))),
        ),
      );
    }
    const title = hits ? counted(hits.length, "hit") : listTitle(shown);
    this.element.replaceChildren(
      html("h2", { id: "panel-title" }, title),
      ...(sections.length > 0 ? sections : [html("p", { class: "nothing" }, hits ? "Nothing here has these words." : "Nothing to show.")]),
    );
    this.element.scrollTop = 0;
  }

  showNode(node, visible) {
    const part = (title, edges, end) => {
      const seen = edges.filter((edge) => visible.edges.has(edge));
      if (seen.length === 0) return null;
      return section(
        seen.length,
        html("h3", {}, title, html("span", { class: "number" }, String(seen.length))),
        html("ul", {}, ...seen.map((edge) => html("li", {}, this.row(edge[end]), this.naming(edge)))),
      );
    };
    const of = (edges, kind) => edges.filter((edge) => edge.kind === kind);
    const marks = MARKS.filter((mark) => node.marks.has(mark.id));
    const facts = [["Kind", [node.host, kindTitle(node)].filter(Boolean).join(" · ")]];
    if (node.model) facts.push(["Model", node.model]);
    const tools = toolsText(node);
    if (tools) facts.push(["Tools", tools === "all tools" ? "all that the host has" : tools.replace(/ tools?$/, "")]);
    const file = node.href ? this.actions.openLink(node, node.line, node.path || node.name) : node.path;
    if (file) facts.push(["File", file]);
    this.element.replaceChildren(
      html("button", { class: "back", type: "button", click: () => this.actions.back() }, icon("back"), "All agents"),
      html("h2", { id: "panel-title" }, icon(iconName(node)), html("bdi", {}, node.name)),
      node.description ? html("p", { class: "description", dir: "auto" }, node.description) : null,
      marks.length === 0
        ? null
        : html(
            "ul",
            { class: "signs" },
            ...marks.map((mark) =>
              html("li", {}, html("span", { class: `badge mark-${mark.id}` }, mark.badge), EXPLANATIONS[mark.id]),
            ),
          ),
      html("dl", {}, ...facts.flatMap(([term, value]) => [html("dt", {}, term), html("dd", {}, html("bdi", {}, value))])),
      part("Delegates to", of(node.outgoing, "delegation"), "target"),
      part("Delegated to by", of(node.incoming, "delegation"), "source"),
      part("Extends", of(node.outgoing, "extends"), "target"),
      part("Extended by", of(node.incoming, "extends"), "source"),
      part("Skills", of(node.outgoing, "skill"), "target"),
      part("Used by", of(node.incoming, "skill"), "source"),
    );
    for (const child of [...this.element.childNodes]) if (child.nodeType === Node.TEXT_NODE) child.remove();
    this.element.scrollTop = 0;
  }

  /** What a person was at, to be found again with `restore` when the content is made anew. */
  get place() {
    const focused = this.controls().find((control) => control === document.activeElement);
    const same = this.controls().filter((control) => control.textContent === focused?.textContent);
    return { scroll: this.element.scrollTop, text: focused?.textContent, number: same.indexOf(focused) };
  }

  restore({ scroll, text, number }) {
    const same = this.controls().filter((control) => control.textContent === text);
    (same[number] ?? same[0])?.focus({ preventScroll: true });
    this.element.scrollTop = scroll;
  }

  controls() {
    return [...this.element.querySelectorAll("button, a")];
  }

  /** A button that goes to the node. */
  row(node) {
    const marks = MARKS.filter((mark) => node.marks.has(mark.id));
    return html(
      "button",
      { class: `row ${[...node.marks].join(" ")}`, type: "button", title: node.name, click: () => this.actions.select(node) },
      icon(iconName(node)),
      html("bdi", {}, node.name),
      ...marks.map((mark) => html("span", { class: `badge mark-${mark.id}` }, mark.badge)),
    );
  }

  /** Where the source of the edge names its target. */
  naming(edge) {
    const times = edge.count > 1 ? html("span", { class: "times", title: `Named ${edge.count} times` }, `${edge.count}×`) : null;
    const label = `line ${edge.line + 1}`;
    const link = edge.source.href && Number.isInteger(edge.line) ? this.actions.openLink(edge.source, edge.line, label) : null;
    return html("span", { class: "place" }, times, link);
  }
}

/** A part of the panel; its height is known before it is laid out, so that scrolling does not jump. */
function section(rows, ...children) {
  const made = html("section", {}, ...children);
  made.style.containIntrinsicBlockSize = `auto ${HEADING_PIXELS + rows * ROW_PIXELS}px`;
  return made;
}

function listTitle(nodes) {
  if (nodes.every((node) => kindTitle(node) === KINDS.agent)) return counted(nodes.length, "agent");
  return counted(nodes.length, "entry", "entries");
}
