// The version of the workspace, and everything else that has to say the same.
//
//   node version.mjs                      prints the version
//   node version.mjs --check [VERSION]    fails, and names each file that says another than VERSION
//                                         (default: that of the workspace)
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

const root = new URL("../", import.meta.url);

/** Every file that states the version, and how: a pattern for each of its mentions. */
const MENTIONS = {
  "Cargo.toml": [/^version = "(.*)"$/m],
  "Cargo.lock": [locked("agentls"), locked("agentls-analysis")],
  "editors/emacs/agentls.el": [/^;; Version: (.*)$/m],
  "editors/vscode/package.json": [/^ {2}"version": "(.*)",$/m],
  "editors/vscode/package-lock.json": [/^ {2}"version": "(.*)",$/m, /^ {6}"version": "(.*)",$/m],
  "editors/zed/Cargo.lock": [locked("agentls-zed")],
  "editors/zed/Cargo.toml": [/^version = "(.*)"$/m],
  "editors/zed/extension.toml": [/^version = "(.*)"$/m],
  "fuzz/Cargo.lock": [locked("agentls-analysis")],
};

const metadata = execFileSync("cargo", ["metadata", "--no-deps", "--format-version", "1"], {
  cwd: fileURLToPath(root),
  maxBuffer: 1 << 26,
});

export const { version } = JSON.parse(metadata).packages.find(({ name }) => name === "agentls");

if (process.argv[1] !== undefined && basename(process.argv[1]) === "version.mjs") {
  const [option, wanted = version] = process.argv.slice(2);
  if (option === undefined) {
    console.log(version);
  } else if (option === "--check") {
    check(wanted);
  } else {
    throw new Error("usage: version.mjs [--check [VERSION]]");
  }
}

function check(wanted) {
  for (const [file, patterns] of Object.entries(MENTIONS)) {
    const text = readFileSync(new URL(file, root), "utf8");
    for (const pattern of patterns) {
      const found = pattern.exec(text)?.[1];
      if (found !== wanted) {
        console.error(`${file} says ${found ?? "no version"}, and the version is ${wanted}`);
        process.exitCode = 2;
      }
    }
  }
}

/** The entry of a package in a lockfile of Cargo. */
function locked(name) {
  return new RegExp(`^name = "${name}"\nversion = "(.*)"$`, "m");
}
