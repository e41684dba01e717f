// node graph.mjs WORK ROOT: makes pages of teams in WORK, and uses them in Chromium.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { Graph, launch, until } from "./browser.mjs";
import * as teams from "./teams.mjs";

const [work, root] = process.argv.slice(2);
const pictures = path.join(root, "target/editors/graph");
fs.rmSync(pictures, { recursive: true, force: true });

/** Writes the page of a workspace beside its agents. */
function pageOf(folder, ...flags) {
  const page = path.join(folder, "team.html");
  execFileSync(process.env.AGENTLS, ["graph", folder, "--format", "html", "--output", page, ...flags], { stdio: "inherit" });
  return page;
}

function madeBy(write, name, ...flags) {
  const folder = path.join(work, name);
  write(folder);
  return pageOf(folder, ...flags);
}

const shop = pageOf(path.join(work, "tea-shop"));
const large = madeBy(teams.large, "large");
const hostile = madeBy(teams.hostile, "hostile");
const skilled = madeBy(teams.skilled, "skilled", "--skills");
const single = madeBy(teams.single, "single");
const empty = madeBy(teams.empty, "empty");

const tests = [];
function test(name, file, body, options) {
  tests.push({ name, file, body, options });
}

test("agents are seen with model, tools and file", shop, async (graph) => {
  const lead = graph.card("shop-lead");
  assert.match(await lead.textContent(), /shop-lead/);
  for (let step = 0; step < 3; step += 1) await graph.page.keyboard.press("+");
  await graph.settled();
  await until("the details of the card show", () => lead.locator(".facts").isVisible());
  assert.equal(await lead.locator(".facts").textContent(), "opus · 5 tools");
  assert.match(await lead.locator(".path").textContent(), /shop-lead\.md$/);
  await graph.page.keyboard.press("0");
  await graph.settled();
  for (const card of await graph.cards().all()) assert.ok(await graph.isOnStage(card), await card.getAttribute("aria-label"));
});

test("delegation and extends are different edges, named in the legend", shop, async (graph) => {
  const style = (selector) => graph.page.locator(selector).first().evaluate((line) => getComputedStyle(line).strokeDasharray);
  assert.equal(await style(".edges .edge.delegation:not(.broken) .line"), "none");
  assert.notEqual(await style(".edges .edge.extends .line"), "none");
  const legend = await graph.texts("#legend li");
  assert.ok(legend.includes("delegates") && legend.includes("extends"), legend.join());
});

test("starts, cycles, lost names and the unreached are marked in words", large, async (graph) => {
  for (const [name, mark, badge] of [
    ["chief", "root", "start"],
    ["search-oracle", "broken", "not found"],
    ["data-tester", "cycle", "cycle"],
    ["docs-auditor-5", "unreachable", "unreached"],
  ]) {
    const card = graph.card(name);
    assert.match(await card.getAttribute("class"), new RegExp(`\\b${mark}\\b`), name);
    assert.match(await card.getAttribute("aria-label"), new RegExp(badge), name);
    assert.equal(await card.locator(`.badge.mark-${mark}`).textContent(), badge, name);
  }
  assert.ok((await graph.page.locator(".edges .edge.cycle .sign").count()) > 0);
  assert.ok((await graph.page.locator(".edges .edge.broken").count()) > 0);
  const mark = graph.page.getByRole("button", { name: /name not found/ });
  await mark.click();
  assert.equal(await mark.getAttribute("aria-pressed"), "true");
  assert.equal(await graph.page.locator("#hits").textContent(), "1 hit");
  await graph.page.getByRole("button", { name: "Next hit" }).click();
  await graph.settled();
  assert.ok(await graph.isOnStage(graph.card("search-oracle")));
});

test("400 agents: the important names can be read from afar, and all from near", large, async (graph) => {
  assert.match(await graph.page.locator("#summary").textContent(), /^400 agents/);
  assert.ok(await graph.isOnStage(graph.card("chief")), "the first look shows who leads");
  await graph.screenshot(path.join(pictures, "large-first.png"));
  await graph.page.keyboard.press("0");
  await graph.settled();
  assert.equal(await graph.page.locator(".nodes .node").count(), 401);
  const labels = await graph.page.locator(".labels .label:not(.hidden)").evaluateAll((all) =>
    all.map((label) => label.querySelector(".name")).map((label) => ({ text: label.textContent, height: label.getBoundingClientRect().height })),
  );
  assert.ok(labels.some(({ text }) => text.endsWith("chief")), "the start has a label");
  assert.ok(labels.length > 20, `${labels.length} labels`);
  for (const { text, height } of labels) assert.ok(height >= 11, `${text} is ${height} pixels high`);
  await graph.screenshot(path.join(pictures, "large-all.png"));
});

test("folders of a large team have their names, which nothing covers", large, async (graph) => {
  await graph.page.keyboard.press("0");
  await graph.settled();
  for (let zoom = 0; zoom < 4; zoom += 1) {
    const labels = await graph.page.locator(".labels .label:not(.hidden)").evaluateAll((all) =>
      all.map((label) => {
        const { left, top, right, bottom } = label.querySelector(".name").getBoundingClientRect();
        return { text: label.querySelector(".name").textContent, isFolder: label.classList.contains("folder"), left, top, right, bottom };
      }),
    );
    const folders = labels.filter(({ isFolder }) => isFolder);
    for (const area of ["data", "design", "docs", "platform", "support"]) {
      assert.ok(folders.some(({ text }) => text.endsWith(area)), `${area}: ${folders.map(({ text }) => text).join()}`);
    }
    for (const folder of folders) {
      assert.ok(!folder.text.includes("…"), folder.text);
      const over = labels.filter(
        (label) => label !== folder && label.left < folder.right && folder.left < label.right && label.top < folder.bottom && folder.top < label.bottom,
      );
      assert.deepEqual(over.map(({ text }) => text), [], `over ${folder.text}`);
    }
    await graph.page.keyboard.press("+");
    await graph.settled();
  }
});

test("search finds, counts, goes through hits and centres them", large, async (graph) => {
  const { page } = graph;
  await page.keyboard.press("/");
  await page.keyboard.type("payments rev");
  await until("hits are counted", async () => /^\d+ hits$/.test(await page.locator("#hits").textContent()));
  const count = Number.parseInt(await page.locator("#hits").textContent(), 10);
  assert.equal(await page.locator(".nodes .node.hit").count(), count);
  await page.keyboard.press("Enter");
  await graph.settled();
  assert.equal(await page.locator("#hits").textContent(), `1 of ${count}`);
  assert.equal(await page.locator("#panel-title").textContent(), "payments-reviewer");
  assert.ok((await graph.distanceFromMiddle("payments-reviewer")) < 8);
  assert.ok(await graph.card("payments-reviewer").locator(".name").isVisible(), "close enough to be read");
  await graph.screenshot(path.join(pictures, "large-search.png"));
  await page.keyboard.press("Enter");
  assert.equal(await page.locator("#hits").textContent(), `2 of ${count}`);
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.press("Shift+Enter");
  assert.equal(await page.locator("#hits").textContent(), `${count} of ${count}`);
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("#search").inputValue(), "");
  assert.equal(await page.locator(".nodes .node.hit").count(), 0);
  await page.keyboard.type("nobody is called so");
  assert.equal(await page.locator("#hits").textContent(), "no hits");
});

test("a folder alone, with its neighbours pale", large, async (graph) => {
  const { page } = graph;
  await page.getByLabel("Folder").selectOption({ label: await optionWith(page, "agents/docs") });
  await graph.settled();
  const shown = await graph.cards().evaluateAll((cards) => cards.map((card) => [card.dataset.id, card.classList.contains("context")]));
  const inside = shown.filter(([, pale]) => !pale);
  assert.equal(inside.length, 40);
  assert.ok(inside.every(([id]) => id.includes("agents/docs/")));
  assert.ok(shown.some(([id, pale]) => pale && id.endsWith("chief.md")));
  assert.match(await page.locator("#summary").textContent(), /^40 agents/);
  for (const card of await page.locator(".nodes .node:not(.hidden, .context)").all()) assert.ok(await graph.isOnStage(card));
  await graph.screenshot(path.join(pictures, "large-folder.png"));
  await page.getByLabel("Folder").selectOption({ label: "All folders" });
  assert.equal(await graph.cards().count(), 401);
});

async function optionWith(page, part) {
  const options = await page.locator("#folder option").allTextContents();
  return options.find((option) => option.includes(part));
}

test("hovering dims all but the neighbours", shop, async (graph) => {
  const { page } = graph;
  await graph.card("release-manager").hover();
  await until("the rest is dimmed", () => page.locator("#canvas.dimming").isVisible());
  const lit = await page.locator(".nodes .node.lit").evaluateAll((cards) => cards.map((card) => card.getAttribute("aria-label").split(",")[0]));
  assert.ok(lit.includes("release-manager") && lit.includes("shop-lead"), lit.join());
  assert.ok(lit.length < (await graph.cards().count()));
  const opacity = (card) => card.evaluate((element) => Number(getComputedStyle(element).fillOpacity));
  assert.equal(await opacity(graph.card("shop-lead")), 1);
  assert.ok((await opacity(page.locator(".nodes .node:not(.lit)").first())) < 0.5);
  await page.mouse.move(20, 20);
  await until("nothing is dimmed", () => page.locator("#canvas:not(.dimming)").isVisible());
});

test("a click shows who deals with the agent, and each of them is a button", shop, async (graph) => {
  const { page } = graph;
  await graph.card("shop-lead").click();
  const panel = page.getByRole("complementary", { name: "List and details" });
  assert.equal(await panel.getByRole("heading", { level: 2 }).textContent(), "shop-lead");
  assert.match(await panel.textContent(), /Delegates to/);
  assert.match(await panel.getByRole("link", { name: /shop-lead\.md/ }).getAttribute("href"), /shop-lead\.md$/);
  await graph.screenshot(path.join(pictures, "shop-selected.png"));
  await panel.getByRole("button", { name: /checkout-engineer/ }).first().click();
  await graph.settled();
  assert.equal(await panel.getByRole("heading", { level: 2 }).textContent(), "checkout-engineer");
  assert.match(await panel.textContent(), /Delegated to by/);
  assert.match(await panel.textContent(), /Extends/);
  assert.ok((await graph.distanceFromMiddle("checkout-engineer")) < 8);
  await panel.getByRole("button", { name: "All agents" }).click();
  await panel.getByRole("button", { name: /shop-lead/ }).waitFor();
});

test("the keyboard alone is enough", shop, async (graph) => {
  const { page, context } = graph;
  await page.keyboard.press("/");
  assert.equal(await graph.focused(), "Search agents");
  await page.keyboard.type("checkout-engineer");
  await page.keyboard.press("ArrowDown");
  await until("the hit has the focus", async () => (await graph.focused()).startsWith("checkout-engineer, agent"));
  await page.keyboard.press("ArrowLeft");
  await until("the neighbour has the focus", async () => !(await graph.focused()).startsWith("checkout-engineer"));
  const name = (await graph.focused()).split(",")[0];
  const ring = await graph.card(name).locator("rect.card").evaluate((card) => getComputedStyle(card).strokeWidth);
  assert.ok(Number.parseFloat(ring) >= 3, `the focus is seen: ${ring}`);
  await page.keyboard.press(" ");
  assert.equal(await page.locator("#panel-title").textContent(), name);
  const opened = context.waitForEvent("page");
  await page.keyboard.press("Enter");
  const file = await opened;
  await until("the file is opened", async () => decodeURI(file.url()).endsWith(`${name}.md`));
  await file.close();
  graph.asked.length = 0;
  await page.bringToFront();
  await page.keyboard.press("Escape");
  assert.equal(await page.locator(".nodes .node.selected").count(), 0);
  const before = await page.locator(".world").getAttribute("style");
  await page.keyboard.press("ArrowRight");
  await until("the picture moved", async () => (await page.locator(".world").getAttribute("style")) !== before);
});

test("after a drag Enter still opens the file", shop, async (graph) => {
  const { page, context } = graph;
  const card = await graph.card("order-analyst").locator("rect.card").boundingBox();
  const [x, y] = [card.x + card.width / 2, card.y + card.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 60, y + 40, { steps: 5 });
  await page.mouse.up();
  await until("the dragged card has the focus", async () => (await graph.focused()).startsWith("order-analyst, "));
  assert.equal(context.pages().length, 1, "a drag opens nothing");
  const opened = context.waitForEvent("page");
  await page.keyboard.press("Enter");
  const file = await opened;
  await until("the file is opened", async () => decodeURI(file.url()).endsWith("order-analyst.md"));
  await file.close();
  graph.asked.length = 0;
});

test("Tab goes everywhere, and everything has a name", shop, async (graph) => {
  const { page } = graph;
  const seen = [];
  for (let step = 0; step < 60; step += 1) {
    await page.keyboard.press("Tab");
    const here = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === document.body) return null;
      const label = element.labels?.[0]?.textContent ?? element.getAttribute("aria-label") ?? element.textContent;
      return { id: element.id || element.getAttribute("class"), label: label.trim() };
    });
    if (!here) break;
    seen.push(here);
  }
  for (const { id, label } of seen) assert.ok(label, `${id} has no name`);
  const ids = seen.map(({ id }) => id);
  for (const id of ["search", "folder", "theme", "panel-switch", "canvas", "zoom-in", "zoom-out", "zoom-fit"]) {
    assert.ok(ids.includes(id), `${id} is not reached: ${ids.join(", ")}`);
  }
  assert.equal(ids.filter((id) => /^node\b/.test(id)).length, 1, "one card is in the order of Tab");
});

test("zoom keeps the place under the pointer, and 0 shows everything", shop, async (graph) => {
  const { page } = graph;
  const whole = await graph.scale();
  const card = graph.card("order-analyst").locator("rect.card");
  const before = await card.boundingBox();
  const [x, y] = [before.x + before.width / 2, before.y + before.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.wheel(0, -400);
  await until("it is larger", async () => (await graph.scale()) > whole * 1.2);
  await graph.settled();
  const after = await card.boundingBox();
  assert.ok(Math.hypot(after.x + after.width / 2 - x, after.y + after.height / 2 - y) < 2);
  await page.getByRole("button", { name: "Zoom in" }).click();
  await page.getByRole("button", { name: "Zoom out" }).click();
  await page.getByRole("button", { name: "Show everything" }).click();
  await graph.settled();
  assert.ok(Math.abs((await graph.scale()) - whole) < 0.001);
  await page.mouse.move(x, y + 200);
  await page.mouse.down();
  await page.mouse.move(x - 100, y + 150, { steps: 5 });
  await page.mouse.up();
  await graph.settled();
  const dragged = await card.boundingBox();
  assert.ok(Math.abs(dragged.x - before.x + 100) < 6 && Math.abs(dragged.y - before.y + 50) < 6, "a drag moves the picture");
});

test("light and dark follow the system, and the switch goes before it", shop, async (graph) => {
  const { page } = graph;
  const brightness = () =>
    page.evaluate(() => {
      const [red, green, blue] = getComputedStyle(document.body).backgroundColor.match(/[\d.]+/g).map(Number);
      return (red + green + blue) / 3;
    });
  assert.ok((await brightness()) > 200);
  await page.emulateMedia({ colorScheme: "dark" });
  await until("it is dark", async () => (await brightness()) < 60);
  const colours = page.locator("#theme");
  await colours.click();
  assert.equal(await colours.getAttribute("aria-label"), "Colours: light");
  assert.ok((await brightness()) > 200);
  await colours.click();
  await page.emulateMedia({ colorScheme: "light" });
  assert.ok((await brightness()) < 60);
});

test("text can be read in both themes", shop, async (graph) => {
  for (const colorScheme of ["light", "dark"]) {
    await graph.page.emulateMedia({ colorScheme });
    const poor = await graph.page.evaluate(() => {
      const style = getComputedStyle(document.documentElement);
      const luminance = (name) => {
        const hex = style.getPropertyValue(name).trim();
        const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255).map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
      };
      const contrast = (one, other) => {
        const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
        return (high + 0.05) / (low + 0.05);
      };
      const texts = ["--text", "--muted", "--root", "--extends", "--skill", "--broken", "--cycle", "--unreachable"];
      const grounds = ["--ground", "--surface", "--card"];
      return texts.flatMap((text) => grounds.filter((ground) => contrast(text, ground) < 4.5).map((ground) => `${text} on ${ground}`));
    });
    assert.deepEqual(poor, [], colorScheme);
  }
});

test("names are data: no element is made of them", hostile, async (graph) => {
  const { page } = graph;
  const names = await page.locator(".nodes .node").evaluateAll((cards) => cards.map((card) => card.querySelector("title").textContent.split("\n")[0]));
  for (const name of teams.HOSTILE) assert.ok(names.includes(name), `${name} is not shown: ${names.join(" | ")}`);
  assert.equal(await page.locator("img, iframe, i, b, script:not([nonce]):not([type='application/json'])").count(), 0);
  assert.equal(await page.locator("script").count(), 6);
  await page.keyboard.press("/");
  await page.keyboard.type("<img");
  await page.keyboard.press("Enter");
  await graph.settled();
  assert.equal(await page.locator("#panel-title").textContent(), teams.HOSTILE[0]);
  assert.match(await page.locator(".panel").textContent(), /Says <script>alert\("0"\)<\/script> & "more"\./);
  for (const name of ["constructor", "__proto__"]) {
    await page.locator("#search").fill(name);
    await page.keyboard.press("Enter");
    assert.equal(await page.locator("#panel-title").textContent(), name);
  }
  await page.locator("#search").fill("");
  await page.keyboard.press("Escape");
  await page.keyboard.press("0");
  await graph.settled();
  await graph.screenshot(path.join(pictures, "hostile.png"));
});

test("skills can be put away", skilled, async (graph) => {
  const skills = graph.page.getByRole("button", { name: "Skills" });
  assert.equal(await skills.getAttribute("aria-pressed"), "true");
  assert.ok(await graph.card("brewing").isVisible());
  await graph.screenshot(path.join(pictures, "skills.png"));
  await skills.click();
  assert.equal(await graph.card("brewing").count(), 0);
  assert.ok(await graph.card("boss").isVisible());
});

test("skills that come while the page is open are shown", skilled, async (graph) => {
  const withSkills = await graph.page.evaluate(() => JSON.parse(document.getElementById("graph").textContent));
  const none = {
    ...withSkills,
    nodes: withSkills.nodes.filter((node) => node.kind !== "skill"),
    edges: withSkills.edges.filter((edge) => edge.kind !== "skill"),
  };
  await graph.renew(none);
  await until("there are no skills", async () => !(await graph.page.locator("#skills").isVisible()));
  await graph.renew(withSkills);
  await until("the skill is shown", async () => (await graph.card("brewing").count()) === 1);
  await graph.page.getByRole("button", { name: "Skills" }).click();
  await graph.renew({ ...withSkills, title: "renewed" });
  await until("the graph is the new one", async () => (await graph.page.title()) === "Team of renewed");
  assert.equal(await graph.card("brewing").count(), 0, "who put them away does not want them");
});

test("one agent alone is shown in its own size", single, async (graph) => {
  assert.equal(await graph.scale(), 1);
  assert.ok(await graph.isOnStage(graph.card("hermit")));
  assert.equal(await graph.page.locator("#summary").textContent(), "1 agent");
  await graph.screenshot(path.join(pictures, "single.png"));
});

test("a folder without agents says so", empty, async (graph) => {
  assert.ok(await graph.page.getByRole("heading", { name: "No agents here" }).isVisible());
  await graph.screenshot(path.join(pictures, "empty.png"));
});

test("in a side column the panel comes below", shop, async (graph) => {
  const stage = await graph.page.locator("#stage").boundingBox();
  assert.ok(stage.width > 690, `${stage.width}`);
  await graph.page.getByRole("button", { name: "List and details" }).click();
  await graph.settled();
  const panel = await graph.page.locator("#panel").boundingBox();
  assert.ok(panel.width > 690 && panel.y > 400);
  for (const card of await graph.cards().all()) assert.ok(await graph.isOnStage(card));
  await graph.screenshot(path.join(pictures, "shop-column.png"));
}, { size: [700, 900], scheme: "dark" });

/** What VS Code gives to a page. What it keeps over a reload comes as `window.keptState`. */
function likeVsCode() {
  window.posted = [];
  window.state = null;
  window.acquireVsCodeApi = () => ({
    postMessage: (message) => window.posted.push(message),
    getState: () => window.state ?? window.keptState ?? { workspace: "kept" },
    setState: (next) => (window.state = next),
  });
  document.addEventListener("DOMContentLoaded", () => document.body.classList.add("vscode-dark"), { once: true });
}

test("in VS Code a click opens the file there, and the state outlives a reload", shop, async (graph) => {
  const { page } = graph;
  const posted = () => page.evaluate(() => window.posted);
  assert.equal(await page.locator(".nodes a[href]").count(), 0);
  await graph.card("support-writer").click();
  const [message] = await posted();
  assert.equal(message.type, "open");
  assert.match(message.uri, /support-writer\.md$/);
  assert.equal(message.line, 1);
  await page.keyboard.press("Enter");
  assert.equal((await posted()).length, 2);
  await page.getByRole("button", { name: "Zoom in" }).click();
  await graph.settled();
  const scale = await graph.scale();
  const kept = () => page.evaluate(() => window.state?.page);
  await until("selection and zoom are kept", async () => {
    const state = await kept();
    return state?.selected && Math.abs(state.camera.scale - scale) < 1e-4;
  });
  const state = await page.evaluate(() => window.state);
  assert.equal(state.workspace, "kept", "what others keep there stays");
  await page.addInitScript((before) => (window.keptState = before), state);
  await page.reload();
  await graph.settled();
  assert.equal(await page.locator("#panel-title").textContent(), "support-writer");
  assert.ok(Math.abs((await graph.scale()) - scale) < 1e-4);
  graph.asked.length = 0;
}, { before: likeVsCode, scheme: "light" });

test("a newer graph takes the place of the old, and the eye stays", shop, async (graph) => {
  const { page } = graph;
  await graph.card("order-analyst").click();
  await page.getByRole("button", { name: "Zoom in" }).click();
  await graph.settled();
  const before = await page.locator(".world").getAttribute("style");
  const next = await page.evaluate(() => JSON.parse(document.getElementById("graph").textContent));
  next.nodes.find((node) => node.name === "order-analyst").model = "a-newer-model";
  await graph.renew(next);
  await until("the new model is shown", async () => (await graph.card("order-analyst").getAttribute("aria-label")).includes("a-newer-model"));
  await graph.settled();
  assert.equal(await page.locator(".world").getAttribute("style"), before);
  assert.equal(await page.locator("#panel-title").textContent(), "order-analyst");
});

test("a newer graph leaves hit, scroll and focus where they are", large, async (graph) => {
  const { page } = graph;
  const next = await page.evaluate(() => JSON.parse(document.getElementById("graph").textContent));
  const renew = async (title) => {
    await graph.renew({ ...next, title });
    await until("the graph is the new one", async () => (await page.title()) === `Team of ${title}`);
  };
  await page.keyboard.press("0");
  await graph.settled();
  const whole = await graph.scale();
  const row = page.locator("#panel").getByRole("button", { name: "mobile-analyst-2" });
  await row.scrollIntoViewIfNeeded();
  await row.focus();
  const scroll = () => page.locator("#panel").evaluate((panel) => panel.scrollTop);
  const before = await scroll();
  assert.ok(before > 500, `${before}`);
  await renew("second");
  assert.ok((await graph.focused()).startsWith("mobile-analyst-2"), await graph.focused());
  assert.ok(Math.abs((await scroll()) - before) < 30, `${before}, then ${await scroll()}`);
  await graph.settled();
  assert.equal(await graph.scale(), whole, "everything is still shown");
  await page.locator("#search").fill("payments rev");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  const hits = await page.locator("#hits").textContent();
  assert.match(hits, /^2 of \d+$/);
  await renew("third");
  assert.equal(await page.locator("#hits").textContent(), hits);
  assert.equal(await page.locator(".nodes .node.current").count(), 1);
});

test("a graph from elsewhere is not shown", shop, async (graph) => {
  const { page } = graph;
  const title = await page.title();
  await page.evaluate(() => {
    const next = { ...JSON.parse(document.getElementById("graph").textContent), title: "forged" };
    window.dispatchEvent(new MessageEvent("message", { data: { type: "graph", graph: next }, source: null }));
  });
  assert.equal(await page.title(), title);
});

for (const scheme of ["light", "dark"]) {
  test(`on paper there is the picture alone, dark on light, from a ${scheme} screen`, shop, async (graph) => {
    const { page } = graph;
    await page.emulateMedia({ media: "print", colorScheme: scheme });
    for (const part of ["#search", ".panel", ".marks", ".zoom", ".tools"]) {
      assert.equal(await page.locator(part).isVisible(), false, part);
    }
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    const sheet = page.viewportSize();
    for (const card of await graph.cards().all()) {
      const box = await card.locator("rect.card").boundingBox();
      assert.ok(box.width > 20 && box.x >= 0 && box.y >= 0, JSON.stringify(box));
      assert.ok(box.x + box.width <= sheet.width && box.y + box.height <= sheet.height, JSON.stringify(box));
    }
    const brightness = (selector, property) =>
      page.locator(selector).first().evaluate((element, property) => {
        const parts = getComputedStyle(element)[property].match(/[\d.]+/g).slice(0, 3).map(Number);
        return parts.reduce((sum, part) => sum + part, 0) / 3;
      }, property);
    assert.ok((await brightness("body", "backgroundColor")) > 240);
    assert.ok((await brightness(".nodes .node .card", "fill")) > 240);
    assert.ok((await brightness(".nodes .node .name", "fill")) < 60);
    assert.ok((await brightness("#title", "color")) < 60);
    assert.ok((await brightness(".edges .edge.delegation .line", "stroke")) < 160);
    await graph.screenshot(path.join(pictures, `shop-paper-${scheme}.png`));
    assert.ok((await page.pdf({ landscape: true })).length > 5_000);
  }, { scheme });
}

test("the camera glides where that is welcome, and comes to rest", shop, async (graph) => {
  await graph.page.locator("#search").fill("release");
  await graph.page.keyboard.press("Enter");
  await until("it has arrived", async () => (await graph.distanceFromMiddle("release-manager")) < 8);
}, { motion: "no-preference" });

async function updatePictures(browser) {
  for (const scheme of ["light", "dark"]) {
    const graph = await Graph.open(browser, shop, { scheme, size: [1280, 700] });
    const file = path.join(root, `docs/pictures/graph-${scheme}.png`);
    await graph.screenshot(file);
    const { size } = fs.statSync(file);
    assert.ok(size < 150_000, `${file} has ${size} bytes`);
    await graph.close();
  }
}

const browser = await launch();
let failed = 0;
try {
  for (const { name, file, body, options } of tests) {
    const graph = await Graph.open(browser, file, options);
    try {
      await body(graph);
      await graph.close();
      console.log(`ok    ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`FAIL  ${name}\n${error.stack}`);
      if (graph.complaints.length > 0) console.log(graph.complaints.join("\n"));
      await graph.screenshot(path.join(pictures, `FAILED ${name.replaceAll(/[^\w ]/g, "")}.png`)).catch(() => {});
      await graph.context.close().catch(() => {});
    }
  }
  if (process.env.UPDATE_PICTURES && failed === 0) await updatePictures(browser);
} finally {
  await browser.close();
}
console.log(`graph: ${tests.length - failed} of ${tests.length} passed`);
process.exitCode = failed === 0 ? 0 : 1;
