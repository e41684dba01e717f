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
 * What a person has set up before a folder is opened.
 * @typedef {object} Setup
 * @property {boolean} [hasServer] whether `agentls` is on the PATH (default: true)
 * @property {boolean} [asksForTrust] whether folders start untrusted (default: false)
 * @property {Record<string, unknown>} [settings] settings of the user
 */

export class CodeServer {
  #process;
  #data = path.join(environment.work, "code");
  #bin = path.join(this.#data, "bin");

  /** Where it answers, as `http://127.0.0.1:PORT/`. */
  url = "";

  /** Starts it; `setUp` decides what the next folder finds. */
  async start() {
    const home = path.join(this.#data, "home");
    for (const folder of [home, this.#bin, path.join(this.#data, "User")]) {
      fs.mkdirSync(folder, { recursive: true });
    }
    this.setUp({});
    // VS Code takes the PATH from a login shell.
    const search = [this.#bin, "/usr/bin", "/bin"].join(path.delimiter);
    fs.writeFileSync(path.join(home, ".profile"), `export PATH="${search}"\n`);

    const out = fs.openSync(this.#output, "w");
    const child = spawn(
      environment.node,
      [
        environment.codeServer,
        ...["--auth", "none", "--bind-addr", "127.0.0.1:0"],
        ...["--user-data-dir", this.#data, "--extensions-dir", environment.installExtension()],
        ...["--disable-telemetry", "--disable-update-check", "--disable-getting-started-override"],
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
        },
      },
    );
    fs.closeSync(out);
    this.#process = child;
    this.url = await this.#whenListening(child);
  }

  /** @param {Setup} setup of folders that are opened from now on */
  setUp({ hasServer = true, asksForTrust = false, settings = {} }) {
    const link = path.join(this.#bin, "agentls");
    fs.rmSync(link, { force: true });
    if (hasServer) {
      fs.symlinkSync(environment.server, link);
    }
    const all = { ...SETTINGS, "security.workspace.trust.enabled": asksForTrust, ...settings };
    fs.writeFileSync(path.join(this.#data, "User", "settings.json"), JSON.stringify(all, null, 2));
  }

  async stop() {
    const running = this.#process;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) {
      return;
    }
    const ended = once(running, "exit");
    // Its children are in its group: the extension host, and the server that it started.
    const signal = (name) => {
      try {
        process.kill(-running.pid, name);
      } catch {
        // The whole group is gone already.
      }
    };
    signal("SIGTERM");
    const patience = setTimeout(() => signal("SIGKILL"), 5000);
    await ended;
    clearTimeout(patience);
    signal("SIGKILL");
  }

  /**
   * Copies what VS Code, its extensions and the language server wrote to `folder`.
   * @param {string} folder
   */
  copyLogs(folder) {
    const logs = path.join(this.#data, "logs");
    if (fs.existsSync(logs)) {
      fs.cpSync(logs, folder, { recursive: true });
    }
    fs.copyFileSync(this.#output, path.join(folder, "stdout.log"));
  }

  get #output() {
    return path.join(this.#data, "stdout.log");
  }

  async #whenListening(child) {
    for (const start = Date.now(); Date.now() - start < 60_000; ) {
      const text = fs.readFileSync(this.#output, "utf8");
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
