// The version of the workspace. Run as a program, it prints it.
import { execFileSync } from "node:child_process";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

const metadata = execFileSync("cargo", ["metadata", "--no-deps", "--format-version", "1"], {
  cwd: fileURLToPath(new URL("..", import.meta.url)),
  maxBuffer: 1 << 26,
});

export const { version } = JSON.parse(metadata).packages.find(({ name }) => name === "agentls");

if (process.argv[1] !== undefined && basename(process.argv[1]) === "version.mjs") {
  console.log(version);
}
