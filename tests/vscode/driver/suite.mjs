// Runs tests in sessions of VS Code, says how they went, and leaves pictures of what failed.

import fs from "node:fs";
import path from "node:path";

import { environment } from "./environment.mjs";
import { Team } from "./team.mjs";
import { openFolder } from "./workbench.mjs";

const TEST_MS = 90_000;

/**
 * @typedef {object} Session what a test is given
 * @property {import("./workbench.mjs").Workbench} code
 * @property {Team} team
 * @property {{ text: string, from: string }[]} consoleErrors of all frames
 */

/**
 * @typedef {object} Test
 * @property {string} name the behaviour
 * @property {string[]} features names of features.json
 * @property {(session: Session) => Promise<void>} run
 */

/**
 * Tests of one matter, run one after the other. All suites share one folder and one window,
 * because a window takes long to open, but for those that ask for their own.
 * @typedef {object} Suite
 * @property {string} title
 * @property {import("./code-server.mjs").Setup} [setup] asks for an own window too
 * @property {boolean} [isAlone] whether it has a folder and a window of its own
 * @property {(team: Team) => void} [prepare] changes the folder before it is opened
 * @property {Test[]} tests
 */

/** The folder that keeps what failures leave. */
const remains = path.join(environment.root, "target", "editors", "vscode");

export class Run {
  #server;
  #browser;
  #wanted;
  /** Whether no test shall start any more. */
  isStopped = false;
  /** @type {{ name: string, features: string[], ok: boolean }[]} */
  results = [];

  /**
   * @param {import("./code-server.mjs").CodeServer} server
   * @param {import("playwright-core").BrowserContext} browser
   * @param {string[]} wanted parts of names, or titles of suites; none: all
   */
  constructor(server, browser, wanted) {
    this.#server = server;
    this.#browser = browser;
    this.#wanted = wanted;
    fs.rmSync(remains, { recursive: true, force: true });
  }

  /** @param {Suite[]} suites */
  async all(suites) {
    const isAlone = (suite) => suite.isAlone === true || suite.setup !== undefined;
    const together = suites.filter((suite) => !isAlone(suite));
    await this.#inOneWindow(together);
    for (const suite of suites.filter(isAlone)) {
      await this.#inOneWindow([suite]);
    }
  }

  async #inOneWindow(suites) {
    let session;
    for (const suite of suites) {
      for (const test of suite.tests.filter((test) => this.#isWanted(suite, test))) {
        if (this.isStopped) {
          return;
        }
        const start = Date.now();
        let problem;
        try {
          session ??= await this.open(suites);
          await within(TEST_MS, test.run(session));
          await session.code.closeAll();
        } catch (error) {
          problem = error;
        }
        const seconds = ((Date.now() - start) / 1000).toFixed(1);
        console.log(`${problem === undefined ? "ok  " : "FAIL"} ${suite.title}: ${test.name} (${seconds} s)`);
        this.results.push({ name: test.name, features: test.features, ok: problem === undefined });
        if (problem !== undefined) {
          console.log(described(problem).replace(/^/gm, "       "));
          await this.#keep(suite, test, session, problem);
          // The next test starts in a window and a folder that nothing has gone wrong in.
          await session?.code.page.close();
          session = undefined;
        }
      }
    }
    await session?.code.page.close();
  }

  #isWanted(suite, test) {
    return this.#wanted.length === 0 || this.#wanted.some((part) => test.name.includes(part) || suite.title === part);
  }

  /**
   * Opens a folder that is prepared for all of `suites` in a window of its own.
   * @param {Suite[]} suites
   * @returns {Promise<Session>}
   */
  async open(suites) {
    this.#server.setUp(suites[0]?.setup ?? {});
    const team = new Team();
    for (const suite of suites) {
      suite.prepare?.(team);
    }
    const consoleErrors = [];
    const code = await openFolder(this.#browser, this.#server.url, team.folder, (text, from) =>
      consoleErrors.push({ text, from }),
    );
    return { code, team, consoleErrors };
  }

  async #keep(suite, test, session, problem) {
    const folder = path.join(remains, `${suite.title} ${test.name}`.replace(/[^\w]+/g, "-"));
    fs.mkdirSync(folder, { recursive: true });
    this.#server.copyLogs(path.join(folder));
    if (session !== undefined) {
      const errors = session.consoleErrors.map(({ text, from }) => `${from}: ${text}\n`);
      fs.writeFileSync(path.join(folder, "console.txt"), errors.join(""));
      await session.code.screenshot(path.join(folder, "screen.png")).catch(() => {});
    } else if (problem.screen !== undefined) {
      fs.writeFileSync(path.join(folder, "screen.png"), problem.screen);
    }
    console.log(`       seen in ${folder}`);
  }
}

/** What went wrong, without what the browser said to itself. */
function described(problem) {
  return String(problem?.stack ?? problem).replace(/\nBrowser logs:[\s\S]*?(?=\n {4}at |$)/, "");
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
