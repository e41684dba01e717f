// Bundles the tests and runs them with the runner of Node.
import { spawnSync } from "node:child_process";
import { readdir } from "node:fs/promises";
import * as esbuild from "esbuild";

const tests = (await readdir("test")).filter((name) => name.endsWith(".test.ts"));
await esbuild.build({
  entryPoints: tests.map((name) => `test/${name}`),
  outdir: "out/test",
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  sourcemap: "inline",
  logLevel: "warning",
});
const files = tests.map((name) => `out/test/${name.replace(/\.ts$/, ".js")}`);
process.exitCode = spawnSync(process.execPath, ["--enable-source-maps", "--test", ...files], {
  stdio: "inherit",
}).status;
