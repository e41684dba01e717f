// The pictures of the README, in docs/pictures. Started by run.sh with UPDATE_PICTURES=1.

import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

import { environment } from "./driver/environment.mjs";

const SUPPORT = ".claude/agents/support-writer.md";
const MANAGER = ".claude/agents/release-manager.md";
const LEAD = ".claude/agents/shop-lead.md";
const CHECKOUT = ".claude/agents/checkout-engineer.md";

const folder = path.join(environment.root, "docs", "pictures");

/** 1280 by 800 pixels of a window that is smaller, so that letters can be read in a page. */
export const PICTURE = { viewport: { width: 1120, height: 700 }, deviceScaleFactor: 8 / 7 };

const SETTINGS = {
  "agentls.diagnostics.workspace": true,
  "breadcrumbs.enabled": false,
  "editor.cursorBlinking": "solid",
  "editor.fontFamily": "'JetBrains Mono'",
  "editor.fontSize": 13,
  "editor.lightbulb.enabled": "off",
  "editor.overviewRulerBorder": false,
  "editor.occurrencesHighlight": "off",
  "editor.renderLineHighlight": "none",
  "editor.scrollbar.horizontal": "hidden",
  "editor.scrollbar.vertical": "hidden",
  "editor.stickyScroll.enabled": false,
  "window.commandCenter": false,
  "workbench.layoutControl.enabled": false,
  "workbench.activityBar.location": "hidden",
  "workbench.colorCustomizations": { "sash.hoverBorder": "#00000000" },
};

const THEMES = { dark: "Dark 2026", light: "Light 2026" };

/**
 * What is set up, done and shown for each picture.
 * @type {Record<string, { theme?: keyof typeof THEMES, hasExplorer?: boolean, take: (session: import("./driver/suite.mjs").Session) => Promise<void> }>}
 */
const PICTURES = {
  diagnostics: {
    hasExplorer: true,
    async take({ code, team }) {
      await code.open(MANAGER);
      await code.problemsUntil("findings of several files", (problems) => problems.length >= 3);
      await code.run("View: Focus Active Editor Group");
      const { line } = team.place(MANAGER, "| `support-writer`");
      await code.goTo({ line, column: 1 });
    },
  },
  completion: {
    async take({ code, team }) {
      await code.open(LEAD);
      const { line } = team.place(LEAD, "| `support-writer`");
      await code.goTo({ line, column: 200 });
      await code.type("\n| `s");
      await code.complete("storefront-developer");
      await code.press("ArrowDown");
      await code.seesDetails();
    },
  },
  hover: {
    async take({ code, team }) {
      await code.open(CHECKOUT);
      await code.seesLens("5 references");
      await code.goTo(team.place(CHECKOUT, "core/specialist"));
      await code.hover("Read, Grep, Glob, Edit, Write, Bash");
    },
  },
  "quick-fix": {
    theme: "light",
    async take({ code, team }) {
      await code.open(MANAGER);
      await code.eventually("a squiggle", () => code.squiggles("warning"), (boxes) => boxes.length === 1);
      const { line, column } = team.place(MANAGER, "checkout-enginer");
      // Behind the name: the menu leaves the cells to the left free.
      await code.goTo({ line, column: column + "checkout-enginer".length });
      await code.quickFixes("Change to `checkout-engineer`");
    },
  },
  rename: {
    hasExplorer: true,
    async take({ code, team }) {
      await code.open(SUPPORT);
      await code.seesLens("3 references");
      await code.goTo(team.place(SUPPORT, "support-writer"));
      await code.startRename("care-writer");
      await code.press("Control+Enter");
      await code.eventually("the preview of the rename", () => code.panelText(), (text) => text.includes("shop-lead.md"));
    },
  },
  graph: {
    async take({ code }) {
      await code.open(LEAD);
      await code.seesStatus("Claude Code agent · loads");
      await code.run("agentls: Show the Team Graph");
      const frame = await code.webview(".node");
      await frame.locator(".node").filter({ hasText: "shop-lead" }).first().waitFor();
      await code.run("View: Close Other Editors in Group");
      const list = frame.locator("#panel-switch");
      if ((await list.getAttribute("aria-expanded")) === "true") {
        await list.click();
      }
      await frame.locator("#zoom-fit").click();
      await code.page.mouse.move(PICTURE.viewport.width / 2, 1);
    },
  },
};

/**
 * Takes the pictures whose name is wanted, or all.
 * @param {import("./driver/suite.mjs").Run} run
 * @param {string[]} wanted
 */
export async function takePictures(run, wanted) {
  fs.mkdirSync(folder, { recursive: true });
  for (const [name, { theme = "dark", hasExplorer = false, take }] of Object.entries(PICTURES)) {
    if (wanted.length > 0 && !wanted.includes(name)) {
      continue;
    }
    const settings = {
      ...SETTINGS,
      "workbench.colorTheme": THEMES[theme],
      "workbench.sideBar.defaultVisibility": hasExplorer ? "visible" : "hidden",
    };
    const session = await run.open([{ title: "pictures", setup: { settings }, tests: [] }]);
    const { code } = session;
    if (!hasExplorer) {
      await code.run("View: Close Primary Side Bar");
    }
    // Where nothing reacts to the mouse.
    await code.page.mouse.move(PICTURE.viewport.width / 2, 1);
    await take(session);
    await code.rest();
    const file = path.join(folder, `vscode-${name}.png`);
    await code.screenshot(file);
    // A palette is enough for a flat picture, and a quarter of the size.
    execFileSync("pngquant", ["--force", "--skip-if-larger", "--strip", "--quality", "80-100", "--output", file, file]);
    console.log(`${path.relative(environment.root, file)}: ${Math.round(fs.statSync(file).size / 1024)} KB`);
    await code.page.close();
  }
}
