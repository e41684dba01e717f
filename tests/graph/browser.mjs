// What the tests are written in: a page that watches itself, and what a person would ask of it.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
];

const PATIENCE_MS = 30_000;

export async function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM, headless: true, args: ARGUMENTS });
}

/** Waits until `question` answers with something true, and gives the answer. */
export async function until(what, question) {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await question();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export class Graph {
  /** Opens `file`; `before` runs in the page before its own script. */
  static async open(browser, file, { scheme = "light", size = [1280, 800], motion = "reduce", before, argument } = {}) {
    const context = await browser.newContext({
      viewport: { width: size[0], height: size[1] },
      colorScheme: scheme,
      reducedMotion: motion,
    });
    context.setDefaultTimeout(PATIENCE_MS);
    const graph = new Graph();
    graph.context = context;
    graph.complaints = [];
    graph.asked = [];
    if (before) await context.addInitScript(before, argument);
    const page = await context.newPage();
    graph.page = page;
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") graph.complaints.push(message.text());
    });
    page.on("pageerror", (error) => graph.complaints.push(String(error.stack ?? error)));
    page.on("dialog", (dialog) => {
      graph.complaints.push(`a dialog: ${dialog.message()}`);
      dialog.dismiss();
    });
    page.on("request", (request) => graph.asked.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    await graph.settled();
    return graph;
  }

  /** Nothing was said on the console, and nothing was loaded but the page. */
  async close() {
    const own = this.page.url();
    await this.context.close();
    assert.deepEqual(this.complaints, [], "complaints of the page");
    assert.deepEqual(this.asked.filter((url) => url !== own), [], "what the page asked for");
  }

  async screenshot(file) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    await this.page.screenshot({ path: file });
  }

  /** The camera rests: two looks a moment apart see the same. */
  async settled() {
    let last = "";
    await until("the picture rests", async () => {
      const now = await this.page.evaluate(
        () =>
          new Promise((resolve) => {
            const look = () => `${document.querySelector(".world").style.transform} ${document.getElementById("canvas").dataset.level}`;
            requestAnimationFrame(() => setTimeout(() => resolve(look()), 200));
          }),
      );
      const same = now === last;
      last = now;
      return same;
    });
  }

  /** The card of the agent of that name. */
  card(name) {
    return this.page.locator(".nodes .node:not(.hidden)").and(this.page.locator(`[aria-label^=${JSON.stringify(`${name}, `)}]`));
  }

  cards() {
    return this.page.locator(".nodes .node:not(.hidden)");
  }

  /** The texts of all that the selector finds. */
  async texts(selector) {
    return this.page.locator(selector).allTextContents();
  }

  /** Gives the page a newer graph, as a program around it would. */
  async renew(graph) {
    await this.page.evaluate((next) => window.postMessage({ type: "graph", graph: next }), graph);
  }

  async focused() {
    return this.page.evaluate(() => {
      const element = document.activeElement;
      return element.getAttribute("aria-label") ?? element.textContent.trim();
    });
  }

  async scale() {
    return this.page.evaluate(() => Number(/scale\(([\d.e-]+)\)/.exec(document.querySelector(".world").style.transform)[1]));
  }

  /** How far, in pixels, the middle of the card is from the middle of the stage. */
  async distanceFromMiddle(name) {
    const card = await this.card(name).locator("rect.card").boundingBox();
    const stage = await this.page.locator("#stage").boundingBox();
    return Math.hypot(card.x + card.width / 2 - stage.x - stage.width / 2, card.y + card.height / 2 - stage.y - stage.height / 2);
  }

  /** Whether all of the card is on the stage. */
  async isOnStage(card) {
    const box = await card.locator("rect.card").boundingBox();
    const stage = await this.page.locator("#stage").boundingBox();
    return box.x >= stage.x && box.y >= stage.y && box.x + box.width <= stage.x + stage.width && box.y + box.height <= stage.y + stage.height;
  }
}
