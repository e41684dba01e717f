#!/usr/bin/env node
// Runs the program that a package of its own brings for each platform. npm installs the one
// whose `os`, `cpu` and `libc` fit.
"use strict";

const { spawn } = require("node:child_process");
const { constants } = require("node:os");
const { dirname, join } = require("node:path");
const { optionalDependencies } = require("../package.json");

/** The exit code of agentls where it cannot do what it was asked to. */
const FAILURE = 2;

const names = fitting().filter((name) => name in optionalDependencies);
const programs = names.map(installed).filter((path) => path !== undefined);

if (names.length === 0) {
  fail(
    `there is no program for ${process.platform} on ${process.arch}. ` +
      "Build it from its source, with a Rust toolchain and a C compiler.",
  );
} else if (programs.length === 0) {
  fail(
    `the package ${names.join(" or ")}, which holds the program for this machine, is not ` +
      "installed. Install agentls again without --omit=optional, and where node_modules or the " +
      "lockfile comes from another platform, without that.",
  );
} else {
  run(programs.length === 1 || hasGlibc() ? programs[0] : programs[1]);
}

/** The packages for this machine: on Linux that for glibc, and then that for musl. */
function fitting() {
  const name = `@agentls/${process.platform}-${process.arch}`;
  return process.platform === "linux" ? [name, `${name}-musl`] : [name];
}

/** Asked only where somebody has installed both packages: it takes longer than all else here. */
function hasGlibc() {
  process.report.excludeNetwork = true;
  return process.report.getReport().header.glibcVersionRuntime !== undefined;
}

/** The program of a package, if that is installed. */
function installed(name) {
  try {
    const folder = dirname(require.resolve(`${name}/package.json`));
    return join(folder, process.platform === "win32" ? "agentls.exe" : "agentls");
  } catch {
    return undefined;
  }
}

/** Hands everything on: arguments, streams, signals, and how the program ends. */
function run(path) {
  const child = spawn(path, process.argv.slice(2), { stdio: "inherit", windowsHide: true });
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) {
    process.on(signal, () => child.kill(signal));
  }
  child.on("error", (error) => fail(`${path} cannot be run: ${error.message}`));
  child.on("exit", (code, signal) => {
    if (signal === null) {
      process.exitCode = code;
      return;
    }
    for (const handled of signals) {
      process.removeAllListeners(handled);
    }
    process.exitCode = 128 + constants.signals[signal];
    process.kill(process.pid, signal);
  });
}

function fail(reason) {
  process.stderr.write(`agentls: ${reason}\n`);
  process.exitCode = FAILURE;
}
