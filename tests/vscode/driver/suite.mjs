// Runs tests in sessions of VS Code, says how they went, and leaves pictures of what failed.

import fs from "node:fs";
import path from "node:path";

import { CodeServer } from "./code-server.mjs";
import { environment } from "./environment.mjs";
import { Team } from "./team.mjs";
import { openFolder } from "./workbench.mjs";

const TEST_MS = 90_000;

/**
 * @typedef {object} Session what a test is given
 * @property {import("./workbench.mjs").Workbench} code
 * @property {Team} team
 * @property {string[]} consoleErrors
 */

/**
 * @typedef {object} Test
 * @property {string} name the behaviour
 * @property {string[]} features names of features.json
 * @property {(session: Session) => Promise<void>} run
 */

/**
 * Tests that share a VS Code and a folder, one after the other.
 * @typedef {object} Suite
 * @property {string} title
 * @property {import("./code-server.mjs").Options} [options]
 * @property {(team: Team) => void} [prepare] changes the folder before it is opened
 * @property {Test[]} tests
 */

/** The folder that keeps what failures leave. */
const remains = path.join(environment.root, "target", "editors", "vscode");

export class Run {
  #browser;
  #wanted;
  /** @type {Map<string, CodeServer>} */
  #servers = new Map();
  /** @type {{ name: string, features: string[], ok: boolean }[]} */
  results = [];

  /**
   * @param {import("playwright-core").Browser} browser
   * @param {string[]} wanted parts of names
   */
  constructor(browser, wanted) {
    this.#browser = browser;
    this.#wanted = wanted;
    fs.rmSync(remains, { recursive: true, force: true });
  }

  /** @param {Suite} suite */
  async suite(suite) {
    const tests = suite.tests.filter(
      (test) => this.#wanted.length === 0 || this.#wanted.some((part) => test.name.includes(part) || suite.title === part),
    );
    let session;
    for (const test of tests) {
      const start = Date.now();
      let problem;
      try {
        session ??= await this.#open(suite);
        await within(TEST_MS, test.run(session));
      } catch (error) {
        problem = error;
      }
      const seconds = ((Date.now() - start) / 1000).toFixed(1);
      console.log(`${problem === undefined ? "ok  " : "FAIL"} ${suite.title}: ${test.name} (${seconds} s)`);
      this.results.push({ name: test.name, features: test.features, ok: problem === undefined });
      if (problem !== undefined) {
        console.log(String(problem?.stack ?? problem).replace(/^/gm, "       "));
        await this.#keep(suite, test, session);
        // The next test starts in a window and a folder that nothing has gone wrong in.
        await session?.code.page.context().close();
        session = undefined;
      } else {
        await session.code.closeAll();
      }
    }
    await session?.code.page.context().close();
  }

  /** @param {Suite} suite */
  async #open(suite) {
    const options = suite.options ?? {};
    const key = JSON.stringify(options);
    let server = this.#servers.get(key);
    if (server === undefined) {
      server = await CodeServer.start(`code-${this.#servers.size + 1}`, options);
      this.#servers.set(key, server);
    }
    const team = new Team();
    suite.prepare?.(team);
    const consoleErrors = [];
    const code = await openFolder(this.#browser, server.url, team.folder, { onConsole: (text) => consoleErrors.push(text) });
    return { code, team, consoleErrors, server };
  }

  async #keep(suite, test, session) {
    if (session === undefined) {
      return;
    }
    const folder = path.join(remains, `${suite.title} ${test.name}`.replace(/[^\w]+/g, "-"));
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, "console.txt"), session.consoleErrors.join("\n"));
    await session.code.screenshot(path.join(folder, "screen.png")).catch(() => {});
    session.server.copyLogs(path.join(folder, "logs"));
    console.log(`       seen in ${folder}`);
  }
}

async function within(milliseconds, work) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${milliseconds / 1000} s`)), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
