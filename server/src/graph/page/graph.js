"use strict";

// Joins model, camera, scene and panel with the page, the keyboard, and the program around it.

/** VS Code, where the page is a webview: it opens files and keeps the state. */
const host = typeof acquireVsCodeApi === "function" ? acquireVsCodeApi() : null;

const HOVER_MS = 80;
const ZOOM_STEP = 1.25;
const PAN_STEP = 60;
const OPENING_SCALE = 0.34;
const THEMES = ["auto", "light", "dark"];
const DARK = matchMedia("(prefers-color-scheme: dark)");

const at = (id) => document.getElementById(id);

class Page {
  constructor(graph) {
    this.filter = { folder: null, skills: false };
    /** Whether skills are shown when the graph has any. */
    this.wantsSkills = true;
    this.mark = null;
    this.hits = null;
    this.canvas = at("canvas");
    this.scene = new Scene(this.canvas, host !== null);
    this.camera = new Camera(this.canvas, () => this.look());
    this.panel = new Panel(at("panel"), {
      select: (node) => this.goTo(node, { focus: false }),
      back: () => {
        this.select(null);
        at("search").focus();
      },
      openLink: (node, line, label) => this.openLink(node, line, label),
    });
    if (host) document.body.classList.add("in-vscode");
    this.listen();
    const kept = host?.getState()?.page;
    this.setTheme(readTheme());
    this.setPanel(kept?.panel ?? innerWidth > 760);
    this.render(graph, kept ?? null);
  }

  /** Shows `graph`; `kept` is what `keep` wrote, of this graph or of one before it. */
  render(graph, kept) {
    const team = new Team(graph);
    this.team = team;
    document.title = team.title;
    at("title").textContent = team.title;
    this.wantsSkills = kept?.skills ?? true;
    this.filter = {
      folder: team.folders.some((folder) => folder.path === kept?.folder) ? kept.folder : null,
      skills: this.wantsSkills && team.hasSkills,
    };
    this.mark = kept?.mark ?? null;
    at("search").value = kept?.query ?? "";
    this.scene.state = { selected: null, current: null, hits: new Set(), hovered: null, focused: null };
    this.scene.draw(team);
    this.fillFolders();
    at("skills").hidden = !team.hasSkills;
    at("note").hidden = !graph.note;
    at("note").textContent = graph.note ?? "";
    this.refilter();
    this.hit = this.hits?.findIndex((node) => node.id === kept?.hit) ?? -1;
    this.scene.highlight({ current: this.hits?.[this.hit] ?? null });
    this.fillHits();
    const selected = team.byId.get(kept?.selected);
    this.select(selected && this.isShown(selected) ? selected : null);
    if (kept?.camera && !kept.camera.fits) {
      this.camera.fits = false;
      this.camera.set(kept.camera.x, kept.camera.y, kept.camera.scale, { moves: false });
    } else if (kept?.camera) {
      this.fit(false);
    } else {
      this.begin();
    }
  }

  /** What outlives a new graph, and in VS Code the window. */
  get kept() {
    const { x, y, scale, fits } = this.camera;
    return {
      camera: { x, y, scale, fits },
      selected: this.selected?.id ?? null,
      folder: this.filter.folder,
      skills: this.wantsSkills,
      mark: this.mark,
      query: at("search").value,
      hit: this.hits?.[this.hit]?.id ?? null,
      panel: at("panel-switch").getAttribute("aria-expanded") === "true",
    };
  }

  keep() {
    if (!host) return;
    clearTimeout(this.keeping);
    // Others keep things there too: the extension its workspace.
    this.keeping = setTimeout(() => host.setState({ ...host.getState(), page: this.kept }), 150);
  }

  // Filter, search, marks.

  /** After a change of folder or skills: everything that depends on what is shown. */
  refilter() {
    this.visible = this.team.visible(this.filter);
    this.scene.show(this.visible);
    at("skills").setAttribute("aria-pressed", String(this.filter.skills));
    at("folder").value = this.filter.folder === null ? "*" : `/${this.filter.folder}`;
    this.fillMarks();
    this.fillLegend();
    this.fillSummary();
    this.search();
    this.setRoving(this.selected && this.isShown(this.selected) ? this.selected : this.firstNode());
  }

  /** Finds again what the search field and the pressed mark ask for. */
  search() {
    const query = at("search").value.trim();
    let hits = null;
    if (query) hits = this.team.search(query, this.visible.nodes);
    if (this.mark) hits = (hits ?? [...this.visible.nodes]).filter((node) => node.marks.has(this.mark));
    this.hits = hits;
    this.hit = -1;
    for (const button of at("marks").querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.dataset.mark === this.mark));
    }
    this.scene.highlight({ hits: new Set(hits ?? []), current: null });
    this.canvas.classList.toggle("no-hits", hits !== null && hits.length === 0);
    this.fillHits();
    if (!this.selected) this.panel.showList(this.team, this.visible, hits);
    this.keep();
  }

  stepHit(step) {
    if (!this.hits || this.hits.length === 0) return;
    this.hit = this.hit < 0 ? (step > 0 ? 0 : this.hits.length - 1) : (this.hit + step + this.hits.length) % this.hits.length;
    const node = this.hits[this.hit];
    this.scene.highlight({ current: node });
    this.goTo(node, { focus: false });
    this.fillHits();
  }

  fillHits() {
    const some = this.hits !== null && this.hits.length > 0;
    const searched = this.hits !== null;
    at("hits").textContent = !searched ? "" : !some ? "no hits" : this.hit < 0 ? counted(this.hits.length, "hit") : `${this.hit + 1} of ${this.hits.length}`;
    at("hit-previous").hidden = at("hit-next").hidden = !some;
    at("search-key").hidden = searched;
  }

  fillFolders() {
    const { folders } = this.team;
    const option = (value, label) => html("option", { value }, label);
    // Spaces at the start of an option would fall away.
    const indent = (folder) => "\u2003".repeat(folder.depth);
    at("folder").replaceChildren(
      option("*", "All folders"),
      ...folders.map((folder) => option(`/${folder.path}`, `${indent(folder)}${folder.path || "Top folder"} (${folder.total})`)),
    );
    at("folder-field").hidden = folders.length < 2;
  }

  fillMarks() {
    const present = MARKS.map((mark) => ({
      ...mark,
      count: [...this.visible.nodes].filter((node) => node.marks.has(mark.id)).length,
    })).filter((mark) => mark.count > 0);
    if (!present.some((mark) => mark.id === this.mark)) this.mark = null;
    at("marks").replaceChildren(
      ...present.map((mark) =>
        html(
          "button",
          {
            type: "button",
            class: `mark mark-${mark.id}`,
            "data-mark": mark.id,
            "aria-pressed": "false",
            title: EXPLANATIONS[mark.id],
            click: () => {
              this.mark = this.mark === mark.id ? null : mark.id;
              this.search();
            },
          },
          html("strong", {}, String(mark.count)),
          ` ${mark.count === 1 ? mark.one : mark.many}`,
        ),
      ),
    );
  }

  fillLegend() {
    const edges = [...this.visible.edges];
    const nodes = [...this.visible.nodes, ...this.visible.context];
    const entries = [
      [edges.some((edge) => edge.kind === "delegation" && !edge.isBroken), sample({ kind: "delegation" }), "delegates"],
      [edges.some((edge) => edge.kind === "extends"), sample({ kind: "extends" }), "extends"],
      [edges.some((edge) => edge.kind === "skill"), sample({ kind: "skill" }), "uses skill"],
      [edges.some((edge) => edge.inCycle), sample({ kind: "delegation", inCycle: true }), "cycle"],
      [edges.some((edge) => edge.isBroken), sample({ kind: "delegation", isBroken: true }), "not found"],
      [nodes.some((node) => node.marks.has("root")), swatch("root"), "▸ start"],
      [nodes.some((node) => node.marks.has("unreachable")), swatch("unreachable"), "unreached"],
      [nodes.some((node) => node.isBuiltin), swatch("builtin"), "built in"],
    ];
    const shown = entries.filter(([present]) => present);
    at("legend").hidden = shown.length === 0;
    at("legend").replaceChildren(...shown.map(([, drawn, text]) => html("li", {}, drawn, text)));
  }

  fillSummary() {
    const nodes = [...this.visible.nodes];
    const agents = nodes.filter((node) => node.kind === "agent" && !node.isBroken && !node.isBuiltin).length;
    const delegations = [...this.visible.edges].filter((edge) => edge.kind === "delegation").length;
    const extending = [...this.visible.edges].filter((edge) => edge.kind === "extends").length;
    const parts = [counted(agents, "agent")];
    if (delegations > 0) parts.push(counted(delegations, "delegation"));
    if (extending > 0) parts.push(`${extending.toLocaleString("en")} extend${extending === 1 ? "s" : ""} another`);
    at("summary").textContent = parts.join(" · ");
    this.canvas.setAttribute("aria-label", `${this.team.title}: ${parts.join(", ")}`);
    const none = this.team.nodes.length === 0;
    at("empty").hidden = !none && nodes.length > 0;
    at("empty-title").textContent = none ? "No agents here" : "Nothing to show";
    at("empty-text").textContent = none
      ? "This folder has no agent files. An agent is a Markdown file in a folder that a host reads, such as .claude/agents."
      : "Everything in this folder is a skill. Turn skills on to see it.";
    document.body.classList.toggle("has-none", none);
  }

  // Selection, focus, camera.

  isShown(node) {
    return this.visible.nodes.has(node) || this.visible.context.has(node);
  }

  get selected() {
    return this.scene.state.selected;
  }

  select(node) {
    this.scene.highlight({ selected: node });
    if (node) {
      this.setRoving(node);
      this.panel.showNode(node, this.visible);
    } else {
      this.panel.showList(this.team, this.visible, this.hits);
    }
    this.keep();
  }

  /** Selects the node and brings it into the middle. */
  goTo(node, { focus }) {
    if (!this.isShown(node)) {
      this.filter.folder = null;
      if (isOnlySkill(node)) this.filter.skills = this.wantsSkills = true;
      this.refilter();
    }
    this.select(node);
    this.camera.center(boxOf(node));
    if (focus) this.focus(node);
  }

  focus(node) {
    this.setRoving(node);
    this.scene.cards.get(node).focus({ preventScroll: true });
  }

  /** Of all cards one is in the order of Tab. */
  setRoving(node) {
    if (this.roving) this.scene.cards.get(this.roving)?.setAttribute("tabindex", "-1");
    this.roving = node;
    if (node) this.scene.cards.get(node).setAttribute("tabindex", "0");
  }

  firstNode() {
    const nodes = [...this.visible.nodes];
    return nodes.find((node) => node.marks.has("root")) ?? nodes[0] ?? null;
  }

  fit(glide = true) {
    const box = boxOfAll(this.visible.nodes);
    this.camera.fits = true;
    this.camera.fit(box, { glide });
  }

  /** The first look: everything, or, where that would be a mere pattern, who leads the most. */
  begin() {
    this.camera.fits = true;
    const { nodes } = this.visible;
    const box = boxOfAll(nodes);
    if (!box || this.camera.scaleToFit(box) >= RECOGNIZABLE / 2) {
      this.fit(false);
      return;
    }
    const leads = [...nodes].sort((a, b) => b.outgoing.length - a.outgoing.length);
    const first = leads.find((node) => node.marks.has("root")) ?? leads[0];
    this.camera.center(boxOf(first), { scale: OPENING_SCALE, glide: false });
    // Work flows to the right.
    this.camera.set(this.camera.size.width * 0.12 - first.x * OPENING_SCALE, this.camera.y, OPENING_SCALE, { moves: false });
  }

  look() {
    this.scene.look(this.camera);
    at("zoom-level").textContent = `${Math.round(this.camera.scale * 100)}%`;
    this.keep();
  }

  /** The node that lies next to `node` in the direction; what an edge joins with it comes first. */
  nextNode(node, dx, dy) {
    const joined = neighbourhood(node, this.visible.edges).nodes;
    const middleOf = (of) => [of.x + of.width / 2, of.y + of.height / 2];
    const [x, y] = middleOf(node);
    let best = null;
    let least = Infinity;
    for (const other of [...this.visible.nodes, ...this.visible.context]) {
      if (other === node) continue;
      const [ox, oy] = middleOf(other);
      const ahead = (ox - x) * dx + (oy - y) * dy;
      const aside = Math.abs((ox - x) * dy) + Math.abs((oy - y) * dx);
      if (ahead < 8 || aside > ahead * 4) continue;
      const cost = (ahead + aside * 2) * (joined.has(other) ? 0.4 : 1);
      if (cost < least) {
        least = cost;
        best = other;
      }
    }
    return best;
  }

  // Opening files.

  /** Opens the node's file in VS Code. Elsewhere links do that. */
  open(node, line = node.line) {
    if (!host || !node.href) return;
    host.postMessage({ type: "open", uri: node.href, line: line ?? 0 });
  }

  openLink(node, line, label) {
    const title = "Open the file";
    if (host) return html("button", { class: "link", type: "button", title, click: () => this.open(node, line) }, html("bdi", {}, label));
    return html("a", { class: "link", href: node.href, target: "_blank", rel: "noopener", title }, html("bdi", {}, label));
  }

  // Events.

  listen() {
    const { canvas, camera } = this;
    const nodeOf = (event) => this.team.byId.get(event.target.closest?.(".node")?.dataset.id) ?? null;

    canvas.addEventListener("click", (event) => {
      // The click of a key is none that a drag ends in.
      if (camera.dragged && event.detail !== 0) {
        event.preventDefault();
        return;
      }
      const node = nodeOf(event);
      // With a key held, and by Enter, a link is what it is everywhere else.
      const asLink = event.detail === 0 || event.ctrlKey || event.metaKey || event.shiftKey;
      if (node && !host && asLink && node.href) return;
      event.preventDefault();
      this.select(node);
      if (node) {
        this.focus(node);
        this.open(node);
      }
    });
    canvas.addEventListener("dblclick", (event) => {
      const node = nodeOf(event);
      if (!node) {
        const { x, y } = camera.pixel(event);
        camera.zoomBy(1.6, x, y);
      } else if (node.href && !host) {
        window.open(node.href, "_blank", "noopener");
      }
    });
    const hover = (node) => {
      clearTimeout(this.hovering);
      this.hovering = setTimeout(() => {
        if (camera.pointers.size === 0 && this.scene.state.hovered !== node) this.scene.highlight({ hovered: node });
      }, HOVER_MS);
    };
    canvas.addEventListener("pointerover", (event) => {
      if (event.pointerType !== "touch") hover(nodeOf(event));
    });
    canvas.addEventListener("pointerleave", () => hover(null));
    canvas.addEventListener("focusin", (event) => {
      const node = nodeOf(event);
      if (node) this.setRoving(node);
      if (node && event.target.matches(":focus-visible")) {
        this.scene.highlight({ focused: node, hovered: null });
        camera.reveal(boxOf(node));
      }
    });
    canvas.addEventListener("focusout", () => this.scene.highlight({ focused: null }));
    canvas.addEventListener("keydown", (event) => this.onCanvasKey(event, nodeOf(event)));
    document.addEventListener("keydown", (event) => this.onKey(event));

    const search = at("search");
    search.addEventListener("input", () => this.search());
    search.addEventListener("keydown", (event) => {
      if (event.key === "Enter") {
        event.preventDefault();
        this.stepHit(event.shiftKey ? -1 : 1);
      } else if (event.key === "ArrowDown" && this.hits?.length > 0) {
        event.preventDefault();
        if (this.hit < 0) this.stepHit(1);
        this.focus(this.hits[this.hit]);
      } else if (event.key === "Escape") {
        event.preventDefault();
        event.stopPropagation();
        if (search.value) {
          search.value = "";
          this.search();
        } else {
          this.select(null);
          canvas.focus();
        }
      }
    });
    at("hit-next").addEventListener("click", () => this.stepHit(1));
    at("hit-previous").addEventListener("click", () => this.stepHit(-1));

    at("folder").addEventListener("change", (event) => {
      const { value } = event.target;
      this.filter.folder = value === "*" ? null : value.slice(1);
      this.refilter();
      if (this.selected && !this.isShown(this.selected)) this.select(null);
      else if (this.selected) this.select(this.selected);
      this.fit();
    });
    at("skills").addEventListener("click", () => {
      this.filter.skills = this.wantsSkills = !this.filter.skills;
      this.refilter();
      this.select(this.selected && this.isShown(this.selected) ? this.selected : null);
      if (camera.fits) this.fit();
    });
    at("theme").addEventListener("click", () => {
      const next = THEMES[(THEMES.indexOf(this.theme) + 1) % THEMES.length];
      this.setTheme(next);
      writeTheme(next);
    });
    at("panel-switch").addEventListener("click", () => this.setPanel(at("panel").hidden));
    at("zoom-in").addEventListener("click", () => camera.zoomBy(ZOOM_STEP));
    at("zoom-out").addEventListener("click", () => camera.zoomBy(1 / ZOOM_STEP));
    at("zoom-fit").addEventListener("click", () => this.fit());

    let before = null;
    new ResizeObserver(() => {
      const { width, height } = camera.size;
      if (camera.fits) this.fit(false);
      else if (before) camera.panBy((width - before.width) / 2, (height - before.height) / 2);
      before = { width, height };
    }).observe(at("stage"));

    DARK.addEventListener("change", () => this.setTheme(this.theme));
    // VS Code changes its theme by the classes of the body.
    if (host) new MutationObserver(() => this.setTheme(this.theme)).observe(document.body, { attributeFilter: ["class"] });

    addEventListener("message", (event) => {
      const isTrusted = host !== null || event.source === window;
      if (isTrusted && event.data?.type === "graph" && event.data.graph) this.update(event.data.graph);
    });
    addEventListener("beforeprint", () => this.beforePrint());
    addEventListener("afterprint", () => this.afterPrint());
  }

  /** A newer graph of the same team: eye, selection and focus stay where they are. */
  update(graph) {
    clearTimeout(this.hovering);
    const { id, mark } = document.activeElement?.closest?.(".node, .mark")?.dataset ?? {};
    const { place } = this.panel;
    this.render(graph, this.kept);
    this.panel.restore(place);
    const node = this.team.byId.get(id);
    if (node && this.isShown(node)) this.focus(node);
    [...at("marks").children].find((button) => button.dataset.mark === mark)?.focus();
  }

  onKey(event) {
    const typing = event.target.closest?.("input, select, textarea");
    if (event.ctrlKey || event.metaKey || event.altKey || typing) return;
    const actions = {
      "/": () => {
        at("search").focus();
        at("search").select();
      },
      "+": () => this.camera.zoomBy(ZOOM_STEP),
      "=": () => this.camera.zoomBy(ZOOM_STEP),
      "-": () => this.camera.zoomBy(1 / ZOOM_STEP),
      _: () => this.camera.zoomBy(1 / ZOOM_STEP),
      0: () => this.fit(),
      Escape: () => {
        this.scene.highlight({ focused: null, hovered: null });
        if (this.selected) this.select(null);
        this.canvas.focus();
      },
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  onCanvasKey(event, node) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const direction = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (direction) {
      event.preventDefault();
      if (!node || event.shiftKey) {
        this.camera.panBy(-direction[0] * PAN_STEP, -direction[1] * PAN_STEP);
        return;
      }
      const next = this.nextNode(node, ...direction);
      if (next) this.focus(next);
      return;
    }
    if (!node) return;
    if (event.key === " ") {
      event.preventDefault();
      this.select(this.selected === node ? null : node);
    } else if (event.key === "Enter" && (host || !node.href)) {
      event.preventDefault();
      this.select(node);
      this.open(node);
    } else if (event.key === "Home" || event.key === "End") {
      event.preventDefault();
      const nodes = [...this.visible.nodes];
      this.focus(event.key === "Home" ? nodes[0] : nodes[nodes.length - 1]);
    }
  }

  setPanel(open) {
    at("panel").hidden = !open;
    at("panel-switch").setAttribute("aria-expanded", String(open));
    document.body.classList.toggle("with-panel", open);
    this.keep();
  }

  /** Takes the colours that `choice` stands for: those of VS Code, of the system, or its own. */
  setTheme(choice) {
    this.theme = choice;
    const classes = document.body.classList;
    const dark = host
      ? classes.contains("vscode-dark") || (classes.contains("vscode-high-contrast") && !classes.contains("vscode-high-contrast-light"))
      : choice === "dark" || (choice === "auto" && DARK.matches);
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    const label = { auto: "Colours: as the system", light: "Colours: light", dark: "Colours: dark" }[choice];
    at("theme").dataset.choice = choice;
    at("theme").setAttribute("aria-label", label);
    at("theme").title = label;
  }

  /** On paper the picture has no eye: everything, as large as the sheet allows. */
  beforePrint() {
    const box = boxOfAll([...this.visible.nodes, ...this.visible.context]);
    if (!box) return;
    const margin = 12;
    const size = [box.left - margin, box.top - margin, box.right - box.left + 2 * margin, box.bottom - box.top + 2 * margin];
    this.scene.world.setAttribute("viewBox", size.join(" "));
    this.canvas.dataset.level = "near";
    this.scene.highlight({ hovered: null, focused: null });
  }

  afterPrint() {
    this.scene.world.removeAttribute("viewBox");
    this.scene.labelledAt = null;
    this.look();
  }
}

/** An edge of the legend. */
function sample(edge) {
  const drawn = svg("svg", { class: "sample", viewBox: "0 0 38 18", "aria-hidden": "true" });
  const card = (x) => ({ x, y: 4, width: 4, height: 10 });
  const made = line({ ...edge, source: card(-4), target: card(37), points: [[1, 9], [37, 9]] });
  made.querySelector(".sign")?.setAttribute("transform", "translate(7 1)");
  drawn.append(made);
  return drawn;
}

/** A card of the legend. */
function swatch(kind) {
  const drawn = svg("svg", { class: "sample", viewBox: "0 0 26 18", "aria-hidden": "true" });
  drawn.classList.add("box");
  const node = svg("g", { class: `node ${kind}` });
  node.append(svg("rect", { class: "card", x: 1, y: 2, width: 24, height: 14, rx: 4 }));
  drawn.append(node);
  return drawn;
}

function readTheme() {
  try {
    const kept = localStorage.getItem("agentls.graph.theme");
    return THEMES.includes(kept) ? kept : "auto";
  } catch {
    // A page that came from a file may have no storage.
    return "auto";
  }
}

function writeTheme(theme) {
  try {
    localStorage.setItem("agentls.graph.theme", theme);
  } catch {
    // It holds until the page is closed.
  }
}

new Page(JSON.parse(at("graph").textContent));
