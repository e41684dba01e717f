import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { test } from "node:test";

interface Manifest {
  readonly activationEvents: readonly string[];
  readonly extensionKind: readonly string[];
  readonly enabledApiProposals?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly extensionDependencies?: readonly string[];
  readonly capabilities: {
    readonly untrustedWorkspaces: {
      readonly supported: boolean | "limited";
      readonly restrictedConfigurations: readonly string[];
    };
  };
  readonly contributes: Readonly<Record<string, unknown>>;
}

async function read(): Promise<Manifest> {
  return JSON.parse(await readFile("package.json", "utf8")) as Manifest;
}

test("it starts for what it understands, never with the editor", async () => {
  const manifest = await read();
  const always = manifest.activationEvents.filter((event) =>
    /^(?:\*|onStartupFinished|onUri|onFileSystem.*)$/.test(event),
  );
  assert.deepEqual(always, []);
});

test("it runs where the files are", async () => {
  const manifest = await read();
  assert.deepEqual(manifest.extensionKind, ["workspace"]);
});

test("a folder that is not trusted chooses no program", async () => {
  const manifest = await read();
  const { supported, restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
  assert.equal(supported, "limited");
  assert.ok(restrictedConfigurations.includes("agentls.server.path"));
});

test("it asks for nothing beyond the plain interface", async () => {
  const manifest = await read();
  assert.equal(manifest.enabledApiProposals, undefined);
  assert.equal(manifest.dependencies, undefined);
  assert.equal(manifest.extensionDependencies, undefined);
  for (const power of ["authentication", "terminal", "taskDefinitions", "debuggers"]) {
    assert.equal(manifest.contributes[power], undefined, power);
  }
});

test("its code speaks to no network and tells nobody what is done with it", async () => {
  const names = (await readdir("src")).filter((name) => name.endsWith(".ts"));
  assert.notEqual(names.length, 0);
  for (const name of names) {
    const code = await readFile(`src/${name}`, "utf8");
    const reaching =
      /["'](?:node:)?(?:https?|http2|net|tls|dgram|dns|child_process)["']|\b(?:fetch|XMLHttpRequest|WebSocket|createTelemetryLogger|openExternal|eval)\b/;
    assert.equal(reaching.exec(code)?.[0], undefined, name);
  }
});
