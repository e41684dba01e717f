"use strict";

// The picture: cards, edges, and the labels that stay readable where cards are too small to read.
// Text goes into the document as text only, and looks come from the style sheet or from attributes.

const SVG = "http://www.w3.org/2000/svg";

/** Below these scales the text of a card is too small to read, and its shape to be seen. */
const READABLE = 0.62;
const RECOGNIZABLE = 0.24;
const LABEL_PIXELS = 12;
/** Where a card is so high in pixels, a second line stands under its label. */
const FACTS_HEIGHT = 27;
const FACTS_PIXELS = 10.5;
const MOST_LABELS = 400;
/** How wide the label of a group may be although the group is narrower, and what the layout leaves it. */
const CAPTION_WIDTH = 180;
const CAPTION_HEIGHT = 30;
/** How far an edge goes straight on beside a card. */
const LEVEL = 20;
const MOST_MOVING_EDGES = 2500;

const ICONS = {
  agent: "M8 2.4a2.7 2.7 0 1 0 0 5.4 2.7 2.7 0 0 0 0-5.4zM2.9 14c.4-2.9 2.4-4.4 5.1-4.4s4.7 1.5 5.1 4.4",
  skill: "M9 1.5 3.5 9H8l-1 5.5L12.5 7H8z",
  command: "m3 4.5 3.5 3.5L3 11.5M8.5 12H13",
  file: "M4 1.8h5.2L12.3 5v9.2H4zM9 1.8V5.2h3.3",
  builtin: "m8 1.8 5.2 3v6.4L8 14.2l-5.2-3V4.8zM2.8 4.8 8 7.9l5.2-3.1M8 7.9v6.3",
  external: "M6.5 3H3v10h10V9.5M9 2.5h4.5V7M13.2 2.8 7.5 8.5",
  broken: "M5.7 5.9a2.3 2.3 0 1 1 3.3 2.1c-.8.4-1 .9-1 1.7M8 12.4v.2",
  back: "M10 3 5 8l5 5",
  cycle: "M12.6 6.4A5 5 0 0 0 3.8 5M3.4 9.6a5 5 0 0 0 8.8 1.4M3.6 2.4V5.2h2.8M12.4 13.6v-2.8H9.6",
};

function svg(name, attributes = {}, text) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

function icon(name) {
  const element = svg("svg", { class: "icon", viewBox: "0 0 16 16", "aria-hidden": "true" });
  element.append(svg("path", { d: ICONS[name] ?? ICONS.file }));
  return element;
}

function iconName(node) {
  if (node.isBroken) return "broken";
  if (node.isBuiltin) return "builtin";
  if (node.isExternal) return "external";
  return node.kind in ICONS ? node.kind : "file";
}

/** The box of a card, with the badges on its upper edge. */
function boxOf(node) {
  return { left: node.x, top: node.y - 9, right: node.x + node.width, bottom: node.y + node.height };
}

function boxOfAll(nodes) {
  let all = null;
  for (const node of nodes) {
    const box = boxOf(node);
    if (!all) all = box;
    else {
      all.left = Math.min(all.left, box.left);
      all.top = Math.min(all.top, box.top);
      all.right = Math.max(all.right, box.right);
      all.bottom = Math.max(all.bottom, box.bottom);
    }
  }
  return all;
}

/** How much of a card can be seen at a scale. */
function levelOf(scale) {
  if (scale >= READABLE) return "near";
  if (scale >= RECOGNIZABLE) return "middle";
  return scale >= RECOGNIZABLE / 2.5 ? "far" : "farthest";
}

class Scene {
  constructor(canvas, hostOpensFiles) {
    this.canvas = canvas;
    this.hostOpensFiles = hostOpensFiles;
    this.world = svg("svg", { class: "world" });
    this.groupLayer = svg("g", { class: "groups", "aria-hidden": "true" });
    this.edgeLayer = svg("g", { class: "edges", "aria-hidden": "true" });
    this.nodeLayer = svg("g", { class: "nodes" });
    this.labelLayer = svg("g", { class: "labels", "aria-hidden": "true" });
    this.world.append(this.groupLayer, this.edgeLayer, this.nodeLayer, this.labelLayer);
    canvas.replaceChildren(this.world);
    this.cards = new Map();
    this.lines = new Map();
    this.labels = [];
    this.labelledAt = null;
    this.shown = { nodes: new Set(), context: new Set(), edges: new Set() };
    this.state = { selected: null, current: null, hits: new Set(), hovered: null, focused: null };
    const context = document.createElement("canvas").getContext("2d");
    const family = getComputedStyle(canvas).fontFamily;
    this.measure = (weight, pixels) => {
      const font = `${weight} ${pixels}px ${family}`;
      return (text) => {
        context.font = font;
        return context.measureText(text).width;
      };
    };
  }

  draw(team) {
    this.team = team;
    this.cards = new Map(team.nodes.map((node) => [node, this.card(node)]));
    this.lines = new Map(team.edges.map((edge) => [edge, line(edge)]));
    this.groupLayer.replaceChildren(...team.graph.groups.map((group) => this.group(group)));
    this.edgeLayer.replaceChildren(...this.lines.values());
    this.nodeLayer.replaceChildren(...this.cards.values());
    this.labelledAt = null;
  }

  card(node) {
    const { width, height } = node;
    const name = iconName(node);
    const classes = ["node", name, ...node.marks];
    if (node.colour !== undefined) classes.push(`folder-${node.colour}`);
    const link = svg("a", {
      class: classes.join(" "),
      transform: `translate(${node.x} ${node.y})`,
      tabindex: "-1",
      "aria-label": spokenLabel(node),
    });
    link.dataset.id = node.id;
    if (node.href && !this.hostOpensFiles) {
      link.setAttribute("href", node.href);
      link.setAttribute("target", "_blank");
      link.setAttribute("rel", "noopener");
    } else {
      link.setAttribute("role", node.href ? "link" : "button");
    }
    link.append(svg("title", {}, [node.name, node.description].filter(Boolean).join("\n")));
    const radius = node.kind === "skill" && !node.isBroken ? height / 2 : 9;
    const inset = radius > 9 ? 24 : 18;
    link.append(svg("rect", { class: "card", width, height, rx: radius }));
    if (radius === 9) link.append(svg("rect", { class: "stripe", x: 7, y: 11, width: 3, height: height - 22, rx: 1.5 }));

    const details = svg("g", { class: "details" });
    const lines = height >= 54 && node.path ? 3 : 2;
    const first = height / 2 - (lines === 3 ? 12 : 3);
    const room = width - inset - 34;
    details.append(svg("text", { class: "name", x: inset, y: first }, shorten(node.name, room, this.measure(600, 13.5))));
    details.append(svg("text", { class: "facts", x: inset, y: first + 18 }, shorten(factsLine(node), width - inset - 14, this.measure(400, 11.5))));
    if (lines === 3) {
      details.append(svg("text", { class: "path", x: inset, y: first + 34 }, shortenPath(node.path, width - inset - 14, this.measure(400, 10.5))));
    }
    const glyph = svg("path", { class: "glyph", d: ICONS[name], transform: `translate(${width - 27 - (inset - 18)} ${first - 12}) scale(.94)` });
    details.append(glyph, this.badges(node));
    link.append(details);
    return link;
  }

  /** The ground under the cards of one folder. */
  group({ folder, x, y, width, height }) {
    const drawn = svg("g", { class: "group" });
    drawn.dataset.folder = folder;
    drawn.append(
      svg("rect", { x: x - 14, y: y - 6, width: width + 28, height: height + 20, rx: 14 }),
      svg("text", { x: x + 2, y: y + 15 }, shortenPath(folder || "Top folder", width - 4, this.measure(600, 12))),
    );
    return drawn;
  }

  badges(node) {
    const group = svg("g", { class: "badges" });
    const measure = this.measure(600, 10);
    let left = 13;
    for (const mark of MARKS) {
      if (!node.marks.has(mark.id)) continue;
      const width = measure(mark.badge) + 13;
      const badge = svg("g", { class: `badge mark-${mark.id}`, transform: `translate(${left} -9)` });
      badge.append(
        svg("rect", { width, height: 17, rx: 8.5 }),
        svg("text", { x: width / 2, y: 12 }, mark.badge),
      );
      group.append(badge);
      left += width + 4;
    }
    return group;
  }

  /** Hides what is not in `visible`. */
  show(visible) {
    this.shown = visible;
    for (const [node, card] of this.cards) {
      card.classList.toggle("hidden", !visible.nodes.has(node) && !visible.context.has(node));
      card.classList.toggle("context", visible.context.has(node));
    }
    for (const [edge, drawn] of this.lines) drawn.classList.toggle("hidden", !visible.edges.has(edge));
    const folders = new Set([...visible.nodes].map((node) => node.folder));
    for (const drawn of this.groupLayer.children) drawn.classList.toggle("hidden", !folders.has(drawn.dataset.folder));
    this.labelledAt = null;
  }

  /** What stands out: changes of `state` alone, of what they name. */
  highlight(change) {
    Object.assign(this.state, change);
    const { selected, current, hits, hovered, focused } = this.state;
    const center = hovered ?? focused ?? selected;
    const near = center ? neighbourhood(center, this.shown.edges) : { nodes: new Set(), edges: new Set() };
    this.near = near.nodes;
    this.canvas.classList.toggle("dimming", center !== null || hits.size > 0);
    for (const [node, card] of this.cards) {
      card.classList.toggle("lit", near.nodes.has(node) || hits.has(node) || node === selected);
      card.classList.toggle("hit", hits.has(node));
      card.classList.toggle("current", node === current);
      card.classList.toggle("selected", node === selected);
    }
    for (const card of this.nodeLayer.querySelectorAll('[aria-current="true"]')) card.removeAttribute("aria-current");
    if (selected) this.cards.get(selected).setAttribute("aria-current", "true");
    for (const [edge, drawn] of this.lines) drawn.classList.toggle("lit", near.edges.has(edge));
    if (this.labelledAt !== null) this.label(this.labelledAt);
  }

  /** Follows the camera. Labels and details wait until it rests, unless they are far off by then. */
  look(camera) {
    const { scale } = camera;
    this.world.style.transform = `translate(${camera.x}px, ${camera.y}px) scale(${scale})`;
    // Edges are what costs: thousands of them would make each frame of a drag late.
    this.edgeLayer.classList.toggle("resting", camera.moves && this.lines.size > MOST_MOVING_EDGES);
    const last = this.labelledAt ?? 0;
    if (scale !== last && (!camera.moves || scale > last * 1.5 || scale < last / 1.5)) {
      this.canvas.dataset.level = levelOf(scale);
      this.label(scale);
    }
  }

  /**
   * Names over the cards at `scale`: the most important first, each where it covers no other.
   * Nothing at a scale where the cards themselves can be read.
   */
  label(scale) {
    this.labelledAt = scale;
    const placed = [];
    if (scale < READABLE) {
      const taken = new Boxes(64);
      const measure = this.measure(600, LABEL_PIXELS);
      for (const node of this.byImportance()) {
        if (node.group) {
          this.labelGroup(node, scale, taken, placed);
          continue;
        }
        if (placed.length === MOST_LABELS) break;
        const width = node.width * scale;
        const height = node.height * scale;
        const inside = height >= LABEL_PIXELS + 2;
        const mark = MARKS.find(({ id, sign }) => sign && node.marks.has(id));
        const text = `${mark ? `${mark.sign} ` : ""}${shorten(node.name, Math.max(width + 6, 104), measure)}`;
        const facts = height >= FACTS_HEIGHT ? shorten(factsLine(node), width - 12, this.measure(400, FACTS_PIXELS)) : "";
        const half = measure(text) / 2 + 4;
        const x = (node.x + node.width / 2) * scale;
        const y = inside ? (node.y + node.height / 2) * scale : (node.y + node.height) * scale + LABEL_PIXELS * 0.75;
        const box = { left: x - half, right: x + half, top: y - LABEL_PIXELS * 0.7, bottom: y + LABEL_PIXELS * 0.7 };
        if (!taken.claim(box)) continue;
        placed.push({ node, text, facts, x: x / scale, y: y / scale });
      }
    }
    while (this.labels.length < placed.length) {
      const label = svg("g");
      label.append(svg("rect", { class: "ground", rx: 4 }), svg("text", { class: "name" }), svg("text", { class: "facts" }));
      this.labels.push(label);
      this.labelLayer.append(label);
    }
    this.labels.forEach((label, place) => {
      const at = placed[place];
      label.classList.toggle("hidden", !at);
      if (!at) return;
      const [ground, name, facts] = label.children;
      ground.classList.toggle("hidden", !at.ground);
      for (const [key, value] of Object.entries(at.ground ?? {})) ground.setAttribute(key, value);
      if (name.textContent !== at.text) name.textContent = at.text;
      if (facts.textContent !== at.facts) facts.textContent = at.facts;
      name.setAttribute("y", at.facts ? -FACTS_PIXELS * 0.6 : 0);
      facts.setAttribute("y", LABEL_PIXELS * 0.6);
      label.setAttribute("transform", `translate(${at.x} ${at.y}) scale(${1 / scale})`);
      label.setAttribute("class", at.node ? this.cards.get(at.node).getAttribute("class") : "node folder");
      label.classList.replace("node", "label");
    });
  }

  /** The folder of a group, from its upper left corner on, right above its first cards. */
  labelGroup({ group, folder }, scale, taken, placed) {
    const measure = this.measure(600, LABEL_PIXELS);
    const height = LABEL_PIXELS * 1.5;
    const left = group.x * scale;
    const bottom = (group.y + CAPTION_HEIGHT) * scale - 2;
    const text = shorten(this.team.groupTitles.get(folder), Math.max(group.width * scale, CAPTION_WIDTH), measure);
    const width = measure(text) + LABEL_PIXELS;
    if (!taken.claim({ left, right: left + width, top: bottom - height, bottom })) return;
    const ground = { x: -width / 2, y: -height / 2, width, height };
    placed.push({ text, facts: "", ground, x: (left + width / 2) / scale, y: (bottom - height / 2) / scale });
  }

  byImportance() {
    const { selected, current, hits, hovered, focused } = this.state;
    const weight = (node) => {
      if (node === hovered || node === focused || node === current || node === selected) return 1e6;
      let sum = node.outgoing.length + node.incoming.length;
      if (hits.has(node)) sum += 1e5;
      if (this.near?.has(node)) sum += 1e4;
      if (node.marks.has("broken") || node.marks.has("cycle")) sum += 60;
      if (node.marks.has("root")) sum += 100;
      if (this.shown.context.has(node)) sum -= 1e3;
      return sum;
    };
    const folders = new Set([...this.shown.nodes].map((node) => node.folder));
    const groups = this.team.graph.groups.filter((group) => folders.has(group.folder));
    groups.sort((a, b) => b.width * b.height - a.width * a.height);
    return [...this.shown.nodes, ...this.shown.context]
      .map((node) => ({ node, weight: weight(node) }))
      .concat(groups.map((group, index) => ({ node: { group, folder: group.folder, index }, weight: 5e5 })))
      .sort((a, b) => b.weight - a.weight || a.node.index - b.node.index)
      .map(({ node }) => node);
  }
}

/** Boxes that do not overlap, found again by the squares of a grid. */
class Boxes {
  constructor(square) {
    this.square = square;
    this.squares = new Map();
  }

  /** Whether `box` was free: then it is taken. */
  claim(box) {
    const keys = [];
    for (let x = Math.floor(box.left / this.square); x * this.square <= box.right; x += 1) {
      for (let y = Math.floor(box.top / this.square); y * this.square <= box.bottom; y += 1) keys.push(`${x} ${y}`);
    }
    const overlaps = (other) =>
      box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom;
    if (keys.some((key) => this.squares.get(key)?.some(overlaps))) return false;
    for (const key of keys) {
      if (this.squares.has(key)) this.squares.get(key).push(box);
      else this.squares.set(key, [box]);
    }
    return true;
  }
}

/** An edge: its line, what it ends in, and a sign in the middle where it is part of a cycle. */
function line(edge) {
  const classes = ["edge", edge.kind];
  if (edge.inCycle) classes.push("cycle");
  if (edge.isBroken) classes.push("broken");
  const group = svg("g", { class: classes.join(" ") });
  const points = routeOf(edge);
  const tip = points[points.length - 1];
  const before = points[points.length - 2];
  const length = Math.hypot(tip[0] - before[0], tip[1] - before[1]) || 1;
  const along = [(tip[0] - before[0]) / length, (tip[1] - before[1]) / length];
  const back = Math.min(edge.kind === "extends" ? 11 : 7, length * 0.9);
  points[points.length - 1] = [tip[0] - along[0] * back, tip[1] - along[1] * back];
  // A line of one pixel is painted far faster than any wider one.
  const width = edge.count > 1 ? Math.min(2.4, 1 + edge.count * 0.2) : 1;
  group.append(svg("path", { class: "line", d: spline(points), "stroke-width": width }));
  group.append(svg("path", { class: "head", d: head(edge), transform: `translate(${tip[0]} ${tip[1]}) rotate(${(Math.atan2(along[1], along[0]) * 180) / Math.PI})` }));
  if (edge.inCycle) {
    const [x, y] = middle(points);
    const sign = svg("g", { class: "sign", transform: `translate(${x - 8} ${y - 8})` });
    sign.append(svg("circle", { cx: 8, cy: 8, r: 9 }), svg("path", { d: ICONS.cycle, transform: "translate(1.6 1.6) scale(.8)" }));
    group.append(sign);
  }
  return group;
}

function head(edge) {
  if (edge.isBroken) return "M-9 -4.5 L0 4.5 M-9 4.5 L0 -4.5";
  if (edge.kind === "extends") return "M-11 -5.5 L0 0 L-11 5.5 Z";
  if (edge.kind === "skill") return "M0 0 a3.5 3.5 0 1 0 -7 0 a3.5 3.5 0 1 0 7 0 Z";
  return "M-9 -4.2 L0 0 L-9 4.2 L-7 0 Z";
}

/** The points of the layout, or, where it gave none, the shortest way between two cards. */
function routeOf({ source, target, points }) {
  if (points && points.length > 1) return eased(source, target, points);
  if (source === target) {
    const right = source.x + source.width;
    const [above, below] = [source.y + source.height * 0.3, source.y + source.height * 0.7];
    return [
      [right, above],
      [right + 18, above - 8],
      [right + 34, (above + below) / 2],
      [right + 18, below + 8],
      [right, below],
    ];
  }
  const from = [source.x + source.width / 2, source.y + source.height / 2];
  const to = [target.x + target.width / 2, target.y + target.height / 2];
  return [border(source, from, to), border(target, to, from)];
}

/** The same way, level for a bit where it leaves or enters a card by a side. */
function eased(source, target, points) {
  const way = points.map(([x, y]) => [x, y]);
  if (source === target) return way;
  const beside = (node, [x, y]) => {
    if (Math.abs(x - node.x) < 1) return [[x - LEVEL, y]];
    return Math.abs(x - node.x - node.width) < 1 ? [[x + LEVEL, y]] : [];
  };
  const last = way.length - 1;
  return [way[0], ...beside(source, way[0]), ...way.slice(1, last), ...beside(target, way[last]), way[last]];
}

/** Where the way from the middle of a card to `to` leaves the card. */
function border(node, from, to) {
  const dx = to[0] - from[0];
  const dy = to[1] - from[1];
  const share = Math.min(node.width / 2 / (Math.abs(dx) || 1e-9), node.height / 2 / (Math.abs(dy) || 1e-9), 1);
  return [from[0] + dx * share, from[1] + dy * share];
}

/** A smooth line that stays near the points and ends in the first and the last. */
function spline(points) {
  const at = ([x, y]) => `${round(x)} ${round(y)}`;
  if (points.length === 2) return `M${at(points[0])}L${at(points[1])}`;
  const between = (a, b, share) => [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share];
  let path = `M${at(points[0])}`;
  for (let place = 1; place < points.length - 1; place += 1) {
    const [a, b, c] = [points[place - 1], points[place], points[place + 1]];
    const start = place === 1 ? a : between(a, b, 0.5);
    const end = place === points.length - 2 ? c : between(b, c, 0.5);
    path += `C${at(between(start, b, 2 / 3))} ${at(between(end, b, 2 / 3))} ${at(end)}`;
  }
  return path;
}

/** The point half-way along the points. */
function middle(points) {
  const lengths = points.slice(1).map((point, place) => Math.hypot(point[0] - points[place][0], point[1] - points[place][1]));
  let rest = lengths.reduce((sum, length) => sum + length, 0) / 2;
  for (let place = 0; place < lengths.length; place += 1) {
    if (rest <= lengths[place] && lengths[place] > 0) {
      const share = rest / lengths[place];
      const [a, b] = [points[place], points[place + 1]];
      return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share];
    }
    rest -= lengths[place];
  }
  return points[0];
}

function round(number) {
  return Math.round(number * 10) / 10;
}
