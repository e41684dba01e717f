// What a person does in VS Code and what they see, in the words of its user interface.

import path from "node:path";

import { chromium, environment } from "./environment.mjs";

/** The machine may be slow and busy: what comes late is no fault, what never comes is. */
const PATIENCE_MS = 30_000;

/**
 * A line of the Problems panel.
 * @typedef {{ message: string, source: string, line: number, column: number }} Problem
 */

/**
 * A place on the screen, in pixels.
 * @typedef {{ x: number, y: number, width: number, height: number }} Box
 */

export class Workbench {
  /** @param {import("playwright-core").Page} page */
  constructor(page) {
    this.page = page;
    this.editor = page.locator(".editor-group-container.active .editor-instance");
    this.quickInput = page.locator(".quick-input-widget");
  }

  // -- waiting

  /**
   * Asks until `accept` takes the answer, and returns it. Says what was seen last otherwise.
   * @template T
   * @param {string} what
   * @param {() => Promise<T>} ask
   * @param {(answer: T) => boolean} accept
   * @returns {Promise<T>}
   */
  async eventually(what, ask, accept) {
    let last;
    for (const start = Date.now(); Date.now() - start < PATIENCE_MS; ) {
      last = await ask();
      if (accept(last)) {
        return last;
      }
      await this.page.waitForTimeout(50);
    }
    throw new Error(`${what}: not within ${PATIENCE_MS} ms; last seen:\n${JSON.stringify(last, null, 2)}`);
  }

  /** @param {string} part */
  async seesInEditor(part) {
    await this.eventually(`"${part}" in the editor`, () => this.text(), (text) => text.includes(part));
  }

  // -- keyboard and commands

  /** @param {string} keys such as `Control+Shift+M` */
  async press(...keys) {
    for (const key of keys) {
      await this.page.keyboard.press(key);
    }
  }

  /** @param {string} text */
  async type(text) {
    await this.page.keyboard.type(text, { delay: 20 });
  }

  /**
   * Runs a command from the command palette.
   * @param {string} title such as `View: Close All Editors`
   */
  async run(title) {
    await this.#choose("F1", `>${title}`, title);
  }

  /**
   * Takes the row `label` of the list that is open at the top, narrowed by `letters`.
   * @param {string} label
   * @param {string} [letters]
   */
  async pick(label, letters) {
    if (letters !== undefined) {
      await this.#input.fill(letters);
    }
    await this.#row(label).click();
  }

  /**
   * Fills in the input at the top, and goes on.
   * @param {string} text
   */
  async answer(text) {
    await this.#input.fill(text);
    await this.press("Enter");
  }

  /** What the list at the top offers, and the text around it. */
  async quickInputText() {
    return (await this.quickInput.isVisible()) ? await this.quickInput.innerText() : "";
  }

  /**
   * Waits until the list at the top says `part`.
   * @param {string} part
   */
  async seesInQuickInput(part) {
    await this.eventually(`"${part}" at the top`, () => this.quickInputText(), (text) => text.includes(part));
  }

  get #input() {
    return this.quickInput.locator("input.input");
  }

  #row(label) {
    const name = this.page.locator(".label-name").getByText(label, { exact: true });
    return this.quickInput.locator(".quick-input-list .monaco-list-row").filter({ has: name }).first();
  }

  /**
   * Opens the list that `keys` open, and takes the row `label`. A list closes when something else
   * takes the focus, such as a view that has just been filled; then it is opened again.
   */
  async #choose(keys, letters, label) {
    await this.#closeInput();
    await this.#insist(async () => {
      if (!(await this.#input.isVisible())) {
        await this.press(keys);
        await this.#input.waitFor({ state: "visible", timeout: 3000 });
      }
      if ((await this.#input.inputValue()) !== letters) {
        await this.#input.fill(letters, { timeout: 3000 });
      }
      await this.#row(label).click({ timeout: 5000 });
    });
  }

  /** Closes the list or the input at the top, which takes a moment to be gone. */
  async #closeInput() {
    await this.press("Escape");
    await this.quickInput.waitFor({ state: "hidden", timeout: 3000 }).catch(() => {});
  }

  /**
   * Does again what did not work, as a person would.
   * @param {() => Promise<void>} attempt
   */
  async #insist(attempt) {
    let problem;
    for (const start = Date.now(); Date.now() - start < PATIENCE_MS; ) {
      try {
        await attempt();
        return;
      } catch (error) {
        problem = error;
      }
    }
    throw problem;
  }

  // -- files and editors

  /**
   * Opens a file of the workspace by its path. Of an agent, done when the server has answered
   * for it, or is known to be missing: before that, nothing that is asked finds anybody.
   * @param {string} file such as `.claude/agents/shop-lead.md`
   */
  async open(file) {
    const name = file.split("/").at(-1);
    await this.#choose("Control+P", file, name);
    await this.seesTab(name);
    await this.quickInput.waitFor({ state: "hidden" });
    await this.editor.locator(".view-line").first().waitFor();
    if (file.startsWith(".claude/agents/")) {
      await this.eventually(`a status of ${file}`, () => this.status.allInnerTexts(), ([text]) =>
        /·|not found/.test(text ?? ""),
      );
    }
  }

  /** @param {string} name of a file */
  async seesTab(name) {
    await this.eventually(`the tab ${name} in front`, () => this.activeTab(), (tab) => tab === name);
  }

  async activeTab() {
    const tab = this.page.locator(".editor-group-container.active .tab.active");
    return (await tab.count()) === 0 ? null : await tab.first().getAttribute("data-resource-name");
  }

  /** The names on all tabs. */
  async tabs() {
    return await this.page.locator(".tab .label-name").allInnerTexts();
  }

  /** Closes all editors without saving, and whatever lies over them. */
  async closeAll() {
    await this.press("Escape", "Escape");
    await this.run("View: Close All Editors");
    const dialog = this.page.locator(".monaco-dialog-box");
    await this.eventually("no editor", async () => {
      if (await dialog.isVisible()) {
        await dialog.getByRole("button", { name: "Don't Save" }).click();
      }
      return await this.tabs();
    }, (tabs) => tabs.length === 0);
  }

  async save() {
    await this.press("Control+S");
    await this.eventually("a saved file", () => this.page.locator(".tab.active.dirty").count(), (dirty) => dirty === 0);
  }

  /** The lines of the editor that can be seen. */
  async lines() {
    return await this.editor.first().locator(".view-lines").first().evaluate((lines) =>
      [...lines.querySelectorAll(".view-line")]
        .map((line) => ({ top: parseFloat(line.style.top), text: line.textContent.replaceAll("\u00a0", " ") }))
        .sort((one, other) => one.top - other.top)
        .map((line) => line.text),
    );
  }

  /** The text of the editor that can be seen. */
  async text() {
    return (await this.lines()).join("\n");
  }

  /**
   * Puts the cursor there. Both count from one, the column in UTF-16 code units.
   * @param {{ line: number, column: number }} place
   */
  async goTo({ line, column }) {
    await this.#insist(async () => {
      await this.#closeInput();
      await this.press("Control+G");
      await this.#input.fill(`:${line},${column}`, { timeout: 3000 });
      await this.press("Enter");
      await this.quickInput.waitFor({ state: "hidden", timeout: 3000 });
    });
    await this.eventually("the cursor in its line", () => this.cursor(), (cursor) => cursor.line === line);
  }

  /** Where the status bar says that the cursor is. */
  async cursor() {
    const text = await this.statusItem("status.editor.selection").innerText();
    const found = /Ln (\d+), Col (\d+)/.exec(text);
    return { line: Number(found?.[1]), column: Number(found?.[2]) };
  }

  /** @param {number} line */
  async seesCursorIn(name, line) {
    await this.seesTab(name);
    await this.eventually(`the cursor in line ${line}`, () => this.cursor(), (cursor) => cursor.line === line);
  }

  /**
   * Where `text` stands on the screen.
   * @param {string} text
   * @returns {Promise<Box | null>}
   */
  async boxOf(text) {
    return await this.editor.first().locator(".view-lines").first().evaluate((lines, wanted) => {
      for (const line of lines.querySelectorAll(".view-line")) {
        const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
        const nodes = [];
        for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
          nodes.push(node);
        }
        const start = nodes.map((node) => node.data).join("").replaceAll("\u00a0", " ").indexOf(wanted);
        if (start < 0) {
          continue;
        }
        const range = document.createRange();
        let offset = 0;
        for (const node of nodes) {
          const end = offset + node.data.length;
          if (offset <= start && start < end) {
            range.setStart(node, start - offset);
          }
          if (offset < start + wanted.length && start + wanted.length <= end) {
            range.setEnd(node, start + wanted.length - offset);
          }
          offset = end;
        }
        const { x, y, width, height } = range.getBoundingClientRect();
        return { x, y, width, height };
      }
      return null;
    }, text);
  }

  /**
   * Where there are squiggles on the screen.
   * @param {"error" | "warning" | "info" | "hint"} severity
   * @returns {Promise<Box[]>}
   */
  async squiggles(severity) {
    return await this.editor.first().evaluate(
      (editor, name) =>
        [...editor.querySelectorAll(`.squiggly-${name}`)].map((element) => {
          const { x, y, width, height } = element.getBoundingClientRect();
          return { x, y, width, height };
        }),
      severity,
    );
  }

  /**
   * The colour of the letters of `text`, as CSS says it.
   * @param {string} text
   */
  async colourOf(text) {
    return await this.editor.first().locator(".view-lines").first().evaluate((lines, wanted) => {
      const walker = document.createTreeWalker(lines, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
        if (node.data.includes(wanted)) {
          return getComputedStyle(node.parentElement).color;
        }
      }
      return null;
    }, text);
  }

  /** The lines of the editor that can be seen, without inlay hints. */
  async plainLines() {
    return await this.editor.first().locator(".view-lines").first().evaluate((lines) =>
      [...lines.querySelectorAll(".view-line")]
        .map((line) => {
          const plain = line.cloneNode(true);
          // Hints are spans whose class is made up at run time; only they have a `dyn-rule-` class.
          for (const hint of plain.querySelectorAll('[class*="dyn-rule-"]')) {
            hint.remove();
          }
          return { top: parseFloat(line.style.top), text: plain.textContent.replaceAll("\u00a0", " ") };
        })
        .sort((one, other) => one.top - other.top)
        .map((line) => line.text),
    );
  }

  // -- widgets of the editor

  /**
   * Renames what is at the cursor.
   * @param {string} name
   */
  async rename(name) {
    await this.startRename(name);
    await this.press("Enter");
  }

  /** Types a new name for what is at the cursor, and leaves it at that. */
  async startRename(name) {
    await this.press("F2");
    const input = this.page.locator(".rename-box .rename-input");
    await input.waitFor();
    await input.fill(name);
  }

  /**
   * Renames the file of the active editor in the explorer.
   * @param {string} name
   */
  async renameFile(name) {
    await this.run("File: Reveal Active File in Explorer View");
    await this.page.locator(".explorer-folders-view .monaco-list-row.focused.selected").waitFor();
    await this.press("F2");
    const input = this.page.locator(".explorer-item-edited input");
    await input.waitFor();
    await input.fill(name);
    await this.press("Enter");
  }

  /**
   * Goes to a symbol of the workspace.
   * @param {string} letters
   * @param {string} name
   */
  async goToSymbol(letters, name) {
    await this.#choose("Control+T", `#${letters}`, name);
  }

  /** Asks for completion, and returns what is offered once `label` is. */
  async complete(label) {
    await this.press("Control+Space");
    return await this.eventually(`${label} among the completions`, () => this.completions(), (all) => all.includes(label));
  }

  /** What the list of completions shows. */
  async completions() {
    return await this.page.locator(".suggest-widget.visible .monaco-list-row .label-name").allInnerTexts();
  }

  /** Shows what there is to say of the completion in front, beside the list. */
  async seesDetails() {
    const details = this.page.locator(".suggest-details").filter({ visible: true });
    await this.eventually("details beside the completions", async () => {
      if ((await details.count()) === 0) {
        await this.press("Control+Space");
      }
      await this.page.waitForTimeout(500);
      return await details.count();
    }, (count) => count > 0);
  }

  /** Shows the hover at the cursor, and returns its text once it holds `part`. */
  async hover(part) {
    await this.press("Control+K", "Control+I");
    const hover = this.page.locator(".monaco-editor .monaco-hover").filter({ visible: true });
    return await this.eventually(
      `a hover with "${part}"`,
      async () => (await hover.allInnerTexts()).join("\n").replaceAll("\u00a0", " "),
      (text) => text.includes(part),
    );
  }

  /** Opens the menu of quick fixes at the cursor, and returns what it offers once `title` is there. */
  async quickFixes(title) {
    const rows = this.#actions.locator(".title");
    return await this.eventually(`the quick fix "${title}"`, async () => {
      if ((await rows.count()) === 0) {
        await this.press("Control+.");
      }
      return await rows.allInnerTexts();
    }, (titles) => titles.includes(title));
  }

  /** @param {string} title of a quick fix */
  async applyQuickFix(title) {
    await this.quickFixes(title);
    const text = this.page.locator(".title").getByText(title, { exact: true });
    await this.#actions.filter({ has: text }).first().click();
  }

  get #actions() {
    return this.page.locator(".action-widget .monaco-list-row.action");
  }

  /**
   * Waits for a code lens, which a click follows.
   * @param {string} text of the lens
   */
  async seesLens(text) {
    const lens = this.editor.locator(".codelens-decoration").getByText(text, { exact: true }).first();
    await lens.waitFor();
    return lens;
  }

  /**
   * Clicks a code lens, which opens a peek view. A lens is drawn anew with each answer of a
   * server, and a click on the old one is lost.
   * @param {string} text of the lens
   */
  async peekByLens(text) {
    await this.#insist(async () => {
      await (await this.seesLens(text)).click({ timeout: 3000 });
      await this.page.locator(".peekview-widget").first().waitFor({ timeout: 3000 });
    });
  }

  /** The texts in a peek view, from its list of places. */
  async peek() {
    return await this.page.locator(".peekview-widget .monaco-list-row").allInnerTexts();
  }

  // -- the workbench around

  /**
   * An entry of the status bar, by its id.
   * @param {string} id
   */
  statusItem(id) {
    return this.page.locator(`.statusbar-item[id="${id}"]`);
  }

  /** Our own entry of the status bar. */
  get status() {
    return this.page.locator('.statusbar-item[id*="agentls.status"]');
  }

  /**
   * Waits until our entry of the status bar says `text`.
   * @param {string} text
   */
  async seesStatus(text) {
    await this.eventually(
      `"${text}" in the status bar`,
      async () => (await this.status.allInnerTexts()).map((shown) => shown.trim()),
      ([shown]) => shown === text,
    );
  }

  /** What the status bar says, entry by entry. */
  async statusBar() {
    return await this.page.locator(".statusbar-item").allInnerTexts();
  }

  /**
   * The Problems panel.
   * @returns {Promise<Problem[]>}
   */
  async problems() {
    const panel = this.page.locator(".markers-panel");
    if (!(await panel.isVisible())) {
      await this.run("Problems: Focus on Problems View");
      await panel.waitFor();
    }
    return await panel.evaluate((element) =>
      [...element.querySelectorAll(".monaco-list-row")].flatMap((row) => {
        const place = /\[Ln (\d+), Col (\d+)\]/.exec(row.textContent);
        const message = row.querySelector(".marker-message")?.textContent ?? "";
        // A row of a file has no place, and one that belongs to the finding above it no message.
        if (place === null || message === "") {
          return [];
        }
        return [
          {
            message,
            source: [...row.querySelectorAll(".marker-source, .marker-code")].map((part) => part.textContent).join(""),
            line: Number(place[1]),
            column: Number(place[2]),
          },
        ];
      }),
    );
  }

  /**
   * The Problems panel, once `accept` takes it.
   * @param {string} what
   * @param {(problems: Problem[]) => boolean} accept
   */
  async problemsUntil(what, accept) {
    return await this.eventually(what, () => this.problems(), accept);
  }

  /** The text of the panel at the bottom, such as that of an output channel. */
  async panelText() {
    return (await this.page.locator(".part.panel").innerText()).replaceAll("\u00a0", " ");
  }

  async hidePanel() {
    await this.run("View: Hide Panel");
  }

  /** The rows of the side bar, of all its views. */
  async sideBar() {
    return await this.page.locator(".part.sidebar .monaco-list-row").allInnerTexts();
  }

  /** Shows the outline in all of the explorer. */
  async showOutline() {
    await this.run("Explorer: Focus on Outline View");
    const folders = this.page.locator('.part.sidebar .pane-header[aria-label^="Explorer Section"]').first();
    if ((await folders.getAttribute("aria-expanded")) === "true") {
      await folders.click();
    }
  }

  /** The names in the explorer, of what is unfolded. */
  async explorer() {
    return await this.page.locator(".explorer-folders-view .monaco-list-row .label-name").allInnerTexts();
  }

  /** What notifications say. */
  async notifications() {
    return await this.page.locator(".notifications-toasts .notification-list-item").allInnerTexts();
  }

  async clearNotifications() {
    await this.run("Notifications: Clear All Notifications");
  }

  /** The document in a web view, such as a preview of markdown, once it holds `selector`. */
  async webview(selector) {
    return await this.eventually(`a web view with ${selector}`, async () => {
      for (const frame of this.page.frames()) {
        if ((await frame.locator(selector).count().catch(() => 0)) > 0) {
          return frame;
        }
      }
      return null;
    }, (frame) => frame !== null);
  }

  /** Draws the edge between two editors side by side to where it takes `share` of the left. */
  async narrowLeftEditor(share) {
    const right = await this.page.locator(".editor-group-container").nth(1).boundingBox();
    const { width } = this.page.viewportSize();
    const y = right.y + right.height / 2;
    await this.page.mouse.move(right.x, y);
    await this.page.mouse.down();
    await this.page.mouse.move(width * share, y, { steps: 10 });
    await this.page.mouse.up();
  }

  /** Waits until the window no longer changes, and no notification lies over it. */
  async rest() {
    let before;
    await this.eventually("a window at rest", async () => {
      const now = await this.page.screenshot();
      const isAtRest = before !== undefined && now.equals(before) && (await this.notifications()).length === 0;
      before = now;
      await this.page.waitForTimeout(500);
      return isAtRest;
    }, (isAtRest) => isAtRest);
  }

  /** @param {string} file */
  async screenshot(file, options = {}) {
    await this.page.screenshot({ path: file, ...options });
  }
}

/**
 * Starts the browser that shows VS Code. What it keeps, it keeps from folder to folder.
 * @param {{ viewport?: { width: number, height: number }, deviceScaleFactor?: number }} [screen]
 */
export async function startBrowser(screen = {}) {
  const context = await chromium.launchPersistentContext(path.join(environment.work, "browser"), {
    executablePath: environment.browser,
    headless: true,
    viewport: { width: 1280, height: 800 },
    locale: "en-US",
    colorScheme: "dark",
    ...screen,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--disable-dev-shm-usage",
      // Nothing leaves this machine: no other name is found. (Routes would do it too, but turn
      // off the cache of the browser, and VS Code is large.)
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    ],
  });
  context.setDefaultTimeout(PATIENCE_MS);
  return context;
}

/**
 * Opens a folder in a browser.
 * @param {import("playwright-core").BrowserContext} browser
 * @param {string} url of the server
 * @param {string} folder
 * @param {(text: string, from: string) => void} onConsoleError
 */
export async function openFolder(browser, url, folder, onConsoleError) {
  const page = await browser.newPage();
  page.on("console", (message) => {
    if (message.type() === "error") {
      onConsoleError(message.text(), message.location().url);
    }
  });
  page.on("pageerror", (error) => onConsoleError(String(error), ""));
  await page.goto(`${url}?folder=${encodeURIComponent(folder)}`, { waitUntil: "domcontentloaded", timeout: 60_000 });
  await page.locator(".explorer-folders-view .monaco-list-row").first().waitFor({ timeout: 60_000 });
  return new Workbench(page);
}
