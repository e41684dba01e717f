// Makes the .vsix: for every platform without a server, or for one platform with it.
//
//   node package.mjs [--target linux-x64 [--binary FILE]] [--notices FILE] [--images URL] [--out FILE]
//
// --target   the platform, as VS Code calls it; the server goes into `bin`
// --binary   the server for it (default: the release build of this checkout)
// --notices  licences of what the server is made of, added to those of the bundle
// --images   where the pictures of the README are published, for the page of the extension
// --out      the file to write (default: agentls.vsix or agentls-TARGET.vsix)
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync } from "node:fs";
import { chmod, copyFile, cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import * as path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createVSIX } from "@vscode/vsce";

const here = path.dirname(fileURLToPath(import.meta.url));
// A picture in a paragraph of its own.
const PICTURE = /^([ \t]*)(!\[[^\]]*\]\()([^)\s]+\.png)\)\n\n/gm;

const stage = path.join(here, "out", "package");

const { values: options } = parseArgs({
  options: {
    target: { type: "string" },
    binary: { type: "string" },
    notices: { type: "string" },
    images: { type: "string" },
    out: { type: "string" },
  },
});
const { target } = options;
if (options.binary !== undefined && target === undefined) {
  throw new Error("--binary needs --target: a server runs on one platform");
}

const built = spawnSync(process.execPath, ["build.mjs", "--minify"], { cwd: here, stdio: "inherit" });
if (built.status !== 0) {
  process.exit(built.status ?? 1);
}

await rm(stage, { recursive: true, force: true });
await mkdir(path.join(stage, "out"), { recursive: true });
for (const name of ["LICENSE.md", "schemas", "media", "out/extension.js"]) {
  await cp(path.join(here, name), path.join(stage, name), { recursive: true });
}
// All that is here goes into the package.
await writeFile(path.join(stage, ".vscodeignore"), "");
await writeFile(path.join(stage, "package.json"), await manifest());
await pages();
await writeFile(path.join(stage, "out/THIRD-PARTY-NOTICES.txt"), await notices());
if (target !== undefined) {
  const name = target.startsWith("win32-") ? "agentls.exe" : "agentls";
  const binary = path.resolve(options.binary ?? path.join(here, "../../target/release", name));
  await mkdir(path.join(stage, "bin"));
  await copyFile(binary, path.join(stage, "bin", name));
  await chmod(path.join(stage, "bin", name), 0o755);
}

const file = path.resolve(options.out ?? path.join(here, `agentls${target === undefined ? "" : `-${target}`}.vsix`));
await mkdir(path.dirname(file), { recursive: true });
await createVSIX({
  cwd: stage,
  packagePath: file,
  dependencies: false,
  allowMissingRepository: true,
  rewriteRelativeLinks: false,
  ...(target === undefined ? {} : { target }),
});

/** What the editor reads; scripts and dependencies are of this folder. */
async function manifest() {
  const all = JSON.parse(await readFile(path.join(here, "package.json"), "utf8"));
  delete all.scripts;
  delete all.devDependencies;
  return `${JSON.stringify(all, undefined, 2)}\n`;
}

/**
 * The README twice: as the page of the extension, on which VS Code shows pictures from the web
 * alone, and as a guide whose pictures are in the package.
 */
async function pages() {
  const text = await readFile(path.join(here, "README.md"), "utf8");
  const web = options.images?.replace(/\/$/, "");
  const page = text.replace(PICTURE, (_, indent, before, picture) =>
    web === undefined ? "" : `${indent}${before}${web}/${path.basename(picture)})\n\n`,
  );
  await writeFile(path.join(stage, "README.md"), page);

  await mkdir(path.join(stage, "images"));
  const guide = text.replace(PICTURE, (_, indent, before, picture) => {
    const file = path.join(here, picture);
    // They are taken of the packaged extension, so the first package has none.
    if (!existsSync(file)) {
      console.warn(`left out: ${picture}, which is not there`);
      return "";
    }
    copyFileSync(file, path.join(stage, "images", path.basename(picture)));
    return `${indent}${before}images/${path.basename(picture)})\n\n`;
  });
  await writeFile(path.join(stage, "guide.md"), guide);
}

async function notices() {
  const bundle = await readFile(path.join(here, "out/THIRD-PARTY-NOTICES.txt"), "utf8");
  return options.notices === undefined ? bundle : `${bundle}\n${await readFile(options.notices, "utf8")}`;
}
