// VS Code as a server on loopback, with a profile, a home and extensions of its own.

import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";

import { environment } from "./environment.mjs";

/** Languages whose lines would wrap, so that a line of the file is several on the screen. */
const LANGUAGES = ["markdown", "chatagent", "prompt", "instructions", "skill"];

/** What a person would see first, without what changes from day to day or gets in the way. */
const SETTINGS = {
  "chat.disableAIFeatures": true,
  "editor.accessibilitySupport": "off",
  "editor.minimap.enabled": false,
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "files.autoSave": "off",
  "files.hotExit": "off",
  "git.enabled": false,
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "window.restoreWindows": "none",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.welcomePage.walkthroughs.openOnInstall": false,
  ...Object.fromEntries(LANGUAGES.map((language) => [`[${language}]`, { "editor.wordWrap": "off" }])),
};

/**
 * How a VS Code is started.
 * @typedef {object} Options
 * @property {boolean} [hasServer] whether `agentls` is on the PATH (default: true)
 * @property {boolean} [asksForTrust] whether folders start untrusted (default: false)
 * @property {Record<string, unknown>} [settings] settings of the user
 * @property {Record<string, string>} [variables] variables of the environment
 */

export class CodeServer {
  #process;

  /** Where it answers, as `http://127.0.0.1:PORT/`. */
  url;

  /** The folder with its profile and logs. */
  data;

  /**
   * @param {string} name of the folder that it writes into
   * @param {Options} options
   */
  static async start(name, options = {}) {
    const started = new CodeServer();
    await started.#start(path.join(environment.work, name), options);
    return started;
  }

  async stop() {
    const running = this.#process;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) {
      return;
    }
    const ended = once(running, "exit");
    // Its children are in its group: the extension host, and the server that it started.
    process.kill(-running.pid, "SIGTERM");
    const patience = setTimeout(() => process.kill(-running.pid, "SIGKILL"), 5000);
    await ended;
    clearTimeout(patience);
    try {
      process.kill(-running.pid, "SIGKILL");
    } catch {
      // The whole group is gone already.
    }
  }

  /**
   * Copies what VS Code, its extensions and the language server wrote to `folder`.
   * @param {string} folder
   */
  copyLogs(folder) {
    const logs = path.join(this.data, "logs");
    if (fs.existsSync(logs)) {
      fs.cpSync(logs, folder, { recursive: true });
    }
    fs.copyFileSync(path.join(this.data, "stdout.log"), path.join(folder, "stdout.log"));
  }

  /**
   * @param {string} data
   * @param {Options} options
   */
  async #start(data, { hasServer = true, asksForTrust = false, settings = {}, variables = {} }) {
    this.data = data;
    const user = path.join(data, "User");
    const home = path.join(data, "home");
    const bin = path.join(data, "bin");
    for (const folder of [user, home, bin]) {
      fs.mkdirSync(folder, { recursive: true });
    }
    const all = { ...SETTINGS, "security.workspace.trust.enabled": asksForTrust, ...settings };
    fs.writeFileSync(path.join(user, "settings.json"), JSON.stringify(all, null, 2));
    if (hasServer) {
      fs.symlinkSync(environment.server, path.join(bin, "agentls"));
    }
    // VS Code takes the PATH from a login shell.
    const search = [bin, "/usr/bin", "/bin"].join(path.delimiter);
    fs.writeFileSync(path.join(home, ".profile"), `export PATH="${search}"\n`);

    const out = fs.openSync(path.join(data, "stdout.log"), "w");
    const child = spawn(
      environment.node,
      [
        environment.codeServer,
        ...["--auth", "none", "--bind-addr", "127.0.0.1:0"],
        ...["--user-data-dir", data, "--extensions-dir", environment.extensions()],
        ...["--disable-telemetry", "--disable-update-check", "--disable-getting-started-override"],
        ...(asksForTrust ? [] : ["--disable-workspace-trust"]),
      ],
      {
        detached: true,
        stdio: ["ignore", out, out],
        env: {
          HOME: home,
          PATH: search,
          SHELL: "/bin/bash",
          LANG: "C.UTF-8",
          TMPDIR: environment.work,
          EXTENSIONS_GALLERY: "{}",
          ...variables,
        },
      },
    );
    fs.closeSync(out);
    this.#process = child;
    running.add(this);
    child.once("exit", () => running.delete(this));
    this.url = await this.#whenListening(child);
  }

  async #whenListening(child) {
    const log = path.join(this.data, "stdout.log");
    for (const start = Date.now(); Date.now() - start < 60_000; ) {
      const text = fs.readFileSync(log, "utf8");
      const url = /listening on (http:\/\/127\.0\.0\.1:\d+\/)/.exec(text)?.[1];
      if (url !== undefined) {
        return url;
      }
      if (child.exitCode !== null) {
        throw new Error(`code-server ended at once:\n${text}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error("code-server did not listen within a minute");
  }
}

/** @type {Set<CodeServer>} */
const running = new Set();

/** Stops all that still run. */
export async function stopAll() {
  await Promise.all([...running].map((server) => server.stop()));
}
