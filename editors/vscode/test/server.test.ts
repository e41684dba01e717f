import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";

import { bundledProgram, findServer, programsOnPath, type Search, type Server } from "../src/server";

describe("the server is found", () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), "agentls-"));
  });
  afterEach(async () => {
    await rm(root, { recursive: true });
  });

  const at = (name: string): string => path.join(root, name);

  async function program(name: string, mode = 0o755): Promise<string> {
    const file = at(name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, "#!/bin/sh\n");
    await chmod(file, mode);
    return file;
  }

  function find(search: Partial<Search>): Promise<Server> {
    return findServer({
      configured: "",
      folder: at("workspace"),
      extension: at("extension"),
      path: "",
      distrusted: [],
      ...search,
    });
  }

  function command(server: Server): string {
    assert.ok(server.found);
    return server.command;
  }

  test("by the setting before all else", async () => {
    const chosen = await program("tools/agentls");
    await program("extension/bin/agentls");
    await program("bin/agentls");
    assert.equal(command(await find({ configured: ` ${chosen} `, path: at("bin") })), chosen);
  });

  test("in the extension before the PATH", async () => {
    const bundled = await program("extension/bin/agentls");
    await program("bin/agentls");
    assert.equal(command(await find({ path: at("bin") })), bundled);
  });

  test("in the extension although it is no longer a program", async () => {
    const bundled = await program("extension/bin/agentls", 0o644);
    assert.equal(command(await find({})), bundled);
  });

  test("on the PATH, where a folder and a plain file of its name are no programs", async () => {
    await mkdir(at("one/agentls"), { recursive: true });
    await program("two/agentls", 0o644);
    const third = await program("three/agentls");
    const variable = [at("one"), at("two"), at("three")].join(path.delimiter);
    assert.equal(command(await find({ path: variable })), third);
  });

  test("by a setting that is relative to the workspace", async () => {
    const own = await program("workspace/bin/agentls");
    assert.equal(command(await find({ configured: "bin/agentls" })), own);
    assert.equal(command(await find({ configured: "${workspaceFolder}/bin/agentls" })), own);
  });

  test("not by a setting that names nothing, even if there is another", async () => {
    await program("bin/agentls");
    const server = await find({ configured: "~/no/agentls", path: at("bin") });
    assert.deepEqual(server, {
      found: false,
      reason: `the setting agentls.server.path names ${path.join(homedir(), "no/agentls")}, which is not a program`,
      notes: [],
    });
  });

  test("not by a setting that names what the package managers of Windows put on the PATH", async () => {
    const script = await program("bin/agentls.cmd");
    const server = await find({ configured: script });
    assert.match(server.found ? "" : server.reason, /agentls\.cmd, a script; name the agentls\.exe/);
  });

  test("nowhere, and the reason says where it was looked for", async () => {
    const server = await find({ path: at("bin") });
    const reason = "there is no agentls in the extension or on the PATH";
    assert.deepEqual(server, { found: false, reason, notes: [] });
  });

  test("nowhere, and the notes name what lies in a folder that is not trusted", async () => {
    const own = await program("workspace/bin/agentls");
    const server = await find({
      configured: "${workspaceFolder}/bin/agentls",
      path: at("workspace/bin"),
      distrusted: [at("workspace")],
    });
    assert.equal(server.found, false);
    assert.deepEqual(server.notes, [
      `The setting agentls.server.path names ${own}, which lies in a folder that is not trusted.`,
      `${own} on the PATH lies in a folder that is not trusted.`,
    ]);
  });

  test("outside of a folder that is not trusted", async () => {
    await program("workspace/bin/agentls");
    const other = await program("bin/agentls");
    const server = await find({
      configured: "./bin/agentls",
      path: [at("workspace/bin"), at("bin")].join(path.delimiter),
      distrusted: [at("workspace")],
    });
    assert.equal(command(server), other);
    assert.equal(server.notes.length, 2);
  });

  test("not behind a link out of or into a folder that is not trusted", async () => {
    const own = await program("workspace/real/agentls");
    const other = await program("bin/agentls");
    await mkdir(at("links"));
    await symlink(own, at("links/agentls"));
    await symlink(other, at("workspace/agentls"));
    const distrusted = [at("workspace")];
    assert.equal((await find({ path: at("links"), distrusted })).found, false);
    assert.equal((await find({ configured: "agentls", distrusted })).found, false);
    assert.equal((await find({ path: at("bin"), distrusted })).found, true);
  });

  test("beside a folder that is not trusted and whose name is the beginning of its own", async () => {
    const beside = await program("workspace-tools/agentls");
    assert.equal(command(await find({ path: at("workspace-tools"), distrusted: [at("workspace")] })), beside);
  });
});

describe("the PATH", () => {
  test("of Unix has absolute entries alone", () => {
    assert.deepEqual(programsOnPath("/usr/bin:.:bin::/opt/a b", "linux"), ["/usr/bin/agentls", "/opt/a b/agentls"]);
  });

  test("of Windows has entries with a drive or a share alone", () => {
    const variable = 'C:\\Tools;.;tools;;\\tools;C:tools;"D:\\My Tools";\\\\server\\share;e:/bin';
    assert.deepEqual(programsOnPath(variable, "win32"), [
      "C:\\Tools\\agentls.exe",
      "D:\\My Tools\\agentls.exe",
      "\\\\server\\share\\agentls.exe",
      "e:\\bin\\agentls.exe",
    ]);
  });

  test("is nothing where it is empty", () => {
    assert.deepEqual(programsOnPath("", "linux"), []);
    assert.deepEqual(programsOnPath("", "win32"), []);
  });
});

test("the program in the extension has the name of its platform", () => {
  assert.equal(path.basename(bundledProgram("/x", "darwin")), "agentls");
  assert.equal(path.basename(bundledProgram("/x", "win32")), "agentls.exe");
});
